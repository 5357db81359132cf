//! The plain pages of the field guide: who works on these things, where, and how to follow them.
//! Their Markdown stands in this folder; the page with live simulations among them, on the research
//! workflow, is a topic like any other.

use crate::topics::{Group, Topic};

/// A page without simulations, with the day on which it first stood on the site and the last on which
/// it said something new.
macro_rules! page {
    ($slug:literal, $title:literal, $question:literal, $published:literal, $updated:literal) => {
        Topic {
            slug: $slug,
            group: Group::Guide,
            title: $title,
            question: $question,
            asks: &[],
            published: $published,
            updated: $updated,
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
        "Who does the research, what do they list today, and where do you look?",
        "2026-11-25",
        "2026-11-27"
    ),
    &page!(
        "venues",
        "Venues and universities",
        "Where is the work reviewed and published, and who teaches it?",
        "2026-11-25",
        "2026-11-27"
    ),
    &page!(
        "keeping-up",
        "Keeping up",
        "How do you hear of new work without drowning in it?",
        "2026-11-25",
        "2026-11-27"
    ),
    &page!(
        "reading-list",
        "Reading list",
        "Which nine papers does much of the present work lean on?",
        "2026-11-25",
        "2026-11-27"
    ),
    &page!(
        "repositories",
        "Repositories",
        "Which code can you run and read today?",
        "2026-11-25",
        "2026-11-27"
    ),
    &page!(
        "from-paper-to-production",
        "From paper to production",
        "How does a result in a paper become something that you can rely on?",
        "2026-11-25",
        "2026-11-26"
    ),
    &page!(
        "open-questions",
        "Open questions",
        "What does nobody know yet, and which piece of it can you play with here?",
        "2026-11-25",
        "2026-11-26"
    ),
    &page!(
        "related-resources",
        "Related resources",
        "Where do you learn what this site takes for granted?",
        "2026-11-25",
        "2026-11-27"
    ),
];
