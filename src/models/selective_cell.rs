//! One number of state whose step size depends on the input, trained to remember marked tokens;
//! and the best that any fixed linear filter could do.
//!
//! Reference: Gu and Dao 2023, *Mamba*, arXiv:2312.00752, theorem 1: with N = 1, A = −1, B = 1 a
//! selective state space model is a gated recurrence.
//!
//! z_t = w_v v_t + w_m m_t + b, Δ_t = softplus(z_t), a_t = e^(−Δ_t) = 1 − σ(z_t),
//! h_t = a_t h_(t−1) + (1 − a_t) v_t, y_t = c h_t + e v_t.
//!
//! Task: values v ~ U(−1, 1), marks m ~ Bernoulli(p) with m_0 = 1; the target is the value that was
//! marked last. The loss is the mean squared error over all tokens of a batch. A fixed filter cannot
//! use the marks: given the values they add no linear information, because the mean of v is 0.
//!
//! Shapes: a batch is [`BATCH`] sequences of `length` tokens. The theorem writes σ for the share of
//! the new token that is written; here it is the `gate` 1 − a.
//!
//! Departures: the skip e v_t stands in for Mamba's D; a fixed cell is the same with w_v = w_m = 0.

use numerics::elementary::{exp, ln, sigmoid, softplus};
use numerics::optimiser::{Optimiser, Rule, clip_norm};
use numerics::random::Stream;

/// Sequences in a batch.
pub const BATCH: usize = 16;
/// Longest gradient that a step takes unshortened.
const CLIP: f64 = 1.0;
/// Numbers of a cell.
const COUNT: usize = 5;

/// One token of the task.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Token {
    pub value: f64,
    pub marked: bool,
    /// The value that was marked last, this one included.
    pub target: f64,
}

/// A sequence that somebody brings, in the place of drawn values: read in a circle, its end followed by its
/// beginning.
#[derive(Clone, Debug)]
pub struct Marked {
    tokens: Vec<Token>,
    /// Where the marks are.
    marks: Vec<usize>,
}

impl Marked {
    /// Of values with their marks, scaled so that they reach from −1 to 1; values that never change are 0.
    ///
    /// # Panics
    /// Without a mark: then nothing is to be remembered.
    #[must_use]
    pub fn new(rows: &[(f64, bool)]) -> Self {
        let marks: Vec<usize> = (0..rows.len()).filter(|i| rows[*i].1).collect();
        let low = rows.iter().map(|row| row.0).fold(f64::INFINITY, f64::min);
        let high = rows.iter().map(|row| row.0).fold(f64::NEG_INFINITY, f64::max);
        let scaled = |x: f64| if high > low { 2.0 * (x - low) / (high - low) - 1.0 } else { 0.0 };
        let last = *marks.last().expect("a mark to remember");
        let mut target = scaled(rows[last].0);
        let tokens = rows
            .iter()
            .map(|(value, marked)| {
                let value = scaled(*value);
                target = if *marked { value } else { target };
                Token { value, marked: *marked, target }
            })
            .collect();
        Self { tokens, marks }
    }

    /// The token at a place, counted around.
    #[must_use]
    pub fn at(&self, place: usize) -> Token {
        self.tokens[place % self.tokens.len()]
    }

    /// So many tokens from a mark that is drawn.
    #[must_use]
    pub fn sequence(&self, length: usize, stream: &mut Stream) -> Vec<Token> {
        let first = self.marks[stream.below(self.marks.len())];
        (first..first + length).map(|place| self.at(place)).collect()
    }
}

/// An endless sequence of tokens; the first is marked.
#[derive(Clone, Debug)]
pub struct Task {
    stream: Stream,
    mark_probability: f64,
    kept: Option<f64>,
}

impl Task {
    #[must_use]
    pub fn new(mark_probability: f64, stream: Stream) -> Self {
        Self { stream, mark_probability, kept: None }
    }

    /// Begins a new sequence, whose first token is marked.
    #[must_use]
    pub fn sequence(&mut self, length: usize) -> Vec<Token> {
        self.kept = None;
        self.take(length).collect()
    }
}

impl Iterator for Task {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        let value = self.stream.between(-1.0, 1.0);
        let marked = self.stream.chance(self.mark_probability) || self.kept.is_none();
        let target = if marked { value } else { self.kept.unwrap_or(value) };
        self.kept = Some(target);
        Some(Token { value, marked, target })
    }
}

/// The error of the best fixed linear filter of any size, (1/3)(1 − p/(2 − p)): its weights are
/// p (1 − p)^k, the chance that the token k back is the one to remember.
#[must_use]
pub fn best_fixed_loss(mark_probability: f64) -> f64 {
    (1.0 - mark_probability / (2.0 - mark_probability)) / 3.0
}

/// The weights of a cell.
#[derive(Clone, Debug, PartialEq)]
pub struct Cell {
    /// w_v, w_m, b, c, e.
    weights: [f64; COUNT],
}

/// What a cell does with a token.
#[derive(Clone, Copy, Debug)]
pub struct Update {
    pub z: f64,
    /// 1 − a: the share of the state that the token replaces.
    pub gate: f64,
    pub state: f64,
    pub output: f64,
}

impl Update {
    /// Δ.
    #[must_use]
    pub fn step_size(&self) -> f64 {
        softplus(self.z)
    }
}

impl Cell {
    /// A fixed cell that keeps `kept` of its state at each token and shows it as it is.
    #[must_use]
    pub fn fixed(kept: f64) -> Self {
        // 1 − σ(b) = kept; the ends stand for ±∞.
        let a = kept.clamp(1e-12, 1.0 - 1e-12);
        Self { weights: [0.0, 0.0, ln((1.0 - a) / a), 1.0, 0.0] }
    }

    /// Small random weights of the input, if `selective`; b = −1.5, c = 1, e = 0.
    #[must_use]
    pub fn fresh(selective: bool, stream: &mut Stream) -> Self {
        let mut weights = [0.0, 0.0, -1.5, 1.0, 0.0];
        if selective {
            weights[..2].iter_mut().for_each(|w| *w = 0.1 * stream.normal());
        }
        Self { weights }
    }

    /// What happens at each token, from a state of 0.
    #[must_use]
    pub fn run(&self, tokens: &[Token]) -> Vec<Update> {
        let mut updates = Vec::new();
        self.run_into(tokens, &mut updates);
        updates
    }

    /// The same in the place of an earlier run.
    fn run_into(&self, tokens: &[Token], updates: &mut Vec<Update>) {
        let [value_weight, mark_weight, bias, scale, skip] = self.weights;
        updates.clear();
        // The gates first, which wait for no state.
        updates.extend(tokens.iter().map(|t| {
            let z = value_weight * t.value + mark_weight * f64::from(u8::from(t.marked)) + bias;
            Update { z, gate: sigmoid(z), state: 0.0, output: 0.0 }
        }));
        let mut state = 0.0;
        for (now, t) in updates.iter_mut().zip(tokens) {
            state += now.gate * (t.value - state);
            now.state = state;
            now.output = scale * state + skip * t.value;
        }
    }

    /// Mean squared error over all tokens, and its slope along each weight, by back-propagation
    /// through time.
    #[must_use]
    pub fn gradient(&self, batch: &[Vec<Token>]) -> (f64, [f64; COUNT]) {
        let count = batch.iter().map(Vec::len).sum::<usize>().max(1) as f64;
        let (mut loss, mut slope) = (0.0, [0.0; COUNT]);
        let [_, _, _, scale, _] = self.weights;
        let mut updates = Vec::new();
        for tokens in batch {
            self.run_into(tokens, &mut updates);
            // What the loss loses by a larger state, from the tokens behind.
            let mut behind = 0.0;
            for t in (0..tokens.len()).rev() {
                let (token, now) = (tokens[t], updates[t]);
                let error = now.output - token.target;
                loss += error * error / count;
                let delta = 2.0 * error / count;
                let g = scale * delta + behind;
                let before = if t == 0 { 0.0 } else { updates[t - 1].state };
                let kept = 1.0 - now.gate;
                // da/dz = −a σ(z), and a multiplies h_(t−1) − v_t.
                let dz = -g * (before - token.value) * kept * now.gate;
                slope[0] += dz * token.value;
                slope[1] += dz * f64::from(u8::from(token.marked));
                slope[2] += dz;
                slope[3] += delta * now.state;
                slope[4] += delta * token.value;
                behind = kept * g;
            }
        }
        (loss, slope)
    }

    /// Tokens after which half of the state is gone, for v ≈ 0 without a mark: ln 2 / softplus(b).
    #[must_use]
    pub fn half_life(&self) -> f64 {
        core::f64::consts::LN_2 / softplus(self.weights[2])
    }

    /// What is left of the state after `gap` such tokens: e^(−gap softplus(b)).
    #[must_use]
    pub fn retention(&self, gap: f64) -> f64 {
        exp(-gap * softplus(self.weights[2]))
    }

    /// The share that it writes of a token of value 0, marked or not.
    #[must_use]
    pub fn gate(&self, marked: bool) -> f64 {
        let [_, mark_weight, bias, ..] = self.weights;
        sigmoid(if marked { bias + mark_weight } else { bias })
    }
}

/// A cell in training.
#[derive(Clone, Debug)]
pub struct Learner {
    pub cell: Cell,
    selective: bool,
    optimiser: Optimiser,
}

impl Learner {
    #[must_use]
    pub fn new(selective: bool, stream: &mut Stream) -> Self {
        Self {
            cell: Cell::fresh(selective, stream),
            selective,
            optimiser: Optimiser::new(Rule::adam(0.9, 0.99), COUNT),
        }
    }

    /// One step of Adam on the gradient, which is shortened to length 1 first. Gives the loss before
    /// the step; `None`, with the weights as they were, if a number ran away.
    pub fn step(&mut self, batch: &[Vec<Token>], rate: f64) -> Option<f64> {
        let (loss, mut slope) = self.cell.gradient(batch);
        if !self.selective {
            slope[..2].fill(0.0);
        }
        clip_norm(&mut slope, CLIP);
        let mut weights = self.cell.weights;
        self.optimiser.step(&mut weights, &slope, rate);
        if !loss.is_finite() || weights.iter().any(|w| !w.is_finite()) {
            return None;
        }
        self.cell.weights = weights;
        Some(loss)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn batch(task: &mut Task) -> Vec<Vec<Token>> {
        (0..BATCH).map(|_| task.sequence(48)).collect()
    }

    fn train(selective: bool, p: f64, steps: usize) -> (Learner, f64) {
        let mut learner = Learner::new(selective, &mut Stream::new(1, "weights"));
        let mut task = Task::new(p, Stream::new(1, "data"));
        for _ in 0..steps {
            learner.step(&batch(&mut task), 0.05).unwrap();
        }
        let fresh: Vec<_> = (0..20).flat_map(|_| batch(&mut task)).collect();
        let loss = learner.cell.gradient(&fresh).0;
        (learner, loss)
    }

    #[test]
    fn a_sequence_that_is_brought_is_read_in_a_circle_from_its_marks() {
        let marked = Marked::new(&[(10.0, false), (30.0, true), (20.0, false), (50.0, true), (10.0, false)]);
        let targets: Vec<f64> = (0..6).map(|i| marked.at(i).target).collect();
        assert_eq!(targets, [1.0, 0.0, 0.0, 1.0, 1.0, 1.0]);
        let mut stream = Stream::new(1, "batches");
        for _ in 0..20 {
            let tokens = marked.sequence(7, &mut stream);
            assert!(tokens.len() == 7 && tokens[0].marked && tokens[0].target == tokens[0].value);
        }
        assert_eq!(Marked::new(&[(3.0, true), (3.0, false)]).at(1).target, 0.0);
    }

    /// Known result: theorem 1 of the paper.
    #[test]
    fn a_step_of_softplus_is_a_gate() {
        for k in -400..=400 {
            let z = f64::from(k) / 10.0;
            assert!((exp(-softplus(z)) - (1.0 - sigmoid(z))).abs() < 1e-8, "{z}");
        }
    }

    #[test]
    fn the_gradient_is_the_slope_of_the_loss() {
        let mut task = Task::new(0.2, Stream::new(3, "data"));
        let data = batch(&mut task);
        let mut cell = Cell { weights: [0.4, 1.3, -1.1, 0.9, 0.2] };
        let (_, slope) = cell.gradient(&data);
        for (i, expected) in slope.into_iter().enumerate() {
            let mut probe = |by: f64| {
                cell.weights[i] += by;
                cell.gradient(&data).0
            };
            let (up, down) = (probe(1e-5), probe(-2e-5));
            probe(1e-5);
            let measured = (up - down) / 2e-5;
            assert!((measured / expected - 1.0).abs() < 1e-6, "weight {i}: {measured} {expected}");
        }
    }

    /// Known result: the floor of fixed filters, and the decay that reaches it.
    #[test]
    fn the_best_fixed_filter_errs_as_computed() {
        assert!((best_fixed_loss(0.1) - 0.3158).abs() < 1e-4);
        assert!((best_fixed_loss(0.3) - 0.2745).abs() < 1e-4);
        assert!(best_fixed_loss(1.0).abs() < 1e-15);
        for p in [0.1, 0.3] {
            let long = [Task::new(p, Stream::new(1, "data")).sequence(400_000)];
            let loss = |kept: f64| Cell::fixed(kept).gradient(&long).0;
            assert!((loss(1.0 - p) / best_fixed_loss(p) - 1.0).abs() < 0.03, "{}", loss(1.0 - p));
            assert!(loss(1.0 - p - 0.06) > loss(1.0 - p) && loss(1.0 - p + 0.06) > loss(1.0 - p));
        }
    }

    /// Short sequences begin with a mark, so that a fixed filter does a little better than on an
    /// endless stream: the floor must not be told as a bound of what is drawn.
    #[test]
    fn short_sequences_are_a_little_easier_than_the_floor() {
        let mut task = Task::new(0.1, Stream::new(5, "data"));
        let many: Vec<_> = (0..20_000).map(|_| task.sequence(48)).collect();
        let share = Cell::fixed(0.9).gradient(&many).0 / best_fixed_loss(0.1);
        // Worked out by hand: the token t is easier by q^2t p (2 − p − 1/(2 − p)) / 3, q = 1 − p.
        assert!((share - 0.984).abs() < 0.006, "{share}");
    }

    /// Known result: the selective cell gets far below that floor, the fixed one does not.
    #[test]
    fn one_number_of_state_learns_what_no_fixed_filter_can() {
        let [early, late] = [200, 400].map(|steps| train(true, 0.1, steps).1);
        assert!(early <= 0.05 && late <= 0.005, "{early} {late}");
        let fixed = train(false, 0.1, 400).1;
        assert!((fixed / best_fixed_loss(0.1) - 1.0).abs() < 0.05, "{fixed}");
        let [a, b] = [true, false].map(|selective| train(selective, 1.0, 400).1);
        assert!(a < 1e-3 && b < 1e-3, "where every token is marked, both learn: {a} {b}");
    }

    #[test]
    fn it_remembers_far_beyond_its_training() {
        let (learner, _) = train(true, 0.1, 2000);
        assert!(learner.cell.half_life() > 3000.0, "{}", learner.cell.half_life());
        assert!(learner.cell.retention(1000.0) > 0.8);
        assert!(learner.cell.gate(true) > 0.95 && learner.cell.gate(false) < 1e-3);
    }

    #[test]
    fn a_number_that_runs_away_changes_no_weight() {
        let mut learner = Learner::new(true, &mut Stream::new(1, "weights"));
        let before = learner.cell.clone();
        let mut task = Task::new(0.1, Stream::new(1, "data"));
        assert_eq!(learner.step(&batch(&mut task), f64::INFINITY), None);
        assert_eq!(learner.cell, before);
    }

    #[test]
    fn without_memory_a_fixed_cell_repeats_the_token() {
        let tokens = Task::new(0.1, Stream::new(1, "data")).sequence(10);
        for (t, now) in tokens.iter().zip(Cell::fixed(0.0).run(&tokens)) {
            assert!((now.output - t.value).abs() < 1e-9);
        }
    }
}
