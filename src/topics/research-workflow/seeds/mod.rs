//! `seeds`: the same comparison of two methods again and again, and how often it finds the truth.

mod figure;
#[cfg(test)]
mod tests;

use crate::lab::schema::condition::distance;
use crate::lab::schema::readout::format_number;
use crate::lab::{
    Answer, Challenge, Choice, Control, Figure, Named, Pace, Prediction, Preset, Reading, Readout,
    Simulation, Spec, Values, of, reading,
};
use crate::models::significance::{Causes, Design, SignFlips, Test, paired, welch};
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

static QUESTIONS: Choice<f64, 4> = Choice::new(
    "testset",
    "Test set",
    [
        ("inf", "∞", f64::INFINITY),
        ("10000", "10,000", 10_000.0),
        ("1000", "1,000", 1_000.0),
        ("100", "100", 100.0),
    ],
);

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
    QUESTIONS
        .control()
        .unit("questions")
        .secondary()
        .help("Questions on which each run is scored, drawn anew for each: fewer add noise of their own."),
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
])
.challenges(&[Challenge::new(
    "six-seeds",
    "Four in five with six seeds",
    "Keep the true gain as large as the seed spread, α at 0.05 or below, and at most six seeds for each \
     method. Reach a power of 0.8.",
    &[
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
}

/// A laboratory that makes the same experiment again and again.
struct Lab {
    design: Design,
    n: usize,
    flips: Option<SignFlips>,
    causes: Causes,
    /// Power at 2, 3, ..., [`WIDEST`] seeds.
    powers: Vec<f64>,
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
    last: Option<Experiment>,
}

impl Lab {
    fn new(values: &Values) -> Self {
        let (seed, n) = (values.seed(), values.integer("n"));
        let design = Design {
            gain: values.real("delta"),
            spread: values.real("sigma"),
            shared: values.real("rho"),
            items: QUESTIONS.of(values),
            test: TEST.of(values),
            alpha: values.real("alpha"),
        };
        let flips =
            (design.test == Test::SignFlip).then(|| SignFlips::new(n, &mut Stream::new(seed, "sign flips")));
        let powers: Vec<f64> = (2..=WIDEST).map(|n| design.power(n)).collect();
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
            flips,
            causes: Causes::new(seed),
            powers,
            needed,
            wasted,
            done: 0,
            bins: [0; BINS],
            found: 0,
            wrong: 0,
            reported: 0.0,
            identical: 0,
            last: None,
        }
    }

    fn test(&self, [a, b]: &[Vec<f64>; 2]) -> Option<f64> {
        match &self.flips {
            Some(flips) => {
                let differences: Vec<f64> = b.iter().zip(a).map(|(b, a)| b - a).collect();
                Some(flips.p(&differences))
            }
            None if self.design.test == Test::Paired => paired(b, a).map(|c| c.p()),
            None => welch(b, a).map(|c| c.p()),
        }
    }

    fn experiment(&mut self) {
        let scores = self.design.draw(self.n, &mut self.causes);
        let p = self.test(&scores);
        self.done += 1;
        match p {
            None => self.identical += 1,
            Some(p) => {
                self.bins[((p * BINS as f64) as usize).min(BINS - 1)] += 1;
                if p < self.design.alpha {
                    let gain = mean(&scores[1]) - mean(&scores[0]);
                    self.found += 1;
                    self.wrong += usize::from(gain < 0.0);
                    self.reported += gain;
                }
            }
        }
        self.last = Some(Experiment { scores, p });
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
            (0..BATCH).for_each(|_| self.experiment());
        }
    }

    fn readings(&self) -> Vec<Named> {
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
