//! The gallery: what this is, the first simulation at work, and every topic in its group.

use super::File;
use super::page::{Card, Page, SITE, Site, pieces};
use crate::article::Article;
use crate::article::html::{close, element, open, slug};
use crate::lab::figure::scene::compose;
use crate::lab::figure::svg;
use crate::lab::{Figure, Runner};
use crate::topics::{Group, Topic};

/// Width in px of the panel that stands for a topic.
const CARD_WIDTH: f64 = 360.0;

pub const TAGLINE: &str = "Explorable explanations of emerging AI research";
pub const INVITATION: &str = "Each topic is a mechanism from a paper, small enough to run in this page. \
                              Drag a number, and a real computation answers.";

#[must_use]
pub fn gallery(
    site: &Site<'_>,
    articles: &[Article],
    widget: &dyn Fn(&'static Topic, &Runner) -> String,
) -> File {
    let mut main = String::from("<article class=\"welcome\">\n");
    element(&mut main, "h1", &[], TAGLINE);
    element(&mut main, "p", &[("class", "lead")], INVITATION);
    let first = articles.first();
    let hero = first.and_then(|article| Some((article.topic, article.simulations().first()?)));
    if let Some((topic, hero)) = hero {
        let id = format!("sim-{}", hero.spec().id);
        open(&mut main, "figure", &[("class", "simulation hero"), ("id", &*id)]);
        main.push_str(&widget(topic, hero));
        open(&mut main, "figcaption", &[]);
        main.push_str("From ");
        element(&mut main, "a", &[("href", &*format!("./{}", topic.path()))], topic.title);
        main.push_str(": ");
        main.push_str(&svg::escape(topic.question));
        close(&mut main, "figcaption");
        close(&mut main, "figure");
    }
    main.push_str("</article>\n");
    open(&mut main, "div", &[("id", "topics")]);
    for group in Group::ALL {
        let topics: Vec<_> = site.topics.iter().copied().filter(|t| t.group == group).collect();
        if topics.is_empty() {
            continue;
        }
        let id = slug(group.title());
        open(&mut main, "section", &[("class", "gallery-group"), ("aria-labelledby", &*id)]);
        element(&mut main, "h2", &[("id", &*id)], group.title());
        main.push_str(&cards(&topics, "./", "h3", &|topic| picture(articles, topic)));
        close(&mut main, "section");
    }
    close(&mut main, "div");
    let title = format!("{SITE}: explorable explanations of emerging AI research");
    let page = Page {
        card: first.and_then(|article| Card::hero(article.topic)),
        needs: hero.map(|(topic, hero)| pieces(topic, &[hero.spec()])).unwrap_or_default(),
        ..Page::plain("./", "", &title, INVITATION, &main)
    };
    File { path: "index.html".to_owned(), text: site.page(&page) }
}

/// The first panel of a topic's first simulation, at its opening moment.
fn picture(articles: &[Article], topic: &'static Topic) -> String {
    let article = articles.iter().find(|a| a.topic.slug == topic.slug);
    article.and_then(|a| a.simulations().first()).map_or_else(String::new, |hero| {
        let whole = hero.simulation().figure();
        let panel = whole.panels().take(1).cloned().collect();
        svg::inline(&compose(&Figure::row(panel, whole.alternative), CARD_WIDTH), "card-picture")
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
        open(&mut out, "li", &[("class", "card")]);
        open(&mut out, "div", &[("class", "card-words")]);
        open(&mut out, heading, &[]);
        element(&mut out, "a", &[("href", &*format!("{root}{}", topic.path()))], topic.title);
        close(&mut out, heading);
        element(&mut out, "p", &[("class", "question")], topic.question);
        close(&mut out, "div");
        let picture = figure(topic);
        if !picture.is_empty() {
            // The picture says nothing that the question beside it does not say in words.
            open(&mut out, "div", &[("class", "card-figure figure"), ("aria-hidden", "true")]);
            out.push_str(&picture);
            close(&mut out, "div");
        }
        close(&mut out, "li");
        out.push('\n');
    }
    close(&mut out, "ul");
    out.push('\n');
    out
}
