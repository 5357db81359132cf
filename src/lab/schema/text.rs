//! Text that a reader types: how much of it, from which characters, and what reads it.
//!
//! What cannot be used is answered with a sentence that names the place. The value that stands is then
//! kept, and what was typed stays where it was typed: nothing is lost.

use super::control::shorten;
use super::table::Table;

/// What a text control takes.
#[derive(Clone, Copy, Debug)]
pub struct Text {
    pub default: &'static str,
    /// Most characters.
    pub longest: usize,
    /// Most lines: with one it is a field, with more a small page.
    pub lines: usize,
    pub alphabet: Alphabet,
    /// Reads the text as the simulation does; what it refuses no simulation is built with.
    pub reader: Reader,
    /// What its rows are, where it is a table of the reader's own: a file may be opened for it.
    pub table: Option<&'static Table>,
}

/// Tells whether a text can be used, and if not, where and why.
pub type Reader = fn(&str) -> Result<(), Fault>;

/// Where a text or a drawing cannot be read, and why.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// Characters before the place.
    pub at: usize,
    /// What is wrong and what would be right. It goes on after the place and a colon: "after “=” a
    /// value is missing."
    pub sentence: String,
}

impl Fault {
    /// What is wrong where a text ends.
    #[must_use]
    pub fn at_end(text: &str, sentence: String) -> Self {
        Self { at: text.trim_end().chars().count(), sentence }
    }
}

/// The characters that a text may have, beside line breaks where there may be several lines.
#[derive(Clone, Copy, Debug)]
pub struct Alphabet {
    /// In words: "letters and digits".
    pub name: &'static str,
    pub has: fn(char) -> bool,
}

impl Alphabet {
    /// Whatever has a shape.
    pub const ANY: Self = Self { name: "any characters", has: |c| !c.is_control() };

    /// Whatever a table may have in its cells and between them.
    pub const TABLE: Self = Self { name: "a table", has: |c| c == '\t' || !c.is_control() };

    /// What a keyboard for English has.
    pub const ASCII: Self = Self {
        name: "letters a to z, digits, spaces and the signs of ASCII",
        has: |c| c == ' ' || c.is_ascii_graphic(),
    };

    /// The words of plain English, without their punctuation.
    pub const WORDS: Self = Self {
        name: "letters a to z, digits, spaces, hyphens and apostrophes",
        has: |c| c.is_ascii_alphanumeric() || matches!(c, ' ' | '-' | '\'' | '’'),
    };
}

impl Text {
    /// A text of one line that nothing but its length and its alphabet limits.
    pub(super) const fn new(longest: usize, default: &'static str) -> Self {
        Self { default, longest, lines: 1, alphabet: Alphabet::ANY, reader: |_| Ok(()), table: None }
    }

    /// Reads a text; line breaks become plain ones.
    ///
    /// # Errors
    /// The first thing that is wrong in it.
    pub fn read(&self, text: &str) -> Result<String, Fault> {
        let text = if text.contains('\r') {
            text.replace("\r\n", "\n").replace('\r', "\n")
        } else {
            text.to_owned()
        };
        self.check(&text).map(|()| text)
    }

    /// What is wrong in a text, and where.
    ///
    /// # Errors
    /// The first thing.
    pub fn check(&self, text: &str) -> Result<(), Fault> {
        let (mut length, mut lines) = (0, 1);
        let mut over = None;
        for c in text.chars() {
            let at = length;
            length += 1;
            if c == '\n' {
                lines += 1;
                if lines > self.lines {
                    over = over.or(Some(at));
                }
            } else if !(self.alphabet.has)(c) {
                let sentence = format!("{} cannot stand here. It takes {}.", named(c), self.legal());
                return Err(Fault { at, sentence });
            }
        }
        if let Some(at) = over {
            return Err(Fault {
                at,
                sentence: format!("there are {lines} lines. It takes {}.", self.legal()),
            });
        }
        if length > self.longest {
            let sentence = format!("there are {length} characters. It takes {}.", self.legal());
            return Err(Fault { at: self.longest, sentence });
        }
        (self.reader)(text)
    }

    /// What would be right, in words.
    #[must_use]
    pub fn legal(&self) -> String {
        if let Some(table) = self.table {
            let rows = table.legal();
            let rows = rows.trim_start_matches("It takes ").trim_end_matches('.');
            return format!("a table of {rows}, in up to {} characters", self.longest);
        }
        let lines = if self.lines > 1 { format!(" on up to {} lines", self.lines) } else { String::new() };
        format!("up to {} characters{lines}: {}", self.longest, self.alphabet.name)
    }

    /// Texts at the edges of what is legal: the default, nothing, as little and as much as there may be,
    /// of those that the reader reads.
    #[must_use]
    pub fn corners(&self) -> Vec<String> {
        let letters: Vec<char> = (' '..='~').chain(['é', '猫']).filter(|c| (self.alphabet.has)(*c)).collect();
        let all: String = letters.iter().cycle().take(self.longest).collect();
        let mut texts = vec![self.default.to_owned(), String::new(), all];
        for letter in letters.iter().step_by(letters.len().div_ceil(8).max(1)) {
            texts.push(letter.to_string());
            texts.push(letter.to_string().repeat(self.longest));
        }
        if self.lines > 1 {
            texts.push("\n".repeat(self.longest.min(self.lines) - 1));
        }
        texts.extend(self.table.iter().flat_map(|table| table.corners()));
        texts.retain(|text| self.check(text).is_ok());
        texts
    }

    /// How many more characters there may be, in words; nothing while there may be plenty.
    #[must_use]
    pub fn left(&self, text: &str) -> String {
        let left = self.longest.saturating_sub(text.chars().count());
        match left {
            _ if left > self.longest / 5 => String::new(),
            1 => "1 more character.".to_owned(),
            _ => format!("{left} more characters."),
        }
    }

    /// A place as a reader counts: "line 2, column 5", or "character 5" where there is one line only.
    #[must_use]
    pub fn place(&self, text: &str, at: usize) -> String {
        if self.lines == 1 {
            return format!("character {}", at + 1);
        }
        let (mut line, mut column) = (1, 1);
        for c in text.chars().take(at) {
            (line, column) = if c == '\n' { (line + 1, 1) } else { (line, column + 1) };
        }
        format!("line {line}, column {column}")
    }
}

// The bounds and the default tell two schemas apart; functions have no identity to compare.
impl PartialEq for Text {
    fn eq(&self, other: &Self) -> bool {
        (self.default, self.longest, self.lines) == (other.default, other.longest, other.lines)
    }
}

/// A text for a sentence: its first line, and how many there are.
#[must_use]
pub fn shown(text: &str) -> String {
    let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    match text.lines().count() {
        0 => "nothing".to_owned(),
        1 => format!("“{}”", shorten(first)),
        lines => format!("“{}” ({lines} lines)", shorten(first.trim())),
    }
}

/// A text for one line of a file or a terminal: in quotes, with what would break the line escaped, as
/// JSON has it.
#[must_use]
pub fn quoted(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' | '\\' => out.extend(['\\', c]),
            '\n' => out.push_str("\\n"),
            c if c.is_control() => out.push_str(&format!("\\u{:04x}", u32::from(c))),
            c => out.push(c),
        }
    }
    out.push('"');
    out
}

/// A character for a sentence, by its number where it has no shape.
fn named(c: char) -> String {
    if c.is_control() { format!("the character U+{:04X}", u32::from(c)) } else { format!("“{c}”") }
}

#[cfg(test)]
mod tests {
    use super::*;

    const QUERY: Text = Text { alphabet: Alphabet::WORDS, ..Text::new(12, "cats") };
    const CODE: Text = Text { lines: 3, reader: no_tail, ..Text::new(40, "a\nb") };

    /// A language whose programs never end with a colon.
    fn no_tail(text: &str) -> Result<(), Fault> {
        if text.ends_with(':') {
            return Err(Fault {
                at: text.chars().count(),
                sentence: "a block is missing after “:”.".to_owned(),
            });
        }
        Ok(())
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        let said =
            |text: &Text, typed: &str| text.check(typed).map_err(|f| (text.place(typed, f.at), f.sentence));
        let (place, sentence) = said(&QUERY, "cats & dogs").unwrap_err();
        assert_eq!(place, "character 6");
        assert!(
            sentence.starts_with("“&” cannot stand here. It takes up to 12 characters: letters"),
            "{sentence}"
        );
        let (place, sentence) = said(&QUERY, "cats and all dogs").unwrap_err();
        assert_eq!((&*place, sentence.starts_with("there are 17 characters")), ("character 13", true));
        assert!(said(&QUERY, "a\nb").unwrap_err().1.starts_with("there are 2 lines"));
        assert!(said(&QUERY, "\u{7}").unwrap_err().1.starts_with("the character U+0007"));
        assert_eq!(
            said(&CODE, "a\nif b:").unwrap_err(),
            ("line 2, column 6".to_owned(), "a block is missing after “:”.".to_owned())
        );
        let (place, sentence) = said(&CODE, "a\nb\nc\nd").unwrap_err();
        assert_eq!((&*place, sentence.starts_with("there are 4 lines")), ("line 3, column 2", true));
        assert_eq!(said(&CODE, "ä ≠ 猫"), Ok(()));
    }

    #[test]
    fn near_the_end_what_is_left_is_counted() {
        assert_eq!(
            ["", "nine more", "ten of 12 s", "all of twelv"].map(|text| QUERY.left(text)),
            ["", "", "1 more character.", "0 more characters."]
        );
    }

    #[test]
    fn line_breaks_of_every_system_are_one() {
        assert_eq!(CODE.read("a\r\nb\rc"), Ok("a\nb\nc".to_owned()));
    }

    #[test]
    fn a_text_is_said_in_a_sentence_and_written_on_a_line() {
        assert_eq!(shown("cats"), "“cats”");
        assert_eq!(shown(""), "nothing");
        assert_eq!(shown("\ndef f(a):\n  return a"), "“def f(a):” (3 lines)");
        assert_eq!(quoted("a \"b\"\n\u{7}"), r#""a \"b\"\n\u0007""#);
        let hard = "a\"\\\n\u{7}ü";
        assert_eq!(serde_json::from_str::<String>(&quoted(hard)).ok().as_deref(), Some(hard));
    }
}
