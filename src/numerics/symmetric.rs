//! Symmetric matrices: Cholesky's factor, all eigenvectors by Jacobi's rotations, and the leading ones by
//! subspace iteration (Golub and Van Loan, *Matrix Computations*, chapters 4 and 8).

use super::matrix::{Matrix, dot, norm};
use super::random::Stream;

/// The lower factor L of a positive definite matrix L Lᵀ.
#[derive(Clone, Debug)]
pub struct Cholesky {
    factor: Matrix,
}

impl Cholesky {
    /// Of a matrix that is given by its lower triangle; none where it is not positive definite.
    #[must_use]
    pub fn new(a: &Matrix) -> Option<Self> {
        let n = a.rows();
        let mut factor = Matrix::zeros(n, n);
        for i in 0..n {
            for j in 0..=i {
                let rest = a[(i, j)] - dot(&factor.row(i)[..j], &factor.row(j)[..j]);
                if i > j {
                    factor[(i, j)] = rest / factor[(j, j)];
                } else if rest > 0.0 {
                    factor[(i, i)] = rest.sqrt();
                } else {
                    return None;
                }
            }
        }
        Some(Self { factor })
    }

    /// Solves for one right-hand side, in place.
    pub fn solve(&self, b: &mut [f64]) {
        for i in 0..b.len() {
            let row = self.factor.row(i);
            b[i] = (b[i] - dot(&row[..i], &b[..i])) / row[i];
        }
        for i in (0..b.len()).rev() {
            let row = self.factor.row(i);
            b[i] /= row[i];
            let x = b[i];
            b[..i].iter_mut().zip(row).for_each(|(b, l)| *b -= l * x);
        }
    }
}

/// Eigenvalues, largest first, and their unit vectors, one a row, each with its largest entry positive.
#[derive(Clone, Debug)]
pub struct Eigen {
    pub values: Vec<f64>,
    pub vectors: Matrix,
}

/// All of them, by Jacobi's rotations.
#[must_use]
pub fn eigen(a: &Matrix) -> Eigen {
    let n = a.rows();
    let (mut a, mut vectors) = (a.clone(), Matrix::from_fn(n, n, |r, c| f64::from(u8::from(r == c))));
    let size = norm(a.as_slice());
    for _ in 0..60 {
        let mut off = 0.0;
        for p in 0..n {
            for q in p + 1..n {
                off += a[(p, q)] * a[(p, q)];
            }
        }
        if off.sqrt() <= 1e-15 * size {
            break;
        }
        for p in 0..n {
            for q in p + 1..n {
                rotate(&mut a, &mut vectors, p, q);
            }
        }
    }
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|i, j| a[(*j, *j)].total_cmp(&a[(*i, *i)]));
    let mut sorted = Matrix::from_fn(n, n, |r, c| vectors[(order[r], c)]);
    (0..n).for_each(|r| point_up(sorted.row_mut(r)));
    Eigen { values: order.iter().map(|i| a[(*i, *i)]).collect(), vectors: sorted }
}

/// Turns rows and columns p and q so that their common entry becomes zero.
fn rotate(a: &mut Matrix, vectors: &mut Matrix, p: usize, q: usize) {
    let off = a[(p, q)];
    if off == 0.0 {
        return;
    }
    let ratio = 0.5 * (a[(q, q)] - a[(p, p)]) / off;
    let sign = if ratio < 0.0 { -1.0 } else { 1.0 };
    let tangent = sign / (ratio.abs() + (ratio * ratio + 1.0).sqrt());
    let cosine = 1.0 / (tangent * tangent + 1.0).sqrt();
    let sine = tangent * cosine;
    for k in 0..a.rows() {
        let (x, y) = (a[(k, p)], a[(k, q)]);
        a[(k, p)] = cosine * x - sine * y;
        a[(k, q)] = sine * x + cosine * y;
    }
    for k in 0..a.rows() {
        let (x, y) = (a[(p, k)], a[(q, k)]);
        a[(p, k)] = cosine * x - sine * y;
        a[(q, k)] = sine * x + cosine * y;
        let (x, y) = (vectors[(p, k)], vectors[(q, k)]);
        vectors[(p, k)] = cosine * x - sine * y;
        vectors[(q, k)] = sine * x + cosine * y;
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

/// The `k` of the largest values of a positive semidefinite matrix.
///
/// # Panics
/// If there are fewer than `k`.
#[must_use]
pub fn leading(a: &Matrix, k: usize) -> Eigen {
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
        let inner = eigen(&image.times_transposed(&basis));
        basis = inner.vectors.times(&basis);
        let image = inner.vectors.times(&image);
        let off = (0..k).map(|i| {
            let rest = image.row(i).iter().zip(basis.row(i)).map(|(y, x)| y - inner.values[i] * x);
            rest.map(|r| r * r).sum::<f64>().sqrt()
        });
        if off.fold(0.0, f64::max) <= 1e-11 * inner.values[0].abs() {
            return first(&inner.values, &basis, k);
        }
    }
    let image = basis.times(a);
    let values: Vec<f64> = (0..width).map(|i| dot(image.row(i), basis.row(i))).collect();
    first(&values, &basis, k)
}

fn first(values: &[f64], basis: &Matrix, k: usize) -> Eigen {
    let mut vectors = Matrix::from_fn(k, basis.columns(), |r, c| basis[(r, c)]);
    (0..k).for_each(|r| point_up(vectors.row_mut(r)));
    Eigen { values: values[..k].to_vec(), vectors }
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

    fn example(n: usize) -> Matrix {
        let mut s = Stream::new(5, "example");
        let x = Matrix::from_fn(3 * n, n, |_, c| s.normal() / (1.0 + c as f64));
        x.transposed_times(&x)
    }

    #[test]
    fn cholesky_solves_what_it_factors() {
        let a = example(9);
        let wanted: Vec<f64> = (0..9).map(|i| f64::from(i) - 3.5).collect();
        let mut b = a.times_vector(&wanted);
        Cholesky::new(&a).unwrap().solve(&mut b);
        assert!(b.iter().zip(&wanted).all(|(x, y)| (x - y).abs() < 1e-9), "{b:?}");
        assert!(Cholesky::new(&Matrix::from_vec(2, 2, vec![1.0, 0.0, 2.0, 1.0])).is_none());
    }

    #[test]
    fn eigenvectors_are_turned_into_multiples_of_themselves() {
        let a = example(12);
        for Eigen { values, vectors } in [eigen(&a), leading(&a, 5), leading(&a, 12)] {
            assert!(values.windows(2).all(|w| w[0] >= w[1]));
            for (r, value) in values.iter().enumerate() {
                let image = a.times_vector(vectors.row(r));
                let off = image.iter().zip(vectors.row(r)).map(|(y, x)| (y - value * x).abs());
                assert!(off.fold(0.0, f64::max) < 1e-8 * values[0]);
                assert!((norm(vectors.row(r)) - 1.0).abs() < 1e-12);
            }
        }
    }

    #[test]
    fn a_matrix_of_low_rank_has_zeros_at_the_end() {
        let a = Matrix::from_fn(6, 6, |r, c| (r + 1) as f64 * (c + 1) as f64);
        let found = leading(&a, 3);
        assert!((found.values[0] - 91.0).abs() < 1e-9 && found.values[2].abs() < 1e-9, "{:?}", found.values);
    }
}
