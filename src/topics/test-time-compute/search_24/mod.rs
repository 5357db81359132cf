//! `search-24`: the Game of 24 by single chains, by many tries, and by a beam with a judge.

mod figure;
#[cfg(test)]
mod tests;

use crate::lab::schema::condition::{difference, distance};
use crate::lab::{
    Answer, Challenge, Choice, Control, Figure, Named, Pace, Prediction, Preset, Readout, Simulation, Spec,
    Values, of, reading,
};
use crate::models::game_of_24::{Beam, MOVES, Search, State, Tree, hands};
use crate::models::votes::wilson;
use crate::numerics::elementary::powi;
use crate::numerics::random::Stream;

/// Whether the single chain, the many tries and the beam play.
static STRATEGY: Choice<[bool; 3], 4> = Choice::new(
    "strategy",
    "Strategy",
    [
        ("all", "All three", [true; 3]),
        ("single", "Single chain", [true, false, false]),
        ("best_of_n", "Best of N", [false, true, false]),
        ("beam", "Beam", [false, false, true]),
    ],
);

static HAND: Choice<Option<[i64; 4]>, 4> = Choice::new(
    "hand",
    "Hand",
    [
        ("any", "A new one each time", None),
        ("3388", "3 3 8 8", Some([3, 3, 8, 8])),
        ("1555", "1 5 5 5", Some([1, 5, 5, 5])),
        ("1111", "1 1 1 1", Some([1, 1, 1, 1])),
    ],
);

pub static SPEC: Spec = Spec::new(
    "search-24",
    "Tries or search, on the Game of 24",
    "A noisy policy plays the Game of 24. Watch one puzzle after another being searched, and the share \
     that each strategy solves fill in against the calls that it spends.",
    Pace::new(7.0, 40, "puzzle").promised(100),
    |values| Box::new(Play::new(values)),
)
.controls(&[
    Control::real("skill", "Skill of the policy κ", [0.0, 4.0], 0.25, 1.0).help(
        "How strongly the policy prefers moves that keep 24 within reach: 0 guesses, 4 is right most of the \
         time.",
    ),
    STRATEGY
        .control()
        .help("Which strategies play. Each has random streams of its own, so none changes another's luck."),
    Control::integer("budget", "Calls for best-of-N", 3, 180, 54).only("strategy", &["all", "best_of_n"])
        .step(3)
        .unit("calls")
        .help("Three calls make one try, so 54 calls are 18 tries, each checked exactly."),
    Control::integer("beam", "Beam width b", 1, 8, 4).only("strategy", &["all", "beam"])
        .help("How many half-solved hands the search keeps at each depth."),
    Control::integer("branch", "Moves sampled m", 1, 10, 6).only("strategy", &["all", "beam"])
        .help("Calls made from each kept hand. A search costs at most m(1 + 2b) calls."),
    Control::real("prm_noise", "Noise of the judge σ", [0.0, 4.0], 0.25, 0.25).only("strategy", &["all", "beam"])
        .unit("sd")
        .help("Error of the score that the judge gives to a half-solved hand; dead ends are 0, others 1."),
    Control::integer("judge_calls", "Calls of a judgement", 0, 3, 0).only("strategy", &["all", "beam"])
        .unit("calls")
        .help(
            "What the search is charged for each hand that its judge scores. Tree of Thoughts asks its model three \
             times.",
        ),
    HAND.control()
        .secondary()
        .help("Deals all solvable hands of 1 to 13 in random order, or one hand again and again."),
    Control::integer("puzzles", "Puzzles", 20, 1820, 200)
        .secondary()
        .help("Where the run ends: at the latest with the last of the 1,362 hands that have an answer."),
    Control::seed(1).secondary(),
])
.readouts(&[
    Readout::new("acc_single", "Single chain solves", 3)
        .help("Share of the puzzles that one chain of three calls solved.")
        .basis("Of the puzzles so far."),
    Readout::new("acc_bon", "Best of N solves", 3)
        .help("Share of the puzzles that at least one of the tries solved.")
        .basis("Of the puzzles so far."),
    Readout::new("acc_beam", "Beam solves", 3).help("Share of the puzzles that the search solved.")
        .basis("Of the puzzles so far."),
    Readout::new("calls_bon", "Calls, best of N", 0).help("Calls to the policy for one puzzle: three a try.")
        .formula("3'calls a try' * floor(budget / 3)"),
    Readout::new("calls_beam", "Calls, beam", 1)
        .help("Calls to the policy for one puzzle, and those of the judge as far as they are charged.")
        .basis("Mean over the puzzles so far."),
    Readout::new("exact_single", "Single chain, exactly", 4)
        .basis("Mean over the puzzles so far of the chance that one chain solves them, over all its paths, without drawing."),
    Readout::new("played", "Puzzles played", 0)
        .help("Hands without an answer are dealt, too, and laid aside.")
        .basis("Counted."),
    Readout::new("ci_halfwidth", "Uncertainty ±", 3)
        .help("Half of the 95 % interval around the last strategy's share (Wilson).")
        .basis("From the puzzles so far."),
])
.presets(&[
    Preset::new("naive", "Naive")
        .look("One chain per puzzle: [0.041](run:?at=100&seeds=1..20#mean:acc_single) of them are solved, the mean of 20 seeds.")
        .with(&[("strategy", "single")]),
    Preset::new("sharp-judge", "Same budget, sharp judge")
        .look("54 calls for both: the diamond stands far above the square, \
             [0.75](run:?at=100&seeds=1..20#mean:acc_beam) against [0.46](run:?at=100&seeds=1..20#mean:acc_bon)."),
    Preset::new("drunk-judge", "Same budget, drunk judge")
        .look("The judge hardly sees dead ends any more: now plain tries win, and the search solves \
             [0.34](run:?prm_noise=4&at=100&seeds=1..20#mean:acc_beam).")
        .with(&[("prm_noise", "4")]),
    Preset::new("charged", "Three for a judgement")
        .look(
            "The judge is paid as in Tree of Thoughts, and tries may spend as much: of the diamond's lead, \
             [0.75](run:?at=100&seeds=1..20#mean:acc_beam) against \
             [0.46](run:?at=100&seeds=1..20#mean:acc_bon), little is left.",
        )
        .with(&[("judge_calls", "3"), ("budget", "126")]),
    Preset::new("strong-policy", "Strong policy, mediocre judge")
        .look(
            "A judge that would have helped the weaker policy holds the better one back: the square is on \
             top.",
        )
        .with(&[("skill", "2"), ("prm_noise", "1")]),
    Preset::new("classic", "Classic 3 3 8 8")
        .look("The same hard hand again and again: its only way out leads through 8/3.")
        .with(&[("hand", "3388")]),
])
.challenges(&[
    Challenge::new(
        "narrow",
        "Seven in ten for thirty calls",
        "With skill 1, have the search solve more than 70 % of 100 puzzles with at most 30 calls each.",
        &[
            of("skill").equals(1.0),
            of("acc_beam").above(0.7),
            of("calls_beam").at_most(30.0),
            of("hand").is("any"),
            of("step").at_least(100.0),
        ],
    )
    .solution(&[("beam", "1"), ("branch", "10")], 150),
    Challenge::new(
        "tries-win",
        "When plain tries win",
        "For the same number of calls (within 5), and a judge's noise of 0.75 or less, have best-of-N beat \
         the search by more than 5 points over 60 puzzles.",
        &[
            difference("acc_bon", "acc_beam").above(0.05),
            of("prm_noise").at_most(0.75),
            distance("calls_bon", "calls_beam").at_most(5.0),
            of("step").at_least(60.0),
        ],
    )
    .solution(&[("skill", "2"), ("prm_noise", "0.75")], 150),
])
.prediction(
    Prediction::new(
        "A better player (skill 2), and a judge whose error is as large as what it has to see (noise 1). 54 calls \
         each, the judge's own not counted. What solves more: eighteen independent tries, or the search?",
        difference("acc_bon", "acc_beam"),
        &[Answer::beyond("Eighteen tries"), Answer::below("The search", 0.0)],
        "The tries: this player solves so much by itself that a judge who errs so often throws good hands away. \
         For the weaker player above the same judge is a help.",
    )
    .with(&[("skill", "2"), ("prm_noise", "1")])
    .settled_at(120),
);

/// Numbers of tries at which best-of-N's exact curve is drawn.
const TRIES: [u32; 10] = [1, 2, 3, 5, 8, 12, 18, 25, 40, 66];

/// What one strategy did so far.
#[derive(Clone, Copy, Default)]
struct Score {
    played: bool,
    solved: usize,
    calls: usize,
}

/// The puzzle on the table.
struct Table {
    tree: Tree,
    search: Option<Search>,
    /// The single chain and where it ended.
    chain: Option<(Vec<usize>, bool)>,
    tries_won: Option<usize>,
}

/// A run over many puzzles.
struct Play {
    skill: f64,
    tries: usize,
    beam: Beam,
    /// Calls that the search is charged for a judgement.
    judge_calls: usize,
    seed: u64,
    deck: Vec<[i64; 4]>,
    /// A hand that is dealt again and again.
    fixed: Option<[i64; 4]>,
    dealt: usize,
    wanted: usize,
    played: usize,
    single: Score,
    many: Score,
    search: Score,
    exact_single: f64,
    /// Sums over the puzzles so far of the exact chances at [`TRIES`].
    exact_tries: [f64; TRIES.len()],
    table: Option<Table>,
    unsolvable: bool,
}

impl Play {
    fn new(values: &Values) -> Self {
        let seed = values.seed();
        let mut deck = hands(13);
        Stream::new(seed, "deal").shuffle(&mut deck);
        let fixed = HAND.of(values);
        let [single, many, search] = STRATEGY.of(values).map(|played| Score { played, ..Score::default() });
        Self {
            skill: values.real("skill"),
            tries: values.integer("budget") / MOVES,
            beam: Beam {
                width: values.integer("beam"),
                branch: values.integer("branch"),
                noise: values.real("prm_noise"),
            },
            judge_calls: values.integer("judge_calls"),
            seed,
            deck,
            unsolvable: fixed.is_some_and(|hand| !Tree::grow(State::hand(hand)).solvable(Tree::ROOT)),
            fixed,
            dealt: 0,
            wanted: values.integer("puzzles"),
            played: 0,
            single,
            many,
            search,
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
    fn exact_curve(&self) -> Vec<[f64; 2]> {
        let n = self.played.max(1) as f64;
        TRIES.iter().zip(&self.exact_tries).map(|(tries, sum)| [f64::from(3 * tries), sum / n]).collect()
    }

    fn share(&self, score: &Score) -> Option<f64> {
        (score.played && self.played > 0).then(|| score.solved as f64 / self.played as f64)
    }

    fn calls(&self, score: &Score) -> Option<f64> {
        (score.played && self.played > 0).then(|| score.calls as f64 / self.played as f64)
    }
}

impl Simulation for Play {
    fn step(&mut self) {
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
            self.search.calls += found.calls + self.judge_calls * found.judgements();
            table.search = Some(found);
        }
        self.played += 1;
        self.table = Some(table);
    }

    fn readings(&self) -> Vec<Named> {
        let last = [&self.search, &self.many, &self.single].into_iter().find(|s| s.played && self.played > 0);
        let halfwidth = last.map(|s| {
            let [low, high] = wilson(s.solved, self.played);
            (high - low) / 2.0
        });
        vec![
            reading("acc_single", self.share(&self.single)),
            reading("acc_bon", self.share(&self.many)),
            reading("acc_beam", self.share(&self.search)),
            reading("calls_bon", self.calls(&self.many)),
            reading("calls_beam", self.calls(&self.search)),
            reading("exact_single", (self.played > 0).then(|| self.exact_single / self.played as f64)),
            reading("played", self.played as f64),
            reading("ci_halfwidth", halfwidth),
        ]
    }

    fn figure(&self) -> Figure {
        figure::draw(self)
    }

    fn describe(&self, mark: &str, index: usize) -> Option<String> {
        figure::describe(self, mark, index)
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
