//! What a convolution costs, in one piece and in two, and what it adds up to in whole networks.
//!
//! References: Howard et al. 2017, *MobileNets*, arXiv:1704.04861, equations 2 to 5 and table 1; Tan & Le 2019,
//! *EfficientNet*, arXiv:1905.11946, equation 3 and table 2.
//!
//! | here       | letter | meaning                                                          |
//! |------------|--------|------------------------------------------------------------------|
//! | `kernel`   | K      | side of the window                                               |
//! | `inputs`   | M      | channels that come in                                            |
//! | `outputs`  | N′     | channels that go out                                             |
//! | `side`     | F      | of the map, after the convolution                                |
//! | `width`    | α      | thinner layers: channels are multiplied by it                    |
//! | `resolution` | ρ    | smaller pictures: sides are multiplied by it                     |
//!
//! A multiply-add (MAC) counts once. Departures: nothing but convolutions and the last layer is counted;
//! parameters are without those of batch normalisation.

use numerics::elementary::pow;
use numerics::matrix::Matrix;

/// One convolution.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Convolution {
    pub kernel: usize,
    pub inputs: usize,
    pub outputs: usize,
    pub side: usize,
}

impl Convolution {
    /// K² M N′.
    #[must_use]
    pub fn parameters(&self) -> f64 {
        (self.kernel * self.kernel * self.inputs) as f64 * self.outputs as f64
    }

    /// K² M N′ F².
    #[must_use]
    pub fn macs(&self) -> f64 {
        self.parameters() * (self.side * self.side) as f64
    }

    /// Of two pieces, one window for each channel, then one weight for each pair of channels: K² M and M N′.
    #[must_use]
    pub fn pieces(&self) -> [f64; 2] {
        [self.kernel * self.kernel, self.outputs].map(|weights| (weights * self.inputs) as f64)
    }

    /// K² M F² and M N′ F².
    #[must_use]
    pub fn piece_macs(&self) -> [f64; 2] {
        self.pieces().map(|parameters| parameters * (self.side * self.side) as f64)
    }

    #[must_use]
    pub fn separable_parameters(&self) -> f64 {
        self.pieces().iter().sum()
    }

    #[must_use]
    pub fn separable_macs(&self) -> f64 {
        self.piece_macs().iter().sum()
    }

    /// What the two pieces cost of the one.
    #[must_use]
    pub fn ratio(&self) -> f64 {
        two_over_one(self.kernel, self.outputs as f64)
    }
}

/// What two pieces cost of one with this window and so many channels out: 1/N′ + 1/K².
#[must_use]
pub fn two_over_one(kernel: usize, outputs: f64) -> f64 {
    1.0 / outputs + 1.0 / (kernel * kernel) as f64
}

/// Multiply-adds and parameters of a whole network.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Bill {
    pub macs: f64,
    pub parameters: f64,
}

/// The layers of MobileNet after the first: channels out, and whether the side halves.
const MOBILE: [(usize, bool); 13] = [
    (64, false),
    (128, true),
    (128, false),
    (256, true),
    (256, false),
    (512, true),
    (512, false),
    (512, false),
    (512, false),
    (512, false),
    (512, false),
    (1024, true),
    (1024, false),
];

/// MobileNet for pictures of 224 ρ pixels a side and 1,000 classes, with channels times α; `separable` or with
/// whole convolutions.
#[must_use]
pub fn mobile_net(width: f64, resolution: f64, separable: bool) -> Bill {
    let channels = |n: usize| ((n as f64 * width).round() as usize).max(1);
    let mut side = ((224.0 * resolution).round() as usize).max(1).div_ceil(2);
    let mut before = channels(32);
    let first = Convolution { kernel: 3, inputs: 3, outputs: before, side };
    let mut bill = Bill { macs: first.macs(), parameters: first.parameters() };
    for (out, halves) in MOBILE {
        if halves {
            side = side.div_ceil(2);
        }
        let layer = Convolution { kernel: 3, inputs: before, outputs: channels(out), side };
        bill.macs += if separable { layer.separable_macs() } else { layer.macs() };
        bill.parameters += if separable { layer.separable_parameters() } else { layer.parameters() };
        before = layer.outputs;
    }
    let last = before as f64 * 1000.0;
    Bill { macs: bill.macs + last, parameters: bill.parameters + last + 1000.0 }
}

/// How compound scaling makes a network deeper, wider, and its pictures larger, for each step of φ.
pub const DEEPER: f64 = 1.2;
pub const WIDER: f64 = 1.1;
pub const LARGER: f64 = 1.15;

/// What one step of φ costs: 1.2 · 1.1² · 1.15², nearly two.
pub const STEP: f64 = DEEPER * WIDER * WIDER * LARGER * LARGER;

/// FLOPs after φ steps, from those of the base.
#[must_use]
pub fn compound(base: f64, phi: f64) -> f64 {
    base * pow(STEP, phi)
}

/// EfficientNet B0 to B7 as published: FLOPs in billions (a multiply-add counted once).
pub const EFFICIENT_NETS: [f64; 8] = [0.39, 0.70, 1.0, 1.8, 4.2, 9.9, 19.0, 37.0];

/// A convolution of a map of `inputs` channels, rows of `maps` [M, F · F], with zeros around it; counts each
/// multiply-add, zeros of the border too. Kernels [N′, M · K · K].
#[must_use]
pub fn convolve(maps: &Matrix, kernels: &Matrix, side: usize, kernel: usize) -> (Matrix, u64) {
    let mut macs = 0;
    let reach = (kernel / 2) as isize;
    let out = Matrix::from_fn(kernels.rows(), side * side, |n, p| {
        let (row, column) = ((p / side) as isize, (p % side) as isize);
        let mut sum = 0.0;
        for (k, weight) in kernels.row(n).iter().enumerate() {
            let (m, at) = (k / (kernel * kernel), k % (kernel * kernel));
            let [r, c] = [row + (at / kernel) as isize - reach, column + (at % kernel) as isize - reach];
            let inside = (0..side as isize).contains(&r) && (0..side as isize).contains(&c);
            sum += weight * if inside { maps[(m, r as usize * side + c as usize)] } else { 0.0 };
            macs += 1;
        }
        sum
    });
    (out, macs)
}

/// The same in two pieces: a window for each channel [M, K · K], then a weight for each pair [N′, M].
#[must_use]
pub fn convolve_apart(
    maps: &Matrix,
    windows: &Matrix,
    pairs: &Matrix,
    side: usize,
    kernel: usize,
) -> (Matrix, u64) {
    let mut macs = 0;
    let mut middle = Matrix::zeros(maps.rows(), side * side);
    for m in 0..maps.rows() {
        let map = Matrix::from_vec(1, side * side, maps.row(m).to_vec());
        let window = Matrix::from_vec(1, kernel * kernel, windows.row(m).to_vec());
        let (out, count) = convolve(&map, &window, side, kernel);
        middle.row_mut(m).copy_from_slice(out.row(0));
        macs += count;
    }
    let (out, count) = convolve(&middle, pairs, side, 1);
    (out, macs + count)
}

#[cfg(test)]
mod tests {
    use super::*;
    use numerics::random::Stream;

    /// Known result: three by three, 512 channels.
    #[test]
    fn two_pieces_cost_a_ninth_and_a_little() {
        let layer = Convolution { kernel: 3, inputs: 512, outputs: 512, side: 14 };
        assert!((layer.ratio() - 0.113_064_236).abs() < 1e-8);
        assert!((layer.separable_macs() / layer.macs() - layer.ratio()).abs() < 1e-15);
    }

    /// Known result: MobileNet in either way.
    #[test]
    fn mobile_net_is_as_large_as_it_is() {
        let apart = mobile_net(1.0, 1.0, true);
        assert!((apart.macs / 1e6 - 568.74).abs() < 0.005, "{}", apart.macs);
        assert!((apart.parameters / 1e6 - 4.210).abs() < 0.001, "{}", apart.parameters);
        let whole = mobile_net(1.0, 1.0, false);
        assert!((whole.macs / 1e6 - 4867.3).abs() < 0.05, "{}", whole.macs);
        assert!((whole.parameters / 1e6 - 29.28).abs() < 0.01, "{}", whole.parameters);
    }

    #[test]
    fn seven_steps_of_compound_scaling_cost_96_times() {
        assert!((STEP - 1.920_27).abs() < 1e-5);
        assert!((compound(0.39, 7.0) / EFFICIENT_NETS[7] - 1.0).abs() < 0.02);
    }

    /// Known result: counts that were made agree with the formula, and where the kernel is a product of window
    /// and pair, so do the maps.
    #[test]
    fn both_ways_count_what_the_formula_says() {
        let (side, kernel, inputs, outputs) = (32, 3, 3, 4);
        let mut stream = Stream::new(1, "convolution");
        let mut drawn = |rows, columns| Matrix::from_fn(rows, columns, |_, _| stream.normal());
        let maps = drawn(inputs, side * side);
        let windows = drawn(inputs, kernel * kernel);
        let pairs = drawn(outputs, inputs);
        let cells = kernel * kernel;
        let product = Matrix::from_fn(outputs, inputs * cells, |n, k| {
            pairs[(n, k / cells)] * windows[(k / cells, k % cells)]
        });
        let (whole, macs) = convolve(&maps, &product, side, kernel);
        let (apart, fewer) = convolve_apart(&maps, &windows, &pairs, side, kernel);
        let layer = Convolution { kernel, inputs, outputs, side };
        assert_eq!([macs as f64, fewer as f64], [layer.macs(), layer.separable_macs()]);
        assert!(whole.as_slice().iter().zip(apart.as_slice()).all(|(a, b)| (a - b).abs() < 1e-12));
    }
}
