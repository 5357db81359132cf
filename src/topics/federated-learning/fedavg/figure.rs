//! The picture of `fedavg`: a card for each client, the average, and how both fare round by round.

use super::super::{input, right_axis};
use super::FedAvg;
use crate::lab::figure::charts::{self, Curve, cell_middle};
use crate::lab::figure::{Axis, Dot, EMPTY, Figure, Fill, Glyph, Panel, Ramp, Stroke, Tile, Tone};
use crate::lab::schema::readout::format_number;
use crate::models::federated::{CLASSES, CLIENTS, Weights, named};

/// Half the width of the maps.
const EDGE: f64 = 2.3;

/// Cells along a side of a client's map, and of the server's.
const SMALL: usize = 12;
const LARGE: usize = 28;

/// Cards in a row; room to the next one, and below for the bar of classes.
const ACROSS: usize = 5;
const GUTTER: f64 = 2.5;
const BELOW: f64 = 5.4;

/// Points that are drawn of a client, and of all.
const OWN: usize = 16;
const SHOWN: usize = 60;

const CARD_ROWS: f64 = 230.0;
const MAPS: f64 = 250.0;
const CHARTS: f64 = 200.0;

const CARDS: [&str; CLIENTS] = [
    "client-1",
    "client-2",
    "client-3",
    "client-4",
    "client-5",
    "client-6",
    "client-7",
    "client-8",
    "client-9",
    "client-10",
];

pub(super) fn draw(live: &FedAvg) -> Figure {
    Figure::new(vec![vec![cards(live), average(live)], vec![right(live), apart(live)]], alternative(live))
}

/// The middle of a cell, row 0 at the top.
fn place(cell: usize, side: usize) -> [f64; 2] {
    let [x, y] = cell_middle(cell, side, EDGE);
    [x, -y]
}

fn classes(weights: &Weights, side: usize) -> Vec<u8> {
    (0..side * side).map(|cell| named(weights, place(cell, side)) as u8).collect()
}

/// The upper left corner of a client's card.
fn corner(client: usize) -> [f64; 2] {
    let side = SMALL as f64;
    [(client % ACROSS) as f64 * (side + GUTTER), (client / ACROSS) as f64 * (side + BELOW)]
}

fn tone(class: usize) -> Tone {
    Tone::Series(class as u8)
}

fn cards(live: &FedAvg) -> Panel {
    let side = SMALL as f64;
    let [right, bottom] = corner(CLIENTS - 1);
    let title = match live.chosen.len() {
        0 => "Ten clients and their points".to_owned(),
        1 => format!("Round {}: one copy", live.round),
        copies => format!("Round {}: {copies} copies", live.round),
    };
    let mut panel = Panel::new(
        "clients",
        title,
        Axis::hidden([-0.8, right + side + 0.8]),
        Axis::hidden([bottom + side + BELOW - 1.4, -0.8]),
    )
    .height(CARD_ROWS)
    .weight(1.5)
    .square();
    for (client, id) in CARDS.into_iter().enumerate() {
        let [x, y] = corner(client);
        let cells = match &live.copies[client] {
            Some(copy) => classes(copy, SMALL),
            None => vec![EMPTY; SMALL * SMALL],
        };
        panel = panel.cells(id, [x, y, x + side, y + side], [SMALL, SMALL], cells, Ramp::Series);
    }
    let dots = (0..CLIENTS).flat_map(|client| {
        let [x, y] = corner(client);
        let half = side / 2.0;
        let own = live.setting.clients[client].iter().take(OWN);
        own.filter(|example| example.x.iter().all(|x| x.abs() < EDGE)).map(move |example| {
            let at = [x + half * (1.0 + example.x[0] / EDGE), y + half * (1.0 - example.x[1] / EDGE)];
            Dot::new(at, Tone::Ink, Glyph::of(example.class))
        })
    });
    let bars = (0..CLIENTS).flat_map(|client| {
        let [x, y] = corner(client);
        let mut from = 0;
        live.counts(client).into_iter().enumerate().map(move |(class, count)| {
            let ends = [from, from + count].map(|n| x + side * n as f64 / live.setting.each as f64);
            from += count;
            Tile::new([ends[0], y + side + 1.0, ends[1], y + side + 3.2], tone(class), Fill::Solid)
        })
    });
    let frames = (0..CLIENTS).map(|client| {
        let [x, y] = corner(client);
        let drawn = live.chosen.contains(&client);
        let (tone, room) = if drawn { (Tone::Accent, 0.5) } else { (Tone::Faint, 0.0) };
        Tile::new([x - room, y - room, x + side + room, y + side + room], tone, Fill::Outline)
    });
    panel
        .boxes("frames", frames.collect::<Vec<_>>())
        .dots("own-points", "", dots.collect::<Vec<_>>(), 1.3)
        .boxes("arms", bars.collect::<Vec<_>>())
}

fn average(live: &FedAvg) -> Panel {
    let title = match live.round {
        0 => "The model, as it was drawn".to_owned(),
        _ => format!("Average: {} right", format_number(live.accuracy, 2)),
    };
    let shown =
        live.setting.test.iter().take(SHOWN).filter(|example| example.x.iter().all(|x| x.abs() < EDGE));
    let dots = shown.map(|example| Dot::new(example.x, Tone::Ink, Glyph::of(example.class)));
    Panel::new("average", title, input(0, EDGE), input(1, EDGE))
        .height(MAPS)
        .square()
        .cells(
            "server",
            [-EDGE, EDGE, EDGE, -EDGE],
            [LARGE, LARGE],
            classes(&live.global, LARGE),
            Ramp::Series,
        )
        .dots("new-points", "", dots.collect::<Vec<_>>(), 2.0)
}

fn right(live: &FedAvg) -> Panel {
    let curves = vec![
        Curve::new("pooled", "", live.right.curve(1), Tone::Muted).stroke(Stroke::Dashed),
        Curve::new("right", "", live.right.curve(0), Tone::Accent).stroke(Stroke::Thick),
    ];
    let panel =
        Panel::new("learning", "New points right (dashed: data in one place)", rounds(live), right_axis());
    charts::with_curves(panel.height(CHARTS).weight(1.5), curves)
}

fn apart(live: &FedAvg) -> Panel {
    let curve = Curve::new("drift", "", live.apart.curve(0), Tone::Accent);
    let y = Axis::linear("drift", [0.0, 3.0]).ticks([(0.0, "0"), (1.0, "1"), (2.0, "2"), (3.0, "3")]).grid();
    charts::with_curves(
        Panel::new("apart", "How far copies part", rounds(live), y).height(CHARTS),
        vec![curve],
    )
}

fn rounds(live: &FedAvg) -> Axis {
    charts::steps("round", live.round, 50.0)
}

pub(super) fn describe(live: &FedAvg, mark: &str, index: usize) -> Option<String> {
    // Arms are counted from one, a reader's classes as the reader has them.
    let (kind, first) = if live.own { ("class", 0) } else { ("arm", 1) };
    let said = |weights: &Weights, side: usize| {
        let at = place(index, side);
        let [a, b] = at.map(|x| format_number(x, 1));
        format!("inputs {a} and {b}: {kind} {}", named(weights, at) + first)
    };
    match mark {
        "server" => Some(said(&live.global, LARGE)),
        "arms" => {
            let (client, class) = (index / CLASSES, index % CLASSES);
            let count = *live.counts(client).get(class)?;
            let each = live.setting.each;
            Some(format!("client {}: {count} of {each} points on {kind} {}", client + 1, class + first))
        }
        _ => {
            let client = CARDS.iter().position(|id| *id == mark)?;
            let copy = live.copies[client].as_ref()?;
            Some(format!("client {}, {}", client + 1, said(copy, SMALL)))
        }
    }
}

fn alternative(live: &FedAvg) -> String {
    let copies = match live.local_accuracy() {
        Some(right) => format!(
            "{} of ten clients trained a copy, which has {} of new points right on average",
            live.chosen.len(),
            format_number(right, 2)
        ),
        None => "no client has trained yet".to_owned(),
    };
    format!(
        "After {} rounds the server's model has {} of new points right. In the last round {copies}. The same model \
         on all data in one place has {}.",
        live.round,
        format_number(live.accuracy, 2),
        format_number(live.pooled_accuracy, 2),
    )
}
