//! One animation loop for all simulations of the page. It runs only while one of them has
//! something to do: a page whose simulations are paused or out of sight costs nothing.

use super::dom;
use super::session::Session;
use gloo::render::{AnimationFrame, request_animation_frame};
use std::cell::RefCell;

/// Time in a frame for stepping and drawing, ms; the rest of its 16.7 belongs to the browser.
const BUDGET: f64 = 8.0;

thread_local! {
    static SESSIONS: RefCell<Vec<Session>> = const { RefCell::new(Vec::new()) };
    static FRAME: RefCell<Option<AnimationFrame>> = const { RefCell::new(None) };
    static LAST: RefCell<Option<f64>> = const { RefCell::new(None) };
}

/// Takes a session of the page into the loop.
pub fn add(session: Session) {
    SESSIONS.with_borrow_mut(|s| s.push(session));
    wake();
}

/// Lets go of the page's sessions.
pub fn clear() {
    SESSIONS.with_borrow_mut(Vec::clear);
}

/// The sessions of the page.
pub fn sessions() -> Vec<Session> {
    SESSIONS.with_borrow(Clone::clone)
}

/// Starts the loop if it stands and there is something to do.
pub fn wake() {
    let idle = FRAME.with_borrow(Option::is_none);
    if idle && sessions().iter().any(|s| s.is_active()) {
        LAST.set(None);
        next();
    }
}

fn next() {
    let frame = request_animation_frame(frame);
    FRAME.with_borrow_mut(|f| *f = Some(frame));
}

fn frame(time: f64) {
    // This frame is over as far as the browser is concerned: dropping its handle is free.
    FRAME.with_borrow_mut(|f| *f = None);
    let elapsed = LAST.with(|l| l.replace(Some(time))).map_or(16.0, |last| (time - last).max(0.0));
    if dom::document().hidden() {
        return;
    }
    let active: Vec<Session> = sessions().into_iter().filter(|s| s.is_active()).collect();
    for session in &active {
        session.tick(elapsed, BUDGET / active.len() as f64);
    }
    if sessions().iter().any(|s| s.is_active()) {
        next();
    }
}
