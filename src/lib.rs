//! Tinkerable: explorable explanations of emerging AI research.
//!
//! The arrows between the rooms run one way: [`numerics`] ← [`models`] ← [`topics`] → [`lab`],
//! then the article pipeline, the page and the command line on top. ARCHITECTURE.md has the plan.

#[cfg(not(target_arch = "wasm32"))]
pub mod article;
#[cfg(not(target_arch = "wasm32"))]
pub mod cli;
#[cfg(not(target_arch = "wasm32"))]
pub mod guide;
pub mod lab;
/// The mechanisms as the papers define them: `src/models/`.
pub use models;
/// Numbers that come out the same on every machine: `src/numerics/`.
pub use numerics;
#[cfg(test)]
mod sample;
pub mod topics;
#[cfg(any(target_arch = "wasm32", feature = "site"))]
pub mod web;

/// Brings the page of a topic to life: what the programs `src/bin/page-<slug>.rs` do.
#[cfg(target_arch = "wasm32")]
pub use web::{open_search, start, start_form, start_plain};

/// The programs of the pages compile natively too, and say there what they are for.
#[cfg(not(target_arch = "wasm32"))]
pub fn start(topic: &'static topics::Topic) {
    eprintln!(
        "This is the program of the page /{}/. `cargo xtask serve` builds it for the browser and serves it.",
        topic.slug
    );
    std::process::exit(2);
}

/// See [`start`].
#[cfg(not(target_arch = "wasm32"))]
pub fn start_form() {
    start_plain();
}

/// See [`start`].
#[cfg(not(target_arch = "wasm32"))]
pub fn start_plain() {
    eprintln!("This is a page's program. `cargo xtask serve` builds it for the browser and serves it.");
    std::process::exit(2);
}
