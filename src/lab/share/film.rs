//! A run as an animated GIF, or as a [video], for slides that take no page in a frame.
//!
//! The run is drawn at chosen steps, as `figure` draws it. Each picture is cut down to what differs from
//! the one before. All of them share one palette, so that no colour flickers, and the `gif` package packs
//! them. Only who turns drawings into pixels differs between page and terminal.

pub mod talk;
pub mod video;

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::vec::IntoIter;

use gif::{Encoder, EncodingError, Extension, Frame, Repeat};

use super::record::address;
use crate::lab::address::{FURTHEST_STEP, Moment};
use crate::lab::figure::palette::{Theme, paper};
use crate::lab::figure::svg;
use crate::lab::run::pair::Pair;
use crate::lab::run::runner::Runner;
use crate::lab::schema::control::shorten;
use crate::lab::schema::values::Values;
use crate::lab::simulation::{Pace, Spec};

/// How long a film is if it is not said, seconds.
pub const SECONDS: u64 = 5;
/// The longest film, seconds.
pub const LONGEST: u64 = 20;
/// Pictures a second, at the most.
pub const RATE: u64 = 12;
/// Width of a film if it is not said, px.
pub const WIDTH: u64 = 800;
/// What a drawing has around it, left and right together, px.
pub const MARGIN: u64 = 2 * svg::MARGIN as u64;

/// What a film shows, of which run.
#[derive(Clone, Debug)]
pub struct Film {
    pub values: Values,
    /// The run that it is compared with, if there is one.
    pub kept: Option<Values>,
    /// The step of the first picture, and the later one of the last.
    pub from: u64,
    pub to: u64,
    /// Steps between two pictures, at least one; more where there is no room for all.
    pub every: u64,
    /// How long it is.
    pub seconds: u64,
    /// Width of the pictures, with what is around the drawing, px.
    pub width: u64,
    pub dark: bool,
}

impl Film {
    /// Every `every`-th step and the last, or of these as many as there is room for.
    #[must_use]
    pub fn steps(&self) -> Vec<u64> {
        chosen(self.from, self.to, self.every, RATE * moving(self.seconds) / 100 + 1)
    }

    /// What draws it.
    #[must_use]
    pub fn camera(&self, spec: &'static Spec) -> Camera {
        let mut pair = Pair::new(Runner::new(spec, self.values.clone()));
        pair.keep(self.kept.clone());
        let theme = if self.dark { Theme::Dark } else { Theme::Light };
        Camera { pair, steps: self.steps(), taken: 0, width: self.width.saturating_sub(MARGIN) as f64, theme }
    }

    /// The address of its last moment. `name` is `<slug>/<simulation>`, `site` what the address begins with.
    #[must_use]
    pub fn source(&self, spec: &'static Spec, name: &str, site: &str) -> String {
        let moment = Moment { kept: self.kept.clone(), ..Moment::of(self.values.clone(), Some(self.to)) };
        address(spec, &moment, name, site)
    }
}

/// As many steps as a page makes in [`SECONDS`].
#[must_use]
pub fn usual_steps(pace: &Pace) -> u64 {
    ((pace.steps_per_second * SECONDS as f64).round() as u64).clamp(1, FURTHEST_STEP)
}

/// How long a film of so many steps is that runs as fast as the page, as far as films go, seconds.
#[must_use]
pub fn lasting(pace: &Pace, steps: u64) -> u64 {
    ((steps as f64 / pace.steps_per_second).round() as u64).clamp(1, LONGEST)
}

/// Reads how many steps behind step `from` a film shall show.
///
/// # Errors
/// A sentence that says what would be right.
pub fn read_steps(text: &str, from: u64) -> Result<u64, String> {
    let most = FURTHEST_STEP.saturating_sub(from);
    if most == 0 {
        return Err(format!("A film goes to step {FURTHEST_STEP} at the most, and the run stands there."));
    }
    text.trim().parse().ok().filter(|steps| (1..=most).contains(steps)).ok_or_else(|| {
        let text = shorten(text.trim());
        format!("“{text}” is no number of steps to film: it takes a whole number from 1 to {most}.")
    })
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
#[must_use]
pub fn delays(pictures: usize, seconds: u64) -> Vec<u16> {
    let gaps = pictures.saturating_sub(1) as u64;
    let all = seconds * 100;
    let moving = moving(seconds).min(all * gaps / (gaps + 2));
    spread(gaps, moving, all)
}

/// How long each picture stands that together stand for `all` hundredths of a second: all but the last share
/// the time in which it moves.
fn spread(gaps: u64, moving: u64, all: u64) -> Vec<u16> {
    let ends = (0..=gaps).map(|i| i * moving / gaps.max(1)).chain([all]).collect::<Vec<u64>>();
    ends.windows(2).map(|pair| (pair[1] - pair[0]) as u16).collect()
}

/// Draws the pictures of a film, with runs of its own.
pub struct Camera {
    pair: Pair,
    steps: Vec<u64>,
    taken: usize,
    width: f64,
    theme: Theme,
}

/// What a camera has.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Shot {
    /// Nothing yet: the run is on its way.
    Waiting,
    /// The next picture, as an SVG.
    Taken(String),
    /// All pictures.
    Over,
    /// Nothing more: the run has ended at this step, before the next picture.
    Ended(u64),
}

impl Camera {
    /// The run as it stands.
    #[must_use]
    pub fn run(&self) -> &Runner {
        self.pair.run()
    }

    /// How many pictures it has taken, and how many the film has.
    #[must_use]
    pub fn progress(&self) -> [usize; 2] {
        [self.taken, self.steps.len()]
    }

    /// Goes on until `spent()` or to the next picture; at least one step, if one is missing.
    pub fn shoot_within(&mut self, spent: impl FnMut() -> bool) -> Shot {
        let Some(step) = self.steps.get(self.taken).copied() else { return Shot::Over };
        if self.pair.run().step() < step && !self.pair.seeking() {
            self.pair.seek(step);
        }
        if self.pair.seeking() || self.pair.is_apart() {
            self.pair.advance(0.0, false, spent);
            let run = self.pair.run();
            if run.step() < step && run.finished() {
                return Shot::Ended(run.step());
            }
            if self.pair.seeking() || self.pair.is_apart() {
                return Shot::Waiting;
            }
        }
        self.taken += 1;
        Shot::Taken(self.drawing())
    }

    /// The figure as it stands.
    fn drawing(&self) -> String {
        svg::standalone(&self.pair.figure(), self.width, self.theme, "")
    }
}

/// A colour, `0xrrggbb`; [`CLEAR`] where the picture before shows through.
type Colour = u32;
const CLEAR: Colour = Colour::MAX;

/// The rectangle of a picture outside which nothing has changed: row by row, how often a colour follows
/// itself. Drawings are flat, and a page has all pictures of a film in its memory.
struct Patch {
    left: usize,
    top: usize,
    width: usize,
    height: usize,
    runs: Vec<(Colour, usize)>,
}

/// The pictures of a film: the first whole, of each later one what has changed.
pub struct Pictures {
    paper: Colour,
    width: usize,
    before: Vec<Colour>,
    patches: Vec<Patch>,
}

impl Pictures {
    /// None yet, on the paper of a theme.
    #[must_use]
    pub fn new(dark: bool) -> Self {
        Self { paper: colour(&paper(dark)), width: 1, before: Vec::new(), patches: Vec::new() }
    }

    /// Adds a picture: opaque pixels of four bytes, red, green, blue and one more, in rows of `width`.
    /// All pictures are as wide as the first.
    pub fn add(&mut self, pixels: &[u8], width: usize) {
        let mut now: Vec<Colour> = pixels.chunks_exact(4).map(colour).collect();
        if self.patches.is_empty() {
            self.width = width.max(1);
        }
        // All are as high as the highest: below the others is paper.
        let size = now.len().max(self.before.len());
        now.resize(size, self.paper);
        self.before.resize(size, if self.patches.is_empty() { CLEAR } else { self.paper });
        self.patches.push(changed(&self.before, &now, self.width));
        self.before = now;
    }

    /// The file in the making: the pictures, which together stand for these seconds, and where they come
    /// from, [`Film::source`].
    ///
    /// # Errors
    /// A sentence, if there is no picture or it is larger than one of a GIF can be.
    pub fn pack(self, seconds: u64, source: &str) -> Result<Packing, String> {
        let delays = delays(self.patches.len(), seconds);
        self.pack_at(delays, source)
    }

    /// The same where each picture stands for a time of its own, in hundredths of a second.
    ///
    /// # Errors
    /// A sentence, if there is no picture or it is larger than one of a GIF can be.
    pub fn pack_at(mut self, delays: Vec<u16>, source: &str) -> Result<Packing, String> {
        let Some(first) = self.patches.first_mut() else { return Err(fail(&"it has no picture")) };
        let missing = self.before.len().saturating_sub(first.width * first.height);
        first.runs.push((self.paper, missing));
        first.height = self.before.len() / self.width;
        let Ok([width, height]) = size(first) else { return Err(fail(&"its pictures are too large")) };
        let comment = format!("{source}\n{CREDIT}");
        let (colours, index) = palette(&self.patches);
        let bytes: Vec<u8> = colours.iter().flat_map(|colour| colour.to_be_bytes()[1..].to_vec()).collect();
        let table = [&bytes[..], &[0; 3]].concat();
        let begun = || -> Result<Encoder<Vec<u8>>, EncodingError> {
            let mut file = Encoder::new(Vec::new(), width, height, &table)?;
            file.set_repeat(Repeat::Infinite)?;
            file.write_raw_extension(Extension::Comment.into(), &[comment.as_bytes()])?;
            Ok(file)
        };
        Ok(Packing {
            file: begun().map_err(|error| fail(&error))?,
            delays,
            patches: self.patches.into_iter(),
            index,
            clear: colours.len() as u8,
        })
    }
}

/// A film whose pictures are being packed.
pub struct Packing {
    file: Encoder<Vec<u8>>,
    patches: IntoIter<Patch>,
    delays: Vec<u16>,
    index: BTreeMap<Colour, u8>,
    clear: u8,
}

impl Packing {
    /// Packs one picture; whether there was one.
    ///
    /// # Errors
    /// A sentence, if the memory is not enough.
    pub fn advance(&mut self) -> Result<bool, String> {
        let Some(patch) = self.patches.next() else { return Ok(false) };
        let behind = self.patches.len() + 1;
        let delay = self.delays.len().checked_sub(behind).map_or(LEAST, |i| self.delays[i]);
        let mut pixels: Vec<u8> = Vec::with_capacity(patch.width * patch.height);
        for (colour, length) in &patch.runs {
            let index = self.index.get(colour).copied().unwrap_or(self.clear);
            pixels.resize(pixels.len() + length, index);
        }
        // A patch is a part of the first, which fits.
        let [width, height] = size(&patch).unwrap_or_default();
        let frame = Frame {
            left: patch.left as u16,
            top: patch.top as u16,
            width,
            height,
            delay,
            transparent: Some(self.clear),
            buffer: pixels.into(),
            ..Frame::default()
        };
        self.file.write_frame(&frame).map_err(|error| fail(&error))?;
        Ok(true)
    }

    /// The file, with what is left to pack.
    ///
    /// # Errors
    /// A sentence, if the memory is not enough.
    pub fn finish(mut self) -> Result<Vec<u8>, String> {
        while self.advance()? {}
        self.file.into_inner().map_err(|error| fail(&error))
    }
}

/// Whose a film is, and what may be done with it.
const CREDIT: &str = "Tinkerable, CC BY 4.0";

/// Hundredths of a second that a picture stands of which nobody says more.
const LEAST: u16 = 10;

fn fail(why: &dyn std::fmt::Display) -> String {
    format!("The film could not be packed: {why}.")
}

fn size(patch: &Patch) -> Result<[u16; 2], std::num::TryFromIntError> {
    Ok([patch.width.try_into()?, patch.height.try_into()?])
}

fn colour(bytes: &[u8]) -> Colour {
    Colour::from_be_bytes([0, bytes[0], bytes[1], bytes[2]])
}

fn changed(before: &[Colour], now: &[Colour], width: usize) -> Patch {
    let [mut left, mut right, mut top, mut bottom] = [width, 0, now.len() / width, 0];
    for (y, (before, now)) in before.chunks_exact(width).zip(now.chunks_exact(width)).enumerate() {
        let differs = |(a, b): (&Colour, &Colour)| a != b;
        let Some(first) = before.iter().zip(now).position(differs) else { continue };
        let last = before.iter().zip(now).rposition(differs).unwrap_or(first);
        (left, right) = (left.min(first), right.max(last + 1));
        (top, bottom) = (top.min(y), y + 1);
    }
    if right == 0 {
        // A picture has a pixel at least: one of what was there.
        [left, right, top, bottom] = [0, 1, 0, 1];
    }
    let mut runs: Vec<(Colour, usize)> = Vec::new();
    for i in (top..bottom).flat_map(|y| y * width + left..y * width + right) {
        let colour = if before[i] == now[i] { CLEAR } else { now[i] };
        match runs.last_mut() {
            Some((last, length)) if *last == colour => *length += 1,
            _ => runs.push((colour, 1)),
        }
    }
    Patch { left, top, width: right - left, height: bottom - top, runs }
}

/// Colours of a palette; one of the 256 is left for [`CLEAR`].
const COLOURS: usize = 255;
/// So many of the most frequent colours stay exactly as they are.
const EXACT: usize = 96;

/// The colours of all pictures, and which of them stands for which. The most frequent are kept. Of the
/// others, mostly shades where a line or a letter meets what is behind it, one stands for all within a
/// distance: the least with which the palette is large enough.
fn palette(patches: &[Patch]) -> (Vec<Colour>, BTreeMap<Colour, u8>) {
    let mut counts: BTreeMap<Colour, usize> = BTreeMap::new();
    for (colour, length) in patches.iter().flat_map(|patch| &patch.runs).filter(|run| run.0 != CLEAR) {
        *counts.entry(*colour).or_default() += length;
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::SPEC;

    /// A film of the counting sample, step by step.
    fn film(from: u64, to: u64) -> Film {
        let (values, every, seconds, width) = (SPEC.defaults(), 1, 5, 400);
        Film { values, kept: None, from, to, every, seconds, width, dark: false }
    }

    /// All shots of a camera that is interrupted after each step, but for those that wait.
    fn shots(camera: &mut Camera) -> Vec<Shot> {
        let mut shots = Vec::new();
        loop {
            match camera.shoot_within(|| true) {
                Shot::Waiting => {}
                shot @ Shot::Taken(_) => shots.push(shot),
                last => {
                    shots.push(last);
                    return shots;
                }
            }
        }
    }

    /// What a player shows of a file: its size and each picture, with how long that stands.
    fn played(file: &[u8]) -> ([usize; 2], Vec<(Vec<Colour>, u16)>) {
        let mut film = gif::Decoder::new(file).unwrap();
        let palette: Vec<Colour> = film
            .global_palette()
            .unwrap()
            .chunks_exact(3)
            .map(|c| Colour::from_be_bytes([0, c[0], c[1], c[2]]))
            .collect();
        let size = [film.width(), film.height()].map(usize::from);
        let (mut screen, mut pictures) = (vec![CLEAR; size[0] * size[1]], Vec::new());
        while let Some(frame) = film.read_next_frame().unwrap() {
            let [left, top, width] = [frame.left, frame.top, frame.width].map(usize::from);
            for (i, index) in frame.buffer.iter().enumerate().filter(|(_, i)| Some(**i) != frame.transparent)
            {
                screen[(top + i / width) * size[0] + left + i % width] = palette[usize::from(*index)];
            }
            pictures.push((screen.clone(), frame.delay));
        }
        (size, pictures)
    }

    /// Pixels of these colours, as a painter gives them.
    fn pixels(colours: &[Colour]) -> Vec<u8> {
        colours.iter().flat_map(|c| [(c >> 16) as u8, (c >> 8) as u8, *c as u8, u8::MAX]).collect()
    }

    #[test]
    fn a_film_plays_just_the_pictures_that_it_was_given() {
        let [a, b, c]: [Colour; 3] = [0x0010_2030, 0x00ff_0000, 0x0000_00fe];
        let shown = [
            vec![a; 12],
            // One corner, then nothing, then two corners that have all between them in their rectangle.
            vec![a, a, a, a, a, a, a, a, a, a, a, b],
            vec![a, a, a, a, a, a, a, a, a, a, a, b],
            vec![c, a, a, a, a, a, a, a, a, a, a, c],
        ];
        let mut pictures = Pictures::new(true);
        for picture in &shown {
            pictures.add(&pixels(picture), 4);
        }
        assert_eq!(pictures.patches.iter().map(|p| p.width * p.height).collect::<Vec<_>>(), [12, 1, 1, 12]);
        let (size, played) = played(&pictures.pack(2, "").and_then(Packing::finish).unwrap());
        assert_eq!(size, [4, 3]);
        assert_eq!(played.iter().map(|(picture, _)| picture.clone()).collect::<Vec<_>>(), shown);
        assert_eq!(played.iter().map(|(_, delay)| delay).sum::<u16>(), 200);
    }

    #[test]
    fn a_lower_picture_has_paper_below_it() {
        const INK: Colour = 0x0012_3456;
        let paper = colour(&paper(false));
        let mut pictures = Pictures::new(false);
        for rows in [1, 2, 1] {
            pictures.add(&pixels(&vec![INK; 3 * rows]), 3);
        }
        let (size, played) = played(&pictures.pack(1, "").and_then(Packing::finish).unwrap());
        assert_eq!(size, [3, 2]);
        let low = [INK, INK, INK, paper, paper, paper];
        let played: Vec<Vec<Colour>> = played.into_iter().map(|(picture, _)| picture).collect();
        assert_eq!(played, [low.to_vec(), vec![INK; 6], low.to_vec()]);
    }

    #[test]
    fn more_colours_than_a_palette_has_become_near_ones() {
        let all: Vec<Colour> = (0..1024).map(|i| ((i % 32 * 8) << 16) | ((i / 32 * 8) << 8)).collect();
        let mut pictures = Pictures::new(false);
        pictures.add(&pixels(&all), 32);
        let (_, played) = played(&pictures.pack(1, "").and_then(Packing::finish).unwrap());
        let furthest = played[0].0.iter().zip(&all).map(|(a, b)| apart(*a, *b)).max().unwrap();
        assert!(furthest <= 32 * 32, "{furthest}");
    }

    #[test]
    fn a_long_address_stands_whole_in_the_comment() {
        let mut pictures = Pictures::new(false);
        pictures.add(&pixels(&[1]), 1);
        let source = "https://example.org/?".to_owned() + &"x".repeat(600);
        let file = pictures.pack(1, &source).and_then(Packing::finish).unwrap();
        let at = file.windows(2).position(|pair| pair == [0x21, 0xfe]).unwrap() + 2;
        let (mut rest, mut comment) = (&file[at..], Vec::new());
        while let Some((length, block)) = rest.split_first().filter(|(length, _)| **length > 0) {
            let (part, behind) = block.split_at(usize::from(*length));
            comment.extend(part);
            rest = behind;
        }
        assert_eq!(String::from_utf8(comment).unwrap(), format!("{source}\nTinkerable, CC BY 4.0"));
    }

    #[test]
    fn what_cannot_be_packed_is_said() {
        let refusal = |pictures: Pictures| pictures.pack(1, "").err().unwrap();
        assert!(refusal(Pictures::new(false)).contains("no picture"));
        let mut pictures = Pictures::new(false);
        pictures.add(&pixels(&vec![1; 70_000]), 70_000);
        assert!(refusal(pictures).contains("too large"));
    }

    #[test]
    fn a_camera_takes_the_figure_at_each_step_however_often_it_is_interrupted() {
        let film = film(20, 24);
        let taken: Vec<Shot> = (20..=24)
            .map(|step| {
                let mut runner = Runner::new(&SPEC, film.values.clone());
                runner.advance(step);
                let figure = runner.simulation().figure();
                Shot::Taken(svg::standalone(&figure, 376.0, Theme::Light, ""))
            })
            .chain([Shot::Over])
            .collect();
        let mut camera = film.camera(&SPEC);
        assert_eq!(shots(&mut camera), taken);
        assert_eq!(camera.progress(), [5, 5]);
    }

    #[test]
    fn a_kept_run_is_on_each_picture_at_the_same_step() {
        let kept = Some(Values::with(SPEC.controls, &[("stride", "5")]));
        let shot = shots(&mut Film { kept, ..film(10, 11) }.camera(&SPEC)).swap_remove(1);
        let Shot::Taken(drawing) = shot else { panic!("{shot:?}") };
        for said in ["Kept: Counted", "Now: Counted", "The count has reached 55", "The count has reached 33"]
        {
            assert!(drawing.contains(said), "{said}: {drawing}");
        }
    }

    #[test]
    fn a_run_that_ends_before_the_film_says_where() {
        // The sample counts to 50.
        let shots = shots(&mut film(48, 60).camera(&SPEC));
        assert_eq!(shots.len(), 4);
        assert_eq!(shots[3], Shot::Ended(50));
    }

    #[test]
    fn a_film_runs_at_the_pace_of_the_page_as_far_as_films_go() {
        let pace = |rate| Pace::new(rate, 0, "step");
        assert_eq!((usual_steps(&pace(60.0)), lasting(&pace(60.0), 300)), (300, 5));
        assert_eq!((usual_steps(&pace(0.1)), lasting(&pace(0.1), 1)), (1, 10));
        assert_eq!([1, 6000].map(|steps| lasting(&pace(60.0), steps)), [1, LONGEST]);
    }

    #[test]
    fn a_number_of_steps_that_is_none_is_said() {
        assert_eq!(read_steps(" 240 ", 12), Ok(240));
        assert_eq!(read_steps("999988", 12), Ok(999_988));
        for wrong in ["", "0", "-3", "2.5", "many", "999989"] {
            let said = read_steps(wrong, 12).unwrap_err();
            assert!(said.contains(&format!("“{wrong}”")) && said.contains("from 1 to 999988"), "{said}");
        }
        assert!(read_steps("1", FURTHEST_STEP).unwrap_err().contains("1000000"));
    }
}
