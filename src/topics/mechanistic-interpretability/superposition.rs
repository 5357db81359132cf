//! `superposition`: a network with two neurons learns to keep more than two features.

use crate::lab::figure::charts::{self, Curve};
use crate::lab::figure::series::{Series, Smoothed};
use crate::lab::figure::{Anchor, Axis, Bar, Dot, Figure, Glyph, Panel, Stroke, Tone};
use crate::lab::schema::readout::format_number;
use crate::lab::{
    Answer, Challenge, Control, Named, Pace, Prediction, Preset, Readout, Simulation, Spec, Values, of,
    reading,
};
use crate::models::superposition::Toy;
use crate::numerics::elementary::{cos, sin};

pub static SPEC: Spec = Spec::new(
    "superposition",
    "Five things in two numbers",
    "A network must pass five features through two neurons. Each arrow is the place of one feature. Drag the \
     sparsity while it learns, and watch the arrows fold.",
    Pace::new(400.0, 160, "training step").promised(3000),
    |values| Box::new(Folding::new(values)),
)
.controls(&[
    Control::real("sparsity", "Sparsity S", [0.0, 0.99], 0.01, 0.95).live().help(
        "Probability that a feature is absent from an example. What was learned stays when you move it.",
    ),
    Control::integer("n_features", "Features n", 2, 10, 5)
        .help("How many features must share the two neurons."),
    Control::real("importance", "Importance γ", [0.5, 1.0], 0.05, 1.0)
        .help("Feature i counts γ to the power i in the loss; at 1 all are equal."),
    Control::logarithmic("lr", "Learning rate", [0.001, 0.05], 0.01)
        .live()
        .secondary()
        .help("Size of an Adam step."),
    Control::seed(1).secondary(),
])
.readouts(&[
    Readout::new("loss", "Loss", 4).help("Squared error of an example.")
        .basis("Mean of each batch, smoothed over about 20 batches."),
    Readout::new("n_represented", "Features kept", 0).help("Arrows longer than one half.")
        .basis("Counted in the matrix as it is now."),
    Readout::new("max_gap_deg", "Widest gap", 1).unit("°").spoken("degrees").help(
        "Largest angle between neighbours among the features kept; 72° each way is a regular pentagon.",
    )
        .basis("From the matrix as it is now."),
    Readout::new("sum_dim", "Dimensions used", 2)
        .help("Sum of all dimensionalities: at most 2, the number of neurons.")
        .basis("From the matrix as it is now."),
])
.presets(&[
    Preset::new("dense", "Dense")
        .look("Every feature is always there: the two most important get a right angle to themselves, the rest is dropped.")
        .with(&[("sparsity", "0"), ("importance", "0.9")]),
    Preset::new("pairs", "Two antipodal pairs")
        .look("Two features on one line, back to back: negative is the other's.")
        .with(&[("sparsity", "0.7")]),
    Preset::new("pentagon", "Pentagon")
        .look("All five, the widest gap between two of them [73°](run:?at=3000#max_gap_deg)."),
    Preset::new("crowd", "Crowd")
        .look("Eight features: some find a place on the ring, others stay stubs.")
        .with(&[("n_features", "8"), ("sparsity", "0.97")]),
])
.challenges(&[Challenge::new(
    "five-in-two",
    "Store five features",
    "Five features kept, no gap of 85 degrees or more, at a sparsity of 0.9 or less. Arrows keep what they \
     learned while you drag.",
    &[of("n_represented").equals(5.0), of("max_gap_deg").below(85.0), of("sparsity").at_most(0.9)],
)
.solution(&[("sparsity", "0.9")], 3000)])
.prediction(
    Prediction::new(
        "Five features, two neurons; each feature is absent 70 % of the time. How many will the network \
         keep?",
        of("n_represented"),
        &[Answer::at_most("Two", 2.0), Answer::below("Three or four", 5.0), Answer::beyond("All five")],
        "Two features fit on one line, back to back: the sign tells them apart, and what is negative is cut \
         off. A fifth would be in the way of others too often; it fits in when all of them are rarer. Four \
         are kept with [37 of 40](run:?sparsity=0.7&at=3000&seeds=1..40#count:n_represented=4) seeds.",
    )
    .with(&[("sparsity", "0.7")])
    .settled_at(3000),
);

/// Steps after which nothing new comes.
const LAST: u64 = 20_000;

/// Losses are averaged over this many batches: a sparse batch alone is mostly noise.
const SMOOTH: f64 = 20.0;

const COLUMNS: [&str; 10] = ["w_0", "w_1", "w_2", "w_3", "w_4", "w_5", "w_6", "w_7", "w_8", "w_9"];
/// Names of the words at their tips.
const NUMBERS: [&str; 10] = ["n_0", "n_1", "n_2", "n_3", "n_4", "n_5", "n_6", "n_7", "n_8", "n_9"];
const AXES: [&str; 2] = ["feature", "feature"];

/// From a tip to its number, in units of the plane, and the shortest arrow that has one.
const BEYOND: f64 = 0.17;
const SHORTEST: f64 = 0.25;

struct Folding {
    toy: Toy,
    sparsity: f64,
    rate: f64,
    steps: u64,
    loss: Smoothed,
    losses: Series<1>,
    broken: bool,
}

impl Folding {
    fn new(values: &Values) -> Self {
        Self {
            toy: Toy::new(values.integer("n_features"), values.real("importance"), values.seed()),
            sparsity: values.real("sparsity"),
            rate: values.real("lr"),
            steps: 0,
            loss: Smoothed::over(SMOOTH),
            losses: Series::every(5),
            broken: false,
        }
    }

    fn widest(&self) -> Option<f64> {
        self.toy.gaps().into_iter().reduce(f64::max)
    }
}

impl Simulation for Folding {
    fn step(&mut self) {
        self.loss.take(self.toy.step(self.sparsity, self.rate));
        self.steps += 1;
        self.losses.push(self.steps, [self.loss.now]);
        self.broken = !self.toy.w.as_slice().iter().all(|w| w.is_finite());
    }

    fn set(&mut self, values: &Values) {
        self.sparsity = values.real("sparsity");
        self.rate = values.real("lr");
    }

    fn readings(&self) -> Vec<Named> {
        let used: f64 = (0..self.toy.features()).map(|i| self.toy.dimensionality(i)).sum();
        vec![
            reading("loss", self.loss.now),
            reading("n_represented", self.toy.represented().len()),
            reading("max_gap_deg", self.widest()),
            reading("sum_dim", used),
        ]
    }

    fn figure(&self) -> Figure {
        let n = self.toy.features();
        let overlaps = charts::matrix("overlaps", "Overlap of each two", AXES, n, &self.toy.overlaps(), 1.5);
        let y = Axis::logarithmic("squared error", [1e-3, 1.0]);
        let curve = Curve::new("loss", "loss", self.losses.curve(0), Tone::Accent);
        let loss = charts::training("losses", "Loss", "training step", 500.0, y, vec![curve]);
        Figure::new(
            vec![
                vec![self.plane().height(300.0), overlaps.height(300.0)],
                vec![loss.height(195.0), self.shares().height(195.0)],
            ],
            format!(
                "{} of {n} features are longer than a half{}. Together they use {} of 2 dimensions.",
                self.toy.represented().len(),
                self.widest().map_or_else(String::new, |g| format!(
                    ", the widest gap between neighbours is {}°",
                    format_number(g, 0)
                )),
                format_number((0..n).map(|i| self.toy.dimensionality(i)).sum(), 2),
            ),
        )
    }

    fn describe(&self, mark: &str, index: usize) -> Option<String> {
        let n = self.toy.features();
        if mark == "overlaps" {
            return charts::describe_cell(AXES, n, &self.toy.overlaps(), index);
        }
        let i = match mark {
            "tips" | "shares" => index,
            _ => COLUMNS.iter().position(|c| *c == mark)?,
        };
        let [x, y] = self.toy.column(i);
        Some(format!(
            "feature {i}: ({}, {}), length {}, dimensionality {}",
            format_number(x, 2),
            format_number(y, 2),
            format_number(self.toy.length(i), 2),
            format_number(self.toy.dimensionality(i), 2)
        ))
    }

    fn notes(&self) -> Vec<String> {
        if self.broken {
            vec![
                "A weight is no longer a number: the run has stopped. Lower the learning rate, then reset."
                    .to_owned(),
            ]
        } else {
            Vec::new()
        }
    }

    fn finished(&self) -> bool {
        self.broken || self.steps >= LAST
    }
}

impl Folding {
    fn plane(&self) -> Panel {
        let n = self.toy.features();
        let axis = |label| Axis::linear(label, [-1.5, 1.5]);
        let circle =
            (0..=60).map(|i| 2.0 * core::f64::consts::PI * f64::from(i) / 60.0).map(|t| [cos(t), sin(t)]);
        let mut panel = Panel::new("plane", "Where each feature is kept", axis("neuron 1"), axis("neuron 2"))
            .square()
            .line("unit", "", circle, Tone::Faint, Stroke::Solid);
        let mut tips = Vec::new();
        for (i, id) in COLUMNS.iter().take(n).enumerate() {
            let tip = self.toy.column(i);
            let tone = Tone::Series(i as u8);
            panel = panel.line(id, "", [[0.0, 0.0], tip], tone, Stroke::Thick);
            tips.push(Dot::new(tip, tone, Glyph::of(i)));
        }
        panel = panel.dots("tips", "", tips, 4.0);
        for (i, id) in NUMBERS.iter().take(n).enumerate() {
            let (tip, length) = (self.toy.column(i), self.toy.length(i));
            if length >= SHORTEST {
                let at = tip.map(|x| (x * (1.0 + BEYOND / length)).clamp(-1.42, 1.42));
                panel = panel.words(id, at, i.to_string(), Anchor::Middle, Tone::Series(i as u8));
            }
        }
        panel
    }

    fn shares(&self) -> Panel {
        let n = self.toy.features();
        let bars = (0..n).map(|i| {
            let to = self.toy.dimensionality(i);
            Bar::new(i as f64, 0.6, to, Tone::Series(i as u8)).text(format_number(to, 2))
        });
        Panel::new(
            "dimensions",
            "Dimensionality of each feature",
            Axis::categories("feature", (0..n).map(|i| i.to_string())),
            Axis::linear("share of a dimension", [0.0, 1.15]).grid(),
        )
        .bars("shares", bars)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::{Runner, Value};

    #[test]
    fn the_defaults_fold_five_into_two() {
        let run = Runner::after(&SPEC, &[], 3000);
        assert_eq!(run.number("n_represented"), Some(5.0));
        assert!((run.number("max_gap_deg").unwrap() - 72.0).abs() < 6.0);
        assert!((run.number("sum_dim").unwrap() - 2.0).abs() < 0.05);
    }

    #[test]
    fn a_crowd_has_stubs() {
        let run = Runner::after(&SPEC, &[("n_features", "8"), ("sparsity", "0.97")], 3000);
        let kept = run.number("n_represented").unwrap();
        assert!((5.0..8.0).contains(&kept), "{kept}");
        assert!(run.number("sum_dim").unwrap() <= 2.0 + 1e-9);
    }

    #[test]
    fn two_features_need_no_superposition() {
        let run = Runner::after(&SPEC, &[("n_features", "2"), ("sparsity", "0.5")], 3000);
        assert_eq!(run.number("n_represented"), Some(2.0));
        assert!((run.number("sum_dim").unwrap() - 2.0).abs() < 0.05);
    }

    #[test]
    fn sparsity_moves_without_a_restart_and_empty_batches_break_nothing() {
        let mut run = Runner::after(&SPEC, &[], 500);
        let mut values = run.values().clone();
        values.set("sparsity", Value::Real(0.99));
        run.set_values(values);
        assert_eq!(run.step(), 500);
        run.advance(500);
        assert!(run.number("loss").unwrap().is_finite());
        let tip = run.simulation().describe("tips", 2).unwrap();
        assert!(tip.starts_with("feature 2: ("), "{tip}");
    }
}
