//! Complex numbers, the fast Fourier transform (Cooley and Tukey 1965, radix 2), and the causal
//! convolution that it makes cheap.

use super::elementary::{cos, exp, sin};
use core::ops::{Add, Div, Mul, Sub};

/// re + i im.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Complex {
    pub re: f64,
    pub im: f64,
}

impl Complex {
    #[must_use]
    pub const fn new(re: f64, im: f64) -> Self {
        Self { re, im }
    }

    #[must_use]
    pub const fn real(re: f64) -> Self {
        Self { re, im: 0.0 }
    }

    /// e^self.
    #[must_use]
    pub fn exp(self) -> Self {
        let size = exp(self.re);
        Self::new(size * cos(self.im), size * sin(self.im))
    }

    /// self · k.
    #[must_use]
    pub fn scaled(self, k: f64) -> Self {
        Self::new(k * self.re, k * self.im)
    }

    /// |self|².
    #[must_use]
    pub fn squared_size(self) -> f64 {
        self.re * self.re + self.im * self.im
    }
}

impl Add for Complex {
    type Output = Self;
    fn add(self, z: Self) -> Self {
        Self::new(self.re + z.re, self.im + z.im)
    }
}

impl Sub for Complex {
    type Output = Self;
    fn sub(self, z: Self) -> Self {
        Self::new(self.re - z.re, self.im - z.im)
    }
}

impl Mul for Complex {
    type Output = Self;
    fn mul(self, z: Self) -> Self {
        Self::new(self.re * z.re - self.im * z.im, self.re * z.im + self.im * z.re)
    }
}

impl Div for Complex {
    type Output = Self;
    fn div(self, z: Self) -> Self {
        (self * Self::new(z.re, -z.im)).scaled(1.0 / z.squared_size())
    }
}

/// Which way a transform goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Direction {
    /// X_k = Σ x_n e^(-2πi nk/N).
    Forward,
    /// The inverse, with its factor 1/N.
    Inverse,
}

/// The discrete Fourier transform in place.
///
/// # Panics
/// If the length is no power of two.
pub fn transform(x: &mut [Complex], direction: Direction) {
    let n = x.len();
    assert!(n.is_power_of_two(), "{n} is no power of two");
    for i in 0..n {
        let j = if n == 1 { 0 } else { i.reverse_bits() >> (usize::BITS - n.trailing_zeros()) };
        if i < j {
            x.swap(i, j);
        }
    }
    let turn = if direction == Direction::Forward { -core::f64::consts::TAU } else { core::f64::consts::TAU };
    let mut width = 2;
    while width <= n {
        // Each angle from its own cosine: repeated products would add up their rounding.
        let factors: Vec<Complex> =
            (0..width / 2).map(|k| Complex::new(0.0, turn * k as f64 / width as f64).exp()).collect();
        for block in x.chunks_exact_mut(width) {
            let (low, high) = block.split_at_mut(width / 2);
            for ((a, b), w) in low.iter_mut().zip(high).zip(&factors) {
                let turned = *b * *w;
                (*a, *b) = (*a + turned, *a - turned);
            }
        }
        width *= 2;
    }
    if direction == Direction::Inverse {
        x.iter_mut().for_each(|z| *z = z.scaled(1.0 / n as f64));
    }
}

/// y_t = Σ_k kernel_k u_(t−k), as long as `u`: by the sum itself, O(n²).
#[must_use]
pub fn convolve_directly(u: &[f64], kernel: &[f64]) -> Vec<f64> {
    (0..u.len()).map(|t| (0..=t.min(kernel.len().max(1) - 1)).map(|k| kernel[k] * u[t - k]).sum()).collect()
}

/// The same by three transforms, O(n log n). Both are padded with zeros to twice the length, or
/// the end of the signal would come round to its beginning.
#[must_use]
pub fn convolve(u: &[f64], kernel: &[f64]) -> Vec<f64> {
    let size = (2 * u.len().max(kernel.len())).next_power_of_two();
    let padded = |x: &[f64]| {
        let mut z: Vec<Complex> = x.iter().map(|x| Complex::real(*x)).collect();
        z.resize(size, Complex::default());
        transform(&mut z, Direction::Forward);
        z
    };
    let mut product: Vec<Complex> = padded(u).into_iter().zip(padded(kernel)).map(|(a, b)| a * b).collect();
    transform(&mut product, Direction::Inverse);
    product[..u.len()].iter().map(|z| z.re).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::Stream;

    #[test]
    fn a_transform_there_and_back_changes_nothing_and_keeps_energy() {
        let mut s = Stream::new(1, "signal");
        let x: Vec<Complex> = (0..64).map(|_| Complex::new(s.normal(), s.normal())).collect();
        let mut z = x.clone();
        transform(&mut z, Direction::Forward);
        let energy = |z: &[Complex]| z.iter().map(|z| z.squared_size()).sum::<f64>();
        assert!((energy(&z) / 64.0 - energy(&x)).abs() < 1e-10);
        transform(&mut z, Direction::Inverse);
        assert!(z.iter().zip(&x).all(|(a, b)| (*a - *b).squared_size() < 1e-26));
        let mut one = [Complex::real(3.0)];
        transform(&mut one, Direction::Forward);
        assert_eq!(one[0], Complex::real(3.0));
    }

    #[test]
    fn both_convolutions_agree_and_nothing_comes_round() {
        let mut s = Stream::new(2, "signal");
        let [u, k] = [(); 2].map(|()| (0..100).map(|_| s.normal()).collect::<Vec<f64>>());
        for (a, b) in convolve(&u, &k).iter().zip(convolve_directly(&u, &k)) {
            assert!((a - b).abs() < 1e-12);
        }
        let late = [0.0, 0.0, 0.0, 1.0];
        assert!(convolve(&late, &[1.0, 1.0, 1.0, 1.0])[0].abs() < 1e-15);
    }

    #[test]
    fn division_undoes_multiplication() {
        let (a, b) = (Complex::new(1.5, -2.0), Complex::new(-0.5, 3.0));
        assert!((a * b / b - a).squared_size() < 1e-28);
    }
}
