//! Answers to the questions of a lesson, as one address that replays them.
//!
//! `?answers=1:balance=bias,at=600;3:top_k=4,seed=7,at=1000`: by the number of the question the values that
//! differ from the defaults, and the step at which the figure stood. In its texts a comma is `%2C`, a
//! semicolon `%3B` and a percent sign `%25`, before the query is encoded.

use crate::lab::address::{AT, Moment, escaped, unescaped};
use crate::lab::run::question::changed;
use crate::lab::run::told;
use crate::lab::schema::control::shorten;
use crate::lab::simulation::Spec;

/// The name of the answers in an address.
pub const ANSWERS: &str = "answers";

/// What cuts answers and their values, as it stands in their texts.
const SIGNS: [(&str, &str); 2] = [(",", "%2C"), (";", "%3B")];

/// The name of the question, by its number, that an address of an article sets.
pub const QUESTION: &str = "question";

/// The query of some answers, without `?`: of each question in its order the moment, if it has one.
#[must_use]
pub fn encode(answers: &[Option<(&Spec, &Moment)>]) -> String {
    let answers = answers.iter().enumerate().filter_map(|(i, answer)| {
        let (spec, moment) = (*answer)?;
        Some(format!("{}:{}", i + 1, written(spec, moment)))
    });
    format!("{ANSWERS}={}", told(&answers.collect::<Vec<_>>().join(";")))
}

/// One answer: `balance=bias,at=600`.
#[must_use]
pub fn written(spec: &Spec, moment: &Moment) -> String {
    let own = moment.values.iter().filter(|(control, value)| **value != control.default());
    let mut pairs: Vec<String> = own
        .map(|(control, value)| format!("{}={}", control.id, escaped(&control.written(value), &SIGNS)))
        .collect();
    pairs.push(format!("{AT}={}", moment.at.unwrap_or(spec.pace.opening)));
    pairs.join(",")
}

/// Reads one answer.
///
/// # Errors
/// A sentence on what is wrong, and what would be right.
pub fn read_one(spec: &'static Spec, text: &str) -> Result<Moment, String> {
    let mut pairs = Vec::new();
    for pair in text.split(',') {
        let (name, text) = pair.split_once('=').ok_or_else(|| {
            format!("“{}” is no value with its name: an answer has the form k=2,{AT}=600.", shorten(pair))
        })?;
        pairs.push((name.to_owned(), unescaped(text, &SIGNS)));
    }
    let moment = changed(spec, Moment::of(spec.defaults(), None), pairs)?;
    if moment.at.is_none() {
        return Err(format!("It names no step: write {AT}=600, say, behind its values."));
    }
    Ok(moment)
}

/// Reads the answers of an address to questions of these figures: a moment for each question that has one,
/// and a sentence for each part that cannot be used. What is wrong with one answer leaves the others.
#[must_use]
pub fn decode(specs: &[&'static Spec], text: &str) -> (Vec<Option<Moment>>, Vec<String>) {
    let mut answers = vec![None; specs.len()];
    let mut wrong = Vec::new();
    for part in text.split(';') {
        let numbered = part.split_once(':').and_then(|(number, answer)| {
            let index = number.parse::<usize>().ok()?.checked_sub(1)?;
            Some((index, specs.get(index)?, answer))
        });
        let Some((index, spec, answer)) = numbered else {
            wrong.push(format!(
                "“{}” answers no question of this page: an answer begins with the number of its question, 1 to {}, \
                 and a colon, as in 1:k=2,{AT}=600.",
                shorten(part),
                specs.len()
            ));
            continue;
        };
        match read_one(spec, answer) {
            _ if answers[index].is_some() => {
                wrong.push(format!("Question {} is answered twice: the first answer stands.", index + 1));
            }
            Ok(moment) => answers[index] = Some(moment),
            Err(sentence) => wrong.push(format!("Answer {}: {sentence}", index + 1)),
        }
    }
    (answers, wrong)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::Values;
    use crate::lab::address::value;
    use crate::sample::SPEC;

    #[test]
    fn answers_are_one_readable_address_that_reads_back() {
        let moment = |pairs, at| Moment::of(Values::with(SPEC.controls, pairs), Some(at));
        let first = moment(&[("stride", "5"), ("seed", "9")], 7);
        let third = moment(&[("word", "a, b; 5%2C")], 0);
        let query = encode(&[Some((&SPEC, &first)), None, Some((&SPEC, &third))]);
        assert_eq!(query, "answers=1:stride=5,seed=9,at=7;3:word=a%252C+b%253B+5%25252C,at=0");
        let text = value(&query, ANSWERS).expect("it is named");
        let (answers, wrong) = decode(&[&SPEC; 3], &text);
        assert_eq!((answers, wrong), (vec![Some(first), None, Some(third)], Vec::new()));
    }

    #[test]
    fn what_is_wrong_in_answers_is_named_and_the_rest_stands() {
        let text = "1:at=7;4:at=3;x;2:stride=5;2:stride=99,at=1;1:at=8;2:zzz=1,at=2;2:at=-1;2:5";
        let (answers, wrong) = decode(&[&SPEC; 3], text);
        assert_eq!(answers, [Some(Moment::of(SPEC.defaults(), Some(7))), None, None]);
        let named = [
            "“4:at=3” answers no question of this page",
            "1 to 3",
            "Answer 2: It names no step",
            "from 1 to 10",
            "answered twice",
            "no control “zzz”",
            "“-1” is no step",
            "“5” is no value with its name",
        ];
        assert_eq!(wrong.len(), 8, "{wrong:?}");
        for (said, named) in wrong.iter().zip(named) {
            assert!(said.contains(named), "{named} in {said}");
        }
        assert_eq!(decode(&[&SPEC], "").1.len(), 1);
    }
}
