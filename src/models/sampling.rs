//! From logits to the probabilities that a language model draws its next token with: what is
//! called decoding, or warping the logits.
//!
//! References: Keskar et al. 2019, *CTRL*, arXiv:1909.05858 (repetition penalty θ); Ackley, Hinton
//! and Sejnowski 1985, *A Learning Algorithm for Boltzmann Machines* (temperature); Fan, Lewis and
//! Dauphin 2018, *Hierarchical Neural Story Generation*, arXiv:1805.04833 (top-k); Holtzman et al.
//! 2020, *The Curious Case of Neural Text Degeneration*, arXiv:1904.09751 (top-p, the nucleus);
//! Nguyen et al. 2024, *Turning Up the Heat*, arXiv:2407.01082 (min-p).
//!
//! Glossary: `logits` [V], unnormalised log probabilities, minus infinity for what cannot come;
//! `history`, the ids of tokens that have come already; `temperature` T; `top_k` k; `top_p` p;
//! `min_p`, a share of the largest probability; `repetition_penalty` θ.
//!
//! Departures: as libraries do, the penalty multiplies logits below zero, where CTRL divides each one
//! and so would raise those; a token of the history is penalised once, however often it came. The order of
//! the stages is that of `transformers`: penalty, temperature, top-k, top-p, min-p, and each filter
//! sees the probabilities that the one before has left.

use crate::router;
use numerics::elementary::softmax;

/// The stages between logits and probabilities. [`Warp::PLAIN`] has none; each `with` sets one, and
/// refuses what would have no meaning with a sentence.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Warp {
    repetition_penalty: f64,
    temperature: f64,
    top_k: usize,
    top_p: f64,
    min_p: f64,
}

impl Warp {
    /// Softmax alone.
    pub const PLAIN: Self =
        Self { repetition_penalty: 1.0, temperature: 1.0, top_k: 0, top_p: 1.0, min_p: 0.0 };

    /// Divides the logits by T: below 1 what is likely gets likelier, above 1 the differences shrink.
    ///
    /// # Errors
    /// Says what would be right if T is not a positive finite number.
    pub fn with_temperature(self, temperature: f64) -> Result<Self, String> {
        positive("The temperature", temperature)?;
        Ok(Self { temperature, ..self })
    }

    /// Keeps the k largest logits, and what ties with the last of them; 0 keeps all.
    #[must_use]
    pub const fn with_top_k(self, top_k: usize) -> Self {
        Self { top_k, ..self }
    }

    /// Keeps the fewest tokens, likeliest first, whose probabilities reach p: the one that crosses
    /// is kept, of equal ones those that come first. 1 keeps all.
    ///
    /// # Errors
    /// Says what would be right if p is not above 0 and at most 1.
    pub fn with_top_p(self, top_p: f64) -> Result<Self, String> {
        if top_p > 0.0 && top_p <= 1.0 {
            Ok(Self { top_p, ..self })
        } else {
            Err(format!("Top-p is {top_p}; it is a share of the probability, above 0 and at most 1."))
        }
    }

    /// Keeps what is at least this share of the largest probability; 0 keeps all.
    ///
    /// # Errors
    /// Says what would be right if the share is not from 0 to 1.
    pub fn with_min_p(self, min_p: f64) -> Result<Self, String> {
        if (0.0..=1.0).contains(&min_p) {
            Ok(Self { min_p, ..self })
        } else {
            Err(format!("Min-p is {min_p}; it is a share of the largest probability, from 0 to 1."))
        }
    }

    /// Divides the logits of tokens in the history by θ, or multiplies those below zero.
    ///
    /// # Errors
    /// Says what would be right if θ is not a positive finite number.
    pub fn with_repetition_penalty(self, repetition_penalty: f64) -> Result<Self, String> {
        positive("The repetition penalty", repetition_penalty)?;
        Ok(Self { repetition_penalty, ..self })
    }

    /// Whether no stage does anything, so that the probabilities are the model's own.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        *self == Self::PLAIN
    }

    /// Whether a stage can take tokens away altogether.
    #[must_use]
    pub fn filters(&self) -> bool {
        self.top_k > 0 || self.top_p < 1.0 || self.min_p > 0.0
    }

    /// The probabilities [V], zero for what is filtered out.
    ///
    /// # Panics
    /// Where a logit is not a number or plus infinity, and where the history has a token that the
    /// vocabulary has not.
    #[must_use]
    pub fn probabilities(&self, logits: &[f64], history: &[usize]) -> Vec<f64> {
        let mut warped = logits.to_vec();
        self.warp(&mut warped, history);
        warped
    }

    /// As [`Warp::probabilities`], in place.
    ///
    /// # Panics
    /// As there.
    pub fn warp(&self, logits: &mut [f64], history: &[usize]) {
        if let Some(bad) = logits.iter().position(|x| x.is_nan() || *x == f64::INFINITY) {
            panic!("Logit {bad} is {}; a logit is a finite number or minus infinity.", logits[bad]);
        }
        let unit = self.penalise(logits, history);
        // Softmax does not see what all logits share; without it none is too large to be divided.
        let most = logits.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        if most > f64::NEG_INFINITY {
            logits.iter_mut().for_each(|x| *x = (*x - most) / unit / self.temperature);
        }
        if (1..logits.len()).contains(&self.top_k) {
            let best = router::top_k(logits, self.top_k);
            let least = logits[best[self.top_k - 1]];
            logits.iter_mut().filter(|x| **x < least).for_each(|x| *x = f64::NEG_INFINITY);
        }
        softmax(logits);
        if self.top_p < 1.0 {
            let mut dropped = vec![true; logits.len()];
            router::top_p(logits, self.top_p).into_iter().for_each(|token| dropped[token] = false);
            keep(logits, |token, _| !dropped[token]);
        }
        if self.min_p > 0.0 {
            let least = self.min_p * logits.iter().copied().fold(0.0, f64::max);
            keep(logits, |_, p| p >= least);
        }
    }

    /// Penalises tokens of the history, and answers in which unit the logits are then: 1, but where one would pass
    /// the largest number, and all are made smaller.
    fn penalise(&self, logits: &mut [f64], history: &[usize]) -> f64 {
        let tokens = logits.len();
        if let Some(unknown) = history.iter().find(|token| **token >= tokens) {
            panic!("Token {unknown} is in the history, but the vocabulary ends with {tokens} tokens.");
        }
        let penalty = self.repetition_penalty;
        if penalty == 1.0 {
            return 1.0;
        }
        let mut seen = vec![false; tokens];
        history.iter().for_each(|token| seen[*token] = true);
        let penalised = |x: f64| if x > 0.0 { x / penalty } else { x * penalty };
        let passes = |(x, seen): (&f64, &bool)| *seen && x.is_finite() && penalised(*x).is_infinite();
        if !logits.iter().zip(&seen).any(passes) {
            for (x, _) in logits.iter_mut().zip(seen).filter(|(_, seen)| *seen) {
                *x = penalised(*x);
            }
            return 1.0;
        }
        let less = |x: f64| if penalty < 1.0 { x * penalty } else { x / penalty };
        for (x, seen) in logits.iter_mut().zip(seen) {
            // What is made larger is so by as much as the unit makes it smaller.
            let larger = (*x > 0.0) == (penalty < 1.0);
            if !seen {
                *x = less(*x);
            } else if !larger {
                *x = less(less(*x));
            }
        }
        less(1.0)
    }
}

fn positive(what: &str, x: f64) -> Result<(), String> {
    if x > 0.0 && x.is_finite() {
        Ok(())
    } else {
        Err(format!("{what} is {x}; it is a positive number, and 1 changes nothing."))
    }
}

/// Zero for all others, and what is left divided by its sum.
fn keep(probabilities: &mut [f64], keep: impl Fn(usize, f64) -> bool) {
    for (token, p) in probabilities.iter_mut().enumerate() {
        if !keep(token, *p) {
            *p = 0.0;
        }
    }
    let left: f64 = probabilities.iter().sum();
    if left > 0.0 {
        probabilities.iter_mut().for_each(|p| *p /= left);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use numerics::elementary::ln;

    fn logits(probabilities: &[f64]) -> Vec<f64> {
        probabilities.iter().map(|p| ln(*p)).collect()
    }

    fn near(got: &[f64], want: &[f64]) {
        assert_eq!(got.len(), want.len());
        assert!(got.iter().zip(want).all(|(g, w)| (g - w).abs() < 1e-12), "{got:?} against {want:?}");
    }

    #[test]
    fn nothing_changes_unless_asked() {
        let p = [0.5, 0.25, 0.125, 0.125];
        assert!(Warp::PLAIN.is_plain());
        near(&Warp::PLAIN.probabilities(&logits(&p), &[0, 1]), &p);
        assert!(!Warp::PLAIN.with_temperature(0.9).unwrap().is_plain());
        assert!(Warp::PLAIN.with_temperature(1.0).unwrap().with_top_p(1.0).unwrap().is_plain());
        assert!(!Warp::PLAIN.with_temperature(0.9).unwrap().filters());
        assert!(Warp::PLAIN.with_top_p(0.9).unwrap().filters() && Warp::PLAIN.with_top_k(1).filters());
    }

    #[test]
    fn a_temperature_is_a_power_of_the_probabilities() {
        // 0.6 and 0.3 and 0.1, squared: 0.36, 0.09 and 0.01 of 0.46.
        let cold = Warp::PLAIN.with_temperature(0.5).unwrap();
        near(&cold.probabilities(&logits(&[0.6, 0.3, 0.1]), &[]), &[0.36 / 0.46, 0.09 / 0.46, 0.01 / 0.46]);
        let frozen = Warp::PLAIN.with_temperature(0.01).unwrap();
        near(&frozen.probabilities(&logits(&[0.3, 0.4, 0.3]), &[]), &[0.0, 1.0, 0.0]);
        near(&frozen.probabilities(&[2.0, 5.0, 5.0], &[]), &[0.0, 0.5, 0.5]);
        near(&frozen.probabilities(&[1e308, -1e308], &[]), &[1.0, 0.0]);
        let hot = Warp::PLAIN.with_temperature(1e9).unwrap();
        assert!(hot.probabilities(&[3.0, -3.0], &[]).iter().all(|p| (p - 0.5).abs() < 1e-8));
    }

    #[test]
    fn top_p_keeps_the_token_that_crosses() {
        let p = logits(&[0.125, 0.5, 0.25, 0.125]);
        let top = |share: f64| Warp::PLAIN.with_top_p(share).unwrap().probabilities(&p, &[]);
        near(&top(0.4), &[0.0, 1.0, 0.0, 0.0]);
        near(&top(0.6), &[0.0, 2.0 / 3.0, 1.0 / 3.0, 0.0]);
        // Two equal tokens at the edge: the first is enough.
        near(&top(0.8), &[1.0 / 7.0, 4.0 / 7.0, 2.0 / 7.0, 0.0]);
        near(&top(0.95), &[0.125, 0.5, 0.25, 0.125]);
        near(&top(1e-9), &[0.0, 1.0, 0.0, 0.0]);
    }

    #[test]
    fn top_k_keeps_what_ties_with_the_last() {
        let top = |k| Warp::PLAIN.with_top_k(k).probabilities(&[1.0, 2.0, 1.0, 0.0], &[]);
        near(&top(1), &[0.0, 1.0, 0.0, 0.0]);
        assert_eq!(top(2), top(3));
        assert!(top(2)[0] > 0.0 && top(2)[3] == 0.0);
        assert_eq!(top(4), top(0));
        assert_eq!(top(9), top(0));
    }

    #[test]
    fn min_p_asks_for_a_share_of_the_largest() {
        let p = logits(&[0.5, 0.25, 0.15, 0.1]);
        let least = |share: f64| Warp::PLAIN.with_min_p(share).unwrap().probabilities(&p, &[]);
        near(&least(0.25), &[0.5 / 0.9, 0.25 / 0.9, 0.15 / 0.9, 0.0]);
        near(&least(1.0), &[1.0, 0.0, 0.0, 0.0]);
    }

    #[test]
    fn each_filter_sees_what_the_last_has_left() {
        let p = logits(&[0.4, 0.3, 0.2, 0.1]);
        // Of the two best the first has 4/7, which reaches one half; of all four it would not.
        let two = Warp::PLAIN.with_top_k(2).with_top_p(0.5).unwrap();
        near(&two.probabilities(&p, &[]), &[1.0, 0.0, 0.0, 0.0]);
        near(&Warp::PLAIN.with_top_p(0.5).unwrap().probabilities(&p, &[]), &[4.0 / 7.0, 3.0 / 7.0, 0.0, 0.0]);
    }

    #[test]
    fn what_came_before_comes_less_on_both_sides_of_zero() {
        let warp = Warp::PLAIN.with_repetition_penalty(2.0).unwrap();
        let mut want = [1.0, -2.0, 0.0, 1.0];
        softmax(&mut want);
        near(&warp.probabilities(&[2.0, -1.0, 0.0, 1.0], &[0, 1, 0, 2, 0]), &want);
    }

    /// Neither a penalty nor a temperature makes infinities of finite logits, of which there would be no
    /// difference: what is likeliest takes all.
    #[test]
    fn no_penalty_and_no_temperature_is_too_much() {
        let least = f64::from_bits(1);
        let penal = |penalty, logits: &[f64], history: &[usize]| {
            Warp::PLAIN.with_repetition_penalty(penalty).unwrap().probabilities(logits, history)
        };
        near(&penal(1e-300, &[1e10, 2e10, 3e10], &[0, 1]), &[0.0, 1.0, 0.0]);
        near(&penal(1e-300, &[1e10, 1e10, -1e10], &[0, 1, 2]), &[0.5, 0.5, 0.0]);
        near(&penal(least, &[1.0, 2.0, f64::NEG_INFINITY], &[0, 1, 2]), &[0.0, 1.0, 0.0]);
        near(&penal(1e300, &[-1e10, -2e10], &[0, 1]), &[1.0, 0.0]);
        near(&penal(f64::MAX, &[-3.0, -2.0, -9.0], &[0, 1]), &[0.0, 0.0, 1.0]);
        let cold = Warp::PLAIN.with_temperature(least).unwrap();
        near(&cold.probabilities(&[1.0, 2.0, 2.0, -1e308], &[]), &[0.0, 0.5, 0.5, 0.0]);
        let both = cold.with_repetition_penalty(1e-300).unwrap();
        near(&both.probabilities(&[1e10, 2e10], &[0, 1]), &[0.0, 1.0]);
    }

    #[test]
    fn what_cannot_come_never_does() {
        let none = f64::NEG_INFINITY;
        let all = Warp::PLAIN
            .with_temperature(3.0)
            .and_then(|w| w.with_top_p(0.999_999))
            .and_then(|w| w.with_repetition_penalty(1.3))
            .unwrap();
        let p = all.probabilities(&[none, 0.5, none, -0.5], &[0]);
        assert!(p[0] == 0.0 && p[2] == 0.0 && (p[1] + p[3] - 1.0).abs() < 1e-12);
        near(&all.probabilities(&[none, none], &[]), &[0.0, 0.0]);
        assert!(all.probabilities(&[], &[]).is_empty());
    }

    #[test]
    fn bad_values_are_refused_in_words() {
        for bad in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert!(Warp::PLAIN.with_temperature(bad).unwrap_err().contains("positive"));
            assert!(Warp::PLAIN.with_repetition_penalty(bad).unwrap_err().contains("positive"));
        }
        for bad in [0.0, -0.1, 1.1, f64::NAN] {
            assert!(Warp::PLAIN.with_top_p(bad).unwrap_err().contains("at most 1"));
        }
        for bad in [-0.1, 1.1, f64::NAN] {
            assert!(Warp::PLAIN.with_min_p(bad).unwrap_err().contains("from 0 to 1"));
        }
    }

    #[test]
    #[should_panic(expected = "Logit 1 is NaN")]
    fn a_logit_is_a_number() {
        let _ = Warp::PLAIN.probabilities(&[0.0, f64::NAN], &[]);
    }

    #[test]
    #[should_panic(expected = "Token 2 is in the history")]
    fn the_history_knows_the_vocabulary() {
        let _ = Warp::PLAIN.probabilities(&[0.0, 1.0], &[2]);
    }
}
