//! A question that a figure answers: where the figure starts, and what has to hold for it to be solved.
//!
//! One text names both, in an article and on its page alike:
//!
//! ```text
//! moe-train?top_k=2#dead<=0,step>=300
//! ```
//!
//! The simulation and where it starts, as an address has them; behind `#`, where the figure can be asked,
//! the [`Check`]. An answer is a moment of that simulation: values, seed and step.

use super::{bound_of, narration, set, spec_of, step_of};
use crate::lab::address::{self, AT, Moment};
use crate::lab::schema::condition::{Bound, Clause, Facts, Quantity, Relation};
use crate::lab::schema::control::{Control, Kind, shorten};
use crate::lab::schema::readout::{Reading, Readout, format_number};
use crate::lab::simulation::Spec;
use crate::words::nearest::perhaps;

/// The name of the steps made so far in a condition.
const STEP: &str = "step";

/// A question of a figure.
#[derive(Clone, Debug)]
pub struct Question {
    pub spec: &'static Spec,
    /// Where the figure starts; at no step, where it opens or begins to run.
    pub start: Moment,
    /// None where only the one who asked can tell.
    pub check: Option<Check>,
}

impl Question {
    /// Reads a question's name. `specs` are the simulations that it may name.
    ///
    /// # Errors
    /// A sentence on what is wrong, and what would be right.
    pub fn parse(name: &str, specs: &[&'static Spec]) -> Result<Self, String> {
        let (rest, check) = name.split_once('#').unwrap_or((name, ""));
        let (id, query) = rest.split_once('?').unwrap_or((rest, ""));
        let spec = spec_of(id, specs)?;
        let start = changed(spec, Moment::of(spec.defaults(), None), address::pairs(query))?;
        let check = if check.is_empty() { None } else { Some(Check::parse(check, spec)?) };
        Ok(Self { spec, start, check })
    }

    /// The moment of an answer: the start with these changes.
    ///
    /// # Errors
    /// As [`Question::parse`].
    pub fn answer(&self, query: &str) -> Result<Moment, String> {
        changed(self.spec, self.start.clone(), address::pairs(query))
    }

    /// What an answer comes to, from its own run: whether it holds, with the readings; where nothing is
    /// checked, how the figure stands.
    #[must_use]
    pub fn verdict(&self, facts: &Facts) -> String {
        match &self.check {
            None => narration::now(facts.readouts, facts.readings, facts.step),
            Some(check) if check.holds(facts) => format!("Holds: {}.", check.told(facts)),
            Some(check) => format!(
                "Does not hold: {}. Either a value was changed while the figure ran, or this site computes it in \
                 another way since.",
                check.told(facts)
            ),
        }
    }

    /// What an answer changes against the start: "Top-k 2."
    #[must_use]
    pub fn changes(&self, answer: &Moment) -> String {
        let changes = narration::changes(&self.start.values, &answer.values);
        if changes.is_empty() { "Nothing is changed.".to_owned() } else { changes }
    }

    /// The step at which a moment of the figure is read.
    #[must_use]
    pub fn step(&self, moment: &Moment) -> u64 {
        moment.at.unwrap_or(self.spec.pace.opening)
    }
}

/// A moment with other values, and at another step: names with their texts.
///
/// # Errors
/// A sentence on the first that cannot be.
pub fn changed(
    spec: &'static Spec,
    mut moment: Moment,
    pairs: impl IntoIterator<Item = (String, String)>,
) -> Result<Moment, String> {
    for (name, text) in pairs {
        if name == AT {
            moment.at = Some(step_of(&text)?);
        } else {
            set(spec, &mut moment.values, &name, &text, &[AT])?;
        }
    }
    Ok(moment)
}

/// What has to hold of a figure: clauses over its readouts, its controls and its step, all of them.
#[derive(Clone, Debug, PartialEq)]
pub struct Check {
    spec: &'static Spec,
    clauses: Vec<Clause>,
}

impl Check {
    /// Reads `dead<=0,balance=bias,step>=300`.
    ///
    /// # Errors
    /// A sentence on what is wrong, and what would be right.
    pub fn parse(text: &str, spec: &'static Spec) -> Result<Self, String> {
        let clauses = text.split(',').map(|clause| clause_of(clause, spec)).collect::<Result<_, _>>()?;
        Ok(Self { spec, clauses })
    }

    #[must_use]
    pub fn holds(&self, facts: &Facts) -> bool {
        self.clauses.iter().all(|clause| clause.holds(facts))
    }

    /// The numbers that something is held against.
    #[must_use]
    pub fn bounds(&self) -> Vec<f64> {
        let number = |clause: &Clause| match clause.bound {
            Bound::Number(x) => Some(x),
            Bound::Option(_) => None,
        };
        self.clauses.iter().filter_map(number).collect()
    }

    /// "Dead experts at most 0 and step at least 300".
    #[must_use]
    pub fn words(&self) -> String {
        let words = |clause: &Clause| {
            let Asked { label, .. } = self.asked(clause);
            format!("{label} {} {}", clause.relation.words(), self.bound(clause))
        };
        let mut all: Vec<String> = self.clauses.iter().map(words).collect();
        // The last of three and more stands behind an "and", the others behind commas.
        match all.pop() {
            Some(last) if !all.is_empty() => format!("{} and {last}", all.join(", ")),
            last => last.unwrap_or_default(),
        }
    }

    /// How it stands: "Dead experts 0 (at most 0), step 600 (at least 300)".
    #[must_use]
    pub fn told(&self, facts: &Facts) -> String {
        let mut told = Vec::new();
        for clause in &self.clauses {
            let Asked { label, what } = self.asked(clause);
            let now = match what {
                What::Step => format_number(facts.step as f64, 0),
                What::Readout(i) => {
                    self.spec.readouts[i].shown(facts.readings.get(i).unwrap_or(&Reading::Absent))
                }
                What::Control(i) => narration::with_unit(&self.spec.controls[i], facts.values),
            };
            told.push(format!("{label} {now} ({} {})", clause.relation.words(), self.bound(clause)));
        }
        let told = told.join(", ");
        let names_step = self.clauses.iter().any(|clause| clause.quantity == Quantity::Of(STEP));
        if names_step || self.spec.pace.is_still() {
            told
        } else {
            format!("{told} at step {}", format_number(facts.step as f64, 0))
        }
    }

    fn asked(&self, clause: &Clause) -> Asked {
        let id = clause.quantity.ids().first().copied().unwrap_or(STEP);
        let readout = self.spec.readout(id);
        let control = self.spec.controls.iter().position(|c| c.id == id);
        match (readout, control) {
            (Some(i), _) => Asked { label: self.spec.readouts[i].label, what: What::Readout(i) },
            (None, Some(i)) => Asked { label: self.spec.controls[i].label, what: What::Control(i) },
            (None, None) => Asked { label: STEP, what: What::Step },
        }
    }

    /// The bound as a reader sees it, with its unit.
    fn bound(&self, clause: &Clause) -> String {
        let Asked { what, .. } = self.asked(clause);
        let number = |x: f64, unit: &'static str| {
            let decimals = x.to_string().split_once('.').map_or(0, |(_, digits)| digits.len().min(6));
            Readout::new("", "", decimals).unit(unit).shown(&Reading::Number(x))
        };
        match (clause.bound, what) {
            (Bound::Number(x), What::Step) => number(x, ""),
            (Bound::Number(x), What::Readout(i)) => number(x, self.spec.readouts[i].unit),
            (Bound::Number(x), What::Control(i)) => number(x, self.spec.controls[i].unit),
            (Bound::Option(option), What::Control(i)) => {
                let control = &self.spec.controls[i];
                control.parse(option).map_or_else(|_| option.to_owned(), |(value, _)| control.shown(&value))
            }
            (Bound::Option(option), _) => option.to_owned(),
        }
    }
}

/// What a clause is about.
struct Asked {
    label: &'static str,
    what: What,
}

#[derive(Clone, Copy)]
enum What {
    Step,
    /// By their positions.
    Readout(usize),
    Control(usize),
}

fn clause_of(text: &str, spec: &'static Spec) -> Result<Clause, String> {
    let (id, relation, bound) = Relation::cut(text).ok_or_else(|| {
        format!(
            "“{}” is no condition: write a readout, a control or {STEP}, then one of <, <=, >, >=, =, !=, then a \
             number or an option.",
            shorten(text)
        )
    })?;
    let readout = spec.readouts.iter().find(|readout| readout.id == id).map(|readout| readout.id);
    let control = spec.controls.iter().find(|control| control.id == id).filter(|_| readout.is_none());
    let quantity = match (readout, control) {
        (Some(id), _) => id,
        (None, Some(control)) => control.id,
        (None, None) if id == STEP => STEP,
        (None, None) => return Err(unknown(id, spec)),
    };
    let bound = match control.map(|control| (control, control.kind)) {
        Some((control, Kind::Choice { options, .. })) => {
            let ids: Vec<&'static str> = options.iter().map(|(id, _)| *id).collect();
            Bound::Option(option(control, &ids, relation, bound)?)
        }
        Some((control, Kind::Toggle { .. })) => {
            Bound::Option(option(control, &["on", "off"], relation, bound)?)
        }
        Some((control, Kind::Text(_) | Kind::Drawing(_))) => {
            return Err(format!(
                "{} is typed or drawn, and held against no bound: take a readout.",
                control.id
            ));
        }
        _ => Bound::Number(bound_of(bound)?),
    };
    Ok(Clause { quantity: Quantity::Of(quantity), relation, bound })
}

fn option(
    control: &Control,
    options: &[&'static str],
    relation: Relation,
    text: &str,
) -> Result<&'static str, String> {
    if !matches!(relation, Relation::Is | Relation::IsNot) {
        return Err(format!(
            "{} has no order that “{}” could speak of: write = or !=, and one of {}.",
            control.id,
            relation.typed(),
            options.join(", ")
        ));
    }
    options.iter().find(|option| **option == text).copied().ok_or_else(|| {
        format!("“{}” is no option of {}: it has {}.", shorten(text), control.id, options.join(", "))
    })
}

fn unknown(asked: &str, spec: &'static Spec) -> String {
    let readouts: Vec<&str> = spec.readouts.iter().map(|r| r.id).collect();
    let controls: Vec<&str> = spec.controls.iter().map(|c| c.id).collect();
    let all = readouts.iter().chain(&controls).chain(&[STEP]).copied();
    let meant = perhaps(asked, all);
    format!(
        "“{}” is no readout and no control of {}{meant}: it has the readouts {}, the controls {}, and {STEP}.",
        shorten(asked),
        spec.id,
        readouts.join(", "),
        controls.join(", ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::{Runner, Values};
    use crate::sample::SPEC;

    fn question(name: &str) -> Question {
        Question::parse(name, &[&SPEC]).unwrap_or_else(|sentence| panic!("{name}: {sentence}"))
    }

    fn wrong(name: &str) -> String {
        Question::parse(name, &[&SPEC]).expect_err(name)
    }

    #[test]
    fn a_question_has_a_start_a_check_and_answers() {
        let asked = question("count?stride=5&seed=9#total>=40,order=down,step<10");
        assert_eq!(asked.start.values, Values::with(SPEC.controls, &[("stride", "5"), ("seed", "9")]));
        assert_eq!((asked.start.at, asked.step(&asked.start)), (None, 12));
        let answer = asked.answer("order=down&at=8").expect("an answer");
        assert_eq!((answer.values.written("stride").as_deref(), asked.step(&answer)), (Some("5"), 8));
        let check = asked.check.expect("a check");
        assert_eq!(check.words(), "Total at least 40\u{a0}units, Order is Downwards and step below 10");
        let mut runner = Runner::new(&SPEC, answer.values);
        assert!(!check.holds(&runner.facts()));
        runner.advance(8);
        assert!(check.holds(&runner.facts()));
        let told =
            "Total 40\u{a0}units (at least 40\u{a0}units), Order downwards (is downwards), step 8 (below 10)";
        assert_eq!(check.told(&runner.facts()).to_lowercase(), told.to_lowercase());
        let asked = question("count?stride=5#total>=40");
        assert_eq!(
            asked.verdict(&runner.facts()),
            "Holds: Total 40\u{a0}units (at least 40\u{a0}units) at step 8."
        );
        assert_eq!(asked.changes(&Moment::of(runner.values().clone(), Some(8))), "Order Downwards, Seed 9.");
        let early = Runner::new(&SPEC, asked.start.values.clone());
        assert!(asked.verdict(&early.facts()).starts_with("Does not hold: Total 0\u{a0}units (at least"));
        assert_eq!(
            question("count").verdict(&early.facts()),
            "At the start: Total: 0 units; Mean stride: not defined."
        );
        assert_eq!(asked.changes(&asked.start), "Nothing is changed.");
        assert!(question("count").check.is_none());
        let check = question("count#mean!=3").check.expect("a check");
        assert_eq!(check.told(&Runner::opening(&SPEC).facts()), "Mean stride 3.00 (is not 3) at step 12");
    }

    #[test]
    fn what_is_wrong_in_a_question_is_named_with_what_would_be_right() {
        assert!(
            Question::parse("cuont", &[&SPEC, &SPEC]).expect_err("a typo").contains("perhaps count is meant")
        );
        assert!(wrong("count?strid=5").contains("perhaps stride is meant"));
        assert!(wrong("count?stride=99").contains("from 1 to 10"));
        assert!(wrong("count?at=x").contains("whole number"));
        assert!(wrong("count?kept=defaults").contains("There is no control “kept”"));
        assert!(wrong("count#total").contains("“total” is no condition"));
        assert!(wrong("count#totl>3").contains("perhaps total is meant"));
        assert!(wrong("count#total>many").contains("“many” is no bound"));
        assert!(wrong("count#order=sideways").contains("up, down"));
        assert!(wrong("count#order<up").contains("write = or !="));
        assert!(wrong("count#loud=yes").contains("on, off"));
        assert!(wrong("count#word=tick").contains("take a readout"));
        assert!(question("count").answer("stride=x").is_err());
    }
}
