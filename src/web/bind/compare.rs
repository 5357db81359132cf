//! Comparing: the run that was kept beside the one that goes on, and what they differ in.

use super::{on_click, press};
use crate::lab::compare;
use crate::web::dom;
use crate::web::session::Session;
use reactive_graph::prelude::*;
use web_sys::{Element, MouseEvent};

pub fn bind(root: &Element, session: Session) {
    on_click(root, "[data-action=keep]", Session::toggle_kept, session);
    names(root, session);
    if let Some(strip) = dom::find(root, "[data-luck]") {
        let own = strip.clone();
        if let Some(button) = dom::find(&strip, "[data-action=luck]") {
            dom::listen::<MouseEvent>(&button, "click", move |_| luck(session, &own));
        }
        dom::follow(move || {
            session.values.track();
            session.kept.track();
            crate::web::luck::forget(session, &strip);
        });
    }
    for element in dom::all(root, "[data-kept-reading]") {
        let index = element.get_attribute("data-kept-reading").and_then(|id| session.spec.readout(&id));
        let Some(index) = index else { continue };
        let readout = &session.spec.readouts[index];
        dom::follow(move || {
            let now = session.reading(index);
            let told = session
                .kept_readings
                .with(|kept| kept.get(index).map(|kept| compare::reading(readout, kept, &now)));
            dom::set_text(&element, &told.unwrap_or_default());
        });
    }
}

/// Counts over seeds how often the two differ as they do now.
fn luck(session: Session, strip: &Element) {
    session.when_there(crate::web::luck::begin(session, strip.clone()));
}

/// Shows and names the kept run by what sets its values apart.
fn names(root: &Element, session: Session) {
    let parts = ["[data-kept]", "[data-difference]", "[data-now-name]"].map(|part| dom::find(root, part));
    let (button, name) = (dom::find(root, "[data-action=keep]"), dom::find(root, "[data-kept-name]"));
    dom::follow(move || {
        let told = session.kept.with(|kept| {
            let kept = kept.as_ref()?;
            Some(session.values.with(|now| compare::values(kept, now)))
        });
        for part in parts.iter().flatten() {
            if told.is_some() {
                dom::unset(part, "hidden");
            } else {
                dom::set(part, "hidden", "");
            }
        }
        if let Some(button) = &button {
            press(button, told.is_some());
        }
        if let (Some(name), Some(told)) = (&name, told) {
            let told = if told.is_empty() {
                "Kept. Change a control to see what it does".to_owned()
            } else {
                format!("Kept: {told}")
            };
            dom::set_text(name, &told);
        }
    });
}
