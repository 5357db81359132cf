//! `search`: one query, ranked by its words, by latent dimensions, and by both.

mod figure;
mod library;
#[cfg(test)]
mod tests;

use crate::lab::figure::Figure;
use crate::lab::schema::text::{Alphabet, Fault};
use crate::lab::{Choice, Control, Named, Pace, Preset, Readout, Simulation, Spec, Values, reading};
use crate::models::latent::Latent;
use crate::models::ranking::{Bm25, Index, Rarity, fused, ranked, recall, reciprocal_rank};
use crate::numerics::elementary::ln;
use crate::numerics::matrix::Matrix;
use library::{OWN, QUERIES, Text, read_texts, sentences, texts, words};

/// Words that a query may have.
const WORDS: usize = 12;
/// Texts that are shown, and that recall counts.
const SHOWN: usize = 5;
const FIRST: usize = 3;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Method {
    Words,
    Latent,
    Both,
}

impl Method {
    const ALL: [Self; 3] = [Self::Words, Self::Latent, Self::Both];
}

static METHOD: Choice<Method, 3> = Choice::new(
    "method",
    "Ranking judged",
    [
        ("bm25", "words (BM25)", Method::Words),
        ("lsa", "meaning (LSA)", Method::Latent),
        ("hybrid", "both", Method::Both),
    ],
);

static UNIT: Choice<bool, 2> =
    Choice::new("unit", "Unit", [("text", "whole texts", false), ("sentence", "sentences", true)]);

/// Refuses a thirteenth word.
fn read_query(text: &str) -> Result<(), Fault> {
    let mut within = false;
    let mut count = 0;
    for (at, c) in text.chars().enumerate() {
        let starts = c != ' ' && !within;
        within = c != ' ';
        count += usize::from(starts);
        if starts && count > WORDS {
            let sentence = format!("a word too many begins here. It takes up to {WORDS} words.");
            return Err(Fault { at, sentence });
        }
    }
    Ok(())
}

pub static SPEC: Spec = Spec::new(
    "search",
    "Search by words and by meaning",
    "Type a query: 24 short texts are ranked by its words (BM25), by latent dimensions (LSA), and by both \
     rankings together. See what each of them cannot find.",
    Pace::still(),
    |values| Box::new(Search::new(values)),
)
.controls(&[
    Control::text("query", "Query", 80, "automobile")
        .alphabet(Alphabet::WORDS)
        .reader(read_query)
        .help("What is searched for, in up to twelve words."),
    METHOD.control().help("The ranking that the readouts judge."),
    Control::integer("rank", "Dimensions r", 1, 20, 6)
        .help("Latent dimensions that are kept: few put much together, many keep every word apart."),
    UNIT.control().help("What is found: whole texts, or their sentences, each text by its best one."),
    Control::real("k1", "Saturation k₁", [0.0, 3.0], 0.1, 1.2)
        .help("How much a second and a third occurrence of a word still add; at 0 nothing.")
        .secondary(),
    Control::real("b", "Length share b", [0.0, 1.0], 0.05, 0.75)
        .help("How far long texts are marked down; at 0 not at all.")
        .secondary(),
    Control::text("texts", "Your own texts", 8000, "")
        .lines(2 * OWN[1])
        .reader(read_texts)
        .help(
            "3 to 40 texts of your own, each on a line, take the place of the library. What is wanted of them nobody \
             has judged, so there is no recall.",
        )
        .secondary(),
])
.readouts(&[
    Readout::new("recall3", "Recall in the first three", 0).unit("%").basis(
        "Over ten judged queries: how much of what is wanted stands among the first three, of what has room there.",
    ),
    Readout::new("mrr", "Mean reciprocal rank", 2)
        .basis("Over ten judged queries: one over the rank of the first text that is wanted."),
    Readout::new("found", "Texts found", 0).help("Texts with a score above zero, for the query that is typed.")
        .basis("Counted over the texts."),
    Readout::new("top_score", "Best score", 3).help("The score of the first text, for the query that is typed.")
        .basis("Worked out by the method that is chosen."),
])
.presets(&[
    Preset::new("exact-name", "Exact name")
        .look("Her name stands in one text, and words find that one and no other. Meaning goes on and ranks others behind it.")
        .with(&[("query", "Maren Holt")]),
    Preset::new("synonym", "Synonym").look(
        "The word stands in one text. The other cars share “motor”, “vehicle” or “mechanic” with it, and \
         meaning finds them all.",
    ),
    Preset::new("long", "Long document bias")
        .look("Three texts have the word once. With b at 0 they are level, and the longest is no longer behind the others.")
        .with(&[("query", "orbit"), ("b", "0")]),
    Preset::new("too-few", "Too few dimensions")
        .look(
            "Two dimensions for six themes: over ten judged queries meaning finds \
             [57 %](run:?method=lsa&rank=2#recall3) of what is wanted, with six [95 %](run:?method=lsa#recall3).",
        )
        .with(&[("rank", "2"), ("method", "lsa")]),
]);

/// What has been read of the library, by texts or by sentences.
struct Shelf {
    texts: Vec<Text>,
    index: Index,
    /// The text that each unit is of.
    owner: Vec<usize>,
    latent: Latent,
    score: Bm25,
    rank: usize,
}

/// Scores of all texts by each method, in the order of [`Method::ALL`].
struct Answer {
    scores: [Vec<f64>; 3],
    rankings: [Vec<usize>; 3],
}

struct Search {
    shelf: Shelf,
    query: Vec<String>,
    method: Method,
    answer: Answer,
    /// Recall and mean reciprocal rank over the judged queries, by each method; none of a reader's texts.
    judged: Option<[[f64; 2]; 3]>,
}

impl Shelf {
    fn new(values: &Values) -> Self {
        let by_sentence = UNIT.of(values);
        let texts = texts(values.text("texts"));
        let units: Vec<(usize, &str)> = texts
            .iter()
            .enumerate()
            .flat_map(|(i, text)| {
                let whole = text.words.as_str();
                let parts: Vec<&str> = if by_sentence { sentences(whole).collect() } else { vec![whole] };
                parts.into_iter().map(move |part| (i, part))
            })
            .collect();
        let read: Vec<Vec<String>> = units.iter().map(|(_, text)| words(text)).collect();
        let index = Index::new(&read);
        let weighted = index.terms().flat_map(|(term, counts)| {
            let weight = weight(&index, term);
            counts.iter().map(move |f| f * weight)
        });
        let table = Matrix::from_vec(index.terms().count(), units.len(), weighted.collect());
        let score =
            Bm25 { saturation: values.real("k1"), length_share: values.real("b"), rarity: Rarity::Lucene };
        let owner = units.iter().map(|(i, _)| *i).collect();
        Self { texts, latent: Latent::new(table), index, owner, score, rank: values.integer("rank") }
    }

    /// Whether the texts are a reader's.
    fn is_own(&self) -> bool {
        self.texts.iter().all(|text| text.theme.is_none())
    }

    /// The best of its units for each text.
    fn of_texts(&self, scores: &[f64]) -> Vec<f64> {
        let mut best = vec![f64::NEG_INFINITY; self.texts.len()];
        scores.iter().zip(&self.owner).for_each(|(score, text)| best[*text] = best[*text].max(*score));
        best
    }

    fn weights(&self, query: &[String]) -> Vec<f64> {
        let count = |term: &str| query.iter().filter(|w| *w == term).count() as f64;
        self.index.terms().map(|(term, _)| count(term) * weight(&self.index, term)).collect()
    }

    fn answer(&self, query: &[String]) -> Answer {
        let by_words = self.of_texts(&self.score.scores(&self.index, query));
        let by_meaning = self.of_texts(&self.latent.cosines(&self.weights(query), self.rank));
        let [first, second] = [&by_words, &by_meaning].map(|scores| ranked(scores));
        let both = fused(&[&first, &second], self.texts.len());
        let third = ranked(&both);
        Answer { scores: [by_words, by_meaning, both], rankings: [first, second, third] }
    }
}

/// How much a term counts in the table of words: the less, the more units have it.
fn weight(index: &Index, term: &str) -> f64 {
    ln(index.documents() as f64 / index.holders(term).max(1) as f64)
}

impl Search {
    fn new(values: &Values) -> Self {
        let shelf = Shelf::new(values);
        let query = words(values.text("query"));
        if shelf.is_own() {
            return Self {
                answer: shelf.answer(&query),
                shelf,
                query,
                method: METHOD.of(values),
                judged: None,
            };
        }
        let mut judged = [[0.0; 2]; 3];
        for (asked, wanted) in QUERIES {
            let answer = shelf.answer(&words(asked));
            for (sums, ranking) in judged.iter_mut().zip(&answer.rankings) {
                sums[0] += recall(ranking, wanted, FIRST);
                sums[1] += reciprocal_rank(ranking, wanted);
            }
        }
        judged.as_flattened_mut().iter_mut().for_each(|sum| *sum /= QUERIES.len() as f64);
        Self { answer: shelf.answer(&query), shelf, query, method: METHOD.of(values), judged: Some(judged) }
    }

    fn chosen(&self) -> usize {
        Method::ALL.iter().position(|m| *m == self.method).unwrap_or(0)
    }

    /// Whether any word of the query is in the library.
    fn known(&self) -> bool {
        self.query.iter().any(|word| self.shelf.index.has(word))
    }
}

impl Simulation for Search {
    fn readings(&self) -> Vec<Named> {
        let chosen = self.chosen();
        let judged = self.judged.map(|judged| judged[chosen]);
        let ranking = &self.answer.rankings[chosen];
        vec![
            reading("recall3", judged.map(|[recall, _]| 100.0 * recall)),
            reading("mrr", judged.map(|[_, rank]| rank)),
            reading("found", ranking.len()),
            reading("top_score", ranking.first().map(|text| self.answer.scores[chosen][*text])),
        ]
    }

    fn figure(&self) -> Figure {
        figure::draw(self)
    }

    fn describe(&self, mark: &str, index: usize) -> Option<String> {
        figure::describe(self, mark, index)
    }

    fn notes(&self) -> Vec<String> {
        if !self.known() {
            return vec![
                "No word of the query is in the library, so neither words nor meaning find a text."
                    .to_owned(),
            ];
        }
        let mut unknown: Vec<&String> = self.query.iter().filter(|w| !self.shelf.index.has(w)).collect();
        unknown.dedup();
        let names: Vec<String> = unknown.iter().map(|w| format!("“{w}”")).collect();
        match names.len() {
            0 => Vec::new(),
            1 => vec![format!("{} stands in no text and is passed over.", names[0])],
            _ => vec![format!("{} stand in no text and are passed over.", names.join(", "))],
        }
    }
}
