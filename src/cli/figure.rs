//! `tinkerable figure`: a figure as SVG.

use super::arguments::{Arguments, Request, number, site};
use super::command::{Command, KEPT, OUT, PNG, STEPS, THEME, URL, WIDTH_PX};
use super::png::Painter;
use super::{Answer, Failure};
use crate::lab::address::Moment;
use crate::lab::figure::palette::Theme;
use crate::lab::figure::picture::described;
use crate::lab::figure::svg;
use crate::lab::run::compare;
use crate::lab::share::record::address;

pub const NARROWEST: u64 = 240;
const WIDEST: u64 = 4000;
const WIDTH: u64 = 760;

/// Most pixels of a picture for each of the drawing's own.
pub const LARGEST: u64 = 8;

pub const COMMAND: Command = Command {
    name: "figure",
    words: "<slug>/<simulation> [control=value ...]",
    options: &[STEPS, KEPT, WIDTH_PX, THEME, PNG, URL, OUT],
    forms: &["svg", "png"],
    about: "Prints the figure as SVG, or as PNG with SCALE pixels for each of its own.",
    also: None,
    run: command,
};

fn command(arguments: &Arguments) -> Result<Answer, Failure> {
    let width = width(arguments)?;
    let scale = arguments.option("png").map(|s| number("png", s, 1, LARGEST)).transpose()?;
    // Pixels follow no reader's theme.
    let usual = if scale.is_some() { "light" } else { "auto" };
    let theme = theme(arguments.option("theme").unwrap_or(usual))?;
    let request = Request::read(arguments)?;
    let mut runner = request.runner();
    runner.advance(request.steps);
    let mut rival = request.rival();
    if let Some(rival) = &mut rival {
        rival.advance(runner.step());
    }
    let figure = compare::shown(&runner, rival.as_ref());
    let moment = Moment { kept: request.kept, ..Moment::of(request.values, Some(runner.step())) };
    let source = address(request.spec, &moment, &request.address, &site(arguments)?);
    let text = svg::standalone(&figure, width, theme, &source);
    let Some(scale) = scale else { return Ok(Answer::text(text, request.notes)) };
    let png = Painter::new().png(&text, scale as f32, theme == Theme::Dark).map_err(Failure::Work)?;
    Ok(Answer::picture(described(&png, scale, &source), request.notes))
}

/// The width that is asked for, in px.
pub fn width(arguments: &Arguments) -> Result<f64, Failure> {
    let width = arguments.option("width").map_or(Ok(WIDTH), |w| number("width", w, NARROWEST, WIDEST))?;
    Ok(width as f64)
}

pub fn theme(name: &str) -> Result<Theme, Failure> {
    match name {
        "light" => Ok(Theme::Light),
        "dark" => Ok(Theme::Dark),
        "auto" => Ok(Theme::Auto),
        other => Err(Failure::Arguments(format!(
            "“{}” is no value for --theme: it takes one of light, dark, auto.",
            crate::lab::schema::control::shorten(other)
        ))),
    }
}
