//! The site: a page for each topic, the gallery, and the page for wrong addresses.

mod announce;
mod cards;
pub mod embeds;
mod gallery;
mod guide;
pub mod headers;
pub mod offline;
pub mod page;
mod paths;
mod questions;
pub mod search;
pub mod talk;
mod template;

use crate::article::html::{close, element, open};
use crate::article::{Article, report};
use crate::lab::Runner;
use crate::lab::figure::scene::compose;
use crate::lab::figure::svg;
use crate::topics::Topic;
use gallery::{INVITATION, cards, gallery};
use page::{Card, Page, SITE, Site, UNVERSIONED};
use template::Template;

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

/// Width in px of a figure alone.
const FIGURE_WIDTH: f64 = 720.0;

/// What the pages are made of besides the articles.
#[derive(Clone, Copy, Debug)]
pub struct Setting<'a> {
    /// The page that Trunk wrote.
    pub template: &'a str,
    pub stylesheet: &'a str,
    /// The faces of the fonts, a rule each: [`Site::faces`].
    pub faces: &'a [String],
    /// Where the site will stand, with `/` at its end; empty if that is not known.
    pub url: &'a str,
    /// Whether readers' browsers shall keep the site.
    pub offline: bool,
}

/// Draws a simulation.
pub type Widget<'a> = &'a dyn Fn(&'static Topic, &Runner) -> String;

/// How simulations look: whole, and at first sight with only these controls of theirs.
#[derive(Clone, Copy)]
pub struct Views<'a> {
    pub whole: Widget<'a>,
    pub glimpse: Glimpse<'a>,
}

/// Draws a simulation with only these of its controls.
pub type Glimpse<'a> = &'a dyn Fn(&'static Topic, &Runner, &[&str]) -> String;

/// Draws every page.
///
/// # Errors
/// What is wrong with the template, or all that is broken in the articles.
pub fn draw(setting: Setting<'_>, topics: &[&'static Topic], views: Views<'_>) -> Result<Drawn, String> {
    let Views { whole: widget, glimpse } = views;
    let template = Template::read(setting.template)?;
    let Setting { stylesheet, faces, url, offline, .. } = setting;
    let guide = crate::guide::PAGES;
    let site = Site { template: &template, stylesheet, faces, url, offline, topics, guide };
    let mut broken = Vec::new();
    let mut read = |topics: &[&'static Topic]| -> Vec<Article> {
        let (read, wrong): (Vec<_>, Vec<_>) = topics
            .iter()
            .map(|topic| Article::read(topic).map_err(|problems| report(topic, &problems)))
            .partition(Result::is_ok);
        broken.extend(wrong.into_iter().filter_map(Result::err));
        read.into_iter().flatten().collect()
    };
    let (articles, plain) = (read(topics), read(site.guide));
    if !broken.is_empty() {
        return Err(broken.join("\n"));
    }
    let mut files = vec![
        gallery(&site, &articles, glimpse),
        not_found(&site),
        embeds::guide(&site),
        guide::index(&site),
        guide::glossary(&site, &articles),
        guide::bibliography(&site, &articles)?,
        offline::manifest(),
        search::index(&articles, &plain),
        talk::view(),
    ];
    for article in &plain {
        files.push(guide::page(&site, article));
    }
    for article in &articles {
        files.push(topic_page(&site, article, widget));
        files.extend(questions::page(&site, article));
        files.extend(embeds::pages(&site, article, widget));
        files.extend(talk::file(article));
    }
    let version = version(&files);
    for page in files.iter_mut().filter(|file| file.path.ends_with(".html")) {
        page.text =
            page.text.replacen(UNVERSIONED, &UNVERSIONED.replace("\"\"", &format!("\"{version}\"")), 1);
    }
    files.push(File { path: headers::PATH.to_owned(), text: headers::headers(&files, site.url) });
    files.extend(announce::files(&site, &files));
    let unfinished = articles
        .iter()
        .filter(|article| !article.unfinished.is_empty())
        .map(|article| report(article.topic, &article.unfinished))
        .collect();
    let cards = articles.iter().flat_map(|article| {
        let topic = article.topic;
        article.simulations().iter().map(move |runner| File {
            path: format!("embed/{}/card.svg", topic.address(runner.spec())),
            text: cards::card(topic, runner),
        })
    });
    Ok(Drawn { files, cards: cards.collect(), unfinished })
}

/// What tells this site from one with another text or another program: a page of it takes no place in
/// the other.
fn version(files: &[File]) -> String {
    let digests: String = files.iter().map(|file| headers::digest(&file.text)).collect();
    headers::name(&digests)
}

fn topic_page(site: &Site<'_>, article: &Article, widget: Widget<'_>) -> File {
    let root = "../";
    let mut main = page::contents(&article.sections);
    let topic = article.topic;
    open(&mut main, "article", &[("data-topic", topic.slug)]);
    main.push('\n');
    main.push_str(&article.html(widget));
    main.push_str("</article>\n");
    main.push_str(&page::onward(site.topics, topic, true, root));
    let title = format!("{} · {SITE}", article.title);
    let page = Page {
        root,
        canonical: &topic.path(),
        card: Card::hero(topic),
        title: &title,
        description: topic.question,
        topic: Some(topic.slug),
        needs: page::pieces(topic, topic.simulations),
        main: &main,
    };
    File { path: format!("{}index.html", topic.path()), text: site.page(&page) }
}

fn not_found(site: &Site<'_>) -> File {
    // Hosts answer with this page at any depth, so its references begin at the host.
    let root = site.path();
    let mut main = String::from("<article class=\"welcome\">\n");
    element(&mut main, "h1", &[], "There is no page at this address");
    element(&mut main, "p", &[("class", "lead"), ("data-asked", "")], "These are the pages that there are:");
    // A frame that was asked for by a wrong name is told the right ones.
    open(&mut main, "p", &[("data-frames", "")]);
    main.push_str("A frame shows one of ");
    for (i, name) in site.topics.iter().flat_map(|t| t.simulations.iter().map(|s| t.address(s))).enumerate() {
        main.push_str(if i > 0 { ", " } else { "" });
        element(&mut main, "a", &[("href", &*format!("{root}embed/{name}/"))], &name);
    }
    main.push('.');
    close(&mut main, "p");
    main.push_str(SAY_WHAT_WAS_ASKED);
    main.push_str("</article>\n");
    main.push_str(&cards(site.topics, root, "h2", &|_| String::new()));
    let title = format!("No such page · {SITE}");
    let page = Page::plain(root, "404.html", &title, INVITATION, &main);
    File { path: "404.html".to_owned(), text: site.page(&page) }
}

/// Names the address that was asked for; only where it is one of a frame are frames spoken of.
const SAY_WHAT_WAS_ASKED: &str = "\
<script>
document.querySelector(\"[data-asked]\").prepend(`Nothing stands at ${location.pathname}. `);
document.querySelector(\"[data-frames]\").hidden = !location.pathname.includes(\"/embed/\");
</script>
";

/// A simulation without its controls: the figure at its opening moment, and the readouts.
#[must_use]
pub fn still(topic: &'static Topic, runner: &Runner) -> String {
    let spec = runner.spec();
    let mut out = String::new();
    let attributes = [
        ("class", "sim"),
        ("data-sim", &*topic.address(spec)),
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
