//! Markdown to blocks.
//!
//! pulldown-cmark reads the Markdown; this module gives its events the meaning that the article
//! grammar has for them, and refuses what the grammar has no place for.

use std::iter::Peekable;
use std::ops::Range;
use std::vec::IntoIter;

use pulldown_cmark::{
    BrokenLink, CodeBlockKind, CowStr, Event, Options, Parser, Tag, TagEnd, TextMergeWithOffset,
};

use super::block::{
    Alignment, Block, BlockKind, Cited, Inline, InlineKind, Part, Placement, Role, SweepPlacement, Table,
};
use super::html::slug;
use super::problem::Problem;
use super::sections;
use crate::lab::run::measured::SCHEME;

/// The scheme that the reader gives to citations; no author writes it.
const CITE: &str = "cite:";

/// The blocks of an article, and everything in it that has no place in the grammar.
#[must_use]
pub fn parse(markdown: &str) -> (Vec<Block>, Vec<Problem>) {
    let options = Options::ENABLE_TABLES | Options::ENABLE_MATH | Options::ENABLE_SMART_PUNCTUATION;
    let citations = |link: BrokenLink<'_>| {
        link.reference
            .starts_with('@')
            .then(|| (CowStr::from(format!("{CITE}{}", link.reference)), CowStr::from("")))
    };
    let parser = Parser::new_with_broken_link_callback(markdown, options, Some(citations));
    let events: Vec<(Event<'_>, Range<usize>)> =
        TextMergeWithOffset::new(parser.into_offset_iter()).collect();
    let mut reader = Reader {
        events: events.into_iter().peekable(),
        line_starts: markdown.match_indices('\n').map(|(i, _)| i + 1).collect(),
        line: 1,
        problems: Vec::new(),
    };
    let blocks = reader.blocks();
    let mut problems = reader.problems;
    let blocks = sections::shape(blocks, &mut problems);
    (blocks, problems)
}

struct Reader<'a> {
    events: Peekable<IntoIter<(Event<'a>, Range<usize>)>>,
    line_starts: Vec<usize>,
    /// The line of the event read last.
    line: usize,
    problems: Vec<Problem>,
}

impl<'a> Reader<'a> {
    fn next(&mut self) -> Option<Event<'a>> {
        let (event, range) = self.events.next()?;
        self.line = 1 + self.line_starts.partition_point(|start| *start <= range.start);
        Some(event)
    }

    fn at_end(&mut self) -> bool {
        matches!(self.events.peek(), None | Some((Event::End(_), _)))
    }

    fn at_inline(&mut self) -> bool {
        matches!(
            self.events.peek(),
            Some((
                Event::Text(_)
                    | Event::Code(_)
                    | Event::InlineMath(_)
                    | Event::DisplayMath(_)
                    | Event::SoftBreak
                    | Event::HardBreak
                    | Event::InlineHtml(_)
                    | Event::Start(Tag::Emphasis | Tag::Strong | Tag::Link { .. } | Tag::Image { .. }),
                _
            ))
        )
    }

    fn problem(&mut self, line: usize, sentence: impl Into<String>) {
        self.problems.push(Problem::new(line, sentence));
    }

    /// The blocks up to the end of what encloses them, which is consumed too.
    fn blocks(&mut self) -> Vec<Block> {
        let mut blocks = Vec::new();
        while !self.at_end() {
            if self.at_inline() {
                let content = self.loose_inlines();
                if let Some(first) = content.first() {
                    blocks.push(Block { line: first.line, kind: BlockKind::Line(content) });
                }
                continue;
            }
            let Some(event) = self.next() else { break };
            let line = self.line;
            if let Some(kind) = self.block(event, line) {
                blocks.push(Block { line, kind });
            }
        }
        self.next();
        blocks
    }

    fn block(&mut self, event: Event<'a>, line: usize) -> Option<BlockKind> {
        Some(match event {
            Event::Start(Tag::Heading { level, .. }) => {
                let content = self.inlines();
                BlockKind::Heading { level: level as u8, id: slug(&super::block::plain(&content)), content }
            }
            Event::Start(Tag::Paragraph) => self.paragraph(line),
            Event::Start(Tag::BlockQuote(_)) => BlockKind::Quotation(self.blocks()),
            Event::Start(Tag::CodeBlock(kind)) => {
                let language = match kind {
                    CodeBlockKind::Fenced(language) => language.to_string(),
                    CodeBlockKind::Indented => String::new(),
                };
                BlockKind::Code { language, text: self.raw_text() }
            }
            Event::Start(Tag::List(start)) => {
                let mut items = Vec::new();
                while matches!(self.events.peek(), Some((Event::Start(Tag::Item), _))) {
                    self.next();
                    items.push(self.blocks());
                }
                self.next();
                BlockKind::List { start, items }
            }
            Event::Start(Tag::Table(columns)) => BlockKind::Table(self.table(&columns)),
            Event::Rule => BlockKind::Rule,
            Event::Start(Tag::HtmlBlock) => {
                self.problem(line, "An article has no HTML in it.");
                self.raw_text();
                return None;
            }
            Event::Start(_) => {
                self.problem(line, "The article grammar has no place for this.");
                self.blocks();
                return None;
            }
            _ => {
                self.problem(line, "The article grammar has no place for this.");
                return None;
            }
        })
    }

    /// A paragraph, or what stands alone on its line: a simulation or a formula.
    fn paragraph(&mut self, line: usize) -> BlockKind {
        if let Some((Event::Start(Tag::Image { .. }), _)) = self.events.peek()
            && let Some(Event::Start(Tag::Image { dest_url, .. })) = self.next()
        {
            let caption = self.inlines();
            let alone = self.at_end();
            let rest = self.inlines();
            if let (true, Some(target)) = (alone, dest_url.strip_prefix("sim:")) {
                let (simulation, query) = target.split_once('?').unwrap_or((target, ""));
                return BlockKind::Placement(Placement {
                    simulation: simulation.to_owned(),
                    query: query.to_owned(),
                    caption,
                });
            }
            if let (true, Some(name)) = (alone, dest_url.strip_prefix("sweep:")) {
                return BlockKind::Sweep(SweepPlacement { name: name.to_owned(), caption });
            }
            self.problem(
                line,
                "An image is a simulation, ![caption](sim:id), or a sweep, \
                 ![caption](sweep:id?control=a..b#readout), alone on its line.",
            );
            return BlockKind::Paragraph(rest);
        }
        let alone = matches!(self.events.peek(), Some((Event::DisplayMath(_), _)));
        let mut content = self.inlines();
        match content.as_mut_slice() {
            [Inline { kind: InlineKind::Math(latex), .. }] if alone => BlockKind::Math(std::mem::take(latex)),
            _ => BlockKind::Paragraph(content),
        }
    }

    fn table(&mut self, columns: &[pulldown_cmark::Alignment]) -> Table {
        let columns = columns
            .iter()
            .map(|alignment| match alignment {
                pulldown_cmark::Alignment::Center => Alignment::Centre,
                pulldown_cmark::Alignment::Right => Alignment::End,
                _ => Alignment::Start,
            })
            .collect();
        let mut head = Vec::new();
        let mut rows = Vec::new();
        while !self.at_end() {
            let in_head = matches!(self.next(), Some(Event::Start(Tag::TableHead)));
            let mut cells = Vec::new();
            while !self.at_end() {
                self.next();
                cells.push(self.inlines());
            }
            self.next();
            if in_head {
                head = cells;
            } else {
                rows.push(cells);
            }
        }
        self.next();
        Table { columns, head, rows }
    }

    /// The text up to the end of what encloses it, which is consumed too.
    fn raw_text(&mut self) -> String {
        let mut out = String::new();
        while let Some(event) = self.next() {
            match event {
                Event::End(TagEnd::CodeBlock | TagEnd::HtmlBlock) => break,
                Event::Text(text) => out.push_str(&text),
                _ => {}
            }
        }
        out
    }

    /// A sentence up to the end of what encloses it, which is consumed too.
    fn inlines(&mut self) -> Vec<Inline> {
        let content = self.loose_inlines();
        while !self.at_end() {
            self.next();
            self.problem(self.line, "The article grammar has no place for this.");
        }
        self.next();
        content
    }

    /// A sentence up to the next event that is no part of one.
    fn loose_inlines(&mut self) -> Vec<Inline> {
        let mut out = Vec::new();
        while self.at_inline() {
            let Some(event) = self.next() else { break };
            let line = self.line;
            if let Some(kind) = self.inline(event, line) {
                out.push(Inline { line, kind });
            }
        }
        out
    }

    fn inline(&mut self, event: Event<'a>, line: usize) -> Option<InlineKind> {
        Some(match event {
            Event::Text(text) => InlineKind::Text(text.to_string()),
            Event::Code(text) => InlineKind::Code(text.to_string()),
            Event::InlineMath(latex) | Event::DisplayMath(latex) => InlineKind::Math(latex.to_string()),
            Event::SoftBreak => InlineKind::LineEnd,
            Event::HardBreak => InlineKind::Break,
            Event::Start(Tag::Emphasis) => InlineKind::Emphasis(self.inlines()),
            Event::Start(Tag::Strong) => InlineKind::Strong(self.inlines()),
            Event::Start(Tag::Link { dest_url, .. }) => {
                let content = self.inlines();
                self.link(&dest_url, content, line)
            }
            Event::Start(Tag::Image { .. }) => {
                self.inlines();
                self.problem(line, "A simulation stands alone on its line.");
                return None;
            }
            Event::InlineHtml(html) => {
                self.problem(line, format!("An article has no HTML in it, as {html} is."));
                return None;
            }
            _ => return None,
        })
    }

    fn link(&mut self, to: &str, content: Vec<Inline>, line: usize) -> InlineKind {
        if let Some(keys) = to.strip_prefix(CITE) {
            return InlineKind::Citation(keys.split(';').map(cited).collect());
        }
        if let Some(run) = to.strip_prefix(SCHEME) {
            return InlineKind::Measured { run: run.to_owned(), content };
        }
        for role in Role::ALL {
            let Some(target) = to.strip_prefix(role.word()).and_then(|rest| rest.strip_prefix(':')) else {
                continue;
            };
            let (simulation, id) = target.split_once('.').unwrap_or((target, ""));
            return InlineKind::Part(Part {
                role,
                simulation: simulation.to_owned(),
                id: id.to_owned(),
                content,
            });
        }
        if !([sections::STEP, sections::QUESTION, sections::ANSWER]
            .iter()
            .any(|scheme| to.starts_with(scheme))
            || to.starts_with("https://")
            || to.starts_with("http://")
            || to.starts_with("../")
            || to.starts_with('#'))
        {
            self.problem(
                line,
                format!(
                    "The link to “{to}” leads nowhere: a link begins with https://, ../, #, control:, \
                     readout:, mark:, preset: or run:."
                ),
            );
        }
        InlineKind::Link { to: to.to_owned(), content }
    }
}

/// `@key` or `@key, place`.
fn cited(text: &str) -> Cited {
    let (key, place) = text.split_once(',').unwrap_or((text, ""));
    Cited { key: key.trim().trim_start_matches('@').to_owned(), place: place.trim().to_owned() }
}
