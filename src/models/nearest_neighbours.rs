//! A teacher that errs near the boundary, a filter that drops what it doubts, and a student that votes
//! among the nearest points that are left.
//!
//! References: Cover and Hart 1967, *Nearest neighbor pattern classification* (the student).
//!
//! Glossary: `margin` s of a point, positive on one side of the true boundary; `error` e, which sets the
//! chance of a wrong label, min(1/2, 2e exp(-|s| / 0.5)); `blindness` φ of the filter, whose score for a
//! point is minus that chance plus 0.25 φ ξ, ξ standard normal; `k`, the votes.
//!
//! Shapes: points are pairs of numbers.

use numerics::elementary::{exp, sin};
use numerics::random::Stream;

/// How many neighbours vote, where there are so many.
pub const VOTES: usize = 7;

/// A point with what the teacher says about it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Example {
    pub at: [f64; 2],
    pub label: bool,
    pub wrong: bool,
}

/// s: which side a point is on in truth, and how far in.
#[must_use]
pub fn margin([x, y]: [f64; 2]) -> f64 {
    sin(2.2 * x) + 0.9 * y
}

/// The chance that the teacher's label is wrong.
#[must_use]
pub fn chance_of_error(at: [f64; 2], error: f64) -> f64 {
    (2.0 * error * exp(-margin(at).abs() / 0.5)).min(0.5)
}

/// What a teacher writes, from what the filter trusts most to what it trusts least.
#[must_use]
pub fn lesson(points: usize, error: f64, blindness: f64, seed: u64) -> Vec<Example> {
    let [mut place, mut slip, mut doubt] =
        ["points", "labels", "filter"].map(|purpose| Stream::new(seed, purpose));
    let mut scored: Vec<(f64, Example)> = (0..points)
        .map(|_| {
            let at = [place.normal(), place.normal()];
            let chance = chance_of_error(at, error);
            let wrong = slip.chance(chance);
            let score = -chance + 0.25 * blindness * doubt.normal();
            (score, Example { at, label: (margin(at) > 0.0) != wrong, wrong })
        })
        .collect();
    // Stable: equal scores keep their order.
    scored.sort_by(|a, b| b.0.total_cmp(&a.0));
    scored.into_iter().map(|(_, example)| example).collect()
}

/// The examples nearest to a place, as they come one by one.
#[derive(Clone, Copy, Debug)]
struct Nearest {
    /// Squared distances, rising, with the labels; of equals, the first to come stands first.
    voters: [(f64, bool); VOTES],
    count: usize,
}

impl Nearest {
    const NOBODY: Self = Self { voters: [(f64::INFINITY, false); VOTES], count: 0 };

    fn meet(&mut self, distance: f64, label: bool) {
        if distance >= self.voters[VOTES - 1].0 {
            return;
        }
        let mut i = VOTES - 1;
        while i > 0 && self.voters[i - 1].0 > distance {
            self.voters[i] = self.voters[i - 1];
            i -= 1;
        }
        self.voters[i] = (distance, label);
        self.count = (self.count + 1).min(VOTES);
    }

    /// The majority; where it is even, the nearest.
    fn vote(&self) -> bool {
        let ayes = self.voters[..self.count].iter().filter(|(_, label)| *label).count();
        if 2 * ayes == self.count { self.voters[0].1 } else { 2 * ayes > self.count }
    }
}

fn squared_distance(a: [f64; 2], b: [f64; 2]) -> f64 {
    let [x, y] = [a[0] - b[0], a[1] - b[1]];
    x * x + y * y
}

/// What the student says at a place.
#[must_use]
pub fn classify(at: [f64; 2], examples: &[Example]) -> bool {
    let mut nearest = Nearest::NOBODY;
    for example in examples {
        nearest.meet(squared_distance(at, example.at), example.label);
    }
    nearest.vote()
}

/// How many of `tests` true points the student gets right when it has the first so many examples, for
/// each of `ends`, rising: one pass for the whole curve.
#[must_use]
pub fn right_answers(examples: &[Example], ends: &[usize], tests: usize, seed: u64) -> Vec<usize> {
    let mut place = Stream::new(seed, "test points");
    let mut right = vec![0; ends.len()];
    for _ in 0..tests {
        let at = [place.normal(), place.normal()];
        let truth = margin(at) > 0.0;
        let (mut nearest, mut met) = (Nearest::NOBODY, 0);
        for (right, end) in right.iter_mut().zip(ends) {
            for example in &examples[met..*end] {
                nearest.meet(squared_distance(at, example.at), example.label);
            }
            met = *end;
            *right += usize::from(nearest.vote() == truth);
        }
    }
    right
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_pass_gives_what_each_student_would() {
        let examples = lesson(200, 0.3, 0.5, 1);
        let ends = [1, 2, 6, 7, 100, 200];
        let all = right_answers(&examples, &ends, 60, 1);
        let mut place = Stream::new(1, "test points");
        let tests: Vec<[f64; 2]> = (0..60).map(|_| [place.normal(), place.normal()]).collect();
        for (right, end) in all.iter().zip(ends) {
            let one =
                tests.iter().filter(|at| classify(**at, &examples[..end]) == (margin(**at) > 0.0)).count();
            assert_eq!(*right, one, "{end}");
        }
    }

    #[test]
    fn errors_crowd_at_the_boundary_and_the_filter_drops_them() {
        let examples = lesson(2000, 0.3, 0.0, 2);
        let wrong = |part: &[Example]| part.iter().filter(|e| e.wrong).count() as f64 / part.len() as f64;
        assert!(wrong(&examples[..40]) < 0.06);
        assert!(wrong(&examples[1800..]) > 0.35);
        assert!(examples[..40].iter().all(|e| margin(e.at).abs() > 1.0));
        assert!(chance_of_error([0.0, 0.0], 0.3) <= 0.5);
    }

    #[test]
    fn a_part_teaches_more_than_the_whole_and_the_surest_teach_too_little() {
        for seed in 1..=30 {
            let examples = lesson(2000, 0.3, 0.0, seed);
            let [surest, most, all] = right_answers(&examples, &[40, 1400, 2000], 800, seed)[..] else {
                unreachable!()
            };
            assert!(most > all + 8, "{seed}: {most} {all}");
            assert!(surest < all, "{seed}: {surest} {all}");
        }
    }
}
