//! A world model in two parts: an eye that keeps k numbers of a picture, and a dreamer that predicts the
//! next k numbers from the last two. Fed with its own predictions it imagines.
//!
//! References: Ha and Schmidhuber 2018, arXiv:1803.10122 (their V, M and C; here V and M, called eye and
//! dreamer); Hoerl and Kennard 1970, doi:10.1080/00401706.1970.10488634 (ridge regression).
//!
//! Glossary: `theta` θ and `omega` ω, angle and speed of the pendulum; `code` z in the eye's units, `scale`
//! its first component's deviation; `features` φ; `weights` W; `ridge` r.
//!
//! Shapes: a frame has 144 = 12 × 12 pixels; components U [k, 144], one a row; W [k, features].
//!
//! Departures from Ha and Schmidhuber: the eye is linear (principal components), the dreamer a quadratic map
//! without memory or noise; there are no actions and no controller.

use numerics::cholesky::Cholesky;
use numerics::eigen;
use numerics::elementary::{cos, exp, sin};
use numerics::matrix::{Matrix, dot};
use numerics::random::Stream;

/// Pixels along a side.
pub const SIDE: usize = 12;
pub const PIXELS: usize = SIDE * SIDE;
/// Frames of an episode that is learned from.
pub const FRAMES: usize = 60;
/// Most steps ahead that dreams are measured.
pub const FARTHEST: usize = 20;
/// Where a dreamt code is stopped, in standard deviations of the first component.
pub const CLAMP: f64 = 6.0;

/// Time step of the pendulum.
const STEP: f64 = 0.12;
/// Radius of the bob's way and its width, in pixels.
const RADIUS: f64 = 4.2;
const WIDTH: f64 = 1.3;
/// The pivot, in pixels from the first one's middle.
const PIVOT: f64 = 5.5;

pub type Frame = [f64; PIXELS];

/// A pendulum without friction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pendulum {
    pub theta: f64,
    pub omega: f64,
}

impl Pendulum {
    #[must_use]
    pub fn start(starts: &mut Stream) -> Self {
        Self { theta: starts.between(-2.4, 2.4), omega: starts.between(-0.6, 0.6) }
    }

    pub fn step(&mut self) {
        self.omega -= STEP * sin(self.theta);
        self.theta += STEP * self.omega;
    }

    /// What a camera sees: a soft spot where the bob is, row by row from the top.
    #[must_use]
    pub fn frame(&self) -> Frame {
        let at = [PIVOT + RADIUS * sin(self.theta), PIVOT + RADIUS * cos(self.theta)];
        let [x, y] = at.map(|at| {
            let mut profile = [0.0; SIDE];
            for (i, p) in profile.iter_mut().enumerate() {
                let off = i as f64 - at;
                *p = exp(-0.5 * off * off / (WIDTH * WIDTH));
            }
            profile
        });
        core::array::from_fn(|i| y[i / SIDE] * x[i % SIDE])
    }
}

/// Frames of one swing.
#[must_use]
pub fn film(starts: &mut Stream, frames: usize) -> Vec<Frame> {
    let mut pendulum = Pendulum::start(starts);
    (0..frames)
        .map(|_| {
            let frame = pendulum.frame();
            pendulum.step();
            frame
        })
        .collect()
}

/// Column and row of the brightest pixel.
#[must_use]
pub fn brightest(frame: &Frame) -> [usize; 2] {
    let mut best = 0;
    for (i, pixel) in frame.iter().enumerate() {
        if *pixel > frame[best] {
            best = i;
        }
    }
    [best % SIDE, best / SIDE]
}

/// How far the brightest pixels of two frames are apart.
#[must_use]
pub fn distance(a: &Frame, b: &Frame) -> f64 {
    let ([ax, ay], [bx, by]) = (brightest(a), brightest(b));
    let (x, y) = (ax as f64 - bx as f64, ay as f64 - by as f64);
    (x * x + y * y).sqrt()
}

/// Keeps k numbers of a frame: principal components of all frames seen.
#[derive(Clone, Debug)]
pub struct Eye {
    mean: Vec<f64>,
    components: Matrix,
    /// Deviation of the first component: codes are measured in it.
    scale: f64,
    /// Share of the frames' variance that the components hold.
    pub explained: f64,
}

impl Eye {
    /// The eye with `k` numbers that loses least of these frames.
    #[must_use]
    pub fn new(frames: &[Frame], k: usize) -> Self {
        let count = frames.len().max(1) as f64;
        let mut mean = vec![0.0; PIXELS];
        for frame in frames {
            mean.iter_mut().zip(frame).for_each(|(m, x)| *m += x / count);
        }
        let centred = Matrix::from_fn(frames.len(), PIXELS, |n, i| frames[n][i] - mean[i]);
        let mut gram = Gram::new(PIXELS);
        gram.absorb(&centred);
        let covariance = Matrix::from_fn(PIXELS, PIXELS, |r, c| gram.products[(r.max(c), r.min(c))] / count);
        let total: f64 = (0..PIXELS).map(|i| covariance[(i, i)]).sum();
        let (values, components) = eigen::leading(&covariance, k);
        let held: f64 = values.iter().sum();
        Self {
            mean,
            components,
            scale: values[0].max(1e-12).sqrt(),
            explained: (held / total.max(1e-300)).min(1.0),
        }
    }

    /// Numbers that it keeps.
    #[must_use]
    pub fn width(&self) -> usize {
        self.components.rows()
    }

    #[must_use]
    pub fn encode(&self, frame: &Frame) -> Vec<f64> {
        let centred: Vec<f64> = frame.iter().zip(&self.mean).map(|(x, m)| x - m).collect();
        (0..self.width()).map(|k| dot(self.components.row(k), &centred) / self.scale).collect()
    }

    #[must_use]
    pub fn decode(&self, code: &[f64]) -> Frame {
        let mut frame: Frame = core::array::from_fn(|i| self.mean[i]);
        for (k, z) in code.iter().enumerate() {
            let z = z * self.scale;
            frame.iter_mut().zip(self.components.row(k)).for_each(|(x, u)| *x += z * u);
        }
        frame
    }
}

/// What the next code may depend on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Dynamics {
    /// 1, the code and its change.
    Linear,
    /// And all products of two of those.
    Quadratic,
}

impl Dynamics {
    /// Number of features for a code of `k` numbers.
    #[must_use]
    pub fn features(self, k: usize) -> usize {
        let x = 2 * k;
        match self {
            Self::Linear => 1 + x,
            Self::Quadratic => 1 + x + x * (x + 1) / 2,
        }
    }

    /// φ of a code and the one before it.
    fn of(self, code: &[f64], before: &[f64], out: &mut Vec<f64>) {
        out.clear();
        out.push(1.0);
        out.extend_from_slice(code);
        out.extend(code.iter().zip(before).map(|(z, b)| z - b));
        if self == Self::Quadratic {
            let x = out.len();
            for i in 1..x {
                for j in i..x {
                    out.push(out[i] * out[j]);
                }
            }
        }
    }
}

/// Sums of products of the columns of a tall matrix, taken in piece by piece; the lower triangle.
#[derive(Clone, Debug)]
struct Gram {
    products: Matrix,
}

/// Rows that are taken in at once, so that each sum is loaded and stored once for all of them.
const BLOCK: usize = 4;

impl Gram {
    fn new(width: usize) -> Self {
        Self { products: Matrix::zeros(width, width) }
    }

    fn absorb(&mut self, rows: &Matrix) {
        let nothing = vec![0.0; rows.columns()];
        for first in (0..rows.rows()).step_by(BLOCK) {
            let [a, b, c, d]: [&[f64]; BLOCK] =
                core::array::from_fn(
                    |i| {
                        if first + i < rows.rows() { rows.row(first + i) } else { &nothing }
                    },
                );
            for i in 0..rows.columns() {
                let (w, x, y, z) = (a[i], b[i], c[i], d[i]);
                let sums = &mut self.products.row_mut(i)[..=i];
                for ((((sum, a), b), c), d) in sums.iter_mut().zip(a).zip(b).zip(c).zip(d) {
                    *sum += w * a + x * b + y * c + z * d;
                }
            }
        }
    }
}

/// The normal equations of the dreamer, which codes are added to.
#[derive(Clone, Debug)]
pub struct Lessons {
    dynamics: Dynamics,
    gram: Gram,
    /// Σ z′ φ [k, features].
    cross: Matrix,
    rows: usize,
}

impl Lessons {
    #[must_use]
    pub fn new(dynamics: Dynamics, k: usize) -> Self {
        let features = dynamics.features(k);
        Self { dynamics, gram: Gram::new(features), cross: Matrix::zeros(k, features), rows: 0 }
    }

    /// Pairs of a situation and what came next that were taken in.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Takes in what follows on `codes[i + 1]` after `codes[i]`, for each window of three.
    pub fn absorb(&mut self, codes: &[Vec<f64>]) {
        let count = codes.len().saturating_sub(2);
        let mut features = Matrix::zeros(count, self.cross.columns());
        let mut one = Vec::new();
        for (n, window) in codes.windows(3).enumerate() {
            self.dynamics.of(&window[1], &window[0], &mut one);
            features.row_mut(n).copy_from_slice(&one);
            for (k, next) in window[2].iter().enumerate() {
                self.cross.row_mut(k).iter_mut().zip(&one).for_each(|(sum, f)| *sum += next * f);
            }
        }
        self.gram.absorb(&features);
        self.rows += count;
    }

    /// W = (Φᵀ Φ + r n I)⁻¹ Φᵀ Z′.
    #[must_use]
    pub fn learned(&self, ridge: f64) -> Dreamer {
        let mut damped = self.gram.products.clone();
        // Where rounding leaves the matrix not positive definite, a little more damping makes it so.
        let mut r = ridge;
        let factor = loop {
            for i in 0..damped.rows() {
                damped[(i, i)] = self.gram.products[(i, i)] + r * self.rows.max(1) as f64;
            }
            match Cholesky::new(&damped) {
                Some(factor) => break factor,
                None => r = (10.0 * r).max(1e-12),
            }
        };
        let mut weights = self.cross.clone();
        (0..weights.rows()).for_each(|k| factor.solve(weights.row_mut(k)));
        Dreamer { dynamics: self.dynamics, weights }
    }
}

/// Predicts the next code from the last two.
#[derive(Clone, Debug)]
pub struct Dreamer {
    dynamics: Dynamics,
    weights: Matrix,
}

/// A dreamt code, and whether it had to be stopped at [`CLAMP`].
#[derive(Clone, Debug)]
pub struct Dreamt {
    pub code: Vec<f64>,
    pub clamped: bool,
}

impl Dreamer {
    #[must_use]
    pub fn next(&self, code: &[f64], before: &[f64]) -> Dreamt {
        let mut features = Vec::with_capacity(self.weights.columns());
        self.dynamics.of(code, before, &mut features);
        let free = self.weights.times_vector(&features);
        let clamped = free.iter().any(|z| z.abs() > CLAMP);
        Dreamt { code: free.into_iter().map(|z| z.clamp(-CLAMP, CLAMP)).collect(), clamped }
    }

    /// The codes of `steps` steps after the two given.
    #[must_use]
    pub fn dream(&self, before: &[f64], code: &[f64], steps: usize) -> Vec<Dreamt> {
        let mut dreamt: Vec<Dreamt> = Vec::with_capacity(steps);
        for step in 0..steps {
            let now = if step == 0 { code } else { &dreamt[step - 1].code };
            let last = match step {
                0 => before,
                1 => code,
                _ => &dreamt[step - 2].code,
            };
            let next = self.next(now, last);
            dreamt.push(next);
        }
        dreamt
    }
}

/// How far dreams are off, over films that were not learned from.
#[derive(Clone, Debug)]
pub struct Verdict {
    /// Mean distance of the brightest pixels, by steps ahead from 1 on.
    pub off: [f64; FARTHEST],
    /// Mean distance for the very next frame, predicted from two true ones all along the films.
    pub next: f64,
    /// Share of dreamt steps that were stopped at [`CLAMP`].
    pub clamped: f64,
}

/// Films for the test, of two frames seen and [`FARTHEST`] to be dreamt.
#[must_use]
pub fn films(seed: u64, count: usize) -> Vec<Vec<Frame>> {
    let mut starts = Stream::new(seed, "test films");
    (0..count).map(|_| film(&mut starts, FARTHEST + 2)).collect()
}

/// The dreamer's errors.
#[must_use]
pub fn judge(eye: &Eye, dreamer: &Dreamer, films: &[Vec<Frame>]) -> Verdict {
    let mut verdict = Verdict { off: [0.0; FARTHEST], next: 0.0, clamped: 0.0 };
    let all = (films.len() * FARTHEST) as f64;
    for film in films {
        let codes: Vec<Vec<f64>> = film.iter().map(|frame| eye.encode(frame)).collect();
        let dreamt = dreamer.dream(&codes[0], &codes[1], FARTHEST);
        for (step, Dreamt { code, clamped }) in dreamt.iter().enumerate() {
            let truth = &film[step + 2];
            verdict.off[step] += distance(&eye.decode(code), truth) / films.len() as f64;
            verdict.clamped += f64::from(u8::from(*clamped)) / all;
            let awake = dreamer.next(&codes[step + 1], &codes[step]).code;
            verdict.next += distance(&eye.decode(&awake), truth) / all;
        }
    }
    verdict
}

/// The errors of a rival that has only a photograph: the last frame seen.
#[must_use]
pub fn photograph(films: &[Vec<Frame>]) -> [f64; FARTHEST] {
    core::array::from_fn(|step| {
        films.iter().map(|film| distance(&film[1], &film[step + 2])).sum::<f64>() / films.len() as f64
    })
}

/// Parameters of the dreamer of Ha and Schmidhuber's car racing: an LSTM of `hidden` cells that reads the
/// code and the action, and `mixture` Gaussians for each number of the next code.
#[must_use]
pub fn mixture_rnn_parameters(code: usize, actions: usize, hidden: usize, mixture: usize) -> usize {
    let lstm = 4 * ((code + actions + hidden) * hidden + hidden);
    let outputs = 3 * mixture * code;
    lstm + hidden * outputs + outputs
}

/// Parameters of their linear controller, which sees the code and the cells.
#[must_use]
pub fn controller_parameters(code: usize, actions: usize, hidden: usize) -> usize {
    actions * (code + hidden) + actions
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The share of variance kept, the verdict for each ridge, and the photograph's errors.
    fn verdicts(
        seed: u64,
        k: usize,
        ridges: &[f64],
        dynamics: Dynamics,
    ) -> (f64, Vec<Verdict>, [f64; FARTHEST]) {
        let mut starts = Stream::new(seed, "episodes");
        let learned: Vec<Vec<Frame>> = (0..30).map(|_| film(&mut starts, FRAMES)).collect();
        let eye = Eye::new(&learned.concat(), k);
        let mut lessons = Lessons::new(dynamics, k);
        for film in &learned {
            lessons.absorb(&film.iter().map(|f| eye.encode(f)).collect::<Vec<_>>());
        }
        let tests = films(seed, 60);
        let judged = ridges.iter().map(|r| judge(&eye, &lessons.learned(*r), &tests)).collect();
        (eye.explained, judged, photograph(&tests))
    }

    #[test]
    fn all_components_draw_a_frame_exactly() {
        let mut starts = Stream::new(1, "episodes");
        let frames: Vec<Frame> = (0..30).flat_map(|_| film(&mut starts, FRAMES)).collect();
        let eye = Eye::new(&frames, PIXELS);
        let off = frames.iter().step_by(97).map(|frame| {
            let drawn = eye.decode(&eye.encode(frame));
            drawn.iter().zip(frame).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
        });
        assert!(off.fold(0.0, f64::max) < 1e-8);
    }

    #[test]
    fn lessons_in_pieces_are_the_same_lessons() {
        let mut starts = Stream::new(2, "episodes");
        let film = film(&mut starts, FRAMES);
        let eye = Eye::new(&film, 3);
        let codes: Vec<Vec<f64>> = film.iter().map(|f| eye.encode(f)).collect();
        let mut whole = Lessons::new(Dynamics::Quadratic, 3);
        whole.absorb(&codes);
        let mut pieces = Lessons::new(Dynamics::Quadratic, 3);
        pieces.absorb(&codes[..22]);
        pieces.absorb(&codes[20..]);
        assert_eq!(whole.rows(), pieces.rows());
        let [a, b] = [whole, pieces].map(|l| l.learned(1e-4));
        let off = a.weights.as_slice().iter().zip(b.weights.as_slice()).map(|(x, y)| (x - y).abs());
        assert!(off.fold(0.0, f64::max) < 1e-9);
        assert_eq!(Dynamics::Quadratic.features(6), 91);
        assert_eq!(Dynamics::Quadratic.features(12), 325);
    }

    #[test]
    fn ridge_weights_leave_no_slope() {
        // At the minimum of |Z' - Φ W|² + r n |W|² its gradient is zero.
        let mut starts = Stream::new(3, "episodes");
        let film = film(&mut starts, FRAMES);
        let eye = Eye::new(&film, 2);
        let codes: Vec<Vec<f64>> = film.iter().map(|f| eye.encode(f)).collect();
        let mut lessons = Lessons::new(Dynamics::Quadratic, 2);
        lessons.absorb(&codes);
        let dreamer = lessons.learned(1e-3);
        let mut phi = Vec::new();
        for k in 0..2 {
            let w = dreamer.weights.row(k);
            let mut slope: Vec<f64> = w.iter().map(|w| 1e-3 * lessons.rows() as f64 * w).collect();
            for window in codes.windows(3) {
                Dynamics::Quadratic.of(&window[1], &window[0], &mut phi);
                let miss = dot(w, &phi) - window[2][k];
                slope.iter_mut().zip(&phi).for_each(|(s, f)| *s += miss * f);
            }
            assert!(slope.iter().all(|s| s.abs() < 1e-9), "{slope:?}");
        }
    }

    #[test]
    fn the_parameters_of_the_paper_are_counted() {
        assert_eq!(mixture_rnn_parameters(32, 3, 256, 5), 422_368);
        assert_eq!(controller_parameters(32, 3, 256), 867);
    }

    /// Over 24 seeds, a damping of 1e-5 against 1e-4: the next frame and the tenth.
    #[test]
    fn damping_costs_the_next_frame_and_saves_the_tenth() {
        let (mut next, mut tenth, mut photo) = ([0.0; 3], [0.0; 3], 0.0);
        let (mut sharper, mut longer) = (0, 0);
        for seed in 1..=24 {
            let (explained, judged, still) = verdicts(seed, 12, &[1e-5, 3e-5, 1e-4], Dynamics::Quadratic);
            assert!(explained > 0.99);
            for i in 0..3 {
                next[i] += judged[i].next / 24.0;
                tenth[i] += judged[i].off[9] / 24.0;
            }
            sharper += usize::from(judged[0].next < judged[2].next);
            longer += usize::from(judged[2].off[9] < judged[0].off[9]);
            photo += still[9] / 24.0;
            assert!(judged[0].clamped > 4.0 * judged[2].clamped, "seed {seed}");
        }
        assert_eq!((sharper, longer), (24, 24));
        assert!(tenth[0] > 2.2 && tenth[0] < 3.0 && photo > 2.4 && photo < 3.0, "{tenth:?} {photo}");
        assert!(tenth[1] < 1.3 && tenth[2] < 1.5 && next[2] < 0.1, "{tenth:?} {next:?}");
    }

    #[test]
    fn fewer_numbers_dream_as_long_as_many_that_are_damped() {
        let mut means = [0.0; 3];
        for seed in 1..=20 {
            for (mean, k) in means.iter_mut().zip([4, 6, 12]) {
                *mean += verdicts(seed, k, &[1e-5], Dynamics::Quadratic).1[0].off[9] / 20.0;
            }
        }
        let [four, six, twelve] = means;
        assert!(four < 1.6 && six < 1.4 && twelve > 2.0, "{means:?}");
    }

    #[test]
    fn straight_lines_dream_no_better_with_more_numbers() {
        for k in [4, 12] {
            let off = (1..=20).map(|seed| verdicts(seed, k, &[1e-5], Dynamics::Linear).1[0].off[9]);
            let mean = off.sum::<f64>() / 20.0;
            assert!((1.5..2.5).contains(&mean), "{k}: {mean}");
        }
    }
}
