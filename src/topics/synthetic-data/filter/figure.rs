//! The picture of `filter`: what the student has and what it makes of it, and accuracy for every share.

use super::{Filter, SHARES};
use crate::lab::Figure;
use crate::lab::figure::charts::{Curve, with_curves};
use crate::lab::figure::{Axis, Dot, Glyph, Panel, Ramp, Stroke, Tone};
use crate::models::nearest_neighbours::{Example, classify, margin};

/// Half the side of the map.
const EDGE: f64 = 3.0;
/// Cells of a side.
const SIDE: usize = 36;
/// Points that are drawn, at most.
const DRAWN: usize = 450;

pub fn draw(filter: &Filter) -> Figure {
    let kept = filter.kept();
    let alternative = format!(
        "A map of {} kept points of {}, and a curve: with {} % kept the student is right in {:.1} % of the \
         true points and {:.1} % of its labels are right; with everything kept it is right in {:.1} %.",
        kept.len(),
        filter.examples.len(),
        filter.share + 1,
        filter.student[filter.share],
        filter.labels[filter.share],
        filter.student[SHARES - 1],
    );
    Figure::row(vec![map(filter, kept), curve(filter)], alternative)
}

/// What the student says everywhere, the points it has, and where the truth changes sides.
fn map(filter: &Filter, kept: &[Example]) -> Panel {
    let at = |i: usize| EDGE * ((2 * i + 1) as f64 / SIDE as f64 - 1.0);
    let cells = (0..SIDE * SIDE).map(|i| u8::from(classify([at(i % SIDE), at(i / SIDE)], kept))).collect();
    // Every so many of all points, so that a smaller share shows fewer.
    let every = filter.examples.len().div_ceil(DRAWN);
    let inside = |e: &&Example| e.at.iter().all(|x| x.abs() < EDGE);
    let shown: Vec<&Example> = kept.iter().step_by(every).filter(inside).collect();
    let side = |e: &Example| {
        if e.label { (Tone::Series(1), Glyph::Square) } else { (Tone::Series(0), Glyph::Circle) }
    };
    let dots = shown.iter().map(|e| {
        let (tone, glyph) = side(e);
        Dot::new(e.at, tone, glyph)
    });
    let rings = shown.iter().filter(|e| e.wrong).map(|e| Dot::new(e.at, Tone::Bad, Glyph::Circle).hollow());
    // Where s = 0, y = -sin(2.2 x) / 0.9.
    let truth = (0..=90).map(|i| {
        let x = EDGE * (f64::from(i) / 45.0 - 1.0);
        [x, -margin([x, 0.0]) / 0.9]
    });
    Panel::new(
        "map",
        "The student's points, and what it says",
        Axis::hidden([-EDGE, EDGE]),
        Axis::hidden([-EDGE, EDGE]),
    )
    .height(320.0)
    .square()
    .cells("student", [-EDGE, -EDGE, EDGE, EDGE], [SIDE, SIDE], cells, Ramp::Series)
    .line("truth", "", truth, Tone::Ink, Stroke::Dashed)
    .dots("points", "", dots, 2.2)
    .dots("errors", "", rings, 4.2)
}

/// Accuracy of the student and of its labels against the share kept.
fn curve(filter: &Filter) -> Panel {
    let points =
        |ys: &[f64]| ys.iter().enumerate().map(|(i, y)| [(i + 1) as f64 / SHARES as f64, *y]).collect();
    let panel = Panel::new(
        "curve",
        "Right answers for every share",
        // A little wider than all there is: the handle must not stand in the words at the end of its curve.
        Axis::linear("Share kept", [0.0, 1.05]),
        Axis::linear("Right", [50.0, 100.0]).unit("%").grid(),
    )
    .height(320.0);
    let share = (filter.share + 1) as f64 / SHARES as f64;
    with_curves(
        panel,
        vec![
            Curve::new("labels", "labels", points(&filter.labels), Tone::Muted).stroke(Stroke::Dashed),
            Curve::new("students", "student", points(&filter.student), Tone::Accent).stroke(Stroke::Thick),
        ],
    )
    .handle("keep", [share, filter.student[filter.share]], [Some("keep"), None], Tone::Accent)
}
