//! Comparing: the run that was kept beside the one that goes on, and what they differ in.

use super::{on_click, press};
use crate::lab::run::compare;
use crate::web::dom;
use crate::web::session::Session;
use reactive_graph::prelude::*;
use web_sys::Element;

pub fn bind(root: &Element, session: Session) {
    on_click(root, "[data-action=keep]", Session::toggle_kept, session);
    names(root, session);
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
