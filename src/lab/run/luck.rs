//! Whether something is luck: the same settings on the first seeds, and how often it comes out the same.

use super::batch::Batch;
use crate::lab::run::{Job, with_seed};
use crate::lab::schema::readout::Reading;
use crate::lab::schema::values::Values;
use crate::lab::{Challenge, Prediction, Spec};

/// So many seeds are tried, the first ones.
pub const SEEDS: u64 = 20;

/// Runs of one or more settings, seed by seed.
pub struct Luck {
    batch: Batch,
    at: u64,
}

impl Luck {
    /// Each of the settings at step `at`, on every seed; `None` where no seed is drawn.
    #[must_use]
    pub fn new(spec: &'static Spec, settings: &[&Values], at: u64) -> Option<Self> {
        let job = |values: &Values, seed| Job { spec, values: with_seed(values.clone(), Some(seed)), at };
        let jobs = (1..=SEEDS).flat_map(|seed| settings.iter().map(move |values| job(values, seed)));
        spec.has_seed().then(|| Self { batch: Batch::new(jobs.collect()), at })
    }

    /// What a bet is about.
    #[must_use]
    pub fn bet(spec: &'static Spec, prediction: &Prediction) -> Option<Self> {
        Self::new(spec, &[&Values::with(spec.controls, prediction.values)], prediction.settled_at)
    }

    pub fn batch(&mut self) -> &mut Batch {
        &mut self.batch
    }

    /// The step at which the runs are read.
    #[must_use]
    pub fn step(&self) -> u64 {
        self.at
    }

    /// Of two settings, "higher in 17 of 20 seeds", the second against the first, for the readout with
    /// this index; `None` while a run is missing, and where it is a word.
    #[must_use]
    pub fn differs(&self, readout: usize) -> Option<String> {
        if !self.batch.is_whole() {
            return None;
        }
        let number = |readings: &[Reading]| readings.get(readout).and_then(Reading::number);
        let (mut more, mut less, mut equal) = (0, 0, 0);
        for pair in self.batch.readings().chunks_exact(2) {
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

    /// How often each answer of a bet is right, the most frequent first.
    #[must_use]
    pub fn answers(&self, prediction: &Prediction) -> String {
        let mut counts = vec![0; prediction.answers.len()];
        for facts in self.batch.facts() {
            if let Some(right) = prediction.outcome(&facts) {
                counts[right] += 1;
            }
        }
        let undecided = SEEDS - counts.iter().sum::<u64>();
        let labels = prediction.answers.iter().map(|answer| answer.label);
        let mut told: Vec<_> = labels.zip(counts).chain([("undecided", undecided)]).collect();
        told.retain(|(_, count)| *count > 0);
        told.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
        let told: Vec<_> =
            told.iter().map(|(label, count)| format!("“{label}”: {count} of {SEEDS}")).collect();
        format!("Seeds 1 to {SEEDS}: {}.", told.join("; "))
    }

    /// In how many seeds the setting solves a challenge.
    #[must_use]
    pub fn solves(&self, challenge: &Challenge) -> String {
        let count = self.batch.facts().filter(|facts| challenge.is_solved(facts)).count();
        format!("The setting that solved it does so in {count} of {SEEDS} seeds at step {}.", self.at)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::address;
    use crate::lab::schema::condition::of;
    use crate::lab::{Answer, Clause};
    use crate::sample::SPEC;

    fn values(stride: &str) -> Values {
        let query = format!("count.stride={stride}");
        address::decode(&[&SPEC], &query, &[]).0.remove(0).values
    }

    fn whole(luck: Option<Luck>) -> Luck {
        let mut luck = luck.expect("it has a seed");
        while !luck.batch().advance_within(|| true) {
            assert_eq!(luck.differs(0), None, "half of the runs say nothing");
        }
        luck
    }

    fn two(kept: &str, now: &str) -> Luck {
        whole(Luck::new(&SPEC, &[&values(kept), &values(now)], 4))
    }

    #[test]
    fn a_difference_is_counted_seed_by_seed() {
        assert_eq!(two("3", "5").differs(0).as_deref(), Some("higher in 20 of 20 seeds"));
        assert_eq!(two("5", "3").differs(0).as_deref(), Some("lower in 20 of 20 seeds"));
        assert_eq!(two("3", "3").differs(1).as_deref(), Some("equal in 20 of 20 seeds"));
        assert_eq!(two("3", "5").differs(7), None);
    }

    #[test]
    fn both_settings_run_on_the_same_seeds() {
        let luck = two("3", "5");
        let seeds: Vec<_> = luck.batch.jobs().iter().map(|job| job.values.seed()).collect();
        assert_eq!(seeds.len(), 40);
        assert!(seeds.chunks(2).all(|pair| pair[0] == pair[1]));
        assert_eq!((seeds[0], seeds[39], luck.step()), (1, 20, 4));
    }

    #[test]
    fn a_bet_and_a_challenge_are_counted() {
        const ANSWERS: &[Answer] =
            &[Answer::at_most("early", 5.0), Answer::below("never", 5.5), Answer::beyond("late")];
        let bet = Prediction::new("Which seed is it?", of("seed"), ANSWERS, "So it is.").settled_at(3);
        let told = whole(Luck::bet(&SPEC, &bet)).answers(&bet);
        assert_eq!(told, "Seeds 1 to 20: “late”: 15 of 20; “early”: 5 of 20.");
        let late = bet.settled_at(60);
        let told = whole(Luck::bet(&SPEC, &late)).answers(&late);
        assert_eq!(told, "Seeds 1 to 20: “undecided”: 20 of 20.", "a count ends at 50 steps");

        const SOLVED: &[Clause] = &[of("seed").at_least(4.0), of("total").at_least(15.0)];
        let challenge = Challenge::new("c", "A challenge", "Do it.", SOLVED);
        let told = whole(Luck::new(&SPEC, &[&values("5")], 3)).solves(&challenge);
        assert_eq!(told, "The setting that solved it does so in 17 of 20 seeds at step 3.");
    }
}
