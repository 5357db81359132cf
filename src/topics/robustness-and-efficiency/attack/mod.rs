//! `attack`: a classifier of small digits, and the worst change that a picture may have at a given size.

mod figure;
mod spec;
#[cfg(test)]
mod tests;

pub use spec::SPEC;

use crate::lab::figure::series::Series;
use crate::lab::{Figure, Named, Simulation, Values, reading};
use crate::models::adversarial::{Attack, CLASSES, Classifier, INK, Learner, PAPER, PIXELS, Pictures};
use crate::models::attribution::Rule;
use crate::models::router::top_k;
use crate::numerics::elementary::softmax;
use crate::numerics::matrix::Matrix;
use crate::numerics::random::Stream;
use crate::numerics::statistics::{mean, place_of_largest};
use std::cell::OnceCell;

/// Steps from one test to the next, and after all of them nothing is learned.
const TEST_EVERY: u64 = 50;
const LAST: u64 = 1500;

/// New pictures that readings are about, and those of them that the curves are about.
const TESTED: usize = 200;
const CURVED: usize = 100;

/// Sizes of a change along the curves.
const SIZES: [f64; 7] = [0.0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3];

/// A pixel above this is ink: half-way from paper.
const INKED: f64 = 0.5 * (PAPER + INK);

/// Pixels that are called those that weigh most.
const TOP: usize = 10;

/// Places on the way from one picture to another at which slopes are asked, as many as captum's default.
const PLACES: usize = 50;

/// A picture that others are compared with: where the way of integrated gradients begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Base {
    /// The mean of all new digits.
    Mean,
    /// Paper without a stroke.
    Blank,
}

/// What each pixel adds to the lead of the class over the digit that comes nearest once the picture is changed.
struct Weights {
    rival: usize,
    /// The picture compared with.
    base: Vec<f64>,
    /// From there to the picture as it is, and to the changed one; and from the one to the other.
    plain: Vec<f64>,
    changed: Vec<f64>,
    change: Vec<f64>,
    /// Pixels that weigh most in the picture as it is, the heaviest first.
    top: Vec<usize>,
}

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
    /// What stands where the answers stand by default: what pixels weigh, against which picture.
    look: Option<Base>,
    /// Places and their weights, for the integrals.
    places: Vec<[f64; 2]>,
    /// Right as they are and when attacked, test after test while the attack stays.
    course: Series<1>,
    // What follows is worked out when somebody asks.
    changed: OnceCell<Matrix>,
    right: OnceCell<[f64; 2]>,
    curves: OnceCell<Curves>,
    view: OnceCell<View>,
    weights: OnceCell<Weights>,
    shares: OnceCell<[Option<f64>; 3]>,
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
            look: None,
            places: Rule::GaussLegendre.places(PLACES),
            course: Series::every(TEST_EVERY),
            changed: OnceCell::new(),
            right: OnceCell::new(),
            curves: OnceCell::new(),
            view: OnceCell::new(),
            weights: OnceCell::new(),
            shares: OnceCell::new(),
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
        self.changed = OnceCell::new();
        self.right = OnceCell::new();
        self.curves = OnceCell::new();
        self.view = OnceCell::new();
        self.weights = OnceCell::new();
        self.shares = OnceCell::new();
    }

    /// Pictures under an attack.
    fn attacked(&self, pictures: &Pictures, attack: Attack, epsilon: f64) -> Matrix {
        let mut lot = Stream::new(self.seed, "probe");
        self.tested.attacked(&pictures.x, &pictures.class, attack, epsilon, &mut lot)
    }

    /// All pictures that readings are about, under the chosen attack.
    fn changed(&self) -> &Matrix {
        self.changed.get_or_init(|| self.attacked(&self.pictures, self.method, self.epsilon))
    }

    fn right(&self) -> [f64; 2] {
        *self.right.get_or_init(|| {
            [&self.pictures.x, self.changed()].map(|x| self.tested.accuracy(x, &self.pictures.class))
        })
    }

    fn curves(&self) -> &Curves {
        self.curves.get_or_init(|| {
            let share =
                |attack, size| self.tested.accuracy(&self.attacked(&self.few, attack, size), &self.few.class);
            let along = |attack| SIZES.map(|size| [size, share(attack, size)]).to_vec();
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

    /// What each pixel adds to the lead of a digit over a rival on the way from one picture to another.
    fn parts(&self, from: &[f64], to: &[f64], [class, rival]: [usize; 2]) -> Vec<f64> {
        let mut lead = [0.0; CLASSES];
        lead[class] = 1.0;
        lead[rival] = -1.0;
        self.tested.attributions(from, to, &lead, &self.places)
    }

    /// The picture that others are compared with.
    fn base(&self) -> Vec<f64> {
        match self.look.unwrap_or(Base::Mean) {
            Base::Mean => {
                let all = &self.pictures.x;
                let column = |i| (0..all.rows()).map(|n| all[(n, i)]).collect::<Vec<_>>();
                (0..PIXELS).map(|i| mean(&column(i))).collect()
            }
            Base::Blank => vec![PAPER; PIXELS],
        }
    }

    fn weights(&self) -> &Weights {
        self.weights.get_or_init(|| {
            let View { x, class, attacked, .. } = self.view();
            let (x, y, base) = (x.row(0), attacked.row(0), self.base());
            let rival = rival(self.tested.logits(attacked).row(0), *class);
            let parts = |from, to| self.parts(from, to, [*class, rival]);
            let plain = parts(&base, x);
            let top = heaviest(&plain);
            Weights { rival, changed: parts(&base, y), change: parts(x, y), plain, top, base }
        })
    }

    /// Over new digits: the shares of what pixels weigh, without regard to signs, that lie on ink and on the pixels
    /// of each that weigh most, and the share of what the attack takes off the leads that falls on those.
    fn shares(&self) -> [Option<f64>; 3] {
        *self.shares.get_or_init(|| {
            let (base, changed) = (self.base(), self.changed());
            let out = self.tested.logits(changed);
            let ([mut ink, mut held, mut weight], [mut top, mut taken]) = ([0.0; 3], [0.0; 2]);
            for (n, class) in self.pictures.class.iter().enumerate() {
                let pair = [*class, rival(out.row(n), *class)];
                let x = self.pictures.x.row(n);
                let plain = self.parts(&base, x, pair);
                weight += plain.iter().map(|part| part.abs()).sum::<f64>();
                let inked = plain.iter().zip(x).filter(|(_, shade)| **shade > INKED);
                ink += inked.map(|(part, _)| part.abs()).sum::<f64>();
                let heaviest = heaviest(&plain);
                held += heaviest.iter().map(|i| plain[*i].abs()).sum::<f64>();
                // An attack by lot has no share that is told.
                if self.follows() {
                    let change = self.parts(x, changed.row(n), pair);
                    taken += change.iter().sum::<f64>();
                    top += heaviest.iter().map(|i| change[*i]).sum::<f64>();
                }
            }
            [
                (weight > 1e-9).then(|| ink / weight),
                (weight > 1e-9).then(|| held / weight),
                (self.follows() && taken.abs() > 1e-9).then(|| top / taken),
            ]
        })
    }

    /// The sum of the parts of the attack's change of the shown picture, as a share of the change itself.
    fn accounted(&self) -> Option<f64> {
        let (view, weights) = (self.view(), self.weights());
        let lead = |x: &Matrix| {
            let out = self.tested.logits(x);
            out[(0, view.class)] - out[(0, weights.rival)]
        };
        let whole = lead(&view.attacked) - lead(&view.x);
        (self.follows() && whole.abs() > 1e-9).then(|| weights.change.iter().sum::<f64>() / whole)
    }
}

/// The best output other than that of the class.
fn rival(out: &[f64], class: usize) -> usize {
    place_of_largest(out.iter().enumerate().map(|(k, z)| if k == class { f64::NEG_INFINITY } else { *z }))
}

/// The pixels with the largest parts, of either sign, the largest first.
fn heaviest(parts: &[f64]) -> Vec<usize> {
    top_k(&parts.iter().map(|part| part.abs()).collect::<Vec<_>>(), TOP)
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
        self.look = spec::LOOK.of(values);
        self.forget();
        self.curves = curves.unwrap_or_default();
    }

    fn readings(&self) -> Vec<Named> {
        let [clean, robust] = self.right();
        let view = self.view();
        let [on_ink, held, on_top] = self.shares();
        let moved = view.attacked.as_slice().iter().zip(view.x.as_slice());
        vec![
            reading("clean", clean),
            reading("robust", robust),
            reading("linf", moved.map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)),
            reading("fooled_as", self.read(&view.attacked).0),
            reading("on_ink", on_ink),
            reading("held", held),
            reading("on_top", on_top),
            reading("accounted", self.accounted()),
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
