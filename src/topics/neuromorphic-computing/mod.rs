//! Neuromorphic computing: networks that send all-or-nothing pulses, how they learn, and when
//! that saves energy.
//!
//! In every figure the spiking network and its spikes have the accent colour, the dense network
//! it is held against is muted, and classes have the series colours.

mod arms;
mod energy;
mod lif_lab;
mod snn_train;
mod stdp;

use super::{Ask, Group, Topic, article};
use crate::lab::page_text;

pub static TOPIC: Topic = Topic {
    slug: "neuromorphic-computing",
    group: Group::Future,
    title: "Neuromorphic computing",
    question: page_text(
        "How can a network that sends only all-or-nothing pulses compute, learn, and save energy?",
    ),
    asks: &[Ask::Cost, Ask::Learning],
    published: "2026-11-23",
    updated: "2026-11-27",
    simulations: &[&snn_train::SPEC, &lif_lab::SPEC, &stdp::SPEC, &energy::SPEC],
    article: article!("article.md"),
};
