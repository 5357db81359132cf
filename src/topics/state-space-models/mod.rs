//! State space models: a memory that does not grow, and what it can and cannot keep.

mod hold;
mod recall;
mod scaling;
mod selective;
mod two_views;

use super::{Ask, Group, Topic, article};
use crate::lab::figure::Tone;
use crate::lab::page_text;

pub static TOPIC: Topic = Topic {
    slug: "state-space-models",
    group: Group::Research,
    title: "State space models",
    question: page_text(
        "Can a model read a million tokens while carrying only a fixed-size memory, and how does it decide \
         what to keep?",
    ),
    asks: &[Ask::Cost, Ask::Inside, Ask::Memory],
    published: "2026-11-24",
    updated: "2026-11-27",
    simulations: &[&selective::SPEC, &hold::SPEC, &two_views::SPEC, &recall::SPEC, &scaling::SPEC],
    article: article!("article.md"),
};

// One colour for each way of remembering, in all simulations.
const SELECTIVE: Tone = Tone::Accent;
const FIXED: Tone = Tone::Series(0);
const ATTENTION: Tone = Tone::Series(3);
