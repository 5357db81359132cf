use super::{Case, Kernel, Outputs, Tensor};
use tinkerable::models::rouge::{Score, rouge_l, rouge_n};
use tinkerable::models::sampling::Warp;

pub const KERNELS: &[(&str, Kernel)] = &[("logits_warp", logits_warp), ("rouge_l", rouge)];

fn logits_warp(case: &Case) -> Outputs {
    let warp = Warp::PLAIN
        .with_repetition_penalty(case.number("repetition_penalty")?)?
        .with_temperature(case.number("temperature")?)?
        .with_top_k(case.whole("top_k")?)
        .with_top_p(case.number("top_p")?)?
        .with_min_p(case.number("min_p")?)?;
    let history: Vec<usize> = case.vector("history")?.into_iter().map(|token| token as usize).collect();
    let probabilities = warp.probabilities(&case.vector("logits")?, &history);
    let kept = probabilities.iter().map(|p| f64::from(*p > 0.0)).collect();
    Ok(vec![("probs", Tensor::vector(probabilities)), ("kept", Tensor::vector(kept))])
}

fn rouge(case: &Case) -> Outputs {
    let (target, prediction) = (case.text("target")?, case.text("prediction")?);
    let tensor = |s: Score| Tensor::vector(vec![s.precision, s.recall, s.f1]);
    Ok(vec![
        ("rouge_l", tensor(rouge_l(target, prediction))),
        ("rouge_1", tensor(rouge_n(target, prediction, 1))),
        ("rouge_2", tensor(rouge_n(target, prediction, 2))),
    ])
}
