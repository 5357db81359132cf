//! Two networks with one beginning: the first keeps all it has, the second is to do with fewer weights or bits.
//!
//! References: as in [`crate::weight_codes`] and [`crate::spiral_network`]; Han et al. 2015, arXiv:1506.02626 (cut,
//! then train on); Zhu & Gupta 2017, arXiv:1710.01878 (many cuts with training between).
//!
//! Both see the same batches. Up to step [`TRAINED`] a cut network is as it was; then it is cut. What is
//! done after training is shown at any step as if training ended there.
//!
//! Departure: one run stands for training and mending; the first network goes on learning as well.

use crate::mlp::Activation;
use crate::spiral_network::{Bits, Learner, Network, Task};
use crate::weight_codes::{cubic, portion, prune, without_smallest};
use numerics::random::Stream;

/// Steps after which a network counts as trained: from here on it is cut, or loses its bits.
pub const TRAINED: u64 = 600;

/// Cuts one after the other, and steps after each of them.
pub const CUTS: u64 = 8;
pub const BETWEEN: u64 = 100;

/// Steps in all.
pub const LAST: u64 = 1500;

/// Learning rate, and that of a network which loses its bits late.
pub const RATE: f64 = 0.01;
pub const LATE_RATE: f64 = 0.005;

/// When the forward pass of training begins to see rounded weights.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Aware {
    Start,
    Late,
    Never,
}

/// How weights are taken away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cut {
    /// The smallest at once, and no training after it.
    Once,
    /// The same at step [`TRAINED`], and training goes on.
    Retrained,
    /// A little at a time.
    Gradual,
    /// By lot, and no training after it.
    Random,
}

/// What is done to the second network.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Plan {
    pub bits: Bits,
    pub aware: Aware,
    /// Of its weights are taken away.
    pub share: f64,
    pub cut: Cut,
}

impl Plan {
    /// Whether weights are to be rounded at all.
    const fn rounds(&self) -> bool {
        self.bits.others < 32.0
    }
}

/// Both networks in training.
#[derive(Clone, Debug)]
pub struct Pair {
    pub plan: Plan,
    pub task: Task,
    pub step: u64,
    /// The loss was no number: nothing is trained any more.
    pub halted: bool,
    full: Learner,
    /// None as long as the two are the same.
    apart: Option<Learner>,
    /// The mask of a cut by lot.
    lot: Vec<bool>,
}

impl Pair {
    /// Two networks with two hidden layers of this width.
    #[must_use]
    pub fn new(plan: Plan, hidden: usize, seed: u64) -> Self {
        let network =
            Network::new(&[hidden, hidden], Activation::Tanh, &mut Stream::new(seed, "initialisation"));
        let mut draws = Stream::new(seed, "cut");
        let luck: Vec<f64> = (0..network.count()).map(|_| draws.uniform()).collect();
        let rounded = plan.aware == Aware::Start && plan.rounds();
        Self {
            plan,
            task: Task::new(seed),
            step: 0,
            halted: false,
            lot: without_smallest(&luck, portion(plan.share, network.count())),
            apart: rounded.then(|| Learner::new(network.clone(), plan.bits, RATE, seed)),
            full: Learner::new(network, Bits::FULL, RATE, seed),
        }
    }

    #[must_use]
    pub fn finished(&self) -> bool {
        self.halted || self.step >= LAST
    }

    /// One batch for both.
    pub fn advance(&mut self) {
        self.shrink();
        let mut losses = vec![self.full.step(&self.task.train)];
        losses.extend(self.apart.as_mut().map(|small| small.step(&self.task.train)));
        self.halted = losses.iter().any(|loss| !loss.is_finite());
        self.step += 1;
    }

    /// What happens to the second network before this step.
    fn shrink(&mut self) {
        let Some(since) = self.step.checked_sub(TRAINED) else { return };
        let plan = self.plan;
        let late = since == 0 && plan.aware == Aware::Late && plan.rounds();
        let gone = match plan.cut {
            Cut::Retrained if since == 0 => plan.share,
            Cut::Gradual if since.is_multiple_of(BETWEEN) && since / BETWEEN < CUTS => {
                cubic(plan.share, (since / BETWEEN + 1) as usize, CUTS as usize)
            }
            _ => 0.0,
        };
        if !late && gone == 0.0 {
            return;
        }
        let small = self.apart.get_or_insert_with(|| self.full.clone());
        if late {
            (small.bits, small.rate) = (plan.bits, LATE_RATE);
        }
        if gone > 0.0 {
            small.cut(gone);
        }
    }

    fn small(&self) -> &Learner {
        self.apart.as_ref().unwrap_or(&self.full)
    }

    /// The mask of the second network now.
    fn mask(&self) -> Vec<bool> {
        match self.plan.cut {
            Cut::Once if self.plan.share > 0.0 => prune(&self.small().exact.flat(), self.plan.share),
            Cut::Random => self.lot.clone(),
            _ => self.small().mask.clone(),
        }
    }

    /// The first network.
    #[must_use]
    pub fn first(&self) -> Network {
        self.full.seen()
    }

    /// The second one, and how many of its weights are kept.
    #[must_use]
    pub fn second(&self) -> (Network, usize) {
        let mask = self.mask();
        (self.small().shrunk(self.plan.bits, &mask), mask.iter().filter(|kept| **kept).count())
    }

    /// The exact weights behind the second network, which its slopes move.
    #[must_use]
    pub fn exact(&self) -> &Network {
        &self.small().exact
    }

    /// Weights of the first network.
    #[must_use]
    pub fn weights(&self) -> usize {
        self.full.exact.count()
    }

    /// Bits of a weight of the second network, the mean over all of them.
    #[must_use]
    pub fn mean_bits(&self) -> f64 {
        let first = self.full.exact.weights[0].as_slice().len() as f64 / self.weights() as f64;
        let Bits { first: finer, others } = self.plan.bits;
        others + first * (finer - others)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: Plan = Plan { bits: Bits::FULL, aware: Aware::Start, share: 0.0, cut: Cut::Once };

    fn after(plan: Plan, steps: u64) -> Pair {
        let mut pair = Pair::new(plan, 8, 1);
        (0..steps).for_each(|_| pair.advance());
        pair
    }

    fn kept(plan: Plan, steps: u64) -> usize {
        after(plan, steps).second().1
    }

    #[test]
    fn with_all_bits_and_weights_the_two_are_one() {
        let pair = after(ALL, 30);
        assert_eq!(pair.first().flat(), pair.second().0.flat());
    }

    #[test]
    fn cuts_come_when_they_should() {
        let half = |cut| Plan { share: 0.5, cut, ..ALL };
        assert_eq!([kept(half(Cut::Once), 0), kept(half(Cut::Random), 0)], [44, 44]);
        for cut in [Cut::Retrained, Cut::Gradual] {
            assert_eq!(kept(half(cut), TRAINED), 88);
            assert!(kept(half(cut), TRAINED + 1) < 88);
            assert_eq!(kept(half(cut), TRAINED + CUTS * BETWEEN), 44, "{cut:?}");
        }
    }

    /// 16 of the 88 weights at width 8 are the first layer's.
    #[test]
    fn a_finer_first_layer_is_counted() {
        let [plain, finer] = [Bits::everywhere(3.0), Bits::finer_first(3.0)]
            .map(|bits| after(Plan { bits, aware: Aware::Never, ..ALL }, 50));
        assert_eq!(plain.mean_bits(), 3.0);
        assert!((finer.mean_bits() - (16.0 * 8.0 + 72.0 * 3.0) / 88.0).abs() < 1e-12);
        let [plain, finer] = [plain.second().0.flat(), finer.second().0.flat()];
        assert_ne!(plain[..16], finer[..16]);
        assert_eq!(plain[16..], finer[16..]);
    }

    #[test]
    fn a_late_network_is_the_first_until_it_is_not() {
        let late = Plan { bits: Bits::everywhere(1.0), aware: Aware::Late, ..ALL };
        let never = Plan { bits: Bits::everywhere(1.0), aware: Aware::Never, ..ALL };
        assert_eq!(after(late, TRAINED).second().0.flat(), after(never, TRAINED).second().0.flat());
        assert_ne!(after(late, TRAINED + 1).second().0.flat(), after(never, TRAINED + 1).second().0.flat());
    }
}
