//! The address of this moment: kept in the address bar as the reader goes, copied on request.

use super::dom;
use super::session::Session;
use super::ticker;
use crate::lab::address::{self, Moment};
use gloo::timers::callback::Timeout;
use reactive_graph::prelude::*;
use std::cell::RefCell;
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Element, HtmlInputElement, MouseEvent};

/// Rest before the address bar follows, ms: browsers limit how often it may change.
const PATIENCE: u32 = 500;

thread_local! {
    static PENDING: RefCell<Option<Timeout>> = const { RefCell::new(None) };
}

/// Makes the share button copy a link, which then stands beside it.
pub fn bind(root: &Element, session: Session) {
    let (Some(button), Some(link)) =
        (dom::find(root, "[data-action=share]"), dom::find(root, "[data-share-link]"))
    else {
        return;
    };
    dom::listen::<MouseEvent>(&button, "click", move |_| {
        session.pause();
        let address = exact_address(session);
        dom::cast(&link, |link: HtmlInputElement| link.set_value(&address));
        dom::unset(&link, "hidden");
        let promise = dom::window().navigator().clipboard().write_text(&address);
        spawn_local(async move {
            // Without the clipboard (a sandboxed frame, plain http) the link stands there to copy.
            session.spoken.set(match JsFuture::from(promise).await {
                Ok(_) => "Link copied.".to_owned(),
                Err(_) => "The link stands beside the button.".to_owned(),
            });
        });
    });
}

/// The page's address at exactly this moment of one simulation.
fn exact_address(session: Session) -> String {
    let href = dom::window().location().href().unwrap_or_default();
    let base = href.split(['?', '#']).next().unwrap_or_default().to_owned();
    let query = query(Some(session));
    if query.is_empty() { base } else { format!("{base}?{query}") }
}

/// The query of the page's simulations, with the step of one of them.
fn query(exact: Option<Session>) -> String {
    let sessions = ticker::sessions();
    let parts: Vec<String> = sessions
        .iter()
        .filter_map(|session| {
            let is_exact = exact.is_some_and(|e| e.spec.id == session.spec.id);
            let at = is_exact.then(|| session.runner.with_value(crate::lab::Runner::step));
            let moment = Moment { values: session.values.get_untracked(), at };
            let part = address::encode(session.spec, &moment, sessions.len() > 1);
            (!part.is_empty()).then_some(part)
        })
        .collect();
    parts.join("&")
}

/// Lets the address bar follow the values of the page, after a rest.
pub fn remember(session: Session) {
    if !session.is_attached() {
        return;
    }
    let timeout = Timeout::new(PATIENCE, || {
        let mut query = query(None);
        let location = dom::window().location();
        let path = location.pathname().unwrap_or_default();
        let asked = location.search().unwrap_or_default();
        let page = address::kept(&asked, super::page::page_names());
        if !page.is_empty() {
            query = if query.is_empty() { page } else { format!("{query}&{page}") };
        }
        let hash = location.hash().unwrap_or_default();
        let url = if query.is_empty() { format!("{path}{hash}") } else { format!("{path}?{query}{hash}") };
        if let Ok(history) = dom::window().history() {
            // Throws in a `srcdoc` frame, where there is no address to keep.
            let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&url));
        }
    });
    PENDING.with_borrow_mut(|p| *p = Some(timeout));
}
