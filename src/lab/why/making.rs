//! An answer in the making: the run itself again, recorded on its way, then its neighbours and other seeds, in
//! slices of time.

use super::{Reasons, Why};
use crate::lab::run::batch::Batch;
use crate::lab::share::record::{Recorder, Recording};

/// Makes the runs that an answer takes.
pub struct Making {
    why: Why,
    history: History,
    batch: Batch,
}

/// The run itself.
enum History {
    Recorded(Box<Recording>),
    /// On its way; nothing for the moment in which it is worked on.
    Recording(Option<Box<Recorder>>),
}

impl Making {
    #[must_use]
    pub fn new(why: Why) -> Self {
        let recorder = Recorder::new(why.spec, why.values.clone(), why.at);
        Self { batch: Batch::new(why.jobs()), history: History::Recording(Some(Box::new(recorder))), why }
    }

    #[must_use]
    pub fn why(&self) -> &Why {
        &self.why
    }

    /// Records the run until `spent()`, at least a step of it; whether it is recorded.
    pub fn record_within(&mut self, spent: impl FnMut() -> bool) -> bool {
        if let History::Recording(recorder) = &mut self.history
            && let Some(mut own) = recorder.take()
        {
            self.history = if own.advance_within(spent) {
                History::Recorded(Box::new(own.finish()))
            } else {
                History::Recording(Some(own))
            };
        }
        self.is_recorded()
    }

    #[must_use]
    pub fn is_recorded(&self) -> bool {
        matches!(self.history, History::Recorded(_))
    }

    /// The other runs. What they say is the same in whatever slices they are made.
    pub fn batch(&mut self) -> &mut Batch {
        &mut self.batch
    }

    /// Whether all runs are made.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        self.is_recorded() && self.batch.is_whole()
    }

    /// How many of the other runs are made; none before the run itself is recorded.
    #[must_use]
    pub fn made(&self) -> Option<usize> {
        self.is_recorded().then(|| self.batch.readings().len())
    }

    /// The answer as far as it is known; none before the run itself is recorded.
    #[must_use]
    pub fn reasons(&self) -> Option<Reasons> {
        match &self.history {
            History::Recorded(recording) => Some(self.why.reasons(recording, self.batch.readings())),
            History::Recording(_) => None,
        }
    }
}
