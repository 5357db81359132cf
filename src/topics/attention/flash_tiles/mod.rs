//! The hero: attention over a grid of tiles, and what each algorithm moves and keeps.

mod figure;
#[cfg(test)]
mod tests;

use crate::lab::figure::Figure;
use crate::lab::{
    Answer, Bounded, Challenge, Choice, Control, Named, Pace, Prediction, Preset, Readout, Simulation, Spec,
    Values, of, reading,
};
use crate::models::tiled_attention::{Algorithm, TiledAttention};
use crate::models::tiling::Tiling;
use crate::numerics::half::Precision;

static MODE: Choice<Algorithm, 3> = Choice::new(
    "mode",
    "Algorithm",
    [
        ("naive", "naive softmax", Algorithm::Naive),
        ("safe", "safe softmax", Algorithm::Safe),
        ("tiled", "tiled (online)", Algorithm::Tiled),
    ],
);

static PRECISION: Choice<Precision, 2> = Choice::new(
    "precision",
    "Precision",
    [("f32", "32 bits", Precision::Single), ("fp16", "16 bits", Precision::Half)],
);

pub static SPEC: Spec = Spec::new(
    "flash-tiles",
    "One tile at a time",
    "Attention is computed over a grid of scores, tile by tile. Watch one row's running maximum and sum, how \
     far its answer is from the exact one, and how many numbers each algorithm moves and keeps.",
    Pace::new(24.0, 17, "tile"),
    |values| Box::new(FlashTiles::new(values)),
)
.controls(CONTROLS)
.readouts(READOUTS)
.presets(PRESETS)
.challenges(CHALLENGES)
.prediction(PREDICTION);

const CONTROLS: &[Control] = &[
    Control::integer("n", "Sequence length", 8, 128, 64)
        .step(8)
        .unit("tokens")
        .help("Twice the tokens, four times the scores."),
    Control::doubling("d", "Head dimension", 4, 64, 16).help("Length of each query, key and value vector."),
    Control::doubling("br", "Query block", 1, 64, 16)
        .unit("rows")
        .help("Rows of a tile. Larger blocks read the keys and values fewer times."),
    Control::doubling("bc", "Key block", 1, 64, 8)
        .unit("columns")
        .help("Columns of a tile. It changes what must fit on the chip, not the traffic."),
    Control::toggle("causal", "Causal", true)
        .help("Each token sees only itself and those before it; tiles above the diagonal are skipped."),
    MODE.control()
        .default_option(2)
        .help("Naive and safe store the whole matrix of scores; tiled stores none of it."),
    PRECISION
        .control()
        .help("16 bits are emulated: every result is rounded to fp16, whose largest number is 65,504."),
    Control::logarithmic("scale", "Logit scale", [0.1, 64.0], 1.0)
        .help("Multiplies the queries. Large logits make the exponentials overflow."),
    Control::integer("row", "Watched row", 0, 127, 60)
        .live()
        .help("The query whose running numbers are drawn; drag it in the grid."),
    Control::integer("speed", "Tiles a step", 1, 240, 1)
        .secondary()
        .help("At 24 steps a second, 1 is 24 tiles a second. The results do not depend on it."),
    Control::seed(1),
];

const READOUTS: &[Readout] = &[
    Readout::new("max_err", "Largest error", 4)
        .basis("Largest difference to attention in 64 bits, over all channels of the finished rows whose answer is a number."),
    Readout::new("row_err", "Error of the watched row", 4)
        .help("How far the running answer O/ℓ is from the exact answer.")
        .basis("Largest over its channels: its answer from the keys met so far against the exact one from all."),
    Readout::new("traffic_ratio", "Traffic, tiled to standard", 3)
        .help("Numbers moved to and from slow memory in a whole pass: tiled over standard.")
        .formula("(2 * n * d + 2 * d * sum(i, 1, ceil(n / min(br, n)), if(causal = on, min(n, min(bc, n) * ceil(min(n, i * min(br, n)) / min(bc, n))), n))) / (4 * n ^ 2 + 4 * n * d)"),
    Readout::new("storage_ratio", "Extra storage, tiled to standard", 4)
        .help("Numbers kept beside inputs and output in a whole pass: 2n over n².")
        .formula("2 * n / n ^ 2"),
    Readout::new("rescales", "Rescales", 0)
        .help("How often a tile raised a row's running maximum, so that its sums had to shrink.")
        .basis("Counted over all tiles of this run so far."),
    Readout::new("tiles_skipped", "Tiles skipped", 0)
        .help("Tiles wholly above the diagonal, which the tiled algorithm never computes.")
        .formula("if(mode = tiled, if(causal = on, sum(i, 1, ceil(n / min(br, n)), ceil(n / min(bc, n)) - ceil(min(n, i * min(br, n)) / min(bc, n))), 0), 0)"),
    Readout::new("overflowed", "Rows overflowed", 0)
        .help("Finished rows whose exponentials left the range of the format: their answer is no number.")
        .basis("Counted over the rows that are finished."),
    Readout::new("on_chip", "Needed on the chip", 0)
        .unit("numbers")
        .help("One tile's queries, keys, values, scores and outputs.")
        .formula("2 * min(br, n) * d + 2 * min(bc, n) * d + min(br, n) * min(bc, n)"),
    Readout::new("progress", "Tiles done", 0).unit("%").help("Share of this run's tiles.")
        .basis("Counted over this run."),
];

const PRESETS: &[Preset] = &[
    Preset::new("default", "Default")
        .look("Twenty tiles, twelve skipped; the watched row is exact only after its last one."),
    Preset::new("one-tile", "One tile")
        .look("With everything on the chip at once there is nothing left to correct: no rescales.")
        .with(&[("br", "64"), ("bc", "64")]),
    Preset::new("row-by-row", "Row by row")
        .look(
            "Tiles of a single score: still exact, but keys and values pass 64 times, and traffic is worse \
             than without tiling.",
        )
        .with(&[("br", "1"), ("bc", "1"), ("speed", "16")]),
    Preset::new("overflow", "Overflow")
        .look("Without subtracting the maximum, fp16 runs out of numbers at e^11.09: rows are lost.")
        .with(&[("mode", "naive"), ("precision", "fp16"), ("scale", "16")]),
    Preset::new("long", "Long")
        .look("Twice the tokens: the standard algorithm keeps four times as much, the tiled one twice.")
        .with(&[("n", "128"), ("d", "32"), ("br", "32"), ("row", "120")]),
];

const CHALLENGES: &[Challenge] = &[Challenge::new(
    "quarter-traffic",
    "Quarter traffic",
    "With 128 tokens, no causal mask and the tiled algorithm, finish a pass that moves at most a quarter of \
     the standard traffic and errs by at most 0.00001.",
    &[
        of("n").at_least(128.0),
        of("causal").is("off"),
        of("mode").is("tiled"),
        of("traffic_ratio").at_most(0.25),
        of("max_err").at_most(1e-5),
        of("progress").at_least(100.0),
    ],
)
.solution(&[("n", "128"), ("causal", "off"), ("br", "64")], 32)];

const PREDICTION: Prediction = Prediction::new(
    "Row 60 has seen all its tiles but the last. How good is its answer?",
    of("row_err"),
    &[
        Answer::at_most("Exact already, but for rounding", 1e-5),
        Answer::at_most("Close: within 0.01 of the exact answer", 0.01),
        Answer::beyond("Wrong: off by more than 0.01"),
    ],
    "Before its last tile the row holds the exact answer to a shorter question: softmax over the keys it has \
     seen. It does not approach the answer by refining; the last tile completes it.",
)
.settled_at(19);

/// A run of the tiled model with one watched row.
struct FlashTiles {
    model: TiledAttention,
    row: Bounded<usize>,
    blocks: [Bounded<usize>; 2],
    tiles_per_step: usize,
}

impl FlashTiles {
    fn new(values: &Values) -> Self {
        let n = values.integer("n");
        let blocks = [("br", "query"), ("bc", "key")].map(|(id, name)| {
            Bounded::at_most(values.integer(id), n, |asked| {
                format!("The {name} block of {asked} is longer than the sequence; {n} is used.")
            })
        });
        let [br, bc] = [blocks[0].value, blocks[1].value];
        let tiling = Tiling { n, d: values.integer("d"), br, bc, causal: values.toggle("causal") };
        let (algorithm, precision) = (MODE.of(values), PRECISION.of(values));
        let model = TiledAttention::new(tiling, algorithm, precision, values.real("scale"), values.seed());
        Self { model, row: row(values, n), blocks, tiles_per_step: values.integer("speed").max(1) }
    }

    fn lost_rows(&self) -> usize {
        (0..self.model.tiling().n).filter(|&r| self.model.is_lost(r)).count()
    }
}

/// The row to watch among `n`.
fn row(values: &Values, n: usize) -> Bounded<usize> {
    Bounded::at_most(values.integer("row"), n - 1, |asked| {
        format!("There is no row {asked} in {n} tokens; row {} is watched.", n - 1)
    })
}

impl Simulation for FlashTiles {
    fn step(&mut self) {
        for _ in 0..self.tiles_per_step {
            self.model.step();
        }
    }

    fn set(&mut self, values: &Values) {
        self.row = row(values, self.model.tiling().n);
    }

    fn readings(&self) -> Vec<Named> {
        let tiling = self.model.tiling();
        let (done, all) = self.model.progress();
        let row_error = self.model.history(self.row.value).last().map(|g| g.error).filter(|e| e.is_finite());
        vec![
            reading("max_err", self.model.worst_error()),
            reading("row_err", row_error),
            reading("traffic_ratio", tiling.total_traffic().ratio()),
            reading("storage_ratio", tiling.total_storage().ratio()),
            reading("rescales", self.model.rescales()),
            reading(
                "tiles_skipped",
                if self.model.algorithm() == Algorithm::Tiled { tiling.skipped() } else { 0 },
            ),
            reading("overflowed", self.lost_rows()),
            reading("on_chip", tiling.on_chip() as f64),
            reading("progress", 100.0 * done as f64 / all as f64),
        ]
    }

    fn figure(&self) -> Figure {
        figure::draw(self)
    }

    fn describe(&self, mark: &str, index: usize) -> Option<String> {
        figure::describe(self, mark, index)
    }

    fn notes(&self) -> Vec<String> {
        let mut notes: Vec<String> = self.blocks.iter().filter_map(Bounded::note).collect();
        notes.extend(self.row.note());
        let lost = self.lost_rows();
        if lost > 0 {
            let limit = self.model.precision().largest_exponent();
            notes.push(format!(
                "In {lost} rows a score lies so far from 0 that its exponential leaves the format (beyond \
                 e^{limit:.2}, or all of them vanish): their answer is no number, and they are left out of \
                 the errors. Subtracting the row's maximum first prevents it."
            ));
        }
        let tiling = self.model.tiling();
        if tiling.total_traffic().ratio() > 1.0 {
            notes.push(format!(
                "With query blocks of {} the keys and values pass so often that tiling moves more than the \
                 standard algorithm.",
                tiling.br
            ));
        }
        notes
    }

    fn finished(&self) -> bool {
        self.model.finished()
    }
}
