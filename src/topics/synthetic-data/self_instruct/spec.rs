//! The declaration of `self-instruct`.

use super::Growth;
use crate::lab::{Answer, Challenge, Control, Pace, Prediction, Preset, Readout, Spec, of};

pub static SPEC: Spec = Spec::new(
    "self-instruct",
    "A pool of instructions grows out of itself",
    "A proposal is put together from examples in the pool and compared with all of it. What overlaps too much \
     is dropped; the rest joins the pool. Watch how often that happens.",
    Pace::new(200.0, 300, "try").promised(2000),
    |values| Box::new(Growth::new(values)),
)
.controls(&[
    Control::integer("seed_tasks", "Seed tasks", 5, 175, 20)
        .help("Instructions that people wrote, before the model writes any. The papers have 175."),
    Control::real("threshold", "Threshold τ", [0.3, 1.0], 0.05, 0.7)
        .help("The largest overlap (ROUGE-L) with any instruction in the pool that is let in."),
    Control::real("novelty", "Novelty", [0.0, 1.0], 0.05, 0.15).help(
        "Chance that a part of a proposal is drawn afresh from the grammar, where it is not copied from an \
         example.",
    ),
    Control::integer("context_generated", "Own examples", 0, 8, 2)
        .help("How many of the eight examples in a prompt are the model's own; the others are seed tasks.")
        .secondary(),
    Control::seed(1),
])
.readouts(&[
    Readout::new("tries", "Tries", 0).help("Proposals so far.")
        .formula("step"),
    Readout::new("accepted", "Accepted", 0).help("Proposals that joined the pool.")
        .basis("Counted over all tries."),
    Readout::new("accept_rate", "Acceptance", 0)
        .unit("%")
        .basis("Accepted of the last full hundred of tries; of all tries, before there is one."),
    Readout::new("verb_entropy_bits", "Variety of verbs", 2)
        .unit("bits")
        .help("Entropy of the verbs in the pool; 12 equally frequent ones would have 3.58 bits.")
        .basis("Over the pool with its seeds."),
    Readout::new("mean_max_rouge", "Nearest overlap", 2)
        .help("Overlap of an accepted proposal with the nearest one in the pool when it came.")
        .basis("Mean over all accepted."),
    Readout::new("duplicates", "Exact copies", 0).help("Accepted proposals that were in the pool already.")
        .basis("Counted over all tries."),
])
.presets(&[
    Preset::new("self-instruct", "Self-Instruct").look(
        "The paper's threshold and its two own examples in eight: [37 %](run:?at=100&seeds=1..20#mean:accept_rate) \
         of the first hundred come in, [5 %](run:?at=2000&seeds=1..20#mean:accept_rate) of the twentieth.",
    ),
    Preset::new("alpaca-seeds", "Alpaca's seeds")
        .look(
            "175 seed tasks fill the pool before it grows: hardly more come in than with 20, \
             [222](run:?seed_tasks=175&at=2000&seeds=1..20#mean:accepted) in 2,000 tries.",
        )
        .with(&[("seed_tasks", "175")]),
    Preset::new("no-filter", "No filter")
        .look("Everything comes in: see how many of them are copies, and how dark the common pairs get.")
        .with(&[("threshold", "1")]),
    Preset::new("too-strict", "Too strict")
        .look(
            "At 0.5 the pool takes [25](run:?threshold=0.5&at=2000&seeds=1..20#mean:accepted) of 2,000 proposals.",
        )
        .with(&[("threshold", "0.5")]),
    Preset::new("echo-chamber", "Echo chamber")
        .look("Five seed tasks and nothing new: after a few combinations there is silence.")
        .with(&[("seed_tasks", "5"), ("novelty", "0")]),
])
.challenges(&[Challenge::new(
    "five-hundred",
    "Five hundred, no copy",
    "Grow 500 instructions in 2,000 tries or fewer, without one exact copy.",
    &[of("accepted").at_least(500.0), of("duplicates").equals(0.0), of("tries").at_most(2000.0)],
)
.solution(&[("threshold", "0.85")], 1900)])
.prediction(
    Prediction::new(
        "The first hundred tries have been made. Of the hundred that end at try 2,000, how many come in?",
        of("accept_rate"),
        &[
            Answer::below("Fewer than 15", 15.0),
            Answer::at_most("15 to 45: about as many", 45.0),
            Answer::beyond("More: the pool offers more to combine"),
        ],
        "A larger pool does offer more to combine. But each proposal is held against all of it, and the \
         nearest of many is nearer than the nearest of few.",
    )
    .settled_at(2000),
);
