//! The parts of an article that have a form of their own: claims, the glossary, the references.

use super::block::{
    Block, BlockKind, Claim, Inline, InlineKind, Question, Reference, Solution, TalkStep, Term, Verdict,
    plain,
};
use super::html::slug;
use super::problem::Problem;

/// The heading over the steps that a presenter walks through.
pub const TALK: &str = "In a talk";
/// What the link of such a step begins with.
pub const STEP: &str = "step:";
/// The heading over the questions that a teacher can set.
pub const QUESTIONS: &str = "Questions to set";
/// What the link of such a question begins with, and the link of its answer.
pub const QUESTION: &str = "question:";
pub const ANSWER: &str = "answer:";
/// The heading over the glossary's list.
pub const GLOSSARY: &str = "Glossary";
/// The heading over the list of references.
pub const REFERENCES: &str = "References";
/// The heading over what the toy leaves out.
pub const LEFT_OUT: &str = "What this toy leaves out";

/// Gives quotations that are claims, and the lists under the two headings, their own types.
#[must_use]
pub fn shape(blocks: Vec<Block>, problems: &mut Vec<Problem>) -> Vec<Block> {
    let mut heading = String::new();
    blocks
        .into_iter()
        .map(|block| {
            let line = block.line;
            let kind = match block.kind {
                BlockKind::Heading { ref content, .. } => {
                    heading = plain(content);
                    block.kind
                }
                BlockKind::Quotation(inner) if is_claim(&inner) => claim(inner, line, problems),
                BlockKind::List { items, .. } if heading == TALK => {
                    BlockKind::Talk(items.into_iter().filter_map(|i| step(i, line, problems)).collect())
                }
                BlockKind::List { items, .. } if heading == QUESTIONS => BlockKind::Questions(
                    items.into_iter().filter_map(|i| question(i, line, problems)).collect(),
                ),
                BlockKind::List { items, .. } if heading == GLOSSARY => {
                    BlockKind::Glossary(items.into_iter().filter_map(|i| term(i, line, problems)).collect())
                }
                BlockKind::List { items, .. } if heading == REFERENCES => BlockKind::References(
                    items.into_iter().filter_map(|i| reference(i, line, problems)).collect(),
                ),
                other => other,
            };
            Block { line, kind }
        })
        .collect()
}

fn is_claim(blocks: &[Block]) -> bool {
    let Some(Block { kind: BlockKind::Paragraph(content), .. }) = blocks.first() else { return false };
    strong(content.first()).is_some_and(|text| text == "Claim.")
}

fn strong(inline: Option<&Inline>) -> Option<String> {
    match &inline?.kind {
        InlineKind::Strong(content) => Some(plain(content)),
        _ => None,
    }
}

/// `**Claim.** ...` and `**Verdict: qualified.** ...`, in one paragraph or in two.
fn claim(blocks: Vec<Block>, line: usize, problems: &mut Vec<Problem>) -> BlockKind {
    let mut said = Vec::new();
    let mut reasons: Vec<Block> = Vec::new();
    let mut verdict = None;
    for block in blocks {
        let BlockKind::Paragraph(mut content) = block.kind else {
            reasons.push(block);
            continue;
        };
        let at = content.iter().position(|i| strong(Some(i)).is_some_and(|t| t.starts_with("Verdict:")));
        let Some(at) = at.filter(|_| verdict.is_none()) else {
            if verdict.is_none() {
                said.append(&mut content);
            } else {
                reasons.push(Block { line: block.line, kind: BlockKind::Paragraph(content) });
            }
            continue;
        };
        let after = content.split_off(at);
        said.append(&mut content);
        let stated = strong(after.first()).unwrap_or_default();
        let word = stated.trim_start_matches("Verdict:").trim().trim_end_matches('.').to_owned();
        let line = after.first().map_or(block.line, |i| i.line);
        verdict = Some((word, line));
        let rest = trimmed(after.into_iter().skip(1).collect());
        reasons.push(Block { line, kind: BlockKind::Paragraph(rest) });
    }
    let known: Vec<&str> = Verdict::ALL.iter().map(|v| v.word()).collect();
    let found = match &verdict {
        None => {
            problems.push(Problem::new(line, "This claim has no verdict: write **Verdict: qualified.**"));
            None
        }
        Some((word, line)) => {
            let found = Verdict::ALL.into_iter().find(|v| v.word() == word);
            if found.is_none() {
                let sentence = format!("“{word}” is no verdict: it is one of {}.", known.join(", "));
                problems.push(Problem::new(*line, sentence));
            }
            found
        }
    };
    said.remove(0);
    BlockKind::Claim(Claim { said: trimmed(said), verdict: found.unwrap_or(Verdict::Unknown), reasons })
}

/// `[A sentence.](step:simulation?control=value&at=40) What the speaker says.`
fn step(item: Vec<Block>, line: usize, problems: &mut Vec<Problem>) -> Option<TalkStep> {
    let (line, content) = only_sentence(item, line);
    let mut parts = trimmed(content).into_iter();
    if let Some(Inline { kind: InlineKind::Link { to, content }, .. }) = parts.next()
        && let Some(target) = to.strip_prefix(STEP)
    {
        let (target, asked) = target.split_once('#').unwrap_or((target, ""));
        let (simulation, query) = target.split_once('?').unwrap_or((target, ""));
        return Some(TalkStep {
            simulation: simulation.to_owned(),
            query: query.to_owned(),
            asked: asked.to_owned(),
            sentence: content,
            note: trimmed(parts.collect()),
            line,
        });
    }
    problems.push(Problem::new(
        line,
        "A step of the talk has the form 1. [A sentence.](step:simulation?control=value&at=40), and behind it \
         what its speaker says.",
    ));
    None
}

/// `[The question.](question:simulation?control=value#readout<=3)`, its answer in words as a link to what
/// meets the check, where there is one, and why.
fn question(item: Vec<Block>, line: usize, problems: &mut Vec<Problem>) -> Option<Question> {
    let (line, content) = only_sentence(item, line);
    let mut parts = trimmed(content).into_iter();
    let Some((name, sentence)) = link_of(parts.next(), QUESTION) else {
        problems.push(Problem::new(
            line,
            "A question has the form 1. [The question.](question:simulation?control=value#readout<=3) [Its answer \
             in words.](answer:control=other&at=600) Why, in two to four sentences.",
        ));
        return None;
    };
    let mut parts = trimmed(parts.collect()).into_iter().peekable();
    let is_answer =
        |inline: &Inline| matches!(&inline.kind, InlineKind::Link { to, .. } if to.starts_with(ANSWER));
    let answer = link_of(parts.next_if(is_answer), ANSWER).map(|(query, words)| Solution { query, words });
    let because = trimmed(parts.collect());
    if because.is_empty() {
        let sentence =
            "Who sets a question is told its answer, in two to four sentences behind it: here are none.";
        problems.push(Problem::new(line, sentence));
    }
    Some(Question { name, sentence, answer, because, line })
}

/// What a link of a scheme leads to, and its words.
fn link_of(inline: Option<Inline>, scheme: &str) -> Option<(String, Vec<Inline>)> {
    match inline?.kind {
        InlineKind::Link { to, content } => Some((to.strip_prefix(scheme)?.to_owned(), content)),
        _ => None,
    }
}

/// `**name**: meaning`.
fn term(item: Vec<Block>, line: usize, problems: &mut Vec<Problem>) -> Option<Term> {
    let (line, content) = only_sentence(item, line);
    let mut parts = content.into_iter();
    if let Some(Inline { kind: InlineKind::Strong(name), .. }) = parts.next() {
        let mut meaning: Vec<Inline> = parts.collect();
        if let Some(Inline { kind: InlineKind::Text(text), .. }) = meaning.first_mut()
            && let Some(rest) = text.strip_prefix(':')
        {
            *text = rest.trim_start().to_owned();
            return Some(Term { id: format!("term-{}", slug(&plain(&name))), name, meaning });
        }
    }
    problems.push(Problem::new(line, "An entry of the glossary has the form - **router**: what it means."));
    None
}

/// `[@key] authors, title, link`.
fn reference(item: Vec<Block>, line: usize, problems: &mut Vec<Problem>) -> Option<Reference> {
    let (line, content) = only_sentence(item, line);
    let mut parts = content.into_iter();
    if let Some(Inline { kind: InlineKind::Citation(cited), .. }) = parts.next()
        && let [one] = cited.as_slice()
    {
        return Some(Reference { key: one.key.clone(), content: trimmed(parts.collect()), line });
    }
    problems
        .push(Problem::new(line, "An entry of the references has the form - [@key] authors, title, link."));
    None
}

/// The sentence of a list item that is nothing else; an empty one for any other item.
fn only_sentence(item: Vec<Block>, line: usize) -> (usize, Vec<Inline>) {
    let mut blocks = item.into_iter();
    match (blocks.next(), blocks.next()) {
        (Some(Block { line, kind: BlockKind::Line(content) | BlockKind::Paragraph(content) }), None) => {
            (line, content)
        }
        (first, _) => (first.map_or(line, |b| b.line), Vec::new()),
    }
}

/// Without line ends and spaces at both ends.
fn trimmed(mut content: Vec<Inline>) -> Vec<Inline> {
    let blank = |inline: &Inline| match &inline.kind {
        InlineKind::LineEnd | InlineKind::Break => true,
        InlineKind::Text(text) => text.trim().is_empty(),
        _ => false,
    };
    while content.last().is_some_and(blank) {
        content.pop();
    }
    let skip = content.iter().take_while(|i| blank(i)).count();
    content.drain(..skip);
    if let Some(Inline { kind: InlineKind::Text(text), .. }) = content.first_mut() {
        *text = text.trim_start().to_owned();
    }
    content
}
