//! Efficient fine-tuning: what a few numbers beside a frozen model can do, and what they cost.

mod adalora;
mod cost;
mod lora_live;
mod nf4;
mod real_change;

use super::{Ask, Group, Topic, article};
use crate::lab::figure::Tone;
use crate::lab::page_text;

pub static TOPIC: Topic = Topic {
    slug: "efficient-fine-tuning",
    group: Group::Research,
    title: "Efficient fine-tuning",
    question: page_text(
        "How can changing one number in four thousand of a model do the work of changing all of them, and \
         what does it cost?",
    ),
    asks: &[Ask::Cost, Ask::Learning],
    published: "2026-11-24",
    updated: "2026-11-26",
    simulations: &[&lora_live::SPEC, &real_change::SPEC, &nf4::SPEC, &adalora::SPEC, &cost::SPEC],
    article: article!("article.md"),
};

// One colour for each method, in all simulations.
const FULL: Tone = Tone::Ink;
const LORA: Tone = Tone::Series(1);
const DORA: Tone = Tone::Series(3);
const QUANTISED: Tone = Tone::Series(2);
const FLOOR: Tone = Tone::Muted;
