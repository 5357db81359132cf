//! `two-views`: one linear layer as a recurrence and as a convolution, and what its state knows.

use super::{FIXED, SELECTIVE};
use crate::lab::figure::charts::{self, Curve};
use crate::lab::figure::{Anchor, At, Axis, Dot, Figure, Glyph, Panel, Stroke, Tone, round_up};
use crate::lab::schema::readout::format_number;
use crate::lab::{Choice, Control, Named, Pace, Preset, Reading, Readout, Simulation, Spec, Values, reading};
use crate::models::hippo::Layer;
use crate::models::hyena::Hyena;
use crate::models::scan::rounds;
use crate::models::state_space::{Diagonal, Discrete, Method, random_readout};
use crate::numerics::elementary::{cos, sin};
use crate::numerics::fourier::{Complex, convolve};
use crate::numerics::random::Stream;

/// The layers that are shown.
#[derive(Clone, Copy)]
enum Kind {
    Hippo,
    S4d,
    Hyena,
}

/// What is fed to them.
#[derive(Clone, Copy)]
enum Signal {
    Sines,
    Step,
    Spikes,
    Noise,
}

static LAYER: Choice<Kind, 3> = Choice::new(
    "kernel",
    "Layer",
    [
        ("hippo", "HiPPO-LegS (S4)", Kind::Hippo),
        ("s4d", "S4D-Real", Kind::S4d),
        ("hyena", "Hyena", Kind::Hyena),
    ],
);

static SIGNAL: Choice<Signal, 4> = Choice::new(
    "signal",
    "Signal",
    [
        ("sines", "Sines", Signal::Sines),
        ("step", "Step", Signal::Step),
        ("spikes", "Spikes", Signal::Spikes),
        ("noise", "Noise", Signal::Noise),
    ],
);

pub static SPEC: Spec = Spec::new(
    "two-views",
    "One layer, two views",
    "A signal passes a linear layer. Token by token it is a recurrence with a small state; all at once it is \
     a convolution with a long kernel. Below, the past as the state remembers it.",
    Pace::new(60.0, 240, "token"),
    |values| Box::new(Views::new(values)),
)
.controls(&[
    LAYER.control().help(
        "HiPPO keeps a summary of the past in Legendre polynomials; S4D-Real keeps fading averages; Hyena \
         has long filters and no state.",
    ),
    Control::integer("d_state", "State size N", 1, 64, 16)
        .unless("kernel", &["hyena"])
        .help("Numbers that the layer carries from token to token."),
    Control::logarithmic("delta", "Step size Δ", [0.001, 0.5], 0.01)
        .help("How much time passes at a token: the memory reaches back about 1/Δ tokens."),
    SIGNAL.control().help("What passes."),
    Control::integer("length", "Length", 64, 1024, 400)
        .step(8)
        .unit("tokens")
        .secondary()
        .help("Tokens of the signal."),
    Control::seed(1).secondary(),
])
.readouts(&[
    Readout::new("max_diff", "Views differ by", 1)
        .help(
            "Largest difference so far between the recurrence and the convolution by Fourier transform; \
         rounding, nothing else.",
        )
        .basis("Over all tokens so far."),
    Readout::new("scan_depth", "Rounds of a scan", 0)
        .help("A parallel scan needs this many rounds for the whole signal: the logarithm of its length.")
        .formula("ceil(log2(length))"),
    Readout::new("rmse_recent", "Error of the recent past", 3)
        .help("Root mean square error of the rebuilt past; HiPPO only.")
        .basis("Over the last 1/Δ tokens."),
    Readout::new("carried", "Carried", 0).unit("numbers").help("Numbers of state.").formula("d_state"),
])
.presets(&[
    Preset::new("sixteen", "16 numbers")
        .look("The last hundred tokens come back from sixteen numbers; what is older gets blurred."),
    Preset::new("four", "4 numbers")
        .look("Four Legendre polynomials draw four polynomials' worth of detail.")
        .with(&[("d_state", "4")]),
    Preset::new("short", "Short memory")
        .look("Δ ten times as large: ten tokens in detail, and the rest is gone.")
        .with(&[("delta", "0.1")]),
    Preset::new("spikes", "Spikes")
        .look("A sharp spike passes into a smooth hill, the older the wider.")
        .with(&[("signal", "spikes")]),
    Preset::new("hyena", "Hyena")
        .look("Two long filters with gates between: no state to step through.")
        .with(&[("kernel", "hyena")]),
]);

/// Dots of the convolution are drawn every so many tokens.
const EVERY: usize = 8;

/// A layer in its recurrent view, with its state.
enum Recurrence {
    Hippo(Layer, Vec<f64>),
    Diagonal(Discrete, Vec<Complex>),
    /// No finite state: the answers come from the sums themselves.
    None(Vec<f64>),
}

struct Views {
    recurrence: Recurrence,
    d_state: usize,
    dt: f64,
    u: Vec<f64>,
    kernel: Vec<f64>,
    /// Answers of the convolution, all of them.
    whole: Vec<f64>,
    /// Answers of the recurrence so far.
    steps: Vec<f64>,
}

impl Views {
    fn new(values: &Values) -> Self {
        let (seed, length) = (values.seed(), values.integer("length"));
        let (d_state, dt) = (values.integer("d_state"), values.real("delta"));
        let u = signal(SIGNAL.of(values), length, seed);
        let mut weights = Stream::new(seed, "weights");
        let (recurrence, kernel) = match LAYER.of(values) {
            Kind::Hippo => {
                let layer = Layer::new(dt, random_readout(d_state, &mut weights));
                let (state, kernel) = (layer.start(), layer.kernel(length));
                (Recurrence::Hippo(layer, state), kernel)
            }
            Kind::S4d => {
                let layer = Diagonal::s4d_real(d_state, &mut weights).discretised(dt, Method::Zoh);
                let (state, kernel) = (layer.start(), layer.kernel(length));
                (Recurrence::Diagonal(layer, state), kernel)
            }
            Kind::Hyena => {
                let hyena = Hyena::draw(length, dt, &mut weights);
                let whole = hyena.forward(&u);
                let kernel = hyena.filters[1].clone();
                let direct = hyena.forward_directly(&u);
                return Self {
                    recurrence: Recurrence::None(direct),
                    d_state,
                    dt,
                    u,
                    kernel,
                    whole,
                    steps: Vec::new(),
                };
            }
        };
        let whole = convolve(&u, &kernel);
        Self { recurrence, d_state, dt, u, kernel, whole, steps: Vec::new() }
    }

    fn now(&self) -> usize {
        self.steps.len()
    }

    /// The past as it was and as the state has it: `[tokens ago, value]`.
    fn past(&self) -> Option<[Vec<[f64; 2]>; 2]> {
        let Recurrence::Hippo(layer, state) = &self.recurrence else { return None };
        let ago = || 0..self.now();
        let was = ago().map(|s| [s as f64, self.u[self.now() - 1 - s]]).collect();
        Some([was, ago().map(|s| [s as f64, layer.rebuilt(state, s as f64)]).collect()])
    }

    fn recent_error(&self) -> Option<f64> {
        let Recurrence::Hippo(layer, state) = &self.recurrence else { return None };
        let recent = ((1.0 / self.dt) as usize).clamp(1, self.now().max(1));
        let error = |s: usize| self.u[self.now() - 1 - s] - layer.rebuilt(state, s as f64);
        let squares = (0..recent.min(self.now())).map(error).map(|e| e * e);
        (self.now() > 0).then(|| (squares.sum::<f64>() / recent as f64).sqrt())
    }

    fn difference(&self) -> f64 {
        self.steps.iter().zip(&self.whole).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
    }
}

fn signal(kind: Signal, length: usize, seed: u64) -> Vec<f64> {
    use core::f64::consts::TAU;
    let mut stream = Stream::new(seed, "signal");
    match kind {
        Signal::Step => (0..length).map(|t| if t < length / 3 { -0.5 } else { 0.8 }).collect(),
        Signal::Spikes => {
            (0..length).map(|_| if stream.chance(0.02) { stream.between(0.5, 1.0) } else { 0.0 }).collect()
        }
        Signal::Noise => (0..length).map(|_| 0.4 * stream.normal()).collect(),
        Signal::Sines => {
            let phase = TAU * stream.uniform();
            (0..length)
                .map(|t| t as f64)
                .map(|t| 0.6 * sin(TAU * t / 90.0) + 0.35 * cos(TAU * t / 40.0 + phase))
                .collect()
        }
    }
}

impl Simulation for Views {
    fn step(&mut self) {
        let u = self.u[self.now()];
        let y = match &mut self.recurrence {
            Recurrence::Hippo(layer, state) => layer.step(state, u),
            Recurrence::Diagonal(layer, state) => layer.step(state, u),
            Recurrence::None(direct) => direct[self.steps.len()],
        };
        self.steps.push(y);
    }

    fn readings(&self) -> Vec<Named> {
        let carried = match &self.recurrence {
            Recurrence::None(_) => Reading::Absent,
            _ => self.d_state.into(),
        };
        vec![
            reading("max_diff", self.difference()),
            reading("scan_depth", f64::from(rounds(self.u.len()))),
            reading("rmse_recent", self.recent_error()),
            reading("carried", carried),
        ]
    }

    fn figure(&self) -> Figure {
        let mut rows = vec![
            vec![self.input().height(152.0).weight(1.4), self.filter().height(152.0)],
            vec![self.output().height(152.0)],
        ];
        rows.push(vec![self.memory().height(152.0)]);
        let remembered = self.recent_error().map_or_else(String::new, |e| {
            format!(
                " The last {} tokens come back from {} numbers with an error of {}.",
                (1.0 / self.dt) as usize,
                self.d_state,
                format_number(e, 3)
            )
        });
        Figure::new(
            rows,
            format!(
                "After {} of {} tokens both views agree to {}.{remembered}",
                self.now(),
                self.u.len(),
                format_number(self.difference(), 1)
            ),
        )
    }

    fn notes(&self) -> Vec<String> {
        match &self.recurrence {
            Recurrence::Hippo(layer, _) if layer.aliases() => vec![format!(
                "Δ × N is above 2: the fastest numbers of the state flip their signs at every token. It \
                 stays stable, but it aliases; take Δ below {}.",
                format_number(2.0 / self.d_state as f64, 3)
            )],
            _ => Vec::new(),
        }
    }

    fn finished(&self) -> bool {
        self.now() >= self.u.len()
    }
}

impl Views {
    fn time(&self) -> Axis {
        Axis::linear("token", [0.0, self.u.len() as f64])
    }

    fn line(values: &[f64]) -> Vec<[f64; 2]> {
        values.iter().enumerate().map(|(t, y)| [t as f64, *y]).collect()
    }

    fn input(&self) -> Panel {
        let panel = Panel::new("input", "Signal", self.time(), Axis::linear("u", [-1.3, 1.3]));
        charts::with_curves(
            panel,
            vec![
                Curve::new("coming", "", Self::line(&self.u), Tone::Faint),
                Curve::new("passed", "", Self::line(&self.u[..self.now()]), Tone::Ink),
            ],
        )
        .rule("now", "", At::X(self.now() as f64), Tone::Muted, Stroke::Dashed)
    }

    fn filter(&self) -> Panel {
        let tallest = self.kernel.iter().fold(0.0, |m: f64, k| m.max(k.abs()));
        let reach = round_up(tallest, 1e-3);
        let title =
            if matches!(self.recurrence, Recurrence::None(_)) { "Second long filter" } else { "Kernel" };
        let panel = Panel::new(
            "filter",
            title,
            Axis::linear("tokens ago", [0.0, self.u.len() as f64]),
            Axis::linear("weight", [-reach, reach]).grid(),
        );
        charts::with_curves(panel, vec![Curve::new("kernel", "", Self::line(&self.kernel), FIXED)])
    }

    fn output(&self) -> Panel {
        let tallest = self.whole.iter().fold(0.0, |m: f64, y| m.max(y.abs()));
        let reach = round_up(tallest, 1e-3);
        let dots = self
            .whole
            .iter()
            .enumerate()
            .step_by(EVERY)
            .map(|(t, y)| Dot::new([t as f64, *y], FIXED, Glyph::Circle).hollow());
        let panel = Panel::new("output", "Answer", self.time(), Axis::linear("y", [-reach, reach]).grid())
            .dots("convolution", "convolution, all at once", dots, 2.5);
        if matches!(self.recurrence, Recurrence::None(_)) {
            let line = Curve::new("sums", "sums", Self::line(&self.steps), SELECTIVE);
            return charts::with_curves(panel, vec![line]);
        }
        charts::with_curves(
            panel,
            vec![Curve::new("recurrence", "recurrence", Self::line(&self.steps), SELECTIVE)],
        )
    }

    fn memory(&self) -> Panel {
        let reach = self.u.len() as f64;
        let panel = Panel::new(
            "memory",
            "The past, as it was and as the state has it now",
            Axis::linear("tokens ago", [0.0, reach]),
            Axis::linear("u", [-1.6, 1.6]),
        );
        let Some([was, rebuilt]) = self.past() else {
            let text = match self.recurrence {
                Recurrence::None(_) => "no finite state: the whole signal has to be there",
                _ => "fading averages: they tell how much, not when",
            };
            return panel.words("nothing", [reach / 2.0, 0.0], text, Anchor::Middle, Tone::Muted);
        };
        // Beyond 1/Δ the rebuilt past fades, as its weight does.
        let recent = (1.0 / self.dt) as usize;
        let faded = rebuilt[recent.min(rebuilt.len())..].to_vec();
        charts::with_curves(
            panel,
            vec![
                Curve::new("was", "as it was", was, Tone::Muted),
                Curve::new("faded", "", faded, SELECTIVE).stroke(Stroke::Ghost),
                Curve::new(
                    "rebuilt",
                    "from the state",
                    rebuilt.into_iter().take(recent + 1).collect(),
                    SELECTIVE,
                ),
            ],
        )
        .rule("reach", "1/Δ", At::X(1.0 / self.dt), Tone::Muted, Stroke::Dashed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::Runner;

    #[test]
    fn the_two_views_agree_for_every_layer() {
        for kernel in ["hippo", "s4d", "hyena"] {
            let run = Runner::after(&SPEC, &[("kernel", kernel)], 400);
            assert!(run.finished());
            assert!(run.number("max_diff").unwrap() < 1e-5, "{kernel}");
        }
    }

    #[test]
    fn more_numbers_remember_more_and_hyena_carries_none() {
        let error = |n| Runner::after(&SPEC, &[("d_state", n)], 400).number("rmse_recent").unwrap();
        assert!(error("16") < 0.5 * error("4"), "{} {}", error("16"), error("4"));
        let hyena = Runner::after(&SPEC, &[("kernel", "hyena")], 10);
        assert_eq!((hyena.number("carried"), hyena.number("rmse_recent")), (None, None));
        assert_eq!(hyena.number("scan_depth"), Some(9.0));
    }

    #[test]
    fn what_aliases_is_said_and_stays_finite() {
        let run = Runner::after(&SPEC, &[("delta", "0.5"), ("d_state", "64")], 400);
        assert!(run.simulation().notes()[0].contains("aliases"));
        assert!(run.number("max_diff").unwrap() < 1e-5);
        let one = Runner::after(&SPEC, &[("d_state", "1")], 100);
        assert!(one.number("rmse_recent").unwrap().is_finite());
    }
}
