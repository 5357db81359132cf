//! Blocks that can be run backwards, and what three ways to keep activations for training take.
//!
//! References: Dinh, Krueger & Bengio 2014, *NICE*, arXiv:1410.8516 (the coupling); Gomez et al. 2017, *The Reversible
//! Residual Network*, arXiv:1707.04585, equations 6 and 7; Chen et al. 2016, *Training Deep Nets with Sublinear
//! Memory Cost*, arXiv:1604.06174 (checkpoints).
//!
//! | here      | letter | meaning                                                        |
//! |-----------|--------|----------------------------------------------------------------|
//! | `blocks`  | L      | blocks of the chain                                            |
//! | `gain`    | g      | weights have a variance of g²/d                                |
//! | `Coupled` | x₁, x₂ | both streams, `[ROWS × STREAM]` each                           |
//!
//! A block is y₁ = x₁ + F(x₂), y₂ = x₂ + G(y₁), with F and G each a matrix and a hyperbolic tangent. It is undone
//! by x₂ = y₂ − G(y₁), x₁ = y₁ − F(x₂): F and G are not inverted, only taken away.
//!
//! Single precision is made from double: every sum, product and tangent is rounded to 24 bits. For sums and
//! products that is what the hardware gives, since 53 bits are more than twice 24 and two.
//!
//! Departure: nothing is trained; a block's gradient is left out, only what it needs is remade.

use numerics::elementary::tanh_all;
use numerics::random::Stream;

/// Width d of a stream, and inputs that go through the chain.
pub const STREAM: usize = 8;
pub const ROWS: usize = 32;

/// Digits that numbers are kept with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Precision {
    Single,
    Double,
}

impl Precision {
    /// Bytes of a number.
    #[must_use]
    pub const fn bytes(self) -> f64 {
        match self {
            Self::Single => 4.0,
            Self::Double => 8.0,
        }
    }

    #[inline]
    fn round(self, x: f64) -> f64 {
        match self {
            Self::Single => f64::from(x as f32),
            Self::Double => x,
        }
    }
}

/// Both streams of all rows, row by row.
#[derive(Clone, Debug, PartialEq)]
pub struct Coupled {
    pub first: Vec<f64>,
    pub second: Vec<f64>,
}

impl Coupled {
    /// The largest difference of a number to the one of another.
    #[must_use]
    pub fn distance(&self, other: &Self) -> f64 {
        let pairs = self.first.iter().zip(&other.first).chain(self.second.iter().zip(&other.second));
        pairs.map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
    }
}

/// A chain of blocks with weights drawn by lot.
#[derive(Clone, Debug)]
pub struct Chain {
    precision: Precision,
    /// F and G of each block, `[STREAM × STREAM]` row by row.
    blocks: Vec<[Vec<f64>; 2]>,
}

impl Chain {
    #[must_use]
    pub fn new(blocks: usize, gain: f64, precision: Precision, seed: u64) -> Self {
        let mut draws = Stream::new(seed, "blocks");
        let scale = gain / (STREAM as f64).sqrt();
        let mut weights = || -> Vec<f64> {
            let mut normals = vec![0.0; STREAM * STREAM];
            draws.fill_normal(&mut normals);
            normals.into_iter().map(|w| precision.round(scale * w)).collect()
        };
        Self { precision, blocks: (0..blocks).map(|_| [weights(), weights()]).collect() }
    }

    /// How many there are.
    #[must_use]
    pub fn blocks(&self) -> usize {
        self.blocks.len()
    }

    /// Inputs of the chain, normal.
    #[must_use]
    pub fn inputs(&self, seed: u64) -> Coupled {
        let mut draws = Stream::new(seed, "inputs");
        let mut stream = || -> Vec<f64> {
            let mut normals = vec![0.0; ROWS * STREAM];
            draws.fill_normal(&mut normals);
            normals.into_iter().map(|x| self.precision.round(x)).collect()
        };
        Coupled { first: stream(), second: stream() }
    }

    /// F (0) or G (1) of a block for all rows.
    #[must_use]
    pub fn branch(&self, block: usize, which: usize, x: &[f64]) -> Vec<f64> {
        let weights = &self.blocks[block][which];
        let round = |x| self.precision.round(x);
        let mut out = Vec::with_capacity(x.len());
        for row in x.chunks_exact(STREAM) {
            for w in weights.chunks_exact(STREAM) {
                out.push(w.iter().zip(row).fold(0.0, |sum, (w, x)| round(sum + round(w * x))));
            }
        }
        tanh_all(&mut out);
        out.iter_mut().for_each(|y| *y = round(*y));
        out
    }

    /// `x` plus (`sign` 1) or minus (−1) what a branch says of the other stream.
    fn shifted(&self, x: &[f64], sign: f64, by: &[f64]) -> Vec<f64> {
        x.iter().zip(by).map(|(x, by)| self.precision.round(x + sign * by)).collect()
    }

    /// What a block makes of its inputs.
    #[must_use]
    pub fn forward(&self, block: usize, x: &Coupled) -> Coupled {
        let first = self.shifted(&x.first, 1.0, &self.branch(block, 0, &x.second));
        let second = self.shifted(&x.second, 1.0, &self.branch(block, 1, &first));
        Coupled { first, second }
    }

    /// What a block must have had for inputs.
    #[must_use]
    pub fn inverse(&self, block: usize, y: &Coupled) -> Coupled {
        let second = self.shifted(&y.second, -1.0, &self.branch(block, 1, &y.first));
        let first = self.shifted(&y.first, -1.0, &self.branch(block, 0, &second));
        Coupled { first, second }
    }
}

/// Where the backward pass has a block's activations from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keeping {
    /// All were kept.
    Store,
    /// Every √L-th was kept; the others of a stretch are computed anew from it.
    Checkpoint,
    /// The last was kept; the others are computed from it backwards.
    Reversible,
}

impl Keeping {
    /// Blocks from one kept activation to the next.
    #[must_use]
    pub fn stretch(self, blocks: usize) -> usize {
        match self {
            Self::Store => 1,
            Self::Checkpoint => (blocks as f64).sqrt().ceil() as usize,
            Self::Reversible => blocks,
        }
    }

    /// Activations held at once, at most: of checkpoints, all of them and what else a stretch has.
    #[must_use]
    pub fn held(self, blocks: usize) -> usize {
        let stretch = self.stretch(blocks);
        match self {
            Self::Store => blocks,
            Self::Checkpoint => blocks.div_ceil(stretch) + stretch - 1,
            Self::Reversible => 1,
        }
    }

    /// Of training, in forward passes: one forwards, two for the gradients, and one more if activations are made
    /// twice.
    #[must_use]
    pub const fn passes(self) -> f64 {
        match self {
            Self::Store => 3.0,
            Self::Checkpoint | Self::Reversible => 4.0,
        }
    }

    /// What stands in the memory of each block's activation after `ahead` blocks forwards and `back` of them
    /// backwards again.
    #[must_use]
    pub fn cells(self, blocks: usize, ahead: usize, back: usize) -> Vec<Cell> {
        let stretch = self.stretch(blocks);
        let turned = back > 0;
        // The block whose gradient was taken last, and where its stretch begins.
        let now = blocks - back.min(blocks);
        let begin = now / stretch * stretch;
        (0..blocks)
            .map(|block| match self {
                _ if block >= ahead => Cell::Empty,
                _ if turned && block > now => Cell::Freed,
                Self::Store => Cell::Kept,
                // What is kept is what comes into a stretch.
                Self::Checkpoint if block % stretch == 0 => Cell::Kept,
                Self::Checkpoint if turned && block >= begin => Cell::Remade,
                Self::Reversible if turned && block == now => Cell::Remade,
                Self::Reversible if !turned && block + 1 == ahead => Cell::Kept,
                Self::Checkpoint | Self::Reversible => Cell::Freed,
            })
            .collect()
    }
}

/// What stands in the memory of a block's activations.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cell {
    /// Not computed yet.
    Empty,
    /// Held since the forward pass.
    Kept,
    /// Held, and computed a second time.
    Remade,
    /// No longer held.
    Freed,
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The error of the inputs after a way there and back.
    fn error(blocks: usize, gain: f64, precision: Precision, seed: u64) -> f64 {
        let chain = Chain::new(blocks, gain, precision, seed);
        let inputs = chain.inputs(seed);
        let top = (0..blocks).fold(inputs.clone(), |x, block| chain.forward(block, &x));
        let back = (0..blocks).rev().fold(top, |y, block| chain.inverse(block, &y));
        inputs.distance(&back)
    }

    /// Known result: single precision loses little over 16 blocks, double over 256.
    #[test]
    fn a_chain_runs_backwards_as_far_as_its_digits_reach() {
        for seed in 1..=20 {
            let short = error(16, 1.0, Precision::Single, seed);
            assert!(short < 5e-5 && short > 0.0, "seed {seed}: {short}");
        }
        for seed in 1..=5 {
            let long = error(256, 1.0, Precision::Double, seed);
            assert!(long < 1e-8, "seed {seed}: {long}");
            assert!(error(256, 2.0, Precision::Single, seed) > 1.0, "seed {seed}");
        }
    }

    /// Sums and products rounded from double are those of single precision.
    #[test]
    fn single_precision_is_that_of_the_hardware() {
        let mut draws = Stream::new(3, "pairs");
        for _ in 0..10_000 {
            let [a, b] = [draws.normal() as f32, (1e3 * draws.normal()) as f32];
            let round = |x: f64| Precision::Single.round(x);
            assert_eq!(round(f64::from(a) + f64::from(b)), f64::from(a + b));
            assert_eq!(round(f64::from(a) * f64::from(b)), f64::from(a * b));
        }
    }

    /// By hand: x₁ = 1, x₂ = 2 with F(x₂) and G(y₁) given only as numbers to add and to take away.
    #[test]
    fn an_inverse_takes_away_what_was_added() {
        let chain = Chain::new(1, 1.0, Precision::Double, 1);
        let x = chain.inputs(1);
        let y = chain.forward(0, &x);
        let f = chain.branch(0, 0, &x.second);
        assert!((y.first[0] - x.first[0] - f[0]).abs() < 1e-15);
        assert!(chain.inverse(0, &y).distance(&x) < 1e-14);
    }

    #[test]
    fn what_is_held_at_once_is_what_is_counted() {
        for blocks in [1, 2, 3, 7, 16, 24, 100, 256] {
            for keeping in [Keeping::Store, Keeping::Checkpoint, Keeping::Reversible] {
                let held = |ahead, back| {
                    let cells = keeping.cells(blocks, ahead, back);
                    cells.iter().filter(|cell| matches!(cell, Cell::Kept | Cell::Remade)).count()
                };
                let forwards = (0..=blocks).map(|ahead| held(ahead, 0));
                let backwards = (1..=blocks).map(|back| held(blocks, back));
                let most = forwards.chain(backwards).max().unwrap();
                assert!(most <= keeping.held(blocks), "{keeping:?} {blocks}: {most}");
                if blocks == 16 {
                    assert_eq!(most, keeping.held(blocks), "{keeping:?}");
                }
            }
        }
        assert_eq!(Keeping::Checkpoint.held(16), 7);
    }
}
