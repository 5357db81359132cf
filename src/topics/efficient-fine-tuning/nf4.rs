//! `nf4`: weights in four bits, block by block.

use super::QUANTISED;
use crate::lab::figure::{Axis, Bar, Figure, Panel, Tone};
use crate::lab::schema::readout::format_number;
use crate::lab::{
    Challenge, Choice, Control, Named, Pace, Preset, Readout, Simulation, Spec, Values, of, reading,
};
use crate::models::block_quantiser::{Codebook, Quantised, bits_per_weight};
use crate::models::tuning_cost::LLAMA_2_70B;
use crate::numerics::random::Stream;

static CODEBOOK: Choice<Codebook, 3> = Choice::new(
    "codebook",
    "Levels",
    [("nf4", "NF4", Codebook::Nf4), ("int4", "int4", Codebook::Int4), ("fp4", "FP4", Codebook::Fp4)],
);

pub static SPEC: Spec = Spec::new(
    "nf4",
    "Sixteen levels for every weight",
    "Normal weights are cut into blocks and rounded to sixteen levels. Watch which levels are used, and how \
     large the errors are.",
    Pace::new(8.0, 4, "batch").promised(16),
    |values| Box::new(Rounding::new(values)),
)
.controls(&[
    CODEBOOK.control().help(
        "NF4: quantiles of the normal distribution. int4: fifteen even steps. FP4: a tiny floating-point \
         number.",
    ),
    Control::doubling("block", "Block", 16, 4096, 64)
        .unit("weights")
        .help("Weights that share one scale: their largest size."),
    Control::toggle("double_quant", "Double quantisation", false)
        .help("The scales themselves in 8 bits, 256 of them under one number."),
    Control::real("outliers", "Outliers", [0.0, 1.0], 0.1, 0.0)
        .unit("%")
        .help("Share of the weights that are sixteen times as large as the others."),
    Control::seed(1).secondary(),
])
.readouts(&[
    Readout::new("rmse", "Error (RMS)", 4)
        .unit("sd")
        .spoken("standard deviations")
        .help("Root of the mean squared error; the weights have standard deviation 1.")
        .basis("Over all weights so far, 4,096 a step."),
    Readout::new("bits_per_param", "Bits a weight", 3)
        .help("Four, and the block's share of its scale.")
        .formula("if(double_quant = on, 4 + 8 / block + 32 / (256 * block), 4 + 32 / block)"),
    Readout::new("gb_70b", "Llama-2-70B", 1)
        .unit("GB")
        .help("All of its 68,976,648,192 parameters at that many bits.")
        .formula("68976648192'parameters' * bits_per_param / 8 / 1e9"),
    Readout::new("used", "Levels in use", 0)
        .help("Levels with at least one weight in a thousand.")
        .basis("Over all weights so far, 4,096 a step."),
])
.presets(&[
    Preset::new("qlora", "QLoRA")
        .look(
            "NF4, blocks of 64, double quantisation: [4.127](run:?double_quant=on#bits_per_param) bits, and \
               every level has work.",
        )
        .with(&[("double_quant", "on")]),
    Preset::new("uniform", "Uniform int4")
        .look(
            "Even steps: the outermost levels are used least, and the error grows by \
               [17 %](run:?codebook=int4&kept=defaults&at=16&seeds=1..20#mean:change:rmse).",
        )
        .with(&[("codebook", "int4")]),
    Preset::new("one-scale", "One scale for everything")
        .look("One weight in a thousand sets the scale of 4,096: the others crowd around zero.")
        .with(&[("block", "4096"), ("outliers", "0.1")]),
    Preset::new("tiny", "Tiny blocks")
        .look(
            "Sixteen weights to a scale: small errors, for [6](run:?block=16#bits_per_param) bits a weight.",
        )
        .with(&[("block", "16")]),
])
.challenges(&[Challenge::new(
    "under-a-tenth",
    "Four bits and a crumb",
    "Keep the error below 0.105 with less than 4.2 bits a weight, on all 65,536 weights.",
    &[
        of("rmse").below(0.105),
        of("bits_per_param").below(4.2),
        of("outliers").equals(0.0),
        of("step").at_least(16.0),
    ],
)
.solution(&[("double_quant", "on")], 16)]);

const BATCH: usize = 4096;
const BATCHES: usize = 16;
const OUTLIER: f64 = 16.0;

/// Bars of the error histogram, and the error at its ends.
const BINS: usize = 41;
const REACH: f64 = 0.5;

struct Rounding {
    codebook: Codebook,
    block: usize,
    double: bool,
    outliers: f64,
    weights: Stream,
    chosen: Stream,
    batches: usize,
    squares: f64,
    usage: Vec<usize>,
    errors: Vec<usize>,
}

impl Rounding {
    fn new(values: &Values) -> Self {
        let codebook = CODEBOOK.of(values);
        let seed = values.seed();
        Self {
            codebook,
            block: values.integer("block"),
            double: values.toggle("double_quant"),
            outliers: values.real("outliers") / 100.0,
            weights: Stream::new(seed, "weights"),
            chosen: Stream::new(seed, "outliers"),
            batches: 0,
            squares: 0.0,
            usage: vec![0; codebook.levels().len()],
            errors: vec![0; BINS],
        }
    }

    fn count(&self) -> f64 {
        (self.batches * BATCH).max(1) as f64
    }

    fn rmse(&self) -> f64 {
        (self.squares / self.count()).sqrt()
    }
}

impl Simulation for Rounding {
    fn step(&mut self) {
        let weights: Vec<f64> = (0..BATCH)
            .map(|_| {
                let w = self.weights.normal();
                if self.chosen.chance(self.outliers) { OUTLIER * w } else { w }
            })
            .collect();
        let mut quantised = Quantised::new(&weights, self.block, self.codebook);
        if self.double {
            quantised.quantise_scales();
        }
        for (w, back) in weights.iter().zip(quantised.restored()) {
            let error = back - w;
            self.squares += error * error;
            let place = ((error / REACH + 1.0) / 2.0 * BINS as f64).floor();
            self.errors[place.clamp(0.0, (BINS - 1) as f64) as usize] += 1;
        }
        for (total, used) in self.usage.iter_mut().zip(quantised.usage()) {
            *total += used;
        }
        self.batches += 1;
    }

    fn readings(&self) -> Vec<Named> {
        let bits = bits_per_weight(self.block, self.double);
        let used = self.usage.iter().filter(|n| **n as f64 >= 0.001 * self.count()).count();
        vec![
            reading("rmse", (self.batches > 0).then(|| self.rmse())),
            reading("bits_per_param", bits),
            reading("gb_70b", bits / 8.0 * LLAMA_2_70B.parameters() as f64 / 1e9),
            reading("used", (self.batches > 0).then_some(used as f64)),
        ]
    }

    fn figure(&self) -> Figure {
        let share = |n: &usize| 100.0 * *n as f64 / self.count();
        let levels = self.codebook.levels();
        let usage =
            levels.iter().zip(&self.usage).map(|(level, n)| Bar::new(*level, 0.035, share(n), QUANTISED));
        let width = 2.0 * REACH / BINS as f64;
        let errors = self
            .errors
            .iter()
            .enumerate()
            .map(|(i, n)| Bar::new((i as f64 + 0.5) * width - REACH, 0.9 * width, share(n), Tone::Muted));
        let panels = vec![
            Panel::new(
                "levels",
                "How often each level is used",
                Axis::linear("level × largest weight of the block", [-1.08, 1.08]),
                Axis::linear("weights", [0.0, 30.0]).unit("%").grid(),
            )
            .height(280.0)
            .weight(1.3)
            .bars("usage", usage),
            Panel::new(
                "errors",
                "Errors",
                Axis::linear("error", [-REACH, REACH]).unit("sd"),
                Axis::linear("weights", [0.0, 16.0]).unit("%").grid(),
            )
            .height(280.0)
            .bars("error", errors),
        ];
        let alternative = format!(
            "{} weights in blocks of {} on {} levels: the root mean square error is {} standard deviations.",
            format_number(self.count(), 0),
            self.block,
            levels.len(),
            format_number(self.rmse(), 4),
        );
        Figure::row(panels, alternative)
    }

    fn describe(&self, mark: &str, index: usize) -> Option<String> {
        let percent = |n: usize| format_number(100.0 * n as f64 / self.count(), 2);
        match mark {
            "usage" => Some(format!(
                "level {} at {}: {} % of the weights",
                index,
                format_number(*self.codebook.levels().get(index)?, 4),
                percent(self.usage[index])
            )),
            "error" => {
                let from = -REACH + 2.0 * REACH * index as f64 / BINS as f64;
                Some(format!(
                    "errors from {} sd: {} % of the weights",
                    format_number(from, 3),
                    percent(*self.errors.get(index)?)
                ))
            }
            _ => None,
        }
    }

    fn finished(&self) -> bool {
        self.batches >= BATCHES
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::Runner;

    #[test]
    fn errors_and_bits_are_the_known_ones() {
        for (codebook, expected) in [("nf4", 0.0920), ("fp4", 0.1058), ("int4", 0.1078)] {
            let run = Runner::after(&SPEC, &[("codebook", codebook)], 16);
            let rmse = run.number("rmse").unwrap();
            assert!((rmse - expected).abs() < 0.0015, "{codebook}: {rmse}");
        }
        let double = Runner::after(&SPEC, &[("double_quant", "on")], 16);
        assert!((double.number("bits_per_param").unwrap() - 4.126_95).abs() < 1e-5);
    }

    #[test]
    fn outliers_under_one_scale_leave_levels_idle() {
        let run = Runner::after(&SPEC, &[("block", "4096"), ("outliers", "0.1")], 16);
        assert!(run.number("used").unwrap() <= 12.0 && run.number("rmse").unwrap() > 0.5);
    }
}
