//! `tinkerable standalone`: a simulation as one HTML file.

use std::fs;
use std::io::Write as _;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;

use super::arguments::{Arguments, Request};
use super::command::{Command, Flag, KEPT, OUT, STEPS};
use super::{Answer, Failure};
use crate::lab::address::Moment;
use crate::lab::share::standalone::{Parts, pieces, program, standalone, with_fonts};

/// Where the site's build leaves it.
const SITE: &str = "dist";

pub const COMMAND: Command = Command {
    name: "standalone",
    words: "<slug>/<simulation> [control=value ...]",
    options: &[STEPS, KEPT, Flag::with("site", "FOLDER"), OUT],
    forms: &["html"],
    about: "\
Prints the simulation as one HTML file that runs without a network. FOLDER is the built site, dist
if it is not named. With --steps it stands at that step, else it runs.",
    also: None,
    run: command,
};

fn command(arguments: &Arguments) -> Result<Answer, Failure> {
    let request = Request::read(arguments)?;
    let folder = PathBuf::from(arguments.option("site").unwrap_or(SITE));
    let read = |path: &str| {
        let file = folder.join(path);
        fs::read(&file).map_err(|error| {
            Failure::Work(format!(
                "{} could not be read: {error}. The file is made from the built site: cargo xtask build, or name its folder with --site.",
                file.display()
            ))
        })
    };
    let text = |path: &str| read(path).map(|bytes| String::from_utf8_lossy(&bytes).into_owned());

    let font = |file: &str| read(&format!("fonts/{file}")).map(|bytes| STANDARD.encode(bytes));
    let page = with_fonts(&text(&format!("embed/{}/index.html", request.address))?, font)?;
    let name = program(&page).map_err(Failure::Work)?;
    let pack = |file: &str| {
        let mut packer = GzEncoder::new(Vec::new(), Compression::best());
        let packed = packer.write_all(&read(file)?).and_then(|()| packer.finish());
        packed
            .map(|packed| STANDARD.encode(packed))
            .map_err(|error| Failure::Work(format!("The program could not be packed: {error}.")))
    };
    let script = text(&format!("{name}.js"))?;
    let mut packed = serde_json::Map::new();
    for file in pieces(&page, &script) {
        packed.insert(file.to_owned(), pack(file)?.into());
    }
    let parts = Parts {
        page: &page,
        script: &script,
        program: &pack(&format!("{name}_bg.wasm"))?,
        pieces: &serde_json::Value::Object(packed).to_string(),
    };
    let mut runner = request.runner();
    runner.advance(request.steps);
    let at = arguments.has("steps").then(|| runner.step());
    let moment = Moment { kept: request.kept, ..Moment::of(runner.values().clone(), at) };
    let text = standalone(parts, &runner, &moment).map_err(Failure::Work)?;
    Ok(Answer::text(text, request.notes))
}
