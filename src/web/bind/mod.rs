//! The behaviour of a simulation's HTML: each file binds what the file of the same name in
//! `web::views` drew. Elements are found by their data attributes and names; what is shown is
//! written only where it differs, so that a page does not stir when it comes to life.

mod compare;
pub mod controls;
mod drawing;
mod extras;
pub mod help;
mod inspect;
mod luck;
pub mod prose;
mod stage;
mod typed;

use super::dom;
use super::session::Session;
use reactive_graph::owner::Owner;
use reactive_graph::prelude::*;
use wasm_bindgen::JsCast as _;
use web_sys::{Element, Event, MouseEvent};

/// What brings the HTML of one simulation to life, but for its controls, in parts between which the page answers.
pub const PARTS: [fn(&Element, Session); 2] = [
    |root, session| {
        stage::bind(root, session);
        extras::bind(root, session);
    },
    |root, session| {
        inspect::bind(root, session);
        compare::bind(root, session);
        luck::bind(root, session);
        depend(root, session);
        why(root, session);
        if let Some(spoken) = dom::find(root, "[data-spoken]") {
            dom::follow(move || session.spoken.with(|sentence| dom::set_text(&spoken, sentence)));
        }
    },
];

/// Fills the fold with *How does it depend?* when it is opened.
fn depend(root: &Element, session: Session) {
    let (Some(holder), Some(owner)) = (dom::find(root, "[data-depend]"), Owner::current()) else { return };
    let own = holder.clone();
    dom::listen::<Event>(&holder, "toggle", move |_| {
        session.when_there(super::depend::open(owner.clone(), own.clone(), session));
    });
}

/// Answers for a readout when its button is pressed.
fn why(root: &Element, session: Session) {
    let (Some(list), Some(owner)) = (dom::find(root, ".readouts"), Owner::current()) else { return };
    dom::listen::<MouseEvent>(&list, "click", move |event| {
        let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
        let button = target.and_then(|target| target.closest("[data-why]").ok().flatten());
        if let Some(button) = button.and_then(|button| button.dyn_into().ok()) {
            session.when_there(super::why::open(owner.clone(), button, session));
        }
    });
}

/// Has a click on each element that matches a selector do something with the session.
fn on_click(root: &Element, selector: &str, act: impl Fn(Session) + Copy + 'static, session: Session) {
    for element in dom::all(root, selector) {
        dom::listen::<MouseEvent>(&element, "click", move |_| act(session));
    }
}

/// What `aria-pressed` says.
fn press(button: &Element, pressed: bool) {
    dom::set(button, "aria-pressed", if pressed { "true" } else { "false" });
}
