use super::{Case, Kernel, Outputs, Tensor};
use tinkerable::models::forgetting::{Anchor, penalty, penalty_gradient};

pub const KERNELS: &[(&str, Kernel)] = &[("ewc_penalty", ewc_penalty)];

fn ewc_penalty(case: &Case) -> Outputs {
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
