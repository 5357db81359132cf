//! `recall`: how many pairs a fixed state holds, and how many a cache does.

use super::{ATTENTION, SELECTIVE};
use crate::lab::figure::charts::{self, Curve, Entry};
use crate::lab::figure::{At, Axis, Figure, Panel, Stroke, Tone};
use crate::lab::schema::readout::format_number;
use crate::lab::{Challenge, Control, Named, Pace, Preset, Readout, Simulation, Spec, Values, of, reading};
use crate::models::associative::{Memory, VALUES, cache_numbers, state_numbers};
use crate::numerics::random::Stream;

pub static SPEC: Spec = Spec::new(
    "recall",
    "What a fixed state forgets",
    "Pairs of a key and one of sixteen values go into a state of fixed size, and into a cache that keeps \
     them all. Then keys are asked for. Raise the number of pairs and watch the state mix them up.",
    Pace::new(20.0, 20, "trial").promised(60),
    |values| Box::new(Recall::new(values)),
)
.controls(&[
    Control::integer("d_k", "Key width", 4, 128, 16)
        .step(4)
        .help("Numbers of a key. The state has sixteen rows of them."),
    Control::integer("pairs", "Pairs", 2, 256, 32)
        .live()
        .help("Pairs that were stored when the readouts ask."),
    Control::integer("trials", "Trials", 20, 200, 60).step(20).help("Fresh sets of pairs that are averaged."),
    Control::seed(1).secondary(),
])
.readouts(&[
    Readout::new("acc_state", "State is right", 3)
        .help("Share of keys for which the state's largest answer is the right value.")
        .basis("Over all sets of pairs so far, each asked for every key; between two measured numbers of pairs, on a straight line."),
    Readout::new("acc_attention", "Attention is right", 3)
        .help("The same for the cache.")
        .basis("Over all sets of pairs so far, each asked for every key; between two measured numbers of pairs, on a straight line."),
    Readout::new("kept_state", "Kept by the state", 0)
        .unit("numbers")
        .help("Sixteen rows of the key's width, for any number of pairs.")
        .formula("16'values' * d_k"),
    Readout::new("kept_attention", "Kept by attention", 0)
        .unit("numbers")
        .help("A key and a value of sixteen numbers for each pair.")
        .formula("pairs * (d_k + 16'values')"),
])
.presets(&[
    Preset::new("fits", "Fits")
        .look("Four pairs in a state of 256 numbers: hardly a mistake.")
        .with(&[("pairs", "4")]),
    Preset::new("half-full", "Half full")
        .look("As many pairs as half the key's width: mistakes begin.")
        .with(&[("pairs", "8")]),
    Preset::new("overloaded", "Overloaded")
        .look(
            "Eight times as many pairs as the key is wide: right for [37 %](run:?pairs=128&at=60#acc_state).",
        )
        .with(&[("pairs", "128")]),
    Preset::new("attention-wins", "Attention wins")
        .look(
            "A wide state, and too many pairs for it: the cache is still right, and keeps \
             [20,480](run:?d_k=64&pairs=256#kept_attention) numbers, where the state has \
             [1,024](run:?d_k=64#kept_state).",
        )
        .with(&[("d_k", "64"), ("pairs", "256")]),
])
.challenges(&[Challenge::new(
    "smallest-state",
    "The smallest state for 64 pairs",
    "With 64 pairs, find a key width of at most 64 at which the state is right 9 times in 10. Compare what \
     attention keeps for the same.",
    &[of("pairs").equals(64.0), of("acc_state").at_least(0.9), of("d_k").at_most(64.0)],
)
.solution(&[("d_k", "64"), ("pairs", "64")], 60)]);

/// Numbers of pairs after which both memories are asked.
const SIZES: [usize; 15] = [2, 3, 4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256];

struct Recall {
    key_width: usize,
    trials: u64,
    pairs: usize,
    stream: Stream,
    steps: u64,
    /// For each of [`SIZES`]: right by state, right by attention, asked.
    counts: [[usize; 3]; SIZES.len()],
}

impl Recall {
    fn new(values: &Values) -> Self {
        Self {
            key_width: values.integer("d_k"),
            trials: values.integer("trials") as u64,
            pairs: values.integer("pairs"),
            stream: Stream::new(values.seed(), "pairs"),
            steps: 0,
            counts: [[0; 3]; SIZES.len()],
        }
    }

    /// Shares right by state and by attention, for a number of pairs. Between two sizes that were
    /// asked at it lies on the line between them.
    fn share(&self, pairs: usize, which: usize) -> Option<f64> {
        let at = |place: usize| {
            let counts = self.counts[place];
            (counts[2] > 0).then(|| counts[which] as f64 / counts[2] as f64)
        };
        let above = SIZES.iter().position(|s| *s >= pairs)?;
        if SIZES[above] == pairs {
            return at(above);
        }
        let (low, high) = (SIZES[above - 1], SIZES[above]);
        let along = (pairs - low) as f64 / (high - low) as f64;
        Some(at(above - 1)? * (1.0 - along) + at(above)? * along)
    }
}

impl Simulation for Recall {
    fn step(&mut self) {
        let mut memory = Memory::empty(self.key_width);
        let mut stored = 0;
        for (size, counts) in SIZES.into_iter().zip(&mut self.counts) {
            while stored < size {
                memory.store(&mut self.stream);
                stored += 1;
            }
            let asked = memory.ask(&mut self.stream);
            counts.iter_mut().zip(asked).for_each(|(sum, n)| *sum += n);
        }
        self.steps += 1;
    }

    fn set(&mut self, values: &Values) {
        self.pairs = values.integer("pairs");
    }

    fn readings(&self) -> Vec<Named> {
        vec![
            reading("acc_state", self.share(self.pairs, 0)),
            reading("acc_attention", self.share(self.pairs, 1)),
            reading("kept_state", state_numbers(self.key_width)),
            reading("kept_attention", cache_numbers(self.pairs, self.key_width)),
        ]
    }

    fn figure(&self) -> Figure {
        let curve = |which| SIZES.iter().filter_map(|s| Some([*s as f64, self.share(*s, which)?])).collect();
        let x = Axis::logarithmic("pairs stored", [2.0, 256.0])
            .ticks([2, 4, 8, 16, 32, 64, 128, 256].map(|n| (f64::from(n), n.to_string())));
        let panel = Panel::new(
            "accuracy",
            "Share of keys answered right",
            x,
            Axis::linear("right", [0.0, 1.05]).grid(),
        )
        .rule("asked", "", At::X(self.pairs as f64), Tone::Muted, Stroke::Dashed);
        let panel = charts::with_level(panel, "chance", "guessing", 1.0 / VALUES as f64, Tone::Muted);
        let accuracy = charts::with_curves(
            panel,
            vec![
                Curve::new("attention", "attention", curve(1), ATTENTION),
                Curve::new("state", "state", curve(0), SELECTIVE).stroke(Stroke::Thick),
            ],
        );
        let entry = |name: &str, amount: usize, tone| Entry {
            name: name.to_owned(),
            amount: amount as f64,
            text: format_number(amount as f64, 0),
            tone,
        };
        let memory = charts::ledger(
            "memory",
            "Numbers kept",
            Axis::logarithmic("numbers", [10.0, 1e6]),
            vec![
                entry("state", state_numbers(self.key_width), SELECTIVE),
                entry("attention", cache_numbers(self.pairs, self.key_width), ATTENTION),
            ],
        );
        let say =
            |which| self.share(self.pairs, which).map_or_else(|| "–".to_owned(), |s| format_number(s, 2));
        Figure::row(
            vec![accuracy.height(320.0).weight(1.5), memory.height(320.0)],
            format!(
                "With {} pairs the state of {} numbers is right in {} of all cases, attention with {} \
                 numbers in {}.",
                self.pairs,
                state_numbers(self.key_width),
                say(0),
                cache_numbers(self.pairs, self.key_width),
                say(1),
            ),
        )
    }

    fn finished(&self) -> bool {
        self.steps >= self.trials
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::Runner;

    #[test]
    fn a_state_fills_up_and_attention_does_not() {
        let right = |pairs| Runner::after(&SPEC, &[("pairs", pairs)], 60).number("acc_state").unwrap();
        assert!(right("2") > 0.97 && right("32") < right("8") && right("256") < 0.4);
        let run = Runner::after(&SPEC, &[("pairs", "256")], 60);
        assert_eq!(run.number("acc_attention"), Some(1.0));
        assert_eq!((run.number("kept_state"), run.number("kept_attention")), (Some(256.0), Some(8192.0)));
    }

    #[test]
    fn a_number_between_two_sizes_lies_between_them() {
        let right = |pairs| Runner::after(&SPEC, &[("pairs", pairs)], 60).number("acc_state").unwrap();
        assert!(right("32") > right("40") && right("40") > right("48"));
    }
}
