//! The steps of a talk as one film: each run comes to its moment and stands there, above its sentence.

use super::super::step::{Approach, Step};
use super::{Camera, MARGIN, RATE, Shot, chosen, spread};
use crate::lab::figure::palette::{self, Theme};
use crate::lab::figure::scene::compose;
use crate::lab::figure::svg::{self, escape};
use crate::lab::schema::entry;

/// How long a run is shown on its way to its moment, hundredths of a second.
const MOVING: u64 = 200;
/// How long it stands there, and how much longer for each letter of its sentence.
const STANDING: u64 = 250;
const LETTER: u64 = 2;

/// Draws the pictures of a talk's steps, one step after another.
pub struct Reel {
    clips: Vec<Clip>,
    /// The step that is being filmed, with its pictures so far.
    at: usize,
    camera: Option<Camera>,
    made: u64,
    taken: usize,
    delays: Vec<u16>,
    page: Sheet,
}

/// A step of the talk with the steps of its run that are shown.
struct Clip {
    step: Step,
    steps: Vec<u64>,
}

/// What all pictures have in common, px: the figure's room, and the sentence below it.
struct Sheet {
    width: f64,
    room: f64,
    lines: usize,
    letters: f64,
    dark: bool,
}

impl Reel {
    /// A film so many px wide.
    #[must_use]
    pub fn new(steps: Vec<Step>, width: u64, dark: bool) -> Self {
        let width = width as f64;
        let letters = (width / 40.0).clamp(14.0, 26.0);
        let mut page = Sheet { width, room: 0.0, lines: 1, letters, dark };
        let mut clips: Vec<Clip> = Vec::with_capacity(steps.len());
        for step in steps {
            // Figures do not grow while they run: the fresh one is as high as the one that will be shown.
            let fresh = Approach::to(&step).figure();
            page.room = page.room.max(compose(&fresh, page.inner()).height + 2.0 * svg::MARGIN);
            page.lines = page.lines.max(page.wrapped(&step.sentence).len());
            // What goes on where the step before stood is not shown from the start again.
            let before = clips.last().map(|clip| &clip.step).filter(|before| {
                let [a, b] =
                    [before, &&step].map(|step| (&step.name, &step.moment.values, &step.moment.kept));
                a == b && before.at() <= step.at()
            });
            let steps = chosen(before.map_or(0, Step::at), step.at(), 1, RATE * MOVING / 100 + 1);
            clips.push(Clip { step, steps });
        }
        Self { clips, at: 0, camera: None, made: 0, taken: 0, delays: Vec::new(), page }
    }

    /// How many pictures it has taken, and how many the film has at the most.
    #[must_use]
    pub fn progress(&self) -> [usize; 2] {
        [self.taken, self.clips.iter().map(|clip| clip.steps.len()).sum()]
    }

    /// How long each picture stands that was taken, in hundredths of a second.
    #[must_use]
    pub fn delays(self) -> Vec<u16> {
        self.delays
    }

    /// Goes on until `spent()` or to the next picture. A run that ends before its moment stands at its end.
    pub fn shoot_within(&mut self, spent: impl FnMut() -> bool) -> Shot {
        let Some(Clip { step, steps }) = self.clips.get(self.at) else { return Shot::Over };
        let camera = self.camera.get_or_insert_with(|| {
            let theme = if self.page.dark { Theme::Dark } else { Theme::Light };
            Camera { pair: step.pair(), steps: steps.clone(), taken: 0, width: self.page.inner(), theme }
        });
        let (drawing, ended) = match camera.shoot_within(spent) {
            Shot::Waiting => return Shot::Waiting,
            Shot::Taken(drawing) => (drawing, camera.taken == steps.len()),
            Shot::Ended(_) | Shot::Over => (camera.drawing(), true),
        };
        let place = format!("{} of {}", self.at + 1, self.clips.len());
        let picture = self.page.captioned(&drawing, &step.sentence, &place);
        self.taken += 1;
        self.made += 1;
        if ended {
            let standing = STANDING + LETTER * step.sentence.chars().count() as u64;
            let moving = if self.made > 1 { MOVING } else { 0 };
            self.delays.extend(spread(self.made - 1, moving, moving + standing));
            (self.at, self.camera, self.made) = (self.at + 1, None, 0);
        }
        Shot::Taken(picture)
    }
}

impl Sheet {
    /// What figures are laid out for.
    fn inner(&self) -> f64 {
        self.width - MARGIN as f64
    }

    /// A sentence in lines. No font is measured here: letters are taken as wide as they are on average, and a
    /// line has room for some more.
    fn wrapped(&self, sentence: &str) -> Vec<String> {
        const AVERAGE: f64 = 0.56;
        let most = (self.inner() / (AVERAGE * self.letters)) as usize;
        let mut lines: Vec<String> = Vec::new();
        for word in sentence.split_whitespace() {
            match lines.last_mut() {
                Some(line) if line.chars().count() + 1 + word.chars().count() <= most => {
                    line.push(' ');
                    line.push_str(word);
                }
                _ => lines.push(word.to_owned()),
            }
        }
        lines
    }

    /// A drawing in the middle of its room, with its sentence below.
    fn captioned(&self, drawing: &str, sentence: &str, place: &str) -> String {
        const SMALL: f64 = 13.0;
        let Self { width, room, letters, .. } = self;
        let table = palette::table(self.dark);
        let colour = |name: &str| table.iter().find(|(own, _)| own == name).map_or("none", |(_, hex)| hex);
        let own = attribute(drawing, "height").unwrap_or(*room);
        let drawing = drawing.replacen("<svg ", &format!("<svg y=\"{}\" ", ((room - own) / 2.0).round()), 1);
        let line = letters * 1.35;
        let mut text = String::new();
        for (i, words) in self.wrapped(sentence).iter().enumerate() {
            let y = room + letters + i as f64 * line;
            text += &format!(
                "<text x=\"{}\" y=\"{y:.1}\" font-size=\"{letters}\" fill=\"{}\">{}</text>",
                svg::MARGIN,
                colour("ink"),
                escape(words)
            );
        }
        let foot = room + letters + self.lines as f64 * line;
        let height = (foot + svg::MARGIN).round();
        text += &format!(
            "<text x=\"{}\" y=\"{foot:.1}\" font-size=\"{SMALL}\" fill=\"{}\">{}</text>",
            svg::MARGIN,
            colour("muted"),
            escape(place)
        );
        format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" \
             viewBox=\"0 0 {width} {height}\" {} role=\"img\"><title>{}</title>\
             <rect width=\"{width}\" height=\"{height}\" fill=\"{}\"/>{drawing}{text}</svg>",
            svg::PLAIN,
            escape(sentence),
            colour("paper"),
        )
    }
}

/// A number that the first element of a drawing has.
fn attribute(drawing: &str, name: &str) -> Option<f64> {
    let (_, rest) = drawing.split_once(&format!(" {name}=\""))?;
    entry::number(rest.split_once('"')?.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::share::step::tests::step;

    /// All pictures of a reel that is interrupted after each step, and how long they stand.
    fn taken(mut reel: Reel) -> (Vec<String>, Vec<u16>) {
        let mut pictures = Vec::new();
        loop {
            match reel.shoot_within(|| true) {
                Shot::Waiting => {}
                Shot::Taken(picture) => pictures.push(picture),
                _ => return (pictures, reel.delays()),
            }
        }
    }

    #[test]
    fn each_step_runs_to_its_moment_and_stands_there() {
        let said = step("").sentence.chars().count() as u16;
        let standing = STANDING as u16 + LETTER as u16 * said;
        let reel = Reel::new(["at=0", "at=10", "at=12", "stride=5&at=2"].map(step).into(), 600, false);
        assert_eq!(reel.progress(), [0, 1 + 11 + 3 + 3]);
        let (pictures, delays) = taken(reel);
        assert_eq!(pictures.len(), 18);
        assert_eq!(delays.len(), pictures.len());
        assert_eq!(delays[0], standing);
        assert_eq!((delays[1..12].iter().sum::<u16>(), delays[11]), (MOVING as u16 + standing, standing));
        for (picture, place) in
            [(&pictures[0], "1 of 4"), (&pictures[11], "2 of 4"), (&pictures[17], "4 of 4")]
        {
            assert!(picture.contains(&format!(">{place}</text>")), "{picture}");
            assert!(picture.contains(">By threes &amp; more.</text>"), "{picture}");
        }
        assert!(pictures[11].contains("reached 30") && pictures[12].contains("reached 30"), "it goes on");
        assert!(pictures[17].contains("reached 10"));
    }

    #[test]
    fn all_pictures_are_as_large_and_a_run_that_ends_stands_at_its_end() {
        let long = Step { sentence: "word ".repeat(30), ..step("kept=stride:2&at=3") };
        let (pictures, delays) = taken(Reel::new(vec![step("at=900"), long], 480, true));
        let sizes: Vec<_> =
            pictures.iter().map(|p| [attribute(p, "width"), attribute(p, "height")]).collect();
        assert!(sizes.iter().all(|size| *size == sizes[0]) && sizes[0][0] == Some(480.0), "{sizes:?}");
        assert!(pictures.iter().any(|picture| picture.contains("reached 150")), "50 threes");
        assert_eq!(delays.len(), pictures.len());
        assert!(pictures[0].contains(&palette::table(true)[0].1), "dark");
    }
}
