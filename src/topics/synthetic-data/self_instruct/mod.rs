//! `self-instruct`: a pool of instructions proposes new ones, and keeps those that are unlike all others.

mod figure;
mod spec;
#[cfg(test)]
mod tests;

pub use spec::SPEC;

use crate::lab::figure::Figure;
use crate::lab::{Named, Simulation, Values, reading};
use crate::models::self_instruct::{OBJECTS, Pool, Rules, Try, VERBS};

/// Tries of one point of the curve.
const STRETCH: usize = 100;
/// Rejections in a row after which nothing new is to be expected.
const SILENCE: usize = 500;
/// Most instructions in the pool.
const FULL: usize = 3000;

struct Growth {
    rules: Rules,
    pool: Pool,
    latest: Option<Try>,
    /// Rejections since the last one that came in.
    silent: usize,
    /// Accepted in each full stretch, and in the one that is going on.
    stretches: Vec<usize>,
    now: usize,
    /// Size of the pool at the end of each stretch.
    sizes: Vec<usize>,
}

impl Growth {
    fn new(values: &Values) -> Self {
        let rules = Rules {
            seeds: values.integer("seed_tasks"),
            threshold: values.real("threshold"),
            novelty: values.real("novelty"),
            own_examples: values.integer("context_generated"),
        };
        let pool = Pool::new(rules, values.seed());
        Self { rules, sizes: vec![pool.seeds], pool, latest: None, silent: 0, stretches: Vec::new(), now: 0 }
    }

    /// Accepted of the last full stretch, or of the tries so far, in per cent.
    fn rate(&self) -> Option<f64> {
        match self.stretches.last() {
            Some(kept) => Some(100.0 * *kept as f64 / STRETCH as f64),
            None if self.pool.tries > 0 => Some(100.0 * self.now as f64 / self.pool.tries as f64),
            None => None,
        }
    }
}

impl Simulation for Growth {
    fn step(&mut self) {
        let latest = self.pool.step();
        self.now += usize::from(latest.accepted);
        self.silent = if latest.accepted { 0 } else { self.silent + 1 };
        self.latest = Some(latest);
        if self.pool.tries.is_multiple_of(STRETCH) {
            self.stretches.push(self.now);
            self.sizes.push(self.pool.instructions.len());
            self.now = 0;
        }
    }

    fn readings(&self) -> Vec<Named> {
        vec![
            reading("tries", self.pool.tries),
            reading("accepted", self.pool.accepted()),
            reading("accept_rate", self.rate()),
            reading("verb_entropy_bits", self.pool.verb_entropy()),
            reading("mean_max_rouge", self.pool.mean_overlap()),
            reading("duplicates", self.pool.duplicates),
        ]
    }

    fn figure(&self) -> Figure {
        figure::draw(self)
    }

    fn describe(&self, mark: &str, index: usize) -> Option<String> {
        let count = *self.pool.pairs().get(index).filter(|_| mark == "pairs")?;
        let (verb, object) = (VERBS[index / OBJECTS.len()], OBJECTS[index % OBJECTS.len()]);
        Some(format!("{verb} a {object}: {count} in the pool"))
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if self.silent >= SILENCE {
            notes.push(format!(
                "Nothing new: {SILENCE} proposals in a row were too close to one in the pool."
            ));
        }
        if self.pool.instructions.len() >= FULL {
            notes.push(format!("The pool is full: it holds {FULL} instructions."));
        }
        if self.rules.threshold >= 1.0 {
            notes.push("No overlap exceeds 1, so nothing is rejected, exact copies included.".to_owned());
        }
        notes
    }

    fn finished(&self) -> bool {
        self.silent >= SILENCE || self.pool.instructions.len() >= FULL
    }
}
