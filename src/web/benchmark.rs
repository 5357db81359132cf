//! Steps per second of a simulation in WebAssembly, for `cargo xtask measure`.

use super::dom;
use crate::lab::speed::steps_per_second;
use crate::topics::Topic;
use std::cell::Cell;
use wasm_bindgen::prelude::wasm_bindgen;

thread_local! {
    static TOPIC: Cell<Option<&'static Topic>> = const { Cell::new(None) };
}

/// Makes the simulations of the page's topic known to [`benchmark`].
pub fn offer(topic: &'static Topic) {
    TOPIC.set(Some(topic));
}

/// Runs a simulation of the page's topic at its defaults for `milliseconds` and returns the steps
/// per second that it reached, starting again whenever it finishes.
///
/// # Errors
/// A name that is no simulation of this topic.
#[wasm_bindgen]
pub fn benchmark(simulation: &str, milliseconds: f64) -> Result<f64, String> {
    let spec = TOPIC.get().and_then(|topic| topic.simulation(simulation));
    let spec = spec.ok_or_else(|| format!("This page has no simulation “{simulation}”."))?;
    Ok(steps_per_second(spec, milliseconds, dom::now))
}
