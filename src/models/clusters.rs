//! A task that invites division of labour: tokens in eight clusters, each with its own linear law.
//!
//! A token is a point x = m + 0.18 ε around one of eight centres m on the unit circle; its target
//! is y = 0.714 a·ε + b, with a direction a (|a| = 1) and an offset b of its cluster's own. The
//! offsets have mean 0 and standard deviation 0.7, so that y has variance 1 when clusters are
//! equally frequent. One linear map cannot serve all clusters; one for each cluster is perfect.
//!
//! The setting follows the mixtures of local experts of Jacobs et al. 1991
//! (doi:10.1162/neco.1991.3.1.79) in spirit; the numbers are this project's.

use numerics::elementary::{cos, pow, sin};
use numerics::random::Stream;
use numerics::statistics::{mean, standard_deviation};

/// Number of clusters.
pub const CLUSTERS: usize = 8;
/// Standard deviation of a token around its centre, per coordinate.
const SPREAD: f64 = 0.18;
/// Size of the part of the target that varies inside a cluster.
const SLOPE: f64 = 0.714;
/// Standard deviation of the clusters' offsets.
const OFFSET: f64 = 0.7;

/// The laws of the clusters and how often each occurs.
#[derive(Clone, Debug)]
pub struct Clusters {
    centres: [[f64; 2]; CLUSTERS],
    directions: [[f64; 2]; CLUSTERS],
    offsets: [f64; CLUSTERS],
    /// Sum to one.
    frequencies: [f64; CLUSTERS],
}

/// Tokens with their targets, and the cluster each came from (which no model sees).
#[derive(Clone, Debug, Default)]
pub struct Batch {
    /// [T]; the third input of router and experts is the constant 1.
    pub inputs: Vec<[f64; 3]>,
    pub targets: Vec<f64>,
    pub clusters: Vec<usize>,
}

impl Batch {
    #[must_use]
    pub fn len(&self) -> usize {
        self.inputs.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.inputs.is_empty()
    }
}

/// Centre of a cluster on the unit circle.
#[must_use]
pub fn centre(cluster: usize) -> [f64; 2] {
    let angle = core::f64::consts::TAU * cluster as f64 / CLUSTERS as f64;
    [cos(angle), sin(angle)]
}

impl Clusters {
    /// Draws the laws under `seed`; cluster c has a frequency proportional to (c + 1)^−skew.
    #[must_use]
    pub fn new(seed: u64, skew: f64) -> Self {
        let mut stream = Stream::new(seed, "task");
        let directions = core::array::from_fn(|_| {
            let angle = stream.between(0.0, core::f64::consts::TAU);
            [cos(angle), sin(angle)]
        });
        let drawn: [f64; CLUSTERS] = core::array::from_fn(|_| stream.normal());
        let (m, sd) = (mean(&drawn), standard_deviation(&drawn).max(1e-9));
        let raw: [f64; CLUSTERS] = core::array::from_fn(|c| pow((c + 1) as f64, -skew));
        let total: f64 = raw.iter().sum();
        Self {
            centres: core::array::from_fn(centre),
            directions,
            offsets: drawn.map(|b| OFFSET * (b - m) / sd),
            frequencies: raw.map(|w| w / total),
        }
    }

    /// Draws a batch of `tokens`.
    pub fn batch(&self, tokens: usize, stream: &mut Stream) -> Batch {
        let mut batch = Batch::default();
        self.draw(tokens, stream, &mut batch);
        batch
    }

    /// The same in the place of an earlier batch.
    pub fn draw(&self, tokens: usize, stream: &mut Stream, batch: &mut Batch) {
        batch.inputs.clear();
        batch.targets.clear();
        batch.clusters.clear();
        for _ in 0..tokens {
            let c = stream.weighted(&self.frequencies);
            let noise = [stream.normal(), stream.normal()];
            let m = self.centres[c];
            let a = self.directions[c];
            batch.inputs.push([m[0] + SPREAD * noise[0], m[1] + SPREAD * noise[1], 1.0]);
            batch.targets.push(SLOPE * (a[0] * noise[0] + a[1] * noise[1]) + self.offsets[c]);
            batch.clusters.push(c);
        }
    }

    /// The lowest mean squared error that a single linear map can reach: what one expert alone
    /// would be worth. Exact, from the moments of the task.
    #[must_use]
    pub fn best_linear_loss(&self) -> f64 {
        // Normal equations M w = v over the inputs [x, 1].
        let mut m = [[0.0; 4]; 3];
        let mut energy = 0.0;
        for c in 0..CLUSTERS {
            let (p, at, a, b) = (self.frequencies[c], self.centres[c], self.directions[c], self.offsets[c]);
            let x = [at[0], at[1], 1.0];
            for i in 0..3 {
                for j in 0..3 {
                    let own = if i == j && i < 2 { SPREAD * SPREAD } else { 0.0 };
                    m[i][j] += p * (x[i] * x[j] + own);
                }
                let own = if i < 2 { SPREAD * SLOPE * a[i] } else { 0.0 };
                m[i][3] += p * (x[i] * b + own);
            }
            energy += p * (b * b + SLOPE * SLOPE);
        }
        let v = [m[0][3], m[1][3], m[2][3]];
        let w = solve(m);
        energy - (w[0] * v[0] + w[1] * v[1] + w[2] * v[2])
    }
}

/// Gauss and Jordan on a positive definite system of three equations, right side in column 3.
fn solve(mut m: [[f64; 4]; 3]) -> [f64; 3] {
    for pivot in 0..3 {
        let scale = m[pivot][pivot];
        for x in &mut m[pivot] {
            *x /= scale;
        }
        let row = m[pivot];
        for (r, other) in m.iter_mut().enumerate() {
            if r != pivot {
                let factor = other[pivot];
                for (x, y) in other.iter_mut().zip(row) {
                    *x -= factor * y;
                }
            }
        }
    }
    [m[0][3], m[1][3], m[2][3]]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn targets_have_variance_one() {
        let clusters = Clusters::new(3, 0.0);
        let batch = clusters.batch(20_000, &mut Stream::new(3, "data"));
        let sd = standard_deviation(&batch.targets);
        assert!((sd * sd - 1.0).abs() < 0.03, "{sd}");
    }

    #[test]
    fn one_linear_expert_explains_little() {
        for seed in 0..20 {
            let loss = Clusters::new(seed, 0.0).best_linear_loss();
            assert!((0.4..1.01).contains(&loss), "{loss}");
        }
    }

    #[test]
    fn the_best_linear_loss_is_what_a_linear_map_reaches() {
        // Gradient descent on a large sample comes to the same number.
        let clusters = Clusters::new(5, 1.0);
        let batch = clusters.batch(20_000, &mut Stream::new(5, "data"));
        let (mut w, mut loss) = ([0.0; 3], 0.0);
        for _ in 0..400 {
            let (mut gradient, n) = ([0.0; 3], batch.len() as f64);
            loss = 0.0;
            for (x, y) in batch.inputs.iter().zip(&batch.targets) {
                let error = w.iter().zip(x).map(|(w, x)| w * x).sum::<f64>() - y;
                loss += error * error / n;
                for (g, x) in gradient.iter_mut().zip(x) {
                    *g += 2.0 * error * x / n;
                }
            }
            for (w, g) in w.iter_mut().zip(gradient) {
                *w -= 0.4 * g;
            }
        }
        assert!((loss - clusters.best_linear_loss()).abs() < 0.03, "{loss}");
    }
}
