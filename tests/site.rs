//! The drawn pages as a browser finds them: well formed, unique ids, links that lead somewhere,
//! and all of it under any path.

use std::collections::BTreeSet;

use scraper::{Html, Selector};
use tinkerable::article::site::{Drawn, draw, still};
use tinkerable::topics;

/// What Trunk writes: a program for each topic.
fn template() -> String {
    let topics = topics::ALL.iter().map(|topic| format!("page-{}", topic.slug));
    let programs: String = topics
        .chain(["plain", "page-embed"].map(str::to_owned))
        .map(|program| {
            let name = format!("./{program}-1a2b");
            format!(
                "<script type=\"module\">\nimport init, * as bindings from '{name}.js';\n\
                 const wasm = await init({{ module_or_path: '{name}_bg.wasm' }});\n</script>\n\
                 <link rel=\"preload\" href=\"{name}_bg.wasm\" as=\"fetch\" crossorigin=\"anonymous\">\n"
            )
        })
        .collect();
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>Tinkerable</title>\n\
         <link rel=\"stylesheet\" href=\"./fonts/fonts.css\">\n{programs}</head>\n\
         <body><main id=\"page\"></main></body>\n</html>\n"
    )
}

/// Whether Trunk puts such a file beside the pages.
fn is_beside(path: &str) -> bool {
    ["fonts/fonts.css", "tinkerable-embed.js"].contains(&path)
        || path.starts_with("plain-1a2b")
        || path.starts_with("page-embed-1a2b")
        || path.ends_with("/card.png")
        || topics::ALL.iter().any(|t| path.starts_with(&format!("page-{}-1a2b", t.slug)))
}

/// Whether a page is a simulation alone, for a frame.
fn is_alone(path: &str) -> bool {
    path.starts_with("embed/") && path != "embed/index.html"
}

fn drawn() -> Drawn {
    drawn_for("")
}

fn drawn_for(url: &str) -> Drawn {
    draw(&template(), "body { src: url(./fonts/serif.woff2) }", url, topics::ALL, &still)
        .unwrap_or_else(|e| panic!("\n{e}"))
}

fn is_page(path: &str) -> bool {
    path.ends_with(".html")
}

fn pages() -> Vec<(String, Html)> {
    let pages = drawn().files.into_iter().filter(|f| is_page(&f.path));
    pages.map(|f| (f.path, Html::parse_document(&f.text))).collect()
}

fn all<'a>(page: &'a Html, selector: &str) -> Vec<scraper::ElementRef<'a>> {
    page.select(&Selector::parse(selector).expect(selector)).collect()
}

fn attribute(page: &Html, name: &str) -> Vec<String> {
    all(page, &format!("[{name}]")).iter().filter_map(|e| e.attr(name).map(str::to_owned)).collect()
}

/// A reference as a path from the root, without what follows `?` and `#`; `None` for other hosts.
fn target(page: &str, reference: &str) -> Option<String> {
    let path = reference.split(['?', '#']).next().unwrap_or_default();
    if path.contains(':') || path.is_empty() {
        return None;
    }
    let mut parts: Vec<&str> = page.split('/').collect();
    parts.pop();
    for part in path.split('/') {
        match part {
            "." | "" => {}
            ".." => assert!(parts.pop().is_some(), "{reference} in {page} leaves the site"),
            other => parts.push(other),
        }
    }
    if path.ends_with('/') {
        parts.push("index.html");
    }
    Some(parts.join("/"))
}

#[test]
fn there_is_a_page_for_each_topic_each_simulation_and_the_guide() {
    let paths: BTreeSet<String> = drawn().files.into_iter().map(|f| f.path).collect();
    let pages = topics::ALL.iter().chain(tinkerable::guide::PAGES);
    let mut wanted: BTreeSet<String> = pages.map(|t| format!("{}index.html", t.path())).collect();
    wanted.extend(["index.html", "404.html", "embed/index.html"].map(str::to_owned));
    wanted.extend(["", "glossary/", "bibliography/"].map(|page| format!("guide/{page}index.html")));
    for topic in topics::ALL {
        for spec in topic.simulations {
            let file = |end| format!("embed/{}/{}/{end}", topic.slug, spec.id);
            wanted.extend([file("index.html"), file("oembed.json")]);
        }
    }
    assert_eq!(paths, wanted);
}

#[test]
fn every_simulation_has_a_card_and_an_answer_to_oembed_that_its_pages_lead_to() {
    let url = "https://example.org/t/";
    let drawn = drawn_for(url);
    let cards: BTreeSet<&str> = drawn.cards.iter().map(|f| f.path.as_str()).collect();
    for topic in topics::ALL {
        for (i, spec) in topic.simulations.iter().enumerate() {
            let name = format!("{}/{}", topic.slug, spec.id);
            assert!(cards.contains(&*format!("embed/{name}/card.svg")), "{name}");
            let mut pages = vec![format!("embed/{name}/index.html")];
            if i == 0 {
                pages.push(format!("{}/index.html", topic.slug));
            }
            for path in pages {
                let file = drawn.files.iter().find(|f| f.path == path).expect(&path);
                let page = Html::parse_document(&file.text);
                let find = |selector: &str, attribute: &str| {
                    let found = all(&page, selector);
                    assert_eq!(found.len(), 1, "{path}: {selector}");
                    found[0].attr(attribute).unwrap_or_default().to_owned()
                };
                let picture = format!("{url}embed/{name}/card.png");
                assert_eq!(find("meta[property='og:image']", "content"), picture);
                assert_eq!(find("meta[name='twitter:card']", "content"), "summary_large_image");
                assert!(!find("meta[property='og:image:alt']", "content").is_empty());
                assert_eq!(find("link[rel=canonical]", "href"), format!("{url}{}/", topic.slug));
                let discovery = find("link[type='application/json+oembed']", "href");
                assert_eq!(discovery, format!("{url}embed/{name}/oembed.json"));
            }
            let answer = drawn.files.iter().find(|f| f.path == format!("embed/{name}/oembed.json"));
            let answer: serde_json::Value = serde_json::from_str(&answer.expect("an answer").text).unwrap();
            for field in ["version", "type", "title", "html", "width", "height", "thumbnail_url"] {
                assert!(!answer[field].is_null(), "{name}: {field}");
            }
            let frame = Html::parse_fragment(answer["html"].as_str().unwrap());
            assert_eq!(attribute(&frame, "src"), [format!("{url}embed/{name}/")]);
        }
    }
}

#[test]
fn pages_are_well_formed() {
    for (path, page) in pages() {
        assert!(page.errors.is_empty(), "{path}: {:?}", page.errors);
        assert_eq!(all(&page, "html[lang=en][data-root] > body > main#page").len(), 1, "{path}");
        assert_eq!(all(&page, "title").len(), 1, "{path}");
        assert_eq!(all(&page, "meta[name=description]").len(), 1, "{path}");
        assert_eq!(all(&page, "h1").len(), 1, "{path}");
        // A simulation alone has no words around it, but its name for those who do not see it.
        let around = usize::from(!is_alone(&path));
        assert_eq!(all(&page, "h1:not(.visually-hidden)").len(), around, "{path}");
        assert_eq!(all(&page, "body > header [data-action=theme]").len(), around, "{path}");
        let listed = topics::ALL.len() + tinkerable::guide::PAGES.len();
        assert_eq!(all(&page, "body > header nav li a").len(), around * listed, "{path}");
        let ids = attribute(&page, "id");
        let unique: BTreeSet<&String> = ids.iter().collect();
        assert_eq!(unique.len(), ids.len(), "{path}: {ids:?}");
    }
}

#[test]
fn references_lead_to_files_of_the_site() {
    let drawn = drawn();
    let files: BTreeSet<&str> = drawn.files.iter().map(|f| f.path.as_str()).collect();
    for file in drawn.files.iter().filter(|f| is_page(&f.path)) {
        let page = Html::parse_document(&file.text);
        let ids: BTreeSet<String> = attribute(&page, "id").into_iter().collect();
        for reference in attribute(&page, "href").into_iter().chain(attribute(&page, "src")) {
            assert!(!reference.starts_with('/'), "{}: {reference}", file.path);
            if let Some(id) = reference.strip_prefix('#') {
                assert!(ids.contains(id), "{}: {reference}", file.path);
            }
            if let Some(path) = target(&file.path, &reference) {
                assert!(
                    files.contains(path.as_str()) || is_beside(&path),
                    "{}: {reference} is {path}",
                    file.path
                );
            }
        }
        let depth = file.path.matches('/').count();
        let root = if depth == 0 { "./".to_owned() } else { "../".repeat(depth) };
        let program = match file.path.strip_prefix("embed/").unwrap_or(&file.path).split_once('/') {
            // The first simulation is at work in the gallery.
            None if file.path == "index.html" => format!("page-{}", topics::ALL[0].slug),
            None if file.path == "embed/index.html" => "page-embed".to_owned(),
            None | Some(("guide", _)) => "plain".to_owned(),
            Some((slug, _)) => format!("page-{slug}"),
        };
        let program = format!("from './{program}-1a2b.js'");
        for piece in [program.as_str(), "url(./fonts/serif.woff2)", "data-root=\"./\""] {
            assert!(file.text.contains(&piece.replace("./", &root)), "{}: {piece}", file.path);
        }
        assert_eq!(file.text.matches("from '").count(), 1, "{}: one program", file.path);
    }
}

#[test]
fn the_guide_says_when_its_rows_were_checked_and_gathers_terms_and_sources() {
    let pages = pages();
    let page = |path: &str| &pages.iter().find(|(p, _)| p == path).unwrap_or_else(|| panic!("{path}")).1;
    for path in ["organisations", "venues", "reading-list", "repositories"] {
        let page = page(&format!("guide/{path}/index.html"));
        let rows = all(page, "tbody tr").len();
        assert!(rows > 2 && all(page, "tbody tr time[data-checked]").len() == rows, "{path}: {rows}");
    }
    // Each paper of the reading list has one id.
    let papers = all(page("guide/reading-list/index.html"), "tbody tr td:first-child");
    let ids: BTreeSet<&str> = papers
        .iter()
        .flat_map(scraper::ElementRef::descendent_elements)
        .filter_map(|e| e.attr("href"))
        .collect();
    assert_eq!((papers.len(), ids.len()), (9, 9), "{ids:?}");
    // Every term and source of every article is there and leads back to its place.
    for (gathered, places) in [("glossary", "dl.glossary dt"), ("bibliography", "ol.references > li")] {
        let whole = page(&format!("guide/{gathered}/index.html"));
        let links: BTreeSet<String> =
            all(whole, "a.used").iter().filter_map(|a| a.attr("href").map(str::to_owned)).collect();
        for topic in topics::ALL {
            let own = page(&format!("{}index.html", topic.path()));
            for place in all(own, places) {
                let id = place.attr("id").expect("an id");
                assert!(
                    links.contains(&format!("../../{}#{id}", topic.path())),
                    "{gathered} lacks {} {id}",
                    topic.slug
                );
            }
        }
    }
}

#[test]
fn the_gallery_has_every_topic_in_its_group_and_a_simulation_at_work() {
    let pages = pages();
    let (_, page) = pages.iter().find(|(path, _)| path == "index.html").expect("the gallery");
    assert_eq!(all(page, "[data-sim]").len(), 1);
    let cards =
        all(page, ".gallery-group .card a").into_iter().filter_map(|a| a.attr("href").map(str::to_owned));
    let wanted: BTreeSet<String> = topics::ALL.iter().map(|t| format!("./{}", t.path())).collect();
    assert_eq!(cards.collect::<BTreeSet<_>>(), wanted);
    for card in all(page, ".card") {
        assert!(card.descendent_elements().any(|e| e.value().name() == "svg"), "a card without its figure");
    }
}

#[test]
fn a_wrong_address_is_named_and_a_frame_told_the_right_ones() {
    let pages = pages();
    let (_, page) = pages.iter().find(|(path, _)| path == "404.html").expect("the page for wrong addresses");
    let frames: String = all(page, "[data-frames]").iter().flat_map(scraper::ElementRef::text).collect();
    for topic in topics::ALL {
        for spec in topic.simulations {
            assert!(frames.contains(&format!("{}/{}", topic.slug, spec.id)), "{}", spec.id);
        }
    }
    assert_eq!(all(page, "[data-asked]").len(), 1);
}

#[test]
fn topic_pages_hold_the_article_and_its_simulations_without_a_program() {
    let pages = pages();
    for topic in topics::ALL {
        let path = format!("{}/index.html", topic.slug);
        let (_, page) = pages.iter().find(|(p, _)| *p == path).expect(&path);
        let placed = attribute(page, "data-sim");
        for sim in all(page, "[data-sim]") {
            let inside = Selector::parse(".figure svg[aria-label]").expect("a selector");
            assert!(sim.select(&inside).next().is_some(), "{path} {:?}", sim.attr("data-sim"));
        }
        if tinkerable::article::Article::read(topic).is_ok_and(|a| a.unfinished.is_empty()) {
            for spec in topic.simulations {
                assert!(placed.contains(&format!("{}/{}", topic.slug, spec.id)), "{path} {}", spec.id);
            }
        }
    }
}

#[test]
fn every_topic_has_a_program_that_trunk_builds() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let built = std::fs::read_to_string(root.join("index.html")).unwrap();
    for topic in topics::ALL {
        let slug = topic.slug;
        let program = std::fs::read_to_string(root.join(format!("src/bin/page-{slug}.rs")));
        let module = slug.replace('-', "_");
        assert!(
            program.is_ok_and(|text| text.contains(&format!("topics::{module}::TOPIC"))),
            "page-{slug}.rs"
        );
        assert!(built.contains(&format!("data-bin=\"page-{slug}\"")), "index.html builds no page-{slug}");
    }
}
