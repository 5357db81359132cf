//! The search over everything that has a place on the site: what is found, and in which order.
//!
//! All words of a query must be found, in the title, the text or the name of the page. Letters are
//! compared without case and accents. Only where nothing matches, one slip of the finger is forgiven
//! in each word that is long enough for the rest of it to tell.

use core::fmt;
use core::ops::Range;

use crate::words::nearest::slips;

/// What stands at a place of the site. At equal merit the earlier kind comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Topic,
    Page,
    Heading,
    Simulation,
    Control,
    Term,
    Source,
}

impl Kind {
    pub const ALL: [Self; 7] =
        [Self::Topic, Self::Page, Self::Heading, Self::Simulation, Self::Control, Self::Term, Self::Source];

    /// The word in the index and on the page.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Topic => "topic",
            Self::Page => "page",
            Self::Heading => "heading",
            Self::Simulation => "simulation",
            Self::Control => "control",
            Self::Term => "term",
            Self::Source => "source",
        }
    }

    /// The kind with this word.
    #[must_use]
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.word() == word)
    }
}

/// Something that can be found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    pub kind: Kind,
    pub title: String,
    /// Its address from the root of the site, without a slash at the beginning.
    pub place: String,
    /// How it begins, or what it is.
    pub text: String,
}

impl Entry {
    /// The address of its page.
    #[must_use]
    pub fn page(&self) -> &str {
        self.place.split('#').next().unwrap_or_default()
    }

    /// Its text, and of a simulation the name that addresses and the terminal have for it.
    fn said(&self) -> String {
        let id = self.place.split_once("#sim-").filter(|_| self.kind == Kind::Simulation);
        id.map_or_else(|| self.text.clone(), |(_, id)| format!("{} {id}", self.text))
    }
}

/// Letters that the end of a word may stand for without its beginning: "former" in "transformer", and
/// not "k" in "network".
const SHORTEST_INSIDE: usize = 3;

/// Letters of a word in which a slip is forgiven.
const SHORTEST_FORGIVEN: usize = 5;

const TITLE: Merits = Merits { whole: 9, start: 8, inside: 4, slip: 3 };
const TEXT: Merits = Merits { whole: 5, start: 5, inside: 2, slip: 1 };
const PAGE: Merits = Merits { whole: 1, start: 1, inside: 0, slip: 0 };

/// How well a field of an entry has a word of the query, in numbers to be added up.
struct Merits {
    /// The word is one of the field's.
    whole: u32,
    /// One of the field's words begins with it.
    start: u32,
    inside: u32,
    /// One of the field's words begins with it but for one slip.
    slip: u32,
}

impl Merits {
    /// The merit of a field, given as its words with a space around each; 0 if it lacks the word.
    fn of(&self, field: &str, word: &str, forgiving: bool) -> u32 {
        let mut found = field.match_indices(word).map(|(at, _)| (at, at + word.len()));
        let begins = |(at, _): &(usize, usize)| field[..*at].ends_with(' ');
        let long = word.chars().count();
        let first = found.clone().next();
        if found.clone().any(|place| begins(&place) && field[place.1..].starts_with(' ')) {
            self.whole
        } else if found.any(|place| begins(&place)) {
            self.start
        } else if first.is_some() && long >= SHORTEST_INSIDE {
            self.inside
        } else if forgiving && field.split(' ').any(|other| begins_nearly(other, word)) {
            self.slip
        } else {
            0
        }
    }
}

/// The words of a query.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    words: Vec<String>,
    /// Whether a slip is forgiven, because nothing matches without.
    forgiving: bool,
}

impl Query {
    /// The query without words, which marks nothing.
    pub const NONE: Self = Self { words: Vec::new(), forgiving: false };

    #[must_use]
    pub fn read(text: &str) -> Self {
        Self { words: words(text).into_iter().map(|word| word.folded).collect(), forgiving: false }
    }

    /// Whether it asks for nothing.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    /// Whether a slip was forgiven.
    #[must_use]
    pub fn is_forgiving(&self) -> bool {
        self.forgiving
    }

    /// The stretches of a text that match, in their order and apart from each other.
    #[must_use]
    pub fn marks(&self, text: &str) -> Vec<Range<usize>> {
        let of_word = |word: Word| {
            let best =
                self.words.iter().filter_map(|wanted| self.place(&word, wanted)).max_by_key(Range::len)?;
            // The first and the last letter of the match, as bytes of the text.
            Some(word.letters.get(best.start)?.start..word.letters.get(best.end - 1)?.end)
        };
        words(text).into_iter().filter_map(of_word).collect()
    }

    /// Where a word of a text, folded, has a word of the query.
    fn place(&self, word: &Word, wanted: &str) -> Option<Range<usize>> {
        let at = word.folded.find(wanted);
        match at {
            Some(at) if at == 0 || wanted.chars().count() >= SHORTEST_INSIDE => Some(at..at + wanted.len()),
            _ => (self.forgiving && begins_nearly(&word.folded, wanted)).then_some(0..word.folded.len()),
        }
    }
}

/// What a query finds.
#[derive(Clone, Debug)]
pub struct Answer<'a> {
    pub query: Query,
    /// The best first.
    pub found: Vec<&'a Entry>,
}

/// Everything that can be found.
#[derive(Clone, Debug)]
pub struct Index {
    entries: Vec<Entry>,
    /// Title, text and page of each entry, as their words with a space around each.
    fields: Vec<[String; 3]>,
}

impl Index {
    #[must_use]
    pub fn new(entries: Vec<Entry>) -> Self {
        let fields =
            |entry: &Entry| [&entry.title, &entry.said(), title_of(&entries, entry.page())].map(spaced);
        let fields = entries.iter().map(fields).collect();
        Self { entries, fields }
    }

    /// The title of the page on which an entry stands; empty if it is the page itself.
    #[must_use]
    pub fn page(&self, entry: &Entry) -> &str {
        if entry.place == entry.page() { "" } else { title_of(&self.entries, entry.page()) }
    }

    /// The entries that have every word of a query; the topics, if it has none.
    #[must_use]
    pub fn find(&self, query: &str) -> Answer<'_> {
        let mut query = Query::read(query);
        if query.is_empty() {
            let found = self.entries.iter().filter(|entry| entry.kind == Kind::Topic).collect();
            return Answer { query, found };
        }
        let mut found = self.ranked(&query);
        if found.is_empty() {
            query.forgiving = true;
            found = self.ranked(&query);
        }
        Answer { query, found }
    }

    fn ranked(&self, query: &Query) -> Vec<&Entry> {
        let exact = spaced(query.words.join(" "));
        let mut found: Vec<(bool, u32, &Entry)> = self
            .entries
            .iter()
            .zip(&self.fields)
            .filter_map(|(entry, fields)| {
                let merits = query.words.iter().map(|word| {
                    let long = query.forgiving && word.chars().count() >= SHORTEST_FORGIVEN;
                    let of = |(merits, field): (Merits, &String)| merits.of(field, word, long);
                    [TITLE, TEXT, PAGE].into_iter().zip(fields).map(of).max().filter(|merit| *merit > 0)
                });
                Some((fields[0] == exact, merits.sum::<Option<u32>>()?, entry))
            })
            .collect();
        // Stable, so that equals keep the order of the site.
        found.sort_by_key(|(exact, merit, entry)| (!exact, u32::MAX - merit, entry.kind));
        found.into_iter().map(|(_, _, entry)| entry).collect()
    }
}

/// The title of the page with this address, as the index has it.
fn title_of<'a>(entries: &'a [Entry], page: &str) -> &'a String {
    const NONE: &String = &String::new();
    entries.iter().find(|entry| entry.place == page).map_or(NONE, |entry| &entry.title)
}

/// The number of results in words, for those who do not see the list.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    pub found: usize,
    /// How many of them are listed.
    pub listed: usize,
}

impl fmt::Display for Count {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { found, listed } = *self;
        match found {
            1 => f.write_str("1 result"),
            _ if listed < found => write!(f, "{found} results, of which the best {listed} are listed"),
            _ => write!(f, "{found} results"),
        }
    }
}

/// A word of a text.
struct Word {
    /// Its letters without case and accents.
    folded: String,
    /// For each byte of these, the letter of the text from which it comes.
    letters: Vec<Range<usize>>,
}

/// The words of a text: its runs of letters and digits.
fn words(text: &str) -> Vec<Word> {
    let mut all: Vec<Word> = Vec::new();
    let mut inside = false;
    for (at, letter) in text.char_indices() {
        if !(letter.is_alphanumeric() || inside && is_accent(letter)) {
            inside = false;
            continue;
        }
        if !inside {
            all.push(Word { folded: String::new(), letters: Vec::new() });
            inside = true;
        }
        let Some(word) = all.last_mut() else { continue };
        for lower in letter.to_lowercase().filter(|lower| !is_accent(*lower)) {
            match plain(lower) {
                "" => word.folded.push(lower),
                plain => word.folded.push_str(plain),
            }
        }
        word.letters.resize(word.folded.len(), at..at + letter.len_utf8());
    }
    all
}

/// The words of a text without case and accents, with a space around each.
fn spaced(text: impl AsRef<str>) -> String {
    let mut out = String::from(" ");
    for word in words(text.as_ref()) {
        out.push_str(&word.folded);
        out.push(' ');
    }
    out
}

/// Whether a letter is an accent on the one before it.
fn is_accent(letter: char) -> bool {
    ('\u{300}'..='\u{36f}').contains(&letter)
}

/// The plain letters for one in lower case with an accent, or for a ligature; empty for all others.
fn plain(letter: char) -> &'static str {
    match letter {
        'à'..='å' | 'ā' | 'ă' | 'ą' | 'ǎ' => "a",
        'æ' => "ae",
        'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => "c",
        'ď' | 'đ' | 'ð' => "d",
        'è'..='ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => "e",
        'ĝ' | 'ğ' | 'ġ' | 'ģ' => "g",
        'ĥ' | 'ħ' => "h",
        'ì'..='ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' => "i",
        'ĳ' => "ij",
        'ĵ' => "j",
        'ķ' | 'ĸ' => "k",
        'ĺ' | 'ļ' | 'ľ' | 'ŀ' | 'ł' => "l",
        'ñ' | 'ń' | 'ņ' | 'ň' | 'ŉ' | 'ŋ' => "n",
        'ò'..='ö' | 'ø' | 'ō' | 'ŏ' | 'ő' => "o",
        'œ' => "oe",
        'ŕ' | 'ŗ' | 'ř' => "r",
        'ś' | 'ŝ' | 'ş' | 'š' | 'ș' | 'ſ' => "s",
        'ß' => "ss",
        'ţ' | 'ť' | 'ŧ' | 'ț' => "t",
        'þ' => "th",
        'ù'..='ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' => "u",
        'ŵ' => "w",
        'ý' | 'ÿ' | 'ŷ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        _ => "",
    }
}

/// Whether a word begins with another but for one letter that is wrong, missing, too much, or has
/// changed places with the next.
fn begins_nearly(word: &str, other: &str) -> bool {
    other.chars().count() >= SHORTEST_FORGIVEN && slips(other, word).iter().any(|slips| *slips <= 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn index() -> Index {
        let entries = [
            (Kind::Topic, "Efficient fine-tuning", "tuning/", "How can a few numbers do the work of all?"),
            (Kind::Topic, "Attention", "attention/", "What makes attention affordable?"),
            (Kind::Page, "Glossary", "guide/glossary/", "The words of all topics."),
            (Kind::Heading, "Why attention pays", "attention/#why", "It looks at all."),
            (Kind::Simulation, "LoRA in a race", "tuning/#sim-lora", "Full fine-tuning beside it."),
            (Kind::Control, "Experts per token (top-k)", "moe/#sim-train", "How many experts answer."),
            (Kind::Control, "Rank", "tuning/#sim-lora", "LoRA in a race"),
            (Kind::Term, "LoRA", "tuning/#term-lora", "A low-rank update of a transformer’s weights."),
            (Kind::Term, "Szőke’s naïve Bayes", "guide/glossary/#term-bayes", "Łukasz wrote of it."),
        ];
        let entry = |(kind, title, place, text): (Kind, &str, &str, &str)| Entry {
            kind,
            title: title.to_owned(),
            place: place.to_owned(),
            text: text.to_owned(),
        };
        Index::new(entries.into_iter().map(entry).collect())
    }

    fn titles(query: &str) -> Vec<String> {
        index().find(query).found.into_iter().map(|entry| entry.title.clone()).collect()
    }

    #[test]
    fn an_exact_title_comes_first_then_topics_then_the_rest() {
        assert_eq!(titles("lora"), ["LoRA", "LoRA in a race", "Rank"]);
        assert_eq!(titles("attention"), ["Attention", "Why attention pays"]);
        assert_eq!(titles("att")[0], "Attention");
    }

    #[test]
    fn every_word_counts_wherever_it_stands() {
        assert_eq!(titles("top k"), ["Experts per token (top-k)"]);
        assert_eq!(titles("tuning rank"), ["Rank", "LoRA"], "the name of the page counts, too");
        assert_eq!(titles("former"), ["LoRA"], "inside a word");
        assert!(titles("lora glossary").is_empty());
        assert!(titles("z").is_empty(), "a letter inside a word is nothing to go by");
    }

    #[test]
    fn case_and_accents_do_not_matter() {
        for query in ["SZOKE", "naive bayes", "nai\u{308}ve", "lukasz", "Łukasz", "szőke"] {
            assert_eq!(titles(query), ["Szőke’s naïve Bayes"], "{query}");
        }
        for letter in ('\u{c0}'..='\u{17f}').filter(|letter| letter.is_alphabetic()) {
            assert!(spaced(letter.to_string()).is_ascii(), "{letter}");
        }
    }

    #[test]
    fn one_slip_is_forgiven_where_nothing_else_matches() {
        for query in ["atention", "attnetion", "attemtion", "attentiion", "sttention", "atttenti"] {
            assert_eq!(titles(query), ["Attention", "Why attention pays"], "{query}");
        }
        assert!(titles("loar").is_empty(), "four letters say too little");
        assert!(titles("atetnoin").is_empty(), "two slips are too many");
        assert!(titles("xyzzy").is_empty() && titles("qqqqqqq").is_empty());
    }

    #[test]
    fn nothing_asked_lists_the_topics() {
        for query in ["", "  ", "—?"] {
            assert_eq!(titles(query), ["Efficient fine-tuning", "Attention"]);
        }
    }

    #[test]
    fn what_matched_is_marked_in_the_text_itself() {
        let marked = |query: &str, text: &str| -> Vec<String> {
            Query::read(query).marks(text).into_iter().map(|range| text[range].to_owned()).collect()
        };
        assert_eq!(marked("top k", "Experts per token (top-k)"), ["top", "k"]);
        assert_eq!(marked("to token", "Experts per token"), ["token"], "the longer match wins");
        assert_eq!(marked("strass szo", "Straße des Szőke"), ["Straß", "Sző"]);
        assert_eq!(marked("former", "transformers"), ["former"]);
        let index = index();
        let answer = index.find("atention");
        let forgiven = answer.query.marks("Attention pays");
        assert_eq!(forgiven.first(), Some(&(0..9)), "a forgiven word as a whole");
        assert_eq!(forgiven.len(), 1);
    }

    #[test]
    fn the_count_is_said_in_words() {
        let said = |found, listed| Count { found, listed }.to_string();
        assert_eq!(said(1, 1), "1 result");
        assert_eq!(said(7, 7), "7 results");
        assert_eq!(said(70, 40), "70 results, of which the best 40 are listed");
    }

    proptest! {
        #[test]
        fn no_query_breaks_it(query in "\\PC{0,24}", text in "\\PC{0,60}") {
            let index = index();
            let answer = index.find(&query);
            let mut end = 0;
            for mark in answer.query.marks(&text) {
                prop_assert!(mark.start >= end && mark.end > mark.start);
                prop_assert!(text.get(mark.clone()).is_some());
                end = mark.end;
            }
        }

        #[test]
        fn the_beginning_of_a_title_finds_it(entry in 0_usize..9, letters in 3_usize..12) {
            let index = index();
            let entry = &index.entries[entry];
            let begun: String = entry.title.chars().take(letters).collect();
            prop_assert!(index.find(&begun).found.contains(&entry), "{begun}");
        }
    }
}
