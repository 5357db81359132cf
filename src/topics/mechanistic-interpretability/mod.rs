//! Mechanistic interpretability: what is written inside activations, and how to check the reading.

mod circuit;
mod dictionary;
mod feature_browser;
mod sae;
mod superposition;

use super::{Ask, Group, Topic, article};
use crate::lab::page_text;

pub static TOPIC: Topic = Topic {
    slug: "mechanistic-interpretability",
    group: Group::Research,
    title: "Mechanistic interpretability",
    question: page_text(
        "What is written inside a network's activations, and how can we check that we read it correctly?",
    ),
    asks: &[Ask::Inside, Ask::Trust],
    published: "2026-11-24",
    updated: "2026-11-26",
    simulations: &[&superposition::SPEC, &sae::SPEC, &feature_browser::SPEC, &circuit::SPEC],
    article: article!("article.md"),
};
