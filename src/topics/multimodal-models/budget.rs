//! `budget`: what a film costs in tokens, and what happens between two frames.

use super::{FIRST, SECOND, UNTAUGHT};
use crate::lab::figure::{At, Axis, Bar, Dot, Figure, GAP, Glyph, Panel, Stroke, Tone};
use crate::lab::schema::readout::format_number;
use crate::lab::{
    Challenge, Choice, Control, Named, Pace, Preset, Readout, Simulation, Spec, Values, of, reading,
};
use crate::models::token_bill::{Film, apparent, seen};
use crate::numerics::elementary::cos;

static WINDOW: Choice<f64, 3> = Choice::new(
    "window",
    "Window",
    [("1M", "1M = 1,048,576", 1_048_576.0), ("200k", "200,000", 200_000.0), ("128k", "128,000", 128_000.0)],
);

pub static SPEC: Spec = Spec::new(
    "budget",
    "Time costs most",
    "A film is cut into frames, each frame costs tokens, and all of them have to fit into a window. Whatever \
     happens between two frames has not happened.",
    Pace::still(),
    |values| Box::new(Budget::new(values)),
)
.controls(&[
    Control::logarithmic("minutes", "Length", [0.1, 180.0], 60.0).unit("min").help("How long the film is."),
    Control::logarithmic("fps", "Frames a second f", [0.1, 10.0], 1.0)
        .help("How often it is looked at. The film itself may have 24 or more."),
    Control::logarithmic_whole("per_frame", "Tokens a frame", [16.0, 1120.0], 258.0)
        .help("258 is a frame for Gemini 2.0; 66 one at low resolution."),
    Control::toggle("audio", "Sound", true).help("32 tokens a second."),
    WINDOW.control().help("Tokens that a model can be given at once."),
    Control::logarithmic("flash", "Flash d", [0.05, 3.0], 0.5)
        .unit("s")
        .help("How long something can be seen."),
    Control::real("wheel", "Wheel ν", [0.1, 5.0], 0.1, 0.9)
        .unit("turns/s")
        .help("How fast a wheel turns that is filmed."),
])
.readouts(&[
    Readout::new("total", "Tokens", 0)
        .formula("rate * minutes * 60")
        .help("Frames and sound of the whole film."),
    Readout::new("rate", "A second costs", 0)
        .formula("fps * per_frame + if(audio = on, 32'tokens of sound', 0)")
        .unit("tokens/s")
        .help("Frames and sound of one second."),
    Readout::new("fill", "Of the window", 1)
        .formula("100 * total / if(window = 1M, 1048576, if(window = 200k, 200000, 128000))")
        .unit("%")
        .help("Above 100 % the film does not fit."),
    Readout::new("p_seen", "Flash seen", 2)
        .formula("min(1, flash * fps)")
        .help("Chance that a frame falls into the flash, if it may come at any time: d · f, at most 1."),
    Readout::new("alias", "Wheel seems to make", 2)
        .unit("turns/s")
        .help("Turns a second as frames show them; in words below where it seems to go back.")
        .formula("abs(wheel - fps * round(wheel / fps))"),
])
.presets(&[
    Preset::new("film", "One hour film").look(
        "[1,044,000](run:#total) tokens: just inside 1,048,576 while only frames and sound are counted; five \
         more a second, and it is outside.",
    ),
    Preset::new("low", "Low resolution")
        .look("66 tokens a frame: three hours nearly fit, with [101 %](run:?per_frame=66&minutes=180#fill).")
        .with(&[("per_frame", "66"), ("minutes", "180")]),
    Preset::new("security", "Security camera")
        .look("A look every five seconds: cheap, and half a second is seen one time in ten.")
        .with(&[("fps", "0.2"), ("minutes", "180"), ("audio", "off")]),
    Preset::new("backwards", "Backwards wheel")
        .look("Nearly two turns a second, two frames a second: the wheel creeps back.")
        .with(&[("fps", "2"), ("wheel", "1.9"), ("minutes", "30")]),
])
.challenges(&[Challenge::new(
    "whole-film",
    "Whole film",
    "Fit two and a half hours into the window of a million, and still see a flash in at least six of ten.",
    &[
        of("minutes").at_least(150.0),
        of("window").is("1M"),
        of("fill").at_most(100.0),
        of("p_seen").at_least(0.6),
        of("flash").at_most(0.5),
    ],
)
.solution(&[("minutes", "150"), ("audio", "off"), ("per_frame", "66"), ("fps", "1.5")], 0)]);

struct Budget {
    film: Film,
    window: f64,
    flash: f64,
    wheel: f64,
}

/// When the flash begins, in frames after the first: whether it is seen is luck, and its length decides.
const FLASH_AT: f64 = 2.6;

impl Budget {
    fn new(values: &Values) -> Self {
        Self {
            film: Film {
                seconds: 60.0 * values.real("minutes"),
                rate: values.real("fps"),
                frame: values.real("per_frame"),
                audible: values.toggle("audio"),
            },
            window: WINDOW.of(values),
            flash: values.real("flash"),
            wheel: values.real("wheel"),
        }
    }

    fn total(&self) -> f64 {
        self.film.tokens().iter().sum()
    }

    /// Seconds that are drawn.
    fn stretch(&self) -> f64 {
        (8.0 / self.film.rate).clamp(4.0, 40.0)
    }

    /// When there are frames within the stretch.
    fn frames(&self) -> Vec<f64> {
        let count = (self.stretch() * self.film.rate + 1e-9).floor() as usize;
        (0..=count).map(|i| i as f64 / self.film.rate).collect()
    }

    fn flash(&self) -> [f64; 2] {
        let from = FLASH_AT / self.film.rate;
        [from, from + self.flash]
    }

    fn caught(&self) -> bool {
        let [from, to] = self.flash();
        self.frames().iter().any(|t| (from..to).contains(t))
    }
}

impl Simulation for Budget {
    fn readings(&self) -> Vec<Named> {
        vec![
            reading("total", self.total()),
            reading("rate", self.total() / self.film.seconds),
            reading("fill", 100.0 * self.total() / self.window),
            reading("p_seen", seen(self.flash, self.film.rate)),
            reading("alias", apparent(self.wheel, self.film.rate).abs()),
        ]
    }

    fn figure(&self) -> Figure {
        let alternative = format!(
            "{} minutes cost {} tokens of {}. A flash of {} s is seen with a chance of {}; a wheel with {} turns \
             a second seems to make {}.",
            format_number(self.film.seconds / 60.0, 1),
            format_number(self.total(), 0),
            format_number(self.window, 0),
            format_number(self.flash, 2),
            format_number(seen(self.flash, self.film.rate), 2),
            format_number(self.wheel, 1),
            format_number(apparent(self.wheel, self.film.rate), 2)
        );
        Figure::new(vec![vec![self.bill()], vec![self.timeline(), self.turning()]], alternative)
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if self.total() > self.window {
            let minutes = format_number(self.film.fits(self.window) / 60.0, 1);
            notes.push(format!("The film does not fit: {minutes} minutes of it do."));
        }
        if apparent(self.wheel, self.film.rate) < -1e-9 {
            notes.push("The wheel seems to turn backwards.".to_owned());
        }
        notes
    }
}

impl Budget {
    /// Frames and sound, one after the other, against the window.
    fn bill(&self) -> Panel {
        let [frames, sound] = self.film.tokens();
        let end = 1.12 * self.total().max(self.window);
        let x = Axis::linear("tokens", [0.0, end]).ticks(marks(end));
        let mut bars = vec![Bar::new(0.0, 0.6, frames, FIRST)];
        if sound > 0.0 {
            bars.push(Bar::new(0.0, 0.6, frames + sound, SECOND).starting_at(frames));
        }
        let title =
            format!("{} tokens of frames, {} of sound", format_number(frames, 0), format_number(sound, 0));
        Panel::new("bill", title, x, Axis::hidden([-0.5, 0.8]))
            .height(150.0)
            .horizontal_bars("tokens", bars)
            .dots("frames-name", "frames", [Dot::new(GAP, FIRST, Glyph::Square)], 4.0)
            .dots("sound-name", "sound", [Dot::new(GAP, SECOND, Glyph::Square)], 4.0)
            .rule("window", "window", At::X(self.window), Tone::Ink, Stroke::Dashed)
    }

    fn timeline(&self) -> Panel {
        let [from, to] = self.flash();
        let luck = if self.caught() { "seen" } else { "missed" };
        let x = Axis::linear("time", [0.0, self.stretch()]).unit("s");
        Panel::new("timeline", format!("Frames, and a flash that is {luck}"), x, Axis::hidden([0.0, 1.0]))
            .height(190.0)
            .span("flash", At::X(from), to, UNTAUGHT)
            .spikes("frames", self.frames().into_iter().map(|t| [t, 0.5]), Tone::Ink, 0.6)
    }

    /// How high a spoke of the wheel stands, and what the frames make of it.
    fn turning(&self) -> Panel {
        let end = self.stretch();
        let swing = |turns: f64, t: f64| cos(core::f64::consts::TAU * turns * t);
        let points = |turns: f64| {
            (0..=800).map(move |i| f64::from(i) / 800.0 * end).map(move |t| [t, swing(turns, t)])
        };
        let x = Axis::linear("time", [0.0, end]).unit("s");
        let y = Axis::linear("spoke", [-1.2, 1.2]).ticks([(-1.0, "down"), (1.0, "up")]);
        let panel = Panel::new("turning", "A wheel, and the wheel that frames show", x, y).height(190.0);
        // More turns than a curve can show are a band.
        let panel = if self.wheel * end > 60.0 {
            panel.area("true", [[0.0, -1.0, 1.0], [end, -1.0, 1.0]], FIRST)
        } else {
            panel.line("true", "", points(self.wheel), FIRST, Stroke::Ghost)
        };
        let dots =
            self.frames().into_iter().map(|t| Dot::new([t, swing(self.wheel, t)], Tone::Ink, Glyph::Circle));
        panel
            .line("apparent", "", points(apparent(self.wheel, self.film.rate)), UNTAUGHT, Stroke::Solid)
            .dots("frames", "frames", dots, 3.5)
            .dots("true-name", "as it turns", [Dot::new(GAP, FIRST, Glyph::Square)], 4.0)
            .dots("apparent-name", "as it seems", [Dot::new(GAP, UNTAUGHT, Glyph::Square)], 4.0)
    }
}

/// Round marks of an axis of tokens in short form.
fn marks(end: f64) -> Vec<(f64, String)> {
    let step = [1e3, 2e4, 5e4, 1e5, 2.5e5, 5e5, 1e6, 2e6, 5e6, 1e7, 5e7].into_iter().find(|s| end / s <= 5.0);
    let step = step.unwrap_or(1e8);
    let name = |tokens: f64| match tokens {
        t if t < 1.0 => "0".to_owned(),
        t if t < 1e6 => format!("{}k", format_number(t / 1e3, 0)),
        t if (t / 1e6).fract() == 0.0 => format!("{}M", format_number(t / 1e6, 0)),
        t => format!("{}M", format_number(t / 1e6, 2)),
    };
    (0..=5).map(|i| f64::from(i) * step).filter(|t| *t <= end).map(|t| (t, name(t))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::Runner;

    #[test]
    fn an_hour_is_inside_one_million_and_outside_the_other() {
        let run = Runner::opening(&SPEC);
        assert_eq!(run.number("total"), Some(1_044_000.0));
        assert!((run.number("fill").unwrap() - 99.56).abs() < 0.01);
        assert!(run.simulation().notes().iter().all(|note| !note.contains("does not fit")));
    }

    #[test]
    fn what_does_not_fit_says_how_much_would() {
        let run = Runner::after(&SPEC, &[("window", "200k")], 0);
        assert!(run.simulation().notes()[0].contains("11.5 minutes"), "{:?}", run.simulation().notes());
    }

    #[test]
    fn a_flash_longer_than_the_pause_is_caught() {
        let at = |flash, fps| {
            let values = Values::with(SPEC.controls, &[("flash", flash), ("fps", fps)]);
            Budget::new(&values).caught()
        };
        assert!(at("1", "1") && at("3", "10") && !at("0.1", "1"));
    }

    #[test]
    fn marks_are_few_and_round() {
        assert_eq!(marks(1.17e6).last().map(|m| m.1.clone()), Some("1M".to_owned()));
        assert!(marks(2e8).len() <= 6 && marks(1.4e5).len() <= 6);
    }
}
