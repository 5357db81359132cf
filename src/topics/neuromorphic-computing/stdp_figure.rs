//! The picture of `stdp`.

use super::stdp::{CYCLE, INPUTS, StdpLab};
use crate::lab::figure::{Anchor, At, Axis, Bar, Dot, Figure, Glyph, Panel, Shape, Stroke, Tone, round_up};

pub fn figure(lab: &StdpLab, alternative: String) -> Figure {
    Figure::new(vec![vec![raster(lab), weights(lab)], vec![window(lab), progress(lab)]], alternative)
}

fn raster(lab: &StdpLab) -> Panel {
    let outputs = lab.output_spikes.iter().map(|t| [*t, -2.5]).collect();
    let mut panel = Panel::new(
        "raster",
        "The last cycle: inputs in order, the neuron on top",
        Axis::linear("step of the cycle", [-0.5, CYCLE as f64 - 0.5]),
        Axis::linear("input", [INPUTS as f64, -5.0])
            .ticks(vec![(0.0, "first".to_owned()), (INPUTS as f64 - 1.0, "last".to_owned())]),
    )
    .height(230.0)
    .weight(1.7);
    if let Some(first) = lab.output_spikes.first() {
        panel = panel.mark(
            "first_spike",
            "",
            Shape::Rule { at: At::X(*first), tone: Tone::Accent, stroke: Stroke::Dashed },
        );
    }
    panel
        .mark(
            "input_spikes",
            "",
            Shape::Spikes { spikes: lab.input_spikes.clone(), tone: Tone::Ink, height: 1.3 },
        )
        .mark("output_spikes", "", Shape::Spikes { spikes: outputs, tone: Tone::Accent, height: 4.0 })
}

fn weights(lab: &StdpLab) -> Panel {
    let bars = lab
        .synapses
        .weights()
        .iter()
        .enumerate()
        .map(|(i, w)| Bar::new(i as f64, 0.75, *w, Tone::Series(3)))
        .collect();
    let before = lab
        .first_weights
        .iter()
        .enumerate()
        .map(|(i, w)| Dot { at: [*w, i as f64], tone: Tone::Muted, glyph: Glyph::Bar, filled: true })
        .collect();
    Panel::new(
        "weights",
        "Weights, and where they began",
        Axis::linear("weight", [0.0, 1.0]),
        Axis::linear("", [INPUTS as f64, -5.0])
            .ticks(vec![(0.0, "first".to_owned()), (INPUTS as f64 - 1.0, "last".to_owned())]),
    )
    .height(230.0)
    .mark("weights", "", Shape::Bars { bars, horizontal: true })
    .mark("first_weights", "", Shape::Dots { dots: before, radius: 2.0 })
}

fn window(lab: &StdpLab) -> Panel {
    let reach = 40;
    let side = |range: core::ops::RangeInclusive<i32>| -> Vec<[f64; 2]> {
        range.map(|d| [f64::from(d), lab.rule.window(f64::from(d))]).collect()
    };
    let mut loss = side(-reach..=-1);
    loss.push([0.0, -lab.rule.a_minus]);
    let top = round_up(lab.rule.a_plus.max(lab.rule.a_minus), 0.01);
    Panel::new(
        "window",
        "The rule: change of a weight for one pair",
        Axis::linear("output after input, steps", [-f64::from(reach), f64::from(reach)]),
        Axis::linear("Δw", [-top, top]),
    )
    .height(170.0)
    .mark("zero", "", Shape::Rule { at: At::Y(0.0), tone: Tone::Faint, stroke: Stroke::Thin })
    .mark("same_time", "", Shape::Rule { at: At::X(0.0), tone: Tone::Faint, stroke: Stroke::Thin })
    .mark("gain", "gain", Shape::Line { points: side(0..=reach), tone: Tone::Good, stroke: Stroke::Thick })
    .mark("loss", "", Shape::Line { points: loss, tone: Tone::Bad, stroke: Stroke::Thick })
    .mark(
        "loss_name",
        "",
        Shape::Words {
            at: [-f64::from(reach), -0.82 * top],
            text: "loss".to_owned(),
            anchor: Anchor::Start,
            tone: Tone::Bad,
        },
    )
}

fn progress(lab: &StdpLab) -> Panel {
    Panel::new(
        "progress",
        "First output spike of each cycle",
        Axis::linear("cycle", [0.0, round_up(lab.cycles as f64, 200.0)]),
        Axis::linear("step", [0.0, 20.0]).grid(),
    )
    .height(170.0)
    .mark(
        "firsts",
        "",
        Shape::Line { points: lab.firsts.curve(0), tone: Tone::Accent, stroke: Stroke::Solid },
    )
}
