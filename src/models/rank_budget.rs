//! AdaLoRA: one budget of ranks, spent where the layers need it.
//!
//! Reference: Zhang et al. 2023, *AdaLoRA*, arXiv:2303.10512, Eqs. 3-12.
//!
//! Glossary: each layer's change is P Λ Q with `lambda` the diagonal of Λ; a *triplet* is a λ with
//! its column of P and its row of Q; *sensitivity* |w ∇w|, smoothed into Ī and its uncertainty Ū
//! with β = 0.85; the score of a number is Ī Ū, that of a triplet its λ's score plus the means over
//! its column and row. The budget b(t) falls cubically from all triplets to the target.
//!
//! Shapes: six layers of 16 × 16 that need ranks 0, 1, 2, 1, 6, 2; P is 16 × r, Q is r × 16.
//!
//! Departures: one linear layer each, isotropic inputs; masked λ are set to zero, but go on being
//! trained until the budget has reached its target, as in the paper's algorithm.

use crate::low_rank::Adapter;
use numerics::matrix::{Matrix, dot};
use numerics::optimiser::{Optimiser, Rule};
use numerics::random::Stream;

/// Ranks that the layers need.
pub const NEEDED: [usize; 6] = [0, 1, 2, 1, 6, 2];
/// Rows and columns of a layer.
pub const SIDE: usize = 16;
/// Rank of plain LoRA in every layer: as many ranks as the layers need in all.
pub const PLAIN_RANK: usize = 2;
/// Steps at which the budget begins to fall, and at which it has fallen.
pub const FALL: [usize; 2] = [150, 1200];

const BETA: f64 = 0.85;
const PENALTY: f64 = 0.1;
const RATE: f64 = 5e-3;
const BATCH: usize = 64;
const REMASK: usize = 10;

/// A number's smoothed sensitivity and uncertainty.
#[derive(Clone, Debug)]
struct Importance {
    mean: Vec<f64>,
    spread: Vec<f64>,
}

impl Importance {
    fn new(len: usize) -> Self {
        Self { mean: vec![0.0; len], spread: vec![0.0; len] }
    }

    fn follow(&mut self, weights: &[f64], gradient: &[f64]) {
        for (i, (w, g)) in weights.iter().zip(gradient).enumerate() {
            let now = (w * g).abs();
            self.mean[i] = BETA * self.mean[i] + (1.0 - BETA) * now;
            self.spread[i] = BETA * self.spread[i] + (1.0 - BETA) * (now - self.mean[i]).abs();
        }
    }

    fn score(&self, i: usize) -> f64 {
        self.mean[i] * self.spread[i]
    }
}

/// One layer with its adaptive change, and plain LoRA on the same task.
#[derive(Clone, Debug)]
pub struct Layer {
    target: Matrix,
    p: Matrix,
    lambda: Vec<f64>,
    q: Matrix,
    /// Which triplets the budget pays for.
    pub alive: Vec<bool>,
    importance: [Importance; 3],
    optimisers: [Optimiser; 3],
    plain: Adapter,
    plain_optimisers: [Optimiser; 2],
}

impl Layer {
    fn new(needed: usize, rank: usize, seed: u64, index: usize) -> Self {
        let mut task = Stream::new(seed, &format!("layer {index}: task"));
        let unit = |stream: &mut Stream| {
            let mut basis: Vec<Vec<f64>> = Vec::new();
            for _ in 0..needed {
                let mut v: Vec<f64> = (0..SIDE).map(|_| stream.normal()).collect();
                for other in &basis {
                    let along = dot(&v, other);
                    v.iter_mut().zip(other).for_each(|(x, y)| *x -= along * y);
                }
                numerics::matrix::normalise(&mut v);
                basis.push(v);
            }
            basis
        };
        let (u, v) = (unit(&mut task), unit(&mut task));
        // From 2 down to 1; a single one is 2.
        let singular = |k: usize| if needed > 1 { 2.0 - k as f64 / (needed - 1) as f64 } else { 2.0 };
        let target =
            Matrix::from_fn(SIDE, SIDE, |r, c| (0..needed).map(|k| singular(k) * u[k][r] * v[k][c]).sum());
        let mut start = Stream::new(seed, &format!("layer {index}: initialisation"));
        let rule = Rule::adam(0.9, 0.999);
        let sizes = [SIDE * rank, rank, rank * SIDE];
        Self {
            target,
            p: Matrix::from_fn(SIDE, rank, |_, _| 0.25 * start.normal()),
            lambda: vec![0.0; rank],
            q: Matrix::from_fn(rank, SIDE, |_, _| 0.25 * start.normal()),
            alive: vec![true; rank],
            importance: sizes.map(Importance::new),
            optimisers: sizes.map(|len| Optimiser::new(rule, len)),
            plain: Adapter::fresh(SIDE, SIDE, PLAIN_RANK, PLAIN_RANK as f64, &mut start),
            plain_optimisers: [PLAIN_RANK * SIDE; 2].map(|len| Optimiser::new(rule, len)),
        }
    }

    /// P Λ Q.
    #[must_use]
    pub fn change(&self) -> Matrix {
        Matrix::from_fn(SIDE, SIDE, |r, c| {
            self.lambda.iter().enumerate().map(|(k, l)| self.p[(r, k)] * l * self.q[(k, c)]).sum()
        })
    }

    fn error(&self, change: &Matrix) -> Matrix {
        Matrix::from_fn(SIDE, SIDE, |r, c| change[(r, c)] - self.target[(r, c)])
    }

    /// ‖PΛQ − Δ‖², and the same for plain LoRA.
    #[must_use]
    pub fn residuals(&self) -> [f64; 2] {
        [self.change(), self.plain.delta()]
            .map(|change| self.error(&change).as_slice().iter().map(|e| e * e).sum())
    }

    /// Triplets that the budget pays for.
    #[must_use]
    pub fn rank(&self) -> usize {
        self.alive.iter().filter(|a| **a).count()
    }

    /// λ of each triplet.
    #[must_use]
    pub fn lambda(&self) -> &[f64] {
        &self.lambda
    }

    /// The score of each triplet.
    #[must_use]
    pub fn scores(&self) -> Vec<f64> {
        let [p, l, q] = &self.importance;
        let rank = self.lambda.len();
        (0..rank)
            .map(|k| {
                let column: f64 = (0..SIDE).map(|r| p.score(r * rank + k)).sum();
                let row: f64 = (0..SIDE).map(|c| q.score(k * SIDE + c)).sum();
                l.score(k) + (column + row) / SIDE as f64
            })
            .collect()
    }

    /// Gradients of the loss and the penalty by P, Λ and Q.
    #[must_use]
    pub fn gradients(&self, moments: &Matrix) -> [Vec<f64>; 3] {
        let mut g = self.error(&self.change()).times(moments);
        g.as_mut_slice().iter_mut().for_each(|x| *x *= 2.0);
        let rank = self.lambda.len();
        // G Qᵀ (16 × r) and Pᵀ G (r × 16) are shared by all three.
        let (gq, pg) = (g.times_transposed(&self.q), self.p.transposed_times(&g));
        let lambda: Vec<f64> = (0..rank).map(|k| dot(pg.row(k), self.q.row(k))).collect();
        let apart =
            |gram: Matrix| Matrix::from_fn(rank, rank, |i, j| gram[(i, j)] - f64::from(u8::from(i == j)));
        let columns = self.p.times(&apart(self.p.transposed_times(&self.p)));
        let rows = apart(self.q.times_transposed(&self.q)).times(&self.q);
        let p =
            Matrix::from_fn(SIDE, rank, |r, k| gq[(r, k)] * self.lambda[k] + 4.0 * PENALTY * columns[(r, k)]);
        let q =
            Matrix::from_fn(rank, SIDE, |k, c| self.lambda[k] * pg[(k, c)] + 4.0 * PENALTY * rows[(k, c)]);
        [p.as_slice().to_vec(), lambda, q.as_slice().to_vec()]
    }

    fn step(&mut self, moments: &Matrix) {
        let gradients = self.gradients(moments);
        let weights = [self.p.as_mut_slice(), self.lambda.as_mut_slice(), self.q.as_mut_slice()];
        for (((weights, gradient), importance), optimiser) in
            weights.into_iter().zip(&gradients).zip(&mut self.importance).zip(&mut self.optimisers)
        {
            importance.follow(weights, gradient);
            optimiser.step(weights, gradient, RATE);
        }
        let g = self.error(&self.plain.delta()).times(moments);
        let twice = |m: Matrix| m.as_slice().iter().map(|x| 2.0 * self.plain.scaling * x).collect::<Vec<_>>();
        let (a, b) = (twice(self.plain.b.transposed_times(&g)), twice(g.times_transposed(&self.plain.a)));
        let [first, second] = &mut self.plain_optimisers;
        first.step(self.plain.a.as_mut_slice(), &a, RATE);
        second.step(self.plain.b.as_mut_slice(), &b, RATE);
    }

    fn mask(&mut self) {
        for (lambda, alive) in self.lambda.iter_mut().zip(&self.alive) {
            if !alive {
                *lambda = 0.0;
            }
        }
    }
}

/// Six layers under one budget.
#[derive(Clone, Debug)]
pub struct Budgeted {
    pub layers: Vec<Layer>,
    target: usize,
    batches: Stream,
    pub steps: usize,
}

impl Budgeted {
    /// Starts with `rank` triplets in each layer; `budget` is what is left in all, at most 6 `rank`.
    #[must_use]
    pub fn new(rank: usize, budget: usize, seed: u64) -> Self {
        let layers = NEEDED.iter().enumerate().map(|(i, n)| Layer::new(*n, rank, seed, i)).collect();
        let target = budget.min(NEEDED.len() * rank);
        Self { layers, target, batches: Stream::new(seed, "batches"), steps: 0 }
    }

    /// b(t): the triplets that are paid for now.
    #[must_use]
    pub fn budget(&self) -> usize {
        let all = self.layers.iter().map(|l| l.lambda.len()).sum::<usize>();
        let [begin, end] = FALL;
        if self.steps < begin {
            return all;
        }
        let left = 1.0 - ((self.steps - begin) as f64 / (end - begin) as f64).min(1.0);
        self.target + ((all - self.target) as f64 * left * left * left).round() as usize
    }

    /// One update of every layer on a batch of its own.
    pub fn step(&mut self) {
        for layer in &mut self.layers {
            let mut x = Matrix::zeros(BATCH, SIDE);
            self.batches.fill_normal(x.as_mut_slice());
            let mut moments = x.transposed_times(&x);
            moments.as_mut_slice().iter_mut().for_each(|m| *m /= BATCH as f64);
            layer.step(&moments);
        }
        self.steps += 1;
        if self.steps >= FALL[0] && self.steps <= FALL[1] && self.steps.is_multiple_of(REMASK) {
            let mut order: Vec<(f64, usize, usize)> = Vec::new();
            for (i, layer) in self.layers.iter().enumerate() {
                order.extend(layer.scores().into_iter().enumerate().map(|(k, score)| (score, i, k)));
            }
            // A stable order: of equal scores the earlier layer first.
            order.sort_by(|a, b| b.0.total_cmp(&a.0));
            let paid = self.budget();
            for (place, (_, i, k)) in order.into_iter().enumerate() {
                self.layers[i].alive[k] = place < paid;
            }
            self.layers.iter_mut().for_each(Layer::mask);
        } else if self.steps > FALL[1] {
            self.layers.iter_mut().for_each(Layer::mask);
        }
    }

    /// Sums over the layers of what each way leaves: AdaLoRA, plain LoRA.
    #[must_use]
    pub fn residuals(&self) -> [f64; 2] {
        self.layers.iter().map(Layer::residuals).fold([0.0; 2], |s, r| [s[0] + r[0], s[1] + r[1]])
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trained(rank: usize, budget: usize, seed: u64) -> Budgeted {
        let mut all = Budgeted::new(rank, budget, seed);
        (0..1500).for_each(|_| all.step());
        all
    }

    #[test]
    fn the_budget_goes_where_the_layers_need_it() {
        for rank in [6, 8] {
            for seed in [1, 2, 3] {
                let all = trained(rank, 12, seed);
                let ranks: Vec<usize> = all.layers.iter().map(Layer::rank).collect();
                assert_eq!(ranks, NEEDED, "initial rank {rank}, seed {seed}");
                let [adaptive, plain] = all.residuals();
                assert!(adaptive < 0.01, "{adaptive}");
                assert!((plain - 6.97).abs() < 0.05, "{plain}");
            }
        }
    }

    #[test]
    fn a_small_initial_rank_caps_the_needy_layer() {
        let [adaptive, _] = trained(4, 12, 1).residuals();
        assert!((adaptive - 2.45).abs() < 0.1, "{adaptive}");
    }

    #[test]
    fn gradients_are_slopes_of_loss_and_penalty() {
        let mut all = Budgeted::new(6, 12, 4);
        (0..30).for_each(|_| all.step());
        let layer = &all.layers[4];
        let mut stream = Stream::new(4, "probe");
        let x = Matrix::from_fn(BATCH, SIDE, |_, _| stream.normal());
        let mut moments = x.transposed_times(&x);
        moments.as_mut_slice().iter_mut().for_each(|m| *m /= BATCH as f64);
        let objective = |layer: &Layer| {
            let error = layer.error(&layer.change());
            let loss: f64 =
                error.times(&moments).as_slice().iter().zip(error.as_slice()).map(|(a, b)| a * b).sum();
            let off = |gram: Matrix| {
                (0..gram.rows())
                    .flat_map(|i| (0..gram.columns()).map(move |j| (i, j)))
                    .map(|(i, j)| gram[(i, j)] - f64::from(u8::from(i == j)))
                    .map(|d| d * d)
                    .sum::<f64>()
            };
            loss + PENALTY
                * (off(layer.p.transposed_times(&layer.p)) + off(layer.q.times_transposed(&layer.q)))
        };
        let gradients = layer.gradients(&moments);
        for (which, gradient) in gradients.iter().enumerate() {
            for i in [0, 3, 5] {
                let shifted = |by: f64| {
                    let mut moved = layer.clone();
                    let weights = match which {
                        0 => moved.p.as_mut_slice(),
                        1 => moved.lambda.as_mut_slice(),
                        _ => moved.q.as_mut_slice(),
                    };
                    weights[i] += by;
                    objective(&moved)
                };
                let slope = (shifted(1e-5) - shifted(-1e-5)) / 2e-5;
                assert!((slope - gradient[i]).abs() < 1e-4 * slope.abs().max(1.0), "{which} {i}: {slope}");
            }
        }
    }
}
