//! The gallery: what this is, one figure at work, every topic in its group, and ways through them.

use super::page::{Card, Page, SITE, Site, pieces};
use super::{File, Glimpse, paths};
use crate::article::Article;
use crate::article::html::{close, element, open, slug};
use crate::lab::figure::scene::compose;
use crate::lab::figure::svg;
use crate::topics::{Ask, Group, Topic};

/// Width in px of the panel that stands for a topic.
const CARD_WIDTH: f64 = 360.0;

pub const TAGLINE: &str = "Explorable explanations of emerging AI research";
pub const INVITATION: &str = "Each topic is a mechanism from a paper, small enough to run in this page. \
                              Drag a number, and a real computation answers.";

/// The simulation that stands first: one picture, and controls that it answers at once.
const HERO: &str = "mechanistic-interpretability/superposition";
const HERO_CONTROLS: [&str; 2] = ["sparsity", "n_features"];
const HERO_QUESTION: &str = "How do five things fit into two numbers?";
const HERO_SAYS: &str = "A small network learns it here: each arrow is one thing that it keeps. Drag the sparsity, \
                         how rarely a thing appears, and the arrows fold.";

/// What remembers the filter in the address, and shows what the device knows of its reader.
const SCRIPT: &str = include_str!("../web/gallery.js");

#[must_use]
pub fn gallery(site: &Site<'_>, articles: &[Article], glimpse: Glimpse<'_>) -> File {
    let hero = articles.iter().find_map(|article| {
        let mut simulations = article.simulations().iter();
        Some((article.topic, simulations.find(|runner| article.topic.address(runner.spec()) == HERO)?))
    });
    let mut main = String::from("<article class=\"welcome\">\n");
    element(&mut main, "h1", &[], TAGLINE);
    element(&mut main, "p", &[("class", "lead")], INVITATION);
    open(&mut main, "div", &[("class", "start")]);
    ways(&mut main, site.topics.len());
    if let Some((topic, hero)) = hero {
        let id = format!("sim-{}", hero.spec().id);
        open(&mut main, "figure", &[("class", "first"), ("id", &*id)]);
        open(&mut main, "figcaption", &[]);
        element(&mut main, "strong", &[], HERO_QUESTION);
        main.push(' ');
        element(&mut main, "span", &[], HERO_SAYS);
        close(&mut main, "figcaption");
        main.push_str(&glimpse(topic, hero, &HERO_CONTROLS));
        close(&mut main, "figure");
    }
    close(&mut main, "div");
    main.push_str("</article>\n");
    topics(&mut main, site, articles);
    open(
        &mut main,
        "section",
        &[("class", "gallery-part"), ("id", "paths"), ("aria-labelledby", "paths-name")],
    );
    element(&mut main, "h2", &[("id", "paths-name")], "Three paths");
    main.push_str(&paths::whole("./"));
    close(&mut main, "section");
    main.push_str(&format!("\n<script>\n{SCRIPT}</script>\n"));
    let title = format!("{SITE}: explorable explanations of emerging AI research");
    let page = Page {
        card: articles.first().and_then(|article| Card::hero(article.topic)),
        needs: hero.map(|(topic, hero)| pieces(topic, &[hero.spec()])).unwrap_or_default(),
        ..Page::plain("./", "", &title, INVITATION, &main)
    };
    File { path: "index.html".to_owned(), text: site.page(&page) }
}

/// From the first screen to all that there is.
fn ways(out: &mut String, count: usize) {
    open(out, "nav", &[("class", "ways"), ("aria-label", "Ways in")]);
    element(out, "a", &[("class", "way-all"), ("href", "#topics")], &format!("All {count} topics"));
    element(out, "a", &[("class", "way-paths"), ("href", "#paths")], "Or follow a path");
    open(out, "ul", &[]);
    for path in paths::ALL {
        open(out, "li", &[]);
        element(out, "a", &[("href", &*path.place(""))], &format!("for {}", path.readers));
        element(out, "span", &[], path.lead);
        close(out, "li");
    }
    close(out, "ul");
    close(out, "nav");
}

/// Every topic in its group, and what narrows them down.
fn topics(out: &mut String, site: &Site<'_>, articles: &[Article]) {
    open(out, "section", &[("class", "gallery-part"), ("id", "topics"), ("aria-labelledby", "topics-name")]);
    element(out, "h2", &[("id", "topics-name")], &format!("All {} topics", site.topics.len()));
    filter(out);
    // What the device remembers, in words; nothing where there is nothing.
    open(out, "div", &[("class", "had-all"), ("data-had-all", ""), ("hidden", "")]);
    element(out, "p", &[("role", "status"), ("tabindex", "-1")], "");
    element(out, "button", &[("type", "button"), ("data-forget", "")], "Forget all of it");
    close(out, "div");
    for group in Group::ALL {
        let topics: Vec<_> = site.topics.iter().copied().filter(|t| t.group == group).collect();
        if topics.is_empty() {
            continue;
        }
        let id = slug(group.title());
        open(out, "section", &[("class", "gallery-group"), ("aria-labelledby", &*id)]);
        element(out, "h3", &[("id", &*id)], group.title());
        open(out, "ul", &[("class", "gallery")]);
        for topic in topics {
            let asks: Vec<_> = topic.asks.iter().map(|ask| ask.id()).collect();
            let challenges: usize = topic.simulations.iter().map(|spec| spec.challenges.len()).sum();
            let known = [
                ("data-topic", topic.slug),
                ("data-asks", &*asks.join(" ")),
                ("data-challenges", &*challenges.to_string()),
            ];
            card(out, topic, "./", "h4", &picture(articles, topic), &known);
        }
        close(out, "ul");
        close(out, "section");
    }
    close(out, "section");
    out.push('\n');
}

/// The questions of readers, of which one is chosen: the style sheet hides what does not answer it.
fn filter(out: &mut String) {
    open(out, "fieldset", &[("class", "asks")]);
    element(out, "legend", &[("class", "visually-hidden")], "Show those that answer");
    open(out, "div", &[]);
    let all = ("", "Everything");
    for (id, words) in [all].into_iter().chain(Ask::ALL.map(|ask| (ask.id(), ask.question()))) {
        open(out, "label", &[]);
        let own = format!("ask-{id}");
        let mut field =
            vec![("type", "radio"), ("name", "ask"), ("id", &*own), ("value", id), ("autocomplete", "off")];
        if id.is_empty() {
            field.push(("checked", ""));
        }
        open(out, "input", &field);
        element(out, "span", &[], words);
        close(out, "label");
    }
    close(out, "div");
    element(out, "p", &[("class", "visually-hidden"), ("role", "status"), ("data-shown", "")], "");
    close(out, "fieldset");
}

/// The first panel of a topic's first simulation, at its opening moment.
fn picture(articles: &[Article], topic: &'static Topic) -> String {
    let article = articles.iter().find(|a| a.topic.slug == topic.slug);
    article.and_then(|a| a.simulations().first()).map_or_else(String::new, |hero| {
        svg::inline(&compose(&hero.simulation().figure().first_panel(), CARD_WIDTH), "card-picture")
    })
}

/// A list of topics with their questions; `figure` is the picture of each, as HTML, and `heading` the
/// element of its name.
#[must_use]
pub fn cards(
    topics: &[&'static Topic],
    root: &str,
    heading: &str,
    figure: &dyn Fn(&'static Topic) -> String,
) -> String {
    let mut out = String::new();
    open(&mut out, "ul", &[("class", "gallery")]);
    for topic in topics {
        card(&mut out, topic, root, heading, &figure(topic), &[]);
    }
    close(&mut out, "ul");
    out.push('\n');
    out
}

/// One of them; `known` is what the page's script and style sheet know it by.
fn card(out: &mut String, topic: &Topic, root: &str, heading: &str, picture: &str, known: &[(&str, &str)]) {
    open(out, "li", &[&[("class", "card")][..], known].concat());
    open(out, "div", &[("class", "card-words")]);
    open(out, heading, &[]);
    element(out, "a", &[("href", &*format!("{root}{}", topic.path()))], topic.title);
    close(out, heading);
    element(out, "p", &[("class", "question")], topic.question);
    if !known.is_empty() {
        element(out, "p", &[("class", "had"), ("data-had", "")], "");
    }
    close(out, "div");
    if !picture.is_empty() {
        // The picture says nothing that the question beside it does not say in words.
        open(out, "div", &[("class", "card-figure figure"), ("aria-hidden", "true")]);
        out.push_str(picture);
        close(out, "div");
    }
    close(out, "li");
    out.push('\n');
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::topics;

    #[test]
    fn the_first_figure_is_there_and_has_its_two_controls() {
        let (_, spec) = topics::find(HERO).unwrap();
        for id in HERO_CONTROLS {
            assert!(spec.controls.iter().any(|control| control.id == id), "{HERO} has no {id}");
        }
    }

    /// A filter works without scripts, by a rule for each question.
    #[test]
    fn the_style_sheet_knows_every_question() {
        let sheet = include_str!("../../assets/style.css");
        for ask in Ask::ALL {
            let id = ask.id();
            for rule in [
                format!("main:has(#ask-{id}:checked) .card:not([data-asks~=\"{id}\"])"),
                format!("main:has(#ask-{id}:checked) .gallery-group:not(:has([data-asks~=\"{id}\"]))"),
            ] {
                assert!(sheet.contains(&rule), "{rule} is not in the style sheet");
            }
        }
    }

    #[test]
    fn every_question_has_answers_and_leaves_some_out() {
        for ask in Ask::ALL {
            let answer = topics::ALL.iter().filter(|topic| topic.asks.contains(&ask)).count();
            assert!((4..topics::ALL.len()).contains(&answer), "{}: {answer} topics", ask.question());
        }
        for topic in topics::ALL {
            assert!((1..=3).contains(&topic.asks.len()), "{} answers {:?}", topic.slug, topic.asks);
        }
    }
}
