//! Room for words: what the marks of a panel cover, so that a label can stand where nothing runs through it.

use super::text::{self, SIZE};
use super::{Frame, shapes};
use crate::lab::figure::{Anchor, At, Panel, Shape};

/// Radius of a handle with its rim, px.
pub const HANDLE: f64 = 9.0;

/// What is drawn in a frame, mark by mark, in pixels.
#[derive(Default)]
pub struct Room {
    marks: Vec<Vec<Cover>>,
    /// Of the rules at one x: where they stand, px from the left of the drawing.
    pub upright: Vec<f64>,
    /// How far words of bars may reach to the right, px from the left of the drawing.
    pub edge: f64,
    /// Labels that have their place.
    labels: Vec<[f64; 4]>,
}

enum Cover {
    Segment([f64; 2], [f64; 2]),
    /// `[left, top, right, bottom]`.
    Rectangle([f64; 4]),
}

impl Room {
    pub fn new(panel: &Panel, frame: &Frame, edge: f64) -> Self {
        let mut room = Self { edge, ..Self::default() };
        // Only the names of rules look for a place.
        let are_looking =
            panel.marks.iter().any(|m| matches!(m.shape, Shape::Rule { .. }) && !m.label.is_empty());
        for mark in &panel.marks {
            if let Shape::Rule { at: At::X(x), .. } = mark.shape {
                room.upright.extend(frame.x.pixel(x).filter(|p| frame.x.contains(*p)));
            }
            if are_looking {
                room.marks.push(covers(frame, &mark.shape));
            }
        }
        room
    }

    /// The first of these places of a text through which fewest marks run, other than mark `own`. It is
    /// kept free from then on. `None` where there are no places.
    pub fn take(
        &mut self,
        own: usize,
        text: &str,
        places: &[([f64; 2], Anchor)],
    ) -> Option<([f64; 2], Anchor)> {
        let struck = |area: [f64; 4]| {
            let marks = self
                .marks
                .iter()
                .enumerate()
                .filter(|(i, covers)| *i != own && covers.iter().any(|cover| cover.meets(area)));
            marks.count() + self.labels.iter().filter(|label| overlap(**label, area)).count()
        };
        let best = places.iter().min_by_key(|(at, anchor)| struck(area(*at, text, *anchor)))?;
        self.labels.push(area(best.0, text, best.1));
        Some(*best)
    }
}

/// What a text covers whose line stands at `at`.
fn area([x, y]: [f64; 2], text: &str, anchor: Anchor) -> [f64; 4] {
    let width = text::width(text);
    let left = match anchor {
        Anchor::Start => x,
        Anchor::Middle => x - width / 2.0,
        Anchor::End => x - width,
    };
    [left, y - SIZE + 2.0, left + width, y + 3.0]
}

fn overlap(a: [f64; 4], b: [f64; 4]) -> bool {
    a[0] < b[2] && b[0] < a[2] && a[1] < b[3] && b[1] < a[3]
}

impl Cover {
    fn meets(&self, area: [f64; 4]) -> bool {
        match self {
            Self::Segment(from, to) => {
                let [left, top, right, bottom] = area;
                shapes::clip(((left, right), (top, bottom)), *from, *to).is_some()
            }
            Self::Rectangle(other) => overlap(*other, area),
        }
    }
}

/// What a shape covers. Tints (areas, spans, cells) and faint ways between nodes leave words legible.
fn covers(frame: &Frame, shape: &Shape) -> Vec<Cover> {
    let pixel = |[x, y]: [f64; 2]| Some([frame.x.pixel(x)?, frame.y.pixel(y)?]);
    let ((left, right), (top, bottom)) = (frame.x.ends(), frame.y.ends());
    let around = |[x, y]: [f64; 2], r: f64| Cover::Rectangle([x - r, y - r, x + r, y + r]);
    match shape {
        Shape::Line { points, .. } => {
            let ends = points.windows(2).filter_map(|pair| Some((pixel(pair[0])?, pixel(pair[1])?)));
            ends.map(|(from, to)| Cover::Segment(from, to)).collect()
        }
        Shape::Dots { dots, radius } => {
            dots.iter().filter_map(|dot| Some(around(pixel(dot.at)?, *radius))).collect()
        }
        Shape::Bars { bars, horizontal } => bars
            .iter()
            .map(|bar| {
                let (low, high) = (bar.at - bar.width / 2.0, bar.at + bar.width / 2.0);
                let [from, to] = if *horizontal {
                    [[bar.from, low], [bar.to, high]]
                } else {
                    [[low, bar.from], [high, bar.to]]
                }
                .map(|[x, y]| [frame.x.clamped(x), frame.y.clamped(y)]);
                Cover::Rectangle([
                    from[0].min(to[0]),
                    from[1].min(to[1]),
                    from[0].max(to[0]),
                    from[1].max(to[1]),
                ])
            })
            .collect(),
        Shape::Spikes { spikes, height, .. } => spikes
            .iter()
            .filter_map(|[t, row]| {
                Some(Cover::Segment(pixel([*t, row - height / 2.0])?, pixel([*t, row + height / 2.0])?))
            })
            .collect(),
        Shape::Rule { at: At::X(x), .. } => {
            frame.x.pixel(*x).map(|x| Cover::Segment([x, top], [x, bottom])).into_iter().collect()
        }
        Shape::Rule { at: At::Y(y), .. } => {
            frame.y.pixel(*y).map(|y| Cover::Segment([left, y], [right, y])).into_iter().collect()
        }
        Shape::Words { at, text, anchor, .. } => {
            pixel(*at).map(|[x, y]| Cover::Rectangle(area([x, y + 4.0], text, *anchor))).into_iter().collect()
        }
        Shape::Handle { at, .. } => pixel(*at).map(|at| around(at, HANDLE)).into_iter().collect(),
        Shape::Area { .. }
        | Shape::Span { .. }
        | Shape::Cells { .. }
        | Shape::Boxes { .. }
        | Shape::Links { .. } => Vec::new(),
    }
}
