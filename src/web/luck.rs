//! Is it luck? Runs on twenty seeds, made in spare time: of the kept setting and of that of now, of what
//! was bet on, or of the setting that solved a challenge.

use super::depend::spare::Spare;
use super::dom;
use super::session::Session;
use super::words;
use crate::lab::Runner;
use crate::lab::run::luck::{Luck, SEEDS};
use crate::pieces::piece;
use reactive_graph::prelude::*;
use wasm_bindgen_futures::spawn_local;
use web_sys::Element;

/// What may be luck: the value of `data-luck`.
#[derive(Clone, Copy)]
pub enum Asked {
    /// The difference of two runs.
    Difference,
    /// What became of the bet.
    Bet,
    /// That a challenge is solved, by its index.
    Challenge(usize),
}

impl Asked {
    pub fn of(strip: &Element) -> Self {
        match strip.get_attribute("data-luck").as_deref() {
            Some("bet") => Self::Bet,
            Some(other) => other.parse().map_or(Self::Difference, Self::Challenge),
            None => Self::Difference,
        }
    }
}

/// The attribute that counts what was begun or let go, so that an older round ends.
const TURN: &str = "data-luck-turn";

piece! { depend:
/// Begins a round, or stops the one that is on its way.
pub fn begin(session: Session, strip: Element) {
    let asked = Asked::of(&strip);
    if dom::find(&strip, "[data-luck-says]").is_some_and(|says| says.has_attribute("data-running")) {
        forget(session, &strip);
    } else if let Some(mut luck) = round(session, asked) {
        let turn = next_turn(&strip);
        let [made, all] = luck.batch().runs();
        show(&strip, Some(&format!("{made} of {all} runs")), true);
        spawn_local(make(session, strip, turn, luck));
    }
} }

/// The settings in question, and the step at which they are read.
fn round(session: Session, asked: Asked) -> Option<Luck> {
    let spec = session.spec;
    match asked {
        Asked::Difference => {
            let kept = session.kept.with_untracked(Clone::clone)?;
            let at = session.with_run(Runner::step);
            session.values.with_untracked(|now| Luck::new(spec, &[&kept, now], at))
        }
        Asked::Bet => Luck::bet(spec, spec.prediction.as_ref()?),
        Asked::Challenge(index) => {
            let (values, solved) = session.solution(index)?;
            // Who goes on with it may wait for seeds that take longer.
            let goes_on = session.values.with_untracked(|now| *now == values);
            let now = session.with_run(Runner::step);
            Luck::new(spec, &[&values], if goes_on { solved.max(now) } else { solved })
        }
    }
}

async fn make(session: Session, strip: Element, turn: String, mut luck: Luck) {
    let mut spare = Spare::new();
    let lasts = || session.lasts() && strip.get_attribute(TURN).as_deref() == Some(&*turn);
    while !luck.batch().is_whole() {
        let room = spare.next(session.playing.try_get_untracked().unwrap_or(false)).await;
        if !lasts() {
            return;
        }
        spare.work(luck.batch(), dom::now(), room);
        let [made, all] = luck.batch().runs();
        show(&strip, Some(&format!("{made} of {all} runs")), true);
    }
    let spec = session.spec;
    let (shown, spoken) = match Asked::of(&strip) {
        Asked::Difference => {
            let at = luck.step();
            let shown =
                format!("Now against kept, both at step {at}, on seeds 1 to {SEEDS}: see each readout.");
            (Some(shown), tell(session, &luck))
        }
        Asked::Bet => (spec.prediction.as_ref().map(|bet| luck.answers(bet)), None),
        Asked::Challenge(index) => (spec.challenges.get(index).map(|challenge| luck.solves(challenge)), None),
    };
    show(&strip, shown.as_deref(), false);
    session.spoken.set(spoken.or(shown).unwrap_or_default());
}

/// Writes beside each readout how often it differs so, and says them all.
fn tell(session: Session, luck: &Luck) -> Option<String> {
    let mut spoken = Vec::new();
    for (index, readout) in session.spec.readouts.iter().enumerate() {
        let Some(says) = luck.differs(index) else { continue };
        if let Some(place) = place(session, readout.id) {
            dom::set_text(&place, &says);
        }
        spoken.push(format!("{}: {says}", readout.label));
    }
    Some(format!("{}.", spoken.join("; ")))
}

/// Other values, another kept run: what was counted no longer holds.
pub fn forget(session: Session, strip: &Element) {
    if !strip.has_attribute(TURN) {
        return;
    }
    next_turn(strip);
    show(strip, None, false);
    if let Asked::Difference = Asked::of(strip) {
        for readout in session.spec.readouts {
            if let Some(place) = place(session, readout.id) {
                dom::set_text(&place, "");
            }
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
