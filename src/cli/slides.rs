//! `tinkerable slides`: the steps of a topic's talk as slides. What they are, for page and terminal, says
//! `lab::share::slides`.

use super::arguments::{Arguments, site};
use super::command::{Command, Flag, OUT, URL};
use super::film::theme;
use super::png::Painter;
use super::{Answer, Failure};
use crate::article;
use crate::lab::figure::picture::described;
use crate::lab::schema::control::shorten;
use crate::lab::share::slides::{Deck, Slide};
use crate::lab::share::step::{Approach, Step};
use crate::topics::{self, Topic};

pub const COMMAND: Command = Command {
    name: "slides",
    words: "<slug>",
    options: &[Flag::with("theme", "light|dark"), URL, OUT],
    forms: &["pptx"],
    about: "\
Writes the steps of a topic's talk as slides for PowerPoint, Keynote, Impress or Google Slides: on each a
sentence and its figure at its moment (SVG, and PNG for programs that know none), with what the speaker says
in the notes. With --url each figure leads to where it is live.",
    also: None,
    run: command,
};

fn command(arguments: &Arguments) -> Result<Answer, Failure> {
    let (topic, title, steps) = asked(arguments)?;
    let dark = theme(arguments, "Slides follow")?;
    let site = site(arguments)?;
    if !arguments.has(OUT.name) {
        return Err(Failure::Arguments("Slides go into a file: name it, --out talk.pptx.".to_owned()));
    }
    let mut notes = Vec::new();
    if site.is_empty() {
        notes.push(
            "The figures on the slides lead nowhere: where they are live says --url https://example.org/tinkerable/."
                .to_owned(),
        );
    }
    let painter = Painter::new();
    let painted = |step: &Step| {
        let mut approach = Approach::to(step);
        while !approach.advance_within(|| false) {}
        let (slide, scale) = Slide::of(step, &approach, dark, &site);
        let png = painter.png(&slide.svg, scale as f32, dark)?;
        let png = described(&png, scale, &slide.source);
        Ok(slide.with(png))
    };
    let slides = steps.iter().map(painted).collect::<Result<_, String>>().map_err(Failure::Work)?;
    let (question, address) = (topic.question.to_owned(), format!("{site}{}", topic.path()));
    let deck = Deck { title, question, address, dark, slides };
    Ok(Answer::picture(deck.pack().map_err(Failure::Work)?, notes))
}

/// The topic whose talk is asked for, the title of that, and its steps.
///
/// # Errors
/// What is no topic with a talk, or more than one word.
pub fn asked(arguments: &Arguments) -> Result<(&'static Topic, String, Vec<Step>), Failure> {
    let named = arguments.words.first().map_or("", |word| word.as_str());
    if let Some(more) = arguments.words.get(1) {
        return Err(Failure::Arguments(format!(
            "“{}” is too much: a talk is that of a topic, whose name is all that it takes.",
            shorten(more)
        )));
    }
    let found = topics::topic(named).map(|topic| {
        let (title, steps) = article::talk(topic);
        (topic, title, steps)
    });
    found.filter(|(_, _, steps)| !steps.is_empty()).ok_or_else(|| {
        let with_talk = topics::ALL.iter().filter(|topic| !topic.simulations.is_empty());
        let slugs: Vec<&str> = with_talk.map(|topic| topic.slug).collect();
        Failure::Arguments(format!(
            "“{}” is no topic with a talk: it takes one of {}.",
            shorten(named),
            slugs.join(", ")
        ))
    })
}
