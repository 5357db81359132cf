//! What a quantum circuit adds to machine learning: a model that is a short Fourier series, kernels made of
//! overlaps, slopes that vanish, and readings one at a time.

mod born;
mod kernel;
mod plateau;
mod vqc;

use super::{Ask, Group, Topic, article};
use crate::lab::figure::charts::{cell_middle, signed_level};
use crate::lab::figure::{Axis, Dot, Glyph, Panel, Ramp, Tone};
use crate::lab::schema::readout::format_number;
use crate::lab::schema::table::{Column, Table};
use crate::lab::{Control, Values, page_text};
use crate::models::own_points::{Classed, halves};
use crate::models::reuploading::Labelled;

pub static TOPIC: Topic = Topic {
    slug: "quantum-machine-learning",
    group: Group::Future,
    title: "Quantum machine learning",
    question: page_text(
        "What does a quantum circuit add to machine learning, and when do more qubits make it harder to train?",
    ),
    asks: &[Ask::Learning, Ask::Inside],
    published: "2026-11-26",
    updated: "2026-11-26",
    simulations: &[&vqc::SPEC, &kernel::SPEC, &plateau::SPEC, &born::SPEC],
    article: article!("article.md"),
};

/// Points of the reader's own in place of those that are drawn.
static POINTS: Table = Table::new(
    &[Column::real("x", [-1e9, 1e9]), Column::real("y", [-1e9, 1e9]), Column::whole("class", [0.0, 1.0])],
    [8, 120],
);

/// The control for them.
const OWN: Control = Control::table("own", "Your own points", &POINTS, |text| POINTS.check(text))
    .help("Two features and a class, 0 or 1, in each row; those of a class go in turns to the points learned from and to new ones.")
    .secondary();

/// The reader's own points, if there are any: those learned from, and new ones, scaled to ±1.
fn own_points(values: &Values) -> Option<[Vec<Labelled>; 2]> {
    let rows = POINTS.own::<3>(values.text("own"))?;
    let sign =
        |points: Vec<Classed>| points.into_iter().map(|(x, class)| (x, 2.0 * class as f64 - 1.0)).collect();
    Some(halves(&rows, REACH).map(sign))
}

/// How far points of the reader's own reach: they stand inside the maps.
const REACH: f64 = 0.95;

/// What is said where they stand.
const OWN_NOTE: &str =
    "The points are yours; every second one of a class is new to the fit. Each feature is scaled to ±1.";

// What a circuit gives, and what stands beside it without one, in all four simulations.
const QUANTUM: Tone = Tone::Accent;
const CLASSICAL: Tone = Tone::Series(0);

/// Cells along a side of a map.
const SIDE: usize = 24;

/// The middle of a cell of a map from −`edge` to `edge`.
fn place(cell: usize, edge: f64) -> [f64; 2] {
    cell_middle(cell, SIDE, edge)
}

/// What a machine says of the plane, from −1 in one colour to 1 in the other, with points of two kinds.
fn map(id: &'static str, title: impl Into<String>, edge: f64, values: &[f64], points: &[Labelled]) -> Panel {
    let axis = |label: &str| Axis::linear(label, [-edge, edge]).ticks([(-1.0, "−1"), (0.0, "0"), (1.0, "1")]);
    let cells = values.iter().map(|f| signed_level(*f, 1.0)).collect();
    let kind = |positive: bool, glyph: Glyph| {
        let inside = points.iter().filter(move |(x, _)| x.iter().all(|x| x.abs() < edge));
        let own = inside.filter(move |(_, y)| (*y > 0.0) == positive);
        own.map(move |(x, _)| Dot::new(*x, Tone::Ink, glyph).filled(positive))
    };
    Panel::new(id, title, axis("input 0"), axis("input 1"))
        .height(270.0)
        .square()
        .cells(id, [-edge, -edge, edge, edge], [SIDE, SIDE], cells, Ramp::Diverging)
        .dots("ones", "", kind(true, Glyph::Circle), 2.2)
        .dots("others", "", kind(false, Glyph::Triangle), 2.4)
}

/// What a cell of a map is.
fn describe(values: &[f64], edge: f64, cell: usize) -> Option<String> {
    let [a, b] = place(cell, edge).map(|x| format_number(x, 2));
    Some(format!("inputs {a} and {b}: f = {}", format_number(*values.get(cell)?, 2)))
}
