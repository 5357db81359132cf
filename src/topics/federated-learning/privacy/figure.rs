//! The picture of `privacy`: the server's guess in the plane, what it was sent, accuracy and ε by rounds.

use super::super::{input, right_axis};
use super::{Privacy, VICTIM};
use crate::lab::figure::charts::{self, Curve, signed_level};
use crate::lab::figure::{Anchor, Axis, Dot, Figure, Glyph, Panel, Ramp, Stroke, Tone};
use crate::lab::schema::readout::format_number;
use crate::models::federated::{SIZE, ratios};

/// Half the width of the plane; what lies beyond stands at its edge.
const EDGE: f64 = 3.0;

/// Columns of a strip of numbers; full colour for an update of this size.
const COLUMNS: usize = 29;
const FULL: f64 = 0.4;

const UPPER: f64 = 270.0;
const LOWER: f64 = 200.0;

/// ε is drawn between these.
const EPSILONS: [f64; 2] = [0.1, 1000.0];

const STRIPS: [&str; 3] = ["own-update", "as-sent", "sum"];

pub(super) fn draw(live: &Privacy) -> Figure {
    Figure::new(vec![vec![plane(live), strips(live)], vec![right(live), price(live)]], alternative(live))
}

fn plane(live: &Privacy) -> Panel {
    let held = |x: [f64; 2]| x.map(|x| if x.is_nan() { 0.0 } else { x.clamp(-EDGE, EDGE) });
    let guess = live.guess();
    let units = ratios(&live.looked_at()).into_iter().filter(|(_, bias)| bias.abs() >= 1e-9);
    let units = units.map(|(x, _)| Dot::new(held(x), Tone::Muted, Glyph::Plus));
    let own = live.examples(VICTIM).into_iter();
    let own = own.map(|example| Dot::new(held(example.x), Tone::Series(0), Glyph::Circle).hollow());
    let all = live.setting.clients[VICTIM].iter();
    let all = all.map(|example| Dot::new(held(example.x), Tone::Series(0), Glyph::Circle));
    let title = match guess {
        Some((_, off)) => format!("The server reads a point, off by {}", format_number(off, 2)),
        None => "Nothing to read".to_owned(),
    };
    Panel::new("plane", title, input(0, EDGE), input(1, EDGE))
        .height(UPPER)
        .square()
        .dots("all-points", "", all.collect::<Vec<_>>(), 1.6)
        .dots("units", "", units.collect::<Vec<_>>(), 3.0)
        .dots("points", "", own.collect::<Vec<_>>(), 6.5)
        .dots("guess", "", guess.map(|(x, _)| Dot::new(held(x), Tone::Accent, Glyph::Cross)), 6.0)
}

/// The three strips, each in shares of its full colour.
fn shares(live: &Privacy) -> [Vec<f64>; 3] {
    let Some(sent) = &live.sent else { return std::array::from_fn(|_| vec![0.0; SIZE]) };
    let scaled = |xs: &[f64], full: f64| -> Vec<f64> { xs.iter().map(|x| x / full).collect() };
    // Garbage fills half the clock, and all weigh the same in it.
    let full = if sent.whole { FULL } else { 60.0 };
    [
        scaled(&sent.own, FULL),
        scaled(&sent.shown, if live.defence.masks { 1.0 } else { FULL }),
        scaled(&sent.total, full),
    ]
}

fn strips(live: &Privacy) -> Panel {
    let rows = SIZE / COLUMNS;
    let height = rows as f64;
    let place = |strip: usize| strip as f64 * (height + 1.6);
    let y = Axis::linear("", [place(2) + height + 0.2, -0.2]).ticks(
        ["update", "as sent", "mean"]
            .into_iter()
            .enumerate()
            .map(|(i, name)| (place(i) + 0.5 * height, name)),
    );
    let width = COLUMNS as f64;
    let panel = Panel::new("sent", "116 numbers of client 1, and of the mean", Axis::hidden([0.0, width]), y)
        .height(UPPER);
    STRIPS.into_iter().zip(shares(live)).enumerate().fold(panel, |panel, (i, (id, shares))| {
        let cells = shares.iter().map(|share| signed_level(*share, 1.0)).collect();
        panel.cells(id, [0.0, place(i), width, place(i) + height], [COLUMNS, rows], cells, Ramp::Diverging)
    })
}

fn rounds(live: &Privacy) -> Axis {
    Axis::linear("round", [0.0, live.last as f64])
}

fn right(live: &Privacy) -> Panel {
    let curve = Curve::new("right", "", live.right.curve(0), Tone::Accent).stroke(Stroke::Thick);
    let title = format!("New points right: {}", format_number(live.accuracy, 2));
    charts::with_curves(Panel::new("learning", title, rounds(live), right_axis()).height(LOWER), vec![curve])
}

fn price(live: &Privacy) -> Panel {
    let y = Axis::logarithmic("ε", EPSILONS)
        .ticks([(0.1, "0.1"), (1.0, "1"), (10.0, "10"), (100.0, "100"), (1000.0, "1,000")])
        .grid();
    let title = "ε so far (dashed: exact)";
    let panel = Panel::new("price", title, rounds(live), y).height(LOWER);
    if !live.defence.noise || live.z <= 0.0 {
        // Between two lines of the grid.
        let middle = [0.5 * live.last as f64, 31.6];
        return panel.words("no-guarantee", middle, "no noise, no ε", Anchor::Middle, Tone::Muted);
    }
    let curve = |which: usize| -> Vec<[f64; 2]> {
        let prices = (1..).zip(&live.prices);
        let drawn = |(t, price): (u64, &[Option<f64>; 2])| {
            Some([t as f64, price[which]?.clamp(EPSILONS[0], EPSILONS[1])])
        };
        prices.filter_map(drawn).collect()
    };
    let curves = vec![
        Curve::new("exact", "", curve(1), Tone::Muted).stroke(Stroke::Dashed),
        Curve::new("simple", "", curve(0), Tone::Accent).stroke(Stroke::Thick),
    ];
    charts::with_curves(panel, curves)
}

pub(super) fn describe(live: &Privacy, mark: &str, index: usize) -> Option<String> {
    let strip = STRIPS.iter().position(|id| *id == mark)?;
    let sent = live.sent.as_ref()?;
    let (what, value) = match strip {
        0 => ("of client 1's update", sent.own.get(index)?),
        1 => ("as client 1 sent it", sent.shown.get(index)?),
        _ => ("of the mean", sent.total.get(index)?),
    };
    Some(format!("number {} {what}: {}", index + 1, format_number(*value, 3)))
}

fn alternative(live: &Privacy) -> String {
    let read = match live.guess() {
        Some((_, off)) => {
            format!("The server reads a point {} from the nearest of client 1's", format_number(off, 3))
        }
        None => "The gradient has vanished, and the server reads nothing".to_owned(),
    };
    let masks = match live.sent.as_ref().and_then(|sent| sent.agree) {
        Some(agree) => format!(" Under masks {agree} of {SIZE} sums are exact."),
        None => String::new(),
    };
    let price = match live.price()[0] {
        Some(epsilon) if epsilon.is_finite() => format!(" ε is {}.", format_number(epsilon, 2)),
        _ => String::new(),
    };
    format!(
        "{read}.{masks} After {} rounds {} of new points are right.{price}",
        live.round,
        format_number(live.accuracy, 2)
    )
}
