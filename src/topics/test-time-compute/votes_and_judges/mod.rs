//! `votes-and-judges`: chains that slip, a vote over their answers, and judges that pick one.

mod figure;
#[cfg(test)]
mod tests;

use crate::lab::schema::condition::difference;
use crate::lab::{
    Answer, Challenge, Choice, Control, Figure, Named, Pace, Prediction, Preset, Readout, Simulation, Spec,
    Values, of, reading,
};
use crate::models::slips::{Chain, Question, Slips, outcome_score, process_score, vote};
use crate::numerics::random::Stream;
use crate::numerics::statistics::place_of_largest;

static SHOWN: Choice<usize, 3> = Choice::new(
    "selector",
    "Shown pick",
    [("vote", "Vote", 0), ("orm", "Judge of answers", 1), ("prm", "Judge of steps", 2)],
);

/// How many kinds of slips there are.
static KINDS: Choice<usize, 3> = Choice::new(
    "kinds",
    "Kinds of slips",
    [("1", "1: by +1", 1), ("2", "2: by ±1", 2), ("4", "4: by ±1, ±10", 4)],
);

pub static SPEC: Spec = Spec::new(
    "votes-and-judges",
    "A vote, or a judge",
    "Chains of eight steps, each of which may slip. Watch how often a vote over their answers, a judge of \
     answers and a judge of steps end up with the right one.",
    Pace::new(30.0, 60, "question").promised(200),
    |values| Box::new(Exam::new(values)),
)
.controls(&[
    Control::real("slip", "Slip of a step ε", [0.0, 0.4], 0.01, 0.12)
        .help("Chance that a step is off, in one of the kinds of slips."),
    Control::integer("n", "Chains N", 1, 65, 17)
        .unit("chains")
        .help("How many chains answer each question. A tie goes to the answer that was seen first."),
    Control::real("trap", "Questions with a trap", [0.0, 0.5], 0.05, 0.0).help(
        "Share of the questions with a step at which every chain slips by +10 with chance 0.7, if nothing else \
         is set: a misconception that all share.",
    ),
    KINDS.control().default_option(2).secondary().help(
        "In how many ways a step can be off. The fewer there are, the more often wrong chains agree.",
    ),
    Control::real("trap_chance", "A trap catches", [0.0, 1.0], 0.05, 0.7)
        .above_least("trap")
        .secondary()
        .help("Chance that a chain falls for a trap, where a question has one."),
    Control::real("orm_noise", "Noise, judge of answers σₒ", [0.0, 2.0], 0.05, 0.5)
        .unit("sd")
        .secondary()
        .help("Error of the score that the outcome judge gives to a whole answer."),
    Control::real("prm_noise", "Noise, judge of steps σₚ", [0.0, 2.0], 0.05, 0.5)
        .unit("sd")
        .secondary()
        .help("Error of the score that the process judge gives to each step; the worst step counts."),
    SHOWN.control().live().help("Whose choice is framed among the chains. It changes nothing else."),
    Control::integer("questions", "Questions", 100, 1000, 500)
        .step(100)
        .secondary()
        .help("Where the run ends."),
    Control::seed(1).secondary(),
])
.readouts(&[
    Readout::new("p1", "One chain is right", 3)
        .help("Share of all chains whose answer is right.")
        .basis("Of 65 chains for each question so far."),
    Readout::new("acc_vote", "Vote is right", 3)
        .help("Share of the questions that the vote over N chains gets right.")
        .basis("Of the questions so far."),
    Readout::new("acc_orm", "Judge of answers is right", 3)
        .help("Share of the questions where the chain with the best answer score is right.")
        .basis("Of the questions so far."),
    Readout::new("acc_prm", "Judge of steps is right", 3)
        .help("Share of the questions where the chain with the best worst step is right.")
        .basis("Of the questions so far."),
    Readout::new("any", "Any chain is right", 3)
        .help("Share of the questions with a right answer among the N: what a perfect judge reaches.")
        .basis("Of the questions so far."),
    Readout::new("clean_orm", "Its pick is clean, answers", 3)
        .help("Share of the outcome judge's picks without any slip.")
        .basis("Over the questions so far."),
    Readout::new("clean_prm", "Its pick is clean, steps", 3)
        .help("Share of the process judge's picks without any slip.")
        .basis("Over the questions so far."),
    Readout::new("lucky_share", "Right by luck", 3)
        .help("Share of the right answers whose slips cancelled.")
        .basis("Of 65 chains for each question so far."),
])
.presets(&[
    Preset::new("scattered", "Scattered errors")
        .look("Wrong chains disagree with each other: the vote climbs far above a single chain."),
    Preset::new("misconception", "Shared misconception")
        .look(
            "On a quarter of the questions most chains make the same mistake: the vote climbs, stops, and \
             falls.",
        )
        .with(&[("slip", "0.05"), ("trap", "0.25")]),
    Preset::new("one-way", "One way to err")
        .look(
            "Every slip adds one: wrong chains agree, and a vote is hardly better than a \
             single chain.",
        )
        .with(&[("kinds", "1")]),
    Preset::new("wrong-reasons", "Right for wrong reasons")
        .look("Slips are so common that most right answers are luck: see how few picks are clean.")
        .with(&[("slip", "0.3")]),
    Preset::new("perfect-steps", "Perfect step judge")
        .look("Without noise on the steps a clean chain is picked wherever there is one.")
        .with(&[("prm_noise", "0"), ("selector", "prm")]),
])
.challenges(&[Challenge::new(
    "stuck",
    "A vote that stays stuck",
    "Sixty-five chains, each more often right than not, and yet the vote stays 20 points or more below what \
     the chains know. Over 300 questions.",
    &[
        of("n").equals(65.0),
        of("p1").above(0.5),
        difference("any", "acc_vote").at_least(0.2),
        of("step").at_least(300.0),
    ],
)
.solution(&[("n", "65"), ("slip", "0.03"), ("trap", "0.3")], 400)])
.prediction(
    Prediction::new(
        "A single chain is right on two questions of five. Thirty-three of them vote. Can a vote of mostly \
         wrong chains help?",
        difference("acc_vote", "p1"),
        &[
            Answer::at_most("No: the majority is wrong", 0.05),
            Answer::at_most("A little", 0.3),
            Answer::beyond("Yes, a lot"),
        ],
        "A vote needs no majority, only more votes than any other answer. Wrong answers scatter over many \
         numbers; the right one is a single number.",
    )
    .with(&[("n", "33")])
    .settled_at(200),
);

/// Chains that are always drawn, so that another N moves no luck.
const MOST: usize = 65;

/// Numbers of chains at which the curves have a point.
const COUNTS: [usize; 7] = [1, 3, 5, 9, 17, 33, 65];

/// Ways to come to one answer, in the order of the tallies.
const WAYS: usize = 4;

/// The last question with its chains and what each way picked of the first N.
struct Asked {
    chains: Vec<Chain>,
    /// By the vote (the first chain with its answer), the outcome judge, the process judge.
    picks: [usize; 3],
    trapped: bool,
}

/// A run over many questions.
struct Exam {
    slips: Slips,
    n: usize,
    trap: f64,
    noise: [f64; 2],
    shown: usize,
    wanted: usize,
    asked: usize,
    /// Questions right at each of [`COUNTS`], then at N: by vote, outcome judge, process judge, any.
    right: [[usize; WAYS]; COUNTS.len() + 1],
    clean: [usize; 2],
    right_chains: usize,
    lucky_chains: usize,
    streams: [Stream; 4],
    last: Option<Asked>,
}

impl Exam {
    fn new(values: &Values) -> Self {
        let seed = values.seed();
        let mut exam = Self {
            slips: Slips {
                chance: values.real("slip"),
                kinds: KINDS.of(values),
                trap: values.real("trap_chance"),
            },
            n: values.integer("n"),
            trap: values.real("trap"),
            noise: [values.real("orm_noise"), values.real("prm_noise")],
            shown: 0,
            wanted: values.integer("questions"),
            asked: 0,
            right: [[0; WAYS]; COUNTS.len() + 1],
            clean: [0; 2],
            right_chains: 0,
            lucky_chains: 0,
            streams: ["questions", "chains", "outcome judge", "process judge"].map(|p| Stream::new(seed, p)),
            last: None,
        };
        exam.set(values);
        exam
    }

    /// Shares right at [`COUNTS`] for one way, as `[n, share]`.
    fn curve(&self, way: usize) -> Vec<[f64; 2]> {
        let asked = self.asked.max(1) as f64;
        COUNTS.iter().zip(&self.right).map(|(n, right)| [*n as f64, right[way] as f64 / asked]).collect()
    }

    /// Share right at N for one way.
    fn share(&self, way: usize) -> Option<f64> {
        (self.asked > 0).then(|| self.right[COUNTS.len()][way] as f64 / self.asked as f64)
    }

    fn single(&self) -> Option<f64> {
        (self.asked > 0).then(|| self.right_chains as f64 / (self.asked * MOST) as f64)
    }
}

impl Simulation for Exam {
    fn step(&mut self) {
        let [asking, thinking, outcome, process] = &mut self.streams;
        let question = Question::draw(self.trap, asking);
        let chains: Vec<Chain> = (0..MOST).map(|_| question.chain(self.slips, thinking)).collect();
        let answers: Vec<i32> = chains.iter().map(Chain::answer).collect();
        let by_outcome: Vec<f64> = chains.iter().map(|c| outcome_score(c, self.noise[0], outcome)).collect();
        let by_process: Vec<f64> = chains.iter().map(|c| process_score(c, self.noise[1], process)).collect();
        for chain in &chains {
            self.right_chains += usize::from(chain.right());
            self.lucky_chains += usize::from(chain.right() && !chain.clean());
        }
        let mut picks = [0; 3];
        for (n, tally) in COUNTS.into_iter().chain([self.n]).zip(&mut self.right) {
            let won = vote(&answers[..n]);
            let first = answers.iter().position(|a| *a == won).unwrap_or(0);
            picks = [first, place_of_largest(&by_outcome[..n]), place_of_largest(&by_process[..n])];
            for (way, pick) in picks.iter().enumerate() {
                tally[way] += usize::from(chains[*pick].right());
            }
            tally[3] += usize::from(answers[..n].contains(&0));
        }
        for (clean, pick) in self.clean.iter_mut().zip(&picks[1..]) {
            *clean += usize::from(chains[*pick].clean());
        }
        self.asked += 1;
        self.last = Some(Asked { chains, picks, trapped: question.trap.is_some() });
    }

    fn set(&mut self, values: &Values) {
        self.shown = SHOWN.of(values);
    }

    fn readings(&self) -> Vec<Named> {
        let clean = |i: usize| (self.asked > 0).then(|| self.clean[i] as f64 / self.asked as f64);
        vec![
            reading("p1", self.single()),
            reading("acc_vote", self.share(0)),
            reading("acc_orm", self.share(1)),
            reading("acc_prm", self.share(2)),
            reading("any", self.share(3)),
            reading("clean_orm", clean(0)),
            reading("clean_prm", clean(1)),
            reading(
                "lucky_share",
                (self.right_chains > 0).then(|| self.lucky_chains as f64 / self.right_chains as f64),
            ),
        ]
    }

    fn figure(&self) -> Figure {
        figure::draw(self)
    }

    fn describe(&self, mark: &str, index: usize) -> Option<String> {
        figure::describe(self, mark, index)
    }

    fn notes(&self) -> Vec<String> {
        if self.n.is_multiple_of(2) {
            vec![format!(
                "With {} chains two answers can tie: then the one that was seen first wins.",
                self.n
            )]
        } else {
            Vec::new()
        }
    }

    fn finished(&self) -> bool {
        self.asked >= self.wanted
    }
}
