//! Sparse autoencoders: dictionaries of directions, learned from activations.
//!
//! References: Bricken et al. 2023, *Towards Monosemanticity* (L1, resampling of dead latents);
//! Cunningham et al. 2023, arXiv:2309.08600; Gao et al. 2024, *Scaling and evaluating sparse
//! autoencoders*, arXiv:2406.04093 (TopK).
//!
//! Glossary: `encoder` W_e, `decoder` W_d, `bias` b_e, `centre` b_dec; a `latent` is a row of both
//! matrices; `sparsity` λ.
//!
//! Shapes: W_e and W_d are M x d, rows of W_d have length 1; x has d numbers, codes a have M.
//!
//! Departures: `centre` stays zero in training (a free one drifts under TopK); W_e starts as a copy
//! of W_d and is trained on its own; the bias is kept at or below zero under TopK.

use super::planted::Planted;
use numerics::matrix::{Matrix, dot, norm, normalise};
use numerics::optimiser::{Optimiser, Rule};
use numerics::random::Stream;

/// Examples in a batch.
const BATCH: usize = 128;
/// Learning rate, falling linearly to 0 over the second half of [`STEPS`].
const RATE: f64 = 5e-3;
/// Training steps.
pub const STEPS: u64 = 2000;
/// Steps after which latents that never fired are set anew, and the last step that does it.
const RESET_EVERY: u64 = 200;
const RESETS_END: u64 = STEPS * 6 / 10;

/// What keeps the code sparse.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rein {
    /// ReLU, and a loss of λ Σ a.
    L1(f64),
    /// Only the k largest positive ones.
    TopK(usize),
}

/// Encoder and decoder.
#[derive(Clone, Debug)]
pub struct Dictionary {
    pub encoder: Matrix,
    pub bias: Vec<f64>,
    pub decoder: Matrix,
    pub centre: Vec<f64>,
}

impl Dictionary {
    #[must_use]
    pub fn latents(&self) -> usize {
        self.decoder.rows()
    }

    /// The code of `x`: max(0, W_e (x − b_dec) + b_e), and of that the k largest under TopK (ties
    /// go to the lower index).
    #[must_use]
    pub fn encode(&self, x: &[f64], rein: Rein) -> Vec<f64> {
        self.codes(&Matrix::from_vec(1, x.len(), x.to_vec()), rein).as_slice().to_vec()
    }

    /// The codes of all rows of `x`.
    fn codes(&self, x: &Matrix, rein: Rein) -> Matrix {
        let centred = Matrix::from_fn(x.rows(), x.columns(), |r, c| x[(r, c)] - self.centre[c]);
        let mut codes = centred.times_transposed(&self.encoder);
        let mut order = Vec::new();
        for r in 0..codes.rows() {
            let code = codes.row_mut(r);
            code.iter_mut().zip(&self.bias).for_each(|(a, b)| *a = (*a + b).max(0.0));
            if let Rein::TopK(k) = rein {
                keep_largest(code, k, &mut order);
            }
        }
        codes
    }

    /// Σ a_j (row j of W_d) + b_dec.
    #[must_use]
    pub fn decode(&self, code: &[f64]) -> Vec<f64> {
        let mut x = self.centre.clone();
        self.add_decoded(code, &mut x);
        x
    }

    /// Adds Σ a_j (row j of W_d).
    fn add_decoded(&self, code: &[f64], x: &mut [f64]) {
        for (j, a) in code.iter().enumerate().filter(|(_, a)| **a != 0.0) {
            x.iter_mut().zip(self.decoder.row(j)).for_each(|(x, w)| *x += a * w);
        }
    }
}

/// Sets all but the `k` largest to zero. `best` is memory for them.
fn keep_largest(code: &mut [f64], k: usize, best: &mut Vec<(usize, f64)>) {
    best.clear();
    for (j, &a) in code.iter().enumerate().filter(|(_, a)| **a > 0.0) {
        let mut place = best.len();
        while place > 0 && best[place - 1].1 < a {
            place -= 1;
        }
        if place < k {
            best.truncate(k - 1);
            best.insert(place, (j, a));
        }
    }
    code.fill(0.0);
    best.iter().for_each(|&(j, a)| code[j] = a);
}

/// Loss of a batch and its gradients, row by row; `residuals` are x − x̂, batch x d.
pub struct Slopes {
    pub loss: f64,
    pub encoder: Vec<f64>,
    pub bias: Vec<f64>,
    pub decoder: Vec<f64>,
    residuals: Matrix,
    fired: Vec<bool>,
}

/// Mean over the batch of |x − x̂|² (+ λ Σ a), with its gradients.
#[must_use]
pub fn slopes(dictionary: &Dictionary, batch: &Matrix, rein: Rein) -> Slopes {
    let (latents, width) = (dictionary.latents(), dictionary.centre.len());
    let share = 1.0 / batch.rows() as f64;
    let mut sum = Slopes {
        loss: 0.0,
        encoder: vec![0.0; latents * width],
        bias: vec![0.0; latents],
        decoder: vec![0.0; latents * width],
        residuals: Matrix::zeros(batch.rows(), width),
        fired: vec![false; latents],
    };
    let lambda = if let Rein::L1(lambda) = rein { lambda } else { 0.0 };
    let codes = dictionary.codes(batch, rein);
    for r in 0..batch.rows() {
        let (x, code, residual) = (batch.row(r), codes.row(r), sum.residuals.row_mut(r));
        residual.copy_from_slice(&dictionary.centre);
        dictionary.add_decoded(code, residual);
        residual.iter_mut().zip(x).for_each(|(y, x)| *y = x - *y);
        sum.loss += share * (dot(residual, residual) + lambda * code.iter().sum::<f64>());
        for (j, a) in code.iter().enumerate().filter(|(_, a)| **a > 0.0) {
            sum.fired[j] = true;
            let g = share * (lambda - 2.0 * dot(residual, dictionary.decoder.row(j)));
            sum.bias[j] += g;
            let row = j * width..(j + 1) * width;
            for (slot, (x, c)) in sum.encoder[row.clone()].iter_mut().zip(x.iter().zip(&dictionary.centre)) {
                *slot += g * (x - c);
            }
            for (slot, r) in sum.decoder[row].iter_mut().zip(&*residual) {
                *slot -= 2.0 * share * a * r;
            }
        }
    }
    sum
}

/// A dictionary in training.
pub struct Trainer {
    pub dictionary: Dictionary,
    pub rein: Rein,
    optimisers: [Optimiser; 3],
    /// Whether a latent has fired since the last look.
    fired: Vec<bool>,
    resets: Stream,
    batch: Matrix,
    steps: u64,
}

impl Trainer {
    /// `latents` random unit directions in `width` dimensions.
    #[must_use]
    pub fn new(latents: usize, width: usize, rein: Rein, seed: u64) -> Self {
        let mut stream = Stream::new(seed, "dictionary");
        let directions: Vec<f64> = (0..latents).flat_map(|_| stream.direction(width)).collect();
        let decoder = Matrix::from_vec(latents, width, directions);
        let adam = Rule::adam(0.9, 0.999);
        Self {
            dictionary: Dictionary {
                encoder: decoder.clone(),
                bias: vec![0.0; latents],
                decoder,
                centre: vec![0.0; width],
            },
            rein,
            optimisers: [latents * width, latents, latents * width].map(|len| Optimiser::new(adam, len)),
            fired: vec![false; latents],
            resets: Stream::new(seed, "resets"),
            batch: Matrix::zeros(BATCH, width),
            steps: 0,
        }
    }

    #[must_use]
    pub fn finished(&self) -> bool {
        self.steps >= STEPS
    }

    /// One step of Adam on a batch from `data`; returns its loss.
    pub fn step(&mut self, data: &mut Planted) -> f64 {
        data.draw(&mut self.batch);
        let mut slopes = slopes(&self.dictionary, &self.batch, self.rein);
        let left = (STEPS - self.steps.min(STEPS)) as f64 / STEPS as f64;
        let rate = RATE * (2.0 * left).min(1.0);
        let width = self.dictionary.centre.len();
        // A row of the decoder has length 1: only what turns it may move it.
        for (g, row) in slopes.decoder.chunks_exact_mut(width).zip(0..) {
            let own = self.dictionary.decoder.row(row);
            let along = dot(g, own);
            g.iter_mut().zip(own).for_each(|(g, w)| *g -= along * w);
        }
        let [encoder, bias, decoder] = &mut self.optimisers;
        encoder.step(self.dictionary.encoder.as_mut_slice(), &slopes.encoder, rate);
        bias.step(&mut self.dictionary.bias, &slopes.bias, rate);
        decoder.step(self.dictionary.decoder.as_mut_slice(), &slopes.decoder, rate);
        if let Rein::TopK(_) = self.rein {
            self.dictionary.bias.iter_mut().for_each(|b| *b = b.min(0.0));
        }
        (0..self.dictionary.latents()).for_each(|j| normalise(self.dictionary.decoder.row_mut(j)));
        self.fired.iter_mut().zip(&slopes.fired).for_each(|(ever, now)| *ever |= now);
        self.steps += 1;
        if self.steps.is_multiple_of(RESET_EVERY) {
            if self.steps <= RESETS_END {
                self.revive(&slopes.residuals);
            }
            self.fired.fill(false);
        }
        slopes.loss
    }

    /// Points each latent that has not fired at an error of the batch, drawn in proportion to its
    /// square.
    fn revive(&mut self, residuals: &Matrix) {
        let weights: Vec<f64> =
            (0..residuals.rows()).map(|r| dot(residuals.row(r), residuals.row(r))).collect();
        if weights.iter().sum::<f64>() <= 1e-12 {
            return;
        }
        let width = self.dictionary.centre.len();
        for j in (0..self.fired.len()).filter(|j| !self.fired[*j]) {
            let mut direction = residuals.row(self.resets.weighted(&weights)).to_vec();
            normalise(&mut direction);
            self.dictionary.encoder.row_mut(j).copy_from_slice(&direction);
            self.dictionary.decoder.row_mut(j).copy_from_slice(&direction);
            self.dictionary.bias[j] = 0.0;
            self.optimisers[0].forget(j * width..(j + 1) * width);
            self.optimisers[1].forget(j..j + 1);
            self.optimisers[2].forget(j * width..(j + 1) * width);
        }
    }
}

/// How good a dictionary is, on a sample whose features are known.
#[derive(Clone, Debug, PartialEq)]
pub struct Quality {
    /// Mean over the true features of the largest cosine with a latent.
    pub mmcs: f64,
    /// True features with a cosine above [`alike`].
    pub recovered: usize,
    /// Mean number of active latents.
    pub l0: f64,
    /// Share of the variance that is not explained.
    pub unexplained: f64,
    /// What comes back of a true feature that is on alone, along itself.
    pub shrink: f64,
    /// For each latent whether it fires at all on the sample.
    pub alive: Vec<bool>,
}

/// True features x latents: cosines of the directions.
#[must_use]
pub fn cosines(features: &Matrix, dictionary: &Dictionary) -> Matrix {
    Matrix::from_fn(features.rows(), dictionary.latents(), |f, j| {
        let lengths = norm(features.row(f)) * norm(dictionary.decoder.row(j));
        if lengths > 1e-12 { dot(features.row(f), dictionary.decoder.row(j)) / lengths } else { 0.0 }
    })
}

/// The cosine from which a latent counts as a feature: in a plane, where a random one of eight comes near any
/// feature, it must be nearer.
fn alike(width: usize) -> f64 {
    if width == 2 { 0.998 } else { 0.9 }
}

/// Measures a dictionary on a sample. `features` are the true directions, features x d.
#[must_use]
pub fn quality(dictionary: &Dictionary, rein: Rein, features: &Matrix, sample: &Matrix) -> Quality {
    let count = sample.rows() as f64;
    let width = dictionary.centre.len();
    let rows = || (0..sample.rows()).map(|r| sample.row(r));
    let mean: Vec<f64> = (0..width).map(|i| rows().map(|x| x[i]).sum::<f64>() / count).collect();
    let (mut l0, mut missed, mut spread) = (0.0, 0.0, 0.0);
    let mut alive = vec![false; dictionary.latents()];
    let codes = dictionary.codes(sample, rein);
    let mut back = vec![0.0; width];
    for (r, x) in rows().enumerate() {
        let code = codes.row(r);
        for (j, _) in code.iter().enumerate().filter(|(_, a)| **a > 0.0) {
            alive[j] = true;
            l0 += 1.0 / count;
        }
        back.copy_from_slice(&dictionary.centre);
        dictionary.add_decoded(code, &mut back);
        missed += x.iter().zip(&back).map(|(x, y)| (x - y) * (x - y)).sum::<f64>();
        spread += x.iter().zip(&mean).map(|(x, m)| (x - m) * (x - m)).sum::<f64>();
    }
    let table = cosines(features, dictionary);
    let best: Vec<f64> =
        (0..features.rows()).map(|f| table.row(f).iter().copied().fold(-1.0, f64::max)).collect();
    let back = |f: usize| dot(&dictionary.decode(&dictionary.encode(features.row(f), rein)), features.row(f));
    let kept: f64 =
        (0..features.rows()).map(|f| back(f) / dot(features.row(f), features.row(f)).max(1e-12)).sum();
    Quality {
        mmcs: best.iter().sum::<f64>() / best.len() as f64,
        recovered: best.iter().filter(|c| **c > alike(width)).count(),
        l0,
        unexplained: if spread > 0.0 { missed / spread } else { 0.0 },
        shrink: kept / features.rows() as f64,
        alive,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn trained(mut data: Planted, latents: usize, rein: Rein, seed: u64) -> Quality {
        let width = data.features.columns();
        let mut trainer = Trainer::new(latents, width, rein, seed);
        while !trainer.finished() {
            trainer.step(&mut data);
        }
        let mut sample = Matrix::zeros(512, width);
        data.draw(&mut sample);
        quality(&trainer.dictionary, rein, &data.features, &sample)
    }

    #[test]
    fn gradients_are_the_slopes_of_the_loss() {
        let mut data = Planted::sixteen_in_eight(2);
        let mut batch = Matrix::zeros(40, 8);
        data.draw(&mut batch);
        for rein in [Rein::L1(0.3), Rein::TopK(2)] {
            let mut dictionary = Trainer::new(12, 8, rein, 2).dictionary;
            let g = slopes(&dictionary, &batch, rein);
            let h = 1e-6;
            for i in [0, 13, 50, 90] {
                for (which, gradient) in [&g.encoder, &g.decoder].into_iter().enumerate() {
                    let mut probe = |by: f64| {
                        let m = if which == 0 { &mut dictionary.encoder } else { &mut dictionary.decoder };
                        m.as_mut_slice()[i] += by;
                        slopes(&dictionary, &batch, rein).loss
                    };
                    let (up, down) = (probe(h), probe(-2.0 * h));
                    probe(h);
                    let slope = (up - down) / (2.0 * h);
                    assert!((slope - gradient[i]).abs() < 1e-4 * slope.abs().max(1e-2), "{slope}");
                }
            }
        }
    }

    #[test]
    fn a_batch_has_the_codes_of_its_examples() {
        let mut data = Planted::phrases(3);
        let mut batch = Matrix::zeros(20, data.features.columns());
        data.draw(&mut batch);
        let mut dictionary = Trainer::new(12, batch.columns(), Rein::L1(0.0), 3).dictionary;
        dictionary.centre.fill(0.01);
        for rein in [Rein::L1(0.3), Rein::TopK(1), Rein::TopK(4)] {
            let codes = dictionary.codes(&batch, rein);
            for r in 0..batch.rows() {
                assert_eq!(codes.row(r), dictionary.encode(batch.row(r), rein), "{rein:?}");
            }
        }
        let mut code = [0.5, 0.7, 0.0, 0.7, 0.7];
        keep_largest(&mut code, 2, &mut Vec::new());
        assert_eq!(code, [0.0, 0.7, 0.0, 0.7, 0.0], "ties go to the lower index");
    }

    #[test]
    fn l1_takes_half_of_lambda_off_every_code() {
        // argmin (a - f)² + λ f = max(0, a - λ/2), found by golden section.
        for (a, lambda) in [(1.0, 0.4), (0.3, 0.8), (0.7, 0.0_f64)] {
            let loss = |f: f64| (a - f) * (a - f) + lambda * f;
            let (mut low, mut high) = (0.0, 2.0);
            while high - low > 1e-8 {
                let third = (high - low) / 3.0;
                if loss(low + third) < loss(high - third) { high -= third } else { low += third }
            }
            assert!((low - (a - lambda / 2.0_f64).max(0.0)).abs() < 1e-6, "{low}");
        }
    }

    #[test]
    fn one_latent_at_a_time_unfolds_the_pentagon() {
        let good = |latents| {
            (0..5)
                .filter(|seed| {
                    let q = trained(Planted::pentagon(*seed), latents, Rein::TopK(1), *seed);
                    q.mmcs > 0.99 && q.recovered == 5
                })
                .count()
        };
        assert!(good(8) >= 4);
        assert!(good(5) < 5, "with no latent to spare some seeds end in a local minimum");
    }

    #[test]
    fn l1_shrinks_what_it_finds_and_top_k_does_not() {
        let runs = |rein| (0..5).map(move |s| trained(Planted::sixteen_in_eight(s), 32, rein, s));
        for (rein, expected, tolerance) in [(Rein::L1(0.4), 0.70, 0.05), (Rein::TopK(2), 0.95, 0.04)] {
            let good =
                runs(rein).filter(|q| q.recovered >= 15 && (q.shrink - expected).abs() < tolerance).count();
            assert!(good >= 4, "{rein:?}: {good} of 5");
        }
    }

    /// Means over five seeds: latents that stand for one tag, for two, and the best correlation
    /// with (France, landmark).
    fn phrases(latents: usize, k: usize) -> [f64; 3] {
        use crate::planted::{PHRASES, best_concept, concepts, correlation};
        let (mut means, concepts) = ([0.0; 3], concepts());
        for seed in 0..5 {
            let mut data = Planted::phrases(seed);
            let rein = Rein::TopK(k);
            let mut trainer = Trainer::new(latents, data.features.columns(), rein, seed);
            while !trainer.finished() {
                trainer.step(&mut data);
            }
            let codes: Vec<Vec<f64>> =
                (0..PHRASES.len()).map(|i| trainer.dictionary.encode(&data.phrase(i), rein)).collect();
            let mut french: f64 = 0.0;
            for j in 0..latents {
                let fires: Vec<f64> = codes.iter().map(|c| c[j]).collect();
                let (place, r) = best_concept(&fires, &concepts);
                if r > 0.8 {
                    means[concepts[place].len() - 1] += 0.2;
                }
                french = french.max(correlation(&fires, &[0, 5]));
            }
            means[2] += 0.2 * french;
        }
        means
    }

    #[test]
    fn more_latents_stand_for_conjunctions() {
        let (few, many) = (phrases(13, 3), phrases(40, 2));
        assert!(few[0] > many[0] + 1.0, "single concepts {few:?} {many:?}");
        assert!(many[1] > few[1] + 2.0, "conjunctions {few:?} {many:?}");
        assert!(many[2] > few[2] + 0.05, "French landmarks {few:?} {many:?}");
    }

    #[test]
    fn a_hard_penalty_kills_and_nothing_breaks() {
        let dead = trained(Planted::pentagon(1), 8, Rein::L1(20.0), 1);
        assert!(dead.mmcs.is_finite() && dead.unexplained > 0.99, "{dead:?}");
        let dense = trained(Planted::pentagon(1), 8, Rein::L1(0.0), 1);
        assert!(dense.l0 > 0.0 && dense.unexplained < 0.1, "{dense:?}");
    }
}
