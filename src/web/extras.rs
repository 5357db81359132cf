//! Presets, the prediction, and the challenges.

use super::session::Session;
use crate::lab::condition::{Bound, Quantity};
use crate::lab::readout::format_number;
use crate::lab::{Challenge, Clause, Prediction, Spec};
use leptos::prelude::*;

#[component]
pub fn Presets(session: Session) -> impl IntoView {
    let presets = session.spec.presets;
    if presets.is_empty() {
        return None;
    }
    let buttons: Vec<_> = presets
        .iter()
        .map(|preset| {
            let on = move || session.preset.get() == Some(preset.id);
            view! {
                <button
                    type="button"
                    data-preset-button=preset.id
                    aria-pressed=move || if on() { "true" } else { "false" }
                    title=preset.look
                    on:click=move |_| session.apply_preset(preset.id)
                >
                    {preset.label}
                </button>
            }
        })
        .collect();
    let look = move || {
        presets
            .iter()
            .find(|p| session.preset.get() == Some(p.id))
            .map_or("Pick a setting to see what to look at.", |p| p.look)
    };
    Some(view! {
        <div class="presets">
            <div class="preset-buttons" role="group" aria-label="Presets">
                {buttons}
            </div>
            <p class="look">{look}</p>
        </div>
    })
}

#[component]
pub fn PredictionCard(session: Session) -> impl IntoView {
    let prediction: &'static Prediction = session.spec.prediction.as_ref()?;
    let options: Vec<_> = prediction
        .options
        .iter()
        .enumerate()
        .map(|(i, option)| {
            let state = move || match (session.bet.get() == Some(i), session.outcome.get()) {
                (true, None) => "bet",
                (true, Some(right)) if right == i => "bet right",
                (true, Some(_)) => "bet wrong",
                (false, Some(right)) if right == i => "right",
                _ => "",
            };
            view! {
                <button
                    type="button"
                    class=state
                    aria-pressed=move || if session.bet.get() == Some(i) { "true" } else { "false" }
                    on:click=move |_| session.place_bet(prediction, i)
                >
                    {option.label}
                </button>
            }
        })
        .collect();
    let verdict = move || match (session.bet.get(), session.outcome.get()) {
        (None, _) => "Place your bet, then the run decides.".to_owned(),
        (Some(_), None) => {
            let left = prediction.settled_at.saturating_sub(session.step.get());
            format!("Running: decided in {left} {}s.", session.spec.pace.unit)
        }
        (Some(bet), Some(right)) => {
            let opening = if bet == right {
                "You had it right.".to_owned()
            } else {
                format!("It turned out: {}.", prediction.options[right].label)
            };
            format!("{opening} {}", prediction.because)
        }
    };
    Some(view! {
        <div class="prediction" role="group" aria-label="Predict first">
            <p class="question">{prediction.question}</p>
            <div class="options">{options}</div>
            <p class="verdict">{verdict}</p>
        </div>
    })
}

#[component]
pub fn Challenges(session: Session) -> impl IntoView {
    let challenges = session.spec.challenges;
    if challenges.is_empty() {
        return None;
    }
    let count = move || {
        let solved = session.solved.get().count_ones();
        format!("Challenges: {solved} of {} solved", challenges.len())
    };
    let items: Vec<_> = challenges
        .iter()
        .enumerate()
        .map(|(i, challenge)| view! { <ChallengeItem session challenge index=i /> })
        .collect();
    Some(view! {
        <details class="challenges">
            <summary>{count}</summary>
            <ul>{items}</ul>
        </details>
    })
}

#[component]
fn ChallengeItem(session: Session, challenge: &'static Challenge, index: usize) -> impl IntoView {
    let solved = move || session.solved.get() >> index & 1 == 1;
    let clauses: Vec<_> = challenge
        .solved
        .iter()
        .map(|clause| {
            let holds = move || {
                // Readings and step tell when to look again.
                session.readings.track();
                session.step.track();
                session.runner.with_value(|r| clause.holds(&r.moment()))
            };
            view! {
                <li class:holds=holds>
                    <span class="tick" aria-hidden="true"></span>
                    {clause_text(session.spec, clause)}
                    <span class="visually-hidden">{move || if holds() { " (holds)" } else { " (not yet)" }}</span>
                </li>
            }
        })
        .collect();
    view! {
        <li class="challenge" class:solved=solved>
            <p class="challenge-title">
                {challenge.title} <span class="stamp">{move || if solved() { " solved" } else { "" }}</span>
            </p>
            <p>{challenge.task}</p>
            <ul class="clauses">{clauses}</ul>
        </li>
    }
}

/// "Max violation ≤ 0.1", in the labels that the reader sees.
fn clause_text(spec: &'static Spec, clause: &Clause) -> String {
    let label = |id: &str| {
        let readout = spec.readouts.iter().find(|r| r.id == id).map(|r| r.label);
        let control = spec.controls.iter().find(|c| c.id == id).map(|c| c.label);
        readout.or(control).unwrap_or(id).to_owned()
    };
    let quantity = match clause.quantity {
        Quantity::Of(id) => label(id),
        Quantity::Difference(a, b) => format!("{} − {}", label(a), label(b)),
        Quantity::Distance(a, b) => format!("|{} − {}|", label(a), label(b)),
    };
    let bound = match clause.bound {
        Bound::Number(x) => {
            let decimals = x.to_string().split_once('.').map_or(0, |(_, f)| f.len().min(4));
            format_number(x, decimals)
        }
        Bound::Option(option) => option_label(spec, clause, option),
    };
    format!("{quantity} {} {bound}", clause.relation.sign())
}

fn option_label(spec: &'static Spec, clause: &Clause, option: &'static str) -> String {
    let ids = clause.ids();
    spec.controls
        .iter()
        .find(|c| ids.contains(&c.id))
        .and_then(|c| match c.kind {
            crate::lab::Kind::Choice { options, .. } => options.iter().find(|(id, _)| *id == option),
            _ => None,
        })
        .map_or(option, |(_, label)| label)
        .to_lowercase()
}
