//! The selective scan and the Mamba block around it.
//!
//! Reference: Gu and Dao 2023, *Mamba*, arXiv:2312.00752, algorithm 2 and figure 3; layouts and
//! defaults are those of the published `mamba_simple.py`.
//!
//! Glossary: `delta` Δ, `a` A, `skip` D; E = expand · d_model channels, N numbers of state for each,
//! R = ⌈d_model / 16⌉ the rank of Δ's projection, K taps of the convolution.
//!
//! Shapes: tokens are rows. A is held constant over a step (zero-order hold), B only to first order
//! (Δ B), as in the published kernel.
//!
//! Departures: no normalisation and no residual connection around the block.

use numerics::elementary::{exp, silu, softplus};
use numerics::matrix::{Matrix, dot};

/// h_t = e^(Δ_t A) h_(t−1) + Δ_t B_t x_t, y_t = C_t h_t + D x_t, from a state of 0. x and Δ are
/// tokens x channels, A is channels x N, B and C are tokens x N, shared by the channels.
#[must_use]
pub fn selective_scan(
    x: &Matrix,
    delta: &Matrix,
    a: &Matrix,
    b: &Matrix,
    c: &Matrix,
    skip: &[f64],
) -> Matrix {
    let (channels, states) = (a.rows(), a.columns());
    let mut h = Matrix::zeros(channels, states);
    let mut y = Matrix::zeros(x.rows(), channels);
    for t in 0..x.rows() {
        for d in 0..channels {
            let (dt, input) = (delta[(t, d)], x[(t, d)]);
            for n in 0..states {
                h[(d, n)] = exp(dt * a[(d, n)]) * h[(d, n)] + dt * b[(t, n)] * input;
            }
            y[(t, d)] = dot(h.row(d), c.row(t)) + skip[d] * input;
        }
    }
    y
}

/// The weights of a block.
#[derive(Clone, Debug)]
pub struct Block {
    /// 2E x d_model: the rows of x, then those of the gate.
    pub in_proj: Matrix,
    /// E x K; the last tap multiplies the present token.
    pub conv: Matrix,
    pub conv_bias: Vec<f64>,
    /// (R + 2N) x E: the rows of Δ, of B, of C.
    pub x_proj: Matrix,
    /// E x R.
    pub dt_proj: Matrix,
    pub dt_bias: Vec<f64>,
    /// E x N; A = −e^this.
    pub a_log: Matrix,
    pub skip: Vec<f64>,
    /// d_model x E.
    pub out_proj: Matrix,
}

impl Block {
    /// From tokens x d_model to the same.
    #[must_use]
    pub fn forward(&self, u: &Matrix) -> Matrix {
        let (channels, states) = (self.a_log.rows(), self.a_log.columns());
        let (tokens, rank) = (u.rows(), self.dt_proj.columns());
        let both = u.times_transposed(&self.in_proj);
        let taps = self.conv.columns();
        let x = Matrix::from_fn(tokens, channels, |t, d| {
            let sum: f64 = (0..taps)
                .filter_map(|k| Some(self.conv[(d, k)] * both[((t + k + 1).checked_sub(taps)?, d)]))
                .sum();
            silu(sum + self.conv_bias[d])
        });
        let chosen = x.times_transposed(&self.x_proj);
        let part = |from: usize, count: usize| Matrix::from_fn(tokens, count, |t, i| chosen[(t, from + i)]);
        let steps = part(0, rank).times_transposed(&self.dt_proj);
        let delta = Matrix::from_fn(tokens, channels, |t, d| softplus(steps[(t, d)] + self.dt_bias[d]));
        let a = Matrix::from_fn(channels, states, |d, n| -exp(self.a_log[(d, n)]));
        let y = selective_scan(&x, &delta, &a, &part(rank, states), &part(rank + states, states), &self.skip);
        let gated = Matrix::from_fn(tokens, channels, |t, d| y[(t, d)] * silu(both[(t, channels + d)]));
        gated.times_transposed(&self.out_proj)
    }
}

/// The sizes of a block.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    pub d_model: u64,
    pub d_state: u64,
    pub d_conv: u64,
    pub expand: u64,
}

impl Shape {
    /// E.
    #[must_use]
    pub fn channels(&self) -> u64 {
        self.expand * self.d_model
    }

    /// R.
    #[must_use]
    pub fn rank(&self) -> u64 {
        self.d_model.div_ceil(16)
    }

    /// Weights of the four projections.
    #[must_use]
    pub fn projections(&self) -> u64 {
        let (e, r) = (self.channels(), self.rank());
        2 * e * self.d_model + (r + 2 * self.d_state) * e + e * r + e * self.d_model
    }

    /// Weights that multiply a token: those of the four projections and of the convolution.
    fn multipliers(&self) -> u64 {
        self.projections() + self.channels() * self.d_conv
    }

    /// Floating-point operations that carry the state on by a token: nine for each number of it.
    #[must_use]
    pub fn scan_flops(&self) -> u64 {
        9 * self.channels() * self.d_state
    }

    /// All weights of a block: the multipliers, two biases, A and D.
    #[must_use]
    pub fn parameters(&self) -> u64 {
        self.multipliers() + self.channels() * (3 + self.d_state)
    }

    /// Floating-point operations for a token: two for each weight that multiplies it, and the scan.
    #[must_use]
    pub fn flops_per_token(&self) -> f64 {
        (2 * self.multipliers() + self.scan_flops()) as f64
    }

    /// Numbers that a block carries from token to token: its state, and the last taps.
    #[must_use]
    pub fn carried(&self) -> u64 {
        self.channels() * (self.d_state + self.d_conv)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: Shape = Shape { d_model: 768, d_state: 16, d_conv: 4, expand: 2 };

    #[test]
    fn a_block_and_a_model_have_their_published_sizes() {
        assert_eq!(SOURCE.rank(), 48);
        assert_eq!(SOURCE.parameters(), 3_770_880);
        // mamba-130m: 24 blocks with a norm each, a last norm, 50,280 embeddings that are tied.
        assert_eq!(24 * (SOURCE.parameters() + 768) + 768 + 50_280 * 768, 129_135_360);
    }

    #[test]
    fn a_million_tokens_cost_what_the_article_says() {
        let tera = SOURCE.flops_per_token() * 1e6 / 1e12;
        assert!((tera - 7.7).abs() < 0.05, "{tera}");
    }

    #[test]
    fn a_step_of_size_zero_keeps_the_state_and_a_large_one_forgets_it() {
        let one = |x: f64| Matrix::from_vec(3, 1, vec![x; 3]);
        let scan = |last: f64| {
            let delta = Matrix::from_vec(3, 1, vec![1.0, 0.0, last]);
            let a = Matrix::from_vec(1, 1, vec![-1.0]);
            selective_scan(&one(2.0), &delta, &a, &one(1.0), &one(1.0), &[0.0])
        };
        let kept = scan(0.0);
        assert_eq!((kept[(1, 0)], kept[(2, 0)]), (2.0, 2.0));
        assert!((scan(40.0)[(2, 0)] - 80.0).abs() < 1e-9, "Euler's B: the input is written 40 times");
    }
}
