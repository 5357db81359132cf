//! Films of the steps that come and of the talk's: GIFs and videos of runs of their own, made a picture at a time
//! while the page goes on. What a film is, for page and terminal, says `lab::share::film`; here the browser paints,
//! and encodes videos.

use super::making::{Made, Making, PATIENCE, Talk, give_up, kept};
use super::save::{CHANGED, ask};
use super::session::Session;
use super::{dom, share};
use crate::lab::Runner;
use crate::lab::share::film::talk::Reel;
use crate::lab::share::film::video::{self, Encoded};
use crate::lab::share::film::{Film, Packing, Pictures, Shot, WIDTH, delays, lasting, read_steps};
use crate::pieces::piece;
use js_sys::{Array, Function, Reflect, Uint8Array};
use reactive_graph::prelude::*;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::{Element, HtmlInputElement, HtmlSelectElement, ImageData};

piece! { film:
    /// Makes a film of the steps that the panel asks for, from where the run stands: a "gif" or an "mp4".
    pub fn make(root: Element, session: Session, dark: bool, kind: &'static str) {
        begin(&root, session, dark, kind);
    }
}

piece! { film:
    /// Makes a film of the talk that the page has.
    pub fn make_of_talk(root: Element, session: Session, dark: bool, kind: &'static str) {
        let button = if kind == VIDEO { "talk-mp4" } else { "talk" };
        if let Some(making) = Making::begin(&root, button) {
            let width = width(&root, "[data-talk-width]");
            spawn_local(async move {
                let made = of_talk(&making, session, width, dark, kind).await;
                making.end(made, session);
            });
        }
    }
}

piece! { film:
    /// Gives up the film that is being made.
    pub fn cancel(root: Element) {
        give_up(&root);
    }
}

/// The kind of film that the browser encodes.
pub const VIDEO: &str = "mp4";

fn begin(root: &Element, session: Session, dark: bool, kind: &'static str) {
    let asked = Filming::asked(root, session, dark);
    match asked {
        Ok(filming) => {
            if let Some(making) = Making::begin(root, kind) {
                spawn_local(async move {
                    let made = filming.packed(&making, kind).await;
                    making.end(made, session);
                });
            }
        }
        Err(sentence) => {
            if let Some(state) = dom::find(root, "[data-save-state]") {
                dom::set_text(&state, &sentence);
            }
        }
    }
}

/// The width that a menu of the panel asks for, px.
fn width(root: &Element, menu: &str) -> u64 {
    let menu = dom::find(root, menu).and_then(|e| e.dyn_into::<HtmlSelectElement>().ok());
    menu.and_then(|menu| menu.value().parse().ok()).unwrap_or(WIDTH)
}

/// A film of a run in the making.
struct Filming {
    session: Session,
    name: String,
    film: Film,
}

impl Filming {
    /// What the panel asks for.
    fn asked(root: &Element, session: Session, dark: bool) -> Result<Self, String> {
        let steps = dom::find(root, "[data-film-steps]").and_then(|e| e.dyn_into::<HtmlInputElement>().ok());
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
            width: width(root, "[data-film-width]"),
            dark,
        };
        Ok(Self { session, name: session.address().unwrap_or_default(), film })
    }

    /// The file; nothing if nobody waits for it any more.
    async fn packed(mut self, making: &Making, kind: &str) -> Result<Option<Made>, String> {
        let spec = self.session.spec;
        let stood = self.session.with_run(|run| run.readings().to_vec());
        let mut remark = None;
        let mut camera = self.film.camera(spec);
        let mut tape = Tape::new(making, kind, self.film.dark)?;
        loop {
            let begun = dom::now();
            match camera.shoot_within(|| dom::now() - begun > PATIENCE) {
                Shot::Waiting => {
                    if camera.progress()[0] == 0 {
                        making.tell(&format!("Running to step {}", self.film.from), 0, 1);
                    }
                }
                Shot::Taken(drawing) => {
                    let [taken, all] = camera.progress();
                    if taken == 1 && camera.run().readings() != stood {
                        remark = Some(CHANGED);
                    }
                    tape.add(making, drawing, [taken, all]).await?;
                }
                Shot::Over => break,
                Shot::Ended(end) if end > self.film.from => {
                    // It ends sooner than asked: the pictures divide the steps that there are.
                    self.film.to = end;
                    self.film.seconds = lasting(&spec.pace, end - self.film.from);
                    camera = self.film.camera(spec);
                    tape.stop();
                    tape = Tape::new(making, kind, self.film.dark)?;
                }
                Shot::Ended(end) => return Err(ended(end)),
            }
            if !making.breathe().await {
                tape.stop();
                return Ok(None);
            }
        }
        let source = self.film.source(spec, &self.name, &share::site());
        let [_, all] = camera.progress();
        let Film { from, to, seconds, .. } = self.film;
        let name = format!("{}-{from}-{to}", self.name.replace('/', "-"));
        Ok(tape.finish(making, delays(all, seconds), name, source).await?.map(|made| Made { remark, ..made }))
    }
}

/// The file of a talk's film; nothing if nobody waits for it any more.
async fn of_talk(
    making: &Making,
    session: Session,
    width: u64,
    dark: bool,
    kind: &str,
) -> Result<Option<Made>, String> {
    let talk = Talk::of_page(session)?;
    let mut reel = Reel::new(talk.steps, width, dark);
    let mut tape = Tape::new(making, kind, dark)?;
    loop {
        let begun = dom::now();
        match reel.shoot_within(|| dom::now() - begun > PATIENCE) {
            Shot::Taken(drawing) => tape.add(making, drawing, reel.progress()).await?,
            Shot::Over => break,
            Shot::Waiting | Shot::Ended(_) => {}
        }
        if !making.breathe().await {
            tape.stop();
            return Ok(None);
        }
    }
    tape.finish(making, reel.delays(), format!("{}-talk", talk.slug), talk.address).await
}

/// What a film is taken on.
enum Tape {
    Gif(Pictures),
    Video(Coder),
}

impl Tape {
    /// An empty one of this kind.
    fn new(making: &Making, kind: &str, dark: bool) -> Result<Self, String> {
        Ok(if kind == VIDEO { Self::Video(Coder::new(making)?) } else { Self::Gif(Pictures::new(dark)) })
    }

    /// Paints a picture, and says how many there are of how many.
    async fn add(
        &mut self,
        making: &Making,
        drawing: String,
        [taken, all]: [usize; 2],
    ) -> Result<(), String> {
        match self {
            Self::Gif(pictures) => {
                let fields = [("kind", "pixels".into()), ("content", drawing.into())];
                let pixels: ImageData = making.painted(&fields, "pixels").await?;
                pictures.add(&pixels.data(), pixels.width() as usize);
            }
            Self::Video(coder) => {
                coder.call("add", &drawing.into()).await?;
            }
        }
        if making.goes_on() {
            making.tell(&format!("Frame {taken} of {all}"), taken, all);
        }
        Ok(())
    }

    /// Nobody waits for it any more.
    fn stop(self) {
        if let Self::Video(coder) = self {
            coder.stop();
        }
    }

    /// Packs what was painted; nothing if nobody waits for it any more.
    async fn finish(
        self,
        making: &Making,
        delays: Vec<u16>,
        name: String,
        source: String,
    ) -> Result<Option<Made>, String> {
        let (file, ending, kind) = match self {
            Self::Video(coder) => (coder.film(&delays, &source).await?, VIDEO, "video/mp4"),
            Self::Gif(pictures) => {
                let (all, mut packed) = (delays.len(), 0);
                let mut packing: Packing = pictures.pack_at(delays, &source)?;
                while packing.advance()? {
                    packed += 1;
                    making.tell(&format!("Packing frame {packed} of {all}"), packed, all);
                    if !making.breathe().await {
                        return Ok(None);
                    }
                }
                (packing.finish()?, "gif", "image/gif")
            }
        };
        Ok(Some(Made {
            fields: vec![
                ("kind", ending.into()),
                ("name", format!("{name}.{ending}").into()),
                ("type", kind.into()),
                ("content", Uint8Array::from(&*file).into()),
                ("source", source.into()),
            ],
            remark: None,
        }))
    }
}

/// What `save.js` hands out to encode a video: it takes drawings, and gives what the browser made of them.
struct Coder(JsValue);

impl Coder {
    fn new(making: &Making) -> Result<Self, String> {
        ask(making.root(), &[("kind", "coder".into())], "coder")
            .map(Self)
            .ok_or_else(|| "this page does not answer".to_owned())
    }

    /// What one of its functions promises.
    async fn call(&self, name: &str, argument: &JsValue) -> Result<JsValue, String> {
        let function = field(&self.0, name).and_then(|function| function.dyn_into::<Function>().ok());
        let promise = function.and_then(|function| function.call1(&self.0, argument).ok());
        kept(promise).await.map_err(|why| format!("the browser encodes no video ({why})."))
    }

    fn stop(self) {
        spawn_local(async move {
            // Nobody asks what comes of it.
            let _ = self.call("stop", &JsValue::NULL).await;
        });
    }

    /// The file of what was encoded.
    async fn film(self, delays: &[u16], source: &str) -> Result<Vec<u8>, String> {
        let strange = || "what the browser encoded could not be read.".to_owned();
        let made = self.call("end", &JsValue::NULL).await?;
        let number = |name: &str| field(&made, name).and_then(|x| x.as_f64()).map(|x| x as u16);
        let bytes = |value: &JsValue, name: &str| Some(Uint8Array::new(&field(value, name)?).to_vec());
        let (Some(width), Some(height)) = (number("width"), number("height")) else { return Err(strange()) };
        let decoder = bytes(&made, "decoder").ok_or_else(strange)?;
        let pictures = field(&made, "pictures").and_then(|all| all.dyn_into::<Array>().ok());
        let pictures = pictures.into_iter().flat_map(|all| all.to_vec()).map(|picture| {
            let is_whole = field(&picture, "whole").is_some_and(|whole| whole.is_truthy());
            Some(Encoded { data: bytes(&picture, "data")?, is_whole })
        });
        let pictures: Vec<Encoded> = pictures.collect::<Option<_>>().ok_or_else(strange)?;
        let packed = pack([width, height], decoder, pictures, delays.to_vec(), source.to_owned()).await;
        packed.unwrap_or_else(|_| Err("what packs videos could not be loaded: take the GIF.".to_owned()))
    }
}

piece! { video:
    /// Puts a video together: most films are GIFs, and bring no container.
    fn pack(
        size: [u16; 2],
        decoder: Vec<u8>,
        pictures: Vec<Encoded>,
        delays: Vec<u16>,
        source: String
    ) -> Result<Vec<u8>, String> {
        video::file(size, &decoder, &pictures, &delays, &source)
    }
}

/// A field of an object, if it has it.
fn field(object: &JsValue, name: &str) -> Option<JsValue> {
    Reflect::get(object, &name.into()).ok().filter(|value| !value.is_undefined() && !value.is_null())
}

fn ended(step: u64) -> String {
    format!("The run ends at step {step}: go back with Reset, then film what follows.")
}
