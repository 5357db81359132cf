//! The picture of `revise`: one chain as it was written, what going back did, and shares right against length.

use super::super::{PROCESS, SINGLE, VOTE};
use super::Revising;
use crate::lab::figure::charts::{self, Curve, Measured};
use crate::lab::figure::{Axis, Bar, Dot, Figure, Glyph, Link, Panel, Stroke, Tone};
use crate::lab::schema::readout::format_number;
use crate::models::slips::{STEPS, Written};
use crate::models::votes::wilson;

const HEIGHT: f64 = 340.0;

/// Ends of the axis of lengths, in steps.
const LENGTHS: [f64; 2] = [6.0, 300.0];

pub fn draw(sim: &Revising) -> Figure {
    Figure::row(vec![writing(sim), fates(sim), accuracy(sim)], alternative(sim))
}

fn drawn(sim: &Revising) -> &[Written] {
    sim.last.as_ref().map_or(&[], |asked| &asked.end.written)
}

fn place(w: &Written) -> [f64; 2] {
    [w.step as f64, w.round as f64]
}

fn writing(sim: &Revising) -> Panel {
    let title = match &sim.last {
        Some(asked) if asked.trapped => "One chain, with a trap",
        _ => "One chain as it was written",
    };
    let steps = (0..STEPS).map(|t| (t as f64, (t + 1).to_string()));
    let x = Axis::linear("step of the chain", [-0.5, STEPS as f64 - 0.5]).ticks(steps);
    // As many rows as there can be goings back, and the draft.
    let most = sim.reviser.most;
    let rows = (0..=most).step_by(if most > 8 { 4 } else { 2 }).map(|r| (r as f64, r.to_string()));
    let y = Axis::linear("times it went back", [(most as f64).max(2.0) + 0.5, -0.5]).ticks(rows);
    let dots = drawn(sim).iter().map(|w| {
        let (tone, glyph) =
            if w.error == 0 { (Tone::Muted, Glyph::Circle) } else { (Tone::Bad, Glyph::Cross) };
        Dot::new(place(w), tone, glyph).filled(w.error == 0)
    });
    let doubts =
        drawn(sim).iter().filter(|w| w.doubted).map(|w| Dot::new(place(w), PROCESS, Glyph::Circle).hollow());
    let ways = drawn(sim).windows(2).map(|pair| Link {
        from: place(&pair[0]),
        to: place(&pair[1]),
        tone: Tone::Faint,
        weight: 0.1,
    });
    Panel::new("writing", title, x, y)
        .height(HEIGHT)
        .links("way", ways)
        .dots("steps", "", dots, 3.2)
        .dots("doubts", "", doubts, 6.0)
}

/// What became of the drafts: their share, in words, and its tone.
fn shares(sim: &Revising) -> [(f64, &'static str, Tone); 4] {
    let share = |count: usize| sim.share(count).unwrap_or(0.0);
    let (right, mended, broken) = (share(sim.drafts_right), share(sim.mended), share(sim.broken));
    let wrong = if sim.asked > 0 { 1.0 - right - mended } else { 0.0 };
    [
        (right - broken, "stays right", Tone::Good),
        (mended, "mended", PROCESS),
        (broken, "broken", Tone::Bad),
        (wrong, "stays wrong", Tone::Muted),
    ]
}

fn fates(sim: &Revising) -> Panel {
    let shares = shares(sim);
    let bars = shares
        .iter()
        .enumerate()
        .map(|(i, (share, _, tone))| Bar::new(i as f64, 0.62, *share, *tone).text(format_number(*share, 2)));
    Panel::new(
        "fates",
        "Draft and answer",
        Axis::linear("share of questions", [0.0, 1.0]),
        Axis::categories("", shares.iter().map(|s| s.1.to_owned())).reversed(),
    )
    .height(HEIGHT)
    .weight(0.8)
    .horizontal_bars("fates", bars)
}

fn accuracy(sim: &Revising) -> Panel {
    let ticks = [8, 24, 72, 216].map(|n| (f64::from(n), n.to_string()));
    let x = Axis::logarithmic("length, steps", LENGTHS).ticks(ticks);
    let title = format!("Right, of {} questions", sim.asked);
    let (mut curves, mut measured) = (Vec::new(), Vec::new());
    if let Some(length) = sim.length() {
        curves.push(Curve::new("vote", "vote", sim.vote_curve(), VOTE).stroke(Stroke::Thick));
        curves.push(Curve::new("long", "", sim.curve(), PROCESS).stroke(Stroke::Thick));
        let right = sim.chosen.right;
        let [low, high] = wilson(right, sim.asked);
        let share = right as f64 / sim.asked as f64;
        measured.push(Measured { cost: length, share, low, high, tone: PROCESS, glyph: Glyph::Diamond });
    }
    let mut panel =
        charts::budget("accuracy", title, x, "share right", curves, &measured).height(HEIGHT).weight(1.3);
    // In the legend: beside its mark the vote's curve would run through the name.
    for mark in panel.marks.iter_mut().filter(|mark| mark.id == "points") {
        mark.label = "one long chain".to_owned();
    }
    if let Some(draft) = sim.share(sim.drafts_right) {
        panel = charts::with_level(panel, "draft", "its draft", draft, SINGLE);
    }
    panel
}

pub fn describe(sim: &Revising, mark: &str, index: usize) -> Option<String> {
    match mark {
        "steps" => Some(said(drawn(sim).get(index)?)),
        "doubts" => Some(said(drawn(sim).iter().filter(|w| w.doubted).nth(index)?)),
        "fates" => {
            let (share, name, _) = *shares(sim).get(index)?;
            Some(format!("{name}: {} % of the questions", format_number(100.0 * share, 1)))
        }
        _ => None,
    }
}

fn said(w: &Written) -> String {
    let error = match w.error {
        0 => "clean".to_owned(),
        off if off > 0 => format!("off by +{off}"),
        off => format!("off by −{}", -off),
    };
    let fate = if w.doubted { "doubted, so it went back here" } else { "not doubted" };
    format!("step {}, written after going back {} times: {error}; {fate}", w.step + 1, w.round)
}

fn alternative(sim: &Revising) -> String {
    let Some(asked) = &sim.last else { return "No question has been asked yet.".to_owned() };
    let [_, (mended, ..), (broken, ..), _] = shares(sim);
    let percent = |share: f64| format_number(100.0 * share, 0);
    let verdict = |right: bool| if right { "right" } else { "wrong" };
    format!(
        "Of {} questions the long chain is right on {} %, its draft on {} %: going back mended {} % and broke {} %. \
         It takes {} steps on average. In the last question the draft was {}, and after going back {} times the \
         answer is {}.",
        sim.asked,
        percent(sim.share(sim.chosen.right).unwrap_or(0.0)),
        percent(sim.share(sim.drafts_right).unwrap_or(0.0)),
        percent(mended),
        percent(broken),
        format_number(sim.length().unwrap_or(0.0), 1),
        verdict(asked.draft.right()),
        asked.end.rounds,
        verdict(asked.end.chain.right()),
    )
}
