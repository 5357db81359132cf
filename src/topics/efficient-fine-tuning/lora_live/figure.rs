//! The picture of the race: needed, learned and missing change, losses, singular values.

use super::super::{DORA, FLOOR, FULL, LORA};
use super::Race;
use crate::lab::figure::charts::{self, Curve};
use crate::lab::figure::{Axis, Bar, Figure, Panel, Stroke, Tone};
use crate::lab::schema::readout::format_number;
use crate::models::low_rank::{CHANGE_RANK, WIDTH};

const AXES: [&str; 2] = ["output", "input"];

/// The change whose colour is full.
const SCALE: f64 = 0.5;

/// Singular values that are drawn.
const BARS: usize = 16;

pub fn draw(sim: &Race) -> Figure {
    let [needed, learned, missing] = matrices(sim);
    let map = |id, title, values: &[f64]| charts::matrix(id, title, AXES, WIDTH, values, SCALE).height(250.0);
    Figure::new(
        vec![
            vec![
                map("change", "Needed change", &needed),
                map("learned", "Learned", &learned),
                map("residual", "Still missing", &missing),
            ],
            vec![losses(sim), spectrum(sim)],
        ],
        alternative(sim),
    )
}

/// Needed, learned, and what is missing.
fn matrices(sim: &Race) -> [Vec<f64>; 3] {
    let needed = sim.task.change.as_slice().to_vec();
    let learned = sim.shown().map_or_else(|| vec![0.0; needed.len()], |l| l.change().as_slice().to_vec());
    let missing = needed.iter().zip(&learned).map(|(a, b)| a - b).collect();
    [needed, learned, missing]
}

fn losses(sim: &Race) -> Panel {
    let curve = |id, label, which: usize, tone| Curve::new(id, label, sim.losses.curve(which), tone);
    let mut curves = vec![
        curve("full", "full", 0, FULL),
        curve("lora", "LoRA", 1, LORA).stroke(Stroke::Thick),
        curve("dora", "DoRA", 2, DORA),
    ];
    curves.retain(|c| c.points.iter().any(|p| p[1].is_finite()));
    let y = Axis::logarithmic("squared distance to the goal", [1e-3, 100.0]);
    let panel =
        charts::training("losses", "Loss", "training step", 500.0, y, curves).height(250.0).weight(1.3);
    if sim.floor() > 1e-3 {
        charts::with_level(panel, "floor", format!("floor of rank {}", sim.rank), sim.floor(), FLOOR)
    } else {
        panel
    }
}

fn spectrum(sim: &Race) -> Panel {
    let bars = |values: &[f64], from: f64, tone| {
        values
            .iter()
            .take(BARS)
            .enumerate()
            .map(|(i, s)| Bar::new(i as f64 + 1.0 + from, 0.38, *s, tone))
            .collect::<Vec<_>>()
    };
    Panel::new(
        "spectrum",
        "Singular values",
        Axis::linear("number", [0.4, BARS as f64 + 0.6]),
        Axis::linear("size", [0.0, 3.2]).grid(),
    )
    .height(250.0)
    .bars("needed_values", bars(&sim.task.singular_values, -0.2, Tone::Muted))
    .labelled("needed")
    .bars("learned_values", bars(&sim.learned, 0.2, LORA))
    .labelled("learned")
}

pub fn describe(sim: &Race, mark: &str, index: usize) -> Option<String> {
    let which = ["change", "learned", "residual"].iter().position(|m| *m == mark);
    if let Some(which) = which {
        return charts::describe_cell(AXES, WIDTH, &matrices(sim)[which], index);
    }
    let values = match mark {
        "needed_values" => &sim.task.singular_values,
        "learned_values" => &sim.learned,
        _ => return None,
    };
    let word = if mark == "needed_values" { "needed" } else { "learned" };
    Some(format!("singular value {}, {word}: {}", index + 1, format_number(*values.get(index)?, 3)))
}

fn alternative(sim: &Race) -> String {
    let mut parts = Vec::new();
    for (which, name) in [(0, "full fine-tuning"), (1, "LoRA"), (2, "DoRA")] {
        if let Some(loss) = sim.loss(which) {
            parts.push(format!("{name} {}", format_number(loss, 3)));
        }
    }
    format!(
        "Losses now: {}. The floor of rank {} is {}; the needed change has {CHANGE_RANK} singular values.",
        if parts.is_empty() { "none is trained".to_owned() } else { parts.join(", ") },
        sim.rank,
        format_number(sim.floor(), 3),
    )
}
