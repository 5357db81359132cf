//! The address codec: control values as query parameters.
//!
//! `?n_experts=16&top_k=2&seed=3&at=400` for one simulation, or `?moe-train.n_experts=16` where a
//! page has several. Values equal to the default are left out. `kept=top_k:2,alpha:0.1` is a second
//! run to compare with, by the same rules and with the same seed; `kept=defaults` where it has none
//! but defaults. In its texts a comma is `%2C` and a percent sign `%25`, before the query is encoded.

use crate::lab::schema::control::{Control, Kind, Refusal, Value, shorten};
use crate::lab::schema::values::{SEED, Values};
use crate::lab::simulation::Spec;
use crate::words::nearest::slips;

/// A moment of a simulation as an address gives it.
#[derive(Clone, Debug, PartialEq)]
pub struct Moment {
    pub values: Values,
    /// Step to stand at, paused; absent for a run from the start.
    pub at: Option<u64>,
    /// Values of the run that this one is compared with.
    pub kept: Option<Values>,
}

/// Names of a moment that no control may have.
pub const AT: &str = "at";
pub const KEPT: &str = "kept";

/// The name of a sweep that a page shows, with the name of the sweep itself: it belongs to the page.
pub const DEPEND: &str = "depend";

/// Names in the address of a simulation alone in a frame that do not belong to the simulation.
pub const OF_THE_FRAME: [&str; 7] = ["theme", "background", "controls", "play", "scale", "present", DEPEND];

/// What a second run without values of its own is called.
const DEFAULTS: &str = "defaults";

/// The furthest step an address may ask for: more would hang the page.
pub const FURTHEST_STEP: u64 = 1_000_000;

/// The query of a moment, without `?`. With `prefix`, names are `<simulation>.<control>`.
#[must_use]
pub fn encode(spec: &Spec, moment: &Moment, prefix: bool) -> String {
    let mut out = form_urlencoded::Serializer::new(String::new());
    // A control that shares its name with something of the page is always told apart.
    let told_apart = |id: &str| prefix || OF_THE_FRAME.contains(&id);
    let name = |id: &str| if told_apart(id) { format!("{}.{id}", spec.id) } else { id.to_owned() };
    for (control, value) in moment.values.iter() {
        if *value != control.default() {
            out.append_pair(&name(control.id), &control.written(value));
        }
    }
    if let Some(kept) = &moment.kept {
        out.append_pair(&name(KEPT), &encode_kept(kept));
    }
    if let Some(at) = moment.at {
        out.append_pair(&name(AT), &at.to_string());
    }
    out.finish()
}

/// Most bytes of a text that an address carries: with its escapes they stay within what servers and programs
/// for mail take.
pub const LONGEST_TEXT: usize = 2000;

/// Whether a control takes data of the reader's own, which may be too much for an address.
#[must_use]
pub fn is_own(control: &Control) -> bool {
    matches!(control.kind, Kind::Text(text) if text.longest > LONGEST_TEXT)
}

/// A moment without the texts that are too long for an address, and how many characters those have.
#[must_use]
pub fn fitting(mut moment: Moment) -> (Moment, usize) {
    let mut left = 0;
    for values in [Some(&mut moment.values), moment.kept.as_mut()].into_iter().flatten() {
        let long = |(control, value): (&'static Control, &Value)| {
            let text = is_own(control).then(|| control.written(value))?;
            (text.len() > LONGEST_TEXT).then(|| (control, text.chars().count()))
        };
        let long: Vec<(&'static Control, usize)> = values.iter().filter_map(long).collect();
        for (control, characters) in long {
            values.set(control.id, control.default());
            left = characters.max(left);
        }
    }
    (moment, left)
}

/// What cuts the list of a kept run, as it stands in its texts.
const COMMA: [(&str, &str); 1] = [(",", "%2C")];

/// A text for a list that these signs cut: each, and the percent sign, as it stands in a text.
#[must_use]
pub fn escaped(text: &str, signs: &[(&str, &str)]) -> String {
    signs.iter().fold(text.replace('%', "%25"), |text, (sign, code)| text.replace(sign, code))
}

/// The text again.
#[must_use]
pub fn unescaped(text: &str, signs: &[(&str, &str)]) -> String {
    signs.iter().fold(text.to_owned(), |text, (sign, code)| text.replace(code, sign)).replace("%25", "%")
}

/// A second run as the text of `kept`.
#[must_use]
pub fn encode_kept(kept: &Values) -> String {
    let own = kept.iter().filter(|(control, value)| control.id != SEED && **value != control.default());
    let pairs: Vec<String> =
        own.map(|(c, value)| format!("{}:{}", c.id, escaped(&c.written(value), &COMMA))).collect();
    if pairs.is_empty() { DEFAULTS.to_owned() } else { pairs.join(",") }
}

/// Reads the text of `kept`; what is wrong in it becomes a sentence, and the rest stands.
#[must_use]
pub fn read_kept(spec: &Spec, text: &str, refusals: &mut Vec<Refusal>) -> Values {
    let mut kept = spec.defaults();
    for pair in text.split(',').filter(|_| text != DEFAULTS) {
        let sentence = match pair.split_once(':') {
            Some((SEED, _)) => {
                Some("A kept run has the seed of the run beside it: leave it out of “kept”.".to_owned())
            }
            Some((id, text)) => kept
                .set_text(id, &unescaped(text, &COMMA))
                .unwrap_or_else(Some)
                .map(|refusal| refusal.sentence),
            None => Some(format!(
                "“{}” in “kept” is no control with its value: it takes pairs such as k:2,beta:0.9, or {DEFAULTS}.",
                shorten(pair)
            )),
        };
        refusals.extend(sentence.map(|sentence| Refusal { sentence }));
    }
    kept
}

/// The parts of a query that have one of these names.
#[must_use]
pub fn kept(query: &str, names: &[&str]) -> String {
    join(pairs(query).into_iter().filter(|(name, _)| names.contains(&&**name)))
}

/// A query without the parts of one name.
#[must_use]
pub fn without(query: &str, name: &str) -> String {
    join(pairs(query).into_iter().filter(|(other, _)| other != name))
}

/// The parts of a query: name and text.
#[must_use]
pub fn pairs(query: &str) -> Vec<(String, String)> {
    form_urlencoded::parse(query.trim_start_matches('?').as_bytes()).into_owned().collect()
}

/// A query of these parts.
#[must_use]
pub fn join(pairs: impl IntoIterator<Item = (String, String)>) -> String {
    let mut out = form_urlencoded::Serializer::new(String::new());
    out.extend_pairs(pairs);
    out.finish()
}

/// The first part of a query that has a name.
#[must_use]
pub fn value(query: &str, name: &str) -> Option<String> {
    pairs(query).into_iter().find(|(other, _)| other == name).map(|(_, text)| text)
}

/// An address in which `{<simulation>.<control>}` stands for a value: `?batch={moe-ledger.batch}`. A link with
/// such places leads to another page with the values that a figure has now; `value` says what each is.
///
/// # Errors
/// The first place that has no value, as it is written.
pub fn carried(template: &str, value: impl Fn(&str, &str) -> Option<String>) -> Result<String, String> {
    let mut out = String::new();
    let mut parts = template.split('{');
    out.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let (place, rest) = part.split_once('}').ok_or(part)?;
        let found = place.split_once('.').and_then(|(simulation, control)| value(simulation, control));
        out.extend(form_urlencoded::byte_serialize(found.ok_or(place)?.as_bytes()));
        out.push_str(rest);
    }
    Ok(out)
}

/// Whether an address has places for values; see [`carried`].
#[must_use]
pub fn carries(address: &str) -> bool {
    address.contains('{')
}

/// Reads the query of a page with these simulations: a moment for each, and a sentence for each
/// part that could not be used as it stood. What is wrong changes nothing.
///
/// With one simulation, names may stand without its id. `ours` tells names that belong to the page
/// itself (`theme`, say) and are skipped. What others hang on addresses, campaigns and players of video
/// say, is no mistake of the reader's: [`strange`] tells it.
#[must_use]
pub fn decode(specs: &[&'static Spec], query: &str, ours: &[&str]) -> (Vec<Moment>, Vec<Refusal>) {
    let (moments, refusals, _) = read(specs, query, ours);
    (moments, refusals)
}

/// The names in a query that no control is or could be meant by.
#[must_use]
pub fn strange(specs: &[&'static Spec], query: &str, ours: &[&str]) -> Vec<String> {
    read(specs, query, ours).2
}

/// Names that other programs hang on links: where a link was found, and in which course. No control is meant by
/// them, near as some are to features, tokens and seeds; a control of exactly that name is.
const GUESTS: &str = "ab_channel amp app author campaign cid cmid code course courseid feature feed from hl id \
     lang list lti medium page pli ref rel replytocom s section session share sid sig si source src tab ticket \
     token user via";

/// Whether a name may be a misspelt control, or another name of the simulation's addresses.
fn resembles_a_name(spec: &Spec, name: &str) -> bool {
    if GUESTS.split(' ').any(|guest| guest.eq_ignore_ascii_case(name)) {
        return false;
    }
    let ids: Vec<&str> = spec.controls.iter().map(|c| c.id).chain([AT, KEPT]).chain(OF_THE_FRAME).collect();
    resembles(name, &ids)
}

/// Whether a name is near to one of these: a third of its letters are others, at the most, or one is the
/// beginning of the other. Of names of one and two letters everything is near.
fn resembles(name: &str, ids: &[&str]) -> bool {
    // Names of controls have no other letters.
    let name = name.to_ascii_lowercase();
    let begins = |a: &str, b: &str| b.len() >= 4 && a.starts_with(b);
    ids.iter().any(|id| {
        let slips = slips(&name, id).last().copied().unwrap_or(usize::MAX);
        slips == 0 || id.len() > 2 && 3 * slips <= id.len() || begins(&name, id) || begins(id, &name)
    })
}

fn read(specs: &[&'static Spec], query: &str, ours: &[&str]) -> (Vec<Moment>, Vec<Refusal>, Vec<String>) {
    let mut strange = Vec::new();
    let mut moments: Vec<Moment> = specs.iter().map(|s| Moment::of(s.defaults(), None)).collect();
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
                let sentence = match owner {
                    Some(s) => format!("On this page write {}.{name} instead of {name}.", s.id),
                    None if specs.iter().any(|s| resembles_a_name(s, &name)) => {
                        format!("“{}” names nothing on this page.", shorten(&name))
                    }
                    None => {
                        strange.push(name.to_string());
                        continue;
                    }
                };
                refusals.push(Refusal { sentence });
                continue;
            }
        };
        let moment = &mut moments[index];
        if control == KEPT {
            moment.kept = Some(read_kept(specs[index], &text, &mut refusals));
            continue;
        }
        if control == AT {
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
        let known = moment.values.position(&control).is_some();
        if !known && !name.contains('.') && !resembles_a_name(specs[index], &control) {
            strange.push(name.to_string());
            continue;
        }
        match moment.values.set_text(&control, &text) {
            Ok(None) => {}
            Ok(Some(note)) => refusals.push(note),
            Err(refusal) => refusals.push(refusal),
        }
    }
    for moment in &mut moments {
        if let Some(kept) = &mut moment.kept {
            kept.share_seed(&moment.values);
        }
    }
    (moments, refusals, strange)
}

impl Moment {
    /// A moment of a run that is compared with no other.
    #[must_use]
    pub fn of(values: Values, at: Option<u64>) -> Self {
        Self { values, at, kept: None }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_link_carries_the_values_that_a_figure_has() {
        let value = |simulation: &str, control: &str| {
            (simulation == "count").then(|| if control == "word" { "a b".to_owned() } else { "3".to_owned() })
        };
        assert_eq!(carried("../x/?k={count.k}&w={count.word}#y", value), Ok("../x/?k=3&w=a+b#y".to_owned()));
        assert_eq!(carried("../x/", value), Ok("../x/".to_owned()));
        assert_eq!(carried("?k={other.k}", value), Err("other.k".to_owned()));
        assert_eq!(carried("?k={count", value), Err("count".to_owned()));
    }

    #[test]
    fn a_control_named_like_something_of_the_page_keeps_its_value() {
        let (_, spec) = crate::topics::find("attention/flash-tiles").unwrap();
        let values = Values::with(spec.controls, &[("scale", "2")]);
        let query = encode(spec, &Moment::of(values.clone(), None), false);
        assert_eq!(query, "flash-tiles.scale=2");
        let (moments, refusals) = decode(&[spec], &format!("scale=3&{query}"), &OF_THE_FRAME);
        assert_eq!((&moments[0].values, refusals.len()), (&values, 0));
    }

    #[test]
    fn a_kept_run_stands_in_the_address_beside_the_other() {
        use crate::sample::SPEC;
        let values = |pairs| Values::with(SPEC.controls, pairs);
        let mut moment = Moment::of(values(&[("stride", "5"), ("seed", "9")]), Some(7));
        moment.kept = Some(values(&[("stride", "2"), ("order", "down"), ("seed", "9")]));
        let query = encode(&SPEC, &moment, false);
        assert_eq!(query, "stride=5&seed=9&kept=stride%3A2%2Corder%3Adown&at=7");
        assert_eq!(decode(&[&SPEC], &query, &[]), (vec![moment.clone()], vec![]));

        moment.kept = Some(values(&[("seed", "9")]));
        let query = encode(&SPEC, &moment, true);
        assert!(query.ends_with(".kept=defaults&count.at=7"), "{query}");
        assert_eq!(decode(&[&SPEC], &query, &[]), (vec![moment], vec![]));
    }

    #[test]
    fn texts_and_drawings_stand_in_the_address() {
        use crate::sample::SPEC;
        let mut moment =
            Moment::of(Values::with(SPEC.controls, &[("word", "a, b: 5%"), ("sketch", "f00a..1")]), None);
        assert_eq!(encode(&SPEC, &moment, false), "word=a%2C+b%3A+5%25&sketch=f00a..1");
        moment.kept = Some(Values::with(SPEC.controls, &[("word", "%2C,:"), ("sketch", "f")]));
        let query = encode(&SPEC, &moment, true);
        assert_eq!(decode(&[&SPEC], &query, &[]), (vec![moment], vec![]));
        let nothing = Moment::of(Values::with(SPEC.controls, &[("word", "")]), None);
        assert_eq!(decode(&[&SPEC], &encode(&SPEC, &nothing, false), &[]), (vec![nothing], vec![]));
        let (moments, refusals) = decode(&[&SPEC], "word=non-stop&sketch=0f.00000&stride=5", &[]);
        assert_eq!(moments[0].values, Values::with(SPEC.controls, &[("stride", "5")]), "the rest stands");
        let said: Vec<&str> = refusals.iter().map(|r| r.sentence.as_str()).collect();
        assert_eq!(said[0], "Word, character 5: “stop” is never counted: take another word.");
        assert!(said[1].starts_with("Sketch, row 2, cell 5: the row has more than 4 cells"), "{said:?}");
    }

    #[test]
    fn what_is_wrong_in_a_kept_run_is_named() {
        use crate::sample::SPEC;
        let (moments, refusals) = decode(&[&SPEC], "kept=stride:2,zzz:1,loud,stride:x,seed:4", &[]);
        let kept = moments[0].kept.as_ref().map(|kept| kept.integer("stride"));
        assert_eq!(kept, Some(2));
        let said: Vec<&str> = refusals.iter().map(|r| r.sentence.as_str()).collect();
        assert_eq!(said.len(), 4, "{said:?}");
        assert!(said[0].contains("“zzz”") && said[1].contains("“loud”") && said[3].contains("leave it out"));
    }

    #[test]
    fn what_belongs_to_the_page_stays_in_the_address() {
        assert_eq!(kept("?theme=dark&k=2&scale=1.5", &OF_THE_FRAME), "theme=dark&scale=1.5");
        assert_eq!(without("?word=&present=2", "present"), "word=", "an empty text is a text");
    }

    #[test]
    fn what_others_hang_on_an_address_is_no_mistake_of_the_reader() {
        use crate::sample::SPEC;
        let query = "utm_source=x&fbclid=y&gclid=z&forceview=1&_ga=1&mc_cid=2&ref=home&v=2&si=3&stride=5";
        let (moments, refusals) = decode(&[&SPEC], query, &OF_THE_FRAME);
        assert_eq!((moments[0].values.integer("stride"), refusals), (5, vec![]));
        let names = strange(&[&SPEC], query, &OF_THE_FRAME);
        assert_eq!(names, ["utm_source", "fbclid", "gclid", "forceview", "_ga", "mc_cid", "ref", "v", "si"]);
        // Near to a control of some simulation, and what it would be told as.
        let guests = "feature=shared&rel=0&share=1&pli=1&feed=rss&course=7&token=a&Section=2&user=3";
        for topic in crate::topics::ALL {
            for spec in topic.simulations {
                let is_own = |name: &str| spec.defaults().position(name).is_some();
                let told: Vec<Refusal> = decode(&[*spec], guests, &OF_THE_FRAME).1;
                let own = pairs(guests).iter().filter(|(name, _)| is_own(name)).count();
                assert!(told.len() <= own, "{}: {told:?}", spec.id);
            }
        }
        let (_, refusals) = decode(&[&SPEC], "sed=1&featurs=1", &OF_THE_FRAME);
        assert_eq!(refusals.len(), 1, "{refusals:?}");
        for misspelt in ["stide", "Stride", "strides", "oder", "sede", "thme", "count.utm_source", "words"] {
            let (_, refusals) = decode(&[&SPEC], &format!("{misspelt}=1"), &OF_THE_FRAME);
            assert_eq!(refusals.len(), 1, "{misspelt}");
        }
    }
}
