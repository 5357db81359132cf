//! Eigenvalues and eigenvectors of symmetric matrices: all of them by rotations (Jacobi 1846), the largest
//! by subspace iteration (Golub and Van Loan, *Matrix Computations*, chapter 8).

use super::matrix::{Matrix, dot, norm};
use super::random::Stream;

/// Eigenvalues, largest first, and a row for the unit eigenvector of each; its largest entry in size is
/// positive, so that signs are no matter of chance.
///
/// # Panics
/// If the matrix is not square.
#[must_use]
pub fn symmetric(a: &Matrix) -> (Vec<f64>, Matrix) {
    let n = a.rows();
    assert_eq!(n, a.columns(), "a square matrix");
    let mut a = a.clone();
    let mut vectors = Matrix::from_fn(n, n, |r, c| f64::from(u8::from(r == c)));
    let size: f64 = a.as_slice().iter().map(|x| x * x).sum();
    for _ in 0..60 {
        let mut rest = 0.0;
        for p in 0..n {
            for q in p + 1..n {
                rest += a[(p, q)] * a[(p, q)];
                rotate(&mut a, &mut vectors, p, q);
            }
        }
        if rest <= 1e-28 * size {
            break;
        }
    }
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|i, j| a[(*j, *j)].total_cmp(&a[(*i, *i)]));
    let mut sorted = Matrix::zeros(n, n);
    for (row, i) in order.iter().enumerate() {
        sorted.row_mut(row).copy_from_slice(vectors.row(*i));
        point_up(sorted.row_mut(row));
    }
    (order.iter().map(|i| a[(*i, *i)]).collect(), sorted)
}

/// Turns axes p and q so that nothing is left between them.
fn rotate(a: &mut Matrix, vectors: &mut Matrix, p: usize, q: usize) {
    if a[(p, q)] == 0.0 {
        return;
    }
    let theta = (a[(q, q)] - a[(p, p)]) / (2.0 * a[(p, q)]);
    let t = theta.signum() / (theta.abs() + (1.0 + theta * theta).sqrt());
    let c = 1.0 / (1.0 + t * t).sqrt();
    let s = c * t;
    for i in 0..a.rows() {
        let (x, y) = (a[(i, p)], a[(i, q)]);
        (a[(i, p)], a[(i, q)]) = (c * x - s * y, s * x + c * y);
    }
    for i in 0..a.rows() {
        let (x, y) = (a[(p, i)], a[(q, i)]);
        (a[(p, i)], a[(q, i)]) = (c * x - s * y, s * x + c * y);
        let (x, y) = (vectors[(p, i)], vectors[(q, i)]);
        (vectors[(p, i)], vectors[(q, i)]) = (c * x - s * y, s * x + c * y);
    }
}

/// The sign of an eigenvector is free: its largest entry is positive.
fn point_up(vector: &mut [f64]) {
    let largest = vector.iter().fold(0.0f64, |most, x| if x.abs() > most.abs() { *x } else { most });
    if largest < 0.0 {
        vector.iter_mut().for_each(|x| *x = -*x);
    }
}

/// Directions that are carried along beside those asked for: the iteration converges with the ratio of
/// the first one that is left out.
const GUARD: usize = 8;

/// The `k` largest eigenvalues of a positive semidefinite matrix, and their vectors, as [`symmetric`] gives
/// them.
///
/// # Panics
/// If there are fewer than `k`.
#[must_use]
pub fn leading(a: &Matrix, k: usize) -> (Vec<f64>, Matrix) {
    let n = a.rows();
    assert!(k <= n, "{k} of {n} eigenvectors");
    let width = n.min(k + GUARD);
    let mut start = Stream::new(0, "subspace");
    let mut basis = Matrix::from_fn(width, n, |_, _| start.normal());
    orthonormalise(&mut basis);
    for _ in 0..60 {
        for _ in 0..4 {
            basis = basis.times(a);
            orthonormalise(&mut basis);
        }
        // Rayleigh and Ritz: the best vectors inside the subspace.
        let image = basis.times(a);
        let (values, turn) = symmetric(&image.times_transposed(&basis));
        basis = turn.times(&basis);
        let image = turn.times(&image);
        let off = (0..k).map(|i| {
            let rest = image.row(i).iter().zip(basis.row(i)).map(|(y, x)| y - values[i] * x);
            rest.map(|r| r * r).sum::<f64>().sqrt()
        });
        if off.fold(0.0, f64::max) <= 1e-11 * values[0].abs() {
            return first(&values, &basis, k);
        }
    }
    let image = basis.times(a);
    let values: Vec<f64> = (0..width).map(|i| dot(image.row(i), basis.row(i))).collect();
    first(&values, &basis, k)
}

fn first(values: &[f64], basis: &Matrix, k: usize) -> (Vec<f64>, Matrix) {
    let mut vectors = Matrix::from_fn(k, basis.columns(), |r, c| basis[(r, c)]);
    (0..k).for_each(|r| point_up(vectors.row_mut(r)));
    (values[..k].to_vec(), vectors)
}

/// Gram and Schmidt, twice over; a row that the others span becomes zero.
fn orthonormalise(rows: &mut Matrix) {
    for i in 0..rows.rows() {
        let before = norm(rows.row(i));
        for _ in 0..2 {
            for j in 0..i {
                let other = rows.row(j).to_vec();
                let along = dot(rows.row(i), &other);
                rows.row_mut(i).iter_mut().zip(&other).for_each(|(x, o)| *x -= along * o);
            }
        }
        let length = norm(rows.row(i));
        let scale = if length > 1e-300 && length > 1e-18 * before { 1.0 / length } else { 0.0 };
        rows.row_mut(i).iter_mut().for_each(|x| *x *= scale);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matrix::singular_values;

    #[test]
    fn a_matrix_is_put_together_again() {
        for n in [1, 2, 5, 24] {
            let mut b = Matrix::zeros(n, n + 3);
            Stream::new(1, "entries").fill_normal(b.as_mut_slice());
            let a = b.times_transposed(&b);
            let (values, vectors) = symmetric(&a);
            for i in 0..n {
                for j in 0..n {
                    let sum: f64 = (0..n).map(|k| values[k] * vectors[(k, i)] * vectors[(k, j)]).sum();
                    assert!((sum - a[(i, j)]).abs() < 1e-9 * n as f64);
                    let unit = f64::from(u8::from(i == j));
                    assert!((dot(vectors.row(i), vectors.row(j)) - unit).abs() < 1e-12);
                }
            }
            for (value, singular) in values.iter().zip(singular_values(&b.transposed())) {
                assert!((value - singular * singular).abs() < 1e-9 * values[0]);
            }
        }
    }

    #[test]
    fn signs_are_no_matter_of_chance() {
        let (values, vectors) = symmetric(&Matrix::from_vec(2, 2, vec![1.0, -2.0, -2.0, 4.0]));
        assert!((values[0] - 5.0).abs() < 1e-12 && values[1].abs() < 1e-12);
        assert!(vectors[(0, 1)] > 0.0 && vectors[(0, 0)] < 0.0 && vectors[(1, 0)] > 0.0);
    }

    #[test]
    fn the_largest_are_those_of_all() {
        let mut b = Matrix::zeros(36, 12);
        Stream::new(5, "entries").fill_normal(b.as_mut_slice());
        let a = Matrix::from_fn(36, 12, |r, c| b[(r, c)] / (1.0 + c as f64));
        let a = a.transposed_times(&a);
        let (all, vectors) = symmetric(&a);
        for k in [1, 5, 12] {
            let (values, found) = leading(&a, k);
            for r in 0..k {
                assert!((values[r] - all[r]).abs() < 1e-10 * all[0]);
                assert!(found.row(r).iter().zip(vectors.row(r)).all(|(x, y)| (x - y).abs() < 1e-7));
            }
        }
    }

    #[test]
    fn a_matrix_of_low_rank_has_zeros_at_the_end() {
        let a = Matrix::from_fn(6, 6, |r, c| (r + 1) as f64 * (c + 1) as f64);
        let (values, _) = leading(&a, 3);
        assert!((values[0] - 91.0).abs() < 1e-9 && values[2].abs() < 1e-9, "{values:?}");
    }
}
