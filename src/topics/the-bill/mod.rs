//! What one answer of a language model costs, with every mechanism of the other pages on one sheet.

mod bill;

use super::{Ask, Group, Topic, article};
use crate::lab::page_text;

pub static TOPIC: Topic = Topic {
    slug: "the-bill",
    group: Group::Open,
    title: "The bill",
    question: page_text(
        "Each page here sells a saving: who buys several at once, what do they pay for an answer, in bytes, seconds, joules and grams?",
    ),
    asks: &[Ask::Cost],
    published: "2026-11-26",
    updated: "2026-11-26",
    simulations: &[&bill::SPEC],
    article: article!("article.md"),
};
