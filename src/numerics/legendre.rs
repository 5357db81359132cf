//! Legendre polynomials, and Gauss's rule for integrals, which looks at their roots.

use super::elementary::cos_sin_of_turn;

/// Steps of Newton's method: the first guess is off by less than 1/n², and each step squares what is left.
const STEPS: usize = 6;

/// P₀, P₁, P₂, … at `x`, by Bonnet's recurrence: (n + 1) Pₙ₊₁ = (2n + 1) x Pₙ − n Pₙ₋₁.
pub fn legendre(x: f64) -> impl Iterator<Item = f64> {
    let (mut before, mut now) = (0.0, 1.0);
    (0u32..).map(move |n| {
        let (value, n) = (now, f64::from(n));
        (before, now) = (now, ((2.0 * n + 1.0) * x * now - n * before) / (n + 1.0));
        value
    })
}

/// Gauss–Legendre quadrature on [0, 1]: `n` rows of a place and its weight, the lowest place first.
///
/// Σ weight · f(place) is ∫₀¹ f for every polynomial f of degree 2n − 1 or less. The places are the roots of
/// Pₙ, brought from [−1, 1] to [0, 1].
#[must_use]
pub fn gauss_legendre(n: usize) -> Vec<[f64; 2]> {
    let row = |i: usize| {
        // About the root, from the left.
        let (cosine, _) = cos_sin_of_turn((i as f64 + 0.75) / (2 * n + 1) as f64);
        let mut x = -cosine;
        for _ in 0..STEPS {
            let [value, slope] = with_slope(n, x);
            x -= value / slope;
        }
        let [_, slope] = with_slope(n, x);
        [0.5 + 0.5 * x, 1.0 / ((1.0 - x * x) * slope * slope)]
    };
    (0..n).map(row).collect()
}

/// Pₙ and its slope at `x` between −1 and 1, for n ≥ 1.
fn with_slope(n: usize, x: f64) -> [f64; 2] {
    let mut last = legendre(x).skip(n - 1);
    let [before, now] = [0; 2].map(|_: usize| last.next().unwrap_or(0.0));
    [now, n as f64 * (before - x * now) / (1.0 - x * x)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::elementary::powi;

    /// Known result: P₂ = (3x² − 1)/2 and P₃ = (5x³ − 3x)/2; each is 1 at 1.
    #[test]
    fn the_first_polynomials_are_those_of_the_tables() {
        for x in [-1.0, -0.3, 0.0, 0.7, 1.0] {
            let found: Vec<f64> = legendre(x).take(4).collect();
            let wanted = [1.0, x, 1.5 * x * x - 0.5, 2.5 * x * x * x - 1.5 * x];
            assert!(found.iter().zip(wanted).all(|(a, b)| (a - b).abs() < 1e-15), "{x}: {found:?}");
        }
        assert!(legendre(1.0).take(50).all(|p| (p - 1.0).abs() < 1e-14));
    }

    /// Known result: exact up to degree 2n − 1.
    #[test]
    fn polynomials_up_to_twice_the_places_are_integrated_exactly() {
        for n in [1, 2, 3, 4, 7, 8, 20, 50, 64] {
            let rule = gauss_legendre(n);
            for degree in 0..2 * n as u32 {
                let found: f64 = rule.iter().map(|[x, weight]| weight * powi(*x, degree)).sum();
                let wanted = 1.0 / (f64::from(degree) + 1.0);
                assert!((found - wanted).abs() < 1e-13, "{n} places, x^{degree}: {found} {wanted}");
            }
        }
    }

    /// Known result: of x^2n it is short by (n!)⁴ / ((2n + 1) (2n)!²).
    #[test]
    fn the_next_power_is_short_by_what_the_tables_say() {
        for (n, short) in [(1, 1.0 / 12.0), (2, 1.0 / 180.0), (3, 1.0 / 2800.0)] {
            let rule = gauss_legendre(n as usize);
            let found: f64 = rule.iter().map(|[x, weight]| weight * powi(*x, 2 * n)).sum();
            let missing = 1.0 / f64::from(2 * n + 1) - found;
            assert!((missing - short).abs() < 1e-14, "{n}: {missing} {short}");
        }
    }

    /// Known result: three places are ½ and ½ ± ½ √0.6, with weights 8/18 and 5/18.
    #[test]
    fn three_places_are_those_of_the_tables() {
        let far = 0.5 * 0.6f64.sqrt();
        let wanted = [[0.5 - far, 5.0 / 18.0], [0.5, 8.0 / 18.0], [0.5 + far, 5.0 / 18.0]];
        for (found, wanted) in gauss_legendre(3).as_flattened().iter().zip(wanted.as_flattened()) {
            assert!((found - wanted).abs() < 1e-15, "{found} {wanted}");
        }
        assert!(gauss_legendre(0).is_empty());
    }

    #[test]
    fn places_rise_within_the_interval_and_mirror_each_other() {
        let rule = gauss_legendre(51);
        assert!(rule.windows(2).all(|pair| pair[0][0] < pair[1][0]));
        assert!(rule.iter().flatten().all(|x| (0.0..1.0).contains(x)));
        for (left, right) in rule.iter().zip(rule.iter().rev()) {
            assert!((left[0] + right[0] - 1.0).abs() < 1e-14 && (left[1] - right[1]).abs() < 1e-14);
        }
    }
}
