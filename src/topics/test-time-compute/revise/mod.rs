//! `revise`: one chain that checks itself and goes back, beside short chains that vote, at equal length.

mod figure;
#[cfg(test)]
mod tests;

use crate::lab::schema::condition::difference;
use crate::lab::{
    Answer, Challenge, Choice, Control, Figure, Named, Pace, Prediction, Preset, Readout, Simulation, Spec,
    Values, of, reading,
};
use crate::models::slips::{Chain, Look, Question, Revised, Reviser, Rewrite, STEPS, Slips, vote};
use crate::numerics::random::Stream;

static LOOK: Choice<Look, 2> = Choice::new(
    "look",
    "It looks",
    [("each", "after each step", Look::EachStep), ("end", "at the end", Look::AtTheEnd)],
);

static REWRITE: Choice<Rewrite, 2> = Choice::new(
    "rewrite",
    "In doubt it writes",
    [("anew", "what comes", Rewrite::Anew), ("otherwise", "something else", Rewrite::Otherwise)],
);

pub static SPEC: Spec = Spec::new(
    "revise",
    "One long chain, or many short ones",
    "A chain of eight steps checks itself and goes back where it doubts. Watch what going back mended and what it \
     broke, and what a vote of short chains makes of the same length.",
    Pace::new(30.0, 60, "question").promised(200),
    |values| Box::new(Revising::new(values)),
)
.controls(&[
    Control::real("hit", "Slips that it doubts h", [0.0, 1.0], 0.05, 0.7)
        .help("Hit rate of its check: chance that a step which is off is doubted."),
    Control::real("alarm", "False alarms f", [0.0, 1.0], 0.05, 0.1).help(
        "Chance that a clean step is doubted. Where it equals the hit rate, the check is blind.",
    ),
    Control::integer("most", "Goes back at most", 0, 16, 8)
        .unit("times")
        .help("After so many times it writes to the end without looking again."),
    LOOK.control().help(
        "After each step it writes only that step again. At the end it goes back to the first step in doubt, and \
         writes that and all later ones again.",
    ),
    REWRITE.control().help(
        "What comes: as at first, perhaps the same. Something else: anything but what was in doubt, so a right \
         step that is doubted becomes wrong.",
    ),
    Control::real("slip", "Slip of a step ε", [0.0, 0.4], 0.005, 0.12)
        .help("Chance that a step is off whenever it is written, by 1 or by 10 in either direction."),
    Control::real("trap", "Questions with a trap", [0.0, 0.5], 0.05, 0.0).help(
        "Share of the questions with a step at which every chain slips by +10 with chance 0.7, and which its check \
         takes for clean.",
    ),
    Control::real("charge", "A check costs", [0.0, 1.0], 0.25, 1.0)
        .unit("steps")
        .secondary()
        .help("Length of looking at one step: 1 if it takes as many tokens as writing it."),
    Control::integer("questions", "Questions", 100, 1000, 500)
        .step(100)
        .secondary()
        .help("Where the run ends."),
    Control::seed(1).secondary(),
])
.readouts(&[
    Readout::new("acc_long", "Long chain is right", 3)
        .help("Share of the questions that the chain gets right after it went back.")
        .formula("acc_draft + mended - broken"),
    Readout::new("acc_vote", "Vote of equal length", 3)
        .help("Share of the questions that a vote of short chains gets right, as many as are no longer together.")
        .basis("Of the questions so far, with as many chains of eight steps as the long one's mean length holds."),
    Readout::new("acc_draft", "Its draft is right", 3)
        .help("Share of the questions that the chain would get right if it never went back.")
        .basis("Of the questions so far."),
    Readout::new("mended", "Mended", 3)
        .help("Share of the questions where the draft was wrong and the answer is right.")
        .basis("Of the questions so far."),
    Readout::new("broken", "Broken", 3)
        .help("Share of the questions where the draft was right and the answer is wrong.")
        .basis("Of the questions so far."),
    Readout::new("length", "Length", 1)
        .unit("steps")
        .help("Steps written for a question and checks made, each at its price.")
        .basis("Mean over the questions so far."),
    Readout::new("chains", "Short chains of that length", 0)
        .help("How many chains of eight steps are no longer together: so many vote.")
        .formula("floor(length / 8'steps')"),
    Readout::new("rounds", "Went back", 2)
        .unit("times")
        .basis("Mean over the questions so far."),
])
.presets(&[
    Preset::new("sees", "It sees its slips").look(
        "A check that finds seven slips in ten: the long chain stands far above a vote of the same length.",
    ),
    Preset::new("blind", "A blind check")
        .look("It doubts clean steps as often as slips, and writes what comes: longer, and no better.")
        .with(&[("hit", "0.3"), ("alarm", "0.3")]),
    Preset::new("second-thoughts", "Second thoughts")
        .look(
            "Blind, and in doubt it changes its mind: what it breaks is far more than what it mends, and it ends \
             below its own draft.",
        )
        .with(&[("hit", "0.3"), ("alarm", "0.3"), ("rewrite", "otherwise")]),
    Preset::new("at-the-end", "It looks at the end")
        .look(
            "Each time it goes back it writes the rest again: the same check makes the chain twice as long, and half \
             of its lead over the vote is gone.",
        )
        .with(&[("look", "end")]),
    Preset::new("shared-trap", "Fooled twice")
        .look(
            "A perfect check, but every second question has a trap that it takes for clean: of these seven in ten \
             stay wrong.",
        )
        .with(&[("trap", "0.5"), ("hit", "1"), ("alarm", "0")]),
])
.challenges(&[Challenge::new(
    "crowd",
    "A check that sees, and a crowd that wins",
    "Its check is far from blind: a hit rate of 0.7 or more, false alarms at 0.3 or less, no trap. And yet have the \
     vote of equal length beat the long chain by 10 points or more over 300 questions.",
    &[
        of("hit").at_least(0.7),
        of("alarm").at_most(0.3),
        of("trap").at_most(0.0),
        difference("acc_vote", "acc_long").at_least(0.1),
        of("step").at_least(300.0),
    ],
)
.solution(&[("look", "end"), ("alarm", "0.3"), ("most", "16")], 400)])
.prediction(
    Prediction::new(
        "A chain is right on two questions of five. It checks each step, but doubts clean steps as often as slips, \
         and in doubt it writes something else; it goes back eight times at most. Compared with its own first \
         draft, it is …",
        difference("acc_long", "acc_draft"),
        &[
            Answer::at_most("clearly worse", -0.05),
            Answer::at_most("about as good", 0.05),
            Answer::beyond("clearly better"),
        ],
        "Where most steps are clean, a blind check doubts mostly clean ones, and something else is then \
         always wrong. It mends a few slips and breaks many right steps.",
    )
    .with(&[("hit", "0.3"), ("alarm", "0.3"), ("rewrite", "otherwise")])
    .settled_at(200),
);

/// How often a chain may go back at the points of its curve.
const CAPS: [usize; 8] = [0, 1, 2, 3, 4, 6, 10, 16];

/// Short chains that are always drawn: no long chain is longer than these together.
const MOST: usize = 33;

/// What all questions came to with one bound on going back.
#[derive(Clone, Copy, Default)]
struct Tally {
    right: usize,
    length: f64,
}

impl Tally {
    fn take(&mut self, revised: &Revised) {
        self.right += usize::from(revised.chain.right());
        self.length += revised.length;
    }
}

/// The last question.
struct Asked {
    draft: Chain,
    end: Revised,
    trapped: bool,
}

/// A run over many questions.
struct Revising {
    reviser: Reviser,
    trap: f64,
    seed: u64,
    wanted: usize,
    asked: usize,
    /// With the bound that is set, and with each of [`CAPS`].
    chosen: Tally,
    tallies: [Tally; CAPS.len()],
    /// Questions that the vote of the first 1 to [`MOST`] short chains got right.
    votes: [usize; MOST],
    drafts_right: usize,
    mended: usize,
    broken: usize,
    rounds: usize,
    asking: Stream,
    thinking: Stream,
    last: Option<Asked>,
}

impl Revising {
    fn new(values: &Values) -> Self {
        let seed = values.seed();
        Self {
            reviser: Reviser {
                slips: Slips::scattered(values.real("slip")),
                hit: values.real("hit"),
                alarm: values.real("alarm"),
                look: LOOK.of(values),
                rewrite: REWRITE.of(values),
                charge: values.real("charge"),
                most: values.integer("most"),
            },
            trap: values.real("trap"),
            seed,
            wanted: values.integer("questions"),
            asked: 0,
            chosen: Tally::default(),
            tallies: [Tally::default(); CAPS.len()],
            votes: [0; MOST],
            drafts_right: 0,
            mended: 0,
            broken: 0,
            rounds: 0,
            asking: Stream::new(seed, "questions"),
            thinking: Stream::new(seed, "chains"),
            last: None,
        }
    }

    fn share(&self, count: usize) -> Option<f64> {
        (self.asked > 0).then(|| count as f64 / self.asked as f64)
    }

    /// Mean length of the long chain, in steps.
    fn length(&self) -> Option<f64> {
        (self.asked > 0).then(|| self.chosen.length / self.asked as f64)
    }

    /// Short chains that are no longer together.
    fn chains(&self) -> Option<usize> {
        self.length().map(|length| (length / STEPS as f64).floor() as usize)
    }

    /// The long chain's curve: `[length, share right]` with more and more goings back.
    fn curve(&self) -> Vec<[f64; 2]> {
        let asked = self.asked.max(1) as f64;
        self.tallies.iter().map(|t| [t.length / asked, t.right as f64 / asked]).collect()
    }

    /// The vote's: `[length, share right]` with 1, 3, … chains.
    fn vote_curve(&self) -> Vec<[f64; 2]> {
        let asked = self.asked.max(1) as f64;
        let point = |n: usize| [(n * STEPS) as f64, self.votes[n - 1] as f64 / asked];
        (1..=MOST).step_by(2).map(point).collect()
    }
}

impl Simulation for Revising {
    fn step(&mut self) {
        let question = Question::draw(self.trap, &mut self.asking);
        let short: [Chain; MOST] =
            core::array::from_fn(|_| question.chain(self.reviser.slips, &mut self.thinking));
        let answers = short.map(|chain| chain.answer());
        for (n, right) in self.votes.iter_mut().enumerate() {
            *right += usize::from(vote(&answers[..=n]) == 0);
        }
        // The long chain begins as the first of the short ones.
        let draft = short[0];
        let stream = |purpose: &str| Stream::new(self.seed, &format!("question {}: {purpose}", self.asked));
        let (writing, checking) = (stream("writing"), stream("checking"));
        let reviser = self.reviser;
        let long = |most| {
            let reviser = Reviser { most, ..reviser };
            reviser.revise(&question, draft, &mut writing.clone(), &mut checking.clone())
        };
        for (most, tally) in CAPS.into_iter().zip(&mut self.tallies) {
            tally.take(&long(most));
        }
        let end = long(reviser.most);
        self.chosen.take(&end);
        let (before, after) = (draft.right(), end.chain.right());
        self.drafts_right += usize::from(before);
        self.mended += usize::from(after && !before);
        self.broken += usize::from(before && !after);
        self.rounds += end.rounds;
        self.last = Some(Asked { draft, end, trapped: question.trap.is_some() });
        self.asked += 1;
    }

    fn readings(&self) -> Vec<Named> {
        let vote = self.chains().and_then(|n| self.share(self.votes[n.clamp(1, MOST) - 1]));
        vec![
            reading("acc_long", self.share(self.chosen.right)),
            reading("acc_vote", vote),
            reading("acc_draft", self.share(self.drafts_right)),
            reading("mended", self.share(self.mended)),
            reading("broken", self.share(self.broken)),
            reading("length", self.length()),
            reading("chains", self.chains().map(|n| n as f64)),
            reading("rounds", self.share(self.rounds)),
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
        if (self.reviser.hit - self.reviser.alarm).abs() < 1e-9 {
            notes.push("The check is blind: it doubts clean steps as often as slips.".to_owned());
        } else if self.reviser.hit < self.reviser.alarm {
            notes.push(
                "The check is worse than blind: it doubts clean steps more often than slips.".to_owned(),
            );
        }
        notes
    }

    fn finished(&self) -> bool {
        self.asked >= self.wanted
    }
}
