//! The field guide: its plain pages, and what is gathered from all articles: one glossary and one
//! bibliography for the site.

use std::collections::BTreeMap;

use super::File;
use super::gallery::cards;
use super::page::{self, Page, SITE, Site};
use super::template::between;
use crate::article::html::{close, element, open, without_citations};
use crate::article::{Article, Entry};

const ROOT: &str = "../../";

pub const LEAD: &str = "Who works on these things, where it appears, how to follow it, and how to find out \
                    whether a result holds. Every row says when it was checked.";

pub const GLOSSARY: &str = "The words of all topics, as each topic explains them.";

pub const BIBLIOGRAPHY: &str = "What the topics rest on, by first author.";

/// The page that leads to all others of the guide.
#[must_use]
pub fn index(site: &Site<'_>) -> File {
    let mut main = String::from("<article class=\"guide\">\n");
    element(&mut main, "h1", &[], "Field guide");
    element(&mut main, "p", &[("class", "lead")], LEAD);
    main.push_str("</article>\n");
    let pages: Vec<_> = site.pages().filter(|t| t.group == crate::topics::Group::Guide).collect();
    main.push_str(&cards(&pages, "../", "h2", &|_| String::new()));
    let title = format!("Field guide · {SITE}");
    let page = Page::plain("../", "guide/", &title, LEAD, &main);
    File { path: "guide/index.html".to_owned(), text: site.page(&page) }
}

/// One of the plain pages.
#[must_use]
pub fn page(site: &Site<'_>, article: &Article) -> File {
    let topic = article.topic;
    let mut main = page::contents(&article.sections);
    main.push_str("<article class=\"guide\">\n");
    main.push_str(&article.html(&|_, _| String::new()));
    main.push_str("</article>\n");
    main.push_str(&page::onward(site.guide, topic, false, ROOT));
    let title = format!("{} · {SITE}", article.title);
    let path = topic.path();
    let page = Page { topic: Some(topic.slug), ..Page::plain(ROOT, &path, &title, topic.question, &main) };
    File { path: format!("{path}index.html"), text: site.page(&page) }
}

/// A term or a source, and the articles that have it.
pub struct Gathered<'a> {
    pub entry: &'a Entry,
    places: Vec<(&'a Article, &'a Entry)>,
}

/// The terms or sources of all articles under their names.
pub fn gather<'a>(
    articles: &'a [Article],
    entries: impl Fn(&'a Article) -> &'a [Entry],
) -> BTreeMap<String, Gathered<'a>> {
    let mut all: BTreeMap<String, Gathered<'a>> = BTreeMap::new();
    for article in articles {
        for entry in entries(article) {
            let gathered = all
                .entry(entry.name.to_lowercase())
                .or_insert_with(|| Gathered { entry, places: Vec::new() });
            gathered.places.push((article, entry));
        }
    }
    all
}

/// All terms of all articles, each with the ways back to where it is used.
#[must_use]
pub fn glossary(site: &Site<'_>, articles: &[Article]) -> File {
    let mut main = String::from("<article class=\"guide\">\n");
    element(&mut main, "h1", &[], "Glossary");
    element(&mut main, "p", &[("class", "lead")], GLOSSARY);
    open(&mut main, "dl", &[("class", "glossary")]);
    for gathered in gather(articles, |a| &a.terms).values() {
        open(&mut main, "div", &[]);
        element(&mut main, "dt", &[("id", &*gathered.entry.id)], &gathered.entry.name);
        for (article, entry) in &gathered.places {
            open(&mut main, "dd", &[]);
            main.push_str(&without_citations(&entry.html));
            main.push(' ');
            back(&mut main, article, entry);
            close(&mut main, "dd");
        }
        close(&mut main, "div");
        main.push('\n');
    }
    close(&mut main, "dl");
    main.push_str("</article>\n");
    whole(site, "glossary", "Glossary", GLOSSARY, &main)
}

/// All sources of all articles.
///
/// # Errors
/// A sentence, if two sources have one name.
pub fn bibliography(site: &Site<'_>, articles: &[Article]) -> Result<File, String> {
    let gathered = gather(articles, |a| &a.references);
    for Gathered { entry, places } in gathered.values() {
        // The title: the rest may be worded as each article needs it.
        let title = |entry: &Entry| between(&entry.html, "<em>", "</em>").map(str::to_lowercase);
        if let Some((other, _)) = places.iter().find(|(_, own)| title(own) != title(entry)) {
            return Err(format!(
                "[@{}] is one source in {} and another in {}: give them two names.",
                entry.name, places[0].0.topic.slug, other.topic.slug
            ));
        }
    }
    let mut main = String::from("<article class=\"guide\">\n");
    element(&mut main, "h1", &[], "Bibliography");
    element(&mut main, "p", &[("class", "lead")], BIBLIOGRAPHY);
    open(&mut main, "ul", &[("class", "references bibliography")]);
    for gathered in gathered.values() {
        open(&mut main, "li", &[("id", &*gathered.entry.id)]);
        main.push_str(&gathered.entry.html);
        for (article, entry) in &gathered.places {
            main.push(' ');
            back(&mut main, article, entry);
        }
        close(&mut main, "li");
        main.push('\n');
    }
    close(&mut main, "ul");
    main.push_str("</article>\n");
    Ok(whole(site, "bibliography", "Bibliography", BIBLIOGRAPHY, &main))
}

fn whole(site: &Site<'_>, slug: &str, name: &str, lead: &str, main: &str) -> File {
    let title = format!("{name} · {SITE}");
    let path = format!("guide/{slug}/");
    let page = Page::plain(ROOT, &path, &title, lead, main);
    File { path: format!("{path}index.html"), text: site.page(&page) }
}

fn back(out: &mut String, article: &Article, entry: &Entry) {
    let href = format!("{ROOT}{}#{}", article.topic.path(), entry.id);
    element(out, "a", &[("class", "used"), ("href", &*href)], article.topic.title);
}
