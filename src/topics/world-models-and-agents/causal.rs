//! `causal`: three bits that cause one another, seen and acted upon, and two tables of old.

use super::arrow;
use crate::lab::figure::charts::{Curve, with_curves};
use crate::lab::figure::{Anchor, Axis, Bar, Dot, Figure, Fill, GAP, Glyph, Panel, Stroke, Tile, Tone};
use crate::lab::schema::readout::{format_number, terms};
use crate::lab::schema::table::{Column, Table as Rows};
use crate::lab::schema::text::Fault;
use crate::lab::{
    Answer, Challenge, Choice, Control, Named, Pace, Prediction, Preset, Readout, Simulation, Spec, Values,
    of, reading,
};
use crate::models::causes::{BERKELEY, Causes, Group, KIDNEY_STONES, Share, Table};
use crate::numerics::random::Stream;

/// A table with its words; the difference is the first column minus the second, or the other way round.
#[derive(Clone, Copy, Debug)]
struct Study<'a> {
    table: Table<'a>,
    /// What the columns are, what groups are, and what is counted.
    columns: [&'static str; 2],
    groups: &'static str,
    outcome: &'static str,
    /// The column that the difference is counted for.
    first: usize,
}

// Chances of X and of Y in the model, by Z, and what they come to; then the counts of the studies.
terms! {
    few = "(if(do = on, 0.5, px0))'X without Z'";
    many = "(if(do = on, 0.5, px1))'X with Z'";
    plain = "(min(1, max(0, base)))'Y without either'";
    by_z = "(min(1, max(0, base + cz)))'Y by Z alone'";
    by_x = "(min(1, max(0, base + cx)))'Y by X alone'";
    by_both = "(min(1, max(0, base + cz + cx)))'Y by both'";
}

const SEEN_WITH: &str = concat!(
    "pick(data, ((1 - pz) * ",
    few!(),
    " * ",
    by_x!(),
    " + pz * ",
    many!(),
    " * ",
    by_both!(),
    ") / ((1 - pz) * ",
    few!(),
    " + pz * ",
    many!(),
    "), (81 + 192) / (87 + 263), (512 + 353 + 120 + 138 + 53 + 22) / (825 + 560 + 325 + 417 + 191 + 373))"
);
const SEEN_WITHOUT: &str = concat!(
    "pick(data, if(select = on, 1'only those with Y are seen', ((1 - pz) * (1 - ",
    few!(),
    ") * ",
    plain!(),
    " + pz * (1 - ",
    many!(),
    ") * ",
    by_z!(),
    ") / ((1 - pz) * (1 - ",
    few!(),
    ") + pz * (1 - ",
    many!(),
    "))), (234 + 55) / (270 + 80), (89 + 17 + 202 + 131 + 94 + 24) / (108 + 25 + 593 + 375 + 393 + 341))"
);
const DONE_WITH: &str = concat!(
    "pick(data, (1 - pz) * ",
    by_x!(),
    " + pz * ",
    by_both!(),
    ", (357 * 81 / 87 + 343 * 192 / 263) / 700, \
     (933 * 512 / 825 + 585 * 353 / 560 + 918 * 120 / 325 + 792 * 138 / 417 + 584 * 53 / 191 + 714 * 22 / 373) / 4526)"
);
const DONE_WITHOUT: &str = concat!(
    "pick(data, (1 - pz) * ",
    plain!(),
    " + pz * ",
    by_z!(),
    ", (357 * 234 / 270 + 343 * 55 / 80) / 700, \
     (933 * 89 / 108 + 585 * 17 / 25 + 918 * 202 / 593 + 792 * 131 / 375 + 584 * 94 / 393 + 714 * 24 / 341) / 4526)"
);

/// Names of a reader's groups.
const GROUPS: [&str; 8] = ["1", "2", "3", "4", "5", "6", "7", "8"];

/// The most that is counted in a cell.
const MOST: f64 = 10_000_000.0;

/// Counts of the reader's own: how often A and B did well in each group, and how often not.
static COUNTS: Rows = Rows::new(
    &[
        Column::whole("group", [1.0, GROUPS.len() as f64]),
        Column::whole("a_yes", [0.0, MOST]),
        Column::whole("a_no", [0.0, MOST]),
        Column::whole("b_yes", [0.0, MOST]),
        Column::whole("b_no", [0.0, MOST]),
    ],
    [2, GROUPS.len()],
)
.named();

/// Refuses a group in which one of the two was never tried: nothing is known of it there.
fn read_counts(text: &str) -> Result<(), Fault> {
    COUNTS.check_rows(text, |row| {
        let missing = [("A", row[1] + row[2]), ("B", row[3] + row[4])].into_iter().find(|(_, of)| *of == 0.0);
        let (name, _) = missing?;
        Some(format!("group {} has no case of {name}: both need at least one in each group.", row[0]))
    })
}

/// The groups of a reader's counts, if there are any.
fn own(text: &str) -> Option<Vec<Group>> {
    let rows = COUNTS.own::<5>(text)?;
    let share = |yes: f64, no: f64| Share::new(yes as u32, (yes + no) as u32);
    let group = |[name, a_yes, a_no, b_yes, b_no]: [f64; 5]| {
        (GROUPS[name as usize - 1], [share(a_yes, a_no), share(b_yes, b_no)])
    };
    Some(rows.into_iter().map(group).collect())
}

static DATA: Choice<Option<Study<'static>>, 3> = Choice::new(
    "data",
    "Data",
    [
        ("model", "model", None),
        (
            "kidney",
            "kidney stones",
            Some(Study {
                table: KIDNEY_STONES,
                columns: ["surgery", "puncture"],
                groups: "stone",
                outcome: "cured",
                first: 0,
            }),
        ),
        (
            "berkeley",
            "Berkeley",
            Some(Study {
                table: BERKELEY,
                columns: ["men", "women"],
                groups: "department",
                outcome: "admitted",
                first: 1,
            }),
        ),
    ],
);

pub static SPEC: Spec = Spec::new(
    "causal",
    "Seeing and doing",
    "Z causes X and Y, X causes Y. Compare what one sees, Y among those with X, with what comes of giving X to \
     everybody. Cut the arrow from Z to X, and both agree.",
    Pace::new(10.0, 30, "draw").promised(30),
    |values| Box::new(Causal::new(values)),
)
.controls(&[
    DATA.control().help("The model, or counts from a study; those leave all other controls aside."),
    Control::toggle("do", "Scissors", false).only("data", &["model"]).help("Cuts the arrow from Z to X: a coin decides on X."),
    Control::toggle("select", "Only cases with X or Y", false).only("data", &["model"])
        .help("A collider: who has neither is never seen."),
    Control::real("pz", "P(Z)", [0.0, 1.0], 0.05, 0.5).only("data", &["model"]).help("How often Z is 1."),
    Control::real("px0", "P(X) without Z", [0.0, 1.0], 0.05, 0.2).unless("do", &["on"]).only("data", &["model"]).help("How often X is 1 where Z is 0."),
    Control::real("px1", "P(X) with Z", [0.0, 1.0], 0.05, 0.8).unless("do", &["on"]).only("data", &["model"]).help("How often X is 1 where Z is 1."),
    Control::real("base", "P(Y) at first", [0.0, 1.0], 0.05, 0.7).only("data", &["model"]).help("How often Y is 1 where Z and X are 0."),
    Control::real("cz", "Effect of Z on Y", [-0.6, 0.6], 0.05, -0.4).only("data", &["model"]).help("What Z = 1 adds to the chance of Y."),
    Control::real("cx", "Effect of X on Y", [-0.3, 0.3], 0.05, 0.1).only("data", &["model"]).help("What X = 1 adds to the chance of Y."),
    Control::table("own", "Your own counts", &COUNTS, read_counts).secondary().help(
        "Successes and failures of your A and your B in each of 2 to 8 groups, as the columns group, a_yes, a_no, \
         b_yes and b_no; they leave all other controls aside, as a study does.",
    ),
    Control::seed(1).secondary(),
])
.readouts(&[
    Readout::new("seen_with", "Seen, with X", 4).help("P(Y | X = 1); in a study the first column.")
        .formula(SEEN_WITH),
    Readout::new("seen_without", "Seen, without X", 4).help("P(Y | X = 0); in a study the second column.")
        .formula(SEEN_WITHOUT),
    Readout::new("do_with", "Done, with X", 4)
        .help("P(Y | do(X = 1)); in a study its rate with the groups of all cases.")
        .formula(DONE_WITH),
    Readout::new("do_without", "Done, without X", 4).help("P(Y | do(X = 0)), or the same for the second column.")
        .formula(DONE_WITHOUT),
    Readout::new("diff_seen", "Difference seen", 3)
        .help("With X minus without; surgery minus puncture; women minus men.")
        .formula("pick(data, seen_with - seen_without, seen_with - seen_without, seen_without - seen_with)"),
    Readout::new("diff_do", "Difference done", 3).help("The same, for all as they are, given X and not.")
        .formula("pick(data, do_with - do_without, do_with - do_without, do_without - do_with)"),
    Readout::new("n", "Cases", 0).help("Cases drawn and seen so far, or counted in the study.")
        .basis("Counted over this run, or in the study."),
])
.presets(&[
    Preset::new("simpson", "Simpson").look("X looks harmful and helps: it goes to those who are worse off."),
    Preset::new("randomised", "Randomised")
        .look("A coin decides on X, and what is seen is what is done.")
        .with(&[("do", "on")]),
    Preset::new("collider", "Collider")
        .look("Two coins that know nothing of each other are enemies as soon as only cases with one of them count.")
        .with(&[
            ("px0", "0.5"),
            ("px1", "0.5"),
            ("base", "0.5"),
            ("cz", "0"),
            ("cx", "0"),
            ("select", "on"),
        ]),
    Preset::new("kidney", "Kidney stones")
        .look("Surgery is better for small stones and for large ones, and worse for all stones together.")
        .with(&[("data", "kidney")]),
    Preset::new("berkeley", "Berkeley 1973")
        .look("Fewer women are admitted in all, and most departments admit them at a higher rate.")
        .with(&[("data", "berkeley")]),
])
.challenges(&[Challenge::new(
    "reversal",
    "A stronger reversal",
    "In the model, let X look harmful by at least 0.2 and help by at least 0.15.",
    &[of("data").is("model"), of("diff_seen").at_most(-0.2), of("diff_do").at_least(0.15)],
)
.solution(&[("cx", "0.2"), ("cz", "-0.6"), ("px0", "0.1"), ("px1", "0.9")], 0)])
.prediction(
    Prediction::new(
        "Two fair coins, X and Y, and no arrows at all. Look only at cases with X or Y: among them, with X, Y is…",
        of("diff_seen"),
        &[
            Answer::below("much rarer", -0.3),
            Answer::at_most("as frequent as without", 0.05),
            Answer::beyond("more frequent"),
        ],
        "Whoever is seen without X must have Y, or would not be seen; with X, Y is a fair coin still.",
    )
    .with(&[("px0", "0.5"), ("px1", "0.5"), ("base", "0.5"), ("cz", "0"), ("cx", "0"), ("select", "on")])
    .settled_at(1),
);

/// Cases drawn in a step, of each kind, and when enough have been.
const CASES: u32 = 20;
const ENOUGH: u32 = 4_000;

const WITH: Tone = Tone::Accent;
const WITHOUT: Tone = Tone::Series(0);

/// Cases with Y among all, by X.
#[derive(Clone, Copy, Debug, Default)]
struct Counts([[u32; 2]; 2]);

impl Counts {
    fn add(&mut self, x: bool, y: bool) {
        let [with, all] = &mut self.0[usize::from(x)];
        *all += 1;
        *with += u32::from(y);
    }

    fn rate(&self, x: bool) -> Option<f64> {
        let [with, all] = self.0[usize::from(x)];
        (all > 0).then(|| f64::from(with) / f64::from(all))
    }

    fn total(&self) -> u32 {
        self.0[0][1] + self.0[1][1]
    }
}

struct Causal {
    causes: Causes,
    study: Option<Study<'static>>,
    /// Counts of the reader's own, which come before any study.
    own: Option<Vec<Group>>,
    seen: Counts,
    done: Counts,
    drawn: u32,
    luck: Stream,
    coins: Stream,
}

impl Causal {
    fn new(values: &Values) -> Self {
        let causes = Causes {
            z: values.real("pz"),
            x: [values.real("px0"), values.real("px1")],
            base: values.real("base"),
            by_z: values.real("cz"),
            by_x: values.real("cx"),
            cut: values.toggle("do"),
            select: values.toggle("select"),
        };
        Self {
            causes,
            study: DATA.of(values),
            own: own(values.text("own")),
            seen: Counts::default(),
            done: Counts::default(),
            drawn: 0,
            luck: Stream::new(values.seed(), "cases"),
            coins: Stream::new(values.seed(), "experiment"),
        }
    }

    /// What is counted, where nothing is drawn.
    fn study(&self) -> Option<Study<'_>> {
        let yours = |groups| Study {
            table: Table { groups },
            columns: ["A", "B"],
            groups: "group",
            outcome: "success",
            first: 0,
        };
        self.own.as_deref().map(yours).or(self.study)
    }

    /// Seen with and without X, then done with and without.
    fn rates(&self) -> [Option<f64>; 4] {
        match self.study() {
            None => {
                let causes = &self.causes;
                [causes.seen(true), causes.seen(false), Some(causes.done(true)), Some(causes.done(false))]
            }
            Some(Study { table, .. }) => {
                let [a, b] = [0, 1].map(|x| Some(table.seen(x).rate()));
                [a, b, Some(table.standardised(0)), Some(table.standardised(1))]
            }
        }
    }

    fn difference(&self, with: Option<f64>, without: Option<f64>) -> Option<f64> {
        let difference = with? - without?;
        Some(if self.study().is_some_and(|s| s.first == 1) { -difference } else { difference })
    }

    fn names(&self) -> [&'static str; 2] {
        self.study().map_or(["X = 1", "X = 0"], |s| s.columns)
    }
}

impl Simulation for Causal {
    fn step(&mut self) {
        for _ in 0..CASES {
            let case = self.causes.draw(&mut self.luck);
            if self.causes.is_seen(case) {
                self.seen.add(case.x, case.y);
            }
            let coin = Causes { cut: true, ..self.causes }.draw(&mut self.coins);
            self.done.add(coin.x, coin.y);
        }
        self.drawn += CASES;
    }

    fn readings(&self) -> Vec<Named> {
        let [seen_with, seen_without, done_with, done_without] = self.rates();
        let n = self.study().map_or(self.seen.total(), |s| s.table.total());
        vec![
            reading("seen_with", seen_with),
            reading("seen_without", seen_without),
            reading("do_with", done_with),
            reading("do_without", done_without),
            reading("diff_seen", self.difference(seen_with, seen_without)),
            reading("diff_do", self.difference(done_with, done_without)),
            reading("n", f64::from(n)),
        ]
    }

    fn figure(&self) -> Figure {
        let [seen_with, seen_without, done_with, done_without] =
            self.rates().map(|r| r.map_or_else(|| "undefined".to_owned(), |r| format_number(r, 2)));
        let [with, without] = self.names();
        let alternative = format!(
            "Seen: {seen_with} with {with} against {seen_without} with {without}. Done: {done_with} against \
             {done_without}."
        );
        Figure::row(vec![self.diagram(), self.groups(), self.answers()], alternative)
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if self.own.is_some() {
            notes.push(
                "The counts are yours. The difference done is one that comes of choosing A or B only if the group \
                 stands before that choice, and if nothing but the group causes both choice and success: no count \
                 says so."
                    .to_owned(),
            );
            let [seen_a, seen_b, done_a, done_b] = self.rates();
            let apart = |a, b| self.difference(a, b).unwrap_or(0.0);
            if apart(seen_a, seen_b) * apart(done_a, done_b) < 0.0 {
                notes.push(
                    "What is seen points the other way than what is done: Simpson’s reversal.".to_owned(),
                );
            }
        }
        if self.study().is_some() {
            return notes;
        }
        let causes = &self.causes;
        if !causes.cut && (causes.x[0] - causes.x[1]).abs() < 1e-9 {
            notes.push("X is as frequent with Z as without: Z is no confounder.".to_owned());
        }
        if causes.seen(true).is_none() || causes.seen(false).is_none() {
            notes.push("One of the two groups is empty: what is seen there is undefined.".to_owned());
        }
        if causes.clamped() {
            notes.push("The chance of Y would leave 0 to 1 somewhere; it is kept within.".to_owned());
        }
        notes
    }

    fn finished(&self) -> bool {
        self.study().is_some() || self.drawn >= ENOUGH
    }
}

impl Causal {
    /// Who causes whom; the arrow that is cut is dashed.
    fn diagram(&self) -> Panel {
        const Z: [f64; 2] = [2.0, 3.4];
        const X: [f64; 2] = [0.7, 0.8];
        const Y: [f64; 2] = [3.3, 0.8];
        let names = match self.study() {
            None => ["Z", "X", "Y"],
            Some(_) if self.own.is_some() => ["group", "A or B", "success"],
            Some(Study { columns: ["men", _], .. }) => ["dept.", "sex", "admitted"],
            Some(_) => ["size", "therapy", "cured"],
        };
        // In Berkeley's case sex comes first, and the department is on its way to the outcome.
        let mediator = self.study().is_some_and(|s| s.first == 1);
        let cut = self.study().is_none() && self.causes.cut;
        let between = |from: [f64; 2], to: [f64; 2]| {
            let toward =
                |a: [f64; 2], b: [f64; 2], by: f64| [a[0] + by * (b[0] - a[0]), a[1] + by * (b[1] - a[1])];
            arrow(toward(from, to, 0.26), toward(from, to, 0.74), 0.22)
        };
        let first = if mediator { between(X, Z) } else { between(Z, X) };
        let node = |[x, y]: [f64; 2], name: &str| {
            Tile::new([x - 0.6, y - 0.4, x + 0.6, y + 0.4], Tone::Ink, Fill::Outline).text(name)
        };
        let title = if cut { "Z no longer decides on X" } else { "Who causes whom" };
        let mut panel = Panel::new("diagram", title, Axis::hidden([0.0, 4.0]), Axis::hidden([-0.4, 4.2]))
            .height(300.0)
            .weight(0.8)
            .square();
        let [tone, stroke] =
            if cut { [(Tone::Muted, Stroke::Dashed); 2] } else { [(Tone::Ink, Stroke::Solid); 2] };
        panel = panel.line("z-to-x", "", first, tone.0, stroke.1);
        let rest: Vec<[f64; 2]> = [between(Z, Y), between(X, Y)].concat();
        panel = panel.line("to-y", "", rest, Tone::Ink, Stroke::Solid);
        if cut {
            panel = panel.words("scissors", [0.75, 2.1], "✂", Anchor::Middle, Tone::Accent);
        }
        panel.boxes("nodes", [node(Z, names[0]), node(X, names[1]), node(Y, names[2])])
    }

    /// Rates inside each group, where the sides are compared among equals.
    fn groups(&self) -> Panel {
        let (title, names, rates): (String, Vec<&str>, Vec<[f64; 2]>) = match self.study() {
            None => {
                let rates = [false, true].map(|z| [true, false].map(|x| self.causes.outcome(x, z)));
                ("Y among equals".to_owned(), vec!["Z = 0", "Z = 1"], rates.to_vec())
            }
            Some(s) => {
                let rates = s.table.groups.iter().map(|(_, shares)| shares.map(Share::rate));
                let names = s.table.groups.iter().map(|(name, _)| *name).collect();
                (format!("{} by {}", capital(s.outcome), s.groups), names, rates.collect())
            }
        };
        let few = names.len() <= 2;
        let bars = rates.iter().enumerate().flat_map(|(i, pair)| {
            let text = |rate: f64| if few { format_number(rate, 2) } else { String::new() };
            [(-0.2, WITH), (0.2, WITHOUT)]
                .into_iter()
                .zip(pair)
                .map(|((shift, tone), rate)| Bar::new(i as f64 + shift, 0.36, *rate, tone).text(text(*rate)))
                .collect::<Vec<_>>()
        });
        Panel::new(
            "groups",
            title,
            Axis::categories("", names),
            Axis::linear("", [0.0, 1.12]).ticks(SHARES).grid(),
        )
        .height(300.0)
        .bars("among-equals", bars.collect::<Vec<_>>())
    }

    /// What is seen and what is done: bars of cases drawn, dots where they tend to.
    fn answers(&self) -> Panel {
        let rates = self.rates();
        let drawn = match self.study() {
            Some(_) => rates,
            None => {
                [self.seen.rate(true), self.seen.rate(false), self.done.rate(true), self.done.rate(false)]
            }
        };
        let places = [-0.2, 0.2, 0.8, 1.2];
        let tones = [WITH, WITHOUT, WITH, WITHOUT];
        let bars = places
            .iter()
            .zip(drawn)
            .zip(tones)
            .filter_map(|((at, rate), tone)| rate.map(|rate| Bar::new(*at, 0.36, rate, tone)));
        let exact = places.iter().zip(rates).filter_map(|(at, rate)| rate.map(|rate| [*at, rate]));
        let lines: Vec<[f64; 2]> =
            exact.flat_map(|[at, rate]| [[at - 0.18, rate], [at + 0.18, rate], GAP]).collect();
        let said = |rate: Option<f64>| rate.map_or_else(|| "–".to_owned(), |rate| format_number(rate, 2));
        let names = [("seen", 0), ("done", 2)]
            .map(|(name, i)| format!("{name} {}, {}", said(rates[i]), said(rates[i + 1])));
        let [with, without] = self.names();
        let panel = Panel::new(
            "answers",
            "Among all",
            Axis::categories("", names),
            Axis::linear("", [0.0, 1.12]).ticks(SHARES).grid(),
        )
        .height(300.0)
        .bars("rates", bars.collect::<Vec<_>>());
        let exact = Curve::new("exact", "", lines, Tone::Ink).stroke(Stroke::Thick);
        let panel = with_curves(panel, vec![exact]);
        // The legend: what the two colours are, and the lines on the bars of what is drawn.
        let far = GAP;
        let panel = panel.dots("with", with, [Dot::new(far, WITH, Glyph::Square)], 4.0).dots(
            "without",
            without,
            [Dot::new(far, WITHOUT, Glyph::Square)],
            4.0,
        );
        if self.study().is_some() {
            return panel;
        }
        panel.dots("exact-name", "line: exact", [Dot::new(far, Tone::Ink, Glyph::Bar)], 4.0)
    }
}

const SHARES: [(f64, &str); 3] = [(0.0, "0"), (0.5, "0.5"), (1.0, "1")];

fn capital(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::Runner;
    use crate::lab::share::record::Recorder;
    use crate::lab::why::Why;

    #[test]
    fn the_studies_answer_both_ways() {
        for (id, seen, done) in [("kidney", -0.0457, 0.0536), ("berkeley", -0.1417, 0.0426)] {
            let runner = Runner::preset(&SPEC, id, 5);
            let off = |readout, wanted: f64| (runner.number(readout).unwrap() - wanted).abs();
            assert!(
                off("diff_seen", seen) < 2e-4 && off("diff_do", done) < 2e-4,
                "{id}: {:?}",
                runner.readings()
            );
        }
    }

    #[test]
    fn counts_of_the_readers_own_are_a_study() {
        // Kidney stones again, as somebody would bring them.
        let counts = "group,a_yes,a_no,b_yes,b_no\n1,81,6,234,36\n2,192,71,55,25";
        let own = Runner::after(&SPEC, &[("own", counts), ("data", "berkeley")], 5);
        assert_eq!(own.readings(), Runner::preset(&SPEC, "kidney", 5).readings());
        let notes = own.simulation().notes().join(" ");
        assert!(notes.contains("no count says so") && notes.contains("Simpson’s reversal"), "{notes}");
        assert!(own.simulation().figure().alternative.contains("with A against"));
        let mut values = SPEC.defaults();
        // No formula of the model or of a study is told for them.
        for (text, told) in [("", true), (counts, false)] {
            assert_eq!(values.set_text("own", text), Ok(None));
            let recording = Recorder::new(&SPEC, values.clone(), 0).finish();
            let why = Why::new(&SPEC, values.clone(), 0, 0).reasons(&recording, &[]);
            assert_eq!(why.formula.is_some(), told);
        }
        let mut refused = |text: &str| values.set_text("own", text).unwrap_err().sentence;
        let sentence = refused("group,a_yes,a_no,b_yes,b_no\n1,81,6,234,36\n2,0,0,55,25");
        assert!(sentence.contains("line 3, column 1") && sentence.contains("no case of A"), "{sentence}");
        assert!(refused("1,81,6,234,36\n1,192,71,55,25").contains("each group has one row"));
        assert!(refused("1,81,6,234,36\n2,192,71.5,55,25").contains("line 2, column 7"));
    }

    #[test]
    fn an_empty_group_is_undefined_and_said() {
        let runner = Runner::after(&SPEC, &[("px0", "0"), ("px1", "0")], 20);
        assert_eq!(runner.number("diff_seen"), None);
        let notes = runner.simulation().notes();
        assert!(
            notes.iter().any(|n| n.contains("undefined"))
                && notes.iter().any(|n| n.contains("no confounder"))
        );
    }
}
