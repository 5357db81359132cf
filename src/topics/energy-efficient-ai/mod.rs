//! Where a model's energy goes, what smaller models save, and how far published numbers of energy carry.

mod conv_cost;
mod energy_ledger;
mod nas;
mod shrink;

use super::{Ask, Group, Topic, article};
use crate::lab::page_text;

pub static TOPIC: Topic = Topic {
    slug: "energy-efficient-ai",
    group: Group::Open,
    title: "Energy-efficient AI",
    question: page_text(
        "Where does a model's energy go, how much of it can be saved, and which published numbers can be trusted?",
    ),
    asks: &[Ask::Cost, Ask::Trust],
    published: "2026-11-26",
    updated: "2026-11-26",
    simulations: &[&shrink::SPEC, &conv_cost::SPEC, &nas::SPEC, &energy_ledger::SPEC],
    article: article!("article.md"),
};
