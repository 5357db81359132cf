//! The address codec: control values as query parameters.
//!
//! `?n_experts=16&top_k=2&seed=3&at=400` for one simulation, or `?moe-train.n_experts=16` where a
//! page has several. Values equal to the default are left out.

use super::control::{Refusal, shorten};
use super::embed;
use super::simulation::Spec;
use super::values::Values;

/// A moment of a simulation as an address gives it.
#[derive(Clone, Debug, PartialEq)]
pub struct Moment {
    pub values: Values,
    /// Step to stand at, paused; absent for a run from the start.
    pub at: Option<u64>,
}

/// The furthest step an address may ask for: more would hang the page.
pub const FURTHEST_STEP: u64 = 1_000_000;

/// The query of a moment, without `?`. With `prefix`, names are `<simulation>.<control>`.
#[must_use]
pub fn encode(spec: &Spec, moment: &Moment, prefix: bool) -> String {
    let mut out = form_urlencoded::Serializer::new(String::new());
    // A control that shares its name with something of the page is always told apart.
    let told_apart = |id: &str| prefix || embed::NAMES.contains(&id);
    let name = |id: &str| if told_apart(id) { format!("{}.{id}", spec.id) } else { id.to_owned() };
    for (control, value) in moment.values.iter() {
        if value != control.default() {
            out.append_pair(&name(control.id), &control.text(value));
        }
    }
    if let Some(at) = moment.at {
        out.append_pair(&name("at"), &at.to_string());
    }
    out.finish()
}

/// The parts of a query that have one of these names.
#[must_use]
pub fn kept(query: &str, names: &[&str]) -> String {
    let mut out = form_urlencoded::Serializer::new(String::new());
    let pairs = form_urlencoded::parse(query.trim_start_matches('?').as_bytes());
    out.extend_pairs(pairs.filter(|(name, _)| names.contains(&&**name)));
    out.finish()
}

/// A query without the parts of one name.
#[must_use]
pub fn without(query: &str, name: &str) -> String {
    let mut out = form_urlencoded::Serializer::new(String::new());
    let pairs = form_urlencoded::parse(query.trim_start_matches('?').as_bytes());
    out.extend_pairs(pairs.filter(|(other, _)| other != name));
    out.finish()
}

/// The first part of a query that has a name.
#[must_use]
pub fn value(query: &str, name: &str) -> Option<String> {
    let mut pairs = form_urlencoded::parse(query.trim_start_matches('?').as_bytes());
    pairs.find(|(other, _)| other == name).map(|(_, text)| text.into_owned())
}

/// Reads the query of a page with these simulations: a moment for each, and a sentence for each
/// part that could not be used as it stood. What is wrong changes nothing.
///
/// With one simulation, names may stand without its id. `ours` tells names that belong to the page
/// itself (`theme`, say) and are skipped.
#[must_use]
pub fn decode(specs: &[&'static Spec], query: &str, ours: &[&str]) -> (Vec<Moment>, Vec<Refusal>) {
    let mut moments: Vec<Moment> = specs.iter().map(|s| Moment { values: s.defaults(), at: None }).collect();
    let mut refusals = Vec::new();
    for (name, text) in form_urlencoded::parse(query.trim_start_matches('?').as_bytes()) {
        if ours.contains(&name.as_ref()) {
            continue;
        }
        let (index, control) = match (name.split_once('.'), specs) {
            (Some((simulation, control)), _) => {
                let Some(index) = specs.iter().position(|s| s.id == simulation) else {
                    let ids: Vec<&str> = specs.iter().map(|s| s.id).collect();
                    refusals.push(Refusal {
                        sentence: format!(
                            "There is no simulation “{}” on this page: it has {}.",
                            shorten(simulation),
                            ids.join(", ")
                        ),
                    });
                    continue;
                };
                (index, control.to_owned())
            }
            (None, [_]) => (0, name.to_string()),
            (None, _) => {
                let owner = specs.iter().find(|s| s.defaults().position(&name).is_some());
                refusals.push(Refusal {
                    sentence: match owner {
                        Some(s) => format!("On this page write {}.{name} instead of {name}.", s.id),
                        None => format!("“{}” names nothing on this page.", shorten(&name)),
                    },
                });
                continue;
            }
        };
        let moment = &mut moments[index];
        if control == "at" {
            match text.parse::<u64>() {
                Ok(step) if step <= FURTHEST_STEP => moment.at = Some(step),
                _ => refusals.push(Refusal {
                    sentence: format!(
                        "“{}” is no step to stand at: “at” takes a whole number from 0 to {FURTHEST_STEP}.",
                        shorten(&text)
                    ),
                }),
            }
            continue;
        }
        match moment.values.set_text(&control, &text) {
            Ok(None) => {}
            Ok(Some(note)) => refusals.push(note),
            Err(refusal) => refusals.push(refusal),
        }
    }
    (moments, refusals)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_control_named_like_something_of_the_page_keeps_its_value() {
        let (_, spec) = crate::topics::find("attention/flash-tiles").unwrap();
        let values = Values::with(spec.controls, &[("scale", "2")]);
        let query = encode(spec, &Moment { values: values.clone(), at: None }, false);
        assert_eq!(query, "flash-tiles.scale=2");
        let (moments, refusals) = decode(&[spec], &format!("scale=3&{query}"), &embed::NAMES);
        assert_eq!((&moments[0].values, refusals.len()), (&values, 0));
    }

    #[test]
    fn what_belongs_to_the_page_stays_in_the_address() {
        assert_eq!(kept("?theme=dark&k=2&scale=1.5", &embed::NAMES), "theme=dark&scale=1.5");
    }
}
