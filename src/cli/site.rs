//! `tinkerable site`: draws the pages into the folder where Trunk puts the site together.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use super::arguments::{self, Arguments};
use super::command::{Command, Flag, URL};
use super::png::Painter;
use super::{Answer, Failure};
use crate::article::runs;
use crate::lab::Runner;
use crate::lab::share::standalone::with_fonts;
use crate::site::{self, Setting, Views};
use crate::site::{headers, offline};
use crate::topics::{self, Topic};

/// The style sheet of the project, used where none is named.
const STYLESHEET: &str = "assets/style.css";

/// The faces of the fonts.
const FACES: &str = "assets/fonts/fonts.css";

/// How the faces are marked that the first paint has.
const FIRST: &str = "font-display: block";

pub const COMMAND: Command = Command {
    name: "site",
    words: "",
    options: &[
        Flag::with("out", "FOLDER"),
        Flag::with("template", "FILE"),
        Flag::with("stylesheet", "FILE"),
        URL,
        Flag::alone("offline"),
    ],
    forms: &[],
    about: "\
Draws the pages of the site around the page that Trunk wrote: FOLDER/index.html, where FOLDER is
TRUNK_STAGING_DIR if it is not named. With --offline readers' browsers keep the whole site after one
visit: for releases, since it lists every file that is there.",
    also: None,
    run: command,
};

fn command(arguments: &Arguments) -> Result<Answer, Failure> {
    let out = arguments
        .option("out")
        .map(PathBuf::from)
        .or_else(|| env::var_os("TRUNK_STAGING_DIR").map(PathBuf::from))
        .ok_or_else(|| {
            Failure::Arguments("Where to? Name the folder with --out, or in TRUNK_STAGING_DIR.".to_owned())
        })?;
    let template = arguments.option("template").map_or_else(|| out.join("index.html"), PathBuf::from);
    let stylesheet = arguments.option("stylesheet").unwrap_or(STYLESHEET);
    let url = arguments::site(arguments)?;
    let offline = arguments.has("offline");
    let (faces, fallbacks) = faces(&read(Path::new(FACES))?)?;
    let setting = Setting {
        template: &read(&template)?,
        stylesheet: &format!("{}{}", fallbacks.concat(), read(Path::new(stylesheet))?),
        faces: &faces,
        url: &url,
        offline,
    };
    let drawn = site::draw(setting, topics::ALL, Views { whole: &widget, glimpse: &glimpse })
        .map_err(Failure::Work)?;
    for file in &drawn.files {
        write(&out.join(&file.path), file.text.as_bytes())?;
    }
    let painter = Painter::new();
    for card in &drawn.cards {
        let png = painter.png(&card.text, 1.0, false).map_err(Failure::Work)?;
        write(&out.join(&card.path).with_extension("png"), &png)?;
    }
    for (path, pixels) in offline::ICONS {
        let png = painter.png(&offline::icon(pixels), 1.0, false).map_err(Failure::Work)?;
        write(&out.join(path), &png)?;
    }
    if offline {
        let mut kept = Vec::new();
        for path in below(&out, "")? {
            if offline::is_kept(&path) {
                let content =
                    fs::read(out.join(&path)).map_err(|error| unreadable(Path::new(&path), &error))?;
                kept.push((path, headers::digest(content)));
            }
        }
        write(&out.join(offline::PATH), offline::worker(&kept).as_bytes())?;
    }
    let text = format!(
        "{} pages are in {}; {} runs were made for their numbers.\n",
        drawn.files.len(),
        out.display(),
        runs::made()
    );
    Ok(Answer::text(text, drawn.unfinished))
}

/// The page's own views, drawn natively.
#[cfg(feature = "site")]
fn widget(topic: &'static Topic, runner: &Runner) -> String {
    crate::web::widget_html(topic, runner)
}

#[cfg(feature = "site")]
fn glimpse(topic: &'static Topic, runner: &Runner, shown: &[&str]) -> String {
    crate::web::glimpse_html(topic, runner, shown)
}

#[cfg(not(feature = "site"))]
fn glimpse(topic: &'static Topic, runner: &Runner, _: &[&str]) -> String {
    site::still(topic, runner)
}

/// Without the page's views the figures stand still.
#[cfg(not(feature = "site"))]
fn widget(topic: &'static Topic, runner: &Runner) -> String {
    site::still(topic, runner)
}

/// The rules for faces as a page has them, from where `./` is the root of the site: those of the fonts,
/// and those of what stands in for them. The letters of the first paint are inside: a file of their own
/// would have it wait for one more answer.
fn faces(sheet: &str) -> Result<(Vec<String>, Vec<String>), Failure> {
    let folder = Path::new(FACES).with_file_name("");
    let font = |file: &str| {
        let path = folder.join(file);
        fs::read(&path).map(|bytes| STANDARD.encode(bytes)).map_err(|error| unreadable(&path, &error))
    };
    let mut rules = Vec::new();
    for rest in sheet.split("@font-face").skip(1) {
        let rule = format!("@font-face{}}}\n", rest.split_once('}').map_or(rest, |(rule, _)| rule));
        let inside = if rule.contains(FIRST) { with_fonts(&rule, font)? } else { rule };
        rules.push(inside.replace("url(\"", "url(\"./fonts/"));
    }
    Ok(rules.into_iter().partition(|rule| rule.contains("url(")))
}

fn read(path: &Path) -> Result<String, Failure> {
    fs::read_to_string(path).map_err(|error| unreadable(path, &error))
}

fn unreadable(path: &Path, error: &std::io::Error) -> Failure {
    Failure::Work(format!("{} could not be read: {error}.", path.display()))
}

/// Every file below a folder of the site, from its root, sorted; `folder` ends with `/` or is empty.
fn below(root: &Path, folder: &str) -> Result<Vec<String>, Failure> {
    let path = root.join(folder);
    let fail = |error| unreadable(&path, &error);
    let mut found = Vec::new();
    for entry in fs::read_dir(&path).map_err(fail)? {
        let entry = entry.map_err(fail)?;
        let name = format!("{folder}{}", entry.file_name().to_string_lossy());
        if entry.path().is_dir() {
            found.extend(below(root, &format!("{name}/"))?);
        } else {
            found.push(name);
        }
    }
    found.sort();
    Ok(found)
}

fn write(path: &Path, content: &[u8]) -> Result<(), Failure> {
    let written = path.parent().map_or(Ok(()), fs::create_dir_all).and_then(|()| fs::write(path, content));
    written.map_err(|error| Failure::Work(format!("{} could not be written: {error}.", path.display())))
}
