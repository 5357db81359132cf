//! `nas`: two searches for a network that is right and cheap.

use crate::lab::figure::charts::{self, Curve};
use crate::lab::figure::{Axis, Dot, Figure, Glyph, Panel, Stroke, Tone};
use crate::lab::schema::readout::format_number;
use crate::lab::{Choice, Control, Named, Pace, Preset, Reading, Readout, Simulation, Spec, Values, reading};
use crate::models::architecture_search::{Race, Racer, Strategy};
use crate::models::mlp::Activation;

const BOTH: &[Strategy] = &[Strategy::Random, Strategy::Evolution];
const RANDOM: &[Strategy] = &[Strategy::Random];
const EVOLUTION: &[Strategy] = &[Strategy::Evolution];

static STRATEGY: Choice<&[Strategy], 3> = Choice::new(
    "strategy",
    "Search",
    [("both", "both", BOTH), ("random", "at random", RANDOM), ("evolution", "by evolution", EVOLUTION)],
);

pub static SPEC: Spec = Spec::new(
    "nas",
    "Let a search choose",
    "310 small networks could be trained on the two spirals. One search draws them at random, the other breeds: of four \
     that it knows, the best has a child. Each dot is a network that was trained.",
    Pace::new(360.0, 240, "step").promised(2160),
    |values| Box::new(Nas::new(values)),
)
.controls(&[
    Control::real("lambda", "Price λ", [0.0, 0.2], 0.01, 0.05)
        .help("Of ten times as many multiply-adds, in accuracy."),
    Control::integer("budget", "Networks tried", 10, 80, 40).help("By each search. A network that was trained before is not trained again."),
    STRATEGY.control().help("Which search runs."),
    Control::seed(1),
])
.readouts(&[
    Readout::new("best", "Best found", 0).help("Bend and widths of the hidden layers.")
        .basis("From the fitness of all networks tried so far."),
    Readout::new("best_fitness", "Its fitness", 3).help("Accuracy less λ times the logarithm of its multiply-adds.")
        .formula("best_accuracy - lambda * ln(best_macs) / ln(10)"),
    Readout::new("best_accuracy", "Right", 3).basis("Share of 1,024 points not learned from that the best network has right; the searches choose by these very points."),
    Readout::new("best_macs", "Multiply-adds", 0).help("Of one inference of the best.")
        .basis("From the widths of the best network so far: a multiply-add for each weight."),
    Readout::new("random_fitness", "Found at random", 3).help("The best fitness of the random search.")
        .basis("Over the networks that it has tried so far."),
    Readout::new("evolution_fitness", "Found by evolution", 3).help("The best fitness of the evolution.")
        .basis("Over the networks that it has tried so far."),
    Readout::new("lead", "Evolution leads by", 3).help("Below 0 the random search is ahead.")
        .formula("evolution_fitness - random_fitness"),
    Readout::new("tried", "Networks tried", 0).help("By each search, so far.")
        .basis("The lesser count, where two searches are not equally far."),
    Readout::new("trained", "Networks trained", 0).help("By both searches; none of them twice.")
        .basis("Counted over this run."),
    Readout::new("search_macs", "The search took", 1).unit("G").spoken("billion multiply-adds").help("Multiply-adds of all updates: 300 for each network, of 64 points, three passes.")
        .basis("Summed over all networks trained so far."),
])
.presets(&[
    Preset::new("balanced", "Balanced").look("Tenfold cost must bring 0.05. Which search is ahead, and for how long?"),
    Preset::new("accuracy", "Accuracy only")
        .look("Nothing has a price: what do winners look like now?")
        .with(&[("lambda", "0")]),
    Preset::new("tiny", "Tiny")
        .look("Multiply-adds are dear. Compare the two curves, then take other seeds.")
        .with(&[("lambda", "0.2")]),
    Preset::new("other", "Other seed").look("The same race on other points.").with(&[("seed", "2")]),
]);

struct Nas {
    race: Race,
    budget: usize,
}

impl Nas {
    fn new(values: &Values) -> Self {
        let budget = values.integer("budget");
        Self { race: Race::new(STRATEGY.of(values), values.real("lambda"), budget, values.seed()), budget }
    }

    fn racer(&self, strategy: Strategy) -> Option<&Racer> {
        self.race.racers.iter().find(|racer| racer.search.strategy() == strategy)
    }

    /// The best fitness that a strategy found.
    fn found(&self, strategy: Strategy) -> Option<f64> {
        self.racer(strategy)?.course.last().copied()
    }
}

impl Simulation for Nas {
    fn step(&mut self) {
        if !self.finished() {
            self.race.advance();
        }
    }

    fn readings(&self) -> Vec<Named> {
        let best = self.race.best();
        let name = best.map_or(Reading::Absent, |(architecture, _)| Reading::Text(architecture.name()));
        let [random, evolution] =
            [Strategy::Random, Strategy::Evolution].map(|strategy| self.found(strategy));
        vec![
            reading("best", name),
            reading("best_fitness", best.map(|(_, fitness)| *fitness)),
            reading("best_accuracy", best.and_then(|(architecture, _)| self.race.accuracy(architecture))),
            reading("best_macs", best.map(|(architecture, _)| architecture.macs() as f64)),
            reading("random_fitness", random),
            reading("evolution_fitness", evolution),
            reading("lead", evolution.zip(random).map(|(evolution, random)| evolution - random)),
            reading("tried", self.race.racers.iter().map(|racer| racer.course.len()).min().unwrap_or(0)),
            reading("trained", self.race.known.len()),
            reading("search_macs", self.race.macs() / 1e9),
        ]
    }

    fn figure(&self) -> Figure {
        let alternative = match self.race.best() {
            Some((architecture, best)) => format!(
                "{} networks have been trained. The best is {} with {} multiply-adds and a fitness of {}.",
                self.race.known.len(),
                architecture.name(),
                architecture.macs(),
                format_number(*best, 3)
            ),
            None => "No network has been trained yet.".to_owned(),
        };
        Figure::row(vec![self.scatter(), self.best_so_far()], alternative)
    }

    fn describe(&self, mark: &str, index: usize) -> Option<String> {
        if mark != "networks" {
            return None;
        }
        let known = self.race.known.get(index)?;
        Some(format!(
            "{}: {} multiply-adds, {} right",
            known.architecture.name(),
            known.architecture.macs(),
            format_number(known.accuracy, 3)
        ))
    }

    fn finished(&self) -> bool {
        self.race.finished()
    }
}

impl Nas {
    fn scatter(&self) -> Panel {
        let x = Axis::logarithmic("multiply-adds", [4.0, 3000.0]);
        let y = Axis::linear("right", [0.35, 1.03])
            .ticks([(0.4, "0.4"), (0.6, "0.6"), (0.8, "0.8"), (1.0, "1")])
            .grid();
        let dots = self.race.known.iter().map(|known| {
            let at = [known.architecture.macs() as f64, known.accuracy.max(0.36)];
            Dot::new(
                at,
                Tone::Muted,
                Glyph::of(usize::from(known.architecture.activation == Activation::Relu)),
            )
            .hollow()
        });
        // From the cheapest on, whatever is better than all that are cheaper.
        let mut sorted: Vec<[f64; 2]> =
            self.race.known.iter().map(|known| [known.architecture.macs() as f64, known.accuracy]).collect();
        sorted.sort_by(|a, b| a[0].total_cmp(&b[0]).then(b[1].total_cmp(&a[1])));
        let mut front: Vec<[f64; 2]> = Vec::new();
        for point in sorted {
            if let Some(last) = front.last().copied() {
                if point[1] <= last[1] {
                    continue;
                }
                front.push([point[0], last[1]]);
            }
            front.push(point);
        }
        let best = self.race.best().and_then(|(architecture, _)| {
            Some(Dot::new(
                [architecture.macs() as f64, self.race.accuracy(architecture)?],
                Tone::Accent,
                Glyph::Diamond,
            ))
        });
        Panel::new("networks", "Networks that were trained (square: ReLU)", x, y)
            .height(260.0)
            .line("front", "", front, Tone::Good, Stroke::Solid)
            .dots("networks", "", dots.collect::<Vec<_>>(), 3.5)
            .dots("best", "", best.into_iter().collect::<Vec<_>>(), 6.0)
    }

    fn best_so_far(&self) -> Panel {
        let course = |strategy| -> Vec<[f64; 2]> {
            let course = self.racer(strategy).map_or(&[][..], |racer| racer.course.as_slice());
            course.iter().enumerate().map(|(i, best)| [i as f64 + 1.0, *best]).collect()
        };
        let curves = vec![
            Curve::new("random", "", course(Strategy::Random), Tone::Muted).stroke(Stroke::Dashed),
            Curve::new("evolution", "", course(Strategy::Evolution), Tone::Accent).stroke(Stroke::Thick),
        ];
        let least =
            self.race.racers.iter().filter_map(|racer| racer.course.first()).copied().fold(1.0, f64::min);
        let low = (10.0 * least - 0.2).floor() / 10.0;
        let x = Axis::linear("networks tried", [0.0, self.budget as f64]);
        let y = Axis::linear("fitness", [low.clamp(-1.0, 0.9), 1.02]).grid();
        charts::with_curves(Panel::new("race", "Best so far (dashed: at random)", x, y).height(260.0), curves)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::Runner;
    use crate::numerics::statistics::mean;

    fn leads(price: &str) -> Vec<f64> {
        Runner::over_seeds(&SPEC, &[("lambda", price)], 1..=6, 2400, "lead")
    }

    /// Known result: at the default neither search is ahead; where cost counts evolution mostly is.
    #[test]
    fn evolution_leads_where_multiply_adds_are_dear() {
        let even = leads("0.05");
        assert!(even.iter().any(|lead| *lead > 0.0) && even.iter().any(|lead| *lead < 0.0), "{even:?}");
        let dear = leads("0.2");
        let ahead = dear.iter().filter(|lead| **lead > 0.0).count();
        let behind = dear.iter().filter(|lead| **lead < 0.0).count();
        assert!(ahead > behind + 1, "{dear:?}");
    }

    /// Known result: what is free is used.
    #[test]
    fn without_a_price_winners_are_large() {
        let free =
            mean(&Runner::over_seeds(&SPEC, &[("lambda", "0"), ("budget", "12")], 1..=4, 800, "best_macs"));
        let dear =
            mean(&Runner::over_seeds(&SPEC, &[("lambda", "0.2"), ("budget", "12")], 1..=4, 800, "best_macs"));
        assert!(free > 5.0 * dear, "{free} {dear}");
    }

    #[test]
    fn a_search_ends_and_trains_nothing_twice() {
        let run = Runner::after(&SPEC, &[("budget", "10")], 800);
        assert!(run.finished());
        assert_eq!(run.number("tried"), Some(10.0));
        assert!(run.number("trained").unwrap() <= 20.0);
        let alone = Runner::after(&SPEC, &[("budget", "10"), ("strategy", "random")], 800);
        assert_eq!(alone.number("random_fitness"), run.number("random_fitness"));
        assert_eq!(alone.number("lead"), None);
    }
}
