//! `tinkerable figure`: a figure as SVG.

use lexopt::Parser;

use super::arguments::{Arguments, Request, number, site};
use super::{Answer, Failure};
use crate::lab::palette::Theme;
use crate::lab::record::address;
use crate::lab::svg;

const NARROWEST: u64 = 240;
const WIDEST: u64 = 4000;
const WIDTH: u64 = 760;

pub fn command(parser: &mut Parser) -> Result<Answer, Failure> {
    let arguments =
        Arguments::read(parser, &[("steps", true), ("width", true), ("theme", true), ("url", true)])?;
    let width = arguments.option("width").map_or(Ok(WIDTH), |w| number("width", w, NARROWEST, WIDEST))?;
    let theme = theme(arguments.option("theme").unwrap_or("auto"))?;
    let request = Request::read(&arguments)?;
    let mut runner = request.runner();
    runner.advance(request.steps);
    let source = address(&runner, &request.address, &site(&arguments)?);
    let text = svg::standalone(&runner.simulation().figure(), width as f64, theme, &source);
    Ok(Answer { text, notes: request.notes })
}

fn theme(name: &str) -> Result<Theme, Failure> {
    match name {
        "light" => Ok(Theme::Light),
        "dark" => Ok(Theme::Dark),
        "auto" => Ok(Theme::Auto),
        other => Err(Failure::Arguments(format!(
            "“{}” is no value for --theme: it takes one of light, dark, auto.",
            crate::lab::control::shorten(other)
        ))),
    }
}
