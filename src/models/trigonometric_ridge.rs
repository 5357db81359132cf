//! Ridge regression on the sines and cosines that a circuit could make of its inputs: its plain rival.
//!
//! Reference: Schreiber, Eisert and Meyer 2023, arXiv:2206.11740 (a trained circuit that repeats its inputs
//! can be replaced by such a series). Departure: theirs is fitted to a trained circuit, ours to the data.
//!
//! Glossary and shapes: x [2]; φ(x) [(2 d₀ + 1)(2 d₁ + 1)], all products of 1, cos πk x₀, sin πk x₀ up to
//! k = d₀ with the same of x₁ up to d₁; λ, the ridge. w = Φᵀ(ΦΦᵀ + λ1)⁻¹y, one linear system.

use numerics::elementary::{cos, sin};
use numerics::linear::ridge;
use numerics::matrix::{Matrix, dot};

#[derive(Clone, Debug)]
pub struct Ridge {
    degrees: [usize; 2],
    weights: Vec<f64>,
}

/// 1, and cosines and sines up to a degree.
fn waves(x: f64, degree: usize) -> Vec<f64> {
    let mut waves = vec![1.0];
    for k in 1..=degree {
        let angle = core::f64::consts::PI * k as f64 * x;
        waves.extend([cos(angle), sin(angle)]);
    }
    waves
}

fn features(x: [f64; 2], degrees: [usize; 2]) -> Vec<f64> {
    let [a, b] = [0, 1].map(|i| waves(x[i], degrees[i]));
    a.iter().flat_map(|a| b.iter().map(move |b| a * b)).collect()
}

impl Ridge {
    /// Fitted to labels of 1 and −1.
    ///
    /// # Panics
    /// If λ is not positive: the system could be singular then.
    #[must_use]
    pub fn fit(points: &[([f64; 2], f64)], degrees: [usize; 2], lambda: f64) -> Self {
        assert!(lambda > 0.0, "a ridge is positive");
        let phi: Vec<Vec<f64>> = points.iter().map(|(x, _)| features(*x, degrees)).collect();
        let y: Vec<f64> = points.iter().map(|(_, y)| *y).collect();
        let gram = Matrix::from_fn(phi.len(), phi.len(), |i, j| dot(&phi[i], &phi[j]));
        let (alpha, _) = ridge(&gram, &y, lambda);
        let mut weights = vec![0.0; phi.first().map_or(0, Vec::len)];
        for (row, a) in phi.iter().zip(&alpha) {
            weights.iter_mut().zip(row).for_each(|(w, x)| *w += a * x);
        }
        Self { degrees, weights }
    }

    #[must_use]
    pub fn at(&self, x: [f64; 2]) -> f64 {
        dot(&features(x, self.degrees), &self.weights)
    }

    /// Numbers that were fitted.
    #[must_use]
    pub fn weights(&self) -> usize {
        self.weights.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_series_is_found_again() {
        let f = |x: [f64; 2]| 0.3 + sin(core::f64::consts::PI * x[0]) * cos(core::f64::consts::TAU * x[1]);
        let points: Vec<([f64; 2], f64)> = (0..144)
            .map(|i| [f64::from(i % 12), f64::from(i / 12)].map(|k| k / 6.0 - 1.0))
            .map(|x| (x, f(x)))
            .collect();
        let ridge = Ridge::fit(&points, [2, 2], 1e-9);
        assert_eq!(ridge.weights(), 25);
        for x in [[0.1, 0.2], [-0.7, 0.45], [0.9, -0.3]] {
            assert!((ridge.at(x) - f(x)).abs() < 1e-6);
        }
    }
}
