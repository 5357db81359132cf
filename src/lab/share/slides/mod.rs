//! The steps of a talk as slides: a `.pptx`, which PowerPoint, Keynote, Impress and Google Slides open.
//!
//! A title, then a slide for each step: the sentence as its title, so that outlines and screen readers have
//! it, the figure as SVG with a PNG of it for programs that know none, what the speaker says as its notes,
//! and a link to the figure live at that very moment. The format is Office Open XML (ECMA-376): parts of
//! XML in a zip, each named in the list of content types, tied to each other by relationships.

mod parts;

use std::io::{Cursor, Write as _};

use zip::result::ZipResult;
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, DateTime, ZipWriter};

use super::step::{Approach, Step};
use crate::lab::figure::palette::Theme;
use crate::lab::figure::scene::compose;
use crate::lab::figure::svg;

/// Pixels of a slide's picture from left to right, about: as wide as the projectors that most rooms have.
const ACROSS: f64 = 1920.0;

/// Widths that figures are laid out for, px: the narrowest in which all panels of a row stand side by side
/// with room, and that of the page's own talk.
const WIDTHS: [f64; 2] = [640.0, 936.0];

/// What a deck says of itself.
#[derive(Clone, Debug)]
pub struct Deck {
    pub title: String,
    /// The question that the topic answers.
    pub question: String,
    /// Where its page is.
    pub address: String,
    pub dark: bool,
    pub slides: Vec<Slide>,
}

/// A slide of one step.
#[derive(Clone, Debug, Default)]
pub struct Slide {
    pub sentence: String,
    /// What the speaker says; empty where nothing is written.
    pub note: String,
    /// What the figure shows, in words.
    pub words: String,
    /// The figure as SVG and as PNG, and the size of that, px.
    pub svg: String,
    pub png: Vec<u8>,
    pub size: [u32; 2],
    /// Which figure it is, and the address that shows it live at this moment.
    pub name: String,
    pub source: String,
}

impl Slide {
    /// The slide of a step whose run stands at its moment, still without its PNG, and how many pixels that
    /// shall have for each of the drawing's own. `site` is what addresses begin with; without it they are
    /// relative, and the slide links to nothing.
    #[must_use]
    pub fn of(step: &Step, approach: &Approach, dark: bool, site: &str) -> (Self, u64) {
        let (figure, run) = (approach.figure(), approach.run());
        // As wide as the picture's place is for its height: so letters are as large as they can be.
        let [_, _, place_wide, place_high] = parts::PICTURE.map(|side| side as f64);
        let high = compose(&figure, WIDTHS[1]).height + 2.0 * svg::MARGIN;
        let width = (high * place_wide / place_high - 2.0 * svg::MARGIN).round().clamp(WIDTHS[0], WIDTHS[1]);
        let theme = if dark { Theme::Dark } else { Theme::Light };
        let source = step.live(run, site);
        let pace = step.spec.pace;
        let moment = if pace.is_still() { String::new() } else { format!(", step {}", run.step()) };
        let slide = Self {
            sentence: step.sentence.clone(),
            note: step.note.clone(),
            words: figure.alternative.clone(),
            svg: svg::standalone(&figure, width, theme, &source),
            png: Vec::new(),
            size: [0; 2],
            name: format!("{}{moment}", step.spec.title),
            source,
        };
        (slide, (ACROSS / (width + 2.0 * svg::MARGIN)).round() as u64)
    }

    /// The same with its PNG.
    #[must_use]
    pub fn with(self, png: Vec<u8>) -> Self {
        // Width and height stand first in the header, which is a PNG's first chunk.
        let side = |at: usize| {
            let bytes = png.get(at..at + 4).and_then(|bytes| bytes.try_into().ok());
            bytes.map_or(1, u32::from_be_bytes).max(1)
        };
        Self { size: [side(16), side(20)], png, ..self }
    }
}

impl Deck {
    /// The file.
    ///
    /// # Errors
    /// A sentence, if it is larger than a zip can be.
    pub fn pack(&self) -> Result<Vec<u8>, String> {
        self.zipped().map_err(|error| format!("The slides could not be packed: {error}."))
    }

    fn zipped(&self) -> ZipResult<Vec<u8>> {
        let mut file = ZipWriter::new(Cursor::new(Vec::new()));
        // The same slides are the same bytes: no part says when it was written.
        let plain = SimpleFileOptions::default().last_modified_time(DateTime::default());
        let [stored, packed] = [CompressionMethod::Stored, CompressionMethod::Deflated]
            .map(|method| plain.compression_method(method));
        for (name, text) in parts::all(self) {
            file.start_file(name, packed)?;
            file.write_all(text.as_bytes())?;
        }
        for (i, slide) in self.slides.iter().enumerate() {
            let [png, svg] = parts::media(i);
            // Pixels are packed already.
            file.start_file(png, stored)?;
            file.write_all(&slide.png)?;
            file.start_file(svg, packed)?;
            file.write_all(slide.svg.as_bytes())?;
        }
        Ok(file.finish()?.into_inner())
    }
}

#[cfg(test)]
mod tests;
