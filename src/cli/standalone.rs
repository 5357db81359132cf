//! `tinkerable standalone`: a simulation as one HTML file.

use std::fs;
use std::path::PathBuf;

use lexopt::Parser;

use super::arguments::{Arguments, Request};
use super::{Answer, Failure, site};
use crate::article::standalone::standalone;
use crate::lab::address::{Moment, encode};
use crate::topics;

/// Where the site's build leaves it.
const SITE: &str = "dist";

pub fn command(parser: &mut Parser) -> Result<Answer, Failure> {
    let arguments = Arguments::read(parser, &[("steps", true), ("site", true)])?;
    let request = Request::read(&arguments)?;
    let (topic, spec) = topics::find(&request.address).map_err(Failure::Arguments)?;
    let folder = PathBuf::from(arguments.option("site").unwrap_or(SITE));
    let read = |path: &str| {
        let file = folder.join(path);
        fs::read(&file).map_err(|error| {
            format!(
                "{} could not be read: {error}. The file is made from the built site: cargo xtask build, or name its folder with --site.",
                file.display()
            )
        })
    };
    let page = read(&format!("embed/{}/index.html", request.address)).map_err(Failure::Work)?;
    if cfg!(not(feature = "site")) {
        return Err(Failure::Work(
            "This command line was built without the page's views: cargo run --features site -- standalone …"
                .to_owned(),
        ));
    }
    let mut runner = request.runner();
    runner.advance(request.steps);
    let at = arguments.option("steps").map(|_| runner.step());
    let query = encode(spec, &Moment { values: request.values.clone(), at }, false);
    let text = standalone(&String::from_utf8_lossy(&page), &site::widget(topic, &runner), &query, &read)
        .map_err(Failure::Work)?;
    Ok(Answer { text, notes: request.notes })
}
