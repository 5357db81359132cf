//! Steps per second of a simulation in WebAssembly, for `cargo xtask measure`.

use super::dom;
use crate::lab::speed::steps_per_second;
use crate::topics;
use wasm_bindgen::prelude::wasm_bindgen;

/// Runs the simulation `<slug>/<simulation>` at its defaults for `milliseconds` and returns the
/// steps per second that it reached, starting again whenever it finishes.
///
/// # Errors
/// A name that is no simulation: a sentence that lists those there are.
#[wasm_bindgen]
pub fn benchmark(address: &str, milliseconds: f64) -> Result<f64, String> {
    let (_, spec) = topics::find(address)?;
    Ok(steps_per_second(spec, milliseconds, dom::now))
}
