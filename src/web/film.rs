//! The film of the steps that come: a GIF of a run of its own, made a picture at a time while the page
//! goes on. What a film is, for page and terminal, says `lab::share::film`; here the browser paints.

use super::save::{CHANGED, ask};
use super::session::Session;
use super::{dom, share};
use crate::lab::Runner;
use crate::lab::share::film::{Film, Pictures, Shot, WIDTH, lasting, read_steps};
use crate::pieces::piece;
use js_sys::{Promise, Reflect, Uint8Array};
use reactive_graph::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::{Element, HtmlElement, HtmlInputElement, HtmlSelectElement, ImageData};

/// Time for steps between two frames of the page, ms.
const PATIENCE: f64 = 12.0;

const CANCELLED: &str = "The film is cancelled: nothing is saved.";

piece! { film:
    /// Makes a film of the steps that the panel asks for, from where the run stands.
    pub fn make(root: Element, session: Session, dark: bool) {
        begin(&root, session, dark);
    }
}

piece! { film:
    /// Gives up the film that is being made.
    pub fn cancel(root: Element) {
        give_up(&root);
    }
}

fn begin(root: &Element, session: Session, dark: bool) {
    let Some(state) = dom::find(root, "[data-save-state]") else { return };
    match Filming::asked(root, session, dark) {
        Ok(Some(filming)) => {
            dom::set_text(&state, "");
            spawn_local(filming.go(state));
        }
        Ok(None) => {}
        Err(sentence) => dom::set_text(&state, &sentence),
    }
}

fn give_up(root: &Element) {
    if let (Some(row), Some(state)) = (dom::find(root, "[data-film]"), dom::find(root, "[data-save-state]")) {
        put_away(root, &row);
        dom::set_text(&state, CANCELLED);
    }
}

/// Takes the progress out of sight; a focus inside goes to what began the film.
fn put_away(root: &Element, row: &HtmlElement) {
    let focused = dom::document().active_element();
    if focused.is_some_and(|focused| row.contains(Some(&focused)))
        && let Some(button) = dom::find(root, "[data-save=gif]")
    {
        let _ = button.focus();
    }
    dom::set(row, "hidden", "");
}

/// A film in the making.
struct Filming {
    root: Element,
    session: Session,
    name: String,
    film: Film,
    /// Shows how far it is, for as long as it is this film's.
    row: HtmlElement,
    mark: String,
}

impl Filming {
    /// What the panel asks for, at once marked as being made; nothing if a film is being made already.
    fn asked(root: &Element, session: Session, dark: bool) -> Result<Option<Self>, String> {
        let field = |name| dom::find(root, name);
        let (Some(row), Some(name)) = (field("[data-film]"), session.address()) else { return Ok(None) };
        if !row.has_attribute("hidden") {
            return Ok(None);
        }
        let steps = field("[data-film-steps]").and_then(|e| e.dyn_into::<HtmlInputElement>().ok());
        let width = field("[data-film-width]").and_then(|e| e.dyn_into::<HtmlSelectElement>().ok());
        let from = session.stands_at();
        let steps = read_steps(&steps.map_or_else(String::new, |field| field.value()), from)?;
        if session.with_run(Runner::finished) {
            return Err(ended(from));
        }
        let film = Film {
            values: session.values.get_untracked(),
            kept: session.kept.get_untracked(),
            from,
            to: from + steps,
            every: 1,
            seconds: lasting(&session.spec.pace, steps),
            width: width.and_then(|menu| menu.value().parse().ok()).unwrap_or(WIDTH),
            dark,
        };
        let mark = dom::now().to_string();
        dom::set(&row, "data-film", &mark);
        dom::unset(&row, "hidden");
        let filming = Self { root: root.clone(), session, name, film, row, mark };
        filming.tell("", 0, 1);
        Ok(Some(filming))
    }

    /// Makes it, and says in `state` what became of it.
    async fn go(mut self, state: HtmlElement) {
        let made = self.packed().await;
        // Cancelled, or the page is left: there is nobody to tell.
        if !self.goes_on() {
            return;
        }
        put_away(&self.root, &self.row);
        match made {
            Ok(Some((file, remark))) => self.give(&file, remark),
            Ok(None) => {}
            Err(sentence) => dom::set_text(&state, &format!("Nothing is saved: {sentence}")),
        }
    }

    /// Whether somebody still waits for it.
    fn goes_on(&self) -> bool {
        let own = self.row.get_attribute("data-film").as_ref() == Some(&self.mark);
        own && !self.row.has_attribute("hidden") && self.row.is_connected()
    }

    /// The film's file, and whether something else is to be said; nothing if nobody waits for it any more.
    async fn packed(&mut self) -> Result<Option<(Vec<u8>, Option<&'static str>)>, String> {
        let spec = self.session.spec;
        let stood = self.session.with_run(|run| run.readings().to_vec());
        let mut remark = None;
        let mut camera = self.film.camera(spec);
        let mut pictures = Pictures::new(self.film.dark);
        loop {
            let begun = dom::now();
            match camera.shoot_within(|| dom::now() - begun > PATIENCE) {
                Shot::Waiting => {
                    if camera.progress()[0] == 0 {
                        self.tell(&format!("Running to step {}", self.film.from), 0, 1);
                    }
                }
                Shot::Taken(drawing) => {
                    let [taken, all] = camera.progress();
                    if taken == 1 && camera.run().readings() != stood {
                        remark = Some(CHANGED);
                    }
                    let pixels = self.paint(drawing).await?;
                    pictures.add(&pixels.data(), pixels.width() as usize);
                    if self.goes_on() {
                        self.tell(&format!("Frame {taken} of {all}"), taken, all);
                    }
                }
                Shot::Over => break,
                Shot::Ended(end) if end > self.film.from => {
                    // It ends sooner than asked: the pictures divide the steps that there are.
                    self.film.to = end;
                    self.film.seconds = lasting(&spec.pace, end - self.film.from);
                    camera = self.film.camera(spec);
                    pictures = Pictures::new(self.film.dark);
                }
                Shot::Ended(end) => return Err(ended(end)),
            }
            dom::breathe(None).await;
            if !self.goes_on() {
                return Ok(None);
            }
        }
        let source = self.film.source(spec, &self.name, &share::site());
        let mut packing = pictures.pack(self.film.seconds, &source)?;
        let [_, all] = camera.progress();
        let mut packed = 0;
        while packing.advance()? {
            packed += 1;
            self.tell(&format!("Packing frame {packed} of {all}"), packed, all);
            dom::breathe(None).await;
            if !self.goes_on() {
                return Ok(None);
            }
        }
        Ok(Some((packing.finish()?, remark)))
    }

    /// The pixels of a drawing, as the browser paints it.
    async fn paint(&self, drawing: String) -> Result<ImageData, String> {
        let promise = ask(&self.root, &[("kind", "pixels".into()), ("content", drawing.into())], "pixels");
        let promise = promise.and_then(|promise| promise.dyn_into::<Promise>().ok());
        let Some(promise) = promise else { return Err("this page paints no pictures.".to_owned()) };
        let pixels = JsFuture::from(promise).await.and_then(JsCast::dyn_into);
        pixels.map_err(|error: JsValue| {
            let why = Reflect::get(&error, &"message".into()).ok().and_then(|why| why.as_string());
            format!("the browser paints no picture ({}).", why.unwrap_or_default())
        })
    }

    fn tell(&self, words: &str, done: usize, of: usize) {
        if let Some(says) = dom::find(&self.row, "[data-film-says]") {
            dom::set_text(&says, words);
        }
        if let Some(progress) = dom::find(&self.row, "progress") {
            dom::set(&progress, "max", &of.to_string());
            dom::set(&progress, "value", &done.to_string());
        }
    }

    fn give(&self, file: &[u8], remark: Option<&str>) {
        let Film { from, to, .. } = self.film;
        let name = format!("{}-{from}-{to}.gif", self.name.replace('/', "-"));
        let source = self.film.source(self.session.spec, &self.name, &share::site());
        let fields = [
            ("kind", "gif".into()),
            ("name", name.into()),
            ("type", "image/gif".into()),
            ("content", Uint8Array::from(file).into()),
            ("source", source.into()),
        ];
        ask(&self.root, &fields, "");
        if let Some(remark) = remark {
            self.session.messages.set(vec![remark.to_owned()]);
        }
    }
}

fn ended(step: u64) -> String {
    format!("The run ends at step {step}: go back with Reset, then film what follows.")
}
