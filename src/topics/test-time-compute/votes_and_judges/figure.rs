//! The picture of the vote: the chains of one question, their answers, and shares right against N.

use super::super::{OUTCOME, PROCESS, SINGLE, VOTE};
use super::{Exam, WAYS};
use crate::lab::figure::charts::{self, Curve};
use crate::lab::figure::{At, Axis, Bar, Dot, Figure, Fill, Glyph, Panel, Stroke, Tile, Tone};
use crate::lab::schema::readout::format_number;
use crate::lab::schema::unit;
use crate::models::slips::{Chain, MODULUS, STEPS};

const HEIGHT: f64 = 340.0;

/// Rows of chains that are drawn.
const ROWS: usize = 17;

/// Answers in the histogram.
const ANSWERS: usize = 6;

const PICKERS: [&str; 3] = ["the vote", "the judge of answers", "the judge of steps"];
const TONES: [Tone; WAYS] = [VOTE, OUTCOME, PROCESS, Tone::Ink];

pub fn draw(sim: &Exam) -> Figure {
    Figure::row(vec![chains(sim), answers(sim), accuracy(sim)], alternative(sim))
}

/// "right", or how far an answer is off.
fn name(answer: i32) -> String {
    match if answer > MODULUS / 2 { answer - MODULUS } else { answer } {
        0 => "right".to_owned(),
        off if off > 0 => format!("+{off}"),
        off => format!("−{}", -off),
    }
}

fn chains(sim: &Exam) -> Panel {
    let rows = sim.n.min(ROWS);
    let title = match &sim.last {
        Some(asked) if asked.trapped => "One question, with a trap",
        _ => "One question",
    };
    let steps = (0..STEPS).map(|t| (t as f64, (t + 1).to_string()));
    let x = Axis::linear("step of the chain", [-0.5, STEPS as f64 - 0.5]).ticks(steps);
    let drawn: &[Chain] = sim.last.as_ref().map_or(&[], |asked| &asked.chains[..rows]);
    let names = drawn.iter().enumerate().map(|(i, c)| (i as f64, name(c.answer())));
    let y = Axis::linear("", [ROWS as f64 - 0.5, -0.5]).ticks(names);
    let dots = drawn.iter().enumerate().flat_map(|(row, chain)| {
        chain.errors.iter().enumerate().map(move |(t, error)| {
            Dot::new(
                [t as f64, row as f64],
                if *error == 0 { Tone::Muted } else { Tone::Bad },
                if *error == 0 { Glyph::Circle } else { Glyph::Cross },
            )
            .filled(*error == 0)
        })
    });
    let mut panel = Panel::new("chains", title, x, y).height(HEIGHT).dots("steps", "", dots, 3.2);
    if let Some(asked) = &sim.last
        && asked.picks[sim.shown] < rows
    {
        let row = asked.picks[sim.shown] as f64;
        let frame =
            Tile::new([-0.5, row - 0.5, STEPS as f64 - 0.5, row + 0.5], TONES[sim.shown], Fill::Outline);
        panel = panel.boxes("pick", [frame]);
    }
    panel
}

/// The most frequent answers of the first N chains, with their votes.
fn counted(sim: &Exam) -> Vec<(i32, usize)> {
    let mut votes: Vec<(i32, usize)> = Vec::new();
    for chain in sim.last.iter().flat_map(|asked| &asked.chains[..sim.n]) {
        match votes.iter_mut().find(|(answer, _)| *answer == chain.answer()) {
            Some((_, count)) => *count += 1,
            None => votes.push((chain.answer(), 1)),
        }
    }
    votes.sort_by_key(|(_, count)| core::cmp::Reverse(*count));
    votes.truncate(ANSWERS);
    votes
}

fn answers(sim: &Exam) -> Panel {
    let votes = counted(sim);
    let names = (0..ANSWERS).map(|i| votes.get(i).map_or_else(String::new, |(answer, _)| name(*answer)));
    let bars = votes.iter().enumerate().map(|(i, (answer, count))| {
        Bar::new(i as f64, 0.7, *count as f64, if *answer == 0 { Tone::Good } else { Tone::Muted })
            .text(count.to_string())
    });
    Panel::new(
        "answers",
        format!("Votes of {}", unit::counted(sim.n as u64, "chain")),
        Axis::linear("votes", [0.0, sim.n as f64]),
        Axis::categories("", names).reversed(),
    )
    .height(HEIGHT)
    .weight(0.7)
    .horizontal_bars("votes", bars)
}

fn accuracy(sim: &Exam) -> Panel {
    let ticks = [1, 3, 9, 33, 65].map(|n| (f64::from(n), n.to_string()));
    let x = Axis::logarithmic("chains N", [1.0, 65.0]).ticks(ticks);
    let curve =
        |id, label, way: usize, stroke| Curve::new(id, label, sim.curve(way), TONES[way]).stroke(stroke);
    let curves = if sim.asked > 0 {
        vec![
            curve("any", "any", 3, Stroke::Dashed),
            curve("outcome", "answers", 1, Stroke::Solid),
            curve("process", "steps", 2, Stroke::Solid),
            curve("vote", "vote", 0, Stroke::Thick),
        ]
    } else {
        Vec::new()
    };
    let title = format!("Right, of {} questions", sim.asked);
    let mut panel = charts::budget("accuracy", title, x, "share right", curves, &[])
        .height(HEIGHT)
        .weight(1.2)
        .rule("n", "", At::X(sim.n as f64), Tone::Muted, Stroke::Thin);
    if let Some(single) = sim.single() {
        panel = charts::with_level(panel, "single", "one chain", single, SINGLE);
    }
    panel
}

pub fn describe(sim: &Exam, mark: &str, index: usize) -> Option<String> {
    let asked = sim.last.as_ref()?;
    match mark {
        "steps" => {
            let (row, t) = (index / STEPS, index % STEPS);
            let chain = asked.chains.get(row)?;
            let step = match chain.errors[t] {
                0 => "clean".to_owned(),
                error => format!("slips by {}", name(error.rem_euclid(MODULUS))),
            };
            Some(format!("chain {}, step {}: {step}; its answer is {}", row + 1, t + 1, name(chain.answer())))
        }
        "pick" => Some(format!(
            "picked by {}: {}",
            PICKERS[sim.shown],
            name(asked.chains[asked.picks[sim.shown]].answer())
        )),
        "votes" => {
            let (answer, count) = *counted(sim).get(index)?;
            Some(format!("answer {}: {count} of {} votes", name(answer), sim.n))
        }
        _ => None,
    }
}

fn alternative(sim: &Exam) -> String {
    let (Some(single), Some(vote), Some(any)) = (sim.single(), sim.share(0), sim.share(3)) else {
        return "No question has been asked yet.".to_owned();
    };
    let percent = |share: f64| format_number(100.0 * share, 0);
    format!(
        "Over {} questions a single chain is right on {} %, a vote of {} on {} %, and some chain among them \
         on {} %.",
        sim.asked,
        percent(single),
        sim.n,
        percent(vote),
        percent(any),
    )
}
