//! What a network looks at: features against dictionary-learning, attributions against captum.

use super::{Case, Kernel, Outputs, Tensor};
use tinkerable::models::attribution::{Rule, integrated_gradients};
use tinkerable::models::sparse_autoencoder::{Dictionary, Rein};
use tinkerable::numerics::matrix::Matrix;

pub const KERNELS: &[(&str, Kernel)] = &[("integrated_gradients", attributions), ("sae_topk", sae_topk)];

fn attributions(case: &Case) -> Outputs {
    let rule = match case.word("method")? {
        "riemann_middle" => Rule::Midpoint,
        "riemann_trapezoid" => Rule::Trapezoid,
        "gausslegendre" => Rule::GaussLegendre,
        other => return Err(format!("method {other} is not known")),
    };
    let (mlp, x, base) = (case.mlp()?, case.vector("x")?, case.vector("baseline")?);
    let target = case.whole("target")?;
    let mut of = vec![0.0; mlp.w2.rows()];
    *of.get_mut(target).ok_or_else(|| format!("no class {target}"))? = 1.0;
    let found = integrated_gradients(&mlp, &x, &base, &of, &rule.places(case.whole("steps")?));
    let logits = mlp.forward(&Matrix::from_vec(2, x.len(), [&*x, &*base].concat())).1;
    let delta = found.iter().sum::<f64>() - (logits[(0, target)] - logits[(1, target)]);
    Ok(vec![("attributions", Tensor::vector(found)), ("delta", Tensor::number(delta))])
}

fn sae_topk(case: &Case) -> Outputs {
    let dictionary = Dictionary {
        encoder: case.matrix("w_enc")?,
        bias: case.vector("b_enc")?,
        decoder: case.matrix("w_dec")?.transposed(),
        centre: case.vector("b_dec")?,
    };
    let rein = Rein::TopK(case.whole("k")?);
    let x = case.matrix("x")?;
    let codes: Vec<Vec<f64>> = (0..x.rows()).map(|r| dictionary.encode(x.row(r), rein)).collect();
    let back: Vec<Vec<f64>> = codes.iter().map(|code| dictionary.decode(code)).collect();
    let squares =
        |(r, y): (usize, &Vec<f64>)| x.row(r).iter().zip(y).map(|(x, y)| (x - y) * (x - y)).sum::<f64>();
    let mse = back.iter().enumerate().map(squares).sum::<f64>() / x.rows() as f64;
    let active = codes.iter().map(|code| code.iter().filter(|a| **a > 0.0).count() as f64).collect();
    let stack =
        |rows: &[Vec<f64>]| Tensor::matrix(&Matrix::from_vec(rows.len(), rows[0].len(), rows.concat()));
    Ok(vec![
        ("features", stack(&codes)),
        ("x_hat", stack(&back)),
        ("l0", Tensor { shape: vec![x.rows()], data: active, whole: true }),
        ("mse", Tensor::number(mse)),
    ])
}
