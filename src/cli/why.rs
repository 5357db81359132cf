//! `tinkerable why`: what a readout is made of, how it came to stand where it stands, and what moves it.

use super::arguments::{Arguments, Request, site};
use super::command::{Command, Flag, OUT, STEPS, URL};
use super::sweep::told;
use super::{Answer, Failure};
use crate::article::runs;
use crate::lab::address::Moment;
use crate::lab::run::readout_of;
use crate::lab::schema::values::SEED;
use crate::lab::share::record::{Recorder, address};
use crate::lab::why::Why;
use crate::topics;

pub const COMMAND: Command = Command {
    name: "why",
    words: "<slug>/<simulation> <readout> [control=value ...]",
    options: &[Flag::with(SEED, "N"), STEPS, Flag::alone("json"), URL, OUT],
    forms: &["txt", "json"],
    about: "\
Why a readout stands where it stands: its formula with the numbers of the moment, or else over what it is
measured; its last steps; what each control does to it at the same step and seed, one step up and one down, the
largest effect first; and how much eight other seeds make.",
    also: None,
    run: command,
};

fn command(arguments: &Arguments) -> Result<Answer, Failure> {
    let (readout, rest) = asked(arguments)?;
    let request = Request::read(&rest)?;
    let site = site(arguments)?;
    let why = Why::new(request.spec, request.values.clone(), readout, request.steps);
    let recording = Recorder::new(request.spec, request.values, request.steps).finish();
    let reasons = why.reasons(&recording, &runs::make(&why.jobs(), &told()));
    let text = if arguments.has("json") {
        let moment = Moment::of(why.values.clone(), Some(reasons.step));
        why.json(&reasons, &request.address, &address(request.spec, &moment, &request.address, &site))
    } else {
        why.table(&reasons, &request.address)
    };
    Ok(Answer::text(text, request.notes))
}

/// The position of the readout that is asked about, and the arguments without it.
fn asked(arguments: &Arguments) -> Result<(usize, Arguments), Failure> {
    let wrong = Failure::Arguments;
    let name = arguments.words.first().map_or("", String::as_str);
    let (_, spec) = topics::find(name).map_err(wrong)?;
    let is_readout = |word: &String| !word.contains('=');
    let rest = arguments.words.iter().skip(1);
    let named: Vec<&String> = rest.clone().filter(|word| is_readout(word)).collect();
    let ids = || spec.readouts.iter().map(|r| r.id).collect::<Vec<_>>();
    let [readout] = named[..] else {
        return Err(wrong(format!(
            "One readout is asked about: write why {name} <readout> [control=value ...], where the readouts are {}.",
            ids().join(", ")
        )));
    };
    // A control that is named where a readout should be is told from what is nothing at all.
    let found = readout_of(spec, readout).map_err(|sentence| {
        let control = spec.controls.iter().find(|control| control.id == *readout);
        wrong(control.map_or(sentence, |control| {
            format!(
                "“{readout}” is the control {}, which you set yourself ({readout}=value): the readouts are {}.",
                control.label,
                ids().join(", ")
            )
        }))
    })?;
    let words = std::iter::once(name.to_owned()).chain(rest.filter(|word| !is_readout(word)).cloned());
    Ok((found, arguments.with_words(words.collect())))
}
