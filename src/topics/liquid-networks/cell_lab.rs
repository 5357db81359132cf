//! `cell-lab`: one liquid neuron, followed by four ways of solving its equation.

use crate::lab::figure::{At, Axis, Bar, Figure, Panel, Stroke, Tone};
use crate::lab::{
    Answer, Challenge, Choice, Control, Named, Pace, Prediction, Preset, Readout, Simulation, Spec, Values,
    of, reading,
};
use crate::models::liquid_neuron::{Neuron, Solver};
use crate::numerics::elementary::sin;

/// Seconds that are followed.
const WHOLE: f64 = 12.0;
/// Step of the reference, in seconds.
const FINE: f64 = 1e-3;
/// Simulated seconds that a step of the page makes, unless the solver's own is longer.
const STRIDE: f64 = 0.1;
/// Where a state that has escaped is drawn no further.
const FARTHEST: f64 = 10.0;
const MIDPOINT: f64 = 0.5;

type Input = fn(f64) -> f64;

static SOLVER: Choice<Solver, 4> = Choice::new(
    "solver",
    "Solver",
    [
        ("fused", "fused", Solver::Fused),
        ("euler", "Euler", Solver::Euler),
        ("rk4", "Runge–Kutta", Solver::RungeKutta),
        ("closed", "closed form", Solver::Closed),
    ],
);

static INPUT: Choice<Input, 3> = Choice::new(
    "input",
    "Input",
    [("steps", "steps", steps), ("sine", "sine", sine), ("pulses", "pulses", pulses)],
);

/// Two seconds on, two seconds off.
fn steps(t: f64) -> f64 {
    f64::from(u8::from((t + 1e-9) % 4.0 < 2.0))
}

fn sine(t: f64) -> f64 {
    0.5 + 0.5 * sin(core::f64::consts::TAU * t / 4.0)
}

/// A fifth of each second.
fn pulses(t: f64) -> f64 {
    f64::from(u8::from((t + 1e-9) % 1.0 < 0.2))
}

pub static SPEC: Spec = Spec::new(
    "cell-lab",
    "One neuron, four ways through time",
    "A liquid neuron fills when its gate opens and leaks when it closes. Follow it by four solvers, with \
     steps as long as you like, against the exact path.",
    Pace::new(12.0, 120, "stretch of time"),
    |values| Box::new(CellLab::new(values)),
)
.controls(&[
    SOLVER.control().help("How the equation is followed in time. The closed form takes no steps at all."),
    Control::logarithmic("dt", "Step h", [0.01, 2.0], 0.1)
        .unit("s")
        .help("Time that one step of the solver spans."),
    Control::real("w", "Gate w", [0.0, 10.0], 0.5, 4.0)
        .unit("per s")
        .help("How wide the input opens the gate at most. At 0 the neuron is a plain leak."),
    Control::real("tau", "Time constant τ", [0.1, 5.0], 0.1, 1.0)
        .unit("s")
        .help("How long the neuron takes to lose most of its state without input."),
    INPUT.control().help("What the neuron sees: two seconds on and off, a wave, or short pulses."),
    Control::real("a", "Target A", [-2.0, 2.0], 0.1, 1.0)
        .secondary()
        .help("Where the open gate pulls the state."),
    Control::real("gain", "Gain γ", [0.5, 20.0], 0.5, 6.0)
        .secondary()
        .help("How sharply the gate opens around an input of one half."),
])
.readouts(&[
    Readout::new("max_err", "Largest error", 3).help("How far the solver was from the exact path, at most.")
        .basis("Over all steps of the solver so far."),
    Readout::new("tau_min", "Fastest", 3)
        .unit("s")
        .help("The shortest effective time constant so far.")
        .basis("Over all steps of the solver so far."),
    Readout::new("tau_max", "Slowest", 3).unit("s").help("The longest effective time constant so far.")
        .basis("Over all steps of the solver so far."),
    Readout::new("evals", "Gate evaluations", 0)
        .unit("per s")
        .help("How often the solver computes the gate for a simulated second.")
        .formula("if(solver = rk4, 4'in a step', 1'in a step') / dt"),
    Readout::new("diverged", "Out of its band by", 2)
        .help("How far the state was outside the band that theory promises, at most. From 1 on we call it diverged.")
        .basis("Over all steps of the solver so far."),
])
.presets(&[
    Preset::new("liquid", "Liquid")
        .look("Each filling is steep, each emptying slow: the input sets the neuron's pace."),
    Preset::new("stiff-euler", "Euler, half a second")
        .look("Watch where each step lands against the shaded band while the input is on.")
        .with(&[("solver", "euler"), ("dt", "0.5")]),
    Preset::new("big-steps", "Fused, a second")
        .look("Ten times the step: coarse, late, and still inside the band.")
        .with(&[("dt", "1")]),
    Preset::new("not-liquid", "Not liquid")
        .look("Without a gate the input says nothing: the state stays at zero, its time constant at τ.")
        .with(&[("w", "0")]),
    Preset::new("closed-form", "Closed form")
        .look("No steps, and no memory of the input's past: at each edge the curve jumps.")
        .with(&[("solver", "closed"), ("w", "1")]),
])
.challenges(&[Challenge::new(
    "escape",
    "Break Euler",
    "With Euler's method and a step of at most 0.25 s, drive the state at least 1 out of its band.",
    &[of("solver").is("euler"), of("diverged").at_least(1.0), of("dt").at_most(0.25)],
)
.solution(&[("solver", "euler"), ("dt", "0.25"), ("w", "10")], 120)])
.prediction(
    Prediction::new(
        "Euler's method takes steps of half a second. Theory keeps the state between 0 and 1. How far out of \
         that band will it go?",
        of("diverged"),
        &[
            Answer::at_most("It stays inside", 0.01),
            Answer::below("By less than 1", 1.0),
            Answer::beyond("By 1 or more"),
        ],
        "With the input on, each step turns the distance from rest around and makes it 1.4 times as long, \
         since half a second is beyond Euler's limit of 0.416 s. The fused step divides by the same pull and \
         cannot overshoot.",
    )
    .with(&[("solver", "euler"), ("dt", "0.5")])
    .settled_at(24),
);

struct CellLab {
    neuron: Neuron,
    solver: Solver,
    input: Input,
    dt: f64,
    /// The exact path, every [`FINE`] seconds.
    exact: Vec<f64>,
    /// The solver's path, every `dt` seconds.
    path: Vec<f64>,
    error: f64,
    outside: f64,
    taus: [f64; 2],
}

impl CellLab {
    fn new(values: &Values) -> Self {
        let neuron = Neuron {
            tau: values.real("tau"),
            target: values.real("a"),
            weight: values.real("w"),
            gain: values.real("gain"),
            midpoint: MIDPOINT,
        };
        let (solver, input) = (SOLVER.of(values), INPUT.of(values));
        let mut exact = vec![0.0];
        let mut x = 0.0;
        for k in 0..(WHOLE / FINE).round() as usize + 2_000 {
            let t = k as f64 * FINE;
            x = if solver == Solver::Closed {
                neuron.symmetrised(x, neuron.gate(input(t)), FINE)
            } else {
                neuron.runge_kutta(x, t, FINE, input)
            };
            exact.push(x);
        }
        let mut lab = Self {
            neuron,
            solver,
            input,
            dt: values.real("dt"),
            exact,
            path: Vec::new(),
            error: 0.0,
            outside: 0.0,
            taus: [f64::INFINITY, 0.0],
        };
        let first = if solver == Solver::Closed { neuron.closed_form(0.0, input(0.0), 0.0) } else { 0.0 };
        lab.arrive(first);
        lab
    }

    fn time(&self) -> f64 {
        (self.path.len() - 1) as f64 * self.dt
    }

    fn x(&self) -> f64 {
        self.path[self.path.len() - 1]
    }

    fn gate(&self) -> f64 {
        self.neuron.gate((self.input)(self.time()))
    }

    /// Where the equation itself is at a time.
    fn exact(&self, t: f64) -> f64 {
        let place = t / FINE;
        let k = (place.floor() as usize).min(self.exact.len() - 2);
        self.exact[k] + (place - k as f64) * (self.exact[k + 1] - self.exact[k])
    }

    /// Takes the next state of the solver, and all that is told about it.
    fn arrive(&mut self, x: f64) {
        self.path.push(x.clamp(-1e6, 1e6));
        let (t, x) = (self.time(), self.x());
        self.error = self.error.max((x - self.exact(t)).abs());
        let [low, high] = self.neuron.band();
        self.outside = self.outside.max(low - x).max(x - high);
        let tau = self.neuron.time_constant(self.gate());
        self.taus = [self.taus[0].min(tau), self.taus[1].max(tau)];
    }

    /// One step of the solver.
    fn solve(&mut self) {
        let (x, t, gate) = (self.x(), self.time(), self.gate());
        let next = match self.solver {
            Solver::Euler => self.neuron.euler(x, gate, self.dt),
            Solver::Fused => self.neuron.fused(x, gate, self.dt),
            Solver::RungeKutta => self.neuron.runge_kutta(x, t, self.dt, self.input),
            Solver::Closed => {
                let t = t + self.dt;
                self.neuron.closed_form(0.0, (self.input)(t), t)
            }
        };
        self.arrive(next);
    }

    fn has_diverged(&self) -> bool {
        self.outside >= 1.0
    }
}

impl Simulation for CellLab {
    fn step(&mut self) {
        let solved = (STRIDE / self.dt).round().max(1.0) as usize;
        for _ in 0..solved {
            if !self.finished() {
                self.solve();
            }
        }
    }

    fn readings(&self) -> Vec<Named> {
        vec![
            reading("max_err", self.error),
            reading("tau_min", self.taus[0]),
            reading("tau_max", self.taus[1]),
            reading("evals", self.solver.evaluations() / self.dt),
            reading("diverged", self.outside.max(0.0)),
        ]
    }

    fn figure(&self) -> Figure {
        let time = || Axis::linear("time", [0.0, WHOLE]).unit("s");
        let [low, high] = self.neuron.band();
        let end = self.time().min(WHOLE);
        let margin = 0.25 * (high - low).max(0.4);
        let reach = self.path.iter().fold([low - margin, high + margin], |[a, b], x| {
            [a.min(x.max(-FARTHEST)), b.max(x.min(FARTHEST))]
        });
        let path = self
            .path
            .iter()
            .enumerate()
            .map(|(k, x)| [(k as f64 * self.dt).min(WHOLE), x.clamp(-FARTHEST, FARTHEST)]);
        let every = (0..=240).map(|k| f64::from(k) * WHOLE / 240.0);
        let exact = every.clone().filter(|t| *t <= end + 1e-9).map(|t| [t, self.exact(t)]);
        let state = Panel::new(
            "state",
            "State x: what the solver says, and the exact path",
            time(),
            Axis::linear("", reach).grid(),
        )
        .height(250.0)
        .weight(2.6)
        .span("band", At::Y(low), high, Tone::Faint)
        .line("exact", "", exact, Tone::Ink, Stroke::Dashed)
        .line(
            "path",
            "",
            path,
            if self.has_diverged() { Tone::Bad } else { Tone::Accent },
            Stroke::Solid,
        );
        // The neuron as a pipe: what it holds, what flows in, what leaks out.
        let (x, gate) = (self.x().clamp(-FARTHEST, FARTHEST), self.gate());
        let [inflow, outflow] = [gate * self.neuron.target, -(1.0 / self.neuron.tau + gate) * x]
            .map(|flow| flow.clamp(-FARTHEST, FARTHEST));
        let bars = [
            Bar::new(0.0, 0.6, x, Tone::Accent),
            Bar::new(1.0, 0.6, inflow, Tone::Good),
            Bar::new(2.0, 0.6, outflow, Tone::Muted),
        ];
        let most = crate::lab::figure::round_up(
            bars.iter().map(|bar| bar.to.abs()).fold(self.neuron.weight * self.neuron.target.abs(), f64::max),
            2.0,
        );
        let pipe = Panel::new(
            "pipe",
            "Now",
            Axis::categories("", ["holds", "in", "out"]),
            Axis::linear("", [-most, most]).grid(),
        )
        .height(250.0)
        .bars("flows", bars);
        let input = every.clone().filter(|t| *t <= end + 1e-9).map(|t| [t, (self.input)(t)]);
        let seen = Panel::new("input", "Input I", time(), Axis::linear("", [-0.1, 1.1])).height(150.0).line(
            "seen",
            "",
            input,
            Tone::Ink,
            Stroke::Solid,
        );
        let taus = every
            .filter(|t| *t <= end + 1e-9)
            .map(|t| [t, self.neuron.time_constant(self.neuron.gate((self.input)(t)))]);
        let pace = Panel::new(
            "pace",
            "Effective time constant",
            time(),
            Axis::linear("", [0.0, crate::lab::figure::round_up(self.neuron.tau, 0.1)]).unit("s").grid(),
        )
        .height(150.0)
        .line("tau", "", taus, Tone::Series(1), Stroke::Solid);
        let alternative = format!(
            "After {:.1} s the state is {:.2}, where the equation is at {:.2}. The largest error is {:.3}; the \
             effective time constant went from {:.2} to {:.2} s.",
            self.time(),
            self.x(),
            self.exact(self.time()),
            self.error,
            self.taus[0],
            self.taus[1],
        );
        Figure::new(vec![vec![state, pipe], vec![seen, pace]], alternative)
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if self.has_diverged() {
            notes.push(format!(
                "Diverged: the state was {:.1} out of its band. What is beyond ±{FARTHEST} is drawn at the edge.",
                self.outside
            ));
        }
        if self.neuron.weight <= 0.0 {
            notes.push("w = 0: the gate never opens, and the neuron only leaks.".to_owned());
        }
        if self.solver == Solver::Closed {
            notes.push(
                "The closed form stands for dx/dt = −(1/τ + f)(x − A), which comes to rest at A: the dashed line \
                 is that equation's path."
                    .to_owned(),
            );
        }
        notes
    }

    fn finished(&self) -> bool {
        self.time() + 1e-9 >= WHOLE
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(changes: &[(&str, &str)]) -> CellLab {
        let mut lab = CellLab::new(&Values::with(SPEC.controls, changes));
        while !lab.finished() {
            lab.step();
        }
        lab
    }

    #[test]
    fn euler_under_steps_of_input_is_where_theory_says() {
        for (dt, low, high) in [("0.25", 0.0, 0.95), ("0.4", 0.0, 1.52), ("0.5", -2.30, 2.99)] {
            let lab = run(&[("solver", "euler"), ("dt", dt)]);
            let range = lab.path.iter().fold([0.0, 0.0], |[a, b]: [f64; 2], x| [a.min(*x), b.max(*x)]);
            assert!((range[0] - low).abs() < 0.02 && (range[1] - high).abs() < 0.02, "{dt}: {range:?}");
        }
    }

    #[test]
    fn the_fused_error_under_a_wave_grows_with_the_step() {
        let errors =
            ["0.05", "0.1", "0.25", "0.5", "1"].map(|dt| run(&[("input", "sine"), ("dt", dt)]).error);
        assert!(errors.windows(2).all(|pair| pair[0] < pair[1]), "{errors:?}");
        for (error, expected) in errors.into_iter().zip([0.035, 0.067, 0.14, 0.26, 0.29]) {
            assert!((error - expected).abs() < 0.1 * expected, "{error} against {expected}");
        }
    }

    #[test]
    fn the_exact_path_is_followed_by_a_good_solver() {
        assert!(run(&[("solver", "rk4"), ("dt", "0.01"), ("input", "sine")]).error < 1e-6);
        // Where the input jumps, a step that ends on the edge sees the input after it.
        assert!(run(&[("solver", "rk4"), ("dt", "0.01")]).error < 5e-3);
        assert!(run(&[("w", "0")]).path.iter().all(|x| *x == 0.0));
    }
}
