//! The declaration of `misuse`.

use super::{LAST, Misuse};
use crate::lab::schema::text::{Alphabet, Fault};
use crate::lab::{Answer, Challenge, Choice, Control, Pace, Prediction, Preset, Readout, Spec, of};
use crate::models::planted_bugs::HERO;
use crate::models::relational_network::Layers;
use crate::models::small_python;

pub(super) static KIND: Choice<Layers, 2> = Choice::new(
    "kind",
    "A layer has",
    [("relational", "a matrix per type", Layers::Typed), ("gcn", "one matrix (GCNConv)", Layers::Merged)],
);

pub(super) static HIDDEN: Choice<usize, 5> = Choice::new(
    "hidden",
    "Width d",
    [("8", "8", 8), ("16", "16", 16), ("24", "24", 24), ("32", "32", 32), ("80", "80", 80)],
);

/// Whether text order goes along siblings only.
pub(super) static ORDER: Choice<bool, 2> = Choice::new(
    "order",
    "Text order joins",
    [("words", "words", false), ("siblings", "parts of a node", true)],
);

/// Tabs too, so that the reader of programs can say what is wrong with one.
const SIGNS: Alphabet =
    Alphabet { name: "letters, digits and the signs of Python", has: |c| c == '\t' || !c.is_control() };

fn read_code(text: &str) -> Result<(), Fault> {
    match small_python::read(text) {
        Ok(_) => Ok(()),
        Err(fault) => Err(Fault { at: fault.at, sentence: fault.sentence }),
    }
}

pub static SPEC: Spec = Spec::new(
    "misuse",
    "The wrong variable",
    "A function with one variable where another belongs, and a graph network that starts to learn when you \
     look. Red is its suspicion. Change the code, or take edges away.",
    // Three updates a frame.
    Pace::new(180.0, 20, "update").promised(200),
    |values| Box::new(Misuse::new(values)),
)
.controls(&[
    Control::text("code", "Code", 2000, HERO).lines(40).alphabet(SIGNS).reader(read_code).help(
        "Functions in a part of Python: def, assignment, if, for, while, return, calls, subscripts, + - * /, \
         < > ==, and, or, not, whole numbers, names. What else there is becomes a node “other”.",
    ),
    Control::toggle("e_child", "Tree", true).help("Edges from each statement and operator to its parts, both ways."),
    Control::toggle("e_next", "Text order", true).help("Edges from each word to the next, both ways."),
    Control::toggle("e_write", "Last write", true)
        .help("Edges from a name that is read to where it got its value last, both ways."),
    Control::toggle("e_use", "Last use", true).help("Edges from a name to where it stood last, both ways."),
    KIND.control().help("Whether the network knows what type an edge has."),
    Control::integer("layers", "Layers", 1, 8, 3).help("How many edges far a node hears."),
    HIDDEN.control().default_option(2).help("Numbers that a node carries from layer to layer."),
    ORDER.control().unless("e_next", &["off"]).help("What the edges of text order join: each word and the next, or, in the tree of the program, each part of a node and the next.").secondary(),
    Control::logarithmic("lr", "Learning rate", [0.001, 0.05], 0.01)
        .help("The first step size of Adam; it is halved after 300 and after 600 updates.")
        .secondary(),
    Control::real("bug_rate", "Share with a bug", [0.2, 1.0], 0.1, 0.8)
        .help("How many of the functions have a bug, in training and in the test.")
        .secondary(),
    Control::seed(1).secondary(),
])
.readouts(&[
    Readout::new("acc", "Accuracy", 3).help("The share that is answered rightly: the wrong name, or “no bug”.")
        .basis("Of 200 unseen functions; each update judges ten again, so an answer is up to twenty updates old."),
    Readout::new("chance", "Always “no bug”", 3).help("What one who always says “no bug” gets in this test.")
        .basis("Counted in the 200 functions of the test."),
    Readout::new("verdict", "Verdict on the code", 0).help("The answer that has the largest share for the code above.")
        .basis("From the network's shares after the last update."),
    Readout::new("hit", "Bugs found", 3).help("Of the functions of the test that have a bug, those whose wrong name is named.")
        .basis("Of 200 unseen functions in all; each is judged again every twenty updates."),
    Readout::new("alarms", "False alarms", 3)
        .help("Of the functions of the test that have no bug, those in which a name is accused.")
        .basis("Of 200 unseen functions in all; each is judged again every twenty updates."),
    Readout::new("loss", "Loss", 3).unit("nats").help("Cross-entropy in training; 0 is certain and right.")
        .basis("Mean over the eight functions of an update, smoothed over about ten updates."),
    Readout::new("params", "Parameters", 0).help("Numbers that are learned.")
        .formula("(if(kind = gcn, 1, 1 + 2 * (if(e_child = on, 1, 0) + if(e_next = on, 1, 0) + if(e_write = on, 1, 0) + if(e_use = on, 1, 0))))'matrices' * (22'numbers of a node' + (layers - 1) * (if(kind = gcn, hidden, min(hidden, 32)))'width') * (if(kind = gcn, hidden, min(hidden, 32)))'width' + (layers + 2) * (if(kind = gcn, hidden, min(hidden, 32)))'width'"),
    Readout::new("n_nodes", "Nodes", 0).help("Of the code's graph.")
        .basis("Counted in the graph."),
    Readout::new("n_edges", "Edges", 0).help("Of the code's graph, of the types that are on; each goes both ways.")
        .basis("Counted in the graph."),
    Readout::new("edits", "Words edited", 0)
        .help("The fewest words changed, added or taken away that make the code of the function that stood here first.")
        .basis("From the shortest way between the words of both."),
    Readout::new("updates", "Updates", 0).help("Updates of the weights so far; 800 are the end.")
        .formula("step"),
])
.presets(&[
    Preset::new("typed", "Typed edges").look(
        "Watch the red run together on line 5. After 400 updates the test is at \
         [1.00](run:?at=400&seeds=1..3#mean:acc).",
    ),
    Preset::new("gcn", "Plain GCNConv")
        .look("The same edges without their types: after 400 updates [0.58](run:?kind=gcn&at=400&seeds=1..5#mean:acc).")
        .with(&[("kind", "gcn")]),
    Preset::new("syntax", "Tree and text only")
        .look("No edge knows which names are the same: the curve stays on the dashed line.")
        .with(&[("e_write", "off"), ("e_use", "off")]),
    Preset::new("no-tree", "No tree")
        .look("Compare the curve with that of all four types.")
        .with(&[("e_child", "off")]),
    Preset::new("siblings", "Order among siblings")
        .look("Text order joins only the parts of one node, each to the next: an order for the tree.")
        .with(&[("order", "siblings")]),
    Preset::new("one-hop", "One hop")
        .look("One layer hears direct neighbours only: [0.64](run:?layers=1&at=400&seeds=1..3#mean:acc) after 400 updates.")
        .with(&[("layers", "1")]),
    Preset::new("deep", "Too deep")
        .look("Eight merged layers: see when the curve leaves the dashed line, and compare with three.")
        .with(&[("kind", "gcn"), ("layers", "8")]),
])
.challenges(&[
    Challenge::new(
        "two",
        "Two types are enough",
        "Get 0.9 after 400 updates with two of the four edge types, at width 24 and three layers.",
        &[of("acc").at_least(0.9), of("step").at_least(400.0), of("params").at_most(8520.0), of("kind").is("relational"), of("hidden").is("24"), of("layers").equals(3.0)],
    )
    .solution(&[("e_child", "off"), ("e_write", "off")], 400),
    Challenge::new(
        "small",
        "Three thousand parameters",
        "Get 0.9 with at most 3,000 parameters, after 400 updates or more.",
        &[of("acc").at_least(0.9), of("params").at_most(3000.0), of("step").at_least(400.0)],
    )
    .solution(&[("hidden", "8")], 800),
])
.prediction(
    Prediction::new(
        "Delete the syntax tree: text order, last write and last use stay. How accurate is the network after 400 \
         updates?",
        of("acc"),
        &[
            Answer::below("no better than chance, below 0.3", 0.3),
            Answer::below("in between", 0.9),
            Answer::beyond("0.9 or more"),
        ],
        "Over three seeds it is between [0.99 and 1.00](run:?e_child=off&at=400&seeds=1..3#range:acc): what the tree \
         says can be read off the order of the words and off who uses which variable.",
    )
    .with(&[("e_child", "off")])
    .settled_at(400),
);

const _: () = assert!(LAST == 800);
