//! The run behind `snn-train`: data, training, and the look at test points and map.

mod figure;
mod spec;
#[cfg(test)]
mod tests;

pub use spec::SPEC;

use super::arms::{self, ARMS, INPUTS, Point};
use crate::lab::figure::series::Series;
use crate::lab::{Figure, Named, Reading, Simulation, Values, reading};
use crate::models::softmax_regression::SoftmaxRegression;
use crate::models::spike_coding::{Events, latency_code, rate_code};
use crate::models::spike_energy::{Costs, FLOAT32, synops};
use crate::models::spiking::surrogate;
use crate::models::spiking_network::{Firing, Shape, SpikingNetwork, Trace, Trainer};
use crate::numerics::random::Stream;
use crate::numerics::statistics::Recent;
use spec::{LATENCY, Learning, TRAIN};

const TRAINING_POINTS: usize = 300;
const TEST_POINTS: usize = 300;
const BATCH: usize = 32;

/// The map of decisions has this many cells a side.
const MAP: usize = 20;

/// Updates that one look at the whole takes: all test points and the whole map. The work is spread
/// so that each update stays short; a look judges the weights as they were when it began.
const LOOK: usize = 5;

/// What the spiking network is charged for a neuron's update at one step, in pJ: a multiplication
/// and an addition.
const UPDATE_COST: f64 = 4.6;

/// A rival that is right on so many points will do.
const GOOD: f64 = 0.95;

/// What a pass over the test points finds.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Exam {
    right: f64,
    /// Spikes, summed over the points.
    input_spikes: f64,
    hidden_spikes: f64,
}

/// A network in training.
struct SnnTrain {
    is_own: bool,
    /// The plain rival: a softmax on the sixteen inputs as numbers, its MACs and its share right.
    linear_macs: usize,
    linear_accuracy: f64,
    network: SpikingNetwork,
    trainer: Trainer,
    code: Code,
    steps: usize,
    sharpness: f64,
    rate: f64,
    learning: Learning,
    /// Set when a loss is no number: the weights stay as they were before it.
    halted: bool,
    data: Vec<(Vec<f64>, usize)>,
    test: Vec<(Point, Events)>,
    batches: Stream,
    encoding: Stream,
    seed: u64,
    updates: u64,
    recent: Recent,
    losses: Series<1>,
    accuracies: Series<1>,
    /// The weights that are being looked at.
    examined: SpikingNetwork,
    /// The exam so far, and the last whole one.
    exam: Exam,
    result: Exam,
    /// The map's spikes, its rows so far, and the last whole map.
    map_encoding: Stream,
    next_map: Vec<u8>,
    map: Vec<u8>,
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
        let steps = values.integer("t_steps");
        let code = if LATENCY.of(values) { Code::Latency } else { Code::Rate(values.real("full_rate")) };
        let mut test_encoding = Stream::new(seed, "test encoding");
        let own = arms::own(values.text("own"));
        let is_own = own.is_some();
        let [learned, judged] = own.unwrap_or_else(|| {
            let turn = values.real("turn");
            let drawn = |count, purpose| arms::points(count, turn, &mut Stream::new(seed, purpose));
            [drawn(TRAINING_POINTS, "data"), drawn(TEST_POINTS, "test data")]
        });
        let data: Vec<(Vec<f64>, usize)> =
            learned.into_iter().map(|p| (arms::activities(p.at), p.arm)).collect();
        let linear = SoftmaxRegression::fit(&data, ARMS);
        let linear_right = judged.iter().filter(|p| linear.class(&arms::activities(p.at)) == p.arm).count();
        let mut simulation = Self {
            is_own,
            linear_macs: linear.macs(),
            linear_accuracy: linear_right as f64 / judged.len() as f64,
            trainer: Trainer::new(&network),
            examined: network.clone(),
            network,
            code,
            steps,
            sharpness: values.real("alpha"),
            rate: values.real("lr"),
            learning: TRAIN.of(values),
            halted: false,
            data,
            test: judged
                .into_iter()
                .map(|p| (p, encode(&arms::activities(p.at), code, steps, &mut test_encoding)))
                .collect(),
            batches: Stream::new(seed, "batches"),
            encoding: Stream::new(seed, "encoding"),
            seed,
            updates: 0,
            recent: Recent::of(10),
            losses: Series::every(1),
            accuracies: Series::every(LOOK as u64),
            exam: Exam::default(),
            result: Exam::default(),
            map_encoding: Stream::new(seed, "map"),
            next_map: Vec::new(),
            map: Vec::new(),
        };
        (0..LOOK).for_each(|share| simulation.look(share));
        simulation
    }

    /// One update on a batch drawn with replacement.
    fn train(&mut self) {
        let batch: Vec<(Events, usize)> = (0..BATCH)
            .map(|_| {
                let (activities, arm) = &self.data[self.batches.below(self.data.len())];
                (encode(activities, self.code, self.steps, &mut self.encoding), *arm)
            })
            .collect();
        let examples = batch.iter().map(|(events, arm)| (events, *arm));
        self.trainer.readouts_only = self.learning == Learning::Readouts;
        let loss = self.trainer.update(&mut self.network, examples, self.sharpness, self.rate);
        if loss.is_nan() {
            self.halted = true;
            return;
        }
        self.recent.push(loss);
        if let Some(loss) = self.recent.mean() {
            self.losses.push(self.updates, [loss]);
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
        let code = self.code;
        for row in rows {
            for column in 0..MAP {
                let place = [(column as f64 + 0.5) / MAP as f64, (row as f64 + 0.5) / MAP as f64];
                let activities = arms::activities(place);
                let events = encode(&activities, code, self.steps, &mut self.map_encoding);
                self.examined.forward(&events, self.sharpness, &mut trace);
                self.next_map.push(trace.class() as u8);
            }
        }
    }

    /// One share of a look: the first takes the weights, the last shows what was found.
    fn look(&mut self, share: usize) {
        if share == 0 {
            (self.exam, self.examined) = (Exam::default(), self.network.clone());
            // The same noise each time: what changes in the map is what was learned.
            self.map_encoding = Stream::new(self.seed, "map");
            self.next_map.clear();
        }
        let (points, rows) = (self.test.len(), MAP / LOOK);
        self.examine(share * points / LOOK..(share + 1) * points / LOOK);
        self.draw_map(share * rows..(share + 1) * rows);
        if share == LOOK - 1 {
            self.result = self.exam;
            self.map.clone_from(&self.next_map);
            self.accuracies.push(self.updates, [self.accuracy()]);
        }
    }

    fn shape(&self) -> Shape {
        self.network.shape()
    }

    /// The first test point's trace through the present weights.
    fn shown_trace(&self) -> Trace {
        let mut trace = Trace::default();
        self.network.forward(&self.test[0].1, self.sharpness, &mut trace);
        trace
    }

    /// Distances from the threshold of the hidden neurons, at each step of a point.
    fn distances(&self, trace: &Trace) -> Vec<f64> {
        trace.membrane.iter().map(|u| u - self.shape().threshold).collect()
    }

    /// Share of these with a surrogate slope above a tenth of its peak.
    fn blamed(&self, distances: &[f64]) -> f64 {
        let least = 0.1 * surrogate(0.0, self.sharpness);
        let near = distances.iter().filter(|x| surrogate(**x, self.sharpness) > least).count();
        near as f64 / distances.len() as f64
    }

    /// What the linear classifier takes for a point, in pJ.
    fn linear_energy(&self) -> f64 {
        FLOAT32.dense(self.linear_macs as f64)
    }

    fn accuracy(&self) -> f64 {
        self.result.right / self.test.len() as f64
    }

    /// Input and hidden spikes for a point, on average.
    fn spikes(&self) -> [f64; 2] {
        let points = self.test.len() as f64;
        [self.result.input_spikes / points, self.result.hidden_spikes / points]
    }

    fn synops(&self) -> f64 {
        let [input, hidden] = self.spikes();
        synops(&[(input, self.shape().hidden), (hidden, ARMS)])
    }

    fn macs(&self) -> f64 {
        self.shape().macs() as f64
    }

    /// Energies in pJ: the dense network, the spiking one's synapses, its state updates.
    fn energies(&self) -> [f64; 3] {
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

/// How numbers become spikes.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Code {
    /// With this chance of a spike at a step for a full input.
    Rate(f64),
    Latency,
}

fn encode(activities: &[f64], code: Code, steps: usize, stream: &mut Stream) -> Events {
    match code {
        Code::Latency => latency_code(activities, steps),
        Code::Rate(full) => rate_code(activities, full, steps, stream),
    }
}

impl Simulation for SnnTrain {
    fn step(&mut self) {
        if self.learning != Learning::Nothing {
            self.train();
        }
        if !self.halted {
            self.updates += 1;
            self.look((self.updates as usize - 1) % LOOK);
        }
    }

    fn set(&mut self, values: &Values) {
        self.sharpness = values.real("alpha");
        self.rate = values.real("lr");
        self.learning = TRAIN.of(values);
    }

    fn readings(&self) -> Vec<Named> {
        let ratio = |costs: Costs, neuron_steps: f64| {
            if self.synops() > 0.0 {
                Reading::from(costs.advantage(self.macs(), self.synops(), neuron_steps))
            } else {
                Reading::Text("∞ (silent network)".to_owned())
            }
        };
        vec![
            reading("test_acc", self.accuracy()),
            reading("loss", self.recent.mean()),
            reading("spikes_per_inf", self.spikes().iter().sum::<f64>()),
            reading("synops", self.synops()),
            reading("macs", self.macs()),
            reading("energy_ratio", ratio(FLOAT32, 0.0)),
            reading("energy_ratio_full", ratio(with_updates(), self.neuron_steps())),
            reading("linear_acc", self.linear_accuracy),
            reading("linear_pj", self.linear_energy()),
            reading("rival_ratio", {
                let cheapest = if self.linear_accuracy >= GOOD {
                    self.linear_energy()
                } else {
                    FLOAT32.dense(self.macs())
                };
                cheapest / with_updates().spiking(self.synops(), self.neuron_steps())
            }),
            reading("blamed", self.blamed(&self.distances(&self.shown_trace()))),
        ]
    }

    fn figure(&self) -> Figure {
        figure::figure(self)
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if self.is_own {
            notes.push(
                "The points are yours: every second one of a class is learned from, the others are the test."
                    .to_owned(),
            );
        }
        let beta = self.shape().beta;
        if self.halted {
            notes.push(
                "The loss is no finite number any more. Training has stopped with the last good weights; \
                 reset to start again."
                    .to_owned(),
            );
        }
        if beta >= 1.0 {
            notes.push("β = 1: nothing leaks, so each neuron adds up its whole past.".to_owned());
        }
        if beta <= 0.0 {
            notes.push("β = 0: the neurons have no memory; only spikes of the same step add up.".to_owned());
        }
        if self.code == Code::Latency && self.steps < 8 {
            notes.push(format!(
                "With {} steps there are only {} different latencies: inputs of different strength spike at \
                 the same step.",
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
