//! `<slug>/talk.json`: a topic's talk with what its speaker says. No page has the notes: they are fetched
//! when somebody gives the talk.

use super::File;
use crate::article::{Article, Said};
use serde_json::{Value, json};

/// The file beside the topic's page.
pub const NAME: &str = "talk.json";

/// What a speaker's view is drawn with, for all topics, from the root of the site.
pub const VIEW: &str = "speaker.json";

/// The speaker's view without its words of the topic, and how it looks. No page has it either.
#[must_use]
pub fn view() -> File {
    let view = json!({
        "html": include_str!("speaker.html"),
        "css": include_str!("../../assets/speaker.css"),
    });
    File { path: VIEW.to_owned(), text: format!("{view}\n") }
}

/// The talk of an article that has one.
#[must_use]
pub fn file(article: &Article) -> Option<File> {
    let said = |said: &Said| json!({ "text": said.text, "html": said.html });
    let steps: Vec<Value> = article
        .talk
        .iter()
        .map(|step| {
            json!({
                "simulation": step.simulation,
                "query": step.query,
                "sentence": said(&step.sentence),
                "note": said(&step.note),
            })
        })
        .collect();
    let talk = json!({ "title": article.title, "steps": steps });
    (!steps.is_empty())
        .then(|| File { path: format!("{}{NAME}", article.topic.path()), text: format!("{talk}\n") })
}
