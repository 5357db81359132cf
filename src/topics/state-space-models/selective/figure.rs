//! The picture of the gates: the stream with both memories, the gate, the errors.

use super::super::{FIXED, SELECTIVE};
use super::{Gates, SHOWN};
use crate::lab::figure::charts::{self, Curve};
use crate::lab::figure::{Axis, Bar, Dot, Figure, Glyph, Panel, Stroke, Tone};
use crate::lab::schema::readout::format_number;
use crate::models::selective_cell::{Cell, Update};

pub fn draw(sim: &Gates) -> Figure {
    Figure::new(
        vec![
            vec![stream(sim).height(165.0)],
            vec![gates(sim).height(130.0)],
            vec![errors(sim).height(155.0)],
        ],
        alternative(sim),
    )
}

/// What a cell does with the tokens that are drawn, after all those before them.
fn shown(sim: &Gates, cell: &Cell) -> Vec<Update> {
    cell.run(&sim.stream).split_off(sim.stream.len() - SHOWN)
}

/// Labels of both panels over tokens: equally wide, so that a gate stands right below its token.
fn ticks(values: &[f64]) -> Vec<(f64, String)> {
    // A minus sign would be wider; that place keeps its grid line and needs no number.
    values.iter().map(|v| (*v, if *v < 0.0 { String::new() } else { format_number(*v, 0) })).collect()
}

fn tokens() -> Axis {
    Axis::linear("", [-0.6, SHOWN as f64 - 0.4]).ticks::<&str>([])
}

fn stream(sim: &Gates) -> Panel {
    let seen = &sim.stream[sim.stream.len() - SHOWN..];
    let bars = seen
        .iter()
        .enumerate()
        .map(|(i, t)| Bar::new(i as f64, 0.5, t.value, if t.marked { Tone::Ink } else { Tone::Faint }));
    let rings = seen
        .iter()
        .enumerate()
        .filter(|(_, t)| t.marked)
        .map(|(i, t)| Dot::new([i as f64, t.value], Tone::Ink, Glyph::Circle).hollow());
    let line = |cell: &Cell| shown(sim, cell).iter().enumerate().map(|(i, m)| [i as f64, m.output]).collect();
    let target = seen.iter().enumerate().map(|(i, t)| [i as f64, t.target]).collect();
    let panel = Panel::new(
        "stream",
        "Values as they pass; marked ones are ringed",
        tokens(),
        // What an untrained cell says goes beyond the values.
        Axis::linear("value", [-1.5, 1.5]).ticks(ticks(&[-1.0, 0.0, 1.0])).grid(),
    )
    .bars("values", bars)
    .dots("marks", "", rings, 5.0);
    charts::with_curves(
        panel,
        vec![
            Curve::new("target", "answer", target, Tone::Muted).stroke(Stroke::Dashed),
            Curve::new("fixed", "fixed", line(sim.fixed()), FIXED),
            Curve::new("chosen", "selective", line(&sim.chooser.cell), SELECTIVE).stroke(Stroke::Thick),
        ],
    )
}

fn gates(sim: &Gates) -> Panel {
    // A stair with a step as wide as each token: two points a token.
    let stairs = |cell: &Cell| {
        let step = |(i, m): (usize, &Update)| [i as f64 - 0.5, i as f64 + 0.5].map(|x| [x, m.gate]);
        shown(sim, cell).iter().enumerate().flat_map(step).collect()
    };
    let panel = Panel::new(
        "gates",
        "Gate: share of memory a token replaces",
        tokens(),
        Axis::linear("gate", [0.0, 1.05]).ticks(ticks(&[0.0, 1.0])).grid(),
    );
    charts::with_curves(
        panel,
        vec![
            Curve::new("gate_fixed", "fixed", stairs(sim.fixed()), FIXED),
            Curve::new("gate_chosen", "selective", stairs(&sim.chooser.cell), SELECTIVE)
                .stroke(Stroke::Thick),
        ],
    )
}

fn errors(sim: &Gates) -> Panel {
    let y = Axis::logarithmic("mean squared error", [1e-4, 1.0]);
    let curves = vec![
        Curve::new("error_fixed", "fixed", sim.record.curve(1), FIXED),
        Curve::new("error_chosen", "selective", sim.record.curve(0), SELECTIVE).stroke(Stroke::Thick),
    ];
    let panel = charts::training("errors", "Error", "training step", 400.0, y, curves);
    match sim.floor.filter(|floor| *floor > 1e-4) {
        Some(floor) => charts::with_level(panel, "floor", "best fixed filter", floor, Tone::Muted),
        None => panel,
    }
}

pub fn describe(sim: &Gates, mark: &str, index: usize) -> Option<String> {
    let seen = &sim.stream[sim.stream.len() - SHOWN..];
    match mark {
        // The lines have a point for each token, too.
        "values" | "target" | "fixed" | "chosen" => {
            let t = seen.get(index)?;
            Some(format!(
                "value {}{}; the answer is {}, selective says {}, fixed {}",
                format_number(t.value, 2),
                if t.marked { ", marked" } else { "" },
                format_number(t.target, 2),
                format_number(shown(sim, &sim.chooser.cell)[index].output, 2),
                format_number(shown(sim, sim.fixed())[index].output, 2),
            ))
        }
        "gate_chosen" | "gate_fixed" => {
            let (cell, name) =
                if mark == "gate_fixed" { (sim.fixed(), "fixed") } else { (&sim.chooser.cell, "selective") };
            let token = index / 2;
            let m = *shown(sim, cell).get(token)?;
            let word = if seen[token].marked { "marked" } else { "unmarked" };
            Some(format!(
                "{name} gate at {word} token: {}, step size Δ {}",
                format_number(m.gate, 3),
                format_number(m.step_size(), 4)
            ))
        }
        _ => None,
    }
}

fn alternative(sim: &Gates) -> String {
    let cell = &sim.chooser.cell;
    let floor = sim.floor.map_or_else(String::new, |floor| {
        format!("; on an endless stream no fixed filter gets below {}", format_number(floor, 4))
    });
    format!(
        "The selective model's gate is {} at a marked value of 0 and {} at an unmarked one. Its error is {}, \
         that of the fixed model {}{floor}.",
        format_number(cell.gate(true), 2),
        format_number(cell.gate(false), 4),
        format_number(sim.losses[0].now, 4),
        format_number(sim.losses[1].now, 4),
    )
}
