//! Scaled dot-product attention, and heads that share keys and values.
//!
//! References
//! - Vaswani et al. 2017, *Attention Is All You Need*, arXiv:1706.03762, eq. 1.
//! - Shazeer 2019, *Fast Transformer Decoding: One Write-Head is All You Need*, arXiv:1911.02150
//!   (multi-query attention: one key/value head).
//! - Ainslie et al. 2023, *GQA*, arXiv:2305.13245 (grouped-query attention).
//!
//! Glossary: `queries`, `keys`, `values` are Q, K, V; `scale` is 1/√d; `bias` is added to the
//! scaled logits, and minus infinity in it blocks a pair; `weights` is softmax(scale Q Kᵀ + bias).
//!
//! Shapes: Q `[queries, d]`, K `[keys, d]`, V `[keys, d_v]`, bias `[queries, keys]`,
//! output `[queries, d_v]`. A model with several heads is a slice with one matrix a head.
//!
//! Departures: none. Where the numbers of queries and keys differ, the causal triangle is aligned
//! to the first key (PyTorch's convention; FlashAttention 2.1 and later align it to the last). A
//! row that is blocked everywhere gives zeros, where the formula gives 0/0.

use numerics::elementary::softmax_rows;
use numerics::matrix::Matrix;

/// What is done to the logits before the softmax.
#[derive(Clone, Copy, Debug)]
pub struct Logits<'a> {
    /// Multiplies every inner product; see [`standard_scale`].
    pub scale: f64,
    /// Query i sees the keys 0..=i alone.
    pub causal: bool,
    /// Added to the scaled logits.
    pub bias: Option<&'a Matrix>,
}

/// The result of one head.
#[derive(Clone, Debug, PartialEq)]
pub struct Attended {
    /// `[queries, d_v]`.
    pub output: Matrix,
    /// `[queries, keys]`; each row sums to one, or is all zeros.
    pub weights: Matrix,
}

/// 1/√d.
#[must_use]
pub fn standard_scale(head_dim: usize) -> f64 {
    1.0 / (head_dim.max(1) as f64).sqrt()
}

/// One head of attention: softmax(scale Q Kᵀ + bias) V.
///
/// # Panics
/// If the shapes do not fit.
#[must_use]
pub fn attend(queries: &Matrix, keys: &Matrix, values: &Matrix, logits: Logits) -> Attended {
    let mut weights = queries.times_transposed(keys);
    for i in 0..weights.rows() {
        let row = weights.row_mut(i);
        for (j, x) in row.iter_mut().enumerate() {
            *x *= logits.scale;
            if let Some(bias) = logits.bias {
                *x += bias[(i, j)];
            }
            if logits.causal && j > i {
                *x = f64::NEG_INFINITY;
            }
        }
    }
    softmax_rows(&mut weights);
    Attended { output: weights.times(values), weights }
}

/// A bias that blocks the pairs where `allowed` is zero.
#[must_use]
pub fn blocking_bias(allowed: &Matrix) -> Matrix {
    Matrix::from_fn(allowed.rows(), allowed.columns(), |i, j| {
        if allowed[(i, j)] == 0.0 { f64::NEG_INFINITY } else { 0.0 }
    })
}

/// The key/value head that a query head reads: consecutive query heads share one.
/// With as many as query heads this is multi-head attention, with one it is multi-query attention.
#[must_use]
pub fn shared_head(head: usize, heads: usize, kv_heads: usize) -> usize {
    head / (heads / kv_heads)
}

/// Grouped-query attention: `queries.len()` heads over `keys.len()` key/value heads.
///
/// # Panics
/// If the key/value heads do not divide the query heads, or shapes do not fit.
#[must_use]
pub fn attend_grouped(
    queries: &[Matrix],
    keys: &[Matrix],
    values: &[Matrix],
    logits: Logits,
) -> Vec<Attended> {
    let (heads, kv_heads) = (queries.len(), keys.len());
    assert!(kv_heads > 0 && heads.is_multiple_of(kv_heads), "{kv_heads} key heads for {heads} heads");
    assert_eq!(values.len(), kv_heads, "as many value heads as key heads");
    let shared = |h| shared_head(h, heads, kv_heads);
    queries.iter().enumerate().map(|(h, q)| attend(q, &keys[shared(h)], &values[shared(h)], logits)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use numerics::random::Stream;

    fn draw(rows: usize, columns: usize, purpose: &str) -> Matrix {
        let mut stream = Stream::new(4, purpose);
        Matrix::from_fn(rows, columns, |_, _| stream.normal())
    }

    #[test]
    fn the_first_query_of_a_causal_head_copies_the_first_value() {
        let (q, k, v) = (draw(5, 4, "q"), draw(7, 4, "k"), draw(7, 3, "v"));
        let a = attend(&q, &k, &v, Logits { scale: standard_scale(4), causal: true, bias: None });
        assert_eq!(a.output.row(0), v.row(0));
        for i in 0..5 {
            let total: f64 = a.weights.row(i).iter().sum();
            assert!((total - 1.0).abs() < 1e-12);
            assert!(a.weights.row(i)[i + 1..].iter().all(|w| *w == 0.0), "aligned to the first key");
        }
    }

    #[test]
    fn a_row_that_is_blocked_everywhere_gives_zeros() {
        let (q, k, v) = (draw(2, 4, "q"), draw(3, 4, "k"), draw(3, 4, "v"));
        let allowed = Matrix::from_vec(2, 3, vec![0.0, 0.0, 0.0, 1.0, 0.0, 1.0]);
        let bias = blocking_bias(&allowed);
        let a = attend(&q, &k, &v, Logits { scale: 0.5, causal: false, bias: Some(&bias) });
        assert_eq!(a.output.row(0), &[0.0; 4]);
        assert_eq!(a.weights[(1, 1)], 0.0);
    }

    #[test]
    fn grouped_heads_equal_heads_with_repeated_keys() {
        let queries: Vec<Matrix> = ["a", "b", "c", "d"].iter().map(|p| draw(6, 4, p)).collect();
        let keys = [draw(6, 4, "k0"), draw(6, 4, "k1")];
        let values = [draw(6, 4, "v0"), draw(6, 4, "v1")];
        let logits = Logits { scale: standard_scale(4), causal: true, bias: None };
        let grouped = attend_grouped(&queries, &keys, &values, logits);
        for (h, got) in grouped.iter().enumerate() {
            assert_eq!(*got, attend(&queries[h], &keys[h / 2], &values[h / 2], logits));
        }
    }
}
