//! Controls: keys, typed text, tracks, menus and switches set values; values set them all.

use super::{drawing, on_click, typed};
use crate::lab::schema::entry;
use crate::lab::{Control, Kind, Spec, Value};
use crate::pieces::piece;
use crate::web::session::Session;
use crate::web::{dom, words};
use reactive_graph::owner::Owner;
use reactive_graph::prelude::*;
use std::cell::Cell;
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{
    Element, Event, HtmlElement, HtmlInputElement, HtmlSelectElement, KeyboardEvent, PointerEvent,
};

pub fn bind(root: &Element, session: Session) {
    for control in session.spec.controls {
        let Some(field) = dom::find(root, &format!("[name='{}']", control.id)) else { continue };
        if control.places().next().is_some()
            && let Some(row) = dom::find(root, &format!("[data-control-row='{}']", control.id))
        {
            dom::follow(move || row.set_hidden(!session.values.with(|v| v.shows(control))));
        }
        match control.kind {
            Kind::Choice { .. } => dom::cast(&field, |field| choice(field, session, control)),
            Kind::Toggle { .. } => dom::cast(&field, |field| toggle(field, session, control)),
            Kind::Text(_) | Kind::Drawing(_) => {
                if let Some(owner) = Owner::current() {
                    session.when_there(free(owner, root.clone(), session, control));
                }
            }
            _ => {
                dom::cast(&field, |field| number(field, session, control));
                if let Some(track) = dom::find(root, &format!("[data-track='{}']", control.id)) {
                    let field = field.clone();
                    dom::cast(&track, |track| slide(track, field, session, control));
                }
            }
        }
    }
    on_click(root, "[data-action=defaults]", Session::restore_defaults, session);
}

piece! { free:
/// Brings to life what a reader types or draws.
fn free(owner: Owner, root: Element, session: Session, control: &'static Control) {
    // The page may have been left meanwhile.
    if session.lasts() {
        owner.with(|| match control.kind {
            Kind::Drawing(sheet) => drawing::bind(&root, session, control, sheet),
            _ => typed::bind(&root, session, control),
        });
    }
} }

/// What a reader has set before the program came: controls and texts.
pub fn touched(root: &Element, spec: &'static Spec) -> Vec<(&'static str, String)> {
    let mut found = Vec::new();
    for control in spec.controls {
        let Some(field) = dom::find(root, &format!("[name='{}']", control.id)) else { continue };
        let default = control.default();
        if let Some(menu) = field.dyn_ref::<HtmlSelectElement>() {
            found.push((control.id, menu.value(), control.written(&default)));
        } else if let Some(input) = field.dyn_ref::<HtmlInputElement>() {
            match control.kind {
                Kind::Toggle { .. } => {
                    let on = if input.checked() { "on" } else { "off" };
                    found.push((control.id, on.to_owned(), control.written(&default)));
                }
                Kind::Text(_) => found.push((control.id, input.value(), control.written(&default))),
                Kind::Choice { .. } | Kind::Drawing(_) => {}
                _ => {
                    let track = dom::find(root, &format!("[data-track='{}']", control.id));
                    let track = track.and_then(|t| t.dyn_into::<HtmlInputElement>().ok());
                    if let Some(track) = track.filter(|t| t.value() != t.default_value()) {
                        let value = control.at_position(track.value_as_number() / words::TRACK);
                        found.push((control.id, control.written(&value), String::new()));
                    } else if let Ok(text) = entry::read(control, &input.value()) {
                        let shown = entry::read(control, &control.shown(&default)).unwrap_or_default();
                        found.push((control.id, text, shown));
                    }
                }
            }
        }
    }
    found.into_iter().filter(|(_, text, default)| text != default).map(|(id, text, _)| (id, text)).collect()
}

fn number(field: HtmlInputElement, session: Session, control: &'static Control) {
    dom::listen::<KeyboardEvent>(&field, "keydown", move |event| keys(session, control, &event));
    let own = field.clone();
    dom::listen::<Event>(&field, "change", move |_| {
        match entry::read(control, &own.value()) {
            Ok(text) => session.set_text(control.id, &text),
            Err(question) => session.messages.set(vec![question]),
        }
        // A refused text gives way to the value that stands.
        own.set_value(&control.shown(&session.value(control)));
    });
    dom::follow(move || {
        let value = session.tracked_value(control);
        field.set_value(&control.shown(&value));
        describe(&field, control, &value);
    });
}

fn slide(track: HtmlInputElement, field: HtmlElement, session: Session, control: &'static Control) {
    // The track is for pointers alone: the keys that follow are those of the field beside it.
    dom::listen::<PointerEvent>(&track, "pointerup", move |_| {
        if !crate::web::embed::is_framed() {
            let _ = field.focus();
        }
    });
    // A second finger zooms, or rests on the glass.
    let second = Rc::new(Cell::new(false));
    let finger = Rc::clone(&second);
    dom::listen::<PointerEvent>(&track, "pointerdown", move |event| finger.set(!event.is_primary()));
    let own = track.clone();
    dom::listen::<Event>(&track, "input", move |_| {
        if second.get() {
            own.set_value(&words::place(control, &session.value(control)));
            return;
        }
        session.set_value(control.id, control.at_position(own.value_as_number() / words::TRACK));
    });
    dom::follow(move || track.set_value(&words::place(control, &session.tracked_value(control))));
}

fn choice(menu: HtmlSelectElement, session: Session, control: &'static Control) {
    let own = menu.clone();
    dom::listen::<Event>(&menu, "change", move |_| session.set_text(control.id, &own.value()));
    dom::follow(move || {
        let option = session.values.with(|v| v.get(control.id).map(|option| control.written(option)));
        menu.set_value(&option.unwrap_or_default());
    });
}

fn toggle(switch: HtmlInputElement, session: Session, control: &'static Control) {
    let own = switch.clone();
    dom::listen::<Event>(&switch, "change", move |_| {
        session.set_value(control.id, Value::Toggle(own.checked()));
    });
    dom::follow(move || switch.set_checked(session.values.with(|v| v.toggle(control.id))));
}

/// What a spinbutton says of its value.
pub fn describe(element: &Element, control: &Control, value: &Value) {
    dom::set(element, "aria-valuenow", &control.number(value).to_string());
    dom::set(element, "aria-valuetext", &words::with_unit(control, value));
}

/// Lets the keys of a spinbutton set its control.
pub fn keys(session: Session, control: &'static Control, event: &KeyboardEvent) {
    if event.ctrl_key() || event.alt_key() || event.meta_key() {
        return;
    }
    if let Some(next) = entry::after_key(control, &session.value(control), &event.key(), event.shift_key()) {
        event.prevent_default();
        session.set_value(control.id, next);
    }
}
