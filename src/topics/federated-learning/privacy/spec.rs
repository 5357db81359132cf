//! The declaration of `privacy`: controls, readouts, presets, the challenge and the bet.

use super::{Defence, Privacy};
use crate::lab::{Answer, Challenge, Choice, Control, Pace, Prediction, Preset, Readout, Spec, of};

pub(super) static DEFENCE: Choice<Defence, 4> = Choice::new(
    "defence",
    "Defence",
    [
        ("none", "none", Defence { masks: false, noise: false }),
        ("secagg", "masks", Defence { masks: true, noise: false }),
        ("dp", "noise", Defence { masks: false, noise: true }),
        ("both", "masks and noise", Defence { masks: true, noise: true }),
    ],
);

pub(super) static CROWD: Choice<f64, 4> = Choice::new(
    "crowd",
    "Users a client m",
    [("1", "1", 1.0), ("10", "10", 10.0), ("100", "100", 100.0), ("1000", "1,000", 1000.0)],
);

pub static SPEC: Spec = Spec::new(
    "privacy",
    "What the server sees",
    "Client 1 takes a gradient from some of its points (rings) and sends it; the cross is where the server reads a \
     point off it. In the strips a number above zero is blue, below zero orange. At the bottom ten such clients train \
     a model, with or without a defence.",
    Pace::new(6.0, 4, "round").promised(50),
    |values| Box::new(Privacy::new(values)),
)
.controls(&[
    DEFENCE.control().help(
        "Masks hide what each client sends and cancel in the sum. Noise is added to the sum by the server, after \
         updates were cut to length C.",
    ),
    Control::integer("batch", "Points in the gradient", 1, 20, 1)
        .help("How many of client 1's points the gradient is the mean over. Training below is not concerned."),
    Control::logarithmic("clip", "Clip C", [0.1, 5.0], 1.0).only("defence", &["dp", "both"]).help("Longer updates are cut to this length."),
    Control::real("z", "Noise z", [0.0, 30.0], 0.5, 1.0).only("defence", &["dp", "both"])
        .help("Standard deviation of the noise in the sum, as a multiple of C."),
    CROWD.control().only("defence", &["dp", "both"]).help("How many users each of the ten clients stands for: the sum grows, the noise does not."),
    Control::integer("rounds", "Rounds T", 10, 100, 50).step(10).help("Each costs privacy."),
    Control::toggle("drop_one", "One does not answer", false).help("Client 10 leaves before it has sent anything."),
    Control::seed(1).secondary(),
])
.readouts(&[
    Readout::new("leak_err", "Read off by", 3)
        .help("How far what the server reads is from a point of client 1.")
        .basis("From client 1's present gradient, or under masks the mean of all; to the nearest of client 1's own points in it."),
    Readout::new("sum_exact", "Numbers exact", 0)
        .help("Of the 116 sums under masks, how many are bit for bit those without.")
        .basis("Of the last round."),
    Readout::new("epsilon", "ε", 2).help("After the rounds so far, at δ = 0.00001, by the simple formula.")
        .formula("(step / (2 * z ^ 2))'ρ' + 2 * sqrt((step / (2 * z ^ 2))'ρ' * ln(1e5'1/δ'))"),
    Readout::new("epsilon_exact", "ε, exact", 2).help("The same for the same noise, without slack (up to 500).")
        .basis("Found by halving: the least ε at which the exact δ of such noise is at most 0.00001."),
    Readout::new("noise_std", "Noise in the mean", 3).help("z C over the number of users: in each number of the mean update.")
        .formula("z * clip / ((if(drop_one = on, 9, 10))'clients' * crowd)"),
    Readout::new("test_acc", "Right", 3).basis("Share of 1,000 new points whose arm the model names."),
])
.presets(&[
    Preset::new("leak", "One point").look("One point, no defence: the cross stands in the ring, round after round."),
    Preset::new("two", "Two points")
        .look("The same with two points: the cross leaves the rings, and hidden units no longer agree.")
        .with(&[("batch", "2")]),
    Preset::new("masked", "Masks")
        .look("What client 1 sends is noise to the server, and the sum is exact. What does it read off the sum?")
        .with(&[("defence", "secagg")]),
    Preset::new("dropout", "One is missing")
        .look("Nine answer of ten. Look at the sum, and at the curve below.")
        .with(&[("defence", "secagg"), ("drop_one", "on")]),
    Preset::new("dp-small", "Noise, ten users")
        .look("A modest ε for ten users, and the price of it.")
        .with(&[("defence", "dp"), ("z", "10")]),
    Preset::new("dp-crowd", "Noise, a hundred users")
        .look("The same ε for ten users behind each client.")
        .with(&[("defence", "dp"), ("z", "10"), ("crowd", "10")]),
])
.challenges(&[Challenge::new(
    "private",
    "Private and right",
    "With noise, and at most a hundred users behind each client, have an ε of at most 1 and 0.9 of the new points right.",
    &[
        of("defence").is_not("none"),
        of("crowd").is_not("1000"),
        of("defence").is_not("secagg"),
        of("epsilon").at_most(1.0),
        of("test_acc").at_least(0.9),
    ],
)
.solution(&[("defence", "dp"), ("z", "30"), ("crowd", "100"), ("rounds", "30")], 30)])
.prediction(
    Prediction::new(
        "Noise of z = 10 gives ε = 3.6 after fifty rounds and leaves about half of the points right, with ten users. Put \
         ten users behind each client, with the same z and the same ε. How many are right?",
        of("test_acc"),
        &[
            Answer::below("About as many: the guarantee is the same", 0.7),
            Answer::below("Some more", 0.9),
            Answer::beyond("Nearly as many as without noise"),
        ],
        "[0.96](run:?defence=dp&z=10&crowd=10&at=50&seeds=1..10#mean:test_acc) on average, against \
         [0.95](run:?at=50&seeds=1..10#mean:test_acc) without noise. The noise hides one user, whatever the crowd; the \
         sum that it is added to grows with the crowd.",
    )
    .with(&[("defence", "dp"), ("z", "10"), ("crowd", "10")])
    .settled_at(50),
);
