//! Whether a difference is luck: two settings on the same seeds, and how often each readout differs in
//! the same direction.

use super::Spec;
use super::address::SEED;
use super::batch::Batch;
use super::readout::Reading;
use super::run::{Job, with_seed};
use super::values::Values;

/// So many seeds are tried, the first ones.
pub const SEEDS: u64 = 20;

/// The runs of two settings, seed by seed.
pub struct Luck(Batch);

impl Luck {
    /// The kept setting and that of now, each at step `at`; `None` where no seed is drawn.
    #[must_use]
    pub fn new(spec: &'static Spec, kept: &Values, now: &Values, at: u64) -> Option<Self> {
        now.position(SEED)?;
        let job = |values: &Values, seed| Job { spec, values: with_seed(values.clone(), Some(seed)), at };
        let jobs = (1..=SEEDS).flat_map(|seed| [job(kept, seed), job(now, seed)]);
        Some(Self(Batch::new(jobs.collect())))
    }

    pub fn batch(&mut self) -> &mut Batch {
        &mut self.0
    }

    /// The step at which the two are read.
    #[must_use]
    pub fn step(&self) -> u64 {
        self.0.jobs().first().map_or(0, |job| job.at)
    }

    /// "Higher in 17 of 20 seeds", for the readout with this index; `None` while a run is missing, and
    /// where it is a word.
    #[must_use]
    pub fn says(&self, readout: usize) -> Option<String> {
        if !self.0.is_whole() {
            return None;
        }
        let number = |readings: &[Reading]| readings.get(readout).and_then(Reading::number);
        let (mut more, mut less, mut equal) = (0, 0, 0);
        for pair in self.0.readings().chunks_exact(2) {
            let (Some(kept), Some(now)) = (number(&pair[0]), number(&pair[1])) else { continue };
            if now > kept {
                more += 1;
            } else if now < kept {
                less += 1;
            } else {
                equal += 1;
            }
        }
        // The direction that most seeds have.
        let told = [("higher", more), ("lower", less), ("equal", equal)];
        let (word, most) = told.into_iter().rev().max_by_key(|(_, count)| *count)?;
        (most > 0).then(|| format!("{word} in {most} of {SEEDS} seeds"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::address;
    use crate::sample::SPEC;

    fn whole(kept: &str, now: &str) -> Luck {
        let values = |text: &str| {
            let query = format!("count.stride={text}");
            address::decode(&[&SPEC], &query, &[]).0.remove(0).values
        };
        let mut luck = Luck::new(&SPEC, &values(kept), &values(now), 4).expect("it has a seed");
        while !luck.batch().advance_within(|| true) {
            assert_eq!(luck.says(0), None, "half of the runs say nothing");
        }
        luck
    }

    #[test]
    fn a_difference_is_counted_seed_by_seed() {
        assert_eq!(whole("3", "5").says(0).as_deref(), Some("higher in 20 of 20 seeds"));
        assert_eq!(whole("5", "3").says(0).as_deref(), Some("lower in 20 of 20 seeds"));
        assert_eq!(whole("3", "3").says(1).as_deref(), Some("equal in 20 of 20 seeds"));
        assert_eq!(whole("3", "5").says(7), None);
    }

    #[test]
    fn both_settings_run_on_the_same_seeds() {
        let luck = whole("3", "5");
        let seeds: Vec<_> = luck.0.jobs().iter().map(|job| job.values.seed()).collect();
        assert_eq!(seeds.len(), 40);
        assert!(seeds.chunks(2).all(|pair| pair[0] == pair[1]));
        assert_eq!((seeds[0], seeds[39], luck.step()), (1, 20, 4));
    }
}
