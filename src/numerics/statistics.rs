//! Summaries of samples.

use super::elementary::{exp, lgamma, ln};
use std::borrow::Borrow;
use std::collections::VecDeque;

/// Arithmetic mean; zero for no numbers.
#[must_use]
pub fn mean(xs: &[f64]) -> f64 {
    if xs.is_empty() { 0.0 } else { xs.iter().sum::<f64>() / xs.len() as f64 }
}

/// Population standard deviation (divides by n); zero for no numbers.
#[must_use]
pub fn standard_deviation(xs: &[f64]) -> f64 {
    let m = mean(xs);
    mean(&xs.iter().map(|x| (x - m) * (x - m)).collect::<Vec<_>>()).sqrt()
}

/// Place of the largest number; the first of equals, and 0 for no numbers.
#[must_use]
pub fn place_of_largest(xs: impl IntoIterator<Item = impl Borrow<f64>>) -> usize {
    let mut best = (0, f64::NEG_INFINITY);
    for (i, x) in xs.into_iter().enumerate() {
        if *x.borrow() > best.1 {
            best = (i, *x.borrow());
        }
    }
    best.0
}

/// The last few of some numbers.
#[derive(Clone, Debug)]
pub struct Recent {
    numbers: VecDeque<f64>,
    most: usize,
}

impl Recent {
    /// None yet, of `most` that are kept.
    #[must_use]
    pub fn of(most: usize) -> Self {
        Self { numbers: VecDeque::new(), most }
    }

    /// One more; the oldest goes where there are too many.
    pub fn push(&mut self, x: f64) {
        self.numbers.push_back(x);
        if self.numbers.len() > self.most {
            self.numbers.pop_front();
        }
    }

    /// Those that are kept, the oldest first.
    #[must_use]
    pub fn numbers(&self) -> Vec<f64> {
        self.numbers.iter().copied().collect()
    }

    /// All of them, once there are as many as there can be.
    #[must_use]
    pub fn full(&self) -> Option<Vec<f64>> {
        (self.numbers.len() == self.most).then(|| self.numbers())
    }

    /// Their mean; none of no numbers.
    #[must_use]
    pub fn mean(&self) -> Option<f64> {
        (!self.numbers.is_empty()).then(|| mean(&self.numbers()))
    }
}

/// Normalised mutual information of two labellings, I(A;B) / sqrt(H(A) H(B)), in 0..=1.
/// Zero where one of them is constant (nothing to be informed about).
///
/// `counts[a][b]` is how often labels `a` and `b` meet.
#[must_use]
pub fn normalised_mutual_information(counts: &[Vec<f64>]) -> f64 {
    let total: f64 = counts.iter().flatten().sum();
    if total <= 0.0 {
        return 0.0;
    }
    let columns = counts.first().map_or(0, Vec::len);
    let row: Vec<f64> = counts.iter().map(|r| r.iter().sum::<f64>() / total).collect();
    let column: Vec<f64> = (0..columns).map(|c| counts.iter().map(|r| r[c]).sum::<f64>() / total).collect();
    let entropy = |p: &[f64]| -p.iter().filter(|x| **x > 0.0).map(|x| x * ln(*x)).sum::<f64>();
    let (ha, hb) = (entropy(&row), entropy(&column));
    if ha <= 1e-12 || hb <= 1e-12 {
        return 0.0;
    }
    let mut information = 0.0;
    for (r, pr) in counts.iter().zip(&row) {
        for (n, pc) in r.iter().zip(&column) {
            if *n > 0.0 {
                let p = n / total;
                information += p * ln(p / (pr * pc));
            }
        }
    }
    (information / (ha * hb).sqrt()).clamp(0.0, 1.0)
}

/// The regularised incomplete beta function I_x(a, b), for positive `a` and `b` and 0 <= x <= 1: the
/// chance that a Beta(a, b) variable is at most `x`. By the continued fraction of DLMF 8.17.22, to
/// about 14 digits.
#[must_use]
pub fn incomplete_beta(a: f64, b: f64, x: f64) -> f64 {
    if x <= 0.0 || x >= 1.0 {
        return if x <= 0.0 { 0.0 } else { 1.0 };
    }
    // The fraction converges fast below the mean; above it the other tail does.
    if x > (a + 1.0) / (a + b + 2.0) {
        return 1.0 - incomplete_beta(b, a, 1.0 - x);
    }
    let front = exp(a * ln(x) + b * ln(1.0 - x) + lgamma(a + b) - lgamma(a) - lgamma(b)) / a;
    // Lentz's method; a zero in a denominator becomes a tiny number.
    let nonzero = |v: f64| if v.abs() < 1e-300 { 1e-300 } else { v };
    let mut c = 1.0;
    let mut d = 1.0 / nonzero(1.0 - (a + b) * x / (a + 1.0));
    let mut fraction = d;
    for m in 1..500 {
        let m = f64::from(m);
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        d = 1.0 / nonzero(1.0 + even * d);
        c = nonzero(1.0 + even / c);
        fraction *= d * c;
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = 1.0 / nonzero(1.0 + odd * d);
        c = nonzero(1.0 + odd / c);
        fraction *= d * c;
        if (d * c - 1.0).abs() < 1e-15 {
            break;
        }
    }
    front * fraction
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_number_goes() {
        let mut recent = Recent::of(2);
        assert_eq!((recent.mean(), recent.full()), (None, None));
        recent.push(1.0);
        assert_eq!((recent.mean(), recent.full()), (Some(1.0), None));
        [3.0, 5.0].into_iter().for_each(|x| recent.push(x));
        assert_eq!((recent.mean(), recent.full()), (Some(4.0), Some(vec![3.0, 5.0])));
    }

    #[test]
    fn mutual_information_knows_the_extremes() {
        let same = vec![vec![5.0, 0.0], vec![0.0, 5.0]];
        let independent = vec![vec![5.0, 5.0], vec![5.0, 5.0]];
        let constant = vec![vec![5.0, 0.0], vec![5.0, 0.0]];
        assert!((normalised_mutual_information(&same) - 1.0).abs() < 1e-12);
        assert!(normalised_mutual_information(&independent).abs() < 1e-12);
        assert_eq!(normalised_mutual_information(&constant), 0.0);
    }

    #[test]
    fn deviation_divides_by_n() {
        assert_eq!(standard_deviation(&[1.0, 3.0]), 1.0);
        assert_eq!(mean(&[]), 0.0);
    }

    #[test]
    fn the_incomplete_beta_function_has_its_known_values() {
        // I_x(1, b) = 1 - (1 - x)^b, I_x(a, 1) = x^a, and I_1/2(a, a) = 1/2.
        assert!((incomplete_beta(1.0, 3.0, 0.2) - (1.0 - 0.8 * 0.8 * 0.8)).abs() < 1e-13);
        assert!((incomplete_beta(2.0, 1.0, 0.9) - 0.81).abs() < 1e-13);
        for a in [0.3, 1.0, 7.0, 40.0] {
            assert!((incomplete_beta(a, a, 0.5) - 0.5).abs() < 1e-12, "{a}");
        }
        assert_eq!([incomplete_beta(2.0, 3.0, 0.0), incomplete_beta(2.0, 3.0, 1.0)], [0.0, 1.0]);
    }
}
