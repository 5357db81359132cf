use super::{Case, Kernel, Tensor};
use tinkerable::models::contrast::{Contrast, Directions};

pub const KERNELS: &[(&str, Kernel)] = &[("infonce", infonce)];

fn infonce(case: &Case) -> Result<Vec<(&'static str, Tensor)>, String> {
    let [text, image] = [case.matrix("text")?, case.matrix("image")?].map(Directions::of);
    let contrast = Contrast::new(&text.rows, &image.rows, case.number("logit_scale")?);
    Ok(vec![
        ("logits_per_text", Tensor::matrix(&contrast.logits)),
        ("loss_text", Tensor::number(contrast.rows)),
        ("loss_image", Tensor::number(contrast.columns)),
        ("loss", Tensor::number(contrast.loss())),
        ("grad_text", Tensor::matrix(&text.back(&contrast.u))),
        ("grad_image", Tensor::matrix(&image.back(&contrast.v))),
    ])
}
