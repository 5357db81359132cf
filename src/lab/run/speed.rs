//! How fast a simulation runs: one loop for the native benchmark and for the page.

use super::runner::Runner;
use crate::lab::simulation::Spec;

/// Steps between two looks at the clock; readings are taken as often, about as a page does.
const STRIDE: u64 = 16;

/// Steps a second with the defaults, over about `milliseconds`. A run that finishes starts again,
/// and building it counts. `now` gives milliseconds of any steady clock.
pub fn steps_per_second(spec: &'static Spec, milliseconds: f64, now: impl Fn() -> f64) -> f64 {
    let mut runner = Runner::new(spec, spec.defaults());
    let begun = now();
    let mut made = 0;
    loop {
        let steps = runner.advance(STRIDE);
        if steps == 0 {
            runner.restart();
        }
        made += steps;
        let elapsed = now() - begun;
        if elapsed >= milliseconds {
            return made as f64 * 1000.0 / elapsed;
        }
    }
}
