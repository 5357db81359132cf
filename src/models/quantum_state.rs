//! The state of a few qubits, the gates that turn it, and what may be read of it.
//!
//! References: Nielsen and Chuang 2010, *Quantum Computation and Quantum Information*, chapters 1 and 4;
//! Häner and Steiger 2017, arXiv:1704.01127 (what it costs to keep all amplitudes). The vectors of
//! `quantum_circuit`, `quantum_gradient` and `quantum_kernel` hold it against PennyLane.
//!
//! Glossary and shapes: n, qubits; N = 2ⁿ; ψ [N], the amplitudes, complex; p [N], p_i = |ψ_i|², the
//! chances of the readings (Born's rule); R_σ(θ) = exp(−iθσ/2) for a Pauli matrix σ; CZ turns the sign
//! where both qubits are 1; Z_q = 1 or −1, what reading qubit q gives for 0 or 1.
//!
//! Qubit 0 is the lowest bit of an index. Nothing is renormalised: a norm that leaves 1 is a fault.

use numerics::elementary::{cos, exp, lgamma, ln, sin};
use numerics::fourier::Complex;
use numerics::random::Stream;

/// Cosine and sine of half an angle: what a rotation needs of it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Half {
    pub cos: f64,
    pub sin: f64,
}

impl Half {
    #[must_use]
    pub fn of(angle: f64) -> Self {
        Self { cos: cos(0.5 * angle), sin: sin(0.5 * angle) }
    }
}

/// A Pauli matrix: the axis of a rotation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pauli {
    X,
    Y,
    Z,
}

/// ψ.
#[derive(Clone, Debug, PartialEq)]
pub struct State {
    qubits: usize,
    amplitudes: Vec<Complex>,
}

impl State {
    /// All qubits 0.
    #[must_use]
    pub fn zero(qubits: usize) -> Self {
        let mut amplitudes = vec![Complex::default(); 1 << qubits];
        amplitudes[0] = Complex::real(1.0);
        Self { qubits, amplitudes }
    }

    /// Back to all qubits 0, in the same memory.
    pub fn reset(&mut self) {
        self.amplitudes.fill(Complex::default());
        self.amplitudes[0] = Complex::real(1.0);
    }

    /// Becomes `other`, in the same memory.
    pub fn copy_from(&mut self, other: &Self) {
        self.qubits = other.qubits;
        self.amplitudes.clone_from(&other.amplitudes);
    }

    #[must_use]
    pub fn qubits(&self) -> usize {
        self.qubits
    }

    #[must_use]
    pub fn amplitudes(&self) -> &[Complex] {
        &self.amplitudes
    }

    /// Gives `turn` each pair of amplitudes that differ in this qubit alone: of 0, of 1.
    #[inline]
    fn pairs(&mut self, qubit: usize, turn: impl Fn(Complex, Complex) -> (Complex, Complex)) {
        let stride = 1 << qubit;
        for block in self.amplitudes.chunks_exact_mut(2 * stride) {
            let (zeros, ones) = block.split_at_mut(stride);
            for (zero, one) in zeros.iter_mut().zip(ones) {
                (*zero, *one) = turn(*zero, *one);
            }
        }
    }

    /// R_σ by an angle whose half is given.
    pub fn rotate(&mut self, axis: Pauli, qubit: usize, Half { cos: c, sin: s }: Half) {
        match axis {
            Pauli::X => self.pairs(qubit, |a, b| {
                (
                    Complex::new(c * a.re + s * b.im, c * a.im - s * b.re),
                    Complex::new(c * b.re + s * a.im, c * b.im - s * a.re),
                )
            }),
            Pauli::Y => self.pairs(qubit, |a, b| {
                (
                    Complex::new(c * a.re - s * b.re, c * a.im - s * b.im),
                    Complex::new(s * a.re + c * b.re, s * a.im + c * b.im),
                )
            }),
            Pauli::Z => self.pairs(qubit, |a, b| {
                (
                    Complex::new(c * a.re + s * a.im, c * a.im - s * a.re),
                    Complex::new(c * b.re - s * b.im, c * b.im + s * b.re),
                )
            }),
        }
    }

    /// Hadamard's gate.
    pub fn hadamard(&mut self, qubit: usize) {
        let half = core::f64::consts::FRAC_1_SQRT_2;
        self.pairs(qubit, |a, b| ((a + b).scaled(half), (a - b).scaled(half)));
    }

    /// Turns the sign where both qubits are 1.
    pub fn controlled_z(&mut self, a: usize, b: usize) {
        let both = (1 << a) | (1 << b);
        for (i, z) in self.amplitudes.iter_mut().enumerate() {
            if i & both == both {
                *z = z.scaled(-1.0);
            }
        }
    }

    /// CZ between all neighbours: 0 and 1, 1 and 2, and so on.
    pub fn chain(&mut self) {
        for (i, z) in self.amplitudes.iter_mut().enumerate() {
            if !(i & (i >> 1)).count_ones().is_multiple_of(2) {
                *z = z.scaled(-1.0);
            }
        }
    }

    /// Turns `target` over where `control` is 1.
    pub fn controlled_not(&mut self, control: usize, target: usize) {
        for i in 0..self.amplitudes.len() {
            if (i >> control) & 1 == 1 && (i >> target) & 1 == 0 {
                self.amplitudes.swap(i, i | (1 << target));
            }
        }
    }

    /// exp(iφ Z_a Z_b).
    pub fn couple(&mut self, a: usize, b: usize, phase: f64) {
        let (c, s) = (cos(phase), sin(phase));
        for (i, z) in self.amplitudes.iter_mut().enumerate() {
            let s = if ((i >> a) ^ (i >> b)) & 1 == 0 { s } else { -s };
            *z = Complex::new(c * z.re - s * z.im, c * z.im + s * z.re);
        }
    }

    /// ⟨self|other⟩.
    #[must_use]
    pub fn overlap(&self, other: &Self) -> Complex {
        let pairs = self.amplitudes.iter().zip(&other.amplitudes);
        pairs.fold(Complex::default(), |sum, (a, b)| sum + Complex::new(a.re, -a.im) * *b)
    }

    /// p.
    #[must_use]
    pub fn chances(&self) -> Vec<f64> {
        self.amplitudes.iter().map(|z| z.squared_size()).collect()
    }

    /// Σ p, which is 1.
    #[must_use]
    pub fn norm(&self) -> f64 {
        self.amplitudes.iter().map(|z| z.squared_size()).sum()
    }

    /// The mean of Z_q.
    #[must_use]
    pub fn mean_z(&self, qubit: usize) -> f64 {
        self.mean_parity(1 << qubit)
    }

    /// The mean of the product of Z over the qubits of a mask.
    #[must_use]
    pub fn mean_parity(&self, mask: usize) -> f64 {
        let signed = self.amplitudes.iter().enumerate().map(|(i, z)| {
            let p = z.squared_size();
            if (i & mask).count_ones().is_multiple_of(2) { p } else { -p }
        });
        signed.sum()
    }
}

/// What `shots` readings of Z give on average if their mean is `exact`; all of them are made.
pub fn read(exact: f64, shots: u32, stream: &mut Stream) -> f64 {
    let ones = stream.successes(shots, (0.5 * (1.0 - exact)).clamp(0.0, 1.0));
    1.0 - 2.0 * f64::from(ones) / f64::from(shots)
}

/// The slope of a mean against one angle: half of what it is a quarter turn ahead, less a quarter turn
/// back (Mitarai et al. 2018, arXiv:1803.00745; Schuld et al. 2019, arXiv:1811.11184). Exact, because such
/// a mean is a sine of each angle that turns one gate.
pub fn parameter_shift(mut mean_at: impl FnMut(f64) -> f64) -> f64 {
    let ahead = mean_at(core::f64::consts::FRAC_PI_2);
    0.5 * (ahead - mean_at(-core::f64::consts::FRAC_PI_2))
}

/// How often each outcome comes up in `shots` readings of all qubits: inversion of the summed chances,
/// the last of which counts as 1.
#[must_use]
pub fn sample(chances: &[f64], shots: u32, stream: &mut Stream) -> Vec<u32> {
    let mut sum = 0.0;
    let summed: Vec<f64> = chances
        .iter()
        .map(|p| {
            sum += p;
            sum
        })
        .collect();
    let mut counts = vec![0; chances.len()];
    for _ in 0..shots {
        let u = stream.uniform();
        counts[summed.partition_point(|s| *s <= u).min(chances.len() - 1)] += 1;
    }
    counts
}

/// Half the summed distance between frequencies and chances: 0 for the same, 1 for nothing in common.
#[must_use]
pub fn total_variation(counts: &[u32], chances: &[f64]) -> f64 {
    let shots = f64::from(counts.iter().sum::<u32>().max(1));
    0.5 * counts.iter().zip(chances).map(|(k, p)| (f64::from(*k) / shots - p).abs()).sum::<f64>()
}

/// The mean of [`total_variation`] over all possible samples: half the sum of the mean distances of
/// binomials from their means (de Moivre's closed form).
#[must_use]
pub fn expected_variation(chances: &[f64], shots: u32) -> f64 {
    let n = f64::from(shots);
    let distance = |p: f64| {
        if p <= 0.0 || p >= 1.0 {
            return 0.0;
        }
        // k = ⌊np⌋ + 1; the mean distance of the count is 2 k (1 − p) P(count = k).
        let k = (n * p).floor() + 1.0;
        let ways = lgamma(n + 1.0) - lgamma(k + 1.0) - lgamma(n - k + 1.0);
        2.0 * k * (1.0 - p) * exp(ways + k * ln(p) + (n - k) * ln(1.0 - p)) / n
    };
    // Where k would be n + 1, the mean is n itself, and rounding put it there.
    0.5 * chances.iter().map(|p| distance(p.min(1.0 - 1e-15))).sum::<f64>()
}

/// Linear cross-entropy: N times the mean chance of what was read, less 1. Even guessing has 0.
#[must_use]
pub fn cross_entropy(counts: &[u32], chances: &[f64]) -> f64 {
    let shots = f64::from(counts.iter().sum::<u32>().max(1));
    let mean: f64 = counts.iter().zip(chances).map(|(k, p)| f64::from(*k) * p).sum::<f64>() / shots;
    chances.len() as f64 * mean - 1.0
}

/// Bytes of all amplitudes of so many qubits, two numbers of 8 bytes each.
#[must_use]
pub fn bytes(qubits: u32) -> f64 {
    16.0 * numerics::elementary::powi(2.0, qubits)
}

/// (|0…0⟩ + |1…1⟩)/√2 of the first `tangled` qubits, the others 0: two of them are Bell's pair.
#[must_use]
pub fn cat(qubits: usize, tangled: usize) -> State {
    let mut state = State::zero(qubits);
    state.hadamard(0);
    (1..tangled).for_each(|q| state.controlled_not(q - 1, q));
    state
}

/// Layers after which a random circuit is as mixed as it gets.
pub const MIXED: usize = 100;

/// A random circuit: on all qubits a rotation about X, Y or Z by any angle, then CZ between neighbours.
#[must_use]
pub fn random(qubits: usize, layers: usize, stream: &mut Stream) -> State {
    let mut state = State::zero(qubits);
    (0..qubits).for_each(|q| state.hadamard(q));
    for _ in 0..layers {
        for q in 0..qubits {
            state.rotate(any_axis(stream), q, Half::of(stream.between(0.0, core::f64::consts::TAU)));
        }
        state.chain();
    }
    state
}

/// X, Y or Z, each as likely.
pub fn any_axis(stream: &mut Stream) -> Pauli {
    [Pauli::X, Pauli::Y, Pauli::Z][stream.below(3)]
}

#[cfg(test)]
mod tests {
    use super::*;
    use core::f64::consts::{FRAC_PI_2, PI, TAU};

    /// Known result: gates keep the norm.
    #[test]
    fn four_thousand_gates_keep_the_norm() {
        for seed in 1..=5 {
            let mut stream = Stream::new(seed, "check");
            let mut state = State::zero(8);
            for _ in 0..1000 {
                let q = stream.below(8);
                state.rotate(any_axis(&mut stream), q, Half::of(stream.between(0.0, TAU)));
                state.hadamard((q + 3) % 8);
                state.controlled_z(q, (q + 1) % 8);
                state.controlled_not(q, (q + 5) % 8);
            }
            assert!((state.norm() - 1.0).abs() < 1e-12, "{}", state.norm());
        }
    }

    #[test]
    fn one_rotation_by_hand() {
        let f = |degrees: f64| {
            let mut state = State::zero(1);
            state.rotate(Pauli::Y, 0, Half::of(degrees / 180.0 * PI));
            state
        };
        let p = f(60.0).chances();
        assert!((p[0] - 0.75).abs() < 1e-12 && (p[1] - 0.25).abs() < 1e-12);
        assert!((f(60.0).mean_z(0) - 0.5).abs() < 1e-12);
        let slope = 0.5 * (f(150.0).mean_z(0) - f(-30.0).mean_z(0));
        assert!((slope + sin(PI / 3.0)).abs() < 1e-12, "{slope}");
    }

    /// Known result.
    #[test]
    fn a_cat_state_reads_all_zeros_or_all_ones() {
        for n in 2..=8 {
            let p = cat(n, n).chances();
            assert!((p[0] - 0.5).abs() < 1e-12 && (p[(1 << n) - 1] - 0.5).abs() < 1e-12);
        }
        let bell = cat(3, 2).chances();
        assert!((bell[0] - 0.5).abs() < 1e-12 && (bell[3] - 0.5).abs() < 1e-12);
    }

    #[test]
    fn gates_are_what_they_are_made_of() {
        let mut stream = Stream::new(2, "check");
        let start = random(3, 4, &mut stream);
        // CNOT = H CZ H on the target, and a chain is its CZs.
        let (mut a, mut b) = (start.clone(), start.clone());
        a.controlled_not(0, 2);
        b.hadamard(2);
        b.controlled_z(0, 2);
        b.hadamard(2);
        assert!((a.overlap(&b).re - 1.0).abs() < 1e-12);
        let (mut a, mut b) = (start.clone(), start.clone());
        a.chain();
        (0..2).for_each(|q| b.controlled_z(q, q + 1));
        assert_eq!(a, b);
        // exp(iφ Z Z) of a pair is CNOT, R_Z(−2φ), CNOT.
        let (mut a, mut b) = (start.clone(), start);
        a.couple(0, 1, 0.7);
        b.controlled_not(0, 1);
        b.rotate(Pauli::Z, 1, Half::of(-1.4));
        b.controlled_not(0, 1);
        assert!((a.overlap(&b).re - 1.0).abs() < 1e-12 && a.overlap(&b).im.abs() < 1e-12);
    }

    /// Known result: at ⟨Z⟩ = 0.5, 100 shots spread by 0.0866.
    #[test]
    fn shots_spread_as_they_should() {
        let mut stream = Stream::new(3, "check");
        let draws: Vec<f64> = (0..20_000).map(|_| read(0.5, 100, &mut stream)).collect();
        let spread = numerics::statistics::standard_deviation(&draws);
        assert!((spread - 0.0866).abs() < 0.001, "{spread}");
    }

    /// Known result: the mean over Haar's states of what an ideal sampler scores is (N − 1)/(N + 1).
    #[test]
    fn an_ideal_sampler_of_mixed_states_scores_as_haars_do() {
        let scores: Vec<f64> = (1..=400)
            .map(|seed| {
                let mut stream = Stream::new(seed, "check");
                let p = random(6, MIXED, &mut stream).chances();
                64.0 * p.iter().map(|p| p * p).sum::<f64>() - 1.0
            })
            .collect();
        let mean = numerics::statistics::mean(&scores);
        assert!((mean - 63.0 / 65.0).abs() < 0.03, "{mean}");
    }

    /// Known result: GHZ, exact: 0.0398 at 100 shots, half of it at 400.
    #[test]
    fn the_expected_distance_is_the_mean_of_the_distances() {
        let p = cat(3, 3).chances();
        let [at_100, at_400] = [100, 400].map(|shots| expected_variation(&p, shots));
        assert!((at_100 - 0.0398).abs() < 1e-4 && (at_400 - 0.0199).abs() < 1e-4, "{at_100} {at_400}");
        let mut stream = Stream::new(1, "check");
        for p in [p, random(4, MIXED, &mut stream).chances()] {
            for shots in [1, 7, 100] {
                let far = (0..20_000).map(|_| total_variation(&sample(&p, shots, &mut stream), &p));
                let mean = far.sum::<f64>() / 20_000.0;
                let expected = expected_variation(&p, shots);
                assert!((mean / expected - 1.0).abs() < 0.02, "{shots}: {mean} {expected}");
            }
        }
    }

    /// Known result: 45 qubits are half a pebibyte.
    #[test]
    fn amplitudes_double_with_each_qubit() {
        assert_eq!(bytes(45), 0.5 * 1024.0_f64 * 1024.0 * 1024.0 * 1024.0 * 1024.0);
        assert_eq!(bytes(8), 4096.0);
    }

    #[test]
    fn a_quarter_turn_about_each_axis() {
        let mut state = State::zero(1);
        state.rotate(Pauli::X, 0, Half::of(FRAC_PI_2));
        assert!((state.amplitudes()[1].im + core::f64::consts::FRAC_1_SQRT_2).abs() < 1e-12);
        state.rotate(Pauli::Z, 0, Half::of(FRAC_PI_2));
        state.rotate(Pauli::Y, 0, Half::of(FRAC_PI_2));
        assert!((state.norm() - 1.0).abs() < 1e-12);
    }
}
