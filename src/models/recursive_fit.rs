//! Models that learn from the samples of the model before them: a normal distribution, and the
//! frequencies of words.
//!
//! References: Shumailov et al. 2024, *AI models collapse when trained on recursively generated
//! data*, Nature 631, 755–759 (the normal distribution that is fitted again and again);
//! Gerstgrasser et al. 2024, arXiv:2404.01413, and Dey and Donoho 2024, arXiv:2410.22812
//! (accumulate, and the ceiling π²/6); Wright 1931 (the drift of words); He, Xu and Cheng 2025,
//! arXiv:2502.18049 (the golden ratio).
//!
//! Glossary: `samples` n, a generation's; generation g, the number of fits so far, so that
//! generation 0 is the truth N(0, 1) and generation 1 is fitted to real data; `mean` μ̂_g and
//! `variance` σ̂²_g; `share` λ of real samples in each generation; `frequencies` p of the V words, and
//! those it writes with once they have gone through a [`Warp`] (their logarithms are the logits).
//!
//! Departure: the mean and the variance of n normal samples are independent, N(μ, σ²/n) and
//! σ² χ²_{n-1} / (n-1) (Cochran 1934). Chains that nobody looks at draw these two numbers instead of
//! the n samples: the same distribution at a twentieth of the cost. One chain draws every sample.

use crate::sampling::Warp;
use numerics::elementary::{digamma, exp, ln, powi};
use numerics::random::Stream;
use std::sync::Arc;

/// A variance never sinks below this: its logarithm stays a number.
pub const FLOOR: f64 = 1e-300;

/// What a generation learns from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Source {
    /// Only samples of the model before it.
    Replace,
    /// Those, and this share of fresh real ones.
    Mix(f64),
    /// Everything there has ever been.
    Accumulate,
}

/// What the sum of squares is divided by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Estimator {
    /// n - 1: right on average.
    Unbiased,
    /// n: the most likely variance, too small by 1/n on average.
    MostLikely,
}

impl Estimator {
    fn divisor(self, count: f64) -> f64 {
        match self {
            Self::Unbiased => count - 1.0,
            Self::MostLikely => count,
        }
    }
}

/// How a normal distribution is handed on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rules {
    /// n, at least 2.
    pub samples: usize,
    pub source: Source,
    pub estimator: Estimator,
}

impl Rules {
    /// Real samples in each generation after the first.
    #[must_use]
    pub fn real(&self) -> usize {
        match self.source {
            Source::Mix(share) => (share * self.samples as f64).round() as usize,
            Source::Replace | Source::Accumulate => 0,
        }
    }

    /// E σ̂²_g where each generation replaces the last.
    #[must_use]
    pub fn expected_variance(&self, generation: u64) -> f64 {
        match self.estimator {
            Estimator::Unbiased => 1.0,
            Estimator::MostLikely => powi(1.0 - 1.0 / self.samples as f64, generation as u32),
        }
    }

    /// E ln σ̂²_g - E ln σ̂²_{g-1} where each generation replaces the last.
    #[must_use]
    pub fn drift(&self) -> f64 {
        let freedom = self.samples as f64 - 1.0;
        digamma(freedom / 2.0) + ln(2.0 / self.estimator.divisor(self.samples as f64))
    }

    /// The median of σ̂²_g where each generation replaces the last: ln σ̂² is a sum of independent
    /// steps, so it is close to normal with its median at the mean.
    #[must_use]
    pub fn typical_variance(&self, generation: u64) -> f64 {
        exp(self.drift() * generation as f64).max(FLOOR)
    }
}

/// Count, mean and sum of squared deviations: all that a fit needs of its samples.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Moments {
    pub count: f64,
    pub mean: f64,
    pub squares: f64,
}

impl Moments {
    #[must_use]
    pub fn of(samples: &[f64]) -> Self {
        if samples.is_empty() {
            return Self::default();
        }
        let count = samples.len() as f64;
        let mean = samples.iter().sum::<f64>() / count;
        Self { count, mean, squares: samples.iter().map(|x| (x - mean) * (x - mean)).sum() }
    }

    /// As of `count` samples of N(mean, deviation²), drawn as two numbers.
    #[must_use]
    pub fn drawn(count: usize, mean: f64, deviation: f64, noise: &mut Stream) -> Self {
        if count == 0 {
            return Self::default();
        }
        let n = count as f64;
        let centre = mean + deviation * noise.normal() / n.sqrt();
        let chi = if count > 1 { 2.0 * noise.gamma((n - 1.0) / 2.0) } else { 0.0 };
        Self { count: n, mean: centre, squares: deviation * deviation * chi }
    }

    /// Of both sets of samples together (Chan, Golub and LeVeque 1979).
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        let count = self.count + other.count;
        if count == 0.0 {
            return self;
        }
        let apart = other.mean - self.mean;
        Self {
            count,
            mean: self.mean + apart * other.count / count,
            squares: self.squares + other.squares + apart * apart * self.count * other.count / count,
        }
    }
}

/// A line of normal distributions, each fitted to samples of the one before.
#[derive(Clone, Debug)]
pub struct NormalChain {
    pub mean: f64,
    pub variance: f64,
    /// Everything there has been, where it accumulates.
    pool: Moments,
    generation: u64,
    noise: Stream,
    /// Real numbers, in the place of draws from N(0, 1).
    real: Option<Arc<[f64]>>,
}

/// Numbers that somebody brings, as a truth with mean 0 and variance 1; none where they are all the same.
#[must_use]
pub fn standardised(numbers: &[f64]) -> Option<Arc<[f64]>> {
    let moments = Moments::of(numbers);
    let deviation = (moments.squares / moments.count).sqrt();
    (deviation > 0.0).then(|| numbers.iter().map(|x| (x - moments.mean) / deviation).collect())
}

impl NormalChain {
    /// The truth, N(0, 1).
    #[must_use]
    pub fn new(noise: Stream) -> Self {
        Self { mean: 0.0, variance: 1.0, pool: Moments::default(), generation: 0, noise, real: None }
    }

    /// Whose real samples are drawn, with replacement, from [`standardised`] numbers.
    #[must_use]
    pub fn of(real: Arc<[f64]>, noise: Stream) -> Self {
        Self { real: Some(real), ..Self::new(noise) }
    }

    /// The next generation, from two numbers.
    pub fn step(&mut self, rules: &Rules) {
        let real = self.real(rules);
        let deviation = self.variance.sqrt();
        let fresh = match &self.real {
            None => Moments::drawn(real, 0.0, 1.0, &mut self.noise),
            Some(numbers) => {
                let drawn = (0..real).map(|_| numbers[self.noise.below(numbers.len())]);
                Moments::of(&drawn.collect::<Vec<_>>())
            }
        };
        let own = Moments::drawn(rules.samples - real, self.mean, deviation, &mut self.noise);
        self.learn(rules, fresh.and(own));
    }

    /// The next generation, from samples one can look at; they take the place of what is in `samples`.
    pub fn step_by_samples(&mut self, rules: &Rules, samples: &mut Vec<f64>) {
        let real = self.real(rules);
        let (mean, deviation) = (self.mean, self.variance.sqrt());
        samples.clear();
        samples.extend((0..rules.samples).map(|i| {
            if let Some(numbers) = self.real.as_ref().filter(|_| i < real) {
                return numbers[self.noise.below(numbers.len())];
            }
            let z = self.noise.normal();
            if i < real { z } else { mean + deviation * z }
        }));
        self.learn(rules, Moments::of(samples));
    }

    /// All samples of the first generation are real; the model before it is the truth.
    fn real(&self, rules: &Rules) -> usize {
        if self.generation == 0 { rules.samples } else { rules.real() }
    }

    fn learn(&mut self, rules: &Rules, batch: Moments) {
        let learnt = if rules.source == Source::Accumulate { self.pool.and(batch) } else { batch };
        self.pool = learnt;
        self.mean = learnt.mean;
        self.variance = (learnt.squares / rules.estimator.divisor(learnt.count)).max(FLOOR);
        self.generation += 1;
    }
}

/// Zipf's law: p_i ∝ 1/i for i = 1, ..., `words`.
#[must_use]
pub fn zipf(words: usize) -> Vec<f64> {
    let all: f64 = (1..=words).map(|i| 1.0 / i as f64).sum();
    (1..=words).map(|i| 1.0 / i as f64 / all).collect()
}

/// Each weight with all before it: draws by bisection.
#[must_use]
pub fn cumulative(weights: &[f64]) -> Vec<f64> {
    weights
        .iter()
        .scan(0.0, |sum, w| {
            *sum += w;
            Some(*sum)
        })
        .collect()
}

/// The index that a point of the line of [`cumulative`] weights falls on.
#[must_use]
pub fn fall(cumulative: &[f64], point: f64) -> usize {
    cumulative.partition_point(|end| *end <= point).min(cumulative.len() - 1)
}

/// A line of word models, each the frequencies in a text that the one before has written.
#[derive(Clone, Debug)]
pub struct WordChain {
    /// How often each word stands in what the present model has learnt from.
    pub counts: Vec<u32>,
    /// The counts of everything before, summed up to each word: the model that writes.
    ends: Vec<u32>,
    generation: u64,
    noise: Stream,
}

impl WordChain {
    /// Of so many words; before the first generation nothing is counted.
    #[must_use]
    pub fn new(words: usize, noise: Stream) -> Self {
        Self { counts: vec![0; words], ends: vec![0; words], generation: 0, noise }
    }

    /// Writes `tokens` words and learns from them. `truth` is the real frequencies' [`cumulative`];
    /// `warp` stands between the model and what it writes, and leaves real words alone.
    pub fn step(&mut self, tokens: usize, source: Source, warp: &Warp, truth: &[f64]) {
        // A plain model draws whole numbers from its counts and needs no frequencies.
        let warped = if warp.is_plain() { None } else { self.writes(warp) };
        let warped = warped.map(|frequencies| cumulative(&frequencies));
        if source != Source::Accumulate {
            self.counts.fill(0);
        }
        let share = match source {
            _ if self.generation == 0 => 1.0,
            Source::Mix(share) => share,
            Source::Replace | Source::Accumulate => 0.0,
        };
        let total = self.ends.last().map_or(0, |end| *end as usize);
        for _ in 0..tokens {
            let real = share >= 1.0 || share > 0.0 && self.noise.chance(share);
            let word = if real {
                fall(truth, self.noise.uniform())
            } else if let Some(ends) = &warped {
                // Within the sum as it was rounded: beyond it would lie a word that is gone.
                fall(ends, self.noise.uniform() * ends[ends.len() - 1])
            } else {
                let token = self.noise.below(total) as u32;
                self.ends.partition_point(|end| *end <= token)
            };
            self.counts[word] += 1;
        }
        let mut sum = 0;
        for (end, count) in self.ends.iter_mut().zip(&self.counts) {
            sum += count;
            *end = sum;
        }
        self.generation += 1;
    }

    /// Words that the model can still write; all of them before the first generation.
    #[must_use]
    pub fn alive(&self) -> usize {
        if self.generation == 0 { self.counts.len() } else { self.counts.iter().filter(|c| **c > 0).count() }
    }

    /// The model's frequency of each word, once there is one.
    #[must_use]
    pub fn frequencies(&self) -> Option<Vec<f64>> {
        let total = *self.ends.last()?;
        (total > 0).then(|| self.counts.iter().map(|c| f64::from(*c) / f64::from(total)).collect())
    }

    /// The frequency of each word in what the model writes next, once there is a model: its own,
    /// through the warp. Of words that are equally frequent a cut keeps the first, which are frequent in
    /// truth: where no real words come in, this changes which are left, not how many.
    #[must_use]
    pub fn writes(&self, warp: &Warp) -> Option<Vec<f64>> {
        let mut frequencies = self.frequencies()?;
        if !warp.is_plain() {
            frequencies.iter_mut().for_each(|p| *p = ln(*p));
            warp.warp(&mut frequencies, &[]);
        }
        Some(frequencies)
    }
}

/// F, the chance that two tokens are the same word.
#[must_use]
pub fn sameness(frequencies: &[f64]) -> f64 {
    frequencies.iter().map(|p| p * p).sum()
}

/// E F after so many generations that each replace the last, from F_0 in truth (Wright 1931).
#[must_use]
pub fn expected_sameness(truth: f64, tokens: usize, generation: u64) -> f64 {
    1.0 - (1.0 - truth) * powi(1.0 - 1.0 / tokens as f64, generation as u32)
}

/// F*, where E F comes to rest with a share of real tokens in each generation.
#[must_use]
pub fn resting_sameness(truth: f64, tokens: usize, share: f64) -> f64 {
    let (one, own) = (1.0 / tokens as f64, (1.0 - share) * (1.0 - share));
    (one + (1.0 - one) * (1.0 - own) * truth) / (1.0 - (1.0 - one) * own)
}

/// How many words are expected in a text of so many tokens.
#[must_use]
pub fn expected_words(truth: &[f64], tokens: usize) -> f64 {
    truth.iter().map(|p| 1.0 - powi(1.0 - p, tokens as u32)).sum()
}

/// n times the squared error of a mean after endless generations that weigh as many fresh real
/// samples with `weight` and the samples of the model before with the rest: the fixed point of
/// e = w²/n + (1-w)² (e + 1/n).
#[must_use]
pub fn weighted_error(weight: f64) -> f64 {
    let own = (1.0 - weight) * (1.0 - weight);
    (weight * weight + own) / (1.0 - own)
}

#[cfg(test)]
mod tests {
    use super::*;
    use numerics::statistics::mean;

    const PI2_6: f64 = core::f64::consts::PI * core::f64::consts::PI / 6.0;

    fn rules(samples: usize, source: Source) -> Rules {
        Rules { samples, source, estimator: Estimator::Unbiased }
    }

    fn chains(count: usize, seed: u64, rules: &Rules, generations: u64) -> Vec<NormalChain> {
        (0..count)
            .map(|i| {
                let mut chain = NormalChain::new(Stream::new(seed, &format!("chain {i}")));
                (0..generations).for_each(|_| chain.step(rules));
                chain
            })
            .collect()
    }

    fn median(mut xs: Vec<f64>) -> f64 {
        xs.sort_by(f64::total_cmp);
        xs[xs.len() / 2]
    }

    fn near(x: f64, y: f64, share: f64) {
        assert!((x / y - 1.0).abs() < share, "{x} against {y}");
    }

    #[test]
    fn the_example_by_hand() {
        let first = Moments::of(&[-1.0, 0.2, 1.4]);
        near(first.squares, 2.88, 1e-12);
        near(first.squares / 2.0, 1.44, 1e-12);
        near(first.squares / 3.0, 0.96, 1e-12);
        let second = Moments::of(&[-0.5, 0.1, 0.4].map(|z| 0.2 + 1.2 * z));
        near(second.squares / 2.0, 0.3024, 1e-12);
    }

    #[test]
    fn numbers_that_are_brought_are_the_real_samples() {
        // Nine of ten are alike: nothing like a bell curve, and a variance of 1 all the same.
        let numbers: Vec<f64> = (0..100).map(|i| if i % 10 == 0 { 50.0 } else { 20.0 }).collect();
        let truth = standardised(&numbers).unwrap();
        near(truth.iter().map(|x| x * x).sum::<f64>(), 100.0, 1e-12);
        assert_eq!(standardised(&[4.0; 9]), None);
        let first = rules(50, Source::Replace);
        let mut samples = Vec::new();
        let chain = |i: usize| NormalChain::of(truth.clone(), Stream::new(21, &format!("chain {i}")));
        let variances: Vec<f64> = (0..4000)
            .map(|i| {
                let mut chain = chain(i);
                if i % 2 == 0 {
                    chain.step(&first);
                } else {
                    chain.step_by_samples(&first, &mut samples);
                }
                chain.variance
            })
            .collect();
        near(mean(&variances), 1.0, 0.05);
        assert!(samples.iter().all(|x| truth.contains(x)));
        // A second generation is of the bell curve.
        let mut chain = chain(1);
        (0..2).for_each(|_| chain.step_by_samples(&first, &mut samples));
        assert!(samples.iter().all(|x| !truth.contains(x)));
    }

    #[test]
    fn two_sets_of_samples_are_as_one() {
        let (a, b) = ([1.0, 4.0, -2.0], [7.0, 0.5]);
        let (joined, all) = (Moments::of(&a).and(Moments::of(&b)), Moments::of(&[1.0, 4.0, -2.0, 7.0, 0.5]));
        near(joined.mean, all.mean, 1e-12);
        near(joined.squares, all.squares, 1e-12);
        assert_eq!(Moments::default().and(all), all);
    }

    #[test]
    fn two_numbers_stand_for_all_samples() {
        for source in [Source::Replace, Source::Mix(0.1), Source::Accumulate] {
            let rules = rules(20, source);
            let by_two = chains(10_000, 1, &rules, 10);
            let mut samples = Vec::new();
            let by_all: Vec<NormalChain> = (0..10_000)
                .map(|i| {
                    let mut chain = NormalChain::new(Stream::new(2, &format!("chain {i}")));
                    (0..10).for_each(|_| chain.step_by_samples(&rules, &mut samples));
                    chain
                })
                .collect();
            let spread = |all: &[NormalChain]| mean(&all.iter().map(|c| c.mean * c.mean).collect::<Vec<_>>());
            let logs = |all: &[NormalChain]| all.iter().map(|c| ln(c.variance)).collect::<Vec<_>>();
            near(spread(&by_two), spread(&by_all), 0.08);
            assert!((mean(&logs(&by_two)) - mean(&logs(&by_all))).abs() < 0.06, "{source:?}");
            assert!((median(logs(&by_two)) - median(logs(&by_all))).abs() < 0.08, "{source:?}");
        }
    }

    #[test]
    fn the_most_likely_variance_shrinks_as_the_formula_says() {
        for (samples, generations, expected) in [(50, 50, 0.3642), (10, 10, 0.3487)] {
            let rules = Rules { samples, source: Source::Replace, estimator: Estimator::MostLikely };
            near(rules.expected_variance(generations), expected, 2e-4);
            let all = chains(4000, 3, &rules, generations);
            near(mean(&all.iter().map(|c| c.variance).collect::<Vec<_>>()), expected, 0.08);
        }
    }

    #[test]
    fn the_logarithm_drifts_down_although_the_mean_stays() {
        assert!((rules(50, Source::Replace).drift() + 0.020_547).abs() < 1e-6);
        assert!((rules(10, Source::Replace).drift() + 0.115_206).abs() < 1e-6);
        let all = chains(4000, 4, &rules(50, Source::Replace), 1);
        let logs: Vec<f64> = all.iter().map(|c| ln(c.variance)).collect();
        let mean_log = mean(&logs);
        assert!((mean_log + 0.020_547).abs() < 0.01, "{mean_log}");
        near(mean(&logs.iter().map(|l| (l - mean_log) * (l - mean_log)).collect::<Vec<_>>()), 0.041_66, 0.08);
        for (generations, typical, above) in [(50, 0.358, 0.23), (200, 0.0164, 0.078)] {
            let all = chains(4000, 5, &rules(50, Source::Replace), generations);
            near(rules(50, Source::Replace).typical_variance(generations), typical, 0.01);
            near(median(all.iter().map(|c| c.variance).collect()), typical, 0.15);
            let over = all.iter().filter(|c| c.variance > 1.0).count() as f64 / 4000.0;
            assert!((over - above).abs() < 0.03, "{over}");
        }
    }

    #[test]
    fn the_mean_wanders_without_end_unless_everything_is_kept() {
        // Few chains carry much of the mean in late generations, so it is known less well there.
        for (generations, share) in [(50, 0.05), (100, 0.1), (200, 0.25)] {
            let all = chains(20_000, 6, &rules(50, Source::Replace), generations);
            let squares: Vec<f64> = all.iter().map(|c| c.mean * c.mean).collect();
            near(mean(&squares), generations as f64 / 50.0, share);
        }
        let all = chains(2560, 7, &rules(50, Source::Accumulate), 200);
        let squares: Vec<f64> = all.iter().map(|c| c.mean * c.mean).collect();
        near(50.0 * mean(&squares), PI2_6, 0.06);
        let middle = median(all.iter().map(|c| c.variance).collect());
        assert!((0.92..1.0).contains(&middle), "{middle}");
    }

    #[test]
    fn one_real_sample_in_fifty_holds_the_typical_variance() {
        for (share, real, low, high) in
            [(0.02, 1, 0.76, 0.92), (0.04, 2, 0.87, 1.0), (0.1, 5, 0.92, 1.04), (0.2, 10, 0.93, 1.04)]
        {
            let rules = rules(50, Source::Mix(share));
            assert_eq!(rules.real(), real);
            let middle = median(chains(2560, 8, &rules, 200).iter().map(|c| c.variance).collect());
            assert!((low..high).contains(&middle), "{share}: {middle}");
        }
        let plain = chains(4, 9, &rules(50, Source::Replace), 9);
        let none = chains(4, 9, &rules(50, Source::Mix(0.004)), 9);
        assert_eq!(plain[3].variance, none[3].variance, "a share that rounds to no sample is none");
    }

    fn words(count: usize, tokens: usize, source: Source, generations: u64) -> [f64; 2] {
        warped_words(count, tokens, source, &Warp::PLAIN, generations)
    }

    fn warped_words(count: usize, tokens: usize, source: Source, warp: &Warp, generations: u64) -> [f64; 2] {
        let truth = cumulative(&zipf(100));
        let all: Vec<WordChain> = (0..count)
            .map(|i| {
                let mut chain = WordChain::new(100, Stream::new(10, &format!("chain {i}")));
                (0..generations).for_each(|_| chain.step(tokens, source, warp, &truth));
                chain
            })
            .collect();
        let same: Vec<f64> = all.iter().map(|c| sameness(&c.frequencies().unwrap())).collect();
        [mean(&all.iter().map(|c| c.alive() as f64).collect::<Vec<_>>()), mean(&same)]
    }

    #[test]
    fn words_are_lost_as_alleles_are() {
        let truth = zipf(100);
        let same = sameness(&truth);
        assert!((same - 0.060_76).abs() < 1e-5);
        assert!((expected_sameness(same, 200, 10) - 0.1067).abs() < 1e-4);
        assert!((expected_sameness(same, 200, 100) - 0.431).abs() < 1e-3);
        assert!((expected_words(&truth, 200) - 59.76).abs() < 0.01);
        near(words(200, 200, Source::Replace, 1)[0], 59.76, 0.02);
        let [alive, same] = words(200, 200, Source::Replace, 10);
        near(alive, 20.6, 0.05);
        near(same, 0.1067, 0.08);
        let [alive, same] = words(200, 200, Source::Replace, 100);
        near(alive, 3.9, 0.1);
        near(same, 0.431, 0.1);
    }

    fn at(temperature: f64) -> Warp {
        Warp::PLAIN.with_temperature(temperature).unwrap()
    }

    #[test]
    fn a_temperature_is_a_power_and_top_p_a_cut() {
        let mut chain = WordChain::new(4, Stream::new(11, "chain"));
        assert!(chain.writes(&at(0.5)).is_none(), "the first text is real");
        chain.counts = vec![4, 2, 1, 0];
        chain.ends = vec![4, 6, 7, 7];
        for (p, squares) in chain.writes(&at(0.5)).unwrap().iter().zip([16.0, 4.0, 1.0, 0.0]) {
            assert!((p - squares / 21.0).abs() < 1e-12);
        }
        let cut = chain.writes(&Warp::PLAIN.with_top_p(0.6).unwrap()).unwrap();
        assert!((cut[0] - 2.0 / 3.0).abs() < 1e-12 && cut[2] == 0.0 && cut[3] == 0.0);
        assert_eq!(chain.writes(&Warp::PLAIN), chain.frequencies());
    }

    #[test]
    fn cold_writing_loses_words_and_hot_writing_holds_them_flat() {
        let run = |warp| warped_words(60, 200, Source::Replace, &warp, 20);
        let [cold, plain, hot] = [0.9, 1.0, 1.1].map(|t| run(at(t)));
        assert!(cold[0] < 0.7 * plain[0] && hot[0] > 1.3 * plain[0], "{cold:?} {plain:?} {hot:?}");
        assert!(hot[1] < plain[1] && plain[1] < cold[1], "{cold:?} {plain:?} {hot:?}");
        let cut = run(Warp::PLAIN.with_top_p(0.9).unwrap());
        assert!(cut[0] < 0.7 * plain[0], "{cut:?} {plain:?}");
    }

    #[test]
    fn real_words_are_not_warped_and_lost_ones_do_not_return() {
        let truth = cumulative(&zipf(100));
        let mut chains = [at(1.0), at(0.5)].map(|warp| (warp, WordChain::new(100, Stream::new(12, "chain"))));
        for _ in 0..5 {
            chains.iter_mut().for_each(|(warp, chain)| chain.step(200, Source::Mix(1.0), warp, &truth));
            assert_eq!(chains[0].1.counts, chains[1].1.counts);
        }
        let mut hot = WordChain::new(100, Stream::new(13, "chain"));
        let mut before = vec![1; 100];
        for _ in 0..40 {
            hot.step(50, Source::Replace, &at(1.5), &truth);
            assert!(hot.counts.iter().zip(&before).all(|(now, then)| *now == 0 || *then > 0));
            before.clone_from(&hot.counts);
        }
    }

    #[test]
    fn fresh_words_bring_the_loss_to_rest() {
        let truth = sameness(&zipf(100));
        for (share, rest) in [(0.05, 0.106_80), (0.1, 0.084_96), (0.3, 0.069_92)] {
            assert!((resting_sameness(truth, 200, share) - rest).abs() < 1e-5);
            near(words(200, 200, Source::Mix(share), 100)[1], rest, 0.06);
        }
        let kept = [1, 200].map(|generations| words(40, 200, Source::Accumulate, generations)[0]);
        assert_eq!(kept[0], kept[1], "nothing is lost, and nothing is found");
    }

    #[test]
    fn the_best_weight_on_real_data_is_the_golden_ratio_less_one() {
        let golden = (5f64.sqrt() - 1.0) / 2.0;
        assert!((weighted_error(golden) - golden).abs() < 1e-12);
        assert!((weighted_error(0.5) - 2.0 / 3.0).abs() < 1e-12);
        assert!((weighted_error(1.0) - 1.0).abs() < 1e-12);
        for other in [0.4, 0.6, 0.63, 0.8] {
            assert!(weighted_error(other) > weighted_error(golden));
        }
    }
}
