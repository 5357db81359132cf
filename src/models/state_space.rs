//! Linear state space models with a diagonal matrix: S4D, discretised and seen both ways.
//!
//! References: Gu and Dao 2023, *Mamba*, arXiv:2312.00752, equations 1 to 4; Gu et al. 2022, *S4D*,
//! arXiv:2206.11893 (diagonal matrices and their initialisation).
//!
//! Glossary: `a` A, `b` B, `c` C of h' = A h + B u, y = C h; `a_bar` Ā and `b_bar` B̄ of
//! h_t = Ā h_(t−1) + B̄ u_t; `dt` Δ; the kernel is K_k = C Āᵏ B̄.
//!
//! Shapes: a, b, c have `state` numbers N each. Where they are complex, one of each conjugate pair
//! is stored, and y = 2 Re(C h). Time is in units of 1 / Re A; `dt` is the time between two tokens.
//!
//! Departures: none from the conventions of s5-pytorch, by whose numbers this is checked. There is
//! no skip term D.

use numerics::elementary::exp_m1;
use numerics::fourier::Complex;
use numerics::random::Stream;

/// How continuous time becomes steps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Zero-order hold: the input stands still within a step.
    Zoh,
    /// The trapezoid rule (Tustin).
    Bilinear,
    /// The forward rule: the slope at the beginning of a step holds for all of it.
    Euler,
}

/// A diagonal system in continuous time.
#[derive(Clone, Debug)]
pub struct Diagonal {
    pub a: Vec<Complex>,
    pub b: Vec<Complex>,
    pub c: Vec<Complex>,
    /// All of it is real: no conjugates stand beside it.
    pub real: bool,
}

/// The same in steps.
#[derive(Clone, Debug)]
pub struct Discrete {
    pub a_bar: Vec<Complex>,
    pub b_bar: Vec<Complex>,
    c: Vec<Complex>,
    real: bool,
}

impl Diagonal {
    /// S4D-Real: A_n = −(n + 1), B = 1, C normal with variance 1/N.
    #[must_use]
    pub fn s4d_real(state: usize, readout: &mut Stream) -> Self {
        Self {
            a: (1..=state).map(|n| Complex::real(-(n as f64))).collect(),
            b: vec![Complex::real(1.0); state],
            c: random_readout(state, readout).into_iter().map(Complex::real).collect(),
            real: true,
        }
    }

    /// Ā and B̄ for steps of `dt`.
    #[must_use]
    pub fn discretised(&self, dt: f64, method: Method) -> Discrete {
        let one = Complex::real(1.0);
        let step = |(a, b): (&Complex, &Complex)| match method {
            Method::Zoh => {
                let exponent = a.scaled(dt);
                // (e^x − 1) / x, which is 1 + x/2 + ... where x all but vanishes.
                let growth = if exponent.squared_size() < 1e-16 {
                    one + exponent.scaled(0.5)
                } else if exponent.im == 0.0 {
                    Complex::real(exp_m1(exponent.re) / exponent.re)
                } else {
                    (exponent.exp() - one) / exponent
                };
                (exponent.exp(), growth.scaled(dt) * *b)
            }
            Method::Bilinear => {
                let half = a.scaled(0.5 * dt);
                ((one + half) / (one - half), b.scaled(dt) / (one - half))
            }
            Method::Euler => (one + a.scaled(dt), b.scaled(dt)),
        };
        let (a_bar, b_bar) = self.a.iter().zip(&self.b).map(step).unzip();
        Discrete { a_bar, b_bar, c: self.c.clone(), real: self.real }
    }
}

/// C of `state` numbers, normal with variance 1/N.
#[must_use]
pub fn random_readout(state: usize, stream: &mut Stream) -> Vec<f64> {
    (0..state).map(|_| stream.normal() / (state as f64).sqrt()).collect()
}

impl Discrete {
    /// The state before the first token.
    #[must_use]
    pub fn start(&self) -> Vec<Complex> {
        vec![Complex::default(); self.a_bar.len()]
    }

    /// Takes a token in and gives y: the recurrent view.
    pub fn step(&self, state: &mut [Complex], u: f64) -> f64 {
        let mut y = 0.0;
        for (((h, a), b), c) in state.iter_mut().zip(&self.a_bar).zip(&self.b_bar).zip(&self.c) {
            *h = *a * *h + b.scaled(u);
            y += (*c * *h).re;
        }
        self.with_conjugates(y)
    }

    /// K_0 .. K_(len − 1): the convolutional view, from powers of Ā.
    #[must_use]
    pub fn kernel(&self, len: usize) -> Vec<f64> {
        let mut powers: Vec<Complex> = self.c.iter().zip(&self.b_bar).map(|(c, b)| *c * *b).collect();
        let mut kernel = Vec::with_capacity(len);
        for _ in 0..len {
            kernel.push(self.with_conjugates(powers.iter().map(|z| z.re).sum()));
            powers.iter_mut().zip(&self.a_bar).for_each(|(p, a)| *p = *p * *a);
        }
        kernel
    }

    fn with_conjugates(&self, y: f64) -> f64 {
        if self.real { y } else { 2.0 * y }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;
    use numerics::fourier::{convolve, convolve_directly};

    /// Holds a recurrence against its kernel, on noise as long as the kernel.
    pub fn same_in_both_views(step: impl FnMut(f64) -> f64, kernel: &[f64], draws: &mut Stream) {
        let u: Vec<f64> = kernel.iter().map(|_| draws.normal()).collect();
        let steps: Vec<f64> = u.iter().copied().map(step).collect();
        for other in [convolve(&u, kernel), convolve_directly(&u, kernel)] {
            assert!(steps.iter().zip(other).all(|(a, b)| (a - b).abs() < 1e-11));
        }
    }

    /// Known result: recurrence and convolution are one, directly and by FFT.
    #[test]
    fn both_views_give_the_same_answers() {
        let mut draws = Stream::new(1, "test");
        let mut system = Diagonal::s4d_real(16, &mut draws);
        for (real, method) in [(true, Method::Zoh), (true, Method::Bilinear), (false, Method::Zoh)] {
            system.real = real;
            if !real {
                system.a.iter_mut().enumerate().for_each(|(n, a)| *a = Complex::new(-0.5, 3.0 * n as f64));
            }
            let layer = system.discretised(0.01, method);
            let mut state = layer.start();
            same_in_both_views(|u| layer.step(&mut state, u), &layer.kernel(400), &mut draws);
        }
    }

    /// Known result: the rules agree to the first power of Δ, hold and trapezoid to the second.
    #[test]
    fn rules_agree_for_small_steps() {
        let system = Diagonal::s4d_real(4, &mut Stream::new(1, "test"));
        let apart = |rule, dt: f64| {
            let (hold, other) = (system.discretised(dt, Method::Zoh), system.discretised(dt, rule));
            let distances = hold.a_bar.iter().zip(&other.a_bar).map(|(a, b)| (a.re - b.re).abs());
            distances.fold(0.0, f64::max)
        };
        for (rule, power) in [(Method::Bilinear, 3), (Method::Euler, 2)] {
            let ratio = apart(rule, 1e-2) / apart(rule, 5e-3);
            assert!((ratio / f64::from(1 << power) - 1.0).abs() < 0.05, "{rule:?}: {ratio}");
        }
    }

    #[test]
    fn a_pole_at_zero_is_an_integrator() {
        let mut system = Diagonal::s4d_real(1, &mut Stream::new(1, "test"));
        for a in [0.0, -1e-12, -1e-7] {
            system.a[0] = Complex::real(a);
            let layer = system.discretised(0.1, Method::Zoh);
            assert!((layer.b_bar[0].re - 0.1).abs() < 1e-8, "{a}");
        }
    }
}
