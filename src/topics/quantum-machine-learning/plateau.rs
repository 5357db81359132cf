//! `plateau`: how much a random circuit's slope varies, against the number of its qubits.

use super::{CLASSICAL, QUANTUM};
use crate::lab::figure::{Axis, Dot, Figure, GAP, Glyph, Panel, Stroke};
use crate::lab::schema::readout::format_number;
use crate::lab::{
    Challenge, Choice, Control, Named, Pace, Preset, Readout, Simulation, Spec, Values, of, reading,
};
use crate::models::barren_plateau::{Cost, Spread, product_slope, product_variance, slope};
use crate::numerics::elementary::{exp, log10, pow};
use crate::numerics::random::Stream;

static COST: Choice<Cost, 2> = Choice::new(
    "cost",
    "Read",
    [("local", "few qubits", Cost::Local), ("global", "all qubits", Cost::Global)],
);

/// Which circuits are drawn.
#[derive(Clone, Copy, PartialEq)]
enum Drawn {
    Layers,
    Product,
}

static CIRCUIT: Choice<Drawn, 2> = Choice::new(
    "circuit",
    "Circuit",
    [("layers", "random layers", Drawn::Layers), ("product", "one rotation a qubit", Drawn::Product)],
);

pub static SPEC: Spec = Spec::new(
    "plateau",
    "The flat desert",
    "Random circuits of 2 to 8 qubits: how much does the slope by their first angle vary? Take layers away and \
     watch the dots leave the dashed line.",
    Pace::new(60.0, 60, "draw").promised(200),
    |values| Box::new(Plateau::new(values)),
)
.controls(&[
    CIRCUIT.control().help("One rotation each: no layers, nothing entangled; its variance is known exactly (dashed)."),
    Control::integer("layers", "Layers L", 1, 60, 60).unless("circuit", &["product"])
        .help("Each turns every qubit by a random angle about a random axis, then has CZ between neighbours."),
    COST.control().help(
        "Two qubits: the mean of the product of what qubits 0 and 1 read. All: the chance that not all read 0. Of \
         one rotation each, the mean over qubits of the chance to read 1, or that same chance of all.",
    ),
    Control::integer("n_max", "Qubits up to", 4, 8, 8).step(2).help("Measured are 2, 4, … qubits."),
    Control::seed(1).secondary(),
])
.readouts(&[
    Readout::new("var_nmax", "Variance", 5).basis("Of the slope at the largest number of qubits, over all draws."),
    Readout::new("ratio", "Against the line", 2)
        .unit("×")
        .help("The variance divided by the dashed line: what states spread evenly would give, or the exact one.")
        .formula("var_nmax / if(circuit = layers, if(cost = local, 1 / (2 * (2 ^ n_max + 1)), (2 ^ n_max - 1) / (2 * (2 ^ n_max) ^ 2 * (2 ^ n_max + 1))), if(cost = local, 1 / (8 * n_max ^ 2), 0.375 ^ (n_max - 1) / 8))"),
    Readout::new("slope", "Each qubit leaves", 2)
        .unit("×")
        .help("What the variance is multiplied with for each further qubit: a straight line through the dots.")
        .basis("Least squares through the logarithms of the variances of all sizes."),
    Readout::new("shots", "Shots for a slope", 0)
        .help("1/variance: with so many, over both runs of the rule, noise is as large as a typical slope.")
        .formula("1 / var_nmax"),
    Readout::new("draws", "Draws", 0).help("Random circuits of each size so far.")
        .formula("step"),
])
.presets(&[
    Preset::new("plateau", "Plateau").look("Every two qubits take the dots down by about the same stretch."),
    Preset::new("not-yet", "Not yet a plateau")
        .look("Half the layers: look at eight qubits, then at two.")
        .with(&[("layers", "30")]),
    Preset::new("shallow-local", "Shallow, two read")
        .look("Two layers, qubits 0 and 1 read: qubits 3 to 7 cannot matter.")
        .with(&[("layers", "2")]),
    Preset::new("shallow-global", "Shallow, all read")
        .look("Two layers as before, but every qubit is read.")
        .with(&[("layers", "2"), ("cost", "global")]),
    Preset::new("product", "No layers at all")
        .look("One rotation a qubit, nothing entangled, all of them read: compare the dots with two layers.")
        .with(&[("circuit", "product"), ("cost", "global")]),
])
.challenges(&[Challenge::new(
    "slope",
    "A slope at eight qubits",
    "With eight qubits and eight layers or more, keep the variance of the slope at 0.04 or above (200 draws or more).",
    &[
        of("circuit").is("layers"),
        of("n_max").at_least(8.0),
        of("layers").at_least(8.0),
        of("draws").at_least(200.0),
        of("var_nmax").at_least(0.04),
    ],
)
.solution(&[("layers", "8")], 200)]);

/// Draws after which nothing new is learned.
const LAST: u64 = 400;

struct Plateau {
    cost: Cost,
    drawn: Drawn,
    layers: usize,
    /// For 2, 4, ... qubits: the draws, and what they gave.
    sizes: Vec<(usize, Stream, Spread)>,
    draws: u64,
}

impl Plateau {
    fn new(values: &Values) -> Self {
        let seed = values.seed();
        // A stream for each size: more sizes change none of the others.
        let size = |n: usize| (n, Stream::new(seed, &format!("circuits of {n}")), Spread::default());
        Self {
            cost: COST.of(values),
            drawn: CIRCUIT.of(values),
            layers: values.integer("layers"),
            sizes: (2..=values.integer("n_max")).step_by(2).map(size).collect(),
            draws: 0,
        }
    }

    /// Qubits and variance, where there is one above rounding.
    fn variances(&self) -> Vec<(usize, f64)> {
        let each = self.sizes.iter().filter_map(|(n, _, spread)| Some((*n, spread.variance()?)));
        each.filter(|(_, variance)| *variance > 1e-20).collect()
    }

    fn last(&self) -> Option<f64> {
        let most = self.sizes.last()?.0;
        self.variances().into_iter().find(|(n, _)| *n == most).map(|(_, variance)| variance)
    }

    /// By what the variance is multiplied for each further qubit.
    fn factor(&self) -> Option<f64> {
        let points: Vec<[f64; 2]> =
            self.variances().into_iter().map(|(n, variance)| [n as f64, log10(variance)]).collect();
        let count = points.len() as f64;
        let mean = |k: usize| points.iter().map(|p| p[k]).sum::<f64>() / count;
        let (x, y) = (mean(0), mean(1));
        let (across, along) = points.iter().fold((0.0, 0.0), |(across, along), p| {
            (across + (p[0] - x) * (p[0] - x), along + (p[0] - x) * (p[1] - y))
        });
        (across > 0.0).then(|| exp(along / across * core::f64::consts::LN_10))
    }
}

impl Simulation for Plateau {
    fn step(&mut self) {
        if self.finished() {
            return;
        }
        for (n, stream, spread) in &mut self.sizes {
            spread.take(match self.drawn {
                Drawn::Layers => slope(self.cost, *n, self.layers, stream),
                Drawn::Product => product_slope(self.cost, *n, stream),
            });
        }
        self.draws += 1;
    }

    fn readings(&self) -> Vec<Named> {
        let (last, most) = (self.last(), self.sizes.last().map_or(2, |(n, ..)| *n));
        vec![
            reading("var_nmax", last),
            reading("ratio", last.map(|variance| variance / self.known(most))),
            reading("slope", self.factor()),
            reading("shots", last.map(|variance| 1.0 / variance)),
            reading("draws", self.draws as f64),
        ]
    }

    fn figure(&self) -> Figure {
        let alternative = format!(
            "After {} draws of {} the variance of the slope is {}.",
            self.draws,
            match self.drawn {
                Drawn::Layers => format!("circuits with {} layers", self.layers),
                Drawn::Product => "single rotations".to_owned(),
            },
            match self.last() {
                Some(variance) => format!("{} at the largest size", format_number(variance, 5)),
                None => "not known yet".to_owned(),
            }
        );
        Figure::row(vec![self.falling(), self.price()], alternative)
    }

    fn notes(&self) -> Vec<String> {
        if self.draws > 1 && self.variances().len() < self.sizes.len() {
            return vec![
                "Where a dot is missing, no draw had any slope: what is turned is not read.".to_owned(),
            ];
        }
        Vec::new()
    }

    fn finished(&self) -> bool {
        self.draws >= LAST
    }
}

impl Plateau {
    fn axis() -> Axis {
        Axis::linear("qubits n", [1.5, 8.5]).ticks([(2.0, "2"), (4.0, "4"), (6.0, "6"), (8.0, "8")])
    }

    /// What the variance would be of states spread evenly, or what it is of single rotations.
    fn known(&self, qubits: usize) -> f64 {
        match self.drawn {
            Drawn::Layers => self.cost.even(qubits),
            Drawn::Product => product_variance(self.cost, qubits),
        }
    }

    /// The legend: dots are measured, and the dashed line is known.
    fn named(&self, panel: Panel, dots: Vec<[f64; 2]>, [found, known]: [&'static str; 2]) -> Panel {
        let name = match self.drawn {
            Drawn::Layers => "dashed: spread evenly",
            Drawn::Product => "dashed: by formula",
        };
        panel
            .dots(found, "measured", dots.into_iter().map(|at| Dot::new(at, QUANTUM, Glyph::Circle)), 5.0)
            .dots(known, name, [Dot::new(GAP, CLASSICAL, Glyph::Bar)], 4.0)
    }

    fn even(&self) -> Vec<[f64; 2]> {
        (2..=8).map(|n| [n as f64, self.known(n)]).collect()
    }

    fn falling(&self) -> Panel {
        let found: Vec<[f64; 2]> = self.variances().into_iter().map(|(n, v)| [n as f64, v]).collect();
        let y = Axis::logarithmic("variance of the slope", [1e-6, 1.0]).grid();
        let panel = Panel::new("falling", format!("{} circuits of each size", self.draws), Self::axis(), y)
            .height(300.0)
            .line("even", "", self.even(), CLASSICAL, Stroke::Dashed)
            .line("found", "", found.clone(), QUANTUM, Stroke::Ghost);
        self.named(panel, found, ["dots", "even-name"])
    }

    fn price(&self) -> Panel {
        let shots: Vec<[f64; 2]> = self.variances().into_iter().map(|(n, v)| [n as f64, 1.0 / v]).collect();
        let even = self.even().into_iter().map(|[n, v]| [n, 1.0 / v]);
        let ticks = [0, 2, 4, 6].map(|k| pow(10.0, f64::from(k)));
        let y = Axis::logarithmic("shots", [1.0, 1e6])
            .ticks(ticks.into_iter().zip(["1", "100", "10k", "1M"]))
            .grid();
        let panel = Panel::new("price", "Shots for one slope", Self::axis(), y)
            .height(300.0)
            .line("even-shots", "", even, CLASSICAL, Stroke::Dashed)
            .line("shots-line", "", shots.clone(), QUANTUM, Stroke::Ghost);
        self.named(panel, shots, ["shots-dots", "even-shots-name"])
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::Runner;
    use crate::numerics::statistics::mean;

    fn over_seeds(pairs: &[(&str, &str)], id: &str) -> Vec<f64> {
        Runner::over_seeds(&SPEC, pairs, 1..=20, 200, id)
    }

    /// Known result: 60 layers have the slope of evenly spread states, about.
    #[test]
    fn deep_circuits_lose_half_of_their_slope_with_each_qubit() {
        let factors = over_seeds(&[], "slope");
        assert!(factors.iter().all(|f| (0.4..0.7).contains(f)), "{factors:?}");
    }

    #[test]
    fn four_layers_keep_a_slope() {
        let found = over_seeds(&[("layers", "4")], "var_nmax");
        assert!(found.iter().all(|v| *v >= 0.04), "{found:?}");
    }

    /// Published: the variances of the product circuit (Cerezo et al. 2021).
    #[test]
    fn single_rotations_have_the_published_variance() {
        for cost in ["local", "global"] {
            let ratios = over_seeds(&[("circuit", "product"), ("cost", cost), ("n_max", "4")], "ratio");
            let mean = mean(&ratios);
            assert!((mean - 1.0).abs() < 0.08, "{cost}: {ratios:?}");
        }
    }

    #[test]
    fn a_first_draw_has_no_variance() {
        let run = Runner::after(&SPEC, &[], 1);
        assert_eq!([run.number("var_nmax"), run.number("slope")], [None, None]);
    }
}
