use super::{Case, Kernel, Tensor};
use tinkerable::models::rouge::{Score, rouge_l, rouge_n};

pub const KERNELS: &[(&str, Kernel)] = &[("rouge_l", rouge)];

fn rouge(case: &Case) -> Result<Vec<(&'static str, Tensor)>, String> {
    let (target, prediction) = (case.text("target")?, case.text("prediction")?);
    let tensor = |s: Score| Tensor::vector(vec![s.precision, s.recall, s.f1]);
    Ok(vec![
        ("rouge_l", tensor(rouge_l(target, prediction))),
        ("rouge_1", tensor(rouge_n(target, prediction, 1))),
        ("rouge_2", tensor(rouge_n(target, prediction, 2))),
    ])
}
