//! The picture of `search`: three rankings of one query, the texts as directions, and all judged queries.

use super::library::{THEMES, Text};
use super::{Method, SHOWN, Search};
use crate::lab::figure::{Anchor, Axis, Bar, Dot, Figure, Glyph, Panel, Tone};
use crate::lab::schema::readout::format_number;
use crate::numerics::matrix::norm;

/// Words whose parts of a score are named above the bars.
const NAMED: usize = 2;
const TERMS: [&str; 12] = [
    "term-1", "term-2", "term-3", "term-4", "term-5", "term-6", "term-7", "term-8", "term-9", "term-10",
    "term-11", "term-12",
];
const SHORT: [&str; 3] = ["words", "meaning", "both"];

pub fn draw(sim: &Search) -> Figure {
    let rankings = Method::ALL.iter().enumerate().map(|(i, _)| ranking(sim, i)).collect();
    let mut below = vec![map(sim)];
    below.extend(sim.judged.as_ref().map(|judged| recalls(sim, judged)));
    Figure::new(vec![rankings, below], alternative(sim))
}

/// The first texts of one ranking.
fn ranking(sim: &Search, method: usize) -> Panel {
    let (id, title, label) = [
        ("words", "By words (BM25)", "score"),
        ("meaning", "By meaning (LSA)", "cosine"),
        ("both", "Both rankings", "1/(60 + rank), summed"),
    ][method];
    let (order, scores) = (&sim.answer.rankings[method], &sim.answer.scores[method]);
    let names = (0..SHOWN).map(|i| (i as f64, order.get(i).map_or("", |text| &sim.shelf.texts[*text].title)));
    let top = order.first().map_or(1.0, |text| scores[*text]);
    let end = if method == 1 { 1.0 } else { top };
    let ticks = if method == 1 { vec![(0.0, "0"), (1.0, "1")] } else { vec![(0.0, "0")] };
    let panel = Panel::new(
        id,
        title,
        Axis::linear(label, [0.0, end * 1.6]).ticks(ticks),
        Axis::linear("", [SHOWN as f64 - 0.5, -0.5]).ticks(names),
    )
    .height(210.0);
    let decimals = if method == 2 { 4 } else { 2 };
    if order.is_empty() {
        return panel.words("nothing", [end * 0.8, 2.0], "nothing found", Anchor::Middle, Tone::Muted);
    }
    if method == 0 {
        return stacked(sim, panel, order);
    }
    let tone = if method == 1 { Tone::Series(1) } else { Tone::Accent };
    let bars = order.iter().take(SHOWN).enumerate().map(|(i, text)| {
        Bar::new(i as f64, 0.62, scores[*text], tone).text(format_number(scores[*text], decimals))
    });
    panel.horizontal_bars(if method == 1 { "cosines" } else { "fused" }, bars)
}

/// What each word of the query adds, for the texts that are shown.
fn stacked(sim: &Search, mut panel: Panel, order: &[usize]) -> Panel {
    let mut begun = [0.0; SHOWN];
    let mut terms: Vec<&String> = Vec::new();
    for word in sim.query.iter().filter(|w| sim.shelf.index.has(w)) {
        if !terms.contains(&word) {
            terms.push(word);
        }
    }
    for (t, (id, term)) in TERMS.iter().zip(&terms).enumerate() {
        let part = parts(sim, term);
        let mut bars = Vec::new();
        for (i, text) in order.iter().take(SHOWN).enumerate() {
            let to = begun[i] + part[*text];
            let bar = Bar::new(i as f64, 0.62, to, Tone::Series(t as u8 % 8)).starting_at(begun[i]);
            // The sum stands behind the last part.
            let sum = if t + 1 == terms.len() { format_number(to, 2) } else { String::new() };
            bars.push(bar.text(sum));
            begun[i] = to;
        }
        panel = panel.horizontal_bars(id, bars);
        if (2..=NAMED).contains(&terms.len()) {
            panel = panel.labelled(*term);
        }
    }
    panel
}

/// What a word adds to each text's score: to that of its best sentence, where sentences are found.
fn parts(sim: &Search, term: &str) -> Vec<f64> {
    let shelf = &sim.shelf;
    let scores = shelf.score.scores(&shelf.index, &sim.query);
    let part = shelf.score.part(&shelf.index, term);
    let times = sim.query.iter().filter(|w| *w == term).count() as f64;
    let mut best: Vec<Option<usize>> = vec![None; sim.shelf.texts.len()];
    for (unit, text) in shelf.owner.iter().enumerate() {
        if best[*text].is_none_or(|other| scores[unit] > scores[other]) {
            best[*text] = Some(unit);
        }
    }
    best.iter().map(|unit| unit.map_or(0.0, |unit| times * part[unit])).collect()
}

/// Two of the latent dimensions, in which lengths are all one: the second and the third, where there are.
fn map(sim: &Search) -> Panel {
    let shelf = &sim.shelf;
    let rank = shelf.rank.min(shelf.latent.rank());
    let [x, y] = if rank > 2 { [1, 2] } else { [0, 1] };
    let place = |point: &[f64]| {
        let length = norm(point).max(1e-12);
        [x, y].map(|d| point.get(d).map_or(0.0, |v| v / length))
    };
    let axis = |d: usize| Axis::linear(format!("dimension {}", d + 1), [-1.05, 1.05]);
    let mut panel = Panel::new("map", "Texts by direction", axis(x), axis(y)).height(290.0).weight(1.4);
    if shelf.is_own() {
        let dots = (0..shelf.owner.len())
            .map(|unit| Dot::new(place(&shelf.latent.document(unit, rank)), Tone::Series(0), Glyph::of(0)));
        panel = panel.dots("own", "", dots, 4.0);
    }
    for (theme, (id, name)) in
        ["cars", "hearts", "sky", "bread", "sea", "money"].into_iter().zip(THEMES).enumerate()
    {
        let dots =
            shelf.owner.iter().enumerate().filter(|(_, text)| shelf.texts[**text].theme == Some(theme)).map(
                |(unit, _)| {
                    Dot::new(
                        place(&shelf.latent.document(unit, rank)),
                        Tone::Series(theme as u8),
                        Glyph::of(theme),
                    )
                },
            );
        panel = panel.dots(id, name, dots, 4.0);
    }
    if sim.known() {
        let query = place(&shelf.latent.query(&shelf.weights(&sim.query), rank));
        panel = panel.dots("query", "query", [Dot::new(query, Tone::Accent, Glyph::Circle).hollow()], 8.0);
    }
    panel
}

/// Recall over the judged queries, by each method.
fn recalls(sim: &Search, judged: &[[f64; 2]; 3]) -> Panel {
    let bars = judged.iter().enumerate().map(|(i, [recall, _])| {
        let tone = if i == sim.chosen() { Tone::Accent } else { Tone::Muted };
        Bar::new(i as f64, 0.6, 100.0 * recall, tone).text(format!("{} %", format_number(100.0 * recall, 0)))
    });
    Panel::new(
        "judged",
        "Ten judged queries",
        Axis::categories("", SHORT),
        Axis::linear("recall in the first three", [0.0, 110.0])
            .unit("%")
            .ticks([0, 50, 100].map(|p| (f64::from(p), p.to_string()))),
    )
    .height(290.0)
    .weight(0.8)
    .bars("recalls", bars)
}

pub fn describe(sim: &Search, mark: &str, index: usize) -> Option<String> {
    let shown = |method: usize| {
        let text = *sim.answer.rankings[method].get(index)?;
        let Text { title, words, .. } = &sim.shelf.texts[text];
        Some(format!("{}. {title}, {:.3}: {words}", index + 1, sim.answer.scores[method][text]))
    };
    match mark {
        "cosines" => shown(1),
        "fused" => shown(2),
        "recalls" => {
            let [recall, rank] = *sim.judged.as_ref()?.get(index)?;
            Some(format!(
                "by {}: recall {:.0} %, mean reciprocal rank {rank:.2}",
                SHORT[index],
                100.0 * recall
            ))
        }
        "query" => Some(format!("the query “{}”", sim.query.join(" "))),
        _ => {
            if TERMS.contains(&mark) {
                return shown(0);
            }
            let theme = THEMES.iter().position(|name| *name == mark);
            let texts = sim.shelf.owner.iter().map(|text| &sim.shelf.texts[*text]);
            let Text { title, words, .. } = texts.filter(|text| text.theme == theme).nth(index)?;
            Some(format!("{title}: {words}"))
        }
    }
}

fn alternative(sim: &Search) -> String {
    if !sim.known() {
        return "No word of the query is in the library: three empty rankings.".to_owned();
    }
    let first = |method: usize| {
        let order = &sim.answer.rankings[method];
        let names: Vec<&str> =
            order.iter().take(3).map(|text| sim.shelf.texts[*text].title.as_str()).collect();
        if names.is_empty() { "nothing".to_owned() } else { names.join(", ") }
    };
    let judged = sim.judged.map(|judged| judged.map(|[recall, _]| 100.0 * recall));
    let judged = judged.map_or(String::new(), |[a, b, c]| {
        format!(" Over ten judged queries the recall is {a:.0}, {b:.0} and {c:.0} %.")
    });
    format!(
        "For “{}” words find {}; meaning finds {}; both together {}.{judged}",
        sim.query.join(" "),
        first(0),
        first(1),
        first(2),
    )
}
