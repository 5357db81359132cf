//! One panel: heading, axes, legend, then its marks.

use super::shapes;
use super::text::{self, SIZE};
use super::{Frame, Ink, Item, Line, Projection, Scene, Weight, scale};
use crate::lab::figure::{Anchor, At, Axis, Mark, Panel, Shape, Ticks, Tone};

/// Height of a line of type, px.
const LINE: f64 = 17.0;

/// Draws `panel` into `[left, top, width, height]`.
pub fn draw(scene: &mut Scene, panel: &Panel, [left, top, width, height]: [f64; 4]) {
    let mut head = top;
    if !panel.title.is_empty() {
        head += LINE;
        let title = text::fit(&panel.title, width * 0.94);
        words(scene, [left, head - 4.0], title, Anchor::Start, Tone::Ink, Weight::Title);
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
    for mark in &panel.marks {
        shapes::draw(scene, &frame, mark);
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

fn end_labels_width(panel: &Panel) -> f64 {
    panel
        .marks
        .iter()
        .filter(|m| matches!(m.shape, Shape::Line { .. }) && !m.label.is_empty())
        .map(|m| text::width(&m.label) + 8.0)
        .fold(0.0, f64::max)
}

/// Writes each line's label behind its last point, pushed apart where they would overlap.
fn label_line_ends(scene: &mut Scene, panel: &Panel, frame: &Frame, room: f64) {
    let (top, bottom) = frame.y.ends();
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
    let x = frame.x.ends().1 + 6.0;
    for ((_, mark, tone), y) in labels.iter().zip(placed) {
        let label = text::fit(&mark.label, room - 4.0);
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

/// A rule's label, written at its end within the frame.
pub fn rule_label(frame: &Frame, mark: &Mark, at: At, tone: Tone) -> Option<Item> {
    if mark.label.is_empty() {
        return None;
    }
    let (place, anchor) = match at {
        At::Y(y) => {
            let py = frame.y.pixel(y).filter(|p| frame.y.contains(*p))?;
            // Above the line, or below it where there is no room above.
            let above = if py - frame.y.ends().0 < 14.0 { py + 13.0 } else { py - 5.0 };
            ([frame.x.ends().1 - 2.0, above], Anchor::End)
        }
        At::X(x) => {
            let px = frame.x.pixel(x).filter(|p| frame.x.contains(*p))?;
            let right = px + 6.0 + text::width(&mark.label) <= frame.x.ends().1 + 8.0;
            let anchor = if right { Anchor::Start } else { Anchor::End };
            ([px + if right { 5.0 } else { -5.0 }, frame.y.ends().0 + 11.0], anchor)
        }
    };
    Some(Item {
        mark: mark.id,
        ink: Ink::Text { at: place, text: mark.label.clone(), anchor, tone, weight: Weight::Over },
    })
}
