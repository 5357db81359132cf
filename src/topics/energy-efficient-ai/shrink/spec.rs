//! The declaration of `shrink`: controls, readouts, presets, challenges and the bet.

use super::Shrink;
use crate::lab::{Answer, Challenge, Choice, Control, Pace, Prediction, Preset, Readout, Spec, of};
use crate::models::inference_energy::{DRAM, SRAM};
use crate::models::shrinking::{Aware, Cut};
use crate::models::spiral_network::Bits;
use crate::models::weight_codes::TERNARY;

pub(super) static BITS: Choice<f64, 8> = Choice::new(
    "bits",
    "Bits a weight b",
    [
        ("1", "1", 1.0),
        ("1.58", "1.58: −, 0, +", TERNARY),
        ("3", "3", 3.0),
        ("4", "4", 4.0),
        ("5", "5", 5.0),
        ("6", "6", 6.0),
        ("8", "8", 8.0),
        ("32", "32", 32.0),
    ],
);

pub(super) static AWARE: Choice<Aware, 3> = Choice::new(
    "qat",
    "Rounded",
    [
        ("start", "from the first step", Aware::Start),
        ("late", "from step 600 on", Aware::Late),
        ("never", "after training", Aware::Never),
    ],
);

/// What the bits of all layers but the first make of the first.
pub(super) static FIRST: Choice<fn(f64) -> Bits, 2> = Choice::new(
    "first",
    "First layer",
    [("same", "the same bits", Bits::everywhere), ("finer", "eight bits", Bits::finer_first)],
);

pub(super) static CUT: Choice<Cut, 4> = Choice::new(
    "prune",
    "Removed",
    [
        ("once", "the smallest, at once", Cut::Once),
        ("retrained", "once, then trained", Cut::Retrained),
        ("gradual", "in eight cuts", Cut::Gradual),
        ("random", "by lot, at once", Cut::Random),
    ],
);

pub(super) static MEMORY: Choice<f64, 2> =
    Choice::new("memory", "Weights live in", [("dram", "DRAM", DRAM), ("sram", "SRAM, on the chip", SRAM)]);

pub static SPEC: Spec = Spec::new(
    "shrink",
    "One network, two bills",
    "Two networks with the same beginning learn to tell two spirals apart. The first has all its weights, in 32 bits; \
     of the second you choose how many weights are left and how many bits each has. Bars show what one answer of \
     either takes.",
    Pace::new(480.0, 150, "step").promised(300),
    |values| Box::new(Shrink::new(values)),
)
.controls(&[
    BITS.control().help("Of each weight of the second network. 1.58 bits are three values."),
    AWARE.control().unless("bits", &["32"]).help("When the forward pass of the second network begins to see its weights rounded."),
    FIRST.control().unless("bits", &["8", "32"]).help("Bits of the 64 weights of the first layer, if they are fewer elsewhere."),
    Control::real("sparsity", "Weights removed s", [0.0, 99.0], 1.0, 0.0)
        .unit("%")
        .help("Of the second network's weights. What is removed at once is removed anew at every test."),
    CUT.control().above_least("sparsity").help("Which weights go: the smallest, at the end; at step 600, and training goes on without them; or in eight cuts with training between."),
    MEMORY.control().live().help("Where a weight is fetched from: 640 pJ for 32 bits from DRAM, 5 pJ from SRAM."),
    Control::integer("index_bits", "Bits of an index i", 0, 8, 4)
        .above_least("sparsity")
        .live()
        .help("How far it is to the last weight that was kept. 0: nobody pays for that."),
    Control::integer("hidden", "Hidden width H", 4, 64, 32)
        .step(4)
        .help("Units in each of the two hidden layers, of both networks.")
        .secondary(),
    Control::seed(1).secondary(),
])
.readouts(&[
    Readout::new("accuracy", "Second network right", 3)
        .basis("Share of 1,024 new points that the second network has right, tested every 50 steps. Half is luck."),
    Readout::new("full_accuracy", "First network right", 3).basis("Share of 1,024 new points that the network with all weights in 32 bits has right."),
    Readout::new("energy", "It takes", 2).unit("nJ").help("One inference of the second network.")
        .formula("stored * ((b + if(nonzeros < hidden ^ 2 + 3 * hidden, index_bits, 0)) / 32 * if(memory = dram, 640'pJ for 32 bits', 5'pJ for 32 bits') + (if(b >= 32, 4.6, 0.2 * (b / 8) ^ 2 + 0.03))'pJ to multiply and add') / 1e3"),
    Readout::new("full_energy", "The first takes", 2).unit("nJ").help("One inference with all weights in 32 bits.")
        .formula("(hidden ^ 2 + 3 * hidden)'all weights' * (if(memory = dram, 640'pJ for 32 bits', 5'pJ for 32 bits') + 4.6'pJ to multiply and add') / 1e3"),
    Readout::new("saved", "Saved", 2).unit("×").spoken("times less").help("The first network's energy over the second's.")
        .formula("full_energy / energy"),
    Readout::new("fetch_share", "Of it, fetching", 1).unit("%").help("The rest multiplies and adds.")
        .formula("100 * stored * (b + if(nonzeros < hidden ^ 2 + 3 * hidden, index_bits, 0)) / 32 * if(memory = dram, 640'pJ for 32 bits', 5'pJ for 32 bits') / (energy * 1e3)"),
    Readout::new("nonzeros", "Weights kept", 0).help("Of the second network.")
        .basis("Counted whenever the networks are tested, every 50 steps."),
    Readout::new("stored", "Weights stored", 1).help("With the zeros that fill gaps too long for the index.")
        .formula("if(index_bits > 0, if(nonzeros > 0, nonzeros / (1 - (1 - nonzeros / (hidden ^ 2 + 3 * hidden)'all weights') ^ (2 ^ index_bits)), 0), nonzeros)"),
    Readout::new("weight_bytes", "Bytes", 0).help("Weights and indices of the second network.")
        .formula("stored * (b + if(nonzeros < hidden ^ 2 + 3 * hidden, index_bits, 0)) / 8"),
    Readout::new("compression", "Compression", 2).unit("×").spoken("times smaller").help("Bytes of the first over those of the second.")
        .formula("(hidden ^ 2 + 3 * hidden)'all weights' * 4'bytes' / weight_bytes"),
    Readout::new("b", "Bits", 2).help("Of a weight of the second network.")
        .formula("bits + 2 * hidden / (hidden ^ 2 + 3 * hidden) * if(first = finer, max(8, bits) - bits, 0)"),
])
.presets(&[
    Preset::new("one-bit", "One bit").look("Each weight is a sign, and each layer has one size. Which spiral stands first?"),
    Preset::new("int8", "Eight bits")
        .look("The plain choice: a quarter of the bits. Can you tell the two fields apart?")
        .with(&[("bits", "8")]),
    Preset::new("afterwards", "Round afterwards")
        .look("Training knows nothing of the three bits. Let it run to the end, then take another seed.")
        .with(&[("bits", "3"), ("qat", "never")]),
    Preset::new("finer", "First layer finer")
        .look("Three bits again, after training, but for the first layer, one weight in seventeen, which has eight.")
        .with(&[("bits", "3"), ("qat", "never"), ("first", "finer")]),
    Preset::new("half", "Half, at once")
        .look("The smaller half of the weights is missing whenever the network is tested. Watch how training makes it worse or better.")
        .with(&[("bits", "32"), ("sparsity", "50")]),
    Preset::new("gradual", "80 % in eight cuts")
        .look("Nothing happens for 600 updates. Then eight cuts: does the curve break?")
        .with(&[("bits", "32"), ("sparsity", "80"), ("prune", "gradual")]),
    Preset::new("too-late", "Too late?")
        .look("A trained network loses all bits but one after 600 updates, and trains on. Does it mend?")
        .with(&[("qat", "late")]),
])
.challenges(&[
    Challenge::new(
        "tenfold",
        "Tenfold, without one bit",
        "With 32 hidden units, weights in DRAM, at least four bits each and at least one bit of index, have 0.95 right for a \
         tenth of the first network's energy: 72.2 nJ.",
        &[
            of("hidden").equals(32.0),
            of("memory").is("dram"),
            of("b").at_least(4.0),
            of("index_bits").at_least(1.0),
            of("accuracy").at_least(0.95),
            of("energy").at_most(72.2),
        ],
    )
    .solution(&[("bits", "8"), ("sparsity", "80"), ("prune", "gradual")], 1400),
    Challenge::new(
        "useless",
        "Useless pruning",
        "With 32 hidden units, at most eight bits and at most four of an index, remove 22 % of the weights or more and \
         need more bytes than the 1,120 of all weights in eight bits.",
        &[
            of("hidden").equals(32.0),
            of("b").at_most(8.0),
            of("index_bits").at_most(4.0),
            of("sparsity").at_least(22.0),
            of("weight_bytes").above(1120.0),
        ],
    )
    .solution(&[("bits", "8"), ("sparsity", "25")], 0),
])
.prediction(
    Prediction::new(
        "One bit, known from the first step, is what you see. Now a network that has learned with all its bits is \
         rounded to three, once, when it is trained. How many of new points does it have right?",
        of("accuracy"),
        &[
            Answer::beyond("As many: three bits are more than one"),
            Answer::at_most("A little fewer, 0.95 or more", 0.99),
            Answer::below("Far fewer", 0.95),
        ],
        "[0.59](run:?bits=3&qat=never&at=600&seeds=1..12#mean:accuracy) on average, from \
         [0.40 to 0.82](run:?bits=3&qat=never&at=600&seeds=1..12#range:accuracy) by seed. Training that knows of its \
         bits avoids this. So does a finer grid where it hurts: with eight bits in the first layer alone, \
         [0.97](run:?bits=3&qat=never&first=finer&at=600&seeds=1..12#mean:accuracy).",
    )
    .with(&[("bits", "3"), ("qat", "never")])
    .settled_at(600),
);
