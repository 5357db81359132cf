//! `tinkerable film`: a run as an animated GIF, for slides that take no page in a frame.
//!
//! The run is drawn at chosen steps, as `figure` draws it. Each picture is painted and cut down to what
//! differs from the one before. All of them share one palette, so that no colour flickers, and the `gif`
//! package packs them.

use std::cmp::Reverse;
use std::collections::HashMap;

use gif::{Encoder, EncodingError, Extension, Frame, Repeat};

use super::arguments::{Arguments, Request, number, site};
use super::command::{Command, Flag, KEPT, OUT, URL, WIDTH_PX};
use super::figure::{self, NARROWEST};
use super::png::Painter;
use super::{Answer, Failure};
use crate::lab::address::{FURTHEST_STEP, Moment};
use crate::lab::figure::palette::{Theme, paper};
use crate::lab::figure::svg;
use crate::lab::schema::control::shorten;
use crate::lab::schema::unit::several;
use crate::lab::share::record::address;

/// What a file has around its drawing, left and right together.
const MARGIN: u64 = 2 * svg::MARGIN as u64;
const WIDEST: u64 = 1600;
const WIDTH: u64 = 800;

const SECONDS: u64 = 5;
const LONGEST: u64 = 20;
/// Pictures a second, at the most.
const RATE: u64 = 12;

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
        URL,
        OUT,
    ],
    forms: &["gif"],
    about: "\
Writes the run from step A to step B as an animated GIF for slides, 800 pixels wide and 5 seconds long if it
is not said: every N-th step, or of those as many, evenly chosen, as 12 pictures a second have room for. It
plays again and again, with a rest on the last step. Without --steps it goes from the start to where the
simulation shows what its article promises, or as far as the page gets in that time.",
    also: None,
    run: command,
};

fn command(arguments: &Arguments) -> Result<Answer, Failure> {
    let wrong = |sentence: String| Err(Failure::Arguments(sentence));
    let count = |name: &str, usual: u64, least: u64, most: u64| {
        arguments.option(name).map_or(Ok(usual), |text| number(name, text, least, most))
    };
    let request = Request::until(arguments, None)?;
    let pace = &request.spec.pace;
    if pace.is_still() {
        return wrong(format!(
            "{0} has no steps to film: its picture is there at once, and `tinkerable figure {0}` draws it.",
            request.address
        ));
    }
    let seconds = count("seconds", SECONDS, 1, LONGEST)?;
    let every = count("every", 1, 1, FURTHEST_STEP)?;
    let width = count("width", WIDTH, NARROWEST + MARGIN, WIDEST)?;
    let theme = figure::theme(arguments.option("theme").unwrap_or("light"))?;
    if theme == Theme::Auto {
        return wrong("A film follows no reader's theme: --theme takes light or dark here.".to_owned());
    }
    let steps = arguments.option("steps").map(stretch).transpose()?;
    if !arguments.has(OUT.name) {
        return wrong("A film goes into a file: name it, --out film.gif.".to_owned());
    }
    let site = site(arguments)?;

    let draw = |from: u64, to: u64| {
        let steps = chosen(from, to, every, RATE * moving(seconds) / 100 + 1);
        drawings(&request, &steps, (width - MARGIN) as f64, theme)
    };
    let played = (pace.steps_per_second * seconds as f64) as u64;
    let (from, mut to) = steps.unwrap_or((0, pace.promised.max(played).max(1)));
    let mut drawn = draw(from, to);
    if let (Err(end @ 1..), None) = (&drawn, steps) {
        to = *end;
        drawn = draw(from, to);
    }
    let drawn = drawn.map_err(|end| {
        Failure::Arguments(format!(
            "{} ends at step {end} with these values: --steps takes A..B up to there ({}).",
            request.address,
            several(pace.unit)
        ))
    })?;

    let dark = theme == Theme::Dark;
    let patches = patches(&drawn, dark).map_err(Failure::Work)?;
    let moment = Moment { kept: request.kept, ..Moment::of(request.values, Some(to)) };
    let source = address(request.spec, &moment, &request.address, &site);
    let film = packed(&patches, &delays(patches.len(), seconds), &format!("{source}\nTinkerable, CC BY 4.0"));
    let film = film.map_err(|error| Failure::Work(format!("The film could not be packed: {error}.")))?;
    Ok(Answer::picture(film, request.notes))
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

/// Every `every`-th step and the last, or `most` of them, evenly spread, the first and the last among them.
fn chosen(from: u64, to: u64, every: u64, most: u64) -> Vec<u64> {
    let all: Vec<u64> = (from..to).step_by(every as usize).chain([to]).collect();
    let (last, gaps) = (all.len() - 1, most as usize - 1);
    if last <= gaps { all } else { (0..=gaps).map(|i| all[(i * last + gaps / 2) / gaps]).collect() }
}

/// Hundredths of a second in which a film moves; in the rest it shows where the run has come to.
fn moving(seconds: u64) -> u64 {
    seconds * 80
}

/// How long each picture stands, in hundredths of a second: all the same but for rounding, the last at
/// least twice as long, and together just these seconds.
fn delays(pictures: usize, seconds: u64) -> Vec<u16> {
    let gaps = pictures as u64 - 1;
    let all = seconds * 100;
    let moving = moving(seconds).min(all * gaps / (gaps + 2));
    let ends = (0..=gaps).map(|i| i * moving / gaps.max(1)).chain([all]).collect::<Vec<u64>>();
    ends.windows(2).map(|pair| (pair[1] - pair[0]) as u16).collect()
}

/// The figure at each of these steps, as an SVG; where the run ends before, that step.
fn drawings(request: &Request, steps: &[u64], width: f64, theme: Theme) -> Result<Vec<String>, u64> {
    let (mut runner, mut rival) = (request.runner(), request.rival());
    let mut drawn = Vec::with_capacity(steps.len());
    for step in steps {
        runner.advance(step - runner.step());
        if runner.step() < *step {
            return Err(runner.step());
        }
        if let Some(rival) = &mut rival {
            rival.advance(step - rival.step());
        }
        drawn.push(svg::standalone(&figure::shown(&runner, rival.as_ref()), width, theme, ""));
    }
    Ok(drawn)
}

/// A colour, `0xrrggbb`; [`CLEAR`] where the picture before shows through.
type Colour = u32;
const CLEAR: Colour = Colour::MAX;

/// The rectangle of a picture outside which nothing has changed.
struct Patch {
    left: usize,
    top: usize,
    width: usize,
    height: usize,
    colours: Vec<Colour>,
}

/// Paints drawings: the first whole, of each later one what has changed.
fn patches(drawings: &[String], dark: bool) -> Result<Vec<Patch>, String> {
    let painter = Painter::new();
    let paper = colour(&paper(dark));
    let mut patches: Vec<Patch> = Vec::with_capacity(drawings.len());
    let (mut before, mut width) = (Vec::new(), 0);
    for drawing in drawings {
        let picture = painter.paint(drawing, 1.0, dark)?;
        width = picture.width() as usize;
        let mut now: Vec<Colour> = picture.data().chunks_exact(4).map(colour).collect();
        // All are as high as the highest: below the others is paper.
        let size = now.len().max(before.len());
        now.resize(size, paper);
        before.resize(size, if patches.is_empty() { CLEAR } else { paper });
        patches.push(changed(&before, &now, width));
        before = now;
    }
    if let Some(first) = patches.first_mut() {
        first.colours.resize(before.len(), paper);
        first.height = before.len() / width;
    }
    Ok(patches)
}

fn colour(bytes: &[u8]) -> Colour {
    Colour::from_be_bytes([0, bytes[0], bytes[1], bytes[2]])
}

fn changed(before: &[Colour], now: &[Colour], width: usize) -> Patch {
    let differs = |i: usize| before[i] != now[i];
    let [mut left, mut right, mut top, mut bottom] = [width, 0, now.len() / width, 0];
    for i in (0..now.len()).filter(|i| differs(*i)) {
        (left, right) = (left.min(i % width), right.max(i % width + 1));
        (top, bottom) = (top.min(i / width), bottom.max(i / width + 1));
    }
    if right == 0 {
        // A picture has a pixel at least: one of what was there.
        [left, right, top, bottom] = [0, 1, 0, 1];
    }
    let places = (top..bottom).flat_map(|y| (left..right).map(move |x| y * width + x));
    let colours = places.map(|i| if differs(i) { now[i] } else { CLEAR }).collect();
    Patch { left, top, width: right - left, height: bottom - top, colours }
}

/// Colours of a palette; one of the 256 is left for [`CLEAR`].
const COLOURS: usize = 255;
/// So many of the most frequent colours stay exactly as they are.
const EXACT: usize = 96;

/// The colours of all pictures, and which of them stands for which. The most frequent are kept. Of the
/// others, mostly shades where a line or a letter meets what is behind it, one stands for all within a
/// distance: the least with which the palette is large enough.
fn palette(patches: &[Patch]) -> (Vec<Colour>, HashMap<Colour, u8>) {
    let mut counts: HashMap<Colour, usize> = HashMap::new();
    for colour in patches.iter().flat_map(|patch| &patch.colours).filter(|colour| **colour != CLEAR) {
        *counts.entry(*colour).or_default() += 1;
    }
    let mut all: Vec<Colour> = counts.keys().copied().collect();
    all.sort_unstable_by_key(|colour| (Reverse(counts[colour]), *colour));
    let kept = (0..).find_map(|distance| covering(&all, distance * distance)).unwrap_or_default();
    let nearest = |colour: Colour| (0..kept.len()).min_by_key(|i| apart(kept[*i], colour)).unwrap_or(0) as u8;
    let index = all.iter().map(|colour| (*colour, nearest(*colour))).collect();
    (kept, index)
}

/// Colours that come as near as this to each of all; none if they are too many for a palette.
fn covering(all: &[Colour], square: u32) -> Option<Vec<Colour>> {
    let mut kept: Vec<Colour> = Vec::new();
    for colour in all {
        if kept.len() < EXACT || kept.iter().all(|other| apart(*other, *colour) > square) {
            if kept.len() == COLOURS {
                return None;
            }
            kept.push(*colour);
        }
    }
    Some(kept)
}

/// The square of the distance of two colours.
fn apart(a: Colour, b: Colour) -> u32 {
    a.to_be_bytes().iter().zip(b.to_be_bytes()).map(|(a, b)| u32::from(a.abs_diff(b)).pow(2)).sum()
}

/// The file: the pictures, how long each stands, and where it comes from.
fn packed(patches: &[Patch], delays: &[u16], comment: &str) -> Result<Vec<u8>, EncodingError> {
    let (colours, index) = palette(patches);
    let clear = colours.len() as u8;
    let bytes: Vec<u8> = colours.iter().flat_map(|colour| colour.to_be_bytes()[1..].to_vec()).collect();
    let [width, height] = patches.first().map_or([0, 0], |first| [first.width as u16, first.height as u16]);
    let mut file = Encoder::new(Vec::new(), width, height, &[&bytes[..], &[0; 3]].concat())?;
    file.set_repeat(Repeat::Infinite)?;
    file.write_raw_extension(Extension::Comment.into(), &[comment.as_bytes()])?;
    for (patch, delay) in patches.iter().zip(delays) {
        let pixels: Vec<u8> = patch.colours.iter().map(|c| index.get(c).copied().unwrap_or(clear)).collect();
        file.write_frame(&Frame {
            left: patch.left as u16,
            top: patch.top as u16,
            width: patch.width as u16,
            height: patch.height as u16,
            delay: *delay,
            transparent: Some(clear),
            buffer: pixels.into(),
            ..Frame::default()
        })?;
    }
    file.into_inner()
}
