//! What one inference of a dense network takes in joules, by what its weights weigh.
//!
//! References: Horowitz 2014, *Computing's energy problem*, ISSCC, doi:10.1109/ISSCC.2014.6757323, 45 nm, as table 1
//! of Han et al. 2015, arXiv:1506.02626 has it (32-bit float addition 0.9 pJ and multiplication 3.7 pJ, 32 bits out of
//! on-chip SRAM 5 pJ, out of DRAM 640 pJ; 8-bit integers 0.03 and 0.2 pJ); Han et al. 2015, *Deep Compression*,
//! arXiv:1510.00149, section 2 (the distance to the last weight that is kept, and filler zeros).
//!
//! | here        | meaning                                                                     |
//! |-------------|-----------------------------------------------------------------------------|
//! | `weights`   | N, of the network as it was                                                 |
//! | `kept`      | of them                                                                     |
//! | `bits`      | b, of a weight; the mean, if some have more than others                     |
//! | `index`     | i, bits that say where a kept weight stands; 0: nobody pays for that        |
//! | stored      | kept weights and filler zeros                                               |
//!
//! Energies are in picojoules, of one inference.
//!
//! Departures: every weight is fetched once from one place; biases, activations, clocks and leakage are left
//! out. Below 8 bits a multiplication costs 0.2 (b/8)² pJ: an interpolation, no measurement. Filler zeros are
//! those of weights taken away at random.

use numerics::elementary::pow;

/// 32 bits from DRAM and from a small on-chip SRAM, in pJ.
pub const DRAM: f64 = 640.0;
pub const SRAM: f64 = 5.0;

/// A network as it is stored.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Stored {
    pub weights: f64,
    pub kept: f64,
    pub bits: f64,
    pub index: f64,
}

/// One multiply-add with a weight of these bits.
#[must_use]
pub fn multiply_add(bits: f64) -> f64 {
    if bits >= 32.0 { 4.6 } else { 0.2 * (bits / 8.0) * (bits / 8.0) + 0.03 }
}

impl Stored {
    /// Share of the weights that is gone.
    #[must_use]
    pub fn sparsity(&self) -> f64 {
        1.0 - self.kept / self.weights
    }

    /// Bits of the index of each weight: none where nothing is missing.
    #[must_use]
    pub fn index_bits(&self) -> f64 {
        if self.kept < self.weights { self.index } else { 0.0 }
    }

    /// Kept weights and filler zeros: a gap beyond 2^i needs one.
    #[must_use]
    pub fn stored(&self) -> f64 {
        let index = self.index_bits();
        if index == 0.0 || self.kept == 0.0 {
            self.kept
        } else {
            self.kept / (1.0 - pow(self.sparsity(), pow(2.0, index)))
        }
    }

    #[must_use]
    pub fn bytes(&self) -> f64 {
        self.stored() * (self.bits + self.index_bits()) / 8.0
    }

    /// Fetching, where 32 bits cost `memory`.
    #[must_use]
    pub fn fetching(&self, memory: f64) -> f64 {
        self.stored() * (self.bits + self.index_bits()) / 32.0 * memory
    }

    /// Multiplying and adding.
    #[must_use]
    pub fn computing(&self) -> f64 {
        self.stored() * multiply_add(self.bits)
    }

    #[must_use]
    pub fn energy(&self, memory: f64) -> f64 {
        self.fetching(memory) + self.computing()
    }
}

/// The share that must be gone before an index of `index` bits with each kept weight pays: i / (b + i).
#[must_use]
pub fn index_pays(bits: f64, index: f64) -> f64 {
    index / (bits + index)
}

/// The same for a map with one bit for each weight, kept or not: 1/b. At one bit it is all of them.
#[must_use]
pub fn bitmap_pays(bits: f64) -> f64 {
    1.0 / bits
}

#[cfg(test)]
mod tests {
    use super::*;

    fn dense(bits: f64) -> Stored {
        Stored { weights: 1120.0, kept: 1120.0, bits, index: 4.0 }
    }

    /// Known result: 1,120 weights out of DRAM, in nJ.
    #[test]
    fn one_inference_costs_what_the_table_says() {
        for (bits, nj) in [(32.0, 721.952), (8.0, 179.458), (4.0, 89.690), (1.58, 35.434), (1.0, 22.437)] {
            assert!((dense(bits).energy(DRAM) / 1e3 - nj).abs() < 0.001, "{bits}");
        }
        assert!((DRAM / multiply_add(32.0) - 139.13).abs() < 0.01);
    }

    /// Known result: where an index and a map break even.
    #[test]
    fn an_index_pays_from_a_third_a_half_and_four_fifths() {
        for (bits, share) in [(8.0, 1.0 / 3.0), (4.0, 0.5), (1.0, 0.8)] {
            assert!((index_pays(bits, 4.0) - share).abs() < 1e-12);
        }
        assert_eq!([8.0, 4.0, 1.0].map(bitmap_pays), [0.125, 0.25, 1.0]);
        let pruned = Stored { kept: 840.0, ..dense(8.0) };
        assert!((pruned.bytes() - 1260.0).abs() < 0.01);
    }

    /// Known result: filler zeros of four index bits.
    #[test]
    fn long_gaps_need_fillers() {
        for (sparsity, factor, within) in [(0.8, 1.03, 0.005), (0.9, 1.23, 0.005), (0.99, 6.7, 0.05)] {
            let s = Stored { kept: 1120.0 * (1.0 - sparsity), ..dense(8.0) };
            assert!((s.stored() / s.kept - factor).abs() < within, "{sparsity}");
        }
        let none = Stored { kept: 0.0, ..dense(8.0) };
        assert_eq!(none.energy(DRAM), 0.0);
    }
}
