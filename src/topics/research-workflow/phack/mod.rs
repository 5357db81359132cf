//! `phack`: A and B are equal, and yet there are ways to find that they differ.

mod figure;
#[cfg(test)]
mod tests;

use crate::lab::figure::series::Series;
use crate::lab::{
    Challenge, Choice, Control, Figure, Named, Pace, Preset, Reading, Readout, Simulation, Spec, Values, of,
    reading,
};
use crate::models::significance::{FIRST_LOOK, Growing, expected_maximum, family, peeking, tuned};
use crate::numerics::random::Stream;
use crate::numerics::student::critical;

static CORRECTED: Choice<bool, 2> =
    Choice::new("correct", "Correction", [("none", "None", false), ("bonferroni", "Bonferroni", true)]);

pub static SPEC: Spec = Spec::new(
    "phack",
    "Finding nothing, often",
    "A and B are equal. Count how many experiments still report a difference, with more metrics, with looks \
     on the way, or with tuning for one side.",
    Pace::new(20.0, 400, "experiment"),
    |values| Box::new(Hunt::new(values)),
)
.controls(&[
    Control::integer("metrics", "Metrics", 1, 20, 1)
        .help("Independent metrics, each with a test of its own; one hit is a discovery."),
    Control::toggle("peek", "Stop when p < 0.05", false)
        .help("Look after every seed from the third on, and stop at the first p below 0.05."),
    Control::integer("max_n", "Seeds n, at most", 5, 50, 10)
        .unit("per method")
        .help("Where an experiment ends, if it is not stopped before."),
    Control::integer("configs", "Configurations of B", 1, 20, 1).help(
        "B is run in so many configurations, all equally good, and the best mean is tested on the very seeds \
         that chose it. A is run in one.",
    ),
    CORRECTED
        .control()
        .help("Bonferroni divides the level 0.05 by the number of tests that could have been made."),
    Control::seed(1).secondary(),
])
.readouts(&[
    Readout::new("false_rate", "False discoveries", 3)
        .basis("Share of the experiments so far that report a difference."),
    Readout::new("expected", "Expected", 3)
        .help("What the share tends to, where there is a formula or a table for it.")
        .basis("From the number of tests and the t distribution; with looks, from a table of 400,000 simulated experiments."),
    Readout::new("b_wins", "B “wins”", 3)
        .help("Share of the experiments that report B to be better on some metric.")
        .basis("Of the experiments so far."),
    Readout::new("tests", "Tests in an experiment", 0)
        .help("Metrics, times configurations, times looks: the tests that could have been made.")
        .formula("metrics * configs * if(peek = on, max_n - 2, 1)"),
    Readout::new("head_start", "Head start of the best", 2)
        .unit("standard errors")
        .help("The expected lead of the best of so many equal configurations, in standard errors of a mean.")
        .basis("Mean of the largest of so many normal numbers, by Simpson’s rule."),
])
.presets(&[
    Preset::new("honest", "Honest")
        .look("One metric, one test at the end: one experiment in twenty is a false alarm, as promised."),
    Preset::new("twenty-metrics", "Twenty metrics")
        .look("Twenty chances at one in twenty: [64 %](run:?metrics=20#expected) of the experiments find something.")
        .with(&[("metrics", "20")]),
    Preset::new("peek", "Peek every seed")
        .look("Watch p wander: it needs to dip below the line only once.")
        .with(&[("peek", "on"), ("max_n", "20")]),
    Preset::new("tune-mine", "Tune only mine")
        .look("The best of twenty equal configurations against one of A: nearly every discovery says B.")
        .with(&[("configs", "20"), ("max_n", "5")]),
])
.challenges(&[
    Challenge::new(
        "two-in-five",
        "A false alarm in every second experiment",
        "Make at least half of the experiments report a difference, with at most ten metrics. Over 400 \
         experiments.",
        &[of("false_rate").at_least(0.5), of("metrics").at_most(10.0), of("step").at_least(400.0)],
    )
    .solution(&[("metrics", "10"), ("peek", "on")], 400),
    Challenge::new(
        "bring-it-back",
        "Bring it back",
        "Test all twenty metrics, and still raise a false alarm in at most 7 % of 1,000 experiments.",
        &[of("metrics").equals(20.0), of("false_rate").at_most(0.07), of("step").at_least(1000.0)],
    )
    .solution(&[("metrics", "20"), ("correct", "bonferroni")], 1000),
]);

/// The level of every test before correction.
const ALPHA: f64 = 0.05;

/// Where the run ends.
const MOST: usize = 5000;

/// What the share of discoveries tends to.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Expected {
    Share(f64),
    /// Bonferroni's promise.
    AtMost(f64),
    /// Looks and choices together: no formula.
    Unknown,
}

/// The experiment that was made last.
#[derive(Default)]
struct Last {
    /// t of B - A after 3, 4, ... seeds, for each metric (of its best configuration).
    paths: Vec<Vec<f64>>,
    /// The metric with the strongest finding, if there is one.
    found: Option<usize>,
}

/// A hunt for differences where there are none.
struct Hunt {
    metrics: usize,
    peek: bool,
    n: usize,
    configs: usize,
    /// Level of a single test.
    level: f64,
    tests: usize,
    /// The |t| to be reached after 3, 4, ... seeds.
    bars: Vec<f64>,
    expected: Expected,
    streams: [Stream; 2],
    done: usize,
    found: usize,
    wins: usize,
    history: Series<1>,
    last: Last,
}

impl Hunt {
    fn new(values: &Values) -> Self {
        let (seed, metrics, n) = (values.seed(), values.integer("metrics"), values.integer("max_n"));
        let (peek, configs) = (values.toggle("peek"), values.integer("configs"));
        let looks = if peek { n - FIRST_LOOK + 1 } else { 1 };
        let tests = metrics * configs * looks;
        let corrected = CORRECTED.of(values);
        let level = if corrected { ALPHA / tests as f64 } else { ALPHA };
        let expected = match (peek, corrected) {
            (false, _) => Expected::Share(family(tuned(configs, n, level).iter().sum(), metrics)),
            (true, true) => Expected::AtMost(ALPHA),
            (true, false) if configs == 1 => Expected::Share(family(peeking(n), metrics)),
            (true, false) => Expected::Unknown,
        };
        Self {
            metrics,
            peek,
            n,
            configs,
            level,
            tests,
            bars: (FIRST_LOOK..=n).map(|i| critical(level, df(i))).collect(),
            expected,
            streams: ["scores of A", "scores of B"].map(|p| Stream::new(seed, p)),
            done: 0,
            found: 0,
            wins: 0,
            history: Series::every(1),
            last: Last::default(),
        }
    }

    fn share(&self) -> Option<f64> {
        (self.done > 0).then(|| self.found as f64 / self.done as f64)
    }
}

/// Degrees of freedom with `n` seeds for each of two methods.
fn df(n: usize) -> f64 {
    2.0 * n as f64 - 2.0
}

impl Simulation for Hunt {
    fn step(&mut self) {
        let [scores_a, scores_b] = &mut self.streams;
        let mut a = vec![Growing::default(); self.metrics];
        let mut b = vec![Growing::default(); self.metrics * self.configs];
        let mut paths = vec![Vec::with_capacity(self.n); self.metrics];
        let mut hits: Vec<(usize, f64)> = Vec::new();
        for n in 1..=self.n {
            a.iter_mut().for_each(|sums| sums.push(scores_a.normal()));
            b.iter_mut().for_each(|sums| sums.push(scores_b.normal()));
            if n < FIRST_LOOK {
                continue;
            }
            let counts = self.peek || n == self.n;
            let methods = a.iter().zip(b.chunks_exact(self.configs));
            for (metric, ((a, b), path)) in methods.zip(&mut paths).enumerate() {
                // The configuration with the best mean, the first of equals.
                let best = b.iter().reduce(|best, other| if other.sum() > best.sum() { other } else { best });
                let t = best.map_or(0.0, |best| a.t(best, n));
                path.push(t);
                if counts && t.abs() > self.bars[n - FIRST_LOOK] {
                    hits.push((metric, t));
                }
            }
            if !hits.is_empty() {
                break;
            }
        }
        self.done += 1;
        self.found += usize::from(!hits.is_empty());
        self.wins += usize::from(hits.iter().any(|(_, t)| *t > 0.0));
        let strongest = hits.into_iter().reduce(|x, y| if y.1.abs() > x.1.abs() { y } else { x });
        self.last = Last { paths, found: strongest.map(|(metric, _)| metric) };
        self.history.push(self.done as u64, [self.found as f64 / self.done as f64]);
    }

    fn readings(&self) -> Vec<Named> {
        vec![
            reading("false_rate", self.share()),
            reading(
                "expected",
                match self.expected {
                    Expected::Share(share) => Reading::from(share),
                    Expected::AtMost(share) => Reading::Text(format!("at most {share}")),
                    Expected::Unknown => Reading::Text("no formula".to_owned()),
                },
            ),
            reading("b_wins", (self.done > 0).then(|| self.wins as f64 / self.done as f64)),
            reading("tests", self.tests),
            reading("head_start", if self.configs > 1 { expected_maximum(self.configs) } else { 0.0 }),
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
        if self.level < ALPHA {
            notes.push(format!(
                "Bonferroni: with {} tests each has to reach p < {:.2e}.",
                self.tests, self.level
            ));
        }
        if self.expected == Expected::Unknown {
            notes.push(
                "Looks and a choice of configurations together have no simple formula: only the count tells."
                    .to_owned(),
            );
        }
        notes
    }

    fn finished(&self) -> bool {
        self.done >= MOST
    }
}
