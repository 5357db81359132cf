//! Linear systems: Gauss's elimination with the largest pivot of each column.

use super::matrix::Matrix;

/// A pivot below this part of the largest entry counts as zero.
const SMALLEST: f64 = 1e-13;

/// The x with a x = b, for a square `a`; `None` where it is singular to the precision of its numbers.
///
/// # Panics
/// If the sizes do not fit.
#[must_use]
pub fn solve(a: &Matrix, b: &[f64]) -> Option<Vec<f64>> {
    let n = a.rows();
    assert!(a.columns() == n && b.len() == n, "a square system");
    let mut rows: Vec<Vec<f64>> = (0..n).map(|r| a.row(r).to_vec()).collect();
    let mut x = b.to_vec();
    let largest = a.as_slice().iter().fold(0.0_f64, |most, value| most.max(value.abs()));
    for column in 0..n {
        let pivot = (column..n).max_by(|p, q| rows[*p][column].abs().total_cmp(&rows[*q][column].abs()))?;
        let size = rows[pivot][column].abs();
        if size.is_nan() || size <= SMALLEST * largest {
            return None;
        }
        rows.swap(column, pivot);
        x.swap(column, pivot);
        let (above, below) = rows.split_at_mut(column + 1);
        let head = &above[column];
        for (i, row) in below.iter_mut().enumerate() {
            let factor = row[column] / head[column];
            if factor != 0.0 {
                row[column..].iter_mut().zip(&head[column..]).for_each(|(x, h)| *x -= factor * h);
                x[column + 1 + i] -= factor * x[column];
            }
        }
    }
    for r in (0..n).rev() {
        let known: f64 = rows[r][r + 1..].iter().zip(&x[r + 1..]).map(|(a, x)| a * x).sum();
        x[r] = (x[r] - known) / rows[r][r];
    }
    Some(x)
}

/// α with (K + λ1) α = y, and λ: ten times more of it wherever that is singular (kernel ridge regression).
///
/// # Panics
/// If the sizes do not fit.
#[must_use]
pub fn ridge(gram: &Matrix, y: &[f64], mut lambda: f64) -> (Vec<f64>, f64) {
    let n = gram.rows();
    loop {
        let with = Matrix::from_fn(n, n, |i, j| gram[(i, j)] + if i == j { lambda } else { 0.0 });
        if let Some(alpha) = solve(&with, y) {
            return (alpha, lambda);
        }
        lambda *= 10.0;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Stream;

    #[test]
    fn a_solution_solves() {
        let mut s = Stream::new(1, "check");
        for n in [1, 2, 7, 40] {
            let a = Matrix::from_fn(n, n, |_, _| s.normal());
            let known: Vec<f64> = (0..n).map(|_| s.normal()).collect();
            let found = solve(&a, &a.times_vector(&known)).unwrap();
            assert!(found.iter().zip(&known).all(|(a, b)| (a - b).abs() < 1e-9), "{n}");
        }
        // The first pivot is zero.
        let a = Matrix::from_vec(2, 2, vec![0.0, 2.0, 3.0, 0.0]);
        assert_eq!(solve(&a, &[4.0, 9.0]), Some(vec![3.0, 2.0]));
    }

    #[test]
    fn a_ridge_grows_until_there_is_a_solution() {
        let (alpha, lambda) = ridge(&Matrix::from_fn(3, 3, |_, _| 1.0), &[4.0; 3], 1e-20);
        assert!(lambda > 1e-20 && (alpha.iter().sum::<f64>() - 4.0).abs() < 1e-2, "{alpha:?} {lambda}");
        assert_eq!(ridge(&Matrix::zeros(2, 2), &[1.0, 2.0], 0.5), (vec![2.0, 4.0], 0.5));
    }

    #[test]
    fn what_is_singular_has_none() {
        assert_eq!(solve(&Matrix::from_fn(3, 3, |_, _| 1.0), &[1.0; 3]), None);
        assert_eq!(solve(&Matrix::zeros(2, 2), &[1.0; 2]), None);
    }
}
