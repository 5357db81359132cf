//! `frontier`: the loss over size and text, the line of one budget across it, and three recipes that
//! drop on that line.

mod figure;
#[cfg(test)]
mod tests;

use crate::lab::{
    Answer, Challenge, Choice, Control, Figure, Named, Pace, Prediction, Preset, Readout, Simulation, Spec,
    Values, of, reading,
};
use crate::models::loss_surface::{Plan, REFIT, ROUNDED, Surface, UNROUNDED, kaplan, with_bill};
use crate::numerics::elementary::pow;

static CONSTANTS: Choice<Surface, 3> = Choice::new(
    "constants",
    "Constants",
    [
        ("refit", "fitted again (2024)", REFIT),
        ("rounded", "as printed (2022)", ROUNDED),
        ("unrounded", "unrounded (2022)", UNROUNDED),
    ],
);

pub static SPEC: Spec = Spec::new(
    "frontier",
    "One budget, three recipes",
    "The loss of a language model over its size and what it read. Three published recipes for one budget drop \
     on the line of that budget: they come to rest far apart, and nearly level. Drag your own plan along.",
    Pace::new(60.0, 14, "frame").promised(75),
    |values| Box::new(Frontier::new(values)),
)
.controls(&[
    Control::real("log_c", "Budget, log₁₀ C", [17.0, 27.0], 0.02, 23.76)
        .live()
        .unit("FLOP")
        .help("Power of ten of all operations that are paid for: 23.76 is the budget of Gopher."),
    Control::real("tilt", "Your size against the best, log₁₀", [-2.0, 2.0], 0.05, 0.6)
        .live()
        .help("0 is the best size for the budget, 1 ten times as large, −1 a tenth; the text is what is left."),
    CONSTANTS
        .control()
        .live()
        .help("Three sets of constants for one formula; all three recipes are judged by the chosen one."),
    Control::toggle("show_kaplan", "Show Kaplan’s recipe", true)
        .live()
        .help("The rule of 2020, which asked for much larger models and less text."),
    Control::toggle("serve", "Pay for answers too", false)
        .live()
        .secondary()
        .help("The budget also pays for tokens read and written after training, 2N operations each."),
    Control::real("log_inference", "Tokens served, log₁₀", [10.0, 14.0], 0.1, 12.0).only("serve", &["on"])
        .live()
        .secondary()
        .help("Power of ten of the tokens that readers will ask for, where they are paid for."),
])
.readouts(&[
    Readout::new("n", "Your size N", 2).unit("billion").help("Parameters of your plan.")
        .formula("n_opt * 10 ^ tilt"),
    Readout::new("d", "Your text D", 1).unit("billion tokens").help("Tokens that your plan reads.")
        .formula("((10 ^ log_c) / (6 * n * 1e9) - if(serve = on, 10 ^ log_inference / 3, 0)) / 1e9"),
    Readout::new("tokens_per_param", "Tokens per parameter", 1).formula("d / n").help("D over N of your plan."),
    Readout::new("loss", "Your loss", 4)
        .unit("nats")
        .help("Nats per token, by the formula with the chosen constants.")
        .formula("pick(constants, 1.8172, 1.69, 1.6934) + pick(constants, 482.01, 406.4, 406.4) / (n * 1e9) ^ pick(constants, 0.3478, 0.34, 0.3392) + pick(constants, 2085.43, 410.7, 410.7) / (d * 1e9) ^ pick(constants, 0.3658, 0.28, 0.2849)"),
    Readout::new("loss_opt", "Best loss", 4)
        .unit("nats")
        .help("The least loss that the budget can buy, by the same formula.")
        .formula("pick(constants, 1.8172, 1.69, 1.6934) + pick(constants, 482.01, 406.4, 406.4) / (n_opt * 1e9) ^ pick(constants, 0.3478, 0.34, 0.3392) + pick(constants, 2085.43, 410.7, 410.7) / ((10 ^ log_c) / (6 * n_opt * 1e9) - if(serve = on, 10 ^ log_inference / 3, 0))'tokens of the best' ^ pick(constants, 0.3658, 0.28, 0.2849)"),
    Readout::new("excess", "Above the best", 4).formula("max(0, loss - loss_opt)")
        .unit("nats")
        .help("What your plan loses against the best one for the same budget."),
    Readout::new("n_opt", "Best size", 2).unit("billion").help("Parameters of the best plan.")
        .basis("Where a percent more parameters takes off what a percent fewer tokens add; with answers to pay for, searched for."),
    Readout::new("flops", "Training", 2).formula("6'operations' * n * d * 1e18")
        .unit("FLOP")
        .help("Operations of training your plan: six for each parameter and token."),
])
.presets(&[
    Preset::new("chinchilla-budget", "Chinchilla budget")
        .look("The best plan for Gopher’s budget: both slopes are equal, and it reads [18](run:?tilt=0#tokens_per_param) tokens a parameter.")
        .with(&[("tilt", "0")]),
    Preset::new("gpt-3", "GPT-3 as built")
        .look("[168 billion](run:?log_c=23.5&tilt=0.5#n) parameters, nearly GPT-3’s: three times the best size, and [0.015](run:?log_c=23.5&tilt=0.5#excess) nats above it.")
        .with(&[("log_c", "23.5"), ("tilt", "0.5")]),
    Preset::new("overtrained", "Overtrained 8B")
        .look("Eight billion parameters on 15 trillion tokens, as Llama 3 8B: dear to train for its size, cheap to ask.")
        .with(&[("log_c", "23.86"), ("tilt", "-1")]),
    Preset::new("kaplan", "Kaplan’s advice")
        .look("Eleven times the best size, starved of text: by far the costliest of the three recipes.")
        .with(&[("tilt", "1.05")]),
    Preset::new("rounded", "Rounded constants")
        .look("The constants as printed: the best size falls to [32 billion](run:?constants=rounded&tilt=0#n).")
        .with(&[("constants", "rounded"), ("tilt", "0")]),
    Preset::new("by-hand", "By hand")
        .look("The budget of the worked example, at its best size: left and right bars trade one term for the other.")
        .with(&[("log_c", "20.08"), ("tilt", "0")]),
    Preset::new("asked-much", "Ten trillion tokens asked")
        .look("The same budget has to pay for ten trillion tokens of answers: the best size falls to [16 billion](run:?serve=on&log_inference=13&tilt=0#n_opt).")
        .with(&[("serve", "on"), ("log_inference", "13"), ("tilt", "0")]),
])
.challenges(&[
    Challenge::new(
        "best-plan",
        "The bottom of the valley",
        "Keep Gopher’s budget, 23.76, and find a plan within 0.001 nats of the best.",
        &[of("log_c").equals(23.76), of("excess").below(0.001)],
    )
    .solution(&[("tilt", "0")], 0),
    Challenge::new(
        "small-and-well-read",
        "Small and well read",
        "A model under 10 billion parameters that has read at least 1,000 tokens for each of them, and is no \
         more than 0.06 nats above the best plan of its budget.",
        &[of("n").below(10.0), of("tokens_per_param").at_least(1000.0), of("excess").below(0.06)],
    )
    .solution(&[("log_c", "23.6"), ("tilt", "-0.95")], 0),
])
.prediction(
    Prediction::new(
        "A model half as large as the best one, on the same budget (so it reads twice as much). How much \
         higher is its loss?",
        of("excess"),
        &[
            Answer::at_most("about a quarter of a percent", 0.01),
            Answer::at_most("about one percent", 0.06),
            Answer::beyond("about ten percent"),
        ],
        "What it loses in size it nearly gains in text: [0.0048](run:?tilt=-0.3#excess) nats of [1.97](run:?tilt=-0.3#loss_opt), a quarter of a percent. The floor of a valley \
         is flat.",
    )
    .with(&[("tilt", "-0.3")]),
);

/// Frames from the top to the first touch.
const FALL: f64 = 32.0;

/// Share of the speed that a bounce keeps.
const BOUNCE: f64 = 0.36;

/// Frames after which all balls lie still.
const AT_REST: u64 = 75;

/// Decades of size to both sides of the best, as far as `tilt` goes.
const REACH: f64 = 2.0;

/// A recipe and the plan that it asks for.
struct Recipe {
    id: &'static str,
    name: &'static str,
    plan: Plan,
}

struct Frontier {
    surface: Surface,
    budget: f64,
    /// Tokens that the budget pays for after training.
    served: f64,
    best: Plan,
    mine: Option<Plan>,
    tilt: f64,
    recipes: Vec<Recipe>,
    kaplan: bool,
    /// The surface as cells, made anew only with other constants.
    field: Vec<u8>,
    frames: u64,
}

impl Frontier {
    fn new(values: &Values) -> Self {
        let surface = CONSTANTS.of(values);
        Self::with_field(values, surface, figure::field(&surface))
    }

    fn with_field(values: &Values, surface: Surface, field: Vec<u8>) -> Self {
        let budget = pow(10.0, values.real("log_c"));
        let served = if values.toggle("serve") { pow(10.0, values.real("log_inference")) } else { 0.0 };
        let (best, tilt) = (surface.best_serving(budget, served), values.real("tilt"));
        let show_kaplan = values.toggle("show_kaplan");
        let mut recipes: Vec<Recipe> = [("rounded", "printed", ROUNDED), ("refit", "fitted again", REFIT)]
            .into_iter()
            .map(|(id, name, constants)| Recipe { id, name, plan: constants.best_serving(budget, served) })
            .collect();
        // Where Kaplan's size alone costs more than the budget, its recipe asks for what cannot be had.
        if let Some(plan) = with_bill(kaplan(budget).n, budget, served).filter(|_| show_kaplan) {
            recipes.push(Recipe { id: "kaplan", name: "Kaplan", plan });
        }
        Self {
            surface,
            budget,
            served,
            best,
            mine: with_bill(best.n * pow(10.0, tilt), budget, served),
            tilt,
            recipes,
            kaplan: show_kaplan,
            field,
            frames: 0,
        }
    }

    fn best_loss(&self) -> f64 {
        self.surface.loss(self.best)
    }

    /// How far above the line a ball hangs, from 1 at the top to 0 at rest.
    fn height(&self) -> f64 {
        let mut t = self.frames as f64 / FALL;
        if t < 1.0 {
            return 1.0 - t * t;
        }
        t -= 1.0;
        let mut speed = 1.0;
        for _ in 0..2 {
            speed *= BOUNCE;
            if t < 2.0 * speed {
                return t * (2.0 * speed - t);
            }
            t -= 2.0 * speed;
        }
        0.0
    }
}

impl Simulation for Frontier {
    fn step(&mut self) {
        self.frames = (self.frames + 1).min(AT_REST);
    }

    fn set(&mut self, values: &Values) {
        let (surface, frames) = (CONSTANTS.of(values), self.frames);
        let field =
            if surface == self.surface { core::mem::take(&mut self.field) } else { figure::field(&surface) };
        *self = Self { frames, ..Self::with_field(values, surface, field) };
    }

    fn readings(&self) -> Vec<Named> {
        let loss = self.mine.map(|plan| self.surface.loss(plan));
        vec![
            reading("n", self.mine.map(|plan| plan.n / 1e9)),
            reading("d", self.mine.map(|plan| plan.d / 1e9)),
            reading("tokens_per_param", self.mine.map(|plan| plan.tokens_per_parameter())),
            reading("loss", loss),
            reading("loss_opt", self.best_loss()),
            reading("excess", loss.map(|loss| (loss - self.best_loss()).max(0.0))),
            reading("n_opt", self.best.n / 1e9),
            reading("flops", self.mine.map(|plan| plan.compute())),
        ]
    }

    fn figure(&self) -> Figure {
        figure::draw(self)
    }

    fn describe(&self, mark: &str, index: usize) -> Option<String> {
        figure::describe(self, mark, index)
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        match self.mine {
            None => notes.push(
                "A model of this size spends the whole budget before it has read a token: take a smaller one \
                 or a larger budget."
                    .to_owned(),
            ),
            Some(plan) if plan.d > 1e14 => notes.push(
                "More than 10¹⁴ tokens: stocks of text are finite, and the formula knows nothing of reading \
                 twice."
                    .to_owned(),
            ),
            Some(plan) if plan.d < plan.n / 100.0 => notes.push(
                "Less than a token for a hundred parameters: no run behind the constants was as far out."
                    .to_owned(),
            ),
            Some(_) => {}
        }
        if self.kaplan && self.recipes.iter().all(|recipe| recipe.id != "kaplan") {
            notes.push("Kaplan’s size costs more than the budget once answers are paid for.".to_owned());
        }
        notes
    }

    fn finished(&self) -> bool {
        self.frames >= AT_REST
    }
}
