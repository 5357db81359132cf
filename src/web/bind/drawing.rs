//! Drawings: pointer, finger and keys paint cells, pictures are scaled down to them. A stroke reaches the
//! model while it is drawn; what the schema refuses stays on the sheet, and a sentence says why.

use super::on_click;
use crate::lab::schema::drawing::{self, Drawing};
use crate::lab::{Control, Value};
use crate::web::dom;
use crate::web::session::Session;
use crate::web::words;
use reactive_graph::owner::{LocalStorage, StoredValue};
use reactive_graph::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{
    Blob, CanvasRenderingContext2d, ClipboardEvent, Element, Event, HtmlCanvasElement, HtmlElement,
    HtmlInputElement, ImageBitmap, KeyboardEvent, PointerEvent,
};

/// Strokes that can be taken back.
const UNDO: usize = 40;

/// Time between two drawings of one stroke that the model is given, ms.
const PATIENCE: f64 = 150.0;

/// Side in px of the picture that cells are averaged from, at the most.
const LARGEST: f64 = 256.0;

/// A sheet in the page. Copies are handles to the same one.
#[derive(Clone, Copy)]
struct Sheet {
    session: Session,
    control: &'static Control,
    drawing: Drawing,
    parts: StoredValue<Parts, LocalStorage>,
}

struct Parts {
    row: Element,
    sheet: HtmlElement,
    /// The cells on the sheet, whether the model takes them or not.
    cells: Vec<u8>,
    /// What was there before each stroke.
    undo: Vec<Vec<u8>>,
    brush: u8,
    cursor: [usize; 2],
    /// Where the stroke is that is being drawn.
    stroke: Option<[usize; 2]>,
    given: f64,
}

/// Brings the sheet in a control's row to life.
pub fn bind(root: &Element, session: Session, control: &'static Control, drawing: Drawing) {
    let Some(row) = dom::find(root, &format!("[data-drawing='{}']", control.id)) else { return };
    let (Some(surface), Some(field)) = (dom::find(&row, "[data-sheet]"), dom::find(&row, ".typed")) else {
        return;
    };
    let parts = Parts {
        row: row.clone().into(),
        sheet: surface.clone(),
        cells: session.values.with_untracked(|v| v.drawing(control.id).to_vec()),
        undo: Vec::new(),
        brush: drawing.brush(),
        cursor: [0, 0],
        stroke: None,
        given: 0.0,
    };
    let sheet = Sheet { session, control, drawing, parts: StoredValue::new_local(parts) };
    // Without a program it is a picture; now its keys are its own.
    dom::set(&surface, "role", "application");
    dom::set(&surface, "tabindex", "0");
    sheet.show();
    sheet.pointer(&surface);
    dom::listen::<KeyboardEvent>(&surface, "keydown", move |event| {
        if sheet.key(&event.key(), event.ctrl_key() || event.meta_key(), event.alt_key()) {
            event.prevent_default();
        }
    });
    dom::listen::<Event>(&surface, "focus", move |_| sheet.tell_cell());
    for radio in dom::all(&row, "[type=radio]") {
        let own = radio.clone();
        dom::listen::<Event>(&radio, "change", move |_| {
            let level = own.unchecked_ref::<HtmlInputElement>().value().parse().unwrap_or(0);
            sheet.parts.update_value(|p| p.brush = level);
        });
    }
    on_click(&row, "[data-act=undo]", move |_| sheet.undo(), session);
    on_click(&row, "[data-act=clear]", move |_| sheet.replace(|cells| cells.fill(0)), session);
    on_click(&row, "[data-act=invert]", move |_| sheet.invert(), session);
    dom::listen::<ClipboardEvent>(&row, "paste", move |event| sheet.paste(&event));
    if let Some(picture) = dom::find(&row, "[data-picture]") {
        let own: HtmlInputElement = picture.clone().unchecked_into();
        dom::listen::<Event>(&picture, "change", move |_| {
            if let Some(file) = own.files().and_then(|files| files.get(0)) {
                sheet.take_picture(file.into());
            }
            // The same file may be chosen again.
            own.set_value("");
        });
    }
    dom::listen::<Event>(&field, "change", {
        let own: HtmlInputElement = field.clone().unchecked_into();
        move |_| sheet.take_text(&own.value())
    });
    dom::follow(move || {
        let value = session.tracked_value(control);
        if let Value::Drawing(cells) = value {
            sheet.stands(&cells);
        }
    });
    // Whoever asks for defaults or a preset asks for its drawing, too.
    on_click(root, "[data-action=defaults]", move |_| sheet.restore(), session);
    dom::follow(move || {
        if session.preset.get().is_some() {
            sheet.restore();
        }
    });
}

impl Sheet {
    fn pointer(self, surface: &HtmlElement) {
        dom::listen::<PointerEvent>(surface, "pointerdown", move |event| {
            let Some(at) = self.cell_at(&event).filter(|_| event.is_primary() && event.button() == 0) else {
                return;
            };
            self.parts.update_value(|p| {
                let _ = p.sheet.set_pointer_capture(event.pointer_id());
                p.stroke = Some(at);
                p.cursor = at;
            });
            self.keep();
            self.paint(at);
            self.tell("");
        });
        dom::listen::<PointerEvent>(surface, "pointermove", move |event| {
            if self.parts.with_value(|p| p.stroke.is_none()) {
                return;
            }
            // A stroke ends at the edge.
            match self.cell_at(&event) {
                Some(at) => self.paint(at),
                None => self.lift(),
            }
        });
        for end in ["pointerup", "pointercancel"] {
            dom::listen::<PointerEvent>(surface, end, move |_| self.lift());
        }
    }

    /// The cell under a pointer.
    fn cell_at(self, event: &PointerEvent) -> Option<[usize; 2]> {
        let area = self.parts.with_value(|p| p.sheet.get_bounding_client_rect());
        let place = |at: i32, from: f64, size: f64, cells: usize| {
            let share = (f64::from(at) - from) / size;
            (0.0..1.0).contains(&share).then_some((share * cells as f64) as usize)
        };
        Some([
            place(event.client_x(), area.left(), area.width(), self.drawing.columns)?,
            place(event.client_y(), area.top(), area.height(), self.drawing.rows)?,
        ])
    }

    /// Draws on to a cell with the brush.
    fn paint(self, at: [usize; 2]) {
        let columns = self.drawing.columns;
        self.parts.update_value(|p| {
            let from = p.stroke.replace(at).unwrap_or(at);
            for [x, y] in drawing::stroke(from, at) {
                p.cells[y * columns + x] = p.brush;
            }
        });
        self.show();
        if dom::now() - self.parts.with_value(|p| p.given) > PATIENCE {
            self.give();
        }
    }

    fn lift(self) {
        if self.parts.try_update_value(|p| p.stroke.take()).flatten().is_some() {
            self.give();
        }
    }

    /// Keeps what is there for whoever wants it back.
    fn keep(self) {
        self.parts.update_value(|p| {
            if p.undo.last() != Some(&p.cells) {
                p.undo.push(p.cells.clone());
            }
            if p.undo.len() > UNDO {
                p.undo.remove(0);
            }
        });
    }

    fn undo(self) {
        let before = self.parts.try_update_value(|p| {
            while let Some(before) = p.undo.pop() {
                if before != p.cells {
                    return Some(before);
                }
            }
            None
        });
        match before.flatten() {
            Some(before) => {
                self.parts.update_value(|p| p.cells = before);
                self.show();
                self.give();
            }
            None => self.say("There is nothing left to take back."),
        }
    }

    /// Makes something else of the cells, as one stroke.
    fn replace(self, act: impl FnOnce(&mut Vec<u8>)) {
        self.keep();
        self.parts.update_value(|p| act(&mut p.cells));
        self.show();
        self.give();
    }

    fn invert(self) {
        let full = (self.drawing.levels() - 1) as u8;
        self.replace(|cells| cells.iter_mut().for_each(|level| *level = full - *level));
    }

    /// Gives the model what is on the sheet, if it can be used.
    fn give(self) {
        let cells = self.parts.with_value(|p| p.cells.clone());
        self.parts.update_value(|p| p.given = dom::now());
        match self.control.parse(&self.drawing.text(&cells)) {
            Ok((value, _)) => {
                self.say("");
                self.session.set_value(self.control.id, value);
            }
            Err(refusal) => self.say(&refusal.sentence),
        }
    }

    /// A value came from elsewhere, or from here.
    fn stands(self, cells: &[u8]) {
        let (drawing_on, same) = self.parts.with_value(|p| (p.stroke.is_some(), p.cells == cells));
        if !drawing_on && !same {
            self.keep();
            self.parts.update_value(|p| p.cells = cells.to_vec());
            self.show();
            self.say("");
        }
    }

    fn restore(self) {
        if let Value::Drawing(cells) = self.session.value(self.control) {
            self.stands(&cells);
        }
    }

    /// Shows the cells, the cursor, and the text.
    fn show(self) {
        self.parts.with_value(|p| {
            for (outline, level) in self.drawing.outlines(&p.cells).iter().zip(1..) {
                if let Some(path) = part(&p.sheet, &format!("[data-level='{level}']")) {
                    dom::set(&path, "d", outline);
                }
            }
            if let Some(cursor) = part(&p.sheet, "[data-cursor]") {
                dom::set(&cursor, "x", &p.cursor[0].to_string());
                dom::set(&cursor, "y", &p.cursor[1].to_string());
            }
            dom::set(&p.sheet, "aria-label", &words::sheet(self.control, &p.cells));
            if let Some(field) = dom::find(&p.row, ".typed").filter(|_| p.stroke.is_none()) {
                field.unchecked_ref::<HtmlInputElement>().set_value(&self.drawing.text(&p.cells));
                dom::unset(&field, "aria-invalid");
            }
        });
    }

    fn say(self, sentence: &str) {
        self.parts.with_value(|p| {
            if let Some(says) = dom::find(&p.row, "[data-says]") {
                dom::set_text(&says, sentence);
            }
        });
    }

    /// Says quietly what is under the keys.
    fn tell(self, words: &str) {
        self.parts.with_value(|p| {
            if let Some(place) = dom::find(&p.row, "[data-cell]") {
                dom::set_text(&place, words);
            }
        });
    }

    fn tell_cell(self) {
        self.tell(&self.parts.with_value(|p| words::cell(&self.drawing, &p.cells, p.cursor)));
    }

    /// What a key does; whether it was one of the sheet's.
    fn key(self, key: &str, control: bool, alt: bool) -> bool {
        if control && !alt && key.eq_ignore_ascii_case("z") {
            self.undo();
            return true;
        }
        if control || alt {
            return false;
        }
        let [right, bottom] = [self.drawing.columns - 1, self.drawing.rows - 1];
        let (brush, [x, y]) = self.parts.with_value(|p| (p.brush, p.cursor));
        let full = (self.drawing.levels() - 1) as u8;
        let to = match key {
            "ArrowLeft" => [x.saturating_sub(1), y],
            "ArrowRight" => [right.min(x + 1), y],
            "ArrowUp" => [x, y.saturating_sub(1)],
            "ArrowDown" => [x, bottom.min(y + 1)],
            "Home" => [0, y],
            "End" => [right, y],
            " " | "Enter" => {
                let has = self.parts.with_value(|p| p.cells[y * self.drawing.columns + x]);
                self.put(if has == brush { 0 } else { brush });
                return true;
            }
            "Delete" | "Backspace" => {
                self.put(0);
                return true;
            }
            "+" => {
                self.choose(full.min(brush + 1));
                return true;
            }
            "-" => {
                self.choose(brush.saturating_sub(1));
                return true;
            }
            _ => {
                let Some(level) = key.parse::<u8>().ok().filter(|level| *level <= full) else { return false };
                self.choose(level);
                return true;
            }
        };
        self.parts.update_value(|p| p.cursor = to);
        self.show();
        self.tell_cell();
        true
    }

    /// Puts an ink into the cell under the keys.
    fn put(self, level: u8) {
        let at = self.parts.with_value(|p| p.cursor[1] * self.drawing.columns + p.cursor[0]);
        self.replace(|cells| cells[at] = level);
        self.tell_cell();
    }

    /// Takes another brush; of those that can be picked at once it marks the one that it is.
    fn choose(self, level: u8) {
        self.parts.update_value(|p| p.brush = level);
        self.parts.with_value(|p| {
            for radio in dom::all(&p.row, "[type=radio]") {
                let radio: &HtmlInputElement = radio.unchecked_ref();
                radio.set_checked(radio.value() == level.to_string());
            }
        });
        self.tell(&format!("Ink: {}", words::ink(&self.drawing, level)));
    }

    /// Reads a drawing's text; what cannot be read stays in the field that it was typed into.
    fn take_text(self, text: &str) {
        match self.drawing.read(text) {
            Ok(cells) => self.replace(|now| *now = cells),
            Err(_) => {
                let refusal = self.control.parse(text).err();
                self.say(&refusal.map_or_else(String::new, |refusal| refusal.sentence));
                self.parts.with_value(|p| {
                    if let Some(field) = dom::find(&p.row, ".typed") {
                        dom::set(&field, "aria-invalid", "true");
                    }
                });
            }
        }
    }

    fn paste(self, event: &ClipboardEvent) {
        let into_field = event
            .target()
            .is_some_and(|t| t.dyn_ref::<HtmlInputElement>().is_some_and(|i| i.type_() == "text"));
        let Some(data) = event.clipboard_data().filter(|_| !into_field) else { return };
        let picture = data.files().and_then(|files| files.get(0));
        match (picture, data.get_data("text/plain")) {
            (Some(file), _) => self.take_picture(file.into()),
            (None, Ok(text)) if !text.is_empty() => self.take_text(&text),
            _ => return,
        }
        event.prevent_default();
    }

    fn take_picture(self, file: Blob) {
        spawn_local(async move {
            let taken = pixels(&file).await;
            // The reader may have left the page while the picture was read.
            if self.parts.try_with_value(|_| ()).is_none() {
                return;
            }
            match taken {
                Some((width, rgba)) => self.replace(|cells| *cells = self.drawing.scaled(width, &rgba)),
                None => self.say("That file is no picture that this browser can read: take a PNG or a JPEG."),
            }
        });
    }
}

fn part(sheet: &Element, selector: &str) -> Option<Element> {
    sheet.query_selector(selector).ok().flatten()
}

/// The pixels of a picture, made small enough to be averaged: its width, and four bytes for each.
async fn pixels(file: &Blob) -> Option<(usize, Vec<u8>)> {
    let promise = dom::window().create_image_bitmap_with_blob(file).ok()?;
    let bitmap: ImageBitmap = JsFuture::from(promise).await.ok()?.dyn_into().ok()?;
    let [width, height] = [bitmap.width(), bitmap.height()].map(f64::from);
    let scale = (LARGEST / width.max(height)).min(1.0);
    let [width, height] = [width, height].map(|side| (side * scale).round().max(1.0));
    let canvas: HtmlCanvasElement = dom::document().create_element("canvas").ok()?.dyn_into().ok()?;
    canvas.set_width(width as u32);
    canvas.set_height(height as u32);
    let context: CanvasRenderingContext2d = canvas.get_context("2d").ok()??.dyn_into().ok()?;
    context.draw_image_with_image_bitmap_and_dw_and_dh(&bitmap, 0.0, 0.0, width, height).ok()?;
    let image = context.get_image_data(0.0, 0.0, width, height).ok()?;
    Some((width as usize, image.data().0))
}
