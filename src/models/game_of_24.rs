//! The Game of 24, searched for real: four numbers, each used once, must give 24.
//!
//! Reference: Yao et al. 2023, *Tree of Thoughts*, arXiv:2305.10601, whose Game of 24 this is; the
//! noisy policy and the noisy judge stand in for a language model, so that their quality is a knob.
//!
//! Glossary: `skill` κ, log-odds with which the policy prefers a move that keeps the hand solvable;
//! `noise` σ, standard deviation of the judge's error; a *call* is one move sampled from the policy;
//! `v(s)` is 1 if 24 can be reached from `s`, else 0.
//!
//! Shapes: a hand has 4 numbers, then 3, then 2, then 1: three moves. A move replaces two numbers
//! by their sum, difference, product or quotient, in either order; equal successors are one.
//! π(s'|s) ∝ exp(κ v(s')), so the chance that a chain from `s` succeeds is
//! p(s) = Σ π(s'|s) p(s'), which [`Tree`] holds exactly.

use numerics::elementary::exp;
use numerics::random::Stream;

/// Moves from four numbers to one.
pub const MOVES: usize = 3;

/// An exact fraction in lowest terms, its denominator positive.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fraction {
    numerator: i64,
    denominator: i64,
}

impl Fraction {
    #[must_use]
    pub const fn whole(n: i64) -> Self {
        Self { numerator: n, denominator: 1 }
    }

    fn reduced(numerator: i64, denominator: i64) -> Option<Self> {
        if denominator == 0 {
            return None;
        }
        let divisor = gcd(numerator.unsigned_abs(), denominator.unsigned_abs()) as i64 * denominator.signum();
        Some(Self { numerator: numerator / divisor, denominator: denominator / divisor })
    }

    /// Sum, the two differences, product, the two quotients. What overflows or divides by zero is
    /// no move.
    fn combine(self, other: Self) -> [Option<Self>; 6] {
        let (a, b) = (self.numerator, self.denominator);
        let (c, d) = (other.numerator, other.denominator);
        let cross = a.checked_mul(d).zip(c.checked_mul(b));
        let below = b.checked_mul(d);
        let over = |top: Option<i64>, bottom: Option<i64>| Self::reduced(top?, bottom?);
        [
            over(cross.and_then(|(x, y)| x.checked_add(y)), below),
            over(cross.and_then(|(x, y)| x.checked_sub(y)), below),
            over(cross.and_then(|(x, y)| y.checked_sub(x)), below),
            over(a.checked_mul(c), below),
            over(a.checked_mul(d), b.checked_mul(c)),
            over(c.checked_mul(b), d.checked_mul(a)),
        ]
    }
}

impl core::fmt::Display for Fraction {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        let sign = if self.numerator < 0 { "−" } else { "" };
        let top = self.numerator.unsigned_abs();
        if self.denominator == 1 {
            write!(f, "{sign}{top}")
        } else {
            write!(f, "{sign}{top}/{}", self.denominator)
        }
    }
}

fn gcd(mut a: u64, mut b: u64) -> u64 {
    while b > 0 {
        (a, b) = (b, a % b);
    }
    a.max(1)
}

/// A sorted multiset of one to four numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct State {
    numbers: [Fraction; 4],
    len: u8,
}

impl State {
    /// # Panics
    /// With no numbers, or more than four.
    #[must_use]
    pub fn new(numbers: &[Fraction]) -> Self {
        assert!((1..=4).contains(&numbers.len()), "a hand has one to four numbers");
        let mut state = Self { numbers: [Fraction::whole(0); 4], len: numbers.len() as u8 };
        state.numbers[..numbers.len()].copy_from_slice(numbers);
        state.numbers[..numbers.len()].sort_unstable();
        state
    }

    #[must_use]
    pub fn hand(cards: [i64; 4]) -> Self {
        Self::new(&cards.map(Fraction::whole))
    }

    #[must_use]
    pub fn numbers(&self) -> &[Fraction] {
        &self.numbers[..usize::from(self.len)]
    }

    /// Whether this is the answer: 24, alone.
    #[must_use]
    pub fn solved(&self) -> bool {
        self.numbers() == [Fraction::whole(24)]
    }

    /// Every state that one move leads to, each once, in order.
    #[must_use]
    pub fn successors(&self) -> Vec<Self> {
        let numbers = self.numbers();
        let mut all = Vec::with_capacity(36);
        for i in 0..numbers.len() {
            for j in i + 1..numbers.len() {
                let mut rest = [Fraction::whole(0); 4];
                let mut kept = 0;
                for (k, number) in numbers.iter().enumerate() {
                    if k != i && k != j {
                        rest[kept] = *number;
                        kept += 1;
                    }
                }
                for made in numbers[i].combine(numbers[j]).into_iter().flatten() {
                    rest[kept] = made;
                    all.push(Self::new(&rest[..=kept]));
                }
            }
        }
        all.sort_unstable();
        all.dedup();
        all
    }
}

impl core::fmt::Display for State {
    fn fmt(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        for (i, number) in self.numbers().iter().enumerate() {
            write!(f, "{}{number}", if i > 0 { " " } else { "" })?;
        }
        Ok(())
    }
}

/// Every state below a hand, with what can be reached from it.
#[derive(Clone, Debug)]
pub struct Tree {
    nodes: Vec<Node>,
}

#[derive(Clone, Debug)]
struct Node {
    state: State,
    /// v(s): whether 24 can be reached.
    solvable: bool,
    /// Where the successors stand in `nodes`: a stretch of it.
    children: core::ops::Range<usize>,
}

/// A place in a [`Tree`].
pub type Place = usize;

impl Tree {
    /// Searches everything below `root`: some 4,000 states for a hand of four.
    #[must_use]
    pub fn grow(root: State) -> Self {
        let mut nodes = vec![Node { state: root, solvable: root.solved(), children: 0..0 }];
        let mut next = 0;
        while next < nodes.len() {
            let begin = nodes.len();
            if nodes[next].state.len > 1 {
                let below = nodes[next].state.successors();
                nodes.extend(below.into_iter().map(|s| Node {
                    state: s,
                    solvable: s.solved(),
                    children: 0..0,
                }));
            }
            nodes[next].children = begin..nodes.len();
            next += 1;
        }
        for i in (0..nodes.len()).rev() {
            let below = nodes[i].children.clone();
            nodes[i].solvable |= nodes[below].iter().any(|n| n.solvable);
        }
        Self { nodes }
    }

    /// The hand itself.
    pub const ROOT: Place = 0;

    #[must_use]
    pub fn state(&self, place: Place) -> &State {
        &self.nodes[place].state
    }

    /// v(s).
    #[must_use]
    pub fn solvable(&self, place: Place) -> bool {
        self.nodes[place].solvable
    }

    /// p(s) at the root: the chance that one chain of the policy ends at 24.
    #[must_use]
    pub fn success(&self, skill: f64) -> f64 {
        let favour = exp(skill);
        let mut chance = vec![0.0; self.nodes.len()];
        for (i, node) in self.nodes.iter().enumerate().rev() {
            let below = &self.nodes[node.children.clone()];
            if below.is_empty() {
                chance[i] = if node.state.solved() { 1.0 } else { 0.0 };
                continue;
            }
            let good = below.iter().filter(|n| n.solvable).count() as f64;
            let total = good * favour + (below.len() as f64 - good);
            // From what cannot be solved no chain succeeds.
            let reached: f64 =
                node.children.clone().filter(|c| self.nodes[*c].solvable).map(|c| favour * chance[c]).sum();
            chance[i] = reached / total;
        }
        chance[Self::ROOT]
    }

    /// One call of the policy: a move from `place`; `None` where no move is left.
    pub fn call(&self, place: Place, skill: f64, stream: &mut Stream) -> Option<Place> {
        let below = self.nodes[place].children.clone();
        if below.is_empty() {
            return None;
        }
        let favour = exp(skill);
        let good = self.nodes[below.clone()].iter().filter(|n| n.solvable).count();
        let bad = below.len() - good;
        let total = good as f64 * favour + bad as f64;
        // First the side, then the move on that side: two draws, whatever the number of moves.
        let wanted = stream.uniform() * total < good as f64 * favour;
        let pick = stream.below(if wanted { good } else { bad });
        below.filter(|c| self.nodes[*c].solvable == wanted).nth(pick)
    }

    /// One chain of three calls: where it goes through, and whether it ends at 24.
    pub fn chain(&self, skill: f64, stream: &mut Stream) -> (Vec<Place>, bool) {
        let mut path = vec![Self::ROOT];
        while let Some(next) = self.call(path[path.len() - 1], skill, stream) {
            path.push(next);
        }
        let solved = self.nodes[path[path.len() - 1]].state.solved();
        (path, solved)
    }
}

/// How a beam search spends its calls.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Beam {
    /// States kept at each depth, b.
    pub width: usize,
    /// Moves sampled from each kept state, m.
    pub branch: usize,
    /// σ of the process judge, whose score is v(s') plus normal noise.
    pub noise: f64,
}

/// A state that a beam search looked at.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Candidate {
    pub place: Place,
    /// The candidate of the level above that it came from; 0 at the first level.
    pub parent: usize,
    /// What the judge said; at the last depth 1 for 24 and 0 otherwise, which is checked exactly.
    pub score: f64,
    pub kept: bool,
}

/// What a beam search did: its candidates at each depth, its calls, and whether it found 24.
#[derive(Clone, Debug, Default)]
pub struct Search {
    pub levels: Vec<Vec<Candidate>>,
    pub calls: usize,
    pub solved: bool,
}

impl Search {
    /// Hands that the judge scored: different ones at each depth but the last, where checking is exact.
    #[must_use]
    pub fn judgements(&self) -> usize {
        self.levels.iter().take(MOVES - 1).map(Vec::len).sum()
    }
}

impl Beam {
    /// At most m(1 + 2b) calls.
    #[must_use]
    pub fn most_calls(&self) -> usize {
        self.branch * (1 + 2 * self.width)
    }

    /// Samples moves from every kept state, merges equal ones, has the judge score them, keeps the
    /// best; at the last depth every candidate is checked.
    #[must_use]
    pub fn search(&self, tree: &Tree, skill: f64, moves: &mut Stream, judge: &mut Stream) -> Search {
        let mut found = Search::default();
        let mut kept: Vec<(usize, Place)> = vec![(0, Tree::ROOT)];
        for depth in 1..=MOVES {
            let mut level: Vec<Candidate> = Vec::new();
            for (parent, place) in &kept {
                for _ in 0..self.branch {
                    let Some(next) = tree.call(*place, skill, moves) else { break };
                    found.calls += 1;
                    if level.iter().any(|c| tree.state(c.place) == tree.state(next)) {
                        continue;
                    }
                    let score = if depth == MOVES {
                        f64::from(u8::from(tree.state(next).solved()))
                    } else {
                        f64::from(u8::from(tree.solvable(next))) + self.noise * judge.normal()
                    };
                    level.push(Candidate { place: next, parent: *parent, score, kept: false });
                }
            }
            // A stable order: of equal scores the one that was found first.
            let mut order: Vec<usize> = (0..level.len()).collect();
            order.sort_by(|a, b| level[*b].score.total_cmp(&level[*a].score));
            let width = if depth == MOVES { level.len() } else { self.width };
            for i in order.iter().take(width) {
                level[*i].kept = depth < MOVES || level[*i].score > 0.5;
            }
            kept = (0..level.len()).filter(|i| level[*i].kept).map(|i| (i, level[i].place)).collect();
            found.levels.push(level);
        }
        found.solved = !kept.is_empty();
        found
    }
}

/// Every hand of four cards from 1 to `highest`, each once, in order.
#[must_use]
pub fn hands(highest: i64) -> Vec<[i64; 4]> {
    let mut all = Vec::new();
    for a in 1..=highest {
        for b in a..=highest {
            for c in b..=highest {
                all.extend((c..=highest).map(|d| [a, b, c, d]));
            }
        }
    }
    all
}

#[cfg(test)]
mod tests {
    use super::*;

    fn solvable(highest: i64) -> Vec<Tree> {
        hands(highest)
            .into_iter()
            .map(|h| Tree::grow(State::hand(h)))
            .filter(|t| t.solvable(Tree::ROOT))
            .collect()
    }

    #[test]
    fn as_many_hands_have_an_answer_as_is_known() {
        for (highest, all, answered) in [(9, 495, 404), (10, 715, 566)] {
            assert_eq!(hands(highest).len(), all);
            assert_eq!(solvable(highest).len(), answered, "cards to {highest}");
        }
        // 8 / (3 - 8/3) and 5 (5 - 1/5) need fractions.
        for hand in [[3, 3, 8, 8], [1, 5, 5, 5]] {
            assert!(Tree::grow(State::hand(hand)).solvable(Tree::ROOT), "{hand:?}");
        }
        assert!(!Tree::grow(State::hand([1, 1, 1, 1])).solvable(Tree::ROOT));
    }

    #[test]
    fn chances_over_all_1362_puzzles_are_exact() {
        let puzzles = solvable(13);
        assert_eq!(puzzles.len(), 1362);
        let best_of = |p: f64, n: u32| 1.0 - numerics::elementary::powi(1.0 - p, n);
        let mean = |skill: f64, n: u32| {
            puzzles.iter().map(|t| best_of(t.success(skill), n)).sum::<f64>() / puzzles.len() as f64
        };
        for (skill, single) in
            [(0.0, 0.00592), (1.0, 0.04154), (2.0, 0.17549), (3.0, 0.43317), (4.0, 0.69880)]
        {
            assert!((mean(skill, 1) - single).abs() < 1e-5, "skill {skill}: {}", mean(skill, 1));
        }
        for (skill, n, share) in [(1.0, 5, 0.1823), (1.0, 18, 0.4667), (2.0, 5, 0.5818), (2.0, 18, 0.9147)] {
            assert!((mean(skill, n) - share).abs() < 5e-5, "skill {skill}, best of {n}");
        }
    }

    #[test]
    fn sampled_chains_succeed_as_often_as_computed() {
        let tree = Tree::grow(State::hand([3, 3, 8, 8]));
        let mut stream = Stream::new(1, "chains");
        let n = 4000;
        let won = (0..n).filter(|_| tree.chain(3.0, &mut stream).1).count() as f64 / f64::from(n);
        let p = tree.success(3.0);
        assert!((won - p).abs() < 3.0 * (p * (1.0 - p) / f64::from(n)).sqrt(), "{won} against {p}");
    }

    #[test]
    fn a_beam_crosses_best_of_n_where_its_judge_gets_drunk() {
        let puzzles = solvable(13);
        let accuracy = |skill: f64, beam: Beam| {
            let (mut moves, mut judge) = (Stream::new(2, "moves"), Stream::new(2, "judge"));
            let sample: Vec<&Tree> = puzzles.iter().step_by(4).collect();
            let mut solved = 0;
            for tree in &sample {
                let found = beam.search(tree, skill, &mut moves, &mut judge);
                assert!(found.calls <= beam.most_calls());
                // A hand is judged once, and what stands at the last depth is checked instead.
                let judged: usize = found.levels[..MOVES - 1].iter().map(Vec::len).sum();
                assert_eq!(found.judgements(), judged);
                solved += usize::from(found.solved);
            }
            solved as f64 / sample.len() as f64
        };
        let wide = |noise| Beam { width: 4, branch: 6, noise };
        let narrow = |noise| Beam { width: 1, branch: 10, noise };
        for (skill, beam, expected) in [
            (1.0, wide(0.25), 0.77),
            (1.0, wide(1.0), 0.55),
            (1.0, wide(4.0), 0.32),
            (2.0, wide(0.25), 0.96),
            (2.0, wide(1.0), 0.77),
            (2.0, wide(4.0), 0.58),
            (1.0, narrow(0.25), 0.83),
            (1.0, narrow(1.0), 0.33),
        ] {
            let got = accuracy(skill, beam);
            assert!((got - expected).abs() < 0.06, "skill {skill}, {beam:?}: {got}");
        }
    }

    #[test]
    fn arithmetic_is_exact_and_what_overflows_is_no_move() {
        let third = Fraction::reduced(8, 3).unwrap();
        let [sum, difference, ..] = Fraction::whole(3).combine(third);
        assert_eq!(
            (sum.unwrap().to_string(), difference.unwrap().to_string()),
            ("17/3".into(), "1/3".into())
        );
        let [_, _, less, .., _] = Fraction::whole(3).combine(third);
        assert_eq!(less.unwrap().to_string(), "−1/3");
        let huge = Fraction::whole(i64::MAX);
        assert_eq!(huge.combine(huge)[0], None);
        assert_eq!(Fraction::whole(5).combine(Fraction::whole(0))[4], None);
    }
}
