//! The command line: `list`, `run`, `sweep`, `figure`, `standalone` and `site`.
//!
//! Each command is a function from parsed arguments to an [`Answer`]; only [`main`] prints. What
//! is wrong with the arguments becomes a sentence that lists what would be right.

mod arguments;
mod figure;
mod list;
mod png;
mod run;
mod site;
mod standalone;
mod sweep;

use std::ffi::OsString;
use std::io::{self, Write as _};
use std::process::ExitCode;

use lexopt::{Arg, Parser};

const USAGE: &str = "\
Tinkerable: explorable explanations of emerging AI research.

Usage:
  tinkerable list [--json]
      The topics, their simulations and every control.
  tinkerable run <slug>/<simulation> [control=value ...] [--steps N] [--json|--csv] [--url SITE]
      Runs a simulation; prints the readouts, and with --json or --csv the recorded series too.
  tinkerable run '<slug>/<simulation>?control=value&at=N&seeds=A..B#mean:readout'
      Prints the number that a run's name stands for, as articles write it, and that of each seed.
  tinkerable sweep <slug>/<simulation> <control>=A..B[:N] <readout> [control=value ...] [--seeds N] [--steps N]
                   [--kept VALUES] [--csv|--json|--svg|--png SCALE] [--width PX] [--theme light|dark|auto]
      How a readout depends on a control, over the seeds 1 to N, 20 if it is not said: N places from A to B,
      .. for all values, or a list A,B,C. Instead of all these words, the name of a sweep as articles have it.
  tinkerable figure <slug>/<simulation> [control=value ...] [--steps N] [--kept VALUES] [--width PX]
                    [--theme light|dark|auto] [--png SCALE] [--url SITE]
      Prints the figure as SVG, or as PNG with SCALE pixels for each of its own.
  tinkerable standalone <slug>/<simulation> [control=value ...] [--steps N] [--kept VALUES] [--site FOLDER]
      Prints the simulation as one HTML file that runs without a network. FOLDER is the built site, dist
      if it is not named. With --steps it stands at that step, else it runs.
  tinkerable site [--out FOLDER] [--template FILE] [--stylesheet FILE] [--url SITE]
                  [--offline]
      Draws the pages of the site around the page that Trunk wrote: FOLDER/index.html, where FOLDER is
      TRUNK_STAGING_DIR if it is not named. With --offline readers' browsers keep the whole site after one
      visit: for releases, since it lists every file that is there.

SITE is where the site stands, for the addresses in the files: https://example.org/tinkerable/. If it is
not named, TINKERABLE_URL says it; without either they are relative.
VALUES are those of a second run to compare with, control:value,...; defaults where it has none but those.
A control that is not named keeps its default. Without --steps a simulation makes as many steps as
it has made when its page opens. A text may have several lines, code=\"$(cat FILE)\" say; a drawing is its rows
of digits with points between them, digit=0f.0ff.00f say. What each takes at the most, list says.
";

const COMMANDS: &str = "list, run, figure, sweep, standalone, site";

/// What a command prints.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// For standard output.
    pub content: Vec<u8>,
    /// For standard error: what was changed in the arguments.
    pub notes: Vec<String>,
}

impl Answer {
    fn text(text: String, notes: Vec<String>) -> Self {
        Self { content: text.into_bytes(), notes }
    }
}

/// Why a command gives no answer, in a sentence.
#[derive(Debug, PartialEq, Eq)]
pub enum Failure {
    /// The arguments are wrong; the sentence lists what would be right. Status 2.
    Arguments(String),
    /// The arguments are right and the work failed. Status 1.
    Work(String),
}

impl From<lexopt::Error> for Failure {
    fn from(error: lexopt::Error) -> Self {
        Self::Arguments(format!("{error}. See tinkerable --help."))
    }
}

/// Answers arguments (without the program's name) on standard output and standard error.
pub fn main(arguments: impl IntoIterator<Item = OsString>) -> ExitCode {
    match answer(arguments) {
        Ok(answer) => {
            for note in answer.notes {
                eprintln!("{note}");
            }
            match io::stdout().lock().write_all(&answer.content) {
                // Whoever reads may stop early, as `head` does.
                Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                    eprintln!("The answer could not be written: {error}.");
                    ExitCode::FAILURE
                }
                _ => ExitCode::SUCCESS,
            }
        }
        Err(Failure::Arguments(sentence)) => {
            eprintln!("{sentence}");
            ExitCode::from(2)
        }
        Err(Failure::Work(sentence)) => {
            eprintln!("{sentence}");
            ExitCode::FAILURE
        }
    }
}

/// The answer to arguments (without the program's name).
///
/// # Errors
/// A sentence that says what is wrong and what would be right.
pub fn answer(arguments: impl IntoIterator<Item = OsString>) -> Result<Answer, Failure> {
    let mut parser = Parser::from_args(arguments);
    match parser.next()? {
        Some(Arg::Value(command)) => match command.to_string_lossy().as_ref() {
            "list" => list::command(&mut parser),
            "run" => run::command(&mut parser),
            "sweep" => sweep::command(&mut parser),
            "figure" => figure::command(&mut parser),
            "site" => site::command(&mut parser),
            "standalone" => standalone::command(&mut parser),
            "help" => Ok(usage()),
            other => Err(Failure::Arguments(format!(
                "There is no command “{}”: the commands are {COMMANDS}.",
                crate::lab::control::shorten(other)
            ))),
        },
        Some(Arg::Long("help") | Arg::Short('h')) => Ok(usage()),
        Some(Arg::Long("version") | Arg::Short('V')) => {
            Ok(Answer::text(format!("tinkerable {}\n", env!("CARGO_PKG_VERSION")), Vec::new()))
        }
        Some(other) => Err(Failure::Arguments(format!(
            "{}: a command comes first, one of {COMMANDS}.",
            other.unexpected()
        ))),
        None => Err(Failure::Arguments(format!("A command is missing: the commands are {COMMANDS}."))),
    }
}

fn usage() -> Answer {
    Answer::text(USAGE.to_owned(), Vec::new())
}
