//! How fast a simulation runs: one loop for the native benchmark and for the page.

use super::runner::Runner;
use super::simulation::Spec;

/// Steps a second with the defaults, over about `milliseconds`. Runs that finish start again, and
/// building them counts. `now` gives milliseconds of any steady clock.
pub fn steps_per_second(spec: &'static Spec, milliseconds: f64, mut now: impl FnMut() -> f64) -> f64 {
    let mut runner = Runner::new(spec, spec.defaults());
    let begun = now();
    let mut chunk = 1;
    let mut steps = 0;
    loop {
        let before = now();
        let made = runner.advance(chunk);
        steps += made;
        if runner.finished() {
            runner.restart();
        }
        let after = now();
        if after - begun >= milliseconds || made == 0 {
            return steps as f64 * 1000.0 / (after - begun).max(1e-3);
        }
        // Long enough between looks at the clock that looking costs nothing.
        if after - before < 5.0 {
            chunk = (chunk * 2).min(1 << 20);
        }
    }
}
