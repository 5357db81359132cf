//! Units in words: one of them, and several.

use std::borrow::Cow;

/// Units whose forms do not follow the rule: one, several.
const FORMS: [(&str, &str); 5] = [
    ("slice of keys", "slices of keys"),
    ("10 seconds of decoding", "times 10 seconds of decoding"),
    ("ten scenes", "times ten scenes"),
    ("standard error", "standard errors"),
    ("vertex", "vertices"),
];

/// Words that end like several and are not.
const NEITHER: [&str; 5] = ["times", "its", "series", "bias", "less"];

/// Several of what is named in the singular.
#[must_use]
pub fn several(unit: &str) -> String {
    if let Some((_, several)) = FORMS.iter().find(|(one, _)| *one == unit) {
        return (*several).to_owned();
    }
    let consonant_and_y = unit.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'i', 'o', 'u']));
    match consonant_and_y {
        Some(stem) => format!("{stem}ies"),
        None if ["s", "x", "z", "ch", "sh"].iter().any(|end| unit.ends_with(end)) => format!("{unit}es"),
        None => format!("{unit}s"),
    }
}

/// One of what is named in the plural, as the units of readouts and controls are; signs and
/// abbreviations stay as they are.
#[must_use]
pub fn one(unit: &str) -> String {
    if let Some((one, _)) = FORMS.iter().find(|(_, several)| *several == unit) {
        return (*one).to_owned();
    }
    // "tokens back", "spikes/step": the first word that says several.
    let mut from = 0;
    for word in unit.split_inclusive([' ', '/']) {
        let plain = word.trim_end_matches([' ', '/']);
        let is_word = plain.len() > 3 && plain.bytes().all(|b| b.is_ascii_lowercase());
        if is_word && plain.ends_with('s') && !plain.ends_with("ss") && !NEITHER.contains(&plain) {
            let stem = &plain[..plain.len() - 1];
            let stem = match stem.strip_suffix("ie") {
                Some(short) => format!("{short}y"),
                None => ["che", "she", "xe", "sse"]
                    .iter()
                    .find(|end| stem.ends_with(**end))
                    .map_or_else(|| stem.to_owned(), |_| stem[..stem.len() - 1].to_owned()),
            };
            return format!("{}{stem}{}", &unit[..from], &unit[from + plain.len()..]);
        }
        from += word.len();
    }
    unit.to_owned()
}

/// The unit, named in the plural, as it stands behind a number.
#[must_use]
pub fn behind(number: &str, unit: &'static str) -> Cow<'static, str> {
    if number == "1" { one(unit).into() } else { unit.into() }
}

/// `count` of what is named in the singular: "1 batch", "4 batches".
#[must_use]
pub fn counted(count: u64, unit: &str) -> String {
    if count == 1 { format!("1 {unit}") } else { format!("{count} {}", several(unit)) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_and_several_are_both_words() {
        for (singular, plural) in [
            ("batch", "batches"),
            ("slice of keys", "slices of keys"),
            ("training step", "training steps"),
            ("query", "queries"),
            ("day", "days"),
            ("box", "boxes"),
        ] {
            assert_eq!(several(singular), plural);
        }
        for (plural, singular) in [
            ("tokens", "token"),
            ("standard errors", "standard error"),
            ("tokens back", "token back"),
            ("spikes/step", "spike/step"),
            ("batches", "batch"),
            ("queries", "query"),
            ("slices", "slice"),
            ("ms", "ms"),
            ("GB", "GB"),
            ("times its fair share", "times its fair share"),
            ("per method", "per method"),
        ] {
            assert_eq!(one(plural), singular);
        }
        assert_eq!([behind("1", "tokens"), behind("1.0", "tokens")], ["token", "tokens"]);
        assert_eq!([counted(1, "batch"), counted(0, "batch")], ["1 batch", "0 batches"]);
    }
}
