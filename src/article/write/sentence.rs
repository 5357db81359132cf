//! Sentences to HTML: words, formulas, citations, and the parts of simulations in the prose.

use super::Writer;
use crate::article::block::{Cited, Inline, InlineKind, Part, plain};
use crate::article::html::{close, element, open};
use crate::article::measured;
use crate::article::sections::{ANSWER, QUESTION, QUESTIONS, STEP, TALK};
use crate::article::stage::Resolved;
use crate::lab::address;
use crate::lab::figure::Tone;
use crate::lab::figure::svg::escape;
use crate::{guide, topics};

impl<'a> Writer<'a> {
    pub(super) fn inlines(&mut self, content: &'a [Inline]) {
        // What already stands behind the formula before it.
        let mut taken = 0;
        for (place, inline) in content.iter().enumerate() {
            let follows = match content.get(place + 1).map(|next| &next.kind) {
                Some(InlineKind::Text(text)) => text.as_str(),
                _ => "",
            };
            match &inline.kind {
                InlineKind::Text(text) => {
                    if text.contains('$') && text.contains(['\\', '{', '^', '_']) {
                        self.problem(inline.line, format!("A formula is not closed in “{text}”."));
                    }
                    let text = unbroken(&text[std::mem::take(&mut taken)..], self.ends_with_a_number());
                    self.out.push_str(&escape(&text));
                }
                InlineKind::Code(text) => element(&mut self.out, "code", &[], text),
                InlineKind::Emphasis(inner) => self.enclosed("em", &[], inner),
                InlineKind::Strong(inner) => self.enclosed("strong", &[], inner),
                InlineKind::Math(latex) => {
                    let mathml = self.math.inline(latex);
                    // A line breaks on either side of a formula, unless it may not.
                    let after = clings(follows);
                    taken = after.len();
                    if !after.is_empty() {
                        open(&mut self.out, "span", &[("class", "whole")]);
                    }
                    self.push_checked(mathml, inline.line);
                    if !after.is_empty() {
                        self.out.push_str(&escape(after));
                        close(&mut self.out, "span");
                    }
                }
                InlineKind::LineEnd => self.out.push('\n'),
                InlineKind::Break => self.out.push_str("<br>"),
                InlineKind::Link { to, content } => {
                    for (scheme, what, section) in [
                        (STEP, "a step", TALK),
                        (QUESTION, "a question", QUESTIONS),
                        (ANSWER, "an answer", QUESTIONS),
                    ] {
                        if to.starts_with(scheme) {
                            let sentence = format!(
                                "A link to {what} has its place in the list under “{section}” and nowhere else."
                            );
                            self.problem(inline.line, sentence);
                        }
                    }
                    self.link(to, content, inline.line);
                }
                InlineKind::Measured { run, content } => self.measured(run, content, inline.line),
                InlineKind::Part(part) => {
                    self.part(part, inline.line);
                    let said = self.out.strip_suffix("</output>");
                    let said = said.and_then(|out| out.rsplit_once(['\u{a0}', '\u{202f}']));
                    let word =
                        follows.split_whitespace().next().map(|word| word.trim_end_matches(['.', ',']));
                    if let Some((_, unit)) = said
                        && word == Some(unit)
                    {
                        let sentence =
                            format!("The readout says its unit, and “{unit}” stands behind it again.");
                        self.problem(inline.line, sentence);
                    }
                }
                InlineKind::Citation(cited) => self.citation(cited, inline.line),
            }
        }
    }

    /// Whether what was written last is a digit, whatever it is enclosed in.
    fn ends_with_a_number(&self) -> bool {
        let mut out = &*self.out;
        // Of an end tag there is only its name between the signs.
        while let Some((before, name)) = out.strip_suffix('>').and_then(|out| out.rsplit_once("</"))
            && name.chars().all(char::is_alphanumeric)
        {
            out = before;
        }
        out.ends_with(|c: char| c.is_ascii_digit())
    }

    pub(super) fn enclosed(&mut self, name: &str, attributes: &[(&str, &str)], content: &'a [Inline]) {
        open(&mut self.out, name, attributes);
        self.inlines(content);
        close(&mut self.out, name);
    }

    /// A link; one that carries values has those of the opening moment, until the page comes to life.
    fn link(&mut self, to: &'a str, content: &'a [Inline], line: usize) {
        let filled = address::carried(to, |simulation, control| self.stage.value(simulation, control));
        let href = match filled {
            Ok(href) => href,
            Err(place) => {
                self.problem(
                    line,
                    format!("No figure of this page has the value “{place}” that a link carries."),
                );
                return;
            }
        };
        if href.starts_with("../")
            && let Err(sentence) = page_at(&self.topic.path(), &href)
        {
            self.problem(line, sentence);
        }
        let mut attributes = vec![("href", &*href)];
        if address::carries(to) {
            attributes.push(("data-carry", to));
        }
        self.enclosed("a", &attributes, content);
    }

    /// A number that its run agrees with, as a link that sets the run up.
    fn measured(&mut self, name: &str, content: &'a [Inline], line: usize) {
        match measured::number(self.topic, &plain(content), name) {
            Err(sentence) => self.problem(line, sentence),
            Ok((run, _)) if self.noting => {
                let title = format!("Measured: {}.", run.words());
                self.enclosed("span", &[("class", "measured"), ("title", &*title)], content);
            }
            Ok((run, answer)) => {
                let (moment, address) = measured::moment(&run, &answer);
                let here = self.topic.simulation(run.spec.id).is_some_and(|spec| *spec == *run.spec);
                let page = topics::ALL.iter().find(|t| t.simulations.contains(&run.spec));
                let away = page.filter(|_| !here).map(|topic| format!("../{}", topic.path()));
                let href = format!("{}{address}", away.unwrap_or_default());
                let title = format!("Measured: {}. Sets this run up.", run.words());
                let mut attributes = vec![("class", "measured"), ("href", &*href), ("title", &*title)];
                if here {
                    attributes.push(("data-run", &*moment));
                }
                self.enclosed("a", &attributes, content);
            }
        }
    }

    fn part(&mut self, part: &'a Part, line: usize) {
        let name = format!("{}.{}", part.simulation, part.id);
        match self.stage.resolve(self.topic, part) {
            Err(sentence) => self.problem(line, sentence),
            Ok(Resolved::Control { control, value, before, shown, after }) => {
                if control.is_free() {
                    // What is typed or drawn is changed where it is typed or drawn.
                    let attributes = [
                        ("type", "button"),
                        ("class", "scrub"),
                        ("data-field", &*name),
                        ("aria-label", &*format!("{} {shown}", control.label)),
                    ];
                    self.out.push_str(&escape(&before));
                    element(&mut self.out, "button", &attributes, &shown);
                    self.out.push_str(&escape(&after));
                    return;
                }
                let [least, most] = control.range().map(|x| x.to_string());
                let attributes = [
                    ("class", "scrub"),
                    ("data-control", &*name),
                    ("role", "spinbutton"),
                    ("tabindex", "0"),
                    ("aria-label", control.label),
                    ("aria-valuenow", &*control.number(&value).to_string()),
                    ("aria-valuemin", &*least),
                    ("aria-valuemax", &*most),
                    ("aria-valuetext", &*format!("{shown} {}", control.unit).trim_end().to_owned()),
                ];
                self.out.push_str(&escape(&before));
                element(&mut self.out, "span", &attributes, &shown);
                self.out.push_str(&escape(&after));
            }
            Ok(Resolved::Readout { shown }) => {
                // Each change of every number in the prose would be too much to be said aloud.
                let attributes = [("class", "live"), ("data-live-readout", &*name), ("aria-live", "off")];
                element(&mut self.out, "output", &attributes, &shown);
            }
            Ok(Resolved::Mark { tone }) => {
                let mut attributes = vec![("class", "light"), ("tabindex", "0"), ("data-light", &*name)];
                let tone = tone.map(tone_name);
                if let Some(tone) = &tone {
                    attributes.push(("data-tone", tone));
                }
                self.enclosed("span", &attributes, &part.content);
            }
            Ok(Resolved::Preset { preset, address }) => {
                // A link and no button: it breaks across lines as the words around it do.
                let attributes = [
                    ("class", "preset-link"),
                    ("href", &*address),
                    ("data-preset", &*name),
                    ("title", &*crate::lab::run::measured::plain(preset.look)),
                ];
                self.enclosed("a", &attributes, &part.content);
            }
        }
    }

    fn citation(&mut self, cited: &'a [Cited], line: usize) {
        // A citation never begins a line.
        self.out.truncate(self.out.trim_end().len());
        open(&mut self.out, "span", &[("class", "cite")]);
        self.out.push('[');
        for (i, one) in cited.iter().enumerate() {
            if i > 0 {
                self.out.push_str(", ");
            }
            let Some(number) = self.references.iter().position(|key| *key == one.key) else {
                self.problem(line, format!("“{}” is cited, and the references do not list it.", one.key));
                continue;
            };
            let so_far = self.cited.get_mut(one.key.as_str()).map_or(1, |(_, so_far)| {
                *so_far += 1;
                *so_far
            });
            let attributes = [
                ("id", &*format!("cite-{}-{so_far}", one.key)),
                ("href", &*format!("#ref-{}", one.key)),
                ("role", "doc-biblioref"),
            ];
            element(&mut self.out, "a", &attributes, &(number + 1).to_string());
            if !one.place.is_empty() {
                self.out.push_str(&escape(&format!(", {}", one.place)));
            }
        }
        self.out.push(']');
        close(&mut self.out, "span");
    }
}

/// What a text begins with that clings to the formula before it: marks of a sentence, an ending.
fn clings(text: &str) -> &str {
    let end = text.find(char::is_whitespace).unwrap_or(text.len());
    let word = &text[..end];
    if word.starts_with(['.', ',', ';', ':', '?', '!', ')', '-', '’', '”']) { word } else { "" }
}

/// Units that the articles write behind a number; neither begins a line without the other.
const UNITS: [&str; 28] = [
    "%", "×", "bits", "bit", "nats", "nat", "KB", "KiB", "MB", "GB", "TB", "ns", "ms", "s", "h", "m", "px",
    "pJ", "nJ", "mJ", "J", "Wh", "kWh", "MWh", "GWh", "W", "kW", "MW",
];

/// A text in which no line breaks between a number and its unit; it may follow on a number.
fn unbroken(text: &str, mut number: bool) -> String {
    let mut out = String::with_capacity(text.len());
    for (at, sign) in text.char_indices() {
        let after = &text[at + sign.len_utf8()..];
        let unit =
            &after[..after.find(|c: char| !c.is_alphabetic() && c != '%' && c != '×').unwrap_or(after.len())];
        let belongs = sign == ' ' && number && UNITS.contains(&unit);
        number = sign.is_ascii_digit();
        out.push(if belongs { '\u{a0}' } else { sign });
    }
    out
}

/// Whether a link from the page at `from` leads to a page about something, with values that it understands.
fn page_at(from: &str, to: &str) -> Result<(), String> {
    let mut parts: Vec<&str> = from.split('/').filter(|p| !p.is_empty()).collect();
    for part in to.split(['#', '?']).next().unwrap_or(to).split('/').filter(|p| !p.is_empty()) {
        if part == ".." {
            parts.pop();
        } else {
            parts.push(part);
        }
    }
    let asked = format!("{}/", parts.join("/"));
    let known: Vec<String> = topics::ALL.iter().chain(guide::PAGES).map(|topic| topic.path()).collect();
    if let Some(topic) = topics::ALL.iter().find(|topic| topic.path() == asked) {
        let query = to.split_once('?').map_or("", |(_, query)| query.split('#').next().unwrap_or(query));
        let (_, refusals) = address::decode(topic.simulations, query, &[]);
        return refusals.first().map_or(Ok(()), |refusal| Err(refusal.sentence.clone()));
    }
    if known.contains(&asked) {
        return Ok(());
    }
    Err(format!(
        "The link to “{to}” leads to /{asked}, where no page is: the pages are {}.",
        known.join(", ")
    ))
}

/// The name of a tone, as its CSS variable has it.
fn tone_name(tone: Tone) -> String {
    crate::lab::figure::palette::variable(tone).trim_start_matches("var(--").trim_end_matches(')').to_owned()
}
