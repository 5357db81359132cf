//! The buttons that ask whether something is luck, and when there is something to ask.

use crate::web::dom;
use crate::web::luck::{Asked, begin, forget};
use crate::web::session::Session;
use reactive_graph::prelude::*;
use web_sys::{Element, MouseEvent};

pub fn bind(root: &Element, session: Session) {
    for strip in dom::all(root, "[data-luck]") {
        if let Some(button) = dom::find(&strip, "[data-action=luck]") {
            let own: Element = strip.clone().into();
            dom::listen::<MouseEvent>(&button, "click", move |_| {
                session.when_there(begin(session, own.clone()));
            });
        }
        let asked = Asked::of(&strip);
        dom::follow(move || match asked {
            Asked::Difference => {
                session.values.track();
                session.kept.track();
                forget(session, &strip);
            }
            Asked::Bet => offer(session, &strip, session.outcome.get().is_some()),
            Asked::Challenge(index) => offer(session, &strip, session.solved.get() >> index & 1 == 1),
        });
    }
}

/// Shows the button from when there is something to ask, and lets go of an answer when there is not.
fn offer(session: Session, strip: &Element, there: bool) {
    if there {
        dom::unset(strip, "data-waits");
    } else {
        dom::set(strip, "data-waits", "");
        forget(session, strip);
    }
}
