//! The picture of `knnlm`: what both parts say of the word that is due and whom the notebook asked, and
//! what a share and a size cost on the whole test.

use super::exam::{STORES, TABLES};
use super::{CELLS, Cell, Heard, Mixer};
use crate::lab::figure::charts::{Curve, with_curves};
use crate::lab::figure::{
    Anchor, Axis, Bar, Dot, Figure, Fill, GAP, Glyph, LEVELS, Panel, Ramp, Stroke, Tile, Tone, level,
};
use crate::lab::schema::readout::format_number;
use crate::models::notebook::WIDTH;
use crate::models::small_world::Edit;
use crate::numerics::elementary::ln;

const HEIGHT: f64 = 250.0;
/// Neighbours that are drawn.
const DRAWN: usize = 6;
/// Words of a context that are written.
const WRITTEN: usize = 4;
/// Ends of the scales of perplexities, of the curve and of the grid, and the curve's ticks.
struct Scale {
    curve: [f64; 2],
    grid: [f64; 2],
    ticks: [u32; 6],
}

const OUR_WORLD: Scale = Scale { curve: [2.0, 50.0], grid: [3.0, 30.0], ticks: [2, 3, 5, 10, 20, 50] };
/// A reader's text has more words, and less of each.
const YOURS: Scale = Scale { curve: [2.0, 1000.0], grid: [10.0, 1000.0], ticks: [2, 5, 20, 100, 300, 1000] };

fn scale(sim: &Mixer) -> &'static Scale {
    if sim.own.is_some() { &YOURS } else { &OUR_WORLD }
}

const PARTS: [&str; 3] = ["weights", "notebook", "mix"];

pub fn draw(sim: &Mixer) -> Figure {
    // Cells take the place of the grid, whose notebooks are searched whole.
    let last = if sim.search.cells.is_some() { cells(sim) } else { grid(sim) };
    Figure::new(vec![vec![answers(sim), neighbours(sim)], vec![curve(sim), last]], alternative(sim))
}

/// The true word and its rival, and what they are.
struct Bet {
    words: [usize; 2],
    roles: [&'static str; 2],
}

fn bet(sim: &Mixer, heard: &Heard) -> Bet {
    let truth = heard.truth;
    if heard.was == truth {
        let likeliest = |a: &usize, b: &usize| sim.mixed(heard, *a).total_cmp(&sim.mixed(heard, *b));
        let rival = (0..heard.weights.len()).filter(|w| *w != truth).max_by(likeliest).unwrap_or(truth);
        return Bet { words: [truth, rival], roles: ["true", "rival"] };
    }
    Bet { words: [truth, heard.was], roles: ["true now", "was true"] }
}

fn name(sim: &Mixer, word: usize) -> &str {
    match sim.spelt(word) {
        "." => "the full stop",
        word => word,
    }
}

/// What each part gives to a word; the notebook nothing where it is empty.
fn said(sim: &Mixer, heard: &Heard, word: usize) -> [f64; 3] {
    [heard.weights[word], heard.notebook.get(word).copied().unwrap_or(0.0), sim.mixed(heard, word)]
}

/// True word, rival and all others, for weights, notebook and mix.
fn answers(sim: &Mixer) -> Panel {
    let heard = &sim.heard;
    let bet = bet(sim, heard);
    let [truth, rival] = bet.words.map(|word| said(sim, heard, word));
    // What sums leave of nothing is nothing.
    let rest =
        |part: usize| Some(1.0 - truth[part] - rival[part]).filter(|rest| *rest > 1e-12).unwrap_or(0.0);
    let others = [0, 1, 2].map(|part| if part == 1 && heard.notebook.is_empty() { 0.0 } else { rest(part) });
    let bars = |row: f64, p: [f64; 3], tone: Tone| {
        (0..3)
            .map(move |part| Bar::new(part as f64 + row, 0.25, p[part], tone).text(format_number(p[part], 2)))
    };
    let words: Vec<&str> = heard.before[1..].iter().map(|w| sim.spelt(*w)).collect();
    let title = if words.is_empty() {
        "A sentence begins …".to_owned()
    } else {
        format!("“{} …”", words.join(" "))
    };
    let [true_name, rival_name] = [0, 1].map(|i| format!("{}, {}", name(sim, bet.words[i]), bet.roles[i]));
    let mut panel = Panel::new(
        "answers",
        title,
        Axis::linear("probability of the next word", [0.0, 1.0]),
        Axis::categories("", PARTS).reversed(),
    )
    .height(HEIGHT);
    for (id, name, row, p, tone) in [
        ("truth", true_name, -0.27, truth, Tone::Good),
        ("rival", rival_name, 0.0, rival, Tone::Bad),
        ("others", "others".to_owned(), 0.27, others, Tone::Muted),
    ] {
        panel = panel.horizontal_bars(id, bars(row, p, tone)).labelled(name);
    }
    panel
}

/// The last words of a neighbour's context.
fn context(sim: &Mixer, entry: usize) -> String {
    let text = &sim.search.text[entry.saturating_sub(WRITTEN)..entry];
    text.iter().map(|w| sim.spelt(*w)).collect::<Vec<_>>().join(" ")
}

/// The nearest contexts, each with its share and the word that followed.
fn neighbours(sim: &Mixer) -> Panel {
    let found = &sim.heard.neighbours;
    let names =
        (0..DRAWN).map(|i| (i as f64, found.get(i).map_or_else(String::new, |(n, _)| context(sim, n.entry))));
    let panel = Panel::new(
        "neighbours",
        "Nearest contexts in the notebook",
        Axis::linear("share of the answer", [0.0, 1.0]),
        Axis::linear("", [DRAWN as f64 - 0.5, -0.5]).ticks(names),
    )
    .height(HEIGHT);
    if found.is_empty() {
        return panel.words("empty", [0.5, 2.5], "The notebook is empty.", Anchor::Middle, Tone::Muted);
    }
    let bars = found.iter().take(DRAWN).enumerate().map(|(i, (n, share))| {
        let next = sim.search.notebook.next[n.entry];
        let tone = match next {
            w if w == sim.heard.truth => Tone::Good,
            w if w == sim.heard.was => Tone::Bad,
            _ => Tone::Muted,
        };
        Bar::new(i as f64, 0.62, *share, tone).text(format!("→ {}, d = {:.2}", sim.spelt(next), n.distance))
    });
    panel.horizontal_bars("contexts", bars)
}

/// Perplexity for every share.
fn curve(sim: &Mixer) -> Panel {
    let exam = &sim.exam;
    let begun = !exam.slots.is_empty();
    let Scale { curve: [low, high], ticks, .. } = *scale(sim);
    let points = if begun { exam.curve().to_vec() } else { vec![GAP] };
    let x = Axis::linear("notebook share λ", [0.0, 1.0]);
    let y = Axis::logarithmic("test perplexity", [low, high])
        .ticks(ticks.map(|p| (f64::from(p), p.to_string())))
        .grid();
    let panel = Panel::new("curve", "What each share costs", x, y).height(HEIGHT);
    let mut panel =
        with_curves(panel, vec![Curve::new("perplexity", "", points, Tone::Accent).stroke(Stroke::Thick)]);
    if begun {
        let dot = |share: f64, tone, glyph| Dot::new([share, exam.perplexity(share)], tone, glyph);
        panel = panel
            .dots("alone", "weights alone", [dot(0.0, Tone::Ink, Glyph::Square)], 4.5)
            .dots("best", "best share", [dot(exam.best, Tone::Good, Glyph::Diamond)], 5.0)
            .handle(
                "share",
                [sim.share, exam.perplexity(sim.share).clamp(low, high)],
                [Some("lambda"), None],
                Tone::Accent,
            );
    }
    panel
}

/// A count in at most four signs: "99k".
fn short(count: usize) -> String {
    match count {
        c if c < 1000 => c.to_string(),
        c if c < 9950 => format!("{}k", format_number(c as f64 / 1000.0, 1)),
        c => format!("{}k", format_number(c as f64 / 1000.0, 0)),
    }
}

/// Entries that there are, of so many that are asked for.
fn available(sim: &Mixer, store: usize) -> usize {
    store.min(sim.search.text.len())
}

/// Perplexity of a table of pairs of any size with a notebook of any size, each at its best share.
fn grid(sim: &Mixer) -> Panel {
    let exam = &sim.exam;
    let [columns, rows] = [STORES.len(), TABLES.len()];
    let (right, top) = (columns as f64 - 0.5, rows as f64 - 0.5);
    let x =
        Axis::categories("numbers in the notebook", STORES.map(|s| short(available(sim, s) * (WIDTH + 1))));
    let y = Axis::categories("parameters of pairs", TABLES.map(|r| exam.parameters(r).to_string()));
    // From 3 to 30 in our world, in logarithms: dark is costly.
    let [cheap, dear] = scale(sim).grid;
    let prices = exam.grid();
    let cells: Vec<u8> = prices.iter().map(|p| level(ln(p / cheap) / ln(dear / cheap))).collect();
    let tiles = prices.iter().enumerate().filter(|(_, p)| p.is_finite()).map(|(i, p)| {
        let (x, y) = ((i % columns) as f64, (i / columns) as f64);
        // From here on a cell is nearer to ink than to paper, in both themes.
        let strong = cells[i] > LEVELS / 5 * 3;
        let tone = if strong { Tone::Faint } else { Tone::Ink };
        Tile::new([x - 0.5, y - 0.5, x + 0.5, y + 0.5], tone, Fill::Outline).text(format_number(*p, 1))
    });
    let tiles: Vec<Tile> = tiles.collect();
    Panel::new("grid", "Perplexity, each at its best share", x, y)
        .height(HEIGHT)
        .cells("prices", [-0.5, -0.5, right, top], [columns, rows], cells, Ramp::Sequential)
        .boxes("prices-written", tiles)
}

/// The cells of the notebook, nearest first: how many entries each holds, which of them are searched, and
/// where the truly nearest entries are.
fn cells(sim: &Mixer) -> Panel {
    let cells = &sim.heard.cells;
    let probe = sim.search.probe.min(cells.len());
    let most = cells.iter().map(|c| c.entries).max().unwrap_or(1) as f64;
    let bars = |from: usize, to: usize, tone: Tone| {
        let some = cells.iter().enumerate().take(to).skip(from);
        some.map(move |(i, c)| Bar::new(i as f64 + 1.0, 0.8, c.entries as f64, tone)).collect::<Vec<_>>()
    };
    let dots = |from: usize, to: usize, tone: Tone, glyph: Glyph| {
        let some = cells.iter().enumerate().take(to).skip(from).filter(|(_, c)| c.nearest > 0);
        some.map(move |(i, c)| Dot::new([i as f64 + 1.0, c.entries as f64], tone, glyph)).collect::<Vec<_>>()
    };
    let x = Axis::linear("cells, nearest first", [0.0, CELLS as f64 + 1.0]);
    let y = Axis::linear("entries", [0.0, 1.15 * most]).grid();
    let all = cells.len();
    Panel::new("cells", format!("{probe} of {all} cells searched"), x, y)
        .height(HEIGHT)
        .bars("searched", bars(0, probe, Tone::Accent))
        .labelled("searched")
        .bars("passed-over", bars(probe, all, Tone::Muted))
        .labelled("passed over")
        .dots("held", "neighbours found", dots(0, probe, Tone::Good, Glyph::Diamond), 4.5)
        .dots("missed", "neighbours missed", dots(probe, all, Tone::Bad, Glyph::Cross), 4.5)
}

/// The cells that a mark of that panel shows, with their places.
fn shown<'a>(sim: &'a Mixer, mark: &str) -> impl Iterator<Item = (usize, &'a Cell)> {
    let inside = matches!(mark, "searched" | "held");
    let marked = matches!(mark, "held" | "missed");
    let probe = sim.search.probe;
    sim.heard
        .cells
        .iter()
        .enumerate()
        .filter(move |(i, cell)| (*i < probe) == inside && (!marked || cell.nearest > 0))
}

pub fn describe(sim: &Mixer, mark: &str, index: usize) -> Option<String> {
    let heard = &sim.heard;
    match mark {
        "truth" | "rival" => {
            let word = bet(sim, heard).words[usize::from(mark == "rival")];
            let p = said(sim, heard, word).get(index).copied()?;
            Some(format!("{}: “{}” with the probability {p:.3}", PARTS[index], sim.spelt(word)))
        }
        "contexts" => {
            let (n, share) = heard.neighbours.get(index)?;
            Some(format!(
                "entry {}, “{} {}”: squared distance {:.3}, share {share:.3}",
                n.entry,
                context(sim, n.entry),
                sim.spelt(sim.search.notebook.next[n.entry]),
                n.distance,
            ))
        }
        "searched" | "passed-over" | "held" | "missed" => {
            let (place, cell) = shown(sim, mark).nth(index)?;
            let what = if place < sim.search.probe { "searched" } else { "passed over" };
            Some(format!(
                "cell {} by distance, {what}: {} entries, {} of the {} nearest",
                place + 1,
                cell.entries,
                cell.nearest,
                sim.search.k,
            ))
        }
        "prices" | "prices-written" => {
            let rows = TABLES[index / STORES.len()];
            let store = available(sim, STORES[index % STORES.len()]);
            Some(format!(
                "perplexity {:.2} with {} parameters ({rows} rows) and {store} entries, which are {} numbers",
                sim.exam.grid().get(index)?,
                sim.exam.parameters(rows),
                store * (WIDTH + 1),
            ))
        }
        _ => None,
    }
}

fn alternative(sim: &Mixer) -> String {
    let heard = &sim.heard;
    let bet = bet(sim, heard);
    let [truth, rival] = bet.words.map(|word| said(sim, heard, word));
    let words: Vec<&str> = heard.before[1..].iter().map(|w| sim.spelt(*w)).collect();
    let since = match sim.edit {
        Edit::Nothing => "",
        Edit::Two => " Two capitals have swapped since the weights learnt.",
        Edit::All => " All capitals have moved since the weights learnt.",
    };
    let test = if sim.exam.slots.is_empty() {
        "The test has not begun.".to_owned()
    } else {
        format!(
            "On the test the perplexity is {:.2}, {:.2} without the notebook, and least at λ = {:.2}.",
            sim.exam.perplexity(sim.share),
            sim.exam.perplexity(0.0),
            sim.exam.best,
        )
    };
    let cells = match (&sim.search.cells, sim.exam.looked(), sim.exam.recall()) {
        (Some(file), Some(looked), Some(recall)) => format!(
            " Of {} cells {} are searched: {looked:.1} % of the distances, {recall:.0} % of the nearest entries.",
            file.cells(),
            sim.search.probe.min(file.cells()),
        ),
        _ => String::new(),
    };
    let [true_name, rival_name] = [0, 1].map(|i| format!("{} ({})", name(sim, bet.words[i]), bet.roles[i]));
    format!(
        "After “{}” the weights give {true_name} {:.2} and {rival_name} {:.2}, the notebook {:.2} and {:.2}, the \
         mix {:.2} and {:.2}.{since} {test}{cells}",
        words.join(" "),
        truth[0],
        rival[0],
        truth[1],
        rival[1],
        truth[2],
        rival[2],
    )
}
