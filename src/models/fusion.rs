//! Two ways to join two senses: each judged for itself and the verdicts added, or both judged together.
//!
//! References: Minsky and Papert 1969 (what no sum of two judgements can say: exclusive or); Shukor et al.
//! 2025, arXiv:2504.07951 (late against early fusion in large models).
//!
//! Glossary and shapes: the first sense A = (a, rule) and the second B = (b), where a and b are ±1 with
//! normal noise, and the rule is ±1: with chance ρ the label asks whether a and b have one sign (rule 1),
//! otherwise whether a is positive (rule −1). Late: f(A) + g(B), a network each; early: h(A, B), one
//! network. Both are judged by the logistic loss.

use crate::relu_network::ReluNetwork;
use numerics::elementary::{sigmoid, softplus};
use numerics::matrix::Matrix;
use numerics::random::Stream;

/// Examples in a batch, and held out.
const BATCH: usize = 64;
const HELD_OUT: usize = 1024;

const RATE: f64 = 0.01;

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Setting {
    /// ρ.
    pub shared: f64,
    /// Units of each network.
    pub hidden: usize,
    pub deviation: f64,
}

/// Questions about two senses, with their answers.
#[derive(Clone, Debug)]
struct Questions {
    /// a, rule: [N, 2].
    first: Matrix,
    /// b: [N, 1].
    second: Matrix,
    /// a, rule, b: [N, 3].
    both: Matrix,
    yes: Vec<bool>,
}

impl Questions {
    fn draw(setting: &Setting, count: usize, stream: &mut Stream) -> Self {
        let (mut both, mut yes) = (Matrix::zeros(count, 3), Vec::with_capacity(count));
        for n in 0..count {
            let [a, b] = [0, 1].map(|_| if stream.chance(0.5) { 1.0 } else { -1.0 });
            let shared = stream.chance(setting.shared);
            let [heard_a, heard_b] = [a, b].map(|x: f64| x + setting.deviation * stream.normal());
            both.row_mut(n).copy_from_slice(&[heard_a, if shared { 1.0 } else { -1.0 }, heard_b]);
            yes.push(if shared { a * b > 0.0 } else { a > 0.0 });
        }
        Self::of(both, yes)
    }

    fn of(both: Matrix, yes: Vec<bool>) -> Self {
        let first = Matrix::from_fn(both.rows(), 2, |n, k| both[(n, k)]);
        let second = Matrix::from_fn(both.rows(), 1, |n, _| both[(n, 2)]);
        Self { first, second, both, yes }
    }
}

/// Both ways, trained on the same questions.
#[derive(Clone, Debug)]
pub struct Fusion {
    setting: Setting,
    late: [ReluNetwork; 2],
    early: ReluNetwork,
    data: Stream,
    held_out: Questions,
}

/// Shares of held-out questions that were answered right, and mean losses in nats.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Verdicts {
    pub late: f64,
    pub early: f64,
    pub late_loss: f64,
    pub early_loss: f64,
}

impl Fusion {
    #[must_use]
    pub fn new(setting: Setting, seed: u64) -> Self {
        let mut start = Stream::new(seed, "initialisation");
        let [f, g, h] = [2, 1, 3].map(|inputs| ReluNetwork::new([inputs, setting.hidden, 1], &mut start));
        let held_out = Questions::draw(&setting, HELD_OUT, &mut Stream::new(seed, "test"));
        Self { setting, late: [f, g], early: h, data: Stream::new(seed, "data"), held_out }
    }

    /// One batch, one step of both.
    pub fn step(&mut self) {
        let questions = Questions::draw(&self.setting, BATCH, &mut self.data);
        let inputs = [&questions.first, &questions.second];
        let [(f_hidden, f), (g_hidden, g)] = [0, 1].map(|k| self.late[k].forward(inputs[k]));
        let sum: Vec<f64> = f.as_slice().iter().zip(g.as_slice()).map(|(f, g)| f + g).collect();
        let slope = slope(&sum, &questions.yes);
        for (k, hidden) in [f_hidden, g_hidden].iter().enumerate() {
            let gradients = self.late[k].back(inputs[k], hidden, &slope);
            self.late[k].step(&gradients, RATE);
        }
        let (hidden, h) = self.early.forward(&questions.both);
        let gradients = self.early.back(&questions.both, &hidden, &self::slope(h.as_slice(), &questions.yes));
        self.early.step(&gradients, RATE);
    }

    /// The logits of late and early fusion.
    fn logits(&self, questions: &Questions) -> [Vec<f64>; 2] {
        let [f, g] = [0, 1].map(|k| self.late[k].forward([&questions.first, &questions.second][k]).1);
        let sum = f.as_slice().iter().zip(g.as_slice()).map(|(f, g)| f + g).collect();
        [sum, self.early.forward(&questions.both).1.as_slice().to_vec()]
    }

    #[must_use]
    pub fn test(&self) -> Verdicts {
        let yes = &self.held_out.yes;
        let [[late, late_loss], [early, early_loss]] = self.logits(&self.held_out).map(|logits| {
            let right = logits.iter().zip(yes).filter(|(x, yes)| (**x > 0.0) == **yes).count();
            [right as f64 / yes.len() as f64, loss(&logits, yes)]
        });
        Verdicts { late, early, late_loss, early_loss }
    }

    /// The chances of "yes" that late and early fusion give on a grid of `side` × `side` places of a
    /// (columns) and b (rows), from -`edge` to `edge`, where the rule asks for both.
    #[must_use]
    pub fn maps(&self, side: usize, edge: f64) -> [Vec<f64>; 2] {
        let place = |i: usize| edge * (2.0 * (i as f64 + 0.5) / side as f64 - 1.0);
        let both = Matrix::from_fn(side * side, 3, |n, k| match k {
            0 => place(n % side),
            1 => 1.0,
            _ => place(n / side),
        });
        let questions = Questions::of(both, Vec::new());
        self.logits(&questions).map(|logits| logits.into_iter().map(sigmoid).collect())
    }
}

/// Mean logistic loss, nats.
fn loss(logits: &[f64], yes: &[bool]) -> f64 {
    let each = logits.iter().zip(yes).map(|(x, yes)| softplus(if *yes { -x } else { *x }));
    each.sum::<f64>() / yes.len().max(1) as f64
}

/// Its derivative with respect to the logits, [N, 1].
fn slope(logits: &[f64], yes: &[bool]) -> Matrix {
    let count = yes.len().max(1) as f64;
    let each = logits.iter().zip(yes).map(|(x, yes)| (sigmoid(*x) - f64::from(u8::from(*yes))) / count);
    Matrix::from_vec(logits.len(), 1, each.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trained(shared: f64, seed: u64) -> Verdicts {
        let mut fusion = Fusion::new(Setting { shared, hidden: 16, deviation: 0.3 }, seed);
        (0..600).for_each(|_| fusion.step());
        fusion.test()
    }

    #[test]
    fn the_slope_is_that_of_the_loss() {
        let (logits, yes) = ([0.3, -1.2, 2.0], [true, false, false]);
        let slope = slope(&logits, &yes);
        for i in 0..3 {
            let moved = |h: f64| {
                let mut moved = logits;
                moved[i] += h;
                loss(&moved, &yes)
            };
            let numeric = (moved(1e-6) - moved(-1e-6)) / 2e-6;
            assert!((numeric - slope[(i, 0)]).abs() < 1e-8);
        }
    }

    #[test]
    fn no_sum_of_two_judgements_says_exclusive_or() {
        let mean = (1..=10).map(|seed| trained(1.0, seed).late_loss).sum::<f64>() / 10.0;
        assert!((mean - core::f64::consts::LN_2).abs() < 0.02, "{mean}");
    }
}
