//! `tinkerable list`: the topics, their simulations, and the schema of each.

use std::fmt::Write as _;

use serde_json::{Value as Json, json};

use super::arguments::Arguments;
use super::command::{Command, Flag};
use super::{Answer, Failure};
use crate::lab::run::measured::plain;
use crate::lab::schema::control::Beside;
use crate::lab::{Control, Kind, Readout, Spec, Value};
use crate::topics::{self, Topic};

pub const COMMAND: Command = Command {
    name: "list",
    words: "",
    options: &[Flag::alone("json")],
    forms: &[],
    about: "The topics, their simulations and every control.",
    also: None,
    run: command,
};

fn command(arguments: &Arguments) -> Result<Answer, Failure> {
    let text = if arguments.has("json") { listed_json() } else { listed_text() };
    Ok(Answer::text(text, Vec::new()))
}

fn listed_text() -> String {
    let mut out = String::new();
    for topic in topics::ALL {
        let _ = writeln!(out, "{}: {}", topic.title, topic.question);
        for spec in topic.simulations {
            let _ = writeln!(out, "  {}: {}", topic.address(spec), spec.title);
            for control in spec.controls {
                let _ = writeln!(
                    out,
                    "    {}={}  {}: {}",
                    control.id,
                    control.on_a_line(&control.default()),
                    control.label,
                    control.legal()
                );
            }
        }
    }
    out
}

fn listed_json() -> String {
    let topics: Vec<Json> = topics::ALL.iter().map(|t| topic_json(t)).collect();
    format!("{:#}\n", json!({ "topics": topics }))
}

fn topic_json(topic: &Topic) -> Json {
    let simulations: Vec<Json> = topic.simulations.iter().map(|s| spec_json(topic, s)).collect();
    json!({
        "slug": topic.slug,
        "page": topic.path(),
        "group": topic.group.title(),
        "title": topic.title,
        "question": topic.question,
        "simulations": simulations,
    })
}

fn spec_json(topic: &Topic, spec: &Spec) -> Json {
    let presets: Vec<Json> = spec
        .presets
        .iter()
        .map(|p| {
            let values: serde_json::Map<String, Json> =
                p.values.iter().map(|(id, text)| ((*id).to_owned(), json!(text))).collect();
            json!({ "id": p.id, "label": p.label, "look": plain(p.look), "values": values })
        })
        .collect();
    json!({
        "id": spec.id,
        "address": topic.address(spec),
        "title": spec.title,
        "summary": spec.summary,
        "steps": spec.pace.opening,
        "step_unit": spec.pace.unit,
        "promised": spec.pace.promised,
        "controls": spec.controls.iter().map(control_json).collect::<Vec<_>>(),
        "readouts": spec.readouts.iter().map(readout_json).collect::<Vec<_>>(),
        "presets": presets,
    })
}

fn control_json(control: &Control) -> Json {
    let mut out = json!({
        "id": control.id,
        "label": control.label,
        "type": control.type_name(),
        "default": value_json(control, &control.default()),
        "unit": control.unit,
        "help": control.help,
        "legal": control.legal(),
        "live": control.live,
    });
    for place in control.places() {
        let (condition, other) = match place.beside {
            Beside::Only(options) => ("only", json!({ "control": place.other, "options": options })),
            Beside::Unless(options) => ("unless", json!({ "control": place.other, "options": options })),
            Beside::AboveLeast => ("above_least", json!({ "control": place.other })),
        };
        out[condition] = other;
    }
    if control.invites {
        out["invites"] = json!(true);
    }
    match control.kind {
        Kind::Integer { min, max, step, .. } => {
            out["range"] = json!([min, max]);
            out["step"] = json!(step);
        }
        Kind::Doubling { min, max, .. } => {
            out["range"] = json!([min, max]);
            out["factor"] = json!(2);
        }
        Kind::Real { min, max, step, .. } => {
            out["range"] = json!([min, max]);
            out["step"] = json!(step);
        }
        Kind::Logarithmic { min, max, digits, whole, .. } => {
            out["range"] = json!([min, max]);
            if whole {
                out["step"] = json!(1);
            } else {
                out["significant_digits"] = json!(digits);
            }
        }
        Kind::Choice { options, .. } => {
            out["options"] =
                options.iter().map(|(id, label)| json!({ "id": id, "label": label })).collect::<Json>();
        }
        Kind::Toggle { .. } => {}
        Kind::Text(text) => {
            out["longest"] = json!(text.longest);
            out["lines"] = json!(text.lines);
            out["alphabet"] = json!(text.alphabet.name);
            if let Some(table) = text.table {
                out["columns"] = json!(table.head());
                out["takes"] = json!(table.legal());
            }
        }
        Kind::Drawing(drawing) => {
            out["columns"] = json!(drawing.columns);
            out["rows"] = json!(drawing.rows);
            out["inks"] = (0..drawing.levels()).map(|level| drawing.ink_name(level as u8)).collect::<Json>();
        }
        Kind::Seed { .. } => {
            out["range"] = json!(control.range().map(|x| x as i64));
            out["step"] = json!(1);
        }
    }
    out
}

fn readout_json(readout: &Readout) -> Json {
    json!({ "id": readout.id, "label": readout.label, "unit": readout.unit, "help": readout.meaning() })
}

/// A control's value as JSON: a number, the id of an option, a text, the text of a drawing, or true or
/// false.
pub fn value_json(control: &Control, value: &Value) -> Json {
    match (control.kind, value) {
        (_, Value::Toggle(on)) => json!(on),
        (_, Value::Choice(_) | Value::Text(_) | Value::Drawing(_)) => json!(control.written(value)),
        (_, Value::Integer(n)) => json!(n),
        (Kind::Logarithmic { whole: true, .. }, Value::Real(x)) => json!(*x as i64),
        (_, Value::Real(x)) => json!(x),
    }
}
