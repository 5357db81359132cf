//! The words behind the question marks: one click elsewhere, or Escape, puts them away.

use crate::web::dom;
use wasm_bindgen::JsCast;
use web_sys::{Element, KeyboardEvent, MouseEvent};

/// Listens on the whole page, from now on.
pub fn follow() {
    let document = dom::document();
    dom::listen::<MouseEvent>(&document, "click", |event| {
        let target: Option<Element> = event.target().and_then(|t| t.dyn_into().ok());
        for details in open() {
            if !details.contains(target.as_deref()) {
                dom::unset(&details, "open");
            }
        }
    });
    dom::listen::<KeyboardEvent>(&document, "keydown", |event| {
        if event.key() != "Escape" {
            return;
        }
        for details in open() {
            // The focus must not vanish with what it stood in.
            if details.contains(dom::document().active_element().as_deref())
                && let Some(summary) = dom::find(&details, "summary")
            {
                let _ = summary.focus();
            }
            dom::unset(&details, "open");
        }
    });
}

fn open() -> Vec<web_sys::HtmlElement> {
    dom::document().document_element().map_or_else(Vec::new, |page| dom::all(&page, "[data-help][open]"))
}
