//! `stdp`: a neuron hears the same short song again and again, and learns to answer its beginning.

mod figure;
#[cfg(test)]
mod tests;

use crate::lab::figure::series::Series;
use crate::lab::schema::readout::format_number;
use crate::lab::{
    Challenge, Control, Figure, Named, Pace, Preset, Readout, Simulation, Spec, Values, of, reading,
};
use crate::models::spiking::{Leaky, Reset};
use crate::models::stdp::{Stdp, Synapses};
use crate::numerics::random::Stream;
use crate::numerics::statistics::mean;

pub static SPEC: Spec = Spec::new(
    "stdp",
    "Learning without a teacher",
    "Forty inputs fire one after another in every cycle. Synapses whose spike comes just before the neuron's \
     grow, those whose spike comes later shrink: watch the first output spike move forward.",
    Pace::new(10.0, 30, "cycle"),
    |values| Box::new(StdpLab::new(values)),
)
.controls(&[
    Control::real("a_plus", "Potentiation A₊", [0.0, 0.05], 0.001, 0.01)
        .help("What a synapse gains when its spike comes just before the neuron's."),
    Control::real("ratio", "A₋ / A₊", [0.5, 2.0], 0.05, 1.05)
        .help("How much stronger the loss is when the input's spike comes after the neuron's."),
    Control::integer("tau", "Window τ", 2, 50, 20)
        .unit("steps")
        .help("How far apart two spikes may be and still count as a pair."),
    Control::real("jitter", "Jitter", [0.0, 10.0], 0.5, 1.0)
        .unit("steps")
        .help("Standard deviation of each input's spike time from cycle to cycle."),
    Control::real("scale", "Weights of its rival", [0.5, 3.0], 0.1, 1.0)
        .unit("times")
        .secondary()
        .help(
            "The rival hears the same and learns nothing: its weights are the learner's first ones, times this.",
        ),
    Control::seed(1).secondary(),
])
.readouts(&[
    Readout::new("first_spike", "First output spike", 1)
        .unit("steps")
        .spoken("steps after the cycle begins")
        .help("Steps from the start of a cycle to the neuron's first spike.")
        .basis("Mean over those of the last ten cycles that had one."),
    Readout::new("first_frozen", "Its rival's first spike", 1)
        .unit("steps")
        .spoken("steps after the cycle begins")
        .help(
            "The same for a neuron that hears the same inputs through the first weights, all scaled alike: what more \
             weight does without any order.",
        )
        .basis("Mean over those of the last ten cycles that had one."),
    Readout::new("weight", "Weight of all inputs", 2)
        .unit("×")
        .spoken("times what it was at first")
        .basis("Sum of the forty weights over their sum before the first cycle."),
    Readout::new("w_early", "Early weights", 2).basis("Mean weight of the ten earliest inputs."),
    Readout::new("w_late", "Late weights", 2).basis("Mean weight of the ten latest inputs."),
])
.presets(&[
    Preset::new("song2000", "Song et al. 2000").look(
        "Loss a little stronger than gain: the early synapses grow, and the first spike moves from step \
         [8.8](run:?a_plus=0&at=30&seeds=1..40#mean:first_spike) (frozen weights) to step \
         [4.4](run:?at=600&seeds=1..40#mean:first_spike).",
    ),
    Preset::new("ltp-heavy", "Gain wins")
        .look("With A₋ half of A₊ nearly every synapse grows: the neuron answers everything.")
        .with(&[("ratio", "0.5")]),
    Preset::new("ltd-heavy", "Loss wins")
        .look(
            "With A₋ twice A₊ the late synapses vanish, and the early ones pay as well whenever they fire \
             after the neuron.",
        )
        .with(&[("ratio", "2")]),
    Preset::new("noise", "Noise")
        .look(
            "Spike times that jump by ten steps blur the order: at this balance of gain and loss, early and late \
             synapses both grow to the ceiling.",
        )
        .with(&[("jitter", "10")]),
])
.challenges(&[Challenge::new(
    "sharp-ear",
    "A sharp ear",
    "Make the neuron raise the ten earliest inputs (mean weight 0.95 or more) and not the ten latest (0.5 \
     or less). Within 1,000 cycles.",
    &[of("w_early").at_least(0.95), of("w_late").at_most(0.5), of("step").at_most(1000.0)],
)
.solution(&[("tau", "3")], 600)]);

const INPUTS: usize = 40;

/// Steps of one cycle.
const CYCLE: usize = 40;

/// The mean spike times of the first and the last input.
const LATENCIES: [f64; 2] = [2.0, 32.0];

/// Chance of a stray spike of an input at a step.
const STRAY: f64 = 0.003;

/// What a synapse of weight 1 adds to the membrane.
const DRIVE: f64 = 0.25;

const NEURON: Leaky = Leaky { beta: 0.9, threshold: 1.0, reset: Reset::Zero, delayed: true };

/// How many inputs count as early, and as late.
const GROUP: usize = 10;

/// A neuron with forty plastic synapses, and the cycle that it heard last.
struct StdpLab {
    rule: Stdp,
    jitter: f64,
    synapses: Synapses,
    first_weights: Vec<f64>,
    membrane: f64,
    times: Stream,
    strays: Stream,
    /// Input steps until the next stray spike. Strays are rare: to draw the gaps is a hundred times
    /// less work than to draw for each input and step.
    until_stray: u64,
    cycles: u64,
    /// The last cycle: `[step, input]` of each input spike, and the steps of the output's.
    input_spikes: Vec<[f64; 2]>,
    output_spikes: Vec<f64>,
    /// First output spike of the last ten cycles; `None` for a silent one.
    recent: Vec<Option<f64>>,
    /// The rival's: its membrane, how its weights are scaled, its last first spikes.
    rival_membrane: f64,
    rival_scale: f64,
    rival_recent: Vec<Option<f64>>,
    /// First spikes of the learner and of its rival.
    firsts: Series<2>,
}

impl StdpLab {
    fn new(values: &Values) -> Self {
        let a_plus = values.real("a_plus");
        let rule = Stdp { a_plus, a_minus: a_plus * values.real("ratio"), tau: values.integer("tau") as f64 };
        let seed = values.seed();
        let mut initial = Stream::new(seed, "weights");
        let mut strays = Stream::new(seed, "stray spikes");
        let first_weights: Vec<f64> = (0..INPUTS).map(|_| initial.between(0.3, 0.6)).collect();
        Self {
            rule,
            jitter: values.real("jitter"),
            synapses: Synapses::new(rule, first_weights.clone()),
            first_weights,
            membrane: 0.0,
            times: Stream::new(seed, "spike times"),
            until_stray: strays.failures(STRAY),
            strays,
            cycles: 0,
            input_spikes: Vec::new(),
            output_spikes: Vec::new(),
            recent: Vec::new(),
            rival_membrane: 0.0,
            rival_scale: values.real("scale"),
            rival_recent: Vec::new(),
            firsts: Series::every(1),
        }
    }

    /// When each input fires in the coming cycle.
    fn schedule(&mut self) -> Vec<usize> {
        (0..INPUTS)
            .map(|i| {
                let t = latency(i) + self.jitter * self.times.normal();
                t.round().clamp(0.0, (CYCLE - 1) as f64) as usize
            })
            .collect()
    }

    fn group(&self, inputs: core::ops::Range<usize>) -> f64 {
        mean(&self.synapses.weights()[inputs])
    }

    /// The sum of the weights over what it was at first.
    fn weight(&self) -> f64 {
        self.synapses.weights().iter().sum::<f64>() / self.first_weights.iter().sum::<f64>()
    }
}

/// The mean first spike of cycles that had one.
fn first_spike(recent: &[Option<f64>]) -> Option<f64> {
    let heard: Vec<f64> = recent.iter().filter_map(|t| *t).collect();
    (!heard.is_empty()).then(|| mean(&heard))
}

/// Keeps the last ten.
fn remember(recent: &mut Vec<Option<f64>>, first: Option<f64>) {
    if recent.len() == 10 {
        recent.remove(0);
    }
    recent.push(first);
}

/// The mean spike time of input `i` within a cycle.
fn latency(i: usize) -> f64 {
    LATENCIES[0] + (LATENCIES[1] - LATENCIES[0]) * i as f64 / (INPUTS - 1) as f64
}

impl Simulation for StdpLab {
    fn step(&mut self) {
        let schedule = self.schedule();
        self.input_spikes.clear();
        self.output_spikes.clear();
        let mut rival_first = None;
        for t in 0..CYCLE {
            self.synapses.fade();
            let (mut drive, mut rival_drive) = (0.0, 0.0);
            for (i, due) in schedule.iter().enumerate() {
                let stray = self.until_stray == 0;
                self.until_stray = if stray { self.strays.failures(STRAY) } else { self.until_stray - 1 };
                if *due == t || stray {
                    drive += self.synapses.weights()[i];
                    rival_drive += self.first_weights[i];
                    self.synapses.input_spike(i);
                    self.input_spikes.push([t as f64, i as f64]);
                }
            }
            if NEURON.step(&mut self.membrane, DRIVE * drive) {
                self.synapses.output_spike();
                self.output_spikes.push(t as f64);
            }
            if NEURON.step(&mut self.rival_membrane, DRIVE * self.rival_scale * rival_drive)
                && rival_first.is_none()
            {
                rival_first = Some(t as f64);
            }
        }
        self.cycles += 1;
        let first = self.output_spikes.first().copied();
        remember(&mut self.recent, first);
        remember(&mut self.rival_recent, rival_first);
        self.firsts.push(self.cycles, [first, rival_first].map(|t| t.unwrap_or(f64::NAN)));
    }

    fn readings(&self) -> Vec<Named> {
        vec![
            reading("first_spike", first_spike(&self.recent)),
            reading("first_frozen", first_spike(&self.rival_recent)),
            reading("weight", self.weight()),
            reading("w_early", self.group(0..GROUP)),
            reading("w_late", self.group(INPUTS - GROUP..INPUTS)),
        ]
    }

    fn figure(&self) -> Figure {
        let answer = match self.output_spikes.first() {
            Some(first) => format!("the neuron's first spike came at step {first}"),
            None if self.cycles == 0 => "nothing has been heard yet".to_owned(),
            None => "the neuron was silent".to_owned(),
        };
        let alternative = format!(
            "Cycle {}: {answer}. The ten earliest inputs have a mean weight of {}, the ten latest of {}; \
             both began near 0.45.",
            self.cycles,
            format_number(self.group(0..GROUP), 2),
            format_number(self.group(INPUTS - GROUP..INPUTS), 2),
        );
        figure::figure(self, alternative)
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if self.rule.a_plus <= 0.0 {
            notes.push("A₊ = 0, and A₋ with it: the weights are frozen.".to_owned());
        }
        if self.recent.len() == 10 && self.recent.iter().all(Option::is_none) {
            notes.push(
                "The neuron has been silent for ten cycles: without output spikes no pair forms, and nothing \
                 changes."
                    .to_owned(),
            );
        }
        notes
    }
}
