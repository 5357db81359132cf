//! What papers state, beside what is computed here: tables with a known head.
//!
//! | What | Published | Here | Within | Left out |
//!
//! A row's *Published* has the number and its source, *Here* the number of a run, *Within* how near the
//! two must be: a share of the published number, or `its digits`, to which ours is rounded. Where they
//! measure different things, *Within* says `no comparison`, and *Left out* why.

use super::super::block::{Block, BlockKind, Inline, InlineKind, Table, plain, walk, walk_blocks};
use super::super::problem::Problem;
use super::super::runs;
use super::run_of;
use crate::lab::run::measured::in_units_of;
use crate::topics::Topic;

/// The head of such a table.
pub const HEAD: [&str; 5] = ["What", "Published", "Here", "Within", "Left out"];

/// So many rows has a topic, at least.
const LEAST: usize = 2;

const ITS_DIGITS: &str = "its digits";
const NO_COMPARISON: &str = "no comparison";

/// The tables of an article that stand a paper's figures beside ours.
fn tables(blocks: &[Block]) -> Vec<(usize, &Table)> {
    let mut found = Vec::new();
    walk_blocks(blocks, &mut |block| {
        if let BlockKind::Table(table) = &block.kind
            && is_such(table)
        {
            found.push((block.line, table));
        }
    });
    found
}

/// Whether a table has this head.
#[must_use]
pub fn is_such(table: &Table) -> bool {
    table.head.iter().map(|cell| plain(cell)).eq(HEAD)
}

/// Whether a block is such a table: its numbers have their own check.
#[must_use]
pub fn is_one(block: &Block) -> bool {
    matches!(&block.kind, BlockKind::Table(table) if is_such(table))
}

/// What is wrong with the rows: a cell that is missing, or a number that is too far from the paper's.
#[must_use]
pub fn problems(topic: &Topic, blocks: &[Block]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (line, table) in tables(blocks) {
        for row in &table.rows {
            let line = row.iter().flatten().map(|inline| inline.line).max().unwrap_or(line);
            if let Err(sentence) = compared(topic, row) {
                let what = row.first().map(|cell| plain(cell)).unwrap_or_default();
                problems.push(Problem::new(line, format!("“{what}”: {sentence}")));
            }
        }
    }
    problems
}

/// What an article of simulations lacks.
#[must_use]
pub fn missing(blocks: &[Block]) -> Option<Problem> {
    let rows: usize = tables(blocks).iter().map(|(_, table)| table.rows.len()).sum();
    (rows < LEAST).then(|| {
        let sentence = format!(
            "Published figures stand beside ours in a table with the head | {} |, at least {LEAST} of them; \
             this article has {rows}.",
            HEAD.join(" | ")
        );
        Problem::new(blocks.last().map_or(1, |b| b.line), sentence)
    })
}

fn compared(topic: &Topic, row: &[Vec<Inline>]) -> Result<(), String> {
    let [_, published, here, within, left_out] = row else {
        return Err(format!("A row has {} cells.", HEAD.len()));
    };
    let mut cited = false;
    walk(published, &mut |inline| cited |= matches!(inline.kind, InlineKind::Citation(_)));
    if !cited {
        return Err("What is published names its source, as [@jiang2024] does.".to_owned());
    }
    let mut run = None;
    walk(here, &mut |inline| {
        if let InlineKind::Measured { run: name, .. } = &inline.kind {
            run = Some(name.clone());
        }
    });
    let Some(run) = run else {
        return Err("What is computed here names its run: [46.7 billion](run:ledger#total).".to_owned());
    };
    if plain(left_out).trim().is_empty() {
        return Err(format!("“{}” says what the toy leaves out, or “nothing”.", HEAD[4]));
    }
    let within = plain(within);
    let share = match within.trim() {
        NO_COMPARISON => return Ok(()),
        ITS_DIGITS => None,
        text => Some(text.strip_suffix('%').and_then(|t| t.trim().parse::<f64>().ok()).ok_or_else(|| {
            format!("“{text}” is no distance: write “{ITS_DIGITS}”, a share as “2 %”, or “{NO_COMPARISON}”.")
        })?),
    };
    let run = run_of(topic, &run)?;
    let answer = runs::answer(&run)?;
    let text = plain(published);
    let shown = in_units_of(&text, &run)?;
    if shown.len() != answer.numbers.len() {
        let (is, are) = (shown.len(), answer.numbers.len());
        return Err(format!("“{text}” has {is} numbers where the run has {are}."));
    }
    for ((value, unit), ours) in shown.into_iter().zip(answer.numbers) {
        let room = share.map_or(0.5 * unit * (1.0 + 1e-9), |share| share / 100.0 * value.abs());
        if (value - ours).abs() > room {
            return Err(format!(
                "“{text}” is published, and {run} gives {ours}: that is not within {within}."
            ));
        }
    }
    Ok(())
}
