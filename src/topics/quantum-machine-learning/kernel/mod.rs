//! `kernel`: overlaps of states as a kernel, beside a Gaussian.

mod figure;
mod spec;
#[cfg(test)]
mod tests;

pub use spec::SPEC;

use super::{OWN_NOTE, SIDE, describe, own_points, place};
use crate::lab::schema::readout::format_number;
use crate::lab::{Figure, Named, Simulation, Values, reading};
use crate::models::quantum_kernel::{Features, Gaussian, Kernel, Machine, Map, TEST, TRAIN, moons};
use crate::models::reuploading::{Labelled, share_right};
use crate::numerics::random::Stream;
use crate::numerics::statistics::{mean, standard_deviation};

/// Half the width of the maps: noise carries points of the moons beyond 1.
const EDGE: f64 = 1.25;

/// The Gaussian's width on two features, and its ridge.
const SIGMA: f64 = 0.4;
const RIDGE: f64 = 0.1;

pub(super) struct Overlaps {
    is_own: bool,
    kernel: Kernel,
    features: Features,
    qubits: usize,
    shots: u32,
    asked: f64,
    train: Vec<Labelled>,
    machine: Machine,
    pairs: Vec<f64>,
    right: f64,
    gaussian_right: f64,
    /// f in the cells of the map, row by row as they are reached, and the Gaussian's.
    map: Vec<f64>,
    gaussian_map: Vec<f64>,
    readings: Stream,
}

impl Overlaps {
    fn new(values: &Values) -> Self {
        let (qubits, features) = (values.integer("qubits"), spec::FEATURES.of(values));
        let seed = values.seed();
        let mut data = Stream::new(seed, "data");
        let own = own_points(values);
        let is_own = own.is_some();
        let [mut train, test] = own.unwrap_or_else(|| [TRAIN, TEST].map(|count| moons(count, &mut data)));
        // Those of one kind first: a kernel that tells them apart has two blocks.
        train.sort_by(|a, b| b.1.total_cmp(&a.1));
        let mut further = Stream::new(seed, "further features");
        let mut spread = |points: &[Labelled]| -> Vec<Vec<f64>> {
            let each = points.iter().map(|(x, _)| features.spread(*x, qubits, || further.between(-1.0, 1.0)));
            each.collect()
        };
        let (inputs, new) = (spread(&train), spread(&test));
        let labels: Vec<f64> = train.iter().map(|(_, y)| *y).collect();
        let kernel = Kernel { map: spec::MAP.of(values), gamma: values.real("gamma") };
        let shots = spec::SHOTS.of(values);
        let asked = values.real("lambda");
        let mut readings = Stream::new(seed, "readings");
        let machine = Machine::fit(kernel, &inputs, &labels, asked, shots, &mut readings);
        let said: Vec<f64> = new.iter().map(|x| machine.at(x, &mut readings)).collect();
        // Distances grow with the features, and so does the width.
        let sigma = match features {
            Features::Copied => SIGMA,
            Features::Own => SIGMA * (qubits as f64 / 2.0).sqrt(),
        };
        // The Gaussian sees each feature once.
        let once = |x: &[f64]| if features == Features::Copied { x[..2].to_vec() } else { x.to_vec() };
        let own: Vec<Vec<f64>> = inputs.iter().map(|x| once(x)).collect();
        let gaussian = Gaussian::fit(&own, &labels, sigma, RIDGE);
        let gaussian_said: Vec<f64> = new.iter().map(|x| gaussian.at(&once(x))).collect();
        let still = |cell: usize| features.spread(place(cell, EDGE), qubits, || 0.0);
        Self {
            is_own,
            kernel,
            features,
            qubits,
            shots,
            asked,
            pairs: machine.pairs(),
            right: share_right(&test, &said),
            gaussian_right: share_right(&test, &gaussian_said),
            map: Vec::new(),
            gaussian_map: (0..SIDE * SIDE).map(|cell| gaussian.at(&once(&still(cell)))).collect(),
            train,
            machine,
            readings: Stream::new(seed, "map"),
        }
    }

    /// The share of the pairs that read zero, where they are read.
    fn zeros(&self) -> Option<f64> {
        let zeros = self.pairs.iter().filter(|k| **k == 0.0).count();
        (self.shots > 0).then(|| zeros as f64 / self.pairs.len() as f64)
    }
}

impl Simulation for Overlaps {
    /// One row of the map.
    fn step(&mut self) {
        if self.finished() {
            return;
        }
        let from = self.map.len();
        for cell in from..from + SIDE {
            let x = self.features.spread(place(cell, EDGE), self.qubits, || 0.0);
            self.map.push(self.machine.at(&x, &mut self.readings));
        }
    }

    fn readings(&self) -> Vec<Named> {
        vec![
            reading("test_acc", self.right),
            reading("rbf_acc", self.gaussian_right),
            reading("k_mean", mean(&self.pairs)),
            reading("k_std", standard_deviation(&self.pairs)),
            reading("zero_share", self.zeros()),
        ]
    }

    fn figure(&self) -> Figure {
        figure::draw(self)
    }

    fn describe(&self, mark: &str, index: usize) -> Option<String> {
        match mark {
            "overlaps" => describe(&self.map, EDGE, index),
            "gaussian" => describe(&self.gaussian_map, EDGE, index),
            "gram" => {
                let k = self.machine.gram.as_slice().get(index)?;
                let [i, j] = [index / self.train.len(), index % self.train.len()];
                Some(format!("points {i} and {j}: overlap {}", format_number(*k, 3)))
            }
            _ => None,
        }
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if self.is_own {
            notes.push(OWN_NOTE.to_owned());
        }
        if mean(&self.pairs) > 0.97 && self.kernel.map == Map::Product {
            notes.push(
                "All overlaps are near 1: at this bandwidth every point looks like every other.".to_owned(),
            );
        }
        if self.machine.lambda > self.asked {
            let used = format_number(self.machine.lambda, 3);
            notes.push(format!("The system had no solution at this ridge; λ = {used} is used."));
        }
        if self.features == Features::Own && self.qubits == 2 {
            notes.push("Two qubits carry inputs 0 and 1; there is no further feature yet.".to_owned());
        }
        if self.features == Features::Own && self.qubits > 2 {
            notes.push("The maps show the plane in which all further features are 0.".to_owned());
        }
        notes
    }

    fn finished(&self) -> bool {
        self.map.len() >= SIDE * SIDE
    }
}
