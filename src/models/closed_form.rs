//! The closed-form continuous-time cell (CfC): a recurrent cell that is told how much time passes, and
//! needs no solver.
//!
//! References: Hasani, Lechner, Amini, Liebenwein, Ray, Tschaikowski, Teschl and Rus 2022 (*Nat. Mach.
//! Intell.* 4, 992, arXiv:2106.13898), Eq. 10; conventions of `ncps.torch.CfCCell`.
//!
//! | here              | paper     | meaning                                          |
//! |-------------------|-----------|--------------------------------------------------|
//! | first head        | g         | where the state is at once                       |
//! | second head       | h         | where it goes in the long run                    |
//! | third, fourth head| −f, and a shift | how fast one gives way to the other, and when |
//!
//! Shapes: z = [input, state]; each head `[units, inputs + units]`, then its bias, head after head; at the
//! end one readout `[units]` with its bias.
//!
//! Departures: the network that learns here has no backbone between z and the heads; the library's
//! default has one layer of 128 units. [`Cell`] has it, as the library does.

use super::recurrent::{Recurrent, glorot};
use numerics::elementary::{erf, exp, sigmoid, sigmoid_all, silu, tanh, tanh_all};
use numerics::matrix::{Matrix, dot};
use numerics::random::Stream;

/// A linear map with its bias.
#[derive(Clone, Debug)]
pub struct Linear {
    pub weights: Matrix,
    pub bias: Vec<f64>,
}

impl Linear {
    fn of(&self, x: &[f64]) -> Vec<f64> {
        self.weights.times_vector(x).into_iter().zip(&self.bias).map(|(product, b)| product + b).collect()
    }
}

/// The activations that a backbone may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activation {
    LeCunTanh,
    Tanh,
    Relu,
    Silu,
    Gelu,
}

impl Activation {
    #[must_use]
    pub fn of(self, x: f64) -> f64 {
        match self {
            Self::LeCunTanh => 1.7159 * tanh(0.666 * x),
            Self::Tanh => tanh(x),
            Self::Relu => x.max(0.0),
            Self::Silu => silu(x),
            Self::Gelu => 0.5 * x * (1.0 + erf(x / core::f64::consts::SQRT_2)),
        }
    }
}

/// How the heads make a state.
#[derive(Clone, Debug)]
pub enum Mode {
    /// The gate hands over from the first head to the second.
    Gated { second: Linear, times: [Linear; 2] },
    /// The gate adds the second head to the first.
    Added { second: Linear, times: [Linear; 2] },
    /// The solution itself, with its own rates and targets.
    Pure { rates: Vec<f64>, targets: Vec<f64> },
}

/// The library's cell in all its modes, for one step at a time.
#[derive(Clone, Debug)]
pub struct Cell {
    pub backbone: Vec<Linear>,
    pub activation: Activation,
    pub first: Linear,
    pub mode: Mode,
}

impl Cell {
    /// The state `gap` after `state`, for this input.
    #[must_use]
    pub fn step(&self, input: &[f64], state: &[f64], gap: f64) -> Vec<f64> {
        let mut z = [input, state].concat();
        for layer in &self.backbone {
            z = layer.of(&z).into_iter().map(|x| self.activation.of(x)).collect();
        }
        let first = self.first.of(&z);
        match &self.mode {
            Mode::Pure { rates, targets } => first
                .iter()
                .zip(rates.iter().zip(targets))
                .map(|(f, (rate, target))| target - target * exp(-gap * (rate.abs() + f.abs())) * f)
                .collect(),
            Mode::Gated { second, times } | Mode::Added { second, times } => {
                let [a, b] = times.each_ref().map(|head| head.of(&z));
                let added = matches!(self.mode, Mode::Added { .. });
                let heads = first.into_iter().zip(second.of(&z));
                heads
                    .zip(a.into_iter().zip(b))
                    .map(|((first, second), (a, b))| {
                        let gate = sigmoid(a * gap + b);
                        let kept = if added { 1.0 } else { 1.0 - gate };
                        tanh(first) * kept + gate * tanh(second)
                    })
                    .collect()
            }
        }
    }
}

/// A network of gated cells without a backbone, with one linear readout, that learns.
#[derive(Clone, Debug, PartialEq)]
pub struct ClosedForm {
    inputs: usize,
    units: usize,
    weights: Vec<f64>,
}

impl ClosedForm {
    #[must_use]
    pub fn parameters(inputs: usize, units: usize) -> usize {
        4 * units * (inputs + units + 1) + units + 1
    }

    /// Weights within Glorot's bounds, biases zero.
    #[must_use]
    pub fn new(inputs: usize, units: usize, stream: &mut Stream) -> Self {
        let mut weights = vec![0.0; Self::parameters(inputs, units)];
        let matrix = units * (inputs + units);
        for head in weights.chunks_exact_mut(matrix + units).take(4) {
            glorot(&mut head[..matrix], inputs + 2 * units, stream);
        }
        let readout = 4 * (matrix + units);
        glorot(&mut weights[readout..readout + units], units + 1, stream);
        Self { inputs, units, weights }
    }

    fn head(&self) -> usize {
        self.units * (self.inputs + self.units + 1)
    }

    fn width(&self) -> usize {
        self.inputs + self.units
    }
}

impl Recurrent for ClosedForm {
    fn units(&self) -> usize {
        self.units
    }

    fn weights(&self) -> &[f64] {
        &self.weights
    }

    fn weights_mut(&mut self) -> &mut [f64] {
        &mut self.weights
    }

    /// z, both heads, what the gate sees by way of time, the gate, and the state.
    fn trail(&self) -> usize {
        self.width() + 4 * self.units
    }

    fn step(&self, input: &[f64], gap: f64, state: &mut [f64], trail: &mut [f64]) -> f64 {
        let n = self.units;
        let (z, heads) = trail.split_at_mut(self.width());
        z[..self.inputs].copy_from_slice(input);
        z[self.inputs..].copy_from_slice(state);
        for (head, out) in self.weights.chunks_exact(self.head()).zip(heads.chunks_exact_mut(n)) {
            let (rows, bias) = head.split_at(n * self.width());
            for ((y, row), b) in out.iter_mut().zip(rows.chunks_exact(self.width())).zip(bias) {
                *y = b + dot(row, z);
            }
        }
        let (tanhs, times) = heads.split_at_mut(2 * n);
        tanh_all(tanhs);
        let (rate, gate) = times.split_at_mut(n);
        gate.iter_mut().zip(&*rate).for_each(|(g, a)| *g += a * gap);
        sigmoid_all(gate);
        for i in 0..n {
            state[i] = tanhs[i] + gate[i] * (tanhs[n + i] - tanhs[i]);
        }
        rate.copy_from_slice(state);
        let readout = &self.weights[4 * self.head()..];
        dot(&readout[..n], state) + readout[n]
    }

    fn back(
        &self,
        _input: &[f64],
        gap: f64,
        trail: &[f64],
        answer: f64,
        state: &mut [f64],
        gradient: &mut [f64],
    ) {
        let (n, width) = (self.units, self.width());
        let (z, heads) = trail.split_at(width);
        let (first, rest) = heads.split_at(n);
        let (second, rest) = rest.split_at(n);
        let (after, gate) = rest.split_at(n);
        let readout = &self.weights[4 * self.head()..];
        let (g_heads, g_readout) = gradient.split_at_mut(4 * self.head());
        g_readout[n] += answer;
        let mut slopes = vec![0.0; 4 * n];
        for i in 0..n {
            g_readout[i] += answer * after[i];
            let d = state[i] + answer * readout[i];
            slopes[i] = d * (1.0 - gate[i]) * (1.0 - first[i] * first[i]);
            slopes[n + i] = d * gate[i] * (1.0 - second[i] * second[i]);
            let d_gate = d * (second[i] - first[i]) * gate[i] * (1.0 - gate[i]);
            slopes[2 * n + i] = d_gate * gap;
            slopes[3 * n + i] = d_gate;
        }
        state.fill(0.0);
        let heads = self.weights.chunks_exact(self.head()).zip(g_heads.chunks_exact_mut(self.head()));
        for ((head, g_head), slopes) in heads.zip(slopes.chunks_exact(n)) {
            let (rows, _) = head.split_at(n * width);
            let (g_rows, g_bias) = g_head.split_at_mut(n * width);
            let rows = rows.chunks_exact(width).zip(g_rows.chunks_exact_mut(width));
            for (((row, g_row), g_bias), d) in rows.zip(g_bias).zip(slopes) {
                *g_bias += d;
                g_row.iter_mut().zip(z).for_each(|(g, z)| *g += d * z);
                state.iter_mut().zip(&row[self.inputs..]).for_each(|(s, w)| *s += d * w);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::recurrent::{check_gradient, check_no_look_ahead};
    use super::*;

    #[test]
    fn it_learns_along_its_gradient_and_sees_no_future() {
        let network = ClosedForm::new(2, 4, &mut Stream::new(1, "weights"));
        check_gradient(&network, 2);
        check_no_look_ahead(&network, 2);
    }

    #[test]
    fn the_network_moves_as_the_librarys_cell_does() {
        let network = ClosedForm::new(1, 3, &mut Stream::new(1, "weights"));
        let head = |k: usize| {
            let (rows, bias) = network.weights[k * network.head()..(k + 1) * network.head()].split_at(3 * 4);
            Linear { weights: Matrix::from_vec(3, 4, rows.to_vec()), bias: bias.to_vec() }
        };
        let cell = Cell {
            backbone: Vec::new(),
            activation: Activation::Tanh,
            first: head(0),
            mode: Mode::Gated { second: head(1), times: [head(2), head(3)] },
        };
        let mut state = [0.3, -0.2, 0.5];
        let expected = cell.step(&[0.7], &state, 0.4);
        network.step(&[0.7], 0.4, &mut state, &mut vec![0.0; network.trail()]);
        assert!(expected.iter().zip(state).all(|(a, b)| (a - b).abs() < 1e-14));
        assert_eq!(ClosedForm::parameters(1, 8), 329);
    }
}
