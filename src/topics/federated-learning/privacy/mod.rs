//! `privacy`: what a server can read off what it is sent, masks that cancel, and noise with a guarantee.

mod figure;
mod spec;
#[cfg(test)]
mod tests;

pub use spec::SPEC;

use super::tidy;
use crate::lab::figure::series::Series;
use crate::lab::{Figure, Named, Simulation, Values, reading};
use crate::models::federated::{
    CLIENTS, EACH, Example, Local, NOISE, SIZE, Setting, Weights, average, gradient, moved, recovered,
    share_right,
};
use crate::models::gaussian_privacy::{clip, epsilon, exact_epsilon};
use crate::models::secure_sum::{counted, decoded, fits, masked, sum};
use crate::numerics::matrix::norm;
use crate::numerics::random::Stream;

/// The δ that ε goes with.
pub(super) const DELTA: f64 = 1e-5;

/// α of the split, and how clients train.
const SKEW: f64 = 1.0;
const LOCAL: Local = Local { epochs: 5, rate: 0.3, pull: 0.0 };

/// Whose update and whose examples are looked at.
const VICTIM: usize = 0;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Defence {
    pub masks: bool,
    pub noise: bool,
}

/// What went to the server in the last round.
struct Sent {
    /// The victim's update, as counted before its masks.
    own: Vec<f64>,
    /// The same as it was sent, as a share of half the clock where masks are on.
    shown: Vec<f64>,
    /// What the server adds up to, over the clients.
    total: Vec<f64>,
    /// Numbers in which the sum under masks is that without, if there are masks.
    agree: Option<usize>,
    /// Whether the sum is of use.
    whole: bool,
}

pub(super) struct Privacy {
    setting: Setting,
    defence: Defence,
    batch: usize,
    clip: f64,
    z: f64,
    crowd: f64,
    last: u64,
    /// Clients that answer.
    present: usize,
    seed: u64,
    noise: Stream,
    global: Weights,
    round: u64,
    accuracy: f64,
    right: Series<1>,
    /// ε after each round, by the simple formula and exactly: none without noise.
    prices: Vec<[Option<f64>; 2]>,
    sent: Option<Sent>,
}

impl Privacy {
    fn new(values: &Values) -> Self {
        let seed = values.seed();
        let setting = Setting::new(SKEW, NOISE, seed);
        let mut this = Self {
            defence: spec::DEFENCE.of(values),
            batch: values.integer("batch"),
            clip: values.real("clip"),
            z: values.real("z"),
            crowd: spec::CROWD.of(values),
            last: values.integer("rounds") as u64,
            present: if values.toggle("drop_one") { CLIENTS - 1 } else { CLIENTS },
            seed,
            noise: Stream::new(seed, "noise"),
            global: setting.start,
            round: 0,
            accuracy: share_right(&setting.start, &setting.test),
            right: Series::every(1),
            prices: Vec::new(),
            sent: None,
            setting,
        };
        this.right.push(0, [this.accuracy]);
        this
    }

    /// The examples that a client takes a gradient from in this round.
    fn examples(&self, client: usize) -> Vec<Example> {
        let first = self.round as usize * self.batch;
        (first..first + self.batch).map(|i| self.setting.clients[client][i % EACH]).collect()
    }

    fn gradient(&self, client: usize) -> Weights {
        gradient(&self.global, self.examples(client).iter())
    }

    /// The gradient that the server can look at: the victim's own, or under masks the mean of all.
    fn looked_at(&self) -> Weights {
        if !self.defence.masks {
            return self.gradient(VICTIM);
        }
        let all: Vec<Weights> = (0..self.present).map(|client| self.gradient(client)).collect();
        let mut mean = [0.0; SIZE];
        mean.copy_from_slice(&average(&all, &vec![1.0; all.len()]));
        mean
    }

    /// What the server takes for the victim's example, and how far the nearest of them is from it.
    fn guess(&self) -> Option<([f64; 2], f64)> {
        let found = recovered(&self.looked_at())?;
        let off = |example: Example| norm(&[found[0] - example.x[0], found[1] - example.x[1]]);
        let least = self.examples(VICTIM).into_iter().map(off).fold(f64::INFINITY, f64::min);
        Some((found, tidy(least)))
    }

    /// The deviation of the noise in each number of the mean.
    fn deviation(&self) -> Option<f64> {
        self.defence.noise.then(|| self.z * self.clip / (self.present as f64 * self.crowd))
    }

    /// ε after the rounds so far, by the simple formula and exactly.
    fn price(&self) -> [Option<f64>; 2] {
        self.prices.last().copied().unwrap_or_default()
    }

    /// What clients send, and the server's sum of it.
    fn exchange(&self) -> Sent {
        let mut updates: Vec<Weights> = (0..CLIENTS)
            .map(|client| moved(&self.global, &self.setting.train(LOCAL, &self.global, client, self.round)))
            .collect();
        // Where one user's part has to be bounded, all weigh the same.
        let weight = if self.defence.noise { 1.0 } else { EACH as f64 };
        if self.defence.noise {
            updates.iter_mut().for_each(|update| {
                clip(update, self.clip);
            });
        }
        let own = updates[VICTIM].to_vec();
        if !self.defence.masks {
            let total = average(&updates[..self.present], &vec![weight; self.present]);
            return Sent { shown: own.clone(), own, total, agree: None, whole: true };
        }
        let values: Vec<Vec<f64>> =
            updates.iter().map(|update| update.iter().map(|x| weight * x).collect()).collect();
        let counts: Vec<Vec<u32>> = values.iter().map(|v| counted(v)).collect();
        let under = masked(&counts, self.seed, self.round);
        let (found, wanted) = (sum(&under[..self.present]), sum(&counts[..self.present]));
        let agree = found.iter().zip(&wanted).filter(|(a, b)| a == b).count();
        let all = weight * self.present as f64;
        Sent {
            own,
            shown: decoded(&under[VICTIM]).into_iter().map(|x| x / 32_768.0).collect(),
            total: decoded(&found).into_iter().map(|x| x / all).collect(),
            agree: Some(agree),
            whole: agree == SIZE && fits(&values),
        }
    }
}

impl Simulation for Privacy {
    fn step(&mut self) {
        if self.finished() {
            return;
        }
        let sent = self.exchange();
        let deviation = self.deviation().unwrap_or(0.0);
        if sent.whole {
            for (w, move_by) in self.global.iter_mut().zip(&sent.total) {
                *w += move_by + if deviation > 0.0 { deviation * self.noise.normal() } else { 0.0 };
            }
        }
        self.sent = Some(sent);
        self.round += 1;
        self.accuracy = share_right(&self.global, &self.setting.test);
        self.right.push(self.round, [self.accuracy]);
        if self.defence.noise {
            let rounds = self.round as f64;
            let exact = (self.z > 0.0).then(|| exact_epsilon(self.z / rounds.sqrt(), DELTA)).flatten();
            self.prices.push([Some(epsilon(self.z, rounds, DELTA)), exact]);
        }
    }

    fn readings(&self) -> Vec<Named> {
        let agree = self.sent.as_ref().and_then(|sent| sent.agree);
        let [simple, exact] = self.price();
        vec![
            reading("leak_err", self.guess().map(|(_, off)| off)),
            reading("sum_exact", agree.map(|n| n as f64)),
            reading("epsilon", simple),
            reading("epsilon_exact", exact),
            reading("noise_std", self.deviation()),
            reading("test_acc", self.accuracy),
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
        if self.defence.masks && self.present < CLIENTS {
            notes.push(
                "One client did not answer: the masks that it shares with the others stay in the sum, and the server \
                 can only drop the round."
                    .to_owned(),
            );
        }
        if self.defence.noise && self.z <= 0.0 {
            notes.push("Without noise there is no guarantee: ε is infinite.".to_owned());
        }
        notes
    }

    fn finished(&self) -> bool {
        self.round >= self.last
    }
}
