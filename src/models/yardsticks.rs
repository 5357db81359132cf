//! Abilities that seem to come out of nowhere: a model whose loss falls smoothly, and answers of many
//! tokens that are scored in one way or another.
//!
//! References: Schaeffer, Miranda and Koyejo 2023, arXiv:2304.15004, section 2 (the whole argument).
//!
//! Glossary: `loss` ℓ, nats per token of the answer, (N/c)^-γ; `right` p = e^-ℓ, the chance that a token is
//! right; `tokens` T, the length of an answer, all of which must be right for an exact match; `items` n,
//! answers that are marked.
//!
//! Shapes: all scalars; `Marks` counts over `items` answers of `tokens` tokens.
//!
//! Departures: tokens are right or wrong independently, and a wrong one stands in the place of a right one:
//! the edit distance is then the number of wrong tokens.

use numerics::elementary::{exp, ln, log10, pow};
use numerics::random::Stream;

/// The scale c of the loss, in parameters.
pub const SCALE: f64 = 1e7;

/// The exponent γ of the loss.
pub const POWER: f64 = 0.3;

/// Nats per token of a model of `n` parameters.
#[must_use]
pub fn loss(n: f64) -> f64 {
    pow(n / SCALE, -POWER)
}

/// The chance that it has a token right.
#[must_use]
pub fn right(n: f64) -> f64 {
    exp(-loss(n))
}

/// The chance that it has all of so many tokens right.
#[must_use]
pub fn all_right(n: f64, tokens: usize) -> f64 {
    exp(-(tokens as f64) * loss(n))
}

/// The size that has all tokens right half of the time.
#[must_use]
pub fn half_size(tokens: usize) -> f64 {
    SCALE * pow(tokens as f64 / ln(2.0), 1.0 / POWER)
}

/// By how many powers of ten of N an answer of so many tokens comes later than one of a single token.
#[must_use]
pub fn delay(tokens: usize) -> f64 {
    log10(tokens as f64) / POWER
}

/// How fast the exact score rises where it rises fastest, for each power of ten of N: with x = Tℓ it is
/// γ ln 10 · x e^-x, at most at x = 1, whatever T is.
#[must_use]
pub fn steepest(tokens: usize, from: f64, to: f64) -> f64 {
    const STEPS: u32 = 400;
    let width = (to - from) / f64::from(STEPS);
    let score = |i: u32| all_right(pow(10.0, from + width * f64::from(i)), tokens);
    (0..STEPS).map(|i| (score(i + 1) - score(i)) / width).fold(0.0, f64::max)
}

/// What marking found.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Marks {
    /// Answers without a wrong token.
    pub exact: usize,
    /// Wrong tokens of all answers.
    pub wrong: usize,
    pub items: usize,
    pub tokens: usize,
}

/// Marks `items` answers of a model of `n` parameters.
#[must_use]
pub fn mark(n: f64, tokens: usize, items: usize, luck: &mut Stream) -> Marks {
    let p = right(n);
    // One draw leaps to the next token of the rarer kind, over all answers in a row.
    let rarer_is_wrong = p > 0.5;
    let rate = if rarer_is_wrong { 1.0 - p } else { p };
    let all = (items * tokens) as u64;
    let (mut marks, mut at) = (Marks { items, tokens, ..Marks::default() }, luck.failures(rate));
    for item in 0..items as u64 {
        let end = (item + 1) * tokens as u64;
        let mut rare = 0;
        while at < end {
            rare += 1;
            at = at.saturating_add(1).saturating_add(luck.failures(rate));
        }
        let wrong = if rarer_is_wrong { rare } else { tokens - rare };
        marks.wrong += wrong;
        marks.exact += usize::from(wrong == 0);
    }
    debug_assert!(at >= all);
    marks
}

impl Marks {
    /// Share of answers that are right to the last token.
    #[must_use]
    pub fn exact_share(&self) -> f64 {
        self.exact as f64 / self.items.max(1) as f64
    }

    /// Share of tokens that are right.
    #[must_use]
    pub fn token_share(&self) -> f64 {
        1.0 - self.wrong as f64 / (self.items * self.tokens).max(1) as f64
    }

    /// Wrong tokens of an answer, on average.
    #[must_use]
    pub fn distance(&self) -> f64 {
        self.wrong as f64 / self.items.max(1) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_size_of_a_half_and_the_delay() {
        for (tokens, size) in [(1, 3.39e7), (5, 7.25e9), (16, 3.50e11)] {
            assert!((half_size(tokens) / size - 1.0).abs() < 2e-3, "{tokens}: {}", half_size(tokens));
            assert!((all_right(half_size(tokens), tokens) - 0.5).abs() < 1e-9);
        }
        assert!((delay(16) - 4.01).abs() < 0.01 && (delay(64) - delay(16) - 2.01).abs() < 0.01);
    }

    #[test]
    fn the_jump_is_as_steep_for_long_answers_as_for_short_ones() {
        for tokens in [1, 4, 16, 64] {
            assert!((steepest(tokens, 5.0, 16.0) - 0.254).abs() < 1e-3);
        }
    }

    #[test]
    fn marks_are_what_single_tokens_would_give() {
        let mut luck = Stream::new(4, "answers");
        for (n, tokens) in [(1e7, 4), (1e9, 16), (1e12, 16), (1e8, 1)] {
            let marks = mark(n, tokens, 20_000, &mut luck);
            assert!((marks.token_share() - right(n)).abs() < 0.01, "{n}: {marks:?}");
            assert!((marks.exact_share() - all_right(n, tokens)).abs() < 0.012, "{n}: {marks:?}");
            assert!((marks.distance() - tokens as f64 * (1.0 - right(n))).abs() < 0.06, "{n}: {marks:?}");
        }
    }
}
