//! Articles: Markdown to HTML with live simulations in it.
//!
//! [`Article::read`] turns a topic's Markdown into typed [`block`]s, runs each simulation to its
//! opening moment, looks up everything that the text points at, and answers with HTML in which
//! only the simulations themselves are missing. All that is broken is reported at once, each with
//! its line. The whole runs at build time: the page carries none of it.

pub mod block;
mod check;
mod code;
pub(crate) mod html;
mod math;
mod measured;
mod parse;
mod problem;
pub mod runs;
mod sections;
mod stage;
#[cfg(test)]
mod tests;
mod write;

pub use check::QUESTIONS_EACH;
#[cfg(test)]
pub(crate) use measured::files;
pub use problem::Problem;
pub use write::{Said, Step};

use block::{Block, BlockKind, TalkStep, plain};
use stage::Stage;
use write::{Piece, Writer};

use crate::lab::address::Moment;
use crate::lab::run::question::Question;
use crate::lab::{Runner, share};
use crate::topics::Topic;

/// An article that is ready to stand in a page.
pub struct Article {
    pub topic: &'static Topic,
    /// The title, without marks.
    pub title: String,
    /// Its sections and what is below them.
    pub sections: Vec<Section>,
    /// What it lacks that a finished article has.
    pub unfinished: Vec<Problem>,
    /// Words, without glossary, references, formulas and code.
    pub words: usize,
    stage: Stage,
    pieces: Vec<Piece>,
    /// The steps of its talk.
    pub talk: Vec<Step>,
    /// What a teacher can set.
    pub questions: Vec<Posed>,
    /// Its glossary and its references, for those of the whole site.
    pub terms: Vec<Entry>,
    pub references: Vec<Entry>,
}

/// A question that a teacher can set, with its texts as HTML.
#[derive(Clone, Debug)]
pub struct Posed {
    /// The name that the article gives it: its figure, where that starts, and the check.
    pub name: String,
    pub question: Question,
    pub html: String,
    /// What meets the check, and the same in words.
    pub answer: Option<(Moment, String)>,
    /// Why, for who sets the question.
    pub because: String,
}

/// A term of the glossary with its meaning, or a reference under its key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The id of its place on the page.
    pub id: String,
    /// The term, or the key.
    pub name: String,
    /// The meaning, or the reference, as HTML.
    pub html: String,
}

/// A section, or one within a section.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Section {
    /// The level of its heading: 2 for those of the table of contents.
    pub level: u8,
    /// The id of its heading.
    pub id: String,
    pub title: String,
    /// Its first paragraph, without marks.
    pub text: String,
    /// What the rows of its tables are about.
    pub rows: Vec<String>,
}

impl Section {
    /// A section of which only the heading is known.
    fn new(level: u8, id: &str, title: String) -> Self {
        Self { level, id: id.to_owned(), title, text: String::new(), rows: Vec::new() }
    }
}

impl Article {
    /// Reads a topic's article.
    ///
    /// # Errors
    /// All that is broken in it, by line.
    pub fn read(topic: &'static Topic) -> Result<Self, Vec<Problem>> {
        Self::of(topic, topic.article)
    }

    pub(crate) fn of(topic: &'static Topic, markdown: &str) -> Result<Self, Vec<Problem>> {
        let (blocks, mut problems) = parse::parse(markdown);
        let stage = Stage::set(topic, &blocks, &mut problems);
        measured::make(topic, &blocks);
        problems.extend(check::ids(&blocks));
        let written = Writer::write(topic, &stage, &blocks);
        problems.extend(written.problems);
        problems.extend(measured::declarations(topic));
        problems.extend(measured::published::problems(topic, &blocks));
        problems.sort();
        problems.dedup();
        if !problems.is_empty() {
            return Err(problems);
        }
        Ok(Self {
            topic,
            title: title(&blocks).unwrap_or_else(|| topic.title.to_owned()),
            sections: written.sections,
            unfinished: check::unfinished(topic, &blocks),
            words: check::words(&blocks),
            stage,
            pieces: written.pieces,
            talk: written.talk,
            questions: written.posed,
            terms: written.terms,
            references: written.references,
        })
    }

    /// The article as HTML; `widget` draws a simulation, which it gets at its opening moment.
    #[must_use]
    pub fn html(&self, widget: &dyn Fn(&'static Topic, &Runner) -> String) -> String {
        let mut out = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Html(html) => out.push_str(html),
                Piece::Simulation(id) => {
                    if let Some(runner) = self.stage.runner(id) {
                        out.push_str(&widget(self.topic, runner));
                    }
                }
            }
        }
        out
    }

    /// Whether a simulation stands in the text.
    #[must_use]
    pub fn places(&self, simulation: &'static str) -> bool {
        self.pieces.contains(&Piece::Simulation(simulation))
    }

    /// Those steps of the talk that show a simulation, as HTML; empty where there are none.
    #[must_use]
    pub fn steps(&self, simulation: &str) -> String {
        let own: Vec<Step> = self.talk.iter().filter(|s| s.simulation == simulation).cloned().collect();
        if own.is_empty() { String::new() } else { write::talk(&own, false) }
    }

    /// The simulations at their opening moments, in the topic's order.
    #[must_use]
    pub fn simulations(&self) -> &[Runner] {
        self.stage.runners()
    }
}

/// Problems as lines that an editor can jump to.
#[must_use]
pub fn report(topic: &Topic, problems: &[Problem]) -> String {
    let file = if topic.simulations.is_empty() {
        format!("src/guide/{}.md", topic.slug)
    } else {
        format!("src/topics/{}/article.md", topic.slug)
    };
    let of = |p: &Problem| p.file.clone().unwrap_or_else(|| file.clone());
    let lines: Vec<String> = problems.iter().map(|p| format!("{}:{p}", of(p))).collect();
    lines.join("\n")
}

/// The title of a topic's article, and the steps of its talk as files have them, without the rest of it;
/// nothing is checked.
#[must_use]
pub fn talk(topic: &'static Topic) -> (String, Vec<share::step::Step>) {
    let blocks = parse::parse(topic.article).0;
    let steps = blocks.iter().filter_map(|block| match &block.kind {
        BlockKind::Talk(steps) => Some(steps),
        _ => None,
    });
    let read = |step: &TalkStep| {
        let read = share::step::Step::read(topic.simulations, topic.slug, &step.simulation, &step.query)?;
        Some(share::step::Step { sentence: plain(&step.sentence), note: plain(&step.note), ..read })
    };
    let steps = steps.flatten().filter_map(read).collect();
    (title(&blocks).unwrap_or_else(|| topic.title.to_owned()), steps)
}

fn title(blocks: &[Block]) -> Option<String> {
    blocks.iter().find_map(|b| match &b.kind {
        BlockKind::Heading { level: 1, content, .. } => Some(plain(content)),
        _ => None,
    })
}
