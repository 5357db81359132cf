//! IEEE 754 binary16 ("fp16"), emulated: every number of this format is a number of f32 and f64
//! too, so a value is kept in the wider type and rounded after each result.
//!
//! 11 significant bits, largest finite 65,504, smallest positive 2^-24.

use super::elementary::ln;

/// The largest finite number of the format.
pub const LARGEST: f64 = 65_504.0;

/// The nearest number of the format, ties to even. From 65,520 on that is infinity.
///
/// ```
/// use numerics::half::round_to_half;
/// assert_eq!(round_to_half(1.0 / 3.0), 0.333_251_953_125);
/// assert_eq!(round_to_half(70_000.0), f64::INFINITY);
/// ```
#[must_use]
pub fn round_to_half(x: f64) -> f64 {
    if !x.is_finite() || x == 0.0 {
        return x;
    }
    // Half-way between the largest number and the one that the format no longer has.
    if x.abs() >= 65_520.0 {
        return f64::INFINITY.copysign(x);
    }
    let exponent = (((x.to_bits() >> 52) & 0x7ff) as i64 - 1023).max(-14);
    // Distance between neighbours: 2^(exponent - 10), built from its bits, so it is exact.
    let spacing = f64::from_bits(((exponent - 10 + 1023) as u64) << 52);
    (x / spacing).round_ties_even() * spacing
}

/// A format that numbers are kept in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    /// binary32, which f32 is.
    Single,
    /// binary16, emulated.
    Half,
}

impl Precision {
    /// The distance from 1 to the next number: what rounding can cost, relatively.
    #[must_use]
    pub fn epsilon(self) -> f64 {
        match self {
            Self::Single => f64::from(f32::EPSILON),
            Self::Half => 1.0 / 1024.0,
        }
    }

    /// The nearest number of the format.
    #[must_use]
    pub fn round(self, x: f32) -> f32 {
        match self {
            Self::Single => x,
            Self::Half => round_to_half(f64::from(x)) as f32,
        }
    }

    /// The largest x whose exponential is still finite in this format.
    #[must_use]
    pub fn largest_exponent(self) -> f64 {
        match self {
            Self::Single => ln(f64::from(f32::MAX)),
            Self::Half => ln(LARGEST),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_the_format_stay_as_they_are() {
        for x in [1.0, -2.5, 2048.0, LARGEST, -LARGEST, 1.0 / 16_777_216.0, 0.0] {
            assert_eq!(round_to_half(x), x);
        }
    }

    #[test]
    fn ties_go_to_the_even_neighbour() {
        assert_eq!(round_to_half(2049.0), 2048.0);
        assert_eq!(round_to_half(2051.0), 2052.0);
        assert_eq!(round_to_half(0.1), 0.099_975_585_937_5);
    }

    #[test]
    fn both_ends_of_the_range_are_the_formats() {
        assert_eq!(round_to_half(65_519.9), LARGEST);
        assert_eq!(round_to_half(-65_520.0), f64::NEG_INFINITY);
        // Subnormals: multiples of 2^-24, and half of the smallest rounds to zero.
        let smallest = 1.0 / 16_777_216.0;
        assert_eq!(round_to_half(2.4 * smallest), 2.0 * smallest);
        assert_eq!(round_to_half(0.5 * smallest), 0.0);
        assert!(round_to_half(f64::NAN).is_nan());
    }
}
