//! A world of places, their capitals and the colours of their doors, texts about it, and tables of
//! counts that learn from them: the weights of a small language model.
//!
//! References: Jelinek and Mercer 1980 (counts of a longer context backed by those of a shorter one);
//! Khandelwal et al. 2020, *Generalization through Memorization*, arXiv:1911.00172, has a Transformer in
//! the place of the tables.
//!
//! Glossary: `rows`, contexts that have counts of their own; `subject`, the last place or capital named
//! in a sentence; `BACKING` = 2, the weight of the shorter context, in counts.
//!
//! Shapes: a word is its index below V = 68; a text is a list of words, each sentence ending with
//! [`STOP`]; a table of contexts has V counts a row.
//!
//! Departure: a table forgets nothing and generalises over nothing. What is said of a place is known of
//! that place only, so that what the weights know can be counted.

use numerics::elementary::ln;
use numerics::random::Stream;

const PLACES: [&str; 20] = [
    "Avel", "Brin", "Corva", "Dorne", "Elda", "Fosk", "Garn", "Hesk", "Irin", "Jorv", "Kelm", "Lorn", "Mirk",
    "Noss", "Orva", "Pell", "Quen", "Rusk", "Sarn", "Tove",
];
const CAPITALS: [&str; 20] = [
    "Akaro", "Beldo", "Cinto", "Dareo", "Emido", "Falto", "Gento", "Hario", "Imolo", "Jando", "Kasso",
    "Lemro", "Mundo", "Nerio", "Ostro", "Pirro", "Quelo", "Ranzo", "Salvo", "Tarko",
];
const COLOURS: [&str; 6] = ["red", "blue", "green", "white", "black", "gold"];
const OTHERS: [&str; 22] = [
    "the", "capital", "of", "is", "people", "in", "paint", "their", "doors", "main", "city", "flag", "if",
    "you", "travel", "to", "will", "see", "old", "walls", "are", ".",
];

/// Places, each with a capital.
pub const COUNT: usize = PLACES.len();
const FIRST_COLOUR: usize = 2 * COUNT;
const FIRST_OTHER: usize = FIRST_COLOUR + COLOURS.len();
/// Words there are, the stop included.
pub const VOCABULARY: usize = FIRST_OTHER + OTHERS.len();
/// The word that ends a sentence.
pub const STOP: usize = VOCABULARY - 1;

/// Sentences that the weights learn from, that the notebook has, and that both are tested on.
pub const TRAINING: usize = 150;
pub const NOTEBOOK: usize = 400;
pub const TEST: usize = 80;

/// Counts that the shorter context adds to a longer one.
const BACKING: f64 = 2.0;

/// The ways to say a fact; `P`, `C` and `K` stand for a place, its capital and its colour.
const TEMPLATES: [&str; 6] = [
    "the capital of P is C .",
    "people in P paint their doors K .",
    "C is the main city of P .",
    "the flag of P is K .",
    "if you travel to P you will see C .",
    "in P the old walls are K .",
];

/// A sentence whose last word but the stop is a fact.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Saying {
    Capital,
    Travel,
    Flag,
}

/// What has changed since the weights learnt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edit {
    Nothing,
    /// The first two places have exchanged their capitals.
    Two,
    /// Each place has the capital of the next one.
    All,
}

/// Which capital and which colour each place has.
#[derive(Clone, Debug)]
pub struct World {
    capitals: Vec<usize>,
    colours: Vec<usize>,
}

/// What a word is, as it is written.
#[must_use]
pub fn spelt(word: usize) -> &'static str {
    match word {
        w if w < COUNT => PLACES[w],
        w if w < FIRST_COLOUR => CAPITALS[w - COUNT],
        w if w < FIRST_OTHER => COLOURS[w - FIRST_COLOUR],
        w => OTHERS[w - FIRST_OTHER],
    }
}

impl World {
    /// Capitals are dealt out, colours drawn for each place.
    #[must_use]
    pub fn new(seed: u64) -> Self {
        let mut stream = Stream::new(seed, "world");
        let mut capitals: Vec<usize> = (COUNT..FIRST_COLOUR).collect();
        stream.shuffle(&mut capitals);
        let colours = (0..COUNT).map(|_| FIRST_COLOUR + stream.below(COLOURS.len())).collect();
        Self { capitals, colours }
    }

    /// The same world after a change.
    #[must_use]
    pub fn edited(&self, edit: Edit) -> Self {
        let mut new = self.clone();
        match edit {
            Edit::Nothing => {}
            Edit::Two => new.capitals.swap(0, 1),
            Edit::All => new.capitals.rotate_left(1),
        }
        new
    }

    /// The words of a sentence about a place, in this world.
    #[must_use]
    pub fn sentence(&self, saying: Saying, place: usize) -> Vec<usize> {
        let template = match saying {
            Saying::Capital => 0,
            Saying::Travel => 4,
            Saying::Flag => 3,
        };
        self.words(template, place)
    }

    fn words(&self, template: usize, place: usize) -> Vec<usize> {
        let word = |word: &str| match word {
            "P" => place,
            "C" => self.capitals[place],
            "K" => self.colours[place],
            other => FIRST_OTHER + OTHERS.iter().position(|w| *w == other).unwrap_or(0),
        };
        TEMPLATES[template].split(' ').map(word).collect()
    }
}

/// Which place is spoken of, and how, sentence by sentence: a text that can be written in any world.
#[derive(Clone, Debug)]
pub struct Outline {
    sentences: Vec<(usize, usize)>,
}

impl Outline {
    /// Places and templates are drawn evenly, from the stream of this purpose.
    #[must_use]
    pub fn new(sentences: usize, seed: u64, purpose: &str) -> Self {
        let mut stream = Stream::new(seed, purpose);
        let draw = |_| {
            let place = stream.below(COUNT);
            (stream.below(TEMPLATES.len()), place)
        };
        Self { sentences: (0..sentences).map(draw).collect() }
    }

    /// All words, in order.
    #[must_use]
    pub fn written(&self, world: &World) -> Vec<usize> {
        self.sentences.iter().flat_map(|(template, place)| world.words(*template, *place)).collect()
    }
}

/// Whether the word at `i` is a capital or a colour at the end of its sentence: a fact that the words
/// before it ask for.
#[must_use]
pub fn is_fact(text: &[usize], i: usize) -> bool {
    (COUNT..FIRST_OTHER).contains(&text[i]) && text.get(i + 1) == Some(&STOP)
}

/// The last place or capital before `i` in its sentence.
fn subject(text: &[usize], i: usize) -> Option<usize> {
    text[..i].iter().rev().take_while(|w| **w != STOP).find(|w| **w < FIRST_COLOUR).copied()
}

/// Counts of what follows what: the weights.
#[derive(Clone, Debug)]
pub struct Tables {
    unigram: Vec<f64>,
    /// [context, word].
    bigram: Vec<f64>,
    /// How many contexts are more frequent.
    rank: Vec<usize>,
    /// [subject, context, word], where subjects are told apart.
    aware: Option<Vec<f64>>,
}

impl Tables {
    /// Learns from texts that each begin with a sentence.
    #[must_use]
    pub fn learn(texts: &[&[usize]], aware: bool) -> Self {
        Self::learn_words(texts, VOCABULARY, aware)
    }

    /// The same of texts of another vocabulary, in which [`STOP`] ends sentences, too; only places of this
    /// world can be told apart.
    #[must_use]
    pub fn learn_words(texts: &[&[usize]], vocabulary: usize, aware: bool) -> Self {
        let mut counts = vec![0.0; vocabulary];
        let mut bigram = vec![0.0; vocabulary * vocabulary];
        let mut cells = aware.then(|| vec![0.0; FIRST_COLOUR * VOCABULARY * VOCABULARY]);
        for text in texts {
            for (i, word) in text.iter().enumerate() {
                let before = if i > 0 { text[i - 1] } else { STOP };
                counts[*word] += 1.0;
                bigram[before * vocabulary + word] += 1.0;
                if let (Some(cells), Some(subject)) = (&mut cells, subject(text, i)) {
                    cells[(subject * VOCABULARY + before) * VOCABULARY + word] += 1.0;
                }
            }
        }
        let total = counts.iter().sum::<f64>() + 0.5 * vocabulary as f64;
        let mut order: Vec<usize> = (0..vocabulary).collect();
        let seen: Vec<f64> = bigram.chunks_exact(vocabulary).map(|row| row.iter().sum()).collect();
        order.sort_by(|a, b| seen[*b].total_cmp(&seen[*a]));
        let mut rank = vec![0; vocabulary];
        order.iter().enumerate().for_each(|(place, context)| rank[*context] = place);
        let unigram = counts.iter().map(|c| (c + 0.5) / total).collect();
        Self { unigram, bigram, rank, aware: cells }
    }

    /// Whether a word's context is among the `rows` most frequent ones.
    #[must_use]
    pub fn has_row(&self, before: usize, rows: usize) -> bool {
        self.rank[before] < rows
    }

    /// Numbers that are stored: one for each word, and one for each pair, or triple, that was seen.
    #[must_use]
    pub fn parameters(&self, rows: usize) -> usize {
        let vocabulary = self.unigram.len();
        let kept = (0..vocabulary).filter(|before| self.has_row(*before, rows));
        let pairs = kept.map(|before| seen(&self.bigram[before * vocabulary..][..vocabulary]));
        vocabulary + pairs.sum::<usize>() + self.aware.as_deref().map_or(0, seen)
    }

    /// The probability of each word at place `i` of a text, from the words before it.
    #[must_use]
    pub fn distribution(&self, text: &[usize], i: usize, rows: usize) -> Vec<f64> {
        let before = if i > 0 { text[i - 1] } else { STOP };
        let mut p = self.unigram.clone();
        if self.has_row(before, rows) {
            let vocabulary = p.len();
            back(&mut p, &self.bigram[before * vocabulary..][..vocabulary]);
        }
        if let (Some(cells), Some(subject)) = (&self.aware, subject(text, i)) {
            back(&mut p, &cells[(subject * VOCABULARY + before) * VOCABULARY..][..VOCABULARY]);
        }
        p
    }
}

fn seen(counts: &[f64]) -> usize {
    counts.iter().filter(|c| **c > 0.0).count()
}

/// Counts, with what was thought before as [`BACKING`] counts more.
fn back(p: &mut [f64], counts: &[f64]) {
    let total = counts.iter().sum::<f64>() + BACKING;
    p.iter_mut().zip(counts).for_each(|(p, c)| *p = (c + BACKING * *p) / total);
}

/// How undecided a distribution is, in nats.
#[must_use]
pub fn entropy(p: &[f64]) -> f64 {
    -p.iter().filter(|p| **p > 0.0).map(|p| p * ln(*p)).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(a: f64, b: f64) -> bool {
        (a - b).abs() < 1e-12
    }

    #[test]
    fn every_word_is_spelt_once() {
        let mut words: Vec<&str> = (0..VOCABULARY).map(spelt).collect();
        words.sort_unstable();
        words.dedup();
        assert_eq!((words.len(), VOCABULARY, spelt(STOP)), (68, 68, "."));
    }

    #[test]
    fn an_edit_moves_capitals_and_nothing_else() {
        let world = World::new(3);
        let [two, all] = [Edit::Two, Edit::All].map(|edit| world.edited(edit));
        let differ = |other: &World| (0..COUNT).filter(|p| world.capitals[*p] != other.capitals[*p]).count();
        assert_eq!((differ(&world.edited(Edit::Nothing)), differ(&two), differ(&all)), (0, 2, COUNT));
        assert_eq!(world.colours, all.colours);
        let outline = Outline::new(200, 3, "text");
        let (old, new) = (outline.written(&world), outline.written(&two));
        let changed = old.iter().zip(&new).filter(|(a, b)| a != b).count();
        assert_eq!(old.len(), new.len());
        assert!(
            changed > 0 && old.iter().zip(&new).all(|(a, b)| a == b || (COUNT..FIRST_COLOUR).contains(a))
        );
    }

    /// Known result: probabilities sum to one, with and without rows and subjects.
    #[test]
    fn a_distribution_is_one() {
        let text = Outline::new(TRAINING, 1, "text").written(&World::new(1));
        for aware in [false, true] {
            let tables = Tables::learn(&[&text], aware);
            for (i, rows) in [(0, 70), (1, 70), (5, 3), (6, 0), (30, 70)] {
                let p = tables.distribution(&text, i, rows);
                assert!(close(p.iter().sum(), 1.0) && p.iter().all(|p| *p > 0.0));
            }
        }
    }

    /// By hand: “. the” three times of four; the unigram of “the” has a half more than its count.
    #[test]
    fn counts_are_backed_by_two_of_the_shorter_context() {
        let world = World::new(1);
        let texts: Vec<usize> =
            [(0, 0), (3, 0), (0, 1), (1, 0)].iter().flat_map(|(t, p)| world.words(*t, *p)).collect();
        let the = texts[0];
        let tables = Tables::learn(&[&texts], false);
        let words = texts.len() as f64;
        let u = 3.5 / (words + 34.0);
        assert!(close(tables.distribution(&texts, 0, 70)[the], (3.0 + 2.0 * u) / 6.0));
        assert!(close(tables.distribution(&texts, 0, 0)[the], u));
        assert_eq!(tables.parameters(0), VOCABULARY);
        assert!(close(entropy(&[0.5, 0.5]), ln(2.0)));
    }

    #[test]
    fn a_subject_is_of_its_own_sentence() {
        let world = World::new(1);
        let text = [world.words(0, 4), world.words(3, 7)].concat();
        assert_eq!(subject(&text, 4), Some(4));
        assert_eq!(subject(&text, 6), Some(world.capitals[4]));
        assert_eq!(subject(&text, 8), None);
        assert_eq!(subject(&text, 12), Some(7));
        assert!(is_fact(&text, 5) && !is_fact(&text, 3));
    }
}
