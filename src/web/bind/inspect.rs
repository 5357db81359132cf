//! Reading the picture: what the pointer stands on, or the arrow keys come to, is framed and named.

use crate::lab::inspect::Direction;
use crate::web::dom;
use crate::web::session::Session;
use web_sys::{Element, FocusEvent, KeyboardEvent, PointerEvent};

/// What the picture is to a keyboard.
const NAME: &str = "Figure: the arrow keys read its values one by one";

pub fn bind(root: &Element, session: Session) {
    let Some(holder) = dom::find(root, ".figure") else { return };
    dom::set(&holder, "tabindex", "0");
    dom::set(&holder, "role", "group");
    dom::set(&holder, "aria-label", NAME);
    for kind in ["pointermove", "pointerdown"] {
        dom::listen::<PointerEvent>(&holder, kind, move |event| {
            session.point_at([f64::from(event.client_x()), f64::from(event.client_y())]);
        });
    }
    dom::listen::<PointerEvent>(&holder, "pointerleave", move |event| {
        // A finger that is lifted leaves, too: what it touched stays named.
        if event.pointer_type() != "touch" {
            session.point_away();
        }
    });
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
        session.point_toward(direction);
    });
}
