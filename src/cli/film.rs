//! `tinkerable film`: a run as an animated GIF, for slides that take no page in a frame. What a film is, for
//! page and terminal, says `lab::share::film`.

use super::arguments::{Arguments, Request, number, site};
use super::command::{Command, Flag, KEPT, OUT, URL, WIDTH_PX};
use super::figure::{self, NARROWEST};
use super::png::Painter;
use super::{Answer, Failure, slides};
use crate::lab::address::FURTHEST_STEP;
use crate::lab::figure::palette::Theme;
use crate::lab::schema::control::shorten;
use crate::lab::schema::unit::several;
use crate::lab::share::film::talk::Reel;
use crate::lab::share::film::{Film, LONGEST, MARGIN, Packing, Pictures, SECONDS, Shot, WIDTH};

const WIDEST: u64 = 1600;

pub const COMMAND: Command = Command {
    name: "film",
    words: "<slug>/<simulation> [control=value ...]",
    options: &[
        Flag::with("seed", "S"),
        Flag::with("steps", "A..B"),
        Flag::with("every", "N"),
        KEPT,
        WIDTH_PX,
        Flag::with("theme", "light|dark"),
        Flag::with("seconds", "N"),
        TALK,
        URL,
        OUT,
    ],
    forms: &["gif"],
    about: "\
Writes the run from step A to step B as an animated GIF for slides, 800 pixels wide and 5 seconds long if it
is not said: every N-th step, or of those as many, evenly chosen, as 12 pictures a second have room for. It
plays again and again, with a rest on the last step. Without --steps it goes from the start to where the
simulation shows what its article promises, or as far as the page gets in that time.",
    also: Some([
        "<slug> --talk [--width PX] [--theme light|dark] [--url SITE] [--out FILE]",
        "\
Writes the steps of a topic's talk, one after another: each run comes to its moment in two seconds, and
stands there as long as it takes to read its sentence, which is below it.",
    ]),
    run: command,
};

/// Asks for the steps of a talk.
const TALK: Flag = Flag::alone("talk");

/// An option that counts something, or what it is without.
fn count(arguments: &Arguments, name: &str, usual: u64, [least, most]: [u64; 2]) -> Result<u64, Failure> {
    arguments.option(name).map_or(Ok(usual), |text| number(name, text, least, most))
}

/// The theme that is asked for, of a file that follows no reader's.
///
/// # Errors
/// A theme that is none, or follows readers.
pub fn theme(arguments: &Arguments, what: &str) -> Result<bool, Failure> {
    match figure::theme(arguments.option("theme").unwrap_or("light"))? {
        Theme::Auto => {
            Err(Failure::Arguments(format!("{what} no reader's theme: --theme takes light or dark here.")))
        }
        theme => Ok(theme == Theme::Dark),
    }
}

fn width(arguments: &Arguments) -> Result<u64, Failure> {
    count(arguments, "width", WIDTH, [NARROWEST + MARGIN, WIDEST])
}

/// The steps of a topic's talk.
fn talk(arguments: &Arguments) -> Result<Answer, Failure> {
    let own = [TALK, WIDTH_PX, Flag::with("theme", "light|dark"), URL, OUT];
    let other = COMMAND
        .options
        .iter()
        .find(|flag| arguments.has(flag.name) && !own.iter().any(|own| own.name == flag.name));
    if let Some(other) = other {
        return Err(Failure::Arguments(format!(
            "--{} is for the film of one run: that of a talk takes --width, --theme, --url and --out.",
            other.name
        )));
    }
    let (topic, _, steps) = slides::asked(arguments)?;
    let dark = theme(arguments, "A film follows")?;
    let width = width(arguments)?;
    let site = site(arguments)?;
    if !arguments.has(OUT.name) {
        return Err(Failure::Arguments("A film goes into a file: name it, --out film.gif.".to_owned()));
    }
    let painter = Painter::new();
    let mut pictures = Pictures::new(dark);
    let mut reel = Reel::new(steps, width, dark);
    loop {
        match reel.shoot_within(|| false) {
            Shot::Taken(drawing) => {
                let picture = painter.paint(&drawing, 1.0, dark).map_err(Failure::Work)?;
                pictures.add(picture.data(), picture.width() as usize);
            }
            Shot::Over => break,
            Shot::Waiting | Shot::Ended(_) => {}
        }
    }
    let source = format!("{site}{}", topic.path());
    let file = pictures.pack_at(reel.delays(), &source).and_then(Packing::finish).map_err(Failure::Work)?;
    Ok(Answer::picture(file, Vec::new()))
}

fn command(arguments: &Arguments) -> Result<Answer, Failure> {
    if arguments.has(TALK.name) {
        return talk(arguments);
    }
    let wrong = |sentence: String| Err(Failure::Arguments(sentence));
    let request = Request::until(arguments, None)?;
    let pace = &request.spec.pace;
    if pace.is_still() {
        return wrong(format!(
            "{0} has no steps to film: its picture is there at once, and `tinkerable figure {0}` draws it.",
            request.address
        ));
    }
    let seconds = count(arguments, "seconds", SECONDS, [1, LONGEST])?;
    let every = count(arguments, "every", 1, [1, FURTHEST_STEP])?;
    let width = width(arguments)?;
    let dark = theme(arguments, "A film follows")?;
    let steps = arguments.option("steps").map(stretch).transpose()?;
    if !arguments.has(OUT.name) {
        return wrong("A film goes into a file: name it, --out film.gif.".to_owned());
    }
    let site = site(arguments)?;

    let played = (pace.steps_per_second * seconds as f64) as u64;
    let (from, to) = steps.unwrap_or((0, pace.promised.max(played).max(1)));
    let (values, kept) = (request.values.clone(), request.kept.clone());
    let mut film = Film { values, kept, from, to, every, seconds, width, dark };
    let mut shot = drawings(&request, &film);
    if let (Err(end @ 1..), None) = (&shot, steps) {
        film.to = *end;
        shot = drawings(&request, &film);
    }
    let drawings = shot.map_err(|end| {
        Failure::Arguments(format!(
            "{} ends at step {end} with these values: --steps takes A..B up to there ({}).",
            request.address,
            several(pace.unit)
        ))
    })?;

    let painter = Painter::new();
    let mut pictures = Pictures::new(dark);
    for drawing in drawings {
        let picture = painter.paint(&drawing, 1.0, dark).map_err(Failure::Work)?;
        pictures.add(picture.data(), picture.width() as usize);
    }
    let source = film.source(request.spec, &request.address, &site);
    let file = pictures.pack(seconds, &source).and_then(Packing::finish).map_err(Failure::Work)?;
    Ok(Answer::picture(file, request.notes))
}

/// The figure at each step of a film, as an SVG; where the run ends before, that step.
fn drawings(request: &Request, film: &Film) -> Result<Vec<String>, u64> {
    let mut camera = film.camera(request.spec);
    let mut drawings = Vec::new();
    loop {
        match camera.shoot_within(|| false) {
            Shot::Waiting => {}
            Shot::Taken(drawing) => drawings.push(drawing),
            Shot::Over => return Ok(drawings),
            Shot::Ended(end) => return Err(end),
        }
    }
}

/// `A..B`, two steps of which the first comes first.
fn stretch(text: &str) -> Result<(u64, u64), Failure> {
    let ends =
        text.split_once("..").and_then(|(a, b)| Some((a.parse::<u64>().ok()?, b.parse::<u64>().ok()?)));
    let why = match ends {
        Some((from, to)) if from < to && to <= FURTHEST_STEP => return Ok((from, to)),
        Some((from, to)) if to < from => format!("runs backwards, {to}..{from} runs forwards"),
        Some((from, to)) if from == to => {
            "is one step, of which `tinkerable figure` draws the picture".to_owned()
        }
        _ => "is no stretch of a run".to_owned(),
    };
    Err(Failure::Arguments(format!(
        "“{}” {why}: --steps takes A..B, two whole numbers from 0 to {FURTHEST_STEP}, the smaller one first.",
        shorten(text)
    )))
}
