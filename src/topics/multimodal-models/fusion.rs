//! `fusion`: two judges who add their verdicts, and one who hears both senses at once.

use super::{FIRST, UNTAUGHT};
use crate::lab::figure::charts::{self, Curve};
use crate::lab::figure::series::Series;
use crate::lab::figure::{Axis, Figure, LEVELS, Panel, Ramp, Stroke, Tone};
use crate::lab::schema::readout::format_number;
use crate::lab::{Challenge, Control, Named, Pace, Preset, Readout, Simulation, Spec, Values, of, reading};
use crate::models::fusion::{Fusion, Setting, Verdicts};

pub static SPEC: Spec = Spec::new(
    "fusion",
    "Early or late",
    "Two senses, and a question that needs both of them some of the time. Late fusion judges each sense for \
     itself and adds; early fusion sees both at once. Raise ρ, the share that needs both.",
    Pace::new(120.0, 150, "training step").promised(600),
    |values| Box::new(Joined::new(values)),
)
.controls(&[
    Control::real("rho", "Share ρ", [0.0, 1.0], 0.05, 0.25).help(
        "Share of the questions that ask whether both senses have the same sign; the others ask about the first \
         alone.",
    ),
    Control::integer("hidden", "Units", 2, 32, 16).help("Units of each of the three networks: late fusion has two."),
    Control::real("noise", "Noise", [0.0, 1.0], 0.05, 0.3).help("Deviation of the noise on both senses."),
    Control::seed(1).secondary(),
])
.readouts(&[
    Readout::new("late", "Late", 1).unit("%").basis("Of 1,024 new questions, those that late fusion gets right; tested every ten steps."),
    Readout::new("early", "Early", 1).unit("%").help("The same for early fusion.")
        .basis("Of 1,024 new questions, tested every ten steps."),
    Readout::new("coin", "1 − ρ/2", 1)
        .unit("%")
        .help("Late fusion, if the questions that need both senses come down to tossing a coin.")
        .formula("100 * (1 - rho / 2)"),
    Readout::new("ceiling", "1 − ρ/4", 1)
        .unit("%")
        .help("What no late fusion can pass: three of the four cells of exclusive or.")
        .formula("100 * (1 - rho / 4)"),
    Readout::new("late_loss", "Loss, late", 3).unit("nats").help("Of late fusion, on new questions; ln 2 is a guess.")
        .basis("Mean over 1,024, tested every ten steps."),
])
.presets(&[
    Preset::new("quarter", "A quarter needs both").look(
        "Late fusion comes to [89 %](run:?at=600&seeds=1..20#mean:late) at step 600, close to 1 − ρ/2; early \
         fusion to [100 %](run:?at=600&seeds=1..20#mean:early).",
    ),
    Preset::new("apart", "None needs both")
        .look("Nothing to fuse: both answer every question.")
        .with(&[("rho", "0")]),
    Preset::new("xor", "All need both")
        .look(
            "Late fusion tosses a coin, with [50 %](run:?rho=1&at=600&seeds=1..20#mean:late) on average at step \
             600 and [27 to 64 %](run:?rho=1&at=600&seeds=1..20#range:late) from seed to seed: its map has \
             no corners.",
        )
        .with(&[("rho", "1")]),
])
.challenges(&[Challenge::new(
    "break",
    "Break late fusion",
    "Find questions of which late fusion gets at most 80 % right and early fusion at least 95 %, after 300 steps \
     or more.",
    &[of("late").at_most(80.0), of("early").at_least(95.0), of("step").at_least(300.0)],
)
.solution(&[("rho", "0.8")], 600)]);

/// Steps after which nothing is learned any more, and from one test to the next.
const LAST: u64 = 600;
const TEST_EVERY: u64 = 10;

/// Cells along a side of a map, and half its width.
const SIDE: usize = 24;
const EDGE: f64 = 1.8;

struct Joined {
    share: f64,
    fusion: Fusion,
    steps: u64,
    verdicts: Verdicts,
    /// Late and early, per cent.
    right: Series<2>,
}

impl Joined {
    fn new(values: &Values) -> Self {
        let share = values.real("rho");
        let setting =
            Setting { shared: share, hidden: values.integer("hidden"), deviation: values.real("noise") };
        let fusion = Fusion::new(setting, values.seed());
        let verdicts = fusion.test();
        let mut this = Self { share, fusion, steps: 0, verdicts, right: Series::every(TEST_EVERY) };
        this.keep();
        this
    }

    fn keep(&mut self) {
        self.right.push(self.steps, [self.verdicts.late, self.verdicts.early].map(|x| 100.0 * x));
    }
}

impl Simulation for Joined {
    fn step(&mut self) {
        self.fusion.step();
        self.steps += 1;
        if self.steps.is_multiple_of(TEST_EVERY) {
            self.verdicts = self.fusion.test();
            self.keep();
        }
    }

    fn readings(&self) -> Vec<Named> {
        vec![
            reading("late", 100.0 * self.verdicts.late),
            reading("early", 100.0 * self.verdicts.early),
            reading("coin", 100.0 * (1.0 - self.share / 2.0)),
            reading("ceiling", 100.0 * (1.0 - self.share / 4.0)),
            reading("late_loss", self.verdicts.late_loss),
        ]
    }

    fn figure(&self) -> Figure {
        let [late, early] = self.fusion.maps(SIDE, EDGE);
        let maps = vec![
            map("late-map", "Late: g(a, rule) + h(b)", &late),
            map("early-map", "Early: k(a, rule, b)", &early),
        ];
        let [late, early] = [self.verdicts.late, self.verdicts.early].map(|x| format_number(100.0 * x, 1));
        let alternative = format!(
            "After {} steps late fusion answers {late} % of new questions and early fusion {early} %. The maps \
             show what each says where both signs matter.",
            self.steps
        );
        Figure::new(vec![maps, vec![self.curves()]], alternative)
    }

    fn describe(&self, mark: &str, index: usize) -> Option<String> {
        let [late, early] = self.fusion.maps(SIDE, EDGE);
        let chance = match mark {
            "late-map" => late.get(index)?,
            "early-map" => early.get(index)?,
            _ => return None,
        };
        let place = |i: usize| format_number(EDGE * (2.0 * (i as f64 + 0.5) / SIDE as f64 - 1.0), 2);
        let (a, b) = (place(index % SIDE), place(index / SIDE));
        Some(format!("a = {a}, b = {b}: “same sign” with {} %", format_number(100.0 * chance, 0)))
    }

    fn finished(&self) -> bool {
        self.steps >= LAST
    }
}

impl Joined {
    fn curves(&self) -> Panel {
        let x = Axis::linear("training step", [0.0, LAST as f64]);
        let y = Axis::linear("right", [0.0, 100.0]).unit("%").grid();
        let late = Curve::new("late", "late", self.right.curve(0), FIRST);
        let early = Curve::new("early", "early", self.right.curve(1), UNTAUGHT).stroke(Stroke::Thick);
        let panel = Panel::new("curves", "New questions answered", x, y).height(220.0);
        let panel = charts::with_curves(panel, vec![late, early]);
        charts::with_level(panel, "coin", "1 − ρ/2", 100.0 * (1.0 - self.share / 2.0), Tone::Muted)
    }
}

/// What a way of joining says where both signs matter: blue for "same sign", orange for "not".
fn map(id: &'static str, title: &'static str, chances: &[f64]) -> Panel {
    let cells = chances.iter().map(|p| (p * f64::from(LEVELS - 1)).round() as u8).collect();
    let axis = |label: &str| Axis::linear(label, [-EDGE, EDGE]).ticks([(-1.0, "−1"), (0.0, "0"), (1.0, "1")]);
    Panel::new(id, title, axis("a"), axis("b")).height(250.0).square().cells(
        id,
        [-EDGE, -EDGE, EDGE, EDGE],
        [SIDE, SIDE],
        cells,
        Ramp::Diverging,
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::Runner;

    fn over_seeds(rho: &str, id: &str) -> Vec<f64> {
        Runner::over_seeds(&SPEC, &[("rho", rho)], 1..=20, LAST, id)
    }

    #[test]
    fn late_fusion_tosses_a_coin_where_both_senses_are_needed() {
        for (rho, share) in [("0", 0.0), ("0.25", 0.25), ("0.5", 0.5), ("1", 1.0)] {
            let (late, early) = (over_seeds(rho, "late"), over_seeds(rho, "early"));
            let mean = late.iter().sum::<f64>() / 20.0;
            assert!((mean - 100.0 * (1.0 - share / 2.0)).abs() < 3.0, "{rho}: {mean}");
            // The held-out questions are a sample, too.
            assert!(late.iter().all(|x| *x <= 100.0 * (1.0 - share / 4.0) + 3.0), "{rho}: {late:?}");
            assert!(early.iter().all(|x| *x >= 99.0), "{rho}: {early:?}");
        }
    }

    #[test]
    fn a_map_says_what_it_shows() {
        let run = Runner::opening(&SPEC);
        assert!(run.simulation().describe("early-map", 0).unwrap().contains("a = −1.7"));
        assert!(run.simulation().describe("curves", 0).is_none());
    }
}
