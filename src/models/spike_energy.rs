//! The energy ledger of a spiking network against a dense one.
//!
//! References: Horowitz 2014 (ISSCC), figure 1.1.9, 45 nm: 32-bit float multiply 3.7 pJ and add 0.9 pJ, 8-bit
//! integer multiply 0.2 pJ and add 0.03 pJ; Davies et al. 2018 (IEEE Micro 38), table 2, Loihi before it was
//! made: 23.6 pJ a synaptic operation at the least, 52 pJ for updating an inactive neuron and 81 pJ for an
//! active one, 1.7 pJ for a spike within a tile and 3.0 or 4.0 pJ for each hop; Merolla et al. 2014
//! (*Science* 345): 26 pJ a synaptic event on TrueNorth.
//!
//! | here            | meaning                                                                  |
//! |-----------------|--------------------------------------------------------------------------|
//! | MAC             | multiply-accumulate: what a dense layer does once a synapse              |
//! | SynOp           | synaptic operation: one spike delivered to one synapse, an addition      |
//! | `neuron_steps`  | neurons times steps: state updates, due whether or not anything spikes   |
//! | `spikes`        | spikes that one synapse carries in one inference                         |
//!
//! Energies are in picojoules (pJ) for one inference.
//!
//! Departures: memory traffic is one constant for each weight that is read, and routing one for each spike;
//! nothing is charged for leakage, clocks, or moving data on and off the chip.

/// What one operation costs, in pJ.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Costs {
    /// One multiply-accumulate.
    pub mac: f64,
    /// One synaptic operation.
    pub synop: f64,
    /// Fetching one weight, for either network.
    pub memory: f64,
    /// Updating one neuron's state for one step.
    pub update: f64,
}

/// How much dearer than an inactive neuron's an active one's update is on Loihi: 81 pJ over 52.
pub const ACTIVE: f64 = 81.0 / 52.0;

/// Mean cost of an update of which a share `active` has to do with active neurons, where an inactive one costs
/// `inactive`.
#[must_use]
pub fn mean_update(inactive: f64, active: f64) -> f64 {
    inactive * (1.0 + active * (ACTIVE - 1.0))
}

/// 32-bit arithmetic at 45 nm alone: no memory, no state updates.
pub const FLOAT32: Costs = Costs { mac: 4.6, synop: 0.9, memory: 0.0, update: 0.0 };

impl Costs {
    /// Energy of a dense network, in pJ.
    #[must_use]
    pub fn dense(&self, macs: f64) -> f64 {
        macs * (self.mac + self.memory)
    }

    /// Energy of a spiking network, in pJ.
    #[must_use]
    pub fn spiking(&self, synops: f64, neuron_steps: f64) -> f64 {
        synops * (self.synop + self.memory) + neuron_steps * self.update
    }

    /// How many times less the spiking network takes; infinite where it takes nothing.
    #[must_use]
    pub fn advantage(&self, macs: f64, synops: f64, neuron_steps: f64) -> f64 {
        let spiking = self.spiking(synops, neuron_steps);
        if spiking > 0.0 { self.dense(macs) / spiking } else { f64::INFINITY }
    }

    /// Spikes a synapse at which the spiking network takes `times` less energy than the dense one.
    /// `None` where the state updates alone already cost more than that.
    #[must_use]
    pub fn spikes_for(&self, times: f64, synapses: f64, neuron_steps: f64) -> Option<f64> {
        let left = self.dense(synapses) / times - neuron_steps * self.update;
        (left > 0.0).then(|| left / (synapses * (self.synop + self.memory)))
    }
}

/// SynOps of one inference: each layer's spikes times the synapses that each spike reaches.
#[must_use]
pub fn synops(layers: &[(f64, usize)]) -> f64 {
    layers.iter().map(|&(spikes, fan_out)| spikes * fan_out as f64).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_advantage_is_5_111_over_the_spikes_per_synapse() {
        for spikes in [0.001, 0.005, 1.0, 5.0, 20.0] {
            let ratio = FLOAT32.advantage(1e4, spikes * 1e4, 2500.0);
            assert!((ratio * spikes - 4.6 / 0.9).abs() < 1e-9, "{ratio}");
        }
    }

    #[test]
    fn against_8_bit_arithmetic_the_break_even_is_a_quarter_of_a_spike() {
        let costs = Costs { mac: 0.23, ..FLOAT32 };
        let even = costs.spikes_for(1.0, 1e4, 0.0).unwrap();
        assert!((even - 0.255_555_555_6).abs() < 1e-9, "{even}");
    }

    #[test]
    fn the_spikes_for_an_advantage_give_that_advantage() {
        let costs = Costs { mac: 4.6, synop: 23.6, memory: 2.5, update: 0.1 };
        let spikes = costs.spikes_for(3.0, 1e4, 2500.0).unwrap();
        assert!((costs.advantage(1e4, spikes * 1e4, 2500.0) - 3.0).abs() < 1e-9);
        assert_eq!(Costs { update: 100.0, ..costs }.spikes_for(1.0, 1e4, 2500.0), None);
    }

    #[test]
    fn updates_of_active_neurons_cost_what_loihi_s_designers_gave() {
        assert!((mean_update(52.0, 1.0) - 81.0).abs() < 1e-12);
        assert!((mean_update(52.0, 0.0) - 52.0).abs() < 1e-12);
    }

    #[test]
    fn a_silent_network_is_infinitely_cheap_and_no_nan() {
        assert_eq!(FLOAT32.advantage(608.0, 0.0, 875.0), f64::INFINITY);
    }

    #[test]
    fn each_spike_counts_once_for_each_synapse_it_reaches() {
        assert_eq!(synops(&[(60.0, 32), (100.0, 3)]), 2220.0);
    }
}
