//! The law's rival, which knows no form: a Gaussian process on the logarithm of the loss over log₁₀ N and
//! log₁₀ D of the same runs.

use crate::models::gaussian_process::{GaussianProcess, Kernel};
use crate::models::law_fit::Run;
use crate::models::loss_surface::Plan;
use crate::numerics::cholesky::Cholesky;
use crate::numerics::elementary::{exp, ln, log10};
use crate::numerics::matrix::Matrix;

/// Runs that it reads: the first ones. Its bill grows with the cube of their number.
pub const READ: usize = 100;

/// Decades.
const LENGTHS: [f64; 7] = [0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0];

/// Variances of luck, in parts of the process's amplitude.
const NOISES: [f64; 8] = [1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1];

/// Where each search begins, in both lists: one that went on from an earlier end could stay where few runs looked
/// like luck alone.
const START: [usize; 2] = [3, 5];

/// Deviations to both sides of the middle of a normal that hold four fifths of it: the share of the law's band.
const FOUR_FIFTHS: f64 = 1.2816;

/// What it believes before it sees a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Belief {
    pub kernel: Kernel,
    /// Whether it returns, where there are no runs, to a straight line in logarithms through its runs, by least
    /// squares; to their average otherwise.
    pub line: bool,
}

pub struct Rival {
    process: GaussianProcess,
    middle: [f64; 2],
    /// Average of ln L, and its slopes.
    trend: [f64; 3],
}

/// What it says of the loss of a plan.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Forecast {
    mean: f64,
    deviation: f64,
}

impl Forecast {
    /// Nats: the median.
    pub fn loss(self) -> f64 {
        exp(self.mean)
    }

    /// Nats; four fifths of what it believes lie between.
    pub fn band(self) -> [f64; 2] {
        [-FOUR_FIFTHS, FOUR_FIFTHS].map(|by| exp(self.mean + by * self.deviation))
    }

    /// How far off a loss lies, in its own deviations.
    pub fn deviations(self, loss: f64) -> f64 {
        (ln(loss) - self.mean).abs() / self.deviation.max(f64::MIN_POSITIVE)
    }
}

fn logs(plan: Plan) -> [f64; 2] {
    [log10(plan.n), log10(plan.d)]
}

impl Rival {
    /// Of the first [`READ`] runs.
    pub fn fit(runs: &[Run], belief: Belief) -> Option<Self> {
        let runs = &runs[..runs.len().min(READ)];
        let count = runs.len() as f64;
        let average = |of: &dyn Fn(&Run) -> f64| runs.iter().map(of).sum::<f64>() / count;
        let middle = [0, 1].map(|k| average(&|run| logs(run.plan)[k]));
        let level = average(&|run| ln(run.loss));
        let from_middle = |plan: Plan| {
            let at = logs(plan);
            [at[0] - middle[0], at[1] - middle[1]]
        };
        let mut slopes = [0.0; 2];
        if belief.line {
            let square = |i: usize, j: usize| {
                average(&|run| {
                    let at = from_middle(run.plan);
                    at[i] * at[j]
                })
            };
            slopes = [0, 1].map(|k| average(&|run| from_middle(run.plan)[k] * ln(run.loss)));
            Cholesky::new(&Matrix::from_fn(2, 2, square))?.solve(&mut slopes);
        }
        let trend = [level, slopes[0], slopes[1]];
        let left: Vec<f64> =
            runs.iter().map(|run| ln(run.loss) - along(trend, from_middle(run.plan))).collect();
        let x = Matrix::from_vec(runs.len(), 2, runs.iter().flat_map(|run| from_middle(run.plan)).collect());
        let found = GaussianProcess::likeliest(x, &left, belief.kernel, [&LENGTHS, &NOISES], START);
        let (process, _) = found.ok()?;
        Some(Self { process, middle, trend })
    }

    pub fn forecast(&self, plan: Plan) -> Forecast {
        let [n, d] = logs(plan);
        let at = [n - self.middle[0], d - self.middle[1]];
        let (mean, deviation) = self.process.predict(&at);
        Forecast { mean: along(self.trend, at) + mean, deviation }
    }

    /// Decades over which it takes losses to be alike.
    pub fn length(&self) -> f64 {
        self.process.covariance.length
    }
}

fn along([level, by_size, by_text]: [f64; 3], [n, d]: [f64; 2]) -> f64 {
    level + by_size * n + by_text * d
}

/// The plan that it is asked about: 20 tokens for each parameter, as the runs have in the middle. Its loss is
/// within 0.0003 nats of the best for every target.
pub fn plan(compute: f64) -> Plan {
    let n = (compute / 120.0).sqrt();
    Plan { n, d: 20.0 * n }
}
