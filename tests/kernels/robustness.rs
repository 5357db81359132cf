//! Attacks on a classifier, against CleverHans.

use super::{Case, Kernel, Tensor};
use tinkerable::models::adversarial::{Classifier, Norm};
use tinkerable::models::mlp::{Activation, Mlp};

pub const KERNELS: &[(&str, Kernel)] = &[("fgsm", fgsm)];

fn fgsm(case: &Case) -> Result<Vec<(&'static str, Tensor)>, String> {
    let activation = match case.word("activation")? {
        "tanh" => Activation::Tanh,
        "relu" => Activation::Relu,
        other => return Err(format!("activation {other} is not known")),
    };
    let by = match case.word("norm")? {
        "inf" => Norm::Largest,
        "l2" => Norm::Euclidean,
        other => return Err(format!("norm {other} is not known")),
    };
    let (w1, w2) = (case.matrix("w1")?, case.matrix("w2")?);
    let (b1, b2) = (case.vector("b1")?, case.vector("b2")?);
    let classifier = Classifier::new(Mlp { w1, b1, w2, b2, activation }, 0.0);
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
