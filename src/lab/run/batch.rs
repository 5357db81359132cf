//! Runs that are made one after the other, in slices of time.

use crate::lab::run::Job;
use crate::lab::schema::condition::Facts;
use crate::lab::{Reading, Runner};

/// Runs to be made, and the readings of those that are.
pub struct Batch {
    jobs: Vec<Job>,
    readings: Vec<Vec<Reading>>,
    /// Where each of them stood: one that ends by itself may be before its time.
    steps: Vec<u64>,
    /// The run that is on its way.
    runner: Option<Runner>,
}

impl Batch {
    #[must_use]
    pub fn new(jobs: Vec<Job>) -> Self {
        Self { jobs, readings: Vec::new(), steps: Vec::new(), runner: None }
    }

    #[must_use]
    pub fn jobs(&self) -> &[Job] {
        &self.jobs
    }

    /// Readings of the runs that are made, in their order.
    #[must_use]
    pub fn readings(&self) -> &[Vec<Reading>] {
        &self.readings
    }

    /// What conditions look at in the runs that are made, in their order.
    pub fn facts(&self) -> impl Iterator<Item = Facts<'_>> {
        let made = self.jobs.iter().zip(&self.readings).zip(&self.steps);
        made.map(|((job, readings), step)| Facts {
            values: &job.values,
            readouts: job.spec.readouts,
            readings,
            step: *step,
        })
    }

    /// Builds the next run, or makes steps of the one that is built until `spent()`, or until it ends; one
    /// at least. Whether all runs are made. The readings are the same in whatever slices.
    pub fn advance_within(&mut self, spent: impl FnMut() -> bool) -> bool {
        let Some(job) = self.jobs.get(self.readings.len()) else { return true };
        let Some(runner) = &mut self.runner else {
            self.runner = Some(Runner::new(job.spec, job.values.clone()));
            return false;
        };
        runner.advance_within(job.at.saturating_sub(runner.step()), spent);
        if runner.step() >= job.at || runner.finished() {
            self.readings.push(runner.readings().to_vec());
            self.steps.push(runner.step());
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
}
