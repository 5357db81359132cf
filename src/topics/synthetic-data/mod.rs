//! Synthetic data: a line of models that learn from one another, a pool of instructions that grows out
//! of itself, and a filter between a teacher and a student.

mod collapse;
mod filter;
mod self_instruct;

use super::{Ask, Group, Topic, article};
use crate::lab::page_text;

pub static TOPIC: Topic = Topic {
    slug: "synthetic-data",
    group: Group::Future,
    title: "Synthetic data",
    question: page_text(
        "Can a model write its own textbook, and what happens if the next model reads only that?",
    ),
    asks: &[Ask::Learning, Ask::Trust],
    published: "2026-11-26",
    updated: "2026-11-27",
    simulations: &[&collapse::SPEC, &self_instruct::SPEC, &filter::SPEC],
    article: article!("article.md"),
};
