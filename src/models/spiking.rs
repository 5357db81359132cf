//! Leaky integrate-and-fire neurons in discrete time, as snnTorch has them.
//!
//! References: Eshraghian et al. 2023, *Training Spiking Neural Networks Using Lessons From Deep
//! Learning* (arXiv:2109.12894), and the source of snnTorch 0.9.4 (`Leaky`, `Synaptic`,
//! `surrogate.ATan`); Fang et al. 2021 (ICCV) for the arctangent surrogate.
//!
//! | here                  | paper | meaning                                               |
//! |-----------------------|-------|-------------------------------------------------------|
//! | `membrane`            | U     | membrane potential, no unit                           |
//! | `current`             | I     | input, added whole: there is no factor 1 - beta       |
//! | `synapse`             | I_syn | decaying synaptic current of [`Synaptic`]             |
//! | `beta`, `alpha`       | β, α  | what is left of U and I_syn after one step, 0..=1     |
//! | `threshold`           | θ     | U must *exceed* it to fire: equality is silent        |
//! | spike, reset          | S, R  | R at t is S at t - 1: a reset acts one step late      |
//! | `sharpness`           | α     | steepness of the surrogate gradient (2 in snnTorch)   |
//!
//! Shapes: one neuron a call; layers hold their membranes in slices. Time is counted in steps.
//!
//! Departures: the membrane is held within ±[`MEMBRANE_LIMIT`]. With an undelayed reset snnTorch
//! subtracts (S - R)θ, which *adds* θ where a neuron was reset at the start of the step and then
//! stays silent; here a reset never raises the membrane of a silent neuron. snnTorch's
//! documentation prints 1/π in front of the surrogate; its code has α/2, and so has this file.

use core::f64::consts::{FRAC_PI_2, PI};
use numerics::elementary::ln;

/// Bound on the membrane, so that an integrator without reset stays a number.
pub const MEMBRANE_LIMIT: f64 = 1e6;

/// What a spike does to the membrane.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reset {
    /// Takes one threshold away and keeps the overshoot.
    Subtract,
    /// Empties it.
    Zero,
    /// Nothing.
    Off,
}

/// A leaky integrate-and-fire neuron.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Leaky {
    /// Share of the membrane that is left after a step, 0..=1.
    pub beta: f64,
    pub threshold: f64,
    pub reset: Reset,
    /// The reset acts at the start of the step after the spike (snnTorch's default).
    pub delayed: bool,
}

/// A leaky neuron behind a synapse whose current decays as well. Its reset is always delayed.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Synaptic {
    /// Share of the synaptic current that is left after a step, 0..=1.
    pub alpha: f64,
    pub beta: f64,
    pub threshold: f64,
    pub reset: Reset,
}

impl Leaky {
    /// One step; tells whether the neuron fires.
    ///
    /// `U ← βU + I - Rθ` (subtract) or `β(1 - R)U + I` (zero), then `S = [U > θ]`.
    #[inline]
    pub fn step(&self, membrane: &mut f64, current: f64) -> bool {
        let due = *membrane > self.threshold;
        let u = match self.reset {
            Reset::Subtract => self.beta * *membrane + current - if due { self.threshold } else { 0.0 },
            Reset::Zero if due => current,
            Reset::Zero | Reset::Off => self.beta * *membrane + current,
        };
        let spike = u > self.threshold;
        let now = !self.delayed & spike & !due;
        let u = match self.reset {
            Reset::Subtract if now => u - self.threshold,
            Reset::Zero if now => 0.0,
            _ => u,
        };
        let u = if u > MEMBRANE_LIMIT { MEMBRANE_LIMIT } else { u };
        *membrane = if u < -MEMBRANE_LIMIT { -MEMBRANE_LIMIT } else { u };
        spike
    }

    /// One [`Self::step`] of a layer, from the membranes `before` to those `after`; `spikes` become 1
    /// where a neuron fires, else 0.
    pub fn step_layer(&self, before: &[f64], currents: &[f64], after: &mut [f64], spikes: &mut [f64]) {
        // What a spike does is settled outside the loop, so that the loop has no branch.
        match (self.reset, self.delayed) {
            (Reset::Subtract, true) => {
                Self { reset: Reset::Subtract, delayed: true, ..*self }
                    .sweep(before, currents, after, spikes);
            }
            (Reset::Off, _) => {
                Self { reset: Reset::Off, delayed: true, ..*self }.sweep(before, currents, after, spikes);
            }
            _ => self.sweep(before, currents, after, spikes),
        }
    }

    #[inline(always)]
    fn sweep(&self, before: &[f64], currents: &[f64], after: &mut [f64], spikes: &mut [f64]) {
        for (((before, current), after), spike) in before.iter().zip(currents).zip(after).zip(spikes) {
            *after = *before;
            *spike = if self.step(after, *current) { 1.0 } else { 0.0 };
        }
    }

    /// The constant current that must be exceeded to fire at all: θ(1 - β).
    #[must_use]
    pub fn rheobase(&self) -> f64 {
        self.threshold * (1.0 - self.beta)
    }

    /// Whether a constant current exceeds the rheobase by more than rounding: at β = 0.9 the f64
    /// nearest to 1 - β lies below the one nearest to 0.1.
    #[must_use]
    pub fn can_fire(&self, current: f64) -> bool {
        current > self.rheobase() * (1.0 + 1e-12)
    }

    /// Steps between spikes under a constant current with [`Reset::Zero`], exactly: the first k
    /// with I(1 - β^k)/(1 - β) > θ. `None` at or below the rheobase.
    #[must_use]
    pub fn zero_reset_interval(&self, current: f64) -> Option<f64> {
        if !self.can_fire(current) {
            return None;
        }
        let steps = if self.beta >= 1.0 {
            self.threshold / current
        } else if self.beta <= 0.0 {
            0.0
        } else {
            ln(1.0 - self.rheobase() / current) / ln(self.beta)
        };
        Some(steps.floor() + 1.0)
    }

    /// Spikes a step under a constant current.
    ///
    /// Exact for [`Reset::Zero`], for [`Reset::Off`], and at β = 1. For [`Reset::Subtract`] with a
    /// leak the membrane restarts from wherever the last overshoot left it, and no closed form
    /// exists; this puts the overshoot at the middle of its range (half the last increment). That is
    /// within 0.05 for β >= 0.9, and off by up to 0.22 for strong leaks, where the measured rate
    /// locks to simple fractions.
    #[must_use]
    pub fn firing_rate(&self, current: f64) -> f64 {
        if !self.can_fire(current) {
            return 0.0;
        }
        match self.reset {
            Reset::Off => 1.0,
            Reset::Zero => self.zero_reset_interval(current).map_or(0.0, |k| 1.0 / k),
            Reset::Subtract if self.beta >= 1.0 => (current / self.threshold).min(1.0),
            Reset::Subtract if self.beta <= 0.0 => {
                // Memoryless: a delayed reset silences every second step until I exceeds 2θ.
                if self.delayed && current <= 2.0 * self.threshold { 0.5 } else { 1.0 }
            }
            Reset::Subtract => {
                let rest = current / (1.0 - self.beta);
                let at_spike = self.threshold + (current - self.rheobase()) / 2.0;
                // A late reset takes θ after a step of leak: as much as θ/β before it.
                let drop = if self.delayed { self.threshold / self.beta } else { self.threshold };
                let share = (rest - at_spike) / (rest - at_spike + drop);
                if share <= 0.0 { 1.0 } else { (ln(self.beta) / ln(share)).min(1.0) }
            }
        }
    }
}

impl Synaptic {
    /// One step; tells whether the neuron fires.
    ///
    /// `I_syn ← αI_syn + I; U ← βU + I_syn`, then the reset that the *previous* membrane calls for:
    /// `- θ`, or the whole new membrane to zero, this step's input included. The synaptic current
    /// survives every reset.
    pub fn step(&self, synapse: &mut f64, membrane: &mut f64, current: f64) -> bool {
        let due = *membrane > self.threshold;
        *synapse = (self.alpha * *synapse + current).clamp(-MEMBRANE_LIMIT, MEMBRANE_LIMIT);
        let u = self.beta * *membrane + *synapse;
        *membrane = match self.reset {
            Reset::Subtract if due => u - self.threshold,
            Reset::Zero if due => 0.0,
            _ => u,
        }
        .clamp(-MEMBRANE_LIMIT, MEMBRANE_LIMIT);
        *membrane > self.threshold
    }
}

/// Steps in which a membrane falls to 1/e: -1/ln β. Infinite at β = 1, zero at β = 0.
#[must_use]
pub fn time_constant(beta: f64) -> f64 {
    if beta >= 1.0 {
        f64::INFINITY
    } else if beta <= 0.0 {
        0.0
    } else {
        -1.0 / ln(beta)
    }
}

/// The arctangent surrogate: the slope that stands in for the spike's, at `x = U - θ`.
/// `(α/2) / (1 + (παx/2)²)`; at α = 2 it is 1 on the threshold.
#[must_use]
#[inline]
pub fn surrogate(x: f64, sharpness: f64) -> f64 {
    let z = FRAC_PI_2 * sharpness * x;
    (sharpness / 2.0) / (1.0 + z * z)
}

/// The smooth spike whose slope [`surrogate`] is: `1/2 + arctan(παx/2)/π`, in 0..=1.
#[must_use]
pub fn smooth_spike(x: f64, sharpness: f64) -> f64 {
    0.5 + numerics::elementary::atan(FRAC_PI_2 * sharpness * x) / PI
}

#[cfg(test)]
mod tests {
    use super::*;

    const STANDARD: Leaky = Leaky { beta: 0.9, threshold: 1.0, reset: Reset::Subtract, delayed: true };

    /// The steps, counted from 1, at which a neuron fires under a constant current.
    fn spike_times(neuron: Leaky, current: f64, steps: usize) -> Vec<usize> {
        let mut u = 0.0;
        (1..=steps).filter(|_| neuron.step(&mut u, current)).collect()
    }

    #[test]
    fn a_current_at_the_rheobase_is_silent_and_one_above_it_fires() {
        assert!((STANDARD.rheobase() - 0.1).abs() < 1e-12);
        assert!(spike_times(STANDARD, 0.10, 2000).is_empty() && !STANDARD.can_fire(0.10));
        assert!(!spike_times(STANDARD, 0.12, 200).is_empty());
    }

    #[test]
    fn the_interval_with_a_zero_reset_has_its_closed_form() {
        let neuron = Leaky { reset: Reset::Zero, ..STANDARD };
        for (current, interval) in [(0.12, 18), (0.15, 11), (0.2, 7), (0.3, 4), (0.5, 3)] {
            assert_eq!(neuron.zero_reset_interval(current), Some(f64::from(interval)));
            let times = spike_times(neuron, current, 200);
            assert!(times.windows(2).all(|w| w[1] - w[0] == interval as usize), "{times:?}");
        }
        for delayed in [true, false] {
            for beta in [0.0, 0.3, 0.77, 0.99, 1.0] {
                for current in [0.07, 0.11, 0.37, 0.9] {
                    let neuron = Leaky { beta, reset: Reset::Zero, delayed, ..STANDARD };
                    let times = spike_times(neuron, current, 3000);
                    let measured = times.windows(2).next().map(|w| (w[1] - w[0]) as f64);
                    assert_eq!(measured, neuron.zero_reset_interval(current), "{beta} {current} {delayed}");
                }
            }
        }
    }

    #[test]
    fn without_leak_the_rate_is_current_over_threshold() {
        for current in [0.05, 0.25, 0.333, 0.8, 1.0] {
            let neuron = Leaky { beta: 1.0, ..STANDARD };
            let n = 1000;
            let rate = spike_times(neuron, current, n).len() as f64 / n as f64;
            assert!((rate - current).abs() <= 1.0 / n as f64 + 1e-12, "{current}: {rate}");
            assert!((neuron.firing_rate(current) - current).abs() < 1e-12);
        }
    }

    #[test]
    fn a_delayed_reset_lands_one_step_after_the_spike() {
        let mut u = 0.0;
        let trace: Vec<(f64, bool)> = (0..9)
            .map(|_| {
                let spike = STANDARD.step(&mut u, 0.3);
                (u, spike)
            })
            .collect();
        assert!((trace[3].0 - 1.0317).abs() < 1e-5 && trace[3].1);
        assert!((trace[4].0 - 0.22853).abs() < 1e-5 && !trace[4].1);
        assert!((trace[8].0 - 1.18164).abs() < 1e-5 && trace[8].1);
        assert!(trace[5..8].iter().all(|t| !t.1));
    }

    #[test]
    fn an_undelayed_reset_lands_in_the_same_step() {
        let neuron = Leaky { delayed: false, ..STANDARD };
        let mut u = 0.0;
        let fired: Vec<bool> = (0..4).map(|_| neuron.step(&mut u, 0.3)).collect();
        assert_eq!(fired, [false, false, false, true]);
        assert!((u - 0.0317).abs() < 1e-12, "{u}");
    }

    #[test]
    fn the_estimated_rate_of_a_subtracting_neuron_is_near_the_measured_one() {
        for delayed in [true, false] {
            for (beta, tolerance) in [(0.3, 0.22), (0.9, 0.05), (0.97, 0.02), (0.99, 0.01)] {
                for k in 1..=30 {
                    let (current, n) = (0.05 * f64::from(k), 4000);
                    let neuron = Leaky { beta, delayed, ..STANDARD };
                    let rate = spike_times(neuron, current, n).len() as f64 / n as f64;
                    let theory = neuron.firing_rate(current);
                    assert!(
                        (rate - theory).abs() < tolerance,
                        "β {beta}, I {current}: {rate} against {theory}"
                    );
                }
            }
        }
    }

    #[test]
    fn a_layer_steps_as_its_neurons_do() {
        for reset in [Reset::Subtract, Reset::Zero, Reset::Off] {
            for delayed in [true, false] {
                let neuron = Leaky { reset, delayed, ..STANDARD };
                let currents: Vec<f64> = (0..7).map(|i| 0.2 * f64::from(i) - 0.1).collect();
                let (mut layer, mut single) = (vec![0.0; 7], vec![0.0; 7]);
                for _ in 0..30 {
                    let (mut after, mut spikes) = (vec![0.0; 7], vec![f64::NAN; 7]);
                    neuron.step_layer(&layer, &currents, &mut after, &mut spikes);
                    for ((u, current), spike) in single.iter_mut().zip(&currents).zip(spikes) {
                        assert_eq!(spike, f64::from(u8::from(neuron.step(u, *current))), "{neuron:?}");
                    }
                    assert_eq!(after, single);
                    layer = after;
                }
            }
        }
    }

    #[test]
    fn an_integrator_without_reset_stays_finite() {
        let neuron = Leaky { beta: 1.0, reset: Reset::Off, ..STANDARD };
        let mut u = 999_999.0;
        for _ in 0..5 {
            neuron.step(&mut u, 1.5);
        }
        assert_eq!(u, MEMBRANE_LIMIT);
    }

    #[test]
    fn the_surrogate_is_one_at_the_threshold_and_halves_at_one_over_pi() {
        assert!((surrogate(0.0, 2.0) - 1.0).abs() < 1e-12);
        assert!((surrogate(1.0 / PI, 2.0) - 0.5).abs() < 1e-12);
    }

    #[test]
    fn the_surrogate_is_the_slope_of_the_smooth_spike() {
        for x in [-1.3, -0.2, 0.0, 0.4, 2.0] {
            for sharpness in [0.5, 2.0, 20.0] {
                let h = 1e-6;
                let slope = (smooth_spike(x + h, sharpness) - smooth_spike(x - h, sharpness)) / (2.0 * h);
                assert!((slope - surrogate(x, sharpness)).abs() < 1e-7);
            }
        }
    }

    #[test]
    fn the_time_constant_of_the_standard_leak_is_nine_and_a_half_steps() {
        assert!((time_constant(0.9) - 9.4912).abs() < 1e-4);
        assert_eq!(time_constant(1.0), f64::INFINITY);
        assert_eq!(time_constant(0.0), 0.0);
    }
}
