//! Chains of reasoning that slip, a vote over their answers, and judges of answers and of steps.
//!
//! References: Wang et al. 2022, *Self-Consistency*, arXiv:2203.11171 (the vote); Cobbe et al. 2021,
//! *Training Verifiers*, arXiv:2110.14168 (outcome judge); Lightman et al. 2023, *Let's Verify Step
//! by Step*, arXiv:2305.20050 (process judge); Huang et al. 2023, *Large Language Models Cannot
//! Self-Correct Reasoning Yet*, arXiv:2310.01798 (a chain that revises itself without a sign from outside).
//!
//! Glossary: a chain is [`STEPS`] additions modulo [`MODULUS`]; `slip` e, chance that a step is
//! off, by one of [`KINDS`]; a *trap* is a step of the question at which every chain slips by +10 with
//! chance [`TRAP_CHANCE`], the misconception that all share; *clean*, without any slip; *lucky*, right
//! because its slips cancel; a *check* h, f doubts a step that is off with chance h (hit rate) and one that
//! is clean with chance f (false alarms).
//!
//! Departures: the numbers that are added cancel out of right and wrong, so that a chain is only
//! its errors; an answer is named by how far it is off, modulo 97. Checks err independently, but for the
//! trap: what fooled the writer fools its check, which doubts that slip no more than a clean step.

use numerics::random::Stream;

/// Additions in a chain, L.
pub const STEPS: usize = 8;
/// Answers are remainders of this prime.
pub const MODULUS: i32 = 97;
/// Chance of the trap's slip.
pub const TRAP_CHANCE: f64 = 0.7;
/// What a slip may add, and how many of these there are.
pub const KINDS: [i32; 4] = [1, -1, 10, -10];

/// How chains slip.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slips {
    /// ε, chance that a step without a trap is off, 0..=1.
    pub chance: f64,
    /// How many of [`KINDS`], from the first, a slip may be: 1, 2 or 4.
    pub kinds: usize,
    /// Chance of the slip at a trap, 0..=1.
    pub trap: f64,
}

impl Slips {
    /// Slips of all four kinds, and the usual trap.
    #[must_use]
    pub const fn scattered(chance: f64) -> Self {
        Self { chance, kinds: KINDS.len(), trap: TRAP_CHANCE }
    }
}

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
    pub fn chain(&self, slips: Slips, stream: &mut Stream) -> Chain {
        let mut errors = [0; STEPS];
        for (t, error) in errors.iter_mut().enumerate() {
            *error = self.step(t, slips, stream);
        }
        Chain { errors }
    }

    /// The error of step `t`, written once.
    fn step(&self, t: usize, slips: Slips, stream: &mut Stream) -> i32 {
        // The same draws whatever happens, so that another slip rate moves no later chain.
        let (off, kind) = (stream.uniform(), stream.below(KINDS.len()));
        if self.trap == Some(t) {
            if off < slips.trap { KINDS[2] } else { 0 }
        } else if off < slips.chance {
            KINDS[kind % slips.kinds]
        } else {
            0
        }
    }

    /// Step `t` written once more, but not with `error`: as [`Self::step`] is if it may not come to that.
    fn step_but(&self, error: i32, t: usize, slips: Slips, stream: &mut Stream) -> i32 {
        let (off, kind) = (stream.uniform(), stream.below(KINDS.len()));
        if self.trap == Some(t) {
            return if error == 0 { KINDS[2] } else { 0 };
        }
        let mut others = KINDS[..slips.kinds].iter().copied().filter(|k| *k != error);
        let each = slips.chance / slips.kinds as f64;
        let left = if error == 0 { slips.kinds } else { slips.kinds - 1 };
        if left == 0 || error != 0 && off * (1.0 - each) < 1.0 - slips.chance {
            return 0;
        }
        others.nth(kind % left).unwrap_or(0)
    }
}

/// When a chain looks over what it has written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Look {
    /// After each step: a step in doubt is written once more, and nothing else.
    EachStep,
    /// When it has an answer, from the first step on: at the first step in doubt it goes back, and writes that
    /// step and all that were built on it once more.
    AtTheEnd,
}

/// What is written in place of a step in doubt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rewrite {
    /// Whatever comes, as at first: perhaps the same.
    Anew,
    /// Anything but what was in doubt.
    Otherwise,
}

/// A chain that checks itself and goes back where it doubts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Reviser {
    pub slips: Slips,
    /// h, chance that a step that is off is doubted.
    pub hit: f64,
    /// f, chance that a clean step is doubted.
    pub alarm: f64,
    pub look: Look,
    pub rewrite: Rewrite,
    /// What one check costs, in steps.
    pub charge: f64,
    /// How often it may go back; then it writes to the end without looking.
    pub most: usize,
}

/// One step as it was written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Written {
    /// How often the chain had gone back before.
    pub round: usize,
    pub step: usize,
    pub error: i32,
    /// Here the chain went back.
    pub doubted: bool,
}

/// A chain with all that was written on the way to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Revised {
    pub chain: Chain,
    pub written: Vec<Written>,
    /// Steps written and checks made, in steps.
    pub length: f64,
    /// How often it went back.
    pub rounds: usize,
}

impl Reviser {
    /// The chain that begins as `draft` and is revised. `writing` is what rewritten steps are drawn from,
    /// `checking` what doubts are; both are read in the same order whatever [`Self::most`] is, so that with more
    /// a chain goes on where it stopped with fewer.
    pub fn revise(
        &self,
        question: &Question,
        draft: Chain,
        writing: &mut Stream,
        checking: &mut Stream,
    ) -> Revised {
        let mut revised = Revised { chain: draft, written: Vec::new(), length: 0.0, rounds: 0 };
        match self.look {
            Look::EachStep => {
                for t in 0..STEPS {
                    revised.put(t);
                    while self.goes_back(question, t, &mut revised, checking) {
                        self.write_again(question, t, &mut revised, writing);
                        revised.put(t);
                    }
                }
            }
            Look::AtTheEnd => {
                (0..STEPS).for_each(|t| revised.put(t));
                while let Some(t) = (0..STEPS).find(|t| self.goes_back(question, *t, &mut revised, checking))
                {
                    self.write_again(question, t, &mut revised, writing);
                    revised.put(t);
                    for later in t + 1..STEPS {
                        revised.chain.errors[later] = question.step(later, self.slips, writing);
                        revised.put(later);
                    }
                }
            }
        }
        revised
    }

    /// Whether step `t` is looked at and doubted.
    fn goes_back(&self, question: &Question, t: usize, revised: &mut Revised, checking: &mut Stream) -> bool {
        if revised.rounds == self.most {
            return false;
        }
        revised.length += self.charge;
        let seen = revised.chain.errors[t] != 0 && question.trap != Some(t);
        let doubted = checking.chance(if seen { self.hit } else { self.alarm });
        if doubted {
            revised.rounds += 1;
            if let Some(last) = revised.written.iter_mut().rfind(|w| w.step == t) {
                last.doubted = true;
            }
        }
        doubted
    }

    fn write_again(&self, question: &Question, t: usize, revised: &mut Revised, writing: &mut Stream) {
        let before = revised.chain.errors[t];
        revised.chain.errors[t] = match self.rewrite {
            Rewrite::Anew => question.step(t, self.slips, writing),
            Rewrite::Otherwise => question.step_but(before, t, self.slips, writing),
        };
    }
}

impl Revised {
    /// Writes down step `t` as it stands.
    fn put(&mut self, t: usize) {
        let error = self.chain.errors[t];
        self.written.push(Written { round: self.rounds, step: t, error, doubted: false });
        self.length += 1.0;
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
            let chains: Vec<Chain> =
                (0..n).map(|_| question.chain(Slips::scattered(slip), &mut thought)).collect();
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

    /// Share right at first and in the end, and length, over many questions.
    fn revised(reviser: Reviser, trap: f64) -> [f64; 3] {
        let (mut asked, mut thought) = (Stream::new(2, "questions"), Stream::new(2, "chains"));
        let (mut writing, mut checking) = (Stream::new(2, "writing"), Stream::new(2, "checking"));
        let questions = 4000;
        let mut sums = [0.0; 3];
        for _ in 0..questions {
            let question = Question::draw(trap, &mut asked);
            let draft = question.chain(reviser.slips, &mut thought);
            let end = reviser.revise(&question, draft, &mut writing, &mut checking);
            let right = |chain: &Chain| f64::from(u8::from(chain.right()));
            for (sum, value) in sums.iter_mut().zip([right(&draft), right(&end.chain), end.length]) {
                *sum += value / f64::from(questions);
            }
        }
        sums
    }

    const SEES: Reviser = Reviser {
        slips: Slips::scattered(0.12),
        hit: 0.7,
        alarm: 0.1,
        look: Look::EachStep,
        rewrite: Rewrite::Anew,
        charge: 1.0,
        most: 200,
    };

    #[test]
    fn a_check_after_each_step_leaves_the_slips_that_its_closed_form_leaves() {
        // A step is settled when it is not doubted: off with ε(1 - h) against clean with (1 - ε)(1 - f).
        let (off, clean) = (0.12 * 0.3, 0.88 * 0.9);
        let [_, right, length] = revised(SEES, 0.0);
        let settled = off + clean;
        assert!((length - 16.0 / settled).abs() < 0.1, "{length}");
        // All steps clean, and a little luck above it.
        let all = powi(clean / settled, 8);
        assert!(right > all - 0.02 && right < all + 0.03, "{right} beside {all}");
    }

    #[test]
    fn a_blind_check_buys_length_and_nothing_else_or_worse() {
        for look in [Look::EachStep, Look::AtTheEnd] {
            let blind = Reviser { hit: 0.3, alarm: 0.3, look, most: 8, ..SEES };
            let [draft, anew, length] = revised(blind, 0.0);
            assert!((anew - draft).abs() < 0.02 && length > 20.0, "{look:?}: {draft} {anew} {length}");
            let [draft, otherwise, _] = revised(Reviser { rewrite: Rewrite::Otherwise, ..blind }, 0.0);
            assert!(otherwise < draft - 0.1, "{look:?}: {draft} {otherwise}");
        }
    }

    #[test]
    fn what_fools_the_writer_fools_its_check() {
        let [_, plain, _] = revised(SEES, 0.0);
        let [_, trapped, _] = revised(SEES, 1.0);
        // Of seven steps less is left to slip, and yet three questions in four stay lost.
        assert!(plain > 0.6 && trapped < 0.35, "{plain} {trapped}");
    }

    #[test]
    fn a_chain_that_may_not_go_back_is_its_draft_and_more_goes_on_where_fewer_stopped() {
        let (mut asked, mut thought) = (Stream::new(3, "questions"), Stream::new(3, "chains"));
        for round in 0..50 {
            let question = Question::draw(0.2, &mut asked);
            let draft = question.chain(SEES.slips, &mut thought);
            for look in [Look::EachStep, Look::AtTheEnd] {
                let with = |most| {
                    let mut streams = ["writing", "checking"].map(|p| Stream::new(round, p));
                    let [writing, checking] = &mut streams;
                    Reviser { look, most, ..SEES }.revise(&question, draft, writing, checking)
                };
                let (none, few, more) = (with(0), with(1), with(2));
                assert_eq!((none.chain, none.rounds), (draft, 0));
                assert!((none.length - STEPS as f64).abs() < 1e-12);
                let shared = more.written.iter().take_while(|w| w.round < 2).count();
                let same = |w: &Written| (w.round, w.step, w.error);
                assert!(few.written.len() >= shared);
                assert!(
                    few.written.iter().map(same).take(shared).eq(more.written.iter().map(same).take(shared))
                );
            }
        }
    }

    #[test]
    fn one_kind_of_slip_takes_the_lead_from_the_vote() {
        let right = |kinds| {
            let slips = Slips { kinds, ..Slips::scattered(0.12) };
            let mut stream = Stream::new(4, "chains");
            let question = Question { trap: None };
            let won = (0..400).filter(|_| {
                let answers: Vec<i32> =
                    (0..33).map(|_| question.chain(slips, &mut stream).answer()).collect();
                vote(&answers) == 0
            });
            won.count() as f64 / 400.0
        };
        assert!(right(4) > 0.95 && right(1) < 0.5, "{} {}", right(4), right(1));
    }
}
