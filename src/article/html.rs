//! The few pieces of HTML writing that everything here shares.

use crate::lab::figure::svg::escape;

/// Appends `<name attribute="value" ...>`.
pub fn open(out: &mut String, name: &str, attributes: &[(&str, &str)]) {
    out.push('<');
    out.push_str(name);
    for (attribute, value) in attributes {
        out.push(' ');
        out.push_str(attribute);
        out.push_str("=\"");
        out.push_str(&escape(value));
        out.push('"');
    }
    out.push('>');
}

/// Appends `</name>`.
pub fn close(out: &mut String, name: &str) {
    out.push_str("</");
    out.push_str(name);
    out.push('>');
}

/// Appends an element with text in it.
pub fn element(out: &mut String, name: &str, attributes: &[(&str, &str)], text: &str) {
    open(out, name, attributes);
    out.push_str(&escape(text));
    close(out, name);
}

/// The words of a piece of HTML that was written here, without elements and citations, in one line.
#[must_use]
pub fn words(html: &str) -> String {
    let cited = without_citations(html);
    let mut out = String::new();
    let mut rest = cited.as_str();
    while let Some((before, tag)) = rest.split_once('<') {
        out.push_str(before);
        rest = tag.split_once('>').map_or("", |(_, after)| after);
    }
    out.push_str(rest);
    for (entity, letter) in [("&lt;", "<"), ("&gt;", ">"), ("&quot;", "\""), ("&amp;", "&")] {
        out = out.replace(entity, letter);
    }
    out.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// A piece of HTML without its citations, which lead to places of its own page only.
#[must_use]
pub fn without_citations(html: &str) -> String {
    let mut out = String::new();
    let mut rest = html;
    while let Some(at) = rest.find("<span class=\"cite\">") {
        out.push_str(rest[..at].trim_end());
        rest = rest[at..].split_once("]</span>").map_or("", |(_, after)| after);
    }
    out.push_str(rest);
    out
}

/// The first letter in upper case.
#[must_use]
pub fn capitalised(word: &str) -> String {
    let mut letters = word.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The id of a heading or a term: its words in lower case with hyphens between them.
#[must_use]
pub fn slug(text: &str) -> String {
    let words: Vec<String> = text
        .split(|c: char| !c.is_alphanumeric() && c != '’' && c != '\'')
        .map(|word| word.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect())
        .filter(|word: &String| !word.is_empty())
        .collect();
    words.join("-")
}
