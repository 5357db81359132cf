//! `lif-lab`: one leaky integrate-and-fire neuron on an oscilloscope, with its f-I curve.

mod figure;
#[cfg(test)]
mod tests;

use crate::lab::schema::readout::format_number;
use crate::lab::{
    Challenge, Choice, Control, Figure, Named, Pace, Preset, Readout, Simulation, Spec, Values, of, reading,
};
use crate::models::spiking::{Leaky, MEMBRANE_LIMIT, Reset, time_constant};
use crate::numerics::elementary::{exp, sin};
use crate::numerics::random::Stream;
use core::f64::consts::TAU;
use std::collections::VecDeque;

static RESET: Choice<Reset, 3> = Choice::new(
    "reset",
    "Reset",
    [
        ("subtract", "subtract θ", Reset::Subtract),
        ("zero", "to zero", Reset::Zero),
        ("none", "none", Reset::Off),
    ],
);

static INPUT: Choice<Input, 3> = Choice::new(
    "input",
    "Input",
    [
        ("constant", "constant", Input::Constant),
        ("poisson", "random kicks", Input::Poisson),
        ("sine", "sine wave", Input::Sine),
    ],
);

pub static SPEC: Spec = Spec::new(
    "lif-lab",
    "One neuron on the oscilloscope",
    "A leaky integrate-and-fire neuron runs. Change its current, leak, threshold and reset, and watch the \
     membrane, the spikes and the firing rate.",
    Pace::new(25.0, 90, "time step"),
    |values| Box::new(LifLab::new(values)),
)
.controls(&[
    Control::real("current", "Current", [0.0, 1.5], 0.01, 0.25)
        .live()
        .help("Input added to the membrane at each step; the mean where the input varies."),
    Control::real("beta", "Leak β", [0.0, 1.0], 0.01, 0.9)
        .live()
        .help("Share of the membrane that is left after one step: 0 forgets at once, 1 never."),
    Control::real("theta", "Threshold θ", [0.1, 2.0], 0.1, 1.0)
        .live()
        .help("The membrane must exceed it to fire."),
    RESET.control().live().help("What a spike does to the membrane."),
    Control::toggle("reset_delay", "Reset one step late", true).unless("reset", &["none"]).live().help(
        "On, as in snnTorch: the reset acts in the step after the spike, so the trace pokes above the \
         threshold.",
    ),
    INPUT
        .control()
        .live()
        .help("Random kicks arrive as a Poisson process; the wave has a period of 50 steps."),
    Control::seed(1).secondary(),
])
.readouts(&[
    Readout::new("rate", "Firing rate", 3)
        .unit("spikes/step")
        .spoken("spikes a step")
        .basis("Spikes over steps: the last 100, or fewer after a change."),
    Readout::new("isi", "Interval", 0)
        .unit("steps")
        .basis("Steps between the last two spikes since the last change."),
    Readout::new("rate_theory", "Rate, formula", 3).unit("spikes/step").spoken("spikes a step").help(
        "For a constant current: exact for the reset to zero and for β = 1, an estimate for subtraction with \
         a leak.",
    )
        .formula("if(current > (theta * (1 - beta) * (1 + 1e-12))'the least current that fires', pick(reset, if(beta >= 1, min(1, current / theta), if(beta <= 0, if(reset_delay = on, if(current <= 2 * theta, 0.5, 1), 1), if((1 - (if(reset_delay = on, theta / beta, theta))'drop' / (current / (1 - beta) - (theta + (current - theta * (1 - beta)) / 2)'height of a spike' + (if(reset_delay = on, theta / beta, theta))'drop'))'share' > 0, min(1, ln(beta) / ln((1 - (if(reset_delay = on, theta / beta, theta))'drop' / (current / (1 - beta) - (theta + (current - theta * (1 - beta)) / 2)'height of a spike' + (if(reset_delay = on, theta / beta, theta))'drop'))'share')), 1))), 1 / (floor(if(beta >= 1, theta / current, if(beta <= 0, 0, ln(1 - theta * (1 - beta) / current) / ln(beta)))) + 1), 1), 0)"),
    Readout::new("time_constant", "Time constant τ", 2)
        .unit("steps")
        .help("Steps in which the membrane falls to 1/e without input: −1/ln β.")
        .formula("if(beta > 0, -1 / ln(beta), 0)"),
])
.presets(&[
    Preset::new("below-rheobase", "Below the rheobase")
        .look(
            "The leak takes as much as the current brings: the membrane creeps up to the threshold and never \
             crosses it.",
        )
        .with(&[("current", "0.1")]),
    Preset::new("steady", "Steady")
        .look("Reset to zero: every interval is the same seven steps.")
        .with(&[("current", "0.2"), ("reset", "zero")]),
    Preset::new("saturated", "Saturated")
        .look("One spike a step is all a neuron can say, however strong the current.")
        .with(&[("current", "1.2")]),
    Preset::new("no-leak", "No leak")
        .look("β = 1 adds up everything: the rate is the current over the threshold.")
        .with(&[("beta", "1")]),
])
.challenges(&[Challenge::new(
    "nine",
    "A spike every nine steps",
    "With the reset to zero, β = 0.9 and θ = 1, find a current that makes the neuron fire every 9 steps.",
    &[of("reset").is("zero"), of("beta").equals(0.9), of("theta").equals(1.0), of("isi").equals(9.0)],
)
.solution(&[("reset", "zero"), ("current", "0.17")], 60)]);

/// Steps on the screen, and in the window of the rate.
const WINDOW: u64 = 100;

/// What one random kick adds.
const KICK: f64 = 0.25;

/// Steps of one wave.
const PERIOD: u64 = 50;

/// Largest current of the f-I curve, and the gap between its points.
const LARGEST_CURRENT: f64 = 1.5;
const CURRENT_GRID: f64 = 0.03;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Input {
    Constant,
    Poisson,
    Sine,
}

/// What happened at one step.
#[derive(Clone, Copy, Debug)]
struct Sample {
    step: u64,
    current: f64,
    membrane: f64,
    spike: bool,
}

/// A neuron with the last steps of its life.
struct LifLab {
    neuron: Leaky,
    current: f64,
    input: Input,
    kicks: Stream,
    membrane: f64,
    step: u64,
    /// Step of the last change of a control.
    changed: u64,
    history: VecDeque<Sample>,
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
        self.input = INPUT.of(values);
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
        let counted = |m: &&Sample| m.step > self.changed;
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
}

fn neuron(values: &Values) -> Leaky {
    Leaky {
        beta: values.real("beta"),
        threshold: values.real("theta"),
        reset: RESET.of(values),
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
        self.history.push_back(Sample { step: self.step, current, membrane: self.membrane, spike });
        if self.history.len() as u64 > WINDOW {
            self.history.pop_front();
        }
    }

    fn set(&mut self, values: &Values) {
        self.take(values);
    }

    fn readings(&self) -> Vec<Named> {
        vec![
            reading("rate", self.rate()),
            reading("isi", self.interval()),
            reading("rate_theory", self.theory()),
            reading("time_constant", time_constant(self.neuron.beta)),
        ]
    }

    fn figure(&self) -> Figure {
        let spikes = self.history.iter().filter(|m| m.spike).count();
        let interval =
            self.interval().map_or_else(String::new, |k| format!(", the last two {k} steps apart"));
        let alternative = format!(
            "At a mean current of {} the neuron has fired {spikes} times in the last {} steps{interval}. It \
             needs more than {} to fire at all; its membrane now stands at {} and the threshold at {}.",
            self.current,
            self.history.len(),
            format_number(self.neuron.rheobase(), 3),
            format_number(self.membrane, 2),
            self.neuron.threshold,
        );
        figure::figure(self, alternative)
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if self.neuron.beta >= 1.0 {
            notes.push(match self.neuron.reset {
                Reset::Off => format!(
                    "β = 1 without reset makes an integrator: the membrane grows without end and is held at \
                     {}.",
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
                "The current does not exceed the rheobase θ(1 − β) = {}: the neuron cannot fire and has no \
                 interval.",
                format_number(self.neuron.rheobase(), 3)
            ));
        }
        notes
    }
}
