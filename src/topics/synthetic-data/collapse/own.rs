//! Data of the reader's own that the first generation reads: a text, or numbers.

use super::WORDS;
use crate::lab::schema::readout::format_number;
use crate::lab::schema::table::{Column, Table};
use crate::lab::schema::text::Fault;
use crate::models::own_text::{counted, words};
use crate::models::recursive_fit::{WordChain, standardised};
use std::sync::Arc;

/// Most characters of a text.
pub const LONGEST: usize = 12_000;
/// The fewest different words that can be lost.
const FEWEST: usize = 20;
/// Lost words that are named.
const NAMED: usize = 6;

/// Numbers, in the place of a bell curve.
pub static NUMBERS: Table = Table::new(&[Column::real("value", [-1e9, 1e9])], [20, 1000]);

/// The real samples of a text that has numbers.
pub fn numbers(text: &str) -> Option<Arc<[f64]>> {
    let rows = NUMBERS.read::<1>(text).unwrap_or_default();
    standardised(rows.as_flattened())
}

/// Refuses what is no table, and numbers without any variance to lose.
pub fn read_numbers(text: &str) -> Result<(), Fault> {
    NUMBERS.check(text)?;
    if text.trim().is_empty() || numbers(text).is_some() {
        return Ok(());
    }
    let sentence = "all values are the same: there is no variance to lose.".to_owned();
    Err(Fault::at_end(text, sentence))
}

pub struct Own {
    /// The most frequent words, and how often each stands in the text.
    words: Vec<(String, u32)>,
    /// Words in the whole text, and different ones.
    total: usize,
    different: usize,
}

/// Refuses a text with too few words to lose.
pub fn read(text: &str) -> Result<(), Fault> {
    let different = counted(&words(text)).len();
    if text.trim().is_empty() || different >= FEWEST {
        return Ok(());
    }
    let sentence = format!(
        "the text ends with {different} different words. It takes at least {FEWEST}, of letters or digits."
    );
    Err(Fault::at_end(text, sentence))
}

impl Own {
    /// None of a text without words: then they are made up.
    pub fn new(text: &str) -> Option<Self> {
        let all = words(text);
        let mut words = counted(&all);
        let different = words.len();
        words.truncate(WORDS);
        (different > 0).then_some(Self { words, total: all.len(), different })
    }

    /// The true frequency of each word, frequent ones first.
    pub fn frequencies(&self) -> Vec<f64> {
        let taken = f64::from(self.taken());
        self.words.iter().map(|(_, count)| f64::from(*count) / taken).collect()
    }

    fn taken(&self) -> u32 {
        self.words.iter().map(|(_, count)| count).sum()
    }

    pub fn word(&self, i: usize) -> Option<&str> {
        self.words.get(i).map(|(word, _)| word.as_str())
    }

    /// What is taken of the text, and what the run on the left has lost of it.
    pub fn notes(&self, run: &WordChain) -> Vec<String> {
        let mut notes = vec![if self.different > self.words.len() {
            format!(
                "The text is yours: {} words, {} of them different. The {} most frequent, {} % of it, are taken.",
                self.total,
                self.different,
                self.words.len(),
                format_number(100.0 * f64::from(self.taken()) / self.total as f64, 0)
            )
        } else {
            format!("The text is yours: {} words, {} of them different.", self.total, self.different)
        }];
        if let Some(present) = run.frequencies() {
            let lost: Vec<&str> = present
                .iter()
                .zip(&self.words)
                .filter(|(p, _)| **p == 0.0)
                .map(|(_, (w, _))| w.as_str())
                .collect();
            let named = lost[..lost.len().min(NAMED)].join(", ");
            match lost.len() {
                0 => {}
                count if count <= NAMED => notes.push(format!("Gone from the run drawn here: {named}.")),
                count => {
                    notes.push(format!("Gone from the run drawn here: {named} and {} more.", count - NAMED));
                }
            }
        }
        notes
    }
}
