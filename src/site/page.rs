//! A page of the site around what stands on it: head, header, contents, footer.

use super::announce;
use super::cards;
use super::offline;
use super::paths;
use super::search;
use super::template::Template;
use crate::article::Section;
use crate::article::html::{close, element, open, slug};
use crate::lab::figure::palette::{self, Theme};
use crate::lab::share::standalone;
use crate::lab::{Control, Spec};
use crate::topics::{Group, Topic};

/// The name of the site.
pub const SITE: &str = "Tinkerable";

/// What people may do with something, and where it is written.
pub struct Licence {
    pub name: &'static str,
    pub url: &'static str,
}

/// Words and figures go onto slides and into courses: whoever shows them says whose they are.
pub const TEXT_LICENCE: Licence =
    Licence { name: "CC BY 4.0", url: "https://creativecommons.org/licenses/by/4.0/" };
pub const CODE_LICENCE: Licence = Licence { name: "MIT", url: "https://opensource.org/license/mit" };

/// Where the version of the site is written once all of it is there.
pub const UNVERSIONED: &str = " data-version=\"\"";

const CLOSING: &str = "</body>\n</html>\n";

/// The dialog of the search, and what opens it and fetches its program then.
const SEARCH_DIALOG: &str = include_str!("search-dialog.html");

/// The part of saving files that is the browser's, for pages with simulations.
const SAVE: &str = include_str!("../web/save.js");

/// What remembers on the device what a reader has read, solved and bet on.
const REMEMBER: &str = include_str!("../web/remember.js");

/// What marks the reader's place in the contents of a page.
const CONTENTS: &str = include_str!("../web/contents.js");

/// What a face says that is not upright.
const SLANTED: &str = "font-style: italic";

/// What only the face of formulas says.
const OF_FORMULAS: &str = "Tinkerable Math";

/// What follows links inside the site in place.
const NAVIGATE: &str = include_str!("../web/navigate.js");

/// What shows the top of a page first.
const FIRST_SCREEN: &str = include_str!("../web/first-screen.js");

fn save_script() -> String {
    let script = SAVE.replace("{elsewhere}", &standalone::ELSEWHERE.join("|"));
    format!("<script type=\"module\">\n{script}</script>\n")
}

/// A page whose style sheets and scripts go without indents and without remarks in lines of their own: its
/// readers do not read those, and wait for them.
fn without_remarks(page: &str) -> String {
    let mut out = String::with_capacity(page.len());
    // The tag that is open, and whether a remark of several lines is.
    let (mut inside, mut remark) = (None, false);
    for line in page.lines() {
        let closes = inside.is_some_and(|tag: &str| line.contains(tag));
        let bare = line.trim();
        let begins = inside == Some(STYLED) && bare.starts_with("/*");
        let said = remark || begins || inside == Some(SCRIPTED) && bare.starts_with("//");
        remark = (remark || begins) && !bare.ends_with("*/");
        if !closes && (said || inside.is_some() && bare.is_empty()) {
            continue;
        }
        out.push_str(if inside.is_some() && !closes { bare } else { line });
        out.push('\n');
        // What opens and closes on one line is short as it is.
        inside = [STYLED, SCRIPTED].into_iter().find(|tag| {
            let opens = format!("<{}", &tag[2..tag.len() - 1]);
            line.rfind(&opens).is_some_and(|at| !line[at..].contains(tag)) || inside == Some(*tag) && !closes
        });
    }
    out
}

/// What ends a style sheet and a script.
const STYLED: &str = "</style>";
const SCRIPTED: &str = "</script>";

/// What all pages of a site share.
pub struct Site<'a> {
    pub template: &'a Template,
    /// The style sheet that goes into each page, so that the first paint has it. Its references
    /// begin with `./`.
    pub stylesheet: &'a str,
    /// The faces of the fonts, a rule each, whose references begin with `./` as well; those of the first
    /// paint have their letters inside.
    pub faces: &'a [String],
    /// Where the site will stand, with `/` at its end; empty if nobody said.
    pub url: &'a str,
    /// Whether readers' browsers shall keep the site.
    pub offline: bool,
    pub topics: &'a [&'static Topic],
    /// The plain pages of the field guide.
    pub guide: &'a [&'static Topic],
}

#[cfg(test)]
impl<'a> Site<'a> {
    /// A site of the sample topic alone.
    pub fn sample(template: &'a Template, url: &'a str) -> Self {
        const TOPICS: &[&Topic] = &[&crate::sample::TOPIC];
        Self { template, stylesheet: "", faces: &[], url, offline: false, topics: TOPICS, guide: &[] }
    }
}

/// One page.
pub struct Page<'a> {
    /// The way from the page to the root of the site: `./`, `../`.
    pub root: &'a str,
    /// The way from there to the page that says this: itself, but for a simulation alone its topic.
    pub canonical: &'a str,
    /// The simulation whose picture stands for the page where people share its link, if it has one.
    pub card: Option<Card>,
    pub title: &'a str,
    /// One sentence for search engines.
    pub description: &'a str,
    /// The slug of the topic that the page is about, if it is about one.
    pub topic: Option<&'a str>,
    /// Pieces of the program that bring it to life: they come together with main.
    pub needs: Vec<String>,
    /// What stands inside `<main>`, as HTML.
    pub main: &'a str,
}

/// The pieces of the program that some simulations of a topic need at once: the topic, and what brings
/// texts and drawings to life where the first has any. The others ask for it when they are adopted, and do
/// not keep the first waiting.
#[must_use]
pub fn pieces(topic: &Topic, simulations: &[&'static Spec]) -> Vec<String> {
    let mut needs = vec![format!("topic-{}", topic.slug)];
    if simulations.first().is_some_and(|spec| spec.controls.iter().any(Control::is_free)) {
        needs.push("free".to_owned());
    }
    needs
}

/// A simulation in other people's pages: its picture, and how they put it there.
pub struct Card {
    /// `<slug>/<simulation>`.
    pub name: String,
    pub spec: &'static Spec,
}

impl Card {
    #[must_use]
    pub fn of(topic: &Topic, spec: &'static Spec) -> Self {
        Self { name: topic.address(spec), spec }
    }

    /// That of a topic's first simulation.
    #[must_use]
    pub fn hero(topic: &Topic) -> Option<Self> {
        topic.simulations.first().map(|spec| Self::of(topic, spec))
    }
}

impl<'a> Page<'a> {
    /// A page about no topic.
    #[must_use]
    pub fn plain(
        root: &'a str,
        canonical: &'a str,
        title: &'a str,
        description: &'a str,
        main: &'a str,
    ) -> Self {
        Self { root, canonical, card: None, title, description, topic: None, needs: Vec::new(), main }
    }
}

impl Site<'_> {
    /// The path at which the site begins on its host; `/` if nobody said where it will stand.
    #[must_use]
    pub fn path(&self) -> &str {
        let host = self.url.split_once("://").map_or("", |(_, rest)| rest);
        host.find('/').map_or("/", |at| &host[at..])
    }

    /// The address of a file of the site for a page: whole where it is known where the site stands.
    #[must_use]
    pub fn address(&self, root: &str, path: &str) -> String {
        format!("{}{path}", if self.url.is_empty() { root } else { self.url })
    }

    /// A page with nothing on it but `main`, for a frame: the program, and no words around.
    /// `before_paint` ends the head, `after` the body.
    #[must_use]
    pub fn bare(&self, page: &Page<'_>, before_paint: &str, after: &str) -> String {
        // No prose, so no serif.
        let mut out = self.opening(page, |face| face.contains("Sans"), before_paint);
        out.push_str("<main id=\"page\" class=\"embed\">\n");
        element(&mut out, "h1", &[("class", "visually-hidden")], page.title);
        out.push('\n');
        out.push_str(page.main);
        out.push_str("</main>\n");
        out.push_str(after);
        out.push_str(&save_script());
        out.push_str(CLOSING);
        without_remarks(&out)
    }

    /// The whole page.
    #[must_use]
    pub fn page(&self, page: &Page<'_>) -> String {
        let mut links = offline::links(page.root);
        if !self.url.is_empty() {
            let feed = self.address(page.root, announce::FEED);
            let found =
                [("rel", "alternate"), ("type", announce::FEED_TYPE), ("title", SITE), ("href", &*feed)];
            open(&mut links, "link", &found);
            links.push('\n');
        }
        let mut out = self.opening(page, |_| true, &links);
        element(&mut out, "a", &[("class", "skip"), ("href", "#page")], "Skip to the content");
        out.push('\n');
        self.header(&mut out, page);
        open(
            &mut out,
            "main",
            &[("id", "page"), ("class", if page.topic.is_some() { "topic" } else { "plain" })],
        );
        out.push('\n');
        out.push_str(page.main);
        out.push_str("</main>\n");
        footer(&mut out, page.root);
        out.push_str(SEARCH_DIALOG);
        // Before the other scripts: they listen as long as the visit to a page lasts.
        out.push_str(&format!("<script type=\"module\">\n{NAVIGATE}</script>\n"));
        if page.topic.is_some() {
            out.push_str(&format!("<script type=\"module\">\n{CONTENTS}</script>\n"));
            out.push_str(&format!("<script type=\"module\">\n{REMEMBER}</script>\n"));
            out.push_str(&save_script());
        }
        if self.offline {
            out.push_str(offline::KEEP);
        }
        out.push_str(CLOSING);
        without_remarks(&out)
    }

    /// Everything up to the body's own: the head with the faces that are `needed`, and `extra` at its end.
    fn opening(&self, page: &Page<'_>, needed: impl Fn(&str) -> bool, extra: &str) -> String {
        let mut out = String::from("<!DOCTYPE html>\n");
        open(&mut out, "html", &[("lang", "en"), ("data-root", page.root)]);
        out.insert_str(out.len() - 1, UNVERSIONED);
        out.push_str("\n<head>\n<meta charset=\"utf-8\">\n");
        out.push_str("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
        element(&mut out, "title", &[], page.title);
        out.push('\n');
        for (attribute, name, content) in [
            ("name", "description", page.description),
            ("property", "og:title", page.title),
            ("property", "og:description", page.description),
            ("property", "og:site_name", SITE),
            ("property", "og:type", if page.topic.is_some() { "article" } else { "website" }),
        ] {
            open(&mut out, "meta", &[(attribute, name), ("content", content)]);
            out.push('\n');
        }
        // Both mean something only as whole addresses.
        if !self.url.is_empty() {
            let own = self.address(page.root, page.canonical);
            open(&mut out, "link", &[("rel", "canonical"), ("href", &*own)]);
            open(&mut out, "meta", &[("property", "og:url"), ("content", &*own)]);
            out.push('\n');
        }
        if let Some(card) = &page.card {
            self.card(&mut out, page.root, card);
        }
        let faces = |are_meant: fn(&str) -> bool| -> String {
            let faces = self.faces.iter().filter(|face| needed(face) && are_meant(face));
            faces.map(|face| crate::site::template::rooted(face, page.root)).collect()
        };
        out.push_str("<style>\n");
        out.push_str(&palette::css(Theme::Auto));
        out.push_str(&crate::site::template::rooted(self.stylesheet, page.root));
        out.push_str(&faces(|face| !face.contains(SLANTED) && !face.contains(OF_FORMULAS)));
        // The slanted face and that of formulas are for the script to load; without it they load by themselves.
        out.push_str("</style>\n<style id=\"late\" media=\"(scripting: none)\">\n");
        out.push_str(&faces(|face| face.contains(SLANTED) || face.contains(OF_FORMULAS)));
        out.push_str(&format!("</style>\n<script>\n{FIRST_SCREEN}</script>\n"));
        out.push_str(&self.template.head(page.root, &page.needs));
        out.push_str(extra);
        out.push_str("</head>\n<body>\n");
        out
    }

    /// Every page about something: the topics, and the plain pages of the field guide.
    pub fn pages(&self) -> impl Iterator<Item = &'static Topic> + '_ {
        self.topics.iter().chain(self.guide).copied()
    }

    /// The picture that is shown where people share the page's link. No page leads to the answer to oEmbed:
    /// a file cannot answer for an address with values, and would show the defaults in their place.
    fn card(&self, out: &mut String, root: &str, card: &Card) {
        let picture = self.address(root, &cards::picture(&card.name));
        let [width, height] = cards::SIZE.map(|side| side.to_string());
        for (attribute, name, content) in [
            ("property", "og:image", &*picture),
            ("property", "og:image:width", &*width),
            ("property", "og:image:height", &*height),
            ("property", "og:image:alt", card.spec.summary),
            ("name", "twitter:card", "summary_large_image"),
        ] {
            open(out, "meta", &[(attribute, name), ("content", content)]);
            out.push('\n');
        }
    }

    fn header(&self, out: &mut String, page: &Page<'_>) {
        open(out, "header", &[]);
        element(out, "a", &[("class", "site"), ("href", page.root)], SITE);
        open(out, "nav", &[("class", "topics"), ("aria-label", "Site")]);
        open(out, "details", &[("data-help", "")]);
        element(out, "summary", &[], "Topics");
        open(out, "div", &[("class", "menu")]);
        for group in Group::ALL {
            let topics: Vec<_> = self.pages().filter(|t| t.group == group).collect();
            if topics.is_empty() {
                continue;
            }
            open(out, "div", &[]);
            let id = format!("menu-{}", slug(group.title()));
            element(out, "p", &[("class", "menu-group"), ("id", &*id)], group.title());
            open(out, "ul", &[("aria-labelledby", &*id)]);
            for topic in topics {
                open(out, "li", &[]);
                let href = format!("{}{}", page.root, topic.path());
                let mut attributes = vec![("href", href.as_str())];
                if page.topic == Some(topic.slug) {
                    attributes.push(("aria-current", "page"));
                }
                element(out, "a", &attributes, topic.title);
                close(out, "li");
            }
            close(out, "ul");
            close(out, "div");
        }
        close(out, "div");
        close(out, "details");
        element(out, "a", &[("href", &*format!("{}guide/", page.root))], "Guide");
        close(out, "nav");
        search_button(out, page.root);
        let button = [
            ("type", "button"),
            ("data-action", "theme"),
            ("aria-label", "Change between the light and the dark theme"),
        ];
        element(out, "button", &button, "");
        close(out, "header");
        out.push('\n');
    }
}

/// The button knows where the index of the search is, which no page loads before it is asked for.
fn search_button(out: &mut String, root: &str) {
    let button = [
        ("type", "button"),
        ("data-action", "search"),
        ("aria-haspopup", "dialog"),
        ("aria-keyshortcuts", "Control+K /"),
        ("title", "Search (Ctrl-K or /)"),
        ("data-index", &*format!("{root}{}", search::PATH)),
    ];
    open(out, "button", &button);
    element(out, "span", &[], "Search");
    element(out, "kbd", &[("aria-hidden", "true")], "/");
    close(out, "button");
}

/// Pages that every page leads to at its end.
pub const FOOTER: [(&str, &str); 4] = [
    ("embed/", "Put a figure on your page or slide"),
    ("guide/", "Field guide"),
    ("guide/glossary/", "Glossary"),
    ("guide/bibliography/", "Bibliography"),
];

fn footer(out: &mut String, root: &str) {
    open(out, "footer", &[]);
    element(
        out,
        "p",
        &[],
        "Every figure is computed in front of you, by the page itself: the same values, seed and number of \
         steps give the same result on every machine.",
    );
    open(out, "p", &[]);
    for (i, (path, words)) in FOOTER.into_iter().enumerate() {
        if i > 0 {
            out.push_str(" · ");
        }
        element(out, "a", &[("href", &*format!("{root}{path}"))], words);
    }
    close(out, "p");
    open(out, "p", &[]);
    out.push_str("Text and figures ");
    element(out, "a", &[("rel", "license"), ("href", TEXT_LICENCE.url)], TEXT_LICENCE.name);
    out.push_str(", code ");
    element(out, "a", &[("href", CODE_LICENCE.url)], CODE_LICENCE.name);
    out.push('.');
    close(out, "p");
    open(out, "noscript", &[]);
    element(
        out,
        "p",
        &[],
        "JavaScript is off, so the figures stand still at their opening moment. All words and figures are here.",
    );
    close(out, "noscript");
    close(out, "footer");
    out.push('\n');
}

/// The table of contents, closed until it is asked for; [`CONTENTS`] marks the reader's place in it.
#[must_use]
pub fn contents(sections: &[Section]) -> String {
    let mut out = String::new();
    let mut listed = sections.iter().filter(|section| section.level == 2).peekable();
    if listed.peek().is_none() {
        return out;
    }
    open(&mut out, "nav", &[("class", "contents"), ("id", "contents"), ("aria-label", "Contents")]);
    open(&mut out, "details", &[]);
    open(&mut out, "summary", &[]);
    out.push_str("Contents ");
    element(&mut out, "span", &[("data-place", "")], "");
    close(&mut out, "summary");
    open(&mut out, "ol", &[]);
    for section in listed {
        open(&mut out, "li", &[]);
        element(&mut out, "a", &[("href", &*format!("#{}", section.id))], &section.title);
        close(&mut out, "li");
    }
    close(&mut out, "ol");
    close(&mut out, "details");
    close(&mut out, "nav");
    out.push('\n');
    out
}

/// The ways on from a topic: to the one before in the list, to the next, and to others of its group
/// if they are asked for.
#[must_use]
pub fn onward(list: &[&'static Topic], topic: &Topic, related: bool, root: &str) -> String {
    let place = list.iter().position(|t| t.slug == topic.slug).unwrap_or(0);
    let [before, next] = [place.checked_sub(1), Some(place + 1)].map(|i| list.get(i?).copied());
    let near = |t: &Topic| [before, next].iter().flatten().any(|o| o.slug == t.slug) || t.slug == topic.slug;
    let related: Vec<_> = list.iter().filter(|t| related && t.group == topic.group && !near(t)).collect();
    let mut out = String::new();
    open(&mut out, "nav", &[("class", "onward"), ("aria-label", "Other pages")]);
    for (label, topic, way) in [("Before", before, "prev"), ("Next", next, "next")] {
        let Some(topic) = topic else { continue };
        open(&mut out, "a", &[("href", &*format!("{root}{}", topic.path())), ("rel", way)]);
        element(&mut out, "span", &[("class", "onward-label")], label);
        out.push(' ');
        element(&mut out, "span", &[("class", "onward-title")], topic.title);
        out.push(' ');
        element(&mut out, "span", &[("class", "question")], topic.question);
        close(&mut out, "a");
    }
    out.push_str(&paths::onward(topic, root));
    if !related.is_empty() {
        open(&mut out, "p", &[("class", "related")]);
        out.push_str("Related: ");
        for (i, topic) in related.into_iter().enumerate() {
            if i > 0 {
                out.push_str(", ");
            }
            element(&mut out, "a", &[("href", &*format!("{root}{}", topic.path()))], topic.title);
        }
        close(&mut out, "p");
    }
    close(&mut out, "nav");
    out.push('\n');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn readers_get_style_and_scripts_without_remarks_and_words_as_they_are() {
        let page = "<style>\n/* One\n   more. */\na {\n  top: 0; /* here */\n}\n</style>\n<script>\n// Said.\n\n  go(\"// no\");\n\
                    </script>\n<script type=\"module\" src=\"a.js\"></script>\n<pre>\n  // code\n\n</pre>\n";
        let wanted = "<style>\na {\ntop: 0; /* here */\n}\n</style>\n<script>\ngo(\"// no\");\n</script>\n\
                      <script type=\"module\" src=\"a.js\"></script>\n<pre>\n  // code\n\n</pre>\n";
        assert_eq!(without_remarks(page), wanted);
    }

    #[test]
    fn the_page_s_file_leaves_out_what_the_terminal_s_does() {
        let script = save_script();
        assert!(
            standalone::ELSEWHERE.iter().all(|kind| script.contains(kind)) && !script.contains("{elsewhere}")
        );
    }
}
