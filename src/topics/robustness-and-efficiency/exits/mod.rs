//! `exits`: a network that answers after as few layers as it dares.

mod figure;
mod spec;
#[cfg(test)]
mod tests;

pub use spec::SPEC;

use crate::lab::figure::charts::cell_middle;
use crate::lab::figure::series::Series;
use crate::lab::{Figure, Named, Reading, Simulation, Values, reading};
use crate::models::early_exit::{Answers, LAYERS, Learner, Outcome, Points, judged};
use crate::numerics::matrix::Matrix;
use crate::numerics::random::Stream;
use std::cell::OnceCell;

/// Steps from one test to the next, and after all of them nothing is learned.
const TEST_EVERY: u64 = 50;
const LAST: u64 = 6000;

/// New points.
const TESTED: usize = 2000;

/// Cells along a side of the maps.
const SIDE: usize = 32;

pub(super) struct Live {
    learner: Learner,
    step: u64,
    threshold: f64,
    points: Points,
    cells: Matrix,
    /// Right at each head, test after test.
    course: Series<LAYERS>,
    /// What the heads answer to the new points, and to the middles of the maps' cells, where somebody has
    /// asked the network as it is.
    answered: OnceCell<Answers>,
    mapped: OnceCell<Answers>,
}

impl Live {
    fn new(values: &Values) -> Self {
        let (seed, easy) = (values.seed(), values.real("easy"));
        let learner = Learner::new(values.integer("width"), spec::WEIGHTS.of(values), easy, seed);
        let mut live = Self {
            learner,
            step: 0,
            threshold: values.real("theta"),
            points: Points::drawn(TESTED, easy, &mut Stream::new(seed, "test data")),
            cells: Matrix::from_fn(SIDE * SIDE, 2, |cell, axis| cell_middle(cell, SIDE, 1.0)[axis]),
            course: Series::every(TEST_EVERY),
            answered: OnceCell::new(),
            mapped: OnceCell::new(),
        };
        live.note();
        live
    }

    /// To the new points.
    fn answered(&self) -> &Answers {
        self.answered.get_or_init(|| Answers::new(self.learner.network.answers(&self.points.x)))
    }

    /// To the middles of the maps' cells.
    fn mapped(&self) -> &Answers {
        self.mapped.get_or_init(|| Answers::new(self.learner.network.answers(&self.cells)))
    }

    /// What comes of a threshold.
    fn outcome(&self, threshold: f64) -> Outcome {
        judged(self.answered(), &self.points, threshold)
    }

    /// Share that each head has right, if it answers for all.
    fn heads(&self) -> [f64; LAYERS] {
        let answers = &self.answered().odds;
        core::array::from_fn(|head| {
            let right = |n: &usize| (answers[(*n, head)] > 0.0) == (self.points.class[*n] > 0.5);
            (0..TESTED).filter(right).count() as f64 / TESTED as f64
        })
    }

    fn note(&mut self) {
        let heads = self.heads();
        self.course.push(self.step, heads);
    }
}

impl Simulation for Live {
    fn step(&mut self) {
        if self.finished() {
            return;
        }
        self.learner.step();
        self.step += 1;
        (self.answered, self.mapped) = (OnceCell::new(), OnceCell::new());
        if self.step.is_multiple_of(TEST_EVERY) {
            self.note();
        }
    }

    fn set(&mut self, values: &Values) {
        self.threshold = values.real("theta");
    }

    fn readings(&self) -> Vec<Named> {
        let Outcome { right, depth: [all, easy, hard] } = self.outcome(self.threshold);
        let some = |depth: f64| if depth.is_nan() { Reading::Absent } else { depth.into() };
        vec![
            reading("acc", right),
            reading("depth", all),
            reading("saved", 100.0 * (1.0 - all / LAYERS as f64)),
            reading("second", self.heads()[1]),
            reading("depth_easy", some(easy)),
            reading("depth_hard", some(hard)),
        ]
    }

    fn figure(&self) -> Figure {
        figure::draw(self)
    }

    fn describe(&self, mark: &str, index: usize) -> Option<String> {
        figure::describe(self, mark, index)
    }

    fn notes(&self) -> Vec<String> {
        if self.threshold > core::f64::consts::LN_2 {
            vec![
                "No answer of two classes has an entropy above ln 2 = 0.693: the first head always answers."
                    .to_owned(),
            ]
        } else if self.threshold == 0.0 {
            vec!["No entropy is below 0: the last head always answers.".to_owned()]
        } else {
            Vec::new()
        }
    }

    fn finished(&self) -> bool {
        self.step >= LAST
    }
}
