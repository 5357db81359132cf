//! An answer in words.

use super::formula::Written;
use super::{Effect, Neighbour, Reasons, Why};
use crate::lab::schema::control::group_thousands;
use crate::lab::schema::readout::{Reading, format_number};

impl Neighbour {
    /// "Experts 16", with its unit.
    #[must_use]
    pub fn words(&self) -> String {
        format!("{} {}", self.control.label, self.control.with_unit(&self.value))
    }
}

impl Why {
    /// The answer as far as it is known: where the readout stands, how it follows from others, which control
    /// would move it most, and what other seeds make of it.
    #[must_use]
    pub fn sentences(&self, reasons: &Reasons) -> Vec<String> {
        let mut said = vec![self.stands(reasons)];
        said.extend(self.came(reasons));
        if reasons.is_whole() {
            said.extend(self.moves(reasons));
            said.extend(self.luck(reasons));
        }
        said
    }

    /// "Loss is 0.41 nats at step 120."
    fn stands(&self, reasons: &Reasons) -> String {
        let readout = self.asked();
        let at = if self.spec.pace.is_still() {
            String::new()
        } else {
            format!(" at step {}", group_thousands(&reasons.step.to_string()))
        };
        format!("{} is {}{at}.", readout.label, readout.said(&reasons.reading))
    }

    /// "At step 108 it was 0.43 nats."
    fn came(&self, reasons: &Reasons) -> Option<String> {
        let last = reasons.history.len().checked_sub(1)?;
        let (step, before) = reasons.history.get(last.checked_sub((last / 10).max(1))?)?;
        let step = group_thousands(&step.to_string());
        Some(if *before == reasons.reading {
            format!("At step {step} it was the same.")
        } else {
            format!("At step {step} it was {}.", self.asked().said(before))
        })
    }

    /// "Of the controls, Rate 0.03 in place of 0.01 would move it most: to 0.52 nats."
    fn moves(&self, reasons: &Reasons) -> Option<String> {
        let first = reasons.effects.first()?;
        if first.is_none(&reasons.reading) {
            return Some("No control moves it by one step.".to_owned());
        }
        let control = first.neighbour.control;
        let now = self.values.get(control.id).map(|value| control.shown(value)).unwrap_or_default();
        let there = self.asked().said(&first.reading);
        let mut said = match self.values.get(control.id) {
            Some(crate::lab::Value::Toggle(on)) => {
                let word = if *on { "off" } else { "on" };
                format!("Of the controls, {} {word} would move it most: to {there}.", control.label)
            }
            _ => format!(
                "Of the controls, {} in place of {now} would move it most: to {there}.",
                first.neighbour.words()
            ),
        };
        let mut still: Vec<&str> = Vec::new();
        for effect in &reasons.effects {
            let id = effect.neighbour.control.id;
            let mut own = reasons.effects.iter().filter(|e| e.neighbour.control.id == id);
            let label = effect.neighbour.control.label;
            if own.all(|e| e.is_none(&reasons.reading)) && !still.contains(&label) {
                still.push(label);
            }
        }
        match still[..] {
            [] => {}
            [one] => said.push_str(&format!(" One step of {one} leaves it as it is.")),
            [ref some @ .., last] => {
                said.push_str(&format!(" One step of {} or {last} leaves it as it is.", some.join(", ")));
            }
        }
        Some(said)
    }

    /// "8 other seeds make it 0.38 to 0.45."
    fn luck(&self, reasons: &Reasons) -> Option<String> {
        let many = reasons.seeds.len();
        if many == 0 {
            return None;
        }
        if reasons.seeds.iter().all(|(_, reading)| *reading == reasons.reading) {
            return Some(format!("{many} other seeds leave it as it is."));
        }
        let Some(spread) = reasons.spread() else {
            return Some(format!("With {many} other seeds it is no number."));
        };
        let readout = self.asked();
        let from = format_number(spread.least, readout.decimals);
        let to = readout.said(&Reading::Number(spread.most));
        Some(format!("{many} other seeds make it {from} to {to}."))
    }

    /// The formula with its names, and with the numbers of the moment and what they come to.
    #[must_use]
    pub fn equation(&self, reasons: &Reasons) -> Option<[String; 2]> {
        let written = reasons.formula.as_ref()?;
        Some([written.sentence(), self.with_numbers(written)])
    }

    /// The equation as the panel shows it: what each name stands for on a line of its own, which a narrow
    /// screen needs.
    #[must_use]
    pub fn equation_in_lines(&self, reasons: &Reasons) -> Option<Vec<String>> {
        let written = reasons.formula.as_ref()?;
        let mut lines = vec![format!("{} = {}", self.asked().label, written.words)];
        lines.extend(written.terms.iter().enumerate().map(|(i, term)| {
            let begins = if i == 0 { "where" } else { "and" };
            format!("{begins} {term}")
        }));
        if !written.cases.is_empty() {
            lines.push(format!("for {}", written.cases.join(" and ")));
        }
        lines.push(format!("= {}", self.with_numbers(written)));
        Some(lines)
    }

    /// "25,000 × 2,280 = 57,000,000"
    fn with_numbers(&self, written: &Written) -> String {
        let value = written.value.map_or(Reading::Absent, Reading::Number);
        format!("{} = {}", written.numbers, self.asked().shown(&value))
    }

    /// A difference as the readout writes numbers, with its sign: "+0.11 nats", "none".
    #[must_use]
    pub fn difference(&self, effect: &Effect, here: &Reading) -> String {
        match effect.difference {
            _ if effect.is_none(here) => "none".to_owned(),
            Some(by) => {
                let sign = if by < 0.0 { "−" } else { "+" };
                format!("{sign}{}", self.asked().shown(&Reading::Number(by.abs())))
            }
            None => "another kind".to_owned(),
        }
    }
}
