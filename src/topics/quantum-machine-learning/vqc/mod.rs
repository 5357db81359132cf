//! `vqc`: a circuit in training beside a sum of the same sines.

mod figure;
mod spec;
#[cfg(test)]
mod tests;

pub use spec::SPEC;

use super::{OWN_NOTE, SIDE, describe, own_points, place};
use crate::lab::figure::series::Series;
use crate::lab::{Bounded, Figure, Named, Simulation, Values, reading};
use crate::models::reuploading::{Shape, Training, share_right};
use crate::models::trigonometric_ridge::Ridge;
use crate::numerics::fourier::{Complex, Direction, transform};

/// Updates from one test to the next, and after how many every row of the map is new.
const TEST_EVERY: u64 = 2;
const ROUND: u64 = 4;

/// Points of the slice along input 0; no degree reaches half of them.
const SLICE: usize = 64;

/// Half the width of the maps.
const EDGE: f64 = 1.0;

fn middle(cell: usize) -> [f64; 2] {
    place(cell, EDGE)
}

/// The rival's ridge.
const RIDGE: f64 = 1.0;

pub(super) struct Live {
    is_own: bool,
    training: Training,
    entangled: Bounded<bool>,
    trained: bool,
    rate: f64,
    updates: u64,
    accuracy: f64,
    loss: f64,
    /// Right, of new points.
    right: Series<1>,
    /// f in the cells of the map: of the circuit, of the rival.
    map: Vec<f64>,
    rival_map: Vec<f64>,
    rival_accuracy: f64,
    rival_slice: Vec<f64>,
    weights: usize,
}

impl Live {
    fn new(values: &Values) -> Self {
        let qubits = values.integer("qubits");
        let asked = values.toggle("entangle");
        let entangled = Bounded::instead(asked, asked && qubits > 1, |_| {
            "One qubit has no neighbour to be entangled with; it reads inputs 0 and 1 in turns.".to_owned()
        });
        let shape = Shape { qubits, layers: values.integer("layers"), entangled: entangled.value };
        let rate = values.real("lr");
        let task = spec::TASK.of(values);
        let (own, shots, seed) = (own_points(values), spec::SHOTS.of(values), values.seed());
        let is_own = own.is_some();
        let training = match own {
            Some(own) => Training::on(own, shape, shots, rate, seed),
            None => Training::new(shape, task, shots, rate, seed),
        };
        let rival = Ridge::fit(&training.train, shape.degrees(), RIDGE);
        let said: Vec<f64> = training.test.iter().map(|(x, _)| rival.at(*x)).collect();
        let mut this = Self {
            is_own,
            entangled,
            trained: values.toggle("train"),
            rate,
            updates: 0,
            accuracy: 0.0,
            loss: 0.0,
            right: Series::every(TEST_EVERY),
            map: training.circuit.exact((0..SIDE * SIDE).map(middle)),
            rival_map: (0..SIDE * SIDE).map(|cell| rival.at(middle(cell))).collect(),
            rival_accuracy: share_right(&training.test, &said),
            rival_slice: along().map(|x| rival.at(x)).collect(),
            weights: rival.weights(),
            training,
        };
        this.test();
        this
    }

    fn test(&mut self) {
        self.accuracy = self.training.accuracy();
        self.loss = self.training.loss();
        self.right.push(self.updates, [self.accuracy]);
    }

    /// f along input 0, at input 1 = 0.
    fn slice(&self) -> Vec<f64> {
        self.training.circuit.exact(along())
    }
}

/// One period of input 0.
fn along() -> impl Iterator<Item = [f64; 2]> {
    (0..SLICE).map(|i| [2.0 * i as f64 / SLICE as f64 - 1.0, 0.0])
}

/// The sizes of the waves that make a slice, by their degree.
fn waves(slice: &[f64]) -> Vec<f64> {
    let mut series: Vec<Complex> = slice.iter().copied().map(Complex::real).collect();
    transform(&mut series, Direction::Forward);
    series[..SLICE / 2].iter().map(|c| c.squared_size().sqrt() / SLICE as f64).collect()
}

impl Simulation for Live {
    fn step(&mut self) {
        if self.trained {
            self.training.update();
        }
        self.updates += 1;
        // A quarter of the rows in each step.
        let rows = SIDE / ROUND as usize;
        let first = (self.updates % ROUND) as usize * rows * SIDE;
        let cells = first..first + rows * SIDE;
        let fresh = self.training.circuit.exact(cells.clone().map(middle));
        self.map[cells].copy_from_slice(&fresh);
        if self.updates.is_multiple_of(TEST_EVERY) {
            self.test();
        }
    }

    fn readings(&self) -> Vec<Named> {
        let updates = if self.trained { self.updates as f64 } else { 0.0 };
        vec![
            reading("test_acc", self.accuracy),
            reading("rival_acc", self.rival_accuracy),
            reading("loss", self.loss),
            reading("grad_norm", self.training.gradient),
            reading("updates", updates),
            reading("circuits", self.training.circuits as f64 / 1e3),
            reading("shots_total", self.training.shots_total() / 1e3),
            reading("angles", self.training.circuit.shape.angles()),
            reading("degree", waves(&self.slice()).iter().rposition(|size| *size > 1e-9).unwrap_or(0)),
            reading("weights", self.weights),
        ]
    }

    fn figure(&self) -> Figure {
        figure::draw(self)
    }

    fn describe(&self, mark: &str, index: usize) -> Option<String> {
        match mark {
            "circuit" => describe(&self.map, EDGE, index),
            "rival" => describe(&self.rival_map, EDGE, index),
            _ => None,
        }
    }

    fn notes(&self) -> Vec<String> {
        let mut notes: Vec<String> = self.entangled.note().into_iter().collect();
        if self.is_own {
            notes.push(OWN_NOTE.to_owned());
        }
        let shape = self.training.circuit.shape;
        if shape.qubits > 1 && !shape.entangled {
            notes.push(
                "Without CZ the qubit that is read knows input 0 alone, however many layers there are."
                    .to_owned(),
            );
        }
        if self.rate > 0.3 {
            notes.push("At this learning rate the angles may swing about and not settle.".to_owned());
        }
        notes
    }
}
