//! Attention over long contexts: what FlashAttention, grouped queries and position schemes cost
//! and save.

mod flash_tiles;
mod kv_cache;
mod positions;

use super::{Ask, Group, Topic, article};
use crate::lab::page_text;

pub static TOPIC: Topic = Topic {
    slug: "attention",
    group: Group::Research,
    title: "Attention",
    question: page_text(
        "What makes attention over 100,000 tokens affordable, and which cost did each trick really remove?",
    ),
    asks: &[Ask::Cost, Ask::Inside, Ask::Memory],
    published: "2026-11-23",
    updated: "2026-11-27",
    simulations: &[&flash_tiles::SPEC, &kv_cache::SPEC, &positions::SPEC],
    article: article!("article.md"),
};
