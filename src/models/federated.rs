//! Federated averaging: clients train copies of one model on examples of their own, and a server averages
//! what comes back.
//!
//! References: McMahan et al. 2017, *Communication-Efficient Learning of Deep Networks from Decentralized
//! Data*, AISTATS, arXiv:1602.05629, Algorithm 1; Li T. et al. 2020, *Federated Optimization in Heterogeneous
//! Networks*, MLSys, arXiv:1812.06127 (FedProx); Hsu, Qi and Brown 2019, arXiv:1909.06335 (the split by a
//! Dirichlet draw); Yin et al. 2018, arXiv:1803.01498 (the median of each coordinate). [`average`] and
//! [`median`] are those of Flower 1.17 (the vectors `fedavg`).
//!
//! Names and letters: `clients` M, `chosen` a set of K of them, `epochs` E, `rate` η, `pull` μ, `skew` α,
//! weights w [116], updates Δ [116].
//!
//! The model has 2 inputs, 16 hidden units with tanh, 4 classes under a softmax; the loss is the mean
//! cross-entropy over a batch of 20. In [`Weights`] come the weights of input 0, those of input 1, the
//! hidden biases (16 each), the second layer class by class (64), and its biases (4).
//!
//! Departures: every client has as many examples as every other, so averages by examples and by clients are
//! one; the last clients take what is left, and so are less skewed than their draw.

use super::own_points::Classed;
use numerics::elementary::{cos, ln, log_sum_exp, sin, softmax, tanh_all};
use numerics::matrix::{dot, norm};
use numerics::random::{Batches, Stream};
use numerics::statistics::place_of_largest;

pub const CLASSES: usize = 4;
pub const CLIENTS: usize = 10;

/// Examples of each client, in all, and new ones to test with.
pub const EACH: usize = 60;
pub const TRAIN: usize = CLIENTS * EACH;
pub const TEST: usize = 1000;

/// How far points are off the arms of their spiral, where nothing else is said.
pub const NOISE: f64 = 0.115;

/// Examples from which one step is made.
pub const BATCH: usize = 20;

const HIDDEN: usize = 16;

/// Numbers of the model.
pub const SIZE: usize = 3 * HIDDEN + CLASSES * HIDDEN + CLASSES;

/// Where the hidden biases, the second layer and its biases begin.
const BIASES: usize = 2 * HIDDEN;
const SECOND: usize = 3 * HIDDEN;
const LAST: usize = SECOND + CLASSES * HIDDEN;

/// The model, as numbers in a row.
pub type Weights = [f64; SIZE];

/// A point of the plane with its class.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Example {
    pub x: [f64; 2],
    pub class: usize,
}

/// `count` points on four arms of a spiral, as many on each, and so far off them: `noise` is the standard
/// deviation in each coordinate.
#[must_use]
pub fn spirals(count: usize, noise: f64, stream: &mut Stream) -> Vec<Example> {
    let arm = |i: usize| {
        let class = i % CLASSES;
        let along = stream.between(0.15, 1.0);
        let turn = core::f64::consts::FRAC_PI_2 * class as f64 + 2.2 * along;
        let x = [cos(turn), sin(turn)].map(|side| 2.0 * along * side + noise * stream.normal());
        Example { x, class }
    };
    (0..count).map(arm).collect()
}

/// Shares of the classes, Dirichlet with every parameter `skew`. By logarithms: where `skew` is small, all
/// but one gamma draw are too small for a number.
pub fn shares(skew: f64, stream: &mut Stream) -> [f64; CLASSES] {
    let mut draws = [0.0; CLASSES];
    for draw in &mut draws {
        *draw = ln(stream.gamma(skew + 1.0)) + ln(1.0 - stream.uniform()) / skew;
    }
    softmax(&mut draws);
    draws
}

/// Deals the examples out, to each client as many: it draws its shares, then takes its examples, one class after
/// the other as the shares say, from those classes of which something is left.
#[must_use]
pub fn deal(examples: &[Example], skew: f64, stream: &mut Stream) -> Vec<Vec<Example>> {
    let each = examples.len() / CLIENTS;
    let mut piles: Vec<Vec<Example>> = (0..CLASSES)
        .map(|class| examples.iter().copied().filter(|example| example.class == class).collect())
        .collect();
    let mut hand = || {
        let shares = shares(skew, stream);
        let mut taken = Vec::with_capacity(each);
        while taken.len() < each {
            let left = |class: usize| piles[class].len() as f64;
            let mut wanted: Vec<f64> =
                (0..CLASSES).map(|c| if piles[c].is_empty() { 0.0 } else { shares[c] }).collect();
            // What it wanted is gone: of the others as much as there is of each.
            if wanted.iter().sum::<f64>() < 1e-9 {
                wanted = (0..CLASSES).map(left).collect();
            }
            if wanted.iter().sum::<f64>() <= 0.0 {
                break;
            }
            let class = stream.weighted(&wanted);
            taken.extend(piles[class].pop());
        }
        taken
    };
    (0..CLIENTS).map(|_| hand()).collect()
}

/// A model as it is drawn before anything was learned.
#[must_use]
pub fn fresh(stream: &mut Stream) -> Weights {
    let mut weights = [0.0; SIZE];
    let (first, second) = (1.5_f64.sqrt(), 0.3_f64.sqrt());
    weights[..BIASES].fill_with(|| stream.between(-first, first));
    weights[SECOND..LAST].fill_with(|| stream.between(-second, second));
    weights
}

fn hidden(weights: &Weights, [x0, x1]: [f64; 2]) -> [f64; HIDDEN] {
    let mut units = [0.0; HIDDEN];
    let (first, rest) = weights.split_at(HIDDEN);
    let (second, rest) = rest.split_at(HIDDEN);
    for (((unit, w0), w1), bias) in units.iter_mut().zip(first).zip(second).zip(rest) {
        *unit = w0 * x0 + w1 * x1 + bias;
    }
    tanh_all(&mut units);
    units
}

fn logits(weights: &Weights, units: &[f64; HIDDEN]) -> [f64; CLASSES] {
    let mut out = [0.0; CLASSES];
    for ((out, row), bias) in out.iter_mut().zip(weights[SECOND..].chunks_exact(HIDDEN)).zip(&weights[LAST..])
    {
        *out = dot(row, units) + bias;
    }
    out
}

/// The class that the model takes a point for.
#[must_use]
pub fn named(weights: &Weights, x: [f64; 2]) -> usize {
    let out = logits(weights, &hidden(weights, x));
    place_of_largest(out)
}

/// The share of examples whose class the model names.
#[must_use]
pub fn share_right(weights: &Weights, examples: &[Example]) -> f64 {
    let right = examples.iter().filter(|example| named(weights, example.x) == example.class).count();
    right as f64 / examples.len().max(1) as f64
}

/// The mean loss over some examples.
#[must_use]
pub fn loss(weights: &Weights, examples: &[Example]) -> f64 {
    let own = |example: &Example| {
        let out = logits(weights, &hidden(weights, example.x));
        log_sum_exp(&out) - out[example.class]
    };
    examples.iter().map(own).sum::<f64>() / examples.len().max(1) as f64
}

/// The gradient of the mean loss over a batch; zero where there is nobody in it.
#[must_use]
pub fn gradient<'a>(weights: &Weights, batch: impl ExactSizeIterator<Item = &'a Example>) -> Weights {
    let share = 1.0 / batch.len().max(1) as f64;
    let mut gradient = [0.0; SIZE];
    for example in batch {
        let units = hidden(weights, example.x);
        let mut errors = logits(weights, &units);
        softmax(&mut errors);
        errors[example.class] -= 1.0;
        let mut back = [0.0; HIDDEN];
        let (first, last) = gradient.split_at_mut(SECOND);
        let (second, biases) = last.split_at_mut(CLASSES * HIDDEN);
        let rows = second.chunks_exact_mut(HIDDEN).zip(weights[SECOND..LAST].chunks_exact(HIDDEN));
        for ((error, bias), (slopes, row)) in errors.iter().zip(biases).zip(rows) {
            let error = share * error;
            for (((back, slope), w), unit) in back.iter_mut().zip(slopes).zip(row).zip(&units) {
                *back += error * w;
                *slope += error * unit;
            }
            *bias += error;
        }
        let (zero, rest) = first.split_at_mut(HIDDEN);
        let (one, biases) = rest.split_at_mut(HIDDEN);
        for ((((back, unit), zero), one), bias) in back.iter().zip(&units).zip(zero).zip(one).zip(biases) {
            let error = back * (1.0 - unit * unit);
            *zero += error * example.x[0];
            *one += error * example.x[1];
            *bias += error;
        }
    }
    gradient
}

/// How clients train.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Local {
    /// E: passes over a client's own examples.
    pub epochs: usize,
    /// η.
    pub rate: f64,
    /// μ: how strongly a client is held to where it started (FedProx); 0 for plain averaging.
    pub pull: f64,
}

impl Local {
    /// What a client has made of the model that it was sent.
    pub fn train(&self, sent: &Weights, examples: &[Example], shuffles: &mut Stream) -> Weights {
        let mut weights = *sent;
        let mut order: Vec<usize> = (0..examples.len()).collect();
        for _ in 0..self.epochs {
            shuffles.shuffle(&mut order);
            for batch in order.chunks(BATCH) {
                self.step(&mut weights, sent, batch.iter().map(|i| &examples[*i]));
            }
        }
        weights
    }

    /// One step of gradient descent on a batch.
    pub fn step<'a>(
        &self,
        weights: &mut Weights,
        sent: &Weights,
        batch: impl ExactSizeIterator<Item = &'a Example>,
    ) {
        let slopes = gradient(weights, batch);
        for ((w, slope), start) in weights.iter_mut().zip(slopes).zip(sent) {
            *w -= self.rate * (slope + self.pull * (*w - start));
        }
    }
}

/// The mean of some clients' numbers, each client with a weight; zeros where all weights are zero.
#[must_use]
pub fn average(clients: &[impl AsRef<[f64]>], weights: &[f64]) -> Vec<f64> {
    let length = clients.first().map_or(0, |client| client.as_ref().len());
    let total = weights.iter().sum::<f64>();
    let mut mean = vec![0.0; length];
    if total > 0.0 {
        for (client, weight) in clients.iter().zip(weights) {
            mean.iter_mut().zip(client.as_ref()).for_each(|(mean, x)| *mean += weight * x);
        }
        mean.iter_mut().for_each(|mean| *mean /= total);
    }
    mean
}

/// The median of each coordinate, whatever the clients' sizes: of an even number the mean of the two in the
/// middle.
#[must_use]
pub fn median(clients: &[impl AsRef<[f64]>]) -> Vec<f64> {
    let length = clients.first().map_or(0, |client| client.as_ref().len());
    let middle = |i: usize| {
        let mut column: Vec<f64> = clients.iter().map(|client| client.as_ref()[i]).collect();
        column.sort_by(f64::total_cmp);
        let half = column.len() / 2;
        if column.len() % 2 == 1 { column[half] } else { 0.5 * (column[half - 1] + column[half]) }
    };
    (0..length).map(middle).collect()
}

/// b − a.
#[must_use]
pub fn moved(a: &Weights, b: &Weights) -> Weights {
    core::array::from_fn(|i| b[i] - a[i])
}

/// How far updates are from their mean, on average: the *drift* of clients.
#[must_use]
pub fn drift(updates: &[Weights]) -> f64 {
    let mean = average(updates, &vec![1.0; updates.len()]);
    let off =
        |update: &Weights| norm(&update.iter().zip(&mean).map(|(x, mean)| x - mean).collect::<Vec<_>>());
    updates.iter().map(off).sum::<f64>() / updates.len().max(1) as f64
}

/// Everybody's examples, and a model to begin with.
#[derive(Clone, Debug)]
pub struct Setting {
    pub clients: Vec<Vec<Example>>,
    /// All that the clients have, as nobody sees it.
    pub pooled: Vec<Example>,
    pub test: Vec<Example>,
    pub start: Weights,
    /// Examples of each client.
    pub each: usize,
    seed: u64,
}

impl Setting {
    #[must_use]
    pub fn new(skew: f64, noise: f64, seed: u64) -> Self {
        let drawn = |count, purpose| spirals(count, noise, &mut Stream::new(seed, purpose));
        Self::of(drawn(TRAIN, "examples"), drawn(TEST, "test"), skew, seed)
    }

    /// With points that somebody brings, those to learn from and those of the test; what is left when all clients
    /// have as many is nobody's.
    ///
    /// # Panics
    /// If there are not enough for a point each.
    #[must_use]
    pub fn on([learned, judged]: [Vec<Classed>; 2], skew: f64, seed: u64) -> Self {
        let examples = |points: Vec<Classed>| -> Vec<Example> {
            points.into_iter().map(|(x, class)| Example { x, class }).collect()
        };
        Self::of(examples(learned), examples(judged), skew, seed)
    }

    fn of(mut pooled: Vec<Example>, test: Vec<Example>, skew: f64, seed: u64) -> Self {
        let each = pooled.len() / CLIENTS;
        assert!(each > 0, "a point for each client");
        Stream::new(seed, "order").shuffle(&mut pooled);
        pooled.truncate(each * CLIENTS);
        Self {
            clients: deal(&pooled, skew, &mut Stream::new(seed, "split")),
            pooled,
            test,
            start: fresh(&mut Stream::new(seed, "initialisation")),
            each,
            seed,
        }
    }

    /// Who takes part, in order: a share of all, at least one.
    pub fn choose(&self, participation: f64, draws: &mut Stream) -> Vec<usize> {
        let count = ((participation * CLIENTS as f64).round() as usize).clamp(1, CLIENTS);
        let mut all: Vec<usize> = (0..CLIENTS).collect();
        draws.shuffle(&mut all);
        all.truncate(count);
        all.sort_unstable();
        all
    }

    /// What a client makes of `sent` in a round. Its shuffles are its own: they do not depend on who else
    /// takes part.
    #[must_use]
    pub fn train(&self, local: Local, sent: &Weights, client: usize, round: u64) -> Weights {
        let mut shuffles = Stream::new(self.seed, &format!("shuffles {round} {client}"));
        local.train(sent, &self.clients[client], &mut shuffles)
    }
}

/// The same model on everybody's examples in one place, which federated learning does without.
#[derive(Clone, Debug)]
pub struct Pooled {
    pub weights: Weights,
    batches: Batches,
}

impl Pooled {
    #[must_use]
    pub fn new(setting: &Setting) -> Self {
        let shuffles = Stream::new(setting.seed, "pooled shuffles");
        Self { weights: setting.start, batches: Batches::new(setting.pooled.len(), shuffles) }
    }

    /// So many steps of gradient descent on batches of all examples.
    pub fn train(&mut self, setting: &Setting, rate: f64, steps: usize) {
        let local = Local { epochs: 1, rate, pull: 0.0 };
        for _ in 0..steps {
            let batch = self.batches.draw(BATCH);
            local.step(&mut self.weights, &setting.start, batch.iter().map(|i| &setting.pooled[*i]));
        }
    }
}

/// The first layer's slopes as an onlooker reads them: for each hidden unit the ratio of its two input slopes
/// to that of its bias, and the bias slope itself. With one example the ratio is that example, exactly; with
/// several it is a sum of them under weights of either sign (Phong et al. 2018).
#[must_use]
pub fn ratios(gradient: &Weights) -> Vec<([f64; 2], f64)> {
    let unit = |h: usize| {
        let bias = gradient[BIASES + h];
        ([gradient[h] / bias, gradient[HIDDEN + h] / bias], bias)
    };
    (0..HIDDEN).map(unit).collect()
}

/// What an onlooker takes for the example: the ratio of the unit with the largest bias slope; `None` where
/// all of them all but vanish.
#[must_use]
pub fn recovered(gradient: &Weights) -> Option<[f64; 2]> {
    let (x, bias) = ratios(gradient).into_iter().max_by(|a, b| a.1.abs().total_cmp(&b.1.abs()))?;
    (bias.abs() >= 1e-9).then_some(x)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mlp::{Activation, Mlp, Target};
    use numerics::matrix::Matrix;
    use numerics::statistics::mean;

    fn setting() -> Setting {
        Setting::new(1.0, NOISE, 3)
    }

    #[test]
    fn points_that_are_brought_are_dealt_out_evenly() {
        let point = |i: usize| ([i as f64 / 100.0, 0.5], i % 3);
        let half = || (0..57).map(point).collect::<Vec<_>>();
        let setting = Setting::on([half(), half()], 0.05, 3);
        assert_eq!((setting.each, setting.pooled.len(), setting.test.len()), (5, 50, 57));
        assert!(setting.clients.len() == CLIENTS && setting.clients.iter().all(|c| c.len() == 5));
    }

    #[test]
    fn the_gradient_is_that_of_the_general_network() {
        let Setting { pooled, start, .. } = setting();
        let batch = &pooled[..7];
        let mlp = Mlp {
            w1: Matrix::from_fn(HIDDEN, 2, |h, d| start[d * HIDDEN + h]),
            b1: start[BIASES..SECOND].to_vec(),
            w2: Matrix::from_vec(CLASSES, HIDDEN, start[SECOND..LAST].to_vec()),
            b2: start[LAST..].to_vec(),
            activation: Activation::Tanh,
        };
        let x = Matrix::from_fn(batch.len(), 2, |n, d| batch[n].x[d]);
        let target = Target::Classes(batch.iter().map(|example| example.class).collect());
        let (wanted, gradients) = mlp.gradients(&x, &target);
        let found = gradient(&start, batch.iter());
        assert!((loss(&start, batch) - wanted).abs() < 1e-12);
        let same = |a: f64, b: f64| assert!((a - b).abs() < 1e-12, "{a} {b}");
        for h in 0..HIDDEN {
            (0..2).for_each(|d| same(found[d * HIDDEN + h], gradients.w1[(h, d)]));
            same(found[BIASES + h], gradients.b1[h]);
            (0..CLASSES).for_each(|o| same(found[SECOND + o * HIDDEN + h], gradients.w2[(o, h)]));
        }
        (0..CLASSES).for_each(|o| same(found[LAST + o], gradients.b2[o]));
    }

    /// Known result: one full-batch step of every client, averaged, is one step on everything.
    #[test]
    fn one_full_step_of_all_is_a_step_on_the_pool() {
        let setting = setting();
        let local = Local { epochs: 1, rate: 0.3, pull: 0.0 };
        let mut pool = setting.start;
        local.step(&mut pool, &setting.start, setting.pooled.iter());
        let stepped = |examples: &Vec<Example>| {
            let mut own = setting.start;
            local.step(&mut own, &setting.start, examples.iter());
            own
        };
        let own: Vec<Weights> = setting.clients.iter().map(stepped).collect();
        let averaged = average(&own, &[EACH as f64; CLIENTS]);
        assert!(averaged.iter().zip(&pool).all(|(a, b)| (a - b).abs() < 1e-12));
    }

    #[test]
    fn everything_is_dealt_out_once() {
        for skew in [0.02, 0.05, 1.0, 1000.0] {
            let Setting { clients, pooled, .. } = Setting::new(skew, NOISE, 5);
            assert!(clients.iter().all(|client| client.len() == EACH));
            let mut dealt: Vec<Example> = clients.concat();
            let mut all = pooled;
            let key = |a: &Example, b: &Example| a.x[0].total_cmp(&b.x[0]);
            dealt.sort_by(key);
            all.sort_by(key);
            assert_eq!(dealt, all);
        }
    }

    /// Known result: the mean largest share of a draw (computed elsewhere from 200,000 draws).
    #[test]
    fn the_largest_share_is_the_known_one() {
        for (skew, wanted) in [(0.05, 0.912), (0.1, 0.847), (1.0, 0.521), (10.0, 0.335)] {
            let mut stream = Stream::new(1, "shares");
            let largest = |_| shares(skew, &mut stream).into_iter().fold(0.0, f64::max);
            let found = mean(&(0..20_000).map(largest).collect::<Vec<_>>());
            assert!((found - wanted).abs() < 0.005, "{skew}: {found}");
        }
    }

    /// Known result: one example can be read off its gradient.
    #[test]
    fn a_single_example_stands_in_its_gradient() {
        let setting = setting();
        for example in &setting.pooled[..50] {
            let found = recovered(&gradient(&setting.start, [example].into_iter())).unwrap();
            assert!(found.iter().zip(example.x).all(|(a, b)| (a - b).abs() < 1e-10));
        }
        assert_eq!(recovered(&[0.0; SIZE]), None);
    }

    /// The article says so: steps on one example all add multiples of it, and another example ends that.
    #[test]
    fn more_steps_on_one_example_hide_nothing() {
        let setting = setting();
        let local = Local { epochs: 5, rate: 0.3, pull: 0.0 };
        let [first, second] = [0, 1].map(|i| setting.clients[0][i]);
        let off = |examples: &[Example]| {
            let mut shuffles = Stream::new(1, "shuffles");
            let update = moved(&setting.start, &local.train(&setting.start, examples, &mut shuffles));
            let found = recovered(&update).unwrap();
            norm(&[found[0] - first.x[0], found[1] - first.x[1]])
        };
        assert!(off(&[first]) < 1e-10);
        assert!(off(&[first, second]) > 1e-3);
    }

    #[test]
    fn a_tilted_client_is_pulled_back() {
        let setting = setting();
        let far = |pull: f64| {
            let local = Local { epochs: 10, rate: 0.3, pull };
            norm(&moved(&setting.start, &setting.train(local, &setting.start, 0, 1)))
        };
        assert!(far(1.0) < 0.7 * far(0.0), "{} {}", far(1.0), far(0.0));
    }

    #[test]
    fn nobody_weighs_nothing() {
        assert_eq!(average(&[[1.0, 2.0]], &[0.0]), [0.0, 0.0]);
        assert_eq!(average(&[[0.0; 0]; 0], &[]), [0.0; 0]);
        assert_eq!(average(&[[1.0], [4.0]], &[2.0, 1.0]), [2.0]);
    }
}
