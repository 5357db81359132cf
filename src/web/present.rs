//! The presenter: a topic's steps one after another, each the figure of one simulation and one
//! sentence, with the keys that a clicker sends. With a [`speaker`]'s view it is given in two windows.

use super::dom;
use super::session::Session;
use crate::lab::address;
use crate::pieces::piece;
use js_sys::{Function, Promise, Reflect};
use reactive_graph::owner::{LocalStorage, Owner, StoredValue};
use reactive_graph::prelude::*;
use std::cell::RefCell;
use std::rc::Rc;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Element, Event, HtmlElement, KeyboardEvent, MouseEvent, VisibilityState};

mod link;
pub mod speaker;

/// The name in an address that opens the page at a step of the talk, counted from 1.
pub const NAME: &str = "present";

/// The names beside it in the addresses of the two windows of one talk, with what they know each other by:
/// that for the audience, and that for the speaker.
pub const TALK: &str = "talk";
pub const SPEAKER: &str = "speaker";

/// The keys of a talk.
pub const KEYS: [&str; 14] = [
    "PageDown",
    "PageUp",
    "ArrowRight",
    "ArrowLeft",
    "ArrowDown",
    "ArrowUp",
    " ",
    "Enter",
    "Backspace",
    "Home",
    "End",
    "Escape",
    ".",
    "b",
];

/// A step: its simulation, the moment as an address has it, and its sentence.
#[derive(Clone)]
struct Step {
    session: Session,
    query: String,
    sentence: HtmlElement,
}

/// Whether a talk is given now: its keys go before all others.
pub fn is_on() -> bool {
    dom::document().document_element().is_some_and(|root| root.has_attribute("data-presenting"))
}

/// The other window of a talk, as far as the talk itself knows of it.
#[derive(Clone)]
struct Other {
    /// What both windows know each other by.
    id: String,
    /// Hears of each change here, and whether it was another step.
    told: Rc<dyn Fn(bool)>,
    /// Whether this window is the speaker's: there the figure has its controls, and they have their keys.
    speaks: bool,
}

/// What is on the screen while a talk is given.
#[derive(Clone, Copy)]
struct Talk {
    steps: StoredValue<Vec<Step>, LocalStorage>,
    other: StoredValue<Option<Other>, LocalStorage>,
    /// The step that is shown; `None` while no talk is given.
    at: StoredValue<Option<usize>, LocalStorage>,
    screen: StoredValue<Screen, LocalStorage>,
}

/// The elements that stand over the page.
struct Screen {
    caption: Element,
    sentence: Element,
    place: Element,
}

/// The talk of a page, of which the page needs no more than the buttons until somebody gives it.
#[derive(Clone)]
pub struct Stage {
    owner: Owner,
    page: HtmlElement,
    sessions: Vec<Session>,
    talk: StoredValue<Option<Talk>, LocalStorage>,
}

impl Stage {
    /// Makes the buttons begin the talk.
    pub fn bind(page: &HtmlElement, sessions: &[Session]) -> Self {
        let own = Self {
            owner: Owner::current().unwrap_or_default(),
            page: page.clone(),
            sessions: sessions.to_vec(),
            talk: StoredValue::new_local(None),
        };
        for button in dom::all(page, "[data-action=present]") {
            let stage = own.clone();
            dom::listen::<MouseEvent>(&button, "click", move |event| {
                event.prevent_default();
                // Refused in some frames; the figure then fills the frame.
                if let Some(root) = dom::document().document_element() {
                    let _ = root.request_fullscreen();
                }
                if let Some(session) = stage.sessions.first() {
                    session.when_there(begin(stage.clone()));
                }
            });
        }
        for button in dom::all(page, "[data-action=speak]") {
            let stage = own.clone();
            dom::listen::<MouseEvent>(&button, "click", move |event| {
                event.prevent_default();
                // At once, as long as the click allows it; and as a window that knows nothing of this one: browsers
                // give it a thread of its own then, and neither figure waits for the other.
                let id = format!("{:x}", (js_sys::Math::random() * 1e12) as u64);
                let address = speaker::address(0, SPEAKER, &id);
                let _ = dom::window().open_with_url_and_target_and_features(&address, "_blank", POPUP);
                if let Some(session) = stage.sessions.first() {
                    session.when_there(speaker::begin(stage.clone(), id));
                }
            });
        }
        own
    }

    /// The talk, which listens to a clicker's keys once it was asked for.
    fn talk(&self) -> Option<Talk> {
        let known = self.talk.get_value();
        known.or_else(|| {
            let talk = self.owner.with(|| Talk::prepare(&self.page, &self.sessions));
            self.talk.set_value(talk);
            talk
        })
    }
}

/// The speaker's window: large enough for two figures and a note, and moved where the speaker looks.
const POPUP: &str = "popup,noopener,width=1280,height=800";

/// What an address says of a talk in two windows: what they know each other by, and whether this one is the
/// speaker's.
pub fn of_two(query: &str) -> Option<(String, bool)> {
    let named = |name| address::value(query, name).filter(|id| !id.is_empty());
    let speaks = named(SPEAKER).map(|id| (id, true));
    speaks.or_else(|| named(TALK).map(|id| (id, false))).filter(|_| !super::embed::is_here())
}

piece! { present:
/// Begins the talk.
fn begin(stage: Stage) { stage.begin() } }

piece! { present:
/// Opens the talk at the step that an address asks for. What is wrong with that is returned.
pub fn open(stage: Stage, asked: String) -> Option<String> { stage.open(&asked) } }

impl Stage {
    fn begin(&self) {
        if let Some(talk) = self.talk() {
            talk.show(0);
        }
    }

    fn open(&self, asked: &str) -> Option<String> {
        match self.step(asked) {
            Ok((talk, index)) => {
                talk.show(index);
                None
            }
            Err(sentence) => Some(sentence),
        }
    }

    /// The talk, and the step that an address asks for; or what is wrong with that.
    fn step(&self, asked: &str) -> Result<(Talk, usize), String> {
        let talk = self.talk().ok_or_else(|| "This simulation has no steps to present.".to_owned())?;
        let last = talk.steps.with_value(Vec::len);
        match asked.parse::<usize>() {
            Ok(step) if (1..=last).contains(&step) => Ok((talk, step - 1)),
            _ => Err(format!(
                "“{}” is no step of this talk: present takes a whole number from 1 to {last}.",
                crate::lab::schema::control::shorten(asked)
            )),
        }
    }
}

/// The sentence under the figure, its place among the others, and the keys for those who need them.
fn screen() -> Option<Screen> {
    let make = |class: &str| {
        let element = dom::document().create_element("p").ok()?;
        dom::set(&element, "class", class);
        Some(element)
    };
    let caption = dom::document().create_element("div").ok()?;
    dom::set(&caption, "class", "talk-caption");
    dom::set(&caption, "aria-live", "polite");
    let (sentence, place) = (make("talk-sentence")?, make("talk-place")?);
    caption.append_child(&sentence).ok()?;
    caption.append_child(&place).ok()?;
    Some(Screen { caption, sentence, place })
}

impl Talk {
    /// The steps of the page's talk, if it has any, and the keys that go through them.
    fn prepare(page: &Element, sessions: &[Session]) -> Option<Self> {
        let steps: Vec<Step> = dom::all(page, "[data-talk]")
            .into_iter()
            .filter_map(|link| {
                let id = link.get_attribute("data-talk")?;
                let session = *sessions.iter().find(|s| s.spec.id == id)?;
                Some(Step { session, query: link.get_attribute("data-moment")?, sentence: link })
            })
            .collect();
        if steps.is_empty() {
            return None;
        }
        let talk = Self {
            steps: StoredValue::new_local(steps),
            other: StoredValue::new_local(None),
            at: StoredValue::new_local(None),
            screen: StoredValue::new_local(screen()?),
        };
        dom::listen::<KeyboardEvent>(&dom::document(), "keydown", move |event| talk.key(&event));
        dom::listen::<Event>(&dom::document(), "fullscreenchange", move |_| {
            // A second window that opens ends the full screen of the first, and no more than that.
            if dom::document().fullscreen_element().is_none() && talk.other.with_value(Option::is_none) {
                talk.leave();
            }
        });
        dom::listen::<Event>(&dom::window(), "resize", move |_| talk.fit());
        dom::listen::<Event>(&dom::document(), "visibilitychange", |_| {
            if is_on() && dom::document().visibility_state() == VisibilityState::Visible {
                keep_awake();
            }
        });
        Some(talk)
    }

    /// Shows a step, alone.
    fn show(self, index: usize) {
        let Some(step) = self.steps.with_value(|s| s.get(index).cloned()) else { return };
        let begins = self.at.get_value().is_none();
        self.at.set_value(Some(index));
        let (Some(root), Some(own)) = (dom::document().document_element(), step.session.root()) else {
            return;
        };
        dom::set(&root, "data-presenting", "");
        if begins {
            keep_awake();
        }
        for one in self.steps.get_value() {
            if let Some(stage) = one.session.root() {
                dom::mark(&stage, "on-stage", stage == own);
                one.session.set_on_screen(stage == own);
            }
            one.session.pause();
        }
        let (moments, _) = address::decode(&[step.session.spec], &step.query, &[]);
        for moment in moments {
            step.session.begin_at(moment);
        }
        self.screen.with_value(|screen| {
            screen.sentence.set_inner_html(&step.sentence.inner_html());
            let all = self.steps.with_value(Vec::len);
            screen.place.set_text_content(Some(&format!("{} of {all}", index + 1)));
            if !self.speaks() {
                let _ = own.append_child(&screen.caption);
            }
        });
        self.fit();
        self.remember(Some(index));
        self.tell(true);
    }

    /// Whether this window is the speaker's.
    fn speaks(self) -> bool {
        self.other.with_value(|other| other.as_ref().is_some_and(|other| other.speaks))
    }

    /// Tells the other window, if there is one, what is new here.
    fn tell(self, is_step: bool) {
        if let Some(other) = self.other.get_value() {
            (other.told)(is_step);
        }
    }

    /// Makes the screen dark, or gives the figure back.
    fn darken(self, dark: bool) {
        let Some(root) = dom::document().document_element() else { return };
        if dark {
            dom::set(&root, BLANK, "");
        } else {
            dom::unset(&root, BLANK);
        }
        self.tell(false);
    }

    /// Gives the page back.
    fn leave(self) {
        if self.at.get_value().is_none() {
            return;
        }
        self.at.set_value(None);
        if let Some(root) = dom::document().document_element() {
            dom::unset(&root, "data-presenting");
        }
        self.darken(false);
        let_sleep(AWAKE.take());
        self.screen.with_value(|screen| screen.caption.remove());
        for step in self.steps.get_value() {
            if let Some(stage) = step.session.root() {
                dom::mark(&stage, "on-stage", false);
                dom::unset(&stage, "style");
            }
            // What is out of sight is told again when it comes into sight; until then nothing runs.
            step.session.pause();
            step.session.set_on_screen(true);
            step.session.remeasure();
        }
        if dom::document().fullscreen_element().is_some() {
            dom::document().exit_fullscreen();
        }
        self.remember(None);
        self.tell(true);
    }

    /// Keeps the step in the address, so that a talk survives a reload, and what the other window knows it by.
    fn remember(self, step: Option<usize>) {
        let location = dom::window().location();
        let mut rest = location.search().unwrap_or_default();
        for name in [NAME, TALK, SPEAKER] {
            rest = address::without(&rest, name);
        }
        let other = self.other.get_value().filter(|_| step.is_some());
        let other = other.map(|other| (if other.speaks { SPEAKER } else { TALK }.to_owned(), other.id));
        let step = step.map(|i| (NAME.to_owned(), (i + 1).to_string()));
        let talk = address::join(step.into_iter().chain(other));
        let query: Vec<&str> = [talk.as_str(), &rest].into_iter().filter(|part| !part.is_empty()).collect();
        super::share::replace_query(&query.join("&"));
    }

    /// As large as the screen has room for, above the sentence.
    fn fit(self) {
        let Some(index) = self.at.get_value() else { return };
        let Some(session) = self.steps.with_value(|s| s.get(index).map(|step| step.session)) else { return };
        let Some(stage) = session.root() else { return };
        dom::unset(&stage, "style");
        session.remeasure();
        if self.speaks() {
            return;
        }
        let window = dom::window();
        let size = |side: Result<JsValue, JsValue>| side.ok().and_then(|v| v.as_f64()).unwrap_or(720.0);
        let (width, height) = (size(window.inner_width()), size(window.inner_height()));
        let figure = session.height_at(FULL);
        let room = height - self.screen.with_value(|s| s.caption.get_bounding_client_rect().height());
        // A phone gets the narrow figure at its own size and scrolls.
        let scale = (width / FULL).min((room - 24.0) / figure).clamp(1.0, 4.0);
        dom::set_style(&stage, &format!("--stage:{scale:.3}"));
        session.remeasure();
    }

    fn key(self, event: &KeyboardEvent) {
        let Some(index) = self.at.get_value() else { return };
        if event.default_prevented() || event.ctrl_key() || event.alt_key() || event.meta_key() {
            return;
        }
        let all = self.steps.with_value(Vec::len);
        let key = event.key();
        // Who types a text means letters; a clicker's keys go on.
        let typing = event.target().and_then(|t| t.dyn_into::<Element>().ok());
        let typing = typing.is_some_and(|e| e.matches(".typed").unwrap_or(false));
        if typing && !matches!(&*key, "PageDown" | "PageUp" | "Escape") || speaker::keeps(self, event) {
            return;
        }
        let blank = is_dark();
        match &*key {
            // A dark screen comes back with the key that made it, or with any other of the clicker's.
            "." | "b" | "B" if !blank => self.darken(true),
            _ if blank && key != "Escape" && (key == "B" || KEYS.contains(&&*key)) => self.darken(false),
            "PageDown" | "ArrowRight" | "ArrowDown" | " " | "Enter" if index + 1 < all => {
                self.show(index + 1);
            }
            "PageUp" | "ArrowLeft" | "ArrowUp" | "Backspace" if index > 0 => self.show(index - 1),
            "Home" => self.show(0),
            "End" => self.show(all - 1),
            "Escape" => self.leave(),
            // The click that opened a second window could not fill the screen as well.
            "f" | "F" if self.other.with_value(Option::is_some) => fill(),
            // Before the first and after the last the deck around takes over.
            "PageDown" | "ArrowRight" => super::embed::turn("next"),
            "PageUp" | "ArrowLeft" => super::embed::turn("prev"),
            _ => return,
        }
        event.prevent_default();
        event.stop_immediate_propagation();
    }
}

/// What makes the screen dark while the speaker speaks.
const BLANK: &str = "data-blank";

fn is_dark() -> bool {
    dom::document().document_element().is_some_and(|root| root.has_attribute(BLANK))
}

/// Fills the screen, or gives it back.
fn fill() {
    if dom::document().fullscreen_element().is_some() {
        dom::document().exit_fullscreen();
    } else if let Some(root) = dom::document().document_element() {
        // Refused in some frames.
        let _ = root.request_fullscreen();
    }
}

thread_local! {
    /// What keeps the display awake.
    static AWAKE: RefCell<Option<JsValue>> = const { RefCell::new(None) };
}

/// Asks that the display stays on while a talk is given. A browser lets go of that when the tab goes out
/// of sight; where it knows no such thing, or a frame may not ask, the display does what it does.
fn keep_awake() {
    let method = |of: &JsValue, name: &str| Reflect::get(of, &name.into()).ok()?.dyn_into::<Function>().ok();
    let Ok(lock) = Reflect::get(&dom::window().navigator(), &"wakeLock".into()) else { return };
    let Some(request) = (!lock.is_undefined()).then(|| method(&lock, "request")).flatten() else { return };
    let Ok(promise) = request.call1(&lock, &"screen".into()) else { return };
    spawn_local(async move {
        if let Ok(sentinel) = JsFuture::from(Promise::resolve(&promise)).await {
            let before = AWAKE.replace(Some(sentinel));
            let_sleep(before);
            // The talk may be over by now.
            if !is_on() {
                let_sleep(AWAKE.take());
            }
        }
    });
}

fn let_sleep(sentinel: Option<JsValue>) {
    let Some(sentinel) = sentinel else { return };
    if let Ok(release) = Reflect::get(&sentinel, &"release".into())
        && let Some(release) = release.dyn_ref::<Function>()
    {
        let _ = release.call0(&sentinel);
    }
}

/// Width in px that figures are laid out for at the least, where there is room.
const FULL: f64 = 960.0;
