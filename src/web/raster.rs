//! The canvas under the live picture: dense fields of cells, one pixel a cell, drawn larger.

use super::dom;
use super::theme;
use crate::lab::figure::palette::ramp_colour;
use crate::lab::figure::scene::{Ink, Item};
use crate::lab::figure::{EMPTY, LEVELS, Ramp};
use wasm_bindgen::{Clamped, JsCast};
use web_sys::{CanvasRenderingContext2d, HtmlCanvasElement, ImageData};

/// A canvas with its context; asking for the context anew costs a tenth of a frame.
struct Sheet {
    canvas: HtmlCanvasElement,
    context: CanvasRenderingContext2d,
}

impl Sheet {
    fn new() -> Option<Self> {
        let canvas: HtmlCanvasElement = dom::document().create_element("canvas").ok()?.dyn_into().ok()?;
        let context = canvas.get_context("2d").ok().flatten()?.dyn_into().ok()?;
        Some(Self { canvas, context })
    }

    /// Resizes where needed, which also clears; clears otherwise.
    fn prepare(&self, width: u32, height: u32) {
        if self.canvas.width() == width && self.canvas.height() == height {
            self.context.clear_rect(0.0, 0.0, f64::from(width), f64::from(height));
        } else {
            self.canvas.set_width(width);
            self.canvas.set_height(height);
        }
    }
}

/// Paints the rasters of a drawing.
pub struct Rasters {
    visible: Sheet,
    /// Where one field stands at one pixel a cell.
    cells: Sheet,
    painted: Vec<Item>,
    /// Width, height and theme of what is painted, and the density of the screen.
    under: (f64, f64, bool, f64),
    colours: Colours,
}

impl Rasters {
    pub fn new() -> Option<Self> {
        let visible = Sheet::new()?;
        dom::set(&visible.canvas, "aria-hidden", "true");
        // The colours are those of the theme that it says: what is painted for the first time on paper is not.
        let dark = theme::is_dark();
        let (under, colours) = ((0.0, 0.0, dark, 0.0), Colours::new(dark));
        Some(Self { visible, cells: Sheet::new()?, painted: Vec::new(), under, colours })
    }

    /// The element to put under the picture.
    pub fn element(&self) -> &HtmlCanvasElement {
        &self.visible.canvas
    }

    /// Paints the rasters among `items` where one changed, or the room, or the theme.
    pub fn paint(&mut self, items: &[Item], width: f64, height: f64) {
        let rasters = || items.iter().filter(|i| matches!(i.ink, Ink::Raster { .. }));
        let ratio = dom::window().device_pixel_ratio().clamp(1.0, 3.0);
        let under = (width, height, theme::is_dark(), ratio);
        if self.under == under && rasters().eq(self.painted.iter()) {
            return;
        }
        if self.under.2 != under.2 {
            self.colours = Colours::new(under.2);
        }
        self.under = under;
        self.painted = rasters().cloned().collect();
        if self.painted.is_empty() {
            self.visible.prepare(0, 0);
            return;
        }
        self.visible.prepare((width * ratio) as u32, (height * ratio) as u32);
        self.visible.context.set_image_smoothing_enabled(false);
        for item in &self.painted {
            if let Ink::Raster { area, columns, rows, cells, ramp } = &item.ink
                && self.lay_out(*columns, *rows, cells, *ramp).is_some()
            {
                let [x, y, w, h] = area.map(|v| v * ratio);
                let image = &self.cells.canvas;
                // A canvas that cannot be drawn leaves the field empty; the text alternative stands.
                let _ =
                    self.visible.context.draw_image_with_html_canvas_element_and_dw_and_dh(image, x, y, w, h);
            }
        }
    }

    /// One field at one pixel a cell.
    fn lay_out(&self, columns: usize, rows: usize, cells: &[u8], ramp: Ramp) -> Option<()> {
        let cells = cells.get(..columns * rows).filter(|c| !c.is_empty())?;
        let pixels: Vec<u8> = cells.iter().flat_map(|&cell| self.colours.of(ramp, cell)).collect();
        let (columns, rows) = (columns as u32, rows as u32);
        let image = ImageData::new_with_u8_clamped_array_and_sh(Clamped(&pixels), columns, rows).ok()?;
        self.cells.prepare(columns, rows);
        self.cells.context.put_image_data(&image, 0.0, 0.0).ok()
    }
}

/// The colours of every level of every ramp in one theme, as RGBA.
struct Colours([[[u8; 4]; LEVELS as usize]; 3]);

impl Colours {
    const RAMPS: [Ramp; 3] = [Ramp::Sequential, Ramp::Diverging, Ramp::Series];

    fn new(dark: bool) -> Self {
        Self(Self::RAMPS.map(|ramp| {
            core::array::from_fn(|level| {
                let [r, g, b] = ramp_colour(ramp, level as u8, dark);
                [r, g, b, 255]
            })
        }))
    }

    fn of(&self, ramp: Ramp, cell: u8) -> [u8; 4] {
        if cell == EMPTY {
            return [0; 4];
        }
        self.0[ramp as usize][usize::from(cell.min(LEVELS - 1))]
    }
}
