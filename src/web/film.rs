//! Films of the steps that come and of the talk's: GIFs of runs of their own, made a picture at a time while
//! the page goes on. What a film is, for page and terminal, says `lab::share::film`; here the browser paints.

use super::making::{Made, Making, PATIENCE, Talk, give_up};
use super::save::CHANGED;
use super::session::Session;
use super::{dom, share};
use crate::lab::Runner;
use crate::lab::share::film::talk::Reel;
use crate::lab::share::film::{Film, Packing, Pictures, Shot, WIDTH, lasting, read_steps};
use crate::pieces::piece;
use js_sys::Uint8Array;
use reactive_graph::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::spawn_local;
use web_sys::{Element, HtmlInputElement, HtmlSelectElement, ImageData};

piece! { film:
    /// Makes a film of the steps that the panel asks for, from where the run stands.
    pub fn make(root: Element, session: Session, dark: bool) {
        begin(&root, session, dark);
    }
}

piece! { film:
    /// Makes a film of the talk that the page has.
    pub fn make_of_talk(root: Element, session: Session, dark: bool) {
        if let Some(making) = Making::begin(&root, "talk") {
            let width = width(&root, "[data-talk-width]");
            spawn_local(async move {
                let made = of_talk(&making, session, width, dark).await;
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

fn begin(root: &Element, session: Session, dark: bool) {
    let asked = Filming::asked(root, session, dark);
    match asked {
        Ok(filming) => {
            if let Some(making) = Making::begin(root, "gif") {
                spawn_local(async move {
                    let made = filming.packed(&making).await;
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
    async fn packed(mut self, making: &Making) -> Result<Option<Made>, String> {
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
                        making.tell(&format!("Running to step {}", self.film.from), 0, 1);
                    }
                }
                Shot::Taken(drawing) => {
                    let [taken, all] = camera.progress();
                    if taken == 1 && camera.run().readings() != stood {
                        remark = Some(CHANGED);
                    }
                    add(making, &mut pictures, drawing, [taken, all]).await?;
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
            if !making.breathe().await {
                return Ok(None);
            }
        }
        let source = self.film.source(spec, &self.name, &share::site());
        let [_, all] = camera.progress();
        let Film { from, to, seconds, .. } = self.film;
        let name = format!("{}-{from}-{to}.gif", self.name.replace('/', "-"));
        finish(making, pictures.pack(seconds, &source)?, all, name, source, remark).await
    }
}

/// The file of a talk's film; nothing if nobody waits for it any more.
async fn of_talk(making: &Making, session: Session, width: u64, dark: bool) -> Result<Option<Made>, String> {
    let talk = Talk::of_page(session)?;
    let mut reel = Reel::new(talk.steps, width, dark);
    let mut pictures = Pictures::new(dark);
    loop {
        let begun = dom::now();
        match reel.shoot_within(|| dom::now() - begun > PATIENCE) {
            Shot::Taken(drawing) => add(making, &mut pictures, drawing, reel.progress()).await?,
            Shot::Over => break,
            Shot::Waiting | Shot::Ended(_) => {}
        }
        if !making.breathe().await {
            return Ok(None);
        }
    }
    let [all, _] = reel.progress();
    let packing = pictures.pack_at(reel.delays(), &talk.address)?;
    finish(making, packing, all, format!("{}-talk.gif", talk.slug), talk.address, None).await
}

/// Paints a picture, and says how many there are of how many.
async fn add(
    making: &Making,
    pictures: &mut Pictures,
    drawing: String,
    [taken, all]: [usize; 2],
) -> Result<(), String> {
    let fields = [("kind", "pixels".into()), ("content", drawing.into())];
    let pixels: ImageData = making.painted(&fields, "pixels").await?;
    pictures.add(&pixels.data(), pixels.width() as usize);
    if making.goes_on() {
        making.tell(&format!("Frame {taken} of {all}"), taken, all);
    }
    Ok(())
}

/// Packs what was painted.
async fn finish(
    making: &Making,
    mut packing: Packing,
    all: usize,
    name: String,
    source: String,
    remark: Option<&'static str>,
) -> Result<Option<Made>, String> {
    let mut packed = 0;
    while packing.advance()? {
        packed += 1;
        making.tell(&format!("Packing frame {packed} of {all}"), packed, all);
        if !making.breathe().await {
            return Ok(None);
        }
    }
    let file = packing.finish()?;
    Ok(Some(Made {
        fields: vec![
            ("kind", "gif".into()),
            ("name", name.into()),
            ("type", "image/gif".into()),
            ("content", Uint8Array::from(&*file).into()),
            ("source", source.into()),
        ],
        remark,
    }))
}

fn ended(step: u64) -> String {
    format!("The run ends at step {step}: go back with Reset, then film what follows.")
}
