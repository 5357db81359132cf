//! The declaration of `kernel`: controls, readouts, presets and the challenge.

use super::Overlaps;
use crate::lab::{Challenge, Choice, Control, Pace, Preset, Readout, Spec, of};
use crate::models::quantum_kernel::{Features, Map};

pub(super) static MAP: Choice<Map, 2> =
    Choice::new("map", "Map", [("product", "product", Map::Product), ("zz", "ZZ", Map::Zz)]);

pub(super) static FEATURES: Choice<Features, 2> = Choice::new(
    "features",
    "Features",
    [("copied", "copied", Features::Copied), ("own", "one of its own each", Features::Own)],
);

pub(super) static SHOTS: Choice<u32, 3> =
    Choice::new("shots", "Shots S", [("0", "exact", 0), ("100", "100", 100), ("1000", "1,000", 1000)]);

pub static SPEC: Spec = Spec::new(
    "kernel",
    "Overlaps as a kernel",
    "40 points of two half-moons become states of n qubits; how much two of them overlap says how alike they \
     are. Give each qubit a feature of its own, and add qubits.",
    Pace::new(60.0, super::SIDE as u64, "row of the map"),
    |values| Box::new(Overlaps::new(values)),
)
.controls(&[
    Control::integer("qubits", "Qubits n", 2, 8, 4).help("Each carries one feature of a point."),
    FEATURES.control().help(
        "Copied: qubits get inputs 0 and 1 again and again. Own: each qubit from the third on gets noise that says \
         nothing of the label.",
    ),
    Control::real("gamma", "Bandwidth γ", [0.2, 6.3], 0.02, 1.0)
        .help("What features are multiplied with before they become angles."),
    SHOTS.control().help("Runs of a device for each overlap; exact overlaps exist on paper only."),
    Control::logarithmic("lambda", "Ridge λ", [0.001, 3.0], 0.01)
        .help("What is added to the diagonal: how far the fit distrusts single entries."),
    MAP.control().help("Product: one rotation a qubit. ZZ: neighbours are coupled, twice."),
    super::super::OWN,
    Control::seed(1).secondary(),
])
.readouts(&[
    Readout::new("test_acc", "Overlaps right", 2).basis("Share of the new points, 200 if they are drawn, on the right side."),
    Readout::new("rbf_acc", "Gaussian right", 2)
        .help("The same for a Gaussian kernel of width 0.4 on the same features, each once; its ridge is 0.1.")
        .basis("On the new points, 200 if they are drawn."),
    Readout::new("k_mean", "Mean overlap", 3).basis("Over all pairs of the points learned from."),
    Readout::new("k_std", "Spread", 3).help("Standard deviation over the pairs.")
        .basis("Over all pairs of the points learned from, 780 if they are drawn."),
    Readout::new("zero_share", "Read as zero", 2).help("Share of the pairs whose shots never showed all zeros.")
        .basis("Over all pairs of the points learned from, 780 if they are drawn."),
])
.presets(&[
    Preset::new("works", "It works").look(
        "Two features on four qubits: [0.94](run:?at=0&seeds=1..40#mean:test_acc) right, and the Gaussian \
         has [0.97](run:?at=0&seeds=1..40#mean:rbf_acc).",
    ),
    Preset::new("concentrated", "Concentrated")
        .look("The matrix has faded to its diagonal. Take 100 shots: what is left of it?")
        .with(&[("features", "own"), ("qubits", "8"), ("gamma", "3.14"), ("lambda", "0.1")]),
    Preset::new("noisy", "100 shots").look("The map of overlaps is speckled: every overlap is now measured.").with(&[("shots", "100")]),
    Preset::new("regularised", "100 shots, large ridge")
        .look("The same shots, and a calm border.")
        .with(&[("shots", "100"), ("lambda", "1")]),
    Preset::new("zz", "ZZ map")
        .look("Entangled, and hard to compute for many qubits. Compare its border with the Gaussian's.")
        .with(&[("map", "zz")]),
])
.challenges(&[Challenge::new(
    "noise",
    "Read through the noise",
    "With copied features and 100 shots for each overlap, have 0.9 of the new points right.",
    &[of("features").is("copied"), of("shots").is("100"), of("test_acc").at_least(0.9)],
)
.solution(&[("shots", "100"), ("lambda", "1"), ("gamma", "2")], 0)]);
