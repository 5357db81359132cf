//! The transport, the readouts, and what the model has to say.

use super::on_click;
use crate::lab::run::narration;
use crate::lab::schema::entry;
use crate::web::session::Session;
use crate::web::{dom, save, share, words};
use reactive_graph::prelude::*;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, HtmlSelectElement};

pub fn bind(root: &Element, session: Session) {
    transport(root, session);
    readouts(root, session);
    if let Some(list) = dom::find(root, "[data-messages]") {
        dom::follow(move || {
            list.set_text_content(None);
            session.messages.with(|m| say(&list, "message", m));
            session.notes.with(|n| say(&list, "note", n));
        });
    }
    share::bind(root, session);
    save::bind(root, session);
}

fn transport(root: &Element, session: Session) {
    on_click(root, "[data-action=play]", Session::toggle_play, session);
    on_click(root, "[data-action=step]", |session| session.make_steps(1), session);
    on_click(root, "[data-action=reset]", Session::reset, session);
    if let (Some(button), Some(icon), Some(text)) = (
        dom::find(root, "[data-action=play]"),
        dom::find(root, "[data-play=icon]"),
        dom::find(root, "[data-play=text]"),
    ) {
        dom::follow(move || {
            let playing = session.playing.get();
            dom::set(&button, "aria-label", words::play(playing));
            dom::set_text(&text, words::play(playing));
            dom::mark(&icon, "playing", playing);
        });
    }
    if let Some(speed) =
        dom::find(root, "[data-action=speed]").and_then(|e| e.dyn_into::<HtmlSelectElement>().ok())
    {
        let own = speed.clone();
        dom::listen::<Event>(&speed, "change", move |_| {
            session.set_speed(entry::number(&own.value()).unwrap_or(1.0));
        });
    }
    if let Some(step) = dom::find(root, "[data-clock=step]") {
        dom::follow(move || dom::set_text(&step, &words::clock(session.step.get())));
    }
    if let Some(rate) = dom::find(root, "[data-clock=rate]") {
        dom::follow(move || {
            let reached = session.rate.get();
            let shown = reached >= 1.0 && session.playing.get();
            dom::set_text(&rate, &if shown { format!("{reached:.0}/s") } else { String::new() });
        });
    }
}

fn readouts(root: &Element, session: Session) {
    for element in dom::all(root, "[data-readout]") {
        let index = element.get_attribute("data-readout").and_then(|id| session.spec.readout(&id));
        let Some(index) = index else { continue };
        let readout = &session.spec.readouts[index];
        dom::follow(move || {
            let reading = session.reading(index);
            dom::set(&element, "data-value", &reading.exact());
            dom::set(&element, "aria-label", &narration::named(readout, &reading));
            dom::set_text(&element, &readout.shown_in_column(&reading));
        });
    }
}

/// Adds sentences to a list as text: they may hold words from an address.
fn say(list: &Element, class: &str, sentences: &[String]) {
    for sentence in sentences {
        if let Ok(element) = dom::document().create_element("p") {
            dom::set(&element, "class", class);
            element.set_text_content(Some(sentence));
            let _ = list.append_child(&element);
        }
    }
}
