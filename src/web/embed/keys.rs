//! The keys belong to the speaker.
//!
//! In a frame only a key stays that the focused thing visibly uses; all others act as if the page around
//! had the focus. A pointer never leaves the focus on something that takes a clicker's keys: what was
//! clicked lets go of it, but for a field that waits for text, and the page around has it again. Escape leaves
//! a field; pressed again it is the page's, and so is the focus.

use super::{call, letter, parent, put, say};
use crate::web::{dom, present};
use std::cell::Cell;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlElement, KeyboardEvent, PointerEvent};

thread_local! {
    /// Whether the frame is known to be in a deck of reveal.js, which takes keys by their codes.
    pub static IN_DECK: Cell<bool> = const { Cell::new(false) };
    /// Whether the focus came by a pointer.
    static POINTED: Cell<bool> = const { Cell::new(false) };
}

/// Fields that wait for text, with a caret or a cell to show where.
const TEXT: &str =
    "textarea, [data-sheet], input:not([type=range], [type=checkbox], [type=radio], [type=button])";

/// Hands on what is not used here, from now on.
pub fn hand_on() {
    dom::listen::<KeyboardEvent>(&dom::document(), "keydown", |event| {
        if event.key() == "Tab" {
            POINTED.set(false);
        } else if !event.default_prevented() && !stays(&event) {
            pass(&event);
        }
    });
    // Before any field acts on it, while the keys of the field are those of a pointer.
    let early = |event: &KeyboardEvent| {
        let clicker = matches!(&*event.key(), "PageDown" | "PageUp");
        clicker && POINTED.get() && focused().is_some_and(|e| e.matches(TEXT).unwrap_or(false))
    };
    if let Some(page) = dom::first("html") {
        before_all(&page, move |event| {
            if early(&event) && !present::is_on() {
                event.stop_propagation();
                event.prevent_default();
                pass(&event);
            }
        });
    }
    dom::listen::<PointerEvent>(&dom::document(), "pointerdown", |_| POINTED.set(true));
    // A menu is open until something is chosen; everything else is done when the pointer comes up.
    for kind in ["click", "pointerup", "change"] {
        dom::listen::<Event>(&dom::document(), kind, move |_| {
            if POINTED.get()
                && let Some(element) = focused()
                && !element.matches(TEXT).unwrap_or(false)
                && (kind == "change" || !element.matches("select").unwrap_or(false))
                && let Some(element) = element.dyn_ref::<HtmlElement>()
            {
                let _ = element.blur();
                give_back();
            }
        });
    }
}

/// Gives the focus to the page around, whose frame has it for as long as nobody does: decks that know no
/// message take their keys then as if nothing had been clicked.
fn give_back() {
    if !present::is_on()
        && !marks_words()
        && let Some(parent) = parent()
    {
        let _ = parent.focus();
    }
}

/// Whether words are marked, to be copied by a key of this page; what a drag over a figure marks is not meant.
fn marks_words() -> bool {
    dom::window().get_selection().ok().flatten().is_some_and(|marked| {
        let place = marked.anchor_node().and_then(|node| node.parent_element());
        !marked.is_collapsed() && place.is_some_and(|e| e.closest(".figure").ok().flatten().is_none())
    })
}

/// Listens before the page's own elements do.
fn before_all(page: &Element, act: impl Fn(KeyboardEvent) + 'static) {
    dom::listen_first::<KeyboardEvent>(page, "keydown", act);
}

fn focused() -> Option<Element> {
    dom::document().active_element()
}

/// Whether a key is used here, by what has the focus or by a talk.
fn stays(event: &KeyboardEvent) -> bool {
    let key = event.key();
    if event.ctrl_key() || event.meta_key() || event.alt_key() || event.is_composing() {
        return true;
    }
    if present::is_on() && present::KEYS.contains(&&*key) {
        return true;
    }
    let Some(element) = focused() else { return false };
    let is = |selector: &str| element.matches(selector).unwrap_or(false);
    if is(TEXT) {
        if key == "Escape" {
            // The next one is the page's.
            if let Some(element) = element.dyn_ref::<HtmlElement>() {
                let _ = element.blur();
            }
            return true;
        }
        return true;
    }
    let presses = matches!(&*key, " " | "Enter");
    if is("select") {
        // A menu that is closed again after a click waits for nothing.
        let chooses = matches!(&*key, "ArrowUp" | "ArrowDown");
        return presses
            || chooses
            || (!POINTED.get() && matches!(&*key, "ArrowLeft" | "ArrowRight" | "Home" | "End"));
    }
    if is("input[type=range]") {
        return key.starts_with("Arrow") || matches!(&*key, "Home" | "End");
    }
    presses && is("button, a[href], summary, input")
}

/// Hands a key on: to reveal.js as a call that it knows, to every other page as a message. Where nobody is
/// known to act on it, the browser does what it does in any frame: it scrolls, also the page around.
fn pass(event: &KeyboardEvent) {
    let key = event.key();
    let code = event.key_code();
    if matches!(&*key, "Shift" | "Control" | "Alt" | "Meta" | "Tab" | "Dead" | "Unidentified") {
        return;
    }
    if IN_DECK.get() {
        event.prevent_default();
        call(&format!("{{\"method\":\"triggerKey\",\"args\":[{code}]}}"));
    } else {
        match &*key {
            "ArrowRight" | "PageDown" if !event.shift_key() => super::turn("next"),
            "ArrowLeft" | "PageUp" if !event.shift_key() => super::turn("prev"),
            _ => {}
        }
    }
    if let Some(parent) = parent() {
        let name = dom::first("[data-sim]").and_then(|sim| sim.get_attribute("data-sim")).unwrap_or_default();
        let message = letter(&name, "key", None);
        put(&message, "key", &event.key().into());
        put(&message, "code", &event.code().into());
        put(&message, "keyCode", &code.into());
        put(&message, "shiftKey", &event.shift_key().into());
        say(&parent, &message);
    }
    if key == "Escape" {
        give_back();
    }
}
