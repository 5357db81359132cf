//! `moe-train`: a mixture of linear experts that learns, starves its experts, and can be helped.

mod figure;
mod record;
mod spec;
#[cfg(test)]
mod tests;

pub use spec::SPEC;

use crate::lab::figure::series::Series;
use crate::lab::schema::readout::absent;
use crate::lab::{Bounded, Figure, Named, Simulation, Values, reading};
use crate::models::clusters::{Batch, Clusters};
use crate::models::mixture::{Balance, Mixture, Settings};
use crate::models::own_points::Targets;
use crate::models::router::{Gate, capacity};
use crate::numerics::random::Stream;
use record::{Entry, Turns, Window};
use spec::{BALANCE, GATE, POINTS, READOUTS, START};

/// Tokens in a batch.
const TOKENS: usize = 256;
/// Tokens of the picture. They stay the same during a run, so that what moves is the routing.
const PICTURED: usize = 192;
/// Below this share of the fair load an expert counts as dead.
const DEAD: f64 = 0.1;
/// Unless one is asked for, an expert is chosen to be watched by its load up to this step, and kept: the idlest
/// of those with this share of the fair load. Of those with less, most are dead within a hundred steps.
const CHOSEN: u64 = 10;
const AT_WORK: f64 = 0.5;

/// As far as a reader's own points reach from the middle: as far as most of those that are drawn.
const REACH: f64 = 1.3;

/// Where tokens come from.
enum Tokens {
    Drawn(Box<Clusters>),
    /// Points of the reader's own.
    Own(Targets),
}

impl Tokens {
    fn new(values: &Values) -> Self {
        match POINTS.own(values.text("own")) {
            Some(rows) => Self::Own(Targets::new(&rows, REACH)),
            None => Self::Drawn(Box::new(Clusters::new(values.seed(), values.real("skew")))),
        }
    }

    fn draw(&self, tokens: usize, stream: &mut Stream, batch: &mut Batch) {
        match self {
            Self::Drawn(clusters) => clusters.draw(tokens, stream, batch),
            Self::Own(targets) => targets.draw(tokens, stream, batch),
        }
    }

    fn pictured(&self, seed: u64) -> Batch {
        match self {
            Self::Drawn(clusters) => clusters.batch(PICTURED, &mut Stream::new(seed, "picture")),
            Self::Own(targets) => targets.some(PICTURED),
        }
    }

    fn best_linear_loss(&self) -> f64 {
        match self {
            Self::Drawn(clusters) => clusters.best_linear_loss(),
            Self::Own(targets) => targets.best_linear_loss(),
        }
    }

    fn are_own(&self) -> bool {
        matches!(self, Self::Own(_))
    }
}

/// The running simulation.
struct Train {
    mixture: Mixture,
    tokens: Tokens,
    deviation: f64,
    top_k: Bounded<usize>,
    /// Which expert's turn is drawn; none stands for the one in `kept`.
    watched: Option<Bounded<usize>>,
    /// The idlest of those that were at work by step [`CHOSEN`], counted from 0: it has a turn to show, and may
    /// yet lose it.
    kept: usize,
    data: Stream,
    noise: Stream,
    window: Window,
    turns: Turns,
    /// Step, loss, largest violation of the window, largest violation of the batch.
    history: Series<3>,
    step: u64,
    /// The batch at hand.
    batch: Batch,
    /// Tokens of the picture.
    pictured: Batch,
    /// Loss of the best single linear map.
    alone: f64,
    /// The largest load that has been drawn: the axis never shrinks during a run.
    highest: f64,
    broken: bool,
}

impl Train {
    fn new(values: &Values) -> Self {
        let experts = values.integer("n_experts");
        let top_k = Bounded::at_most(values.integer("top_k"), experts, |asked| {
            format!(
                "A token cannot have {asked} of {experts} experts: using k = {experts} (dense, every expert \
                 sees every token)."
            )
        });
        let cf = values.real("cf");
        let settings = Settings {
            experts,
            start: START.of(values),
            top_k: top_k.value,
            gate: GATE.of(values),
            balance: BALANCE.of(values)(values),
            capacity_factor: (cf > 0.0).then_some(cf),
        };
        let seed = values.seed();
        let mixture = Mixture::new(settings, seed);
        let tokens = Tokens::new(values);
        let pictured = tokens.pictured(seed);
        Self {
            alone: tokens.best_linear_loss(),
            mixture,
            tokens,
            deviation: values.real("noise"),
            top_k,
            watched: watched(values),
            kept: 0,
            data: Stream::new(seed, "data"),
            noise: Stream::new(seed, "noise"),
            window: Window::new(experts),
            turns: Turns::new(experts),
            history: Series::every(1),
            step: 0,
            batch: Batch::default(),
            pictured,
            highest: 2.0,
            broken: false,
        }
    }

    fn experts(&self) -> usize {
        self.mixture.settings.experts
    }

    /// Largest load over the fair share, minus one.
    fn violation(loads: &[f64]) -> f64 {
        loads.iter().copied().fold(0.0, f64::max) - 1.0
    }

    /// The expert whose turn is drawn, counted from 0.
    fn watched(&self) -> usize {
        self.watched.as_ref().map_or(self.kept, |watched| watched.value - 1)
    }

    fn dead(&self) -> usize {
        self.window.loads().iter().filter(|l| **l < DEAD).count()
    }
}

/// What is asked to be watched, where it is one expert.
fn watched(values: &Values) -> Option<Bounded<usize>> {
    let (asked, experts) = (values.integer("watched"), values.integer("n_experts"));
    (asked > 0).then(|| {
        Bounded::at_most(asked, experts, |asked| {
            format!("There is no expert {asked} among {experts}: expert {experts} is watched.")
        })
    })
}

impl Simulation for Train {
    fn step(&mut self) {
        self.tokens.draw(TOKENS, &mut self.data, &mut self.batch);
        let Some(pass) = self.mixture.train(&self.batch, self.deviation, &mut self.noise) else {
            self.broken = true;
            return;
        };
        self.step += 1;
        let [dropped, unserved] = pass.losses();
        let loss = pass.loss;
        let mut probabilities = vec![0.0; pass.probabilities.columns()];
        for t in 0..pass.probabilities.rows() {
            probabilities.iter_mut().zip(pass.probabilities.row(t)).for_each(|(sum, p)| *sum += p);
        }
        let first_choices = pass.routes.experts().iter().step_by(pass.routes.each());
        let demand = pass.buffers.demand.clone();
        self.window.push(Entry {
            pairs: self.batch.clusters.iter().copied().zip(first_choices.copied()).collect(),
            loss,
            dropped,
            unserved,
            demand: demand.clone(),
        });
        self.turns.push(self.step, &demand, &self.mixture.router_slopes, &probabilities);
        let (loads, latest) = (self.window.loads(), self.window.latest_loads());
        if self.step <= CHOSEN {
            let at_work = loads.iter().enumerate().filter(|(_, load)| **load >= AT_WORK);
            let busiest = || loads.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1));
            let watched = at_work.min_by(|a, b| a.1.total_cmp(b.1)).or_else(busiest);
            self.kept = watched.map_or(0, |(expert, _)| expert);
        }
        self.highest = loads.iter().chain(&latest).copied().fold(self.highest, f64::max);
        let row = [loss, Self::violation(&loads), Self::violation(&latest)];
        self.history.push(self.step, row);
    }

    fn set(&mut self, values: &Values) {
        self.watched = watched(values);
    }

    fn readings(&self) -> Vec<Named> {
        if self.window.is_empty() {
            return absent(READOUTS);
        }
        let loads = self.window.loads();
        vec![
            reading("loss", self.window.loss(50)),
            reading("max_violation", Self::violation(&loads)),
            reading("min_load", loads.iter().copied().fold(f64::INFINITY, f64::min)),
            reading("dead", self.dead()),
            reading("load_watched", loads[self.watched()]),
            reading("dropped", 100.0 * self.window.share_dropped()),
            reading("nmi", (!self.tokens.are_own()).then(|| self.window.mutual_information())),
        ]
    }

    fn figure(&self) -> Figure {
        figure::draw(self)
    }

    fn notes(&self) -> Vec<String> {
        let s = self.mixture.settings;
        let mut notes = Vec::new();
        if self.broken {
            notes.push(format!(
                "A number stopped being finite after step {}, so training stopped there. Lower Aux weight α \
                 or Bias step γ, or take another seed.",
                self.step
            ));
        }
        if self.tokens.are_own() {
            notes.push(
                "The points are yours, drawn with replacement; the target is scaled to variance 1. Which clusters \
                 they come in nobody has said, so there is no specialisation, and “Data skew” has no say."
                    .to_owned(),
            );
        }
        if s.experts == 1 {
            notes.push("With one expert there is nothing to route: this is a dense model.".to_owned());
        } else if let Some(note) = self.top_k.note() {
            notes.push(note);
        } else if s.top_k == s.experts {
            notes.push("Every token goes to every expert: dense, with no choice to balance.".to_owned());
        }
        notes.extend(self.watched.as_ref().and_then(Bounded::note));
        if s.top_k == 1 && s.experts > 1 && s.gate == Gate::Renormalised {
            notes.push(
                "With one expert per token the renormalised gate is always 1, so the error sends no gradient \
                 to the router."
                    .to_owned(),
            );
        }
        if let Balance::Bias(step) = s.balance
            && step * s.experts as f64 >= 0.15
        {
            notes.push(format!(
                "A bias step of {step} is large beside a mean probability of 1/{}: single batches swing, \
                 even where the mean of 200 looks calm.",
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
