//! The picture of `moe-capacity`: a row of slots for each expert, and the tokens below.

use super::super::tone;
use super::buffers::{Batch, Mode, Rules};
use crate::lab::Figure;
use crate::lab::figure::{Anchor, At, Axis, Bar, Fill, Panel, Stroke, Tile, Tone};

/// Slots and experts up to which every slot is drawn; beyond, a bar for each expert.
const SINGLE_SLOTS: usize = 700;
const SINGLE_ROWS: usize = 16;

/// Width of the token strip over its height, in tiles.
const STRIP: usize = 12;

/// A batch of which `progress`, 0 to 1, has arrived. `extent` is the longest row there has been.
pub fn draw(rules: &Rules, batch: &Batch, progress: f64, number: usize, extent: usize) -> Figure {
    let rows = vec![vec![buffers(rules, batch, progress, extent)], vec![tokens(batch, progress)]];
    Figure::new(rows, alternative(rules, batch, progress, number))
}

fn buffers(rules: &Rules, batch: &Batch, progress: f64, extent: usize) -> Panel {
    let n = rules.experts;
    let title = match (rules.mode, batch.slots) {
        (Mode::Expert, Some(c)) => format!("Each expert takes its {c} best tokens"),
        (_, Some(c)) => format!("Buffers of {c} slots, and the queue behind them"),
        (_, None) => "Queues without a limit".to_owned(),
    };
    // A little air to the right, so that the last tile and the label of the rule are clear.
    let width = extent as f64 * 1.04 + 0.5;
    let names = (0..n).map(|e| (e as f64 + 0.5, (e + 1).to_string()));
    // A strip above the rows is kept for words.
    let y = Axis::linear("Expert", [n as f64, -0.1 * n as f64]).ticks(names);
    let mut panel = Panel::new("buffers", title, Axis::linear("Slot", [0.0, width]), y).height(280.0);
    if n <= SINGLE_ROWS && extent * n <= SINGLE_SLOTS {
        panel = single_slots(panel, batch, progress);
    } else {
        panel = lengths(panel, batch, progress);
    }
    let [kept, routed] = batch.kept(progress);
    if routed > kept {
        panel = panel.words(
            "dropped-count",
            [width, -0.05 * n as f64],
            format!("{} dropped", routed - kept),
            Anchor::End,
            Tone::Bad,
        );
    }
    match batch.slots {
        Some(c) => panel.rule("capacity", "capacity", At::X(c as f64), Tone::Ink, Stroke::Dashed),
        None => panel,
    }
}

/// Every slot as a tile.
fn single_slots(panel: Panel, batch: &Batch, progress: f64) -> Panel {
    let tile = |row: usize, slot: usize, tone: Tone, fill: Fill| {
        Tile::new([slot as f64 + 0.08, row as f64 + 0.12, slot as f64 + 0.92, row as f64 + 0.88], tone, fill)
    };
    let (mut empty, mut filled, mut waiting) = (Vec::new(), Vec::new(), Vec::new());
    for (e, queue) in batch.queues.iter().enumerate() {
        let arrived = batch.arrived(e, progress);
        for (slot, place) in queue[..arrived].iter().enumerate() {
            if place.kept {
                filled.push(tile(e, slot, tone(e), Fill::Solid));
            } else {
                waiting.push(tile(e, slot, Tone::Bad, Fill::Outline));
            }
        }
        empty.extend(
            (arrived..batch.slots.unwrap_or(0)).map(|slot| tile(e, slot, Tone::Faint, Fill::Outline)),
        );
    }
    panel.boxes("empty", empty).boxes("filled", filled).boxes("dropped", waiting)
}

/// Every row as a bar, with what overflows in red behind it.
fn lengths(panel: Panel, batch: &Batch, progress: f64) -> Panel {
    let (mut filled, mut waiting) = (Vec::new(), Vec::new());
    for (e, queue) in batch.queues.iter().enumerate() {
        let arrived = batch.arrived(e, progress);
        let kept = queue[..arrived].iter().filter(|place| place.kept).count();
        let bar = |from: usize, to: usize, tone: Tone| {
            Bar::new(e as f64 + 0.5, 0.76, to as f64, tone).starting_at(from as f64)
        };
        filled.push(bar(0, kept, tone(e)));
        if arrived > kept {
            waiting.push(bar(kept, arrived, Tone::Bad));
        }
    }
    panel.horizontal_bars("filled", filled).horizontal_bars("dropped", waiting)
}

/// The tokens in reading order, with the number of experts that work on each.
fn tokens(batch: &Batch, progress: f64) -> Panel {
    let rows = (1..).find(|r| r * r * STRIP >= batch.tokens).unwrap_or(1);
    let columns = batch.tokens.div_ceil(rows);
    let counts = batch.experts_per_token(progress);
    let arrived = batch.tokens_arrived(progress);
    let settled = |t: usize| if batch.in_token_order { t < arrived } else { progress >= 1.0 };
    let boxes = counts.iter().enumerate().map(|(t, &n)| {
        let (x, y) = ((t % columns) as f64, (t / columns) as f64);
        let (tone, fill) = match (n, settled(t)) {
            (0, true) => (Tone::Bad, Fill::Outline),
            (0, false) => (Tone::Muted, Fill::Dashed),
            _ => (Tone::Good, Fill::Tint),
        };
        let text = if rows <= 3 && (n > 0 || settled(t)) { n.to_string() } else { String::new() };
        Tile::new([x + 0.08, y + 0.1, x + 0.92, y + 0.9], tone, fill).text(text)
    });
    let unserved = (0..batch.tokens).filter(|&t| settled(t) && counts[t] == 0).count();
    let title = format!(
        "Experts per token: {} served, {unserved} skipped",
        counts.iter().filter(|n| **n > 0).count()
    );
    let hidden = |end: usize| Axis::hidden([0.0, end as f64]);
    Panel::new("tokens", title, hidden(columns), hidden(rows).reversed()).height(110.0).boxes("tokens", boxes)
}

fn alternative(rules: &Rules, batch: &Batch, progress: f64, number: usize) -> String {
    let [kept, routed] = batch.kept(progress);
    let served = batch.experts_per_token(progress).iter().filter(|n| **n > 0).count();
    let rows = match batch.slots {
        Some(c) => format!("{} experts have {c} slots each", rules.experts),
        None => format!("{} experts have no limit", rules.experts),
    };
    format!(
        "{rows}. Of batch {number}, {} of {} tokens have come: {kept} choices found a slot, {} did not, and \
         {served} tokens have an expert.",
        batch.tokens_arrived(progress),
        batch.tokens,
        routed - kept,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::figure::Shape;
    use crate::numerics::random::Stream;

    #[test]
    fn tiles_become_bars_when_there_are_many() {
        let mut rules =
            Rules { mode: Mode::Token, tokens: 64, experts: 8, top_k: 1, skew: 1.0, factor: 1.25 };
        let first_shape = |rules: &Rules| {
            let batch = Batch::draw(rules, &mut Stream::new(1, "data"));
            draw(rules, &batch, 1.0, 1, batch.extent()).rows[0][0].marks[0].shape.clone()
        };
        assert!(matches!(first_shape(&rules), Shape::Boxes { .. }));
        rules.experts = 128;
        assert!(matches!(first_shape(&rules), Shape::Bars { .. }));
    }

    #[test]
    fn the_strip_counts_every_token() {
        let rules = Rules { mode: Mode::Expert, tokens: 100, experts: 8, top_k: 1, skew: 1.0, factor: 1.0 };
        let batch = Batch::draw(&rules, &mut Stream::new(1, "data"));
        let panel = tokens(&batch, 1.0);
        assert!(matches!(&panel.marks[0].shape, Shape::Boxes { boxes } if boxes.len() == 100));
        assert!(panel.title.contains("skipped"));
    }
}
