//! ROUGE: how much two texts have in common, by shared words and by longest common subsequence.
//!
//! Reference: Lin 2004, *ROUGE: A Package for Automatic Evaluation of Summaries*, ACL W04-1013.
//!
//! Glossary: a token is a run of letters a–z and digits, in lower case; LCS, the longest common
//! subsequence: tokens that stand in both texts in the same order, gaps allowed.

/// Precision (of the prediction), recall (of the target) and their harmonic mean.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Score {
    pub precision: f64,
    pub recall: f64,
    pub f1: f64,
}

impl Score {
    fn of(common: usize, target: usize, prediction: usize) -> Self {
        if common == 0 {
            return Self { precision: 0.0, recall: 0.0, f1: 0.0 };
        }
        let (precision, recall) = (common as f64 / prediction as f64, common as f64 / target as f64);
        Self { precision, recall, f1: 2.0 * precision * recall / (precision + recall) }
    }
}

/// The tokens of a text.
#[must_use]
pub fn tokens(text: &str) -> Vec<String> {
    text.to_lowercase()
        .split(|c: char| !c.is_ascii_lowercase() && !c.is_ascii_digit())
        .filter(|run| !run.is_empty())
        .map(str::to_owned)
        .collect()
}

/// The places, in `a` and in `b`, of a longest common subsequence.
#[must_use]
pub fn common_subsequence<T: PartialEq>(a: &[T], b: &[T]) -> Vec<[usize; 2]> {
    // longest[i][j] is the length for a[i..] and b[j..].
    let mut longest = vec![vec![0usize; b.len() + 1]; a.len() + 1];
    for i in (0..a.len()).rev() {
        for j in (0..b.len()).rev() {
            longest[i][j] = if a[i] == b[j] {
                longest[i + 1][j + 1] + 1
            } else {
                longest[i + 1][j].max(longest[i][j + 1])
            };
        }
    }
    let (mut i, mut j, mut places) = (0, 0, Vec::new());
    while i < a.len() && j < b.len() {
        if a[i] == b[j] {
            places.push([i, j]);
            (i, j) = (i + 1, j + 1);
        } else if longest[i + 1][j] >= longest[i][j + 1] {
            i += 1;
        } else {
            j += 1;
        }
    }
    places
}

/// ROUGE-L.
#[must_use]
pub fn rouge_l(target: &str, prediction: &str) -> Score {
    let (target, prediction) = (tokens(target), tokens(prediction));
    Score::of(common_subsequence(&target, &prediction).len(), target.len(), prediction.len())
}

/// ROUGE-N: runs of `n` tokens, each counted as often as both texts have it.
#[must_use]
pub fn rouge_n(target: &str, prediction: &str, n: usize) -> Score {
    let (target, prediction) = (tokens(target), tokens(prediction));
    let mut left: Vec<&[String]> = target.windows(n).collect();
    let all = left.len();
    let mut common = 0;
    for run in prediction.windows(n) {
        if let Some(i) = left.iter().position(|other| *other == run) {
            left.swap_remove(i);
            common += 1;
        }
    }
    Score::of(common, all, prediction.windows(n).count())
}

/// A text of at most 64 small token numbers, prepared to be compared with many others: bit i of a
/// token's mask says that it stands at place i.
#[derive(Clone, Debug)]
pub struct Pattern {
    masks: [u64; 256],
    length: usize,
}

impl Pattern {
    /// # Panics
    /// Beyond 64 tokens.
    #[must_use]
    pub fn new(tokens: &[u8]) -> Self {
        assert!(tokens.len() <= 64, "64 places");
        let mut masks = [0; 256];
        for (i, token) in tokens.iter().enumerate() {
            masks[usize::from(*token)] |= 1 << i;
        }
        Self { masks, length: tokens.len() }
    }

    /// Length of the LCS: a column of the usual table is a row of bits, and one addition carries it
    /// on (Hyyrö 2004, *Bit-parallel LCS-length computation revisited*).
    #[must_use]
    pub fn common(&self, other: &[u8]) -> usize {
        let mut row = !0u64;
        for token in other {
            let hits = row & self.masks[usize::from(*token)];
            row = row.wrapping_add(hits) | (row - hits);
        }
        let places = if self.length == 64 { !0 } else { (1 << self.length) - 1 };
        (!row & places).count_ones() as usize
    }

    /// ROUGE-L F: 2 LCS / (m + k).
    #[must_use]
    pub fn overlap(&self, other: &[u8]) -> f64 {
        2.0 * self.common(other) as f64 / (self.length + other.len()).max(1) as f64
    }

    /// What the overlap with a text of this length cannot exceed.
    #[must_use]
    pub fn bound(&self, other: usize) -> f64 {
        2.0 * self.length.min(other) as f64 / (self.length + other).max(1) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use numerics::random::Stream;

    #[test]
    fn the_examples_of_the_article() {
        for (a, b, f1) in [
            ("write a short poem about the sea", "write a short story about the sea", 6.0 / 7.0),
            ("list three facts about the moon", "list five facts about the moon landing", 10.0 / 13.0),
            ("translate this sentence into french", "classify the sentiment of this review", 2.0 / 11.0),
            ("the same", "the same", 1.0),
            ("", "nothing", 0.0),
        ] {
            assert!((rouge_l(a, b).f1 - f1).abs() < 1e-12, "{a} / {b}");
            assert!((rouge_l(b, a).f1 - f1).abs() < 1e-12, "{b} / {a}");
        }
    }

    #[test]
    fn rows_of_bits_agree_with_the_table() {
        let mut noise = Stream::new(1, "texts");
        for _ in 0..500 {
            let mut text = || -> Vec<u8> {
                let length = noise.below(65);
                (0..length).map(|_| noise.below(7) as u8).collect()
            };
            let (a, b) = (text(), text());
            let pattern = Pattern::new(&a);
            assert_eq!(pattern.common(&b), common_subsequence(&a, &b).len());
            assert!(pattern.overlap(&b) <= pattern.bound(b.len()) + 1e-12);
        }
    }
}
