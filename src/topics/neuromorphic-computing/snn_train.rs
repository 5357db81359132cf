//! `snn-train`: a spiking network learns three spiral arms while the page watches its spikes.

use super::arms::{self, ARMS, INPUTS, Point};
use super::record::Record;
use super::snn_figure;
use crate::lab::condition::Clause;
use crate::lab::simulation::Outcome;
use crate::lab::{
    Challenge, Control, Figure, Pace, Prediction, Preset, Reading, Readout, Simulation, Spec, Values,
};
use crate::models::spike_coding::{Events, latency_code, rate_code};
use crate::models::spike_energy::{Costs, FLOAT32, synops};
use crate::models::spiking_network::{Firing, Shape, SpikingNetwork, Trace, Trainer};
use crate::numerics::random::Stream;
use crate::numerics::statistics::mean;
use std::collections::VecDeque;

pub static SPEC: Spec = Spec {
    id: "snn-train",
    title: "Train a network that only clicks",
    summary: "A spiking network learns to tell three spiral arms apart. Watch its spikes, its map of the \
              square and its energy bill, and change how numbers become spikes.",
    controls: &[
        Control::choice("coding", "Code", &[("rate", "rate"), ("latency", "latency")]).help(
            "How a number becomes spikes. Rate: the larger, the more often. Latency: one spike, the larger \
             the earlier.",
        ),
        Control::integer("t_steps", "Window", 4, 60, 25).unit("steps").help(
            "How many time steps the network may look at one point. Longer windows cost more spikes under \
             the rate code.",
        ),
        Control::real("beta", "Leak β", [0.0, 1.0], 0.01, 0.9)
            .help("Share of the membrane that is left after one step: 0 forgets at once, 1 never."),
        Control::real("alpha", "Surrogate sharpness α", [0.5, 20.0], 0.5, 2.0).live().help(
            "How narrow the stand-in for the spike's gradient is around the threshold: the sharper, the \
             fewer neurons get one. Applies to the running network.",
        ),
        Control::integer("hidden", "Hidden neurons", 4, 64, 32)
            .step(4)
            .help("Spiking neurons between the 16 inputs and the 3 readouts."),
        Control::logarithmic("lr", "Learning rate", [1e-4, 0.1], 0.01)
            .live()
            .secondary()
            .help("Size of an Adam step. Applies to the running network."),
        Control::toggle("train", "Train", true)
            .live()
            .secondary()
            .help("Off: the weights stand still and the network only answers."),
        Control::seed(1).secondary(),
    ],
    readouts: &[
        Readout::new("test_acc", "Test accuracy", 3)
            .help("Share of 300 fresh points that the network gets right, measured every five updates."),
        Readout::new("loss", "Loss", 3)
            .unit("nats")
            .help("Cross-entropy of the training batches, averaged over the last ten updates."),
        Readout::new("spikes_per_inf", "Spikes per inference", 1)
            .help("Input and hidden spikes for one point, averaged over the test points."),
        Readout::new("synops", "SynOps", 0)
            .help("Spikes delivered to synapses for one point: each is one addition."),
        Readout::new("macs", "MACs, dense rival", 0)
            .help("Multiply-accumulates of a dense network of the same shape: one a synapse."),
        Readout::new("energy_ratio", "Energy saved, synapses only", 2)
            .unit("×")
            .spoken("times less energy than the dense network")
            .help("MACs at 4.6 pJ over SynOps at 0.9 pJ. Below 1 the spiking network takes more."),
        Readout::new("energy_ratio_full", "Energy saved, with state updates", 2)
            .unit("×")
            .spoken("times less energy than the dense network")
            .help("The same, with 4.6 pJ charged for each neuron's update at each step."),
    ],
    presets: &[
        Preset {
            id: "snntorch",
            label: "snnTorch defaults",
            look: "Rate code, 25 steps, β = 0.9: it learns fast, and takes more operations than a dense network.",
            values: &[],
        },
        Preset {
            id: "first-spike",
            label: "First spike",
            look: "One spike an input within 10 steps: the raster empties and the SynOps bar drops below the MACs.",
            values: &[("coding", "latency"), ("t_steps", "10")],
        },
        Preset {
            id: "long-count",
            label: "Long count",
            look: "Counting for 50 steps buys little accuracy and doubles the bill.",
            values: &[("t_steps", "50")],
        },
        Preset {
            id: "no-memory",
            label: "No memory",
            look: "β = 0: a hidden neuron fires only if spikes coincide within one step. It learns more slowly, and \
                   in the end fires more.",
            values: &[("beta", "0")],
        },
        Preset {
            id: "too-sharp",
            label: "Too sharp",
            look: "α = 20: only neurons at the threshold get a gradient to speak of. Expect a disaster, and watch \
                   the accuracy hardly care.",
            values: &[("alpha", "20")],
        },
    ],
    challenges: &[Challenge {
        id: "frugal",
        title: "Right and frugal",
        task: "Reach a test accuracy of 0.95 while the synapses take at least 5 times less energy than the \
               dense network's.",
        solved: &[Clause::at_least("test_acc", 0.95), Clause::at_least("energy_ratio", 5.0)],
        solution: &[("coding", "latency"), ("t_steps", "10")],
        solution_steps: 300,
    }],
    prediction: Some(Prediction {
        question: "With the rate code a trained network spends about 2,300 SynOps on a point. Switch the code \
                   to latency and keep the window of 25 steps. After 200 updates, the SynOps …",
        values: &[("coding", "latency")],
        settled_at: 200,
        options: &[
            Outcome { label: "go up", holds: &[Clause::at_least("synops", RATE_CODE_SYNOPS)] },
            Outcome {
                label: "fall, but less than 4×",
                holds: &[
                    Clause::below("synops", RATE_CODE_SYNOPS),
                    Clause::above("synops", RATE_CODE_SYNOPS / 4.0),
                ],
            },
            Outcome {
                label: "fall 4× or more", holds: &[Clause::at_most("synops", RATE_CODE_SYNOPS / 4.0)]
            },
        ],
        because: "An input that used to spike up to a dozen times now spikes once, and the weak ones not at \
                  all. Fewer arrivals also make the hidden neurons fire less.",
    }),
    pace: Pace::new(10.0, 15, "training update"),
    build: |values| Box::new(SnnTrain::new(values)),
};

/// SynOps of the default network after 200 updates, which the bet is about; a test holds it to
/// the run.
const RATE_CODE_SYNOPS: f64 = 2300.0;

const TRAINING_POINTS: usize = 300;
const TEST_POINTS: usize = 300;
const BATCH: usize = 32;

/// The map of decisions has this many cells a side.
pub const MAP: usize = 24;

/// Updates that one pass over the test points takes, and one over the map: the work is spread so
/// that each update stays short. A pass judges the weights as they were when it began.
const TEST_PASS: usize = 5;
const MAP_PASS: usize = 12;

/// What the spiking network is charged for a neuron's update at one step, in pJ: a multiplication
/// and an addition.
const UPDATE_COST: f64 = 4.6;

/// What a pass over the test points finds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Exam {
    pub right: f64,
    /// Spikes, summed over the points.
    pub input_spikes: f64,
    pub hidden_spikes: f64,
}

/// A network in training.
pub struct SnnTrain {
    network: SpikingNetwork,
    trainer: Trainer,
    latency: bool,
    steps: usize,
    sharpness: f64,
    rate: f64,
    training: bool,
    /// Set when a loss is no number: the weights stay as they were before it.
    halted: bool,
    data: Vec<(Vec<f64>, usize)>,
    test: Vec<(Point, Events)>,
    batches: Stream,
    encoding: Stream,
    seed: u64,
    updates: u64,
    recent: VecDeque<f64>,
    losses: Record,
    accuracies: Record,
    /// Weights under examination, the exam so far, and the last whole one.
    examined: SpikingNetwork,
    exam: Exam,
    result: Exam,
    /// Weights that the map is being drawn for, its stream, the rows so far, and the last whole map.
    mapped: SpikingNetwork,
    map_stream: Stream,
    map: Vec<u8>,
    shown_map: Vec<u8>,
}

impl SnnTrain {
    fn new(values: &Values) -> Self {
        let seed = values.seed();
        let shape = Shape {
            inputs: INPUTS,
            hidden: values.integer("hidden"),
            outputs: ARMS,
            beta: values.real("beta"),
            threshold: 1.0,
        };
        let network = SpikingNetwork::new(shape, Firing::Threshold, &mut Stream::new(seed, "weights"));
        let (latency, steps) = (values.choice("coding") == "latency", values.integer("t_steps"));
        let mut test_encoding = Stream::new(seed, "test encoding");
        let mut simulation = Self {
            trainer: Trainer::new(&network),
            examined: network.clone(),
            mapped: network.clone(),
            network,
            latency,
            steps,
            sharpness: values.real("alpha"),
            rate: values.real("lr"),
            training: values.toggle("train"),
            halted: false,
            data: arms::points(TRAINING_POINTS, &mut Stream::new(seed, "data"))
                .into_iter()
                .map(|p| (arms::activities(p.at), p.arm))
                .collect(),
            test: arms::points(TEST_POINTS, &mut Stream::new(seed, "test data"))
                .into_iter()
                .map(|p| (p, encode(&arms::activities(p.at), latency, steps, &mut test_encoding)))
                .collect(),
            batches: Stream::new(seed, "batches"),
            encoding: Stream::new(seed, "encoding"),
            seed,
            updates: 0,
            recent: VecDeque::new(),
            losses: Record::every(1),
            accuracies: Record::every(TEST_PASS as u64),
            exam: Exam::default(),
            result: Exam::default(),
            map_stream: Stream::new(seed, "map"),
            map: Vec::new(),
            shown_map: Vec::new(),
        };
        simulation.examine(0..TEST_POINTS);
        simulation.result = simulation.exam;
        simulation.accuracies.push(0, simulation.accuracy());
        simulation.draw_map(0..MAP);
        simulation.shown_map = simulation.map.clone();
        simulation
    }

    /// One update on a batch drawn with replacement.
    fn train(&mut self) {
        let batch: Vec<(Events, usize)> = (0..BATCH)
            .map(|_| {
                let (activities, arm) = &self.data[self.batches.below(TRAINING_POINTS)];
                (encode(activities, self.latency, self.steps, &mut self.encoding), *arm)
            })
            .collect();
        let examples = batch.iter().map(|(events, arm)| (events, *arm));
        let loss = self.trainer.update(&mut self.network, examples, self.sharpness, self.rate);
        if loss.is_nan() {
            self.halted = true;
            return;
        }
        self.recent.push_back(loss);
        if self.recent.len() > 10 {
            self.recent.pop_front();
        }
        if let Some(loss) = self.loss() {
            self.losses.push(self.updates, loss);
        }
    }

    /// Adds some test points to the exam.
    fn examine(&mut self, places: core::ops::Range<usize>) {
        let mut trace = Trace::default();
        for (point, events) in &self.test[places] {
            self.examined.forward(events, self.sharpness, &mut trace);
            self.exam.right += f64::from(u8::from(trace.class() == point.arm));
            self.exam.input_spikes += events.count() as f64;
            self.exam.hidden_spikes += trace.spike_count();
        }
    }

    /// Adds some rows to the map, from below.
    fn draw_map(&mut self, rows: core::ops::Range<usize>) {
        let mut trace = Trace::default();
        for row in rows {
            for column in 0..MAP {
                let place = [(column as f64 + 0.5) / MAP as f64, (row as f64 + 0.5) / MAP as f64];
                let activities = arms::activities(place);
                let events = encode(&activities, self.latency, self.steps, &mut self.map_stream);
                self.mapped.forward(&events, self.sharpness, &mut trace);
                self.map.push(trace.class() as u8);
            }
        }
    }

    /// The next share of the pass over the test points and of the one over the map.
    fn look_around(&mut self) {
        let share = (self.updates as usize - 1) % TEST_PASS;
        if share == 0 {
            (self.exam, self.examined) = (Exam::default(), self.network.clone());
        }
        let size = TEST_POINTS / TEST_PASS;
        self.examine(share * size..(share + 1) * size);
        if share == TEST_PASS - 1 {
            self.result = self.exam;
            self.accuracies.push(self.updates, self.accuracy());
        }
        let share = (self.updates as usize - 1) % MAP_PASS;
        if share == 0 {
            self.mapped = self.network.clone();
            // The same noise each time: what changes in the map is what was learned.
            self.map_stream = Stream::new(self.seed, "map");
            self.map.clear();
        }
        let size = MAP / MAP_PASS;
        self.draw_map(share * size..(share + 1) * size);
        if share == MAP_PASS - 1 {
            self.shown_map.clone_from(&self.map);
        }
    }

    pub fn updates(&self) -> u64 {
        self.updates
    }

    pub fn is_latency(&self) -> bool {
        self.latency
    }

    pub fn shape(&self) -> Shape {
        self.network.shape()
    }

    pub fn steps(&self) -> usize {
        self.steps
    }

    pub fn test(&self) -> &[(Point, Events)] {
        &self.test
    }

    pub fn map(&self) -> &[u8] {
        &self.shown_map
    }

    pub fn losses(&self) -> &Record {
        &self.losses
    }

    pub fn accuracies(&self) -> &Record {
        &self.accuracies
    }

    /// The first test point's trace through the present weights.
    pub fn shown_trace(&self) -> Trace {
        let mut trace = Trace::default();
        self.network.forward(&self.test[0].1, self.sharpness, &mut trace);
        trace
    }

    pub fn accuracy(&self) -> f64 {
        self.result.right / TEST_POINTS as f64
    }

    pub fn loss(&self) -> Option<f64> {
        let recent: Vec<f64> = self.recent.iter().copied().collect();
        (!recent.is_empty()).then(|| mean(&recent))
    }

    /// Input and hidden spikes for a point, on average.
    pub fn spikes(&self) -> [f64; 2] {
        [self.result.input_spikes / TEST_POINTS as f64, self.result.hidden_spikes / TEST_POINTS as f64]
    }

    pub fn synops(&self) -> f64 {
        let [input, hidden] = self.spikes();
        synops(&[(input, self.shape().hidden), (hidden, ARMS)])
    }

    pub fn macs(&self) -> f64 {
        self.shape().macs() as f64
    }

    /// Energies in pJ: the dense network, the spiking one's synapses, its state updates.
    pub fn energies(&self) -> [f64; 3] {
        [
            FLOAT32.dense(self.macs()),
            FLOAT32.spiking(self.synops(), 0.0),
            with_updates().spiking(0.0, self.neuron_steps()),
        ]
    }

    fn neuron_steps(&self) -> f64 {
        ((self.shape().hidden + ARMS) * self.steps) as f64
    }
}

fn with_updates() -> Costs {
    Costs { update: UPDATE_COST, ..FLOAT32 }
}

fn encode(activities: &[f64], latency: bool, steps: usize, stream: &mut Stream) -> Events {
    if latency { latency_code(activities, steps) } else { rate_code(activities, steps, stream) }
}

impl Simulation for SnnTrain {
    fn step(&mut self) {
        if self.training {
            self.train();
        }
        if !self.halted {
            self.updates += 1;
            self.look_around();
        }
    }

    fn set(&mut self, values: &Values) {
        self.sharpness = values.real("alpha");
        self.rate = values.real("lr");
        self.training = values.toggle("train");
    }

    fn readings(&self) -> Vec<Reading> {
        let ratio = |costs: Costs, neuron_steps: f64| {
            if self.synops() > 0.0 {
                Reading::from(costs.advantage(self.macs(), self.synops(), neuron_steps))
            } else {
                Reading::Text("∞ (silent network)".to_owned())
            }
        };
        vec![
            self.accuracy().into(),
            self.loss().into(),
            self.spikes().iter().sum::<f64>().into(),
            self.synops().into(),
            self.macs().into(),
            ratio(FLOAT32, 0.0),
            ratio(with_updates(), self.neuron_steps()),
        ]
    }

    fn figure(&self) -> Figure {
        snn_figure::figure(self)
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        let beta = self.shape().beta;
        if self.halted {
            notes.push("The loss is no finite number any more. Training has stopped with the last good weights; reset to start again.".to_owned());
        }
        if beta >= 1.0 {
            notes.push("β = 1: nothing leaks, so each neuron adds up its whole past.".to_owned());
        }
        if beta <= 0.0 {
            notes.push("β = 0: the neurons have no memory; only spikes of the same step add up.".to_owned());
        }
        if self.latency && self.steps < 8 {
            notes.push(format!(
                "With {} steps there are only {} different latencies: inputs of different strength spike at the same step.",
                self.steps,
                self.steps - 1
            ));
        }
        if self.synops() <= 0.0 {
            notes.push(
                "No neuron and no input spikes: the network is silent and its energy ratio has no end."
                    .to_owned(),
            );
        } else if self.spikes()[1] <= 0.0 {
            notes.push("No hidden neuron fires: the readouts answer from their biases alone.".to_owned());
        }
        notes
    }

    fn finished(&self) -> bool {
        self.halted
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

    fn reading(runner: &Runner, id: &str) -> f64 {
        runner.readings()[SPEC.readout(id).unwrap()].number().unwrap()
    }

    #[test]
    fn the_rate_code_learns_within_50_updates_and_spends_what_the_bet_says() {
        let mut runner = run(&[], 50);
        assert!(reading(&runner, "test_acc") >= 0.95);
        runner.advance(150);
        assert!((reading(&runner, "synops") / RATE_CODE_SYNOPS - 1.0).abs() < 0.05);
        assert!((1.2..1.5).contains(&reading(&runner, "energy_ratio")));
        assert!((0.4..0.5).contains(&reading(&runner, "energy_ratio_full")));
    }

    #[test]
    fn a_bet_on_the_latency_code_has_one_answer() {
        let bet = SPEC.prediction.unwrap();
        let runner = run(bet.values, bet.settled_at);
        let right: Vec<&str> = bet
            .options
            .iter()
            .filter(|o| o.holds.iter().all(|c| c.holds(&runner.moment())))
            .map(|o| o.label)
            .collect();
        assert_eq!(right, ["fall 4× or more"]);
    }

    #[test]
    fn the_frugal_challenge_is_open_at_the_defaults_and_solved_by_its_solution() {
        let challenge = &SPEC.challenges[0];
        let solved = |runner: &Runner| challenge.solved.iter().all(|c| c.holds(&runner.moment()));
        assert!(solved(&run(challenge.solution, challenge.solution_steps)));
        assert!(!solved(&run(&[], challenge.solution_steps)));
    }

    #[test]
    fn equal_values_give_equal_bits() {
        let (a, b) = (run(&[("seed", "7")], 20), run(&[("seed", "7")], 20));
        assert_eq!(a.readings(), b.readings());
        assert_ne!(a.readings(), run(&[("seed", "8")], 20).readings());
    }

    #[test]
    fn without_training_the_weights_stand_still() {
        let (start, later) = (run(&[("train", "off")], 0), run(&[("train", "off")], 10));
        assert_eq!(reading(&start, "test_acc"), reading(&later, "test_acc"));
        assert_eq!(later.readings()[SPEC.readout("loss").unwrap()], Reading::Absent);
    }

    #[test]
    fn notes_name_a_missing_leak_a_missing_memory_and_colliding_latencies() {
        let first = |pairs| run(pairs, 0).simulation().notes()[0].clone();
        assert!(first(&[("beta", "1")]).contains("nothing leaks"));
        assert!(first(&[("beta", "0")]).contains("no memory"));
        assert!(first(&[("coding", "latency"), ("t_steps", "4")]).contains("3 different latencies"));
    }

    #[test]
    fn a_silent_network_has_no_number_for_its_ratio() {
        let mut simulation = SnnTrain::new(&SPEC.defaults());
        simulation.result = Exam::default();
        assert_eq!(simulation.readings()[5], Reading::Text("∞ (silent network)".to_owned()));
        assert!(simulation.notes()[0].contains("silent"));
        assert!(simulation.figure().alternative.contains("0 SynOps"));
    }

    #[test]
    fn the_worst_corner_stays_finite() {
        for coding in ["rate", "latency"] {
            for (steps, hidden) in [("60", "64"), ("4", "4")] {
                for (beta, lr) in [("1", "0.1"), ("0", "0.0001")] {
                    let runner = run(
                        &[
                            ("coding", coding),
                            ("t_steps", steps),
                            ("hidden", hidden),
                            ("beta", beta),
                            ("lr", lr),
                        ],
                        40,
                    );
                    assert!(!runner.finished());
                    assert!(reading(&runner, "loss").is_finite());
                }
            }
        }
    }
}
