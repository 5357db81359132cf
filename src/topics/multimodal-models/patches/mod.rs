//! `patches`: a picture is cut up, and two words look for the piece that they name.

mod figure;
#[cfg(test)]
mod tests;

use crate::lab::schema::drawing::Ink;
use crate::lab::{Choice, Control, Figure, Named, Pace, Preset, Readout, Simulation, Spec, Values, reading};
use crate::models::patch_attention::{Attention, Cut, Form, Question, SIDE, Scene, features};
use crate::numerics::matrix::Matrix;
use crate::numerics::random::Stream;

const INKS: &[Ink] = &[
    Ink { name: "paper", colour: [253, 252, 249] },
    Ink { name: "red", colour: [200, 50, 30] },
    Ink { name: "green", colour: [0, 128, 94] },
    Ink { name: "blue", colour: [0, 90, 190] },
];

/// Two red bars, a blue and a green one.
const DRAWN: &str = "...00011100000001111111.00011100000001111111.00011100000001111111.000111.000111.000111.0\
    00111..00000000000000000333.00000000000000000333.00000000000000000333.000000000000000003\
    33.00000000000000000333.00000000000000000333.00002222222000000333.00002222222.0000222222\
    2";

static SIZE: Choice<usize, 6> = Choice::new(
    "patch",
    "Patch p",
    [
        ("2", "2 px", 0),
        ("3", "3 px", 1),
        ("4", "4 px", 2),
        ("6", "6 px", 3),
        ("8", "8 px", 4),
        ("12", "12 px", 5),
    ],
);

static COLOUR: Choice<u8, 3> =
    Choice::new("word1", "First word", [("red", "red", 1), ("green", "green", 2), ("blue", "blue", 3)]);

static FORM: Choice<Form, 3> = Choice::new(
    "word2",
    "Second word",
    [("tall", "tall", Form::Tall), ("wide", "wide", Form::Wide), ("any", "any", Form::Any)],
);

pub static SPEC: Spec = Spec::new(
    "patches",
    "Cut it up and look",
    "A picture of 24 × 24 pixels is cut into square patches, and two words say what to look for. Draw bars of \
     your own, ask for another one, and change the size of the patches.",
    Pace::new(60.0, 40, "ten scenes").promised(150),
    |values| Box::new(Patches::new(values)),
)
.controls(&[
    Control::drawing("sketch", "Picture", [SIDE, SIDE], 2)
        .inks(INKS)
        .drawn(DRAWN)
        .help("Bars of 3 × 7 and 7 × 3 pixels are what it has learned to look for; draw what you like.")
        .live(),
    COLOUR.control().help("The colour of what is looked for.").live(),
    FORM.control().help("Its form: a bar of 3 × 7, of 7 × 3, or either.").live(),
    SIZE.control().default_option(2).help("Side of a patch: the smaller, the more tokens.").live(),
    Control::integer("trained", "Scenes seen", 0, 1500, 1500)
        .step(10)
        .help("Random pictures of four bars that the words are trained on, at the most."),
    Control::seed(1).secondary(),
])
.readouts(&[
    Readout::new("tokens", "Tokens n", 0).help("Patches of the picture: (24/p)².")
        .formula("(24 / patch) ^ 2"),
    Readout::new("pairs", "Token pairs", 0).help("What attention of every patch to every patch would cost: n².")
        .formula("tokens ^ 2"),
    Readout::new("hit", "Hits", 0)
        .unit("%")
        .basis("Of 60 new scenes, those where the patch that is looked at most has a pixel of what was asked for."),
    Readout::new("luck", "Hits by luck", 0)
        .unit("%")
        .help("The same for a patch that is taken at random: it has nothing to do with training.")
        .basis("Of 60 new scenes."),
    Readout::new("mass", "On target", 2).help(
        "Share of the attention that lies on pixels of what was asked for, if a patch spreads its own evenly.",
    )
        .basis("Mean over 60 new scenes."),
    Readout::new("most", "On target at most", 2)
        .help("The same if all of the attention lay on the best patch: a large patch has other pixels, too.")
        .basis("Mean over 60 new scenes."),
])
.presets(&[
    Preset::new("needle", "Needle")
        .look(
            "144 tokens of 2 × 2 pixels: [65 %](run:?patch=2&at=150&seeds=1..5#mean:mass) of the attention.",
        )
        .with(&[("patch", "2")]),
    Preset::new("sweet-spot", "Sweet spot").look("36 tokens: it hits, and still says where."),
    Preset::new("blurred", "Blurred")
        .look(
            "Four tokens: the right quarter of the picture, and no more than that. A quarter taken at random \
             has a pixel of the bar in [50 %](run:?patch=12&at=150&seeds=1..5#mean:luck) of the scenes.",
        )
        .with(&[("patch", "12")]),
]);

/// Sides of a patch, px.
const SIZES: [usize; 6] = [2, 3, 4, 6, 8, 12];

/// Scenes in a step, and those that nothing is trained on.
const A_STEP: usize = 10;
const UNSEEN: usize = 60;

struct Patches {
    sketch: Vec<u8>,
    question: Question,
    /// Place of the size in [`SIZES`].
    size: usize,
    /// Scenes to see, and seen.
    scenes: usize,
    seen: usize,
    data: Stream,
    learners: Vec<Attention>,
    unseen: [Vec<Cut>; SIZES.len()],
    /// For each size the share of hits and of attention on target.
    judged: [[f64; 2]; SIZES.len()],
    /// F of the picture.
    features: Matrix,
}

impl Patches {
    fn new(values: &Values) -> Self {
        let seed = values.seed();
        let mut test = Stream::new(seed, "test");
        let scenes: Vec<Scene> = (0..UNSEEN).map(|_| Scene::draw(&mut test)).collect();
        let start = |_: usize| Attention::new(&mut Stream::new(seed, "initialisation"));
        let mut this = Self {
            sketch: Vec::new(),
            question: Question { ink: 1, form: Form::Tall },
            size: 0,
            scenes: values.integer("trained"),
            seen: 0,
            data: Stream::new(seed, "data"),
            learners: (0..SIZES.len()).map(start).collect(),
            unseen: SIZES.map(|p| scenes.iter().map(|scene| Cut::new(scene, p)).collect()),
            judged: [[0.0; 2]; SIZES.len()],
            features: Matrix::zeros(0, 0),
        };
        this.judge();
        this.set(values);
        this
    }

    fn judge(&mut self) {
        for (k, learner) in self.learners.iter().enumerate() {
            let all = self.unseen[k].iter().map(|cut| learner.judged(cut));
            let [hits, mass] =
                all.fold([0.0; 2], |sum, (hit, mass)| [sum[0] + f64::from(u8::from(hit)), sum[1] + mass]);
            self.judged[k] = [hits, mass].map(|sum| sum / UNSEEN as f64);
        }
    }

    fn attention(&self) -> Vec<f64> {
        self.learners[self.size].attend(&self.features, self.question)
    }

    /// Mean over the unseen scenes, cut as it is chosen.
    fn mean_unseen(&self, of: impl Fn(&Cut) -> f64) -> f64 {
        self.unseen[self.size].iter().map(of).sum::<f64>() / UNSEEN as f64
    }

    /// Patches along a side.
    fn across(&self) -> usize {
        SIDE / SIZES[self.size]
    }

    fn blank(&self) -> bool {
        self.sketch.iter().all(|ink| *ink == 0)
    }
}

impl Simulation for Patches {
    fn step(&mut self) {
        for _ in 0..A_STEP.min(self.scenes - self.seen) {
            let scene = Scene::draw(&mut self.data);
            for (learner, p) in self.learners.iter_mut().zip(SIZES) {
                learner.step(&Cut::new(&scene, p));
            }
            self.seen += 1;
        }
        self.judge();
    }

    fn set(&mut self, values: &Values) {
        self.sketch = values.drawing("sketch").to_vec();
        self.question = Question { ink: COLOUR.of(values), form: FORM.of(values) };
        self.size = SIZE.of(values);
        self.features = features(&self.sketch, SIZES[self.size]);
    }

    fn readings(&self) -> Vec<Named> {
        let tokens = self.across() * self.across();
        let [hits, mass] = self.judged[self.size];
        vec![
            reading("tokens", tokens),
            reading("pairs", tokens * tokens),
            reading("hit", 100.0 * hits),
            reading("luck", 100.0 * self.mean_unseen(Cut::luck)),
            reading("mass", mass),
            reading("most", self.mean_unseen(Cut::most)),
        ]
    }

    fn figure(&self) -> Figure {
        figure::draw(self)
    }

    fn describe(&self, mark: &str, index: usize) -> Option<String> {
        figure::describe(self, mark, index)
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if self.blank() {
            notes
                .push("Nothing is drawn: all patches look alike, and attention is spread evenly.".to_owned());
        } else if !self.sketch.contains(&self.question.ink) {
            let name = INKS[usize::from(self.question.ink)].name;
            notes.push(format!("Nothing {name} is drawn: attention must lie somewhere, since it sums to 1."));
        }
        if self.scenes == 0 {
            notes.push("No scene is seen: the words are as they began, at random.".to_owned());
        }
        notes
    }

    fn finished(&self) -> bool {
        self.seen >= self.scenes
    }
}
