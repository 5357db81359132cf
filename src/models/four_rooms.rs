//! Four rooms and their hallways, planned through by single moves, by options, or by both.
//!
//! References: Sutton, Precup and Singh 1999, *Between MDPs and semi-MDPs*,
//! doi:10.1016/S0004-3702(99)00052-1 (map, moves, hallway options, multi-time models, sweeps).
//!
//! Glossary: `values` V; `sure` the chance that a move goes where it should; [`DISCOUNT`] γ; an option's `ends`
//! M_o, for each state where it starts the discounted chance of ending in each other; a sweep replaces every
//! V by the best of γ P_a V and M_o V at once.
//!
//! Shapes: V [104]; `next[state][move]`, the state that a move leads to.
//!
//! Departures: the goal's value is fixed at 1, and an option that runs over a goal inside a room does not stop
//! there, as in the paper.

/// Rows and columns of the map, border included.
pub const SIDE: usize = 13;
pub const STATES: usize = 104;
pub const DISCOUNT: f64 = 0.9;
/// The chance that a move goes where it should; each other direction shares the rest.
pub const SURE: f64 = 2.0 / 3.0;
/// Up, down, left, right.
pub const MOVES: [[isize; 2]; 4] = [[-1, 0], [1, 0], [0, -1], [0, 1]];
/// Row and column of the hallways.
pub const HALLWAYS: [[usize; 2]; 4] = [[3, 6], [6, 2], [7, 9], [10, 6]];

/// Of each room the first row and column, the last ones, and its two hallways.
const ROOMS: [([usize; 2], [usize; 2], [usize; 2]); 4] = [
    ([1, 1], [5, 5], [0, 1]),
    ([1, 7], [6, 11], [0, 2]),
    ([7, 1], [11, 5], [1, 3]),
    ([8, 7], [11, 11], [2, 3]),
];

/// Which room a place lies in.
#[must_use]
pub fn room(place: [usize; 2]) -> Option<usize> {
    ROOMS.iter().position(|([top, left], [bottom, right], _)| {
        (*top..=*bottom).contains(&place[0]) && (*left..=*right).contains(&place[1])
    })
}

/// Places with moves between them.
#[derive(Clone, Debug)]
pub struct World {
    /// Row and column of each state.
    pub places: Vec<[usize; 2]>,
    /// Where each move leads that goes where it should; into a wall, nowhere.
    pub next: Vec<[usize; 4]>,
    /// The chance that it does.
    pub sure: f64,
}

impl World {
    /// All places of a map of so many rows and columns that are `free`.
    #[must_use]
    pub fn new([rows, columns]: [usize; 2], sure: f64, free: impl Fn([usize; 2]) -> bool) -> Self {
        let all = (0..rows).flat_map(|r| (0..columns).map(move |c| [r, c]));
        let places: Vec<[usize; 2]> = all.filter(|place| free(*place)).collect();
        let mut world = Self { next: vec![[0; 4]; places.len()], places, sure };
        for state in 0..world.places.len() {
            world.next[state] = core::array::from_fn(|m| world.beside(state, m).unwrap_or(state));
        }
        world
    }

    /// The four rooms.
    #[must_use]
    pub fn four_rooms() -> Self {
        Self::new([SIDE; 2], SURE, |place| room(place).is_some() || HALLWAYS.contains(&place))
    }

    fn beside(&self, state: usize, which: usize) -> Option<usize> {
        let [row, column] = self.places[state];
        let [down, right] = MOVES[which];
        self.state([row.checked_add_signed(down)?, column.checked_add_signed(right)?])
    }

    /// The state at a place; none on a wall.
    #[must_use]
    pub fn state(&self, place: [usize; 2]) -> Option<usize> {
        self.places.iter().position(|p| *p == place)
    }

    /// Nobody enters this state any more.
    pub fn close(&mut self, closed: usize) {
        for (state, next) in self.next.iter_mut().enumerate() {
            next.iter_mut().filter(|n| **n == closed).for_each(|n| *n = state);
        }
    }

    /// The chance that a move turns into each of the four.
    #[must_use]
    pub fn chances(&self, which: usize) -> [f64; 4] {
        core::array::from_fn(|m| if m == which { self.sure } else { (1.0 - self.sure) / 3.0 })
    }

    /// Σ over where a move may lead of its chance times a value there.
    #[must_use]
    pub fn expected(&self, state: usize, which: usize, values: &[f64]) -> f64 {
        let chances = self.chances(which);
        (0..4).map(|m| chances[m] * values[self.next[state][m]]).sum()
    }

    /// Fewest moves from a state to each other one that can be reached.
    #[must_use]
    pub fn moves_from(&self, start: usize) -> Vec<Option<usize>> {
        let mut moves = vec![None; self.places.len()];
        moves[start] = Some(0);
        let mut queue = std::collections::VecDeque::from([start]);
        while let Some(state) = queue.pop_front() {
            for next in self.next[state] {
                if moves[next].is_none() {
                    moves[next] = moves[state].map(|n: usize| n + 1);
                    queue.push_back(next);
                }
            }
        }
        moves
    }
}

/// A way to a hallway that is followed until the room is left.
#[derive(Clone, Debug)]
pub struct HallwayOption {
    /// The hallway that it leads to.
    pub target: usize,
    pub starts: Vec<Start>,
}

/// A state where an option may start.
#[derive(Clone, Debug)]
pub struct Start {
    pub state: usize,
    /// The option's move there.
    pub which: usize,
    /// States in which it may end, each with its discounted chance.
    pub ends: Vec<(usize, f64)>,
}

impl Start {
    /// M_o V, of the option begun here.
    #[must_use]
    pub fn worth(&self, values: &[f64]) -> f64 {
        self.ends.iter().map(|(end, m)| m * values[*end]).sum()
    }
}

/// Two for each room.
#[must_use]
pub fn options(world: &World) -> Vec<HallwayOption> {
    let mut options = Vec::new();
    for (index, (_, _, hallways)) in ROOMS.iter().enumerate() {
        let [a, b] = hallways.map(|h| world.state(HALLWAYS[h]).expect("a hallway is a place"));
        for (target, other) in [(a, b), (b, a)] {
            let inside = |state: usize| room(world.places[state]) == Some(index) || state == other;
            let region: Vec<usize> = (0..world.places.len()).filter(|s| inside(*s)).collect();
            let moves = policy(world, &region, target);
            options.push(HallwayOption { target, starts: ends(world, &region, &moves) });
        }
    }
    options
}

/// The best move in each state of a region for who wants to reach the target soon.
fn policy(world: &World, region: &[usize], target: usize) -> Vec<usize> {
    let mut values = vec![0.0; world.places.len()];
    values[target] = 1.0;
    let best = |values: &[f64], state: usize| {
        let worth: [f64; 4] = core::array::from_fn(|m| DISCOUNT * world.expected(state, m, values));
        (1..4).fold((0, worth[0]), |best, m| if worth[m] > best.1 + 1e-12 { (m, worth[m]) } else { best })
    };
    for _ in 0..300 {
        let better: Vec<f64> = region.iter().map(|s| best(&values, *s).1).collect();
        region.iter().zip(better).for_each(|(s, v)| values[*s] = v);
    }
    region.iter().map(|s| best(&values, *s).0).collect()
}

/// Solves M = γ T_stop + γ T_go M, by iterating it until nothing moves. The option goes on inside its room;
/// every other place, the hallway that it came from included, ends it.
fn ends(world: &World, region: &[usize], moves: &[usize]) -> Vec<Start> {
    let goes_on = |state: usize| room(world.places[state]).is_some() && region.contains(&state);
    let all_next = region.iter().flat_map(|s| world.next[*s]);
    let mut stops: Vec<usize> = all_next.filter(|s| !goes_on(*s)).collect();
    stops.sort_unstable();
    stops.dedup();
    let rows: Vec<Option<usize>> = (0..world.places.len())
        .map(|s| if goes_on(s) { region.iter().position(|r| *r == s) } else { None })
        .collect();
    let mut model = vec![vec![0.0; stops.len()]; region.len()];
    for _ in 0..400 {
        model = (0..region.len())
            .map(|i| {
                let chances = world.chances(moves[i]);
                let mut row = vec![0.0; stops.len()];
                for (m, chance) in chances.iter().enumerate() {
                    let next = world.next[region[i]][m];
                    if let Some(j) = rows[next] {
                        row.iter_mut().zip(&model[j]).for_each(|(x, y)| *x += DISCOUNT * chance * y);
                    } else if let Some(stop) = stops.iter().position(|s| *s == next) {
                        row[stop] += DISCOUNT * chance;
                    }
                }
                row
            })
            .collect();
    }
    let reached =
        model.into_iter().map(|row| stops.iter().copied().zip(row).filter(|(_, m)| *m > 0.0).collect());
    let each = region.iter().zip(moves).zip(reached);
    each.map(|((state, which), ends)| Start { state: *state, which: *which, ends }).collect()
}

/// What a plan may be made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Steps {
    Moves,
    Options,
    Both,
}

/// Value iteration over a known world.
#[derive(Clone, Debug)]
pub struct Planner {
    world: World,
    steps: Steps,
    goal: usize,
    options: Vec<HallwayOption>,
    pub values: Vec<f64>,
}

impl Planner {
    #[must_use]
    pub fn new(world: World, steps: Steps, goal: usize) -> Self {
        let options = if steps == Steps::Moves { Vec::new() } else { options(&world) };
        let mut values = vec![0.0; world.places.len()];
        values[goal] = 1.0;
        Self { world, steps, goal, options, values }
    }

    /// Every value at once from those before: V ← max(γ P_a V, M_o V).
    pub fn sweep(&mut self) {
        let mut better = vec![0.0f64; self.values.len()];
        if self.steps != Steps::Options {
            for (state, value) in better.iter_mut().enumerate() {
                *value = (0..4)
                    .map(|m| DISCOUNT * self.world.expected(state, m, &self.values))
                    .fold(*value, f64::max);
            }
        }
        for option in &self.options {
            for start in &option.starts {
                better[start.state] = better[start.state].max(start.worth(&self.values));
            }
        }
        better[self.goal] = 1.0;
        self.values = better;
    }

    /// States that have a value.
    #[must_use]
    pub fn covered(&self) -> usize {
        self.values.iter().filter(|v| **v > 0.0).count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn planned(steps: Steps, goal: [usize; 2]) -> (Option<usize>, f64) {
        let world = World::four_rooms();
        let (start, goal) = (world.state([1, 1]).unwrap(), world.state(goal).unwrap());
        let mut planner = Planner::new(world, steps, goal);
        let mut first = None;
        for sweep in 1..=300 {
            planner.sweep();
            if first.is_none() && planner.values[start] > 0.0 {
                first = Some(sweep);
            }
        }
        (first, planner.values[start])
    }

    #[test]
    fn the_map_is_the_papers() {
        let world = World::four_rooms();
        assert_eq!(world.places.len(), STATES);
        let sizes: Vec<usize> =
            (0..4).map(|r| world.places.iter().filter(|p| room(**p) == Some(r)).count()).collect();
        assert_eq!(sizes, [25, 30, 25, 20]);
    }

    #[test]
    fn chances_of_a_move_sum_to_one_and_walls_hold() {
        let world = World::four_rooms();
        assert!((world.chances(2).iter().sum::<f64>() - 1.0).abs() < 1e-15);
        let corner = world.state([1, 1]).unwrap();
        assert_eq!(world.next[corner][0], corner);
        let ones = vec![1.0; STATES];
        assert!((world.expected(corner, 3, &ones) - 1.0).abs() < 1e-15);
    }

    #[test]
    fn options_reach_the_start_in_two_sweeps() {
        for (steps, first) in [(Steps::Moves, 14), (Steps::Options, 2), (Steps::Both, 2)] {
            let (sweep, value) = planned(steps, [7, 9]);
            assert_eq!(sweep, Some(first), "{steps:?}");
            assert!((value - 0.0838).abs() < 1e-4, "{steps:?}: {value}");
        }
    }

    #[test]
    fn a_goal_off_the_hallways_is_out_of_the_options_reach() {
        assert_eq!(planned(Steps::Options, [9, 9]), (None, 0.0));
        for (steps, first) in [(Steps::Moves, 16), (Steps::Both, 4)] {
            let (sweep, value) = planned(steps, [9, 9]);
            assert_eq!(sweep, Some(first), "{steps:?}");
            assert!((value - 0.0563).abs() < 1e-4, "{steps:?}: {value}");
        }
    }

    #[test]
    fn an_options_model_is_what_following_it_does() {
        // One more step of the option leaves its model as it is: M = γ T_stop + γ T_go M.
        let world = World::four_rooms();
        for option in options(&world) {
            let inside = room(world.places[option.starts[1].state]);
            let mut values = vec![0.0; STATES];
            values[option.target] = 1.0;
            let at = |state: usize| {
                let start = option.starts.iter().find(|start| start.state == state);
                match start.filter(|_| room(world.places[state]) == inside) {
                    Some(start) => start.worth(&values),
                    None => values[state],
                }
            };
            for start in &option.starts {
                let chances = world.chances(start.which);
                let next = world.next[start.state];
                let one = DISCOUNT * (0..4).map(|m| chances[m] * at(next[m])).sum::<f64>();
                assert!((one - start.worth(&values)).abs() < 1e-12);
                assert!(start.ends.iter().map(|(_, m)| m).sum::<f64>() < DISCOUNT + 1e-12);
            }
        }
    }

    #[test]
    fn behind_a_closed_door_nothing_is_reached() {
        let mut world = World::four_rooms();
        let (start, door) = (world.state([1, 1]).unwrap(), world.state([7, 9]).unwrap());
        world.close(door);
        let moves = world.moves_from(start);
        assert_eq!(moves[door], None);
        assert!(moves[world.state([9, 9]).unwrap()].is_some());
    }
}
