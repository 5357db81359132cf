//! A simulation: values in; readings and a figure out.

use crate::lab::figure::Figure;
use crate::lab::page_text;
use crate::lab::schema::condition::{Clause, Facts, Quantity};
use crate::lab::schema::control::Control;
use crate::lab::schema::readout::{Named, Readout};
use crate::lab::schema::values::SEED;
use crate::lab::schema::values::Values;

/// A running mechanism. It owns its random streams and is a function of its values, its seed and
/// the number of steps made: equal ones give equal readings, bit for bit, on every machine.
pub trait Simulation {
    /// Advances the mechanism by one step of its own time. A step is short (well under 8 ms): the
    /// runner fits as many as the frame has room for, and makes none once [`Simulation::finished`].
    /// One whose pace is [`Pace::still`] keeps this empty body.
    fn step(&mut self) {}

    /// Takes a change of controls that are declared [`Control::live`]. Restarting is the runner's
    /// business; a simulation without live controls keeps this empty body.
    fn set(&mut self, _values: &Values) {}

    /// One reading for each readout of the [`Spec`], each under its name.
    fn readings(&self) -> Vec<Named>;

    /// What there is to see now.
    fn figure(&self) -> Figure;

    /// What the item `index` of a mark is, with its value and unit, for a reader who points at it:
    /// "w[3, 7] = −0.42". Cells count row by row; boxes, bars, dots and links in their order. With
    /// `None` the figure answers from its axes; cells hold only a colour, so a matrix that is drawn
    /// should answer here.
    fn describe(&self, _mark: &str, _index: usize) -> Option<String> {
        None
    }

    /// What the model has to say in words: a clamp, an overflow, a degenerate case.
    fn notes(&self) -> Vec<String> {
        Vec::new()
    }

    /// True when no further step changes anything; the runner pauses then.
    fn finished(&self) -> bool {
        false
    }
}

/// The declaration of a simulation.
pub struct Spec {
    /// Name in addresses: `<slug>/<id>`.
    pub id: &'static str,
    pub title: &'static str,
    /// One or two sentences: what there is to see and to do. Read first by a screen reader.
    pub summary: &'static str,
    pub controls: &'static [Control],
    pub readouts: &'static [Readout],
    pub presets: &'static [Preset],
    pub challenges: &'static [Challenge],
    pub prediction: Option<Prediction>,
    pub pace: Pace,
    pub build: fn(&Values) -> Box<dyn Simulation>,
}

/// How fast a simulation runs, and where it stands when a page opens.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// Steps a second at normal speed; as many as the frame's budget allows, if that is fewer.
    pub steps_per_second: f64,
    /// Steps made before the first picture: that picture is what the static page shows.
    pub opening: u64,
    /// What one step is, in the singular: "training step", "tile".
    pub unit: &'static str,
    /// Steps after which the defaults show what the article promises; `cargo xtask measure` says
    /// how long a reader waits for it. The opening, where the picture stands at once.
    pub promised: u64,
}

/// Changes against the defaults, as `(control id, text)`.
pub type Changes = &'static [(&'static str, &'static str)];

/// A named setting with a sentence on what to look at.
#[derive(Clone, Copy, Debug)]
pub struct Preset {
    pub id: &'static str,
    pub label: &'static str,
    /// What to look at.
    pub look: &'static str,
    pub values: Changes,
}

/// Something for the reader to achieve.
#[derive(Clone, Copy, Debug)]
pub struct Challenge {
    pub id: &'static str,
    pub title: &'static str,
    /// The task, in a sentence or two.
    pub task: &'static str,
    /// All must hold.
    pub solved: &'static [Clause],
    /// Values that solve it after `solution_steps` steps; a test keeps this true.
    pub solution: Changes,
    pub solution_steps: u64,
}

/// "Place your bet, then run": the run itself decides which answer is right.
///
/// The answers cut the line of one quantity into stretches, so that exactly one of them is right
/// wherever the quantity comes to stand.
#[derive(Clone, Copy, Debug)]
pub struct Prediction {
    pub question: &'static str,
    /// What the bet is about.
    pub values: Changes,
    /// The step at which the run has decided.
    pub settled_at: u64,
    pub quantity: Quantity,
    /// In the order in which they are offered.
    pub answers: &'static [Answer],
    /// Why, told after the run.
    pub because: &'static str,
}

/// A possible answer of a prediction: right up to `end`, from where the next lower answer ends.
#[derive(Clone, Copy, Debug)]
pub struct Answer {
    pub label: &'static str,
    /// Infinite for the answer that takes what is beyond all others.
    end: f64,
    /// Whether it is right at `end` itself.
    inclusive: bool,
}

impl Spec {
    /// Without controls, readouts, presets, challenges and a prediction: those follow.
    #[must_use]
    pub const fn new(
        id: &'static str,
        title: &'static str,
        summary: &'static str,
        pace: Pace,
        build: fn(&Values) -> Box<dyn Simulation>,
    ) -> Self {
        Self {
            id,
            title,
            summary: page_text(summary),
            controls: &[],
            readouts: &[],
            presets: &[],
            challenges: &[],
            prediction: None,
            pace,
            build,
        }
    }

    #[must_use]
    pub const fn controls(mut self, controls: &'static [Control]) -> Self {
        self.controls = controls;
        self
    }

    #[must_use]
    pub const fn readouts(mut self, readouts: &'static [Readout]) -> Self {
        self.readouts = readouts;
        self
    }

    #[must_use]
    pub const fn presets(mut self, presets: &'static [Preset]) -> Self {
        self.presets = presets;
        self
    }

    #[must_use]
    pub const fn challenges(mut self, challenges: &'static [Challenge]) -> Self {
        self.challenges = challenges;
        self
    }

    #[must_use]
    pub const fn prediction(mut self, prediction: Prediction) -> Self {
        self.prediction = Some(prediction);
        self
    }

    /// The values of a fresh page.
    #[must_use]
    pub fn defaults(&self) -> Values {
        Values::defaults(self.controls)
    }

    /// The preset with this id.
    #[must_use]
    pub fn preset(&self, id: &str) -> Option<&'static Preset> {
        self.presets.iter().find(|p| p.id == id)
    }

    /// Whether a seed is drawn.
    #[must_use]
    pub fn has_seed(&self) -> bool {
        self.controls.iter().any(|control| control.id == SEED)
    }

    /// Position of a readout.
    #[must_use]
    pub fn readout(&self, id: &str) -> Option<usize> {
        self.readouts.iter().position(|r| r.id == id)
    }
}

impl Pace {
    #[must_use]
    pub const fn new(steps_per_second: f64, opening: u64, unit: &'static str) -> Self {
        Self { steps_per_second, opening, unit, promised: opening }
    }

    /// Of a simulation that has its whole answer at once: it makes no step, and the page offers
    /// none.
    #[must_use]
    pub const fn still() -> Self {
        Self::new(0.0, 0, "look")
    }

    #[must_use]
    pub fn is_still(&self) -> bool {
        self.steps_per_second <= 0.0
    }

    /// With the step at which the defaults show what the article promises.
    #[must_use]
    pub const fn promised(mut self, step: u64) -> Self {
        self.promised = step;
        self
    }
}

impl Preset {
    /// With the defaults, until [`Preset::with`] changes some.
    #[must_use]
    pub const fn new(id: &'static str, label: &'static str) -> Self {
        Self { id, label, look: "", values: &[] }
    }

    /// What to look at, in a sentence.
    #[must_use]
    pub const fn look(mut self, look: &'static str) -> Self {
        self.look = page_text(look);
        self
    }

    #[must_use]
    pub const fn with(mut self, values: Changes) -> Self {
        self.values = values;
        self
    }
}

impl Challenge {
    #[must_use]
    pub const fn new(
        id: &'static str,
        title: &'static str,
        task: &'static str,
        solved: &'static [Clause],
    ) -> Self {
        Self { id, title, task: page_text(task), solved, solution: &[], solution_steps: 0 }
    }

    /// Values that solve it after so many steps.
    #[must_use]
    pub const fn solution(mut self, values: Changes, steps: u64) -> Self {
        self.solution = values;
        self.solution_steps = steps;
        self
    }

    #[must_use]
    pub fn is_solved(&self, facts: &Facts) -> bool {
        self.solved.iter().all(|clause| clause.holds(facts))
    }
}

impl Prediction {
    /// About the defaults and step 0, until [`Prediction::with`] and [`Prediction::settled_at`]
    /// say otherwise.
    ///
    /// # Panics
    /// Where the answers leave a gap or cover one another: exactly one has no upper end, and no two
    /// share one. A declaration is a constant, so that it does not compile then.
    #[must_use]
    pub const fn new(
        question: &'static str,
        quantity: Quantity,
        answers: &'static [Answer],
        because: &'static str,
    ) -> Self {
        let (mut i, mut open) = (0, 0);
        while i < answers.len() {
            open += (answers[i].end == f64::INFINITY) as usize;
            let mut j = 0;
            while j < i {
                let same = answers[i].end == answers[j].end && answers[i].inclusive == answers[j].inclusive;
                assert!(!same, "two answers end at the same place");
                j += 1;
            }
            i += 1;
        }
        assert!(open == 1, "one answer takes what is beyond all others");
        let (question, because) = (page_text(question), page_text(because));
        Self { question, values: &[], settled_at: 0, quantity, answers, because }
    }

    #[must_use]
    pub const fn with(mut self, values: Changes) -> Self {
        self.values = values;
        self
    }

    #[must_use]
    pub const fn settled_at(mut self, step: u64) -> Self {
        self.settled_at = step;
        self
    }

    /// Which answer is right now, by its place; `None` before the settled step, and where the
    /// quantity is no number.
    #[must_use]
    pub fn outcome(&self, facts: &Facts) -> Option<usize> {
        let x = self.quantity.number(facts).filter(|_| facts.step >= self.settled_at)?;
        let mut right: Option<usize> = None;
        for (i, answer) in self.answers.iter().enumerate().filter(|(_, answer)| answer.reaches(x)) {
            // Of the answers that reach so far, the one that ends first.
            if right.is_none_or(|other| answer.ends_before(&self.answers[other])) {
                right = Some(i);
            }
        }
        right
    }
}

impl Answer {
    /// Right below `end`.
    #[must_use]
    pub const fn below(label: &'static str, end: f64) -> Self {
        Self { label, end, inclusive: false }
    }

    /// Right up to `end`.
    #[must_use]
    pub const fn at_most(label: &'static str, end: f64) -> Self {
        Self { label, end, inclusive: true }
    }

    /// Right beyond all the others.
    #[must_use]
    pub const fn beyond(label: &'static str) -> Self {
        Self { label, end: f64::INFINITY, inclusive: true }
    }

    fn reaches(&self, x: f64) -> bool {
        x < self.end || self.inclusive && x <= self.end
    }

    fn ends_before(&self, other: &Self) -> bool {
        self.end < other.end || self.end == other.end && !self.inclusive
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::schema::condition::of;
    use crate::lab::{Reading, Readout};

    const BET: Prediction = Prediction::new(
        "How much?",
        of("x"),
        &[Answer::at_most("about none", 1.0), Answer::below("less than none", -0.5), Answer::beyond("more")],
        "So it is.",
    )
    .settled_at(3);

    fn right(reading: Reading, step: u64) -> Option<&'static str> {
        let values = Values::defaults(&[]);
        let facts = Facts {
            values: &values,
            readouts: &[const { Readout::new("x", "X", 1) }],
            readings: &[reading],
            step,
        };
        BET.outcome(&facts).map(|i| BET.answers[i].label)
    }

    #[test]
    fn exactly_one_answer_is_right_wherever_the_quantity_stands() {
        for (x, label) in [
            (-7.0, "less than none"),
            (-0.5, "about none"),
            (1.0, "about none"),
            (1.000_001, "more"),
            (f64::MAX, "more"),
        ] {
            assert_eq!(right(x.into(), 3), Some(label), "{x}");
        }
    }

    #[test]
    fn nothing_is_decided_early_or_without_a_number() {
        assert_eq!(right(0.0.into(), 2), None);
        assert_eq!(right(Reading::Absent, 3), None);
    }

    #[test]
    fn answers_with_a_gap_or_an_overlap_are_no_bet() {
        const LOW: Answer = Answer::below("low", 1.0);
        let wrong = |answers: Vec<Answer>| {
            let answers = answers.leak();
            std::panic::catch_unwind(|| Prediction::new("", of("x"), answers, "")).is_err()
        };
        assert!(wrong(vec![LOW]));
        assert!(wrong(vec![Answer::beyond("high"), Answer::beyond("higher")]));
        assert!(wrong(vec![LOW, Answer::below("lower", 1.0), Answer::beyond("high")]));
        assert!(!wrong(vec![LOW, Answer::at_most("one", 1.0), Answer::beyond("high")]));
    }

    #[test]
    fn a_preset_is_found_by_its_id() {
        let spec = &crate::sample::SPEC;
        assert_eq!(spec.preset("giant").map(|p| p.label), Some("Giant"));
        assert!(spec.preset("nowhere").is_none());
    }
}
