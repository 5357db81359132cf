//! `drift`: two clients with a bowl each, and where their average comes to rest.

use crate::lab::figure::charts::{self, Curve};
use crate::lab::figure::series::Series;
use crate::lab::figure::{Axis, Dot, Figure, GAP, Glyph, Panel, Stroke, Tone};
use crate::lab::schema::readout::format_number;
use crate::lab::{
    Answer, Challenge, Control, Named, Pace, Prediction, Preset, Readout, Simulation, Spec, Values, of,
    reading,
};
use crate::models::client_drift::{BENDS, Bowls};
use crate::numerics::matrix::norm;

pub static SPEC: Spec = Spec::new(
    "drift",
    "Two bowls",
    "Two clients, each with a bowl of its own. In a round both walk some steps down from the same point; the next \
     round begins at the middle between where they are. The cross is the lowest point of both bowls together.",
    Pace::new(2.0, 3, "round").promised(10),
    |values| Box::new(Drift::new(values)),
)
.controls(&[
    Control::logarithmic_whole("epochs", "Local steps s", [1.0, 200.0], 10.0)
        .help("How many steps each client walks before the next average."),
    Control::logarithmic("lr", "Learning rate η", [0.005, 0.4], 0.1).help("A step is η times the slope."),
    Control::real("mu", "Pull μ", [0.0, 100.0], 0.5, 0.0)
        .help("FedProx: a spring back to where the round began. Too strong for η, it throws a client about."),
    Control::real("hetero", "Apart", [0.0, 2.0], 0.05, 1.0)
        .help("How far the second bowl's bottom lies from the first one's, in each coordinate."),
    Control::toggle("correct", "Correct steps", false)
        .help("SCAFFOLD: each step is corrected by how the client's slope differed from everybody's at the start."),
])
.readouts(&[
    Readout::new("dist_opt", "Off at rest", 4)
        .help("How far from the optimum rounds come to rest, by the formula.")
        .formula("sqrt((fixed_x - 4 * hetero / 5) ^ 2 + (fixed_y - hetero / 5) ^ 2)"),
    Readout::new("fixed_x", "At rest, first", 4).help("First coordinate of that point.")
        .formula("if(correct = on, 4 * hetero / 5, hetero * (4 / (4 + mu) * (1 - (1 - lr * (4 + mu)) ^ epochs))'reach of client 2' / ((1 / (1 + mu) * (1 - (1 - lr * (1 + mu)) ^ epochs))'reach of client 1' + (4 / (4 + mu) * (1 - (1 - lr * (4 + mu)) ^ epochs))'reach of client 2'))"),
    Readout::new("fixed_y", "At rest, second", 4).help("Second coordinate of that point.")
        .formula("if(correct = on, hetero / 5, hetero * (1 / (1 + mu) * (1 - (1 - lr * (1 + mu)) ^ epochs))'reach of client 2' / ((4 / (4 + mu) * (1 - (1 - lr * (4 + mu)) ^ epochs))'reach of client 1' + (1 / (1 + mu) * (1 - (1 - lr * (1 + mu)) ^ epochs))'reach of client 2'))"),
    Readout::new("now", "Off now", 4).help("How far the present point is from the optimum.")
        .basis("Of the point after the last round, from the exact optimum."),
    Readout::new("rounds", "Rounds", 0).help("Until nothing moves any more.")
        .formula("step"),
])
.presets(&[
    Preset::new("exact", "One step")
        .look("One step each and then the average: as if both were one, and it comes to rest on the cross.")
        .with(&[("epochs", "1")]),
    Preset::new("drifted", "Fifty steps")
        .look("Each all but reaches its own bottom. Where is the middle between two bottoms?")
        .with(&[("epochs", "50")]),
    Preset::new("prox", "A spring")
        .look("Twenty steps on a spring: it comes to rest nearer to the cross.")
        .with(&[("epochs", "20"), ("mu", "10")]),
    Preset::new("scaffold", "SCAFFOLD")
        .look("Fifty steps again, each corrected: the nearer the cross, the shorter both ways, and there they end.")
        .with(&[("epochs", "50"), ("correct", "on")]),
    Preset::new("identical", "One bottom")
        .look("Different bends, one bottom: no disagreement, no drift.")
        .with(&[("epochs", "50"), ("hetero", "0")]),
])
.challenges(&[Challenge::new(
    "near",
    "Work long, rest near",
    "With at least twenty local steps and no correction, and the bottoms one apart, come to rest within 0.03 of \
     the optimum.",
    &[
        of("epochs").at_least(20.0),
        of("hetero").equals(1.0),
        of("correct").is("off"),
        of("dist_opt").at_most(0.03),
    ],
)
.solution(&[("epochs", "20"), ("lr", "0.02"), ("mu", "50")], 0)])
.prediction(
    Prediction::new(
        "With twenty local steps rounds come to rest 0.38 from the optimum. Make each step a tenth as long, and still \
         take twenty. How far off do they come to rest?",
        of("dist_opt"),
        &[
            Answer::below("Much nearer", 0.15),
            Answer::below("About half as far", 0.25),
            Answer::beyond("As far; it only takes longer to get there"),
        ],
        "[0.065](run:?epochs=20&lr=0.01&at=0#dist_opt). What counts is how far a client gets in a round, not in how \
         many steps. It does take longer, too: [35](run:?epochs=20&lr=0.01&at=1000#rounds) rounds until nothing moves, in place of \
         [7](run:?epochs=20&at=1000#rounds).",
    )
    .with(&[("epochs", "20"), ("lr", "0.01")]),
);

/// So little that nothing moves.
const STILL: f64 = 1e-7;

/// So far out that it will not come back.
const LOST: f64 = 1e6;

const CLIENTS: [Tone; 2] = [Tone::Series(0), Tone::Series(1)];
const HEIGHT: f64 = 320.0;

struct Drift {
    bowls: Bowls,
    /// The size of the picture in the plane.
    span: f64,
    now: [f64; 2],
    /// Where the last round began.
    before: [f64; 2],
    trail: Vec<[f64; 2]>,
    off: Series<1>,
    rounds: u64,
}

impl Drift {
    fn new(values: &Values) -> Self {
        let bowls = Bowls {
            apart: values.real("hetero"),
            epochs: values.real("epochs") as u32,
            rate: values.real("lr"),
            pull: values.real("mu"),
            corrected: values.toggle("correct"),
        };
        let span = bowls.apart.max(0.5);
        let start = [-0.25 * span, 1.1 * span];
        let mut this = Self {
            bowls,
            span,
            now: start,
            before: start,
            trail: vec![start],
            off: Series::every(1),
            rounds: 0,
        };
        this.off.push(0, [this.distance()]);
        this
    }

    fn distance(&self) -> f64 {
        self.bowls.distance(self.now)
    }

    fn lost(&self) -> bool {
        let off = self.distance();
        off.is_nan() || off >= LOST
    }
}

impl Simulation for Drift {
    fn step(&mut self) {
        if self.finished() {
            return;
        }
        self.before = self.now;
        self.now = self.bowls.round(self.now);
        self.rounds += 1;
        if self.trail.len() < Series::<1>::LIMIT {
            self.trail.push(self.now);
        }
        let off = self.distance();
        if off.is_finite() {
            self.off.push(self.rounds, [off]);
        }
    }

    fn readings(&self) -> Vec<Named> {
        let rest = self.bowls.rest();
        vec![
            reading("dist_opt", self.bowls.off()),
            reading("fixed_x", rest.map(|rest| rest[0])),
            reading("fixed_y", rest.map(|rest| rest[1])),
            reading("now", (!self.lost()).then(|| self.distance())),
            reading("rounds", self.rounds as f64),
        ]
    }

    fn figure(&self) -> Figure {
        let rest = match self.bowls.off() {
            Some(off) => format!("Rounds come to rest {} from the optimum.", format_number(off, 3)),
            None => "Local steps are unstable, and rounds need not come to rest.".to_owned(),
        };
        let now = if self.lost() {
            "far away".to_owned()
        } else {
            format!("{} from the optimum", format_number(self.distance(), 3))
        };
        let alternative = format!("After {} rounds the model is {now}. {rest}", self.rounds);
        Figure::row(vec![self.plane(), self.curve()], alternative)
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if !self.bowls.stable() {
            let steepest = BENDS.iter().flatten().fold(0.0_f64, |most, bend| most.max(*bend));
            notes.push(format!(
                "Unstable: η times bend and pull together has to stay below 2, and is {} where a bowl is steepest.",
                format_number(self.bowls.rate * (steepest + self.bowls.pull), 2)
            ));
        }
        if self.bowls.corrected && self.bowls.pull > 0.0 {
            notes.push(
                "With both, the correction decides where rounds come to rest, the pull how fast.".to_owned(),
            );
        }
        notes
    }

    fn finished(&self) -> bool {
        let moved = norm(&[self.now[0] - self.before[0], self.now[1] - self.before[1]]);
        self.lost() || self.rounds > 0 && moved < STILL * self.span
    }
}

impl Drift {
    /// Two rings in a client's bowl, each of one height.
    fn rings(&self, client: usize) -> Vec<[f64; 2]> {
        let bottom = self.bowls.bottom(client);
        let ring = |reach: f64| charts::ellipse(bottom, BENDS[client].map(|bend| reach / bend.sqrt()));
        [0.35, 0.7].into_iter().flat_map(|reach| ring(reach * self.span)).collect()
    }

    fn plane(&self) -> Panel {
        let [low, high] = [-0.5 * self.span, 1.5 * self.span];
        let axis = |label: &str| Axis::linear(label, [low, high]);
        let inside = |at: &[f64; 2]| at.iter().all(|x| (low..=high).contains(x));
        // A way that leaves the picture is not drawn beyond it.
        let seen = |way: Vec<[f64; 2]>| {
            way.into_iter().map(|at| if inside(&at) { at } else { GAP }).collect::<Vec<_>>()
        };
        let ways = [0, 1].map(|client| seen(self.bowls.way(client, self.before)));
        let ends = ways.iter().zip(CLIENTS).filter_map(|(way, tone)| {
            let end = way.last().filter(|at| at[0].is_finite())?;
            Some(Dot::new(*end, tone, Glyph::Circle).hollow())
        });
        let bottoms =
            [0, 1].map(|client| Dot::new(self.bowls.bottom(client), CLIENTS[client], Glyph::Circle));
        let rest = self.bowls.rest().map(|at| Dot::new(at, Tone::Accent, Glyph::Diamond).hollow());
        let now = Some(self.now).filter(inside).map(|at| Dot::new(at, Tone::Ink, Glyph::Circle));
        let [first, second] = ways.clone();
        Panel::new("plane", format!("Round {}", self.rounds), axis("first coordinate"), axis("second"))
            .height(HEIGHT)
            .square()
            .line("bowl-1", "", self.rings(0), CLIENTS[0], Stroke::Ghost)
            .line("bowl-2", "", self.rings(1), CLIENTS[1], Stroke::Ghost)
            .line("trail", "", seen(self.trail.clone()), Tone::Ink, Stroke::Thin)
            .line("way-1", "", first, CLIENTS[0], Stroke::Thick)
            .line("way-2", "", second, CLIENTS[1], Stroke::Thick)
            .dots("bottoms", "", bottoms, 5.0)
            .dots("ends", "", ends.collect::<Vec<_>>(), 4.0)
            .dots("optimum", "", [Dot::new(self.bowls.optimum(), Tone::Good, Glyph::Cross)], 6.5)
            .dots("at-rest", "", rest, 6.5)
            .dots("model", "", now, 4.0)
    }

    fn curve(&self) -> Panel {
        let points: Vec<[f64; 2]> =
            self.off.curve(0).into_iter().map(|[x, off]| [x, off.clamp(1e-4, 10.0)]).collect();
        let y = Axis::logarithmic("distance", [1e-4, 10.0])
            .ticks([
                (1e-4, "0.0001"),
                (1e-3, "0.001"),
                (0.01, "0.01"),
                (0.1, "0.1"),
                (1.0, "1"),
                (10.0, "10"),
            ])
            .grid();
        let curve = Curve::new("off", "", points, Tone::Ink).stroke(Stroke::Thick);
        let title = "From the optimum (dashed: at rest)";
        let panel =
            charts::training("distance", title, "round", 20.0, y, vec![curve]).height(HEIGHT).weight(0.8);
        match self.bowls.off().filter(|off| *off > 1e-4) {
            Some(off) => charts::with_level(panel, "rest", "", off, Tone::Accent),
            None => panel,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::Runner;

    /// Known result: a pull has a best strength, beyond which it is nearly unstable.
    #[test]
    fn a_pull_helps_until_it_throws() {
        let off = |mu: &str| Runner::after(&SPEC, &[("epochs", "20"), ("mu", mu)], 0).number("dist_opt");
        for (mu, wanted) in [("0", 0.379), ("2", 0.188), ("5", 0.103), ("10", 0.059), ("15", 0.074)] {
            assert!((off(mu).unwrap() - wanted).abs() < 1e-3, "{mu}: {:?}", off(mu));
        }
        assert_eq!(off("16"), None);
    }

    #[test]
    fn rounds_end_where_the_readout_says() {
        for id in ["exact", "drifted", "prox", "scaffold", "identical"] {
            let run = Runner::preset(&SPEC, id, 1000);
            let off = run.number("now").unwrap() - run.number("dist_opt").unwrap();
            assert!(run.finished() && off.abs() < 1e-5, "{id}: {off}");
        }
    }

    #[test]
    fn what_is_unstable_is_said_and_ends() {
        let run = Runner::after(&SPEC, &[("mu", "40")], 1000);
        assert!(run.simulation().notes().join(" ").contains("Unstable"));
        assert_eq!([run.number("dist_opt"), run.number("now")], [None, None]);
        assert!(run.finished());
    }

    #[test]
    fn a_small_rate_is_near_as_well() {
        let run = Runner::after(&SPEC, &[("epochs", "20"), ("lr", "0.01")], 0);
        assert!((run.number("dist_opt").unwrap() - 0.065).abs() < 1e-3);
    }
}
