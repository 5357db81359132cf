//! Presets, the prediction, the challenges, and the fold for sweeps.

use crate::lab::run::measured::plain;
use crate::lab::schema::condition::{Bound, Quantity};
use crate::lab::schema::readout::format_number;
use crate::lab::{Challenge, Clause, Prediction, Preset, Runner, Spec};
use crate::web::words;
use leptos::prelude::*;

/// The browser reads what to look at from the buttons' titles.
pub fn presets(presets: &'static [Preset]) -> impl IntoView {
    let buttons: Vec<_> = presets
        .iter()
        .map(|preset| {
            view! {
                <button type="button" data-preset-button=preset.id aria-pressed="false" title=plain(preset.look)>
                    {preset.label}
                </button>
            }
        })
        .collect();
    view! {
        <div class="presets">
            <div class="preset-buttons" role="group" aria-label="Presets">
                {buttons}
            </div>
            <p class="look" data-look>{words::NO_PRESET}</p>
        </div>
    }
}

/// The browser reads why it went as it did from `data-because`.
pub fn prediction(spec: &'static Spec, prediction: &'static Prediction) -> impl IntoView {
    let options: Vec<_> = prediction
        .answers
        .iter()
        .enumerate()
        .map(|(i, answer)| {
            view! { <button type="button" data-bet=i aria-pressed="false">{answer.label}</button> }
        })
        .collect();
    let verdict = words::verdict(prediction, (None, None), (0, ""), "");
    view! {
        <div class="prediction" role="group" aria-label="Predict first">
            <p class="question">{plain(prediction.question)}</p>
            <div class="options">{options}</div>
            <p class="verdict" data-because=plain(prediction.because)>{verdict}</p>
            {luck(spec, "bet".to_owned(), true)}
        </div>
    }
}

pub fn challenges(opening: &Runner) -> impl IntoView + use<> {
    let spec = opening.spec();
    let items: Vec<_> =
        spec.challenges.iter().enumerate().map(|(i, challenge)| item(opening, i, challenge)).collect();
    (!items.is_empty()).then(|| {
        view! {
            <details class="challenges">
                <summary data-challenge-count>{words::challenges(0, items.len())}</summary>
                <ul>{items}</ul>
            </details>
        }
    })
}

/// Asks whether it is luck, where a seed is drawn; `asked` is what [`crate::web::luck`] knows it by. One that
/// waits is shown when there is something to ask, and has its place before.
pub fn luck(spec: &Spec, asked: String, waits: bool) -> impl IntoView + use<> {
    spec.has_seed().then(|| {
        view! {
            <p class="luck" data-luck=asked data-waits=waits.then_some("")>
                <button type="button" data-action="luck">{words::luck(false)}</button>
                " "
                <span data-luck-says></span>
            </p>
        }
    })
}

/// The fold that the browser fills when it is opened.
pub fn depend(spec: &Spec) -> impl IntoView + use<> {
    spec.controls.iter().any(|c| !c.is_free()).then(|| {
        view! {
            <details class="depend" data-depend>
                <summary>"How does it depend?"</summary>
                <div data-depend-panel></div>
            </details>
        }
    })
}

fn item(opening: &Runner, index: usize, challenge: &'static Challenge) -> impl IntoView + use<> {
    let facts = opening.facts();
    let clauses: Vec<_> = challenge
        .solved
        .iter()
        .map(|clause| {
            let holds = clause.holds(&facts);
            view! {
                <li data-clause class=if holds { "holds" } else { "" }>
                    <span class="tick" aria-hidden="true"></span>
                    {clause_text(opening.spec(), clause)}
                    <span class="visually-hidden" data-clause-state>{words::clause(holds)}</span>
                </li>
            }
        })
        .collect();
    view! {
        <li class="challenge" data-challenge=index>
            <p class="challenge-title">{challenge.title} <span class="stamp" data-stamp></span></p>
            <p>{plain(challenge.task)}</p>
            <ul class="clauses">{clauses}</ul>
            {luck(opening.spec(), index.to_string(), true)}
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
    let ids = clause.quantity.ids();
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
