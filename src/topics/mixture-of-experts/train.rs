//! `moe-train`: a mixture of linear experts that learns, starves its experts, and can be helped.

use super::record::{Entry, Window};
use super::train_spec::READOUTS;
use crate::lab::series::Series;
use crate::lab::{Figure, Reading, Simulation, Values};
use crate::models::clusters::{Batch, Clusters};
use crate::models::mixture::{Balance, Mixture, Settings};
use crate::models::router::{Gate, capacity};
use crate::numerics::random::Stream;

/// Tokens in a batch.
const TOKENS: usize = 256;
/// Tokens of the picture. They stay the same during a run, so that what moves is the routing.
const PICTURED: usize = 192;
/// Below this share of the fair load an expert counts as dead.
pub const DEAD: f64 = 0.1;

/// The running simulation.
pub struct Train {
    pub(super) mixture: Mixture,
    clusters: Clusters,
    deviation: f64,
    asked_top_k: usize,
    data: Stream,
    noise: Stream,
    pub(super) window: Window,
    /// Step, loss, largest violation of the window, largest violation of the batch.
    pub(super) history: Series<3>,
    pub(super) step: u64,
    /// Tokens of the picture.
    pub(super) pictured: Batch,
    /// Loss of the best single linear map.
    pub(super) alone: f64,
    /// The largest load that has been drawn: the axis never shrinks during a run.
    pub(super) highest: f64,
    broken: bool,
}

impl Train {
    pub(super) fn new(values: &Values) -> Self {
        let experts = values.integer("n_experts");
        let asked_top_k = values.integer("top_k");
        let balance = match values.choice("balance") {
            "aux" => Balance::Auxiliary(values.real("alpha")),
            "bias" => Balance::Bias(values.real("gamma")),
            _ => Balance::None,
        };
        let cf = values.real("cf");
        let settings = Settings {
            experts,
            top_k: asked_top_k.min(experts),
            gate: if values.choice("gate") == "raw" { Gate::Raw } else { Gate::Renormalised },
            balance,
            capacity_factor: (cf > 0.0).then_some(cf),
        };
        let seed = values.seed();
        let mixture = Mixture::new(settings, seed);
        let clusters = Clusters::new(seed, values.real("skew"));
        let pictured = clusters.batch(PICTURED, &mut Stream::new(seed, "picture"));
        Self {
            alone: clusters.best_linear_loss(),
            mixture,
            clusters,
            deviation: values.real("noise"),
            asked_top_k,
            data: Stream::new(seed, "data"),
            noise: Stream::new(seed, "noise"),
            window: Window::new(experts),
            history: Series::every(1),
            step: 0,
            pictured,
            highest: 2.0,
            broken: false,
        }
    }

    pub(super) fn experts(&self) -> usize {
        self.mixture.settings.experts
    }

    /// Largest load over the fair share, minus one.
    fn violation(loads: &[f64]) -> f64 {
        loads.iter().copied().fold(0.0, f64::max) - 1.0
    }

    pub(super) fn dead(&self) -> usize {
        self.window.loads().iter().filter(|l| **l < DEAD).count()
    }
}

impl Simulation for Train {
    fn step(&mut self) {
        let batch = self.clusters.batch(TOKENS, &mut self.data);
        let Some(pass) = self.mixture.train(&batch, self.deviation, &mut self.noise) else {
            self.broken = true;
            return;
        };
        self.step += 1;
        let lost = |kept: &&Vec<bool>| kept.iter().all(|k| !k);
        self.window.push(Entry {
            pairs: batch.clusters.iter().copied().zip(pass.routes.iter().map(|r| r.experts[0])).collect(),
            loss: pass.loss,
            dropped: pass.dispatch.kept.iter().flatten().filter(|kept| !**kept).count(),
            unserved: pass.dispatch.kept.iter().filter(lost).count(),
            demand: pass.dispatch.demand,
        });
        let (loads, latest) = (self.window.loads(), self.window.latest_loads());
        self.highest = loads.iter().chain(&latest).copied().fold(self.highest, f64::max);
        let row = [pass.loss, Self::violation(&loads), Self::violation(&latest)];
        self.history.push(self.step, row);
    }

    fn readings(&self) -> Vec<Reading> {
        if self.window.is_empty() {
            return vec![Reading::Absent; READOUTS.len()];
        }
        let loads = self.window.loads();
        vec![
            self.window.loss(50).into(),
            Self::violation(&loads).into(),
            loads.iter().copied().fold(f64::INFINITY, f64::min).into(),
            self.dead().into(),
            (100.0 * self.window.share_dropped()).into(),
            self.window.mutual_information().into(),
        ]
    }

    fn figure(&self) -> Figure {
        super::train_figure::draw(self)
    }

    fn notes(&self) -> Vec<String> {
        let s = self.mixture.settings;
        let mut notes = Vec::new();
        if self.broken {
            notes.push(format!(
                "A number stopped being finite after step {}, so training stopped there. Lower Aux weight α or Bias step γ, or take another seed.",
                self.step
            ));
        }
        if s.experts == 1 {
            notes.push("With one expert there is nothing to route: this is a dense model.".to_owned());
        } else if self.asked_top_k > s.experts {
            notes.push(format!(
                "A token cannot have {} of {} experts: using k = {} (dense, every expert sees every token).",
                self.asked_top_k, s.experts, s.experts
            ));
        } else if s.top_k == s.experts {
            notes.push("Every token goes to every expert: dense, with no choice to balance.".to_owned());
        }
        if s.top_k == 1 && s.experts > 1 && s.gate == Gate::Renormalised {
            notes.push(
                "With one expert per token the renormalised gate is always 1, so the error sends no gradient to the router."
                    .to_owned(),
            );
        }
        if let Balance::Bias(step) = s.balance
            && step * s.experts as f64 >= 0.15
        {
            notes.push(format!(
                "A bias step of {step} is large beside a mean probability of 1/{}: single batches swing, even where the mean of 200 looks calm.",
                s.experts
            ));
        }
        if let Some(cf) = s.capacity_factor {
            let slots = capacity(cf, TOKENS, s.top_k, s.experts);
            if cf * ((TOKENS * s.top_k) as f64) < s.experts as f64 {
                notes.push(
                    "The capacity would be less than one slot: one slot per expert is used.".to_owned(),
                );
            } else if slots * s.experts < TOKENS * s.top_k {
                notes.push("A capacity factor below 1 drops tokens even when the load is even.".to_owned());
            }
            if self.window.any_unserved() {
                notes.push(
                    "Some tokens lost every expert: their output is 0, and the loss counts it.".to_owned(),
                );
            }
        }
        notes
    }

    fn finished(&self) -> bool {
        self.broken
    }
}

#[cfg(test)]
mod tests {
    use super::super::train_spec::{CHALLENGES, PREDICTION, SPEC};
    use crate::lab::Runner;

    fn read(runner: &Runner, id: &str) -> f64 {
        runner.moment().number(id).unwrap_or(f64::NAN)
    }

    #[test]
    fn the_opening_figure_says_what_it_shows() {
        let runner = Runner::opening(&SPEC);
        let figure = runner.simulation().figure();
        assert_eq!(figure.panels().count(), 4);
        assert!(figure.alternative.contains("of 8 experts are in use"), "{}", figure.alternative);
        assert!(Runner::after(&SPEC, &[], 0).simulation().figure().alternative.contains("no batch"));
    }

    #[test]
    fn the_challenge_is_solved_by_a_bias_and_not_by_the_defaults() {
        let challenge = &CHALLENGES[0];
        let holds = |runner: &Runner| challenge.solved.iter().all(|c| c.holds(&runner.moment()));
        assert!(holds(&Runner::after(&SPEC, challenge.solution, challenge.solution_steps)));
        assert!(!holds(&Runner::after(&SPEC, &[], challenge.solution_steps)));
    }

    #[test]
    fn the_prediction_has_one_right_answer() {
        let runner = Runner::after(&SPEC, &[], PREDICTION.settled_at);
        let right = PREDICTION.options.iter().filter(|o| o.holds.iter().all(|c| c.holds(&runner.moment())));
        assert_eq!(right.count(), 1, "{} dead", read(&runner, "dead"));
    }

    #[test]
    fn a_frozen_router_draws_the_same_map_for_ever() {
        let before = Runner::after(&SPEC, &[("top_k", "1")], 0);
        let after = Runner::after(&SPEC, &[("top_k", "1")], 100);
        let map = |r: &Runner| r.simulation().figure().rows[0][0].marks[0].clone();
        assert_eq!(map(&before), map(&after));
        assert!(after.simulation().notes()[0].contains("always 1"));
    }

    #[test]
    fn what_cannot_be_is_said() {
        for (pairs, words) in [
            (&[("n_experts", "2"), ("top_k", "3")][..], "using k = 2"),
            (&[("n_experts", "1")], "nothing to route"),
            (&[("n_experts", "4"), ("top_k", "4")], "dense"),
            (&[("cf", "0.5")], "below 1"),
            (&[("cf", "0.05"), ("n_experts", "128"), ("top_k", "1")], "one slot per expert"),
            (&[("balance", "bias"), ("gamma", "0.1")], "swing"),
        ] {
            let notes = Runner::after(&SPEC, pairs, 2).simulation().notes().join(" ");
            assert!(notes.contains(words), "{pairs:?}: {notes}");
        }
    }

    #[test]
    fn corners_stay_finite() {
        for n in ["1", "2", "128"] {
            for k in ["1", "16"] {
                for balance in ["none", "aux", "bias"] {
                    for gate in ["renorm", "raw"] {
                        for cf in ["0", "0.05", "4"] {
                            let runner = Runner::after(
                                &SPEC,
                                &[
                                    ("n_experts", n),
                                    ("top_k", k),
                                    ("balance", balance),
                                    ("gate", gate),
                                    ("cf", cf),
                                    ("alpha", "3"),
                                    ("gamma", "0.1"),
                                    ("skew", "2"),
                                    ("noise", "2"),
                                ],
                                20,
                            );
                            assert!(runner.readings().iter().all(|r| r.number().is_some_and(f64::is_finite)));
                            assert!(!runner.finished());
                        }
                    }
                }
            }
        }
    }

    #[test]
    fn a_large_bias_step_shows_its_swing() {
        let runner = Runner::after(&SPEC, &[("balance", "bias"), ("gamma", "0.1")], 800);
        let calm = Runner::after(&SPEC, &[("balance", "bias")], 800);
        let swing = |r: &Runner| match &r.simulation().figure().rows[1][1].marks[0].shape {
            crate::lab::figure::Shape::Line { points, .. } => {
                points[points.len() - 50..].iter().map(|p| p[1]).sum::<f64>() / 50.0
            }
            _ => f64::NAN,
        };
        assert!(swing(&runner) > 2.0 * swing(&calm), "{} {}", swing(&runner), swing(&calm));
    }
}
