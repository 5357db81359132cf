//! The command line: `list`, `run`, `sweep`, `why`, `figure`, `film`, `slides`, `standalone` and `site`.
//!
//! Each command is a function from parsed arguments to an [`Answer`]; only [`main`] prints. What
//! is wrong with the arguments becomes a sentence that lists what would be right.

mod arguments;
mod command;
mod figure;
mod film;
mod list;
mod png;
mod run;
mod site;
mod slides;
mod standalone;
mod sweep;
mod why;

use std::ffi::OsString;
use std::fs;
use std::io::{self, IsTerminal as _, Write as _};
use std::path::PathBuf;
use std::process::ExitCode;

use lexopt::{Arg, Parser};

use arguments::Arguments;
use command::Command;

/// Every command, in the order of the help.
static COMMANDS: [Command; 9] = [
    list::COMMAND,
    run::COMMAND,
    sweep::COMMAND,
    why::COMMAND,
    figure::COMMAND,
    film::COMMAND,
    slides::COMMAND,
    standalone::COMMAND,
    site::COMMAND,
];

/// What the help says of all commands.
const NOTES: &str = "\
SITE is where the site stands, for the addresses in the files: https://example.org/tinkerable/. If it is
not named, TINKERABLE_URL says it; without either they are relative.
VALUES are those of a second run to compare with, control:value,...; defaults where it has none but those.
FILE is where the answer goes, and its ending says what it is; without it, it is printed. `tinkerable help
COMMAND` tells of one command alone.
A control that is not named keeps its default. Without --steps a simulation makes as many steps as
it has made when its page opens. A text may have several lines, code=\"$(cat FILE)\" say; a drawing is its rows
of digits with points between them, digit=0f.0ff.00f say. What each takes at the most, list says.
";

/// What a command prints.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Answer {
    /// For standard output, or for the file.
    pub content: Vec<u8>,
    /// Where it goes, if that was named.
    pub file: Option<PathBuf>,
    /// Whether it is no text.
    pub binary: bool,
    /// For standard error: what was changed in the arguments.
    pub notes: Vec<String>,
}

impl Answer {
    fn text(text: String, notes: Vec<String>) -> Self {
        Self { content: text.into_bytes(), notes, ..Self::default() }
    }

    fn picture(content: Vec<u8>, notes: Vec<String>) -> Self {
        Self { content, notes, binary: true, ..Self::default() }
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
            if let Some(file) = &answer.file {
                return match fs::write(file, &answer.content) {
                    Ok(()) => ExitCode::SUCCESS,
                    Err(error) => {
                        eprintln!("{} could not be written: {error}.", file.display());
                        ExitCode::FAILURE
                    }
                };
            }
            let mut output = io::stdout().lock();
            if answer.binary && output.is_terminal() {
                eprintln!("A picture is nothing that a terminal shows: name its file, --out figure.png.");
                return ExitCode::from(2);
            }
            match output.write_all(&answer.content) {
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
        Some(Arg::Value(name)) => {
            let mut name = name.to_string_lossy().into_owned();
            let helped = name == "help";
            if helped {
                match parser.value() {
                    Ok(asked) => name = asked.to_string_lossy().into_owned(),
                    Err(_) => return Ok(usage()),
                }
            }
            let command = COMMANDS.iter().find(|command| command.name == name).ok_or_else(|| {
                Failure::Arguments(format!(
                    "There is no command “{}”: the commands are {}.",
                    crate::lab::schema::control::shorten(&name),
                    names()
                ))
            })?;
            let mut arguments = Arguments::read(&mut parser, command.options)?;
            arguments.help |= helped;
            command.answer(arguments)
        }
        Some(Arg::Long("help") | Arg::Short('h')) => Ok(usage()),
        Some(Arg::Long("version") | Arg::Short('V')) => {
            Ok(Answer::text(format!("tinkerable {}\n", env!("CARGO_PKG_VERSION")), Vec::new()))
        }
        Some(other) => Err(Failure::Arguments(format!(
            "{}: a command comes first, one of {}.",
            other.unexpected(),
            names()
        ))),
        None => Err(Failure::Arguments(format!("A command is missing: the commands are {}.", names()))),
    }
}

/// The names of the commands.
fn names() -> String {
    COMMANDS.each_ref().map(|command| command.name).join(", ")
}

fn usage() -> Answer {
    let commands: String = COMMANDS.iter().map(Command::usage).collect();
    let about = "Tinkerable: explorable explanations of emerging AI research.";
    Answer::text(format!("{about}\n\nUsage:\n{commands}\n{NOTES}"), Vec::new())
}
