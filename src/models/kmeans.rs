//! k-means: points in as many cells as there are centres, each point in the cell of the nearest centre,
//! each centre in the mean of its points (Lloyd's iterations).
//!
//! References: Lloyd 1982, *Least squares quantization in PCM*, IEEE Trans. Information Theory 28(2), 129–137
//! (a note of 1957; the iterations); MacQueen 1967, *Some methods for classification and analysis of
//! multivariate observations* (the name); Arthur and Vassilvitskii 2007, *k-means++: The Advantages of Careful
//! Seeding*, SODA (where they begin). The iterations are those of scikit-learn 1.6.1,
//! `KMeans(algorithm="lloyd", tol=0)` from given centres.
//!
//! Glossary: `label` of a point, the index of its centre; `inertia`, the sum of the squared distances from
//! all points to their centres.
//!
//! Shapes: points are [n, d], centres [k, d], labels [n], with 1 ≤ k ≤ n.
//!
//! An empty cell gets the point that is farthest from its centre, as in scikit-learn, and that point leaves its
//! own cell. Departure: where several cells are empty, the farthest point goes to the first of them, the
//! next one to the second, and of equally far points the earlier one; scikit-learn leaves their order open.

use numerics::matrix::{Matrix, dot, squared_distance};
use numerics::random::Stream;
use numerics::statistics::place_of_largest;

/// Points with their centres.
#[derive(Clone, Debug, PartialEq)]
pub struct Clustering {
    pub centres: Matrix,
    /// The nearest of these centres; of equally near ones the first.
    pub labels: Vec<usize>,
    pub inertia: f64,
}

/// Lloyd's iterations from given centres: at most so many, fewer where no point changes its cell any more.
///
/// # Panics
/// Where there is no centre, or there are more centres than points.
#[must_use]
pub fn lloyd(points: &Matrix, mut centres: Matrix, most: usize) -> Clustering {
    let (count, cells) = (points.rows(), centres.rows());
    assert!((1..=count).contains(&cells), "{cells} centres for {count} points: there must be 1 to {count}");
    let mut labels = assigned(points, &centres);
    for _ in 0..most {
        let moved = means(points, &centres, &labels);
        if moved == centres {
            break;
        }
        centres = moved;
        labels = assigned(points, &centres);
    }
    let inertia = (0..count).map(|i| squared_distance(points.row(i), centres.row(labels[i]))).sum();
    Clustering { centres, labels, inertia }
}

/// Points to begin with, each drawn with a chance that grows with the square of its distance from the nearest
/// one drawn before (k-means++): no point twice, unless there are too few different ones.
#[must_use]
pub fn seeded(points: &Matrix, count: usize, stream: &mut Stream) -> Matrix {
    let mut centres = Matrix::zeros(count, points.columns());
    let mut least = vec![1.0; points.rows()];
    for c in 0..count {
        let row = points.row(stream.weighted(&least));
        centres.row_mut(c).copy_from_slice(row);
        for (i, least) in least.iter_mut().enumerate() {
            let distance = squared_distance(points.row(i), row);
            *least = if c == 0 { distance } else { distance.min(*least) };
        }
    }
    centres
}

/// What orders the centres for each point, [n, k]: |c|² - 2 x·c, which is the squared distance without |x|².
#[must_use]
pub fn farness(points: &Matrix, centres: &Matrix) -> Matrix {
    let mut far = points.times_transposed(centres);
    let squares: Vec<f64> = (0..centres.rows()).map(|c| dot(centres.row(c), centres.row(c))).collect();
    for row in far.as_mut_slice().chunks_exact_mut(squares.len().max(1)) {
        row.iter_mut().zip(&squares).for_each(|(product, square)| *product = square - 2.0 * *product);
    }
    far
}

fn assigned(points: &Matrix, centres: &Matrix) -> Vec<usize> {
    let far = farness(points, centres);
    (0..points.rows()).map(|i| place_of_largest(far.row(i).iter().map(|x| -x))).collect()
}

/// The mean of each cell's points.
fn means(points: &Matrix, centres: &Matrix, labels: &[usize]) -> Matrix {
    let mut sums = Matrix::zeros(centres.rows(), centres.columns());
    let mut counts = vec![0usize; centres.rows()];
    for (i, label) in labels.iter().enumerate() {
        counts[*label] += 1;
        add(sums.row_mut(*label), points.row(i), 1.0);
    }
    let empty: Vec<usize> = (0..counts.len()).filter(|c| counts[*c] == 0).collect();
    if !empty.is_empty() {
        let mut far: Vec<f64> =
            (0..labels.len()).map(|i| squared_distance(points.row(i), centres.row(labels[i]))).collect();
        // Where every point is its centre there are fewer different points than cells.
        if far.iter().any(|far| *far > 0.0) {
            for cell in empty {
                let i = place_of_largest(&far);
                // Not twice.
                far[i] = -1.0;
                add(sums.row_mut(labels[i]), points.row(i), -1.0);
                counts[labels[i]] -= 1;
                add(sums.row_mut(cell), points.row(i), 1.0);
                counts[cell] = 1;
            }
        }
    }
    for (c, count) in counts.iter().enumerate().filter(|(_, count)| **count > 0) {
        let scale = 1.0 / *count as f64;
        sums.row_mut(c).iter_mut().for_each(|x| *x *= scale);
    }
    // What is empty still stands with the fullest, not at the origin.
    let fullest = place_of_largest(counts.iter().map(|count| *count as f64));
    let fullest = sums.row(fullest).to_vec();
    for (c, _) in counts.iter().enumerate().filter(|(_, count)| **count == 0) {
        sums.row_mut(c).copy_from_slice(&fullest);
    }
    sums
}

fn add(sum: &mut [f64], x: &[f64], times: f64) {
    sum.iter_mut().zip(x).for_each(|(sum, x)| *sum += times * x);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn cloud(count: usize, width: usize, seed: u64) -> Matrix {
        let mut stream = Stream::new(seed, "points");
        Matrix::from_fn(count, width, |_, _| stream.normal())
    }

    /// Known result: no iteration raises the inertia, and labels belong to the centres that are given back.
    #[test]
    fn inertia_never_rises() {
        for seed in 1..=10 {
            let points = cloud(90, 3, seed);
            let start = seeded(&points, 7, &mut Stream::new(seed, "centres"));
            let mut last = f64::INFINITY;
            for most in 0..=20 {
                let now = lloyd(&points, start.clone(), most);
                assert!(now.inertia <= last * (1.0 + 1e-12), "{seed}, {most}: {} after {last}", now.inertia);
                last = now.inertia;
                assert_eq!(now.labels, assigned(&points, &now.centres));
            }
            let done = lloyd(&points, start.clone(), 100);
            assert_eq!(done, lloyd(&points, start, 1000));
        }
    }

    #[test]
    fn as_many_cells_as_points_leave_nothing_and_one_has_the_mean() {
        let points = cloud(12, 2, 1);
        let all = lloyd(&points, seeded(&points, 12, &mut Stream::new(1, "centres")), 10);
        assert_eq!(all.inertia, 0.0);
        let mut own = all.labels.clone();
        own.sort_unstable();
        assert_eq!(own, (0..12).collect::<Vec<_>>());

        let one = lloyd(&points, Matrix::zeros(1, 2), 10);
        for d in 0..2 {
            let mean = (0..12).map(|i| points[(i, d)]).sum::<f64>() / 12.0;
            assert!((one.centres[(0, d)] - mean).abs() < 1e-12);
        }
        let spread: f64 = (0..12).map(|i| squared_distance(points.row(i), one.centres.row(0))).sum();
        assert!((one.inertia - spread).abs() < 1e-12);
    }

    /// By hand: 0, 1, 9 and 10 from 0 and 1 settle at 0.5 and 9.5, with 4 · 0.25 of inertia.
    #[test]
    fn four_points_on_a_line_settle_in_two_pairs() {
        let points = Matrix::from_vec(4, 1, vec![0.0, 1.0, 9.0, 10.0]);
        let done = lloyd(&points, Matrix::from_vec(2, 1, vec![0.0, 1.0]), 10);
        assert_eq!((done.centres.as_slice(), done.inertia), (&[0.5, 9.5][..], 1.0));
        assert_eq!(done.labels, [0, 0, 1, 1]);
    }

    /// By hand: nobody is nearest to 100, so the farthest point, 10, founds a cell of its own.
    #[test]
    fn an_empty_cell_gets_the_farthest_point() {
        let points = Matrix::from_vec(4, 1, vec![0.0, 1.0, 2.0, 10.0]);
        let start = || Matrix::from_vec(2, 1, vec![0.0, 100.0]);
        assert_eq!(lloyd(&points, start(), 1).centres.as_slice(), [1.0, 10.0]);
        // All points alike: no cell can be filled, and none stands at the origin.
        let alike = Matrix::from_vec(3, 1, vec![4.0; 3]);
        let done = lloyd(&alike, start(), 5);
        assert_eq!((done.centres.as_slice(), done.inertia), (&[4.0, 4.0][..], 0.0));
    }

    #[test]
    fn seeds_are_different_points() {
        let points = Matrix::from_fn(40, 1, |i, _| (i % 5) as f64);
        let mut first = seeded(&points, 5, &mut Stream::new(3, "centres")).as_slice().to_vec();
        first.sort_by(f64::total_cmp);
        assert_eq!(first, [0.0, 1.0, 2.0, 3.0, 4.0]);
    }

    #[test]
    #[should_panic(expected = "5 centres for 3 points: there must be 1 to 3")]
    fn more_centres_than_points_are_refused() {
        let _ = lloyd(&cloud(3, 2, 1), Matrix::zeros(5, 2), 1);
    }
}
