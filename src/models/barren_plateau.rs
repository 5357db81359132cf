//! Gradients of random circuits, and how they vanish with the number of qubits.
//!
//! References: McClean et al. 2018, arXiv:1803.11173 (the circuit, the local observable, the vanishing);
//! Cerezo et al. 2021, doi:10.1038/s41467-021-21728-w (global against local costs, the product circuit).
//!
//! Glossary: n, qubits; N = 2ⁿ; L, layers; a circuit is R_Y(π/4) on all qubits, then L layers of R_σ(θ) with
//! a random axis σ and a random angle θ on each qubit and CZ between neighbours. *Local*: ⟨Z₀Z₁⟩. *Global*:
//! 1 − |⟨0…0|ψ⟩|². The derivative is that by the first angle of the first qubit. What states spread evenly
//! (Haar) give: 1/(2(2ⁿ + 1)) for the local cost, (N − 1)/(2N²(N + 1)) for the global one.

use crate::quantum_state::{Half, Pauli, State, any_axis, parameter_shift};
use core::f64::consts::TAU;
use numerics::elementary::powi;
use numerics::random::Stream;

/// What is read at the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cost {
    Local,
    Global,
}

impl Cost {
    fn of(self, state: &State) -> f64 {
        match self {
            Self::Local => state.mean_parity(0b11),
            Self::Global => 1.0 - state.amplitudes()[0].squared_size(),
        }
    }

    /// The variance of the derivative if both sides of the angle spread states evenly.
    #[must_use]
    pub fn even(self, qubits: usize) -> f64 {
        let n = powi(2.0, qubits as u32);
        match self {
            Self::Local => 1.0 / (2.0 * (n + 1.0)),
            Self::Global => (n - 1.0) / (2.0 * n * n * (n + 1.0)),
        }
    }
}

/// The derivative of one random circuit by its first angle.
pub fn slope(cost: Cost, qubits: usize, layers: usize, stream: &mut Stream) -> f64 {
    let turns: Vec<(Pauli, f64)> =
        (0..qubits * layers).map(|_| (any_axis(stream), stream.between(0.0, TAU))).collect();
    let mut state = State::zero(qubits);
    parameter_shift(|by| {
        state.reset();
        (0..qubits).for_each(|q| state.rotate(Pauli::Y, q, Half::of(TAU / 8.0)));
        for layer in turns.chunks(qubits).enumerate() {
            for (q, (axis, angle)) in layer.1.iter().enumerate() {
                let by = if layer.0 == 0 && q == 0 { by } else { 0.0 };
                state.rotate(*axis, q, Half::of(angle + by));
            }
            state.chain();
        }
        cost.of(&state)
    })
}

/// Mean and variance of numbers that come one by one (Welford 1962).
#[derive(Clone, Copy, Debug, Default)]
pub struct Spread {
    pub count: u64,
    mean: f64,
    squares: f64,
}

impl Spread {
    pub fn take(&mut self, x: f64) {
        self.count += 1;
        let from = x - self.mean;
        self.mean += from / self.count as f64;
        self.squares += from * (x - self.mean);
    }

    /// From two numbers on.
    #[must_use]
    pub fn variance(&self) -> Option<f64> {
        (self.count > 1).then(|| self.squares / (self.count - 1) as f64)
    }
}

/// The derivative by its first angle of a product circuit, R_Y(θ_j) on each qubit: of the global cost
/// 1 − Π cos²(θ_j/2), or of the local one, 1 less the mean of all cos²(θ_j/2).
pub fn product_slope(cost: Cost, qubits: usize, stream: &mut Stream) -> f64 {
    let angles: Vec<f64> = (0..qubits).map(|_| stream.between(0.0, TAU)).collect();
    parameter_shift(|by| {
        let zeros = angles.iter().enumerate().map(|(q, angle)| {
            let half = Half::of(if q == 0 { angle + by } else { *angle });
            half.cos * half.cos
        });
        match cost {
            Cost::Global => 1.0 - zeros.product::<f64>(),
            Cost::Local => 1.0 - zeros.sum::<f64>() / qubits as f64,
        }
    })
}

/// The published variance of [`product_slope`] (Cerezo et al. 2021, warm-up).
#[must_use]
pub fn product_variance(cost: Cost, qubits: usize) -> f64 {
    match cost {
        Cost::Global => powi(0.375, qubits as u32 - 1) / 8.0,
        Cost::Local => 1.0 / (8.0 * (qubits * qubits) as f64),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn variance(count: u64, mut draw: impl FnMut() -> f64) -> f64 {
        let mut spread = Spread::default();
        (0..count).for_each(|_| spread.take(draw()));
        spread.variance().unwrap()
    }

    /// Known result, published: the product circuit's variances.
    #[test]
    fn product_circuits_have_the_published_variances() {
        assert!((product_variance(Cost::Global, 4) - 0.006_592).abs() < 1e-6);
        assert!((product_variance(Cost::Local, 4) - 0.007_812_5).abs() < 1e-9);
        let mut stream = Stream::new(1, "check");
        for n in [2, 4, 6] {
            for cost in [Cost::Local, Cost::Global] {
                let found = variance(100_000, || product_slope(cost, n, &mut stream));
                assert!((found / product_variance(cost, n) - 1.0).abs() < 0.05, "{n} {cost:?}: {found}");
            }
        }
    }

    /// Known result: 60 layers spread states about evenly up to eight qubits.
    #[test]
    fn deep_circuits_come_near_to_even() {
        for n in [2, 4, 6, 8] {
            let mut stream = Stream::new(n as u64, "check");
            let found = variance(1000, || slope(Cost::Local, n, 60, &mut stream));
            let ratio = found / Cost::Local.even(n);
            assert!((0.7..1.3).contains(&ratio), "{n}: {ratio}");
        }
    }

    #[test]
    fn a_running_variance_is_that_of_the_definition() {
        let mut spread = Spread::default();
        assert_eq!(spread.variance(), None);
        [1.0, 2.0, 4.0, 9.0].into_iter().for_each(|x| spread.take(x));
        assert!((spread.variance().unwrap() - 38.0 / 3.0).abs() < 1e-12);
    }
}
