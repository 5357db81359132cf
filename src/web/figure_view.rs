//! The live picture: the drawing's items as SVG elements that are patched, not drawn anew.
//!
//! Items keep their places from frame to frame, so a frame costs the attributes that changed.
//! Rasters are painted on a canvas below; everything else is the SVG of the static page.

use super::dom;
use super::raster::Rasters;
use crate::lab::figure::Figure;
use crate::lab::figure::scene::{Frame, Ink, Item, compose};
use std::collections::VecDeque;
use web_sys::{Element, Node};

const SVG: &str = "http://www.w3.org/2000/svg";

/// The picture in one `.figure` element of the page.
pub struct FigureView {
    holder: Element,
    svg: Element,
    rasters: Rasters,
    drawn: Vec<(Item, Element)>,
    frames: Vec<Frame>,
    width: f64,
    /// The holder's width, until it changes: to ask the page in every frame makes it lay itself out.
    room: Option<f64>,
    /// What sets the elements in `lit` apart.
    lit: Option<String>,
    /// The frame around what the reader points at, and the words for it.
    pointed: Option<[Element; 2]>,
}

impl FigureView {
    /// Takes the place of the static drawings in `holder`, at the same height.
    pub fn new(holder: Element) -> Option<Self> {
        let document = dom::document();
        let svg = document.create_element_ns(Some(SVG), "svg").ok()?;
        dom::set(&svg, "role", "img");
        dom::set(&svg, "width", "100%");
        Some(Self {
            holder,
            svg,
            rasters: Rasters::new()?,
            drawn: Vec::new(),
            frames: Vec::new(),
            width: 0.0,
            room: None,
            lit: None,
            pointed: None,
        })
    }

    /// Has the next drawing ask the page how much room there is.
    pub fn remeasure(&mut self) {
        self.room = None;
    }

    /// Draws a figure at the width that the page gives it; `tell` renews the text alternative too.
    pub fn draw(&mut self, figure: &Figure, lit: Option<&str>, tell: bool) {
        let holder = &self.holder;
        let width = *self.room.get_or_insert_with(|| f64::from(holder.client_width()).max(200.0));
        let scene = compose(figure, width);
        let first = self.drawn.is_empty();
        if first || (width - self.width).abs() > 0.5 {
            self.width = width;
            dom::set(&self.svg, "viewBox", &format!("0 0 {} {}", scene.width, scene.height));
            dom::set(&self.svg, "height", &scene.height.to_string());
        }
        if tell {
            dom::set(&self.svg, "aria-label", &scene.alternative);
        }
        self.light(lit);
        self.rasters.paint(&scene.items, width, scene.height);
        self.patch(scene.items);
        self.frames = scene.frames;
        if first {
            // The static drawings give way at the moment that the live one is complete.
            self.holder.set_inner_html("");
            let _ = self.holder.append_child(self.rasters.element());
            let _ = self.holder.append_child(&self.svg);
        }
    }

    /// Shows nothing.
    pub fn clear(&mut self) {
        self.drawn.clear();
        self.svg.set_inner_html("");
        self.holder.set_inner_html("");
    }

    /// Data values at a pixel of a panel's frame.
    pub fn value_at(&self, panel: &str, [x, y]: [f64; 2]) -> Option<[f64; 2]> {
        let frame = self.frames.iter().find(|f| f.panel == panel)?;
        let [x, y] = self.local([x, y]);
        Some([frame.x.value(x), frame.y.value(y)])
    }

    /// The pixel of the picture at data values of a panel.
    pub fn pixel(&self, panel: &str, [x, y]: [f64; 2]) -> Option<[f64; 2]> {
        let frame = self.frames.iter().find(|f| f.panel == panel)?;
        Some([frame.x.pixel(x)?, frame.y.pixel(y)?])
    }

    /// A pixel of the window as one of the picture.
    pub fn local(&self, [x, y]: [f64; 2]) -> [f64; 2] {
        let rect = self.svg.get_bounding_client_rect();
        // An embed may be shown larger than it was laid out.
        let scale = self.width / rect.width().max(1.0);
        [scale * (x - rect.left()), scale * (y - rect.top())]
    }

    /// The width that the picture was last drawn at.
    pub fn width(&self) -> f64 {
        self.width
    }

    /// Frames an area `[x, y, width, height]` of the picture and names it; with `None` nothing is.
    pub fn point(&mut self, pointed: Option<([f64; 4], &str)>) {
        let Some(([x, y, width, height], words)) = pointed else {
            for element in self.pointed.take().into_iter().flatten() {
                element.remove();
            }
            return;
        };
        if self.pointed.is_none() {
            let make = |class: &str| {
                let element = dom::document().create_element("div").ok()?;
                dom::set(&element, "class", class);
                // The live region says it.
                dom::set(&element, "aria-hidden", "true");
                self.holder.append_child(&element).ok()?;
                Some(element)
            };
            self.pointed = make("pointed").zip(make("pointed-words")).map(|(a, b)| [a, b]);
        }
        let Some([frame, label]) = &self.pointed else { return };
        let place = format!("left:{x:.1}px;top:{y:.1}px;width:{width:.1}px;height:{height:.1}px");
        dom::set_style(frame, &place);
        let centre = (x + width / 2.0).clamp(0.0, self.width);
        // Moved left by its place's share of its own width, it never leaves the picture.
        let share = 100.0 * centre / self.width.max(1.0);
        let up = if y > 34.0 { "-100%" } else { "0" };
        let edge = if y > 34.0 { y - 5.0 } else { y + height + 5.0 };
        let place = format!("left:{centre:.1}px;top:{edge:.1}px;transform:translate(-{share:.1}%,{up})");
        dom::set_style(label, &place);
        dom::set_text(label, words);
    }

    fn light(&mut self, lit: Option<&str>) {
        if self.lit.as_deref() == lit {
            return;
        }
        self.lit = lit.map(str::to_owned);
        let _ = self.svg.class_list().toggle_with_force("lighting", lit.is_some());
        for (item, element) in &self.drawn {
            let _ = element.class_list().toggle_with_force("lit", lit == Some(item.mark));
        }
    }

    /// Gives the drawn elements the looks of `items`. Marks may have gained or lost items since the
    /// last frame (a ninth colour of dots, say): theirs are added or taken away, and all others
    /// keep their elements.
    fn patch(&mut self, items: Vec<Item>) {
        let mut old: VecDeque<(Item, Element)> = std::mem::take(&mut self.drawn).into();
        self.drawn.reserve(items.len());
        for item in items {
            let ahead = old.iter().take(LOOK_AHEAD).position(|(o, _)| same_slot(o, &item));
            if let Some(gone) = ahead {
                for (_, element) in old.drain(..gone) {
                    element.remove();
                }
                if let Some((before, element)) = old.pop_front() {
                    if before != item {
                        patch_element(&element, &before, &item, self.lit.as_deref());
                    }
                    self.drawn.push((item, element));
                }
            } else if let Some(element) = create(&item) {
                mark_lit(&element, &item, self.lit.as_deref());
                let next: Option<&Node> = old.front().map(|(_, element)| element.as_ref());
                let _ = self.svg.insert_before(&element, next);
                self.drawn.push((item, element));
            }
        }
        for (_, element) in old {
            element.remove();
        }
    }
}

/// How far to look for the element of an item; marks have rarely more looks than that.
const LOOK_AHEAD: usize = 40;

fn same_slot(a: &Item, b: &Item) -> bool {
    a.mark == b.mark && kind(a) == kind(b)
}

fn kind(item: &Item) -> u8 {
    match item.ink {
        Ink::Path { .. } => 0,
        Ink::Text { .. } => 1,
        Ink::Raster { .. } => 2,
        Ink::Handle { .. } => 3,
    }
}

/// The element of an item. A raster stands in the SVG as an empty frame, so that it can be lit.
fn create(item: &Item) -> Option<Element> {
    let document = dom::document();
    if let Ink::Raster { area, .. } = &item.ink {
        let element = document.create_element_ns(Some(SVG), "rect").ok()?;
        dom::set(&element, "data-mark", item.mark);
        dom::set(&element, "fill", "none");
        place_raster(&element, area);
        return Some(element);
    }
    let described = item.elements().into_iter().next()?;
    let element = document.create_element_ns(Some(SVG), described.name).ok()?;
    for (name, value) in &described.attributes {
        let _ = element.set_attribute(name, value);
    }
    if let Some(text) = &described.text {
        element.set_text_content(Some(text));
    }
    if let Ink::Handle { x, y, panel, .. } = &item.ink {
        dom::set(&element, "data-panel", panel);
        dom::set(&element, "data-x", x.unwrap_or(""));
        dom::set(&element, "data-y", y.unwrap_or(""));
    }
    Some(element)
}

fn place_raster(element: &Element, area: &[f64; 4]) {
    for (name, value) in ["x", "y", "width", "height"].into_iter().zip(area) {
        dom::set(element, name, &value.to_string());
    }
}

fn patch_element(element: &Element, old: &Item, new: &Item, lit: Option<&str>) {
    match (&old.ink, &new.ink) {
        (Ink::Path { d: a, fill: f, stroke: s }, Ink::Path { d: b, fill: g, stroke: t })
            if f == g && s == t =>
        {
            if a != b {
                let _ = element.set_attribute("d", b);
            }
        }
        (Ink::Raster { .. }, Ink::Raster { area, .. }) => place_raster(element, area),
        _ => {
            let (before, after) = (old.elements(), new.elements());
            let (Some(before), Some(after)) = (before.into_iter().next(), after.into_iter().next()) else {
                return;
            };
            for (name, _) in &before.attributes {
                if !after.attributes.iter().any(|(n, _)| n == name) {
                    let _ = element.remove_attribute(name);
                }
            }
            for (name, value) in &after.attributes {
                dom::set(element, name, value);
            }
            mark_lit(element, new, lit);
            if before.text != after.text {
                dom::set_text(element, after.text.as_deref().unwrap_or_default());
            }
        }
    }
}

fn mark_lit(element: &Element, item: &Item, lit: Option<&str>) {
    if lit == Some(item.mark) {
        let _ = element.class_list().add_1("lit");
    }
}
