//! The bill that FlashAttention does not pay: the cache of keys and values.

mod figure;
#[cfg(test)]
mod tests;

use crate::lab::figure::Figure;
use crate::lab::{
    Answer, Bounded, Challenge, Choice, Control, Named, Pace, Prediction, Preset, Readout, Simulation, Spec,
    Values, of, reading,
};
use crate::models::kv_cache::{CacheShape, context_after, legal_kv_heads, tokens_per_second};

static HALF_BYTES: Choice<u64, 3> = Choice::new(
    "kv_bytes",
    "Bytes a number",
    [("0.5", "half a byte (int4)", 1), ("1", "1 byte (fp8)", 2), ("2", "2 bytes (bf16)", 4)],
);

pub static SPEC: Spec = Spec::new(
    "kv-cache",
    "The bill for remembering",
    "How many gigabytes the keys and values of a context take, against what the device has left beside the \
     weights. Three streams of tokens run at the speed that memory allows: one for each way of sharing keys \
     and values.",
    Pace::new(20.0, 90, "10 seconds of decoding"),
    |values| Box::new(KvCache::new(values)),
)
.controls(CONTROLS)
.readouts(READOUTS)
.presets(PRESETS)
.challenges(CHALLENGES)
.prediction(PREDICTION);

const CONTROLS: &[Control] = &[
    Control::logarithmic_whole("context", "Context", [1_024.0, 1_048_576.0], 131_072.0)
        .unit("tokens")
        .help("Tokens that are kept for each sequence."),
    Control::integer("kv_heads", "KV heads", 1, 128, 8)
        .help("Heads that store keys and values; query heads share them. Must divide the heads."),
    Control::integer("heads", "Query heads", 1, 128, 64)
        .help("With as many KV heads as query heads this is multi-head attention."),
    HALF_BYTES
        .control()
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
        .formula("2'key and value' * layers * divisor(heads, kv_heads) * head_dim * kv_bytes / 1024")
        .unit("KiB")
        .spoken("kibibytes")
        .help("Key and value, all layers, all KV heads; 1 KiB is 1,024 bytes."),
    Readout::new("cache_gb", "Cache", 1)
        .formula("kib_per_token * 1024 * context * batch / 1e9")
        .unit("GB")
        .spoken("gigabytes")
        .help("All tokens of all sequences; 1 GB is 10⁹ bytes."),
    Readout::new("headroom", "Memory to spare", 1)
        .formula("memory - weights - cache_gb")
        .unit("GB")
        .spoken("gigabytes")
        .help("Device memory minus weights minus cache; below zero, it does not fit."),
    Readout::new("max_context", "Longest context that fits", 0)
        .formula("floor(max(0, memory - weights) * 1e9 / (kib_per_token * 1024 * batch))")
        .unit("tokens")
        .help("Tokens of each sequence until the memory beside the weights is full."),
    Readout::new("tokens_per_s", "Decoding ceiling", 1)
        .formula("if(headroom >= 0, bandwidth * 1e3 * batch / (weights + cache_gb), 0)")
        .unit("tokens/s")
        .spoken("tokens a second")
        .help("All sequences together, if memory were read at full bandwidth; 0 where it does not fit."),
    Readout::new("gain_over_mha", "Ceiling against MHA", 2)
        .formula("(weights + cache_gb * heads / divisor(heads, kv_heads)) / (weights + cache_gb)")
        .unit("×")
        .help(
            "Against a KV head for each query head, had that enough memory: how much faster decoding gets.",
        ),
];

const PRESETS: &[Preset] = &[
    Preset::new("llama-3-70b", "Llama-3-70B")
        .look("Eight KV heads for 64 query heads: 131,072 tokens take [43 GB](run:#cache_gb)."),
    Preset::new("with-mha", "The same with MHA")
        .look("A KV head for each query head: the same context takes [344 GB](run:?kv_heads=64#cache_gb) and no longer fits.")
        .with(&[("kv_heads", "64")]),
    Preset::new("with-mqa", "The same with MQA")
        .look("One KV head for all: 64 times less than MHA.")
        .with(&[("kv_heads", "1")]),
    Preset::new("llama-3-8b", "Llama-3-8B")
        .look("On one 80 GB device: small weights, so the cache is soon the larger part.")
        .with(&[
            ("layers", "32"),
            ("heads", "32"),
            ("weights", "16.1"),
            ("memory", "80"),
            ("bandwidth", "3.35"),
        ]),
    Preset::new("gpt-3-175b", "GPT-3 175B")
        .look("Nothing shared: 4.7 MB a token, fourteen times Llama-3-70B. Its context was 2,048.")
        .with(&[
            ("layers", "96"),
            ("heads", "96"),
            ("kv_heads", "96"),
            ("context", "2048"),
            ("weights", "350"),
            ("memory", "640"),
            ("bandwidth", "26.8"),
        ]),
];

const CHALLENGES: &[Challenge] = &[Challenge::new(
    "fit-a-million",
    "Fit a million tokens",
    "Keep Llama-3-70B's 80 layers, 64 query heads, weights and memory, and one sequence. Make a context of \
     at least 1,000,000 tokens fit.",
    &[
        of("context").at_least(1_000_000.0),
        of("headroom").at_least(0.0),
        of("layers").at_least(80.0),
        of("heads").at_least(64.0),
        of("head_dim").at_least(128.0),
        of("weights").at_least(141.0),
        of("memory").at_most(320.0),
    ],
)
.solution(&[("context", "1000000"), ("kv_bytes", "1")], 0)];

const PREDICTION: Prediction = Prediction::new(
    "Eight KV heads in place of 64 make the cache 8 times smaller. By how much does the decoding ceiling \
     rise at 131,072 tokens?",
    of("gain_over_mha"),
    &[
        Answer::beyond("About 8 times"),
        Answer::below("Between 2 and 6 times", 6.0),
        Answer::below("Less than 2 times", 2.0),
    ],
    "Every step reads the weights as well as the cache, and sharing heads shrinks only the cache: from 141 + \
     344 GB a step to 141 + 43.",
);

/// Seconds of decoding that one step stands for.
const SECONDS_PER_STEP: f64 = 10.0;

/// The prompt with which each stream starts, tokens.
const PROMPT: f64 = 1_024.0;

const GB: f64 = 1e9;

/// The ledger of one setting, and streams of tokens that fill it.
struct KvCache {
    shape: CacheShape,
    heads: u64,
    context: u64,
    batch: u64,
    /// Bytes.
    weights: f64,
    memory: f64,
    /// Bytes a second.
    bandwidth: f64,
    kv_heads: Bounded<u64>,
    steps: u64,
}

impl KvCache {
    fn new(values: &Values) -> Self {
        let heads = values.integer("heads") as u64;
        let asked = values.integer("kv_heads") as u64;
        let used = legal_kv_heads(heads, asked);
        let kv_heads = Bounded::instead(asked, used, |asked| {
            format!("{asked} KV heads cannot be shared evenly by {heads} query heads; {used} are used.")
        });
        let shape = CacheShape {
            layers: values.integer("layers") as u64,
            kv_heads: kv_heads.value,
            head_dim: values.integer("head_dim") as u64,
            half_bytes: HALF_BYTES.of(values),
        };
        Self {
            shape,
            heads,
            context: values.integer("context") as u64,
            batch: values.integer("batch") as u64,
            weights: values.real("weights") * GB,
            memory: values.real("memory") * GB,
            bandwidth: values.real("bandwidth") * 1e12,
            kv_heads,
            steps: 0,
        }
    }

    /// This model with another number of KV heads.
    fn shared_by(&self, kv_heads: u64) -> CacheShape {
        CacheShape { kv_heads, ..self.shape }
    }

    /// Bytes left beside the weights; not below zero.
    fn free(&self) -> f64 {
        (self.memory - self.weights).max(0.0)
    }

    fn cache(&self, shape: CacheShape, context: u64) -> f64 {
        shape.bytes(context, self.batch) as f64
    }

    fn ceiling(&self, shape: CacheShape, context: f64) -> f64 {
        let cache = (shape.bytes_per_token() * self.batch) as f64 * context;
        tokens_per_second(self.bandwidth, self.weights, cache, self.batch)
    }

    /// Where a stream's context ends: at the chosen one, or where the memory is full.
    fn end_of(&self, shape: CacheShape) -> f64 {
        self.context.min(shape.longest_context(self.free(), self.batch)) as f64
    }

    /// The context of a stream `steps` steps after its prompt; `None` where not even that fits.
    fn stream_at(&self, shape: CacheShape, steps: u64) -> Option<f64> {
        let end = self.end_of(shape);
        let per_position = (shape.bytes_per_token() * self.batch) as f64;
        let seconds = steps as f64 * SECONDS_PER_STEP;
        (end >= PROMPT)
            .then(|| context_after(seconds, PROMPT, self.bandwidth, self.weights, per_position).min(end))
    }

    fn fits(&self) -> bool {
        self.weights + self.cache(self.shape, self.context) <= self.memory
    }
}

impl Simulation for KvCache {
    fn step(&mut self) {
        self.steps += 1;
    }

    fn readings(&self) -> Vec<Named> {
        let cache = self.cache(self.shape, self.context);
        let context = self.context as f64;
        let ceiling = self.ceiling(self.shape, context);
        let with_mha = self.ceiling(self.shared_by(self.heads), context);
        vec![
            reading("kib_per_token", self.shape.bytes_per_token() as f64 / 1024.0),
            reading("cache_gb", cache / GB),
            reading("headroom", (self.memory - self.weights - cache) / GB),
            reading("max_context", self.shape.longest_context(self.free(), self.batch) as f64),
            reading("tokens_per_s", if self.fits() { ceiling } else { 0.0 }),
            reading("gain_over_mha", ceiling / with_mha),
        ]
    }

    fn figure(&self) -> Figure {
        figure::draw(self)
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::from_iter(self.kv_heads.note());
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
