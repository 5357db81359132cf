//! A topic for the tests of what serves every topic: it counts.

use crate::lab::figure::{Axis, Figure, Panel, Stroke, Tone};
use crate::lab::schema::text::{Alphabet, Fault};
use crate::lab::{Control, Named, Pace, Preset, Readout, Simulation, Spec, Values, reading};
use crate::topics::{Ask, Group, Topic};

/// Counts by `stride`, up to 50 steps.
struct Count {
    stride: f64,
    steps: u64,
}

impl Simulation for Count {
    fn step(&mut self) {
        self.steps += 1;
    }

    fn readings(&self) -> Vec<Named> {
        let mean = (self.steps > 0).then_some(self.stride);
        vec![reading("total", self.stride * self.steps as f64), reading("mean", mean)]
    }

    fn figure(&self) -> Figure {
        let total = self.stride * self.steps as f64;
        let panel = Panel::new(
            "counted",
            "Counted",
            Axis::linear("step", [0.0, 50.0]),
            Axis::linear("", [0.0, 500.0]),
        )
        .line(
            "total",
            "total",
            [[0.0, 0.0], [self.steps as f64, total]],
            Tone::Accent,
            Stroke::Solid,
        );
        Figure::row(vec![panel], format!("The count has reached {total}."))
    }

    fn notes(&self) -> Vec<String> {
        if self.stride > 9.0 { vec!["That is a giant stride.".to_owned()] } else { Vec::new() }
    }

    fn finished(&self) -> bool {
        self.steps >= 50
    }
}

/// Refuses a word that would end the count.
fn no_stop(word: &str) -> Result<(), Fault> {
    let sentence = "“stop” is never counted: take another word.".to_owned();
    word.find("stop").map_or(Ok(()), |at| Err(Fault { at, sentence }))
}

pub fn build(values: &Values) -> Box<dyn Simulation> {
    Box::new(Count { stride: values.integer("stride") as f64, steps: 0 })
}

pub static SPEC: Spec = Spec::new("count", "Counting", "Counts.", Pace::new(10.0, 12, "count"), build)
    .controls(&[
        Control::integer("stride", "Stride", 1, 10, 3).unit("units"),
        Control::choice("order", "Order", &[("up", "Upwards"), ("down", "Downwards")]),
        Control::toggle("loud", "Loud", false),
        Control::seed(1),
        Control::text("word", "Word", 12, "tick").alphabet(Alphabet::ASCII).reader(no_stop),
        Control::drawing("sketch", "Sketch", [4, 3], 16).drawn("0f.0f").inked(1),
    ])
    .readouts(&[Readout::new("total", "Total", 0).unit("units"), Readout::new("mean", "Mean stride", 2)])
    .presets(&[Preset::new("giant", "Giant").look("The line is steep.").with(&[("stride", "10")])]);

pub static TOPIC: Topic = Topic {
    slug: "counting",
    group: Group::Research,
    title: "Counting & more",
    question: "How far does <one> count?",
    asks: &[Ask::Cost],
    published: "2026-11-23",
    updated: "2026-11-24",
    simulations: &[&SPEC],
    article: "",
};
