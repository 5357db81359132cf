//! Fewer weights and fewer bits: which weights to take away, and on which grid to put the rest.
//!
//! References: LeCun, Denker & Solla 1989, *Optimal Brain Damage*; Han et al. 2015, arXiv:1506.02626 (the
//! smallest go); Zhu & Gupta 2017, arXiv:1710.01878 (the cubic schedule); Jacob et al. 2017, arXiv:1712.05877
//! (8-bit integers with a scale and a zero point); Ma et al. 2024, arXiv:2402.17764 (three values).
//! The kernels `prune_magnitude` and `quantize_int8` follow torch.
//!
//! | here      | meaning                                                                        |
//! |-----------|--------------------------------------------------------------------------------|
//! | `bits`    | b, of a weight: 1, 1.58 (three values), or from 2 on, symmetric; 32 changes nothing |
//! | step      | S, the distance of two neighbours on the grid                                  |
//! | `share`   | s, of the weights that are taken away                                          |
//! | mask      | `true` for each weight that is kept                                            |
//!
//! Departures: 32 bits are the 64 of this program; scales and biases are counted as free.

use numerics::matrix::norm;

/// Three values are this many bits: log₂ 3, as the paper rounds it.
pub const TERNARY: f64 = 1.58;

/// How many of `count` a share makes, halves to the even number.
#[must_use]
pub fn portion(share: f64, count: usize) -> usize {
    (share * count as f64).round_ties_even().clamp(0.0, count as f64) as usize
}

/// Keeps all but the `gone` smallest of some sizes; of equal ones the first go first.
#[must_use]
pub fn without_smallest(sizes: &[f64], gone: usize) -> Vec<bool> {
    let mut order: Vec<usize> = (0..sizes.len()).collect();
    order.sort_by(|a, b| sizes[*a].total_cmp(&sizes[*b]));
    let mut mask = vec![true; sizes.len()];
    order.iter().take(gone).for_each(|i| mask[*i] = false);
    mask
}

/// The mask that takes a share of the weights away, the smallest first.
#[must_use]
pub fn prune(weights: &[f64], share: f64) -> Vec<bool> {
    let sizes: Vec<f64> = weights.iter().map(|w| w.abs()).collect();
    without_smallest(&sizes, portion(share, weights.len()))
}

/// Which rows stay when a share of them goes, those of least length first.
#[must_use]
pub fn prune_rows<'a>(rows: impl Iterator<Item = &'a [f64]>, share: f64) -> Vec<bool> {
    let lengths: Vec<f64> = rows.map(norm).collect();
    without_smallest(&lengths, portion(share, lengths.len()))
}

/// The share that is gone after cut `k` of `cuts`: s (1 − (1 − k/cuts)³), fast at first.
#[must_use]
pub fn cubic(share: f64, k: usize, cuts: usize) -> f64 {
    let left = 1.0 - k as f64 / cuts as f64;
    share * (1.0 - left * left * left)
}

/// The step S of the grid that `bits` give these weights: the largest weight lies on its last level, or,
/// with one bit and with three values, the mean size is the only one there is. Zero if all weights are.
#[must_use]
pub fn step_of(weights: &[f64], bits: f64) -> f64 {
    if bits < 2.0 {
        let kept = weights.iter().filter(|w| **w != 0.0).count();
        weights.iter().map(|w| w.abs()).sum::<f64>() / kept.max(1) as f64
    } else {
        weights.iter().fold(0.0, |most: f64, w| most.max(w.abs())) / levels(bits)
    }
}

/// Levels above zero on the grid of `bits`: 2^(b−1) − 1.
#[must_use]
pub fn levels(bits: f64) -> f64 {
    numerics::elementary::pow(2.0, bits - 1.0) - 1.0
}

/// Puts each weight on the grid of `bits`. What is zero stays zero: it has been taken away.
pub fn round_to(weights: &mut [f64], bits: f64) {
    if bits >= 32.0 {
        return;
    }
    let step = step_of(weights, bits);
    if step == 0.0 {
        return;
    }
    let most = if bits < 2.0 { 1.0 } else { levels(bits) };
    for w in weights.iter_mut().filter(|w| **w != 0.0) {
        *w = if bits == 1.0 { step.copysign(*w) } else { step * (*w / step).round().clamp(-most, most) };
    }
}

/// Eight-bit integers with a scale and a zero point: x ≈ scale · (q − zero).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Affine {
    pub scale: f64,
    pub zero: f64,
    /// The least and the largest integer.
    pub range: [f64; 2],
}

impl Affine {
    /// Covers all of `x` and zero. Symmetric: zero falls on the middle integer.
    #[must_use]
    pub fn covering(x: &[f64], range: [f64; 2], symmetric: bool) -> Self {
        let [low, high] = range;
        let least = x.iter().fold(0.0, |a: f64, x| a.min(*x));
        let most = x.iter().fold(0.0, |a: f64, x| a.max(*x));
        let width = high - low;
        let scale = if symmetric { most.max(-least) / (width / 2.0) } else { (most - least) / width };
        let scale = if scale > 0.0 { scale } else { 1.0 };
        let zero = if symmetric {
            ((low + high + 1.0) / 2.0).floor()
        } else {
            (low - (least / scale).round_ties_even()).clamp(low, high)
        };
        Self { scale, zero, range }
    }

    #[must_use]
    pub fn code(&self, x: f64) -> f64 {
        ((x / self.scale).round_ties_even() + self.zero).clamp(self.range[0], self.range[1])
    }

    #[must_use]
    pub fn value(&self, code: f64) -> f64 {
        (code - self.zero) * self.scale
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use numerics::elementary::log10;
    use numerics::random::Stream;

    fn rounded(weights: &[f64], bits: f64) -> Vec<f64> {
        let mut weights = weights.to_vec();
        round_to(&mut weights, bits);
        weights
    }

    /// The example of the article.
    #[test]
    fn four_weights_by_hand() {
        let w = [0.9, -0.2, 0.5, -0.1];
        let near = |got: &[f64], want: [f64; 4]| {
            assert!(got.iter().zip(want).all(|(a, b)| (a - b).abs() < 1e-12), "{got:?} {want:?}");
        };
        near(&rounded(&w, 3.0), [0.9, -0.3, 0.6, 0.0]);
        near(&rounded(&w, 1.0), [0.425, -0.425, 0.425, -0.425]);
        assert_eq!(prune(&w, 0.5), [true, false, true, false]);
    }

    /// Known result: S²/12, and 6.02 dB for each bit more.
    #[test]
    fn the_error_is_a_twelfth_of_the_squared_step() {
        let mut stream = Stream::new(1, "weights");
        let w: Vec<f64> = (0..200_000).map(|_| stream.between(-1.0, 1.0)).collect();
        let error = |bits: f64| {
            let back = rounded(&w, bits);
            w.iter().zip(&back).map(|(a, b)| (a - b) * (a - b)).sum::<f64>() / w.len() as f64
        };
        for bits in [4.0, 5.0, 6.0, 8.0] {
            let step = step_of(&w, bits);
            assert!((error(bits) / (step * step / 12.0) - 1.0).abs() < 0.02, "{bits}");
        }
        let gain = 10.0 * log10(error(10.0) / error(11.0));
        assert!((gain - 6.02).abs() < 0.1, "{gain}");
    }

    #[test]
    fn zeros_stay_and_an_empty_grid_is_no_nan() {
        assert_eq!(rounded(&[0.0, 0.0], 3.0), [0.0, 0.0]);
        assert_eq!(rounded(&[0.0, -2.0, 1.0], 1.0), [0.0, -1.5, 1.5]);
        assert_eq!(rounded(&[0.3, -2.0], 32.0), [0.3, -2.0]);
        let three = rounded(&[1.0, -1.0, 0.1, 0.3], TERNARY);
        assert_eq!(three, [0.6, -0.6, 0.0, 0.6].map(|x: f64| if x > 0.0 { 0.6 } else { x }));
    }

    #[test]
    fn cuts_end_where_they_should() {
        assert_eq!(cubic(0.8, 0, 8), 0.0);
        assert!((cubic(0.8, 8, 8) - 0.8).abs() < 1e-15);
        assert!(cubic(0.8, 1, 8) > 0.25);
    }
}
