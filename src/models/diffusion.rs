//! Diffusion: noise is added to data by a schedule, and taken away again step by step, the way a caption
//! points.
//!
//! References: Ho, Jain and Abbeel 2020, *Denoising Diffusion Probabilistic Models*, arXiv:2006.11239
//! (equation 4: the noising; section 4: linear β from 10⁻⁴ to 0.02 in 1,000 steps); Nichol and Dhariwal 2021,
//! *Improved Denoising Diffusion Probabilistic Models*, arXiv:2102.09672 (equation 17: the cosine schedule, β at
//! most 0.999); Song, Meng and Ermon 2021, *Denoising Diffusion Implicit Models*, arXiv:2010.02502 (equation 12
//! with σ = 0: a step without chance); Ho and Salimans 2022, *Classifier-Free Diffusion Guidance*,
//! arXiv:2207.12598; Lin et al. 2024, arXiv:2305.08891 (steps are counted from the last).
//!
//! Glossary: `beta` β, the share of the variance that one step of noising replaces; `alpha_bar` ᾱ, the product of
//! 1 − β so far, what is left of the data's variance; `noise` ε; `x0_hat`, the data that a prediction of the
//! noise amounts to; `weight` w, how strongly a caption steers.
//!
//! Shapes: `alpha_bars[t]` for t in 0..T; data, noise and predictions are lists of one length n.
//!
//! Departures: Ho and Salimans write (1 + w) ε_caption − w ε_plain. The weight here is theirs plus 1, as in
//! Imagen (Saharia et al. 2022, arXiv:2205.11487, equation 2) and in libraries: with 1 a caption is taken at its
//! word, with 0 it is ignored.

use numerics::elementary::cos;

/// How much noise each step adds.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Betas {
    /// Evenly spaced, from the first to the last (Ho et al. 2020).
    Linear([f64; 2]),
    /// Their square roots are evenly spaced: Stable Diffusion's.
    ScaledLinear([f64; 2]),
    /// ᾱ falls as a squared cosine (Nichol and Dhariwal 2021); `squaredcos_cap_v2` in diffusers.
    SquaredCosine,
}

impl Betas {
    /// β of a step of `steps`, counted from 0.
    #[must_use]
    pub fn at(self, t: usize, steps: usize) -> f64 {
        let share = t as f64 / steps.saturating_sub(1).max(1) as f64;
        let between = |[first, last]: [f64; 2]| first + (last - first) * share;
        match self {
            Self::Linear(ends) => between(ends),
            Self::ScaledLinear(ends) => {
                let root = between(ends.map(f64::sqrt));
                root * root
            }
            Self::SquaredCosine => {
                let left = |t: usize| {
                    let angle = (t as f64 / steps as f64 + 0.008) / 1.008 * core::f64::consts::FRAC_PI_2;
                    cos(angle) * cos(angle)
                };
                (1.0 - left(t + 1) / left(t)).min(0.999)
            }
        }
    }
}

/// What is left of the data at each step.
#[derive(Clone, Debug)]
pub struct Schedule {
    alpha_bars: Vec<f64>,
    /// ᾱ behind the last step of denoising: 1, or that of step 0.
    end: f64,
}

/// One step of denoising.
#[derive(Clone, Debug, PartialEq)]
pub struct Denoised {
    pub x0_hat: Vec<f64>,
    /// x at the next, less noisy step.
    pub x: Vec<f64>,
}

impl Schedule {
    /// Of `steps` steps of noising. Denoising ends at clean data (`set_alpha_to_one` in diffusers).
    #[must_use]
    pub fn new(betas: Betas, steps: usize) -> Self {
        let mut left = 1.0;
        let fall = |t| {
            left *= 1.0 - betas.at(t, steps);
            left
        };
        Self { alpha_bars: (0..steps).map(fall).collect(), end: 1.0 }
    }

    /// The same, but denoising ends at the noise of step 0.
    #[must_use]
    pub fn ending_at_the_first(mut self) -> Self {
        self.end = self.alpha_bars.first().copied().unwrap_or(1.0);
        self
    }

    #[must_use]
    pub fn alpha_bars(&self) -> &[f64] {
        &self.alpha_bars
    }

    /// ᾱ of a step; behind the last step of denoising, with `None`, that of the end.
    ///
    /// # Panics
    /// If there is no such step.
    #[must_use]
    pub fn alpha_bar(&self, t: Option<usize>) -> f64 {
        t.map_or(self.end, |t| self.alpha_bars[t])
    }

    /// Where a step of denoising leads from `t`, if there are `count` of them: ⌊T / count⌋ steps down.
    #[must_use]
    pub fn below(&self, t: usize, count: usize) -> Option<usize> {
        t.checked_sub(self.alpha_bars.len() / count.max(1))
    }

    /// The places of `count` steps of denoising, evenly spaced from the last step of noising on ("trailing",
    /// Lin et al. 2024), so that pure noise is taken for what it is.
    #[must_use]
    pub fn trailing(&self, count: usize) -> Vec<usize> {
        let steps = self.alpha_bars.len() as f64;
        let place = |i: usize| (steps - i as f64 * steps / count as f64).round() as usize;
        (0..count).map(|i| place(i).saturating_sub(1)).collect()
    }

    /// x_t = √ᾱ x₀ + √(1 − ᾱ) ε.
    #[must_use]
    pub fn add_noise(&self, x0: &[f64], noise: &[f64], t: usize) -> Vec<f64> {
        mixed(x0, noise, self.alpha_bars[t])
    }

    /// A step from `t` to `to` that leaves nothing to chance, where `noise` is the prediction of ε.
    #[must_use]
    pub fn denoise(&self, x: &[f64], noise: &[f64], t: usize, to: Option<usize>) -> Denoised {
        let alpha_bar = self.alpha_bars[t];
        let x0_hat: Vec<f64> = x.iter().zip(noise).map(|(x, e)| guess(*x, *e, alpha_bar)).collect();
        let x = mixed(&x0_hat, noise, self.alpha_bar(to));
        Denoised { x0_hat, x }
    }
}

/// The data that a prediction of the noise amounts to: (x − √(1 − ᾱ) ε) / √ᾱ.
#[inline]
#[must_use]
pub fn guess(x: f64, noise: f64, alpha_bar: f64) -> f64 {
    (x - (1.0 - alpha_bar).sqrt() * noise) / alpha_bar.sqrt()
}

/// Data and noise put together: √ᾱ x₀ + √(1 − ᾱ) ε.
#[inline]
#[must_use]
pub fn noised(x0: f64, noise: f64, alpha_bar: f64) -> f64 {
    alpha_bar.sqrt() * x0 + (1.0 - alpha_bar).sqrt() * noise
}

fn mixed(x0: &[f64], noise: &[f64], alpha_bar: f64) -> Vec<f64> {
    x0.iter().zip(noise).map(|(x, e)| noised(*x, *e, alpha_bar)).collect()
}

/// The prediction that a caption steers with weight `weight`: ε_plain + w (ε_caption − ε_plain).
#[inline]
#[must_use]
pub fn guided(plain: f64, captioned: f64, weight: f64) -> f64 {
    plain + weight * (captioned - plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    const ALL: [Betas; 3] =
        [Betas::Linear([1e-4, 0.02]), Betas::ScaledLinear([0.00085, 0.012]), Betas::SquaredCosine];

    /// Known result: of the variance of the data nearly all is left at first and nearly nothing at last.
    #[test]
    fn what_is_left_falls_from_nearly_one_to_nearly_zero() {
        for (betas, last) in ALL.into_iter().zip([4.04e-5, 4.66e-3, 2.43e-9]) {
            let schedule = Schedule::new(betas, 1000);
            let left = schedule.alpha_bars();
            assert!(left[0] > 0.999 && left.windows(2).all(|pair| pair[1] < pair[0]), "{betas:?}");
            assert!((left[999] / last - 1.0).abs() < 0.01, "{betas:?}: {}", left[999]);
        }
    }

    #[test]
    fn the_cosine_is_one_and_its_last_step_is_capped() {
        let schedule = Schedule::new(Betas::SquaredCosine, 100);
        let f = |t: f64| {
            let c = cos((t / 100.0 + 0.008) / 1.008 * core::f64::consts::FRAC_PI_2);
            c * c
        };
        for t in [0, 30, 60, 98] {
            assert!((schedule.alpha_bars()[t] - f(t as f64 + 1.0) / f(0.0)).abs() < 1e-12, "{t}");
        }
        assert_eq!(Betas::SquaredCosine.at(99, 100), 0.999);
    }

    /// Known result: with the noise that was added any number of steps leads back to the data.
    #[test]
    fn the_exact_noise_leads_back_in_one_step_or_in_many() {
        let (x0, noise) = ([0.3, -1.7, 2.2], [1.1, 0.4, -0.6]);
        for betas in ALL {
            let schedule = Schedule::new(betas, 1000);
            for count in [1, 2, 7, 50] {
                let places = schedule.trailing(count);
                assert_eq!((places.len(), places[0]), (count, 999));
                let mut x = schedule.add_noise(&x0, &noise, 999);
                for (i, t) in places.iter().enumerate() {
                    x = schedule.denoise(&x, &noise, *t, places.get(i + 1).copied()).x;
                }
                let off = x.iter().zip(&x0).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
                assert!(off < 1e-9, "{betas:?} {count}: {off}");
            }
        }
    }

    #[test]
    fn denoising_ends_clean_or_at_the_noise_of_the_first_step() {
        let clean = Schedule::new(ALL[0], 50);
        let first = clean.clone().ending_at_the_first();
        let [a, b] = [&clean, &first].map(|s| s.denoise(&[0.5], &[1.0], 4, s.below(4, 10)));
        assert_eq!((a.x.clone(), a.x0_hat.clone()), (b.x0_hat, a.x0_hat));
        assert_eq!(b.x, first.add_noise(&a.x, &[1.0], 0));
        assert_eq!([clean.below(4, 10), clean.below(5, 10), clean.below(49, 10)], [None, Some(0), Some(44)]);
    }

    #[test]
    fn a_weight_of_one_takes_the_caption_at_its_word() {
        assert_eq!([0.0, 1.0, 3.0].map(|w| guided(0.5, 0.75, w)), [0.5, 0.75, 1.25]);
    }
}
