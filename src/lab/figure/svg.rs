//! Drawings as SVG text: for the static page, the command line, and snapshots.

use super::palette::{self, Theme};
use super::scene::{Element, Scene, compose};
use crate::lab::figure::Figure;

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

/// Widths in px for which a still figure is drawn; a page shows the one that fits.
pub const WIDTHS: [(f64, &str); 2] = [(720.0, "wide"), (328.0, "narrow")];

/// A figure for a page, at both widths.
#[must_use]
pub fn at_widths(figure: &Figure) -> String {
    WIDTHS.iter().map(|(width, class)| inline(&compose(figure, *width), class)).collect()
}

/// The type of a file: families that its readers have, size, and how lines meet.
pub const PLAIN: &str = "direction=\"ltr\" font-family=\"Inter, 'Helvetica Neue', Arial, sans-serif\" font-size=\"12\" \
                     stroke-linejoin=\"round\"";

/// What a file has around its drawing, on each side, px.
pub const MARGIN: f64 = 12.0;

/// A file that stands alone. Every colour and all type is a plain attribute, for programs that know no
/// custom properties and no style sheets, and no rule of it reaches a page that it is put into. `source`
/// says where it comes from: the address that shows it live.
#[must_use]
pub fn standalone(figure: &Figure, width: f64, theme: Theme, source: &str) -> String {
    let scene = compose(figure, width);
    let paint = Plain::new(theme);
    let mut items = String::new();
    let mut used = Vec::new();
    for element in scene.items.iter().flat_map(crate::lab::figure::scene::Item::elements) {
        paint.push(&mut items, &mut used, &element);
    }
    let [w, h] = [scene.width, scene.height].map(|side| side + 2.0 * MARGIN);
    let mut paper = String::new();
    paint.attribute(&mut paper, &mut used, "fill", "var(--paper)");
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\"{class} width=\"{w}\" height=\"{h}\" viewBox=\"-{MARGIN} -{MARGIN} {w} {h}\" \
         {PLAIN} role=\"img\"><title>{title}</title><desc>{source}</desc>{dark}\
         <rect x=\"-{MARGIN}\" y=\"-{MARGIN}\" width=\"{w}\" height=\"{h}\"{paper}/>{items}</svg>\n",
        class = if theme == Theme::Auto { " class=\"tinkerable-figure\"" } else { "" },
        title = escape(&scene.alternative),
        source = escape(source),
        dark = paint.rules(&used),
    )
}

/// Writes elements with the colours of a theme in place of names.
struct Plain {
    colours: Vec<(String, String)>,
    /// Those of the dark theme, where a file follows its reader's system.
    dark: Option<Vec<(String, String)>>,
}

impl Plain {
    fn new(theme: Theme) -> Self {
        let dark = (theme == Theme::Auto).then(|| palette::table(true));
        Self { colours: palette::table(theme == Theme::Dark), dark }
    }

    fn push(&self, out: &mut String, used: &mut Vec<(&'static str, String)>, element: &Element) {
        let class = element.attributes.iter().find(|(name, _)| *name == "class").map(|(_, class)| &**class);
        let mut open = format!("<{}", element.name);
        for (name, value) in element.attributes.iter().filter(|(name, _)| *name != "class") {
            self.attribute(&mut open, used, name, value);
        }
        if class == Some("title") {
            open.push_str(" font-weight=\"600\" font-size=\"13\"");
        }
        let close = match &element.text {
            None => "/>".to_owned(),
            Some(text) => format!(">{}</{}>", escape(text), element.name),
        };
        if class == Some("over") {
            // Not every program paints the stroke of a text below its fill: the halo is a text of its own.
            out.push_str(&open);
            out.push_str(" aria-hidden=\"true\" stroke-width=\"3\"");
            self.attribute(out, used, "stroke", "var(--paper)");
            out.push_str(&close);
        }
        out.push_str(&open);
        out.push_str(&close);
    }

    fn attribute(
        &self,
        out: &mut String,
        used: &mut Vec<(&'static str, String)>,
        name: &'static str,
        value: &str,
    ) {
        let variable = value.strip_prefix("var(--").and_then(|rest| rest.strip_suffix(')'));
        let Some(variable) = variable else {
            out.push_str(&format!(" {name}=\"{}\"", escape(value)));
            return;
        };
        out.push_str(&format!(" {name}=\"{}\"", colour(&self.colours, variable)));
        if self.dark.is_some() {
            out.push_str(&format!(" data-{name}=\"{variable}\""));
            if !used.iter().any(|(n, v)| *n == name && v == variable) {
                used.push((name, variable.to_owned()));
            }
        }
    }

    /// What a reader's dark theme changes, in this drawing alone.
    fn rules(&self, used: &[(&'static str, String)]) -> String {
        let Some(dark) = &self.dark else { return String::new() };
        let rules: String = used
            .iter()
            .map(|(name, variable)| {
                format!(".tinkerable-figure [data-{name}={variable}]{{{name}:{}}}", colour(dark, variable))
            })
            .collect();
        format!("<style>@media screen and (prefers-color-scheme:dark){{{rules}}}</style>")
    }
}

fn colour<'a>(colours: &'a [(String, String)], variable: &str) -> &'a str {
    colours.iter().find(|(name, _)| name == variable).map_or("none", |(_, colour)| colour)
}

/// The elements of a drawing, for an SVG that brings colours and [`TYPE`].
#[must_use]
pub fn items(scene: &Scene) -> String {
    let mut out = String::new();
    push_items(&mut out, scene);
    out
}

fn push_items(out: &mut String, scene: &Scene) {
    for element in scene.items.iter().flat_map(crate::lab::figure::scene::Item::elements) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::Runner;
    use crate::lab::figure::scene::{Ink, Item, Weight};
    use crate::sample::SPEC;

    fn drawn(theme: Theme) -> String {
        standalone(
            &Runner::opening(&SPEC).simulation().figure(),
            400.0,
            theme,
            "https://example.org/?a=1&b=2",
        )
    }

    #[test]
    fn no_mark_is_drawn_over_words_that_stand_over_marks() {
        for topic in crate::topics::ALL {
            for spec in topic.simulations {
                let scene = compose(&Runner::opening(spec).simulation().figure(), 328.0);
                let over = |item: &Item| {
                    matches!(&item.ink, Ink::Text { weight: Weight::Over | Weight::Inside, .. })
                };
                let first = scene.items.iter().position(over).unwrap_or(scene.items.len());
                let above = scene.items[first..].iter().filter(|item| !over(item));
                let marks = above.filter(|item| !matches!(item.ink, Ink::Handle { .. })).count();
                assert_eq!(marks, 0, "{}/{}", topic.slug, spec.id);
            }
        }
    }

    #[test]
    fn a_file_needs_neither_custom_properties_nor_style_sheets() {
        for (theme, paper) in [(Theme::Light, "#fdfcf9"), (Theme::Dark, "#14171b")] {
            let file = drawn(theme);
            assert!(!file.contains("var(") && !file.contains("<style") && !file.contains("class="), "{file}");
            assert!(file.contains(&format!("fill=\"{paper}\"")), "{file}");
            assert!(file.contains("<desc>https://example.org/?a=1&amp;b=2</desc>"), "{file}");
        }
    }

    #[test]
    fn a_file_for_both_themes_is_light_where_no_style_is_read_and_its_rules_stay_inside() {
        let file = drawn(Theme::Auto);
        assert!(!file.contains("var("), "{file}");
        assert!(file.contains("fill=\"#fdfcf9\" data-fill=\"paper\""), "{file}");
        assert!(file.contains(".tinkerable-figure [data-fill=paper]{fill:#14171b}"), "{file}");
        let style = file.split("<style>").nth(1).and_then(|rest| rest.split("</style>").next());
        let rules = style.and_then(|style| style.split_once('{')).map_or("", |(_, rules)| rules);
        for rule in rules.split_inclusive('}').filter(|rule| *rule != "}") {
            assert!(rule.starts_with(".tinkerable-figure [data-"), "{rule}");
        }
    }
}
