//! `selective`: one number of state learns to write what is marked, beside one that cannot choose.

mod figure;
#[cfg(test)]
mod tests;

use crate::lab::figure::series::{Series, Smoothed};
use crate::lab::schema::table::{Column, Table};
use crate::lab::schema::text::Fault;
use crate::lab::{
    Answer, Challenge, Choice, Control, Figure, Named, Pace, Prediction, Preset, Readout, Simulation, Spec,
    Values, of, reading,
};
use crate::models::selective_cell::{BATCH, Cell, Learner, Marked, Task, Token, best_fixed_loss};
use crate::numerics::random::Stream;

static TRAINED: Choice<bool, 2> =
    Choice::new("fixed_decay", "Fixed model", [("train", "Trained", true), ("manual", "Set by hand", false)]);

/// A sequence of the reader's own: values, and whether each is one to remember.
static SEQUENCE: Table =
    Table::new(&[Column::real("value", [-1e9, 1e9]), Column::whole("mark", [0.0, 1.0])], [40, 1000]);

/// Refuses what is no table, and a sequence without a mark.
fn read_sequence(text: &str) -> Result<(), Fault> {
    let rows = SEQUENCE.read::<2>(text)?;
    if rows.is_empty() || rows.iter().any(|[_, mark]| *mark == 1.0) {
        return Ok(());
    }
    let sentence = "no row has the mark 1: nothing would be to remember.".to_owned();
    Err(Fault::at_end(text, sentence))
}

pub static SPEC: Spec = Spec::new(
    "selective",
    "Remember the marked one",
    "A stream of values passes; some are marked, and the answer is always the value marked last. Two models \
     carry a single number. One may open its gate when it likes; the other has a fixed rhythm.",
    Pace::new(100.0, 60, "training step").promised(400),
    |values| Box::new(Gates::new(values)),
)
.controls(&[
    Control::real("p", "Mark probability p", [0.02, 1.0], 0.01, 0.1)
        .help("How often a value is marked; the first one always is."),
    Control::integer("length", "Training length", 16, 128, 48)
        .step(16)
        .unit("tokens")
        .help("Tokens of a training sequence; 16 sequences make a batch."),
    Control::toggle("selective", "Δ depends on the input", true).help(
        "Lets the step size, and so the gate, follow the value and its mark. Off, both models are fixed.",
    ),
    TRAINED.control().help("Learn its decay from the same batches, or take yours."),
    Control::real("abar", "Decay Ā by hand", [0.0, 0.999], 0.001, 0.9).only("fixed_decay", &["manual"])
        .help("Share of the state that the fixed model keeps at each token, when it is set by hand."),
    Control::logarithmic_whole("gap", "Test gap", [1.0, 100_000.0], 100.0)
        .live()
        .unit("tokens")
        .help("How many unmarked tokens the memory must survive in the readout of retention."),
    Control::logarithmic("lr", "Learning rate", [0.001, 0.3], 0.05).secondary().help("Size of an Adam step."),
    Control::table("own", "Your own sequence", &SEQUENCE, read_sequence).secondary().help(
        "Values in their order, each with the mark 1 if it is to be remembered until the next mark, else 0; they \
         take the place of the drawn ones.",
    ),
    Control::seed(1).secondary(),
])
.readouts(&[
    Readout::new("loss_sel", "Error, selective", 4)
        .help("Mean squared error.")
        .basis("Smoothed over about 20 batches."),
    Readout::new("loss_fixed", "Error, fixed", 4).help("The same for the fixed model, on the same batches.")
        .basis("Smoothed over about 20 batches."),
    Readout::new("lti_floor", "Best fixed filter", 4).help(
        "Least error of any fixed linear filter, with a state of any size, on an endless stream: (1/3)(1 − \
         p/(2 − p)). Training sequences begin with a mark, which makes them a few percent easier.",
    )
        .formula("1 / 3 * (1 - p / (2 - p))"),
    Readout::new("ratio", "Selective / best fixed", 3)
        .help("Below 1 the selective model does what no fixed filter can.")
        .formula("loss_sel / lti_floor"),
    Readout::new("half_life", "Half-life", 0)
        .unit("tokens")
        .help("Unmarked tokens after which half of the selective state is gone.")
        .basis("Exact, from the weights as they are now."),
    Readout::new("retention", "Left after the gap", 3)
        .help("What is left of the selective state after the test gap.")
        .basis("Exact, from the weights as they are now."),
])
.presets(&[
    Preset::new("default", "One in ten").look("Within 200 batches the gate is shut between the marks."),
    Preset::new("rare", "Rare marks")
        .look(
            "Three in a hundred, in training sequences of which most hold no second mark. The gate shuts all the \
             same: half is left after [69 tokens](run:?p=0.03&length=16&at=400&seeds=1..20#median:half_life) at \
             step 400, the median of twenty seeds.",
        )
        .with(&[("p", "0.03"), ("length", "16")]),
    Preset::new("all-marked", "Every token marked")
        .look("Nothing to choose: both models learn to repeat the token, and the floor is zero.")
        .with(&[("p", "1")]),
    Preset::new("best-fixed", "Best fixed")
        .look(
            "The decay that theory says is best, 0.9 for p = 0.1: \
             [0.304 to 0.321](run:?fixed_decay=manual&at=400&seeds=1..20#range:loss_fixed) with twenty seeds, \
             and the dashed line at [0.316](run:#lti_floor).",
        )
        .with(&[("fixed_decay", "manual")]),
    Preset::new("large-steps", "Large steps")
        .look("Six times as large: it learns sooner, and never comes to rest.")
        .with(&[("lr", "0.3")]),
])
.challenges(&[
    Challenge::new(
        "beat-the-floor",
        "Beat the floor",
        "Marks at 0.1: bring the selective error below a tenth of what the best fixed filter can reach, \
         within 100 steps.",
        &[of("p").equals(0.1), of("ratio").below(0.1), of("step").at_most(100.0)],
    )
    .solution(&[("lr", "0.2")], 100),
    Challenge::new(
        "far-beyond",
        "Remember far beyond training",
        "Trained on 48 tokens or fewer, for at most 1,000 batches: keep 0.6 of the state over a gap of 1,000 \
         tokens or more.",
        &[
            of("length").at_most(48.0),
            of("gap").at_least(1000.0),
            of("retention").at_least(0.6),
            of("step").at_most(1000.0),
        ],
    )
    .solution(&[("gap", "1000"), ("lr", "0.3")], 1000),
])
.prediction(
    Prediction::new(
        "One value in ten is marked. The fixed model gets the best decay there is, 0.9. Where does the \
         selective one end, after 400 batches?",
        of("ratio"),
        &[
            Answer::beyond("Above it: a good decay wins"),
            Answer::below("A little below", 1.0),
            Answer::below("Below a tenth of it", 0.1),
        ],
        "Marks would not help a fixed filter: added up with fixed weights, a mark says \
         nothing about a value. The gate multiplies, so it can shut everything else out.",
    )
    .with(&[("fixed_decay", "manual")])
    .settled_at(400),
);

/// Steps after which nothing new comes.
const LAST: u64 = 6000;

/// Errors are averaged over this many batches.
const SMOOTH: f64 = 20.0;

/// Tokens of the stream that are drawn, and how many more warm the models up.
const SHOWN: usize = 40;
const BEFORE: usize = 200;

/// Training steps for each token of the stream.
const STEPS_A_TOKEN: u64 = 20;

/// The least error that is drawn.
const LEAST: f64 = 1e-5;

/// Retentions below this are shown as 0.
const NOTHING: f64 = 1e-12;

/// Where tokens come from: drawn, or a sequence of the reader's own with the streams that draw from it.
enum Source {
    Drawn { task: Task, watched: Task },
    Own { marked: Marked, lessons: Stream, place: usize },
}

impl Source {
    fn new(values: &Values) -> Self {
        let (seed, p) = (values.seed(), values.real("p"));
        let Some(rows) = SEQUENCE.own::<2>(values.text("own")) else {
            let task = |purpose| Task::new(p, Stream::new(seed, purpose));
            return Self::Drawn { task: task("batches"), watched: task("the stream that is drawn") };
        };
        let rows: Vec<(f64, bool)> = rows.into_iter().map(|[value, mark]| (value, mark == 1.0)).collect();
        Self::Own { marked: Marked::new(&rows), lessons: Stream::new(seed, "batches"), place: 0 }
    }

    /// A batch to learn from.
    fn batch(&mut self, length: usize) -> Vec<Vec<Token>> {
        let mut sequence = || match self {
            Self::Drawn { task, .. } => task.sequence(length),
            Self::Own { marked, lessons, .. } => marked.sequence(length, lessons),
        };
        (0..BATCH).map(|_| sequence()).collect()
    }

    /// The next token of the stream that is drawn.
    fn next(&mut self) -> Option<Token> {
        match self {
            Self::Drawn { watched, .. } => watched.next(),
            Self::Own { marked, place, .. } => {
                *place += 1;
                Some(marked.at(*place - 1))
            }
        }
    }

    /// A batch for the errors before training.
    fn before(&self, values: &Values, length: usize) -> Vec<Vec<Token>> {
        let stream = Stream::new(values.seed(), "before training");
        match self {
            Self::Drawn { .. } => {
                let mut task = Task::new(values.real("p"), stream);
                (0..BATCH).map(|_| task.sequence(length)).collect()
            }
            Self::Own { marked, .. } => {
                let mut stream = stream;
                (0..BATCH).map(|_| marked.sequence(length, &mut stream)).collect()
            }
        }
    }
}

/// Two models of one number each, on the same batches.
struct Gates {
    chooser: Learner,
    fixed: Option<Learner>,
    by_hand: Cell,
    rate: f64,
    length: usize,
    /// The least error of a fixed filter, where it is known.
    floor: Option<f64>,
    source: Source,
    stream: Vec<Token>,
    steps: u64,
    /// Of the selective and of the fixed model.
    losses: [Smoothed; 2],
    record: Series<2>,
    gap: f64,
    broken: bool,
}

impl Gates {
    fn new(values: &Values) -> Self {
        let (seed, p) = (values.seed(), values.real("p"));
        let mut weights = Stream::new(seed, "weights");
        let chooser = Learner::new(values.toggle("selective"), &mut weights);
        let mut source = Source::new(values);
        let stream = (0..BEFORE + SHOWN).filter_map(|_| source.next()).collect();
        let floor = matches!(source, Source::Drawn { .. }).then(|| best_fixed_loss(p));
        let length = values.integer("length");
        let mut gates = Self {
            chooser,
            fixed: TRAINED.of(values).then(|| Learner::new(false, &mut weights)),
            by_hand: Cell::fixed(values.real("abar")),
            rate: values.real("lr"),
            length,
            floor,
            source,
            stream,
            steps: 0,
            losses: [Smoothed::over(SMOOTH); 2],
            record: Series::every(2),
            gap: values.real("gap"),
            broken: false,
        };
        let batch = gates.source.before(values, length);
        gates.take([&gates.chooser.cell, gates.fixed()].map(|cell| cell.gradient(&batch).0));
        gates
    }

    /// Notes the errors of a batch.
    fn take(&mut self, errors: [f64; 2]) {
        self.losses.iter_mut().zip(errors).for_each(|(mean, error)| mean.take(error));
        self.record.push(self.steps, self.losses.map(|l| l.now.max(LEAST)));
    }

    fn fixed(&self) -> &Cell {
        self.fixed.as_ref().map_or(&self.by_hand, |l| &l.cell)
    }

    fn retention(&self) -> f64 {
        let left = self.chooser.cell.retention(self.gap);
        if left < NOTHING { 0.0 } else { left }
    }
}

impl Simulation for Gates {
    fn step(&mut self) {
        let batch = self.source.batch(self.length);
        let by_hand = &self.by_hand;
        let fixed = self.fixed.as_mut();
        let fixed = fixed.map_or_else(|| Some(by_hand.gradient(&batch).0), |l| l.step(&batch, self.rate));
        let (Some(chooser), Some(fixed)) = (self.chooser.step(&batch, self.rate), fixed) else {
            self.broken = true;
            return;
        };
        self.steps += 1;
        self.take([chooser, fixed]);
        if self.steps.is_multiple_of(STEPS_A_TOKEN) {
            self.stream.remove(0);
            self.stream.extend(self.source.next());
        }
    }

    fn set(&mut self, values: &Values) {
        self.gap = values.real("gap");
    }

    fn readings(&self) -> Vec<Named> {
        let [chooser, fixed] = self.losses.map(|l| l.now);
        let ratio = self.floor.filter(|floor| *floor > 0.0).map(|floor| chooser / floor);
        vec![
            reading("loss_sel", chooser),
            reading("loss_fixed", fixed),
            reading("lti_floor", self.floor),
            reading("ratio", ratio),
            reading("half_life", self.chooser.cell.half_life()),
            reading("retention", self.retention()),
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
        if matches!(self.source, Source::Own { .. }) {
            notes.push(
                "The sequence is yours, read in a circle, its values scaled to ±1; batches begin at its marks. What \
                 the best fixed filter could do with it is not known here: hold the selective model against the \
                 fixed one. “Mark probability” has no say."
                    .to_owned(),
            );
        }
        if self.broken {
            notes.push(
                "The error is no longer a number: the run has stopped, with the weights of the step before. \
                 Lower the learning rate, then reset."
                    .to_owned(),
            );
        }
        notes
    }

    fn finished(&self) -> bool {
        self.broken || self.steps >= LAST
    }
}
