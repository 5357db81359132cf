//! `fit`: a laboratory trains small models one by one, fits a law to their losses, and says what a large
//! one should look like.

mod figure;
mod rival;
#[cfg(test)]
mod tests;

use crate::lab::schema::readout::format_number;
use crate::lab::schema::table::{Column, Table};
use crate::lab::{
    Answer, Choice, Control, Figure, Named, Pace, Prediction, Preset, Readout, Simulation, Spec, Values, of,
    reading,
};
use crate::models::gaussian_process::Kernel;
use crate::models::law_fit::{CHEAPEST, FEWEST, Law, Run, draw, resample};
use crate::models::loss_surface::{Plan, REFIT, Surface};
use crate::numerics::elementary::pow;
use crate::numerics::random::Stream;
use rival::{Belief, Forecast, READ, Rival};

static RIVAL: Choice<Option<Belief>, 4> = Choice::new(
    "rival",
    "Gaussian process",
    [
        ("none", "none", None),
        ("matern", "Matérn 5/2, rougher", Some(Belief { kernel: Kernel::Matern52, line: false })),
        ("smooth", "Gaussian, smoother", Some(Belief { kernel: Kernel::SquaredExponential, line: false })),
        ("line", "line + Matérn 5/2", Some(Belief { kernel: Kernel::Matern52, line: true })),
    ],
);

/// Runs of the reader's own: what was trained, on how much, and what came of it.
static RUNS: Table = Table::new(
    &[
        Column::real("parameters", [1e3, 1e14]),
        Column::real("tokens", [1e3, 1e16]),
        Column::real("loss", [0.05, 20.0]),
    ],
    [FEWEST, 300],
);

pub static SPEC: Spec = Spec::new(
    "fit",
    "Fit it yourself",
    "Small models are trained one by one, with some luck in each loss. A law is fitted to all of them and \
     extended to a budget thousands of times larger; the truth is known here, and drawn beside it.",
    Pace::new(20.0, 24, "run").promised(85),
    |values| Box::new(Laboratory::new(values)),
)
.controls(&[
    Control::integer("runs", "Runs", 10, 300, 60).help("Models that are trained before the law is final."),
    Control::real("noise", "Luck σ", [0.0, 0.03], 0.001, 0.003)
        .help("Deviation of the logarithm of a loss from run to run: 0.003 is a third of a percent."),
    Control::real("log_cmax", "Largest run, log₁₀ C", [19.0, 22.0], 0.1, 20.0)
        .unit("FLOP")
        .help("Power of ten of the budget of the most expensive run; the cheapest costs 10¹⁸."),
    Control::real("log_target", "Target, log₁₀ C", [20.0, 26.0], 0.02, 23.76)
        .unit("FLOP")
        .help("Power of ten of the budget that the law is asked about."),
    Control::toggle("irreducible", "A floor E", true)
        .help("Whether the law has a part that no training removes. Off, it says that loss falls to nothing."),
    RIVAL.control().secondary().help(
        "A rival on the same runs that knows no law: near plans have near losses, and its kernel says how near. \
         Far from all runs it returns to their average, or to a straight line in logarithms.",
    ),
    Control::table("own", "Your own runs", &RUNS, |text| RUNS.check(text)).secondary().help(
        "Losses of models that you trained, in nats a token, take the place of the made ones; the truth is then \
         unknown, and nothing is drawn of it.",
    ),
    Control::seed(1).secondary(),
])
.readouts(&[
    Readout::new("e_hat", "Floor E, fitted", 3).unit("nats").help("The truth is 1.8172.")
        .basis("Fitted to all runs so far."),
    Readout::new("alpha_hat", "α, fitted", 3).help("The truth is 0.3478.")
        .basis("Fitted to all runs so far."),
    Readout::new("beta_hat", "β, fitted", 3).help("The truth is 0.3658.")
        .basis("Fitted to all runs so far."),
    Readout::new("loss_pred", "Loss, forecast", 3)
        .unit("nats")
        .help("What the fitted law says of its own best plan at the target.")
        .basis("From the law fitted to all runs so far."),
    Readout::new("loss_true", "Best loss in truth", 3)
        .unit("nats")
        .help("The least loss that the target budget can buy.")
        .formula("1.8172 + 482.01 / ((0.3478 * 482.01 / (0.3658 * 2085.43)) ^ (1 / 0.7136) * (10 ^ log_target / 6) ^ (0.3658 / 0.7136))'best size' ^ 0.3478 + 2085.43 / (10 ^ log_target / 6 / ((0.3478 * 482.01 / (0.3658 * 2085.43)) ^ (1 / 0.7136) * (10 ^ log_target / 6) ^ (0.3658 / 0.7136))'best size')'best text' ^ 0.3658"),
    Readout::new("error", "Forecast is off by", 2)
        .unit("%")
        .spoken("percent")
        .help("How far the forecast lies from the best loss in truth, above or below.")
        .formula("100 * abs(loss_pred / loss_true - 1)"),
    Readout::new("ratio_pred", "Tokens per parameter", 1).help("The recipe that the law gives at the target.")
        .basis("From the law fitted to all runs so far."),
    Readout::new("ratio_lo", "Recipe, low", 1)
        .help("A tenth of the laws fitted to resampled runs lie below; known after all runs and 25 more steps.")
        .basis("Of up to 50 laws, each fitted to runs drawn again from these."),
    Readout::new("ratio_hi", "Recipe, high", 1).help("A tenth of them lie above.")
        .basis("Of up to 50 laws, each fitted to runs drawn again from these."),
    Readout::new("regret", "Regret of the recipe", 5)
        .unit("nats")
        .help("True loss of the plan that the law advises, above the best.")
        .basis("By the true law."),
    Readout::new("residual", "Residual of the fit", 2)
        .unit("%")
        .spoken("percent")
        .help("Root mean square by which the law misses its own runs: all that a laboratory can see.")
        .basis("Over all runs so far."),
    Readout::new("rival_error", "Rival is off by", 2)
        .unit("%")
        .spoken("percent")
        .help("How far the Gaussian process’s forecast lies from the best loss in truth, above or below.")
        .basis("From the Gaussian process on the runs so far, at most the first 100, asked for 20 tokens a parameter."),
    Readout::new("rival_lo", "Rival’s band, low", 3)
        .unit("nats")
        .help("Four fifths of what the Gaussian process believes of the loss at the target lie above it and below the next.")
        .basis("From the Gaussian process on the runs so far, at most the first 100."),
    Readout::new("rival_hi", "Rival’s band, high", 3).unit("nats").help("The upper end of that band.")
        .basis("From the Gaussian process on the runs so far, at most the first 100."),
    Readout::new("rival_sigmas", "Rival off, in its σ", 2)
        .help("The same distance in the deviations that it states: up to 1.28, the truth lies in its band.")
        .basis("From the Gaussian process on the runs so far, at most the first 100."),
])
.presets(&[
    Preset::new("careful", "Careful lab").look("Sixty runs, a third of a percent of luck in each."),
    Preset::new("noisy", "Noisy lab")
        .look("Three times the luck: the recipe’s band spans a factor, the valley still forgives.")
        .with(&[("noise", "0.01")]),
    Preset::new("tiny", "Tiny budget")
        .look("Ten runs for five constants: with another seed another recipe.")
        .with(&[("runs", "10")]),
    Preset::new("forget-floor", "Forget E")
        .look("The law misses its runs by about a percent, as a fair one might, and its forecast lies far below the truth.")
        .with(&[("irreducible", "off")]),
    Preset::new("big-sweep", "Big sweep")
        .look("Four times the runs, up to ten times the budget: forecast and recipe both come close.")
        .with(&[("runs", "240"), ("log_cmax", "21")]),
    Preset::new("no-law", "Without a law")
        .look("A Gaussian process beside the law: nearly as good among its runs; at the target off by [4.2 %](run:?rival=matern&at=60&seeds=1..20#mean:rival_error) on average over 20 seeds, and its band opens.")
        .with(&[("rival", "matern")]),
    Preset::new("smoother", "A smoother kernel")
        .look("The same runs, a smoother kernel: beyond them the forecast bends back to the average, off by [14 %](run:?rival=smooth&at=60&seeds=1..20#mean:rival_error) on average over 20 seeds.")
        .with(&[("rival", "smooth")]),
])
.prediction(
    Prediction::new(
        "After 60 runs up to 10²⁰ operations: how far off is the forecast of the loss at a budget 5,750 times \
         as large?",
        of("error"),
        &[
            Answer::at_most("within 5 %", 5.0),
            Answer::at_most("5 to 20 %", 20.0),
            Answer::beyond("more than 20 %"),
        ],
        "Within a few percent, since nine tenths of the loss are the floor E. The recipe, tokens per \
         parameter, is known far less well; look at its band.",
    )
    .settled_at(60),
);

/// Laws fitted to resampled runs.
const RESAMPLED: usize = 50;

/// Of these in a step.
const A_STEP: usize = 2;

/// Steps of a search that follows a law after one more run.
const FOLLOW: usize = 12;

struct Laboratory {
    /// The surface that runs are drawn from; none where they are the reader's own.
    truth: Option<Surface>,
    own: Vec<Run>,
    noise: f64,
    largest: f64,
    target: f64,
    /// The budgets that the figure shows.
    shown: [f64; 2],
    irreducible: bool,
    asked: usize,
    belief: Option<Belief>,
    plans: Stream,
    luck: Stream,
    again: Stream,
    runs: Vec<Run>,
    law: Option<Law>,
    rival: Option<Rival>,
    /// Why there is no law to look at, where the last search failed.
    failed: bool,
    resampled: Vec<Surface>,
    /// Resamples drawn; not all of them give a law.
    drawn: usize,
}

impl Laboratory {
    fn new(values: &Values) -> Self {
        let seed = values.seed();
        let rows = RUNS.read::<3>(values.text("own")).unwrap_or_default();
        let own: Vec<Run> = rows.into_iter().map(|[n, d, loss]| Run { plan: Plan { n, d }, loss }).collect();
        let target = pow(10.0, values.real("log_target"));
        let budgets = || own.iter().map(|run| run.plan.compute());
        Self {
            truth: own.is_empty().then_some(REFIT),
            noise: values.real("noise"),
            largest: pow(10.0, values.real("log_cmax")),
            target,
            shown: if own.is_empty() {
                [CHEAPEST, target]
            } else {
                [budgets().fold(target, f64::min), budgets().fold(target, f64::max)]
            },
            irreducible: values.toggle("irreducible"),
            asked: if own.is_empty() { values.integer("runs") } else { own.len() },
            own,
            belief: RIVAL.of(values),
            plans: Stream::new(seed, "runs"),
            luck: Stream::new(seed, "noise"),
            again: Stream::new(seed, "resampled"),
            runs: Vec::new(),
            law: None,
            rival: None,
            failed: false,
            resampled: Vec::new(),
            drawn: 0,
        }
    }

    /// One more model, and the law that all of them together ask for. On the way a search follows the last
    /// law; the last one starts from everywhere.
    fn train(&mut self) {
        self.runs.push(match self.own.get(self.runs.len()) {
            Some(run) => *run,
            None => draw(&REFIT, self.largest, self.noise, &mut self.plans, &mut self.luck),
        });
        let final_one = self.runs.len() == self.asked;
        let found = match &self.law {
            Some(law) if !final_one => law.follow(&self.runs, self.irreducible, FOLLOW),
            near => Law::fit(&self.runs, self.irreducible, near.as_ref()),
        };
        let sound = found.filter(|law| law.is_sound(&self.runs));
        self.failed = self.runs.len() >= FEWEST && sound.is_none();
        // What was fitted last stays, where the new search found nothing that can be used.
        self.law = sound.or(self.law);
        if let Some(belief) = self.belief.filter(|_| (FEWEST..=READ).contains(&self.runs.len())) {
            self.rival = Rival::fit(&self.runs, belief).or(self.rival.take());
        }
    }

    /// What the rival says of the target.
    fn rival_forecast(&self) -> Option<Forecast> {
        Some(self.rival.as_ref()?.forecast(rival::plan(self.target)))
    }

    fn again(&mut self) {
        self.drawn += A_STEP;
        let Some(law) = self.law else { return };
        for _ in 0..A_STEP {
            let runs = resample(&self.runs, &mut self.again);
            let found = law.follow(&runs, self.irreducible, 60).filter(|law| law.is_sound(&runs));
            self.resampled.extend(found.map(|law| law.surface()));
        }
    }

    fn advice(&self) -> Option<(Surface, Plan)> {
        let surface = self.law?.surface();
        let plan = surface.best(self.target);
        (plan.n.is_finite() && plan.n > 0.0 && plan.d > 0.0).then_some((surface, plan))
    }

    /// The band in which four fifths of the resampled laws have a quantity; none before all were fitted.
    fn band(&self, of: impl Fn(&Surface) -> f64) -> Option<[f64; 2]> {
        if !self.finished() || self.resampled.len() < 10 {
            return None;
        }
        let mut all: Vec<f64> = self.resampled.iter().map(of).collect();
        all.sort_by(f64::total_cmp);
        let last = all.len() - 1;
        Some([0.1, 0.9].map(|share| all[(share * last as f64).round() as usize]))
    }
}

impl Simulation for Laboratory {
    fn step(&mut self) {
        if self.runs.len() < self.asked {
            self.train();
        } else {
            self.again();
        }
    }

    fn readings(&self) -> Vec<Named> {
        let truth = self.truth.as_ref();
        let best = truth.map(|truth| truth.loss(truth.best(self.target)));
        let off = |loss: f64| best.map(|best| 100.0 * (loss / best - 1.0).abs());
        let (law, advice) = (self.law.map(|law| law.surface()), self.advice());
        let forecast = advice.map(|(surface, plan)| surface.loss(plan));
        let rival = self.rival_forecast();
        let band = self.band(|surface| surface.best(self.target).tokens_per_parameter());
        vec![
            reading("e_hat", law.map(|law| law.floor)),
            reading("alpha_hat", law.map(|law| law.size_power)),
            reading("beta_hat", law.map(|law| law.data_power)),
            reading("loss_pred", forecast),
            reading("loss_true", best),
            reading("error", forecast.and_then(off)),
            reading("ratio_pred", advice.map(|(_, plan)| plan.tokens_per_parameter())),
            reading("ratio_lo", band.map(|[low, _]| low)),
            reading("ratio_hi", band.map(|[_, high]| high)),
            reading(
                "regret",
                advice
                    .zip(truth.zip(best))
                    .map(|((_, plan), (truth, best))| (truth.loss(plan) - best).max(0.0)),
            ),
            reading("residual", self.law.map(|law| 100.0 * law.residual)),
            reading("rival_error", rival.and_then(|found| off(found.loss()))),
            reading("rival_lo", rival.map(|found| found.band()[0])),
            reading("rival_hi", rival.map(|found| found.band()[1])),
            reading("rival_sigmas", rival.zip(best).map(|(found, best)| found.deviations(best))),
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
        if self.truth.is_none() {
            notes.push(
                "The runs are yours: what is true of them nobody knows here, and nothing is said of it. A law \
                 is worth little beyond a hundred times the largest budget."
                    .to_owned(),
            );
        }
        if self.runs.len() < FEWEST {
            notes.push(format!("Fewer than {FEWEST} runs do not fix five constants: no law yet."));
        }
        if self.failed {
            notes.push(
                "The fit failed: an exponent is not above 0, or the floor lies above a loss that was measured. \
                 The last law that could be used stays."
                    .to_owned(),
            );
        }
        if self.rival.is_some() && self.runs.len() > READ {
            notes.push(format!(
                "The Gaussian process reads the first {READ} runs only: its bill grows with the cube of their number."
            ));
        }
        if self.finished() && self.resampled.len() < RESAMPLED {
            notes.push(format!(
                "{} of {RESAMPLED} resamples gave no law that can be used; the band leaves them out.",
                RESAMPLED - self.resampled.len()
            ));
        }
        if let Some((_, plan)) = self.advice().filter(|(_, plan)| plan.d > 1e14) {
            notes.push(format!(
                "The law asks for {} tokens: stocks of text are finite.",
                format_number(plan.d, 0)
            ));
        }
        notes
    }

    fn finished(&self) -> bool {
        self.runs.len() >= self.asked && self.drawn >= RESAMPLED
    }
}
