//! The picture of `patches`: what is drawn and where the words look, and what the size of a patch buys.

use super::super::{FIRST, UNTAUGHT};
use super::{INKS, Patches, SIZES};
use crate::lab::Figure;
use crate::lab::figure::charts::{self, Curve};
use crate::lab::figure::{Axis, Dot, Fill, Glyph, Panel, Ramp, Stroke, Tile, Tone, level};
use crate::lab::schema::readout::format_number;
use crate::models::patch_attention::{Form, PIXELS, SIDE};

const END: f64 = SIDE as f64;

/// The tones that stand for red, green and blue.
const TONES: [Tone; 3] = [Tone::Series(1), Tone::Series(2), Tone::Series(0)];

/// A patch is framed if it gets so many times its even share.
const FRAMED: f64 = 2.0;

pub(super) fn draw(patches: &Patches) -> Figure {
    let attention = patches.attention();
    Figure::new(
        vec![vec![picture(patches, &attention), looked_at(patches, &attention)], vec![sizes(patches)]],
        alternative(patches, &attention),
    )
}

/// What is asked for, in words.
fn asked(patches: &Patches) -> String {
    let form = match patches.question.form {
        Form::Any => "any",
        Form::Wide => "wide",
        Form::Tall => "tall",
    };
    format!("{form} {}", INKS[usize::from(patches.question.ink)].name)
}

/// The corners of a patch.
fn corners(patches: &Patches, patch: usize) -> [f64; 4] {
    let (across, p) = (patches.across(), SIZES[patches.size] as f64);
    let [x, y] = [patch % across, patch / across].map(|k| k as f64 * p);
    [x, y, x + p, y + p]
}

fn map(id: &'static str, title: String) -> Panel {
    Panel::new(id, title, Axis::hidden([0.0, END]), Axis::hidden([END, 0.0])).height(275.0).square()
}

/// The drawing, the grid of patches, and a frame around those that are looked at.
fn picture(patches: &Patches, attention: &[f64]) -> Panel {
    let mut bars = Vec::new();
    for (y, row) in patches.sketch.chunks(SIDE).enumerate() {
        let mut x = 0;
        for run in row.chunk_by(|a, b| a == b) {
            if let Some(tone) = usize::from(run[0]).checked_sub(1).and_then(|ink| TONES.get(ink)) {
                let [left, top, width] = [x, y, run.len()].map(|n| n as f64);
                bars.push(Tile::new([left, top, left + width, top + 1.0], *tone, Fill::Solid));
            }
            x += run.len();
        }
    }
    let even = 1.0 / attention.len() as f64;
    let framed = (0..attention.len()).filter(|i| attention[*i] > FRAMED * even);
    let frames = framed.map(|i| Tile::new(corners(patches, i), Tone::Ink, Fill::Outline));
    let grid = (0..attention.len()).map(|i| Tile::new(corners(patches, i), Tone::Faint, Fill::Outline));
    map("picture", format!("Looking for {}", asked(patches)))
        .boxes("grid", grid)
        .boxes("bars", bars)
        .boxes("framed", frames)
}

fn looked_at(patches: &Patches, attention: &[f64]) -> Panel {
    let most = attention.iter().copied().fold(0.0, f64::max).max(f64::MIN_POSITIVE);
    let cells = attention.iter().map(|a| level(a / most)).collect();
    let across = patches.across();
    let title = format!("Attention of {} patches", across * across);
    map("looked-at", title).cells(
        "attention",
        [0.0, 0.0, END, END],
        [across, across],
        cells,
        Ramp::Sequential,
    )
}

/// Hits and attention on target for every size.
fn sizes(patches: &Patches) -> Panel {
    let column = |k: usize| -> Vec<[f64; 2]> {
        patches.judged.iter().enumerate().map(|(i, judged)| [i as f64, 100.0 * judged[k]]).collect()
    };
    let title = format!("New scenes, after {} seen", format_number(patches.seen as f64, 0));
    let x = Axis::categories("side of a patch, px", SIZES.map(|p| p.to_string()));
    let y = Axis::linear("share", [0.0, 100.0]).unit("%").grid();
    let curves = vec![
        Curve::new("hits", "hits", column(0), FIRST),
        Curve::new("mass", "on target", column(1), UNTAUGHT).stroke(Stroke::Thick),
    ];
    let panel = charts::with_curves(Panel::new("sizes", title, x, y).height(215.0), curves);
    let now = [(0, FIRST), (1, UNTAUGHT)].map(|(k, tone)| {
        let share = 100.0 * patches.judged[patches.size][k];
        Dot::new([patches.size as f64, share], tone, Glyph::Circle)
    });
    panel.dots("now", "", now, 4.5)
}

pub(super) fn describe(patches: &Patches, mark: &str, index: usize) -> Option<String> {
    if mark != "attention" {
        return None;
    }
    let share = *patches.attention().get(index)?;
    let across = patches.across();
    Some(format!(
        "patch in row {}, column {}: {} % of the attention",
        index / across + 1,
        index % across + 1,
        format_number(100.0 * share, 1)
    ))
}

fn alternative(patches: &Patches, attention: &[f64]) -> String {
    let most = (0..attention.len()).max_by(|a, b| attention[*a].total_cmp(&attention[*b])).unwrap_or(0);
    let across = patches.across();
    let [hits, mass] = patches.judged[patches.size];
    let inked = patches.sketch.iter().filter(|ink| **ink > 0).count();
    format!(
        "A picture with {inked} of {PIXELS} pixels drawn, cut into {} patches. Asked for {}, attention lies most \
         on row {}, column {}. In new scenes {} % are hits, and {} % of the attention is on target.",
        attention.len(),
        asked(patches),
        most / across + 1,
        most % across + 1,
        format_number(100.0 * hits, 0),
        format_number(100.0 * mass, 0)
    )
}
