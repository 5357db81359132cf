//! What Gaussian noise on a sum guarantees to each of those who are in it.
//!
//! References: Bun and Steinke 2016, *Concentrated Differential Privacy*, arXiv:1605.02065 (Propositions 1.3
//! and 1.6); Dwork and Roth 2014, *The Algorithmic Foundations of Differential Privacy*, Theorem A.1 (the
//! classical noise); Balle and Wang 2018, *Improving the Gaussian Mechanism for Differential Privacy*, ICML,
//! arXiv:1805.06530, Theorem 8 (the exact relation); McMahan et al. 2018, *Learning Differentially Private
//! Recurrent Language Models*, ICLR, arXiv:1710.06963 (clipping whole clients).
//!
//! Names and letters: `noise` z, the deviation as a multiple of what one client can change (C, the `clip`);
//! `rounds` T; ε and δ; ρ = T/2z².
//!
//! Departures: no credit for rounds in which a client was not drawn. A neighbour is a crowd with one client
//! more or less.

use numerics::elementary::{exp, ln};
use numerics::matrix::norm;
use numerics::student::normal_below;

/// Shrinks a vector to a length of at most `clip`; the factor.
pub fn clip(xs: &mut [f64], clip: f64) -> f64 {
    let length = norm(xs);
    if length <= clip {
        return 1.0;
    }
    let factor = clip / length;
    xs.iter_mut().for_each(|x| *x *= factor);
    factor
}

/// ρ of zero-concentrated differential privacy after so many rounds.
#[must_use]
pub fn concentrated(noise: f64, rounds: f64) -> f64 {
    0.5 * rounds / (noise * noise)
}

/// The ε that follows from ρ, by the simple formula; infinite without noise.
#[must_use]
pub fn epsilon(noise: f64, rounds: f64, delta: f64) -> f64 {
    let rho = concentrated(noise, rounds);
    rho + 2.0 * (rho * -ln(delta)).sqrt()
}

/// The classical deviation for ε and δ, as a multiple of what one can change; proved for ε below 1.
#[must_use]
pub fn classical(epsilon: f64, delta: f64) -> f64 {
    (2.0 * ln(1.25 / delta)).sqrt() / epsilon
}

/// The least δ for which noise of this deviation is (ε, δ)-private, exactly. For ε up to [`LARGEST`].
#[must_use]
pub fn exact_delta(deviation: f64, epsilon: f64) -> f64 {
    let (half, shift) = (0.5 / deviation, epsilon * deviation);
    normal_below(half - shift) - exp(epsilon) * normal_below(-half - shift)
}

/// Up to here exponentials and tails have room in a number.
pub const LARGEST: f64 = 500.0;

/// The least ε for noise of this deviation and δ, exactly; `None` above [`LARGEST`]. Many rounds of Gaussian
/// noise are one of `noise / √rounds`.
#[must_use]
pub fn exact_epsilon(deviation: f64, delta: f64) -> Option<f64> {
    if exact_delta(deviation, LARGEST) > delta {
        return None;
    }
    if exact_delta(deviation, 0.0) <= delta {
        return Some(0.0);
    }
    Some(bisected(0.0, LARGEST, |epsilon| exact_delta(deviation, epsilon) <= delta))
}

/// The least deviation that is (ε, δ)-private, exactly.
#[must_use]
pub fn exact_deviation(epsilon: f64, delta: f64) -> f64 {
    bisected(1e-3, 1e3 / epsilon.min(1.0), |deviation| exact_delta(deviation, epsilon) <= delta)
}

/// Where a condition begins to hold between two places.
fn bisected(mut low: f64, mut high: f64, holds: impl Fn(f64) -> bool) -> f64 {
    for _ in 0..100 {
        let middle = 0.5 * (low + high);
        if holds(middle) { high = middle } else { low = middle }
    }
    high
}

#[cfg(test)]
mod tests {
    use super::*;

    fn near(a: f64, b: f64, tolerance: f64) {
        assert!((a - b).abs() <= tolerance, "{a} {b}");
    }

    /// Known results, computed elsewhere: classical and exact noise.
    #[test]
    fn the_exact_noise_is_less_than_the_classical() {
        near(classical(0.5, 1e-5), 9.689_61, 1e-5);
        near(exact_deviation(0.5, 1e-5), 7.031_83, 1e-5);
        near(exact_delta(classical(10.0, 1e-5), 10.0), 2.27e-5, 1e-7);
        // Above some ε the classical noise is too little.
        let keeps = |epsilon: f64| exact_delta(classical(epsilon, 1e-5), epsilon) <= 1e-5;
        assert!(keeps(8.4) && !keeps(8.44));
        let ratio = exact_deviation(0.99, 1e-8) / classical(0.99, 1e-8);
        near(1.0 - ratio * ratio, 0.30, 0.005);
    }

    /// Known result: the simple formula overstates the ε of fifty rounds.
    #[test]
    fn fifty_rounds_cost_less_than_the_simple_formula_says() {
        near(epsilon(10.0, 50.0, 1e-5), 3.643, 5e-4);
        near(exact_epsilon(10.0 / 50.0_f64.sqrt(), 1e-5).unwrap(), 2.943, 5e-4);
        near(epsilon(9.5, 50.0, 1e-5), 3.85, 5e-3);
        assert_eq!(epsilon(0.0, 50.0, 1e-5), f64::INFINITY);
        assert_eq!(exact_epsilon(1e-3, 1e-5), None);
    }

    /// The exact relation, against the hockey-stick divergence summed over a fine grid.
    #[test]
    fn the_exact_relation_is_the_sum_over_all_outcomes() {
        for (deviation, epsilon) in [(1.0, 0.5), (2.0, 1.0), (0.5, 3.0)] {
            let step = 1e-4;
            let density = |x: f64| {
                exp(-0.5 * x * x / (deviation * deviation)) / (deviation * core::f64::consts::TAU.sqrt())
            };
            let mut delta = 0.0;
            for i in -200_000..=200_000 {
                let x = f64::from(i) * step;
                delta += step * (density(x - 1.0) - exp(epsilon) * density(x)).max(0.0);
            }
            near(exact_delta(deviation, epsilon), delta, 1e-8);
        }
    }

    #[test]
    fn clipping_shortens_and_never_turns() {
        let mut long = [3.0, 4.0];
        near(clip(&mut long, 1.0), 0.2, 1e-15);
        near(long[0], 0.6, 1e-12);
        assert_eq!(clip(&mut [0.0, 0.0], 1.0), 1.0);
    }
}
