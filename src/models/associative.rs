//! Recall from a state of fixed size, against a cache that keeps everything.
//!
//! References: Dao and Gu 2024, *Mamba-2*, arXiv:2405.21060 (the state as a matrix of outer
//! products, linear attention without decay); Jelassi et al. 2024, *Repeat After Me*,
//! arXiv:2402.01032 (what a fixed state cannot copy).
//!
//! Glossary: H = Σ e_v kᵀ, values x d_k, `keys` random unit vectors, `q` a query, one of the keys.
//!
//! Departures: keys are random and nothing is learned. Attention looks the nearest key up, which is
//! the limit of a sharp softmax.

use numerics::matrix::{Matrix, dot};
use numerics::random::Stream;
use numerics::statistics::place_of_largest;

/// Different values that may be stored.
pub const VALUES: usize = 16;

/// Keys that are asked for after each storing.
const QUERIES: usize = 16;

/// Pairs in both memories.
pub struct Memory {
    state: Matrix,
    keys: Vec<Vec<f64>>,
    values: Vec<usize>,
}

impl Memory {
    #[must_use]
    pub fn empty(key_width: usize) -> Self {
        Self { state: Matrix::zeros(VALUES, key_width), keys: Vec::new(), values: Vec::new() }
    }

    /// Stores a random value under a random key.
    pub fn store(&mut self, stream: &mut Stream) {
        let key = stream.direction(self.state.columns());
        let value = stream.below(VALUES);
        self.state.row_mut(value).iter_mut().zip(&key).for_each(|(h, k)| *h += k);
        self.keys.push(key);
        self.values.push(value);
    }

    /// Asks for a few stored pairs; how many the state and the cache got right, and of how many.
    #[must_use]
    pub fn ask(&self, stream: &mut Stream) -> [usize; 3] {
        let mut right = [0; 2];
        for _ in 0..QUERIES {
            let wanted = stream.below(self.keys.len());
            let query = &self.keys[wanted];
            let answers = [
                place_of_largest((0..VALUES).map(|v| dot(self.state.row(v), query))),
                self.values[place_of_largest(self.keys.iter().map(|k| dot(k, query)))],
            ];
            for (count, answer) in right.iter_mut().zip(answers) {
                *count += usize::from(answer == self.values[wanted]);
            }
        }
        [right[0], right[1], QUERIES]
    }
}

/// Numbers that the state keeps, however many pairs there are.
#[must_use]
pub fn state_numbers(key_width: usize) -> usize {
    VALUES * key_width
}

/// Numbers that a cache keeps: a key and a one-hot value for each pair.
#[must_use]
pub fn cache_numbers(pairs: usize, key_width: usize) -> usize {
    pairs * (key_width + VALUES)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Known result: for values ±1 the crosstalk of n pairs has variance (n − 1)/d_k.
    #[test]
    fn crosstalk_has_its_variance() {
        let (pairs, width) = (64, 16);
        let mut stream = Stream::new(1, "crosstalk");
        let mut noise = Vec::new();
        for _ in 0..60 {
            let keys: Vec<Vec<f64>> = (0..pairs).map(|_| stream.direction(width)).collect();
            let signs: Vec<f64> = (0..pairs).map(|_| if stream.chance(0.5) { 1.0 } else { -1.0 }).collect();
            let mut state = vec![0.0; width];
            for (key, sign) in keys.iter().zip(&signs) {
                state.iter_mut().zip(key).for_each(|(h, k)| *h += sign * k);
            }
            noise.extend(keys.iter().zip(&signs).map(|(key, sign)| dot(&state, key) - sign));
        }
        let variance = noise.iter().map(|e| e * e).sum::<f64>() / noise.len() as f64;
        assert!((variance / 3.94 - 1.0).abs() < 0.1, "{variance}");
    }

    #[test]
    fn a_full_state_forgets_and_a_cache_does_not() {
        let shares = |pairs: usize| {
            let (mut stream, mut sum) = (Stream::new(2, "pairs"), [0; 3]);
            for _ in 0..40 {
                let mut memory = Memory::empty(16);
                (0..pairs).for_each(|_| memory.store(&mut stream));
                sum.iter_mut().zip(memory.ask(&mut stream)).for_each(|(s, n)| *s += n);
            }
            [sum[0] as f64 / sum[2] as f64, sum[1] as f64 / sum[2] as f64]
        };
        assert!(shares(2)[0] > 0.95 && shares(128)[0] < 0.5, "{:?} {:?}", shares(2), shares(128));
        assert_eq!(shares(128)[1], 1.0);
        assert_eq!((state_numbers(16), cache_numbers(64, 16)), (256, 2048));
    }
}
