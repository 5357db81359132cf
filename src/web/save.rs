//! Files of a moment: the figure, the numbers, the simulation itself. Their content is written by the
//! same functions as the command line's; `save.js` does what only a browser can.

use super::session::Session;
use super::{dom, film, share, slides, theme};
use crate::lab::figure::palette::Theme;
use crate::lab::figure::picture;
use crate::lab::figure::svg;
use crate::lab::share::record::Recorder;
use crate::lab::share::standalone::{Parts, standalone};
use crate::pieces::piece;
use gloo::timers::callback::Timeout;
use js_sys::{Object, Reflect, Uint8Array};
use reactive_graph::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use web_sys::{CustomEvent, CustomEventInit, Element, HtmlSelectElement, MouseEvent};

/// Width in px of a saved figure.
const WIDTH: f64 = 760.0;

/// Time for recording between two frames, ms.
const PATIENCE: f64 = 30.0;

pub const CHANGED: &str = "A control was changed while this ran: the file holds the run that has these values \
                       from the start.";

/// What becomes of a click on a button that saves.
#[derive(Clone)]
struct Saving {
    session: Session,
    root: Element,
    /// Where it is said what was saved.
    state: Element,
    /// What is said besides.
    remark: &'static str,
}

/// Makes the buttons that save something do it, and say what became of it.
pub fn bind(root: &Element, session: Session) {
    for menu in theme_menus(root) {
        menu.set_value(if theme::is_dark() { "dark" } else { "light" });
    }
    for button in dom::all(root, "[data-save]") {
        let Some(kind) = button.get_attribute("data-save") else { continue };
        let root = root.clone();
        // The theme is chosen beside the button.
        let row = button.parent_element();
        dom::listen::<MouseEvent>(&button, "click", move |_| {
            let menu = row.as_ref().and_then(|row| theme_menus(row).pop());
            let dark = menu.is_some_and(|menu| menu.value() == "dark");
            if kind == "cancel" {
                // By the piece that makes it, which is there.
                if dom::find(&root, "[data-making^=pptx]").is_some() {
                    return session.when_there(slides::cancel(root.clone()));
                }
                return session.when_there(film::cancel(root.clone()));
            }
            session.pause();
            match &*kind {
                "gif" => session.when_there(film::make(root.clone(), session, dark, "gif")),
                film::VIDEO => session.when_there(film::make(root.clone(), session, dark, film::VIDEO)),
                "talk" => session.when_there(film::make_of_talk(root.clone(), session, dark, "gif")),
                "talk-mp4" => {
                    session.when_there(film::make_of_talk(root.clone(), session, dark, film::VIDEO));
                }
                "pptx" => session.when_there(slides::make(root.clone(), session, dark)),
                _ => session.when_there(save(root.clone(), session, kind.clone(), dark)),
            }
        });
    }
    let own = root.clone();
    dom::listen::<CustomEvent>(root, "tinkerable-saved", move |event| {
        session.when_there(saved(own.clone(), session, event.detail()));
    });
}

fn theme_menus(root: &Element) -> Vec<HtmlSelectElement> {
    let menus = dom::all(root, "[data-save-theme]").into_iter();
    menus.filter_map(|menu| menu.dyn_into().ok()).collect()
}

piece! { save: fn save(root: Element, session: Session, kind: String, dark: bool) {
    if let Some(saving) = Saving::at(root, session) {
        saving.save(&kind, if dark { Theme::Dark } else { Theme::Light });
    }
} }

piece! { save: fn saved(root: Element, session: Session, detail: JsValue) {
    if let Some(saving) = Saving::at(root, session) {
        saving.saved(&detail);
    }
} }

impl Saving {
    fn at(root: Element, session: Session) -> Option<Self> {
        let state = dom::find(&root, "[data-save-state]")?;
        Some(Self { session, root, state: state.into(), remark: "" })
    }

    /// Saves one kind of file: svg, csv, json, html, or png at a number of pixels for each of its own.
    fn save(&self, kind: &str, theme: Theme) {
        let Some(name) = self.session.address() else { return };
        match kind {
            "csv" | "json" => {
                let step = self.session.stands_at();
                let recorder = Recorder::new(self.session.spec, self.session.values.get_untracked(), step);
                self.clone().record(recorder, name, kind == "csv");
            }
            "html" => {
                ask(&self.root, &[("kind", "parts".into()), ("content", name.into())], "");
            }
            _ => {
                let source = share::exact(self.session, &name);
                let drawn = svg::standalone(&self.session.figure(), WIDTH, theme, &source);
                let scale = kind.parse::<u8>();
                let kind = if scale.is_ok() { "png" } else { "svg" };
                self.give(kind, "image/svg+xml", &drawn, scale.unwrap_or(1));
            }
        }
    }

    /// Records the run a piece at a time, then gives it.
    fn record(mut self, mut recorder: Recorder, name: String, table: bool) {
        let begun = dom::now();
        if !recorder.advance_within(|| dom::now() - begun > PATIENCE) {
            dom::set_text(&self.state, &format!("Recording: {:.0} %", 100.0 * recorder.share()));
            Timeout::new(0, move || self.record(recorder, name, table)).forget();
            return;
        }
        let recording = recorder.finish();
        let same = self.session.with_run(|r| r.readings() == recording.runner().readings());
        self.remark = if same { "" } else { CHANGED };
        let site = share::site();
        if table {
            self.give("csv", "text/csv", &recording.csv(&name, &site), 1);
        } else {
            self.give("json", "application/json", &recording.json(&name, &site), 1);
        }
    }

    /// What `save.js` says: a sentence, or what goes into one file.
    fn saved(&self, detail: &JsValue) {
        let field = |name: &str| {
            Reflect::get(detail, &name.into()).ok().and_then(|v| v.as_string()).unwrap_or_default()
        };
        let sentence = field("sentence");
        if !sentence.is_empty() {
            dom::set_text(&self.state, &sentence);
            return;
        }
        let [page, script, program, pieces] = ["page", "script", "program", "pieces"].map(field);
        let parts = Parts { page: &page, script: &script, program: &program, pieces: &pieces };
        match self.session.with_run(|r| standalone(parts, r, &share::moment(self.session, Some(r.step())))) {
            Ok(text) => self.give("html", "text/html", &text, 1),
            Err(sentence) => dom::set_text(&self.state, &sentence),
        }
    }

    fn give(&self, end: &str, kind: &str, content: &str, scale: u8) {
        let step = self.session.stands_at();
        let address = self.session.address().unwrap_or_default();
        let name = address.replace('/', "-");
        let source = share::exact(self.session, &address);
        let chunks = Uint8Array::from(&*picture::chunks(scale.into(), &source));
        let fields = [
            ("kind", end.into()),
            ("name", format!("{name}-{step}.{end}").into()),
            ("type", kind.into()),
            ("content", content.into()),
            ("scale", scale.into()),
            ("chunks", chunks.into()),
            ("source", source.into()),
        ];
        ask(&self.root, &fields, "");
        if !self.remark.is_empty() {
            self.session.messages.set(vec![self.remark.to_owned()]);
        }
    }
}

/// Tells `save.js` what to do; what it answers at once in the field `answer` of that.
pub fn ask(root: &Element, fields: &[(&str, JsValue)], answer: &str) -> Option<JsValue> {
    let detail = Object::new();
    for (name, value) in fields {
        // A fresh object takes any field.
        let _ = Reflect::set(&detail, &(*name).into(), value);
    }
    let init = CustomEventInit::new();
    init.set_bubbles(true);
    init.set_detail(&detail);
    let event = CustomEvent::new_with_event_init_dict("tinkerable-save", &init).ok()?;
    root.dispatch_event(&event).ok()?;
    Reflect::get(&detail, &answer.into()).ok()
}
