//! The fonts that a browser finds on its machine: those of the tests and no others, so that a promise
//! holds or breaks alike everywhere.

use std::fs;
use std::path::{Path, PathBuf};

use crate::{Outcome, hold, setting};

/// What a device has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Fonts {
    /// The widest that a system comes with.
    DejaVu,
    /// The same, on a device that takes no fonts of pages.
    DejaVuAlone,
    /// The metrics of Times, Arial and Courier.
    Liberation,
}

/// How letters are drawn, as Debian has it: their widths are those of the font, not of whole pixels.
const SHAPES: &str = "<match target=\"pattern\"><edit name=\"hintstyle\" mode=\"assign\"><const>hintslight</const></edit></match>\n";

impl Fonts {
    /// "in Liberation".
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::DejaVu => "in DejaVu",
            Self::DejaVuAlone => "in DejaVu alone",
            Self::Liberation => "in Liberation",
        }
    }

    /// What the browser is told to take no fonts of pages, where that is so.
    #[must_use]
    pub fn flag(self) -> Option<&'static str> {
        (self == Self::DejaVuAlone).then_some("--disable-remote-fonts")
    }

    /// Writes into a folder what has a browser find these fonts alone; the answer is the file to name in
    /// `FONTCONFIG_FILE`.
    ///
    /// # Errors
    /// If the fonts are not where `TINKERABLE_FONTS` says.
    pub fn configure(self, folder: &Path) -> Outcome<PathBuf> {
        let (name, families) = match self {
            Self::DejaVu | Self::DejaVuAlone => {
                ("dejavu", ["DejaVu Serif", "DejaVu Sans", "DejaVu Sans Mono"])
            }
            Self::Liberation => ("liberation", ["Liberation Serif", "Liberation Sans", "Liberation Mono"]),
        };
        let fonts = PathBuf::from(setting("TINKERABLE_FONTS")?).join(name);
        hold(fonts.is_dir(), || format!("there are no fonts in {}", fonts.display()))?;
        let generic = ["serif", "sans-serif", "monospace"].into_iter().zip(families);
        let aliases: String = generic
            .map(|(generic, family)| {
                format!(
                    "<alias><family>{generic}</family><prefer><family>{family}</family></prefer></alias>\n"
                )
            })
            .collect();
        let file = folder.join("fonts.conf");
        let text = format!(
            "<?xml version=\"1.0\"?>\n<!DOCTYPE fontconfig SYSTEM \"fonts.dtd\">\n<fontconfig>\n<dir>{}</dir>\n\
             <cachedir>{}</cachedir>\n{aliases}{SHAPES}</fontconfig>\n",
            fonts.display(),
            folder.join("fonts").display()
        );
        fs::write(&file, text)?;
        Ok(file)
    }
}
