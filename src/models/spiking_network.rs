//! A spiking classifier with one hidden layer, trained by backpropagation through time with a
//! surrogate gradient. The gradient is written by hand; central differences check it.
//!
//! References: Neftci, Mostafa and Zenke 2019, *Surrogate Gradient Learning in Spiking Neural
//! Networks* (arXiv:1901.09948); Eshraghian et al. 2023 (arXiv:2109.12894); the arctangent
//! surrogate as in snnTorch (see [`super::spiking`]).
//!
//! | here         | paper | shape              | meaning                                         |
//! |--------------|-------|--------------------|-------------------------------------------------|
//! | [`Events`]   | x     | T lists            | input spikes                                    |
//! | `w1`, `b1`   | W₁,b₁ | `[inputs, hidden]` | one row an input: a spike adds its row          |
//! | `membrane`   | U     | `[T, hidden]`      | hidden leaky neurons, reset by subtraction      |
//! | `spikes`     | S     | `[T, hidden]`      | 0 or 1                                          |
//! | `w2`, `b2`   | W₂,b₂ | `[outputs, hidden]`| one row a leaky readout V, which never spikes   |
//! | `mean`       | V̄     | `[outputs]`        | readouts averaged over the window: the logits   |
//!
//! Forward: `U ← βU + xW₁ + b₁ - Rθ`, `S = [U > θ]`, `V ← βV + SW₂ + b₂`.
//! Backward, with the resets held constant as in snnTorch: `δV_t = βδV_{t+1} + (p - y)/T`,
//! `δU_t = βδU_{t+1} + (W₂δV_t) g(U_t - θ)`; then `∇W₂ = Σ S_t δV_tᵀ`, `∇W₁ = Σ x_t δU_tᵀ`, and the
//! biases sum the δ.
//!
//! Departures: readouts share the hidden layer's β; the loss is taken once, of the mean readout.

use super::spike_coding::Events;
use super::spiking::{Leaky, Reset, smooth_spike, surrogate};
use numerics::elementary::{log_sum_exp, softmax};
use numerics::matrix::dot;
use numerics::optimiser::{Optimiser, Rule, clip_norm};
use numerics::random::Stream;

/// Longest gradient that a step follows.
pub const GRADIENT_LIMIT: f64 = 5.0;

/// Sizes and constants of a network.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shape {
    pub inputs: usize,
    pub hidden: usize,
    pub outputs: usize,
    /// Leak of hidden neurons and readouts, 0..=1.
    pub beta: f64,
    pub threshold: f64,
}

/// How a hidden neuron fires.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Firing {
    /// All or nothing, with a reset.
    Threshold,
    /// The smooth spike whose true slope the surrogate is, without a reset: only so can finite
    /// differences hold the gradient to account.
    Smooth,
}

/// Weights of the network, in one vector: `w1`, `b1`, `w2`, `b2`.
#[derive(Clone, Debug)]
pub struct SpikingNetwork {
    shape: Shape,
    firing: Firing,
    weights: Vec<f64>,
}

/// What happened inside the network during one window.
#[derive(Clone, Debug, Default)]
pub struct Trace {
    /// U, step after step.
    pub membrane: Vec<f64>,
    /// S, step after step.
    pub spikes: Vec<f64>,
    /// V̄.
    pub mean: Vec<f64>,
    /// The hidden layer's input at the step at hand, and on the way back what arrives there.
    current: Vec<f64>,
    /// V, and on the way back δV.
    readout: Vec<f64>,
    /// δU.
    back: Vec<f64>,
}

/// Adam for a network, at the moment rates that PyTorch has.
#[derive(Clone, Debug)]
pub struct Trainer {
    optimiser: Optimiser,
    gradient: Vec<f64>,
    trace: Trace,
    /// The hidden neurons keep their weights: no gradient passes a spike.
    pub readouts_only: bool,
}

impl Shape {
    /// Multiply-accumulates of a dense network of this shape: its synapses.
    #[must_use]
    pub fn macs(&self) -> usize {
        self.hidden * (self.inputs + self.outputs)
    }

    fn b1(&self) -> usize {
        self.inputs * self.hidden
    }

    fn w2(&self) -> usize {
        self.b1() + self.hidden
    }

    fn b2(&self) -> usize {
        self.w2() + self.hidden * self.outputs
    }

    fn parameters(&self) -> usize {
        self.b2() + self.outputs
    }
}

impl SpikingNetwork {
    /// Weights uniform within ±2.5/sqrt(fan-in), biases zero.
    #[must_use]
    pub fn new(shape: Shape, firing: Firing, stream: &mut Stream) -> Self {
        let mut weights = vec![0.0; shape.parameters()];
        let (first, second) = weights.split_at_mut(shape.w2());
        let mut draw = |fan_in: usize| {
            let reach = 2.5 / (fan_in as f64).sqrt();
            stream.between(-reach, reach)
        };
        first[..shape.b1()].fill_with(|| draw(shape.inputs));
        // Neuron by neuron, whatever the layout.
        for h in 0..shape.hidden {
            for o in 0..shape.outputs {
                second[o * shape.hidden + h] = draw(shape.hidden);
            }
        }
        Self { shape, firing, weights }
    }

    #[must_use]
    pub fn shape(&self) -> Shape {
        self.shape
    }

    /// Runs one window from rest and records it in `trace`.
    pub fn forward(&self, input: &Events, sharpness: f64, trace: &mut Trace) {
        let Shape { hidden, outputs, beta, threshold, .. } = self.shape;
        let steps = input.steps();
        let neuron = Leaky {
            beta,
            threshold,
            reset: if self.firing == Firing::Threshold { Reset::Subtract } else { Reset::Off },
            delayed: true,
        };
        let Trace { membrane, spikes, mean, current, readout, .. } = trace;
        for (numbers, length) in [(&mut *mean, outputs), (&mut *readout, outputs), (&mut *current, hidden)] {
            numbers.clear();
            numbers.resize(length, 0.0);
        }
        spikes.resize(steps * hidden, 0.0);
        // A step at rest stands before the first, and goes at the end.
        membrane.clear();
        membrane.resize((steps + 1) * hidden, 0.0);
        let (w2, b2) = self.weights[self.shape.w2()..].split_at(outputs * hidden);
        for t in 0..steps {
            current.copy_from_slice(&self.weights[self.shape.b1()..self.shape.w2()]);
            for &channel in input.at(t) {
                let row = &self.weights[channel * hidden..(channel + 1) * hidden];
                current.iter_mut().zip(row).for_each(|(i, w)| *i += w);
            }
            let (before, after) = membrane[t * hidden..].split_at_mut(hidden);
            let (after, spikes) = (&mut after[..hidden], &mut spikes[t * hidden..(t + 1) * hidden]);
            neuron.step_layer(before, current, after, spikes);
            if self.firing == Firing::Smooth {
                for (spike, u) in spikes.iter_mut().zip(&*after) {
                    *spike = smooth_spike(*u - threshold, sharpness);
                }
            }
            for (((v, b), row), m) in
                readout.iter_mut().zip(b2).zip(w2.chunks_exact(hidden)).zip(mean.iter_mut())
            {
                *v = beta * *v + b + dot(row, spikes);
                *m += *v / steps as f64;
            }
        }
        membrane.drain(..hidden);
    }

    /// Cross-entropy of a trace's mean readout, in nats.
    #[must_use]
    pub fn loss(trace: &Trace, class: usize) -> f64 {
        log_sum_exp(&trace.mean) - trace.mean[class]
    }

    /// Adds one example's gradient to `gradient`; returns its loss. Of the trace it changes memory of
    /// its own alone.
    pub fn backward(
        &self,
        input: &Events,
        class: usize,
        sharpness: f64,
        trace: &mut Trace,
        gradient: &mut [f64],
    ) -> f64 {
        let Shape { hidden, outputs, beta, threshold, .. } = self.shape;
        let steps = input.steps();
        let Trace { membrane, spikes, mean, current: arriving, readout: dv, back: du } = &mut *trace;
        let mut push = mean.clone();
        softmax(&mut push);
        push[class] -= 1.0;
        push.iter_mut().for_each(|p| *p /= steps as f64);
        let (first, second) = gradient.split_at_mut(self.shape.w2());
        let (w1, b1) = first.split_at_mut(self.shape.b1());
        let (w2, b2) = second.split_at_mut(outputs * hidden);
        let outgoing = &self.weights[self.shape.w2()..self.shape.b2()];
        dv.fill(0.0);
        du.clear();
        du.resize(hidden, 0.0);
        for t in (0..steps).rev() {
            let own = t * hidden..(t + 1) * hidden;
            let (membrane, spikes) = (&membrane[own.clone()], &spikes[own]);
            dv.iter_mut().zip(&push).for_each(|(d, p)| *d = beta * *d + p);
            b2.iter_mut().zip(&*dv).for_each(|(g, d)| *g += d);
            arriving.fill(0.0);
            for ((d, weights), slopes) in
                dv.iter().zip(outgoing.chunks_exact(hidden)).zip(w2.chunks_exact_mut(hidden))
            {
                for (((a, w), g), s) in arriving.iter_mut().zip(weights).zip(slopes).zip(spikes) {
                    *a += w * d;
                    *g += s * d;
                }
            }
            for (((d, a), u), g) in du.iter_mut().zip(&*arriving).zip(membrane).zip(b1.iter_mut()) {
                *d = beta * *d + a * surrogate(u - threshold, sharpness);
                *g += *d;
            }
            for &channel in input.at(t) {
                let row = &mut w1[channel * hidden..(channel + 1) * hidden];
                row.iter_mut().zip(&*du).for_each(|(g, d)| *g += d);
            }
        }
        Self::loss(trace, class)
    }
}

impl Trace {
    /// The class with the largest mean readout; the first of equals.
    #[must_use]
    pub fn class(&self) -> usize {
        let mut best = 0;
        for (k, v) in self.mean.iter().enumerate() {
            if *v > self.mean[best] {
                best = k;
            }
        }
        best
    }

    /// Hidden spikes in the window.
    #[must_use]
    pub fn spike_count(&self) -> f64 {
        self.spikes.iter().sum()
    }
}

impl Trainer {
    #[must_use]
    pub fn new(network: &SpikingNetwork) -> Self {
        let parameters = network.weights.len();
        Self {
            optimiser: Optimiser::new(Rule::adam(0.9, 0.999), parameters),
            gradient: vec![0.0; parameters],
            trace: Trace::default(),
            readouts_only: false,
        }
    }

    /// One update on a batch; returns its mean loss before the update. With a loss or a gradient
    /// that is not finite the weights stay as they are.
    pub fn update<'a>(
        &mut self,
        network: &mut SpikingNetwork,
        batch: impl ExactSizeIterator<Item = (&'a Events, usize)>,
        sharpness: f64,
        rate: f64,
    ) -> f64 {
        let share = 1.0 / batch.len().max(1) as f64;
        self.gradient.fill(0.0);
        let mut loss = 0.0;
        for (input, class) in batch {
            network.forward(input, sharpness, &mut self.trace);
            loss += share * network.backward(input, class, sharpness, &mut self.trace, &mut self.gradient);
        }
        self.gradient.iter_mut().for_each(|g| *g *= share);
        if self.readouts_only {
            self.gradient[..network.shape().w2()].fill(0.0);
        }
        clip_norm(&mut self.gradient, GRADIENT_LIMIT);
        if !loss.is_finite() || self.gradient.iter().any(|g| !g.is_finite()) {
            return f64::NAN;
        }
        self.optimiser.step(&mut network.weights, &self.gradient, rate);
        loss
    }
}

#[cfg(test)]
mod tests {
    use super::super::spike_coding::{FULL_RATE, rate_code};
    use super::*;

    const SMALL: Shape = Shape { inputs: 4, hidden: 5, outputs: 3, beta: 0.9, threshold: 1.0 };

    fn input(stream: &mut Stream, steps: usize) -> Events {
        rate_code(&[1.0, 0.6, 0.3, 0.9], FULL_RATE, steps, stream)
    }

    #[test]
    fn backpropagation_through_time_agrees_with_central_differences() {
        for (beta, sharpness) in [(0.9, 2.0), (0.5, 5.0), (1.0, 1.0), (0.0, 2.0)] {
            let mut stream = Stream::new(3, "weights");
            let shape = Shape { beta, ..SMALL };
            let mut network = SpikingNetwork::new(shape, Firing::Smooth, &mut stream);
            let events = input(&mut stream, 9);
            let mut trace = Trace::default();
            network.forward(&events, sharpness, &mut trace);
            let mut gradient = vec![0.0; shape.parameters()];
            network.backward(&events, 1, sharpness, &mut trace, &mut gradient);
            for (i, analytic) in gradient.iter().enumerate() {
                let h = 1e-5;
                let mut at = |shift: f64| {
                    let kept = network.weights[i];
                    network.weights[i] = kept + shift;
                    network.forward(&events, sharpness, &mut trace);
                    network.weights[i] = kept;
                    SpikingNetwork::loss(&trace, 1)
                };
                let numeric = (at(h) - at(-h)) / (2.0 * h);
                assert!((numeric - analytic).abs() < 1e-7, "weight {i}: {numeric} against {analytic}");
            }
        }
    }

    #[test]
    fn the_hidden_layer_fires_as_single_neurons_do() {
        let mut stream = Stream::new(5, "weights");
        let network = SpikingNetwork::new(SMALL, Firing::Threshold, &mut stream);
        let events = input(&mut stream, 40);
        let mut trace = Trace::default();
        network.forward(&events, 2.0, &mut trace);
        let neuron = Leaky { beta: 0.9, threshold: 1.0, reset: Reset::Subtract, delayed: true };
        for h in 0..SMALL.hidden {
            let mut u = 0.0;
            for t in 0..40 {
                let current = events.at(t).iter().map(|c| network.weights[c * SMALL.hidden + h]).sum();
                let fired = neuron.step(&mut u, current);
                assert_eq!(trace.spikes[t * SMALL.hidden + h], f64::from(u8::from(fired)));
                assert!((trace.membrane[t * SMALL.hidden + h] - u).abs() < 1e-12);
            }
        }
        assert!(trace.spike_count() > 0.0);
    }

    #[test]
    fn training_lowers_the_loss() {
        let mut stream = Stream::new(1, "weights");
        let mut network = SpikingNetwork::new(SMALL, Firing::Threshold, &mut stream);
        let mut trainer = Trainer::new(&network);
        let batch: Vec<(Events, usize)> = (0..3)
            .map(|class| {
                let activity: Vec<f64> = (0..4).map(|c| if c == class { 1.0 } else { 0.1 }).collect();
                (rate_code(&activity, FULL_RATE, 20, &mut stream), class)
            })
            .collect();
        let mut losses =
            (0..60).map(|_| trainer.update(&mut network, batch.iter().map(|(e, c)| (e, *c)), 2.0, 0.02));
        let first = losses.next().unwrap();
        let last = losses.last().unwrap();
        assert!(last < 0.3 * first, "{first} to {last}");
    }

    #[test]
    fn with_the_readouts_alone_the_hidden_weights_stand_still() {
        let mut stream = Stream::new(1, "weights");
        let mut network = SpikingNetwork::new(SMALL, Firing::Threshold, &mut stream);
        let before = network.weights.clone();
        let events = input(&mut stream, 20);
        let mut trainer = Trainer { readouts_only: true, ..Trainer::new(&network) };
        (0..10).for_each(|_| {
            trainer.update(&mut network, [(&events, 0)].into_iter(), 2.0, 0.02);
        });
        let (hidden, readouts) = network.weights.split_at(SMALL.w2());
        assert_eq!(hidden, &before[..SMALL.w2()]);
        assert_ne!(readouts, &before[SMALL.w2()..]);
    }

    #[test]
    fn weights_that_are_no_numbers_stop_the_update_and_stay() {
        let mut stream = Stream::new(1, "weights");
        let mut network = SpikingNetwork::new(SMALL, Firing::Threshold, &mut stream);
        network.weights[SMALL.b2()] = f64::NAN;
        let before = network.weights.clone();
        let events = input(&mut stream, 5);
        let loss = Trainer::new(&network).update(&mut network, [(&events, 0)].into_iter(), 2.0, 0.01);
        assert!(loss.is_nan());
        assert!(before.iter().zip(&network.weights).all(|(a, b)| a.to_bits() == b.to_bits()));
    }
}
