//! Code with its syntax marked in a handful of classes.
//!
//! syntect knows hundreds of scopes; a page needs few colours. Each scope that matters is given
//! one of the classes in [`CLASSES`].

use std::sync::LazyLock;

use syntect::parsing::{ParseState, Scope, ScopeStack, SyntaxSet};

use crate::lab::figure::svg::escape;

/// The classes, each with the scopes that it stands for. The most specific scope decides.
pub const CLASSES: [(&str, &[&str]); 7] = [
    ("code-comment", &["comment"]),
    ("code-string", &["string", "constant.character"]),
    ("code-number", &["constant.numeric"]),
    ("code-constant", &["constant.language"]),
    (
        "code-type",
        &["entity.name.type", "entity.name.class", "entity.name.struct", "support.type", "storage.type"],
    ),
    ("code-function", &["entity.name.function", "support.function", "support.macro"]),
    ("code-keyword", &["keyword", "storage"]),
];

static SYNTAXES: LazyLock<SyntaxSet> = LazyLock::new(SyntaxSet::load_defaults_newlines);

static SCOPES: LazyLock<Vec<(Scope, &'static str)>> = LazyLock::new(|| {
    let names = CLASSES.iter().flat_map(|(class, scopes)| scopes.iter().map(move |scope| (*scope, *class)));
    names.filter_map(|(name, class)| Some((Scope::new(name).ok()?, class))).collect()
});

/// The code as HTML to stand inside `<code>`.
///
/// # Errors
/// A sentence, if the language is missing or unknown.
pub fn highlighted(language: &str, text: &str) -> Result<String, String> {
    if language == "text" {
        return Ok(escape(text));
    }
    if language.is_empty() {
        return Err("A block of code names its language behind the fence; “text” if it has none.".to_owned());
    }
    let syntax = SYNTAXES
        .find_syntax_by_token(language)
        .ok_or_else(|| format!("“{language}” is no language that the highlighter knows."))?;
    let mut state = ParseState::new(syntax);
    let mut stack = ScopeStack::new();
    let mut out = Spans::default();
    for line in text.split_inclusive('\n') {
        let failed = |error: &dyn std::fmt::Display| format!("The highlighter gave up: {error}.");
        let operations = state.parse_line(line, &SYNTAXES).map_err(|e| failed(&e))?;
        let mut at = 0;
        for (next, operation) in &operations {
            out.push(class(&stack), &line[at..*next]);
            stack.apply(operation).map_err(|e| failed(&e))?;
            at = *next;
        }
        out.push(class(&stack), &line[at..]);
    }
    Ok(out.finish())
}

fn class(stack: &ScopeStack) -> &'static str {
    let of = |scope: &Scope| SCOPES.iter().find(|(prefix, _)| prefix.is_prefix_of(*scope)).map(|(_, c)| *c);
    stack.as_slice().iter().rev().find_map(of).unwrap_or("")
}

/// Neighbouring pieces of one class become one span.
#[derive(Default)]
struct Spans {
    out: String,
    class: &'static str,
    text: String,
}

impl Spans {
    fn push(&mut self, class: &'static str, text: &str) {
        if text.is_empty() {
            return;
        }
        if class != self.class {
            self.flush();
            self.class = class;
        }
        self.text.push_str(text);
    }

    fn flush(&mut self) {
        let text = escape(&std::mem::take(&mut self.text));
        if self.class.is_empty() {
            self.out.push_str(&text);
        } else if !text.is_empty() {
            self.out.push_str(&format!("<span class=\"{}\">{text}</span>", self.class));
        }
    }

    fn finish(mut self) -> String {
        self.flush();
        self.out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn classes_mark_the_syntax_and_text_is_escaped() {
        let html = highlighted("python", "def f(x):  # a < b\n    return 'y' + 1\n").expect("Python");
        for piece in [
            "<span class=\"code-comment\"># a &lt; b",
            "<span class=\"code-function\">f</span>",
            "<span class=\"code-string\">'y'</span>",
            "<span class=\"code-number\">1</span>",
            "code-keyword",
        ] {
            assert!(html.contains(piece), "{piece} in {html}");
        }
        assert!(!html.contains("style"));
        assert_eq!(highlighted("text", "a & b"), Ok("a &amp; b".to_owned()));
        assert!(highlighted("rust", "fn main() {}\n").is_ok());
    }

    #[test]
    fn a_language_is_named_and_known() {
        assert!(highlighted("", "x").is_err());
        assert!(highlighted("klingon", "x").is_err());
    }
}
