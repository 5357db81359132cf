use super::{Case, Kernel, Outputs, Tensor};
use tinkerable::models::gaussian_process::{Covariance, GaussianProcess, Kernel as Shape};
use tinkerable::models::law_fit::{power_law, power_law_with_floor};

pub const KERNELS: &[(&str, Kernel)] = &[("gp_regression", gp_regression), ("power_law_fit", power_law_fit)];

fn gp_regression(case: &Case) -> Outputs {
    let kernel = match case.word("kernel")? {
        "rbf" => Shape::SquaredExponential,
        "matern32" => Shape::Matern32,
        "matern52" => Shape::Matern52,
        kernel => return Err(format!("no kernel {kernel}")),
    };
    let covariance =
        Covariance { kernel, length: case.number("length_scale")?, amplitude: case.number("amp")? };
    let process =
        GaussianProcess::new(case.matrix("x")?, &case.vector("y")?, covariance, case.number("alpha")?)?;
    let there = case.matrix("xs")?;
    let (mean, deviation) = (0..there.rows()).map(|i| process.predict(there.row(i))).unzip();
    Ok(vec![
        ("mean", Tensor::vector(mean)),
        ("std", Tensor::vector(deviation)),
        ("lml", Tensor::number(process.log_likelihood)),
    ])
}

fn power_law_fit(case: &Case) -> Outputs {
    let (x, y) = (case.vector("x")?, case.vector("y")?);
    match case.word("form")? {
        "loglog" => {
            let law = power_law(&x, &y);
            Ok(vec![
                ("a", Tensor::number(law.a)),
                ("b", Tensor::number(law.b)),
                ("r2", Tensor::number(law.r2)),
            ])
        }
        "offset" => {
            let start = case.vector("p0")?;
            let start = start.try_into().map_err(|_| "p0 has not three numbers".to_owned())?;
            let (params, sse) = power_law_with_floor(&x, &y, start);
            Ok(vec![("params", Tensor::vector(params.to_vec())), ("sse", Tensor::number(sse))])
        }
        form => Err(format!("no form {form}")),
    }
}
