//! `tinkerable run`: the readouts at the end of a run, and the series on the way there.

use std::fmt::Write as _;

use lexopt::Parser;
use serde_json::{Map, Value as Json, json};

use super::arguments::{Arguments, Request};
use super::list::value_json;
use super::{Answer, Failure};
use crate::lab::{Reading, Runner, Spec};

/// Intervals of the recorded series: enough for a plot, few enough to read.
const INTERVALS: u64 = 200;

pub fn command(parser: &mut Parser) -> Result<Answer, Failure> {
    let arguments = Arguments::read(parser, &[("steps", true), ("json", false)])?;
    let request = Request::read(&arguments)?;
    let mut runner = request.runner();
    let series = record(&mut runner, request.steps);
    let text = if arguments.has("json") {
        let mut out = moment_json(&request.address, &runner);
        out["series"] = series.iter().map(|(step, r)| row_json(runner.spec(), *step, r)).collect::<Json>();
        format!("{out:#}\n")
    } else {
        moment_text(&request.address, &runner)
    };
    Ok(Answer { text, notes: request.notes })
}

/// Runs up to `steps` and keeps the readings of at most [`INTERVALS`] + 1 evenly spaced steps, the
/// first and the last among them. A run that finishes sooner is recorded over the steps it made.
fn record(runner: &mut Runner, steps: u64) -> Vec<(u64, Vec<Reading>)> {
    let mut series = vec![(runner.step(), runner.readings().to_vec())];
    let intervals = steps.min(INTERVALS);
    for i in 1..=intervals {
        let made = runner.advance(steps * i / intervals - runner.step());
        if made > 0 {
            series.push((runner.step(), runner.readings().to_vec()));
        }
        if runner.finished() {
            break;
        }
    }
    if runner.step() < steps {
        let made = runner.step();
        runner.restart();
        return record(runner, made);
    }
    series
}

fn moment_json(address: &str, runner: &Runner) -> Json {
    let values: Map<String, Json> =
        runner.values().iter().map(|(c, v)| (c.id.to_owned(), value_json(c, v))).collect();
    let readouts: Map<String, Json> = runner
        .spec()
        .readouts
        .iter()
        .zip(runner.readings())
        .map(|(readout, reading)| (readout.id.to_owned(), reading_json(reading)))
        .collect();
    json!({
        "simulation": address,
        "values": values,
        "seed": runner.values().get("seed").map(|_| runner.values().seed()),
        "step": runner.step(),
        "step_unit": runner.spec().pace.unit,
        "finished": runner.finished(),
        "readouts": readouts,
        "notes": runner.simulation().notes(),
    })
}

fn row_json(spec: &Spec, step: u64, readings: &[Reading]) -> Json {
    let mut row = Map::new();
    row.insert("step".to_owned(), json!(step));
    for (readout, reading) in spec.readouts.iter().zip(readings) {
        row.insert(readout.id.to_owned(), reading_json(reading));
    }
    Json::Object(row)
}

/// A number with the digits that read back to the same bits, a word, or null.
fn reading_json(reading: &Reading) -> Json {
    match reading {
        Reading::Number(x) => json!(x),
        Reading::Text(text) => json!(text),
        Reading::Absent => Json::Null,
    }
}

fn moment_text(address: &str, runner: &Runner) -> String {
    let spec = runner.spec();
    let mut out = format!("{address} at step {} ({}s)\n", runner.step(), spec.pace.unit);
    let values: Vec<String> =
        runner.values().iter().map(|(c, v)| format!("{}={}", c.id, c.text(v))).collect();
    let _ = writeln!(out, "{}\n", values.join(" "));
    let width = spec.readouts.iter().map(|r| r.id.len()).max().unwrap_or(0);
    for (readout, reading) in spec.readouts.iter().zip(runner.readings()) {
        let _ = writeln!(
            out,
            "{:width$}  {}  ({}: {})",
            readout.id,
            reading.exact(),
            readout.label,
            readout.shown(reading)
        );
    }
    for note in runner.simulation().notes() {
        let _ = writeln!(out, "\n{note}");
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    fn steps_recorded(asked: u64) -> Vec<u64> {
        let mut runner = Runner::new(&sample::SPEC, sample::SPEC.defaults());
        record(&mut runner, asked).into_iter().map(|(step, _)| step).collect()
    }

    #[test]
    fn the_series_has_the_first_and_the_last_step() {
        assert_eq!(steps_recorded(0), [0]);
        assert_eq!(steps_recorded(3), [0, 1, 2, 3]);
    }

    #[test]
    fn a_run_that_finishes_is_recorded_up_to_there() {
        assert_eq!(steps_recorded(1_000_000), (0..=50).collect::<Vec<_>>());
    }

    #[test]
    fn an_answer_is_exact_and_says_what_is_not_defined() {
        let mut runner = Runner::new(&sample::SPEC, sample::SPEC.defaults());
        let start = moment_json("counting/count", &runner);
        assert_eq!(start["readouts"], json!({ "total": 0.0, "mean": null }));
        runner.advance(7);
        let out = moment_json("counting/count", &runner);
        assert_eq!(out["readouts"], json!({ "total": 21.0, "mean": 3.0 }));
        assert_eq!(out["values"], json!({ "stride": 3, "order": "up", "loud": false, "seed": 1 }));
        assert_eq!(out["step"], 7);
        assert!(moment_text("counting/count", &runner).contains("total  21  (Total: 21\u{a0}units)"));
    }
}
