//! Arguments: options with and without a value, and the moment of a simulation that `run` and
//! `figure` are asked for.

use lexopt::{Arg, Parser, ValueExt as _};
use std::borrow::Cow;

use super::Failure;
use super::command::Flag;
use crate::lab::address::{FURTHEST_STEP, is_own, read_kept};
use crate::lab::schema::control::shorten;
use crate::lab::schema::values::SEED;
use crate::lab::{Runner, Spec, Values};
use crate::topics;

/// The arguments of a command: the words, and the options by name.
#[derive(Debug, Default)]
pub struct Arguments {
    pub words: Vec<String>,
    /// Whether it is asked what the command takes.
    pub help: bool,
    options: Vec<(&'static str, String)>,
}

impl Arguments {
    /// Reads what is left of the arguments.
    ///
    /// # Errors
    /// An option that the command does not take, or one without its value.
    pub fn read(parser: &mut Parser, known: &[Flag]) -> Result<Self, Failure> {
        let mut arguments = Self::default();
        while let Some(arg) = parser.next()? {
            match arg {
                Arg::Value(word) => arguments.words.push(word.string()?),
                Arg::Long("help") | Arg::Short('h') => {
                    arguments.help = true;
                    return Ok(arguments);
                }
                Arg::Long(name) => {
                    let Some(flag) = known.iter().find(|flag| flag.name == name) else {
                        return Err(refuse_option(&format!("--{name}"), known));
                    };
                    let alone = flag.value.is_empty();
                    let value = if alone { String::new() } else { parser.value()?.string()? };
                    arguments.options.push((flag.name, value));
                }
                Arg::Short(name) => return Err(refuse_option(&format!("-{name}"), known)),
            }
        }
        Ok(arguments)
    }

    /// Asks for an option that was not given, a number for 1.
    pub fn ask(&mut self, flag: &Flag) {
        let value = if flag.value.is_empty() { "" } else { "1" };
        self.options.push((flag.name, value.to_owned()));
    }

    /// The same options with other words.
    #[must_use]
    pub fn with_words(&self, words: Vec<String>) -> Self {
        Self { words, help: self.help, options: self.options.clone() }
    }

    /// The value of an option, the last one if it was given more than once.
    #[must_use]
    pub fn option(&self, name: &str) -> Option<&str> {
        self.options.iter().rev().find(|(n, _)| *n == name).map(|(_, value)| value.as_str())
    }

    /// Whether an option was given.
    #[must_use]
    pub fn has(&self, name: &str) -> bool {
        self.option(name).is_some()
    }
}

fn refuse_option(given: &str, known: &[Flag]) -> Failure {
    let names: Vec<String> = known.iter().map(|flag| format!("--{}", flag.name)).collect();
    Failure::Arguments(format!(
        "There is no option “{}” here: the options are {}.",
        shorten(given),
        names.join(", ")
    ))
}

/// A moment of a simulation that was asked for.
pub struct Request {
    /// `<slug>/<simulation>`.
    pub address: String,
    pub spec: &'static Spec,
    pub values: Values,
    pub steps: u64,
    /// Values of the run that it is compared with.
    pub kept: Option<Values>,
    /// What was snapped to a legal value, a sentence each.
    pub notes: Vec<String>,
}

impl Request {
    /// Reads `<slug>/<simulation> control=value ...` and the option `steps`.
    ///
    /// # Errors
    /// A sentence on the first part that is wrong.
    pub fn read(arguments: &Arguments) -> Result<Self, Failure> {
        Self::until(arguments, arguments.option("steps"))
    }

    /// The same where the option `steps` says something else; `seed` is a control like any other.
    ///
    /// # Errors
    /// A sentence on the first part that is wrong.
    pub fn until(arguments: &Arguments, steps: Option<&str>) -> Result<Self, Failure> {
        // Without an address, the refusal of the empty one says where all are listed.
        let (address, pairs) = arguments.words.split_first().map_or(("", &[][..]), |(a, p)| (a.as_str(), p));
        let (_, spec) = topics::find(address).map_err(Failure::Arguments)?;
        let seed = arguments.option(SEED).map(|seed| format!("{SEED}={seed}"));
        let pairs: Vec<String> = pairs.iter().cloned().chain(seed).collect();
        let mut request = Self::of(address, spec, &pairs, steps)?;
        request.kept = arguments.option("kept").map(|text| kept(spec, &request.values, text)).transpose()?;
        Ok(request)
    }

    fn of(
        address: &str,
        spec: &'static Spec,
        pairs: &[String],
        steps: Option<&str>,
    ) -> Result<Self, Failure> {
        let mut values = spec.defaults();
        let mut notes = Vec::new();
        for pair in pairs {
            let (id, text) = pair.split_once('=').ok_or_else(|| {
                let ids: Vec<&str> = spec.controls.iter().map(|c| c.id).collect();
                Failure::Arguments(format!(
                    "“{}” sets nothing: write control=value, where the controls are {}.",
                    shorten(pair),
                    ids.join(", ")
                ))
            })?;
            let text = own_data(spec, id, text)?;
            match values.set_text(id, &text) {
                Ok(note) => notes.extend(note.map(|n| n.sentence)),
                Err(refusal) => return Err(Failure::Arguments(refusal.sentence)),
            }
        }
        let steps = match steps {
            None => spec.pace.opening,
            Some(text) => number("steps", text, 0, FURTHEST_STEP)?,
        };
        Ok(Self { address: address.to_owned(), spec, values, steps, kept: None, notes })
    }

    /// A fresh run with these values.
    #[must_use]
    pub fn runner(&self) -> Runner {
        Runner::new(self.spec, self.values.clone())
    }

    /// A fresh run of what it is compared with.
    #[must_use]
    pub fn rival(&self) -> Option<Runner> {
        self.kept.as_ref().map(|kept| Runner::new(self.spec, kept.clone()))
    }
}

/// The text of a control; `own=@runs.csv` is what a file has.
fn own_data<'a>(spec: &'static Spec, id: &str, text: &'a str) -> Result<Cow<'a, str>, Failure> {
    let may = spec.controls.iter().any(|control| control.id == id && is_own(control));
    match text.strip_prefix('@').filter(|_| may) {
        None => Ok(text.into()),
        Some(file) => match std::fs::read_to_string(file) {
            Ok(text) => Ok(text.into()),
            Err(error) => Err(Failure::Arguments(format!("{file} is not readable as text: {error}."))),
        },
    }
}

/// Reads the option `kept`, `k:2,beta:0.9`: a second run with the seed of the first.
fn kept(spec: &'static Spec, values: &Values, text: &str) -> Result<Values, Failure> {
    let mut refusals = Vec::new();
    let mut kept = read_kept(spec, text, &mut refusals);
    if let Some(refusal) = refusals.into_iter().next() {
        return Err(Failure::Arguments(refusal.sentence));
    }
    kept.share_seed(values);
    Ok(kept)
}

/// What addresses of the site begin with: the option `url`, else the variable [`URL`], else nothing,
/// so that they are relative.
///
/// # Errors
/// What is no address of a folder.
pub fn site(arguments: &Arguments) -> Result<String, Failure> {
    let named = arguments.option("url").map(str::to_owned).or_else(|| std::env::var(URL).ok());
    match named {
        None => Ok(String::new()),
        Some(url) if url.starts_with("https://") || url.starts_with("http://") => {
            Ok(if url.ends_with('/') { url } else { format!("{url}/") })
        }
        Some(url) => Err(Failure::Arguments(format!(
            "“{}” is no address of a site: --url and {URL} take one such as https://example.org/tinkerable/.",
            shorten(&url)
        ))),
    }
}

/// The variable that says where the site will stand.
pub const URL: &str = "TINKERABLE_URL";

/// A whole number that an option takes.
///
/// # Errors
/// Text that is none, or out of range.
pub fn number(option: &str, text: &str, least: u64, most: u64) -> Result<u64, Failure> {
    text.parse().ok().filter(|n| (least..=most).contains(n)).ok_or_else(|| {
        Failure::Arguments(format!(
            "“{}” is no value for --{option}: it takes a whole number from {least} to {most}.",
            shorten(text)
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample;

    fn read(words: &[&str], steps: Option<&str>) -> Result<Request, String> {
        let pairs: Vec<String> = words.iter().map(|w| (*w).to_owned()).collect();
        Request::of("counting/count", &sample::SPEC, &pairs, steps).map_err(|failure| match failure {
            Failure::Arguments(sentence) | Failure::Work(sentence) => sentence,
        })
    }

    #[test]
    fn a_request_is_complete() {
        let request = read(&["stride=5", "loud=on"], None).expect("legal");
        assert_eq!(request.steps, 12);
        assert_eq!(request.values.integer("stride"), 5);
        assert!(request.values.toggle("loud") && request.notes.is_empty());
        assert_eq!(read(&[], Some("0")).map(|r| r.steps), Ok(0));
    }

    #[test]
    fn a_value_off_the_grid_is_snapped_with_a_note() {
        let request = read(&["stride=11.2"], None).expect("snapped");
        assert_eq!(request.values.integer("stride"), 10);
        assert!(request.notes[0].contains("a whole number from 1 to 10"));
    }

    #[test]
    fn texts_and_drawings_are_read_and_refused_at_a_place() {
        let request = read(&["word=a=b, c", "sketch=0f\n0f\n3"], None).expect("legal");
        assert_eq!(request.values.text("word"), "a=b, c");
        assert_eq!(request.values.drawing("sketch"), [0, 15, 0, 0, 0, 15, 0, 0, 3, 0, 0, 0]);
        let refused = |word: &str| read(&[word], None).err().unwrap_or_default();
        assert_eq!(refused("word=go stop"), "Word, character 4: “stop” is never counted: take another word.");
        assert!(
            refused("word=ticktickticktick")
                .starts_with("Word, character 13: there are 16 characters. It takes up to 12")
        );
        assert_eq!(refused("sketch=0f.0g"), "Sketch, row 2, cell 2: “g” is none of 0 (blank) to f (full).");
        assert_eq!(
            refused("sketch=0"),
            "Sketch, row 1, cell 1: draw something: at least one cell of 12, not 0."
        );
    }

    #[test]
    fn refusals_list_what_would_be_right() {
        let refused = |words: &[&str], steps| read(words, steps).err().unwrap_or_default();
        assert!(refused(&["stride=NaN"], None).contains("a whole number from 1 to 10"));
        assert!(refused(&["order=left"], None).contains("up, down"));
        assert!(refused(&["stide=2"], None).contains("stride, order, loud, seed, word, sketch"));
        assert!(refused(&["stride"], None).contains("stride, order, loud, seed, word, sketch"));
        assert!(refused(&[], Some("-3")).contains("from 0 to 1000000"));
    }
}
