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
#[cfg(target_arch = "wasm32")]
mod pieces;
#[cfg(test)]
mod sample;
pub mod topics;
#[cfg(any(target_arch = "wasm32", feature = "site"))]
pub mod web;

/// Brings the page to life that stands here: what the program `src/bin/site.rs` does.
#[cfg(target_arch = "wasm32")]
pub use web::start;

/// The program of the pages compiles natively too, and says there what it is for.
#[cfg(not(target_arch = "wasm32"))]
pub fn start() {
    eprintln!(
        "This is the program of the pages. `cargo xtask serve` builds it for the browser and serves it."
    );
    std::process::exit(2);
}
