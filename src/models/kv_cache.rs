//! The ledger of the key/value cache: what a long context keeps, and how fast it can be decoded.
//!
//! References
//! - Shazeer 2019, arXiv:1911.02150: decoding is bound by reading the keys and values again.
//! - Ainslie et al. 2023, *GQA*, arXiv:2305.13245.
//!
//! Glossary: `layers` is L, `kv_heads` is h_kv, `head_dim` is d_h, `half_bytes` is 2b (so that four
//! bits are a whole number), `bandwidth` is BW, `weights` is W.
//!
//! Shapes: for each token and layer, a key and a value of `kv_heads * head_dim` numbers.
//!
//! Departures: counts nothing but cache and weights: no activations, no fragmentation, no
//! communication between devices. The ceiling assumes that a decoding step reads all weights and
//! the whole cache once at the full bandwidth, which no real machine quite does.

/// The shape of a model's cache.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CacheShape {
    pub layers: u64,
    pub kv_heads: u64,
    pub head_dim: u64,
    /// Half bytes a number: 1 for four bits, 2 for fp8, 4 for bf16.
    pub half_bytes: u64,
}

impl CacheShape {
    /// 2 L h_kv d_h b: a key and a value in each layer.
    #[must_use]
    pub fn bytes_per_token(&self) -> u64 {
        self.layers * self.kv_heads * self.head_dim * self.half_bytes
    }

    /// Bytes of `batch` sequences of `context` tokens.
    #[must_use]
    pub fn bytes(&self, context: u64, batch: u64) -> u64 {
        self.bytes_per_token() * context * batch
    }

    /// The longest context whose cache fits in `free` bytes.
    #[must_use]
    pub fn longest_context(&self, free: f64, batch: u64) -> u64 {
        (free.max(0.0) / (self.bytes_per_token() * batch).max(1) as f64) as u64
    }
}

/// The largest divisor of `heads` that is at most `wanted`, and at least 1: the legal number of
/// key/value heads.
#[must_use]
pub fn legal_kv_heads(heads: u64, wanted: u64) -> u64 {
    (1..=heads.max(1).min(wanted.max(1))).rev().find(|k| heads.is_multiple_of(*k)).unwrap_or(1)
}

/// Tokens a second that `batch` sequences together decode at best: each step reads the weights
/// and the cache once. Bytes and bytes a second.
#[must_use]
pub fn tokens_per_second(bandwidth: f64, weights: f64, cache: f64, batch: u64) -> f64 {
    bandwidth * batch as f64 / (weights + cache).max(1.0)
}

/// The context after `seconds` of decoding at the ceiling, starting from `start` tokens.
///
/// Each sequence gains dx/dt = BW / (W + c x) tokens a second, with c bytes of cache for each
/// position of the batch; so W x + c x²/2 grows by BW t.
#[must_use]
pub fn context_after(seconds: f64, start: f64, bandwidth: f64, weights: f64, per_position: f64) -> f64 {
    let paid = bandwidth * seconds + weights * start + 0.5 * per_position * start * start;
    // The usual root, written so that a small cache does not cancel it away.
    2.0 * paid / (weights + (weights * weights + 2.0 * per_position * paid).sqrt()).max(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    const LLAMA_3_70B: CacheShape = CacheShape { layers: 80, kv_heads: 8, head_dim: 128, half_bytes: 4 };

    /// Known result: Llama-3-70B.
    #[test]
    fn llama_3_70b_keeps_320_kib_a_token() {
        assert_eq!(LLAMA_3_70B.bytes_per_token(), 327_680);
        assert_eq!(LLAMA_3_70B.bytes(131_072, 1), 40 << 30);
        let mha = CacheShape { kv_heads: 64, ..LLAMA_3_70B };
        assert_eq!(mha.bytes(131_072, 1), 320 << 30);
        let mqa = CacheShape { kv_heads: 1, ..LLAMA_3_70B };
        assert_eq!(mha.bytes(131_072, 1) / mqa.bytes(131_072, 1), 64);
    }

    /// Known result: Llama-3-8B, Llama-3.1-405B and GPT-3, bytes a token.
    #[test]
    fn other_models_keep_what_their_shapes_say() {
        let shape = |layers, kv_heads| CacheShape { layers, kv_heads, head_dim: 128, half_bytes: 4 };
        assert_eq!(shape(32, 8).bytes_per_token(), 131_072);
        assert_eq!(shape(126, 8).bytes_per_token(), 516_096);
        assert_eq!(shape(96, 96).bytes_per_token(), 4_718_592);
    }

    #[test]
    fn heads_snap_to_a_divisor() {
        assert_eq!(legal_kv_heads(64, 8), 8);
        assert_eq!(legal_kv_heads(64, 7), 4);
        assert_eq!(legal_kv_heads(7, 64), 7);
        assert_eq!(legal_kv_heads(0, 0), 1);
    }

    #[test]
    fn decoding_slows_as_the_cache_grows() {
        let cache = LLAMA_3_70B.bytes(131_072, 1) as f64;
        let rate = tokens_per_second(13.4e12, 141e9, cache, 1);
        assert!((rate - 72.8).abs() < 0.1, "{rate}");
        // The closed form agrees with small steps of the same equation.
        let (mut x, per) = (1024.0, LLAMA_3_70B.bytes_per_token() as f64);
        for _ in 0..100_000 {
            x += 1e-3 * 13.4e12 / (141e9 + per * x);
        }
        let closed = context_after(100.0, 1024.0, 13.4e12, 141e9, per);
        assert!((closed - x).abs() < 0.1, "{closed} {x}");
        assert!((context_after(0.0, 1024.0, 13.4e12, 141e9, per) - 1024.0).abs() < 1e-6);
    }

    #[test]
    fn the_longest_context_is_zero_without_room() {
        assert_eq!(LLAMA_3_70B.longest_context(-5.0, 1), 0);
        assert_eq!(LLAMA_3_70B.longest_context(179e9, 1), 546_264);
    }
}
