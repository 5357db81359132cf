//! What must hold for an article as a whole: unique ids, links that lead somewhere, and the parts
//! and the length that a finished one has.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use super::block::{Block, BlockKind, InlineKind, plain, walk, walk_blocks};
use super::measured;
use super::problem::Problem;
use super::sections::{GLOSSARY, LEFT_OUT, QUESTIONS, REFERENCES, TALK};
use crate::topics::Topic;

/// Words of a finished article, without its glossary and its references.
pub const WORDS: RangeInclusive<usize> = 1200..=2500;

/// Steps of a talk.
const STEPS: RangeInclusive<usize> = 5..=8;

/// Questions that a teacher can set.
pub const QUESTIONS_EACH: usize = 3;

/// Blocks that may stand before the first simulation, the title among them: it is on the first
/// screen.
const BEFORE_HERO: usize = 4;

/// Signs of a formula within a sentence: one that is longer does not fit 320 px where letters are spaced.
const FORMULA: usize = 20;

/// Ids that the page around the article uses.
const PAGE_IDS: [&str; 3] = ["page", "contents", "topics"];

/// Ids that are given twice, and links within the page that lead nowhere.
#[must_use]
pub fn ids(blocks: &[Block]) -> Vec<Problem> {
    let mut problems = Vec::new();
    let mut ids: BTreeMap<String, usize> = PAGE_IDS.iter().map(|id| ((*id).to_owned(), 0)).collect();
    let mut add = |id: &str, line: usize| {
        let sentence = match ids.get(id) {
            None => {
                ids.insert(id.to_owned(), line);
                return;
            }
            Some(0) => format!("The page itself has the id “{id}”: rename this."),
            Some(first) => format!("The id “{id}” is given on line {first} already: rename one of the two."),
        };
        problems.push(Problem::new(line, sentence));
    };
    walk_blocks(blocks, &mut |block| match &block.kind {
        BlockKind::Heading { level, id, .. } if *level > 1 => add(id, block.line),
        BlockKind::Placement(placement) => add(&format!("sim-{}", placement.simulation), block.line),
        BlockKind::Glossary(terms) => terms.iter().for_each(|t| add(&t.id, block.line)),
        BlockKind::References(list) => list.iter().for_each(|r| add(&format!("ref-{}", r.key), r.line)),
        _ => {}
    });
    walk_blocks(blocks, &mut |block| {
        for sentence in block.sentences() {
            walk(sentence, &mut |inline| {
                if let InlineKind::Link { to, .. } = &inline.kind
                    && let Some(id) = to.strip_prefix('#')
                    && !ids.contains_key(id)
                {
                    problems
                        .push(Problem::new(inline.line, format!("Nothing on the page has the id “{id}”.")));
                }
            });
        }
    });
    // A simulation that stands twice is told by the stage, in better words.
    problems.retain(|p| !p.sentence.contains("“sim-"));
    problems
}

/// What an article lacks that is not finished.
#[must_use]
pub fn unfinished(topic: &Topic, blocks: &[Block]) -> Vec<Problem> {
    let mut problems = Vec::new();
    let last = blocks.last().map_or(1, |b| b.line);
    let headings: Vec<(usize, u8, String)> = blocks
        .iter()
        .filter_map(|b| match &b.kind {
            BlockKind::Heading { level, content, .. } => Some((b.line, *level, plain(content))),
            _ => None,
        })
        .collect();
    match headings.as_slice() {
        [(1, 1, _), rest @ ..] => {
            for (line, ..) in rest.iter().filter(|(_, level, _)| *level == 1) {
                problems.push(Problem::new(*line, "An article has one title."));
            }
        }
        _ => problems.push(Problem::new(1, "An article begins with its title, # Title.")),
    }
    let asks = headings.iter().any(|(.., text)| text == QUESTIONS);
    let mut closing = vec![LEFT_OUT, QUESTIONS, GLOSSARY, REFERENCES];
    closing.retain(|section| asks || *section != QUESTIONS);
    let ends: Vec<&str> =
        headings.iter().rev().take(closing.len()).rev().map(|(_, _, text)| text.as_str()).collect();
    if ends != closing {
        let sentence = format!("An article ends with the sections {}, in this order.", closing.join(", "));
        problems.push(Problem::new(last, sentence));
    }
    let has = |wanted: fn(&BlockKind) -> bool| blocks.iter().any(|b| wanted(&b.kind));
    if !has(|kind| matches!(kind, BlockKind::Glossary(_))) {
        problems.push(Problem::new(last, "The glossary has no list."));
    }
    if !has(|kind| matches!(kind, BlockKind::References(_))) {
        problems.push(Problem::new(last, "The references have no list."));
    }
    let steps =
        blocks.iter().map(|b| if let BlockKind::Talk(steps) = &b.kind { steps.len() } else { 0 }).sum();
    if !STEPS.contains(&steps) {
        let (least, most) = (STEPS.start(), STEPS.end());
        let sentence =
            format!("The section “{TALK}” lists {least} to {most} steps of a talk; this one has {steps}.");
        problems.push(Problem::new(last, sentence));
    }
    let asked: usize =
        blocks.iter().map(|b| if let BlockKind::Questions(asked) = &b.kind { asked.len() } else { 0 }).sum();
    if asks && asked != QUESTIONS_EACH {
        let sentence =
            format!("The section “{QUESTIONS}” lists {QUESTIONS_EACH} questions; this one has {asked}.");
        problems.push(Problem::new(last, sentence));
    }
    problems.extend(placements(topic, blocks));
    problems.extend(slanted(blocks));
    walk_blocks(blocks, &mut |block| {
        for sentence in block.sentences() {
            walk(sentence, &mut |inline| {
                if let InlineKind::Math(formula) = &inline.kind
                    && signs(formula) > FORMULA
                {
                    let sentence = format!(
                        "“{formula}” is too long to stand in a sentence on a phone: set it apart with $$, or cut it in two."
                    );
                    problems.push(Problem::new(inline.line, sentence));
                }
            });
        }
        if let BlockKind::Claim(claim) = &block.kind {
            let mut sources = 0;
            let mut count = |content| {
                walk(content, &mut |i| sources += usize::from(matches!(i.kind, InlineKind::Citation(_))));
            };
            count(&claim.said);
            walk_blocks(&claim.reasons, &mut |b| b.sentences().into_iter().for_each(&mut count));
            if sources == 0 {
                problems.push(Problem::new(block.line, "A claim cites its source, as [@jiang2024] does."));
            }
        }
    });
    if !topic.simulations.is_empty() {
        problems.extend(measured::unmeasured(topic, blocks));
        problems.extend(measured::published::missing(blocks));
    }
    let words = words(blocks);
    if !WORDS.contains(&words) {
        let sentence =
            format!("The article has {words} words; it should have {} to {}.", WORDS.start(), WORDS.end());
        problems.push(Problem::new(last, sentence));
    }
    problems
}

/// Each simulation is placed, and the hero comes first and near the top.
fn placements(topic: &Topic, blocks: &[Block]) -> Vec<Problem> {
    let mut problems = Vec::new();
    let placed: Vec<(usize, &Block, &str)> = blocks
        .iter()
        .enumerate()
        .filter_map(|(i, b)| match &b.kind {
            BlockKind::Placement(placement) => Some((i, b, placement.simulation.as_str())),
            _ => None,
        })
        .collect();
    let last = blocks.last().map_or(1, |b| b.line);
    for spec in topic.simulations {
        if !placed.iter().any(|(_, _, id)| *id == spec.id) {
            let sentence =
                format!("The simulation “{id}” is not placed: ![caption](sim:{id}).", id = spec.id);
            problems.push(Problem::new(last, sentence));
        }
    }
    if let (Some((before, block, id)), Some(hero)) = (placed.first(), topic.simulations.first()) {
        if *id != hero.id {
            let sentence = format!("The first simulation is the topic's first, “{}”.", hero.id);
            problems.push(Problem::new(block.line, sentence));
        }
        if *before > BEFORE_HERO {
            let sentence =
                format!("The first simulation is on the first screen: {before} blocks stand before it.");
            problems.push(Problem::new(block.line, sentence));
        }
    }
    problems
}

/// Slanted words above the first simulation: their face comes after the first paint, and the lines move.
fn slanted(blocks: &[Block]) -> Vec<Problem> {
    let mut problems = Vec::new();
    let first_screen = blocks.iter().take_while(|b| !matches!(b.kind, BlockKind::Placement(_)));
    for block in first_screen {
        for sentence in block.sentences() {
            walk(sentence, &mut |inline| {
                if matches!(inline.kind, InlineKind::Emphasis(_)) {
                    let sentence = "No word is slanted above the first simulation: the slanted letters come later \
                                    than the rest, and what is read would move.";
                    problems.push(Problem::new(inline.line, sentence));
                }
            });
        }
    }
    problems
}

/// About how many signs of a formula are drawn: each command as one, braces and spaces not at all.
fn signs(formula: &str) -> usize {
    let mut count = 0;
    let mut rest = formula.chars().peekable();
    while let Some(sign) = rest.next() {
        match sign {
            '\\' if rest.peek().is_some_and(char::is_ascii_alphabetic) => {
                while rest.next_if(char::is_ascii_alphabetic).is_some() {}
                count += 1;
            }
            '\\' => {
                rest.next();
            }
            '{' | '}' | '^' | '_' | ' ' => {}
            _ => count += 1,
        }
    }
    count
}

/// Words of the article, without its talk, its questions, its glossary, its references, published figures, formulas
/// and code.
#[must_use]
pub fn words(blocks: &[Block]) -> usize {
    let mut count = 0;
    walk_blocks(blocks, &mut |block| {
        let is_beside = matches!(
            block.kind,
            BlockKind::Talk(_) | BlockKind::Questions(_) | BlockKind::Glossary(_) | BlockKind::References(_)
        );
        if is_beside || measured::published::is_one(block) {
            return;
        }
        for sentence in block.sentences() {
            let text = plain(sentence);
            count += text.split_whitespace().filter(|word| word.contains(char::is_alphanumeric)).count();
        }
    });
    count
}
