//! Tasks learned one after the other by one network, and what protects the old ones: an anchor for what
//! mattered (EWC), or examples kept (replay).
//!
//! References: McCloskey and Cohen 1989 (catastrophic interference); Kirkpatrick et al. 2017,
//! arXiv:1612.00796, equation 3 (elastic weight consolidation); Huszár 2018, arXiv:1712.03847 (on the penalty
//! for several tasks); Rolnick et al. 2019, arXiv:1811.11682 (replay).
//!
//! Glossary: `weights` w, all parameters in the order w1, b1, w2, b2; an anchor's `star` w*, the weights at the end
//! of a task, and `importance` F, the diagonal of the Fisher information there; `lambda` λ. The penalty is
//! Σ over old tasks and weights of λ/2 F (w − w*)².
//!
//! Shapes: inputs [25] of a 5 × 5 picture; outputs [10], one for each digit.
//!
//! Departures: one anchor for each old task, as the authors did. The pull of the penalty is taken implicitly,
//! w ← (w + c w*) / (1 + c) with c = rate λ F: an explicit step is unstable where c exceeds 2.

use crate::mlp::{Activation, Mlp, Target, Trainer, drawn};
use numerics::elementary::softmax;
use numerics::matrix::Matrix;
use numerics::optimiser::Rule;
use numerics::random::Stream;

/// Pixels of a picture.
pub const PIXELS: usize = 25;
pub const CLASSES: usize = 10;
/// Steps of gradient descent that each task gets.
pub const STEPS: usize = 400;
const BATCH: usize = 32;
const RATE: f64 = 0.1;
const NOISE: f64 = 0.35;
/// Pictures on which a task is tested.
const TESTS: usize = 200;
/// Pictures from which the importance of a weight is estimated.
const FISHER: usize = 300;
/// Pictures of each old task that replay keeps.
pub const KEPT: usize = 100;

/// Ten digits, five rows of five.
pub const GLYPHS: [[&str; 5]; CLASSES] = [
    [".###.", "#...#", "#...#", "#...#", ".###."],
    ["..#..", ".##..", "..#..", "..#..", ".###."],
    ["####.", "....#", ".###.", "#....", "#####"],
    ["####.", "....#", "..##.", "....#", "####."],
    ["#..#.", "#..#.", "#####", "...#.", "...#."],
    ["#####", "#....", "####.", "....#", "####."],
    [".###.", "#....", "####.", "#...#", ".###."],
    ["#####", "....#", "...#.", "..#..", "..#.."],
    [".###.", "#...#", ".###.", "#...#", ".###."],
    [".###.", "#...#", ".####", "....#", ".###."],
];

/// A digit's picture without noise.
#[must_use]
pub fn glyph(class: usize) -> [f64; PIXELS] {
    core::array::from_fn(|i| f64::from(u8::from(GLYPHS[class][i / 5].as_bytes()[i % 5] == b'#')))
}

/// The digits, with their pixels in an order of its own.
#[derive(Clone, Debug)]
pub struct Task {
    pub order: Vec<usize>,
}

impl Task {
    /// A noisy picture and its digit.
    pub fn draw(&self, luck: &mut Stream) -> (Vec<f64>, usize) {
        let class = luck.below(CLASSES);
        let clean = glyph(class);
        (self.order.iter().map(|i| clean[*i] + NOISE * luck.normal()).collect(), class)
    }

    fn draws(&self, count: usize, luck: &mut Stream) -> Examples {
        let mut examples = Examples::default();
        for _ in 0..count {
            let (x, class) = self.draw(luck);
            examples.push(&x, class);
        }
        examples
    }
}

/// The first task leaves the pixels where they are; the others shuffle them.
#[must_use]
pub fn tasks(count: usize, seed: u64) -> Vec<Task> {
    let mut luck = Stream::new(seed, "tasks");
    (0..count)
        .map(|task| {
            let mut order: Vec<usize> = (0..PIXELS).collect();
            if task > 0 {
                luck.shuffle(&mut order);
            }
            Task { order }
        })
        .collect()
}

/// Pictures, row by row, with their digits.
#[derive(Clone, Debug, Default)]
struct Examples {
    x: Vec<f64>,
    classes: Vec<usize>,
}

impl Examples {
    fn push(&mut self, x: &[f64], class: usize) {
        self.x.extend_from_slice(x);
        self.classes.push(class);
    }

    fn matrix(&self) -> Matrix {
        Matrix::from_vec(self.classes.len(), PIXELS, self.x.clone())
    }
}

/// What a task leaves behind: where the weights were, and how much each mattered.
#[derive(Clone, Debug)]
pub struct Anchor {
    pub star: Vec<f64>,
    pub importance: Vec<f64>,
}

/// Σ over anchors and weights of λ/2 F (w − w*)².
#[must_use]
pub fn penalty(weights: &[f64], anchors: &[Anchor], lambda: f64) -> f64 {
    let one = |anchor: &Anchor| -> f64 {
        let each = weights.iter().zip(&anchor.star).zip(&anchor.importance);
        each.map(|((w, star), f)| f * (w - star) * (w - star)).sum()
    };
    0.5 * lambda * anchors.iter().map(one).sum::<f64>()
}

/// Its gradient: λ F (w − w*), summed over anchors.
#[must_use]
pub fn penalty_gradient(weights: &[f64], anchors: &[Anchor], lambda: f64) -> Vec<f64> {
    let each = |(i, w): (usize, &f64)| {
        lambda * anchors.iter().map(|a| a.importance[i] * (w - a.star[i])).sum::<f64>()
    };
    weights.iter().enumerate().map(each).collect()
}

/// What is done against forgetting.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Protection {
    None,
    /// Anchors, with the strength λ.
    Anchors(f64),
    /// Kept examples, with their share of each batch.
    Replay(f64),
}

/// A network that learns one task after the other.
#[derive(Clone, Debug)]
pub struct Learner {
    trainer: Trainer,
    tasks: Vec<Task>,
    tests: Vec<Examples>,
    protection: Protection,
    anchors: Vec<Anchor>,
    kept: Vec<Examples>,
    /// Steps made, over all tasks.
    steps: usize,
    data: Stream,
    replay: Stream,
    fisher: Stream,
}

impl Learner {
    #[must_use]
    pub fn new(task_count: usize, hidden: usize, protection: Protection, seed: u64) -> Self {
        let mut start = Stream::new(seed, "initialisation");
        let (w1, w2) = (drawn(hidden, PIXELS, 2.0, &mut start), drawn(CLASSES, hidden, 2.0, &mut start));
        let mlp = Mlp { w1, b1: vec![0.0; hidden], w2, b2: vec![0.0; CLASSES], activation: Activation::Relu };
        let tasks = tasks(task_count, seed);
        let mut luck = Stream::new(seed, "tests");
        let tests = tasks.iter().map(|task| task.draws(TESTS, &mut luck)).collect();
        Self {
            trainer: Trainer::new(mlp, Rule::Sgd { momentum: 0.0, weight_decay: 0.0 }, RATE),
            tasks,
            tests,
            protection,
            anchors: Vec::new(),
            kept: Vec::new(),
            steps: 0,
            data: Stream::new(seed, "data"),
            replay: Stream::new(seed, "replay"),
            fisher: Stream::new(seed, "fisher"),
        }
    }

    #[must_use]
    pub fn steps(&self) -> usize {
        self.steps
    }

    #[must_use]
    pub fn finished(&self) -> bool {
        self.steps >= STEPS * self.tasks.len()
    }

    /// The task that is being learned, or was last.
    #[must_use]
    pub fn task(&self) -> usize {
        (self.steps / STEPS).min(self.tasks.len() - 1)
    }

    /// Weights of the network.
    #[must_use]
    pub fn weights(&self) -> usize {
        let Mlp { w1, b1, w2, b2, .. } = &self.trainer.mlp;
        w1.as_slice().len() + b1.len() + w2.as_slice().len() + b2.len()
    }

    /// Numbers that are stored beside the network.
    #[must_use]
    pub fn memory(&self) -> usize {
        let anchors: usize = self.anchors.iter().map(|a| 2 * a.star.len()).sum();
        anchors + self.kept.iter().map(|k| k.x.len() + k.classes.len()).sum::<usize>()
    }

    /// One step of gradient descent on a batch; after the last of a task, what it leaves behind is kept.
    pub fn step(&mut self) {
        if self.finished() {
            return;
        }
        let batch = self.batch();
        self.trainer.step(&batch.matrix(), &Target::Classes(batch.classes));
        if let Protection::Anchors(lambda) = self.protection {
            self.pull(lambda);
        }
        self.steps += 1;
        if self.steps.is_multiple_of(STEPS) && !self.finished() {
            self.leave(self.steps / STEPS - 1);
        }
    }

    /// Pictures of this task, and under replay some of old ones.
    fn batch(&mut self) -> Examples {
        let share = match self.protection {
            Protection::Replay(share) if !self.kept.is_empty() => share,
            _ => 0.0,
        };
        let old = (share * BATCH as f64).round() as usize;
        let mut batch = self.tasks[self.task()].draws(BATCH - old, &mut self.data);
        for _ in 0..old {
            let kept = &self.kept[self.replay.below(self.kept.len())];
            let i = self.replay.below(kept.classes.len());
            batch.push(&kept.x[i * PIXELS..(i + 1) * PIXELS], kept.classes[i]);
        }
        batch
    }

    /// The implicit step of the penalty.
    fn pull(&mut self, lambda: f64) {
        let anchors = &self.anchors;
        if anchors.is_empty() {
            return;
        }
        for (i, w) in parameters(&mut self.trainer.mlp).into_iter().flatten().enumerate() {
            let (mut weight, mut sum) = (1.0, *w);
            for anchor in anchors {
                let c = RATE * lambda * anchor.importance[i];
                weight += c;
                sum += c * anchor.star[i];
            }
            *w = sum / weight;
        }
    }

    fn leave(&mut self, task: usize) {
        match self.protection {
            Protection::None => {}
            Protection::Anchors(_) => {
                let importance = self.importance(task);
                let star = parameters(&mut self.trainer.mlp).into_iter().flatten().map(|w| *w).collect();
                self.anchors.push(Anchor { star, importance });
            }
            Protection::Replay(_) => self.kept.push(self.tasks[task].draws(KEPT, &mut self.fisher)),
        }
    }

    /// The diagonal of the Fisher information: mean squared gradient for labels that the network itself draws.
    fn importance(&mut self, task: usize) -> Vec<f64> {
        let mut sums = Vec::new();
        for _ in 0..FISHER {
            let (x, _) = self.tasks[task].draw(&mut self.fisher);
            let x = Matrix::from_vec(1, PIXELS, x);
            let mut chances = self.trainer.mlp.forward(&x).1;
            softmax(chances.row_mut(0));
            let label = self.fisher.weighted(chances.row(0));
            let gradients = self.trainer.mlp.gradients(&x, &Target::Classes(vec![label])).1;
            let slopes = [gradients.w1.as_slice(), &gradients.b1, gradients.w2.as_slice(), &gradients.b2];
            let squares = slopes.into_iter().flatten().map(|g| g * g / FISHER as f64);
            if sums.is_empty() {
                sums = squares.collect();
            } else {
                sums.iter_mut().zip(squares).for_each(|(sum, square): (&mut f64, f64)| *sum += square);
            }
        }
        sums
    }

    /// Share of a task's test pictures that are named rightly.
    #[must_use]
    pub fn accuracy(&self, task: usize) -> f64 {
        let tests = &self.tests[task];
        let (_, out) = self.trainer.mlp.forward(&tests.matrix());
        let right = tests.classes.iter().enumerate().filter(|(n, class)| {
            let row = out.row(*n);
            row.iter().enumerate().all(|(o, y)| o == **class || *y < row[**class])
        });
        right.count() as f64 / tests.classes.len() as f64
    }
}

fn parameters(mlp: &mut Mlp) -> [&mut [f64]; 4] {
    [mlp.w1.as_mut_slice(), &mut mlp.b1, mlp.w2.as_mut_slice(), &mut mlp.b2]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(protection: Protection, seed: u64) -> ([f64; 3], f64, f64) {
        let mut learner = Learner::new(3, 32, protection, seed);
        let (mut early, mut after) = ([0.0; 3], 0.0);
        while !learner.finished() {
            learner.step();
            if learner.steps() % STEPS == 50 {
                early[learner.task()] = learner.accuracy(learner.task());
            }
            if learner.steps() == STEPS {
                after = learner.accuracy(0);
            }
        }
        (core::array::from_fn(|t| learner.accuracy(t)), early[2] - early[0], after)
    }

    #[test]
    fn the_penalty_by_hand() {
        let anchors = [Anchor { star: vec![0.0, 0.0], importance: vec![2.0, 0.5] }];
        assert!((penalty(&[0.5, -2.0], &anchors, 10.0) - 12.5).abs() < 1e-12);
        let slope = penalty_gradient(&[0.5, -2.0], &anchors, 10.0);
        assert!((slope[0] - 10.0).abs() < 1e-12 && (slope[1] + 10.0).abs() < 1e-12);
    }

    #[test]
    fn finite_differences_agree_with_the_penalty() {
        let anchors = [
            Anchor { star: vec![0.1, -0.7, 2.0], importance: vec![1.5, 0.2, 0.0] },
            Anchor { star: vec![-0.4, 0.3, 1.0], importance: vec![0.3, 4.0, 0.9] },
        ];
        let at = [0.6, 0.2, -1.1];
        for (i, slope) in penalty_gradient(&at, &anchors, 3.0).iter().enumerate() {
            let [up, down] = [1e-5, -1e-5].map(|h| {
                let mut moved = at;
                moved[i] += h;
                penalty(&moved, &anchors, 3.0)
            });
            assert!(((up - down) / 2e-5 - slope).abs() < 1e-6);
        }
    }

    #[test]
    fn glyphs_differ() {
        for a in 0..CLASSES {
            for b in 0..a {
                let off: f64 = glyph(a).iter().zip(glyph(b)).map(|(x, y)| (x - y).abs()).sum();
                assert!(off >= 2.0, "{a} {b}");
            }
        }
    }

    #[test]
    fn an_anchor_without_strength_is_none_at_all() {
        let weights = |protection| {
            let mut learner = Learner::new(2, 8, protection, 3);
            (0..2 * STEPS).for_each(|_| learner.step());
            parameters(&mut learner.trainer.mlp)
                .into_iter()
                .flatten()
                .map(|w| w.to_bits())
                .collect::<Vec<_>>()
        };
        assert_eq!(weights(Protection::None), weights(Protection::Anchors(0.0)));
    }

    /// Over 20 seeds: means of A, B, C, of all three, of what C learns early beyond A, and the extremes of A
    /// and of the worst task.
    struct Means {
        each: [f64; 3],
        all: f64,
        early: f64,
        most_of_a: f64,
        least: f64,
    }

    fn means(protection: Protection) -> Means {
        let mut means = Means { each: [0.0; 3], all: 0.0, early: 0.0, most_of_a: 0.0, least: 1.0 };
        for seed in 1..=20 {
            let (each, early, after) = run(protection, seed);
            assert!(after >= 0.95, "seed {seed}: A is learned to {after}");
            means.each.iter_mut().zip(each).for_each(|(mean, a)| *mean += a / 20.0);
            means.all += each.iter().sum::<f64>() / 60.0;
            means.early += early / 20.0;
            means.most_of_a = means.most_of_a.max(each[0]);
            means.least = each.into_iter().fold(means.least, f64::min);
        }
        means
    }

    #[test]
    fn what_is_not_protected_is_forgotten() {
        let none = means(Protection::None);
        assert!(none.most_of_a < 0.5 && none.each[2] > 0.95, "{:?} {}", none.each, none.most_of_a);
        assert!(none.each[0] < none.each[1] && none.each[1] < none.each[2], "{:?}", none.each);
        assert!((0.5..0.7).contains(&none.all), "{}", none.all);
        assert!(none.early.abs() < 0.06, "{}", none.early);
    }

    #[test]
    fn anchors_trade_forgetting_for_rigidity() {
        let [weak, strong, frozen] = [10.0, 1e3, 1e5].map(|l| means(Protection::Anchors(l)));
        assert!(weak.least >= 0.5, "{}", weak.least);
        assert!((0.66..0.78).contains(&weak.all) && weak.early < -0.1, "{} {}", weak.all, weak.early);
        assert!(strong.each[2] < 0.4 && frozen.each[2] < 0.25, "{:?} {:?}", strong.each, frozen.each);
        assert!(frozen.all < 0.58 && frozen.each[0] < 0.95, "{} {:?}", frozen.all, frozen.each);
    }

    #[test]
    fn replay_keeps_most_and_stores_most() {
        let [quarter, half] = [0.25, 0.5].map(|share| means(Protection::Replay(share)));
        assert!((0.78..0.9).contains(&quarter.all) && half.all > quarter.all, "{} {}", quarter.all, half.all);
        assert!(quarter.early < 0.0, "{}", quarter.early);
    }
}
