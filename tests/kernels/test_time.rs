use super::{Case, Kernel, Outputs, Tensor};
use tinkerable::models::votes;

pub const KERNELS: &[(&str, Kernel)] = &[("pass_at_k", pass_at_k)];

fn pass_at_k(case: &Case) -> Outputs {
    let (n, right) = (case.vector("n")?, case.vector("c")?);
    let k = case.whole("k")?;
    let each: Vec<f64> =
        n.iter().zip(&right).map(|(n, c)| votes::pass_at_k(*n as usize, *c as usize, k)).collect();
    let mean = each.iter().sum::<f64>() / each.len() as f64;
    Ok(vec![("per_problem", Tensor::vector(each)), ("mean", Tensor::number(mean))])
}
