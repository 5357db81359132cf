//! Many random walks at once: their spread grows with the square root of time.

use crate::lab::figure::{Axis, Dot, Figure, Glyph, Panel, Shape, Stroke, Tone};
use crate::lab::{Control, Pace, Preset, Reading, Readout, Simulation, Spec, Values, page_text};
use crate::numerics::random::Stream;

pub static SPEC: Spec = Spec {
    id: "walk",
    title: "Walks without direction",
    summary: page_text("Each dot steps up or down at random. See how far the crowd spreads."),
    controls: &[
        Control::integer("n_walkers", "Walkers", 10, 200, 60).help("How many walks run at once."),
        Control::real("drift", "Drift", [-0.5, 0.5], 0.05, 0.0)
            .unit("per step")
            .help("What each step adds on average: without it, nobody gets anywhere on the whole.")
            .live(),
        Control::seed(1),
    ],
    readouts: &[
        Readout::new("spread", "Spread", 2).help("Root of the mean squared distance from the start."),
        Readout::new("mean", "Mean position", 2).help("Mean over all walkers."),
    ],
    presets: &[Preset {
        id: "with-drift",
        label: "A little drift",
        look: page_text(
            "The crowd as a whole leaves: drift grows with time, chance only with its square root.",
        ),
        values: &[("drift", "0.3")],
    }],
    challenges: &[],
    prediction: None,
    pace: Pace::new(20.0, 40, "step"),
    build: |values| Box::new(Walk::new(values)),
};

struct Walk {
    noise: Stream,
    drift: f64,
    time: u64,
    places: Vec<f64>,
}

impl Walk {
    fn new(values: &Values) -> Self {
        Self {
            noise: Stream::new(values.seed(), "noise"),
            drift: values.real("drift"),
            time: 0,
            places: vec![0.0; values.integer("n_walkers")],
        }
    }

    fn mean_of(&self, f: impl Fn(f64) -> f64) -> f64 {
        self.places.iter().map(|&x| f(x)).sum::<f64>() / self.places.len() as f64
    }

    fn spread(&self) -> f64 {
        self.mean_of(|x| x * x).sqrt()
    }
}

impl Simulation for Walk {
    fn step(&mut self) {
        for place in &mut self.places {
            *place += self.drift + if self.noise.chance(0.5) { 1.0 } else { -1.0 };
        }
        self.time += 1;
    }

    fn set(&mut self, values: &Values) {
        self.drift = values.real("drift");
    }

    fn readings(&self) -> Vec<Reading> {
        vec![self.spread().into(), self.mean_of(|x| x).into()]
    }

    fn figure(&self) -> Figure {
        let n = self.places.len() as f64;
        let dots = (self.places.iter().enumerate())
            .map(|(i, &place)| Dot {
                at: [i as f64, place],
                tone: Tone::Series(0),
                glyph: Glyph::Circle,
                filled: true,
            })
            .collect();
        // The walk ends after 400 steps: three standard deviations of chance, and all of the drift.
        let reach = 60.0 + 400.0 * self.drift.abs();
        let panel = Panel::new(
            "crowd",
            "",
            Axis::linear("Walker", [-1.0, n]),
            Axis::linear("Distance from the start", [-reach, reach]).grid(),
        )
        .height(320.0)
        .mark(
            "expected",
            "√steps",
            Shape::Line {
                points: [-1.0, n].map(|x| [x, (self.time as f64).sqrt()]).to_vec(),
                tone: Tone::Accent,
                stroke: Stroke::Dashed,
            },
        )
        .mark("walkers", "", Shape::Dots { dots, radius: 3.0 });
        let alternative = format!(
            "{} walkers after {} steps. Their spread is {:.1}; without drift, the square root of the number \
             of steps, {:.1}, is expected.",
            self.places.len(),
            self.time,
            self.spread(),
            (self.time as f64).sqrt()
        );
        Figure::row(vec![panel], alternative)
    }

    fn finished(&self) -> bool {
        self.time >= 400
    }
}
