//! The picture of `self-instruct`: the latest proposal beside its nearest, the pool's verbs and objects,
//! and how both came about.

use super::{Growth, STRETCH};
use crate::lab::Figure;
use crate::lab::figure::{Anchor, Axis, Fill, Panel, Ramp, Stroke, Tile, Tone, level, round_up};
use crate::lab::schema::readout::format_number;
use crate::models::rouge::common_subsequence;
use crate::models::self_instruct::{OBJECTS, VERBS};
use crate::numerics::elementary::ln;

/// Letters of a line of tiles, and lines that the longest instruction takes.
const LETTERS: f64 = 44.0;
pub(super) const LINES: usize = 3;

pub fn draw(growth: &Growth) -> Figure {
    Figure::new(
        vec![vec![pair(growth), pairs(growth)], vec![rate(growth), size(growth)]],
        alternative(growth),
    )
}

/// Tiles for words from `top` down; those at `common` places are filled.
pub(super) fn tiles(words: &[&str], common: &[usize], top: f64, tone: Tone) -> Vec<Tile> {
    let (mut x, mut line) = (0.0, 0);
    let mut tiles = Vec::new();
    for (i, word) in words.iter().enumerate() {
        let width = word.chars().count() as f64 + 1.6;
        if x + width > LETTERS {
            (x, line) = (0.0, line + 1);
        }
        let y = top + line as f64;
        let (fill, tone) =
            if common.contains(&i) { (Fill::Tint, tone) } else { (Fill::Outline, Tone::Muted) };
        tiles.push(Tile::new([x, y + 0.06, x + width - 0.3, y + 0.9], tone, fill).text(*word));
        x += width;
    }
    tiles
}

/// The latest proposal over the nearest one in the pool.
fn pair(growth: &Growth) -> Panel {
    let height = 2.0 * (LINES as f64 + 1.1);
    let panel = Panel::new(
        "pair",
        "The latest proposal, and the nearest in the pool",
        Axis::hidden([0.0, LETTERS]),
        Axis::hidden([height, 0.0]),
    )
    .height(260.0);
    let Some(latest) = growth.latest else {
        let text = "Step once: nothing has been proposed yet.".to_owned();
        return panel.words("verdict", [LETTERS / 2.0, height / 2.0], text, Anchor::Middle, Tone::Muted);
    };
    let (own, near) = (latest.instruction.words(), latest.nearest.words());
    let common = common_subsequence(&own, &near);
    let (tone, verdict) = if latest.accepted { (Tone::Good, "joins") } else { (Tone::Bad, "rejected") };
    let places = |side: usize| common.iter().map(|pair| pair[side]).collect::<Vec<_>>();
    let second = LINES as f64 + 2.1;
    let sum = format!(
        "Overlap 2 × {} ÷ ({} + {}) = {:.2}: {verdict}",
        common.len(),
        own.len(),
        near.len(),
        latest.overlap,
    );
    panel
        .boxes("proposal", tiles(&own, &places(0), 1.0, tone))
        .boxes("nearest", tiles(&near, &places(1), second, tone))
        .words("verdict", [0.0, 0.5], sum, Anchor::Start, tone)
        .words("nearest-name", [0.0, second - 0.5], "Nearest in the pool", Anchor::Start, Tone::Muted)
}

/// How often each verb goes with each object: the darker the more, in logarithms.
fn pairs(growth: &Growth) -> Panel {
    let counts = growth.pool.pairs();
    let most = counts.iter().copied().max().unwrap_or(0).max(1) as f64;
    let cells = counts.iter().map(|c| level(ln(1.0 + *c as f64) / ln(1.0 + most))).collect();
    let (right, bottom) = (OBJECTS.len() as f64 - 0.5, VERBS.len() as f64 - 0.5);
    let names = VERBS.iter().enumerate().map(|(i, name)| (i as f64, *name));
    let panel = Panel::new(
        "pool",
        format!("Verbs and objects of {} instructions", growth.pool.instructions.len()),
        Axis::linear("Object, frequent ones first", [-0.5, right])
            .ticks([0, 4, 9, 14, 19].map(|i| (f64::from(i), OBJECTS[i as usize]))),
        Axis::linear("", [bottom, -0.5]).ticks(names),
    )
    .height(260.0)
    .cells("pairs", [-0.5, -0.5, right, bottom], [OBJECTS.len(), VERBS.len()], cells, Ramp::Sequential);
    let Some(latest) = growth.latest else { return panel };
    let [x, y] = [f64::from(latest.instruction.object), f64::from(latest.instruction.verb)];
    let tone = if latest.accepted { Tone::Good } else { Tone::Bad };
    panel.boxes("latest", [Tile::new([x - 0.5, y - 0.5, x + 0.5, y + 0.5], tone, Fill::Outline)])
}

fn tries(growth: &Growth) -> Axis {
    Axis::linear("Tries", [0.0, round_up(growth.pool.tries as f64, 2000.0)])
}

/// Accepted of each hundred tries.
fn rate(growth: &Growth) -> Panel {
    let points =
        growth.stretches.iter().enumerate().map(|(i, kept)| [((i + 1) * STRETCH) as f64, *kept as f64]);
    let most = growth.stretches.iter().copied().max().unwrap_or(0);
    let top = if most > 50 { 100.0 } else { 50.0 };
    let panel = Panel::new(
        "rates",
        "Accepted of each hundred tries",
        tries(growth),
        Axis::linear("Accepted", [0.0, top]).grid(),
    )
    .height(170.0);
    if growth.stretches.is_empty() {
        let at = [tries(growth).domain[1] / 2.0, top / 2.0];
        return panel.words("rate", at, "The first hundred are not full.", Anchor::Middle, Tone::Muted);
    }
    panel.line("rate", "", points, Tone::Accent, Stroke::Thick)
}

/// The pool over time.
fn size(growth: &Growth) -> Panel {
    let now = [growth.pool.tries as f64, growth.pool.instructions.len() as f64];
    let past = growth.sizes.iter().enumerate().map(|(i, size)| [(i * STRETCH) as f64, *size as f64]);
    Panel::new(
        "sizes",
        "Instructions in the pool",
        tries(growth),
        Axis::linear("Instructions", [0.0, round_up(now[1], 200.0)]).grid(),
    )
    .height(170.0)
    .line("size", "", past.chain([now]), Tone::Ink, Stroke::Solid)
}

fn alternative(growth: &Growth) -> String {
    let pool = &growth.pool;
    let Some(latest) = growth.latest else {
        return format!("A pool of {} seed tasks; nothing has been proposed yet.", pool.seeds);
    };
    format!(
        "After {} tries the pool holds {} instructions, {} of them seed tasks. The latest proposal, “{}”, \
         overlaps by {} with the nearest and {}.",
        pool.tries,
        pool.instructions.len(),
        pool.seeds,
        latest.instruction.words().join(" "),
        format_number(latest.overlap, 2),
        if latest.accepted { "joins the pool" } else { "is rejected" },
    )
}
