//! Is it luck? Twenty seeds of the kept setting and of the present one, made in spare time: each readout
//! tells how often they differ in the same direction.

use super::depend::spare::Spare;
use super::dom;
use super::session::Session;
use super::words;
use crate::lab::Runner;
use crate::lab::luck::{Luck, SEEDS};
use crate::pieces::piece;
use reactive_graph::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::Element;

/// The attribute that counts what was begun or let go, so that an older round ends.
const TURN: &str = "data-luck-turn";

piece! { depend:
/// Begins a round, or stops the one that is on its way.
pub fn begin(session: Session, strip: Element) {
    if dom::find(&strip, "[data-luck-says]").is_some_and(|says| says.has_attribute("data-running")) {
        forget(session, &strip);
    } else if let Some(luck) = round(session) {
        let turn = next_turn(&strip);
        show(&strip, Some(&format!("0 of {} runs", 2 * SEEDS)), true);
        spawn_local(make(session, strip, turn, luck));
    }
} }

/// Both settings as they stand, to the step where the run is now.
fn round(session: Session) -> Option<Luck> {
    let kept = session.kept.with_untracked(Clone::clone)?;
    let at = session.with_run(Runner::step);
    session.values.with_untracked(|now| Luck::new(session.spec, &kept, now, at))
}

async fn make(session: Session, strip: Element, turn: String, mut luck: Luck) {
    let mut spare = Spare::new();
    let lasts = || session.is_attached() && strip.get_attribute(TURN).as_deref() == Some(&*turn);
    while !luck.batch().is_whole() {
        let room = spare.next(session.playing.try_get_untracked().unwrap_or(false)).await;
        if !lasts() {
            return;
        }
        spare.work(luck.batch(), dom::now(), room);
        let [made, all] = luck.batch().runs();
        show(&strip, Some(&format!("{made} of {all} runs")), true);
    }
    let at = luck.step();
    show(
        &strip,
        Some(&format!("Now against kept, both at step {at}, on seeds 1 to {SEEDS}: see each readout.")),
        false,
    );
    let mut spoken = Vec::new();
    for (index, readout) in session.spec.readouts.iter().enumerate() {
        let Some(says) = luck.says(index) else { continue };
        if let Some(place) = place(session, readout.id) {
            dom::set_text(&place, &says);
        }
        spoken.push(format!("{}: {says}", readout.label));
    }
    session.spoken.set(format!("{}.", spoken.join("; ")));
}

/// Other values, another kept run: what was counted no longer holds.
pub fn forget(session: Session, strip: &Element) {
    if !strip.has_attribute(TURN) {
        return;
    }
    next_turn(strip);
    show(strip, None, false);
    for readout in session.spec.readouts {
        if let Some(place) = place(session, readout.id) {
            dom::set_text(&place, "");
        }
    }
}

fn next_turn(strip: &Element) -> String {
    let last: u32 = strip.get_attribute(TURN).and_then(|turn| turn.parse().ok()).unwrap_or(0);
    let turn = (last + 1).to_string();
    dom::set(strip, TURN, &turn);
    turn
}

fn show(strip: &Element, says: Option<&str>, running: bool) {
    if let Some(place) = dom::find(strip, "[data-luck-says]") {
        dom::set_text(&place, says.unwrap_or_default());
        if running {
            dom::set(&place, "data-running", "");
        } else {
            dom::unset(&place, "data-running");
        }
    }
    if let Some(button) = dom::find(strip, "[data-action=luck]") {
        dom::set_text(&button, &words::luck(running));
    }
}

fn place(session: Session, readout: &str) -> Option<web_sys::HtmlElement> {
    dom::find(&session.root()?, &format!("[data-luck-reading='{readout}']"))
}
