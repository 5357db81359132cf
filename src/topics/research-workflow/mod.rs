//! When "A beats B" means something: how many seeds it takes, and how to find what is not there.

mod phack;
mod seeds;

use super::{Ask, Group, Topic, article};
use crate::lab::figure::Tone;
use crate::lab::page_text;

pub static TOPIC: Topic = Topic {
    slug: "research-workflow",
    group: Group::Guide,
    title: "Research workflow",
    question: page_text("When does “A beats B” mean anything?"),
    asks: &[Ask::Trust],
    published: "2026-11-25",
    updated: "2026-11-27",
    simulations: &[&seeds::SPEC, &phack::SPEC],
    article: article!("article.md"),
};

// One colour for each method, and for what counts as found, in both simulations.
const A: Tone = Tone::Series(0);
const B: Tone = Tone::Series(1);
const FOUND: Tone = Tone::Accent;
