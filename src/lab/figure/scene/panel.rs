//! One panel: heading, axes, legend, then its marks.

use super::room::{HANDLE, Room};
use super::shapes;
use super::text::{self, SIZE};
use super::{Frame, Ink, Item, Line, Projection, Scene, Weight, scale};
use crate::lab::figure::{Anchor, At, Axis, Mark, Panel, Shape, Ticks, Tone};

/// Height of a line of type, px.
const LINE: f64 = 17.0;

/// The heading of a panel of this width, line by line.
pub fn title(panel: &Panel, width: f64) -> Vec<String> {
    if panel.title.is_empty() { Vec::new() } else { text::two_lines(&panel.title, width * 0.94) }
}

/// Draws `panel` into `[left, top, width, height]` below its `title`, with room for `lines` of it where it has one.
pub fn draw(
    scene: &mut Scene,
    panel: &Panel,
    [left, top, width, height]: [f64; 4],
    title: &[String],
    lines: usize,
) {
    let mut head = top;
    if !title.is_empty() {
        for (i, line) in title.iter().enumerate() {
            let at = [left, top + (i + 1) as f64 * LINE - 4.0];
            words(scene, at, line.clone(), Anchor::Start, Tone::Ink, Weight::Title);
        }
        head += lines as f64 * LINE;
    }
    let y_label = axis_label(&panel.y);
    if !y_label.is_empty() {
        head += LINE;
        let label = text::fit(&y_label, width);
        words(scene, [left, head - 5.0], label, Anchor::Start, Tone::Muted, Weight::Label);
    }
    head = legend(scene, panel, left, head, width);

    let x_label = axis_label(&panel.x);
    let x_hidden = matches!(panel.x.ticks, Ticks::Hidden);
    let foot = if x_hidden { 0.0 } else { LINE } + if x_label.is_empty() { 0.0 } else { LINE };
    let [area_top, area_bottom] = [head + 6.0, (top + height - foot - 2.0).max(head + 20.0)];

    let y_ticks = scale::ticks(&panel.y, area_bottom - area_top, 34.0);
    let gutter = y_ticks.iter().map(|t| text::width(&t.1)).fold(0.0, f64::max);
    let gutter = if gutter > 0.0 { (gutter + 8.0).min(width * 0.44) } else { 1.0 };
    let ends = end_labels_width(panel).min(width * 0.36);
    let mut x_range = [left + gutter, left + width - ends - if x_hidden { 1.0 } else { 8.0 }];
    let mut y_range = [area_bottom, area_top];
    let edge = x_range[1];
    x_range[1] = end_with_words(panel, x_range);
    if panel.square {
        (x_range, y_range) = squared(panel, x_range, y_range);
    }
    let frame = Frame {
        panel: panel.id,
        x: Projection::new(&panel.x, x_range[0], x_range[1]),
        y: Projection::new(&panel.y, y_range[0], y_range[1]),
    };
    draw_axes(scene, panel, &frame, &y_ticks, [x_range, y_range]);
    if !x_label.is_empty() {
        let at = [x_range[1], y_range[0] + foot - 4.0];
        let label = text::fit(&x_label, width);
        words(scene, at, label, Anchor::End, Tone::Muted, Weight::Label);
    }
    // Words of bars may stand beyond a frame that ends early for them.
    let edge = if panel.square { frame.x.ends().1 } else { edge };
    let mut room = Room::new(panel, &frame, edge);
    for (i, mark) in panel.marks.iter().enumerate() {
        shapes::draw(scene, &frame, &mut room, i, mark);
    }
    label_line_ends(scene, panel, &frame, ends);
    scene.frames.push(frame);
}

/// "loss (mean squared error)", with its unit.
fn axis_label(axis: &Axis) -> String {
    match (axis.label.is_empty(), axis.unit.is_empty()) {
        (true, _) => String::new(),
        (false, true) => axis.label.clone(),
        (false, false) => format!("{} ({})", axis.label, axis.unit),
    }
}

/// Shrinks the larger side so that one unit is equally long on both axes.
fn squared(panel: &Panel, x: [f64; 2], y: [f64; 2]) -> ([f64; 2], [f64; 2]) {
    let px = Projection::new(&panel.x, x[0], x[1]).unit_length();
    let py = Projection::new(&panel.y, y[0], y[1]).unit_length();
    if px > py {
        let spare = (x[1] - x[0]) * (1.0 - py / px);
        ([x[0] + spare / 2.0, x[1] - spare / 2.0], y)
    } else {
        let spare = (y[0] - y[1]) * (1.0 - px / py);
        (x, [y[0] - spare / 2.0, y[1] + spare / 2.0])
    }
}

fn draw_axes(
    scene: &mut Scene,
    panel: &Panel,
    frame: &Frame,
    y_ticks: &[(f64, String)],
    [x_range, y_range]: [[f64; 2]; 2],
) {
    let (mut grid, mut axis) = (String::new(), String::new());
    let mut labels: Vec<([f64; 2], String, Anchor)> = Vec::new();
    let mut last = f64::INFINITY;
    for (value, label) in y_ticks {
        let Some(py) = frame.y.pixel(*value).filter(|p| frame.y.contains(*p)) else { continue };
        if panel.y.grid {
            shapes::segment(&mut grid, [x_range[0], py], [x_range[1], py]);
        }
        if (py - last).abs() >= SIZE + 1.0 {
            labels.push(([x_range[0] - 6.0, py + 4.0], label.clone(), Anchor::End));
            last = py;
        }
    }
    let mut right_end = f64::NEG_INFINITY;
    for (value, label) in scale::ticks(&panel.x, x_range[1] - x_range[0], 64.0) {
        let Some(px) = frame.x.pixel(value).filter(|p| frame.x.contains(*p)) else { continue };
        if panel.x.grid {
            shapes::segment(&mut grid, [px, y_range[0]], [px, y_range[1]]);
        }
        let half = text::width(&label) / 2.0;
        // The outermost labels move inwards rather than over the edge of the drawing.
        let centre = px.clamp(half.min(scene.width / 2.0), (scene.width - half).max(scene.width / 2.0));
        if centre - half > right_end + 6.0 {
            shapes::segment(&mut axis, [px, y_range[0]], [px, y_range[0] + 3.0]);
            labels.push(([centre, y_range[0] + LINE - 2.0], label, Anchor::Middle));
            right_end = centre + half;
        }
    }
    if !matches!(panel.x.ticks, Ticks::Hidden) {
        shapes::segment(&mut axis, [x_range[0], y_range[0]], [x_range[1], y_range[0]]);
    }
    for (d, tone, width) in [(grid, Tone::Faint, 1.0), (axis, Tone::Muted, 1.0)] {
        // Kept even when empty, so that the items of a running figure keep their places.
        let stroke = Some(Line::plain(tone, width));
        scene.items.push(Item { mark: "", ink: Ink::Path { d, fill: None, stroke } });
    }
    for (at, label, anchor) in labels {
        words(scene, at, label, anchor, Tone::Muted, Weight::Label);
    }
}

/// The labels of dots, bars, areas and cells stand in a row above the frame; returns its lower
/// end. Lines and rules carry theirs themselves.
fn legend(scene: &mut Scene, panel: &Panel, left: f64, top: f64, width: f64) -> f64 {
    let mut x = left;
    let mut y = top;
    for mark in panel.marks.iter().filter(|m| !m.label.is_empty()) {
        // A mark that needs no legend says so at any place.
        if shapes::swatch(mark, [0.0, 0.0]).is_none() {
            continue;
        }
        let label = text::fit(&mark.label, width - 16.0);
        let room = 16.0 + text::width(&label) + 12.0;
        if y == top {
            y += LINE;
        } else if x + room - 12.0 > left + width {
            x = left;
            y += LINE;
        }
        scene.items.extend(shapes::swatch(mark, [x + 6.0, y - 9.0]));
        words(scene, [x + 16.0, y - 5.0], label, Anchor::Start, Tone::Muted, Weight::Label);
        x += room;
    }
    y
}

/// Where the frame ends so that every word fits behind its horizontal bar, if it does not fit inside either:
/// at `end` as a rule.
fn end_with_words(panel: &Panel, [start, end]: [f64; 2]) -> f64 {
    let x = Projection::new(&panel.x, start, end);
    let horizontal = panel.marks.iter().filter_map(|mark| match &mark.shape {
        Shape::Bars { bars, horizontal: true } => Some(bars),
        _ => None,
    });
    let needed = horizontal.flatten().filter(|bar| !bar.text.is_empty()).map(|bar| {
        let [from, to] = [bar.from, bar.to].map(|value| x.clamped(value));
        let width = text::width(&bar.text);
        let beyond = to + shapes::BESIDE + width - (end + 2.0);
        if to < from || beyond <= 0.0 || to - from >= width + 2.0 * shapes::BESIDE {
            return end;
        }
        let share = (to - start) / (end - start);
        start + (to - beyond - start) / share
    });
    needed.fold(end, f64::min).max(start + 0.4 * (end - start))
}

fn end_labels_width(panel: &Panel) -> f64 {
    let besides = beside_the_frame(panel) + 2.0;
    panel
        .marks
        .iter()
        .filter(|m| matches!(m.shape, Shape::Line { .. }) && !m.label.is_empty())
        .map(|m| text::width(&m.label) + besides)
        .fold(0.0, f64::max)
}

/// From the frame's right edge to the labels behind it, px: further where a handle may stand at the edge.
fn beside_the_frame(panel: &Panel) -> f64 {
    let handle = panel.marks.iter().any(|m| matches!(m.shape, Shape::Handle { x: Some(_), .. }));
    if handle { HANDLE + 3.0 } else { 6.0 }
}

/// Writes each line's label behind its last point, pushed apart where they would overlap.
fn label_line_ends(scene: &mut Scene, panel: &Panel, frame: &Frame, room: f64) {
    let (top, bottom) = frame.y.ends();
    // Clear of the ticks' labels below the axis.
    let bottom = if matches!(panel.x.ticks, Ticks::Hidden) { bottom } else { bottom - 4.0 };
    let mut labels: Vec<(f64, &Mark, Tone)> = Vec::new();
    for mark in &panel.marks {
        if let Shape::Line { points, tone, .. } = &mark.shape
            && !mark.label.is_empty()
            && let Some(end) = points.iter().rev().find_map(|p| {
                frame.x.pixel(p[0]).filter(|x| frame.x.contains(*x))?;
                frame.y.pixel(p[1])
            })
        {
            let y = end.clamp(top + 4.0, bottom);
            let place = labels.partition_point(|(above, ..)| *above <= y);
            labels.insert(place, (y, mark, *tone));
        }
    }
    let count = labels.len();
    let mut placed: Vec<f64> = Vec::with_capacity(count);
    for (i, (y, ..)) in labels.iter().enumerate() {
        let after = placed.last().map_or(f64::NEG_INFINITY, |p| p + SIZE + 2.0);
        let before = bottom - (count - 1 - i) as f64 * (SIZE + 2.0);
        placed.push(y.max(after).min(before.max(after)));
    }
    let besides = beside_the_frame(panel);
    let x = frame.x.ends().1 + besides;
    for ((_, mark, tone), y) in labels.iter().zip(placed) {
        let label = text::fit(&mark.label, room - besides + 2.0);
        scene.items.push(Item {
            mark: mark.id,
            ink: Ink::Text {
                at: [x, y + 4.0],
                text: label,
                anchor: Anchor::Start,
                tone: *tone,
                weight: Weight::Label,
            },
        });
    }
}

fn words(scene: &mut Scene, at: [f64; 2], text: String, anchor: Anchor, tone: Tone, weight: Weight) {
    scene.items.push(Item { mark: "", ink: Ink::Text { at, text, anchor, tone, weight } });
}

/// Where a rule's label may stand, within the frame, the place that is read best first: at the rule's end.
pub fn rule_places(frame: &Frame, label: &str, at: At) -> Vec<([f64; 2], Anchor)> {
    if label.is_empty() {
        return Vec::new();
    }
    let ((left, right), (top, bottom)) = (frame.x.ends(), frame.y.ends());
    match at {
        At::Y(y) => {
            let Some(py) = frame.y.pixel(y).filter(|p| frame.y.contains(*p)) else { return Vec::new() };
            // Above the line, or below it where there is no room above.
            let is_above = py - top >= 14.0;
            let mut lines = vec![if is_above { py - 5.0 } else { py + 13.0 }];
            if is_above && bottom - py >= 17.0 {
                lines.push(py + 13.0);
            }
            let ends = |y: f64| {
                [
                    ([right - 2.0, y], Anchor::End),
                    ([left + 4.0, y], Anchor::Start),
                    ([f64::midpoint(left, right), y], Anchor::Middle),
                ]
            };
            lines.into_iter().flat_map(ends).collect()
        }
        At::X(x) => {
            let Some(px) = frame.x.pixel(x).filter(|p| frame.x.contains(*p)) else { return Vec::new() };
            let width = text::width(label);
            let mut sides = [(px + 5.0, Anchor::Start), (px - 5.0, Anchor::End)];
            let rooms = [px + 6.0 + width <= right + 8.0, px - 6.0 - width >= left - 2.0];
            if !rooms[0] {
                sides.reverse();
            }
            let sides = &sides[..if rooms[0] && rooms[1] { 2 } else { 1 }];
            let lines = [top + 11.0, top + 26.0, bottom - 5.0];
            lines.iter().flat_map(|y| sides.iter().map(|(x, anchor)| ([*x, *y], *anchor))).collect()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::figure::scene::compose;
    use crate::lab::figure::{Bar, Figure, Stroke};

    /// Where the text stands and how it is anchored.
    fn written(panel: Panel, label: &str) -> ([f64; 2], Anchor) {
        let scene = compose(&Figure::row(vec![panel], String::new()), 400.0);
        let mut found = scene.items.into_iter().filter_map(|item| match item.ink {
            Ink::Text { at, text, anchor, .. } if text == label => Some((at, anchor)),
            _ => None,
        });
        found.next().unwrap_or_else(|| panic!("“{label}” is not written"))
    }

    fn plain() -> Panel {
        Panel::new("p", "", Axis::linear("", [0.0, 1.0]), Axis::linear("", [0.0, 1.0]))
    }

    #[test]
    fn a_rule_is_named_at_its_end_where_no_curve_runs_through_the_name() {
        let ruled = |panel: Panel| panel.rule("r", "a bound", At::Y(0.5), Tone::Bad, Stroke::Dashed);
        let (free, anchor) = written(ruled(plain()), "a bound");
        assert_eq!(anchor, Anchor::End);
        let rising = plain().line("c", "", [[0.5, 0.1], [1.0, 0.7]], Tone::Ink, Stroke::Solid);
        let (struck, anchor) = written(ruled(rising), "a bound");
        assert_eq!((struck[1], anchor), (free[1], Anchor::Start));
    }

    #[test]
    fn names_of_two_rules_do_not_overlap() {
        let panel = plain().rule("r", "a bound", At::Y(0.5), Tone::Bad, Stroke::Dashed).rule(
            "s",
            "another",
            At::Y(0.51),
            Tone::Bad,
            Stroke::Dashed,
        );
        let [(a, left), (b, right)] = ["a bound", "another"].map(|name| written(panel.clone(), name));
        assert!(left != right || (a[1] - b[1]).abs() >= SIZE, "{a:?} {b:?}");
    }

    #[test]
    fn the_name_of_a_curve_that_ends_at_the_bottom_stands_above_the_ticks() {
        let panel = plain().line("c", "loss", [[0.0, 0.5], [1.0, 0.0]], Tone::Ink, Stroke::Solid);
        let (name, _) = written(panel, "loss");
        let axis = 240.0 - LINE - 2.0;
        assert!(name[1] <= axis, "{name:?} at an axis at {axis}");
    }

    #[test]
    fn a_handle_at_the_edge_covers_no_name_of_a_curve() {
        let line = |panel: Panel| panel.line("c", "loss", [[0.0, 0.5], [1.0, 0.5]], Tone::Ink, Stroke::Solid);
        let panel = line(plain()).handle("h", [1.0, 0.5], [Some("at"), None], Tone::Ink);
        let (name, _) = written(panel.clone(), "loss");
        let scene = compose(&Figure::row(vec![panel], String::new()), 400.0);
        assert!(name[0] >= scene.frames[0].x.ends().1 + HANDLE, "{name:?}");
    }

    #[test]
    fn a_frame_ends_early_where_a_word_fits_neither_behind_its_bar_nor_inside() {
        let bars = |to: f64, word: &str| {
            let y = Axis::categories("", ["a"]);
            let panel = Panel::new("p", "", Axis::linear("", [0.0, 1.0]), y)
                .horizontal_bars("b", [Bar::new(0.0, 0.6, to, Tone::Ink).text(word)]);
            let scene = compose(&Figure::row(vec![panel.clone()], String::new()), 400.0);
            (written(panel, word).0[0], scene.frames[0].x)
        };
        let long = "a word for all of this, which is rather long";
        let (at, x) = bars(0.6, long);
        let end = x.pixel(0.6).unwrap();
        assert!(x.ends().1 < 380.0 && at >= end && at + text::width(long) <= 400.0, "{at} behind {end}");
        // No frame is smaller for a word that fits.
        assert!(bars(0.6, "0.60").1.ends().1 > 380.0 && bars(1.0, "1.00").1.ends().1 > 380.0);
    }
}
