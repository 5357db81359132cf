//! Weights that are taken away and weights on a grid of eight bits, against torch.

use super::{Case, Kernel, Outputs, Tensor};
use tinkerable::models::weight_codes::{Affine, prune, prune_rows};
use tinkerable::numerics::matrix::Matrix;

pub const KERNELS: &[(&str, Kernel)] =
    &[("prune_magnitude", prune_magnitude), ("quantize_int8", quantize_int8)];

/// The mask as ones and zeros, and what it leaves of the weights.
fn masked(w: &Matrix, mask: &[bool]) -> [Tensor; 2] {
    let shape = vec![w.rows(), w.columns()];
    let kept = mask.iter().map(|kept| f64::from(u8::from(*kept))).collect();
    let left = w.as_slice().iter().zip(mask).map(|(w, kept)| if *kept { *w } else { 0.0 }).collect();
    [Tensor { shape: shape.clone(), data: kept, whole: true }, Tensor { shape, data: left, whole: false }]
}

fn prune_magnitude(case: &Case) -> Outputs {
    let (w, amount) = (case.matrix("w")?, case.number("amount")?);
    match case.word("method")? {
        "unstructured" => {
            let [mask, pruned] = masked(&w, &prune(w.as_slice(), amount));
            Ok(vec![("mask", mask), ("pruned", pruned)])
        }
        "structured" => {
            let rows = prune_rows((0..w.rows()).map(|r| w.row(r)), amount);
            let each: Vec<bool> = rows.iter().flat_map(|kept| vec![*kept; w.columns()]).collect();
            let [mask, pruned] = masked(&w, &each);
            Ok(vec![("mask", mask), ("pruned", pruned)])
        }
        "global" => {
            let second = case.matrix("w2")?;
            let all = prune(&[w.as_slice(), second.as_slice()].concat(), amount);
            let (first_mask, second_mask) = all.split_at(w.as_slice().len());
            let [mask, pruned] = masked(&w, first_mask);
            let [mask2, pruned2] = masked(&second, second_mask);
            Ok(vec![("mask", mask), ("pruned", pruned), ("mask2", mask2), ("pruned2", pruned2)])
        }
        other => Err(format!("method {other} is not known")),
    }
}

fn quantize_int8(case: &Case) -> Outputs {
    let x = case.matrix("x")?;
    let range = [case.number("qmin")?, case.number("qmax")?];
    let (each_row, symmetric) = match case.word("scheme")? {
        "per_tensor_affine" => (false, false),
        "per_tensor_symmetric" => (false, true),
        "per_channel_affine" => (true, false),
        "per_channel_symmetric" => (true, true),
        other => return Err(format!("scheme {other} is not known")),
    };
    let grids: Vec<Affine> = if each_row {
        (0..x.rows()).map(|r| Affine::covering(x.row(r), range, symmetric)).collect()
    } else {
        vec![Affine::covering(x.as_slice(), range, symmetric)]
    };
    let grid = |r: usize| if each_row { &grids[r] } else { &grids[0] };
    let codes = Matrix::from_fn(x.rows(), x.columns(), |r, c| grid(r).code(x[(r, c)]));
    let values = Matrix::from_fn(x.rows(), x.columns(), |r, c| grid(r).value(codes[(r, c)]));
    let count = vec![grids.len()];
    Ok(vec![
        ("scale", Tensor::vector(grids.iter().map(|grid| grid.scale).collect())),
        (
            "zero_point",
            Tensor { shape: count, data: grids.iter().map(|grid| grid.zero).collect(), whole: true },
        ),
        ("q", Tensor { whole: true, ..Tensor::matrix(&codes) }),
        ("dequant", Tensor::matrix(&values)),
    ])
}
