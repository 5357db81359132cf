//! `filter`: a teacher with errors, a filter that drops what it doubts, and a student.

mod figure;
#[cfg(test)]
mod tests;

use crate::lab::schema::condition::difference;
use crate::lab::{
    Challenge, Control, Figure, Named, Pace, Preset, Readout, Simulation, Spec, Values, of, reading,
};
use crate::models::nearest_neighbours::{Example, VOTES, lesson, right_answers};

/// True points on which the student is asked.
const TESTS: usize = 800;
/// Shares of the curve: every per cent.
const SHARES: usize = 100;

pub static SPEC: Spec = Spec::new(
    "filter",
    "Throw away what is doubtful",
    "A teacher labels points and errs near the boundary; a filter keeps those it is surest of, and a student \
     votes among the nearest that are left. Find out how much to keep.",
    Pace::still(),
    |values| Box::new(Filter::new(values)),
)
.controls(&[
    Control::real("keep", "Share kept", [0.01, 1.0], 0.01, 1.0)
        .help("Share of the points that the filter lets through, the surest first.")
        .live(),
    Control::real("error", "Error e", [0.0, 0.5], 0.05, 0.3).help(
        "How often the teacher errs: at the boundary with twice this chance, at most a half, and less and less \
         away from it.",
    ),
    Control::real("filter_noise", "Filter noise φ", [0.0, 2.0], 0.1, 0.0)
        .help("How blind the filter is: at 0 it knows the chance of each error, at 2 it hardly knows anything."),
    Control::logarithmic_whole("n", "Points", [200.0, 4000.0], 2000.0)
        .help("Points that the teacher labels.")
        .secondary(),
    Control::seed(1),
])
.readouts(&[
    Readout::new("acc_student", "Student", 1)
        .unit("%")
        .basis("Share of 800 true points that the student gets right."),
    Readout::new("acc_all", "With everything kept", 1)
        .unit("%")
        .help("The same for a student that learns from all points.")
        .basis("Share of 800 true points."),
    Readout::new("label_acc", "Labels right", 1).unit("%").help("Share of right labels among those kept.")
        .basis("By the true labels, which are known here."),
    Readout::new("kept", "Kept", 0).help("Points that the student learns from.")
        .formula("max(1, floor(n * round(keep * 100) / 100))"),
])
.presets(&[
    Preset::new("everything", "Trust everything")
        .look(
            "All labels, wrong ones included: the student is right in \
             [92 %](run:?seeds=1..30#mean:acc_student), more often than its labels.",
        ),
    Preset::new("surest", "Only the surest 2 %")
        .look(
            "Forty points and hardly an error among them: the student is right in \
             [77 %](run:?keep=0.02&seeds=1..30#mean:acc_student). They say nothing about the boundary.",
        )
        .with(&[("keep", "0.02")]),
    Preset::new("sweet-spot", "Sweet spot")
        .look(
            "Seven points in ten: most errors are gone, and the boundary is still covered. The student is right \
             in [96 %](run:?keep=0.7&seeds=1..30#mean:acc_student).",
        )
        .with(&[("keep", "0.7")]),
    Preset::new("half-blind", "Half-blind filter")
        .look(
            "A filter that hardly knows what is wrong throws away good and bad alike, and gains \
             [0.2](run:?keep=0.7&filter_noise=2&kept=filter_noise:2&seeds=1..30#mean:difference:acc_student) \
             points.",
        )
        .with(&[("keep", "0.7"), ("filter_noise", "2")]),
])
.challenges(&[Challenge::new(
    "less-is-more",
    "Less is more",
    "Beat the student that trusts everything by two points or more, by throwing data away.",
    &[difference("acc_student", "acc_all").above(2.0), of("keep").below(1.0)],
)
.solution(&[("keep", "0.7")], 0)]);

struct Filter {
    /// The surest first.
    examples: Vec<Example>,
    /// Accuracy for each share kept, in per cent: of the student, and of the labels.
    student: Vec<f64>,
    labels: Vec<f64>,
    /// The present share, counted from 0.
    share: usize,
}

impl Filter {
    fn new(values: &Values) -> Self {
        let n = values.integer("n");
        let examples = lesson(n, values.real("error"), values.real("filter_noise"), values.seed());
        let ends: Vec<usize> = (1..=SHARES).map(|percent| (n * percent / SHARES).max(1)).collect();
        let right = right_answers(&examples, &ends, TESTS, values.seed());
        let student = right.iter().map(|right| 100.0 * *right as f64 / TESTS as f64).collect();
        let good = |end: &usize| examples[..*end].iter().filter(|e| !e.wrong).count() as f64;
        let labels = ends.iter().map(|end| 100.0 * good(end) / *end as f64).collect();
        let mut this = Self { examples, student, labels, share: 0 };
        this.set(values);
        this
    }

    fn kept(&self) -> &[Example] {
        &self.examples[..(self.examples.len() * (self.share + 1) / SHARES).max(1)]
    }
}

impl Simulation for Filter {
    fn set(&mut self, values: &Values) {
        self.share = (values.real("keep") * SHARES as f64).round() as usize - 1;
    }

    fn readings(&self) -> Vec<Named> {
        vec![
            reading("acc_student", self.student[self.share]),
            reading("acc_all", self.student[SHARES - 1]),
            reading("label_acc", self.labels[self.share]),
            reading("kept", self.kept().len()),
        ]
    }

    fn figure(&self) -> Figure {
        figure::draw(self)
    }

    fn notes(&self) -> Vec<String> {
        let kept = self.kept().len();
        if kept < VOTES {
            vec![format!("Only {kept} points are kept, so {kept} vote where {VOTES} would.")]
        } else {
            Vec::new()
        }
    }
}
