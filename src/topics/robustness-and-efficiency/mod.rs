//! What breaks, what costs too much, and what cannot be consistent when models leave the laboratory.

mod attack;
mod exits;
mod prefs;
mod reversible;

use super::{Ask, Group, Topic, article};
use crate::lab::page_text;

pub static TOPIC: Topic = Topic {
    slug: "robustness-and-efficiency",
    group: Group::Open,
    title: "Robustness and efficiency",
    question: page_text(
        "What breaks, what costs too much, and what cannot be consistent when models leave the laboratory?",
    ),
    asks: &[Ask::Trust, Ask::Cost, Ask::Learning],
    published: "2026-11-26",
    updated: "2026-11-27",
    simulations: &[&attack::SPEC, &reversible::SPEC, &exits::SPEC, &prefs::SPEC],
    article: article!("article.md"),
};
