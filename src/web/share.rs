//! The address of this moment: kept in the address bar as the reader goes, copied on request.

use super::dom;
use super::session::Session;
use super::{ticker, words};
use crate::lab::address::{self, Moment};
use crate::lab::share::record;
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
    let (Some(button), Some(panel), Some(link)) = (
        dom::find(root, "[data-action=share]"),
        dom::find(root, "[data-share-panel]"),
        dom::find(root, "[data-share-link]"),
    ) else {
        return;
    };
    let elsewhere = dom::find(root, "[data-elsewhere]");
    let state = dom::find(root, "[data-save-state]");
    let own = button.clone();
    dom::listen::<MouseEvent>(&button, "click", move |_| {
        if !panel.has_attribute("hidden") {
            dom::set(&panel, "hidden", "");
            dom::set(&own, "aria-expanded", "false");
            return;
        }
        dom::unset(&panel, "hidden");
        dom::set(&own, "aria-expanded", "true");
        session.pause();
        // A file alone has the program of its figure, not that of a talk.
        if let Some(talk) = dom::find(&panel, "[data-of-talk]")
            && !site().is_empty()
            && dom::first("main [data-talk]").is_some()
        {
            dom::unset(&talk, "hidden");
        }
        if let (Some(link), Some(name)) = (&elsewhere, session.address()) {
            dom::set(link, "href", &form_address(session, &name));
            dom::unset(link, "aria-disabled");
        }
        let address = exact_address(session);
        dom::cast(&link, |link: HtmlInputElement| link.set_value(&address));
        let (_, left) = address::fitting(moment(session, None));
        if let Some(says) = state.as_ref().filter(|_| left > 0) {
            dom::set_text(says, &words::left_out(left));
        }
        let promise = dom::window().navigator().clipboard().write_text(&address);
        spawn_local(async move {
            // Without the clipboard (a sandboxed frame, plain http) the link stands there to copy.
            session.spoken.set(match JsFuture::from(promise).await {
                Ok(_) => "Link copied.".to_owned(),
                Err(_) => "The link stands below the button.".to_owned(),
            });
        });
    });
}

/// Where the site's root is, as a whole address; of a file without a site, nothing.
pub fn site() -> String {
    let root = dom::document().document_element().and_then(|e| e.get_attribute("data-root"));
    let base = dom::document().base_uri().ok().flatten().filter(|base| base.starts_with("http"));
    let url = root.zip(base).and_then(|(root, base)| web_sys::Url::new_with_base(&root, &base).ok());
    url.map_or_else(String::new, |url| url.href())
}

/// The form that puts this moment on a page or a slide.
fn form_address(session: Session, name: &str) -> String {
    let at = Some(session.stands_at());
    let (moment, _) = address::fitting(moment(session, at));
    format!("{}embed/?figure={name}&{}", site(), address::encode(session.spec, &moment, true))
}

/// The address of a simulation alone at exactly this moment.
pub fn exact(session: Session, name: &str) -> String {
    let at = Some(session.stands_at());
    record::address(session.spec, &moment(session, at), name, &site())
}

/// What a session shows, at a step if one is named.
pub fn moment(session: Session, at: Option<u64>) -> Moment {
    Moment { values: session.values.get_untracked(), at, kept: session.kept.get_untracked() }
}

/// The page's address at exactly this moment of one simulation.
fn exact_address(session: Session) -> String {
    let href = dom::window().location().href().unwrap_or_default();
    let base = href.split(['?', '#']).next().unwrap_or_default().to_owned();
    let asked = dom::window().location().search().unwrap_or_default();
    let sweeps = address::kept(&asked, &[address::DEPEND]);
    let query = both(query(|other| other.spec.id == session.spec.id, false), sweeps);
    if query.is_empty() { base } else { format!("{base}?{query}") }
}

/// The query of the page's simulations, with the steps of some of them; with texts of any length if it is
/// `whole`, else as an address takes it.
fn query(exact: impl Fn(Session) -> bool, whole: bool) -> String {
    let sessions = ticker::sessions();
    let is_shared = dom::first("main").is_some_and(|page| dom::all(&page, "[data-sim]").len() > 1);
    let parts: Vec<String> = sessions
        .iter()
        .filter_map(|session| {
            let at = exact(*session).then(|| session.stands_at());
            let moment = moment(*session, at);
            let moment = if whole { moment } else { address::fitting(moment).0 };
            let part = address::encode(session.spec, &moment, is_shared);
            (!part.is_empty()).then_some(part)
        })
        .collect();
    parts.join("&")
}

/// Lets the address bar follow the values of the page, after a rest.
pub fn remember(session: Session) {
    if !session.lasts() {
        return;
    }
    let timeout = Timeout::new(PATIENCE, move || {
        // Until all of the page is alive, its address knows more than its simulations.
        if dom::first("html[data-live]").is_none() {
            return remember(session);
        }
        replace_query(&with_the_page(query(|_| false, false)));
    });
    PENDING.with_borrow_mut(|p| *p = Some(timeout));
}

/// The address bar follows no more: it belongs to another page.
pub fn forget() {
    PENDING.take();
}

/// The query of a page that is left: every simulation at its step.
pub fn left() -> String {
    with_the_page(query(|session| session.stands_at() <= address::FURTHEST_STEP, true))
}

/// A query of simulations, and what the address says of the page itself.
fn with_the_page(query: String) -> String {
    let asked = dom::window().location().search().unwrap_or_default();
    both(query, address::kept(&asked, super::page::page_names()))
}

fn both(query: String, page: String) -> String {
    let parts = [query, page].into_iter().filter(|part| !part.is_empty());
    parts.collect::<Vec<_>>().join("&")
}

/// Gives the address bar another query.
pub fn replace_query(query: &str) {
    let location = dom::window().location();
    let path = location.pathname().unwrap_or_default();
    let hash = location.hash().unwrap_or_default();
    let url = if query.is_empty() { format!("{path}{hash}") } else { format!("{path}?{query}{hash}") };
    if let Ok(history) = dom::window().history() {
        // Throws in a `srcdoc` frame, where there is no address to keep.
        let _ = history.replace_state_with_url(&JsValue::NULL, "", Some(&url));
    }
}
