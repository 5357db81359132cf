//! The test: what weights and notebook give to each of its words, read a part at a time.

use super::{ROWS, Search};
use crate::models::notebook::{FLOOR, Neighbour, Opinion, best_share, nearest, perplexity, shares};
use crate::models::small_world::{STOP, Tables, entropy, is_fact};
use std::cell::OnceCell;

/// The notebooks and the tables of pairs that are compared with each other.
pub const STORES: [usize; 6] = [0, 50, 200, 800, 1600, 3000];
pub const TABLES: [usize; 6] = [0, 5, 10, 20, 40, ROWS];

/// A test that is being read.
pub struct Exam {
    /// Pairs of words, from the first 150 sentences.
    pairs: Tables,
    text: Vec<usize>,
    /// Sizes of notebooks, rising, the reader's own among them: the only one where it is searched in part.
    ends: Vec<usize>,
    store: usize,
    /// Whether ends of sentences are facts, as in the world of our own.
    facts: bool,
    pub slots: Vec<Slot>,
    /// What both give to each word so far, and whether the notebook is asked.
    opinions: Vec<Opinion>,
    /// The best share.
    pub best: f64,
    /// What the panels show of the words that have been read, once it is asked for.
    curve: OnceCell<Vec<[f64; 2]>>,
    grid: OnceCell<Vec<f64>>,
}

/// What is said of one word of the test.
pub struct Slot {
    weights: f64,
    entropy: f64,
    /// The notebook's probability, at each of the sizes.
    notebooks: Vec<f64>,
    /// That of the word's frequency, and of the table of pairs with all its rows.
    frequency: f64,
    pair: f64,
    before: usize,
    fact: Option<Fact>,
    /// Distances that the search computes, and how many of the truly nearest entries it finds, of how many.
    distances: usize,
    hits: [usize; 2],
}

/// What may be said where a fact is asked for.
struct Fact {
    truth: usize,
    /// Words that neighbours have, with their probabilities by the weights and by the notebook.
    named: Vec<(usize, f64, f64)>,
    /// The likeliest of all other words, by the weights.
    rest: (usize, f64),
}

impl Exam {
    pub fn new(pairs: Tables, text: Vec<usize>, search: &Search) -> Self {
        let store = search.store;
        let mut ends = if search.cells.is_some() { Vec::new() } else { STORES.to_vec() };
        ends.push(store);
        ends.sort_unstable();
        ends.dedup();
        let (curve, grid) = (OnceCell::new(), OnceCell::new());
        Self {
            pairs,
            text,
            ends,
            store,
            facts: true,
            slots: Vec::new(),
            opinions: Vec::new(),
            best: 0.0,
            curve,
            grid,
        }
    }

    /// A text of which nobody knows what in it is a fact.
    #[must_use]
    pub fn without_facts(self) -> Self {
        Self { facts: false, ..self }
    }

    /// Reads one of so many parts, if any is left; the answer is whether one was.
    pub fn read(&mut self, parts: u64, search: &Search, weights: &Tables, rows: usize) -> bool {
        let before = self.slots.len();
        let part = self.text.len().div_ceil(parts as usize);
        for i in (self.slots.len()..self.text.len()).take(part) {
            let slot = self.slot(i, search, weights, rows);
            self.slots.push(slot);
        }
        self.slots.len() > before
    }

    fn slot(&self, i: usize, search: &Search, weights: &Tables, rows: usize) -> Slot {
        let (text, truth) = (&self.text, self.text[i]);
        let next = &search.notebook.next;
        let p = weights.distribution(text, i, rows);
        let mut notebooks = Vec::with_capacity(self.ends.len());
        let mut named: Vec<(usize, f64, f64)> = Vec::new();
        let distances = search.notebook.distances(text, i);
        let mut by_size = nearest(&distances, search.k, &self.ends);
        let own = self.column(self.store);
        let look = search.look(text, i, &distances, &by_size[own]);
        let found = |n: &&Neighbour| look.found.iter().any(|other| other.entry == n.entry);
        let hits = [by_size[own].iter().filter(found).count(), by_size[own].len()];
        by_size[own] = look.found;
        for (found, end) in by_size.iter().zip(&self.ends) {
            let shares = shares(found, search.temperature);
            let by_word = found.iter().map(|n| next[n.entry]).zip(&shares);
            notebooks.push(by_word.clone().filter(|(word, _)| *word == truth).map(|(_, s)| s).sum());
            if *end == self.store && self.facts && is_fact(text, i) {
                for (word, share) in by_word {
                    match named.iter_mut().find(|(other, ..)| *other == word) {
                        Some((.., sum)) => *sum += share,
                        None => named.push((word, p[word], *share)),
                    }
                }
            }
        }
        let fact = (self.facts && is_fact(text, i)).then(|| {
            let others =
                p.iter().copied().enumerate().filter(|(word, _)| named.iter().all(|(n, ..)| n != word));
            let rest = others.max_by(|a, b| a.1.total_cmp(&b.1)).unwrap_or((truth, 0.0));
            Fact { truth, named, rest }
        });
        Slot {
            weights: p[truth],
            entropy: entropy(&p),
            notebooks,
            frequency: self.pairs.distribution(text, i, 0)[truth],
            pair: self.pairs.distribution(text, i, ROWS)[truth],
            before: if i > 0 { text[i - 1] } else { STOP },
            fact,
            distances: look.distances,
            hits,
        }
    }

    fn column(&self, store: usize) -> usize {
        self.ends.iter().position(|end| *end == store).unwrap_or(0)
    }

    /// Everything that depends on which words the notebook is asked for.
    pub fn sum_up(&mut self, gate: f64) {
        (self.curve, self.grid) = (OnceCell::new(), OnceCell::new());
        let own = self.column(self.store);
        let opinion = |s: &Slot| Opinion {
            weights: s.weights,
            notebook: s.notebooks[own],
            asked: self.store > 0 && s.entropy >= gate,
        };
        self.opinions = self.slots.iter().map(opinion).collect();
        self.best = if self.store == 0 || self.slots.is_empty() { 0.0 } else { best_share(&self.opinions) };
    }

    /// Shares, and the perplexity of what has been read at each.
    pub fn curve(&self) -> &[[f64; 2]] {
        let at = |share: f64| [share, self.perplexity(share)];
        self.curve.get_or_init(|| (0..=50).map(|i| at(f64::from(i) / 50.0)).collect())
    }

    /// The least perplexity over all shares, for each table and each notebook; nothing before the test.
    pub fn grid(&self) -> &[f64] {
        self.grid.get_or_init(|| self.least())
    }

    fn least(&self) -> Vec<f64> {
        if self.slots.is_empty() {
            return vec![f64::NAN; TABLES.len() * STORES.len()];
        }
        let cells = TABLES.iter().flat_map(|rows| STORES.iter().map(move |store| (*rows, *store)));
        let least = |(rows, store)| {
            let column = self.column(store);
            let opinion = |s: &Slot| Opinion {
                weights: if self.pairs.has_row(s.before, rows) { s.pair } else { s.frequency },
                notebook: s.notebooks[column],
                asked: store > 0,
            };
            let opinions: Vec<Opinion> = self.slots.iter().map(opinion).collect();
            perplexity(&opinions, if store == 0 { 0.0 } else { best_share(&opinions) })
        };
        cells.map(least).collect()
    }

    /// Perplexity of the table of pairs with all its rows, alone.
    pub fn all_rows(&self) -> f64 {
        let alone = |s: &Slot| Opinion { weights: s.pair, notebook: 0.0, asked: false };
        perplexity(&self.slots.iter().map(alone).collect::<Vec<_>>(), 0.0)
    }

    /// Perplexity of what has been read, at this share of the notebook.
    pub fn perplexity(&self, share: f64) -> f64 {
        perplexity(&self.opinions, share)
    }

    /// The same, with the notebook asked for every word.
    pub fn ungated(&self, share: f64) -> f64 {
        let all: Vec<Opinion> =
            self.opinions.iter().map(|o| Opinion { asked: self.store > 0, ..*o }).collect();
        perplexity(&all, share)
    }

    /// Share of the words for which the notebook is asked, in per cent.
    pub fn asked(&self) -> f64 {
        100.0 * self.opinions.iter().filter(|o| o.asked).count() as f64 / self.opinions.len().max(1) as f64
    }

    /// Distances that a question takes, in per cent of the entries.
    pub fn looked(&self) -> Option<f64> {
        let all = self.store * self.slots.len();
        let computed: usize = self.slots.iter().map(|s| s.distances).sum();
        (all > 0).then(|| 100.0 * computed as f64 / all as f64)
    }

    /// How many of the truly nearest entries are found, in per cent.
    pub fn recall(&self) -> Option<f64> {
        let [found, all] = [0, 1].map(|i| self.slots.iter().map(|s| s.hits[i]).sum::<usize>());
        (all > 0).then(|| 100.0 * found as f64 / all as f64)
    }

    /// Words that have no chance.
    pub fn floored(&self, share: f64) -> usize {
        self.opinions.iter().filter(|o| o.mixed(share) < FLOOR).count()
    }

    /// How often the likeliest word is right where a fact is asked for, in per cent.
    pub fn facts_right(&self, share: f64, gate: f64) -> Option<f64> {
        let facts: Vec<bool> = self
            .slots
            .iter()
            .filter_map(|s| Some(s.fact.as_ref()?.right(share * f64::from(u8::from(s.entropy >= gate)))))
            .collect();
        let right = facts.iter().filter(|right| **right).count();
        (!facts.is_empty()).then(|| 100.0 * right as f64 / facts.len() as f64)
    }

    /// Parameters of a table of pairs with so many rows.
    pub fn parameters(&self, rows: usize) -> usize {
        self.pairs.parameters(rows)
    }
}

impl Fact {
    fn right(&self, share: f64) -> bool {
        let share = if self.named.is_empty() { 0.0 } else { share };
        let (mut best, mut most) = (self.rest.0, (1.0 - share) * self.rest.1);
        for (word, weights, notebook) in &self.named {
            let p = share * notebook + (1.0 - share) * weights;
            if p > most {
                (best, most) = (*word, p);
            }
        }
        best == self.truth
    }
}
