//! Whether many can train one model without showing each other what they learn from, and what leaks or
//! breaks when they try.

mod drift;
mod fedavg;
mod privacy;
mod travel;

use super::{Ask, Group, Topic, article};
use crate::lab::figure::Axis;
use crate::lab::page_text;

pub static TOPIC: Topic = Topic {
    slug: "federated-learning",
    group: Group::Open,
    title: "Federated learning",
    question: page_text(
        "Can many parties train one model without pooling their data, and what leaks or breaks when they try?",
    ),
    asks: &[Ask::Learning, Ask::Trust],
    published: "2026-11-26",
    updated: "2026-11-26",
    simulations: &[&fedavg::SPEC, &drift::SPEC, &travel::SPEC, &privacy::SPEC],
    article: article!("article.md"),
};

/// The axis of the share of new points that a model has right.
fn right_axis() -> Axis {
    let ticks = [(0.0, "0"), (0.25, "0.25"), (0.5, "0.5"), (0.75, "0.75"), (1.0, "1")];
    Axis::linear("right", [0.0, 1.02]).ticks(ticks).grid()
}

/// The axis of one coordinate of the points, from −`edge` to `edge`.
fn input(coordinate: usize, edge: f64) -> Axis {
    let ticks = [(-2.0, "−2"), (0.0, "0"), (2.0, "2")];
    Axis::linear(format!("input {coordinate}"), [-edge, edge]).ticks(ticks)
}

/// Without what is less than a billionth, which is rounding.
fn tidy(x: f64) -> f64 {
    (x * 1e9).round() / 1e9
}
