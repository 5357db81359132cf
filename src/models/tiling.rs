//! The grid of tiles over the n × n scores, and what each algorithm moves and keeps for them.
//!
//! References
//! - Dao et al. 2022, *FlashAttention*, arXiv:2205.14135, Algorithm 1 and Theorem 2: tiling needs
//!   Θ(n²d²/M) accesses to slow memory with M elements on the chip.
//! - Dao 2023, *FlashAttention-2*, arXiv:2307.08691 (queries in the outer loop).
//!
//! Glossary: `n` is the sequence length N, `d` the head dimension, `br` and `bc` are B_r and B_c.
//!
//! Shapes: tile (i, j) has the rows `rows(i)` and the columns `columns(j)`; the last are ragged.
//!
//! Departures: the standard algorithm is counted at its best, with every operand read once a
//! pass. The log-sums that the tiled one writes for the backward pass (n) are not counted as traffic.

use core::ops::Range;

/// The grid of tiles over the score matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Tiling {
    /// Sequence length.
    pub n: usize,
    /// Head dimension.
    pub d: usize,
    /// Rows of a tile, 1..=n.
    pub br: usize,
    /// Columns of a tile, 1..=n.
    pub bc: usize,
    pub causal: bool,
}

/// Elements that each of the two algorithms moves or keeps.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub standard: u64,
    pub tiled: u64,
}

impl Tiling {
    #[must_use]
    pub fn block_rows(&self) -> usize {
        self.n.div_ceil(self.br)
    }

    #[must_use]
    pub fn block_columns(&self) -> usize {
        self.n.div_ceil(self.bc)
    }

    /// The queries of block row `i`.
    #[must_use]
    pub fn rows(&self, i: usize) -> Range<usize> {
        i * self.br..((i + 1) * self.br).min(self.n)
    }

    /// The keys of block column `j`.
    #[must_use]
    pub fn columns(&self, j: usize) -> Range<usize> {
        j * self.bc..((j + 1) * self.bc).min(self.n)
    }

    /// Block columns that block row `i` needs: those right of them lie wholly above the diagonal.
    #[must_use]
    pub fn needed(&self, i: usize) -> usize {
        if self.causal { (self.rows(i).end - 1) / self.bc + 1 } else { self.block_columns() }
    }

    /// Tiles that the causal mask saves.
    #[must_use]
    pub fn skipped(&self) -> usize {
        (0..self.block_rows()).map(|i| self.block_columns() - self.needed(i)).sum()
    }

    /// Elements between slow memory and chip for one tile. Standard: the scores are written and
    /// read, the weights are written and read, and Q, K, V, O pass once. Tiled: K and V pass
    /// again for each block row, and nothing of the matrix passes.
    #[must_use]
    pub fn traffic(&self, i: usize, j: usize) -> Tally {
        let (rows, columns, d) = (self.rows(i).len() as u64, self.columns(j).len() as u64, self.d as u64);
        let mut tally = Tally { standard: 4 * rows * columns, tiled: 0 };
        if j == 0 {
            tally.standard += 2 * rows * d;
        }
        if i == 0 {
            tally.standard += 2 * columns * d;
        }
        if j < self.needed(i) {
            tally.tiled += 2 * columns * d + if j == 0 { 2 * rows * d } else { 0 };
        }
        tally
    }

    /// Elements beyond Q, K, V and O that stay in slow memory because of one tile: its scores, or
    /// m and ℓ of its rows.
    #[must_use]
    pub fn storage(&self, i: usize, j: usize) -> Tally {
        let (rows, columns) = (self.rows(i).len() as u64, self.columns(j).len() as u64);
        Tally { standard: rows * columns, tiled: if j == 0 { 2 * rows } else { 0 } }
    }

    /// Traffic of a whole pass: 4n² + 4nd against, without a mask, 2nd + 2nd⌈n/B_r⌉.
    #[must_use]
    pub fn total_traffic(&self) -> Tally {
        let mut total = Tally::default();
        for i in 0..self.block_rows() {
            for j in 0..self.block_columns() {
                total.add(self.traffic(i, j));
            }
        }
        total
    }

    /// Extra storage of a whole pass: n² against 2n.
    #[must_use]
    pub fn total_storage(&self) -> Tally {
        let n = self.n as u64;
        Tally { standard: n * n, tiled: 2 * n }
    }

    /// Elements that a tile needs on the chip: its Q, K, V, scores and O.
    #[must_use]
    pub fn on_chip(&self) -> u64 {
        (2 * self.br * self.d + 2 * self.bc * self.d + self.br * self.bc) as u64
    }
}

impl Tally {
    /// Adds to both.
    pub fn add(&mut self, other: Self) {
        self.standard += other.standard;
        self.tiled += other.tiled;
    }

    /// Tiled over standard.
    #[must_use]
    pub fn ratio(&self) -> f64 {
        self.tiled as f64 / self.standard.max(1) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Known result: n = 1024, d = 64, br = 64.
    #[test]
    fn the_traffic_of_the_paper_is_halved() {
        let tiling = Tiling { n: 1024, d: 64, br: 64, bc: 64, causal: false };
        let total = tiling.total_traffic();
        assert_eq!(total, Tally { standard: 4_456_448, tiled: 2_228_224 });
        assert!((total.ratio() - 0.5).abs() < 1e-15);
        assert_eq!(tiling.total_storage(), Tally { standard: 1_048_576, tiled: 2_048 });
        assert_eq!(tiling.on_chip(), 2 * 64 * 64 + 2 * 64 * 64 + 64 * 64);
    }
}
