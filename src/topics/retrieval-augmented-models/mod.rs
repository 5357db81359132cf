//! Retrieval-augmented language models: a notebook at every word, a search before the answer, and
//! neighbours that are read chunk by chunk.

mod knnlm;
mod retro;
mod search;

use super::{Ask, Group, Topic, article};
use crate::lab::page_text;

pub static TOPIC: Topic = Topic {
    slug: "retrieval-augmented-models",
    group: Group::Future,
    title: "Retrieval-augmented language models",
    question: page_text(
        "When should a language model carry knowledge in its weights, and when should it look things up?",
    ),
    asks: &[Ask::Cost, Ask::Memory],
    published: "2026-11-26",
    updated: "2026-11-27",
    simulations: &[&knnlm::SPEC, &search::SPEC, &retro::SPEC],
    article: article!("article.md"),
};
