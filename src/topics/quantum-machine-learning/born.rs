//! `born`: what a state holds, and what readings show of it.

use super::{CLASSICAL, QUANTUM};
use crate::lab::figure::{Axis, Bar, Dot, Figure, Glyph, Panel, round_up};
use crate::lab::schema::readout::format_number;
use crate::lab::{
    Answer, Choice, Control, Named, Pace, Prediction, Preset, Readout, Simulation, Spec, Values, of, reading,
};
use crate::models::quantum_state::{
    MIXED, State, cat, cross_entropy, expected_variation, random, sample, total_variation,
};
use crate::numerics::random::Stream;

#[derive(Clone, Copy)]
enum Prepared {
    Bell,
    Ghz,
    Random,
}

static CIRCUIT: Choice<Prepared, 3> = Choice::new(
    "circuit",
    "State",
    [
        ("ghz", "all alike (GHZ)", Prepared::Ghz),
        ("bell", "one pair (Bell)", Prepared::Bell),
        ("random", "random circuit", Prepared::Random),
    ],
);

pub static SPEC: Spec = Spec::new(
    "born",
    "One sample at a time",
    "Bars are the chances that a state gives each outcome, dots are how often it came up. The plane on \
     the right is what the state holds; no reading shows it.",
    Pace::still(),
    |values| Box::new(Born::new(values)),
)
.controls(&[
    CIRCUIT.control().help("How the state is made from zeros."),
    Control::integer("qubits", "Qubits n", 2, 8, 3).help("There are 2ⁿ outcomes."),
    Control::logarithmic_whole("shots", "Shots S", [1.0, 10_000.0], 100.0)
        .help("How often the state is made anew and read: a reading destroys it."),
    Control::seed(1),
])
.readouts(&[
    Readout::new("tv_distance", "Distance", 4)
        .help("Half the sum of how far frequencies are from chances; 1 would be nothing in common.")
        .basis("Over all shots and all outcomes."),
    Readout::new("tv_expected", "Expected distance", 4).help("Its mean over all samples that could have come.")
        .basis("Worked out from the exact chances, without drawing: half the sum of the mean distances of binomials."),
    Readout::new("xeb", "Cross-entropy score", 3)
        .help("2ⁿ times the mean chance of the outcomes read, less 1: even guessing scores 0.")
        .basis("Over all shots."),
    Readout::new("norm", "Sum of chances", 3).help("Always 1; nothing is rescaled to make it so.")
        .basis("Summed over all outcomes."),
    Readout::new("outcomes", "Outcomes", 0).help("2ⁿ.")
        .formula("2 ^ qubits"),
])
.presets(&[
    Preset::new("coin", "A fair coin, twice")
        .look("Two readings that always agree, and neither is known before.")
        .with(&[("circuit", "bell"), ("qubits", "2"), ("shots", "20")]),
    Preset::new("ghz8", "Eight as one")
        .look("256 outcomes, two of which ever come up.")
        .with(&[("qubits", "8")]),
    Preset::new("speckle", "Speckle")
        .look("No two bars alike: a random circuit's fingerprint. Most outcomes are rarer than one in 256.")
        .with(&[("circuit", "random"), ("qubits", "8"), ("shots", "2000")]),
])
.prediction(
    Prediction::new(
        "After 100 shots of the three alike qubits frequencies are 0.040 from the chances on average. And after 200?",
        of("tv_expected"),
        &[
            Answer::below("0.020: half as far", 0.024),
            Answer::below("0.028: a little nearer", 0.034),
            Answer::beyond("0.040: no nearer"),
        ],
        "Errors of counts cancel: they shrink with the square root of the shots. To halve them takes four times \
         as many, [0.020](run:?shots=400#tv_expected) at 400.",
    )
    .with(&[("shots", "200")]),
);

struct Born {
    state: State,
    chances: Vec<f64>,
    counts: Vec<u32>,
    shots: u32,
}

impl Born {
    fn new(values: &Values) -> Self {
        let (n, seed) = (values.integer("qubits"), values.seed());
        let state = match CIRCUIT.of(values) {
            Prepared::Bell => cat(n, 2),
            Prepared::Ghz => cat(n, n),
            Prepared::Random => random(n, MIXED, &mut Stream::new(seed, "circuit")),
        };
        let (chances, shots) = (state.chances(), values.real("shots") as u32);
        let counts = sample(&chances, shots, &mut Stream::new(seed, "readings"));
        Self { state, chances, counts, shots }
    }

    /// The outcome as qubits read, the last of them first.
    fn name(&self, outcome: usize) -> String {
        let n = self.state.qubits();
        (0..n).rev().map(|q| if (outcome >> q) & 1 == 1 { '1' } else { '0' }).collect()
    }

    fn frequency(&self, outcome: usize) -> f64 {
        f64::from(self.counts[outcome]) / f64::from(self.shots)
    }
}

impl Simulation for Born {
    fn readings(&self) -> Vec<Named> {
        vec![
            reading("tv_distance", total_variation(&self.counts, &self.chances)),
            reading("tv_expected", expected_variation(&self.chances, self.shots)),
            reading("xeb", cross_entropy(&self.counts, &self.chances)),
            reading("norm", self.state.norm()),
            reading("outcomes", self.chances.len()),
        ]
    }

    fn figure(&self) -> Figure {
        let far = format_number(total_variation(&self.counts, &self.chances), 4);
        let seen = self.counts.iter().filter(|count| **count > 0).count();
        let shots = if self.shots == 1 { "shot" } else { "shots" };
        let alternative = format!(
            "{} {shots} of {} qubits: {seen} of {} outcomes came up, and frequencies are {far} from the chances.",
            format_number(f64::from(self.shots), 0),
            self.state.qubits(),
            self.chances.len()
        );
        Figure::row(vec![self.outcomes(), self.held()], alternative)
    }

    fn describe(&self, mark: &str, index: usize) -> Option<String> {
        let chance = format_number(*self.chances.get(index)?, 4);
        match mark {
            "chances" => Some(format!("{}: chance {chance}", self.name(index))),
            "held" => {
                let z = self.state.amplitudes()[index];
                let [re, im] = [z.re, z.im].map(|x| format_number(x, 3));
                Some(format!("{}: amplitude {re} and {im} i, chance {chance}", self.name(index)))
            }
            _ => None,
        }
    }
}

impl Born {
    fn outcomes(&self) -> Panel {
        let count = self.chances.len();
        let most = (0..count).map(|i| self.chances[i].max(self.frequency(i))).fold(0.0, f64::max);
        let bars = (0..count).map(|i| Bar::new(i as f64, 0.8, self.chances[i], CLASSICAL));
        let read = (0..count).filter(|i| self.counts[*i] > 0);
        let dots = read.map(|i| Dot::new([i as f64, self.frequency(i)], QUANTUM, Glyph::Circle));
        // Eight digits are too many to stand side by side.
        let (every, label) = if count > 16 { (count / 4, "outcome, as a number") } else { (1, "outcome") };
        let named = (0..count).filter(|i| i.is_multiple_of(every) || i + 1 == count);
        let named = named.map(|i| (i as f64, if count > 16 { i.to_string() } else { self.name(i) }));
        let x = Axis::linear(label, [-0.7, count as f64 - 0.3]).ticks(named);
        let y = Axis::linear("chance, frequency", [0.0, round_up(1.05 * most, 1e-3).min(1.05)]).grid();
        let radius = if count > 64 { 2.0 } else { 4.5 };
        let shots = if self.shots == 1 { "shot" } else { "shots" };
        let title = format!("{} {shots}", format_number(f64::from(self.shots), 0));
        Panel::new("outcomes", title, x, y)
            .height(290.0)
            .weight(1.5)
            .bars("chances", bars)
            .dots("read", "", dots, radius)
    }

    fn held(&self) -> Panel {
        let amplitudes = self.state.amplitudes();
        let most = amplitudes.iter().map(|z| z.re.abs().max(z.im.abs())).fold(0.0, f64::max);
        let end = round_up(1.1 * most, 0.1);
        let dots = amplitudes.iter().map(|z| Dot::new([z.re, z.im], CLASSICAL, Glyph::Circle));
        let axis = |label: &str| Axis::linear(label, [-end, end]).grid();
        Panel::new("held", "Held, and not readable: amplitudes", axis("real part"), axis("imaginary"))
            .height(290.0)
            .square()
            .dots("held", "", dots, 3.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::Runner;
    use crate::numerics::statistics::mean;

    #[test]
    fn eight_alike_qubits_read_zeros_or_ones() {
        let run = Runner::preset(&SPEC, "ghz8", 0);
        assert!((run.number("xeb").unwrap() - 127.0).abs() < 1e-9);
        assert!(run.simulation().describe("chances", 255).unwrap().starts_with("11111111: chance 0.5000"));
    }

    /// Known result: four times the shots halve the error.
    #[test]
    fn four_times_the_shots_halve_the_distance() {
        let at =
            |shots: &str| mean(&Runner::over_seeds(&SPEC, &[("shots", shots)], 1..=200, 0, "tv_distance"));
        let ratio = at("100") / at("400");
        assert!((1.6..2.5).contains(&ratio), "{ratio}");
    }

    #[test]
    fn guessing_scores_nothing_and_reading_scores_one() {
        let pairs = [("circuit", "random"), ("qubits", "6"), ("shots", "2000")];
        let mean = mean(&Runner::over_seeds(&SPEC, &pairs, 1..=40, 0, "xeb"));
        assert!((mean - 63.0 / 65.0).abs() < 0.1, "{mean}");
    }
}
