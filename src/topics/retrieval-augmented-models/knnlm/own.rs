//! A text of the reader's own, in the place of texts about a made world: its first part is what the weights
//! learn, its second what the notebook holds, its last the test.

use crate::lab::schema::text::Fault;
use crate::models::own_text::{counted, words};
use crate::models::small_world::{STOP, VOCABULARY, spelt};

/// Most characters of a text.
pub const LONGEST: usize = 12_000;
/// The fewest words, and the fewest different ones: a row of pairs each that the world of our own has.
const FEWEST: [usize; 2] = [300, VOCABULARY];
/// Words that are told apart, the stop and the sign for all others among them.
const APART: usize = 600;
/// What stands for a rare word.
const RARE: &str = "□";
/// Where the parts end, of the whole text.
const PARTS: [f64; 2] = [0.3, 0.8];
/// Most words of a sentence that is read aloud.
const ALOUD: usize = 9;

pub struct Own {
    /// How each word is written; the stop has the place that it has in the world of our own.
    lexicon: Vec<String>,
    text: Vec<usize>,
    ends: [usize; 2],
    /// Words of the text that are written as [`RARE`].
    pub rare: usize,
}

/// The words of each sentence. A line ends one as well.
fn sentences(text: &str) -> Vec<Vec<String>> {
    text.split(['.', '!', '?', '\n']).map(words).filter(|words| !words.is_empty()).collect()
}

/// Refuses a text that is too short to learn from, to note down and to be tested on.
pub fn read(text: &str) -> Result<(), Fault> {
    let all = words(text);
    let different = counted(&all).len();
    if text.trim().is_empty() || all.len() >= FEWEST[0] && different >= FEWEST[1] {
        return Ok(());
    }
    let sentence = format!(
        "the text ends after {} words, {different} of them different. It takes at least {} and {}.",
        all.len(),
        FEWEST[0],
        FEWEST[1]
    );
    Err(Fault::at_end(text, sentence))
}

impl Own {
    /// None of a text without words.
    pub fn new(text: &str) -> Option<Self> {
        let sentences = sentences(text);
        let counts = counted(&sentences.concat());
        if counts.is_empty() {
            return None;
        }
        let apart = counts.len() < APART;
        let mut lexicon: Vec<String> =
            counts.iter().take(if apart { APART } else { APART - 2 }).map(|(word, _)| word.clone()).collect();
        let told_apart = lexicon.clone();
        lexicon.insert(STOP.min(lexicon.len()), spelt(STOP).to_owned());
        if !apart {
            lexicon.push(RARE.to_owned());
        }
        let place = |i: usize| if i < STOP { i } else { i + 1 };
        let mut by_name: Vec<(&str, usize)> =
            told_apart.iter().enumerate().map(|(i, word)| (word.as_str(), place(i))).collect();
        by_name.sort_unstable();
        let rare = lexicon.len() - 1;
        let index = |word: &String| {
            let found = by_name.binary_search_by(|(name, _)| (*name).cmp(word.as_str()));
            found.map_or(rare, |i| by_name[i].1)
        };
        let mut all = Vec::new();
        let mut ends_of_sentences = vec![0];
        for sentence in &sentences {
            all.extend(sentence.iter().map(index));
            all.push(STOP);
            ends_of_sentences.push(all.len());
        }
        // Each part ends where a sentence does, if one ends nearby.
        let end = |share: f64| {
            let wanted = (share * all.len() as f64) as usize;
            let nearest = ends_of_sentences.iter().min_by_key(|end| end.abs_diff(wanted));
            nearest.copied().filter(|end| end.abs_diff(wanted) * 10 < all.len()).unwrap_or(wanted)
        };
        let ends = PARTS.map(end);
        let rare = if apart { 0 } else { all.iter().filter(|word| **word == rare).count() };
        Some(Self { lexicon, text: all, ends, rare })
    }

    pub fn vocabulary(&self) -> usize {
        self.lexicon.len()
    }

    pub fn spelt(&self, word: usize) -> &str {
        self.lexicon.get(word).map_or(RARE, String::as_str)
    }

    /// What the weights learn from, what the notebook has, and what both are tested on.
    pub fn parts(&self) -> [&[usize]; 3] {
        let [first, second] = self.ends;
        [&self.text[..first], &self.text[first..second], &self.text[second..]]
    }

    /// Three sentences of the test, as far as they are read aloud, with a word behind that is not.
    pub fn aloud(&self) -> Vec<Vec<usize>> {
        let [.., test] = self.parts();
        let whole = test.split(|word| *word == STOP).filter(|words| words.len() >= 3);
        let mut found: Vec<Vec<usize>> =
            whole.take(3).map(|words| [&words[..words.len().min(ALOUD)], &[STOP]].concat()).collect();
        if found.is_empty() {
            // Sentences of one word or two: some of them in a row.
            found.push([&test[..test.len().min(ALOUD)], &[STOP]].concat());
        }
        found
    }
}
