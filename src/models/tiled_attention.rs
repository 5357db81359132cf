//! Attention one tile at a time: the online softmax of FlashAttention, next to the standard
//! algorithm that stores the n × n matrix.
//!
//! References
//! - Dao et al. 2022, *FlashAttention*, arXiv:2205.14135, Algorithm 1 and Theorem 2.
//! - Dao 2023, *FlashAttention-2*, arXiv:2307.08691, Algorithm 1 (queries in the outer loop).
//! - Milakov and Gimelshein 2018, *Online normalizer calculation for softmax*, arXiv:1805.02867.
//!
//! Glossary: `Row::max` is m, `Row::sum` is ℓ, `Row::output` is O, `br` and `bc` are B_r and B_c
//! (rows and columns of a tile), `log_sum` is L = m + ln ℓ, all that the backward pass needs. The tiles and
//! what they cost: [`super::tiling`].
//!
//! Shapes: Q, K, V and O are `[n, d]`; a score tile is `[br, bc]`, ragged at the far edges.
//!
//! Departures: one head, one sequence. Tiles come one after another; a GPU works on many query
//! blocks at once. In fp16, inner products are added up in f32, as tensor cores do, and every
//! result is rounded to fp16, m, ℓ and O included; real kernels keep those three in f32, which is
//! kinder. The standard algorithms sweep block row by block row, which moves the same elements as
//! three whole passes do.

use super::attention::{Attended, Logits, attend, standard_scale};
use super::tiling::{Tally, Tiling};
use core::ops::Range;
use numerics::elementary::{exp_f32, ln};
use numerics::half::Precision;
use numerics::matrix::Matrix;
use numerics::random::Stream;

#[cfg(test)]
mod tests;

/// How softmax is computed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Algorithm {
    /// Exponentials of the raw scores, from a stored matrix.
    Naive,
    /// The row's maximum is subtracted first, from a stored matrix.
    Safe,
    /// The online softmax: no matrix is stored.
    Tiled,
}

/// The state of one query's online softmax.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// m, minus infinity before the first key.
    pub max: f32,
    /// ℓ, the sum of exponentials relative to m.
    pub sum: f32,
    /// O, not yet divided by ℓ.
    pub output: Vec<f32>,
}

/// A row after one of its tiles.
#[derive(Clone, Debug, PartialEq)]
pub struct Glimpse {
    /// Keys seen so far.
    pub keys: usize,
    pub max: f64,
    pub sum: f64,
    /// e^(m - m'), where this tile raised the maximum of a row that had one.
    pub rescaled: Option<f64>,
    /// The first channel of O, not yet divided by ℓ.
    pub first: f64,
    /// Largest |O/ℓ - exact| over the channels.
    pub error: f64,
}

/// Attention over drawn Q, K, V, computed tile by tile.
pub struct TiledAttention {
    tiling: Tiling,
    algorithm: Algorithm,
    precision: Precision,
    q: Vec<f32>,
    k: Vec<f32>,
    v: Vec<f32>,
    exact: Attended,
    rows: Vec<Row>,
    /// Finished rows: largest error, or nothing where the result is not finite.
    errors: Vec<Option<Option<f64>>>,
    /// The tile that comes next; `block_rows` when all is done.
    next: (usize, usize),
    latest: Option<(usize, usize)>,
    done: usize,
    traffic: Tally,
    storage: Tally,
    rescales: usize,
}

impl TiledAttention {
    /// Draws Q, K, V from N(0, 1), multiplies Q by `scale`, and stands before the first tile.
    #[must_use]
    pub fn new(tiling: Tiling, algorithm: Algorithm, precision: Precision, scale: f64, seed: u64) -> Self {
        let draw = |purpose: &str, factor: f64| -> Vec<f32> {
            let mut stream = Stream::new(seed, purpose);
            (0..tiling.n * tiling.d).map(|_| precision.round((factor * stream.normal()) as f32)).collect()
        };
        let (q, k, v) = (draw("queries", scale), draw("keys", 1.0), draw("values", 1.0));
        // The exact answer is that of the rounded inputs: what differs is the algorithm's doing.
        let wide = |x: &[f32]| {
            Matrix::from_vec(tiling.n, tiling.d, x.iter().map(|x| f64::from(*x)).collect::<Vec<_>>())
        };
        let logits = Logits { scale: standard_scale(tiling.d), causal: tiling.causal, bias: None };
        let exact = attend(&wide(&q), &wide(&k), &wide(&v), logits);
        let rows = vec![Row::new(tiling.d); tiling.n];
        let errors = vec![None; tiling.n];
        Self {
            tiling,
            algorithm,
            precision,
            q,
            k,
            v,
            exact,
            rows,
            errors,
            next: (0, 0),
            latest: None,
            done: 0,
            traffic: Tally::default(),
            storage: Tally::default(),
            rescales: 0,
        }
    }

    /// Computes the next tile.
    pub fn step(&mut self) {
        if self.finished() {
            return;
        }
        let (i, j) = self.next;
        let t = self.tiling;
        if self.algorithm == Algorithm::Tiled {
            for r in t.rows(i) {
                let mut row = core::mem::replace(&mut self.rows[r], Row::new(0));
                self.rescales += usize::from(self.absorb(r, t.columns(j), &mut row).is_some());
                self.rows[r] = row;
            }
        }
        self.account(i, j);
        self.done += 1;
        self.latest = Some((i, j));
        self.next = (i, j + 1);
        if j + 1 == self.visited_columns(i) {
            for r in t.rows(i) {
                if self.algorithm != Algorithm::Tiled {
                    self.rows[r] = self.standard_row(r);
                }
                self.errors[r] = Some(self.error_of(r, &self.rows[r]));
            }
            // What the mask saves, the standard algorithm still moves and keeps.
            for skipped in j + 1..t.block_columns() {
                self.account(i, skipped);
            }
            self.next = (i + 1, 0);
        }
    }

    fn account(&mut self, i: usize, j: usize) {
        self.traffic.add(self.tiling.traffic(i, j));
        self.storage.add(self.tiling.storage(i, j));
    }

    /// Takes the keys `columns` into a row's online softmax; the factor where m rose.
    fn absorb(&self, r: usize, columns: Range<usize>, row: &mut Row) -> Option<f64> {
        let p = self.precision;
        let scores: Vec<f32> = columns.clone().map(|c| self.score(r, c)).collect();
        let old = row.max;
        let max = scores.iter().copied().fold(old, f32::max);
        // A row that has seen masked keys alone stands at minus infinity; zero in its place keeps
        // infinity minus infinity away.
        let base = if max == f32::NEG_INFINITY { 0.0 } else { max };
        let factor = p.round(exp_f32(old - base));
        row.max = max;
        let mut sum = 0.0;
        row.output.iter_mut().for_each(|o| *o *= factor);
        for (c, s) in columns.zip(scores) {
            let weight = p.round(exp_f32(p.round(s - base)));
            sum += weight;
            if weight != 0.0 {
                for (o, v) in row.output.iter_mut().zip(self.vector(&self.v, c)) {
                    *o += weight * v;
                }
            }
        }
        row.sum = p.round(p.round(factor * row.sum) + p.round(sum));
        row.output.iter_mut().for_each(|o| *o = p.round(*o));
        (max > old && old > f32::NEG_INFINITY).then(|| f64::from(factor))
    }

    /// A row from its stored scores; the naive algorithm takes zero for the maximum.
    fn standard_row(&self, r: usize) -> Row {
        let p = self.precision;
        let scores: Vec<f32> = (0..self.tiling.n).map(|c| self.score(r, c)).collect();
        let max = scores.iter().copied().fold(f32::NEG_INFINITY, f32::max);
        if max == f32::NEG_INFINITY {
            return Row::new(self.tiling.d);
        }
        let base = if self.algorithm == Algorithm::Naive { 0.0 } else { max };
        let weights: Vec<f32> = scores.iter().map(|s| p.round(exp_f32(p.round(s - base)))).collect();
        let sum = p.round(weights.iter().sum());
        let mut output = vec![0.0; self.tiling.d];
        for (c, w) in weights.iter().enumerate() {
            let share = p.round(w / sum);
            for (o, v) in output.iter_mut().zip(self.vector(&self.v, c)) {
                *o += share * v;
            }
        }
        // The weights are normalised already; times ℓ, the row reads as the online one does.
        output.iter_mut().for_each(|o| *o = p.round(*o) * sum);
        Row { max: base, sum, output }
    }

    /// The scaled score, minus infinity where the mask blocks.
    fn score(&self, r: usize, c: usize) -> f32 {
        if self.tiling.causal && c > r {
            return f32::NEG_INFINITY;
        }
        let product: f32 =
            self.vector(&self.q, r).iter().zip(self.vector(&self.k, c)).map(|(a, b)| a * b).sum();
        self.precision.round(product * standard_scale(self.tiling.d) as f32)
    }

    fn vector<'a>(&self, of: &'a [f32], index: usize) -> &'a [f32] {
        &of[index * self.tiling.d..(index + 1) * self.tiling.d]
    }

    /// Largest difference to the exact output; nothing where the row is not finite.
    fn error_of(&self, r: usize, row: &Row) -> Option<f64> {
        if row.sum == 0.0 && row.max == f32::NEG_INFINITY {
            // Every key is masked: the answer is zero.
            return Some(self.exact.output.row(r).iter().fold(0.0, |a, x| x.abs().max(a)));
        }
        let mut worst: f64 = 0.0;
        for (o, exact) in row.output.iter().zip(self.exact.output.row(r)) {
            let divided = self.precision.round(o / row.sum);
            if !divided.is_finite() {
                return None;
            }
            worst = worst.max((f64::from(divided) - exact).abs());
        }
        Some(worst)
    }

    /// What row `r` has gone through so far, one entry for each tile with keys that it may see.
    /// The standard algorithms know nothing before the whole row is stored: one entry, at its end.
    #[must_use]
    pub fn history(&self, r: usize) -> Vec<Glimpse> {
        let t = self.tiling;
        let i = r / t.br;
        if self.algorithm != Algorithm::Tiled {
            let course = self.errors[r].iter();
            return course.map(|_| self.glimpse(r, self.visible(r), None, &self.rows[r])).collect();
        }
        let absorbed = match self.next.0.cmp(&i) {
            core::cmp::Ordering::Less => 0,
            core::cmp::Ordering::Equal => self.next.1,
            core::cmp::Ordering::Greater => self.tiling.needed(i),
        };
        self.replay(r, absorbed)
    }

    /// What the online softmax of row `r` goes through over its whole length.
    #[must_use]
    pub fn online_course(&self, r: usize) -> Vec<Glimpse> {
        self.replay(r, self.tiling.needed(r / self.tiling.br))
    }

    fn replay(&self, r: usize, tiles: usize) -> Vec<Glimpse> {
        let visible = self.visible(r);
        let mut row = Row::new(self.tiling.d);
        let mut course = Vec::new();
        for columns in (0..tiles).map(|j| self.tiling.columns(j)).take_while(|c| c.start < visible) {
            let keys = columns.end.min(visible);
            let rescaled = self.absorb(r, columns, &mut row);
            course.push(self.glimpse(r, keys, rescaled, &row));
        }
        course
    }

    fn glimpse(&self, r: usize, keys: usize, rescaled: Option<f64>, row: &Row) -> Glimpse {
        let error = self.error_of(r, row).unwrap_or(f64::INFINITY);
        let first = row.output.first().map_or(0.0, |o| f64::from(*o));
        Glimpse { keys, max: f64::from(row.max), sum: f64::from(row.sum), rescaled, first, error }
    }

    /// Keys that row `r` may see.
    #[must_use]
    pub fn visible(&self, r: usize) -> usize {
        if self.tiling.causal { r + 1 } else { self.tiling.n }
    }

    /// Tiles that the algorithm computes in block row `i`: the standard ones mask, and skip none.
    fn visited_columns(&self, i: usize) -> usize {
        if self.algorithm == Algorithm::Tiled { self.tiling.needed(i) } else { self.tiling.block_columns() }
    }

    /// The tile that comes next, as (block row, block column).
    #[must_use]
    pub fn next_tile(&self) -> Option<(usize, usize)> {
        (!self.finished()).then_some(self.next)
    }

    /// The tile that was computed last.
    #[must_use]
    pub fn latest_tile(&self) -> Option<(usize, usize)> {
        self.latest
    }

    #[must_use]
    pub fn finished(&self) -> bool {
        self.next.0 >= self.tiling.block_rows()
    }

    #[must_use]
    pub fn algorithm(&self) -> Algorithm {
        self.algorithm
    }

    #[must_use]
    pub fn precision(&self) -> Precision {
        self.precision
    }

    #[must_use]
    pub fn tiling(&self) -> Tiling {
        self.tiling
    }

    /// Tiles done, and all that there are to do.
    #[must_use]
    pub fn progress(&self) -> (usize, usize) {
        (self.done, (0..self.tiling.block_rows()).map(|i| self.visited_columns(i)).sum())
    }

    /// Elements moved so far, by this algorithm and by the other at the same place of the grid.
    #[must_use]
    pub fn traffic(&self) -> Tally {
        self.traffic
    }

    /// Extra elements kept so far.
    #[must_use]
    pub fn storage(&self) -> Tally {
        self.storage
    }

    /// How often a tile raised the running maximum of a row that had one.
    #[must_use]
    pub fn rescales(&self) -> usize {
        self.rescales
    }

    /// Largest error of the finished rows with a finite result.
    #[must_use]
    pub fn worst_error(&self) -> Option<f64> {
        self.errors.iter().flatten().flatten().copied().reduce(f64::max)
    }

    /// Whether row `r` is finished and its result is no number.
    #[must_use]
    pub fn is_lost(&self, r: usize) -> bool {
        self.errors[r] == Some(None)
    }

    /// L = m + ln ℓ of a finished row.
    #[must_use]
    pub fn log_sum(&self, r: usize) -> Option<f64> {
        self.errors[r].flatten()?;
        Some(f64::from(self.rows[r].max) + ln(f64::from(self.rows[r].sum)))
    }

    /// The exact output and weights, in f64.
    #[must_use]
    pub fn exact(&self) -> &Attended {
        &self.exact
    }
}

impl Row {
    fn new(d: usize) -> Self {
        Self { max: f32::NEG_INFINITY, sum: 0.0, output: vec![0.0; d] }
    }
}
