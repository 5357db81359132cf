//! A file that takes a while: how far it is, and what gives it up.

use super::save::ask;
use super::session::Session;
use super::{dom, share, ticker};
use crate::lab::share::step::Step;
use js_sys::{Promise, Reflect};
use reactive_graph::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Element, HtmlElement};

/// Time for steps between two frames of the page, ms.
pub const PATIENCE: f64 = 12.0;

const CANCELLED: &str = "It is cancelled: nothing is saved.";

/// Where the page shows a file in the making, for as long as it is this one.
pub struct Making {
    root: Element,
    state: HtmlElement,
    row: HtmlElement,
    /// The button that began it, and when that was.
    mark: String,
}

impl Making {
    /// Shows that a file is being made, which the button of this kind began; nothing if one is already.
    pub fn begin(root: &Element, kind: &str) -> Option<Self> {
        let [state, row] = ["[data-save-state]", "[data-making]"].map(|name| dom::find(root, name));
        let (state, row) = (state?, row?);
        if !row.has_attribute("hidden") {
            return None;
        }
        let mark = format!("{kind} {}", dom::now());
        dom::set(&row, "data-making", &mark);
        dom::unset(&row, "hidden");
        dom::set_text(&state, "");
        let own = Self { root: root.clone(), state, row, mark };
        own.tell("", 0, 1);
        Some(own)
    }

    /// Whether somebody still waits for it.
    pub fn goes_on(&self) -> bool {
        let own = self.row.get_attribute("data-making").as_ref() == Some(&self.mark);
        own && !self.row.has_attribute("hidden") && self.row.is_connected()
    }

    /// The simulation whose file it is.
    pub fn root(&self) -> &Element {
        &self.root
    }

    pub fn tell(&self, words: &str, done: usize, of: usize) {
        if let Some(says) = dom::find(&self.row, "[data-making-says]") {
            dom::set_text(&says, words);
        }
        if let Some(progress) = dom::find(&self.row, "progress") {
            dom::set(&progress, "max", &of.to_string());
            dom::set(&progress, "value", &done.to_string());
        }
    }

    /// Lets the page go on; whether somebody still waits.
    pub async fn breathe(&self) -> bool {
        dom::breathe(None).await;
        self.goes_on()
    }

    /// Hands the file over, if there is one and somebody still waits: its fields, and what else is to be said.
    pub fn end(&self, made: Result<Option<Made>, String>, session: Session) {
        // Cancelled, or the page is left: there is nobody to tell.
        if !self.goes_on() {
            return;
        }
        put_away(&self.root, &self.row);
        match made {
            Ok(Some(Made { fields, remark })) => {
                ask(&self.root, &fields, "");
                if let Some(remark) = remark {
                    session.messages.set(vec![remark.to_owned()]);
                }
            }
            Ok(None) => {}
            Err(sentence) => dom::set_text(&self.state, &format!("Nothing is saved: {sentence}")),
        }
    }

    /// What `save.js` answers in this field, when it has it.
    ///
    /// # Errors
    /// What it says instead.
    pub async fn answer(&self, fields: &[(&str, JsValue)], name: &str) -> Result<JsValue, String> {
        kept(ask(&self.root, fields, name)).await
    }

    /// What the browser paints of a drawing.
    ///
    /// # Errors
    /// A sentence that says why there is no picture.
    pub async fn painted<T: JsCast>(&self, fields: &[(&str, JsValue)], name: &str) -> Result<T, String> {
        let answer = self.answer(fields, name).await;
        let picture = answer.and_then(|answer| answer.dyn_into().map_err(|_| String::new()));
        picture.map_err(|why| format!("the browser paints no picture ({why})."))
    }
}

/// What `save.js` has promised, when it has it.
///
/// # Errors
/// What it says instead.
pub async fn kept(promise: Option<JsValue>) -> Result<JsValue, String> {
    let promise = promise.and_then(|promise| promise.dyn_into::<Promise>().ok());
    let promise = promise.ok_or("this page does not answer")?;
    JsFuture::from(promise).await.map_err(|error| {
        let why = Reflect::get(&error, &"message".into()).ok().and_then(|why| why.as_string());
        why.unwrap_or_default()
    })
}

/// A file that is ready, as `save.js` takes it.
pub struct Made {
    pub fields: Vec<(&'static str, JsValue)>,
    pub remark: Option<&'static str>,
}

/// Gives up what is being made.
pub fn give_up(root: &Element) {
    if let (Some(row), Some(state)) = (dom::find(root, "[data-making]"), dom::find(root, "[data-save-state]"))
    {
        put_away(root, &row);
        dom::set_text(&state, CANCELLED);
    }
}

/// Takes the progress out of sight; a focus inside goes to what began the file.
fn put_away(root: &Element, row: &HtmlElement) {
    let focused = dom::document().active_element();
    let begun = row.get_attribute("data-making").unwrap_or_default();
    let kind = begun.split(' ').next().unwrap_or_default();
    if focused.is_some_and(|focused| row.contains(Some(&focused)))
        && let Some(button) = dom::find(root, &format!("[data-save={kind}]"))
    {
        let _ = button.focus();
    }
    dom::set(row, "hidden", "");
}

/// The talk of the page: its title, its question, where it is, and its steps.
pub struct Talk {
    pub slug: String,
    pub title: String,
    pub question: String,
    pub address: String,
    pub steps: Vec<Step>,
}

impl Talk {
    /// In a frame, the steps that show its simulation.
    ///
    /// # Errors
    /// A sentence, if the page has none, or is not all alive.
    pub fn of_page(session: Session) -> Result<Self, String> {
        let name = session.address().unwrap_or_default();
        let slug = name.split('/').next().unwrap_or_default().to_owned();
        let specs: Vec<_> = ticker::sessions().iter().map(|session| session.spec).collect();
        let links = dom::first("main").map(|page| dom::all(&page, "[data-talk]")).unwrap_or_default();
        let read = |link: &HtmlElement| {
            let [simulation, query] = ["data-talk", "data-moment"].map(|name| link.get_attribute(name));
            let step = Step::read(&specs, &slug, &simulation?, &query?)?;
            // The page keeps numbers and units on one line.
            Some(Step { sentence: link.text_content()?.replace('\u{a0}', " "), ..step })
        };
        let steps: Option<Vec<Step>> = links.iter().map(read).collect();
        let Some(steps) = steps.filter(|steps| !steps.is_empty()) else {
            return Err("the talk is not all there yet: try it again in a moment.".to_owned());
        };
        let title = dom::document().title();
        let question = dom::first("meta[name=description]").and_then(|meta| meta.get_attribute("content"));
        let path = if super::embed::is_here() { format!("embed/{name}/") } else { format!("{slug}/") };
        Ok(Self {
            title: title.split(" · ").next().unwrap_or_default().to_owned(),
            question: question.unwrap_or_default(),
            address: format!("{}{path}", share::site()),
            slug,
            steps,
        })
    }
}
