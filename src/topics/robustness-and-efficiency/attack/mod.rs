//! `attack`: a classifier of small digits, and the worst change that a picture may have at a given size.

mod figure;
mod spec;
#[cfg(test)]
mod tests;

pub use spec::SPEC;

use crate::lab::figure::series::Series;
use crate::lab::{Figure, Named, Simulation, Values, reading};
use crate::models::adversarial::{Attack, Classifier, INK, Learner, PAPER, PIXELS, Pictures};
use crate::numerics::elementary::softmax;
use crate::numerics::matrix::Matrix;
use crate::numerics::random::Stream;
use crate::numerics::statistics::place_of_largest;
use std::cell::OnceCell;

/// Steps from one test to the next, and after all of them nothing is learned.
const TEST_EVERY: u64 = 50;
const LAST: u64 = 1500;

/// New pictures that readings are about, and those of them that the curves are about.
const TESTED: usize = 200;
const CURVED: usize = 100;

/// Sizes of a change along the curves.
const SIZES: [f64; 7] = [0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3];

/// A picture, changed by lot and by the attack.
struct View {
    x: Matrix,
    /// What it is; of a drawing, what the network reads.
    class: usize,
    lot: Matrix,
    attacked: Matrix,
    /// Slope of the loss at each pixel of x.
    slope: Matrix,
}

/// Right by the size of the change.
struct Curves {
    lot: Vec<[f64; 2]>,
    fgsm: Vec<[f64; 2]>,
    pgd: Vec<[f64; 2]>,
}

pub(super) struct Live {
    seed: u64,
    learner: Learner,
    step: u64,
    trained_on: f64,
    /// The network as it was last tested.
    tested: Classifier,
    pictures: Pictures,
    few: Pictures,
    method: Attack,
    epsilon: f64,
    /// A digit, or 10 for what the reader drew.
    shown: usize,
    sketch: Vec<f64>,
    /// Right as they are and when attacked, test after test while the attack stays.
    course: Series<1>,
    // What follows is worked out when somebody asks.
    right: OnceCell<[f64; 2]>,
    curves: OnceCell<Curves>,
    view: OnceCell<View>,
}

impl Live {
    fn new(values: &Values) -> Self {
        let seed = values.seed();
        let trained_on = values.real("adv_eps");
        let learner = Learner::new(seed, trained_on);
        let pictures = Pictures::in_turn(TESTED, &mut Stream::new(seed, "test data"));
        let few = Pictures {
            x: Matrix::from_fn(CURVED, PIXELS, |n, i| pictures.x[(n, i)]),
            class: pictures.class[..CURVED].to_vec(),
        };
        let mut live = Self {
            seed,
            tested: learner.classifier.clone(),
            learner,
            step: 0,
            trained_on,
            pictures,
            few,
            method: Attack::None,
            epsilon: 0.0,
            shown: 0,
            sketch: Vec::new(),
            course: Series::every(TEST_EVERY),
            right: OnceCell::new(),
            curves: OnceCell::new(),
            view: OnceCell::new(),
        };
        live.set(values);
        live.note();
        live
    }

    /// How many of the pictures are right at this moment of training, as they are.
    fn note(&mut self) {
        self.course.push(self.step, [self.tested.accuracy(&self.few.x, &self.few.class)]);
    }

    fn forget(&mut self) {
        self.right = OnceCell::new();
        self.curves = OnceCell::new();
        self.view = OnceCell::new();
    }

    /// The share of pictures that stay right under an attack.
    fn share(&self, pictures: &Pictures, attack: Attack, epsilon: f64) -> f64 {
        let Pictures { x, class } = pictures;
        let mut lot = Stream::new(self.seed, "probe");
        self.tested.accuracy(&self.tested.attacked(x, class, attack, epsilon, &mut lot), class)
    }

    fn right(&self) -> [f64; 2] {
        *self.right.get_or_init(|| {
            [(Attack::None, 0.0), (self.method, self.epsilon)]
                .map(|(attack, epsilon)| self.share(&self.pictures, attack, epsilon))
        })
    }

    fn curves(&self) -> &Curves {
        self.curves.get_or_init(|| {
            let along = |attack| SIZES.map(|size| [size, self.share(&self.few, attack, size)]).to_vec();
            let slopes = matches!(self.method, Attack::Fgsm | Attack::Pgd(_));
            Curves {
                lot: along(Attack::Random),
                fgsm: if slopes { along(Attack::Fgsm) } else { Vec::new() },
                pgd: if matches!(self.method, Attack::Pgd(_)) { along(self.method) } else { Vec::new() },
            }
        })
    }

    fn drawn(&self) -> bool {
        self.shown == spec::DRAWN
    }

    fn view(&self) -> &View {
        self.view.get_or_init(|| {
            let x = if self.drawn() {
                self.sketch.iter().map(|shade| PAPER + (INK - PAPER) * shade).collect()
            } else {
                self.pictures.x.row(self.shown).to_vec()
            };
            let x = Matrix::from_vec(1, PIXELS, x);
            let class = if self.drawn() { self.tested.classes(&x)[0] } else { self.shown };
            let changed = |attack| {
                let mut lot = Stream::new(self.seed, "shown");
                self.tested.attacked(&x, &[class], attack, self.epsilon, &mut lot)
            };
            let (lot, attacked) = (changed(Attack::Random), changed(self.method));
            let (_, slope) = self.tested.slopes(&x, &[class]);
            View { class, lot, attacked, slope, x }
        })
    }

    /// Whether the attack follows the slope.
    fn follows(&self) -> bool {
        matches!(self.method, Attack::Fgsm | Attack::Pgd(_))
    }

    /// The class that a picture is read as, and the chance of each.
    fn read(&self, x: &Matrix) -> (usize, Vec<f64>) {
        let mut out = self.tested.logits(x).row(0).to_vec();
        softmax(&mut out);
        (place_of_largest(&out), out)
    }

    /// By how much the output of the class leads the best other one.
    fn lead(&self, x: &Matrix) -> f64 {
        let class = self.view().class;
        let out = self.tested.logits(x);
        let others = out.row(0).iter().enumerate().filter(|(k, _)| *k != class);
        out[(0, class)] - others.map(|(_, z)| *z).fold(f64::NEG_INFINITY, f64::max)
    }
}

impl Simulation for Live {
    fn step(&mut self) {
        if self.finished() {
            return;
        }
        self.learner.step();
        self.step += 1;
        if self.step.is_multiple_of(TEST_EVERY) {
            self.tested = self.learner.classifier.clone();
            self.forget();
            self.note();
        }
    }

    fn set(&mut self, values: &Values) {
        let method = match spec::METHOD.of(values) {
            Attack::Pgd(_) => Attack::Pgd(values.integer("steps")),
            other => other,
        };
        // The curves have all sizes already.
        let curves = (method == self.method).then(|| std::mem::take(&mut self.curves));
        self.method = method;
        self.epsilon = values.real("eps");
        self.shown = spec::SHOWN.of(values);
        self.sketch = spec::shades(values);
        self.forget();
        self.curves = curves.unwrap_or_default();
    }

    fn readings(&self) -> Vec<Named> {
        let [clean, robust] = self.right();
        let view = self.view();
        let moved = view.attacked.as_slice().iter().zip(view.x.as_slice());
        vec![
            reading("clean", clean),
            reading("robust", robust),
            reading("linf", moved.map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)),
            reading("fooled_as", self.read(&view.attacked).0),
        ]
    }

    fn figure(&self) -> Figure {
        figure::draw(self)
    }

    fn describe(&self, mark: &str, index: usize) -> Option<String> {
        figure::describe(self, mark, index)
    }

    fn notes(&self) -> Vec<String> {
        let view = self.view();
        let mut notes = Vec::new();
        if self.follows() && self.epsilon == 0.0 {
            notes.push("With a size of 0 there is no attack: the picture stays as it is.".to_owned());
        }
        if self.follows() && view.slope.as_slice().iter().all(|g| *g == 0.0) {
            notes.push(
                "The slope is zero at every pixel of this picture: an attack that follows it stays where it is."
                    .to_owned(),
            );
        }
        if self.drawn() {
            notes.push(format!(
                "Nobody says what you drew: it is attacked as the {} that the network reads.",
                view.class
            ));
        }
        notes
    }

    fn finished(&self) -> bool {
        self.step >= LAST
    }
}
