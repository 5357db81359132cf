use super::{Case, Kernel, Tensor};
use tinkerable::models::law_fit::{power_law, power_law_with_floor};

pub const KERNELS: &[(&str, Kernel)] = &[("power_law_fit", power_law_fit)];

fn power_law_fit(case: &Case) -> Result<Vec<(&'static str, Tensor)>, String> {
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
