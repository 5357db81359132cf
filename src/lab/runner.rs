//! Runs a simulation: restarts, steps, seeks a moment, and keeps the recorded series.
//!
//! The page, the command line, the static site and the tests all run simulations through here,
//! which is what makes them agree.

use super::condition::Moment;
use super::readout::Reading;
use super::simulation::{Simulation, Spec};
use super::values::Values;

/// A simulation with its values, at some step.
pub struct Runner {
    spec: &'static Spec,
    values: Values,
    simulation: Box<dyn Simulation>,
    step: u64,
    readings: Vec<Reading>,
}

impl Runner {
    /// A fresh run at step 0.
    #[must_use]
    pub fn new(spec: &'static Spec, values: Values) -> Self {
        let simulation = (spec.build)(&values);
        let readings = simulation.readings();
        Self { spec, values, simulation, step: 0, readings }
    }

    /// The moment that a fresh page shows: the defaults after the opening steps.
    #[must_use]
    pub fn opening(spec: &'static Spec) -> Self {
        let mut runner = Self::new(spec, spec.defaults());
        runner.advance(spec.pace.opening);
        runner
    }

    /// The defaults, changed by `(control id, text)` pairs, after `steps` steps: how tests and
    /// readers of a brief name a run.
    ///
    /// # Panics
    /// If a pair is not legal.
    #[must_use]
    pub fn after(spec: &'static Spec, pairs: &[(&str, &str)], steps: u64) -> Self {
        let mut runner = Self::new(spec, Values::with(spec.controls, pairs));
        runner.advance(steps);
        runner
    }

    /// A readout's number now; `None` where it has none.
    ///
    /// # Panics
    /// If there is no such readout.
    #[must_use]
    pub fn number(&self, readout: &str) -> Option<f64> {
        let index = self.spec.readout(readout).unwrap_or_else(|| panic!("no readout {readout}"));
        self.readings[index].number()
    }

    #[must_use]
    pub fn spec(&self) -> &'static Spec {
        self.spec
    }

    #[must_use]
    pub fn values(&self) -> &Values {
        &self.values
    }

    /// Steps made since the start.
    #[must_use]
    pub fn step(&self) -> u64 {
        self.step
    }

    #[must_use]
    pub fn simulation(&self) -> &dyn Simulation {
        &*self.simulation
    }

    /// One reading for each readout.
    #[must_use]
    pub fn readings(&self) -> &[Reading] {
        &self.readings
    }

    #[must_use]
    pub fn finished(&self) -> bool {
        self.simulation.finished()
    }

    /// Makes up to `steps` steps; fewer when the simulation finishes. Returns how many.
    pub fn advance(&mut self, steps: u64) -> u64 {
        let mut made = 0;
        while made < steps && !self.simulation.finished() {
            self.simulation.step();
            made += 1;
        }
        self.step += made;
        if made > 0 {
            self.readings = self.simulation.readings();
        }
        made
    }

    /// Makes steps until `spent()` says that the budget is used up, `steps` at the most; at least
    /// one, so that a slow simulation still moves. Returns how many.
    pub fn advance_within(&mut self, steps: u64, mut spent: impl FnMut() -> bool) -> u64 {
        let mut made = 0;
        while made < steps && !self.simulation.finished() {
            self.simulation.step();
            made += 1;
            if spent() {
                break;
            }
        }
        self.step += made;
        if made > 0 {
            self.readings = self.simulation.readings();
        }
        made
    }

    /// Takes new values. The run goes on if only live controls changed, and starts again
    /// otherwise; the answer is whether it did start again.
    pub fn set_values(&mut self, values: Values) -> bool {
        let restart = self.values.changed(&values).any(|c| !c.live);
        let same = self.values == values;
        self.values = values;
        if same {
            return false;
        }
        if restart {
            self.restart();
        } else {
            self.simulation.set(&self.values);
            self.readings = self.simulation.readings();
        }
        restart
    }

    /// Back to step 0 with the same values.
    pub fn restart(&mut self) {
        self.simulation = (self.spec.build)(&self.values);
        self.step = 0;
        self.readings = self.simulation.readings();
    }

    /// What conditions may look at now.
    #[must_use]
    pub fn moment(&self) -> Moment<'_> {
        Moment {
            values: &self.values,
            readouts: self.spec.readouts,
            readings: &self.readings,
            step: self.step,
        }
    }
}
