//! The picture of `moe-ledger`: a strip to scale, a ledger over seven decades, and the curve that
//! turns sparse into dense.

use super::{LARGEST_BATCH, Ledger};
use crate::lab::Figure;
use crate::lab::figure::{Anchor, At, Axis, Bar, Dot, Fill, Glyph, Panel, Stroke, Tile, Tone, round_up};
use crate::lab::schema::readout::format_number;

/// How long the marks of the ledger are: so many times what they stand for, to it.
const MARK: f64 = 1.5;
/// Lower end of the ledger, in billions.
const LEAST: f64 = 3e-4;

pub fn draw(ledger: &Ledger) -> Figure {
    Figure::new(vec![vec![strip(ledger)], vec![entries(ledger), curve(ledger)]], alternative(ledger))
}

fn billions(parameters: u64) -> f64 {
    parameters as f64 / 1e9
}

/// Experts that a batch is expected to touch, rounded; never fewer than one token uses.
fn touched(ledger: &Ledger) -> u64 {
    let a = &ledger.architecture;
    let expected = (a.share_touched(ledger.batch) * a.experts as f64).round() as u64;
    expected.clamp(a.top_k, a.experts)
}

/// Everything the model owns, to scale: what is shared, and one block for each expert.
fn strip(ledger: &Ledger) -> Panel {
    let a = &ledger.architecture;
    let total = a.total();
    let (shared, one) = (billions(total.shared()), billions(a.one_expert()));
    let end = billions(total.sum());
    let title = match (a.experts, ledger.batch) {
        (1, _) => "To scale: a dense model uses all it owns".to_owned(),
        (experts, 1) => format!("To scale: one token uses {} of {experts} experts", a.top_k),
        (experts, b) => format!("To scale: {b} tokens read about {} of {experts} experts", touched(ledger)),
    };
    let air = if a.experts > 64 { 0.0 } else { (0.06 * one).min(0.003 * end) };
    let experts = (0..a.experts).map(|e| {
        let x = shared + one * e as f64;
        let (tone, fill) = match e {
            _ if e < a.top_k => (Tone::Accent, Fill::Solid),
            _ if e < touched(ledger) => (Tone::Accent, Fill::Tint),
            _ => (Tone::Muted, Fill::Outline),
        };
        Tile::new([x + air, 0.0, x + one - air, 1.0], tone, fill)
    });
    let common = Tile::new([0.0, 0.0, shared, 1.0], Tone::Ink, Fill::Tint);
    let name = if a.experts == 1 { "one expert" } else { "experts" };
    Panel::new(
        "strip",
        title,
        Axis::linear("Billion parameters", [0.0, 1.01 * end]),
        Axis::hidden([0.0, 1.6]),
    )
    .height(130.0)
    .boxes("shared", [common])
    .boxes("experts", experts)
    .words("shared-name", [0.0, 1.3], "shared", Anchor::Start, Tone::Muted)
    .words("experts-name", [end, 1.3], name, Anchor::End, Tone::Muted)
}

/// Owned and used, by purpose.
fn entries(ledger: &Ledger) -> Panel {
    let a = &ledger.architecture;
    let (total, active) = (a.total(), a.active());
    let rows = [
        ("All", total.sum(), active.sum()),
        ("Experts", total.experts, active.experts),
        ("Attention", total.attention, active.attention),
        ("Embeddings", total.embeddings, active.embeddings),
        ("Router", total.router, active.router),
    ];
    let bars = |which: fn(&(&str, u64, u64)) -> u64, offset: f64, tone: Tone, word: &str| -> Vec<Bar> {
        (rows.iter().enumerate())
            .map(|(i, row)| {
                let n = which(row);
                // The first pair says what the two bars are.
                let text = if i == 0 { format!("{} {word}", in_words(n)) } else { in_words(n) };
                // On a logarithmic axis a length says nothing, a place does: each is a short mark at its own.
                let at = billions(n).max(LEAST);
                Bar::new(i as f64 + offset, 0.36, at, tone).starting_at((at / MARK).max(LEAST)).text(text)
            })
            .collect()
    };
    // Labels stand right of the bars: more decades keep them inside.
    let right = 1500.0 * round_up(billions(total.sum()), 10.0);
    Panel::new(
        "entries",
        "Owned, and used by one token",
        Axis::logarithmic("Billion parameters", [LEAST, right]),
        Axis::categories("", rows.iter().map(|(name, ..)| *name)).reversed(),
    )
    .height(280.0)
    .horizontal_bars("owned", bars(|r| r.1, -0.2, Tone::Muted, "owned"))
    .horizontal_bars("used", bars(|r| r.2, 0.2, Tone::Accent, "used"))
}

/// 46.7 B, 131 M, none.
fn in_words(parameters: u64) -> String {
    let n = parameters as f64;
    match parameters {
        0 => "none".to_owned(),
        100_000_000_000.. => format!("{} B", format_number(n / 1e9, 0)),
        1_000_000_000.. => format!("{} B", format_number(n / 1e9, 1)),
        10_000_000.. => format!("{} M", format_number(n / 1e6, 0)),
        _ => format!("{} M", format_number(n / 1e6, 1)),
    }
}

/// Share of the expert weights that a batch reads.
fn curve(ledger: &Ledger) -> Panel {
    let a = &ledger.architecture;
    let mut points = Vec::new();
    let mut b = 1u32;
    while b <= LARGEST_BATCH {
        points.push([f64::from(b), 100.0 * a.share_touched(b)]);
        b += b.div_ceil(12);
    }
    points.push([f64::from(LARGEST_BATCH), 100.0 * a.share_touched(LARGEST_BATCH)]);
    let run = ledger.run.iter().map(|&at| Dot::new(at, Tone::Ink, Glyph::Circle));
    let here = [f64::from(ledger.batch), 100.0 * a.share_touched(ledger.batch)];
    let ticks = [1, 4, 16, 64, 256, 1024].map(|b: u32| (f64::from(b), b.to_string()));
    Panel::new(
        "curve",
        "Experts that a batch touches",
        Axis::logarithmic("Tokens served together", [0.8, f64::from(LARGEST_BATCH)]).ticks(ticks),
        Axis::linear("Touched", [0.0, 105.0]).unit("%").grid(),
    )
    .height(280.0)
    .rule("nearly-all", "99 %", At::Y(99.0), Tone::Muted, Stroke::Dashed)
    .line("touched", "", points, Tone::Accent, Stroke::Thick)
    .dots("run", "a random run", run, 1.8)
    .handle("batch", here, [Some("batch"), None], Tone::Accent)
}

fn alternative(ledger: &Ledger) -> String {
    let a = &ledger.architecture;
    let [total, active] = [a.total(), a.active()].map(|l| format_number(billions(l.sum()), 1));
    let tokens =
        if ledger.batch == 1 { "One token".to_owned() } else { format!("{} tokens together", ledger.batch) };
    format!(
        "The model owns {total} billion parameters and uses {active} billion on each token. {tokens} will \
         touch {:.1} % of the experts on average, and {:.1} GB are read. In a random run {} tokens have \
         touched {} of {} experts.",
        100.0 * a.share_touched(ledger.batch),
        a.read(ledger.batch) * ledger.bytes / 1e9,
        ledger.served,
        ledger.seen(),
        a.experts,
    )
}
