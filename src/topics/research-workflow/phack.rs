//! `phack`: A and B are equal, and yet there are ways to find that they differ.

use super::phack_figure;
use crate::lab::series::Series;
use crate::lab::{
    Challenge, Clause, Control, Figure, Pace, Preset, Reading, Readout, Simulation, Spec, Values, page_text,
};
use crate::models::significance::{FIRST_LOOK, Growing, expected_maximum, family, peeking, tuned};
use crate::numerics::random::Stream;
use crate::numerics::student::critical;

pub static SPEC: Spec = Spec {
    id: "phack",
    title: "Finding nothing, often",
    summary: page_text(
        "A and B are equal. Count how many experiments still report a difference, with more metrics, with \
         looks on the way, or with tuning for one side.",
    ),
    controls: &[
        Control::integer("metrics", "Metrics", 1, 20, 1)
            .help("Independent metrics, each with a test of its own; one hit is a discovery."),
        Control::toggle("peek", "Stop when p < 0.05", false)
            .help("Look after every seed from the third on, and stop at the first p below 0.05."),
        Control::integer("max_n", "Seeds n, at most", 5, 50, 10)
            .unit("per method")
            .help("Where an experiment ends, if it is not stopped before."),
        Control::integer("configs", "Configurations of B", 1, 20, 1).help(
            "B is run in so many configurations, all equally good, and the best mean is tested on the very \
             seeds that chose it. A is run in one.",
        ),
        Control::choice("correct", "Correction", &[("none", "None"), ("bonferroni", "Bonferroni")])
            .help("Bonferroni divides the level 0.05 by the number of tests that could have been made."),
        Control::seed(1).secondary(),
    ],
    readouts: &[
        Readout::new("false_rate", "False discoveries", 3)
            .help("Share of the experiments so far that report a difference."),
        Readout::new("expected", "Expected", 3)
            .help("What the share tends to, where there is a formula or a table for it."),
        Readout::new("b_wins", "B “wins”", 3)
            .help("Share of the experiments that report B to be better on some metric."),
        Readout::new("tests", "Tests in an experiment", 0)
            .help("Metrics, times configurations, times looks: the tests that could have been made."),
        Readout::new("head_start", "Head start of the best", 2).unit("standard errors").help(
            "The expected lead of the best of so many equal configurations, in standard errors of a mean.",
        ),
    ],
    presets: &[
        Preset {
            id: "honest",
            label: "Honest",
            look: page_text(
                "One metric, one test at the end: one experiment in twenty is a false alarm, as promised.",
            ),
            values: &[],
        },
        Preset {
            id: "twenty-metrics",
            label: "Twenty metrics",
            look: page_text(
                "Twenty chances at one in twenty: nearly two experiments in three find something.",
            ),
            values: &[("metrics", "20")],
        },
        Preset {
            id: "peek",
            label: "Peek every seed",
            look: page_text("Watch p wander: it needs to dip below the line only once."),
            values: &[("peek", "on"), ("max_n", "20")],
        },
        Preset {
            id: "tune-mine",
            label: "Tune only mine",
            look: page_text(
                "The best of twenty equal configurations against one of A: nearly every discovery says B.",
            ),
            values: &[("configs", "20"), ("max_n", "5")],
        },
    ],
    challenges: &[
        Challenge {
            id: "two-in-five",
            title: "Two false alarms in five",
            task: page_text(
                "Make at least 40 % of the experiments report a difference, with at most ten metrics. Over \
                 400 experiments.",
            ),
            solved: &[
                Clause::at_least("false_rate", 0.4),
                Clause::at_most("metrics", 10.0),
                Clause::at_least("step", 400.0),
            ],
            solution: &[("metrics", "10"), ("peek", "on")],
            solution_steps: 400,
        },
        Challenge {
            id: "bring-it-back",
            title: "Bring it back",
            task: page_text(
                "Test all twenty metrics, and still raise a false alarm in at most 6 % of 1,000 experiments.",
            ),
            solved: &[
                Clause::equals("metrics", 20.0),
                Clause::at_most("false_rate", 0.06),
                Clause::at_least("step", 1000.0),
            ],
            solution: &[("metrics", "20"), ("correct", "bonferroni")],
            solution_steps: 1000,
        },
    ],
    prediction: None,
    pace: Pace::new(20.0, 400, "experiment"),
    build: |values| Box::new(Hunt::new(values)),
};

/// The level of every test before correction.
pub const ALPHA: f64 = 0.05;

/// Where the run ends.
const MOST: usize = 5000;

/// What the share of discoveries tends to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Expected {
    Share(f64),
    /// Bonferroni's promise.
    AtMost(f64),
    /// Looks and choices together: no formula.
    Unknown,
}

/// The experiment that was made last.
#[derive(Default)]
pub struct Last {
    /// t of B - A after 3, 4, ... seeds, for each metric (of its best configuration).
    pub paths: Vec<Vec<f64>>,
    /// The metric with the strongest finding, if there is one.
    pub found: Option<usize>,
}

/// A hunt for differences where there are none.
pub struct Hunt {
    pub metrics: usize,
    pub peek: bool,
    pub n: usize,
    configs: usize,
    /// Level of a single test.
    pub level: f64,
    tests: usize,
    /// The |t| to be reached after 3, 4, ... seeds.
    bars: Vec<f64>,
    pub expected: Expected,
    streams: [Stream; 2],
    pub done: usize,
    found: usize,
    wins: usize,
    pub history: Series<1>,
    pub last: Last,
}

impl Hunt {
    fn new(values: &Values) -> Self {
        let (seed, metrics, n) = (values.seed(), values.integer("metrics"), values.integer("max_n"));
        let (peek, configs) = (values.toggle("peek"), values.integer("configs"));
        let looks = if peek { n - FIRST_LOOK + 1 } else { 1 };
        let tests = metrics * configs * looks;
        let corrected = values.choice("correct") == "bonferroni";
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

    pub fn share(&self) -> Option<f64> {
        (self.done > 0).then(|| self.found as f64 / self.done as f64)
    }
}

/// Degrees of freedom with `n` seeds for each of two methods.
pub fn df(n: usize) -> f64 {
    2.0 * n as f64 - 2.0
}

impl Simulation for Hunt {
    fn step(&mut self) {
        if self.finished() {
            return;
        }
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

    fn readings(&self) -> Vec<Reading> {
        vec![
            Reading::from(self.share()),
            match self.expected {
                Expected::Share(share) => Reading::from(share),
                Expected::AtMost(share) => Reading::Text(format!("at most {share}")),
                Expected::Unknown => Reading::Text("no formula".to_owned()),
            },
            Reading::from((self.done > 0).then(|| self.wins as f64 / self.done as f64)),
            Reading::from(self.tests),
            Reading::from(if self.configs > 1 { expected_maximum(self.configs) } else { 0.0 }),
        ]
    }

    fn figure(&self) -> Figure {
        phack_figure::draw(self)
    }

    fn describe(&self, mark: &str, index: usize) -> Option<String> {
        phack_figure::describe(self, mark, index)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::Runner;

    fn rates(pairs: &[(&str, &str)]) -> [f64; 3] {
        let run = Runner::after(&SPEC, pairs, 5000);
        ["false_rate", "expected", "b_wins"].map(|r| run.number(r).unwrap_or(f64::NAN))
    }

    #[test]
    fn an_honest_test_is_wrong_one_time_in_twenty() {
        let [rate, expected, wins] = rates(&[]);
        assert!((rate - 0.05).abs() < 0.01 && (expected - 0.05).abs() < 1e-12, "{rate}");
        assert!((wins - 0.025).abs() < 0.007, "{wins}");
    }

    /// Known result 4.
    #[test]
    fn each_metric_is_another_chance() {
        for (metrics, share) in [("5", 0.2262), ("14", 0.5123), ("20", 0.6415)] {
            let [rate, expected, _] = rates(&[("metrics", metrics)]);
            assert!((rate - share).abs() < 0.02, "{metrics}: {rate}");
            assert!((expected - share).abs() < 5e-5);
        }
    }

    /// The mean of four runs: one has a standard error of half a percentage point.
    fn over_seeds(pairs: &[(&str, &str)]) -> [f64; 3] {
        let runs = ["1", "2", "3", "4"].map(|seed| rates(&[pairs, &[("seed", seed)]].concat()));
        core::array::from_fn(|i| runs.iter().map(|run| run[i]).sum::<f64>() / 4.0)
    }

    /// Known result 5.
    #[test]
    fn each_look_is_another_chance() {
        for (n, share) in [("5", 0.098), ("10", 0.164), ("20", 0.218), ("50", 0.296)] {
            let [rate, expected, _] = over_seeds(&[("peek", "on"), ("max_n", n)]);
            assert!((rate - share).abs() < 0.01, "{n}: {rate}");
            assert!((expected - share).abs() < 0.01, "{n}: {expected}");
        }
    }

    /// Known result 6.
    #[test]
    fn tuning_one_side_makes_it_win() {
        for (configs, share) in [("1", 0.025), ("5", 0.085), ("10", 0.127), ("20", 0.172)] {
            let [rate, expected, wins] = over_seeds(&[("configs", configs), ("max_n", "5")]);
            assert!((wins - share).abs() < 0.01, "{configs}: {wins}");
            assert!((rate - expected).abs() < 0.01, "{configs}: {rate} {expected}");
        }
    }

    #[test]
    fn a_correction_keeps_the_promise() {
        for pairs in [
            &[("correct", "bonferroni"), ("metrics", "20")][..],
            &[("correct", "bonferroni"), ("configs", "20"), ("max_n", "5")],
            &[("correct", "bonferroni"), ("peek", "on"), ("metrics", "5")],
        ] {
            assert!(rates(pairs)[0] < 0.06, "{pairs:?}: {:?}", rates(pairs));
        }
    }
}
