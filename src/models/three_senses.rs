//! Sixteen things that can be seen, named and heard, and three encoders that learn which belong together.
//!
//! References: Radford et al. 2021, arXiv:2103.00020 (two encoders, one space); Zhao et al. 2021,
//! arXiv:2112.08995, and Girdhar et al. 2023, arXiv:2305.05665 (pictures as the hub between senses that
//! were never paired).
//!
//! Glossary and shapes: a concept κ = 4s + c of [`CONCEPTS`] has a shape s and a colour c, 0 to 3. A
//! picture [`PICTURE`] is 8 × 8 × 3, row by row; a caption [`CAPTION`] is one of four shapes and one of
//! four colours; a sound [`SOUND`] is a spectrum of 16 bins with a peak for the shape and one for the
//! colour. `deviation` σ is that of the normal noise on pictures and sounds. Encoders go from these to
//! `dim` numbers through [`HIDDEN`] units.
//!
//! Departures: all three encoders are the same two layers; the scale is shared by all pairs and moves by
//! plain gradient descent.

use crate::contrast::{Contrast, Directions};
use crate::relu_network::{Gradients, ReluNetwork};
use numerics::elementary::{exp, ln};
use numerics::matrix::{Matrix, dot, norm};
use numerics::random::Stream;

pub const CONCEPTS: usize = 16;
pub const SIDE: usize = 8;
pub const PICTURE: usize = SIDE * SIDE * 3;
pub const CAPTION: usize = 8;
pub const SOUND: usize = 16;
pub const HIDDEN: usize = 32;

/// Draws of every concept that no encoder is trained on.
pub const DRAWS: usize = 8;

/// Step of Adam for the encoders, and of plain descent for the logarithm of the scale.
const RATE: f64 = 0.01;
const SCALE_RATE: f64 = 0.02;

/// The scale goes from 1 to 100, as CLIP's.
const LARGEST_SCALE: f64 = 100.0;

/// Red, green, blue of the four colours.
const COLOURS: [[f64; 3]; 4] = [[1.0, 0.1, 0.1], [0.1, 0.8, 0.1], [0.1, 0.2, 1.0], [1.0, 0.9, 0.1]];

/// What a pixel of the paper is, after 0.2 has been taken off everything.
const PAPER: f64 = -0.2;

/// What is seen, read and heard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sense {
    Image,
    Text,
    Audio,
}

/// Which pairs are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hub {
    /// Pictures with captions, and pictures with sounds.
    Image,
    /// Those, and sounds with captions.
    All,
    /// Pictures with captions alone.
    Text,
}

/// Whether a shape covers a pixel.
#[must_use]
pub fn covers(shape: usize, row: usize, column: usize) -> bool {
    let [y, x] = [row as f64, column as f64];
    let [from_middle, across] = [(y - 3.5).abs(), (x - 3.5).abs()];
    match shape {
        0 => (2..=5).contains(&row) && (2..=5).contains(&column),
        1 => across + from_middle <= 3.0,
        2 => (1..=6).contains(&row) && (1..=6).contains(&column) && (across < 1.0 || from_middle < 1.0),
        _ => (1..=6).contains(&row) && across <= (y - 1.0) / 1.6,
    }
}

/// A picture of a concept, moved by so many pixels down and to the right (around the edges).
#[must_use]
pub fn picture(concept: usize, [down, right]: [usize; 2], deviation: f64, stream: &mut Stream) -> Vec<f64> {
    let (shape, colour) = (concept / 4, COLOURS[concept % 4]);
    let mut pixels = vec![0.0; PICTURE];
    stream.fill_normal(&mut pixels);
    for (i, pixel) in pixels.iter_mut().enumerate() {
        let (row, column, channel) = (i / (3 * SIDE), i / 3 % SIDE, i % 3);
        let inside = covers(shape, (row + SIDE - down) % SIDE, (column + SIDE - right) % SIDE);
        *pixel = deviation * *pixel + PAPER + if inside { colour[channel] } else { 0.0 };
    }
    pixels
}

#[must_use]
pub fn caption(concept: usize) -> Vec<f64> {
    (0..CAPTION).map(|i| f64::from(u8::from(i == concept / 4 || i == 4 + concept % 4))).collect()
}

#[must_use]
pub fn sound(concept: usize, deviation: f64, stream: &mut Stream) -> Vec<f64> {
    let peak = |bin: usize, at: usize, height: f64, width: f64| {
        let away = (bin as f64 - at as f64) / width;
        height * exp(-0.5 * away * away)
    };
    let mut bins = vec![0.0; SOUND];
    stream.fill_normal(&mut bins);
    for (bin, level) in bins.iter_mut().enumerate() {
        *level = deviation * *level
            + peak(bin, 4 * (concept / 4) + 1, 1.0, 0.8)
            + peak(bin, 3 * (concept % 4) + 3, 0.7, 0.5);
    }
    bins
}

/// How the world is, and how it is shown.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Setting {
    pub batch: usize,
    /// τ before the first step.
    pub temperature: f64,
    pub learn_temperature: bool,
    pub dim: usize,
    pub deviation: f64,
    /// Pixels that a picture is moved by at most, each way.
    pub shift: usize,
    /// Share of captions and of sounds that belong to another concept.
    pub wrong: f64,
    pub hub: Hub,
}

/// The encoders, and what they are tested on.
#[derive(Clone, Debug)]
pub struct Senses {
    setting: Setting,
    encoders: [ReluNetwork; 3],
    log_scale: f64,
    data: Stream,
    /// Pictures and sounds: [`DRAWS`] of every concept, concept by concept within a draw; the captions.
    held_out: [Matrix; 3],
    /// Sum of the losses of all pairs shown, before the latest step.
    pub loss: Option<f64>,
}

/// What held-out pictures, captions and sounds say.
#[derive(Clone, Debug)]
pub struct Test {
    /// Cosines of pictures (rows, one draw of each concept) and captions (columns), [16, 16].
    pub cosines: Matrix,
    /// Shares of pictures that find their caption, of pictures that find their sound among those of one
    /// draw, and of sounds that find their caption.
    pub image_text: f64,
    pub image_audio: f64,
    pub audio_text: f64,
    /// Distance between the mean picture and the mean caption.
    pub gap: f64,
}

fn stack(rows: &[Vec<f64>]) -> Matrix {
    let columns = rows.first().map_or(0, Vec::len);
    Matrix::from_vec(rows.len(), columns, rows.concat())
}

fn moved(shift: usize, stream: &mut Stream) -> [usize; 2] {
    [0, 1].map(|_| (SIDE + stream.below(2 * shift + 1) - shift) % SIDE)
}

impl Senses {
    #[must_use]
    pub fn new(setting: Setting, seed: u64) -> Self {
        let mut start = Stream::new(seed, "initialisation");
        let encoders = [PICTURE, CAPTION, SOUND]
            .map(|inputs| ReluNetwork::new([inputs, HIDDEN, setting.dim], &mut start));
        let mut unseen = Stream::new(seed, "test");
        let (mut pictures, mut sounds) = (Vec::new(), Vec::new());
        for concept in (0..DRAWS).flat_map(|_| 0..CONCEPTS) {
            let by = moved(setting.shift, &mut unseen);
            pictures.push(picture(concept, by, setting.deviation, &mut unseen));
            sounds.push(sound(concept, setting.deviation, &mut unseen));
        }
        let captions = (0..CONCEPTS).map(caption).collect();
        Self {
            setting,
            encoders,
            log_scale: -ln(setting.temperature),
            data: Stream::new(seed, "data"),
            held_out: [pictures, captions, sounds].map(|rows: Vec<Vec<f64>>| stack(&rows)),
            loss: None,
        }
    }

    /// 1/τ.
    #[must_use]
    pub fn scale(&self) -> f64 {
        exp(self.log_scale)
    }

    /// The held-out picture of a concept, in the first draw.
    #[must_use]
    pub fn held_out(&self, sense: Sense, concept: usize) -> &[f64] {
        self.held_out[sense as usize].row(concept)
    }

    /// Another concept than this one, or this one: what the partner of a pair shows.
    fn partner(&mut self, concept: usize) -> usize {
        if self.setting.wrong > 0.0 && self.data.chance(self.setting.wrong) {
            (concept + 1 + self.data.below(CONCEPTS - 1)) % CONCEPTS
        } else {
            concept
        }
    }

    /// A batch: pictures, captions, sounds. Row i of each belongs to row i of the others, unless it is
    /// one of the wrong pairs.
    fn batch(&mut self) -> [Matrix; 3] {
        let Setting { batch, deviation, shift, .. } = self.setting;
        let mut concepts: Vec<usize> = (0..CONCEPTS).collect();
        self.data.shuffle(&mut concepts);
        let mut rows: [Vec<Vec<f64>>; 3] = Default::default();
        for concept in concepts.into_iter().cycle().take(batch) {
            let by = moved(shift, &mut self.data);
            rows[0].push(picture(concept, by, deviation, &mut self.data));
            let named = self.partner(concept);
            rows[1].push(caption(named));
            let heard = self.partner(concept);
            rows[2].push(sound(heard, deviation, &mut self.data));
        }
        rows.map(|rows| stack(&rows))
    }

    /// One batch, one step. Whether it was made: where something is no number, nothing moves.
    pub fn step(&mut self) -> bool {
        use Sense::{Audio, Image, Text};
        let pairs: &[[Sense; 2]] = match self.setting.hub {
            Hub::Image => &[[Image, Text], [Image, Audio]],
            Hub::All => &[[Image, Text], [Image, Audio], [Audio, Text]],
            Hub::Text => &[[Image, Text]],
        };
        let batch = self.batch();
        let seen: [(Matrix, Directions); 3] = core::array::from_fn(|k| {
            let (hidden, z) = self.encoders[k].forward(&batch[k]);
            (hidden, Directions::of(z))
        });
        let mut slopes: [Option<Matrix>; 3] = [None, None, None];
        let (mut loss, mut of_scale) = (0.0, 0.0);
        for [a, b] in pairs {
            let [a, b] = [*a as usize, *b as usize];
            let contrast = Contrast::new(&seen[a].1.rows, &seen[b].1.rows, self.log_scale);
            loss += contrast.loss();
            of_scale += contrast.scale;
            for (k, slope) in [(a, contrast.u), (b, contrast.v)] {
                match &mut slopes[k] {
                    Some(sum) => {
                        let both = sum.as_mut_slice().iter_mut().zip(slope.as_slice());
                        both.for_each(|(sum, x)| *sum += x);
                    }
                    none => *none = Some(slope),
                }
            }
        }
        let gradients: [Option<Gradients>; 3] = core::array::from_fn(|k| {
            let (hidden, directions) = &seen[k];
            let slope = directions.back(slopes[k].as_ref()?);
            Some(self.encoders[k].back(&batch[k], hidden, &slope))
        });
        let finite = gradients.iter().flatten().all(Gradients::is_finite);
        if !(finite && loss.is_finite() && of_scale.is_finite()) {
            return false;
        }
        for (encoder, gradients) in self.encoders.iter_mut().zip(&gradients) {
            if let Some(gradients) = gradients {
                encoder.step(gradients, RATE);
            }
        }
        if self.setting.learn_temperature {
            self.log_scale = (self.log_scale - SCALE_RATE * of_scale).clamp(0.0, ln(LARGEST_SCALE));
        }
        self.loss = Some(loss);
        true
    }

    /// How the encoders stand.
    #[must_use]
    pub fn test(&self) -> Test {
        let [pictures, captions, sounds] =
            [0, 1, 2].map(|k| Directions::of(self.encoders[k].forward(&self.held_out[k]).1).rows);
        let cosines = Matrix::from_fn(CONCEPTS, CONCEPTS, |i, j| dot(pictures.row(i), captions.row(j)));
        // The one of 16 rows, from `first` on, that is nearest.
        let finds = |query: &[f64], others: &Matrix, first: usize| {
            let near = |k: &usize| dot(query, others.row(first + k));
            (0..CONCEPTS).max_by(|a, b| near(a).total_cmp(&near(b)))
        };
        let share = |queries: &Matrix, others: &Matrix| {
            let count = (0..queries.rows()).filter(|i| {
                let first = if others.rows() > CONCEPTS { i / CONCEPTS * CONCEPTS } else { 0 };
                finds(queries.row(*i), others, first) == Some(i % CONCEPTS)
            });
            count.count() as f64 / queries.rows() as f64
        };
        let middle = |m: &Matrix, k: usize| (0..m.rows()).map(|n| m[(n, k)]).sum::<f64>() / m.rows() as f64;
        let apart: Vec<f64> =
            (0..self.setting.dim).map(|k| middle(&pictures, k) - middle(&captions, k)).collect();
        Test {
            image_text: share(&pictures, &captions),
            image_audio: share(&pictures, &sounds),
            audio_text: share(&sounds, &captions),
            gap: norm(&apart),
            cosines,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const USUAL: Setting = Setting {
        batch: 16,
        temperature: 0.07,
        learn_temperature: true,
        dim: 8,
        deviation: 0.15,
        shift: 1,
        wrong: 0.0,
        hub: Hub::Image,
    };

    #[test]
    fn shapes_are_what_they_are_called() {
        let drawn = |shape: usize| (0..64).filter(|i| covers(shape, i / 8, i % 8)).count();
        assert_eq!([0, 1, 2, 3].map(drawn), [16, 24, 20, 20]);
        // A pixel to the right is a pixel to the right, around the edge.
        let mut s = Stream::new(1, "check");
        let [here, there] = [[0, 0], [0, 7]].map(|by| picture(0, by, 0.0, &mut s));
        assert_eq!(here[3 * (3 * SIDE + 2)], there[3 * (3 * SIDE + 1)]);
    }

    #[test]
    fn a_caption_names_a_shape_and_a_colour() {
        assert_eq!(caption(6), [0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 1.0, 0.0]);
    }

    #[test]
    fn thirty_two_rows_are_two_of_each_concept() {
        let mut senses = Senses::new(Setting { batch: 32, ..USUAL }, 1);
        let [pictures, captions, _] = senses.batch();
        assert_eq!((pictures.rows(), captions.rows()), (32, 32));
        let column: f64 = (0..32).map(|n| captions[(n, 0)]).sum();
        assert_eq!(column, 8.0);
    }

    #[test]
    fn what_is_no_number_moves_nothing() {
        let mut senses = Senses::new(USUAL, 3);
        assert!(senses.step());
        senses.encoders[0].w2[(0, 0)] = f64::NAN;
        let before = senses.encoders[1].w1.clone();
        assert!(!senses.step() && senses.encoders[1].w1 == before);
    }

    #[test]
    fn half_the_pairs_wrong_does_not_diverge() {
        let mut senses = Senses::new(Setting { wrong: 0.5, deviation: 0.8, temperature: 0.01, ..USUAL }, 2);
        assert!((0..200).all(|_| senses.step()));
        assert!(senses.loss.is_some_and(f64::is_finite) && senses.test().gap.is_finite());
    }
}
