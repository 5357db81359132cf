//! A winding road, a car on it, a teacher who steers, and the lessons and exams made of that.
//!
//! The setting is ours: the sources drive from camera pictures (Lechner et al. 2020, *Nat. Mach. Intell.*
//! 2, 642); here three numbers are seen.
//!
//! | here       | meaning                                                                      |
//! |------------|------------------------------------------------------------------------------|
//! | `offset`   | e, metres from the middle of the lane                                        |
//! | `heading`  | ψ, the car's angle against the road, in radians                              |
//! | `curvature`| κ, of the road, in 1/m                                                       |
//! | steering   | u, the curvature that the car drives, in 1/m                                 |
//!
//! Shapes: a sample is `[e/1.5, ψ/0.25, κ 4 m ahead/0.04]` with noise; the answer is u/0.05.

use super::recurrent::{Recurrent, Sequence};
use numerics::elementary::{cos_sin_of_turn, sin};
use numerics::random::Stream;

/// Metres a second, and seconds a sample.
pub const SPEED: f64 = 10.0;
pub const GAP: f64 = 0.1;
/// Half the width of the lane, in metres.
pub const HALF_WIDTH: f64 = 1.75;
/// How far from its middle a car is followed.
pub const FARTHEST: f64 = 12.0;
/// The unit of an answer, in 1/m.
const UNIT: f64 = 0.05;
const SHARPEST: f64 = 0.1;
/// Samples in a lesson, lessons in a batch, and samples that are not judged.
pub const LESSON: usize = 32;
pub const BATCH: usize = 8;
pub const WARM_UP: usize = 2;
/// Samples of an exam's drive, and how many at its end count.
const DRIVE: usize = 250;
pub const COUNTED: usize = 200;
/// The noise that a teacher's pupils see.
pub const LESSON_NOISE: f64 = 0.05;

/// A road: curvature along its way, as three waves.
#[derive(Clone, Debug, PartialEq)]
pub struct Road {
    /// Amplitude in 1/m, length in m, and the phase in turns.
    waves: [[f64; 3]; 3],
}

impl Road {
    #[must_use]
    pub fn new(stream: &mut Stream) -> Self {
        let waves = core::array::from_fn(|_| {
            [stream.between(0.004, 0.018), stream.between(40.0, 160.0), stream.uniform()]
        });
        Self { waves }
    }

    /// κ, so many metres from the start.
    #[must_use]
    pub fn curvature(&self, way: f64) -> f64 {
        let wave = |[amplitude, length, phase]: [f64; 3]| {
            let turn = way / length + phase;
            amplitude * cos_sin_of_turn(turn - turn.floor()).1
        };
        self.waves.into_iter().map(wave).sum()
    }
}

/// A car on a road.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Car {
    pub way: f64,
    pub offset: f64,
    pub heading: f64,
}

impl Car {
    /// Somewhere near the middle.
    #[must_use]
    pub fn start(stream: &mut Stream) -> Self {
        Self { way: 0.0, offset: 0.6 * stream.normal(), heading: 0.12 * stream.normal() }
    }

    /// What is seen, without noise.
    #[must_use]
    pub fn sight(&self, road: &Road) -> [f64; 3] {
        [self.offset / 1.5, self.heading / 0.25, road.curvature(self.way + 4.0) / 0.04]
    }

    /// What the teacher would steer.
    #[must_use]
    pub fn lesson(&self, road: &Road) -> f64 {
        let wanted = road.curvature(self.way + 0.5) - 0.012 * self.offset - 0.22 * self.heading;
        wanted.clamp(-SHARPEST, SHARPEST)
    }

    /// Drives one sample's time.
    pub fn drive(&mut self, road: &Road, steering: f64) {
        self.heading += GAP * SPEED * (steering - road.curvature(self.way));
        self.offset += GAP * SPEED * sin(self.heading);
        self.way += GAP * SPEED;
    }

    /// Followed no further.
    #[must_use]
    pub fn is_lost(&self) -> bool {
        self.offset.abs() > FARTHEST
    }
}

/// One lesson: the teacher drives, a little shaken, and says what is right.
#[must_use]
pub fn lesson(stream: &mut Stream) -> Sequence {
    let road = Road::new(stream);
    let mut car = Car::start(stream);
    let mut lesson = Sequence { width: 3, ..Sequence::default() };
    for _ in 0..LESSON {
        lesson.inputs.extend(car.sight(&road).map(|x| x + LESSON_NOISE * stream.normal()));
        let wanted = car.lesson(&road);
        lesson.wanted.push(wanted / UNIT);
        lesson.gaps.push(GAP);
        car.drive(&road, wanted + 0.02 * stream.normal());
    }
    lesson
}

/// The eyes of a car: noise, and pictures that do not arrive.
#[derive(Clone, Debug)]
pub struct Eyes {
    stream: Stream,
    last: [f64; 3],
}

impl Eyes {
    #[must_use]
    pub fn new(stream: Stream) -> Self {
        Self { stream, last: [0.0; 3] }
    }

    /// What arrives: with chance `drop` what arrived before.
    pub fn see(&mut self, sight: [f64; 3], noise: f64, drop: f64) -> [f64; 3] {
        let seen = sight.map(|x| x + noise * self.stream.normal());
        if !self.stream.chance(drop) {
            self.last = seen;
        }
        self.last
    }
}

/// A network at the wheel.
#[derive(Clone, Debug)]
pub struct Driver {
    pub car: Car,
    eyes: Eyes,
    pub state: Vec<f64>,
    trail: Vec<f64>,
    pub steering: f64,
}

impl Driver {
    #[must_use]
    pub fn new(network: &impl Recurrent, car: Car, eyes: Eyes) -> Self {
        let (state, trail) = (vec![0.0; network.units()], vec![0.0; network.trail()]);
        Self { car, eyes, state, trail, steering: 0.0 }
    }

    /// What arrived last at its eyes.
    #[must_use]
    pub fn seen(&self) -> &[f64; 3] {
        &self.eyes.last
    }

    /// Sees, steers, and drives one sample's time.
    pub fn drive(&mut self, network: &impl Recurrent, road: &Road, noise: f64, drop: f64) {
        let seen = self.eyes.see(self.car.sight(road), noise, drop);
        let answer = network.step(&seen, GAP, &mut self.state, &mut self.trail);
        // A network that answers no number steers straight on.
        let answer = if answer.is_finite() { answer } else { 0.0 };
        self.steering = (answer * UNIT).clamp(-SHARPEST, SHARPEST);
        self.car.drive(road, self.steering);
    }
}

/// What an exam's drive found.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Marks {
    /// Mean distance from the middle over the last 20 s, in metres.
    pub distance: f64,
    /// Share of that time outside the lane.
    pub outside: f64,
}

/// The drive number `number` of the exam under `seed`: its road, start and noise are its own.
#[must_use]
pub fn exam(network: &impl Recurrent, seed: u64, number: usize, noise: f64, drop: f64) -> Marks {
    let mut stream = Stream::new(seed, &format!("exam {number}"));
    let road = Road::new(&mut stream);
    let car = Car::start(&mut stream);
    let mut driver = Driver::new(network, car, Eyes::new(stream));
    let mut marks = Marks::default();
    for t in 0..DRIVE {
        // A car that is lost stays where it was lost.
        if !driver.car.is_lost() {
            driver.drive(network, &road, noise, drop);
        }
        if t >= DRIVE - COUNTED {
            let offset = driver.car.offset.abs().min(FARTHEST);
            marks.distance += offset / COUNTED as f64;
            marks.outside += f64::from(u8::from(offset > HALF_WIDTH)) / COUNTED as f64;
        }
    }
    marks
}

/// Where the teacher ends on the same exam, with clear eyes.
#[must_use]
pub fn teachers_distance(seed: u64, number: usize) -> f64 {
    let mut stream = Stream::new(seed, &format!("exam {number}"));
    let road = Road::new(&mut stream);
    let mut car = Car::start(&mut stream);
    let mut distance = 0.0;
    for t in 0..DRIVE {
        let steering = car.lesson(&road);
        car.drive(&road, steering);
        if t >= DRIVE - COUNTED {
            distance += car.offset.abs() / COUNTED as f64;
        }
    }
    distance
}

#[cfg(test)]
mod tests {
    use super::super::liquid_network::{LiquidNetwork, Wiring};
    use super::super::recurrent::{Plain, Trainer};
    use super::*;
    use numerics::statistics::mean;

    /// The median of what `f` finds, and its extremes.
    fn over(seeds: u64, f: impl Fn(u64) -> f64) -> [f64; 3] {
        let mut found: Vec<f64> = (1..=seeds).map(f).collect();
        found.sort_by(f64::total_cmp);
        let middle = seeds as usize / 2;
        [found[0], 0.5 * (found[middle - 1] + found[middle]), found[seeds as usize - 1]]
    }

    fn trained<N: Recurrent>(mut network: N, seed: u64, updates: usize, rate: f64) -> N {
        let mut trainer = Trainer::new(&network);
        let mut lessons = Stream::new(seed, "lessons");
        for _ in 0..updates {
            let batch: Vec<Sequence> = (0..BATCH).map(|_| lesson(&mut lessons)).collect();
            trainer.update(&mut network, &batch, WARM_UP, rate);
        }
        network
    }

    fn liquid(seed: u64) -> LiquidNetwork {
        LiquidNetwork::new(Wiring::Sparse, 3, &mut Stream::new(seed, "weights"))
    }

    fn distance(network: &impl Recurrent, seed: u64, noise: f64, drop: f64) -> f64 {
        let marks: Vec<f64> = (0..10).map(|k| exam(network, seed, k, noise, drop).distance).collect();
        mean(&marks)
    }

    #[test]
    fn the_teacher_keeps_to_the_middle_and_nobody_at_the_wheel_does_not() {
        let [_, teacher, _] = over(20, |seed| mean(&[0, 1, 2, 3].map(|k| teachers_distance(seed, k))));
        assert!((0.01..0.04).contains(&teacher), "{teacher}");
        // With its steering at zero a car is out of its lane within seconds.
        let [_, leaves, _] = over(40, |seed| {
            let mut stream = Stream::new(seed, "exam 0");
            let road = Road::new(&mut stream);
            let mut car = Car::start(&mut stream);
            (1..100)
                .find(|_| {
                    car.drive(&road, 0.0);
                    car.offset.abs() > HALF_WIDTH
                })
                .map_or(10.0, |t| f64::from(t) * GAP)
        });
        assert!((1.0..3.5).contains(&leaves), "{leaves}");
    }

    #[test]
    fn twenty_plain_networks_drive_after_few_lessons() {
        let found = over(20, |seed| {
            let network = trained(Plain::new(3, 13, &mut Stream::new(seed, "rival")), seed, 100, 0.01);
            distance(&network, seed, LESSON_NOISE, 0.0)
        });
        assert!(found[1] < 0.2 && found[2] < 0.5, "{found:?}");
    }

    #[test]
    fn twenty_liquid_networks_drive_and_lose_half_of_their_pictures() {
        let networks: Vec<LiquidNetwork> =
            (1..=20).map(|seed| trained(liquid(seed), seed, 480, 0.01)).collect();
        let at = |noise, drop| over(20, |seed| distance(&networks[seed as usize - 1], seed, noise, drop));
        let [clear, half, dark, fog] =
            [at(LESSON_NOISE, 0.0), at(LESSON_NOISE, 0.5), at(LESSON_NOISE, 0.85), at(0.5, 0.0)];
        assert!((0.08..0.3).contains(&clear[1]), "{clear:?}");
        assert!(half[1] < clear[1] + 0.1, "{half:?}");
        assert!(dark[1] > 1.0 && fog[1] > 0.4, "{dark:?}, {fog:?}");
    }
}
