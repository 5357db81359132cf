//! The few things that are needed from the browser, with failures turned into `None`.
//!
//! In a sandboxed frame storage, history and clipboard may throw: nothing here panics on that.

use js_sys::{Function, Promise};
use reactive_graph::effect::Effect;
use reactive_graph::owner::{Owner, StoredValue};
use wasm_bindgen::closure::Closure;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Document, Element, Event, EventTarget, HtmlElement, IdleDeadline, IdleRequestOptions, MessageChannel,
    Node, Storage, Window,
};

/// The browser's window.
///
/// # Panics
/// Outside a browser's page, where this program has no business.
pub fn window() -> Window {
    web_sys::window().expect("the program runs in a page")
}

pub fn document() -> Document {
    window().document().expect("a window has a document")
}

/// Every element under `root` that matches a selector.
pub fn all(root: &Element, selector: &str) -> Vec<HtmlElement> {
    let Ok(list) = root.query_selector_all(selector) else { return Vec::new() };
    (0..list.length()).filter_map(|i| list.get(i)?.dyn_into().ok()).collect()
}

/// The first element under `root` that matches a selector.
pub fn find(root: &Element, selector: &str) -> Option<HtmlElement> {
    root.query_selector(selector).ok().flatten()?.dyn_into().ok()
}

/// Does something with an element that is of the kind it takes.
pub fn cast<E: JsCast>(element: &HtmlElement, act: impl FnOnce(E)) {
    if let Ok(element) = element.clone().dyn_into() {
        act(element);
    }
}

/// The first element of the page that matches a selector.
pub fn first(selector: &str) -> Option<HtmlElement> {
    document().query_selector(selector).ok().flatten()?.dyn_into().ok()
}

/// Listens for as long as the page lives; outside of a page's owner, as long as the program.
pub fn listen<E: JsCast + 'static>(
    target: &EventTarget,
    kind: &'static str,
    mut act: impl FnMut(E) + 'static,
) {
    add_listener(
        target,
        kind,
        Box::new(move |event| {
            if let Ok(event) = event.dyn_into::<E>() {
                act(event);
            }
        }),
    );
}

/// Listens before what is inside the target does.
pub fn listen_first<E: JsCast + 'static>(
    target: &EventTarget,
    kind: &'static str,
    mut act: impl FnMut(E) + 'static,
) {
    let act: Box<dyn FnMut(Event)> = Box::new(move |event| {
        if let Ok(event) = event.dyn_into::<E>() {
            act(event);
        }
    });
    let listener = Listener { target: target.clone(), kind, first: true, act: Closure::wrap(act) };
    let function = listener.act.as_ref().unchecked_ref();
    let _ = target.add_event_listener_with_callback_and_bool(kind, function, true);
    keep(listener);
}

/// One function for all listeners: what is generic over them stays small.
fn add_listener(target: &EventTarget, kind: &'static str, act: Box<dyn FnMut(Event)>) {
    let listener = Listener { target: target.clone(), kind, first: false, act: Closure::wrap(act) };
    // A listener that cannot be added is a feature that is missing, not a reason to stop.
    let _ = target.add_event_listener_with_callback(kind, listener.act.as_ref().unchecked_ref());
    keep(listener);
}

/// For as long as the page lives; outside of a page's owner, as long as the program.
fn keep(listener: Listener) {
    if Owner::current().is_some() {
        StoredValue::new_local(listener);
    } else {
        core::mem::forget(listener);
    }
}

/// Stops listening when it is dropped: an element that is taken out of the page still loses its
/// focus, and its session is gone by then.
struct Listener {
    target: EventTarget,
    kind: &'static str,
    first: bool,
    act: Closure<dyn FnMut(Event)>,
}

impl Drop for Listener {
    fn drop(&mut self) {
        let act = self.act.as_ref().unchecked_ref();
        let _ = self.target.remove_event_listener_with_callback_and_bool(self.kind, act, self.first);
    }
}

/// Runs now, and again whenever a signal that it read changes, for as long as the page lives.
pub fn follow(act: impl FnMut() + 'static) {
    follow_boxed(Box::new(act));
}

/// One effect type for all: each of its own would cost some kilobytes.
fn follow_boxed(mut act: Box<dyn FnMut()>) {
    Effect::new(move |_: Option<()>| act());
}

/// Milliseconds since the page began.
pub fn now() -> f64 {
    window().performance().map_or(0.0, |p| p.now())
}

/// Whether a media query holds.
pub fn media(query: &str) -> bool {
    window().match_media(query).ok().flatten().is_some_and(|m| m.matches())
}

/// Sets an attribute where it differs: unchanged ones cost no style work.
pub fn set(element: &Element, name: &str, value: &str) {
    if element.get_attribute(name).as_deref() != Some(value) {
        let _ = element.set_attribute(name, value);
    }
}

/// Sets the inline style. Through the object model: the site's policy forbids the attribute.
pub fn set_style(element: &Element, css: &str) {
    if let Some(element) = element.dyn_ref::<HtmlElement>() {
        element.style().set_css_text(css);
    }
}

/// Removes an attribute.
pub fn unset(element: &Element, name: &str) {
    let _ = element.remove_attribute(name);
}

/// Sets the text of an element that holds nothing else, where it differs. A text that is there is
/// changed, not exchanged: for another node browsers ask again which rules of style the page's other
/// elements come under.
pub fn set_text(element: &Element, text: &str) {
    if element.text_content().as_deref() == Some(text) {
        return;
    }
    let node = element.first_child().filter(|node| {
        node.node_type() == Node::TEXT_NODE && node.next_sibling().is_none() && !text.is_empty()
    });
    match node {
        Some(node) => node.set_node_value(Some(text)),
        None => element.set_text_content(Some(text)),
    }
}

/// Gives an element a class, or takes it away.
pub fn mark(element: &Element, class: &str, on: bool) {
    let _ = element.class_list().toggle_with_force(class, on);
}

/// What the browser keeps until the tab is closed; in a sandboxed page it keeps nothing.
pub fn storage_of_the_tab() -> Option<Storage> {
    window().session_storage().ok().flatten()
}

/// What is left free of the time that a frame has left, ms.
const MARGIN: f64 = 1.5;

/// Lets the browser do what waits; with a patience in ms also all that it has to do for a frame, if that is
/// over by then: how much time it can spare then, ms, where it says so (Safari knows no idle time).
pub async fn breathe(patience: Option<u32>) -> Option<f64> {
    let mut channel = None;
    let wait = Promise::new(&mut |done, _| {
        let waits = patience.is_some_and(|patience| {
            let options = IdleRequestOptions::new();
            options.set_timeout(patience);
            window().request_idle_callback_with_options(&done, &options).is_ok()
        });
        if !waits {
            channel = post(&done);
            // Without a channel there is no wait, and nothing is lost.
            if channel.is_none() {
                let _ = done.call0(&JsValue::NULL);
            }
        }
    });
    let told: Option<IdleDeadline> = JsFuture::from(wait).await.ok()?.dyn_into().ok();
    if let Some(channel) = channel {
        channel.port1().close();
    }
    told.map(|told| (told.time_remaining() - MARGIN).max(0.0))
}

/// Calls back by a message: that comes at once, where a timer inside a timer waits for 4 ms.
fn post(done: &Function) -> Option<MessageChannel> {
    let channel = MessageChannel::new().ok()?;
    channel.port1().set_onmessage(Some(done));
    channel.port2().post_message(&JsValue::NULL).ok()?;
    Some(channel)
}
