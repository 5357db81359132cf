//! Leaky and synaptic neurons, against snnTorch.

use super::{Case, Kernel, Outputs, Tensor};
use tinkerable::models::spiking::{Leaky, Reset, Synaptic};
use tinkerable::numerics::matrix::Matrix;

pub const KERNELS: &[(&str, Kernel)] = &[("lif", lif), ("lif_synaptic", lif_synaptic)];

fn reset(case: &Case) -> Result<Reset, String> {
    match case.word("reset")? {
        "subtract" => Ok(Reset::Subtract),
        "zero" => Ok(Reset::Zero),
        "none" => Ok(Reset::Off),
        other => Err(format!("no reset {other}")),
    }
}

fn flags(spikes: &Matrix) -> Tensor {
    Tensor { whole: true, ..Tensor::matrix(spikes) }
}

fn lif(case: &Case) -> Outputs {
    let neuron = Leaky {
        beta: case.number("beta")?,
        threshold: case.number("threshold")?,
        reset: reset(case)?,
        delayed: case.flag("reset_delay")?,
    };
    let current = case.matrix("current")?;
    let mut now = case.vector("mem0")?;
    let mut mem = Matrix::zeros(current.rows(), current.columns());
    let mut spk = mem.clone();
    for t in 0..current.rows() {
        for (n, u) in now.iter_mut().enumerate() {
            spk[(t, n)] = f64::from(u8::from(neuron.step(u, current[(t, n)])));
            mem[(t, n)] = *u;
        }
    }
    Ok(vec![("mem", Tensor::matrix(&mem)), ("spk", flags(&spk))])
}

fn lif_synaptic(case: &Case) -> Outputs {
    if !case.flag("reset_delay")? {
        return Err("the synaptic neuron resets with a delay only".to_owned());
    }
    let neuron = Synaptic {
        alpha: case.number("alpha")?,
        beta: case.number("beta")?,
        threshold: case.number("threshold")?,
        reset: reset(case)?,
    };
    let current = case.matrix("current")?;
    let (mut synapse, mut now) = (case.vector("syn0")?, case.vector("mem0")?);
    let mut mem = Matrix::zeros(current.rows(), current.columns());
    let (mut syn, mut spk) = (mem.clone(), mem.clone());
    for t in 0..current.rows() {
        for (n, (i, u)) in synapse.iter_mut().zip(&mut now).enumerate() {
            spk[(t, n)] = f64::from(u8::from(neuron.step(i, u, current[(t, n)])));
            syn[(t, n)] = *i;
            mem[(t, n)] = *u;
        }
    }
    Ok(vec![("syn", Tensor::matrix(&syn)), ("mem", Tensor::matrix(&mem)), ("spk", flags(&spk))])
}
