//! The picture of the tiles: grid, watched row, counters.

use super::FlashTiles;
use crate::lab::figure::{
    Anchor, At, Axis, Bar, Dot, EMPTY, Figure, Fill, Glyph, Panel, Ramp, Stroke, Tile, Tone, level,
};
use crate::lab::schema::control::group_thousands;
use crate::lab::schema::readout::format_number;
use crate::models::tiled_attention::{Algorithm, Glimpse};
use crate::numerics::elementary::ln;
use crate::numerics::half::Precision;

const STANDARD: Tone = Tone::Series(1);
const TILED: Tone = Tone::Series(0);
const MAXIMUM: Tone = Tone::Series(2);
const LOG_SUM: Tone = Tone::Series(3);

/// An error below this is drawn here: zero has no place on a logarithmic scale.
const SMALLEST_ERROR: f64 = 1e-9;

pub fn draw(sim: &FlashTiles) -> Figure {
    let history = sim.model.history(sim.row.value);
    Figure::new(
        vec![
            vec![grid(sim), error(sim, &history)],
            vec![sums(sim, &history), counters(sim)],
            vec![ledger(sim, &history)],
        ],
        alternative(sim, &history),
    )
}

fn tiled(sim: &FlashTiles) -> bool {
    sim.model.algorithm() == Algorithm::Tiled
}

/// The scores that have been computed, the current tile, the watched row.
fn grid(sim: &FlashTiles) -> Panel {
    let t = sim.model.tiling();
    let n = t.n;
    let edge = n as f64 - 0.5;
    let ticks = [0, 1, 2, 3].map(|k| ((k * n / 4) as f64, (k * n / 4).to_string()));
    let title = if tiled(sim) { "Scores: used, then forgotten" } else { "Scores: all kept in slow memory" };
    let mut panel = Panel::new(
        "grid",
        title,
        Axis::linear("key", [-0.5, edge]).ticks(ticks.clone()),
        Axis::linear("query", [edge, -0.5]).ticks(ticks),
    )
    .square()
    .height(222.0)
    .weight(0.95)
    .cells("scores", [-0.5, -0.5, edge, edge], [n, n], cells(sim), Ramp::Sequential);
    let lost = lost_rows(sim);
    if t.causal && lost.is_empty() {
        let words = match (tiled(sim), t.skipped()) {
            (true, 0) => "masked",
            (true, _) => "skipped",
            (false, _) => "computed, then masked",
        };
        panel = panel.area("skipped_tiles", skipped_tiles(sim), Tone::Muted);
        panel = panel.words("skipped", [0.98 * edge, 0.06 * edge], words, Anchor::End, Tone::Muted);
    }
    panel = panel.boxes("overflow", lost);
    panel = panel.rule("watched_row", "", At::Y(sim.row.value as f64), Tone::Ink, Stroke::Thin);
    let outline = |tile, fill| outline(sim, tile, Tone::Accent, fill);
    let current = match (sim.model.finished(), sim.model.latest_tile(), sim.model.next_tile()) {
        (true, ..) => vec![],
        (_, Some(tile), _) => vec![outline(tile, Fill::Outline)],
        (_, None, next) => next.map(|tile| outline(tile, Fill::Dashed)).into_iter().collect(),
    };
    panel.boxes("tile", current).handle(
        "handle",
        [edge, sim.row.value as f64],
        [None, Some("row")],
        Tone::Ink,
    )
}

fn outline(sim: &FlashTiles, (i, j): (usize, usize), tone: Tone, fill: Fill) -> Tile {
    let (rows, columns) = (sim.model.tiling().rows(i), sim.model.tiling().columns(j));
    let corner = |x: usize| x as f64 - 0.5;
    Tile::new([corner(columns.start), corner(rows.start), corner(columns.end), corner(rows.end)], tone, fill)
}

/// What the mask saves: above each block column, the rows of the blocks that do not need it.
fn skipped_tiles(sim: &FlashTiles) -> Vec<[f64; 3]> {
    let t = sim.model.tiling();
    if !tiled(sim) {
        return Vec::new();
    }
    (0..t.block_columns())
        .flat_map(|j| {
            let unneeded = (0..t.block_rows()).take_while(|i| t.needed(*i) <= j).last();
            let end = unneeded.map_or(0, |i| t.rows(i).end) as f64 - 0.5;
            let columns = t.columns(j);
            [columns.start, columns.end].map(|x| [x as f64 - 0.5, -0.5, end])
        })
        .collect()
}

/// Levels of the attention weights, relative to each row's largest; faint where forgotten.
fn cells(sim: &FlashTiles) -> Vec<u8> {
    let t = sim.model.tiling();
    let mut cells = vec![EMPTY; t.n * t.n];
    let visited = |i: usize, j: usize| sim.model.latest_tile().is_some_and(|latest| (i, j) <= latest);
    let weights = &sim.model.exact().weights;
    for r in 0..t.n {
        let largest = weights.row(r).iter().copied().fold(f64::MIN_POSITIVE, f64::max);
        for c in 0..sim.model.visible(r) {
            let tile = (r / t.br, c / t.bc);
            if !visited(tile.0, tile.1) {
                continue;
            }
            let share = (weights[(r, c)] / largest).sqrt();
            let kept = !tiled(sim) || (Some(tile) == sim.model.latest_tile() && !sim.model.finished());
            cells[r * t.n + c] = if kept { level(0.1 + 0.9 * share) } else { level(0.03 + 0.19 * share) };
        }
    }
    cells
}

/// Runs of neighbouring rows without a finite answer.
fn lost_rows(sim: &FlashTiles) -> Vec<Tile> {
    let n = sim.model.tiling().n;
    let mut boxes: Vec<Tile> = Vec::new();
    let mut start = None;
    for r in 0..=n {
        let lost = r < n && sim.model.is_lost(r);
        match (lost, start) {
            (true, None) => start = Some(r),
            (false, Some(first)) => {
                let text = if r - first >= n / 10 { "overflow" } else { "" };
                boxes.push(
                    Tile::new(
                        [-0.5, first as f64 - 0.5, n as f64 - 0.5, r as f64 - 0.5],
                        Tone::Bad,
                        Fill::Tint,
                    )
                    .text(text),
                );
                start = None;
            }
            _ => {}
        }
    }
    boxes
}

/// How far the watched row's running answer is from the exact one.
fn error(sim: &FlashTiles, history: &[Glimpse]) -> Panel {
    let n = sim.model.tiling().n as f64;
    let precision = sim.model.precision();
    let format = if precision == Precision::Half { "fp16" } else { "f32" };
    let mut panel = Panel::new(
        "error",
        format!("Row {}: distance to the exact answer", sim.row.value),
        Axis::linear("keys seen", [0.0, n]),
        Axis::logarithmic("|O/ℓ − exact|, worst channel", [SMALLEST_ERROR, 10.0]).grid(),
    )
    .height(222.0)
    .weight(1.05)
    .rule(
        "rounding",
        format!("rounding in {format}"),
        At::Y(precision.epsilon()),
        Tone::Muted,
        Stroke::Dashed,
    );
    let finite: Vec<&Glimpse> = history.iter().filter(|g| g.error.is_finite()).collect();
    let place = |g: &Glimpse| [g.keys as f64, g.error.max(SMALLEST_ERROR)];
    panel = panel.line("error", "", finite.iter().map(|g| place(g)), TILED, Stroke::Solid);
    let whole = sim.model.visible(sim.row.value);
    let dots = finite.iter().map(|g| {
        let complete = g.keys == whole;
        Dot::new(
            place(g),
            if complete { Tone::Good } else { TILED },
            if complete { Glyph::Diamond } else { Glyph::Circle },
        )
    });
    panel = panel.dots("errors", "", dots, 3.5);
    let (at, text, tone) = match history.last() {
        None if tiled(sim) => {
            ([0.5 * n, 1e-4], "The row’s first tile is still to come.".to_owned(), Tone::Muted)
        }
        None => ([0.5 * n, 1e-4], "No answer before the whole row is stored.".to_owned(), Tone::Muted),
        Some(g) if !g.error.is_finite() => {
            ([0.5 * n, 1e-4], "Overflow: the answer is no number.".to_owned(), Tone::Bad)
        }
        Some(g) if g.keys == whole => {
            // Below the diamond, away from the label of the rounding rule.
            let anchor = match g.keys as f64 / n {
                share if share < 0.1 => Anchor::Start,
                share if share > 0.9 => Anchor::End,
                _ => Anchor::Middle,
            };
            return panel.words(
                "verdict",
                [g.keys as f64, (place(g)[1] / 8.0).max(2.0 * SMALLEST_ERROR)],
                "exact, but for rounding",
                anchor,
                Tone::Good,
            );
        }
        Some(_) => {
            ([0.04 * n, 1e-5], "exact for the keys seen so far, not yet for all".to_owned(), Tone::Muted)
        }
    };
    let anchor = if at[0] < 0.4 * n { Anchor::Start } else { Anchor::Middle };
    panel.words("verdict", at, text, anchor, tone)
}

/// Running maximum and log-sum of the watched row.
fn sums(sim: &FlashTiles, history: &[Glimpse]) -> Panel {
    let n = sim.model.tiling().n as f64;
    let log_sum = |g: &Glimpse| g.max + ln(g.sum);
    let course = sim.model.online_course(sim.row.value);
    let low = course.iter().map(|g| g.max).fold(f64::INFINITY, f64::min);
    let high = course.iter().map(log_sum).fold(f64::NEG_INFINITY, f64::max);
    let room = 0.15 * (high - low).max(1.0);
    let domain = [(low - room).floor(), (high + 2.5 * room).ceil()];
    let finite: Vec<&Glimpse> = history.iter().filter(|g| log_sum(g).is_finite()).collect();
    let line =
        |of: &dyn Fn(&Glimpse) -> f64| finite.iter().map(|g| [g.keys as f64, of(g)]).collect::<Vec<_>>();
    let mut panel = Panel::new(
        "sums",
        format!("Row {}: running maximum m and sum ℓ", sim.row.value),
        Axis::linear("keys seen", [0.0, n]),
        Axis::linear("logit", domain),
    )
    .height(118.0)
    .weight(0.95);
    let Some(last) = finite.last() else {
        return panel.words(
            "waiting",
            [0.5 * n, f64::midpoint(domain[0], domain[1])],
            if !history.is_empty() {
                "no finite sum"
            } else if tiled(sim) {
                "nothing seen yet"
            } else {
                "waiting for the whole row"
            }
            .to_owned(),
            Anchor::Middle,
            Tone::Muted,
        );
    };
    panel = panel
        .area("sum", finite.iter().map(|g| [g.keys as f64, g.max, log_sum(g)]), LOG_SUM)
        .line("log_sum", "m + ln ℓ", line(&log_sum), LOG_SUM, Stroke::Solid)
        .line("maximum", "m", line(&|g| g.max), MAXIMUM, Stroke::Solid);
    let places = [(LOG_SUM, &log_sum as &dyn Fn(&Glimpse) -> f64), (MAXIMUM, &|g| g.max)];
    let dots = places
        .iter()
        .flat_map(|(tone, of)| finite.iter().map(|g| Dot::new([g.keys as f64, of(g)], *tone, Glyph::Circle)));
    panel = panel.dots("tiles_seen", "", dots, 2.4);
    let rescales = finite
        .iter()
        .filter(|g| g.rescaled.is_some())
        .map(|g| Dot::new([g.keys as f64, g.max], Tone::Accent, Glyph::Triangle));
    panel = panel.dots("rescales", "", rescales, 4.5);
    let mut text = format!("ℓ = {}", format_number(last.sum, 2));
    if let Some((keys, factor)) = finite.iter().rev().find_map(|g| Some((g.keys, g.rescaled?))) {
        text.push_str(&format!("   ▲ rescaled × {} by key {}", format_number(factor, 2), keys - 1));
    }
    panel.words(
        "sum_now",
        [0.02 * n, domain[1] - 0.08 * (domain[1] - domain[0])],
        text,
        Anchor::Start,
        LOG_SUM,
    )
}

/// Tiles of the watched row that its ledger has room for, the latest ones.
const LINES: usize = 4;

/// What stands over the columns of the ledger.
const COLUMNS: [&str; 6] = ["keys", "m", "factor", "ℓ", "O[0]", "O[0]/ℓ"];

/// The lines of the ledger, and which of them a new maximum shrank.
fn lines(history: &[Glimpse]) -> Vec<([String; 6], bool)> {
    let number = |x: f64| if x.is_finite() { format_number(x, 2) } else { "–".to_owned() };
    let before = |k: usize| if k == 0 { 0 } else { history[k - 1].keys };
    history
        .iter()
        .enumerate()
        .skip(history.len().saturating_sub(LINES))
        .map(|(k, g)| {
            let (from, to) = (before(k), g.keys - 1);
            let keys = if from == to { to.to_string() } else { format!("{from}–{to}") };
            // The first tile has nothing to shrink; where m stands, the factor is e⁰.
            let factor = if k == 0 { "–".to_owned() } else { number(g.rescaled.unwrap_or(1.0)) };
            let cells =
                [keys, number(g.max), factor, number(g.sum), number(g.first), number(g.first / g.sum)];
            (cells, g.rescaled.is_some())
        })
        .collect()
}

/// The watched row by hand: a line for each of its tiles.
fn ledger(sim: &FlashTiles, history: &[Glimpse]) -> Panel {
    let lines = lines(history);
    let cell = |line: usize, column: usize, tone, fill, text: &str| {
        let (x, y) = (column as f64, line as f64);
        Tile::new([x + 0.02, y + 0.06, x + 0.98, y + 0.94], tone, fill).text(text)
    };
    let head = COLUMNS.iter().enumerate().map(|(c, name)| cell(0, c, Tone::Muted, Fill::Tint, name));
    let (columns, rows) = (COLUMNS.len() as f64, LINES as f64 + 1.0);
    let panel = Panel::new(
        "ledger",
        format!("Row {} by hand: its latest {LINES} tiles", sim.row.value),
        Axis::hidden([0.0, columns]),
        Axis::hidden([rows, 0.0]),
    )
    .height(140.0)
    .boxes("columns", head);
    if lines.is_empty() {
        let text = if tiled(sim) { "no tile of this row yet" } else { "waiting for the whole row" };
        return panel.words("ledger", [0.5 * columns, 0.5 * rows], text, Anchor::Middle, Tone::Muted);
    }
    let cells = lines.iter().enumerate().flat_map(|(line, (texts, shrunk))| {
        texts.iter().enumerate().map(move |(c, text)| {
            let repaired = *shrunk && COLUMNS[c] == "factor";
            let (tone, fill) = if repaired { (Tone::Accent, Fill::Tint) } else { (Tone::Ink, Fill::Outline) };
            cell(line + 1, c, tone, fill, text)
        })
    });
    panel.boxes("ledger", cells)
}

/// What a cell of the ledger says, in words.
pub fn describe(sim: &FlashTiles, mark: &str, index: usize) -> Option<String> {
    let lines = lines(&sim.model.history(sim.row.value));
    let (texts, shrunk) = (mark == "ledger").then(|| lines.get(index / COLUMNS.len())).flatten()?;
    let name = match index % COLUMNS.len() {
        0 => return Some(format!("keys {}", texts[0])),
        1 => "running maximum m",
        2 if *shrunk => "a larger score: the old sums are multiplied by",
        2 => "no larger score: the old sums stay, factor",
        3 => "running sum ℓ",
        4 => "first number of the unfinished mix, O[0]",
        _ => "first number of the answer so far, O[0]/ℓ",
    };
    Some(format!("after keys {}: {name} {}", texts[0], texts[index % COLUMNS.len()]))
}

/// Numbers moved and kept so far, by both algorithms.
fn counters(sim: &FlashTiles) -> Panel {
    let (traffic, storage) = (sim.model.traffic(), sim.model.storage());
    let total = sim.model.tiling().total_traffic();
    let names = ["moved, standard", "moved, tiled", "kept, standard", "kept, tiled"];
    let bars = |counts: [(usize, u64); 2], tone| {
        counts.map(|(at, count)| {
            Bar::new(at as f64, 0.62, count as f64, tone).text(group_thousands(&count.to_string()))
        })
    };
    Panel::new(
        "counters",
        "Slow memory: numbers moved and kept",
        Axis::linear("", [0.0, 1.2 * total.standard.max(total.tiled) as f64]),
        Axis::categories("", names).reversed(),
    )
    .height(118.0)
    .weight(1.05)
    .horizontal_bars("standard", bars([(0, traffic.standard), (2, storage.standard)], STANDARD))
    .horizontal_bars("tiled", bars([(1, traffic.tiled), (3, storage.tiled)], TILED))
}

fn alternative(sim: &FlashTiles, history: &[Glimpse]) -> String {
    let n = sim.model.tiling().n;
    let (done, all) = sim.model.progress();
    let (traffic, storage) = (sim.model.traffic(), sim.model.storage());
    let row = match history.last() {
        None => format!("row {} has no answer yet", sim.row.value),
        Some(g) if !g.error.is_finite() => format!("row {} has overflowed", sim.row.value),
        Some(g) => format!(
            "row {} has seen {} of its {} keys and is {} from its exact answer",
            sim.row.value,
            g.keys,
            sim.model.visible(sim.row.value),
            format_number(g.error, 4)
        ),
    };
    format!(
        "{done} of {all} tiles of a {n} by {n} grid are done; {row}. So far the standard algorithm moves {} \
         numbers and keeps {}; the tiled one moves {} and keeps {}.",
        group_thousands(&traffic.standard.to_string()),
        group_thousands(&storage.standard.to_string()),
        group_thousands(&traffic.tiled.to_string()),
        group_thousands(&storage.tiled.to_string()),
    )
}
