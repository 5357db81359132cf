//! Test time compute.

mod walk;

use super::{Topic, article};
use crate::lab::page_text;

pub static TOPIC: Topic = Topic {
    slug: "test-time-compute",
    title: "Test time compute",
    question: page_text("How far does a walk get that has no direction?"),
    simulations: &[&walk::SPEC],
    article: article!("article.md"),
};
