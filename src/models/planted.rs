//! Activations with features that are known, to check a dictionary against: a pentagon in two
//! dimensions, sixteen directions in eight, and phrases about places, foods and people.
//!
//! Reference: the pentagon is what Elhage et al. 2022, arXiv:2209.10652, find in their toy model.
//! The other two are the project's own.

use core::f64::consts::PI;
use numerics::elementary::{cos, sin};
use numerics::matrix::Matrix;
use numerics::random::Stream;

/// A source of activations.
pub struct Planted {
    /// True directions of length 1, features x d.
    pub features: Matrix,
    kind: Kind,
    stream: Stream,
}

enum Kind {
    /// Each feature is on with this probability, with an amplitude in `low..high`.
    Independent {
        chance: f64,
        low: f64,
        high: f64,
    },
    Phrases,
}

/// Tags of the phrases.
pub const TAGS: [&str; 12] = [
    "France", "Italy", "Japan", "Egypt", "Brazil", "landmark", "museum", "church", "city", "capital", "food",
    "person",
];

/// Phrases with their tags. Three facts each at the most, all of them common knowledge.
pub const PHRASES: [(&str, &[usize]); 42] = [
    ("Eiffel Tower", &[0, 5]),
    ("Arc de Triomphe", &[0, 5]),
    ("Pont du Gard", &[0, 5]),
    ("Louvre", &[0, 6]),
    ("Musée d'Orsay", &[0, 6]),
    ("Chartres Cathedral", &[0, 7]),
    ("Notre-Dame de Paris", &[0, 7]),
    ("Lyon", &[0, 8]),
    ("Paris", &[0, 8, 9]),
    ("croissant", &[0, 10]),
    ("Victor Hugo", &[0, 11]),
    ("Colosseum", &[1, 5]),
    ("Leaning Tower of Pisa", &[1, 5]),
    ("Trevi Fountain", &[1, 5]),
    ("Uffizi", &[1, 6]),
    ("Milan Cathedral", &[1, 7]),
    ("Florence Cathedral", &[1, 7]),
    ("Venice", &[1, 8]),
    ("Rome", &[1, 8, 9]),
    ("risotto", &[1, 10]),
    ("Galileo Galilei", &[1, 11]),
    ("Mount Fuji", &[2, 5]),
    ("Tokyo Tower", &[2, 5]),
    ("Tokyo National Museum", &[2, 6]),
    ("Osaka", &[2, 8]),
    ("Tokyo", &[2, 8, 9]),
    ("sushi", &[2, 10]),
    ("Akira Kurosawa", &[2, 11]),
    ("Great Sphinx", &[3, 5]),
    ("Great Pyramid of Giza", &[3, 5]),
    ("Egyptian Museum", &[3, 6]),
    ("Hanging Church", &[3, 7]),
    ("Alexandria", &[3, 8]),
    ("Cairo", &[3, 8, 9]),
    ("koshari", &[3, 10]),
    ("Cleopatra", &[3, 11]),
    ("Christ the Redeemer", &[4, 5]),
    ("São Paulo Museum of Art", &[4, 6]),
    ("São Paulo", &[4, 8]),
    ("Brasília", &[4, 8, 9]),
    ("feijoada", &[4, 10]),
    ("Pelé", &[4, 11]),
];

/// Dimensions of the phrases' activations, and the deviation of their noise.
const PHRASE_WIDTH: usize = 10;
pub const NOISE: f64 = 0.05;

impl Planted {
    /// Five features at 72°, each on with probability 0.05, uniform in 0..1: what the toy model of
    /// superposition keeps in its two neurons.
    #[must_use]
    pub fn pentagon(seed: u64) -> Self {
        let angle = |i: usize| 0.5 * PI + 2.0 * PI * i as f64 / 5.0;
        Self {
            features: Matrix::from_fn(5, 2, |r, c| if c == 0 { cos(angle(r)) } else { sin(angle(r)) }),
            kind: Kind::Independent { chance: 0.05, low: 0.0, high: 1.0 },
            stream: Stream::new(seed, "activations"),
        }
    }

    /// Sixteen random directions in eight dimensions, each on with probability 0.06, amplitude
    /// 0.5..1.5.
    #[must_use]
    pub fn sixteen_in_eight(seed: u64) -> Self {
        Self {
            features: directions(16, 8, seed),
            kind: Kind::Independent { chance: 0.06, low: 0.5, high: 1.5 },
            stream: Stream::new(seed, "activations"),
        }
    }

    /// [`PHRASES`], each tag a random direction in ten dimensions, amplitude 0.6..1.4, noise 0.05.
    #[must_use]
    pub fn phrases(seed: u64) -> Self {
        Self {
            features: directions(TAGS.len(), PHRASE_WIDTH, seed),
            kind: Kind::Phrases,
            stream: Stream::new(seed, "activations"),
        }
    }

    /// An activation in each row, d numbers; never an empty one.
    pub fn draw(&mut self, rows: &mut Matrix) {
        for r in 0..rows.rows() {
            self.draw_one(rows.row_mut(r));
        }
    }

    fn draw_one(&mut self, x: &mut [f64]) {
        let stream = &mut self.stream;
        x.fill(0.0);
        let mut add = |feature: usize, amplitude: f64| {
            x.iter_mut().zip(self.features.row(feature)).for_each(|(x, w)| *x += amplitude * w);
        };
        match self.kind {
            Kind::Independent { chance, low, high } => {
                let mut any = false;
                while !any {
                    for feature in 0..self.features.rows() {
                        if stream.chance(chance) {
                            any = true;
                            add(feature, stream.between(low, high));
                        }
                    }
                }
            }
            Kind::Phrases => {
                let (_, tags) = PHRASES[stream.below(PHRASES.len())];
                tags.iter().for_each(|tag| add(*tag, stream.between(0.6, 1.4)));
                x.iter_mut().for_each(|x| *x += NOISE * stream.normal());
            }
        }
    }

    /// A phrase with every amplitude 1 and no noise.
    #[must_use]
    pub fn phrase(&self, index: usize) -> Vec<f64> {
        let mut x = vec![0.0; self.features.columns()];
        for tag in PHRASES[index].1 {
            x.iter_mut().zip(self.features.row(*tag)).for_each(|(x, w)| *x += w);
        }
        x
    }
}

/// Random directions of length 1.
fn directions(count: usize, width: usize, seed: u64) -> Matrix {
    let mut stream = Stream::new(seed, "directions");
    Matrix::from_vec(count, width, (0..count).flat_map(|_| stream.direction(width)).collect())
}

/// Concepts that a latent may stand for: a tag, or two tags that share at least two phrases.
#[must_use]
pub fn concepts() -> Vec<Vec<usize>> {
    let single = (0..TAGS.len()).map(|t| vec![t]);
    let pairs = (0..TAGS.len()).flat_map(|a| (a + 1..TAGS.len()).map(move |b| vec![a, b]));
    single.chain(pairs.filter(|pair| members(pair).filter(|m| *m).count() >= 2)).collect()
}

/// For each phrase whether it has all these tags.
pub fn members(concept: &[usize]) -> impl Iterator<Item = bool> + '_ {
    PHRASES.iter().map(|(_, tags)| concept.iter().all(|t| tags.contains(t)))
}

/// Correlation (Pearson) of activations over the phrases with a concept; 0 where either is flat.
#[must_use]
pub fn correlation(activations: &[f64], concept: &[usize]) -> f64 {
    let count = activations.len() as f64;
    let marks: Vec<f64> = members(concept).map(|m| f64::from(u8::from(m))).collect();
    let mean = |xs: &[f64]| xs.iter().sum::<f64>() / count;
    let (ma, mm) = (mean(activations), mean(&marks));
    let sum = |f: &dyn Fn(f64, f64) -> f64| {
        activations.iter().zip(&marks).map(|(a, m)| f(a - ma, m - mm)).sum::<f64>()
    };
    let scale = (sum(&|a, _| a * a) * sum(&|_, m| m * m)).sqrt();
    if scale > 1e-12 { sum(&|a, m| a * m) / scale } else { 0.0 }
}

/// The concept of a list (see [`concepts`]) that activations over the phrases go with best: its
/// place in the list, and how well.
#[must_use]
pub fn best_concept(activations: &[f64], concepts: &[Vec<usize>]) -> (usize, f64) {
    let mut best = (0, f64::NEG_INFINITY);
    for (place, concept) in concepts.iter().enumerate() {
        let r = correlation(activations, concept);
        if r > best.1 {
            best = (place, r);
        }
    }
    best
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn activations_are_sums_of_their_features() {
        let data = Planted::phrases(1);
        let paris = PHRASES.iter().position(|(p, _)| *p == "Paris").unwrap();
        let sum: Vec<f64> =
            (0..PHRASE_WIDTH).map(|i| [0, 8, 9].iter().map(|t| data.features[(*t, i)]).sum()).collect();
        assert_eq!(data.phrase(paris), sum);
        for r in 0..TAGS.len() {
            assert!((numerics::matrix::norm(data.features.row(r)) - 1.0).abs() < 1e-12);
        }
    }

    #[test]
    fn a_latent_that_fires_for_french_landmarks_is_found_out() {
        let fires: Vec<f64> = members(&[0, 5]).map(|m| if m { 0.8 } else { 0.0 }).collect();
        let concepts = concepts();
        let (place, r) = best_concept(&fires, &concepts);
        assert_eq!(concepts[place], [0, 5]);
        assert!((r - 1.0).abs() < 1e-12);
        assert_eq!(correlation(&vec![0.0; PHRASES.len()], &[0]), 0.0);
    }

    #[test]
    fn every_tag_and_phrase_is_used() {
        assert!(PHRASES.iter().all(|(_, tags)| (2..=3).contains(&tags.len())));
        assert!((0..TAGS.len()).all(|t| members(&[t]).filter(|m| *m).count() >= 3));
    }
}
