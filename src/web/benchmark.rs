//! Steps per second of a simulation in WebAssembly, for `cargo xtask measure`.

use super::dom;
use crate::lab::Runner;
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
    let mut runner = Runner::new(spec, spec.defaults());
    let (mut made, begun) = (0u64, dom::now());
    loop {
        let elapsed = dom::now() - begun;
        if elapsed >= milliseconds {
            return Ok(made as f64 * 1000.0 / elapsed);
        }
        // Readings are read as a page does, but the clock is looked at rarely.
        let steps = runner.advance(16);
        if steps == 0 {
            runner.restart();
        }
        made += steps;
    }
}
