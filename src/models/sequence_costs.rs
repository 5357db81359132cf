//! What a layer costs over a sequence: operations and memory against the number of tokens.
//!
//! References: Kaplan et al. 2020, arXiv:2001.08361 (two operations a weight); Gu and Dao 2023,
//! arXiv:2312.00752; Poli et al. 2023, arXiv:2302.10866 (two transforms there and one back).
//!
//! Units: floating-point operations, a product and its sum count two; bytes.

use crate::mamba::Shape;
use numerics::elementary::log2;

/// Bytes of a number in bf16.
const BF16: f64 = 2.0;

/// A Transformer layer of width `d` over `n` tokens, causal: 24 d² n for its matrices and 2 n² d
/// for the half of the scores and sums that are not masked.
#[must_use]
pub fn transformer_flops(d: f64, n: f64) -> f64 {
    24.0 * d * d * n + 2.0 * n * n * d
}

/// Tokens at which attention's own part is as large as the rest.
#[must_use]
pub fn attention_takes_over(d: f64) -> f64 {
    12.0 * d
}

/// Two Mamba blocks, which have about the weights of one Transformer layer.
#[must_use]
pub fn mamba_flops(shape: &Shape, n: f64) -> f64 {
    2.0 * shape.flops_per_token() * n
}

/// A long convolution of `d` channels by three transforms of length 2n at 5 m log₂ m operations
/// each, and the products between.
#[must_use]
pub fn convolution_flops(d: f64, n: f64) -> f64 {
    let padded = 2.0 * n;
    d * (15.0 * padded * log2(padded) + 6.0 * padded)
}

/// Keys and values of `n` tokens in `layers` layers of full attention, bytes.
#[must_use]
pub fn cache_bytes(layers: f64, d: f64, n: f64) -> f64 {
    2.0 * layers * d * n * BF16
}

/// All that twice as many Mamba blocks carry, bytes; the same for any number of tokens.
#[must_use]
pub fn state_bytes(layers: f64, shape: &Shape) -> f64 {
    2.0 * layers * shape.carried() as f64 * BF16
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_million_tokens_need_what_the_article_says() {
        let shape = Shape { d_model: 768, d_state: 16, d_conv: 4, expand: 2 };
        assert!((cache_bytes(12.0, 768.0, 1e6) / 1e9 - 36.86).abs() < 0.01);
        assert!((state_bytes(12.0, &shape) / 1e6 - 1.475).abs() < 0.001);
        assert_eq!(attention_takes_over(768.0), 9216.0);
        let n = attention_takes_over(768.0);
        assert!((transformer_flops(768.0, n) / (48.0 * 768.0 * 768.0 * n) - 1.0).abs() < 1e-12);
    }
}
