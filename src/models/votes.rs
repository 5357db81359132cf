//! What many tries buy: majority votes, any try right, and the unbiased pass@k.
//!
//! References: Condorcet 1785 (independent voters); the beta-binomial mixture for questions of
//! different difficulty; Chen et al. 2021, *Evaluating LLMs Trained on Code*, arXiv:2107.03374,
//! Eq. 1 (pass@k); Snell et al. 2024, arXiv:2408.03314 (difficulty decides what compute buys).
//!
//! Glossary: `mean` p̄, the share of single tries that are right; `concentration` c = a + b of the
//! Beta(a, b) from which each question draws its own rate of success p_q: a small c makes
//! questions all-or-nothing, an infinite one makes errors independent; `n` N, tries.

use numerics::statistics::incomplete_beta;

/// Where the questions' rates of success come from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Difficulty {
    /// p̄, strictly between 0 and 1.
    pub mean: f64,
    /// c, positive; infinite for independent errors.
    pub concentration: f64,
}

impl Difficulty {
    /// (a, b) of the Beta distribution.
    #[must_use]
    pub fn shapes(&self) -> [f64; 2] {
        [self.mean * self.concentration, (1.0 - self.mean) * self.concentration]
    }

    /// Chance of exactly 0, 1, ..., n right tries of n.
    #[must_use]
    pub fn right_tries(&self, n: usize) -> Vec<f64> {
        let [a, b] = self.shapes();
        let independent = self.concentration.is_infinite();
        // Odds and chances of one more try, given `i` wrong and `k` right ones before.
        let wrong = |i: f64| if independent { 1.0 - self.mean } else { (b + i) / (self.concentration + i) };
        let odds = |k: f64| {
            if independent { self.mean / (1.0 - self.mean) } else { (a + k) / (b + n as f64 - k - 1.0) }
        };
        let mut chances = Vec::with_capacity(n + 1);
        chances.push((0..n).map(|i| wrong(i as f64)).product::<f64>());
        for k in 0..n {
            let pairs = (n - k) as f64 / (k + 1) as f64;
            chances.push(chances[k] * pairs * odds(k as f64));
        }
        chances
    }

    /// Chance that more than half of `n` tries are right, `n` odd.
    #[must_use]
    pub fn majority(&self, n: usize) -> f64 {
        self.right_tries(n)[n / 2 + 1..].iter().sum()
    }

    /// Chance that at least one of `n` tries is right.
    #[must_use]
    pub fn any(&self, n: usize) -> f64 {
        1.0 - self.right_tries(n)[0]
    }

    /// What the majority tends to: the share of questions with p_q above a half.
    #[must_use]
    pub fn majority_limit(&self) -> f64 {
        if self.concentration.is_infinite() {
            return if self.mean > 0.5 {
                1.0
            } else if self.mean < 0.5 {
                0.0
            } else {
                0.5
            };
        }
        let [a, b] = self.shapes();
        1.0 - incomplete_beta(a, b, 0.5)
    }
}

/// Unbiased estimate of the chance that one of `k` samples is right, from `n` samples of which
/// `right` were: 1 - C(n - c, k) / C(n, k), as a product that does not overflow.
#[must_use]
pub fn pass_at_k(n: usize, right: usize, k: usize) -> f64 {
    if n - right.min(n) < k {
        return 1.0;
    }
    1.0 - (n - right + 1..=n).map(|i| 1.0 - k as f64 / i as f64).product::<f64>()
}

/// The Wilson 95 % interval of a share, from `hits` of `n`; the whole of 0..=1 where `n` is 0.
#[must_use]
pub fn wilson(hits: usize, n: usize) -> [f64; 2] {
    if n == 0 {
        return [0.0, 1.0];
    }
    const Z: f64 = 1.959_963_984_540_054;
    let (n, p) = (n as f64, hits as f64 / n as f64);
    let centre = p + Z * Z / (2.0 * n);
    let half = Z * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
    let below = 1.0 + Z * Z / n;
    [((centre - half) / below).max(0.0), ((centre + half) / below).min(1.0)]
}

#[cfg(test)]
mod tests {
    use super::*;

    const INDEPENDENT: Difficulty = Difficulty { mean: 0.75, concentration: f64::INFINITY };

    #[test]
    fn independent_voters_reach_what_condorcet_computed() {
        for (n, chance) in [(1, 0.75), (3, 0.84375), (5, 0.896_484), (9, 0.951_073)] {
            assert!((INDEPENDENT.majority(n) - chance).abs() < 1e-6, "{n}");
        }
        let even = Difficulty { mean: 0.5, ..INDEPENDENT };
        assert!((even.majority(9) - 0.5).abs() < 1e-12);
        let poor = Difficulty { mean: 0.4, ..INDEPENDENT };
        assert!(poor.majority(9) < poor.majority(3));
    }

    #[test]
    fn questions_that_fail_again_and_again_cap_the_vote() {
        let mixed = Difficulty { mean: 0.75, concentration: 1.0 };
        assert!((mixed.majority_limit() - 0.780_55).abs() < 1e-4, "{}", mixed.majority_limit());
        assert!((mixed.majority(9) - 0.774_76).abs() < 1e-4);
        assert!((mixed.any(9) - 0.947_47).abs() < 1e-4);
        let softer = Difficulty { mean: 0.75, concentration: 4.0 };
        assert!((softer.majority_limit() - 0.875).abs() < 1e-9);
        let total: f64 = softer.right_tries(149).iter().sum();
        assert!((total - 1.0).abs() < 1e-9, "{total}");
    }

    #[test]
    fn pass_at_k_is_unbiased_and_does_not_overflow() {
        assert!((pass_at_k(10, 3, 5) - 11.0 / 12.0).abs() < 1e-12);
        assert!((pass_at_k(200, 10, 100) - 0.999_229).abs() < 1e-6);
        assert!((pass_at_k(10, 8, 5) - 1.0).abs() < 1e-12);
        assert!((pass_at_k(10, 3, 1) - 0.3).abs() < 1e-12);
    }

    #[test]
    fn wilson_intervals_have_a_width_at_the_ends() {
        let [low, high] = wilson(0, 20);
        assert!(low.abs() < 1e-12 && (high - 0.1611).abs() < 1e-3, "{high}");
        assert_eq!(wilson(0, 0), [0.0, 1.0]);
    }
}
