//! `learner`: a store of facts in which nothing mentions a power law, and whose loss follows one.

use super::{FOUND, MINE, TRUTH};
use crate::lab::figure::charts::{self, Curve};
use crate::lab::figure::{
    Anchor, Axis, Dot, EMPTY, Figure, Fill, GAP, Glyph, Panel, Ramp, Stroke, Tile, Tone,
};
use crate::lab::schema::readout::format_number;
use crate::lab::{Choice, Control, Named, Pace, Preset, Readout, Simulation, Spec, Values, reading};
use crate::models::heavy_tail::{Reader, World, loss_of, losses, valley};
use crate::models::law_fit::power_law;
use crate::numerics::elementary::{exp, log10, pow};

/// What the loss is drawn against.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Against {
    Size,
    Text,
    Compute,
}

static AXIS: Choice<Against, 3> = Choice::new(
    "axis",
    "Loss against",
    [
        ("c", "both, N × D", Against::Compute),
        ("n", "store N", Against::Size),
        ("d", "questions D", Against::Text),
    ],
);

pub static SPEC: Spec = Spec::new(
    "learner",
    "A power law out of nothing",
    "A reader meets questions about facts, common ones often and rare ones hardly ever, and stores the facts \
     that it met most. Its loss is the chance to be asked what it has not stored. Watch the straight line.",
    Pace::new(10.0, 26, "round").promised(41),
    |values| Box::new(Learner::new(values)),
)
.controls(&[
    Control::real("tail", "Tail a", [0.3, 1.5], 0.05, 0.5)
        .help("Fact k is asked for in proportion to 1/k to the power 1 + a: the smaller a, the more rare facts matter."),
    Control::logarithmic_whole("n_max", "Largest store", [300.0, 10_000.0], 10_000.0)
        .unit("facts")
        .help("Facts that the largest store can hold."),
    Control::logarithmic_whole("d_max", "Questions read", [1_000.0, 100_000.0], 100_000.0)
        .unit("questions")
        .help("Where the reading ends."),
    AXIS.control().help(
        "Against the store alone everything has been read; against questions alone everything is stored; \
         against both, each product is spent on the best store for it.",
    ),
    Control::seed(1).secondary(),
])
.readouts(&[
    Readout::new("slope", "Slope", 3).basis(
        "Of ln loss, by least squares: from 10 to 1,000 facts stored, from 100 questions on, or from a product \
         of 10,000 on.",
    ),
    Readout::new("slope_theory", "Slope in theory", 3)
        .help("With ever more facts: −a against N, −a/(1 + a) against D, −a/(2 + a) against both.")
        .formula("pick(axis, -tail / (2 + tail), -tail, -tail / (1 + tail))"),
    Readout::new("n_opt", "Best store", 0)
        .unit("facts")
        .help("For the largest product N × D that has been read for so far.")
        .basis("Where the loss has its valley among the stores that were tried."),
    Readout::new("n_slope", "Slope of the best store", 3)
        .help("Of ln N* against ln of the product; 1/(2 + a) in theory.")
        .basis("Least squares over the products of 10,000 and more that have been read for."),
    Readout::new("known", "Facts met", 0).help("Of 50,000 that can be asked for.")
        .basis("Counted over the questions read so far."),
])
.presets(&[
    Preset::new("both", "Both at once")
        .look("The dashed slope is theory’s; the reader only counts and stores."),
    Preset::new("store", "A larger store")
        .look("Everything has been read: the loss is what does not fit, and the line is nearly straight.")
        .with(&[("axis", "n")]),
    Preset::new("text", "More questions")
        .look("Everything is stored: the loss is what has not been met yet.")
        .with(&[("axis", "d")]),
    Preset::new("heavy", "Heavy tail")
        .look("With a = 0.3 the slope is steeper than in theory, since there are only 50,000 facts.")
        .with(&[("tail", "0.3"), ("axis", "n")]),
    Preset::new("light", "Light tail")
        .look("With a = 1.5 a few facts are nearly everything, and each decade buys more.")
        .with(&[("tail", "1.5")]),
]);

/// Points in a decade of N, D and their product.
const A_DECADE: i32 = 10;

/// The power of ten at which N and D begin.
const FIRST: i32 = 1;

/// Where slopes are taken, of N, D and the product. Large stores hold so many of all facts that the end of
/// the list bends the curve.
const SLOPES: [[f64; 2]; 3] = [[1e1, 1e3], [1e2, 1e5], [1e4, 1e8]];

/// Facts along a side of the grid.
const SIDE: usize = 60;

struct Learner {
    world: World,
    reader: Reader,
    against: Against,
    /// Sizes of stores, and numbers of questions, in tenths of a decade.
    stores: Vec<f64>,
    texts: Vec<f64>,
    /// For each number of questions read so far the loss of each store; then that of a store without end.
    curves: Vec<Vec<f64>>,
    /// Facts in the order in which they would be stored.
    ranking: Vec<usize>,
    largest: usize,
    /// Lower end of the loss's axis: a power of ten below all that this world's losses come to.
    foot: f64,
}

/// 10, 12.6, 15.8, ... up to `last`, in whole numbers.
fn tenths(last: f64) -> Vec<f64> {
    let all = (FIRST * A_DECADE..).map(|i| pow(10.0, f64::from(i) / f64::from(A_DECADE)).round());
    all.take_while(|x| *x <= last).collect()
}

impl Learner {
    fn new(values: &Values) -> Self {
        let world = World::new(values.real("tail"));
        let against = AXIS.of(values);
        let least = match against {
            Against::Size => world.loss_read_all(10_000),
            // What nobody can have met in so many questions, roughly.
            Against::Text | Against::Compute => world.loss_read_all(3_000),
        };
        Self {
            foot: pow(10.0, log10(least.clamp(1e-6, 0.099)).floor()),
            world,
            reader: Reader::new(values.seed()),
            against,
            stores: tenths(values.real("n_max")),
            texts: tenths(values.real("d_max")),
            curves: Vec::new(),
            ranking: Vec::new(),
            largest: values.real("n_max") as usize,
        }
    }

    /// For a place on the axis of N × D, in tenths of a decade: each store with its loss, where what is left
    /// has been read.
    fn stores_at(&self, tenth: usize) -> Vec<[f64; 2]> {
        let pairs = self.stores.iter().enumerate().filter_map(|(i, n)| {
            let curve = self.curves.get(tenth.checked_sub(i)?)?;
            Some([*n, curve[i]])
        });
        pairs.collect()
    }

    /// Product, loss and best store for every product whose best store lies inside what was tried.
    fn best(&self) -> Vec<[f64; 3]> {
        let places = self.stores.len() + self.curves.len();
        let found = (0..places).filter_map(|tenth| {
            let [log_n, log_loss] = valley(&self.stores_at(tenth))?;
            let product = pow(10.0, f64::from(2 * FIRST) + tenth as f64 / f64::from(A_DECADE));
            Some([product, exp(log_loss), exp(log_n)])
        });
        found.collect()
    }

    /// The points of the curve: what it is drawn against, and the loss.
    fn points(&self) -> Vec<[f64; 2]> {
        match self.against {
            Against::Size => {
                self.stores.iter().map(|n| [*n, self.world.loss_read_all(*n as usize)]).collect()
            }
            Against::Text => {
                let ends = self.curves.iter().filter_map(|curve| curve.last());
                self.texts.iter().zip(ends).map(|(d, loss)| [*d, *loss]).collect()
            }
            Against::Compute => self.best().into_iter().map(|[c, loss, _]| [c, loss]).collect(),
        }
    }

    fn slope(&self, points: &[[f64; 2]]) -> Option<f64> {
        slope_within(points, SLOPES[self.against as usize])
    }

    fn theory(&self) -> f64 {
        self.world.theory()[self.against as usize]
    }
}

/// Least squares through the logarithms of the points in a stretch; none through fewer than four.
fn slope_within(points: &[[f64; 2]], [from, to]: [f64; 2]) -> Option<f64> {
    let within = |p: &&[f64; 2]| p[0] >= 0.999 * from && p[0] <= 1.001 * to && p[1] > 0.0;
    let [x, y] = [0, 1].map(|k| points.iter().filter(within).map(|p| p[k]).collect::<Vec<f64>>());
    (x.len() >= 4).then(|| -power_law(&x, &y).b)
}

impl Simulation for Learner {
    fn step(&mut self) {
        let Some(d) = self.texts.get(self.curves.len()) else { return };
        self.reader.read_to(&self.world, *d as usize);
        self.ranking = self.reader.ranking();
        let losses = losses(&self.world, &self.ranking);
        let sizes = self.stores.iter().map(|n| loss_of(&losses, *n as usize));
        self.curves.push(sizes.chain(losses.last().copied()).collect());
    }

    fn readings(&self) -> Vec<Named> {
        let best = self.best();
        let sizes: Vec<[f64; 2]> = best.iter().map(|[c, _, n]| [*c, *n]).collect();
        vec![
            reading("slope", self.slope(&self.points())),
            reading("slope_theory", self.theory()),
            reading("n_opt", sizes.last().map(|p| p[1])),
            reading("n_slope", slope_within(&sizes, SLOPES[2])),
            reading("known", self.ranking.len()),
        ]
    }

    fn figure(&self) -> Figure {
        let points = self.points();
        Figure::row(vec![self.facts(), self.law(&points)], self.alternative(&points))
    }

    fn describe(&self, mark: &str, index: usize) -> Option<String> {
        if mark != "facts" {
            return None;
        }
        let share = format_number(1e6 * self.world.probability(index), 1);
        let stored = self.ranking.iter().take(self.largest).any(|fact| *fact == index);
        Some(format!(
            "fact {}: asked for {share} times in a million questions, {}",
            index + 1,
            if stored { "stored" } else { "not stored" }
        ))
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if self.against == Against::Compute && self.best().is_empty() {
            notes.push("No product has its best store inside what was tried yet: read on.".to_owned());
        }
        notes
    }

    fn finished(&self) -> bool {
        self.curves.len() >= self.texts.len()
    }
}

impl Learner {
    /// The most frequent facts, row by row: met and stored, met and not stored, not met.
    fn facts(&self) -> Panel {
        let mut cells = vec![EMPTY; SIDE * SIDE];
        for (rank, fact) in self.ranking.iter().enumerate().filter(|(_, fact)| **fact < SIDE * SIDE) {
            cells[*fact] = if rank < self.largest { 0 } else { 1 };
        }
        let read = self.reader.read() as f64;
        let title = format!("Known after {} questions", format_number(read, 0));
        let end = SIDE as f64;
        let x = Axis::linear("facts 1 to 3,600, row by row", [0.0, end]).ticks([(0.0, ""), (end, "")]);
        let y = Axis::hidden([end, 0.0]);
        Panel::new("facts", title, x, y)
            .height(320.0)
            .weight(0.8)
            .square()
            .boxes("all", [Tile::new([0.0, 0.0, end, end], Tone::Faint, Fill::Outline)])
            .cells("facts", [0.0, 0.0, end, end], [SIDE, SIDE], cells, Ramp::Series)
    }

    fn law(&self, points: &[[f64; 2]]) -> Panel {
        let (label, domain) = match self.against {
            Against::Size => ("store N", [1e1, 1e4]),
            Against::Text => ("questions D", [1e1, 1e5]),
            Against::Compute => ("N × D", [1e2, 1e8]),
        };
        let slope = self.slope(points);
        let title = match slope {
            Some(slope) => {
                format!("Slope {}; in theory {}", format_number(slope, 3), format_number(self.theory(), 3))
            }
            None => format!("In theory the slope is {}", format_number(self.theory(), 3)),
        };
        let decades = (1..=8).map(|p| (pow(10.0, f64::from(p)), decade(p)));
        let x = Axis::logarithmic(label, domain).ticks(decades.filter(|(at, _)| *at <= domain[1]));
        let floor = self.foot;
        let y = Axis::logarithmic("loss", [floor, 1.0]).grid();
        let mut panel = Panel::new("law", title, x, y).height(320.0).weight(1.2);
        match self.against {
            // What each single store makes of what was read: their lower edge is the law.
            Against::Compute => {
                let lines = (0..self.stores.len()).step_by(5).flat_map(|i| {
                    let along = self.curves.iter().zip(&self.texts);
                    along
                        .map(move |(curve, d)| [self.stores[i] * d, curve[i]])
                        .chain([GAP])
                        .collect::<Vec<_>>()
                });
                panel = panel.line("stores", "", lines, TRUTH, Stroke::Ghost);
            }
            Against::Size => {
                let now = self.curves.last().into_iter().flat_map(|curve| {
                    self.stores.iter().zip(curve).map(|(n, loss)| [*n, *loss]).collect::<Vec<_>>()
                });
                panel = panel.line("stores", "", now, TRUTH, Stroke::Ghost);
            }
            Against::Text => {}
        }
        // The slope of theory, through the middle of the curve.
        if let Some([at, loss]) = points.get(points.len() / 2).copied() {
            let line = domain.map(|x| [x, loss * pow(x / at, self.theory())]);
            let ends = line.map(|[x, y]| [x, y.clamp(floor, 1.0)]);
            // Where theory would leave the frame, the line ends at its edge.
            let cut = ends
                .map(|[x, y]| if y >= 1.0 { [at * pow(loss, -1.0 / self.theory()), 1.0] } else { [x, y] });
            panel = panel.line("theory", "", cut, TRUTH, Stroke::Dashed);
        }
        let curve = Curve::new("loss", "", points.to_vec(), FOUND).stroke(Stroke::Thick);
        panel = charts::with_curves(panel, vec![curve]);
        let last = points.last().map(|p| Dot::new(*p, MINE, Glyph::Circle));
        panel = panel.dots("now", "", last, 4.5);
        let hint = match self.against {
            Against::Compute => "thin: one store each",
            Against::Size => "thin: what was read so far",
            Against::Text => "",
        };
        if hint.is_empty() {
            return panel;
        }
        let at = [domain[0] * pow(domain[1] / domain[0], 0.04), floor * pow(1.0 / floor, 0.08)];
        panel.words("hint", at, hint, Anchor::Start, TRUTH)
    }

    fn alternative(&self, points: &[[f64; 2]]) -> String {
        let slope = match self.slope(points) {
            Some(slope) => format!("The slope is {}", format_number(slope, 3)),
            None => "There is no slope yet".to_owned(),
        };
        format!(
            "After {} questions {} of 50,000 facts have been met. {slope}; theory has {}.",
            format_number(self.reader.read() as f64, 0),
            format_number(self.ranking.len() as f64, 0),
            format_number(self.theory(), 3)
        )
    }
}

/// 10, 100, 1k, ... 100M.
fn decade(power: i32) -> String {
    let unit = ["", "k", "M"][(power / 3) as usize];
    format!("{}{unit}", ["1", "10", "100"][(power % 3) as usize])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::Runner;
    use crate::numerics::statistics::mean;

    fn slopes(tail: &str, axis: &str, id: &str) -> f64 {
        mean(&Runner::over_seeds(&SPEC, &[("tail", tail), ("axis", axis)], 1..=20, 41, id))
    }

    #[test]
    fn slopes_are_what_theory_says_of_ever_more_facts() {
        for (tail, axis, id, want) in [
            ("0.5", "n", "slope", -0.524),
            ("0.5", "d", "slope", -0.356),
            ("0.5", "c", "slope", -0.209),
            ("0.5", "c", "n_slope", 0.398),
            ("1", "n", "slope", -0.995),
            ("1", "d", "slope", -0.494),
            ("1", "c", "slope", -0.328),
            ("1", "c", "n_slope", 0.331),
        ] {
            let got = slopes(tail, axis, id);
            assert!((got - want).abs() < 0.03, "{tail} {axis} {id}: {got} instead of {want}");
        }
    }

    #[test]
    fn a_heavy_tail_is_steeper_since_facts_are_finite() {
        let got = Runner::after(&SPEC, &[("tail", "0.3"), ("axis", "n")], 41).number("slope").unwrap();
        assert!((got + 0.358).abs() < 0.005, "{got}");
    }

    #[test]
    fn a_small_store_still_has_a_slope() {
        let run = Runner::after(&SPEC, &[("n_max", "300"), ("d_max", "1000"), ("axis", "n")], 41);
        assert!(run.number("slope").is_some() && run.finished());
    }
}
