//! Multilayer perceptrons: a trainable one with two layers, and the gated SwiGLU block of
//! transformers.
//!
//! References: Rumelhart, Hinton & Williams 1986 (back-propagation); Shazeer 2020, *GLU Variants
//! Improve Transformer*, arXiv:2002.05202, equation 6 (SwiGLU, without biases as in Llama and
//! Mixtral). Conventions of the losses are those of torch.
//!
//! Names and letters: first layer W₁ [H, I], b₁ [H]; second layer W₂ [O, H], b₂ [O]; inputs x
//! [N, I]; outputs [N, O]. SwiGLU: `gate` w1 [F, D], `up` w3 [F, D], `down` w2 [D, F].
//!
//! Departures: none. The mean squared error averages over rows and outputs, without a factor 1/2.

use numerics::elementary::{log_sum_exp, sigmoid, sigmoid_all, silu, softmax, tanh, tanh_all};
use numerics::matrix::{Matrix, dot};
use numerics::optimiser::{Optimiser, Rule};
use numerics::random::Stream;

/// What stands between two layers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Activation {
    Tanh,
    Relu,
    Sigmoid,
}

impl Activation {
    #[must_use]
    pub fn apply(self, x: f64) -> f64 {
        match self {
            Self::Tanh => tanh(x),
            Self::Relu => x.max(0.0),
            Self::Sigmoid => sigmoid(x),
        }
    }

    /// Of each of a slice, many at a time.
    pub fn apply_all(self, xs: &mut [f64]) {
        match self {
            Self::Tanh => tanh_all(xs),
            Self::Relu => xs.iter_mut().for_each(|x| *x = x.max(0.0)),
            Self::Sigmoid => sigmoid_all(xs),
        }
    }

    /// The slope, from the activation's value `y = apply(x)`; zero for a relu at 0, as in torch.
    #[must_use]
    pub fn slope(self, y: f64) -> f64 {
        match self {
            Self::Tanh => 1.0 - y * y,
            Self::Relu => f64::from(u8::from(y > 0.0)),
            Self::Sigmoid => y * (1.0 - y),
        }
    }
}

/// What the outputs should be.
#[derive(Clone, Debug)]
pub enum Target {
    /// Mean over all entries of (out − y)²; y [N, O].
    Values(Matrix),
    /// Softmax cross-entropy, mean over rows; one class index a row.
    Classes(Vec<usize>),
}

/// out = W₂ act(W₁ x + b₁) + b₂.
#[derive(Clone, Debug)]
pub struct Mlp {
    pub w1: Matrix,
    pub b1: Vec<f64>,
    pub w2: Matrix,
    pub b2: Vec<f64>,
    pub activation: Activation,
}

/// Derivatives of the loss, in the shapes of the parameters.
#[derive(Clone, Debug)]
pub struct Gradients {
    pub w1: Matrix,
    pub b1: Vec<f64>,
    pub w2: Matrix,
    pub b2: Vec<f64>,
}

impl Mlp {
    /// The hidden layer [N, H] and the outputs [N, O] for the rows of `x` [N, I].
    #[must_use]
    pub fn forward(&self, x: &Matrix) -> (Matrix, Matrix) {
        let hidden = Matrix::from_fn(x.rows(), self.w1.rows(), |n, h| {
            self.activation.apply(dot(self.w1.row(h), x.row(n)) + self.b1[h])
        });
        let out =
            Matrix::from_fn(x.rows(), self.w2.rows(), |n, o| dot(self.w2.row(o), hidden.row(n)) + self.b2[o]);
        (hidden, out)
    }

    /// The loss alone.
    #[must_use]
    pub fn loss(&self, x: &Matrix, target: &Target) -> f64 {
        loss_with_slope(&self.forward(x).1, target).0
    }

    /// The loss and its gradients, by back-propagation.
    #[must_use]
    pub fn gradients(&self, x: &Matrix, target: &Target) -> (f64, Gradients) {
        let (hidden, out) = self.forward(x);
        let (loss, delta) = loss_with_slope(&out, target);
        (loss, self.gradients_from(x, &hidden, &delta))
    }

    /// The gradients, from inputs [N, I], hidden layer [N, H], and what the loss feels of the outputs [N, O].
    pub(crate) fn gradients_from(&self, x: &Matrix, hidden: &Matrix, delta: &Matrix) -> Gradients {
        let back = self.back(hidden, delta);
        Gradients {
            w1: back.transposed_times(x),
            b1: column_sums(&back),
            w2: delta.transposed_times(hidden),
            b2: column_sums(delta),
        }
    }

    /// What the loss feels of the first layer's sums [N, H]: through the second layer and the activation.
    pub(crate) fn back(&self, hidden: &Matrix, delta: &Matrix) -> Matrix {
        let mut back = delta.times(&self.w2);
        for (d, h) in back.as_mut_slice().iter_mut().zip(hidden.as_slice()) {
            *d *= self.activation.slope(*h);
        }
        back
    }
}

/// The loss, and its derivative with respect to the outputs [N, O].
fn loss_with_slope(out: &Matrix, target: &Target) -> (f64, Matrix) {
    match target {
        Target::Values(y) => {
            let count = (out.rows() * out.columns()).max(1) as f64;
            let delta =
                Matrix::from_fn(out.rows(), out.columns(), |n, o| 2.0 * (out[(n, o)] - y[(n, o)]) / count);
            let sum: f64 = out.as_slice().iter().zip(y.as_slice()).map(|(a, b)| (a - b) * (a - b)).sum();
            (sum / count, delta)
        }
        Target::Classes(classes) => cross_entropy(out, classes),
    }
}

/// Softmax cross-entropy of the outputs [N, O], mean over rows, and its derivative with respect to them.
pub(crate) fn cross_entropy(out: &Matrix, classes: &[usize]) -> (f64, Matrix) {
    let rows = out.rows().max(1) as f64;
    let (mut loss, mut delta) = (0.0, out.clone());
    for (n, &class) in classes.iter().enumerate() {
        loss += (log_sum_exp(out.row(n)) - out[(n, class)]) / rows;
        softmax(delta.row_mut(n));
        delta[(n, class)] -= 1.0;
        for d in delta.row_mut(n) {
            *d /= rows;
        }
    }
    (loss, delta)
}

/// Weights of a layer [O, I]: normal with variance gain / I, where 2 is what He et al. 2015 have for rectified units.
pub(crate) fn drawn(rows: usize, columns: usize, gain: f64, stream: &mut Stream) -> Matrix {
    let scale = (gain / columns as f64).sqrt();
    Matrix::from_fn(rows, columns, |_, _| scale * stream.normal())
}

pub(crate) fn column_sums(m: &Matrix) -> Vec<f64> {
    (0..m.columns()).map(|c| (0..m.rows()).map(|r| m[(r, c)]).sum()).collect()
}

/// One rule for each group of an [`Mlp`]'s parameters.
#[derive(Clone, Debug)]
pub(crate) struct Optimisers([Optimiser; 4]);

impl Optimisers {
    pub(crate) fn new(mlp: &Mlp, rule: Rule) -> Self {
        let sizes = [mlp.w1.as_slice().len(), mlp.b1.len(), mlp.w2.as_slice().len(), mlp.b2.len()];
        Self(sizes.map(|len| Optimiser::new(rule, len)))
    }

    pub(crate) fn step(&mut self, mlp: &mut Mlp, gradients: &Gradients, rate: f64) {
        let [w1, b1, w2, b2] = &mut self.0;
        w1.step(mlp.w1.as_mut_slice(), gradients.w1.as_slice(), rate);
        b1.step(&mut mlp.b1, &gradients.b1, rate);
        w2.step(mlp.w2.as_mut_slice(), gradients.w2.as_slice(), rate);
        b2.step(&mut mlp.b2, &gradients.b2, rate);
    }
}

/// Full-batch training of an [`Mlp`] under one rule.
#[derive(Clone, Debug)]
pub struct Trainer {
    pub mlp: Mlp,
    rate: f64,
    optimisers: Optimisers,
}

impl Trainer {
    #[must_use]
    pub fn new(mlp: Mlp, rule: Rule, rate: f64) -> Self {
        let optimisers = Optimisers::new(&mlp, rule);
        Self { mlp, rate, optimisers }
    }

    /// One step; the loss before it.
    pub fn step(&mut self, x: &Matrix, target: &Target) -> f64 {
        let (loss, gradients) = self.mlp.gradients(x, target);
        self.optimisers.step(&mut self.mlp, &gradients, self.rate);
        loss
    }
}

/// down(silu(gate x) · up x), without biases.
#[derive(Clone, Debug)]
pub struct SwiGlu {
    /// w1 [F, D], under the silu.
    pub gate: Matrix,
    /// w3 [F, D], linear.
    pub up: Matrix,
    /// w2 [D, F].
    pub down: Matrix,
}

impl SwiGlu {
    /// One row, [D] to [D].
    #[must_use]
    pub fn forward(&self, x: &[f64]) -> Vec<f64> {
        let hidden: Vec<f64> = (self.gate.times_vector(x).into_iter())
            .zip(self.up.times_vector(x))
            .map(|(gate, up)| silu(gate) * up)
            .collect();
        self.down.times_vector(&hidden)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn example(activation: Activation) -> (Mlp, Matrix) {
        let mut s = Stream::new(2, "initialisation");
        let mut matrix = |rows, columns| Matrix::from_fn(rows, columns, |_, _| s.normal());
        let (w1, w2, x) = (matrix(4, 3), matrix(2, 4), matrix(5, 3));
        (Mlp { w1, b1: vec![0.1, -0.2, 0.3, 0.0], w2, b2: vec![0.5, -0.5], activation }, x)
    }

    #[test]
    fn finite_differences_agree_with_every_gradient() {
        let values = Matrix::from_fn(5, 2, |n, o| n as f64 - 2.0 * o as f64);
        for target in [Target::Values(values), Target::Classes(vec![0, 1, 1, 0, 1])] {
            for activation in [Activation::Tanh, Activation::Relu, Activation::Sigmoid] {
                let (mlp, x) = example(activation);
                let (_, gradients) = mlp.gradients(&x, &target);
                let check = |name: &str, analytic: &[f64], parameters: fn(&mut Mlp) -> &mut [f64]| {
                    for (i, a) in analytic.iter().enumerate() {
                        let shifted = |h: f64| {
                            let mut moved = mlp.clone();
                            parameters(&mut moved)[i] += h;
                            moved.loss(&x, &target)
                        };
                        let numeric = (shifted(1e-5) - shifted(-1e-5)) / 2e-5;
                        assert!((numeric - a).abs() <= 1e-6 + 1e-5 * a.abs(), "{name}[{i}]: {numeric} {a}");
                    }
                };
                check("w1", gradients.w1.as_slice(), |m| m.w1.as_mut_slice());
                check("b1", &gradients.b1, |m| &mut m.b1);
                check("w2", gradients.w2.as_slice(), |m| m.w2.as_mut_slice());
                check("b2", &gradients.b2, |m| &mut m.b2);
            }
        }
    }

    #[test]
    fn training_lowers_the_loss() {
        let (mlp, x) = example(Activation::Tanh);
        let target = Target::Classes(vec![0, 1, 1, 0, 1]);
        let mut trainer = Trainer::new(mlp, Rule::adam(0.9, 0.999), 0.05);
        let before = trainer.step(&x, &target);
        for _ in 0..200 {
            trainer.step(&x, &target);
        }
        assert!(trainer.mlp.loss(&x, &target) < 0.1 * before);
    }

    #[test]
    fn extreme_logits_stay_finite() {
        let out = Matrix::from_vec(1, 2, vec![1e6, -1e6]);
        let (loss, delta) = loss_with_slope(&out, &Target::Classes(vec![1]));
        assert!(loss.is_finite() && delta.as_slice().iter().all(|d| d.is_finite()));
    }
}
