//! A sweep in the making: place by place, in slices of time.

use super::{Curve, Sweep};
use crate::lab::run::batch::Batch;

/// Makes the runs of a sweep, place by place.
pub struct Making {
    sweep: Sweep,
    batch: Batch,
}

impl Making {
    #[must_use]
    pub fn new(sweep: Sweep) -> Self {
        Self { batch: Batch::new(sweep.jobs()), sweep }
    }

    #[must_use]
    pub fn sweep(&self) -> &Sweep {
        &self.sweep
    }

    /// The runs. The curve is the same in whatever slices they are made.
    pub fn batch(&mut self) -> &mut Batch {
        &mut self.batch
    }

    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.batch.is_whole()
    }

    /// Runs that are made, and runs in all.
    #[must_use]
    pub fn runs(&self) -> [usize; 2] {
        self.batch.runs()
    }

    /// Places of the curve that are known.
    #[must_use]
    pub fn places(&self) -> usize {
        self.batch.readings().len() / self.sweep.width()
    }

    /// The curve as far as it is known.
    #[must_use]
    pub fn curve(&self) -> Curve {
        self.sweep.curve(self.batch.readings())
    }

    /// Asks the same runs for something else; false if that takes others.
    pub fn ask(&mut self, sweep: &Sweep) -> bool {
        let same = sweep.jobs() == self.batch.jobs();
        if same {
            self.sweep = sweep.clone();
        }
        same
    }
}
