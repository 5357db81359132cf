//! The drawn pages as a browser finds them: well formed, unique ids, links that lead somewhere,
//! and all of it under any path.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Write as _;

use scraper::{Html, Selector};
use tinkerable::site::offline;
use tinkerable::site::{Drawn, Setting, Views, draw, still};
use tinkerable::topics;
use tinkerable::words::days;
use tinkerable::words::search::{Entry, Index, Kind};

/// What Trunk writes.
fn template() -> String {
    let name = "./site-1a2b";
    format!(
        "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n<title>Tinkerable</title>\n\
         <script type=\"module\">\nimport init, * as bindings from '{name}.js';\n\
         const wasm = await init({{ module_or_path: '{name}_bg.wasm' }});\n</script>\n\
         <link rel=\"preload\" href=\"{name}_bg.wasm\" as=\"fetch\" crossorigin=\"anonymous\">\n</head>\n\
         <body><main id=\"page\"></main></body>\n</html>\n"
    )
}

/// Whether Trunk puts such a file beside the pages.
fn is_beside(path: &str) -> bool {
    ["fonts/serif.woff2", "tinkerable-embed.js", "tinkerable-embed.d.ts"].contains(&path)
        || path.starts_with("site-1a2b")
        || path.ends_with("/card.png")
        || offline::ICONS.iter().any(|(icon, _)| *icon == path)
}

/// Whether a page is a simulation alone, for a frame.
fn is_alone(path: &str) -> bool {
    path.starts_with("embed/") && path != "embed/index.html"
}

fn drawn() -> Drawn {
    drawn_for("")
}

fn drawn_for(url: &str) -> Drawn {
    let stylesheet = "body { src: url(./picture.webp) }";
    let faces = ["Serif", "Sans"].map(|name| format!("@font-face {{ src: url(./fonts/{name}.woff2) }}\n"));
    let setting = Setting { template: &template(), stylesheet, faces: &faces, url, offline: true };
    let views = Views { whole: &still, glimpse: &|topic, runner, _| still(topic, runner) };
    draw(setting, topics::ALL, views).unwrap_or_else(|e| panic!("\n{e}"))
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
    wanted.extend(
        ["index.html", "404.html", "embed/index.html", "manifest.webmanifest", "_headers"].map(str::to_owned),
    );
    wanted.extend(["", "glossary/", "bibliography/"].map(|page| format!("guide/{page}index.html")));
    for topic in topics::ALL {
        wanted.insert(format!("{}talk.json", topic.path()));
        if topic.article.contains("\n## Questions to set\n") {
            wanted.insert(format!("{}/questions/index.html", topic.slug));
        }
        for spec in topic.simulations {
            let file = |end| format!("embed/{}/{}/{end}", topic.slug, spec.id);
            wanted.extend([file("index.html"), file("oembed.json")]);
        }
    }
    wanted.extend(["robots.txt", "search.json", "speaker.json"].map(str::to_owned));
    assert_eq!(paths, wanted);
}

#[test]
fn a_talk_has_its_sentences_beside_the_page_and_its_notes_only_there() {
    let drawn = drawn();
    for topic in topics::ALL {
        let file = |name: &str| {
            let path = format!("{}{name}", topic.path());
            &drawn.files.iter().find(|f| f.path == path).expect("a file").text
        };
        let talk: serde_json::Value = serde_json::from_str(file("talk.json")).expect("JSON");
        let steps = talk["steps"].as_array().expect("steps");
        // A draft may have fewer yet.
        let least = if topic.article.contains("*This is a draft.*") { 1 } else { 5 };
        assert!((least..=8).contains(&steps.len()), "{}", topic.slug);
        let page = Html::parse_document(file("index.html"));
        let links = all(&page, "[data-talk]");
        assert_eq!(links.len(), steps.len(), "{}", topic.slug);
        for (step, link) in steps.iter().zip(links) {
            assert_eq!(step["simulation"], link.attr("data-talk").unwrap_or_default());
            assert_eq!(step["query"], link.attr("data-moment").unwrap_or_default());
            let sentence = Html::parse_fragment(step["sentence"]["html"].as_str().expect("a sentence"));
            assert_eq!(sentence.root_element().inner_html(), link.inner_html());
            let note = step["note"]["html"].as_str().expect("a note, or none");
            assert!(note.is_empty() || !file("index.html").contains(note), "{}: {note}", topic.slug);
        }
    }
}

/// The children of an element, by name, with their texts.
fn texts<'a>(element: roxmltree::Node<'a, '_>, name: &str) -> Vec<&'a str> {
    let named = element.children().filter(|child| child.has_tag_name(name));
    named.map(|child| child.text().unwrap_or_default()).collect()
}

#[test]
fn the_map_lists_each_full_page_once_at_its_whole_address() {
    let drawn = drawn_for("https://example.org/t/");
    let file = |path: &str| &drawn.files.iter().find(|f| f.path == path).expect(path).text;
    let map = roxmltree::Document::parse(file("sitemap.xml")).expect("well formed");
    let urls = map.root_element();
    assert_eq!(
        urls.tag_name(),
        roxmltree::ExpandedName::from(("http://www.sitemaps.org/schemas/sitemap/0.9", "urlset"))
    );
    let mut listed: Vec<&str> = Vec::new();
    for url in urls.children().filter(roxmltree::Node::is_element) {
        let place = texts(url, "loc");
        assert_eq!(place.len(), 1, "{url:?}");
        listed.extend(place);
        for day in texts(url, "lastmod") {
            assert!(days::of(day).is_some(), "{day}");
        }
    }
    listed.sort_unstable();
    let full = drawn.files.iter().filter(|f| is_page(&f.path) && !is_alone(&f.path) && f.path != "404.html");
    let mut wanted: Vec<String> =
        full.map(|f| format!("https://example.org/t/{}", f.path.trim_end_matches("index.html"))).collect();
    wanted.sort_unstable();
    assert_eq!(listed, wanted);
    assert!(file("robots.txt").contains("\nSitemap: https://example.org/t/sitemap.xml\n"));
}

#[test]
fn the_feed_has_an_entry_for_each_topic_and_pages_lead_to_it() {
    const ATOM: &str = "http://www.w3.org/2005/Atom";
    let url = "https://example.org/a&b/";
    let drawn = drawn_for(url);
    let file = |path: &str| &drawn.files.iter().find(|f| f.path == path).expect(path).text;
    let document = roxmltree::Document::parse(file("feed.xml")).expect("well formed");
    let feed = document.root_element();
    assert!(feed.has_tag_name((ATOM, "feed")));
    assert!(
        feed.descendants()
            .filter(roxmltree::Node::is_element)
            .all(|e| e.tag_name().namespace() == Some(ATOM))
    );
    let link = |element: roxmltree::Node<'_, '_>, way: &str| {
        let mut links =
            element.children().filter(|c| c.has_tag_name("link") && c.attribute("rel") == Some(way));
        let link = links.next().unwrap_or_else(|| panic!("no {way} in {element:?}"));
        assert!(links.next().is_none(), "{way} twice");
        link.attribute("href").unwrap_or_default().to_owned()
    };
    let time = |element: roxmltree::Node<'_, '_>, name: &str| {
        let times = texts(element, name);
        assert_eq!(times.len(), 1, "{name} in {element:?}");
        let day = times[0].strip_suffix("T00:00:00Z").and_then(days::of);
        day.unwrap_or_else(|| panic!("{} is no moment", times[0]))
    };
    assert_eq!((texts(feed, "id"), texts(feed, "title").len()), (vec![url], 1));
    assert_eq!((link(feed, "self"), link(feed, "alternate")), (format!("{url}feed.xml"), url.to_owned()));
    let authors: Vec<_> = feed.children().filter(|c| c.has_tag_name("author")).collect();
    assert!(authors.len() == 1 && !texts(authors[0], "name")[0].is_empty());

    let entries: Vec<_> = feed.children().filter(|c| c.has_tag_name("entry")).collect();
    assert_eq!(entries.len(), topics::ALL.len());
    for topic in topics::ALL {
        let address = format!("{url}{}", topic.path());
        let own: Vec<_> = entries.iter().filter(|e| texts(**e, "id") == [&*address]).collect();
        assert_eq!(own.len(), 1, "{}", topic.slug);
        let entry = *own[0];
        assert_eq!(link(entry, "alternate"), address);
        assert_eq!(
            (texts(entry, "title"), texts(entry, "summary")),
            (vec![topic.title], vec![topic.question])
        );
        assert!(time(entry, "published") <= time(entry, "updated"), "{}", topic.slug);
        assert!(time(entry, "updated") <= time(feed, "updated"), "{}", topic.slug);
    }
    let published: Vec<i64> = entries.iter().map(|e| time(*e, "published")).collect();
    assert!(published.is_sorted_by(|a, b| a >= b), "the newest first: {published:?}");

    for page in drawn.files.iter().filter(|f| is_page(&f.path) && !is_alone(&f.path)) {
        let html = Html::parse_document(&page.text);
        let found = all(&html, "head > link[rel=alternate][type='application/atom+xml']");
        let found: Vec<_> = found.iter().filter_map(|link| link.attr("href")).collect();
        assert_eq!(found, [format!("{url}feed.xml")], "{}", page.path);
    }
}

#[test]
fn every_full_page_says_what_may_be_done_with_its_words() {
    for (path, page) in pages() {
        let licences = all(&page, "body > footer a[rel=license]");
        assert_eq!(licences.len(), usize::from(!is_alone(&path)), "{path}");
    }
}

#[test]
fn every_simulation_has_a_card_and_an_answer_to_oembed() {
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
                // A file would answer for an address with values as for one without.
                assert!(all(&page, "link[type='application/json+oembed']").is_empty(), "{path}");
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
fn every_frame_that_is_offered_has_a_title() {
    let guide = pages().into_iter().find(|(path, _)| path == "embed/index.html").expect("the guide").1;
    let readme = include_str!("../README.md").to_owned();
    let code: String = all(&guide, "pre code").iter().map(|code| code.text().collect::<String>()).collect();
    for text in [readme, code] {
        let frames: Vec<&str> = text.split("<iframe ").skip(1).collect();
        assert!(!frames.is_empty());
        for frame in frames {
            let tag = frame.split('>').next().unwrap_or_default();
            assert!(tag.contains("title=\""), "{tag}");
        }
    }
}

#[test]
fn hosts_that_are_isolated_may_show_the_frames() {
    let drawn = drawn_for("https://example.org/");
    let headers = drawn.files.iter().find(|file| file.path == "_headers").expect("_headers");
    let all_files = headers.text.split("/site-*").next().unwrap_or_default();
    for line in ["Cross-Origin-Embedder-Policy: require-corp", "Cross-Origin-Resource-Policy: cross-origin"] {
        assert!(all_files.contains(line), "{all_files}");
        let (name, value) = line.split_once(": ").expect("a header");
        assert!(include_str!("../README.md").contains(&format!("{name} {value} always")), "{line}");
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
        // A simulation alone has no page around it.
        let around = usize::from(!is_alone(&path));
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
            assert!(!reference.starts_with('/') || file.path == "404.html", "{}: {reference}", file.path);
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
        let root = match depth {
            // Hosts answer with this page at any depth.
            0 if file.path == "404.html" => "/".to_owned(),
            0 => "./".to_owned(),
            _ => "../".repeat(depth),
        };
        let program = "data-program=\"./site-1a2b\"";
        for piece in [program, "url(./picture.webp)", "url(./fonts/Sans.woff2)", "data-root=\"./\""] {
            assert!(file.text.contains(&piece.replace("./", &root)), "{}: {piece}", file.path);
        }
        // A simulation alone has no prose.
        assert_eq!(file.text.contains("Serif.woff2"), !is_alone(&file.path), "{}", file.path);
        assert_eq!(
            file.text.matches("<script type=\"module\" data-program=").count(),
            1,
            "{}: one program",
            file.path
        );
    }
}

#[test]
fn every_page_has_the_search_and_loads_its_index_only_when_asked() {
    for (path, page) in pages() {
        let around = usize::from(!is_alone(&path));
        let buttons = all(&page, "body > header [data-action=search]");
        assert_eq!(buttons.len(), around, "{path}");
        assert_eq!(all(&page, "dialog#site-search").len(), around, "{path}");
        for button in buttons {
            let index = target(&path, button.attr("data-index").unwrap_or_default());
            assert_eq!(index.as_deref(), Some("search.json"), "{path}");
        }
        let early = all(&page, "link, script[src]").into_iter().filter_map(|e| e.attr("href"));
        assert!(early.into_iter().all(|href| !href.contains("search.json")), "{path}");
    }
}

fn searched(drawn: &Drawn) -> Vec<Entry> {
    let index = drawn.files.iter().find(|f| f.path == "search.json").expect("the index of the search");
    let rows: Vec<[String; 4]> = serde_json::from_str(&index.text).expect("rows of four texts");
    rows.into_iter()
        .map(|[kind, title, place, text]| {
            let kind = Kind::of(&kind).unwrap_or_else(|| panic!("{kind}: {title}"));
            Entry { kind, title, place, text }
        })
        .collect()
}

#[test]
fn the_search_leads_to_places_that_are_there() {
    let drawn = drawn();
    let pages: BTreeMap<&str, BTreeSet<String>> = drawn
        .files
        .iter()
        .filter(|f| is_page(&f.path))
        .map(|f| (f.path.as_str(), attribute(&Html::parse_document(&f.text), "id").into_iter().collect()))
        .collect();
    let entries = searched(&drawn);
    for kind in Kind::ALL {
        assert!(entries.iter().any(|entry| entry.kind == kind), "no {}", kind.word());
    }
    for entry in &entries {
        let page = target("index.html", entry.page()).expect("a page of the site");
        let ids = pages.get(&*page).unwrap_or_else(|| panic!("{} leads to no page", entry.place));
        if let Some((_, id)) = entry.place.split_once('#') {
            assert!(ids.contains(id), "{} leads to nothing", entry.place);
        }
        // An article may speak of a `<`; what begins a tag is markup.
        let tag = |rest: &str| rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/');
        let marked = entry.text.split('<').skip(1).any(tag);
        assert!(!entry.title.is_empty() && !marked, "{entry:?}");
    }
    let text = &drawn.files.iter().find(|f| f.path == "search.json").expect("the index").text;
    let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    let packed = packer.write_all(text.as_bytes()).and_then(|()| packer.finish()).expect("gzip").len();
    assert!(packed < 64_000, "the index of the search has {packed} bytes, packed");
}

#[test]
fn the_search_finds_what_readers_ask_for() {
    let index = Index::new(searched(&drawn()));
    let best = |query: &str| {
        let answer = index.find(query);
        answer.found.first().map(|entry| (entry.kind, entry.title.clone(), entry.place.clone()))
    };
    let (kind, title, place) = best("lora").expect("LoRA");
    assert!(place.starts_with("efficient-fine-tuning/") && title.contains("LoRA"), "{kind:?} {title}");
    assert_eq!(best("attention").map(|(kind, ..)| kind), Some(Kind::Topic));
    let top_k = index.find("top k").found;
    assert!(top_k.iter().take(3).any(|entry| entry.kind == Kind::Control), "{top_k:?}");
    assert_eq!(best("atention").map(|(kind, ..)| kind), Some(Kind::Topic), "with a slip");
    assert_eq!(best("anthropic").map(|(_, _, place)| place.starts_with("guide/organisations/")), Some(true));
    assert_eq!(best("2106.09685").map(|(kind, ..)| kind), Some(Kind::Source));
    for nothing in ["qqxzzk", "lora qqxzzk", "0x7f"] {
        assert_eq!(best(nothing), None, "{nothing}");
    }
    assert_eq!(index.find("").found.len(), topics::ALL.len());
    // Whoever types a whole title finds what has it.
    for topic in topics::ALL {
        assert_eq!(best(topic.title).map(|(_, title, _)| title), Some(topic.title.to_owned()));
        for spec in topic.simulations {
            let found = index.find(spec.title).found;
            assert!(
                found.iter().any(|entry| entry.place.ends_with(&format!("#sim-{}", spec.id))),
                "{}",
                spec.id
            );
        }
    }
}

#[test]
fn the_guide_says_when_its_rows_were_checked_and_gathers_terms_and_sources() {
    let pages = pages();
    let page = |path: &str| &pages.iter().find(|(p, _)| p == path).unwrap_or_else(|| panic!("{path}")).1;
    for path in [
        "organisations",
        "venues",
        "keeping-up",
        "reading-list",
        "repositories",
        "open-questions",
        "related-resources",
    ] {
        let page = page(&format!("guide/{path}/index.html"));
        let rows = all(page, "tbody tr").len();
        let days = all(page, "tbody tr td:last-child time[data-checked]").len();
        assert!(rows > 2 && days == rows, "{path}: {days} of {rows} rows say when they were checked");
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
    for card in all(page, ".gallery-group .card") {
        let slug = card.attr("data-topic").expect("a topic");
        let asks: Vec<_> = topics::topic(slug).expect(slug).asks.iter().map(|ask| ask.id()).collect();
        assert_eq!(card.attr("data-asks"), Some(&*asks.join(" ")), "{slug}");
        assert!(card.descendent_elements().any(|e| e.value().name() == "svg"), "a card without its figure");
    }
}

#[test]
fn the_gallery_leads_to_all_topics_by_questions_and_by_paths() {
    let pages = pages();
    let page = |path: &str| &pages.iter().find(|(own, _)| own == path).unwrap_or_else(|| panic!("{path}")).1;
    let gallery = page("index.html");
    assert_eq!(all(gallery, ".welcome a[href='#topics']").len(), 1);
    let asked = all(gallery, "fieldset.asks label > input[type=radio][name=ask]");
    let asked: Vec<_> = asked.iter().filter_map(|field| field.attr("value")).collect();
    assert_eq!(asked, ["", "cost", "learning", "inside", "memory", "trust"]);
    let paths = all(gallery, ".paths > section");
    assert_eq!(paths.len(), 3);
    let link = Selector::parse("ol a").expect("a selector");
    for path in paths {
        let steps: Vec<_> = path.select(&link).filter_map(|a| a.attr("href")).collect();
        assert!((5..=6).contains(&steps.len()), "{steps:?}");
        let id = path.attr("id").expect("a place");
        assert_eq!(all(gallery, &format!(".welcome a[href='#{id}']")).len(), 1, "{id}");
        // Each topic leads on to the next, and back to the whole path.
        for pair in steps.windows(2) {
            let [from, to] = [pair[0], pair[1]].map(|step| step.trim_start_matches("./"));
            let said = all(page(&format!("{from}index.html")), ".onward .path-on");
            let leads = said.iter().any(|said| {
                let links: Vec<_> = said.descendent_elements().filter_map(|e| e.attr("href")).collect();
                links == [format!("../#{id}"), format!("../{to}")]
            });
            assert!(leads, "{from} does not lead on to {to}");
        }
    }
}

/// What the device remembers is under a topic's slug, which its page and its card both have.
#[test]
fn pages_and_cards_name_the_topic_that_is_remembered() {
    let pages = pages();
    for topic in topics::ALL {
        let (_, page) =
            pages.iter().find(|(p, _)| *p == format!("{}index.html", topic.path())).expect("a page");
        assert_eq!(attribute(page, "data-topic"), [topic.slug]);
        assert_eq!(all(page, "main > nav.onward").len(), 1, "{}", topic.slug);
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
fn the_page_for_wrong_addresses_holds_at_any_depth() {
    for (url, root) in [("", "/"), ("https://example.org/t/", "/t/"), ("https://example.org/", "/")] {
        let drawn = drawn_for(url);
        let file = drawn.files.iter().find(|f| f.path == "404.html").expect("the page for wrong addresses");
        let page = Html::parse_document(&file.text);
        assert_eq!(attribute(&page, "data-root"), [root]);
        for reference in attribute(&page, "href").into_iter().chain(attribute(&page, "src")) {
            let whole = reference.contains(':') || reference.starts_with('#');
            assert!(whole || reference.starts_with(root), "{reference} with {url}");
        }
    }
}

#[test]
fn the_policy_allows_what_the_build_wrote_and_no_more() {
    let drawn = drawn();
    let headers = drawn.files.iter().find(|f| f.path == "_headers").expect("the headers");
    assert!(!headers.text.contains("unsafe-inline") && !headers.text.contains("'unsafe-eval'"));
    // Cloudflare leaves out a longer line.
    let known = drawn_for("https://a-rather-long-name-of-a-site.pages.dev/under/a/path/");
    let headers = known.files.iter().find(|f| f.path == "_headers").expect("the headers");
    let longest = headers.text.lines().map(str::len).max().unwrap_or(0);
    assert!(longest < 2000, "a line of {longest} bytes");
    for (path, page) in pages() {
        assert!(all(&page, "[style]").is_empty(), "{path} has an inline style, which the policy forbids");
        for element in page.tree.nodes().filter_map(scraper::ElementRef::wrap) {
            let handler = element.value().attrs().find(|(name, _)| name.starts_with("on"));
            assert!(handler.is_none(), "{path}: {handler:?} is forbidden by the policy");
        }
    }
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

/// A page takes the place of another only if both are of one version.
#[test]
fn all_pages_are_of_one_version_and_another_site_has_another() {
    let version = |url: &str| {
        let pages = drawn_for(url).files.into_iter().filter(|file| is_page(&file.path));
        let found: BTreeSet<String> = pages
            .map(|file| {
                let page = Html::parse_document(&file.text);
                attribute(&page, "data-version").concat()
            })
            .collect();
        assert_eq!(found.len(), 1, "{found:?}");
        found.into_iter().collect::<String>()
    };
    let here = version("");
    assert!(here.len() == 12 && here == version(""), "{here}");
    assert_ne!(here, version("https://example.org/"));
}

/// The program finds a topic by its folder, the pages by its slug.
#[test]
fn every_topic_is_named_after_its_folder() {
    let folders = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/topics");
    let folders: BTreeSet<String> = std::fs::read_dir(folders)
        .expect("the topics")
        .flatten()
        .filter(|entry| entry.path().is_dir())
        .filter_map(|entry| entry.file_name().into_string().ok())
        .collect();
    assert_eq!(folders, topics::ALL.iter().map(|topic| topic.slug.to_owned()).collect());
}
