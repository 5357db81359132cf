//! `lane`: two networks learn to keep to a lane, one liquid, one plain.

use super::Lane;
use crate::lab::{Answer, Challenge, Choice, Control, Pace, Prediction, Preset, Readout, Spec, of};
use crate::models::liquid_network::Wiring;

pub(super) static WIRING: Choice<Wiring, 2> = Choice::new(
    "sparsity",
    "Wiring",
    [("ncp", "sparse, in layers", Wiring::Sparse), ("dense", "all to all", Wiring::Dense)],
);

pub static SPEC: Spec = Spec::new(
    "lane",
    "Fifteen neurons at the wheel",
    "A liquid network of 15 neurons and a plain one of 13 learn to keep to a lane. Lose their pictures, blur \
     them, or hold a neuron still.",
    Pace::new(240.0, 120, "update").promised(600),
    |values| Box::new(Lane::new(values)),
)
.controls(&[
    Control::real("drop", "Lost pictures", [0.0, 0.9], 0.05, 0.0).live().help(
        "Share of pictures that do not arrive: the network sees the last one again. Applies to the cars, not \
         to the lessons.",
    ),
    Control::real("noise", "Noise", [0.0, 1.0], 0.05, 0.05)
        .live()
        .help("How blurred what the cars see is. The lessons always have 0.05."),
    Control::integer("ablate", "Neuron held at 0", 0, 15, 0)
        .live()
        .help("1 to 8 are inter neurons, 9 to 14 command neurons, 15 is the motor neuron; 0 holds none."),
    WIRING.control().help("Sparse: four synapses from each sense and inter neuron. All to all: 114 synapses."),
    Control::integer("unfolds", "Unfolds K", 1, 12, 3)
        .secondary()
        .help("Fused steps that the liquid network makes for one picture."),
    Control::toggle("rival", "Plain rival", true)
        .secondary()
        .help("Whether a plain recurrent network of 13 units learns and drives beside the liquid one."),
    Control::toggle("train", "Train", true).live().secondary().help("Off, the networks stay as they are."),
    Control::seed(1).secondary(),
])
.readouts(&[
    Readout::new("mean_e", "Off the middle, liquid", 2)
        .unit("m")
        .basis("Mean distance from the lane's middle over the last 20 s of 20 roads of 25 s, up to 12 m."),
    Readout::new("off_lane", "Outside the lane, liquid", 0)
        .unit("%")
        .help("Share of that time beyond 1.75 m from the middle.")
        .basis("Over the last 20 s of 20 roads of 25 s."),
    Readout::new("mean_e_rnn", "Off the middle, plain", 2)
        .unit("m")
        .help("The same distance of the plain network.")
        .basis("Mean over the last 20 s of 20 roads of 25 s, up to 12 m."),
    Readout::new("synapses", "Synapses", 0).help("Synapses of the liquid network.")
        .basis("Counted in the wiring, which the seed draws if it is sparse."),
    Readout::new("params", "Parameters", 0).help("Numbers that the liquid network learns; the plain one has 235.")
        .formula("3 * 15'neurons' + 4 * synapses + 2"),
    Readout::new("loss", "Loss, liquid", 3)
        .basis("Mean squared error against the teacher's steering, over about the last 20 updates."),
    Readout::new("updates", "Updates", 0).help("Updates that the networks have learned from.")
        .basis("Counted over this run."),
    Readout::new("returns", "Put back", 0)
        .help("How often the liquid car was put back to the middle, after 3 s outside its lane.")
        .basis("Counted over this run."),
    Readout::new("fatal", "Fatal neurons", 0)
        .help("Neurons of 15 that the car cannot do without: held at 0, it is beyond 1.75 m on average.")
        .basis("Over two drives with each of them held."),
])
.presets(&[
    Preset::new("first-lesson", "First lesson")
        .look("Both cars begin to learn; the plain one is the first to keep to its lane."),
    Preset::new("fog", "Fog")
        .look("Both sway: what is seen is mostly noise, and neither network has learned to doubt it.")
        .with(&[("noise", "0.5")]),
    Preset::new("half-blind", "Half blind")
        .look("Every second picture is lost. Watch whether the cars mind, once they drive.")
        .with(&[("drop", "0.5")]),
    Preset::new("blackout", "Blackout")
        .look("Of twenty pictures three arrive. Both cars swerve out of their lanes, the liquid one farther.")
        .with(&[("drop", "0.85")]),
    Preset::new("dense", "All to all")
        .look("Twice the synapses: the liquid car comes back to its lane sooner.")
        .with(&[("sparsity", "dense")]),
    Preset::new("lesion-map", "A lesion")
        .look("The motor neuron is held at 0, so the steering is constant. The bars say what each neuron is worth.")
        .with(&[("ablate", "15")]),
])
.challenges(&[Challenge::new(
    "lost-pictures",
    "Drive on two fifths of the pictures",
    "Lose at least 60 % of the pictures, and let a liquid network of at least 600 updates stay within 0.5 m of \
     the middle on average.",
    &[of("drop").at_least(0.6), of("mean_e").at_most(0.5), of("updates").at_least(600.0)],
)
.solution(&[("drop", "0.6")], 760)])
.prediction(
    Prediction::new(
        "Every second picture is lost, and the network sees the last one again. After 640 updates, how far \
         from the middle does the liquid car drive on average?",
        of("mean_e"),
        &[
            Answer::at_most("Within half a metre, as with all pictures", 0.5),
            Answer::at_most("Up to 1.75 m: it still keeps to the lane", 1.75),
            Answer::beyond("Out of its lane"),
        ],
        "A lost picture makes what is seen a tenth of a second old, and a car at 10 m/s needs longer than \
         that to leave its lane. The plain network does not mind either: this is no gift of the equation.",
    )
    .with(&[("drop", "0.5")])
    .settled_at(640),
);
