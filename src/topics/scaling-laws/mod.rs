//! How large a model should be for a budget, how much it should read, and how far the recipe is to be
//! trusted.

mod emergence;
mod fit;
mod frontier;
mod learner;

use super::{Ask, Group, Topic, article};
use crate::lab::figure::Tone;
use crate::lab::page_text;
use crate::lab::schema::readout::format_number;

pub static TOPIC: Topic = Topic {
    slug: "scaling-laws",
    group: Group::Open,
    title: "Scaling laws",
    question: page_text(
        "Given a fixed budget of computation, how large should a model be, how much should it read, and how \
         far can that recipe be trusted?",
    ),
    asks: &[Ask::Cost, Ask::Trust],
    published: "2026-11-26",
    updated: "2026-11-26",
    simulations: &[&frontier::SPEC, &fit::SPEC, &learner::SPEC, &emergence::SPEC],
    article: article!("article.md"),
};

// What is known, what was computed from it, and the reader's own plan, in all four simulations.
const TRUTH: Tone = Tone::Muted;
const FOUND: Tone = Tone::Series(0);
const MINE: Tone = Tone::Accent;

/// A count in three figures or fewer, as models are named: "32B", "1.4T".
fn short(count: f64) -> String {
    let (divided, letter) = match count {
        c if c < 1e6 => (c / 1e3, "k"),
        c if c < 1e9 => (c / 1e6, "M"),
        c if c < 1e12 => (c / 1e9, "B"),
        c => (c / 1e12, "T"),
    };
    format!("{}{letter}", format_number(divided, usize::from(divided < 9.95)))
}

#[cfg(test)]
mod tests {
    use super::short;

    #[test]
    fn counts_are_named_as_models_are() {
        for (count, name) in [(3.219e10, "32B"), (8.04e11, "804B"), (1.4e12, "1.4T"), (9.37e8, "937M")] {
            assert_eq!(short(count), name);
        }
    }
}
