//! The map with what is known of each cell, and how fast it became known.

use super::{ALL, EPISODES, Learning, Plan, Rooms, SWEEPS, Way};
use crate::lab::figure::charts::{Curve, with_curves};
use crate::lab::figure::{At, Axis, Dot, EMPTY, Figure, Fill, Glyph, Panel, Ramp, Stroke, Tile, Tone, level};
use crate::lab::schema::readout::format_number;
use crate::models::four_rooms::{MOVES, SIDE, STATES, Steps};
use crate::topics::world_models_and_agents::arrow;

impl Rooms {
    fn centre(&self, state: usize) -> [f64; 2] {
        let [row, column] = self.world.places[state];
        [column as f64, row as f64]
    }

    pub(super) fn cell(&self, mark: &str, index: usize) -> Option<String> {
        if mark != "values" {
            return None;
        }
        let place = [index / SIDE, index % SIDE];
        let Some(state) = self.world.state(place) else { return Some(format!("wall at {place:?}")) };
        let value = format_number(self.known()[state], 4);
        Some(format!("row {}, column {}: value {value}", place[0], place[1]))
    }

    pub(super) fn draw(&self) -> Figure {
        let known = self.known();
        let covered = known.iter().filter(|v| **v > 0.0).count();
        let value = format_number(known[self.start], 4);
        let (second, said) = match &self.way {
            Way::Plan(plan) => {
                let sweep = self.steps.min(plan.most);
                let said = format!(
                    "After sweep {sweep}, {covered} of {STATES} cells have a value; the start has {value}."
                );
                (coverage(plan, sweep), said)
            }
            Way::Learn(learning) => {
                let last = learning.episodes.last();
                let said = format!(
                    "In episode {} after {} moves; {covered} of {STATES} cells have a value. The last whole episode \
                     took {} moves.",
                    learning.episodes.len() + 1,
                    learning.moves,
                    last.map_or_else(|| "no".to_owned(), |moves| format_number(*moves as f64, 0)),
                );
                (episodes(learning), said)
            }
        };
        Figure::row(vec![self.map(&known), second], said)
    }

    fn map(&self, known: &[f64]) -> Panel {
        let end = SIDE as f64 - 0.5;
        // The root makes small values visible: the start's is below a tenth. Under arrows no cell is as strong
        // as they are.
        let most = if matches!(self.way, Way::Learn(_)) { 0.55 } else { 1.0 };
        let mut cells = vec![EMPTY; SIDE * SIDE];
        for (state, [row, column]) in self.world.places.iter().enumerate() {
            if known[state] > 0.0 {
                cells[row * SIDE + column] = level(most * known[state].sqrt().max(0.1));
            }
        }
        let title = match &self.way {
            Way::Plan(plan) => format!("Sweep {}", self.steps.min(plan.most)),
            Way::Learn(learning) => format!("Episode {}", (learning.episodes.len() + 1).min(EPISODES)),
        };
        let mut panel = Panel::new(
            "map",
            title,
            Axis::linear("column", [-0.5, end]).ticks([(1.0, "1"), (6.0, "6"), (11.0, "11")]),
            Axis::linear("row", [end, -0.5]).ticks([(1.0, "1"), (6.0, "6"), (11.0, "11")]),
        )
        .height(360.0)
        .square()
        .cells("values", [-0.5, -0.5, end, end], [SIDE, SIDE], cells, Ramp::Sequential)
        .boxes("walls", self.walls());
        if let Way::Learn(learning) = &self.way {
            panel = panel
                .line("greedy", "", self.arrows(learning), Tone::Ink, Stroke::Thin)
                .boxes("imagined", self.flashes(learning));
            if learning.shut() {
                let [x, y] = [9.0, 7.0];
                panel = panel
                    .boxes("door", [Tile::new([x - 0.5, y - 0.5, x + 0.5, y + 0.5], Tone::Bad, Fill::Solid)]);
            }
            let agent = Dot::new(self.centre(learning.agent.state), Tone::Accent, Glyph::Circle);
            panel = panel.dots("agent", "", [agent], 6.0);
        }
        let [start, goal] = [self.start, self.goal].map(|state| self.centre(state));
        panel = panel.dots("start", "start", [Dot::new(start, Tone::Ink, Glyph::Square).hollow()], 5.0).dots(
            "goal",
            "goal",
            [Dot::new(goal, Tone::Good, Glyph::Diamond)],
            6.0,
        );
        if self.own {
            panel = panel.handle("put", goal, [Some("goal_column"), Some("goal_row")], Tone::Good);
        }
        panel
    }

    /// Walls, joined along rows.
    fn walls(&self) -> Vec<Tile> {
        let mut walls = Vec::new();
        for row in 0..SIDE {
            let mut column = 0;
            while column < SIDE {
                let run = (column..SIDE).take_while(|c| self.world.state([row, *c]).is_none()).count();
                if run > 0 {
                    let (top, left) = (row as f64 - 0.5, column as f64 - 0.5);
                    walls.push(Tile::new(
                        [left, top, left + run as f64, top + 1.0],
                        Tone::Muted,
                        Fill::Solid,
                    ));
                }
                column += run.max(1);
            }
        }
        walls
    }

    /// The best move of each cell where any is known to be worth something.
    fn arrows(&self, learning: &Learning) -> Vec<[f64; 2]> {
        let mut points = Vec::new();
        for (state, q) in learning.agent.q.iter().enumerate() {
            let best = (1..4).fold(0, |best, m| if q[m] > q[best] { m } else { best });
            if q[best] > 0.0 && state != self.goal {
                let [x, y] = self.centre(state);
                let [down, right] = MOVES[best].map(|d| 0.3 * d as f64);
                points.extend(arrow([x - right, y - down], [x + right, y + down], 0.2));
            }
        }
        points
    }

    /// Cells from which moves were imagined just now.
    fn flashes(&self, learning: &Learning) -> Vec<Tile> {
        let mut states: Vec<usize> = learning.agent.dreamt.iter().map(|(state, _)| *state).collect();
        states.sort_unstable();
        states.dedup();
        let tile = |state: usize| {
            let [x, y] = self.centre(state);
            Tile::new([x - 0.42, y - 0.42, x + 0.42, y + 0.42], Tone::Accent, Fill::Outline)
        };
        states.into_iter().map(tile).collect()
    }
}

/// Cells with a value against sweeps: the chosen way strong, the others beside it.
fn coverage(plan: &Plan, sweep: usize) -> Panel {
    const NAMES: [(&str, &str); 3] =
        [("with-both", "both"), ("with-moves", "moves"), ("with-options", "options")];
    let shown = 20.min(SWEEPS);
    let mut panel = Panel::new(
        "coverage",
        "How far the goal is known",
        Axis::linear("sweeps", [0.0, shown as f64 + 5.0]).ticks([
            (0.0, "0"),
            (5.0, "5"),
            (10.0, "10"),
            (15.0, "15"),
            (20.0, "20"),
        ]),
        Axis::linear("cells with a value", [0.0, 110.0]).grid(),
    )
    .height(360.0)
    .rule("now", "", At::X(sweep.min(shown) as f64), Tone::Faint, Stroke::Solid);
    for (i, steps) in ALL.iter().enumerate() {
        let points =
            plan.covered[i][..=shown].iter().enumerate().map(|(s, n)| [s as f64, *n as f64]).collect();
        let tone = match steps {
            Steps::Both => Tone::Accent,
            Steps::Moves => Tone::Series(0),
            Steps::Options => Tone::Series(1),
        };
        let stroke = if *steps == plan.chosen { Stroke::Thick } else { Stroke::Ghost };
        panel = with_curves(panel, vec![Curve::new(NAMES[i].0, NAMES[i].1, points, tone).stroke(stroke)]);
    }
    panel
}

fn episodes(learning: &Learning) -> Panel {
    let done = learning.episodes.iter().enumerate();
    let points: Vec<[f64; 2]> = done.map(|(i, moves)| [(i + 1) as f64, *moves as f64]).collect();
    let dots: Vec<Dot> = points.iter().map(|p| Dot::new(*p, Tone::Accent, Glyph::Circle)).collect();
    let mut panel = Panel::new(
        "episodes",
        "Moves to the goal",
        Axis::linear("episode", [0.0, EPISODES as f64 + 1.0]),
        Axis::logarithmic("moves", [10.0, 5_000.0]).grid(),
    )
    .height(360.0);
    if learning.door > 0 {
        panel = panel.rule("door-shut", "", At::X(learning.door as f64 + 0.5), Tone::Bad, Stroke::Dashed);
    }
    panel.line("moves", "", points, Tone::Accent, Stroke::Solid).dots("each", "", dots, 3.0)
}
