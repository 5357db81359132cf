//! Attention to what was retrieved, chunk by chunk, and which word can see which (RETRO).
//!
//! References: Borgeaud et al. 2022, *Improving language models by retrieving from trillions of tokens*,
//! ICML, arXiv:2112.04426, sections 2.3 and 2.4.
//!
//! Glossary: `chunk` m, tokens of a chunk, whose number a is counted from 0; H⁺, the tokens that attend to
//! what chunk a retrieved; E, its encoded neighbours; D = [`WIDTH`].
//!
//! Shapes: states are [48, 16]; neighbours of a chunk [neighbours · 2m, 16]: each is a chunk of the store
//! and its continuation.
//!
//! Departures: weights are random, so that nothing but dependencies can be read off. One layer of causal
//! attention stands for the Transformer below, and the store's chunks are random vectors. Retrieval is
//! by the mean of a chunk, and stays as it was found while a token is moved by a little.

use numerics::elementary::softmax;
use numerics::matrix::{Matrix, dot};
use numerics::random::Stream;

/// Tokens of the text.
pub const TOKENS: usize = 48;
/// Numbers of a state.
pub const WIDTH: usize = 16;
/// Chunks in the store.
const STORE: usize = 64;
/// How far a token is moved for a look at what changes, and the least change that counts.
const NUDGE: f64 = 1e-4;
pub const NOTHING: f64 = 1e-6;

/// A small RETRO: a text, a store, random weights.
pub struct Retro {
    tokens: Matrix,
    /// Chunks that can be retrieved, by their place; each is followed by the next.
    store: Matrix,
    chunk: usize,
    neighbours: usize,
    /// Whether a chunk's neighbours are read from its last token on; else by the chunk itself.
    shifted: bool,
    own: [Matrix; 3],
    encoder: [Matrix; 3],
    cross: [Matrix; 3],
    /// Neighbours found for each chunk.
    found: Vec<Vec<usize>>,
}

impl Retro {
    /// # Panics
    /// If `chunk` does not divide the text.
    #[must_use]
    pub fn new(chunk: usize, neighbours: usize, shifted: bool, seed: u64) -> Self {
        assert!(chunk > 0 && TOKENS.is_multiple_of(chunk), "chunks of {chunk} fill {TOKENS} tokens");
        let mut stream = Stream::new(seed, "retro");
        let mut draw = |rows: usize, scale: f64| {
            let mut m = Matrix::zeros(rows, WIDTH);
            stream.fill_normal(m.as_mut_slice());
            m.as_mut_slice().iter_mut().for_each(|x| *x *= scale);
            m
        };
        let tokens = draw(TOKENS, 1.0);
        let store = draw(STORE * chunk, 1.0);
        let mut three = || [0; 3].map(|_| draw(WIDTH, 1.0 / (WIDTH as f64).sqrt()));
        let (own, encoder, cross) = (three(), three(), three());
        let mut retro =
            Self { tokens, store, chunk, neighbours, shifted, own, encoder, cross, found: Vec::new() };
        retro.found = (0..retro.lookups()).map(|a| retro.nearest(a)).collect();
        retro
    }

    /// Times that something is retrieved: once for each chunk.
    #[must_use]
    pub fn lookups(&self) -> usize {
        TOKENS / self.chunk
    }

    /// The store's chunks whose means are nearest to that of chunk `a`; the last has no continuation.
    fn nearest(&self, a: usize) -> Vec<usize> {
        let mean = |m: &Matrix, first: usize| -> Vec<f64> {
            let rows = first..first + self.chunk;
            (0..WIDTH).map(|c| rows.clone().map(|r| m[(r, c)]).sum::<f64>() / self.chunk as f64).collect()
        };
        let own = mean(&self.tokens, a * self.chunk);
        let far = |i: usize| -> f64 {
            mean(&self.store, i * self.chunk).iter().zip(&own).map(|(x, y)| (x - y) * (x - y)).sum()
        };
        let mut order: Vec<usize> = (0..STORE - 1).collect();
        order.sort_by(|i, j| far(*i).total_cmp(&far(*j)));
        order.truncate(self.neighbours);
        order
    }

    /// The chunk whose neighbours a token reads, if any. Shifted, the last token of a chunk is the first to
    /// read them, and the first tokens of all have none.
    #[must_use]
    pub fn reads(&self, token: usize) -> Option<usize> {
        if self.shifted {
            (token + 1).checked_sub(self.chunk).map(|t| t / self.chunk)
        } else {
            Some(token / self.chunk)
        }
    }

    /// Pairs of a token and a neighbour's token that attention compares.
    #[must_use]
    pub fn pairs(&self) -> usize {
        (0..TOKENS).filter(|t| self.reads(*t).is_some()).count() * self.neighbours * 2 * self.chunk
    }

    /// The states after one layer of each kind.
    fn forward(&self, tokens: &Matrix) -> Matrix {
        let states = with(tokens, &attend(tokens, tokens, &self.own, |i, j| j <= i));
        let encoded: Vec<Matrix> = (0..self.lookups()).map(|a| self.encode(&states, a)).collect();
        let mut out = states.clone();
        for t in 0..TOKENS {
            if let Some(a) = self.reads(t) {
                let query = Matrix::from_vec(1, WIDTH, states.row(t).to_vec());
                let read = attend(&query, &encoded[a], &self.cross, |_, _| true);
                out.row_mut(t).iter_mut().zip(read.row(0)).for_each(|(x, r)| *x += r);
            }
        }
        out
    }

    /// The neighbours of chunk `a`, each with its continuation, read in the light of the chunk.
    fn encode(&self, states: &Matrix, a: usize) -> Matrix {
        let rows =
            |m: &Matrix, first: usize, count: usize| m.as_slice()[first * WIDTH..][..count * WIDTH].to_vec();
        let chunk = Matrix::from_vec(self.chunk, WIDTH, rows(states, a * self.chunk, self.chunk));
        let found = &self.found[a];
        let text = found.iter().flat_map(|i| rows(&self.store, i * self.chunk, 2 * self.chunk)).collect();
        let text = Matrix::from_vec(found.len() * 2 * self.chunk, WIDTH, text);
        with(&text, &attend(&text, &chunk, &self.encoder, |_, _| true))
    }

    /// How much each token's state changes, at most, where one token of the text is moved a little: a row
    /// for each token that is moved.
    #[must_use]
    pub fn influence(&self) -> Vec<Vec<f64>> {
        let before = self.forward(&self.tokens);
        let moved = |probe: usize| {
            let mut tokens = self.tokens.clone();
            tokens.row_mut(probe).iter_mut().for_each(|x| *x += NUDGE);
            let after = self.forward(&tokens);
            let change = |t: usize| {
                let differences = after.row(t).iter().zip(before.row(t)).map(|(a, b)| (a - b).abs() / NUDGE);
                differences.fold(0.0, f64::max)
            };
            (0..TOKENS).map(change).collect()
        };
        (0..TOKENS).map(moved).collect()
    }
}

fn with(a: &Matrix, b: &Matrix) -> Matrix {
    Matrix::from_fn(a.rows(), a.columns(), |r, c| a[(r, c)] + b[(r, c)])
}

/// Attention of one head from `queries` to `texts`, where `seen` says who sees whom.
fn attend(
    queries: &Matrix,
    texts: &Matrix,
    [wq, wk, wv]: &[Matrix; 3],
    seen: impl Fn(usize, usize) -> bool,
) -> Matrix {
    let (q, k, v) = (queries.times(wq), texts.times(wk), texts.times(wv));
    let mut out = Matrix::zeros(queries.rows(), WIDTH);
    for i in 0..queries.rows() {
        let visible: Vec<usize> = (0..texts.rows()).filter(|j| seen(i, *j)).collect();
        let scale = 1.0 / (WIDTH as f64).sqrt();
        let mut weights: Vec<f64> = visible.iter().map(|j| dot(q.row(i), k.row(*j)) * scale).collect();
        softmax(&mut weights);
        for (j, weight) in visible.iter().zip(weights) {
            out.row_mut(i).iter_mut().zip(v.row(*j)).for_each(|(o, v)| *o += weight * v);
        }
    }
    out
}

/// Bytes of a store that keeps a key for every `tokens_per_key` tokens, of `width` numbers with four bytes.
#[must_use]
pub fn key_bytes(tokens: f64, tokens_per_key: f64, width: f64) -> f64 {
    tokens / tokens_per_key * width * 4.0
}

#[cfg(test)]
mod tests {
    use super::*;

    const CHUNKS: [usize; 7] = [1, 4, 6, 8, 12, 16, 48];

    /// Known result: with the shift nothing before a token depends on it.
    #[test]
    fn no_state_depends_on_a_later_token() {
        for chunk in CHUNKS {
            let influence = Retro::new(chunk, 2, true, 1).influence();
            for (probe, row) in influence.iter().enumerate() {
                assert!(row[..probe].iter().all(|change| *change < NOTHING), "{chunk} {probe}");
                assert!(row[probe..].iter().all(|change| *change > NOTHING), "{chunk} {probe}");
            }
        }
    }

    /// Known result: without it all earlier tokens of the chunk do, none at its first token.
    #[test]
    fn without_the_shift_a_chunk_sees_its_own_end() {
        for chunk in CHUNKS {
            for (probe, row) in Retro::new(chunk, 2, false, 1).influence().iter().enumerate() {
                let leaks = row[..probe].iter().filter(|change| **change > NOTHING).count();
                assert_eq!(leaks, probe % chunk, "{chunk} {probe}");
            }
        }
    }

    #[test]
    fn the_last_token_of_a_chunk_is_the_first_to_read_its_neighbours() {
        let retro = Retro::new(8, 2, true, 1);
        assert_eq!(
            [0, 6, 7, 14, 15, 47].map(|t| retro.reads(t)),
            [None, None, Some(0), Some(0), Some(1), Some(5)]
        );
        assert_eq!((retro.lookups(), retro.pairs()), (6, 41 * 32));
        assert_eq!(Retro::new(48, 2, true, 1).reads(47), Some(0));
    }

    /// Published (Borgeaud et al. 2022, section 4.1 and table 4; repository of Khandelwal et al.): 15 TB and
    /// 215 GB for 4 billion tokens; 0.06 of 4 and 28 of 1,792 billion keys; 400 GB for 103,225,485 tokens.
    #[test]
    fn stores_are_as_large_as_published() {
        let by_token = key_bytes(4e9, 1.0, 1024.0);
        assert!((by_token / 15e12 - 1.0).abs() < 0.1);
        assert!((15e12 / 215e9 / 64.0 - 1.0f64).abs() < 0.1);
        assert!((4.0 / 64.0 - 0.06f64).abs() < 0.005 && (1792.0 / 64.0 - 28.0f64).abs() < 0.5);
        assert!((key_bytes(103_225_485.0, 1.0, 1024.0) / 400e9 - 1.0).abs() < 0.06);
    }
}
