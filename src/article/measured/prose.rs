//! Numbers in the prose that look measured and name no run.

use super::super::block::{Block, BlockKind, Inline, InlineKind, TalkStep, plain, walk_blocks};
use super::super::problem::Problem;
use super::given::GIVEN;
use super::published;
use super::{inlines, run_of};
use crate::lab::run::Run;
use crate::lab::run::measured::{Piece, numbers, pieces};
use crate::lab::{Spec, Values, address};
use crate::topics::Topic;

/// Words around a number that say where it comes from: a run, its seeds, its steps, a share.
const BEHIND: [&str; 8] = ["%", "percent", "step", "steps", "seed", "seeds", "times", "×"];
const BEFORE: [&str; 4] = ["step", "steps", "seed", "seeds"];

/// A stretch of a sentence.
enum Part {
    Words(usize, String),
    /// A number that is accounted for: its run, a control, a readout.
    Sourced,
    /// A citation: what stands in this sentence was read somewhere.
    Cited,
}

/// A sentence that may quote runs.
struct Said {
    line: usize,
    /// Of a declaration, where it stands; empty in an article.
    place: String,
    /// With a mark in place of what names its run.
    text: String,
    /// The numbers that were set there, and not measured.
    own: Vec<f64>,
}

/// Numbers beside words such as "step", "seed" and "%" that are no reference to a run, no control and
/// no readout, stand in no sentence with a citation, belong to no run that the same paragraph names,
/// and are not listed as given.
#[must_use]
pub fn unmeasured(topic: &Topic, blocks: &[Block]) -> Vec<Problem> {
    let given = GIVEN.iter().find(|(slug, _)| *slug == topic.slug).map_or(&[][..], |(_, given)| given);
    let mut used = vec![false; given.len()];
    let mut problems = Vec::new();
    let mut last = 1;
    let mut all = Vec::new();
    walk_blocks(blocks, &mut |block| {
        last = last.max(block.line);
        // The glossary defines, references cite, and sentences of a talk have their own check.
        // What a claim says is what others say; what the page finds stands in its own blocks.
        if matches!(block.kind, BlockKind::Glossary(_) | BlockKind::References(_) | BlockKind::Claim(_))
            || published::is_one(block)
        {
            return;
        }
        // What a note says of the step that it stands behind was set, not measured.
        let told: Vec<(&[Inline], Vec<f64>)> = match &block.kind {
            BlockKind::Talk(steps) => steps.iter().map(|s| (&*s.note, numbers_of_step(topic, s))).collect(),
            _ => inlines(topic, block),
        };
        for (content, mut own) in told {
            own.extend(numbers_of_runs(topic, content));
            all.extend(sentences(content).into_iter().map(|(line, text)| Said {
                line,
                place: String::new(),
                text,
                own: own.clone(),
            }));
        }
    });
    all.extend(topic.simulations.iter().flat_map(|spec| declared(spec)));
    for Said { line, place, text, own } in all {
        for (number, shown) in suspects(&text, topic) {
            if own.iter().any(|x| (x - number).abs() < 1e-9 * x.abs().max(1.0)) {
                continue;
            }
            if let Some(i) = given.iter().position(|g| text.contains(g) && g.contains(&shown)) {
                used[i] = true;
                continue;
            }
            // Only an article has sources to cite.
            let cite = if place.is_empty() { ", cite its source" } else { "" };
            let sentence = format!(
                "{place}“{shown}” in “{}” looks measured and names no run: write \
                 [{shown}](run:simulation?at=100#readout){cite}, or list it as given in \
                 src/article/measured/given.rs.",
                text.trim()
            );
            problems.push(Problem::new(line, sentence));
        }
    }
    for (given, used) in given.iter().zip(used) {
        if !used {
            let sentence = format!(
                "“{given}” is listed as given in src/article/measured/given.rs, and nothing in the article \
                 needs it: take it off the list."
            );
            problems.push(Problem::new(last, sentence));
        }
    }
    problems
}

/// The steps, the seeds and the values of the runs that a paragraph names: they say what was run, and
/// are no result.
fn numbers_of_runs(topic: &Topic, content: &[Inline]) -> Vec<f64> {
    let mut own = Vec::new();
    super::super::block::walk(content, &mut |inline| {
        let InlineKind::Measured { run, .. } = &inline.kind else { return };
        let Ok(run) = run_of(topic, run) else { return };
        own.extend(numbers_of_run(&run));
    });
    own
}

/// The sentences of a simulation's declaration that say what comes of a run: what to look at, why a bet comes out as
/// it does.
fn declared(spec: &'static Spec) -> Vec<Said> {
    let set = |changes, at: u64| -> Vec<f64> {
        let values = Values::with(spec.controls, changes);
        values.iter().map(|(control, value)| control.number(value)).chain([at as f64]).collect()
    };
    let presets = spec
        .presets
        .iter()
        .map(|preset| (format!("preset {}", preset.id), preset.look, set(preset.values, spec.pace.promised)));
    let bets = spec.prediction.iter().map(|bet| {
        let mut own = set(bet.values, bet.settled_at);
        // What the question and the answers say needs no second source.
        let said = bet.answers.iter().map(|answer| answer.label).chain([bet.question]);
        own.extend(said.flat_map(numbers).map(|number| number.value));
        ("bet".to_owned(), bet.because, own)
    });
    let mut found = Vec::new();
    for (place, text, mut own) in presets.chain(bets) {
        let mut words = String::new();
        for piece in pieces(text) {
            match piece {
                Piece::Words(piece) => words.push_str(piece),
                Piece::Number { run, .. } => {
                    words.push('□');
                    own.extend(Run::parse(run, &[spec]).iter().flat_map(numbers_of_run));
                }
            }
        }
        let place = format!("{}, {place}: ", spec.id);
        found.extend(split(&words).into_iter().map(|text| Said {
            line: 1,
            place: place.clone(),
            text: text.to_owned(),
            own: own.clone(),
        }));
    }
    found
}

/// The steps, the seeds and the values of a run.
fn numbers_of_run(run: &Run) -> Vec<f64> {
    let mut own = vec![run.at as f64];
    if let Some(seeds) = &run.seeds {
        let seeds = seeds.as_slice();
        own.extend([seeds.len() as f64, seeds[0] as f64, seeds[seeds.len() - 1] as f64]);
    }
    for values in std::iter::once(&run.values).chain(&run.kept) {
        own.extend(values.iter().map(|(control, value)| control.number(value)));
    }
    own
}

/// The numbers of a talk's step: where it stands, its values, and those that its sentence says, which are
/// held against it.
fn numbers_of_step(topic: &Topic, step: &TalkStep) -> Vec<f64> {
    let Some(spec) = topic.simulation(&step.simulation) else { return Vec::new() };
    let (moments, _) = address::decode(&[spec], &step.query, &[]);
    let set = moments.iter().flat_map(|moment| {
        let values = moment.values.iter().map(|(control, value)| control.number(value));
        values.chain([moment.at.unwrap_or(spec.pace.opening) as f64])
    });
    let said = plain(&step.sentence);
    set.chain(numbers(&said).into_iter().map(|number| number.value)).collect()
}

/// The words of each sentence that has no citation, with its line, and a mark in place of what is
/// accounted for.
fn sentences(content: &[Inline]) -> Vec<(usize, String)> {
    let mut parts = Vec::new();
    take(content, &mut parts);
    let mut all: Vec<(usize, String, bool)> = Vec::new();
    let mut open = false;
    for part in parts {
        match part {
            // A citation behind the full stop belongs to the sentence before.
            Part::Cited => {
                let blank = all.last().is_some_and(|(_, text, _)| text.trim().is_empty());
                if blank && all.len() > 1 {
                    all.pop();
                    open = true;
                }
                if let Some((.., cited)) = all.last_mut() {
                    *cited = true;
                }
            }
            Part::Sourced => {
                if let Some((_, text, _)) = all.last_mut().filter(|_| open) {
                    text.push('□');
                } else {
                    all.push((0, "□".to_owned(), false));
                    open = true;
                }
            }
            Part::Words(line, words) => {
                for piece in split(&words) {
                    if open && let Some((at, text, _)) = all.last_mut() {
                        *at = (*at).max(line);
                        text.push_str(piece);
                    } else {
                        all.push((line, piece.to_owned(), false));
                    }
                    open = !ends(piece);
                }
            }
        }
    }
    all.into_iter().filter(|(.., cited)| !cited).map(|(line, text, _)| (line, text)).collect()
}

fn take(content: &[Inline], parts: &mut Vec<Part>) {
    for inline in content {
        match &inline.kind {
            InlineKind::Text(text) => parts.push(Part::Words(inline.line, text.clone())),
            InlineKind::Emphasis(inner)
            | InlineKind::Strong(inner)
            | InlineKind::Link { content: inner, .. } => {
                take(inner, parts);
            }
            InlineKind::Citation(_) => parts.push(Part::Cited),
            InlineKind::LineEnd | InlineKind::Break => parts.push(Part::Words(inline.line, " ".to_owned())),
            InlineKind::Code(_) | InlineKind::Math(_) | InlineKind::Part(_) | InlineKind::Measured { .. } => {
                parts.push(Part::Sourced);
            }
        }
    }
}

/// Cut behind each full stop that ends a sentence.
fn split(words: &str) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut from = 0;
    for (at, _) in words.match_indices(['.', '?', '!']) {
        let end = at + 1;
        if words[end..].starts_with(' ') {
            pieces.push(&words[from..end]);
            from = end;
        }
    }
    pieces.push(&words[from..]);
    pieces.retain(|piece| !piece.is_empty());
    pieces
}

fn ends(piece: &str) -> bool {
    piece.trim_end().ends_with(['.', '?', '!'])
}

/// The numbers of a sentence beside a word that says that they were measured.
fn suspects(sentence: &str, topic: &Topic) -> Vec<(f64, String)> {
    let words: Vec<&str> = sentence.split_whitespace().collect();
    let bare =
        |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric() && !"%×−".contains(c)).to_lowercase();
    let units: Vec<&str> = topic.simulations.iter().flat_map(|s| s.readouts).map(|r| r.unit).collect();
    let mut found = Vec::new();
    for (i, word) in words.iter().enumerate() {
        if !word.contains(|c: char| c.is_ascii_digit()) {
            continue;
        }
        let next = words.get(i + 1).copied().unwrap_or_default();
        let before = i.checked_sub(1).map(|i| bare(words[i])).unwrap_or_default();
        let unit = next.trim_end_matches(['.', ',', ';', ':', ')']);
        let measured = word.contains('%')
            || BEHIND.contains(&bare(next).as_str())
            || (!unit.is_empty() && units.contains(&unit))
            || BEFORE.contains(&before.as_str());
        if measured {
            found.extend(numbers(word).first().map(|n| (n.value, bare(word))));
        }
    }
    found
}

#[cfg(test)]
mod tests;
