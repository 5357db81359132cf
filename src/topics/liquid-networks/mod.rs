//! Liquid networks: what a network gains when time is part of its equations.
//!
//! In every figure the liquid network has the accent colour, the plain network that is its rival the
//! first of the series colours, what is true or exact is ink, and the blind network is muted.

mod cell_lab;
mod irregular;
mod lane;

use super::{Ask, Group, Topic, article};
use crate::lab::page_text;

pub static TOPIC: Topic = Topic {
    slug: "liquid-networks",
    group: Group::Architectures,
    title: "Liquid networks",
    question: page_text(
        "What does a network gain when time is part of its equations instead of a step counter?",
    ),
    asks: &[Ask::Learning, Ask::Inside],
    published: "2026-11-26",
    updated: "2026-11-26",
    simulations: &[&lane::SPEC, &cell_lab::SPEC, &irregular::SPEC],
    article: article!("article.md"),
};
