//! Messages from a page that holds a simulation in a frame, version 1.
//!
//! In: `{ tinkerable: 1, type: "set", values: { k: 2 } }`, and the types preset (`preset: "id"`),
//! play, pause, step (`steps: 10`, else one), reset, get, why (`readout: "loss"`). Out: ready, readouts, reasons
//! (why a readout stands where it stands, once the runs that this takes are made), error. A message that
//! is wrong in any part is answered with a sentence and changes nothing.

use super::embed::{self, LOOK};
use crate::lab::address::join;
use crate::lab::run::readout_of;
use crate::lab::schema::control::shorten;
use crate::lab::schema::values::Values;
use crate::lab::simulation::Spec;

/// The version that is spoken here.
pub const VERSION: f64 = 1.0;

/// Most steps that one message may ask for.
pub const MOST_STEPS: f64 = 10_000.0;

/// Most values that one message may set.
const MOST_VALUES: usize = 100;

/// What a message says, before it is looked at: its fields as text, a number as JavaScript writes it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Letter {
    /// `type`; absent where it is no string.
    pub kind: Option<String>,
    /// Entries of `values`; `None` for a value that is neither string, number nor boolean.
    pub values: Vec<(String, Option<String>)>,
    /// Names of those entries that are `null`: what they name goes back to its default.
    pub defaults: Vec<String>,
    pub preset: Option<String>,
    pub readout: Option<String>,
    /// `steps`, where it is given; not a number where it is none.
    pub steps: Option<f64>,
}

/// A message that is right.
#[derive(Clone, Debug, PartialEq)]
pub enum Request {
    /// All values, of which those of the message are changed; and what of the frame's look is, by name:
    /// an empty text for its default.
    Set(Values, Vec<(&'static str, String)>),
    Preset(&'static str),
    Play,
    Pause,
    Step(u64),
    Reset,
    Get,
    /// Of the readout at this position.
    Why(usize),
}

/// Reads a letter to a simulation that has `values` now.
///
/// # Errors
/// A sentence that names what is wrong and says what would be right.
pub fn read(spec: &'static Spec, values: &Values, letter: &Letter) -> Result<Request, String> {
    const TYPES: &str = "set, preset, play, pause, step, reset, get, why";
    let kind = letter.kind.as_deref().ok_or_else(|| format!("A message has a type, one of {TYPES}."))?;
    match kind {
        "set" => set(spec, values.clone(), letter),
        "preset" => {
            let ids: Vec<&str> = spec.presets.iter().map(|p| p.id).collect();
            let asked = letter.preset.as_deref().unwrap_or("");
            let found = ids.iter().find(|id| **id == asked);
            found.map(|id| Request::Preset(id)).ok_or_else(|| {
                format!("There is no preset “{}”: there are {}.", shorten(asked), ids.join(", "))
            })
        }
        "play" => Ok(Request::Play),
        "pause" => Ok(Request::Pause),
        "step" => {
            let steps = letter.steps.unwrap_or(1.0);
            if steps.fract() == 0.0 && (1.0..=MOST_STEPS).contains(&steps) {
                Ok(Request::Step(steps as u64))
            } else {
                Err(format!("{steps} is no number of steps: it takes a whole number from 1 to {MOST_STEPS}."))
            }
        }
        "reset" => Ok(Request::Reset),
        "get" => Ok(Request::Get),
        "why" => readout_of(spec, letter.readout.as_deref().unwrap_or("")).map(Request::Why),
        other => Err(format!("There is no message “{}”: the types are {TYPES}.", shorten(other))),
    }
}

fn set(spec: &'static Spec, mut values: Values, letter: &Letter) -> Result<Request, String> {
    let Letter { values: entries, defaults, .. } = letter;
    if entries.is_empty() && defaults.is_empty() {
        return Err("A message of type set has values, as in { k: 2 }.".to_owned());
    }
    if entries.len() + defaults.len() > MOST_VALUES {
        return Err(format!("A message sets {MOST_VALUES} values at the most."));
    }
    // A control goes before what the frame has of its name.
    let look_of =
        |id: &str| LOOK.into_iter().find(|name| *name == id && spec.defaults().position(id).is_none());
    let mut look = Vec::new();
    for id in defaults {
        match (look_of(id), spec.controls.iter().find(|control| control.id == id)) {
            (Some(name), _) => look.push((name, String::new())),
            (None, Some(control)) => values.set(control.id, control.default()),
            (None, None) => values.set_text(id, "").map(drop).map_err(|refusal| refusal.sentence)?,
        }
    }
    for (id, text) in entries {
        let text = text.as_deref().ok_or_else(|| {
            format!("The value of “{}” is neither a number, a string nor a boolean.", shorten(id))
        })?;
        if let Some(name) = look_of(id) {
            let query = join([(id.clone(), text.to_owned())]);
            if let Some(refusal) = embed::read(spec, &query).1.into_iter().next() {
                return Err(refusal.sentence);
            }
            look.push((name, text.to_owned()));
            continue;
        }
        match values.set_text(id, text) {
            Ok(None) => {}
            // What an address may say roughly, a program can say exactly.
            Ok(Some(refusal)) | Err(refusal) => return Err(refusal.sentence),
        }
    }
    Ok(Request::Set(values, look))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::SPEC;
    use proptest::prelude::*;

    fn letter(kind: &str) -> Letter {
        Letter { kind: Some(kind.to_owned()), ..Letter::default() }
    }

    #[test]
    fn each_type_is_understood() {
        let now = SPEC.defaults();
        for (kind, request) in [
            ("play", Request::Play),
            ("pause", Request::Pause),
            ("step", Request::Step(1)),
            ("reset", Request::Reset),
            ("get", Request::Get),
        ] {
            assert_eq!(read(&SPEC, &now, &letter(kind)), Ok(request));
        }
        let why = Letter { readout: Some("mean".to_owned()), ..letter("why") };
        assert_eq!(read(&SPEC, &now, &why), Ok(Request::Why(1)));
        let ten = Letter { steps: Some(10.0), ..letter("step") };
        assert_eq!(read(&SPEC, &now, &ten), Ok(Request::Step(10)));
        let seed = Letter { values: vec![("seed".to_owned(), Some("7".to_owned()))], ..letter("set") };
        let Ok(Request::Set(values, _)) = read(&SPEC, &now, &seed) else { panic!("set") };
        assert_eq!(values.seed(), 7);
        let back = Letter { defaults: vec!["seed".to_owned(), "theme".to_owned()], ..letter("set") };
        assert_eq!(
            read(&SPEC, &values, &back),
            Ok(Request::Set(SPEC.defaults(), vec![("theme", String::new())]))
        );
        let dark = Letter { values: vec![("theme".to_owned(), Some("dark".to_owned()))], ..letter("set") };
        assert_eq!(
            read(&SPEC, &now, &dark),
            Ok(Request::Set(SPEC.defaults(), vec![("theme", "dark".to_owned())]))
        );
        let typed =
            [("word", "tock"), ("sketch", "f")].map(|(id, text)| (id.to_owned(), Some(text.to_owned())));
        let Ok(Request::Set(values, _)) =
            read(&SPEC, &now, &Letter { values: typed.into(), ..letter("set") })
        else {
            panic!("set")
        };
        assert_eq!((values.text("word"), values.drawing("sketch")[0]), ("tock", 15));
    }

    #[test]
    fn what_is_wrong_is_named_and_one_wrong_value_spoils_all() {
        let now = SPEC.defaults();
        let wrong = |letter: &Letter, word: &str| {
            let said = read(&SPEC, &now, letter).unwrap_err();
            assert!(said.contains(word), "{said}");
        };
        wrong(&Letter::default(), "has a type");
        wrong(&letter("explode"), "“explode”");
        wrong(&letter("set"), "has values");
        wrong(&Letter { steps: Some(f64::NAN), ..letter("step") }, "number of steps");
        wrong(&Letter { steps: Some(1e9), ..letter("step") }, "from 1 to 10000");
        wrong(&letter("why"), "total, mean");
        wrong(&Letter { readout: Some("maen".to_owned()), ..letter("why") }, "perhaps mean");
        wrong(&Letter { preset: Some("nowhere".to_owned()), ..letter("preset") }, "“nowhere”");
        let pair = |id: &str, text: Option<&str>| (id.to_owned(), text.map(str::to_owned));
        let seeds = |other| Letter { values: vec![pair("seed", Some("7")), other], ..letter("set") };
        wrong(&seeds(pair("nothing", Some("1"))), "“nothing”");
        wrong(&seeds(pair("seed", Some("5000000000"))), "Seed");
        wrong(&seeds(pair("theme", Some("pink"))), "“pink”");
        wrong(&Letter { defaults: vec!["nothing".to_owned()], ..letter("set") }, "“nothing”");
        wrong(&seeds(pair("seed", None)), "neither");
        wrong(&seeds(pair("word", Some("don’t stop"))), "Word, character 4");
        wrong(&seeds(pair("sketch", Some("0f.xf"))), "Sketch, row 2, cell 1");
    }

    proptest! {
        #[test]
        fn no_letter_panics_and_none_sets_an_illegal_value(
            kind in proptest::option::of("set|step|preset|play|why|.{0,12}"),
            values in proptest::collection::vec(("seed|word|sketch|.{0,8}", proptest::option::of(".{0,12}|-?[0-9]{1,6}")), 0..5),
            defaults in proptest::collection::vec("seed|theme|.{0,8}", 0..3),
            preset in proptest::option::of(".{0,12}"),
            readout in proptest::option::of("mean|.{0,12}"),
            steps in proptest::option::of(any::<f64>()),
        ) {
            let letter = Letter { kind, values, defaults, preset, readout, steps };
            if let Ok(Request::Set(values, _)) = read(&SPEC, &SPEC.defaults(), &letter) {
                for (control, value) in values.iter() {
                    prop_assert_eq!(control.admit(value.clone()), Some(value.clone()));
                }
            }
        }
    }
}
