//! The parameter ledger of a decoder-only transformer with mixture-of-experts layers: what it
//! owns, what one token uses, and what a batch reads.
//!
//! References: Jiang et al. 2024 (Mixtral), arXiv:2401.04088, table 1, with the defaults of Hugging
//! Face's `MixtralConfig`; Muennighoff et al. 2024 (OLMoE), arXiv:2409.02060.
//!
//! Names and letters: `width` d, `heads` H, `key_value_heads` H_kv, `head_width` h_d,
//! `expert_width` d_ff, `experts` E, `top_k` k, `vocabulary` V. Counts are parameters, exact in u64.
//!
//! Per layer: attention d·h_d·(2H + 2H_kv), each expert 3·d·d_ff (SwiGLU), router d·E, two norms of
//! d. Once: a last norm of d, and embeddings 2·V·d (input and output untied).
//!
//! Departures: norms of queries and keys (OLMoE, Qwen3) are left out, a few thousand parameters a
//! layer. A single expert needs no router and is counted without one. Embeddings count as used and
//! read in full, although a token looks up one row of the input table.

use numerics::elementary::powi;

/// Sizes of a model.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Architecture {
    pub layers: u64,
    pub width: u64,
    pub heads: u64,
    pub key_value_heads: u64,
    pub head_width: u64,
    pub expert_width: u64,
    pub experts: u64,
    pub top_k: u64,
    pub vocabulary: u64,
}

/// Parameters by what they are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ledger {
    pub attention: u64,
    pub experts: u64,
    pub router: u64,
    pub norms: u64,
    pub embeddings: u64,
}

impl Ledger {
    #[must_use]
    pub fn sum(&self) -> u64 {
        self.shared() + self.experts
    }

    /// All but the experts: what every token uses.
    #[must_use]
    pub fn shared(&self) -> u64 {
        self.attention + self.router + self.norms + self.embeddings
    }
}

impl Architecture {
    /// Everything the model owns.
    #[must_use]
    pub fn total(&self) -> Ledger {
        self.ledger(self.experts)
    }

    /// What one token uses.
    #[must_use]
    pub fn active(&self) -> Ledger {
        self.ledger(self.top_k.min(self.experts))
    }

    /// One expert in every layer.
    #[must_use]
    pub fn one_expert(&self) -> u64 {
        self.layers * 3 * self.width * self.expert_width
    }

    fn ledger(&self, experts: u64) -> Ledger {
        let (l, d) = (self.layers, self.width);
        Ledger {
            attention: l * d * self.head_width * (2 * self.heads + 2 * self.key_value_heads),
            experts: experts * self.one_expert(),
            router: if self.experts > 1 { l * d * self.experts } else { 0 },
            norms: l * 2 * d + d,
            embeddings: 2 * self.vocabulary * d,
        }
    }

    /// Expected share, 0 to 1, of the experts that a batch of `tokens` touches in a layer, if the
    /// tokens choose independently and evenly: 1 − (1 − k/E)^B.
    #[must_use]
    pub fn share_touched(&self, tokens: u32) -> f64 {
        let k = self.top_k.min(self.experts) as f64;
        1.0 - powi(1.0 - k / self.experts.max(1) as f64, tokens)
    }

    /// Expected parameters that have to be read to serve one step of `tokens` together.
    #[must_use]
    pub fn read(&self, tokens: u32) -> f64 {
        let total = self.total();
        total.shared() as f64 + self.share_touched(tokens) * total.experts as f64
    }
}

/// Mixtral 8x7B (`MixtralConfig` defaults).
pub const MIXTRAL_8X7B: Architecture = Architecture {
    layers: 32,
    width: 4096,
    heads: 32,
    key_value_heads: 8,
    head_width: 128,
    expert_width: 14_336,
    experts: 8,
    top_k: 2,
    vocabulary: 32_000,
};

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mixtral_8x7b_to_the_last_parameter() {
        assert_eq!(MIXTRAL_8X7B.total().sum(), 46_702_792_704);
        assert_eq!(MIXTRAL_8X7B.active().sum(), 12_879_925_248);
    }

    fn billions(architecture: Architecture) -> [f64; 2] {
        [architecture.total(), architecture.active()].map(|l| l.sum() as f64 / 1e9)
    }

    #[test]
    fn mixtral_8x22b() {
        let [total, active] = billions(Architecture {
            layers: 56,
            width: 6144,
            heads: 48,
            expert_width: 16_384,
            ..MIXTRAL_8X7B
        });
        assert!((total - 140.62).abs() < 0.01 && (active - 39.15).abs() < 0.01, "{total} {active}");
    }

    #[test]
    fn olmoe() {
        let [total, active] = billions(Architecture {
            layers: 16,
            width: 2048,
            heads: 16,
            key_value_heads: 16,
            head_width: 128,
            expert_width: 1024,
            experts: 64,
            top_k: 8,
            vocabulary: 50_304,
        });
        assert!((total - 6.919).abs() < 0.001 && (active - 1.282).abs() < 0.001, "{total} {active}");
    }

    #[test]
    fn a_single_expert_is_a_dense_model() {
        let dense = Architecture { experts: 1, top_k: 1, ..MIXTRAL_8X7B };
        assert_eq!(dense.total(), dense.active());
        assert_eq!(dense.total().router, 0);
        assert_eq!(dense.share_touched(1), 1.0);
    }

    #[test]
    fn seventeen_tokens_touch_nearly_every_expert_of_mixtral() {
        assert!(MIXTRAL_8X7B.share_touched(16) < 0.99);
        assert!(MIXTRAL_8X7B.share_touched(17) >= 0.99);
        let active = MIXTRAL_8X7B.active().sum() as f64;
        assert!((MIXTRAL_8X7B.read(1) - active).abs() < 1.0);
    }
}
