//! `tinkerable sweep`: how a readout depends on a control, over seeds.

use std::fmt::Write as _;
use std::io::{IsTerminal as _, Write as _};
use std::sync::Mutex;

use super::arguments::{Arguments, number, site};
use super::command::{Command, Flag, KEPT, OUT, PNG, STEPS, THEME, URL, WIDTH_PX};
use super::figure::{self, LARGEST};
use super::png::Painter;
use super::{Answer, Failure};
use crate::article::runs;
use crate::lab::Spec;
use crate::lab::address::FURTHEST_STEP;
use crate::lab::figure::palette::Theme;
use crate::lab::figure::picture::described;
use crate::lab::figure::svg;
use crate::lab::run::sweep::{Curve, Sweep};
use crate::lab::run::{MOST_SEEDS, Run};
use crate::lab::schema::unit;
use crate::lab::share::record::sweep_address;
use crate::topics;

/// Seeds where none are named.
const SEEDS: u64 = 20;

pub const COMMAND: Command = Command {
    name: "sweep",
    words: "<slug>/<simulation> <control>=A..B[:N] <readout> [control=value ...]",
    options: &[
        Flag::with("seeds", "N"),
        STEPS,
        KEPT,
        Flag::alone("csv"),
        Flag::alone("json").instead(),
        Flag::alone("svg").instead(),
        PNG.instead(),
        WIDTH_PX,
        THEME,
        URL,
        OUT,
    ],
    forms: &["txt", "csv", "json", "svg", "png"],
    about: "\
How a readout depends on a control, over the seeds 1 to N, 20 if it is not said: N places from A to B,
.. for all values, or a list A,B,C. Instead of all these words, the name of a sweep as articles have it.",
    also: None,
    run: command,
};

fn command(arguments: &Arguments) -> Result<Answer, Failure> {
    let forms: Vec<&str> = ["csv", "json", "svg", "png"].into_iter().filter(|f| arguments.has(f)).collect();
    if let [first, second, ..] = forms.as_slice() {
        return Err(Failure::Arguments(format!("Ask for --{first} or for --{second}, not for both.")));
    }
    let width = figure::width(arguments)?;
    let theme = figure::theme(arguments.option("theme").unwrap_or("auto"))?;
    let scale = arguments.option("png").map(|s| number("png", s, 1, LARGEST)).transpose()?;
    let (name, sweep) = asked(arguments)?;
    let site = site(arguments)?;
    let curve = sweep.curve(&runs::make(&sweep.jobs(), &told()));
    let source = sweep_address(&sweep, &name, &site);
    let text = match forms.first() {
        Some(&"csv") => sweep.csv(&curve, &source),
        Some(&"json") => sweep.json(&curve, &name, &source),
        Some(_) => {
            let drawing = svg::standalone(&sweep.figure(&curve), width, theme, &source);
            if let Some(scale) = scale {
                let png = Painter::new().png(&drawing, scale as f32, theme == Theme::Dark);
                return Ok(Answer::picture(
                    described(&png.map_err(Failure::Work)?, scale, &source),
                    Vec::new(),
                ));
            }
            drawing
        }
        None => table(&sweep, &curve),
    };
    Ok(Answer::text(text, Vec::new()))
}

/// The simulation's address and the sweep that the arguments name, in words or as one name.
fn asked(arguments: &Arguments) -> Result<(String, Sweep), Failure> {
    let wrong = Failure::Arguments;
    let Some((first, rest)) = arguments.words.split_first() else {
        return Err(wrong(topics::find("").err().unwrap_or_default()));
    };
    if first.contains(['?', '#']) {
        let (name, spec, rest) = named(first)?;
        return Ok((name, Sweep::parse(rest, &[spec]).map_err(wrong)?));
    }
    let (_, spec) = topics::find(first).map_err(wrong)?;
    let (pairs, readouts): (Vec<&String>, Vec<&String>) = rest.iter().partition(|w| is_pair(w, spec));
    let [readout] = readouts[..] else {
        let ids: Vec<&str> = spec.readouts.iter().map(|r| r.id).collect();
        return Err(wrong(format!(
            "A sweep is of one readout: write <simulation> <control>=a..b <readout>, where the readouts are {}.",
            ids.join(", ")
        )));
    };
    let mut query: Vec<String> = pairs.into_iter().cloned().collect();
    let steps = arguments.option("steps").map(|s| number("steps", s, 0, FURTHEST_STEP)).transpose()?;
    query.extend(steps.map(|steps| format!("at={steps}")));
    query.extend(arguments.option("kept").map(|kept| format!("kept={kept}")));
    let sweeps_seeds = query.iter().any(|pair| pair.starts_with("seed="));
    let seeds = match arguments.option("seeds") {
        // One seed is the run's own.
        Some("1") => None,
        Some(text) if text.contains(['.', ',']) => Some(text.to_owned()),
        Some(text) => Some(format!("1..{}", number("seeds", text, 1, MOST_SEEDS as u64 - 1)?)),
        None if sweeps_seeds || spec.defaults().position("seed").is_none() => None,
        None => Some(format!("1..{SEEDS}")),
    };
    query.extend(seeds.map(|seeds| format!("seeds={seeds}")));
    let text = format!("{}?{}#{readout}", spec.id, query.join("&"));
    Ok((first.clone(), Sweep::parse(&text, &[spec]).map_err(wrong)?))
}

/// Whether a word sets a control: `share:dead>=1` does not.
fn is_pair(word: &str, spec: &Spec) -> bool {
    word.split_once('=').is_some_and(|(id, _)| {
        !id.ends_with(['<', '>', '!']) && !id.contains(':') && spec.readout(id).is_none()
    })
}

/// A run's name, `<slug>/<simulation>?<values>#<readout>`: the address, the simulation, and what
/// follows its slug.
pub fn named(text: &str) -> Result<(String, &'static Spec, &str), Failure> {
    let address = text.split(['?', '#']).next().unwrap_or(text);
    let (_, spec) = topics::find(address).map_err(Failure::Arguments)?;
    let rest = text.split_once('/').map_or(text, |(_, rest)| rest);
    Ok((address.to_owned(), spec, rest))
}

/// The number that a run's name stands for, with the run's own digits.
pub fn one_number(text: &str) -> Result<Answer, Failure> {
    let (_, spec, rest) = named(text)?;
    let run = Run::parse(rest, &[spec]).map_err(Failure::Arguments)?;
    let readings = runs::make(&run.jobs(), &told());
    let answer = run.answer(&readings).map_err(Failure::Work)?;
    let unit = if run.asked.has_unit() { run.spec.readouts[run.asked.clauses[0].readout].unit } else { "" };
    let numbers: Vec<String> = answer.numbers.iter().map(f64::to_string).collect();
    let mut out = format!("{run}\n{}\n\n{} {unit}\n", run.words(), numbers.join(" to "));
    for (seed, number) in answer.each.iter().filter_map(|(seed, number)| Some(((*seed)?, number))) {
        let _ = writeln!(out, "seed {seed}  {number}");
    }
    Ok(Answer::text(out, Vec::new()))
}

/// Says on standard error how far the runs are: in one line that changes where somebody watches, else
/// at every tenth.
pub fn told() -> impl Fn(usize, usize) + Sync {
    let last = Mutex::new(0_usize);
    move |done, all| {
        let mut error = std::io::stderr().lock();
        let watched = error.is_terminal();
        let tenths = done * 10 / all.max(1);
        let Ok(mut last) = last.lock() else { return };
        if watched {
            let end = if done == all { "\n" } else { "" };
            let _ = write!(error, "\r{done} of {all} runs{end}");
        } else if tenths > *last {
            let _ = writeln!(error, "{done} of {all} runs");
        }
        *last = tenths.max(*last);
    }
}

/// Columns for a reader: the value, the mean and its interval.
fn table(sweep: &Sweep, curve: &Curve) -> String {
    let (measured, unit) = sweep.measured();
    let mut out = format!("{sweep}\n{measured}");
    if !unit.is_empty() {
        let _ = write!(out, " ({unit})");
    }
    let seeds = unit::counted(sweep.seeds() as u64, "seed");
    let _ = writeln!(out, ", {seeds} at step {}\n", sweep.run.at);
    let texts: Vec<String> = curve.points.iter().map(|p| sweep.control.written(&p.value)).collect();
    let width = texts.iter().map(String::len).chain([sweep.control.id.len()]).max().unwrap_or(0);
    let _ = writeln!(out, "{:>width$}  mean (95 % interval)", sweep.control.id);
    for (text, point) in texts.iter().zip(&curve.points) {
        let mean = point.mean.map_or_else(|| "no number".to_owned(), |x| x.to_string());
        let interval = point.interval.map(|[low, high]| format!(" ({low} to {high})")).unwrap_or_default();
        let mark = if point.value == sweep.control.default() { "  default" } else { "" };
        let _ = writeln!(out, "{text:>width$}  {mean}{interval}{mark}");
    }
    out
}
