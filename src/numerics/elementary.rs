//! Elementary functions with the same bits natively and in WebAssembly.
//!
//! The standard library hands `exp`, `ln`, `sin` to the platform; the `libm` crate computes them
//! in Rust. `sqrt`, `abs`, `floor`, `round` are exact under IEEE 754 and need no twin here.

pub use libm::{
    atan, atan2, cos, erf, erfc, exp, expf as exp_f32, expm1 as exp_m1, hypot, lgamma, log1p as ln_1p, log2,
    log10, pow, sin, tanh,
};

/// Natural logarithm.
#[must_use]
pub fn ln(x: f64) -> f64 {
    libm::log(x)
}

/// `x` to a whole power by repeated squaring, in one fixed order of multiplications.
#[must_use]
pub fn powi(x: f64, n: u32) -> f64 {
    let (mut result, mut base, mut left) = (1.0, x, n);
    while left > 0 {
        if left & 1 == 1 {
            result *= base;
        }
        base *= base;
        left >>= 1;
    }
    result
}

/// The logistic function, 1 / (1 + e^-x), without overflow for any finite `x`.
#[must_use]
pub fn sigmoid(x: f64) -> f64 {
    if x >= 0.0 {
        1.0 / (1.0 + exp(-x))
    } else {
        let e = exp(x);
        e / (1.0 + e)
    }
}

/// ln(1 + e^z); z itself above 20, where the difference is below 3·10⁻⁹.
#[must_use]
pub fn softplus(z: f64) -> f64 {
    if z > 20.0 { z } else { ln_1p(exp(z)) }
}

/// The sigmoid-weighted linear unit, x * sigmoid(x), also called swish.
#[must_use]
pub fn silu(x: f64) -> f64 {
    x * sigmoid(x)
}

/// Softmax in place. The maximum is subtracted first, so large logits do not overflow.
/// An empty slice, or one whose entries are all minus infinity, becomes zeros.
pub fn softmax(logits: &mut [f64]) {
    let max = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if max == f64::NEG_INFINITY {
        logits.fill(0.0);
        return;
    }
    let mut total = 0.0;
    for x in logits.iter_mut() {
        *x = exp(*x - max);
        total += *x;
    }
    for x in logits.iter_mut() {
        *x /= total;
    }
}

/// ln of the sum of exponentials, stable for logits of any finite size.
/// Minus infinity for an empty slice.
#[must_use]
pub fn log_sum_exp(logits: &[f64]) -> f64 {
    let max = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if max == f64::NEG_INFINITY {
        return max;
    }
    max + ln(logits.iter().map(|x| exp(x - max)).sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn powi_agrees_with_plain_multiplication() {
        assert_eq!(powi(3.0, 0), 1.0);
        assert_eq!(powi(3.0, 5), 243.0);
        assert_eq!(powi(-2.0, 3), -8.0);
    }

    #[test]
    fn softmax_survives_logits_that_would_overflow() {
        let mut p = [1000.0, 1000.0, -1000.0];
        softmax(&mut p);
        assert_eq!(p, [0.5, 0.5, 0.0]);
        let mut masked = [f64::NEG_INFINITY; 3];
        softmax(&mut masked);
        assert_eq!(masked, [0.0; 3]);
    }

    #[test]
    fn the_bits_are_pinned() {
        // If one of these moves, every shared link changes its numbers.
        assert_eq!(exp(1.0).to_bits(), 0x4005_bf0a_8b14_576a);
        assert_eq!(ln(2.0).to_bits(), 0x3fe6_2e42_fefa_39ef);
        assert_eq!(log_sum_exp(&[0.0, 0.0]), ln(2.0));
    }
}
