//! Where a token stands: rotary embeddings (RoPE) and linear distance penalties (ALiBi).
//!
//! References
//! - Su et al. 2021, *RoFormer*, arXiv:2104.09864, eqs. 14, 15 and 34.
//! - Chen et al. 2023, *Position Interpolation*, arXiv:2306.15595.
//! - Press et al. 2021, *Train Short, Test Long* (ALiBi), arXiv:2108.12409.
//!
//! Glossary: `inverse_frequencies` are θ_i = base^(-2i/d), i = 0..d/2-1; `interpolation` divides
//! positions; `slope` is ALiBi's m (here also μ_h).
//!
//! Shapes: a head's vector has d numbers, d even; a bias is `[queries, keys]`.
//!
//! Departures: angles are computed in f64. In f32 the angle itself is off by up to about
//! position * 6e-8: at 100,000 tokens 0.006, which an inner product shows.
//! Slopes for a number of heads that is no power of two follow the authors' code, as Bloom does.

use numerics::elementary::{cos, exp_m1, pow, sin};
use numerics::matrix::Matrix;

/// Which two channels turn together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pairing {
    /// Channel i with channel i + d/2 (Llama, GPT-NeoX).
    HalfSplit,
    /// Channel 2i with channel 2i + 1 (RoFormer, GPT-J).
    Interleaved,
}

/// A rotary position embedding.
#[derive(Clone, Debug)]
pub struct Rope {
    inverse_frequencies: Vec<f64>,
    pairing: Pairing,
    interpolation: f64,
}

impl Rope {
    /// For vectors of `head_dim` numbers (even).
    #[must_use]
    pub fn new(head_dim: usize, base: f64, pairing: Pairing) -> Self {
        let inverse_frequencies =
            (0..head_dim / 2).map(|i| pow(base, -2.0 * i as f64 / head_dim as f64)).collect();
        Self { inverse_frequencies, pairing, interpolation: 1.0 }
    }

    /// With positions divided by `factor` (at least 1): position interpolation.
    #[must_use]
    pub fn interpolated(mut self, factor: f64) -> Self {
        self.interpolation = factor.max(1.0);
        self
    }

    /// θ_i, radians a position, before interpolation.
    #[must_use]
    pub fn inverse_frequencies(&self) -> &[f64] {
        &self.inverse_frequencies
    }

    /// The angle of pair `i` at a position.
    #[must_use]
    pub fn angle(&self, i: usize, position: f64) -> f64 {
        position / self.interpolation * self.inverse_frequencies[i]
    }

    /// R_position x.
    ///
    /// # Panics
    /// If `x` has not twice as many numbers as there are pairs.
    #[must_use]
    pub fn rotate(&self, x: &[f64], position: f64) -> Vec<f64> {
        let pairs = self.inverse_frequencies.len();
        assert_eq!(x.len(), 2 * pairs, "channels of a rotated vector");
        let mut out = vec![0.0; x.len()];
        for i in 0..pairs {
            let (a, b) = match self.pairing {
                Pairing::HalfSplit => (i, i + pairs),
                Pairing::Interleaved => (2 * i, 2 * i + 1),
            };
            let angle = self.angle(i, position);
            let (c, s) = (cos(angle), sin(angle));
            out[a] = x[a] * c - x[b] * s;
            out[b] = x[b] * c + x[a] * s;
        }
        out
    }

    /// Positions that the slowest pair needs for a full turn.
    #[must_use]
    pub fn longest_wavelength(&self) -> f64 {
        self.inverse_frequencies
            .last()
            .map_or(f64::INFINITY, |theta| core::f64::consts::TAU * self.interpolation / theta)
    }

    /// ρ = 2/d Σ cos Δθ_i: the inner product of two equal unit vectors with equal energy in all
    /// pairs, turned to positions Δ apart.
    #[must_use]
    pub fn agreement(&self, distance: f64) -> f64 {
        let pairs = self.inverse_frequencies.len();
        (0..pairs).map(|i| cos(self.angle(i, distance))).sum::<f64>() / pairs.max(1) as f64
    }
}

/// ρ at one distance after the other, by turning each pair on instead of computing cosines anew.
#[derive(Clone, Debug)]
pub struct Agreements {
    pairs: usize,
    fours: Vec<Four>,
}

/// Four pairs side by side: a fixed order of sums that still fills the processor's lanes.
#[derive(Clone, Copy, Debug, Default)]
struct Four {
    cosine: [f64; 4],
    sine: [f64; 4],
    turn_cosine: [f64; 4],
    turn_sine: [f64; 4],
}

impl Agreements {
    /// Stands at `distance`. Rounding grows by about 1e-16 a turn, so start anew every few
    /// ten thousand.
    #[must_use]
    pub fn starting_at(rope: &Rope, distance: f64) -> Self {
        let pairs = rope.inverse_frequencies.len();
        // Lanes without a pair stay zero and add nothing.
        let mut fours = vec![Four::default(); pairs.div_ceil(4)];
        for i in 0..pairs {
            let (four, lane) = (&mut fours[i / 4], i % 4);
            let (here, turn) = (rope.angle(i, distance), rope.angle(i, 1.0));
            (four.cosine[lane], four.sine[lane]) = (cos(here), sin(here));
            (four.turn_cosine[lane], four.turn_sine[lane]) = (cos(turn), sin(turn));
        }
        Self { pairs, fours }
    }

    /// ρ here; then stands one further.
    pub fn next_agreement(&mut self) -> f64 {
        let mut sums = [0.0; 4];
        for four in &mut self.fours {
            for (lane, sum) in sums.iter_mut().enumerate() {
                let (c, s) = (four.cosine[lane], four.sine[lane]);
                let (dc, ds) = (four.turn_cosine[lane], four.turn_sine[lane]);
                *sum += c;
                four.cosine[lane] = c * dc - s * ds;
                four.sine[lane] = s * dc + c * ds;
            }
        }
        ((sums[0] + sums[1]) + (sums[2] + sums[3])) / self.pairs.max(1) as f64
    }
}

/// ALiBi's slope of each head: 2^(-8h/H), h = 1..=H, for a power of two; otherwise those of the
/// power of two below, then every other one of the power of two above.
#[must_use]
pub fn alibi_slopes(heads: usize) -> Vec<f64> {
    let regular = |count: usize, h: usize| pow(2.0, -8.0 * h as f64 / count as f64);
    let below = if heads == 0 { 0 } else { 1 << heads.ilog2() };
    let mut slopes: Vec<f64> = (1..=below).map(|h| regular(below, h)).collect();
    slopes.extend((0..heads - below).map(|k| regular(2 * below, 2 * k + 1)));
    slopes
}

/// ALiBi's bias: -slope * (query - key).
#[must_use]
pub fn alibi_bias(slope: f64, queries: usize, keys: usize) -> Matrix {
    Matrix::from_fn(queries, keys, |i, j| -slope * (i as f64 - j as f64))
}

/// Σ e^(-slope * distance) over all distances: how many keys a head sees in effect.
#[must_use]
pub fn alibi_window(slope: f64) -> f64 {
    1.0 / -exp_m1(-slope)
}

#[cfg(test)]
mod tests {
    use super::*;
    use numerics::matrix::{dot, norm};
    use numerics::random::Stream;

    /// Known result: 8 heads run from 1/2 to 1/256; 16 heads start at 2^(-1/2).
    #[test]
    fn slopes_are_the_papers() {
        let eight = alibi_slopes(8);
        for (h, slope) in eight.iter().enumerate() {
            assert_eq!(*slope, 1.0 / f64::from(2u32 << h));
        }
        let sixteen = alibi_slopes(16);
        assert!((sixteen[0] - 0.5f64.sqrt()).abs() < 1e-15);
        assert_eq!(sixteen[15], 1.0 / 256.0);
        assert_eq!(alibi_slopes(12).len(), 12);
        assert_eq!(alibi_slopes(1), vec![1.0 / 256.0]);
    }

    /// Known result: inner products depend on the distance alone, and lengths are kept.
    #[test]
    fn rotations_see_distance_only() {
        let mut stream = Stream::new(2, "vectors");
        let q: Vec<f64> = (0..64).map(|_| stream.normal()).collect();
        let k: Vec<f64> = (0..64).map(|_| stream.normal()).collect();
        for pairing in [Pairing::HalfSplit, Pairing::Interleaved] {
            let rope = Rope::new(64, 10_000.0, pairing);
            let score = |m: f64, n: f64| dot(&rope.rotate(&q, m), &rope.rotate(&k, n));
            for shift in [1.0, 977.0, 100_000.0] {
                assert!((score(40.0 + shift, 7.0 + shift) - score(40.0, 7.0)).abs() < 1e-6);
                assert!((norm(&rope.rotate(&q, shift)) - norm(&q)).abs() < 1e-6);
            }
        }
    }

    /// Known result: d = 128, bases 10,000 and 500,000.
    #[test]
    fn the_slowest_pair_turns_as_slowly_as_reported() {
        for (base, wanted) in [(1e4, 54_410.0), (5e5, 2.559e6)] {
            let got = Rope::new(128, base, Pairing::HalfSplit).longest_wavelength();
            assert!((got / wanted - 1.0).abs() < 1e-3, "{got}");
        }
        let stretched = Rope::new(128, 1e4, Pairing::HalfSplit).interpolated(4.0);
        assert!((stretched.longest_wavelength() / 54_410.0 - 4.0).abs() < 4e-3);
    }

    #[test]
    fn turning_on_agrees_with_cosines() {
        let rope = Rope::new(96, 5e5, Pairing::HalfSplit).interpolated(2.0);
        let mut turning = Agreements::starting_at(&rope, 30_000.0);
        let unit = vec![(2.0f64 / 96.0).sqrt(); 96].iter().map(|x| x / 2f64.sqrt()).collect::<Vec<f64>>();
        for step in 0..20_000 {
            let distance = 30_000.0 + f64::from(step);
            let got = turning.next_agreement();
            if step % 997 == 0 {
                assert!((got - rope.agreement(distance)).abs() < 1e-11, "{step}");
                let turned = dot(&rope.rotate(&unit, distance), &rope.rotate(&unit, 0.0));
                assert!((got - turned).abs() < 1e-9, "{step}");
            }
        }
    }

    #[test]
    fn the_window_is_the_sum_of_a_geometric_series() {
        let slope = 1.0 / 256.0;
        assert!((alibi_window(slope) - 256.5).abs() < 0.01);
        assert!((alibi_window(0.5) - 1.0 / (1.0 - 0.606_530_66)).abs() < 1e-6);
    }
}
