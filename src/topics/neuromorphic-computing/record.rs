//! A recorded curve that never grows beyond what a plot can show.

/// Most points kept.
const LIMIT: usize = 400;

/// Points against the step; when it is full every second one goes, and from then on only every
/// second one comes in.
#[derive(Clone, Debug)]
pub struct Record {
    points: Vec<[f64; 2]>,
    stride: u64,
}

impl Record {
    /// Keeps the steps that `stride` divides, to begin with.
    pub fn every(stride: u64) -> Self {
        Self { points: Vec::new(), stride }
    }

    pub fn push(&mut self, step: u64, y: f64) {
        if !step.is_multiple_of(self.stride) {
            return;
        }
        if self.points.len() == LIMIT {
            self.stride *= 2;
            let stride = self.stride as f64;
            self.points.retain(|p| p[0] % stride == 0.0);
        }
        if step.is_multiple_of(self.stride) {
            self.points.push([step as f64, y]);
        }
    }

    pub fn points(&self) -> &[[f64; 2]] {
        &self.points
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_long_record_stays_short_and_even() {
        let mut record = Record::every(1);
        (0..5000).for_each(|i| record.push(i, 1.0));
        assert!((LIMIT / 2..=LIMIT).contains(&record.points().len()));
        let gap = record.points()[1][0];
        assert!(record.points().windows(2).all(|w| w[1][0] - w[0][0] == gap));
    }
}
