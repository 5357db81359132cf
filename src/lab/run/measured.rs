//! Numbers in a text that come from runs: `[51.3 %](run:moe-train?at=1600#change:loss)`.
//!
//! A text agrees with its run where both are the same at the digits that the text shows. At a tie
//! either side may be written.

use crate::lab::run::{Answer, Run, Summary};
use crate::lab::schema::readout::{format_number, format_trimmed};

/// What the address of a measured number's link begins with.
pub const SCHEME: &str = "run:";

/// A part of a text with measured numbers in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    Words(&'a str),
    /// A number as it is written, and the name of its run.
    Number {
        shown: &'a str,
        run: &'a str,
    },
}

/// Takes apart a text of the program: presets, bets and challenges write their numbers as articles do.
#[must_use]
pub fn pieces(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, shown, run, after)) = first(rest) {
        pieces.extend([Piece::Words(before), Piece::Number { shown, run }]);
        rest = after;
    }
    pieces.push(Piece::Words(rest));
    pieces.retain(|piece| *piece != Piece::Words(""));
    pieces
}

/// The first number of a text: what stands before it, the number, its run, and what stands after it.
fn first(text: &str) -> Option<(&str, &str, &str, &str)> {
    let middle = text.find("](run:")?;
    let open = text[..middle].rfind('[')?;
    let link = &text[middle + 2 + SCHEME.len()..];
    let close = link.find(')')?;
    Some((&text[..open], &text[open + 1..middle], &link[..close], &link[close + 1..]))
}

/// The text as a reader sees it.
#[must_use]
pub fn plain(text: &str) -> String {
    let words = |piece: Piece<'_>| match piece {
        Piece::Words(words) => words.to_owned(),
        Piece::Number { shown, .. } => shown.to_owned(),
    };
    pieces(text).into_iter().map(words).collect()
}

/// A number as a text shows it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Shown {
    pub value: f64,
    /// One unit of its last digit.
    pub unit: f64,
    /// Where it stands in the text.
    from: usize,
    to: usize,
}

/// Words that are numbers: an article writes small ones so.
const WORDS: [&str; 13] = [
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
];

/// Words that multiply the number before them.
const SCALES: [(&str, f64); 4] = [("thousand", 1e3), ("million", 1e6), ("billion", 1e9), ("trillion", 1e12)];

/// All numbers of a text, in their order: digits in groups or not, with or without a fraction and a
/// power of ten; the words up to twelve where a text has no digit.
#[must_use]
pub fn numbers(text: &str) -> Vec<Shown> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(begin) = text[at..].find(|c: char| c.is_ascii_digit()).map(|i| at + i) {
        let shown = digits(text, begin);
        at = shown.to;
        found.push(shown);
    }
    if found.is_empty() {
        let mut from = 0;
        for word in text.split_inclusive(|c: char| !c.is_alphabetic()) {
            let bare = word.trim_end_matches(|c: char| !c.is_alphabetic()).to_lowercase();
            if let Some(value) = WORDS.iter().position(|w| *w == bare) {
                found.push(Shown { value: value as f64, unit: 1.0, from, to: from + bare.len() });
            }
            from += word.len();
        }
    }
    found
}

/// The number whose first digit stands at `begin`.
fn digits(text: &str, begin: usize) -> Shown {
    let before = text[..begin].chars().next_back();
    let sign = match before {
        Some('−') => Some('−'),
        // Between two numbers it is a dash.
        Some('-') if !text[..begin - 1].ends_with(|c: char| c.is_alphanumeric()) => Some('-'),
        _ => None,
    };
    let bytes = text.as_bytes();
    let is_digit = |i: usize| bytes.get(i).is_some_and(u8::is_ascii_digit);
    let mut end = begin;
    let mut plain = String::new();
    let mut decimals = None;
    loop {
        if is_digit(end) {
            plain.push(char::from(bytes[end]));
            if let Some(n) = decimals.as_mut() {
                *n += 1;
            }
            end += 1;
        } else if bytes.get(end) == Some(&b'.') && decimals.is_none() && is_digit(end + 1) {
            plain.push('.');
            decimals = Some(0);
            end += 1;
        } else if bytes.get(end) == Some(&b',')
            && decimals.is_none()
            && (end + 1..end + 4).all(is_digit)
            && !is_digit(end + 4)
        {
            end += 1;
        } else {
            break;
        }
    }
    let (power, length) = power_of_ten(&text[end..]);
    end += length;
    let exponent = power - decimals.unwrap_or(0);
    let read = |text: String| crate::lab::schema::entry::number(&text).unwrap_or(f64::NAN);
    let sign_length = sign.map_or(0, char::len_utf8);
    Shown {
        value: read(format!("{}{plain}e{power}", if sign.is_some() { "-" } else { "" })),
        unit: read(format!("1e{exponent}")),
        from: begin - sign_length,
        to: end,
    }
}

/// `×10⁻⁷` at the beginning of a text: the power, and how long it is.
fn power_of_ten(text: &str) -> (i32, usize) {
    let Some(rest) = text.strip_prefix("×10") else { return (0, 0) };
    let mut power = String::new();
    let mut length = text.len() - rest.len();
    for c in rest.chars() {
        let digit = match c {
            '⁻' if power.is_empty() => '-',
            '⁰' => '0',
            '¹' => '1',
            '²' => '2',
            '³' => '3',
            c @ '⁴'..='⁹' => char::from(b'4' + (c as u32 - '⁴' as u32) as u8),
            _ => break,
        };
        power.push(digit);
        length += c.len_utf8();
    }
    power.parse().map_or((0, 0), |power| (power, length))
}

/// Whether a text agrees with what its run says.
///
/// # Errors
/// A sentence with both numbers, or on what is no number.
pub fn agrees(text: &str, run: &Run, answer: &Answer) -> Result<(), String> {
    let mut shown = numbers(text);
    let mut wanted = answer.numbers.clone();
    // "38 of 40": how many seeds there are is checked as well.
    if let (Some(Summary::Count), Some(seeds), 2) = (run.asked.summary, &run.seeds, shown.len()) {
        wanted.push(seeds.as_slice().len() as f64);
    }
    if shown.is_empty() {
        return Err(format!(
            "“{text}” has no number in it, and the run says {}: write it.",
            said(run, &wanted)
        ));
    }
    if shown.len() != wanted.len() {
        let (is, are) = (shown.len(), wanted.len());
        return Err(format!("“{text}” shows {} where the run has {are}: {}.", count(is), said(run, &wanted)));
    }
    let last = shown[shown.len() - 1];
    let behind = text[last.to..].trim_start_matches(|c: char| c.is_whitespace());
    let factor = factor(behind, text, run)?;
    for number in &mut shown {
        number.value *= factor;
        number.unit *= factor;
    }
    let differs = shown.iter().zip(&wanted).any(|(shown, x)| {
        let slack = 0.5 * shown.unit * (1.0 + 1e-9) + 1e-12 * x.abs();
        (shown.value - x).abs() > slack || shown.value.is_nan()
    });
    if differs {
        let right: Vec<String> =
            shown.iter().zip(&wanted).map(|(shown, x)| written(*x / factor, shown.unit / factor)).collect();
        return Err(format!(
            "The text says “{text}”, and the run {}: {run} gives {}.",
            right.join(" and "),
            said(run, &wanted)
        ));
    }
    Ok(())
}

/// The numbers of a text in the unit of a run, each with the worth of its last digit.
///
/// # Errors
/// A sentence, where the text has another unit.
pub fn in_units_of(text: &str, run: &Run) -> Result<Vec<(f64, f64)>, String> {
    let shown = numbers(text);
    let Some(last) = shown.last() else { return Err(format!("“{text}” has no number in it.")) };
    let factor = factor(text[last.to..].trim(), text, run)?;
    Ok(shown.iter().map(|number| (number.value * factor, number.unit * factor)).collect())
}

fn count(n: usize) -> String {
    if n == 1 { "one number".to_owned() } else { format!("{n} numbers") }
}

/// What a number is multiplied with for the unit of the run, by what stands behind it.
fn factor(behind: &str, text: &str, run: &Run) -> Result<f64, String> {
    let own = run.spec.readouts[run.asked.clauses[0].readout].unit;
    // A multiple is a share, too.
    let own = if run.asked.has_unit() && own != "×" { own } else { "" };
    let (word, rest) = behind.split_once(char::is_whitespace).unwrap_or((behind, ""));
    // A unit such as "billion" is a scale as well.
    let scale_of = |word: &str| SCALES.iter().find(|(name, _)| *name == word).map(|(_, by)| *by);
    let (scale, unit) = match scale_of(word) {
        Some(scale) => (scale, rest.trim()),
        None => (1.0, behind),
    };
    let own_scale = scale_of(own).unwrap_or(1.0);
    let own_unit = if scale_of(own).is_some() { "" } else { own };
    if let Some(rest) = unit.strip_prefix('%') {
        // A share of one is a hundred percent.
        let of_one = if own_unit == "%" { 1.0 } else { 0.01 };
        if (own_unit == "%" || own_unit.is_empty()) && scale_of(own).is_none() && !rest.starts_with('%') {
            return Ok(scale * of_one);
        }
    }
    let unit_fits = own_unit.is_empty()
        || unit.is_empty()
        || unit == own_unit
        || unit.strip_prefix(own_unit).is_some_and(|rest| rest.starts_with(char::is_whitespace))
        || unit == run.spec.readouts[run.asked.clauses[0].readout].spoken_unit;
    if !unit_fits {
        return Err(format!("“{text}” has another unit than its run, whose unit is {own_unit}."));
    }
    if own_scale > 1.0 && scale == 1.0 && !unit.is_empty() {
        return Err(format!("“{text}” has another unit than its run, whose unit is {own}."));
    }
    Ok(scale / own_scale)
}

/// A number as it would be written with its last digit worth `unit`.
#[must_use]
pub fn written(x: f64, unit: f64) -> String {
    let mut decimals = 0;
    let mut digit = 1.0;
    while digit > unit * 1.5 && decimals < 12 {
        digit /= 10.0;
        decimals += 1;
    }
    if (unit * 0.5).abs() > x.abs() && x != 0.0 && unit >= 1.0 {
        "0".to_owned()
    } else {
        format_number(x, decimals)
    }
}

/// The run's own numbers with more digits than a text shows.
fn said(run: &Run, numbers: &[f64]) -> String {
    let unit = if run.asked.has_unit() { run.spec.readouts[run.asked.clauses[0].readout].unit } else { "" };
    let each = numbers.iter().map(|x| significant(*x));
    format!("{} {unit}", each.collect::<Vec<_>>().join(" and ")).trim_end().to_owned()
}

/// Six significant digits.
fn significant(x: f64) -> String {
    let magnitude = x.abs();
    if x == 0.0 || (1e-4..1e15).contains(&magnitude) {
        let mut decimals = 5_usize;
        let mut ten = 10.0;
        while magnitude >= ten && decimals > 0 {
            ten *= 10.0;
            decimals -= 1;
        }
        format_trimmed(x, decimals)
    } else {
        format_number(x, 0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::run::Run;
    use crate::sample::SPEC;

    fn run(name: &str) -> Run {
        Run::parse(name, &[&SPEC]).unwrap_or_else(|sentence| panic!("{name}: {sentence}"))
    }

    fn check(text: &str, name: &str, numbers: &[f64]) -> Result<(), String> {
        let answer = Answer { numbers: numbers.to_vec(), each: vec![(None, numbers[0])] };
        agrees(text, &run(name), &answer)
    }

    #[test]
    fn a_text_agrees_at_the_digits_that_it_shows() {
        for (text, number) in [
            ("51.3", 51.294),
            ("51.25", 51.254_999),
            ("51", 51.294),
            ("−2.5", -2.46),
            ("1,234", 1234.4),
            ("46,702,792,704", 46_702_792_704.0),
            ("1.8×10⁻⁷", 1.79e-7),
            ("0", 0.2),
            // Of a tie either side.
            ("2", 2.5),
            ("3", 2.5),
            ("four", 4.0),
            ("+36", 36.1),
            ("5 thousand", 5_400.0),
            ("about 24", 23.9),
        ] {
            assert_eq!(check(text, "#mean", &[number]), Ok(()), "{text}");
        }
        for (text, number) in [
            ("51.3", 51.24),
            ("52", 51.294),
            ("2.5", -2.5),
            ("51.30", 51.294),
            ("1.8×10⁻⁷", 1.8e-6),
            ("four", 4.6),
            ("1,000", 999.4),
        ] {
            let sentence = check(text, "#mean", &[number]).unwrap_err();
            assert!(sentence.contains(&format!("The text says “{text}”, and the run ")), "{sentence}");
        }
    }

    #[test]
    fn a_disagreement_shows_both_numbers_and_names_the_run() {
        let sentence = check("52 units", "?stride=5&at=10#total", &[51.3]).unwrap_err();
        assert_eq!(
            sentence,
            "The text says “52 units”, and the run 51: count?stride=5&at=10#total gives 51.3 units."
        );
        let sentence = check("−0.52", "#mean", &[-0.513]).unwrap_err();
        assert!(sentence.contains("and the run −0.51: count#mean gives −0.513"), "{sentence}");
    }

    #[test]
    fn units_are_part_of_a_number() {
        assert_eq!(check("36 units", "#total", &[36.0]), Ok(()));
        assert_eq!(check("36", "#total", &[36.0]), Ok(()));
        assert_eq!(check("36 units in all", "#total", &[36.0]), Ok(()));
        assert!(check("36 GB", "#total", &[36.0]).unwrap_err().contains("whose unit is units"));
        assert!(check("36 %", "#total", &[36.0]).is_err());
        // A share is shown in percent.
        assert_eq!(check("97.5 %", "?seeds=1..40#share:total>3", &[0.975]), Ok(()));
        assert_eq!(check("51.3\u{202f}%", "?kept=stride:2#change:total", &[0.513]), Ok(()));
        let (_, spec) = crate::topics::find("mixture-of-experts/moe-train").expect("a simulation");
        let above = Run::parse("moe-train#max_violation", &[spec]).expect("a run");
        let answer = Answer { numbers: vec![0.369], each: vec![(None, 0.369)] };
        for text in ["37 %", "0.37 ×", "0.37", "0.37 times"] {
            assert_eq!(agrees(text, &above, &answer), Ok(()), "{text}");
        }
        assert_eq!(check("1.5 times", "?kept=stride:2#ratio:total", &[1.5]), Ok(()));
    }

    #[test]
    fn a_range_and_a_count_show_two_numbers() {
        assert_eq!(check("−30 to 36", "?seeds=1..4#range:mean", &[-30.4, 36.2]), Ok(()));
        assert_eq!(check("3–5", "?seeds=1..4#range:mean", &[3.0, 5.0]), Ok(()));
        assert_eq!(check("3-5", "?seeds=1..4#range:mean", &[3.0, 5.0]), Ok(()));
        assert!(check("3", "?seeds=1..4#range:mean", &[3.0, 5.0]).unwrap_err().contains("one number"));
        assert_eq!(check("38 of 40", "?seeds=1..40#count:total>3", &[38.0]), Ok(()));
        assert!(check("38 of 50", "?seeds=1..40#count:total>3", &[38.0]).is_err());
        assert_eq!(check("38", "?seeds=1..40#count:total>3", &[38.0]), Ok(()));
    }

    #[test]
    fn words_that_are_no_numbers_are_refused() {
        let sentence = check("a quarter", "#mean", &[0.25]).unwrap_err();
        assert_eq!(sentence, "“a quarter” has no number in it, and the run says 0.25: write it.");
    }

    #[test]
    fn texts_of_the_program_have_numbers_as_articles_have() {
        let text = "Ends at [36 units](run:#total), and [3.00](run:?at=7#mean) a step (on average).";
        assert_eq!(
            pieces(text),
            [
                Piece::Words("Ends at "),
                Piece::Number { shown: "36 units", run: "#total" },
                Piece::Words(", and "),
                Piece::Number { shown: "3.00", run: "?at=7#mean" },
                Piece::Words(" a step (on average)."),
            ]
        );
        assert_eq!(plain(text), "Ends at 36 units, and 3.00 a step (on average).");
        assert_eq!(plain("Nothing [here](there)."), "Nothing [here](there).");
    }

    #[test]
    fn numbers_are_found_where_they_stand() {
        let values = |text| numbers(text).iter().map(|n| n.value).collect::<Vec<_>>();
        assert_eq!(values("from 1,000 to 2.5, then 3."), [1000.0, 2.5, 3.0]);
        assert_eq!(values("1,2,3 and 10,00"), [1.0, 2.0, 3.0, 10.0, 0.0]);
        assert_eq!(values("GPT-2 and −4"), [2.0, -4.0]);
    }
}
