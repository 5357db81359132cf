//! Controls: one row each, made from the schema. All ranges and texts come from there.

use super::drawing::drawing;
use crate::lab::address::is_own;
use crate::lab::figure::{scene, text_width};
use crate::lab::schema::table::Table;
use crate::lab::schema::text::Text;
use crate::lab::{Control, Kind, Spec, Value};
use crate::web::words::{self, TRACK};
use leptos::either::{Either, EitherOf5};
use leptos::prelude::*;

pub fn controls(spec: &'static Spec) -> impl IntoView {
    let values = spec.defaults();
    let rows = |secondary: bool| -> Vec<_> {
        let these = spec.controls.iter().filter(|c| c.secondary == secondary);
        these.map(|c| row(spec.id, c, !values.shows(c))).collect()
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
            <button type="button" class="quiet" data-action="defaults">"Restore the defaults"</button>
        </div>
    }
}

/// Some controls alone, with nothing around them.
pub fn some(spec: &'static Spec, shown: &[&str]) -> impl IntoView + use<> {
    let rows: Vec<_> =
        spec.controls.iter().filter(|c| shown.contains(&c.id)).map(|c| row(spec.id, c, false)).collect();
    view! {
        <div class="controls" role="group" aria-label="Controls">
            {rows}
        </div>
    }
}

fn row(simulation: &str, control: &'static Control, hidden: bool) -> impl IntoView + use<> {
    let id = format!("{simulation}-{}", control.id);
    let input = match control.kind {
        Kind::Choice { options, default } => EitherOf5::A(choice(control, options, default, id.clone())),
        Kind::Toggle { .. } => EitherOf5::B(toggle(control, id.clone())),
        Kind::Text(text) => EitherOf5::C(typed(control, text, id.clone())),
        Kind::Drawing(sheet) => EitherOf5::D(drawing(control, sheet, id.clone())),
        _ => EitherOf5::E(number(control, id.clone())),
    };
    // A sheet is no field that a label could name.
    let label = if matches!(control.kind, Kind::Drawing(_)) {
        Either::Left(view! { <span class="label">{control.label}</span> })
    } else {
        Either::Right(view! { <label for=id.clone()>{control.label}</label> })
    };
    let help = (!control.help.is_empty()).then(|| {
        // A track shows its ends; what may be typed or drawn has to be said.
        let takes = if control.is_free() { format!(" It takes {}.", control.legal()) } else { String::new() };
        view! {
            <details class="help" data-help>
                <summary aria-label=format!("About {}", control.label)>"?"</summary>
                <p id=format!("{id}-help")>{control.help} {takes}</p>
            </details>
        }
    });
    view! {
        <div class="control" data-control-row=control.id hidden=hidden>
            {label}
            {input}
            {help}
        </div>
    }
}

fn number(control: &'static Control, id: String) -> impl IntoView {
    let value = control.default();
    let [min, max] = control.range();
    let unit = unit_id(control, &id);
    view! {
        <span class="field">
            <input
                type="text"
                inputmode="decimal"
                role="spinbutton"
                autocomplete="off"
                id=id
                name=control.id
                value=control.shown(&value)
                aria-valuemin=min
                aria-valuemax=max
                aria-valuenow=control.number(&value)
                aria-valuetext=words::with_unit(control, &value)
                aria-describedby=unit.clone()
            />
            {unit.map(|id| unit_of(control, id))}
        </span>
        <input
            type="range"
            class="track"
            data-track=control.id
            min="0"
            max=TRACK
            tabindex="-1"
            aria-hidden="true"
            value=words::place(control, &value)
        />
    }
}

/// The unit of a control describes its field: browsers say what stands in a text field, and not its
/// `aria-valuetext`.
fn unit_id(control: &Control, field: &str) -> Option<String> {
    (!control.unit.is_empty()).then(|| format!("{field}-unit"))
}

fn unit_of(control: &'static Control, id: String) -> impl IntoView {
    view! {
        <span class="unit" id=id>
            {control.unit}
        </span>
    }
}

fn choice(
    control: &'static Control,
    options: &'static [(&'static str, &'static str)],
    default: usize,
    id: String,
) -> impl IntoView {
    // A page may be painted when a part of it has come: its select is as wide as with all its options.
    let ems = options.iter().map(|(_, label)| text_width(label) / scene::SIZE).fold(0.0, f64::max);
    // The letters of some families are wider than the estimate.
    let ems = scene::number(ems + 0.6);
    let options: Vec<_> = options
        .iter()
        .enumerate()
        .map(|(i, (option, label))| view! { <option value=*option selected=i == default>{*label}</option> })
        .collect();
    let unit = unit_id(control, &id);
    view! {
        <span class="field">
            <select id=id name=control.id aria-describedby=unit.clone() data-ems=ems>
                {options}
            </select>
            {unit.map(|id| unit_of(control, id))}
        </span>
    }
}

/// A field for one line, or a small page for several. Nothing cuts off what is too long: it stays, and a
/// sentence below says so.
fn typed(control: &'static Control, text: Text, id: String) -> impl IntoView {
    let says = format!("{id}-says");
    let field = if text.lines == 1 {
        Either::Left(view! {
            <input
                type="text"
                class="typed"
                id=id
                name=control.id
                value=text.default
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                aria-describedby=says.clone()
            />
        })
    } else {
        Either::Right(view! {
            <textarea
                class="typed"
                id=id
                name=control.id
                rows=if text.default.is_empty() { 4 } else { text.lines.min(12) }
                placeholder=text.table.map(Table::head)
                autocomplete="off"
                autocapitalize="none"
                spellcheck="false"
                aria-describedby=says.clone()
            >
                {text.default}
            </textarea>
        })
    };
    let own = is_own(control).then(|| {
        view! {
            <div class="acts" role="group" aria-label=control.label>
                <label class="act">
                    "Open a file" <input type="file" class="visually-hidden" accept=words::TABLES data-file />
                </label>
                <button type="button" class="act" data-empty>"Clear"</button>
            </div>
            <p class="own">{words::OWN_DATA}</p>
        }
    });
    view! {
        {field}
        {own}
        <p class="says" id=says role="status" data-says></p>
        {(text.lines > 1)
            .then(|| view! { <button type="button" class="quiet" data-go hidden=true>"Go to the place"</button> })}
    }
}

fn toggle(control: &'static Control, id: String) -> impl IntoView {
    let on = control.default() == Value::Toggle(true);
    view! { <input type="checkbox" role="switch" id=id name=control.id checked=on /> }
}
