//! The run behind `lane`: lessons, two cars on one road, and exams in slices.

mod figure;
mod spec;
#[cfg(test)]
mod tests;

pub use spec::SPEC;

use crate::lab::figure::series::{Series, Smoothed};
use crate::lab::{Figure, Named, Simulation, Values, reading};
use crate::models::lane::{BATCH, Car, Driver, Eyes, GAP, HALF_WIDTH, Marks, Road, WARM_UP, exam, lesson};
use crate::models::liquid_network::{LiquidNetwork, MOTOR, NEURONS};
use crate::models::recurrent::{Plain, Recurrent, Sequence, Trainer};
use crate::numerics::random::Stream;
use crate::numerics::statistics::Recent;
use spec::WIRING;

/// Units of the plain rival: with them it has about as many parameters.
const RIVAL_UNITS: usize = 13;
const RATE: f64 = 0.01;
/// Steps of the page for one of the cars' tenths of a second: at 240 a second, three times real time.
const STEPS_A_PICTURE: u64 = 8;
/// Drives of an exam; one is made every second step.
const DRIVES: usize = 20;
/// Drives for each neuron of the lesion map; one is made every fourth step.
const LESION_DRIVES: usize = 2;
/// Pictures that a trace shows: 20 s.
const TRACE: usize = 200;
/// Pictures after which a car outside its lane is put back: 3 s.
const PATIENCE: usize = 30;

/// A network that learns to drive, on the road and in exams.
struct Pupil<N> {
    network: N,
    trainer: Trainer,
    loss: Smoothed,
    driver: Driver,
    /// Offsets of the last 20 s.
    trace: Recent,
    outside: usize,
    returns: u64,
    /// The network that is examined, what it got so far, and the last whole marks.
    examined: N,
    marks: Marks,
    result: Option<Marks>,
}

impl<N: Recurrent + Clone> Pupil<N> {
    fn new(network: N, car: Car, eyes: &Eyes) -> Self {
        Self {
            trainer: Trainer::new(&network),
            loss: Smoothed::over(20.0),
            driver: Driver::new(&network, car, eyes.clone()),
            trace: Recent::of(TRACE),
            outside: 0,
            returns: 0,
            examined: network.clone(),
            network,
            marks: Marks::default(),
            result: None,
        }
    }

    fn learn(&mut self, batch: &[Sequence]) {
        if let Some(loss) = self.trainer.update(&mut self.network, batch, WARM_UP, RATE) {
            self.loss.take(loss);
        }
    }

    /// Drives on for a tenth of a second; a car that is gone is put back.
    fn drive(&mut self, road: &Road, noise: f64, drop: f64) {
        self.driver.drive(&self.network, road, noise, drop);
        self.trace.push(self.driver.car.offset);
        let gone = self.driver.car.offset.abs() > HALF_WIDTH;
        self.outside = if gone { self.outside + 1 } else { 0 };
        if self.outside >= PATIENCE {
            (self.driver.car.offset, self.driver.car.heading) = (0.0, 0.0);
            self.driver.state.fill(0.0);
            self.outside = 0;
            self.returns += 1;
        }
    }

    /// One drive of the exam; the first takes the weights, the last says what was found.
    fn examine(&mut self, seed: u64, number: usize, noise: f64, drop: f64) {
        if number == 0 {
            (self.marks, self.examined) = (Marks::default(), self.network.clone());
        }
        let marks = exam(&self.examined, seed, number, noise, drop);
        self.marks.distance += marks.distance / DRIVES as f64;
        self.marks.outside += marks.outside / DRIVES as f64;
        if number + 1 == DRIVES {
            self.result = Some(self.marks);
        }
    }
}

/// Two pupils on one road.
struct Lane {
    seed: u64,
    noise: f64,
    drop: f64,
    train: bool,
    liquid: Pupil<LiquidNetwork>,
    plain: Option<Pupil<Plain>>,
    road: Road,
    lessons: Stream,
    steps: u64,
    updates: u64,
    losses: Series<2>,
    /// Steps since what the cars see, or a neuron, was changed: exams begin anew then.
    exam_steps: u64,
    lesioned: LiquidNetwork,
    /// Mean distances with each neuron held, so far and as they were last found.
    lesions: [f64; NEURONS],
    lesion_map: Option<[f64; NEURONS]>,
}

/// The neuron that the control holds.
fn held(values: &Values) -> Option<usize> {
    values.integer("ablate").checked_sub(1)
}

impl Lane {
    fn new(values: &Values) -> Self {
        let seed = values.seed();
        let stream = |purpose: &str| Stream::new(seed, purpose);
        let mut liquid =
            LiquidNetwork::new(WIRING.of(values), values.integer("unfolds"), &mut stream("weights"));
        liquid.held = held(values);
        let plain = Plain::new(3, RIVAL_UNITS, &mut stream("rival"));
        let mut ways = stream("road");
        let road = Road::new(&mut ways);
        let car = Car::start(&mut ways);
        let eyes = Eyes::new(stream("eyes"));
        Self {
            seed,
            noise: values.real("noise"),
            drop: values.real("drop"),
            train: values.toggle("train"),
            lesioned: liquid.clone(),
            liquid: Pupil::new(liquid, car, &eyes),
            plain: values.toggle("rival").then(|| Pupil::new(plain, car, &eyes)),
            road,
            lessons: stream("lessons"),
            steps: 0,
            updates: 0,
            losses: Series::every(2),
            exam_steps: 0,
            lesions: [0.0; NEURONS],
            lesion_map: None,
        }
    }

    fn learn(&mut self) {
        let batch: Vec<Sequence> = (0..BATCH).map(|_| lesson(&mut self.lessons)).collect();
        // A neuron that is held is held in driving, not in the lessons.
        let held = self.liquid.network.held.take();
        self.liquid.learn(&batch);
        self.liquid.network.held = held;
        if let Some(plain) = &mut self.plain {
            plain.learn(&batch);
        }
        self.updates += 1;
        let rival = self.plain.as_ref().map_or(f64::NAN, |plain| plain.loss.now);
        self.losses.push(self.updates, [self.liquid.loss.now, rival]);
    }

    /// One drive of the exam every second step, one of the lesion map every fourth.
    fn examine(&mut self) {
        let turn = self.exam_steps as usize;
        if turn.is_multiple_of(2) {
            let number = turn / 2 % DRIVES;
            self.liquid.examine(self.seed, number, self.noise, self.drop);
            if let Some(plain) = &mut self.plain {
                plain.examine(self.seed, number, self.noise, self.drop);
            }
        } else if turn % 4 == 1 {
            let number = turn / 4 % (NEURONS * LESION_DRIVES);
            if number == 0 {
                (self.lesions, self.lesioned) = ([0.0; NEURONS], self.liquid.network.clone());
            }
            let neuron = number % NEURONS;
            self.lesioned.held = Some(neuron);
            let marks = exam(&self.lesioned, self.seed, number / NEURONS, self.noise, self.drop);
            self.lesions[neuron] += marks.distance / LESION_DRIVES as f64;
            if number + 1 == NEURONS * LESION_DRIVES {
                self.lesion_map = Some(self.lesions);
            }
        }
        self.exam_steps += 1;
    }

    fn network(&self) -> &LiquidNetwork {
        &self.liquid.network
    }

    fn skipped(&self) -> u64 {
        self.liquid.trainer.skipped + self.plain.as_ref().map_or(0, |plain| plain.trainer.skipped)
    }
}

impl Simulation for Lane {
    fn step(&mut self) {
        if self.train {
            self.learn();
        }
        if self.steps.is_multiple_of(STEPS_A_PICTURE) {
            self.liquid.drive(&self.road, self.noise, self.drop);
            if let Some(plain) = &mut self.plain {
                plain.drive(&self.road, self.noise, self.drop);
            }
        }
        self.steps += 1;
        self.examine();
    }

    fn set(&mut self, values: &Values) {
        self.train = values.toggle("train");
        let (noise, drop, held) = (values.real("noise"), values.real("drop"), held(values));
        if (noise, drop, held) != (self.noise, self.drop, self.network().held) {
            // What was measured was measured under other circumstances.
            (self.noise, self.drop, self.liquid.network.held) = (noise, drop, held);
            (self.exam_steps, self.liquid.result, self.lesion_map) = (0, None, None);
            if let Some(plain) = &mut self.plain {
                plain.result = None;
            }
        }
    }

    fn readings(&self) -> Vec<Named> {
        let marks = self.liquid.result;
        let synapses = self.network().synapses().map(<[_]>::len).iter().sum::<usize>();
        let rival = self.plain.as_ref().and_then(|plain| plain.result);
        let fatal = self.lesion_map.map(|map| map.iter().filter(|e| **e > HALF_WIDTH).count() as f64);
        vec![
            reading("mean_e", marks.map(|m| m.distance)),
            reading("off_lane", marks.map(|m| 100.0 * m.outside)),
            reading("mean_e_rnn", rival.map(|m| m.distance)),
            reading("synapses", synapses),
            reading("params", self.network().weights().len()),
            reading("loss", self.liquid.loss.now),
            reading("updates", self.updates as f64),
            reading("returns", self.liquid.returns as f64),
            reading("fatal", fatal),
        ]
    }

    fn figure(&self) -> Figure {
        figure::figure(self)
    }

    fn describe(&self, mark: &str, index: usize) -> Option<String> {
        figure::describe(self, mark, index)
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if self.network().held == Some(MOTOR) {
            notes.push(
                "The motor neuron is held at 0: what is left of the steering is a constant, whatever the car sees."
                    .to_owned(),
            );
        }
        if self.skipped() > 0 {
            notes.push(format!("{} updates were left out: a gradient was no finite number.", self.skipped()));
        }
        notes
    }
}
