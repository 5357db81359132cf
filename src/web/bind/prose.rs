//! The article's live words: numbers that are controls, values that follow, words that light a
//! mark, links that set a preset. Their HTML stands in the static page; here it comes to life.

use super::controls::{describe, keys};
use crate::lab::Control;
use crate::lab::address;
use crate::web::dom;
use crate::web::session::Session;
use reactive_graph::owner::{LocalStorage, StoredValue};
use reactive_graph::prelude::*;
use web_sys::{Element, FocusEvent, HtmlElement, KeyboardEvent, MouseEvent, PointerEvent};

/// Pixels of dragging for one key press.
const PIXELS_A_STEP: f64 = 6.0;

/// Binds every live word under `page` to its simulation.
pub fn bind(page: &Element, sessions: &[Session]) {
    for element in dom::all(page, "[data-control]") {
        if let Some((session, id)) = target(&element, "data-control", sessions)
            && let Some(control) = session.spec.controls.iter().find(|c| c.id == id)
        {
            bind_number(&element, session, control);
        }
    }
    for element in dom::all(page, "[data-field]") {
        if let Some((session, id)) = target(&element, "data-field", sessions)
            && let Some(control) = session.spec.controls.iter().find(|c| c.id == id)
        {
            bind_free(&element, session, control);
        }
    }
    for element in dom::all(page, "[data-live-readout]") {
        if let Some((session, id)) = target(&element, "data-live-readout", sessions)
            && let Some(index) = session.spec.readout(&id)
        {
            let readout = &session.spec.readouts[index];
            dom::follow(move || dom::set_text(&element, &readout.shown(&session.reading(index))));
        }
    }
    for element in dom::all(page, "[data-light]") {
        if let Some((session, mark)) = target(&element, "data-light", sessions) {
            bind_light(&element, session, &mark);
        }
    }
    for element in dom::all(page, "[data-run]") {
        if let Some((session, query)) = run(&element, sessions) {
            let said = element.title();
            on_plain_click(&element, move || {
                set_up(session, &query);
                session.spoken.set(said.clone());
            });
        }
    }
    for element in dom::all(page, "[data-carry]") {
        bind_carrying(element, sessions.to_vec());
    }
    for element in dom::all(page, "[data-preset]") {
        if let Some((session, preset)) = target(&element, "data-preset", sessions) {
            on_plain_click(&element, move || {
                session.apply_preset(&preset);
                reveal(session);
            });
        }
    }
}

/// Has a click on a link do something here; with a key held it opens elsewhere, as every link does.
fn on_plain_click(link: &Element, act: impl Fn() + 'static) {
    dom::listen::<MouseEvent>(link, "click", move |event| {
        if !(event.ctrl_key() || event.meta_key() || event.shift_key() || event.alt_key()) {
            event.prevent_default();
            act();
        }
    });
}

/// A link that leads to another page with the values that the figures have now.
fn bind_carrying(element: HtmlElement, sessions: Vec<Session>) {
    let Some(template) = element.get_attribute("data-carry") else { return };
    dom::follow(move || {
        let value = |simulation: &str, id: &str| {
            let session = sessions.iter().find(|s| s.spec.id == simulation)?;
            let control = session.spec.controls.iter().find(|c| c.id == id)?;
            Some(control.written(&session.tracked_value(control)))
        };
        if let Ok(href) = address::carried(&template, value) {
            dom::set(&element, "href", &href);
        }
    });
}

/// The session and the moment behind `<simulation>?<values>&at=<step>`.
fn run(element: &Element, sessions: &[Session]) -> Option<(Session, String)> {
    let value = element.get_attribute("data-run")?;
    let (simulation, query) = value.split_once('?')?;
    let session = sessions.iter().find(|s| s.spec.id == simulation)?;
    Some((*session, query.to_owned()))
}

/// Has a simulation make the run that a number comes from, and stand where it was read.
fn set_up(session: Session, query: &str) {
    let (moments, _) = address::decode(&[session.spec], query, &[]);
    for moment in moments {
        session.begin_at(moment);
    }
    crate::web::share::remember(session);
    reveal(session);
}

/// The session and the name behind `<simulation>.<name>`.
fn target(element: &Element, attribute: &str, sessions: &[Session]) -> Option<(Session, String)> {
    let value = element.get_attribute(attribute)?;
    let (simulation, name) = value.split_once('.')?;
    let session = sessions.iter().find(|s| s.spec.id == simulation)?;
    Some((*session, name.to_owned()))
}

/// Brings a simulation into view when a word far from it changed it.
fn reveal(session: Session) {
    let Some(root) = session.root() else { return };
    let rect = root.get_bounding_client_rect();
    let height = dom::window().inner_height().ok().and_then(|h| h.as_f64()).unwrap_or(800.0);
    if rect.bottom() < 80.0 || rect.top() > height - 80.0 {
        root.scroll_into_view();
    }
}

/// A number in a sentence that can be dragged sideways, stepped with the arrow keys, or typed.
fn bind_number(element: &HtmlElement, session: Session, control: &'static Control) {
    let shown = element.clone();
    dom::follow(move || {
        let value = session.tracked_value(control);
        dom::set_text(&shown, &control.shown(&value));
        describe(&shown, control, &value);
    });
    dom::listen::<KeyboardEvent>(element, "keydown", move |event| keys(session, control, &event));

    let drag: StoredValue<Option<(f64, f64)>, LocalStorage> = StoredValue::new_local(None);
    let own = element.clone();
    dom::listen::<PointerEvent>(element, "pointerdown", move |event| {
        // Another button opens a menu, a second finger zooms.
        if event.button() != 0 || !event.is_primary() {
            return;
        }
        drag.set_value(Some((f64::from(event.client_x()), control.number(&session.value(control)))));
        let _ = own.set_pointer_capture(event.pointer_id());
        let _ = own.class_list().add_1("dragging");
    });
    // The numbers can be marked and copied with the text around; a mark that would begin at one drags it.
    let own = element.clone();
    dom::listen::<MouseEvent>(element, "mousedown", move |event| {
        if event.button() == 0 {
            event.prevent_default();
            let _ = own.focus();
        }
    });
    dom::listen::<PointerEvent>(element, "pointermove", move |event| {
        if let Some((start, from)) = drag.get_value().filter(|_| event.is_primary()) {
            event.prevent_default();
            let steps = ((f64::from(event.client_x()) - start) / PIXELS_A_STEP).trunc();
            if steps != 0.0 || control.is_number() {
                session.set_value(control.id, control.moved(&control.snap(from), steps, false));
            }
        }
    });
    for end in ["pointerup", "pointercancel"] {
        let own = element.clone();
        dom::listen::<PointerEvent>(element, end, move |_| {
            drag.set_value(None);
            let _ = own.class_list().remove_1("dragging");
        });
    }
}

/// A text or a drawing in a sentence: it says what it is, and leads to where it is changed.
fn bind_free(element: &HtmlElement, session: Session, control: &'static Control) {
    let shown = element.clone();
    dom::follow(move || {
        let words = control.shown(&session.tracked_value(control));
        dom::set(&shown, "aria-label", &format!("{} {words}", control.label));
        dom::set_text(&shown, &words);
    });
    dom::listen::<MouseEvent>(element, "click", move |_| {
        let Some(root) = session.root() else { return };
        let row = format!("[data-control-row='{}']", control.id);
        let field = ["[data-sheet]", ".typed"]
            .into_iter()
            .find_map(|part| dom::find(&root, &format!("{row} {part}")));
        if let Some(field) = field {
            // It may stand behind "More controls".
            if let Ok(Some(more)) = field.closest("details.more") {
                dom::set(&more, "open", "");
            }
            let _ = field.focus();
        }
    });
}

/// A word that lights its mark while it is pointed at or focused.
fn bind_light(element: &HtmlElement, session: Session, mark: &str) {
    let light = move |mark: Option<String>| {
        session.lit.set(mark);
        session.redraw();
    };
    for kind in ["pointerenter", "focus"] {
        let mark = mark.to_owned();
        dom::listen::<web_sys::Event>(element, kind, move |_| light(Some(mark.clone())));
    }
    dom::listen::<PointerEvent>(element, "pointerleave", move |_| light(None));
    dom::listen::<FocusEvent>(element, "blur", move |_| light(None));
}
