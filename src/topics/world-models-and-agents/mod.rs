//! What today's learners still lack when they must imagine, plan in steps, act on causes and keep what they
//! learned.

mod causal;
mod dream;
mod forget;
mod rooms;

use super::{Ask, Group, Topic, article};
use crate::lab::figure::GAP;
use crate::lab::page_text;

pub static TOPIC: Topic = Topic {
    slug: "world-models-and-agents",
    group: Group::Future,
    title: "World models and agents",
    question: page_text(
        "What do learners still lack when they must imagine, plan in steps, act on causes and keep what they \
         learned?",
    ),
    asks: &[Ask::Learning, Ask::Memory],
    published: "2026-11-26",
    updated: "2026-11-26",
    simulations: &[&dream::SPEC, &rooms::SPEC, &causal::SPEC, &forget::SPEC],
    article: article!("article.md"),
};

/// The points of an arrow from one place to another, for a line of several; `head` in the axes' unit, which
/// is the same on both.
fn arrow([x0, y0]: [f64; 2], [x1, y1]: [f64; 2], head: f64) -> [[f64; 2]; 6] {
    let (dx, dy) = (x1 - x0, y1 - y0);
    let length = (dx * dx + dy * dy).sqrt().max(1e-9);
    let (ux, uy) = (head * dx / length, head * dy / length);
    let barb = |side: f64| [x1 - ux - 0.6 * side * uy, y1 - uy + 0.6 * side * ux];
    [[x0, y0], [x1, y1], barb(1.0), [x1, y1], barb(-1.0), GAP]
}
