//! Controls: one row each, made from the schema. All keys, ranges and texts come from there.

use super::session::Session;
use crate::lab::{Control, Kind, Value};
use leptos::either::{Either, EitherOf3};
use leptos::prelude::*;
use web_sys::KeyboardEvent;

/// Places on a track.
const TRACK: f64 = 1000.0;

#[component]
pub fn Controls(session: Session) -> impl IntoView {
    let rows = |secondary: bool| {
        session
            .spec
            .controls
            .iter()
            .filter(move |c| c.secondary == secondary)
            .map(|control| view! { <Row session control /> })
            .collect::<Vec<_>>()
    };
    let more = rows(true);
    let more = (!more.is_empty()).then(|| {
        view! {
            <details class="more">
                <summary>"More controls"</summary>
                <div class="more-controls">{more}</div>
            </details>
        }
    });
    view! {
        <div class="controls" role="group" aria-label="Controls">
            {rows(false)} {more}
            <button type="button" class="quiet" data-action="defaults" on:click=move |_| session.restore_defaults()>
                "Restore the defaults"
            </button>
        </div>
    }
}

#[component]
fn Row(session: Session, control: &'static Control) -> impl IntoView {
    let id = format!("{}-{}", session.spec.id, control.id);
    let input = match control.kind {
        Kind::Choice { options, .. } => {
            EitherOf3::A(view! { <Choice session control options id=id.clone() /> })
        }
        Kind::Toggle { .. } => EitherOf3::B(view! { <Toggle session control id=id.clone() /> }),
        _ => EitherOf3::C(view! { <Number session control id=id.clone() /> }),
    };
    let help = if control.help.is_empty() {
        Either::Left(())
    } else {
        Either::Right(view! {
            <details class="help">
                <summary aria-label=format!("About {}", control.label)>"?"</summary>
                <p id=format!("{id}-help")>{control.help}</p>
            </details>
        })
    };
    view! {
        <div class="control" data-control-row=control.id>
            <label for=id.clone()>{control.label}</label>
            {input}
            {help}
        </div>
    }
}

#[component]
fn Number(session: Session, control: &'static Control, id: String) -> impl IntoView {
    let value = move || session.values.with(|v| v.get(control.id).unwrap_or(control.default()));
    let text = move || control.spoken(value());
    let spoken = move || format!("{} {}", control.spoken(value()), control.unit).trim_end().to_owned();
    let place = move || (control.position(value()) * TRACK).round().to_string();
    let [min, max] = control.range();
    let initial = control.spoken(control.default());
    view! {
        <span class="field">
            <input
                type="text"
                inputmode="decimal"
                role="spinbutton"
                autocomplete="off"
                id=id
                name=control.id
                value=initial
                prop:value=text
                aria-valuemin=min
                aria-valuemax=max
                aria-valuenow=move || control.number(value())
                aria-valuetext=spoken
                on:keydown=move |event| keys(session, control, &event)
                on:change=move |event| {
                    session.set_text(control.id, &plain(&event_target_value(&event)));
                    // A refused text gives way to the value that stands.
                    let _ = event_target::<web_sys::HtmlInputElement>(&event);
                    event_target::<web_sys::HtmlInputElement>(&event).set_value(&text());
                }
            />
            <span class="unit">{control.unit}</span>
        </span>
        <input
            type="range"
            class="track"
            data-track=control.id
            min="0"
            max=TRACK
            tabindex="-1"
            aria-hidden="true"
            value=(control.position(control.default()) * TRACK).round().to_string()
            prop:value=place
            on:input=move |event| {
                if let Ok(place) = event_target_value(&event).parse::<f64>() {
                    session.set_value(control.id, control.at_position(place / TRACK));
                }
            }
        />
    }
}

/// What a reader types, without the commas that we write ourselves, and with a plain minus.
pub fn plain(text: &str) -> String {
    let text = text.trim().replace('−', "-");
    let grouped = text.split(',').skip(1).all(|part| part.len() >= 3);
    if grouped { text.replace(',', "") } else { text.replace(',', ".") }
}

/// Arrows, Shift+arrows, Page Up and Down, Home and End.
pub fn keys(session: Session, control: &'static Control, event: &KeyboardEvent) {
    if event.ctrl_key() || event.alt_key() || event.meta_key() {
        return;
    }
    let value = session.values.with_untracked(|v| v.get(control.id).unwrap_or(control.default()));
    if let Some(next) = key_value(control, value, &event.key(), event.shift_key()) {
        event.prevent_default();
        session.set_value(control.id, next);
    }
}

/// The value that a key press leads to; `None` for keys that mean something else.
fn key_value(control: &Control, value: Value, key: &str, fine: bool) -> Option<Value> {
    let [min, max] = control.range();
    Some(match key {
        "ArrowUp" | "ArrowRight" => control.moved(value, 1.0, fine),
        "ArrowDown" | "ArrowLeft" => control.moved(value, -1.0, fine),
        "PageUp" => control.moved(value, 10.0, false),
        "PageDown" => control.moved(value, -10.0, false),
        "Home" => control.snap(min),
        "End" => control.snap(max),
        _ => return None,
    })
}

#[component]
fn Choice(
    session: Session,
    control: &'static Control,
    options: &'static [(&'static str, &'static str)],
    id: String,
) -> impl IntoView {
    let chosen = move || session.values.with(|v| v.choice(control.id));
    let default = control.text(control.default());
    view! {
        <select
            id=id
            name=control.id
            prop:value=chosen
            on:change=move |event| session.set_text(control.id, &event_target_value(&event))
        >
            {options
                .iter()
                .map(|(option, label)| {
                    view! { <option value=*option selected=*option == default>{*label}</option> }
                })
                .collect::<Vec<_>>()}
        </select>
    }
}

#[component]
fn Toggle(session: Session, control: &'static Control, id: String) -> impl IntoView {
    let on = move || session.values.with(|v| v.toggle(control.id));
    view! {
        <input
            type="checkbox"
            role="switch"
            id=id
            name=control.id
            checked=control.default() == Value::Toggle(true)
            prop:checked=on
            on:change=move |event| session.set_value(control.id, Value::Toggle(event_target_checked(&event)))
        />
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const K: Control = Control::integer("k", "K", 1, 16, 2);

    #[test]
    fn keys_move_a_value_and_leave_the_others_alone() {
        let at = |key: &str| key_value(&K, Value::Integer(4), key, false);
        assert_eq!(at("ArrowUp"), Some(Value::Integer(5)));
        assert_eq!(at("ArrowLeft"), Some(Value::Integer(3)));
        assert_eq!(at("Home"), Some(Value::Integer(1)));
        assert_eq!(at("End"), Some(Value::Integer(16)));
        assert_eq!(at("PageUp"), Some(Value::Integer(14)));
        assert_eq!(at("Tab"), None);
    }

    #[test]
    fn typed_numbers_may_have_commas() {
        assert_eq!(plain("131,072"), "131072");
        assert_eq!(plain("0,5"), "0.5");
        assert_eq!(plain(" −2 "), "-2");
    }
}
