//! The recorded run: what the readouts said on the way to a moment, as CSV and as JSON.
//!
//! The page and the command line write the same files. A recording is a run of its own, from the
//! start with the values as they stand: whoever has the file can run it again.

use crate::lab::address::{DEPEND, Moment, encode, fitting, join};
use crate::lab::run::runner::Runner;
use crate::lab::run::sweep::Sweep;
use crate::lab::schema::control::{Control, Kind, Value};
use crate::lab::schema::readout::Reading;
use crate::lab::schema::text::quoted;
use crate::lab::schema::values::Values;
use crate::lab::simulation::Spec;
use crate::words::table::Table;

/// Intervals of a recording: enough for a plot, few enough to read.
pub const INTERVALS: u64 = 200;

/// A recording in the making.
pub struct Recorder {
    runner: Runner,
    steps: u64,
    rows: Vec<(u64, Vec<Reading>)>,
}

/// The readings of at most [`INTERVALS`] + 1 evenly spaced steps, the first and the last among them.
pub struct Recording {
    runner: Runner,
    rows: Vec<(u64, Vec<Reading>)>,
}

impl Recorder {
    #[must_use]
    pub fn new(spec: &'static Spec, values: Values, steps: u64) -> Self {
        let runner = Runner::new(spec, values);
        Self { rows: vec![(0, runner.readings().to_vec())], runner, steps }
    }

    /// Records on until `spent()`, at least one step; whether all is recorded.
    pub fn advance_within(&mut self, mut spent: impl FnMut() -> bool) -> bool {
        let intervals = self.steps.min(INTERVALS);
        while (self.rows.len() as u64) <= intervals {
            let next = self.steps * self.rows.len() as u64 / intervals;
            self.runner.advance_within(next - self.runner.step(), &mut spent);
            if self.runner.step() < next && self.runner.finished() {
                // It ended sooner than asked: the intervals divide the steps that there were.
                let made = self.runner.step();
                *self = Self::new(self.runner.spec(), self.runner.values().clone(), made);
                return false;
            }
            if self.runner.step() < next {
                return false;
            }
            self.rows.push((next, self.runner.readings().to_vec()));
            if spent() && self.rows.len() as u64 <= intervals {
                return false;
            }
        }
        true
    }

    /// The share that is recorded, 0..=1.
    #[must_use]
    pub fn share(&self) -> f64 {
        self.runner.step() as f64 / self.steps.max(1) as f64
    }

    /// Records what is left.
    #[must_use]
    pub fn finish(mut self) -> Recording {
        while !self.advance_within(|| false) {}
        Recording { runner: self.runner, rows: self.rows }
    }
}

impl Recording {
    /// The run at its end.
    #[must_use]
    pub fn runner(&self) -> &Runner {
        &self.runner
    }

    /// Steps and their readings.
    #[must_use]
    pub fn rows(&self) -> &[(u64, Vec<Reading>)] {
        &self.rows
    }

    fn address(&self, name: &str, site: &str) -> String {
        let moment = Moment::of(self.runner.values().clone(), Some(self.runner.step()));
        address(self.runner.spec(), &moment, name, site)
    }

    /// A table with a row for each recorded step: the step, the readouts, and what was run. Values of
    /// controls stand in every row, so that tables of several runs can be put together; those that are
    /// typed or drawn are in the address, which the first row has. `name` is `<slug>/<simulation>`,
    /// `site` what its address begins with.
    #[must_use]
    pub fn csv(&self, name: &str, site: &str) -> String {
        let spec = self.runner.spec();
        let mut table = Table::default();
        table.column("step", "");
        for readout in spec.readouts {
            table.column(readout.id, readout.unit);
        }
        let mut set = Vec::new();
        for (control, value) in self.runner.values().iter().filter(|(control, _)| !control.is_free()) {
            table.column(control.id, control.unit);
            set.push(control.written(value));
        }
        table.column("address", "");
        let mut address = Some(self.address(name, site));
        for (step, readings) in &self.rows {
            let mut fields = vec![step.to_string()];
            fields.extend(readings.iter().map(in_a_table));
            fields.extend(set.iter().cloned());
            fields.extend(address.take());
            table.row(fields);
        }
        table.csv()
    }

    /// The same as JSON: numbers with the digits that read back to the same bits, words, or null.
    #[must_use]
    pub fn json(&self, name: &str, site: &str) -> String {
        let spec = self.runner.spec();
        let values = object(self.runner.values().iter().map(|(c, v)| (c.id, value_in_json(c, v))));
        let notes: Vec<String> = self.runner.simulation().notes().iter().map(|note| quoted(note)).collect();
        let rows: Vec<String> = self
            .rows
            .iter()
            .map(|(step, readings)| {
                let step = std::iter::once(("step", step.to_string()));
                object(step.chain(named(spec, readings)))
            })
            .collect();
        let seed = self.runner.values().get("seed").map(|_| self.runner.values().seed().to_string());
        let fields = [
            ("simulation", quoted(name)),
            ("title", quoted(spec.title)),
            ("address", quoted(&self.address(name, site))),
            ("values", values),
            ("value_units", object(spec.controls.iter().map(|c| (c.id, quoted(c.unit))))),
            ("seed", seed.unwrap_or_else(|| "null".to_owned())),
            ("step", self.runner.step().to_string()),
            ("step_unit", quoted(spec.pace.unit)),
            ("finished", self.runner.finished().to_string()),
            ("readouts", object(named(spec, self.runner.readings()))),
            ("units", object(spec.readouts.iter().map(|r| (r.id, quoted(r.unit))))),
            ("notes", format!("[{}]", notes.join(", "))),
            ("series", format!("[\n    {}\n  ]", rows.join(",\n    "))),
        ];
        document(&fields)
    }
}

/// A file of JSON: an object with a field in each line.
#[must_use]
pub fn document(fields: &[(&str, String)]) -> String {
    let fields: Vec<String> =
        fields.iter().map(|(name, value)| format!("  {}: {value}", quoted(name))).collect();
    format!("{{\n{}\n}}\n", fields.join(",\n"))
}

/// A reading as JSON: a number with the digits that read back to the same bits, words, or null.
#[must_use]
pub fn in_json(reading: &Reading) -> String {
    match reading {
        Reading::Number(x) => x.to_string(),
        Reading::Text(text) => quoted(text),
        Reading::Absent => "null".to_owned(),
    }
}

/// The address of the page that shows a moment: `<site>embed/<slug>/<simulation>/?...`.
#[must_use]
pub fn address(spec: &Spec, moment: &Moment, name: &str, site: &str) -> String {
    format!("{site}embed/{name}/?{}", encode(spec, &fitting(moment.clone()).0, false))
}

/// The address of the page that makes a sweep again, beside the run at the control's default.
#[must_use]
pub fn sweep_address(sweep: &Sweep, name: &str, site: &str) -> String {
    let address = address(sweep.run.spec, &sweep.moment(&sweep.control.default()), name, site);
    let mark = if address.ends_with('?') { "" } else { "&" };
    format!("{address}{mark}{}", join([(DEPEND.to_owned(), sweep.to_string())]))
}

fn named<'a>(
    spec: &'static Spec,
    readings: &'a [Reading],
) -> impl Iterator<Item = (&'static str, String)> + 'a {
    spec.readouts.iter().zip(readings).map(|(readout, reading)| (readout.id, in_json(reading)))
}

/// A control's value as JSON: a number, true or false, or what an address has.
#[must_use]
pub fn value_in_json(control: &Control, value: &Value) -> String {
    match (control.kind, value) {
        (_, Value::Toggle(on)) => on.to_string(),
        (_, Value::Choice(_) | Value::Text(_) | Value::Drawing(_)) => quoted(&control.written(value)),
        (_, Value::Integer(n)) => n.to_string(),
        (Kind::Logarithmic { whole: true, .. }, Value::Real(x)) => (*x as i64).to_string(),
        (_, Value::Real(x)) => x.to_string(),
    }
}

fn object<'a>(fields: impl Iterator<Item = (&'a str, String)>) -> String {
    let fields: Vec<String> = fields.map(|(name, value)| format!("{}: {value}", quoted(name))).collect();
    format!("{{ {} }}", fields.join(", "))
}

/// A reading as tables have it: infinity is a number there, if it is written as one.
fn in_a_table(reading: &Reading) -> String {
    match &*reading.exact() {
        "∞" => "inf".to_owned(),
        "−∞" | "-∞" => "-inf".to_owned(),
        text => text.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::SPEC;
    use serde_json::{Value as Json, json};

    fn recorded(steps: u64) -> Recording {
        Recorder::new(&SPEC, SPEC.defaults(), steps).finish()
    }

    fn steps(recording: &Recording) -> Vec<u64> {
        recording.rows().iter().map(|(step, _)| *step).collect()
    }

    #[test]
    fn a_sweep_is_found_again_at_its_address() {
        let sweep = Sweep::parse("count?stride=1..3&at=4&seeds=1..2#mean", &[&SPEC]).expect("a sweep");
        let address = sweep_address(&sweep, "counting/count", "https://example.org/");
        let (page, query) = address.split_once('?').expect("a query");
        assert_eq!(page, "https://example.org/embed/counting/count/");
        let found = crate::lab::address::value(query, DEPEND);
        assert_eq!(found, Some(sweep.to_string()));
        assert_eq!(crate::lab::address::value(query, "at").as_deref(), Some("4"));
    }

    #[test]
    fn a_recording_has_the_first_and_the_last_step() {
        assert_eq!(steps(&recorded(0)), [0]);
        assert_eq!(steps(&recorded(3)), [0, 1, 2, 3]);
    }

    #[test]
    fn a_run_that_finishes_is_recorded_up_to_there() {
        assert_eq!(steps(&recorded(1_000_000)), (0..=50).collect::<Vec<_>>());
    }

    #[test]
    fn a_recording_in_pieces_is_the_same() {
        let mut pieces = Recorder::new(&SPEC, SPEC.defaults(), 33);
        let mut calls = 0;
        while !pieces.advance_within(|| true) {
            calls += 1;
        }
        assert!(calls >= 30, "{calls}");
        assert_eq!(pieces.finish().rows(), recorded(33).rows());
    }

    #[test]
    fn json_is_exact_and_says_what_is_not_defined() {
        let text = recorded(7).json("counting/count", "https://example.org/");
        let out: Json = serde_json::from_str(&text).expect("JSON");
        assert_eq!(out["readouts"], json!({ "total": 21, "mean": 3 }));
        assert_eq!(out["series"][0], json!({ "step": 0, "total": 0, "mean": null }));
        assert_eq!(
            out["values"],
            json!({ "stride": 3, "order": "up", "loud": false, "seed": 1, "word": "tick", "sketch": "0f.0f" })
        );
        assert_eq!((&out["step"], &out["seed"]), (&json!(7), &json!(1)));
        assert_eq!(out["address"], "https://example.org/embed/counting/count/?at=7");
    }

    #[test]
    fn csv_is_one_header_and_a_row_for_each_step() {
        let text = recorded(2).csv("counting/count", "https://example.org/");
        assert_eq!(
            text,
            "step,total (units),mean,stride (units),order,loud,seed,address\n\
             0,0,,3,up,off,1,https://example.org/embed/counting/count/?at=2\n\
             1,3,3,3,up,off,1,\n\
             2,6,3,3,up,off,1,\n"
        );
    }

    #[test]
    fn infinity_is_a_number_in_a_table() {
        let words = [f64::INFINITY, f64::NEG_INFINITY, f64::NAN, 0.5].map(|x| in_a_table(&Reading::from(x)));
        assert_eq!(words, ["inf", "-inf", "", "0.5"]);
    }
}
