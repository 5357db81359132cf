//! Averages and medians of what clients send, against Flower.

use super::{Case, Kernel, Outputs, Tensor};
use tinkerable::models::federated::{average, median};
use tinkerable::numerics::matrix::Matrix;

pub const KERNELS: &[(&str, Kernel)] = &[("fedavg", fedavg)];

fn fedavg(case: &Case) -> Outputs {
    let (weights, biases) = (case.matrices("w")?, case.matrix("b")?);
    let examples = case.vector("n")?;
    let Some(first) = weights.first() else { return Err("no client".to_owned()) };
    let (rows, columns) = (first.rows(), first.columns());
    let arrays: Vec<&[f64]> = weights.iter().map(Matrix::as_slice).collect();
    let own: Vec<&[f64]> = (0..biases.rows()).map(|client| biases.row(client)).collect();
    let shaped = |numbers: Vec<f64>| Tensor::matrix(&Matrix::from_vec(rows, columns, numbers));
    Ok(vec![
        ("w", shaped(average(&arrays, &examples))),
        ("b", Tensor::vector(average(&own, &examples))),
        ("median_w", shaped(median(&arrays))),
    ])
}
