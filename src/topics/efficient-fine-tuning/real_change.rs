//! `real-change`: the change that full fine-tuning made for a task, taken apart into directions.

use super::{FLOOR, FULL, LORA};
use crate::lab::figure::charts::{self, Curve};
use crate::lab::figure::series::Series;
use crate::lab::figure::{At, Axis, Bar, Figure, Panel, Stroke, Tone};
use crate::lab::schema::readout::format_number;
use crate::lab::{Control, Named, Pace, Preset, Readout, Simulation, Spec, Values, reading};
use crate::models::real_change::{BEFORE, Tuned, WIDTH, effective_rank, share, taken_apart};
use crate::numerics::elementary::powi;
use crate::numerics::matrix::Directions;

pub static SPEC: Spec = Spec::new(
    "real-change",
    "What a task really changes",
    "A network learns two spirals; from step 1,000 on the spirals are turned, and its hidden matrix alone \
     learns them anew, every number of it. Then its change is taken apart: how many directions does the task \
     need?",
    Pace::new(150.0, 1200, "training step").promised(2000),
    |values| Box::new(Real::new(values)),
)
.controls(&[
    Control::integer("rank", "Rank kept r", 0, 32, 4)
        .live()
        .help("Of the change only the largest r directions are kept; the rest is thrown away after training."),
    Control::integer("turn", "Turn of the spirals", 10, 180, 90)
        .step(10)
        .unit("°")
        .help("How far the second task is from the first; at 180° the two classes have changed places."),
    Control::logarithmic("lr", "Tuning rate", [0.001, 0.03], 0.003)
        .secondary()
        .help("Size of an Adam step in tuning."),
    Control::seed(1).secondary(),
])
.readouts(&[
    Readout::new("acc_first", "First task", 3)
        .help("Share of the spirals' points, as they lay before the turn, that the network has right.")
        .basis("Over 512 points that no training has seen, every fifty updates."),
    Readout::new("acc_full", "Second, tuned", 3)
        .help("The same for the turned spirals.")
        .basis("Over 512 points that no training has seen, every fifty updates."),
    Readout::new("acc_rank_r", "Second, at rank r", 3)
        .help("The same when of the change only the largest r directions are kept.")
        .basis("Over 512 points that no training has seen, every fifty updates."),
    Readout::new("share_r", "Squares in r", 1)
        .unit("%")
        .help("What the largest r directions have of all squares of the change; the rest is Eckart and Young's floor.")
        .basis("From the 32 singular values of the change, every fifty updates."),
    Readout::new("effective_rank", "Effective rank", 1)
        .unit("directions")
        .help("e to the entropy of the sizes' shares: 32 if all were equal, 1 if there were one.")
        .basis("From the 32 singular values of the change, every fifty updates."),
    Readout::new("rank_needed", "Rank that will do", 0)
        .help("The least rank that comes within 0.02 of what the whole change has right.")
        .basis("Over 512 points that no training has seen, every fifty updates."),
])
.presets(&[
    Preset::new("little", "A small turn")
        .look("Twenty degrees: the network had much of it right before, and few directions do the rest.")
        .with(&[("turn", "20")]),
    Preset::new("opposite", "Everything the other way")
        .look("At 180° the two classes have changed places: what was right is wrong.")
        .with(&[("turn", "180")]),
    Preset::new("one", "One direction").look("The largest direction by itself.").with(&[("rank", "1")]),
]);

/// Steps between two measurements.
const LOOK: u64 = 50;

/// Where a run ends.
const LAST: u64 = 4000;

/// What a rank may miss of the whole change's accuracy and still do.
const MISS: f64 = 0.02;

/// What `lora-live` plants: each singular value of twelve this share of the one before.
const PLANTED: (f64, usize) = (0.75, 12);

/// A network between two tasks.
struct Real {
    tuned: Tuned,
    rank: usize,
    steps: u64,
    accuracies: Series<2>,
    now: [f64; 2],
    /// Of the change, once the second task has begun.
    change: Option<Change>,
}

struct Change {
    directions: Directions,
    /// Accuracy on the second task for each rank from 0.
    of_rank: Vec<f64>,
}

impl Real {
    fn new(values: &Values) -> Self {
        let mut real = Self {
            tuned: Tuned::new(values.real("turn"), values.real("lr"), values.seed()),
            rank: values.integer("rank"),
            steps: 0,
            accuracies: Series::every(LOOK),
            now: [0.0; 2],
            change: None,
        };
        real.look();
        real
    }

    fn look(&mut self) {
        self.now = self.tuned.accuracies();
        self.accuracies.push(self.steps, self.now);
        self.change = (self.steps > BEFORE).then(|| {
            let directions = taken_apart(&self.tuned);
            Change { of_rank: self.tuned.accuracies_of_ranks(&directions), directions }
        });
    }

    fn rank_needed(&self) -> Option<usize> {
        let change = self.change.as_ref()?;
        change.of_rank.iter().position(|acc| *acc >= change.of_rank[WIDTH] - MISS)
    }
}

impl Simulation for Real {
    fn step(&mut self) {
        self.tuned.step();
        self.steps += 1;
        if self.steps.is_multiple_of(LOOK) {
            self.look();
        }
    }

    fn set(&mut self, values: &Values) {
        self.rank = values.integer("rank");
    }

    fn readings(&self) -> Vec<Named> {
        let change = self.change.as_ref();
        vec![
            reading("acc_first", self.now[0]),
            reading("acc_full", self.now[1]),
            reading("acc_rank_r", change.map(|c| c.of_rank[self.rank])),
            reading("share_r", change.map(|c| 100.0 * share(&c.directions.sizes, self.rank))),
            reading("effective_rank", change.map(|c| effective_rank(&c.directions.sizes))),
            reading("rank_needed", self.rank_needed().map(|r| r as f64)),
        ]
    }

    fn figure(&self) -> Figure {
        Figure::new(
            vec![
                vec![self.sizes().height(250.0), self.ranks().height(250.0)],
                vec![self.course().height(190.0)],
            ],
            self.alternative(),
        )
    }

    fn describe(&self, mark: &str, index: usize) -> Option<String> {
        let change = self.change.as_ref()?;
        let (word, value) = match mark {
            "sizes" => {
                ("learned", change.directions.sizes.get(index)? / change.directions.sizes[0].max(1e-12))
            }
            "planted" => ("planted in the first figure", planted().nth(index)?),
            _ => return None,
        };
        Some(format!("direction {}, {word}: {} of the largest", index + 1, format_number(value, 3)))
    }

    fn finished(&self) -> bool {
        self.steps >= LAST
    }
}

/// The planted sizes, the first of them 1.
fn planted() -> impl Iterator<Item = f64> {
    (0..PLANTED.1 as u32).map(|i| powi(PLANTED.0, i))
}

impl Real {
    /// Singular values of the change beside the planted ones.
    fn sizes(&self) -> Panel {
        let sizes = self.change.as_ref().map_or(&[][..], |c| c.directions.sizes.as_slice());
        let largest = sizes.first().copied().unwrap_or(1.0).max(1e-12);
        let bars = |values: Vec<f64>, by: f64, tone: fn(usize, usize) -> Tone| {
            let rank = self.rank;
            values
                .into_iter()
                .enumerate()
                .map(move |(i, s)| Bar::new(i as f64 + 1.0 + by, 0.4, s, tone(i, rank)))
                .collect::<Vec<_>>()
        };
        Panel::new(
            "spectrum",
            "Singular values, as shares of the largest",
            Axis::linear("direction", [0.3, WIDTH as f64 + 0.7]),
            Axis::linear("size", [0.0, 1.0]).grid(),
        )
        .bars("planted", bars(planted().collect(), -0.2, |_, _| FLOOR))
        .labelled("planted")
        .bars(
            "sizes",
            bars(
                sizes.iter().map(|s| s / largest).collect(),
                0.2,
                |i, rank| if i < rank { LORA } else { Tone::Faint },
            ),
        )
        .labelled("learned; grey: not kept")
    }

    /// Accuracy against the rank that is kept.
    fn ranks(&self) -> Panel {
        let points: Vec<[f64; 2]> = self
            .change
            .iter()
            .flat_map(|c| c.of_rank.iter().enumerate().map(|(r, acc)| [r as f64, *acc]))
            .collect();
        Panel::new(
            "ranks",
            "Right on the second task",
            Axis::linear("rank kept", [0.0, WIDTH as f64]),
            Axis::linear("share", [0.0, 1.0]).grid(),
        )
        .line("of_rank", "", points, LORA, Stroke::Thick)
        .rule("kept", "at this rank", At::X(self.rank as f64), Tone::Muted, Stroke::Dashed)
    }

    fn course(&self) -> Panel {
        let curves = vec![
            Curve::new("first", "first task", self.accuracies.curve(0), Tone::Muted),
            Curve::new("second", "second task", self.accuracies.curve(1), FULL),
        ];
        let y = Axis::linear("share right", [0.0, 1.0]);
        charts::training("course", "Both tasks, turned at step 1,000", "training step", 2000.0, y, curves)
            .rule("turned", "", At::X(BEFORE as f64), Tone::Muted, Stroke::Dashed)
    }

    fn alternative(&self) -> String {
        let [first, second] = self.now.map(|acc| format_number(100.0 * acc, 0));
        let Some(change) = &self.change else {
            return format!(
                "The network has {first} % of the first task right and, before any tuning, {second} % of the \
                 second."
            );
        };
        format!(
            "Tuned, the network has {second} % of the second task right and {first} % of the first. With only the \
             largest {} of 32 directions of its change it has {} %; they hold {} % of the squares.",
            self.rank,
            format_number(100.0 * change.of_rank[self.rank], 0),
            format_number(100.0 * share(&change.directions.sizes, self.rank), 0),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::{Runner, Value};

    #[test]
    fn the_whole_change_learns_the_second_task_and_a_cut_one_needs_no_second_run() {
        let mut run = Runner::after(&SPEC, &[], 2000);
        assert!(run.number("acc_full").unwrap() > 0.9);
        let mut at = |rank| {
            let mut values = run.values().clone();
            values.set("rank", Value::Integer(rank));
            run.set_values(values);
            assert_eq!(run.step(), 2000, "a rank restarts nothing");
            run.number("acc_rank_r").unwrap()
        };
        let [none, all] = [0, 32].map(&mut at);
        assert!(none < 0.8 && all > 0.9, "{none} {all}");
        assert_eq!(Some(all), run.number("acc_full"));
    }

    #[test]
    fn before_the_turn_there_is_no_change() {
        let run = Runner::after(&SPEC, &[], 100);
        assert_eq!(run.number("effective_rank"), None);
        assert!(run.simulation().describe("sizes", 0).is_none());
    }
}
