//! The picture of `shrink`: two networks' fields and weights, what either takes, and how both learn.

use super::Shrink;
use crate::lab::figure::charts::{self, Curve, cell_middle, signed_level};
use crate::lab::figure::{Anchor, Axis, Bar, Dot, Figure, Glyph, Panel, Ramp, Stroke, Tone, round_up};
use crate::lab::schema::readout::format_number;
use crate::models::spiral_network::Network;
use crate::numerics::elementary::{log10, pow, sigmoid};
use crate::numerics::matrix::Matrix;
use core::ops::Range;

/// Cells along a side of a field, and half the width of it.
const SIDE: usize = 24;
const EDGE: f64 = 1.15;

const UPPER: f64 = 305.0;
const LOWER: f64 = 170.0;

/// Side of a card in the panel's own units, and room between two.
const CARD: f64 = 10.0;
const GUTTER: f64 = 1.0;
/// Room for a line of words above a card.
const HEAD: f64 = 2.0;

/// Where that line stands.
const WORDS: f64 = -0.85;

/// Of the weights between the hidden layers those of so many units are drawn: each cell takes bytes.
const UNITS: usize = 24;

/// New points that are drawn.
const POINTS: usize = 70;

/// The first network and the second, in all panels.
const FULL: Tone = Tone::Muted;
const SMALL: Tone = Tone::Accent;

pub(super) fn draw(live: &Shrink) -> Figure {
    Figure::new(
        vec![vec![cards(live), bill(live)], vec![learning(live), stairs(live), trail(live)]],
        alternative(live),
    )
}

/// The middle of a cell of a field, row 0 at the top.
fn place(cell: usize) -> [f64; 2] {
    let [x, y] = cell_middle(cell, SIDE, EDGE);
    [x, -y]
}

/// The chance that a network gives the second spiral, in each of some cells.
fn field(network: &Network, cells: Range<usize>) -> Vec<f64> {
    let x = Matrix::from_fn(cells.len(), 2, |n, c| place(cells.start + n)[c]);
    network.outputs(&x).into_iter().map(sigmoid).collect()
}

/// The matrix between the hidden layers.
fn middle(network: &Network) -> &[f64] {
    network.weights[1].as_slice()
}

/// As much of it as is drawn, row after row, and the length of a row.
fn corner(network: &Network) -> (Vec<f64>, usize) {
    let weights = &network.weights[1];
    let units = weights.rows().min(UNITS);
    let cells = (0..units).flat_map(|row| (0..units).map(move |column| weights[(row, column)]));
    (cells.collect(), units)
}

/// "1 bit", "1.58 bits", "8 bits, 20 % left".
fn named(live: &Shrink) -> String {
    let bits = live.pair.mean_bits();
    let bits = if bits == 1.0 {
        "1 bit".to_owned()
    } else {
        format!("{} bits", format_number(bits, if bits.fract() > 0.0 { 2 } else { 0 }))
    };
    let stored = live.second();
    if stored.kept < stored.weights {
        format!("{bits}, {} % left", format_number(100.0 * stored.kept / stored.weights, 0))
    } else {
        bits
    }
}

fn cards(live: &Shrink) -> Panel {
    let right = CARD + GUTTER;
    let below = CARD + HEAD;
    let x = Axis::hidden([-0.2, right + CARD + 0.2]);
    let y = Axis::hidden([below + CARD + 0.2, -HEAD]);
    let mut panel = Panel::new("networks", "Answers, and weights of the middle layer", x, y)
        .height(UPPER)
        .weight(1.3)
        .square();
    let tints = |network: &Network| {
        field(network, 0..SIDE * SIDE).iter().map(|p| signed_level(2.0 * p - 1.0, 1.25)).collect::<Vec<_>>()
    };
    let [first, second] = &live.networks;
    let square = |x: f64, y: f64| [x, y, x + CARD, y + CARD];
    panel = panel.cells("field-full", square(0.0, 0.0), [SIDE, SIDE], tints(first), Ramp::Diverging).cells(
        "field-small",
        square(right, 0.0),
        [SIDE, SIDE],
        tints(second),
        Ramp::Diverging,
    );
    for (id, at, network) in [("weights-full", 0.0, first), ("weights-small", right, second)] {
        let (weights, units) = corner(network);
        let most = weights.iter().fold(0.0, |most: f64, w| most.max(w.abs()));
        let cells = weights.iter().map(|w| signed_level(*w, most.max(1e-12))).collect();
        panel = panel.cells(id, square(at, below), [units, units], cells, Ramp::Diverging);
    }
    let units = first.weights[1].rows();
    let below_words =
        if units > UNITS { format!("weights of {UNITS} units") } else { "its weights".to_owned() };
    let points = &live.pair.task.test;
    let shown = (0..POINTS).filter(|n| points.x.row(*n).iter().all(|x| x.abs() < EDGE));
    let dots = shown.flat_map(|n| {
        let class = points.class[n] as usize;
        let half = CARD / 2.0;
        let [a, b] = [points.x[(n, 0)], points.x[(n, 1)]];
        [0.0, right].map(|left| {
            Dot::new([left + half * (1.0 + a / EDGE), half * (1.0 - b / EDGE)], Tone::Ink, Glyph::Circle)
                .filled(class == 0)
        })
    });
    panel
        .dots("points", "", dots.collect::<Vec<_>>(), 2.0)
        .words("name-full", [0.0, WORDS], "32 bits", Anchor::Start, Tone::Ink)
        .words("name-small", [right, WORDS], named(live), Anchor::Start, Tone::Ink)
        .words("below-full", [0.0, below + WORDS], below_words.clone(), Anchor::Start, Tone::Muted)
        .words("below-small", [right, below + WORDS], below_words, Anchor::Start, Tone::Muted)
}

fn nanojoules(x: f64) -> String {
    format_number(x, if x >= 100.0 { 0 } else { 2 })
}

fn bill(live: &Shrink) -> Panel {
    let (dense, stored) = (live.first(), live.second());
    let rows = [
        ("first: fetch", dense.fetching(live.memory) / 1e3, FULL),
        ("compute", dense.computing() / 1e3, FULL),
        ("second: fetch", stored.fetching(live.memory) / 1e3, SMALL),
        ("compute", stored.computing() / 1e3, SMALL),
    ];
    let most = rows.iter().map(|row| row.1).fold(0.0, f64::max);
    let bars = rows
        .iter()
        .enumerate()
        .map(|(i, (_, energy, tone))| Bar::new(i as f64, 0.6, *energy, *tone).text(nanojoules(*energy)));
    let names = rows.iter().map(|row| row.0.to_owned());
    // Room for the number at the end of the longest bar.
    let x = Axis::linear("energy", [0.0, round_up(1.3 * most, 1e-6)]).unit("nJ").grid();
    Panel::new("bill", "One inference", x, Axis::categories("", names).reversed())
        .height(UPPER)
        .horizontal_bars("energies", bars)
}

fn learning(live: &Shrink) -> Panel {
    let y = Axis::linear("right", [0.0, 1.02]).ticks([(0.0, "0"), (0.5, "0.5"), (1.0, "1")]).grid();
    let curves = vec![
        Curve::new("full", "", live.course.curve(0), FULL).stroke(Stroke::Dashed),
        Curve::new("small", "", live.course.curve(1), SMALL).stroke(Stroke::Thick),
    ];
    let x = charts::steps("step", live.pair.step, 500.0);
    charts::with_curves(
        Panel::new("learning", "New points right (dashed: 32 bits)", x, y).height(LOWER),
        curves,
    )
}

/// Exact weights that are drawn against rounded ones, at most.
const STAIRS: usize = 256;

/// What rounding makes of the weights between the hidden layers: stairs, where training sees the dashed line.
fn stairs(live: &Shrink) -> Panel {
    let (second, _) = live.pair.second();
    let exact = middle(live.pair.exact());
    let every = exact.len().div_ceil(STAIRS);
    let most = exact.iter().fold(0.1, |most: f64, w| most.max(w.abs()));
    let end = round_up(most, 0.1);
    let dots = exact.iter().zip(middle(&second)).step_by(every);
    let dots = dots.map(|(exact, seen)| Dot::new([*exact, *seen], SMALL, Glyph::Circle));
    let axis = |label: &str| {
        let tick = |x: f64| (x, format_number(x, usize::from(end < 1.0)));
        Axis::linear(label, [-end, end]).ticks([tick(-end), (0.0, "0".to_owned()), tick(end)])
    };
    Panel::new("stairs", "Second network: rounded weights", axis("exact"), axis("rounded").grid())
        .height(LOWER)
        .line("straight", "", [[-end, -end], [end, end]], Tone::Muted, Stroke::Dashed)
        .dots("weights", "", dots.collect::<Vec<_>>(), 2.0)
}

fn trail(live: &Shrink) -> Panel {
    let full = live.first().energy(live.memory) / 1e3;
    let way: Vec<[f64; 2]> = (live.trail.iter())
        .map(|(kept, right)| [live.with(*kept).energy(live.memory) / 1e3, *right])
        .filter(|point| point[0] > 0.0)
        .collect();
    let low = way.iter().map(|point| point[0]).fold(full, f64::min);
    let high = way.iter().map(|point| point[0]).fold(full, f64::max);
    let decade = |energy: f64, by: f64| pow(10.0, (log10(energy) + by).floor());
    let x = Axis::logarithmic("energy", [decade(low, -0.1), decade(high, 1.1)]).unit("nJ");
    let y = Axis::linear("right", [0.0, 1.05]).ticks([(0.0, "0"), (0.5, "0.5"), (1.0, "1")]).grid();
    let here = way.last().map(|now| Dot::new(*now, SMALL, Glyph::Circle));
    let dots = [Dot::new([full, live.right[0]], FULL, Glyph::Square)].into_iter().chain(here);
    Panel::new("trail", "Right, against energy", x, y)
        .height(LOWER)
        .dots("here", "", dots.collect::<Vec<_>>(), 5.0)
        .line("way", "", way, SMALL, Stroke::Thin)
}

pub(super) fn describe(live: &Shrink, mark: &str, index: usize) -> Option<String> {
    let [first, second] = &live.networks;
    let said = |network: &Network| {
        let [a, b] = place(index).map(|x| format_number(x, 2));
        let chance = *field(network, index..index + 1).first()?;
        Some(format!("at {a} and {b}: {} for the second spiral", format_number(chance, 2)))
    };
    let weight = |network: &Network| {
        let (weights, units) = corner(network);
        charts::describe_cell(["to unit", "from unit"], units, &weights, index)
    };
    match mark {
        "field-full" => said(first),
        "field-small" => said(second),
        "weights-full" => weight(first),
        "weights-small" => weight(second),
        _ => None,
    }
}

fn alternative(live: &Shrink) -> String {
    format!(
        "After {} steps the network with 32 bits has {} of new points right and takes {} nJ for one; the second, with \
         {}, has {} and takes {} nJ.",
        live.pair.step,
        format_number(live.right[0], 3),
        nanojoules(live.first().energy(live.memory) / 1e3),
        named(live),
        format_number(live.right[1], 3),
        nanojoules(live.second().energy(live.memory) / 1e3),
    )
}
