use super::{Case, Kernel, Outputs, Tensor};
use tinkerable::models::mixture::SparseLayer;
use tinkerable::models::mlp::{SwiGlu, Target, Trainer};
use tinkerable::models::router;
use tinkerable::numerics::elementary::softmax;
use tinkerable::numerics::matrix::Matrix;
use tinkerable::numerics::optimiser::Rule;

pub const KERNELS: &[(&str, Kernel)] = &[
    ("moe_router", moe_router),
    ("moe_layer", moe_layer),
    ("swiglu_mlp", swiglu_mlp),
    ("mlp_train", mlp_train),
];

fn moe_router(case: &Case) -> Outputs {
    let (hidden, gate) = (case.matrix("hidden")?, case.matrix("gate_w")?);
    let k = case.whole("top_k")?;
    let logits = hidden.times_transposed(&gate);
    let (tokens, experts) = (logits.rows(), logits.columns());
    let mut probabilities = logits.clone();
    let mut combine = Matrix::zeros(tokens, experts);
    let mut chosen = Tensor { shape: vec![tokens, k], data: Vec::new(), whole: true };
    let mut weights = Tensor { shape: vec![tokens, k], data: Vec::new(), whole: false };
    // Shares of the tokens, not of the slots: they sum to k, as the library has it.
    let (mut shares, mut means) = (vec![0.0; experts], vec![0.0; experts]);
    for t in 0..tokens {
        softmax(probabilities.row_mut(t));
        let p = probabilities.row(t);
        let route = router::route(p, &vec![0.0; experts], k, router::Gate::Renormalised);
        for (&e, &gate) in route.experts.iter().zip(&route.gates) {
            combine[(t, e)] = gate;
            shares[e] += 1.0 / tokens as f64;
            chosen.data.push(e as f64);
            weights.data.push(gate);
        }
        for (mean, p) in means.iter_mut().zip(p) {
            *mean += p / tokens as f64;
        }
    }
    Ok(vec![
        ("logits", Tensor::matrix(&logits)),
        ("combine", Tensor::matrix(&combine)),
        ("topk_experts", chosen),
        ("topk_weights", weights),
        ("aux_loss", Tensor::number(router::balance_loss(&shares, &means))),
    ])
}

fn moe_layer(case: &Case) -> Outputs {
    let parts = case.matrices("w1")?.into_iter().zip(case.matrices("w2")?).zip(case.matrices("w3")?);
    let layer = SparseLayer {
        router: case.matrix("gate_w")?,
        experts: parts.map(|((gate, down), up)| SwiGlu { gate, up, down }).collect(),
        top_k: case.whole("top_k")?,
    };
    let (logits, out) = layer.forward(&case.matrix("hidden")?);
    Ok(vec![("router_logits", Tensor::matrix(&logits)), ("out", Tensor::matrix(&out))])
}

fn swiglu_mlp(case: &Case) -> Outputs {
    let mlp = SwiGlu { gate: case.matrix("w_gate")?, up: case.matrix("w_up")?, down: case.matrix("w_down")? };
    let x = case.matrix("x")?;
    let rows = (0..x.rows()).flat_map(|r| mlp.forward(x.row(r))).collect();
    Ok(vec![("out", Tensor::matrix(&Matrix::from_vec(x.rows(), x.columns(), rows)))])
}

fn mlp_train(case: &Case) -> Outputs {
    let target = match case.word("loss")? {
        "mse" => Target::Values(case.matrix("y")?),
        "cross_entropy" => Target::Classes(case.vector("y")?.iter().map(|&c| c as usize).collect()),
        other => return Err(format!("unknown loss {other}")),
    };
    let weight_decay = case.number("weight_decay")?;
    let (beta1, beta2, epsilon) = (case.number("beta1")?, case.number("beta2")?, case.number("eps")?);
    let rule = match case.word("optimizer")? {
        "sgd" => Rule::Sgd { momentum: case.number("momentum")?, weight_decay },
        "adam" => Rule::Adam { beta1, beta2, epsilon, weight_decay },
        "adamw" => Rule::AdamW { beta1, beta2, epsilon, weight_decay },
        other => return Err(format!("unknown optimizer {other}")),
    };
    let mlp = case.mlp()?;
    let x = case.matrix("x")?;
    let first = mlp.gradients(&x, &target).1;
    let mut trainer = Trainer::new(mlp, rule, case.number("lr")?);
    let losses = (0..case.whole("steps")?).map(|_| trainer.step(&x, &target)).collect();
    let end = trainer.mlp;
    Ok(vec![
        ("losses", Tensor::vector(losses)),
        ("grad_w1", Tensor::matrix(&first.w1)),
        ("grad_b1", Tensor::vector(first.b1)),
        ("grad_w2", Tensor::matrix(&first.w2)),
        ("grad_b2", Tensor::vector(first.b2)),
        ("final_loss", Tensor::number(end.loss(&x, &target))),
        ("w1", Tensor::matrix(&end.w1)),
        ("b1", Tensor::vector(end.b1)),
        ("w2", Tensor::matrix(&end.w2)),
        ("b2", Tensor::vector(end.b2)),
    ])
}
