//! What a reader can point at in a figure, by mouse, finger or arrow keys: each cell, bar, dot,
//! box, link and point of a line, with a sentence on what it is.
//!
//! The figure knows where things are and what its axes measure; a simulation that knows more says
//! it in [`Simulation::describe`].

use crate::lab::figure::scene::{Frame, Scene};
use crate::lab::figure::{Axis, Figure, Mark, Panel, Scale, Shape, Ticks};
use crate::lab::schema::readout::format_number;
use crate::lab::simulation::Simulation;
use crate::numerics::elementary::log10;

/// One thing to point at, and where it is drawn.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Spot {
    pub panel: &'static str,
    pub mark: &'static str,
    /// Which of the mark's things: cells count row by row, all else in its order.
    pub index: usize,
    /// `[x, y, width, height]` in pixels of the scene.
    pub area: [f64; 4],
}

/// A direction to look in from a spot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    Left,
    Right,
    Up,
    Down,
}

/// How near a pointer must come to a dot, a link or a point of a line, px.
const REACH: f64 = 12.0;

impl Spot {
    #[must_use]
    pub fn centre(&self) -> [f64; 2] {
        let [x, y, width, height] = self.area;
        [x + width / 2.0, y + height / 2.0]
    }

    /// Whether it is the same thing, wherever it is drawn now.
    #[must_use]
    pub fn is(&self, other: &Self) -> bool {
        (self.panel, self.mark, self.index) == (other.panel, other.mark, other.index)
    }

    /// Distance of a pixel from the area, px; 0 inside.
    fn distance(&self, [x, y]: [f64; 2]) -> f64 {
        let [left, top, width, height] = self.area;
        let dx = (left - x).max(x - left - width).max(0.0);
        let dy = (top - y).max(y - top - height).max(0.0);
        (dx * dx + dy * dy).sqrt()
    }
}

/// Everything of `figure`, laid out as `scene`, that a reader can point at, in drawing order.
#[must_use]
pub fn spots(figure: &Figure, scene: &Scene) -> Vec<Spot> {
    let mut all = Vec::new();
    for panel in figure.panels() {
        let Some(frame) = scene.frames.iter().find(|f| f.panel == panel.id) else { continue };
        for mark in &panel.marks {
            let mut index = 0;
            areas(frame, mark, &mut |area| {
                if let Some(area) = area {
                    all.push(Spot { panel: panel.id, mark: mark.id, index, area });
                }
                index += 1;
            });
        }
    }
    all
}

/// What stands at a pixel: of what is near enough and has something to say the topmost, where a
/// small thing goes before a large one under it.
#[must_use]
pub fn at(spots: &[Spot], pixel: [f64; 2], says: impl Fn(&Spot) -> Option<String>) -> Option<(Spot, String)> {
    let mut near: Vec<(&Spot, f64, f64)> = spots
        .iter()
        .filter_map(|spot| {
            let distance = spot.distance(pixel);
            let size = spot.area[2] * spot.area[3];
            // What has an area of its own must be hit; what is a point need only be near.
            let reach = if size > REACH * REACH { 0.5 } else { REACH };
            (distance <= reach).then_some((spot, distance, size))
        })
        .collect();
    near.reverse();
    near.sort_by(|a, b| a.1.total_cmp(&b.1).then(a.2.total_cmp(&b.2)));
    near.into_iter().take(8).find_map(|(spot, ..)| Some((*spot, says(spot)?)))
}

/// The nearest thing in a direction that has something to say; from nowhere the first of all.
#[must_use]
pub fn toward(
    spots: &[Spot],
    from: Option<&Spot>,
    direction: Direction,
    says: impl Fn(&Spot) -> Option<String>,
) -> Option<(Spot, String)> {
    let Some(from) = from else {
        return spots.iter().find_map(|spot| Some((*spot, says(spot)?)));
    };
    let [x, y] = from.centre();
    let mut ahead: Vec<(&Spot, f64)> = spots
        .iter()
        .filter_map(|spot| {
            let [sx, sy] = spot.centre();
            let (along, across) = match direction {
                Direction::Left => (x - sx, sy - y),
                Direction::Right => (sx - x, sy - y),
                Direction::Up => (y - sy, sx - x),
                Direction::Down => (sy - y, sx - x),
            };
            // Aside counts threefold: a row is walked to its end before the next.
            (along > 0.5 && !spot.is(from)).then_some((spot, along + 3.0 * across.abs()))
        })
        .collect();
    ahead.sort_by(|a, b| a.1.total_cmp(&b.1));
    ahead.into_iter().find_map(|(spot, _)| Some((*spot, says(spot)?)))
}

/// What a thing of the figure is: in the simulation's words, else in those of the axes. `None` for
/// what only decorates.
#[must_use]
pub fn says(simulation: &dyn Simulation, figure: &Figure, spot: &Spot) -> Option<String> {
    if let Some(words) = simulation.describe(spot.mark, spot.index) {
        return Some(words);
    }
    let panel = figure.panels().find(|p| p.id == spot.panel)?;
    let mark = panel.marks.iter().find(|m| m.id == spot.mark)?;
    let words = match &mark.shape {
        Shape::Line { points, .. } => place(panel, *points.get(spot.index)?)?,
        Shape::Dots { dots, .. } => place(panel, dots.get(spot.index)?.at)?,
        Shape::Bars { bars, horizontal } => {
            let bar = bars.get(spot.index)?;
            place(panel, if *horizontal { [bar.to, bar.at] } else { [bar.at, bar.to] })?
        }
        Shape::Boxes { boxes } => {
            let text = &boxes.get(spot.index)?.text;
            if text.is_empty() {
                return None;
            }
            text.clone()
        }
        _ => return None,
    };
    Some(if mark.label.is_empty() { words } else { format!("{}: {words}", mark.label) })
}

/// "training step 120, loss 0.312"; `None` where neither axis measures anything.
fn place(panel: &Panel, [x, y]: [f64; 2]) -> Option<String> {
    let parts: Vec<String> = [measured(&panel.x, x), measured(&panel.y, y)].into_iter().flatten().collect();
    (!parts.is_empty()).then(|| parts.join(", "))
}

fn measured(axis: &Axis, value: f64) -> Option<String> {
    let shown = match &axis.ticks {
        Ticks::Hidden => return None,
        Ticks::At(named) if axis.scale == Scale::Linear => named
            .iter()
            .find(|(at, _)| (at - value).abs() < 1e-9)
            .map_or_else(|| significant(value), |(_, name)| name.clone()),
        _ => significant(value),
    };
    let unit = if axis.unit.is_empty() { String::new() } else { format!("\u{202f}{}", axis.unit) };
    let label = if axis.label.is_empty() { String::new() } else { format!("{} ", axis.label) };
    Some(format!("{label}{shown}{unit}"))
}

/// A number with four significant digits.
fn significant(value: f64) -> String {
    if value == 0.0 || !value.is_finite() || value.fract() == 0.0 && value.abs() < 1e6 {
        return format_number(value, 0);
    }
    let decimals = (3.0 - log10(value.abs()).floor()).clamp(0.0, 6.0);
    format_number(value, decimals as usize)
}

/// Calls `found` for each thing of a mark, with its pixels or `None` where it is not to be seen.
fn areas(frame: &Frame, mark: &Mark, found: &mut dyn FnMut(Option<[f64; 4]>)) {
    let inside = |[x, y]: [f64; 2]| {
        let px = frame.x.pixel(x).filter(|p| frame.x.contains(*p))?;
        let py = frame.y.pixel(y).filter(|p| frame.y.contains(*p))?;
        Some([px, py])
    };
    let around = |at: [f64; 2], radius: f64| {
        inside(at).map(|[x, y]| [x - radius, y - radius, 2.0 * radius, 2.0 * radius])
    };
    let corners = |[x0, y0, x1, y1]: [f64; 4]| {
        let [left, right] = [frame.x.clamped(x0), frame.x.clamped(x1)];
        let [top, bottom] = [frame.y.clamped(y0), frame.y.clamped(y1)];
        [left.min(right), top.min(bottom), (right - left).abs(), (bottom - top).abs()]
    };
    match &mark.shape {
        Shape::Line { points, .. } => points.iter().for_each(|p| found(around(*p, 4.0))),
        Shape::Dots { dots, radius } => dots.iter().for_each(|d| found(around(d.at, radius + 2.0))),
        Shape::Bars { bars, horizontal } => {
            for bar in bars {
                let (low, high) = (bar.at - bar.width / 2.0, bar.at + bar.width / 2.0);
                let area = if *horizontal {
                    corners([bar.from, low, bar.to, high])
                } else {
                    corners([low, bar.from, high, bar.to])
                };
                found(Some(area));
            }
        }
        Shape::Boxes { boxes } => boxes.iter().for_each(|b| found(Some(corners(b.corners)))),
        Shape::Links { links } => {
            for link in links {
                let middle = [0, 1].map(|i| (link.from[i] + link.to[i]) / 2.0);
                found(around(middle, 5.0));
            }
        }
        Shape::Cells { area: [x0, y0, x1, y1], columns, rows, cells, .. } => {
            let (columns, rows) = (*columns, (*rows).max(1));
            for (i, cell) in cells.iter().enumerate() {
                let at = |row: usize, column: usize| {
                    [
                        x0 + (x1 - x0) * column as f64 / columns.max(1) as f64,
                        y0 + (y1 - y0) * row as f64 / rows as f64,
                    ]
                };
                let (row, column) = (i / columns.max(1), i % columns.max(1));
                let ([a, b], [c, d]) = (at(row, column), at(row + 1, column + 1));
                found((*cell != crate::lab::figure::EMPTY).then(|| corners([a, b, c, d])));
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::figure::charts;
    use crate::lab::figure::scene::compose;
    use crate::lab::figure::{Bar, Stroke, Tone};
    use crate::lab::schema::readout::Named;

    /// A matrix of two rows and three columns, beside a curve and bars.
    struct Weights;

    const VALUES: [f64; 6] = [0.1, -0.2, 0.3, -0.4, 0.5, -0.6];

    impl Simulation for Weights {
        fn readings(&self) -> Vec<Named> {
            Vec::new()
        }

        fn figure(&self) -> Figure {
            let matrix = charts::matrix("w", "Weights", ["row", "column"], 3, &VALUES, 1.0);
            let line = Shape::Line {
                points: vec![[0.0, 1.0], [50.0, 0.25], [100.0, f64::NAN]],
                tone: Tone::Ink,
                stroke: Stroke::Solid,
            };
            let bars = vec![Bar::new(0.0, 0.6, 2.0, Tone::Ink), Bar::new(1.0, 0.6, 3.5, Tone::Ink)];
            let names = ["query", "key"].map(str::to_owned);
            let curve =
                Panel::new("c", "", Axis::linear("step", [0.0, 100.0]), Axis::linear("loss", [0.0, 1.0]))
                    .mark("loss", "training", line);
            let size =
                Panel::new("b", "", Axis::categories("", names), Axis::linear("size", [0.0, 4.0]).unit("GB"))
                    .mark("bars", "", Shape::Bars { bars, horizontal: false });
            Figure::row(vec![matrix, curve, size], String::new())
        }

        fn describe(&self, mark: &str, index: usize) -> Option<String> {
            if mark == "w" { charts::describe_cell(["row", "column"], 3, &VALUES, index) } else { None }
        }
    }

    fn found() -> (Figure, Vec<Spot>) {
        let figure = Weights.figure();
        let scene = compose(&figure, 900.0);
        let all = spots(&figure, &scene);
        (figure, all)
    }

    #[test]
    fn a_pointer_finds_the_cell_under_it() {
        let (figure, all) = found();
        let says = |spot: &Spot| says(&Weights, &figure, spot);
        let fifth = all.iter().find(|s| s.mark == "w" && s.index == 4).unwrap();
        let (spot, words) = at(&all, fifth.centre(), says).unwrap();
        assert!(spot.is(fifth));
        assert_eq!(words, "row 1, column 1: 0.500");
        assert_eq!(at(&all, [5000.0, 5000.0], says), None);
    }

    #[test]
    fn axes_speak_for_lines_and_bars() {
        let (figure, all) = found();
        let words = |mark: &str, index| {
            all.iter()
                .find(|s| s.mark == mark && s.index == index)
                .and_then(|spot| says(&Weights, &figure, spot))
        };
        assert_eq!(words("loss", 1).as_deref(), Some("training: step 50, loss 0.2500"));
        assert_eq!(words("loss", 2), None, "a gap is nowhere");
        assert_eq!(words("bars", 1).as_deref(), Some("key, size 3.500\u{202f}GB"));
    }

    #[test]
    fn arrow_keys_walk_along_rows_and_over_to_the_next_panel() {
        let (figure, all) = found();
        let says = |spot: &Spot| says(&Weights, &figure, spot);
        let (first, _) = toward(&all, None, Direction::Right, says).unwrap();
        assert_eq!((first.mark, first.index), ("w", 0));
        let mut spot = first;
        for expected in [1, 2] {
            spot = toward(&all, Some(&spot), Direction::Right, says).unwrap().0;
            assert_eq!((spot.mark, spot.index), ("w", expected));
        }
        let (over, _) = toward(&all, Some(&spot), Direction::Right, says).unwrap();
        assert_ne!(over.mark, "w");
        let (below, _) = toward(&all, Some(&first), Direction::Down, says).unwrap();
        assert_eq!((below.mark, below.index), ("w", 3));
        assert_eq!(toward(&all, Some(&first), Direction::Left, says), None);
    }
}
