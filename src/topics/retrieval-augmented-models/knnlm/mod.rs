//! `knnlm`: a table of counts and a notebook say what the next word is; a share mixes the two.

mod exam;
mod figure;
mod own;
mod spec;
#[cfg(test)]
mod tests;

pub use spec::SPEC;

use crate::lab::figure::Figure;
use crate::lab::{Named, Reading, Simulation, Values, reading};
use crate::models::inverted_file::InvertedFile;
use crate::models::notebook::{Encoder, Neighbour, Notebook, WIDTH, nearest, nearest_of, shares};
use crate::models::small_world::{
    Edit, NOTEBOOK, Outline, STOP, Saying, TEST, TRAINING, Tables, World, entropy, spelt,
};
use crate::numerics::random::Stream;
use exam::Exam;
use own::Own;
use spec::{ASK, EDIT, Learnt, WEIGHTS};

/// Beats in which the test is read.
const STEPS: u64 = 20;
/// Beats of a word that is read aloud.
const BEATS: u64 = 4;
/// Words' time for which the end of a sentence stands.
const REST: u64 = 3;
/// Rows of a table that has them all.
const ROWS: usize = 70;
/// Most entries.
const ENTRIES: usize = 3000;
/// Cells that a notebook is cut into; who searches all of them needs none.
const CELLS: usize = 64;
/// Iterations of k-means: later ones move few entries.
const ITERATIONS: usize = 10;

/// The place that is read about.
const PLACE: usize = 0;

struct Mixer {
    /// A text of the reader's own.
    own: Option<Own>,
    share: f64,
    gate: f64,
    search: Search,
    weights: Tables,
    rows: usize,
    exam: Exam,
    edit: Edit,
    /// Sentences in the world of the weights and in that of the notebook, the first one first.
    sentences: Vec<[Vec<usize>; 2]>,
    /// What both say of the end of the first sentence, and of the word that is due now.
    asked: Heard,
    heard: Heard,
    steps: u64,
}

/// A notebook, and how it is asked.
struct Search {
    notebook: Notebook,
    /// What it was written from: the contexts.
    text: Vec<usize>,
    k: usize,
    temperature: f64,
    store: usize,
    /// The notebook in cells, where not all of them are searched.
    cells: Option<InvertedFile>,
    probe: usize,
}

/// What was looked at for one question.
struct Look {
    found: Vec<Neighbour>,
    /// Distances that this search computes: to the centres, and to the keys in the cells searched.
    distances: usize,
    /// All cells, nearest first; empty where the notebook is in none.
    cells: Vec<Cell>,
}

/// A cell, as one question sees it.
struct Cell {
    entries: usize,
    /// Those of the truly nearest entries that it holds.
    nearest: usize,
}

/// What is said of one word.
struct Heard {
    /// The words before, a stop first.
    before: Vec<usize>,
    /// The word that follows, and what followed when the weights learnt.
    truth: usize,
    was: usize,
    weights: Vec<f64>,
    /// Empty where there is no notebook.
    notebook: Vec<f64>,
    neighbours: Vec<(Neighbour, f64)>,
    cells: Vec<Cell>,
    entropy: f64,
}

impl Search {
    fn new(values: &Values, encoder: Encoder, text: Vec<usize>) -> Self {
        let (seed, store, probe) = (values.seed(), values.integer("store"), values.integer("probe"));
        // A reader's text may have fewer contexts than are asked for.
        let store = store.min(text.len());
        let cut = probe < CELLS && store >= CELLS;
        let cells = cut.then(|| {
            let keys = encoder.keys(&text, store);
            InvertedFile::new(&keys, CELLS, ITERATIONS, &mut Stream::new(seed, "cells"))
        });
        Self {
            notebook: Notebook::new(encoder, &text, ENTRIES),
            text,
            k: values.integer("k"),
            temperature: values.real("temp"),
            store,
            cells,
            probe,
        }
    }

    /// Searches for the context at place `i` of a text, `nearest` being the truly nearest entries, which this
    /// program can know since it has all `distances`.
    fn look(&self, text: &[usize], i: usize, distances: &[f64], nearest: &[Neighbour]) -> Look {
        let Some(file) = &self.cells else {
            return Look { found: nearest.to_vec(), distances: self.store, cells: Vec::new() };
        };
        let order = file.order(&self.notebook.key(text, i));
        let entries = file.entries(&order, self.probe);
        let found = nearest_of(distances, self.k, &entries);
        let cell = |cell: &usize| {
            let list = file.list(*cell);
            let nearest = nearest.iter().filter(|n| list.binary_search(&n.entry).is_ok()).count();
            Cell { entries: list.len(), nearest }
        };
        let cells = order.iter().map(cell).collect();
        Look { found, distances: file.cells() + entries.len(), cells }
    }
}

impl Mixer {
    fn new(values: &Values) -> Self {
        match Own::new(values.text("own")) {
            Some(own) => Self::on(own, values),
            None => Self::of_our_world(values),
        }
    }

    /// Weights, notebook and test from the reader's text.
    fn on(own: Own, values: &Values) -> Self {
        let [training, notes, test] = own.parts().map(<[usize]>::to_vec);
        let learn = |texts: &[&[usize]]| Tables::learn_words(texts, own.vocabulary(), false);
        let pairs = learn(&[&training]);
        let weights = match WEIGHTS.of(values) {
            Learnt::Pairs | Learnt::Aware => pairs.clone(),
            Learnt::PairsOfAll | Learnt::AwareOfAll => learn(&[&training, &notes]),
        };
        let encoder = Encoder::of(own.vocabulary(), values.integer("context"), values.seed());
        let search = Search::new(values, encoder, notes);
        let sentences = own.aloud().into_iter().map(|words| [words.clone(), words]).collect();
        let exam = Exam::new(pairs, test, &search).without_facts();
        Self::begin(values, Some(own), Edit::Nothing, search, weights, exam, sentences)
    }

    fn of_our_world(values: &Values) -> Self {
        let (seed, edit, learnt) = (values.seed(), EDIT.of(values), WEIGHTS.of(values));
        let old = World::new(seed);
        let new = old.edited(edit);
        let outline = |sentences, purpose| Outline::new(sentences, seed, purpose);
        let training = outline(TRAINING, "training").written(&old);
        let notes = outline(NOTEBOOK, "notebook");
        let read = notes.written(&old);
        let pairs = Tables::learn(&[&training], false);
        let weights = match learnt {
            Learnt::Pairs => pairs.clone(),
            Learnt::PairsOfAll => Tables::learn(&[&training, &read], false),
            Learnt::Aware => Tables::learn(&[&training], true),
            Learnt::AwareOfAll => Tables::learn(&[&training, &read], true),
        };
        let text = notes.written(&new);
        let search = Search::new(values, Encoder::new(values.integer("context"), seed), text);
        let first = ASK.of(values);
        let mut sayings = [Saying::Capital, Saying::Travel, Saying::Flag];
        sayings.sort_by_key(|saying| *saying != first);
        let sentence = |saying: &Saying| [&old, &new].map(|world| world.sentence(*saying, PLACE));
        let sentences: Vec<[Vec<usize>; 2]> = sayings.iter().map(sentence).collect();
        let exam = Exam::new(pairs, outline(TEST, "test").written(&new), &search);
        Self::begin(values, None, edit, search, weights, exam, sentences)
    }

    fn begin(
        values: &Values,
        own: Option<Own>,
        edit: Edit,
        search: Search,
        weights: Tables,
        exam: Exam,
        sentences: Vec<[Vec<usize>; 2]>,
    ) -> Self {
        let rows = values.integer("lm_rows");
        let end = sentences[0][1].len() - 2;
        let [asked, heard] = [end, 0].map(|word| hear(&search, &weights, rows, &sentences[0], word));
        let mut this = Self {
            own,
            share: 0.0,
            gate: 0.0,
            search,
            weights,
            rows,
            exam,
            edit,
            sentences,
            asked,
            heard,
            steps: 0,
        };
        this.set(values);
        this
    }

    /// How a word is written.
    fn spelt(&self, word: usize) -> &str {
        self.own.as_ref().map_or_else(|| spelt(word), |own| own.spelt(word))
    }

    /// Which sentence is read now, and which of its words is due.
    fn due(&self) -> (usize, usize) {
        let mut words = self.steps / BEATS;
        for (i, [_, sentence]) in self.sentences.iter().enumerate() {
            let asked = sentence.len() as u64 - 2;
            if words < asked + REST {
                return (i, words.min(asked) as usize);
            }
            words -= asked + REST;
        }
        (0, self.sentences[0][1].len() - 2)
    }

    /// The mix's probability of a word.
    fn mixed(&self, heard: &Heard, word: usize) -> f64 {
        match heard.notebook.get(word) {
            Some(p) if heard.entropy >= self.gate => {
                self.share * p + (1.0 - self.share) * heard.weights[word]
            }
            _ => heard.weights[word],
        }
    }

    /// The share at which truth and old word are equally likely.
    fn crossing(&self) -> Reading {
        let Heard { truth, was, weights, notebook, .. } = &self.asked;
        if truth == was || notebook.is_empty() {
            return Reading::Absent;
        }
        let (lead, answer) = (weights[*was] - weights[*truth], notebook[*truth] - notebook[*was]);
        match (lead > 0.0, answer > 0.0) {
            (true, true) => Reading::Number(lead / (lead + answer)),
            (true, false) => Reading::Text("nowhere".to_owned()),
            (false, _) => Reading::Number(0.0),
        }
    }
}

fn hear(search: &Search, weights: &Tables, rows: usize, [old, new]: &[Vec<usize>; 2], word: usize) -> Heard {
    let mut before = vec![STOP];
    before.extend(&new[..word]);
    let p = weights.distribution(&before, before.len(), rows);
    let distances = search.notebook.distances(&before, before.len());
    let all = nearest(&distances, search.k, &[search.store]).pop().unwrap_or_default();
    let Look { found, cells, .. } = search.look(&before, before.len(), &distances, &all);
    let shares = shares(&found, search.temperature);
    let neighbours: Vec<(Neighbour, f64)> = found.into_iter().zip(shares).collect();
    let mut notebook = vec![0.0; if neighbours.is_empty() { 0 } else { p.len() }];
    neighbours.iter().for_each(|(n, share)| notebook[search.notebook.next[n.entry]] += share);
    let entropy = entropy(&p);
    Heard { before, truth: new[word], was: old[word], weights: p, notebook, neighbours, cells, entropy }
}

impl Simulation for Mixer {
    fn step(&mut self) {
        let before = self.due();
        self.steps += 1;
        let due = self.due();
        if due != before {
            self.heard = hear(&self.search, &self.weights, self.rows, &self.sentences[due.0], due.1);
        }
        if self.exam.read(STEPS, &self.search, &self.weights, self.rows) {
            self.exam.sum_up(self.gate);
        }
    }

    fn set(&mut self, values: &Values) {
        self.share = values.real("lambda");
        self.gate = values.real("theta");
        self.exam.sum_up(self.gate);
    }

    fn readings(&self) -> Vec<Named> {
        let exam = &self.exam;
        let Heard { truth, was, .. } = self.asked;
        let changed = truth != was;
        let begun = |x: f64| if exam.slots.is_empty() { Reading::Absent } else { Reading::Number(x) };
        let ppl = exam.perplexity(self.share);
        vec![
            reading("new", self.mixed(&self.asked, truth)),
            reading("old", changed.then(|| self.mixed(&self.asked, was))),
            reading("lead", changed.then(|| self.mixed(&self.asked, truth) - self.mixed(&self.asked, was))),
            reading("crossing", self.crossing()),
            reading("ppl", begun(ppl)),
            reading("ppl_lm", begun(exam.perplexity(0.0))),
            reading("ppl_best", begun(exam.perplexity(exam.best))),
            reading("best_lambda", begun(exam.best)),
            reading("ppl_all_rows", begun(exam.all_rows())),
            reading("fact_acc", exam.facts_right(self.share, self.gate)),
            reading("call_rate", begun(exam.asked())),
            reading("gate_cost", begun(ppl / exam.ungated(self.share))),
            reading("looked", exam.looked()),
            reading("recall", exam.recall()),
            reading("params", self.weights.parameters(self.rows)),
            reading("stored_numbers", self.search.store * (WIDTH + 1)),
        ]
    }

    fn figure(&self) -> Figure {
        figure::draw(self)
    }

    fn describe(&self, mark: &str, index: usize) -> Option<String> {
        figure::describe(self, mark, index)
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        let store = self.search.store;
        if let Some(own) = &self.own {
            let [training, noted, test] = own.parts().map(<[usize]>::len);
            notes.push(format!(
                "The text is yours: its first {training} words, full stops among them, are for the weights, the next \
                 {noted} for the notebook, the last {test} are the test. Weights know pairs only, and rows are \
                 those of the {ROWS} most frequent words; “Since then” has no say."
            ));
            if own.rare > 0 {
                notes.push(format!("{} rare words are written as □, all as one.", own.rare));
            }
        }
        if store == 0 {
            notes.push(
                "The notebook is empty: λ has nothing to mix, and the weights answer alone.".to_owned(),
            );
        } else if self.search.k > store {
            notes.push(format!("There are no {} entries: all {store} answer.", self.search.k));
        }
        if store > 0 && store < CELLS && self.search.probe < CELLS {
            notes.push(format!(
                "{store} entries are too few for {CELLS} cells: all of them are looked at. Cells take a notebook \
                 of at least {CELLS} entries."
            ));
        }
        if self.exam.looked().is_some_and(|looked| looked > 100.0) {
            notes.push("More distances than without cells: the centres cost more than they save.".to_owned());
        }
        let floored = self.exam.floored(self.share);
        if floored > 0 {
            notes.push(format!(
                "{floored} of the test's words have no chance in this mix. Each counts as one in a million, so \
                 the perplexity is ≥ what is shown."
            ));
        }
        notes
    }

    fn finished(&self) -> bool {
        // All sentences, each with its rest, and the first one once more.
        let words: u64 = self.sentences.iter().map(|[_, s]| s.len() as u64 - 2 + REST).sum();
        self.steps >= words * BEATS
    }
}
