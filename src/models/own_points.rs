//! Points of two features and a class that somebody brings, in place of those that a task draws.

/// A point and its class.
pub type Classed = ([f64; 2], usize);

/// Points to learn from and points to be judged on, of rows `[x, y, class]`: those of a class go in turns, so that
/// both halves have some of each, in whatever order the rows stand. Each feature is scaled so that it reaches from
/// −`reach` to `reach`; one that never changes becomes 0.
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
    let mut halves = [Vec::new(), Vec::new()];
    for (i, row) in rows.iter().enumerate() {
        let before = rows[..i].iter().filter(|other| other[2] as usize == row[2] as usize).count();
        halves[before % 2].push((scaled(row), row[2] as usize));
    }
    halves
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
}
