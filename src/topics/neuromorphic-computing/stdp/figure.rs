//! The picture of `stdp`.

use super::{CYCLE, INPUTS, StdpLab};
use crate::lab::figure::charts;
use crate::lab::figure::{Anchor, At, Axis, Bar, Dot, Figure, Glyph, Panel, Stroke, Tone, round_up};

pub fn figure(lab: &StdpLab, alternative: String) -> Figure {
    Figure::new(vec![vec![raster(lab), weights(lab)], vec![window(lab), progress(lab)]], alternative)
}

fn raster(lab: &StdpLab) -> Panel {
    let outputs = lab.output_spikes.iter().map(|t| [*t, -2.5]);
    let mut panel = Panel::new(
        "raster",
        "The last cycle: inputs in order, the neuron on top",
        Axis::linear("step of the cycle", [-0.5, CYCLE as f64 - 0.5]),
        Axis::linear("input", [INPUTS as f64, -5.0]).ticks([(0.0, "first"), (INPUTS as f64 - 1.0, "last")]),
    )
    .height(230.0)
    .weight(1.7);
    if let Some(first) = lab.output_spikes.first() {
        panel = panel.rule("first_spike", "", At::X(*first), Tone::Accent, Stroke::Dashed);
    }
    panel.spikes("input_spikes", lab.input_spikes.clone(), Tone::Ink, 1.3).spikes(
        "output_spikes",
        outputs,
        Tone::Accent,
        4.0,
    )
}

fn weights(lab: &StdpLab) -> Panel {
    let bars =
        lab.synapses.weights().iter().enumerate().map(|(i, w)| Bar::new(i as f64, 0.75, *w, Tone::Series(3)));
    let before =
        lab.first_weights.iter().enumerate().map(|(i, w)| Dot::new([*w, i as f64], Tone::Muted, Glyph::Bar));
    Panel::new(
        "weights",
        "Weights, and where they began",
        Axis::linear("weight", [0.0, 1.0]),
        Axis::linear("", [INPUTS as f64, -5.0]).ticks([(0.0, "first"), (INPUTS as f64 - 1.0, "last")]),
    )
    .height(230.0)
    .horizontal_bars("weights", bars)
    .dots("first_weights", "", before, 2.0)
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
    .rule("zero", "", At::Y(0.0), Tone::Faint, Stroke::Thin)
    .rule("same_time", "", At::X(0.0), Tone::Faint, Stroke::Thin)
    .line("gain", "gain", side(0..=reach), Tone::Good, Stroke::Thick)
    .line("loss", "", loss, Tone::Bad, Stroke::Thick)
    .words("loss_name", [-f64::from(reach), -0.82 * top], "loss", Anchor::Start, Tone::Bad)
}

fn progress(lab: &StdpLab) -> Panel {
    Panel::new(
        "progress",
        "First output spike of each cycle",
        charts::steps("cycle", lab.cycles, 200.0),
        Axis::linear("step", [0.0, 20.0]).grid(),
    )
    .height(170.0)
    .line("rival_firsts", "", lab.firsts.curve(1), Tone::Muted, Stroke::Thin)
    .line("firsts", "", lab.firsts.curve(0), Tone::Accent, Stroke::Solid)
    .words(
        "rival_name",
        [charts::steps("cycle", lab.cycles, 200.0).domain[1], 18.0],
        "a rival that does not learn",
        Anchor::End,
        Tone::Muted,
    )
}
