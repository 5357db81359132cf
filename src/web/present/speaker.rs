//! The speaker's view: the present step with its controls, the next one, what to say, a clock. It is the
//! topic's own page in a window of its own; what is drawn around the figure comes as `speaker.json`, once
//! somebody wants it.

use super::link::Link;
use super::{NAME, SPEAKER, Stage, TALK, Talk, is_dark};
use crate::lab::address;
use crate::lab::schema::entry;
use crate::lab::share::step;
use crate::pieces::{Missing, piece};
use crate::web::figure_view::FigureView;
use crate::web::{dom, words};
use gloo::timers::callback::{Interval, Timeout};
use js_sys::{Array, Date, Function, Reflect};
use reactive_graph::owner::StoredValue;
use reactive_graph::prelude::*;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Element, HtmlElement, KeyboardEvent, MouseEvent, Response};

/// Time in which a second window opens, ms: after that a word is said.
const OPENS: u32 = 6000;

/// What is said then.
const HELD: &str =
    "The speaker’s view has not opened. Browsers hold back windows that they take for unwanted: ";

/// A second of the clock, ms, and after so many of them the other window is asked whether it is there.
const SECOND: u32 = 1000;
const ASKED_EVERY: u32 = 2;

/// Time for a piece of the next step's run, ms.
const PIECE: f64 = 6.0;

/// The address of a window of a talk, at a step counted from 0.
pub fn address(step: usize, role: &str, id: &str) -> String {
    let pairs = [(NAME.to_owned(), (step + 1).to_string()), (role.to_owned(), id.to_owned())];
    format!("?{}", address::join(pairs))
}

piece! { speaker:
/// Begins the talk in this window, the audience's, while the speaker's opens.
pub fn begin(stage: Stage, id: String) { stage.owner.clone().with(|| give(&stage, &id)) } }

piece! { speaker:
/// Opens a window of a talk at the step that its address asks for. What is wrong with that is returned.
pub fn open(stage: Stage, asked: String, id: String, speaks: bool) -> Option<String> {
    match stage.step(&asked) {
        Ok((talk, index)) => stage.owner.clone().with(|| join(&stage, talk, index, &id, speaks)),
        Err(sentence) => Some(sentence),
    }
} }

fn give(stage: &Stage, id: &str) {
    let Some(talk) = stage.talk() else { return };
    match Link::open(talk, id, false) {
        Some(link) => {
            link.begin(0);
            tell_if_held_back(talk, &link, &address(0, SPEAKER, id));
        }
        None => talk.show(0),
    }
}

fn join(stage: &Stage, talk: Talk, index: usize, id: &str, speaks: bool) -> Option<String> {
    let Some(link) = Link::open(talk, id, speaks) else {
        return Some(
            "In this browser two windows cannot follow each other: present without a speaker’s view."
                .to_owned(),
        );
    };
    if speaks {
        let (stage, id) = (stage.clone(), id.to_owned());
        spawn_local(async move {
            let drawn = json(&format!("{}speaker.json", root_path())).await;
            // The page may have been left by now.
            if talk.steps.try_with_value(|_| ()).is_none() {
                return;
            }
            let view = drawn.and_then(|drawn| stage.owner.with(|| View::build(talk, &link, &drawn, id)));
            match (view, stage.sessions.first()) {
                (Some(view), _) => View::begin(&view, index),
                (None, Some(session)) => session.messages.set(vec![Missing::SENTENCE.to_owned()]),
                (None, None) => {}
            }
        });
    } else {
        link.begin(index);
    }
    None
}

/// Says so in the talk, and leads there, where the speaker's view was not heard of in time. The next step
/// takes it away.
fn tell_if_held_back(talk: Talk, link: &Rc<Link>, address: &str) {
    let address = address.to_owned();
    let late = link.weakly(move |link, ()| {
        if !link.was_heard() {
            say_held_back(talk, link, &address);
        }
    });
    Timeout::new(OPENS, move || late(())).forget();
}

fn say_held_back(talk: Talk, link: &Rc<Link>, address: &str) -> Option<()> {
    let told_at = talk.at.get_value()?;
    let caption = talk.screen.with_value(|screen| screen.caption.clone());
    let [said, way] = ["p", "a"].map(|name| dom::document().create_element(name).ok());
    let (said, way) = (said?, way?);
    dom::set(&said, "class", "message");
    dom::set(&said, "role", "status");
    said.append_with_str_1(HELD).ok()?;
    for (name, value) in [("href", address), ("target", "_blank"), ("rel", "noopener")] {
        dom::set(&way, name, value);
    }
    dom::set_text(&way, "open it here");
    said.append_child(&way).ok()?;
    said.append_with_str_1(".").ok()?;
    caption.insert_adjacent_element("beforebegin", &said).ok()?;
    let take_away = link.weakly(move |link, ()| {
        if link.was_heard() || talk.at.get_value() != Some(told_at) {
            said.remove();
        }
    });
    link.on_news(move || take_away(()));
    Some(())
}

/// Whether a key is not the talk's, but for what has the focus: in the speaker's view, where the figure has
/// its controls, most are. Those of a clicker are the talk's everywhere.
pub(super) fn keeps(talk: Talk, event: &KeyboardEvent) -> bool {
    let key = event.key();
    let Some(element) = event.target().and_then(|target| target.dyn_into::<Element>().ok()) else {
        return false;
    };
    let is = |selector: &str| element.matches(selector).unwrap_or(false);
    let presses = matches!(&*key, " " | "Enter");
    if !talk.speaks() {
        return presses && is(".message a");
    }
    let moves = key.starts_with("Arrow") || matches!(&*key, "Home" | "End");
    // Escape ends nothing here: there is a button for that.
    key == "Escape"
        || key.eq_ignore_ascii_case("f")
        || presses && is("button, a[href], summary, input, select")
        || moves && is("input, [tabindex='0']")
        || is(TEXT) && !is_of_clicker(&key)
}

fn is_of_clicker(key: &str) -> bool {
    matches!(key, "PageDown" | "PageUp")
}

/// What takes letters.
const TEXT: &str = "textarea, select, [data-sheet], input:not([type=range], [type=checkbox])";

fn root_path() -> String {
    dom::document().document_element().and_then(|root| root.get_attribute("data-root")).unwrap_or_default()
}

/// A file of the site as JavaScript reads it.
async fn json(path: &str) -> Option<JsValue> {
    let answer = JsFuture::from(dom::window().fetch_with_str(path)).await.ok()?;
    let answer: Response = answer.dyn_into().ok()?;
    if !answer.ok() {
        return None;
    }
    JsFuture::from(answer.json().ok()?).await.ok()
}

fn field(of: &JsValue, name: &str) -> JsValue {
    Reflect::get(of, &name.into()).unwrap_or(JsValue::UNDEFINED)
}

/// Gives the page a style sheet: made by script, since the site's policy forbids elements that hold style.
fn dress(css: &JsValue) -> Option<()> {
    let make: Function = field(&dom::window(), "CSSStyleSheet").dyn_into().ok()?;
    let sheet = Reflect::construct(&make, &Array::new()).ok()?;
    field(&sheet, "replaceSync").dyn_into::<Function>().ok()?.call1(&sheet, css).ok()?;
    Reflect::set(&dom::document(), &"adoptedStyleSheets".into(), &Array::of1(&sheet)).ok()?;
    Some(())
}

/// Time that has passed, and since when it goes on, if it does; both in ms. The window's storage keeps it
/// over a reload.
struct Clock {
    key: String,
    passed: Cell<f64>,
    since: Cell<Option<f64>>,
}

impl Clock {
    fn of(id: &str) -> Self {
        let key = format!("talk {id}");
        let kept = dom::storage_of_the_tab()
            .and_then(|storage| storage.get_item(&key).ok().flatten())
            .unwrap_or_default();
        let (passed, since) = kept.split_once(' ').unwrap_or_default();
        let passed = Cell::new(entry::number(passed).unwrap_or(0.0));
        let since = Cell::new(if kept.is_empty() { Some(Date::now()) } else { entry::number(since) });
        let own = Self { key, passed, since };
        own.keep();
        own
    }

    fn keep(&self) {
        let since = self.since.get().map(|since| since.to_string()).unwrap_or_default();
        if let Some(storage) = dom::storage_of_the_tab() {
            let _ = storage.set_item(&self.key, &format!("{} {since}", self.passed.get()));
        }
    }

    fn now(&self) -> f64 {
        self.passed.get() + self.since.get().map_or(0.0, |since| (Date::now() - since).max(0.0))
    }

    fn toggle(&self) {
        self.passed.set(self.now());
        self.since.set(if self.since.get().is_some() { None } else { Some(Date::now()) });
        self.keep();
    }

    fn zero(&self) {
        self.passed.set(0.0);
        self.since.set(self.since.get().map(|_| Date::now()));
        self.keep();
    }
}

/// What stands beside the figure.
struct View {
    talk: Talk,
    link: Rc<Link>,
    id: String,
    panel: HtmlElement,
    clock: Clock,
    ticks: Cell<u32>,
    /// What to say with each step, as HTML; empty until it has come.
    notes: RefCell<Vec<String>>,
    asks_for_notes: Cell<bool>,
    /// The step that is written out.
    shown: Cell<Option<usize>>,
}

impl View {
    /// Draws the view beside the page's own figures.
    fn build(talk: Talk, link: &Rc<Link>, drawn: &JsValue, id: String) -> Option<Rc<Self>> {
        dress(&field(drawn, "css"))?;
        let panel: HtmlElement = dom::document().create_element("section").ok()?.dyn_into().ok()?;
        dom::set(&panel, "class", "speaker");
        panel.set_inner_html(&field(drawn, "html").as_string()?);
        dom::set(&panel, "aria-labelledby", "speaker");
        talk.screen
            .with_value(|screen| dom::find(&panel, "[data-shows=now]")?.append_child(&screen.caption).ok())?;
        dom::first("main")?.append_child(&panel).ok()?;
        dom::set(&dom::document().document_element()?, "data-speaking", "");
        let title = dom::find(&panel, "h1").and_then(|title| title.text_content()).unwrap_or_default();
        dom::document().set_title(&format!("{title} · {}", dom::document().title()));
        let view = Rc::new(Self {
            talk,
            link: Rc::clone(link),
            clock: Clock::of(&id),
            id,
            panel,
            ticks: Cell::new(0),
            notes: RefCell::default(),
            asks_for_notes: Cell::new(false),
            shown: Cell::new(None),
        });
        view.bind();
        Some(view)
    }

    fn bind(self: &Rc<Self>) {
        let own = Rc::clone(self);
        dom::listen::<MouseEvent>(&self.panel, "click", move |event| {
            let target = event.target().and_then(|target| target.dyn_into::<Element>().ok());
            let button = target.and_then(|target| target.closest("[data-does]").ok().flatten());
            if let Some(does) = button.and_then(|button| button.get_attribute("data-does")) {
                own.act(&does);
            }
        });
        // Before any field acts on them: a clicker's keys are the talk's, wherever the focus is.
        if let Some(page) = dom::first("html") {
            let talk = self.talk;
            dom::listen_first::<KeyboardEvent>(&page, "keydown", move |event| {
                if is_of_clicker(&event.key()) {
                    talk.key(&event);
                }
            });
        }
        let news = Rc::downgrade(self);
        self.link.on_news(move || {
            if let Some(view) = news.upgrade() {
                view.update();
            }
        });
        let own = Rc::clone(self);
        StoredValue::new_local(Interval::new(SECOND, move || own.tick()));
    }

    fn begin(self: &Rc<Self>, index: usize) {
        self.link.begin(index);
        self.update();
        self.tell_time();
        if let Some(next) = dom::find(&self.panel, "[data-does=next]") {
            let _ = next.focus();
        }
    }

    fn act(&self, does: &str) {
        let Some(at) = self.talk.at.get_value() else { return };
        let last = self.talk.steps.with_value(Vec::len) - 1;
        let again = self.link.is_over();
        match does {
            "back" if again || at > 0 => self.talk.show(at.saturating_sub(1)),
            "next" if again || at < last => self.talk.show((at + 1).min(last)),
            "back" | "next" => {}
            "dark" => self.talk.darken(!is_dark()),
            "end" => self.link.end(),
            "stop" => self.clock.toggle(),
            _ => self.clock.zero(),
        }
        self.tell_time();
    }

    fn tick(&self) {
        self.tell_time();
        self.ticks.set(self.ticks.get() + 1);
        if self.ticks.get().is_multiple_of(ASKED_EVERY) {
            self.link.ask();
        }
    }

    fn write(&self, place: &str, text: &str) {
        if let Some(place) = dom::find(&self.panel, &format!("[data-shows={place}]")) {
            dom::set_text(&place, text);
        }
    }

    fn press(&self, button: &str, pressed: bool) {
        if let Some(button) = dom::find(&self.panel, &format!("[data-does={button}]")) {
            dom::set(&button, "aria-pressed", if pressed { "true" } else { "false" });
        }
    }

    /// Shows one of the sentences that stand in the view, or hides it.
    fn say(&self, sentence: &str, on: bool) {
        if let Some(sentence) = dom::find(&self.panel, &format!("[data-says={sentence}]")) {
            if on {
                dom::unset(&sentence, "hidden");
            } else {
                dom::set(&sentence, "hidden", "");
            }
        }
    }

    fn tell_time(&self) {
        self.write("passed", &words::passed(self.clock.now()));
        let now = Date::new_0();
        self.write("day", &format!("{:02}:{:02}", now.get_hours(), now.get_minutes()));
        self.press("stop", self.clock.since.get().is_none());
    }

    /// Says how both windows stand.
    fn update(self: &Rc<Self>) {
        let Some(index) = self.talk.at.get_value() else { return };
        let (alone, over) = (self.link.is_alone(), self.link.is_over());
        self.say("closed", alone);
        self.say("over", over && !alone);
        self.say("dark", is_dark());
        self.press("dark", is_dark());
        if let Some(way) = dom::find(&self.panel, "[data-leads]") {
            dom::set(&way, "href", &address(index, TALK, &self.id));
        }
        if self.shown.replace(Some(index)) != Some(index) {
            self.write_note(index);
            self.show_next(index + 1);
        }
    }

    fn write_note(self: &Rc<Self>, index: usize) {
        let notes = self.notes.borrow();
        let note = notes.get(index).map_or("", String::as_str);
        if let Some(place) = dom::find(&self.panel, "[data-shows=note]") {
            place.set_inner_html(note);
            // They open beside the talk, and not in its place.
            for link in dom::all(&place, "a[href]") {
                dom::set(&link, "target", "_blank");
            }
        }
        self.say("no-note", note.is_empty() && !notes.is_empty());
        if notes.is_empty() && !self.asks_for_notes.replace(true) {
            let own = Rc::clone(self);
            spawn_local(async move {
                let talk = json("talk.json").await;
                own.asks_for_notes.set(false);
                let steps = talk.and_then(|talk| field(&talk, "steps").dyn_into::<Array>().ok());
                let html =
                    |step: JsValue| field(&field(&step, "note"), "html").as_string().unwrap_or_default();
                own.say("no-notes", steps.is_none());
                if let Some(steps) = steps {
                    own.notes.replace(steps.iter().map(html).collect());
                    if let Some(index) = own.shown.get() {
                        own.write_note(index);
                    }
                }
            });
        }
    }

    /// Shows what comes next: its sentence, and its picture as soon as its run has been made.
    fn show_next(self: &Rc<Self>, index: usize) {
        let next = self.talk.steps.with_value(|steps| steps.get(index).cloned());
        let (Some(sentence), Some(picture)) =
            (dom::find(&self.panel, "[data-shows=next]"), dom::find(&self.panel, "[data-shows=picture]"))
        else {
            return;
        };
        picture.set_inner_html("");
        sentence.set_inner_html(&next.as_ref().map_or_else(String::new, |next| next.sentence.inner_html()));
        self.say("last", next.is_none());
        let Some(next) = next else { return };
        let own = Rc::downgrade(self);
        spawn_local(async move {
            let spec = next.session.spec;
            let Some(step) = step::Step::read(&[spec], "", spec.id, &next.query) else { return };
            let mut approach = step::Approach::to(&step);
            loop {
                dom::breathe(Some(SECOND)).await;
                // The talk has gone on, or the page was left.
                if own.upgrade().is_none_or(|view| view.shown.get() != Some(index - 1)) {
                    return;
                }
                let begun = dom::now();
                if approach.advance_within(|| dom::now() - begun > PIECE) {
                    break;
                }
            }
            if let Some(mut view) = FigureView::new(picture.into()) {
                view.draw(&approach.figure(), None, true);
            }
        });
    }
}
