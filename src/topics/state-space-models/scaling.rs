//! `scaling`: what reading n tokens costs, in operations and in memory.

use super::{ATTENTION, FIXED, SELECTIVE};
use crate::lab::figure::charts::{self, Curve};
use crate::lab::figure::{Axis, Figure, Panel, Stroke, Tone};
use crate::lab::schema::readout::format_number;
use crate::lab::{Control, Named, Pace, Preset, Readout, Simulation, Spec, Values, reading};
use crate::models::mamba::Shape as Block;
use crate::models::sequence_costs::{
    attention_takes_over, cache_bytes, convolution_flops, mamba_flops, state_bytes, transformer_flops,
};
use crate::numerics::elementary::{log10, pow};

pub static SPEC: Spec = Spec::new(
    "scaling",
    "A million tokens",
    "Operations and memory against the number of tokens, for a Transformer layer and for two Mamba blocks of \
     the same width. Drag the point along the sequence.",
    Pace::still(),
    |values| Box::new(Costs::new(values)),
)
.controls(&[
    Control::logarithmic_whole("n", "Tokens n", [1000.0, 1_000_000.0], 100_000.0)
        .live()
        .help("Length of what has been read."),
    Control::integer("d_model", "Width", 64, 4096, 768)
        .step(64)
        .live()
        .help("Numbers that stand for a token."),
    Control::integer("d_state", "State size N", 1, 128, 16)
        .live()
        .help("Numbers of state for each of the block's channels."),
    Control::integer("d_conv", "Convolution", 2, 8, 4)
        .unit("taps")
        .live()
        .secondary()
        .help("Tokens under the block's short convolution."),
    Control::integer("expand", "Expansion", 1, 4, 2)
        .live()
        .secondary()
        .help("Channels of a block, in multiples of the width."),
    Control::integer("layers", "Transformer layers", 1, 48, 12)
        .live()
        .help("Twice as many Mamba blocks stand beside them."),
    Control::integer("share", "Heads per KV head", 1, 64, 1)
        .live()
        .help("Query heads that read one set of keys and values: the cache is as many times smaller."),
])
.readouts(&[
    Readout::new("parameters", "Weights of a Mamba block", 0)
        .help("All of them: projections, convolution, A, D, biases.")
        .formula("expand * d_model * (3 * d_model + 2 * (ceil(d_model / 16))'rank' + 3 * d_state + d_conv + 3)"),
    Readout::new("crossover", "Attention takes over at", 0)
        .formula("12'widths' * d_model")
        .unit("tokens")
        .help("Where attention's own operations equal the rest of its layer: 12 times the width."),
    Readout::new("tflop_transformer", "Transformer", 2)
        .unit("TFLOP")
        .help("Operations of all layers for n tokens.")
        .formula("layers * (24 * d_model ^ 2 * n + 2 * n ^ 2 * d_model) / 1e12"),
    Readout::new("tflop_mamba", "Mamba", 2)
        .unit("TFLOP")
        .help("Operations of twice as many blocks for n tokens.")
        .formula("2'blocks a layer' * layers * n * expand * d_model * (2 * (3 * d_model + 2 * (ceil(d_model / 16))'rank' + 2 * d_state + d_conv) + 9 * d_state) / 1e12"),
    Readout::new("cache_gb", "Cache", 3)
        .formula("2'keys and values' * 2'bytes' * layers * n * d_model / share / 1e9")
        .unit("GB")
        .help("Keys and values of all layers after n tokens, in bf16."),
    Readout::new("state_mb", "State", 3)
        .formula("2'blocks a layer' * layers * 2'bytes' * expand * d_model * (d_state + d_conv) / 1e6")
        .unit("MB")
        .help("What all blocks carry, in bf16, after any number of tokens."),
])
.presets(&[
    Preset::new("source", "The usual block")
        .look("Width 768, N = 16, four taps, expansion 2: the library's own defaults."),
    Preset::new("million", "1M tokens")
        .look(
            "[36.9 GB](run:?n=1000000#cache_gb) of cache against [1.5 MB](run:?n=1000000#state_mb) of state.",
        )
        .with(&[("n", "1000000")]),
    Preset::new("shared", "Shared heads")
        .look("Eight heads read one set of keys and values: an eighth of the cache, and it grows all the same.")
        .with(&[("share", "8")]),
    Preset::new("chat", "Short chat")
        .look("At a thousand tokens attention's own part is a tenth: no reason to give it up.")
        .with(&[("n", "1000")]),
    Preset::new("wide", "Wide")
        .look("A wide model has to read longer before attention's part shows.")
        .with(&[("d_model", "4096"), ("layers", "32")]),
]);

/// A quantity over n: id, label, tone, and what it is for n tokens.
type Course<'a> = (&'static str, &'static str, Tone, &'a dyn Fn(f64) -> f64);

struct Costs {
    n: f64,
    d: f64,
    layers: f64,
    /// Query heads for each head of keys and values.
    share: f64,
    block: Block,
}

impl Costs {
    fn new(values: &Values) -> Self {
        let whole = |id| values.integer(id) as u64;
        Self {
            n: values.real("n"),
            d: values.real("d_model"),
            layers: values.real("layers"),
            share: values.real("share"),
            block: Block {
                d_model: whole("d_model"),
                d_state: whole("d_state"),
                d_conv: whole("d_conv"),
                expand: whole("expand"),
            },
        }
    }

    fn transformer(&self, n: f64) -> f64 {
        self.layers * transformer_flops(self.d, n)
    }

    /// Bytes of the cache after `n` tokens where so many heads share their keys and values.
    fn cache(&self, n: f64, share: f64) -> f64 {
        cache_bytes(self.layers, self.d, n) / share
    }

    fn mamba(&self, n: f64) -> f64 {
        self.layers * mamba_flops(&self.block, n)
    }

    /// A panel over n with these curves, on decades that hold them all.
    fn panel(&self, id: &'static str, title: &str, y: (&str, &'static str), curves: &[Course]) -> Panel {
        let tokens = (0..=30).map(|i| pow(10.0, 3.0 + f64::from(i) / 10.0));
        let shown: Vec<Curve> = curves
            .iter()
            .map(|(id, label, tone, f)| {
                Curve::new(id, label, tokens.clone().map(|n| [n, f(n)]).collect(), *tone)
            })
            .map(|c| {
                let stroke = match c.id {
                    "convolution" => Stroke::Dashed,
                    "unshared" => Stroke::Ghost,
                    _ => Stroke::Thick,
                };
                c.stroke(stroke)
            })
            .collect();
        let amounts = || shown.iter().flat_map(|c| c.points.iter().map(|p| p[1]));
        let decade = |x: f64, up: bool| {
            let power = log10(x);
            pow(10.0, if up { power.ceil() } else { power.floor() })
        };
        let low = decade(amounts().fold(f64::INFINITY, f64::min), false);
        let high = decade(amounts().fold(0.0, f64::max), true);
        let x = Axis::logarithmic("tokens", [1e3, 1e6])
            .ticks([(1e3, "1k"), (1e4, "10k"), (1e5, "100k"), (1e6, "1M")])
            .grid();
        let y = Axis::logarithmic(y.0, [low, high]).unit(y.1).grid();
        let at = [self.n, curves[0].3(self.n)];
        charts::with_curves(Panel::new(id, title, x, y), shown).handle(
            "cursor",
            at,
            [Some("n"), None],
            ATTENTION,
        )
    }
}

impl Simulation for Costs {
    fn set(&mut self, values: &Values) {
        *self = Self::new(values);
    }

    fn readings(&self) -> Vec<Named> {
        vec![
            reading("parameters", self.block.parameters() as f64),
            reading("crossover", attention_takes_over(self.d)),
            reading("tflop_transformer", self.transformer(self.n) / 1e12),
            reading("tflop_mamba", self.mamba(self.n) / 1e12),
            reading("cache_gb", self.cache(self.n, self.share) / 1e9),
            reading("state_mb", state_bytes(self.layers, &self.block) / 1e6),
        ]
    }

    fn figure(&self) -> Figure {
        let work = self.panel(
            "work",
            "Operations for n tokens",
            ("operations", "TFLOP"),
            &[
                ("transformer", "Transformer", ATTENTION, &|n| self.transformer(n) / 1e12),
                ("mamba", "Mamba", SELECTIVE, &|n| self.mamba(n) / 1e12),
                ("convolution", "FFT convolutions", FIXED, &|n| {
                    2.0 * self.layers * convolution_flops(self.d, n) / 1e12
                }),
            ],
        );
        let state = state_bytes(self.layers, &self.block) / 1e9;
        let cache = |n: f64| self.cache(n, self.share) / 1e9;
        let unshared = |n: f64| self.cache(n, 1.0) / 1e9;
        let state_of = |_: f64| state;
        let courses: [Course; 3] = [
            ("cache", "cache", ATTENTION, &cache),
            ("state", "state", SELECTIVE, &state_of),
            ("unshared", "unshared", ATTENTION, &unshared),
        ];
        let shown = if self.share > 1.0 { 3 } else { 2 };
        let memory = self.panel("memory", "Memory after n tokens", ("memory", "GB"), &courses[..shown]);
        Figure::row(
            vec![work.height(330.0), memory.height(330.0)],
            format!(
                "For {} tokens the Transformer needs {} TFLOP and a cache of {} GB, Mamba {} TFLOP and a \
                 state of {} MB.",
                format_number(self.n, 0),
                format_number(self.transformer(self.n) / 1e12, 1),
                format_number(self.cache(self.n, self.share) / 1e9, 2),
                format_number(self.mamba(self.n) / 1e12, 1),
                format_number(state * 1e3, 2),
            ),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::Runner;

    #[test]
    fn the_source_settings_cost_what_the_page_says() {
        let run = Runner::after(&SPEC, &[("n", "1000000")], 0);
        assert_eq!(run.number("parameters"), Some(3_770_880.0));
        assert_eq!(run.number("crossover"), Some(9216.0));
        assert!((run.number("tflop_mamba").unwrap() - 185.0).abs() < 1.0);
        assert!((run.number("cache_gb").unwrap() - 36.86).abs() < 0.01);
        assert!((run.number("state_mb").unwrap() - 1.475).abs() < 0.001);
    }

    #[test]
    fn shared_heads_shrink_the_cache_and_leave_it_growing() {
        let cache = |n, share| {
            let run = Runner::after(&SPEC, &[("n", n), ("share", share)], 0);
            (run.number("cache_gb").unwrap(), run.simulation().figure().rows[0][1].marks.len())
        };
        let ((one, plain), (eight, shared)) = (cache("100000", "1"), cache("100000", "8"));
        assert!((one / eight - 8.0).abs() < 1e-9);
        assert_eq!(shared, plain + 1, "the unshared cache stands behind it");
        assert!((cache("1000000", "8").0 / eight - 10.0).abs() < 1e-9);
    }

    #[test]
    fn attention_is_a_tenth_of_a_short_chat_and_nearly_all_of_a_long_one() {
        let whole = |n| Runner::after(&SPEC, &[("n", n)], 0).number("tflop_transformer").unwrap();
        assert!((whole("1000000") / whole("1000") / 1000.0 - 98.7).abs() < 1.0);
    }
}
