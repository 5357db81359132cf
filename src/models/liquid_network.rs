//! A network of liquid time-constant neurons with the sparse wiring of neural circuit policies.
//!
//! References: Lechner, Hasani, Amini, Henzinger, Rus and Grosu 2020 (*Nat. Mach. Intell.* 2, 642) for the
//! wiring; Hasani et al. 2021 (arXiv:2006.04439), Eq. 3 for the step; `ncps.torch.LTCCell` for
//! synapses, ranges and the small number in each denominator.
//!
//! | here                | paper | meaning                                                         |
//! |---------------------|-------|-----------------------------------------------------------------|
//! | `LEAK`, `REST`, `CAPACITY` | g, v, C | what pulls a neuron home, where home is, how slow it is |
//! | `WEIGHT`            | w     | a synapse's conductance when it is open                         |
//! | `SHARPNESS`, `MIDPOINT` | σ, μ | how it opens with the state of the neuron that it comes from |
//! | `REVERSAL`          | E     | where it pulls the neuron that it leads to                      |
//! | `unfolds`           | K     | fused steps for one sample                                      |
//!
//! Shapes: neurons in layers, 8 inter, 6 command, 1 motor, after 3 senses. Weights in one vector: leaks,
//! rests, capacities `[neurons]` each; then weights, sharpnesses, midpoints, reversals `[synapses]` each,
//! synapses from senses first; then scale and shift of the answer.
//!
//! Departures: inputs are mapped by x/2 + 1/2 (there the map is trained); three unfolds (there six); the
//! reversals start at ±1 with equal chance.

use super::recurrent::Recurrent;
use numerics::elementary::{sigmoid, sigmoid_all};
use numerics::random::Stream;

pub const SENSES: usize = 3;
pub const INTER: usize = 8;
pub const COMMAND: usize = 6;
pub const NEURONS: usize = INTER + COMMAND + 1;
/// The neuron that answers.
pub const MOTOR: usize = NEURONS - 1;

/// Added to each denominator, as the library does.
const EPSILON: f64 = 1e-8;

/// The least conductance and capacity that training may leave.
const LEAST: f64 = 1e-3;
const LEAST_CAPACITY: f64 = 0.05;

/// A connection between a place in the layer before (or in the senses) and a neuron.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Synapse {
    pub from: usize,
    pub to: usize,
}

/// How the network is wired.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wiring {
    /// 4 synapses from each sense, 4 from each inter neuron, 6 among command neurons, 4 to the motor.
    Sparse,
    /// All of these.
    Dense,
}

/// The network.
#[derive(Clone, Debug, PartialEq)]
pub struct LiquidNetwork {
    neurons: usize,
    sensory: Vec<Synapse>,
    inner: Vec<Synapse>,
    /// What each sense is multiplied by, and what is added.
    senses: Vec<[f64; 2]>,
    epsilon: f64,
    weights: Vec<f64>,
    pub unfolds: usize,
    /// A neuron that is held at 0.
    pub held: Option<usize>,
}

impl Wiring {
    /// Synapses from senses, and between neurons.
    fn draw(self, stream: &mut Stream) -> [Vec<Synapse>; 2] {
        let inter = 0..INTER;
        let command = INTER..MOTOR;
        let all = |froms: core::ops::Range<usize>, tos: core::ops::Range<usize>| {
            froms.flat_map(|from| tos.clone().map(move |to| Synapse { from, to })).collect::<Vec<_>>()
        };
        if self == Self::Dense {
            let inner = [
                all(inter.clone(), command.clone()),
                all(command.clone(), command.clone()),
                all(command, MOTOR..NEURONS),
            ];
            return [all(0..SENSES, inter), inner.concat()];
        }
        let mut fan_out = |froms: core::ops::Range<usize>, tos: core::ops::Range<usize>| {
            let mut synapses = Vec::new();
            for from in froms.clone() {
                let mut targets: Vec<usize> = tos.clone().collect();
                stream.shuffle(&mut targets);
                synapses.extend(targets.into_iter().take(4).map(|to| Synapse { from, to }));
            }
            // Nobody is left without a source.
            for to in tos {
                if synapses.iter().all(|s| s.to != to) {
                    synapses.push(Synapse { from: froms.start + stream.below(froms.len()), to });
                }
            }
            synapses
        };
        let sensory = fan_out(0..SENSES, inter.clone());
        let mut inner = fan_out(inter, command.clone());
        for _ in 0..COMMAND {
            let again = Synapse { from: INTER + stream.below(COMMAND), to: INTER + stream.below(COMMAND) };
            if !inner.contains(&again) {
                inner.push(again);
            }
        }
        let mut sources: Vec<usize> = command.collect();
        stream.shuffle(&mut sources);
        inner.extend(sources.into_iter().take(4).map(|from| Synapse { from, to: MOTOR }));
        [sensory, inner]
    }
}

/// Where in a trail the parts of one unfold stand: gates, one over the denominators, states.
const fn fold(inner: usize, neurons: usize) -> usize {
    inner + 2 * neurons
}

impl LiquidNetwork {
    /// Wired at random, with the library's ranges.
    #[must_use]
    pub fn new(wiring: Wiring, unfolds: usize, stream: &mut Stream) -> Self {
        let [sensory, inner] = wiring.draw(stream);
        let synapses = sensory.len() + inner.len();
        let mut weights = Vec::with_capacity(3 * NEURONS + 4 * synapses + 2);
        let mut draw = |count: usize, [low, high]: [f64; 2]| {
            weights.extend((0..count).map(|_| stream.between(low, high)));
        };
        draw(NEURONS, [0.001, 1.0]);
        draw(NEURONS, [-0.2, 0.2]);
        draw(NEURONS, [0.4, 0.6]);
        draw(synapses, [0.001, 1.0]);
        draw(synapses, [3.0, 8.0]);
        draw(synapses, [0.3, 0.8]);
        weights.extend((0..synapses).map(|_| if stream.chance(0.5) { 1.0 } else { -1.0 }));
        weights.extend([1.0, 0.0]);
        let senses = vec![[0.5, 0.5]; SENSES];
        Self {
            neurons: NEURONS,
            sensory,
            inner,
            senses,
            epsilon: EPSILON,
            weights,
            unfolds: unfolds.max(1),
            held: None,
        }
    }

    /// Of parts: up to [`NEURONS`] neurons, the last of which answers, with weights in the order above.
    ///
    /// # Panics
    /// If there are more neurons, or another number of weights.
    #[must_use]
    pub fn from_parts(
        neurons: usize,
        [sensory, inner]: [Vec<Synapse>; 2],
        senses: Vec<[f64; 2]>,
        epsilon: f64,
        unfolds: usize,
        weights: Vec<f64>,
    ) -> Self {
        assert!((1..=NEURONS).contains(&neurons), "1 to {NEURONS} neurons");
        let count = sensory.len() + inner.len();
        assert_eq!(weights.len(), 3 * neurons + 4 * count + 2, "weights of the parts");
        Self { neurons, sensory, inner, senses, epsilon, weights, unfolds: unfolds.max(1), held: None }
    }

    /// Synapses from senses, whose `from` is a sense, and between neurons.
    #[must_use]
    pub fn synapses(&self) -> [&[Synapse]; 2] {
        [&self.sensory, &self.inner]
    }

    fn count(&self) -> usize {
        self.sensory.len() + self.inner.len()
    }

    /// Leaks, rests and capacities of all neurons.
    fn membranes(&self) -> [&[f64]; 3] {
        core::array::from_fn(|k| &self.weights[k * self.neurons..(k + 1) * self.neurons])
    }

    /// Weights, sharpnesses, midpoints and reversals of all synapses.
    fn tables(&self) -> [&[f64]; 4] {
        let synapses = &self.weights[3 * self.neurons..];
        let count = self.count();
        core::array::from_fn(|k| &synapses[k * count..(k + 1) * count])
    }

    /// The conductances of the synapses now, from senses first, for this input and state.
    #[must_use]
    pub fn conductances(&self, input: &[f64], state: &[f64]) -> Vec<f64> {
        let [weight, sharpness, midpoint, _] = self.tables();
        let seen =
            self.sensory.iter().map(|s| self.senses[s.from][0] * input[s.from] + self.senses[s.from][1]);
        let felt = seen.chain(self.inner.iter().map(|s| state[s.from]));
        felt.enumerate().map(|(k, x)| weight[k] * sigmoid(sharpness[k] * (x - midpoint[k]))).collect()
    }

    /// Whether a synapse, counted over both lists, pulls up.
    #[must_use]
    pub fn pulls_up(&self, synapse: usize) -> bool {
        self.tables()[3][synapse] > 0.0
    }
}

impl Recurrent for LiquidNetwork {
    fn units(&self) -> usize {
        self.neurons
    }

    fn weights(&self) -> &[f64] {
        &self.weights
    }

    fn weights_mut(&mut self) -> &mut [f64] {
        &mut self.weights
    }

    /// Gates of the senses, the first state, and for each unfold what [`fold`] says.
    fn trail(&self) -> usize {
        self.sensory.len() + self.neurons + self.unfolds * fold(self.inner.len(), self.neurons)
    }

    fn step(&self, input: &[f64], gap: f64, state: &mut [f64], trail: &mut [f64]) -> f64 {
        let [leak, rest, capacity] = self.membranes();
        let [weight, sharpness, midpoint, reversal] = self.tables();
        let (n, outer) = (self.neurons, self.sensory.len());
        let (senses, trail) = trail.split_at_mut(outer);
        for ((gate, synapse), (s, m)) in
            senses.iter_mut().zip(&self.sensory).zip(sharpness.iter().zip(midpoint))
        {
            let [scale, shift] = self.senses[synapse.from];
            *gate = s * (scale * input[synapse.from] + shift - m);
        }
        sigmoid_all(senses);
        // What stays the same in all unfolds: the pull of leak and senses, and its strength.
        let parts = self.unfolds as f64 / gap;
        let (mut pull, mut strength) = ([0.0; NEURONS], [0.0; NEURONS]);
        for i in 0..n {
            pull[i] = leak[i] * rest[i];
            strength[i] = leak[i] + parts * capacity[i] + self.epsilon;
        }
        for ((gate, synapse), (w, e)) in senses.iter().zip(&self.sensory).zip(weight.iter().zip(reversal)) {
            pull[synapse.to] += w * gate * e;
            strength[synapse.to] += w * gate;
        }
        let (first, folds) = trail.split_at_mut(n);
        first.copy_from_slice(state);
        let (weight, reversal) = (&weight[outer..], &reversal[outer..]);
        let (sharpness, midpoint) = (&sharpness[outer..], &midpoint[outer..]);
        for unfold in folds.chunks_exact_mut(fold(self.inner.len(), n)) {
            let (gates, after) = unfold.split_at_mut(self.inner.len());
            let (inverse, after) = after.split_at_mut(n);
            for ((gate, synapse), (s, m)) in
                gates.iter_mut().zip(&self.inner).zip(sharpness.iter().zip(midpoint))
            {
                *gate = s * (state[synapse.from] - m);
            }
            sigmoid_all(gates);
            let (mut above, mut below) = (pull, strength);
            for (i, x) in state.iter().enumerate() {
                above[i] += parts * capacity[i] * x;
            }
            for ((gate, synapse), (w, e)) in gates.iter().zip(&self.inner).zip(weight.iter().zip(reversal)) {
                above[synapse.to] += w * gate * e;
                below[synapse.to] += w * gate;
            }
            for i in 0..n {
                inverse[i] = 1.0 / below[i];
                state[i] = above[i] * inverse[i];
            }
            if let Some(held) = self.held {
                state[held] = 0.0;
            }
            after.copy_from_slice(state);
        }
        let answer = self.weights.len() - 2;
        self.weights[answer] * state[n - 1] + self.weights[answer + 1]
    }

    fn back(
        &self,
        input: &[f64],
        gap: f64,
        trail: &[f64],
        answer: f64,
        state: &mut [f64],
        gradient: &mut [f64],
    ) {
        let [weight, sharpness, midpoint, reversal] = self.tables();
        let [leak, rest, capacity] = self.membranes();
        let (n, outer, count) = (self.neurons, self.sensory.len(), self.count());
        let (senses, trail) = trail.split_at(outer);
        let (first, folds) = trail.split_at(n);
        let width = fold(self.inner.len(), n);
        let parts = self.unfolds as f64 / gap;
        let (g_leak, left) = gradient.split_at_mut(n);
        let (g_rest, left) = left.split_at_mut(n);
        let (g_capacity, left) = left.split_at_mut(n);
        let (g_weight, left) = left.split_at_mut(count);
        let (g_sharpness, left) = left.split_at_mut(count);
        let (g_midpoint, left) = left.split_at_mut(count);
        let (g_reversal, g_answer) = left.split_at_mut(count);
        let last = &folds[folds.len() - n..];
        g_answer[0] += answer * last[n - 1];
        g_answer[1] += answer;
        state[n - 1] += answer * self.weights[self.weights.len() - 2];
        // Over all unfolds: the slopes by what leak and senses pull, and by how strongly.
        let (mut by_pull, mut by_strength) = ([0.0; NEURONS], [0.0; NEURONS]);
        for k in (0..self.unfolds).rev() {
            let unfold = &folds[k * width..(k + 1) * width];
            let before = if k == 0 { first } else { &folds[k * width - n..k * width] };
            let (gates, states) = unfold.split_at(self.inner.len());
            let (inverse, after) = states.split_at(n);
            if let Some(held) = self.held {
                state[held] = 0.0;
            }
            let mut q = [0.0; NEURONS];
            for i in 0..n {
                q[i] = state[i] * inverse[i];
                by_pull[i] += q[i];
                by_strength[i] -= q[i] * after[i];
                g_capacity[i] += q[i] * (before[i] - after[i]) * parts;
                state[i] = q[i] * capacity[i] * parts;
            }
            for (j, (gate, synapse)) in gates.iter().zip(&self.inner).enumerate() {
                let place = outer + j;
                let q = q[synapse.to];
                let by_conductance = q * (reversal[place] - after[synapse.to]);
                g_weight[place] += by_conductance * gate;
                g_reversal[place] += q * weight[place] * gate;
                let by_opening = by_conductance * weight[place] * gate * (1.0 - gate);
                g_sharpness[place] += by_opening * (before[synapse.from] - midpoint[place]);
                g_midpoint[place] -= by_opening * sharpness[place];
                state[synapse.from] += by_opening * sharpness[place];
            }
        }
        for i in 0..n {
            g_leak[i] += by_pull[i] * rest[i] + by_strength[i];
            g_rest[i] += by_pull[i] * leak[i];
        }
        for (place, (gate, synapse)) in senses.iter().zip(&self.sensory).enumerate() {
            let [scale, shift] = self.senses[synapse.from];
            let by_conductance = by_pull[synapse.to] * reversal[place] + by_strength[synapse.to];
            g_weight[place] += by_conductance * gate;
            g_reversal[place] += by_pull[synapse.to] * weight[place] * gate;
            let by_opening = by_conductance * weight[place] * gate * (1.0 - gate);
            g_sharpness[place] += by_opening * (scale * input[synapse.from] + shift - midpoint[place]);
            g_midpoint[place] -= by_opening * sharpness[place];
        }
    }

    fn constrain(&mut self) {
        let (n, count) = (self.neurons, self.count());
        let (membranes, synapses) = self.weights.split_at_mut(3 * n);
        let leaks = membranes[..n].iter_mut();
        leaks.chain(&mut synapses[..count]).for_each(|w| *w = w.max(LEAST));
        membranes[2 * n..].iter_mut().for_each(|c| *c = c.max(LEAST_CAPACITY));
    }
}

#[cfg(test)]
mod tests {
    use super::super::recurrent::{check_gradient, check_no_look_ahead};
    use super::*;

    #[test]
    fn it_learns_along_its_gradient_and_sees_no_future() {
        for (wiring, held) in [(Wiring::Sparse, None), (Wiring::Dense, None), (Wiring::Sparse, Some(9))] {
            let mut network = LiquidNetwork::new(wiring, 3, &mut Stream::new(1, "weights"));
            network.held = held;
            check_gradient(&network, SENSES);
            check_no_look_ahead(&network, SENSES);
        }
    }

    #[test]
    fn sizes_are_those_of_the_article() {
        for seed in 0..40 {
            let network = LiquidNetwork::new(Wiring::Sparse, 3, &mut Stream::new(seed, "weights"));
            assert!((52..=56).contains(&network.count()), "{}", network.count());
            assert_eq!(network.weights.len(), 3 * NEURONS + 4 * network.count() + 2);
        }
        let dense = LiquidNetwork::new(Wiring::Dense, 3, &mut Stream::new(1, "weights"));
        assert_eq!((dense.count(), dense.weights.len()), (114, 503));
    }

    #[test]
    fn states_stay_between_what_pulls_them() {
        let network = LiquidNetwork::new(Wiring::Dense, 3, &mut Stream::new(1, "weights"));
        let mut stream = Stream::new(2, "inputs");
        let (mut state, mut trail) = (vec![0.0; NEURONS], vec![0.0; network.trail()]);
        for _ in 0..2_000 {
            let input: Vec<f64> = (0..SENSES).map(|_| 5.0 * stream.normal()).collect();
            network.step(&input, stream.between(0.01, 3.0), &mut state, &mut trail);
            assert!(state.iter().all(|x| x.abs() <= 1.0));
        }
    }
}
