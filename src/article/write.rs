//! Blocks to HTML. What points at something is looked up as it is written, and what points at
//! nothing becomes a problem.

mod questions;
mod sentence;

use std::collections::BTreeMap;

use super::block::{
    Alignment, Block, BlockKind, Claim, Inline, InlineKind, Placement, Reference, SweepPlacement, Table,
    TalkStep, Term, plain, walk, walk_blocks,
};
use super::code;
use super::html::{capitalised, close, element, open, words};
use super::math::Math;
use super::measured;
use super::problem::Problem;
use super::stage::Stage;
use super::{Entry, Posed, Section};
use crate::lab::address;
use crate::lab::figure::svg;
use crate::lab::run::sweep::Sweep;
use crate::topics::Topic;
use crate::words::days;

/// A stretch of HTML, or the place of something else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    Html(String),
    Simulation(&'static str),
}

/// A step of the talk: the simulation that it shows, its moment as an address has it, its sentence,
/// and what its speaker says, which stands on no page; empty where nothing is written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Step {
    pub simulation: String,
    pub query: String,
    pub sentence: Said,
    pub note: Said,
}

/// What is said in a talk, as text and as HTML.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Said {
    pub text: String,
    pub html: String,
}

/// What a reader may do before the runs are shown.
const GUESS: &str =
    "Draw your prediction first: across the frame with pointer or finger, or with the arrow keys.";

/// Writes one article.
pub struct Writer<'a> {
    topic: &'a Topic,
    stage: &'a Stage,
    math: Math,
    /// Keys of the list of references in its order.
    references: Vec<&'a str>,
    /// How often each key is cited in the whole article, and how often so far.
    cited: BTreeMap<&'a str, (usize, usize)>,
    /// The last heading.
    section: String,
    /// Paragraphs before the first simulation lead into the article.
    leading: bool,
    /// Whether a speaker's note is written: it is read where no link of the page leads on.
    noting: bool,
    out: String,
    pieces: Vec<Piece>,
    sections: Vec<Section>,
    talk: Vec<Step>,
    posed: Vec<Posed>,
    terms: Vec<Entry>,
    entries: Vec<Entry>,
    problems: Vec<Problem>,
}

/// An article as HTML.
pub struct Written {
    pub pieces: Vec<Piece>,
    pub sections: Vec<Section>,
    pub talk: Vec<Step>,
    pub posed: Vec<Posed>,
    pub terms: Vec<Entry>,
    pub references: Vec<Entry>,
    /// Its broken references.
    pub problems: Vec<Problem>,
}

impl<'a> Writer<'a> {
    #[must_use]
    pub fn write(topic: &'a Topic, stage: &'a Stage, blocks: &'a [Block]) -> Written {
        let mut references = Vec::new();
        let mut cited: BTreeMap<&str, (usize, usize)> = BTreeMap::new();
        walk_blocks(blocks, &mut |block| {
            if let BlockKind::References(list) = &block.kind {
                references.extend(list.iter().map(|r| r.key.as_str()));
            }
            for sentence in block.sentences() {
                walk(sentence, &mut |inline| {
                    if let InlineKind::Citation(keys) = &inline.kind {
                        for one in keys {
                            cited.entry(&one.key).or_default().0 += 1;
                        }
                    }
                });
            }
        });
        let mut writer = Self {
            topic,
            stage,
            math: Math::new(),
            references,
            cited,
            section: String::new(),
            leading: true,
            noting: false,
            out: String::new(),
            pieces: Vec::new(),
            sections: Vec::new(),
            talk: Vec::new(),
            posed: Vec::new(),
            terms: Vec::new(),
            entries: Vec::new(),
            problems: Vec::new(),
        };
        for block in blocks {
            match &block.kind {
                BlockKind::Paragraph(content) if writer.leading => {
                    writer.enclosed("p", &[("class", "lead")], content);
                    writer.out.push('\n');
                }
                _ => {
                    let from = writer.out.len();
                    writer.block(block);
                    writer.begin_section(block, from);
                }
            }
        }
        let last = std::mem::take(&mut writer.out);
        writer.pieces.push(Piece::Html(last));
        Written {
            pieces: writer.pieces,
            sections: writer.sections,
            talk: writer.talk,
            posed: writer.posed,
            terms: writer.terms,
            references: writer.entries,
            problems: writer.problems,
        }
    }

    /// Notes what a section begins with, or which rows its tables have: that tells more where there
    /// are any. `from` is where the block, which is written, begins.
    fn begin_section(&mut self, block: &Block, from: usize) {
        let Some(section) = self.sections.last_mut() else { return };
        match &block.kind {
            BlockKind::Paragraph(_) if section.text.is_empty() => {
                section.text = words(self.out.get(from..).unwrap_or_default());
            }
            BlockKind::Table(table) => {
                let names = table.rows.iter().filter_map(|row| row.first()).map(|cell| plain(cell));
                section.rows.extend(names.filter(|name| !name.is_empty()));
            }
            _ => {}
        }
    }

    fn problem(&mut self, line: usize, sentence: impl Into<String>) {
        self.problems.push(Problem::new(line, sentence));
    }

    /// Ends a stretch of HTML with something else.
    fn cut(&mut self, piece: Piece) {
        let before = std::mem::take(&mut self.out);
        self.pieces.extend([Piece::Html(before), piece]);
    }

    fn blocks(&mut self, blocks: &'a [Block]) {
        for block in blocks {
            self.block(block);
        }
    }

    fn block(&mut self, block: &'a Block) {
        match &block.kind {
            BlockKind::Heading { level, id, content } => self.heading(*level, id, content),
            BlockKind::Paragraph(content) => self.enclosed("p", &[], content),
            BlockKind::Line(content) => self.inlines(content),
            BlockKind::Math(latex) => {
                // A wide formula scrolls, with the arrow keys, too.
                let group =
                    [("class", "formula"), ("role", "group"), ("aria-label", "Formula"), ("tabindex", "0")];
                open(&mut self.out, "div", &group);
                let mathml = self.math.block(latex);
                self.push_checked(mathml, block.line);
                close(&mut self.out, "div");
            }
            BlockKind::Code { language, text } => {
                open(&mut self.out, "pre", &[("tabindex", "0")]);
                open(&mut self.out, "code", &[("class", &format!("language-{language}"))]);
                self.push_checked(code::highlighted(language, text), block.line);
                close(&mut self.out, "code");
                close(&mut self.out, "pre");
            }
            BlockKind::List { start, items } => {
                let name = if start.is_some() { "ol" } else { "ul" };
                let first = start.unwrap_or(1).to_string();
                let attributes: &[(&str, &str)] = if first == "1" { &[] } else { &[("start", &first)] };
                open(&mut self.out, name, attributes);
                for item in items {
                    open(&mut self.out, "li", &[]);
                    self.blocks(item);
                    close(&mut self.out, "li");
                }
                close(&mut self.out, name);
            }
            BlockKind::Quotation(inner) => {
                open(&mut self.out, "blockquote", &[]);
                self.blocks(inner);
                close(&mut self.out, "blockquote");
            }
            BlockKind::Claim(claim) => self.claim(claim),
            BlockKind::Table(table) => self.table(table),
            BlockKind::Rule => open(&mut self.out, "hr", &[]),
            BlockKind::Placement(placement) => self.placement(placement),
            BlockKind::Sweep(placement) => self.sweep(placement, block.line),
            BlockKind::Talk(steps) => self.talk(steps),
            BlockKind::Questions(questions) => self.questions(questions),
            BlockKind::Glossary(terms) => self.glossary(terms),
            BlockKind::References(references) => self.references(references),
        }
        self.out.push('\n');
    }

    /// A sentence as HTML, beside what is being written.
    fn written(&mut self, content: &'a [Inline]) -> String {
        let outside = std::mem::take(&mut self.out);
        self.inlines(content);
        std::mem::replace(&mut self.out, outside)
    }

    fn push_checked(&mut self, html: Result<String, String>, line: usize) {
        match html {
            Ok(html) => self.out.push_str(&html),
            Err(sentence) => self.problem(line, sentence),
        }
    }

    fn heading(&mut self, level: u8, id: &str, content: &'a [Inline]) {
        let name = format!("h{level}");
        self.section = plain(content);
        if level == 1 {
            open(&mut self.out, &name, &[]);
            self.inlines(content);
        } else {
            self.leading = false;
            self.sections.push(Section::new(level, id, plain(content)));
            open(&mut self.out, &name, &[("id", id)]);
            self.inlines(content);
            let label = format!("Link to “{}”", plain(content));
            let attributes = [("class", "permalink"), ("href", &*format!("#{id}")), ("aria-label", &*label)];
            element(&mut self.out, "a", &attributes, "#");
        }
        close(&mut self.out, &name);
    }

    fn claim(&mut self, claim: &'a Claim) {
        let word = claim.verdict.word();
        let class = format!("claim claim-{word}");
        open(&mut self.out, "figure", &[("class", &*class)]);
        element(&mut self.out, "p", &[("class", "claim-label")], "Claim");
        open(&mut self.out, "blockquote", &[]);
        open(&mut self.out, "p", &[]);
        self.inlines(&claim.said);
        close(&mut self.out, "p");
        close(&mut self.out, "blockquote");
        open(&mut self.out, "figcaption", &[]);
        open(&mut self.out, "p", &[("class", "verdict")]);
        element(&mut self.out, "span", &[("class", "verdict-label")], "Verdict: ");
        element(&mut self.out, "strong", &[("class", "badge")], &capitalised(word));
        close(&mut self.out, "p");
        self.blocks(&claim.reasons);
        close(&mut self.out, "figcaption");
        close(&mut self.out, "figure");
    }

    /// A table scrolls alone, so that a wide one does not move the page.
    fn table(&mut self, table: &'a Table) {
        let label = table.head.first().map(|cell| plain(cell)).unwrap_or_default();
        let label = if label.is_empty() { "row" } else { &label };
        // A page may have a table of papers in each of its sections, and beside one of its own that of
        // published figures, whose columns are known: on a phone they stand one below the other.
        let known = measured::published::is_such(table);
        let kind = if known { "Published figures" } else { "Table" };
        let label = format!("{kind} by {label}: {}", self.section);
        let class = if known { "table-scroll published" } else { "table-scroll" };
        let region = [("class", class), ("role", "region"), ("aria-label", &label), ("tabindex", "0")];
        open(&mut self.out, "div", &region);
        open(&mut self.out, "table", &[]);
        open(&mut self.out, "thead", &[]);
        self.row("th", &table.columns, &table.head, None);
        close(&mut self.out, "thead");
        open(&mut self.out, "tbody", &[]);
        for row in &table.rows {
            let checked = table.head.last().is_some_and(|head| plain(head) == CHECKED);
            let checked = checked.then(|| row.len().saturating_sub(1));
            self.row("td", &table.columns, row, checked);
        }
        for name in ["tbody", "table", "div"] {
            close(&mut self.out, name);
        }
    }

    /// `checked` is the place of the cell, if there is one, that says when the row was checked.
    fn row(&mut self, name: &str, columns: &[Alignment], cells: &'a [Vec<Inline>], checked: Option<usize>) {
        open(&mut self.out, "tr", &[]);
        for (i, cell) in cells.iter().enumerate() {
            let mut attributes = Vec::new();
            if name == "th" {
                attributes.push(("scope", "col"));
            }
            match columns.get(i) {
                Some(Alignment::Centre) => attributes.push(("class", "centre")),
                Some(Alignment::End) => attributes.push(("class", "end")),
                _ => {}
            }
            open(&mut self.out, name, &attributes);
            if checked == Some(i) {
                self.day(cell);
            } else {
                self.inlines(cell);
            }
            close(&mut self.out, name);
        }
        close(&mut self.out, "tr");
    }

    /// The day on which a row was checked: the page says when that is too long ago.
    fn day(&mut self, cell: &'a [Inline]) {
        let day = plain(cell);
        if days::of(&day).is_none() {
            let line = cell.first().map_or(1, |i| i.line);
            let sentence = format!("“{day}” is no day: under “{CHECKED}” stands one, as in 2026-11-23.");
            self.problem(line, sentence);
        }
        element(&mut self.out, "time", &[("datetime", &day), ("data-checked", "")], &day);
    }

    fn placement(&mut self, placement: &'a Placement) {
        self.leading = false;
        // A place without its simulation is a problem that the stage has told already.
        let Some(runner) = self.stage.runner(&placement.simulation) else { return };
        let spec = runner.spec();
        let hero = self.topic.simulations.first().is_some_and(|first| first.id == spec.id);
        let id = format!("sim-{}", spec.id);
        let class = if hero { "simulation hero" } else { "simulation" };
        open(&mut self.out, "figure", &[("class", class), ("id", &*id)]);
        self.cut(Piece::Simulation(spec.id));
        open(&mut self.out, "figcaption", &[]);
        self.inlines(&placement.caption);
        close(&mut self.out, "figcaption");
        close(&mut self.out, "figure");
    }

    /// A sweep as a still figure: the picture of how a readout depends on a control. Where there are
    /// scripts, its reader may draw the curve first: the runs are shown when a box is checked, which works
    /// without the program.
    fn sweep(&mut self, placement: &'a SweepPlacement, line: usize) {
        let sweep = match measured::sweep_of(self.topic, &placement.name) {
            Ok(sweep) => sweep,
            Err(sentence) => return self.problem(line, sentence),
        };
        let curve = measured::curve(&sweep);
        let figure = sweep.figure(&curve);
        let (name, numbers) = (sweep.to_string(), Sweep::numbers(&curve));
        let mut attributes = vec![("class", "sweep"), ("data-sweep", &*name)];
        // Seeds have no order in which a curve could be drawn.
        let drawn = !sweep.is_distribution();
        attributes.extend(drawn.then_some(("data-curve", &*numbers)));
        open(&mut self.out, "figure", &attributes);
        if drawn {
            let says = [("class", "guess-says"), ("data-guess-says", ""), ("role", "status")];
            element(&mut self.out, "p", &says, GUESS);
            let id = format!("runs-{line}");
            let shows =
                [("class", "guess-shows"), ("type", "checkbox"), ("data-guess-shows", ""), ("id", &*id)];
            open(&mut self.out, "input", &shows);
            element(&mut self.out, "label", &[("class", "guess-label"), ("for", &*id)], "Show the runs");
        }
        open(&mut self.out, "div", &[("class", "figure")]);
        self.out.push_str(&svg::at_widths(&figure));
        close(&mut self.out, "div");
        open(&mut self.out, "figcaption", &[]);
        self.inlines(&placement.caption);
        close(&mut self.out, "figcaption");
        close(&mut self.out, "figure");
    }

    /// The steps as links to their moments, which the page walks through on a large screen.
    fn talk(&mut self, steps: &'a [TalkStep]) {
        let mut before: Option<(&str, &str)> = None;
        for step in steps {
            let sentence = Said { text: plain(&step.sentence), html: self.written(&step.sentence) };
            let note = self.note(step);
            if before.replace((&step.simulation, &step.query)) == Some((&step.simulation, &step.query)) {
                self.problem(step.line, "This step shows what the one before it shows.");
            }
            let length = sentence.text.chars().count();
            if length > LONGEST_STEP {
                let sentence =
                    format!("A step is read from afar: {length} letters are more than {LONGEST_STEP}.");
                self.problem(step.line, sentence);
            }
            match self.topic.simulation(&step.simulation) {
                None => {
                    let ids: Vec<&str> = self.topic.simulations.iter().map(|s| s.id).collect();
                    let id = &step.simulation;
                    let sentence =
                        format!("There is no simulation “{id}” in this topic: it has {}.", ids.join(", "));
                    self.problem(step.line, sentence);
                }
                Some(spec) => {
                    let (_, refusals) = address::decode(&[spec], &step.query, &[]);
                    for refusal in refusals {
                        self.problem(step.line, refusal.sentence);
                    }
                }
            }
            for sentence in measured::step(self.topic, step) {
                self.problem(step.line, sentence);
            }
            let (simulation, query) = (step.simulation.clone(), step.query.clone());
            self.talk.push(Step { simulation, query, sentence, note });
        }
        self.out.push_str(&talk(&self.talk, true));
        element(
            &mut self.out,
            "a",
            &[("class", "present"), ("href", "?present=1"), ("data-action", "present")],
            "Present these steps",
        );
        let attributes = [("class", "present"), ("href", "?present=1"), ("data-action", "speak")];
        element(&mut self.out, "a", &attributes, "Present with a speaker’s view");
    }

    /// What the speaker says with a step. A number in it is held against its run and leads nowhere: a note
    /// is read beside the figure, not on the page.
    fn note(&mut self, step: &'a TalkStep) -> Said {
        let text = plain(&step.note);
        let length = text.chars().count();
        if length > LONGEST_NOTE {
            let sentence =
                format!("A note is read while one speaks: {length} letters are more than {LONGEST_NOTE}.");
            self.problem(step.line, sentence);
        }
        let mut bound = false;
        walk(&step.note, &mut |inline| {
            bound |= match &inline.kind {
                InlineKind::Citation(_) | InlineKind::Part(_) => true,
                InlineKind::Link { to, .. } => !to.starts_with("http"),
                _ => false,
            };
        });
        if bound {
            let sentence = "A note of the talk stands on no page: it has words, numbers with their runs and links \
                            that begin with https://, and no citation, no part of a figure and no other link.";
            self.problem(step.line, sentence);
            return Said::default();
        }
        self.noting = true;
        let html = self.written(&step.note);
        self.noting = false;
        Said { text, html }
    }

    fn glossary(&mut self, terms: &'a [Term]) {
        open(&mut self.out, "dl", &[("class", "glossary")]);
        for term in terms {
            open(&mut self.out, "div", &[]);
            open(&mut self.out, "dt", &[("id", &*term.id)]);
            self.inlines(&term.name);
            close(&mut self.out, "dt");
            open(&mut self.out, "dd", &[]);
            let html = self.written(&term.meaning);
            self.out.push_str(&html);
            self.terms.push(Entry { id: term.id.clone(), name: plain(&term.name), html });
            close(&mut self.out, "dd");
            close(&mut self.out, "div");
        }
        close(&mut self.out, "dl");
    }

    fn references(&mut self, references: &'a [Reference]) {
        open(&mut self.out, "ol", &[("class", "references")]);
        for reference in references {
            let key = reference.key.as_str();
            open(&mut self.out, "li", &[("id", &*format!("ref-{key}"))]);
            let html = self.written(&reference.content);
            self.out.push_str(&html);
            let (id, name) = (format!("ref-{key}"), key.to_owned());
            self.entries.push(Entry { id, name, html });
            let times = self.cited.get(key).map_or(0, |(all, _)| *all);
            if times == 0 {
                self.problem(reference.line, format!("The reference “{key}” is never cited."));
            }
            for n in 1..=times {
                self.out.push(' ');
                let label = format!("Back to citation {n} of {key}");
                let attributes = [
                    ("class", "back"),
                    ("href", &*format!("#cite-{key}-{n}")),
                    ("role", "doc-backlink"),
                    ("aria-label", &*label),
                ];
                element(&mut self.out, "a", &attributes, "↩");
            }
            close(&mut self.out, "li");
        }
        close(&mut self.out, "ol");
    }
}

/// The head of the last column of a table whose rows say when they were checked.
const CHECKED: &str = "Checked";

/// Letters that a step's sentence may have.
const LONGEST_STEP: usize = 150;

/// Letters that its speaker's note may have.
const LONGEST_NOTE: usize = 420;

/// Steps as a list of links to their moments. Where several simulations share the page, a link
/// names the one that it is about.
#[must_use]
pub fn talk(steps: &[Step], shared: bool) -> String {
    let mut out = String::new();
    open(&mut out, "ol", &[("class", "talk")]);
    for Step { simulation, query, sentence, .. } in steps {
        let named: Vec<String> =
            query.split('&').filter(|p| !p.is_empty()).map(|pair| format!("{simulation}.{pair}")).collect();
        let href =
            if shared { format!("?{}#sim-{simulation}", named.join("&")) } else { format!("?{query}") };
        open(&mut out, "li", &[]);
        open(&mut out, "a", &[("href", &*href), ("data-talk", simulation), ("data-moment", query)]);
        out.push_str(&sentence.html);
        close(&mut out, "a");
        close(&mut out, "li");
    }
    close(&mut out, "ol");
    out
}
