//! To intervene on a latent of a dictionary: it is cut, or more of it is added, and a later part reads the
//! activation before and after.
//!
//! References: Templeton et al. 2024, *Scaling Monosemanticity* (a latent is clamped, and what the dictionary
//! leaves unexplained is kept); Alain & Bengio 2016, arXiv:1610.01644 (linear classifiers that read a layer).
//!
//! Names and letters: activation h [d]; code a [M]; row j of the decoder d_j [d], length 1; `Reader` has
//! R [tags, d] and a bias [tags], and reads R h + bias.
//!
//! Departure: the later part is a linear reader, fitted by least squares on what it should say. What a latent
//! does to it is therefore the same for every activation: R d_j for one unit.

use crate::planted::{NOISE, PHRASES, Planted, TAGS, members};
use numerics::linear::ridge;
use numerics::matrix::Matrix;
use numerics::statistics::place_of_largest;

/// A part that stands later in a network, and reads from an activation how much it has of each tag.
#[derive(Clone, Debug)]
pub struct Reader {
    /// R, tags x d.
    weights: Matrix,
    bias: Vec<f64>,
}

impl Reader {
    /// Least squares over the phrases, whose activations have noise: what that adds to XᵀX is the ridge, `blunt`
    /// times. The bias is free of it. Scores should be 1 where a phrase has a tag and 0 where it has not.
    #[must_use]
    pub fn fitted(data: &Planted, blunt: f64) -> Self {
        let (count, width) = (PHRASES.len() as f64, data.features.columns());
        let phrases: Vec<Vec<f64>> = (0..PHRASES.len()).map(|i| data.phrase(i)).collect();
        let middle: Vec<f64> =
            (0..width).map(|c| phrases.iter().map(|x| x[c]).sum::<f64>() / count).collect();
        let x = Matrix::from_fn(PHRASES.len(), width, |r, c| phrases[r][c] - middle[c]);
        let gram = x.transposed_times(&x);
        let mut weights = Matrix::zeros(TAGS.len(), width);
        let mut bias = vec![0.0; TAGS.len()];
        for (tag, bias) in bias.iter_mut().enumerate() {
            let wanted: Vec<f64> = members(&[tag]).map(|m| f64::from(u8::from(m))).collect();
            let share = wanted.iter().sum::<f64>() / count;
            let along: Vec<f64> =
                (0..width).map(|c| wanted.iter().enumerate().map(|(r, y)| x[(r, c)] * y).sum()).collect();
            let (row, _) = ridge(&gram, &along, blunt * count * NOISE * NOISE);
            *bias = share - row.iter().zip(&middle).map(|(w, m)| w * m).sum::<f64>();
            weights.row_mut(tag).copy_from_slice(&row);
        }
        Self { weights, bias }
    }

    /// Scores of the tags for an activation.
    #[must_use]
    pub fn read(&self, h: &[f64]) -> Vec<f64> {
        self.weights.times_vector(h).iter().zip(&self.bias).map(|(score, bias)| score + bias).collect()
    }

    /// What one unit of a direction adds to the scores.
    #[must_use]
    pub fn effect(&self, direction: &[f64]) -> Vec<f64> {
        self.weights.times_vector(direction)
    }
}

/// What is done to a latent.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Intervention {
    Leave,
    /// Its activation becomes 0.
    Cut,
    /// So much is added to its activation.
    Add(f64),
}

impl Intervention {
    /// By how much an activation of `fires` changes.
    #[must_use]
    pub fn change(self, fires: f64) -> f64 {
        match self {
            Self::Leave => 0.0,
            Self::Cut => -fires,
            Self::Add(amount) => amount,
        }
    }
}

/// The tag that moves most, by how much, and the largest size of any other tag's move.
#[must_use]
pub fn moved(changes: &[f64]) -> (usize, f64, f64) {
    let most = place_of_largest(changes.iter().map(|change| change.abs()));
    let others = changes.iter().enumerate().filter(|(tag, _)| *tag != most).map(|(_, c)| c.abs());
    (most, changes[most], others.fold(0.0, f64::max))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::planted::{best_concept, concepts};
    use crate::sparse_autoencoder::{Rein, STEPS, Trainer};

    #[test]
    fn a_reader_says_of_nearly_every_phrase_what_it_has() {
        for seed in 1..=5 {
            let data = Planted::phrases(seed);
            let reader = Reader::fitted(&data, 1.0);
            let right = (0..PHRASES.len())
                .flat_map(|i| {
                    let scores = reader.read(&data.phrase(i));
                    (0..TAGS.len()).map(move |t| (scores[t] > 0.5) == PHRASES[i].1.contains(&t))
                })
                .filter(|right| *right)
                .count();
            assert!(right as f64 >= 0.97 * (PHRASES.len() * TAGS.len()) as f64, "seed {seed}: {right}");
        }
    }

    #[test]
    fn the_residual_of_least_squares_is_at_right_angles_but_for_the_ridge() {
        let data = Planted::phrases(2);
        let reader = Reader::fitted(&data, 1.0);
        for tag in 0..TAGS.len() {
            let rests: Vec<(Vec<f64>, f64)> = (0..PHRASES.len())
                .map(|i| {
                    let h = data.phrase(i);
                    let wanted = f64::from(u8::from(PHRASES[i].1.contains(&tag)));
                    let rest = wanted - reader.read(&h)[tag];
                    (h, rest)
                })
                .collect();
            assert!(rests.iter().map(|(_, r)| r).sum::<f64>().abs() < 1e-9, "the bias leaves no mean");
            for c in 0..reader.weights.columns() {
                let along: f64 = rests.iter().map(|(h, r)| h[c] * r).sum();
                let pull = PHRASES.len() as f64 * NOISE * NOISE * reader.weights[(tag, c)];
                assert!((along - pull).abs() < 1e-8, "{along} {pull}");
            }
        }
    }

    #[test]
    fn an_intervention_changes_what_it_says() {
        assert_eq!(Intervention::Leave.change(0.7), 0.0);
        assert_eq!(Intervention::Cut.change(0.7), -0.7);
        assert_eq!(Intervention::Add(2.0).change(0.7), 2.0);
        assert_eq!(moved(&[0.1, -0.9, 0.3]), (1, -0.9, 0.3));
        assert_eq!(moved(&[0.0; 12]), (0, 0.0, 0.0));
    }

    /// A label found by looking is tested by cutting: does the reader's score of that tag fall most?
    #[test]
    fn most_latents_of_one_tag_are_what_their_names_say_to_the_reader_and_some_are_not() {
        let concepts = concepts();
        let (mut named, mut held, mut best_held) = (0, 0, 0);
        for seed in 1..=3 {
            let mut data = Planted::phrases(seed);
            let (width, rein) = (data.features.columns(), Rein::TopK(3));
            let mut trainer = Trainer::new(13, width, rein, seed);
            for _ in 0..STEPS {
                trainer.step(&mut data);
            }
            let reader = Reader::fitted(&data, 1.0);
            let codes: Vec<Vec<f64>> =
                (0..PHRASES.len()).map(|i| trainer.dictionary.encode(&data.phrase(i), rein)).collect();
            let mut best = (0.0, false);
            for j in 0..13 {
                let fires: Vec<f64> = codes.iter().map(|code| code[j]).collect();
                let (place, fit) = best_concept(&fires, &concepts);
                if let [tag] = concepts[place][..]
                    && fit > 0.8
                {
                    let (most, change, _) = moved(&reader.effect(trainer.dictionary.decoder.row(j)));
                    let holds = most == tag && change > 0.0;
                    named += 1;
                    held += usize::from(holds);
                    if fit > best.0 {
                        best = (fit, holds);
                    }
                }
            }
            best_held += usize::from(best.1);
        }
        assert_eq!(best_held, 3, "seeds in which the best fitting one is what its name says");
        assert!(4 * held >= 3 * named && held < named, "{held} of {named}");
    }
}
