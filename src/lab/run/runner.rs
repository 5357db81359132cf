//! Runs a simulation: restarts, steps, seeks a moment, and keeps the recorded series.
//!
//! The page, the command line, the static site and the tests all run simulations through here,
//! which is what makes them agree.

use crate::lab::schema::condition::Facts;
use crate::lab::schema::readout::Reading;
use crate::lab::schema::values::SEED;
use crate::lab::schema::values::Values;
use crate::lab::simulation::{Challenge, Simulation, Spec};
use core::cell::OnceCell;

/// What the readouts say, in the order in which they are declared.
///
/// # Panics
/// If the simulation answers with another set of readings than it declares.
fn answered(spec: &Spec, simulation: &dyn Simulation) -> Vec<Reading> {
    let mut named = simulation.readings();
    let mut readings = Vec::with_capacity(named.len());
    for readout in spec.readouts {
        let at = named.iter().position(|n| n.id == readout.id);
        let at = at.unwrap_or_else(|| panic!("{} has no reading for {}", spec.id, readout.id));
        readings.push(named.swap_remove(at).reading);
    }
    let left = named.first();
    assert!(left.is_none(), "{} declares no readout {}", spec.id, left.map_or("", |n| n.id));
    readings
}

/// A simulation with its values, at some step.
pub struct Runner {
    spec: &'static Spec,
    values: Values,
    simulation: Box<dyn Simulation>,
    step: u64,
    /// Of this step, once somebody has asked: a readout may cost more than the step.
    readings: OnceCell<Vec<Reading>>,
}

impl Runner {
    /// A fresh run at step 0.
    #[must_use]
    pub fn new(spec: &'static Spec, values: Values) -> Self {
        let simulation = (spec.build)(&values);
        Self { spec, values, simulation, step: 0, readings: OnceCell::new() }
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

    /// A preset after `steps` steps.
    ///
    /// # Panics
    /// If there is no such preset.
    #[must_use]
    pub fn preset(spec: &'static Spec, id: &str, steps: u64) -> Self {
        let preset = spec.preset(id).unwrap_or_else(|| panic!("no preset {id}"));
        Self::after(spec, preset.values, steps)
    }

    /// A readout of each of some seeds, so many steps after these changes.
    ///
    /// # Panics
    /// If there is no such readout, or where it has no number.
    #[must_use]
    pub fn over_seeds(
        spec: &'static Spec,
        pairs: &[(&str, &str)],
        seeds: core::ops::RangeInclusive<u64>,
        steps: u64,
        readout: &str,
    ) -> Vec<f64> {
        let number = |seed: u64| {
            let text = seed.to_string();
            let number = Self::after(spec, &[pairs, &[(SEED, &*text)]].concat(), steps).number(readout);
            number.unwrap_or_else(|| panic!("{readout} has no number on seed {seed}"))
        };
        seeds.map(number).collect()
    }

    /// The run that the prediction is about, at the step that decides it.
    ///
    /// # Panics
    /// If the simulation has no prediction.
    #[must_use]
    pub fn bet(spec: &'static Spec) -> Self {
        let prediction = spec.prediction.as_ref().expect("a prediction");
        Self::after(spec, prediction.values, prediction.settled_at)
    }

    /// The answer of the prediction that is right now.
    #[must_use]
    pub fn outcome(&self) -> Option<&'static str> {
        let prediction = self.spec.prediction.as_ref()?;
        prediction.outcome(&self.facts()).map(|right| prediction.answers[right].label)
    }

    /// Whether these changes solve a challenge in the time that its solution takes.
    #[must_use]
    pub fn solves(spec: &'static Spec, challenge: &Challenge, pairs: &[(&str, &str)]) -> bool {
        challenge.is_solved(&Self::after(spec, pairs, challenge.solution_steps).facts())
    }

    /// A readout's number now; `None` where it has none.
    ///
    /// # Panics
    /// If there is no such readout.
    #[must_use]
    pub fn number(&self, readout: &str) -> Option<f64> {
        let index = self.spec.readout(readout).unwrap_or_else(|| panic!("no readout {readout}"));
        self.readings()[index].number()
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
        self.readings.get_or_init(|| answered(self.spec, &*self.simulation))
    }

    /// Whether no further step changes anything.
    #[must_use]
    pub fn finished(&self) -> bool {
        self.spec.pace.is_still() || self.simulation.finished()
    }

    /// Makes up to `steps` steps; fewer when the simulation finishes. Returns how many.
    pub fn advance(&mut self, steps: u64) -> u64 {
        let mut made = 0;
        while made < steps && !self.finished() {
            self.simulation.step();
            made += 1;
        }
        self.step += made;
        if made > 0 {
            self.readings = OnceCell::new();
        }
        made
    }

    /// Makes steps until `spent()` says that the budget is used up, `steps` at the most; at least
    /// one, so that a slow simulation still moves. Returns how many.
    pub fn advance_within(&mut self, steps: u64, mut spent: impl FnMut() -> bool) -> u64 {
        let mut made = 0;
        while made < steps && !self.finished() {
            self.simulation.step();
            made += 1;
            if spent() {
                break;
            }
        }
        self.step += made;
        if made > 0 {
            self.readings = OnceCell::new();
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
            self.readings = OnceCell::new();
        }
        restart
    }

    /// Back to step 0 with the same values.
    pub fn restart(&mut self) {
        self.simulation = (self.spec.build)(&self.values);
        self.step = 0;
        self.readings = OnceCell::new();
    }

    /// What conditions may look at now.
    #[must_use]
    pub fn facts(&self) -> Facts<'_> {
        Facts {
            values: &self.values,
            readouts: self.spec.readouts,
            readings: self.readings(),
            step: self.step,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::schema::readout::{Named, reading};
    use crate::lab::{Figure, Pace, Readout};

    /// Answers with two readings, in another order than they are declared.
    struct Two;

    impl Simulation for Two {
        fn readings(&self) -> Vec<Named> {
            vec![reading("b", 2.0), reading("a", 1.0)]
        }

        fn figure(&self) -> Figure {
            Figure::new(Vec::new(), "Nothing is drawn.".to_owned())
        }
    }

    const TWO: Spec = Spec::new("two", "Two", "Two numbers.", Pace::still(), |_| Box::new(Two));
    const A: Readout = Readout::new("a", "A", 0);
    const B: Readout = Readout::new("b", "B", 0);

    #[test]
    fn readings_find_their_readouts_by_name() {
        static SPEC: Spec = TWO.readouts(&[A, B]);
        let runner = Runner::opening(&SPEC);
        assert_eq!(runner.readings(), [Reading::Number(1.0), Reading::Number(2.0)]);
        assert_eq!(runner.number("b"), Some(2.0));
    }

    #[test]
    #[should_panic(expected = "two has no reading for c")]
    fn a_readout_without_a_reading_is_a_mistake() {
        static SPEC: Spec = TWO.readouts(&[A, B, Readout::new("c", "C", 0)]);
        let _ = Runner::opening(&SPEC).readings();
    }

    #[test]
    #[should_panic(expected = "two declares no readout b")]
    fn a_reading_without_a_readout_is_a_mistake() {
        static SPEC: Spec = TWO.readouts(&[A]);
        let _ = Runner::opening(&SPEC).readings();
    }

    #[test]
    fn what_stands_still_makes_no_step() {
        static SPEC: Spec = TWO.readouts(&[A, B]);
        let mut runner = Runner::opening(&SPEC);
        assert!(runner.finished());
        assert_eq!(runner.advance(5), 0);
        assert_eq!(runner.advance_within(5, || false), 0);
    }
}
