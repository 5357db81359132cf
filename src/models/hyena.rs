//! The Hyena operator of order 2: gates and long filters, and no state.
//!
//! Reference: Poli et al. 2023, *Hyena Hierarchy*, arXiv:2302.10866, definition 3.1 and section 3.3.
//!
//! y = x² ⊙ (h² ∗ (x¹ ⊙ (h¹ ∗ v))), where v, x¹, x² are three projections of the input and h¹, h²
//! are filters as long as the input.
//!
//! Glossary: `filter` h, an *implicit* filter: its value at each place comes out of a small network
//! with sine activations, times a window that fades.
//!
//! Shapes: one channel of `len` tokens. A projection is a random filter over 3 tokens, the short
//! convolution that the paper puts behind each of its linear maps.
//!
//! Departures: one channel, so that the linear maps are single numbers; nothing is trained. Filters
//! are scaled to a sum of squares of 1, so that the answers stay in sight.

use numerics::elementary::{cos, exp, sin};
use numerics::fourier::{convolve, convolve_directly};
use numerics::matrix::{dot, normalise};
use numerics::random::Stream;

/// Sine units in each of the two hidden layers.
const HIDDEN: usize = 16;
/// Frequencies of the place that the network sees, besides the place itself.
const FREQUENCIES: usize = 4;
/// Frequency of the activations, chosen here by eye: the larger, the rougher a filter may be.
const ROUGHNESS: f64 = 3.0;
/// Tokens under a projection.
const SHORT: usize = 3;

/// An operator with drawn weights.
#[derive(Clone, Debug)]
pub struct Hyena {
    /// h¹ and h².
    pub filters: [Vec<f64>; 2],
    /// Of v, x¹ and x².
    projections: [[f64; SHORT]; 3],
}

impl Hyena {
    /// Filters of `len` tokens whose windows fade by e every 1/`dt` tokens.
    #[must_use]
    pub fn draw(len: usize, dt: f64, stream: &mut Stream) -> Self {
        let projections = [(); 3].map(|()| [(); SHORT].map(|()| stream.normal() / (SHORT as f64).sqrt()));
        Self { filters: [(); 2].map(|()| implicit_filter(len, dt, stream)), projections }
    }

    /// The answers, by transforms.
    #[must_use]
    pub fn forward(&self, u: &[f64]) -> Vec<f64> {
        self.apply(u, convolve)
    }

    /// The answers, by the sums themselves.
    #[must_use]
    pub fn forward_directly(&self, u: &[f64]) -> Vec<f64> {
        self.apply(u, convolve_directly)
    }

    fn apply(&self, u: &[f64], long: impl Fn(&[f64], &[f64]) -> Vec<f64>) -> Vec<f64> {
        let [mut z, x1, x2] = self.projections.map(|p| convolve_directly(u, &p));
        for (gate, filter) in [x1, x2].iter().zip(&self.filters) {
            z = long(&z, filter).iter().zip(gate).map(|(z, x)| z * x).collect();
        }
        z
    }
}

fn implicit_filter(len: usize, dt: f64, stream: &mut Stream) -> Vec<f64> {
    let features = 2 * FREQUENCIES + 1;
    let mut layer = |rows: usize, columns: usize| -> Vec<Vec<f64>> {
        let scale = 1.0 / (columns as f64).sqrt();
        (0..rows).map(|_| (0..columns).map(|_| scale * stream.normal()).collect()).collect()
    };
    let (first, second, last) = (layer(HIDDEN, features), layer(HIDDEN, HIDDEN), layer(1, HIDDEN));
    let sines = |weights: &[Vec<f64>], x: &[f64]| -> Vec<f64> {
        weights.iter().map(|w| sin(ROUGHNESS * dot(w, x))).collect()
    };
    let mut filter: Vec<f64> = (0..len)
        .map(|t| {
            let place = t as f64 / len as f64;
            let mut seen = vec![place];
            for k in 1..=FREQUENCIES {
                let angle = core::f64::consts::TAU * k as f64 * place;
                seen.extend([sin(angle), cos(angle)]);
            }
            let hidden = sines(&second, &sines(&first, &seen));
            dot(&last[0], &hidden) * exp(-dt * t as f64)
        })
        .collect();
    normalise(&mut filter);
    filter
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn transforms_and_sums_agree() {
        let mut s = Stream::new(1, "hyena");
        let hyena = Hyena::draw(400, 0.01, &mut s);
        let u: Vec<f64> = (0..400).map(|_| s.normal()).collect();
        for (a, b) in hyena.forward(&u).iter().zip(hyena.forward_directly(&u)) {
            assert!((a - b).abs() < 1e-10);
        }
    }

    #[test]
    fn it_is_causal_and_not_linear() {
        let hyena = Hyena::draw(64, 0.05, &mut Stream::new(2, "hyena"));
        let mut u = vec![1.0; 64];
        let before = hyena.forward(&u);
        let doubled = hyena.forward(&u.iter().map(|u| 2.0 * u).collect::<Vec<_>>());
        // Two gates and a signal: an answer of the third degree.
        assert!((doubled[40] - 8.0 * before[40]).abs() < 1e-9);
        u[50] = -3.0;
        let after = hyena.forward(&u);
        assert!(before[..50].iter().zip(&after).all(|(a, b)| (a - b).abs() < 1e-12));
        assert!((before[50] - after[50]).abs() > 1e-6);
    }
}
