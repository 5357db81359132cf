use super::{Case, Kernel, Outputs, Tensor};
use tinkerable::models::block_quantiser::{Codebook, NF4, Quantised};
use tinkerable::models::low_rank::{Adapter, with_magnitudes};
use tinkerable::models::norms;
use tinkerable::numerics::matrix::Matrix;

pub const KERNELS: &[(&str, Kernel)] = &[
    ("lora_forward", lora_forward),
    ("lora_merge", lora_merge),
    ("dora_forward", dora_forward),
    ("nf4_quantize", nf4_quantize),
    ("norm_layers", norm_layers),
];

fn adapter(case: &Case) -> Result<Adapter, String> {
    Ok(Adapter { a: case.matrix("lora_a")?, b: case.matrix("lora_b")?, scaling: case.number("scaling")? })
}

fn with_bias(mut out: Matrix, bias: &[f64]) -> Tensor {
    for r in 0..out.rows() {
        out.row_mut(r).iter_mut().zip(bias).for_each(|(y, b)| *y += b);
    }
    Tensor::matrix(&out)
}

fn lora_forward(case: &Case) -> Outputs {
    let out = adapter(case)?.forward(&case.matrix("x")?, &case.matrix("w")?);
    Ok(vec![("out", with_bias(out, &case.vector("b")?))])
}

fn lora_merge(case: &Case) -> Outputs {
    let adapter = adapter(case)?;
    let merged = adapter.merged(&case.matrix("w")?);
    let out = case.matrix("x")?.times_transposed(&merged);
    Ok(vec![
        ("delta", Tensor::matrix(&adapter.delta())),
        ("merged", Tensor::matrix(&merged)),
        ("out", with_bias(out, &case.vector("b")?)),
    ])
}

fn dora_forward(case: &Case) -> Outputs {
    let direction = adapter(case)?.merged(&case.matrix("w")?);
    let (norms, merged) = with_magnitudes(&direction, &case.vector("magnitude")?);
    let out = case.matrix("x")?.times_transposed(&merged);
    Ok(vec![
        ("norm", Tensor::vector(norms)),
        ("merged", Tensor::matrix(&merged)),
        ("out", with_bias(out, &case.vector("b")?)),
    ])
}

fn nf4_quantize(case: &Case) -> Outputs {
    let quantised = Quantised::new(&case.vector("x")?, case.whole("blocksize")?, Codebook::Nf4);
    let whole = |data: Vec<f64>| Tensor { shape: vec![data.len()], data, whole: true };
    let packed = quantised.codes.chunks(2).map(|pair| f64::from(pair[0] << 4 | pair[1])).collect();
    Ok(vec![
        ("codebook", Tensor::vector(NF4.to_vec())),
        ("absmax", Tensor::vector(quantised.scales.clone())),
        ("codes", whole(quantised.codes.iter().map(|c| f64::from(*c)).collect())),
        ("packed", whole(packed)),
        ("dequant", Tensor::vector(quantised.restored())),
    ])
}

fn norm_layers(case: &Case) -> Outputs {
    let (x, weight, bias) = (case.matrix("x")?, case.vector("weight")?, case.vector("bias")?);
    let epsilon = case.number("eps")?;
    let out = match case.word("kind")? {
        "layer" => norms::layer(&x, &weight, &bias, epsilon),
        "rms" => norms::rms(&x, &weight, epsilon),
        "batch" => norms::batch(&x, &weight, &bias, epsilon),
        other => return Err(format!("there is no normalisation “{other}”")),
    };
    Ok(vec![("out", Tensor::matrix(&out))])
}
