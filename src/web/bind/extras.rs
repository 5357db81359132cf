//! Presets, the prediction, and the challenges.

use super::press;
use crate::web::session::Session;
use crate::web::{dom, words};
use reactive_graph::prelude::*;
use web_sys::{Element, HtmlElement, MouseEvent};

pub fn bind(root: &Element, session: Session) {
    presets(root, session);
    prediction(root, session);
    challenges(root, session);
}

fn presets(root: &Element, session: Session) {
    let mut buttons = Vec::new();
    for button in dom::all(root, "[data-preset-button]") {
        let Some(id) = button.get_attribute("data-preset-button") else { continue };
        let own = id.clone();
        dom::listen::<MouseEvent>(&button, "click", move |_| session.apply_preset(&own));
        buttons.push((button, id));
    }
    let Some(look) = dom::find(root, "[data-look]") else { return };
    dom::follow(move || {
        let chosen = session.preset.get();
        let mut shown = words::NO_PRESET.to_owned();
        for (button, id) in &buttons {
            let pressed = chosen == Some(id);
            press(button, pressed);
            if pressed {
                shown = button.title();
            }
        }
        dom::set_text(&look, &shown);
    });
}

fn prediction(root: &Element, session: Session) {
    let Some(prediction) = &session.spec.prediction else { return };
    let options = dom::all(root, "[data-bet]");
    for (i, button) in options.iter().enumerate() {
        dom::listen::<MouseEvent>(button, "click", move |_| session.place_bet(prediction, i));
    }
    let Some(verdict) = dom::find(root, "[data-because]") else { return };
    let because = verdict.get_attribute("data-because").unwrap_or_default();
    dom::follow(move || {
        let (bet, outcome) = (session.bet.get(), session.outcome.get());
        for (i, button) in options.iter().enumerate() {
            let state = match (bet == Some(i), outcome) {
                (true, None) => "bet",
                (true, Some(right)) if right == i => "bet right",
                (true, Some(_)) => "bet wrong",
                (false, Some(right)) if right == i => "right",
                _ => "",
            };
            if button.class_name() != state {
                button.set_class_name(state);
            }
            press(button, bet == Some(i));
        }
        let left = prediction.settled_at.saturating_sub(session.step.get());
        let unit = session.spec.pace.unit;
        let said = match bet {
            None if session.asks.get() => words::ASKS.to_owned(),
            _ => words::verdict(prediction, (bet, outcome), (left, unit), &because),
        };
        dom::set_text(&verdict, &said);
    });
}

fn challenges(root: &Element, session: Session) {
    let Some(count) = dom::find(root, "[data-challenge-count]") else { return };
    let items: Vec<(HtmlElement, Vec<HtmlElement>)> = dom::all(root, "[data-challenge]")
        .into_iter()
        .map(|item| {
            let clauses = dom::all(&item, "[data-clause]");
            (item, clauses)
        })
        .collect();
    dom::follow(move || {
        let solved = session.solved.get();
        dom::set_text(&count, &words::challenges(solved.count_ones(), items.len()));
        // Readings and step tell when to look at the clauses again.
        session.readings.track();
        session.step.track();
        session.with_run(|runner| {
            let facts = runner.facts();
            for (i, ((item, clauses), challenge)) in items.iter().zip(session.spec.challenges).enumerate() {
                let is_solved = solved >> i & 1 == 1;
                dom::mark(item, "solved", is_solved);
                if let Some(stamp) = dom::find(item, "[data-stamp]") {
                    dom::set_text(&stamp, if is_solved { " solved" } else { "" });
                }
                for (element, clause) in clauses.iter().zip(challenge.solved) {
                    let holds = clause.holds(&facts);
                    dom::mark(element, "holds", holds);
                    if let Some(state) = dom::find(element, "[data-clause-state]") {
                        dom::set_text(&state, words::clause(holds));
                    }
                }
            }
        });
    });
}
