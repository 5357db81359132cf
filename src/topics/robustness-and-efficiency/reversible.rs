//! `reversible`: a chain of blocks there and back, and what is held in memory on the way.

use crate::lab::figure::charts::{self, Entry};
use crate::lab::figure::{Anchor, At, Axis, Figure, Fill, GAP, Panel, Stroke, Tile, Tone};
use crate::lab::schema::readout::{format_number, format_trimmed};
use crate::lab::{
    Answer, Choice, Control, Named, Pace, Prediction, Preset, Reading, Readout, Simulation, Spec, Values, of,
    reading,
};
use crate::models::reversible::{Cell, Chain, Coupled, Keeping, Precision};

static KEEPING: Choice<Keeping, 3> = Choice::new(
    "mode",
    "Activations",
    [
        ("reversible", "computed back", Keeping::Reversible),
        ("checkpoint", "every √L-th kept", Keeping::Checkpoint),
        ("store", "all kept", Keeping::Store),
    ],
);

static PRECISION: Choice<Precision, 2> = Choice::new(
    "precision",
    "Numbers",
    [("f32", "32 bits", Precision::Single), ("f64", "64 bits", Precision::Double)],
);

/// Steps of each way, however many blocks there are.
const WAY: u64 = 32;

pub static SPEC: Spec = Spec::new(
    "reversible",
    "There and back through a chain of blocks",
    "Training goes forwards through all blocks and backwards again, and on the way back needs what each block was \
     given. Keep it, keep some of it, or compute it backwards: see what stands in memory, and how exact it is.",
    Pace::new(16.0, 46, "step").promised(2 * WAY),
    |values| Box::new(Reversible::new(values)),
)
.controls(&[
    Control::logarithmic_whole("depth", "Blocks L", [1.0, 256.0], 16.0).help("One after the other."),
    KEEPING.control().help("Where the way back has from what each block was given."),
    PRECISION.control().help("Of every number: 24 or 53 significant bits."),
    Control::real("gain", "Gain g", [0.25, 2.0], 0.25, 1.0)
        .help("Size of the random weights in F and G: the larger, the more a small error grows."),
    Control::doubling("batch", "Batch N", 1, 64, 32).live().secondary().help("Examples at once. Only the bytes depend on it."),
    Control::doubling("width", "Width M", 64, 2048, 512)
        .live()
        .secondary()
        .help("Numbers of both halves together. Only the bytes depend on it: the chain that runs here has 16."),
    Control::seed(1),
])
.readouts(&[
    Readout::new("bytes", "Memory", 4).unit("MiB").help("For activations, at most at once: 2²⁰ bytes each. Weights are left out.")
        .formula("pick(mode, 1, ceil(depth / ceil(sqrt(depth))) + ceil(sqrt(depth)) - 1, depth) * batch * width * if(precision = f32, 4'bytes', 8'bytes') / 1048576"),
    Readout::new("less", "Less than all kept", 2).unit("×").spoken("times less").help("All activations over those that are held at once.")
        .formula("depth / pick(mode, 1, ceil(depth / ceil(sqrt(depth))) + ceil(sqrt(depth)) - 1, depth)"),
    Readout::new("compute", "Work", 0).unit("passes").help("Of a step of training, in forward passes: one there, two for the gradients, one more if blocks run twice.")
        .formula("pick(mode, 4, 4, 3)"),
    Readout::new("extra", "More work", 1).unit("%")
        .formula("100 * (compute / 3'passes with all kept' - 1)")
        .help("Than with all kept."),
    Readout::new("error", "Error", 2).help("The largest difference so far between what a block was given and what the way back takes for it, of 32 inputs.")
        .basis("Over 16 numbers of each input, and the blocks that the way back has passed."),
])
.presets(&[
    Preset::new("revnet", "RevNet").look("Forwards, one cell is held. On the way back, where does the next one come from?"),
    Preset::new("all", "All kept")
        .look("How many cells are held when the way back begins?")
        .with(&[("mode", "store")]),
    Preset::new("checkpoints", "√L checkpoints")
        .look("Every fourth cell stays. Watch a stretch of four being filled again on the way back.")
        .with(&[("mode", "checkpoint")]),
    Preset::new("wild", "Deep and wild")
        .look("256 blocks with large weights, in 32 bits: follow the error up to the dashed line.")
        .with(&[("depth", "256"), ("gain", "2")]),
    Preset::new("double", "Deep in 64 bits")
        .look("256 blocks again, with more digits to lose. Where does the error end?")
        .with(&[("depth", "256"), ("precision", "f64")]),
])
.prediction(
    Prediction::new(
        "Numbers have 32 bits, about seven digits, and inputs are about 1 in size. Through 16 blocks and back again \
         they come back right to five digits. And through 256 blocks?",
        of("error"),
        &[
            Answer::below("Right to three digits or more", 1e-3),
            Answer::below("Visibly wrong, by less than 1", 1.0),
            Answer::beyond("Lost: wrong by 1 or more"),
        ],
        "By [0.02 to 1.1](run:?depth=256&at=64&seeds=1..40#range:error) on forty seeds, for most by less than 0.1. Each block back is computed from \
         a result that is slightly off already, and makes more of it than the last one did.",
    )
    .with(&[("depth", "256")])
    .settled_at(2 * WAY),
);

struct Reversible {
    keeping: Keeping,
    precision: Precision,
    batch: f64,
    width: f64,
    chain: Chain,
    /// What each block was given so far, and last what the last one gave.
    way: Vec<Coupled>,
    back: usize,
    /// What the way back has of them: of the block last gone back through what it was given, and the rest of a
    /// stretch that was computed anew.
    here: Vec<Coupled>,
    /// The largest error after so many blocks back.
    errors: Vec<f64>,
    step: u64,
}

impl Reversible {
    fn new(values: &Values) -> Self {
        let (precision, seed) = (PRECISION.of(values), values.seed());
        let chain = Chain::new(values.real("depth") as usize, values.real("gain"), precision, seed);
        let mut this = Self {
            keeping: KEEPING.of(values),
            precision,
            batch: 0.0,
            width: 0.0,
            way: vec![chain.inputs(seed)],
            chain,
            back: 0,
            here: Vec::new(),
            errors: Vec::new(),
            step: 0,
        };
        this.set(values);
        this
    }

    fn blocks(&self) -> usize {
        self.chain.blocks()
    }

    /// Blocks that are done.
    fn ahead(&self) -> usize {
        self.way.len() - 1
    }

    /// Activations of so many blocks in MiB.
    fn mebibytes(&self, activations: usize) -> f64 {
        self.precision.bytes() * self.batch * self.width * activations as f64 / 1_048_576.0
    }

    fn error(&self) -> Option<f64> {
        (self.back > 0).then(|| self.errors.iter().copied().fold(0.0, f64::max))
    }

    /// The block that is looked at, from 0 on.
    fn block(&self) -> usize {
        if self.back > 0 { self.blocks() - self.back } else { self.ahead().saturating_sub(1) }
    }

    /// One block back.
    fn go_back(&mut self) {
        self.back += 1;
        let block = self.blocks() - self.back;
        match self.keeping {
            Keeping::Store => self.here = vec![self.way[block].clone()],
            Keeping::Checkpoint => {
                let stretch = self.keeping.stretch(self.blocks());
                let begin = block / stretch * stretch;
                if self.here.len() > 1 {
                    self.here.pop();
                } else {
                    self.here = vec![self.way[begin].clone()];
                    for k in begin..block {
                        let next = self.chain.forward(k, &self.here[k - begin]);
                        self.here.push(next);
                    }
                }
            }
            Keeping::Reversible => {
                let above = self.here.last().unwrap_or(&self.way[block + 1]);
                self.here = vec![self.chain.inverse(block, above)];
            }
        }
        let error = self.here.last().map_or(0.0, |x| x.distance(&self.way[block]));
        self.errors.push(error);
    }

    /// One block as a circuit, with the first number of the first input.
    fn coupling(&self) -> Panel {
        let block = self.block();
        let x = if self.back > 0 { self.here.last() } else { None }.unwrap_or(&self.way[block]);
        let computed = self.back > 0 && self.keeping == Keeping::Reversible;
        let f = self.chain.branch(block, 0, &x.second)[0];
        let y = self.chain.forward(block, x);
        let g = self.chain.branch(block, 1, &y.first)[0];
        let way = match (self.back > 0, self.keeping) {
            (false, _) => "forwards",
            (true, Keeping::Store) => "back: it was kept",
            (true, Keeping::Checkpoint) => "back: made again",
            (true, Keeping::Reversible) => "backwards",
        };
        let (given, made) = if computed { (Tone::Accent, Tone::Ink) } else { (Tone::Ink, Tone::Accent) };
        let tile = |corners, text: String, tone| Tile::new(corners, tone, Fill::Outline).text(text);
        let number = |x: f64| format_number(x, if x.abs() < 10.0 { 3 } else { 1 });
        let sign = if computed { "−" } else { "+" };
        let streams = [
            tile([0.0, 0.0, 2.7, 1.5], number(x.first[0]), given),
            tile([0.0, 4.5, 2.7, 6.0], number(x.second[0]), given),
            tile([8.3, 0.0, 11.0, 1.5], number(y.first[0]), made),
            tile([8.3, 4.5, 11.0, 6.0], number(y.second[0]), made),
        ];
        let branches = [
            tile([2.9, 2.3, 5.3, 3.7], format!("F {}", format_number(f, 2)), Tone::Series(0)),
            tile([5.7, 2.3, 8.1, 3.7], format!("G {}", format_number(g, 2)), Tone::Series(1)),
        ];
        let signs = [
            Tile::new([3.6, 0.25, 4.6, 1.25], Tone::Ink, Fill::Outline).text(sign),
            Tile::new([6.4, 4.75, 7.4, 5.75], Tone::Ink, Fill::Outline).text(sign),
        ];
        let wires = [
            [[2.7, 0.75], [3.6, 0.75]],
            [[4.6, 0.75], [8.3, 0.75]],
            [[2.7, 5.25], [6.4, 5.25]],
            [[7.4, 5.25], [8.3, 5.25]],
            [[4.1, 5.25], [4.1, 3.7]],
            [[4.1, 2.3], [4.1, 1.25]],
            [[6.9, 0.75], [6.9, 2.3]],
            [[6.9, 3.7], [6.9, 4.75]],
        ];
        let wires = wires.into_iter().flat_map(|[a, b]| [a, b, GAP]);
        let mut panel = Panel::new(
            "coupling",
            format!("Block {} of {}, {way}", block + 1, self.blocks()),
            Axis::hidden([-0.2, 11.2]),
            Axis::hidden([7.3, -1.3]),
        )
        .height(230.0)
        .line("wires", "", wires, Tone::Muted, Stroke::Solid)
        .boxes("streams", streams)
        .boxes("branches", branches)
        .boxes("signs", signs);
        for (id, at, name, anchor) in [
            ("x1", [0.0, -0.35], "a1", Anchor::Start),
            ("x2", [0.0, 6.95], "a2", Anchor::Start),
            ("y1", [11.0, -0.35], "b1", Anchor::End),
            ("y2", [11.0, 6.95], "b2", Anchor::End),
        ] {
            panel = panel.words(id, at, name, anchor, Tone::Muted);
        }
        panel
    }

    /// What is held, block by block.
    fn memory(&self) -> Panel {
        let blocks = self.blocks();
        let columns = (2.0 * (blocks as f64).sqrt()).ceil() as usize;
        let rows = blocks.div_ceil(columns);
        let cells = self.keeping.cells(blocks, self.ahead(), self.back);
        let held = cells.iter().filter(|cell| matches!(cell, Cell::Kept | Cell::Remade)).count();
        let boxes = cells.iter().enumerate().map(|(block, cell)| {
            let [x, y] = [block % columns, block / columns].map(|k| k as f64);
            let (tone, fill) = match cell {
                Cell::Kept => (Tone::Accent, Fill::Solid),
                Cell::Remade => (Tone::Series(1), Fill::Tint),
                Cell::Freed => (Tone::Muted, Fill::Dashed),
                Cell::Empty => (Tone::Faint, Fill::Outline),
            };
            Tile::new([x + 0.06, y + 0.06, x + 0.94, y + 0.94], tone, fill)
        });
        let x = Axis::hidden([0.0, columns as f64]);
        let y = Axis::hidden([rows as f64, 0.0]);
        let noun = if blocks == 1 { "block" } else { "blocks" };
        let title = format!("In memory (filled): {held} of {blocks} {noun}");
        Panel::new("memory", title, x, y).height(230.0).boxes("cells", boxes)
    }

    fn bill(&self) -> Panel {
        let ways = [
            ("all kept", Keeping::Store),
            ("every √L-th", Keeping::Checkpoint),
            ("computed back", Keeping::Reversible),
        ];
        let entries = ways.map(|(name, keeping)| {
            let amount = self.mebibytes(keeping.held(self.blocks()));
            Entry {
                name: name.to_owned(),
                amount,
                text: format!(
                    "{} MiB, {} passes",
                    format_trimmed(amount, 4),
                    format_number(keeping.passes(), 0)
                ),
                tone: if keeping == self.keeping { Tone::Accent } else { Tone::Muted },
            }
        });
        // Beyond the most, for the words.
        let x = Axis::linear("memory", [0.0, 1.8 * self.mebibytes(self.blocks())]).unit("MiB");
        charts::ledger("bill", "Memory, and work in forward passes", x, entries.into()).height(200.0)
    }

    fn loss_of_digits(&self) -> Panel {
        let points = self.errors.iter().enumerate().map(|(k, error)| [k as f64 + 1.0, *error]);
        let y = Axis::logarithmic("error", [1e-17, 1e3])
            .ticks([(1e-16, "10⁻¹⁶"), (1e-12, "10⁻¹²"), (1e-8, "10⁻⁸"), (1e-4, "10⁻⁴"), (1.0, "1")])
            .grid();
        let blocks = self.blocks() as f64;
        let panel = Panel::new(
            "errors",
            "Error of what was computed back",
            Axis::linear("blocks back", [0.0, blocks.max(2.0)]),
            y,
        )
        .height(200.0)
        .rule("inputs", "size of the inputs", At::Y(1.0), Tone::Bad, Stroke::Dashed)
        .line("error", "", points, Tone::Accent, Stroke::Thick);
        if self.keeping == Keeping::Reversible {
            panel
        } else {
            panel.words(
                "exact",
                [0.5 * blocks.max(2.0), 1e-8],
                "none: nothing is undone",
                Anchor::Middle,
                Tone::Muted,
            )
        }
    }
}

impl Simulation for Reversible {
    fn step(&mut self) {
        self.step += 1;
        // As much of a way as there are steps made of it.
        let part = |steps: u64| (self.blocks() as u64 * steps.min(WAY)).div_ceil(WAY) as usize;
        let (ahead, back) = (part(self.step), part(self.step.saturating_sub(WAY)));
        while self.ahead() < ahead {
            let block = self.ahead();
            let next = self.chain.forward(block, &self.way[block]);
            self.way.push(next);
        }
        while self.back < back {
            self.go_back();
        }
    }

    fn set(&mut self, values: &Values) {
        let [batch, width] = ["batch", "width"].map(|id| values.integer(id) as f64);
        (self.batch, self.width) = (batch, width);
    }

    fn readings(&self) -> Vec<Named> {
        let held = self.keeping.held(self.blocks());
        let passes = self.keeping.passes();
        vec![
            reading("bytes", self.mebibytes(held)),
            reading("less", self.blocks() as f64 / held as f64),
            reading("compute", passes),
            reading("extra", 100.0 * (passes / Keeping::Store.passes() - 1.0)),
            reading("error", self.error().map_or(Reading::Absent, Reading::from)),
        ]
    }

    fn figure(&self) -> Figure {
        let held = self.keeping.held(self.blocks());
        let way = if self.back > 0 {
            format!("{} blocks back of {}", self.back, self.blocks())
        } else {
            format!("{} blocks forwards of {}", self.ahead(), self.blocks())
        };
        let error = match self.error() {
            None => String::new(),
            Some(error) => format!(" The largest error so far is {}.", format_number(error, 2)),
        };
        let alternative = format!(
            "{way}. At most {held} activations are held at once, {} MiB, for {} forward passes of work.{error}",
            format_trimmed(self.mebibytes(held), 4),
            format_number(self.keeping.passes(), 0),
        );
        Figure::new(
            vec![vec![self.coupling(), self.memory()], vec![self.bill(), self.loss_of_digits()]],
            alternative,
        )
    }

    fn describe(&self, mark: &str, index: usize) -> Option<String> {
        match mark {
            "cells" => {
                let cells = self.keeping.cells(self.blocks(), self.ahead(), self.back);
                let state = match cells.get(index)? {
                    Cell::Kept => "held since the way forwards",
                    Cell::Remade => "computed a second time",
                    Cell::Freed => "no longer held",
                    Cell::Empty => "not reached yet",
                };
                Some(format!("block {}: {state}", index + 1))
            }
            "streams" => {
                let name = *["a1", "a2", "b1", "b2"].get(index)?;
                Some(format!("{name}: its first number, of the first input"))
            }
            "branches" => Some((*["F(a2), added to a1", "G(b1), added to a2"].get(index)?).to_owned()),
            "signs" => Some(
                if self.back > 0 && self.keeping == Keeping::Reversible { "taken away" } else { "added" }
                    .to_owned(),
            ),
            _ => None,
        }
    }

    fn notes(&self) -> Vec<String> {
        let error = self.error().unwrap_or(0.0);
        let mut notes = Vec::new();
        if error > 0.01 {
            notes.push(format!(
                "What is computed back is off by up to {}, where inputs are about 1: gradients taken there would be wrong. \
                 Numbers of 64 bits, fewer blocks or a smaller gain help.",
                format_number(error, 2)
            ));
        }
        notes
    }

    fn finished(&self) -> bool {
        self.step >= 2 * WAY
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::Runner;
    use crate::numerics::statistics::mean;

    fn number(pairs: &[(&str, &str)], id: &str) -> f64 {
        Runner::after(&SPEC, pairs, 2 * WAY).number(id).unwrap()
    }

    /// Known result: 32 examples, 512 wide, 24 blocks.
    #[test]
    fn bytes_are_those_of_the_table() {
        let bytes = |mode| number(&[("depth", "24"), ("mode", mode)], "bytes");
        assert!((bytes("store") - 1.5).abs() < 1e-12);
        assert!((bytes("reversible") - 0.0625).abs() < 1e-12);
        assert!((bytes("checkpoint") - 9.0 / 16.0).abs() < 1e-12);
        assert!((number(&[], "less") - 16.0).abs() < 1e-12 && (number(&[], "compute") - 4.0).abs() < 1e-12);
    }

    #[test]
    fn what_is_kept_or_made_again_is_exact() {
        for mode in ["store", "checkpoint"] {
            for depth in ["1", "3", "16", "200"] {
                assert_eq!(
                    number(&[("mode", mode), ("depth", depth), ("gain", "2")], "error"),
                    0.0,
                    "{mode} {depth}"
                );
            }
        }
    }

    /// Known result: how far 24 bits reach.
    #[test]
    fn digits_are_lost_with_depth() {
        let over = |pairs: &[(&str, &str)]| Runner::over_seeds(&SPEC, pairs, 1..=8, 2 * WAY, "error");
        let short = over(&[]);
        assert!(short.iter().all(|e| *e < 5e-5 && *e > 5e-7), "{short:?}");
        let deep = over(&[("depth", "256")]);
        assert!(deep.iter().all(|e| (1e-3..1.0).contains(e)), "{deep:?}");
        assert!(mean(&over(&[("depth", "256"), ("gain", "2")])) > 1.0);
        assert!(over(&[("depth", "256"), ("precision", "f64")]).iter().all(|e| *e < 1e-8));
    }
}
