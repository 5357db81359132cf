//! A sweep in the making: one run after the other, in slices of time.

use super::{Curve, Sweep};
use crate::lab::run::Job;
use crate::lab::{Reading, Runner};

/// Makes the runs of a sweep, place by place.
pub struct Making {
    sweep: Sweep,
    jobs: Vec<Job>,
    readings: Vec<Vec<Reading>>,
    /// The run that is on its way.
    runner: Option<Runner>,
}

impl Making {
    #[must_use]
    pub fn new(sweep: Sweep) -> Self {
        Self { jobs: sweep.jobs(), sweep, readings: Vec::new(), runner: None }
    }

    #[must_use]
    pub fn sweep(&self) -> &Sweep {
        &self.sweep
    }

    /// Builds the next run, or makes steps of the one that is built until `spent()`, or until it ends; one
    /// at least. Whether all runs are made. The curve is the same in whatever slices.
    pub fn advance_within(&mut self, spent: impl FnMut() -> bool) -> bool {
        let Some(job) = self.jobs.get(self.readings.len()) else { return true };
        let Some(runner) = &mut self.runner else {
            self.runner = Some(Runner::new(job.spec, job.values.clone()));
            return false;
        };
        runner.advance_within(job.at.saturating_sub(runner.step()), spent);
        if runner.step() >= job.at || runner.finished() {
            self.readings.push(runner.readings().to_vec());
            self.runner = None;
        }
        self.is_whole()
    }

    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.readings.len() == self.jobs.len()
    }

    /// Whether the next thing to do is to build a simulation, which cannot be cut into slices.
    #[must_use]
    pub fn builds_next(&self) -> bool {
        self.runner.is_none() && !self.is_whole()
    }

    /// Runs that are made, and runs in all.
    #[must_use]
    pub fn runs(&self) -> [usize; 2] {
        [self.readings.len(), self.jobs.len()]
    }

    /// Places of the curve that are known.
    #[must_use]
    pub fn places(&self) -> usize {
        self.readings.len() / self.sweep.width()
    }

    /// The curve as far as it is known.
    #[must_use]
    pub fn curve(&self) -> Curve {
        self.sweep.curve(&self.readings)
    }

    /// Asks the same runs for something else; false if that takes others.
    pub fn ask(&mut self, sweep: &Sweep) -> bool {
        let same = sweep.jobs() == self.jobs;
        if same {
            self.sweep = sweep.clone();
        }
        same
    }
}
