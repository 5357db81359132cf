//! A circuit that reads its inputs again in every layer, trained by the parameter-shift rule.
//!
//! References: Pérez-Salinas et al. 2020, arXiv:1907.02085 (data re-uploading); Schuld et al. 2019,
//! arXiv:1811.11184 (the rule); Schuld, Sweke and Meyer 2021, arXiv:2008.08605 (the circuit is a Fourier
//! series of as many degrees as there are encodings); Sweke et al. 2020, arXiv:1910.01155 (few shots).
//!
//! Glossary and shapes: n, qubits; L, layers; x [2], the input; θ [L, n, 2], the angles, P = 2nL of them;
//! f(x) = ⟨Z₀⟩; S, shots, 0 for the exact mean; B, the batch. A layer is R_Y(π x_{q mod 2}) on each qubit
//! q, then R_Z and R_Y by two angles each, then CZ between neighbours. The loss is the mean of (f − y)².
//!
//! Departures: no readout weight and no bias. On one qubit the inputs take turns from layer to layer, and
//! there is nothing to entangle. With shots, every mean in the gradient is measured anew.

use crate::quantum_state::{Half, Pauli, State, parameter_shift, read};
use core::f64::consts::PI;
use numerics::elementary::{cos, sin};
use numerics::optimiser::{Optimiser, Rule};
use numerics::random::Stream;

/// B.
pub const BATCH: usize = 16;

/// Points to learn from, and points to be judged by.
pub const TRAIN: usize = 120;
pub const TEST: usize = 200;

/// A point and its label, 1 or −1.
pub type Labelled = ([f64; 2], f64);

/// What is to be told apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Task {
    /// A disc, which is 1, inside a ring.
    Circles,
    /// The sign of x₀ x₁.
    Xor,
}

impl Task {
    /// So many points, half of each kind for the circles.
    #[must_use]
    pub fn points(self, count: usize, stream: &mut Stream) -> Vec<Labelled> {
        let point = |i: usize| match self {
            Self::Circles => {
                let disc = i.is_multiple_of(2);
                let radius = if disc { stream.between(0.0, 0.55) } else { stream.between(0.75, 1.0) };
                let angle = stream.between(-PI, PI);
                let x = [radius * cos(angle), radius * sin(angle)].map(|x| x + 0.03 * stream.normal());
                (x, if disc { 1.0 } else { -1.0 })
            }
            Self::Xor => {
                let x = [stream.between(-1.0, 1.0), stream.between(-1.0, 1.0)];
                (x, if x[0] * x[1] > 0.0 { 1.0 } else { -1.0 })
            }
        };
        (0..count).map(point).collect()
    }
}

/// The shape of a circuit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shape {
    pub qubits: usize,
    pub layers: usize,
    /// CZ between neighbours.
    pub entangled: bool,
}

impl Shape {
    /// P.
    #[must_use]
    pub fn angles(self) -> usize {
        2 * self.qubits * self.layers
    }

    /// Which input qubit `q` reads in a layer.
    fn input(self, layer: usize, q: usize) -> usize {
        if self.qubits == 1 { layer % 2 } else { q % 2 }
    }

    /// How often each input is read: the highest degree that the circuit could have in it.
    #[must_use]
    pub fn degrees(self) -> [usize; 2] {
        let mut degrees = [0; 2];
        for layer in 0..self.layers {
            (0..self.qubits).for_each(|q| degrees[self.input(layer, q)] += 1);
        }
        degrees
    }
}

/// A circuit with its angles.
#[derive(Clone, Debug)]
pub struct Circuit {
    pub shape: Shape,
    /// θ, by layer, qubit, and Z before Y.
    pub angles: Vec<f64>,
}

/// Halves of π x for both inputs.
fn encoded(x: [f64; 2]) -> [Half; 2] {
    x.map(|x| Half::of(PI * x))
}

impl Circuit {
    /// Angles within ±0.3 π.
    #[must_use]
    pub fn new(shape: Shape, stream: &mut Stream) -> Self {
        let angles = (0..shape.angles()).map(|_| stream.between(-0.3 * PI, 0.3 * PI)).collect();
        Self { shape, angles }
    }

    fn halves(&self) -> Vec<Half> {
        self.angles.iter().map(|angle| Half::of(*angle)).collect()
    }

    /// One layer; `halves` are those of all angles, but for one that may be another.
    fn layer(
        &self,
        state: &mut State,
        layer: usize,
        x: &[Half; 2],
        halves: &[Half],
        other: Option<(usize, Half)>,
    ) {
        let n = self.shape.qubits;
        let half = |k: usize| match other {
            Some((at, half)) if at == k => half,
            _ => halves[k],
        };
        for q in 0..n {
            let first = 2 * (layer * n + q);
            state.rotate(Pauli::Y, q, x[self.shape.input(layer, q)]);
            state.rotate(Pauli::Z, q, half(first));
            state.rotate(Pauli::Y, q, half(first + 1));
        }
        if self.shape.entangled {
            state.chain();
        }
    }

    /// f at many points, without shots.
    pub fn exact(&self, points: impl IntoIterator<Item = [f64; 2]>) -> Vec<f64> {
        let (halves, mut state) = (self.halves(), State::zero(self.shape.qubits));
        let mut mean = |x: [f64; 2]| {
            let x = encoded(x);
            state.reset();
            (0..self.shape.layers).for_each(|l| self.layer(&mut state, l, &x, &halves, None));
            state.mean_z(0)
        };
        points.into_iter().map(&mut mean).collect()
    }

    /// f at a point and its slopes against all angles, 2P + 1 means in all; `see` makes of each exact mean
    /// what is measured.
    pub fn slopes(&self, x: [f64; 2], mut see: impl FnMut(f64) -> f64) -> (f64, Vec<f64>) {
        let (halves, x) = (self.halves(), encoded(x));
        let layers = self.shape.layers;
        // What stands before each layer is the same whatever is turned in or behind it.
        let mut before = vec![State::zero(self.shape.qubits)];
        for l in 0..layers {
            let mut state = before[l].clone();
            self.layer(&mut state, l, &x, &halves, None);
            before.push(state);
        }
        let f = see(before[layers].mean_z(0));
        let mut state = State::zero(self.shape.qubits);
        let slope = |k: usize| {
            let first = k / (2 * self.shape.qubits);
            parameter_shift(|by| {
                let other = Some((k, Half::of(self.angles[k] + by)));
                state.copy_from(&before[first]);
                (first..layers).for_each(|l| self.layer(&mut state, l, &x, &halves, other));
                see(state.mean_z(0))
            })
        };
        (f, (0..self.shape.angles()).map(slope).collect())
    }
}

/// A training run.
#[derive(Clone, Debug)]
pub struct Training {
    pub circuit: Circuit,
    pub train: Vec<Labelled>,
    pub test: Vec<Labelled>,
    /// S; 0 for exact means.
    shots: u32,
    rate: f64,
    optimiser: Optimiser,
    batches: Stream,
    readings: Stream,
    /// Circuits that were run so far, and length of the last gradient.
    pub circuits: u64,
    pub gradient: Option<f64>,
}

impl Training {
    #[must_use]
    pub fn new(shape: Shape, task: Task, shots: u32, rate: f64, seed: u64) -> Self {
        let mut data = Stream::new(seed, "data");
        let train = task.points(TRAIN, &mut data);
        let test = task.points(TEST, &mut data);
        Self::on([train, test], shape, shots, rate, seed)
    }

    /// On these points to learn from and to be judged on.
    #[must_use]
    pub fn on([train, test]: [Vec<Labelled>; 2], shape: Shape, shots: u32, rate: f64, seed: u64) -> Self {
        Self {
            circuit: Circuit::new(shape, &mut Stream::new(seed, "initialisation")),
            train,
            test,
            shots,
            rate,
            optimiser: Optimiser::new(Rule::adam(0.9, 0.99), shape.angles()),
            batches: Stream::new(seed, "batches"),
            readings: Stream::new(seed, "readings"),
            circuits: 0,
            gradient: None,
        }
    }

    /// One update from a batch.
    pub fn update(&mut self) {
        let mut gradient = vec![0.0; self.circuit.angles.len()];
        let (shots, readings, circuits) = (self.shots, &mut self.readings, &mut self.circuits);
        for _ in 0..BATCH {
            let (x, y) = self.train[self.batches.below(self.train.len())];
            let (f, slopes) = self.circuit.slopes(x, |mean| {
                *circuits += 1;
                if shots == 0 { mean } else { read(mean, shots, readings) }
            });
            let pull = 2.0 / BATCH as f64 * (f - y);
            gradient.iter_mut().zip(&slopes).for_each(|(g, s)| *g += pull * s);
        }
        self.gradient = Some(numerics::matrix::norm(&gradient));
        self.optimiser.step(&mut self.circuit.angles, &gradient, self.rate);
    }

    /// Readings that all updates took.
    #[must_use]
    pub fn shots_total(&self) -> f64 {
        self.circuits as f64 * f64::from(self.shots)
    }

    /// The mean loss over the points learned from, exact.
    #[must_use]
    pub fn loss(&self) -> f64 {
        let f = self.circuit.exact(self.train.iter().map(|(x, _)| *x));
        let each: Vec<f64> = f.iter().zip(&self.train).map(|(f, (_, y))| (f - y) * (f - y)).collect();
        numerics::statistics::mean(&each)
    }

    /// The share of new points with the right sign, exact.
    #[must_use]
    pub fn accuracy(&self) -> f64 {
        let f = self.circuit.exact(self.test.iter().map(|(x, _)| *x));
        share_right(&self.test, &f)
    }
}

/// The share of points for which a value has the sign of the label.
#[must_use]
pub fn share_right(points: &[Labelled], values: &[f64]) -> f64 {
    let right = points.iter().zip(values).filter(|((_, y), f)| *y * **f > 0.0).count();
    right as f64 / points.len().max(1) as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use numerics::fourier::{Complex, Direction, transform};
    use numerics::matrix::{Matrix, singular_values};

    const SHAPES: [Shape; 4] = [
        Shape { qubits: 1, layers: 3, entangled: false },
        Shape { qubits: 2, layers: 3, entangled: true },
        Shape { qubits: 3, layers: 2, entangled: true },
        Shape { qubits: 4, layers: 2, entangled: true },
    ];

    fn circuit(shape: Shape, seed: u64) -> Circuit {
        Circuit::new(shape, &mut Stream::new(seed, "check"))
    }

    /// Known result: the rule is exact; central differences agree with it to what they can.
    #[test]
    fn shifted_slopes_are_those_of_small_differences() {
        for shape in SHAPES {
            for seed in 1..=5 {
                let circuit = circuit(shape, seed);
                let x = [0.3, -0.8];
                let (f, slopes) = circuit.slopes(x, |mean| mean);
                assert!((f - circuit.exact([x])[0]).abs() < 1e-12);
                for (k, slope) in slopes.iter().enumerate() {
                    let at = |by: f64| {
                        let mut other = circuit.clone();
                        other.angles[k] += by;
                        other.exact([x])[0]
                    };
                    let small = (at(1e-5) - at(-1e-5)) / 2e-5;
                    assert!((slope - small).abs() < 1e-6, "{shape:?} {k}: {slope} {small}");
                }
            }
        }
    }

    /// Known result: angles of the last layer on other qubits than the one that is read do nothing.
    #[test]
    fn nothing_in_the_last_layer_but_the_first_qubit_is_read() {
        for shape in &SHAPES[1..] {
            let (_, slopes) = circuit(*shape, 4).slopes([0.3, -0.8], |mean| mean);
            let last = 2 * shape.qubits * (shape.layers - 1);
            assert!(slopes[last + 2..].iter().all(|s| s.abs() < 1e-12), "{slopes:?}");
        }
    }

    /// Known result: one qubit and L encodings, no amplitude above degree L.
    #[test]
    fn the_series_ends_where_the_encodings_end() {
        for layers in 1..=5 {
            for seed in 1..=20 {
                let shape = Shape { qubits: 1, layers, entangled: false };
                let circuit = circuit(shape, seed);
                // Both inputs the same: one input, read L times.
                let f = circuit.exact((0..32).map(|i| [f64::from(i) / 16.0 - 1.0; 2]));
                let mut series: Vec<Complex> = f.into_iter().map(Complex::real).collect();
                transform(&mut series, Direction::Forward);
                let sizes: Vec<f64> = series.iter().map(|c| c.squared_size().sqrt() / 32.0).collect();
                assert!(sizes[layers] > 1e-6, "{layers}: {sizes:?}");
                assert!(sizes[layers + 1..=16].iter().all(|c| *c < 1e-12), "{layers}: {sizes:?}");
            }
        }
    }

    /// The rank of f on a grid, and whether x₁ matters.
    fn rank(shape: Shape, seed: u64) -> (usize, bool) {
        let circuit = circuit(shape, seed);
        let place = |i: usize| i as f64 / 8.0 - 1.0;
        let f = circuit.exact((0..256).map(|i| [place(i / 16), place(i % 16)]));
        let grid = Matrix::from_vec(16, 16, f);
        let rank = singular_values(&grid).iter().filter(|s| **s > 1e-9).count();
        let moves = (0..16).any(|r| grid.row(r).iter().any(|f| (f - grid[(r, 0)]).abs() > 1e-9));
        (rank, moves)
    }

    /// Known result: the light cone of the first qubit.
    #[test]
    fn what_two_qubits_can_see_grows_with_the_layers() {
        for seed in 1..=20 {
            let tangled = |layers| rank(Shape { qubits: 2, layers, entangled: true }, seed);
            assert_eq!(tangled(1), (1, false));
            assert_eq!(tangled(2), (2, true));
            let (three, moves) = tangled(3);
            assert!(three <= 5 && moves, "{three}");
            for layers in 1..=5 {
                assert_eq!(rank(Shape { qubits: 2, layers, entangled: false }, seed), (1, false));
            }
        }
    }

    /// Derived: with two layers on two qubits the one wave of x₀ comes as a sine alone, so that a stripe in
    /// the middle, which one layer makes, is out of reach.
    #[test]
    fn two_layers_have_no_cosine_of_one_wave() {
        let cosine = |layers: usize, seed: u64, b: f64| {
            let circuit = circuit(Shape { qubits: 2, layers, entangled: true }, seed);
            let place = |i: i32| f64::from(i) / 8.0 - 1.0;
            let f = circuit.exact((0..16).map(|i| [place(i), b]));
            f.iter().zip(0..).map(|(f, i)| f * cos(PI * place(i))).sum::<f64>() / 8.0
        };
        for seed in 1..=20 {
            for b in [-0.7, 0.0, 0.4] {
                assert!(cosine(2, seed, b).abs() < 1e-12);
                assert!(cosine(1, seed, b).abs() > 1e-3 && cosine(3, seed, b).abs() > 1e-4);
            }
        }
    }

    #[test]
    fn encodings_are_counted_for_each_input() {
        let degrees = |qubits, layers| Shape { qubits, layers, entangled: true }.degrees();
        assert_eq!([degrees(1, 5), degrees(2, 3), degrees(3, 2)], [[3, 2], [3, 3], [4, 2]]);
    }

    #[test]
    fn shots_and_circuits_are_counted() {
        let shape = Shape { qubits: 2, layers: 3, entangled: true };
        let mut training = Training::new(shape, Task::Circles, 5, 0.1, 1);
        training.update();
        assert_eq!((training.circuits, training.shots_total()), (400, 2000.0));
    }

    /// 0.79, 0.71, 0.93: two layers are worse than one, three better than both, in most of 20 runs.
    #[test]
    fn two_layers_do_worse_than_one_and_three_better() {
        let after = |layers, seed| {
            let shape = Shape { qubits: 2, layers, entangled: true };
            let mut training = Training::new(shape, Task::Circles, 0, 0.1, seed);
            (0..100).for_each(|_| training.update());
            training.accuracy()
        };
        let runs: Vec<[f64; 3]> = (1..=20).map(|seed| [1, 2, 3].map(|layers| after(layers, seed))).collect();
        let ordered = runs.iter().filter(|[one, two, three]| two < one && one < three).count();
        assert!(ordered >= 18, "{ordered}: {runs:?}");
    }
}
