//! `seeds`: the same comparison of two methods again and again, and how often it finds the truth.

mod figure;
#[cfg(test)]
mod tests;

use crate::lab::schema::condition::distance;
use crate::lab::schema::readout::format_number;
use crate::lab::schema::table::{Column, Table};
use crate::lab::{
    Answer, Challenge, Choice, Control, Figure, Named, Pace, Prediction, Preset, Reading, Readout,
    Simulation, Spec, Values, of, reading,
};
use crate::models::significance::{Causes, Comparison, Design, Questions, SignFlips, Test, paired, welch};
use crate::numerics::random::Stream;
use crate::numerics::statistics::mean;

static TEST: Choice<Test, 3> = Choice::new(
    "test",
    "Test",
    [
        ("welch", "Welch", Test::Welch),
        ("paired", "Paired", Test::Paired),
        ("sign-flip", "Sign-flip", Test::SignFlip),
    ],
);

static ITEMS: Choice<f64, 4> = Choice::new(
    "testset",
    "Test set",
    [
        ("inf", "∞", f64::INFINITY),
        ("10000", "10,000", 10_000.0),
        ("1000", "1,000", 1_000.0),
        ("100", "100", 100.0),
    ],
);

/// Whether all runs of an experiment answer the same questions.
static SAME: Choice<bool, 2> = Choice::new(
    "questions",
    "Questions",
    [("fresh", "new for each run", false), ("fixed", "the same for all", true)],
);

/// Scores of the reader's own: those of A and of B under each seed.
static SCORES: Table =
    Table::new(&[Column::real("a", [0.0, 100.0]), Column::real("b", [0.0, 100.0])], [2, WIDEST]);

/// The ten scores that the article reports to the end.
const TEN: &str = "71.2,73\n72.8,73.9\n70.9,71.8\n73.1,74.6\n72,73.2";

pub static SPEC: Spec = Spec::new(
    "seeds",
    "How many seeds?",
    "B is better than A, and both depend on the random seed. Watch the same experiment repeated, and how \
     often its test notices.",
    Pace::new(4.0, OPENING, "batch"),
    |values| Box::new(Lab::new(values)),
)
.controls(&[
    Control::real("delta", "True gain δ", [0.0, 5.0], 0.1, 1.0)
        .unit("points")
        .help("By how much B is better than A in truth."),
    Control::real("sigma", "Seed spread σ", [0.1, 3.0], 0.1, 1.0)
        .unit("points")
        .help("Standard deviation of the score of one method from seed to seed."),
    Control::integer("n", "Seeds n", 2, 100, 5)
        .unit("per method")
        .help("Runs of each method in one experiment. A single run has no spread, so no test."),
    TEST.control().help(
        "Welch compares two groups. Paired looks at the difference under each seed. Sign-flip asks how many \
         signs of these differences would look as good.",
    ),
    Control::real("rho", "Shared luck ρ", [0.0, 0.95], 0.05, 0.0).help(
        "Part of the variance that A and B have in common under the same seed: data order, split, start.",
    ),
    Control::real("alpha", "Level α", [0.001, 0.1], 0.001, 0.05)
        .secondary()
        .help("A difference counts as found where p is below this."),
    ITEMS
        .control()
        .unit("questions")
        .secondary()
        .help("Questions on which each run is scored: fewer add luck of their own."),
    SAME.control().unless("testset", &["inf"]).secondary().help(
        "New for each run, their luck is one more noise. The same for all, as in a benchmark, they are one \
         draw: whom they favour, they favour with every seed.",
    ),
    Control::real("common", "Hard for both", [0.0, 0.95], 0.05, 0.5).unless("testset", &["inf"])
        .only("questions", &["fixed"])
        .secondary()
        .help("Correlation of A’s luck with the questions and B’s: what is hard for both falls out of B − A."),
    Control::table("own", "Your own scores", &SCORES, |text| SCORES.check(text)).secondary().help(
        "A score of A and one of B in each row, under the same seed. They stand in the first picture and are \
         tested there; the other pictures go on with the values that are set.",
    ),
    Control::seed(1).secondary(),
])
.readouts(&[
    Readout::new("power", "Power, by the formula", 3)
        .help("Chance to find a difference: the t test with one variance for both methods.")
        .basis("Worked out from the noncentral t distribution."),
    Readout::new("simulated", "Found, simulated", 3).basis("Share of the experiments so far with p below α."),
    Readout::new("wrong_sign", "Of these, wrong sign", 3)
        .help("Share of the findings that say A is better, although B is.")
        .basis("Of the findings so far."),
    Readout::new("exaggeration", "Gain reported ÷ true", 2)
        .unit("×")
        .spoken("times the true gain")
        .help("Mean gain in the experiments that found something, over the true gain.")
        .basis("Mean of the findings so far."),
    Readout::new("need_n", "Seeds for a power of 0.8", 0)
        .unit("per method")
        .help("The least n whose power by the formula is at least 0.8.")
        .basis("From the noncentral t distribution: up to 100 one n after the other, beyond by halving."),
    Readout::new("covers", "Intervals that hold δ", 3)
        .help("Share of the 95 % intervals of B − A that hold the true gain: 0.95 are promised.")
        .basis("Of the experiments so far: Welch’s interval, with the other tests that of the paired differences."),
    Readout::new("p_shown", "p of the one shown", 4)
        .help("The p-value of the experiment in the first picture.")
        .basis("By the test that is chosen, from the scores in the first picture."),
    Readout::new("low", "Its interval, from", 2)
        .help("Where the 95 % interval of B − A begins, in points, for the experiment in the first picture.")
        .basis("Welch’s interval, with the other tests that of the paired differences."),
    Readout::new("high", "Its interval, to", 2)
        .help("Where the 95 % interval of B − A ends, in points, for the experiment in the first picture.")
        .basis("Welch’s interval, with the other tests that of the paired differences."),
])
.presets(&[
    Preset::new("typical-paper", "Typical paper").look(
        "A gain as large as the spread, five seeds: most experiments miss it, and those that do not \
         exaggerate.",
    ),
    Preset::new("one-seed", "One seed each")
        .look(
            "One seed needs a second one before any spread can be seen: with two, look how far the intervals \
             reach.",
        )
        .with(&[("n", "2")]),
    Preset::new("enough", "Enough")
        .look("[17](run:?n=17#need_n) seeds: four experiments in five find the gain, and they report \
             [1.11](run:?n=17&at=500&seeds=1..10#mean:exaggeration) times of it.")
        .with(&[("n", "17")]),
    Preset::new("pair-your-seeds", "Pair your seeds")
        .look("Four fifths of the luck are shared. The groups overlap as before; the lines nearly all rise.")
        .with(&[("rho", "0.8"), ("test", "paired")]),
    Preset::new("no-difference", "No difference")
        .look("Nothing to find: every p is about as likely as any other, and [0.044](run:?delta=0&at=500&seeds=1..20#mean:simulated) of \
             them are below 0.05: with five seeds Welch's test is a little too careful.")
        .with(&[("delta", "0")]),
    Preset::new("same-questions", "The same questions")
        .look("A benchmark of 1,000 questions, the same in every run. Twenty paired seeds make short intervals, \
             and [17 %](run:?n=20&rho=0.8&test=paired&testset=1000&questions=fixed&at=200&seeds=1..20#mean:covers) \
             of them hold the true gain.")
        .with(&[
            ("n", "20"),
            ("rho", "0.8"),
            ("test", "paired"),
            ("testset", "1000"),
            ("questions", "fixed"),
        ]),
    Preset::new("one-result", "One result")
        .look("The ten scores of a whole report, further down: every line rises. Change the test, and look \
             at p.")
        .with(&[("own", TEN), ("rho", "0.8"), ("test", "paired")]),
])
.challenges(&[Challenge::new(
    "six-seeds",
    "Four in five with six seeds",
    "Keep the true gain as large as the seed spread, α at 0.05 or below, and at most six seeds for each \
     method, with new questions for each run. Reach a power of 0.8.",
    &[
        of("questions").is("fresh"),
        of("power").at_least(0.8),
        of("n").at_most(6.0),
        distance("delta", "sigma").at_most(1e-9),
        of("alpha").at_most(0.05),
    ],
)
.solution(&[("n", "6"), ("rho", "0.8"), ("test", "paired")], 10)])
.prediction(
    Prediction::new(
        "The gain is now half as large as the spread between seeds. How many seeds for each method until \
         four experiments in five find it?",
        of("need_n"),
        &[
            Answer::at_most("About 10", 14.0),
            Answer::at_most("About 20", 26.0),
            Answer::at_most("About 35", 48.0),
            Answer::beyond("More than 50"),
        ],
        "The noise of a mean falls with the square root of the seeds: half the gain takes four times as \
         many, [64](run:?delta=0.5#need_n).",
    )
    .with(&[("delta", "1"), ("sigma", "2")])
    .settled_at(30),
);

/// Batches before the first picture.
const OPENING: u64 = 25;

/// Experiments in a step: the last one is shown, all are counted.
const BATCH: usize = 20;

/// Where the run ends.
const MOST: usize = 10_000;

/// Bars of the histogram of p-values.
const BINS: usize = 20;

/// Seeds at which the power curve ends.
const WIDEST: usize = 100;

/// One experiment.
struct Experiment {
    /// Scores of A and of B.
    scores: [Vec<f64>; 2],
    /// None where the runs are identical.
    p: Option<f64>,
    /// B less A; none where nothing varies.
    gain: Option<Comparison>,
}

impl Experiment {
    /// Tests scores.
    fn of(scores: [Vec<f64>; 2], test: Test, flips: Option<&SignFlips>) -> Self {
        let [a, b] = &scores;
        let gain = if test == Test::Welch { welch(b, a) } else { paired(b, a) };
        let p = match flips {
            Some(flips) => {
                let differences: Vec<f64> = b.iter().zip(a).map(|(b, a)| b - a).collect();
                Some(flips.p(&differences))
            }
            None => gain.map(|gain| gain.p()),
        };
        Self { scores, p, gain }
    }
}

/// A laboratory that makes the same experiment again and again.
struct Lab {
    design: Design,
    n: usize,
    flips: Option<SignFlips>,
    causes: Causes,
    /// Power at 2, 3, ..., [`WIDEST`] seeds.
    powers: Vec<f64>,
    /// Chances that the 95 % interval holds the true gain, likewise; none where all questions are fresh.
    coverages: Vec<f64>,
    needed: Option<usize>,
    /// Power of the paired test, where it is not used although luck is shared.
    wasted: Option<f64>,
    done: usize,
    /// Experiments by p-value, in steps of 1 / [`BINS`].
    bins: [usize; BINS],
    found: usize,
    wrong: usize,
    /// Sum of the gains that were found.
    reported: f64,
    identical: usize,
    /// Experiments whose interval holds the true gain, and those that have an interval.
    held: usize,
    judged: usize,
    /// What the experiments of the last step say of B less A.
    batch: Vec<Comparison>,
    last: Option<Experiment>,
    /// The reader's own scores.
    own: Option<Experiment>,
}

impl Lab {
    fn new(values: &Values) -> Self {
        let (seed, n) = (values.seed(), values.integer("n"));
        let design = Design {
            gain: values.real("delta"),
            spread: values.real("sigma"),
            shared: values.real("rho"),
            items: ITEMS.of(values),
            questions: if SAME.of(values) {
                Questions::Fixed { common: values.real("common") }
            } else {
                Questions::Fresh
            },
            test: TEST.of(values),
            alpha: values.real("alpha"),
        };
        let flips_of = |n: usize| {
            (design.test == Test::SignFlip).then(|| SignFlips::new(n, &mut Stream::new(seed, "sign flips")))
        };
        let own = SCORES.own::<2>(values.text("own")).map(|rows| {
            let scores = [0, 1].map(|m| rows.iter().map(|row| row[m]).collect());
            Experiment::of(scores, design.test, flips_of(rows.len()).as_ref())
        });
        let powers: Vec<f64> = (2..=WIDEST).map(|n| design.power(n)).collect();
        let moved = design.questions != Questions::Fresh && design.items.is_finite();
        let coverages = if moved { (2..=WIDEST).map(|n| design.coverage(n)).collect() } else { Vec::new() };
        // The curve knows it, if it reaches that far.
        let needed = match powers.iter().position(|p| *p >= ENOUGH) {
            Some(i) if design.gain > 0.0 => Some(i + 2),
            _ => design.needed(ENOUGH),
        };
        let wasted = (design.test == Test::Welch && design.shared > 0.0)
            .then(|| Design { test: Test::Paired, ..design }.power(n));
        Self {
            design,
            n,
            flips: flips_of(n),
            causes: Causes::new(seed),
            powers,
            coverages,
            needed,
            wasted,
            done: 0,
            bins: [0; BINS],
            found: 0,
            wrong: 0,
            reported: 0.0,
            identical: 0,
            held: 0,
            judged: 0,
            batch: Vec::new(),
            last: None,
            own,
        }
    }

    fn experiment(&mut self) {
        let scores = self.design.draw(self.n, &mut self.causes);
        let made = Experiment::of(scores, self.design.test, self.flips.as_ref());
        self.done += 1;
        if let Some(gain) = made.gain {
            self.judged += 1;
            self.held += usize::from(gain.covers(self.design.gain));
            self.batch.push(gain);
        }
        match made.p {
            None => self.identical += 1,
            Some(p) => {
                self.bins[((p * BINS as f64) as usize).min(BINS - 1)] += 1;
                if p < self.design.alpha {
                    let gain = mean(&made.scores[1]) - mean(&made.scores[0]);
                    self.found += 1;
                    self.wrong += usize::from(gain < 0.0);
                    self.reported += gain;
                }
            }
        }
        self.last = Some(made);
    }

    /// The experiment in the first picture: the reader's own, or the last.
    fn shown(&self) -> Option<&Experiment> {
        self.own.as_ref().or(self.last.as_ref())
    }

    /// Whether a test set has luck that all runs share.
    fn moved(&self) -> bool {
        !self.coverages.is_empty()
    }

    /// The power at n seeds.
    fn power(&self) -> f64 {
        self.powers[self.n - 2]
    }

    /// The share of the experiments that found something.
    fn simulated(&self) -> Option<f64> {
        (self.done > 0).then(|| self.found as f64 / self.done as f64)
    }
}

/// The power that is asked for.
const ENOUGH: f64 = 0.8;

impl Simulation for Lab {
    fn step(&mut self) {
        if !self.finished() {
            self.batch.clear();
            (0..BATCH).for_each(|_| self.experiment());
        }
    }

    fn readings(&self) -> Vec<Named> {
        let shown = self.shown();
        let interval = shown.and_then(|made| made.gain).map(|gain| gain.interval());
        let something = (self.found > 0 && self.design.gain > 0.0).then_some(self.found as f64);
        vec![
            reading("power", self.power()),
            reading("simulated", self.simulated()),
            reading("wrong_sign", something.map(|found| self.wrong as f64 / found)),
            reading("exaggeration", something.map(|found| self.reported / found / self.design.gain)),
            reading(
                "need_n",
                match self.needed {
                    Some(n) => Reading::from(n),
                    None => Reading::Text("none is enough".to_owned()),
                },
            ),
            reading("covers", (self.judged > 0).then(|| self.held as f64 / self.judged as f64)),
            reading("p_shown", shown.and_then(|made| made.p)),
            reading("low", interval.map(|ends| ends[0])),
            reading("high", interval.map(|ends| ends[1])),
        ]
    }

    fn figure(&self) -> Figure {
        figure::draw(self)
    }

    fn describe(&self, mark: &str, index: usize) -> Option<String> {
        figure::describe(self, mark, index)
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        let (n, alpha) = (self.n, self.design.alpha);
        if n == 2 {
            notes.push(
                "Two runs of each method are the fewest that show a spread: with one or two degrees of \
                 freedom a 95 % interval of a mean reaches 12.7 standard errors. With one run there is no \
                 test at all."
                    .to_owned(),
            );
        }
        if self.flips.is_some() && SignFlips::level(n, alpha) <= 0.0 {
            notes.push(format!(
                "The smallest p that {n} seeds allow is {}: the sign-flip test cannot reach α = {alpha}.",
                format_number(SignFlips::smallest(n), 4)
            ));
        } else if self.flips.is_some() && n > SignFlips::EXACT {
            notes.push(format!(
                "With more than {} seeds {} patterns of signs are drawn in place of all.",
                SignFlips::EXACT,
                format_number(SignFlips::DRAWS as f64, 0)
            ));
        }
        if let Some(paired) = self.wasted {
            notes.push(format!(
                "A and B share luck, and Welch’s test does not look: the pairing is wasted. The paired test \
                 has a power of {} here.",
                format_number(paired, 2)
            ));
        }
        if let Some(coverage) = self.coverages.get(n - 2) {
            notes.push(format!(
                "All runs answer the same {} questions. More seeds do not average their luck out, and no \
                 interval over seeds knows of it: with {n} seeds {} % of the 95 % intervals hold the true gain, \
                 by the formula.",
                format_number(self.design.items, 0),
                format_number(100.0 * coverage, 0)
            ));
        }
        if self.design.questions != Questions::Fresh && !self.design.items.is_finite() {
            notes.push(
                "An endless test set has no luck that runs could share, so the same questions for all change \
                 nothing: take a “Test set” of 10,000 or fewer."
                    .to_owned(),
            );
        }
        if self.own.is_some() {
            notes.push(
                "Your own scores stand in the first picture. The other pictures are of experiments with the \
                 values that are set."
                    .to_owned(),
            );
        }
        if self.identical > 0 {
            notes.push(format!("Identical runs, no test: {} of the experiments.", self.identical));
        }
        if self.design.gain == 0.0 {
            notes.push("There is nothing to find: whatever is found is a false alarm.".to_owned());
        } else if self.power() > 0.9995 {
            notes.push("The gain is so large against the noise that no experiment misses it.".to_owned());
        }
        notes
    }

    fn finished(&self) -> bool {
        self.done >= MOST
    }
}
