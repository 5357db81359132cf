//! Regression with a Gaussian process: no form is assumed, only that near inputs have near outputs; every
//! answer comes with a deviation.
//!
//! References: Rasmussen and Williams 2006, *Gaussian Processes for Machine Learning*, MIT Press (Algorithm
//! 2.1: mean, variance and marginal likelihood by Cholesky's factor; section 4.2.1: the covariances; section
//! 5.4.1: hyperparameters by the marginal likelihood). Mean 0; what is left of a mean is subtracted by the caller.
//!
//! Glossary: `length` ℓ, the length scale, in the unit of the inputs; `amplitude` σ_f², the variance of the
//! function at any one input; `noise` σ_n², the variance of what is added to each observed output;
//! `weights` (K + σ_n² I)⁻¹ y.
//!
//! Shapes: inputs [n, d], one row each; outputs [n]. A factor costs n³/6 products, a mean n, a deviation n²/2.
//!
//! Departures: [`GaussianProcess::likeliest`] takes the best of a grid in place of a gradient's search, and finds
//! the amplitude in closed form.

use numerics::cholesky::Cholesky;
use numerics::elementary::{exp, ln};
use numerics::matrix::{Matrix, dot, squared_distance};

/// How the covariance falls with the distance: r counts in length scales.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kernel {
    /// exp(−r²/2): functions with all derivatives (equation 4.9).
    SquaredExponential,
    /// (1 + √3 r) exp(−√3 r): functions with one derivative (equation 4.17).
    Matern32,
    /// (1 + √5 r + 5r²/3) exp(−√5 r): functions with two derivatives (equation 4.17).
    Matern52,
}

/// What is believed of the function before any output is seen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Covariance {
    pub kernel: Kernel,
    pub length: f64,
    pub amplitude: f64,
}

impl Covariance {
    /// Of the function at two inputs.
    #[must_use]
    pub fn of(&self, a: &[f64], b: &[f64]) -> f64 {
        let square = squared_distance(a, b) / (self.length * self.length);
        self.amplitude
            * match self.kernel {
                Kernel::SquaredExponential => exp(-0.5 * square),
                Kernel::Matern32 => {
                    let s = (3.0 * square).sqrt();
                    (1.0 + s) * exp(-s)
                }
                Kernel::Matern52 => {
                    let s = (5.0 * square).sqrt();
                    (1.0 + s + s * s / 3.0) * exp(-s)
                }
            }
    }

    /// K + σ_n² I over inputs with themselves; its lower triangle, which is all that a factor reads.
    fn matrix(&self, x: &Matrix, noise: f64) -> Matrix {
        Matrix::from_fn(x.rows(), x.rows(), |i, j| match i.cmp(&j) {
            core::cmp::Ordering::Less => 0.0,
            core::cmp::Ordering::Equal => self.amplitude + noise,
            core::cmp::Ordering::Greater => self.of(x.row(i), x.row(j)),
        })
    }
}

/// What is believed of the function after `n` outputs.
#[derive(Clone, Debug)]
pub struct GaussianProcess {
    pub covariance: Covariance,
    pub noise: f64,
    /// ln of the density that the outputs had, in nats.
    pub log_likelihood: f64,
    x: Matrix,
    factor: Cholesky,
    weights: Vec<f64>,
}

impl GaussianProcess {
    /// Algorithm 2.1, lines 2, 3 and 7.
    ///
    /// # Errors
    /// A sentence, where the covariance of the observed outputs is not positive definite.
    ///
    /// # Panics
    /// If there are not as many inputs as outputs.
    pub fn new(x: Matrix, y: &[f64], covariance: Covariance, noise: f64) -> Result<Self, String> {
        assert_eq!(x.rows(), y.len(), "an input for each output");
        let factor = factored(&covariance, &x, noise)?;
        let mut weights = y.to_vec();
        factor.solve(&mut weights);
        let fit = -0.5 * dot(y, &weights) - 0.5 * factor.log_determinant();
        let log_likelihood = fit - 0.5 * y.len() as f64 * ln(core::f64::consts::TAU);
        Ok(Self { covariance, noise, log_likelihood, x, factor, weights })
    }

    /// Mean and standard deviation of the function at an input, without the noise that an output there would
    /// have (Algorithm 2.1, lines 4 to 6).
    #[must_use]
    pub fn predict(&self, at: &[f64]) -> (f64, f64) {
        let mut near: Vec<f64> = (0..self.x.rows()).map(|i| self.covariance.of(self.x.row(i), at)).collect();
        let mean = dot(&near, &self.weights);
        self.factor.solve_lower(&mut near);
        // What the outputs explain is at most the amplitude, up to rounding.
        let variance = (self.covariance.amplitude - dot(&near, &near)).max(0.0);
        (mean, variance.sqrt())
    }

    /// The process whose length scale and noise have the largest marginal likelihood on a grid, `noises` being
    /// in parts of the amplitude, which is the likeliest one for each point of the grid: y · K⁻¹ y / n. The
    /// search climbs from `start` (places in both lists) to one of eight neighbours as long as one is likelier, so it may
    /// end at a local maximum; the place comes back with the process.
    ///
    /// # Errors
    /// A sentence, where no point on its way has a positive definite covariance.
    ///
    /// # Panics
    /// If there are not as many inputs as outputs, or `start` is not on the grid.
    pub fn likeliest(
        x: Matrix,
        y: &[f64],
        kernel: Kernel,
        [lengths, noises]: [&[f64]; 2],
        start: [usize; 2],
    ) -> Result<(Self, [usize; 2]), String> {
        let mut seen = vec![None; lengths.len() * noises.len()];
        let mut at = start;
        let mut likelihood = |[l, s]: [usize; 2]| {
            *seen[l * noises.len() + s].get_or_insert_with(|| profile(&x, y, kernel, lengths[l], noises[s]))
        };
        let mut best = likelihood(at);
        loop {
            // The diagonal ones as well: length and noise make up for one another, so likely places lie on a ridge.
            let [rows, columns] = [(at[0], lengths), (at[1], noises)]
                .map(|(place, list)| place.saturating_sub(1)..(place + 2).min(list.len()));
            let near = rows.flat_map(|l| columns.clone().map(move |s| [l, s]));
            let next = near.map(|place| (place, likelihood(place))).max_by(|a, b| a.1[0].total_cmp(&b.1[0]));
            match next {
                Some((place, found)) if found[0] > best[0] => (at, best) = (place, found),
                _ => break,
            }
        }
        let [length, noise] = [lengths[at[0]], noises[at[1]]];
        let amplitude = best[1];
        let covariance = Covariance { kernel, length, amplitude };
        Ok((Self::new(x, y, covariance, noise * amplitude)?, at))
    }
}

/// ln of the marginal likelihood with the likeliest amplitude, and that amplitude; minus infinity where there is
/// no factor.
fn profile(x: &Matrix, y: &[f64], kernel: Kernel, length: f64, noise: f64) -> [f64; 2] {
    let unit = Covariance { kernel, length, amplitude: 1.0 };
    let Some(factor) = Cholesky::new(&unit.matrix(x, noise)) else { return [f64::NEG_INFINITY, 1.0] };
    let mut half = y.to_vec();
    factor.solve_lower(&mut half);
    let count = y.len() as f64;
    // Outputs that are all 0 have no scale.
    let amplitude = (dot(&half, &half) / count).max(f64::MIN_POSITIVE);
    let spread = count * (1.0 + ln(core::f64::consts::TAU) + ln(amplitude));
    [-0.5 * (spread + factor.log_determinant()), amplitude]
}

fn factored(covariance: &Covariance, x: &Matrix, noise: f64) -> Result<Cholesky, String> {
    Cholesky::new(&covariance.matrix(x, noise)).ok_or_else(|| {
        format!(
            "The covariance of {} outputs is not positive definite with an amplitude of {}, a length scale of {} \
             and a noise of {noise}: the first two have to be above 0, and the noise as well, where inputs lie \
             within a small part of the length scale of each other.",
            x.rows(),
            covariance.amplitude,
            covariance.length,
        )
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use numerics::random::Stream;

    const KERNELS: [Kernel; 3] = [Kernel::SquaredExponential, Kernel::Matern32, Kernel::Matern52];

    fn column(xs: &[f64]) -> Matrix {
        Matrix::from_vec(xs.len(), 1, xs.to_vec())
    }

    #[test]
    fn without_noise_it_passes_through_its_outputs() {
        let y = [0.3, -1.2, 2.0, 0.7];
        for kernel in KERNELS {
            let covariance = Covariance { kernel, length: 1.0, amplitude: 1.5 };
            let process = GaussianProcess::new(column(&[0.0, 1.0, 2.5, 4.0]), &y, covariance, 1e-10).unwrap();
            for (x, y) in [0.0, 1.0, 2.5, 4.0].into_iter().zip(y) {
                let (mean, deviation) = process.predict(&[x]);
                assert!((mean - y).abs() < 1e-7 && deviation < 1e-4, "{kernel:?}: {mean} and {deviation}");
            }
        }
    }

    #[test]
    fn far_away_it_knows_what_it_knew_before() {
        for kernel in KERNELS {
            let covariance = Covariance { kernel, length: 0.5, amplitude: 4.0 };
            let process = GaussianProcess::new(column(&[0.0, 1.0]), &[3.0, -2.0], covariance, 0.1).unwrap();
            let (mean, deviation) = process.predict(&[60.0]);
            assert!(mean.abs() < 1e-12 && (deviation - 2.0).abs() < 1e-12, "{kernel:?}");
        }
    }

    #[test]
    fn one_point_by_hand() {
        // K + σ_n² = 3 + 1 = 4: y has the density of a normal of variance 4, the mean is 3/4 of y, and the
        // variance that is left 3 − 9/4.
        let covariance = Covariance { kernel: Kernel::Matern52, length: 1.0, amplitude: 3.0 };
        let process = GaussianProcess::new(column(&[7.0]), &[2.0], covariance, 1.0).unwrap();
        let density = -0.5 - 0.5 * ln(4.0) - 0.5 * ln(core::f64::consts::TAU);
        assert!((process.log_likelihood - density).abs() < 1e-14);
        let (mean, deviation) = process.predict(&[7.0]);
        assert!((mean - 1.5).abs() < 1e-14 && (deviation - 0.75_f64.sqrt()).abs() < 1e-14);
    }

    #[test]
    fn what_is_not_positive_definite_is_refused() {
        let covariance = Covariance { kernel: Kernel::SquaredExponential, length: 1.0, amplitude: 1.0 };
        let twice = || column(&[1.0, 1.0]);
        let refusal = GaussianProcess::new(twice(), &[0.0, 1.0], covariance, 0.0).unwrap_err();
        assert!(refusal.contains("2 outputs is not positive definite"), "{refusal}");
        assert!(GaussianProcess::new(twice(), &[0.0, 1.0], covariance, 0.01).is_ok());
        let negative = Covariance { amplitude: -1.0, ..covariance };
        assert!(GaussianProcess::new(column(&[1.0]), &[0.0], negative, 0.5).is_err());
        assert!(
            GaussianProcess::likeliest(twice(), &[0.0, 1.0], Kernel::Matern32, [&[1.0], &[0.0]], [0, 0])
                .is_err()
        );
    }

    #[test]
    fn the_likeliest_is_a_maximum_of_the_likelihood() {
        let mut luck = Stream::new(4, "example");
        let xs: Vec<f64> = (0..30).map(|i| 0.2 * f64::from(i)).collect();
        let y: Vec<f64> = xs.iter().map(|x| numerics::elementary::sin(*x) + 0.05 * luck.normal()).collect();
        let (lengths, noises) = ([0.25, 0.5, 1.0, 2.0, 4.0], [1e-4, 1e-3, 1e-2, 1e-1]);
        let (best, [l, s]) = GaussianProcess::likeliest(
            column(&xs),
            &y,
            Kernel::SquaredExponential,
            [&lengths, &noises],
            [0, 3],
        )
        .unwrap();
        assert!((1..=3).contains(&l) && s < 3, "a length of {}, a noise of {}", lengths[l], noises[s]);
        // The amplitude moves along with the noise, which is counted in parts of it.
        for [length, scale] in [[1.0, 0.8], [1.0, 1.25], [2.0, 1.0], [0.5, 1.0]] {
            let covariance = Covariance {
                length: best.covariance.length * length,
                amplitude: best.covariance.amplitude * scale,
                ..best.covariance
            };
            let other = GaussianProcess::new(column(&xs), &y, covariance, best.noise * scale).unwrap();
            assert!(other.log_likelihood < best.log_likelihood, "length × {length}, scale × {scale}");
        }
    }
}
