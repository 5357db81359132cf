//! A pool of instructions that grows out of itself: propose, compare, keep.
//!
//! References: Wang et al. 2023, *Self-Instruct*, arXiv:2212.10560 (eight examples in a prompt, six by
//! people and two by the model; a new instruction is dropped where its ROUGE-L with any in the pool is
//! above 0.7); Taori et al. 2023, *Stanford Alpaca* (175 seeds, the same test).
//!
//! Glossary: `threshold` τ, the largest overlap that is let in; `novelty`, the chance that a slot of a
//! proposal comes from the grammar and not from an example; overlap, ROUGE-L F.
//!
//! Shapes: an instruction is 5 slots, [prefix, verb, object, constraint, second constraint or none],
//! written as 4 to 15 words.
//!
//! Departure: what writes is no language model. It copies each slot from one of the examples it is
//! shown, or draws it from a grammar by Zipf's law. Length limits and lists of forbidden words, which
//! both programs have, would reject nothing here and are left out.

use super::recursive_fit::{cumulative, fall, zipf};
use super::rouge::Pattern;
use numerics::elementary::log2;
use numerics::random::Stream;

pub const PREFIXES: [&str; 6] = ["", "please", "if possible", "now", "once more", "for my class"];
pub const VERBS: [&str; 12] = [
    "write",
    "explain",
    "list",
    "summarise",
    "translate",
    "compare",
    "describe",
    "improve",
    "check",
    "plan",
    "sketch",
    "rank",
];
pub const OBJECTS: [&str; 20] = [
    "story",
    "letter",
    "recipe",
    "poem",
    "speech",
    "proof",
    "budget",
    "map",
    "song",
    "contract",
    "lesson",
    "puzzle",
    "review",
    "diary",
    "menu",
    "timetable",
    "riddle",
    "joke",
    "slogan",
    "report",
];
/// Of 2, 3, 4, 2, 3, 4, ... words.
pub const CONSTRAINTS: [&str; 14] = [
    "in French",
    "about the sea",
    "without using any adjectives",
    "with humour",
    "under fifty words",
    "that children would enjoy",
    "from memory",
    "like an engineer",
    "after reading this twice",
    "by candlelight",
    "as short sentences",
    "before we leave tomorrow",
    "starting backwards",
    "to beginners only",
];

/// Examples in a prompt.
const EXAMPLES: usize = 8;

/// An instruction's choice in each slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Instruction {
    prefix: u8,
    pub verb: u8,
    pub object: u8,
    constraint: u8,
    /// None is one past the last constraint.
    second: u8,
}

const NO_SECOND: u8 = CONSTRAINTS.len() as u8;

impl Instruction {
    fn slots(self) -> [u8; 5] {
        [self.prefix, self.verb, self.object, self.constraint, self.second]
    }

    fn of([prefix, verb, object, constraint, second]: [u8; 5]) -> Self {
        // The same constraint twice is no second one.
        let second = if second == constraint { NO_SECOND } else { second };
        Self { prefix, verb, object, constraint, second }
    }

    /// Its words.
    #[must_use]
    pub fn words(self) -> Vec<&'static str> {
        let mut words: Vec<&'static str> = PREFIXES[usize::from(self.prefix)].split_whitespace().collect();
        words.extend([VERBS[usize::from(self.verb)], "a", OBJECTS[usize::from(self.object)]]);
        words.extend(CONSTRAINTS[usize::from(self.constraint)].split_whitespace());
        if self.second != NO_SECOND {
            words.push("and");
            words.extend(CONSTRAINTS[usize::from(self.second)].split_whitespace());
        }
        words
    }
}

/// Where slots are drawn from.
#[derive(Clone, Debug)]
struct Grammar {
    ends: [Vec<f64>; 4],
    /// All words, each once: a token is a word's place here.
    words: Vec<&'static str>,
}

impl Grammar {
    fn new() -> Self {
        let lists: [&[&'static str]; 4] = [&PREFIXES, &VERBS, &OBJECTS, &CONSTRAINTS];
        let ends = lists.map(|list| cumulative(&zipf(list.len())));
        let all = lists.into_iter().flatten().flat_map(|phrase| phrase.split_whitespace());
        Self { ends, words: ["a", "and"].into_iter().chain(all).collect() }
    }

    fn slot(&self, slot: usize, noise: &mut Stream) -> u8 {
        if slot == 4 && noise.chance(0.5) {
            return NO_SECOND;
        }
        fall(&self.ends[slot.min(3)], noise.uniform()) as u8
    }

    fn instruction(&self, noise: &mut Stream) -> Instruction {
        Instruction::of(core::array::from_fn(|slot| self.slot(slot, noise)))
    }

    fn tokens(&self, instruction: Instruction) -> Vec<u8> {
        let place = |word: &&str| self.words.iter().position(|w| w == word).unwrap_or(0) as u8;
        instruction.words().iter().map(place).collect()
    }
}

/// What one grows by.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rules {
    pub seeds: usize,
    pub threshold: f64,
    pub novelty: f64,
    /// How many of the eight examples are the model's own, where there are so many.
    pub own_examples: usize,
}

/// What came of a proposal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Try {
    pub instruction: Instruction,
    /// The one in the pool that it overlaps most, the first of several, and how much.
    pub nearest: Instruction,
    pub overlap: f64,
    pub accepted: bool,
}

/// The pool, and how it came about.
#[derive(Clone, Debug)]
pub struct Pool {
    rules: Rules,
    grammar: Grammar,
    /// Seeds first.
    pub instructions: Vec<Instruction>,
    tokens: Vec<Vec<u8>>,
    pub seeds: usize,
    pub tries: usize,
    /// Accepted word for word copies.
    pub duplicates: usize,
    /// Sum of the accepted ones' largest overlaps.
    overlaps: f64,
    noise: Stream,
}

impl Pool {
    /// Draws distinct seeds: as many as were asked for.
    #[must_use]
    pub fn new(rules: Rules, seed: u64) -> Self {
        let grammar = Grammar::new();
        let mut draw = Stream::new(seed, "seed tasks");
        let mut instructions = Vec::with_capacity(rules.seeds);
        // Far more than enough draws, so that a small grammar would end it too.
        for _ in 0..1000 * rules.seeds {
            let next = grammar.instruction(&mut draw);
            if instructions.len() < rules.seeds && !instructions.contains(&next) {
                instructions.push(next);
            }
        }
        Self {
            tokens: instructions.iter().map(|i| grammar.tokens(*i)).collect(),
            seeds: instructions.len(),
            rules,
            grammar,
            instructions,
            tries: 0,
            duplicates: 0,
            overlaps: 0.0,
            noise: Stream::new(seed, "proposals"),
        }
    }

    #[must_use]
    pub fn accepted(&self) -> usize {
        self.instructions.len() - self.seeds
    }

    /// Mean of the accepted ones' largest overlaps when they came.
    #[must_use]
    pub fn mean_overlap(&self) -> Option<f64> {
        (self.accepted() > 0).then(|| self.overlaps / self.accepted() as f64)
    }

    /// Proposes an instruction, compares it with the whole pool, and keeps it or not.
    pub fn step(&mut self) -> Try {
        let instruction = self.propose();
        let tokens = self.grammar.tokens(instruction);
        let pattern = Pattern::new(&tokens);
        let (mut overlap, mut nearest) = (-1.0, 0);
        for (i, other) in self.tokens.iter().enumerate() {
            // One that is too short or too long to overlap more cannot be nearer.
            if pattern.bound(other.len()) > overlap {
                let x = pattern.overlap(other);
                if x > overlap {
                    (overlap, nearest) = (x, i);
                }
            }
        }
        let nearest = self.instructions[nearest];
        let accepted = overlap <= self.rules.threshold;
        self.tries += 1;
        if accepted {
            self.duplicates += usize::from(nearest == instruction);
            self.overlaps += overlap;
            self.instructions.push(instruction);
            self.tokens.push(tokens);
        }
        Try { instruction, nearest, overlap, accepted }
    }

    fn propose(&mut self) -> Instruction {
        let own = self.rules.own_examples.min(EXAMPLES).min(self.accepted());
        let human = (EXAMPLES - own).min(self.seeds);
        let mut examples = Vec::with_capacity(EXAMPLES);
        for (range, wanted) in [(0..self.seeds, human), (self.seeds..self.instructions.len(), own)] {
            // Distinct ones: few of many, so that a second draw is rare.
            let before = examples.len();
            while examples.len() < before + wanted {
                let i = range.start + self.noise.below(range.len());
                if !examples.contains(&i) {
                    examples.push(i);
                }
            }
        }
        Instruction::of(core::array::from_fn(|slot| {
            let shown = examples[self.noise.below(examples.len())];
            if self.noise.chance(self.rules.novelty) {
                self.grammar.slot(slot, &mut self.noise)
            } else {
                self.instructions[shown].slots()[slot]
            }
        }))
    }

    /// How often each pair of verb and object stands in the pool, verb by verb.
    #[must_use]
    pub fn pairs(&self) -> Vec<usize> {
        let mut counts = vec![0; VERBS.len() * OBJECTS.len()];
        for i in &self.instructions {
            counts[usize::from(i.verb) * OBJECTS.len() + usize::from(i.object)] += 1;
        }
        counts
    }

    /// Entropy of the pool's verbs, in bits; at most log2 of 12.
    #[must_use]
    pub fn verb_entropy(&self) -> f64 {
        let pairs = self.pairs();
        let shares = pairs
            .chunks(OBJECTS.len())
            .map(|objects| objects.iter().sum::<usize>() as f64 / self.instructions.len() as f64);
        shares.filter(|p| *p > 0.0).map(|p| -p * log2(p)).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DEFAULTS: Rules = Rules { seeds: 20, threshold: 0.7, novelty: 0.15, own_examples: 2 };

    fn after(rules: Rules, seed: u64, tries: usize) -> Pool {
        let mut pool = Pool::new(rules, seed);
        for _ in 0..tries {
            pool.step();
        }
        pool
    }

    #[test]
    fn no_word_stands_in_two_slots() {
        let words = Grammar::new().words;
        for (i, word) in words.iter().enumerate() {
            assert!(!words[..i].contains(word), "{word}");
        }
        for (i, phrase) in CONSTRAINTS.iter().enumerate() {
            assert_eq!(phrase.split_whitespace().count(), 2 + i % 3, "{phrase}");
        }
        assert_eq!(PREFIXES.map(|p| p.split_whitespace().count()), [0, 1, 2, 1, 2, 3]);
    }

    #[test]
    fn seeds_are_distinct_and_no_accepted_one_is_near_another() {
        let pool = after(DEFAULTS, 3, 400);
        assert_eq!(pool.seeds, 20);
        assert_eq!(pool.duplicates, 0);
        for i in pool.seeds..pool.tokens.len() {
            let pattern = Pattern::new(&pool.tokens[i]);
            assert!(pool.tokens[..i].iter().all(|other| pattern.overlap(other) <= 0.7));
        }
    }

    #[test]
    fn acceptance_falls_as_the_pool_grows_with_every_seed() {
        for seed in 1..=40 {
            let mut pool = Pool::new(DEFAULTS, seed);
            let mut kept = |tries: usize| (0..tries).filter(|_| pool.step().accepted).count();
            let (first, _, last) = (kept(400), kept(1200), kept(400));
            assert!(last * 2 < first, "{seed}: {first}, then {last}");
        }
    }

    #[test]
    fn without_novelty_a_small_pool_falls_silent() {
        let rules = Rules { seeds: 5, novelty: 0.0, ..DEFAULTS };
        let mut pool = Pool::new(rules, 1);
        for _ in 0..2000 {
            pool.step();
        }
        assert!(pool.accepted() < 60, "{}", pool.accepted());
        assert!((0..300).all(|_| !pool.step().accepted));
    }

    #[test]
    fn a_threshold_of_one_lets_copies_in() {
        let pool = after(Rules { threshold: 1.0, ..DEFAULTS }, 1, 2000);
        assert_eq!(pool.accepted(), 2000);
        assert!(pool.duplicates > 100, "{}", pool.duplicates);
    }
}
