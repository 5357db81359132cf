//! Random streams that are the same everywhere: xoshiro256++ (Blackman and Vigna 2019,
//! arXiv:1805.01407), one stream for each purpose. Its steps are shifts, rotations and sums of 64
//! bits, which WebAssembly has; a generator with products of 128 bits runs there at half speed.
//!
//! Purposes have streams of their own so that a change of one thing leaves the others alone:
//! with another balancing rule, the router sees the very same data.
//!
//! ```
//! use numerics::random::Stream;
//! let mut data = Stream::new(1, "data");
//! let mut noise = Stream::new(1, "noise");
//! assert_ne!(data.uniform(), noise.uniform());
//! assert_eq!(Stream::new(1, "data").uniform(), Stream::new(1, "data").uniform());
//! ```

use super::elementary::{cos_sin_of_turn, ln, ln_of_share, pow, powi};
use super::matrix::normalise;
use rand_core::{Rng, SeedableRng};
use rand_xoshiro::Xoshiro256PlusPlus;

/// A stream of random numbers, fixed by a seed and the name of its purpose.
#[derive(Clone, Debug)]
pub struct Stream {
    source: Xoshiro256PlusPlus,
    /// Box and Muller give normals in pairs; the second waits here.
    spare_normal: Option<f64>,
}

impl Stream {
    /// The stream for `purpose` ("data", "initialisation", "noise", ...) under `seed`.
    #[must_use]
    pub fn new(seed: u64, purpose: &str) -> Self {
        // FNV-1a of the purpose; equal purposes give equal streams.
        let mut hash: u64 = 0xcbf2_9ce4_8422_2325;
        for byte in purpose.bytes() {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
        // Seeds 0, 1, 2 must not start near each other, nor must purposes: SplitMix64 spreads seed
        // and hash over the 256 bits of state, which are then never all zero in practice and, by
        // the crate, never at all.
        let (own, shared) = (split_mix(seed), split_mix(seed ^ hash));
        let words = [own, shared, split_mix(own ^ hash), split_mix(shared.wrapping_add(seed))];
        let mut state = [0; 32];
        for (bytes, word) in state.chunks_exact_mut(8).zip(words) {
            bytes.copy_from_slice(&word.to_le_bytes());
        }
        Self { source: Xoshiro256PlusPlus::from_seed(state), spare_normal: None }
    }

    /// Uniform on [0, 1), with 53 random bits.
    #[inline]
    pub fn uniform(&mut self) -> f64 {
        (self.source.next_u64() >> 11) as f64 / (1u64 << 53) as f64
    }

    /// Uniform on [low, high).
    #[inline]
    pub fn between(&mut self, low: f64, high: f64) -> f64 {
        low + (high - low) * self.uniform()
    }

    /// A whole number in 0..n, without bias. Zero when `n` is zero.
    pub fn below(&mut self, n: usize) -> usize {
        // Lemire's multiplication with rejection.
        let n = n as u64;
        if n == 0 {
            return 0;
        }
        let threshold = n.wrapping_neg() % n;
        loop {
            let wide = u128::from(self.source.next_u64()) * u128::from(n);
            if (wide as u64) >= threshold {
                return (wide >> 64) as usize;
            }
        }
    }

    /// True with probability `p`.
    #[inline]
    pub fn chance(&mut self, p: f64) -> bool {
        self.uniform() < p
    }

    /// Failures before the next success, where each trial succeeds with probability `p`: the
    /// geometric distribution, by inversion. One draw stands for a whole run of [`Self::chance`]s.
    /// Never (`u64::MAX`) when `p` is zero.
    pub fn failures(&mut self, p: f64) -> u64 {
        let u = self.uniform();
        if p <= 0.0 {
            return u64::MAX;
        }
        // 1 - u lies in (0, 1], and the cast saturates.
        (ln(1.0 - u) / ln(1.0 - p.min(1.0))) as u64
    }

    /// Successes in `trials`, each with probability `p`: the binomial distribution, by inversion. For up
    /// to 1,000 trials, so that the chance of none is never too small for a number.
    pub fn successes(&mut self, trials: u32, p: f64) -> u32 {
        debug_assert!(trials <= 1000, "at most 1,000 trials");
        let u = self.uniform();
        if trials == 1 {
            return u32::from(u < p);
        }
        // The rarer outcome is counted.
        let rare = p.min(1.0 - p).max(0.0);
        let odds = rare / (1.0 - rare);
        let mut chance = powi(1.0 - rare, trials);
        let (mut left, mut count) = (u, 0);
        while left >= chance && count < trials {
            left -= chance;
            count += 1;
            chance *= odds * f64::from(trials - count + 1) / f64::from(count);
        }
        if p > 0.5 { trials - count } else { count }
    }

    /// Standard normal (Box and Muller).
    pub fn normal(&mut self) -> f64 {
        if let Some(z) = self.spare_normal.take() {
            return z;
        }
        let (first, second) = normal_pair(self.shares());
        self.spare_normal = Some(second);
        first
    }

    /// Two uniform numbers, the first of them in (0, 1], so that its logarithm is finite.
    #[inline]
    fn shares(&mut self) -> [f64; 2] {
        [1.0 - self.uniform(), self.uniform()]
    }

    /// The same normals as one [`Self::normal`] after the other, made many at a time.
    pub fn fill_normal(&mut self, out: &mut [f64]) {
        let waiting = out.len().min(usize::from(self.spare_normal.is_some()));
        let (early, out) = out.split_at_mut(waiting);
        early.fill_with(|| self.normal());
        let (pairs, late) = out.split_at_mut(out.len() & !1);
        for pairs in pairs.chunks_mut(2 * PAIRS) {
            let mut shares = [[1.0; 2]; PAIRS];
            shares[..pairs.len() / 2].fill_with(|| self.shares());
            let normals = shares.map(normal_pair);
            for (pair, (first, second)) in pairs.chunks_exact_mut(2).zip(normals) {
                pair.copy_from_slice(&[first, second]);
            }
        }
        late.fill_with(|| self.normal());
    }

    /// A direction in `width` dimensions, uniform on the unit sphere.
    pub fn direction(&mut self, width: usize) -> Vec<f64> {
        let mut x = vec![0.0; width];
        self.fill_normal(&mut x);
        normalise(&mut x);
        x
    }

    /// Gamma with this positive shape and scale 1 (Marsaglia and Tsang 2000).
    pub fn gamma(&mut self, shape: f64) -> f64 {
        if shape < 1.0 {
            // Their section 6: a shape above 1, brought down.
            let larger = self.gamma(shape + 1.0);
            return larger * pow(1.0 - self.uniform(), 1.0 / shape);
        }
        let d = shape - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        loop {
            let x = self.normal();
            let v = 1.0 + c * x;
            if v > 0.0 {
                let v = v * v * v;
                if ln(1.0 - self.uniform()) < 0.5 * x * x + d - d * v + d * ln(v) {
                    return d * v;
                }
            }
        }
    }

    /// Beta with these positive shapes.
    pub fn beta(&mut self, a: f64, b: f64) -> f64 {
        let (x, y) = (self.gamma(a), self.gamma(b));
        // Both vanish only where the shapes are tiny: then it is one end or the other.
        if x + y > 0.0 { x / (x + y) } else { f64::from(u8::from(self.chance(a / (a + b)))) }
    }

    /// Standard Gumbel, -ln(-ln u): the maximum of logits plus Gumbel noise is a softmax draw.
    pub fn gumbel(&mut self) -> f64 {
        // A half-step keeps u inside (0, 1).
        let u = ((self.source.next_u64() >> 11) as f64 + 0.5) / (1u64 << 53) as f64;
        -ln(-ln(u))
    }

    /// An index drawn with the given weights (not negative, not all zero).
    pub fn weighted(&mut self, weights: &[f64]) -> usize {
        let mut left = self.uniform() * weights.iter().sum::<f64>();
        for (i, w) in weights.iter().enumerate() {
            left -= w;
            if left < 0.0 {
                return i;
            }
        }
        weights.len().saturating_sub(1)
    }

    /// Shuffles in place (Fisher and Yates).
    pub fn shuffle<T>(&mut self, items: &mut [T]) {
        for i in (1..items.len()).rev() {
            items.swap(i, self.below(i + 1));
        }
    }
}

/// Batches of what is numbered from 0, each pass in an order of its own; what is left of a pass and is too
/// little for a batch is passed over.
#[derive(Clone, Debug)]
pub struct Batches {
    order: Vec<usize>,
    next: usize,
    stream: Stream,
}

impl Batches {
    #[must_use]
    pub fn new(count: usize, stream: Stream) -> Self {
        Self { order: (0..count).collect(), next: count, stream }
    }

    /// The numbers in the next batch.
    pub fn draw(&mut self, size: usize) -> &[usize] {
        if self.next + size > self.order.len() {
            self.stream.shuffle(&mut self.order);
            self.next = 0;
        }
        self.next += size;
        &self.order[self.next - size..self.next]
    }
}

/// Pairs of normals that are made at a time.
const PAIRS: usize = 16;

/// Two independent normals from two uniform numbers (Box and Muller).
#[inline]
fn normal_pair([u, turn]: [f64; 2]) -> (f64, f64) {
    let radius = (-2.0 * ln_of_share(u)).sqrt();
    let (cosine, sine) = cos_sin_of_turn(turn);
    (radius * cosine, radius * sine)
}

/// One output of SplitMix64 (Steele, Lea and Flood 2014) for the state `x`.
fn split_mix(x: u64) -> u64 {
    let mut z = x.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn batches_of_a_pass_share_nothing() {
        let mut batches = Batches::new(7, Stream::new(1, "order"));
        for _ in 0..4 {
            let mut pass: Vec<usize> = (0..3).flat_map(|_| batches.draw(2).to_vec()).collect();
            pass.sort_unstable();
            pass.dedup();
            assert!(pass.len() == 6 && pass.iter().all(|i| *i < 7), "{pass:?}");
        }
    }

    #[test]
    fn the_first_draws_are_pinned() {
        // Links that people have shared depend on these bits.
        let mut s = Stream::new(1, "data");
        let drawn: Vec<u64> = (0..3).map(|_| s.uniform().to_bits()).collect();
        assert_eq!(drawn, PINNED);
    }
    const PINNED: [u64; 3] =
        [4_603_536_689_656_609_433, 4_606_842_711_644_617_198, 4_603_307_094_750_433_391];

    #[test]
    fn normals_have_mean_zero_and_variance_one() {
        let mut s = Stream::new(7, "noise");
        let draws: Vec<f64> = (0..40_000).map(|_| s.normal()).collect();
        let mean = draws.iter().sum::<f64>() / 40_000.0;
        let var = draws.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / 40_000.0;
        assert!(mean.abs() < 0.02, "{mean}");
        assert!((var - 1.0).abs() < 0.03, "{var}");
    }

    #[test]
    fn many_normals_are_those_of_one_after_the_other() {
        for (before, count) in [(0, 1), (1, 1), (0, 7), (1, 8), (1, 100), (0, 65)] {
            let [mut one, mut many] = [(); 2].map(|()| Stream::new(9, "noise"));
            (0..before).for_each(|_| assert_eq!(one.normal(), many.normal()));
            let mut filled = vec![0.0; count];
            many.fill_normal(&mut filled);
            let single: Vec<f64> = (0..count).map(|_| one.normal()).collect();
            assert_eq!(filled, single, "{before} before {count}");
            assert_eq!(one.normal(), many.normal(), "the stream goes on as it would");
        }
    }

    #[test]
    fn failures_are_as_many_as_single_trials_give() {
        let mut s = Stream::new(5, "noise");
        let n = 20_000;
        let draws: Vec<f64> = (0..n).map(|_| s.failures(0.2) as f64).collect();
        let mean = draws.iter().sum::<f64>() / f64::from(n);
        assert!((mean - 4.0).abs() < 0.15, "{mean}");
        let none = draws.iter().filter(|d| **d == 0.0).count() as f64 / f64::from(n);
        assert!((none - 0.2).abs() < 0.01, "{none}");
        assert_eq!(s.failures(1.0), 0);
        assert_eq!(s.failures(0.0), u64::MAX);
    }

    #[test]
    fn successes_have_the_mean_and_the_spread_of_their_trials() {
        for (trials, p) in [(1, 0.3), (5, 0.5), (100, 0.02), (100, 0.98), (1000, 0.5)] {
            let mut s = Stream::new(5, "noise");
            let draws: Vec<f64> = (0..20_000).map(|_| f64::from(s.successes(trials, p))).collect();
            let n = f64::from(trials);
            let mean = draws.iter().sum::<f64>() / 20_000.0;
            let spread = draws.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / 20_000.0;
            let expected = n * p * (1.0 - p);
            assert!((mean - n * p).abs() < 0.04 * expected.sqrt(), "{trials} {p}: {mean}");
            assert!((spread / expected - 1.0).abs() < 0.05, "{trials} {p}: {spread}");
        }
        let mut s = Stream::new(5, "noise");
        assert_eq!([s.successes(100, 0.0), s.successes(100, 1.0), s.successes(0, 0.5)], [0, 100, 0]);
    }

    #[test]
    fn beta_draws_have_the_mean_and_the_spread_of_their_shapes() {
        for (a, b) in [(0.75, 0.25), (3.0, 1.0), (30.0, 10.0)] {
            let mut s = Stream::new(5, "noise");
            let draws: Vec<f64> = (0..20_000).map(|_| s.beta(a, b)).collect();
            let mean = draws.iter().sum::<f64>() / 20_000.0;
            let spread = draws.iter().map(|x| (x - mean) * (x - mean)).sum::<f64>() / 20_000.0;
            assert!((mean - 0.75).abs() < 0.01, "{a} {b}: {mean}");
            let expected = 0.1875 / (a + b + 1.0);
            assert!((spread / expected - 1.0).abs() < 0.05, "{a} {b}: {spread}");
        }
    }

    #[test]
    fn below_covers_its_range_evenly() {
        let mut s = Stream::new(3, "data");
        let mut seen = [0usize; 7];
        for _ in 0..7_000 {
            seen[s.below(7)] += 1;
        }
        assert!(seen.iter().all(|&n| (850..1150).contains(&n)), "{seen:?}");
        assert_eq!(s.below(0), 0);
    }

    #[test]
    fn neighbouring_seeds_do_not_start_alike() {
        let firsts: Vec<f64> = (0..8).map(|seed| Stream::new(seed, "data").uniform()).collect();
        for (i, a) in firsts.iter().enumerate() {
            for b in &firsts[i + 1..] {
                assert!((a - b).abs() > 1e-4, "{firsts:?}");
            }
        }
    }
}
