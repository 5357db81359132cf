//! The parallel scan: a linear recurrence with coefficients that change, in a logarithmic number of
//! rounds.
//!
//! References: Hillis and Steele 1986, *Data Parallel Algorithms* (the rounds); Gu and Dao 2023,
//! *Mamba*, arXiv:2312.00752, section 3.3 (why a selective model needs it).
//!
//! Each token is a map h → a h + b. Two maps, one after the other, are a map again, and it does not
//! matter which neighbours are joined first: that is all that a scan asks for.
//!
//! Departures: this variant does n log n joins in ⌈log₂ n⌉ rounds; the kernels on real machines join
//! only about 2n times, in twice the rounds.

/// h → a h + b.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Map {
    pub a: f64,
    pub b: f64,
}

impl Map {
    /// First `self`, then `next`: (a, b) ∘ (a', b') = (a a', a' b + b').
    #[must_use]
    pub fn then(self, next: Self) -> Self {
        Self { a: self.a * next.a, b: next.a * self.b + next.b }
    }
}

/// The states after each token, from a state of 0, one after the other.
#[must_use]
pub fn one_by_one(maps: &[Map]) -> Vec<f64> {
    let mut h = 0.0;
    maps.iter()
        .map(|m| {
            h = m.a * h + m.b;
            h
        })
        .collect()
}

/// The same in rounds, in each of which all joins could happen at once; and how many rounds.
#[must_use]
pub fn in_rounds(maps: &[Map]) -> (Vec<f64>, u32) {
    let mut all = maps.to_vec();
    let (mut reach, mut rounds) = (1, 0);
    while reach < all.len() {
        for i in (reach..all.len()).rev() {
            all[i] = all[i - reach].then(all[i]);
        }
        reach *= 2;
        rounds += 1;
    }
    (all.into_iter().map(|m| m.b).collect(), rounds)
}

/// ⌈log₂ n⌉: the rounds for n tokens.
#[must_use]
pub fn rounds(tokens: usize) -> u32 {
    tokens.max(1).next_power_of_two().trailing_zeros()
}

#[cfg(test)]
mod tests {
    use super::*;
    use numerics::random::Stream;

    fn draw(count: usize) -> Vec<Map> {
        let mut s = Stream::new(1, "maps");
        (0..count).map(|_| Map { a: s.uniform(), b: s.normal() }).collect()
    }

    /// Known result: the parallel scan is the sequential one.
    #[test]
    fn rounds_give_what_single_steps_give() {
        for count in [1, 2, 3, 48, 400, 1024] {
            let maps = draw(count);
            let (states, taken) = in_rounds(&maps);
            assert_eq!(taken, rounds(count), "{count}");
            assert!(states.iter().zip(one_by_one(&maps)).all(|(a, b)| (a - b).abs() < 1e-12));
        }
        assert_eq!((rounds(400), rounds(1_000_000)), (9, 20));
        assert!(in_rounds(&[]).0.is_empty());
    }

    #[test]
    fn joining_is_associative() {
        let [a, b, c] = draw(3).try_into().unwrap();
        let (left, right) = (a.then(b).then(c), a.then(b.then(c)));
        assert!((left.a - right.a).abs() < 1e-15 && (left.b - right.b).abs() < 1e-15);
    }
}
