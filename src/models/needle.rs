//! A needle in a haystack: how much attention one relevant key keeps among many others.
//!
//! References: the schemes are those of [`super::positions`]; the sum over the keys is the online
//! normaliser of Milakov and Gimelshein 2018, arXiv:1805.02867. The content model is this
//! project's own.
//!
//! Glossary: `margin` is μ, the needle's logit before position; `sigma` is σ, the spread of the
//! distractors' logits; `distance` is Δ, from the query back to a key; `slope` is μ_h of ALiBi.
//!
//! Shapes: one query at position n - 1 and n keys at distances 0..n, of which one is the needle.
//! Distractor logits are σξ with ξ ~ N(0, 1), drawn from the nearest key to the farthest.
//!
//! Without position, the needle's weight is about e^μ / (e^μ + n e^(σ²/2)), so half of the
//! attention needs μ = ln n + σ²/2.
//!
//! Departures: under RoPE every key is a multiple of one vector with equal energy in all pairs, so
//! a logit is its content times ρ(Δ) exactly. What has not been read yet stands in the sum with its
//! expectation, E e^(σξρ) = e^(σ²ρ²/2); under RoPE that is taken at sampled distances beyond 2,048.

use super::positions::{Agreements, Rope};
use numerics::elementary::{exp, exp_m1, ln, log_sum_exp};
use numerics::random::Stream;

/// How a key's distance changes its logit.
#[derive(Clone, Debug)]
pub enum Scheme {
    /// Not at all.
    None,
    /// Content times ρ(Δ).
    Rope(Rope),
    /// Content minus slope times Δ.
    Alibi { slope: f64 },
}

impl Scheme {
    /// The logit of a key with this content at a distance.
    #[must_use]
    pub fn logit(&self, content: f64, distance: usize) -> f64 {
        match self {
            Self::None => content,
            Self::Rope(rope) => content * rope.agreement(distance as f64),
            Self::Alibi { slope } => content - slope * distance as f64,
        }
    }

    /// ln of the expected sum of e^logit over the distractors at distances `from..to`.
    #[must_use]
    pub fn expected_log_sum(&self, sigma: f64, from: usize, to: usize) -> f64 {
        if from >= to {
            return f64::NEG_INFINITY;
        }
        let half = 0.5 * sigma * sigma;
        match self {
            Self::None => half + ln((to - from) as f64),
            Self::Alibi { slope } => {
                // A geometric series from its first to its last term.
                let span = -slope * (to - from) as f64;
                half - slope * from as f64 + ln(exp_m1(span) / exp_m1(-slope))
            }
            Self::Rope(rope) => ln(expected_rope_sum(rope, half, from, to)),
        }
    }
}

/// Distances up to which every key is summed; beyond, the sum is taken over bins.
const EXACT: usize = 2_048;

fn expected_rope_sum(rope: &Rope, half: f64, from: usize, to: usize) -> f64 {
    let term = |rho: f64| exp(half * rho * rho);
    let mut sum = 0.0;
    let near = to.min(from.max(EXACT));
    let mut turning = Agreements::starting_at(rope, from as f64);
    for _ in from..near {
        sum += term(turning.next_agreement());
    }
    let mut low = near;
    while low < to {
        let high = (low + low / 32 + 1).min(to);
        // Eight places a bin, spread by the golden ratio so that no period is met in step.
        let mean = (0..8)
            .map(|k| {
                let share = (0.5 + f64::from(k) * 0.618_033_988_749_894_9 + low as f64 * 0.414_213_562) % 1.0;
                term(rope.agreement((low as f64 + share * (high - low) as f64).floor()))
            })
            .sum::<f64>()
            / 8.0;
        sum += mean * (high - low) as f64;
        low = high;
    }
    sum
}

/// A running ln Σ e^x, with the maximum pulled out.
#[derive(Clone, Copy, Debug)]
struct OnlineSum {
    max: f64,
    sum: f64,
}

impl OnlineSum {
    const EMPTY: Self = Self { max: f64::NEG_INFINITY, sum: 0.0 };

    fn push(&mut self, x: f64) {
        if x <= self.max {
            self.sum += exp(x - self.max);
        } else {
            self.sum = self.sum * exp(self.max - x) + 1.0;
            self.max = x;
        }
    }

    fn ln(&self) -> f64 {
        self.max + ln(self.sum)
    }
}

/// A haystack that is read from the nearest key to the farthest.
pub struct Haystack {
    scheme: Scheme,
    n: usize,
    needle: usize,
    sigma: f64,
    contents: Stream,
    read: usize,
    sum: OnlineSum,
    kept: Vec<(usize, f64)>,
    next_kept: f64,
}

/// Logarithmic spacing of the keys that are kept for a picture.
const KEPT_RATIO: f64 = 1.035;

impl Haystack {
    /// `n` keys (at least 2), with the needle `needle` positions back (below `n`).
    #[must_use]
    pub fn new(scheme: Scheme, n: usize, needle: usize, sigma: f64, seed: u64) -> Self {
        Self {
            scheme,
            n,
            needle: needle.min(n.saturating_sub(1)),
            sigma,
            contents: Stream::new(seed, "haystack"),
            read: 0,
            sum: OnlineSum::EMPTY,
            kept: Vec::new(),
            next_kept: 1.0,
        }
    }

    /// Reads the keys up to the distance `to`, exclusive.
    pub fn read_to(&mut self, to: usize) {
        let to = to.min(self.n);
        let mut turning = match &self.scheme {
            Scheme::Rope(rope) => Some(Agreements::starting_at(rope, self.read as f64)),
            _ => None,
        };
        for distance in self.read..to {
            let content = self.sigma * self.contents.normal();
            let logit = match (&self.scheme, &mut turning) {
                (_, Some(turning)) => content * turning.next_agreement(),
                (scheme, None) => scheme.logit(content, distance),
            };
            if distance == self.needle {
                continue;
            }
            self.sum.push(logit);
            if distance as f64 >= self.next_kept {
                self.kept.push((distance, logit));
                self.next_kept = (distance as f64 * KEPT_RATIO).max(distance as f64 + 1.0);
            }
        }
        self.read = self.read.max(to);
    }

    /// Keys read so far.
    #[must_use]
    pub fn read(&self) -> usize {
        self.read
    }

    #[must_use]
    pub fn scheme(&self) -> &Scheme {
        &self.scheme
    }

    /// Some of the distractors read so far, evenly spread over the logarithm of the distance:
    /// `(distance, logit)`.
    #[must_use]
    pub fn kept(&self) -> &[(usize, f64)] {
        &self.kept
    }

    /// ln Σ e^logit over the distractors read so far; minus infinity before the first.
    #[must_use]
    pub fn log_sum_read(&self) -> f64 {
        if self.sum.sum > 0.0 { self.sum.ln() } else { f64::NEG_INFINITY }
    }

    /// ln Σ e^logit over all distractors, those not yet read with their expectation
    /// `expected_rest` = [`Scheme::expected_log_sum`] from [`Haystack::read`] to n.
    #[must_use]
    pub fn log_sum(&self, expected_rest: f64) -> f64 {
        log_sum_exp(&[self.log_sum_read(), expected_rest])
    }
}

/// The share of the attention that a key with this logit keeps beside the others.
#[must_use]
pub fn share(logit: f64, log_sum_of_others: f64) -> f64 {
    numerics::elementary::sigmoid(logit - log_sum_of_others)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::positions::Pairing;

    /// Known result: n = 100,000, σ = 1, μ = 12, no position.
    #[test]
    fn twelve_nats_find_half_a_needle_in_a_hundred_thousand() {
        let expected = share(12.0, Scheme::None.expected_log_sum(1.0, 0, 100_000));
        assert!((expected - 0.4968).abs() < 1e-4, "{expected}");
        for seed in 0..5 {
            let mut haystack = Haystack::new(Scheme::None, 100_000, 50_000, 1.0, seed);
            haystack.read_to(100_000);
            let drawn = share(12.0, haystack.log_sum(f64::NEG_INFINITY));
            assert!((drawn - 0.4968).abs() < 0.02, "{drawn}");
        }
    }

    #[test]
    fn half_the_attention_needs_the_logarithm_of_the_length() {
        let margin = ln(4096.0) + 0.5;
        let half = share(margin, Scheme::None.expected_log_sum(1.0, 0, 4096));
        assert!((half - 0.5).abs() < 1e-12);
    }

    #[test]
    fn slices_read_the_same_haystack_as_one_pass() {
        let rope = Rope::new(64, 1e4, Pairing::HalfSplit);
        for scheme in [Scheme::None, Scheme::Rope(rope), Scheme::Alibi { slope: 1.0 / 256.0 }] {
            let mut whole = Haystack::new(scheme.clone(), 5_000, 100, 1.0, 3);
            whole.read_to(5_000);
            let mut parts = Haystack::new(scheme, 5_000, 100, 1.0, 3);
            for k in 1..=10 {
                parts.read_to(500 * k);
            }
            assert!((whole.log_sum_read() - parts.log_sum_read()).abs() < 1e-9);
            assert_eq!(whole.kept().len(), parts.kept().len());
            assert!(whole.kept().len() > 100 && whole.kept().len() < 250);
        }
    }

    #[test]
    fn expectations_agree_with_term_by_term_sums() {
        let (half, from, to) = (2.0, 10, 40_000);
        let rope = Rope::new(64, 1e6, Pairing::HalfSplit);
        let mut brute = 0.0;
        let mut turning = Agreements::starting_at(&rope, from as f64);
        for _ in from..to {
            let rho = turning.next_agreement();
            brute += exp(half * rho * rho);
        }
        let binned = Scheme::Rope(rope).expected_log_sum(2.0, from, to);
        assert!((binned - ln(brute)).abs() < 5e-3, "{binned} {}", ln(brute));

        let slope = 0.125;
        let direct: f64 = (from..to).map(|d| exp(half - slope * d as f64)).sum();
        let closed = Scheme::Alibi { slope }.expected_log_sum(2.0, from, to);
        assert!((closed - ln(direct)).abs() < 1e-9);
        assert_eq!(Scheme::None.expected_log_sum(1.0, 7, 7), f64::NEG_INFINITY);
    }
}
