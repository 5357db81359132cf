//! `lif-lab`: one leaky integrate-and-fire neuron on an oscilloscope, with its f-I curve.

use crate::lab::condition::Clause;
use crate::lab::figure::{At, Axis, Dot, Figure, Glyph, Panel, Shape, Stroke, Tone, round_up};
use crate::lab::readout::format_number;
use crate::lab::{Challenge, Control, Pace, Preset, Reading, Readout, Simulation, Spec, Values};
use crate::models::spiking::{Leaky, MEMBRANE_LIMIT, Reset, time_constant};
use crate::numerics::elementary::{exp, sin};
use crate::numerics::random::Stream;
use core::f64::consts::TAU;
use std::collections::VecDeque;

pub static SPEC: Spec = Spec {
    id: "lif-lab",
    title: "One neuron on the oscilloscope",
    summary: "A leaky integrate-and-fire neuron runs. Change its current, leak, threshold and reset, and \
              watch the membrane, the spikes and the firing rate.",
    controls: &[
        Control::real("current", "Current", [0.0, 1.5], 0.01, 0.25)
            .live()
            .help("Input added to the membrane at each step; the mean where the input varies."),
        Control::real("beta", "Leak β", [0.0, 1.0], 0.01, 0.9)
            .live()
            .help("Share of the membrane that is left after one step: 0 forgets at once, 1 never."),
        Control::real("theta", "Threshold θ", [0.1, 2.0], 0.1, 1.0)
            .live()
            .help("The membrane must exceed it to fire."),
        Control::choice(
            "reset",
            "Reset",
            &[("subtract", "subtract θ"), ("zero", "to zero"), ("none", "none")],
        )
        .live()
        .help("What a spike does to the membrane."),
        Control::toggle("reset_delay", "Reset one step late", true).live().help(
            "On, as in snnTorch: the reset acts in the step after the spike, so the trace pokes above the \
             threshold.",
        ),
        Control::choice(
            "input",
            "Input",
            &[("constant", "constant"), ("poisson", "random kicks"), ("sine", "sine wave")],
        )
        .live()
        .help("Random kicks arrive as a Poisson process; the wave has a period of 50 steps."),
        Control::seed(1).secondary(),
    ],
    readouts: &[
        Readout::new("rate", "Firing rate", 3)
            .unit("spikes/step")
            .spoken("spikes a step")
            .help("Spikes over the last 100 steps, counted since the last change."),
        Readout::new("isi", "Interval", 0)
            .unit("steps")
            .help("Steps between the last two spikes since the last change."),
        Readout::new("rate_theory", "Rate, formula", 3).unit("spikes/step").spoken("spikes a step").help(
            "For a constant current: exact for the reset to zero and for β = 1, an estimate for subtraction \
             with a leak.",
        ),
        Readout::new("time_constant", "Time constant τ", 2)
            .unit("steps")
            .help("Steps in which the membrane falls to 1/e without input: −1/ln β."),
    ],
    presets: &[
        Preset {
            id: "below-rheobase",
            label: "Below the rheobase",
            look: "The leak takes as much as the current brings: the membrane creeps up to the threshold and \
                   never crosses it.",
            values: &[("current", "0.1")],
        },
        Preset {
            id: "steady",
            label: "Steady",
            look: "Reset to zero: every interval is the same seven steps.",
            values: &[("current", "0.2"), ("reset", "zero")],
        },
        Preset {
            id: "saturated",
            label: "Saturated",
            look: "One spike a step is all a neuron can say, however strong the current.",
            values: &[("current", "1.2")],
        },
        Preset {
            id: "no-leak",
            label: "No leak",
            look: "β = 1 adds up everything: the rate is the current over the threshold.",
            values: &[("beta", "1")],
        },
    ],
    challenges: &[Challenge {
        id: "seven",
        title: "A spike every seven steps",
        task: "With the reset to zero, β = 0.9 and θ = 1, find a current that makes the neuron fire every 7 \
               steps.",
        solved: &[
            Clause::option_is("reset", "zero"),
            Clause::equals("beta", 0.9),
            Clause::equals("theta", 1.0),
            Clause::equals("isi", 7.0),
        ],
        solution: &[("reset", "zero"), ("current", "0.2")],
        solution_steps: 60,
    }],
    prediction: None,
    pace: Pace::new(25.0, 90, "time step"),
    build: |values| Box::new(LifLab::new(values)),
};

/// Steps on the screen, and in the window of the rate.
const WINDOW: u64 = 100;

/// What one random kick adds.
const KICK: f64 = 0.25;

/// Steps of one wave.
const PERIOD: u64 = 50;

/// Largest current of the f-I curve, and the gap between its points.
const LARGEST_CURRENT: f64 = 1.5;
const CURRENT_GRID: f64 = 0.02;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Input {
    Constant,
    Poisson,
    Sine,
}

/// What happened at one step.
#[derive(Clone, Copy, Debug)]
struct Moment {
    step: u64,
    current: f64,
    membrane: f64,
    spike: bool,
}

struct LifLab {
    neuron: Leaky,
    current: f64,
    input: Input,
    kicks: Stream,
    membrane: f64,
    step: u64,
    /// Step of the last change of a control.
    changed: u64,
    history: VecDeque<Moment>,
    /// The last two spikes since the change.
    last_spikes: [Option<u64>; 2],
    /// Measured rate for each current of the grid.
    curve: Vec<[f64; 2]>,
}

impl LifLab {
    fn new(values: &Values) -> Self {
        let mut lab = Self {
            neuron: neuron(values),
            current: 0.0,
            input: Input::Constant,
            kicks: Stream::new(values.seed(), "kicks"),
            membrane: 0.0,
            step: 0,
            changed: 0,
            history: VecDeque::new(),
            last_spikes: [None; 2],
            curve: Vec::new(),
        };
        lab.take(values);
        lab
    }

    fn take(&mut self, values: &Values) {
        self.neuron = neuron(values);
        self.current = values.real("current");
        self.input = match values.choice("input") {
            "poisson" => Input::Poisson,
            "sine" => Input::Sine,
            _ => Input::Constant,
        };
        self.changed = self.step;
        self.last_spikes = [None; 2];
        self.curve = measured_curve(self.neuron);
    }

    fn next_current(&mut self) -> f64 {
        match self.input {
            Input::Constant => self.current,
            Input::Poisson => KICK * f64::from(poisson(self.current / KICK, &mut self.kicks)),
            Input::Sine => {
                let phase = (self.step % PERIOD) as f64 / PERIOD as f64;
                self.current * (1.0 + sin(TAU * phase))
            }
        }
    }

    fn rate(&self) -> Option<f64> {
        let counted = |m: &&Moment| m.step > self.changed;
        let steps = self.history.iter().filter(counted).count();
        let spikes = self.history.iter().filter(counted).filter(|m| m.spike).count();
        (steps > 0).then(|| spikes as f64 / steps as f64)
    }

    fn interval(&self) -> Option<f64> {
        let [before, last] = self.last_spikes;
        Some((last? - before?) as f64)
    }

    fn theory(&self) -> Option<f64> {
        (self.input == Input::Constant).then(|| self.neuron.firing_rate(self.current))
    }

    fn is_exact(&self) -> bool {
        self.neuron.reset != Reset::Subtract || self.neuron.beta >= 1.0
    }

    fn trace(&self) -> Panel {
        let newest = self.history.back().map_or(0, |m| m.step);
        let first = newest.saturating_sub(WINDOW) as f64;
        let theta = self.neuron.threshold;
        let highest = self.history.iter().map(|m| m.membrane).fold(0.0, f64::max);
        let top = 1.2 * round_up(highest.max(1.05 * theta), 0.1);
        // A late subtraction can take more than the leak has left: at most this far below zero.
        let bottom = match self.neuron.reset {
            Reset::Subtract if self.neuron.delayed => -theta * (1.0 - self.neuron.beta) - 0.02 * top,
            _ => -0.02 * top,
        };
        let points = |f: fn(&Moment) -> f64| -> Vec<[f64; 2]> {
            self.history.iter().map(|m| [m.step as f64, f(m)]).collect()
        };
        let spikes: Vec<[f64; 2]> =
            self.history.iter().filter(|m| m.spike).map(|m| [m.step as f64, 0.95 * top]).collect();
        let above = self
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
        .mark("spikes", "", Shape::Spikes { spikes, tone: Tone::Accent, height: 0.08 * top })
    }

    fn input_strip(&self) -> Panel {
        let newest = self.history.back().map_or(0, |m| m.step);
        let first = newest.saturating_sub(WINDOW) as f64;
        let largest = self.history.iter().map(|m| m.current).fold(0.0, f64::max);
        let points = self.history.iter().map(|m| [m.step as f64, m.current]).collect();
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
            Shape::Rule { at: At::Y(self.neuron.rheobase()), tone: Tone::Muted, stroke: Stroke::Dashed },
        )
        .mark("current", "", Shape::Line { points, tone: Tone::Series(4), stroke: Stroke::Solid })
    }

    fn fi_curve(&self) -> Panel {
        let theory = (0..=600)
            .map(|k| LARGEST_CURRENT * f64::from(k) / 600.0)
            .map(|i| [i, self.neuron.firing_rate(i)])
            .collect();
        let measured = self
            .curve
            .iter()
            .map(|p| Dot { at: *p, tone: Tone::Ink, glyph: Glyph::Circle, filled: true })
            .collect();
        let here = self.rate().or(self.theory()).unwrap_or(0.0);
        Panel::new(
            "fi",
            "Rate against current (f–I curve)",
            Axis::linear("constant current I", [0.0, LARGEST_CURRENT]),
            Axis::linear("spikes/step", [0.0, 1.1]),
        )
        .height(180.0)
        .mark(
            "rheobase",
            "",
            Shape::Rule { at: At::X(self.neuron.rheobase()), tone: Tone::Muted, stroke: Stroke::Dashed },
        )
        .mark("theory", "", Shape::Line { points: theory, tone: Tone::Series(2), stroke: Stroke::Thick })
        .mark("measured", "", Shape::Dots { dots: measured, radius: 1.8 })
        .mark(
            "here",
            "",
            Shape::Handle { at: [self.current, here], x: Some("current"), y: None, tone: Tone::Accent },
        )
        .mark(
            "theory_name",
            "",
            Shape::Words {
                at: [LARGEST_CURRENT, 0.08],
                text: if self.is_exact() { "dots run, line formula" } else { "dots run, line estimate" }
                    .to_owned(),
                anchor: crate::lab::figure::Anchor::End,
                tone: Tone::Muted,
            },
        )
    }
}

fn neuron(values: &Values) -> Leaky {
    Leaky {
        beta: values.real("beta"),
        threshold: values.real("theta"),
        reset: match values.choice("reset") {
            "zero" => Reset::Zero,
            "none" => Reset::Off,
            _ => Reset::Subtract,
        },
        delayed: values.toggle("reset_delay"),
    }
}

/// The rate of a fresh neuron for each current of the grid, over 400 steps after 100 to settle.
fn measured_curve(neuron: Leaky) -> Vec<[f64; 2]> {
    let points = (LARGEST_CURRENT / CURRENT_GRID).round() as usize;
    (0..=points)
        .map(|k| {
            let current = CURRENT_GRID * k as f64;
            let mut u = 0.0;
            let spikes =
                (0..500).map(|t| neuron.step(&mut u, current) && t >= 100).filter(|counted| *counted).count();
            [current, spikes as f64 / 400.0]
        })
        .collect()
}

/// A Poisson count with a small mean (Knuth's product of uniforms).
fn poisson(mean: f64, stream: &mut Stream) -> u32 {
    let floor = exp(-mean);
    let mut product = stream.uniform();
    let mut count = 0;
    while product > floor {
        product *= stream.uniform();
        count += 1;
    }
    count
}

impl Simulation for LifLab {
    fn step(&mut self) {
        let current = self.next_current();
        self.step += 1;
        let spike = self.neuron.step(&mut self.membrane, current);
        if spike {
            self.last_spikes = [self.last_spikes[1], Some(self.step)];
        }
        self.history.push_back(Moment { step: self.step, current, membrane: self.membrane, spike });
        if self.history.len() as u64 > WINDOW {
            self.history.pop_front();
        }
    }

    fn set(&mut self, values: &Values) {
        self.take(values);
    }

    fn readings(&self) -> Vec<Reading> {
        vec![
            self.rate().into(),
            self.interval().into(),
            self.theory().into(),
            time_constant(self.neuron.beta).into(),
        ]
    }

    fn figure(&self) -> Figure {
        let spikes = self.history.iter().filter(|m| m.spike).count();
        let interval =
            self.interval().map_or_else(String::new, |k| format!(", the last two {k} steps apart"));
        let alternative = format!(
            "At a mean current of {} the neuron has fired {spikes} times in the last {} steps{interval}. \
             It needs more than {} to fire at all; its membrane now stands at {} and the threshold at {}.",
            self.current,
            self.history.len(),
            format_number(self.neuron.rheobase(), 3),
            format_number(self.membrane, 2),
            self.neuron.threshold,
        );
        Figure::new(vec![vec![self.trace()], vec![self.input_strip(), self.fi_curve()]], alternative)
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if self.neuron.beta >= 1.0 {
            notes.push(match self.neuron.reset {
                Reset::Off => format!(
                    "β = 1 without reset makes an integrator: the membrane grows without end and is held at {}.",
                    format_number(MEMBRANE_LIMIT, 0)
                ),
                _ => "β = 1: nothing leaks, the neuron is an integrator.".to_owned(),
            });
        }
        if self.neuron.beta <= 0.0 {
            notes.push("β = 0: the membrane has no memory, it is the input of this step alone.".to_owned());
        }
        if self.input == Input::Constant && !self.neuron.can_fire(self.current) {
            notes.push(format!(
                "The current does not exceed the rheobase θ(1 − β) = {}: the neuron cannot fire and has no interval.",
                format_number(self.neuron.rheobase(), 3)
            ));
        }
        notes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::Runner;

    fn run(pairs: &[(&str, &str)], steps: u64) -> Runner {
        let mut runner = Runner::new(&SPEC, Values::with(SPEC.controls, pairs));
        runner.advance(steps);
        runner
    }

    fn reading(runner: &Runner, id: &str) -> Option<f64> {
        runner.readings()[SPEC.readout(id).unwrap()].number()
    }

    #[test]
    fn the_steady_preset_fires_every_seven_steps_as_the_formula_says() {
        let runner = run(&[("current", "0.2"), ("reset", "zero")], 150);
        assert_eq!(reading(&runner, "isi"), Some(7.0));
        assert_eq!(reading(&runner, "rate_theory"), Some(1.0 / 7.0));
        assert!((reading(&runner, "rate").unwrap() - 1.0 / 7.0).abs() < 0.011);
    }

    #[test]
    fn below_the_rheobase_there_is_no_interval_and_a_note_says_why() {
        let runner = run(&[("current", "0.1")], 200);
        assert_eq!(reading(&runner, "isi"), None);
        assert_eq!(reading(&runner, "rate"), Some(0.0));
        assert!(runner.simulation().notes()[0].contains("rheobase"));
    }

    #[test]
    fn an_integrator_is_named_and_held() {
        let runner = run(&[("beta", "1"), ("reset", "none"), ("current", "1.5")], 300);
        assert!(runner.simulation().notes()[0].contains("integrator"));
        assert_eq!(reading(&runner, "rate"), Some(1.0));
        assert!(run(&[("beta", "0")], 5).simulation().notes()[0].contains("no memory"));
    }

    #[test]
    fn a_change_while_it_runs_starts_the_count_afresh() {
        let mut runner = run(&[], 100);
        let mut values = runner.values().clone();
        values.set_text("current", "0.3").unwrap();
        values.set_text("reset", "zero").unwrap();
        assert!(!runner.set_values(values));
        assert_eq!(reading(&runner, "isi"), None);
        runner.advance(30);
        assert_eq!(reading(&runner, "isi"), Some(4.0));
    }

    #[test]
    fn random_kicks_have_the_mean_that_is_set() {
        let mut stream = Stream::new(1, "kicks");
        let total: u32 = (0..20_000).map(|_| poisson(1.2, &mut stream)).sum();
        assert!((f64::from(total) / 20_000.0 - 1.2).abs() < 0.03);
        assert_eq!(poisson(0.0, &mut stream), 0);
    }

    #[test]
    fn the_opening_figure_shows_a_membrane_that_crosses_its_threshold() {
        let figure = Runner::opening(&SPEC).simulation().figure();
        let trace = &figure.rows[0][0];
        let Shape::Line { points, .. } = &trace.marks[1].shape else { panic!("no membrane") };
        assert_eq!(points.len(), 90);
        assert!(points.iter().any(|p| p[1] > 1.0) && points.iter().any(|p| p[1] < 0.3));
        let Shape::Spikes { spikes, .. } = &trace.marks[3].shape else { panic!("no spikes") };
        assert!(spikes.len() > 8);
    }
}
