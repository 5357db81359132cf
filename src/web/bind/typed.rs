//! Texts: what is typed is read after a rest. What cannot be read stays where it is typed, and a sentence
//! below says where and why; the model keeps what it read last.

use super::on_click;
use crate::lab::address;
use crate::lab::schema::text::Text;
use crate::lab::{Control, Kind, Value};
use crate::web::dom;
use crate::web::session::Session;
use gloo::timers::callback::Timeout;
use reactive_graph::owner::{LocalStorage, StoredValue};
use reactive_graph::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{DragEvent, Element, Event, File, HtmlElement, HtmlInputElement, InputEvent, MouseEvent};

/// Rest before what is typed is read, ms: a fast typist is not asked to wait for the model.
const REST: u32 = 350;

/// A text's field, with the words below it. Copies are handles to the same one.
#[derive(Clone, Copy)]
struct Typed {
    session: Session,
    control: &'static Control,
    parts: StoredValue<Parts, LocalStorage>,
}

struct Parts {
    /// A field or a small page: both have all that is used here.
    field: HtmlInputElement,
    says: Option<HtmlElement>,
    go: Option<HtmlElement>,
    /// The value that the field stands for, whatever is typed.
    shown: Value,
    /// What waits for a rest.
    waiting: Option<Timeout>,
}

/// Brings the field in a control's row to life.
pub fn bind(root: &Element, session: Session, control: &'static Control) {
    let Some(field) = &dom::find(root, &format!("[name='{}']", control.id)) else { return };
    let Ok(Some(row)) = field.closest("[data-control-row]") else { return };
    let parts = Parts {
        says: dom::find(&row, "[data-says]"),
        go: dom::find(&row, "[data-go]"),
        field: field.clone().unchecked_into(),
        shown: session.value(control),
        waiting: None,
    };
    let typed = Typed { session, control, parts: StoredValue::new_local(parts) };
    let kept = typed.kept();
    typed.begin();
    dom::listen::<InputEvent>(field, "input", move |event| {
        // Letters that are being put together are no text yet.
        if !event.is_composing() {
            typed.later();
        }
    });
    dom::listen::<Event>(field, "compositionend", move |_| typed.later());
    dom::listen::<Event>(field, "change", move |_| typed.take());
    on_click(&row, "[data-go]", move |_| typed.go(), session);
    if let Kind::Text(Text { longest, .. }) = control.kind
        && address::is_own(control)
    {
        typed.bind_own(&row, longest, kept);
    }
    // Whoever asks for defaults or a preset asks for its text, too.
    on_click(root, "[data-action=defaults]", move |_| typed.restore(), session);
    dom::follow(move || {
        if session.preset.get().is_some() {
            typed.restore();
        }
    });
    dom::follow(move || {
        let value = session.tracked_value(control);
        if typed.parts.try_with_value(|p| p.shown != value).unwrap_or(false) {
            typed.show(&value);
        }
    });
}

impl Typed {
    /// What was typed before all of this was there is read now.
    fn begin(self) {
        let Some(typed) = self.parts.try_with_value(|p| p.field.value() != p.field.default_value()) else {
            return;
        };
        if typed { self.take() } else { self.restore() }
    }

    fn later(self) {
        self.parts.update_value(|p| p.waiting = Some(Timeout::new(REST, move || self.take())));
    }

    /// Reads what is typed.
    fn take(self) {
        let Some(text) = self.parts.try_with_value(|p| p.field.value()) else { return };
        self.parts.update_value(|p| p.waiting = None);
        let value = self.control.parse(&text).ok().map(|(value, _)| value);
        if let Some(value) = value {
            self.parts.update_value(|p| p.shown = value.clone());
            if address::is_own(self.control) {
                self.shelve(&value);
            }
            self.session.set_value(self.control.id, value);
        }
        self.judge();
    }

    /// Shows the value that stands, whatever was typed.
    fn restore(self) {
        self.show(&self.session.value(self.control));
    }

    fn show(self, value: &Value) {
        self.parts.update_value(|p| {
            let written = self.control.written(value);
            if p.field.value() != written {
                p.field.set_value(&written);
            }
            p.shown = value.clone();
            p.waiting = None;
        });
        if address::is_own(self.control) {
            self.shelve(value);
        }
        self.judge();
    }

    /// Says what is wrong with the text in the field, or how much more there may be.
    fn judge(self) {
        self.parts.with_value(|p| {
            let text = p.field.value();
            let refusal = self.control.parse(&text).err();
            if refusal.is_some() {
                dom::set(&p.field, "aria-invalid", "true");
            } else {
                dom::unset(&p.field, "aria-invalid");
            }
            if let Some(go) = &p.go {
                go.set_hidden(refusal.is_none());
            }
            if let Some(says) = &p.says {
                let left = match self.control.kind {
                    Kind::Text(schema) => schema.left(&text),
                    _ => String::new(),
                };
                dom::set_text(says, &refusal.map_or(left, |refusal| refusal.sentence));
            }
        });
    }

    /// A file may be opened, or dropped on the field; what no address has room for is kept until the tab is closed.
    fn bind_own(self, row: &Element, longest: usize, kept: Option<String>) {
        let Some(field) = self.parts.try_with_value(|p| p.field.clone()) else { return };
        if let Some(chosen) = dom::find(row, "[data-file]") {
            let own: HtmlInputElement = chosen.clone().unchecked_into();
            dom::listen::<Event>(&chosen, "change", move |_| {
                if let Some(file) = own.files().and_then(|files| files.get(0)) {
                    self.open(file, longest);
                }
                // The same file may be chosen again.
                own.set_value("");
            });
        }
        if let Some(empty) = dom::find(row, "[data-empty]") {
            dom::listen::<MouseEvent>(&empty, "click", move |_| self.put(""));
        }
        dom::listen::<DragEvent>(&field, "dragover", |event| event.prevent_default());
        dom::listen::<DragEvent>(&field, "drop", move |event| {
            let file = event.data_transfer().and_then(|data| data.files()).and_then(|files| files.get(0));
            if let Some(file) = file {
                event.prevent_default();
                self.open(file, longest);
            }
        });
        if self.session.value(self.control) == self.control.default()
            && let Some(kept) = kept
        {
            self.put(&kept);
        }
    }

    /// Reads a file into the field.
    fn open(self, file: File, longest: usize) {
        let name = file.name();
        // A sign has up to four bytes; what is far too much is not even read.
        if file.size() > 4.0 * longest as f64 {
            return self.say(&format!("{name} is too large: it takes {}.", self.control.legal()));
        }
        spawn_local(async move {
            let text = JsFuture::from(file.text()).await.ok().and_then(|text| text.as_string());
            // The reader may have left the page while the file was read.
            if self.parts.try_with_value(|_| ()).is_none() {
                return;
            }
            match text {
                Some(text) => self.put(&text),
                None => self.say(&format!("{name} could not be read: it takes {}.", self.control.legal())),
            }
        });
    }

    /// Puts a text into the field as if it had been typed.
    fn put(self, text: &str) {
        self.parts.with_value(|p| p.field.set_value(text));
        self.take();
    }

    fn say(self, sentence: &str) {
        self.parts.with_value(|p| {
            if let Some(says) = &p.says {
                dom::set_text(says, sentence);
            }
        });
    }

    /// Where a text is kept that is too long for an address.
    fn shelf(self) -> String {
        let path = dom::window().location().pathname().unwrap_or_default();
        format!("own:{path}:{}.{}", self.session.spec.id, self.control.id)
    }

    fn kept(self) -> Option<String> {
        dom::storage_of_the_tab()
            .filter(|_| address::is_own(self.control))?
            .get_item(&self.shelf())
            .ok()
            .flatten()
    }

    fn shelve(self, value: &Value) {
        let Some(storage) = dom::storage_of_the_tab() else { return };
        let text = self.control.written(value);
        // Refused where the device's storage is full or closed: then a reload begins anew.
        let _ = if text.len() > address::LONGEST_TEXT {
            storage.set_item(&self.shelf(), &text)
        } else {
            storage.remove_item(&self.shelf())
        };
    }

    /// Takes the reader to the place of what is wrong.
    fn go(self) {
        self.parts.with_value(|p| {
            let text = p.field.value();
            if let Some(fault) = self.control.fault(&text) {
                // Browsers count in units of UTF-16.
                let at = text.chars().take(fault.at).map(char::len_utf16).sum::<usize>() as u32;
                let _ = p.field.focus();
                let _ = p.field.set_selection_range(at, at + 1);
            }
        });
    }
}
