//! `tinkerable run`: the readouts at the end of a run, and the series on the way there.

use std::fmt::Write as _;

use super::arguments::{Arguments, Request, site};
use super::command::{Command, Flag, OUT, STEPS, URL};
use super::{Answer, Failure};
use crate::lab::Runner;
use crate::lab::schema::unit::several;
use crate::lab::share::record::Recorder;

pub const COMMAND: Command = Command {
    name: "run",
    words: "<slug>/<simulation> [control=value ...]",
    options: &[STEPS, Flag::alone("json"), Flag::alone("csv").instead(), URL, OUT],
    forms: &["txt", "json", "csv"],
    about: "Runs a simulation; prints the readouts, and with --json or --csv the recorded series too.",
    also: Some([
        "'<slug>/<simulation>?control=value&at=N&seeds=A..B#mean:readout'",
        "Prints the number that a run's name stands for, as articles write it, and that of each seed.",
    ]),
    run: command,
};

fn command(arguments: &Arguments) -> Result<Answer, Failure> {
    if let [name] = arguments.words.as_slice()
        && name.contains('#')
    {
        return super::sweep::one_number(name);
    }
    let request = Request::read(arguments)?;
    let site = site(arguments)?;
    let recording = Recorder::new(request.spec, request.values.clone(), request.steps).finish();
    let text = match (arguments.has("json"), arguments.has("csv")) {
        (true, true) => {
            return Err(Failure::Arguments("Ask for --json or for --csv, not for both.".to_owned()));
        }
        (true, false) => recording.json(&request.address, &site),
        (false, true) => recording.csv(&request.address, &site),
        (false, false) => moment_text(&request.address, recording.runner()),
    };
    Ok(Answer::text(text, request.notes))
}

fn moment_text(address: &str, runner: &Runner) -> String {
    let spec = runner.spec();
    let mut out = format!("{address} at step {} ({})\n", runner.step(), several(spec.pace.unit));
    let values: Vec<String> =
        runner.values().iter().map(|(c, v)| format!("{}={}", c.id, c.on_a_line(v))).collect();
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

    #[test]
    fn an_answer_names_each_readout() {
        let runner = Runner::after(&sample::SPEC, &[], 7);
        assert!(moment_text("counting/count", &runner).contains("total  21  (Total: 21\u{a0}units)"));
    }
}
