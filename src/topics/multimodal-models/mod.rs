//! How pictures, captions and sounds come to mean the same thing to a model that sees only numbers.

mod align;
mod budget;
mod fusion;
mod patches;
mod steer;

use super::{Ask, Group, Topic, article};
use crate::lab::figure::Tone;
use crate::lab::page_text;

pub static TOPIC: Topic = Topic {
    slug: "multimodal-models",
    group: Group::Research,
    title: "Multimodal models",
    question: page_text(
        "How can a model that only ever sees numbers learn that a picture, a caption and a sound are about the \
         same thing?",
    ),
    asks: &[Ask::Learning, Ask::Inside],
    published: "2026-11-26",
    updated: "2026-11-27",
    simulations: &[&align::SPEC, &patches::SPEC, &budget::SPEC, &fusion::SPEC, &steer::SPEC],
    article: article!("article.md"),
};

// What was taught, what else was, and what nobody showed, in all simulations.
const FIRST: Tone = Tone::Series(0);
const SECOND: Tone = Tone::Series(2);
const UNTAUGHT: Tone = Tone::Accent;
