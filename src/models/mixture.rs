//! Mixtures of experts: a small one that trains with gradients written by hand, and the sparse
//! layer of Mixtral.
//!
//! References: Jacobs et al. 1991 (doi:10.1162/neco.1991.3.1.79); Fedus, Zoph & Shazeer 2021,
//! arXiv:2101.03961, §2.2; Wang et al. 2024, arXiv:2408.15664, Algorithm 1; Jiang et al. 2024,
//! arXiv:2401.04088, §2.1.
//!
//! Names and letters: `router` W_g [E, 3], `experts` A [E, 3], `bias` b [E], inputs [x; 1] [T, 3],
//! targets y [T], probabilities p [T, E], gates g and chosen set S as in [`super::router`].
//! Output ŷ = Σ_{i∈S} g_i A_i·[x; 1]; loss L = mean (ŷ − y)², r = ∂L/∂ŷ = 2(ŷ − y)/T.
//!
//! - ∂L/∂A_i = Σ_t r g_i [x; 1]
//! - renormalised gates: ∂L/∂z_i = g_i (r f_i − Σ_{j∈S} g_j r f_j) for i ∈ S, else 0
//! - raw gates: ∂L/∂z_i = p_i (1[i ∈ S] r f_i − Σ_{j∈S} p_j r f_j) for every i
//!
//! A dropped choice has f = 0: it adds nothing, and its gate keeps its share.
//!
//! Departures: experts are linear maps, tokens are points, and there is no residual stream. Load
//! is counted before dropping, for the bias and for the auxiliary loss.

use super::clusters::Batch;
use super::mlp::SwiGlu;
use super::router::{self, Buffers, Gate, Routes};
use numerics::elementary::{cos_sin_of_turn, softmax, softmax_rows};
use numerics::matrix::{Matrix, dot, norm};
use numerics::optimiser::{Optimiser, Rule};
use numerics::random::Stream;

/// How the load is kept even.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Balance {
    /// Not at all.
    None,
    /// An auxiliary loss of this weight α.
    Auxiliary(f64),
    /// A bias on the choice that moves by γ a step.
    Bias(f64),
}

/// Where the router's rows begin.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Start {
    /// Each weight drawn from N(0, 0.5²).
    Random,
    /// Row e is 0.5·(cos(φ + 2πe/E), sin(φ + 2πe/E), 0) with one angle φ drawn: on a ring of inputs
    /// every expert begins with an arc of its own, all of one size.
    Even,
}

/// Sizes and rules of a [`Mixture`].
#[derive(Clone, Copy, Debug)]
pub struct Settings {
    pub experts: usize,
    pub start: Start,
    /// Between one and `experts`.
    pub top_k: usize,
    pub gate: Gate,
    pub balance: Balance,
    /// Buffer slots over fair share; `None` for no limit.
    pub capacity_factor: Option<f64>,
}

/// Learning rate of Adam.
const RATE: f64 = 0.05;

/// The trainable mixture.
#[derive(Clone, Debug)]
pub struct Mixture {
    pub settings: Settings,
    pub router: Matrix,
    pub experts: Matrix,
    pub bias: Vec<f64>,
    /// [E]: |∂L/∂W_g| of each row in the last batch that was trained on; 0 before the first.
    pub router_slopes: Vec<f64>,
    router_optimiser: Optimiser,
    expert_optimiser: Optimiser,
    /// The last batch that was trained on; its memory serves the next.
    pass: Pass,
}

/// What one batch did on its way through.
#[derive(Clone, Debug, Default)]
pub struct Pass {
    pub probabilities: Matrix,
    pub routes: Routes,
    pub buffers: Buffers,
    /// Whether there was room, for each token and choice.
    kept: Vec<bool>,
    /// f for each token and choice; 0 where dropped.
    outputs: Vec<f64>,
    pub predictions: Vec<f64>,
    /// Mean squared error.
    pub loss: f64,
}

impl Pass {
    /// For each choice of token `t`, best first: whether there was room.
    #[must_use]
    pub fn kept(&self, t: usize) -> &[bool] {
        &self.kept[t * self.routes.each()..][..self.routes.each()]
    }

    /// Choices that found no room, and tokens that lost all of theirs.
    #[must_use]
    pub fn losses(&self) -> [usize; 2] {
        let dropped = self.kept.iter().filter(|kept| !**kept).count();
        let lost = |choices: &&[bool]| choices.iter().all(|kept| !kept);
        [dropped, self.kept.chunks_exact(self.routes.each().max(1)).filter(lost).count()]
    }

    fn outputs(&self, t: usize) -> &[f64] {
        &self.outputs[t * self.routes.each()..][..self.routes.each()]
    }
}

/// Derivatives of loss plus auxiliary loss.
#[derive(Clone, Debug)]
pub struct Gradients {
    pub router: Matrix,
    pub experts: Matrix,
}

impl Mixture {
    /// Router weights as [`Start`] says, expert weights from N(0, 0.3²).
    #[must_use]
    pub fn new(settings: Settings, seed: u64) -> Self {
        // A stream each: another number of experts leaves the first experts as they were.
        let mut gate = Stream::new(seed, "router initialisation");
        let mut expert = Stream::new(seed, "expert initialisation");
        let optimiser = Optimiser::new(Rule::adam(0.9, 0.99), 3 * settings.experts);
        let router = match settings.start {
            Start::Random => Matrix::from_fn(settings.experts, 3, |_, _| 0.5 * gate.normal()),
            Start::Even => {
                let first = gate.uniform();
                Matrix::from_fn(settings.experts, 3, |e, i| {
                    let (cosine, sine) = cos_sin_of_turn(first + e as f64 / settings.experts as f64);
                    0.5 * [cosine, sine, 0.0][i]
                })
            }
        };
        Self {
            settings,
            router,
            experts: Matrix::from_fn(settings.experts, 3, |_, _| 0.3 * expert.normal()),
            bias: vec![0.0; settings.experts],
            router_slopes: vec![0.0; settings.experts],
            router_optimiser: optimiser.clone(),
            expert_optimiser: optimiser,
            pass: Pass::default(),
        }
    }

    /// p = softmax(W_g [x; 1]).
    #[must_use]
    pub fn probabilities(&self, input: &[f64]) -> Vec<f64> {
        let mut p = self.router.times_vector(input);
        softmax(&mut p);
        p
    }

    /// The first choice for an input, without router noise.
    #[must_use]
    pub fn first_choice(&self, input: &[f64]) -> usize {
        // Softmax keeps the order, so only a bias needs the probabilities themselves.
        let mut scores = self.router.times_vector(input);
        if self.bias.iter().any(|b| *b != 0.0) {
            softmax(&mut scores);
            scores.iter_mut().zip(&self.bias).for_each(|(p, b)| *p += b);
        }
        let mut best = 0;
        for e in 1..scores.len() {
            if scores[e] > scores[best] {
                best = e;
            }
        }
        best
    }

    /// Routes, drops and computes a batch. `noise` of standard deviation `deviation` is added to
    /// the logits (Shazeer et al. 2017 add noise of a learned size).
    #[must_use]
    pub fn forward(&self, batch: &Batch, deviation: f64, noise: &mut Stream) -> Pass {
        let mut pass = Pass::default();
        self.run(batch, deviation, noise, &mut pass);
        pass
    }

    /// The same in the place of an earlier pass.
    fn run(&self, batch: &Batch, deviation: f64, noise: &mut Stream, pass: &mut Pass) {
        let s = self.settings;
        if (pass.probabilities.rows(), pass.probabilities.columns()) != (batch.len(), s.experts) {
            pass.probabilities = Matrix::zeros(batch.len(), s.experts);
        }
        // An input's weights for all experts side by side: experts share the processor's lanes.
        let across = self.router.transposed();
        let weights = across.row(0).iter().zip(across.row(1)).zip(across.row(2));
        for (t, x) in batch.inputs.iter().enumerate() {
            let p = pass.probabilities.row_mut(t);
            for (p, ((a, b), c)) in p.iter_mut().zip(weights.clone()) {
                *p = a * x[0] + b * x[1] + c * x[2];
            }
            if deviation > 0.0 {
                p.iter_mut().for_each(|p| *p += deviation * noise.normal());
            }
        }
        softmax_rows(&mut pass.probabilities);
        pass.routes.fill(&pass.probabilities, &self.bias, s.top_k, s.gate);
        let room = s.capacity_factor.map(|cf| router::capacity(cf, batch.len(), s.top_k, s.experts));
        pass.buffers = Buffers::new(s.experts, room);
        pass.kept.clear();
        pass.kept.extend(pass.routes.experts().iter().map(|&e| pass.buffers.send(e)));
        self.complete(batch, pass);
    }

    /// Expert outputs, predictions and loss for choices that are made.
    fn complete(&self, batch: &Batch, pass: &mut Pass) {
        pass.outputs.clear();
        pass.predictions.clear();
        pass.loss = 0.0;
        let mut kept = pass.kept.iter();
        for (t, (x, target)) in batch.inputs.iter().zip(&batch.targets).enumerate() {
            let (experts, gates) = pass.routes.token(t);
            let mut prediction = 0.0;
            for ((&e, gate), &kept) in experts.iter().zip(gates).zip(&mut kept) {
                let output = if kept { dot(self.experts.row(e), x) } else { 0.0 };
                prediction += gate * output;
                pass.outputs.push(output);
            }
            let error = prediction - target;
            pass.loss += error * error / batch.len() as f64;
            pass.predictions.push(prediction);
        }
    }

    /// Gradients of the loss, and of the auxiliary loss where there is one.
    #[must_use]
    pub fn gradients(&self, batch: &Batch, pass: &Pass) -> Gradients {
        let (n, tokens) = (self.settings.experts, batch.len());
        let mut out = Gradients { router: Matrix::zeros(n, 3), experts: Matrix::zeros(n, 3) };
        let shares = self.shares(pass);
        let mut slope = vec![0.0; n];
        for (t, x) in batch.inputs.iter().enumerate() {
            let ((experts, gates), f, p) = (pass.routes.token(t), pass.outputs(t), pass.probabilities.row(t));
            let r = 2.0 * (pass.predictions[t] - batch.targets[t]) / tokens as f64;
            let mixed = r * pass.predictions[t];
            slope.fill(0.0);
            match self.settings.gate {
                Gate::Renormalised => {
                    for ((&e, g), f) in experts.iter().zip(gates).zip(f) {
                        slope[e] = g * (r * f - mixed);
                    }
                }
                Gate::Raw => {
                    for (s, p) in slope.iter_mut().zip(p) {
                        *s = -p * mixed;
                    }
                    for (&e, f) in experts.iter().zip(f) {
                        slope[e] += p[e] * r * f;
                    }
                }
            }
            if let Balance::Auxiliary(weight) = self.settings.balance {
                router::add_balance_gradient(&mut slope, p, &shares, weight, tokens);
            }
            for (e, s) in slope.iter().enumerate() {
                if *s != 0.0 {
                    add_scaled(out.router.row_mut(e), x, *s);
                }
            }
            for ((&e, g), _) in experts.iter().zip(gates).zip(pass.kept(t)).filter(|(_, kept)| **kept) {
                add_scaled(out.experts.row_mut(e), x, r * g);
            }
        }
        out
    }

    /// f: each expert's share of the routed slots, before dropping.
    fn shares(&self, pass: &Pass) -> Vec<f64> {
        let slots = pass.routes.experts().len().max(1) as f64;
        pass.buffers.demand.iter().map(|&c| c as f64 / slots).collect()
    }

    /// One training step: forward, gradients, Adam, bias. If a number stops being finite, nothing
    /// changes and the answer is `None`.
    pub fn train(&mut self, batch: &Batch, deviation: f64, noise: &mut Stream) -> Option<&Pass> {
        let mut pass = core::mem::take(&mut self.pass);
        self.run(batch, deviation, noise, &mut pass);
        self.pass = pass;
        let pass = &self.pass;
        let gradients = self.gradients(batch, pass);
        let finite = |m: &Matrix| m.as_slice().iter().all(|x| x.is_finite());
        if !(pass.loss.is_finite() && finite(&gradients.router) && finite(&gradients.experts)) {
            return None;
        }
        for (slope, row) in self.router_slopes.iter_mut().zip(gradients.router.as_slice().chunks_exact(3)) {
            *slope = norm(row);
        }
        self.router_optimiser.step(self.router.as_mut_slice(), gradients.router.as_slice(), RATE);
        self.expert_optimiser.step(self.experts.as_mut_slice(), gradients.experts.as_slice(), RATE);
        if let Balance::Bias(step) = self.settings.balance {
            router::nudge_bias(&mut self.bias, &pass.buffers.demand, step);
        }
        Some(pass)
    }
}

fn add_scaled(row: &mut [f64], x: &[f64; 3], factor: f64) {
    for (w, x) in row.iter_mut().zip(x) {
        *w += factor * x;
    }
}

/// The sparse layer of Mixtral: a linear router, the top-k of a softmax, SwiGLU experts; no
/// capacity and no dropped tokens.
#[derive(Clone, Debug)]
pub struct SparseLayer {
    /// [E, D].
    pub router: Matrix,
    pub experts: Vec<SwiGlu>,
    pub top_k: usize,
}

impl SparseLayer {
    /// Router logits [T, E] and outputs [T, D] for hidden states [T, D].
    #[must_use]
    pub fn forward(&self, hidden: &Matrix) -> (Matrix, Matrix) {
        let logits = hidden.times_transposed(&self.router);
        let mut out = Matrix::zeros(hidden.rows(), hidden.columns());
        for t in 0..hidden.rows() {
            let route = router::softmax_of_top_k(logits.row(t), self.top_k);
            for (&e, gate) in route.experts.iter().zip(&route.gates) {
                for (o, y) in out.row_mut(t).iter_mut().zip(self.experts[e].forward(hidden.row(t))) {
                    *o += gate * y;
                }
            }
        }
        (logits, out)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clusters::Clusters;

    fn settings(gate: Gate, balance: Balance) -> Settings {
        Settings { experts: 5, start: Start::Random, top_k: 2, gate, balance, capacity_factor: Some(0.9) }
    }

    fn batch(seed: u64) -> Batch {
        Clusters::new(seed, 0.5).batch(40, &mut Stream::new(seed, "data"))
    }

    /// The loss with choices, drops and load shares held where `pass` had them.
    fn frozen_loss(mixture: &Mixture, batch: &Batch, pass: &Pass) -> f64 {
        let probabilities = Matrix::from_fn(batch.len(), mixture.settings.experts, |t, e| {
            mixture.probabilities(&batch.inputs[t])[e]
        });
        let mut frozen = pass.clone();
        frozen.routes.regate(&probabilities, mixture.settings.gate);
        let auxiliary = match mixture.settings.balance {
            Balance::Auxiliary(weight) => {
                let mean: Vec<f64> = (0..mixture.settings.experts)
                    .map(|e| {
                        (0..batch.len()).map(|t| probabilities[(t, e)]).sum::<f64>() / batch.len() as f64
                    })
                    .collect();
                weight * router::balance_loss(&mixture.shares(pass), &mean)
            }
            _ => 0.0,
        };
        mixture.complete(batch, &mut frozen);
        frozen.loss + auxiliary
    }

    #[test]
    fn finite_differences_agree_with_every_gradient() {
        for gate in [Gate::Renormalised, Gate::Raw] {
            for balance in [Balance::None, Balance::Auxiliary(0.7), Balance::Bias(0.01)] {
                let mut mixture = Mixture::new(settings(gate, balance), 3);
                mixture.bias = vec![0.1, 0.0, -0.1, 0.05, 0.0];
                let batch = batch(3);
                let pass = mixture.forward(&batch, 0.0, &mut Stream::new(0, "noise"));
                assert!(pass.losses()[0] > 0, "a drop must be part of it");
                let gradients = mixture.gradients(&batch, &pass);
                for i in 0..15 {
                    let change = |parameters: fn(&mut Mixture) -> &mut Matrix| {
                        let shifted = |h: f64| {
                            let mut moved = mixture.clone();
                            parameters(&mut moved).as_mut_slice()[i] += h;
                            frozen_loss(&moved, &batch, &pass)
                        };
                        (shifted(1e-5) - shifted(-1e-5)) / 2e-5
                    };
                    for (numeric, analytic) in [
                        (change(|m| &mut m.router), gradients.router.as_slice()[i]),
                        (change(|m| &mut m.experts), gradients.experts.as_slice()[i]),
                    ] {
                        let error = (numeric - analytic).abs();
                        assert!(
                            error <= 1e-8 + 1e-3 * analytic.abs(),
                            "{gate:?} {balance:?}: {numeric} {analytic}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn one_renormalised_expert_freezes_the_router() {
        let alone = Settings { top_k: 1, ..settings(Gate::Renormalised, Balance::None) };
        let mixture = Mixture::new(alone, 1);
        let batch = batch(1);
        let pass = mixture.forward(&batch, 0.0, &mut Stream::new(0, "noise"));
        assert!(mixture.gradients(&batch, &pass).router.as_slice().iter().all(|g| *g == 0.0));
    }

    #[test]
    fn a_number_that_is_not_finite_changes_nothing() {
        let mut mixture = Mixture::new(settings(Gate::Raw, Balance::None), 1);
        let before = mixture.router.clone();
        let mut broken = batch(1);
        broken.targets[0] = f64::INFINITY;
        assert!(mixture.train(&broken, 0.0, &mut Stream::new(0, "noise")).is_none());
        assert_eq!(mixture.router, before);
    }

    /// Dead experts (under a tenth of the uniform load) and mean loss over the last 200 of 1,200
    /// steps.
    fn trained(experts: usize, top_k: usize, balance: Balance, seed: u64) -> (usize, f64) {
        let settings = Settings {
            experts,
            start: Start::Random,
            top_k,
            gate: Gate::Renormalised,
            balance,
            capacity_factor: None,
        };
        let mut mixture = Mixture::new(settings, seed);
        let clusters = Clusters::new(seed, 0.0);
        let (mut data, mut noise) = (Stream::new(seed, "data"), Stream::new(seed, "noise"));
        let (mut load, mut loss) = (vec![0; experts], 0.0);
        for step in 0..1200 {
            let pass = mixture.train(&clusters.batch(256, &mut data), 0.0, &mut noise).expect("finite");
            if step >= 1000 {
                loss += pass.loss / 200.0;
                for (l, c) in load.iter_mut().zip(&pass.buffers.demand) {
                    *l += c;
                }
            }
        }
        let uniform = (200 * 256 * top_k) as f64 / experts as f64;
        (load.iter().filter(|&&l| (l as f64) < 0.1 * uniform).count(), loss)
    }

    #[test]
    fn left_alone_experts_die_and_a_bias_keeps_them_alive() {
        for seed in 1..=4 {
            let (dead, _) = trained(8, 2, Balance::None, seed);
            let (dead_with_bias, loss_with_bias) = trained(8, 2, Balance::Bias(0.003), seed);
            assert!(dead >= 1 && dead_with_bias == 0, "seed {seed}: {dead} and {dead_with_bias}");
            assert!(loss_with_bias < 0.45, "{loss_with_bias}");
        }
    }

    #[test]
    fn of_sixty_four_experts_most_starve() {
        let (dead, _) = trained(64, 8, Balance::None, 1);
        assert!(dead > 20, "{dead}");
    }
}
