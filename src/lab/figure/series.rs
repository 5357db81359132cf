//! Recorded curves that never grow beyond what a plot can show.

/// Rows of `N` numbers against the step. When it is full, every second row goes, and from then on
/// only every second step comes in: a run of any length stays evenly spaced.
#[derive(Clone, Debug)]
pub struct Series<const N: usize> {
    rows: Vec<(u64, [f64; N])>,
    stride: u64,
}

impl<const N: usize> Series<N> {
    /// Most rows kept.
    pub const LIMIT: usize = 400;

    /// Keeps the steps that `stride` divides, to begin with.
    ///
    /// # Panics
    /// If `stride` is zero.
    #[must_use]
    pub fn every(stride: u64) -> Self {
        assert!(stride > 0, "a stride is at least one step");
        Self { rows: Vec::new(), stride }
    }

    /// Takes the row of a step, where it lies on the grid.
    pub fn push(&mut self, step: u64, row: [f64; N]) {
        if step.is_multiple_of(self.stride) && self.rows.len() == Self::LIMIT {
            self.stride *= 2;
            let stride = self.stride;
            self.rows.retain(|(step, _)| step.is_multiple_of(stride));
        }
        if step.is_multiple_of(self.stride) {
            self.rows.push((step, row));
        }
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// One column against the step, as points of a line.
    #[must_use]
    pub fn curve(&self, column: usize) -> Vec<[f64; 2]> {
        self.rows.iter().map(|(step, row)| [*step as f64, row[column]]).collect()
    }
}

/// A running mean that forgets: what comes moves it by one part in so many.
#[derive(Clone, Copy, Debug)]
pub struct Smoothed {
    parts: f64,
    /// The mean; not a number before anything came.
    pub now: f64,
}

impl Smoothed {
    #[must_use]
    pub const fn over(parts: f64) -> Self {
        Self { parts, now: f64::NAN }
    }

    /// Takes the next number in; the first is the mean itself.
    pub fn take(&mut self, x: f64) {
        self.now = if self.now.is_nan() { x } else { self.now + (x - self.now) / self.parts };
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_smoothed_number_begins_where_the_first_one_is() {
        let mut mean = Smoothed::over(4.0);
        assert!(mean.now.is_nan());
        [8.0, 12.0].into_iter().for_each(|x| mean.take(x));
        assert_eq!(mean.now, 9.0);
    }

    #[test]
    fn a_long_series_stays_short_and_even() {
        let mut series = Series::<1>::every(1);
        for step in 0..5000 {
            series.push(step, [0.5]);
        }
        let curve = series.curve(0);
        assert!((Series::<1>::LIMIT / 2..=Series::<1>::LIMIT).contains(&curve.len()));
        assert!(curve.windows(2).all(|w| w[1][0] - w[0][0] == 16.0));
    }
}
