//! `adalora`: one budget of ranks for six layers that need different ones.

use super::{FLOOR, LORA};
use crate::lab::figure::charts::{self, Curve};
use crate::lab::figure::series::Series;
use crate::lab::figure::{Axis, Dot, Figure, Fill, Glyph, Panel, Tile, Tone};
use crate::lab::schema::readout::format_number;
use crate::lab::{Bounded, Control, Named, Pace, Preset, Readout, Simulation, Spec, Values, reading};
use crate::models::rank_budget::{Budgeted, Layer, NEEDED};

pub static SPEC: Spec = Spec::new(
    "adalora",
    "Where to spend rank",
    "Six layers need ranks 0, 1, 2, 1, 6 and 2. Watch AdaLoRA take ranks away where they do nothing, until \
     only the budget is left.",
    Pace::new(30.0, 40, "round").promised(260),
    |values| Box::new(Spending::new(values)),
)
.controls(&[
    Control::integer("budget", "Budget of ranks", 6, 36, 12)
        .help("Triplets that are left in the end, over all six layers."),
    Control::integer("init_rank", "Initial rank", 4, 8, 6)
        .help("Triplets that each layer begins with; none is ever added."),
    Control::seed(1).secondary(),
])
.readouts(&[
    Readout::new("rank_1", "Layer 1, needs 0", 0).unit("ranks").help("Ranks that layer 1 has now.")
        .basis("All six layers share a budget: the best triplets are kept, chosen every ten updates from 150 to 1,200."),
    Readout::new("rank_2", "Layer 2, needs 1", 0).unit("ranks").help("Ranks that layer 2 has now.")
        .basis("All six layers share a budget: the best triplets are kept, chosen every ten updates from 150 to 1,200."),
    Readout::new("rank_3", "Layer 3, needs 2", 0).unit("ranks").help("Ranks that layer 3 has now.")
        .basis("All six layers share a budget: the best triplets are kept, chosen every ten updates from 150 to 1,200."),
    Readout::new("rank_4", "Layer 4, needs 1", 0).unit("ranks").help("Ranks that layer 4 has now.")
        .basis("All six layers share a budget: the best triplets are kept, chosen every ten updates from 150 to 1,200."),
    Readout::new("rank_5", "Layer 5, needs 6", 0).unit("ranks").help("Ranks that layer 5 has now.")
        .basis("All six layers share a budget: the best triplets are kept, chosen every ten updates from 150 to 1,200."),
    Readout::new("rank_6", "Layer 6, needs 2", 0).unit("ranks").help("Ranks that layer 6 has now.")
        .basis("All six layers share a budget: the best triplets are kept, chosen every ten updates from 150 to 1,200."),
    Readout::new("residual_ada", "AdaLoRA leaves", 3)
        .help("Squared distance to the needed changes.")
        .basis("Summed over all numbers of the six layers."),
    Readout::new("residual_lora", "LoRA, rank 2, leaves", 3)
        .help("The same for two ranks in every layer: twelve in all, as well.")
        .basis("Summed over all numbers of the six layers."),
])
.presets(&[
    Preset::new("tight", "Tight")
        .look("Eight ranks for what needs twelve: the smallest singular values are given up.")
        .with(&[("budget", "8")]),
    Preset::new("just-enough", "Just enough").look(
        "Twelve ranks, spent exactly where they are needed in [10 of 10](run:?at=300&seeds=1..10#count:rank_1=0,\
         rank_2=1,rank_3=2,rank_4=1,rank_5=6,rank_6=2) seeds.",
    ),
    Preset::new("plenty", "Plenty")
        .look("Twenty-four: half of the cells have nothing to do.")
        .with(&[("budget", "24")]),
]);

const UPDATES: usize = 5;
const STEPS: u64 = 300;

/// The readouts of the layers' ranks.
const RANKS: [&str; 6] = ["rank_1", "rank_2", "rank_3", "rank_4", "rank_5", "rank_6"];

struct Spending {
    model: Budgeted,
    budget: Bounded<usize>,
    steps: u64,
    residuals: Series<2>,
}

impl Spending {
    fn new(values: &Values) -> Self {
        let rank = values.integer("init_rank");
        let most = NEEDED.len() * rank;
        let budget = Bounded::at_most(values.integer("budget"), most, |_| {
            format!("There are only {most} triplets to begin with, so that is the budget.")
        });
        let mut spending = Self {
            model: Budgeted::new(rank, budget.value, values.seed()),
            budget,
            steps: 0,
            residuals: Series::every(1),
        };
        spending.residuals.push(0, spending.model.residuals());
        spending
    }
}

impl Simulation for Spending {
    fn step(&mut self) {
        (0..UPDATES).for_each(|_| self.model.step());
        self.steps += 1;
        self.residuals.push(self.steps, self.model.residuals());
    }

    fn readings(&self) -> Vec<Named> {
        let [ada, lora] = self.model.residuals();
        let ranks = RANKS.iter().zip(&self.model.layers).map(|(id, layer)| reading(id, layer.rank()));
        ranks.chain([reading("residual_ada", ada), reading("residual_lora", lora)]).collect()
    }

    fn figure(&self) -> Figure {
        let curves = vec![
            Curve::new("plain", "LoRA", self.residuals.curve(1), FLOOR),
            Curve::new("adaptive", "AdaLoRA", self.residuals.curve(0), LORA),
        ];
        let y = Axis::logarithmic("left undone", [1e-4, 100.0]);
        let losses =
            charts::training("residuals", "Residual of all layers", "round of 5 updates", 100.0, y, curves)
                .height(300.0)
                .weight(1.1);
        let ranks: Vec<String> = self.model.layers.iter().map(|l| l.rank().to_string()).collect();
        let [adaptive, plain] = self.model.residuals();
        Figure::row(
            vec![cells(&self.model), importance(&self.model), losses],
            format!(
                "The six layers have ranks {} and need 0, 1, 2, 1, 6, 2. AdaLoRA leaves {} undone, LoRA of \
                 rank 2 {}.",
                ranks.join(", "),
                format_number(adaptive, 3),
                format_number(plain, 3),
            ),
        )
    }

    fn describe(&self, mark: &str, index: usize) -> Option<String> {
        match mark {
            "ranks" => {
                let side = self.model.layers[0].alive.len();
                let (layer, k) = (index / side, index % side);
                let at = self.model.layers.get(layer)?;
                let state = if at.alive[k] { "paid for" } else { "given up" };
                Some(format!(
                    "layer {}, triplet {}: {state}, λ = {}, score {}",
                    layer + 1,
                    k + 1,
                    format_number(at.lambda()[k], 3),
                    format_number(at.scores()[k], 6)
                ))
            }
            "importance" => {
                let layer = self.model.layers.get(index)?;
                Some(format!("layer {}: scores add up to {}", index + 1, format_number(total(layer), 6)))
            }
            _ => None,
        }
    }

    fn notes(&self) -> Vec<String> {
        Vec::from_iter(self.budget.note())
    }

    fn finished(&self) -> bool {
        self.steps >= STEPS
    }
}

fn total(layer: &Layer) -> f64 {
    layer.scores().iter().sum()
}

fn names() -> impl Iterator<Item = String> {
    (1..=NEEDED.len()).map(|i| i.to_string())
}

fn cells(model: &Budgeted) -> Panel {
    let side = model.layers[0].alive.len();
    let tiles = model.layers.iter().enumerate().flat_map(|(i, layer)| {
        layer.alive.iter().enumerate().map(move |(k, alive)| {
            Tile::new(
                [i as f64 - 0.36, k as f64 + 0.08, i as f64 + 0.36, k as f64 + 0.92],
                if *alive { LORA } else { Tone::Muted },
                if *alive { Fill::Solid } else { Fill::Dashed },
            )
        })
    });
    Panel::new(
        "cells",
        "Ranks that are left",
        Axis::categories("layer", names()),
        Axis::hidden([0.0, side as f64]),
    )
    .height(300.0)
    .boxes("ranks", tiles)
}

fn importance(model: &Budgeted) -> Panel {
    // Dots: on a logarithmic axis the length of a bar would say nothing.
    let dots = model
        .layers
        .iter()
        .enumerate()
        .map(|(i, layer)| Dot::new([i as f64, total(layer).max(1e-9)], LORA, Glyph::Circle));
    Panel::new(
        "scores",
        "Importance",
        Axis::categories("layer", names()),
        Axis::logarithmic("sum of scores", [1e-9, 10.0]).grid(),
    )
    .height(300.0)
    .dots("importance", "", dots, 5.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::Runner;

    #[test]
    fn ranks_end_where_they_are_needed() {
        let run = Runner::after(&SPEC, &[], 300);
        let ranks = [1, 2, 3, 4, 5, 6].map(|i| run.number(&format!("rank_{i}")).unwrap() as usize);
        assert_eq!(ranks, NEEDED);
        assert!(run.number("residual_ada").unwrap() < 0.01);
        assert!((run.number("residual_lora").unwrap() - 6.97).abs() < 0.05);
    }

    #[test]
    fn a_budget_above_what_there_is_is_clamped_and_said() {
        let run = Runner::after(&SPEC, &[("budget", "36"), ("init_rank", "4")], 0);
        assert!(run.simulation().notes()[0].contains("only 24"));
    }
}
