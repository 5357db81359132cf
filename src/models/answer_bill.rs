//! What one answer of a language model costs, with all mechanisms on one sheet: bytes, operations, seconds, joules.
//!
//! References: Williams et al. 2009, *Roofline*, doi:10.1145/1498765.1498785; Leviathan et al. 2023, arXiv:2211.17192,
//! equation 1 (tokens of a checked step); Jiang et al. 2024, arXiv:2401.04088 (Mixtral); DeepSeek-AI 2024,
//! arXiv:2405.04434 (latent attention) and arXiv:2412.19437 (its sizes); Lieber et al. 2024, arXiv:2403.19887 (Jamba);
//! Dettmers et al. 2023, arXiv:2305.14314 (NF4); Borgeaud et al. 2022, arXiv:2112.04426 (RETRO).
//!
//! Parts are those of their own pages: [`parameters`](crate::parameters), [`kv_cache`](crate::kv_cache),
//! [`mamba`](crate::mamba), [`tuning_cost`](crate::tuning_cost), [`power_ledger`](crate::power_ledger).
//!
//! | here                 | meaning                                                          |
//! |----------------------|------------------------------------------------------------------|
//! | `prompt`, `answer`   | n, a, tokens                                                     |
//! | `batch`, `samples`   | B readers, S answers to each; Q = B S sequences                  |
//! | `guesses`, `accept`  | γ drafts, accepted each with chance α                            |
//! | [`Setting::gained`]  | τ, tokens that a sequence gains in a step                        |
//! | `devices`            | D, each with M bytes, β bytes/s, C operations/s in 16 bits, W watts |
//!
//! Units: bytes, floating-point operations, seconds, joules; GB are 10⁹ bytes.
//!
//! Departures: a roofline. Each device does nothing but read at full bandwidth or compute at full speed, whichever
//! takes longer, at its full power; devices share all evenly and talk for nothing. Experts are chosen evenly and
//! independently. Weights of four bits are unpacked and multiplied in 16. Samples share the prompt's cache in memory,
//! and each reads it. The draft's own prefill and cache, the search and the encoder of retrieval, the judge's weights
//! and the order of beams are free. Norms of queries and keys (Qwen3), router biases and the head that predicts
//! several tokens (DeepSeek-V3) are left out.

use crate::kv_cache::CacheShape;
use crate::mamba::Shape as StateBlock;
use crate::parameters::{Architecture, MIXTRAL_8X7B};
use crate::power_ledger::joules_per_thousand;
use crate::tuning_cost::{NF4_BITS, adapter};
use numerics::elementary::powi;

/// Share of a device's memory that may be filled, u.
pub const USABLE: f64 = 0.9;

/// Tokens of a neighbour, and of the chunk that it is looked up for.
const NEIGHBOUR: u64 = 128;

/// Bytes of a number in 16 bits.
const SIXTEEN: f64 = 2.0;

/// Sizes of multi-head latent attention: q, r, and the widths of a head's plain, turned and value part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Latent {
    pub query: u64,
    pub rank: u64,
    pub plain: u64,
    pub turned: u64,
    pub value: u64,
}

/// A decoder in which layers may attend to all, attend to a window, or carry a state; and be dense or have experts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Model {
    /// `layers` are all of them, `experts` and the rest those of a layer that has experts.
    pub shape: Architecture,
    /// Experts that every token uses beside its own.
    pub shared: u64,
    /// Layers with one feed-forward block of `dense_width`.
    pub dense_layers: u64,
    pub dense_width: u64,
    /// Layers that carry a state, and the numbers in norms of each.
    pub state_layers: u64,
    pub state_norms: u64,
    /// Layers that attend to the last `window` tokens only.
    pub windowed: u64,
    pub window: u64,
    pub latent: Option<Latent>,
}

const fn plain(shape: Architecture) -> Model {
    Model {
        shape,
        shared: 0,
        dense_layers: 0,
        dense_width: 0,
        state_layers: 0,
        state_norms: 0,
        windowed: 0,
        window: 4096,
        latent: None,
    }
}

pub const MIXTRAL: Model = plain(MIXTRAL_8X7B);

pub const LLAMA_70B: Model = plain(Architecture {
    layers: 80,
    width: 8192,
    heads: 64,
    expert_width: 28_672,
    experts: 1,
    top_k: 1,
    vocabulary: 128_256,
    ..MIXTRAL_8X7B
});

pub const QWEN3_30B: Model = plain(Architecture {
    layers: 48,
    width: 2048,
    key_value_heads: 4,
    expert_width: 768,
    experts: 128,
    top_k: 8,
    vocabulary: 151_936,
    ..MIXTRAL_8X7B
});

pub const DEEPSEEK_V3: Model = Model {
    shared: 1,
    dense_layers: 3,
    dense_width: 18_432,
    latent: Some(Latent { query: 1536, rank: 512, plain: 128, turned: 64, value: 128 }),
    ..plain(Architecture {
        layers: 61,
        width: 7168,
        heads: 128,
        key_value_heads: 128,
        head_width: 128,
        expert_width: 2048,
        experts: 256,
        top_k: 8,
        vocabulary: 129_280,
    })
};

pub const JAMBA: Model = Model {
    dense_layers: 16,
    dense_width: 14_336,
    state_layers: 28,
    state_norms: 256 + 16 + 16,
    ..plain(Architecture { experts: 16, vocabulary: 65_536, ..MIXTRAL_8X7B })
};

/// Parameters by how they are stored and read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Counts {
    /// Matrices of layers that every token uses.
    pub fixed: u64,
    /// Routed experts, all of them, and those of one token.
    pub experts: u64,
    pub chosen: u64,
    /// Embeddings, routers, norms and the small parts of state layers: always 16 bits.
    pub fine: u64,
}

impl Counts {
    #[must_use]
    pub fn owned(&self) -> u64 {
        self.fixed + self.experts + self.fine
    }

    #[must_use]
    pub fn active(&self) -> u64 {
        self.fixed + self.chosen + self.fine
    }
}

impl Model {
    /// Layers that attend to anything.
    #[must_use]
    pub fn attending(&self) -> u64 {
        self.shape.layers - self.state_layers
    }

    fn state(&self) -> StateBlock {
        StateBlock { d_model: self.shape.width, d_state: 16, d_conv: 4, expand: 2 }
    }

    /// Inputs and outputs of the matrices of one layer's attention.
    fn projections(&self) -> Vec<[u64; 2]> {
        let Architecture { width: d, heads, key_value_heads, head_width, .. } = self.shape;
        match self.latent {
            None => {
                let (queries, keys) = (heads * head_width, key_value_heads * head_width);
                vec![[d, queries], [d, keys], [d, keys], [queries, d]]
            }
            Some(l) => vec![
                [d, l.query],
                [l.query, heads * (l.plain + l.turned)],
                [d, l.rank + l.turned],
                [l.rank, heads * (l.plain + l.value)],
                [heads * l.value, d],
            ],
        }
    }

    /// Parameters of one layer's attention.
    fn attention(&self) -> u64 {
        match self.latent {
            None => Architecture { layers: 1, ..self.shape }.total().attention,
            Some(_) => self.projections().iter().map(|[i, o]| i * o).sum(),
        }
    }

    #[must_use]
    pub fn counts(&self) -> Counts {
        let sparse = Architecture { layers: self.shape.layers - self.dense_layers, ..self.shape };
        let dense = Architecture {
            layers: self.dense_layers,
            expert_width: self.dense_width,
            experts: 1,
            top_k: 1,
            ..self.shape
        };
        let state = self.state();
        let (all, used) = (sparse.total(), sparse.active());
        let small = state.parameters() - state.projections() + self.state_norms;
        let latent_norms = self.latent.map_or(0, |l| l.query + l.rank);
        // The norms of a layer are counted for all layers, dense or not.
        let norms = self.shape.total().norms + self.attending() * latent_norms;
        Counts {
            fixed: self.attending() * self.attention()
                + self.state_layers * state.projections()
                + dense.total().experts
                + self.shared * sparse.one_expert(),
            experts: all.experts,
            chosen: used.experts,
            fine: all.router + norms + all.embeddings + self.state_layers * small,
        }
    }

    /// What these layers keep of a token. A latent stands for key and value at once, half of it for each.
    #[must_use]
    pub fn cache(&self, layers: u64, bits: u64) -> CacheShape {
        let (kv_heads, head_dim) = match self.latent {
            None => (self.shape.key_value_heads, self.shape.head_width),
            Some(l) => (1, u64::midpoint(l.rank, l.turned)),
        };
        CacheShape { layers, kv_heads, head_dim, half_bytes: bits / 4 }
    }

    /// Layers whose cache grows without end.
    #[must_use]
    pub fn unbounded(&self) -> u64 {
        self.attending() - self.windowed
    }

    /// Bytes of a sequence of `tokens`: what grows, and what windows hold.
    #[must_use]
    pub fn kept(&self, tokens: f64, bits: u64) -> f64 {
        let a_token = |layers| self.cache(layers, bits).bytes_per_token() as f64;
        a_token(self.unbounded()) * tokens + a_token(self.windowed) * tokens.min(self.window as f64)
    }

    /// Bytes that a sequence carries in its state layers, in 16 bits.
    #[must_use]
    pub fn carried(&self) -> f64 {
        (self.state_layers * self.state().carried()) as f64 * SIXTEEN
    }

    /// Operations of a layer for one token that attends to one other: absorbed into the latent while it is decoded.
    fn pair(&self, decoding: bool) -> f64 {
        let operations = match self.latent {
            None => 4 * self.shape.heads * self.shape.head_width,
            Some(l) if decoding => 2 * self.shape.heads * (2 * l.rank + l.turned),
            Some(l) => 2 * self.shape.heads * (l.plain + l.turned + l.value),
        };
        operations as f64
    }

    /// Operations of attention for a token that stands behind `context` others.
    #[must_use]
    pub fn attending_flops(&self, context: f64) -> f64 {
        let near = context.min(self.window as f64);
        self.pair(true) * (self.unbounded() as f64 * context + self.windowed as f64 * near)
    }

    /// The same for all tokens of a prompt: half of the square of pairs, or the window's band of it.
    #[must_use]
    pub fn prompt_flops(&self, n: f64) -> f64 {
        let near = n.min(self.window as f64);
        let band = n * near - near * near / 2.0;
        self.pair(false) * (self.unbounded() as f64 * n * n / 2.0 + self.windowed as f64 * band)
    }
}

/// An accelerator.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Device {
    /// M, bytes.
    pub memory: f64,
    /// β, bytes a second.
    pub bandwidth: f64,
    /// C, operations a second in 16 bits.
    pub flops: f64,
    /// W.
    pub watts: f64,
}

/// H100 SXM: 80 GB, 3.35 TB/s, 989.4 TFLOP/s in dense bf16, 700 W.
pub const H100: Device = Device { memory: 80e9, bandwidth: 3.35e12, flops: 989.4e12, watts: 700.0 };
/// H200: more memory and bandwidth, the same arithmetic and power.
pub const H200: Device = Device { memory: 141e9, bandwidth: 4.8e12, ..H100 };

/// How neighbours are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Retrieval {
    /// Before the prompt.
    Prompt,
    /// By cross-attention in a third of the layers, which are added (RETRO).
    Cross,
}

/// All that one answer is served with.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Setting {
    pub model: Model,
    /// Whether a token reads its own experts only.
    pub sparse: bool,
    /// 16, 8 or 4.
    pub weight_bits: u64,
    pub cache_bits: u64,
    pub adapters: u64,
    pub rank: u64,
    pub samples: u64,
    /// Size of the judge, as a share of the model.
    pub judge: f64,
    pub guesses: u32,
    pub accept: f64,
    /// Size of the draft, as a share of the model.
    pub draft: f64,
    pub neighbours: u64,
    pub retrieval: Retrieval,
    pub prompt: u64,
    pub answer: u64,
    pub batch: u64,
    pub device: Device,
    pub devices: u64,
    pub pue: f64,
}

/// Mixtral in 16 bits on two H100, for one reader: 2,048 tokens in, 512 out, nothing else.
pub const PLAIN: Setting = Setting {
    model: MIXTRAL,
    sparse: true,
    weight_bits: 16,
    cache_bits: 16,
    adapters: 0,
    rank: 16,
    samples: 1,
    judge: 0.0,
    guesses: 0,
    accept: 0.8,
    draft: 0.0,
    neighbours: 0,
    retrieval: Retrieval::Prompt,
    prompt: 2048,
    answer: 512,
    batch: 1,
    device: H100,
    devices: 2,
    pue: 1.0,
};

/// Terms of what is held, in bytes.
pub const HELD: [&str; 6] =
    ["experts in use", "idle experts", "other weights", "draft", "adapters", "cache and state"];
/// Terms of a step's time: bytes over bandwidth, then operations over speed, then the draft.
pub const SPENT: [&str; 7] =
    ["experts", "other weights", "cache", "state", "adapters", "matrices", "attention"];
/// How many of [`SPENT`] are reading; the rest is arithmetic.
pub const READS: usize = 5;

/// What limits an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Limit {
    Bandwidth,
    Arithmetic,
    MemorySize,
}

/// The bill of an answer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bill {
    pub owned: f64,
    pub active: f64,
    /// Bytes, as [`HELD`] names them, and those that may be filled.
    pub held: [f64; HELD.len()],
    pub room: f64,
    /// Bytes that a step reads, by the first [`READS`] of [`SPENT`].
    pub read: [f64; READS],
    /// Operations of a step: of matrices, and of attention and state.
    pub flops: [f64; 2],
    /// Seconds of a step, as [`SPENT`] names them: reading and computing go on at once.
    pub spent: [f64; SPENT.len()],
    /// Seconds of a step that go to drafting.
    pub drafting: f64,
    /// Bytes and operations of reading the prompt.
    pub prompt: [f64; 2],
    /// Seconds of the prompt, of the whole answer, and of the judge.
    pub prefill: f64,
    pub decode: f64,
    pub judging: f64,
    /// Seconds of a step, and the tokens that a sequence gains in it, τ.
    pub step: f64,
    pub gained: f64,
    pub sequences: f64,
    /// For 1,000 tokens that are kept.
    pub joules: f64,
    /// The longest context that fits; `None` where nothing grows.
    pub longest: Option<u64>,
}

impl Setting {
    fn routed(&self) -> Architecture {
        let shape = self.model.shape;
        Architecture { top_k: if self.sparse { shape.top_k } else { shape.experts }, ..shape }
    }

    fn model(&self) -> Model {
        Model { shape: self.routed(), ..self.model }
    }

    /// Expected share of the experts that so many tokens touch.
    #[must_use]
    pub fn touched(&self, tokens: u64) -> f64 {
        self.routed().share_touched(u32::try_from(tokens).unwrap_or(u32::MAX))
    }

    /// Tokens that a step checks for each sequence, γ + 1.
    fn checked(&self) -> u64 {
        u64::from(self.guesses) + 1
    }

    /// τ: tokens that a sequence gains in a step, (1 − α^(γ+1)) / (1 − α).
    #[must_use]
    pub fn gained(&self) -> f64 {
        (0..=self.guesses).map(|i| powi(self.accept, i)).sum()
    }

    /// Layers of cross-attention that are added.
    fn crossing(&self) -> u64 {
        let crosses = self.neighbours > 0 && self.retrieval == Retrieval::Cross;
        if crosses { self.model.shape.layers / 3 } else { 0 }
    }

    /// Tokens before the answer: the prompt, and neighbours that stand in it.
    #[must_use]
    pub fn before(&self) -> u64 {
        let found = if self.retrieval == Retrieval::Prompt { NEIGHBOUR * self.neighbours } else { 0 };
        self.prompt + found
    }

    /// Bytes of matrices in a layer.
    fn matrices(&self, numbers: u64) -> f64 {
        let bits = if self.weight_bits == 4 { NF4_BITS } else { self.weight_bits as f64 };
        numbers as f64 * bits / 8.0
    }

    /// Seconds of reading and of computing on all devices, each by its terms.
    fn seconds(&self, read: &[f64; READS], [matrices, attention]: [f64; 2]) -> [f64; SPENT.len()] {
        let all = self.devices as f64;
        let narrow = if self.weight_bits == 8 { 2.0 } else { 1.0 };
        let reading = |bytes: f64| bytes / (all * self.device.bandwidth);
        let computing = |operations: f64, speed: f64| operations / (all * self.device.flops * speed);
        let [a, b, c, d, e] = read.map(reading);
        [a, b, c, d, e, computing(matrices, narrow), computing(attention, 1.0)]
    }

    #[must_use]
    pub fn bill(&self) -> Bill {
        let model = self.model();
        let (counts, shape) = (model.counts(), model.shape);
        let [n, a, b] = [self.before(), self.answer, self.batch].map(|x| x as f64);
        let (d, gained) = (self.devices as f64, self.gained());
        let q = b * self.samples as f64;
        let (sequences, context) = (self.batch * self.samples, n + a / 2.0);

        // Weights; cross-attention has an attention's for each layer of its own.
        let crossing = self.crossing();
        let across = crossing * model.attention();
        let experts = self.matrices(counts.experts);
        let fixed = self.matrices(counts.fixed + across) + SIXTEEN * counts.fine as f64;
        let drafted = self.draft * counts.owned() as f64;
        let tuned = model.attending() * adapter(self.rank, &model.projections());
        let tuned = if self.adapters > 0 { tuned as f64 } else { 0.0 };
        let adapted = |count: u64| SIXTEEN * tuned * count as f64;
        let neighbours = (NEIGHBOUR * self.neighbours) as f64;
        let found = model.cache(crossing, self.cache_bits).bytes_per_token() as f64 * neighbours;

        // A step of decoding.
        let tokens = q * self.checked() as f64;
        let touched = self.touched(sequences * self.checked());
        let read = [
            touched * experts,
            fixed,
            q * (model.kept(context, self.cache_bits) + found),
            q * 2.0 * model.carried(),
            adapted(self.adapters.min(self.batch)),
        ];
        let used = (counts.active() - shape.vocabulary * shape.width) as f64 + tuned;
        let encoded = 2.0
            * self.neighbours as f64
            * 2.0
            * (shape.width * shape.key_value_heads * shape.head_width) as f64;
        let matrices = 2.0 * (used + across as f64) + crossing as f64 * 2.0 * encoded;
        let scan = (model.state_layers * model.state().scan_flops()) as f64;
        let crossed = model.pair(true) * crossing as f64 * neighbours;
        let flops = [matrices, model.attending_flops(context) + scan + crossed].map(|f| f * tokens);
        let spent = self.seconds(&read, flops);
        let (bandwidth, flops_a_second) = (d * self.device.bandwidth, d * self.device.flops);
        let drafting =
            f64::from(self.guesses) * (SIXTEEN * drafted / bandwidth).max(2.0 * drafted * q / flops_a_second);
        let bound = |spent: &[f64; SPENT.len()]| {
            let [reading, computing] = sides(spent);
            reading.max(computing)
        };
        let step = bound(&spent) + drafting;
        let decode = a / gained * step;

        // The prompt: its keys and values are written once.
        let asked = b * n;
        let once = [
            self.touched(self.batch * self.before()) * experts,
            fixed,
            b * model.kept(n, self.cache_bits),
            b * model.carried(),
            adapted(self.adapters.min(self.batch)),
        ];
        let prompt_flops = [matrices * asked, b * model.prompt_flops(n) + (scan + crossed) * asked];
        let prefill = if asked > 0.0 { bound(&self.seconds(&once, prompt_flops)) } else { 0.0 };
        let judged = self.judge * b * (n + self.samples as f64 * a) * 2.0 * counts.active() as f64;
        let judging = self.seconds(&[0.0; READS], [judged, 0.0]).iter().sum();

        // What is held at the end of the answer.
        let grown = |layers: u64| model.cache(layers, self.cache_bits).bytes_per_token() as f64;
        let all_tokens = n * b + a * q;
        let near = all_tokens.min(model.window as f64 * q);
        let cache = grown(model.unbounded()) * all_tokens + grown(model.windowed) * near + q * found;
        let held = [
            touched * experts,
            (1.0 - touched) * experts,
            fixed,
            SIXTEEN * drafted,
            adapted(self.adapters),
            cache + q * model.carried(),
        ];
        let room = USABLE * d * self.device.memory;
        let window = grown(model.windowed) * model.window as f64 + model.carried() + found;
        let free = room - held[..5].iter().sum::<f64>() - b * window;
        let growing = model.cache(model.unbounded(), self.cache_bits);

        Bill {
            owned: (counts.owned() + across) as f64,
            active: (counts.active() + across) as f64,
            held,
            room,
            read,
            flops,
            spent,
            drafting,
            prompt: [once.iter().sum(), prompt_flops.iter().sum()],
            prefill,
            decode,
            judging,
            step,
            gained,
            sequences: q,
            joules: joules_per_thousand(
                d * self.device.watts,
                self.pue,
                b * a / (prefill + decode + judging),
            ),
            longest: (growing.bytes_per_token() > 0).then(|| growing.longest_context(free, self.batch)),
        }
    }

    /// The same model without any saving: all experts, no guesses, one reader, 16 bits.
    #[must_use]
    pub fn without_levers(&self) -> Self {
        Self { sparse: false, guesses: 0, batch: 1, weight_bits: 16, cache_bits: 16, ..*self }
    }

    /// What each lever saves alone, as a factor of energy: sparse experts, guesses, company, bits of weights, bits of
    /// the cache; and what all of them save together.
    #[must_use]
    pub fn savings(&self) -> ([f64; LEVERS.len()], f64) {
        let none = self.without_levers();
        let reference = none.bill().joules;
        let saves = |setting: Self| {
            let joules = setting.bill().joules;
            // Without power nothing is spent, and nothing saved.
            if joules > 0.0 { reference / joules } else { 1.0 }
        };
        let alone = [
            Self { sparse: self.sparse, ..none },
            Self { guesses: self.guesses, ..none },
            Self { batch: self.batch, ..none },
            Self { weight_bits: self.weight_bits, ..none },
            Self { cache_bits: self.cache_bits, ..none },
        ];
        (alone.map(saves), saves(*self))
    }
}

/// Seconds of reading, and of computing, of all terms of [`SPENT`].
fn sides(spent: &[f64; SPENT.len()]) -> [f64; 2] {
    [spent[..READS].iter().sum(), spent[READS..].iter().sum()]
}

/// The levers of [`Setting::savings`].
pub const LEVERS: [&str; 5] = ["sparse experts", "guessing", "company", "weight bits", "cache bits"];

impl Bill {
    /// Bytes that are held.
    #[must_use]
    pub fn resident(&self) -> f64 {
        self.held.iter().sum()
    }

    #[must_use]
    pub fn fits(&self) -> bool {
        self.resident() <= self.room
    }

    /// Seconds of a step that go to reading, and to computing.
    #[must_use]
    pub fn sides(&self) -> [f64; 2] {
        sides(&self.spent)
    }

    #[must_use]
    pub fn limit(&self) -> Limit {
        let [reading, computing] = self.sides();
        if !self.fits() {
            Limit::MemorySize
        } else if computing > reading {
            Limit::Arithmetic
        } else {
            Limit::Bandwidth
        }
    }

    /// Of all sequences in a step, tokens.
    #[must_use]
    pub fn tokens(&self) -> f64 {
        self.sequences * self.gained
    }

    /// Bytes read and operations made for a token, without the draft.
    #[must_use]
    pub fn per_token(&self) -> [f64; 2] {
        [self.read.iter().sum::<f64>(), self.flops.iter().sum()].map(|x| x / self.tokens())
    }

    /// Tokens a second for each reader.
    #[must_use]
    pub fn speed(&self) -> f64 {
        self.gained / self.step
    }

    /// Seconds from the question to the end of the answer.
    #[must_use]
    pub fn seconds(&self) -> f64 {
        self.prefill + self.decode + self.judging
    }
}

#[cfg(test)]
mod tests;
