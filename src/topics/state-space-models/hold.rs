//! `hold`: one number of state, from continuous time to steps: what Δ makes of A and B.

use super::{FIXED, SELECTIVE};
use crate::lab::figure::charts::{self, Curve};
use crate::lab::figure::{At, Axis, Bar, Dot, Figure, Glyph, Panel, Stroke, Tone};
use crate::lab::schema::readout::format_number;
use crate::lab::{Choice, Control, Named, Pace, Preset, Readout, Simulation, Spec, Values, reading};
use crate::models::state_space::{Diagonal, Method};
use crate::numerics::elementary::exp;
use crate::numerics::fourier::Complex;

static RULE: Choice<Method, 3> = Choice::new(
    "rule",
    "Rule",
    [
        ("zoh", "Zero-order hold", Method::Zoh),
        ("bilinear", "Bilinear", Method::Bilinear),
        ("euler", "Euler", Method::Euler),
    ],
);

/// The rules in the order of the bars, with their names.
const RULES: [(Method, &str); 3] =
    [(Method::Zoh, "hold"), (Method::Bilinear, "bilinear"), (Method::Euler, "Euler")];

pub static SPEC: Spec = Spec::new(
    "hold",
    "From a clock to two numbers",
    "One number of state runs towards a signal that stands still for a time Δ at each token. The curve is what \
     it does in continuous time; the dots are what one multiplication and one addition a token make of it. Drag \
     the first dot.",
    Pace::still(),
    |values| Box::new(Hold::new(values)),
)
.controls(&[
    Control::real("delta", "Step size Δ", [0.05, 3.0], 0.05, 1.0)
        .live()
        .help("For how long the signal stands still at each token."),
    Control::real("a", "Drift A", [-3.0, 0.0], 0.1, -1.0)
        .live()
        .help("How fast the state fades when it is left alone; at 0 it stays, and adds up what comes. B is 1."),
    RULE.control().live().help(
        "Zero-order hold: exact where the signal stands still. Bilinear: the mean slope of both ends of a step. \
         Euler: the slope of its beginning alone.",
    ),
])
.readouts(&[
    Readout::new("abar", "Kept, Ā", 3)
        .help("What is left of the old state after one token.")
        .basis("From Δ and A, by the chosen rule."),
    Readout::new("bbar", "Written", 3)
        .help("What one token of value 1 adds to the state.")
        .basis("From Δ, A and B = 1, by the chosen rule."),
    Readout::new("error", "Largest error", 4)
        .help("Largest distance of a dot to the curve.")
        .basis("Over the tokens that are drawn: the dots against the exact course in continuous time."),
])
.presets(&[
    Preset::new("one", "A step of one")
        .look("The old state keeps 0.368 of itself and the token is written with 0.632: every dot is on the curve."),
    Preset::new("tenth", "A tenth")
        .look("Small steps keep nearly all and write little, and all three rules have nearly the same bars.")
        .with(&[("delta", "0.1")]),
    Preset::new("bilinear-long", "Bilinear, too long")
        .look("Beyond Δ = 2 it keeps a negative share: the dots jump from one side of the curve to the other.")
        .with(&[("rule", "bilinear"), ("delta", "3")]),
    Preset::new("euler-out", "Euler runs away")
        .look("It keeps −1.5 of the old state, so each step makes an error larger instead of letting it fade.")
        .with(&[("rule", "euler"), ("delta", "2.5")]),
]);

/// Time that is drawn: the signal is 1 in the first half of its tokens and 0 in the second.
const SPAN: f64 = 12.0;
/// Points of the curve in each step, and in all steps together where these are many.
const FINE: usize = 12;
const POINTS: usize = 240;
/// The bars' axis reaches as far as this on both sides at least.
const LEAST: f64 = 1.0;

struct Hold {
    dt: f64,
    a: f64,
    rule: Method,
}

impl Hold {
    fn new(values: &Values) -> Self {
        Self { dt: values.real("delta"), a: values.real("a"), rule: RULE.of(values) }
    }

    /// Ā and B̄ by a rule.
    fn step_of(&self, rule: Method) -> [f64; 2] {
        let one = vec![Complex::real(1.0)];
        let system = Diagonal { a: vec![Complex::real(self.a)], b: one.clone(), c: one, real: true };
        let steps = system.discretised(self.dt, rule);
        [steps.a_bar[0].re, steps.b_bar[0].re]
    }

    /// The signal, a value a token.
    fn tokens(&self) -> Vec<f64> {
        let count = ((SPAN / self.dt + 1e-9) as usize).max(2);
        (0..count).map(|t| if t < count.div_ceil(2) { 1.0 } else { 0.0 }).collect()
    }

    /// Points of the curve in each step.
    fn fine(&self) -> usize {
        (POINTS / self.tokens().len()).clamp(1, FINE)
    }

    /// The state after each token, by a rule.
    fn dots(&self, rule: Method) -> Vec<f64> {
        let [a_bar, b_bar] = self.step_of(rule);
        let mut h = 0.0;
        let step = |u: &f64| {
            h = a_bar * h + b_bar * u;
            h
        };
        self.tokens().iter().map(step).collect()
    }

    /// The exact course in continuous time, `[time, state]`, with every token's end among its points.
    fn curve(&self) -> Vec<[f64; 2]> {
        let fine = self.fine();
        let (mut h, mut points) = (0.0, vec![[0.0, 0.0]]);
        for (t, u) in self.tokens().iter().enumerate() {
            let from = h;
            for i in 1..=fine {
                let time = self.dt * i as f64 / fine as f64;
                // Towards u / −A, or along u where nothing drifts.
                let kept = exp(self.a * time);
                let written = if self.a == 0.0 { time } else { (kept - 1.0) / self.a };
                h = kept * from + written * u;
                points.push([self.dt * t as f64 + time, h]);
            }
        }
        points
    }

    fn error(&self) -> f64 {
        let fine = self.fine();
        let ends = self.curve().into_iter().skip(fine).step_by(fine);
        self.dots(self.rule).iter().zip(ends).map(|(h, [_, exact])| (h - exact).abs()).fold(0.0, f64::max)
    }

    fn course(&self) -> Panel {
        let (tokens, dots) = (self.tokens(), self.dots(self.rule));
        let held = tokens
            .iter()
            .enumerate()
            .flat_map(|(t, &u)| [t, t + 1].map(|t| [self.dt * t as f64, u]))
            .collect();
        // The state runs towards −1/A; where nothing drifts it is a sum, as long as the signal.
        let reach = match self.a {
            a if a > -0.5 => SPAN / 2.0,
            a if a > -1.0 => 2.0,
            _ => 1.25,
        };
        let (low, top) = match self.rule {
            Method::Zoh => (-0.2 * reach, 1.1 * reach),
            Method::Bilinear => (-0.6 * reach, 1.1 * reach),
            Method::Euler => (-reach.max(3.0), reach.max(3.0)),
        };
        let end = |t: usize| self.dt * (t + 1) as f64;
        let inside = dots.iter().enumerate().filter(|(_, h)| (low..=top).contains(*h));
        let shown = inside.map(|(t, &h)| Dot::new([end(t), h], SELECTIVE, Glyph::Circle)).collect::<Vec<_>>();
        let stairs: Vec<[f64; 2]> = std::iter::once(0.0)
            .chain(dots.iter().copied())
            .zip(0..)
            .take(dots.len())
            .flat_map(|(h, t)| {
                let h = h.clamp(low, top);
                [t, t + 1].map(|t: usize| [self.dt * t as f64, h])
            })
            .collect();
        let panel = Panel::new(
            "course",
            "Signal dashed, state as curve and in steps",
            Axis::linear("time", [0.0, SPAN]),
            Axis::linear("h", [low, top]).grid(),
        );
        charts::with_curves(
            panel,
            vec![
                Curve::new("held", "", held, Tone::Muted).stroke(Stroke::Dashed),
                Curve::new("stairs", "", stairs, SELECTIVE).stroke(Stroke::Thin),
                Curve::new("exact", "", self.curve(), FIXED),
            ],
        )
        .dots("steps", "", shown, 3.0)
        .handle("first", [end(0), dots[0].clamp(low, top)], [Some("delta"), None], SELECTIVE)
    }

    fn shares(&self) -> Panel {
        let all: Vec<f64> = RULES.iter().flat_map(|(rule, _)| self.step_of(*rule)).collect();
        // As far as the longest bar on each side, so that every length can be read off, and room for numbers.
        let [left, right] = [-1.0, 1.0].map(|sign| all.iter().map(|x| sign * x).fold(LEAST, f64::max));
        let room = 0.35 * (left + right);
        let ends = [-left - room, right + room];
        let row = |which: usize, i: usize| which as f64 * 3.0 + i as f64;
        let bars = RULES.iter().enumerate().flat_map(|(i, (rule, _))| {
            let tone = if *rule == self.rule { SELECTIVE } else { Tone::Faint };
            let steps = self.step_of(*rule);
            [0, 1].map(|which| {
                Bar::new(row(which, i), 0.8, steps[which], tone).text(format_number(steps[which], 3))
            })
        });
        let names =
            ["kept", "written"].into_iter().flat_map(|what| RULES.map(|(_, name)| format!("{what}, {name}")));
        let y = Axis::categories("", names).reversed();
        Panel::new("shares", "What one token keeps and writes", Axis::linear("", ends), y)
            .horizontal_bars("shares", bars)
            .rule("zero", "", At::X(0.0), Tone::Muted, Stroke::Thin)
    }
}

impl Simulation for Hold {
    fn set(&mut self, values: &Values) {
        *self = Self::new(values);
    }

    fn readings(&self) -> Vec<Named> {
        let [a_bar, b_bar] = self.step_of(self.rule);
        vec![reading("abar", a_bar), reading("bbar", b_bar), reading("error", self.error())]
    }

    fn figure(&self) -> Figure {
        let [a_bar, b_bar] = self.step_of(self.rule).map(|x| format_number(x, 3));
        Figure::row(
            vec![self.course().height(250.0).weight(1.3), self.shares().height(250.0)],
            format!(
                "With a step of {} and A = {} a token keeps {a_bar} of the state and is written with {b_bar}; the \
                 steps stray from the curve by {} at most.",
                format_number(self.dt, 2),
                format_number(self.a, 1),
                format_number(self.error(), 4),
            ),
        )
    }

    fn describe(&self, mark: &str, index: usize) -> Option<String> {
        let at = |t: usize| format_number(self.dt * t as f64, 2);
        match mark {
            "held" => {
                let t = index / 2;
                let u = self.tokens().get(t).copied()?;
                Some(format!("token {}, from {} to {}: u = {u}", t + 1, at(t), at(t + 1)))
            }
            _ => None,
        }
    }

    fn notes(&self) -> Vec<String> {
        let [a_bar, _] = self.step_of(self.rule);
        let rule = if self.rule == Method::Euler { "Euler’s rule" } else { "The bilinear rule" };
        if a_bar < -1.0 {
            vec![format!(
                "{rule} keeps {} of the old state, more than all of it and with the wrong sign: it grows without \
                 end. Take Δ below {}.",
                format_number(a_bar, 2),
                format_number(-2.0 / self.a, 2)
            )]
        } else if a_bar < 0.0 {
            vec![format!(
                "{rule} keeps a negative share of the old state, which in continuous time is never so. Take Δ \
                 below {}.",
                format_number(if self.rule == Method::Euler { -1.0 } else { -2.0 } / self.a, 2)
            )]
        } else {
            Vec::new()
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::Runner;

    fn read(pairs: &[(&str, &str)]) -> [f64; 3] {
        let run = Runner::after(&SPEC, pairs, 0);
        ["abar", "bbar", "error"].map(|id| run.number(id).unwrap())
    }

    #[test]
    fn a_held_signal_is_met_exactly_by_the_hold_alone() {
        for (pairs, a_bar, b_bar) in [(&[][..], 0.368, 0.632), (&[("delta", "0.1")][..], 0.905, 0.095)] {
            let [a, b, error] = read(pairs);
            assert!((a - a_bar).abs() < 5e-4 && (b - b_bar).abs() < 5e-4 && error < 1e-12, "{a} {b} {error}");
        }
        for rule in ["bilinear", "euler"] {
            assert!(read(&[("rule", rule)])[2] > 0.01);
            assert!(read(&[("rule", rule), ("delta", "0.05")])[2] < 0.02);
        }
    }

    #[test]
    fn what_runs_away_and_what_adds_up_is_said_and_stays_finite() {
        let out = Runner::after(&SPEC, &[("rule", "euler"), ("delta", "2.5")], 0);
        assert!(out.simulation().notes()[0].contains("below 2.00"), "{:?}", out.simulation().notes());
        let far = Runner::after(&SPEC, &[("rule", "bilinear"), ("delta", "3")], 0);
        assert!(far.simulation().notes()[0].contains("negative share"));
        // Nothing drifts: every rule adds Δ.
        for rule in ["zoh", "bilinear", "euler"] {
            let [a, b, error] = read(&[("a", "0"), ("rule", rule)]);
            assert!(
                (a - 1.0).abs() < 1e-12 && (b - 1.0).abs() < 1e-12 && error < 1e-9,
                "{rule}: {a} {b} {error}"
            );
        }
    }
}
