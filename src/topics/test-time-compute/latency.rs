//! `latency`: accuracy against seconds, for independent errors and for questions that fail again.

use super::{SINGLE, TRIES, VOTE};
use crate::lab::figure::charts::{self, Curve, Measured};
use crate::lab::figure::{Anchor, At, Axis, Dot, Figure, Glyph, Stroke, Tone};
use crate::lab::schema::readout::{format_number, terms};
use crate::lab::{Challenge, Control, Named, Pace, Preset, Readout, Simulation, Spec, Values, of, reading};
use crate::models::votes::{Difficulty, wilson};
use crate::numerics::random::Stream;

// Shape parameters of the beta distribution of a question's rate.
terms! {
    up = "(p_mean * concentration)'a'";
    down = "((1 - p_mean) * concentration)'b'";
}

const MAJORITY: &str = concat!(
    "sum(k, (n + 1) / 2, n, product(i, 0, k - 1, (n - i) / (i + 1)) * if(independent = on, p_mean ^ k * (1 - p_mean) ^ (n - k), product(i, 0, k - 1, (",
    up!(),
    " + i) / (concentration + i)) * product(i, 0, n - k - 1, (",
    down!(),
    " + i) / (concentration + k + i))))"
);
const ANY_RIGHT: &str = concat!(
    "1 - if(independent = on, (1 - p_mean) ^ n, product(i, 0, n - 1, (",
    down!(),
    " + i) / (concentration + i)))"
);

pub static SPEC: Spec = Spec::new(
    "latency",
    "What thirty seconds buy",
    "Accuracy of a majority vote against the seconds that its samples take. Watch drawn questions settle on \
     the computed curves, and see where the vote stops climbing.",
    Pace::new(60.0, 200, "question"),
    |values| Box::new(Waiting::new(values)),
)
.controls(&[
    Control::real("p_mean", "One sample is right p̄", [0.5, 0.95], 0.01, 0.75)
        .help("Share of single samples that are right, over all questions."),
    Control::toggle("independent", "Independent errors", false)
        .help("As if the concentration were infinite: every question succeeds at the same rate."),
    Control::logarithmic("concentration", "Concentration", [0.5, 50.0], 1.0).unless("independent", &["on"]).help(
        "How alike the questions are. Small: some nearly always succeed, others nearly always fail. Large: \
         each fails now and then.",
    ),
    Control::integer("ms_per_sample", "Time of a sample", 50, 2000, 200)
        .step(10)
        .unit("ms")
        .help("How long one sample takes."),
    Control::integer("n", "Samples N", 1, 149, 9)
        .step(2)
        .help("Votes on each question; odd, so that no vote ties."),
    Control::toggle("parallel", "In parallel", false)
        .help("All samples at once on as many machines: the wait is one sample's, the bill stays."),
    Control::seed(1).secondary(),
])
.readouts(&[
    Readout::new("acc_vote", "Vote is right", 3)
        .help("Chance that the majority of N samples is right, computed.")
        .formula(MAJORITY),
    Readout::new("acc_any", "Any sample is right", 3)
        .help("Chance that at least one of N samples is right: what a perfect judge would reach.")
        .formula(ANY_RIGHT),
    Readout::new("limit_vote", "Where the vote ends", 3)
        .help("Its accuracy with ever more samples: the share of questions whose own rate is above a half.")
        .basis("Worked out from the distribution of their rates, without drawing."),
    Readout::new("latency_s", "Wait", 2).formula("if(parallel = on, 1, n) * ms_per_sample / 1000").unit("s").spoken("seconds").help("Time until the answer."),
    Readout::new("cost", "Samples per right answer", 1).formula("n / acc_vote")
        .help("N over the vote's accuracy: the bill of one right answer, in samples."),
])
.presets(&[
    Preset::new("independent", "If errors were independent")
        .look("Nine votes, [1.8 s](run:?independent=on&n=9#latency_s): [0.951](run:?independent=on&n=9#acc_vote). Thirty seconds would be a waste.")
        .with(&[("independent", "on")]),
    Preset::new("same-questions", "Same questions fail")
        .look("The vote never leaves the height of [0.78](run:?n=149#acc_vote), however long you wait.")
        .with(&[("n", "149")]),
    Preset::new("chat", "Chat")
        .look("An easy mix and one quick sample: a vote would cost three times as much for a point or two.")
        .with(&[("p_mean", "0.9"), ("n", "1"), ("ms_per_sample", "400")]),
    Preset::new("exam", "Exam")
        .look("Hard but not hopeless questions and half a minute: here the votes pay.")
        .with(&[("p_mean", "0.6"), ("concentration", "8"), ("n", "149")]),
])
.challenges(&[Challenge::new(
    "ninety-five",
    "95 % within half a minute",
    "Keep one sample at 75 % and 200 ms, in series and with errors that are not independent: reach 95 % by \
     vote.",
    &[
        of("p_mean").equals(0.75),
        of("ms_per_sample").equals(200.0),
        of("independent").is("off"),
        of("parallel").is("off"),
        of("acc_vote").at_least(0.95),
    ],
)
.solution(&[("concentration", "20"), ("n", "99")], 1)]);

/// Numbers of samples with a dot of drawn questions.
const COUNTS: [usize; 8] = [1, 3, 5, 9, 17, 33, 65, 149];

/// Questions after which the dots stand well enough.
const ENOUGH: usize = 4000;

struct Waiting {
    difficulty: Difficulty,
    n: usize,
    seconds: f64,
    parallel: bool,
    /// N, chance of the vote, chance of any: computed once.
    curve: Vec<[f64; 3]>,
    independent: Vec<[f64; 2]>,
    draws: Stream,
    asked: usize,
    votes: [usize; COUNTS.len()],
}

impl Waiting {
    fn new(values: &Values) -> Self {
        let mean = values.real("p_mean");
        let concentration =
            if values.toggle("independent") { f64::INFINITY } else { values.real("concentration") };
        let difficulty = Difficulty { mean, concentration };
        let seconds = values.real("ms_per_sample") / 1000.0;
        let alike = Difficulty { mean, concentration: f64::INFINITY };
        let counts = || (1..=149usize).step_by(2);
        Self {
            curve: counts()
                .map(|n| [n as f64 * seconds, difficulty.majority(n), difficulty.any(n)])
                .collect(),
            independent: counts().map(|n| [n as f64 * seconds, alike.majority(n)]).collect(),
            difficulty,
            n: values.integer("n"),
            seconds,
            parallel: values.toggle("parallel"),
            draws: Stream::new(values.seed(), "questions"),
            asked: 0,
            votes: [0; COUNTS.len()],
        }
    }

    fn here(&self) -> [f64; 3] {
        self.curve[(self.n - 1) / 2]
    }
}

impl Simulation for Waiting {
    fn step(&mut self) {
        let [a, b] = self.difficulty.shapes();
        let rate = if a.is_finite() { self.draws.beta(a, b) } else { self.difficulty.mean };
        let (mut right, mut drawn) = (0, 0);
        for (n, votes) in COUNTS.into_iter().zip(&mut self.votes) {
            while drawn < n {
                right += usize::from(self.draws.chance(rate));
                drawn += 1;
            }
            *votes += usize::from(2 * right > n);
        }
        self.asked += 1;
    }

    fn readings(&self) -> Vec<Named> {
        let [seconds, vote, any] = self.here();
        vec![
            reading("acc_vote", vote),
            reading("acc_any", any),
            reading("limit_vote", self.difficulty.majority_limit()),
            reading("latency_s", if self.parallel { self.seconds } else { seconds }),
            reading("cost", self.n as f64 / vote),
        ]
    }

    fn figure(&self) -> Figure {
        let unit = if self.parallel { "s of compute, shared out" } else { "s" };
        let x = Axis::logarithmic("thinking time", [0.04, 300.0]).unit(unit).ticks([
            (0.1, "0.1"),
            (1.0, "1"),
            (10.0, "10"),
            (100.0, "100"),
        ]);
        let column = |i: usize| self.curve.iter().map(|row| [row[0], row[i]]).collect();
        let curves = vec![
            Curve::new("independent", "independent", self.independent.clone(), SINGLE).stroke(Stroke::Dashed),
            Curve::new("any", "any right", column(2), TRIES),
            Curve::new("vote", "vote", column(1), VOTE).stroke(Stroke::Thick),
        ];
        let measured: Vec<Measured> = COUNTS
            .iter()
            .zip(&self.votes)
            .filter(|_| self.asked > 0)
            .map(|(n, votes)| {
                let [low, high] = wilson(*votes, self.asked);
                let share = *votes as f64 / self.asked as f64;
                Measured {
                    cost: *n as f64 * self.seconds,
                    share,
                    low,
                    high,
                    tone: VOTE,
                    glyph: Glyph::Circle,
                }
            })
            .collect();
        let mut panel =
            charts::budget("time", "Accuracy against thinking time", x, "share right", curves, &measured);
        panel.y.domain = [0.4, 1.0];
        let limit = self.difficulty.majority_limit();
        panel = charts::with_level(panel, "limit", "", limit, VOTE);
        // Clear of the intervals about the line.
        let beside = if limit > 0.57 { limit - 0.125 } else { limit + 0.125 };
        panel = panel.words("limit_name", [300.0, beside], "dashed: its limit", Anchor::End, VOTE);
        let [seconds, vote, _] = self.here();
        let diamond = |at, tone, filled| Dot::new(at, tone, Glyph::Diamond).filled(filled);
        let claimed = vec![diamond([0.2, 0.75], Tone::Ink, false), diamond([30.0, 0.95], Tone::Ink, false)];
        panel = panel
            .height(380.0)
            .rule("now", "", At::X(seconds), Tone::Muted, Stroke::Thin)
            .dots("claimed", "claimed: 75 % at once, 95 % after 30 s", claimed, 6.0)
            .dots("chosen", "", [diamond([seconds, vote], VOTE, true)], 6.0);
        Figure::row(
            vec![panel],
            format!(
                "A vote of {} samples is right on {} % of the questions after {} seconds of compute; with \
                 ever more samples it tends to {} %.",
                self.n,
                format_number(100.0 * vote, 1),
                format_number(seconds, 1),
                format_number(100.0 * self.difficulty.majority_limit(), 1),
            ),
        )
    }

    fn describe(&self, mark: &str, index: usize) -> Option<String> {
        match mark {
            "claimed" => {
                Some(["claimed: 75 % after 0.2 s", "claimed: 95 % after 30 s"].get(index)?.to_string())
            }
            "points" => {
                let share = *self.votes.get(index)? as f64 / self.asked.max(1) as f64;
                Some(format!(
                    "{} votes: {} % of {} drawn questions",
                    COUNTS[index],
                    format_number(100.0 * share, 1),
                    self.asked
                ))
            }
            _ => None,
        }
    }

    fn notes(&self) -> Vec<String> {
        if self.difficulty.concentration <= 0.6 {
            vec![
                "Questions are all but all-or-nothing now: a vote is hardly better than one sample."
                    .to_owned(),
            ]
        } else {
            Vec::new()
        }
    }

    fn finished(&self) -> bool {
        self.asked >= ENOUGH
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::Runner;
    use crate::lab::figure::Shape;

    #[test]
    fn nine_independent_votes_reach_95_percent_in_1_8_seconds() {
        let run = Runner::after(&SPEC, &[("independent", "on")], 0);
        assert!((run.number("acc_vote").unwrap() - 0.951_073).abs() < 1e-6);
        assert!((run.number("latency_s").unwrap() - 1.8).abs() < 1e-12);
        assert!((run.number("limit_vote").unwrap() - 1.0).abs() < 1e-12);
        let wait = Runner::after(&SPEC, &[("parallel", "on")], 0).number("latency_s").unwrap();
        assert!((wait - 0.2).abs() < 1e-12);
    }

    #[test]
    fn questions_that_fail_again_keep_the_vote_down() {
        let run = Runner::after(&SPEC, &[], 0);
        assert!((run.number("acc_vote").unwrap() - 0.774_76).abs() < 1e-4);
        assert!((run.number("limit_vote").unwrap() - 0.780_55).abs() < 1e-4);
        assert!((run.number("acc_any").unwrap() - 0.947_47).abs() < 1e-4);
    }

    #[test]
    fn drawn_questions_settle_on_the_computed_curve() {
        let run = Runner::after(&SPEC, &[], 4000);
        let figure = run.simulation().figure();
        let dots = figure.rows[0][0].marks.iter().find(|m| m.id == "points").unwrap();
        let Shape::Dots { dots, .. } = &dots.shape else { panic!("dots") };
        let mixed = Difficulty { mean: 0.75, concentration: 1.0 };
        for (dot, n) in dots.iter().zip(COUNTS) {
            let expected = mixed.majority(n);
            let error = (expected * (1.0 - expected) / 4000.0).sqrt();
            assert!((dot.at[1] - expected).abs() < 3.5 * error, "{n}: {} against {expected}", dot.at[1]);
        }
    }
}
