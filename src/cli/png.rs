//! Drawings as pictures of pixels, in the site's own type.

use std::sync::Arc;

use resvg::tiny_skia::{Color, Pixmap, Transform};
use resvg::usvg::{Options, Tree, fontdb};

use crate::lab::figure::palette;

/// The fonts of the page: the first of each family, and what has the characters that those lack.
const FONTS: [&[u8]; 6] = [
    include_bytes!("../../assets/fonts/tinkerable-sans.woff2"),
    include_bytes!("../../assets/fonts/tinkerable-serif.woff2"),
    include_bytes!("../../assets/fonts/tinkerable-sans-signs.woff2"),
    include_bytes!("../../assets/fonts/tinkerable-serif-signs.woff2"),
    include_bytes!("../../assets/fonts/tinkerable-serif-letters.woff2"),
    include_bytes!("../../assets/fonts/tinkerable-serif-accents.woff2"),
];

/// Paints drawings.
pub struct Painter {
    options: Options<'static>,
}

impl Painter {
    #[must_use]
    pub fn new() -> Self {
        let mut fonts = fontdb::Database::new();
        for font in FONTS {
            // The project's own fonts are whole; without one the others serve.
            if let Ok(plain) = wuff::decompress_woff2(font) {
                fonts.load_font_data(plain);
            }
        }
        let families: Vec<String> =
            fonts.faces().filter_map(|face| Some(face.families.first()?.0.clone())).collect();
        if let [sans, serif, ..] = families.as_slice() {
            fonts.set_sans_serif_family(sans);
            fonts.set_serif_family(serif);
        }
        Self { options: Options { fontdb: Arc::new(fonts), ..Options::default() } }
    }

    /// An SVG as PNG, with `scale` pixels for each of its own.
    ///
    /// # Errors
    /// A sentence, if it is no SVG or larger than a picture can be.
    pub fn png(&self, svg: &str, scale: f32, dark: bool) -> Result<Vec<u8>, String> {
        self.paint(svg, scale, dark)?.encode_png().map_err(|e| fail(&e))
    }

    /// An SVG as opaque pixels, `scale` for each of its own.
    ///
    /// # Errors
    /// A sentence, if it is no SVG or larger than a picture can be.
    pub fn paint(&self, svg: &str, scale: f32, dark: bool) -> Result<Pixmap, String> {
        let tree = Tree::from_str(&palette::resolved(svg, dark), &self.options).map_err(|e| fail(&e))?;
        let size = tree.size().to_int_size().scale_by(scale).ok_or_else(|| fail(&"it is too large"))?;
        let mut picture = Pixmap::new(size.width(), size.height()).ok_or_else(|| fail(&"it is too large"))?;
        let [red, green, blue] = palette::paper(dark);
        picture.fill(Color::from_rgba8(red, green, blue, u8::MAX));
        resvg::render(&tree, Transform::from_scale(scale, scale), &mut picture.as_mut());
        Ok(picture)
    }
}

fn fail(why: &dyn std::fmt::Display) -> String {
    format!("The picture could not be painted: {why}.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::Runner;
    use crate::lab::figure::palette::Theme;
    use crate::lab::figure::svg;
    use crate::sample::SPEC;

    #[test]
    fn a_picture_has_the_size_and_the_colours_of_its_drawing() {
        let figure = Runner::opening(&SPEC).simulation().figure();
        let painter = Painter::new();
        for (theme, dark) in [(Theme::Light, false), (Theme::Dark, true)] {
            let drawing = svg::standalone(&figure, 400.0, theme, "");
            let png = painter.png(&drawing, 2.0, dark).unwrap();
            let picture = Pixmap::decode_png(&png).unwrap();
            assert_eq!(picture.width(), 848);
            let corner = picture.pixel(1, 1).unwrap();
            assert_eq!([corner.red(), corner.green(), corner.blue()], palette::paper(dark));
            // The line, the frame and the letters are there.
            let others = picture.pixels().iter().filter(|p| **p != corner).count();
            assert!(others > 1000, "{others} pixels");
        }
        assert!(painter.png("<p>", 1.0, false).unwrap_err().contains("painted"));
    }

    #[test]
    fn letters_come_from_the_fonts_of_the_page() {
        let painter = Painter::new();
        let families: Vec<&str> =
            painter.options.fontdb.faces().map(|face| face.families[0].0.as_str()).collect();
        assert_eq!(families[..2], ["Tinkerable Sans", "Tinkerable Serif"]);
        assert_eq!(families.len(), FONTS.len());
    }

    #[test]
    fn a_character_that_the_first_font_lacks_is_painted() {
        let painter = Painter::new();
        let [sign, nothing] = ["→ ✓ Ω", " "].map(|words| {
            let drawing = format!(
                "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"90\" height=\"30\">\
                 <text x=\"5\" y=\"20\" font-family=\"sans-serif\" font-size=\"16\">{words}</text></svg>"
            );
            painter.png(&drawing, 1.0, false).unwrap()
        });
        assert_ne!(sign, nothing);
    }
}
