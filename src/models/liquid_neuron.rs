//! One liquid time-constant neuron, and the ways to follow its equation in time.
//!
//! References: Hasani, Lechner, Amini, Rus and Grosu 2021 (AAAI, arXiv:2006.04439), Eq. 1 for the
//! equation, Eq. 3 for the fused step, Theorems 1 and 2 for the bounds; Hasani et al. 2022 (*Nat. Mach.
//! Intell.* 4, 992, arXiv:2106.13898), Eq. 2 for the closed form.
//!
//! | here         | paper   | meaning                                                          |
//! |--------------|---------|------------------------------------------------------------------|
//! | `tau`        | τ       | time constant without input, in seconds                          |
//! | `target`     | A       | where an open gate pulls the state                               |
//! | `weight`     | w       | how wide the gate opens at most, in 1/s                          |
//! | `gain`       | γ       | how sharply it opens around `midpoint`                           |
//! | `midpoint`   | μ       | the input at which it is half open                               |
//! | [`Neuron::gate`] | f   | w σ(γ (I − μ)), in 1/s                                           |
//! | [`Neuron::time_constant`] | τ_sys | τ / (1 + τ f)                                     |
//!
//! Departures: the gate sees the input alone, not the state; the paper also allows tanh, under which f
//! can be negative and Eq. 3's denominator zero: here it is logistic. Time constants stay above 1e-3 s.

use numerics::elementary::{exp, sigmoid};

/// dx/dt = −(1/τ + f) x + f A.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Neuron {
    pub tau: f64,
    pub target: f64,
    pub weight: f64,
    pub gain: f64,
    pub midpoint: f64,
}

/// How a step through time is made.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Solver {
    /// Along the slope at the beginning.
    Euler,
    /// Eq. 3: the pull towards 0 is taken at the end of the step, so that nothing can overshoot.
    Fused,
    /// Runge and Kutta's fourth order.
    RungeKutta,
    /// No step at all: the closed form, from where the neuron was at time 0.
    Closed,
}

impl Neuron {
    /// f for this input.
    #[must_use]
    pub fn gate(&self, input: f64) -> f64 {
        self.weight * sigmoid(self.gain * (input - self.midpoint))
    }

    fn leak(&self) -> f64 {
        1.0 / self.tau.max(1e-3)
    }

    /// The effective time constant at this gate.
    #[must_use]
    pub fn time_constant(&self, gate: f64) -> f64 {
        1.0 / (self.leak() + gate)
    }

    /// Where the state comes to rest at this gate.
    #[must_use]
    pub fn rest(&self, gate: f64) -> f64 {
        gate * self.target / (self.leak() + gate)
    }

    /// Theorem 2: from 0 the state stays between these, whatever the input.
    #[must_use]
    pub fn band(&self) -> [f64; 2] {
        [self.target.min(0.0), self.target.max(0.0)]
    }

    /// The longest step of Euler's that comes nearer to rest at this gate.
    #[must_use]
    pub fn euler_limit(&self, gate: f64) -> f64 {
        2.0 * self.time_constant(gate)
    }

    /// dx/dt.
    #[must_use]
    pub fn slope(&self, x: f64, gate: f64) -> f64 {
        -(self.leak() + gate) * x + gate * self.target
    }

    /// Euler's step of length `h`.
    #[must_use]
    pub fn euler(&self, x: f64, gate: f64, h: f64) -> f64 {
        x + h * self.slope(x, gate)
    }

    /// The fused step of length `h`.
    #[must_use]
    pub fn fused(&self, x: f64, gate: f64, h: f64) -> f64 {
        (x + h * gate * self.target) / (1.0 + h * (self.leak() + gate))
    }

    /// Runge and Kutta's step of length `h` from time `t`, with the input as a function of time.
    #[must_use]
    pub fn runge_kutta(&self, x: f64, t: f64, h: f64, input: impl Fn(f64) -> f64) -> f64 {
        let [before, middle, after] = [0.0, 0.5, 1.0].map(|share| self.gate(input(t + share * h)));
        let k1 = self.slope(x, before);
        let k2 = self.slope(x + 0.5 * h * k1, middle);
        let k3 = self.slope(x + 0.5 * h * k2, middle);
        let k4 = self.slope(x + h * k3, after);
        x + h / 6.0 * (k1 + 2.0 * (k2 + k3) + k4)
    }

    /// Exactly, as long as the gate stands still for `t` seconds.
    #[must_use]
    pub fn exact(&self, x: f64, gate: f64, t: f64) -> f64 {
        let rest = self.rest(gate);
        rest + (x - rest) * exp(-(self.leak() + gate) * t)
    }

    /// The symmetrised equation dx/dt = −(1/τ + f)(x − A), exactly, as long as the gate stands still.
    #[must_use]
    pub fn symmetrised(&self, x: f64, gate: f64, t: f64) -> f64 {
        self.target + (x - self.target) * exp(-(self.leak() + gate) * t)
    }

    /// Eq. 2 of the closed form, `t` seconds after the state was `start`, for the input now.
    #[must_use]
    pub fn closed_form(&self, start: f64, input: f64, t: f64) -> f64 {
        let mirrored = self.weight * sigmoid(-self.gain * (input - self.midpoint));
        (start - self.target) * exp(-(self.leak() + self.gate(input)) * t) * mirrored + self.target
    }
}

impl Solver {
    /// Evaluations of the gate that one step takes.
    #[must_use]
    pub fn evaluations(self) -> f64 {
        if self == Self::RungeKutta { 4.0 } else { 1.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use numerics::random::Stream;

    const UNIT: Neuron = Neuron { tau: 1.0, target: 1.0, weight: 4.0, gain: 6.0, midpoint: 0.5 };

    #[test]
    fn three_steps_by_hand() {
        let gates = [2.0, 2.0, 0.0];
        let walk = |step: fn(&Neuron, f64, f64, f64) -> f64, h: f64| {
            gates.into_iter().scan(0.0, move |x, gate| {
                *x = step(&UNIT, *x, gate, h);
                Some(*x)
            })
        };
        let near = |got: Vec<f64>, want: [f64; 3]| {
            assert!(got.iter().zip(want).all(|(g, w)| (g - w).abs() < 5e-5), "{got:?}");
        };
        near(walk(Neuron::fused, 0.5).collect(), [0.4, 0.56, 0.3733]);
        near(walk(Neuron::euler, 0.5).collect(), [1.0, 0.5, 0.25]);
        near(walk(Neuron::exact, 0.5).collect(), [0.5179, 0.6335, 0.3842]);
        let euler: Vec<f64> = (0..3)
            .scan(0.0, |x, _| {
                *x = UNIT.euler(*x, 2.0, 1.0);
                Some(*x)
            })
            .collect();
        assert_eq!(euler, [2.0, -2.0, 6.0]);
    }

    #[test]
    fn the_fused_step_is_of_first_order() {
        let fused = |parts: u32| (0..parts).fold(0.0, |x, _| UNIT.fused(x, 2.0, 1.0 / f64::from(parts)));
        let exact = UNIT.exact(0.0, 2.0, 1.0);
        assert!((exact - 0.633_475_3).abs() < 1e-7);
        for (parts, value) in [(6, 0.608_139_0), (12, 0.620_853_7), (24, 0.627_198_4)] {
            assert!((fused(parts) - value).abs() < 1e-7, "{parts}: {}", fused(parts));
        }
        let ratio = (fused(12) - exact) / (fused(24) - exact);
        assert!((1.9..2.1).contains(&ratio), "half the step, half the error: {ratio}");
    }

    #[test]
    fn a_fused_state_never_leaves_its_band() {
        let mut stream = Stream::new(1, "draws");
        for _ in 0..20_000 {
            let neuron = Neuron {
                tau: stream.between(0.01, 10.0),
                target: stream.between(-3.0, 3.0),
                weight: stream.between(0.0, 20.0),
                gain: stream.between(0.1, 30.0),
                midpoint: stream.between(-1.0, 1.0),
            };
            let [low, high] = neuron.band();
            let mut x = stream.between(low, high + 1e-12);
            for _ in 0..10 {
                let gate = neuron.gate(stream.normal());
                x = neuron.fused(x, gate, stream.between(0.001, 5.0));
                assert!((low - 1e-12..=high + 1e-12).contains(&x), "{neuron:?}: {x}");
                let tau = neuron.time_constant(gate);
                let least = neuron.tau / (1.0 + neuron.tau * neuron.weight);
                assert!(tau >= least * (1.0 - 1e-12) && tau <= neuron.tau * (1.0 + 1e-12));
            }
        }
    }

    #[test]
    fn the_time_constant_is_shorter_under_input() {
        assert!((UNIT.time_constant(UNIT.gate(0.0)) - 0.841).abs() < 5e-4);
        assert!((UNIT.time_constant(UNIT.gate(1.0)) - 0.208).abs() < 5e-4);
    }

    #[test]
    fn euler_leaves_rest_beyond_its_limit_and_not_before() {
        let gate = UNIT.gate(1.0);
        let limit = UNIT.euler_limit(gate);
        assert!((limit - 0.4158).abs() < 5e-5, "{limit}");
        let far = |h: f64| ((0..50).fold(0.0, |x, _| UNIT.euler(x, gate, h)) - UNIT.rest(gate)).abs();
        assert!(far(limit * 1.01) > UNIT.rest(gate) && far(limit * 0.99) < UNIT.rest(gate));
        for weight in [0.5, 2.0, 8.0] {
            let neuron = Neuron { weight, ..UNIT };
            let (gate, limit) = (neuron.gate(0.8), neuron.euler_limit(neuron.gate(0.8)));
            let far = |h: f64| ((0..50).fold(0.0, |x, _| neuron.euler(x, gate, h)) - neuron.rest(gate)).abs();
            assert!(far(limit * 1.05) > neuron.rest(gate) && far(limit * 0.95) < neuron.rest(gate));
        }
    }

    #[test]
    fn the_closed_form_stays_near_the_equation_it_solves_and_starts_elsewhere() {
        // Lemma 1: |x − x̃| ≤ |x0 − A| e^(−w_τ t), for the symmetrised equation dx/dt = −(w_τ + f)(x − A).
        let mut stream = Stream::new(2, "draws");
        let mut largest: f64 = 0.0;
        for _ in 0..80_000 {
            let neuron = Neuron {
                tau: stream.between(0.1, 5.0),
                target: stream.between(-2.0, 2.0),
                weight: 1.0,
                gain: stream.between(0.5, 20.0),
                midpoint: 0.5,
            };
            let (start, input, t) =
                (stream.between(-2.0, 2.0), stream.between(-1.0, 2.0), stream.between(0.0, 3.0));
            let solved = neuron.symmetrised(start, neuron.gate(input), t);
            let bound = (start - neuron.target).abs() * exp(-t / neuron.tau);
            if bound > 1e-9 {
                largest = largest.max((solved - neuron.closed_form(start, input, t)).abs() / bound);
            }
        }
        assert!((0.5..=1.0).contains(&largest), "{largest}");
        let half = Neuron { weight: 1.0, ..UNIT };
        assert!((half.closed_form(0.0, 0.5, 0.0) - 0.5).abs() < 1e-12, "f = 1/2: it starts at 1/2");
        assert!((half.closed_form(1.0, 0.5, 0.0) - 1.0).abs() < 1e-12, "and where it should from A");
    }
}
