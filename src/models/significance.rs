//! When "A beats B" means something: tests of two methods over random seeds, what they find, and
//! how they are made to find what is not there.
//!
//! References: Colas, Sigaud and Oudeyer 2018, *How Many Random Seeds?*, arXiv:1806.08295 (power
//! against seeds); Bouthillier et al. 2021, arXiv:2103.03098 (sources of variance); Simmons, Nelson
//! and Simonsohn 2011, doi:10.1177/0956797611417632 (degrees of freedom of a researcher); Dodge et
//! al. 2019, arXiv:1909.03004 (the best of k); Miller 2024, arXiv:2411.00640 (the questions are a
//! sample, too). The tests are the textbook ones.
//!
//! Glossary: `gain` δ, by how much B is better in truth; `spread` σ, the deviation from seed to seed;
//! `shared` ρ, the part of the variance that A and B have in common under one seed; `items` N, questions
//! of the test set; `common`, the correlation of A's and B's luck with questions that are the same in
//! all runs; `alpha` α, the level; `n`, seeds for each method; `shift`, the noncentrality; `loosened`, by
//! how much t spreads more than its own error says.
//!
//! Shapes: `a[i]` and `b[i]` are scores under seed i, in points (percent of the questions).
//!
//! Departures: power is that of the t test with pooled variance (2n - 2 degrees of freedom), the
//! usual formula; Welch's test, which does not take the two spreads to be equal, finds slightly less
//! with few seeds. The sign-flip test is given the power of the paired t test at the level that it
//! can reach. Where the test set is drawn anew for each run, its luck is independent; where it is fixed,
//! it is one draw for all runs of an experiment, and normal as well.

use numerics::random::Stream;
use numerics::statistics::mean;
use numerics::student::{critical, noncentral_tails, normal_below, normal_density, two_sided};

/// Score of method A, in points.
pub const BASELINE: f64 = 75.0;

/// A difference of means in the light of its own standard error.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Comparison {
    pub difference: f64,
    /// Standard error of the difference, above 0.
    pub error: f64,
    /// Degrees of freedom.
    pub df: f64,
}

impl Comparison {
    #[must_use]
    pub fn t(&self) -> f64 {
        self.difference / self.error
    }

    /// The two-sided p-value.
    #[must_use]
    pub fn p(&self) -> f64 {
        two_sided(self.t(), self.df)
    }

    /// The 95 % interval of the difference.
    #[must_use]
    pub fn interval(&self) -> [f64; 2] {
        let half = critical(0.05, self.df) * self.error;
        [self.difference - half, self.difference + half]
    }

    /// Whether the 95 % interval holds a value.
    #[must_use]
    pub fn covers(&self, value: f64) -> bool {
        let t = (self.difference - value) / self.error;
        // No t distribution has its 95 % nearer than the normal one: most are told without the tail.
        t.abs() < 1.95 || two_sided(t, self.df) >= 0.05
    }

    /// None where nothing varies, which leaves t without a value: identical runs, no test.
    fn of(difference: f64, error: f64, df: f64) -> Option<Self> {
        (error > 0.0 && df > 0.0).then_some(Self { difference, error, df })
    }
}

/// Sample variance, divided by n - 1.
fn variance(xs: &[f64]) -> f64 {
    let m = mean(xs);
    xs.iter().map(|x| (x - m) * (x - m)).sum::<f64>() / (xs.len() as f64 - 1.0)
}

/// Welch's t test of mean a - mean b, with degrees of freedom by Welch and Satterthwaite. None with
/// fewer than two runs of a method, or where no run differs from another.
#[must_use]
pub fn welch(a: &[f64], b: &[f64]) -> Option<Comparison> {
    if a.len() < 2 || b.len() < 2 {
        return None;
    }
    let [va, vb] = [a, b].map(|x| variance(x) / x.len() as f64);
    let shares = va * va / (a.len() as f64 - 1.0) + vb * vb / (b.len() as f64 - 1.0);
    Comparison::of(mean(a) - mean(b), (va + vb).sqrt(), (va + vb) * (va + vb) / shares)
}

/// The t test of the differences a[i] - b[i]. None with fewer than two, or where all are equal.
#[must_use]
pub fn paired(a: &[f64], b: &[f64]) -> Option<Comparison> {
    mean_against_zero(&differences(a, b))
}

/// The mean of a sample with its error: half of its interval is [`Comparison::interval`].
#[must_use]
pub fn mean_against_zero(xs: &[f64]) -> Option<Comparison> {
    if xs.len() < 2 {
        return None;
    }
    Comparison::of(mean(xs), (variance(xs) / xs.len() as f64).sqrt(), xs.len() as f64 - 1.0)
}

fn differences(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a - b).collect()
}

/// The sign-flip test: if A and B do not differ, each paired difference could as well have the other
/// sign. How many patterns of signs give a mean at least as far from 0?
#[derive(Clone, Debug)]
pub struct SignFlips {
    n: usize,
    /// Patterns of signs, `n.div_ceil(8)` bytes each.
    patterns: Vec<u8>,
    /// All patterns are there, up to turning all signs at once.
    exact: bool,
}

impl SignFlips {
    /// Most differences for which all patterns are tried.
    pub const EXACT: usize = 12;
    /// Patterns that are drawn where there are more.
    pub const DRAWS: usize = 4096;

    #[must_use]
    pub fn new(n: usize, stream: &mut Stream) -> Self {
        let bytes = n.div_ceil(8);
        let exact = n <= Self::EXACT;
        let patterns = if exact {
            (0..1usize << n.saturating_sub(1)).flat_map(|p| p.to_le_bytes().into_iter().take(bytes)).collect()
        } else {
            (0..bytes * Self::DRAWS).map(|_| stream.below(256) as u8).collect()
        };
        Self { n, patterns, exact }
    }

    /// The two-sided p-value; 1 where all differences are zero.
    ///
    /// # Panics
    /// If there are not `n` differences.
    #[must_use]
    pub fn p(&self, differences: &[f64]) -> f64 {
        assert_eq!(differences.len(), self.n, "one difference for each seed");
        // Sums of eight differences under all their patterns: a pattern is then a few look-ups.
        let tables: Vec<[f64; 256]> = differences
            .chunks(8)
            .map(|eight| {
                let mut sums = [0.0; 256];
                for (pattern, sum) in sums.iter_mut().enumerate() {
                    *sum = eight
                        .iter()
                        .enumerate()
                        .map(|(i, d)| if pattern >> i & 1 == 1 { -d } else { *d })
                        .sum();
                }
                sums
            })
            .collect();
        // What is equal but for rounding counts as equal.
        let seen = differences.iter().sum::<f64>().abs() * (1.0 - 1e-12);
        let sums = self
            .patterns
            .chunks_exact(tables.len().max(1))
            .map(|p| p.iter().zip(&tables).map(|(byte, table)| table[usize::from(*byte)]).sum::<f64>());
        let (mut far, mut all) = (0, 0);
        for sum in sums {
            far += usize::from(sum.abs() >= seen);
            all += 1;
        }
        // The draws do not hold the pattern that was seen, which is one of the possible.
        let seen = usize::from(!self.exact);
        (far + seen) as f64 / (all + seen) as f64
    }

    /// The smallest p-value that `n` differences can have.
    #[must_use]
    pub fn smallest(n: usize) -> f64 {
        if n <= Self::EXACT { 2.0 / (1u64 << n) as f64 } else { 1.0 / (Self::DRAWS as f64 + 1.0) }
    }

    /// The chance that p is below `alpha` where there is nothing to find: p comes in steps, so this is
    /// less than alpha, and 0 where the smallest p is not below it.
    #[must_use]
    pub fn level(n: usize, alpha: f64) -> f64 {
        let step = Self::smallest(n);
        ((alpha / step).ceil() - 1.0) * step
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Test {
    Welch,
    Paired,
    SignFlip,
}

/// Which questions the runs of an experiment answer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Questions {
    /// Others in each run: their luck is one more noise, which seeds average out.
    Fresh,
    /// The same in all runs: whom they favour, they favour with every seed. What is hard for A and for B
    /// alike has this correlation, 0 to 1.
    Fixed { common: f64 },
}

/// Two methods, and how they are compared.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Design {
    pub gain: f64,
    pub spread: f64,
    pub shared: f64,
    /// Questions in the test set; infinite for a score without error.
    pub items: f64,
    pub questions: Questions,
    pub test: Test,
    pub alpha: f64,
}

/// The random streams of an experiment, one for each cause.
pub struct Causes {
    shared: Stream,
    own: [Stream; 2],
    test_set: Stream,
    fixed_test_set: Stream,
}

impl Causes {
    #[must_use]
    pub fn new(seed: u64) -> Self {
        Self {
            shared: Stream::new(seed, "shared luck"),
            own: ["luck of A", "luck of B"].map(|p| Stream::new(seed, p)),
            test_set: Stream::new(seed, "test set"),
            fixed_test_set: Stream::new(seed, "fixed test set"),
        }
    }
}

impl Design {
    /// True scores of A and B.
    #[must_use]
    pub fn means(&self) -> [f64; 2] {
        [BASELINE, BASELINE + self.gain]
    }

    /// Variance of a single score that the size of the test set adds, for A and for B.
    #[must_use]
    pub fn sampling_variances(&self) -> [f64; 2] {
        self.means().map(|score| standard_error(score, self.items)).map(|e| e * e)
    }

    /// Variance of a single score from run to run, for A and for B.
    fn run_variances(&self) -> [f64; 2] {
        let more = match self.questions {
            Questions::Fresh => self.sampling_variances(),
            Questions::Fixed { .. } => [0.0; 2],
        };
        more.map(|more| self.spread * self.spread + more)
    }

    /// The part of them that A and B have in common under one seed.
    fn common_variance(&self) -> f64 {
        self.spread * self.spread * self.shared
    }

    /// Variance of a single difference b[i] - a[i] from run to run.
    fn difference_variance(&self) -> f64 {
        let [va, vb] = self.run_variances();
        va + vb - 2.0 * self.common_variance()
    }

    /// Variance of what the questions add to B less A in all runs alike.
    fn fixed_variance(&self) -> f64 {
        match self.questions {
            Questions::Fresh => 0.0,
            Questions::Fixed { common } => {
                let [a, b] = self.sampling_variances();
                a + b - 2.0 * common * (a * b).sqrt()
            }
        }
    }

    /// Standard deviation of the mean of B less that of A over `n` seeds, its questions included.
    #[must_use]
    pub fn mean_deviation(&self, n: usize) -> f64 {
        (self.difference_variance() / n as f64 + self.fixed_variance()).sqrt()
    }

    /// The scores of one experiment with `n` seeds for each method.
    pub fn draw(&self, n: usize, causes: &mut Causes) -> [Vec<f64>; 2] {
        let [common, own] = [self.shared.sqrt(), (1.0 - self.shared).sqrt()].map(|x| x * self.spread);
        let luck: Vec<f64> = (0..n).map(|_| common * causes.shared.normal()).collect();
        let (means, errors) = (self.means(), self.sampling_variances().map(f64::sqrt));
        let fixed = match self.questions {
            Questions::Fresh => None,
            Questions::Fixed { common } => {
                let [alike, apart] = [common, 1.0 - common].map(f64::sqrt);
                let both = causes.fixed_test_set.normal();
                Some(errors.map(|error| error * (alike * both + apart * causes.fixed_test_set.normal())))
            }
        };
        core::array::from_fn(|m| {
            luck.iter()
                .map(|shared| {
                    let sampled = match fixed {
                        Some(fixed) => fixed[m],
                        None => errors[m] * causes.test_set.normal(),
                    };
                    means[m] + shared + own * causes.own[m].normal() + sampled
                })
                .collect()
        })
    }

    /// The t of the test with `n` >= 2 seeds, in units of what it truly spreads by: its shift, its degrees
    /// of freedom, and the bar that it has to pass at a level. A fixed test set moves t by as much as
    /// seeds do not know of, so t spreads more and the bar is lower.
    fn statistic(&self, n: usize, level: f64) -> [f64; 3] {
        let (seeds, variance) = (n as f64, self.difference_variance());
        let loosened = (1.0 + seeds * self.fixed_variance() / variance).sqrt();
        let shift = self.gain * (seeds / variance).sqrt() / loosened;
        if self.test == Test::Welch {
            // What the test takes for the variance is va + vb on average; its own spread gives the
            // degrees of freedom, fewer where the two samples go up and down together.
            let ([va, vb], common) = (self.run_variances(), self.common_variance());
            let (believed, squares) = (va + vb, va * va + vb * vb);
            let sum = believed * believed * (seeds - 1.0);
            let df = sum / (squares + 2.0 * common * common);
            let bar = critical(level, sum / squares) * (believed / variance).sqrt() / loosened;
            return [shift, df, bar];
        }
        [shift, seeds - 1.0, critical(level, seeds - 1.0) / loosened]
    }

    /// Chances that the test with `n` >= 2 seeds finds A better, and B better.
    #[must_use]
    pub fn chances(&self, n: usize) -> [f64; 2] {
        let level = if self.test == Test::SignFlip { SignFlips::level(n, self.alpha) } else { self.alpha };
        if level <= 0.0 {
            return [0.0, 0.0];
        }
        let [shift, df, bar] = self.statistic(n, level);
        noncentral_tails(shift, df, bar)
    }

    /// The chance that the 95 % interval of B less A over `n` >= 2 seeds holds the true gain: 0.95 where
    /// the questions are fresh. The sign-flip test has the interval of the paired differences.
    #[must_use]
    pub fn coverage(&self, n: usize) -> f64 {
        let [_, df, bar] = self.statistic(n, 0.05);
        1.0 - two_sided(bar, df)
    }

    /// The power: the chance that the test with `n` seeds finds a difference.
    #[must_use]
    pub fn power(&self, n: usize) -> f64 {
        self.chances(n).iter().sum()
    }

    /// The least number of seeds with this power; none where there is nothing to find.
    #[must_use]
    pub fn needed(&self, power: f64) -> Option<usize> {
        const MOST: usize = 1 << 24;
        if self.gain == 0.0 {
            return None;
        }
        // Few seeds one by one: the level of the sign-flip test jumps there.
        if let Some(n) = (2..=SignFlips::EXACT).find(|n| self.power(*n) >= power) {
            return Some(n);
        }
        let (mut low, mut high) = (SignFlips::EXACT, 2 * SignFlips::EXACT);
        while self.power(high) < power {
            if high >= MOST {
                return None;
            }
            (low, high) = (high, 2 * high);
        }
        while high - low > 1 {
            let middle = usize::midpoint(low, high);
            if self.power(middle) < power {
                low = middle;
            } else {
                high = middle;
            }
        }
        Some(high)
    }
}

/// Standard error of a score (in percent) over `items` questions that are right or wrong.
#[must_use]
pub fn standard_error(score: f64, items: f64) -> f64 {
    let p = (score / 100.0).clamp(0.0, 1.0);
    100.0 * (p * (1.0 - p) / items).sqrt()
}

/// Sums of two samples as they grow, for a t test with pooled variance after each seed.
#[derive(Clone, Copy, Debug, Default)]
pub struct Growing {
    sum: f64,
    squares: f64,
}

impl Growing {
    pub fn push(&mut self, x: f64) {
        self.sum += x;
        self.squares += x * x;
    }

    #[must_use]
    pub fn sum(&self) -> f64 {
        self.sum
    }

    /// t of `other` - `self` with `n` >= 2 numbers in each and 2n - 2 degrees of freedom; 0 where
    /// nothing varies.
    #[must_use]
    pub fn t(&self, other: &Self, n: usize) -> f64 {
        let n = n as f64;
        let within = |g: &Self| (g.squares - g.sum * g.sum / n).max(0.0);
        let error = ((within(self) + within(other)) / (n * (n - 1.0))).sqrt();
        if error > 0.0 { (other.sum - self.sum) / n / error } else { 0.0 }
    }
}

/// Chance that one of `tests` independent tests at level `alpha` finds something where nothing is.
#[must_use]
pub fn family(alpha: f64, tests: usize) -> f64 {
    1.0 - (0..tests).fold(1.0, |none, _| none * (1.0 - alpha))
}

/// The expected largest of k standard normal numbers.
#[must_use]
pub fn expected_maximum(k: usize) -> f64 {
    over_the_best(k, |m| m)
}

/// B is run in `k` configurations that are all as good as A, and the one with the best mean of n seeds
/// is tested on these very seeds: chances that A, and that B, is found better, by the t test with
/// pooled variance.
#[must_use]
pub fn tuned(k: usize, n: usize, alpha: f64) -> [f64; 2] {
    let df = 2.0 * n as f64 - 2.0;
    if k <= 1 {
        return [0.5 * alpha; 2];
    }
    // The winner's mean is the largest of k normals, its variance is like any other. Given that mean,
    // only A's varies: hence the root of two.
    let bar = critical(alpha, df) * core::f64::consts::SQRT_2;
    [0, 1].map(|side| over_the_best(k, |m| noncentral_tails(m, df, bar)[side]))
}

/// The expectation of `f` of the largest of k standard normal numbers, by Simpson's rule.
fn over_the_best(k: usize, f: impl Fn(f64) -> f64) -> f64 {
    const STEPS: usize = 64;
    let (from, to) = (-6.0, 7.0);
    let width = (to - from) / STEPS as f64;
    let total: f64 = (0..=STEPS)
        .map(|i| {
            let m = from + i as f64 * width;
            let below = (1..k).fold(1.0, |chance, _| chance * normal_below(m));
            let weight = if i == 0 || i == STEPS { 1.0 } else { (2 + 2 * (i % 2)) as f64 };
            weight * k as f64 * normal_density(m) * below * f(m)
        })
        .sum();
    total * width / 3.0
}

/// Looks at a growing experiment begin with this many seeds of each method.
pub const FIRST_LOOK: usize = 3;

/// Chances that one of the looks after 3, 4, ..., n seeds has p < 0.05 where there is no difference,
/// by the t test with pooled variance: counted in 400,000 simulated experiments.
const PEEKING: [(usize, f64); 11] = [
    (3, 0.0502),
    (4, 0.0779),
    (5, 0.0982),
    (6, 0.1148),
    (8, 0.1408),
    (10, 0.1608),
    (14, 0.1900),
    (20, 0.2212),
    (28, 0.2500),
    (38, 0.2756),
    (50, 0.2985),
];

/// The same for any n from 3 to 50, between those evenly in the logarithm of n.
#[must_use]
pub fn peeking(n: usize) -> f64 {
    let n = n.clamp(FIRST_LOOK, PEEKING[PEEKING.len() - 1].0);
    let next = PEEKING.iter().position(|(m, _)| *m >= n).unwrap_or(0);
    let (high, at_high) = PEEKING[next];
    if high == n {
        return at_high;
    }
    let (low, at_low) = PEEKING[next - 1];
    let ln = |x: usize| numerics::elementary::ln(x as f64);
    at_low + (at_high - at_low) * (ln(n) - ln(low)) / (ln(high) - ln(low))
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Design = Design {
        gain: 1.0,
        spread: 1.0,
        shared: 0.0,
        items: f64::INFINITY,
        questions: Questions::Fresh,
        test: Test::Welch,
        alpha: 0.05,
    };
    /// Five paired seeds on a benchmark of 1,000 questions.
    const BENCHMARK: Design = Design {
        shared: 0.8,
        items: 1000.0,
        questions: Questions::Fixed { common: 0.5 },
        test: Test::Paired,
        ..PLAIN
    };
    const A: [f64; 5] = [71.2, 72.8, 70.9, 73.1, 72.0];
    const B: [f64; 5] = [73.0, 73.9, 71.8, 74.6, 73.2];

    /// Known result 1.
    #[test]
    fn five_seeds_find_a_gain_of_one_spread_three_times_in_ten() {
        assert!((PLAIN.power(5) - 0.2863).abs() < 5e-5, "{}", PLAIN.power(5));
        for (gain, n) in [(0.5, 64), (0.8, 26), (1.0, 17), (1.5, 9), (2.0, 6)] {
            assert_eq!(Design { gain, ..PLAIN }.needed(0.8), Some(n), "{gain}");
        }
        assert_eq!(Design { gain: 0.0, ..PLAIN }.needed(0.8), None);
        assert!((Design { gain: 0.5, ..PLAIN }.power(5) - 0.1077).abs() < 5e-5);
    }

    #[test]
    fn pairing_pays_where_luck_is_shared() {
        for (shared, power) in [(0.0, 0.2313), (0.5, 0.4014), (0.8, 0.7528), (0.9, 0.9548)] {
            let design = Design { shared, test: Test::Paired, ..PLAIN };
            assert!((design.power(5) - power).abs() < 5e-5, "{shared}: {}", design.power(5));
        }
        // Welch's test cannot see the pairs.
        let wasted = Design { shared: 0.8, ..PLAIN };
        assert!(wasted.power(5) < 0.3, "{}", wasted.power(5));
    }

    /// Known result 3.
    #[test]
    fn the_same_numbers_give_opposite_verdicts() {
        let apart = welch(&B, &A).unwrap();
        assert!((apart.t() - 2.0428).abs() < 5e-5 && (apart.df - 7.94).abs() < 5e-3);
        assert!((apart.p() - 0.0756).abs() < 5e-5, "{}", apart.p());
        let together = paired(&B, &A).unwrap();
        assert!((together.t() - 8.222).abs() < 5e-4 && together.df == 4.0);
        assert!((together.p() - 0.00119).abs() < 5e-6, "{}", together.p());
    }

    #[test]
    fn identical_runs_are_not_tested() {
        assert_eq!(welch(&[70.0; 4], &[71.0; 4]), None);
        assert_eq!(paired(&A, &A), None);
        assert_eq!(welch(&[70.0], &[71.0, 72.0]), None);
        let flips = SignFlips::new(5, &mut Stream::new(1, "sign flips"));
        assert_eq!(flips.p(&[0.0; 5]), 1.0);
    }

    #[test]
    fn five_differences_of_one_sign_cannot_be_told_from_chance() {
        let mut stream = Stream::new(1, "sign flips");
        let p = |d: &[f64], stream: &mut Stream| SignFlips::new(d.len(), stream).p(d);
        assert_eq!(p(&differences(&B, &A), &mut stream), 0.0625);
        assert_eq!(p(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0], &mut stream), 0.03125);
        // Two of the four patterns are as far out as 1 - 3, all as far out as 1 - 1.
        assert_eq!(p(&[1.0, -3.0], &mut stream), 1.0);
        assert_eq!(p(&[1.0, 3.0], &mut stream), 0.5);
        assert_eq!((SignFlips::level(5, 0.05), SignFlips::level(6, 0.05)), (0.0, 0.03125));
        // With many differences it agrees with the t test.
        let many: Vec<f64> = (0..40).map(|i| 0.3 + f64::from(i * 7 % 11) / 5.0 - 1.0).collect();
        let t = mean_against_zero(&many).unwrap().p();
        assert!((p(&many, &mut stream) - t).abs() < 0.02, "{t}");
    }

    #[test]
    fn scores_vary_as_the_design_says() {
        let design = Design { shared: 0.6, items: 1000.0, ..PLAIN };
        let [a, b] = design.draw(40_000, &mut Causes::new(3));
        assert!((mean(&b) - mean(&a) - 1.0).abs() < 0.03);
        let expected = 1.0 + design.sampling_variances()[0];
        assert!((variance(&a) / expected - 1.0).abs() < 0.03);
        let apart = 2.0 * 0.4 + design.sampling_variances().iter().sum::<f64>();
        assert!((variance(&differences(&a, &b)) / apart - 1.0).abs() < 0.03);
    }

    #[test]
    fn fixed_questions_favour_one_method_in_all_runs_alike() {
        let mut causes = Causes::new(5);
        let (mut gains, mut within) = (Vec::new(), 0.0);
        for _ in 0..4000 {
            let [a, b] = BENCHMARK.draw(4, &mut causes);
            gains.push(mean(&b) - mean(&a));
            within += variance(&differences(&a, &b)) / 4000.0;
        }
        // Seeds see 2 (1 - 0.8); the questions add 1.875 + 1.824 - 1.849 to every run alike.
        assert!((within / 0.4 - 1.0).abs() < 0.05, "{within}");
        assert!((BENCHMARK.fixed_variance() - 1.8497).abs() < 5e-5, "{}", BENCHMARK.fixed_variance());
        assert!((variance(&gains) / (0.1 + 1.8497) - 1.0).abs() < 0.1, "{}", variance(&gains));
        assert!((mean(&gains) - 1.0).abs() < 0.1, "{}", mean(&gains));
    }

    #[test]
    fn more_seeds_do_not_mend_an_interval_that_the_questions_have_moved() {
        for (n, share) in [(2, 0.84287), (5, 0.39794), (20, 0.16907), (100, 0.07325)] {
            assert!((BENCHMARK.coverage(n) - share).abs() < 5e-5, "{n}: {}", BENCHMARK.coverage(n));
        }
        let unpaired = Design { shared: 0.0, test: Test::Welch, ..BENCHMARK };
        assert!((unpaired.coverage(20) - 0.35078).abs() < 5e-5, "{}", unpaired.coverage(20));
        // What both find equally hard falls out of the difference.
        let alike = Design { questions: Questions::Fixed { common: 1.0 }, gain: 0.0, ..BENCHMARK };
        for design in [Design { questions: Questions::Fresh, ..BENCHMARK }, alike, PLAIN] {
            assert!((design.coverage(5) - 0.95).abs() < 1e-9, "{}", design.coverage(5));
        }
        // Without a difference, what does not hold zero has found one.
        let equal = Design { gain: 0.0, ..BENCHMARK };
        assert!((equal.power(20) + equal.coverage(20) - 1.0).abs() < 1e-6, "{}", equal.power(20));
        assert!((equal.power(20) - 0.832).abs() < 5e-4, "{}", equal.power(20));
    }

    #[test]
    fn an_interval_holds_what_its_ends_enclose() {
        for (a, b) in [(&A[..], &B[..]), (&A[..2], &B[..2]), (&A[1..4], &B[..3])] {
            for gain in [welch(b, a), paired(b, a)].into_iter().flatten() {
                let [low, high] = gain.interval();
                let near = 1e-6 * (high - low);
                for (value, held) in
                    [(low - near, false), (low + near, true), (high - near, true), (high + near, false)]
                {
                    assert_eq!(gain.covers(value), held, "{value} in {low} to {high}");
                }
            }
        }
    }

    /// Known result 4, and the last part of 7.
    #[test]
    fn many_metrics_and_few_questions() {
        for (tests, chance) in [(5, 0.2262), (14, 0.5123), (20, 0.6415)] {
            assert!((family(0.05, tests) - chance).abs() < 5e-5);
        }
        assert!((standard_error(75.0, 1000.0) - 1.37).abs() < 5e-3);
        assert_eq!(standard_error(75.0, f64::INFINITY), 0.0);
    }

    /// Known result 6, computed.
    #[test]
    fn the_best_of_many_equal_configurations_seems_better() {
        for (k, m) in [(1, 0.0), (2, 0.564), (5, 1.163), (10, 1.539), (20, 1.867)] {
            assert!((expected_maximum(k) - m).abs() < 1e-3, "{k}: {}", expected_maximum(k));
        }
        for (k, wins) in [(1, 0.025), (5, 0.085), (10, 0.127), (20, 0.172)] {
            assert!((tuned(k, 5, 0.05)[1] - wins).abs() < 0.005, "{k}: {}", tuned(k, 5, 0.05)[1]);
        }
    }

    #[test]
    fn growing_samples_give_students_t() {
        let mut sums = [Growing::default(); 2];
        for (a, b) in A.iter().zip(&B) {
            sums[0].push(a - 70.0);
            sums[1].push(b - 70.0);
        }
        // With as many runs of both, the pooled t is Welch's.
        let t = sums[0].t(&sums[1], 5);
        assert!((t - welch(&B, &A).unwrap().t()).abs() < 1e-9, "{t}");
    }

    /// Known result 5, between the counted numbers of looks; the simulation's test counts again.
    #[test]
    fn each_look_is_another_chance() {
        for (n, chance) in [(5, 0.098), (10, 0.164), (20, 0.218), (50, 0.296)] {
            assert!((peeking(n) - chance).abs() < 0.01, "{n}");
        }
        assert!((peeking(12) - 0.1769).abs() < 2e-3);
        assert_eq!((peeking(1), peeking(99)), (0.0502, 0.2985));
    }
}
