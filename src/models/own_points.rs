//! Points of two features and a class that somebody brings, in place of those that a task draws.

/// A point and its class.
pub type Classed = ([f64; 2], usize);

/// Points to learn from and points to be judged on: rows `[x, y, class]` in turns, so that rows that stand in the
/// order of their classes give both halves some of each. Each feature is scaled so that it reaches from −`reach`
/// to `reach`; one that never changes becomes 0.
#[must_use]
pub fn halves(rows: &[[f64; 3]], reach: f64) -> [Vec<Classed>; 2] {
    let ends = [0, 1].map(|k| {
        let column = || rows.iter().map(move |row| row[k]);
        [column().fold(f64::INFINITY, f64::min), column().fold(f64::NEG_INFINITY, f64::max)]
    });
    let scaled = |row: &[f64; 3]| {
        [0, 1].map(|k| {
            let [low, high] = ends[k];
            if high > low { reach * (2.0 * (row[k] - low) / (high - low) - 1.0) } else { 0.0 }
        })
    };
    let from =
        |first: usize| rows[first..].iter().step_by(2).map(|row| (scaled(row), row[2] as usize)).collect();
    [from(0), from(1)]
}

/// Whether all points are of one class: then there is nothing to tell apart.
#[must_use]
pub fn of_one_class(points: &[Classed]) -> bool {
    points.windows(2).all(|pair| pair[0].1 == pair[1].1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_go_in_turns_and_fill_the_square() {
        let rows = [[0.0, 5.0, 0.0], [10.0, 5.0, 0.0], [5.0, 5.0, 1.0], [2.5, 5.0, 1.0]];
        let [learned, judged] = halves(&rows, 1.0);
        assert_eq!(learned, [([-1.0, 0.0], 0), ([0.0, 0.0], 1)]);
        assert_eq!(judged, [([1.0, 0.0], 0), ([-0.5, 0.0], 1)]);
        assert!(!of_one_class(&learned) && of_one_class(&learned[..1]));
    }
}
