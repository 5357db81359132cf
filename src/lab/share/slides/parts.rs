//! The parts of XML that a deck has.

use super::{Deck, Slide};
use crate::lab::figure::palette;

/// What relationships between parts begin with, and what their content types do.
const RELATION: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const TYPE: &str = "application/vnd.openxmlformats-officedocument";

const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";

/// Lengths in the format's unit, of which an inch has 914,400, here in hundredths of an inch: left, top, width,
/// height.
type Area = [i64; 4];

const fn area([x, y, w, h]: Area) -> Area {
    [x * 9144, y * 9144, w * 9144, h * 9144]
}

/// A slide, 16:9, and a page of notes.
const SLIDE: Area = [0, 0, 12_192_000, 6_858_000];
const NOTES: Area = area([0, 0, 750, 1000]);

// The places of a step's slide, and those of the first: title, question, address and licence.
const TITLE: Area = area([50, 28, 1233, 116]);
pub const PICTURE: Area = area([50, 152, 1233, 538]);
const FOOT: Area = area([50, 700, 1050, 34]);
const NUMBER: Area = area([1133, 700, 150, 34]);
const COVER: [Area; 3] =
    [area([100, 150, 1133, 170]), area([100, 345, 1133, 180]), area([100, 590, 1133, 90])];

/// A sentence of so many letters has two lines at the most where letters are large.
const LARGE: usize = 100;

/// The names of a slide's pictures.
pub fn media(index: usize) -> [String; 2] {
    ["png", "svg"].map(|end| format!("ppt/media/figure{}.{end}", index + 1))
}

/// All parts but the pictures, by name.
pub fn all(deck: &Deck) -> Vec<(String, String)> {
    let mut parts = Parts::default();
    let layout = |n: usize| part("slideLayout", &format!("../slideLayouts/slideLayout{n}.xml"));
    let slide_master = || part("slideMaster", "../slideMasters/slideMaster1.xml");
    let theme_of = |n: usize| part("theme", &format!("../theme/theme{n}.xml"));

    let relations = [
        part("officeDocument", "ppt/presentation.xml"),
        part("extended-properties", "docProps/app.xml"),
        Relation {
            kind: format!("{PACKAGE}/relationships/metadata/core-properties"),
            ..part("", "docProps/core.xml")
        },
    ];
    parts.relate("", &relations);
    let core_type = "application/vnd.openxmlformats-package.core-properties+xml";
    parts.add("docProps/core.xml", core_type, &core(deck), &[]);
    parts.add("docProps/app.xml", &format!("{TYPE}.extended-properties+xml"), &app(deck), &[]);
    let mut relations = vec![
        part("slideMaster", "slideMasters/slideMaster1.xml"),
        part("notesMaster", "notesMasters/notesMaster1.xml"),
        part("theme", "theme/theme1.xml"),
    ];
    relations.extend((0..=deck.slides.len()).map(|i| part("slide", &format!("slides/slide{}.xml", i + 1))));
    parts.add("ppt/presentation.xml", &drawn("presentation.main"), &presentation(deck), &relations);
    // The second is that of the notes, which are printed.
    for (n, dark) in [(1, deck.dark), (2, false)] {
        parts.add(&format!("ppt/theme/theme{n}.xml"), &format!("{TYPE}.theme+xml"), &theme(dark), &[]);
    }
    let relations = [layout(1), layout(2), theme_of(1)];
    parts.add("ppt/slideMasters/slideMaster1.xml", &drawn("slideMaster"), &master(deck.dark), &relations);
    for (n, xml) in [(1, cover_layout()), (2, step_layout())] {
        let name = format!("ppt/slideLayouts/slideLayout{n}.xml");
        parts.add(&name, &drawn("slideLayout"), &xml, &[slide_master()]);
    }
    parts.add("ppt/notesMasters/notesMaster1.xml", &drawn("notesMaster"), &notes_master(), &[theme_of(2)]);

    let link =
        |address: &str| is_whole(address).then(|| Relation { outside: true, ..part("hyperlink", address) });
    let relations: Vec<Relation> = [layout(1)].into_iter().chain(link(&deck.address)).collect();
    parts.add("ppt/slides/slide1.xml", &drawn("slide"), &cover(deck), &relations);
    for (i, slide) in deck.slides.iter().enumerate() {
        let n = i + 2;
        let own = format!("../slides/slide{n}.xml");
        let mut relations = vec![layout(2)];
        relations.extend(media(i).map(|name| part("image", &name.replace("ppt/", "../"))));
        relations.extend(link(&slide.source));
        if !slide.note.is_empty() {
            relations.push(part("notesSlide", &format!("../notesSlides/notesSlide{n}.xml")));
            let name = format!("ppt/notesSlides/notesSlide{n}.xml");
            let back = [part("notesMaster", "../notesMasters/notesMaster1.xml"), part("slide", &own)];
            parts.add(&name, &drawn("notesSlide"), &notes(slide), &back);
        }
        parts.add(&own.replace("..", "ppt"), &drawn("slide"), &step(slide), &relations);
    }
    parts.with_types()
}

/// Parts in the making.
#[derive(Default)]
struct Parts {
    list: Vec<(String, String)>,
    types: String,
}

impl Parts {
    fn add(&mut self, name: &str, kind: &str, xml: &str, relations: &[Relation]) {
        self.types += &format!("<Override PartName=\"/{name}\" ContentType=\"{kind}\"/>");
        self.write(name, xml);
        if !relations.is_empty() {
            self.relate(name, relations);
        }
    }

    fn write(&mut self, name: &str, xml: &str) {
        let xml = format!("<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n{xml}");
        self.list.push((name.to_owned(), xml));
    }

    /// What a part leads to, as `rId1` and so on; without a name, what the file itself does.
    fn relate(&mut self, name: &str, relations: &[Relation]) {
        let mut xml = format!("<Relationships xmlns=\"{PACKAGE}/relationships\">");
        for (i, Relation { kind, to, outside }) in relations.iter().enumerate() {
            let mode = if *outside { " TargetMode=\"External\"" } else { "" };
            xml +=
                &format!("<Relationship Id=\"rId{}\" Type=\"{kind}\" Target=\"{}\"{mode}/>", i + 1, text(to));
        }
        let (folder, file) =
            name.rsplit_once('/').map_or((String::new(), name), |(f, n)| (format!("{f}/"), n));
        self.write(&format!("{folder}_rels/{file}.rels"), &(xml + "</Relationships>"));
    }

    /// With the list of content types, which stands first.
    fn with_types(mut self) -> Vec<(String, String)> {
        let usual = [
            ("rels", "application/vnd.openxmlformats-package.relationships+xml"),
            ("xml", "application/xml"),
            ("png", "image/png"),
            ("svg", "image/svg+xml"),
        ];
        let usual: String = usual
            .iter()
            .map(|(end, kind)| format!("<Default Extension=\"{end}\" ContentType=\"{kind}\"/>"))
            .collect();
        let xml = format!("<Types xmlns=\"{PACKAGE}/content-types\">{usual}{}</Types>", self.types);
        self.write("[Content_Types].xml", &xml);
        self.list.rotate_right(1);
        self.list
    }
}

/// What a part leads to.
struct Relation {
    kind: String,
    to: String,
    /// Whether it leads out of the file.
    outside: bool,
}

fn part(kind: &str, to: &str) -> Relation {
    Relation { kind: format!("{RELATION}/{kind}"), to: to.to_owned(), outside: false }
}

fn drawn(kind: &str) -> String {
    format!("{TYPE}.presentationml.{kind}+xml")
}

/// Text made safe for content and attributes. XML has no place for control characters.
fn text(text: &str) -> String {
    let plain: String = text.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    crate::lab::figure::svg::escape(&plain)
}

/// Whether an address leads there from anywhere: one that begins at the site does not.
fn is_whole(address: &str) -> bool {
    address.starts_with("http")
}

fn core(deck: &Deck) -> String {
    let Deck { title, question, address, .. } = deck;
    format!(
        "<cp:coreProperties xmlns:cp=\"{PACKAGE}/metadata/core-properties\" \
         xmlns:dc=\"http://purl.org/dc/elements/1.1/\">\
         <dc:title>{}</dc:title><dc:subject>{}</dc:subject><dc:creator>Tinkerable</dc:creator>\
         <dc:description>{}</dc:description><dc:language>en</dc:language></cp:coreProperties>",
        text(title),
        text(question),
        text(format!("{address} {LICENCE}").trim()),
    )
}

/// As films and pictures have it.
const LICENCE: &str = "Tinkerable, CC BY 4.0";

fn app(deck: &Deck) -> String {
    let notes = deck.slides.iter().filter(|slide| !slide.note.is_empty()).count();
    format!(
        "<Properties xmlns=\"http://schemas.openxmlformats.org/officeDocument/2006/extended-properties\">\
         <Application>Tinkerable</Application><PresentationFormat>Widescreen</PresentationFormat>\
         <Slides>{}</Slides><Notes>{notes}</Notes></Properties>",
        deck.slides.len() + 1,
    )
}

fn presentation(deck: &Deck) -> String {
    let slides: String = (0..=deck.slides.len())
        .map(|i| format!("<p:sldId id=\"{}\" r:id=\"rId{}\"/>", 256 + i, i + 4))
        .collect();
    let size = |[_, _, w, h]: Area| format!("cx=\"{w}\" cy=\"{h}\"");
    whole(
        "presentation",
        &format!(
            "<p:sldMasterIdLst><p:sldMasterId id=\"2147483648\" r:id=\"rId1\"/></p:sldMasterIdLst>\
             <p:notesMasterIdLst><p:notesMasterId r:id=\"rId2\"/></p:notesMasterIdLst>\
             <p:sldIdLst>{slides}</p:sldIdLst><p:sldSz {}/><p:notesSz {}/>",
            size(SLIDE),
            size(NOTES)
        ),
    )
}

/// A part whose root is `p:name`.
fn whole(name: &str, inner: &str) -> String {
    format!(
        "<p:{name} xmlns:a=\"http://schemas.openxmlformats.org/drawingml/2006/main\" xmlns:r=\"{RELATION}\" \
         xmlns:p=\"http://schemas.openxmlformats.org/presentationml/2006/main\">{inner}</p:{name}>"
    )
}

/// Shapes as the tree of a part that begins so.
fn tree(begin: &str, shapes: &str) -> String {
    format!(
        "{begin}<p:spTree><p:nvGrpSpPr><p:cNvPr id=\"1\" name=\"\"/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr>\
         <p:grpSpPr><a:xfrm><a:off x=\"0\" y=\"0\"/><a:ext cx=\"0\" cy=\"0\"/><a:chOff x=\"0\" y=\"0\"/>\
         <a:chExt cx=\"0\" cy=\"0\"/></a:xfrm></p:grpSpPr>{shapes}</p:spTree></p:cSld>"
    )
}

/// What a slide and a layout end with: colours are the master's.
const COLOURS: &str = "<p:clrMapOvr><a:masterClrMapping/></p:clrMapOvr>";

/// How the tree of a part begins; a master's with the paper, which takes its colour from the theme.
const PLAIN: &str = "<p:cSld>";
const PAPER: &str = "<p:cSld><p:bg><p:bgPr><a:solidFill><a:schemeClr val=\"bg1\"/></a:solidFill><a:effectLst/></p:bgPr></p:bg>";

/// A place for text, and the text in it. What says nothing of its own (no area, no properties) is as the
/// place of its layout or master has it.
struct Place<'a> {
    id: u32,
    name: &'a str,
    /// What kind of place it is: the attributes of `p:ph`.
    kind: &'a str,
    area: Option<Area>,
    /// The attributes of its text's body.
    body: &'a str,
    /// How its text looks, `a:lvl1pPr`.
    style: &'a str,
}

impl Place<'_> {
    fn with(&self, paragraphs: &str) -> String {
        let Place { id, name, kind, area, body, style } = self;
        let shape = area.map_or_else(String::new, |area| {
            format!("{}<a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom>", frame(area))
        });
        let style =
            if style.is_empty() { String::new() } else { format!("<a:lstStyle>{style}</a:lstStyle>") };
        format!(
            "<p:sp><p:nvSpPr><p:cNvPr id=\"{id}\" name=\"{name}\"/><p:cNvSpPr><a:spLocks noGrp=\"1\"/></p:cNvSpPr>\
             <p:nvPr><p:ph {kind}/></p:nvPr></p:nvSpPr><p:spPr>{shape}</p:spPr>\
             <p:txBody><a:bodyPr{body}/>{style}{paragraphs}</p:txBody></p:sp>"
        )
    }
}

/// A place that is as its layout or master has it.
fn place<'a>(id: u32, name: &'a str, kind: &'a str) -> Place<'a> {
    Place { id, name, kind, area: None, body: "", style: "" }
}

fn frame([x, y, w, h]: Area) -> String {
    format!("<a:xfrm><a:off x=\"{x}\" y=\"{y}\"/><a:ext cx=\"{w}\" cy=\"{h}\"/></a:xfrm>")
}

const TITLE_PLACE: &str = "type=\"title\"";
const COVER_PLACE: &str = "type=\"ctrTitle\"";
const QUESTION_PLACE: &str = "type=\"subTitle\" idx=\"1\"";
const SOURCE_PLACE: &str = "type=\"body\" sz=\"quarter\" idx=\"14\"";
const BODY_PLACE: &str = "type=\"body\" idx=\"1\"";
const PICTURE_PLACE: &str = "type=\"pic\" idx=\"13\"";
const FOOT_PLACE: &str = "type=\"ftr\" sz=\"quarter\" idx=\"11\"";
const NUMBER_PLACE: &str = "type=\"sldNum\" sz=\"quarter\" idx=\"12\"";

/// A paragraph; in letters of `size` hundredths of a point if it says so, leading to the relation `link`.
fn paragraph(said: &str, size: Option<u32>, link: Option<&str>) -> String {
    let size = size.map_or_else(String::new, |size| format!(" sz=\"{size}\""));
    let link = link.map_or_else(String::new, |id| format!("<a:hlinkClick r:id=\"{id}\"/>"));
    format!("<a:p><a:r><a:rPr lang=\"en\"{size}>{link}</a:rPr><a:t>{}</a:t></a:r></a:p>", text(said))
}

/// The number of the slide, which programs count themselves.
fn number(id: u32) -> String {
    let counted = "<a:p><a:fld id=\"{5A2B6F0E-3C41-4D7E-9B1A-7C0D5E8F2A31}\" type=\"slidenum\"><a:rPr lang=\"en\"/>\
                   <a:t>‹#›</a:t></a:fld></a:p>";
    place(id, "Slide Number", NUMBER_PLACE).with(counted)
}

fn cover(deck: &Deck) -> String {
    let link = is_whole(&deck.address).then_some("rId2");
    let mut source = link.map(|id| paragraph(&deck.address, None, Some(id))).unwrap_or_default();
    source += &paragraph(LICENCE, None, None);
    let shapes = [
        place(2, "Title", COVER_PLACE).with(&paragraph(&deck.title, None, None)),
        place(3, "Question", QUESTION_PLACE).with(&paragraph(&deck.question, None, None)),
        place(4, "Source", SOURCE_PLACE).with(&source),
    ];
    whole("sld", &(tree(PLAIN, &shapes.concat()) + COLOURS))
}

fn step(slide: &Slide) -> String {
    let large = slide.sentence.chars().count() <= LARGE;
    let link = is_whole(&slide.source).then_some("rId4");
    let live = if link.is_some() { format!("Live: {}", slide.name) } else { slide.name.clone() };
    let shapes = [
        place(2, "Title", TITLE_PLACE).with(&paragraph(&slide.sentence, (!large).then_some(2400), None)),
        picture(slide, link),
        place(4, "Live figure", FOOT_PLACE).with(&paragraph(&live, None, link)),
        number(5),
    ];
    whole("sld", &(tree(PLAIN, &shapes.concat()) + COLOURS))
}

/// The figure, as large as its place has room for, in the middle of it: PNG, and SVG for programs that know it.
fn picture(slide: &Slide, link: Option<&str>) -> String {
    let [x, y, w, h] = PICTURE;
    let [wide, high] = slide.size.map(|side| i64::from(side.max(1)));
    // Whichever side is full.
    let (own_w, own_h) = if wide * h > high * w { (w, w * high / wide) } else { (h * wide / high, h) };
    let own = frame([x + (w - own_w) / 2, y + (h - own_h) / 2, own_w, own_h]);
    let click = link.map_or_else(String::new, |id| {
        format!("<a:hlinkClick r:id=\"{id}\" tooltip=\"{}\"/>", text(&format!("Live: {}", slide.name)))
    });
    format!(
        "<p:pic><p:nvPicPr><p:cNvPr id=\"3\" name=\"Figure\" descr=\"{}\">{click}</p:cNvPr>\
         <p:cNvPicPr><a:picLocks noGrp=\"1\" noChangeAspect=\"1\"/></p:cNvPicPr><p:nvPr><p:ph {PICTURE_PLACE}/></p:nvPr>\
         </p:nvPicPr><p:blipFill><a:blip r:embed=\"rId2\"><a:extLst>\
         <a:ext uri=\"{{96DAC541-7B7A-43D3-8B79-37D633B846F1}}\">\
         <asvg:svgBlip xmlns:asvg=\"http://schemas.microsoft.com/office/drawing/2016/SVG/main\" r:embed=\"rId3\"/>\
         </a:ext></a:extLst></a:blip><a:stretch><a:fillRect/></a:stretch></p:blipFill>\
         <p:spPr>{own}<a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom></p:spPr></p:pic>",
        text(&slide.words)
    )
}

/// The place of the slide itself on a page of its notes.
fn image(area: Option<Area>) -> String {
    let shape = area.map_or_else(String::new, |area| {
        format!(
            "{}<a:prstGeom prst=\"rect\"><a:avLst/></a:prstGeom><a:noFill/>\
             <a:ln w=\"9525\"><a:solidFill><a:schemeClr val=\"tx2\"/></a:solidFill></a:ln>",
            frame(area)
        )
    });
    format!(
        "<p:sp><p:nvSpPr><p:cNvPr id=\"2\" name=\"Slide\"/><p:cNvSpPr>\
         <a:spLocks noGrp=\"1\" noRot=\"1\" noChangeAspect=\"1\"/></p:cNvSpPr><p:nvPr><p:ph type=\"sldImg\"{}/></p:nvPr>\
         </p:nvSpPr><p:spPr>{shape}</p:spPr></p:sp>",
        if area.is_some() { " idx=\"2\"" } else { "" }
    )
}

fn notes(slide: &Slide) -> String {
    let body = place(3, "Notes", BODY_PLACE).with(&paragraph(&slide.note, None, None));
    whole("notes", &(tree(PLAIN, &(image(None) + &body)) + COLOURS))
}

/// How a level of text looks: its alignment, its letters (hundredths of a point), the name of its colour.
fn level(align: &str, size: u32, colour: &str, bold: bool) -> String {
    let bold = if bold { " b=\"1\"" } else { "" };
    format!(
        "<a:lvl1pPr marL=\"0\" indent=\"0\" algn=\"{align}\"><a:spcBef><a:spcPts val=\"0\"/></a:spcBef><a:buNone/>\
         <a:defRPr sz=\"{size}\"{bold}><a:solidFill><a:schemeClr val=\"{colour}\"/></a:solidFill>\
         <a:latin typeface=\"+mn-lt\"/></a:defRPr></a:lvl1pPr>"
    )
}

/// Text without room around it.
const TIGHT: &str = " lIns=\"0\" tIns=\"0\" rIns=\"0\" bIns=\"0\" wrap=\"square\"";

/// Which colours of the theme are paper and ink.
fn colour_map(dark: bool) -> String {
    let [bg1, tx1, bg2, tx2] = if dark { ["dk1", "lt1", "dk2", "lt2"] } else { ["lt1", "dk1", "lt2", "dk2"] };
    let accents: String = (1..=6).map(|i| format!(" accent{i}=\"accent{i}\"")).collect();
    format!(
        "<p:clrMap bg1=\"{bg1}\" tx1=\"{tx1}\" bg2=\"{bg2}\" tx2=\"{tx2}\"{accents} hlink=\"hlink\" folHlink=\"folHlink\"/>"
    )
}

const PROMPT: &str = "<a:p><a:r><a:rPr lang=\"en\"/><a:t>Text</a:t></a:r></a:p>";
const EMPTY: &str = "<a:p><a:endParaRPr lang=\"en\"/></a:p>";

fn master(dark: bool) -> String {
    let middle = format!("{TIGHT} anchor=\"ctr\"");
    let [foot, right] = [level("l", 1200, "tx2", false), level("r", 1200, "tx2", false)];
    let shapes = [
        Place { area: Some(TITLE), body: &middle, ..place(2, "Title", TITLE_PLACE) }.with(PROMPT),
        Place { area: Some(PICTURE), body: TIGHT, ..place(3, "Text", BODY_PLACE) }.with(PROMPT),
        Place {
            area: Some(FOOT),
            body: &middle,
            style: &foot,
            ..place(4, "Footer", "type=\"ftr\" sz=\"quarter\" idx=\"3\"")
        }
        .with(EMPTY),
        Place {
            area: Some(NUMBER),
            body: &middle,
            style: &right,
            ..place(5, "Slide Number", "type=\"sldNum\" sz=\"quarter\" idx=\"4\"")
        }
        .with(EMPTY),
    ];
    whole(
        "sldMaster",
        &format!(
            "{}{}<p:sldLayoutIdLst><p:sldLayoutId id=\"2147483649\" r:id=\"rId1\"/>\
             <p:sldLayoutId id=\"2147483650\" r:id=\"rId2\"/></p:sldLayoutIdLst>\
             <p:txStyles><p:titleStyle>{}</p:titleStyle><p:bodyStyle>{}</p:bodyStyle>\
             <p:otherStyle>{}</p:otherStyle></p:txStyles>",
            tree(PAPER, &shapes.concat()),
            colour_map(dark),
            level("l", 2800, "tx1", true),
            level("l", 2000, "tx1", false),
            level("l", 1800, "tx1", false),
        ),
    )
}

fn cover_layout() -> String {
    let [title, question, source] = COVER;
    let [low, high] = ["b", "t"].map(|anchor| format!("{TIGHT} anchor=\"{anchor}\""));
    let [large, middle, small] =
        [level("l", 4400, "tx1", true), level("l", 2400, "tx2", false), level("l", 1400, "tx2", false)];
    let cover = place(2, "Title", COVER_PLACE);
    let shapes = [
        Place { area: Some(title), body: &low, style: &large, ..cover }.with(PROMPT),
        Place { area: Some(question), body: &high, style: &middle, ..place(3, "Question", QUESTION_PLACE) }
            .with(PROMPT),
        Place { area: Some(source), body: &high, style: &small, ..place(4, "Source", SOURCE_PLACE) }
            .with(PROMPT),
    ];
    layout("Title", " type=\"title\"", &shapes.concat())
}

fn step_layout() -> String {
    let shapes = [
        place(2, "Title", TITLE_PLACE).with(PROMPT),
        Place { area: Some(PICTURE), body: TIGHT, ..place(3, "Figure", PICTURE_PLACE) }.with(EMPTY),
        place(4, "Live figure", FOOT_PLACE).with(EMPTY),
        number(5),
    ];
    layout("Sentence and figure", "", &shapes.concat())
}

fn layout(name: &str, kind: &str, shapes: &str) -> String {
    let xml = whole("sldLayout", &(tree(&format!("<p:cSld name=\"{name}\">"), shapes) + COLOURS));
    xml.replacen("<p:sldLayout ", &format!("<p:sldLayout{kind} preserve=\"1\" "), 1)
}

fn notes_master() -> String {
    let notes = level("l", 1400, "tx1", false);
    let place = Place {
        area: Some(area([75, 475, 600, 450])),
        style: &notes,
        ..place(3, "Notes", "type=\"body\" sz=\"quarter\" idx=\"3\"")
    };
    let shapes = image(Some(area([75, 75, 600, 337]))) + &place.with(PROMPT);
    whole(
        "notesMaster",
        &format!("{}{}<p:notesStyle>{notes}</p:notesStyle>", tree(PAPER, &shapes), colour_map(false)),
    )
}

/// Colours and letters. Of the two families that a figure names, every program has the second.
fn theme(dark: bool) -> String {
    let table = palette::table(dark);
    let colour = |name: &str| {
        let found = table.iter().find(|(own, _)| own == name);
        found.map_or_else(String::new, |(_, hex)| hex.trim_start_matches('#').to_uppercase())
    };
    let [dk1, lt1, dk2, lt2] =
        if dark { ["paper", "ink", "faint", "muted"] } else { ["ink", "paper", "muted", "faint"] };
    let mut named = vec![("dk1".to_owned(), dk1.to_owned()), ("lt1".to_owned(), lt1.to_owned())];
    named.extend([("dk2".to_owned(), dk2.to_owned()), ("lt2".to_owned(), lt2.to_owned())]);
    named.extend((0..6).map(|i| (format!("accent{}", i + 1), format!("series-{i}"))));
    named.extend([("hlink", "accent"), ("folHlink", "muted")].map(|(a, b)| (a.to_owned(), b.to_owned())));
    let colours: String = named
        .iter()
        .map(|(name, own)| format!("<a:{name}><a:srgbClr val=\"{}\"/></a:{name}>", colour(own)))
        .collect();
    let plain = "<a:solidFill><a:schemeClr val=\"phClr\"/></a:solidFill>";
    include_str!("theme.xml")
        .replace('\n', "")
        .replace("{colours}", &colours)
        .replace("{fill}", plain)
        .replace("{line}", &format!("<a:ln w=\"9525\">{plain}</a:ln>"))
        .replace("{effect}", "<a:effectStyle><a:effectLst/></a:effectStyle>")
}
