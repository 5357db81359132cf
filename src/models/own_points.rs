//! Points of two features and a class, or a number, that somebody brings, in place of those that a task draws.

use super::clusters::Batch;
use numerics::linear::ridge;
use numerics::matrix::{Matrix, dot};
use numerics::random::Stream;
use numerics::statistics::{mean, standard_deviation};

/// A point and its class.
pub type Classed = ([f64; 2], usize);

/// Points to learn from and points to be judged on, of rows `[x, y, class]`: those of a class go in turns, so that
/// both halves have some of each, in whatever order the rows stand. Each feature is scaled so that it reaches from
/// −`reach` to `reach`; one that never changes becomes 0.
#[must_use]
pub fn halves(rows: &[[f64; 3]], reach: f64) -> [Vec<Classed>; 2] {
    let scaled = scaled(rows, reach);
    let mut halves = [Vec::new(), Vec::new()];
    for (i, row) in rows.iter().enumerate() {
        let before = rows[..i].iter().filter(|other| other[2] as usize == row[2] as usize).count();
        halves[before % 2].push((scaled[i], row[2] as usize));
    }
    halves
}

/// Both features of each row, so that each reaches from −`reach` to `reach`; one that never changes becomes 0.
fn scaled(rows: &[[f64; 3]], reach: f64) -> Vec<[f64; 2]> {
    let ends = [0, 1].map(|k| {
        let column = || rows.iter().map(move |row| row[k]);
        [column().fold(f64::INFINITY, f64::min), column().fold(f64::NEG_INFINITY, f64::max)]
    });
    let within = |x: f64, [low, high]: [f64; 2]| {
        if high > low { reach * (2.0 * (x - low) / (high - low) - 1.0) } else { 0.0 }
    };
    rows.iter().map(|row| [0, 1].map(|k| within(row[k], ends[k]))).collect()
}

/// Points with a number to be told, of rows `[x, y, target]`. Features are scaled as in [`halves`], targets to
/// mean 0 and standard deviation 1, unless they never change.
#[derive(Clone, Debug)]
pub struct Targets {
    inputs: Vec<[f64; 3]>,
    targets: Vec<f64>,
}

impl Targets {
    /// # Panics
    /// Without a row.
    #[must_use]
    pub fn new(rows: &[[f64; 3]], reach: f64) -> Self {
        assert!(!rows.is_empty(), "points to draw from");
        let column: Vec<f64> = rows.iter().map(|row| row[2]).collect();
        let (middle, deviation) = (mean(&column), standard_deviation(&column));
        let target = |t: &f64| if deviation > 0.0 { (t - middle) / deviation } else { 0.0 };
        Self {
            inputs: scaled(rows, reach).into_iter().map(|[x, y]| [x, y, 1.0]).collect(),
            targets: column.iter().map(target).collect(),
        }
    }

    /// A batch drawn with replacement, in the place of an earlier one. All are of one cluster: of which ones
    /// they are nobody has said.
    pub fn draw(&self, tokens: usize, stream: &mut Stream, batch: &mut Batch) {
        let drawn: Vec<usize> = (0..tokens).map(|_| stream.below(self.inputs.len())).collect();
        self.take(drawn.into_iter(), batch);
    }

    /// So many of them as they stand, evenly spread over the rows; all where there are fewer.
    #[must_use]
    pub fn some(&self, most: usize) -> Batch {
        let (all, mut batch) = (self.inputs.len(), Batch::default());
        let count = most.min(all);
        self.take((0..count).map(|i| i * all / count), &mut batch);
        batch
    }

    fn take(&self, rows: impl Iterator<Item = usize>, batch: &mut Batch) {
        batch.inputs.clear();
        batch.targets.clear();
        batch.clusters.clear();
        for i in rows {
            batch.inputs.push(self.inputs[i]);
            batch.targets.push(self.targets[i]);
            batch.clusters.push(0);
        }
    }

    /// The lowest mean squared error that a single linear map can reach.
    #[must_use]
    pub fn best_linear_loss(&self) -> f64 {
        let product = |a: usize, b: usize| self.inputs.iter().map(|x| x[a] * x[b]).sum::<f64>();
        let gram = Matrix::from_fn(3, 3, product);
        let answers: Vec<f64> =
            (0..3).map(|k| self.inputs.iter().zip(&self.targets).map(|(x, y)| x[k] * y).sum()).collect();
        // A feature that never changes has no weight of its own.
        let (weights, _) = ridge(&gram, &answers, 1e-9);
        let error = |(x, y): (&[f64; 3], &f64)| (dot(x, &weights) - y) * (dot(x, &weights) - y);
        self.inputs.iter().zip(&self.targets).map(error).sum::<f64>() / self.inputs.len() as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_points_of_a_class_go_in_turns_and_all_fill_the_square() {
        let rows = [[0.0, 5.0, 0.0], [10.0, 5.0, 1.0], [5.0, 5.0, 0.0], [2.5, 5.0, 1.0]];
        let [learned, judged] = halves(&rows, 1.0);
        assert_eq!(learned, [([-1.0, 0.0], 0), ([1.0, 0.0], 1)]);
        assert_eq!(judged, [([0.0, 0.0], 0), ([-0.5, 0.0], 1)]);
    }

    #[test]
    fn targets_are_scaled_and_one_line_is_known() {
        // A plane, and a bend that no plane has.
        let rows: Vec<[f64; 3]> = (0..50)
            .map(|i| [f64::from(i), f64::from(i * 7 % 50), 3.0 * f64::from(i) - f64::from(i * 7 % 50)])
            .collect();
        let plane = Targets::new(&rows, 1.3);
        assert!(plane.best_linear_loss() < 1e-9, "{}", plane.best_linear_loss());
        let bent: Vec<[f64; 3]> = rows.iter().map(|[x, y, _]| [*x, *y, (x - 25.0).abs()]).collect();
        let loss = Targets::new(&bent, 1.3).best_linear_loss();
        assert!((0.8..=1.0).contains(&loss), "{loss}");
        let mut batch = Batch::default();
        plane.draw(300, &mut Stream::new(1, "data"), &mut batch);
        assert!(batch.len() == 300 && batch.inputs.iter().all(|x| x[0].abs() <= 1.3 && x[2] == 1.0));
        assert_eq!((plane.some(20).len(), plane.some(100).len()), (20, 50));
        // What never changes is 0, and known.
        assert_eq!(Targets::new(&[[4.0, 4.0, 4.0]; 9], 1.3).best_linear_loss(), 0.0);
    }
}
