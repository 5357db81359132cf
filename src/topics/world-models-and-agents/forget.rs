//! `forget`: one network learns tasks one after the other, and forgets, freezes or keeps.

use crate::lab::figure::charts::{self, Curve, with_level};
use crate::lab::figure::{At, Axis, Bar, Figure, GAP, Panel, Ramp, Stroke, Tone, level};
use crate::lab::schema::readout::format_number;
use crate::lab::{
    Answer, Challenge, Choice, Control, Named, Pace, Prediction, Preset, Readout, Simulation, Spec, Values,
    of, reading,
};
use crate::models::forgetting::{Learner, PIXELS, Protection, STEPS, Task, glyph, tasks};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Method {
    None,
    Ewc,
    Replay,
}

static METHOD: Choice<Method, 3> = Choice::new(
    "method",
    "Against forgetting",
    [("none", "nothing", Method::None), ("ewc", "EWC", Method::Ewc), ("replay", "replay", Method::Replay)],
);

pub static SPEC: Spec = Spec::new(
    "forget",
    "Learning B, losing A",
    "One network learns to read digits whose pixels stand in their places (task A), then shuffled (B), then \
     shuffled anew (C). Watch what becomes of A.",
    Pace::new(20.0, 40, "round").promised(120),
    |values| Box::new(Forget::new(values)),
)
.controls(&[
    METHOD.control().help("EWC anchors the weights that mattered; replay mixes in examples that were kept."),
    Control::logarithmic("lambda", "Strength λ", [0.1, 1e5], 1000.0)
        .only("method", &["ewc"])
        .help("Of EWC's anchors."),
    Control::real("replay", "Replayed share", [0.0, 0.75], 0.05, 0.25)
        .only("method", &["replay"])
        .help("Of each batch of 32; from 100 kept examples of each old task."),
    Control::integer("hidden", "Hidden units", 8, 64, 32).help("Between 25 pixels and 10 digits."),
    Control::integer("tasks", "Tasks", 2, 5, 3).help("One after the other, 400 updates each."),
    Control::seed(1),
])
.readouts(&[
    Readout::new("acc_a", "Accuracy on A", 2)
        .basis("Share of 200 test pictures named rightly; one in ten is luck."),
    Readout::new("acc_b", "Accuracy on B", 2)
        .help("The same for the second task, once it has begun.")
        .basis("On 200 test pictures of its own."),
    Readout::new("acc_c", "Accuracy on C", 2)
        .help("The same for the third task, once it has begun.")
        .basis("On 200 test pictures of its own."),
    Readout::new("average", "Average", 2).basis("Over the tasks that have begun."),
    Readout::new("memory", "Numbers kept", 0)
        .help("Beside the network: anchors or examples.")
        .basis("Counted over what the tasks that are done have left."),
    Readout::new("transfer", "Head start on C", 2)
        .help("Accuracy after 50 updates on C minus that on A after its first 50.")
        .basis("On the 200 test pictures of each."),
])
.presets(&[
    Preset::new("forgetful", "Forgetful").look("Each new task takes the weights of the old one."),
    Preset::new("ewc", "EWC")
        .look("A moderate anchor: A and B stay above half, and C is learned less well.")
        .with(&[("method", "ewc"), ("lambda", "10")]),
    Preset::new("frozen", "Frozen")
        .look("The strongest anchor: C cannot be learned any more, and even A is not quite kept.")
        .with(&[("method", "ewc"), ("lambda", "1e5")]),
    Preset::new("replay", "Replay")
        .look("A quarter of each batch is old. Most is kept, for the price of a store.")
        .with(&[("method", "replay")]),
])
.challenges(&[Challenge::new(
    "all-three",
    "Keep all three",
    "With EWC alone, end with at least half right on each of three tasks.",
    &[
        of("method").is("ewc"),
        of("acc_a").at_least(0.5),
        of("acc_b").at_least(0.5),
        of("acc_c").at_least(0.5),
        of("step").at_least(120.0),
    ],
)
.solution(&[("method", "ewc"), ("lambda", "10")], 120)])
.prediction(
    Prediction::new(
        "It reads 98 of 100 digits of A. After 400 updates on B and 400 on C, how many does it still read?",
        of("acc_a"),
        &[
            Answer::below("fewer than half", 0.5),
            Answer::below("half to nine tenths", 0.9),
            Answer::beyond("more"),
        ],
        "Nothing in the updates for B and C speaks of A: its weights are free to be taken.",
    )
    .settled_at(120),
);

/// Updates in a step.
const UPDATES: usize = 10;

/// Updates after which a head start is measured.
const EARLY: usize = 50;

const NAMES: [&str; 5] = ["A", "B", "C", "D", "E"];

struct Forget {
    learner: Learner,
    method: Method,
    tasks: Vec<Task>,
    /// For each task its accuracy from where it began: updates and share.
    curves: Vec<Vec<[f64; 2]>>,
    /// Accuracy of each task after its first updates, and at its end.
    early: Vec<f64>,
    fresh: Vec<f64>,
}

impl Forget {
    fn new(values: &Values) -> Self {
        let method = METHOD.of(values);
        let protection = match method {
            Method::None => Protection::None,
            Method::Ewc => Protection::Anchors(values.real("lambda")),
            Method::Replay => Protection::Replay(values.real("replay")),
        };
        let count = values.integer("tasks");
        let learner = Learner::new(count, values.integer("hidden"), protection, values.seed());
        Self {
            curves: vec![vec![[0.0, learner.accuracy(0)]]],
            learner,
            method,
            tasks: tasks(count, values.seed()),
            early: Vec::new(),
            fresh: Vec::new(),
        }
    }

    fn accuracy(&self, task: usize) -> Option<f64> {
        self.curves.get(task)?.last().map(|point| point[1])
    }

    fn average(&self) -> f64 {
        let begun = self.curves.iter().filter_map(|curve| curve.last().map(|p| p[1]));
        begun.sum::<f64>() / self.curves.len() as f64
    }
}

impl Simulation for Forget {
    fn step(&mut self) {
        (0..UPDATES).for_each(|_| self.learner.step());
        let (updates, task) = (self.learner.steps(), (self.learner.steps() - 1) / STEPS);
        if self.curves.len() <= task {
            self.curves.push(Vec::new());
        }
        for (t, curve) in self.curves.iter_mut().enumerate() {
            curve.push([updates as f64, self.learner.accuracy(t)]);
        }
        let now = self.accuracy(task).unwrap_or(0.0);
        if updates == task * STEPS + EARLY {
            self.early.push(now);
        }
        if updates.is_multiple_of(STEPS) {
            self.fresh.push(now);
        }
    }

    fn readings(&self) -> Vec<Named> {
        let head_start = self.early.get(2).map(|c| c - self.early[0]);
        vec![
            reading("acc_a", self.accuracy(0)),
            reading("acc_b", self.accuracy(1)),
            reading("acc_c", self.accuracy(2)),
            reading("average", self.average()),
            reading("memory", self.learner.memory()),
            reading("transfer", head_start),
        ]
    }

    fn figure(&self) -> Figure {
        let said: Vec<String> = (0..self.curves.len())
            .filter_map(|t| Some(format!("{} {}", NAMES[t], format_number(self.accuracy(t)?, 2))))
            .collect();
        let alternative =
            format!("After {} updates the accuracies are {}.", self.learner.steps(), said.join(", "));
        Figure::new(vec![vec![self.accuracies(), self.kept()], vec![self.pictures()]], alternative)
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if self.method == Method::Replay && self.learner.memory() > 0 {
            let weights = self.learner.weights();
            notes.push(format!(
                "The kept examples are {} numbers; the network has {}.",
                format_number(self.learner.memory() as f64, 0),
                format_number(weights as f64, 0)
            ));
        }
        notes
    }

    fn finished(&self) -> bool {
        self.learner.finished()
    }
}

impl Forget {
    fn accuracies(&self) -> Panel {
        let last = STEPS * self.tasks.len();
        let y = Axis::linear("accuracy", [0.0, 1.0]);
        let curves = self
            .curves
            .iter()
            .enumerate()
            .map(|(t, points)| {
                Curve::new(IDS[t], NAMES[t], points.clone(), Tone::Series(t as u8)).stroke(Stroke::Thick)
            })
            .collect();
        let title = format!("Now learning {}", NAMES[self.learner.task()]);
        let mut panel = charts::training("accuracies", title, "updates", 0.0, y, curves);
        panel.x = Axis::linear("updates", [0.0, 1.06 * last as f64])
            .ticks((0..=self.tasks.len()).map(|t| ((t * STEPS) as f64, (t * STEPS).to_string())));
        for (t, id) in BORDERS.iter().enumerate().take(self.tasks.len() - 1) {
            panel = panel.rule(id, "", At::X(((t + 1) * STEPS) as f64), Tone::Faint, Stroke::Solid);
        }
        with_level(panel.height(270.0).weight(1.5), "luck", "luck", 0.1, Tone::Muted)
    }

    /// What is left of each task, beside what there was when it had just been learned.
    fn kept(&self) -> Panel {
        let named = |t: usize| match self.accuracy(t) {
            Some(now) => format!("{} {}", NAMES[t], format_number(now, 2)),
            None => NAMES[t].to_owned(),
        };
        let names: Vec<String> = (0..self.tasks.len()).map(named).collect();
        let bars: Vec<Bar> = (0..self.curves.len())
            .filter_map(|t| {
                let now = self.accuracy(t)?;
                Some(Bar::new(t as f64, 0.6, now, Tone::Series(t as u8)))
            })
            .collect();
        let fresh = self.fresh.iter().enumerate().flat_map(|(t, a)| {
            let x = t as f64;
            [[x - 0.34, *a], [x + 0.34, *a], GAP]
        });
        Panel::new(
            "kept",
            "Now, and when just learned",
            Axis::categories("task", names),
            Axis::linear("", [0.0, 1.0]).ticks([(0.0, "0"), (0.5, "0.5"), (1.0, "1")]).grid(),
        )
        .height(270.0)
        .weight(0.9)
        .bars("left", bars)
        .line("fresh", "", fresh, Tone::Ink, Stroke::Thick)
    }

    /// The same digit as each task shows it.
    fn pictures(&self) -> Panel {
        let clean = glyph(3);
        let width = 6.0 * self.tasks.len() as f64;
        let mut panel = Panel::new(
            "pictures",
            "A three, as each task shows it",
            Axis::linear("", [-0.5, width - 0.5])
                .ticks((0..self.tasks.len()).map(|t| (6.0 * t as f64 + 2.5, NAMES[t]))),
            Axis::hidden([5.0, 0.0]),
        )
        .height(140.0)
        .square();
        for (t, task) in self.tasks.iter().enumerate() {
            let cells = (0..PIXELS).map(|i| level(0.08 + 0.8 * clean[task.order[i]])).collect();
            let left = 6.0 * t as f64;
            panel = panel.cells(PICTURES[t], [left, 0.0, left + 5.0, 5.0], [5, 5], cells, Ramp::Sequential);
        }
        panel
    }
}

const IDS: [&str; 5] = ["a", "b", "c", "d", "e"];
const BORDERS: [&str; 4] = ["b-begins", "c-begins", "d-begins", "e-begins"];
const PICTURES: [&str; 5] = ["three-a", "three-b", "three-c", "three-d", "three-e"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::Runner;

    #[test]
    fn presets_trade_as_they_say() {
        let [forgetful, ewc, frozen, replay] =
            ["forgetful", "ewc", "frozen", "replay"].map(|id| Runner::preset(&SPEC, id, 120));
        let number = |runner: &Runner, id| runner.number(id).unwrap();
        assert!(number(&forgetful, "acc_a") < 0.5);
        assert!(number(&ewc, "average") > number(&forgetful, "average"));
        assert!(number(&frozen, "acc_c") < 0.3);
        assert!(number(&replay, "average") > number(&ewc, "average"));
        assert_eq!(number(&replay, "memory") as usize, 2 * 100 * 26);
    }

    #[test]
    fn two_tasks_have_no_third() {
        let runner = Runner::after(&SPEC, &[("tasks", "2")], 120);
        assert!(runner.finished() && runner.number("acc_c").is_none() && runner.number("transfer").is_none());
    }
}
