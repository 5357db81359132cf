//! A language model with a notebook: each context of a text is kept with the word that followed it, and
//! the words of the nearest contexts are mixed with what the weights say (kNN-LM).
//!
//! References: Khandelwal et al. 2020, *Generalization through Memorization: Nearest Neighbor Language
//! Models*, ICLR, arXiv:1911.00172 (equations 2 and 3); Grave et al. 2017, *Unbounded cache model*,
//! arXiv:1711.02604 (stored states of a model, searched); He et al. 2021, arXiv:2109.04212 (asking only where
//! it helps).
//!
//! Glossary: `key` κ, a context in [`WIDTH`] numbers; `temperature` T; `share` λ, of the notebook in the mix.
//!
//! Shapes: keys are [entries, 32]; a distance is the squared one.
//!
//! Departure: a key is no hidden state of a Transformer but a sum of random vectors of the words before,
//! each 0.6 times the one after it. What is near is therefore what ends alike.

use super::small_world::VOCABULARY;
use numerics::elementary::{exp, ln};
use numerics::matrix::{Matrix, dot};
use numerics::random::Stream;

/// Numbers of a key.
pub const WIDTH: usize = 32;
/// What a word counts in a key, of what the word after it counts.
const FADING: f64 = 0.6;
/// The least probability that enters a perplexity.
pub const FLOOR: f64 = 1e-6;

/// How a context becomes a key.
#[derive(Clone, Debug)]
pub struct Encoder {
    /// A random vector for each word, of length about one.
    vectors: Matrix,
    /// Words of a context.
    reach: usize,
}

/// Entries of a key and the word that followed, with what makes a search quick.
#[derive(Clone, Debug)]
pub struct Notebook {
    encoder: Encoder,
    /// Products of each word's vector with each key, [word, entry].
    products: Matrix,
    squares: Vec<f64>,
    /// The word after each entry's context.
    pub next: Vec<usize>,
}

/// An entry that was found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Neighbour {
    pub entry: usize,
    pub distance: f64,
}

impl Encoder {
    #[must_use]
    pub fn new(reach: usize, seed: u64) -> Self {
        Self::of(VOCABULARY, reach, seed)
    }

    /// Of texts with another vocabulary.
    #[must_use]
    pub fn of(vocabulary: usize, reach: usize, seed: u64) -> Self {
        let mut vectors = Matrix::zeros(vocabulary, WIDTH);
        Stream::new(seed, "vectors of words").fill_normal(vectors.as_mut_slice());
        let scale = 1.0 / (WIDTH as f64).sqrt();
        vectors.as_mut_slice().iter_mut().for_each(|x| *x *= scale);
        Self { vectors, reach }
    }

    /// The words before place `i`, the last one first, and what each counts.
    fn context<'a>(&self, text: &'a [usize], i: usize) -> impl Iterator<Item = (usize, f64)> + use<'a> {
        let fading = core::iter::successors(Some(1.0), |w| Some(w * FADING));
        text[..i].iter().rev().copied().take(self.reach).zip(fading)
    }

    fn key(&self, text: &[usize], i: usize) -> Vec<f64> {
        let mut key = vec![0.0; WIDTH];
        for (word, weight) in self.context(text, i) {
            key.iter_mut().zip(self.vectors.row(word)).for_each(|(k, r)| *k += weight * r);
        }
        key
    }

    /// The keys of the first `entries` places of a text, [entries, 32].
    #[must_use]
    pub fn keys(&self, text: &[usize], entries: usize) -> Matrix {
        let count = entries.min(text.len());
        Matrix::from_vec(count, WIDTH, (0..count).flat_map(|i| self.key(text, i)).collect())
    }
}

impl Notebook {
    /// Writes down the first `entries` places of a text.
    #[must_use]
    pub fn new(encoder: Encoder, text: &[usize], entries: usize) -> Self {
        let keys = encoder.keys(text, entries);
        let count = keys.rows();
        let squares = (0..count).map(|i| dot(keys.row(i), keys.row(i))).collect();
        let products = encoder.vectors.times_transposed(&keys);
        Self { encoder, products, squares, next: text[..count].to_vec() }
    }

    /// The key of the context at place `i` of a text, [32].
    #[must_use]
    pub fn key(&self, text: &[usize], i: usize) -> Vec<f64> {
        self.encoder.key(text, i)
    }

    /// Squared distances from the context at place `i` of a text to all keys.
    #[must_use]
    pub fn distances(&self, text: &[usize], i: usize) -> Vec<f64> {
        let key = self.key(text, i);
        let square = dot(&key, &key);
        let mut out = vec![0.0; self.next.len()];
        for (word, weight) in self.encoder.context(text, i) {
            out.iter_mut().zip(self.products.row(word)).for_each(|(sum, product)| *sum += weight * product);
        }
        // |a - b|² = |a|² + |b|² - 2 ab, which rounding may take below zero.
        out.iter_mut().zip(&self.squares).for_each(|(d, own)| *d = (square + own - 2.0 * *d).max(0.0));
        out
    }
}

/// The `k` nearest of ever longer notebooks: of the first `ends[0]` distances, the first `ends[1]`, and so
/// on, in one pass; nearest first, the earlier entry where two are equally far. `ends` rise.
#[must_use]
pub fn nearest(distances: &[f64], k: usize, ends: &[usize]) -> Vec<Vec<Neighbour>> {
    let mut found: Vec<Neighbour> = Vec::with_capacity(k + 1);
    let mut begin = 0;
    let mut all = Vec::with_capacity(ends.len());
    for end in ends.iter().map(|end| (*end).min(distances.len())) {
        for (entry, distance) in distances.iter().copied().enumerate().take(end).skip(begin) {
            meet(&mut found, k, Neighbour { entry, distance });
        }
        begin = begin.max(end);
        all.push(found.clone());
    }
    all
}

/// The `k` nearest of some entries, in the same order, if the entries rise.
#[must_use]
pub fn nearest_of(distances: &[f64], k: usize, entries: &[usize]) -> Vec<Neighbour> {
    let mut found = Vec::with_capacity(k + 1);
    entries.iter().for_each(|entry| {
        meet(&mut found, k, Neighbour { entry: *entry, distance: distances[*entry] });
    });
    found
}

/// Takes an entry among the `k` nearest, if it is one of them.
#[inline]
fn meet(found: &mut Vec<Neighbour>, k: usize, new: Neighbour) {
    if found.len() == k && found.last().is_none_or(|last| new.distance >= last.distance) {
        return;
    }
    let place = found.partition_point(|other| other.distance <= new.distance);
    found.insert(place, new);
    found.truncate(k);
}

/// The share of each neighbour: a softmax of the distances, nearest first.
#[must_use]
pub fn shares(neighbours: &[Neighbour], temperature: f64) -> Vec<f64> {
    // The nearest gets e^0, so that no distance is too far for a number.
    let least = neighbours.iter().map(|n| n.distance).fold(f64::INFINITY, f64::min);
    let weights: Vec<f64> = neighbours.iter().map(|n| exp((least - n.distance) / temperature)).collect();
    let total: f64 = weights.iter().sum();
    weights.into_iter().map(|w| w / total).collect()
}

/// What the weights and the notebook give to one word, and whether the notebook was asked.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Opinion {
    pub weights: f64,
    pub notebook: f64,
    pub asked: bool,
}

impl Opinion {
    /// The mix: `share` of the notebook's, where it was asked.
    #[must_use]
    pub fn mixed(&self, share: f64) -> f64 {
        if self.asked { share * self.notebook + (1.0 - share) * self.weights } else { self.weights }
    }
}

/// How many words the mix hesitates between on average, at this share of the notebook.
#[must_use]
pub fn perplexity(opinions: &[Opinion], share: f64) -> f64 {
    // A product of 32 factors of at least 1e-6 is a number still, and saves 31 logarithms.
    let product = |some: &[Opinion]| some.iter().map(|o| o.mixed(share).max(FLOOR)).product::<f64>();
    let sum: f64 = opinions.chunks(32).map(|some| ln(product(some))).sum();
    exp(-sum / opinions.len().max(1) as f64)
}

/// The share with the least perplexity, to about 0.002: the mean logarithm has one minimum.
#[must_use]
pub fn best_share(opinions: &[Opinion]) -> f64 {
    let (mut low, mut high) = (0.0, 1.0);
    // Of two places inside, the worse one cuts off what is beyond it; 1/φ keeps one for the next turn.
    let inside = 0.5 * (5f64.sqrt() - 1.0);
    let at = |x| perplexity(opinions, x);
    let (mut a, mut b) = (1.0 - inside, inside);
    let (mut pa, mut pb) = (at(a), at(b));
    for _ in 0..13 {
        if pa <= pb {
            (high, b, pb) = (b, a, pa);
            a = high - inside * (high - low);
            pa = at(a);
        } else {
            (low, a, pa) = (a, b, pb);
            b = low + inside * (high - low);
            pb = at(b);
        }
    }
    let middle = 0.5 * (low + high);
    // An end is never tried above, and may be the best.
    [0.0, 1.0].into_iter().fold(middle, |best, end| if at(end) < at(best) { end } else { best })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::small_world::{Outline, World};

    fn at(distances: [f64; 3]) -> Vec<Neighbour> {
        distances.into_iter().enumerate().map(|(entry, distance)| Neighbour { entry, distance }).collect()
    }

    /// Known result: distances 0.1, 0.4 and 0.9 at T = 1.
    #[test]
    fn shares_are_a_softmax_of_distances() {
        let shares = shares(&at([0.1, 0.4, 0.9]), 1.0);
        for (share, known) in shares.iter().zip([0.4566, 0.3383, 0.2052]) {
            assert!((share - known).abs() < 5e-5, "{share}");
        }
        let far = super::shares(&at([1e6, 1e6 + 1.0, 2e9]), 0.02);
        assert!(far.iter().all(|s| s.is_finite()) && (far.iter().sum::<f64>() - 1.0).abs() < 1e-12);
    }

    /// The worked example of the article: the answers change places at λ = 0.504.
    #[test]
    fn two_answers_cross_where_their_leads_are_equal() {
        let s = shares(&at([0.1, 0.4, 0.9]), 1.0);
        let [new, old] = [
            Opinion { weights: 0.1, notebook: s[0] + s[1], asked: true },
            Opinion { weights: 0.7, notebook: s[2], asked: true },
        ];
        for (share, a, b) in [(0.25, 0.2737, 0.5763), (0.75, 0.6211, 0.3289)] {
            assert!((new.mixed(share) - a).abs() < 5e-5 && (old.mixed(share) - b).abs() < 5e-5);
        }
        assert!((new.mixed(0.6 / 1.1896) - old.mixed(0.6 / 1.1896)).abs() < 1e-4);
    }

    #[test]
    fn the_quick_distances_are_those_of_the_keys() {
        let text = Outline::new(30, 1, "text").written(&World::new(1));
        let encoder = Encoder::new(8, 1);
        let notebook = Notebook::new(encoder.clone(), &text, 200);
        let distances = notebook.distances(&text, 17);
        let key = encoder.key(&text, 17);
        for (i, d) in distances.iter().enumerate() {
            let other = encoder.key(&text, i);
            let direct: f64 = key.iter().zip(&other).map(|(a, b)| (a - b) * (a - b)).sum();
            assert!((d - direct).abs() < 1e-12);
        }
        assert!(distances[17] < 1e-12);
    }

    #[test]
    fn nested_notebooks_are_searched_in_one_pass() {
        let distances: Vec<f64> = [5.0, 3.0, 3.0, 1.0, 9.0, 0.0, 3.0].to_vec();
        let found = nearest(&distances, 3, &[0, 2, 5, 7]);
        let entries: Vec<Vec<usize>> =
            found.iter().map(|some| some.iter().map(|n| n.entry).collect()).collect();
        assert_eq!(entries, [vec![], vec![1, 0], vec![3, 1, 2], vec![5, 3, 1]]);
        assert_eq!(nearest_of(&distances, 3, &[0, 1, 2, 3, 4, 5, 6]), found[3]);
        let some: Vec<usize> = nearest_of(&distances, 3, &[0, 2, 4]).iter().map(|n| n.entry).collect();
        assert_eq!(some, [2, 0, 4]);
    }

    /// Known results: the ends are the two parts alone; a uniform model hesitates between all words; the
    /// mean logarithm is convex, and its least place is found.
    #[test]
    fn perplexity_has_one_least_place() {
        let mut stream = Stream::new(1, "opinions");
        for _ in 0..20 {
            let opinions: Vec<Opinion> = (0..100)
                .map(|_| Opinion {
                    weights: stream.between(0.01, 1.0),
                    notebook: stream.uniform(),
                    asked: stream.chance(0.8),
                })
                .collect();
            let grid: Vec<f64> = (0..=100).map(|i| ln(perplexity(&opinions, f64::from(i) / 100.0))).collect();
            assert!(grid[1..=99].windows(3).all(|w| w[0] + w[2] >= 2.0 * w[1] - 1e-12));
            let least = grid.iter().copied().fold(f64::INFINITY, f64::min);
            assert!(ln(perplexity(&opinions, best_share(&opinions))) <= least + 1e-5);
        }
        let even = [Opinion { weights: 1.0 / 68.0, notebook: 0.0, asked: true }; 40];
        assert!((perplexity(&even, 0.0) - 68.0).abs() < 1e-9);
        assert!((perplexity(&even, 1.0) - 1e6).abs() < 1e-3);
    }
}
