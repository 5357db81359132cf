//! `rooms`: four rooms, planned through by moves and by options, or learned by moving and imagining.

mod figure;
#[cfg(test)]
mod tests;

use crate::lab::figure::Figure;
use crate::lab::{
    Answer, Bounded, Challenge, Choice, Control, Named, Pace, Prediction, Preset, Readout, Simulation, Spec,
    Values, of, reading,
};
use crate::models::dyna::{Dyna, Habits, Memory};
use crate::models::four_rooms::{Planner, STATES, Steps, World};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Mode {
    Plan,
    Learn,
}

static MODE: Choice<Mode, 2> = Choice::new(
    "mode",
    "Mode",
    [("plan", "plan ahead", Mode::Plan), ("learn", "learn by moving", Mode::Learn)],
);

static ACTIONS: Choice<Steps, 3> = Choice::new(
    "actions",
    "Plan with",
    [
        ("both", "moves and options", Steps::Both),
        ("primitive", "moves", Steps::Moves),
        ("options", "options", Steps::Options),
    ],
);

/// Row and column of the goal; none where the reader puts it.
static GOAL: Choice<Option<[usize; 2]>, 3> = Choice::new(
    "goal",
    "Goal",
    [
        ("hallway", "hallway (7, 9)", Some(DOOR)),
        ("room", "room (9, 9)", Some([9, 9])),
        ("own", "where you put it", None),
    ],
);

static MEMORY: Choice<Memory, 2> = Choice::new(
    "memory",
    "Model keeps",
    [("all", "all outcomes", Memory::All), ("last", "the last outcome", Memory::Last)],
);

/// Where agents start, and the door that can be shut.
const START: [usize; 2] = [1, 1];
const DOOR: [usize; 2] = [7, 9];

pub static SPEC: Spec = Spec::new(
    "rooms",
    "Four rooms",
    "Values spread from the goal through four rooms, one sweep a turn: by single moves, or by options that lead \
     to the next hallway. Or let an agent learn the way, 25 moves a turn, and imagine moves in between.",
    Pace::new(4.0, 2, "turn").promised(2),
    |values| Box::new(Rooms::new(values)),
)
.controls(&[
    MODE.control().help("Plan: all moves and their chances are known. Learn: they are met one by one."),
    ACTIONS.control().only("mode", &["plan"]).help("For planning: single moves, options that lead to a hallway, or both."),
    GOAL.control().help("What is reached for, worth 1; row and column count from the top left."),
    Control::integer("sweep", "Sweeps at most", 0, 60, 60).only("mode", &["plan"]).help("Where planning stops.").live(),
    Control::integer("n", "Imagined moves", 0, 50, 5).only("mode", &["learn"])
        .help("For learning: updates from the model after each real move."),
    MEMORY.control().only("mode", &["learn"]).help("For learning: what the model remembers of a move that chance turns aside."),
    Control::integer("door", "Door shut after episode", 0, 30, 0).only("mode", &["learn"])
        .help("For learning: the hallway (7, 9) is shut then; 0 leaves it open."),
    Control::real("kappa", "Curiosity κ", [0.0, 0.001], 0.0001, 0.0).only("mode", &["learn"])
        .help("For learning: in imagination a move that was not tried for long is worth more, κ times the root of its age."),
    Control::integer("goal_row", "Goal's row", 1, 11, 9).only("goal", &["own"]).help("Where you put it.").secondary(),
    Control::integer("goal_column", "Goal's column", 1, 11, 3).only("goal", &["own"]).help("Where you put it.").secondary(),
    Control::seed(1).secondary(),
])
.readouts(&[
    Readout::new("covered", "Cells with a value", 0).help("Of 104.")
        .basis("Counted in the values as they are now."),
    Readout::new("sweeps_to_start", "Sweeps to the start", 0)
        .help("Sweeps until the cell (1, 1) has a value, in planning.")
        .basis("Counted over the sweeps so far."),
    Readout::new("v_start", "Value at the start", 4).help("Of the cell (1, 1): the discounted chance of the goal.")
        .basis("From the values as they are now."),
    Readout::new("steps_episode", "Last episode", 0).unit("moves").basis("Real moves of the last whole episode."),
    Readout::new("ten", "First ten episodes", 0).unit("moves").help("Real moves of all ten together.")
        .basis("Counted over this run."),
    Readout::new("late", "Episodes 8 to 10", 0).unit("moves").help("Mean real moves of these three.")
        .basis("Counted over this run."),
    Readout::new("shut", "First before the shut door", 0)
        .unit("moves")
        .help("Of the first episode after the door was shut; given up after 4,000.")
        .basis("Counted over this run."),
])
.presets(&[
    Preset::new("both", "Moves and options").look("Two sweeps, and the start has a value."),
    Preset::new("steps-only", "Steps only")
        .look("Values creep outwards by one cell a sweep: fourteen to the start.")
        .with(&[("actions", "primitive")]),
    Preset::new("options-only", "Options only")
        .look("The second sweep fills the last room; which hallway to take is all there is to decide.")
        .with(&[("actions", "options")]),
    Preset::new("off-hallway", "Goal off the hallway")
        .look("Options lead to hallways. A goal inside a room they never reach without single moves.")
        .with(&[("actions", "options"), ("goal", "room")]),
    Preset::new("imagining", "Imagination")
        .look("Five imagined moves after each real one; arrows point where values are known.")
        .with(&[("mode", "learn"), ("goal", "room")]),
    Preset::new("no-imagination", "No imagination")
        .look("Only real moves teach: the first ten episodes take about three times as many.")
        .with(&[("mode", "learn"), ("goal", "room"), ("n", "0")]),
    Preset::new("stubborn", "Stubborn memory")
        .look("It remembers only the last outcome of each move and believes every slip.")
        .with(&[("mode", "learn"), ("goal", "room"), ("n", "50"), ("memory", "last")]),
    Preset::new("door-closes", "Door closes")
        .look("After ten episodes the short way is shut, and old values still point there.")
        .with(&[("mode", "learn"), ("goal", "room"), ("door", "10")]),
])
.challenges(&[Challenge::new(
    "no-stop",
    "Options that are no help",
    "Put the goal where planning with moves and options takes at least eight sweeps to reach the start.",
    &[of("mode").is("plan"), of("actions").is("both"), of("sweeps_to_start").at_least(8.0)],
)
.solution(&[("goal", "own"), ("goal_row", "11"), ("goal_column", "11")], 40)])
.prediction(
    Prediction::new(
        "Two sweeps reach the start from a goal in a hallway, where options end. Put the goal inside a room, two \
         cells further: how many sweeps with moves and options?",
        of("sweeps_to_start"),
        &[
            Answer::at_most("still two", 2.0),
            Answer::at_most("a few more", 7.0),
            Answer::beyond("fourteen, as by moves"),
        ],
        "Single moves bring the value from the goal to the hallway; from there two options carry it to the \
         start. An option's model says in one line where it ends and how much is discounted on the way.",
    )
    .with(&[("goal", "room")])
    .settled_at(6),
);

/// Real moves in a step of learning, and how many an episode may take.
const MOVES: usize = 25;
const GIVE_UP: usize = 4_000;
const EPISODES: usize = 40;

/// Most sweeps of a plan.
const SWEEPS: usize = 60;

/// Planning: everything is known, and sweeps are made in advance.
struct Plan {
    /// Values after each sweep, the first before any.
    values: Vec<Vec<f64>>,
    /// Cells with a value after each sweep, for both, moves and options.
    covered: [Vec<usize>; 3],
    chosen: Steps,
    most: usize,
}

/// Learning: one agent in a world that may change.
struct Learning {
    agent: Dyna,
    door: usize,
    /// Moves of each whole episode, and of the present one.
    episodes: Vec<usize>,
    moves: usize,
}

enum Way {
    Plan(Plan),
    Learn(Box<Learning>),
}

struct Rooms {
    world: World,
    start: usize,
    goal: usize,
    /// Whether the reader puts the goal.
    own: bool,
    way: Way,
    steps: usize,
    note: Option<String>,
}

/// In the order in which [`Plan::covered`] has them.
const ALL: [Steps; 3] = [Steps::Both, Steps::Moves, Steps::Options];

impl Rooms {
    fn new(values: &Values) -> Self {
        let world = World::four_rooms();
        let asked =
            GOAL.of(values).unwrap_or_else(|| ["goal_row", "goal_column"].map(|id| values.integer(id)));
        let used = if world.state(asked).is_some() { asked } else { DOOR };
        let place = Bounded::instead(asked, used, |[row, column]| {
            format!("A goal cannot stand on a wall: ({row}, {column}) is one, (7, 9) is used.")
        });
        let [start, goal] = [START, place.value].map(|place| world.state(place).unwrap_or(0));
        let way = match MODE.of(values) {
            Mode::Plan => Way::Plan(Plan::new(&world, goal, values)),
            Mode::Learn => {
                let habits = Habits {
                    imagined: values.integer("n"),
                    memory: MEMORY.of(values),
                    kappa: values.real("kappa"),
                    ..Habits::plain()
                };
                Way::Learn(Box::new(Learning {
                    agent: Dyna::new(STATES, start, goal, habits, values.seed()),
                    door: values.integer("door"),
                    episodes: Vec::new(),
                    moves: 0,
                }))
            }
        };
        Self { world, start, goal, own: GOAL.of(values).is_none(), way, steps: 0, note: place.note() }
    }

    /// The value of each cell as it is known now.
    fn known(&self) -> Vec<f64> {
        match &self.way {
            Way::Plan(plan) => plan.values[self.steps.min(plan.most)].clone(),
            Way::Learn(learning) => {
                let best = |q: &[f64; 4]| q.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                let mut known: Vec<f64> = learning.agent.q.iter().map(best).collect();
                known[self.goal] = 1.0;
                known
            }
        }
    }

    /// Whether the goal can be reached at all as things stand.
    fn reachable(&self) -> bool {
        self.world.moves_from(self.start)[self.goal].is_some()
    }
}

impl Plan {
    fn new(world: &World, goal: usize, values: &Values) -> Self {
        let chosen = ACTIONS.of(values);
        let mut all = Vec::new();
        let covered = ALL.map(|steps| {
            let mut planner = Planner::new(world.clone(), steps, goal);
            let mut covered = vec![planner.covered()];
            let mut kept = vec![planner.values.clone()];
            for _ in 0..SWEEPS {
                planner.sweep();
                covered.push(planner.covered());
                kept.push(planner.values.clone());
            }
            if steps == chosen {
                all = kept;
            }
            covered
        });
        Self { values: all, covered, chosen, most: values.integer("sweep") }
    }
}

impl Learning {
    fn move_on(&mut self, world: &mut World) {
        if self.episodes.len() >= EPISODES {
            return;
        }
        let arrived = self.agent.step(world);
        self.moves += 1;
        let over = arrived || self.moves >= GIVE_UP;
        if !over {
            return;
        }
        if !arrived {
            self.agent.give_up();
        }
        self.episodes.push(self.moves);
        self.moves = 0;
        if self.door > 0
            && self.episodes.len() == self.door
            && let Some(door) = world.state(DOOR)
        {
            world.close(door);
        }
    }

    fn shut(&self) -> bool {
        self.door > 0 && self.episodes.len() >= self.door
    }
}

impl Simulation for Rooms {
    fn step(&mut self) {
        self.steps += 1;
        if let Way::Learn(learning) = &mut self.way {
            (0..MOVES).for_each(|_| learning.move_on(&mut self.world));
        }
    }

    fn set(&mut self, values: &Values) {
        if let Way::Plan(plan) = &mut self.way {
            plan.most = values.integer("sweep");
        }
    }

    fn readings(&self) -> Vec<Named> {
        let known = self.known();
        let covered = known.iter().filter(|v| **v > 0.0).count();
        let (mut to_start, mut last, mut ten, mut late, mut shut) = (None, None, None, None, None);
        match &self.way {
            Way::Plan(plan) => {
                let now = self.steps.min(plan.most);
                let first = plan.values[..=now].iter().position(|values| values[self.start] > 0.0);
                to_start = first.map(|sweep| sweep as f64);
            }
            Way::Learn(learning) => {
                let episodes = &learning.episodes;
                let sum = |range: std::ops::Range<usize>| {
                    episodes.get(range).map(|moves| moves.iter().sum::<usize>() as f64)
                };
                last = episodes.last().map(|moves| *moves as f64);
                ten = sum(0..10);
                late = sum(7..10).map(|moves| moves / 3.0);
                if learning.door > 0 {
                    shut = episodes.get(learning.door).map(|moves| *moves as f64);
                }
            }
        }
        vec![
            reading("covered", covered),
            reading("sweeps_to_start", to_start),
            reading("v_start", known[self.start]),
            reading("steps_episode", last),
            reading("ten", ten),
            reading("late", late),
            reading("shut", shut),
        ]
    }

    fn figure(&self) -> Figure {
        self.draw()
    }

    fn describe(&self, mark: &str, index: usize) -> Option<String> {
        self.cell(mark, index)
    }

    fn notes(&self) -> Vec<String> {
        let mut notes: Vec<String> = self.note.iter().cloned().collect();
        if let Way::Learn(learning) = &self.way
            && learning.shut()
        {
            notes.push(if self.reachable() {
                "The door at (7, 9) is shut.".to_owned()
            } else {
                "The door at (7, 9) is shut, and the goal is unreachable.".to_owned()
            });
        }
        notes
    }

    fn finished(&self) -> bool {
        match &self.way {
            Way::Plan(plan) => self.steps >= plan.most,
            Way::Learn(learning) => learning.episodes.len() >= EPISODES,
        }
    }
}
