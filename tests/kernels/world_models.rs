use super::{Case, Kernel, Tensor};
use tinkerable::models::forgetting::{Anchor, penalty, penalty_gradient};
use tinkerable::numerics::matrix::Matrix;
use tinkerable::numerics::symmetric::leading;

pub const KERNELS: &[(&str, Kernel)] = &[("ewc_penalty", ewc_penalty), ("pca", pca)];

fn ewc_penalty(case: &Case) -> Result<Vec<(&'static str, Tensor)>, String> {
    let (star, importance) = (case.matrix("star")?, case.matrix("importance")?);
    let anchors: Vec<Anchor> = (0..star.rows())
        .map(|t| Anchor { star: star.row(t).to_vec(), importance: importance.row(t).to_vec() })
        .collect();
    let theta = case.vector("theta")?;
    let lambda = case.number("ewc_lambda")?;
    // The library leaves out the paper's factor 1/2: its strength is twice the paper's.
    Ok(vec![
        ("penalty", Tensor::number(penalty(&theta, &anchors, 2.0 * lambda))),
        ("penalty_half", Tensor::number(penalty(&theta, &anchors, lambda))),
        ("grad", Tensor::vector(penalty_gradient(&theta, &anchors, 2.0 * lambda))),
    ])
}

fn pca(case: &Case) -> Result<Vec<(&'static str, Tensor)>, String> {
    let (x, k) = (case.matrix("x")?, case.whole("k")?);
    let (rows, columns) = (x.rows(), x.columns());
    let mean: Vec<f64> =
        (0..columns).map(|c| (0..rows).map(|r| x[(r, c)]).sum::<f64>() / rows as f64).collect();
    let centred = Matrix::from_fn(rows, columns, |r, c| x[(r, c)] - mean[c]);
    let products = centred.transposed_times(&centred);
    let covariance = Matrix::from_fn(columns, columns, |r, c| products[(r, c)] / (rows as f64 - 1.0));
    let total: f64 = (0..columns).map(|c| covariance[(c, c)]).sum();
    let found = leading(&covariance, k);
    let projector = found.vectors.transposed_times(&found.vectors);
    let kept = centred.times(&projector);
    let reconstruction = Matrix::from_fn(rows, columns, |r, c| kept[(r, c)] + mean[c]);
    Ok(vec![
        ("mean", Tensor::vector(mean)),
        ("explained_variance_ratio", Tensor::vector(found.values.iter().map(|v| v / total).collect())),
        ("explained_variance", Tensor::vector(found.values)),
        ("projector", Tensor::matrix(&projector)),
        ("reconstruction", Tensor::matrix(&reconstruction)),
    ])
}
