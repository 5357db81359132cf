//! Going from page to page without loading the program again: the next page's HTML takes the
//! place of this one's, and its simulations are adopted as on a first visit.
//!
//! Whatever goes wrong, the browser's own navigation takes over.

use super::{dom, page, share};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Document, Element, Event, HtmlAnchorElement, MouseEvent, Response, SupportedType, Url};

/// The parts of a page that differ from page to page.
const PARTS: [&str; 3] = ["body > header", "main", "body > footer"];

/// Follows links and the history from now on.
pub fn follow() {
    dom::listen::<MouseEvent>(&dom::document(), "click", |event| {
        if let Some(url) = internal_target(&event) {
            event.prevent_default();
            go(url, true);
        }
    });
    dom::listen::<Event>(&dom::window(), "popstate", |_| {
        if let Ok(href) = dom::window().location().href() {
            go(href, false);
        }
    });
}

/// The address of another page of this site, where a click on a link leads to one.
fn internal_target(event: &MouseEvent) -> Option<String> {
    if event.default_prevented()
        || event.button() != 0
        || event.ctrl_key()
        || event.meta_key()
        || event.shift_key()
        || event.alt_key()
    {
        return None;
    }
    let target: Element = event.target()?.dyn_into().ok()?;
    let anchor: HtmlAnchorElement = target.closest("a[href]").ok().flatten()?.dyn_into().ok()?;
    if !anchor.target().is_empty() || anchor.has_attribute("download") {
        return None;
    }
    let here = dom::window().location();
    if anchor.origin() != here.origin().ok()? || anchor.protocol() == "file:" {
        return None;
    }
    // A place on this very page is the browser's own business.
    if anchor.pathname() == here.pathname().ok()? && anchor.search() == here.search().ok()? {
        return None;
    }
    anchor.pathname().ends_with('/').then(|| anchor.href())
}

/// Shows the page at `url`; `push` makes it a new entry of the history.
fn go(url: String, push: bool) {
    share::forget();
    spawn_local(async move {
        if load(&url, push).await.is_none() {
            let _ = dom::window().location().set_href(&url);
        }
    });
}

async fn load(url: &str, push: bool) -> Option<()> {
    let answer = JsFuture::from(dom::window().fetch_with_str(url)).await.ok()?;
    let response: Response = answer.dyn_into().ok()?;
    if !response.ok() {
        return None;
    }
    let text = JsFuture::from(response.text().ok()?).await.ok()?.as_string()?;
    let parsed: Document =
        web_sys::DomParser::new().ok()?.parse_from_string(&text, SupportedType::TextHtml).ok()?;
    parsed.query_selector("main").ok().flatten()?;

    page::leave();
    if push {
        let history = dom::window().history().ok()?;
        history.push_state_with_url(&JsValue::NULL, "", Some(url)).ok()?;
    }
    let document = dom::document();
    for part in PARTS {
        let (Ok(Some(old)), Ok(Some(new))) = (document.query_selector(part), parsed.query_selector(part))
        else {
            continue;
        };
        let adopted = document.import_node_with_deep(&new, true).ok()?;
        old.replace_with_with_node_1(&adopted).ok()?;
    }
    document.set_title(&parsed.title());
    page::arrive();
    if push {
        to_the_beginning(url);
    }
    Some(())
}

/// Scrolls to the named place or the top, and tells screen readers where they are.
fn to_the_beginning(url: &str) {
    let hash = Url::new(url).map(|u| u.hash()).unwrap_or_default();
    let named = (hash.len() > 1).then(|| dom::document().get_element_by_id(&hash[1..])).flatten();
    match named {
        Some(place) => place.scroll_into_view(),
        None => dom::window().scroll_to_with_x_and_y(0.0, 0.0),
    }
    if let Some(heading) = dom::first("main h1") {
        dom::set(&heading, "tabindex", "-1");
        let _ = heading.focus();
    }
}
