//! `prefs`: a policy is taught by votes, and the votes need not agree.

use crate::lab::figure::charts::signed_level;
use crate::lab::figure::series::Series;
use crate::lab::figure::{At, Axis, Bar, Dot, EMPTY, Figure, Fill, Glyph, Panel, Ramp, Stroke, Tile, Tone};
use crate::lab::schema::readout::format_number;
use crate::lab::{
    Answer, Challenge, Choice, Control, Named, Pace, Prediction, Preset, Readout, Simulation, Spec, Values,
    of, reading,
};
use crate::models::preferences::{
    ANSWERS, DPO, Each, Judge, Policy, REWARDS, ROUND, SPOILED, Votes, divergence, optimum, ordered_pairs,
    principles, reward, self_judged,
};
use crate::numerics::elementary::pow;
use crate::numerics::random::Stream;

/// Whose merits are voted on.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Bench {
    People,
    Principles,
    Own,
}

static BENCH: Choice<Bench, 3> = Choice::new(
    "judge",
    "Judge",
    [
        ("people", "people", Bench::People),
        ("principles", "two principles", Bench::Principles),
        ("self", "the model itself", Bench::Own),
    ],
);

static START: Choice<Each, 2> = Choice::new(
    "start",
    "Start",
    [("uniform", "all alike", [0.2; ANSWERS]), ("spoiled", "spoiled", SPOILED)],
);

const NAMES: [&str; ANSWERS] = ["A", "B", "C", "D", "E"];

pub static SPEC: Spec = Spec::new(
    "prefs",
    "Votes teach a policy",
    "A model has five answers to one question, worth 2, 1, 0, −1 and −2. Judges are shown two at a time and name the \
     better one; from their votes alone it learns which answer to give how often. Watch how good it becomes, how far \
     it moves, and what happens when votes contradict each other.",
    Pace::new(150.0, 60, "step").promised(ROUND),
    |values| Box::new(Prefs::new(values)),
)
.controls(&[
    Control::logarithmic("beta", "Leash β", [0.1, 5.0], 1.0).help("How dear it is to move away from the start: the smaller, the further the policy goes."),
    Control::logarithmic_whole("pairs", "Votes", [5.0, 500.0], 200.0).help("In a round, each on two answers drawn by lot."),
    Control::real("flip", "Votes turned f", [0.0, 0.5], 0.05, 0.0).help("Share of votes that are turned around by mistake."),
    Control::real("cycle", "Circle c", [0.0, 5.0], 0.25, 0.0)
        .help("How much judges also prefer A to B and C, B to C and D, and so on around, D to E and A, E to A and B."),
    BENCH.control().help("Who votes: people by what answers are worth, two weighted principles, or the model by what it says already."),
    Control::real("w_help", "Help weighs", [0.0, 2.0], 0.25, 1.0).only("judge", &["principles"]).secondary().help("For the judge with two principles; with equal weights they agree with people."),
    Control::real("w_harm", "Harmless weighs", [0.0, 2.0], 0.25, 1.0).only("judge", &["principles"]).secondary().help("For the judge with two principles."),
    Control::real("self_bias", "Self-liking s", [0.0, 1.0], 0.25, 0.5).only("judge", &["self"]).secondary().help("How much the model, as judge, likes what it says often."),
    Control::integer("rounds", "Rounds", 1, 6, 1).secondary().help("Of 600 steps, each with new votes, and with the last policy for its reference."),
    START.control().secondary().help("The first reference. Spoiled: the worst answer four times out of five."),
    Control::seed(1),
])
.readouts(&[
    Readout::new("loss", "Loss", 3).help("Mean of −ln σ(u) over all votes of this round.")
        .basis("Exact, for the policy as it is now."),
    Readout::new("reward", "Reward", 2).help("What the policy's answers are truly worth on average; the best is 2.")
        .basis("Exact, over the five answers."),
    Readout::new("kl", "Moved", 2).unit("nats").help("Kullback-Leibler divergence of the policy from where it started.")
        .basis("Exact, over the five answers."),
    Readout::new("triads", "Circular triads", 0).help("Of ten triples of answers, those in which majorities go around in a circle.")
        .basis("Counted in the votes of this round."),
    Readout::new("best", "Says the best", 3).help("Share of answer A.")
        .basis("Exact, of the policy as it is now."),
    Readout::new("pull", "Pull of a vote", 3).help("Mean of 1 − σ(u): how hard a vote still pulls its two answers apart.")
        .basis("Over all votes of this round."),
    Readout::new("round", "Round", 0).help("Each has votes of its own.")
        .basis("Counted over this run."),
])
.presets(&[
    Preset::new("textbook", "Textbook").look("Honest people, many votes. How near does the policy come to the best one for this leash?"),
    Preset::new("loose", "Loose leash")
        .look("A tenth of the leash, the same votes. Where does the trail end?")
        .with(&[("beta", "0.1")]),
    Preset::new("ten", "Ten votes")
        .look("Some pairs are never compared. Try other seeds: is A always first?")
        .with(&[("pairs", "10")]),
    Preset::new("noisy", "Noisy people")
        .look("Three votes of ten are turned around. Which answers keep their order?")
        .with(&[("flip", "0.3")]),
    Preset::new("circles", "Rock, paper, scissors")
        .look("Judges who go around in circles. How many fields are framed, and what is left of the loss's fall?")
        .with(&[("cycle", "5")]),
    Preset::new("own", "Own judge")
        .look("A spoiled model likes its own answers. Six rounds: cured or confirmed? Take other seeds.")
        .with(&[("judge", "self"), ("start", "spoiled"), ("self_bias", "1"), ("rounds", "6")]),
    Preset::new("helpful", "Only helpful")
        .look("Judges who forgot about harm. Which answer wins, and what is it worth?")
        .with(&[("judge", "principles"), ("w_harm", "0")]),
])
.challenges(&[
    Challenge::new(
        "circles",
        "Sure of nothing",
        "With honest votes, f = 0, have all five circular triads that are possible and a loss of 0.6 or more after 600 \
         steps, so that the votes are hardly explained, and a policy that has moved by 0.2 nats or more all the same.",
        &[
            of("flip").equals(0.0),
            of("step").at_least(600.0),
            of("triads").at_least(5.0),
            of("loss").at_least(0.6),
            of("kl").at_least(0.2),
        ],
    )
    .solution(&[("cycle", "5"), ("beta", "0.1")], ROUND),
])
.prediction(
    Prediction::new(
        "A spoiled model says the worst answer four times out of five, which is worth [−1.63](run:?start=spoiled&at=0#reward). \
         It is its own judge now: it sees what answers are worth, but likes one the more, the more often it says it. After \
         two rounds, what are its answers worth?",
        of("reward"),
        &[
            Answer::below("−1 or less: it stays as it is", -1.0),
            Answer::below("From −1 to 1: neither wins", 1.0),
            Answer::beyond("More than 1: it cures itself"),
        ],
        "[−1.7](run:?judge=self&start=spoiled&self_bias=1&rounds=2&at=1200&seeds=1..12#mean:reward) on average: it hardly moved. \
         The liking for E outweighs the worth of B, C and D, but not quite that of A: later rounds cure most seeds.",
    )
    .with(&[("judge", "self"), ("start", "spoiled"), ("self_bias", "1"), ("rounds", "2")])
    .settled_at(2 * ROUND),
);

struct Prefs {
    bench: Bench,
    /// What judges think, but for a model's own.
    judge: Judge,
    bias: f64,
    pairs: usize,
    rounds: u64,
    seed: u64,
    start: Each,
    policy: Policy,
    votes: Votes,
    round: u64,
    step: u64,
    /// Divergence and reward.
    trail: Series<2>,
}

impl Prefs {
    fn new(values: &Values) -> Self {
        let (bench, start) = (BENCH.of(values), START.of(values));
        let merits = match bench {
            Bench::Principles => principles(values.real("w_help"), values.real("w_harm")),
            Bench::People | Bench::Own => REWARDS,
        };
        let judge = Judge { merits, cycle: values.real("cycle"), flip: values.real("flip") };
        let mut this = Self {
            bench,
            judge,
            bias: values.real("self_bias"),
            pairs: values.real("pairs") as usize,
            rounds: values.integer("rounds") as u64,
            seed: values.seed(),
            start,
            policy: Policy::new(values.real("beta"), DPO, start),
            votes: Votes::default(),
            round: 0,
            step: 0,
            trail: Series::every(5),
        };
        this.begin_round();
        this
    }

    /// New votes, and the policy as it is for a reference.
    fn begin_round(&mut self) {
        let shares = self.policy.shares();
        if self.bench == Bench::Own {
            self.judge.merits = self_judged(&shares, self.bias);
        }
        let mut draws = Stream::new(self.seed, &format!("votes {}", self.round));
        self.votes = self.judge.votes(self.pairs, &mut draws);
        if self.round > 0 {
            self.policy = Policy::new(self.policy.beta, DPO, shares);
        }
        self.round += 1;
        self.record();
    }

    fn record(&mut self) {
        let shares = self.policy.shares();
        self.trail.push(self.step, [divergence(&shares, &self.start), reward(&shares)]);
    }

    fn shares_of_answers(&self) -> Panel {
        let best = optimum(&self.start, self.policy.beta);
        let bars = |shares: &Each, shift: f64, tone| {
            let each = shares.iter().enumerate();
            each.map(|(i, p)| Bar::new(i as f64 + shift, 0.24, *p, tone)).collect::<Vec<_>>()
        };
        let names = (0..ANSWERS).map(|i| format!("{} {}", NAMES[i], format_number(REWARDS[i], 0)));
        let y = Axis::linear("share", [0.0, 1.0]).ticks([(0.0, "0"), (0.5, "0.5"), (1.0, "1")]).grid();
        Panel::new(
            "policy",
            "Grey: start, red: now, green: best for β",
            Axis::categories("answer, worth", names),
            y,
        )
        .height(250.0)
        .weight(1.3)
        .bars("start", bars(&self.start, -0.26, Tone::Muted))
        .bars("now", bars(&self.policy.shares(), 0.0, Tone::Accent))
        .bars("best", bars(&best, 0.26, Tone::Good))
    }

    /// Of the votes on two answers, the share that prefers the first.
    fn share(&self, i: usize, j: usize) -> Option<f64> {
        let both = self.votes.wins[i][j] + self.votes.wins[j][i];
        (both > 0.0).then(|| self.votes.wins[i][j] / both)
    }

    fn ballots(&self) -> Panel {
        let cells = (0..ANSWERS * ANSWERS).map(|cell| {
            let share = self.share(cell / ANSWERS, cell % ANSWERS);
            share.map_or(EMPTY, |share| signed_level(share - 0.5, 0.5))
        });
        let framed = ordered_pairs().filter(|(i, j)| self.votes.in_circle(*i, *j)).map(|(i, j)| {
            let [x, y] = [j, i].map(|k| k as f64);
            Tile::new([x - 0.42, y - 0.42, x + 0.42, y + 0.42], Tone::Bad, Fill::Outline)
        });
        let edge = ANSWERS as f64 - 0.5;
        Panel::new(
            "votes",
            "Votes (blue: row beats column)",
            Axis::categories("framed: in circles", NAMES),
            Axis::categories("", NAMES).reversed(),
        )
        .height(250.0)
        .square()
        .cells("votes", [-0.5, -0.5, edge, edge], [ANSWERS, ANSWERS], cells.collect(), Ramp::Diverging)
        .boxes("circles", framed)
    }

    /// Pairs that somebody decided so, in the order of their dots.
    fn decided(&self) -> Vec<(usize, usize)> {
        ordered_pairs().filter(|(i, j)| self.votes.wins[*i][*j] > 0.0).collect()
    }

    fn pulls(&self) -> Panel {
        const EDGE: f64 = 6.0;
        let beta = self.policy.beta;
        let curve = (0..=48).map(|k| {
            let u = EDGE * (f64::from(k) / 24.0 - 1.0);
            [u, DPO.loss(u, beta)]
        });
        let dots = self.decided().into_iter().map(|(i, j)| {
            let u = self.policy.margin(i, j).clamp(-EDGE, EDGE);
            let (tone, glyph) =
                if i < j { (Tone::Series(0), Glyph::Circle) } else { (Tone::Bad, Glyph::Triangle) };
            Dot::new([u, DPO.loss(u, beta)], tone, glyph)
        });
        let x = Axis::linear("margin u", [-EDGE - 0.3, EDGE + 0.3]);
        Panel::new(
            "pulls",
            "Loss of a vote (triangles: for the worse)",
            x,
            Axis::linear("−ln σ(u)", [0.0, 6.5]).grid(),
        )
        .height(220.0)
        .rule("middle", "", At::X(0.0), Tone::Faint, Stroke::Thin)
        .line("curve", "", curve, Tone::Muted, Stroke::Solid)
        .dots("decided", "", dots.collect::<Vec<_>>(), 4.0)
    }

    fn plane(&self) -> Panel {
        let front = (0..=60).map(|k| {
            let best = optimum(&self.start, pow(10.0, 2.0 - 0.06 * f64::from(k)));
            [divergence(&best, &self.start), reward(&best)]
        });
        let front: Vec<[f64; 2]> = front.collect();
        let best = optimum(&self.start, self.policy.beta);
        let shares = self.policy.shares();
        let here = [divergence(&shares, &self.start), reward(&shares)];
        let [moved, worth] = [0, 1].map(|column| self.trail.curve(column));
        let way = moved.iter().zip(&worth).map(|(kl, r)| [kl[1], r[1]]);
        let far = front.iter().map(|point| point[0]).fold(1.7, f64::max);
        let x = Axis::linear("moved", [-0.03 * far, 1.05 * far]).unit("nats");
        let y = Axis::linear("reward", [-2.2, 2.2]).ticks([(-2.0, "−2"), (0.0, "0"), (2.0, "2")]).grid();
        let dots = [
            Dot::new([divergence(&best, &self.start), reward(&best)], Tone::Good, Glyph::Square),
            Dot::new(here, Tone::Accent, Glyph::Circle),
        ];
        Panel::new("plane", "Reward by distance (thin: the most possible)", x, y)
            .height(220.0)
            .line("front", "", front, Tone::Good, Stroke::Thin)
            .line("way", "", way, Tone::Accent, Stroke::Solid)
            .dots("here", "", dots, 5.0)
    }
}

impl Simulation for Prefs {
    fn step(&mut self) {
        if self.step == self.round * ROUND {
            self.begin_round();
        }
        self.policy.step(&self.votes);
        self.step += 1;
        self.record();
    }

    fn readings(&self) -> Vec<Named> {
        let shares = self.policy.shares();
        vec![
            reading("loss", self.policy.loss(&self.votes)),
            reading("reward", reward(&shares)),
            reading("kl", divergence(&shares, &self.start)),
            reading("triads", self.votes.triads()),
            reading("best", shares[0]),
            reading("pull", self.policy.pull(&self.votes)),
            reading("round", self.round as usize),
        ]
    }

    fn figure(&self) -> Figure {
        let shares = self.policy.shares();
        let said: Vec<String> =
            shares.iter().zip(NAMES).map(|(p, name)| format!("{name} {}", format_number(*p, 2))).collect();
        let alternative = format!(
            "Shares of the answers: {}. They are worth {} on average, {} nats from the start. The votes' loss is {}, and {} \
             of ten triples go around in a circle.",
            said.join(", "),
            format_number(reward(&shares), 2),
            format_number(divergence(&shares, &self.start), 2),
            format_number(self.policy.loss(&self.votes), 3),
            self.votes.triads(),
        );
        Figure::new(
            vec![vec![self.shares_of_answers(), self.ballots()], vec![self.pulls(), self.plane()]],
            alternative,
        )
    }

    fn describe(&self, mark: &str, index: usize) -> Option<String> {
        let share = |of: &str, shares: &Each| {
            let p = shares.get(index)?;
            Some(format!("{} {of}: {}", NAMES[index], format_number(*p, 3)))
        };
        let votes = |i: usize, j: usize| format_number(self.votes.wins[i][j], 0);
        match mark {
            "start" => share("at the start", &self.start),
            "now" => share("now", &self.policy.shares()),
            "best" => share("in the best policy", &optimum(&self.start, self.policy.beta)),
            "votes" => {
                let (i, j) = (index / ANSWERS, index % ANSWERS);
                (i < ANSWERS && i != j).then(|| {
                    format!("{} over {}: {} votes, {} against", NAMES[i], NAMES[j], votes(i, j), votes(j, i))
                })
            }
            "decided" => {
                let (i, j) = *self.decided().get(index)?;
                let u = self.policy.margin(i, j);
                Some(format!(
                    "{} over {}, {} votes: margin {}, pull {}",
                    NAMES[i],
                    NAMES[j],
                    votes(i, j),
                    format_number(u, 2),
                    format_number(DPO.pull(u, self.policy.beta), 3)
                ))
            }
            "here" => Some((*["the best policy for β", "the policy now"].get(index)?).to_owned()),
            _ => None,
        }
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if self.bench == Bench::Principles && self.judge.merits == [0.0; ANSWERS] {
            notes.push(
                "Neither principle has a weight: this judge tosses a coin, or goes in circles.".to_owned(),
            );
        }
        let unseen: Vec<&str> = self.votes.unseen().into_iter().map(|i| NAMES[i]).collect();
        if unseen.is_empty() {
            if !self.votes.contradict() {
                notes.push(
                    "No opposing votes: some answers never lost to some others, so no finite policy fits best, and they \
                     move apart for as long as training goes on."
                        .to_owned(),
                );
            }
        } else {
            notes.push(format!("No vote speaks of {}: nothing is learnt of it.", unseen.join(", ")));
        }
        let honest = Judge { flip: 0.0, ..self.judge }.expected().triads();
        if self.votes.triads() > honest {
            notes.push(format!(
                "These judges have {honest} circular triads in truth: the others are luck. More votes would tell."
            ));
        }
        notes
    }

    fn finished(&self) -> bool {
        self.step >= self.rounds * ROUND
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::Runner;
    use crate::numerics::statistics::mean;

    fn over(pairs: &[(&str, &str)], steps: u64, id: &str) -> Vec<f64> {
        Runner::over_seeds(&SPEC, pairs, 1..=20, steps, id)
    }

    fn count(numbers: &[f64], holds: impl Fn(f64) -> bool) -> usize {
        numbers.iter().filter(|x| holds(**x)).count()
    }

    /// Known result: judges who forget about harm make the worst answer win.
    #[test]
    fn help_alone_misleads() {
        let worth = over(&[("judge", "principles"), ("w_harm", "0")], ROUND, "reward");
        assert!(worth.iter().all(|r| *r < 0.0), "{worth:?}");
    }

    /// Known result: without self-liking a spoiled model is cured soon, with it late.
    #[test]
    fn a_judge_of_itself_is_slow_to_learn() {
        let own = |bias, rounds: u64| {
            let rounds_text = rounds.to_string();
            let pairs = [
                ("judge", "self"),
                ("start", "spoiled"),
                ("self_bias", bias),
                ("rounds", rounds_text.as_str()),
            ];
            over(&pairs, rounds * ROUND, "reward")
        };
        assert!(mean(&own("0", 2)) > 1.5);
        assert!(count(&own("1", 2), |r| r < -1.0) >= 17);
        // Where it ends is luck.
        let last = own("1", 6);
        assert!(count(&last, |r| r > 1.5) >= 10 && count(&last, |r| r < 0.0) >= 1, "{last:?}");
    }

    /// Known result: ten votes teach little, by seed.
    #[test]
    fn ten_votes_are_luck() {
        let worth = over(&[("pairs", "10")], ROUND, "reward");
        assert!(worth.iter().any(|r| *r < 1.0) && worth.iter().any(|r| *r > 1.8), "{worth:?}");
    }

    /// Known result: noise alone shows circles.
    #[test]
    fn noise_looks_like_circles() {
        let triads = over(&[("flip", "0.3")], 0, "triads");
        assert!(count(&triads, |n| n > 0.0) >= 4, "{triads:?}");
        assert_eq!(count(&over(&[], 0, "triads"), |n| n > 0.0), 0);
    }

    #[test]
    fn what_is_odd_is_said() {
        let notes = |pairs: &[(&str, &str)]| Runner::after(&SPEC, pairs, 0).simulation().notes().join(" ");
        assert!(notes(&[("judge", "principles"), ("w_help", "0"), ("w_harm", "0")]).contains("coin"));
        let few = notes(&[("pairs", "5")]);
        assert!(few.contains("No opposing votes") || few.contains("No vote speaks"), "{few}");
        assert!(notes(&[]).is_empty());
    }
}
