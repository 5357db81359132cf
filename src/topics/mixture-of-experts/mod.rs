//! Sparse mixture of experts: a router that learns, buffers that overflow, and a ledger of what is
//! owned, used and read.

mod capacity;
mod ledger;
mod train;

use super::{Ask, Group, Topic, article};
use crate::lab::figure::Tone;
use crate::lab::page_text;

pub static TOPIC: Topic = Topic {
    slug: "mixture-of-experts",
    group: Group::Research,
    title: "Sparse mixture of experts",
    question: page_text(
        "How can a model own 47 billion parameters and use only 13 billion on each token, and what keeps the \
         rest from going to waste?",
    ),
    asks: &[Ask::Cost, Ask::Learning, Ask::Inside],
    published: "2026-11-23",
    updated: "2026-11-27",
    simulations: &[&train::SPEC, &capacity::SPEC, &ledger::SPEC],
    article: article!("article.md"),
};

/// An expert's colour, the same in every figure of the topic.
fn tone(expert: usize) -> Tone {
    Tone::Series((expert % 8) as u8)
}
