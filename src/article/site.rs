//! The site: a page for each topic, the gallery, and the page for wrong addresses.

use super::cards;
use super::embeds;
use super::html::element;
use super::page::{self, Card, Page, SITE, Site};
use super::template::Template;
use super::{Article, report};
use crate::lab::scene::compose;
use crate::lab::{Figure, Runner, svg};
use crate::topics::Topic;

/// A file of the site.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Where it stands, from the root of the site.
    pub path: String,
    pub text: String,
}

/// The pages, and what the articles in them lack still.
#[derive(Debug)]
pub struct Drawn {
    pub files: Vec<File>,
    /// Pictures for links that people share, as SVG: paths end with `.svg`.
    pub cards: Vec<File>,
    pub unfinished: Vec<String>,
}

/// Widths in px of a figure alone, and of the panel that stands in the gallery.
const FIGURE_WIDTH: f64 = 720.0;
const CARD_WIDTH: f64 = 360.0;

const TAGLINE: &str = "Explorable explanations of emerging AI research";
const INVITATION: &str = "Each topic is a mechanism from a paper, small enough to run in this page. \
                          Drag a number, and a real computation answers.";

/// Draws every page. `template` is the page that Trunk wrote, `url` where the site will stand (empty
/// if that is not known), `widget` draws a simulation.
///
/// # Errors
/// What is wrong with the template, or all that is broken in the articles.
pub fn draw(
    template: &str,
    stylesheet: &str,
    url: &str,
    topics: &[&'static Topic],
    widget: &dyn Fn(&'static Topic, &Runner) -> String,
) -> Result<Drawn, String> {
    let template = Template::read(template)?;
    let site = Site { template: &template, stylesheet, url, topics };
    let mut broken = Vec::new();
    let mut articles = Vec::new();
    for topic in topics {
        match Article::read(topic) {
            Ok(article) => articles.push(article),
            Err(problems) => broken.push(report(topic, &problems)),
        }
    }
    if !broken.is_empty() {
        return Err(broken.join("\n"));
    }
    let mut files = vec![gallery(&site, &articles)?, not_found(&site)?, embeds::guide(&site)?];
    for (i, article) in articles.iter().enumerate() {
        let next = topics.get((i + 1) % topics.len()).filter(|next| next.slug != article.topic.slug);
        files.push(topic_page(&site, article, next.copied(), widget)?);
        files.extend(embeds::pages(&site, article, widget)?);
    }
    let unfinished = articles
        .iter()
        .filter(|article| !article.unfinished.is_empty())
        .map(|article| report(article.topic, &article.unfinished))
        .collect();
    let cards = articles.iter().flat_map(|article| {
        let topic = article.topic;
        article.simulations().iter().map(move |runner| File {
            path: format!("embed/{}/{}/card.svg", topic.slug, runner.spec().id),
            text: cards::card(topic, runner),
        })
    });
    Ok(Drawn { files, cards: cards.collect(), unfinished })
}

fn topic_page(
    site: &Site<'_>,
    article: &Article,
    next: Option<&Topic>,
    widget: &dyn Fn(&'static Topic, &Runner) -> String,
) -> Result<File, String> {
    let root = "../";
    let mut main = String::from("<article>\n");
    main.push_str(&article.html(widget));
    main.push_str("</article>\n");
    if let Some(next) = next {
        main.push_str(&page::onward(next, root));
    }
    let topic = article.topic;
    let title = format!("{} · {SITE}", article.title);
    let page = Page {
        root,
        canonical: &format!("{}/", topic.slug),
        card: Card::hero(topic),
        title: &title,
        description: topic.question,
        topic: Some(topic.slug),
        program: Some(topic.slug),
        main: &main,
    };
    Ok(File { path: format!("{}/index.html", topic.slug), text: site.page(&page)? })
}

fn gallery(site: &Site<'_>, articles: &[Article]) -> Result<File, String> {
    let figure = |topic: &'static Topic| {
        let article = articles.iter().find(|a| a.topic.slug == topic.slug);
        article.and_then(|a| a.simulations().first()).map_or_else(String::new, |hero| {
            let whole = hero.simulation().figure();
            let panel = whole.panels().take(1).cloned().collect();
            svg::inline(&compose(&Figure::row(panel, whole.alternative), CARD_WIDTH), "card-picture")
        })
    };
    let mut main = String::from("<article class=\"welcome\">\n");
    element(&mut main, "h1", &[], TAGLINE);
    element(&mut main, "p", &[("class", "lead")], INVITATION);
    main.push_str("</article>\n");
    main.push_str(&page::cards(site.topics, "./", &figure));
    let title = format!("{SITE}: {}", TAGLINE.to_lowercase().replace("ai ", "AI "));
    let page = Page {
        card: site.topics.first().and_then(|topic| Card::hero(topic)),
        ..Page::plain("./", "", &title, INVITATION, &main)
    };
    Ok(File { path: "index.html".to_owned(), text: site.page(&page)? })
}

fn not_found(site: &Site<'_>) -> Result<File, String> {
    let mut main = String::from("<article class=\"welcome\">\n");
    element(&mut main, "h1", &[], "There is no page at this address");
    element(&mut main, "p", &[("class", "lead")], "These are the pages that there are:");
    main.push_str("</article>\n");
    main.push_str(&page::cards(site.topics, "./", &|_| String::new()));
    let title = format!("No such page · {SITE}");
    let page = Page::plain("./", "404.html", &title, INVITATION, &main);
    Ok(File { path: "404.html".to_owned(), text: site.page(&page)? })
}

/// A simulation without its controls: the figure at its opening moment, and the readouts.
#[must_use]
pub fn still(topic: &'static Topic, runner: &Runner) -> String {
    use super::html::{close, open};
    let spec = runner.spec();
    let mut out = String::new();
    let attributes = [
        ("class", "sim"),
        ("data-sim", &*format!("{}/{}", topic.slug, spec.id)),
        ("data-step", &*runner.step().to_string()),
        ("data-state", "paused"),
        ("aria-label", spec.title),
    ];
    open(&mut out, "section", &attributes);
    open(&mut out, "div", &[("class", "figure")]);
    out.push_str(&svg::inline(&compose(&runner.simulation().figure(), FIGURE_WIDTH), "wide"));
    close(&mut out, "div");
    open(&mut out, "dl", &[("class", "readouts")]);
    for (readout, reading) in spec.readouts.iter().zip(runner.readings()) {
        element(&mut out, "dt", &[], readout.label);
        open(&mut out, "dd", &[]);
        let value = [("data-readout", readout.id), ("data-value", &*reading.exact())];
        element(&mut out, "output", &value, &readout.shown(reading));
        close(&mut out, "dd");
    }
    close(&mut out, "dl");
    close(&mut out, "section");
    out
}
