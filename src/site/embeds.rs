//! Simulations alone, for frames in other people's pages, and the page that shows how.

use super::File;
use super::cards;
use super::page::{Card, Page, SITE, Site, pieces};
use crate::article::Article;
use crate::article::html::{close, element, open};
use crate::lab::Runner;
use crate::lab::figure::svg::escape;
use crate::lab::share::snippet::WAYS;
use crate::topics::Topic;

/// What the address asks for is done before the first paint, by these scripts.
const BEFORE_PAINT: &str = include_str!("embed-paint.html");
const AFTER: &str = include_str!("embed-after.html");
const GUIDE: &str = include_str!("embed-guide.html");
const FORM: &str = include_str!("embed-form.html");

/// A page for each simulation of a topic: the simulation and nothing else; and what tells other
/// sites how to show it.
#[must_use]
pub fn pages(
    site: &Site<'_>,
    article: &Article,
    widget: &dyn Fn(&'static Topic, &Runner) -> String,
) -> Vec<File> {
    let topic = article.topic;
    article
        .simulations()
        .iter()
        .flat_map(|runner| {
            let spec = runner.spec();
            let name = topic.address(spec);
            let page = Page {
                root: "../../../",
                canonical: &topic.path(),
                card: Some(Card::of(topic, spec)),
                title: &format!("{} · {SITE}", spec.title),
                description: spec.summary,
                topic: Some(topic.slug),
                needs: [pieces(topic, &[spec]), vec!["frame".to_owned()]].concat(),
                main: &format!("{}{}", widget(topic, runner), steps(article, spec.id)),
            };
            let text = site.bare(&page, BEFORE_PAINT, AFTER);
            [
                File { path: format!("embed/{name}/index.html"), text },
                File { path: cards::oembed_path(&name), text: cards::oembed(site, &name, spec) },
            ]
        })
        .collect()
}

/// The steps of the topic's talk that show a simulation, for a presenter's keys.
fn steps(article: &Article, simulation: &str) -> String {
    let own = article.steps(simulation);
    if own.is_empty() { own } else { format!("<div hidden>{own}</div>") }
}

/// How to use them, with one that obeys the page's own buttons.
#[must_use]
pub fn guide(site: &Site<'_>) -> File {
    let mut list = String::new();
    for topic in site.topics {
        element(&mut list, "h3", &[], topic.title);
        open(&mut list, "ul", &[]);
        for spec in topic.simulations {
            open(&mut list, "li", &[]);
            let address = format!("./{}/", topic.address(spec));
            element(&mut list, "a", &[("href", &*address)], spec.title);
            close(&mut list, "li");
        }
        close(&mut list, "ul");
    }
    let title = format!("A figure on your page · {SITE}");
    let main = GUIDE.replace("{list}", &list).replace("{form}", &form(site.topics));
    let page = Page {
        needs: vec!["form".to_owned()],
        ..Page::plain(
            "../",
            "embed/",
            &title,
            "How to put a simulation on a slide, in a course or in a post, and how to talk to it.",
            &main,
        )
    };
    File { path: "embed/index.html".to_owned(), text: site.page(&page) }
}

/// The form: what shows, how, and how large; then the figure as it will stand, and the words to copy.
fn form(topics: &[&'static Topic]) -> String {
    let mut figures = String::new();
    let mut controls = String::new();
    for topic in topics {
        open(&mut figures, "optgroup", &[("label", topic.title)]);
        for spec in topic.simulations {
            let name = topic.address(spec);
            element(&mut figures, "option", &[("value", &*name)], spec.title);
            open(&mut controls, "fieldset", &[("data-controls-of", &*name), ("hidden", "")]);
            element(&mut controls, "legend", &[], "Which controls, where only some are shown");
            for control in spec.controls {
                let default = control.written(&control.default());
                open(&mut controls, "label", &[]);
                let field = [("type", "checkbox"), ("value", control.id), ("data-default", &*default)];
                open(&mut controls, "input", &field);
                controls.push_str(&escape(control.label));
                close(&mut controls, "label");
            }
            close(&mut controls, "fieldset");
        }
        close(&mut figures, "optgroup");
    }
    let mut snippets = String::new();
    for (way, name, note) in WAYS {
        open(&mut snippets, "div", &[("class", "snippet")]);
        element(&mut snippets, "h3", &[], name);
        element(
            &mut snippets,
            "button",
            &[("type", "button"), ("data-copy", way), ("aria-label", &*format!("Copy: {name}"))],
            "Copy",
        );
        open(&mut snippets, "p", &[]);
        snippets.push_str(&escape(note));
        snippets.push(' ');
        element(&mut snippets, "strong", &[("data-cut", way)], "");
        close(&mut snippets, "p");
        open(&mut snippets, "pre", &[("tabindex", "0")]);
        element(&mut snippets, "code", &[("data-snippet", way)], "");
        close(&mut snippets, "pre");
        close(&mut snippets, "div");
    }
    FORM.replace("{figures}", &figures).replace("{controls}", &controls).replace("{snippets}", &snippets)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::address::OF_THE_FRAME;
    use crate::lab::share::embed::SCALES;

    /// The scripts run where Rust does not: what they say twice is held together here.
    #[test]
    fn the_scripts_know_the_names_and_bounds_of_the_address() {
        let element = include_str!("../../assets/tinkerable-embed.js");
        for name in OF_THE_FRAME {
            assert!(element.contains(&format!("\"{name}\"")), "{name} is no attribute of the frame");
        }
        let [least, most] = SCALES;
        assert!(BEFORE_PAINT.contains(&format!("scale >= {least} && scale <= {most}")));
        assert!(GUIDE.contains(&format!("{least} to {most}.")));
    }
}
