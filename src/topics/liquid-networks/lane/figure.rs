//! The picture of `lane`: the road with both cars, how far they are off, the losses, the wiring at work,
//! and what each neuron is worth.

use super::{GAP, HALF_WIDTH, Lane, STEPS_A_PICTURE, TRACE};
use crate::lab::figure::charts::{Curve, training, with_level};
use crate::lab::figure::{
    Anchor, At, Axis, Bar, Dot, Figure, GAP as BREAK, Glyph, Link, Panel, Stroke, Tone,
};
use crate::lab::schema::readout::format_number;
use crate::models::lane::{Car, FARTHEST, SPEED};
use crate::models::liquid_network::{INTER, MOTOR, NEURONS, SENSES};
use crate::numerics::elementary::{cos, sin};
use crate::numerics::statistics::Recent;

/// What is seen of the road, in metres: behind and before the cars, and to each side.
const VIEW: [f64; 2] = [-10.0, 45.0];
const ASIDE: f64 = 10.0;
/// How far the trace reaches to each side, in metres.
const TRACED: f64 = 3.0;
const NAMES: [&str; SENSES] = ["offset", "heading", "bend ahead"];

/// Places and directions along the road, a metre apart, in the frame of the car's place on it.
fn course(lane: &Lane) -> Vec<([f64; 2], f64)> {
    let way = lane.liquid.driver.car.way;
    let walk = |pace: f64, count: usize| {
        let (mut place, mut turn) = ([0.0, 0.0], 0.0);
        let mut course = vec![(place, turn)];
        for k in 0..count {
            turn += pace * lane.road.curvature(way + pace * (k as f64 + 0.5));
            place = [place[0] + pace * cos(turn), place[1] + pace * sin(turn)];
            course.push((place, turn));
        }
        course
    };
    let mut behind = walk(-1.0, -VIEW[0] as usize);
    behind.reverse();
    behind.pop();
    behind.extend(walk(1.0, VIEW[1] as usize));
    behind
}

/// So far to the left of a place of the road; a gap where that is out of sight.
fn beside((place, turn): ([f64; 2], f64), offset: f64) -> [f64; 2] {
    let [x, y] = [place[0] - offset * sin(turn), place[1] + offset * cos(turn)];
    if y.abs() > ASIDE || !(VIEW[0]..=VIEW[1]).contains(&x) { BREAK } else { [x, y] }
}

fn road(lane: &Lane) -> Panel {
    let course = course(lane);
    let line = |offset: f64| course.iter().map(move |at| beside(*at, offset)).collect::<Vec<_>>();
    let mut panel = Panel::new(
        "road",
        "The road, seen from above",
        Axis::linear("ahead", VIEW).unit("m"),
        Axis::linear("", [-ASIDE, ASIDE]),
    )
    .height(150.0)
    .line("left", "", line(HALF_WIDTH), Tone::Ink, Stroke::Solid)
    .line("right", "", line(-HALF_WIDTH), Tone::Ink, Stroke::Solid)
    .line("middle", "", line(0.0), Tone::Muted, Stroke::Dashed);
    let nose = |car: &Car| {
        let offset = car.offset.clamp(-FARTHEST, FARTHEST);
        [[0.0, offset], [3.5 * cos(car.heading), (offset + 3.5 * sin(car.heading)).clamp(-ASIDE, ASIDE)]]
    };
    let dot = |car: &Car, tone, glyph| [Dot::new(nose(car)[0], tone, glyph)];
    if let Some(plain) = &lane.plain {
        let car = &plain.driver.car;
        panel = panel.line("plain_nose", "", nose(car), Tone::Series(0), Stroke::Thick).dots(
            "plain_car",
            "plain",
            dot(car, Tone::Series(0), Glyph::Square),
            6.0,
        );
    }
    let car = &lane.liquid.driver.car;
    panel.line("liquid_nose", "", nose(car), Tone::Accent, Stroke::Thick).dots(
        "liquid_car",
        "liquid",
        dot(car, Tone::Accent, Glyph::Circle),
        6.0,
    )
}

fn trace(lane: &Lane) -> Panel {
    let points = |trace: &Recent| {
        let trace = trace.numbers();
        let last = trace.len() as f64 - 1.0;
        let at = |(k, e): (usize, &f64)| [(k as f64 - last) * GAP, e.clamp(-TRACED, TRACED)];
        trace.iter().enumerate().map(at).collect::<Vec<_>>()
    };
    let mut panel = Panel::new(
        "trace",
        "Off the middle, last 20 s",
        Axis::linear("time", [-(TRACE as f64) * GAP, 0.0]).unit("s"),
        Axis::linear("", [-TRACED, TRACED]).unit("m").grid(),
    )
    .height(140.0)
    .rule("edge_left", "", At::Y(HALF_WIDTH), Tone::Ink, Stroke::Thin)
    .rule("edge_right", "", At::Y(-HALF_WIDTH), Tone::Ink, Stroke::Thin);
    if let Some(plain) = &lane.plain {
        panel = panel.line("plain_trace", "", points(&plain.trace), Tone::Series(0), Stroke::Solid);
    }
    panel.line("liquid_trace", "", points(&lane.liquid.trace), Tone::Accent, Stroke::Solid)
}

fn losses(lane: &Lane) -> Panel {
    let mut curves = Vec::new();
    if lane.plain.is_some() {
        curves.push(Curve::new("plain_loss", "plain", lane.losses.curve(1), Tone::Series(0)));
    }
    curves.push(Curve::new("liquid_loss", "liquid", lane.losses.curve(0), Tone::Accent));
    let y = Axis::logarithmic("", [0.001, 2.0]);
    training("losses", "Loss", "update", 200.0, y, curves).height(140.0)
}

/// Where senses and neurons stand: senses, inter, command and motor neurons from left to right.
fn place(node: usize) -> [f64; 2] {
    let column = |x: f64, index: usize, count: usize| [x, (index as f64 + 0.5) / count as f64];
    match node {
        n if n < SENSES => column(0.0, n, SENSES),
        n if n < SENSES + INTER => column(1.0, n - SENSES, INTER),
        n if n < SENSES + MOTOR => column(2.0, n - SENSES - INTER, MOTOR - INTER),
        _ => column(3.0, 0, 1),
    }
}

fn wiring(lane: &Lane) -> Panel {
    let network = lane.network();
    let driver = &lane.liquid.driver;
    let strengths = network.conductances(driver.seen(), &driver.state);
    let [sensory, inner] = network.synapses();
    let ends = sensory.iter().map(|s| (s.from, s.to)).chain(inner.iter().map(|s| (SENSES + s.from, s.to)));
    let links = ends.enumerate().map(|(k, (from, to))| Link {
        from: place(from),
        to: place(SENSES + to),
        tone: if network.pulls_up(k) { Tone::Good } else { Tone::Bad },
        weight: strengths[k].clamp(0.03, 1.0),
    });
    let neurons = driver.state.iter().enumerate().map(|(i, x)| {
        let at = place(SENSES + i);
        if network.held == Some(i) {
            return Dot::new(at, Tone::Ink, Glyph::Cross);
        }
        let tone = if *x >= 0.0 { Tone::Good } else { Tone::Bad };
        Dot::new(at, tone, Glyph::Circle).filled(x.abs() > 0.15)
    });
    let senses = (0..SENSES).map(|k| Dot::new(place(k), Tone::Ink, Glyph::Square));
    Panel::new(
        "wiring",
        "The liquid network at work",
        Axis::linear("", [-0.3, 3.3]).ticks([
            (0.0, "senses"),
            (1.0, "inter"),
            (2.0, "command"),
            (3.0, "motor"),
        ]),
        Axis::hidden([1.0, 0.0]),
    )
    .height(190.0)
    .links("synapses", links)
    .dots("senses", "", senses, 5.0)
    .dots("neurons", "", neurons, 7.0)
}

fn lesions(lane: &Lane) -> Panel {
    let map = lane.lesion_map.unwrap_or([0.0; NEURONS]);
    let bars = map.iter().enumerate().map(|(i, e)| {
        let tone = if *e > HALF_WIDTH { Tone::Bad } else { Tone::Good };
        Bar::new(i as f64, 0.7, *e, tone)
    });
    let names = (1..=NEURONS).map(|n| n.to_string());
    let panel = Panel::new(
        "lesions",
        "Off the middle, with one neuron held at 0",
        Axis::categories("neuron", names),
        Axis::linear("dashed: the lane’s edge", [0.0, FARTHEST]).unit("m").grid(),
    )
    .height(190.0)
    .bars("lesions", bars);
    let panel = with_level(panel, "edge", "", HALF_WIDTH, Tone::Ink);
    if lane.lesion_map.is_some() {
        return panel;
    }
    panel.words("waiting", [7.0, 6.0], "drives are being made", Anchor::Middle, Tone::Muted)
}

pub(super) fn figure(lane: &Lane) -> Figure {
    let car = &lane.liquid.driver.car;
    let time = lane.steps as f64 / STEPS_A_PICTURE as f64 * GAP;
    let mut alternative = format!(
        "After {} updates and {time:.0} s on the road, the liquid car is {} m from the middle of its lane",
        lane.updates,
        format_number(car.offset.abs().min(FARTHEST), 2),
    );
    if let Some(plain) = &lane.plain {
        let offset = plain.driver.car.offset.abs().min(FARTHEST);
        alternative.push_str(&format!(", the plain one {} m", format_number(offset, 2)));
    }
    alternative.push_str(&match lane.liquid.result {
        Some(marks) => format!(". On 20 roads the liquid network is {:.2} m off on average.", marks.distance),
        None => ". Its exam is still going on.".to_owned(),
    });
    Figure::new(
        vec![vec![road(lane)], vec![trace(lane), losses(lane)], vec![wiring(lane), lesions(lane)]],
        alternative,
    )
}

/// What a neuron, a sense, a synapse or a bar is.
pub(super) fn describe(lane: &Lane, mark: &str, index: usize) -> Option<String> {
    let driver = &lane.liquid.driver;
    let neuron = |i: usize| match i {
        MOTOR => "motor neuron 15".to_owned(),
        i if i < INTER => format!("inter neuron {}", i + 1),
        i => format!("command neuron {}", i + 1),
    };
    match mark {
        "neurons" => {
            Some(format!("{}: state {}", neuron(index), format_number(*driver.state.get(index)?, 2)))
        }
        "senses" => Some(format!("{}: {}", NAMES.get(index)?, format_number(*driver.seen().get(index)?, 2))),
        "synapses" => {
            let [sensory, inner] = lane.network().synapses();
            let (from, to) = match sensory.get(index) {
                Some(synapse) => (NAMES[synapse.from].to_owned(), synapse.to),
                None => inner.get(index - sensory.len()).map(|synapse| (neuron(synapse.from), synapse.to))?,
            };
            let pull = if lane.network().pulls_up(index) { "up" } else { "down" };
            let strength = lane.network().conductances(driver.seen(), &driver.state)[index];
            Some(format!("{from} pulls {} {pull}, with {}", neuron(to), format_number(strength, 2)))
        }
        "lesions" => {
            let off = lane.lesion_map.as_ref()?.get(index)?;
            Some(format!("{} held at 0: {} m off the middle", neuron(index), format_number(*off, 2)))
        }
        "liquid_car" | "plain_car" => {
            let car = if mark == "liquid_car" { &driver.car } else { &lane.plain.as_ref()?.driver.car };
            Some(format!("{} m from the middle, at {SPEED} m/s", format_number(car.offset, 2)))
        }
        _ => None,
    }
}
