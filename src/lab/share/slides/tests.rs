use std::collections::BTreeMap;
use std::io::{Cursor, Read as _};

use roxmltree::{Document, Node};
use zip::ZipArchive;

use super::*;
use crate::lab::share::step::tests::step;

const SITE: &str = "https://example.org/t/";

/// The header of a PNG so many pixels wide and high, which is all that is read of one.
fn png(width: u32, height: u32) -> Vec<u8> {
    let header: Vec<u8> = [width, height].into_iter().flat_map(u32::to_be_bytes).collect();
    [b"\x89PNG\r\n\x1a\n\0\0\0\x0dIHDR", &*header, &[8, 6, 0, 0, 0]].concat()
}

fn slide(query: &str, note: &str, site: &str) -> Slide {
    let step = Step { note: note.to_owned(), ..step(query) };
    let mut approach = Approach::to(&step);
    while !approach.advance_within(|| false) {}
    let (slide, scale) = Slide::of(&step, &approach, false, site);
    let size = |name| {
        let (_, rest) = slide.svg.split_once(&format!(" {name}=\"")).expect("a size");
        rest.split_once('"').and_then(|(size, _)| size.parse::<f64>().ok()).expect("a number")
    };
    let [wide, high] = ["width", "height"].map(|name| (size(name) * scale as f64) as u32);
    assert!((1600..2300).contains(&wide), "{wide}");
    slide.with(png(wide, high))
}

fn deck(site: &str, dark: bool) -> Deck {
    Deck {
        title: "Counting < all".to_owned(),
        question: "What comes \"next\"?".to_owned(),
        address: format!("{site}counting/"),
        dark,
        slides: vec![slide("at=0", "", site), slide("stride=5&at=7", "Say & wait.\u{7}", site)],
    }
}

/// The parts of a file, the first of which has to be the list of their types.
fn unpacked(file: Vec<u8>) -> BTreeMap<String, Vec<u8>> {
    let mut zip = ZipArchive::new(Cursor::new(file)).expect("a zip");
    let mut parts = BTreeMap::new();
    for i in 0..zip.len() {
        let mut part = zip.by_index(i).expect("a part");
        let name = part.name().expect("a name").into_owned();
        assert!(i > 0 || name == "[Content_Types].xml");
        assert_eq!(part.compression() == CompressionMethod::Stored, name.ends_with(".png"), "{name}");
        let mut content = Vec::new();
        part.read_to_end(&mut content).expect("whole");
        parts.insert(name, content);
    }
    parts
}

fn xml(part: &[u8]) -> Document<'_> {
    Document::parse(std::str::from_utf8(part).expect("UTF-8")).expect("XML")
}

fn named<'a>(document: &'a Document<'_>, name: &str) -> Vec<Node<'a, 'a>> {
    document.descendants().filter(|node| node.tag_name().name() == name).collect()
}

/// What a part leads to, by id: where, and whether that is outside.
fn relations(parts: &BTreeMap<String, Vec<u8>>, name: &str) -> BTreeMap<String, (String, bool)> {
    let (folder, file) = name.rsplit_once('/').unwrap_or(("", name));
    let path = format!("{folder}/_rels/{file}.rels");
    let Some(part) = parts.get(path.trim_start_matches('/')) else { return BTreeMap::new() };
    let relations = xml(part);
    let read = |node: Node| {
        let at = |name| node.attribute(name).unwrap_or_default().to_owned();
        let outside = at("TargetMode") == "External";
        let mut way: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
        let target = at("Target");
        for part in target.split('/') {
            if part == ".." {
                way.pop();
            } else {
                way.push(part);
            }
        }
        (at("Id"), (if outside { target.clone() } else { way.join("/") }, outside))
    };
    named(&relations, "Relationship").into_iter().map(read).collect()
}

#[test]
fn every_part_has_a_type_and_leads_to_parts_that_are_there() {
    for (site, dark) in [(SITE, false), ("", true)] {
        let parts = unpacked(deck(site, dark).pack().expect("a file"));
        let types = xml(&parts["[Content_Types].xml"]);
        let has = |tag: &str, attribute: &str, value: &str| {
            named(&types, tag).iter().any(|node| node.attribute(attribute) == Some(value))
        };
        let mut reached = vec!["[Content_Types].xml".to_owned()];
        for name in parts.keys().map(String::as_str).chain([""]) {
            let relations = relations(&parts, name);
            for (to, outside) in relations.values() {
                assert_eq!(*outside, to.starts_with(SITE), "{name}: {to}");
                assert!(*outside || parts.contains_key(to), "{name} leads to {to}");
                reached.push(to.clone());
            }
            if name.is_empty() || !name.ends_with("ml") || name.starts_with('[') {
                continue;
            }
            assert!(has("Override", "PartName", &format!("/{name}")), "{name} has no type of its own");
            for node in xml(&parts[name]).descendants().filter(Node::is_element) {
                for attribute in
                    node.attributes().filter(|a| a.namespace().is_some_and(|n| n.ends_with("relationships")))
                {
                    assert!(relations.contains_key(attribute.value()), "{name}: {attribute:?}");
                }
            }
        }
        for name in parts.keys() {
            let end = name.rsplit('.').next().unwrap_or_default();
            assert!(has("Default", "Extension", end), "{name}");
            assert!(end == "rels" || reached.contains(name), "nothing leads to {name}");
        }
        let declared = named(&types, "Override").len();
        assert_eq!(declared, parts.keys().filter(|name| name.ends_with(".xml")).count() - 1);
    }
}

#[test]
fn a_slide_has_its_sentence_its_figure_its_note_and_its_address() {
    let deck = deck(SITE, false);
    let parts = unpacked(deck.pack().expect("a file"));
    let slides: Vec<&String> = parts.keys().filter(|name| name.starts_with("ppt/slides/slide")).collect();
    assert_eq!(slides.len(), deck.slides.len() + 1);
    let said = |name: &str| -> Vec<String> {
        let part = xml(&parts[name]);
        named(&part, "t").iter().filter_map(|node| node.text().map(str::to_owned)).collect()
    };
    let first = [
        "Counting < all",
        "What comes \"next\"?",
        "https://example.org/t/counting/",
        "Tinkerable, CC BY 4.0",
    ];
    assert_eq!(said("ppt/slides/slide1.xml"), first);
    for (i, slide) in deck.slides.iter().enumerate() {
        let name = format!("ppt/slides/slide{}.xml", i + 2);
        let relations = relations(&parts, &name);
        let part = xml(&parts[&name]);
        let places: Vec<_> = named(&part, "ph").iter().filter_map(|ph| ph.attribute("type")).collect();
        assert_eq!(places, ["title", "pic", "ftr", "sldNum"]);
        assert_eq!(said(&name)[0], "By threes & more.");
        assert_eq!(said(&name)[1], format!("Live: {}", slide.name));
        let own = named(&part, "pic")[0];
        let of = |tag: &str| own.descendants().find(|node| node.tag_name().name() == tag).expect("there");
        assert_eq!(of("cNvPr").attribute("descr"), Some(&*slide.words));
        let leads = |node: Node, name: &str| {
            let id = node.attributes().find(|a| a.name() == name && a.namespace().is_some()).expect("an id");
            relations[id.value()].0.clone()
        };
        assert_eq!(parts[&leads(of("blip"), "embed")], slide.png);
        assert_eq!(parts[&leads(of("svgBlip"), "embed")], slide.svg.as_bytes());
        let [picture, words] = [0, 1].map(|i| leads(named(&part, "hlinkClick")[i], "id"));
        assert_eq!((&picture, &words), (&slide.source, &slide.source));
        // It keeps its shape, in its place.
        let side = |tag: &str, name: &str| {
            // Extensions are of the same name, and have no length.
            let mut found = own.descendants().filter(|node| node.tag_name().name() == tag);
            let side = found.find_map(|node| node.attribute(name)?.parse::<i64>().ok());
            side.expect("a length")
        };
        let ([x, y], [w, h]) = (["x", "y"].map(|n| side("off", n)), ["cx", "cy"].map(|n| side("ext", n)));
        let [left, top, wide, high] = parts::PICTURE;
        assert!(x >= left && y >= top && x + w <= left + wide && y + h <= top + high);
        let apart = w as f64 / h as f64 * f64::from(slide.size[1]) / f64::from(slide.size[0]);
        assert!((apart - 1.0).abs() < 1e-3, "{apart}");
        let notes = relations.values().find(|(to, _)| to.contains("notesSlide"));
        let note: Option<String> = notes.map(|(name, _)| said(name).concat());
        assert_eq!(note, (i == 1).then(|| "Say & wait. ".to_owned()));
    }
    assert!(deck.slides[1].source.ends_with("embed/counting/count/?stride=5&at=7"));
    assert_eq!(deck.slides[1].name, "Counting, step 7");
}

#[test]
fn without_an_address_nothing_leads_outside_and_the_bytes_are_the_same_each_time() {
    let file = deck("", true).pack().expect("a file");
    assert_eq!(file, deck("", true).pack().expect("a file"));
    let parts = unpacked(file);
    assert!(parts.iter().all(|(name, part)| {
        !name.starts_with("ppt/slides") || !String::from_utf8_lossy(part).contains("hlinkClick")
    }));
    let master = xml(&parts["ppt/slideMasters/slideMaster1.xml"]);
    assert_eq!(named(&master, "clrMap")[0].attribute("bg1"), Some("dk1"), "dark");
}
