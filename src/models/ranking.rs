//! Rankings of documents by the words of a query, and how rankings are joined and judged.
//!
//! References: Robertson and Zaragoza 2009, *The Probabilistic Relevance Framework: BM25 and Beyond*,
//! doi:10.1561/1500000019; Cormack, Clarke and Büttcher 2009, *Reciprocal Rank Fusion*,
//! doi:10.1145/1571941.1572114; the library rank_bm25 0.2.2 ([`Rarity::Okapi`]).
//!
//! Glossary: N documents; `holders` n, documents that have a term; f, how often a document has it;
//! `saturation` k1; `length_share` b; ℓ a document's length, in words.
//!
//! Shapes: a document is a list of words; scores are one a document.

use numerics::elementary::ln;
use std::collections::BTreeMap;

/// How much it says that a document has a term.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rarity {
    /// ln(1 + (N - n + 0.5) / (n + 0.5)), as Lucene has it: never below zero.
    Lucene,
    /// ln((N - n + 0.5) / (n + 0.5)), and this share of its mean over all terms where that is below zero.
    Okapi { floor: f64 },
}

/// The constants of BM25.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bm25 {
    pub saturation: f64,
    pub length_share: f64,
    pub rarity: Rarity,
}

/// Documents, counted.
#[derive(Clone, Debug)]
pub struct Index {
    /// Every term with how often each document has it.
    counts: BTreeMap<String, Vec<f64>>,
    lengths: Vec<f64>,
}

impl Index {
    #[must_use]
    pub fn new<W: AsRef<str>>(documents: &[Vec<W>]) -> Self {
        let mut counts: BTreeMap<String, Vec<f64>> = BTreeMap::new();
        for (i, document) in documents.iter().enumerate() {
            for word in document {
                let row =
                    counts.entry(word.as_ref().to_owned()).or_insert_with(|| vec![0.0; documents.len()]);
                row[i] += 1.0;
            }
        }
        Self { counts, lengths: documents.iter().map(|d| d.len() as f64).collect() }
    }

    #[must_use]
    pub fn documents(&self) -> usize {
        self.lengths.len()
    }

    /// Every term, in the order of the alphabet, with its counts.
    pub fn terms(&self) -> impl Iterator<Item = (&str, &[f64])> {
        self.counts.iter().map(|(term, counts)| (term.as_str(), counts.as_slice()))
    }

    #[must_use]
    pub fn has(&self, term: &str) -> bool {
        self.counts.contains_key(term)
    }

    /// How often each document has a term; nothing for a term that no document has.
    #[must_use]
    pub fn counts(&self, term: &str) -> Option<&[f64]> {
        self.counts.get(term).map(Vec::as_slice)
    }

    /// Documents that have a term.
    #[must_use]
    pub fn holders(&self, term: &str) -> usize {
        self.counts.get(term).map_or(0, |counts| holders(counts))
    }
}

fn holders(counts: &[f64]) -> usize {
    counts.iter().filter(|c| **c > 0.0).count()
}

impl Bm25 {
    /// The weight of a term.
    #[must_use]
    pub fn rarity(&self, index: &Index, term: &str) -> f64 {
        let odds = |n: usize| (index.documents() as f64 - n as f64 + 0.5) / (n as f64 + 0.5);
        let n = index.holders(term);
        match self.rarity {
            Rarity::Lucene => ln(1.0 + odds(n)),
            Rarity::Okapi { floor } => {
                let own = ln(odds(n));
                if own < 0.0 { floor * self.mean_rarity(index) } else { own }
            }
        }
    }

    /// The mean weight over all terms, before any is lifted.
    #[must_use]
    pub fn mean_rarity(&self, index: &Index) -> f64 {
        let odds = |n: usize| (index.documents() as f64 - n as f64 + 0.5) / (n as f64 + 0.5);
        let sum: f64 = index.counts.values().map(|counts| ln(odds(holders(counts)))).sum();
        sum / index.counts.len().max(1) as f64
    }

    /// What one word of a query adds to the score of each document.
    #[must_use]
    pub fn part(&self, index: &Index, term: &str) -> Vec<f64> {
        let Some(counts) = index.counts(term) else { return vec![0.0; index.documents()] };
        let mean = index.lengths.iter().sum::<f64>() / index.documents().max(1) as f64;
        let (k, b) = (self.saturation, self.length_share);
        let rarity = self.rarity(index, term);
        let part = |(f, length): (&f64, &f64)| {
            if *f > 0.0 { rarity * f * (k + 1.0) / (f + k * (1.0 - b + b * length / mean)) } else { 0.0 }
        };
        counts.iter().zip(&index.lengths).map(part).collect()
    }

    /// The scores of all documents; a word that stands twice in a query counts twice.
    #[must_use]
    pub fn scores<W: AsRef<str>>(&self, index: &Index, query: &[W]) -> Vec<f64> {
        let mut scores = vec![0.0; index.documents()];
        for word in query {
            let part = self.part(index, word.as_ref());
            scores.iter_mut().zip(part).for_each(|(score, part)| *score += part);
        }
        scores
    }
}

/// Documents with a score above zero, the best first, the earlier one where two are equal.
#[must_use]
pub fn ranked(scores: &[f64]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..scores.len()).filter(|i| scores[*i] > 0.0).collect();
    order.sort_by(|a, b| scores[*b].total_cmp(&scores[*a]));
    order
}

/// What is added to a rank before it is turned over.
const FUSION: f64 = 60.0;

/// Scores of a joint ranking of so many documents: the sum of 1 / (60 + rank), ranks counted from 1.
#[must_use]
pub fn fused(rankings: &[&[usize]], documents: usize) -> Vec<f64> {
    let mut scores = vec![0.0; documents];
    for ranking in rankings {
        for (place, document) in ranking.iter().enumerate() {
            scores[*document] += 1.0 / (FUSION + place as f64 + 1.0);
        }
    }
    scores
}

/// Share of what is wanted among the first `count`, of as much as there is room for.
#[must_use]
pub fn recall(ranking: &[usize], wanted: &[usize], count: usize) -> f64 {
    let found = ranking.iter().take(count).filter(|d| wanted.contains(d)).count();
    found as f64 / wanted.len().min(count).max(1) as f64
}

/// One over the rank of the first that is wanted; 0 where none is found.
#[must_use]
pub fn reciprocal_rank(ranking: &[usize], wanted: &[usize]) -> f64 {
    ranking.iter().position(|d| wanted.contains(d)).map_or(0.0, |place| 1.0 / (place as f64 + 1.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    const STANDARD: Bm25 = Bm25 { saturation: 1.2, length_share: 0.75, rarity: Rarity::Lucene };

    fn words(text: &str) -> Vec<&str> {
        text.split(' ').collect()
    }

    fn animals() -> Index {
        Index::new(&["the cat sat on the mat", "the dog chased the cat", "owls hunt at night"].map(words))
    }

    fn near(scores: &[f64], known: [f64; 3]) -> bool {
        scores.iter().zip(known).all(|(a, b)| (a - b).abs() < 5e-7)
    }

    /// Known result: three sentences about animals, and the worked example of the article.
    #[test]
    fn bm25_of_three_sentences() {
        let index = animals();
        assert!(near(&STANDARD.scores(&index, &["cat"]), [0.434_457, 0.470_004, 0.0]));
        assert!(near(&STANDARD.scores(&index, &["the", "cat"]), [1.046_296, 1.116_259, 0.0]));
        assert!((STANDARD.rarity(&index, "cat") - 0.470_004).abs() < 5e-7);
        assert!((STANDARD.rarity(&index, "owls") - 0.980_829).abs() < 5e-7);
    }

    /// Known results: with b = 0 length does not matter; with k1 = 0 a score is a sum of rarities.
    #[test]
    fn ends_of_both_constants() {
        let index = animals();
        let long = Bm25 { length_share: 0.0, ..STANDARD }.scores(&index, &["cat"]);
        assert!((long[0] - long[1]).abs() < 1e-12 && long[0] > 0.0);
        let flat = Bm25 { saturation: 0.0, ..STANDARD };
        let sum = flat.rarity(&index, "the") + flat.rarity(&index, "cat");
        assert!(near(&flat.scores(&index, &["the", "cat"]), [sum, sum, 0.0]));
    }

    /// Known result: ranks 1 and 3 give less than ranks 2 and 1.
    #[test]
    fn two_rankings_are_joined() {
        let scores = fused(&[&[0, 1], &[1, 2, 0]], 3);
        assert!((scores[0] - 0.032_266).abs() < 5e-7 && (scores[1] - 0.032_522).abs() < 5e-7);
        assert_eq!(ranked(&scores), [1, 0, 2]);
    }

    #[test]
    fn rankings_are_judged() {
        assert!((recall(&[4, 1, 2, 3], &[1, 3], 3) - 0.5).abs() < 1e-12);
        assert!((recall(&[1, 2, 3, 4], &[1, 2, 3, 4], 3) - 1.0).abs() < 1e-12);
        assert!((reciprocal_rank(&[4, 1, 2], &[2, 1]) - 0.5).abs() < 1e-12);
        assert_eq!(reciprocal_rank(&[4], &[2]), 0.0);
        assert_eq!(ranked(&[0.0, 2.0, 2.0, 3.0]), [3, 1, 2]);
    }
}
