//! Attention, ALiBi, rotary embeddings, grouped queries.

use super::{Case, Kernel, Outputs, Tensor};
use tinkerable::models::attention::{
    Attended, Logits, attend, attend_grouped, blocking_bias, standard_scale,
};
use tinkerable::models::positions::{Pairing, Rope, alibi_bias, alibi_slopes};
use tinkerable::numerics::matrix::Matrix;

pub const KERNELS: &[(&str, Kernel)] =
    &[("attention", attention), ("attention_alibi", alibi), ("rope", rope), ("gqa", gqa)];

fn outputs(heads: &[Attended]) -> Tensor {
    Tensor::stack(&heads.iter().map(|h| h.output.clone()).collect::<Vec<_>>())
}

fn weights(heads: &[Attended]) -> Tensor {
    Tensor::stack(&heads.iter().map(|h| h.weights.clone()).collect::<Vec<_>>())
}

fn attention(case: &Case) -> Outputs {
    let (q, k, v) = (case.matrices("q")?, case.matrices("k")?, case.matrices("v")?);
    let bias = match case.word("mask_kind")? {
        "none" => None,
        "bool" => Some(blocking_bias(&case.matrix("mask")?)),
        "additive" => Some(case.matrix("mask")?),
        other => return Err(format!("unknown mask_kind {other}")),
    };
    let logits = Logits { scale: case.number("scale")?, causal: case.flag("causal")?, bias: bias.as_ref() };
    let heads = attend_grouped(&q, &k, &v, logits);
    Ok(vec![("out", outputs(&heads)), ("weights", weights(&heads))])
}

fn alibi(case: &Case) -> Outputs {
    let (q, k, v) = (case.matrices("q")?, case.matrices("k")?, case.matrices("v")?);
    let slopes = alibi_slopes(case.whole("heads")?);
    let (length, scale) = (case.whole("len")?, standard_scale(case.whole("head_dim")?));
    let causal = case.flag("causal")?;
    let heads: Vec<Attended> = slopes
        .iter()
        .enumerate()
        .map(|(h, slope)| {
            let bias = alibi_bias(*slope, length, length);
            attend(&q[h], &k[h], &v[h], Logits { scale, causal, bias: Some(&bias) })
        })
        .collect();
    Ok(vec![("slopes", Tensor::vector(slopes)), ("out", outputs(&heads)), ("weights", weights(&heads))])
}

fn rope(case: &Case) -> Outputs {
    let pairing = match case.word("convention")? {
        "half_split" => Pairing::HalfSplit,
        "interleaved" => Pairing::Interleaved,
        other => return Err(format!("unknown convention {other}")),
    };
    let rope = Rope::new(case.whole("head_dim")?, case.number("base")?, pairing);
    let positions = case.vector("positions")?;
    let rotated = |input: &str| -> Result<Tensor, String> {
        let heads: Vec<Matrix> = case
            .matrices(input)?
            .iter()
            .map(|m| {
                let rows = (0..m.rows()).flat_map(|r| rope.rotate(m.row(r), positions[r])).collect();
                Matrix::from_vec(m.rows(), m.columns(), rows)
            })
            .collect();
        Ok(Tensor::stack(&heads))
    };
    Ok(vec![
        ("inv_freq", Tensor::vector(rope.inverse_frequencies().to_vec())),
        ("q_rot", rotated("q")?),
        ("k_rot", rotated("k")?),
    ])
}

fn gqa(case: &Case) -> Outputs {
    let (q, k, v) = (case.matrices("q")?, case.matrices("k")?, case.matrices("v")?);
    let logits = Logits { scale: case.number("scale")?, causal: case.flag("causal")?, bias: None };
    Ok(vec![("out", outputs(&attend_grouped(&q, &k, &v, logits)))])
}
