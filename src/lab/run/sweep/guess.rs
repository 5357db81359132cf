//! What a reader draws before the runs of a sweep are shown, and how far off it is.

use super::{Curve, Point, Sweep, shown};
use crate::lab::figure::{Figure, Shape, Stroke, Tone};
use crate::lab::schema::entry;

/// The mark of what was drawn.
const MARK: &str = "guess";

/// A curve that was drawn: a reading at each place, or at some.
#[derive(Clone, Debug, PartialEq)]
pub struct Guess {
    at: Vec<Option<f64>>,
    /// Ends of the scale.
    ends: [f64; 2],
}

impl Guess {
    /// Nothing is drawn yet.
    #[must_use]
    pub fn none(sweep: &Sweep, curve: &Curve) -> Self {
        Self { at: vec![None; curve.points.len()], ends: sweep.y(curve).domain }
    }

    /// Draws a stroke to a place, straight from another one.
    pub fn draw(&mut self, from: Option<(usize, f64)>, (to, y): (usize, f64)) {
        let (from, before) = from.unwrap_or((to, y));
        let length = to.abs_diff(from).max(1) as f64;
        for place in from.min(to)..=from.max(to) {
            let share = place.abs_diff(from) as f64 / length;
            let reading = before + (y - before) * if from == to { 1.0 } else { share };
            if let Some(at) = self.at.get_mut(place) {
                *at = Some(reading.clamp(self.ends[0], self.ends[1]));
            }
        }
    }

    #[must_use]
    pub fn at(&self, place: usize) -> Option<f64> {
        self.at.get(place).copied().flatten()
    }

    /// The middle of the scale.
    #[must_use]
    pub fn middle(&self) -> f64 {
        0.5 * (self.ends[0] + self.ends[1])
    }

    /// From the foot of the scale to its top.
    #[must_use]
    pub fn span(&self) -> f64 {
        self.ends[1] - self.ends[0]
    }

    /// Places that are drawn, and places in all.
    #[must_use]
    pub fn places(&self) -> [usize; 2] {
        [self.at.iter().flatten().count(), self.at.len()]
    }
}

impl Sweep {
    /// The figure of a curve with what was drawn in it, which is named in the end only.
    #[must_use]
    pub fn figure_guessed(&self, curve: &Curve, guess: &Guess, named: bool) -> Figure {
        let mut figure = self.figure(curve);
        let across = self.spots(curve).into_iter().map(|[x, _]| x);
        let drawn = across.zip(&guess.at).map(|(x, y)| [x, y.unwrap_or(f64::NAN)]);
        let points: Vec<[f64; 2]> = if self.control.is_number() {
            drawn.collect()
        } else {
            drawn.flat_map(|[x, y]| [[x - 0.3, y], [x + 0.3, y], [f64::NAN, f64::NAN]]).collect()
        };
        if let Some(panel) = figure.rows.first_mut().and_then(|row| row.first_mut()) {
            let line = Shape::Line { points, tone: Tone::Ink, stroke: Stroke::Dashed };
            *panel = panel.clone().mark(MARK, if named { "you" } else { "" }, line);
        }
        figure
    }

    /// One place of a drawing in words.
    #[must_use]
    pub fn says_drawn(&self, place: usize, y: f64) -> String {
        let place = self.values.get(place).map(|value| self.place(value)).unwrap_or_default();
        let (measured, unit) = self.measured();
        format!("{place}: {measured} {} {unit}", shown(y)).trim_end().to_owned() + ", you say."
    }

    /// One sentence on how far off a drawing is, and where.
    #[must_use]
    pub fn verdict(&self, curve: &Curve, guess: &Guess) -> String {
        let both = |(point, drawn): (&Point, &Option<f64>)| Some((point.clone(), point.mean?, (*drawn)?));
        let both: Vec<(Point, f64, f64)> = curve.points.iter().zip(&guess.at).filter_map(both).collect();
        let off = |(_, mean, drawn): &(Point, f64, f64)| (drawn - mean).abs();
        let Some((point, mean, drawn)) = both.iter().max_by(|a, b| off(a).total_cmp(&off(b))) else {
            return "Nothing is drawn where the runs have a number.".to_owned();
        };
        let (_, unit) = self.measured();
        let told = |x: f64| if unit.is_empty() { shown(x) } else { format!("{} {unit}", shown(x)) };
        let average = both.iter().map(off).sum::<f64>() / both.len() as f64;
        let percent = 100.0 * average / guess.span();
        let many = if both.len() == curve.points.len() {
            "Your curve".to_owned()
        } else {
            format!("What you drew, {} of {} places,", both.len(), curve.points.len())
        };
        let name = match () {
            () if self.run.asked.counts() => "the share",
            () if self.seeds() > 1 => "the mean",
            () => "the run",
        };
        let place = self.place(&point.value);
        let near =
            |(p, _, y): &&(Point, f64, f64)| p.interval.is_some_and(|[low, high]| (low..=high).contains(y));
        let inside = both.iter().filter(near).count();
        let inside = if both.iter().any(|(p, _, _)| p.interval.is_some()) {
            format!("; {inside} of {} places lie within the 95 % interval", both.len())
        } else {
            String::new()
        };
        format!(
            "{many} is {} off on average, {percent:.0} % of the scale, and furthest at {}, where you drew {} and \
             {name} is {}{inside}.",
            told(average),
            place,
            shown(*drawn),
            told(*mean)
        )
    }

    /// The numbers of a curve as a page carries them: places parted by semicolons, seeds by commas.
    #[must_use]
    pub fn numbers(curve: &Curve) -> String {
        let place = |point: &Point| {
            let each = point.each.iter().map(|(_, x)| x.map_or_else(|| "-".to_owned(), |x| x.to_string()));
            each.collect::<Vec<_>>().join(",")
        };
        curve.points.iter().map(place).collect::<Vec<_>>().join(";")
    }

    /// The curve with these numbers; none if they are not those of this sweep.
    #[must_use]
    pub fn with_numbers(&self, text: &str) -> Option<Curve> {
        let seeds: Vec<Option<u64>> = match &self.run.seeds {
            Some(seeds) => seeds.as_slice().iter().copied().map(Some).collect(),
            None => vec![None],
        };
        let place = |(value, text): (&_, &str)| {
            let numbers: Option<Vec<Option<f64>>> = text
                .split(',')
                .map(|x| if x == "-" { Some(None) } else { entry::number(x).map(Some) })
                .collect();
            let numbers = numbers.filter(|numbers| numbers.len() == seeds.len())?;
            Some(self.point(value, seeds.iter().copied().zip(numbers).collect()))
        };
        let places: Vec<&str> = text.split(';').collect();
        if places.len() != self.values.len() {
            return None;
        }
        Some(Curve { points: self.values.iter().zip(places).map(place).collect::<Option<_>>()? })
    }
}
