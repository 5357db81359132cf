//! What a training run remembers for steady readouts: a sliding window of its latest batches.

use crate::lab::figure::series::{Series, Smoothed};
use crate::models::clusters::CLUSTERS;
use crate::numerics::statistics::normalised_mutual_information;
use std::collections::VecDeque;

/// Batches that loads are averaged over. One batch of 256 tokens is too few: chance alone would
/// look like imbalance.
pub const WINDOW: usize = 200;

/// What one batch did.
pub struct Entry {
    /// Tokens sent to each expert, before dropping.
    pub demand: Vec<usize>,
    /// Cluster and first choice of each token.
    pub pairs: Vec<(usize, usize)>,
    pub loss: f64,
    /// Choices that found no room, and tokens that lost all of theirs.
    pub dropped: usize,
    pub unserved: usize,
}

/// The last [`WINDOW`] batches, with running sums. Counts are whole numbers, so that adding and
/// taking away leaves no rounding behind.
pub struct Window {
    entries: VecDeque<Entry>,
    demand: Vec<usize>,
    pairs: Vec<Vec<f64>>,
    dropped: usize,
    unserved: usize,
}

impl Window {
    pub fn new(experts: usize) -> Self {
        Self {
            entries: VecDeque::with_capacity(WINDOW + 1),
            demand: vec![0; experts],
            pairs: vec![vec![0.0; experts]; CLUSTERS],
            dropped: 0,
            unserved: 0,
        }
    }

    pub fn push(&mut self, entry: Entry) {
        for (sum, n) in self.demand.iter_mut().zip(&entry.demand) {
            *sum += n;
        }
        for &(cluster, expert) in &entry.pairs {
            self.pairs[cluster][expert] += 1.0;
        }
        self.dropped += entry.dropped;
        self.unserved += entry.unserved;
        self.entries.push_back(entry);
        if self.entries.len() > WINDOW
            && let Some(old) = self.entries.pop_front()
        {
            for (sum, n) in self.demand.iter_mut().zip(&old.demand) {
                *sum -= n;
            }
            for (cluster, expert) in old.pairs {
                self.pairs[cluster][expert] -= 1.0;
            }
            self.dropped -= old.dropped;
            self.unserved -= old.unserved;
        }
    }

    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Load of each expert over the fair share.
    pub fn loads(&self) -> Vec<f64> {
        over_fair_share(&self.demand)
    }

    /// Loads of the latest batch alone.
    pub fn latest_loads(&self) -> Vec<f64> {
        self.entries.back().map(|e| over_fair_share(&e.demand)).unwrap_or_default()
    }

    /// Mean squared error over the last `batches`.
    pub fn loss(&self, batches: usize) -> f64 {
        let n = self.entries.len().min(batches);
        self.entries.iter().rev().take(n).map(|e| e.loss).sum::<f64>() / n.max(1) as f64
    }

    /// Share of the routed choices that found no room.
    pub fn share_dropped(&self) -> f64 {
        self.dropped as f64 / self.demand.iter().sum::<usize>().max(1) as f64
    }

    /// Whether some token lost all its experts.
    pub fn any_unserved(&self) -> bool {
        self.unserved > 0
    }

    /// How much the first choice tells about the cluster, 0 to 1.
    pub fn mutual_information(&self) -> f64 {
        normalised_mutual_information(&self.pairs)
    }
}

/// Steps that a curve of [`Turns`] is smoothed over: single batches are noise.
const SMOOTHED: f64 = 25.0;

/// What goes round for each expert: its load, the length of its router row's gradient and its mean
/// probability, each over the mean of all experts.
pub struct Turns {
    curves: Vec<(Series<3>, [Smoothed; 3])>,
    /// [E, 3]: of the latest batch, and of the one before.
    latest: Vec<[f64; 3]>,
    before: Vec<[f64; 3]>,
}

impl Turns {
    pub fn new(experts: usize) -> Self {
        let curve = || (Series::every(1), [Smoothed::over(SMOOTHED); 3]);
        Self { curves: (0..experts).map(|_| curve()).collect(), latest: Vec::new(), before: Vec::new() }
    }

    /// Takes one number for each expert: tokens it was sent, length of the gradient, probability.
    pub fn push(&mut self, step: u64, demand: &[usize], slopes: &[f64], probabilities: &[f64]) {
        self.before = std::mem::take(&mut self.latest);
        let relative = |xs: &[f64]| {
            let mean = (xs.iter().sum::<f64>() / xs.len().max(1) as f64).max(1e-12);
            xs.iter().map(|x| x / mean).collect::<Vec<_>>()
        };
        let columns = [over_fair_share(demand), relative(slopes), relative(probabilities)];
        for (e, (curve, means)) in self.curves.iter_mut().enumerate() {
            let row = [0, 1, 2].map(|i| columns[i][e]);
            means.iter_mut().zip(row).for_each(|(mean, x)| mean.take(x));
            curve.push(step, means.map(|mean| mean.now));
            self.latest.push(row);
        }
    }

    /// Load and gradient of the last batch but one, then probability and load of the last:
    /// one whole turn, once two batches were seen.
    pub fn turn(&self, expert: usize) -> Option<[f64; 4]> {
        let ([load, slope, _], [next, _, probability]) =
            (*self.before.get(expert)?, *self.latest.get(expert)?);
        Some([load, slope, probability, next])
    }

    /// Load, gradient or probability of an expert against the step, smoothed.
    pub fn curve(&self, expert: usize, column: usize) -> Vec<[f64; 2]> {
        self.curves[expert].0.curve(column)
    }
}

fn over_fair_share(demand: &[usize]) -> Vec<f64> {
    let fair = demand.iter().sum::<usize>() as f64 / demand.len().max(1) as f64;
    demand.iter().map(|&n| n as f64 / fair.max(1e-9)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_turn_goes_from_one_batch_to_the_next() {
        let mut turns = Turns::new(2);
        turns.push(1, &[3, 1], &[0.3, 0.1], &[0.5, 0.5]);
        assert_eq!(turns.turn(0), None);
        turns.push(2, &[2, 2], &[0.0, 0.0], &[0.75, 0.25]);
        let expected = [1.5, 1.5, 1.5, 1.0];
        assert!(turns.turn(0).unwrap().iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-12));
        assert_eq!(turns.turn(1).map(|turn| turn[2]), Some(0.5));
    }

    #[test]
    fn the_window_forgets() {
        let mut window = Window::new(2);
        let entry = |expert: usize| Entry {
            demand: if expert == 0 { vec![4, 0] } else { vec![0, 4] },
            pairs: vec![(0, expert); 4],
            loss: expert as f64,
            dropped: expert,
            unserved: 0,
        };
        window.push(entry(0));
        assert_eq!(window.loads(), [2.0, 0.0]);
        for _ in 0..WINDOW {
            window.push(entry(1));
        }
        assert_eq!(window.loads(), [0.0, 2.0]);
        assert_eq!(window.loss(WINDOW), 1.0);
        assert_eq!(window.share_dropped(), 0.25);
    }
}
