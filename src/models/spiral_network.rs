//! Small networks that tell two spirals apart, with weights that may be few, or have few bits.
//!
//! References: Courbariaux, Bengio & David 2015, arXiv:1511.00363 (rounded weights forward, the gradient
//! straight through to the exact ones); Kingma & Ba 2014 (Adam); Han et al. 2015, arXiv:1506.02626 (masks that
//! stay while training goes on).
//!
//! Shapes: points x [N, 2]; layer l has W [out, in] and b [out]; one output z, the log-odds of class 1. The
//! default is 2–32–32–1 with tanh: 1,120 weights and 65 biases.
//!
//! Data: r = 0.05 + 0.95 √u, angle 2.5 π r + π k for class k, each coordinate with noise of deviation 0.03.
//!
//! Departures: biases keep all bits and are not pruned; there is no weight decay, so Adam with exact
//! weights may let them grow.

use crate::mlp::Activation;
use crate::weight_codes;
use numerics::elementary::{cos, sigmoid, sin, softplus};
use numerics::matrix::Matrix;
use numerics::optimiser::{Optimiser, Rule};
use numerics::random::{Batches, Stream};

pub const TRAINED: usize = 512;
pub const TESTED: usize = 1024;
pub const BATCH: usize = 64;

/// Points and their classes.
#[derive(Clone, Debug)]
pub struct Points {
    /// x [N, 2].
    pub x: Matrix,
    /// 0 or 1.
    pub class: Vec<f64>,
}

impl Points {
    /// Draws `count` points, as many of one spiral as of the other.
    #[must_use]
    pub fn drawn(count: usize, noise: f64, stream: &mut Stream) -> Self {
        use core::f64::consts::PI;
        let mut x = Matrix::zeros(count, 2);
        let class: Vec<f64> = (0..count).map(|i| (i % 2) as f64).collect();
        for (i, k) in class.iter().enumerate() {
            let r = 0.05 + 0.95 * stream.uniform().sqrt();
            let angle = 2.5 * PI * r + PI * k;
            x[(i, 0)] = r * cos(angle) + noise * stream.normal();
            x[(i, 1)] = r * sin(angle) + noise * stream.normal();
        }
        Self { x, class }
    }
}

/// What there is to learn: the same for every network of a seed.
#[derive(Clone, Debug)]
pub struct Task {
    pub train: Points,
    pub test: Points,
}

impl Task {
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self::noisy(seed, 0.03)
    }

    /// The same with another deviation of the noise.
    #[must_use]
    pub fn noisy(seed: u64, noise: f64) -> Self {
        let drawn = |count, purpose| Points::drawn(count, noise, &mut Stream::new(seed, purpose));
        Self { train: drawn(TRAINED, "data"), test: drawn(TESTED, "test data") }
    }
}

/// Bits of a weight: in the first layer, and in the others.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bits {
    pub first: f64,
    pub others: f64,
}

impl Bits {
    /// All that there are.
    pub const FULL: Self = Self::everywhere(32.0);

    #[must_use]
    pub const fn everywhere(bits: f64) -> Self {
        Self { first: bits, others: bits }
    }

    /// At least eight in the first layer.
    #[must_use]
    pub const fn finer_first(bits: f64) -> Self {
        Self { first: bits.max(8.0), others: bits }
    }
}

/// Layers, the last of them with a single output and no activation.
#[derive(Clone, Debug)]
pub struct Network {
    pub weights: Vec<Matrix>,
    pub biases: Vec<Vec<f64>>,
    pub activation: Activation,
}

/// Slopes of the loss, in the shapes of the network.
#[derive(Clone, Debug)]
pub struct Slopes {
    pub weights: Vec<Matrix>,
    pub biases: Vec<Vec<f64>>,
}

impl Network {
    /// Hidden layers of these widths; weights with deviation 1.5 / √inputs, biases zero.
    #[must_use]
    pub fn new(widths: &[usize], activation: Activation, stream: &mut Stream) -> Self {
        let sizes: Vec<usize> = [2].iter().chain(widths).chain(&[1]).copied().collect();
        let weights = (sizes.windows(2))
            .map(|size| {
                let scale = 1.5 / (size[0] as f64).sqrt();
                Matrix::from_fn(size[1], size[0], |_, _| scale * stream.normal())
            })
            .collect();
        Self { weights, biases: sizes[1..].iter().map(|n| vec![0.0; *n]).collect(), activation }
    }

    /// Weights in all: multiply-adds of one inference.
    #[must_use]
    pub fn count(&self) -> usize {
        self.weights.iter().map(|w| w.as_slice().len()).sum()
    }

    /// What each layer gives, [N, out]; the last is z.
    fn layers(&self, x: &Matrix) -> Vec<Matrix> {
        let mut all: Vec<Matrix> = Vec::with_capacity(self.weights.len());
        for (l, (w, b)) in self.weights.iter().zip(&self.biases).enumerate() {
            let mut a = with_bias(all.last().unwrap_or(x).times_transposed(w), b);
            if l + 1 < self.weights.len() {
                self.activation.apply_all(a.as_mut_slice());
            }
            all.push(a);
        }
        all
    }

    /// z [N].
    #[must_use]
    pub fn outputs(&self, x: &Matrix) -> Vec<f64> {
        self.layers(x).pop().map_or_else(Vec::new, |z| z.as_slice().to_vec())
    }

    /// Share of the points whose class the sign of z names.
    #[must_use]
    pub fn accuracy(&self, points: &Points) -> f64 {
        share_right(&self.outputs(&points.x), &points.class)
    }

    /// The mean logistic loss and its slopes.
    #[must_use]
    pub fn slopes(&self, x: &Matrix, class: &[f64]) -> (f64, Slopes) {
        let layers = self.layers(x);
        let count = class.len() as f64;
        let z = &layers[layers.len() - 1];
        let loss = z.as_slice().iter().zip(class).map(|(z, k)| softplus(*z) - k * z).sum::<f64>() / count;
        let mut delta = Matrix::from_fn(z.rows(), 1, |n, _| (sigmoid(z[(n, 0)]) - class[n]) / count);
        let (mut weights, mut biases) = (Vec::new(), Vec::new());
        for l in (0..self.weights.len()).rev() {
            let below = if l == 0 { x } else { &layers[l - 1] };
            weights.push(delta.transposed_times(below));
            let mut sums = vec![0.0; delta.columns()];
            for n in 0..delta.rows() {
                sums.iter_mut().zip(delta.row(n)).for_each(|(sum, d)| *sum += d);
            }
            biases.push(sums);
            if l > 0 {
                delta = delta.times(&self.weights[l]);
                for (d, a) in delta.as_mut_slice().iter_mut().zip(below.as_slice()) {
                    *d *= self.activation.slope(*a);
                }
            }
        }
        weights.reverse();
        biases.reverse();
        (loss, Slopes { weights, biases })
    }

    /// Without the weights that a mask takes away, layer after layer.
    pub fn hide(&mut self, mask: &[bool]) {
        let all = self.weights.iter_mut().flat_map(Matrix::as_mut_slice);
        all.zip(mask).filter(|(_, kept)| !**kept).for_each(|(w, _)| *w = 0.0);
    }

    /// Every matrix on its own grid.
    pub fn round_to(&mut self, bits: Bits) {
        let of_layer = std::iter::once(bits.first).chain(std::iter::repeat(bits.others));
        for (w, bits) in self.weights.iter_mut().zip(of_layer) {
            weight_codes::round_to(w.as_mut_slice(), bits);
        }
    }

    /// All weights, layer after layer.
    #[must_use]
    pub fn flat(&self) -> Vec<f64> {
        self.weights.iter().flat_map(Matrix::as_slice).copied().collect()
    }
}

/// A network in training: exact weights, a mask, and the bits that its forward pass sees.
#[derive(Clone, Debug)]
pub struct Learner {
    pub exact: Network,
    /// For each weight, layer after layer: is it kept?
    pub mask: Vec<bool>,
    /// What the forward pass sees of a weight while it is trained.
    pub bits: Bits,
    pub rate: f64,
    weights: Vec<Optimiser>,
    biases: Vec<Optimiser>,
    batches: Batches,
}

/// Sums with the bias of each unit, [N, out].
pub(crate) fn with_bias(mut a: Matrix, bias: &[f64]) -> Matrix {
    for n in 0..a.rows() {
        a.row_mut(n).iter_mut().zip(bias).for_each(|(a, b)| *a += b);
    }
    a
}

/// Share of the classes that the sign of z names.
pub(crate) fn share_right(z: &[f64], class: &[f64]) -> f64 {
    let right = z.iter().zip(class).filter(|(z, k)| (**z > 0.0) == (**k > 0.5)).count();
    right as f64 / class.len() as f64
}

impl Learner {
    #[must_use]
    pub fn new(network: Network, bits: Bits, rate: f64, seed: u64) -> Self {
        let fresh = |len| Optimiser::new(Rule::adam(0.9, 0.999), len);
        Self {
            mask: vec![true; network.count()],
            weights: network.weights.iter().map(|w| fresh(w.as_slice().len())).collect(),
            biases: network.biases.iter().map(|b| fresh(b.len())).collect(),
            exact: network,
            bits,
            rate,
            batches: Batches::new(TRAINED, Stream::new(seed, "order")),
        }
    }

    /// The network as its forward pass sees it.
    #[must_use]
    pub fn seen(&self) -> Network {
        self.shrunk(self.bits, &[])
    }

    /// The network with so many bits, and without what the learner's mask and one more take away.
    #[must_use]
    pub fn shrunk(&self, bits: Bits, mask: &[bool]) -> Network {
        let mut network = self.exact.clone();
        network.hide(&self.mask);
        network.hide(mask);
        network.round_to(bits);
        network
    }

    /// One batch; the loss before it.
    pub fn step(&mut self, points: &Points) -> f64 {
        let (x, class) = self.batch(points);
        let (loss, mut slopes) = self.seen().slopes(&x, &class);
        let all = slopes.weights.iter_mut().flat_map(Matrix::as_mut_slice);
        all.zip(&self.mask).filter(|(_, kept)| !**kept).for_each(|(g, _)| *g = 0.0);
        // Straight through: the slope at the rounded weight moves the exact one.
        for ((w, g), o) in self.exact.weights.iter_mut().zip(&slopes.weights).zip(&mut self.weights) {
            o.step(w.as_mut_slice(), g.as_slice(), self.rate);
        }
        for ((b, g), o) in self.exact.biases.iter_mut().zip(&slopes.biases).zip(&mut self.biases) {
            o.step(b, g, self.rate);
        }
        loss
    }

    /// The next batch of the points, with its classes.
    pub(crate) fn batch(&mut self, points: &Points) -> (Matrix, Vec<f64>) {
        let batch = self.batches.draw(BATCH);
        let x = Matrix::from_fn(BATCH, 2, |n, c| points.x[(batch[n], c)]);
        (x, batch.iter().map(|n| points.class[*n]).collect())
    }

    /// Takes the smallest weights away until this share of all is gone. They stay away.
    pub fn cut(&mut self, share: f64) {
        let mut weights = self.exact.flat();
        weights.iter_mut().zip(&self.mask).filter(|(_, kept)| !**kept).for_each(|(w, _)| *w = 0.0);
        self.mask = weight_codes::prune(&weights, share);
        self.exact.hide(&self.mask);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finite_differences_agree_with_every_slope() {
        for activation in [Activation::Tanh, Activation::Relu] {
            let network = Network::new(&[4, 3], activation, &mut Stream::new(3, "initialisation"));
            let points = Points::drawn(6, 0.03, &mut Stream::new(3, "data"));
            let (_, slopes) = network.slopes(&points.x, &points.class);
            for l in 0..3 {
                for i in 0..network.weights[l].as_slice().len() {
                    let moved = |h: f64| {
                        let mut moved = network.clone();
                        moved.weights[l].as_mut_slice()[i] += h;
                        moved.slopes(&points.x, &points.class).0
                    };
                    let numeric = (moved(1e-5) - moved(-1e-5)) / 2e-5;
                    let slope = slopes.weights[l].as_slice()[i];
                    assert!((numeric - slope).abs() < 1e-7, "{activation:?} {l} {i}: {numeric} {slope}");
                }
                let moved = |h: f64| {
                    let mut moved = network.clone();
                    moved.biases[l][0] += h;
                    moved.slopes(&points.x, &points.class).0
                };
                let numeric = (moved(1e-5) - moved(-1e-5)) / 2e-5;
                assert!((numeric - slopes.biases[l][0]).abs() < 1e-7);
            }
        }
    }

    #[test]
    fn a_network_of_32_has_1120_weights() {
        let network = Network::new(&[32, 32], Activation::Tanh, &mut Stream::new(1, "initialisation"));
        assert_eq!(network.count(), 1120);
        assert_eq!(network.biases.iter().map(Vec::len).sum::<usize>(), 65);
    }

    #[test]
    fn what_is_cut_stays_away_and_one_bit_has_one_size_a_layer() {
        let task = Task::new(1);
        let network = Network::new(&[8, 8], Activation::Tanh, &mut Stream::new(1, "initialisation"));
        let mut learner = Learner::new(network, Bits::everywhere(1.0), 0.01, 1);
        learner.cut(0.5);
        for _ in 0..20 {
            learner.step(&task.train);
        }
        let seen = learner.seen();
        assert_eq!(seen.flat().iter().filter(|w| **w == 0.0).count(), 44);
        for w in &seen.weights {
            let sizes: Vec<f64> = w.as_slice().iter().filter(|w| **w != 0.0).map(|w| w.abs()).collect();
            assert!(sizes.iter().all(|s| *s == sizes[0]));
        }
    }
}
