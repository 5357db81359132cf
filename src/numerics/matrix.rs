//! A small row-major matrix of f64.

use core::ops::{Index, IndexMut};

/// `rows` x `columns`, stored row after row.
#[derive(Clone, Debug, PartialEq)]
pub struct Matrix {
    rows: usize,
    columns: usize,
    data: Vec<f64>,
}

impl Matrix {
    /// All zeros.
    #[must_use]
    pub fn zeros(rows: usize, columns: usize) -> Self {
        Self { rows, columns, data: vec![0.0; rows * columns] }
    }

    /// Filled by `f(row, column)`, row by row: the order in which a random stream is drawn.
    pub fn from_fn(rows: usize, columns: usize, mut f: impl FnMut(usize, usize) -> f64) -> Self {
        let mut data = Vec::with_capacity(rows * columns);
        for r in 0..rows {
            for c in 0..columns {
                data.push(f(r, c));
            }
        }
        Self { rows, columns, data }
    }

    /// Takes `rows * columns` numbers in row-major order.
    ///
    /// # Panics
    /// If the length differs.
    #[must_use]
    pub fn from_vec(rows: usize, columns: usize, data: Vec<f64>) -> Self {
        assert_eq!(data.len(), rows * columns, "a {rows} x {columns} matrix");
        Self { rows, columns, data }
    }

    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    #[must_use]
    pub fn columns(&self) -> usize {
        self.columns
    }

    #[must_use]
    pub fn row(&self, r: usize) -> &[f64] {
        &self.data[r * self.columns..(r + 1) * self.columns]
    }

    pub fn row_mut(&mut self, r: usize) -> &mut [f64] {
        &mut self.data[r * self.columns..(r + 1) * self.columns]
    }

    /// Row-major numbers.
    #[must_use]
    pub fn as_slice(&self) -> &[f64] {
        &self.data
    }

    pub fn as_mut_slice(&mut self) -> &mut [f64] {
        &mut self.data
    }

    /// `self * x` for a column vector of length `columns`.
    #[must_use]
    pub fn times_vector(&self, x: &[f64]) -> Vec<f64> {
        (0..self.rows).map(|r| dot(self.row(r), x)).collect()
    }

    /// `self * other`.
    ///
    /// # Panics
    /// If the inner sizes differ.
    #[must_use]
    pub fn times(&self, other: &Self) -> Self {
        assert_eq!(self.columns, other.rows, "inner sizes of a product");
        let mut out = Self::zeros(self.rows, other.columns);
        for r in 0..self.rows {
            for (k, &a) in self.row(r).iter().enumerate() {
                for (o, &b) in out.row_mut(r).iter_mut().zip(other.row(k)) {
                    *o += a * b;
                }
            }
        }
        out
    }

    /// `self * other^T`: rows of one against rows of the other.
    ///
    /// # Panics
    /// If the row lengths differ.
    #[must_use]
    pub fn times_transposed(&self, other: &Self) -> Self {
        assert_eq!(self.columns, other.columns, "row lengths of a product with a transpose");
        Self::from_fn(self.rows, other.rows, |r, c| dot(self.row(r), other.row(c)))
    }

    #[must_use]
    pub fn transposed(&self) -> Self {
        Self::from_fn(self.columns, self.rows, |r, c| self[(c, r)])
    }
}

impl Index<(usize, usize)> for Matrix {
    type Output = f64;
    fn index(&self, (r, c): (usize, usize)) -> &f64 {
        debug_assert!(c < self.columns);
        &self.data[r * self.columns + c]
    }
}

impl IndexMut<(usize, usize)> for Matrix {
    fn index_mut(&mut self, (r, c): (usize, usize)) -> &mut f64 {
        debug_assert!(c < self.columns);
        &mut self.data[r * self.columns + c]
    }
}

/// Inner product, summed from the left.
#[must_use]
pub fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(x, y)| x * y).sum()
}

/// Euclidean length.
#[must_use]
pub fn norm(a: &[f64]) -> f64 {
    dot(a, a).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn products_agree_with_each_other() {
        let a = Matrix::from_vec(2, 3, vec![1.0, 2.0, 3.0, 4.0, 5.0, 6.0]);
        let b = Matrix::from_vec(3, 2, vec![7.0, 8.0, 9.0, 10.0, 11.0, 12.0]);
        let c = a.times(&b);
        assert_eq!(c.as_slice(), &[58.0, 64.0, 139.0, 154.0]);
        assert_eq!(a.times_transposed(&b.transposed()), c);
        assert_eq!(a.times_vector(&[1.0, 0.0, -1.0]), vec![-2.0, -2.0]);
        assert_eq!(norm(&[3.0, 4.0]), 5.0);
    }
}
