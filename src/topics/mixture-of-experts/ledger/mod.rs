//! `moe-ledger`: what a model owns, what one token uses, and what a batch reads.

mod figure;
#[cfg(test)]
mod tests;

use crate::lab::{
    Bounded, Challenge, Control, Figure, Named, Pace, Preset, Readout, Simulation, Spec, Values, of, reading,
};
use crate::models::parameters::Architecture;
use crate::numerics::random::Stream;

pub static SPEC: Spec = Spec::new(
    "moe-ledger",
    "Owned, used, read",
    "Count a model's parameters: all of them, those that one token uses, and those that a batch has to read \
     from memory. Drag the point on the curve to change the batch; Play serves random tokens one by one and \
     holds the curve against them.",
    Pace::new(20.0, 0, "token"),
    |values| Box::new(Ledger::new(values)),
)
.controls(CONTROLS)
.readouts(READOUTS)
.presets(PRESETS)
.challenges(CHALLENGES);

/// Largest batch of the curve, and length of the random run.
const LARGEST_BATCH: u32 = 1024;

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
    Readout::new("total", "Owned", 2).formula("(n_experts * 3 * layers * d_model * d_ff + 2 * layers * d_model * head_dim * (heads + min(kv_heads, heads)) + if(n_experts > 1, layers * d_model * n_experts, 0) + (2 * layers + 1) * d_model + 2 * vocab * d_model) / 1e9")
        .unit("billion")
        .help("All parameters. They have to be resident: which experts come next is not known before."),
    Readout::new("active", "Used by one token", 2).formula("total - (n_experts - min(top_k, n_experts)) * 3 * layers * d_model * d_ff / 1e9").unit("billion").help(
        "Everything shared plus k experts in each layer; arithmetic per token is about twice this number of \
         operations.",
    ),
    Readout::new("resident", "Resident memory", 1).formula("total * bytes")
        .unit("GB")
        .help("All parameters times their bytes, in 10⁹ bytes; without activations and cache."),
    Readout::new("read", "Read per step", 1).formula("(total - (1 - touched / 100) * n_experts * 3 * layers * d_model * d_ff / 1e9) * bytes")
        .unit("GB")
        .help("Shared parameters plus the experts that the batch is expected to touch, in 10⁹ bytes."),
    Readout::new("touched", "Experts touched", 3).formula("100 * (1 - (1 - min(top_k, n_experts) / n_experts) ^ batch)").unit("%").help(
        "Expected share of each layer's experts that at least one token of the batch chose: 1 − (1 − k/E)^B.",
    ),
];

const PRESETS: &[Preset] = &[
    Preset::new("mixtral-8x7b", "Mixtral 8x7B")
        .look("Eight blocks, two of them in use: [46.7 billion](run:#total) owned, [12.9 billion](run:#active) used."),
    Preset::new("mixtral-8x22b", "Mixtral 8x22B")
        .look("The same recipe three times as large: still two of eight.")
        .with(&[("layers", "56"), ("d_model", "6144"), ("d_ff", "16384"), ("heads", "48")]),
    Preset::new("qwen3-30b-a3b", "Qwen3-30B-A3B")
        .look("128 small experts, 8 in use: a tenth of the parameters works on each token.")
        .with(&[
            ("n_experts", "128"),
            ("top_k", "8"),
            ("layers", "48"),
            ("d_model", "2048"),
            ("d_ff", "768"),
            ("kv_heads", "4"),
            ("vocab", "151936"),
        ]),
    Preset::new("olmoe", "OLMoE-1B-7B")
        .look("64 experts, 8 in use, one billion of seven: small enough for a laptop.")
        .with(&[
            ("n_experts", "64"),
            ("top_k", "8"),
            ("layers", "16"),
            ("d_model", "2048"),
            ("d_ff", "1024"),
            ("heads", "16"),
            ("kv_heads", "16"),
            ("vocab", "50304"),
        ]),
    Preset::new("mistral-7b", "Mistral 7B (dense)")
        .look("One expert: owned, used and read are the same number, whatever the batch.")
        .with(&[("n_experts", "1"), ("top_k", "1")]),
];

const CHALLENGES: &[Challenge] = &[Challenge::new(
    "sparse-turns-dense",
    "When does sparse turn dense?",
    "Keep Mixtral's eight experts, two per token. Find the smallest number of tokens served together that \
     touches at least 99 % of the experts.",
    &[
        of("n_experts").equals(8.0),
        of("top_k").equals(2.0),
        of("touched").at_least(99.0),
        of("batch").equals(17.0),
    ],
)
.solution(&[("batch", "17")], 0)];

/// The ledger of one setting: arithmetic, and beside it a random run that serves one token a step
/// and looks which experts of a layer have been touched.
struct Ledger {
    architecture: Architecture,
    batch: u32,
    bytes: f64,
    top_k: Bounded<u64>,
    key_value_heads: Bounded<u64>,
    choices: Stream,
    /// The experts in some order; a token draws its own to the front.
    order: Vec<usize>,
    touched: Vec<bool>,
    /// Tokens of the run so far; the first is served at the start.
    served: u32,
    /// Tokens served, and the percentage of experts touched by them.
    run: Vec<[f64; 2]>,
}

impl Ledger {
    fn new(values: &Values) -> Self {
        let whole = |id: &str| values.integer(id) as u64;
        let (experts, heads) = (whole("n_experts"), whole("heads"));
        let top_k = Bounded::at_most(whole("top_k"), experts, |asked| {
            format!("A token cannot use {asked} of {experts} experts: using k = {experts} (dense).")
        });
        let key_value_heads = Bounded::at_most(whole("kv_heads"), heads, |_| {
            format!("There cannot be more key and value heads than query heads: {heads} are counted.")
        });
        let mut ledger = Self {
            architecture: Architecture {
                layers: whole("layers"),
                width: whole("d_model"),
                heads,
                key_value_heads: key_value_heads.value,
                head_width: whole("head_dim"),
                expert_width: whole("d_ff"),
                experts,
                top_k: top_k.value,
                vocabulary: whole("vocab"),
            },
            batch: values.integer("batch") as u32,
            bytes: values.real("bytes"),
            top_k,
            key_value_heads,
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
    fn seen(&self) -> usize {
        self.touched.iter().filter(|t| **t).count()
    }
}

impl Simulation for Ledger {
    fn step(&mut self) {
        self.serve();
    }

    fn readings(&self) -> Vec<Named> {
        let a = &self.architecture;
        let total = a.total().sum() as f64;
        vec![
            reading("total", total / 1e9),
            reading("active", a.active().sum() as f64 / 1e9),
            reading("resident", total * self.bytes / 1e9),
            reading("read", a.read(self.batch) * self.bytes / 1e9),
            reading("touched", 100.0 * a.share_touched(self.batch)),
        ]
    }

    fn figure(&self) -> Figure {
        figure::draw(self)
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::from_iter(self.top_k.note());
        if self.architecture.experts == 1 {
            notes.push("One expert: a dense model, without a router.".to_owned());
        }
        notes.extend(self.key_value_heads.note());
        notes
    }

    fn finished(&self) -> bool {
        self.served >= LARGEST_BATCH
    }
}
