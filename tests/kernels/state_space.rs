use super::{Case, Kernel, Outputs, Tensor};
use tinkerable::models::mamba::{Block, selective_scan};
use tinkerable::models::state_space::{Diagonal, Method};
use tinkerable::numerics::fourier::Complex;

pub const KERNELS: &[(&str, Kernel)] =
    &[("mamba_selective_scan", scan), ("mamba_block", block), ("s4d_discretize", s4d)];

fn scan(case: &Case) -> Outputs {
    let [x, delta, a, b, c] =
        [case.matrix("x")?, case.matrix("delta")?, case.matrix("A")?, case.matrix("B")?, case.matrix("C")?];
    Ok(vec![("y", Tensor::matrix(&selective_scan(&x, &delta, &a, &b, &c, &case.vector("D")?)))])
}

fn block(case: &Case) -> Outputs {
    let block = Block {
        in_proj: case.matrix("in_proj_w")?,
        conv: case.matrix("conv_w")?,
        conv_bias: case.vector("conv_b")?,
        x_proj: case.matrix("x_proj_w")?,
        dt_proj: case.matrix("dt_proj_w")?,
        dt_bias: case.vector("dt_proj_b")?,
        a_log: case.matrix("A_log")?,
        skip: case.vector("D")?,
        out_proj: case.matrix("out_proj_w")?,
    };
    Ok(vec![("out", Tensor::matrix(&block.forward(&case.matrix("u")?)))])
}

fn s4d(case: &Case) -> Outputs {
    let complex = |name: &str| -> Result<Vec<Complex>, String> {
        let (re, im) = (case.vector(&format!("{name}_re"))?, case.vector(&format!("{name}_im"))?);
        Ok(re.into_iter().zip(im).map(|(re, im)| Complex::new(re, im)).collect())
    };
    let system = Diagonal { a: complex("A")?, b: complex("B")?, c: complex("C")?, real: case.flag("real")? };
    let method = match case.word("method")? {
        "zoh" => Method::Zoh,
        "bilinear" => Method::Bilinear,
        other => return Err(format!("there is no method “{other}”")),
    };
    let discrete = system.discretised(case.number("dt")?, method);
    let part = |z: &[Complex], f: fn(&Complex) -> f64| Tensor::vector(z.iter().map(f).collect());
    Ok(vec![
        ("A_bar_re", part(&discrete.a_bar, |z| z.re)),
        ("A_bar_im", part(&discrete.a_bar, |z| z.im)),
        ("B_bar_re", part(&discrete.b_bar, |z| z.re)),
        ("B_bar_im", part(&discrete.b_bar, |z| z.im)),
        ("kernel", Tensor::vector(discrete.kernel(case.whole("len")?))),
    ])
}
