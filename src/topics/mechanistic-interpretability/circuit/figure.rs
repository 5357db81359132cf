//! The picture of a circuit: words downwards, heads to the right, a line for each look.

use super::Circuit;
use crate::lab::figure::{Axis, Bar, Figure, Fill, Link, Panel, Tile, Tone};
use crate::lab::schema::readout::format_number;
use crate::models::circuits::{Ablation, Head};

const LOOKS: [&str; 4] = ["head_1", "head_2", "head_3", "head_4"];
const PLACES: [&str; 5] = ["words_0", "words_1", "words_2", "words_3", "words_4"];

/// Attention below this is not drawn.
const FAINT: f64 = 0.04;

/// Half the width of a word's box, in layers, and half its height, in words.
const HALF: [f64; 2] = [0.2, 0.34];

/// Half the width of a box in a column: the words themselves stand beside the first.
fn half(column: usize) -> f64 {
    if column == 0 { 0.06 } else { HALF[0] }
}

pub fn draw(sim: &Circuit) -> Figure {
    Figure::row(vec![net(sim).height(430.0).weight(1.7), answer(sim).height(430.0)], alternative(sim))
}

fn tone(layer: usize) -> Tone {
    Tone::Series(layer as u8 + 1)
}

/// One word for a head, for an axis with little room.
fn short(name: &str) -> &str {
    match name {
        "S-inhibition" => "inhibit",
        "name mover" => "mover",
        "backup mover" => "backup",
        _ => name.split(' ').next().unwrap_or(name),
    }
}

/// Looks of a head that are drawn: query, key, attention.
fn looks(head: &Head) -> Vec<(usize, usize, f64)> {
    let count = head.attention.rows();
    (0..count)
        .flat_map(|q| (0..=q).map(move |k| (q, k, head.attention[(q, k)])))
        .filter(|(.., weight)| *weight >= FAINT)
        .collect()
}

fn net(sim: &Circuit) -> Panel {
    let heads = &sim.pass.heads;
    let count = sim.pass.words.len();
    let names = heads.iter().enumerate().map(|(l, h)| (l as f64 + 1.0, short(h.name)));
    let x = Axis::linear("", [-0.3, heads.len() as f64 + 0.45]).ticks(names);
    let words = sim.pass.words.iter().enumerate().map(|(q, word)| (q as f64, *word));
    let y = Axis::linear("", [count as f64 - 0.4, -0.6]).ticks(words);
    let mut panel = Panel::new("net", "Who looks where, layer by layer", x, y);
    for (layer, head) in heads.iter().enumerate() {
        let intact = head.ablation == Ablation::Intact;
        let links = looks(head).into_iter().map(|(q, k, weight)| Link {
            from: [layer as f64 + half(layer), k as f64],
            to: [layer as f64 + 1.0 - HALF[0], q as f64],
            tone: if intact { tone(layer) } else { Tone::Faint },
            weight,
        });
        panel = panel.links(LOOKS[layer], links);
    }
    for (layer, place) in PLACES.iter().enumerate().take(heads.len() + 1) {
        panel = panel.boxes(place, (0..count).map(|q| tile(sim, layer, q)));
    }
    panel
}

/// The place of a word after a layer, filled where the layer's head serves it. The words themselves
/// stand once, beside the first column.
fn tile(sim: &Circuit, layer: usize, q: usize) -> Tile {
    let corners =
        [layer as f64 - half(layer), q as f64 - HALF[1], layer as f64 + half(layer), q as f64 + HALF[1]];
    let Some(head) = layer.checked_sub(1).map(|l| &sim.pass.heads[l]) else {
        let named = sim.names.contains(&sim.pass.words[q]) && !sim.induction;
        let tone = if named { Tone::Ink } else { Tone::Muted };
        return Tile::new(corners, tone, Fill::Tint);
    };
    let asks = head.asks(q);
    let (tone, fill) = match (asks, head.ablation) {
        (false, _) => (Tone::Faint, Fill::Outline),
        (true, Ablation::Intact) => (tone(layer - 1), Fill::Tint),
        (true, _) => (Tone::Bad, Fill::Dashed),
    };
    Tile::new(corners, tone, fill)
}

fn answer(sim: &Circuit) -> Panel {
    if sim.induction {
        let names = sim
            .pass
            .right_keys()
            .into_iter()
            .map(|(q, k)| format!("{} → {}", sim.pass.words[q], sim.pass.words[k]));
        let bars = bars(sim.matches().into_iter().map(|a| (a, Tone::Series(2))));
        return Panel::new(
            "answer",
            "Attention to the word that came next before",
            Axis::linear("attention", [0.0, 1.19]).ticks(quarters()).grid(),
            Axis::categories("", names).reversed(),
        )
        .horizontal_bars("matches", bars);
    }
    let [right, wrong] = sim.chances();
    let rest = (1.0 - right - wrong).max(0.0);
    let names = [sim.names[0], sim.names[1], "other words"].map(str::to_owned);
    let bars = bars([(right, Tone::Good), (wrong, Tone::Bad), (rest, Tone::Muted)].into_iter());
    Panel::new(
        "answer",
        "Next word",
        Axis::linear("probability", [0.0, 1.19]).ticks(quarters()).grid(),
        Axis::categories("", names).reversed(),
    )
    .horizontal_bars("chances", bars)
}

fn quarters() -> Vec<(f64, String)> {
    [0.0, 0.25, 0.5, 0.75, 1.0].map(|x| (x, format_number(x, 2))).to_vec()
}

fn bars(amounts: impl Iterator<Item = (f64, Tone)>) -> Vec<Bar> {
    amounts
        .enumerate()
        .map(|(i, (to, tone))| Bar::new(i as f64, 0.6, to, tone).text(format_number(to, 2)))
        .collect()
}

pub fn describe(sim: &Circuit, mark: &str, index: usize) -> Option<String> {
    if let Some(layer) = LOOKS.iter().position(|m| *m == mark) {
        let head = sim.pass.heads.get(layer)?;
        let (q, k, weight) = *looks(head).get(index)?;
        return Some(format!(
            "{}: {} ({q}) looks at {} ({k}), weight {}",
            head.name,
            sim.pass.words[q],
            sim.pass.words[k],
            format_number(weight, 3)
        ));
    }
    let layer = PLACES.iter().position(|m| *m == mark)?;
    let word = sim.pass.words.get(index)?;
    Some(match layer.checked_sub(1).and_then(|l| sim.pass.heads.get(l)) {
        None => format!("word {index}: {word}"),
        Some(head) if !head.asks(index) => {
            format!("{}: does not serve {word} ({index})", head.name)
        }
        Some(head) => {
            let state = match head.ablation {
                Ablation::Intact => "writes",
                Ablation::Zero => "is cut out: writes nothing",
                Ablation::Mean => "is cut out: writes its mean",
            };
            format!("{}, at {word} ({index}): {state}", head.name)
        }
    })
}

fn alternative(sim: &Circuit) -> String {
    let cut: Vec<&str> =
        sim.pass.heads.iter().filter(|h| h.ablation != Ablation::Intact).map(|h| h.name).collect();
    let cut = if cut.is_empty() {
        "No head is cut out.".to_owned()
    } else {
        format!("Cut out: {}.", cut.join(", "))
    };
    if sim.induction {
        return format!(
            "{cut} The induction circuit predicts {} % of the repetition.",
            format_number(100.0 * sim.pass.accuracy(), 0)
        );
    }
    let [right, wrong] = sim.chances();
    format!(
        "{cut} {} has probability {}, {} has {}; the logit difference is {}.",
        sim.names[0],
        format_number(right, 2),
        sim.names[1],
        format_number(wrong, 2),
        format_number(sim.lead(), 2)
    )
}
