//! The contrastive loss of CLIP: which of the others in a batch belongs to which.
//!
//! References: van den Oord, Li and Vinyals 2018, arXiv:1807.03748 (InfoNCE); Radford et al. 2021,
//! arXiv:2103.00020, figure 3 (both directions, the scale learned as a logarithm). The vectors of
//! `infonce` hold it against `transformers`.
//!
//! Glossary and shapes: z [N, dim], rows as the encoders give them; U and V [N, dim], rows of length 1;
//! S = U Vᵀ [N, N], the cosines; t, the logarithm of the scale, 1/τ = eᵗ; ℓ = eᵗ S, the logits. Row i of U
//! belongs to row i of V.
//!
//! Departure: a row shorter than [`SHORTEST`] is divided by that, so that nothing is divided by zero.

use numerics::elementary::{exp, log_sum_exp};
use numerics::matrix::{Matrix, dot, norm};

/// Below this length a row is not stretched to 1.
pub const SHORTEST: f64 = 1e-8;

/// The loss of a batch and what it says to its inputs.
#[derive(Clone, Debug)]
pub struct Contrast {
    /// ℓ, [N, N].
    pub logits: Matrix,
    /// Cross-entropy over rows, and over columns; means over the batch, nats.
    pub rows: f64,
    pub columns: f64,
    /// ∂L/∂U and ∂L/∂V, [N, dim].
    pub u: Matrix,
    pub v: Matrix,
    /// ∂L/∂t.
    pub scale: f64,
}

impl Contrast {
    /// Of two batches of rows of length 1.
    #[must_use]
    pub fn new(u: &Matrix, v: &Matrix, log_scale: f64) -> Self {
        let (n, scale) = (u.rows(), exp(log_scale));
        let mut logits = u.times_transposed(v);
        logits.as_mut_slice().iter_mut().for_each(|x| *x *= scale);
        // G, the derivative of the loss with respect to the logits.
        let mut slope = Matrix::zeros(n, n);
        let across = logits.transposed();
        let (mut rows, mut columns) = (0.0, 0.0);
        let share = 1.0 / n.max(1) as f64;
        for i in 0..n {
            let [of_row, of_column] = [logits.row(i), across.row(i)].map(log_sum_exp);
            rows += share * (of_row - logits[(i, i)]);
            columns += share * (of_column - logits[(i, i)]);
            for j in 0..n {
                slope[(i, j)] += 0.5 * share * exp(logits[(i, j)] - of_row);
                slope[(j, i)] += 0.5 * share * exp(logits[(j, i)] - of_column);
            }
            slope[(i, i)] -= share;
        }
        let felt = dot(slope.as_slice(), logits.as_slice());
        slope.as_mut_slice().iter_mut().for_each(|x| *x *= scale);
        Self { rows, columns, u: slope.times(v), v: slope.transposed_times(u), scale: felt, logits }
    }

    /// The mean of both directions, nats.
    #[must_use]
    pub fn loss(&self) -> f64 {
        0.5 * (self.rows + self.columns)
    }
}

/// Rows of length 1, and what their lengths were.
#[derive(Clone, Debug)]
pub struct Directions {
    pub rows: Matrix,
    lengths: Vec<f64>,
}

impl Directions {
    #[must_use]
    pub fn of(z: Matrix) -> Self {
        let mut rows = z;
        let lengths = (0..rows.rows()).map(|n| {
            let length = norm(rows.row(n)).max(SHORTEST);
            rows.row_mut(n).iter_mut().for_each(|x| *x /= length);
            length
        });
        let lengths = lengths.collect();
        Self { rows, lengths }
    }

    /// ∂L/∂z from ∂L/∂u: what points along u changes nothing.
    #[must_use]
    pub fn back(&self, slope: &Matrix) -> Matrix {
        let along: Vec<f64> = (0..slope.rows()).map(|n| dot(self.rows.row(n), slope.row(n))).collect();
        Matrix::from_fn(slope.rows(), slope.columns(), |n, k| {
            (slope[(n, k)] - self.rows[(n, k)] * along[n]) / self.lengths[n]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use numerics::elementary::ln;
    use numerics::random::Stream;

    /// A batch whose cosines are the unit matrix.
    fn apart(n: usize) -> Matrix {
        Matrix::from_fn(n, n, |i, j| f64::from(u8::from(i == j)))
    }

    fn random(seed: u64) -> [Matrix; 2] {
        let mut s = Stream::new(seed, "check");
        [0, 1].map(|_| Matrix::from_fn(5, 3, |_, _| s.normal()))
    }

    #[test]
    fn whoever_cannot_tell_pays_the_logarithm_of_the_batch() {
        let same = Matrix::from_fn(16, 4, |_, k| f64::from(u8::from(k == 0)));
        let loss = Contrast::new(&same, &same, 3.0).loss();
        assert!((loss - 2.772_589).abs() < 1e-6, "{loss}");
    }

    #[test]
    fn right_angles_leave_what_the_temperature_leaves() {
        let unit = apart(4);
        for (tau, want) in [(1.0, 0.743_668), (0.07, 1.8746e-6)] {
            let loss = Contrast::new(&unit, &unit, -ln(tau)).loss();
            assert!((loss / want - 1.0).abs() < 1e-4, "{tau}: {loss}");
        }
    }

    #[test]
    fn nothing_undercuts_the_simplex() {
        // Sixteen points as far apart as they can be, less their mean.
        let corners =
            Directions::of(Matrix::from_fn(16, 16, |i, j| f64::from(u8::from(i == j)) - 0.0625)).rows;
        let floor = ln(1.0 + 15.0 * exp(-16.0 / 15.0));
        assert!((floor - 1.818_451).abs() < 1e-6);
        assert!((Contrast::new(&corners, &corners, 0.0).loss() - floor).abs() < 1e-9);
        for seed in 0..40 {
            let mut s = Stream::new(seed, "check");
            let [u, v] = [0, 1].map(|_| Directions::of(Matrix::from_fn(16, 12, |_, _| s.normal())).rows);
            assert!(Contrast::new(&u, &v, 0.0).loss() > floor);
        }
    }

    #[test]
    fn a_concept_that_comes_twice_costs_one_bit_of_doubt() {
        let twice = Matrix::from_fn(8, 4, |i, j| f64::from(u8::from(i / 2 == j)));
        for log_scale in [0.0, 2.0, 4.0] {
            let loss = Contrast::new(&twice, &twice, log_scale).loss();
            assert!(loss >= core::f64::consts::LN_2, "{loss}");
        }
    }

    #[test]
    fn rows_and_columns_of_the_slope_pull_as_much_as_they_push() {
        let [z, w] = random(7);
        let c = Contrast::new(&Directions::of(z).rows, &Directions::of(w).rows, 1.0);
        // P − I and Q − I: each row of softmaxes sums to 1.
        for logits in [c.logits.clone(), c.logits.transposed()] {
            for i in 0..5 {
                let total = log_sum_exp(logits.row(i));
                let sum: f64 = logits.row(i).iter().map(|x| exp(x - total)).sum::<f64>() - 1.0;
                assert!(sum.abs() < 1e-12);
            }
        }
    }

    #[test]
    fn finite_differences_agree_with_every_gradient() {
        let [z, w] = random(5);
        let loss = |z: &Matrix, w: &Matrix, t: f64| {
            let [u, v] = [z, w].map(|z| Directions::of(z.clone()).rows);
            Contrast::new(&u, &v, t).loss()
        };
        let t = 1.3;
        let [u, v] = [&z, &w].map(|z| Directions::of(z.clone()));
        let c = Contrast::new(&u.rows, &v.rows, t);
        let [slope_z, slope_w] = [u.back(&c.u), v.back(&c.v)];
        let h = 1e-6;
        let agrees = |numeric: f64, a: f64| {
            assert!((numeric - a).abs() <= 1e-8 + 1e-5 * a.abs(), "{numeric} {a}");
        };
        for i in 0..15 {
            let moved = |m: &Matrix, h: f64| {
                let mut moved = m.clone();
                moved.as_mut_slice()[i] += h;
                moved
            };
            let of_z = (loss(&moved(&z, h), &w, t) - loss(&moved(&z, -h), &w, t)) / (2.0 * h);
            agrees(of_z, slope_z.as_slice()[i]);
            let of_w = (loss(&z, &moved(&w, h), t) - loss(&z, &moved(&w, -h), t)) / (2.0 * h);
            agrees(of_w, slope_w.as_slice()[i]);
        }
        agrees((loss(&z, &w, t + h) - loss(&z, &w, t - h)) / (2.0 * h), c.scale);
    }

    #[test]
    fn the_example_by_hand_holds() {
        // Cosines (0.9, 0.1), (0.3, 0.6): U is the unit matrix and V has them as columns.
        let (u, v) = (apart(2), Matrix::from_vec(2, 2, vec![0.9, 0.3, 0.1, 0.6]));
        let c = Contrast::new(&u, &v, ln(2.0));
        for (got, want) in [
            (c.rows, f64::midpoint(0.1839, 0.4375)),
            (c.columns, f64::midpoint(0.2633, 0.3133)),
            (c.loss(), 0.2995),
            (Contrast::new(&u, &v, -ln(0.07)).loss(), 0.0037),
        ] {
            assert!((got - want).abs() < 1e-4, "{got} {want}");
        }
    }

    #[test]
    fn nothing_has_no_direction_and_no_infinity() {
        let still = Directions::of(Matrix::zeros(2, 3));
        assert!(still.back(&apart(2).times(&Matrix::zeros(2, 3))).as_slice().iter().all(|x| x.is_finite()));
    }
}
