//! From a figure to a drawing: lays panels out for a width and turns marks into a flat list of
//! items in pixels.
//!
//! The list is what every output draws: [`crate::lab::figure::svg`] writes it as text, the page patches its
//! picture with it. Items keep the names of their marks.

mod panel;
mod room;
mod scale;
mod shapes;
mod text;

pub use scale::Projection;
pub use text::{SIZE, fit, number, width as text_width};

use crate::lab::figure::palette;
use crate::lab::figure::{Anchor, Figure, Ramp, Tone};
use std::borrow::Cow;

/// Under this width the panels of a row stand one above the other.
pub const NARROW: f64 = 560.0;

/// Room between panels, px.
const GAP: f64 = 16.0;

/// A drawing in pixels.
#[derive(Clone, Debug, PartialEq)]
pub struct Scene {
    pub width: f64,
    pub height: f64,
    /// Drawn in order.
    pub items: Vec<Item>,
    /// Where each panel's frame lies, for pointers.
    pub frames: Vec<Frame>,
    /// The figure in words.
    pub alternative: String,
}

/// The plotting area of a panel with its scales.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    pub panel: &'static str,
    pub x: Projection,
    pub y: Projection,
}

/// Something to draw.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    /// The mark it belongs to; empty for axes and headings.
    pub mark: &'static str,
    pub ink: Ink,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Ink {
    /// An SVG path.
    Path {
        d: String,
        fill: Option<Paint>,
        stroke: Option<Line>,
    },
    Text {
        at: [f64; 2],
        text: String,
        anchor: Anchor,
        tone: Tone,
        weight: Weight,
    },
    /// Cells of one ramp that fill `area` = `[x, y, width, height]`, row after row.
    Raster {
        area: [f64; 4],
        columns: usize,
        rows: usize,
        cells: Vec<u8>,
        ramp: Ramp,
    },
    /// A point to drag, with the controls that it sets.
    Handle {
        at: [f64; 2],
        tone: Tone,
        x: Option<&'static str>,
        y: Option<&'static str>,
        panel: &'static str,
    },
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Paint {
    pub tone: Tone,
    pub opacity: f64,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Line {
    pub tone: Tone,
    pub width: f64,
    pub dashed: bool,
    pub opacity: f64,
    /// Ends are round: a line of no length is a dot.
    pub round: bool,
}

impl Line {
    /// Solid and at full strength.
    #[must_use]
    pub const fn plain(tone: Tone, width: f64) -> Self {
        Self { tone, width, dashed: false, opacity: 1.0, round: false }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Weight {
    Title,
    Label,
    /// On top of data: with a rim of paper around the letters.
    Over,
    /// Inside of what is filled with its tone, so in a colour that stands out from it.
    Inside,
}

/// Lays `figure` out for `width` px.
#[must_use]
pub fn compose(figure: &Figure, width: f64) -> Scene {
    let width = if width.is_finite() { width.clamp(200.0, 4000.0) } else { 720.0 };
    let mut scene = Scene {
        width,
        height: height(figure, width),
        items: Vec::new(),
        frames: Vec::new(),
        alternative: figure.alternative.clone(),
    };
    let mut top = 0.0;
    for row in &figure.rows {
        if width < NARROW {
            for p in row {
                let title = panel::title(p, width);
                panel::draw(&mut scene, p, [0.0, top, width, p.height], &title, title.len());
                top += p.height + GAP;
            }
        } else {
            let total: f64 = row.iter().map(|p| p.weight).sum();
            let room = width - GAP * row.len().saturating_sub(1) as f64;
            let shares: Vec<f64> = row.iter().map(|p| room * p.weight / total.max(1e-9)).collect();
            let titles: Vec<_> = row.iter().zip(&shares).map(|(p, share)| panel::title(p, *share)).collect();
            // Frames side by side begin at one height, below the longest of their headings.
            let lines = titles.iter().map(Vec::len).max().unwrap_or(1);
            let mut left = 0.0;
            for ((p, share), title) in row.iter().zip(&shares).zip(&titles) {
                panel::draw(&mut scene, p, [left, top, *share, p.height], title, lines);
                left += share + GAP;
            }
            top += row_height(row) + GAP;
        }
    }
    // Words that stand over marks have no line through them, and nothing lies over a handle.
    let (mut words, mut handles) = (Vec::new(), Vec::new());
    let mut marks = Vec::with_capacity(scene.items.len());
    for item in scene.items {
        match &item.ink {
            Ink::Handle { .. } => handles.push(item),
            Ink::Text { weight: Weight::Over | Weight::Inside, .. } => words.push(item),
            _ => marks.push(item),
        }
    }
    marks.append(&mut words);
    marks.append(&mut handles);
    scene.items = marks;
    scene
}

/// The height in px that `figure` takes at a width. It depends on the figure's declared heights
/// and on which side of [`NARROW`] the width lies, so a page can keep the room free.
#[must_use]
pub fn height(figure: &Figure, width: f64) -> f64 {
    let heights: Vec<f64> = if width < NARROW {
        figure.panels().map(|p| p.height).collect()
    } else {
        figure.rows.iter().map(|r| row_height(r)).collect()
    };
    heights.iter().sum::<f64>() + GAP * heights.len().saturating_sub(1) as f64
}

fn row_height(row: &[crate::lab::figure::Panel]) -> f64 {
    row.iter().map(|p| p.height).fold(0.0, f64::max)
}

/// An SVG element: its name, attributes and text.
pub struct Element {
    pub name: &'static str,
    pub attributes: Vec<(&'static str, Cow<'static, str>)>,
    pub text: Option<String>,
}

impl Item {
    /// The SVG elements of an item. One, but for a raster, which gives a path for each level that
    /// occurs; the live page paints rasters on a canvas instead.
    #[must_use]
    pub fn elements(&self) -> Vec<Element> {
        match &self.ink {
            Ink::Path { d, fill, stroke } => vec![self.path(d.clone(), *fill, *stroke)],
            Ink::Text { at, text, anchor, tone, weight } => {
                vec![self.words(*at, text, *anchor, *tone, *weight)]
            }
            Ink::Raster { area, columns, rows, cells, ramp } => {
                let [x, y, w, h] = *area;
                let cell = [w / (*columns).max(1) as f64, h / (*rows).max(1) as f64];
                let transform = format!("translate({x:.1} {y:.1})scale({:.4} {:.4})", cell[0], cell[1]);
                let mut paths = Vec::new();
                for level in 0..u8::MAX {
                    let d = shapes::cell_runs(*columns, *rows, cells, level);
                    if !d.is_empty() {
                        let mut e = self.element("path");
                        e.attributes.push(("d", d.into()));
                        e.attributes.push(("fill", palette::ramp_variable(*ramp, level).into()));
                        e.attributes.push(("transform", transform.clone().into()));
                        // Without this, hairlines of the paper show between cells.
                        e.attributes.push(("shape-rendering", "crispEdges".into()));
                        paths.push(e);
                    }
                }
                paths
            }
            Ink::Handle { at, tone, .. } => {
                let mut e = self.element("circle");
                e.attributes.push(("class", "handle".into()));
                e.attributes.push(("cx", text::place(at[0]).into()));
                e.attributes.push(("cy", text::place(at[1]).into()));
                e.attributes.push(("r", "8".into()));
                e.attributes.push(("fill", palette::variable(*tone).into()));
                e.attributes.push(("stroke", "var(--paper)".into()));
                e.attributes.push(("stroke-width", "2".into()));
                vec![e]
            }
        }
    }

    fn element(&self, name: &'static str) -> Element {
        let mut attributes = Vec::with_capacity(6);
        if !self.mark.is_empty() {
            attributes.push(("data-mark", Cow::Borrowed(self.mark)));
        }
        Element { name, attributes, text: None }
    }

    fn path(&self, d: String, fill: Option<Paint>, stroke: Option<Line>) -> Element {
        let mut e = self.element("path");
        let a = &mut e.attributes;
        a.push(("d", d.into()));
        match fill {
            None => a.push(("fill", "none".into())),
            Some(paint) => {
                a.push(("fill", palette::variable(paint.tone).into()));
                if paint.opacity < 1.0 {
                    a.push(("fill-opacity", number(paint.opacity).into()));
                }
            }
        }
        if let Some(line) = stroke {
            a.push(("stroke", palette::variable(line.tone).into()));
            a.push(("stroke-width", number(line.width).into()));
            if line.dashed {
                a.push(("stroke-dasharray", "4 4".into()));
            }
            if line.opacity < 1.0 {
                a.push(("stroke-opacity", number(line.opacity).into()));
            }
            if line.round {
                a.push(("stroke-linecap", "round".into()));
            }
        }
        e
    }

    fn words(&self, at: [f64; 2], text: &str, anchor: Anchor, tone: Tone, weight: Weight) -> Element {
        let mut e = self.element("text");
        let a = &mut e.attributes;
        a.push(("x", text::place(at[0]).into()));
        a.push(("y", text::place(at[1]).into()));
        match anchor {
            Anchor::Start => {}
            Anchor::Middle => a.push(("text-anchor", "middle".into())),
            Anchor::End => a.push(("text-anchor", "end".into())),
        }
        a.push(("fill", palette::written(tone, weight == Weight::Inside).into()));
        match weight {
            Weight::Title => a.push(("class", "title".into())),
            Weight::Label | Weight::Inside => {}
            Weight::Over => a.push(("class", "over".into())),
        }
        e.text = Some(text.to_owned());
        e
    }
}
