//! `oversmooth`: what is left of a graph's differences when its numbers are averaged again and again.

use super::{EDGES, counted};
use crate::lab::figure::{Anchor, At, Axis, Dot, Figure, Glyph, Panel, Stroke, Tone};
use crate::lab::schema::readout::format_number;
use crate::lab::{
    Answer, Challenge, Choice, Control, Named, Pace, Prediction, Preset, Readout, Simulation, Spec, Values,
    of, reading,
};
use crate::models::graph_layers::{Mixing, linked, similarity};
use crate::models::latent::Components;
use crate::models::planted_bugs::{HERO, texts};
use crate::models::program_graph::Graph;
use crate::models::relational_network::INPUTS;
use crate::models::small_python::{Kind, read};
use crate::numerics::elementary::{exp, ln};
use crate::numerics::matrix::{Matrix, norm, normalise};
use crate::numerics::random::Stream;

/// A graph that is averaged over: one of the six shapes, or three nodes in a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    Hero,
    Of(usize),
    Path,
}

static GRAPH: Choice<Shape, 7> = Choice::new(
    "graph",
    "Graph",
    [
        ("clamp", "the clamp above", Shape::Hero),
        ("chain", "chain of sums", Shape::Of(1)),
        ("filtered", "filtered sum", Shape::Of(2)),
        ("longer", "longer of two", Shape::Of(3)),
        ("maximum", "maximum", Shape::Of(4)),
        ("two-step", "two-step sum", Shape::Of(5)),
        ("path", "path of three", Shape::Path),
    ],
);

static LINKS: Choice<[bool; 4], 4> = Choice::new(
    "edges",
    "Edges",
    [
        ("all", "all four types", [true; 4]),
        ("tree", "the tree alone", [true, false, false, false]),
        ("order", "text order alone", [false, true, false, false]),
        ("data", "last write and last use", [false, false, true, true]),
    ],
);

static RELU: Choice<bool, 2> =
    Choice::new("relu", "A layer is", [("off", "a mean", false), ("on", "mean, matrix, ReLU", true)]);

/// Layers at most.
const MOST: usize = 64;
/// The smallest residual that is drawn.
const FLOOR: f64 = 1e-9;

pub static SPEC: Spec = Spec::new(
    "oversmooth",
    "Too much mixing",
    "Each layer replaces what a node knows by a mean over its neighbours. Watch the nodes of a function run \
     together as layers are added, and put a share of the beginning back in.",
    Pace::new(5.0, 0, "layer").promised(4),
    |values| Box::new(Smooth::new(values)),
)
.controls(&[
    Control::integer("k", "Layers k", 0, MOST as i64, 4).help("How many times the nodes are averaged."),
    Control::real("alpha", "Share kept α", [0.0, 0.5], 0.05, 0.0)
        .help("How much of its beginning each node gets back after every layer."),
    GRAPH.control().help("What is averaged: a function of each shape, or three nodes in a row."),
    LINKS.control().unless("graph", &["path"]).help("Which edges join the nodes."),
    RELU.control().help("Whether each layer also has a random matrix and sets what is negative to zero, as a network before training."),
    Control::seed(1).secondary(),
])
.readouts(&[
    Readout::new("similarity", "Mean cosine", 3)
        .help("1 if all point the same way, whatever their length.")
        .basis("Mean over all pairs of nodes, after the layers so far."),
    Readout::new("residual", "Difference left", 4)
        .help("The length of all that is not along the direction that averaging keeps.")
        .basis("Over all numbers of all nodes, after the layers so far."),
    Readout::new("lambda2", "Factor λ₂", 3)
        .help("The second largest size of an eigenvalue: what one layer leaves of the slowest difference.")
        .basis("From the eigenvalues of the matrix that averages."),
    Readout::new("parts", "Parts", 0).help("Pieces that no edge joins: they never mix.")
        .basis("Counted in the graph, with the edges that are on."),
])
.presets(&[
    Preset::new("two", "2 layers").look("Two layers go most of the way: the mean cosine is [0.980](run:?k=2&at=2#similarity), from [0.592](run:?k=2&at=0#similarity) at the start.").with(&[("k", "2")]),
    Preset::new("deep", "32 layers")
        .look("One heap: the mean cosine is [1.000](run:?k=32&at=32#similarity).")
        .with(&[("k", "32")]),
    Preset::new("kept", "32 layers with residual")
        .look("A tenth of the beginning in each layer: the heap stays a little open, and the line of what is left levels off.")
        .with(&[("k", "32"), ("alpha", "0.1")]),
    Preset::new("path", "Path of three")
        .look("Only two differences can be, and the slower one halves with each layer: λ₂ = 0.5.")
        .with(&[("graph", "path"), ("k", "8")]),
])
.challenges(&[Challenge::new(
    "open",
    "Deep and not blind",
    "At 32 layers, keep the mean cosine at 0.96 or below with an α of at most 0.2.",
    &[
        of("k").equals(32.0),
        of("step").at_least(32.0),
        of("alpha").at_most(0.2),
        of("similarity").at_most(0.96),
        of("edges").is("all"),
    ],
)
.solution(&[("k", "32"), ("alpha", "0.2")], 32)])
.prediction(
    Prediction::new(
        "With all four types of edges each layer leaves a factor λ₂ of [0.752](run:?#lambda2) of the slowest \
         difference. Take all but the tree away. What does a layer leave then?",
        of("lambda2"),
        &[
            Answer::below("less: it mixes faster", 0.74),
            Answer::at_most("about as much", 0.77),
            Answer::beyond("more: it mixes slower"),
        ],
        "[0.96](run:?edges=tree#lambda2) of it, and more than with all edges in each of the six shapes: in a tree \
         the way from leaf to leaf leads over a common ancestor, and each other edge is a short cut.",
    )
    .with(&[("edges", "tree")]),
);

struct Smooth {
    layers: usize,
    keep: f64,
    mixing: Mixing,
    kinds: Vec<Kind>,
    start: Matrix,
    now: Matrix,
    matrices: Option<Stream>,
    at: usize,
    /// Mean cosine and residual after each layer so far.
    course: Vec<[f64; 2]>,
    /// What the map shows of a direction of the beginning, by two lines.
    view: Components,
}

fn graph_of(shape: Shape) -> Option<Graph> {
    let text = match shape {
        Shape::Path => return None,
        Shape::Hero => HERO.to_owned(),
        Shape::Of(shape) => texts().into_iter().find(|(s, _)| *s == shape).map(|(_, text)| text)?,
    };
    read(&text).ok().map(|program| Graph::of(&program))
}

/// Rows of length one: only directions count.
fn directions(h: &Matrix) -> Matrix {
    let mut d = h.clone();
    (0..d.rows()).for_each(|i| normalise(d.row_mut(i)));
    d
}

impl Smooth {
    fn new(values: &Values) -> Self {
        let shape = GRAPH.of(values);
        let edges = LINKS.of(values);
        let (kinds, start, joined) = match graph_of(shape) {
            Some(graph) => {
                let start = Matrix::from_fn(graph.len(), INPUTS, |i, c| {
                    f64::from(u8::from(c == graph.kinds[i] as usize || c + 1 == INPUTS))
                });
                let near = graph.neighbours(edges);
                let links = near.iter().enumerate().flat_map(|(i, near)| near.iter().map(move |j| [i, *j]));
                let joined = linked(graph.len(), links);
                (graph.kinds, start, joined)
            }
            None => {
                let path = linked(3, [[0, 1], [1, 2]]);
                let start = Matrix::from_vec(3, 2, vec![1.0, 1.0, 0.0, 1.0, 0.0, 1.0]);
                (vec![Kind::Read, Kind::Other, Kind::Other], start, path)
            }
        };
        let view = Components::new(&directions(&start));
        let mut this = Self {
            layers: values.integer("k"),
            keep: values.real("alpha"),
            mixing: Mixing::new(&joined, 1.0),
            kinds,
            now: start.clone(),
            start,
            matrices: RELU.of(values).then(|| Stream::new(values.seed(), "matrices")),
            at: 0,
            course: Vec::new(),
            view,
        };
        this.note_course();
        this
    }

    fn note_course(&mut self) {
        self.course.push([similarity(&self.now).unwrap_or(f64::NAN), self.mixing.residual(&self.now)]);
    }

    /// One layer: the mean, and where it is on, a random matrix and a rectifier, at the length of before.
    fn layer(&mut self) {
        let mut mean = self.mixing.step(&self.now, &self.start, self.keep);
        if let Some(stream) = &mut self.matrices {
            let width = mean.columns();
            let mut weight = Matrix::zeros(width, width);
            stream.fill_normal(weight.as_mut_slice());
            let length = |m: &Matrix| norm(m.as_slice());
            mean = mean.times(&weight);
            mean.as_mut_slice().iter_mut().for_each(|x| *x = x.max(0.0));
            let scale = length(&self.start) / length(&mean).max(1e-12);
            mean.as_mut_slice().iter_mut().for_each(|x| *x *= scale);
        }
        self.now = mean;
    }

    fn parts(&self) -> usize {
        self.mixing.kept.len()
    }
}

impl Simulation for Smooth {
    fn step(&mut self) {
        if self.at < self.layers {
            self.layer();
            self.at += 1;
            self.note_course();
        }
    }

    fn readings(&self) -> Vec<Named> {
        let [similarity, residual] = self.course[self.at];
        vec![
            reading("similarity", similarity),
            reading("residual", residual),
            reading("lambda2", self.mixing.second()),
            reading("parts", self.parts()),
        ]
    }

    fn figure(&self) -> Figure {
        let [similarity, residual] = self.course[self.at];
        let alternative = format!(
            "After {} the mean cosine of {} nodes is {}, and a difference of {} is left. λ₂ is {}.",
            counted(self.at, "layer"),
            self.kinds.len(),
            if similarity.is_nan() { "not defined".to_owned() } else { format_number(similarity, 3) },
            format_number(residual, 4),
            format_number(self.mixing.second().unwrap_or(0.0), 3)
        );
        Figure::new(vec![vec![self.map(), self.cosines()], vec![self.residuals()]], alternative)
    }

    fn describe(&self, mark: &str, index: usize) -> Option<String> {
        let group = GROUPS.iter().find(|(id, ..)| *id == mark)?;
        let node = (0..self.kinds.len()).filter(|i| (group.4)(self.kinds[*i])).nth(index)?;
        Some(format!("node {}: {}", node + 1, self.kinds[node].name()))
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if self.parts() > 1 {
            notes.push(format!(
                "These edges leave {} parts that nothing joins: λ₂ is 1, and the parts never mix.",
                self.parts()
            ));
        }
        if self.matrices.is_some() {
            notes.push(
                "With matrices each layer's numbers are scaled to the length of the first ones.".to_owned(),
            );
        }
        notes
    }

    fn finished(&self) -> bool {
        self.at >= self.layers
    }
}

type Group = (&'static str, &'static str, Tone, Glyph, fn(Kind) -> bool);

/// Nodes that are drawn alike.
const GROUPS: [Group; 3] = [
    ("names", "names", EDGES[1].1, Glyph::Circle, Kind::is_name),
    ("signs", "operators, numbers", EDGES[2].1, Glyph::Diamond, |kind| {
        !kind.is_name() && !is_statement(kind)
    }),
    ("statements", "statements", EDGES[3].1, Glyph::Square, is_statement),
];

fn is_statement(kind: Kind) -> bool {
    matches!(kind, Kind::Function | Kind::Assignment | Kind::If | Kind::For | Kind::While | Kind::Return)
}

impl Smooth {
    fn map(&self) -> Panel {
        let directions = directions(&self.now);
        let place = |i: usize| {
            [0, 1].map(|d| {
                let along = self.view.directions.row(d.min(self.view.directions.rows() - 1));
                directions.row(i).iter().zip(along).zip(&self.view.mean).map(|((x, a), m)| (x - m) * a).sum()
            })
        };
        let axis = |label: &str| {
            Axis::linear(label, [-0.85, 0.85]).ticks([-0.5, 0.0, 0.5].map(|x| (x, format_number(x, 1))))
        };
        let title = format!("The nodes after {}, by direction", counted(self.at, "layer"));
        let mut panel = Panel::new("map", title, axis("first line of sight"), axis("second")).height(270.0);
        for (id, label, tone, glyph, belongs) in GROUPS {
            let nodes = (0..self.kinds.len()).filter(|i| belongs(self.kinds[*i]));
            panel = panel.dots(id, label, nodes.map(|i| Dot::new(place(i), tone, glyph)), 5.5);
        }
        panel
    }

    fn cosines(&self) -> Panel {
        let x = Axis::linear("layers", [0.0, MOST as f64]);
        let y = Axis::linear("mean cosine", [0.0, 1.05])
            .ticks([0.0, 0.5, 1.0].map(|p| (p, format_number(p, 1))))
            .grid();
        let points = self.course.iter().enumerate().map(|(k, [s, _])| [k as f64, *s]);
        let panel = Panel::new("cosines", "How alike the nodes are", x, y)
            .height(270.0)
            .line("cosine", "", points.collect::<Vec<_>>(), Tone::Accent, Stroke::Thick)
            .rule("constant", "", At::Y(0.5), Tone::Muted, Stroke::Dashed)
            .dots(
                "here",
                "",
                [Dot::new([self.at as f64, self.course[self.at][0]], Tone::Accent, Glyph::Circle)],
                4.5,
            );
        let hint = "dashed: the 1 that all nodes share";
        panel.words("hint", [MOST as f64 - 1.0, 0.4], hint, Anchor::End, Tone::Muted)
    }

    fn residuals(&self) -> Panel {
        let x = Axis::linear("layers", [0.0, MOST as f64]);
        let y = Axis::logarithmic("difference left", [FLOOR, 20.0])
            .ticks([(1e-9, "10⁻⁹"), (1e-6, "10⁻⁶"), (1e-3, "10⁻³"), (1.0, "1")])
            .grid();
        let rate = self.mixing.second().unwrap_or(0.0).max(1e-12);
        let first = self.course[0][1].max(FLOOR);
        // Where λ₂ to the power k meets the floor, or the last layer.
        let end = if rate < 1.0 { (ln(FLOOR / first) / ln(rate)).min(MOST as f64) } else { MOST as f64 };
        let height = |k: f64| exp(ln(first) + k * ln(rate));
        let points =
            self.course.iter().enumerate().map(|(k, [_, r])| [k as f64, *r]).filter(|p| p[1] >= FLOOR);
        Panel::new("residuals", "The difference that is left", x, y)
            .height(220.0)
            .line("slope", "", vec![[0.0, first], [end, height(end)]], Tone::Muted, Stroke::Dashed)
            .line("residual", "", points.collect::<Vec<_>>(), Tone::Ink, Stroke::Thick)
            .words(
                "slope-hint",
                [1.0, FLOOR * 6.0],
                "dashed: the slowest difference",
                Anchor::Start,
                Tone::Muted,
            )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::Runner;

    const SHAPES: [&str; 6] = ["clamp", "chain", "filtered", "longer", "maximum", "two-step"];

    fn number(changes: &[(&str, &str)], steps: u64, id: &str) -> f64 {
        Runner::after(&SPEC, changes, steps).number(id).unwrap()
    }

    #[test]
    fn all_edges_mix_faster_than_the_tree_in_every_shape() {
        for shape in SHAPES {
            let factor = |edges| number(&[("graph", shape), ("edges", edges)], 0, "lambda2");
            let (all, tree) = (factor("all"), factor("tree"));
            assert!(all < tree - 0.05, "{shape}: {all} {tree}");
        }
    }

    #[test]
    fn what_is_left_falls_by_the_second_eigenvalue() {
        for shape in SHAPES {
            let at = |k: &str| number(&[("graph", shape), ("k", k)], 64, "residual");
            let rate = number(&[("graph", shape)], 0, "lambda2");
            assert!((at("40") / at("39") - rate).abs() < 0.02, "{shape}");
            assert!(number(&[("graph", shape), ("k", "32")], 32, "similarity") > 0.995, "{shape}");
        }
    }

    #[test]
    fn the_constant_makes_all_cosines_at_least_a_half() {
        for shape in SHAPES {
            let start = number(&[("graph", shape)], 0, "similarity");
            assert!((0.5..0.6).contains(&start), "{shape}: {start}");
        }
    }

    #[test]
    fn a_share_of_the_beginning_keeps_the_nodes_apart() {
        for shape in SHAPES {
            let kept = number(&[("graph", shape), ("k", "32"), ("alpha", "0.2")], 32, "similarity");
            assert!(kept <= 0.97, "{shape}: {kept}");
        }
    }

    #[test]
    fn parts_that_nothing_joins_never_mix() {
        let run = Runner::after(&SPEC, &[("edges", "data"), ("k", "64")], 64);
        assert!(run.number("parts").unwrap() > 1.0 && (run.number("lambda2").unwrap() - 1.0).abs() < 1e-9);
        assert!(run.simulation().notes()[0].contains("never mix"));
    }
}
