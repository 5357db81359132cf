//! *Why did that change?*, asked of a readout: what it is made of, how it came to stand where it stands, and
//! what it would be at the same step with each control one step away, or with another seed.
//!
//! Nothing here makes a run by itself: [`Why::jobs`] says which readings are needed, [`Why::reasons`] takes
//! them, and [`Making`] makes the runs in slices of time.

mod figure;
pub mod formula;
mod making;
mod record;
mod words;

use crate::lab::run::Job;
use crate::lab::schema::control::{Control, Value};
use crate::lab::schema::readout::{Reading, Readout};
use crate::lab::schema::values::{SEED, Values};
use crate::lab::share::record::Recording;
use crate::lab::{Kind, Spec};
use formula::{Formula, Written};
use numerics::statistics::{mean, standard_deviation};

pub use making::Making;

/// So many other seeds are tried, the first ones.
pub const SEEDS: usize = 8;

/// What sums of the same numbers in another order differ by, as a share of them.
const ROUNDING: f64 = 1e-12;

/// A formula says what is read, to this share of it.
const CLOSE: f64 = 1e-9;

/// What is asked: a readout of a simulation with its values, its seed and at a step.
#[derive(Clone, Debug)]
pub struct Why {
    pub spec: &'static Spec,
    pub values: Values,
    /// Position of the readout.
    pub readout: usize,
    pub at: u64,
    /// How the readout follows from others, and what it means, with what it is measured over.
    pub formula: Option<Formula>,
    pub help: String,
    neighbours: Vec<Neighbour>,
}

/// A value that a control has one step away.
#[derive(Clone, Debug, PartialEq)]
pub struct Neighbour {
    pub control: &'static Control,
    pub value: Value,
    pub way: Way,
}

/// Where a neighbour stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Down,
    Up,
    /// Another option, or the other position of a switch.
    Other,
}

/// A neighbour, with what the readout says there.
#[derive(Clone, Debug, PartialEq)]
pub struct Effect {
    pub neighbour: Neighbour,
    /// Its position among [`Why::neighbours`].
    pub place: usize,
    pub reading: Reading,
    /// By how much it is more than here, where both are numbers.
    pub difference: Option<f64>,
}

/// The answer, as far as it is known.
#[derive(Clone, Debug, PartialEq)]
pub struct Reasons {
    /// Where the run stands: before the step that was asked for, if it ended by itself.
    pub step: u64,
    pub reading: Reading,
    /// On the way there, evenly spaced, from the first step to the last.
    pub history: Vec<(u64, Reading)>,
    pub formula: Option<Written>,
    /// What the controls do one step away, the largest effect first.
    pub effects: Vec<Effect>,
    /// Other seeds, and what the readout says with them.
    pub seeds: Vec<(u64, Reading)>,
    /// Runs that these are from, and runs that there are in all.
    pub runs: [usize; 2],
}

/// What other seeds make of a readout.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spread {
    pub least: f64,
    pub most: f64,
    pub mean: f64,
    /// Standard deviation between the seeds.
    pub deviation: f64,
}

impl Why {
    /// About the readout at this position.
    #[must_use]
    pub fn new(spec: &'static Spec, values: Values, readout: usize, at: u64) -> Self {
        let Readout { formula, .. } = spec.readouts[readout];
        let help = spec.readouts[readout].meaning();
        let neighbours = neighbours(&values);
        let why = Self { spec, values, readout, at, formula: None, help: String::new(), neighbours };
        why.saying(formula, &help)
    }

    /// With another formula and another help than [`Readout`] declares: the browser has them from its page.
    #[must_use]
    pub fn saying(mut self, formula: &str, help: &str) -> Self {
        // What is declared is read by a test over all simulations; a page of another version may say anything.
        self.formula = Formula::parse(self.spec, self.readout, formula).ok();
        help.clone_into(&mut self.help);
        self
    }

    /// The readout that is asked about.
    #[must_use]
    pub fn asked(&self) -> &'static Readout {
        &self.spec.readouts[self.readout]
    }

    /// What is one step away.
    #[must_use]
    pub fn neighbours(&self) -> &[Neighbour] {
        &self.neighbours
    }

    /// The other seeds that are tried; none where no seed is drawn.
    #[must_use]
    pub fn seeds(&self) -> Vec<u64> {
        if !self.spec.has_seed() {
            return Vec::new();
        }
        let own = self.values.seed();
        (1..).filter(|seed| *seed != own).take(SEEDS).collect()
    }

    /// The readings that are needed: of the neighbours, and then of the other seeds.
    #[must_use]
    pub fn jobs(&self) -> Vec<Job> {
        let job = |id: &str, value: Value| {
            let mut values = self.values.clone();
            values.set(id, value);
            Job { spec: self.spec, values, at: self.at }
        };
        let neighbours = self.neighbours.iter().map(|n| job(n.control.id, n.value.clone()));
        let seeds = self.seeds().into_iter();
        let seeds = seeds.map(|seed| job(SEED, Value::Integer(i64::try_from(seed).unwrap_or_default())));
        neighbours.chain(seeds).collect()
    }

    /// The answer, from the run itself, recorded on its way, and from the readings of [`Why::jobs`] in their
    /// order, as far as there are any.
    #[must_use]
    pub fn reasons(&self, recording: &Recording, readings: &[Vec<Reading>]) -> Reasons {
        let of = |readings: &[Reading]| readings.get(self.readout).cloned().unwrap_or(Reading::Absent);
        let run = recording.runner();
        let reading = of(run.readings());
        let (neighbours, seeds) = (&self.neighbours, self.seeds());
        let all = neighbours.len() + seeds.len();
        let mut known = readings.iter().map(|readings| of(readings));
        let mut effects: Vec<Effect> = neighbours
            .iter()
            .enumerate()
            .zip(known.by_ref())
            .map(|((place, neighbour), there)| Effect::new(neighbour.clone(), place, &reading, there))
            .collect();
        effects.sort_by(|a, b| b.size(&reading).total_cmp(&a.size(&reading)));
        // What a reader's own data say, or leave unknown, is not what a formula of made data says.
        let other = |written: &Written| match (&reading, written.value) {
            (Reading::Number(read), Some(value)) => (value - read).abs() > CLOSE * read.abs().max(1.0),
            (Reading::Absent, value) => value.is_some(),
            _ => false,
        };
        let formula = self.formula.as_ref().map(|formula| formula.written(&run.facts()));
        Reasons {
            step: run.step(),
            history: recording.rows().iter().map(|(step, readings)| (*step, of(readings))).collect(),
            formula: formula.filter(|written| !other(written)),
            effects,
            seeds: seeds.into_iter().zip(known).collect(),
            reading,
            runs: [readings.len().min(all), all],
        }
    }
}

/// One step down and one up of each control that has a say, as the arrow keys make it; the options before
/// and after, the other position of a switch. None of what is typed or drawn, and none of the seed.
fn neighbours(values: &Values) -> Vec<Neighbour> {
    let mut found: Vec<Neighbour> = Vec::new();
    for (control, now) in values.iter() {
        if control.id == SEED || control.is_free() || !values.counts(control) {
            continue;
        }
        let ways: &[(f64, Way)] = match control.kind {
            Kind::Toggle { .. } => &[(0.0, Way::Other)],
            Kind::Choice { .. } => &[(-1.0, Way::Other), (1.0, Way::Other)],
            _ => &[(-1.0, Way::Down), (1.0, Way::Up)],
        };
        for (steps, way) in ways {
            let value = match now {
                Value::Toggle(on) => Value::Toggle(!on),
                _ => control.moved(now, *steps, false),
            };
            if value != *now {
                found.push(Neighbour { control, value, way: *way });
            }
        }
    }
    found
}

impl Effect {
    fn new(neighbour: Neighbour, place: usize, here: &Reading, reading: Reading) -> Self {
        let difference = here.number().zip(reading.number()).map(|(a, b)| b - a);
        Self { neighbour, place, reading, difference }
    }

    /// By which effects are sorted: what turns a number into a word, or back, is more than any number.
    fn size(&self, here: &Reading) -> f64 {
        match self.difference {
            Some(difference) => difference.abs(),
            None if self.reading == *here => 0.0,
            None => f64::INFINITY,
        }
    }

    /// Whether it leaves the readout as it is, but for rounding.
    #[must_use]
    pub fn is_none(&self, here: &Reading) -> bool {
        let rounds = |by: f64| by.abs() <= ROUNDING * here.number().unwrap_or_default().abs();
        self.reading == *here || self.difference.is_some_and(rounds)
    }
}

impl Reasons {
    /// Whether all runs are made.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.runs[0] == self.runs[1]
    }

    /// What other seeds make of it, where they make a number of it.
    #[must_use]
    pub fn spread(&self) -> Option<Spread> {
        let numbers: Vec<f64> = self.seeds.iter().filter_map(|(_, reading)| reading.number()).collect();
        if numbers.is_empty() {
            return None;
        }
        let n = numbers.len() as f64;
        Some(Spread {
            least: numbers.iter().copied().fold(f64::INFINITY, f64::min),
            most: numbers.iter().copied().fold(f64::NEG_INFINITY, f64::max),
            mean: mean(&numbers),
            deviation: standard_deviation(&numbers) * (n / (n - 1.0).max(1.0)).sqrt(),
        })
    }
}

#[cfg(test)]
mod tests;
