//! Nonlinear least squares, plain or robust: Levenberg and Marquardt's damped steps, on weights that
//! Huber's loss asks for (Marquardt 1963, doi:10.1137/0111030; Huber 1964).

/// Where a search ended.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Minimum<const P: usize> {
    pub parameters: [f64; P],
    /// Sum of the losses of all rows there.
    pub cost: f64,
}

/// Huber's loss of a residual: half its square up to `width`, and a straight line beyond. An infinite
/// width is half the plain square.
#[must_use]
pub fn huber(residual: f64, width: f64) -> f64 {
    let size = residual.abs();
    if size <= width { 0.5 * residual * residual } else { width * (size - 0.5 * width) }
}

/// From `start` downhill on the sum of `huber(residual, width)` over `rows`, in at most `limit` steps.
/// `row` gives a row's residual and its derivatives at some parameters. The sum is not divided by the
/// number of rows: a mean makes every tolerance looser, and searches stop early.
pub fn descend<const P: usize>(
    start: [f64; P],
    rows: usize,
    width: f64,
    limit: usize,
    row: impl Fn(&[f64; P], usize) -> (f64, [f64; P]),
) -> Minimum<P> {
    let cost_at = |x: &[f64; P]| -> f64 { (0..rows).map(|i| huber(row(x, i).0, width)).sum() };
    let mut best = Minimum { parameters: start, cost: cost_at(&start) };
    let mut damping = 1e-3;
    for _ in 0..limit {
        // The equations of the weighted linear problem: rows beyond the width count in proportion less.
        let (mut normal, mut slope) = ([[0.0; P]; P], [0.0; P]);
        for i in 0..rows {
            let (residual, derivatives) = row(&best.parameters, i);
            let weight = if residual.abs() <= width { 1.0 } else { width / residual.abs() };
            for p in 0..P {
                slope[p] += weight * residual * derivatives[p];
                for q in 0..=p {
                    normal[p][q] += weight * derivatives[p] * derivatives[q];
                }
            }
        }
        let before = best.cost;
        while damping < 1e12 {
            let moved = step(&normal, &slope, damping).map(|by| {
                let mut parameters = best.parameters;
                parameters.iter_mut().zip(by).for_each(|(x, by)| *x -= by);
                Minimum { parameters, cost: cost_at(&parameters) }
            });
            match moved {
                Some(next) if next.cost < best.cost => {
                    best = next;
                    damping = (damping / 5.0).max(1e-12);
                    break;
                }
                _ => damping *= 4.0,
            }
        }
        if before - best.cost <= 1e-13 * before {
            break;
        }
    }
    best
}

/// Solves (normal + damping · its diagonal) x = slope by Cholesky's factors; `normal` is given by its
/// lower triangle. None where it has no such factors.
fn step<const P: usize>(normal: &[[f64; P]; P], slope: &[f64; P], damping: f64) -> Option<[f64; P]> {
    let mut factor = [[0.0; P]; P];
    for p in 0..P {
        for q in 0..=p {
            let mut left = normal[p][q] * if p == q { 1.0 + damping } else { 1.0 };
            for (a, b) in factor[p][..q].iter().zip(&factor[q]) {
                left -= a * b;
            }
            if p == q {
                if left.is_nan() || left <= 0.0 {
                    return None;
                }
                factor[p][p] = left.sqrt();
            } else {
                factor[p][q] = left / factor[q][q];
            }
        }
    }
    let mut x = *slope;
    for p in 0..P {
        for k in 0..p {
            x[p] -= factor[p][k] * x[k];
        }
        x[p] /= factor[p][p];
    }
    for p in (0..P).rev() {
        for k in p + 1..P {
            x[p] -= factor[k][p] * x[k];
        }
        x[p] /= factor[p][p];
    }
    Some(x)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::elementary::exp;

    #[test]
    fn an_exponential_is_found_again() {
        let row = |x: &[f64; 2], i: usize| {
            let (t, decay) = (i as f64 / 4.0, exp(-x[1] * i as f64 / 4.0));
            (x[0] * decay - 3.0 * exp(-0.7 * t), [decay, -x[0] * t * decay])
        };
        let found = descend([1.0, 0.1], 12, f64::INFINITY, 100, row);
        assert!((found.parameters[0] - 3.0).abs() < 1e-9, "{found:?}");
        assert!((found.parameters[1] - 0.7).abs() < 1e-9, "{found:?}");
    }

    #[test]
    fn one_wild_row_hardly_moves_a_robust_fit() {
        let level = |width| {
            descend([0.0], 11, width, 200, |x: &[f64; 1], i| {
                (x[0] - if i == 0 { 1000.0 } else { (i % 2) as f64 }, [1.0])
            })
        };
        assert!((level(f64::INFINITY).parameters[0] - 1005.0 / 11.0).abs() < 1e-9);
        // The median of ten rows and a wild one.
        assert!((level(1e-3).parameters[0] - 0.0).abs() <= 1.001);
    }

    #[test]
    fn what_cannot_be_solved_is_left_where_it_began() {
        let found = descend([2.0, 5.0], 3, f64::INFINITY, 10, |x: &[f64; 2], _| (x[0], [0.0, 0.0]));
        assert_eq!(found.parameters, [2.0, 5.0]);
    }
}
