//! A simulation in other people's pages: its address, and the words that put it there.

use qrcodegen::{QrCode, QrCodeEcc};

use crate::lab::address::join;
use crate::lab::figure::svg::escape;

/// A frame as its form describes it. Texts are as an address has them; an empty one says nothing of the
/// frame, but may be the text of a control.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Embed {
    /// Where the site stands, with `/` at its end.
    pub site: String,
    /// `<slug>/<simulation>`.
    pub figure: String,
    pub title: String,
    /// Settings of the frame and values of controls: name and text.
    pub settings: Vec<(String, String)>,
    /// px
    pub width: u32,
    pub height: u32,
    /// What the figure said last that it needs in a frame of this size, px; 0 where it has said nothing.
    pub needs: u32,
}

/// The ways to take it along, in the order of the form: id, name, and what to know about it.
pub const WAYS: [(&str, &str, &str); 14] = [
    ("link", "Link", "For a post, a chat, a speaker's notes."),
    ("iframe", "HTML", "For any page that takes HTML, and for Markdown that does: MkDocs, GitBook."),
    ("element", "Element", "For pages whose own scripts talk to the figure."),
    ("reveal", "reveal.js", "A slide. It loads with its neighbours and keeps its state when the slide goes."),
    (
        "quarto",
        "Quarto slides",
        "A slide of format revealjs, here and in pandoc; set preload-iframes: true in its header.",
    ),
    ("quarto-page", "Quarto page", "For format html: pages, books and blogs."),
    (
        "rmarkdown",
        "R Markdown",
        "For html_document and its like; the frame stays a frame in a file of its own.",
    ),
    ("marp", "Marp", "A slide; the frame fills it. Marp shows frames only with the option --html."),
    ("slidev", "Slidev", "A slide; the frame fills it."),
    ("jupyter", "Jupyter", "A cell of Python; it stays in what nbconvert makes of the notebook."),
    ("jupyter-slides", "Jupyter slides", "A cell of its own slide, for nbconvert --to slides --no-input."),
    ("myst", "Sphinx, MyST", "For pages of MyST Markdown, in Sphinx and Jupyter Book."),
    ("mdx", "MDX", "For Docusaurus and Astro, where HTML is JSX."),
    (
        "markdown",
        "Markdown",
        "A picture that leads to the live figure, for where no frame is allowed. Save the picture below beside the text.",
    ),
];

/// What a frame may do beside running: copy links, fill the screen, keep it awake.
const ALLOW: &str = "clipboard-write; fullscreen; screen-wake-lock";

/// In the page's flow, no wider than it.
const FLOWS: &str = "border:0;max-width:100%";

/// Over all of a slide, its margins too.
const FILLS: &str = "position:absolute;inset:0;width:100%;height:100%;border:0";

/// Has a deck act on the keys that a figure hands on. A deck with several figures has these words several times:
/// they set one listener.
const BRIDGE: &str = "\
// Keys that the figure does not use are the deck's.
window.onmessage = ({ data }) => {
  if (data?.tinkerable !== 1 || data.type !== \"key\") return;
  for (const kind of [\"keydown\", \"keyup\"])
    document.body.dispatchEvent(new KeyboardEvent(kind, { ...data, bubbles: true }));
};";

/// The room that a slide has for a frame, px, where a way leads to slides: those of reveal.js and pandoc are
/// 960 × 700, with a heading in Quarto's and margins around a cell in Jupyter's, Marp's 1280 × 720, Slidev's 980 × 552.
fn slide(way: &str) -> Option<[u32; 2]> {
    Some(match way {
        "reveal" => [960, 700],
        "quarto" => [960, 545],
        "marp" => [1280, 720],
        "slidev" => [980, 552],
        "jupyter-slides" => [900, 600],
        _ => return None,
    })
}

/// How much larger than written everything is in a frame of this size, as the frame itself has it.
fn grown([width, height]: [u32; 2]) -> f64 {
    (f64::from(width) / 1100.0).min(f64::from(height) / 640.0).max(1.0)
}

impl Embed {
    /// The address of the frame.
    #[must_use]
    pub fn address(&self) -> String {
        let query = join(self.said().cloned());
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{}embed/{}/{mark}{query}", self.site, self.figure)
    }

    /// The settings that say something: controls have their simulation's name before their own.
    pub fn said(&self) -> impl Iterator<Item = &(String, String)> {
        self.settings.iter().filter(|(name, text)| !text.is_empty() || name.contains('.'))
    }

    /// The text for one of [`WAYS`]; empty for any other.
    #[must_use]
    pub fn snippet(&self, way: &str) -> String {
        let [width, height] = slide(way).unwrap_or([self.width, self.height]);
        let frame = |source: &str, style: &str| self.frame(source, [width, height], style);
        let raw = |frame: &str| format!("```{{=html}}\n{frame}\n```");
        match way {
            "link" => self.address(),
            "iframe" => frame("src", FLOWS),
            "element" => self.element(),
            // The deck makes it as high as what else is on the slide leaves room for.
            "reveal" => {
                format!(
                    "<section>\n  {}\n</section>",
                    frame("class=\"r-stretch\" data-preload data-src", FLOWS)
                )
            }
            "quarto" => {
                format!("## {}\n\n{}", self.title, raw(&frame("class=\"r-stretch\" data-src", FLOWS)))
            }
            "quarto-page" | "rmarkdown" => raw(&frame("src", FLOWS)),
            "slidev" => format!(
                "---\nlayout: full\n---\n\n{}\n\n<script setup>\n{BRIDGE}\n</script>",
                frame("src", FILLS)
            ),
            "jupyter" | "jupyter-slides" => format!(
                "from IPython.display import IFrame\n\nIFrame({:?}, width={width}, height={height}, extras=['title={:?}', 'allow=\"{ALLOW}\"'])",
                self.address(),
                escape(&self.title).replace('\'', "’"),
            ),
            "myst" => format!("```{{raw}} html\n{}\n```", frame("src", FLOWS)),
            "mdx" => format!(
                "<iframe\n  src={:?}\n  title={:?}\n  width=\"{width}\"\n  height=\"{height}\"\n  style={{{{ border: 0, maxWidth: \"100%\" }}}}\n  allow=\"{ALLOW}\"\n/>",
                escape(&self.address()),
                escape(&self.title),
            ),
            "marp" => format!(
                "<!-- marp --html deck.md -->\n\n{}\n\n<script>\n{BRIDGE}\n</script>",
                frame("src", FILLS)
            ),
            "markdown" => {
                format!("[![{}]({})]({})", self.title.replace(['[', ']'], ""), self.picture(), self.address())
            }
            _ => String::new(),
        }
    }

    /// What to know where the slide of a way has less room than the figure needs; else nothing.
    #[must_use]
    pub fn cut(&self, way: &str) -> String {
        let Some(room @ [_, height]) = slide(way) else { return String::new() };
        let own = grown([self.width, self.height]);
        let needs = (f64::from(self.needs) * grown(room) / own).round();
        if needs <= f64::from(height) {
            return String::new();
        }
        let bare = self.settings.iter().any(|(name, text)| name == "controls" && text == "none");
        let advice = if bare { "take smaller letters" } else { "take controls=none" };
        format!("The slide shows {height} of {needs} px; {advice}.")
    }

    /// The picture of the state that is linked: the site has that of the defaults, and any other is a file
    /// that the form saves.
    #[must_use]
    pub fn picture(&self) -> String {
        let is_default = self.said().all(|(name, text)| {
            // The site's picture is on light paper.
            !name.contains('.') && (name != "theme" || text != "dark")
        });
        if is_default { format!("{}embed/{}/card.png", self.site, self.figure) } else { self.picture_file() }
    }

    /// What the form calls the picture that it saves.
    #[must_use]
    pub fn picture_file(&self) -> String {
        format!("{}.png", self.figure.replace('/', "-"))
    }

    /// pandoc puts into the page what an address leads to, unless it is told that it is external.
    fn frame(&self, source: &str, [width, height]: [u32; 2], style: &str) -> String {
        format!(
            "<iframe data-external=\"1\" {source}=\"{}\" title=\"{}\" width=\"{width}\" height=\"{height}\" \
             style=\"{style}\" allow=\"{ALLOW}\"></iframe>",
            escape(&self.address()),
            escape(&self.title),
        )
    }

    fn element(&self) -> String {
        let (simulation, mut attributes) = (self.figure.split('/').next_back().unwrap_or(""), String::new());
        for (name, text) in self.said() {
            // The element wants the control's own name, told apart from the frame's.
            let name = name
                .strip_prefix(simulation)
                .and_then(|rest| rest.strip_prefix('.'))
                .map_or(name.clone(), |control| format!("value-{control}"));
            attributes.push_str(&format!(" {name}=\"{}\"", escape(text)));
        }
        format!(
            "<script type=\"module\" src=\"{}tinkerable-embed.js\"></script>\n\
             <tinkerable-figure figure=\"{}\" title=\"{}\"{attributes} width=\"{}\" height=\"{}\"></tinkerable-figure>",
            escape(&self.site),
            self.figure,
            escape(&self.title),
            self.width,
            self.height
        )
    }
}

/// A QR code of a text as the path of an SVG, a unit for each module, and its side in units with the
/// margin of four that readers need.
///
/// # Errors
/// A sentence, if the text is too long for a code that a phone reads from a seat.
pub fn qr_code(text: &str) -> Result<(String, i32), String> {
    const MARGIN: i32 = 4;
    /// Letters that still make a code with modules large enough.
    const LONGEST: usize = 600;
    let too_long = || {
        format!("The link has {} letters: more than {LONGEST} make a code that no phone reads.", text.len())
    };
    if text.len() > LONGEST {
        return Err(too_long());
    }
    let code = QrCode::encode_text(text, QrCodeEcc::Medium).map_err(|_| too_long())?;
    let mut path = String::new();
    for y in 0..code.size() {
        let mut x = 0;
        while x < code.size() {
            let run = (x..code.size()).take_while(|x| code.get_module(*x, y)).count() as i32;
            if run > 0 {
                path.push_str(&format!("M{} {}h{run}v1h-{run}z", x + MARGIN, y + MARGIN));
            }
            x += run.max(1);
        }
    }
    Ok((path, code.size() + 2 * MARGIN))
}

/// A QR code as an SVG file, black on white in any theme: readers expect it so.
///
/// # Errors
/// As [`qr_code`].
pub fn qr_svg(text: &str) -> Result<String, String> {
    let (path, side) = qr_code(text)?;
    Ok(format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {side} {side}\" width=\"{w}\" height=\"{w}\" role=\"img\" \
         aria-label=\"QR code of the link\" shape-rendering=\"crispEdges\"><rect width=\"{side}\" height=\"{side}\" \
         fill=\"#fff\"/><path d=\"{path}\" fill=\"#000\"/></svg>",
        w = side * 5,
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn embed() -> Embed {
        let pair = |name: &str, text: &str| (name.to_owned(), text.to_owned());
        Embed {
            site: "https://example.org/t/".to_owned(),
            figure: "counting/count".to_owned(),
            title: "Counting & more".to_owned(),
            settings: vec![pair("theme", "dark"), pair("play", ""), pair("count.stride", "5")],
            width: 800,
            height: 500,
            needs: 0,
        }
    }

    #[test]
    fn the_address_has_what_is_set_and_nothing_else() {
        assert_eq!(
            embed().address(),
            "https://example.org/t/embed/counting/count/?theme=dark&count.stride=5"
        );
        let bare = Embed { settings: Vec::new(), ..embed() };
        assert_eq!(bare.address(), "https://example.org/t/embed/counting/count/");
    }

    #[test]
    fn every_way_has_its_snippet() {
        for (way, name, note) in WAYS {
            let snippet = embed().snippet(way);
            assert!(snippet.contains("https://example.org/t/"), "{name}: {snippet}");
            assert!(!note.is_empty());
            // Markup that a page would read otherwise is escaped.
            assert!(
                ["link", "markdown", "jupyter", "jupyter-slides"].contains(&way)
                    || !snippet.contains("&count"),
                "{snippet}"
            );
        }
        assert!(embed().snippet("reveal").contains("data-preload data-src=\"https"));
        for way in ["quarto-page", "rmarkdown"] {
            assert!(embed().snippet(way).contains(" src=\"https"), "only a deck loads what data-src names");
        }
        assert!(embed().snippet("element").contains(" theme=\"dark\" value-stride=\"5\""));
        assert_eq!(embed().snippet("fax"), "");
    }

    #[test]
    fn every_frame_has_a_title_and_quarto_keeps_its_address() {
        for (way, name, _) in WAYS.iter().filter(|(way, ..)| !["link", "markdown"].contains(way)) {
            assert!(embed().snippet(way).contains("title="), "{name}");
        }
        for (way, name, _) in WAYS.iter().filter(|(way, ..)| embed().snippet(way).contains("<iframe ")) {
            assert!(embed().snippet(way).contains("<iframe data-external=\"1\" "), "{name}");
        }
        assert!(embed().snippet("quarto").contains(" data-src=\"https"));
    }

    #[test]
    fn slides_have_a_frame_of_their_size_and_say_what_they_cut() {
        let tall = Embed { height: 930, needs: 930, ..embed() };
        for (way, size, cut) in [
            ("reveal", "width=\"960\" height=\"700\"", "The slide shows 700 of 930 px; take controls=none."),
            ("marp", "width=\"1280\" height=\"720\"", "shows 720 of 1046 px"),
            ("slidev", "width=\"980\" height=\"552\"", "shows 552 of 930 px"),
            ("jupyter-slides", "width=900, height=600", "shows 600 of 930 px"),
            ("iframe", "width=\"800\" height=\"930\"", ""),
        ] {
            assert!(tall.snippet(way).contains(size), "{}", tall.snippet(way));
            assert!(tall.cut(way).contains(cut) && tall.cut(way).is_empty() == cut.is_empty(), "{way}");
        }
        let low = Embed { needs: 540, ..tall.clone() };
        assert!(WAYS.iter().all(|(way, ..)| low.cut(way).is_empty()));
        let bare = Embed { settings: vec![("controls".to_owned(), "none".to_owned())], ..tall };
        assert!(bare.cut("reveal").ends_with("take smaller letters."));
    }

    #[test]
    fn decks_that_know_no_message_are_given_the_keys() {
        for way in ["marp", "slidev"] {
            let words = embed().snippet(way);
            assert!(words.contains("new KeyboardEvent(kind") && words.contains("</script>"), "{words}");
        }
    }

    #[test]
    fn the_picture_is_that_of_the_state_that_is_linked() {
        assert!(embed().snippet("markdown").starts_with("[![Counting & more](counting-count.png)](https://"));
        let defaults = Embed { settings: Vec::new(), ..embed() };
        let card = "(https://example.org/t/embed/counting/count/card.png)";
        assert!(defaults.snippet("markdown").contains(card));
        for (theme, own) in [("light", false), ("dark", true)] {
            let themed = Embed { settings: vec![("theme".to_owned(), theme.to_owned())], ..embed() };
            assert_eq!(themed.snippet("markdown").contains("(counting-count.png)"), own, "{theme}");
        }
    }

    /// Reads the path back into modules and holds them against the library's own.
    #[test]
    fn a_code_has_the_modules_of_its_text() {
        let (path, side) = qr_code("https://example.org/").unwrap();
        let code = QrCode::encode_text("https://example.org/", QrCodeEcc::Medium).unwrap();
        assert_eq!(side, code.size() + 8);
        let mut dark = 0;
        for run in path.split('M').skip(1) {
            let (place, rest) = run.split_once('h').unwrap();
            let (x, y) = place.split_once(' ').unwrap();
            let (x, y): (i32, i32) = (x.parse().unwrap(), y.parse().unwrap());
            let length: i32 = rest.split('v').next().unwrap().parse().unwrap();
            assert!((x..x + length).all(|x| code.get_module(x - 4, y - 4)));
            dark += length;
        }
        let all = (0..code.size()).flat_map(|y| (0..code.size()).map(move |x| (x, y)));
        assert_eq!(dark, all.filter(|(x, y)| code.get_module(*x, *y)).count() as i32);
        assert!(qr_svg("x").unwrap().contains("<path"));
        assert!(qr_code(&"x".repeat(700)).unwrap_err().contains("700"));
    }
}
