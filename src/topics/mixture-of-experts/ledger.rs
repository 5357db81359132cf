//! `moe-ledger`: what a model owns, what one token uses, and what a batch reads.

use super::ledger_figure;
use crate::lab::condition::Clause;
use crate::lab::control::Control;
use crate::lab::readout::{Reading, Readout};
use crate::lab::simulation::{Challenge, Pace, Preset, Simulation, Spec};
use crate::lab::{Figure, Values, page_text};
use crate::models::parameters::Architecture;
use crate::numerics::random::Stream;

pub static SPEC: Spec = Spec {
    id: "moe-ledger",
    title: "Owned, used, read",
    summary: page_text(
        "Count a model's parameters: all of them, those that one token uses, and those that a batch has to \
         read from memory. Drag the point on the curve to change the batch; Play serves random tokens one \
         by one and holds the curve against them.",
    ),
    controls: CONTROLS,
    readouts: READOUTS,
    presets: PRESETS,
    challenges: CHALLENGES,
    prediction: None,
    pace: Pace::new(20.0, 0, "token"),
    build: |values| Box::new(Ledger::new(values)),
};

/// Largest batch of the curve, and length of the random run.
pub(super) const LARGEST_BATCH: u32 = 1024;

const CONTROLS: &[Control] = &[
    Control::integer("n_experts", "Experts", 1, 512, 8)
        .help("Experts in each layer. With one expert the model is dense and has no router."),
    Control::integer("top_k", "Experts per token", 1, 64, 2)
        .help("Experts that each token uses in each layer."),
    Control::logarithmic_whole("batch", "Tokens served together", [1.0, 1024.0], 1.0).help(
        "Tokens in one step of generation. They are taken to choose their experts independently and evenly.",
    ),
    Control::real("bytes", "Bytes per parameter", [0.5, 4.0], 0.5, 2.0)
        .unit("B")
        .help("2 for 16-bit numbers, 1 for 8-bit, 0.5 for 4-bit."),
    Control::integer("layers", "Layers", 1, 128, 32)
        .help("Each layer has its own attention, router and experts."),
    Control::logarithmic_whole("d_model", "Model width d", [256.0, 16384.0], 4096.0)
        .help("Length of the vector that stands for a token."),
    Control::logarithmic_whole("d_ff", "Expert width", [256.0, 65536.0], 14336.0)
        .help("Hidden units of each expert, d_ff."),
    Control::integer("heads", "Query heads", 1, 128, 32).help("Attention heads of each layer.").secondary(),
    Control::integer("kv_heads", "Key and value heads", 1, 128, 8)
        .help("Fewer than query heads where groups of queries share keys and values.")
        .secondary(),
    Control::doubling("head_dim", "Head width", 32, 256, 128)
        .help("Numbers in each query, key and value.")
        .secondary(),
    Control::logarithmic_whole("vocab", "Vocabulary", [1000.0, 300000.0], 32000.0)
        .help("Rows of the input and the output table of embeddings.")
        .secondary(),
    Control::seed(1).secondary(),
];

const READOUTS: &[Readout] = &[
    Readout::new("total", "Owned", 2)
        .unit("billion")
        .help("All parameters. They have to be resident: which experts come next is not known before."),
    Readout::new("active", "Used by one token", 2)
        .unit("billion")
        .help("Everything shared plus k experts in each layer; arithmetic per token is about twice this number of operations."),
    Readout::new("resident", "Resident memory", 1)
        .unit("GB")
        .help("All parameters times their bytes, in 10⁹ bytes; without activations and cache."),
    Readout::new("read", "Read per step", 1)
        .unit("GB")
        .help("Shared parameters plus the experts that the batch is expected to touch, in 10⁹ bytes."),
    Readout::new("touched", "Experts touched", 3)
        .unit("%")
        .help("Expected share of each layer's experts that at least one token of the batch chose: 1 − (1 − k/E)^B."),
];

const PRESETS: &[Preset] = &[
    Preset {
        id: "mixtral-8x7b",
        label: "Mixtral 8x7B",
        look: page_text("Eight blocks, two of them in use: 46.7 billion owned, 12.9 billion used."),
        values: &[],
    },
    Preset {
        id: "mixtral-8x22b",
        label: "Mixtral 8x22B",
        look: page_text("The same recipe three times as large: still two of eight."),
        values: &[("layers", "56"), ("d_model", "6144"), ("d_ff", "16384"), ("heads", "48")],
    },
    Preset {
        id: "qwen3-30b-a3b",
        label: "Qwen3-30B-A3B",
        look: page_text("128 small experts, 8 in use: a tenth of the parameters works on each token."),
        values: &[
            ("n_experts", "128"),
            ("top_k", "8"),
            ("layers", "48"),
            ("d_model", "2048"),
            ("d_ff", "768"),
            ("kv_heads", "4"),
            ("vocab", "151936"),
        ],
    },
    Preset {
        id: "olmoe",
        label: "OLMoE-1B-7B",
        look: page_text("64 experts, 8 in use, one billion of seven: small enough for a laptop."),
        values: &[
            ("n_experts", "64"),
            ("top_k", "8"),
            ("layers", "16"),
            ("d_model", "2048"),
            ("d_ff", "1024"),
            ("heads", "16"),
            ("kv_heads", "16"),
            ("vocab", "50304"),
        ],
    },
    Preset {
        id: "mistral-7b",
        label: "Mistral 7B (dense)",
        look: page_text("One expert: owned, used and read are the same number, whatever the batch."),
        values: &[("n_experts", "1"), ("top_k", "1")],
    },
];

const CHALLENGES: &[Challenge] = &[Challenge {
    id: "sparse-turns-dense",
    title: "When does sparse turn dense?",
    task: page_text(
        "Keep Mixtral's eight experts, two per token. Find the smallest number of tokens served together \
         that touches at least 99 % of the experts.",
    ),
    solved: &[
        Clause::equals("n_experts", 8.0),
        Clause::equals("top_k", 2.0),
        Clause::at_least("touched", 99.0),
        Clause::equals("batch", 17.0),
    ],
    solution: &[("batch", "17")],
    solution_steps: 0,
}];

/// The ledger of one setting: arithmetic, and beside it a random run that serves one token a step
/// and looks which experts of a layer have been touched.
pub struct Ledger {
    pub(super) architecture: Architecture,
    pub(super) batch: u32,
    pub(super) bytes: f64,
    asked_top_k: u64,
    asked_key_value_heads: u64,
    choices: Stream,
    /// The experts in some order; a token draws its own to the front.
    order: Vec<usize>,
    touched: Vec<bool>,
    /// Tokens of the run so far; the first is served at the start.
    pub(super) served: u32,
    /// Tokens served, and the percentage of experts touched by them.
    pub(super) run: Vec<[f64; 2]>,
}

impl Ledger {
    fn new(values: &Values) -> Self {
        let whole = |id: &str| values.integer(id) as u64;
        let (experts, heads) = (whole("n_experts"), whole("heads"));
        let mut ledger = Self {
            architecture: Architecture {
                layers: whole("layers"),
                width: whole("d_model"),
                heads,
                key_value_heads: whole("kv_heads").min(heads),
                head_width: whole("head_dim"),
                expert_width: whole("d_ff"),
                experts,
                top_k: whole("top_k").min(experts),
                vocabulary: whole("vocab"),
            },
            batch: values.integer("batch") as u32,
            bytes: values.real("bytes"),
            asked_top_k: whole("top_k"),
            asked_key_value_heads: whole("kv_heads"),
            choices: Stream::new(values.seed(), "choices"),
            order: (0..values.integer("n_experts")).collect(),
            touched: vec![false; values.integer("n_experts")],
            served: 0,
            run: Vec::new(),
        };
        ledger.serve();
        ledger
    }

    /// One more token chooses its experts evenly, without repetition (Fisher and Yates, stopped
    /// after k).
    fn serve(&mut self) {
        for i in 0..self.architecture.top_k as usize {
            let j = i + self.choices.below(self.order.len() - i);
            self.order.swap(i, j);
            self.touched[self.order[i]] = true;
        }
        self.served += 1;
        // On a logarithmic axis the late points lie close: every eighth will do.
        if self.served <= 64 || self.served.is_multiple_of(8) {
            let share = 100.0 * self.seen() as f64 / self.touched.len() as f64;
            self.run.push([f64::from(self.served), share]);
        }
    }

    /// Experts that the run has touched.
    pub(super) fn seen(&self) -> usize {
        self.touched.iter().filter(|t| **t).count()
    }
}

impl Simulation for Ledger {
    fn step(&mut self) {
        if !self.finished() {
            self.serve();
        }
    }

    fn readings(&self) -> Vec<Reading> {
        let a = &self.architecture;
        let total = a.total().sum() as f64;
        vec![
            (total / 1e9).into(),
            (a.active().sum() as f64 / 1e9).into(),
            (total * self.bytes / 1e9).into(),
            (a.read(self.batch) * self.bytes / 1e9).into(),
            (100.0 * a.share_touched(self.batch)).into(),
        ]
    }

    fn figure(&self) -> Figure {
        ledger_figure::draw(self)
    }

    fn notes(&self) -> Vec<String> {
        let a = &self.architecture;
        let mut notes = Vec::new();
        if self.asked_top_k > a.experts {
            notes.push(format!(
                "A token cannot use {} of {} experts: using k = {} (dense).",
                self.asked_top_k, a.experts, a.experts
            ));
        }
        if a.experts == 1 {
            notes.push("One expert: a dense model, without a router.".to_owned());
        }
        if self.asked_key_value_heads > a.heads {
            notes.push(format!(
                "There cannot be more key and value heads than query heads: {} are counted.",
                a.heads
            ));
        }
        notes
    }

    fn finished(&self) -> bool {
        self.served >= LARGEST_BATCH
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::Runner;

    fn read(runner: &Runner, id: &str) -> f64 {
        runner.moment().number(id).unwrap_or(f64::NAN)
    }

    #[test]
    fn the_defaults_are_mixtral() {
        let runner = Runner::opening(&SPEC);
        assert_eq!(read(&runner, "total"), 46.702_792_704);
        assert_eq!(read(&runner, "active"), 12.879_925_248);
        assert!((read(&runner, "read") - 2.0 * 12.879_925_248).abs() < 1e-9);
        let figure = runner.simulation().figure();
        assert!(figure.alternative.contains("46.7 billion"), "{}", figure.alternative);
    }

    #[test]
    fn presets_have_the_sizes_that_their_names_promise() {
        for (id, total, active) in [
            ("mixtral-8x22b", 140.62, 39.15),
            ("qwen3-30b-a3b", 30.53, 3.35),
            ("olmoe", 6.92, 1.28),
            ("mistral-7b", 7.24, 7.24),
        ] {
            let preset = PRESETS.iter().find(|p| p.id == id).expect("a preset");
            let runner = Runner::after(&SPEC, preset.values, 0);
            assert!((read(&runner, "total") - total).abs() < 0.011, "{id}: {}", read(&runner, "total"));
            assert!((read(&runner, "active") - active).abs() < 0.011, "{id}: {}", read(&runner, "active"));
        }
    }

    #[test]
    fn seventeen_is_the_smallest_batch_that_solves_the_challenge() {
        let holds = |pairs| {
            let runner = Runner::after(&SPEC, pairs, 0);
            CHALLENGES[0].solved.iter().all(|c| c.holds(&runner.moment()))
        };
        assert!(holds(CHALLENGES[0].solution));
        assert!(!holds(&[]));
        assert!(read(&Runner::after(&SPEC, &[("batch", "16")], 0), "touched") < 99.0);
    }

    #[test]
    fn random_runs_follow_the_curve() {
        let runs = 200;
        let mut touched = 0.0;
        for seed in 0..runs {
            let mut runner = Runner::after(&SPEC, &[("seed", &seed.to_string())], 0);
            runner.advance(3);
            let figure = runner.simulation().figure();
            let dots = figure.panels().flat_map(|p| &p.marks).find(|m| m.id == "run");
            let Some(crate::lab::figure::Shape::Dots { dots, .. }) = dots.map(|m| &m.shape) else {
                panic!("the run is drawn");
            };
            assert_eq!(dots[0].at, [1.0, 25.0]);
            touched += dots[3].at[1] / f64::from(runs);
        }
        assert!((touched - 68.36).abs() < 3.0, "{touched}");
    }

    #[test]
    fn a_run_ends() {
        let mut runner = Runner::after(&SPEC, &[], 0);
        assert_eq!(runner.advance(5000), 1023);
        assert!(runner.finished());
    }

    #[test]
    fn what_cannot_be_is_said() {
        for (pairs, words) in [
            (&[("n_experts", "4"), ("top_k", "9")][..], "using k = 4"),
            (&[("n_experts", "1"), ("top_k", "1")], "without a router"),
            (&[("heads", "4")], "4 are counted"),
        ] {
            let notes = Runner::after(&SPEC, pairs, 0).simulation().notes().join(" ");
            assert!(notes.contains(words), "{pairs:?}: {notes}");
        }
    }

    #[test]
    fn corners_stay_finite() {
        let ends: Vec<Values> = [0.0, 1.0]
            .into_iter()
            .map(|end| {
                let mut values = Values::defaults(CONTROLS);
                for control in CONTROLS {
                    values.set(control.id, control.at_position(end));
                }
                values
            })
            .collect();
        for values in ends {
            let runner = Runner::new(&SPEC, values);
            assert!(runner.readings().iter().all(|r| r.number().is_some_and(f64::is_finite)));
            assert!(!runner.simulation().figure().alternative.contains("NaN"));
        }
    }
}
