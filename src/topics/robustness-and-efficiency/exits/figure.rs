//! The picture of `exits`: where points leave and what is answered there, and right against depth.

use super::{Live, SIDE};
use crate::lab::figure::charts::{self, Curve, cell_middle};
use crate::lab::figure::{Axis, Bar, Dot, Figure, Glyph, LEVELS, Panel, Ramp, Stroke, Tone};
use crate::lab::schema::readout::format_number;
use crate::models::early_exit::{LAYERS, class};

const UPPER: f64 = 285.0;
const LOWER: f64 = 200.0;

/// New points that are drawn.
const POINTS: usize = 80;

/// Thresholds of the curve, from none to more than a coin has.
const THRESHOLDS: [f64; 15] =
    [0.0, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3, 0.35, 0.4, 0.5, 0.6, 0.65, 0.7];

pub(super) fn draw(live: &Live) -> Figure {
    Figure::new(
        vec![vec![depths(live), answers(live)], vec![curve(live), halves(live), learning(live)]],
        alternative(live),
    )
}

fn map(id: &'static str, title: &str) -> Panel {
    let ticks = [(-1.0, "−1"), (0.0, "0"), (1.0, "1")];
    let axis = |label: &str| Axis::linear(label, [-1.0, 1.0]).ticks(ticks);
    Panel::new(id, title, axis("input 1"), axis("input 2")).height(UPPER).square()
}

/// The level of an exit on the ramp, pale for the first layer.
fn shade(layer: usize) -> u8 {
    (layer * usize::from(LEVELS - 1) / (LAYERS - 1)) as u8
}

fn depths(live: &Live) -> Panel {
    let said = live.mapped();
    let cells = (0..SIDE * SIDE).map(|cell| shade(said.at(cell, live.threshold).0)).collect();
    map("depths", "Layers passed: 1 faint, 4 strong").cells(
        "layer",
        [-1.0, -1.0, 1.0, 1.0],
        [SIDE, SIDE],
        cells,
        Ramp::Sequential,
    )
}

fn answers(live: &Live) -> Panel {
    let said = live.mapped();
    let cells = (0..SIDE * SIDE).map(|cell| u8::from(said.at(cell, live.threshold).1));
    let dots = (0..POINTS).map(|n| {
        let x = live.points.x.row(n);
        Dot::new([x[0], x[1]], Tone::Ink, Glyph::Circle).filled(live.points.class[n] > 0.5)
    });
    map("answers", "Answer there, and new points")
        .cells("answer", [-1.0, -1.0, 1.0, 1.0], [SIDE, SIDE], cells.collect(), Ramp::Series)
        .dots("points", "", dots.collect::<Vec<_>>(), 2.5)
}

fn right_axis(least: f64) -> Axis {
    let middle = (least + 1.0) / 2.0;
    let tick = |x: f64| (x, format_number(x, 2));
    Axis::linear("", [least, 1.005]).ticks([tick(least), tick(middle), tick(1.0)]).grid()
}

fn curve(live: &Live) -> Panel {
    let outcome = |threshold: f64| {
        let outcome = live.outcome(threshold);
        [outcome.depth[0], outcome.right]
    };
    let way: Vec<[f64; 2]> = THRESHOLDS.iter().map(|threshold| outcome(*threshold)).collect();
    let low = way.iter().map(|point| point[1]).fold(1.0, f64::min);
    let least = if low >= 0.9 {
        0.9
    } else if low >= 0.8 {
        0.8
    } else {
        0.4
    };
    let heads = live.heads().into_iter().enumerate();
    let heads = heads
        .map(|(head, right)| Dot::new([head as f64 + 1.0, right], Tone::Muted, Glyph::Square))
        .collect::<Vec<_>>();
    let x = Axis::linear("mean depth", [0.9, 4.1]).ticks((1..=LAYERS).map(|l| (l as f64, l.to_string())));
    charts::with_curves(
        Panel::new("thresholds", "Right (squares: one head for all)", x, right_axis(least)).height(LOWER),
        vec![Curve::new("way", "", way, Tone::Muted)],
    )
    .dots("heads", "", heads, 4.0)
    .dots("now", "", [Dot::new(outcome(live.threshold), Tone::Accent, Glyph::Circle)], 5.0)
}

fn halves(live: &Live) -> Panel {
    let depth = live.outcome(live.threshold).depth;
    let rows = [
        ("all", depth[0], Tone::Ink),
        ("left", depth[1], Tone::Series(2)),
        ("right", depth[2], Tone::Series(1)),
    ];
    let bars = rows.iter().enumerate().filter(|(_, row)| row.1.is_finite());
    let bars = bars
        .map(|(i, (_, depth, tone))| Bar::new(i as f64, 0.6, *depth, *tone).text(format_number(*depth, 2)));
    let x = Axis::linear("layers", [0.0, 5.0])
        .ticks([0.0, 1.0, 2.0, 3.0, 4.0].map(|l| (l, format_number(l, 0))))
        .grid();
    Panel::new("halves", "Depth of a point", x, Axis::categories("", rows.map(|row| row.0)).reversed())
        .height(LOWER)
        .horizontal_bars("depth", bars.collect::<Vec<_>>())
}

fn learning(live: &Live) -> Panel {
    let heads = [
        Curve::new("head-1", "1", live.course.curve(0), Tone::Series(0)),
        Curve::new("head-2", "2", live.course.curve(1), Tone::Series(1)).stroke(Stroke::Thin),
        Curve::new("head-3", "", live.course.curve(2), Tone::Series(2)).stroke(Stroke::Thin),
        Curve::new("head-4", "4", live.course.curve(3), Tone::Series(3)).stroke(Stroke::Thick),
    ];
    let x = charts::steps("step", live.step, 1000.0);
    charts::with_curves(
        Panel::new("learning", "Right, by head", x, right_axis(0.4)).height(LOWER),
        heads.to_vec(),
    )
}

pub(super) fn describe(live: &Live, mark: &str, index: usize) -> Option<String> {
    if mark != "layer" && mark != "answer" || index >= SIDE * SIDE {
        return None;
    }
    let [x, y] = cell_middle(index, SIDE, 1.0);
    let said = live.mapped();
    let entropies: Vec<String> = said.entropies.row(index).iter().map(|e| format_number(*e, 2)).collect();
    let (at, one) = said.at(index, live.threshold);
    Some(format!(
        "at {} and {}: entropies {}; leaves at layer {} as class {}, truly {}",
        format_number(x, 2),
        format_number(y, 2),
        entropies.join(", "),
        at + 1,
        u8::from(one),
        class([x, y])
    ))
}

fn alternative(live: &Live) -> String {
    let outcome = live.outcome(live.threshold);
    let heads = live.heads().map(|right| format_number(right, 3)).join(", ");
    format!(
        "After {} steps the four heads have {heads} of new points right, alone. With a threshold of {} nats a point passes \
         {} layers on average, and {} are right.",
        live.step,
        format_number(live.threshold, 2),
        format_number(outcome.depth[0], 2),
        format_number(outcome.right, 3)
    )
}
