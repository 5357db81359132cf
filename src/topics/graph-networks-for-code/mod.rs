//! Programs as graphs: what a network gains from edges, from their kinds, and from how many of them it
//! looks along.

mod misuse;
mod oversmooth;
mod propagate;

use super::{Ask, Group, Topic, article};
use crate::lab::figure::Tone;
use crate::lab::page_text;

pub static TOPIC: Topic = Topic {
    slug: "graph-networks-for-code",
    group: Group::Architectures,
    title: "Graph networks for code",
    question: page_text(
        "What does a network gain from seeing a program as a graph instead of as a line of words?",
    ),
    asks: &[Ask::Learning, Ask::Inside],
    published: "2026-11-26",
    updated: "2026-11-27",
    simulations: &[&misuse::SPEC, &propagate::SPEC, &oversmooth::SPEC],
    article: article!("article.md"),
};

/// The four kinds of edges, in the order of the models, in all figures.
const EDGES: [(&str, Tone); 4] = [
    ("tree", Tone::Muted),
    ("text order", Tone::Series(0)),
    ("last write", Tone::Series(1)),
    ("last use", Tone::Series(2)),
];

/// "1 layer", "2 layers".
fn counted(count: usize, what: &str) -> String {
    format!("{count} {what}{}", if count == 1 { "" } else { "s" })
}
