//! The questions that a teacher can set, on a page of their own: to print, and to see what somebody answered.

use super::File;
use super::page::{Card, Page, SITE, Site};
use crate::article::html::{close, element, open};
use crate::article::{Article, Posed};
use crate::lab::address::{self, Moment};
use crate::lab::figure::Figure;
use crate::lab::figure::svg;
use crate::lab::share::lesson::{ANSWERS, QUESTION};
use crate::lab::{Runner, Spec};

/// Where the page stands, from its topic.
pub const FOLDER: &str = "questions/";

/// The way from there to the article.
const ARTICLE: &str = "../";

/// Lines to write on, on paper.
const LINES: usize = 5;

/// Whether the address has answers is known before the first paint: they have their place then.
const REPLAYS: &str = "\
<script>
document.querySelector(\"[data-lesson]\").toggleAttribute(\"data-replays\", new URLSearchParams(location.search).has(\"{answers}\"));
</script>
";

/// The page of a topic's questions, if it has some.
#[must_use]
pub fn page(site: &Site<'_>, article: &Article) -> Option<File> {
    if article.questions.is_empty() {
        return None;
    }
    let topic = article.topic;
    let mut main = String::new();
    open(&mut main, "article", &[("class", "lesson"), ("data-lesson", topic.slug)]);
    main.push('\n');
    let heading = format!("Questions on {}", article.title);
    element(&mut main, "h1", &[], &heading);
    element(&mut main, "p", &[("class", "lead")], topic.question);
    open(&mut main, "p", &[("class", "lesson-how")]);
    main.push_str("Each is answered with a figure of ");
    element(&mut main, "a", &[("href", ARTICLE)], &article.title);
    main.push_str(
        ": open it by the address below it, change what you like, and say what you saw. The article notes what you \
         find, and shares it as one address that this page replays.",
    );
    close(&mut main, "p");
    element(&mut main, "div", &[("class", "lesson-says"), ("data-lesson-says", ""), ("role", "status")], "");
    open(&mut main, "ol", &[("class", "lesson-questions")]);
    for (i, posed) in article.questions.iter().enumerate() {
        question(&mut main, site, article, i + 1, posed);
    }
    close(&mut main, "ol");
    answers(&mut main, article);
    main.push_str(&REPLAYS.replace("{answers}", ANSWERS));
    main.push_str("</article>\n");
    let canonical = format!("{}{FOLDER}", topic.path());
    let title = format!("{heading} · {SITE}");
    let description = format!("Three questions to set, each with its figure: {}", topic.question);
    let page =
        Page { card: Card::hero(topic), ..Page::plain("../../", &canonical, &title, &description, &main) };
    Some(File { path: format!("{canonical}index.html"), text: site.page(&page) })
}

fn question(out: &mut String, site: &Site<'_>, article: &Article, number: usize, posed: &Posed) {
    let spec = posed.question.spec;
    open(out, "li", &[("data-question", &*posed.name)]);
    open(out, "p", &[("class", "lesson-asks")]);
    out.push_str(&posed.html);
    close(out, "p");
    if let Some(check) = &posed.question.check {
        element(out, "p", &[("class", "question-way")], &format!("Solved when: {}.", check.words()));
    }
    open(out, "div", &[("class", "figure")]);
    out.push_str(&svg::at_widths(&started(posed)));
    close(out, "div");
    open(out, "p", &[("class", "lesson-answer"), ("role", "status")]);
    element(out, "span", &[("data-verdict", "")], "");
    out.push(' ');
    element(out, "a", &[("data-there", ""), ("href", ARTICLE), ("hidden", "")], "Open the figure there");
    close(out, "p");
    // Which question is meant stands in the address: the article then knows it from the first step on.
    let query = [format!("{QUESTION}={number}"), address::encode(spec, &posed.question.start, true)];
    let query = query.join("&").trim_end_matches('&').to_owned();
    let place = format!("?{query}#sim-{}", spec.id);
    open(out, "p", &[("class", "lesson-address")]);
    let whole = site.address("/", &format!("{}{place}", article.topic.path()));
    element(out, "a", &[("href", &*format!("{ARTICLE}{place}"))], &whole);
    close(out, "p");
    open(out, "div", &[("class", "lesson-lines"), ("aria-hidden", "true")]);
    for _ in 0..LINES {
        element(out, "div", &[], "");
    }
    close(out, "div");
    close(out, "li");
    out.push('\n');
}

/// The figure where a question starts.
fn started(posed: &Posed) -> Figure {
    let question = &posed.question;
    let mut runner = Runner::new(question.spec, question.start.values.clone());
    runner.advance(question.step(&question.start));
    runner.simulation().figure()
}

/// The answers, for who sets the questions: closed, and printed only when they are open.
fn answers(out: &mut String, article: &Article) {
    open(out, "details", &[("class", "lesson-answers")]);
    element(out, "summary", &[], "Answers, for who sets these questions (printed only when this is open)");
    open(out, "ol", &[]);
    for posed in &article.questions {
        open(out, "li", &[]);
        if let Some((moment, words)) = &posed.answer {
            let href = place(posed.question.spec, moment);
            open(out, "a", &[("href", &*href)]);
            out.push_str(words);
            close(out, "a");
            out.push(' ');
        }
        out.push_str(&deeper(&posed.because));
        close(out, "li");
    }
    close(out, "ol");
    close(out, "details");
    out.push('\n');
    open(out, "noscript", &[]);
    element(
        out,
        "p",
        &[],
        "JavaScript is off: what somebody answered, and shared as an address of this page, is not replayed.",
    );
    close(out, "noscript");
}

/// The article with a figure at a moment.
fn place(spec: &Spec, moment: &Moment) -> String {
    format!("{ARTICLE}?{}#sim-{}", address::encode(spec, moment, true), spec.id)
}

/// A text of the article as it reads one folder deeper.
fn deeper(html: &str) -> String {
    let mut out = html.replace("href=\"../", "href=\"../../");
    for start in ['?', '#'] {
        out = out.replace(&format!("href=\"{start}"), &format!("href=\"{ARTICLE}{start}"));
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::TOPIC;
    use crate::site::template::{SAMPLE, Template};

    fn drawn(url: &str, markdown: &str) -> Option<File> {
        let article = Article::of(&TOPIC, markdown).unwrap_or_else(|p| panic!("{p:?}"));
        let template = Template::read(SAMPLE).expect("a template");
        page(&Site::sample(&template, url), &article)
    }

    const ASKED: &str = "# Counts\n\n## Questions to set\n\n\
        1. [How *far*?](question:count?stride=5&seed=2#total>=40,order=down) [Downwards.](answer:order=down) It is \
        [60](run:count?stride=5#total): see [there](#questions-to-set) and [here](../attention/).\n\
        2. [Why?](question:count) Because.\n";

    #[test]
    fn questions_have_a_page_with_figures_addresses_and_closed_answers() {
        let page = drawn("https://example.org/t/", ASKED).expect("a page");
        assert_eq!(page.path, "counting/questions/index.html");
        for part in [
            "<h1>Questions on Counts</h1><p class=\"lead\">How far does &lt;one&gt; count?</p>",
            "<li data-question=\"count?stride=5&amp;seed=2#total&gt;=40,order=down\"><p class=\"lesson-asks\">How <em>far</em>?</p>",
            "Solved when: Total at least 40\u{a0}units and Order is ",
            // Where it starts: twelve strides of five.
            "The count has reached 60.",
            "<a href=\"../?question=1&amp;count.stride=5&amp;count.seed=2#sim-count\">\
             https://example.org/t/counting/?question=1&amp;count.stride=5&amp;count.seed=2#sim-count</a>",
            "<a href=\"../?question=2#sim-count\">",
            "<details class=\"lesson-answers\"><summary>",
            "<a href=\"../?count.stride=5&amp;count.order=down&amp;count.seed=2#sim-count\">Downwards.</a> It is ",
            "href=\"../?count.stride=5&amp;count.at=12#sim-count\"",
            "<a href=\"../#questions-to-set\">there</a> and <a href=\"../../attention/\">here</a>.",
            "data-root=\"../../\"",
            "<link rel=\"canonical\" href=\"https://example.org/t/counting/questions/\">",
        ] {
            assert!(page.text.contains(part), "{part} in {}", page.text);
        }
        assert_eq!(page.text.matches("<svg class=\"narrow\"").count(), 2);
        // Where nobody said where the site will stand, the address begins at its host.
        let page = drawn("", ASKED).expect("a page");
        assert!(page.text.contains(">/counting/?question=2#sim-count</a>"), "{}", page.text);
        assert_eq!(drawn("", "# Counts\n"), None);
    }
}
