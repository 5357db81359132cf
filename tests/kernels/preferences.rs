//! What votes ask of a policy, against TRL.

use super::{Case, Kernel, Outputs, Tensor};
use tinkerable::models::preferences::Objective;

pub const KERNELS: &[(&str, Kernel)] = &[("dpo_loss", dpo_loss)];

fn dpo_loss(case: &Case) -> Outputs {
    let beta = case.number("beta")?;
    let objective = match case.word("loss_type")? {
        "sigmoid" => Objective::Sigmoid { smoothing: case.number("label_smoothing")? },
        "ipo" => Objective::Squared,
        "hinge" => Objective::Hinge,
        other => return Err(format!("loss_type {other} is not known")),
    };
    // β times how far a policy has left the reference.
    let moved = |now: &str, then: &str| -> Result<Vec<f64>, String> {
        let (now, then) = (case.vector(now)?, case.vector(then)?);
        Ok(now.iter().zip(&then).map(|(now, then)| beta * (now - then)).collect())
    };
    let (chosen, rejected) = (moved("chosen", "ref_chosen")?, moved("rejected", "ref_rejected")?);
    let margins: Vec<f64> = chosen.iter().zip(&rejected).map(|(winner, loser)| winner - loser).collect();
    let losses: Vec<f64> = margins.iter().map(|u| objective.loss(*u, beta)).collect();
    let count = margins.len() as f64;
    let slope = |sign: f64| {
        Tensor::vector(margins.iter().map(|u| sign * beta * objective.pull(*u, beta) / count).collect())
    };
    Ok(vec![
        ("mean_loss", Tensor::number(losses.iter().sum::<f64>() / count)),
        ("losses", Tensor::vector(losses)),
        ("grad_chosen", slope(-1.0)),
        ("grad_rejected", slope(1.0)),
        ("chosen_rewards", Tensor::vector(chosen)),
        ("rejected_rewards", Tensor::vector(rejected)),
    ])
}
