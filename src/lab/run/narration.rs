//! A simulation in words: how it stands, and what a change did.
//!
//! "At step 400: Load on the busiest expert: 2.1 times its fair share."
//!
//! "Top-k 2. Load on the busiest expert falls from 2.1 to 1.4 times its fair share."

use crate::lab::schema::control::{Control, group_thousands};
use crate::lab::schema::readout::{Reading, Readout};
use crate::lab::schema::values::Values;

/// How a simulation stands: its step, and every readout with its unit.
#[must_use]
pub fn now(readouts: &[Readout], readings: &[Reading], step: u64) -> String {
    let mut out = match step {
        0 => "At the start: ".to_owned(),
        _ => format!("At step {}: ", group_thousands(&step.to_string())),
    };
    for (i, (readout, reading)) in readouts.iter().zip(readings).enumerate() {
        if i > 0 {
            out.push_str("; ");
        }
        out.push_str(&named(readout, reading));
    }
    out.push('.');
    out
}

/// A readout with its name, as a screen reader should say it.
#[must_use]
pub fn named(readout: &Readout, reading: &Reading) -> String {
    format!("{}: {}", readout.label, readout.said(reading))
}

/// What was changed, with units: "Experts 16." Several changes, as a preset makes them, are named
/// up to three.
#[must_use]
pub fn changes(before: &Values, after: &Values) -> String {
    let named: Vec<String> =
        after.changed(before).map(|c| format!("{} {}", c.label, with_unit(c, after))).collect();
    match named.len() {
        0 => String::new(),
        1..=3 => format!("{}.", named.join(", ")),
        n => format!("{} and {} more changes.", named[..2].join(", "), n - 2),
    }
}

pub(super) fn with_unit(control: &Control, values: &Values) -> String {
    values.get(control.id).map_or_else(String::new, |value| control.with_unit(value))
}

/// How the readouts answered: which one moved most, by its share of the larger value, and how.
#[must_use]
pub fn response(readouts: &[Readout], before: &[Reading], after: &[Reading]) -> Option<(usize, String)> {
    let mut best: Option<(f64, (usize, String))> = None;
    for (i, ((readout, old), new)) in readouts.iter().zip(before).zip(after).enumerate() {
        let (Some(a), Some(b)) = (old.number(), new.number()) else { continue };
        let moved = (b - a).abs() / a.abs().max(b.abs()).max(1e-12);
        // What looks the same when written has not moved for a reader.
        if moved < 0.01 || readout.shown(old) == readout.shown(new) {
            continue;
        }
        if best.as_ref().is_none_or(|(most, _)| moved > *most) {
            let verb = if b > a { "rises" } else { "falls" };
            let from = crate::lab::schema::readout::format_number(a, readout.decimals);
            let sentence = format!("{} {verb} from {from} to {}.", readout.label, readout.said(new));
            best = Some((moved, (i, sentence)));
        }
    }
    best.map(|(_, told)| told)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_change_and_its_answer_are_told_in_words() {
        static CONTROLS: [Control; 2] = [
            Control::integer("top_k", "Top-k", 1, 8, 1),
            Control::integer("t", "Window", 1, 9, 5).unit("steps"),
        ];
        let before = Values::defaults(&CONTROLS);
        let mut after = before.clone();
        after.set("top_k", crate::lab::Value::Integer(2));
        assert_eq!(changes(&before, &after), "Top-k 2.");
        after.set("t", crate::lab::Value::Integer(7));
        assert_eq!(changes(&before, &after), "Top-k 2, Window 7 steps.");

        let before = crate::sample::SPEC.defaults();
        let mut after = before.clone();
        after.set_text("word", "tock").unwrap();
        after.set_text("sketch", "ff").unwrap();
        assert_eq!(changes(&before, &after), "Word “tock”, Sketch 2 of 12 cells drawn.");

        const LOAD: Readout =
            Readout::new("load", "Load on the busiest expert", 1).unit("×").spoken("times its fair share");
        let falls = "Load on the busiest expert falls from 2.1 to 1.4 times its fair share.";
        assert_eq!(
            response(&[LOAD], &[Reading::Number(2.1)], &[Reading::Number(1.4)]),
            Some((0, falls.to_owned()))
        );
        assert_eq!(response(&[LOAD], &[Reading::Number(2.1)], &[Reading::Number(2.101)]), None);
        assert_eq!(
            now(&[LOAD, LOAD], &[Reading::Number(2.1), Reading::Absent], 1200),
            "At step 1,200: Load on the busiest expert: 2.1 times its fair share; \
             Load on the busiest expert: not defined."
        );
    }
}
