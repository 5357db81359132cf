//! Low-rank adapters of a frozen matrix: LoRA, DoRA, and full fine-tuning beside them, trained on a
//! task whose best rank is known.
//!
//! References: Hu et al. 2021, *LoRA*, arXiv:2106.09685, Eq. 3; Liu et al. 2024, *DoRA*,
//! arXiv:2402.09353, Eq. 5 and section 4.3; Eckart and Young 1936 (the floor); layouts are those of
//! Hugging Face PEFT.
//!
//! Glossary: `base` W₀ (frozen), `target` W* = W₀ + Δ, `a` A and `b` B of the adapter, `scaling`
//! α/r, `magnitude` m (DoRA, one for each output row), `error` W_eff − W*.
//!
//! Shapes: W is out × in, A is r × in, B is out × r; a batch x is rows × in, answers x Wᵀ.
//!
//! Departures: numbers are f64 throughout; one linear layer stands for the network, so that the
//! loss for isotropic inputs is exactly ‖W_eff − W*‖² (Frobenius). DoRA's norm counts as a constant
//! in the gradient, as the paper's section 4.3 has it.

use numerics::matrix::{Matrix, dot, norm, normalise};
use numerics::optimiser::{Optimiser, Rule};
use numerics::random::Stream;

/// Smallest norm of a row that DoRA divides by.
const LEAST_NORM: f64 = 1e-12;

/// LoRA's pair of matrices.
#[derive(Clone, Debug)]
pub struct Adapter {
    /// r × in.
    pub a: Matrix,
    /// out × r.
    pub b: Matrix,
    /// α/r; α/√r in the rank-stabilised variant.
    pub scaling: f64,
}

impl Adapter {
    /// A uniform in ±1/√in and B zero: at first the adapter changes nothing.
    #[must_use]
    pub fn fresh(outputs: usize, inputs: usize, rank: usize, alpha: f64, stream: &mut Stream) -> Self {
        let bound = 1.0 / (inputs as f64).sqrt();
        Self {
            a: Matrix::from_fn(rank, inputs, |_, _| stream.between(-bound, bound)),
            b: Matrix::zeros(outputs, rank),
            scaling: alpha / rank as f64,
        }
    }

    /// (α/r) B A, out × in.
    #[must_use]
    pub fn delta(&self) -> Matrix {
        let mut delta = self.b.times(&self.a);
        delta.as_mut_slice().iter_mut().for_each(|x| *x *= self.scaling);
        delta
    }

    /// W + (α/r) B A: the same layer without an adapter beside it.
    #[must_use]
    pub fn merged(&self, base: &Matrix) -> Matrix {
        sum(base, &self.delta())
    }

    /// x Wᵀ + (α/r) (x Aᵀ) Bᵀ: the adapter beside the frozen matrix, rows × out.
    #[must_use]
    pub fn forward(&self, x: &Matrix, base: &Matrix) -> Matrix {
        let mut beside = x.times_transposed(&self.a).times_transposed(&self.b);
        beside.as_mut_slice().iter_mut().for_each(|y| *y *= self.scaling);
        sum(&x.times_transposed(base), &beside)
    }

    /// Numbers to train: r (in + out).
    #[must_use]
    pub fn parameters(&self) -> usize {
        self.a.as_slice().len() + self.b.as_slice().len()
    }
}

/// DoRA's matrix: each row of `direction` V scaled to the length in `magnitude`. Returns the rows'
/// norms, too.
#[must_use]
pub fn with_magnitudes(direction: &Matrix, magnitude: &[f64]) -> (Vec<f64>, Matrix) {
    let norms: Vec<f64> = (0..direction.rows()).map(|r| norm(direction.row(r))).collect();
    let scaled = Matrix::from_fn(direction.rows(), direction.columns(), |r, c| {
        magnitude[r] * direction[(r, c)] / norms[r].max(LEAST_NORM)
    });
    (norms, scaled)
}

fn sum(a: &Matrix, b: &Matrix) -> Matrix {
    let data = a.as_slice().iter().zip(b.as_slice()).map(|(x, y)| x + y).collect();
    Matrix::from_vec(a.rows(), a.columns(), data)
}

fn difference(a: &Matrix, b: &Matrix) -> Matrix {
    let data = a.as_slice().iter().zip(b.as_slice()).map(|(x, y)| x - y).collect();
    Matrix::from_vec(a.rows(), a.columns(), data)
}

/// A frozen layer and the change that a task needs.
#[derive(Clone, Debug)]
pub struct Task {
    /// W₀.
    pub base: Matrix,
    /// Δ = U diag(s) Vᵀ.
    pub change: Matrix,
    /// s, largest first.
    pub singular_values: Vec<f64>,
    /// Columns of U and of V, each as long as the layer is wide.
    pub columns: Vec<Vec<f64>>,
    pub rows: Vec<Vec<f64>>,
}

/// Inputs and outputs of the layer, d.
pub const WIDTH: usize = 32;
/// Singular values of the change that are not zero.
pub const CHANGE_RANK: usize = 12;
/// The largest of them.
const LARGEST: f64 = 3.0;
/// Inputs in a batch.
const BATCH: usize = 64;

impl Task {
    /// W₀ ~ N(0, 1/d), random orthogonal U and V, s_i = 3 decay^(i-1) for i up to 12.
    #[must_use]
    pub fn draw(decay: f64, seed: u64) -> Self {
        let mut base = Stream::new(seed, "base weights");
        let deviation = 1.0 / (WIDTH as f64).sqrt();
        let base = Matrix::from_fn(WIDTH, WIDTH, |_, _| deviation * base.normal());
        let mut stream = Stream::new(seed, "the change");
        let [u, v] = [(); 2].map(|()| orthonormal(CHANGE_RANK, WIDTH, &mut stream));
        let singular_values: Vec<f64> =
            (0..CHANGE_RANK as u32).map(|i| LARGEST * numerics::elementary::powi(decay, i)).collect();
        let change = Matrix::from_fn(WIDTH, WIDTH, |r, c| {
            singular_values.iter().enumerate().map(|(k, s)| s * u[k][r] * v[k][c]).sum()
        });
        Self { base, change, singular_values, columns: u, rows: v }
    }

    /// W*.
    #[must_use]
    pub fn target(&self) -> Matrix {
        sum(&self.base, &self.change)
    }

    /// The least loss of any change of this rank: Σ s_i² over i > rank (Eckart and Young).
    #[must_use]
    pub fn floor(&self, rank: usize) -> f64 {
        self.singular_values.iter().skip(rank).map(|s| s * s).sum()
    }
}

/// `count` orthonormal vectors, by Gram and Schmidt on normal draws, twice for accuracy.
fn orthonormal(count: usize, width: usize, stream: &mut Stream) -> Vec<Vec<f64>> {
    let mut basis: Vec<Vec<f64>> = Vec::with_capacity(count);
    for _ in 0..count {
        let mut v: Vec<f64> = (0..width).map(|_| stream.normal()).collect();
        for _ in 0..2 {
            for other in &basis {
                let along = dot(&v, other);
                v.iter_mut().zip(other).for_each(|(x, y)| *x -= along * y);
            }
        }
        normalise(&mut v);
        basis.push(v);
    }
    basis
}

/// XᵀX / rows of a batch of standard normal inputs: all that the gradients need of it.
#[must_use]
pub fn draw_moments(stream: &mut Stream) -> Matrix {
    let mut x = Matrix::zeros(BATCH, WIDTH);
    stream.fill_normal(x.as_mut_slice());
    let mut moments = x.transposed_times(&x);
    moments.as_mut_slice().iter_mut().for_each(|m| *m /= BATCH as f64);
    moments
}

/// What is trained.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Method {
    /// Every number of W.
    Full,
    Lora,
    Dora,
}

/// A layer in training.
#[derive(Clone, Debug)]
pub struct Learner {
    method: Method,
    base: Matrix,
    target: Matrix,
    pub adapter: Adapter,
    magnitude: Vec<f64>,
    /// The free matrix of full fine-tuning.
    free: Matrix,
    optimisers: [Optimiser; 3],
}

/// Gradients of the batch loss: of A, B and m, or of the free W in the place of A.
pub struct Gradients {
    pub a: Vec<f64>,
    pub b: Vec<f64>,
    pub magnitude: Vec<f64>,
}

impl Learner {
    /// Starts from `base` (W₀, or its quantised copy) and is to reach the target of `task`.
    #[must_use]
    pub fn new(method: Method, task: &Task, base: Matrix, rank: usize, alpha: f64, seed: u64) -> Self {
        let adapter = Adapter::fresh(WIDTH, WIDTH, rank, alpha, &mut Stream::new(seed, "adapter"));
        let magnitude: Vec<f64> = (0..WIDTH).map(|r| norm(base.row(r))).collect();
        let first = if method == Method::Full { WIDTH * WIDTH } else { rank * WIDTH };
        let rule = Rule::adam(0.9, 0.999);
        Self {
            method,
            target: task.target(),
            free: base.clone(),
            base,
            adapter,
            magnitude,
            optimisers: [first, rank * WIDTH, WIDTH].map(|len| Optimiser::new(rule, len)),
        }
    }

    /// W_eff.
    #[must_use]
    pub fn effective(&self) -> Matrix {
        match self.method {
            Method::Full => self.free.clone(),
            Method::Lora => self.adapter.merged(&self.base),
            Method::Dora => with_magnitudes(&self.adapter.merged(&self.base), &self.magnitude).1,
        }
    }

    /// What was learned: W_eff − base.
    #[must_use]
    pub fn change(&self) -> Matrix {
        difference(&self.effective(), &self.base)
    }

    /// ‖W_eff − W*‖²: the expected loss for isotropic inputs.
    #[must_use]
    pub fn loss(&self) -> f64 {
        let error = difference(&self.effective(), &self.target);
        error.as_slice().iter().map(|e| e * e).sum()
    }

    /// Numbers that are trained.
    #[must_use]
    pub fn parameters(&self) -> usize {
        match self.method {
            Method::Full => WIDTH * WIDTH,
            Method::Lora => self.adapter.parameters(),
            Method::Dora => self.adapter.parameters() + WIDTH,
        }
    }

    /// Gradients of the batch loss (1/B) Σ ‖(W_eff − W*) x‖², for a batch with these moments.
    #[must_use]
    pub fn gradients(&self, moments: &Matrix) -> Gradients {
        let mut g = difference(&self.effective(), &self.target).times(moments);
        g.as_mut_slice().iter_mut().for_each(|x| *x *= 2.0);
        let mut magnitude = Vec::new();
        match self.method {
            Method::Full => {
                return Gradients { a: g.as_slice().to_vec(), b: Vec::new(), magnitude };
            }
            Method::Lora => {}
            Method::Dora => {
                let direction = self.adapter.merged(&self.base);
                for (r, m) in self.magnitude.iter().enumerate() {
                    let length = norm(direction.row(r)).max(LEAST_NORM);
                    magnitude.push(dot(g.row(r), direction.row(r)) / length);
                    g.row_mut(r).iter_mut().for_each(|x| *x *= m / length);
                }
            }
        }
        let scale = |m: Matrix| m.as_slice().iter().map(|x| self.adapter.scaling * x).collect();
        Gradients {
            a: scale(self.adapter.b.transposed_times(&g)),
            b: scale(g.times_transposed(&self.adapter.a)),
            magnitude,
        }
    }

    /// One step of Adam at learning rate `rate`.
    pub fn step(&mut self, moments: &Matrix, rate: f64) {
        let g = self.gradients(moments);
        let [first, second, third] = &mut self.optimisers;
        if self.method == Method::Full {
            first.step(self.free.as_mut_slice(), &g.a, rate);
            return;
        }
        first.step(self.adapter.a.as_mut_slice(), &g.a, rate);
        second.step(self.adapter.b.as_mut_slice(), &g.b, rate);
        if self.method == Method::Dora {
            third.step(&mut self.magnitude, &g.magnitude, rate);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn train(method: Method, rank: usize, steps: usize, seed: u64) -> Learner {
        let task = Task::draw(0.75, seed);
        let mut learner = Learner::new(method, &task, task.base.clone(), rank, 32.0, seed);
        let mut batches = Stream::new(seed, "batches");
        for _ in 0..steps {
            learner.step(&draw_moments(&mut batches), 0.003);
        }
        learner
    }

    #[test]
    fn the_floors_are_those_of_eckart_and_young() {
        let task = Task::draw(0.75, 1);
        for (rank, floor) in [(0, 20.551), (1, 11.551), (2, 6.488), (4, 2.039), (8, 0.1855), (12, 0.0)] {
            assert!((task.floor(rank) - floor).abs() < 1e-3, "rank {rank}: {}", task.floor(rank));
        }
        let squares: f64 = task.change.as_slice().iter().map(|x| x * x).sum();
        assert!((squares - task.floor(0)).abs() < 1e-9, "{squares}");
    }

    #[test]
    fn an_adapter_begins_as_nothing_and_its_a_gets_no_gradient() {
        let task = Task::draw(0.75, 2);
        for method in [Method::Lora, Method::Dora] {
            let learner = Learner::new(method, &task, task.base.clone(), 4, 32.0, 2);
            let apart = difference(&learner.effective(), &task.base);
            assert!(apart.as_slice().iter().all(|x| x.abs() < 1e-15), "{method:?}");
            let g = learner.gradients(&draw_moments(&mut Stream::new(2, "batches")));
            assert!(g.a.iter().all(|x| *x == 0.0), "{method:?}");
        }
    }

    #[test]
    fn gradients_are_the_slopes_of_the_batch_loss() {
        let task = Task::draw(0.75, 3);
        let moments = draw_moments(&mut Stream::new(3, "batches"));
        let loss = |w: &Matrix| {
            let error = difference(w, &task.target());
            error.times(&moments).as_slice().iter().zip(error.as_slice()).map(|(x, y)| x * y).sum::<f64>()
        };
        let mut learner = train(Method::Lora, 3, 20, 3);
        let g = learner.gradients(&moments);
        for i in [0, 17, 90] {
            for (own, gradient) in [(true, &g.a), (false, &g.b)] {
                let mut probe = |by: f64| {
                    let matrix = if own { &mut learner.adapter.a } else { &mut learner.adapter.b };
                    matrix.as_mut_slice()[i] += by;
                    loss(&learner.effective())
                };
                let (up, down) = (probe(1e-5), probe(-2e-5));
                probe(1e-5);
                let slope = (up - down) / 2e-5;
                assert!((slope - gradient[i]).abs() < 1e-4 * slope.abs().max(1.0), "{slope} {}", gradient[i]);
            }
        }
        // DoRA's magnitudes; its direction is not a slope, for the norm counts as a constant.
        let mut dora = train(Method::Dora, 3, 20, 3);
        let g = dora.gradients(&moments);
        for i in [0, 9, 31] {
            dora.magnitude[i] += 1e-5;
            let up = loss(&dora.effective());
            dora.magnitude[i] -= 2e-5;
            let slope = (up - loss(&dora.effective())) / 2e-5;
            dora.magnitude[i] += 1e-5;
            assert!((slope - g.magnitude[i]).abs() < 1e-4 * slope.abs().max(1.0), "{slope}");
        }
    }

    #[test]
    fn lora_stops_at_its_floor_and_full_fine_tuning_goes_on() {
        for (rank, tolerance) in [(1, 0.03), (2, 0.03), (4, 0.03), (8, 0.10)] {
            let learner = train(Method::Lora, rank, 1500, 1);
            let floor = Task::draw(0.75, 1).floor(rank);
            assert!(
                (learner.loss() / floor - 1.0).abs() < tolerance,
                "rank {rank}: {} {floor}",
                learner.loss()
            );
        }
        assert!(train(Method::Full, 4, 800, 1).loss() < 1e-3);
    }

    #[test]
    fn dora_of_rank_4_ends_below_loras_floor() {
        let loss = train(Method::Dora, 4, 1500, 1).loss();
        assert!((1.8..2.039).contains(&loss), "{loss}");
    }

    #[test]
    fn merging_changes_no_answer() {
        let learner = train(Method::Lora, 4, 200, 1);
        let mut stream = Stream::new(9, "inputs");
        let x = Matrix::from_fn(8, WIDTH, |_, _| stream.normal());
        let beside = learner.adapter.forward(&x, &learner.base);
        let merged = x.times_transposed(&learner.effective());
        let apart = difference(&beside, &merged);
        assert!(apart.as_slice().iter().all(|d| d.abs() < 1e-12));
    }
}
