//! `cost`: parameters, gigabytes and dollars of tuning a 70-billion model.

use super::{FULL, LORA, QUANTISED};
use crate::lab::figure::charts::{self, Entry};
use crate::lab::figure::{At, Axis, Figure, Stroke, Tone};
use crate::lab::schema::readout::format_number;
use crate::lab::schema::readout::terms;
use crate::lab::{
    Challenge, Choice, Control, Named, Pace, Preset, Readout, Simulation, Spec, Values, of, reading,
};
use crate::models::tuning_cost::{Decoder, GPT_3, LLAMA_2_70B, LLAMA_3_70B, Targets, Tuning};

static MODEL: Choice<Decoder, 3> = Choice::new(
    "model",
    "Model",
    [
        ("llama-2-70b", "Llama-2-70B", LLAMA_2_70B),
        ("llama-3-70b", "Llama-3-70B", LLAMA_3_70B),
        ("gpt-3", "GPT-3 175B", GPT_3),
    ],
);

static METHOD: Choice<Tuning, 4> = Choice::new(
    "method",
    "Method",
    [
        ("full", "Full, Adam", Tuning::Full),
        ("full8", "Full, 8-bit Adam", Tuning::FullEightBit),
        ("lora", "LoRA", Tuning::Lora),
        ("qlora", "QLoRA", Tuning::Qlora),
    ],
);

static TARGETS: Choice<Targets, 3> = Choice::new(
    "targets",
    "Adapted matrices",
    [
        ("qv", "q, v", Targets::QueryValue),
        ("qkvo", "q, k, v, o", Targets::Attention),
        ("all", "All linear", Targets::AllLinear),
    ],
);

terms! {
    width = "(pick(model, 8192, 8192, 12288))'width'";
    layers = "(pick(model, 80, 80, 96))'layers'";
    key_width = "(pick(model, 1024, 1024, 12288))'key width'";
    feed_width = "(pick(model, 28672, 28672, 49152))'hidden width'";
    feed_matrices = "pick(model, 3, 3, 2)";
    in_matrices = "(", layers!(), " * ", width!(), " * (2 * ", width!(), " + 2 * ", key_width!(), " + ", feed_matrices!(),
        " * ", feed_width!(), "))'in matrices'";
    elsewhere = "(pick(model, 64161, 256673, 53555) * ", width!(), ")'in tables, norms and biases'";
    in_all = "(", in_matrices!(), " + ", elsewhere!(), ")'all parameters'";
    in_adapters = "(rank * ", layers!(), " * pick(targets, 3 * ", width!(), " + ", key_width!(), ", 6 * ", width!(), " + 2 * ",
        key_width!(), ", 6 * ", width!(), " + 2 * ", key_width!(), " + ", feed_matrices!(), " * (", width!(), " + ", feed_width!(),
        ")))'in adapters'";
}

const TRAINABLE: &str =
    concat!("pick(method, ", in_all!(), ", ", in_all!(), ", ", in_adapters!(), ", ", in_adapters!(), ")");
const PERCENT: &str = concat!("100 * trainable / ", in_all!());
const MEMORY: &str = concat!(
    "pick(method, 16'bytes' * ",
    in_all!(),
    ", 6'bytes' * ",
    in_all!(),
    ", 2'bytes' * ",
    in_all!(),
    " + 16'bytes' * ",
    in_adapters!(),
    ", 4.127'bits' / 8 * ",
    in_matrices!(),
    " + 2'bytes' * ",
    elsewhere!(),
    " + 16'bytes' * ",
    in_adapters!(),
    ") / 1e9 + activations"
);

pub static SPEC: Spec = Spec::new(
    "cost",
    "The bill",
    "What tuning takes: gigabytes for weights, gradients and optimiser against the GPUs that you rent, the \
     numbers that are trained, and the price.",
    Pace::still(),
    |values| Box::new(Bill::new(values)),
)
.controls(&[
    MODEL.control().live().help("Shapes as published."),
    METHOD.control().live().default_option(2).help(
        "Full: 16 bytes a parameter, or 6 with 8-bit states. LoRA: frozen bf16 weights. QLoRA: frozen 4-bit \
         weights.",
    ),
    Control::integer("rank", "Rank r", 1, 64, 8).live().help("Rank of each adapter."),
    TARGETS.control().live().help("Which matrices of each layer get an adapter."),
    Control::integer("gpus", "GPUs", 1, 64, 1).live().help("How many are rented; memory adds up."),
    Control::integer("gpu_gb", "Memory of a GPU", 16, 192, 80)
        .step(8)
        .unit("GB")
        .live()
        .help("An A100 or H100 has 80."),
    Control::real("hours", "Hours", [0.0, 200.0], 1.0, 48.0)
        .unit("h")
        .live()
        .secondary()
        .help("How long they are rented."),
    Control::real("price", "Price of a GPU-hour", [0.5, 10.0], 0.01, 5.21)
        .unit("$")
        .live()
        .secondary()
        .help("5.21 is what $2,000 for eight GPUs and 48 hours come to."),
    Control::integer("activations", "Activations", 0, 64, 0).unit("GB").live().secondary().help(
        "What the forward pass keeps for the backward one; it depends on batch, length and checkpointing.",
    ),
])
.readouts(&[
    Readout::new("trainable", "Numbers trained", 0)
        .help("Parameters that get a gradient.")
        .formula(TRAINABLE),
    Readout::new("percent", "Of the model", 4).unit("%").help("Share of all parameters.").formula(PERCENT),
    Readout::new("mem_gb", "Memory", 1)
        .unit("GB")
        .help("Weights, gradients and optimiser, and the activations that you set.")
        .formula(MEMORY),
    Readout::new("room", "Room left", 1)
        .formula("gpus * gpu_gb - mem_gb")
        .unit("GB")
        .help("Memory of all GPUs minus what is needed; below 0 it does not fit."),
    Readout::new("fits", "Fits", 0)
        .formula("if(mem_gb <= gpus * gpu_gb, 1, 0)")
        .help("1 if it fits, else 0."),
    Readout::new("usd", "Price", 2)
        .formula("gpus * hours * price")
        .unit("$")
        .spoken("dollars")
        .help("GPUs × hours × price."),
])
.presets(&[
    Preset::new("source-full", "“8 GPUs, 48 h, $2,000”")
        .look("Full fine-tuning as advertised: [1,104 GB](run:?method=full#mem_gb) do not fit into 640.")
        .with(&[("method", "full"), ("gpus", "8"), ("hours", "48")]),
    Preset::new("source-lora", "“1 GPU, 12 h, $100”")
        .look(
            "At the price of a GPU-hour that the other offer implies it would be $[62.5](run:?hours=12#usd); \
             and [138 GB](run:#mem_gb) do not fit into 80.",
        )
        .with(&[("method", "lora"), ("hours", "12")]),
    Preset::new("bf16", "LoRA in bf16")
        .look("Two GPUs hold the frozen weights: the adapters weigh next to nothing.")
        .with(&[("method", "lora"), ("gpus", "2")]),
    Preset::new("qlora", "QLoRA")
        .look("Four bits a weight: [37 GB](run:?method=qlora#mem_gb), with room for activations on one GPU.")
        .with(&[("method", "qlora")]),
])
.challenges(&[
    Challenge::new(
        "seventy-million",
        "Seventy million, really",
        "Find adapters for Llama-2-70B that do train 70 million numbers, give or take 3 %.",
        &[of("model").is("llama-2-70b"), of("trainable").at_least(67.9e6), of("trainable").at_most(72.1e6)],
    )
    .solution(&[("rank", "34")], 0),
    Challenge::new(
        "one-gpu",
        "One GPU is enough",
        "Tune Llama-2-70B on a single GPU of 80 GB, with 300 million numbers trained or more.",
        &[
            of("model").is("llama-2-70b"),
            of("gpus").equals(1.0),
            of("gpu_gb").equals(80.0),
            of("trainable").at_least(300e6),
            of("fits").equals(1.0),
        ],
    )
    .solution(&[("method", "qlora"), ("targets", "all"), ("rank", "32")], 0),
]);

struct Bill {
    model: Decoder,
    tuning: Tuning,
    adapters: u64,
    capacity: f64,
    activations: f64,
    dollars: f64,
}

impl Bill {
    fn new(values: &Values) -> Self {
        let (model, targets, tuning) = (MODEL.of(values), TARGETS.of(values), METHOD.of(values));
        let gpus = values.real("gpus");
        Self {
            adapters: model.adapters(values.integer("rank") as u64, targets),
            model,
            tuning,
            capacity: gpus * values.real("gpu_gb"),
            activations: values.real("activations"),
            dollars: gpus * values.real("hours") * values.real("price"),
        }
    }

    /// Gigabytes of a way to tune.
    fn memory(&self, tuning: Tuning) -> f64 {
        tuning.memory(&self.model, self.adapters).iter().sum::<f64>() / 1e9 + self.activations
    }

    fn trained(&self) -> u64 {
        self.tuning.trained(&self.model, self.adapters)
    }
}

const WAYS: [(Tuning, &str, Tone); 4] = [
    (Tuning::Full, "full, Adam", FULL),
    (Tuning::FullEightBit, "full, 8-bit", FULL),
    (Tuning::Lora, "LoRA", LORA),
    (Tuning::Qlora, "QLoRA", QUANTISED),
];

impl Simulation for Bill {
    fn set(&mut self, values: &Values) {
        *self = Self::new(values);
    }

    fn readings(&self) -> Vec<Named> {
        let (trained, memory) = (self.trained() as f64, self.memory(self.tuning));
        vec![
            reading("trainable", trained),
            reading("percent", 100.0 * trained / self.model.parameters() as f64),
            reading("mem_gb", memory),
            reading("room", self.capacity - memory),
            reading("fits", f64::from(u8::from(memory <= self.capacity))),
            reading("usd", self.dollars),
        ]
    }

    fn figure(&self) -> Figure {
        let gigabytes = |x: f64| format!("{} GB", format_number(x, if x < 100.0 { 1 } else { 0 }));
        let entries = WAYS
            .iter()
            .map(|(way, name, tone)| Entry {
                name: (*name).to_owned(),
                amount: self.memory(*way),
                text: gigabytes(self.memory(*way)),
                tone: if *way == self.tuning { *tone } else { Tone::Faint },
            })
            .collect();
        let x = Axis::logarithmic("memory", [10.0, 20_000.0]).unit("GB");
        let mut panel = charts::ledger("memory", "Weights, gradients, optimiser", x, entries).height(260.0);
        // Above the bars there is room for the name of the line.
        panel.y.domain[1] = -1.0;
        let panel = panel.rule(
            "capacity",
            format!("your GPUs: {}", gigabytes(self.capacity)),
            At::X(self.capacity),
            Tone::Bad,
            Stroke::Dashed,
        );
        let memory = self.memory(self.tuning);
        let verdict = if memory <= self.capacity { "which fits" } else { "which does not fit" };
        Figure::row(
            vec![panel],
            format!(
                "{} of {} parameters are trained, and {} are needed of {}, {verdict}.",
                format_number(self.trained() as f64, 0),
                format_number(self.model.parameters() as f64, 0),
                gigabytes(memory),
                gigabytes(self.capacity),
            ),
        )
    }

    fn describe(&self, mark: &str, index: usize) -> Option<String> {
        if mark != "entries" {
            return None;
        }
        let (way, name, _) = WAYS.get(index)?;
        let [frozen, trained] = way.memory(&self.model, self.adapters).map(|b| format_number(b / 1e9, 2));
        Some(format!("{name}: {frozen} GB frozen, {trained} GB for what is trained"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::Runner;

    #[test]
    fn the_usual_adapter_is_16_million_numbers() {
        let run = Runner::after(&SPEC, &[], 0);
        assert_eq!(run.number("trainable"), Some(16_384_000.0));
        assert!((run.number("percent").unwrap() - 0.0238).abs() < 1e-4);
        assert_eq!(run.number("fits"), Some(0.0));
    }

    #[test]
    fn the_two_offers_imply_different_prices() {
        let offer = |pairs| Runner::after(&SPEC, pairs, 0).number("usd").unwrap();
        assert!((offer(&[("method", "full"), ("gpus", "8"), ("hours", "48")]) - 2000.0).abs() < 1.0);
        assert!((offer(&[("hours", "12")]) - 62.5).abs() < 0.1);
        assert!(offer(&[("hours", "0")]).abs() < 1e-12);
    }
}
