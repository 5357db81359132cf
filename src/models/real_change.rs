//! What full fine-tuning really changes: a network learns one task, then its hidden matrix learns a second, and
//! the change is taken apart into directions.
//!
//! References: Hu et al. 2021, *LoRA*, arXiv:2106.09685, section 7.3 (how ΔW relates to W, direction by
//! direction); Aghajanyan et al. 2020, arXiv:2012.13255 (intrinsic dimension of fine-tuning); Eckart and Young
//! 1936; Roy and Vetterli 2007, *The effective rank* (exponential of the entropy of the sizes' shares).
//!
//! Names and letters: `network` 2–32–32–1 with tanh; W is its hidden matrix, 32 x 32; ΔW = W − W before;
//! s_i the singular values of ΔW.
//!
//! Tasks: two spirals, and the same turned around their middle. First layer, last layer and biases stay as the
//! first task left them: only W is tuned, as it is where LoRA gives one matrix an adapter.
//!
//! Departures: a network of 1,120 weights and a task in the plane stand for a language model.

use crate::mlp::Activation;
use crate::spiral_network::{Bits, Learner, Network, Points, Task, share_right, with_bias};
use numerics::elementary::{cos, exp, ln, sin};
use numerics::matrix::{Directions, Matrix, directions};
use numerics::optimiser::{Optimiser, Rule};
use numerics::random::Stream;

/// Rows and columns of W.
pub const WIDTH: usize = 32;

/// Steps on the first task, and of these those at whose end the learning rate falls.
pub const BEFORE: u64 = 1000;

/// The layer that is tuned.
const HIDDEN: usize = 1;

/// Points on which ranks are tried.
const TRIED: usize = 512;

/// The spirals turned by so many degrees.
#[must_use]
pub fn turned(points: &Points, degrees: f64) -> Points {
    let angle = degrees.to_radians();
    let (c, s) = (cos(angle), sin(angle));
    let x = Matrix::from_fn(points.x.rows(), 2, |n, axis| {
        let (x, y) = (points.x[(n, 0)], points.x[(n, 1)]);
        if axis == 0 { c * x - s * y } else { s * x + c * y }
    });
    Points { x, class: points.class.clone() }
}

/// A network that learns one task, then another with its hidden matrix alone.
#[derive(Clone, Debug)]
pub struct Tuned {
    learner: Learner,
    /// W at the end of the first task.
    base: Matrix,
    first: Task,
    second: Task,
    tuning: Optimiser,
    rate: f64,
    steps: u64,
}

impl Tuned {
    /// The second task is the first, turned by so many degrees; `rate` is that of tuning.
    #[must_use]
    pub fn new(degrees: f64, rate: f64, seed: u64) -> Self {
        let mut first = Task::new(seed);
        first.test.x = Matrix::from_fn(TRIED, 2, |n, c| first.test.x[(n, c)]);
        first.test.class.truncate(TRIED);
        let second = Task { train: turned(&first.train, degrees), test: turned(&first.test, degrees) };
        let network =
            Network::new(&[WIDTH, WIDTH], Activation::Tanh, &mut Stream::new(seed, "initialisation"));
        Self {
            base: network.weights[HIDDEN].clone(),
            tuning: Optimiser::new(Rule::adam(0.9, 0.999), WIDTH * WIDTH),
            learner: Learner::new(network, Bits::FULL, 0.01, seed),
            first,
            second,
            rate,
            steps: 0,
        }
    }

    /// Whether the second task has begun.
    #[must_use]
    pub const fn tunes(&self) -> bool {
        self.steps >= BEFORE
    }

    /// One batch of the task of the moment.
    pub fn step(&mut self) {
        if self.tunes() {
            let (x, class) = self.learner.batch(&self.second.train);
            let network = &mut self.learner.exact;
            let (_, slopes) = network.slopes(&x, &class);
            let w = network.weights[HIDDEN].as_mut_slice();
            self.tuning.step(w, slopes.weights[HIDDEN].as_slice(), self.rate);
        } else {
            self.learner.step(&self.first.train);
        }
        self.steps += 1;
        if self.steps == BEFORE {
            self.base = self.learner.exact.weights[HIDDEN].clone();
        }
    }

    /// ΔW, since the second task began.
    fn change(&self) -> Matrix {
        let (w, base) = (&self.learner.exact.weights[HIDDEN], &self.base);
        Matrix::from_fn(WIDTH, WIDTH, |r, c| w[(r, c)] - base[(r, c)])
    }

    /// Share of the first and of the second task's points that the network has right.
    #[must_use]
    pub fn accuracies(&self) -> [f64; 2] {
        [&self.first.test, &self.second.test].map(|points| self.learner.exact.accuracy(points))
    }

    /// Share of the second task's points that are right when of ΔW only the largest r directions are kept, for
    /// each r from 0 to 32.
    #[must_use]
    pub fn accuracies_of_ranks(&self, change: &Directions) -> Vec<f64> {
        let points = &self.second.test;
        let Network { weights, biases, activation, .. } = &self.learner.exact;
        let mut below = with_bias(points.x.times_transposed(&weights[0]), &biases[0]);
        activation.apply_all(below.as_mut_slice());
        let mut sums = with_bias(below.times_transposed(&self.base), &biases[HIDDEN]);
        let along = below.times_transposed(&change.rows);
        (0..=WIDTH)
            .map(|rank| {
                if let Some(last) = rank.checked_sub(1) {
                    for n in 0..sums.rows() {
                        let by = change.sizes[last] * along[(n, last)];
                        sums.row_mut(n)
                            .iter_mut()
                            .zip(change.columns.row(last))
                            .for_each(|(s, u)| *s += by * u);
                    }
                }
                let mut above = sums.clone();
                activation.apply_all(above.as_mut_slice());
                let z = with_bias(above.times_transposed(&weights[2]), &biases[2]);
                share_right(z.as_slice(), &points.class)
            })
            .collect()
    }
}

/// Share of the squares that the largest `rank` sizes have.
#[must_use]
pub fn share(sizes: &[f64], rank: usize) -> f64 {
    let squares = |sizes: &[f64]| sizes.iter().map(|s| s * s).sum::<f64>();
    let all = squares(sizes);
    if all > 0.0 { squares(&sizes[..rank.min(sizes.len())]) / all } else { 1.0 }
}

/// Effective rank: e to the entropy of the sizes' shares of their sum; 0 where all are 0.
#[must_use]
pub fn effective_rank(sizes: &[f64]) -> f64 {
    let all: f64 = sizes.iter().sum();
    if all <= 0.0 {
        return 0.0;
    }
    exp(sizes.iter().map(|s| s / all).filter(|p| *p > 0.0).map(|p| -p * ln(p)).sum())
}

/// ΔW's directions.
#[must_use]
pub fn taken_apart(tuned: &Tuned) -> Directions {
    directions(&tuned.change())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_effective_rank_counts_equal_sizes() {
        assert!((effective_rank(&[2.0; 5]) - 5.0).abs() < 1e-12);
        assert!((effective_rank(&[3.0, 0.0, 0.0]) - 1.0).abs() < 1e-12);
        assert_eq!(effective_rank(&[0.0; 3]), 0.0);
        assert!((share(&[3.0, 4.0], 1) - 9.0 / 25.0).abs() < 1e-12);
    }

    /// Known result: a change that nobody planted is near to one of few directions, and these few do nearly all of the
    /// task.
    #[test]
    fn few_directions_do_the_task_and_none_does_nothing() {
        let mut alike = 0;
        for seed in 1..=5 {
            let mut tuned = Tuned::new(90.0, 0.003, seed);
            (0..2 * BEFORE).for_each(|_| tuned.step());
            let directions = taken_apart(&tuned);
            let of_rank = tuned.accuracies_of_ranks(&directions);
            // All directions together are the change, and none is the network before it.
            assert!((of_rank[WIDTH] - tuned.accuracies()[1]).abs() < 0.003, "{seed}: {of_rank:?}");
            assert!(of_rank[WIDTH] > 0.95 && of_rank[0] < 0.7, "{seed}: {of_rank:?}");
            alike += usize::from(of_rank[6] > of_rank[WIDTH] - 0.02 && share(&directions.sizes, 4) > 0.9);
        }
        assert!(alike >= 4, "{alike} of 5");
    }
}
