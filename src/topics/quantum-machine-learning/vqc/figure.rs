//! The picture of `vqc`: what circuit and rival say of the plane, how many they get right, and the waves
//! that a slice is made of.

use super::super::{CLASSICAL, QUANTUM, map};
use super::{EDGE, Live, SLICE, TEST_EVERY, along, waves};
use crate::lab::Figure;
use crate::lab::figure::charts::{self, Curve};
use crate::lab::figure::{At, Axis, Bar, Panel, Stroke, Tone};
use crate::lab::schema::readout::format_number;

/// Updates that the axis begins with.
const LEAST: f64 = 100.0;

const LOWER: f64 = 200.0;

/// Points that are drawn on a map; more would hide it.
const SHOWN: usize = 60;

/// Degrees that have a bar.
const DEGREES: usize = 13;

/// f is drawn up to this size: the rival may go beyond 1, the circuit cannot.
const TALLEST: f64 = 1.6;

pub(super) fn draw(live: &Live) -> Figure {
    let shown = &live.training.train[..live.training.train.len().min(SHOWN)];
    let title = format!("Circuit, {} angles", live.training.circuit.angles.len());
    let maps = vec![
        map("circuit", title, EDGE, &live.map, shown),
        map("rival", format!("Sines, {} weights", live.weights), EDGE, &live.rival_map, shown),
    ];
    Figure::new(vec![maps, vec![right(live), slice(live), spectrum(live)]], alternative(live))
}

fn right(live: &Live) -> Panel {
    let x = charts::steps("update", live.updates, LEAST);
    let y = Axis::linear("right", [0.4, 1.02]).grid().ticks([
        (0.4, "0.4"),
        (0.6, "0.6"),
        (0.8, "0.8"),
        (1.0, "1"),
    ]);
    let curve = Curve::new("right", "", live.right.curve(0), QUANTUM).stroke(Stroke::Thick);
    let panel = Panel::new(
        "learning",
        format!("New points right, update {}", live.updates - live.updates % TEST_EVERY),
        x,
        y,
    )
    .height(LOWER);
    let panel = charts::with_curves(panel, vec![curve]);
    panel.rule("sines-right", "sines", At::Y(live.rival_accuracy), CLASSICAL, Stroke::Dashed)
}

fn slice(live: &Live) -> Panel {
    let points = |f: &[f64]| -> Vec<[f64; 2]> {
        let mut points: Vec<[f64; 2]> =
            along().zip(f).map(|(x, f)| [x[0], f.clamp(-TALLEST, TALLEST)]).collect();
        // One period: it ends where it began.
        points.push([1.0, points[0][1]]);
        points
    };
    let x = Axis::linear("input 0, at input 1 = 0", [-1.0, 1.0]);
    let y = Axis::linear("f", [-TALLEST, TALLEST]).ticks([(-1.0, "−1"), (0.0, "0"), (1.0, "1")]).grid();
    Panel::new("slice", "A cut through both maps", x, y)
        .height(LOWER)
        .line("sines-cut", "", points(&live.rival_slice), CLASSICAL, Stroke::Dashed)
        .line("circuit-cut", "", points(&live.slice()), QUANTUM, Stroke::Solid)
}

fn spectrum(live: &Live) -> Panel {
    let sizes = waves(&live.slice());
    let bars =
        sizes.iter().take(DEGREES).enumerate().map(|(k, size)| Bar::new(k as f64, 0.7, *size, QUANTUM));
    let last = live.training.circuit.shape.degrees()[0];
    let x = Axis::linear("waves across, k", [-0.6, DEGREES as f64 - 0.4])
        .ticks((0..DEGREES).step_by(2).map(|k| (k as f64, k.to_string())));
    let y = Axis::linear("size", [0.0, 0.8]).grid();
    debug_assert!(last < SLICE / 2);
    Panel::new("spectrum", "Waves in the circuit's cut", x, y).height(LOWER).bars("waves", bars).rule(
        "ends",
        format!("none above {last}"),
        At::X(last as f64 + 0.5),
        Tone::Muted,
        Stroke::Dashed,
    )
}

fn alternative(live: &Live) -> String {
    format!(
        "After {} updates the circuit has {} of new points right, the sines {}. The loss is {}; along x₀ the \
         circuit is a sum of waves up to degree {}.",
        live.updates,
        format_number(live.accuracy, 2),
        format_number(live.rival_accuracy, 2),
        format_number(live.loss, 3),
        live.training.circuit.shape.degrees()[0]
    )
}
