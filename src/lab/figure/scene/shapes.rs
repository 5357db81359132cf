//! The shapes of marks as paths.
//!
//! Shapes of one look share a path: a thousand dots are a handful of elements, which is what lets
//! a page redraw them sixty times a second.

use super::panel::rule_places;
use super::room::Room;
use super::text::{self, coordinate};
use super::{Frame, Ink, Item, Line, Paint, Scene, Weight};
use crate::lab::figure::{
    Anchor, At, Bar, Dot, EMPTY, Fill, Glyph, Mark, Shape, Stroke, Tile, Tone, palette,
};

/// Draws a mark into its frame: the one of number `own` in its panel.
pub fn draw(scene: &mut Scene, frame: &Frame, room: &mut Room, own: usize, mark: &Mark) {
    let id = mark.id;
    let mut push = |ink: Ink| scene.items.push(Item { mark: id, ink });
    match &mark.shape {
        Shape::Line { points, tone, stroke } => {
            push(Ink::Path { d: polyline(frame, points), fill: None, stroke: Some(line(*tone, *stroke)) });
        }
        Shape::Area { points, tone } => {
            push(Ink::Path {
                d: band(frame, points),
                fill: Some(Paint { tone: *tone, opacity: 0.2 }),
                stroke: None,
            });
        }
        Shape::Dots { dots, radius } => draw_dots(&mut push, frame, dots, *radius),
        Shape::Bars { bars, horizontal } => draw_bars(&mut push, frame, room, bars, *horizontal),
        Shape::Cells { area, columns, rows, cells, ramp } => {
            let [x0, x1] = [frame.x.clamped(area[0]), frame.x.clamped(area[2])];
            let [y0, y1] = [frame.y.clamped(area[1]), frame.y.clamped(area[3])];
            // Row 0 lies at y0: where that is the bottom, the rows are turned for the drawing.
            let ordered = if y1 < y0 { flip_rows(cells, *columns) } else { cells.clone() };
            push(Ink::Raster {
                area: [x0.min(x1), y0.min(y1), (x1 - x0).abs(), (y1 - y0).abs()],
                columns: *columns,
                rows: *rows,
                cells: ordered,
                ramp: *ramp,
            });
        }
        Shape::Spikes { spikes, tone, height } => {
            let mut d = String::new();
            for [t, row] in spikes {
                let (Some(x), Some(low), Some(high)) =
                    (frame.x.pixel(*t), frame.y.pixel(row - height / 2.0), frame.y.pixel(row + height / 2.0))
                else {
                    continue;
                };
                if frame.x.contains(x) {
                    segment(&mut d, [x, low], [x, high]);
                }
            }
            push(Ink::Path {
                d,
                fill: None,
                stroke: Some(Line { width: 1.6, ..line(*tone, Stroke::Solid) }),
            });
        }
        Shape::Rule { at, tone, stroke } => {
            let mut d = String::new();
            let ((left, right), (top, bottom)) = (frame.x.ends(), frame.y.ends());
            match at {
                At::X(x) => {
                    if let Some(px) = frame.x.pixel(*x).filter(|p| frame.x.contains(*p)) {
                        segment(&mut d, [px, top], [px, bottom]);
                    }
                }
                At::Y(y) => {
                    if let Some(py) = frame.y.pixel(*y).filter(|p| frame.y.contains(*p)) {
                        segment(&mut d, [left, py], [right, py]);
                    }
                }
            }
            push(Ink::Path { d, fill: None, stroke: Some(line(*tone, *stroke)) });
            let places = rule_places(frame, &mark.label, *at);
            if let Some((at, anchor)) = room.take(own, &mark.label, &places) {
                let (text, tone, weight) = (mark.label.clone(), *tone, Weight::Over);
                push(Ink::Text { at, text, anchor, tone, weight });
            }
        }
        Shape::Span { from, to, tone } => {
            let ((left, right), (top, bottom)) = (frame.x.ends(), frame.y.ends());
            let mut d = String::new();
            match from {
                At::X(x) => rectangle(&mut d, [frame.x.clamped(*x), top, frame.x.clamped(*to), bottom]),
                At::Y(y) => rectangle(&mut d, [left, frame.y.clamped(*y), right, frame.y.clamped(*to)]),
            }
            push(Ink::Path { d, fill: Some(Paint { tone: *tone, opacity: 0.14 }), stroke: None });
        }
        Shape::Boxes { boxes } => draw_boxes(&mut push, frame, boxes),
        Shape::Links { links } => {
            // Strength in quarters: four looks for each tone.
            let mut groups: Vec<((Tone, u8), String)> = Vec::new();
            for link in links {
                let (Some(x0), Some(y0), Some(x1), Some(y1)) = (
                    frame.x.pixel(link.from[0]),
                    frame.y.pixel(link.from[1]),
                    frame.x.pixel(link.to[0]),
                    frame.y.pixel(link.to[1]),
                ) else {
                    continue;
                };
                let quarter = (link.weight.clamp(0.0, 1.0) * 4.0).ceil() as u8;
                let d = group(&mut groups, (link.tone, quarter));
                let middle = f64::midpoint(x0, x1);
                d.push('M');
                pair(d, [x0, y0]);
                d.push('C');
                pair(d, [middle, y0]);
                d.push(' ');
                pair(d, [middle, y1]);
                d.push(' ');
                pair(d, [x1, y1]);
            }
            for ((tone, quarter), d) in groups {
                let strength = f64::from(quarter) / 4.0;
                let stroke =
                    Line { opacity: 0.25 + 0.6 * strength, ..Line::plain(tone, 0.75 + 2.25 * strength) };
                push(Ink::Path { d, fill: None, stroke: Some(stroke) });
            }
        }
        Shape::Words { at, text, anchor, tone } => {
            if let (Some(x), Some(y)) = (frame.x.pixel(at[0]), frame.y.pixel(at[1])) {
                push(Ink::Text {
                    at: [x, y + 4.0],
                    text: text.clone(),
                    anchor: *anchor,
                    tone: *tone,
                    weight: Weight::Over,
                });
            }
        }
        Shape::Handle { at, x, y, tone } => {
            if let (Some(px), Some(py)) = (frame.x.pixel(at[0]), frame.y.pixel(at[1])) {
                push(Ink::Handle { at: [px, py], tone: *tone, x: *x, y: *y, panel: frame.panel });
            }
        }
    }
}

/// How a mark looks in a legend, around a point; `None` for marks that carry their own label.
pub fn swatch(mark: &Mark, at: [f64; 2]) -> Option<Item> {
    let mut d = String::new();
    rectangle(&mut d, [at[0] - 5.0, at[1] - 5.0, at[0] + 5.0, at[1] + 5.0]);
    let patch = |d, tone, opacity| Ink::Path { d, fill: Some(Paint { tone, opacity }), stroke: None };
    let ink = match &mark.shape {
        Shape::Dots { dots, .. } => {
            let dot = dots.first()?;
            d.clear();
            glyph(&mut d, dot.glyph, at, 4.5);
            dot_ink(d, dot.tone, dot.filled, dot.glyph)
        }
        Shape::Bars { bars, .. } => Ink::Path { d, fill: Some(bar_paint(bars.first()?.tone)), stroke: None },
        Shape::Area { tone, .. } | Shape::Span { tone, .. } => patch(d, *tone, 0.25),
        Shape::Spikes { tone, .. } => patch(d, *tone, 1.0),
        Shape::Boxes { boxes } => {
            let tile = boxes.first()?;
            tile_ink(d, tile.tone, tile.fill)
        }
        _ => return None,
    };
    Some(Item { mark: mark.id, ink })
}

fn line(tone: Tone, stroke: Stroke) -> Line {
    let (width, dashed, opacity) = match stroke {
        Stroke::Solid => (1.75, false, 1.0),
        Stroke::Thick => (3.0, false, 1.0),
        Stroke::Thin => (1.0, false, 1.0),
        Stroke::Dashed => (1.5, true, 1.0),
        Stroke::Ghost => (1.5, false, 0.35),
    };
    Line { tone, width, dashed, opacity, round: false }
}

fn pair(d: &mut String, [x, y]: [f64; 2]) {
    coordinate(d, x);
    d.push(' ');
    coordinate(d, y);
}

/// Appends a straight line.
pub fn segment(d: &mut String, from: [f64; 2], to: [f64; 2]) {
    d.push('M');
    pair(d, from);
    if from[0] == to[0] {
        d.push('V');
        coordinate(d, to[1]);
    } else if from[1] == to[1] {
        d.push('H');
        coordinate(d, to[0]);
    } else {
        d.push('L');
        pair(d, to);
    }
}

fn rectangle(d: &mut String, [x0, y0, x1, y1]: [f64; 4]) {
    d.push('M');
    pair(d, [x0, y0]);
    d.push('H');
    coordinate(d, x1);
    d.push('V');
    coordinate(d, y1);
    d.push('H');
    coordinate(d, x0);
    d.push('Z');
}

/// A polyline within the frame; points without a place leave a gap.
fn polyline(frame: &Frame, points: &[[f64; 2]]) -> String {
    let mut d = String::with_capacity(points.len() * 10);
    let mut previous: Option<[f64; 2]> = None;
    let mut pen: Option<[f64; 2]> = None;
    for p in points {
        let here = frame.x.pixel(p[0]).zip(frame.y.pixel(p[1])).map(|(x, y)| [x, y]);
        if let (Some(a), Some(b)) = (previous, here)
            && let Some((a, b)) = clip((frame.x.ends(), frame.y.ends()), a, b)
        {
            if pen != Some(a) {
                d.push('M');
                pair(&mut d, a);
            }
            d.push('L');
            pair(&mut d, b);
            pen = Some(b);
        }
        previous = here;
    }
    d
}

/// The part of a segment inside of a rectangle, given by its ends along x and along y (Liang and Barsky).
pub fn clip(
    ((left, right), (top, bottom)): ((f64, f64), (f64, f64)),
    a: [f64; 2],
    b: [f64; 2],
) -> Option<([f64; 2], [f64; 2])> {
    let delta = [b[0] - a[0], b[1] - a[1]];
    let (mut enter, mut leave) = (0.0f64, 1.0f64);
    for (p, q) in [
        (-delta[0], a[0] - left),
        (delta[0], right - a[0]),
        (-delta[1], a[1] - top),
        (delta[1], bottom - a[1]),
    ] {
        if p == 0.0 {
            if q < 0.0 {
                return None;
            }
        } else {
            let r = q / p;
            if p < 0.0 {
                enter = enter.max(r);
            } else {
                leave = leave.min(r);
            }
        }
    }
    if enter > leave {
        return None;
    }
    let at = |t: f64| [a[0] + t * delta[0], a[1] + t * delta[1]];
    // Untouched ends keep their bits, so that the pen need not be lifted.
    Some((if enter > 0.0 { at(enter) } else { a }, if leave < 1.0 { at(leave) } else { b }))
}

fn band(frame: &Frame, points: &[[f64; 3]]) -> String {
    let mut d = String::new();
    let edge = |p: &[f64; 3], i: usize| [frame.x.clamped(p[0]), frame.y.clamped(p[i])];
    let drawn: Vec<&[f64; 3]> = points.iter().filter(|p| p.iter().all(|x| x.is_finite())).collect();
    for (i, p) in drawn.iter().enumerate() {
        d.push(if i == 0 { 'M' } else { 'L' });
        pair(&mut d, edge(p, 1));
    }
    for p in drawn.iter().rev() {
        d.push('L');
        pair(&mut d, edge(p, 2));
    }
    if !d.is_empty() {
        d.push('Z');
    }
    d
}

/// The path of a look, made when it first occurs; the order of first occurrence is the order of
/// drawing.
fn group<K: PartialEq>(groups: &mut Vec<(K, String)>, key: K) -> &mut String {
    let index = groups.iter().position(|(k, _)| *k == key).unwrap_or_else(|| {
        groups.push((key, String::new()));
        groups.len() - 1
    });
    &mut groups[index].1
}

fn draw_dots(push: &mut impl FnMut(Ink), frame: &Frame, dots: &[Dot], radius: f64) {
    let mut groups: Vec<((Tone, bool, Glyph), String)> = Vec::new();
    for dot in dots {
        let (Some(x), Some(y)) = (frame.x.pixel(dot.at[0]), frame.y.pixel(dot.at[1])) else { continue };
        if frame.x.contains(x) && frame.y.contains(y) {
            let d = group(&mut groups, (dot.tone, dot.filled, dot.glyph));
            if is_disc(dot.filled, dot.glyph) {
                d.push('M');
                pair(d, [x, y]);
                d.push_str("h0");
            } else {
                glyph(d, dot.glyph, [x, y], radius);
            }
        }
    }
    for ((tone, filled, glyph), d) in groups {
        push(if is_disc(filled, glyph) {
            let stroke = Line { round: true, ..Line::plain(tone, 2.0 * radius) };
            Ink::Path { d, fill: None, stroke: Some(stroke) }
        } else {
            dot_ink(d, tone, filled, glyph)
        });
    }
}

/// Filled circles, the most frequent dots, are drawn as lines of no length with round ends: a
/// quarter of the text, and quick to parse.
fn is_disc(filled: bool, glyph: Glyph) -> bool {
    filled && glyph == Glyph::Circle
}

fn dot_ink(d: String, tone: Tone, filled: bool, glyph: Glyph) -> Ink {
    let stroked = !filled || matches!(glyph, Glyph::Cross | Glyph::Plus | Glyph::Bar);
    let stroke = stroked.then_some(Line::plain(tone, 1.5));
    let fill = (filled && !stroked).then_some(Paint { tone, opacity: 1.0 });
    Ink::Path { d, fill, stroke }
}

fn glyph(d: &mut String, glyph: Glyph, [x, y]: [f64; 2], r: f64) {
    let polygon = |d: &mut String, corners: &[[f64; 2]]| {
        for (i, [dx, dy]) in corners.iter().enumerate() {
            d.push(if i == 0 { 'M' } else { 'L' });
            pair(d, [x + dx * r, y + dy * r]);
        }
        d.push('Z');
    };
    match glyph {
        Glyph::Circle => {
            d.push('M');
            pair(d, [x - r, y]);
            for end in [2.0 * r, -2.0 * r] {
                d.push('a');
                pair(d, [r, r]);
                d.push_str(" 0 1 0 ");
                pair(d, [end, 0.0]);
            }
        }
        Glyph::Square => polygon(d, &[[-0.85, -0.85], [0.85, -0.85], [0.85, 0.85], [-0.85, 0.85]]),
        Glyph::Diamond => polygon(d, &[[0.0, -1.2], [1.2, 0.0], [0.0, 1.2], [-1.2, 0.0]]),
        Glyph::Triangle => polygon(d, &[[0.0, -1.15], [1.1, 0.85], [-1.1, 0.85]]),
        Glyph::TriangleDown => polygon(d, &[[0.0, 1.15], [1.1, -0.85], [-1.1, -0.85]]),
        Glyph::Cross => {
            segment(d, [x - r * 0.8, y - r * 0.8], [x + r * 0.8, y + r * 0.8]);
            segment(d, [x - r * 0.8, y + r * 0.8], [x + r * 0.8, y - r * 0.8]);
        }
        Glyph::Plus => {
            segment(d, [x - r, y], [x + r, y]);
            segment(d, [x, y - r], [x, y + r]);
        }
        Glyph::Bar => segment(d, [x, y - r], [x, y + r]),
    }
}

/// Bars with their words.
fn draw_bars(push: &mut impl FnMut(Ink), frame: &Frame, room: &Room, bars: &[Bar], horizontal: bool) {
    let (along, across) = if horizontal { (&frame.x, &frame.y) } else { (&frame.y, &frame.x) };
    let mut groups: Vec<(Tone, String)> = Vec::new();
    let mut texts = Vec::new();
    for bar in bars {
        let (low, high) = along.ends();
        let clamped =
            |v: f64| along.pixel(v).map_or(if horizontal { low } else { high }, |p| p.clamp(low, high));
        let (from, to) = (clamped(bar.from), clamped(bar.to));
        let (Some(a), Some(b)) =
            (across.pixel(bar.at - bar.width / 2.0), across.pixel(bar.at + bar.width / 2.0))
        else {
            continue;
        };
        let d = group(&mut groups, bar.tone);
        rectangle(d, if horizontal { [from, a, to, b] } else { [a, from, b, to] });
        if bar.text.is_empty() {
            continue;
        }
        let width = text::width(&bar.text);
        let middle = f64::midpoint(a, b);
        let (at, anchor, inside) = if horizontal {
            let (x, anchor, inside) = word_along([low, room.edge], [from, to], width, &room.upright);
            ([x, middle + 4.0], anchor, inside)
        } else {
            word_above(low, [from.min(to), from.max(to)], [middle, (b - a).abs()], width)
        };
        let (tone, weight) = if inside { (bar.tone, Weight::Inside) } else { (Tone::Ink, Weight::Over) };
        texts.push(Ink::Text { at, text: bar.text.clone(), anchor, tone, weight });
    }
    for (tone, d) in groups {
        push(Ink::Path { d, fill: Some(bar_paint(tone)), stroke: None });
    }
    texts.into_iter().for_each(push);
}

/// Room between a word and the end of its bar, px.
pub const BESIDE: f64 = 5.0;

/// Where the word of a horizontal bar stands in a frame from `low` to `high`, and whether inside of the
/// bar: behind its end, or wholly inside where the frame ends or a line would run through it, or behind
/// that line. Only where a bar is shorter than its word does it stand over the bar's end.
fn word_along(
    [low, high]: [f64; 2],
    [from, to]: [f64; 2],
    width: f64,
    upright: &[f64],
) -> (f64, Anchor, bool) {
    // Downwards from 0, "behind" is to the left.
    let leftwards = to < from;
    let sign = if leftwards { -1.0 } else { 1.0 };
    let (outwards, inwards) =
        if leftwards { (Anchor::End, Anchor::Start) } else { (Anchor::Start, Anchor::End) };
    let behind = |x: f64| (x + sign * BESIDE, x + sign * (BESIDE + width));
    let fits = |(a, b): (f64, f64)| a.min(b) >= low - 2.0 && a.max(b) <= high + 2.0;
    let crossed = |(a, b): (f64, f64)| upright.iter().any(|x| (a.min(b) - 1.0..=a.max(b) + 1.0).contains(x));
    let here = behind(to);
    let within = (to - sign * BESIDE, to - sign * (BESIDE + width));
    let is_inside = (to - from).abs() >= width + 2.0 * BESIDE;
    // Not beyond a line that the bar reaches: nothing is said of it there.
    let beyond = upright.iter().copied().filter(|x| crossed(here) && (x - to) * sign > 0.0);
    let beyond = beyond
        .map(behind)
        .filter(|place| fits(*place) && !crossed(*place))
        .min_by(|a, b| (sign * a.0).total_cmp(&(sign * b.0)));
    if fits(here) && !crossed(here) {
        (here.0, outwards, false)
    } else if is_inside && !crossed(within) {
        (within.0, inwards, true)
    } else if let Some(place) = beyond {
        (place.0, outwards, false)
    } else if fits(here) {
        (here.0, outwards, false)
    } else if is_inside {
        (within.0, inwards, true)
    } else {
        (if leftwards { low + 2.0 } else { high - 2.0 }, inwards, false)
    }
}

/// Where the word of an upright bar from `top` to `bottom` stands, and whether inside of the bar: above it,
/// or inside where the frame, from `low` on, ends.
fn word_above(
    low: f64,
    [top, bottom]: [f64; 2],
    [middle, thickness]: [f64; 2],
    width: f64,
) -> ([f64; 2], Anchor, bool) {
    let above = top - 4.0;
    if above < low + 9.0 && thickness >= width && bottom - top >= 17.0 {
        ([middle, top + 13.0], Anchor::Middle, true)
    } else {
        ([middle, above.max(low + 9.0)], Anchor::Middle, false)
    }
}

/// A faint bar is to be seen, unlike a faint line of a grid: it is half of what secondary marks are.
fn bar_paint(tone: Tone) -> Paint {
    if tone == Tone::Faint {
        Paint { tone: Tone::Muted, opacity: palette::FAINT_BAR }
    } else {
        Paint { tone, opacity: 1.0 }
    }
}

fn draw_boxes(push: &mut impl FnMut(Ink), frame: &Frame, boxes: &[Tile]) {
    let mut groups: Vec<((Tone, Fill), String)> = Vec::new();
    let mut texts = Vec::new();
    for tile in boxes {
        let [x0, y0, x1, y1] = tile.corners;
        let ([x0, x1], [y0, y1]) =
            ([frame.x.clamped(x0), frame.x.clamped(x1)], [frame.y.clamped(y0), frame.y.clamped(y1)]);
        rectangle(group(&mut groups, (tile.tone, tile.fill)), [x0, y0, x1, y1]);
        if !tile.text.is_empty() && text::width(&tile.text) <= (x1 - x0).abs() + 2.0 {
            let weight = if tile.fill == Fill::Solid { Weight::Inside } else { Weight::Over };
            let at = [f64::midpoint(x0, x1), f64::midpoint(y0, y1) + 4.0];
            texts.push((at, tile.text.clone(), tile.tone, weight));
        }
    }
    for ((tone, fill), d) in groups {
        push(tile_ink(d, tone, fill));
    }
    for (at, text, tone, weight) in texts {
        // A faint word stands on a strong cell: a rim of paper, as faint as it is, would blur it.
        let weight = if tone == Tone::Faint && weight == Weight::Over { Weight::Label } else { weight };
        push(Ink::Text { at, text, anchor: Anchor::Middle, tone, weight });
    }
}

fn tile_ink(d: String, tone: Tone, fill: Fill) -> Ink {
    let stroke = |dashed| Some(Line { dashed, ..Line::plain(tone, 1.25) });
    match fill {
        Fill::Solid => Ink::Path { d, fill: Some(Paint { tone, opacity: 1.0 }), stroke: None },
        Fill::Tint => Ink::Path { d, fill: Some(Paint { tone, opacity: 0.22 }), stroke: stroke(false) },
        Fill::Outline => Ink::Path { d, fill: None, stroke: stroke(false) },
        Fill::Dashed => Ink::Path { d, fill: None, stroke: stroke(true) },
    }
}

fn flip_rows(cells: &[u8], columns: usize) -> Vec<u8> {
    cells.chunks(columns.max(1)).rev().flatten().copied().collect()
}

/// The path of all cells at one level, neighbours in a row merged, in units of one cell: the
/// drawing scales it, so that a dense field stays short in the page.
pub fn cell_runs(columns: usize, rows: usize, cells: &[u8], level: u8) -> String {
    use core::fmt::Write;
    let mut d = String::new();
    if level == EMPTY || columns == 0 {
        return d;
    }
    for (r, row) in cells.chunks(columns).enumerate().take(rows) {
        let mut c = 0;
        while c < row.len() {
            if row[c] != level {
                c += 1;
                continue;
            }
            let start = c;
            while c < row.len() && row[c] == level {
                c += 1;
            }
            let run = c - start;
            // Writing to a String cannot fail.
            let _ = write!(d, "M{start} {r}h{run}v1h-{run}z");
        }
    }
    d
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_stands_behind_its_bar_or_wholly_inside() {
        let frame = [0.0, 200.0];
        let placed = |from: f64, to: f64, upright: &[f64]| {
            let (x, anchor, inside) = word_along(frame, [from, to], 40.0, upright);
            let left = if anchor == Anchor::Start { x } else { x - 40.0 };
            let [low, high] = [from.min(to), from.max(to)];
            if inside {
                assert!(left >= low && left + 40.0 <= high, "{left} in {low}..{high}");
            } else {
                assert!(left + 40.0 <= low || left >= high, "{left} beside {low}..{high}");
            }
            (left, inside)
        };
        assert_eq!(placed(0.0, 100.0, &[]), (105.0, false));
        // The frame ends.
        assert_eq!(placed(0.0, 190.0, &[]), (145.0, true));
        // A line would run through the word.
        assert_eq!(placed(0.0, 100.0, &[120.0]), (55.0, true));
        assert_eq!(placed(0.0, 20.0, &[40.0]), (45.0, false));
        // Below zero.
        assert_eq!(placed(100.0, 60.0, &[]), (15.0, false));
        assert_eq!(placed(100.0, 10.0, &[]), (15.0, true));
    }

    #[test]
    fn a_word_above_a_bar_stays_in_the_frame_or_goes_inside() {
        assert_eq!(word_above(0.0, [50.0, 100.0], [20.0, 30.0], 20.0), ([20.0, 46.0], Anchor::Middle, false));
        assert_eq!(word_above(0.0, [0.0, 100.0], [20.0, 30.0], 20.0), ([20.0, 13.0], Anchor::Middle, true));
    }
}
