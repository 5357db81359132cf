//! The picture of the race: needed, learned and missing change, losses, singular values.

use super::super::{DORA, FLOOR, FULL, LORA};
use super::{Pair, Race};
use crate::lab::figure::charts::{self, Curve};
use crate::lab::figure::{Axis, Bar, Figure, Panel, Ramp, Stroke, Tone};
use crate::lab::schema::readout::format_number;
use crate::models::low_rank::{CHANGE_RANK, WIDTH};
use crate::numerics::matrix::Matrix;

const AXES: [&str; 2] = ["output", "input"];

/// The change whose colour is full.
const SCALE: f64 = 0.5;

/// Singular values that are drawn.
const BARS: usize = 16;

/// The entry of a column or a row of length 1 whose colour is full.
const UNIT: f64 = 0.5;

pub fn draw(sim: &Race) -> Figure {
    let [needed, learned, missing] = matrices(sim);
    let (titles, scale) = match (sim.direction, sim.needed_pair()) {
        (Some(at), Some(pair)) => {
            let title = |word: &str| format!("{word}: direction {}", at + 1);
            (["Needed", "Learned", "Missing"].map(title), pair.size / 9.0)
        }
        _ => (["Needed change", "Learned", "Still missing"].map(str::to_owned), SCALE),
    };
    let [first, second, third] = titles;
    let map = |id, title: String, values: &[f64]| {
        charts::matrix(id, title, AXES, WIDTH, values, scale).height(250.0)
    };
    let framed = |panel, ids, pair: Option<Pair>| match pair {
        Some(pair) => with_edges(panel, ids, &pair),
        None => panel,
    };
    Figure::new(
        vec![
            vec![
                framed(map("change", first, &needed), ["needed_column", "needed_row"], sim.needed_pair()),
                framed(
                    map("learned", second, &learned),
                    ["learned_column", "learned_row"],
                    sim.learned_pair(),
                ),
                // As large as its neighbours, which have edges.
                if sim.direction.is_some() {
                    with_room(map("residual", third, &missing))
                } else {
                    map("residual", third, &missing)
                },
            ],
            vec![losses(sim), spectrum(sim)],
        ],
        alternative(sim),
    )
}

/// The column to the left of its product, and the row above it.
fn with_edges(panel: Panel, [column, row]: [&'static str; 2], pair: &Pair) -> Panel {
    let side = WIDTH as f64 - 0.5;
    let levels = |values: &[f64]| values.iter().map(|x| charts::signed_level(*x, UNIT)).collect();
    let mut panel = with_room(panel)
        .cells(column, [-5.0, -0.5, -2.0, side], [1, WIDTH], levels(&pair.column), Ramp::Diverging)
        .cells(row, [-0.5, -5.0, side, -2.0], [WIDTH, 1], levels(&pair.row), Ramp::Diverging);
    panel.y.label = format!("{}; edges: column, row", AXES[0]);
    panel
}

/// Room for a column to the left of a matrix and a row above it, with ticks for what is left of its size.
fn with_room(mut panel: Panel) -> Panel {
    let ticks = || (0..WIDTH).step_by(8).map(|i| (i as f64, i.to_string()));
    let [first, last] = [-5.5, WIDTH as f64 - 0.5];
    panel.x = panel.x.ticks(ticks());
    panel.y = panel.y.ticks(ticks());
    panel.x.domain = [first, last];
    panel.y.domain = [last, first];
    panel
}

/// Needed, learned, and what is missing: of all, or of the direction that is drawn.
fn matrices(sim: &Race) -> [Vec<f64>; 3] {
    let [needed, learned] = match sim.needed_pair() {
        Some(pair) => [Some(pair.product()), sim.learned_pair().map(|learned| learned.product())],
        None => {
            let all = |change: &Matrix| change.as_slice().to_vec();
            [Some(all(&sim.task.change)), sim.shown().map(|l| all(&l.change()))]
        }
    }
    .map(|values| values.unwrap_or_else(|| vec![0.0; WIDTH * WIDTH]));
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
    .bars("learned_values", bars(sizes(sim), 0.2, LORA))
    .labelled("learned")
}

/// Singular values of what was learned.
fn sizes(sim: &Race) -> &[f64] {
    sim.learned.as_ref().map_or(&[], |d| d.sizes.as_slice())
}

/// What an entry of a drawn direction's column or row is.
fn describe_edge(sim: &Race, mark: &str, index: usize) -> Option<String> {
    let (whose, part) = mark.split_once('_')?;
    let pair = if whose == "needed" { sim.needed_pair() } else { sim.learned_pair() }?;
    let (values, axis) = match part {
        "column" => (pair.column, AXES[0]),
        "row" => (pair.row, AXES[1]),
        _ => return None,
    };
    Some(format!("{part} of the direction, {axis} {index}: {}", format_number(*values.get(index)?, 3)))
}

pub fn describe(sim: &Race, mark: &str, index: usize) -> Option<String> {
    let which = ["change", "learned", "residual"].iter().position(|m| *m == mark);
    if let Some(which) = which {
        return charts::describe_cell(AXES, WIDTH, &matrices(sim)[which], index);
    }
    let values = match mark {
        "needed_values" => &sim.task.singular_values,
        "learned_values" => sizes(sim),
        _ => return describe_edge(sim, mark, index),
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
        "Losses now: {}. The floor of rank {} is {}; the needed change has {CHANGE_RANK} singular values.{}",
        if parts.is_empty() { "none is trained".to_owned() } else { parts.join(", ") },
        sim.rank,
        format_number(sim.floor(), 3),
        sim.direction.map_or_else(String::new, |at| match sim.direction_match() {
            Some(cosine) => format!(
                " Direction {} is drawn; needed and learned match by {}.",
                at + 1,
                format_number(cosine, 2)
            ),
            None => format!(" Direction {} is drawn; nothing is learned along it.", at + 1),
        })
    )
}
