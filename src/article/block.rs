//! What an article is made of.
//!
//! Names that point at something (a simulation, a control, a citation) are still text here;
//! [`super::check`] says whether they exist, and [`super::html`] writes them.

/// A part of an article with the line on which it begins.
#[derive(Clone, Debug, PartialEq)]
pub struct Block {
    pub line: usize,
    pub kind: BlockKind,
}

#[derive(Clone, Debug, PartialEq)]
pub enum BlockKind {
    Heading {
        level: u8,
        id: String,
        content: Vec<Inline>,
    },
    Paragraph(Vec<Inline>),
    /// A line of a tight list: a paragraph without its margins.
    Line(Vec<Inline>),
    Math(String),
    Code {
        language: String,
        text: String,
    },
    List {
        /// The first number of an ordered list.
        start: Option<u64>,
        items: Vec<Vec<Block>>,
    },
    Quotation(Vec<Block>),
    Claim(Claim),
    Table(Table),
    Rule,
    Placement(Placement),
    Sweep(SweepPlacement),
    Talk(Vec<TalkStep>),
    Questions(Vec<Question>),
    Glossary(Vec<Term>),
    References(Vec<Reference>),
}

/// A claim of the field, with what the page finds.
#[derive(Clone, Debug, PartialEq)]
pub struct Claim {
    pub said: Vec<Inline>,
    pub verdict: Verdict,
    /// The figures and sources that the verdict rests on.
    pub reasons: Vec<Block>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    True,
    Qualified,
    Wrong,
    Unknown,
}

impl Verdict {
    pub const ALL: [Self; 4] = [Self::True, Self::Qualified, Self::Wrong, Self::Unknown];

    /// The word in the article, on the page and in the class.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::True => "true",
            Self::Qualified => "qualified",
            Self::Wrong => "wrong",
            Self::Unknown => "unknown",
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Table {
    pub columns: Vec<Alignment>,
    pub head: Vec<Vec<Inline>>,
    pub rows: Vec<Vec<Vec<Inline>>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Alignment {
    Start,
    Centre,
    End,
}

/// A place for a simulation: `![caption](sim:id?control=value)` alone on its line.
#[derive(Clone, Debug, PartialEq)]
pub struct Placement {
    pub simulation: String,
    /// Control values as in an address, without `?`; they may only repeat the defaults.
    pub query: String,
    pub caption: Vec<Inline>,
}

/// A place for a sweep: `![caption](sweep:id?control=a..b#readout)` alone on its line.
#[derive(Clone, Debug, PartialEq)]
pub struct SweepPlacement {
    /// The name of the sweep, as [`crate::lab::run::sweep`] reads it.
    pub name: String,
    pub caption: Vec<Inline>,
}

/// A step of the topic's talk: `[A sentence.](step:id?control=value&at=40) What its speaker says.`
#[derive(Clone, Debug, PartialEq)]
pub struct TalkStep {
    pub simulation: String,
    /// Control values and the step to stand at, as in an address, without `?`.
    pub query: String,
    /// What the numbers in the sentence are, as `#readout;readout` behind the moment says.
    pub asked: String,
    pub sentence: Vec<Inline>,
    /// What the speaker says with it, for the speaker's eyes; may be empty.
    pub note: Vec<Inline>,
    pub line: usize,
}

/// A question for a class: `[The question.](question:id?control=value#readout<=3)`, then its answer.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    /// Where the figure starts and what has to hold, as [`crate::lab::run::question`] reads it.
    pub name: String,
    pub sentence: Vec<Inline>,
    /// `[In words.](answer:control=other&at=600)`: what meets the check.
    pub answer: Option<Solution>,
    /// Why, for who sets the question.
    pub because: Vec<Inline>,
    pub line: usize,
}

/// Changes against a question's start, with their words.
#[derive(Clone, Debug, PartialEq)]
pub struct Solution {
    /// As in an address, without `?`.
    pub query: String,
    pub words: Vec<Inline>,
}

/// An entry of the glossary.
#[derive(Clone, Debug, PartialEq)]
pub struct Term {
    pub id: String,
    pub name: Vec<Inline>,
    pub meaning: Vec<Inline>,
}

/// An entry of the list of references.
#[derive(Clone, Debug, PartialEq)]
pub struct Reference {
    pub key: String,
    pub content: Vec<Inline>,
    pub line: usize,
}

/// A part of a sentence with the line on which it begins.
#[derive(Clone, Debug, PartialEq)]
pub struct Inline {
    pub line: usize,
    pub kind: InlineKind,
}

#[derive(Clone, Debug, PartialEq)]
pub enum InlineKind {
    Text(String),
    Code(String),
    Emphasis(Vec<Inline>),
    Strong(Vec<Inline>),
    Math(String),
    /// The end of a line of the article, which is a space on the page.
    LineEnd,
    Break,
    Link {
        to: String,
        content: Vec<Inline>,
    },
    /// A part of a simulation: `[text](control:simulation.part)` and its kin.
    Part(Part),
    /// A number with the name of its run: `[51.3 %](run:id?at=1600#readout)`.
    Measured {
        run: String,
        content: Vec<Inline>,
    },
    /// `[@key]`, `[@one; @two]`, `[@key, section 3]`.
    Citation(Vec<Cited>),
}

#[derive(Clone, Debug, PartialEq)]
pub struct Part {
    pub role: Role,
    pub simulation: String,
    /// Id of the control, readout, mark or preset.
    pub id: String,
    pub content: Vec<Inline>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    Control,
    Readout,
    Mark,
    Preset,
}

impl Role {
    pub const ALL: [Self; 4] = [Self::Control, Self::Readout, Self::Mark, Self::Preset];

    /// The scheme of its links.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Control => "control",
            Self::Readout => "readout",
            Self::Mark => "mark",
            Self::Preset => "preset",
        }
    }
}

#[derive(Clone, Debug, PartialEq)]
pub struct Cited {
    pub key: String,
    /// What follows the comma: a section, a figure.
    pub place: String,
}

/// The text of a sentence, without its marks.
#[must_use]
pub fn plain(content: &[Inline]) -> String {
    let mut out = String::new();
    walk(content, &mut |inline| match &inline.kind {
        InlineKind::Text(text) | InlineKind::Code(text) | InlineKind::Math(text) => out.push_str(text),
        InlineKind::LineEnd | InlineKind::Break => out.push(' '),
        _ => {}
    });
    out
}

/// Visits every part of a sentence, outer ones first.
pub fn walk<'a>(content: &'a [Inline], visit: &mut impl FnMut(&'a Inline)) {
    for inline in content {
        visit(inline);
        match &inline.kind {
            InlineKind::Emphasis(inner)
            | InlineKind::Strong(inner)
            | InlineKind::Link { content: inner, .. }
            | InlineKind::Measured { content: inner, .. }
            | InlineKind::Part(Part { content: inner, .. }) => walk(inner, visit),
            _ => {}
        }
    }
}

/// Visits every block, outer ones first.
pub fn walk_blocks<'a>(blocks: &'a [Block], visit: &mut impl FnMut(&'a Block)) {
    for block in blocks {
        visit(block);
        match &block.kind {
            BlockKind::List { items, .. } => {
                for item in items {
                    walk_blocks(item, visit);
                }
            }
            BlockKind::Quotation(inner) => walk_blocks(inner, visit),
            BlockKind::Claim(claim) => walk_blocks(&claim.reasons, visit),
            _ => {}
        }
    }
}

impl Block {
    /// The sentences that stand in this block itself, not in the blocks within it.
    #[must_use]
    pub fn sentences(&self) -> Vec<&[Inline]> {
        match &self.kind {
            BlockKind::Heading { content, .. }
            | BlockKind::Paragraph(content)
            | BlockKind::Line(content)
            | BlockKind::Placement(Placement { caption: content, .. })
            | BlockKind::Sweep(SweepPlacement { caption: content, .. })
            | BlockKind::Claim(Claim { said: content, .. }) => vec![content],
            BlockKind::Table(table) => {
                table.head.iter().chain(table.rows.iter().flatten()).map(Vec::as_slice).collect()
            }
            BlockKind::Glossary(terms) => {
                terms.iter().flat_map(|t| [t.name.as_slice(), t.meaning.as_slice()]).collect()
            }
            BlockKind::Talk(steps) => {
                steps.iter().flat_map(|s| [s.sentence.as_slice(), s.note.as_slice()]).collect()
            }
            BlockKind::Questions(questions) => questions.iter().flat_map(Question::sentences).collect(),
            BlockKind::References(references) => references.iter().map(|r| r.content.as_slice()).collect(),
            BlockKind::Math(_)
            | BlockKind::Code { .. }
            | BlockKind::List { .. }
            | BlockKind::Quotation(_)
            | BlockKind::Rule => Vec::new(),
        }
    }
}

impl Question {
    /// The question, the words of its answer, and why.
    #[must_use]
    pub fn sentences(&self) -> Vec<&[Inline]> {
        let words = self.answer.iter().map(|solution| solution.words.as_slice());
        std::iter::once(self.sentence.as_slice()).chain(words).chain([self.because.as_slice()]).collect()
    }
}
