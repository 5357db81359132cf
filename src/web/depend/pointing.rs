//! The curve under the pointer and the arrow keys: each place says what it is, and a click, or Enter, has
//! the simulation take its value.

use super::Depend;
use crate::lab::run::sweep::Point;
use crate::web::dom;
use reactive_graph::prelude::*;
use std::rc::Rc;
use web_sys::{FocusEvent, KeyboardEvent, MouseEvent, PointerEvent};

/// What the curve is to a keyboard.
const NAME: &str = "Sweep: the arrow keys read it point by point, Enter has the simulation take the value";

/// Half the side of the frame around a place, px.
const REACH: f64 = 7.0;

pub fn bind(depend: &Rc<Depend>) {
    dom::set(&depend.figure, "aria-label", NAME);
    let own = Rc::clone(depend);
    for kind in ["pointermove", "pointerdown"] {
        let own = Rc::clone(&own);
        dom::listen::<PointerEvent>(&depend.figure, kind, move |event| own.point(own.under(&event)));
    }
    let own = Rc::clone(depend);
    dom::listen::<PointerEvent>(&depend.figure, "pointerleave", move |event| {
        if event.pointer_type() != "touch" {
            own.point(None);
        }
    });
    let own = Rc::clone(depend);
    dom::listen::<MouseEvent>(&depend.figure, "click", move |event| {
        own.point(own.under(&event));
        own.go_there();
    });
    let own = Rc::clone(depend);
    dom::listen::<FocusEvent>(&depend.figure, "blur", move |_| own.point(None));
    let own = Rc::clone(depend);
    dom::listen::<KeyboardEvent>(&depend.figure, "keydown", move |event| {
        let is_plain = !(event.ctrl_key() || event.meta_key() || event.alt_key());
        if is_plain && own.key(&event.key()) {
            event.prevent_default();
        }
    });
}

impl Depend {
    /// Looks at the places of the curve in the order in which they stand, from the left.
    fn places<T>(&self, look: impl FnOnce(&[(usize, [f64; 2])], &[Point]) -> T) -> Option<T> {
        let making = self.making.borrow();
        let making = making.as_ref()?;
        let curve = making.curve();
        let spots = making.sweep().spots(&curve);
        let mut places: Vec<(usize, [f64; 2])> =
            spots.into_iter().enumerate().filter(|(_, [x, _])| x.is_finite()).collect();
        places.sort_by(|(_, a), (_, b)| a[0].total_cmp(&b[0]));
        Some(look(&places, &curve.points))
    }

    /// The place that is nearest to the pointer, across.
    fn under(&self, event: &MouseEvent) -> Option<usize> {
        let view = self.view.borrow();
        let [x, _] = view.local([f64::from(event.client_x()), f64::from(event.client_y())]);
        self.places(|places, _| {
            let away =
                |at: &[f64; 2]| view.pixel("sweep", *at).map_or(f64::INFINITY, |[px, _]| (px - x).abs());
            let nearest = places.iter().min_by(|(_, a), (_, b)| away(a).total_cmp(&away(b)));
            nearest.map(|(i, _)| *i)
        })?
    }

    /// Frames a place and names it; with `None` nothing is.
    pub(super) fn point(&self, place: Option<usize>) {
        if place.is_none() && self.pointed.get().is_none() {
            return;
        }
        self.pointed.set(place);
        let Some((spot, words)) = place.and_then(|place| self.words(place)) else {
            return self.view.borrow_mut().point(None);
        };
        let pixel = self.view.borrow().pixel("sweep", spot);
        let area = pixel.map(|[x, y]| [x - REACH, y - REACH, 2.0 * REACH, 2.0 * REACH]);
        self.view.borrow_mut().point(area.map(|area| (area, &*words)));
    }

    fn words(&self, place: usize) -> Option<([f64; 2], String)> {
        let making = self.making.borrow();
        let making = making.as_ref()?;
        let curve = making.curve();
        let spot = *making.sweep().spots(&curve).get(place)?;
        Some((spot, making.sweep().says(curve.points.get(place)?)))
    }

    /// The simulation takes the value of the place that is pointed at.
    fn go_there(&self) {
        let taken = self.pointed.get().and_then(|place| {
            let making = self.making.borrow();
            let sweep = making.as_ref()?.sweep();
            Some((sweep.control.id, sweep.values.get(place)?.clone()))
        });
        // What the change does is said by the simulation itself.
        if let Some((id, value)) = taken {
            self.session.set_value(id, value);
        }
    }

    /// What a key does, if it is one of the curve's.
    fn key(&self, key: &str) -> bool {
        let now = self.pointed.get();
        let next = self.places(|places, _| {
            let at = places.iter().position(|(i, _)| Some(*i) == now);
            let last = places.len().checked_sub(1)?;
            let at = match key {
                "ArrowRight" | "ArrowUp" => at.map_or(0, |at| (at + 1).min(last)),
                "ArrowLeft" | "ArrowDown" => at.map_or(last, |at| at.saturating_sub(1)),
                "Home" => 0,
                "End" => last,
                _ => return None,
            };
            Some(places[at].0)
        });
        match key {
            "Enter" => self.go_there(),
            "Escape" => self.point(None),
            _ => {
                let Some(next) = next.flatten() else { return false };
                self.point(Some(next));
                if let Some((_, words)) = self.words(next) {
                    self.session.spoken.set(words);
                }
            }
        }
        true
    }
}
