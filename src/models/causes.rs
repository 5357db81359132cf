//! Three bits that cause one another, seen and acted upon; and two tables of counts in which the same
//! question has two answers.
//!
//! References: Pearl 2009, *Causality* (do-operator, back-door adjustment); Charig et al. 1986,
//! doi:10.1136/bmj.292.6524.879 (kidney stones); Bickel, Hammel and O'Connell 1975,
//! doi:10.1126/science.187.4175.398, with the six largest departments as in Freedman, Pisani and Purves.
//!
//! Glossary: Z a bit that may cause X and Y; X what is chosen; Y what comes of it. P(Y = 1 | x, z) = b + c_z z +
//! c_x x, kept within 0 and 1; `cut` takes the arrow from Z to X away and gives X a fair coin; `select` keeps
//! only cases with X or Y.
//!
//! Departures: none.

use numerics::random::Stream;

#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Causes {
    /// P(Z = 1).
    pub z: f64,
    /// P(X = 1 | Z = 0) and P(X = 1 | Z = 1).
    pub x: [f64; 2],
    pub base: f64,
    pub by_z: f64,
    pub by_x: f64,
    /// Whether a coin decides on X.
    pub cut: bool,
    /// Whether only cases with X or Y are seen.
    pub select: bool,
}

/// One case.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Drawn {
    pub z: bool,
    pub x: bool,
    pub y: bool,
}

fn bit(on: bool) -> f64 {
    f64::from(u8::from(on))
}

impl Causes {
    /// P(Y = 1 | x, z).
    #[must_use]
    pub fn outcome(&self, x: bool, z: bool) -> f64 {
        (self.base + self.by_z * bit(z) + self.by_x * bit(x)).clamp(0.0, 1.0)
    }

    /// Whether the sum of the three had to be kept within 0 and 1 somewhere.
    #[must_use]
    pub fn clamped(&self) -> bool {
        let free = |x, z| self.base + self.by_z * bit(z) + self.by_x * bit(x);
        [(false, false), (false, true), (true, false), (true, true)]
            .iter()
            .any(|(x, z)| !(-1e-9..=1.0 + 1e-9).contains(&free(*x, *z)))
    }

    fn chosen(&self, z: bool) -> f64 {
        if self.cut { 0.5 } else { self.x[usize::from(z)] }
    }

    /// P(x, z).
    fn pair(&self, x: bool, z: bool) -> f64 {
        let of_z = if z { self.z } else { 1.0 - self.z };
        of_z * if x { self.chosen(z) } else { 1.0 - self.chosen(z) }
    }

    /// P(Y = 1 | X = x) among the cases that are seen; none where there is no such case.
    #[must_use]
    pub fn seen(&self, x: bool) -> Option<f64> {
        let (mut with, mut all) = (0.0, 0.0);
        for z in [false, true] {
            let (pair, y) = (self.pair(x, z), self.outcome(x, z));
            with += pair * y;
            // Of those without X only the ones with Y are seen.
            all += pair * if self.select && !x { y } else { 1.0 };
        }
        (all > 0.0).then(|| with / all)
    }

    /// P(Y = 1 | do(X = x)) = Σ_z P(Y = 1 | x, z) P(z).
    #[must_use]
    pub fn done(&self, x: bool) -> f64 {
        (1.0 - self.z) * self.outcome(x, false) + self.z * self.outcome(x, true)
    }

    /// A case, seen or not.
    pub fn draw(&self, luck: &mut Stream) -> Drawn {
        let z = luck.chance(self.z);
        let x = luck.chance(self.chosen(z));
        let y = luck.chance(self.outcome(x, z));
        Drawn { z, x, y }
    }

    #[must_use]
    pub fn is_seen(&self, case: Drawn) -> bool {
        !self.select || case.x || case.y
    }
}

/// Successes among so many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Share {
    pub of: u32,
    pub with: u32,
}

impl Share {
    #[must_use]
    pub const fn new(with: u32, of: u32) -> Self {
        Self { of, with }
    }

    #[must_use]
    pub fn rate(self) -> f64 {
        f64::from(self.with) / f64::from(self.of)
    }
}

/// Counts by group and by the two values of X; each group has cases with both.
#[derive(Clone, Copy, Debug)]
pub struct Table<'a> {
    pub groups: &'a [Group],
}

/// A group's name, and its successes by X.
pub type Group = (&'static str, [Share; 2]);

/// Open surgery (A) and puncture (B), by the size of the stone.
pub const KIDNEY_STONES: Table<'static> = Table {
    groups: &[
        ("small", [Share::new(81, 87), Share::new(234, 270)]),
        ("large", [Share::new(192, 263), Share::new(55, 80)]),
    ],
};

/// Men and women admitted, by department.
pub const BERKELEY: Table<'static> = Table {
    groups: &[
        ("A", [Share::new(512, 825), Share::new(89, 108)]),
        ("B", [Share::new(353, 560), Share::new(17, 25)]),
        ("C", [Share::new(120, 325), Share::new(202, 593)]),
        ("D", [Share::new(138, 417), Share::new(131, 375)]),
        ("E", [Share::new(53, 191), Share::new(94, 393)]),
        ("F", [Share::new(22, 373), Share::new(24, 341)]),
    ],
};

impl Table<'_> {
    /// All groups together, as one sees them.
    #[must_use]
    pub fn seen(&self, x: usize) -> Share {
        self.groups.iter().fold(Share::new(0, 0), |sum, (_, shares)| Share {
            of: sum.of + shares[x].of,
            with: sum.with + shares[x].with,
        })
    }

    #[must_use]
    pub fn total(&self) -> u32 {
        self.seen(0).of + self.seen(1).of
    }

    /// What share of all cases a group has.
    #[must_use]
    pub fn weight(&self, group: usize) -> f64 {
        let [a, b] = self.groups[group].1;
        f64::from(a.of + b.of) / f64::from(self.total())
    }

    /// The rates of the groups, weighed by how many cases of either kind each has.
    #[must_use]
    pub fn standardised(&self, x: usize) -> f64 {
        (0..self.groups.len()).map(|g| self.weight(g) * self.groups[g].1[x].rate()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SIMPSON: Causes =
        Causes { z: 0.5, x: [0.2, 0.8], base: 0.7, by_z: -0.4, by_x: 0.1, cut: false, select: false };

    fn close(a: f64, b: f64, by: f64) {
        assert!((a - b).abs() <= by, "{a} is not {b}");
    }

    #[test]
    fn kidney_stones_to_the_last_digit() {
        close(KIDNEY_STONES.seen(0).rate(), 0.78, 1e-12);
        close(KIDNEY_STONES.seen(1).rate(), 0.8257, 5e-5);
        close(KIDNEY_STONES.standardised(0), 0.8325, 5e-5);
        close(KIDNEY_STONES.standardised(1), 0.7789, 5e-5);
        close(KIDNEY_STONES.weight(0), 0.51, 1e-12);
    }

    #[test]
    fn berkeley_to_the_last_digit() {
        assert_eq!(BERKELEY.seen(0), Share::new(1198, 2691));
        assert_eq!(BERKELEY.seen(1), Share::new(557, 1835));
        close(BERKELEY.seen(0).rate(), 0.4452, 5e-5);
        close(BERKELEY.seen(1).rate(), 0.3035, 5e-5);
        close(BERKELEY.standardised(0), 0.3873, 5e-5);
        close(BERKELEY.standardised(1), 0.4300, 5e-5);
    }

    #[test]
    fn seeing_and_doing_disagree_until_the_arrow_is_cut() {
        close(SIMPSON.seen(true).unwrap(), 0.48, 1e-12);
        close(SIMPSON.seen(false).unwrap(), 0.62, 1e-12);
        close(SIMPSON.done(true), 0.60, 1e-12);
        close(SIMPSON.done(false), 0.50, 1e-12);
        let cut = Causes { cut: true, ..SIMPSON };
        for x in [false, true] {
            close(cut.seen(x).unwrap(), SIMPSON.done(x), 1e-12);
        }
    }

    #[test]
    fn a_collider_makes_two_coins_enemies() {
        let coins = Causes { x: [0.5; 2], base: 0.5, by_z: 0.0, by_x: 0.0, select: true, ..SIMPSON };
        close(coins.seen(true).unwrap() - coins.seen(false).unwrap(), -0.5, 1e-12);
        close(coins.done(true), coins.done(false), 1e-12);
    }

    #[test]
    fn an_empty_group_has_no_rate() {
        let nobody = Causes { x: [1.0; 2], ..SIMPSON };
        assert_eq!(nobody.seen(false), None);
    }

    #[test]
    fn cases_are_drawn_as_often_as_they_should_be() {
        for seed in 1..=20 {
            let mut luck = Stream::new(seed, "cases");
            let (mut with, mut all) = (0.0, 0.0);
            for _ in 0..20_000 {
                let case = SIMPSON.draw(&mut luck);
                if case.x {
                    all += 1.0;
                    with += bit(case.y);
                }
            }
            close(with / all, 0.48, 0.025);
        }
    }
}
