//! Simulations alone, for frames in other people's pages, and the page that shows how.

use super::Article;
use super::html::{close, element, open};
use super::page::{Page, SITE, Site};
use super::site::File;
use super::write::talk;
use crate::lab::Runner;
use crate::topics::Topic;

/// What the address asks for is done before the first paint, by these scripts.
const BEFORE_PAINT: &str = include_str!("embed-paint.html");
const AFTER: &str = include_str!("embed-after.html");
const GUIDE: &str = include_str!("embed-guide.html");

/// A page for each simulation of a topic: the simulation and nothing else.
///
/// # Errors
/// A sentence, if Trunk built no program for the topic.
pub fn pages(
    site: &Site<'_>,
    article: &Article,
    widget: &dyn Fn(&'static Topic, &Runner) -> String,
) -> Result<Vec<File>, String> {
    let topic = article.topic;
    article
        .simulations()
        .iter()
        .map(|runner| {
            let spec = runner.spec();
            let page = Page {
                root: "../../../",
                title: &format!("{} · {SITE}", spec.title),
                description: spec.summary,
                topic: Some(topic.slug),
                main: &format!("{}{}", widget(topic, runner), steps(article, spec.id)),
            };
            let canonical = format!("<link rel=\"canonical\" href=\"../../../{}/\">\n", topic.slug);
            Ok(File {
                path: format!("embed/{}/{}/index.html", topic.slug, spec.id),
                text: site.bare(&page, &format!("{canonical}{BEFORE_PAINT}"), AFTER)?,
            })
        })
        .collect()
}

/// Those steps of the topic's talk that show a simulation, for a presenter's keys.
fn steps(article: &Article, simulation: &str) -> String {
    let own: Vec<_> = article.talk.iter().filter(|s| s.simulation == simulation).cloned().collect();
    if own.is_empty() { String::new() } else { format!("<div hidden>{}</div>", talk(&own, false)) }
}

/// How to use them, with one that obeys the page's own buttons.
///
/// # Errors
/// A sentence, if Trunk built no program for plain pages.
pub fn guide(site: &Site<'_>) -> Result<File, String> {
    let mut list = String::new();
    for topic in site.topics {
        element(&mut list, "h3", &[], topic.title);
        open(&mut list, "ul", &[]);
        for spec in topic.simulations {
            open(&mut list, "li", &[]);
            let address = format!("./{}/{}/", topic.slug, spec.id);
            element(&mut list, "a", &[("href", &*address)], spec.title);
            close(&mut list, "li");
        }
        close(&mut list, "ul");
    }
    let page = Page {
        root: "../",
        title: &format!("A figure on your page · {SITE}"),
        description: "How to put a simulation on a slide, in a course or in a post, and how to talk to it.",
        topic: None,
        main: &GUIDE.replace("{list}", &list),
    };
    Ok(File { path: "embed/index.html".to_owned(), text: site.page(&page)? })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::embed::{NAMES, SCALES};

    /// The scripts run where Rust does not: what they say twice is held together here.
    #[test]
    fn the_scripts_know_the_names_and_bounds_of_the_address() {
        let element = include_str!("../../assets/tinkerable-embed.js");
        for name in NAMES {
            assert!(element.contains(&format!("\"{name}\"")), "{name} is no attribute of the frame");
        }
        let [least, most] = SCALES;
        assert!(BEFORE_PAINT.contains(&format!("scale >= {least} && scale <= {most}")));
        assert!(GUIDE.contains(&format!("{least} to {most}.")));
    }
}
