//! `steer`: points go from noise to pictures, and a caption steers them.

use super::{FIRST, SECOND, UNTAUGHT};
use crate::lab::figure::charts;
use crate::lab::figure::{Anchor, Axis, Dot, Figure, GAP, Glyph, Panel, Stroke, Tone};
use crate::lab::schema::condition::difference;
use crate::lab::schema::readout::format_number;
use crate::lab::{
    Answer, Challenge, Choice, Control, Named, Pace, Prediction, Preset, Readout, Simulation, Spec, Values,
    of, reading,
};
use crate::models::captioned_plane::{Denoising, KINDS, Keep, Measured, fits, kept, starts};
use crate::models::diffusion::{Betas, Schedule};
use std::cell::OnceCell;

static CAPTION: Choice<usize, 4> = Choice::new(
    "caption",
    "Caption",
    [("dog", "dog", 0), ("wolf", "wolf", 1), ("cat", "cat", 2), ("bird", "bird", 3)],
);

static SCHEDULE: Choice<Betas, 3> = Choice::new(
    "schedule",
    "Schedule",
    [
        ("cosine", "cosine", Betas::SquaredCosine),
        ("linear", "linear", Betas::Linear([1e-4, 0.02])),
        ("scaled", "scaled linear", Betas::ScaledLinear([0.00085, 0.012])),
    ],
);

static KEEP: Choice<Keep, 2> = Choice::new(
    "keep",
    "Keep",
    [("best", "the best", Keep::Best), ("first", "the first to fit", Keep::First)],
);

pub static SPEC: Spec = Spec::new(
    "steer",
    "A caption steers noise",
    "A picture here is two numbers, a point. Points begin as noise, and each step takes away some of what the \
     caption says is noise; thin lines lead to where each would end now. Raise w, and look at how the points \
     differ from one another.",
    Pace::new(12.0, 25, "denoising step").promised(50),
    |values| Box::new(Steer::new(values)),
)
.controls(&[
    CAPTION.control().help("Dog and wolf overlap; cats have a rarer kind, nearer to the dogs; no other caption is near the bird."),
    Control::real("weight", "Guidance w", [0.0, 8.0], 0.25, 1.0)
        .help("How strongly the caption steers: 0 ignores it, 1 takes it at its word, more goes beyond it."),
    Control::logarithmic_whole("steps", "Denoising steps n", [1.0, 100.0], 50.0)
        .help("In how many steps noise becomes a picture."),
    Control::integer("draws", "Draws k", 1, 8, 1).help("Pictures that are made for each one that is kept."),
    KEEP.control().above_least("draws").help("Which of the draws: the one that fits best, or the first that fits at all."),
    SCHEDULE.control().help("How the noise is spread over the way.").secondary(),
    Control::seed(1).secondary(),
])
.readouts(&[
    Readout::new("fit", "Fit the caption", 1)
        .unit("%")
        .help("Points for which the caption asked for is likelier than all others together, by a judge who knows; before the end, of where they would end now.")
        .basis("Of 256 points."),
    Readout::new("spread", "Spread", 0)
        .unit("%")
        .help("How far points lie from their middle, root mean square, against true pictures with this caption. Early guesses are means, and alike.")
        .basis("Of 256 points."),
    Readout::new("pushed", "Beyond the middle", 0)
        .unit("%")
        .help("How far their middle lies outwards of the true one, away from other captions; in true spreads.")
        .basis("Of 256 points."),
    Readout::new("rare", "Of the rare kind", 1).unit("%").help("Of the cats, by the nearer middle; of true ones it is 32 %.")
        .basis("Of 256 points."),
    Readout::new("cost", "Predictions a picture", 0)
        .help("Steps, times draws made, times two where w needs the noise with and without caption. The judge's looks are free.")
        .basis("Mean over 256 points."),
])
.presets(&[
    Preset::new("guided", "Steered hard")
        .look(
            "All fit, and dogs are alike: their spread falls to [48 %](run:?weight=4&at=50&seeds=1..20#mean:spread) \
             of the truth, and they end on the far side from the wolves.",
        )
        .with(&[("weight", "4")]),
    Preset::new("cats", "Rare cats")
        .look(
            "Of true cats three in ten are of the kind higher up, nearer to the dogs; of these cats \
             [11 %](run:?caption=cat&weight=4&at=50&seeds=1..20#mean:rare).",
        )
        .with(&[("caption", "cat"), ("weight", "4")]),
    Preset::new("thrown-away", "Misfits thrown away")
        .look(
            "Not steered at all: who does not fit is drawn again. All fit, with a spread of \
             [82 %](run:?draws=8&keep=first&at=50&seeds=1..20#mean:spread).",
        )
        .with(&[("draws", "8"), ("keep", "first")]),
])
.challenges(&[Challenge::new(
    "all-kinds",
    "Dogs only, all of them",
    "To the end: at least 97 % of the points fit “dog”, with a spread of at least 75 % of the truth, for at most 50 \
     predictions a picture.",
    &[
        of("caption").is("dog"),
        of("fit").at_least(97.0),
        of("spread").at_least(75.0),
        of("cost").at_most(50.0),
        difference("step", "steps").at_least(0.0),
    ],
)
.solution(&[("steps", "30"), ("draws", "8"), ("keep", "first")], 30)])
.prediction(
    Prediction::new(
        "With w = 1 and 50 steps about four of five points fit “dog”. Make it a single step, from pure noise. How many \
         fit then?",
        of("fit"),
        &[
            Answer::below("Hardly any", 30.0),
            Answer::below("Fewer", 75.0),
            Answer::below("As many", 90.0),
            Answer::beyond("All of them"),
        ],
        "All, and they are one and the same: their spread is \
         [0 %](run:?steps=1&at=1&seeds=1..20#mean:spread). In pure noise all is equally likely, and the best guess \
         is the mean of all dogs, for every point. The mean fits; it is only no picture of its own.",
    )
    .with(&[("steps", "1")])
    .settled_at(1),
);

/// Points that are shown, and draws that are made ready for each.
const SLOTS: usize = 256;
const MOST: usize = 8;

/// Steps of noising.
const NOISING: usize = 1000;

/// Points whose guess is shown.
const LINES: usize = 40;

/// Half of the picture's width; what is farther out is not drawn.
const EDGE: f64 = 3.0;

/// Weights and numbers of draws along the two ways of the trade.
const WEIGHTS: [f64; 7] = [1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0];
const DRAWS: [usize; 4] = [1, 2, 4, 8];
const NUMBERS: [&str; 7] = ["w-1", "w-2", "w-3", "w-4", "w-5", "w-6", "w-7"];

/// Most of a spread that the trade has room for, per cent.
const WIDEST: f64 = 130.0;

const HEIGHT: f64 = 340.0;

struct Steer {
    caption: usize,
    weight: f64,
    steps: usize,
    draws: usize,
    keep: Keep,
    schedule: Schedule,
    /// Noise, of all draws of a slot one after the other.
    starts: Vec<[f64; 2]>,
    run: Denoising,
    // What follows is worked out when somebody asks.
    now: OnceCell<Now>,
    trade: OnceCell<Trade>,
}

/// What is kept of the guesses as they stand.
struct Now {
    places: Vec<usize>,
    /// Draws that it took.
    taken: usize,
    measured: Measured,
}

/// Spread and fit, per cent, for other weights and for other numbers of draws with the same noise.
struct Trade {
    guided: Vec<[f64; 2]>,
    best: Vec<[f64; 2]>,
    first: [f64; 2],
}

impl Steer {
    fn new(values: &Values) -> Self {
        let (caption, weight) = (CAPTION.of(values), values.real("weight"));
        let (steps, draws) = (values.real("steps") as usize, values.integer("draws"));
        let schedule = Schedule::new(SCHEDULE.of(values), NOISING);
        let starts = starts(SLOTS, MOST, values.seed());
        let run = Denoising::new(caption, weight, schedule.clone(), steps, some(&starts, draws));
        let keep = KEEP.of(values);
        let (now, trade) = (OnceCell::new(), OnceCell::new());
        Self { caption, weight, steps, draws, keep, schedule, starts, run, now, trade }
    }

    fn now(&self) -> &Now {
        self.now.get_or_init(|| {
            let guesses = &self.run.guesses;
            let (places, taken) = kept(guesses, self.draws, self.caption, self.keep);
            let measured = Measured::of(&at(guesses, &places), self.caption);
            Now { places, taken, measured }
        })
    }

    /// Predictions of the noise for each picture that is kept.
    fn cost(&self) -> f64 {
        let both = if self.weight == 0.0 || self.weight == 1.0 { 1.0 } else { 2.0 };
        self.steps as f64 * both * self.now().taken as f64 / SLOTS as f64
    }

    fn trade(&self) -> &Trade {
        self.trade.get_or_init(|| {
            let ends = |weight: f64, draws: usize| {
                let start = some(&self.starts, draws);
                let mut run = Denoising::new(self.caption, weight, self.schedule.clone(), self.steps, start);
                (0..self.steps).for_each(|_| run.step());
                run.pictures
            };
            let place = |pictures: &[[f64; 2]]| place(Measured::of(pictures, self.caption));
            let all = ends(1.0, MOST);
            let of_draws = |draws: usize, keep| {
                let few = some(&all, draws);
                place(&at(&few, &kept(&few, draws, self.caption, keep).0))
            };
            Trade {
                guided: WEIGHTS.iter().map(|weight| place(&ends(*weight, 1))).collect(),
                best: DRAWS.iter().map(|draws| of_draws(*draws, Keep::Best)).collect(),
                first: of_draws(MOST, Keep::First),
            }
        })
    }
}

/// The first `draws` of each slot of [`MOST`].
fn some(all: &[[f64; 2]], draws: usize) -> Vec<[f64; 2]> {
    all.chunks_exact(MOST).flat_map(|slot| slot[..draws].iter().copied()).collect()
}

fn at(points: &[[f64; 2]], places: &[usize]) -> Vec<[f64; 2]> {
    places.iter().map(|i| points[*i]).collect()
}

/// Where a run stands in the trade.
fn place(measured: Measured) -> [f64; 2] {
    [(100.0 * measured.spread).min(WIDEST), 100.0 * measured.fit]
}

impl Simulation for Steer {
    fn step(&mut self) {
        if !self.finished() {
            self.run.step();
            self.now = OnceCell::new();
        }
    }

    fn readings(&self) -> Vec<Named> {
        let Measured { fit, spread, pushed, rare } = self.now().measured;
        vec![
            reading("fit", 100.0 * fit),
            reading("spread", 100.0 * spread),
            reading("pushed", 100.0 * pushed),
            reading("rare", rare.map(|share| 100.0 * share)),
            reading("cost", self.cost()),
        ]
    }

    fn figure(&self) -> Figure {
        let Measured { fit, spread, .. } = self.now().measured;
        let alternative = format!(
            "After {} of {} steps towards “{}” {} % of {SLOTS} points fit the caption, with {} % of its true spread.",
            self.run.made(),
            self.steps,
            called(self.caption),
            format_number(100.0 * fit, 0),
            format_number(100.0 * spread, 0)
        );
        Figure::row(vec![self.plane(), self.bargain()], alternative)
    }

    fn describe(&self, mark: &str, index: usize) -> Option<String> {
        let fit = match mark {
            "fit" => true,
            "misfit" => false,
            _ => return None,
        };
        let point = self.shown().into_iter().filter(|point| point.fit == fit).nth(index)?;
        let [x, y] = point.guess.map(|x| format_number(x, 2));
        let likely = format_number(100.0 * fits(point.guess, self.caption), 0);
        Some(format!("would end at ({x}, {y}): fits with {likely} %"))
    }

    fn notes(&self) -> Vec<String> {
        let out = at(&self.run.pictures, &self.now().places).iter().filter(|x| !inside(**x)).count();
        let mut notes = Vec::new();
        if out > 0 {
            notes.push(format!("{out} of {SLOTS} points lie outside the picture."));
        }
        if self.weight == 0.0 {
            notes.push("With w = 0 nobody looks at the caption.".to_owned());
        }
        notes
    }

    fn finished(&self) -> bool {
        self.run.finished()
    }
}

/// A point that is drawn.
struct Point {
    x: [f64; 2],
    guess: [f64; 2],
    fit: bool,
}

fn inside(x: [f64; 2]) -> bool {
    x.iter().all(|x| x.abs() <= EDGE)
}

impl Steer {
    fn shown(&self) -> Vec<Point> {
        let point = |i: &usize| {
            let (x, guess) = (self.run.pictures[*i], self.run.guesses[*i]);
            Point { x, guess, fit: fits(guess, self.caption) > 0.5 }
        };
        self.now().places.iter().map(point).filter(|point| inside(point.x)).collect()
    }

    fn plane(&self) -> Panel {
        let axis = |label: &str| Axis::linear(label, [-EDGE, EDGE]);
        let noise = format_number(100.0 * (1.0 - self.run.alpha_bar()), 0);
        let title = format!("Step {} of {}: {noise} % noise", self.run.made(), self.steps);
        let rings = |own: bool| {
            let kinds = KINDS.iter().filter(move |kind| (kind.caption == self.caption) == own);
            kinds.flat_map(|kind| charts::ellipse(kind.middle, [2.0 * kind.deviation; 2]))
        };
        let shown = self.shown();
        let ways = shown.iter().filter(|point| inside(point.guess)).take(LINES);
        let ways: Vec<[f64; 2]> = ways.flat_map(|point| [point.x, point.guess, GAP]).collect();
        let dots = |fit: bool, tone, glyph| {
            let which = shown.iter().filter(move |point| point.fit == fit);
            which.map(|point| Dot::new(point.x, tone, glyph)).collect::<Vec<_>>()
        };
        let panel = Panel::new("plane", title, axis("first number"), axis("second"))
            .height(HEIGHT)
            .square()
            .line("others", "", rings(false), Tone::Muted, Stroke::Thin)
            .line("own", "", rings(true), FIRST, Stroke::Thick)
            .line("ways", "", ways, Tone::Muted, Stroke::Ghost)
            .dots("fit", "fits", dots(true, FIRST, Glyph::Circle), 2.2)
            .dots("misfit", "does not fit", dots(false, UNTAUGHT, Glyph::Cross), 3.0);
        NAMES.into_iter().fold(panel, |panel, (id, caption, name, at, anchor)| {
            let tone = if caption == self.caption { FIRST } else { Tone::Muted };
            panel.words(id, at, name, anchor, tone)
        })
    }

    /// What steering and drawing again buy, and what they cost in variety.
    fn bargain(&self) -> Panel {
        let trade = self.trade();
        let now = place(self.now().measured);
        let x = Axis::linear("spread, of the truth", [0.0, WIDEST]).unit("%").grid();
        // From the last multiple of twenty under all that is shown.
        let all = trade.guided.iter().chain(&trade.best).chain([&trade.first, &now]);
        let least = all.fold(99.0, |least: f64, at| least.min(at[1]));
        let from = 20.0 * ((least - 1.0) / 20.0).floor().max(0.0);
        let top = 100.0 + 0.04 * (100.0 - from);
        let y = Axis::linear("fit the caption", [from, top]).unit("%").grid();
        let along = |points: &[[f64; 2]], tone, glyph| {
            points.iter().map(|at| Dot::new(*at, tone, glyph)).collect::<Vec<_>>()
        };
        let panel = Panel::new("trade", "The trade, at the end", x, y)
            .height(HEIGHT)
            .line("guided-way", "", trade.guided.clone(), FIRST, Stroke::Solid)
            .line("best-way", "", trade.best.clone(), SECOND, Stroke::Solid)
            .dots("guided", "w = 1 to 8", along(&trade.guided, FIRST, Glyph::Circle), 4.0)
            .dots("best", "best of 1 to 8", along(&trade.best, SECOND, Glyph::Square), 4.0)
            .dots("first", "first of 8 to fit", [Dot::new(trade.first, Tone::Good, Glyph::Diamond)], 5.5)
            // Before the end it is made of guesses, and says so.
            .dots(
                "now",
                if self.finished() { "this run" } else { "so far, guessed" },
                [Dot::new(now, Tone::Ink, Glyph::Plus)],
                7.0,
            );
        let below = 0.075 * (top - from);
        NUMBERS.into_iter().zip(numbered(&trade.guided, from, top)).fold(panel, |panel, (id, (at, text))| {
            panel.words(id, [at[0], (at[1] - below).max(from + 0.5 * below)], text, Anchor::Middle, FIRST)
        })
    }
}

/// Numbers for the dots of [`WEIGHTS`], and the dots that they belong to: of those that lie on one another, one
/// for all.
fn numbered(dots: &[[f64; 2]], from: f64, top: f64) -> Vec<([f64; 2], String)> {
    // In shares of the picture's two sides.
    let apart = |a: [f64; 2], b: [f64; 2]| {
        ((a[0] - b[0]) / WIDEST).abs().max(0.5 * ((a[1] - b[1]) / (top - from)).abs())
    };
    let mut groups: Vec<(usize, usize)> = Vec::new();
    for (i, dot) in dots.iter().enumerate() {
        match groups.last_mut() {
            Some((first, last)) if apart(dots[*first], *dot) < 0.03 => *last = i,
            _ => groups.push((i, i)),
        }
    }
    // Between both ends, where numbers would run together, only the weight 2 has one, if there is room.
    let count = groups.len();
    let ends = [groups[0], groups[count - 1]];
    let stands = |(i, group): &(usize, (usize, usize))| {
        let is_end = *i == 0 || i + 1 == count;
        let holds_two = (group.0..=group.1).any(|k| WEIGHTS[k] == 2.0);
        is_end || holds_two && ends.iter().all(|end| apart(dots[end.0], dots[group.0]) >= 0.09)
    };
    let named = |(first, last): (usize, usize)| {
        let [low, high] = [first, last].map(|i| WEIGHTS[i]);
        (dots[first], if first == last { low.to_string() } else { format!("{low}–{high}") })
    };
    groups.iter().copied().enumerate().filter(stands).map(|(_, group)| named(group)).collect()
}

/// Where the names of the captions stand.
const NAMES: [(&str, usize, &str, [f64; 2], Anchor); 5] = [
    ("dog", 0, "dog", [-1.35, 2.0], Anchor::End),
    ("wolf", 1, "wolf", [0.9, 1.62], Anchor::Start),
    ("cat", 2, "cat", [-1.2, -1.75], Anchor::Middle),
    ("rare-cat", 2, "rare cat", [-1.85, 1.17], Anchor::Middle),
    ("bird", 3, "bird", [1.3, -1.8], Anchor::Middle),
];

/// A caption's name: that of its first kind.
fn called(caption: usize) -> &'static str {
    NAMES.iter().find(|name| name.1 == caption).map_or("", |name| name.2)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::Runner;
    use crate::lab::figure::{Mark, Shape};
    use crate::numerics::statistics::mean;

    fn over_seeds(changes: &[(&str, &str)], id: &str) -> Vec<f64> {
        Runner::over_seeds(&SPEC, changes, 1..=20, 100, id)
    }

    /// Known result: a caption taken at its word gives true pictures of it; more than that fits more and differs less.
    #[test]
    fn steering_buys_fit_with_variety() {
        let at = |w: &str, id: &str| mean(&over_seeds(&[("weight", w)], id));
        let [fit, spread, pushed] = ["fit", "spread", "pushed"].map(|id| [at("1", id), at("4", id)]);
        assert!((fit[0] - 79.0).abs() < 3.0 && fit[1] > 99.5, "{fit:?}");
        assert!((spread[0] - 98.0).abs() < 2.0 && spread[1] < 55.0, "{spread:?}");
        assert!(pushed[0].abs() < 5.0 && pushed[1] > 60.0, "{pushed:?}");
    }

    /// The plain rival: what does not fit is thrown away. It asks for less, and keeps more.
    #[test]
    fn throwing_away_misfits_keeps_more_variety_for_less() {
        let of = |changes: &[(&str, &str)], id| mean(&over_seeds(changes, id));
        let (thrown, steered) = ([("draws", "8"), ("keep", "first")], [("weight", "2")]);
        assert!(of(&thrown, "fit") > 99.0 && of(&steered, "fit") > 97.0);
        assert!(of(&thrown, "spread") > of(&steered, "spread") + 15.0);
        assert!(of(&thrown, "cost") < 70.0 && of(&steered, "cost") == 100.0);
    }

    #[test]
    fn the_challenge_holds_on_other_seeds_and_steering_alone_fails() {
        let solves = |changes: &[(&str, &str)]| Runner::solves(&SPEC, &SPEC.challenges[0], changes);
        for seed in (1..=20).map(|seed: u64| seed.to_string()) {
            assert!(solves(&[("steps", "30"), ("draws", "8"), ("keep", "first"), ("seed", &seed)]), "{seed}");
        }
        for weight in ["1.25", "1.5", "1.75", "2", "3"] {
            assert!(!solves(&[("steps", "25"), ("weight", weight)]), "{weight}");
        }
    }

    /// What a panel's marks say: their labels, and words on it.
    fn words_of(run: &Runner, panel: &str) -> Vec<String> {
        let figure = run.simulation().figure();
        let panel = figure.panels().find(|p| p.id == panel).expect("a panel");
        let of = |mark: &Mark| match &mark.shape {
            Shape::Words { text, .. } => text.clone(),
            _ => mark.label.clone(),
        };
        panel.marks.iter().map(of).filter(|text| !text.is_empty()).collect()
    }

    /// Weights stand at their dots, one number for those that lie on one another; before the end the mark of the
    /// run says that it is guessed.
    #[test]
    fn the_trade_says_which_weight_a_dot_has_and_what_the_run_is() {
        let at = |changes: &[(&str, &str)], steps| words_of(&Runner::after(&SPEC, changes, steps), "trade");
        let words = at(&[], 25);
        for number in ["1", "2", "6–8", "so far, guessed"] {
            assert!(words.iter().any(|word| word == number), "{number}: {words:?}");
        }
        assert!(at(&[], 50).contains(&"this run".to_owned()));
        // From pure noise in one step all end in one place.
        assert!(at(&[("steps", "1")], 1).contains(&"1–8".to_owned()));
    }

    /// Nothing is left out, and little of the height is empty.
    #[test]
    fn the_trade_begins_below_what_it_shows() {
        for changes in [&[][..], &[("caption", "cat")], &[("weight", "0")], &[("caption", "bird")]] {
            let figure = Runner::after(&SPEC, changes, 50).simulation().figure();
            let panel = figure.panels().find(|p| p.id == "trade").expect("a panel");
            let dots = panel.marks.iter().filter_map(|mark| match &mark.shape {
                Shape::Dots { dots, .. } => Some(dots),
                _ => None,
            });
            let least = dots.flatten().fold(100.0, |least: f64, dot| least.min(dot.at[1]));
            let [from, _] = panel.y.domain;
            assert!(from < least && least - from < 22.0, "{changes:?}: {from} {least}");
        }
    }

    #[test]
    fn a_point_says_where_it_would_end() {
        let run = Runner::opening(&SPEC);
        assert!(run.simulation().describe("fit", 0).unwrap().contains("fits with"));
        assert!(
            run.simulation().describe("fit", 9999).is_none() && run.simulation().describe("own", 0).is_none()
        );
    }
}
