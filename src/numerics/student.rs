//! Student's t distribution, central and not: tails, quantiles, and the chance that a t test
//! finds something.

use super::elementary::{erfc, exp, lgamma, ln, pow};
use super::statistics::incomplete_beta;
use core::f64::consts::{FRAC_1_SQRT_2, LN_2, PI};

/// Chance that a standard normal variable is at most `x`.
#[must_use]
pub fn normal_below(x: f64) -> f64 {
    0.5 * erfc(-x * FRAC_1_SQRT_2)
}

/// Density of a standard normal variable.
#[must_use]
pub fn normal_density(x: f64) -> f64 {
    exp(-0.5 * x * x) / (2.0 * PI).sqrt()
}

/// Chance that |T| is at least |t|, for `df` > 0 degrees of freedom: the two-sided p-value,
/// I_x(df/2, 1/2) at x = df / (df + t²).
#[must_use]
pub fn two_sided(t: f64, df: f64) -> f64 {
    if t.is_infinite() { 0.0 } else { incomplete_beta(0.5 * df, 0.5, df / (df + t * t)) }
}

/// Density of T at `t`.
#[must_use]
pub fn density(t: f64, df: f64) -> f64 {
    let front = lgamma(0.5 * (df + 1.0)) - lgamma(0.5 * df);
    exp(front) / (df * PI).sqrt() * pow(1.0 + t * t / df, -0.5 * (df + 1.0))
}

/// The critical value: the t > 0 with `two_sided(t, df)` = `alpha`, for 0 < `alpha` < 1. Half of a 95 %
/// interval is this at 0.05, in standard errors.
#[must_use]
pub fn critical(alpha: f64, df: f64) -> f64 {
    // The tail falls with t: double until it is below, then Newton within the bracket.
    let (mut low, mut high) = (0.0, 2.0);
    while two_sided(high, df) > alpha && high < 1e12 {
        low = high;
        high *= 2.0;
    }
    let mut t = 0.5 * (low + high);
    for _ in 0..80 {
        let excess = two_sided(t, df) - alpha;
        if excess > 0.0 {
            low = t;
        } else {
            high = t;
        }
        let newton = t + excess / (2.0 * density(t, df));
        let next = if newton > low && newton < high { newton } else { 0.5 * (low + high) };
        if (next - t).abs() <= 1e-13 * t {
            return next;
        }
        t = next;
    }
    t
}

/// Chances that a noncentral t variable lies below `-critical` and above `critical`, in this order.
///
/// T = (Z + `shift`) / S, where Z is standard normal and S² is an independent χ² variable over its
/// `df` degrees of freedom. Simpson's rule over S.
#[must_use]
pub fn noncentral_tails(shift: f64, df: f64, critical: f64) -> [f64; 2] {
    // S stays within a dozen of its deviations, about 1/sqrt(2 df), of 1.
    let reach = 9.0 / (2.0 * df).sqrt();
    let (from, to) = ((1.0 - reach).max(0.0), 1.0 + reach);
    // Steps of Simpson's rule: enough for the density, and for the edge at S = shift / critical,
    // which is 1 / critical wide.
    let steps = (INTERVALS.max((critical * (to - from) * 4.0).min(40_000.0)) / 2.0).ceil() * 2.0;
    let width = (to - from) / steps;
    // Density of S: 2 (df/2)^(df/2) / Γ(df/2) s^(df-1) e^(-df s²/2).
    let front = LN_2 + 0.5 * df * ln(0.5 * df) - lgamma(0.5 * df);
    let mut sums = [0.0; 2];
    for i in 0..=steps as usize {
        let s = from + i as f64 * width;
        let weight = if i == 0 || i == steps as usize {
            1.0
        } else if i % 2 == 1 {
            4.0
        } else {
            2.0
        };
        let density = if s > 0.0 {
            exp(front + (df - 1.0) * ln(s) - 0.5 * df * s * s)
        } else if df == 1.0 {
            exp(front)
        } else {
            0.0
        };
        sums[0] += weight * density * normal_below(-critical * s - shift);
        sums[1] += weight * density * normal_below(shift - critical * s);
    }
    sums.map(|sum| (sum * width / 3.0).clamp(0.0, 1.0))
}

/// Least number of steps over S.
const INTERVALS: f64 = 400.0;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn p_values_and_quantiles_are_those_of_the_tables() {
        assert!((two_sided(2.0, 8.0) - 0.0805).abs() < 5e-5);
        assert!((two_sided(1.0, 1.0) - 0.5).abs() < 1e-12);
        assert!((two_sided(-1.0, 1.0) - 0.5).abs() < 1e-12);
        assert_eq!(two_sided(f64::INFINITY, 3.0), 0.0);
        for (df, t) in [(1.0, 12.7062), (4.0, 2.7764), (8.0, 2.3060), (1e6, 1.9600)] {
            assert!((critical(0.05, df) - t).abs() < 5e-5, "{df}: {}", critical(0.05, df));
        }
        assert!((critical(0.001, 1.0) - 636.6192).abs() < 1e-3);
        for df in [1.0, 2.7, 30.0] {
            assert!((two_sided(critical(0.03, df), df) - 0.03).abs() < 1e-10);
        }
    }

    #[test]
    fn the_density_is_the_slope_of_the_tail() {
        for (t, df) in [(0.3, 1.0), (2.0, 8.0), (1.1, 40.0)] {
            let slope = (two_sided(t - 1e-5, df) - two_sided(t + 1e-5, df)) / 2e-5;
            assert!((slope - 2.0 * density(t, df)).abs() < 1e-7, "{t} {df}");
        }
    }

    #[test]
    fn without_a_shift_the_tails_are_those_of_students_t() {
        for (alpha, df) in [(0.05, 8.0), (0.05, 2.0), (0.001, 1.0), (0.1, 198.0)] {
            let [low, high] = noncentral_tails(0.0, df, critical(alpha, df));
            assert!((low + high - alpha).abs() < 1e-6, "{alpha} {df}: {}", low + high);
            assert!((low - high).abs() < 1e-12);
        }
    }

    #[test]
    fn a_large_shift_is_always_found() {
        let [low, high] = noncentral_tails(50.0, 8.0, 2.306);
        assert!(low < 1e-12 && (high - 1.0).abs() < 1e-9, "{high}");
    }
}
