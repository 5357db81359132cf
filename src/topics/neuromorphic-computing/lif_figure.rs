//! The picture of `lif-lab`.

use super::lif_lab::{LARGEST_CURRENT, LifLab, Moment, WINDOW};
use crate::lab::figure::{Anchor, At, Axis, Dot, Figure, Glyph, Panel, Shape, Stroke, Tone, round_up};
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
    let top = 1.15 * round;
    // A late subtraction can take more than the leak has left: at most this far below zero.
    let bottom = match lab.neuron.reset {
        Reset::Subtract if lab.neuron.delayed => -theta * (1.0 - lab.neuron.beta) - 0.02 * top,
        _ => -0.02 * top,
    };
    let points = |f: fn(&Moment) -> f64| -> Vec<[f64; 2]> {
        lab.history.iter().map(|m| [m.step as f64, f(m)]).collect()
    };
    let spikes: Vec<[f64; 2]> =
        lab.history.iter().filter(|m| m.spike).map(|m| [m.step as f64, 0.94 * top]).collect();
    let above = lab
        .history
        .iter()
        .filter(|m| m.spike)
        .map(|m| Dot {
            at: [m.step as f64, m.membrane],
            tone: Tone::Accent,
            glyph: Glyph::Circle,
            filled: true,
        })
        .collect();
    Panel::new(
        "trace",
        format!("Membrane of the last {WINDOW} steps, its spikes on top"),
        Axis::linear("step", [first, first + WINDOW as f64 + 1.0]),
        Axis::linear("membrane U", [bottom, top]),
    )
    .height(230.0)
    .mark(
        "threshold",
        "threshold θ",
        Shape::Rule { at: At::Y(theta), tone: Tone::Bad, stroke: Stroke::Dashed },
    )
    .mark(
        "membrane",
        "",
        Shape::Line { points: points(|m| m.membrane), tone: Tone::Ink, stroke: Stroke::Solid },
    )
    .mark("crossings", "", Shape::Dots { dots: above, radius: 2.6 })
    .mark("spikes", "", Shape::Spikes { spikes, tone: Tone::Accent, height: 0.09 * top })
}

fn input_strip(lab: &LifLab) -> Panel {
    let newest = lab.history.back().map_or(0, |m| m.step);
    let first = newest.saturating_sub(WINDOW) as f64;
    let largest = lab.history.iter().map(|m| m.current).fold(0.0, f64::max);
    let points = lab.history.iter().map(|m| [m.step as f64, m.current]).collect();
    Panel::new(
        "input",
        "Input",
        Axis::linear("step", [first, first + WINDOW as f64 + 1.0]),
        Axis::linear("current I", [0.0, 1.1 * round_up(largest, 0.5)]),
    )
    .height(180.0)
    .mark(
        "rheobase_level",
        "rheobase",
        Shape::Rule { at: At::Y(lab.neuron.rheobase()), tone: Tone::Muted, stroke: Stroke::Dashed },
    )
    .mark("current", "", Shape::Line { points, tone: Tone::Series(4), stroke: Stroke::Solid })
}

fn fi_curve(lab: &LifLab) -> Panel {
    let theory = (0..=600)
        .map(|k| LARGEST_CURRENT * f64::from(k) / 600.0)
        .map(|i| [i, lab.neuron.firing_rate(i)])
        .collect();
    let measured = lab
        .curve
        .iter()
        .map(|p| Dot { at: *p, tone: Tone::Ink, glyph: Glyph::Circle, filled: true })
        .collect();
    let here = lab.rate().or(lab.theory()).unwrap_or(0.0);
    Panel::new(
        "fi",
        "Rate against current (f–I curve)",
        Axis::linear("constant current I", [0.0, LARGEST_CURRENT]),
        Axis::linear("spikes/step", [0.0, 1.1]),
    )
    .height(180.0)
    .mark(
        "rheobase",
        "rheobase",
        Shape::Rule { at: At::X(lab.neuron.rheobase()), tone: Tone::Muted, stroke: Stroke::Dashed },
    )
    .mark("theory", "", Shape::Line { points: theory, tone: Tone::Series(5), stroke: Stroke::Thick })
    .mark("measured", "", Shape::Dots { dots: measured, radius: 2.2 })
    .mark(
        "here",
        "",
        Shape::Handle { at: [lab.current, here], x: Some("current"), y: None, tone: Tone::Accent },
    )
    .mark(
        "theory_name",
        "",
        Shape::Words {
            at: [LARGEST_CURRENT, 0.08],
            text: if lab.is_exact() {
                "dots: measured, line: formula"
            } else {
                "dots: measured, line: estimate"
            }
            .to_owned(),
            anchor: Anchor::End,
            tone: Tone::Muted,
        },
    )
}
