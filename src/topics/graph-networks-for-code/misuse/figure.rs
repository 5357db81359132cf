//! The picture of `misuse`: the code with its suspicions, its graph, and how learning goes.

use super::super::EDGES;
use super::{LAST, Misuse, shortened};
use crate::lab::figure::charts::{self, Curve};
use crate::lab::figure::{
    Anchor, Axis, Dot, Figure, Fill, GAP, Glyph, Link, Panel, Stroke, Tile, Tone, fit, text_width,
};
use crate::lab::schema::readout::format_number;
use crate::models::small_python::{Class, Program, Token};

/// Lines of the code that are drawn, their width and that of a blank in px of the narrowest figure.
pub const ROWS: usize = 12;
const ROOM: f64 = 300.0;
const BLANK: f64 = 5.0;

/// Words of the code that are drawn at most, and their names in the figure: w000, w001, ...
const WORDS: usize = 200;
static IDS: [u8; 4 * WORDS] = {
    let (mut ids, mut i) = ([b'w'; 4 * WORDS], 0);
    while i < WORDS {
        ids[4 * i + 1] = b'0' + (i / 100) as u8;
        ids[4 * i + 2] = b'0' + (i / 10 % 10) as u8;
        ids[4 * i + 3] = b'0' + (i % 10) as u8;
        i += 1;
    }
    ids
};

/// From here on a name is marked as the suspect.
const SUSPECT: f64 = 0.5;

pub fn draw(sim: &Misuse) -> Figure {
    Figure::new(vec![vec![code(sim), graph(sim)], vec![accuracy(sim), loss(sim)]], alternative(sim))
}

/// A word of the code as it is drawn, and where it begins and ends.
struct Drawn<'a> {
    token: &'a Token,
    text: String,
    from: f64,
    to: f64,
}

/// The words of the first lines, one after another as wide as they are; what does not fit is cut.
fn drawn(program: &Program) -> Vec<Drawn<'_>> {
    let (mut all, mut line, mut column, mut x) = (Vec::new(), 0, 1, 0.0);
    for token in program.tokens.iter().filter(|t| !t.text.is_empty() && t.line <= ROWS) {
        if token.line > line {
            (line, column, x) = (token.line, 1, 0.0);
        }
        let from = x + BLANK * (token.column - column) as f64;
        let text = fit(&token.text, ROOM - from);
        (x, column) = (from + text_width(&token.text), token.column + token.text.chars().count());
        if !text.is_empty() {
            all.push(Drawn { token, text, from, to: x.min(ROOM) });
        }
    }
    all
}

/// The program as it stands, with a line under every name that is read, the stronger the more suspect.
fn code(sim: &Misuse) -> Panel {
    let words = drawn(&sim.program);
    // A short function has its lines further apart, and the verdict right below them.
    let rows = words.iter().map(|word| word.token.line).max().unwrap_or(0).max(ROWS / 2) as f64;
    let half = (rows + 2.0) / (ROWS as f64 + 2.0) / 2.0;
    let mut panel = Panel::new(
        "code",
        "The code, and what is suspected",
        Axis::hidden([0.0, ROOM]),
        Axis::hidden([rows + 1.4, -0.6]),
    )
    .height(290.0);
    let (mut suspects, mut underlined) = (Vec::new(), Vec::new());
    for (node, chance) in sim.graph.candidates.iter().zip(&sim.chances[1..]) {
        let at = sim.program.nodes[*node].at;
        let Some(word) = words.iter().find(|word| word.token.at == at) else {
            // Every candidate keeps its place in the mark.
            underlined.push(Link { from: GAP, to: GAP, tone: Tone::Bad, weight: 0.0 });
            continue;
        };
        let row = word.token.line as f64 - 1.0;
        if *chance >= SUSPECT {
            let corners = [word.from - 3.0, row - 0.92 * half, word.to + 3.0, row + 0.92 * half];
            suspects.push(Tile::new(corners, Tone::Bad, Fill::Tint));
        }
        underlined.push(Link {
            from: [word.from, row + 0.88 * half],
            to: [word.to, row + 0.88 * half],
            tone: Tone::Bad,
            weight: chance.max(0.02),
        });
    }
    panel = panel.boxes("suspects", suspects).links("suspicion", underlined);
    for (word, id) in words.into_iter().zip(IDS.as_chunks::<4>().0) {
        let tone = if word.token.class == Class::Name { Tone::Ink } else { Tone::Muted };
        let at = [word.from, word.token.line as f64 - 1.0];
        panel = panel.words(str::from_utf8(id).unwrap_or_default(), at, word.text, Anchor::Start, tone);
    }
    let (best, _) = sim.verdict();
    let tone = if best == 0 { Tone::Good } else { Tone::Bad };
    panel.words("verdict", [0.0, rows + 0.8], format!("Verdict: {}", sim.said()), Anchor::Start, tone)
}

/// Where a node stands: words from left to right, the tree from above.
fn place(sim: &Misuse, node: usize) -> [f64; 2] {
    [node as f64, sim.program.depth_of(node) as f64]
}

fn graph(sim: &Misuse) -> Panel {
    let n = sim.graph.len();
    let deepest = (0..n).map(|i| sim.program.depth_of(i)).max().unwrap_or(0).max(3) as f64;
    let (low, right) = (deepest + 1.9, n.max(12) as f64);
    let mut panel = Panel::new(
        "graph",
        "Its graph: words from the left, the tree from above",
        Axis::hidden([-0.8, right - 0.2]),
        Axis::hidden([low + 0.7, -0.6]),
    )
    .height(290.0)
    .weight(1.2);
    for (e, ((name, tone), id)) in EDGES.into_iter().zip(["tree", "order", "write", "use"]).enumerate() {
        let on = sim.setting.edges[e];
        let points: Vec<[f64; 2]> = sim.graph.edges[e]
            .iter()
            .filter(|_| on)
            .flat_map(|[i, j]| {
                let (from, to) = (place(sim, *i), place(sim, *j));
                let dip = [0.0, 0.0, 0.9, 1.5][e];
                arc(from, to, dip).into_iter().chain([GAP])
            })
            .collect();
        let stroke = if e < 2 { Stroke::Thin } else { Stroke::Solid };
        panel = panel.line(id, "", points, tone, stroke);
        let text = if on { format!("— {name}") } else { format!("({name})") };
        let at = [-0.6 + right * [0.0, 0.2, 0.48, 0.75][e], low + 0.2];
        let legend = ["legend-tree", "legend-order", "legend-write", "legend-use"][e];
        panel = panel.words(legend, at, text, Anchor::Start, if on { tone } else { Tone::Muted });
    }
    if n == 0 {
        panel = panel.words(
            "empty",
            [right / 2.0, deepest / 2.0],
            "no code, no nodes",
            Anchor::Middle,
            Tone::Muted,
        );
    }
    let others = (0..n).filter(|i| !sim.graph.candidates.contains(i));
    panel = panel.dots("nodes", "", others.map(|i| Dot::new(place(sim, i), Tone::Muted, glyph(sim, i))), 3.5);
    let names = sim.graph.candidates.iter().zip(&sim.chances[1..]).map(|(i, chance)| {
        let suspect = *chance >= SUSPECT;
        let tone = if suspect { Tone::Bad } else { Tone::Ink };
        Dot::new(place(sim, *i), tone, Glyph::Circle)
    });
    panel.dots("names", "", names, 5.0)
}

fn glyph(sim: &Misuse, node: usize) -> Glyph {
    if sim.graph.kinds[node].is_name() { Glyph::Circle } else { Glyph::Square }
}

/// A line, or one that hangs through below both ends.
fn arc(from: [f64; 2], to: [f64; 2], dip: f64) -> Vec<[f64; 2]> {
    if dip <= 0.0 {
        return vec![from, to];
    }
    let control = [f64::midpoint(from[0], to[0]), from[1].max(to[1]) + dip];
    let at =
        |t: f64, d: usize| (1.0 - t) * (1.0 - t) * from[d] + 2.0 * t * (1.0 - t) * control[d] + t * t * to[d];
    (0..=8).map(|i| f64::from(i) / 8.0).map(|t| [at(t, 0), at(t, 1)]).collect()
}

fn accuracy(sim: &Misuse) -> Panel {
    let x = Axis::linear("updates", [0.0, LAST as f64]);
    let y =
        Axis::linear("accuracy", [0.0, 1.05]).ticks([0.0, 0.5, 1.0].map(|p| (p, format_number(p, 1)))).grid();
    let curve = Curve::new("accuracy", "", sim.curves.curve(0), Tone::Accent).stroke(Stroke::Thick);
    let panel = Panel::new("learning", "200 unseen functions", x, y).height(200.0);
    let panel = charts::with_curves(panel, vec![curve]);
    let panel = charts::with_level(panel, "chance", "", sim.chance(), Tone::Muted);
    panel.words("hint", [LAST as f64 - 8.0, 0.07], "dashed: always “no bug”", Anchor::End, Tone::Muted)
}

fn loss(sim: &Misuse) -> Panel {
    let x = Axis::linear("updates", [0.0, LAST as f64]);
    let y = Axis::linear("loss", [0.0, 2.5]).unit("nats").grid();
    let curve = Curve::new("loss", "", sim.curves.curve(1), Tone::Ink);
    charts::with_curves(Panel::new("losses", "Loss in training", x, y).height(200.0).weight(1.2), vec![curve])
}

pub fn describe(sim: &Misuse, mark: &str, index: usize) -> Option<String> {
    let candidate = |place: usize| {
        let node = *sim.graph.candidates.get(place)?;
        let token = sim.program.token_of(node)?;
        let heard =
            sim.graph.heard(node, sim.setting.layers, sim.setting.edges).iter().filter(|h| **h).count();
        let layers = if sim.setting.layers == 1 {
            "1 layer hears".to_owned()
        } else {
            format!("{} layers hear", sim.setting.layers)
        };
        Some(format!(
            "“{}”, line {}, column {}: wrong with {} %; {layers} of {heard} of {} nodes",
            shortened(&token.text),
            token.line,
            token.column,
            format_number(100.0 * sim.chances[1 + place], 1),
            sim.graph.len()
        ))
    };
    match mark {
        "suspicion" | "names" => candidate(index),
        "nodes" => {
            let node = (0..sim.graph.len()).filter(|i| !sim.graph.candidates.contains(i)).nth(index)?;
            let token = sim.program.token_of(node)?;
            Some(format!(
                "{} “{}”, line {}, column {}",
                sim.graph.kinds[node].name(),
                shortened(&token.text),
                token.line,
                token.column
            ))
        }
        _ => None,
    }
}

fn alternative(sim: &Misuse) -> String {
    let accuracy = sim.accuracy().map_or_else(|| "no".to_owned(), |a| format_number(a, 3));
    format!(
        "The code has {} nodes and {} edges. Verdict: {}. After {} updates the network has an accuracy of {accuracy} on \
         unseen functions; always saying “no bug” has {}.",
        sim.graph.len(),
        sim.graph.count(sim.setting.edges),
        sim.said(),
        sim.updates,
        format_number(sim.chance(), 3)
    )
}
