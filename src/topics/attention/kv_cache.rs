//! The bill that FlashAttention does not pay: the cache of keys and values.

use super::kv_cache_figure;
use crate::lab::figure::Figure;
use crate::lab::simulation::Outcome;
use crate::lab::{
    Challenge, Clause, Control, Pace, Prediction, Preset, Reading, Readout, Simulation, Spec, Values,
    page_text,
};
use crate::models::kv_cache::{CacheShape, context_after, legal_kv_heads, tokens_per_second};

pub static SPEC: Spec = Spec {
    id: "kv-cache",
    title: "The bill for remembering",
    summary: page_text(
        "How many gigabytes the keys and values of a context take, against what the device has left beside \
         the weights. Three streams of tokens run at the speed that memory allows: one for each way of \
         sharing keys and values.",
    ),
    controls: CONTROLS,
    readouts: READOUTS,
    presets: PRESETS,
    challenges: CHALLENGES,
    prediction: Some(PREDICTION),
    pace: Pace::new(20.0, 90, "10 seconds of decoding"),
    build: |values| Box::new(KvCache::new(values)),
};

const CONTROLS: &[Control] = &[
    Control::logarithmic_whole("context", "Context", [1_024.0, 1_048_576.0], 131_072.0)
        .unit("tokens")
        .help("Tokens that are kept for each sequence."),
    Control::integer("kv_heads", "KV heads", 1, 128, 8)
        .help("Heads that store keys and values; query heads share them. Must divide the heads."),
    Control::integer("heads", "Query heads", 1, 128, 64)
        .help("With as many KV heads as query heads this is multi-head attention."),
    Control::choice(
        "kv_bytes",
        "Bytes a number",
        &[("0.5", "half a byte (int4)"), ("1", "1 byte (fp8)"), ("2", "2 bytes (bf16)")],
    )
    .default_option(2)
    .help("A quantised cache keeps the same numbers in fewer bytes, at some loss of accuracy."),
    Control::integer("layers", "Layers", 1, 128, 80).secondary().help("Each layer has a cache of its own."),
    Control::integer("head_dim", "Head dimension", 32, 256, 128)
        .step(32)
        .secondary()
        .help("Numbers in one key, and in one value."),
    Control::integer("batch", "Batch", 1, 256, 1)
        .unit("sequences")
        .help("Sequences decoded together: they share the weights, and nothing of the cache."),
    Control::logarithmic("weights", "Weights", [0.1, 2_000.0], 141.0)
        .unit("GB")
        .secondary()
        .help("Memory that the model itself takes; 141 GB are 70.6 billion numbers of 2 bytes."),
    Control::logarithmic("memory", "Device memory", [24.0, 2_000.0], 320.0)
        .unit("GB")
        .help("All devices together; 320 GB are four H100."),
    Control::logarithmic("bandwidth", "Bandwidth", [0.5, 32.0], 13.4)
        .unit("TB/s")
        .secondary()
        .help("How fast memory is read, all devices together; 13.4 TB/s are four H100."),
];

const READOUTS: &[Readout] = &[
    Readout::new("kib_per_token", "Cache a token", 1)
        .unit("KiB")
        .spoken("kibibytes")
        .help("Key and value, all layers, all KV heads; 1 KiB is 1,024 bytes."),
    Readout::new("cache_gb", "Cache", 1)
        .unit("GB")
        .spoken("gigabytes")
        .help("All tokens of all sequences; 1 GB is 10⁹ bytes."),
    Readout::new("headroom", "Memory to spare", 1)
        .unit("GB")
        .spoken("gigabytes")
        .help("Device memory minus weights minus cache; below zero, it does not fit."),
    Readout::new("max_context", "Longest context that fits", 0)
        .unit("tokens")
        .help("Tokens of each sequence until the memory beside the weights is full."),
    Readout::new("tokens_per_s", "Decoding ceiling", 1)
        .unit("tokens/s")
        .spoken("tokens a second")
        .help("All sequences together, if memory were read at full bandwidth; 0 where it does not fit."),
    Readout::new("gain_over_mha", "Ceiling against MHA", 2).unit("×").help(
        "Against a KV head for each query head, had that enough memory: how much faster decoding gets.",
    ),
];

const PRESETS: &[Preset] = &[
    Preset {
        id: "llama-3-70b",
        label: "Llama-3-70B",
        look: page_text("Eight KV heads for 64 query heads: 131,072 tokens take 43 GB."),
        values: &[],
    },
    Preset {
        id: "with-mha",
        label: "The same with MHA",
        look: page_text("A KV head for each query head: the same context takes 344 GB and no longer fits."),
        values: &[("kv_heads", "64")],
    },
    Preset {
        id: "with-mqa",
        label: "The same with MQA",
        look: page_text("One KV head for all: 64 times less than MHA."),
        values: &[("kv_heads", "1")],
    },
    Preset {
        id: "llama-3-8b",
        label: "Llama-3-8B",
        look: page_text("On one 80 GB device: small weights, so the cache is soon the larger part."),
        values: &[
            ("layers", "32"),
            ("heads", "32"),
            ("weights", "16.1"),
            ("memory", "80"),
            ("bandwidth", "3.35"),
        ],
    },
    Preset {
        id: "gpt-3-175b",
        label: "GPT-3 175B",
        look: page_text("Nothing shared: 4.7 MB a token, fourteen times Llama-3-70B. Its context was 2,048."),
        values: &[
            ("layers", "96"),
            ("heads", "96"),
            ("kv_heads", "96"),
            ("context", "2048"),
            ("weights", "350"),
            ("memory", "640"),
            ("bandwidth", "26.8"),
        ],
    },
];

const CHALLENGES: &[Challenge] = &[Challenge {
    id: "fit-a-million",
    title: "Fit a million tokens",
    task: page_text(
        "Keep Llama-3-70B's 80 layers, 64 query heads, weights and memory, and one sequence. Make a \
         context of at least 1,000,000 tokens fit.",
    ),
    solved: &[
        Clause::at_least("context", 1_000_000.0),
        Clause::at_least("headroom", 0.0),
        Clause::at_least("layers", 80.0),
        Clause::at_least("heads", 64.0),
        Clause::at_least("head_dim", 128.0),
        Clause::at_least("weights", 141.0),
        Clause::at_most("memory", 320.0),
    ],
    solution: &[("context", "1000000"), ("kv_bytes", "1")],
    solution_steps: 0,
}];

const PREDICTION: Prediction = Prediction {
    question: page_text(
        "Eight KV heads in place of 64 make the cache 8 times smaller. By how much does the decoding \
         ceiling rise at 131,072 tokens?",
    ),
    values: &[],
    settled_at: 0,
    options: &[
        Outcome { label: "About 8 times", holds: &[Clause::at_least("gain_over_mha", 6.0)] },
        Outcome {
            label: "Between 2 and 6 times",
            holds: &[Clause::at_least("gain_over_mha", 2.0), Clause::below("gain_over_mha", 6.0)],
        },
        Outcome { label: "Less than 2 times", holds: &[Clause::below("gain_over_mha", 2.0)] },
    ],
    because: page_text(
        "Every step reads the weights as well as the cache, and sharing heads shrinks only the cache: from \
         141 + 344 GB a step to 141 + 43.",
    ),
};

/// Seconds of decoding that one step stands for.
const SECONDS_PER_STEP: f64 = 10.0;

/// The prompt with which each stream starts, tokens.
pub(super) const PROMPT: f64 = 1_024.0;

const GB: f64 = 1e9;

/// The ledger of one setting, and streams of tokens that fill it.
pub struct KvCache {
    pub(super) shape: CacheShape,
    pub(super) heads: u64,
    pub(super) context: u64,
    pub(super) batch: u64,
    /// Bytes.
    pub(super) weights: f64,
    pub(super) memory: f64,
    /// Bytes a second.
    pub(super) bandwidth: f64,
    wanted_kv_heads: u64,
    steps: u64,
}

impl KvCache {
    fn new(values: &Values) -> Self {
        let heads = values.integer("heads") as u64;
        let wanted_kv_heads = values.integer("kv_heads") as u64;
        let half_bytes = match values.choice("kv_bytes") {
            "0.5" => 1,
            "1" => 2,
            _ => 4,
        };
        let shape = CacheShape {
            layers: values.integer("layers") as u64,
            kv_heads: legal_kv_heads(heads, wanted_kv_heads),
            head_dim: values.integer("head_dim") as u64,
            half_bytes,
        };
        Self {
            shape,
            heads,
            context: values.integer("context") as u64,
            batch: values.integer("batch") as u64,
            weights: values.real("weights") * GB,
            memory: values.real("memory") * GB,
            bandwidth: values.real("bandwidth") * 1e12,
            wanted_kv_heads,
            steps: 0,
        }
    }

    /// This model with another number of KV heads.
    pub(super) fn shared_by(&self, kv_heads: u64) -> CacheShape {
        CacheShape { kv_heads, ..self.shape }
    }

    /// Bytes left beside the weights; not below zero.
    pub(super) fn free(&self) -> f64 {
        (self.memory - self.weights).max(0.0)
    }

    pub(super) fn cache(&self, shape: CacheShape, context: u64) -> f64 {
        shape.bytes(context, self.batch) as f64
    }

    pub(super) fn ceiling(&self, shape: CacheShape, context: f64) -> f64 {
        let cache = (shape.bytes_per_token() * self.batch) as f64 * context;
        tokens_per_second(self.bandwidth, self.weights, cache, self.batch)
    }

    /// Where a stream's context ends: at the chosen one, or where the memory is full.
    fn end_of(&self, shape: CacheShape) -> f64 {
        self.context.min(shape.longest_context(self.free(), self.batch)) as f64
    }

    /// The context of a stream `steps` steps after its prompt; `None` where not even that fits.
    pub(super) fn stream_at(&self, shape: CacheShape, steps: u64) -> Option<f64> {
        let end = self.end_of(shape);
        let per_position = (shape.bytes_per_token() * self.batch) as f64;
        let seconds = steps as f64 * SECONDS_PER_STEP;
        (end >= PROMPT)
            .then(|| context_after(seconds, PROMPT, self.bandwidth, self.weights, per_position).min(end))
    }

    pub(super) fn steps(&self) -> u64 {
        self.steps
    }

    pub(super) fn fits(&self) -> bool {
        self.weights + self.cache(self.shape, self.context) <= self.memory
    }
}

impl Simulation for KvCache {
    fn step(&mut self) {
        self.steps += 1;
    }

    fn readings(&self) -> Vec<Reading> {
        let cache = self.cache(self.shape, self.context);
        let context = self.context as f64;
        let ceiling = self.ceiling(self.shape, context);
        let with_mha = self.ceiling(self.shared_by(self.heads), context);
        vec![
            (self.shape.bytes_per_token() as f64 / 1024.0).into(),
            (cache / GB).into(),
            ((self.memory - self.weights - cache) / GB).into(),
            (self.shape.longest_context(self.free(), self.batch) as f64).into(),
            if self.fits() { ceiling } else { 0.0 }.into(),
            (ceiling / with_mha).into(),
        ]
    }

    fn figure(&self) -> Figure {
        kv_cache_figure::draw(self)
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if self.shape.kv_heads != self.wanted_kv_heads {
            notes.push(format!(
                "{} KV heads cannot be shared evenly by {} query heads; {} are used.",
                self.wanted_kv_heads, self.heads, self.shape.kv_heads
            ));
        }
        if self.weights > self.memory {
            notes.push("The weights alone do not fit in the memory, so nothing is decoded.".to_owned());
        } else if !self.fits() {
            notes.push(format!(
                "This cache does not fit beside the weights: the memory is full at {} tokens.",
                self.shape.longest_context(self.free(), self.batch)
            ));
        }
        notes
    }

    fn finished(&self) -> bool {
        [self.heads, self.shape.kv_heads, 1].iter().all(|&kv_heads| {
            let shape = self.shared_by(kv_heads);
            self.stream_at(shape, self.steps).is_none_or(|x| x >= self.end_of(shape))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::Runner;

    #[test]
    fn the_opening_shows_streams_under_way() {
        let opening = Runner::opening(&SPEC);
        assert!(!opening.finished());
        assert_eq!(opening.number("kib_per_token").unwrap(), 320.0);
        assert!((opening.number("cache_gb").unwrap() - 42.95).abs() < 0.01);
        assert!((opening.number("tokens_per_s").unwrap() - 72.8).abs() < 0.1);
        let figure = opening.simulation().figure();
        assert_eq!(figure.panels().count(), 2);
        assert!(figure.alternative.contains("42.9 GB"), "{}", figure.alternative);
    }

    #[test]
    fn presets_give_what_they_say() {
        let at = |id: &str| Runner::after(&SPEC, PRESETS.iter().find(|p| p.id == id).unwrap().values, 0);
        assert!(at("with-mha").number("headroom").unwrap() < 0.0);
        assert_eq!(at("with-mha").number("tokens_per_s").unwrap(), 0.0);
        assert_eq!(at("with-mqa").number("kib_per_token").unwrap(), 40.0);
        assert_eq!(at("llama-3-8b").number("kib_per_token").unwrap(), 128.0);
        assert_eq!(at("gpt-3-175b").number("kib_per_token").unwrap() * 1024.0, 4_718_592.0);
    }

    #[test]
    fn the_challenge_has_several_solutions() {
        let challenge = &CHALLENGES[0];
        let solved = |pairs: &[(&str, &str)]| {
            let runner = Runner::after(&SPEC, pairs, challenge.solution_steps);
            challenge.solved.iter().all(|c| c.holds(&runner.moment()))
        };
        assert!(!solved(&[]));
        assert!(solved(challenge.solution));
        assert!(solved(&[("context", "1000000"), ("kv_heads", "4")]));
        assert!(!solved(&[("context", "1000000")]));
    }

    #[test]
    fn only_one_answer_of_the_prediction_is_right() {
        let runner = Runner::after(&SPEC, PREDICTION.values, PREDICTION.settled_at);
        let right: Vec<bool> =
            PREDICTION.options.iter().map(|o| o.holds.iter().all(|c| c.holds(&runner.moment()))).collect();
        assert_eq!(right, [false, true, false]);
    }

    #[test]
    fn what_is_wrong_is_told() {
        let notes = |pairs: &[(&str, &str)]| Runner::after(&SPEC, pairs, 3).simulation().notes().join(" ");
        assert!(notes(&[]).is_empty());
        assert!(notes(&[("kv_heads", "7")]).contains("4 are used"));
        assert!(notes(&[("weights", "400")]).contains("weights alone"));
        assert!(notes(&[("kv_heads", "64")]).contains("full at"));
    }

    #[test]
    fn streams_stop_at_the_context_or_at_full_memory() {
        let mut runner = Runner::after(&SPEC, &[("kv_heads", "64")], 0);
        runner.advance(100_000);
        assert!(runner.finished() && runner.step() < 1_000, "{}", runner.step());
        let corner = Runner::after(&SPEC, &[("weights", "2000"), ("memory", "24")], 5);
        assert!(corner.finished());
    }
}
