//! Pictures that are two numbers, each with a caption: a mixture of Gaussians in the plane, in which the noise of
//! a noised picture can be predicted exactly, so that what diffusion and guidance do needs no network.
//!
//! References: the schedule, the step and the guidance are those of [`crate::diffusion`]; Wu et al. 2024,
//! arXiv:2403.01639 (guidance in Gaussian mixtures raises confidence and lowers diversity); Chidambaram et al.
//! 2024, arXiv:2409.13074 (it does not sample from the tilted distribution that it was derived from); Ramesh et
//! al. 2021, arXiv:2102.12092 (the rival: draw many, and keep what a judge likes best).
//!
//! Glossary: a caption has one or more `kinds`, Gaussians with middle μ, deviation σ and share π. A noised picture
//! x = √ᾱ x₀ + √(1 − ᾱ) ε belongs to kind k with the chance r_k ∝ π_k N(x; √ᾱ μ_k, v_k), where
//! v_k = ᾱ σ_k² + 1 − ᾱ, and E[ε | x] = √(1 − ᾱ) Σ r_k (x − √ᾱ μ_k) / v_k, over all kinds or over those of one
//! caption. `spread`: root of the mean squared distance from the middle. `fits`: of all captions a picture's own
//! is likelier than all others together.
//!
//! Shapes: pictures are [2]; of a run `slots` × `draws`, slot after slot.

use crate::diffusion::{Schedule, guess, guided, noised};
use numerics::elementary::exp;
use numerics::matrix::norm;
use numerics::random::Stream;

/// Pictures of one kind.
#[derive(Clone, Copy, Debug)]
pub struct Kind {
    pub caption: usize,
    /// Of the pictures with its caption; captions are equally frequent.
    pub share: f64,
    pub middle: [f64; 2],
    pub deviation: f64,
}

impl Kind {
    const fn new(caption: usize, share: f64, middle: [f64; 2], deviation: f64) -> Self {
        Self { caption, share, middle, deviation }
    }
}

/// Captions there are.
pub const CAPTIONS: usize = 4;

/// Two captions overlap, one has a frequent and a rare kind, one stands alone.
pub static KINDS: [Kind; 5] = [
    Kind::new(0, 1.0, [-0.32, 0.9], 0.4),
    Kind::new(1, 1.0, [0.32, 0.9], 0.4),
    Kind::new(2, 0.7, [-1.2, -0.8], 0.35),
    Kind::new(2, 0.3, [-1.5, 0.25], 0.35),
    Kind::new(3, 1.0, [1.3, -0.75], 0.4),
];

/// Kinds of a caption, or all.
fn kinds(caption: Option<usize>) -> impl Iterator<Item = &'static Kind> {
    KINDS.iter().filter(move |kind| caption.is_none_or(|caption| kind.caption == caption))
}

/// E[ε | x], and how likely x is, as a factor and the exponent that belongs to it: far out the exponent alone
/// would be zero.
fn expected(x: [f64; 2], alpha_bar: f64, caption: Option<usize>) -> ([f64; 2], f64, f64) {
    let signal = alpha_bar.sqrt();
    let from = |kind: &Kind| {
        let off = [0, 1].map(|i| x[i] - signal * kind.middle[i]);
        let variance = alpha_bar * kind.deviation * kind.deviation + 1.0 - alpha_bar;
        (off, variance, -0.5 * (off[0] * off[0] + off[1] * off[1]) / variance)
    };
    let most = kinds(caption).map(|kind| from(kind).2).fold(f64::NEG_INFINITY, f64::max);
    let (mut total, mut sum) = (0.0, [0.0; 2]);
    for kind in kinds(caption) {
        let (off, variance, exponent) = from(kind);
        let weight = kind.share / variance * exp(exponent - most);
        total += weight;
        sum = [0, 1].map(|i| sum[i] + weight * off[i] / variance);
    }
    let noise = (1.0 - alpha_bar).sqrt();
    (sum.map(|s| noise * s / total), total, most)
}

/// The best prediction of the noise in x: its mean, given x and, where there is one, the caption.
#[must_use]
pub fn noise_in(x: [f64; 2], alpha_bar: f64, caption: Option<usize>) -> [f64; 2] {
    expected(x, alpha_bar, caption).0
}

/// How likely a clean picture has this caption: what a perfect judge says.
#[must_use]
pub fn fits(x: [f64; 2], caption: usize) -> f64 {
    let [(_, own, own_most), (_, all, all_most)] = [Some(caption), None].map(|c| expected(x, 1.0, c));
    own / all * exp(own_most - all_most)
}

/// Middle and spread of all pictures with a caption.
#[must_use]
pub fn truth(caption: usize) -> ([f64; 2], f64) {
    let middle = kinds(Some(caption)).fold([0.0; 2], |m, k| [0, 1].map(|i| m[i] + k.share * k.middle[i]));
    let square = |k: &Kind| {
        let off = norm(&[k.middle[0] - middle[0], k.middle[1] - middle[1]]);
        k.share * (off * off + 2.0 * k.deviation * k.deviation)
    };
    (middle, kinds(Some(caption)).map(square).sum::<f64>().sqrt())
}

/// Pictures on their way from noise, all with one caption and one weight.
#[derive(Clone, Debug)]
pub struct Denoising {
    caption: usize,
    weight: f64,
    schedule: Schedule,
    /// Steps of noising at which the noise is predicted, the noisiest first.
    places: Vec<usize>,
    made: usize,
    /// x.
    pub pictures: Vec<[f64; 2]>,
    /// What the noise is taken for; of no use at the end.
    noise: Vec<[f64; 2]>,
    /// What x would be without that noise: x0_hat.
    pub guesses: Vec<[f64; 2]>,
}

impl Denoising {
    #[must_use]
    pub fn new(caption: usize, weight: f64, schedule: Schedule, steps: usize, start: Vec<[f64; 2]>) -> Self {
        let places = schedule.trailing(steps);
        let (noise, guesses) = (start.clone(), start.clone());
        let mut this = Self { caption, weight, schedule, places, made: 0, pictures: start, noise, guesses };
        this.predict();
        this
    }

    /// ᾱ of where the pictures are.
    #[must_use]
    pub fn alpha_bar(&self) -> f64 {
        self.schedule.alpha_bar(self.places.get(self.made).copied())
    }

    /// Steps made so far.
    #[must_use]
    pub fn made(&self) -> usize {
        self.made
    }

    #[must_use]
    pub fn finished(&self) -> bool {
        self.made == self.places.len()
    }

    /// One step towards data, and the prediction for the next.
    pub fn step(&mut self) {
        if self.finished() {
            return;
        }
        self.made += 1;
        let alpha_bar = self.alpha_bar();
        for (x, (hat, e)) in self.pictures.iter_mut().zip(self.guesses.iter().zip(&self.noise)) {
            *x = [0, 1].map(|i| noised(hat[i], e[i], alpha_bar));
        }
        self.predict();
    }

    fn predict(&mut self) {
        if self.finished() {
            self.guesses.clone_from(&self.pictures);
            return;
        }
        let alpha_bar = self.alpha_bar();
        for (x, (hat, e)) in self.pictures.iter().zip(self.guesses.iter_mut().zip(&mut self.noise)) {
            let [plain, captioned] =
                [None, Some(self.caption)].map(|caption| noise_in(*x, alpha_bar, caption));
            *e = [0, 1].map(|i| guided(plain[i], captioned[i], self.weight));
            *hat = [0, 1].map(|i| guess(x[i], e[i], alpha_bar));
        }
    }
}

/// Pure noise for `slots` pictures, of `most` draws each.
#[must_use]
pub fn starts(slots: usize, most: usize, seed: u64) -> Vec<[f64; 2]> {
    let mut stream = Stream::new(seed, "noise");
    (0..slots * most).map(|_| [(); 2].map(|()| stream.normal())).collect()
}

/// Which of several draws is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    /// The one that fits best.
    Best,
    /// The first that fits; if none does, the best.
    First,
}

/// Of each slot of `draws` pictures the place of the one that is kept, and the draws that all slots took together.
///
/// # Panics
/// If there are no draws.
#[must_use]
pub fn kept(pictures: &[[f64; 2]], draws: usize, caption: usize, keep: Keep) -> (Vec<usize>, usize) {
    let mut taken = 0;
    let slots = pictures.chunks_exact(draws).enumerate().map(|(slot, candidates)| {
        let mut best = (0, -1.0);
        let mut used = draws;
        for (i, x) in candidates.iter().enumerate() {
            let fit = if draws > 1 { fits(*x, caption) } else { 0.0 };
            if fit > best.1 {
                best = (i, fit);
            }
            if keep == Keep::First && fit > 0.5 {
                used = i + 1;
                break;
            }
        }
        taken += used;
        slot * draws + best.0
    });
    (slots.collect(), taken)
}

/// Pictures against the truth of their caption, shares in 0..=1.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Measured {
    pub fit: f64,
    /// Against the true spread.
    pub spread: f64,
    /// How far the middle is beyond the true one, seen from the middle of all data, in true spreads.
    pub pushed: f64,
    /// Pictures of the caption's rarest kind, where it has more than one.
    pub rare: Option<f64>,
}

impl Measured {
    #[must_use]
    pub fn of(pictures: &[[f64; 2]], caption: usize) -> Self {
        let count = pictures.len().max(1) as f64;
        let share =
            |which: &dyn Fn(&[f64; 2]) -> bool| pictures.iter().filter(|x| which(x)).count() as f64 / count;
        let middle = [0, 1].map(|i| pictures.iter().map(|x| x[i]).sum::<f64>() / count);
        let away = |x: &[f64; 2], from: [f64; 2]| norm(&[x[0] - from[0], x[1] - from[1]]);
        let square = pictures.iter().map(|x| away(x, middle)).map(|d| d * d).sum::<f64>() / count;
        let (own, spread) = truth(caption);
        let all = [0, 1].map(|i| KINDS.iter().map(|k| k.share * k.middle[i]).sum::<f64>() / CAPTIONS as f64);
        let out = [0, 1].map(|i| (own[i] - all[i]) / away(&own, all));
        let own_kinds = || kinds(Some(caption));
        let rarest = own_kinds().min_by(|a, b| a.share.total_cmp(&b.share));
        let nearest = |x: &[f64; 2]| {
            own_kinds().min_by(|a, b| away(x, a.middle).total_cmp(&away(x, b.middle))).map(|k| k.middle)
        };
        Self {
            fit: share(&|x| fits(*x, caption) > 0.5),
            spread: square.sqrt() / spread,
            pushed: [0, 1].map(|i| (middle[i] - own[i]) * out[i]).iter().sum::<f64>() / spread,
            rare: (own_kinds().count() > 1).then(|| share(&|x| nearest(x) == rarest.map(|k| k.middle))),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diffusion::Betas;
    use numerics::elementary::ln;
    use numerics::statistics::mean;

    fn run(caption: usize, weight: f64, steps: usize, seed: u64) -> Vec<[f64; 2]> {
        let schedule = Schedule::new(Betas::SquaredCosine, 1000);
        let mut run = Denoising::new(caption, weight, schedule, steps, starts(100, 1, seed));
        (0..steps).for_each(|_| run.step());
        assert!(run.finished() && run.guesses == run.pictures);
        run.pictures
    }

    fn over_seeds(caption: usize, weight: f64, steps: usize) -> [f64; 4] {
        let one = |seed| Measured::of(&run(caption, weight, steps, seed), caption);
        let all: Vec<Measured> = (1..=20).map(one).collect();
        let of = |f: fn(&Measured) -> f64| mean(&all.iter().map(f).collect::<Vec<_>>());
        [of(|m| m.fit), of(|m| m.spread), of(|m| m.pushed), of(|m| m.rare.unwrap_or(0.0))]
    }

    /// Known result: the prediction is the slope of the log-density of noised data, turned around and scaled.
    #[test]
    fn the_prediction_is_the_slope_of_the_density() {
        for caption in [None, Some(2)] {
            for (x, alpha_bar) in [([0.4, -0.3], 0.3), ([-1.6, 2.0], 0.9), ([9.0, 30.0], 0.01)] {
                let density = |x| {
                    let (_, factor, exponent) = expected(x, alpha_bar, caption);
                    ln(factor) + exponent
                };
                let noise = noise_in(x, alpha_bar, caption);
                for i in [0, 1] {
                    let [mut low, mut high] = [x, x];
                    low[i] -= 1e-5;
                    high[i] += 1e-5;
                    let slope = (density(high) - density(low)) / 2e-5;
                    assert!((noise[i] + (1.0 - alpha_bar).sqrt() * slope).abs() < 1e-5, "{x:?} {alpha_bar}");
                }
            }
        }
    }

    /// Known result: with exact predictions a weight of 1 draws from the caption's own distribution.
    #[test]
    fn a_weight_of_one_gives_the_shares_and_the_spread_of_the_caption() {
        for caption in 0..CAPTIONS {
            let [_, spread, pushed, rare] = over_seeds(caption, 1.0, 100);
            // A hundred steps are two per cent short.
            assert!((spread - 0.98).abs() < 0.04 && pushed.abs() < 0.04, "{caption}: {spread} {pushed}");
            assert!(caption != 2 || (rare - 0.3).abs() < 0.03, "{rare}");
        }
    }

    /// Known result (Wu et al. 2024): guidance raises confidence and lowers diversity.
    #[test]
    fn a_caption_that_steers_harder_fits_more_and_differs_less() {
        let [plain, some, hard] = [1.0, 1.5, 4.0].map(|w| over_seeds(0, w, 50));
        for pair in [[plain, some], [some, hard]] {
            let [[fit, spread, pushed, _], [more, less, farther, _]] = pair;
            assert!(more > fit && less < spread - 0.05 && farther > pushed + 0.05, "{pair:?}");
        }
        assert!(over_seeds(2, 4.0, 50)[3] < 0.2);
    }

    #[test]
    fn one_step_goes_to_the_middle() {
        let measured = Measured::of(&run(0, 1.0, 1, 1), 0);
        assert!(measured.spread < 1e-3 && measured.fit == 1.0, "{measured:?}");
    }

    #[test]
    fn what_is_kept_fits_best_or_first() {
        let far = [-1.0, 2.0];
        let candidates = [[1.0, 1.0], [-0.4, 1.0], far, [-0.5, 0.9], [1.3, -0.7], [1.0, 1.0]];
        assert_eq!(kept(&candidates, 3, 0, Keep::Best), (vec![2, 3], 6));
        assert_eq!(kept(&candidates, 3, 0, Keep::First), (vec![1, 3], 3));
        assert_eq!(kept(&candidates, 1, 0, Keep::First).1, 6);
        assert_eq!(kept(&candidates[4..], 2, 0, Keep::First).1, 2);
        assert!(fits(far, 0) > 0.95 && (0..CAPTIONS).map(|c| fits(far, c)).sum::<f64>() < 1.0 + 1e-12);
    }
}
