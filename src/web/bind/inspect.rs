//! Reading the picture: what the pointer stands on, or the arrow keys come to, is framed and named.

use crate::lab::run::inspect::Direction;
use crate::pieces::piece;
use crate::web::dom;
use crate::web::session::Session;
use std::cell::Cell;
use std::rc::Rc;
use web_sys::{Element, FocusEvent, KeyboardEvent, PointerEvent};

/// What the picture is to a keyboard.
const NAME: &str = "Figure: the arrow keys read its values one by one";

pub fn bind(root: &Element, session: Session) {
    let Some(holder) = dom::find(root, ".figure") else { return };
    dom::set(&holder, "tabindex", "0");
    dom::set(&holder, "role", "group");
    dom::set(&holder, "aria-label", NAME);
    // Where the pointer is when what names it has come: it may have gone on by then, or away.
    let pointer = Rc::new(Cell::new(None));
    for kind in ["pointermove", "pointerdown"] {
        let pointer = Rc::clone(&pointer);
        dom::listen::<PointerEvent>(&holder, kind, move |event| {
            let waits = pointer.replace(Some([f64::from(event.client_x()), f64::from(event.client_y())]));
            if waits.is_none() {
                let pointer = Rc::clone(&pointer);
                session.when_there(async move {
                    let named = point_at(session, Rc::clone(&pointer)).await;
                    pointer.set(None);
                    named
                });
            }
        });
    }
    dom::listen::<PointerEvent>(&holder, "pointerleave", move |event| {
        // A finger that is lifted leaves, too: what it touched stays named.
        if event.pointer_type() != "touch" {
            pointer.set(None);
            session.point_away();
        }
    });
    // Whoever comes with the keyboard need not wait for the first thing to be named.
    dom::listen::<FocusEvent>(&holder, "focus", move |_| session.when_there(prepare()));
    dom::listen::<FocusEvent>(&holder, "blur", move |_| session.point_away());
    dom::listen::<KeyboardEvent>(&holder, "keydown", move |event| {
        if event.ctrl_key() || event.meta_key() || event.alt_key() {
            return;
        }
        let direction = match event.key().as_str() {
            "ArrowLeft" => Direction::Left,
            "ArrowRight" => Direction::Right,
            "ArrowUp" => Direction::Up,
            "ArrowDown" => Direction::Down,
            "Escape" => return session.point_away(),
            _ => return,
        };
        event.prevent_default();
        session.when_there(point_toward(session, direction));
    });
}

piece! { inspect: fn point_at(session: Session, pointer: Rc<Cell<Option<[f64; 2]>>>) {
    if let Some(pixel) = pointer.take() {
        session.point_at(pixel);
    }
} }

piece! { inspect: fn prepare() {} }

piece! { inspect: fn point_toward(session: Session, direction: Direction) {
    session.point_toward(direction);
} }
