//! Steps per second of a simulation in WebAssembly, for `cargo xtask measure`.

use super::{dom, ticker};
use crate::lab::run::speed::steps_per_second;
use wasm_bindgen::prelude::wasm_bindgen;

/// Runs a simulation of the page at its defaults for `milliseconds` and returns the steps per second
/// that it reached, starting again whenever it finishes.
///
/// # Errors
/// A name that is no simulation of this page.
#[wasm_bindgen]
pub fn benchmark(simulation: &str, milliseconds: f64) -> Result<f64, String> {
    let session = ticker::sessions().into_iter().find(|session| session.spec.id == simulation);
    let session = session.ok_or_else(|| format!("This page has no simulation “{simulation}”."))?;
    Ok(steps_per_second(session.spec, milliseconds, dom::now))
}
