//! The picture of the search: the current puzzle's tree, and shares solved against calls.

use super::super::{PROCESS, SINGLE, TRIES};
use super::{Play, Score};
use crate::lab::figure::charts::{self, Curve, Measured};
use crate::lab::figure::{Anchor, Axis, Figure, Fill, Glyph, Link, Panel, Stroke, Tile, Tone};
use crate::lab::schema::readout::format_number;
use crate::models::game_of_24::{Candidate, Tree};
use crate::models::votes::wilson;

const HEIGHT: f64 = 400.0;

/// Most hands drawn in one column: what was kept goes first.
const COLUMN: usize = 13;

const MOVES: [&str; 3] = ["moves_1", "moves_2", "moves_3"];
const WAYS: [&str; 3] = ["ways_1", "ways_2", "ways_3"];

pub fn draw(sim: &Play) -> Figure {
    Figure::row(vec![tree(sim), accuracy(sim)], alternative(sim))
}

/// The candidates of a level that are drawn, in the order of their parents.
fn shown(level: &[Candidate]) -> Vec<usize> {
    let mut order: Vec<usize> = (0..level.len()).collect();
    order.sort_by(|a, b| {
        level[*b].kept.cmp(&level[*a].kept).then(level[*b].score.total_cmp(&level[*a].score))
    });
    order.truncate(COLUMN);
    order.sort_by_key(|i| (level[*i].parent, *i));
    order
}

fn height_of(position: usize, count: usize) -> f64 {
    (position as f64 + 0.5) / count.max(1) as f64
}

fn tree(sim: &Play) -> Panel {
    let mut panel =
        Panel::new("tree", "The puzzle on the table", Axis::hidden([-0.45, 3.45]), Axis::hidden([1.0, 0.0]))
            .height(HEIGHT)
            .weight(1.25);
    let Some(table) = &sim.table else {
        return panel.words("hand", [1.5, 0.5], "no puzzle dealt yet", Anchor::Middle, Tone::Muted);
    };
    let mut parents: Vec<Option<f64>> = vec![Some(0.5)];
    let mut columns = Vec::new();
    if let Some(search) = &table.search {
        for (depth, level) in search.levels.iter().enumerate() {
            let order = shown(level);
            let mut heights = vec![None; level.len()];
            let (mut tiles, mut links) = (Vec::new(), Vec::new());
            let tall = (0.72 / order.len().max(1) as f64).min(0.07);
            for (position, i) in order.iter().enumerate() {
                let candidate = &level[*i];
                let y = height_of(position, order.len());
                heights[*i] = Some(y);
                let x = depth as f64 + 1.0;
                let (tone, fill) = look(&table.tree, candidate, depth);
                tiles.push(
                    Tile::new([x - 0.4, y - tall / 2.0, x + 0.4, y + tall / 2.0], tone, fill)
                        .text(table.tree.state(candidate.place).to_string()),
                );
                if let Some(from) = parents.get(candidate.parent).copied().flatten() {
                    links.push(Link {
                        from: [x - 0.6, from],
                        to: [x - 0.4, y],
                        tone: if candidate.kept { PROCESS } else { Tone::Muted },
                        weight: if candidate.kept { 0.5 } else { 0.08 },
                    });
                }
            }
            columns.push((tiles, links));
            parents = heights;
        }
    } else if let Some((path, solved)) = &table.chain {
        for (depth, place) in path.iter().enumerate().skip(1) {
            let x = depth as f64;
            let good = table.tree.solvable(*place);
            let tile = Tile::new(
                [x - 0.4, 0.46, x + 0.4, 0.54],
                if good { Tone::Good } else { Tone::Bad },
                if *solved && depth + 1 == path.len() { Fill::Solid } else { Fill::Tint },
            )
            .text(table.tree.state(*place).to_string());
            let link = Link { from: [x - 0.6, 0.5], to: [x - 0.4, 0.5], tone: SINGLE, weight: 0.4 };
            columns.push((vec![tile], vec![link]));
        }
    }
    for (depth, (tiles, links)) in columns.into_iter().enumerate() {
        panel = panel.links(WAYS[depth], links).boxes(MOVES[depth], tiles);
    }
    let hand = Tile::new([-0.4, 0.46, 0.4, 0.54], Tone::Ink, Fill::Outline)
        .text(table.tree.state(Tree::ROOT).to_string());
    panel.boxes("hand", [hand])
}

/// Kept hands are filled, dead ends dashed; green can still become 24.
fn look(tree: &Tree, candidate: &Candidate, depth: usize) -> (Tone, Fill) {
    let alive = tree.solvable(candidate.place);
    match (candidate.kept, alive) {
        (true, _) if depth == 2 => (Tone::Good, Fill::Solid),
        (true, true) => (Tone::Good, Fill::Tint),
        (true, false) => (Tone::Bad, Fill::Tint),
        (false, true) => (Tone::Good, Fill::Dashed),
        (false, false) => (Tone::Muted, Fill::Dashed),
    }
}

pub fn describe(sim: &Play, mark: &str, index: usize) -> Option<String> {
    let table = sim.table.as_ref()?;
    let depth = MOVES.iter().position(|m| *m == mark)?;
    let reach = |place| if table.tree.solvable(place) { "24 can be reached" } else { "a dead end" };
    let Some(search) = &table.search else {
        let place = *table.chain.as_ref()?.0.get(depth + 1)?;
        return Some(format!("{}: {}", table.tree.state(place), reach(place)));
    };
    let level = search.levels.get(depth)?;
    let candidate = &level[*shown(level).get(index)?];
    let state = table.tree.state(candidate.place);
    Some(if depth == 2 {
        format!("{state}: {}", if candidate.kept { "checked, this is 24" } else { "checked, not 24" })
    } else {
        let fate = if candidate.kept { "kept" } else { "dropped" };
        format!("{state}: judge {}, {fate}; {}", format_number(candidate.score, 2), reach(candidate.place))
    })
}

fn accuracy(sim: &Play) -> Panel {
    // A judge that is charged takes the search further than its calls to the policy can.
    let (label, end) = if sim.judge_calls > 0 {
        ("calls per puzzle, judge's too", 600.0)
    } else {
        ("policy calls per puzzle", 200.0)
    };
    let x =
        Axis::logarithmic(label, [2.0, end]).ticks([3, 10, 30, 100].map(|n| (f64::from(n), n.to_string())));
    let measure = |score: &Score, tone, glyph| {
        let [low, high] = wilson(score.solved, sim.played);
        Some(Measured { cost: sim.calls(score)?, share: sim.share(score)?, low, high, tone, glyph })
    };
    let measured: Vec<Measured> = [
        measure(&sim.single, SINGLE, Glyph::Circle),
        measure(&sim.many, TRIES, Glyph::Square),
        measure(&sim.search, PROCESS, Glyph::Diamond),
    ]
    .into_iter()
    .flatten()
    .collect();
    let curve = Curve::new("exact", "", sim.exact_curve(), TRIES).stroke(Stroke::Ghost);
    let curves = if sim.played > 0 { vec![curve] } else { Vec::new() };
    let title = format!("Solved so far, of {}", sim.played);
    let mut panel = charts::budget("accuracy", title, x, "share solved", curves, &measured).height(HEIGHT);
    let names = [
        ("single", &sim.single, "single".to_owned(), SINGLE, Anchor::Start),
        ("best_of_n", &sim.many, format!("best of {}", sim.tries), TRIES, Anchor::End),
        ("beam", &sim.search, format!("beam {} × {}", sim.beam.width, sim.beam.branch), PROCESS, Anchor::End),
    ];
    for (id, score, text, tone, anchor) in names {
        if let (Some(calls), Some(share)) = (sim.calls(score), sim.share(score)) {
            // To the left, above what as many tries would solve, where there is room.
            let anchor = if calls < 20.0 { Anchor::Start } else { anchor };
            let aside = if anchor == Anchor::Start { 1.18 } else { 0.85 };
            panel = panel.words(id, [calls * aside, share], text, anchor, tone);
        }
    }
    panel
}

fn alternative(sim: &Play) -> String {
    if sim.played == 0 {
        return "No puzzle has been dealt yet.".to_owned();
    }
    let mut parts = Vec::new();
    for (name, score) in
        [("a single chain", &sim.single), ("best-of-N", &sim.many), ("the beam search", &sim.search)]
    {
        if let (Some(share), Some(calls)) = (sim.share(score), sim.calls(score)) {
            parts.push(format!(
                "{name} {} % with {} calls",
                format_number(100.0 * share, 0),
                format_number(calls, 0)
            ));
        }
    }
    format!("Of {} puzzles, solved so far: {}.", sim.played, parts.join(", "))
}
