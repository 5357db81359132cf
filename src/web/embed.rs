//! A simulation alone in somebody's frame: messages from the page around it, and its keys back.

use super::dom;
use super::page::page_names;
use super::session::Session;
use super::share::moment;
use crate::lab::Reading;
use crate::lab::address as codec;
use crate::lab::share::embed;
use crate::lab::share::message::{self, Letter, Request, VERSION};
use crate::pieces::piece;
use js_sys::{Array, JSON, Object, Reflect};
use reactive_graph::owner::Owner;
use reactive_graph::prelude::*;
use std::cell::Cell;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{Event, MessageEvent, Window};

mod keys;

thread_local! {
    /// Whether the deck around has left this slide while the simulation ran.
    static LEFT_RUNNING: Cell<bool> = const { Cell::new(false) };
}

/// Whether the page is a simulation alone.
pub fn is_here() -> bool {
    dom::first("main").is_some_and(|main| main.class_list().contains("embed"))
}

/// Whether the page is in somebody's frame.
pub fn is_framed() -> bool {
    parent().is_some()
}

/// Whether a simulation alone is not to run before its address is obeyed, which comes later: the address says
/// that it stands still, or it goes on where a deck unloaded it.
pub fn stands_still(query: &str) -> bool {
    is_here() && (codec::value(query, "play").as_deref() == Some("0") || unloaded().is_some())
}

piece! { frame:
/// Obeys the address and the page around, from now on. What the address has wrong is returned.
pub fn begin(owner: Owner, session: Session, query: String) -> Vec<String> {
    owner.with(|| obey(session, &query))
} }

fn obey(session: Session, query: &str) -> Vec<String> {
    let address = session.address().unwrap_or_default();
    let (wish, refusals) = embed::read(session.spec, query);
    match wish.play {
        Some(true) => session.play(),
        Some(false) => session.wait(),
        None => {}
    }
    if parent().is_some() {
        survive_unloading(session);
    }
    let own = address.clone();
    dom::listen::<MessageEvent>(&dom::window(), "message", move |event| hear(session, &own, &event));
    for letter in kept_letters() {
        hear(session, &address, &letter);
    }
    if let Some(parent) = parent() {
        keys::hand_on();
        say(&parent, &letter(&address, "ready", None));
        dom::follow(move || {
            session.step.track();
            session.playing.track();
            session.values.track();
            say(&parent, &state(session, &address, None));
        });
    }
    refusals.into_iter().map(|r| r.sentence).collect()
}

/// What the page around said before anybody here could hear it; a script of the page keeps it.
fn kept_letters() -> Vec<MessageEvent> {
    let letters = Reflect::get(&dom::window(), &LETTERS.into()).unwrap_or(JsValue::UNDEFINED);
    let _ = Reflect::set(&dom::window(), &LETTERS.into(), &JsValue::UNDEFINED);
    letters
        .dyn_ref::<Array>()
        .map_or_else(Vec::new, |letters| letters.iter().filter_map(|letter| letter.dyn_into().ok()).collect())
}

const LETTERS: &str = "letters";

/// Decks unload the frames of slides that are far away. What is in the frame's name outlives that:
/// no storage is needed, frames of one address keep apart, and a new frame begins afresh. A frame that
/// has a name of its own keeps it: links of the page around lead to it by that name.
fn survive_unloading(session: Session) {
    let asked = dom::window().location().href().unwrap_or_default();
    let name = dom::window().name().unwrap_or_default();
    if !name.is_empty() && name.lines().next() != Some(NAME) {
        return;
    }
    if let Some((query, playing)) = unloaded() {
        let (moments, _) = codec::decode(&[session.spec], &query, page_names());
        for moment in moments {
            session.begin_at(moment);
        }
        if playing {
            session.play();
        }
    }
    dom::listen::<Event>(&dom::window(), "pagehide", move |_| {
        let at = Some(session.stands_at());
        let query = codec::encode(session.spec, &moment(session, at), false);
        let running = session.playing.get_untracked() || LEFT_RUNNING.get();
        let playing = if running { "playing" } else { "paused" };
        dom::window().set_name(&format!("{NAME}\n{asked}\n{query}\n{playing}")).ok();
    });
}

/// What the frame's name says of it at this address, if a deck has unloaded it: its query, and whether it ran.
fn unloaded() -> Option<(String, bool)> {
    parent()?;
    let name = dom::window().name().ok()?;
    let mut lines = name.lines();
    let known = (lines.next()?, lines.next()?) == (NAME, &*dom::window().location().href().ok()?);
    let (query, state) = known.then(|| lines.next().zip(lines.next())).flatten()?;
    Some((query.to_owned(), state == "playing"))
}

/// How the name of a frame begins that holds what was in it.
const NAME: &str = "tinkerable";

/// The page around, if there is one.
fn parent() -> Option<Window> {
    let parent = dom::window().parent().ok().flatten()?;
    (!Object::is(&parent, &dom::window())).then_some(parent)
}

/// Anyone may listen: there is nothing here that the address does not give, and a sandboxed page has
/// no origin to name.
fn say(to: &Window, message: &Object) {
    let _ = to.post_message(message, "*");
}

/// Has the deck around move: reveal.js understands this without any setting.
pub fn turn(method: &str) {
    call(&format!("{{\"method\":\"{method}\"}}"));
}

/// Calls a method of reveal.js.
fn call(words: &str) {
    if let Some(parent) = parent() {
        let _ = parent.post_message(&words.into(), "*");
    }
}

fn hear(session: Session, address: &str, event: &MessageEvent) {
    let data = event.data();
    if let Some(text) = data.as_string() {
        return follow_deck(session, &text);
    }
    // Other people's messages pass by: ours carry our name.
    let Ok(version) = Reflect::get(&data, &"tinkerable".into()) else { return };
    if version.is_undefined() {
        return;
    }
    // Our own answers, sent to a page that holds itself in a frame.
    let field = |name: &str| Reflect::get(&data, &name.into()).unwrap_or(JsValue::UNDEFINED);
    if matches!(
        field("type").as_string().as_deref(),
        Some("ready" | "readouts" | "reasons" | "error" | "height" | "key")
    ) {
        return;
    }
    let id = field("id");
    let outcome = if version.as_f64() == Some(VERSION) {
        session.values.with_untracked(|values| message::read(session.spec, values, &read(&data)))
    } else {
        Err(format!(
            "This page speaks version {VERSION} of its messages: write {{ tinkerable: {VERSION}, … }}."
        ))
    };
    let answer = match outcome {
        Ok(Request::Why(readout)) => {
            let (address, source) = (address.to_owned(), event.source());
            let tell: Box<dyn FnOnce(String)> = Box::new(move |reasons| {
                let answer = letter(&address, "reasons", Some(&id));
                if let Some(reasons) = JSON::parse(&reasons).ok().and_then(|r| r.dyn_into::<Object>().ok()) {
                    Object::assign(&answer, &reasons);
                }
                if let Some(source) = source {
                    say(source.unchecked_ref(), &answer);
                }
            });
            return session.when_there(super::why::tell(session, readout, tell));
        }
        Ok(request) => {
            act(session, request);
            state(session, address, Some(&id))
        }
        Err(sentence) => {
            let error = letter(address, "error", Some(&id));
            put(&error, "message", &sentence.into());
            error
        }
    };
    // A window of another page is no instance of this page's Window.
    if let Some(source) = event.source() {
        say(source.unchecked_ref(), &answer);
    }
}

/// reveal.js tells its frames in two words when their slide comes and goes.
fn follow_deck(session: Session, text: &str) {
    match text {
        "slide:stop" => {
            LEFT_RUNNING.set(session.playing.get_untracked());
            session.pause();
        }
        "slide:start" if LEFT_RUNNING.take() => session.play(),
        // The first word of a deck to a frame that it shows.
        "slide:start" => keys::IN_DECK.set(true),
        _ => {}
    }
}

pub(super) fn read(data: &JsValue) -> Letter {
    let field = |name: &str| Reflect::get(data, &name.into()).ok().filter(|v| !v.is_undefined());
    let (mut values, mut defaults) = (Vec::new(), Vec::new());
    if let Some(given) = field("values").filter(JsValue::is_object) {
        for entry in Object::entries(given.unchecked_ref()).iter() {
            let entry: Array = entry.unchecked_into();
            let name = entry.get(0).as_string().unwrap_or_default();
            if entry.get(1).is_null() {
                defaults.push(name);
            } else {
                values.push((name, text(&entry.get(1))));
            }
        }
    }
    Letter {
        kind: field("type").and_then(|v| v.as_string()),
        values,
        defaults,
        preset: field("preset").and_then(|v| v.as_string()),
        readout: field("readout").and_then(|v| v.as_string()),
        steps: field("steps").map(|v| v.as_f64().unwrap_or(f64::NAN)),
    }
}

fn text(value: &JsValue) -> Option<String> {
    value
        .as_string()
        .or_else(|| value.as_f64().map(|x| x.to_string()))
        .or_else(|| value.as_bool().map(|on| if on { "on" } else { "off" }.to_owned()))
}

fn act(session: Session, request: Request) {
    match request {
        Request::Set(values, look) => {
            session.set_values(values);
            if !look.is_empty() {
                show_as(&look);
            }
        }
        Request::Preset(id) => session.apply_preset(id),
        Request::Play => session.play(),
        Request::Pause => session.pause(),
        Request::Step(steps) => session.make_steps(steps),
        Request::Reset => session.reset(),
        Request::Get | Request::Why(_) => {}
    }
}

/// Looks as a message asks, from now on; the page's own script does what it did before the first paint.
fn show_as(look: &[(&str, String)]) {
    let asked = LOOKS.take().unwrap_or_else(|| dom::window().location().search().unwrap_or_default());
    let mut query = asked;
    for (name, text) in look {
        query = codec::without(&query, name);
        if !text.is_empty() {
            let more = codec::join([((*name).to_owned(), text.clone())]);
            query = if query.is_empty() { more } else { format!("{query}&{more}") };
        }
    }
    if let Ok(show) = Reflect::get(&dom::window(), &"showAs".into())
        && let Some(show) = show.dyn_ref::<js_sys::Function>()
    {
        let _ = show.call1(&JsValue::NULL, &query.as_str().into());
    }
    if let Some((_, theme)) = look.iter().find(|(name, _)| *name == "theme") {
        super::theme::choose(theme);
    }
    LOOKS.set(Some(query));
}

thread_local! {
    /// The query by which the frame looks as it does, where that is not its address.
    static LOOKS: Cell<Option<String>> = const { Cell::new(None) };
}

/// A message of a type, as the answer to the one with this id.
pub(super) fn letter(address: &str, kind: &str, id: Option<&JsValue>) -> Object {
    let letter = Object::new();
    put(&letter, "tinkerable", &VERSION.into());
    put(&letter, "type", &kind.into());
    put(&letter, "simulation", &address.into());
    if let Some(id) = id.filter(|id| !id.is_undefined()) {
        put(&letter, "id", id);
    }
    letter
}

pub(super) fn state(session: Session, address: &str, id: Option<&JsValue>) -> Object {
    let letter = letter(address, "readouts", id);
    put(&letter, "step", &(session.step.get_untracked() as f64).into());
    put(&letter, "playing", &session.playing.get_untracked().into());
    let values = Object::new();
    session.values.with_untracked(|now| {
        for (control, value) in now.iter() {
            put(&values, control.id, &control.written(value).into());
        }
    });
    put(&letter, "values", &values);
    if let Some(kept) = session.kept.with_untracked(|kept| kept.as_ref().map(codec::encode_kept)) {
        put(&letter, codec::KEPT, &kept.into());
    }
    let readouts = Object::new();
    session.readings.with_untracked(|readings| {
        for (readout, reading) in session.spec.readouts.iter().zip(readings) {
            let value = match reading {
                Reading::Absent => JsValue::NULL,
                _ => reading.number().map_or_else(|| reading.exact().into(), JsValue::from),
            };
            put(&readouts, readout.id, &value);
        }
    });
    put(&letter, "readouts", &readouts);
    letter
}

pub(super) fn put(object: &Object, name: &str, value: &JsValue) {
    // A fresh object takes any field.
    let _ = Reflect::set(object, &name.into(), value);
}
