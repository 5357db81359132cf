//! `fedavg`: ten clients with points of their own, and a server that averages what they make of its model.

mod figure;
mod spec;
#[cfg(test)]
mod tests;

pub use spec::SPEC;

use super::tidy;
use crate::lab::figure::series::Series;
use crate::lab::{Figure, Named, Simulation, Values, reading};
use crate::models::federated::{
    BATCH, CLASSES, CLIENTS, Local, Pooled, SIZE, Setting, Weights, average, drift, moved, share_right,
};
use crate::models::own_points::halves;
use crate::numerics::random::Stream;
use crate::numerics::statistics::{Recent, mean, standard_deviation};
use spec::POINTS;
use std::cell::OnceCell;

/// Rounds over which accuracy is summed up, and drift.
const WINDOW: usize = 20;
const SHORT: usize = 5;

/// The share of new points whose first round is noted.
const GOAL: f64 = 0.85;

/// Rounds after which nothing new is learned.
const LAST: u64 = 500;

/// How far the reader's own points reach from the middle.
const REACH: f64 = 2.0;

pub(super) struct FedAvg {
    /// Whether the points are the reader's own.
    own: bool,
    setting: Setting,
    local: Local,
    participation: f64,
    trained: bool,
    draws: Stream,
    round: u64,
    global: Weights,
    pooled: Pooled,
    /// Who took part in the last round, and the copy of each client from when it last did.
    chosen: Vec<usize>,
    copies: Vec<Option<Weights>>,
    accuracy: f64,
    pooled_accuracy: f64,
    /// What is right of the copies of the last round, on average: known once somebody asks.
    copies_accuracy: OnceCell<Option<f64>>,
    accuracies: Recent,
    drifts: Recent,
    /// The first round that reached the goal.
    reached: Option<u64>,
    /// Copies that were sent in all.
    sent: usize,
    /// Right, of new points: the average, and the model trained in one place.
    right: Series<2>,
    apart: Series<1>,
    /// Rounds whose average was no number.
    refused: u64,
}

impl FedAvg {
    fn new(values: &Values) -> Self {
        let seed = values.seed();
        let (rows, skew) = (POINTS.own(values.text("own")), values.real("alpha"));
        let own = rows.is_some();
        let setting = match rows {
            Some(rows) => Setting::on(halves(&rows, REACH), skew, seed),
            None => Setting::new(skew, values.real("noise"), seed),
        };
        let accuracy = share_right(&setting.start, &setting.test);
        let mut this = Self {
            own,
            local: Local {
                epochs: values.integer("epochs"),
                rate: values.real("lr"),
                pull: values.real("mu"),
            },
            participation: values.real("participation"),
            trained: values.toggle("train"),
            draws: Stream::new(seed, "participation"),
            round: 0,
            global: setting.start,
            pooled: Pooled::new(&setting),
            chosen: Vec::new(),
            copies: vec![None; CLIENTS],
            accuracy,
            pooled_accuracy: accuracy,
            copies_accuracy: OnceCell::new(),
            accuracies: Recent::of(WINDOW),
            drifts: Recent::of(SHORT),
            reached: None,
            sent: 0,
            right: Series::every(1),
            apart: Series::every(1),
            refused: 0,
            setting,
        };
        this.right.push(0, [accuracy; 2]);
        // Before anybody has trained, all copies are one.
        this.apart.push(0, [0.0]);
        this
    }

    /// What is right of the copies of the last round, on average.
    fn local_accuracy(&self) -> Option<f64> {
        *self.copies_accuracy.get_or_init(|| {
            let copies = self.chosen.iter().filter_map(|client| self.copies[*client].as_ref());
            let right: Vec<f64> = copies.map(|copy| share_right(copy, &self.setting.test)).collect();
            (!right.is_empty()).then(|| mean(&right))
        })
    }

    /// How many of a client's points are in each class.
    fn counts(&self, client: usize) -> [usize; CLASSES] {
        let mut counts = [0; CLASSES];
        self.setting.clients[client].iter().for_each(|example| counts[example.class] += 1);
        counts
    }

    fn largest(&self) -> f64 {
        let share =
            |client| self.counts(client).into_iter().max().unwrap_or(0) as f64 / self.setting.each as f64;
        mean(&(0..CLIENTS).map(share).collect::<Vec<_>>())
    }
}

impl Simulation for FedAvg {
    fn step(&mut self) {
        if self.finished() {
            return;
        }
        let sent = self.global;
        self.chosen = self.setting.choose(self.participation, &mut self.draws);
        let train = |client: &usize| {
            if self.trained { self.setting.train(self.local, &sent, *client, self.round) } else { sent }
        };
        let copies: Vec<Weights> = self.chosen.iter().map(train).collect();
        let updates: Vec<Weights> = copies.iter().map(|copy| moved(&sent, copy)).collect();
        let counts: Vec<f64> =
            self.chosen.iter().map(|client| self.setting.clients[*client].len() as f64).collect();
        let mean = average(&copies, &counts);
        if mean.iter().all(|w| w.is_finite()) {
            self.global.copy_from_slice(&mean);
        } else {
            self.refused += 1;
        }
        if self.trained {
            let steps = self.setting.each.div_ceil(BATCH) * self.local.epochs * self.chosen.len();
            self.pooled.train(&self.setting, self.local.rate, steps);
        }
        for (client, copy) in self.chosen.iter().zip(&copies) {
            self.copies[*client] = Some(*copy);
        }
        self.round += 1;
        self.sent += self.chosen.len();
        self.accuracy = share_right(&self.global, &self.setting.test);
        self.pooled_accuracy = share_right(&self.pooled.weights, &self.setting.test);
        self.copies_accuracy = OnceCell::new();
        if self.accuracy >= GOAL && self.reached.is_none() {
            self.reached = Some(self.round);
        }
        let apart = drift(&updates);
        self.accuracies.push(self.accuracy);
        if apart.is_finite() {
            self.drifts.push(apart);
            self.apart.push(self.round, [apart]);
        }
        self.right.push(self.round, [self.accuracy, self.pooled_accuracy]);
    }

    fn readings(&self) -> Vec<Named> {
        let copies = self.local_accuracy();
        vec![
            reading("test_acc", self.accuracy),
            reading("acc_mean", self.accuracies.full().map(|last| mean(&last))),
            reading("acc_std", self.accuracies.full().map(|last| tidy(standard_deviation(&last)))),
            reading("local_acc", copies),
            reading("gain", copies.map(|right| self.accuracy - right)),
            reading("drift", self.drifts.mean()),
            reading("reached", self.reached.map(|round| round as f64)),
            reading("rounds", self.round as f64),
            reading("bytes_total", (2 * 4 * SIZE * self.sent) as f64 / 1e3),
            reading("pooled_acc", self.pooled_accuracy),
            reading("largest", self.largest()),
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
        if self.own {
            let (each, test) = (self.setting.each, self.setting.test.len());
            notes.push(format!(
                "The points are yours: every second one of a class is learned from, dealt out by α, {each} for each \
                 client, and the other {test} are the test. “Scatter” has no say."
            ));
        }
        if self.refused > 0 {
            notes.push(
                "The average of a round was no number; the server kept the model that it had. A lower learning \
                 rate or pull would do."
                    .to_owned(),
            );
        }
        if self.chosen.len() == 1 {
            notes.push(
                "With one client a round there is nothing to average: each copy replaces the model."
                    .to_owned(),
            );
        }
        notes
    }

    fn finished(&self) -> bool {
        self.round >= LAST
    }
}
