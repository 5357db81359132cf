//! A search that looks at a part: keys in cells around the centres of k-means, and of a question only the
//! nearest cells are searched (an inverted file).
//!
//! References: Jégou, Douze and Schmid 2011, *Product Quantization for Nearest Neighbor Search*, IEEE TPAMI
//! 33(1), 117–128 (section IV: the coarse quantiser and its inverted lists); Johnson, Douze and Jégou 2019,
//! *Billion-scale similarity search with GPUs*, IEEE Transactions on Big Data, arXiv:1702.08734 (FAISS,
//! `IndexIVFFlat`).
//!
//! Glossary: `cells`, FAISS's nlist; `probe`, how many of them are searched, its nprobe.
//!
//! Shapes: keys are [n, d], centres [cells, d]; the lists hold each of 0..n once.
//!
//! Departures: centres are learnt from all keys, from a start by k-means++ (FAISS: from a sample, from a random
//! start), and keys are searched as they are, not as short codes. A cell that holds no key is dropped.

use super::kmeans::{farness, lloyd, seeded};
use numerics::matrix::Matrix;
use numerics::random::Stream;
use numerics::statistics::place_of_largest;

/// Keys in cells.
#[derive(Clone, Debug)]
pub struct InvertedFile {
    centres: Matrix,
    /// The entries of each cell, rising.
    lists: Vec<Vec<usize>>,
}

impl InvertedFile {
    /// Sorts keys into as many cells, after so many iterations of k-means. Where keys are fewer, or some of
    /// them equal, there are fewer cells.
    #[must_use]
    pub fn new(keys: &Matrix, cells: usize, iterations: usize, stream: &mut Stream) -> Self {
        let cells = cells.min(keys.rows());
        if cells == 0 {
            return Self { centres: Matrix::zeros(0, keys.columns()), lists: Vec::new() };
        }
        let found = lloyd(keys, seeded(keys, cells, stream), iterations);
        let mut lists = vec![Vec::new(); cells];
        found.labels.iter().enumerate().for_each(|(entry, cell)| lists[*cell].push(entry));
        let full: Vec<usize> = (0..cells).filter(|c| !lists[*c].is_empty()).collect();
        let centres = full.iter().flat_map(|c| found.centres.row(*c)).copied().collect();
        lists.retain(|list| !list.is_empty());
        Self { centres: Matrix::from_vec(full.len(), keys.columns(), centres), lists }
    }

    #[must_use]
    pub fn cells(&self) -> usize {
        self.lists.len()
    }

    /// The entries of a cell.
    #[must_use]
    pub fn list(&self, cell: usize) -> &[usize] {
        &self.lists[cell]
    }

    /// All cells, that of the nearest centre first.
    #[must_use]
    pub fn order(&self, key: &[f64]) -> Vec<usize> {
        let far = farness(&Matrix::from_vec(1, key.len(), key.to_vec()), &self.centres);
        let mut nearness: Vec<f64> = far.as_slice().iter().map(|far| -far).collect();
        let next = |_| {
            let next = place_of_largest(&nearness);
            nearness[next] = f64::NEG_INFINITY;
            next
        };
        (0..self.cells()).map(next).collect()
    }

    /// The entries in the first `probe` cells of an order, rising.
    #[must_use]
    pub fn entries(&self, order: &[usize], probe: usize) -> Vec<usize> {
        let mut inside = vec![false; self.lists.iter().map(Vec::len).sum()];
        order.iter().take(probe).flat_map(|cell| self.list(*cell)).for_each(|entry| inside[*entry] = true);
        (0..inside.len()).filter(|entry| inside[*entry]).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn keys() -> Matrix {
        let mut stream = Stream::new(1, "keys");
        Matrix::from_fn(300, 4, |_, _| stream.normal())
    }

    #[test]
    fn each_key_is_in_one_cell_and_its_own_cell_comes_first() {
        let keys = keys();
        let file = InvertedFile::new(&keys, 16, 10, &mut Stream::new(1, "cells"));
        assert_eq!(file.cells(), 16);
        for i in 0..keys.rows() {
            let order = file.order(keys.row(i));
            assert!(file.list(order[0]).contains(&i), "{i}");
            assert_eq!(file.entries(&order, 16), (0..300).collect::<Vec<_>>());
        }
    }

    #[test]
    fn more_cells_hold_more_of_the_nearest() {
        let keys = keys();
        let file = InvertedFile::new(&keys, 16, 10, &mut Stream::new(1, "cells"));
        let mut questions = Stream::new(2, "questions");
        let mut found = [0; 17];
        for _ in 0..100 {
            let question: Vec<f64> = (0..4).map(|_| questions.normal()).collect();
            let far = farness(&Matrix::from_vec(1, 4, question.clone()), &keys);
            let nearest = (0..300).min_by(|a, b| far[(0, *a)].total_cmp(&far[(0, *b)])).unwrap();
            let order = file.order(&question);
            for (probe, found) in found.iter_mut().enumerate() {
                *found += usize::from(file.entries(&order, probe).contains(&nearest));
            }
        }
        assert!(found.windows(2).all(|w| w[0] <= w[1]));
        // A random part of a sixteenth would hold 6 of 100.
        assert!(found[0] == 0 && found[1] > 40 && found[1] < 100 && found[16] == 100, "{found:?}");
    }

    #[test]
    fn few_or_equal_keys_make_few_cells() {
        let alike = Matrix::from_fn(10, 2, |i, _| (i % 3) as f64);
        let file = InvertedFile::new(&alike, 8, 5, &mut Stream::new(1, "cells"));
        assert_eq!(file.cells(), 3);
        let none = InvertedFile::new(&Matrix::zeros(0, 2), 8, 5, &mut Stream::new(1, "cells"));
        assert!(none.cells() == 0 && none.order(&[0.0, 0.0]).is_empty());
    }
}
