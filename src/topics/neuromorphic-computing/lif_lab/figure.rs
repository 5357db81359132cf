//! The picture of `lif-lab`.

use super::{LARGEST_CURRENT, LifLab, Sample, WINDOW};
use crate::lab::figure::{Anchor, At, Axis, Dot, Figure, Glyph, Panel, Stroke, Tone, round_up};
use crate::models::spiking::Reset;

pub fn figure(lab: &LifLab, alternative: String) -> Figure {
    Figure::new(vec![vec![trace(lab)], vec![input_strip(lab), fi_curve(lab)]], alternative)
}

fn trace(lab: &LifLab) -> Panel {
    let newest = lab.history.back().map_or(0, |m| m.step);
    let first = newest.saturating_sub(WINDOW) as f64;
    let theta = lab.neuron.threshold;
    let highest = lab.history.iter().map(|m| m.membrane).fold(0.0, f64::max);
    // In steps of half a threshold near it, so that the scale rarely moves.
    let round = if highest < 4.0 * theta {
        theta / 2.0 * (highest.max(1.05 * theta) / (theta / 2.0)).ceil()
    } else {
        round_up(highest, theta)
    };
    // Between the highest membrane and the row of spikes stands the name of the threshold.
    let top = 1.3 * round;
    // A late subtraction can take more than the leak has left: at most this far below zero.
    let bottom = match lab.neuron.reset {
        Reset::Subtract if lab.neuron.delayed => -theta * (1.0 - lab.neuron.beta) - 0.02 * top,
        _ => -0.02 * top,
    };
    let points = |f: fn(&Sample) -> f64| -> Vec<[f64; 2]> {
        lab.history.iter().map(|m| [m.step as f64, f(m)]).collect()
    };
    let spikes: Vec<[f64; 2]> =
        lab.history.iter().filter(|m| m.spike).map(|m| [m.step as f64, 0.94 * top]).collect();
    let above = lab
        .history
        .iter()
        .filter(|m| m.spike)
        .map(|m| Dot::new([m.step as f64, m.membrane], Tone::Accent, Glyph::Circle));
    Panel::new(
        "trace",
        format!("Membrane of the last {WINDOW} steps, its spikes on top"),
        Axis::linear("step", [first, first + WINDOW as f64 + 1.0]),
        Axis::linear("membrane U", [bottom, top]),
    )
    .height(230.0)
    .rule("threshold", "", At::Y(theta), Tone::Bad, Stroke::Dashed)
    .line("membrane", "", points(|m| m.membrane), Tone::Ink, Stroke::Solid)
    .dots("crossings", "", above, 2.6)
    .spikes("spikes", spikes, Tone::Accent, 0.09 * top)
    .words(
        "threshold_name",
        [first + WINDOW as f64 + 1.0, 1.09 * round],
        "dashed: threshold θ",
        Anchor::End,
        Tone::Bad,
    )
}

fn input_strip(lab: &LifLab) -> Panel {
    let newest = lab.history.back().map_or(0, |m| m.step);
    let first = newest.saturating_sub(WINDOW) as f64;
    let largest = lab.history.iter().map(|m| m.current).fold(0.0, f64::max);
    let points = lab.history.iter().map(|m| [m.step as f64, m.current]);
    Panel::new(
        "input",
        "Input",
        Axis::linear("step", [first, first + WINDOW as f64 + 1.0]),
        Axis::linear("current I", [0.0, 1.1 * round_up(largest, 0.5)]),
    )
    .height(180.0)
    .rule("rheobase_level", "rheobase", At::Y(lab.neuron.rheobase()), Tone::Muted, Stroke::Dashed)
    .line("current", "", points, Tone::Series(4), Stroke::Solid)
}

fn fi_curve(lab: &LifLab) -> Panel {
    let theory =
        (0..=600).map(|k| LARGEST_CURRENT * f64::from(k) / 600.0).map(|i| [i, lab.neuron.firing_rate(i)]);
    let measured = lab.curve.iter().map(|p| Dot::new(*p, Tone::Ink, Glyph::Circle));
    let panel = Panel::new(
        "fi",
        "Rate against current (f–I curve)",
        Axis::linear("constant current I", [0.0, LARGEST_CURRENT]),
        Axis::linear("spikes/step", [0.0, 1.1]),
    )
    .height(180.0)
    .rule("rheobase", "rheobase", At::X(lab.neuron.rheobase()), Tone::Muted, Stroke::Dashed)
    .line("theory", "", theory, Tone::Series(5), Stroke::Thick)
    .dots("measured", "", measured, 2.2)
    .words(
        "theory_name",
        [LARGEST_CURRENT, 0.08],
        if lab.is_exact() { "dots: measured, line: formula" } else { "dots: measured, line: estimate" }
            .to_owned(),
        Anchor::End,
        Tone::Muted,
    );
    // A varying input of the same mean gives another rate than the curve's.
    let panel = match lab.rate().filter(|_| lab.theory().is_none()) {
        Some(rate) => {
            panel.dots("this_run", "", [Dot::new([lab.current, rate], Tone::Accent, Glyph::Diamond)], 5.0)
        }
        None => panel,
    };
    panel.handle(
        "here",
        [lab.current, lab.neuron.firing_rate(lab.current)],
        [Some("current"), None],
        Tone::Accent,
    )
}
