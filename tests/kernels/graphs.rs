use super::{Case, Kernel, Outputs, Tensor};
use tinkerable::models::graph_layers::{Attention, graph_convolution, normalised, with_loops};
use tinkerable::numerics::matrix::Matrix;

pub const KERNELS: &[(&str, Kernel)] = &[("gcn_conv", gcn_conv), ("gat_conv", gat_conv)];

/// Pairs of source and target.
fn edges(case: &Case) -> Result<Vec<[usize; 2]>, String> {
    let index = case.matrix("edge_index")?;
    Ok((0..index.columns()).map(|e| [index[(0, e)] as usize, index[(1, e)] as usize]).collect())
}

fn gcn_conv(case: &Case) -> Outputs {
    let (x, weight, bias) = (case.matrix("x")?, case.matrix("weight")?, case.vector("bias")?);
    let mut a = Matrix::zeros(x.rows(), x.rows());
    for ([source, target], w) in edges(case)?.into_iter().zip(case.vector("edge_weight")?) {
        a[(target, source)] += w;
    }
    if case.flag("add_self_loops")? && case.flag("normalize")? {
        a = with_loops(&a, if case.flag("improved")? { 2.0 } else { 1.0 });
    }
    if case.flag("normalize")? {
        a = normalised(&a);
    }
    Ok(vec![
        ("norm_adj", Tensor::matrix(&a)),
        ("out", Tensor::matrix(&graph_convolution(&a, &x, &weight, &bias))),
    ])
}

fn gat_conv(case: &Case) -> Outputs {
    let layer = Attention {
        weight: case.matrix("weight")?,
        source: case.matrix("att_src")?,
        target: case.matrix("att_dst")?,
        bias: case.vector("bias")?,
        joined: case.flag("concat")?,
        slope: case.number("negative_slope")?,
    };
    let (attention, out) = layer.forward(&case.matrix("x")?, &edges(case)?);
    Ok(vec![("attention", Tensor::stack(&attention)), ("out", Tensor::matrix(&out))])
}
