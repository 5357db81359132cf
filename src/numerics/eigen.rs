//! Eigenvalues and eigenvectors of symmetric matrices, by rotations (Jacobi 1846).

use super::matrix::Matrix;

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
        let vector = vectors.row(*i);
        let largest =
            vector.iter().copied().fold(0.0, |most: f64, x| if x.abs() > most.abs() { x } else { most });
        let sign = if largest < 0.0 { -1.0 } else { 1.0 };
        sorted.row_mut(row).iter_mut().zip(vector).for_each(|(to, x)| *to = sign * x);
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::matrix::{dot, singular_values};
    use crate::random::Stream;

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
}
