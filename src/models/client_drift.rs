//! Two clients with a bowl each: where averaging comes to rest if everyone walks towards its own bottom for a
//! while.
//!
//! References: Pathak and Wainwright 2020, *FedSplit*, NeurIPS, arXiv:2005.05238 (the fixed points of FedAvg
//! and FedProx are not the optimum); Li X. et al. 2020, *On the Convergence of FedAvg on Non-IID Data*, ICLR,
//! arXiv:1907.02189; Karimireddy et al. 2020, *SCAFFOLD*, ICML, arXiv:1910.06378 (the correction).
//!
//! Names and letters: client i has f_i(w) = ½ Σ_d a_id (w_d − c_id)², `bends` a, `bottoms` c; `epochs` E local
//! steps, `rate` η, `pull` μ. `reach` is g_i = a_i/(a_i + μ) · (1 − (1 − η(a_i + μ))^E): the share of the way
//! to its bottom that a client has gone. The point at rest is Σ g_i c_i / Σ g_i in each coordinate.
//!
//! Departures: SCAFFOLD's control variates are those of all clients at the present model, without memory.

use numerics::elementary::powi;
use numerics::matrix::norm;

pub const BENDS: [[f64; 2]; 2] = [[1.0, 4.0], [4.0, 1.0]];

/// Two bowls, with their bottoms so far apart in each coordinate, under one way of training.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Bowls {
    pub apart: f64,
    pub epochs: u32,
    pub rate: f64,
    pub pull: f64,
    /// Whether steps are corrected by the difference of all clients' slopes to the client's own.
    pub corrected: bool,
}

impl Bowls {
    #[must_use]
    pub fn bottom(&self, client: usize) -> [f64; 2] {
        [self.apart * client as f64; 2]
    }

    /// A client's slope.
    #[must_use]
    pub fn slope(&self, client: usize, w: [f64; 2]) -> [f64; 2] {
        let bottom = self.bottom(client);
        core::array::from_fn(|d| BENDS[client][d] * (w[d] - bottom[d]))
    }

    /// The slope of the mean of both.
    #[must_use]
    pub fn common_slope(&self, w: [f64; 2]) -> [f64; 2] {
        let [first, second] = [0, 1].map(|client| self.slope(client, w));
        core::array::from_fn(|d| 0.5 * (first[d] + second[d]))
    }

    /// The mean of both functions.
    #[must_use]
    pub fn value(&self, w: [f64; 2]) -> f64 {
        let own = |client: usize| {
            let bottom = self.bottom(client);
            (0..2).map(|d| 0.5 * BENDS[client][d] * (w[d] - bottom[d]) * (w[d] - bottom[d])).sum::<f64>()
        };
        0.5 * (own(0) + own(1))
    }

    /// Where the mean of both is least.
    #[must_use]
    pub fn optimum(&self) -> [f64; 2] {
        core::array::from_fn(|d| {
            let (a, b) = (BENDS[0][d], BENDS[1][d]);
            (a * self.bottom(0)[d] + b * self.bottom(1)[d]) / (a + b)
        })
    }

    /// Whether local steps shrink what is off, in every coordinate of both clients.
    #[must_use]
    pub fn stable(&self) -> bool {
        BENDS.iter().flatten().all(|bend| self.rate * (bend + self.pull) < 2.0)
    }

    fn reach(&self, bend: f64) -> f64 {
        bend / (bend + self.pull) * (1.0 - powi(1.0 - self.rate * (bend + self.pull), self.epochs))
    }

    /// Where rounds come to rest, exactly; `None` where they do not.
    #[must_use]
    pub fn rest(&self) -> Option<[f64; 2]> {
        if !self.stable() {
            return None;
        }
        if self.corrected {
            return Some(self.optimum());
        }
        Some(core::array::from_fn(|d| {
            let [first, second] = [0, 1].map(|client| self.reach(BENDS[client][d]));
            (first * self.bottom(0)[d] + second * self.bottom(1)[d]) / (first + second)
        }))
    }

    /// How far a point is from the optimum.
    #[must_use]
    pub fn distance(&self, w: [f64; 2]) -> f64 {
        let best = self.optimum();
        norm(&[w[0] - best[0], w[1] - best[1]])
    }

    /// How far from the optimum rounds come to rest.
    #[must_use]
    pub fn off(&self) -> Option<f64> {
        self.rest().map(|rest| self.distance(rest))
    }

    /// A client's way from `sent`: every local step, the first point included.
    #[must_use]
    pub fn way(&self, client: usize, sent: [f64; 2]) -> Vec<[f64; 2]> {
        let (own, common) = (self.slope(client, sent), self.common_slope(sent));
        let mut w = sent;
        let mut way = vec![w];
        for _ in 0..self.epochs {
            let slope = self.slope(client, w);
            w = core::array::from_fn(|d| {
                let correction = if self.corrected { common[d] - own[d] } else { 0.0 };
                w[d] - self.rate * (slope[d] + correction + self.pull * (w[d] - sent[d]))
            });
            way.push(w);
        }
        way
    }

    /// One round: both walk, then the mean of where they are.
    #[must_use]
    pub fn round(&self, sent: [f64; 2]) -> [f64; 2] {
        let ends = [0, 1].map(|client| *self.way(client, sent).last().unwrap_or(&sent));
        core::array::from_fn(|d| 0.5 * (ends[0][d] + ends[1][d]))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PLAIN: Bowls = Bowls { apart: 1.0, epochs: 1, rate: 0.1, pull: 0.0, corrected: false };

    fn first(bowls: Bowls) -> f64 {
        bowls.rest().unwrap()[0]
    }

    /// Known results: the point at rest by local steps, and by μ.
    #[test]
    fn points_at_rest_are_the_known_ones() {
        for (epochs, wanted) in
            [(1, 0.8), (2, 0.771_084_3), (5, 0.692_502_3), (10, 0.604_126_0), (20, 0.532_352_3)]
        {
            assert!((first(Bowls { epochs, ..PLAIN }) - wanted).abs() < 1e-7, "{epochs}");
        }
        for (pull, wanted) in
            [(0.0, 0.608_133_6), (1.0, 0.647_372_0), (10.0, 0.758_622_8), (100.0, 0.795_275_6)]
        {
            let bowls = Bowls { epochs: 200, rate: 0.005, pull, ..PLAIN };
            assert!((first(bowls) - wanted).abs() < 1e-7, "{pull}: {}", first(bowls));
        }
    }

    #[test]
    fn rounds_come_to_rest_where_the_formula_says() {
        for epochs in [1, 2, 10, 50] {
            for (pull, corrected) in [(0.0, false), (5.0, false), (0.0, true)] {
                let bowls = Bowls { epochs, pull, corrected, ..PLAIN };
                let end = (0..4000).fold([-0.1, 1.1], |w, _| bowls.round(w));
                let rest = bowls.rest().unwrap();
                assert!((0..2).all(|d| (end[d] - rest[d]).abs() < 1e-9), "{bowls:?}: {end:?} {rest:?}");
            }
        }
        assert_eq!(PLAIN.optimum(), [0.8, 0.2]);
        assert_eq!(Bowls { pull: 16.0, ..PLAIN }.rest(), None);
    }

    /// The article's example: two local steps leave the optimum.
    #[test]
    fn the_optimum_is_no_place_of_rest() {
        let one = PLAIN.round([0.8, 0.2]);
        assert!((one[0] - 0.8).abs() < 1e-12);
        let two = Bowls { epochs: 2, ..PLAIN }.round([0.8, 0.2]);
        assert!((two[0] - 0.788).abs() < 1e-12, "{two:?}");
    }
}
