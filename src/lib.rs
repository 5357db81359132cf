//! Tinkerable: explorable explanations of emerging AI research.
//!
//! The arrows between the rooms run one way: [`numerics`] ← [`models`] ← [`topics`] → [`lab`],
//! then the article pipeline, the page and the command line on top. ARCHITECTURE.md has the plan.

#[cfg(not(target_arch = "wasm32"))]
pub mod article;
#[cfg(not(target_arch = "wasm32"))]
pub mod cli;
pub mod lab;
pub mod models;
pub mod numerics;
#[cfg(test)]
mod sample;
pub mod topics;
#[cfg(any(target_arch = "wasm32", feature = "site"))]
pub mod web;
