//! A learner in which nothing mentions a power law, and whose loss follows one: it keeps facts, and
//! facts are asked for with very different frequencies.
//!
//! References: Hutter 2021, arXiv:2102.04074 (learning curves of a learner that memorises); Michaud et al.
//! 2023, arXiv:2303.13506 (quanta of knowledge, stored in the order of their use).
//!
//! Glossary: `tail` a, where fact k is asked for with probability in proportion to k^-(1+a); `n` N, facts
//! that the store holds; `d` D, questions that were read; loss, the probability of what is not stored.
//!
//! Shapes: `probabilities[k]` for K = [`FACTS`] facts, the most frequent first; `seen[k]`, how often a fact
//! was read.
//!
//! Departures: the number of facts is finite, so that for small `tail` slopes are steeper than those of the
//! limit. A fact that was read once is known.

use numerics::elementary::{ln, pow};
use numerics::random::Stream;

/// Facts that can be asked for: K.
pub const FACTS: usize = 50_000;

/// How often each fact is asked for.
#[derive(Clone, Debug)]
pub struct World {
    tail: f64,
    /// `below[k]`: the probability of the facts before k; one more than there are facts.
    below: Vec<f64>,
}

impl World {
    #[must_use]
    pub fn new(tail: f64) -> Self {
        let mut below = Vec::with_capacity(FACTS + 1);
        let mut sum = 0.0;
        below.push(0.0);
        for k in 1..=FACTS {
            sum += pow(k as f64, -1.0 - tail);
            below.push(sum);
        }
        below.iter_mut().for_each(|p| *p /= sum);
        Self { tail, below }
    }

    /// The probability of a fact, counted from 0.
    #[must_use]
    pub fn probability(&self, fact: usize) -> f64 {
        self.below[fact + 1] - self.below[fact]
    }

    /// The fact that is asked for next.
    pub fn ask(&self, questions: &mut Stream) -> usize {
        let u = questions.uniform();
        self.below.partition_point(|p| *p <= u).clamp(1, FACTS) - 1
    }

    /// The loss of a store of `n` facts whose owner has read everything.
    #[must_use]
    pub fn loss_read_all(&self, n: usize) -> f64 {
        1.0 - self.below[n.min(FACTS)]
    }

    /// What the limit of ever more facts has for the slopes of ln loss: against ln N, ln D and ln C; and
    /// for that of ln N* against ln C.
    #[must_use]
    pub fn theory(&self) -> [f64; 4] {
        let a = self.tail;
        [-a, -a / (1.0 + a), -a / (2.0 + a), 1.0 / (2.0 + a)]
    }
}

/// What was read so far.
#[derive(Clone, Debug)]
pub struct Reader {
    seen: Vec<u32>,
    read: usize,
    questions: Stream,
}

impl Reader {
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self { seen: vec![0; FACTS], read: 0, questions: Stream::new(seed, "questions") }
    }

    /// Reads on, up to `d` questions in all.
    pub fn read_to(&mut self, world: &World, d: usize) {
        while self.read < d {
            self.seen[world.ask(&mut self.questions)] += 1;
            self.read += 1;
        }
    }

    /// Questions read so far.
    #[must_use]
    pub fn read(&self) -> usize {
        self.read
    }

    /// The facts that were seen, the most frequent first, of equals the one with the lower index.
    #[must_use]
    pub fn ranking(&self) -> Vec<usize> {
        let mut seen: Vec<usize> = (0..FACTS).filter(|k| self.seen[*k] > 0).collect();
        // A stable sort keeps equals in the order of their indices.
        seen.sort_by_key(|k| core::cmp::Reverse(self.seen[*k]));
        seen
    }
}

/// The loss of a store that takes the first of a ranking, for every size: `losses[n]` with n facts; the
/// last stands for all larger ones.
#[must_use]
pub fn losses(world: &World, ranking: &[usize]) -> Vec<f64> {
    let mut left = 1.0;
    let stored = ranking.iter().map(|fact| {
        left -= world.probability(*fact);
        left
    });
    core::iter::once(1.0).chain(stored).collect()
}

/// The loss of a store of `n` facts, from [`losses`].
#[must_use]
pub fn loss_of(losses: &[f64], n: usize) -> f64 {
    losses[n.min(losses.len() - 1)]
}

/// Where a parabola through the logarithms of three points beside the lowest has its bottom, as (ln x, ln y)
/// there; `points` lie evenly in ln x. None where the lowest is the first or the last: the valley may lie
/// beyond.
#[must_use]
pub fn valley(points: &[[f64; 2]]) -> Option<[f64; 2]> {
    let lowest = (0..points.len()).min_by(|i, j| points[*i][1].total_cmp(&points[*j][1]))?;
    if lowest == 0 || lowest + 1 >= points.len() {
        return None;
    }
    let [left, middle, right] = [lowest - 1, lowest, lowest + 1].map(|i| ln(points[i][1]));
    let spacing = 0.5 * (ln(points[lowest + 1][0]) - ln(points[lowest - 1][0]));
    let bend = left - 2.0 * middle + right;
    // Equal losses side by side have no bend; the middle one stands for them.
    let shift = if bend > 0.0 { 0.5 * (left - right) / bend } else { 0.0 };
    Some([ln(points[lowest][0]) + shift * spacing, middle - 0.25 * (left - right) * shift])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn probabilities_sum_to_one_and_fall() {
        let world = World::new(0.5);
        let sum: f64 = (0..FACTS).map(|k| world.probability(k)).sum();
        assert!((sum - 1.0).abs() < 1e-9);
        assert!((world.probability(0) / world.probability(3) - 8.0).abs() < 1e-6);
    }

    #[test]
    fn facts_are_asked_as_often_as_they_should_be() {
        let world = World::new(1.0);
        let mut reader = Reader::new(3);
        reader.read_to(&world, 100_000);
        assert_eq!(reader.read(), 100_000);
        let share = f64::from(reader.seen[0]) / 1e5;
        assert!((share - world.probability(0)).abs() < 0.005, "{share}");
        let ranking = reader.ranking();
        assert!(ranking.windows(2).all(|w| {
            let [a, b] = [reader.seen[w[0]], reader.seen[w[1]]];
            a > b || a == b && w[0] < w[1]
        }));
    }

    #[test]
    fn a_store_that_read_everything_loses_the_tail() {
        let world = World::new(0.5);
        let all: Vec<usize> = (0..FACTS).collect();
        let losses = losses(&world, &all);
        for n in [1, 10, 1000] {
            assert!((loss_of(&losses, n) - world.loss_read_all(n)).abs() < 1e-9);
        }
        assert!(loss_of(&losses, 10 * FACTS).abs() < 1e-9);
    }

    #[test]
    fn a_parabola_has_its_bottom_where_it_was_put() {
        let points: Vec<[f64; 2]> = (0..9)
            .map(|i| {
                let x = f64::from(i) * 0.5;
                [numerics::elementary::exp(x), numerics::elementary::exp(0.3 * (x - 1.7) * (x - 1.7) + 0.2)]
            })
            .collect();
        let [x, y] = valley(&points).unwrap();
        assert!((x - 1.7).abs() < 1e-9 && (y - 0.2).abs() < 1e-9, "{x} {y}");
        assert!(valley(&points[5..]).is_none());
    }
}
