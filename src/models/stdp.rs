//! Pair-based spike-timing-dependent plasticity with one trace a synapse and one for the neuron.
//!
//! References: Song, Miller and Abbott 2000 (*Nat. Neurosci.* 3, 919) for the rule, the ratio 1.05
//! and tau = 20 ms; Bi and Poo 1998 (*J. Neurosci.* 18, 10464) for the measured window (neither
//! re-read).
//!
//! | here             | paper  | meaning                                                     |
//! |------------------|--------|-------------------------------------------------------------|
//! | `a_plus`         | A₊     | what a pair "input, then output" at no distance adds         |
//! | `a_minus`        | A₋     | what a pair "output, then input" takes away                  |
//! | `tau`            | τ      | reach of the window in steps, the same on both sides         |
//! | `input_traces`   | x_i    | decaying memory of each input's spikes                       |
//! | `output_trace`   | y      | decaying memory of the neuron's spikes                       |
//!
//! Shapes: weights and input traces `[inputs]`; weights stay in 0..=1.
//!
//! Departures: one time constant for both sides; time runs in steps; every pair counts (all to
//! all), which traces that add up amount to.

use numerics::elementary::exp;

/// The learning rule.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stdp {
    pub a_plus: f64,
    pub a_minus: f64,
    /// In steps, above zero.
    pub tau: f64,
}

/// Plastic synapses onto one neuron.
#[derive(Clone, Debug)]
pub struct Synapses {
    rule: Stdp,
    decay: f64,
    weights: Vec<f64>,
    input_traces: Vec<f64>,
    output_trace: f64,
}

impl Stdp {
    /// Change of a weight for one pair whose output spike comes `delay` steps after the input's.
    #[must_use]
    pub fn window(&self, delay: f64) -> f64 {
        if delay >= 0.0 {
            self.a_plus * exp(-delay / self.tau)
        } else {
            -self.a_minus * exp(delay / self.tau)
        }
    }
}

impl Synapses {
    #[must_use]
    pub fn new(rule: Stdp, weights: Vec<f64>) -> Self {
        let inputs = weights.len();
        Self {
            rule,
            decay: exp(-1.0 / rule.tau),
            weights,
            input_traces: vec![0.0; inputs],
            output_trace: 0.0,
        }
    }

    #[must_use]
    pub fn weights(&self) -> &[f64] {
        &self.weights
    }

    /// Begins a step: all traces fade.
    pub fn fade(&mut self) {
        self.output_trace *= self.decay;
        for x in &mut self.input_traces {
            *x *= self.decay;
        }
    }

    /// An input spikes: it comes *after* the output spikes so far, so it loses; then it is
    /// remembered.
    pub fn input_spike(&mut self, i: usize) {
        self.weights[i] = (self.weights[i] - self.rule.a_minus * self.output_trace).clamp(0.0, 1.0);
        self.input_traces[i] += 1.0;
    }

    /// The neuron spikes: every input that came before gains; then the spike is remembered.
    pub fn output_spike(&mut self) {
        for (w, x) in self.weights.iter_mut().zip(&self.input_traces) {
            *w = (*w + self.rule.a_plus * x).clamp(0.0, 1.0);
        }
        self.output_trace += 1.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SONG: Stdp = Stdp { a_plus: 0.01, a_minus: 0.0105, tau: 20.0 };

    /// The change of a weight when the output spikes `delay` steps after the input.
    fn one_pair(delay: i32) -> f64 {
        let mut synapses = Synapses::new(SONG, vec![0.5]);
        for t in 0..=delay.abs() {
            synapses.fade();
            if t == (-delay).max(0) {
                synapses.input_spike(0);
            }
            if t == delay.max(0) {
                synapses.output_spike();
            }
        }
        synapses.weights()[0] - 0.5
    }

    #[test]
    fn one_pair_at_five_steps_changes_the_weight_by_the_window() {
        assert!((one_pair(5) - 0.007_788_007_8).abs() < 1e-9, "{}", one_pair(5));
        assert!((one_pair(-5) + 0.008_177_408_2).abs() < 1e-9, "{}", one_pair(-5));
    }

    #[test]
    fn pairs_follow_the_window_at_every_delay() {
        for delay in -30..=30 {
            assert!((one_pair(delay) - SONG.window(f64::from(delay))).abs() < 1e-12, "{delay}");
        }
    }

    #[test]
    fn weights_stay_between_zero_and_one() {
        let mut synapses = Synapses::new(Stdp { a_plus: 0.9, a_minus: 0.9, tau: 20.0 }, vec![0.5, 0.5]);
        synapses.input_spike(0);
        synapses.output_spike();
        synapses.output_spike();
        synapses.input_spike(1);
        assert_eq!(synapses.weights(), &[1.0, 0.0]);
    }
}
