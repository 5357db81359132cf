//! `seeds`: the same comparison of two methods again and again, and how often it finds the truth.

use super::seeds_figure;
use crate::lab::condition::Quantity;
use crate::lab::readout::format_number;
use crate::lab::simulation::Outcome;
use crate::lab::{
    Challenge, Clause, Control, Figure, Pace, Prediction, Preset, Reading, Readout, Simulation, Spec, Values,
    page_text,
};
use crate::models::significance::{Causes, Design, SignFlips, Test, paired, welch};
use crate::numerics::random::Stream;
use crate::numerics::statistics::mean;

pub static SPEC: Spec = Spec {
    id: "seeds",
    title: "How many seeds?",
    summary: page_text(
        "B is better than A, and both depend on the random seed. Watch the same experiment repeated, and \
         how often its test notices.",
    ),
    controls: &[
        Control::real("delta", "True gain δ", [0.0, 5.0], 0.1, 1.0)
            .unit("points")
            .help("By how much B is better than A in truth."),
        Control::real("sigma", "Seed spread σ", [0.1, 3.0], 0.1, 1.0)
            .unit("points")
            .help("Standard deviation of the score of one method from seed to seed."),
        Control::integer("n", "Seeds n", 2, 100, 5)
            .unit("per method")
            .help("Runs of each method in one experiment. A single run has no spread, so no test."),
        Control::choice(
            "test",
            "Test",
            &[("welch", "Welch"), ("paired", "Paired"), ("sign-flip", "Sign-flip")],
        )
        .help(
            "Welch compares two groups. Paired looks at the difference under each seed. Sign-flip asks how \
             many signs of these differences would look as good.",
        ),
        Control::real("rho", "Shared luck ρ", [0.0, 0.95], 0.05, 0.0).help(
            "Part of the variance that A and B have in common under the same seed: data order, split, start.",
        ),
        Control::real("alpha", "Level α", [0.001, 0.1], 0.001, 0.05)
            .secondary()
            .help("A difference counts as found where p is below this."),
        Control::choice(
            "testset",
            "Test set",
            &[("inf", "∞"), ("10000", "10,000"), ("1000", "1,000"), ("100", "100")],
        )
        .unit("questions")
        .secondary()
        .help("Questions on which each run is scored, drawn anew for each: fewer add noise of their own."),
        Control::seed(1).secondary(),
    ],
    readouts: &[
        Readout::new("power", "Power, by the formula", 3)
            .help("Chance to find a difference: the t test with one variance for both methods."),
        Readout::new("simulated", "Found, simulated", 3)
            .help("Share of the experiments so far with p below α."),
        Readout::new("wrong_sign", "Of these, wrong sign", 3)
            .help("Share of the findings that say A is better, although B is."),
        Readout::new("exaggeration", "Gain reported ÷ true", 2)
            .unit("×")
            .spoken("times the true gain")
            .help("Mean gain in the experiments that found something, over the true gain."),
        Readout::new("need_n", "Seeds for a power of 0.8", 0)
            .unit("per method")
            .help("The least n whose power by the formula is at least 0.8."),
    ],
    presets: &[
        Preset {
            id: "typical-paper",
            label: "Typical paper",
            look: page_text(
                "A gain as large as the spread, five seeds: most experiments miss it, and those that do \
                 not exaggerate.",
            ),
            values: &[],
        },
        Preset {
            id: "one-seed",
            label: "One seed each",
            look: page_text(
                "One seed needs a second one before any spread can be seen: with two, look how far the \
                 intervals reach.",
            ),
            values: &[("n", "2")],
        },
        Preset {
            id: "enough",
            label: "Enough",
            look: page_text(
                "Seventeen seeds: four experiments in five find the gain, and they report it about right.",
            ),
            values: &[("n", "17")],
        },
        Preset {
            id: "pair-your-seeds",
            label: "Pair your seeds",
            look: page_text(
                "Four fifths of the luck are shared. The groups overlap as before; the lines nearly all rise.",
            ),
            values: &[("rho", "0.8"), ("test", "paired")],
        },
        Preset {
            id: "no-difference",
            label: "No difference",
            look: page_text("Nothing to find: every p is as likely as any other, one in twenty below 0.05."),
            values: &[("delta", "0")],
        },
    ],
    challenges: &[Challenge {
        id: "six-seeds",
        title: "Four in five with six seeds",
        task: page_text(
            "Keep the true gain as large as the seed spread, α at 0.05 or below, and at most six seeds for \
             each method. Reach a power of 0.8.",
        ),
        solved: &[
            Clause::at_least("power", 0.8),
            Clause::at_most("n", 6.0),
            Clause { quantity: Quantity::Distance("delta", "sigma"), ..Clause::at_most("delta", 1e-9) },
            Clause::at_most("alpha", 0.05),
        ],
        solution: &[("n", "6"), ("rho", "0.8"), ("test", "paired")],
        solution_steps: 10,
    }],
    prediction: Some(Prediction {
        question: page_text(
            "The gain is now half as large as the spread between seeds. How many seeds for each method \
             until four experiments in five find it?",
        ),
        values: &[("delta", "1"), ("sigma", "2")],
        settled_at: 30,
        options: &[
            Outcome { label: "About 10", holds: &[Clause::at_most("need_n", 14.0)] },
            Outcome {
                label: "About 20",
                holds: &[Clause::above("need_n", 14.0), Clause::at_most("need_n", 26.0)],
            },
            Outcome {
                label: "About 35",
                holds: &[Clause::above("need_n", 26.0), Clause::at_most("need_n", 48.0)],
            },
            Outcome { label: "More than 50", holds: &[Clause::above("need_n", 48.0)] },
        ],
        because: page_text(
            "The noise of a mean falls with the square root of the seeds: half the gain takes four times \
             as many, about 64.",
        ),
    }),
    pace: Pace::new(4.0, OPENING, "batch"),
    build: |values| Box::new(Lab::new(values)),
};

/// Batches before the first picture.
const OPENING: u64 = 25;

/// Experiments in a step: the last one is shown, all are counted.
pub const BATCH: usize = 20;

/// Where the run ends.
const MOST: usize = 10_000;

/// Bars of the histogram of p-values.
pub const BINS: usize = 20;

/// Seeds at which the power curve ends.
pub const WIDEST: usize = 100;

/// One experiment.
pub struct Experiment {
    /// Scores of A and of B.
    pub scores: [Vec<f64>; 2],
    /// None where the runs are identical.
    pub p: Option<f64>,
}

/// A laboratory that makes the same experiment again and again.
pub struct Lab {
    pub design: Design,
    pub n: usize,
    flips: Option<SignFlips>,
    causes: Causes,
    /// Power at 2, 3, ..., [`WIDEST`] seeds.
    pub powers: Vec<f64>,
    pub needed: Option<usize>,
    /// Power of the paired test, where it is not used although luck is shared.
    wasted: Option<f64>,
    pub done: usize,
    /// Experiments by p-value, in steps of 1 / [`BINS`].
    pub bins: [usize; BINS],
    found: usize,
    wrong: usize,
    /// Sum of the gains that were found.
    reported: f64,
    identical: usize,
    pub last: Option<Experiment>,
}

impl Lab {
    fn new(values: &Values) -> Self {
        let (seed, n) = (values.seed(), values.integer("n"));
        let design = Design {
            gain: values.real("delta"),
            spread: values.real("sigma"),
            shared: values.real("rho"),
            items: match values.choice("testset") {
                "100" => 100.0,
                "1000" => 1000.0,
                "10000" => 10_000.0,
                _ => f64::INFINITY,
            },
            test: match values.choice("test") {
                "paired" => Test::Paired,
                "sign-flip" => Test::SignFlip,
                _ => Test::Welch,
            },
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
    pub fn power(&self) -> f64 {
        self.powers[self.n - 2]
    }

    /// The share of the experiments that found something.
    pub fn simulated(&self) -> Option<f64> {
        (self.done > 0).then(|| self.found as f64 / self.done as f64)
    }
}

/// The power that is asked for.
pub const ENOUGH: f64 = 0.8;

impl Simulation for Lab {
    fn step(&mut self) {
        if !self.finished() {
            (0..BATCH).for_each(|_| self.experiment());
        }
    }

    fn readings(&self) -> Vec<Reading> {
        let something = (self.found > 0 && self.design.gain > 0.0).then_some(self.found as f64);
        vec![
            Reading::from(self.power()),
            Reading::from(self.simulated()),
            Reading::from(something.map(|found| self.wrong as f64 / found)),
            Reading::from(something.map(|found| self.reported / found / self.design.gain)),
            match self.needed {
                Some(n) => Reading::from(n),
                None => Reading::Text("none is enough".to_owned()),
            },
        ]
    }

    fn figure(&self) -> Figure {
        seeds_figure::draw(self)
    }

    fn describe(&self, mark: &str, index: usize) -> Option<String> {
        seeds_figure::describe(self, mark, index)
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        let (n, alpha) = (self.n, self.design.alpha);
        if n == 2 {
            notes.push(
                "Two runs of each method are the fewest that show a spread: with one or two degrees of freedom \
                 a 95 % interval of a mean reaches 12.7 standard errors. With one run there is no test at all."
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
                "A and B share luck, and Welch’s test does not look: the pairing is wasted. The paired test has \
                 a power of {} here.",
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::Runner;

    #[test]
    fn what_is_simulated_is_what_the_formula_says() {
        for (pairs, power) in [
            // Welch's test, which knows of no common variance, finds 0.266.
            (&[][..], 0.266),
            (&[("n", "17")], 0.807),
            (&[("rho", "0.8"), ("test", "paired")], 0.753),
            // The formula is an approximation here; scipy.stats.ttest_ind over 100,000 draws finds 0.223.
            (&[("rho", "0.8")], 0.223),
            (&[("testset", "100"), ("delta", "5"), ("n", "10")], 0.694),
            (&[("test", "sign-flip"), ("n", "10")], 0.515),
            (&[("test", "sign-flip")], 0.0),
        ] {
            let run = Runner::after(&SPEC, pairs, 500);
            let simulated = run.number("simulated").unwrap();
            assert!((simulated - power).abs() < 0.02, "{pairs:?}: {simulated}");
            assert!((simulated - run.number("power").unwrap()).abs() < 0.04, "{pairs:?}");
            assert!(run.finished());
        }
    }

    #[test]
    fn what_is_found_with_little_power_is_exaggerated() {
        let run = Runner::after(&SPEC, &[("delta", "0.5")], 500);
        assert!((run.number("power").unwrap() - 0.108).abs() < 5e-4);
        assert!((run.number("exaggeration").unwrap() - 2.8).abs() < 0.15);
        assert!((run.number("wrong_sign").unwrap() - 0.035).abs() < 0.015);
        let enough = Runner::after(&SPEC, &[("n", "17")], 500);
        assert!(enough.number("exaggeration").unwrap() < 1.2);
    }

    /// Known result 7: Kolmogorov and Smirnov on 5,000 p-values.
    #[test]
    fn without_a_difference_every_p_is_as_likely() {
        for test in ["welch", "paired"] {
            let values = Values::with(SPEC.controls, &[("delta", "0"), ("test", test), ("n", "20")]);
            let mut lab = Lab::new(&values);
            let mut ps = Vec::new();
            while ps.len() < 5000 {
                lab.experiment();
                ps.push(lab.last.as_ref().and_then(|e| e.p).unwrap());
            }
            ps.sort_by(f64::total_cmp);
            let n = ps.len() as f64;
            let gap = ps
                .iter()
                .enumerate()
                .map(|(i, p)| (p - i as f64 / n).abs().max((p - (i + 1) as f64 / n).abs()))
                .fold(0.0, f64::max);
            // p = 0.001 lies at 1.95 / sqrt(n).
            assert!(gap < 1.95 / n.sqrt(), "{test}: {gap}");
        }
    }

    #[test]
    fn what_goes_wrong_is_said() {
        let said = |pairs: &[(&str, &str)], words: &str| {
            let notes = Runner::after(&SPEC, pairs, 1).simulation().notes().join(" ");
            assert!(notes.contains(words), "{pairs:?}: {notes}");
        };
        said(&[("n", "2")], "no test at all");
        said(&[("test", "sign-flip")], "0.0625: the sign-flip test cannot reach α = 0.05");
        said(&[("rho", "0.5")], "pairing is wasted");
        said(&[("sigma", "0.1")], "no experiment misses it");
        assert!(Runner::after(&SPEC, &[], 1).simulation().notes().is_empty());
        let tight = Runner::after(&SPEC, &[("sigma", "0.1")], 20);
        assert!(tight.number("power").unwrap() > 0.9999 && tight.number("simulated").unwrap() == 1.0);
    }
}
