//! Cells that move a state through time, against ncps and PyTorch.

use super::{Case, Kernel, Outputs, Tensor};
use tinkerable::models::closed_form::{Activation, Cell, Linear, Mode};
use tinkerable::models::liquid_network::{LiquidNetwork, Synapse};
use tinkerable::models::recurrent::{Gates, Recurrent};
use tinkerable::numerics::matrix::Matrix;

pub const KERNELS: &[(&str, Kernel)] =
    &[("ltc_step", ltc_step), ("cfc_step", cfc_step), ("rnn_cell", rnn_cell)];

fn rows(rows: &[Vec<f64>]) -> Tensor {
    let width = rows.first().map_or(0, Vec::len);
    Tensor::matrix(&Matrix::from_vec(rows.len(), width, rows.concat()))
}

/// The synapses of a mask, and their numbers, table after table.
fn synapses(case: &Case, prefix: &str) -> Result<(Vec<Synapse>, [Vec<f64>; 4]), String> {
    let mask = case.matrix(&format!("{prefix}mask"))?;
    let places = (0..mask.rows()).flat_map(|from| (0..mask.columns()).map(move |to| Synapse { from, to }));
    let synapses: Vec<Synapse> = places.filter(|s| mask[(s.from, s.to)] > 0.0).collect();
    let mut tables = [const { Vec::new() }; 4];
    for (table, name) in tables.iter_mut().zip(["w", "sigma", "mu", "erev"]) {
        let all = case.matrix(&format!("{prefix}{name}"))?;
        *table = synapses.iter().map(|s| all[(s.from, s.to)]).collect();
    }
    Ok((synapses, tables))
}

fn ltc_step(case: &Case) -> Outputs {
    let (sensory, outer_tables) = synapses(case, "sensory_")?;
    let (inner, inner_tables) = synapses(case, "")?;
    let mut weights = [case.vector("gleak")?, case.vector("vleak")?, case.vector("cm")?].concat();
    for (outer, inner) in outer_tables.into_iter().zip(inner_tables) {
        weights.extend(outer.into_iter().chain(inner));
    }
    weights.extend([1.0, 0.0]);
    let senses = case.vector("input_w")?.into_iter().zip(case.vector("input_b")?).map(|(w, b)| [w, b]);
    let network = LiquidNetwork::from_parts(
        case.whole("units")?,
        [sensory, inner],
        senses.collect(),
        case.number("epsilon")?,
        case.whole("ode_unfolds")?,
        weights,
    );
    let (x, before) = (case.matrix("x")?, case.matrix("state")?);
    let (scale, shift) = (case.vector("output_w")?, case.vector("output_b")?);
    let mut trail = vec![0.0; network.trail()];
    let (mut out, mut next) = (Vec::new(), Vec::new());
    for row in 0..x.rows() {
        let mut state = before.row(row).to_vec();
        network.step(x.row(row), case.number("elapsed_time")?, &mut state, &mut trail);
        out.push(state.iter().zip(scale.iter().zip(&shift)).map(|(v, (w, b))| v * w + b).collect());
        next.push(state);
    }
    Ok(vec![("out", rows(&out)), ("next_state", rows(&next))])
}

fn cfc_step(case: &Case) -> Outputs {
    let linear = |name: &str, suffix: &str| {
        let weights = case.matrix(&format!("{name}_w{suffix}"))?;
        Ok::<_, String>(Linear { weights, bias: case.vector(&format!("{name}_b{suffix}"))? })
    };
    let activation = match case.word("backbone_activation")? {
        "lecun_tanh" => Activation::LeCunTanh,
        "tanh" => Activation::Tanh,
        "relu" => Activation::Relu,
        "silu" => Activation::Silu,
        "gelu" => Activation::Gelu,
        other => return Err(format!("no activation {other}")),
    };
    let layers = 0..case.whole("backbone_layers")?;
    let backbone = layers.map(|k| linear("backbone", &k.to_string())).collect::<Result<_, _>>()?;
    let heads = || Ok::<_, String>((linear("ff2", "")?, [linear("time_a", "")?, linear("time_b", "")?]));
    let mode = match case.word("mode")? {
        "default" => heads().map(|(second, times)| Mode::Gated { second, times })?,
        "no_gate" => heads().map(|(second, times)| Mode::Added { second, times })?,
        "pure" => Mode::Pure { rates: case.vector("w_tau")?, targets: case.vector("A")? },
        other => return Err(format!("no mode {other}")),
    };
    let cell = Cell { backbone, activation, first: linear("ff1", "")?, mode };
    let (x, h, gap) = (case.matrix("x")?, case.matrix("h")?, case.number("ts")?);
    let states: Vec<Vec<f64>> = (0..x.rows()).map(|r| cell.step(x.row(r), h.row(r), gap)).collect();
    Ok(vec![("h_new", rows(&states))])
}

fn rnn_cell(case: &Case) -> Outputs {
    let gates = Gates {
        w_ih: case.matrix("w_ih")?,
        w_hh: case.matrix("w_hh")?,
        b_ih: case.vector("b_ih")?,
        b_hh: case.vector("b_hh")?,
    };
    let (x, mut state) = (case.matrix("x")?, case.vector("h0")?);
    let kind = case.word("kind")?;
    let mut cell = if kind == "lstm" { case.vector("c0")? } else { Vec::new() };
    let mut states = Vec::new();
    for t in 0..x.rows() {
        match kind {
            "lstm" => gates.lstm(x.row(t), &mut state, &mut cell),
            "gru" => gates.gru(x.row(t), &mut state),
            "rnn" => gates.plain(x.row(t), &mut state),
            other => return Err(format!("no cell {other}")),
        }
        states.push(state.clone());
    }
    let mut outputs = vec![("h", rows(&states))];
    if kind == "lstm" {
        outputs.push(("c_last", Tensor::vector(cell)));
    }
    Ok(outputs)
}
