//! A linear classifier with a softmax: the plainest rival that a network has.
//!
//! Reference: Bishop 2006, *Pattern Recognition and Machine Learning*, section 4.3.4 (multiclass logistic
//! regression).
//!
//! | here      | shape                  | meaning                                       |
//! |-----------|------------------------|-----------------------------------------------|
//! | x         | `[inputs]`             | what is seen of one point                     |
//! | `weights` | `[classes, inputs + 1]`| one row a class, its bias last                |
//!
//! Departures: found by Adam on all points at once, a fixed number of steps from zero, where textbooks take
//! Newton's method; nothing holds the weights small but that number.

use numerics::elementary::softmax;
use numerics::matrix::dot;
use numerics::optimiser::{Optimiser, Rule};
use numerics::statistics::place_of_largest;

/// Steps of the descent, and their size.
const STEPS: usize = 150;
const RATE: f64 = 0.2;

/// A classifier that is found.
#[derive(Clone, Debug, PartialEq)]
pub struct SoftmaxRegression {
    inputs: usize,
    weights: Vec<f64>,
}

impl SoftmaxRegression {
    /// The classifier of these points, each with its class below `classes`.
    ///
    /// # Panics
    /// Without points.
    #[must_use]
    pub fn fit(points: &[(Vec<f64>, usize)], classes: usize) -> Self {
        let inputs = points.first().expect("points to learn from").0.len();
        let width = inputs + 1;
        let mut found = Self { inputs, weights: vec![0.0; classes * width] };
        let mut optimiser = Optimiser::new(Rule::adam(0.9, 0.999), found.weights.len());
        let mut gradient = vec![0.0; found.weights.len()];
        let mut push = vec![0.0; classes];
        let share = 1.0 / points.len() as f64;
        for _ in 0..STEPS {
            gradient.fill(0.0);
            for (x, class) in points {
                found.logits(x, &mut push);
                softmax(&mut push);
                push[*class] -= 1.0;
                for (row, p) in gradient.chunks_exact_mut(width).zip(&push) {
                    let p = p * share;
                    row[..inputs].iter_mut().zip(x).for_each(|(g, x)| *g += p * x);
                    row[inputs] += p;
                }
            }
            optimiser.step(&mut found.weights, &gradient, RATE);
        }
        found
    }

    /// Multiply-accumulates of one answer: one a weight, biases aside.
    #[must_use]
    pub fn macs(&self) -> usize {
        self.weights.len() / (self.inputs + 1) * self.inputs
    }

    /// The class of a point; the first of equals.
    #[must_use]
    pub fn class(&self, x: &[f64]) -> usize {
        let mut logits = vec![0.0; self.weights.len() / (self.inputs + 1)];
        self.logits(x, &mut logits);
        place_of_largest(&logits)
    }

    fn logits(&self, x: &[f64], logits: &mut [f64]) {
        for (logit, row) in logits.iter_mut().zip(self.weights.chunks_exact(self.inputs + 1)) {
            *logit = dot(&row[..self.inputs], x) + row[self.inputs];
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lines_part_it_parts_and_what_they_cannot_it_does_not() {
        let corners = [[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]];
        let told = |classes: [usize; 4]| -> usize {
            let points: Vec<(Vec<f64>, usize)> = corners.iter().map(|c| c.to_vec()).zip(classes).collect();
            let found = SoftmaxRegression::fit(&points, 3);
            assert_eq!(found.macs(), 6);
            points.iter().filter(|(x, class)| found.class(x) == *class).count()
        };
        assert_eq!(told([0, 1, 2, 2]), 4);
        assert!(told([0, 1, 1, 0]) < 4);
    }
}
