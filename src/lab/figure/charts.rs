//! Panels that several topics draw: curves of a training loop, a matrix as a heat map, accuracy
//! against a budget, quantities on one logarithmic ledger.
//!
//! Each gives a [`Panel`] to which a topic adds marks of its own.

use crate::lab::figure::{
    At, Axis, Bar, Dot, EMPTY, GAP, Glyph, LEVELS, Panel, Ramp, Stroke, Tone, round_up,
};
use crate::lab::schema::readout::format_number;
use crate::numerics::elementary::cos_sin_of_turn;

/// One curve of a chart, labelled at its end.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    /// Name of its mark.
    pub id: &'static str,
    pub label: &'static str,
    pub points: Vec<[f64; 2]>,
    pub tone: Tone,
    pub stroke: Stroke,
}

impl Curve {
    #[must_use]
    pub const fn new(id: &'static str, label: &'static str, points: Vec<[f64; 2]>, tone: Tone) -> Self {
        Self { id, label, points, tone, stroke: Stroke::Solid }
    }

    #[must_use]
    pub const fn stroke(mut self, stroke: Stroke) -> Self {
        self.stroke = stroke;
        self
    }
}

/// Curves against the steps of a run. The x axis begins at 0 and grows by round numbers from
/// `least` steps on; `y` says what is measured, often on a logarithmic axis.
#[must_use]
pub fn training(
    id: &'static str,
    title: impl Into<String>,
    unit: &str,
    least: f64,
    y: Axis,
    curves: Vec<Curve>,
) -> Panel {
    let last = curves.iter().flat_map(|c| c.points.last()).map(|p| p[0]).fold(0.0, f64::max);
    with_curves(Panel::new(id, title, steps(unit, last as u64, least), y.grid()), curves)
}

/// The axis of a run that has made `last` steps: it begins at 0 and grows by round numbers from
/// `least` on.
#[must_use]
pub fn steps(unit: &str, last: u64, least: f64) -> Axis {
    Axis::linear(unit, [0.0, round_up(last as f64, least)])
}

/// Adds curves to a panel.
#[must_use]
pub fn with_curves(panel: Panel, curves: Vec<Curve>) -> Panel {
    curves.into_iter().fold(panel, |panel, c| panel.line(c.id, c.label, c.points, c.tone, c.stroke))
}

/// A level that curves are read against, labelled at its end: a floor, a bound, a chance.
#[must_use]
pub fn with_level(panel: Panel, id: &'static str, label: impl Into<String>, y: f64, tone: Tone) -> Panel {
    panel.rule(id, label, At::Y(y), tone, Stroke::Dashed)
}

/// A matrix as a square grid of cells, row 0 at the top, in one mark `id`. Values of `-scale` and
/// `scale` have the full colours of the diverging ramp. `rows` and `columns` name the two axes.
///
/// # Panics
/// If `values` is no whole number of rows of `width`.
#[must_use]
pub fn matrix(
    id: &'static str,
    title: impl Into<String>,
    [rows, columns]: [&str; 2],
    width: usize,
    values: &[f64],
    scale: f64,
) -> Panel {
    assert!(width > 0 && values.len().is_multiple_of(width), "whole rows of {width}");
    let height = values.len() / width;
    let (right, bottom) = (width as f64 - 0.5, height as f64 - 0.5);
    let x = Axis::linear(columns, [-0.5, right]).ticks(every_few(width));
    let y = Axis::linear(rows, [bottom, -0.5]).ticks(every_few(height));
    Panel::new(id, title, x, y).square().cells(
        id,
        [-0.5, -0.5, right, bottom],
        [width, height],
        values.iter().map(|v| signed_level(*v, scale)).collect(),
        Ramp::Diverging,
    )
}

/// What a cell of a [`matrix`] is: "row 3, column 7: −0.42", with the axes' own words.
#[must_use]
pub fn describe_cell(
    [row_name, column_name]: [&str; 2],
    width: usize,
    values: &[f64],
    index: usize,
) -> Option<String> {
    let value = values.get(index)?;
    Some(format!(
        "{row_name} {}, {column_name} {}: {}",
        index / width.max(1),
        index % width.max(1),
        format_number(*value, 3)
    ))
}

/// The middle of a cell of a square map of the plane from −`edge` to `edge`, with `side` cells along: row by
/// row, the lowest first.
#[must_use]
pub fn cell_middle(cell: usize, side: usize, edge: f64) -> [f64; 2] {
    [cell % side, cell / side].map(|k| edge * ((2.0 * k as f64 + 1.0) / side as f64 - 1.0))
}

/// An ellipse around `middle` with these half axes, and a gap behind it, so that several make one line.
pub fn ellipse(middle: [f64; 2], half: [f64; 2]) -> impl Iterator<Item = [f64; 2]> {
    const AROUND: usize = 48;
    let point = move |i: usize| {
        let (cosine, sine) = cos_sin_of_turn((i % AROUND) as f64 / AROUND as f64);
        [middle[0] + half[0] * cosine, middle[1] + half[1] * sine]
    };
    (0..=AROUND).map(point).chain([GAP])
}

/// The level of a value on the diverging ramp; not-a-number is left empty.
#[must_use]
pub fn signed_level(value: f64, scale: f64) -> u8 {
    if value.is_nan() || scale.is_nan() || scale <= 0.0 {
        return EMPTY;
    }
    let share = (value / scale).clamp(-1.0, 1.0);
    ((0.5 + 0.5 * share) * f64::from(LEVELS - 1)).round() as u8
}

fn every_few(count: usize) -> Vec<(f64, String)> {
    let step = [1, 2, 4, 5, 8, 10, 16, 20, 32].into_iter().find(|s| count.div_ceil(*s) <= 8).unwrap_or(64);
    (0..count).step_by(step).map(|i| (i as f64, i.to_string())).collect()
}

/// A measured share with its interval: `low <= share <= high`, for a budget of `cost`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measured {
    pub cost: f64,
    pub share: f64,
    pub low: f64,
    pub high: f64,
    pub tone: Tone,
    pub glyph: Glyph,
}

/// Accuracy from 0 to 1 against a budget on a logarithmic axis: `curves` as lines, `measured` as
/// dots with error bars in the marks `points` and `intervals`.
#[must_use]
pub fn budget(
    id: &'static str,
    title: impl Into<String>,
    x: Axis,
    y_label: &str,
    curves: Vec<Curve>,
    measured: &[Measured],
) -> Panel {
    let panel = Panel::new(id, title, x, Axis::linear(y_label, [0.0, 1.0]).grid());
    let mut panel = with_curves(panel, curves);
    if measured.is_empty() {
        return panel;
    }
    // An interval is an upright line of its own, with a gap to the next.
    let points = measured.iter().flat_map(|m| [[m.cost, m.low], [m.cost, m.high], GAP]);
    panel = panel.line("intervals", "", points, Tone::Muted, Stroke::Solid);
    let dots = measured.iter().map(|m| Dot::new([m.cost, m.share], m.tone, m.glyph));
    panel.dots("points", "", dots, 4.5)
}

/// One quantity of a [`ledger`].
#[derive(Clone, Debug, PartialEq)]
pub struct Entry {
    pub name: String,
    pub amount: f64,
    /// The amount in words, written at the bar's end.
    pub text: String,
    pub tone: Tone,
}

/// Quantities of one unit as horizontal bars, on the axis `x` (logarithmic where they differ by
/// orders of magnitude), in the mark `entries`, the first on top.
#[must_use]
pub fn ledger(id: &'static str, title: impl Into<String>, x: Axis, entries: Vec<Entry>) -> Panel {
    let from = x.domain[0];
    let y = Axis::categories("", entries.iter().map(|e| e.name.clone())).reversed();
    let bars = entries
        .into_iter()
        .enumerate()
        .map(|(i, e)| Bar::new(i as f64, 0.62, e.amount.max(from), e.tone).starting_at(from).text(e.text));
    Panel::new(id, title, x.grid(), y).horizontal_bars("entries", bars)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::figure::Shape;

    #[test]
    fn a_matrix_has_its_first_row_on_top_and_zero_in_the_middle_of_the_ramp() {
        let panel = matrix("w", "", ["row", "column"], 2, &[-1.0, 0.0, f64::NAN, 1.0], 1.0);
        let Shape::Cells { cells, rows, .. } = &panel.marks[0].shape else { panic!("cells") };
        assert_eq!((*rows, cells.as_slice()), (2, &[0, 16, EMPTY, 31][..]));
        assert!(panel.y.domain[0] > panel.y.domain[1]);
        let said = describe_cell(["row", "column"], 2, &[-1.0, 0.0, 0.5, 1.0], 2).unwrap();
        assert_eq!(said, "row 1, column 0: 0.500");
    }

    #[test]
    fn a_training_axis_grows_by_round_numbers() {
        let curve = |last: f64| Curve::new("loss", "loss", vec![[0.0, 1.0], [last, 0.5]], Tone::Ink);
        let end = |last| training("t", "", "step", 100.0, Axis::linear("", [0.0, 1.0]), vec![curve(last)]);
        assert!((end(30.0).x.domain[1] - 100.0).abs() < 1e-9);
        assert!((end(130.0).x.domain[1] - 200.0).abs() < 1e-9);
    }

    #[test]
    fn intervals_of_a_budget_chart_do_not_join() {
        let m =
            |cost| Measured { cost, share: 0.5, low: 0.4, high: 0.6, tone: Tone::Ink, glyph: Glyph::Circle };
        let x = Axis::logarithmic("calls", [1.0, 100.0]);
        let panel = budget("b", "", x, "solved", Vec::new(), &[m(3.0), m(30.0)]);
        let Shape::Line { points, .. } = &panel.marks[0].shape else { panic!("a line") };
        assert!(!points[2][0].is_finite());
    }
}
