//! The picture of the bill: the sheet, the savings, where time goes, the roofline, the answer as it comes.

use super::{Sheet, limit};
use crate::lab::figure::charts::{self, Entry};
use crate::lab::figure::{Anchor, At, Axis, Dot, Figure, Fill, Glyph, Panel, Stroke, Tile, Tone, round_up};
use crate::lab::schema::readout::{format_number, format_trimmed};
use crate::models::answer_bill::{HELD, LEVERS, Limit, READS, SPENT};
use crate::models::power_ledger::grams;
use crate::numerics::elementary::log10;
use crate::numerics::random::Stream;

const EXPERTS: Tone = Tone::Series(0);
const WEIGHTS: Tone = Tone::Series(1);
const CACHE: Tone = Tone::Series(2);
const DRAFT: Tone = Tone::Series(3);
const ADAPTERS: Tone = Tone::Series(4);

/// The kinds of parts in the ledger: their marks, what they are called, and their tones.
const KINDS: [(&str, &str, Tone); 6] = [
    ("experts", "experts", EXPERTS),
    ("idle", "idle experts", Tone::Muted),
    ("weights", "other weights", WEIGHTS),
    ("draft", "draft", DRAFT),
    ("adapters", "adapters", ADAPTERS),
    ("cache", "cache and state", CACHE),
];

/// Tones of [`HELD`], and of what is read.
const HELD_TONES: [Tone; HELD.len()] = [EXPERTS, Tone::Muted, WEIGHTS, DRAFT, ADAPTERS, CACHE];
const READ_TONES: [Tone; READS] = [EXPERTS, WEIGHTS, CACHE, CACHE, ADAPTERS];

/// Boxes of tokens in the timeline.
const SLOTS: u64 = 48;

pub fn draw(sheet: &Sheet) -> Figure {
    Figure::new(
        vec![vec![ledger(sheet), savings(sheet)], vec![terms(sheet), roofline(sheet)], vec![timeline(sheet)]],
        alternative(sheet),
    )
}

/// Three digits, and none behind a hundred.
fn short(x: f64) -> String {
    let decimals = (2 - log10(x.abs().max(1e-3)).floor() as i32).clamp(0, 5);
    format_trimmed(x, decimals as usize)
}

/// Name, bytes and tone of the terms of a sum, the largest first, without those that are nothing.
fn sorted<'a>(terms: impl Iterator<Item = (&'a str, f64, Tone)>) -> Vec<(&'a str, f64, Tone)> {
    let mut all: Vec<_> = terms.filter(|(_, amount, _)| *amount > 0.0).collect();
    all.sort_by(|a, b| b.1.total_cmp(&a.1));
    all
}

fn held(sheet: &Sheet) -> Vec<(&'static str, f64, Tone)> {
    let each = HELD.iter().map(|name| named(sheet, name)).zip(sheet.bill.held).zip(HELD_TONES);
    sorted(each.map(|((name, bytes), tone)| (name, bytes / 1e9, tone)))
}

fn read(sheet: &Sheet) -> Vec<(&'static str, f64, Tone)> {
    let each = SPENT.iter().map(|name| named(sheet, name)).zip(sheet.bill.read).zip(READ_TONES);
    sorted(each.map(|((name, bytes), tone)| (name, bytes / 1e9 / sheet.bill.tokens(), tone)))
}

/// What a dense model has in place of experts is called so.
fn named(sheet: &Sheet, name: &&'static str) -> &'static str {
    if sheet.setting.model.shape.experts == 1 && name.contains("experts") { "feed-forward" } else { name }
}

/// A term's place in the ledger.
struct Part {
    name: &'static str,
    gigabytes: f64,
    tone: Tone,
    /// 0 for what is held, 1 for what is read.
    row: usize,
    from: f64,
}

/// The terms of both sums, behind one another in their rows.
fn parts(sheet: &Sheet) -> Vec<Part> {
    let row = |(row, terms): (usize, Vec<(&'static str, f64, Tone)>)| {
        let mut end = 0.0;
        terms.into_iter().map(move |(name, gigabytes, tone)| {
            let from = end;
            end += gigabytes;
            Part { name, gigabytes, tone, row, from }
        })
    };
    [held(sheet), read(sheet)].into_iter().enumerate().flat_map(row).collect()
}

fn ledger(sheet: &Sheet) -> Panel {
    let bill = &sheet.bill;
    let [resident, room] = [bill.resident(), bill.room].map(|x| x / 1e9);
    let per_token = bill.per_token()[0] / 1e9;
    let fits = bill.fits();
    let top = 1.08 * resident.max(room).max(per_token);
    let (says, tone) = if fits {
        (format!("{} of {} GB", short(resident), short(room)), Tone::Ink)
    } else {
        let [held, room] = [resident, room].map(|x| format_number(x, 1));
        (format!("does not fit: {held} of {room} GB"), Tone::Bad)
    };
    let axis = Axis::linear("", [0.0, top]).unit("GB").grid();
    // Little room stands far to the left: behind its line, no word is struck by it.
    let from = if !fits && room < 0.3 * top { room + 0.012 * top } else { 0.0 };
    let mut panel = Panel::new(
        "ledger",
        "Held, and read for a token",
        axis,
        Axis::categories("", ["held", "read"]).reversed(),
    )
    .height(180.0)
    .weight(1.3);
    let parts = parts(sheet);
    for (kind, what, tone) in KINDS {
        let tiles = parts.iter().filter(|part| part.tone == tone).map(|part| {
            let y = part.row as f64;
            let fill = if fits || part.row == 1 { Fill::Tint } else { Fill::Dashed };
            Tile::new([part.from, y - 0.1, part.from + part.gigabytes, y + 0.4], tone, fill)
        });
        let boxes: Vec<Tile> = tiles.collect();
        if !boxes.is_empty() {
            panel = panel.boxes(kind, boxes).labelled(named(sheet, &what));
        }
    }
    panel
        .rule("memory", "room", At::X(room), Tone::Bad, Stroke::Dashed)
        .words("held_words", [from, -0.3], says, Anchor::Start, tone)
        .words("read_words", [from, 0.7], format!("{} GB", short(per_token)), Anchor::Start, Tone::Ink)
}

fn savings(sheet: &Sheet) -> Panel {
    let (alone, together) = &sheet.savings;
    let entry = |name: &str, amount: f64, tone| Entry {
        name: name.to_owned(),
        amount,
        text: format!("{}×", short(amount)),
        tone,
    };
    let promised: f64 = alone.iter().product();
    let mut entries: Vec<Entry> = LEVERS
        .iter()
        .zip(alone)
        .filter(|(_, factor)| (*factor - 1.0).abs() > 5e-4)
        .map(|(name, factor)| entry(name, *factor, Tone::Muted))
        .collect();
    entries.push(entry("promised", promised, Tone::Faint));
    entries.push(entry("billed", *together, Tone::Accent));
    let most = entries.iter().map(|e| e.amount).fold(1.0, f64::max);
    let axis = Axis::linear("less energy", [0.0, round_up(1.15 * most, 2.0)]).unit("×");
    charts::ledger("savings", "Savings, one by one and together", axis, entries).height(180.0)
}

/// Seconds of each term of a step, the largest first, with whether its side binds.
fn spent(sheet: &Sheet) -> Vec<(&'static str, f64, Tone)> {
    let bill = &sheet.bill;
    let [reading, computing] = bill.sides();
    let tone = |i: usize| {
        let binds = (i < READS) == (reading >= computing);
        if binds { Tone::Accent } else { Tone::Muted }
    };
    let each =
        SPENT.iter().zip(bill.spent).enumerate().map(|(i, (name, s))| (named(sheet, name), s, tone(i)));
    sorted(each.chain([("draft", bill.drafting, Tone::Accent)]))
}

fn terms(sheet: &Sheet) -> Panel {
    let each = spent(sheet);
    let milliseconds = |s: f64| 1e3 * s / sheet.bill.gained;
    let most = milliseconds(each.first().map_or(1.0, |t| t.1));
    let entries = each.iter().take(6).map(|(name, seconds, tone)| Entry {
        name: (*name).to_owned(),
        amount: milliseconds(*seconds),
        text: format!("{} ms", short(milliseconds(*seconds))),
        tone: *tone,
    });
    let [reading, computing] = sheet.bill.sides();
    let binds = limit(if computing > reading { Limit::Arithmetic } else { Limit::Bandwidth });
    // Room for the words behind the longest bar.
    let axis = Axis::linear("a reader's wait for a token", [0.0, 1.4 * most]).unit("ms");
    charts::ledger("terms", format!("Where time goes: {binds} binds"), axis, entries.collect()).height(180.0)
}

fn roofline(sheet: &Sheet) -> Panel {
    let device = &sheet.setting.device;
    let peak = device.flops * if sheet.setting.weight_bits == 8 { 2.0 } else { 1.0 };
    let ridge = peak / device.bandwidth;
    let [left, right] = [1e-3 * ridge, 300.0 * ridge];
    let tera = |[x, y]: [f64; 2]| [x.clamp(left, right), y.max(4e-4 * peak) / 1e12];
    let roof = [[left, left * device.bandwidth], [ridge, peak], [right, peak]].map(tera);
    let mut panel = Panel::new(
        "roofline",
        "Roofline of one device",
        Axis::logarithmic("operations a byte", [left, right]),
        Axis::logarithmic("reached", [3e-4 * peak / 1e12, 30.0 * peak / 1e12]).unit("TFLOP/s").grid(),
    )
    .height(180.0)
    .line("roof", "", roof, Tone::Muted, Stroke::Thick)
    .rule("ridge", "", At::X(ridge), Tone::Muted, Stroke::Dashed)
    .words(
        "ridge-at",
        [0.8 * ridge, 3e-3 * peak / 1e12],
        format!("ridge {}", short(ridge)),
        Anchor::End,
        Tone::Muted,
    );
    let trail = sheet.trail.iter().map(|at| Dot::new(tera(*at), Tone::Accent, Glyph::Circle).hollow());
    panel = panel.dots("trail", "", trail, 3.0);
    let [bytes, flops] = sheet.bill.prompt;
    let prompt = (sheet.bill.prefill > 0.0).then(|| {
        let rate = flops / sheet.bill.prefill / sheet.setting.devices as f64;
        Dot::new(tera([flops / bytes, rate]), EXPERTS, Glyph::Square)
    });
    panel.dots("prompt", "prompt", prompt, 5.0).dots(
        "decode",
        "answer",
        [Dot::new(tera(sheet.place()), Tone::Accent, Glyph::Circle)],
        5.0,
    )
}

/// Drafts that step `k` of the answer accepts: the same whenever it is drawn.
fn accepted(sheet: &Sheet, k: u64) -> u64 {
    let mut draws = Stream::new(k, "drafts");
    let setting = &sheet.setting;
    (0..setting.guesses).take_while(|_| draws.chance(setting.accept)).count() as u64
}

/// Steps of the answer that are done.
fn steps(sheet: &Sheet) -> u64 {
    let bill = &sheet.bill;
    ((sheet.clock() - bill.prefill).clamp(0.0, bill.decode) / bill.step) as u64
}

/// The last steps that have a place in the timeline.
fn shown(sheet: &Sheet) -> std::ops::Range<u64> {
    let done = steps(sheet);
    done.saturating_sub(SLOTS / u64::from(sheet.setting.guesses + 1))..done
}

fn timeline(sheet: &Sheet) -> Panel {
    let bill = &sheet.bill;
    let (clock, all) = (sheet.clock(), bill.seconds());
    let stretch = |from: f64, to: f64| [from / all, 1.9, to / all, 2.5];
    let written = bill.prefill + bill.decode;
    let mut lane = vec![
        Tile::new(stretch(0.0, bill.prefill.min(clock)), EXPERTS, Fill::Solid),
        Tile::new(stretch(bill.prefill.min(clock), written.min(clock)), Tone::Accent, Fill::Tint),
        Tile::new(stretch(written.min(clock), clock), Tone::Muted, Fill::Tint),
        Tile::new(stretch(0.0, all), Tone::Muted, Fill::Outline),
    ];
    lane.retain(|tile| tile.corners[2] > tile.corners[0]);

    let (mut tokens, mut crosses) = (Vec::new(), Vec::new());
    let checked = u64::from(sheet.setting.guesses) + 1;
    for (column, step) in shown(sheet).enumerate() {
        let own = accepted(sheet, step);
        for guess in 0..checked {
            let left = (column as u64 * checked + guess) as f64 / SLOTS as f64;
            let corners = [left + 0.002, 0.3, left + 0.018, 1.2];
            let (tone, fill) = match guess.cmp(&own) {
                std::cmp::Ordering::Less => (DRAFT, Fill::Tint),
                std::cmp::Ordering::Equal => (Tone::Accent, Fill::Solid),
                std::cmp::Ordering::Greater => (Tone::Muted, Fill::Outline),
            };
            tokens.push(Tile::new(corners, tone, fill));
            if guess > own {
                crosses.push(Dot::new([left + 0.01, 0.75], Tone::Muted, Glyph::Cross));
            }
        }
    }
    Panel::new("time", "The answer, in real time", Axis::hidden([0.0, 1.0]), Axis::hidden([0.0, 3.2]))
        .height(125.0)
        .boxes("progress", lane)
        .boxes("tokens", tokens)
        .dots("rejected", "", crosses, 2.2)
        .words("clock", [0.0, 2.85], so_far(sheet), Anchor::Start, Tone::Ink)
}

/// "0.40 s: 124 of 512 tokens, 560 J, 0.062 g".
fn so_far(sheet: &Sheet) -> String {
    let (clock, bill) = (sheet.clock(), &sheet.bill);
    let joules = sheet.watts() * clock;
    let answer = sheet.setting.answer as f64;
    let tokens = (steps(sheet) as f64 * bill.gained).min(answer).floor();
    let [joules_shown, unit] =
        if joules < 1e4 { [short(joules), "J".into()] } else { [short(joules / 1e3), "kJ".into()] };
    let readers = match sheet.setting.batch {
        1 => String::new(),
        readers => format!("{readers} × "),
    };
    format!(
        "{} s: {readers}{} of {} tokens, {joules_shown} {unit}, {} g",
        format_number(clock, 2),
        format_number(if clock < bill.seconds() { tokens } else { answer }, 0),
        format_number(answer, 0),
        short(grams(joules, sheet.grid)),
    )
}

fn alternative(sheet: &Sheet) -> String {
    let bill = &sheet.bill;
    let list = |terms: &[(&str, f64, Tone)]| {
        let each = terms.iter().map(|(name, amount, _)| format!("{name} {}", short(*amount)));
        each.collect::<Vec<_>>().join(", ")
    };
    let (alone, together) = &sheet.savings;
    format!(
        "Held, in GB: {}; {} may be filled. Read for a token, in GB: {}. What binds is {}. Savings promise a \
         factor of {} and are billed at {}.",
        list(&held(sheet)),
        short(bill.room / 1e9),
        list(&read(sheet)),
        limit(bill.limit()),
        short(alone.iter().product()),
        short(*together),
    )
}

pub fn describe(sheet: &Sheet, mark: &str, index: usize) -> Option<String> {
    if let Some((_, _, tone)) = KINDS.iter().find(|(kind, ..)| *kind == mark) {
        let part = parts(sheet).into_iter().filter(|part| part.tone == *tone).nth(index)?;
        let done = ["held", "read for a token"][part.row];
        return Some(format!("{}: {} GB {done}", part.name, short(part.gigabytes)));
    }
    match mark {
        "tokens" => {
            let checked = u64::from(sheet.setting.guesses) + 1;
            let step = shown(sheet).nth(index / checked as usize)?;
            let own = accepted(sheet, step);
            let what = match (index as u64 % checked).cmp(&own) {
                std::cmp::Ordering::Less => "a guess, accepted",
                std::cmp::Ordering::Equal => "the model's own token",
                std::cmp::Ordering::Greater => "a guess, rejected",
            };
            Some(format!("step {}: {what}", step + 1))
        }
        "trail" => Some("where the answer stood before a change".to_owned()),
        _ => None,
    }
}
