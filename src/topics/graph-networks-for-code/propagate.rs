//! `propagate`: a few nodes, the matrix that averages over them, and one of its sums spelt out.

use super::{EDGES, counted};
use crate::lab::figure::{Anchor, Axis, Dot, Figure, Fill, GAP, Glyph, Panel, Stroke, Tile, Tone};
use crate::lab::schema::condition::difference;
use crate::lab::schema::readout::format_number;
use crate::lab::schema::text::{Alphabet, Fault};
use crate::lab::{
    Answer, Choice, Control, Named, Pace, Prediction, Preset, Readout, Simulation, Spec, Values, reading,
};
use crate::models::graph_layers::{Mixing, linked, relational, with_loops};
use crate::numerics::elementary::cos_sin_of_turn;
use crate::numerics::matrix::Matrix;

/// Nodes at most, and at least.
const MOST: usize = 6;
const LEAST: usize = 3;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    Path,
    Star,
    Triangle,
    Custom,
}

static SHAPE: Choice<Shape, 4> = Choice::new(
    "shape",
    "Shape",
    [
        ("path", "path", Shape::Path),
        ("star", "star around node 2", Shape::Star),
        ("triangle", "triangle", Shape::Triangle),
        ("custom", "links as typed", Shape::Custom),
    ],
);

/// Signs of typed links.
const LINKS: Alphabet = Alphabet {
    name: "digits 1 to 6, hyphens, commas and spaces",
    has: |c| matches!(c, '1'..='6' | '-' | ',' | ' '),
};

/// Reads links: "1-2, 2-3".
fn links(text: &str) -> Result<Vec<[usize; 2]>, Fault> {
    let mut all = Vec::new();
    let mut at = 0;
    for word in text.split([',', ' ']) {
        let length = word.chars().count();
        if length > 0 {
            let digits: Vec<usize> =
                word.chars().filter_map(|c| c.to_digit(10)).map(|d| d as usize - 1).collect();
            match (digits[..].as_ref(), word.split('-').map(str::len).collect::<Vec<_>>()[..].as_ref()) {
                ([i, j], [1, 1]) if i != j => all.push([*i, *j]),
                ([_, _], [1, 1]) => {
                    let sentence =
                        "a node is linked with itself, which it is by its loop already. Take two nodes.";
                    return Err(Fault { at, sentence: sentence.to_owned() });
                }
                _ => {
                    let sentence =
                        format!("“{word}” is no link. A link is two nodes with a hyphen between them: 1-2.");
                    return Err(Fault { at, sentence });
                }
            }
        }
        at += length + 1;
    }
    Ok(all)
}

pub static SPEC: Spec = Spec::new(
    "propagate",
    "One layer by hand",
    "Node 1 begins with 1, the others with 0. In each step every node hears its neighbours. Add steps, nodes and \
     links, and follow one sum.",
    Pace::still(),
    |values| Box::new(Propagate::new(values)),
)
.controls(&[
    Control::integer("steps", "Steps", 0, 8, 1).help("How often every node hears its neighbours."),
    SHAPE.control().help("How the nodes are linked."),
    Control::integer("n", "Nodes", LEAST as i64, MOST as i64, 3).unless("shape", &["triangle"]).help("How many nodes there are; a triangle has three."),
    Control::text("links", "Links", 60, "1-2, 2-3, 3-1").only("shape", &["custom"])
        .alphabet(LINKS)
        .reader(|text| links(text).map(|_| ()))
        .help("For links as typed: pairs of nodes, such as 1-2, with commas between them."),
    Control::toggle("improved", "Loops count twice", false)
        .help("A node listens to itself with twice the weight."),
    Control::toggle("swap", "Swap two values", false)
        .help("In the picture of a typed layer: a part of the node and its next word change places."),
])
.readouts(&[
    Readout::new("middle", "Node 2", 4).help("The value of node 2 after the steps.")
        .basis("Worked out layer by layer: the factors times the values before."),
    Readout::new("first", "Node 1", 4).help("The value of node 1 after the steps.")
        .basis("Worked out layer by layer: the factors times the values before."),
    Readout::new("lambda2", "Factor λ₂", 4).help("The second largest size of an eigenvalue of the factors.")
        .basis("From the eigenvalues of the matrix of factors."),
    Readout::new("typed", "Typed sum", 2).help("What the typed layer makes of the node in the last picture.")
        .formula("0.5 * 1'own value' + (if(swap = on, 3, 2) + 4)'its parts' / 2 - if(swap = on, 2'next word', 3'next word')"),
    Readout::new("merged", "Merged mean", 2).help("The mean of the same three neighbours without their types.")
        .formula("(if(swap = on, 3, 2) + 4 + if(swap = on, 2, 3)) / 3"),
])
.presets(&[
    Preset::new("path", "Path of three").look("Half of what node 1 has stays, and less than half arrives at node 2: it has more neighbours to hear."),
    Preset::new("improved", "Loops count twice")
        .look("All factors move towards the diagonal: values travel slower.")
        .with(&[("improved", "on"), ("steps", "2")]),
    Preset::new("alone", "A node alone")
        .look("Node 4 has no link: its degree is 1, by its loop, and nothing reaches it.")
        .with(&[("shape", "custom"), ("n", "4"), ("steps", "8")]),
    Preset::new("swap", "A swap")
        .look("Two values change places: the typed sum moves from 0.5 to 2, the merged mean stays at 3.")
        .with(&[("swap", "on")]),
])
.prediction(
    Prediction::new(
        "Eight steps on the path of three. Are all three values alike by then?",
        difference("middle", "first"),
        &[
            Answer::below("no, the ends keep more", -0.02),
            Answer::at_most("yes, about", 0.02),
            Answer::beyond("no, the middle has more"),
        ],
        "What the factors keep is the root of the degree, loops counted: √3 in the middle against √2 at the ends. The mean over \
         neighbours would make all alike.",
    )
    .with(&[("steps", "8")]),
);

struct Propagate {
    n: usize,
    steps: usize,
    links: Vec<[usize; 2]>,
    weighted: Matrix,
    mixing: Mixing,
    /// Values after each step.
    course: Vec<Vec<f64>>,
    swap: bool,
    ignored: usize,
}

impl Propagate {
    fn new(values: &Values) -> Self {
        let shape = SHAPE.of(values);
        let n = if shape == Shape::Triangle { 3 } else { values.integer("n") };
        let asked: Vec<[usize; 2]> = match shape {
            Shape::Path => (1..n).map(|i| [i - 1, i]).collect(),
            Shape::Star => (0..n).filter(|i| *i != 1).map(|i| [i, 1]).collect(),
            Shape::Triangle => vec![[0, 1], [1, 2], [2, 0]],
            // What cannot be read never gets here: the control's reader keeps it out.
            Shape::Custom => links(values.text("links")).unwrap_or_default(),
        };
        let within: Vec<[usize; 2]> = asked.iter().copied().filter(|[i, j]| *i < n && *j < n).collect();
        let own = if values.toggle("improved") { 2.0 } else { 1.0 };
        let adjacency = linked(n, within.iter().copied());
        let mixing = Mixing::new(&adjacency, own);
        let steps = values.integer("steps");
        let mut course = vec![(0..n).map(|i| f64::from(u8::from(i == 0))).collect::<Vec<f64>>()];
        for k in 0..steps {
            course.push(mixing.propagation.times_vector(&course[k]));
        }
        Self {
            n,
            steps,
            ignored: asked.len() - within.len(),
            links: within,
            weighted: with_loops(&adjacency, own),
            mixing,
            course,
            swap: values.toggle("swap"),
        }
    }

    fn now(&self) -> &[f64] {
        &self.course[self.steps]
    }

    /// The three neighbours of the typed example: two parts of the node, and its next word.
    fn neighbours(&self) -> [f64; 3] {
        if self.swap { [3.0, 4.0, 2.0] } else { [2.0, 4.0, 3.0] }
    }

    fn typed(&self) -> f64 {
        let [a, b, next] = self.neighbours();
        let one = |x: f64| Matrix::from_vec(1, 1, vec![x]);
        let h = Matrix::from_vec(4, 1, vec![1.0, a, b, next]);
        let relations = [(one(1.0), vec![[0, 1], [0, 2]]), (one(-1.0), vec![[0, 3]])];
        relational(&h, &one(0.5), &relations, &[0.0])[(0, 0)]
    }

    fn merged(&self) -> f64 {
        self.neighbours().iter().sum::<f64>() / 3.0
    }

    /// The last sum of node 2, or what there was at the beginning.
    fn spelt(&self) -> String {
        let Some(before) = self.steps.checked_sub(1).map(|k| &self.course[k]) else {
            return "nothing has been heard yet".to_owned();
        };
        let number = |x: f64| format_number(x, 3);
        let heard: Vec<usize> = (0..self.n).filter(|j| self.mixing.propagation[(1, *j)] != 0.0).collect();
        let terms: Vec<String> = heard
            .iter()
            .take(3)
            .map(|j| format!("{}·{}", number(self.mixing.propagation[(1, *j)]), number(before[*j])))
            .collect();
        format!("= {}{}", terms.join(" + "), if heard.len() > 3 { " + …" } else { "" })
    }
}

impl Simulation for Propagate {
    fn readings(&self) -> Vec<Named> {
        vec![
            reading("middle", self.now()[1]),
            reading("first", self.now()[0]),
            reading("lambda2", self.mixing.second()),
            reading("typed", self.typed()),
            reading("merged", self.merged()),
        ]
    }

    fn figure(&self) -> Figure {
        let values: Vec<String> = self.now().iter().map(|x| format_number(*x, 3)).collect();
        let alternative = format!(
            "{} nodes after {} have the values {}. Node 2: {}. In a layer with types the sum is {}, without types the mean is {}.",
            self.n,
            counted(self.steps, "step"),
            values.join(", "),
            self.spelt(),
            format_number(self.typed(), 2),
            format_number(self.merged(), 2)
        );
        Figure::new(
            vec![
                vec![
                    self.matrix("with-loops", "Links and loops", &self.weighted, 0),
                    self.matrix("hat", "Over the roots of degrees", &self.mixing.propagation, 3),
                ],
                vec![self.nodes(), self.types()],
            ],
            alternative,
        )
    }

    fn describe(&self, mark: &str, index: usize) -> Option<String> {
        match mark {
            "with-loops" | "hat" => {
                let (i, j) = (index / self.n, index % self.n);
                let m = if mark == "hat" { &self.mixing.propagation } else { &self.weighted };
                (i < self.n)
                    .then(|| format!("row {}, column {}: {}", i + 1, j + 1, format_number(m[(i, j)], 4)))
            }
            "values" => {
                self.now().get(index).map(|x| format!("node {}: {}", index + 1, format_number(*x, 4)))
            }
            _ => None,
        }
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if self.ignored > 0 {
            notes.push(format!(
                "There are {} nodes, so {} of the links lead nowhere and are left out.",
                self.n, self.ignored
            ));
        }
        if self.mixing.kept.len() > 1 {
            notes.push("Not all nodes are joined: what lies apart never mixes, and λ₂ is 1.".to_owned());
        }
        notes
    }
}

const NUMBERS: [&str; MOST] = ["number-1", "number-2", "number-3", "number-4", "number-5", "number-6"];

impl Propagate {
    fn matrix(&self, id: &'static str, title: &str, m: &Matrix, decimals: usize) -> Panel {
        let end = self.n as f64;
        let axis = |domain: [f64; 2]| {
            Axis::linear("", domain).ticks((0..self.n).map(|i| (i as f64 + 0.5, (i + 1).to_string())))
        };
        let tiles = (0..self.n * self.n).map(|cell| {
            let (i, j) = (cell / self.n, cell % self.n);
            let (x, y) = (j as f64, i as f64);
            let value = m[(i, j)];
            let tone = if value == 0.0 {
                Tone::Faint
            } else if i == 1 {
                Tone::Accent
            } else {
                EDGES[1].1
            };
            let fill = if value == 0.0 { Fill::Outline } else { Fill::Tint };
            Tile::new([x + 0.04, y + 0.04, x + 0.96, y + 0.96], tone, fill)
                .text(format_number(value, if value == 0.0 { 0 } else { decimals }))
        });
        Panel::new(id, title, axis([0.0, end]), axis([end, 0.0])).height(220.0).boxes(id, tiles)
    }

    fn nodes(&self) -> Panel {
        let place = |i: usize| {
            let (c, s) = cos_sin_of_turn(i as f64 / self.n as f64 - 0.5);
            [c, s]
        };
        let lines = self.links.iter().flat_map(|[i, j]| [place(*i), place(*j), GAP]);
        let mut panel = Panel::new(
            "nodes",
            format!("Values after {}", counted(self.steps, "step")),
            Axis::hidden([-1.9, 1.9]),
            Axis::hidden([-1.75, 1.45]),
        )
        .height(260.0)
        .line("links", "", lines, Tone::Muted, Stroke::Solid)
        .dots(
            "values",
            "",
            (0..self.n).map(|i| {
                let tone = if i == 1 { Tone::Accent } else { EDGES[1].1 };
                Dot::new(place(i), tone, Glyph::Circle)
            }),
            7.0,
        );
        for (i, id) in NUMBERS.into_iter().enumerate().take(self.n) {
            let [x, y] = place(i);
            let text = format!("{}: {}", i + 1, format_number(self.now()[i], 3));
            panel = panel.words(id, [1.45 * x, 1.28 * y], text, Anchor::Middle, Tone::Ink);
        }
        let sum = format!("node 2 = {}", format_number(self.now()[1], 3));
        panel.words("sum", [0.0, -1.36], sum, Anchor::Middle, Tone::Accent).words(
            "spelt",
            [0.0, -1.66],
            self.spelt(),
            Anchor::Middle,
            Tone::Accent,
        )
    }

    /// The typed layer of the text: two parts in the tree, and the next word.
    fn types(&self) -> Panel {
        let [a, b, next] = self.neighbours();
        let number = |x: f64| format_number(x, 0);
        let (top, low) = ([0.0, 1.0], -0.2);
        let mut panel = Panel::new(
            "types",
            "A layer that knows types",
            Axis::hidden([-1.7, 1.7]),
            Axis::hidden([-1.75, 1.45]),
        )
        .height(260.0)
        .line("tree", "", [top, [-1.0, low], GAP, top, [0.0, low]], EDGES[0].1, Stroke::Solid)
        .line("order", "", [top, [1.0, low]], EDGES[1].1, Stroke::Thick)
        .dots("own", "", [Dot::new(top, Tone::Accent, Glyph::Circle)], 7.0)
        .dots("near", "", [-1.0, 0.0, 1.0].map(|x| Dot::new([x, low], EDGES[1].1, Glyph::Square)), 6.0)
        .words("own-value", [0.0, 1.28], "the node: 1", Anchor::Middle, Tone::Ink);
        for (id, x, value, name) in
            [("part-1", -1.0, a, "part"), ("part-2", 0.0, b, "part"), ("next", 1.0, next, "next word")]
        {
            panel = panel.words(
                id,
                [x, low - 0.3],
                format!("{name}: {}", number(value)),
                Anchor::Middle,
                Tone::Ink,
            );
        }
        let typed = format!(
            "½·1 + ({} + {})/2 − {} = {}",
            number(a),
            number(b),
            number(next),
            format_number(self.typed(), 1)
        );
        let merged = format!(
            "without types: ({} + {} + {})/3 = {}",
            number(a),
            number(b),
            number(next),
            format_number(self.merged(), 0)
        );
        panel.words("typed", [0.0, -1.2], typed, Anchor::Middle, Tone::Accent).words(
            "merged",
            [0.0, -1.58],
            merged,
            Anchor::Middle,
            Tone::Muted,
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::Runner;

    fn number(changes: &[(&str, &str)], id: &str) -> f64 {
        Runner::after(&SPEC, changes, 0).number(id).unwrap()
    }

    #[test]
    fn the_path_of_the_text() {
        assert!((number(&[], "middle") - 0.408_248).abs() < 1e-6);
        assert!((number(&[("steps", "2")], "first") - 0.416_667).abs() < 1e-6);
        assert!((number(&[("improved", "on")], "lambda2") - 2.0 / 3.0).abs() < 1e-9);
        assert_eq!([number(&[], "typed"), number(&[("swap", "on")], "typed")], [0.5, 2.0]);
        assert_eq!([number(&[], "merged"), number(&[("swap", "on")], "merged")], [3.0, 3.0]);
    }

    #[test]
    fn links_are_read_and_what_is_none_is_named() {
        assert_eq!(links("1-2,2-3  3-1").unwrap(), [[0, 1], [1, 2], [2, 0]]);
        for (text, at, said) in [
            ("1-2, 3", 5, "“3” is no link"),
            ("2-2", 0, "with itself"),
            ("1-2-3", 0, "no link"),
            ("12-3", 0, "no link"),
            ("-12", 0, "no link"),
        ] {
            let fault = links(text).unwrap_err();
            assert_eq!(fault.at, at, "{text}");
            assert!(fault.sentence.contains(said), "{text}: {}", fault.sentence);
        }
        let run = Runner::after(&SPEC, &[("shape", "custom"), ("links", "1-2, 5-6")], 0);
        assert!(run.simulation().notes()[0].contains("lead nowhere"));
        assert!(run.simulation().notes()[1].contains("never mixes"));
    }
}
