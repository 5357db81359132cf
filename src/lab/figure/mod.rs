//! The grammar of figures: panels with scales, and marks in data coordinates.
//!
//! A simulation describes *what* there is to see. [`crate::lab::figure::scene`] lays it out for a width, and
//! the same scene becomes a static SVG, the live picture, an export or a snapshot test. Every
//! mark has a name, so that prose can light it and tests can find it.
//!
//! Colours are concepts ([`Tone`]), never RGB: both themes define them.

pub mod charts;
pub mod palette;
pub mod picture;
pub mod scene;
pub mod series;
pub mod svg;

/// How wide words will be, for a simulation that puts words beside words.
pub use scene::{fit, text_width};

/// Rows of panels from top to bottom, and the same in words.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    /// Each row is a list of panels, side by side where there is room, one above the other where
    /// there is not (under 560 px).
    pub rows: Vec<Vec<Panel>>,
    /// What is drawn *now*, in one to three sentences, with numbers: the text alternative.
    pub alternative: String,
}

/// A frame with two scales and marks in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Panel {
    /// Name, unique in the figure.
    pub id: &'static str,
    /// A short heading above the frame, sentence case; may be empty.
    pub title: String,
    pub x: Axis,
    pub y: Axis,
    /// Drawn in order: the last lies on top.
    pub marks: Vec<Mark>,
    /// Height in px of the whole panel, heading and axis labels included. A figure's heights must
    /// not change while it runs, or the page would move under the reader.
    pub height: f64,
    /// Share of the row's width.
    pub weight: f64,
    /// One unit of x is as long as one unit of y (maps and square grids).
    pub square: bool,
}

/// One scale of a panel.
#[derive(Clone, Debug, PartialEq)]
pub struct Axis {
    /// What is measured; may be empty.
    pub label: String,
    /// Unit, shown behind the label; may be empty.
    pub unit: &'static str,
    pub scale: Scale,
    /// Ends of the scale. On a y axis the first is the bottom: `[n, 0]` counts rows downwards.
    pub domain: [f64; 2],
    pub ticks: Ticks,
    /// Thin lines across the panel at the ticks.
    pub grid: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scale {
    Linear,
    /// Base ten; the domain must be positive.
    Logarithmic,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Ticks {
    /// Round numbers, as many as fit.
    Auto,
    /// Places with their labels, thinned out where they would overlap.
    At(Vec<(f64, String)>),
    /// No axis at all.
    Hidden,
}

/// A named group of shapes that means one thing.
#[derive(Clone, Debug, PartialEq)]
pub struct Mark {
    /// Name, unique in the panel; `[...](mark:<simulation>.<id>)` in an article lights it.
    pub id: &'static str,
    /// What it is, for the direct label of lines and the legend of dots; empty for no label.
    pub label: String,
    pub shape: Shape,
}

/// The shapes. Coordinates are `[x, y]` in the panel's units; points that are not finite, or not
/// positive on a logarithmic scale, leave a gap.
#[derive(Clone, Debug, PartialEq)]
pub enum Shape {
    /// A polyline, labelled at its end.
    Line {
        points: Vec<[f64; 2]>,
        tone: Tone,
        stroke: Stroke,
    },
    /// The region between two curves: `[x, low, high]`.
    Area {
        points: Vec<[f64; 3]>,
        tone: Tone,
    },
    Dots {
        dots: Vec<Dot>,
        radius: f64,
    },
    Bars {
        bars: Vec<Bar>,
        horizontal: bool,
    },
    /// A grid of coloured cells that fills `area` = `[x0, y0, x1, y1]`; `cells[row * columns +
    /// column]`, row 0 at `y0`. For dense fields and heat maps; use [`level`] or a tone's index.
    Cells {
        area: [f64; 4],
        columns: usize,
        rows: usize,
        cells: Vec<u8>,
        ramp: Ramp,
    },
    /// Short upright ticks at `[time, row]`: a spike raster. `height` in units of y.
    Spikes {
        spikes: Vec<[f64; 2]>,
        tone: Tone,
        height: f64,
    },
    /// A line across the whole panel at one x or y, labelled at its end.
    Rule {
        at: At,
        tone: Tone,
        stroke: Stroke,
    },
    /// A shaded stretch of one axis.
    Span {
        from: At,
        to: f64,
        tone: Tone,
    },
    /// Rectangles `[x0, y0, x1, y1]` with an optional word inside: tiles, slots, nodes.
    Boxes {
        boxes: Vec<Tile>,
    },
    /// Curves from left to right, from tokens to experts, say.
    Links {
        links: Vec<Link>,
    },
    Words {
        at: [f64; 2],
        text: String,
        anchor: Anchor,
        tone: Tone,
    },
    /// A point that can be dragged (or moved with the arrow keys) to set controls.
    Handle {
        at: [f64; 2],
        x: Option<&'static str>,
        y: Option<&'static str>,
        tone: Tone,
    },
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum At {
    X(f64),
    Y(f64),
}

/// A colour as a concept. The eight `Series` colours are told apart by colour-blind readers;
/// beyond eight they repeat, so shape or position must carry the meaning too.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tone {
    /// Text and main lines.
    Ink,
    /// Secondary lines and words.
    Muted,
    /// Grids and backgrounds.
    Faint,
    /// What the reader should look at.
    Accent,
    Good,
    Bad,
    /// A category, counted from 0, repeating after eight.
    Series(u8),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stroke {
    Solid,
    Thick,
    Thin,
    Dashed,
    /// Solid at a third of its strength: other runs, other heads, history.
    Ghost,
}

/// Colour scales for [`Shape::Cells`]; cell 255 is left empty on each.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ramp {
    /// Levels 0..=31 from little to much, perceptually even.
    Sequential,
    /// Levels 0..=31, 15 and 16 around zero.
    Diverging,
    /// The cell is the number of a series tone (0..8), drawn as a tint.
    Series,
}

/// Number of levels of a ramp.
pub const LEVELS: u8 = 32;

/// A cell that is left empty.
pub const EMPTY: u8 = 255;

/// The level of a share 0..=1 on a ramp; not-a-number is [`EMPTY`].
#[must_use]
pub fn level(share: f64) -> u8 {
    if share.is_nan() { EMPTY } else { (share.clamp(0.0, 1.0) * f64::from(LEVELS - 1)).round() as u8 }
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dot {
    pub at: [f64; 2],
    pub tone: Tone,
    pub glyph: Glyph,
    /// Hollow otherwise.
    pub filled: bool,
}

impl Dot {
    /// Filled.
    #[must_use]
    pub const fn new(at: [f64; 2], tone: Tone, glyph: Glyph) -> Self {
        Self { at, tone, glyph, filled: true }
    }

    #[must_use]
    pub const fn hollow(self) -> Self {
        self.filled(false)
    }

    #[must_use]
    pub const fn filled(mut self, filled: bool) -> Self {
        self.filled = filled;
        self
    }
}

/// Shapes of dots, so that colour is never the only difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Glyph {
    Circle,
    Square,
    Diamond,
    Triangle,
    TriangleDown,
    Cross,
    Plus,
    Bar,
}

impl Glyph {
    /// The glyph for a category, repeating after eight.
    #[must_use]
    pub fn of(category: usize) -> Self {
        const ALL: [Glyph; 8] = [
            Glyph::Circle,
            Glyph::Square,
            Glyph::Diamond,
            Glyph::Triangle,
            Glyph::TriangleDown,
            Glyph::Cross,
            Glyph::Plus,
            Glyph::Bar,
        ];
        ALL[category % ALL.len()]
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Bar {
    /// Centre, on the axis across the bars.
    pub at: f64,
    /// Width, in units of that axis.
    pub width: f64,
    /// Where it begins and ends, on the axis along the bars.
    pub from: f64,
    pub to: f64,
    pub tone: Tone,
    /// Written at its end; may be empty.
    pub text: String,
}

impl Bar {
    /// From 0 to `to`, without a word.
    #[must_use]
    pub fn new(at: f64, width: f64, to: f64, tone: Tone) -> Self {
        Self { at, width, from: 0.0, to, tone, text: String::new() }
    }

    /// From another place than 0: on a logarithmic axis, say.
    #[must_use]
    pub const fn starting_at(mut self, from: f64) -> Self {
        self.from = from;
        self
    }

    /// Written at its end.
    #[must_use]
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.text = text.into();
        self
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Tile {
    /// `[x0, y0, x1, y1]` in data units.
    pub corners: [f64; 4],
    pub tone: Tone,
    pub fill: Fill,
    pub text: String,
}

impl Tile {
    /// Without a word.
    #[must_use]
    pub const fn new(corners: [f64; 4], tone: Tone, fill: Fill) -> Self {
        Self { corners, tone, fill, text: String::new() }
    }

    /// With a word inside.
    #[must_use]
    pub fn text(mut self, text: impl Into<String>) -> Self {
        self.text = text.into();
        self
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fill {
    Solid,
    /// A tint of the tone.
    Tint,
    /// Outline only.
    Outline,
    /// Dashed outline: no longer, or not yet, there.
    Dashed,
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Link {
    pub from: [f64; 2],
    pub to: [f64; 2],
    pub tone: Tone,
    /// 0..=1: thickness and strength.
    pub weight: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    Start,
    Middle,
    End,
}

impl Figure {
    /// One row.
    #[must_use]
    pub fn row(panels: Vec<Panel>, alternative: String) -> Self {
        Self { rows: vec![panels], alternative }
    }

    #[must_use]
    pub fn new(rows: Vec<Vec<Panel>>, alternative: String) -> Self {
        Self { rows, alternative }
    }

    pub fn panels(&self) -> impl Iterator<Item = &Panel> {
        self.rows.iter().flatten()
    }

    /// Its first panel alone, where there is room for no more.
    #[must_use]
    pub fn first_panel(mut self) -> Self {
        self.rows.truncate(1);
        self.rows.iter_mut().for_each(|row| row.truncate(1));
        self
    }
}

impl Panel {
    #[must_use]
    pub fn new(id: &'static str, title: impl Into<String>, x: Axis, y: Axis) -> Self {
        Self { id, title: title.into(), x, y, marks: Vec::new(), height: 240.0, weight: 1.0, square: false }
    }

    #[must_use]
    pub fn height(mut self, height: f64) -> Self {
        self.height = height;
        self
    }

    #[must_use]
    pub fn weight(mut self, weight: f64) -> Self {
        self.weight = weight;
        self
    }

    /// One unit of x as long as one unit of y.
    #[must_use]
    pub fn square(mut self) -> Self {
        self.square = true;
        self
    }

    /// Adds a mark on top.
    #[must_use]
    pub fn mark(mut self, id: &'static str, label: impl Into<String>, shape: Shape) -> Self {
        self.marks.push(Mark { id, label: label.into(), shape });
        self
    }

    /// A polyline, labelled at its end.
    #[must_use]
    pub fn line(
        self,
        id: &'static str,
        label: impl Into<String>,
        points: impl IntoIterator<Item = [f64; 2]>,
        tone: Tone,
        stroke: Stroke,
    ) -> Self {
        self.mark(id, label, Shape::Line { points: points.into_iter().collect(), tone, stroke })
    }

    /// The region between two curves: `[x, low, high]`.
    #[must_use]
    pub fn area(self, id: &'static str, points: impl IntoIterator<Item = [f64; 3]>, tone: Tone) -> Self {
        self.mark(id, "", Shape::Area { points: points.into_iter().collect(), tone })
    }

    #[must_use]
    pub fn dots(
        self,
        id: &'static str,
        label: impl Into<String>,
        dots: impl IntoIterator<Item = Dot>,
        radius: f64,
    ) -> Self {
        self.mark(id, label, Shape::Dots { dots: dots.into_iter().collect(), radius })
    }

    /// Upright bars.
    #[must_use]
    pub fn bars(self, id: &'static str, bars: impl IntoIterator<Item = Bar>) -> Self {
        self.mark(id, "", Shape::Bars { bars: bars.into_iter().collect(), horizontal: false })
    }

    #[must_use]
    pub fn horizontal_bars(self, id: &'static str, bars: impl IntoIterator<Item = Bar>) -> Self {
        self.mark(id, "", Shape::Bars { bars: bars.into_iter().collect(), horizontal: true })
    }

    /// Gives the mark that was added last a name in the legend.
    #[must_use]
    pub fn labelled(mut self, label: impl Into<String>) -> Self {
        if let Some(mark) = self.marks.last_mut() {
            mark.label = label.into();
        }
        self
    }

    /// A grid of coloured cells that fills `area`; see [`Shape::Cells`].
    #[must_use]
    pub fn cells(
        self,
        id: &'static str,
        area: [f64; 4],
        [columns, rows]: [usize; 2],
        cells: Vec<u8>,
        ramp: Ramp,
    ) -> Self {
        self.mark(id, "", Shape::Cells { area, columns, rows, cells, ramp })
    }

    /// Short upright ticks at `[time, row]`, `height` high in units of y.
    #[must_use]
    pub fn spikes(
        self,
        id: &'static str,
        spikes: impl IntoIterator<Item = [f64; 2]>,
        tone: Tone,
        height: f64,
    ) -> Self {
        self.mark(id, "", Shape::Spikes { spikes: spikes.into_iter().collect(), tone, height })
    }

    /// A line across the whole panel, labelled at its end.
    #[must_use]
    pub fn rule(
        self,
        id: &'static str,
        label: impl Into<String>,
        at: At,
        tone: Tone,
        stroke: Stroke,
    ) -> Self {
        self.mark(id, label, Shape::Rule { at, tone, stroke })
    }

    /// A shaded stretch of one axis.
    #[must_use]
    pub fn span(self, id: &'static str, from: At, to: f64, tone: Tone) -> Self {
        self.mark(id, "", Shape::Span { from, to, tone })
    }

    #[must_use]
    pub fn boxes(self, id: &'static str, boxes: impl IntoIterator<Item = Tile>) -> Self {
        self.mark(id, "", Shape::Boxes { boxes: boxes.into_iter().collect() })
    }

    #[must_use]
    pub fn links(self, id: &'static str, links: impl IntoIterator<Item = Link>) -> Self {
        self.mark(id, "", Shape::Links { links: links.into_iter().collect() })
    }

    #[must_use]
    pub fn words(
        self,
        id: &'static str,
        at: [f64; 2],
        text: impl Into<String>,
        anchor: Anchor,
        tone: Tone,
    ) -> Self {
        self.mark(id, "", Shape::Words { at, text: text.into(), anchor, tone })
    }

    /// A point to drag, with the controls that its x and its y set.
    #[must_use]
    pub fn handle(
        self,
        id: &'static str,
        at: [f64; 2],
        [x, y]: [Option<&'static str>; 2],
        tone: Tone,
    ) -> Self {
        self.mark(id, "", Shape::Handle { at, x, y, tone })
    }
}

impl Axis {
    #[must_use]
    pub fn linear(label: impl Into<String>, domain: [f64; 2]) -> Self {
        Self { label: label.into(), unit: "", scale: Scale::Linear, domain, ticks: Ticks::Auto, grid: false }
    }

    /// A base-ten scale; the domain must be positive.
    #[must_use]
    pub fn logarithmic(label: impl Into<String>, domain: [f64; 2]) -> Self {
        Self { scale: Scale::Logarithmic, ..Self::linear(label, domain) }
    }

    /// A scale without a picture: positions only.
    #[must_use]
    pub fn hidden(domain: [f64; 2]) -> Self {
        Self { ticks: Ticks::Hidden, ..Self::linear("", domain) }
    }

    /// A scale with `names.len()` places 0, 1, 2, ... from -0.5 to n - 0.5, each with its name.
    #[must_use]
    pub fn categories<N: Into<String>>(label: impl Into<String>, names: impl IntoIterator<Item = N>) -> Self {
        let named = names.into_iter().enumerate();
        let ticks: Vec<(f64, String)> = named.map(|(i, n)| (i as f64, n.into())).collect();
        let domain = [-0.5, ticks.len() as f64 - 0.5];
        Self { ticks: Ticks::At(ticks), ..Self::linear(label, domain) }
    }

    #[must_use]
    pub fn unit(mut self, unit: &'static str) -> Self {
        self.unit = unit;
        self
    }

    #[must_use]
    pub fn grid(mut self) -> Self {
        self.grid = true;
        self
    }

    /// Places with their labels.
    #[must_use]
    pub fn ticks<L: Into<String>>(mut self, ticks: impl IntoIterator<Item = (f64, L)>) -> Self {
        self.ticks = Ticks::At(ticks.into_iter().map(|(at, label)| (at, label.into())).collect());
        self
    }

    /// Turned around: what was at the top or the right comes to the bottom or the left.
    #[must_use]
    pub fn reversed(mut self) -> Self {
        self.domain.reverse();
        self
    }
}

/// A point of a line that is no place on any axis, so that the line has a gap there; equal to itself,
/// so that equal figures are equal.
pub const GAP: [f64; 2] = [f64::INFINITY; 2];

/// A round upper end for a growing quantity, at least `least`: 1, 2 or 5 times a power of ten, so
/// that an axis moves rarely and by a large step.
#[must_use]
pub fn round_up(x: f64, least: f64) -> f64 {
    let x = if x.is_finite() { x.max(least) } else { least };
    let mut power = 1e-12;
    while power < 1e300 {
        for factor in [1.0, 2.0, 5.0] {
            if factor * power >= x * 0.999_999 {
                return factor * power;
            }
        }
        power *= 10.0;
    }
    x
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axis_ends_are_round() {
        assert!((round_up(3.2, 1.0) - 5.0).abs() < 1e-9);
        assert!((round_up(0.0, 1.0) - 1.0).abs() < 1e-9);
        assert!((round_up(f64::NAN, 2.0) - 2.0).abs() < 1e-9);
    }

    #[test]
    fn levels_span_the_ramp() {
        assert_eq!(level(0.0), 0);
        assert_eq!(level(1.0), 31);
        assert_eq!(level(f64::NAN), EMPTY);
        assert_eq!(level(7.0), 31);
    }
}
