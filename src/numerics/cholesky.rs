//! Cholesky's factor of a symmetric matrix, and the linear systems that it solves (Golub and Van Loan,
//! *Matrix Computations*, chapter 4).

use super::elementary::ln;
use super::matrix::{Matrix, dot};

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

    /// Solves L v = b, in place: v · v is then b · A⁻¹ b.
    pub fn solve_lower(&self, b: &mut [f64]) {
        for i in 0..b.len() {
            let row = self.factor.row(i);
            b[i] = (b[i] - dot(&row[..i], &b[..i])) / row[i];
        }
    }

    /// ln of the determinant of L Lᵀ.
    #[must_use]
    pub fn log_determinant(&self) -> f64 {
        2.0 * (0..self.factor.rows()).map(|i| ln(self.factor[(i, i)])).sum::<f64>()
    }

    /// Solves for one right-hand side, in place.
    pub fn solve(&self, b: &mut [f64]) {
        self.solve_lower(b);
        for i in (0..b.len()).rev() {
            let row = self.factor.row(i);
            b[i] /= row[i];
            let x = b[i];
            b[..i].iter_mut().zip(row).for_each(|(b, l)| *b -= l * x);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Stream;

    #[test]
    fn what_is_factored_is_solved() {
        let mut b = Matrix::zeros(9, 12);
        Stream::new(5, "example").fill_normal(b.as_mut_slice());
        let a = b.times_transposed(&b);
        let wanted: Vec<f64> = (0..9).map(|i| f64::from(i) - 3.5).collect();
        let mut right = a.times_vector(&wanted);
        Cholesky::new(&a).unwrap().solve(&mut right);
        assert!(right.iter().zip(&wanted).all(|(x, y)| (x - y).abs() < 1e-9), "{right:?}");
    }

    #[test]
    fn half_a_solution_and_the_determinant_are_those_of_the_matrix() {
        // L = [[2, 0], [1, 3]].
        let factored = Cholesky::new(&Matrix::from_vec(2, 2, vec![4.0, 2.0, 2.0, 10.0])).unwrap();
        let mut b = [2.0, 7.0];
        factored.solve_lower(&mut b);
        assert_eq!(b, [1.0, 2.0]);
        assert!((factored.log_determinant() - ln(36.0)).abs() < 1e-12);
    }

    #[test]
    fn a_matrix_that_is_not_positive_definite_has_no_factor() {
        assert!(Cholesky::new(&Matrix::from_vec(2, 2, vec![1.0, 0.0, 2.0, 1.0])).is_none());
    }
}
