//! A simulation: values in; readings and a figure out.

use super::condition::Clause;
use super::control::Control;
use super::figure::Figure;
use super::readout::{Reading, Readout};
use super::values::Values;

/// A running mechanism. It owns its random streams and is a function of its values, its seed and
/// the number of steps made: equal ones give equal readings, bit for bit, on every machine.
pub trait Simulation {
    /// Advances the mechanism by one step of its own time. A step is short (well under 8 ms): the
    /// runner fits as many as the frame has room for.
    fn step(&mut self);

    /// Takes a change of controls that are declared [`Control::live`]. Restarting is the runner's
    /// business; a simulation without live controls keeps this empty body.
    fn set(&mut self, _values: &Values) {}

    /// One reading for each readout of the [`Spec`], in its order.
    fn readings(&self) -> Vec<Reading>;

    /// What there is to see now.
    fn figure(&self) -> Figure;

    /// What the item `index` of a mark is, with its value and unit, for a reader who points at it:
    /// "w[3, 7] = −0.42". Cells count row by row; boxes, bars, dots and links in their order. With
    /// `None` the figure answers from its axes; cells hold only a colour, so a matrix that is drawn
    /// should answer here.
    fn describe(&self, _mark: &str, _index: usize) -> Option<String> {
        None
    }

    /// What the model has to say in words: a clamp, an overflow, a degenerate case.
    fn notes(&self) -> Vec<String> {
        Vec::new()
    }

    /// True when no further step changes anything; the runner pauses then.
    fn finished(&self) -> bool {
        false
    }
}

/// The declaration of a simulation.
pub struct Spec {
    /// Name in addresses: `<slug>/<id>`.
    pub id: &'static str,
    pub title: &'static str,
    /// One or two sentences: what there is to see and to do. Read first by a screen reader.
    pub summary: &'static str,
    pub controls: &'static [Control],
    pub readouts: &'static [Readout],
    pub presets: &'static [Preset],
    pub challenges: &'static [Challenge],
    pub prediction: Option<Prediction>,
    pub pace: Pace,
    pub build: fn(&Values) -> Box<dyn Simulation>,
}

/// How fast a simulation runs, and where it stands when a page opens.
#[derive(Clone, Copy, Debug)]
pub struct Pace {
    /// Steps a second at normal speed; as many as the frame's budget allows, if that is fewer.
    pub steps_per_second: f64,
    /// Steps made before the first picture: that picture is what the static page shows.
    pub opening: u64,
    /// What one step is, in the singular: "training step", "tile".
    pub unit: &'static str,
    /// Steps after which the defaults show what the article promises; `cargo xtask measure` says
    /// how long a reader waits for it. The opening, where the picture stands at once.
    pub promised: u64,
}

/// A named setting with a sentence on what to look at.
#[derive(Clone, Copy, Debug)]
pub struct Preset {
    pub id: &'static str,
    pub label: &'static str,
    /// What to look at.
    pub look: &'static str,
    /// Changes against the defaults, as `(control id, text)`.
    pub values: &'static [(&'static str, &'static str)],
}

/// Something for the reader to achieve.
#[derive(Clone, Copy, Debug)]
pub struct Challenge {
    pub id: &'static str,
    pub title: &'static str,
    /// The task, in a sentence or two.
    pub task: &'static str,
    /// All must hold.
    pub solved: &'static [Clause],
    /// Values that solve it after `solution_steps` steps; a test keeps this true.
    pub solution: &'static [(&'static str, &'static str)],
    pub solution_steps: u64,
}

/// "Place your bet, then run": the run itself decides which option is right.
#[derive(Clone, Copy, Debug)]
pub struct Prediction {
    pub question: &'static str,
    /// Changes against the defaults that the bet is about.
    pub values: &'static [(&'static str, &'static str)],
    /// The step at which the run has decided.
    pub settled_at: u64,
    pub options: &'static [Outcome],
    /// Why, told after the run.
    pub because: &'static str,
}

/// A possible answer of a prediction with the condition under which it is right. At the settled
/// step exactly one option's condition holds.
#[derive(Clone, Copy, Debug)]
pub struct Outcome {
    pub label: &'static str,
    pub holds: &'static [Clause],
}

impl Spec {
    /// The values of a fresh page.
    #[must_use]
    pub fn defaults(&self) -> Values {
        Values::defaults(self.controls)
    }

    /// Position of a readout.
    #[must_use]
    pub fn readout(&self, id: &str) -> Option<usize> {
        self.readouts.iter().position(|r| r.id == id)
    }
}

impl Pace {
    #[must_use]
    pub const fn new(steps_per_second: f64, opening: u64, unit: &'static str) -> Self {
        Self { steps_per_second, opening, unit, promised: opening }
    }

    /// With the step at which the defaults show what the article promises.
    #[must_use]
    pub const fn promised(mut self, step: u64) -> Self {
        self.promised = step;
        self
    }
}
