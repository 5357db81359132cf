//! Normalisation: over a row (layer), over a row without its mean (RMS), over a column (batch).
//!
//! References: Ba et al. 2016, arXiv:1607.06450; Zhang and Sennrich 2019, arXiv:1910.07467; Ioffe and
//! Szegedy 2015, arXiv:1502.03167. Conventions are PyTorch's: variances divide by n, and `epsilon`
//! stands inside the root.

use numerics::matrix::Matrix;
use numerics::statistics::mean;

/// (x − mean) / √(variance + ε) · weight + bias.
fn standardised(xs: &[f64], epsilon: f64) -> Vec<f64> {
    let centre = mean(xs);
    let variance = mean(&xs.iter().map(|x| (x - centre) * (x - centre)).collect::<Vec<_>>());
    let scale = 1.0 / (variance + epsilon).sqrt();
    xs.iter().map(|x| (x - centre) * scale).collect()
}

/// Layer normalisation of each row; `weight` and `bias` have a number for each column.
#[must_use]
pub fn layer(x: &Matrix, weight: &[f64], bias: &[f64], epsilon: f64) -> Matrix {
    let rows: Vec<Vec<f64>> = (0..x.rows()).map(|r| standardised(x.row(r), epsilon)).collect();
    Matrix::from_fn(x.rows(), x.columns(), |r, c| rows[r][c] * weight[c] + bias[c])
}

/// Root-mean-square normalisation of each row: no mean is taken away, no bias added.
#[must_use]
pub fn rms(x: &Matrix, weight: &[f64], epsilon: f64) -> Matrix {
    Matrix::from_fn(x.rows(), x.columns(), |r, c| {
        let square = mean(&x.row(r).iter().map(|v| v * v).collect::<Vec<_>>());
        x[(r, c)] / (square + epsilon).sqrt() * weight[c]
    })
}

/// Batch normalisation of each column over the rows, as in training.
#[must_use]
pub fn batch(x: &Matrix, weight: &[f64], bias: &[f64], epsilon: f64) -> Matrix {
    let across = x.transposed();
    let columns: Vec<Vec<f64>> = (0..across.rows()).map(|c| standardised(across.row(c), epsilon)).collect();
    Matrix::from_fn(x.rows(), x.columns(), |r, c| columns[c][r] * weight[c] + bias[c])
}
