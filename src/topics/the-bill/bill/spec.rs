//! What `bill` declares: controls by what they belong to, readouts, presets, challenges, the bet.

use super::{Sheet, formulas};
use crate::lab::{Answer, Challenge, Choice, Control, Pace, Prediction, Preset, Readout, Spec, of};
use crate::models::answer_bill::{
    DEEPSEEK_V3, Device, H100, H200, JAMBA, LLAMA_70B, MIXTRAL, Model, QWEN3_30B, Retrieval,
};

/// Ticks of the timeline in a second.
pub const TICKS: f64 = 50.0;

/// `None` stands for the reader's own.
pub static MODEL: Choice<Option<Model>, 6> = Choice::new(
    "model",
    "Model",
    [
        ("mixtral", "Mixtral 8x7B", Some(MIXTRAL)),
        ("llama", "Llama 3.1 70B", Some(LLAMA_70B)),
        ("qwen3", "Qwen3-30B-A3B", Some(QWEN3_30B)),
        ("deepseek", "DeepSeek-V3", Some(DEEPSEEK_V3)),
        ("jamba", "Jamba v0.1", Some(JAMBA)),
        ("own", "your own", None),
    ],
);

pub static DEVICE: Choice<Option<Device>, 3> = Choice::new(
    "device",
    "Device",
    [("h100", "H100", Some(H100)), ("h200", "H200", Some(H200)), ("own", "your own", None)],
);

pub static WEIGHT_BITS: Choice<u64, 3> =
    Choice::new("wbits", "Bits of a weight", [("16", "16", 16), ("8", "8", 8), ("4", "4", 4)]);

pub static CACHE_BITS: Choice<u64, 3> =
    Choice::new("kvbits", "Bits in the cache", [("16", "16", 16), ("8", "8", 8), ("4", "4", 4)]);

pub static RETRIEVAL: Choice<Retrieval, 2> = Choice::new(
    "retrieval",
    "Neighbours are read",
    [("prompt", "in the prompt", Retrieval::Prompt), ("retro", "crosswise", Retrieval::Cross)],
);

pub static SPEC: Spec = Spec::new(
    "bill",
    "The bill",
    "Pick a model, a machine and some savings. The sheet says what is held and read, where the time of a token goes, \
     what the savings promise one by one and what they are billed at together; below, an answer comes in real time.",
    Pace::new(TICKS, 20, "tick"),
    |values| Box::new(Sheet::new(values)),
)
.controls(CONTROLS)
.readouts(READOUTS)
.presets(PRESETS)
.challenges(CHALLENGES)
.prediction(BET);

const CONTROLS: &[Control] = &[
    MODEL.control().live().help("Shapes as published. Your own begins with Mixtral's."),
    Control::integer("layers", "Layers", 1, 256, 32).only("model", &["own"]).live().help("All of them, of any kind."),
    Control::integer("width", "Width", 64, 32_768, 4096)
        .step(64)
        .only("model", &["own"])
        .live()
        .help("Numbers that stand for a token."),
    Control::integer("heads", "Query heads", 1, 256, 32).only("model", &["own"]).live().help("Of each layer."),
    Control::doubling("head_dim", "Head width", 32, 256, 128)
        .only("model", &["own"])
        .live()
        .help("Numbers in each query, key and value."),
    Control::logarithmic_whole("expert_width", "Expert width", [64.0, 131_072.0], 14_336.0)
        .only("model", &["own"])
        .live()
        .help("Hidden units of each expert."),
    Control::integer("experts", "Experts", 1, 512, 8)
        .only("model", &["own"])
        .live()
        .help("Of each layer. One makes the model dense."),
    Control::integer("top_k", "Experts per token", 1, 512, 2)
        .only("model", &["own"])
        .live()
        .help("That its router picks."),
    Control::integer("shared", "Shared experts", 0, 4, 0)
        .only("model", &["own"])
        .live()
        .help("That every token uses beside those."),
    Control::logarithmic_whole("vocab", "Vocabulary", [1000.0, 300_000.0], 32_000.0)
        .only("model", &["own"])
        .live()
        .help("Rows of the input and the output table."),
    Control::real("ssm_share", "State space layers", [0.0, 1.0], 0.125, 0.0)
        .only("model", &["own"])
        .live()
        .help("Share of the layers that carry a state in place of a cache: Mamba blocks."),
    Control::toggle("sparse", "Sparse experts", true).unless("model", &["llama"])
        .live()
        .help("Off: every token uses all experts of its layers, as the dense model of that size would."),
    Control::integer("spec", "Tokens guessed ahead", 0, 8, 0)
        .live()
        .help("A small draft guesses so many tokens; the model checks them in one step (speculative decoding)."),
    Control::real("accept", "Guess accepted", [0.0, 0.99], 0.01, 0.8)
        .above_least("spec").live()
        .help("Chance that a guess is right, if those before it were. 0.8 is our assumption: it hangs on draft and text."),
    Control::logarithmic_whole("batch", "Readers at once", [1.0, 4096.0], 1.0)
        .live()
        .help("Answers that are decoded together, all of the same length."),
    WEIGHT_BITS.control().live().help(
        "Of matrices. 8: the devices multiply at twice the speed. 4: NF4, 4.127 bits with its scales, unpacked to 16; \
         unpacking is free here, and is not in real kernels.",
    ),
    CACHE_BITS.control().live().help("Of each key and value."),
    DEVICE.control().live().help("By the data sheet: memory, bandwidth, dense arithmetic, board power."),
    Control::logarithmic("memory", "Memory of a device", [1.0, 1e5], 80.0).unit("GB").only("device", &["own"]).live().help("Nine tenths of it may be filled."),
    Control::logarithmic("bandwidth", "Bandwidth", [1.0, 1e5], 3350.0).unit("GB/s").only("device", &["own"]).live().help("Between memory and chip."),
    Control::logarithmic("flops", "Arithmetic", [1e-3, 1e7], 989.0).unit("TFLOP/s").only("device", &["own"]).live().help("In 16 bits, dense."),
    Control::real("watts", "Power", [0.0, 1e6], 1.0, 700.0).unit("W").only("device", &["own"]).live().help("Of a device, drawn all the time."),
    Control::logarithmic_whole("devices", "Devices", [1.0, 1024.0], 2.0).live().help("They share all evenly, and talk for nothing."),
    Control::integer("prompt", "Prompt", 0, 1_048_576, 2048).unit("tokens").live().help("Read before the first token of the answer."),
    Control::logarithmic_whole("answer", "Answer", [1.0, 32_768.0], 512.0).unit("tokens").live().help("Of each sample."),
    Control::integer("kv_heads", "Key heads", 0, 256, 0).unless("model", &["deepseek"])
        .live()
        .secondary()
        .help("Heads that have keys and values of their own. 0: as published; your own model has 8."),
    Control::real("window_share", "Windowed layers", [0.0, 1.0], 0.01, 0.0)
        .live()
        .secondary()
        .help("Share of the layers that attend to the last tokens only."),
    Control::doubling("window", "Window", 128, 131_072, 4096).unit("tokens").above_least("window_share").live().secondary().help("How many those see."),
    Control::integer("adapters", "Adapters", 0, 1000, 0).live().secondary().help("Kept beside the model, each reader with one: LoRA on queries, keys, values and outputs."),
    Control::integer("rank", "Rank of an adapter", 1, 256, 16).above_least("adapters").live().secondary().help("Of both of its matrices."),
    Control::integer("samples", "Samples", 1, 64, 1).live().secondary().help("Answers to each question, of which one is kept. They share the prompt's memory; each reads it."),
    Control::real("judge", "Judge", [0.0, 1.0], 0.01, 0.0).above_least("samples").live().secondary().help("Size of what reads all samples once, as a share of the model. Its weights are not counted."),
    Control::real("draft", "Draft", [0.0, 0.5], 0.005, 0.0).above_least("spec").live().secondary().help("Size of what guesses, as a share of the model, in 16 bits. 0: guesses are free, which flatters them."),
    Control::integer("neighbours", "Neighbours", 0, 40, 0).live().secondary().help("Passages of 128 tokens that are found: for the prompt, or for each chunk of 64. Searching is free here."),
    RETRIEVAL.control().above_least("neighbours").live().secondary().help("In the prompt, or by cross-attention in as many new layers as a third of the model's (RETRO)."),
    Control::real("pue", "PUE", [1.0, 2.0], 0.01, 1.0).live().secondary().help("Energy of the building over that of its computers. 1, our default, leaves the building out."),
    Control::real("grid", "Grid", [0.0, 1000.0], 10.0, 400.0).unit("g/kWh").live().secondary().help("Grams of CO₂ equivalent for a kilowatt-hour. 400 is a round number of ours: put in your own."),
    Control::real("price", "Price", [0.0, 100.0], 0.01, 2.0).unit("$").live().secondary().help("For an hour of a device. 2 is a round number of ours: put in what you pay."),
];

const READOUTS: &[Readout] = &[
    Readout::new("owned", "Owned", 3).unit("billion").formula(formulas::OWNED).help("All parameters."),
    Readout::new("active", "Used by a token", 3).unit("billion").formula(formulas::ACTIVE).help("Parameters that work on one token."),
    Readout::new("resident_gb", "Held", 3).unit("GB").formula(formulas::RESIDENT).help("Weights, cache and all else at the end of the answer, in 10⁹ bytes."),
    Readout::new("fits", "Fits (1: yes)", 0).formula(formulas::FITS).help("1 if what is held takes at most nine tenths of the memory, else 0."),
    Readout::new("read_gb", "Read for a token", 4).unit("GB").formula(formulas::READ).help("Bytes that a step reads, over the tokens that it yields."),
    Readout::new("gflop", "Operations for a token", 3).unit("GFLOP").formula(formulas::OPERATIONS).help("The same of operations; those on rejected guesses count."),
    Readout::new("prefill_s", "Until the first token", 5).unit("s").formula(formulas::PREFILL).help("To read the prompt."),
    Readout::new("decode_s", "Then", 4).formula("answer / tok_s").unit("s").help("To write the answer."),
    Readout::new("tok_s", "Speed for a reader", 2).unit("tokens/s").formula(formulas::SPEED).help("While it is written."),
    Readout::new("all_tok_s", "Of all sequences", 0).unit("tokens/s")
        .formula("tok_s * batch * samples")
        .help("Samples that are thrown away count."),
    Readout::new("whole_tok_s", "Kept, all told", 1).unit("tokens/s").formula(formulas::KEPT_SPEED).help("Of all readers, with the time of the prompt and the judge."),
    Readout::new("joules_1k", "1,000 tokens", 1).unit("J").formula(formulas::JOULES).help("Of those that are kept: power × PUE × time."),
    Readout::new("wh_1k", "in watt-hours", 4).formula("joules_1k / 3600").unit("Wh").help("The same."),
    Readout::new("g_1k", "1,000 tokens weigh", 4).unit("g")
        .formula("wh_1k / 1e3 * grid")
        .help("CO₂ equivalent, by the grid that you set."),
    Readout::new("price_1k", "and cost", 5).unit("$").spoken("dollars")
        .formula("1e3'tokens' * devices * price / 3600 / whole_tok_s")
        .help("By the price that you set, if the machine never waits."),
    Readout::new("cache_kb", "Cache of a token", 3).unit("kB").formula(formulas::CACHE_TOKEN).help("In layers that attend to all, in 10³ bytes."),
    Readout::new("cache_gb", "Cache and state", 3).unit("GB").formula(formulas::CACHE).help("Of all sequences at the end of the answer."),
    Readout::new("longest", "Longest context", 0).unit("tokens").formula(formulas::LONGEST).help("That fits, for each reader."),
    Readout::new("binds", "What binds", 0).help("Bandwidth or arithmetic, whichever takes longer in a step; memory size if it does not fit.")
        .basis("By the seconds that all reading and all computing of a step take, and the bytes that are held."),
    Readout::new("promised", "Promised", 2).help("What each saving saves alone, multiplied. All are held against the same model with all experts, no guesses, one reader, 16 bits.")
        .basis("From six bills: with no saving, and with one at a time."),
    Readout::new("billed", "Billed", 2).help("What they save together, in energy.")
        .basis("From two bills: with no saving, and as set."),
    Readout::new("sparse_gain", "Sparse saves here", 3).help("Energy with all experts over that now, all else as set.")
        .basis("From two bills: with all experts, and as set."),
    Readout::new("guess_gain", "Guessing speeds up", 3).help("Time of the answer without guesses over that now, all else as set.")
        .basis("From two bills: with no guesses, and as set."),
    Readout::new("vote_cost", "Samples slow down", 3).help("Time of the answer over that of a single sample, all else as set.")
        .basis("From two bills: as set, and with one sample."),
];

const PRESETS: &[Preset] = &[
    Preset::new("mixtral", "Mixtral, one reader")
        .look("A token reads a quarter of the experts: [3.60](run:#billed) times less energy than with all of them, promised and billed."),
    Preset::new("guessing", "… that guesses ahead")
        .look("Promised [11.7](run:?spec=4#promised), billed [4.34](run:?spec=4#billed). The bar of experts in use says why.")
        .with(&[("spec", "4")]),
    Preset::new("llama", "Llama 70B, alone")
        .look("Dense, 16 bits, one reader: [8.3 Wh](run:?model=llama#wh_1k) for 1,000 tokens.")
        .with(&[("model", "llama")]),
    Preset::new("house", "Llama 70B, full house")
        .look("64 readers share each weight that is read: [0.28 Wh](run:?model=llama&devices=8&batch=64#wh_1k).")
        .with(&[("model", "llama"), ("devices", "8"), ("batch", "64")]),
    Preset::new("qwen3", "Qwen3 on one card")
        .look("8 of 128 small experts: [483 tokens/s](run:?model=qwen3&devices=1#tok_s).")
        .with(&[("model", "qwen3"), ("devices", "1")]),
    Preset::new("hundredfold", "A hundredfold")
        .look("Sparse, 8 bits, 64 readers: [0.037 Wh](run:?model=qwen3&devices=1&wbits=8&kvbits=8&batch=64#wh_1k), and of [533](run:?model=qwen3&devices=1&wbits=8&kvbits=8&batch=64#promised) times promised [96](run:?model=qwen3&devices=1&wbits=8&kvbits=8&batch=64#billed) billed.")
        .with(&[("model", "qwen3"), ("devices", "1"), ("wbits", "8"), ("kvbits", "8"), ("batch", "64")]),
    Preset::new("jamba", "Jamba, long memory")
        .look("4 of 32 layers keep a cache: [1.2 million tokens](run:?model=jamba&devices=1&wbits=8#longest) fit beside the weights.")
        .with(&[("model", "jamba"), ("devices", "1"), ("wbits", "8")]),
    Preset::new("deepseek", "DeepSeek-V3 on eight")
        .look("[671 billion](run:?model=deepseek&device=h200&devices=8&wbits=8#owned) parameters are held for a token that uses [38 billion](run:?model=deepseek&device=h200&devices=8&wbits=8#active).")
        .with(&[("model", "deepseek"), ("device", "h200"), ("devices", "8"), ("wbits", "8")]),
];

const CHALLENGES: &[Challenge] = &[
    Challenge::new(
        "book",
        "A book on one card",
        "Let a model of at least 70 billion parameters read 131,072 tokens on a single H100, and answer with at least 20 tokens a second.",
        &[
            of("owned").at_least(70.0),
            of("device").is("h100"),
            of("devices").equals(1.0),
            of("prompt").at_least(131_072.0),
            of("fits").equals(1.0),
            of("tok_s").at_least(20.0),
        ],
    )
    .solution(
        &[("model", "llama"), ("wbits", "4"), ("kvbits", "8"), ("devices", "1"), ("prompt", "131072")],
        0,
    ),
    Challenge::new(
        "halve",
        "Halve it",
        "Mixtral on two H100 takes 5,519 J for 1,000 tokens. Make it half of that, at most 2,760, for one reader and in 8 bits a weight, with no less to read, and guesses that are accepted no more often than now.",
        &[
            of("model").is("mixtral"),
            of("device").is("h100"),
            of("devices").equals(2.0),
            of("batch").equals(1.0),
            of("wbits").is("8"),
            of("prompt").at_least(2048.0),
            of("accept").at_most(0.8),
            of("joules_1k").at_most(2760.0),
            of("fits").equals(1.0),
        ],
    )
    .solution(&[("wbits", "8"), ("spec", "2")], 0),
];

const BET: Prediction = Prediction::new(
    "Sparse experts alone save [3.60](run:#billed) times the energy. Guessing four tokens ahead alone saves [3.26](run:?sparse=off&spec=4#billed). How much do both save together, if each guess is right with a chance of 0.8?",
    of("billed"),
    &[
        Answer::beyond("About 11.7, their product"),
        Answer::below("About 7", 9.0),
        Answer::below("About 4.3", 5.5),
        Answer::below("Less than 3.6: they spoil each other", 3.6),
    ],
    "[4.34](run:?spec=4#billed). The five tokens that are checked together wake different experts: 76 % are read in place of 25 %. Both savings sold the same bytes.",
)
.with(&[("spec", "4")]);
