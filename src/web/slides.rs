//! The steps of the page's talk as slides, made of runs of their own while the page goes on. What they are,
//! for page and terminal, says `lab::share::slides`; here the browser paints.

use super::making::{Made, Making, PATIENCE, Talk, give_up};
use super::session::Session;
use super::{dom, share};
use crate::lab::figure::picture;
use crate::lab::share::slides::{Deck, Slide};
use crate::lab::share::step::{Approach, Step};
use crate::pieces::piece;
use js_sys::{Array, ArrayBuffer, JSON, Reflect, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::spawn_local;
use web_sys::Element;

const WITHOUT_NOTES: &str = "What the speaker says could not be loaded: these slides have no notes. Check the connection \
                             and save them again.";

piece! { slides:
    /// Makes slides of the talk that the page has.
    pub fn make(root: Element, session: Session, dark: bool) {
        if let Some(making) = Making::begin(&root, "pptx") {
            spawn_local(async move {
                let made = packed(&making, session, dark).await;
                making.end(made, session);
            });
        }
    }
}

piece! { slides:
    /// Gives up the slides that are being made.
    pub fn cancel(root: Element) {
        give_up(&root);
    }
}

/// The file; nothing if nobody waits for it any more.
async fn packed(making: &Making, session: Session, dark: bool) -> Result<Option<Made>, String> {
    let mut talk = Talk::of_page(session)?;
    let known = notes(making, &mut talk).await.is_some();
    let (site, all) = (share::site(), talk.steps.len());
    let mut slides = Vec::with_capacity(all);
    for (i, step) in talk.steps.iter().enumerate() {
        making.tell(&format!("Slide {} of {all}", i + 1), i, all);
        let mut approach = Approach::to(step);
        loop {
            if !making.breathe().await {
                return Ok(None);
            }
            let begun = dom::now();
            if approach.advance_within(|| dom::now() - begun > PATIENCE) {
                break;
            }
        }
        let (slide, scale) = Slide::of(step, &approach, dark, &site);
        let chunks = Uint8Array::from(&*picture::chunks(scale, &slide.source));
        let fields = [
            ("kind", "picture".into()),
            ("content", slide.svg.as_str().into()),
            ("scale", (scale as u32).into()),
            ("chunks", chunks.into()),
        ];
        let png: ArrayBuffer = making.painted(&fields, "picture").await?;
        slides.push(slide.with(Uint8Array::new(&png).to_vec()));
        making.tell(&format!("Slide {} of {all}", i + 1), i + 1, all);
    }
    if !making.breathe().await {
        return Ok(None);
    }
    let Talk { slug, title, question, address, .. } = talk;
    let file = Deck { title, question, address: address.clone(), dark, slides }.pack()?;
    Ok(Some(Made {
        fields: vec![
            ("kind", "pptx".into()),
            ("name", format!("{slug}-talk.pptx").into()),
            ("type", "application/vnd.openxmlformats-officedocument.presentationml.presentation".into()),
            ("content", Uint8Array::from(&*file).into()),
            ("source", address.into()),
        ],
        remark: (!known).then_some(WITHOUT_NOTES),
    }))
}

/// Gives each step what its speaker says, which stands in a file beside the page; nothing if that cannot be had.
async fn notes(making: &Making, talk: &mut Talk) -> Option<()> {
    let fields = [("kind", "text".into()), ("content", format!("{}/talk.json", talk.slug).into())];
    let text = making.answer(&fields, "text").await.ok()?.as_string()?;
    let field = |of: &JsValue, name: &str| Reflect::get(of, &name.into()).ok();
    let words = |of: &JsValue, name: &str| field(of, name)?.as_string();
    let steps: Array = field(&JSON::parse(&text).ok()?, "steps")?.dyn_into().ok()?;
    let told = |step: &Step, own: &JsValue| {
        let other = Step::read(&[step.spec], "", &words(own, "simulation")?, &words(own, "query")?)?;
        if other.moment == step.moment { words(&field(own, "note")?, "text") } else { None }
    };
    for step in &mut talk.steps {
        if let Some(note) = steps.iter().find_map(|own| told(step, &own)) {
            step.note = note;
        }
    }
    Some(())
}
