//! The declaration of `moe-train`: controls, readouts, presets, the challenge and the bet.

use super::Train;
use crate::lab::schema::table::{Column, Table};
use crate::lab::{Answer, Challenge, Choice, Control, Pace, Prediction, Preset, Readout, Spec, Values, of};
use crate::models::mixture::{Balance, Start};
use crate::models::router::Gate;

pub(super) static BALANCE: Choice<fn(&Values) -> Balance, 3> = Choice::new(
    "balance",
    "Balancing",
    [
        ("none", "None", |_| Balance::None),
        ("aux", "Auxiliary loss", |values| Balance::Auxiliary(values.real("alpha"))),
        ("bias", "Bias", |values| Balance::Bias(values.real("gamma"))),
    ],
);

pub(super) static GATE: Choice<Gate, 2> = Choice::new(
    "gate",
    "Gate",
    [("renorm", "Renormalised", Gate::Renormalised), ("raw", "Raw probability", Gate::Raw)],
);

pub(super) static START: Choice<Start, 2> = Choice::new(
    "start",
    "Router's start",
    [("random", "Random", Start::Random), ("even", "All alive", Start::Even)],
);

/// Points of the reader's own: where a token lies, and what is to be told of it.
pub(super) static POINTS: Table = Table::new(
    &[Column::real("x", [-1e9, 1e9]), Column::real("y", [-1e9, 1e9]), Column::real("target", [-1e9, 1e9])],
    [40, 400],
);

pub static SPEC: Spec = Spec::new(
    "moe-train",
    "Eight experts and a router learn",
    "A router sends each token to a few small experts, and both learn from the error. Watch which experts \
     get work; then choose how the load is balanced.",
    Pace::new(120.0, 120, "training step").promised(1000),
    |values| Box::new(Train::new(values)),
)
.controls(CONTROLS)
.readouts(READOUTS)
.presets(PRESETS)
.challenges(CHALLENGES)
.prediction(PREDICTION);

pub(super) const CONTROLS: &[Control] = &[
    Control::integer("n_experts", "Experts", 1, 128, 8)
        .help("How many experts there are. The tokens come in eight clusters, whatever you choose."),
    Control::integer("top_k", "Experts per token", 1, 16, 2).help(
        "Each token goes to the k experts with the highest scores. Cost grows with k, not with the number of \
         experts.",
    ),
    BALANCE.control().help(
        "None: only the task's error trains the router. Auxiliary loss: uneven load costs extra. Bias: a \
         number per expert shifts the choice and carries no gradient.",
    ),
    Control::logarithmic("alpha", "Aux weight α", [0.001, 3.0], 0.1)
        .only("balance", &["aux"])
        .help("Weight of the auxiliary loss. A larger weight buys evenness with accuracy."),
    Control::logarithmic("gamma", "Bias step γ", [0.0001, 0.1], 0.003)
        .only("balance", &["bias"])
        .help("How far each expert's bias moves after a batch. Too small is slow, too large swings."),
    START.control().help(
        "Random: scores drawn, which leaves some experts without work at once. All alive: directions evenly \
         around the plane, turned by one random angle, so that training alone decides who starves.",
    ),
    Control::integer("watched", "Watched expert", 0, 128, 0)
        .help(
            "The expert whose turn is drawn: its load, the gradient that this gives it, the probability after \
             that, the next load. 0 is the idlest of those that had half of their share by step 10.",
        )
        .live(),
    GATE.control()
        .help(
            "How the chosen experts are weighted: by probabilities that sum to one over the chosen \
             (Mixtral), or by the plain probability (Switch).",
        )
        .secondary(),
    Control::real("cf", "Capacity factor", [0.0, 4.0], 0.05, 0.0).help(
        "Buffer of each expert over its fair share; what does not fit is dropped. 0 stands for no limit.",
    ),
    Control::real("skew", "Data skew s", [0.0, 2.0], 0.1, 0.0)
        .help("Frequency of cluster c falls as c to the power −s. At 0 all clusters are equally frequent.")
        .secondary(),
    Control::real("noise", "Router noise", [0.0, 2.0], 0.1, 0.0)
        .unit("sd")
        .help(
            "Normal noise on the router's scores while training, so that losers get a chance. The picture is \
             drawn without it.",
        )
        .secondary(),
    Control::table("own", "Your own points", &POINTS, |text| POINTS.check(text)).secondary().help(
        "Two features and a number to be told from them take the place of the clusters: experts are straight-line \
         fits, and the router divides your plane among them.",
    ),
    Control::seed(1),
];

pub(super) const READOUTS: &[Readout] = &[
    Readout::new("loss", "Loss", 3).help("Squared error; the targets have variance 1 where clusters are equally frequent.")
        .basis("Mean of the last 50 batches."),
    Readout::new("max_violation", "Busiest expert, above fair share", 2)
        .unit("×")
        .spoken("times its fair share too much")
        .help("Load of the busiest expert over the mean load, minus one. 0 is perfect.")
        .basis("Loads of the last 200 batches."),
    Readout::new("min_load", "Idlest expert", 2)
        .unit("×")
        .spoken("times its fair share")
        .help("Load of the idlest expert over the mean load.")
        .basis("Loads of the last 200 batches."),
    Readout::new("dead", "Dead experts", 0)
        .basis("Experts with less than a tenth of their fair share over the last 200 batches."),
    Readout::new("load_watched", "Load of the watched", 2)
        .unit("×")
        .spoken("times its fair share")
        .help("Load of the watched expert over the mean load.")
        .basis("Loads of the last 200 batches."),
    Readout::new("dropped", "Dropped", 1).unit("%").help(
        "Share of routed choices that found the buffer full. A token that loses every expert gets the output \
         0, which counts in the loss.",
    )
        .basis("Of the last 200 batches."),
    Readout::new("nmi", "Specialisation (NMI)", 2).help(
        "Normalised mutual information between a token's cluster and its first expert: 0 is unrelated, 1 is \
         one-to-one.",
    )
        .basis("Over the tokens of the last 200 batches."),
];

const PRESETS: &[Preset] = &[
    Preset::new("all-alive", "All alive at first")
        .look(
            "At step 10 all eight have work, in [40 of 40](run:?start=even&at=10&seeds=1..40#count:dead=0) seeds; at \
             step 1,000 at least one has none, in [40 of 40](run:?start=even&at=1000&seeds=1..40#count:dead>=1). \
             Below, where a load falls its gradient falls with it.",
        )
        .with(&[("start", "even")]),
    Preset::new("left-alone", "Left alone").look(
        "Nothing balances the load: at step 1,000, [3](run:?at=1000#dead) of the eight bars stand at zero, and \
         their colours are not on the map.",
    ),
    Preset::new("switch-style", "Switch-style")
        .look(
            "One expert per token, an auxiliary loss and a buffer a quarter larger than fair: hollow tokens \
             were dropped.",
        )
        .with(&[("top_k", "1"), ("gate", "raw"), ("balance", "aux"), ("alpha", "0.1"), ("cf", "1.25")]),
    Preset::new("aux-loss-free", "Aux-loss-free")
        .look(
            "A bias per expert, nudged after each batch: by step 300 none is dead, in \
             [40 of 40](run:?balance=bias&at=300&seeds=1..40#count:dead=0) seeds.",
        )
        .with(&[("balance", "bias")]),
    Preset::new("crowded", "Crowded")
        .look("64 experts, 8 per token: set balancing to None and count how many of them are left.")
        .with(&[("n_experts", "64"), ("top_k", "8"), ("balance", "bias"), ("gamma", "0.001")]),
    Preset::new("frozen-router", "Frozen router")
        .look("With one expert and a renormalised gate the weight is always 1: the map never changes.")
        .with(&[("top_k", "1")]),
];

pub(super) const CHALLENGES: &[Challenge] = &[Challenge::new(
    "no-loss-balance",
    "Balance without a loss",
    "Eight experts, three per token, no skew, no auxiliary loss: bring every expert to within 30 % of its fair \
     share after 1,500 steps or more.",
    &[
        of("balance").is_not("aux"),
        of("n_experts").equals(8.0),
        of("top_k").equals(3.0),
        of("skew").equals(0.0),
        of("step").at_least(1500.0),
        of("max_violation").at_most(0.30),
        of("min_load").at_least(0.70),
    ],
)
.solution(&[("top_k", "3"), ("balance", "bias")], 1600)];

pub(super) const PREDICTION: Prediction = Prediction::new(
    "Eight experts, two per token, and nothing but the error to learn from. How many experts still get work \
     after 1,000 steps?",
    of("dead"),
    &[Answer::at_most("All 8", 0.0), Answer::at_most("4 to 7", 4.0), Answer::beyond("1 to 3")],
    "The random start already leaves two or three without work. An expert that is not chosen gets no \
     gradient: it comes back only where the others leave ground free. Over the seeds 1 to 40, [1 to 4](run:?at=1000&seeds=1..40#range:dead) are dead by then.",
)
.settled_at(1000);
