//! The plain pages of the field guide: who works on these things, where, and how to follow them.
//! Their Markdown stands in this folder; the page with live simulations among them, on the research
//! workflow, is a topic like any other.

use crate::topics::{Group, Topic};

/// A page without simulations.
macro_rules! page {
    ($slug:literal, $title:literal, $question:literal) => {
        Topic {
            slug: $slug,
            group: Group::Guide,
            title: $title,
            question: $question,
            simulations: &[],
            article: include_str!(concat!($slug, ".md")),
        }
    };
}

/// The plain pages in their order.
pub static PAGES: &[&Topic] = &[
    &page!(
        "organisations",
        "Organisations",
        "Who does the research, what do they list today, and where do you look?"
    ),
    &page!(
        "venues",
        "Venues and universities",
        "Where is the work reviewed and published, and who teaches it?"
    ),
    &page!("keeping-up", "Keeping up", "How do you hear of new work without drowning in it?"),
    &page!("reading-list", "Reading list", "Which nine papers does much of the present work lean on?"),
    &page!("repositories", "Repositories", "Which code can you run and read today?"),
    &page!(
        "from-paper-to-production",
        "From paper to production",
        "How does a result in a paper become something that you can rely on?"
    ),
    &page!(
        "open-questions",
        "Open questions",
        "What does nobody know yet, and which piece of it can you play with here?"
    ),
    &page!("related-resources", "Related resources", "Where do you learn what this site takes for granted?"),
];
