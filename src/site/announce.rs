//! What programs read of the site: a map of its pages for search engines, and a feed for readers who
//! want to hear of new topics. Both need whole addresses, so they are there only where it is known
//! where the site will stand.

use super::File;
use super::gallery::TAGLINE;
use super::page::{SITE, Site, TEXT_LICENCE};
use super::questions;
use crate::article::html::{close, element, open};
use crate::topics::Topic;

/// Where the feed stands, from the root of the site.
pub const FEED: &str = "feed.xml";
pub const FEED_TYPE: &str = "application/atom+xml";

const SITEMAP: &str = "sitemap.xml";
const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n";

/// Who wrote it, as the licence names them.
const AUTHOR: &str = "The Tinkerable authors";

/// The files that announce `pages`, the files of the site.
#[must_use]
pub fn files(site: &Site<'_>, pages: &[File]) -> Vec<File> {
    let mut files = vec![File { path: "robots.txt".to_owned(), text: robots(site.url) }];
    if !site.url.is_empty() {
        files.push(File { path: SITEMAP.to_owned(), text: sitemap(site, pages) });
        files.push(File { path: FEED.to_owned(), text: feed(site) });
    }
    files
}

/// Robots look for this at the root of a host and nowhere else: below a path it does nothing, and
/// search engines have to be told of the map by hand.
fn robots(url: &str) -> String {
    let map = if url.is_empty() { String::new() } else { format!("\nSitemap: {url}{SITEMAP}\n") };
    format!("User-agent: *\nAllow: /\n{map}")
}

/// The path of a page with words on it; simulations alone are parts of their topics.
fn path(file: &File) -> Option<&str> {
    let path = file.path.strip_suffix("index.html")?;
    (path == "embed/" || !path.starts_with("embed/")).then_some(path)
}

/// The pages as <https://www.sitemaps.org/protocol.html> lists them.
fn sitemap(site: &Site<'_>, pages: &[File]) -> String {
    let mut out = String::from(DECLARATION);
    open(&mut out, "urlset", &[("xmlns", "http://www.sitemaps.org/schemas/sitemap/0.9")]);
    out.push('\n');
    for path in pages.iter().filter_map(path) {
        open(&mut out, "url", &[]);
        element(&mut out, "loc", &[], &format!("{}{path}", site.url));
        let about = path.strip_suffix(questions::FOLDER).unwrap_or(path);
        if let Some(topic) = site.pages().find(|topic| topic.path() == about) {
            element(&mut out, "lastmod", &[], topic.updated);
        }
        close(&mut out, "url");
        out.push('\n');
    }
    close(&mut out, "urlset");
    out.push('\n');
    out
}

/// The topics as an Atom feed (RFC 4287), the newest first.
fn feed(site: &Site<'_>) -> String {
    let mut topics = site.topics.to_vec();
    topics.sort_by_key(|topic| std::cmp::Reverse(topic.published));
    let updated = topics.iter().map(|topic| topic.updated).max().unwrap_or_default();

    let mut out = String::from(DECLARATION);
    open(&mut out, "feed", &[("xmlns", "http://www.w3.org/2005/Atom"), ("xml:lang", "en")]);
    out.push('\n');
    let own = format!("{}{FEED}", site.url);
    for (name, text) in [
        ("id", site.url),
        ("title", SITE),
        ("subtitle", TAGLINE),
        ("updated", &*midnight(updated)),
        ("rights", &*format!("Text and figures: {}", TEXT_LICENCE.name)),
    ] {
        element(&mut out, name, &[], text);
        out.push('\n');
    }
    open(&mut out, "author", &[]);
    element(&mut out, "name", &[], AUTHOR);
    close(&mut out, "author");
    out.push('\n');
    link(&mut out, "self", FEED_TYPE, &own);
    link(&mut out, "alternate", "text/html", site.url);
    out.push('\n');
    for topic in topics {
        entry(&mut out, site, topic);
    }
    close(&mut out, "feed");
    out.push('\n');
    out
}

fn entry(out: &mut String, site: &Site<'_>, topic: &Topic) {
    let address = format!("{}{}", site.url, topic.path());
    open(out, "entry", &[]);
    for (name, text) in [
        ("id", &*address),
        ("title", topic.title),
        ("summary", topic.question),
        ("published", &*midnight(topic.published)),
        ("updated", &*midnight(topic.updated)),
    ] {
        element(out, name, &[], text);
    }
    link(out, "alternate", "text/html", &address);
    close(out, "entry");
    out.push('\n');
}

fn link(out: &mut String, way: &str, kind: &str, address: &str) {
    element(out, "link", &[("rel", way), ("type", kind), ("href", address)], "");
}

/// The beginning of a day, as Atom wants it.
fn midnight(day: &str) -> String {
    format!("{day}T00:00:00Z")
}
