//! `lora-live`: full fine-tuning, LoRA and DoRA race on a task whose best rank is known.

mod figure;
#[cfg(test)]
mod tests;

use crate::lab::figure::series::Series;
use crate::lab::{
    Answer, Challenge, Control, Figure, Named, Pace, Prediction, Preset, Readout, Simulation, Spec, Values,
    of, reading,
};
use crate::models::block_quantiser::{Codebook, Quantised};
use crate::models::low_rank::{Learner, Method, Task, WIDTH, draw_moments};
use crate::numerics::matrix::{Directions, Matrix, directions, dot};
use crate::numerics::random::Stream;

pub static SPEC: Spec = Spec::new(
    "lora-live",
    "Three ways to change a matrix",
    "A layer of 32 by 32 numbers must change in a known way. Watch full fine-tuning, LoRA and DoRA learn it \
     from the same batches, and where a low rank has to stop.",
    Pace::new(150.0, 150, "training step").promised(1200),
    |values| Box::new(Race::new(values)),
)
.controls(&[
    Control::integer("rank", "Rank r", 1, 16, 4)
        .help("Columns of B and rows of A: LoRA trains 64 numbers for each."),
    Control::integer("alpha", "Scale α", 1, 64, 32)
        .help("The adapter counts α/r times. It acts like a learning rate of its own."),
    Control::toggle("full", "Full fine-tuning", true).help("Trains all 1,024 numbers."),
    Control::toggle("lora", "LoRA", true).help("Trains A and B beside the frozen matrix."),
    Control::toggle("dora", "DoRA", false)
        .help("LoRA for the direction of each row, and one number more for its length."),
    Control::toggle("quantise_base", "Base in 4 bits", false).help(
        "Freezes the base as it comes back from NF4 in blocks of 64: the adapter must repair that, too.",
    ),
    Control::real("decay", "Spectrum of the change", [0.5, 0.95], 0.05, 0.75)
        .help("Each singular value of the needed change is this share of the one before; there are twelve."),
    Control::integer("direction", "Direction drawn", 0, 12, 0).live().help(
        "Draws one direction by itself, a column times a row, the first the largest; at 0 all together.",
    ),
    Control::logarithmic("lr", "Learning rate", [1e-4, 0.03], 0.003)
        .secondary()
        .help("Size of an Adam step."),
    Control::seed(1).secondary(),
])
.readouts(&[
    Readout::new("loss_lora", "Loss, LoRA", 3).help("Squared distance to the matrix that the task needs.")
        .basis("Exact, over all 1,024 numbers of the matrix."),
    Readout::new("loss_full", "Loss, full", 4).help("The same for full fine-tuning.")
        .basis("Exact, over all 1,024 numbers of the matrix."),
    Readout::new("loss_dora", "Loss, DoRA", 3).help("The same for DoRA.")
        .basis("Exact, over all 1,024 numbers of the matrix."),
    Readout::new("floor", "Floor of this rank", 3).help(
        "What no change of this rank can go below: the squares of the singular values beyond it (Eckart and \
         Young).",
    )
        .formula("sum(i, rank, 11, (3'largest singular value' * decay ^ i) ^ 2)"),
    Readout::new("floor_rank0", "Loss of the base", 2)
        .help("Where all of them begin: the squares of all singular values.")
        .formula("sum(i, 0, 11, (3'largest singular value' * decay ^ i) ^ 2)"),
    Readout::new("loss_share", "LoRA leaves", 2)
        .formula("100 * loss_lora / floor_rank0")
        .unit("%")
        .help("LoRA's loss as a share of the loss of the base."),
    Readout::new("params_trained", "LoRA trains", 0)
        .formula("2 * 32'side of the matrix' * rank")
        .unit("numbers")
        .help("Numbers in A and B; the layer has 1,024."),
    Readout::new("merge_max_diff", "Merged against beside", 1).help(
        "Largest difference of an output when the adapter is added into the matrix; rounding, nothing else.",
    )
        .basis("Over the 32 outputs for four drawn inputs."),
    Readout::new("direction_match", "Direction matches", 3)
        .help(
            "How alike the drawn direction is in what is needed and in what was learned: the cosine of the two \
             matrices, 1 when they are equal but for their size.",
        )
        .basis("Over the 1,024 numbers of the two, every fifteen updates, for one direction drawn."),
])
.presets(&[
    Preset::new("source", "The usual sample")
        .look(
            "r = 8, α = 32, as in most code samples: LoRA leaves \
             [0.9 %](run:?rank=8&full=off&at=1500&seeds=1..10#mean:loss_share) of where it began.",
        )
        .with(&[("rank", "8")]),
    Preset::new("rank-1", "Rank 1")
        .look(
            "One column and one row: the largest singular value is learned, the rest stays in the residual.",
        )
        .with(&[("rank", "1")]),
    Preset::new("generous", "Generous")
        .look("Rank 12 is all that the change has: the floor is gone.")
        .with(&[("rank", "12")]),
    Preset::new("dora", "DoRA against LoRA")
        .look("The same rank and 32 lengths more: DoRA ends a little below LoRA's floor.")
        .with(&[("dora", "on"), ("full", "off")]),
    Preset::new("direction", "One direction")
        .look("The largest direction by itself: every row of the square is the row above it, times one number.")
        .with(&[("direction", "1")]),
    Preset::new("flat", "Flat spectrum")
        .look(
            "Twelve directions, the last more than half as large as the first: rank 4 leaves \
             [53 %](run:?full=off&decay=0.95&at=1200&seeds=1..5#mean:loss_share) of the change undone.",
        )
        .with(&[("decay", "0.95")]),
])
.challenges(&[Challenge::new(
    "cheapest",
    "The cheapest adapter that will do",
    "With the usual spectrum and an exact base, bring LoRA's loss below 2 % of the base's with a rank of \
     7 or less.",
    &[
        of("loss_share").below(2.0),
        of("rank").at_most(7.0),
        of("decay").equals(0.75),
        of("quantise_base").is("off"),
    ],
)
.solution(&[("rank", "7")], 1500)])
.prediction(
    Prediction::new(
        "The change has twelve singular values, the adapter has rank 2, and training may go on for as long \
         as it likes. The loss begins at [20.6](run:?at=0#floor_rank0). Where does it stop?",
        of("loss_lora"),
        &[
            Answer::below("Near 0", 0.5),
            Answer::at_most("About a third of that", 11.0),
            Answer::beyond("About five sixths of that"),
        ],
        "Two of twelve directions sound like a sixth of the work, but the loss counts squares, and the \
         largest two hold two thirds of them. The rest, [6.49](run:?rank=2&at=0#floor), is the floor: no \
         training gets below it.",
    )
    .with(&[("rank", "2")])
    .settled_at(1200),
);

/// Losses above this multiple of the first one are a divergence.
const DIVERGED: f64 = 10.0;

/// Steps after which nothing moves any more.
const LAST: u64 = 3000;

/// One direction: so much of a column of length 1 times a row of length 1.
struct Pair {
    size: f64,
    column: Vec<f64>,
    row: Vec<f64>,
}

impl Pair {
    /// Each entry of the column with each of the row, 32 x 32.
    fn product(&self) -> Vec<f64> {
        self.column.iter().flat_map(|u| self.row.iter().map(move |v| self.size * u * v)).collect()
    }
}

/// The three learners on one task.
struct Race {
    task: Task,
    rank: usize,
    /// Full, LoRA, DoRA.
    learners: [Option<Learner>; 3],
    base: Matrix,
    rate: f64,
    batches: Stream,
    steps: u64,
    losses: Series<3>,
    now: [f64; 3],
    start: f64,
    /// Of the learned change that the picture shows, renewed every few steps.
    learned: Option<Directions>,
    /// The direction that is drawn by itself, from 0.
    direction: Option<usize>,
    diverged: bool,
    probe: Matrix,
}

impl Race {
    fn new(values: &Values) -> Self {
        let seed = values.seed();
        let task = Task::draw(values.real("decay"), seed);
        let mut base = task.base.clone();
        if values.toggle("quantise_base") {
            let restored = Quantised::new(base.as_slice(), 64, Codebook::Nf4).restored();
            base = Matrix::from_vec(WIDTH, WIDTH, restored);
        }
        let (rank, alpha) = (values.integer("rank"), values.real("alpha"));
        let learners =
            [("full", Method::Full), ("lora", Method::Lora), ("dora", Method::Dora)].map(|(id, method)| {
                values.toggle(id).then(|| Learner::new(method, &task, base.clone(), rank, alpha, seed))
            });
        let mut inputs = Stream::new(seed, "probe");
        let mut race = Self {
            rank,
            base,
            rate: values.real("lr"),
            batches: Stream::new(seed, "batches"),
            steps: 0,
            losses: Series::every(5),
            now: [f64::NAN; 3],
            start: task.floor(0),
            learned: None,
            direction: values.integer("direction").checked_sub(1),
            diverged: false,
            probe: Matrix::from_fn(4, WIDTH, |_, _| inputs.normal()),
            task,
            learners,
        };
        race.record();
        race
    }

    fn record(&mut self) {
        for (now, learner) in self.now.iter_mut().zip(&self.learners) {
            *now = learner.as_ref().map_or(f64::NAN, Learner::loss);
        }
        // What is not trained has no curve; INFINITY equals itself and leaves a gap as well.
        self.losses.push(self.steps, self.now.map(|l| if l.is_nan() { f64::INFINITY } else { l }));
        if self.steps.is_multiple_of(15) {
            self.learned = self.shown().map(|l| directions(&l.change()));
        }
    }

    /// The learner whose change is drawn: LoRA, else DoRA, else the full one.
    fn shown(&self) -> Option<&Learner> {
        let [full, lora, dora] = &self.learners;
        lora.as_ref().or(dora.as_ref()).or(full.as_ref())
    }

    /// The drawn direction as it was learned, column and row turned together so that the column goes with the
    /// needed one; `None` where nothing was learned along it.
    fn learned_pair(&self) -> Option<Pair> {
        let (learned, at) = (self.learned.as_ref()?, self.direction?);
        let size = learned.sizes[at];
        if size < 1e-6 * learned.sizes[0].max(1e-6) {
            return None;
        }
        let sign = if dot(learned.columns.row(at), &self.task.columns[at]) < 0.0 { -1.0 } else { 1.0 };
        let [column, row] =
            [&learned.columns, &learned.rows].map(|m| m.row(at).iter().map(|x| sign * x).collect());
        Some(Pair { size, column, row })
    }

    /// The drawn direction as it is needed.
    fn needed_pair(&self) -> Option<Pair> {
        let (task, at) = (&self.task, self.direction?);
        let size = task.singular_values[at];
        Some(Pair { size, column: task.columns[at].clone(), row: task.rows[at].clone() })
    }

    /// The cosine of the needed and the learned direction, as matrices.
    fn direction_match(&self) -> Option<f64> {
        let (needed, learned) = (self.needed_pair()?, self.learned_pair()?);
        Some(dot(&needed.column, &learned.column) * dot(&needed.row, &learned.row))
    }

    fn loss(&self, which: usize) -> Option<f64> {
        self.learners[which].as_ref().map(|_| self.now[which])
    }

    fn floor(&self) -> f64 {
        self.task.floor(self.rank)
    }
}

impl Simulation for Race {
    fn step(&mut self) {
        let moments = draw_moments(&mut self.batches);
        for learner in self.learners.iter_mut().flatten() {
            learner.step(&moments, self.rate);
        }
        self.steps += 1;
        self.record();
        let gone = |loss: &f64| *loss > DIVERGED * self.start;
        self.diverged = self.now.iter().any(gone)
            || self.learners.iter().zip(self.now).any(|(l, n)| l.is_some() && !n.is_finite());
    }

    fn set(&mut self, values: &Values) {
        self.direction = values.integer("direction").checked_sub(1);
    }

    fn readings(&self) -> Vec<Named> {
        let lora = self.learners[1].as_ref();
        let apart = lora.map(|l| {
            let beside = l.adapter.forward(&self.probe, &self.base);
            let merged = self.probe.times_transposed(&l.effective());
            beside.as_slice().iter().zip(merged.as_slice()).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
        });
        vec![
            reading("loss_lora", self.loss(1)),
            reading("loss_full", self.loss(0)),
            reading("loss_dora", self.loss(2)),
            reading("floor", self.floor()),
            reading("floor_rank0", self.start),
            reading("loss_share", self.loss(1).map(|l| 100.0 * l / self.start)),
            reading("params_trained", lora.map(|l| l.parameters() as f64)),
            reading("merge_max_diff", apart),
            reading("direction_match", self.direction_match()),
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
        if self.diverged {
            notes.push(
                "Diverged: a loss is ten times what it began with. Lower the learning rate or α, then reset."
                    .to_owned(),
            );
        }
        if self.learners.iter().all(Option::is_none) {
            notes.push("Nothing is trained: switch one of the three ways on.".to_owned());
        }
        notes
    }

    fn finished(&self) -> bool {
        self.diverged || self.steps >= LAST || self.learners.iter().all(Option::is_none)
    }
}
