//! `dream`: an eye that keeps a few numbers of a pendulum's picture, and a dreamer that imagines the next ones.

mod figure;
#[cfg(test)]
mod tests;

use crate::lab::figure::Figure;
use crate::lab::schema::readout::format_number;
use crate::lab::{
    Answer, Challenge, Choice, Control, Named, Pace, Prediction, Preset, Readout, Simulation, Spec, Values,
    of, reading,
};
use crate::models::dream::{
    Dreamer, Dreamt, Dynamics, Eye, FARTHEST, FRAMES, Frame, Lessons, Verdict, film, films, judge, photograph,
};
use crate::numerics::random::Stream;
use std::cell::OnceCell;

static DYNAMICS: Choice<Dynamics, 2> = Choice::new(
    "dynamics",
    "Dreamer",
    [("quadratic", "quadratic", Dynamics::Quadratic), ("linear", "linear", Dynamics::Linear)],
);

pub static SPEC: Spec = Spec::new(
    "dream",
    "A machine that dreams",
    "A pendulum swings; a learner sees two frames and imagines the rest with a few numbers a frame. Beside it \
     hangs a photograph. Watch when truth and dream part.",
    Pace::new(10.0, 110, "frame"),
    |values| Box::new(Dream::new(values)),
)
.controls(&[
    Control::integer("k", "Numbers per frame", 1, 12, 12)
        .help("What the eye keeps of 144 pixels: so many principal components."),
    Control::logarithmic("ridge", "Ridge r", [1e-8, 1e-2], 1e-5)
        .help("Damps the dreamer's weights: more of it, and it follows its lessons less closely.")
        .live(),
    DYNAMICS.control().help("Whether the next code may depend on products of two numbers."),
    Control::integer("episodes", "Swings learned from", 2, 60, 30)
        .help("Films of 60 frames each; the dreamer learns them while you watch."),
    Control::integer("horizon", "Steps ahead", 5, 20, 20)
        .help("How far a dream goes before a new swing begins.")
        .live(),
    Control::seed(1),
])
.readouts(&[
    Readout::new("explained", "Picture kept", 3)
        .help("Share of the frames' variance that the eye's numbers hold.")
        .basis("Over all frames of all swings of this run; the eye has them from the beginning."),
    Readout::new("onestep", "Off, next frame", 3)
        .unit("px")
        .basis("Mean distance of the brightest pixels one step ahead, all along 60 films that were not learned from; anew after 2, 5, 10, 20, 30, 60 and all swings."),
    Readout::new("err5", "Off, 5 ahead", 2).unit("px").help("The same after five steps of its own imagination.")
        .basis("Mean over 60 films that were not learned from."),
    Readout::new("err10", "Off, 10 ahead", 2).unit("px").help("The same after ten steps.")
        .basis("Mean over 60 films that were not learned from."),
    Readout::new("err20", "Off, 20 ahead", 2).unit("px").help("The same after twenty steps.")
        .basis("Mean over 60 films that were not learned from."),
    Readout::new("photo10", "Photo, 10 ahead", 2)
        .unit("px")
        .help("What a photograph of the last true frame is off after ten steps.")
        .basis("Mean over 60 films that were not learned from."),
    Readout::new("clamped", "Stopped", 0)
        .unit("%")
        .help("Dreamt codes that ran away and were stopped at six standard deviations of the first number.")
        .basis("Of 1,200 dreamt codes: 20 steps in each of 60 films that were not learned from."),
])
.presets(&[
    Preset::new("photographic", "Photographic")
        .look("The next frame is all but perfect, and the dream goes astray within ten."),
    Preset::new("steady", "Steady")
        .look("Ten times the damping: the next frame is worse, the tenth far better.")
        .with(&[("ridge", "1e-4")]),
    Preset::new("six", "Six numbers")
        .look("A blurred eye, and a longer dream than that of twelve numbers with this little damping.")
        .with(&[("k", "6")]),
    Preset::new("overfit", "Overfit")
        .look("The best next frame of all, and the worst tenth.")
        .with(&[("ridge", "1e-7")]),
    Preset::new("damped", "Too damped")
        .look("So much damping that it no longer follows the swing.")
        .with(&[("ridge", "0.01")]),
    Preset::new("coarse", "Too coarse")
        .look("One number says left or right, and nothing else.")
        .with(&[("k", "1")]),
    Preset::new("little-data", "Barely any data")
        .look("Two swings and hundreds of weights: more knobs than data.")
        .with(&[("episodes", "2")]),
])
.challenges(&[Challenge::new(
    "repair",
    "Repair the dream",
    "Keep at least ten numbers per frame, and be at most 1.6 pixels off ten steps ahead.",
    &[of("k").at_least(10.0), of("err10").at_most(1.6), of("step").at_least(40.0)],
)
.solution(&[("ridge", "3e-5")], 60)])
.prediction(
    Prediction::new(
        "Damp the dreamer ten times more, and it is worse at the next frame. How far off is it ten frames ahead?",
        of("err10"),
        &[
            Answer::below("less than half a pixel", 0.5),
            Answer::below("one pixel or two, much less than now", 2.0),
            Answer::beyond("as far as now, or farther"),
        ],
        "Its little errors are its next input, and products with large weights multiply them. Smaller weights \
         follow the next frame less closely and multiply less.",
    )
    .with(&[("ridge", "1e-4")])
    .settled_at(60),
);

/// After so many swings it is worth fitting anew.
const MILESTONES: [usize; 6] = [2, 5, 10, 20, 30, 60];

/// Products of features that are summed in one frame: a few milliseconds.
const BUDGET: usize = 2_400_000;

/// Films on which the dreamer is tested.
const TESTS: usize = 60;

/// Frames for which the end of a dream stays.
const HOLD: usize = 5;

struct Dream {
    ridge: f64,
    horizon: usize,
    episodes: usize,
    eye: Eye,
    /// The codes of the swings to learn from.
    codes: Vec<Vec<Vec<f64>>>,
    lessons: Lessons,
    features: usize,
    /// The swing that is being learned, and how many of its windows were taken.
    learning: (usize, usize),
    /// Swings behind the present weights.
    fitted: usize,
    dreamer: Dreamer,
    tests: Vec<Vec<Frame>>,
    photo: [f64; FARTHEST],
    /// Of the present weights, where somebody has asked for it.
    verdict: OnceCell<Verdict>,
    shows: Stream,
    show: Vec<Frame>,
    dreamt: Vec<Dreamt>,
    /// Steps ahead in the present show, and beyond its end.
    now: usize,
}

impl Dream {
    fn new(values: &Values) -> Self {
        let (k, dynamics, seed) = (values.integer("k"), DYNAMICS.of(values), values.seed());
        let mut starts = Stream::new(seed, "episodes");
        let swings: Vec<Vec<Frame>> =
            (0..values.integer("episodes")).map(|_| film(&mut starts, FRAMES)).collect();
        let eye = Eye::new(&swings.concat(), k);
        let codes: Vec<Vec<Vec<f64>>> =
            swings.iter().map(|swing| swing.iter().map(|frame| eye.encode(frame)).collect()).collect();
        let mut lessons = Lessons::new(dynamics, k);
        codes.iter().take(MILESTONES[0]).for_each(|swing| lessons.absorb(swing));
        let dreamer = lessons.learned(values.real("ridge"));
        let tests = films(seed, TESTS);
        let mut dream = Self {
            ridge: values.real("ridge"),
            horizon: values.integer("horizon"),
            episodes: swings.len(),
            verdict: OnceCell::new(),
            eye,
            codes,
            lessons,
            features: dynamics.features(k),
            learning: (MILESTONES[0], 0),
            fitted: MILESTONES[0],
            dreamer,
            photo: photograph(&tests),
            tests,
            shows: Stream::new(seed, "shows"),
            show: Vec::new(),
            dreamt: Vec::new(),
            now: 0,
        };
        dream.begin();
        dream
    }

    /// A new swing to be shown.
    fn begin(&mut self) {
        self.show = film(&mut self.shows, FARTHEST + 2);
        self.now = 0;
        self.redream();
    }

    fn verdict(&self) -> &Verdict {
        self.verdict.get_or_init(|| judge(&self.eye, &self.dreamer, &self.tests))
    }

    fn redream(&mut self) {
        let [before, last] = [0, 1].map(|i| self.eye.encode(&self.show[i]));
        self.dreamt = self.dreamer.dream(&before, &last, FARTHEST);
    }

    fn refit(&mut self) {
        self.dreamer = self.lessons.learned(self.ridge);
        self.verdict = OnceCell::new();
        self.redream();
    }

    /// Takes in as many windows as a frame has time for, and fits anew at each milestone.
    fn learn(&mut self) {
        let mut left = (2 * BUDGET / (self.features * self.features)).clamp(4, 10 * FRAMES);
        while left > 0 && self.learning.0 < self.episodes {
            let (swing, from) = self.learning;
            let count = left.min(FRAMES - 2 - from);
            self.lessons.absorb(&self.codes[swing][from..from + count + 2]);
            left -= count;
            self.learning = if from + count == FRAMES - 2 { (swing + 1, 0) } else { (swing, from + count) };
            let done = self.learning.0;
            if done > swing && (MILESTONES.contains(&done) || done == self.episodes) {
                self.fitted = done;
                self.refit();
            }
        }
    }

    /// Steps ahead that are shown: the end of a dream stays for a while.
    fn ahead(&self) -> usize {
        self.now.min(self.horizon)
    }
}

impl Simulation for Dream {
    fn step(&mut self) {
        self.learn();
        self.now += 1;
        if self.now >= self.horizon + HOLD {
            self.begin();
        }
    }

    fn set(&mut self, values: &Values) {
        self.horizon = values.integer("horizon");
        if self.ridge.to_bits() != values.real("ridge").to_bits() {
            self.ridge = values.real("ridge");
            // What was taken in beyond the last milestone waits for the next one, as ever.
            if self.learning.1 == 0 && self.learning.0 == self.fitted {
                self.refit();
            } else {
                let mut lessons = Lessons::new(DYNAMICS.of(values), self.eye.width());
                self.codes.iter().take(self.fitted).for_each(|swing| lessons.absorb(swing));
                std::mem::swap(&mut self.lessons, &mut lessons);
                self.refit();
                self.lessons = lessons;
            }
        }
    }

    fn readings(&self) -> Vec<Named> {
        let off = |steps: usize| self.verdict().off[steps - 1];
        vec![
            reading("explained", self.eye.explained),
            reading("onestep", self.verdict().next),
            reading("err5", off(5)),
            reading("err10", off(10)),
            reading("err20", off(20)),
            reading("photo10", self.photo[9]),
            reading("clamped", 100.0 * self.verdict().clamped),
        ]
    }

    fn figure(&self) -> Figure {
        self.draw()
    }

    fn describe(&self, mark: &str, index: usize) -> Option<String> {
        self.pixel(mark, index)
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if self.fitted < self.episodes {
            notes.push(format!(
                "The dreamer has learned from {} of {} swings so far.",
                self.fitted, self.episodes
            ));
        }
        let lessons = self.fitted * (FRAMES - 2);
        if lessons < self.features {
            notes.push(format!(
                "More knobs than data: {} weights for each number, and {lessons} frames to learn them from.",
                self.features
            ));
        }
        if self.verdict().clamped > 0.2 {
            notes.push(format!(
                "{} % of the dreamt codes ran away and were stopped at six standard deviations of the first number.",
                format_number(100.0 * self.verdict().clamped, 0)
            ));
        }
        notes
    }
}
