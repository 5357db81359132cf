//! The declaration of `exits`: controls, readouts, presets and the challenge.

use super::{LAST, Live};
use crate::lab::{Challenge, Choice, Control, Pace, Preset, Readout, Spec, of};
use crate::models::early_exit::LAYERS;

/// What each head's loss counts.
pub(super) static WEIGHTS: Choice<[f64; LAYERS], 2> = Choice::new(
    "weights",
    "Heads count",
    [("equal", "all the same", [1.0; LAYERS]), ("late", "late ones more", [0.1, 0.1, 0.1, 1.0])],
);

pub static SPEC: Spec = Spec::new(
    "exits",
    "Answer early where it is easy",
    "A network of four layers learns two classes, easily told apart on the left and hard on the right. It may answer \
     after each layer, and stops where it is sure. Choose how sure.",
    Pace::new(900.0, 600, "training step").promised(3000),
    |values| Box::new(Live::new(values)),
)
.controls(&[
    Control::real("theta", "Threshold θ", [0.0, 0.7], 0.01, 0.05)
        .unit("nats")
        .live()
        .help("A point leaves at the first layer whose answer has less entropy than this. A coin has 0.69."),
    Control::integer("width", "Width H", 4, 16, 16).step(4).help("Units in each of the four layers."),
    WEIGHTS.control().help("How much each head's error counts in training: all the same, or early ones a tenth."),
    Control::real("easy", "Easy share", [0.0, 1.0], 0.1, 0.5)
        .help("Share of the points, in training and test, that lie in the left half."),
    Control::seed(1).secondary(),
])
.readouts(&[
    Readout::new("acc", "Right", 3).basis("Share of 2,000 new points that are answered right, each where it leaves."),
    Readout::new("depth", "Mean depth", 2).help("Layers that a new point passes, 1 to 4.")
        .basis("Mean over 2,000 new points."),
    Readout::new("saved", "Layers saved", 1).unit("%").help("Share of the layers of all points that is not computed.")
        .formula("100 * (1 - depth / 4'layers')"),
    Readout::new("second", "Right at head 2", 3).help("Share that is answered right if every point leaves at layer 2.")
        .basis("Of 2,000 new points."),
    Readout::new("depth_easy", "Depth, left", 2).help("Mean depth of the new points in the easy half.")
        .basis("Over those of 2,000 new points that lie in the easy half."),
    Readout::new("depth_hard", "Depth, right", 2).help("Mean depth of the new points in the hard half.")
        .basis("Over those of 2,000 new points that lie in the hard half."),
])
.presets(&[
    Preset::new("reckless", "Reckless")
        .look("The threshold is near a coin's entropy: nearly every point leaves at the first head, right or wrong.")
        .with(&[("theta", "0.68")]),
    Preset::new("only-hard", "Only hard")
        .look("Every point lies on the board of squares. What is left to save?")
        .with(&[("theta", "0.3"), ("easy", "0")]),
    Preset::new("narrow", "Narrow")
        .look("Eight units a layer: the first layers cannot draw all edges, and more points go deep.")
        .with(&[("theta", "0.3"), ("width", "8")]),
    Preset::new("late", "Late heads first")
        .look("Early heads count a tenth in training. Do points still leave early?")
        .with(&[("theta", "0.3"), ("weights", "late")]),
])
.challenges(&[
    Challenge::new(
        "half",
        "Better than two layers",
        "Two layers for all save half. With 16 units, half of the points easy and all heads counting the same, save \
         57 % of the layers or more and have 0.975 right.",
        &[
            of("width").equals(16.0),
            of("easy").equals(0.5),
            of("weights").is("equal"),
            of("saved").at_least(57.0),
            of("acc").at_least(0.975),
        ],
    )
    .solution(&[("theta", "0.4")], LAST),
]);
