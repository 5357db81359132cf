//! Four-bit quantisation in blocks: NF4, int4 and FP4.
//!
//! Reference: Dettmers et al. 2023, *QLoRA*, arXiv:2305.14314, section 3 and appendix E; layouts are
//! those of bitsandbytes.
//!
//! Glossary: a block of b weights shares one scale c = max |w|; a weight is the index of the level
//! nearest to w/c, the lower one on a tie; its value is then c times that level. *Double
//! quantisation* keeps the scales themselves in 8 bits, 256 of them under one 32-bit number.
//!
//! Departure: double quantisation rounds the scales linearly around their mean, where bitsandbytes
//! has a dynamic 8-bit code.

/// The levels of NF4: quantiles of the normal distribution, so that each is used about equally often.
pub const NF4: [f64; 16] = [
    -1.0,
    -0.696_192_8,
    -0.525_073_05,
    -0.394_917_49,
    -0.284_441_38,
    -0.184_773_43,
    -0.091_050_04,
    0.0,
    0.079_580_3,
    0.160_930_2,
    0.246_112_3,
    0.337_915_24,
    0.440_709_83,
    0.562_617,
    0.722_956_84,
    1.0,
];

/// A set of levels between −1 and 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Codebook {
    Nf4,
    /// k/7 for k = −7..7: evenly spaced.
    Int4,
    /// E2M1: ±{0, 0.5, 1, 1.5, 2, 3, 4, 6} / 6.
    Fp4,
}

impl Codebook {
    /// The levels, lowest first.
    #[must_use]
    pub fn levels(self) -> Vec<f64> {
        match self {
            Self::Nf4 => NF4.to_vec(),
            Self::Int4 => (-7..=7).map(|k| f64::from(k) / 7.0).collect(),
            Self::Fp4 => {
                let half = [0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0].map(|v| v / 6.0);
                half.iter().rev().map(|v| -v).chain([0.0]).chain(half).collect()
            }
        }
    }
}

/// Weights in four bits.
#[derive(Clone, Debug, PartialEq)]
pub struct Quantised {
    pub codebook: Codebook,
    pub block: usize,
    /// c of each block.
    pub scales: Vec<f64>,
    /// Index of each weight's level.
    pub codes: Vec<u8>,
}

impl Quantised {
    /// Quantises weights in blocks of `block`; the last one may be shorter. A block of zeros stays
    /// zero.
    ///
    /// # Panics
    /// If `block` is zero.
    #[must_use]
    pub fn new(weights: &[f64], block: usize, codebook: Codebook) -> Self {
        let levels = codebook.levels();
        let mut scales = Vec::with_capacity(weights.len().div_ceil(block));
        let mut codes = Vec::with_capacity(weights.len());
        for part in weights.chunks(block) {
            let scale = part.iter().fold(0.0, |most: f64, w| most.max(w.abs()));
            scales.push(scale);
            codes.extend(part.iter().map(|w| nearest(&levels, if scale > 0.0 { w / scale } else { 0.0 })));
        }
        Self { codebook, block, scales, codes }
    }

    /// Rounds the scales to 8 bits, 256 of them at a time.
    pub fn quantise_scales(&mut self) {
        for part in self.scales.chunks_mut(256) {
            let centre = part.iter().sum::<f64>() / part.len() as f64;
            let reach = part.iter().fold(0.0, |most: f64, s| most.max((s - centre).abs()));
            if reach > 0.0 {
                for scale in part {
                    *scale = centre + ((*scale - centre) / reach * 127.0).round() / 127.0 * reach;
                }
            }
        }
    }

    /// The weights as they come back.
    #[must_use]
    pub fn restored(&self) -> Vec<f64> {
        let levels = self.codebook.levels();
        self.codes
            .chunks(self.block)
            .zip(&self.scales)
            .flat_map(|(part, scale)| {
                part.iter().map(|code| scale * levels[usize::from(*code)]).collect::<Vec<_>>()
            })
            .collect()
    }

    /// How often each level is used.
    #[must_use]
    pub fn usage(&self) -> Vec<usize> {
        let mut usage = vec![0; self.codebook.levels().len()];
        for code in &self.codes {
            usage[usize::from(*code)] += 1;
        }
        usage
    }
}

/// The index of the level nearest to `x`, the lower of two equally near.
fn nearest(levels: &[f64], x: f64) -> u8 {
    let mut best = 0;
    for (i, level) in levels.iter().enumerate() {
        if (level - x).abs() < (levels[best] - x).abs() {
            best = i;
        }
    }
    best as u8
}

/// Bits for each weight, scales included: 4 + 32/b, or 4 + 8/b + 32/(256 b) under double
/// quantisation.
#[must_use]
pub fn bits_per_weight(block: usize, double: bool) -> f64 {
    let b = block as f64;
    if double { 4.0 + 8.0 / b + 32.0 / (256.0 * b) } else { 4.0 + 32.0 / b }
}

#[cfg(test)]
mod tests {
    use super::*;
    use numerics::random::Stream;

    /// Enough blocks for three digits of the error.
    const N: usize = 1 << 20;

    fn rmse(block: usize, codebook: Codebook) -> f64 {
        let mut stream = Stream::new(1, "weights");
        let weights: Vec<f64> = (0..N).map(|_| stream.normal()).collect();
        let back = Quantised::new(&weights, block, codebook).restored();
        (weights.iter().zip(&back).map(|(a, b)| (a - b) * (a - b)).sum::<f64>() / N as f64).sqrt()
    }

    #[test]
    fn errors_on_normal_weights_are_those_of_the_paper() {
        for (codebook, expected) in
            [(Codebook::Nf4, 0.0920), (Codebook::Fp4, 0.1058), (Codebook::Int4, 0.1078)]
        {
            assert!((rmse(64, codebook) - expected).abs() < 0.001, "{codebook:?}: {}", rmse(64, codebook));
        }
        assert!(rmse(4096, Codebook::Nf4) > rmse(64, Codebook::Nf4));
    }

    #[test]
    fn bits_count_the_scales() {
        assert!((bits_per_weight(64, false) - 4.5).abs() < 1e-12);
        assert!((bits_per_weight(64, true) - 4.126_95).abs() < 1e-5);
    }

    #[test]
    fn zeros_stay_zero_and_rounded_scales_stay_near() {
        let mut q = Quantised::new(&[0.0; 8], 4, Codebook::Nf4);
        q.quantise_scales();
        assert_eq!(q.restored(), vec![0.0; 8]);
        let mut stream = Stream::new(2, "weights");
        let weights: Vec<f64> = (0..64 * 64).map(|_| stream.normal()).collect();
        let mut q = Quantised::new(&weights, 64, Codebook::Nf4);
        let before = q.scales.clone();
        q.quantise_scales();
        assert!(before.iter().zip(&q.scales).all(|(a, b)| (a - b).abs() < 0.01));
        assert_eq!(q.usage().iter().sum::<usize>(), weights.len());
    }
}
