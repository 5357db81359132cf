//! What fine-tuning a large model takes: parameters to train, gigabytes, dollars.
//!
//! References: Touvron et al. 2023, *Llama 2*, arXiv:2307.09288 (shapes as published with the
//! weights); Brown et al. 2020, arXiv:2005.14165 (GPT-3); Rajbhandari et al. 2019, *ZeRO*,
//! arXiv:1910.02054 (16 bytes a parameter); Dettmers et al. 2023, *QLoRA*, arXiv:2305.14314.
//!
//! Glossary: d width, L layers, k width of keys and values, f width of the feed-forward block, V
//! vocabulary, r rank. Memory is in bytes, weights and optimiser only: activations come on top.

/// The shape of a decoder.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Decoder {
    pub width: u64,
    pub layers: u64,
    pub key_width: u64,
    pub feed_width: u64,
    /// Matrices of a feed-forward block: 3 with a gate, else 2.
    pub feed_matrices: u64,
    pub vocabulary: u64,
    /// Parameters that are no matrices of the layers: embeddings, norms, biases.
    pub others: u64,
}

/// Llama-2-70B and Llama-3-70B: untied embeddings, two norms a layer and one at the end.
const fn llama_70b(vocabulary: u64) -> Decoder {
    let (width, layers) = (8192, 80);
    Decoder {
        width,
        layers,
        key_width: 1024,
        feed_width: 28_672,
        feed_matrices: 3,
        vocabulary,
        others: 2 * vocabulary * width + layers * 2 * width + width,
    }
}

pub const LLAMA_2_70B: Decoder = llama_70b(32_000);
pub const LLAMA_3_70B: Decoder = llama_70b(128_256);

/// GPT-3: tied token embeddings, 2,048 positions, biases and two norms with bias in each layer.
pub const GPT_3: Decoder = {
    let (width, layers, vocabulary) = (12_288, 96, 50_257);
    Decoder {
        width,
        layers,
        key_width: width,
        feed_width: 4 * width,
        feed_matrices: 2,
        vocabulary,
        others: vocabulary * width + 2048 * width + layers * 13 * width + 2 * width,
    }
};

/// Which matrices get adapters.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Targets {
    QueryValue,
    Attention,
    AllLinear,
}

impl Decoder {
    /// Numbers in the layers' matrices.
    #[must_use]
    pub fn linear(&self) -> u64 {
        let (d, k) = (self.width, self.key_width);
        self.layers * (2 * d * d + 2 * d * k + self.feed_matrices * d * self.feed_width)
    }

    /// All parameters, P.
    #[must_use]
    pub fn parameters(&self) -> u64 {
        self.linear() + self.others
    }

    /// Numbers in adapters of rank r: r (in + out) for each matrix.
    #[must_use]
    pub fn adapters(&self, rank: u64, targets: Targets) -> u64 {
        let (d, k, f) = (self.width, self.key_width, self.feed_width);
        let (square, keys) = ([d, d], [d, k]);
        let layer = match targets {
            Targets::QueryValue => adapter(rank, &[square, keys]),
            Targets::Attention => adapter(rank, &[square, keys, keys, square]),
            Targets::AllLinear => {
                adapter(rank, &[square, keys, keys, square]) + self.feed_matrices * adapter(rank, &[[d, f]])
            }
        };
        layer * self.layers
    }
}

/// Numbers in adapters of rank r for matrices with these numbers of inputs and outputs: r (in + out) each.
#[must_use]
pub fn adapter(rank: u64, matrices: &[[u64; 2]]) -> u64 {
    rank * matrices.iter().flatten().sum::<u64>()
}

/// How a model is tuned.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tuning {
    /// Mixed precision and Adam: 16 bytes a parameter.
    Full,
    /// Adam's states in 8 bits: 6 bytes a parameter, without a master copy.
    FullEightBit,
    /// Frozen bf16 weights, adapters with 16 bytes a number.
    Lora,
    /// Frozen NF4 matrices with double quantisation, all else bf16.
    Qlora,
}

/// Bits of a weight in NF4 with double-quantised scales.
pub const NF4_BITS: f64 = 4.127;

impl Tuning {
    /// Bytes of weights, gradients and optimiser, as (frozen, trained).
    #[must_use]
    pub fn memory(self, model: &Decoder, adapters: u64) -> [f64; 2] {
        let (all, linear) = (model.parameters() as f64, model.linear() as f64);
        let trained = 16.0 * adapters as f64;
        match self {
            Self::Full => [0.0, 16.0 * all],
            Self::FullEightBit => [0.0, 6.0 * all],
            Self::Lora => [2.0 * all, trained],
            Self::Qlora => [NF4_BITS / 8.0 * linear + 2.0 * (all - linear), trained],
        }
    }

    /// Numbers that are trained.
    #[must_use]
    pub fn trained(self, model: &Decoder, adapters: u64) -> u64 {
        match self {
            Self::Full | Self::FullEightBit => model.parameters(),
            Self::Lora | Self::Qlora => adapters,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_are_those_of_the_configurations() {
        assert_eq!(LLAMA_2_70B.parameters(), 68_976_648_192);
        assert_eq!(LLAMA_3_70B.parameters(), 70_553_706_496);
        assert_eq!(LLAMA_2_70B.adapters(8, Targets::QueryValue), 16_384_000);
        assert_eq!(LLAMA_2_70B.adapters(8, Targets::Attention), 32_768_000);
        assert_eq!(LLAMA_2_70B.adapters(8, Targets::AllLinear), 103_546_880);
        assert_eq!(GPT_3.adapters(1, Targets::QueryValue), 4_718_592);
        assert_eq!(GPT_3.adapters(8, Targets::QueryValue), 37_748_736);
        assert!((GPT_3.parameters() as f64 / 175e9 - 1.0).abs() < 0.005, "{}", GPT_3.parameters());
    }

    #[test]
    fn memory_is_what_each_way_needs_for_70_billion() {
        let gigabytes = |tuning: Tuning| tuning.memory(&LLAMA_2_70B, 0).iter().sum::<f64>() / 1e9;
        for (tuning, expected) in [
            (Tuning::Full, 1103.6),
            (Tuning::FullEightBit, 413.9),
            (Tuning::Lora, 138.0),
            (Tuning::Qlora, 36.36),
        ] {
            assert!((gigabytes(tuning) - expected).abs() < 0.1, "{tuning:?}: {}", gigabytes(tuning));
        }
    }
}
