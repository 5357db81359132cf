//! The hero: attention over a grid of tiles, and what each algorithm moves and keeps.

use super::flash_tiles_figure;
use crate::lab::figure::Figure;
use crate::lab::simulation::Outcome;
use crate::lab::{
    Challenge, Clause, Control, Pace, Prediction, Preset, Reading, Readout, Simulation, Spec, Values,
    page_text,
};
use crate::models::tiled_attention::{Algorithm, TiledAttention};
use crate::models::tiling::Tiling;
use crate::numerics::half::Precision;

pub static SPEC: Spec = Spec {
    id: "flash-tiles",
    title: "One tile at a time",
    summary: page_text(
        "Attention is computed over a grid of scores, tile by tile. Watch one row's running maximum and \
         sum, how far its answer is from the exact one, and how many numbers each algorithm moves and \
         keeps.",
    ),
    controls: CONTROLS,
    readouts: READOUTS,
    presets: PRESETS,
    challenges: CHALLENGES,
    prediction: Some(PREDICTION),
    pace: Pace::new(24.0, 17, "tile"),
    build: |values| Box::new(FlashTiles::new(values)),
};

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
    Control::choice(
        "mode",
        "Algorithm",
        &[("naive", "naive softmax"), ("safe", "safe softmax"), ("tiled", "tiled (online)")],
    )
    .default_option(2)
    .help("Naive and safe store the whole matrix of scores; tiled stores none of it."),
    Control::choice("precision", "Precision", &[("f32", "32 bits"), ("fp16", "16 bits")])
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
        .help("Largest difference to softmax in 64 bits, over all finished rows and channels."),
    Readout::new("row_err", "Error of the watched row", 4)
        .help("How far the watched row's running answer O/ℓ is from its exact answer, now."),
    Readout::new("traffic_ratio", "Traffic, tiled to standard", 3)
        .help("Numbers moved to and from slow memory in a whole pass: tiled over standard."),
    Readout::new("storage_ratio", "Extra storage, tiled to standard", 4)
        .help("Numbers kept beside inputs and output in a whole pass: 2n over n²."),
    Readout::new("rescales", "Rescales", 0)
        .help("How often a tile raised a row's running maximum, so that its sums had to shrink."),
    Readout::new("tiles_skipped", "Tiles skipped", 0)
        .help("Tiles wholly above the diagonal, which the tiled algorithm never computes."),
    Readout::new("overflowed", "Rows overflowed", 0)
        .help("Finished rows whose exponentials left the range of the format: their answer is no number."),
    Readout::new("on_chip", "Needed on the chip", 0)
        .unit("numbers")
        .help("One tile's queries, keys, values, scores and outputs."),
    Readout::new("progress", "Tiles done", 0).unit("%").help("Share of this run's tiles."),
];

const PRESETS: &[Preset] = &[
    Preset {
        id: "default",
        label: "Default",
        look: page_text("Twenty tiles, twelve skipped; the watched row is exact only after its last one."),
        values: &[],
    },
    Preset {
        id: "one-tile",
        label: "One tile",
        look: page_text("With everything on the chip at once there is nothing left to correct: no rescales."),
        values: &[("br", "64"), ("bc", "64")],
    },
    Preset {
        id: "row-by-row",
        label: "Row by row",
        look: page_text(
            "Tiles of a single score: still exact, but keys and values pass 64 times, and traffic is worse \
             than without tiling.",
        ),
        values: &[("br", "1"), ("bc", "1"), ("speed", "16")],
    },
    Preset {
        id: "overflow",
        label: "Overflow",
        look: page_text(
            "Without subtracting the maximum, fp16 runs out of numbers at e^11.09: rows are lost.",
        ),
        values: &[("mode", "naive"), ("precision", "fp16"), ("scale", "16")],
    },
    Preset {
        id: "long",
        label: "Long",
        look: page_text(
            "Twice the tokens: the standard algorithm keeps four times as much, the tiled one twice.",
        ),
        values: &[("n", "128"), ("d", "32"), ("br", "32"), ("row", "120")],
    },
];

const CHALLENGES: &[Challenge] = &[Challenge {
    id: "quarter-traffic",
    title: "Quarter traffic",
    task: page_text(
        "With 128 tokens, no causal mask and the tiled algorithm, finish a pass that moves at most a \
         quarter of the standard traffic and errs by at most 0.00001.",
    ),
    solved: &[
        Clause::at_least("n", 128.0),
        Clause::option_is("causal", "off"),
        Clause::option_is("mode", "tiled"),
        Clause::at_most("traffic_ratio", 0.25),
        Clause::at_most("max_err", 1e-5),
        Clause::at_least("progress", 100.0),
    ],
    solution: &[("n", "128"), ("causal", "off"), ("br", "64")],
    solution_steps: 32,
}];

const PREDICTION: Prediction = Prediction {
    question: page_text("Row 60 has seen all its tiles but the last. How good is its answer?"),
    values: &[],
    settled_at: 19,
    options: &[
        Outcome { label: "Exact already, but for rounding", holds: &[Clause::at_most("row_err", 1e-5)] },
        Outcome {
            label: "Close: within 0.01 of the exact answer",
            holds: &[Clause::above("row_err", 1e-5), Clause::at_most("row_err", 0.01)],
        },
        Outcome { label: "Wrong: off by more than 0.01", holds: &[Clause::above("row_err", 0.01)] },
    ],
    because: page_text(
        "Before its last tile the row holds the exact answer to a shorter question: softmax over the keys \
         it has seen. It does not approach the answer by refining; the last tile completes it.",
    ),
};

/// A run of the tiled model with one watched row.
pub struct FlashTiles {
    pub(super) model: TiledAttention,
    pub(super) row: usize,
    wanted_row: usize,
    wanted_block: [usize; 2],
    tiles_per_step: usize,
}

impl FlashTiles {
    fn new(values: &Values) -> Self {
        let n = values.integer("n");
        let wanted_block = [values.integer("br"), values.integer("bc")];
        let [br, bc] = wanted_block.map(|b| b.min(n));
        let tiling = Tiling { n, d: values.integer("d"), br, bc, causal: values.toggle("causal") };
        let algorithm = match values.choice("mode") {
            "naive" => Algorithm::Naive,
            "safe" => Algorithm::Safe,
            _ => Algorithm::Tiled,
        };
        let precision =
            if values.choice("precision") == "fp16" { Precision::Half } else { Precision::Single };
        let model = TiledAttention::new(tiling, algorithm, precision, values.real("scale"), values.seed());
        let wanted_row = values.integer("row");
        Self {
            model,
            row: wanted_row.min(n - 1),
            wanted_row,
            wanted_block,
            tiles_per_step: values.integer("speed").max(1),
        }
    }

    fn lost_rows(&self) -> usize {
        (0..self.model.tiling().n).filter(|&r| self.model.is_lost(r)).count()
    }
}

impl Simulation for FlashTiles {
    fn step(&mut self) {
        for _ in 0..self.tiles_per_step {
            self.model.step();
        }
    }

    fn set(&mut self, values: &Values) {
        self.wanted_row = values.integer("row");
        self.row = self.wanted_row.min(self.model.tiling().n - 1);
    }

    fn readings(&self) -> Vec<Reading> {
        let tiling = self.model.tiling();
        let (done, all) = self.model.progress();
        let row_error = self.model.history(self.row).last().map(|g| g.error).filter(|e| e.is_finite());
        vec![
            self.model.worst_error().into(),
            row_error.into(),
            tiling.total_traffic().ratio().into(),
            tiling.total_storage().ratio().into(),
            self.model.rescales().into(),
            if self.model.algorithm() == Algorithm::Tiled { tiling.skipped() } else { 0 }.into(),
            self.lost_rows().into(),
            (tiling.on_chip() as f64).into(),
            (100.0 * done as f64 / all as f64).into(),
        ]
    }

    fn figure(&self) -> Figure {
        flash_tiles_figure::draw(self)
    }

    fn notes(&self) -> Vec<String> {
        let n = self.model.tiling().n;
        let mut notes = Vec::new();
        for (block, name) in self.wanted_block.iter().zip(["query", "key"]) {
            if *block > n {
                notes.push(format!("The {name} block of {block} is longer than the sequence; {n} is used."));
            }
        }
        if self.wanted_row >= n {
            notes.push(format!(
                "There is no row {} in {n} tokens; row {} is watched.",
                self.wanted_row,
                n - 1
            ));
        }
        let lost = self.lost_rows();
        if lost > 0 {
            let limit = self.model.precision().largest_exponent();
            notes.push(format!(
                "In {lost} rows a score lies so far from 0 that its exponential leaves the format \
                 (beyond e^{limit:.2}, or all of them vanish): their answer is no number, and they are left \
                 out of the errors. Subtracting the row's maximum first prevents it."
            ));
        }
        let tiling = self.model.tiling();
        if tiling.total_traffic().ratio() > 1.0 {
            notes.push(format!(
                "With query blocks of {} the keys and values pass so often that tiling moves more than \
                 the standard algorithm.",
                tiling.br
            ));
        }
        notes
    }

    fn finished(&self) -> bool {
        self.model.finished()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::Runner;

    #[test]
    fn the_opening_shows_the_watched_row_on_its_way() {
        let opening = Runner::opening(&SPEC);
        let course = opening.readings();
        assert_eq!(course.len(), READOUTS.len());
        assert!(!opening.finished());
        assert!(opening.number("row_err").unwrap() > 1e-3);
        assert!(opening.number("max_err").unwrap() < 1e-6);
        assert_eq!(opening.number("tiles_skipped"), Some(12.0));
        let figure = opening.simulation().figure();
        assert_eq!(figure.panels().count(), 4);
        assert!(figure.alternative.contains("row 60"), "{}", figure.alternative);
    }

    #[test]
    fn only_one_answer_of_the_prediction_is_right() {
        let runner = Runner::after(&SPEC, PREDICTION.values, PREDICTION.settled_at);
        let right: Vec<bool> =
            PREDICTION.options.iter().map(|o| o.holds.iter().all(|c| c.holds(&runner.moment()))).collect();
        assert_eq!(right, [false, false, true], "{:?}", runner.number("row_err"));
    }

    #[test]
    fn the_challenge_is_open_at_first_and_can_be_solved() {
        for challenge in CHALLENGES {
            let solved = |runner: &Runner| challenge.solved.iter().all(|c| c.holds(&runner.moment()));
            assert!(!solved(&Runner::after(&SPEC, &[], challenge.solution_steps)));
            let runner = Runner::after(&SPEC, challenge.solution, challenge.solution_steps);
            assert!(solved(&runner), "{:?}", runner.readings());
            assert!((runner.number("traffic_ratio").unwrap() - 1.0 / 6.0).abs() < 1e-12);
        }
        // Half the block is not enough.
        let half = Runner::after(&SPEC, &[("n", "128"), ("causal", "off"), ("br", "32")], 100);
        assert!((half.number("traffic_ratio").unwrap() - 0.278).abs() < 1e-3);
    }

    #[test]
    fn what_is_wrong_is_told() {
        let notes = |pairs: &[(&str, &str)]| Runner::after(&SPEC, pairs, 200).simulation().notes().join(" ");
        assert!(notes(&[]).is_empty());
        assert!(notes(&[("n", "8")]).contains("query block of 16"));
        assert!(notes(&[("n", "8")]).contains("no row 60"));
        assert!(notes(&[("mode", "naive"), ("precision", "fp16"), ("scale", "16")]).contains("no number"));
        assert!(notes(&[("br", "1"), ("bc", "1")]).contains("moves more"));
    }

    #[test]
    fn the_worst_corner_is_quick_and_finite() {
        let corner =
            &[("n", "128"), ("d", "64"), ("br", "1"), ("bc", "1"), ("causal", "off"), ("scale", "64")];
        for mode in ["naive", "safe", "tiled"] {
            for precision in ["f32", "fp16"] {
                let mut pairs = corner.to_vec();
                pairs.extend([("mode", mode), ("precision", precision), ("speed", "240")]);
                let runner = Runner::after(&SPEC, &pairs, 200);
                assert!(runner.finished());
                assert!(runner.readings().iter().all(|r| r.number().is_none_or(f64::is_finite)));
            }
        }
    }

    #[test]
    fn the_watched_row_can_change_without_a_restart() {
        let mut runner = Runner::after(&SPEC, &[], 10);
        assert!(!runner.set_values(Values::with(CONTROLS, &[("row", "3")])));
        assert_eq!(runner.step(), 10);
        assert!(runner.number("row_err").unwrap() < 1e-6);
    }
}
