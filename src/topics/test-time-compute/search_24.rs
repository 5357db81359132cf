//! `search-24`: the Game of 24 by single chains, by many tries, and by a beam with a judge.

use super::search_figure;
use crate::lab::simulation::Outcome;
use crate::lab::{
    Challenge, Clause, Control, Figure, Pace, Prediction, Preset, Reading, Readout, Simulation, Spec, Values,
    page_text,
};
use crate::models::game_of_24::{Beam, MOVES, Search, State, Tree, hands};
use crate::models::votes::wilson;
use crate::numerics::elementary::powi;
use crate::numerics::random::Stream;

pub static SPEC: Spec = Spec {
    id: "search-24",
    title: "Tries or search, on the Game of 24",
    summary: page_text(
        "A noisy policy plays the Game of 24. Watch one puzzle after another searched on the left, and the \
         share that each strategy solves fill in against the calls that it spends.",
    ),
    controls: &[
        Control::real("skill", "Skill of the policy κ", [0.0, 4.0], 0.25, 1.0).help(
            "How strongly the policy prefers moves that keep 24 within reach: 0 guesses, 4 is right most of \
             the time.",
        ),
        Control::integer("budget", "Calls for best-of-N", 3, 120, 54)
            .step(3)
            .unit("calls")
            .help("Three calls make one try, so 54 calls are 18 tries, each checked exactly."),
        Control::integer("beam", "Beam width b", 1, 8, 4)
            .help("How many half-solved hands the search keeps at each depth."),
        Control::integer("branch", "Moves sampled m", 1, 10, 6)
            .help("Calls made from each kept hand. A search costs at most m(1 + 2b) calls."),
        Control::real("prm_noise", "Noise of the judge σ", [0.0, 4.0], 0.25, 0.25).unit("sd").help(
            "Error of the score that the judge gives to a half-solved hand; dead ends are 0, others 1.",
        ),
        Control::choice(
            "strategy",
            "Strategy",
            &[("all", "All three"), ("single", "Single chain"), ("best_of_n", "Best of N"), ("beam", "Beam")],
        )
        .help("Which strategies play. Each has random streams of its own, so none changes another's luck."),
        Control::choice(
            "hand",
            "Hand",
            &[("any", "A new one each time"), ("3388", "3 3 8 8"), ("1555", "1 5 5 5"), ("1111", "1 1 1 1")],
        )
        .secondary()
        .help("Deals all solvable hands of 1 to 13 in random order, or one hand again and again."),
        Control::integer("puzzles", "Puzzles", 20, 1362, 200)
            .secondary()
            .help("Where the run ends. There are 1,362 hands with an answer."),
        Control::seed(1).secondary(),
    ],
    readouts: &[
        Readout::new("acc_single", "Single chain solves", 3)
            .help("Share of the puzzles that one chain of three calls solved."),
        Readout::new("acc_bon", "Best of N solves", 3)
            .help("Share of the puzzles that at least one of the tries solved."),
        Readout::new("acc_beam", "Beam solves", 3).help("Share of the puzzles that the search solved."),
        Readout::new("calls_bon", "Calls, best of N", 0)
            .help("Calls to the policy for one puzzle: three a try."),
        Readout::new("calls_beam", "Calls, beam", 1).help("Calls to the policy for one puzzle, on average."),
        Readout::new("exact_single", "Single chain, exactly", 4)
            .help("The same share computed over every path of every puzzle so far, without drawing."),
        Readout::new("ci_halfwidth", "Uncertainty ±", 3)
            .help("Half of the 95 % interval around the last strategy's share (Wilson)."),
    ],
    presets: &[
        Preset {
            id: "naive",
            label: "Naive",
            look: page_text("One chain per puzzle: about one in twenty-five is solved."),
            values: &[("strategy", "single")],
        },
        Preset {
            id: "sharp-judge",
            label: "Same budget, sharp judge",
            look: page_text("54 calls for both: the diamond stands far above the square."),
            values: &[],
        },
        Preset {
            id: "drunk-judge",
            label: "Same budget, drunk judge",
            look: page_text("The judge hardly sees dead ends any more: now plain tries win."),
            values: &[("prm_noise", "4")],
        },
        Preset {
            id: "strong-policy",
            label: "Strong policy, mediocre judge",
            look: page_text(
                "A judge that would have helped the weaker policy holds the better one back: the square is \
                 on top.",
            ),
            values: &[("skill", "2"), ("prm_noise", "1")],
        },
        Preset {
            id: "classic",
            label: "Classic 3 3 8 8",
            look: page_text("The same hard hand again and again: its only way out leads through 8/3."),
            values: &[("hand", "3388")],
        },
    ],
    challenges: &[
        Challenge {
            id: "narrow",
            title: "Three quarters for thirty calls",
            task: page_text(
                "With skill 1, have the search solve more than 75 % of 100 puzzles with at most 30 calls each.",
            ),
            solved: &[
                Clause::equals("skill", 1.0),
                Clause::above("acc_beam", 0.75),
                Clause::at_most("calls_beam", 30.0),
                Clause::option_is("hand", "any"),
                Clause::at_least("step", 100.0),
            ],
            solution: &[("beam", "1"), ("branch", "10")],
            solution_steps: 150,
        },
        Challenge {
            id: "tries-win",
            title: "When plain tries win",
            task: page_text(
                "For the same number of calls (within 5), have best-of-N beat the search by more than 5 \
                 points over 60 puzzles.",
            ),
            solved: &[
                Clause {
                    quantity: crate::lab::condition::Quantity::Difference("acc_bon", "acc_beam"),
                    ..Clause::above("acc_bon", 0.05)
                },
                Clause {
                    quantity: crate::lab::condition::Quantity::Distance("calls_bon", "calls_beam"),
                    ..Clause::at_most("calls_bon", 5.0)
                },
                Clause::at_least("step", 60.0),
            ],
            solution: &[("prm_noise", "4")],
            solution_steps: 150,
        },
    ],
    prediction: Some(Prediction {
        question: page_text(
            "Fifteen calls a puzzle, skill 1, a sharp judge. What solves more: five independent tries, or \
             one path that samples five moves and follows the one the judge likes best?",
        ),
        values: &[("budget", "15"), ("beam", "1"), ("branch", "5")],
        settled_at: 120,
        options: &[
            Outcome { label: "Five tries", holds: &[DIFFERENCE_AT_LEAST_0] },
            Outcome { label: "One guided path", holds: &[DIFFERENCE_BELOW_0] },
        ],
        because: page_text(
            "A wrong first move dooms a whole try. The judge throws wrong moves away as they are made, so the \
             later calls are spent where 24 is still within reach.",
        ),
    }),
    pace: Pace::new(5.0, 40, "puzzle").promised(100),
    build: |values| Box::new(Play::new(values)),
};

const DIFFERENCE: crate::lab::condition::Quantity =
    crate::lab::condition::Quantity::Difference("acc_bon", "acc_beam");
const DIFFERENCE_AT_LEAST_0: Clause = Clause { quantity: DIFFERENCE, ..Clause::at_least("acc_bon", 0.0) };
const DIFFERENCE_BELOW_0: Clause = Clause { quantity: DIFFERENCE, ..Clause::below("acc_bon", 0.0) };

/// Numbers of tries at which best-of-N's exact curve is drawn.
pub const TRIES: [u32; 10] = [1, 2, 3, 5, 8, 12, 18, 25, 40, 66];

/// What one strategy did so far.
#[derive(Clone, Copy, Default)]
pub struct Score {
    pub played: bool,
    pub solved: usize,
    pub calls: usize,
}

/// The puzzle on the table.
pub struct Table {
    pub tree: Tree,
    pub search: Option<Search>,
    /// The single chain and where it ended.
    pub chain: Option<(Vec<usize>, bool)>,
    pub tries_won: Option<usize>,
}

/// A run over many puzzles.
pub struct Play {
    pub skill: f64,
    pub tries: usize,
    pub beam: Beam,
    seed: u64,
    deck: Vec<[i64; 4]>,
    /// A hand that is dealt again and again.
    fixed: Option<[i64; 4]>,
    dealt: usize,
    wanted: usize,
    pub played: usize,
    pub single: Score,
    pub many: Score,
    pub search: Score,
    exact_single: f64,
    /// Sums over the puzzles so far of the exact chances at [`TRIES`].
    exact_tries: [f64; TRIES.len()],
    pub table: Option<Table>,
    unsolvable: bool,
}

impl Play {
    fn new(values: &Values) -> Self {
        let seed = values.seed();
        let mut deck = hands(13);
        Stream::new(seed, "deal").shuffle(&mut deck);
        let fixed = match values.choice("hand") {
            "3388" => Some([3, 3, 8, 8]),
            "1555" => Some([1, 5, 5, 5]),
            "1111" => Some([1, 1, 1, 1]),
            _ => None,
        };
        let strategy = values.choice("strategy");
        let score = |name: &str| Score { played: ["all", name].contains(&strategy), ..Score::default() };
        Self {
            skill: values.real("skill"),
            tries: values.integer("budget") / MOVES,
            beam: Beam {
                width: values.integer("beam"),
                branch: values.integer("branch"),
                noise: values.real("prm_noise"),
            },
            seed,
            deck,
            unsolvable: fixed.is_some_and(|hand| !Tree::grow(State::hand(hand)).solvable(Tree::ROOT)),
            fixed,
            dealt: 0,
            wanted: values.integer("puzzles"),
            played: 0,
            single: score("single"),
            many: score("best_of_n"),
            search: score("beam"),
            exact_single: 0.0,
            exact_tries: [0.0; TRIES.len()],
            table: None,
        }
    }

    /// The next puzzle with an answer.
    fn deal(&mut self) -> Option<(Tree, String)> {
        loop {
            let hand = match self.fixed {
                Some(hand) => hand,
                None => *self.deck.get(self.dealt)?,
            };
            self.dealt += 1;
            let tree = Tree::grow(State::hand(hand));
            if tree.solvable(Tree::ROOT) {
                return Some((
                    tree,
                    format!("{hand:?}, try {}", if self.fixed.is_some() { self.dealt } else { 1 }),
                ));
            }
        }
    }

    /// The exact share that best-of-N solves of the puzzles so far, as `[calls, share]`.
    pub fn exact_curve(&self) -> Vec<[f64; 2]> {
        let n = self.played.max(1) as f64;
        TRIES.iter().zip(&self.exact_tries).map(|(tries, sum)| [f64::from(3 * tries), sum / n]).collect()
    }

    pub fn share(&self, score: &Score) -> Option<f64> {
        (score.played && self.played > 0).then(|| score.solved as f64 / self.played as f64)
    }

    pub fn calls(&self, score: &Score) -> Option<f64> {
        (score.played && self.played > 0).then(|| score.calls as f64 / self.played as f64)
    }
}

fn reading(number: Option<f64>) -> Reading {
    number.map_or(Reading::Absent, Reading::from)
}

impl Simulation for Play {
    fn step(&mut self) {
        if self.finished() {
            return;
        }
        let Some((tree, name)) = self.deal() else { return };
        let stream = |purpose: &str| Stream::new(self.seed, &format!("{name}: {purpose}"));
        let p = tree.success(self.skill);
        self.exact_single += p;
        for (sum, tries) in self.exact_tries.iter_mut().zip(TRIES) {
            *sum += 1.0 - powi(1.0 - p, tries);
        }
        let mut table = Table { search: None, chain: None, tries_won: None, tree };
        // The single chain is the first of the tries: one stream, which more tries only read further.
        let mut chains = stream("chains");
        let first = table.tree.chain(self.skill, &mut chains);
        if self.many.played {
            let others = (1..self.tries).filter(|_| table.tree.chain(self.skill, &mut chains).1).count();
            let won = others + usize::from(first.1);
            self.many.solved += usize::from(won > 0);
            self.many.calls += MOVES * self.tries;
            table.tries_won = Some(won);
        }
        if self.single.played {
            self.single.solved += usize::from(first.1);
            self.single.calls += MOVES;
            table.chain = Some(first);
        }
        if self.search.played {
            let found = self.beam.search(&table.tree, self.skill, &mut stream("beam"), &mut stream("judge"));
            self.search.solved += usize::from(found.solved);
            self.search.calls += found.calls;
            table.search = Some(found);
        }
        self.played += 1;
        self.table = Some(table);
    }

    fn readings(&self) -> Vec<Reading> {
        let last = [&self.search, &self.many, &self.single].into_iter().find(|s| s.played && self.played > 0);
        let halfwidth = last.map(|s| {
            let [low, high] = wilson(s.solved, self.played);
            (high - low) / 2.0
        });
        vec![
            reading(self.share(&self.single)),
            reading(self.share(&self.many)),
            reading(self.share(&self.search)),
            reading(self.calls(&self.many)),
            reading(self.calls(&self.search)),
            reading((self.played > 0).then(|| self.exact_single / self.played as f64)),
            reading(halfwidth),
        ]
    }

    fn figure(&self) -> Figure {
        search_figure::draw(self)
    }

    fn describe(&self, mark: &str, index: usize) -> Option<String> {
        search_figure::describe(self, mark, index)
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if self.unsolvable {
            notes
                .push("No solution exists: no way leads from 1 1 1 1 to 24. Choose another hand.".to_owned());
        }
        notes
    }

    fn finished(&self) -> bool {
        self.unsolvable
            || self.played >= self.wanted
            || (self.fixed.is_none() && self.dealt >= self.deck.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::Runner;

    #[test]
    fn the_exact_share_is_what_tries_come_to() {
        let run = Runner::after(&SPEC, &[("skill", "2"), ("puzzles", "600"), ("strategy", "best_of_n")], 600);
        let exact = run.number("exact_single").unwrap();
        assert!((exact - 0.175).abs() < 0.02, "{exact}");
        assert!((run.number("acc_bon").unwrap() - 0.9147).abs() < 0.04);
        assert_eq!(run.number("acc_beam"), None);
    }

    #[test]
    fn more_calls_extend_the_tries_and_shuffle_nothing() {
        let [few, many] =
            [["budget", "15"], ["budget", "54"]].map(|[id, n]| Runner::after(&SPEC, &[(id, n)], 100));
        assert_eq!(few.number("acc_single"), many.number("acc_single"));
        assert_eq!(few.number("acc_beam"), many.number("acc_beam"));
        assert!(few.number("acc_bon").unwrap() < many.number("acc_bon").unwrap());
    }

    #[test]
    fn a_better_policy_needs_a_better_judge() {
        let lead = |skill, noise| {
            let run = Runner::after(&SPEC, &[("skill", skill), ("prm_noise", noise)], 200);
            run.number("acc_beam").unwrap() - run.number("acc_bon").unwrap()
        };
        assert!(lead("1", "1") > 0.0, "{}", lead("1", "1"));
        assert!(lead("2", "1") < 0.0, "{}", lead("2", "1"));
        assert!(lead("1", "4") < -0.05, "{}", lead("1", "4"));
    }

    #[test]
    fn a_hand_without_an_answer_is_said_to_have_none() {
        let run = Runner::after(&SPEC, &[("hand", "1111")], 10);
        assert_eq!(run.step(), 0);
        assert!(run.simulation().notes()[0].starts_with("No solution exists"));
        assert!(!run.simulation().figure().alternative.is_empty());
        let classic = Runner::after(&SPEC, &[("hand", "3388"), ("skill", "3")], 100);
        assert!(classic.number("acc_beam").unwrap() > 0.5);
    }

    #[test]
    fn what_stands_in_the_tree_can_be_read() {
        let run = Runner::opening(&SPEC);
        let words = run.simulation().describe("moves_1", 0).unwrap();
        assert!(words.contains("judge") && (words.contains("24") || words.contains("dead end")), "{words}");
    }
}
