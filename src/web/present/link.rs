//! What the two windows of a talk say to each other, without a server: a broadcast to all windows of this
//! page that know the talk's name.
//!
//! The letters are those of frames: `readouts` tells how a window stands, here with the talk's own state
//! beside, and `get` asks for it. One more, `gone`, says that a window is closed.

use super::{Other, Step, Talk, is_dark};
use crate::lab::Spec;
use crate::lab::address;
use crate::lab::share::message::{self, Letter, Request, VERSION};
use crate::lab::share::windows::{Figure, Side, Standing, Version};
use crate::web::session::Session;
use crate::web::{dom, embed};
use js_sys::{Object, Reflect};
use reactive_graph::prelude::*;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::JsValue;
use web_sys::{BroadcastChannel, Event, HtmlSelectElement, MessageEvent};

/// Questions without an answer after which the other window is taken to be closed.
const PATIENCE: u32 = 3;

/// This window's end of the line.
pub struct Link {
    talk: Talk,
    channel: BroadcastChannel,
    /// The letter of the window's kind, and a name: of two changes at the same time that of the audience holds.
    own: String,
    speaks: bool,
    side: RefCell<Side>,
    /// Whether a letter is being done as it says: that is no change of this window's.
    obeying: Cell<bool>,
    /// Whether the speaker has ended the talk, whose last step stands here still.
    over: Cell<bool>,
    /// Questions since the other window was heard.
    unanswered: Cell<u32>,
    /// Whether it was ever heard.
    heard: Cell<bool>,
    /// Told whenever anything of this is new.
    news: RefCell<Box<dyn Fn()>>,
}

impl Drop for Link {
    fn drop(&mut self) {
        self.say_gone();
        self.channel.close();
    }
}

impl Link {
    /// Joins the windows of a talk, and has this one's `talk` tell of itself.
    pub fn open(talk: Talk, id: &str, speaks: bool) -> Option<Rc<Self>> {
        let path = dom::window().location().pathname().unwrap_or_default();
        let channel = BroadcastChannel::new(&format!("tinkerable {path} {id}")).ok()?;
        let kind = if speaks { 's' } else { 'a' };
        let own = format!("{kind}{:x}", (js_sys::Math::random() * 1e12) as u64);
        let link = Rc::new(Self {
            talk,
            channel,
            side: RefCell::new(Side::new(own.clone())),
            own,
            speaks,
            obeying: Cell::new(false),
            over: Cell::new(false),
            unanswered: Cell::new(0),
            heard: Cell::new(false),
            news: RefCell::new(Box::new(|| {})),
        });
        // The talk keeps it: one of another name takes its place.
        let own = Rc::clone(&link);
        let told = move |is_step: bool| {
            if is_step && !own.obeying.get() {
                own.over.set(false);
            }
            own.look();
        };
        talk.other.set_value(Some(Other { id: id.to_owned(), told: Rc::new(told), speaks }));
        let hear = link.weakly(|link, event: MessageEvent| link.hear(&event.data()));
        dom::listen::<MessageEvent>(&link.channel, "message", hear);
        let leave = link.weakly(|link, _: Event| link.say_gone());
        dom::listen::<Event>(&dom::window(), "pagehide", leave);
        // A page that comes back from the browser's memory.
        let ask = link.weakly(|link, _: Event| link.ask());
        dom::listen::<Event>(&dom::window(), "pageshow", ask);
        link.follow();
        Some(link)
    }

    /// Something that a listener does with the link, which belongs to the visit and not to its listeners.
    pub fn weakly<T, F: Fn(&Rc<Self>, T)>(self: &Rc<Self>, act: F) -> impl Fn(T) + use<T, F> {
        let link = Rc::downgrade(self);
        move |given| {
            if let Some(link) = link.upgrade() {
                act(&link, given);
            }
        }
    }

    /// Has the window told of whatever is new.
    pub fn on_news(&self, act: impl Fn() + 'static) {
        *self.news.borrow_mut() = Box::new(act);
    }

    /// Shows the step at which the window was opened, which is no change: the other window may know more.
    pub fn begin(&self, index: usize) {
        if !self.side.borrow().is_settled() || self.talk.at.get_value().is_none() {
            self.obeying.set(true);
            self.talk.show(index);
            self.obeying.set(false);
            let now = self.standing();
            self.side.borrow_mut().settle(now);
        }
        self.ask();
    }

    /// Looks at the figures whenever one of them changes.
    fn follow(self: &Rc<Self>) {
        let mut sessions: Vec<Session> = Vec::new();
        for Step { session, .. } in self.talk.steps.get_value() {
            if !sessions.iter().any(|known| known.spec.id == session.spec.id) {
                sessions.push(session);
            }
        }
        for session in sessions {
            let look = self.weakly(|link, ()| link.look());
            dom::follow(move || {
                session.values.track();
                session.kept.track();
                session.playing.track();
                session.step.track();
                look(());
            });
            let speed = session.root().and_then(|root| dom::find(&root, SPEED));
            if let Some(speed) = speed {
                let look = self.weakly(|link, _: Event| link.look());
                dom::listen::<Event>(&speed, "change", look);
            }
        }
    }

    /// Whether the other window is not there any more.
    pub fn is_alone(&self) -> bool {
        self.unanswered.get() >= PATIENCE
    }

    pub fn was_heard(&self) -> bool {
        self.heard.get()
    }

    pub fn is_over(&self) -> bool {
        self.over.get()
    }

    /// Ends the talk for the audience.
    pub fn end(&self) {
        self.obeying.set(true);
        self.talk.darken(false);
        self.obeying.set(false);
        self.over.set(true);
        self.look();
    }

    /// Asks how the other window stands.
    pub fn ask(&self) {
        self.unanswered.set(self.unanswered.get().saturating_add(1));
        self.post(&self.letter("get"));
        if self.unanswered.get() == PATIENCE {
            self.tell();
        }
    }

    fn say_gone(&self) {
        self.post(&self.letter("gone"));
    }

    /// Sends what is new here, if it is this window's doing.
    fn look(&self) {
        if self.obeying.get() {
            return;
        }
        let now = self.standing();
        let news = self.side.borrow_mut().look(&now);
        if let Some(again) = news {
            self.post(&self.state(&now, again));
            self.tell();
        }
    }

    fn tell(&self) {
        (self.news.borrow())();
    }

    fn on_stage(&self) -> Option<(usize, Session)> {
        let at = self.talk.at.get_value().filter(|_| !self.over.get())?;
        let session = self.talk.steps.with_value(|steps| steps.get(at).map(|step| step.session))?;
        Some((at, session))
    }

    fn standing(&self) -> Standing {
        let stage = self.on_stage();
        let figure = stage.map(|(_, session)| Figure {
            values: session.values.get_untracked(),
            kept: session.kept.with_untracked(|kept| kept.as_ref().map(address::encode_kept)),
            playing: session.playing.get_untracked(),
            step: session.heading(),
            speed: session.speed(),
        });
        Standing { at: stage.map(|(at, _)| at), dark: stage.is_some() && is_dark(), figure }
    }

    fn letter(&self, kind: &str) -> Object {
        let letter = embed::letter("", kind, None);
        embed::put(&letter, "from", &self.own.as_str().into());
        letter
    }

    /// How the window stands, as a letter.
    fn state(&self, now: &Standing, again: bool) -> Object {
        let letter = self.letter("readouts");
        if let Some((at, session)) = self.on_stage() {
            let figure = embed::state(session, &session.address().unwrap_or_default(), None);
            Object::assign(&letter, &figure);
            embed::put(&letter, "at", &(at as f64).into());
        }
        if let Some(figure) = &now.figure {
            embed::put(&letter, "step", &(figure.step as f64).into());
            embed::put(&letter, "speed", &figure.speed.into());
        }
        embed::put(&letter, "dark", &now.dark.into());
        embed::put(&letter, "again", &again.into());
        let side = self.side.borrow();
        embed::put(&letter, "count", &(side.version().count as f64).into());
        embed::put(&letter, "writer", &side.version().writer.as_str().into());
        letter
    }

    fn post(&self, letter: &Object) {
        // A page that is being left may not be able to.
        let _ = self.channel.post_message(letter);
    }

    fn hear(&self, data: &JsValue) {
        let field = |name: &str| Reflect::get(data, &name.into()).unwrap_or(JsValue::UNDEFINED);
        let text = |name: &str| field(name).as_string().unwrap_or_default();
        if field("tinkerable").as_f64() != Some(VERSION) {
            return;
        }
        let kind = text("type");
        let is_other = text("from").starts_with('s') != self.speaks;
        if is_other {
            let was_heard = self.heard.replace(true);
            let is_new = self.is_alone() || !was_heard;
            self.unanswered.set(if kind == "gone" { PATIENCE } else { 0 });
            if kind == "gone" || is_new {
                self.tell();
            }
        }
        match &*kind {
            "get" => {
                let now = self.standing();
                self.post(&self.state(&now, false));
            }
            "readouts" => {
                let version = Version {
                    count: field("count").as_f64().unwrap_or_default() as u64,
                    writer: text("writer"),
                };
                let Some((stage, standing)) = self.read(data, &field) else { return };
                let own = self.side.borrow().version().clone();
                if self.side.borrow_mut().hear(version.clone(), &standing) {
                    self.obey(stage, &standing, field("again").is_truthy());
                    self.tell();
                } else if version == own && is_other && self.speaks {
                    self.come_up(&standing);
                }
            }
            _ => {}
        }
    }

    /// What a letter says, and about which figure; nothing, if it is about none of this talk.
    fn read(&self, data: &JsValue, field: &impl Fn(&str) -> JsValue) -> Option<(Option<Session>, Standing)> {
        let at = field("at").as_f64().map(|at| at as usize);
        let mut stage = None;
        let mut figure = None;
        if let Some(at) = at {
            let session = self.talk.steps.with_value(|steps| steps.get(at).map(|step| step.session))?;
            if field("simulation").as_string() != session.address() {
                return None;
            }
            stage = Some(session);
            figure = Some(Figure {
                values: values(session.spec, data)?,
                kept: field(address::KEPT).as_string(),
                playing: field("playing").is_truthy(),
                step: field("step").as_f64()? as u64,
                speed: field("speed").as_f64().unwrap_or(1.0),
            });
        }
        Some((stage, Standing { at, dark: field("dark").is_truthy(), figure }))
    }

    /// Stands as the other window does.
    fn obey(&self, stage: Option<Session>, standing: &Standing, again: bool) {
        self.obeying.set(true);
        self.over.set(standing.at.is_none());
        match standing.at {
            None if !self.speaks => self.talk.leave(),
            Some(at) if self.talk.at.get_value() != Some(at) => self.talk.show(at),
            _ => {}
        }
        if standing.at.is_some() && is_dark() != standing.dark {
            self.talk.darken(standing.dark);
        }
        if let (Some(session), Some(figure)) = (stage, &standing.figure) {
            if session.values.with_untracked(|values| *values != figure.values) {
                session.preset.set(None);
                session.set_values(figure.values.clone());
            }
            let kept = session.kept.with_untracked(|kept| kept.as_ref().map(address::encode_kept));
            if kept != figure.kept {
                let read = |text: &String| address::read_kept(session.spec, text, &mut Vec::new());
                session.keep(figure.kept.as_ref().map(read));
            }
            if (session.speed() - figure.speed).abs() > f64::EPSILON {
                session.set_speed(figure.speed);
                if let Some(select) = session.root().and_then(|root| dom::find(&root, SPEED)) {
                    dom::cast(&select, |select: HtmlSelectElement| {
                        select.set_value(&figure.speed.to_string());
                    });
                }
            }
            session.join(figure.step, figure.playing, again);
        }
        self.obeying.set(false);
    }

    /// Where both run and this one was left behind, out of sight perhaps, it comes up.
    fn come_up(&self, theirs: &Standing) {
        if let (Some((_, session)), Some(figure)) = (self.on_stage(), &theirs.figure)
            && figure.playing
            && session.playing.get_untracked()
        {
            session.join(figure.step, true, false);
        }
    }
}

/// What sets the speed of a run.
const SPEED: &str = "[data-action=speed]";

/// The values in a letter, which are all of the simulation's and all legal.
fn values(spec: &'static Spec, data: &JsValue) -> Option<crate::lab::Values> {
    let letter = Letter { kind: Some("set".to_owned()), ..embed::read(data) };
    match message::read(spec, &spec.defaults(), &letter) {
        Ok(Request::Set(values, _)) => Some(values),
        _ => None,
    }
}
