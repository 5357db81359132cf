//! Whether many can train one model without showing each other what they learn from, and what leaks or
//! breaks when they try.

mod drift;
mod fedavg;
mod privacy;
mod travel;

use super::{Group, Topic, article};
use crate::lab::page_text;

pub static TOPIC: Topic = Topic {
    slug: "federated-learning",
    group: Group::Open,
    title: "Federated learning",
    question: page_text(
        "Can many parties train one model without pooling their data, and what leaks or breaks when they try?",
    ),
    published: "2026-11-26",
    updated: "2026-11-26",
    simulations: &[&fedavg::SPEC, &drift::SPEC, &travel::SPEC, &privacy::SPEC],
    article: article!("article.md"),
};
