//! The declaration of `vqc`: controls, readouts, presets, the challenge and the bet.

use super::Live;
use crate::lab::{Answer, Challenge, Choice, Control, Pace, Prediction, Preset, Readout, Spec, of};
use crate::models::reuploading::Task;

pub(super) static SHOTS: Choice<u32, 6> = Choice::new(
    "shots",
    "Shots S",
    [
        ("0", "exact", 0),
        ("1", "1", 1),
        ("5", "5", 5),
        ("20", "20", 20),
        ("100", "100", 100),
        ("1000", "1,000", 1000),
    ],
);

pub(super) static TASK: Choice<Task, 2> = Choice::new(
    "dataset",
    "Data",
    [("circles", "disc in a ring", Task::Circles), ("xor", "signs (XOR)", Task::Xor)],
);

pub static SPEC: Spec = Spec::new(
    "vqc",
    "A circuit against sines",
    "A small quantum circuit learns to tell circles from triangles by their colour. Beside it, its rival: \
     a weighted sum of the sines that the circuit could make, fitted at once.",
    Pace::new(60.0, 50, "update").promised(100),
    |values| Box::new(Live::new(values)),
)
.controls(&[
    Control::integer("layers", "Layers L", 1, 5, 3)
        .help("How often the circuit reads the inputs; each layer adds two angles a qubit."),
    Control::integer("qubits", "Qubits n", 1, 4, 2)
        .help("Even qubits read input 0, odd ones input 1. A single one reads them in turns."),
    SHOTS.control().help("Readings for each mean that the training asks for; a real device has no exact ones."),
    TASK.control().help("What is to be told apart."),
    Control::toggle("entangle", "Entangle", true)
        .help("A CZ gate between neighbours at the end of each layer. Qubit 0 alone is read."),
    Control::logarithmic("lr", "Learning rate", [0.001, 0.5], 0.1).help("Of Adam. At 0.5 it may swing about."),
    Control::toggle("train", "Train", true).help("Off: the angles stay as they were drawn."),
    super::super::OWN,
    Control::seed(3).secondary(),
])
.readouts(&[
    Readout::new("test_acc", "Circuit right", 2)
        .help("Share on the right side of f = 0. Computed exactly: it costs no shots.")
        .basis("Of new points, 200 if they are drawn."),
    Readout::new("rival_acc", "Sines right", 2).help("The same for the sines, fitted to the same points.")
        .basis("On the new points, 200 if they are drawn."),
    Readout::new("loss", "Loss", 3).basis("Mean of (f − y)² over the points learned from, 120 if they are drawn; y = 1 or −1. Exact, too."),
    Readout::new("grad_norm", "Slope", 3).help("Length of the last gradient.")
        .basis("Of 16 points, with the shots that are set."),
    Readout::new("updates", "Updates", 0).help("Each from 16 points.")
        .formula("if(train = on, step, 0)"),
    Readout::new("circuits", "Circuits run", 1)
        .unit("thousand")
        .help("For training: 2 P + 1 for each point of each batch, P the number of angles.")
        .formula("16'points' * (2 * angles + 1) * updates / 1e3"),
    Readout::new("shots_total", "Shots in all", 1)
        .unit("thousand")
        .help("Readings that training took. What the figure and the test show is computed and costs none.")
        .formula("circuits * shots"),
    Readout::new("angles", "Angles", 0).help("P = 2 n L: what the circuit can learn.")
        .formula("2 * qubits * layers"),
    Readout::new("degree", "Waves", 0)
        .help("The highest wave of input 0, in the cut at input 1 = 0, that is there at all (above a billionth).")
        .basis("From the exact curve, at 64 places along input 0."),
    Readout::new("weights", "Weights", 0).help("What the sines can learn.")
        .formula("(2 * if(qubits = 1, ceil(layers / 2), layers * ceil(qubits / 2)) + 1) * (2 * if(qubits = 1, floor(layers / 2), layers * floor(qubits / 2)) + 1)"),
])
.presets(&[
    Preset::new("rings", "Disc in a ring").look(
        "The disc appears within a second; after 100 updates [0.94](run:?at=100&seeds=1..20#mean:test_acc) are \
         right, and the sines have [0.99](run:?at=100&seeds=1..20#mean:rival_acc).",
    ),
    Preset::new("too-shallow", "One layer")
        .look("Stripes: the circuit never sees input 1.")
        .with(&[("layers", "1")]),
    Preset::new("two-layers", "Two layers")
        .look("Twice the angles of one layer: what has changed in the picture?")
        .with(&[("layers", "2")]),
    Preset::new("one-shot", "One shot")
        .look(
            "Each mean is a single reading, 1 or −1, and still it learns: \
             [0.91](run:?shots=1&at=100&seeds=1..20#mean:test_acc) after 100 updates.",
        )
        .with(&[("shots", "1")]),
    Preset::new("xor", "Signs").look("With these data, is it better to have one layer, two or three?").with(&[
        ("dataset", "xor"),
        ("layers", "2"),
    ]),
    Preset::new("no-entanglement", "No entanglement")
        .look("Only qubit 0 is read, and without CZ it knows input 0 alone. Add layers: it stays stripes.")
        .with(&[("entangle", "off")]),
    Preset::new("one-qubit", "One qubit")
        .look("One qubit, nothing to entangle, and a disc: the inputs take turns.")
        .with(&[("qubits", "1"), ("layers", "5")]),
])
.challenges(&[Challenge::new(
    "budget",
    "A hundred thousand shots",
    "With five shots or more for each mean, have 0.8 of the new points right in the rings before 100,000 shots \
     are spent (ten updates or more).",
    &[
        of("dataset").is("circles"),
        of("shots").is_not("0"),
        of("shots").is_not("1"),
        of("shots_total").at_most(100.0),
        of("test_acc").at_least(0.8),
        of("updates").at_least(10.0),
    ],
)
.solution(&[("shots", "5"), ("lr", "0.2")], 40)])
.prediction(
    Prediction::new(
        "Disc in a ring, two qubits: one layer gets 0.79 of the new points right. And two layers?",
        of("test_acc"),
        &[
            Answer::below("Fewer", 0.785),
            Answer::at_most("About as many", 0.815),
            Answer::beyond("More"),
        ],
        "Fewer: [0.72](run:?layers=2&at=100&seeds=1..20#mean:test_acc) on average. The second layer brings in input 1, \
         and takes away the one wave that made the stripe. Three layers pass both.",
    )
    .with(&[("layers", "2")])
    .settled_at(100),
);
