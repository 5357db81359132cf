//! `moe-capacity`: tokens, buffers of a fixed size, and what does not fit.

mod buffers;
mod figure;
#[cfg(test)]
mod tests;

use crate::lab::{
    Bounded, Challenge, Choice, Control, Figure, Named, Pace, Preset, Readout, Simulation, Spec, Values, of,
    reading,
};
use crate::numerics::random::Stream;
use buffers::{Batch, Mode, Rules, SUMMARY};

static MODE: Choice<fn(&Values) -> Mode, 4> = Choice::new(
    "mode",
    "Who chooses",
    [
        ("token", "Token: top-k", |_| Mode::Token),
        ("expert", "Expert choice", |_| Mode::Expert),
        ("dropless", "Top-k, dropless", |_| Mode::Dropless),
        ("top-p", "Token: top-p", |values| Mode::TopP(values.real("p"))),
    ],
);

pub static SPEC: Spec = Spec::new(
    "moe-capacity",
    "Buffers that overflow",
    "Each expert has a buffer for one batch. Tokens arrive one by one and queue in red where it is full. Try \
     other sizes, and other ways to choose.",
    Pace::new(16.0, ARRIVAL, "moment"),
    |values| Box::new(Capacity::new(values)),
)
.controls(CONTROLS)
.readouts(READOUTS)
.presets(PRESETS)
.challenges(CHALLENGES);

/// Steps in which a batch arrives, whatever its size.
const ARRIVAL: u64 = 64;
/// Steps for which the finished batch stays in view.
const HOLD: u64 = 24;

const CONTROLS: &[Control] = &[
    MODE.control().help(
        "Tokens choose their k best experts; or experts their best tokens; or tokens choose and buffers grow \
         as needed; or tokens take experts until their probabilities reach p.",
    ),
    Control::real("cf", "Capacity factor", [0.25, 4.0], 0.05, 1.25)
        .unless("mode", &["dropless"])
        .help("Slots of each buffer over the fair share."),
    Control::integer("tokens", "Tokens", 16, 512, 64).help("Tokens in a batch."),
    Control::integer("n_experts", "Experts", 2, 128, 8)
        .help("Experts that share the batch, each with a buffer of its own."),
    Control::integer("top_k", "Experts per token", 1, 8, 1).unless("mode", &["top-p"]).help(
        "Experts that each token asks for; with expert choice, how many it has on average at capacity factor \
         1.",
    ),
    Control::real("skew", "Skew s", [0.0, 2.0], 0.1, 1.0).help(
        "How uneven the demand is: the first choice falls on expert e with a frequency that goes as e to the \
         power −s (Zipf's law).",
    ),
    Control::real("p", "Probability p", [0.1, 0.99], 0.01, 0.6)
        .only("mode", &["top-p"])
        .help("A token takes the fewest experts whose probabilities reach p together."),
    Control::seed(1),
];

const READOUTS: &[Readout] = &[
    Readout::new("dropped", "Dropped", 1).unit("%").basis(
        "Choices that found a full buffer, as a share of all choices; mean over the finished batches.",
    ),
    Readout::new("empty", "Empty slots", 1).unit("%").basis(
        "Slots that were computed for nothing, as a share of all slots; mean over the finished batches.",
    ),
    Readout::new("unserved", "Unserved tokens", 1).unit("%").basis(
        "Tokens that no expert worked on: they pass by on the residual path; mean over the finished batches.",
    ),
    Readout::new("mean_experts", "Experts per token", 2)
        .basis("Experts that worked on a token, on average over the finished batches."),
    Readout::new("busiest", "Longest queue", 2)
        .unit("×")
        .spoken("times the fair share")
        .help(
            "Choices for the most wanted expert over the fair share. Without a limit, a batch is done when it is.",
        )
        .basis("Mean over the finished batches."),
];

const PRESETS: &[Preset] = &[
    Preset::new("switch", "Switch 1.25").look(
        "A quarter of headroom is little against Zipf's law: the first experts overflow while the last stay \
         half empty.",
    ),
    Preset::new("tight", "Tight")
        .look("Exactly the fair share: every token beyond it is lost, and as many slots stay empty.")
        .with(&[("cf", "1")]),
    Preset::new("roomy", "Roomy")
        .look("Twice the fair share drops fewer tokens and wastes more than half of the slots.")
        .with(&[("cf", "2")]),
    Preset::new("expert-choice", "Expert choice")
        .look(
            "Every buffer is full by design, and of the tokens [5 to 10 %](run:?mode=expert&at=440&seeds=1..20#range:unserved) \
             are picked by nobody, over twenty seeds.",
        )
        .with(&[("mode", "expert")]),
    Preset::new("dynamic", "Dynamic top-p")
        .look("Easy tokens take one expert, doubtful ones several: the digits in the lower strip differ.")
        .with(&[("mode", "top-p"), ("cf", "2")]),
];

const CHALLENGES: &[Challenge] = &[Challenge::new(
    "nobody-dropped",
    "Nobody dropped, little wasted",
    "With Zipf's skew of 1, drop at most 1 % of the choices, leave at most 1 % of the tokens unserved and at \
     most 5 % of the slots empty, and let no queue be longer than 1.25 times the fair share.",
    &[
        of("skew").equals(1.0),
        of("dropped").at_most(1.0),
        of("unserved").at_most(1.0),
        of("empty").at_most(5.0),
        of("busiest").at_most(1.25),
    ],
)
.solution(&[("mode", "expert"), ("cf", "2")], 440)];

/// Sums over the finished batches, in per cent where the readout is.
#[derive(Default)]
struct Totals {
    batches: usize,
    sums: [f64; 5],
}

/// The running simulation.
struct Capacity {
    rules: Rules,
    top_k: Bounded<usize>,
    data: Stream,
    batch: Batch,
    /// Steps since the batch began to arrive.
    phase: u64,
    number: usize,
    totals: Totals,
    /// Slots that the picture has room for; it never shrinks during a run.
    extent: usize,
}

impl Capacity {
    fn new(values: &Values) -> Self {
        let experts = values.integer("n_experts");
        let top_k = Bounded::at_most(values.integer("top_k"), experts, |asked| {
            format!("A token cannot have {asked} of {experts} experts: using k = {experts} (dense).")
        });
        let rules = Rules {
            mode: MODE.of(values)(values),
            tokens: values.integer("tokens"),
            experts,
            top_k: top_k.value,
            skew: values.real("skew"),
            factor: values.real("cf"),
        };
        let mut data = Stream::new(values.seed(), "data");
        let batch = Batch::draw(&rules, &mut data);
        let extent = batch.extent();
        Self { rules, top_k, data, batch, phase: 0, number: 1, totals: Totals::default(), extent }
    }
}

impl Simulation for Capacity {
    fn step(&mut self) {
        self.phase += 1;
        if self.phase == ARRIVAL {
            self.totals.batches += 1;
            for (sum, x) in self.totals.sums.iter_mut().zip(self.batch.summary()) {
                *sum += x;
            }
        } else if self.phase > ARRIVAL + HOLD {
            self.phase = 0;
            self.number += 1;
            self.batch = Batch::draw(&self.rules, &mut self.data);
            self.extent = self.extent.max(self.batch.extent());
        }
    }

    fn readings(&self) -> Vec<Named> {
        let n = self.totals.batches;
        let mean = |sum: f64| (n > 0).then(|| sum / n as f64);
        SUMMARY.into_iter().zip(self.totals.sums).map(|(id, sum)| reading(id, mean(sum))).collect()
    }

    fn figure(&self) -> Figure {
        let progress = self.phase.min(ARRIVAL) as f64 / ARRIVAL as f64;
        figure::draw(&self.rules, &self.batch, progress, self.number, self.extent)
    }

    fn notes(&self) -> Vec<String> {
        let Rules { mode, tokens, experts, top_k, factor, .. } = self.rules;
        let mut notes = Vec::new();
        let uses_k = !matches!(mode, Mode::TopP(_));
        if uses_k {
            notes.extend(self.top_k.note());
        }
        if uses_k && mode != Mode::Dropless && factor * ((tokens * top_k) as f64) < experts as f64 {
            notes.push("The capacity would be less than one slot: one slot per expert is used.".to_owned());
        }
        if mode == Mode::Expert && factor * top_k as f64 > experts as f64 {
            notes.push(
                "No buffer needs more slots than there are tokens: every expert takes all of them."
                    .to_owned(),
            );
        }
        notes
    }
}
