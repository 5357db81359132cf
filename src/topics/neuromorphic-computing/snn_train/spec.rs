//! `snn-train`: a spiking network learns three spiral arms while the page watches its spikes.

use super::super::arms::POINTS;
use super::SnnTrain;
use crate::lab::{Answer, Challenge, Choice, Control, Pace, Prediction, Preset, Readout, Spec, of};

/// Whether numbers are told by when a spike comes.
pub(super) static LATENCY: Choice<bool, 2> =
    Choice::new("coding", "Code", [("rate", "rate", false), ("latency", "latency", true)]);

/// What learns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Learning {
    All,
    Readouts,
    Nothing,
}

pub(super) static TRAIN: Choice<Learning, 3> = Choice::new(
    "train",
    "Train",
    [
        ("on", "all weights", Learning::All),
        ("readouts", "readouts only", Learning::Readouts),
        ("off", "nothing", Learning::Nothing),
    ],
);

pub static SPEC: Spec = Spec::new(
    "snn-train",
    "Train a network that only clicks",
    "A spiking network learns to tell three spiral arms apart. Watch its spikes, its map of the square and \
     its energy bill, and change how numbers become spikes.",
    Pace::new(20.0, 15, "training update").promised(50),
    |values| Box::new(SnnTrain::new(values)),
)
.controls(&[
    LATENCY.control().help(
        "How a number becomes spikes. Rate: the larger, the more often. Latency: one spike, the larger the \
         earlier.",
    ),
    Control::integer("t_steps", "Window", 4, 60, 25).unit("steps").help(
        "How many time steps the network may look at one point. Longer windows cost more spikes under the \
         rate code.",
    ),
    Control::real("beta", "Leak β", [0.0, 1.0], 0.01, 0.9)
        .help("Share of the membrane that is left after one step: 0 forgets at once, 1 never."),
    Control::real("alpha", "Surrogate sharpness α", [0.5, 20.0], 0.5, 2.0).live().help(
        "How narrow the stand-in for the spike's gradient is around the threshold: the sharper, the fewer \
         neurons get one. Applies to the running network.",
    ),
    Control::integer("hidden", "Hidden neurons", 4, 64, 32)
        .step(4)
        .help("Spiking neurons between the 16 inputs and the 3 readouts."),
    Control::real("turn", "Turn of an arm", [1.0, 5.0], 0.1, 3.2)
        .unit("rad")
        .help("How far each arm winds about the centre: the further, the less a straight line through the inputs does."),
    Control::real("full_rate", "Rate of a full input", [0.05, 1.0], 0.01, 0.5)
        .unit("spikes a step")
        .secondary()
        .only("coding", &["rate"])
        .help("Chance that the strongest input spikes at a step, under the rate code."),
    Control::logarithmic("lr", "Learning rate", [1e-4, 0.1], 0.01)
        .live()
        .secondary()
        .help("Size of an Adam step. Applies to the running network."),
    TRAIN.control().live().secondary().help(
        "Which weights learn. Readouts only: the hidden neurons keep their random weights. Nothing: the \
         network only answers.",
    ),
    Control::table("own", "Your own points", &POINTS, |text| POINTS.check(text)).secondary().help(
        "Two features and a class from 0 to 2 in each row take the place of the three arms, scaled to the unit \
         square.",
    ),
    Control::seed(1).secondary(),
])
.readouts(&[
    Readout::new("test_acc", "Test accuracy", 3)
        .basis("Share of fresh points, 300 if they are drawn, that the network gets right, measured every five updates."),
    Readout::new("loss", "Loss", 3)
        .unit("nats")
        .help("Cross-entropy of the training batches.")
        .basis("Mean of the last ten updates, of 32 points each."),
    Readout::new("spikes_per_inf", "Spikes per inference", 1)
        .help("Input and hidden spikes for one point.")
        .basis("Mean over the test points, 300 if they are drawn."),
    Readout::new("synops", "SynOps", 0)
        .help("Spikes delivered to synapses for one point: each is one addition.")
        .basis("Mean over the test points, 300 if they are drawn."),
    Readout::new("macs", "MACs, dense rival", 0)
        .help("Multiply-accumulates of a dense network of the same shape: one a synapse.")
        .formula("hidden * (16'inputs' + 3'outputs')"),
    Readout::new("energy_ratio", "Energy saved, synapses only", 2)
        .unit("×")
        .spoken("times less energy than the dense network")
        .help("MACs at 4.6 pJ over SynOps at 0.9 pJ. Below 1 the spiking network takes more.")
        .formula("4.6'pJ' * macs / (0.9'pJ' * synops)"),
    Readout::new("energy_ratio_full", "Energy saved, with state updates", 2)
        .unit("×")
        .spoken("times less energy than the dense network")
        .help("The same, with 4.6 pJ charged for each neuron's update at each step.")
        .formula("4.6'pJ' * macs / (0.9'pJ' * synops + 4.6'pJ' * (hidden + 3'outputs') * t_steps)"),
    Readout::new("linear_acc", "A linear rival gets", 3)
        .help("Share of the same fresh points that a softmax on the sixteen inputs gets right, with no hidden layer.")
        .basis("Fitted to the training points before the first update."),
    Readout::new("linear_pj", "The linear rival takes", 0)
        .unit("pJ")
        .help("Its 48 multiply-accumulates at 4.6 pJ.")
        .formula("4.6'pJ' * 16'inputs' * 3'outputs'"),
    Readout::new("rival_ratio", "Saved against the cheapest", 2)
        .unit("×")
        .spoken("times less energy than the cheapest rival that will do")
        .help(
            "Energy of the linear rival where it gets 0.95 right, else of the dense network, over this network's with \
             state updates.",
        )
        .formula(
            "if(linear_acc >= 0.95, linear_pj, 4.6'pJ' * macs) / (0.9'pJ' * synops + 4.6'pJ' * (hidden + 3'outputs') * t_steps)",
        ),
    Readout::new("blamed", "Neurons that get blame", 3)
        .help("Share of hidden neurons and steps near enough to the threshold for a slope above a tenth of its peak.")
        .basis("Of all hidden neurons at all steps of the point that is ringed."),
])
.presets(&[
    Preset::new("snntorch", "snnTorch defaults").look(
        "Rate code, 25 steps, β = 0.9: it learns fast, and takes more operations than a dense network.",
    ),
    Preset::new("first-spike", "First spike")
        .look(
            "One spike an input within 10 steps: the raster empties and the SynOps bar drops below the MACs.",
        )
        .with(&[("coding", "latency"), ("t_steps", "10")]),
    Preset::new("long-count", "Long count")
        .look("Counting for 50 steps buys little accuracy and doubles the bill, to \
             [4,607](run:?t_steps=50&at=200&seeds=1..5#mean:synops) SynOps.")
        .with(&[("t_steps", "50")]),
    Preset::new("no-memory", "No memory")
        .look(
            "β = 0: a hidden neuron fires only if spikes coincide within one step. It learns more slowly, \
             and in the end fires more.",
        )
        .with(&[("beta", "0")]),
    Preset::new("too-sharp", "Too sharp")
        .look(
            "α = 20: only neurons at the threshold get a gradient to speak of. Expect a disaster, and watch \
             the accuracy hardly care.",
        )
        .with(&[("alpha", "20")]),
    Preset::new("readouts-only", "Readouts only")
        .look(
            "The hidden neurons keep their random weights, and no blame has to pass through a spike: what is \
             learned here, the readouts learn alone.",
        )
        .with(&[("train", "readouts")]),
])
.challenges(&[Challenge::new(
    "frugal",
    "Right and frugal",
    "Reach a test accuracy of 0.95 at half the energy of the linear rival, or of the dense network where that has \
     less than 0.95; each neuron's update charged at 4.6 pJ. You may change the task.",
    &[of("test_acc").at_least(0.95), of("rival_ratio").at_least(2.0)],
)
.solution(&[("turn", "5"), ("coding", "latency"), ("t_steps", "6")], 300)])
.prediction(
    Prediction::new(
        "With the rate code a trained network spends [2,316](run:?at=200&seeds=1..10#mean:synops) SynOps on a \
         point, the mean of ten seeds. Switch the code to \
         latency and keep the window of 25 steps. After 200 updates, the SynOps …",
        of("synops"),
        &[
            Answer::beyond("go up"),
            Answer::below("fall, but less than 4×", RATE_CODE_SYNOPS),
            Answer::at_most("fall 4× or more", RATE_CODE_SYNOPS / 4.0),
        ],
        "An input that used to spike up to a dozen times now spikes once, and the weak ones not at all. \
         Fewer arrivals also make the hidden neurons fire less.",
    )
    .with(&[("coding", "latency")])
    .settled_at(200),
);

/// SynOps of the default network after 200 updates, rounded, which cut the bet's line; a test holds them
/// to the run.
pub(super) const RATE_CODE_SYNOPS: f64 = 2300.0;
