//! `selective`: one number of state learns to write what is marked, beside one that cannot choose.

use super::selective_figure;
use crate::lab::series::{Series, Smoothed};
use crate::lab::simulation::Outcome;
use crate::lab::{
    Challenge, Clause, Control, Figure, Pace, Prediction, Preset, Reading, Readout, Simulation, Spec, Values,
    page_text,
};
use crate::models::selective_cell::{BATCH, Cell, Learner, Task, Token, best_fixed_loss};
use crate::numerics::random::Stream;

pub static SPEC: Spec = Spec {
    id: "selective",
    title: "Remember the marked one",
    summary: page_text(
        "A stream of values passes; some are marked, and the answer is always the value marked last. Two \
         models carry a single number. One may open its gate when it likes; the other has a fixed rhythm.",
    ),
    controls: &[
        Control::real("p", "Mark probability p", [0.02, 1.0], 0.01, 0.1)
            .help("How often a value is marked; the first one always is."),
        Control::integer("length", "Training length", 16, 128, 48)
            .step(16)
            .unit("tokens")
            .help("Tokens of a training sequence; 16 sequences make a batch."),
        Control::toggle("selective", "Δ depends on the input", true).help(
            "Lets the step size, and so the gate, follow the value and its mark. Off, both models are fixed.",
        ),
        Control::choice("fixed_decay", "Fixed model", &[("train", "Trained"), ("manual", "Set by hand")])
            .help("Learn its decay from the same batches, or take yours."),
        Control::real("abar", "Decay Ā by hand", [0.0, 0.999], 0.001, 0.9)
            .help("Share of the state that the fixed model keeps at each token, when it is set by hand."),
        Control::logarithmic_whole("gap", "Test gap", [1.0, 100_000.0], 100.0)
            .live()
            .unit("tokens")
            .help("How many unmarked tokens the memory must survive in the readout of retention."),
        Control::logarithmic("lr", "Learning rate", [0.001, 0.3], 0.05)
            .secondary()
            .help("Size of an Adam step."),
        Control::seed(1).secondary(),
    ],
    readouts: &[
        Readout::new("loss_sel", "Error, selective", 4)
            .help("Mean squared error, averaged over the last 20 batches."),
        Readout::new("loss_fixed", "Error, fixed", 4)
            .help("The same for the fixed model, on the same batches."),
        Readout::new("lti_floor", "Best fixed filter", 4)
            .help("Least error of any fixed linear filter, with a state of any size, on an endless stream: (1/3)(1 − p/(2 − p)). Training sequences begin with a mark, which makes them a few percent easier."),
        Readout::new("ratio", "Selective / best fixed", 3)
            .help("Below 1 the selective model does what no fixed filter can."),
        Readout::new("half_life", "Half-life", 0)
            .unit("tokens")
            .help("Unmarked tokens after which half of the selective state is gone."),
        Readout::new("retention", "Left after the gap", 3)
            .help("What is left of the selective state after the test gap."),
    ],
    presets: &[
        Preset {
            id: "default",
            label: "One in ten",
            look: page_text("Within 200 batches the gate is shut between the marks."),
            values: &[],
        },
        Preset {
            id: "rare",
            label: "Rare marks",
            look: page_text(
                "Three in a hundred: the memory must last longer than most training sequences have room for.",
            ),
            values: &[("p", "0.03"), ("length", "96")],
        },
        Preset {
            id: "all-marked",
            label: "Every token marked",
            look: page_text(
                "Nothing to choose: both models learn to repeat the token, and the floor is zero.",
            ),
            values: &[("p", "1")],
        },
        Preset {
            id: "best-fixed",
            label: "Best fixed",
            look: page_text(
                "The decay that theory says is best, 0.9 for p = 0.1: it lies within a few percent of the dashed line.",
            ),
            values: &[("fixed_decay", "manual")],
        },
        Preset {
            id: "large-steps",
            label: "Large steps",
            look: page_text("Six times as large: it learns sooner, and never comes to rest."),
            values: &[("lr", "0.3")],
        },
    ],
    challenges: &[
        Challenge {
            id: "beat-the-floor",
            title: "Beat the floor",
            task: page_text(
                "Marks at 0.1: bring the selective error below a tenth of what the best fixed filter can reach, within 100 steps.",
            ),
            solved: &[Clause::equals("p", 0.1), Clause::below("ratio", 0.1), Clause::at_most("step", 100.0)],
            solution: &[("lr", "0.2")],
            solution_steps: 100,
        },
        Challenge {
            id: "far-beyond",
            title: "Remember far beyond training",
            task: page_text(
                "Trained on 48 tokens or fewer: keep 0.8 of the state over a gap of 1,000 tokens or more.",
            ),
            solved: &[
                Clause::at_most("length", 48.0),
                Clause::at_least("gap", 1000.0),
                Clause::at_least("retention", 0.8),
            ],
            solution: &[("gap", "1000")],
            solution_steps: 2000,
        },
    ],
    prediction: Some(Prediction {
        question: page_text(
            "One value in ten is marked. The fixed model gets the best decay there is, 0.9. Where does the selective one end, after 400 batches?",
        ),
        values: &[("fixed_decay", "manual")],
        settled_at: 400,
        options: &[
            Outcome { label: "Above it: a good decay wins", holds: &[Clause::at_least("ratio", 1.0)] },
            Outcome {
                label: "A little below",
                holds: &[Clause::below("ratio", 1.0), Clause::at_least("ratio", 0.1)],
            },
            Outcome { label: "Below a tenth of it", holds: &[Clause::below("ratio", 0.1)] },
        ],
        because: page_text(
            "A fixed filter sees the marks, and they do not help it: added up with fixed weights, a mark says \
             nothing about a value. The gate multiplies, so it can shut everything else out.",
        ),
    }),
    pace: Pace::new(100.0, 60, "training step").promised(400),
    build: |values| Box::new(Gates::new(values)),
};

/// Steps after which nothing new comes.
const LAST: u64 = 6000;

/// Errors are averaged over this many batches.
const SMOOTH: f64 = 20.0;

/// Tokens of the stream that are drawn, and how many more warm the models up.
pub const SHOWN: usize = 40;
const BEFORE: usize = 200;

/// Training steps for each token of the stream.
const STEPS_A_TOKEN: u64 = 20;

/// The least error that is drawn.
const LEAST: f64 = 1e-5;

/// Retentions below this are shown as 0.
const NOTHING: f64 = 1e-12;

/// Two models of one number each, on the same batches.
pub struct Gates {
    pub chooser: Learner,
    fixed: Option<Learner>,
    by_hand: Cell,
    rate: f64,
    length: usize,
    pub floor: f64,
    task: Task,
    watched: Task,
    pub stream: Vec<Token>,
    steps: u64,
    /// Of the selective and of the fixed model.
    pub losses: [Smoothed; 2],
    pub record: Series<2>,
    gap: f64,
    broken: bool,
}

impl Gates {
    fn new(values: &Values) -> Self {
        let (seed, p) = (values.seed(), values.real("p"));
        let mut weights = Stream::new(seed, "weights");
        let chooser = Learner::new(values.toggle("selective"), &mut weights);
        let mut watched = Task::new(p, Stream::new(seed, "the stream that is drawn"));
        let stream = (&mut watched).take(BEFORE + SHOWN).collect();
        let length = values.integer("length");
        let mut gates = Self {
            chooser,
            fixed: (values.choice("fixed_decay") == "train").then(|| Learner::new(false, &mut weights)),
            by_hand: Cell::fixed(values.real("abar")),
            rate: values.real("lr"),
            length,
            floor: best_fixed_loss(p),
            task: Task::new(p, Stream::new(seed, "batches")),
            watched,
            stream,
            steps: 0,
            losses: [Smoothed::over(SMOOTH); 2],
            record: Series::every(2),
            gap: values.real("gap"),
            broken: false,
        };
        let mut before = Task::new(p, Stream::new(seed, "before training"));
        let batch: Vec<Vec<Token>> = (0..BATCH).map(|_| before.sequence(length)).collect();
        gates.take([&gates.chooser.cell, gates.fixed()].map(|cell| cell.gradient(&batch).0));
        gates
    }

    /// Notes the errors of a batch.
    fn take(&mut self, errors: [f64; 2]) {
        self.losses.iter_mut().zip(errors).for_each(|(mean, error)| mean.take(error));
        self.record.push(self.steps, self.losses.map(|l| l.now.max(LEAST)));
    }

    pub fn fixed(&self) -> &Cell {
        self.fixed.as_ref().map_or(&self.by_hand, |l| &l.cell)
    }

    pub fn retention(&self) -> f64 {
        let left = self.chooser.cell.retention(self.gap);
        if left < NOTHING { 0.0 } else { left }
    }
}

impl Simulation for Gates {
    fn step(&mut self) {
        if self.finished() {
            return;
        }
        let batch: Vec<Vec<Token>> = (0..BATCH).map(|_| self.task.sequence(self.length)).collect();
        let by_hand = self.by_hand.gradient(&batch).0;
        let fixed = self.fixed.as_mut().map_or(Some(by_hand), |l| l.step(&batch, self.rate));
        let (Some(chooser), Some(fixed)) = (self.chooser.step(&batch, self.rate), fixed) else {
            self.broken = true;
            return;
        };
        self.steps += 1;
        self.take([chooser, fixed]);
        if self.steps.is_multiple_of(STEPS_A_TOKEN) {
            self.stream.remove(0);
            self.stream.extend(self.watched.next());
        }
    }

    fn set(&mut self, values: &Values) {
        self.gap = values.real("gap");
    }

    fn readings(&self) -> Vec<Reading> {
        let [chooser, fixed] = self.losses.map(|l| l.now);
        let ratio = (self.floor > 0.0).then_some(chooser / self.floor);
        vec![
            chooser.into(),
            fixed.into(),
            self.floor.into(),
            ratio.into(),
            self.chooser.cell.half_life().into(),
            self.retention().into(),
        ]
    }

    fn figure(&self) -> Figure {
        selective_figure::draw(self)
    }

    fn describe(&self, mark: &str, index: usize) -> Option<String> {
        selective_figure::describe(self, mark, index)
    }

    fn notes(&self) -> Vec<String> {
        if self.broken {
            vec!["The error is no longer a number: the run has stopped, with the weights of the step before. Lower the learning rate, then reset.".to_owned()]
        } else {
            Vec::new()
        }
    }

    fn finished(&self) -> bool {
        self.broken || self.steps >= LAST
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::Runner;

    #[test]
    fn choosing_beats_every_fixed_rhythm() {
        let run = Runner::after(&SPEC, &[], 400);
        assert!(run.number("ratio").unwrap() < 0.05, "{:?}", run.number("ratio"));
        assert!((run.number("loss_fixed").unwrap() / run.number("lti_floor").unwrap() - 1.0).abs() < 0.1);
        let off = Runner::after(&SPEC, &[("selective", "off")], 400);
        assert!(off.number("ratio").unwrap() > 0.9);
    }

    #[test]
    fn where_all_is_marked_there_is_no_ratio() {
        let run = Runner::after(&SPEC, &[("p", "1")], 400);
        assert_eq!((run.number("lti_floor"), run.number("ratio")), (Some(0.0), None));
        assert!(run.number("loss_fixed").unwrap() < 0.01);
    }

    #[test]
    fn memory_outlasts_training_and_then_shows_nothing() {
        let left = |gap, steps| Runner::after(&SPEC, &[("gap", gap)], steps).number("retention").unwrap();
        assert!(left("1000", 2000) > 0.8);
        assert_eq!(left("100000", 0), 0.0);
    }

    #[test]
    fn a_large_rate_is_survived_or_said() {
        let run = Runner::after(&SPEC, &[("lr", "0.3")], 3000);
        assert!(run.number("loss_sel").unwrap().is_finite());
        let told = |mark, index| run.simulation().describe(mark, index).unwrap();
        assert!(told("values", 3).contains("value"), "{}", told("values", 3));
        assert_eq!(told("chosen", 3), told("values", 3));
        // A gate is drawn by two points: both speak of the same token.
        let last = 2 * SHOWN - 1;
        assert_eq!(told("gate_chosen", last - 1), told("gate_chosen", last));
        assert!(run.simulation().describe("gate_chosen", last + 1).is_none());
    }
}
