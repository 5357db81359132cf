//! *Draw your prediction*: before an article shows a sweep, its reader may draw the curve, then sees both.
//!
//! Without this piece of the program the box under the words shows the runs all the same.

use super::dom;
use super::figure_view::FigureView;
use crate::lab::Spec;
use crate::lab::run::sweep::{Curve, Guess, Sweep};
use crate::pieces::piece;
use reactive_graph::owner::Owner;
use std::cell::{Cell, RefCell};
use std::rc::Rc;
use wasm_bindgen::JsCast;
use web_sys::{Element, Event, FocusEvent, HtmlElement, HtmlInputElement, KeyboardEvent, PointerEvent};

/// What the frame is to a keyboard.
pub const NAME: &str = "Your prediction: the arrow keys draw it, Enter shows the runs";

/// Shares of the scale that an arrow key moves the curve by, and with Shift.
const STEPS: [f64; 2] = [0.05, 0.01];

/// Half the side of the frame around a place, px.
const REACH: f64 = 7.0;

piece! { guess:
/// Has a sweep of an article take what is drawn in it.
pub fn begin(owner: Owner, sweep: HtmlElement, specs: Vec<&'static Spec>) {
    if let Some(guessing) = Guessing::at(&sweep, &specs) {
        owner.with(|| guessing.bind());
    }
} }

struct Guessing {
    figure: HtmlElement,
    says: HtmlElement,
    /// Checked, it shows the runs.
    shows: HtmlInputElement,
    view: RefCell<FigureView>,
    sweep: Sweep,
    curve: Curve,
    guess: RefCell<Guess>,
    /// Where the stroke is that is being drawn.
    stroke: Cell<Option<(usize, f64)>>,
    /// Where the keys are.
    cursor: Cell<usize>,
}

impl Guessing {
    fn at(place: &Element, specs: &[&'static Spec]) -> Option<Rc<Self>> {
        let sweep = Sweep::parse(&place.get_attribute("data-sweep")?, specs).ok()?;
        let curve = sweep.with_numbers(&place.get_attribute("data-curve")?)?;
        let figure = dom::find(place, ".figure")?;
        Some(Rc::new(Self {
            says: dom::find(place, "[data-guess-says]")?,
            shows: dom::find(place, "[data-guess-shows]")?.dyn_into().ok()?,
            view: RefCell::new(FigureView::new(figure.clone().into())?),
            figure,
            guess: RefCell::new(Guess::none(&sweep, &curve)),
            sweep,
            curve,
            stroke: Cell::new(None),
            cursor: Cell::new(0),
        }))
    }

    fn bind(self: &Rc<Self>) {
        self.draw();
        for (kind, begins) in [("pointerdown", true), ("pointermove", false)] {
            let own = Rc::clone(self);
            dom::listen::<PointerEvent>(&self.figure, kind, move |event| own.pointer(&event, begins));
        }
        for end in ["pointerup", "pointercancel"] {
            let own = Rc::clone(self);
            dom::listen::<PointerEvent>(&self.figure, end, move |_| {
                if own.stroke.take().is_some() {
                    own.tell();
                }
            });
        }
        let own = Rc::clone(self);
        dom::listen::<KeyboardEvent>(&self.figure, "keydown", move |event| {
            let is_plain = !(event.ctrl_key() || event.meta_key() || event.alt_key());
            if is_plain && own.key(&event.key(), event.shift_key()) {
                event.prevent_default();
            }
        });
        let own = Rc::clone(self);
        dom::listen::<FocusEvent>(&self.figure, "blur", move |_| own.view.borrow_mut().point(None));
        let own = Rc::clone(self);
        dom::listen::<Event>(&self.shows, "change", move |_| own.show());
        let own = Rc::clone(self);
        dom::listen::<Event>(&dom::window(), "resize", move |_| {
            own.view.borrow_mut().remeasure();
            own.draw();
        });
    }

    fn pointer(&self, event: &PointerEvent, begins: bool) {
        // A stroke may have begun before this piece of the program came.
        let begins = begins || self.stroke.get().is_some() || self.guess.borrow().places()[0] == 0;
        let draws = event.is_primary() && event.buttons() & 1 == 1 && begins;
        if self.shows.checked() || !draws {
            return;
        }
        let Some(to) = self.under(event) else { return };
        if self.stroke.get().is_none() {
            let _ = self.figure.set_pointer_capture(event.pointer_id());
        }
        self.guess.borrow_mut().draw(self.stroke.get(), to);
        self.stroke.set(Some(to));
        self.cursor.set(to.0);
        self.draw();
    }

    /// The place that is nearest to the pointer, across, and the reading there.
    fn under(&self, event: &PointerEvent) -> Option<(usize, f64)> {
        let view = self.view.borrow();
        let window = [f64::from(event.client_x()), f64::from(event.client_y())];
        let [_, y] = view.value_at("sweep", window)?;
        let [x, _] = view.local(window);
        let spots = self.sweep.spots(&self.curve);
        let away = |at: &[f64; 2]| view.pixel("sweep", *at).map_or(f64::INFINITY, |[px, _]| (px - x).abs());
        let nearest = spots.iter().enumerate().min_by(|(_, a), (_, b)| away(a).total_cmp(&away(b)));
        nearest.map(|(i, _)| (i, y))
    }

    /// What a key does, if it is one of the frame's.
    fn key(&self, key: &str, shift: bool) -> bool {
        if key == "Enter" {
            self.shows.set_checked(!self.shows.checked());
            self.show();
            return true;
        }
        if self.shows.checked() {
            return false;
        }
        let here = self.cursor.get();
        let step = STEPS[usize::from(shift)];
        let (now, span, last) = {
            let guess = self.guess.borrow();
            (guess.at(here), guess.span(), guess.places()[1].saturating_sub(1))
        };
        // At first a key puts a point where it is.
        let y = now.unwrap_or_else(|| self.guess.borrow().middle());
        let next = if now.is_none() { here } else { (here + 1).min(last) };
        let (place, y) = match key {
            "ArrowUp" => (here, y + step * span),
            "ArrowDown" => (here, y - step * span),
            "ArrowRight" => (next, y),
            "ArrowLeft" => (here.saturating_sub(usize::from(now.is_some())), y),
            "Home" => (0, y),
            "End" => (last, y),
            _ => return false,
        };
        let moved = place != here;
        // Whoever walks on draws a level line, but over nothing that is drawn.
        let kept = self.guess.borrow().at(place).filter(|_| moved);
        self.guess.borrow_mut().draw(None, (place, kept.unwrap_or(y)));
        self.cursor.set(place);
        self.draw();
        self.point(place);
        true
    }

    /// Frames a place and says what is drawn there.
    fn point(&self, place: usize) {
        let Some(y) = self.guess.borrow().at(place) else { return };
        let Some([x, _]) = self.sweep.spots(&self.curve).get(place).copied() else { return };
        let words = self.sweep.says_drawn(place, y);
        let area = self.view.borrow().pixel("sweep", [x, y]);
        let area = area.map(|[x, y]| [x - REACH, y - REACH, 2.0 * REACH, 2.0 * REACH]);
        self.view.borrow_mut().point(area.map(|area| (area, &*words)));
        dom::set_text(&self.says, &words);
    }

    /// Shows the runs, or hides them.
    fn show(&self) {
        self.view.borrow_mut().point(None);
        self.draw();
        self.tell();
    }

    fn draw(&self) {
        let shown = self.shows.checked();
        let figure = self.sweep.figure_guessed(&self.curve, &self.guess.borrow(), shown);
        self.view.borrow_mut().draw(&figure, None, shown);
    }

    fn tell(&self) {
        let guess = self.guess.borrow();
        let words = match (self.shows.checked(), guess.places()) {
            (true, [0, _]) => "The runs. Take the tick away to draw your own curve.".to_owned(),
            (true, _) => self.sweep.verdict(&self.curve, &guess),
            (false, [drawn, all]) if drawn == all => {
                "Drawn. Show the runs, and see how far off it is.".to_owned()
            }
            (false, [0, _]) => "Nothing is drawn yet.".to_owned(),
            (false, [drawn, all]) => format!("{drawn} of {all} places are drawn: go on, or show the runs."),
        };
        dom::set_text(&self.says, &words);
    }
}
