//! Attacks on a classifier, against CleverHans.

use super::{Case, Kernel, Outputs, Tensor};
use tinkerable::models::adversarial::{Classifier, Norm};

pub const KERNELS: &[(&str, Kernel)] = &[("fgsm", fgsm)];

fn fgsm(case: &Case) -> Outputs {
    let by = match case.word("norm")? {
        "inf" => Norm::Largest,
        "l2" => Norm::Euclidean,
        other => return Err(format!("norm {other} is not known")),
    };
    let classifier = Classifier::new(case.mlp()?, 0.0);
    let x = case.matrix("x")?;
    let classes: Vec<usize> = case.vector("y")?.iter().map(|y| *y as usize).collect();
    let range = case.flag("clip")?.then_some([case.number("clip_min")?, case.number("clip_max")?]);
    let size = case.number("eps")? * if case.flag("targeted")? { -1.0 } else { 1.0 };
    let (loss, slopes) = classifier.slopes(&x, &classes);
    let changed = classifier.fast_gradient(&x, &classes, size, by, range);
    Ok(vec![
        ("loss", Tensor::number(loss)),
        ("grad", Tensor::matrix(&slopes)),
        ("x_adv", Tensor::matrix(&changed)),
    ])
}
