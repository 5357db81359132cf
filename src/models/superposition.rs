//! The toy model of superposition: more features than neurons, and where they go.
//!
//! Reference: Elhage et al. 2022, *Toy Models of Superposition*, arXiv:2209.10652 ("ReLU output
//! model"; dimensionality of a feature as defined there).
//!
//! Glossary: `w` W, column i is where feature i is kept; `b` the output bias; `sparsity` S, the
//! probability that a feature is absent; `importance` I_i = γ^i.
//!
//! Shapes: W is 2 x n, b and x have n numbers; h = W x, y = max(0, Wᵀh + b).
//!
//! Departures: always two neurons, so that they can be drawn; numbers are f64.

use core::f64::consts::PI;
use numerics::elementary::{atan2, powi};
use numerics::matrix::Matrix;
use numerics::optimiser::{Optimiser, Rule};
use numerics::random::Stream;

/// Neurons, m.
pub const NEURONS: usize = 2;

/// Examples in a batch, B.
const BATCH: usize = 256;

/// A feature counts as represented from this length on.
const REPRESENTED: f64 = 0.5;

/// The network in training.
pub struct Toy {
    pub w: Matrix,
    pub b: Vec<f64>,
    importance: Vec<f64>,
    optimisers: [Optimiser; 2],
    batches: Stream,
}

/// Loss of a batch, with its gradient by W (row by row) and by b.
pub struct Slopes {
    pub loss: f64,
    pub w: Vec<f64>,
    pub b: Vec<f64>,
}

impl Toy {
    /// `features` n, W ~ N(0, 2/(m + n)), b = 0.
    #[must_use]
    pub fn new(features: usize, importance: f64, seed: u64) -> Self {
        let mut stream = Stream::new(seed, "weights");
        let deviation = (2.0 / (NEURONS + features) as f64).sqrt();
        let adam = Rule::adam(0.9, 0.999);
        Self {
            w: Matrix::from_fn(NEURONS, features, |_, _| deviation * stream.normal()),
            b: vec![0.0; features],
            importance: (0..features as u32).map(|i| powi(importance, i)).collect(),
            optimisers: [NEURONS * features, features].map(|len| Optimiser::new(adam, len)),
            batches: Stream::new(seed, "batches"),
        }
    }

    #[must_use]
    pub fn features(&self) -> usize {
        self.b.len()
    }

    /// A batch, example after example: each feature is absent with probability `sparsity`, else
    /// uniform in 0..1.
    pub fn draw(&mut self, sparsity: f64) -> Vec<f64> {
        let stream = &mut self.batches;
        (0..BATCH * self.b.len())
            .map(|_| if stream.chance(sparsity) { 0.0 } else { stream.uniform() })
            .collect()
    }

    /// (1/B) Σ I_i (x_i − y_i)² of a batch, and its slopes.
    #[must_use]
    pub fn slopes(&self, batch: &[f64]) -> Slopes {
        let n = self.features();
        let examples = batch.len() / n;
        let share = 1.0 / examples as f64;
        let mut sum = Slopes { loss: 0.0, w: vec![0.0; NEURONS * n], b: vec![0.0; n] };
        let mut g = vec![0.0; n];
        let weighed: Vec<f64> = self.importance.iter().map(|importance| share * importance).collect();
        let (first, second) = (self.w.row(0), self.w.row(1));
        let (slope_first, slope_second) = sum.w.split_at_mut(n);
        for x in batch.chunks_exact(n) {
            let mut h = [0.0; NEURONS];
            for ((w0, w1), x) in first.iter().zip(second).zip(x) {
                h[0] += w0 * x;
                h[1] += w1 * x;
            }
            let mut back = [0.0; NEURONS];
            let features = first.iter().zip(second).zip(&self.b).zip(x).zip(&weighed).zip(&mut g);
            for (((((w0, w1), b), x), weight), g) in features {
                let z = w0 * h[0] + w1 * h[1] + b;
                let positive = if z > 0.0 { z } else { 0.0 };
                let error = positive - x;
                sum.loss += weight * error * error;
                *g = if z > 0.0 { 2.0 * weight * error } else { 0.0 };
                back[0] += w0 * *g;
                back[1] += w1 * *g;
            }
            for ((sum, g), ((s0, s1), x)) in
                sum.b.iter_mut().zip(&g).zip(slope_first.iter_mut().zip(slope_second.iter_mut()).zip(x))
            {
                *sum += g;
                *s0 += h[0] * g + back[0] * x;
                *s1 += h[1] * g + back[1] * x;
            }
        }
        sum
    }

    /// Draws a batch, then one step of Adam at learning rate `rate`. A gradient of exactly zero
    /// (an empty batch) moves nothing, Adam's memory included. Returns the batch's loss.
    pub fn step(&mut self, sparsity: f64, rate: f64) -> f64 {
        let batch = self.draw(sparsity);
        let slopes = self.slopes(&batch);
        if slopes.w.iter().chain(&slopes.b).any(|g| *g != 0.0) {
            self.optimisers[0].step(self.w.as_mut_slice(), &slopes.w, rate);
            self.optimisers[1].step(&mut self.b, &slopes.b, rate);
        }
        slopes.loss
    }

    /// Where feature `i` is kept: column i of W.
    #[must_use]
    pub fn column(&self, i: usize) -> [f64; NEURONS] {
        [self.w[(0, i)], self.w[(1, i)]]
    }

    /// WᵀW, row after row.
    #[must_use]
    pub fn overlaps(&self) -> Vec<f64> {
        self.w.transposed().times(&self.w).as_slice().to_vec()
    }

    #[must_use]
    pub fn length(&self, i: usize) -> f64 {
        let [x, y] = self.column(i);
        (x * x + y * y).sqrt()
    }

    /// Features whose column is longer than one half.
    #[must_use]
    pub fn represented(&self) -> Vec<usize> {
        (0..self.features()).filter(|i| self.length(*i) > REPRESENTED).collect()
    }

    /// Angles between neighbouring represented features, in degrees, all the way round; empty
    /// where there is none.
    #[must_use]
    pub fn gaps(&self) -> Vec<f64> {
        let degrees = |i: usize| {
            let [x, y] = self.column(i);
            180.0 / PI * atan2(y, x)
        };
        let mut angles: Vec<f64> = self.represented().into_iter().map(degrees).collect();
        angles.sort_by(f64::total_cmp);
        (0..angles.len())
            .map(|i| match angles.get(i + 1) {
                Some(next) => next - angles[i],
                None => angles[0] + 360.0 - angles[i],
            })
            .collect()
    }

    /// D_i = |W_i|² / Σ_j (Ŵ_i · W_j)²: the share of a dimension that feature i has to itself.
    #[must_use]
    pub fn dimensionality(&self, i: usize) -> f64 {
        let [x, y] = self.column(i);
        let squared = x * x + y * y;
        if squared < 1e-12 {
            return 0.0;
        }
        let crowd: f64 = (0..self.features())
            .map(|j| {
                let [u, v] = self.column(j);
                let along = x * u + y * v;
                along * along / squared
            })
            .sum();
        squared / crowd
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use numerics::elementary::{cos, sin};

    fn trained(sparsity: f64, importance: f64, seed: u64) -> Toy {
        let mut toy = Toy::new(5, importance, seed);
        for _ in 0..3000 {
            toy.step(sparsity, 0.01);
        }
        toy
    }

    /// Seeds 0 to 9 for which the trained network is as described.
    fn seeds(sparsity: f64, importance: f64, holds: impl Fn(&Toy) -> bool) -> usize {
        (0..10).filter(|seed| holds(&trained(sparsity, importance, *seed))).count()
    }

    fn near(toy: &Toy, count: usize, angle: f64, tolerance: f64) -> bool {
        let gaps = toy.gaps();
        gaps.len() == count && gaps.iter().all(|g| (g - angle).abs() <= tolerance)
    }

    #[test]
    fn gradients_are_the_slopes_of_the_loss() {
        let mut toy = Toy::new(5, 0.8, 3);
        for _ in 0..30 {
            toy.step(0.6, 0.01);
        }
        let batch = toy.draw(0.6);
        let slopes = toy.slopes(&batch);
        let h = 1e-6;
        let hold = |slope: f64, gradient: f64| {
            assert!((slope - gradient).abs() < 1e-4 * slope.abs().max(1e-3), "{slope} {gradient}");
        };
        for i in 0..10 {
            toy.w.as_mut_slice()[i] += h;
            let up = toy.slopes(&batch).loss;
            toy.w.as_mut_slice()[i] -= 2.0 * h;
            let down = toy.slopes(&batch).loss;
            toy.w.as_mut_slice()[i] += h;
            hold((up - down) / (2.0 * h), slopes.w[i]);
        }
        for i in 0..5 {
            toy.b[i] += h;
            let up = toy.slopes(&batch).loss;
            toy.b[i] -= 2.0 * h;
            let down = toy.slopes(&batch).loss;
            toy.b[i] += h;
            hold((up - down) / (2.0 * h), slopes.b[i]);
        }
    }

    #[test]
    fn sparse_features_fold_into_a_pentagon() {
        assert!(seeds(0.95, 1.0, |t| near(t, 5, 72.0, 6.0)) >= 9);
    }

    #[test]
    fn less_sparse_ones_pair_off_and_one_is_lost() {
        assert!(seeds(0.7, 1.0, |t| near(t, 4, 90.0, 3.0)) >= 8);
    }

    #[test]
    fn dense_features_get_a_neuron_each_the_most_important_first() {
        let two = |t: &Toy| {
            let gaps = t.gaps();
            t.represented() == [0, 1] && (gaps[0].min(gaps[1]) - 90.0).abs() < 3.0
        };
        assert!(seeds(0.0, 0.9, two) >= 9);
    }

    #[test]
    fn dimensionality_has_its_closed_forms() {
        let hold = |columns: &[[f64; 2]], expected: f64| {
            let mut toy = Toy::new(columns.len(), 1.0, 1);
            toy.w = Matrix::from_fn(NEURONS, columns.len(), |r, c| columns[c][r]);
            let sum: f64 = (0..columns.len()).map(|i| toy.dimensionality(i)).sum();
            assert!(sum <= 2.0 + 1e-9, "{sum}");
            for i in 0..columns.len() {
                assert!((toy.dimensionality(i) - expected).abs() < 1e-6, "{columns:?}");
            }
        };
        hold(&[[0.9, 0.0], [0.0, 0.9]], 1.0);
        hold(&[[0.9, 0.0], [-0.9, 0.0]], 0.5);
        for n in 3..=8 {
            let polygon: Vec<[f64; 2]> = (0..n)
                .map(|i| 2.0 * PI * f64::from(i) / f64::from(n))
                .map(|t| [1.2 * cos(t), 1.2 * sin(t)])
                .collect();
            hold(&polygon, 2.0 / f64::from(n));
        }
        for seed in 0..5 {
            let toy = trained(0.97, 1.0, seed);
            assert!((0..5).map(|i| toy.dimensionality(i)).sum::<f64>() <= 2.0 + 1e-9);
        }
        let mut empty = Toy::new(3, 1.0, 1);
        empty.w = Matrix::zeros(NEURONS, 3);
        assert_eq!(empty.dimensionality(0), 0.0);
        assert!(empty.gaps().is_empty());
    }

    /// The loss for a feature that is on alone, averaged over its value, of a regular pentagon with
    /// columns of squared length `a` and biases `c`.
    fn alone(a: f64, c: f64) -> f64 {
        let steps = 20_000;
        let share = |x: f64| {
            let out = |overlap: f64| (overlap * a * x + c).max(0.0);
            let own = x - out(1.0);
            let (near, far) = (cos(2.0 * PI / 5.0), cos(4.0 * PI / 5.0));
            own * own + 2.0 * out(near) * out(near) + 2.0 * out(far) * out(far)
        };
        (0..steps).map(|i| share((f64::from(i) + 0.5) / f64::from(steps))).sum::<f64>() / f64::from(steps)
    }

    #[test]
    fn one_feature_at_a_time_a_pentagon_is_the_cheapest() {
        // The minimum by coordinate descent with a shrinking step.
        let (mut at, mut step) = ([1.0, 0.0], 0.2);
        while step > 1e-5 {
            let here = alone(at[0], at[1]);
            let better = [[step, 0.0], [-step, 0.0], [0.0, step], [0.0, -step]]
                .map(|d: [f64; 2]| [at[0] + d[0], at[1] + d[1]])
                .into_iter()
                .find(|to| alone(to[0], to[1]) < here);
            match better {
                Some(to) => at = to,
                None => step /= 2.0,
            }
        }
        let loss = alone(at[0], at[1]);
        assert!((at[0] - 1.370).abs() < 2e-3 && (at[1] + 0.282).abs() < 2e-3, "{at:?}");
        assert!((loss - 0.01583).abs() < 1e-4, "{loss}");
        assert!(loss < 1.0 / 15.0);
    }
}
