//! Thinking longer: more tries, a vote, a judge, or a search, and what each buys.

mod latency;
mod revise;
mod search_24;
mod votes_and_judges;

use super::{Ask, Group, Topic, article};
use crate::lab::figure::Tone;
use crate::lab::page_text;

pub static TOPIC: Topic = Topic {
    slug: "test-time-compute",
    group: Group::Research,
    title: "Test-time compute",
    question: page_text(
        "If a model may think longer before it answers, what should it spend the time on: more tries, a \
         vote, a judge, or a search?",
    ),
    asks: &[Ask::Cost, Ask::Trust],
    published: "2026-11-24",
    updated: "2026-11-27",
    simulations: &[&search_24::SPEC, &votes_and_judges::SPEC, &revise::SPEC, &latency::SPEC],
    article: article!("article.md"),
};

// One colour for each way of spending the time, in all three simulations.
const SINGLE: Tone = Tone::Muted;
const TRIES: Tone = Tone::Series(1);
const VOTE: Tone = Tone::Series(3);
const OUTCOME: Tone = Tone::Series(4);
const PROCESS: Tone = Tone::Accent;
