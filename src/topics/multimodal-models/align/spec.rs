//! The declaration of `align`: controls, readouts, presets, the challenge and the bet.

use super::Align;
use crate::lab::{Answer, Challenge, Choice, Control, Pace, Prediction, Preset, Readout, Spec, of};
use crate::models::three_senses::Hub;

pub(super) static HUB: Choice<Hub, 3> = Choice::new(
    "hub",
    "Pairs shown",
    [
        ("image", "Pictures with both", Hub::Image),
        ("all", "All three pairs", Hub::All),
        ("text", "Pictures and captions", Hub::Text),
    ],
);

pub static SPEC: Spec = Spec::new(
    "align",
    "The pair nobody shows",
    "Three encoders learn from pictures with captions and pictures with sounds. The thick line is a third \
     pair, sounds with captions, which they are never shown.",
    Pace::new(60.0, 20, "training step").promised(200),
    |values| Box::new(Align::new(values)),
)
.controls(CONTROLS)
.readouts(READOUTS)
.presets(PRESETS)
.challenges(CHALLENGES)
.prediction(PREDICTION);

pub(super) const CONTROLS: &[Control] = &[
    Control::doubling("batch_n", "Batch N", 2, 32, 16).help(
        "Pictures in a batch, each with its caption and its sound; every other one is a wrong answer. Up to 16 \
         all are different things.",
    ),
    Control::logarithmic("tau", "Temperature τ", [0.01, 1.0], 0.07)
        .help("Cosines are divided by it before the softmax: the colder, the more small differences count."),
    Control::toggle("learn_tau", "Learn τ", true)
        .help("Whether the temperature learns too, as in CLIP; otherwise it stays where it is."),
    Control::integer("dim", "Dimensions", 2, 16, 8)
        .help("Numbers that an encoder gives: the room in which all senses meet."),
    HUB.control().help("Which senses are ever seen together."),
    Control::real("noise", "Noise σ", [0.0, 0.8], 0.05, 0.15)
        .help("Deviation of the noise on every pixel and on every bin of a sound."),
    Control::integer("shift", "Shift", 0, 1, 1)
        .unit("px")
        .help("How far a picture is moved at most, each way: what makes seeing the hard sense."),
    Control::real("wrong_pairs", "Wrong pairs", [0.0, 0.5], 0.05, 0.0)
        .help("Share of captions, and of sounds, that belong to something else."),
    Control::seed(1).secondary(),
];

pub(super) const READOUTS: &[Readout] = &[
    Readout::new("loss", "Loss", 3)
        .unit("nats")
        .help("Summed over the pairs of senses that are shown; a guess costs ln N for each.")
        .basis("Of the last batch, before its step."),
    Readout::new("acc_it", "Image → text", 0)
        .unit("%")
        .help("New pictures whose own caption, of 16, is the nearest. Eight pictures of each thing.")
        .basis("Of 128 pictures, tested every four steps."),
    Readout::new("acc_ia", "Image → audio", 0)
        .unit("%")
        .help("New pictures whose own sound, of 16, is the nearest.")
        .basis("Of 128 pictures, tested every four steps."),
    Readout::new("acc_at", "Audio → text", 0)
        .unit("%")
        .help("New sounds whose own caption, of 16, is the nearest: the pair that is not shown.")
        .basis("Of 128 sounds, tested every four steps."),
    Readout::new("lead", "Unshown ahead", 0)
        .unit("points")
        .help("Audio → text less image → text: above 0 the pair that nobody shows leads the taught one.")
        .formula("acc_at - acc_it"),
    Readout::new("scale", "Scale 1/τ", 1)
        .help("What cosines are multiplied with; from 1 to 100.")
        .basis("As learned so far, or as set."),
    Readout::new("gap", "Gap", 2)
        .help("Distance between the mean of all pictures and the mean of all captions in the common room.")
        .basis("Over the pictures and captions of the test, every four steps."),
];

const PRESETS: &[Preset] = &[
    Preset::new("clip", "CLIP-like").look(
        "Sounds find their captions in [96 %](run:?at=200&seeds=1..20#mean:acc_at) at step 200, although no \
         sound ever came with one.",
    ),
    Preset::new("cold", "Too cold")
        .look(
            "The taught pair hardly minds, with [82 %](run:?tau=0.01&learn_tau=off&at=200&seeds=1..20#mean:acc_it) \
             at step 200. The one nobody showed breaks: \
             [12 to 91 %](run:?tau=0.01&learn_tau=off&at=200&seeds=1..20#range:acc_at).",
        )
        .with(&[("tau", "0.01"), ("learn_tau", "off")]),
    Preset::new("warm", "Too warm")
        .look(
            "The loss cannot fall below 3.637, as far apart as 16 directions can be, and stands at \
             [3.91](run:?tau=1&learn_tau=off&at=200&seeds=1..20#mean:loss) at step 200; sounds still find \
             [84 %](run:?tau=1&learn_tau=off&at=200&seeds=1..20#mean:acc_at) of their captions.",
        )
        .with(&[("tau", "1"), ("learn_tau", "off")]),
    Preset::new("flat", "Two dimensions")
        .look(
            "Sixteen things on a circle stand in each other's way: \
             [25 %](run:?dim=2&at=200&seeds=1..20#mean:acc_at) at step 200.",
        )
        .with(&[("dim", "2")]),
    Preset::new("wrong-third", "Wrong third")
        .look(
            "Three captions in ten are of something else. The unshown pair falls to \
             [68 %](run:?wrong_pairs=0.3&at=200&seeds=1..20#mean:acc_at) at step 200, with \
             [52 to 83 %](run:?wrong_pairs=0.3&at=200&seeds=1..20#range:acc_at) from seed to seed.",
        )
        .with(&[("wrong_pairs", "0.3")]),
    Preset::new("dirty", "Dirty web data")
        .look(
            "Wrong pairs and noisy pictures: [13 %](run:?wrong_pairs=0.3&noise=0.6&at=200&seeds=1..20#mean:acc_at) \
             at step 200, hardly more than the 6 % of a guess.",
        )
        .with(&[("wrong_pairs", "0.3"), ("noise", "0.6")]),
    Preset::new("silent", "No sound")
        .look("Nothing binds sounds to anything: the thick line stays at chance.")
        .with(&[("hub", "text")]),
];

pub(super) const CHALLENGES: &[Challenge] = &[Challenge::new(
    "unpaired",
    "Unpaired match",
    "With pictures as the only hub and at most six dimensions, bring sounds to their captions in 85 % within \
     400 steps.",
    &[of("hub").is("image"), of("dim").at_most(6.0), of("step").at_most(400.0), of("acc_at").at_least(85.0)],
)
.solution(&[("dim", "6")], 200)];

pub(super) const PREDICTION: Prediction = Prediction::new(
    "Pictures come with captions, and pictures come with sounds. No sound ever comes with a caption. Will \
     sounds find theirs after 200 steps?",
    of("acc_at"),
    &[
        Answer::at_most("No: that was never taught", 12.5),
        Answer::at_most("Only the colour: about one in four", 40.0),
        Answer::beyond("Yes, nearly all"),
    ],
    "What lies near the same picture lies near each other. Over the seeds 1 to 20 at least \
     [93 %](run:?at=200&seeds=1..20#min:acc_at) find their caption by then; a guess finds 6 %.",
)
.settled_at(200);
