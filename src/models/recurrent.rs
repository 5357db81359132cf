//! Networks with a state that is moved by one sample at a time, and how they learn: backpropagation
//! through time. The plain one, with tanh units (Elman 1990), is here; LSTM (Hochreiter and Schmidhuber
//! 1997) and GRU (Cho et al. 2014) as single steps with PyTorch's conventions.
//!
//! Shapes: a state `[units]`; of a [`Plain`] network `w_in` `[units, inputs]`, `w_state` `[units, units]`,
//! biases `[units]`, then one readout `[units]` with its bias, in one vector in this order.

use numerics::elementary::{sigmoid, sigmoid_all, tanh_all};
use numerics::matrix::{Matrix, dot};
use numerics::optimiser::{Optimiser, Rule, clip_norm};
use numerics::random::Stream;

/// Longest gradient that an update follows.
const GRADIENT_LIMIT: f64 = 1.0;

/// A network that reads one sample after the other and answers each with a number.
pub trait Recurrent {
    fn units(&self) -> usize;

    fn weights(&self) -> &[f64];

    fn weights_mut(&mut self) -> &mut [f64];

    /// Numbers that one step leaves for the way back.
    fn trail(&self) -> usize;

    /// Moves the state by one sample that `gap` seconds belong to; returns the answer.
    fn step(&self, input: &[f64], gap: f64, state: &mut [f64], trail: &mut [f64]) -> f64;

    /// The way back through one step: from the slopes of the loss by the answer and by the state after
    /// the step to those by the state before it (in place) and by the weights (added).
    fn back(
        &self,
        input: &[f64],
        gap: f64,
        trail: &[f64],
        answer: f64,
        state: &mut [f64],
        gradient: &mut [f64],
    );

    /// Brings weights back to where they mean something, after an update.
    fn constrain(&mut self) {}
}

/// Samples in order, with what should be answered to each.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Sequence {
    /// `width` numbers a sample.
    pub inputs: Vec<f64>,
    pub width: usize,
    pub gaps: Vec<f64>,
    pub wanted: Vec<f64>,
}

impl Sequence {
    /// The sample at a place.
    #[must_use]
    pub fn input(&self, t: usize) -> &[f64] {
        &self.inputs[t * self.width..(t + 1) * self.width]
    }
}

/// The answers to a sequence, from a state of zeros.
#[must_use]
pub fn answers(network: &impl Recurrent, sequence: &Sequence) -> Vec<f64> {
    let mut state = vec![0.0; network.units()];
    let mut trail = vec![0.0; network.trail()];
    (0..sequence.gaps.len())
        .map(|t| network.step(sequence.input(t), sequence.gaps[t], &mut state, &mut trail))
        .collect()
}

/// Mean squared error from sample `from` on.
#[must_use]
pub fn error(network: &impl Recurrent, sequence: &Sequence, from: usize) -> f64 {
    let answers = answers(network, sequence);
    let squares = answers.iter().zip(&sequence.wanted).skip(from).map(|(a, w)| (a - w) * (a - w));
    squares.sum::<f64>() / answers.len().saturating_sub(from).max(1) as f64
}

/// Adam for a recurrent network, with gradients cut at length 1.
#[derive(Clone, Debug)]
pub struct Trainer {
    optimiser: Optimiser,
    gradient: Vec<f64>,
    trails: Vec<f64>,
    /// Updates that were left out since a gradient was no finite number.
    pub skipped: u64,
}

impl Trainer {
    #[must_use]
    pub fn new(network: &impl Recurrent) -> Self {
        let parameters = network.weights().len();
        Self {
            optimiser: Optimiser::new(Rule::adam(0.9, 0.999), parameters),
            gradient: vec![0.0; parameters],
            trails: Vec::new(),
            skipped: 0,
        }
    }

    /// Adds the gradient of the mean squared error of a batch, from sample `from` on; returns the error.
    fn differentiate(&mut self, network: &impl Recurrent, batch: &[Sequence], from: usize) -> f64 {
        let counted: usize = batch.iter().map(|s| s.gaps.len().saturating_sub(from)).sum();
        let share = 1.0 / counted.max(1) as f64;
        let (units, trail) = (network.units(), network.trail());
        let mut loss = 0.0;
        let mut answers = Vec::new();
        let mut state = vec![0.0; units];
        for sequence in batch {
            let length = sequence.gaps.len();
            self.trails.resize(length * trail, 0.0);
            state.fill(0.0);
            answers.clear();
            for (t, trail) in self.trails.chunks_exact_mut(trail).enumerate() {
                answers.push(network.step(sequence.input(t), sequence.gaps[t], &mut state, trail));
            }
            state.fill(0.0);
            for (t, trail) in self.trails.chunks_exact(trail).enumerate().rev() {
                let miss = if t < from { 0.0 } else { answers[t] - sequence.wanted[t] };
                loss += share * miss * miss;
                let slope = 2.0 * share * miss;
                network.back(
                    sequence.input(t),
                    sequence.gaps[t],
                    trail,
                    slope,
                    &mut state,
                    &mut self.gradient,
                );
            }
        }
        loss
    }

    /// One update on a batch; returns its error before the update. With an error or a gradient that is
    /// not finite the weights stay as they are.
    pub fn update(
        &mut self,
        network: &mut impl Recurrent,
        batch: &[Sequence],
        from: usize,
        rate: f64,
    ) -> Option<f64> {
        self.gradient.fill(0.0);
        let loss = self.differentiate(network, batch, from);
        if !loss.is_finite() || self.gradient.iter().any(|g| !g.is_finite()) {
            self.skipped += 1;
            return None;
        }
        clip_norm(&mut self.gradient, GRADIENT_LIMIT);
        self.optimiser.step(network.weights_mut(), &self.gradient, rate);
        network.constrain();
        Some(loss)
    }
}

/// Weights uniform within Glorot's bounds.
pub(crate) fn glorot(weights: &mut [f64], fans: usize, stream: &mut Stream) {
    let reach = (6.0 / fans as f64).sqrt();
    weights.fill_with(|| stream.between(-reach, reach));
}

/// The plain recurrent network: x ← tanh(W y + U x + b).
#[derive(Clone, Debug, PartialEq)]
pub struct Plain {
    inputs: usize,
    units: usize,
    weights: Vec<f64>,
}

impl Plain {
    #[must_use]
    pub fn parameters(inputs: usize, units: usize) -> usize {
        units * (inputs + units + 2) + 1
    }

    /// Weights within Glorot's bounds, biases zero.
    #[must_use]
    pub fn new(inputs: usize, units: usize, stream: &mut Stream) -> Self {
        let mut network = Self { inputs, units, weights: vec![0.0; Self::parameters(inputs, units)] };
        let (w_in, rest) = network.weights.split_at_mut(units * inputs);
        let (w_state, rest) = rest.split_at_mut(units * units);
        glorot(w_in, inputs + units, stream);
        glorot(w_state, 2 * units, stream);
        glorot(&mut rest[units..2 * units], units + 1, stream);
        network
    }

    /// Its parts: input weights, state weights, biases, readout.
    fn parts(&self) -> (&[f64], &[f64], &[f64], &[f64]) {
        let (w_in, rest) = self.weights.split_at(self.units * self.inputs);
        let (w_state, rest) = rest.split_at(self.units * self.units);
        let (bias, readout) = rest.split_at(self.units);
        (w_in, w_state, bias, readout)
    }
}

/// One step of tanh units: `state` becomes tanh(W y + U x + b).
pub fn plain_step(w_in: &[f64], w_state: &[f64], bias: &[f64], input: &[f64], state: &mut [f64]) {
    let units = state.len();
    let next: Vec<f64> = bias
        .iter()
        .zip(w_in.chunks_exact(input.len()))
        .zip(w_state.chunks_exact(units))
        .map(|((b, from_input), from_state)| b + dot(from_input, input) + dot(from_state, state))
        .collect();
    state.copy_from_slice(&next);
    tanh_all(state);
}

impl Recurrent for Plain {
    fn units(&self) -> usize {
        self.units
    }

    fn weights(&self) -> &[f64] {
        &self.weights
    }

    fn weights_mut(&mut self) -> &mut [f64] {
        &mut self.weights
    }

    fn trail(&self) -> usize {
        2 * self.units
    }

    fn step(&self, input: &[f64], _gap: f64, state: &mut [f64], trail: &mut [f64]) -> f64 {
        let (w_in, w_state, bias, readout) = self.parts();
        let (before, after) = trail.split_at_mut(self.units);
        before.copy_from_slice(state);
        plain_step(w_in, w_state, bias, input, state);
        after.copy_from_slice(state);
        dot(&readout[..self.units], state) + readout[self.units]
    }

    fn back(
        &self,
        input: &[f64],
        _gap: f64,
        trail: &[f64],
        answer: f64,
        state: &mut [f64],
        gradient: &mut [f64],
    ) {
        let (_, w_state, _, readout) = self.parts();
        let (before, after) = trail.split_at(self.units);
        let (g_in, rest) = gradient.split_at_mut(self.units * self.inputs);
        let (g_state, rest) = rest.split_at_mut(self.units * self.units);
        let (g_bias, g_readout) = rest.split_at_mut(self.units);
        let arriving: Vec<f64> =
            (0..self.units).map(|i| (state[i] + answer * readout[i]) * (1.0 - after[i] * after[i])).collect();
        g_readout[self.units] += answer;
        state.fill(0.0);
        for (i, d) in arriving.into_iter().enumerate() {
            g_readout[i] += answer * after[i];
            g_bias[i] += d;
            let row = i * self.inputs..(i + 1) * self.inputs;
            g_in[row].iter_mut().zip(input).for_each(|(g, y)| *g += d * y);
            let row = i * self.units..(i + 1) * self.units;
            let weights = w_state[row.clone()].iter().zip(&mut g_state[row]);
            for ((s, (w, g)), x) in state.iter_mut().zip(weights).zip(before) {
                *s += d * w;
                *g += d * x;
            }
        }
    }
}

/// The weights of a gated cell, its gates stacked along the rows, with both of PyTorch's biases.
#[derive(Clone, Debug)]
pub struct Gates {
    pub w_ih: Matrix,
    pub w_hh: Matrix,
    pub b_ih: Vec<f64>,
    pub b_hh: Vec<f64>,
}

impl Gates {
    /// What comes from the input and what from the state, gate after gate.
    fn parts(&self, input: &[f64], state: &[f64]) -> [Vec<f64>; 2] {
        [(&self.w_ih, &self.b_ih, input), (&self.w_hh, &self.b_hh, state)].map(|(w, b, x)| {
            w.times_vector(x).into_iter().zip(b).map(|(product, bias)| product + bias).collect()
        })
    }

    /// One step of tanh units.
    pub fn plain(&self, input: &[f64], state: &mut [f64]) {
        let bias: Vec<f64> = self.b_ih.iter().zip(&self.b_hh).map(|(a, b)| a + b).collect();
        plain_step(self.w_ih.as_slice(), self.w_hh.as_slice(), &bias, input, state);
    }

    /// One step of an LSTM: input, forget, cell and output gate.
    pub fn lstm(&self, input: &[f64], state: &mut [f64], cell: &mut [f64]) {
        let [from_input, from_state] = self.parts(input, state);
        let mut gates: Vec<f64> = from_input.iter().zip(&from_state).map(|(a, b)| a + b).collect();
        let n = state.len();
        sigmoid_all(&mut gates[..2 * n]);
        tanh_all(&mut gates[2 * n..3 * n]);
        sigmoid_all(&mut gates[3 * n..]);
        for i in 0..n {
            cell[i] = gates[n + i] * cell[i] + gates[i] * gates[2 * n + i];
        }
        state.copy_from_slice(cell);
        tanh_all(state);
        state.iter_mut().zip(&gates[3 * n..]).for_each(|(h, o)| *h *= o);
    }

    /// One step of a GRU: reset, update and new gate; the update gate keeps the old state.
    pub fn gru(&self, input: &[f64], state: &mut [f64]) {
        let [from_input, from_state] = self.parts(input, state);
        let n = state.len();
        let gate = |i: usize| sigmoid(from_input[i] + from_state[i]);
        let mut new: Vec<f64> =
            (0..n).map(|i| from_input[2 * n + i] + gate(i) * from_state[2 * n + i]).collect();
        tanh_all(&mut new);
        for i in 0..n {
            let keep = gate(n + i);
            state[i] = (1.0 - keep) * new[i] + keep * state[i];
        }
    }
}

/// Holds a network's gradient against central differences of its error.
#[cfg(test)]
pub(crate) fn check_gradient<N: Recurrent + Clone>(network: &N, inputs: usize) {
    let mut stream = Stream::new(7, "data");
    let batch: Vec<Sequence> = (0..2)
        .map(|_| Sequence {
            inputs: (0..9 * inputs).map(|_| stream.normal()).collect(),
            width: inputs,
            gaps: (0..9).map(|_| stream.between(0.05, 0.8)).collect(),
            wanted: (0..9).map(|_| stream.normal()).collect(),
        })
        .collect();
    let mut trainer = Trainer::new(network);
    let loss = trainer.differentiate(network, &batch, 2);
    let direct = batch.iter().map(|s| error(network, s, 2)).sum::<f64>() / 2.0;
    assert!((loss - direct).abs() < 1e-12);
    for i in 0..network.weights().len() {
        let at = |shift: f64| {
            let mut moved = network.clone();
            moved.weights_mut()[i] += shift;
            batch.iter().map(|s| error(&moved, s, 2)).sum::<f64>() / 2.0
        };
        let numeric = (at(1e-5) - at(-1e-5)) / 2e-5;
        let analytic = trainer.gradient[i];
        assert!((numeric - analytic).abs() < 1e-6 * (1.0 + numeric.abs()), "{i}: {numeric}, {analytic}");
    }
}

/// What comes later changes no earlier answer, to the bit.
#[cfg(test)]
pub(crate) fn check_no_look_ahead(network: &impl Recurrent, inputs: usize) {
    let mut stream = Stream::new(8, "data");
    let whole = Sequence {
        inputs: (0..12 * inputs).map(|_| stream.normal()).collect(),
        width: inputs,
        gaps: vec![0.3; 12],
        wanted: vec![0.0; 12],
    };
    let mut other = whole.clone();
    other.inputs[8 * inputs..].iter_mut().for_each(|x| *x += 1.0);
    let (a, b) = (answers(network, &whole), answers(network, &other));
    assert!(a[..8].iter().zip(&b[..8]).all(|(a, b)| a.to_bits() == b.to_bits()));
    assert_ne!(a[8..], b[8..]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_plain_network_learns_along_its_gradient_and_sees_no_future() {
        let network = Plain::new(2, 5, &mut Stream::new(1, "weights"));
        check_gradient(&network, 2);
        check_no_look_ahead(&network, 2);
    }

    #[test]
    fn a_gradient_that_is_no_number_is_skipped_and_counted() {
        let mut network = Plain::new(1, 3, &mut Stream::new(1, "weights"));
        network.weights_mut()[0] = f64::NAN;
        let batch = [Sequence { inputs: vec![1.0; 4], width: 1, gaps: vec![0.1; 4], wanted: vec![0.0; 4] }];
        let mut trainer = Trainer::new(&network);
        let before = network.weights()[1..].to_vec();
        assert_eq!(trainer.update(&mut network, &batch, 0, 0.01), None);
        assert_eq!((trainer.skipped, &network.weights()[1..]), (1, before.as_slice()));
    }

    #[test]
    fn sizes_are_those_of_the_article() {
        assert_eq!([(3, 13), (1, 17), (2, 17)].map(|(i, u)| Plain::parameters(i, u)), [235, 341, 358]);
    }
}
