//! The declaration of `fedavg`: controls, readouts, presets, the challenge and the bet.

use super::FedAvg;
use crate::lab::schema::table::{Column, Table};
use crate::lab::{Answer, Challenge, Control, Pace, Prediction, Preset, Readout, Spec, of};

/// Points of the reader's own: two features and a class.
pub(super) static POINTS: Table = Table::new(
    &[Column::real("x", [-1e9, 1e9]), Column::real("y", [-1e9, 1e9]), Column::whole("class", [0.0, 3.0])],
    [100, 400],
);

pub static SPEC: Spec = Spec::new(
    "fedavg",
    "Ten clients and a server",
    "Ten clients hold points of a spiral with four arms. In each round some of them train a copy of the model on \
     their own points, and the server averages the copies. Small maps show what a client's copy says, the large one \
     what their average says.",
    Pace::new(6.0, 1, "round").promised(50),
    |values| Box::new(FedAvg::new(values)),
)
.controls(&[
    Control::logarithmic("alpha", "Skew α", [0.02, 1000.0], 0.05)
        .help("How alike clients are: at 0.05 most hold one or two arms, at 1000 all hold the same mixture."),
    Control::integer("epochs", "Local epochs E", 1, 20, 10)
        .help("How often a client goes through its own points, 60 if they are drawn, before it answers."),
    Control::real("participation", "Taking part", [0.1, 1.0], 0.1, 0.3)
        .help("Share of the ten clients that are drawn for a round."),
    Control::logarithmic("lr", "Learning rate η", [0.01, 1.0], 0.3).help("Of plain descent on batches of 20."),
    Control::real("mu", "Pull μ", [0.0, 2.0], 0.05, 0.0)
        .help("FedProx: how strongly a copy is held to the model that was sent. 0 is plain averaging."),
    Control::logarithmic("noise", "Scatter", [0.02, 0.5], 0.115)
        .help("How far points lie off the arms: their standard deviation. At 0.35 the arms overlap.")
        .secondary(),
    Control::toggle("train", "Train", true).help("Off: clients send back what they were sent.").secondary(),
    Control::table("own", "Your own points", &POINTS, |text| POINTS.check(text)).secondary().help(
        "Two features and a class from 0 to 3 in each row take the place of the spiral's arms, and are dealt out to \
         the ten clients.",
    ),
    Control::seed(2).secondary(),
])
.readouts(&[
    Readout::new("test_acc", "Average right", 3)
        .basis("Share of 1,000 new points whose arm the server's model names, or of the half of your own points that is not learned from. One in four is luck."),
    Readout::new("acc_mean", "Of the last 20", 3).basis("Mean share of 1,000 new points that the server's model has right, over the last 20 rounds, once there are 20."),
    Readout::new("acc_std", "Unrest", 4).basis("Standard deviation of the server's model's share right over the last 20 rounds, once there are 20."),
    Readout::new("local_acc", "Copies right", 3)
        .help("The same for the copies before they were averaged.")
        .basis("Mean over the clients of the last round."),
    Readout::new("gain", "Gained by averaging", 3).help("The average's share right less the mean of its copies.")
        .formula("test_acc - local_acc"),
    Readout::new("drift", "Drift", 2)
        .help("How far the updates of a round lie from their mean.")
        .basis("Mean distance over the clients of a round, and over the last five rounds."),
    Readout::new("reached", "Rounds to 0.85", 0)
        .help("The first round after which the average has 0.85 of new points right.")
        .basis("Tested after each round, on 1,000 new points."),
    Readout::new("rounds", "Rounds", 0).help("Each sends the model out and back.")
        .formula("step"),
    Readout::new("bytes_total", "Sent in all", 1)
        .unit("KB")
        .help("Both ways: 2 · 4 bytes · 116 numbers for each client that takes part.")
        .formula("2'ways' * 4'bytes' * 116'numbers' * max(1, round(participation * 10'clients')) * rounds / 1e3"),
    Readout::new("pooled_acc", "In one place", 3)
        .help("The same model trained on all 600 points at once, with as many steps in all.")
        .basis("Share right of 1,000 new points."),
    Readout::new("largest", "Largest arm", 2).help("Share of a client's points on its most frequent arm; the mean.")
        .basis("Mean over ten clients with 60 points each."),
])
.presets(&[
    Preset::new("unlike-clients", "Unlike clients")
        .look("Copies forget the arms that their owners do not have. Watch the curve of the average shake."),
    Preset::new("iid", "Alike clients")
        .look("Everybody has some of everything: the curve is calm, and drift is small.")
        .with(&[("alpha", "1000")]),
    Preset::new("fedprox", "FedProx")
        .look("Copies are held back: less drift and less unrest. What does it do to the height of the curve?")
        .with(&[("mu", "0.3")]),
    Preset::new("everyone", "Everyone")
        .look("All ten in every round. Compare both panels below with three of ten.")
        .with(&[("participation", "1")]),
    Preset::new("little-work", "Little work")
        .look("One pass a round, three steps: calm, and slow for what it sends.")
        .with(&[("epochs", "1"), ("participation", "1")]),
    Preset::new("blurred", "Blurred arms")
        .look("Three times the scatter. Now add a pull of 0.3, and compare again.")
        .with(&[("noise", "0.35")]),
])
.challenges(&[Challenge::new(
    "steady",
    "Unlike, and steady",
    "With α at most 0.05, at least ten local epochs and at most half of the clients in a round, have 0.88 right \
     after 50 to 60 rounds, with an unrest of at most 0.014.",
    &[
        of("alpha").at_most(0.05),
        of("epochs").at_least(10.0),
        of("participation").at_most(0.5),
        of("rounds").at_least(50.0),
        of("rounds").at_most(60.0),
        of("test_acc").at_least(0.88),
        of("acc_std").at_most(0.014),
    ],
)
.solution(&[("participation", "0.5"), ("mu", "0.3")], 50)])
.prediction(
    Prediction::new(
        "In this run the average of three copies has about two thirds of new points right after one round. And that of \
         all ten copies, each from a client with one or two arms?",
        of("test_acc"),
        &[
            Answer::below("Fewer: ten opinions blur", 0.6),
            Answer::at_most("About as many", 0.7),
            Answer::beyond("More"),
        ],
        "More: [0.79](run:?participation=1&at=1&seeds=1..40#mean:test_acc) on average over forty seeds, though each \
         copy alone has [0.44](run:?participation=1&at=1&seeds=1..40#mean:local_acc): what one forgot, others kept.",
    )
    .with(&[("participation", "1")])
    .settled_at(1),
);
