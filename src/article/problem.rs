//! What is wrong with an article.

use std::fmt;

/// Something wrong, with its line.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Problem {
    pub line: usize,
    pub sentence: String,
    /// The file, where it is not the article.
    pub file: Option<String>,
}

impl Problem {
    pub fn new(line: usize, sentence: impl Into<String>) -> Self {
        Self { line, sentence: sentence.into(), file: None }
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.line, self.sentence)
    }
}
