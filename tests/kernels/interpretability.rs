use super::{Case, Kernel, Tensor};
use tinkerable::models::sparse_autoencoder::{Dictionary, Rein};
use tinkerable::numerics::matrix::Matrix;

pub const KERNELS: &[(&str, Kernel)] = &[("sae_topk", sae_topk)];

fn sae_topk(case: &Case) -> Result<Vec<(&'static str, Tensor)>, String> {
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
