//! `search.json`: everything on the site that the search finds, as `[kind, title, place, text]`.
//! What a query finds in it, and in which order, says [`crate::words::search`].

use std::collections::BTreeMap;

use super::File;
use super::guide;
use super::page::FOOTER;
use crate::article::html::words;
use crate::article::{Article, Entry, Section};
use crate::lab::schema::control;
use crate::lab::{Control, Spec};
use crate::words::search::{self, Kind};

/// Where the index stands, from the root of the site.
pub const PATH: &str = "search.json";

/// Letters of a text that are kept: enough to know what stands there. The index is loaded as a whole.
const LONGEST: usize = 90;

/// Letters of the title of a source that are kept: titles are asked for by their words.
const LONGEST_TITLE: usize = 160;

/// Letters of the names of a section's rows that are kept: each of them may be asked for.
const LONGEST_ROWS: usize = 480;

/// The index of the topics, in the order in which equals are listed.
#[must_use]
pub fn index(articles: &[Article], plain: &[Article]) -> File {
    let entries = entries(articles, plain);
    let rows = entries.iter().map(|entry| {
        serde_json::json!([entry.kind.word(), entry.title, entry.place, entry.text]).to_string()
    });
    // A line for each, so that two builds can be compared.
    let text = format!("[\n{}\n]\n", rows.collect::<Vec<_>>().join(",\n"));
    File { path: PATH.to_owned(), text }
}

/// Everything that can be found.
#[must_use]
pub fn entries(articles: &[Article], plain: &[Article]) -> Vec<search::Entry> {
    let mut all = Vec::new();
    for (kind, list) in [(Kind::Topic, articles), (Kind::Page, plain)] {
        all.extend(list.iter().map(|article| page(kind, article)));
    }
    all.extend(FOOTER.map(|(path, words)| found(Kind::Page, words, path.to_owned(), about(path))));
    for article in articles.iter().chain(plain) {
        let path = article.topic.path();
        all.extend(article.sections.iter().map(|section| heading(section, &path)));
    }
    for article in articles {
        let placed = |spec: &Spec| article.places(spec.id);
        for spec in article.topic.simulations.iter().filter(|spec| placed(spec)) {
            let place = format!("{}#sim-{}", article.topic.path(), spec.id);
            all.push(found(Kind::Simulation, spec.title, place.clone(), spec.summary));
            all.extend(spec.controls.iter().map(|control| adjustable(control, spec, place.clone())));
        }
    }
    for article in articles {
        let term = |entry: &Entry| {
            let place = format!("{}#{}", article.topic.path(), entry.id);
            found(Kind::Term, &entry.name, place, &words(&entry.html))
        };
        all.extend(article.terms.iter().map(term));
    }
    all.extend(sources(articles));
    all
}

/// An entry with as much of its text as is kept.
fn found(kind: Kind, title: &str, place: String, text: &str) -> search::Entry {
    search::Entry { kind, title: title.to_owned(), place, text: cut(text, LONGEST) }
}

fn page(kind: Kind, article: &Article) -> search::Entry {
    let topic = article.topic;
    let text = match article.title.as_str() {
        title if title == topic.title => topic.question.to_owned(),
        title if title.ends_with('?') => format!("{title} {}", topic.question),
        title => format!("{title}. {}", topic.question),
    };
    found(kind, topic.title, topic.path(), &text)
}

/// What the pages are about that stand in the footer.
fn about(path: &str) -> &'static str {
    match path {
        "guide/" => guide::LEAD,
        "guide/glossary/" => guide::GLOSSARY,
        "guide/bibliography/" => guide::BIBLIOGRAPHY,
        _ => "",
    }
}

fn heading(section: &Section, path: &str) -> search::Entry {
    let place = format!("{path}#{}", section.id);
    let text = if section.rows.is_empty() {
        cut(&section.text, LONGEST)
    } else {
        cut(&section.rows.join(", "), LONGEST_ROWS)
    };
    search::Entry { kind: Kind::Heading, title: section.title.clone(), place, text }
}

/// A control, with the simulation that it belongs to, its name in addresses, and its unit or options.
fn adjustable(control: &Control, spec: &Spec, place: String) -> search::Entry {
    let options: Vec<&str> = match control.kind {
        control::Kind::Choice { options, .. } => options.iter().map(|(_, label)| *label).collect(),
        _ => vec![control.unit],
    };
    let options = options.join(", ");
    let options = if options.is_empty() { options } else { format!(" ({options})") };
    let text = format!("{} · {}{options}: {}", spec.title, control.id, control.help);
    found(Kind::Control, control.label, place, &text)
}

/// The sources of all articles: one that several rest on leads to the bibliography, which says where.
fn sources(articles: &[Article]) -> Vec<search::Entry> {
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut all: Vec<search::Entry> = Vec::new();
    for article in articles {
        for entry in &article.references {
            let (title, text) = source(&entry.html);
            let place = format!("{}#{}", article.topic.path(), entry.id);
            match places.get(&title).and_then(|at| all.get_mut(*at)) {
                Some(known) => known.place = format!("guide/bibliography/#{}", entry.id),
                None => {
                    places.insert(title.clone(), all.len());
                    all.push(found(Kind::Source, &title, place, &text));
                }
            }
        }
    }
    all
}

/// Authors, year and title of a source; and the rest.
fn source(html: &str) -> (String, String) {
    let (name, rest) = html.find("</em>").map_or((html, ""), |at| html.split_at(at));
    (cut(&words(name), LONGEST_TITLE), words(rest).trim_start_matches([',', '.', ' ']).to_owned())
}

/// The beginning of a text, up to the end of a word.
fn cut(text: &str, longest: usize) -> String {
    let Some((end, _)) = text.char_indices().nth(longest) else { return text.to_owned() };
    let kept = text[..end].rfind(' ').map_or(&text[..end], |space| &text[..space]);
    format!("{}…", kept.trim_end_matches([',', ';', ':', '.', ' ']))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_end_with_a_word() {
        assert_eq!(cut("short", 5), "short");
        assert_eq!(cut("one, two, three", 10), "one, two…");
        assert_eq!(cut("åäöåäö", 3), "åäö…");
    }

    #[test]
    fn a_source_is_named_by_authors_year_and_title() {
        let html = "Hu et al. 2021, <em>LoRA &amp; more</em>, <a href=\"https://x\">arXiv:2106.09685</a> \
                    (not re-read)<span class=\"cite\">[<a>3</a>]</span>.";
        let (title, text) = source(html);
        assert_eq!(title, "Hu et al. 2021, LoRA & more");
        assert_eq!(text, "arXiv:2106.09685 (not re-read).");
        assert_eq!(source("PEFT documentation").0, "PEFT documentation");
    }
}
