//! Light and dark: what the reader chose, else what the system says.

use super::dom;
use super::ticker;
use std::cell::{Cell, RefCell};
use web_sys::{Event, MouseEvent};

const KEY: &str = "theme";

thread_local! {
    /// Asking the page costs a thousandth of a frame, and every frame asks.
    static DARK: Cell<Option<bool>> = const { Cell::new(None) };
    /// The densities of screens whose end is listened for.
    static WATCHED: RefCell<Vec<f64>> = const { RefCell::new(Vec::new()) };
}

/// Whether the page is dark now.
pub fn is_dark() -> bool {
    let dark = DARK.get().unwrap_or_else(ask_page);
    DARK.set(Some(dark));
    dark
}

fn ask_page() -> bool {
    let system = || dom::media("(prefers-color-scheme: dark)");
    // Colours that the reader forces on all pages outdo what was chosen for this one.
    if dom::media("(forced-colors: active)") {
        return system();
    }
    let chosen = dom::document().document_element().and_then(|e| e.get_attribute("data-theme"));
    match chosen.as_deref() {
        Some("dark") => true,
        Some("light") => false,
        _ => system(),
    }
}

/// Follows the system and the printer, for figures that are painted and not styled.
pub fn follow_system() {
    for query in ["(prefers-color-scheme: dark)", "(forced-colors: active)"] {
        if let Ok(Some(query)) = dom::window().match_media(query) {
            dom::listen::<Event>(&query, "change", |_| redraw());
        }
    }
    follow_density();
    dom::listen::<Event>(&dom::window(), "beforeprint", |_| {
        // Paper is light, and no frame comes before it is printed.
        DARK.set(Some(false));
        ticker::sessions().into_iter().for_each(super::session::Session::draw);
    });
    dom::listen::<Event>(&dom::window(), "afterprint", |_| redraw());
}

/// Takes the theme that the page around chooses: light, dark, or the system's.
pub fn choose(theme: &str) {
    if let Some(root) = dom::document().document_element() {
        match theme {
            "light" | "dark" => dom::set(&root, "data-theme", theme),
            _ => dom::unset(&root, "data-theme"),
        }
    }
    redraw();
}

/// Draws anew for a screen of another density: a second monitor, a page that is zoomed.
fn follow_density() {
    let density = dom::window().device_pixel_ratio();
    if WATCHED.with_borrow(|watched| watched.contains(&density)) {
        return;
    }
    if let Ok(Some(query)) = dom::window().match_media(&format!("(resolution: {density}dppx)")) {
        WATCHED.with_borrow_mut(|watched| watched.push(density));
        dom::listen::<Event>(&query, "change", |_| {
            redraw();
            follow_density();
        });
    }
}

/// Makes the theme button work.
pub fn bind_button() {
    // Another page may have another theme in its address.
    DARK.set(None);
    let Some(button) = dom::first("[data-action=theme]") else { return };
    label(&button);
    let own = button.clone();
    dom::listen::<MouseEvent>(&button, "click", move |_| {
        let next = if is_dark() { "light" } else { "dark" };
        if let Some(root) = dom::document().document_element() {
            dom::set(&root, "data-theme", next);
        }
        // In a sandboxed frame there is no storage; the choice then lasts as long as the page.
        if let Ok(Some(storage)) = dom::window().local_storage() {
            let _ = storage.set_item(KEY, next);
        }
        redraw();
        label(&own);
    });
}

fn label(button: &web_sys::Element) {
    let text = if is_dark() { "Light theme" } else { "Dark theme" };
    dom::set(button, "aria-label", text);
    dom::set(button, "title", text);
}

fn redraw() {
    DARK.set(None);
    for session in ticker::sessions() {
        session.redraw();
    }
}
