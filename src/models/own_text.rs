//! The words of a text that somebody brings, in place of those that a simulation has or draws.
//!
//! Departure: what a letter is nobody looks up in a table of all letters, which would weigh more than a
//! simulation. Beyond ASCII everything is one but the common punctuation, and only A to Z become small.

/// The words of a text in their order, in small letters, without what stands between them.
#[must_use]
pub fn words(text: &str) -> Vec<String> {
    let between = |c: char| match c {
        _ if c.is_ascii() => !c.is_ascii_alphanumeric(),
        '\u{80}'..='\u{bf}' | '\u{2000}'..='\u{206f}' | '\u{3000}'..='\u{303f}' | '\u{feff}' => true,
        _ => false,
    };
    text.split(between).filter(|w| !w.is_empty()).map(str::to_ascii_lowercase).collect()
}

/// Each word with how often it stands there, frequent ones first; of equally frequent ones the one that comes
/// first.
#[must_use]
pub fn counted(words: &[String]) -> Vec<(String, u32)> {
    let mut sorted: Vec<(&String, usize)> = words.iter().zip(0..).collect();
    sorted.sort();
    let mut counts: Vec<(&String, usize, u32)> = Vec::new();
    for (word, place) in sorted {
        match counts.last_mut().filter(|(last, ..)| *last == word) {
            Some((.., count)) => *count += 1,
            None => counts.push((word, place, 1)),
        }
    }
    counts.sort_by_key(|(_, place, count)| (core::cmp::Reverse(*count), *place));
    counts.into_iter().map(|(word, _, count)| (word.clone(), count)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_cut_at_what_is_no_letter() {
        assert_eq!(
            words("The Elf’s “éclair”—2 of them; the\n猫。"),
            ["the", "elf", "s", "éclair", "2", "of", "them", "the", "猫"]
        );
        assert!(words(" …! ").is_empty());
    }

    #[test]
    fn frequent_words_come_first_and_equals_as_they_stand() {
        let counts = counted(&words("b a c a. B d"));
        let all: Vec<(&str, u32)> = counts.iter().map(|(word, count)| (word.as_str(), *count)).collect();
        assert_eq!(all, [("b", 2), ("a", 2), ("c", 1), ("d", 1)]);
    }
}
