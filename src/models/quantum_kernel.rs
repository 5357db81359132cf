//! Overlaps of quantum states as a kernel, and the sign of a kernel ridge regression.
//!
//! References: Havlíček et al. 2019, arXiv:1804.11326 (the second map, there with another entangler);
//! Thanasilp et al. 2024, arXiv:2208.11060 (entries that concentrate). The vectors of `quantum_kernel` hold
//! overlaps against PennyLane.
//!
//! Glossary and shapes: x [n], a feature for each qubit; φ(x), its state; γ, the bandwidth;
//! K(x, x′) = |⟨φ(x)|φ(x′)⟩|². *Product*: R_Y(γ x_q) on each qubit, K = Π cos²(γ (x_q − x′_q)/2). *ZZ*: twice
//! H on each qubit and exp i(Σ φ_q Z_q + Σ φ_{q,q+1} Z_q Z_{q+1}) with φ_q = γ x_q and
//! φ_{q,q+1} = (π − φ_q)(π − φ_{q+1}). α = (K + λ1)⁻¹ y; f(x) = Σ α_i K(x, x_i). S, shots: each entry is the
//! share of S runs of one circuit and the other's inverse that read all zeros.
//!
//! Departures: neighbours only; a plain ridge in place of a support vector machine. Of measured entries each
//! pair is measured once, and the diagonal is 1 without measuring.

use crate::quantum_state::{Half, Pauli, State};
use core::f64::consts::PI;
use numerics::elementary::{cos, exp, sin};
use numerics::linear::ridge;
use numerics::matrix::{Matrix, dot, squared_distance};
use numerics::random::Stream;

/// Points to learn from, and points to be judged by.
pub const TRAIN: usize = 40;
pub const TEST: usize = 200;

/// How numbers become a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Map {
    Product,
    Zz,
}

/// A point of a kernel, ready to be compared.
#[derive(Clone, Debug)]
enum Ready {
    /// Cosine and sine of half of γ x for each qubit.
    Product(Vec<Half>),
    Zz(State),
}

/// A kernel between points.
#[derive(Clone, Copy, Debug)]
pub struct Kernel {
    pub map: Map,
    pub gamma: f64,
}

impl Kernel {
    fn ready(self, x: &[f64]) -> Ready {
        match self.map {
            Map::Product => Ready::Product(x.iter().map(|x| Half::of(self.gamma * x)).collect()),
            Map::Zz => Ready::Zz(self.state(x)),
        }
    }

    /// φ(x).
    #[must_use]
    pub fn state(self, x: &[f64]) -> State {
        let mut state = State::zero(x.len());
        match self.map {
            Map::Product => {
                for (q, x) in x.iter().enumerate() {
                    state.rotate(Pauli::Y, q, Half::of(self.gamma * x));
                }
            }
            Map::Zz => {
                for _ in 0..2 {
                    (0..x.len()).for_each(|q| state.hadamard(q));
                    for (q, x) in x.iter().enumerate() {
                        // exp(iφZ) is R_Z(−2φ).
                        state.rotate(Pauli::Z, q, Half::of(-2.0 * self.gamma * x));
                    }
                    for (q, pair) in x.windows(2).enumerate() {
                        state.couple(q, q + 1, (PI - self.gamma * pair[0]) * (PI - self.gamma * pair[1]));
                    }
                }
            }
        }
        state
    }
}

fn between(a: &Ready, b: &Ready) -> f64 {
    match (a, b) {
        (Ready::Product(a), Ready::Product(b)) => {
            let overlap: f64 = a.iter().zip(b).map(|(a, b)| a.cos * b.cos + a.sin * b.sin).product();
            overlap * overlap
        }
        (Ready::Zz(a), Ready::Zz(b)) => a.overlap(b).squared_size(),
        _ => unreachable!("points of one kernel"),
    }
}

/// What an entry reads from so many shots; 0 for the entry itself.
fn measured(k: f64, shots: u32, stream: &mut Stream) -> f64 {
    if shots == 0 { k } else { f64::from(stream.successes(shots, k.clamp(0.0, 1.0))) / f64::from(shots) }
}

/// A ridge regression on a kernel.
#[derive(Clone, Debug)]
pub struct Machine {
    kernel: Kernel,
    shots: u32,
    points: Vec<Ready>,
    /// [train, train], as measured.
    pub gram: Matrix,
    alpha: Vec<f64>,
    /// The ridge in use: raised where the system was singular.
    pub lambda: f64,
}

impl Machine {
    /// Fitted to labels of 1 and −1.
    #[must_use]
    pub fn fit(
        kernel: Kernel,
        points: &[Vec<f64>],
        labels: &[f64],
        lambda: f64,
        shots: u32,
        readings: &mut Stream,
    ) -> Self {
        let points: Vec<Ready> = points.iter().map(|x| kernel.ready(x)).collect();
        let mut gram = Matrix::zeros(points.len(), points.len());
        for i in 0..points.len() {
            gram[(i, i)] = 1.0;
            for j in 0..i {
                let k = measured(between(&points[i], &points[j]), shots, readings);
                (gram[(i, j)], gram[(j, i)]) = (k, k);
            }
        }
        let (alpha, lambda) = ridge(&gram, labels, lambda);
        Self { kernel, shots, points, gram, alpha, lambda }
    }

    /// f(x).
    #[must_use]
    pub fn at(&self, x: &[f64], readings: &mut Stream) -> f64 {
        let ready = self.kernel.ready(x);
        let each = self.points.iter().map(|p| measured(between(p, &ready), self.shots, readings));
        dot(&each.collect::<Vec<_>>(), &self.alpha)
    }

    /// The entries off the diagonal, each pair once.
    #[must_use]
    pub fn pairs(&self) -> Vec<f64> {
        (0..self.gram.rows()).flat_map(|i| self.gram.row(i)[..i].to_vec()).collect()
    }
}

/// The classical rival: the same ridge regression on exp(−d²/2σ²).
#[derive(Clone, Debug)]
pub struct Gaussian {
    points: Vec<Vec<f64>>,
    /// 2σ².
    width: f64,
    alpha: Vec<f64>,
}

impl Gaussian {
    #[must_use]
    pub fn fit(points: &[Vec<f64>], labels: &[f64], sigma: f64, lambda: f64) -> Self {
        let mut this = Self { points: points.to_vec(), width: 2.0 * sigma * sigma, alpha: Vec::new() };
        let n = points.len();
        let gram = Matrix::from_fn(n, n, |i, j| this.kernel(&points[i], &points[j]));
        this.alpha = ridge(&gram, labels, lambda).0;
        this
    }

    fn kernel(&self, a: &[f64], b: &[f64]) -> f64 {
        exp(-squared_distance(a, b) / self.width)
    }

    #[must_use]
    pub fn at(&self, x: &[f64]) -> f64 {
        self.points.iter().zip(&self.alpha).map(|(p, a)| a * self.kernel(p, x)).sum()
    }
}

/// What further qubits are given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Features {
    /// The two coordinates, again and again.
    Copied,
    /// A feature of their own, which says nothing of the label.
    Own,
}

impl Features {
    /// A point of the plane with features for n qubits; `further` gives what is its own.
    pub fn spread(self, x: [f64; 2], qubits: usize, mut further: impl FnMut() -> f64) -> Vec<f64> {
        let feature = |q: usize| match self {
            Self::Copied => x[q % 2],
            Self::Own if q >= 2 => further(),
            Self::Own => x[q],
        };
        (0..qubits).map(feature).collect()
    }
}

/// Two half-moons with noise of 0.15, centred and scaled to about ±1; half of each.
#[must_use]
pub fn moons(count: usize, stream: &mut Stream) -> Vec<([f64; 2], f64)> {
    let moon = |i: usize| {
        let angle = stream.between(0.0, PI);
        let (c, s) = (cos(angle), sin(angle));
        let ([x, y], label) = if i.is_multiple_of(2) { ([c, s], 1.0) } else { ([1.0 - c, 0.5 - s], -1.0) };
        let [x, y] = [x + 0.15 * stream.normal(), y + 0.15 * stream.normal()];
        ([(x - 0.5) / 1.5, (y - 0.25) / 0.75], label)
    };
    (0..count).map(moon).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn any(n: usize, stream: &mut Stream) -> Vec<f64> {
        (0..n).map(|_| stream.between(-PI, PI)).collect()
    }

    /// Known result: the product map's kernel is the overlap of its states.
    #[test]
    fn a_product_of_cosines_is_the_overlap() {
        let mut stream = Stream::new(1, "check");
        let kernel = Kernel { map: Map::Product, gamma: 1.3 };
        for n in 1..=8 {
            let [a, b] = [0, 1].map(|_| any(n, &mut stream));
            let direct = kernel.state(&a).overlap(&kernel.state(&b)).squared_size();
            let quick = between(&kernel.ready(&a), &kernel.ready(&b));
            let cosines: f64 = a.iter().zip(&b).map(|(a, b)| cos(0.65 * (a - b))).product();
            assert!((direct - quick).abs() < 1e-12 && (quick - cosines * cosines).abs() < 1e-12);
        }
    }

    /// Known result: independent even angles: mean 2⁻ⁿ, variance (3/8)ⁿ − 4⁻ⁿ.
    #[test]
    fn independent_angles_make_entries_that_halve_with_each_qubit() {
        let mut stream = Stream::new(2, "check");
        let kernel = Kernel { map: Map::Product, gamma: 1.0 };
        for n in [1, 2, 4, 6] {
            let draws: Vec<f64> = (0..40_000)
                .map(|_| between(&kernel.ready(&any(n, &mut stream)), &kernel.ready(&any(n, &mut stream))))
                .collect();
            let mean = numerics::statistics::mean(&draws);
            let spread = numerics::statistics::standard_deviation(&draws);
            let power = |x: f64| numerics::elementary::powi(x, n as u32);
            let expected = (power(0.375) - power(0.25)).sqrt();
            assert!((mean / power(0.5) - 1.0).abs() < 0.05, "{n}: {mean}");
            assert!((spread / expected - 1.0).abs() < 0.1, "{n}: {spread} {expected}");
        }
    }

    /// By hand: points one radian apart.
    #[test]
    fn one_radian_apart() {
        let kernel = Kernel { map: Map::Product, gamma: 1.0 };
        for (n, k) in [(1, 0.770), (4, 0.352), (8, 0.124)] {
            let found = between(&kernel.ready(&vec![1.0; n]), &kernel.ready(&vec![0.0; n]));
            assert!((found - k).abs() < 5e-4, "{n}: {found}");
        }
    }

    #[test]
    fn a_singular_system_gets_a_larger_ridge() {
        let gram = Matrix::from_vec(2, 2, vec![1.0, 1.5, 1.5, 1.0]);
        // 1 + λ = 1.5: singular at one half.
        let (alpha, lambda) = ridge(&gram, &[1.0, -1.0], 0.5);
        assert_eq!(lambda, 5.0);
        assert!(alpha.iter().all(|a| a.is_finite()));
    }

    #[test]
    fn shots_measure_entries_in_steps() {
        let mut stream = Stream::new(3, "check");
        let points: Vec<Vec<f64>> = (0..6).map(|_| any(4, &mut stream)).collect();
        let kernel = Kernel { map: Map::Zz, gamma: 1.0 };
        let machine =
            Machine::fit(kernel, &points, &[1.0, -1.0, 1.0, -1.0, 1.0, -1.0], 0.1, 100, &mut stream);
        assert_eq!(machine.pairs().len(), 15);
        assert!(machine.pairs().iter().all(|k| ((100.0 * k).round() - 100.0 * k).abs() < 1e-9));
        assert!((0..6).all(|i| machine.gram[(i, i)] == 1.0));
    }
}
