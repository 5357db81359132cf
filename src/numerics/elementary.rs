//! Elementary functions with the same bits natively and in WebAssembly.
//!
//! The standard library hands `exp`, `ln`, `sin` to the platform; the `libm` crate computes them
//! in Rust. `sqrt`, `abs`, `floor`, `round` are exact under IEEE 754 and need no twin here.
//!
//! What models call for every number of a layer is here in arithmetic alone, without a branch or a
//! table: [`exp`], and logarithm, sine and cosine for normal draws. So a loop over a slice runs in the
//! processor's lanes, several numbers at a time, with the bits that one number alone has.

pub use libm::{
    atan, atan2, cos, erf, erfc, expf as exp_f32, expm1 as exp_m1, hypot, lgamma, log1p as ln_1p, log2,
    log10, pow, sin, tanh,
};

/// Added and taken away again, it rounds to a whole number, which then stands in the low bits.
const ROUND: f64 = 6_755_399_441_055_744.0;

/// ln 2 in two parts; the first times any exponent is exact.
const LN_2_HIGH: f64 = 0.693_147_180_369_123_8;
const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;

/// 2^k for the whole number k in the low bits of `rounded`, a sum with [`ROUND`]; k in -1022..=1023.
#[inline]
fn two_to(rounded: f64) -> f64 {
    f64::from_bits((rounded.to_bits() << 52).wrapping_add(1023 << 52))
}

/// e^x, within one unit in the last place; subnormal, zero and infinite where it should be.
#[inline]
#[must_use]
pub fn exp(x: f64) -> f64 {
    // Beyond these nothing changes any more. What is no number passes both.
    let x = if x > 710.0 { 710.0 } else { x };
    let x = if x < -746.0 { -746.0 } else { x };
    // x = k ln 2 + r, |r| at most half of ln 2.
    let k = (x * core::f64::consts::LOG2_E + ROUND) - ROUND;
    let r = (x - k * LN_2_HIGH) - k * LN_2_LOW;
    // Taylor's series up to r^13, in pairs: what is left out is below 5e-18.
    let (r2, r4) = (r * r, (r * r) * (r * r));
    let low = (1.0 / 2.0 + r * (1.0 / 6.0)) + r2 * (1.0 / 24.0 + r * (1.0 / 120.0));
    let middle = (1.0 / 720.0 + r * (1.0 / 5_040.0)) + r2 * (1.0 / 40_320.0 + r * (1.0 / 362_880.0));
    let high = (1.0 / 3_628_800.0 + r * (1.0 / 39_916_800.0))
        + r2 * (1.0 / 479_001_600.0 + r * (1.0 / 6_227_020_800.0));
    let power = 1.0 + (r + r2 * (low + r4 * (middle + r4 * high)));
    // 2^k in two factors, so that neither leaves the range before the product does.
    let half = k * 0.5 + ROUND;
    power * two_to(half) * two_to((k - (half - ROUND)) + ROUND)
}

/// e^x for each of a slice.
pub fn exp_all(xs: &mut [f64]) {
    for x in xs {
        *x = exp(*x);
    }
}

/// ln u for u in 2^-53..=1, within one unit in the last place (the series of fdlibm).
#[inline]
pub(crate) fn ln_of_share(u: f64) -> f64 {
    // u = m 2^k with m between √½ and √2: the bits of √½ are taken as the border of exponents.
    const BORDER: u64 = 0x3ff0_0000_0000_0000 - 0x3fe6_a09e_667f_3bcd;
    let exponent = u.to_bits().wrapping_add(BORDER) >> 52;
    let k = f64::from_bits(exponent | 0x4330_0000_0000_0000) - (4_503_599_627_370_496.0 + 1023.0);
    let m = f64::from_bits(u.to_bits().wrapping_sub(exponent.wrapping_sub(1023) << 52));
    let f = m - 1.0;
    let s = f / (2.0 + f);
    let (z, w) = (s * s, (s * s) * (s * s));
    let even = w * (0.399_999_999_994_094_2 + w * (0.222_221_984_321_497_84 + w * 0.153_138_376_992_093_73));
    let odd = z
        * (0.666_666_666_666_673_5
            + w * (0.285_714_287_436_623_9 + w * (0.181_835_721_616_180_5 + w * 0.147_981_986_051_165_86)));
    let half = 0.5 * f * f;
    k * LN_2_HIGH - ((half - (s * (half + (even + odd)) + k * LN_2_LOW)) - f)
}

/// Cosine and sine of `turn` whole turns, 0..=1, each within one unit in the last place of 1.
#[inline]
#[must_use]
pub fn cos_sin_of_turn(turn: f64) -> (f64, f64) {
    // The nearest quarter turn, and the angle from it: at most an eighth of a turn.
    let rounded = 4.0 * turn + ROUND;
    let a = (4.0 * turn - (rounded - ROUND)) * core::f64::consts::FRAC_PI_2;
    let z = a * a;
    // The series of fdlibm.
    let s = a + a
        * z
        * ((-0.166_666_666_666_666_32 + z * 0.008_333_333_333_322_49)
            + z * z
                * ((-0.000_198_412_698_298_579_5 + z * 2.755_731_370_707_006_8e-6)
                    + z * z * (-2.505_076_025_340_686_4e-8 + z * 1.589_690_995_211_55e-10)));
    let c = (1.0 - 0.5 * z)
        + z * z
            * ((0.041_666_666_666_666_6 + z * -0.001_388_888_888_887_411)
                + z * z
                    * ((2.480_158_728_947_673e-5 + z * -2.755_731_435_139_066_5e-7)
                        + z * z * (2.087_572_321_298_175e-9 + z * -1.135_964_755_778_819_5e-11)));
    // Odd quarters swap the two; the second and third have a negative cosine, the upper two a
    // negative sine.
    let quarter = rounded.to_bits();
    let swap = 0u64.wrapping_sub(quarter & 1);
    let pick = |x: f64, y: f64| (x.to_bits() & !swap) | (y.to_bits() & swap);
    let sign = |quarter: u64| (quarter & 2) << 62;
    (f64::from_bits(pick(c, s) ^ sign(quarter.wrapping_add(1))), f64::from_bits(pick(s, c) ^ sign(quarter)))
}

/// Natural logarithm.
#[must_use]
pub fn ln(x: f64) -> f64 {
    libm::log(x)
}

/// ψ, the derivative of ln Γ, for positive `x`: its recurrence up to 10, and from there the first terms of
/// its expansion (Abramowitz and Stegun 6.3.18), right to 1e-11.
#[must_use]
pub fn digamma(mut x: f64) -> f64 {
    let mut shifted = 0.0;
    while x < 10.0 {
        shifted -= 1.0 / x;
        x += 1.0;
    }
    let square = 1.0 / (x * x);
    let tail = 1.0 / 12.0 - square * (1.0 / 120.0 - square * (1.0 / 252.0 - square / 240.0));
    shifted + ln(x) - 0.5 / x - square * tail
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
#[inline]
#[must_use]
pub fn sigmoid(x: f64) -> f64 {
    let e = exp(-x.abs());
    (if x >= 0.0 { 1.0 } else { e }) / (1.0 + e)
}

/// The logistic function of each of a slice.
pub fn sigmoid_all(xs: &mut [f64]) {
    for x in xs {
        *x = sigmoid(*x);
    }
}

/// The hyperbolic tangent of each of a slice, within two units in the last place of 1.
pub fn tanh_all(xs: &mut [f64]) {
    for x in xs {
        *x = 2.0 * sigmoid(2.0 * *x) - 1.0;
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
    let max = largest(logits);
    if max == f64::NEG_INFINITY {
        logits.fill(0.0);
        return;
    }
    for x in logits.iter_mut() {
        *x = exp(*x - max);
    }
    let total = super::matrix::sum(logits);
    for x in logits.iter_mut() {
        *x /= total;
    }
}

/// [`softmax`] of each row.
pub fn softmax_rows(logits: &mut super::matrix::Matrix) {
    for r in 0..logits.rows() {
        let row = logits.row_mut(r);
        let max = largest(row);
        // Where all is minus infinity, zero in its place keeps infinity minus infinity away.
        let base = if max == f64::NEG_INFINITY { 0.0 } else { max };
        row.iter_mut().for_each(|x| *x -= base);
    }
    // All in one go: short rows would leave lanes empty.
    exp_all(logits.as_mut_slice());
    for r in 0..logits.rows() {
        let row = logits.row_mut(r);
        let total = super::matrix::sum(row);
        let total = if total == 0.0 { 1.0 } else { total };
        row.iter_mut().for_each(|x| *x /= total);
    }
}

/// The largest number; minus infinity for an empty slice.
#[inline]
fn largest(xs: &[f64]) -> f64 {
    // One comparison a number, where `f64::max` would ask about NaN as well: here it counts for nothing.
    xs.iter().fold(f64::NEG_INFINITY, |max, &x| if x > max { x } else { max })
}

/// ln of the sum of exponentials, stable for logits of any finite size.
/// Minus infinity for an empty slice.
#[must_use]
pub fn log_sum_exp(logits: &[f64]) -> f64 {
    let max = largest(logits);
    if max == f64::NEG_INFINITY {
        return max;
    }
    max + ln(logits.iter().map(|x| exp(x - max)).sum())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn digamma_agrees_with_its_known_values() {
        const EULER: f64 = 0.577_215_664_901_532_9;
        assert!((digamma(1.0) + EULER).abs() < 1e-11);
        assert!((digamma(0.5) + EULER + 2.0 * core::f64::consts::LN_2).abs() < 1e-11);
        assert!((digamma(25.5) - digamma(24.5) - 1.0 / 24.5).abs() < 1e-12);
    }

    #[test]
    fn powi_agrees_with_plain_multiplication() {
        assert_eq!(powi(3.0, 0), 1.0);
        assert_eq!(powi(3.0, 5), 243.0);
        assert_eq!(powi(-2.0, 3), -8.0);
    }

    /// Units in the last place of `exact` between it and `x`.
    fn units(x: f64, exact: f64) -> f64 {
        let unit = f64::from_bits(exact.abs().to_bits() + 1) - exact.abs();
        ((x - exact) / unit).abs()
    }

    #[test]
    fn exponentials_are_those_of_the_library_to_a_unit() {
        let mut worst: f64 = 0.0;
        for i in -200_000..=200_000 {
            let x = f64::from(i) * 0.003_543_21;
            worst = worst.max(units(exp(x), libm::exp(x)));
        }
        assert!(worst <= 1.0, "{worst}");
        assert_eq!([exp(0.0), exp(-0.0), exp(f64::NEG_INFINITY), exp(-1e300)], [1.0, 1.0, 0.0, 0.0]);
        assert_eq!([exp(f64::INFINITY), exp(709.8), exp(1e9)], [f64::INFINITY; 3]);
        assert!(exp(f64::NAN).is_nan() && exp(709.78).is_finite());
        assert_eq!(exp(-745.0), 5e-324, "the smallest subnormal");
        let mut all = [-1.5, 0.25, 700.0, -800.0, 3.0];
        exp_all(&mut all);
        assert_eq!(all, [exp(-1.5), exp(0.25), exp(700.0), 0.0, exp(3.0)], "lanes have the bits of one");
    }

    #[test]
    fn what_normals_are_made_of_is_exact_to_a_unit() {
        let mut stream = crate::random::Stream::new(2, "shares");
        for i in 0..100_000 {
            let u = if i % 3 == 0 { 1.0 - stream.uniform() } else { f64::from(i + 1) / 100_000.0 };
            assert!(units(ln_of_share(u), libm::log(u)) <= 1.5, "ln {u}");
            let (c, s) = cos_sin_of_turn(u);
            let angle = core::f64::consts::TAU * u;
            assert!((c - cos(angle)).abs() < 1e-15 && (s - sin(angle)).abs() < 1e-15, "{u}");
        }
        assert_eq!(ln_of_share(1.0), 0.0);
        assert_eq!(ln_of_share(f64::EPSILON / 2.0), -53.0 * core::f64::consts::LN_2);
        assert_eq!([0.0, 0.25, 0.5, 0.75].map(|t| cos_sin_of_turn(t).0), [1.0, 0.0, -1.0, 0.0]);
        assert_eq!([0.0, 0.25, 0.5, 0.75].map(|t| cos_sin_of_turn(t).1), [0.0, 1.0, 0.0, -1.0]);
    }

    #[test]
    fn softmax_survives_logits_that_would_overflow() {
        let mut p = [1000.0, 1000.0, -1000.0];
        softmax(&mut p);
        assert_eq!(p, [0.5, 0.5, 0.0]);
        let mut masked = [f64::NEG_INFINITY; 3];
        softmax(&mut masked);
        assert_eq!(masked, [0.0; 3]);
        let mut rows = crate::matrix::Matrix::from_vec(
            2,
            3,
            [[1000.0, 1000.0, -1000.0], [f64::NEG_INFINITY; 3]].concat(),
        );
        softmax_rows(&mut rows);
        assert_eq!(rows.as_slice(), [p, masked].concat());
    }

    #[test]
    fn the_bits_are_pinned() {
        // If one of these moves, every shared link changes its numbers.
        assert_eq!(exp(1.0).to_bits(), 0x4005_bf0a_8b14_576a);
        assert_eq!(ln(2.0).to_bits(), 0x3fe6_2e42_fefa_39ef);
        assert_eq!(log_sum_exp(&[0.0, 0.0]), ln(2.0));
    }
}
