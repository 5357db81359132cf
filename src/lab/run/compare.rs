//! Two runs side by side: what sets their values apart, and what their figures and readouts differ
//! in. `kept` is the run that was put aside, `now` the one that goes on.

use super::runner::Runner;
use crate::lab::figure::{Axis, Bar, EMPTY, Figure, LEVELS, Mark, Panel, Ramp, Shape, Stroke, Tone};
use crate::lab::schema::readout::{Reading, Readout, format_number};
use crate::lab::schema::values::Values;

/// What the kept run's values are where the two differ: "Top-k 2, Balance none".
#[must_use]
pub fn values(kept: &Values, now: &Values) -> String {
    let told = |c: &crate::lab::Control| {
        let value = kept.get(c.id).map_or_else(String::new, |v| c.shown(v));
        format!("{} {value} {}", c.label, c.unit).trim_end().to_owned()
    };
    kept.changed(now).map(told).collect::<Vec<_>>().join(", ")
}

/// A readout of the kept run beside that of now: "kept 1.40, difference +0.70".
#[must_use]
pub fn reading(readout: &Readout, kept: &Reading, now: &Reading) -> String {
    let shown = format!("kept {}", readout.shown(kept));
    let (Some(a), Some(b)) = (kept.number(), now.number()) else { return shown };
    let difference = format_number(b - a, readout.decimals);
    let sign = if b > a && difference.starts_with(|c: char| c.is_ascii_digit()) { "+" } else { "" };
    format!("{shown}, difference {sign}{difference}")
}

/// What two figures of the same simulation differ in, drawn: between two curves the area, between two
/// bars the piece that was gained or lost, of two maps the difference of their shades. Panels with
/// nothing of the kind are left out; `None` if none is left.
#[must_use]
pub fn figure(kept: &Figure, now: &Figure) -> Option<Figure> {
    let mut rows = Vec::new();
    let mut told = Vec::new();
    for row in &now.rows {
        let mut panels = Vec::new();
        for panel in row {
            let Some(before) = kept.panels().find(|p| p.id == panel.id) else { continue };
            let Some(difference) = difference(before, panel) else { continue };
            told.push(name_of(&difference, "difference"));
            panels.push(difference);
        }
        if !panels.is_empty() {
            rows.push(panels);
        }
    }
    if rows.is_empty() {
        return None;
    }
    let alternative = format!("What the two runs differ in, panel by panel: {}.", told.join("; "));
    Some(Figure::new(rows, alternative))
}

/// The figure of a run; with a kept one both, and what they differ in.
#[must_use]
pub fn shown(now: &Runner, kept: Option<&Runner>) -> Figure {
    let figure = now.simulation().figure();
    match kept {
        Some(kept) => sheet(&kept.simulation().figure(), &figure),
        None => figure,
    }
}

/// Both figures and what they differ in, one below the other: for a file.
#[must_use]
pub fn sheet(kept: &Figure, now: &Figure) -> Figure {
    let named = |figure: Figure, name: &str| -> Vec<Vec<Panel>> {
        let title = |p: &Panel| format!("{name}: {}", name_of(p, "the figure"));
        let row = |row: Vec<Panel>| row.into_iter().map(|p| Panel { title: title(&p), ..p }).collect();
        figure.rows.into_iter().map(row).collect()
    };
    let mut rows = named(kept.clone(), "Kept");
    rows.extend(named(now.clone(), "Now"));
    rows.extend(figure(kept, now).into_iter().flat_map(|difference| named(difference, "Difference")));
    Figure::new(rows, format!("Kept: {} Now: {}", kept.alternative, now.alternative))
}

/// What a panel shows, in its own words, or `otherwise`.
fn name_of(panel: &Panel, otherwise: &str) -> String {
    let names = [panel.title.as_str(), panel.y.label.as_str(), otherwise];
    names.into_iter().find(|name| !name.is_empty()).unwrap_or_default().to_owned()
}

fn difference(kept: &Panel, now: &Panel) -> Option<Panel> {
    let mut marks = Vec::new();
    let mut lines = Vec::new();
    for mark in &now.marks {
        let Some(before) = kept.marks.iter().find(|m| m.id == mark.id) else { continue };
        match (&before.shape, &mark.shape) {
            (Shape::Line { points: a, .. }, Shape::Line { points: b, tone, .. }) => {
                let (between, old, new) = between(a, b, *tone);
                marks.push(Mark { id: mark.id, label: String::new(), shape: between });
                lines.push(Mark { id: mark.id, label: String::new(), shape: old });
                lines.push(Mark { id: mark.id, label: mark.label.clone(), shape: new });
            }
            (Shape::Bars { bars: a, horizontal: h }, Shape::Bars { bars: b, horizontal })
                if h == horizontal =>
            {
                let bars = gained(a, b);
                marks.push(Mark {
                    id: mark.id,
                    label: String::new(),
                    shape: Shape::Bars { bars, horizontal: *h },
                });
            }
            (a @ Shape::Cells { .. }, b @ Shape::Cells { .. }) => {
                let shape = shades(a, b)?;
                marks.push(Mark { id: mark.id, label: mark.label.clone(), shape });
            }
            // What stands still tells where one is.
            (Shape::Rule { .. }, Shape::Rule { .. }) if before.shape == mark.shape => {
                marks.push(mark.clone());
            }
            _ => {}
        }
    }
    marks.extend(lines);
    if !marks.iter().any(|m| !matches!(m.shape, Shape::Rule { .. })) {
        return None;
    }
    let axis = |a: &Axis, b: &Axis| Axis { domain: both(a.domain, b.domain), ..b.clone() };
    Some(Panel { x: axis(&kept.x, &now.x), y: axis(&kept.y, &now.y), marks, ..now.clone() })
}

/// The domain that holds two, in the direction of the second.
fn both([a, b]: [f64; 2], [c, d]: [f64; 2]) -> [f64; 2] {
    let (low, high) = (a.min(b).min(c).min(d), a.max(b).max(c).max(d));
    if c > d { [high, low] } else { [low, high] }
}

/// The area between two curves where both are, and the two curves. Beside one of them, in its gaps, and
/// where one turns back, there is none.
fn between(kept: &[[f64; 2]], now: &[[f64; 2]], tone: Tone) -> (Shape, Shape, Shape) {
    let goes_on = |points: &[[f64; 2]]| points.is_sorted_by(|a, b| a[0] <= b[0]);
    let mut points = Vec::new();
    if goes_on(kept) && goes_on(now) {
        let (mut left, mut right) = (kept, now);
        while let Some(x) = next(&mut left, &mut right) {
            if let (Some(a), Some(b)) = (height(kept, x), height(now, x))
                && x.is_finite()
            {
                points.push([x, a.min(b), a.max(b)]);
            }
        }
    }
    let line = |points: &[[f64; 2]], stroke| Shape::Line { points: points.to_vec(), tone, stroke };
    (Shape::Area { points, tone }, line(kept, Stroke::Dashed), line(now, Stroke::Solid))
}

/// The least place that two curves have left; they go on behind it.
fn next<'a>(a: &mut &'a [[f64; 2]], b: &mut &'a [[f64; 2]]) -> Option<f64> {
    let place = |points: &[[f64; 2]]| points.first().map(|[x, _]| *x);
    let x = match (place(a), place(b)) {
        (Some(x), Some(y)) => x.min(y),
        (x, y) => x.or(y)?,
    };
    for points in [a, b] {
        *points = &points[points.partition_point(|[at, _]| *at <= x)..];
    }
    Some(x)
}

/// The height at x of a curve that never turns back; `None` beside it and in its gaps.
fn height(points: &[[f64; 2]], x: f64) -> Option<f64> {
    let after = points.partition_point(|[at, _]| *at < x);
    let [right, above] = *points.get(after)?;
    if right <= x {
        return Some(above).filter(|y| y.is_finite());
    }
    let [left, below] = *points.get(after.checked_sub(1)?)?;
    let y = below + (above - below) * (x - left) / (right - left);
    Some(y).filter(|y| y.is_finite())
}

/// From the end of each kept bar to that of the one which stands in its place now.
fn gained(kept: &[Bar], now: &[Bar]) -> Vec<Bar> {
    let mut free: Vec<&Bar> = kept.iter().collect();
    now.iter()
        .filter_map(|bar| {
            let same = |other: &&Bar| (other.at - bar.at).abs() < 1e-9 && (other.tone == bar.tone);
            let place = free.iter().position(same)?;
            let before = free.remove(place);
            Some(Bar { from: before.to, text: String::new(), ..bar.clone() })
        })
        .collect()
}

/// The difference of two maps of one size. Of a map of categories what has changed keeps its new one.
fn shades(kept: &Shape, now: &Shape) -> Option<Shape> {
    let (
        Shape::Cells { cells: a, columns, rows, ramp: r, .. },
        Shape::Cells { cells: b, columns: c, rows: w, ramp, area },
    ) = (kept, now)
    else {
        return None;
    };
    if (columns, rows, r) != (c, w, ramp) || a.len() != b.len() {
        return None;
    }
    let one = |(a, b): (&u8, &u8)| match ramp {
        Ramp::Series => {
            if a == b {
                EMPTY
            } else {
                *b
            }
        }
        _ if *a == EMPTY || *b == EMPTY => EMPTY,
        // The middle of the ramp is no difference.
        _ => {
            let half = i16::from(LEVELS) / 2;
            let moved = (i16::from(*b) - i16::from(*a)).clamp(-half, half - 1);
            (half + moved) as u8
        }
    };
    let cells = a.iter().zip(b).map(one).collect();
    let ramp = if *ramp == Ramp::Series { Ramp::Series } else { Ramp::Diverging };
    Some(Shape::Cells { area: *area, columns: *columns, rows: *rows, cells, ramp })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::Runner;
    use crate::sample::SPEC;

    fn panel(shape: Shape) -> Figure {
        let axis = || Axis::linear("", [0.0, 4.0]);
        Figure::row(vec![Panel::new("p", "Load", axis(), axis()).mark("m", "now", shape)], String::new())
    }

    fn line(points: &[[f64; 2]]) -> Shape {
        Shape::Line { points: points.to_vec(), tone: Tone::Ink, stroke: Stroke::Solid }
    }

    fn first(figure: &Figure) -> &Shape {
        &figure.rows[0][0].marks[0].shape
    }

    #[test]
    fn between_two_curves_is_their_area_where_both_are() {
        let kept = panel(line(&[[0.0, 1.0], [2.0, 3.0]]));
        let now = panel(line(&[[1.0, 1.0], [3.0, 1.0]]));
        let difference = figure(&kept, &now).expect("curves differ");
        let Shape::Area { points, .. } = first(&difference) else { panic!("an area") };
        assert_eq!(points, &[[1.0, 1.0, 2.0], [2.0, 1.0, 3.0]]);
        assert_eq!(difference.rows[0][0].title, "Load");
        assert_eq!(sheet(&kept, &now).rows[2][0].title, "Difference: Load");
        assert_eq!(difference.rows[0][0].marks.len(), 3);
    }

    #[test]
    fn a_curve_that_turns_back_has_no_area() {
        let circle = line(&[[0.0, 0.0], [1.0, 1.0], [0.5, 2.0]]);
        let difference = figure(&panel(circle.clone()), &panel(circle)).expect("both are drawn");
        let Shape::Area { points, .. } = first(&difference) else { panic!("an area") };
        assert!(points.is_empty());
    }

    #[test]
    fn of_two_bars_stays_what_was_gained() {
        let bars = |to: &[f64]| {
            let bars = to.iter().enumerate().map(|(i, to)| Bar::new(i as f64, 1.0, *to, Tone::Ink)).collect();
            panel(Shape::Bars { bars, horizontal: false })
        };
        let difference = figure(&bars(&[1.0, 2.0]), &bars(&[3.0, 1.5, 9.0])).expect("bars");
        let Shape::Bars { bars, .. } = first(&difference) else { panic!("bars") };
        let ends: Vec<[f64; 2]> = bars.iter().map(|b| [b.from, b.to]).collect();
        assert_eq!(ends, [[1.0, 3.0], [2.0, 1.5]]);
    }

    #[test]
    fn of_two_maps_stays_the_difference_of_their_shades() {
        let cells = |cells: &[u8], ramp| {
            panel(Shape::Cells {
                area: [0.0, 0.0, 3.0, 1.0],
                columns: 3,
                rows: 1,
                cells: cells.to_vec(),
                ramp,
            })
        };
        let find = |a: &Figure, b: &Figure| match first(&figure(a, b).expect("maps")) {
            Shape::Cells { cells, ramp, .. } => (cells.clone(), *ramp),
            other => panic!("{other:?}"),
        };
        let (a, b) = (cells(&[0, 5, EMPTY], Ramp::Sequential), cells(&[31, 5, 4], Ramp::Sequential));
        assert_eq!(find(&a, &b), (vec![31, 16, EMPTY], Ramp::Diverging));
        let (a, b) = (cells(&[1, 2, 3], Ramp::Series), cells(&[1, 7, 3], Ramp::Series));
        assert_eq!(find(&a, &b), (vec![EMPTY, 7, EMPTY], Ramp::Series));
        let other = panel(line(&[]));
        assert_eq!(figure(&a, &other), None);
    }

    #[test]
    fn values_and_readouts_are_compared_in_words() {
        let (kept, now) = (Runner::after(&SPEC, &[("stride", "2")], 3), Runner::after(&SPEC, &[], 3));
        assert_eq!(values(kept.values(), now.values()), "Stride 2 units");
        assert_eq!(values(kept.values(), kept.values()), "");
        let total = &SPEC.readouts[0];
        let said = reading(total, &kept.readings()[0], &now.readings()[0]);
        assert!(said.starts_with("kept 6") && said.ends_with("difference +3"), "{said}");
        let said = reading(total, &now.readings()[0], &kept.readings()[0]);
        assert!(said.ends_with("difference −3"), "{said}");
        assert_eq!(reading(total, &Reading::Absent, &now.readings()[0]), "kept –");
    }
}
