//! Two words look for a bar in a picture that has been cut into patches: cross-attention with one query.
//!
//! References: Vaswani et al. 2017, arXiv:1706.03762 (the scaled softmax); Dosovitskiy et al. 2020,
//! arXiv:2010.11929 (patches); Alayrac et al. 2022, arXiv:2204.14198 (words that attend to a picture).
//!
//! Glossary and shapes: a picture is [`SIDE`] × [`SIDE`] inks, 0 for paper, then red, green, blue. Cut with
//! side p it has n = (24/p)² patches. F [n, 12] has of each patch: mean red, green, blue; the mean absolute
//! difference between neighbours across and down; 1; and the six products of a colour with a difference.
//! E [6, 8] has a row for each word, W_k [12, 8] makes keys; the query q is the sum of two words, and the
//! attention is softmax(F W_k q / √8). The target y [n] is the share of the named bars' pixels.
//!
//! Departures: features are computed and not learned; one query, no values; what is read off is where the
//! attention lies. All features but the 1 are brought to mean 0 and deviation 1 within a picture.

use numerics::elementary::{ln, softmax};
use numerics::matrix::{Matrix, dot};
use numerics::optimiser::{Optimiser, Rule};
use numerics::random::Stream;

pub const SIDE: usize = 24;
pub const PIXELS: usize = SIDE * SIDE;
pub const FEATURES: usize = 12;
const DIM: usize = 8;

/// Red, green, blue, any, wide, tall.
const WORDS: usize = 6;

const RATE: f64 = 0.02;

/// What is added to a deviation, so that a blank sheet has none and still can be divided by.
const LEAST_DEVIATION: f64 = 1e-3;

/// Bars in a picture.
const BARS: usize = 4;

/// Red, green, blue of the inks.
const INKS: [[f64; 3]; 4] = [[0.0; 3], [1.0, 0.1, 0.1], [0.1, 0.8, 0.1], [0.1, 0.2, 1.0]];

/// How a bar lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    Any,
    Wide,
    Tall,
}

/// What is asked for: an ink from 1 to 3, and a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Question {
    pub ink: u8,
    pub form: Form,
}

impl Question {
    fn words(self) -> [usize; 2] {
        [usize::from(self.ink) - 1, 3 + self.form as usize]
    }
}

/// Four bars that do not touch, and a question about one that is there.
#[derive(Clone, Debug)]
pub struct Scene {
    pub inks: Vec<u8>,
    pub question: Question,
    /// Whether a pixel belongs to a bar that was asked for.
    pub wanted: Vec<bool>,
}

impl Scene {
    #[must_use]
    pub fn draw(stream: &mut Stream) -> Self {
        let mut bars: Vec<([usize; 4], u8, Form)> = Vec::new();
        while bars.len() < BARS {
            let form = if stream.chance(0.5) { Form::Tall } else { Form::Wide };
            let [width, height] = if form == Form::Tall { [3, 7] } else { [7, 3] };
            let [x, y] = [stream.below(SIDE - width + 1), stream.below(SIDE - height + 1)];
            let ink = 1 + stream.below(3) as u8;
            let apart = |[left, top, right, bottom]: [usize; 4]| {
                x > right || left > x + width || y > bottom || top > y + height
            };
            if bars.iter().all(|(corners, ..)| apart(*corners)) {
                bars.push(([x, y, x + width, y + height], ink, form));
            }
        }
        let (_, ink, form) = bars[stream.below(BARS)];
        let question = Question { ink, form: if stream.below(3) == 0 { Form::Any } else { form } };
        let (mut inks, mut wanted) = (vec![0; PIXELS], vec![false; PIXELS]);
        for ([left, top, right, bottom], ink, form) in bars {
            let fits = ink == question.ink && (question.form == Form::Any || form == question.form);
            for at in (top..bottom).flat_map(|y| (left..right).map(move |x| y * SIDE + x)) {
                inks[at] = ink;
                wanted[at] = fits;
            }
        }
        Self { inks, question, wanted }
    }
}

/// F: what is known of each patch.
#[must_use]
pub fn features(inks: &[u8], p: usize) -> Matrix {
    let across = SIDE / p;
    let colour = |x: usize, y: usize| INKS[usize::from(inks[y * SIDE + x]).min(3)];
    let mut f = Matrix::zeros(across * across, FEATURES);
    for patch in 0..across * across {
        let [left, top] = [patch % across * p, patch / across * p];
        let (mut mean, mut edges) = ([0.0; 3], [0.0; 2]);
        for (x, y) in (top..top + p).flat_map(|y| (left..left + p).map(move |x| (x, y))) {
            let here = colour(x, y);
            (0..3).for_each(|k| mean[k] += here[k]);
            let differs = |there: [f64; 3]| (0..3).map(|k| (here[k] - there[k]).abs()).sum::<f64>();
            if x + 1 < left + p {
                edges[0] += differs(colour(x + 1, y));
            }
            if y + 1 < top + p {
                edges[1] += differs(colour(x, y + 1));
            }
        }
        let mean = mean.map(|x| x / (p * p) as f64);
        let edges = edges.map(|x| x / (3 * p * (p - 1)) as f64);
        let row = f.row_mut(patch);
        row[..3].copy_from_slice(&mean);
        row[3..5].copy_from_slice(&edges);
        row[5] = 1.0;
        for k in 0..6 {
            row[6 + k] = mean[k % 3] * edges[k / 3];
        }
    }
    for k in (0..FEATURES).filter(|k| *k != 5) {
        let n = f.rows() as f64;
        let mean = (0..f.rows()).map(|i| f[(i, k)]).sum::<f64>() / n;
        let variance = (0..f.rows()).map(|i| (f[(i, k)] - mean) * (f[(i, k)] - mean)).sum::<f64>() / n;
        let deviation = variance.sqrt() + LEAST_DEVIATION;
        (0..f.rows()).for_each(|i| f[(i, k)] = (f[(i, k)] - mean) / deviation);
    }
    f
}

/// Pixels of each patch that were asked for.
fn overlap(wanted: &[bool], p: usize) -> Vec<f64> {
    let across = SIDE / p;
    let mut counts = vec![0.0; across * across];
    for at in (0..PIXELS).filter(|at| wanted[*at]) {
        counts[at / SIDE / p * across + at % SIDE / p] += 1.0;
    }
    counts
}

/// A scene that has been cut.
#[derive(Clone, Debug)]
pub struct Cut {
    features: Matrix,
    question: Question,
    /// Pixels asked for in each patch, and in all.
    overlap: Vec<f64>,
    p: usize,
}

impl Cut {
    #[must_use]
    pub fn new(scene: &Scene, p: usize) -> Self {
        Self {
            features: features(&scene.inks, p),
            question: scene.question,
            overlap: overlap(&scene.wanted, p),
            p,
        }
    }

    /// Share of the patches that have a pixel of what was asked for: how often a patch taken at random hits.
    #[must_use]
    pub fn luck(&self) -> f64 {
        self.overlap.iter().filter(|pixels| **pixels > 0.0).count() as f64 / self.overlap.len() as f64
    }

    /// The largest share of the attention that can lie on target: where all of it is on the best patch.
    #[must_use]
    pub fn most(&self) -> f64 {
        self.overlap.iter().copied().fold(0.0, f64::max) / (self.p * self.p) as f64
    }
}

/// The words and the keys, learned for one size of patches.
#[derive(Clone, Debug)]
pub struct Attention {
    /// E, [6, 8].
    words: Matrix,
    /// W_k, [12, 8].
    keys: Matrix,
    optimisers: [Optimiser; 2],
}

impl Attention {
    #[must_use]
    pub fn new(stream: &mut Stream) -> Self {
        let mut normal = |rows, columns, deviation: f64| {
            Matrix::from_fn(rows, columns, |_, _| deviation * stream.normal())
        };
        let (words, keys) = (normal(WORDS, DIM, 0.3), normal(FEATURES, DIM, 0.3));
        let optimisers = [WORDS * DIM, FEATURES * DIM].map(|len| Optimiser::new(Rule::adam(0.9, 0.999), len));
        Self { words, keys, optimisers }
    }

    fn query(&self, question: Question) -> Vec<f64> {
        let [a, b] = question.words();
        self.words.row(a).iter().zip(self.words.row(b)).map(|(x, y)| x + y).collect()
    }

    /// How much each patch is looked at; sums to 1.
    #[must_use]
    pub fn attend(&self, features: &Matrix, question: Question) -> Vec<f64> {
        // W_k q first: 12 numbers serve all patches.
        let direction = self.keys.times_vector(&self.query(question));
        let mut attention: Vec<f64> =
            features.times_vector(&direction).iter().map(|x| x / (DIM as f64).sqrt()).collect();
        softmax(&mut attention);
        attention
    }

    /// −Σ y ln a, nats, and its derivatives with respect to the words and the keys.
    fn loss(&self, cut: &Cut) -> (f64, Matrix, Matrix) {
        let attention = self.attend(&cut.features, cut.question);
        let all: f64 = cut.overlap.iter().sum();
        let (mut loss, mut felt) = (0.0, vec![0.0; FEATURES]);
        for (i, (a, y)) in attention.iter().zip(&cut.overlap).enumerate() {
            let y = y / all;
            if y > 0.0 {
                loss -= y * ln(a.max(f64::MIN_POSITIVE));
            }
            let slope = (a - y) / (DIM as f64).sqrt();
            felt.iter_mut().zip(cut.features.row(i)).for_each(|(felt, f)| *felt += slope * f);
        }
        let query = self.query(cut.question);
        let keys = Matrix::from_fn(FEATURES, DIM, |k, d| felt[k] * query[d]);
        let mut words = Matrix::zeros(WORDS, DIM);
        for word in cut.question.words() {
            for (d, slope) in words.row_mut(word).iter_mut().enumerate() {
                *slope = (0..FEATURES).map(|k| felt[k] * self.keys[(k, d)]).sum();
            }
        }
        (loss, words, keys)
    }

    /// One scene, one step; the loss before it.
    pub fn step(&mut self, cut: &Cut) -> f64 {
        let (loss, words, keys) = self.loss(cut);
        let [of_words, of_keys] = &mut self.optimisers;
        of_words.step(self.words.as_mut_slice(), words.as_slice(), RATE);
        of_keys.step(self.keys.as_mut_slice(), keys.as_slice(), RATE);
        loss
    }

    /// Whether the patch that is looked at most has a pixel of what was asked for, and the share of the
    /// attention that lies on such pixels, if a patch spreads its own evenly.
    #[must_use]
    pub fn judged(&self, cut: &Cut) -> (bool, f64) {
        let attention = self.attend(&cut.features, cut.question);
        let most = (0..attention.len()).max_by(|a, b| attention[*a].total_cmp(&attention[*b]));
        (most.is_some_and(|at| cut.overlap[at] > 0.0), dot(&attention, &cut.overlap) / (cut.p * cut.p) as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bars_do_not_touch_and_the_question_has_an_answer() {
        let mut s = Stream::new(4, "check");
        for _ in 0..200 {
            let scene = Scene::draw(&mut s);
            let inked = scene.inks.iter().filter(|ink| **ink > 0).count();
            let wanted = scene.wanted.iter().filter(|w| **w).count();
            assert_eq!((inked, wanted % 21, wanted > 0), (84, 0, true));
        }
    }

    #[test]
    fn a_blank_sheet_looks_the_same_everywhere() {
        let f = features(&[0; PIXELS], 4);
        let mut s = Stream::new(1, "check");
        let attention = Attention::new(&mut s).attend(&f, Question { ink: 1, form: Form::Tall });
        assert!(attention.iter().all(|a| (a - 1.0 / 36.0).abs() < 1e-12));
    }

    #[test]
    fn finite_differences_agree_with_every_gradient() {
        let mut s = Stream::new(9, "check");
        let (attention, cut) = (Attention::new(&mut s), Cut::new(&Scene::draw(&mut s), 6));
        let (_, words, keys) = attention.loss(&cut);
        let check = |analytic: &[f64], parameters: fn(&mut Attention) -> &mut [f64]| {
            for (i, a) in analytic.iter().enumerate() {
                let moved = |h: f64| {
                    let mut moved = attention.clone();
                    parameters(&mut moved)[i] += h;
                    moved.loss(&cut).0
                };
                let numeric = (moved(1e-5) - moved(-1e-5)) / 2e-5;
                assert!((numeric - a).abs() <= 1e-7 + 1e-5 * a.abs(), "[{i}]: {numeric} {a}");
            }
        };
        check(words.as_slice(), |m| m.words.as_mut_slice());
        check(keys.as_slice(), |m| m.keys.as_mut_slice());
    }
}
