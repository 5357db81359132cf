//! `lif-lab`: one leaky integrate-and-fire neuron on an oscilloscope, with its f-I curve.

use super::lif_figure;
use crate::lab::condition::Clause;
use crate::lab::readout::format_number;
use crate::lab::{
    Challenge, Control, Figure, Pace, Preset, Reading, Readout, Simulation, Spec, Values, page_text,
};
use crate::models::spiking::{Leaky, MEMBRANE_LIMIT, Reset, time_constant};
use crate::numerics::elementary::{exp, sin};
use crate::numerics::random::Stream;
use core::f64::consts::TAU;
use std::collections::VecDeque;

pub static SPEC: Spec = Spec {
    id: "lif-lab",
    title: "One neuron on the oscilloscope",
    summary: page_text(
        "A leaky integrate-and-fire neuron runs. Change its current, leak, threshold and reset, and watch \
         the membrane, the spikes and the firing rate.",
    ),
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
            look: page_text(
                "The leak takes as much as the current brings: the membrane creeps up to the threshold and \
                 never crosses it.",
            ),
            values: &[("current", "0.1")],
        },
        Preset {
            id: "steady",
            label: "Steady",
            look: page_text("Reset to zero: every interval is the same seven steps."),
            values: &[("current", "0.2"), ("reset", "zero")],
        },
        Preset {
            id: "saturated",
            label: "Saturated",
            look: page_text("One spike a step is all a neuron can say, however strong the current."),
            values: &[("current", "1.2")],
        },
        Preset {
            id: "no-leak",
            label: "No leak",
            look: page_text("β = 1 adds up everything: the rate is the current over the threshold."),
            values: &[("beta", "1")],
        },
    ],
    challenges: &[Challenge {
        id: "seven",
        title: "A spike every seven steps",
        task: page_text(
            "With the reset to zero, β = 0.9 and θ = 1, find a current that makes the neuron fire every 7 \
             steps.",
        ),
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
pub const WINDOW: u64 = 100;

/// What one random kick adds.
const KICK: f64 = 0.25;

/// Steps of one wave.
const PERIOD: u64 = 50;

/// Largest current of the f-I curve, and the gap between its points.
pub const LARGEST_CURRENT: f64 = 1.5;
const CURRENT_GRID: f64 = 0.03;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Input {
    Constant,
    Poisson,
    Sine,
}

/// What happened at one step.
#[derive(Clone, Copy, Debug)]
pub struct Moment {
    pub step: u64,
    pub current: f64,
    pub membrane: f64,
    pub spike: bool,
}

/// A neuron with the last steps of its life.
pub struct LifLab {
    pub neuron: Leaky,
    pub current: f64,
    input: Input,
    kicks: Stream,
    membrane: f64,
    step: u64,
    /// Step of the last change of a control.
    changed: u64,
    pub history: VecDeque<Moment>,
    /// The last two spikes since the change.
    last_spikes: [Option<u64>; 2],
    /// Measured rate for each current of the grid.
    pub curve: Vec<[f64; 2]>,
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

    pub fn rate(&self) -> Option<f64> {
        let counted = |m: &&Moment| m.step > self.changed;
        let steps = self.history.iter().filter(counted).count();
        let spikes = self.history.iter().filter(counted).filter(|m| m.spike).count();
        (steps > 0).then(|| spikes as f64 / steps as f64)
    }

    fn interval(&self) -> Option<f64> {
        let [before, last] = self.last_spikes;
        Some((last? - before?) as f64)
    }

    pub fn theory(&self) -> Option<f64> {
        (self.input == Input::Constant).then(|| self.neuron.firing_rate(self.current))
    }

    pub fn is_exact(&self) -> bool {
        self.neuron.reset != Reset::Subtract || self.neuron.beta >= 1.0
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
        lif_figure::figure(self, alternative)
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
    use crate::lab::figure::Shape;

    #[test]
    fn the_steady_preset_fires_every_seven_steps_as_the_formula_says() {
        let runner = Runner::after(&SPEC, &[("current", "0.2"), ("reset", "zero")], 150);
        assert_eq!(runner.number("isi"), Some(7.0));
        assert_eq!(runner.number("rate_theory"), Some(1.0 / 7.0));
        assert!((runner.number("rate").unwrap() - 1.0 / 7.0).abs() < 0.011);
    }

    #[test]
    fn below_the_rheobase_there_is_no_interval_and_a_note_says_why() {
        let runner = Runner::after(&SPEC, &[("current", "0.1")], 200);
        assert_eq!(runner.number("isi"), None);
        assert_eq!(runner.number("rate"), Some(0.0));
        assert!(runner.simulation().notes()[0].contains("rheobase"));
    }

    #[test]
    fn an_integrator_is_named_and_held() {
        let runner = Runner::after(&SPEC, &[("beta", "1"), ("reset", "none"), ("current", "1.5")], 300);
        assert!(runner.simulation().notes()[0].contains("integrator"));
        assert_eq!(runner.number("rate"), Some(1.0));
        assert!(Runner::after(&SPEC, &[("beta", "0")], 5).simulation().notes()[0].contains("no memory"));
    }

    #[test]
    fn a_change_while_it_runs_starts_the_count_afresh() {
        let mut runner = Runner::after(&SPEC, &[], 100);
        let mut values = runner.values().clone();
        values.set_text("current", "0.3").unwrap();
        values.set_text("reset", "zero").unwrap();
        assert!(!runner.set_values(values));
        assert_eq!(runner.number("isi"), None);
        runner.advance(30);
        assert_eq!(runner.number("isi"), Some(4.0));
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
