//! `shrink`: two networks learn two spirals side by side, one with all its bits and weights, one with fewer.

mod figure;
mod spec;
#[cfg(test)]
mod tests;

pub use spec::SPEC;

use crate::lab::figure::series::Series;
use crate::lab::{Figure, Named, Simulation, Values, reading};
use crate::models::inference_energy::Stored;
use crate::models::shrinking::{Cut, Pair, Plan, TRAINED};
use crate::models::spiral_network::Network;

/// Steps from one test to the next.
const TEST_EVERY: u64 = 50;

pub(super) struct Shrink {
    pair: Pair,
    /// What 32 bits cost to fetch, in pJ.
    memory: f64,
    index: f64,
    /// The networks as they were last tested, and their shares of new points right.
    networks: [Network; 2],
    right: [f64; 2],
    /// Weights of the second network that are kept.
    kept: usize,
    /// Right, of new points: the first network, and the second.
    course: Series<2>,
    /// Weights kept and accuracy of the second network, test after test.
    trail: Vec<(usize, f64)>,
}

impl Shrink {
    fn new(values: &Values) -> Self {
        let plan = Plan {
            bits: spec::FIRST.of(values)(spec::BITS.of(values)),
            aware: spec::AWARE.of(values),
            share: values.real("sparsity") / 100.0,
            cut: spec::CUT.of(values),
        };
        let pair = Pair::new(plan, values.integer("hidden"), values.seed());
        let (second, kept) = pair.second();
        let mut this = Self {
            networks: [pair.first(), second],
            right: [0.0; 2],
            kept,
            memory: spec::MEMORY.of(values),
            index: values.real("index_bits"),
            course: Series::every(TEST_EVERY),
            trail: Vec::new(),
            pair,
        };
        this.test();
        this
    }

    fn test(&mut self) {
        let (second, kept) = self.pair.second();
        self.networks = [self.pair.first(), second];
        self.kept = kept;
        self.right = [0, 1].map(|n| self.networks[n].accuracy(&self.pair.task.test));
        self.course.push(self.pair.step, self.right);
        self.trail.push((kept, self.right[1]));
    }

    /// The second network as it would be stored with so many weights.
    fn with(&self, kept: usize) -> Stored {
        Stored { kept: kept as f64, bits: self.pair.mean_bits(), index: self.index, ..self.first() }
    }

    /// The first network as it is stored.
    fn first(&self) -> Stored {
        let weights = self.pair.weights() as f64;
        Stored { weights, kept: weights, bits: 32.0, index: 0.0 }
    }

    fn second(&self) -> Stored {
        self.with(self.kept)
    }

    /// Whether a layer of the second network has no weight left.
    fn cut_through(&self) -> bool {
        self.networks[1].weights.iter().any(|w| w.as_slice().iter().all(|w| *w == 0.0))
    }
}

impl Simulation for Shrink {
    fn step(&mut self) {
        if self.finished() {
            return;
        }
        self.pair.advance();
        if self.pair.step.is_multiple_of(TEST_EVERY) {
            self.test();
        }
    }

    /// Where the weights live and what their places cost changes the bill alone.
    fn set(&mut self, values: &Values) {
        self.memory = spec::MEMORY.of(values);
        self.index = values.real("index_bits");
    }

    fn readings(&self) -> Vec<Named> {
        let (first, second) = (self.first(), self.second());
        let energy = second.energy(self.memory);
        let over = |whole: f64, part: f64| (part > 0.0).then(|| whole / part);
        vec![
            reading("accuracy", self.right[1]),
            reading("full_accuracy", self.right[0]),
            reading("energy", energy / 1e3),
            reading("full_energy", first.energy(self.memory) / 1e3),
            reading("saved", over(first.energy(self.memory), energy)),
            reading("fetch_share", over(100.0 * second.fetching(self.memory), energy)),
            reading("nonzeros", self.kept),
            reading("stored", second.stored()),
            reading("weight_bytes", second.bytes()),
            reading("compression", over(first.bytes(), second.bytes())),
            reading("b", self.pair.mean_bits()),
        ]
    }

    fn figure(&self) -> Figure {
        figure::draw(self)
    }

    fn describe(&self, mark: &str, index: usize) -> Option<String> {
        figure::describe(self, mark, index)
    }

    fn notes(&self) -> Vec<String> {
        let plan = self.pair.plan;
        let mut notes = Vec::new();
        if self.pair.halted {
            notes.push(
                "The loss is no longer a number: training has stopped. Another seed would do.".to_owned(),
            );
        }
        if self.cut_through() {
            notes.push(
                "A layer of the second network has no weight left: whatever comes in, the same comes out."
                    .to_owned(),
            );
        }
        if plan.share > 0.0 && self.index == 0.0 {
            notes.push(
                "An index of 0 bits is ideal: nobody pays for knowing where a weight stands.".to_owned(),
            );
        }
        let waits = matches!(plan.cut, Cut::Retrained | Cut::Gradual) && self.pair.step < TRAINED;
        if plan.share > 0.0 && waits {
            notes.push(format!("The first cut comes at step {TRAINED}."));
        }
        notes
    }

    fn finished(&self) -> bool {
        self.pair.finished()
    }
}
