use super::{Case, Kernel, Outputs, Tensor};
use tinkerable::models::contrast::{Contrast, Directions};
use tinkerable::models::diffusion::{Betas, Schedule};

pub const KERNELS: &[(&str, Kernel)] = &[("infonce", infonce), ("ddpm_schedule", ddpm_schedule)];

fn infonce(case: &Case) -> Outputs {
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

fn ddpm_schedule(case: &Case) -> Outputs {
    let ends = [case.number("beta_start")?, case.number("beta_end")?];
    let betas = match case.word("beta_schedule")? {
        "linear" => Betas::Linear(ends),
        "scaled_linear" => Betas::ScaledLinear(ends),
        "squaredcos_cap_v2" => Betas::SquaredCosine,
        other => return Err(format!("no schedule {other}")),
    };
    let schedule = Schedule::new(betas, case.whole("train_steps")?);
    let t = case.whole("t")?;
    let x = schedule.add_noise(&case.vector("x0")?, &case.vector("noise")?, t);
    let to = schedule.below(t, case.whole("inference_steps")?);
    let denoised = schedule.denoise(&x, &case.vector("eps_hat")?, t, to);
    Ok(vec![
        ("alphas_cumprod", Tensor::vector(schedule.alpha_bars().to_vec())),
        ("x_t", Tensor::vector(x)),
        ("x0_hat", Tensor::vector(denoised.x0_hat)),
        ("x_prev", Tensor::vector(denoised.x)),
    ])
}
