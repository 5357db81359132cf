//! Drawings as SVG text: for the static page, the command line, and snapshots.

use super::figure::Figure;
use super::palette::{self, Theme};
use super::scene::{Scene, compose};

/// The type of figures; pages set the same in their style sheet.
pub const TYPE: &str = "text{font:12px Inter,'Helvetica Neue',Arial,sans-serif;font-feature-settings:'tnum'}\
                    path{stroke-linejoin:round}text.title{font-weight:600;font-size:13px}\
                    text.over{paint-order:stroke;stroke:var(--paper);stroke-width:3px;stroke-linejoin:round}";

/// The drawing as an SVG element for a page, which brings colours and type. `class` goes onto it.
#[must_use]
pub fn inline(scene: &Scene, class: &str) -> String {
    let mut out = format!(
        "<svg class=\"{}\" viewBox=\"0 0 {} {h}\" width=\"100%\" height=\"{h}\" role=\"img\" aria-label=\"{}\">",
        escape(class),
        scene.width,
        escape(&scene.alternative),
        h = scene.height,
    );
    push_items(&mut out, scene);
    out.push_str("</svg>");
    out
}

/// A file that stands alone, with its colours and its type. `source` says where it comes from: the
/// address that shows it live.
#[must_use]
pub fn standalone(figure: &Figure, width: f64, theme: Theme, source: &str) -> String {
    let scene = compose(figure, width);
    let colours = match theme {
        Theme::Auto => palette::css(Theme::Auto).replace(":root:not([data-theme=light])", ":root"),
        one => palette::css(one),
    };
    let mut out = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{w}\" height=\"{h}\" viewBox=\"-12 -12 {vw} {vh}\" \
         role=\"img\"><title>{title}</title><desc>{source}</desc><style>{colours}{TYPE}svg{{background:var(--paper)}}</style>",
        w = scene.width + 24.0,
        h = scene.height + 24.0,
        vw = scene.width + 24.0,
        vh = scene.height + 24.0,
        title = escape(&scene.alternative),
        source = escape(source),
    );
    push_items(&mut out, &scene);
    out.push_str("</svg>\n");
    out
}

/// The elements of a drawing, for an SVG that brings colours and [`TYPE`].
#[must_use]
pub fn items(scene: &Scene) -> String {
    let mut out = String::new();
    push_items(&mut out, scene);
    out
}

fn push_items(out: &mut String, scene: &Scene) {
    for element in scene.items.iter().flat_map(super::scene::Item::elements) {
        out.push('<');
        out.push_str(element.name);
        for (name, value) in &element.attributes {
            out.push_str(&format!(" {name}=\"{}\"", escape(value)));
        }
        match &element.text {
            None => out.push_str("/>"),
            Some(text) => out.push_str(&format!(">{}</{}>", escape(text), element.name)),
        }
    }
}

/// Text made safe for element content and double-quoted attributes.
#[must_use]
pub fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            c => out.push(c),
        }
    }
    out
}
