//! `emergence`: the same models on two yardsticks, one on which an ability comes out of nowhere.

use super::{FOUND, TRUTH};
use crate::lab::figure::{Anchor, At, Axis, Dot, Figure, Glyph, Panel, Stroke};
use crate::lab::schema::readout::format_number;
use crate::lab::{
    Answer, Challenge, Choice, Control, Named, Pace, Prediction, Preset, Readout, Simulation, Spec, Values,
    of, reading,
};
use crate::models::yardsticks::{Marks, all_right, delay, half_size, loss, mark, right, steepest};
use crate::numerics::elementary::pow;
use crate::numerics::random::Stream;

/// How an answer is scored.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Metric {
    /// All tokens right, or nothing.
    Exact,
    /// Share of tokens that are right.
    Token,
    /// Wrong tokens of an answer.
    Edit,
}

static METRIC: Choice<Metric, 3> = Choice::new(
    "metric",
    "Score",
    [
        ("exact", "exact match", Metric::Exact),
        ("token", "share of tokens", Metric::Token),
        ("edit", "edit distance", Metric::Edit),
    ],
);

pub static SPEC: Spec = Spec::new(
    "emergence",
    "Two yardsticks",
    "Seven models of growing size write the same answers. In one panel their loss per token falls along a \
     straight line; in the other an ability appears suddenly, or does not, as you choose how to score.",
    Pace::still(),
    |values| Box::new(Exam::new(values)),
)
.controls(&[
    Control::integer("tokens", "Tokens in an answer T", 1, 64, 16)
        .live()
        .help("How many tokens must all be right for an exact match."),
    Control::logarithmic_whole("items", "Questions n", [10.0, 10_000.0], 200.0)
        .live()
        .help("Answers that are marked for each model: no score between 0 and 1/n can be seen."),
    METRIC.control().live().help("The same answers, scored in one way or another."),
    Control::toggle("log_y", "Logarithmic score", false)
        .live()
        .help("Shows small scores; one of 0 is drawn at the foot."),
    Control::seed(1).live().secondary(),
])
.readouts(&[
    Readout::new("n_half", "Half right at N", 3)
        .unit("billion")
        .help("Parameters with which half of all answers would be right to the last token.")
        .formula("1e7 * (tokens / ln(2)) ^ (1 / 0.3) / 1e9"),
    Readout::new("shift_decades", "Comes later by", 2)
        .unit("decades")
        .help("Powers of ten of N between an answer of one token and this one.")
        .formula("ln(tokens) / ln(10) / 0.3"),
    Readout::new("steepness", "Steepest rise", 3)
        .unit("per decade")
        .help("Of the exact score, where it rises fastest.")
        .basis("Of 400 pieces of the exact curve, from 10⁵ to 10¹⁶ parameters."),
    Readout::new("zero_share", "Models that cannot", 3)
        .help("Share of the seven models whose measured score lies below 0.02.")
        .basis("Of seven models, with the answers that each gave."),
    Readout::new("score_max", "Best score", 3).help("Of the largest model, as measured.")
        .basis("Over the answers to all questions."),
])
.presets(&[
    Preset::new("sudden", "Out of nowhere")
        .look("Three models that cannot, and then one that can a little: an ability seems to appear."),
    Preset::new("same-answers", "The same answers")
        .look("Scored by the token, the same answers rise without a threshold.")
        .with(&[("metric", "token")]),
    Preset::new("distance", "Edit distance")
        .look("Wrong tokens of an answer: a curve that bends, without a jump.")
        .with(&[("metric", "edit")]),
    Preset::new("long", "Long answers")
        .look("Four times as long: as steep as before, two decades later.")
        .with(&[("tokens", "64")]),
    Preset::new("look-closely", "Look closely")
        .look("Ten thousand questions on a logarithmic axis: small scores were there all along.")
        .with(&[("items", "10000"), ("log_y", "on")]),
])
.challenges(&[Challenge::new(
    "no-threshold",
    "Make the threshold vanish",
    "Leave the answers 16 tokens long, and find a way to see them on which no model scores below 0.02.",
    &[of("tokens").equals(16.0), of("zero_share").below(0.05)],
)
.solution(&[("metric", "token")], 0)])
.prediction(
    Prediction::new(
        "Make the answers four times as long, 64 tokens in place of 16, where the exact score rises by [0.254](run:#steepness) \
         for each decade of size at its steepest. How steep is it then?",
        of("steepness"),
        &[
            Answer::at_most("less steep: harder tasks come slowly", 0.2),
            Answer::at_most("just as steep", 0.3),
            Answer::beyond("steeper: all or nothing"),
        ],
        "With x = Tℓ the score is e^−x and its slope in log N is γ ln 10 · x e^−x, whose peak does not know T. \
         The same curve comes two decades later.",
    )
    .with(&[("tokens", "64")]),
);

/// Powers of ten of the models' sizes.
const SIZES: [f64; 2] = [7.0, 12.0];

/// How many models there are.
const MODELS: usize = 7;

/// Powers of ten that the axis shows: the largest model and what may come.
const SHOWN: [f64; 2] = [6.8, 14.0];

/// Foot of a logarithmic axis.
const FOOT: f64 = 1e-6;

/// A score below counts as nothing.
const NOTHING: f64 = 0.02;

struct Exam {
    tokens: usize,
    items: usize,
    metric: Metric,
    logarithmic: bool,
    /// Size and marks of each model.
    models: Vec<(f64, Marks)>,
}

impl Exam {
    fn new(values: &Values) -> Self {
        let (tokens, items) = (values.integer("tokens"), values.real("items") as usize);
        let mut luck = Stream::new(values.seed(), "answers");
        let sizes =
            (0..MODELS).map(|i| pow(10.0, SIZES[0] + (SIZES[1] - SIZES[0]) * i as f64 / (MODELS - 1) as f64));
        let models = sizes.map(|n| (n, mark(n, tokens, items, &mut luck))).collect();
        let (metric, logarithmic) = (METRIC.of(values), values.toggle("log_y"));
        Self { tokens, items, metric, logarithmic, models }
    }

    /// From 0 for nothing right to 1 for everything.
    fn score(&self, marks: &Marks) -> f64 {
        match self.metric {
            Metric::Exact => marks.exact_share(),
            Metric::Token | Metric::Edit => marks.token_share(),
        }
    }

    /// What is drawn for a score that is expected of a size.
    fn expected(&self, n: f64) -> f64 {
        match self.metric {
            Metric::Exact => all_right(n, self.tokens),
            Metric::Token => right(n),
            Metric::Edit => self.tokens as f64 * (1.0 - right(n)),
        }
    }

    fn measured(&self, marks: &Marks) -> f64 {
        match self.metric {
            Metric::Edit => marks.distance(),
            _ => self.score(marks),
        }
    }

    fn zeros(&self) -> usize {
        self.models.iter().filter(|(_, marks)| self.score(marks) < NOTHING).count()
    }

    fn x() -> Axis {
        let ticks =
            [(1e7, "10M"), (1e8, ""), (1e9, "1B"), (1e10, ""), (1e11, "100B"), (1e12, ""), (1e13, "10T")];
        Axis::logarithmic("parameters N", SHOWN.map(|p| pow(10.0, p))).ticks(ticks)
    }

    fn curve(f: impl Fn(f64) -> f64, from: f64, to: f64) -> Vec<[f64; 2]> {
        (0..=90).map(|i| pow(10.0, from + (to - from) * f64::from(i) / 90.0)).map(|n| [n, f(n)]).collect()
    }

    fn scores(&self) -> Panel {
        let zeros = self.zeros();
        let title = match self.metric {
            Metric::Exact if self.tokens == 1 => format!("Its one token right: {zeros} of 7 models cannot"),
            Metric::Exact => format!("All {} tokens right: {zeros} of 7 models cannot", self.tokens),
            Metric::Token => format!("Share of tokens right: {zeros} of 7 models cannot"),
            Metric::Edit => format!("Wrong tokens of {}", self.tokens),
        };
        let top = if self.metric == Metric::Edit { self.tokens as f64 } else { 1.0 };
        let name = if self.metric == Metric::Edit { "wrong tokens" } else { "score" };
        // Ten thousand answers show nothing below 1e-4; further down there is only the foot.
        let foot = if self.metric == Metric::Exact { FOOT } else { 1e-3 };
        let y = if self.logarithmic {
            Axis::logarithmic(name, [0.5 * foot, top]).grid()
        } else {
            Axis::linear(name, [-0.03 * top, 1.03 * top]).grid()
        };
        let lift = |x: f64| if self.logarithmic { x.max(foot) } else { x };
        let built = Self::curve(|n| lift(self.expected(n)), SHOWN[0], SIZES[1]);
        let beyond = Self::curve(|n| lift(self.expected(n)), SIZES[1], SHOWN[1]);
        let dots = self.models.iter().map(|(n, marks)| {
            let nothing = self.score(marks) < NOTHING;
            Dot::new([*n, lift(self.measured(marks))], FOUND, Glyph::Circle).filled(!nothing)
        });
        let mut panel = Panel::new("scores", title, Self::x(), y)
            .height(290.0)
            .line("expected", "", built, FOUND, Stroke::Ghost)
            .line("beyond", "", beyond, FOUND, Stroke::Dashed);
        if self.metric == Metric::Exact {
            panel = panel.rule("half", "", At::X(half_size(self.tokens)), TRUTH, Stroke::Thin);
        }
        panel.dots("models", "", dots, 5.0)
    }

    fn losses(&self) -> Panel {
        let y = Axis::logarithmic("loss per token", [0.005, 1.5])
            .unit("nats")
            .ticks([(0.01, "0.01"), (0.03, "0.03"), (0.1, "0.1"), (0.3, "0.3"), (1.0, "1")])
            .grid();
        let dots = self.models.iter().map(|(n, _)| Dot::new([*n, loss(*n)], FOUND, Glyph::Circle));
        Panel::new("losses", "The same models: loss", Self::x(), y)
            .height(290.0)
            .line("loss", "", Self::curve(loss, SHOWN[0], SIZES[1]), FOUND, Stroke::Ghost)
            .line("loss-beyond", "", Self::curve(loss, SIZES[1], SHOWN[1]), FOUND, Stroke::Dashed)
            .dots("models", "", dots, 5.0)
            .words("not-built", [2e12, 0.6], "not built", Anchor::Start, TRUTH)
    }
}

impl Simulation for Exam {
    fn set(&mut self, values: &Values) {
        *self = Self::new(values);
    }

    fn readings(&self) -> Vec<Named> {
        vec![
            reading("n_half", half_size(self.tokens) / 1e9),
            reading("shift_decades", delay(self.tokens)),
            reading("steepness", steepest(self.tokens, 5.0, 16.0)),
            reading("zero_share", self.zeros() as f64 / MODELS as f64),
            reading("score_max", self.models.last().map(|(_, marks)| self.score(marks))),
        ]
    }

    fn figure(&self) -> Figure {
        let listed: Vec<String> =
            self.models.iter().map(|(_, marks)| format_number(self.measured(marks), 3)).collect();
        let what = match self.metric {
            Metric::Exact => "the share of answers without a wrong token is",
            Metric::Token => "the share of right tokens is",
            Metric::Edit => "the wrong tokens of an answer are",
        };
        Figure::row(
            vec![self.scores(), self.losses()],
            format!(
                "From 10 million to 1,000 billion parameters {what} {}. Their loss falls from {} to {} nats along a \
                 straight line.",
                listed.join(", "),
                format_number(loss(1e7), 2),
                format_number(loss(1e12), 3)
            ),
        )
    }

    fn describe(&self, mark: &str, index: usize) -> Option<String> {
        if mark == "half" {
            return Some(format!(
                "half of all answers are right at {} parameters",
                super::short(half_size(self.tokens))
            ));
        }
        let (n, marks) = self.models.get(index).filter(|_| mark == "models")?;
        Some(format!(
            "{} parameters: loss {} nats; {} of {} answers right, {} of all tokens",
            super::short(*n),
            format_number(loss(*n), 3),
            format_number(marks.exact as f64, 0),
            format_number(marks.items as f64, 0),
            format_number(marks.token_share(), 3)
        ))
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        let none = self.models.iter().filter(|(_, marks)| marks.exact == 0).count();
        if self.metric == Metric::Exact && none > 0 {
            notes.push(format!(
                "{none} of 7 models have no answer right: their score lies below the resolution 1/n = {}.",
                format_number(1.0 / self.items as f64, 4)
            ));
        }
        notes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::Runner;

    fn number(pairs: &[(&str, &str)], id: &str) -> f64 {
        Runner::after(&SPEC, pairs, 0).number(id).unwrap()
    }

    #[test]
    fn three_of_seven_cannot_with_nearly_every_seed() {
        let three = (1..=200).filter(|seed: &u64| {
            (number(&[("seed", &seed.to_string())], "zero_share") - 3.0 / 7.0).abs() < 1e-9
        });
        let three = three.count();
        assert!(three >= 180, "{three}");
    }

    #[test]
    fn no_model_is_at_nothing_by_the_token() {
        for seed in 1..=20 {
            assert_eq!(number(&[("metric", "token"), ("seed", &seed.to_string())], "zero_share"), 0.0);
        }
    }

    #[test]
    fn four_times_as_long_comes_two_decades_later_and_no_steeper() {
        let [short, long] = ["16", "64"].map(|t| number(&[("tokens", t)], "steepness"));
        assert!((short - 0.254).abs() < 1e-3 && (long - short).abs() < 1e-3);
        let [short, long] = ["16", "64"].map(|t| number(&[("tokens", t)], "shift_decades"));
        assert!((long - short - 2.01).abs() < 0.01);
        assert!((number(&[], "n_half") / 350.0 - 1.0).abs() < 2e-3);
    }

    #[test]
    fn scores_below_the_resolution_are_said() {
        let notes =
            Runner::after(&SPEC, &[("tokens", "64"), ("items", "10")], 0).simulation().notes().join(" ");
        assert!(notes.contains("resolution 1/n = 0.1000"), "{notes}");
    }
}
