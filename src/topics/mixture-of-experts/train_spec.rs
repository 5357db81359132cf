//! The declaration of `moe-train`: controls, readouts, presets, the challenge and the bet.

use super::train::Train;
use crate::lab::condition::Clause;
use crate::lab::control::Control;
use crate::lab::page_text;
use crate::lab::readout::Readout;
use crate::lab::simulation::{Challenge, Outcome, Pace, Prediction, Preset, Spec};

pub static SPEC: Spec = Spec {
    id: "moe-train",
    title: "Eight experts and a router learn",
    summary: page_text(
        "A router sends each token to a few small experts, and both learn from the error. Watch which \
         experts get work; then choose how the load is balanced.",
    ),
    controls: CONTROLS,
    readouts: READOUTS,
    presets: PRESETS,
    challenges: CHALLENGES,
    prediction: Some(PREDICTION),
    pace: Pace::new(120.0, 120, "training step").promised(1000),
    build: |values| Box::new(Train::new(values)),
};

pub(super) const CONTROLS: &[Control] = &[
    Control::integer("n_experts", "Experts", 1, 128, 8)
        .help("How many experts there are. The tokens come in eight clusters, whatever you choose."),
    Control::integer("top_k", "Experts per token", 1, 16, 2)
        .help("Each token goes to the k experts with the highest scores. Cost grows with k, not with the number of experts."),
    Control::choice(
        "balance",
        "Balancing",
        &[("none", "None"), ("aux", "Auxiliary loss"), ("bias", "Bias")],
    )
    .help("None: only the task's error trains the router. Auxiliary loss: uneven load costs extra. Bias: a number per expert shifts the choice and carries no gradient."),
    Control::logarithmic("alpha", "Aux weight α", [0.001, 3.0], 0.1)
        .help("Weight of the auxiliary loss; only used with that balancing. A larger weight buys evenness with accuracy."),
    Control::logarithmic("gamma", "Bias step γ", [0.0001, 0.1], 0.003)
        .help("How far each expert's bias moves after a batch; only used with bias balancing. Too small is slow, too large swings."),
    Control::choice("gate", "Gate", &[("renorm", "Renormalised"), ("raw", "Raw probability")])
        .help("How the chosen experts are weighted: by probabilities that sum to one over the chosen (Mixtral), or by the plain probability (Switch).")
        .secondary(),
    Control::real("cf", "Capacity factor", [0.0, 4.0], 0.05, 0.0)
        .help("Buffer of each expert over its fair share; what does not fit is dropped. 0 stands for no limit."),
    Control::real("skew", "Data skew s", [0.0, 2.0], 0.1, 0.0)
        .help("Frequency of cluster c falls as c to the power −s. At 0 all clusters are equally frequent.")
        .secondary(),
    Control::real("noise", "Router noise", [0.0, 2.0], 0.1, 0.0)
        .unit("sd")
        .help("Normal noise on the router's scores while training, so that losers get a chance. The picture is drawn without it.")
        .secondary(),
    Control::seed(1),
];

pub(super) const READOUTS: &[Readout] = &[
    Readout::new("loss", "Loss", 3).help(
        "Mean squared error over the last 50 batches; the targets have variance 1 where clusters are equally frequent.",
    ),
    Readout::new("max_violation", "Busiest expert, above fair share", 2)
        .unit("×")
        .spoken("times its fair share too much")
        .help("Load of the busiest expert over the mean load, minus one; mean over 200 batches. 0 is perfect."),
    Readout::new("min_load", "Idlest expert", 2)
        .unit("×")
        .spoken("times its fair share")
        .help("Load of the idlest expert over the mean load; mean over 200 batches."),
    Readout::new("dead", "Dead experts", 0)
        .help("Experts with less than a tenth of their fair share over the last 200 batches."),
    Readout::new("dropped", "Dropped", 1)
        .unit("%")
        .help("Share of routed choices that found the buffer full. A token that loses every expert gets the output 0, which counts in the loss."),
    Readout::new("nmi", "Specialisation (NMI)", 2)
        .help("Normalised mutual information between a token's cluster and its first expert: 0 is unrelated, 1 is one-to-one."),
];

const PRESETS: &[Preset] = &[
    Preset {
        id: "left-alone",
        label: "Left alone",
        look: page_text(
            "Nothing balances the load: watch the bars that sink to zero, and their colours leave the map.",
        ),
        values: &[],
    },
    Preset {
        id: "switch-style",
        label: "Switch-style",
        look: page_text(
            "One expert per token, an auxiliary loss and a buffer a quarter larger than fair: hollow \
             tokens were dropped.",
        ),
        values: &[("top_k", "1"), ("gate", "raw"), ("balance", "aux"), ("alpha", "0.1"), ("cf", "1.25")],
    },
    Preset {
        id: "aux-loss-free",
        label: "Aux-loss-free",
        look: page_text(
            "A bias per expert, nudged after each batch, lifts every bar to the line within a few hundred \
             steps.",
        ),
        values: &[("balance", "bias")],
    },
    Preset {
        id: "crowded",
        label: "Crowded",
        look: page_text(
            "64 experts, 8 per token: set balancing to None and count how many of them are left.",
        ),
        values: &[("n_experts", "64"), ("top_k", "8"), ("balance", "bias"), ("gamma", "0.001")],
    },
    Preset {
        id: "frozen-router",
        label: "Frozen router",
        look: page_text(
            "With one expert and a renormalised gate the weight is always 1: the map never changes.",
        ),
        values: &[("top_k", "1")],
    },
];

pub(super) const CHALLENGES: &[Challenge] = &[Challenge {
    id: "no-loss-balance",
    title: "Balance without a loss",
    task: page_text(
        "Eight experts, two per token, no skew, no auxiliary loss: bring every expert to within 10 % of \
         its fair share after 1,500 steps or more.",
    ),
    solved: &[
        Clause::option_is_not("balance", "aux"),
        Clause::equals("n_experts", 8.0),
        Clause::equals("top_k", 2.0),
        Clause::equals("skew", 0.0),
        Clause::at_least("step", 1500.0),
        Clause::at_most("max_violation", 0.10),
        Clause::at_least("min_load", 0.90),
    ],
    solution: &[("balance", "bias"), ("gamma", "0.003")],
    solution_steps: 1600,
}];

pub(super) const PREDICTION: Prediction = Prediction {
    question: page_text(
        "Eight experts, two per token, and nothing but the error to learn from. How many experts still get \
         work after 1,000 steps?",
    ),
    values: &[],
    settled_at: 1000,
    options: &[
        Outcome { label: "All 8", holds: &[Clause::equals("dead", 0.0)] },
        Outcome { label: "6 or 7", holds: &[Clause::at_least("dead", 1.0), Clause::at_most("dead", 2.0)] },
        Outcome { label: "3 to 5", holds: &[Clause::at_least("dead", 3.0), Clause::at_most("dead", 5.0)] },
        Outcome { label: "1 or 2", holds: &[Clause::at_least("dead", 6.0)] },
    ],
    because: page_text(
        "An expert that is chosen a little more often learns a little more, and is chosen more often \
         still. One that is never chosen gets no gradient: nothing can bring it back.",
    ),
};
