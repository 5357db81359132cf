//! The picture of `retro`: tokens, what each chunk found, who reads it, and the states; and who depends on
//! whom, for all tokens.

use super::Reader;
use crate::lab::figure::{
    Anchor, At, Axis, EMPTY, Figure, Fill, Link, Panel, Ramp, Shape, Stroke, Tile, Tone,
};
use crate::models::chunked_attention::TOKENS;

const HEIGHT: f64 = 330.0;
/// Rows from top to bottom: tokens, neighbours, states.
const ROWS: [f64; 3] = [0.0, 2.0, 4.0];

const CHANGES: Tone = Tone::Series(0);
const LEAKS: Tone = Tone::Series(1);

pub fn draw(sim: &Reader) -> Figure {
    Figure::row(vec![strip(sim), matrix(sim)], alternative(sim))
}

fn tile(x: usize, row: usize, tone: Tone, fill: Fill) -> Tile {
    let (x, y) = (x as f64, ROWS[row]);
    Tile::new([x - 0.42, y - 0.35, x + 0.42, y + 0.35], tone, fill)
}

/// The middle of a chunk.
fn middle(sim: &Reader, chunk: usize) -> f64 {
    chunk as f64 * sim.chunk as f64 + (sim.chunk as f64 - 1.0) / 2.0
}

fn strip(sim: &Reader) -> Panel {
    let (probe, own) = (sim.probe, sim.probe / sim.chunk);
    let end = TOKENS as f64 - 0.5;
    let tokens = (0..TOKENS).filter(|t| *t != probe).map(|t| {
        let fill = if (t / sim.chunk).is_multiple_of(2) { Fill::Tint } else { Fill::Outline };
        tile(t, 0, Tone::Muted, fill)
    });
    let found = (0..sim.retro.lookups()).map(|a| {
        let (from, to) = ((a * sim.chunk) as f64, ((a + 1) * sim.chunk) as f64);
        let (tone, fill) = if a == own { (Tone::Accent, Fill::Tint) } else { (Tone::Muted, Fill::Outline) };
        Tile::new([from - 0.4, ROWS[1] - 0.4, to - 0.6, ROWS[1] + 0.4], tone, fill).text(format!("E{a}"))
    });
    let asks = Link {
        from: [probe as f64, ROWS[0] + 0.35],
        to: [middle(sim, own), ROWS[1] - 0.4],
        tone: Tone::Accent,
        weight: 1.0,
    };
    let reads = (0..TOKENS).filter(|t| sim.retro.reads(*t) == Some(own)).map(|t| Link {
        from: [middle(sim, own), ROWS[1] + 0.4],
        to: [t as f64, ROWS[2] - 0.35],
        tone: if t < probe { LEAKS } else { Tone::Accent },
        weight: 0.3,
    });
    let states = |which: fn(&Reader, usize) -> bool, tone: Tone, fill: Fill| {
        (0..TOKENS).filter(|t| which(sim, *t)).map(|t| tile(t, 2, tone, fill)).collect::<Vec<_>>()
    };
    let changed = |sim: &Reader, t: usize| sim.changes(sim.probe, t);
    let ticks = (0..TOKENS).step_by(8).chain([TOKENS - 1]).map(|t| (t as f64, t.to_string()));
    Panel::new(
        "strip",
        "Tokens, what each chunk found, states",
        Axis::linear("token", [-0.5, end]).ticks(ticks),
        Axis::hidden([ROWS[2] + 0.6, ROWS[0] - 1.2]),
    )
    .height(HEIGHT)
    .weight(1.5)
    .links("asks", [asks])
    .links("reads", reads)
    .boxes("tokens", tokens)
    .boxes("found", found)
    .mark(
        "later",
        "changes",
        Shape::Boxes { boxes: states(|s, t| t >= s.probe && s.changes(s.probe, t), CHANGES, Fill::Solid) },
    )
    .mark(
        "leaks",
        "changes too early",
        Shape::Boxes { boxes: states(|s, t| t < s.probe && s.changes(s.probe, t), LEAKS, Fill::Solid) },
    )
    .mark(
        "same",
        "stays",
        Shape::Boxes {
            boxes: (0..TOKENS)
                .filter(|t| !changed(sim, *t))
                .map(|t| tile(t, 2, Tone::Muted, Fill::Outline))
                .collect(),
        },
    )
    .boxes("probe", [tile(probe, 0, Tone::Accent, Fill::Solid)])
    .words(
        "moved",
        [(probe as f64).clamp(4.0, TOKENS as f64 - 5.0), ROWS[0] - 0.85],
        format!("token {probe} is moved"),
        Anchor::Middle,
        Tone::Accent,
    )
    .handle("handle", [probe as f64, ROWS[0]], [Some("probe"), None], Tone::Accent)
}

/// A row for each token that is moved: the states that change.
fn matrix(sim: &Reader) -> Panel {
    let cells = (0..TOKENS * TOKENS).map(|i| match (i / TOKENS, i % TOKENS) {
        (moved, state) if !sim.changes(moved, state) => EMPTY,
        (moved, state) => u8::from(state < moved),
    });
    let end = TOKENS as f64 - 0.5;
    let ticks = || (0..TOKENS).step_by(8).map(|t| (t as f64, t.to_string()));
    Panel::new(
        "matrix",
        "Who depends on whom",
        Axis::linear("state", [-0.5, end]).ticks(ticks()),
        Axis::linear("moved token", [end, -0.5]).ticks(ticks()),
    )
    .height(HEIGHT)
    .square()
    .cells("dependence", [-0.5, -0.5, end, end], [TOKENS, TOKENS], cells.collect(), Ramp::Series)
    .rule("row", "", At::Y(sim.probe as f64), Tone::Accent, Stroke::Thin)
}

pub fn describe(sim: &Reader, mark: &str, index: usize) -> Option<String> {
    match mark {
        "dependence" => {
            let (moved, state) = (index / TOKENS, index % TOKENS);
            let change = sim.influence.get(moved)?[state];
            Some(format!("state {state} changes {change:.4} times as far as token {moved} is moved"))
        }
        "found" => Some(format!(
            "what chunk {index} found: tokens {} to {} asked for it",
            index * sim.chunk,
            (index + 1) * sim.chunk - 1
        )),
        _ => None,
    }
}

fn alternative(sim: &Reader) -> String {
    let later = (sim.probe..TOKENS).filter(|t| sim.changes(sim.probe, *t)).count();
    format!(
        "48 tokens in chunks of {}, with {} lookups. Token {} is moved: {later} states from it on change, and {} \
         before it.",
        sim.chunk,
        sim.retro.lookups(),
        sim.probe,
        sim.leaks(),
    )
}
