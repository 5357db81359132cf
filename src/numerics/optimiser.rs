//! Gradient descent: SGD with momentum, Adam (Kingma & Ba 2014, Algorithm 1), AdamW (Loshchilov &
//! Hutter 2017). Conventions are those of `torch.optim`, checked by the `mlp_train` vectors.

use super::elementary::powi;

/// How a parameter follows its gradient. Units: those of the parameter, per step.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Rule {
    /// `g += weight_decay * w; v = momentum * v + g; w -= rate * v`.
    Sgd { momentum: f64, weight_decay: f64 },
    /// Bias-corrected moments, epsilon outside the root; weight decay is added to the gradient.
    Adam { beta1: f64, beta2: f64, epsilon: f64, weight_decay: f64 },
    /// Adam with decoupled weight decay: `w *= 1 - rate * weight_decay` first.
    AdamW { beta1: f64, beta2: f64, epsilon: f64, weight_decay: f64 },
}

impl Rule {
    /// Adam with epsilon 1e-8 and no weight decay.
    #[must_use]
    pub fn adam(beta1: f64, beta2: f64) -> Self {
        Self::Adam { beta1, beta2, epsilon: 1e-8, weight_decay: 0.0 }
    }
}

/// The state of an optimiser for one group of `len` parameters.
#[derive(Clone, Debug)]
pub struct Optimiser {
    rule: Rule,
    first: Vec<f64>,
    second: Vec<f64>,
    steps: u32,
}

impl Optimiser {
    #[must_use]
    pub fn new(rule: Rule, len: usize) -> Self {
        Self { rule, first: vec![0.0; len], second: vec![0.0; len], steps: 0 }
    }

    /// Forgets what it knows of some parameters, as if they were new; the count of steps goes on.
    pub fn forget(&mut self, parameters: core::ops::Range<usize>) {
        self.first[parameters.clone()].fill(0.0);
        self.second[parameters].fill(0.0);
    }

    /// One step: moves `weights` against `gradient` at learning rate `rate`.
    ///
    /// # Panics
    /// If a length differs from the one given to [`Optimiser::new`].
    pub fn step(&mut self, weights: &mut [f64], gradient: &[f64], rate: f64) {
        assert_eq!(weights.len(), self.first.len(), "weights of this group");
        assert_eq!(gradient.len(), self.first.len(), "gradient of this group");
        self.steps += 1;
        match self.rule {
            Rule::Sgd { momentum, weight_decay } => {
                for ((w, g), v) in weights.iter_mut().zip(gradient).zip(&mut self.first) {
                    *v = momentum * *v + (g + weight_decay * *w);
                    *w -= rate * *v;
                }
            }
            Rule::Adam { beta1, beta2, epsilon, weight_decay } => {
                self.adam(weights, gradient, rate, [beta1, beta2, epsilon], weight_decay);
            }
            Rule::AdamW { beta1, beta2, epsilon, weight_decay } => {
                for w in weights.iter_mut() {
                    *w *= 1.0 - rate * weight_decay;
                }
                self.adam(weights, gradient, rate, [beta1, beta2, epsilon], 0.0);
            }
        }
    }

    fn adam(
        &mut self,
        weights: &mut [f64],
        gradient: &[f64],
        rate: f64,
        [beta1, beta2, epsilon]: [f64; 3],
        decay: f64,
    ) {
        // One root and one division a parameter: the corrections go into the factors.
        let rate = rate / (1.0 - powi(beta1, self.steps));
        let correct = 1.0 / (1.0 - powi(beta2, self.steps));
        let moments = self.first.iter_mut().zip(&mut self.second);
        for ((w, g), (m, v)) in weights.iter_mut().zip(gradient).zip(moments) {
            let g = g + decay * *w;
            *m = beta1 * *m + (1.0 - beta1) * g;
            *v = beta2 * *v + (1.0 - beta2) * g * g;
            *w -= rate * *m / ((*v * correct).sqrt() + epsilon);
        }
    }
}

/// Scales `gradient` down to Euclidean length `limit` where it is longer; tells whether it was.
pub fn clip_norm(gradient: &mut [f64], limit: f64) -> bool {
    let length = super::matrix::norm(gradient);
    let clipped = length > limit;
    if clipped {
        for g in gradient {
            *g *= limit / length;
        }
    }
    clipped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_adam_step_has_the_size_of_the_rate() {
        let mut w = [1.0, 1.0];
        Optimiser::new(Rule::adam(0.9, 0.999), 2).step(&mut w, &[0.5, -3.0], 0.1);
        assert!((w[0] - 0.9).abs() < 1e-6 && (w[1] - 1.1).abs() < 1e-6, "{w:?}");
    }

    #[test]
    fn clipping_keeps_the_direction() {
        let mut g = [3.0, 4.0];
        assert!(clip_norm(&mut g, 1.0));
        assert!((g[0] - 0.6).abs() < 1e-12 && (g[1] - 0.8).abs() < 1e-12);
        assert!(!clip_norm(&mut g, 2.0));
    }
}
