//! A run that goes on, at a pace or to a step, and beside it the run that was kept: both make the
//! same steps, on the same seed.

use super::compare;
use super::runner::Runner;
use crate::lab::figure::Figure;
use crate::lab::schema::values::Values;

/// Steps that a paused run makes again after a change, at the most.
const CATCH_UP: u64 = 4000;

/// The longest time that a frame makes up for, ms: a page that was away does not race.
const LONGEST: f64 = 100.0;

/// A run with its pace, and the run that it is compared with, if one was kept.
pub struct Pair {
    run: Runner,
    kept: Option<Runner>,
    playing: bool,
    /// How many times its normal pace it runs.
    speed: f64,
    /// The step that it is on its way to.
    target: Option<u64>,
    /// Steps owed to the pace, in fractions.
    owed: f64,
    /// Where it stops for a bet, if it runs by itself and nobody has placed one or pressed Play.
    asks_at: Option<u64>,
}

/// What a frame brought.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Steps that the run made.
    pub made: u64,
    /// Steps that the kept run made.
    pub followed: u64,
    /// Whether both stand at the same step: until then they are no comparison.
    pub together: bool,
    /// Whether the run came to its end in this frame, or to where it stops for a bet, and stands still now.
    pub ended: bool,
}

impl Pair {
    /// A paused run, compared with none.
    #[must_use]
    pub fn new(run: Runner) -> Self {
        Self { run, kept: None, playing: false, speed: 1.0, target: None, owed: 0.0, asks_at: None }
    }

    /// The run that goes on.
    #[must_use]
    pub fn run(&self) -> &Runner {
        &self.run
    }

    /// The run that was kept.
    #[must_use]
    pub fn kept(&self) -> Option<&Runner> {
        self.kept.as_ref()
    }

    /// What is to be seen: with a kept run both, and what they differ in.
    #[must_use]
    pub fn figure(&self) -> Figure {
        compare::shown(&self.run, self.kept.as_ref())
    }

    /// Whether it runs by itself.
    #[must_use]
    pub fn playing(&self) -> bool {
        self.playing
    }

    /// Whether it is on its way to a step, and its readings are those of no moment asked for.
    #[must_use]
    pub fn seeking(&self) -> bool {
        self.target.is_some()
    }

    /// Whether it has stopped for a bet.
    #[must_use]
    pub fn asks(&self) -> bool {
        !self.playing && self.asks_at.is_some_and(|step| self.run.step() >= step)
    }

    /// The step that it stands at, or is on its way to.
    #[must_use]
    pub fn heading(&self) -> u64 {
        self.target.unwrap_or(self.run.step())
    }

    /// How many times its normal pace it runs.
    #[must_use]
    pub fn speed(&self) -> f64 {
        self.speed
    }

    /// Whether the kept run has steps to make before the two can be compared.
    #[must_use]
    pub fn is_apart(&self) -> bool {
        self.kept.as_ref().is_some_and(|kept| kept.step() < self.run.step() && !kept.finished())
    }

    /// Sets out for a step of a run with these values, the opening if none is named; whether it does
    /// not stand there already.
    pub fn stand_at(&mut self, values: &Values, step: Option<u64>) -> bool {
        let step = step.unwrap_or(self.opening());
        if self.run.values() == values && self.run.step() == step {
            return false;
        }
        self.run = Runner::new(self.run.spec(), values.clone());
        self.share_seed();
        self.seek(step);
        true
    }

    /// Keeps a run with these values to compare with, or none any more.
    pub fn keep(&mut self, values: Option<Values>) {
        self.kept = values.map(|values| Runner::new(self.run.spec(), values));
        self.share_seed();
    }

    /// Two runs are compared on the same luck.
    fn share_seed(&mut self) {
        if let Some(kept) = &mut self.kept {
            let mut values = kept.values().clone();
            values.share_seed(self.run.values());
            kept.set_values(values);
        }
    }

    /// Sets out for a step.
    pub fn seek(&mut self, step: u64) {
        if self.run.step() > step {
            self.run.restart();
        }
        self.target = Some(step);
    }

    /// Runs by itself, from the start if it has come to its end.
    pub fn play(&mut self) {
        if self.run.finished() {
            self.restart();
        }
        self.go_on();
    }

    /// Runs by itself without being asked to: half of the way to the step that decides a bet, if these are the
    /// values that it is about. Who sees the answer has nothing to bet on; where the opening is as far, nothing
    /// is kept back.
    pub fn go_on_unasked(&mut self) {
        let spec = self.run.spec();
        let asks_at = spec.prediction.as_ref().and_then(|bet| {
            let mut values = Values::with(spec.controls, bet.values);
            values.share_seed(self.run.values());
            let is_about_this = values == *self.run.values();
            let half = bet.settled_at / 2;
            (is_about_this && half > spec.pace.opening).then_some(half)
        });
        self.go_on();
        self.asks_at = asks_at;
    }

    /// Runs by itself from where it stands, or to where it is on its way; at its end it stays there.
    pub fn go_on(&mut self) {
        self.asks_at = None;
        self.playing = true;
    }

    /// Does not run by itself; a step that was asked for is still reached.
    pub fn wait(&mut self) {
        self.playing = false;
        self.asks_at = None;
    }

    /// Stands still where it is.
    pub fn pause(&mut self) {
        self.wait();
        self.target = None;
    }

    /// Makes so many steps, and stands still then.
    pub fn step(&mut self, steps: u64) {
        self.wait();
        if steps == 1 {
            self.run.advance(1);
        } else {
            self.seek(self.run.step() + steps);
        }
    }

    /// Back to step 0 with the same values.
    pub fn restart(&mut self) {
        self.run.restart();
        self.target = None;
        self.asks_at = None;
    }

    /// Does what a run of the same values does elsewhere, which stands at a step or runs on from it, from
    /// the start `again` perhaps. Two that run keep their pace, but for one that was left behind; one that is
    /// stopped on its way is not sent back to where the other was: that one comes up.
    pub fn join(&mut self, step: u64, playing: bool, again: bool) {
        let ran = self.playing && !again;
        self.asks_at = None;
        self.playing = playing;
        let here = self.heading();
        let a_second = (self.run.spec().pace.steps_per_second * self.speed) as u64;
        let there = match (ran, playing) {
            (true, true) if step <= here + a_second => here,
            (true, _) => step.max(here),
            (false, _) => step,
        };
        if there != here {
            self.seek(there);
        }
    }

    /// Runs so many times its normal pace.
    pub fn set_speed(&mut self, speed: f64) {
        self.speed = speed;
    }

    /// Takes new values; whether the run starts again for that. One that stood still is brought back
    /// to where it stood; one that had come to its end runs.
    pub fn set_values(&mut self, values: Values) -> bool {
        let finished = self.run.finished();
        let stood_at = if finished { 0 } else { self.run.step() };
        self.asks_at = None;
        let restarted = self.run.set_values(values);
        self.share_seed();
        if restarted {
            if self.playing {
                self.target = None;
            } else if finished {
                self.playing = true;
            } else {
                self.seek(stood_at.clamp(self.opening(), CATCH_UP.max(self.opening())));
            }
        }
        restarted
    }

    /// One frame: steps to the target, or for `elapsed` ms of the pace where it plays and is `seen`,
    /// until `spent()`; then the kept run follows.
    pub fn advance(&mut self, elapsed: f64, seen: bool, mut spent: impl FnMut() -> bool) -> Progress {
        let (mut made, played) = (0, self.playing);
        if let Some(target) = self.target {
            made = self.run.advance_within(target.saturating_sub(self.run.step()), &mut spent);
            if self.run.step() >= target || self.run.finished() {
                self.target = None;
            }
        } else if self.playing && seen && !self.is_apart() {
            // Two runs that are compared stand at the same step: the slower one sets the pace.
            let pace = self.run.spec().pace.steps_per_second * self.speed;
            let owed = self.owed + elapsed.min(LONGEST) / 1000.0 * pace;
            let room = self.asks_at.map_or(u64::MAX, |step| step.saturating_sub(self.run.step()));
            made = self.run.advance_within((owed.floor() as u64).min(room), &mut spent);
            self.playing = made < room;
            // What the budget did not allow is not made up later: a slow machine runs slower.
            self.owed = (owed - made as f64).clamp(0.0, 1.0);
        }
        let followed = self.follow(spent);
        let ended = played && (!self.playing || self.run.finished());
        self.playing &= !ended;
        Progress { made, followed, together: !self.is_apart(), ended }
    }

    /// Lets the kept run come up; how many steps it made.
    fn follow(&mut self, spent: impl FnMut() -> bool) -> u64 {
        let step = self.run.step();
        let Some(kept) = &mut self.kept else { return 0 };
        if kept.step() > step {
            kept.restart();
        }
        kept.advance_within(step - kept.step(), spent)
    }

    fn opening(&self) -> u64 {
        self.run.spec().pace.opening
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::schema::values::SEED;
    use crate::lab::simulation::{Answer, Prediction, Spec};
    use crate::lab::{Control, Pace, Readout, of};
    use crate::sample::{SPEC, build};

    fn pair() -> Pair {
        Pair::new(Runner::opening(&SPEC))
    }

    fn values(pairs: &[(&str, &str)]) -> Values {
        Values::with(SPEC.controls, pairs)
    }

    /// Frames of 100 ms without end of patience.
    fn frame(pair: &mut Pair) -> Progress {
        pair.advance(100.0, true, || false)
    }

    #[test]
    fn it_runs_at_its_pace_and_the_speed_that_was_chosen() {
        let mut pair = pair();
        assert_eq!(frame(&mut pair).made, 0, "it is paused");
        pair.play();
        assert_eq!(frame(&mut pair).made, 1, "ten steps a second");
        pair.set_speed(4.0);
        assert_eq!(frame(&mut pair).made, 4);
        pair.set_speed(0.5);
        let made: Vec<u64> = (0..4).map(|_| frame(&mut pair).made).collect();
        assert_eq!(made, [0, 1, 0, 1], "fractions of steps are owed");
        assert_eq!(pair.advance(100.0, false, || false).made, 0, "nobody sees it");
        assert_eq!(pair.advance(60_000.0, true, || false).made, 0, "nobody waits for a minute's steps");
    }

    #[test]
    fn a_slow_machine_runs_slower_and_owes_nothing() {
        let mut pair = pair();
        pair.play();
        pair.set_speed(10.0);
        let progress = pair.advance(100.0, true, || true);
        assert_eq!(progress.made, 1, "at least one step, so that it moves");
        pair.set_speed(1.0);
        assert_eq!(frame(&mut pair).made, 2, "one of the pace, and one that was owed");
    }

    #[test]
    fn it_comes_to_its_end_once() {
        let mut pair = pair();
        pair.seek(49);
        while pair.seeking() {
            pair.advance(0.0, false, || true);
        }
        assert_eq!(pair.run().step(), 49);
        pair.play();
        let ends: Vec<bool> = (0..3).map(|_| frame(&mut pair).ended).collect();
        assert_eq!((ends, pair.playing(), pair.run().step()), (vec![true, false, false], false, 50));
        pair.play();
        assert_eq!((pair.playing(), pair.run().step()), (true, 0), "from the start again");
    }

    #[test]
    fn what_runs_unasked_stops_for_a_bet_and_goes_on_when_it_is_told_to() {
        const BET: Prediction = Prediction::new(
            "How far?",
            of("total"),
            &[Answer::below("less", 90.0), Answer::beyond("more")],
            "",
        )
        .settled_at(40);
        const fn opens_at(step: u64) -> Spec {
            Spec::new("count", "", "", Pace::new(10.0, step, "count"), build)
                .controls(const { &[Control::integer("stride", "Stride", 1, 10, 3), Control::seed(1)] })
                .readouts(const { &[Readout::new("total", "Total", 0)] })
                .prediction(BET)
        }
        static ASKING: Spec = opens_at(12);
        static DECIDED: Spec = opens_at(40);
        let mut pair = Pair::new(Runner::opening(&ASKING));
        pair.go_on_unasked();
        let ends = (0..20).filter(|_| frame(&mut pair).ended).count();
        assert_eq!((pair.run().step(), pair.asks(), pair.playing(), ends), (20, true, false, 1));
        pair.play();
        frame(&mut pair);
        assert_eq!((pair.run().step(), pair.asks(), pair.playing()), (21, false, true));
        // What the opening decides is not kept back.
        let mut decided = Pair::new(Runner::opening(&DECIDED));
        decided.go_on_unasked();
        frame(&mut decided);
        assert_eq!((decided.run().step(), decided.asks()), (41, false));
        // Other values are not what the bet is about.
        pair.set_values(Values::with(ASKING.controls, &[("stride", "4")]));
        pair.go_on_unasked();
        for _ in 0..30 {
            frame(&mut pair);
        }
        assert!(pair.playing() && !pair.asks());
    }

    #[test]
    fn a_change_brings_a_paused_run_back_to_where_it_stood() {
        let mut pair = pair();
        pair.step(1);
        assert!(pair.set_values(values(&[("stride", "5")])), "another stride is another run");
        assert!(pair.seeking() && pair.run().step() == 0);
        frame(&mut pair);
        assert_eq!((pair.run().step(), pair.seeking(), pair.playing()), (13, false, false));
        // Where it had ended it runs, for there is nothing to come back to.
        pair.step(100);
        frame(&mut pair);
        assert!(pair.run().finished());
        pair.set_values(values(&[("stride", "6")]));
        assert_eq!((pair.run().step(), pair.playing()), (0, true));
    }

    #[test]
    fn what_was_asked_for_is_reached_by_who_waits_and_left_by_who_pauses() {
        let mut pair = pair();
        assert!(pair.stand_at(&SPEC.defaults(), Some(30)) && !pair.playing());
        pair.wait();
        frame(&mut pair);
        assert_eq!(pair.run().step(), 30);
        assert!(!pair.stand_at(&SPEC.defaults(), Some(30)), "it stands there");
        assert!(pair.stand_at(&SPEC.defaults(), None));
        pair.pause();
        frame(&mut pair);
        assert_eq!(pair.run().step(), 0);
    }

    #[test]
    fn two_runs_go_in_step() {
        let mut pair = pair();
        pair.keep(Some(values(&[("stride", "10")])));
        assert!(pair.is_apart());
        pair.play();
        // The kept run makes one step a frame: the other waits for it.
        let mut once = || {
            let mut asked = 0;
            pair.advance(100.0, true, || {
                asked += 1;
                asked > 0
            })
        };
        let first = once();
        assert_eq!((first.made, first.followed, first.together), (0, 1, false));
        while !once().together {}
        let next = once();
        assert_eq!((next.made, next.followed, next.together), (1, 1, true));
        assert_eq!(pair.kept().map(Runner::step), Some(pair.run().step()));
        pair.restart();
        frame(&mut pair);
        assert_eq!(pair.kept().map(Runner::step), Some(pair.run().step()), "both start again");
        pair.keep(None);
        assert!(pair.kept().is_none() && !pair.is_apart());
    }

    #[test]
    fn two_runs_have_one_seed() {
        let mut pair = pair();
        pair.keep(Some(values(&[("stride", "10"), ("seed", "9")])));
        let seed = |pair: &Pair| pair.kept().and_then(|kept| kept.values().get(SEED).cloned());
        assert_eq!(seed(&pair), pair.run().values().get(SEED).cloned());
        pair.set_values(values(&[("seed", "5")]));
        assert_eq!(seed(&pair), values(&[("seed", "5")]).get(SEED).cloned());
        pair.stand_at(&values(&[("seed", "6")]), None);
        assert_eq!(seed(&pair), values(&[("seed", "6")]).get(SEED).cloned());
        assert_eq!(pair.kept().map(|kept| kept.values().integer("stride")), Some(10));
    }
}
