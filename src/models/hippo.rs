//! HiPPO-LegS: the matrix whose state is a summary of the past in Legendre polynomials.
//!
//! References: Gu et al. 2020, *HiPPO*, arXiv:2008.07669; Gu, Goel, Ré 2021, *S4*,
//! arXiv:2111.00396 (the time-invariant system and its bilinear steps); Gu et al. 2022, *How to
//! Train Your HiPPO*, arXiv:2206.12037 (its basis in exponential time).
//!
//! Glossary: `state` N, `dt` Δ, `basis` φ; s is the time since a token, in units of 1/Δ steps.
//!
//! What holds: e^(tA) B = e^(−t) φ(t) with φ_n(t) = √(2n+1) P_n(2e^(−t) − 1), orthonormal under the
//! weight e^(−t). So h_n = ∫ e^(−s) φ_n(s) u(now − s) ds, and Σ h_n φ_n(s) is the best rebuilding of
//! u(now − s) under that weight: sharp for what is recent, blurred for what is old.
//!
//! Shapes: A is N × N and lower triangular, B and C have N numbers.
//!
//! Departures: a dense matrix of N ≤ 64; S4's structured kernel is not built.

use numerics::elementary::exp;
use numerics::legendre::legendre;
use numerics::matrix::{Matrix, dot};

/// A and B of LegS: A_nk = −√((2n+1)(2k+1)) for n > k, −(n+1) on the diagonal, 0 above; B_n = √(2n+1).
#[must_use]
pub fn leg_s(state: usize) -> (Matrix, Vec<f64>) {
    let root = |n: usize| (2.0 * n as f64 + 1.0).sqrt();
    let a = Matrix::from_fn(state, state, |n, k| match n.cmp(&k) {
        core::cmp::Ordering::Greater => -root(n) * root(k),
        core::cmp::Ordering::Equal => -(n as f64 + 1.0),
        core::cmp::Ordering::Less => 0.0,
    });
    (a, (0..state).map(root).collect())
}

/// φ_0 .. φ_(N−1) at `s`.
#[must_use]
pub fn basis(state: usize, s: f64) -> Vec<f64> {
    let polynomials = legendre(2.0 * exp(-s) - 1.0).take(state).enumerate();
    polynomials.map(|(n, p)| (2.0 * n as f64 + 1.0).sqrt() * p).collect()
}

/// The system in steps of Δ: h_t = Ā h_(t−1) + B̄ u_t, y = C h.
#[derive(Clone, Debug)]
pub struct Layer {
    a_bar: Matrix,
    b_bar: Vec<f64>,
    c: Vec<f64>,
    dt: f64,
}

impl Layer {
    /// Bilinear steps: Ā = (I − Δ/2 A)⁻¹ (I + Δ/2 A), B̄ = (I − Δ/2 A)⁻¹ Δ B.
    #[must_use]
    pub fn new(dt: f64, c: Vec<f64>) -> Self {
        let (a, b) = leg_s(c.len());
        let n = c.len();
        let identity = |r, k| f64::from(u8::from(r == k));
        let implicit = Matrix::from_fn(n, n, |r, k| identity(r, k) - 0.5 * dt * a[(r, k)]);
        let columns: Vec<Vec<f64>> = (0..n)
            .map(|k| {
                let column = (0..n).map(|r| identity(r, k) + 0.5 * dt * a[(r, k)]).collect();
                solve_lower(&implicit, column)
            })
            .collect();
        Self {
            a_bar: Matrix::from_fn(n, n, |r, k| columns[k][r]),
            b_bar: solve_lower(&implicit, b.iter().map(|b| dt * b).collect()),
            c,
            dt,
        }
    }

    /// The state before the first token.
    #[must_use]
    pub fn start(&self) -> Vec<f64> {
        vec![0.0; self.c.len()]
    }

    /// Takes a token in and gives y.
    pub fn step(&self, state: &mut Vec<f64>, u: f64) -> f64 {
        let mut next = self.a_bar.times_vector(state);
        next.iter_mut().zip(&self.b_bar).for_each(|(h, b)| *h += b * u);
        *state = next;
        dot(&self.c, state)
    }

    /// K_0 .. K_(len − 1): the answers to a single 1.
    #[must_use]
    pub fn kernel(&self, len: usize) -> Vec<f64> {
        let mut state = self.start();
        (0..len).map(|t| self.step(&mut state, if t == 0 { 1.0 } else { 0.0 })).collect()
    }

    /// What the state says of the input `steps` tokens ago.
    #[must_use]
    pub fn rebuilt(&self, state: &[f64], steps: f64) -> f64 {
        dot(&basis(state.len(), steps * self.dt), state)
    }

    /// Whether the fastest part of the state flips its sign from step to step: the bilinear rule is
    /// stable for every Δ, but beyond 2/N it no longer follows what it should.
    #[must_use]
    pub fn aliases(&self) -> bool {
        self.dt * self.c.len() as f64 > 2.0
    }
}

/// x with L x = `right`, for a lower triangular L.
fn solve_lower(lower: &Matrix, mut right: Vec<f64>) -> Vec<f64> {
    for r in 0..right.len() {
        let known: f64 = (0..r).map(|k| lower[(r, k)] * right[k]).sum();
        right[r] = (right[r] - known) / lower[(r, r)];
    }
    right
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::state_space::random_readout;
    use crate::state_space::tests::same_in_both_views;
    use numerics::elementary::sin;
    use numerics::random::Stream;

    /// e^(tA) B by the Taylor series over many short steps.
    fn flow(a: &Matrix, b: &[f64], t: f64) -> Vec<f64> {
        let pieces = 4096;
        let mut x = b.to_vec();
        for _ in 0..pieces {
            let mut term = x.clone();
            for k in 1..12 {
                term = a.times_vector(&term);
                term.iter_mut().for_each(|y| *y *= t / f64::from(pieces) / f64::from(k));
                x.iter_mut().zip(&term).for_each(|(x, y)| *x += y);
            }
        }
        x
    }

    /// Known result: e^(tA) B = e^(−t) φ(t).
    #[test]
    fn the_state_is_the_legendre_summary() {
        let (a, b) = leg_s(16);
        for t in [0.01, 0.1, 0.5, 1.0, 2.0] {
            let worst = flow(&a, &b, t)
                .iter()
                .zip(basis(16, t))
                .map(|(x, phi)| (x - exp(-t) * phi).abs())
                .fold(0.0, f64::max);
            assert!(worst < 1e-9, "t = {t}: {worst}");
        }
    }

    #[test]
    fn both_views_of_legs_give_the_same_answers() {
        let mut draws = Stream::new(1, "test");
        let layer = Layer::new(0.01, random_readout(16, &mut draws));
        let mut state = layer.start();
        same_in_both_views(|u| layer.step(&mut state, u), &layer.kernel(400), &mut draws);
    }

    #[test]
    fn more_numbers_rebuild_more() {
        let rmse = |state: usize| {
            let layer = Layer::new(0.01, vec![0.0; state]);
            let u = |t: f64| sin(core::f64::consts::TAU * t / 60.0);
            let mut h = layer.start();
            for t in 0..400 {
                layer.step(&mut h, u(f64::from(t)));
            }
            let squares = (0..100).map(|s| {
                let error = layer.rebuilt(&h, f64::from(s)) - u(399.0 - f64::from(s));
                error * error
            });
            (squares.sum::<f64>() / 100.0).sqrt()
        };
        assert!(rmse(16) < 0.2 && rmse(4) > 3.0 * rmse(16), "{} {}", rmse(4), rmse(16));
    }

    #[test]
    fn the_bilinear_rule_stays_stable_where_it_aliases() {
        let layer = Layer::new(0.5, vec![1.0; 64]);
        assert!(layer.aliases() && !Layer::new(0.01, vec![1.0; 64]).aliases());
        let kernel = layer.kernel(1024);
        assert!(kernel.iter().all(|k| k.is_finite()) && kernel[1023].abs() < 1e-6);
    }
}
