//! Chains of reasoning that slip, a vote over their answers, and judges of answers and of steps.
//!
//! References: Wang et al. 2022, *Self-Consistency*, arXiv:2203.11171 (the vote); Cobbe et al. 2021,
//! *Training Verifiers*, arXiv:2110.14168 (outcome judge); Lightman et al. 2023, *Let's Verify Step
//! by Step*, arXiv:2305.20050 (process judge).
//!
//! Glossary: a chain is [`STEPS`] additions modulo [`MODULUS`]; `slip` e, chance that a step is
//! off, by ±1 or ±10; a *trap* is a step of the question at which every chain slips by +10 with
//! chance 0.7, the misconception that all share; *clean*, without any slip; *lucky*, right
//! because its slips cancel.
//!
//! Departures: the numbers that are added cancel out of right and wrong, so that a chain is only
//! its errors; an answer is named by how far it is off, modulo 97.

use numerics::random::Stream;

/// Additions in a chain, L.
pub const STEPS: usize = 8;
/// Answers are remainders of this prime.
pub const MODULUS: i32 = 97;
/// Chance of the trap's slip.
pub const TRAP_CHANCE: f64 = 0.7;

/// One chain: the error that each step adds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Chain {
    pub errors: [i32; STEPS],
}

impl Chain {
    /// How far the answer is off, 0..97; 0 is right.
    #[must_use]
    pub fn answer(&self) -> i32 {
        self.errors.iter().sum::<i32>().rem_euclid(MODULUS)
    }

    #[must_use]
    pub fn right(&self) -> bool {
        self.answer() == 0
    }

    #[must_use]
    pub fn clean(&self) -> bool {
        self.errors.iter().all(|e| *e == 0)
    }
}

/// A question: where its trap is, if it has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Question {
    pub trap: Option<usize>,
}

impl Question {
    /// A question that has a trap with chance `share`.
    pub fn draw(share: f64, stream: &mut Stream) -> Self {
        let trapped = stream.chance(share);
        let step = stream.below(STEPS);
        Self { trap: trapped.then_some(step) }
    }

    /// One chain of reasoning about it.
    pub fn chain(&self, slip: f64, stream: &mut Stream) -> Chain {
        let mut errors = [0; STEPS];
        for (t, error) in errors.iter_mut().enumerate() {
            // The same draws whatever happens, so that another slip rate moves no later chain.
            let (slips, kind) = (stream.uniform(), stream.below(4));
            if self.trap == Some(t) {
                *error = if slips < TRAP_CHANCE { 10 } else { 0 };
            } else if slips < slip {
                *error = [1, -1, 10, -10][kind];
            }
        }
        Chain { errors }
    }
}

/// The most frequent answer; among equals the one that was seen first.
///
/// # Panics
/// Without answers.
#[must_use]
pub fn vote(answers: &[i32]) -> i32 {
    let mut counts = [0usize; MODULUS as usize];
    for answer in answers {
        counts[*answer as usize] += 1;
    }
    let most = counts.iter().copied().max().unwrap_or(0);
    *answers.iter().find(|a| counts[**a as usize] == most).expect("a vote needs answers")
}

/// The outcome judge's score: 1 for a right answer, plus noise.
pub fn outcome_score(chain: &Chain, noise: f64, stream: &mut Stream) -> f64 {
    f64::from(u8::from(chain.right())) + noise * stream.normal()
}

/// The process judge's score: that of the worst step, each 1 where it is clean, plus noise.
pub fn process_score(chain: &Chain, noise: f64, stream: &mut Stream) -> f64 {
    chain
        .errors
        .iter()
        .map(|e| f64::from(u8::from(*e == 0)) + noise * stream.normal())
        .fold(f64::INFINITY, f64::min)
}

#[cfg(test)]
mod tests {
    use super::*;
    use numerics::elementary::powi;
    use numerics::statistics::place_of_largest;

    /// Shares over many questions of `n` chains each.
    struct Shares {
        single: f64,
        clean: f64,
        lucky: f64,
        vote: f64,
        any: f64,
        /// Of the chains that perfect judges pick: right by the outcome judge, of these clean, and
        /// clean by the process judge where a clean one exists.
        picked_right: f64,
        picked_clean: f64,
        found_clean: f64,
    }

    fn shares(slip: f64, trap: f64, n: usize) -> Shares {
        let questions = 3000;
        let (mut asked, mut thought, mut noise) =
            (Stream::new(1, "questions"), Stream::new(1, "chains"), Stream::new(1, "judge"));
        let [mut single, mut clean, mut lucky, mut voted, mut any, mut right, mut pure, mut found, mut exist] =
            [0.0; 9];
        for _ in 0..questions {
            let question = Question::draw(trap, &mut asked);
            let chains: Vec<Chain> = (0..n).map(|_| question.chain(slip, &mut thought)).collect();
            for chain in &chains {
                single += f64::from(u8::from(chain.right()));
                clean += f64::from(u8::from(chain.clean()));
                lucky += f64::from(u8::from(chain.right() && !chain.clean()));
            }
            let answers: Vec<i32> = chains.iter().map(Chain::answer).collect();
            voted += f64::from(u8::from(vote(&answers) == 0));
            any += f64::from(u8::from(answers.contains(&0)));
            let pick = |scores: Vec<f64>| &chains[place_of_largest(scores)];
            let by_outcome = pick(chains.iter().map(|c| outcome_score(c, 0.0, &mut noise)).collect());
            right += f64::from(u8::from(by_outcome.right()));
            pure += f64::from(u8::from(by_outcome.right() && by_outcome.clean()));
            let by_process = pick(chains.iter().map(|c| process_score(c, 0.0, &mut noise)).collect());
            found += f64::from(u8::from(by_process.clean()));
            exist += f64::from(u8::from(chains.iter().any(Chain::clean)));
        }
        let (q, all) = (f64::from(questions), f64::from(questions) * n as f64);
        Shares {
            single: single / all,
            clean: clean / all,
            lucky: lucky / single,
            vote: voted / q,
            any: any / q,
            picked_right: right / any,
            picked_clean: pure / right,
            found_clean: found / exist,
        }
    }

    #[test]
    fn scattered_errors_lose_the_vote() {
        let s = shares(0.12, 0.0, 33);
        assert!((s.clean - powi(0.88, 8)).abs() < 0.005, "clean {}", s.clean);
        assert!((s.single - 0.408).abs() < 0.02, "single {}", s.single);
        assert!((s.vote - 0.987).abs() < 0.02, "vote {}", s.vote);
    }

    #[test]
    fn many_right_answers_are_lucky_where_slips_are_common() {
        let s = shares(0.3, 0.0, 9);
        assert!((s.lucky - 0.62).abs() < 0.04, "{}", s.lucky);
    }

    #[test]
    fn a_shared_misconception_wins_the_vote_in_the_end() {
        let [few, many] = [9, 65].map(|n| shares(0.05, 0.25, n));
        assert!((few.vote - 0.79).abs() < 0.03, "{}", few.vote);
        assert!((many.vote - 0.76).abs() < 0.03 && many.vote < few.vote, "{}", many.vote);
        assert!(many.any > 0.99, "{}", many.any);
    }

    #[test]
    fn a_perfect_judge_of_answers_picks_luck_and_one_of_steps_does_not() {
        let s = shares(0.12, 0.0, 17);
        assert!((s.picked_right - 1.0).abs() < 1e-12 && (s.found_clean - 1.0).abs() < 1e-12);
        assert!((s.picked_clean - 0.88).abs() < 0.02, "{}", s.picked_clean);
    }

    #[test]
    fn a_tie_goes_to_the_answer_that_was_seen_first() {
        assert_eq!(vote(&[10, 0, 0, 10]), 10);
        assert_eq!(vote(&[3]), 3);
        assert_eq!(place_of_largest([0.5, 0.7, 0.7]), 1);
    }
}
