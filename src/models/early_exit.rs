//! A network that may answer after any of its layers, and stops where it is sure.
//!
//! References: Teerapittayanon, McDanel & Kung 2016, *BranchyNet*, ICPR, arXiv:1709.01686 (heads after early
//! layers, trained together by the sum of their losses; exit where the entropy of the answer is below a
//! threshold).
//!
//! Shapes: points x [N, 2]; layer l = 1…4 has W_l [H, in] and b_l [H], a_l = ReLU(W_l a_{l−1} + b_l); its head
//! has v_l [H] and c_l, and z_l = v_l · a_l + c_l is the log-odds of class 1, which is a softmax over two classes.
//! Entropy of an answer in nats, at most ln 2.
//!
//! Data: x in [−1, 1]². Left half, x₁ < 0, easy: class 1 where x₂ > 0.3 x₁. Right half, hard: class
//! (⌊2 x₁⌋ + ⌊2 x₂⌋) mod 2, a board of 2 × 4 squares.
//!
//! Departures: points are drawn anew for each batch; a point that exits at layer l is counted as l layers, and
//! heads as nothing (one has H weights, a layer H²).

use crate::mlp::{column_sums, drawn};
use numerics::elementary::{sigmoid, softplus};
use numerics::matrix::Matrix;
use numerics::optimiser::{Optimiser, Rule};
use numerics::random::Stream;

/// Layers, and heads.
pub const LAYERS: usize = 4;

const BATCH: usize = 64;
/// The rate of Adam, and what it is from [`SLOWER`] steps on.
const RATES: [f64; 2] = [0.01, 0.003];
const SLOWER: u64 = 4000;

/// Points and their classes.
#[derive(Clone, Debug)]
pub struct Points {
    /// x [N, 2].
    pub x: Matrix,
    /// 0 or 1.
    pub class: Vec<f64>,
}

impl Points {
    /// Uniform in either half; a share `easy` in the left one.
    #[must_use]
    pub fn drawn(count: usize, easy: f64, stream: &mut Stream) -> Self {
        let mut x = Matrix::zeros(count, 2);
        for n in 0..count {
            let across = stream.uniform();
            x[(n, 0)] = if stream.chance(easy) { across - 1.0 } else { across };
            x[(n, 1)] = stream.between(-1.0, 1.0);
        }
        let class = (0..count).map(|n| class([x[(n, 0)], x[(n, 1)]])).collect();
        Self { x, class }
    }
}

/// Whether a point lies in the easy half.
#[must_use]
pub fn is_easy(x: &[f64]) -> bool {
    x[0] < 0.0
}

/// The true class of a point, 0 or 1.
#[must_use]
pub fn class([x1, x2]: [f64; 2]) -> f64 {
    let one = if is_easy(&[x1]) {
        x2 > 0.3 * x1
    } else {
        ((2.0 * x1).floor() + (2.0 * x2).floor()).rem_euclid(2.0) > 0.5
    };
    f64::from(u8::from(one))
}

/// Entropy in nats of an answer with log-odds z.
#[must_use]
pub fn entropy(z: f64) -> f64 {
    // −p ln p − q ln q with ln q = −softplus(z): nothing is lost where p is near 0 or 1.
    let z = z.abs();
    softplus(-z) + z * sigmoid(-z)
}

/// The layer that answers, counted from 0, for the entropy of each head's answer.
#[must_use]
pub fn exit(entropies: &[f64], threshold: f64) -> usize {
    entropies.iter().position(|entropy| *entropy < threshold).unwrap_or(entropies.len() - 1)
}

/// What the heads answer to N points, with the entropies, which many thresholds are compared with.
pub struct Answers {
    /// Log-odds [N, 4].
    pub odds: Matrix,
    /// Entropies in nats [N, 4].
    pub entropies: Matrix,
}

impl Answers {
    #[must_use]
    pub fn new(odds: Matrix) -> Self {
        let entropies = Matrix::from_fn(odds.rows(), odds.columns(), |n, head| entropy(odds[(n, head)]));
        Self { odds, entropies }
    }

    /// Where point n leaves, and whether its answer there is class 1.
    #[must_use]
    pub fn at(&self, n: usize, threshold: f64) -> (usize, bool) {
        let layer = exit(self.entropies.row(n), threshold);
        (layer, self.odds[(n, layer)] > 0.0)
    }
}

/// The layers with their heads.
#[derive(Clone, Debug)]
pub struct Network {
    pub weights: Vec<Matrix>,
    pub biases: Vec<Vec<f64>>,
    /// v [4, H].
    pub heads: Matrix,
    /// c [4].
    pub offsets: Vec<f64>,
}

impl Network {
    /// Weights as He et al. draw them, biases zero; heads with variance 1/H.
    #[must_use]
    pub fn new(width: usize, stream: &mut Stream) -> Self {
        let weights =
            (0..LAYERS).map(|l| drawn(width, if l == 0 { 2 } else { width }, 2.0, stream)).collect();
        let heads = drawn(LAYERS, width, 1.0, stream);
        Self { weights, biases: vec![vec![0.0; width]; LAYERS], heads, offsets: vec![0.0; LAYERS] }
    }

    /// What each layer gives, [N, H].
    fn layers(&self, x: &Matrix) -> Vec<Matrix> {
        let mut all: Vec<Matrix> = Vec::with_capacity(LAYERS);
        for (w, b) in self.weights.iter().zip(&self.biases) {
            let mut a = all.last().unwrap_or(x).times_transposed(w);
            for n in 0..a.rows() {
                a.row_mut(n).iter_mut().zip(b).for_each(|(a, b)| *a = (*a + b).max(0.0));
            }
            all.push(a);
        }
        all
    }

    fn head(&self, l: usize, a: &Matrix) -> Vec<f64> {
        let mut z = a.times_vector(self.heads.row(l));
        z.iter_mut().for_each(|z| *z += self.offsets[l]);
        z
    }

    /// Log-odds of each head [N, 4].
    #[must_use]
    pub fn answers(&self, x: &Matrix) -> Matrix {
        let mut answers = Matrix::zeros(x.rows(), LAYERS);
        for (l, a) in self.layers(x).iter().enumerate() {
            for (n, z) in self.head(l, a).into_iter().enumerate() {
                answers[(n, l)] = z;
            }
        }
        answers
    }

    /// The sum over heads of weight times mean logistic loss, and its slopes in the network's shapes.
    #[must_use]
    pub fn slopes(&self, points: &Points, weights: [f64; LAYERS]) -> (f64, Self) {
        let layers = self.layers(&points.x);
        let count = points.class.len() as f64;
        let mut slopes = self.clone();
        let mut loss = 0.0;
        // What the layers above feel of this one's outputs.
        let mut above = Matrix::zeros(points.x.rows(), self.heads.columns());
        for l in (0..LAYERS).rev() {
            let a = &layers[l];
            let z = self.head(l, a);
            loss += weights[l] / count
                * z.iter().zip(&points.class).map(|(z, k)| softplus(*z) - k * z).sum::<f64>();
            let delta: Vec<f64> =
                z.iter().zip(&points.class).map(|(z, k)| weights[l] * (sigmoid(*z) - k) / count).collect();
            slopes.heads.row_mut(l).fill(0.0);
            for (n, d) in delta.iter().enumerate() {
                let all = slopes.heads.row_mut(l).iter_mut().zip(a.row(n));
                let felt = above.row_mut(n).iter_mut().zip(self.heads.row(l));
                for ((g, a), (above, v)) in all.zip(felt) {
                    *g += d * a;
                    *above = if *a > 0.0 { *above + d * v } else { 0.0 };
                }
            }
            slopes.offsets[l] = delta.iter().sum();
            let below = if l == 0 { &points.x } else { &layers[l - 1] };
            slopes.weights[l] = above.transposed_times(below);
            slopes.biases[l] = column_sums(&above);
            if l > 0 {
                above = above.times(&self.weights[l]);
            }
        }
        (loss, slopes)
    }

    fn parts(&mut self) -> [&mut [f64]; 2 * LAYERS + 2] {
        let [w1, w2, w3, w4] = &mut self.weights[..] else { unreachable!("four layers") };
        let [b1, b2, b3, b4] = &mut self.biases[..] else { unreachable!("four layers") };
        [
            w1.as_mut_slice(),
            w2.as_mut_slice(),
            w3.as_mut_slice(),
            w4.as_mut_slice(),
            b1,
            b2,
            b3,
            b4,
            self.heads.as_mut_slice(),
            &mut self.offsets,
        ]
    }
}

/// What comes of stopping at a threshold, over some points.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outcome {
    /// Share that is answered right.
    pub right: f64,
    /// Mean layer of exit, 1 to 4: of all points, of easy ones, of hard ones; not a number where there is none.
    pub depth: [f64; 3],
}

/// Judges the answers to these points.
#[must_use]
pub fn judged(answers: &Answers, points: &Points, threshold: f64) -> Outcome {
    let (mut right, mut layers, mut count) = (0usize, [0usize; 3], [0usize; 3]);
    for (n, class) in points.class.iter().enumerate() {
        let (at, one) = answers.at(n, threshold);
        right += usize::from(one == (*class > 0.5));
        for half in [0, 1 + usize::from(!is_easy(points.x.row(n)))] {
            layers[half] += at + 1;
            count[half] += 1;
        }
    }
    Outcome {
        right: right as f64 / count[0] as f64,
        depth: [0, 1, 2].map(|half| layers[half] as f64 / count[half] as f64),
    }
}

/// A network that learns.
#[derive(Clone, Debug)]
pub struct Learner {
    pub network: Network,
    /// What each head's loss counts.
    pub weights: [f64; LAYERS],
    easy: f64,
    step: u64,
    data: Stream,
    optimisers: Vec<Optimiser>,
}

impl Learner {
    #[must_use]
    pub fn new(width: usize, weights: [f64; LAYERS], easy: f64, seed: u64) -> Self {
        let mut network = Network::new(width, &mut Stream::new(seed, "initialisation"));
        let rule = Rule::adam(0.9, 0.999);
        let optimisers = network.parts().iter().map(|part| Optimiser::new(rule, part.len())).collect();
        Self { network, weights, easy, step: 0, data: Stream::new(seed, "data"), optimisers }
    }

    /// One batch; its loss before the step.
    pub fn step(&mut self) -> f64 {
        let points = Points::drawn(BATCH, self.easy, &mut self.data);
        let (loss, mut slopes) = self.network.slopes(&points, self.weights);
        let rate = RATES[usize::from(self.step >= SLOWER)];
        self.step += 1;
        let parts = self.network.parts().into_iter().zip(slopes.parts());
        for (optimiser, (part, slope)) in self.optimisers.iter_mut().zip(parts) {
            optimiser.step(part, slope, rate);
        }
        loss
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::f64::consts::LN_2;

    #[test]
    fn finite_differences_agree_with_every_slope() {
        let mut network = Network::new(5, &mut Stream::new(1, "initialisation"));
        let points = Points::drawn(9, 0.5, &mut Stream::new(1, "data"));
        let weights = [1.0, 0.5, 0.25, 2.0];
        let (_, mut slopes) = network.slopes(&points, weights);
        for part in 0..2 * LAYERS + 2 {
            for i in 0..network.parts()[part].len() {
                let mut moved = |h: f64| {
                    network.parts()[part][i] += h;
                    let loss = network.slopes(&points, weights).0;
                    network.parts()[part][i] -= h;
                    loss
                };
                let (numeric, found) = ((moved(1e-6) - moved(-1e-6)) / 2e-6, slopes.parts()[part][i]);
                assert!(
                    (numeric - found).abs() <= 1e-6 + 1e-5 * found.abs(),
                    "{part}[{i}]: {numeric} {found}"
                );
            }
        }
    }

    #[test]
    fn an_answer_has_the_entropy_of_its_chances() {
        assert!((entropy(0.0) - LN_2).abs() < 1e-12);
        for z in [-3.0, -0.5, 1.0, 4.0] {
            let (p, q) = (sigmoid(z), sigmoid(-z));
            let wanted = -p * numerics::elementary::ln(p) - q * numerics::elementary::ln(q);
            assert!((entropy(z) - wanted).abs() < 1e-12, "{z}");
        }
        assert!(entropy(800.0) >= 0.0 && entropy(800.0) < 1e-9 && entropy(-800.0) < 1e-9);
    }

    /// Known result: a threshold of 0 asks the last head, one above ln 2 the first.
    #[test]
    fn thresholds_beyond_all_entropies_choose_one_head() {
        let odds = [[0.0; 4], [9.0, -9.0, 1e3, 0.1], [-0.2, 0.3, 800.0, -800.0], [0.1, -5.0, 9.0, 9.0]];
        let answers = Answers::new(Matrix::from_fn(4, LAYERS, |n, head| odds[n][head]));
        for (n, odds) in odds.iter().enumerate() {
            assert_eq!(answers.at(n, 0.0), (3, odds[3] > 0.0));
            assert_eq!(answers.at(n, 0.7), (0, odds[0] > 0.0));
        }
        assert_eq!(answers.at(3, 0.3), (1, false));
    }

    #[test]
    fn the_hard_half_is_a_board() {
        assert_eq!(class([-0.5, 0.0]) + class([0.1, 0.1]) + class([0.6, 0.6]), 1.0);
        assert_eq!([class([0.1, 0.6]), class([0.6, 0.1]), class([0.1, -0.1])], [1.0; 3]);
        let points = Points::drawn(2000, 0.5, &mut Stream::new(1, "data"));
        let easy = (0..2000).filter(|n| is_easy(points.x.row(*n))).count();
        assert!((900..1100).contains(&easy), "{easy}");
    }

    /// Known result: most layers are not needed, and hard points go deeper.
    #[test]
    fn easy_points_leave_early() {
        for seed in 1..=4 {
            let mut learner = Learner::new(16, [1.0; LAYERS], 0.5, seed);
            for _ in 0..3000 {
                learner.step();
            }
            let points = Points::drawn(2000, 0.5, &mut Stream::new(seed, "test data"));
            let answers = Answers::new(learner.network.answers(&points.x));
            let full = judged(&answers, &points, 0.0);
            let early = judged(&answers, &points, 0.3);
            assert!((full.depth[0] - 4.0).abs() < 1e-12 && full.right > 0.95, "{seed}: {full:?}");
            assert!(early.right > 0.95 && early.depth[0] < 2.2, "{seed}: {early:?}");
            assert!(early.depth[2] > early.depth[1] + 0.2, "{seed}: {early:?}");
        }
    }
}
