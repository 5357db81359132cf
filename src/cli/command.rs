//! What a command takes, said once: the parser, the refusals and the help read it here.

use super::arguments::Arguments;
use super::{Answer, Failure, NOTES};
use crate::lab::schema::control::shorten;
use std::path::PathBuf;

/// The width in characters that the help keeps to.
const WIDTH: usize = 114;

/// A command of `tinkerable`.
pub struct Command {
    pub name: &'static str,
    /// The words that it takes, as the help writes them; empty where it takes none.
    pub words: &'static str,
    pub options: &'static [Flag],
    /// The endings of files that it can write: first that of what it says if it is not asked for
    /// another; an option of the same name asks for it.
    pub forms: &'static [&'static str],
    /// What it does.
    pub about: &'static str,
    /// Another way to ask for it, and what that does.
    pub also: Option<[&'static str; 2]>,
    pub run: fn(&Arguments) -> Result<Answer, Failure>,
}

/// An option of a command.
#[derive(Clone, Copy, Debug)]
pub struct Flag {
    /// Its long name.
    pub name: &'static str,
    /// What stands for its value in the help; empty where it takes none.
    pub value: &'static str,
    /// Whether it comes instead of the one before it.
    alternative: bool,
}

impl Flag {
    /// An option that stands alone.
    pub const fn alone(name: &'static str) -> Self {
        Self::with(name, "")
    }

    /// An option that a value follows.
    pub const fn with(name: &'static str, value: &'static str) -> Self {
        Self { name, value, alternative: false }
    }

    /// Instead of the option before it.
    pub const fn instead(mut self) -> Self {
        self.alternative = true;
        self
    }

    /// `--png SCALE`.
    fn shown(&self) -> String {
        format!("--{} {}", self.name, self.value).trim_end().to_owned()
    }
}

/// Options that several commands take.
pub const STEPS: Flag = Flag::with("steps", "N");
pub const KEPT: Flag = Flag::with("kept", "VALUES");
pub const WIDTH_PX: Flag = Flag::with("width", "PX");
pub const THEME: Flag = Flag::with("theme", "light|dark|auto");
pub const PNG: Flag = Flag::with("png", "SCALE");
pub const URL: Flag = Flag::with("url", "SITE");
pub const OUT: Flag = Flag::with("out", "FILE");

impl Command {
    /// Answers arguments.
    ///
    /// # Errors
    /// Words that it does not take, or what it makes of the arguments.
    pub fn answer(&self, mut arguments: Arguments) -> Result<Answer, Failure> {
        if arguments.help {
            return Ok(Answer::text(format!("Usage:\n{}\n{NOTES}", self.usage()), Vec::new()));
        }
        let file = self.file(&mut arguments)?;
        match arguments.words.first() {
            Some(word) if self.words.is_empty() => Err(Failure::Arguments(format!(
                "“{}” is too much: {} takes only {}.",
                shorten(word),
                self.name,
                listed(self.options)
            ))),
            _ => Ok(Answer { file, ..(self.run)(&arguments)? }),
        }
    }

    /// The file that is asked for by name. Its ending says what goes into it, as an option would.
    fn file(&self, arguments: &mut Arguments) -> Result<Option<PathBuf>, Failure> {
        let Some(name) = arguments.option(OUT.name).filter(|_| !self.forms.is_empty()) else {
            return Ok(None);
        };
        let path = PathBuf::from(name);
        let ending = path.extension().unwrap_or_default().to_string_lossy().to_lowercase();
        let wrong = |why: &str| {
            let endings: Vec<String> = self.forms.iter().map(|form| format!(".{form}")).collect();
            let name = shorten(&path.file_name().unwrap_or_default().to_string_lossy());
            Failure::Arguments(format!("“{name}” {why}: {} writes {}.", self.name, endings.join(", ")))
        };
        let Some(form) = self.forms.iter().find(|form| **form == ending) else {
            return Err(wrong("is no name for its file"));
        };
        match self.forms.iter().find(|form| arguments.has(form)) {
            Some(asked) if asked != form => {
                return Err(wrong(&format!("is no name for what --{asked} asks for")));
            }
            Some(_) => {}
            None => {
                if let Some(flag) = self.options.iter().find(|flag| flag.name == *form) {
                    arguments.ask(flag);
                }
            }
        }
        Ok(Some(path))
    }

    /// How to ask for it, and what it does.
    pub fn usage(&self) -> String {
        let begin = format!("  tinkerable {} ", self.name);
        let mut lines = vec![format!("{begin}{}", self.words).trim_end().to_owned()];
        for group in self.options.chunk_by(|_, next| next.alternative) {
            let shown: Vec<String> = group.iter().map(Flag::shown).collect();
            let group = format!("[{}]", shown.join("|"));
            let last = lines.len() - 1;
            if lines[last].chars().count() + 1 + group.chars().count() <= WIDTH {
                lines[last] = format!("{} {group}", lines[last]);
            } else {
                lines.push(format!("{}{group}", " ".repeat(begin.len())));
            }
        }
        let mut out = format!("{}\n{}", lines.join("\n"), indented(self.about));
        if let Some([words, about]) = self.also {
            out += &format!("{begin}{words}\n{}", indented(about));
        }
        out
    }
}

/// "--json", "--out, --url and --offline".
fn listed(options: &[Flag]) -> String {
    let names: Vec<String> = options.iter().map(|flag| format!("--{}", flag.name)).collect();
    match names.split_last() {
        Some((last, rest)) if !rest.is_empty() => format!("{} and {last}", rest.join(", ")),
        _ => names.concat(),
    }
}

fn indented(text: &str) -> String {
    text.lines().map(|line| format!("      {line}\n")).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const DRAW: Command = Command {
        name: "draw",
        words: "",
        forms: &["svg", "png"],
        options: &[STEPS, Flag::alone("svg"), PNG.instead(), THEME, KEPT, WIDTH_PX, URL],
        about: "Draws.\nIn colours.",
        also: Some(["'name'", "Draws what has a name."]),
        run: |_| Ok(Answer::default()),
    };

    #[test]
    fn the_help_says_what_the_parser_takes() {
        assert_eq!(
            DRAW.usage(),
            "  tinkerable draw [--steps N] [--svg|--png SCALE] [--theme light|dark|auto] [--kept VALUES] [--width PX]\n\
             \x20                 [--url SITE]\n\
             \x20     Draws.\n\
             \x20     In colours.\n\
             \x20 tinkerable draw 'name'\n\
             \x20     Draws what has a name.\n"
        );
    }

    #[test]
    fn a_word_too_many_is_answered_with_the_options() {
        let mut arguments = Arguments::default();
        arguments.words.push("it".to_owned());
        let Err(Failure::Arguments(said)) = DRAW.answer(arguments) else { panic!("refused") };
        assert_eq!(
            said,
            "“it” is too much: draw takes only --steps, --svg, --png, --theme, --kept, --width and --url."
        );
    }
}
