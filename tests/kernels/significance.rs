use super::{Case, Kernel, Outputs, Tensor};
use tinkerable::models::significance;

pub const KERNELS: &[(&str, Kernel)] = &[("welch_t", welch)];

fn welch(case: &Case) -> Outputs {
    let outcome =
        significance::welch(&case.vector("a")?, &case.vector("b")?).ok_or("identical runs, no test")?;
    Ok(vec![
        ("t", Tensor::number(outcome.t())),
        ("df", Tensor::number(outcome.df)),
        ("p", Tensor::number(outcome.p())),
        ("ci95", Tensor::vector(outcome.interval().to_vec())),
    ])
}
