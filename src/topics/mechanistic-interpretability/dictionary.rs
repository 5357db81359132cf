//! A sparse autoencoder at work on planted activations: what `sae` and `feature-browser` share.

use crate::lab::figure::charts::{self, Curve};
use crate::lab::figure::series::Series;
use crate::lab::figure::{Axis, Panel, Tone};
use crate::models::planted::Planted;
use crate::models::sparse_autoencoder::{Quality, Rein, STEPS, Trainer, quality};
use crate::numerics::matrix::Matrix;

/// Activations on which a dictionary is measured, drawn once.
const SAMPLE: usize = 256;

/// Steps between two measurements.
const LOOK: u64 = 10;

/// A run of training with its record.
pub struct Learning {
    pub data: Planted,
    pub trainer: Trainer,
    pub quality: Quality,
    sample: Matrix,
    steps: u64,
    /// Share not explained, and active latents.
    record: Series<2>,
}

impl Learning {
    pub fn new(mut data: Planted, latents: usize, rein: Rein, seed: u64) -> Self {
        let trainer = Trainer::new(latents, data.features.columns(), rein, seed);
        let mut sample = Matrix::zeros(SAMPLE, data.features.columns());
        data.draw(&mut sample);
        let quality = quality(&trainer.dictionary, rein, &data.features, &sample);
        let mut learning = Self { data, trainer, quality, sample, steps: 0, record: Series::every(LOOK) };
        learning.note();
        learning
    }

    pub fn step(&mut self) {
        self.trainer.step(&mut self.data);
        self.steps += 1;
        if self.measured() {
            self.measure();
        }
    }

    /// Whether this step was measured.
    pub fn measured(&self) -> bool {
        self.steps.is_multiple_of(LOOK) || self.finished()
    }

    fn measure(&mut self) {
        self.quality =
            quality(&self.trainer.dictionary, self.trainer.rein, &self.data.features, &self.sample);
        self.note();
    }

    fn note(&mut self) {
        self.record.push(self.steps, [self.quality.unexplained.max(0.01), self.quality.l0.max(0.01)]);
    }

    pub fn finished(&self) -> bool {
        self.trainer.finished()
    }

    /// Latents that fire on nothing in the sample.
    pub fn dead(&self) -> usize {
        self.quality.alive.iter().filter(|a| !**a).count()
    }

    /// What is left unexplained, and how many latents fire at once, on one logarithmic axis.
    pub fn curves(&self) -> Panel {
        let y = Axis::logarithmic("share; number of latents", [0.01, 10.0]);
        let curves = vec![
            Curve::new("unexplained", "unexplained", self.record.curve(0), Tone::Accent),
            Curve::new("active", "active latents", self.record.curve(1), Tone::Muted),
        ];
        charts::training("training", "While it trains", "training step", STEPS as f64, y, curves)
    }
}
