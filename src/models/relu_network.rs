//! Two layers without an output bias, on batches: an encoder of vectors, or a judge with one output.
//!
//! References: Nair and Hinton 2010 (rectified units); He et al. 2015, arXiv:1502.01852 (the first
//! layer's variance).
//!
//! Glossary and shapes: W₁ [H, I], b₁ [H], W₂ [O, H]; inputs x [N, I], hidden [N, H], outputs z [N, O];
//! z = W₂ ReLU(W₁ x + b₁). W₁ begins as N(0, 2/I), W₂ as N(0, 1/H), b₁ as 0.
//!
//! Departure: no output bias, so that only what a batch shows moves its outputs apart.

use numerics::matrix::Matrix;
use numerics::optimiser::{Optimiser, Rule};
use numerics::random::Stream;

/// The network with the state of its optimiser, Adam.
#[derive(Clone, Debug)]
pub struct ReluNetwork {
    pub w1: Matrix,
    pub b1: Vec<f64>,
    pub w2: Matrix,
    optimisers: [Optimiser; 3],
}

/// Derivatives of a loss, in the shapes of the parameters.
#[derive(Clone, Debug)]
pub struct Gradients {
    pub w1: Matrix,
    pub b1: Vec<f64>,
    pub w2: Matrix,
}

impl Gradients {
    #[must_use]
    pub fn is_finite(&self) -> bool {
        let all = [self.w1.as_slice(), &self.b1, self.w2.as_slice()];
        all.iter().all(|part| part.iter().all(|x| x.is_finite()))
    }
}

impl ReluNetwork {
    /// Of `[inputs, hidden, outputs]`, drawn from a stream.
    #[must_use]
    pub fn new([inputs, hidden, outputs]: [usize; 3], stream: &mut Stream) -> Self {
        let [first, second] = [2.0 / inputs as f64, 1.0 / hidden as f64].map(f64::sqrt);
        let w1 = Matrix::from_fn(hidden, inputs, |_, _| first * stream.normal());
        let w2 = Matrix::from_fn(outputs, hidden, |_, _| second * stream.normal());
        let sizes = [hidden * inputs, hidden, outputs * hidden];
        let optimisers = sizes.map(|len| Optimiser::new(Rule::adam(0.9, 0.999), len));
        Self { w1, b1: vec![0.0; hidden], w2, optimisers }
    }

    /// The hidden layer and the outputs.
    #[must_use]
    pub fn forward(&self, x: &Matrix) -> (Matrix, Matrix) {
        let mut hidden = x.times_transposed(&self.w1);
        for n in 0..hidden.rows() {
            for (h, b) in hidden.row_mut(n).iter_mut().zip(&self.b1) {
                *h = (*h + b).max(0.0);
            }
        }
        let out = hidden.times_transposed(&self.w2);
        (hidden, out)
    }

    /// What the parameters feel of `slope`, the loss's derivative with respect to the outputs.
    #[must_use]
    pub fn back(&self, x: &Matrix, hidden: &Matrix, slope: &Matrix) -> Gradients {
        let mut below = slope.times(&self.w2);
        for (d, h) in below.as_mut_slice().iter_mut().zip(hidden.as_slice()) {
            if *h <= 0.0 {
                *d = 0.0;
            }
        }
        let mut b1 = vec![0.0; self.b1.len()];
        for n in 0..below.rows() {
            b1.iter_mut().zip(below.row(n)).for_each(|(sum, d)| *sum += d);
        }
        Gradients { w1: below.transposed_times(x), b1, w2: slope.transposed_times(hidden) }
    }

    /// One step of Adam.
    pub fn step(&mut self, gradients: &Gradients, rate: f64) {
        let [w1, b1, w2] = &mut self.optimisers;
        w1.step(self.w1.as_mut_slice(), gradients.w1.as_slice(), rate);
        b1.step(&mut self.b1, &gradients.b1, rate);
        w2.step(self.w2.as_mut_slice(), gradients.w2.as_slice(), rate);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn finite_differences_agree_with_every_gradient() {
        let mut s = Stream::new(3, "check");
        let mut network = ReluNetwork::new([3, 5, 2], &mut s);
        network.b1.iter_mut().for_each(|b| *b = 0.3 * s.normal());
        let x = Matrix::from_fn(4, 3, |_, _| s.normal());
        // The loss is a weighted sum of the outputs, so that its slope is the weights.
        let slope = Matrix::from_fn(4, 2, |_, _| s.normal());
        let loss = |network: &ReluNetwork| -> f64 {
            let (_, out) = network.forward(&x);
            out.as_slice().iter().zip(slope.as_slice()).map(|(z, w)| z * w).sum()
        };
        let found = network.back(&x, &network.forward(&x).0, &slope);
        let check = |analytic: &[f64], parameters: fn(&mut ReluNetwork) -> &mut [f64]| {
            for (i, a) in analytic.iter().enumerate() {
                let moved = |h: f64| {
                    let mut moved = network.clone();
                    parameters(&mut moved)[i] += h;
                    loss(&moved)
                };
                let numeric = (moved(1e-6) - moved(-1e-6)) / 2e-6;
                assert!((numeric - a).abs() <= 1e-6 + 1e-5 * a.abs(), "[{i}]: {numeric} {a}");
            }
        };
        check(found.w1.as_slice(), |n| n.w1.as_mut_slice());
        check(&found.b1, |n| &mut n.b1);
        check(found.w2.as_slice(), |n| n.w2.as_mut_slice());
    }
}
