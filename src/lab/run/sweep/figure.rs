//! A sweep as a figure: a curve over a number, a column for each choice, a histogram of seeds.

use super::{Curve, Point, Sweep, shown};
use crate::lab::figure::{
    At, Axis, Bar, Dot, Figure, Fill, Glyph, Panel, Shape, Stroke, Tile, Tone, round_up,
};
use crate::lab::schema::control::group_thousands;
use crate::lab::schema::entry::number;
use crate::lab::schema::values::SEED;
use crate::lab::{Kind, Value};

const HEIGHT: f64 = 300.0;

/// Bars of a histogram over a quantity that is not whole.
const BINS: usize = 12;

/// Whole numbers that have a bar each.
const WHOLE: f64 = 30.0;

/// What the interval is called where it is drawn.
const INTERVAL: &str = "95 % interval of the mean";

/// A value that is marked in the figure, and what it is called there.
pub struct Here {
    pub value: Value,
    pub word: &'static str,
}

impl Sweep {
    /// The figure of a curve, with the control's default marked.
    #[must_use]
    pub fn figure(&self, curve: &Curve) -> Figure {
        self.figure_at(curve, &Here { value: self.control.default(), word: "default" })
    }

    /// The figure of a curve, with one value marked.
    #[must_use]
    pub fn figure_at(&self, curve: &Curve, here: &Here) -> Figure {
        let panel = if self.is_distribution() {
            self.distribution(curve, here)
        } else if self.control.is_number() {
            self.line(curve, here)
        } else {
            self.columns(curve, here)
        };
        Figure::row(vec![panel.height(HEIGHT)], self.alternative(curve))
    }

    /// Where in the figure each place of a curve stands, in the units of its axes; one without a number
    /// at the foot.
    #[must_use]
    pub fn spots(&self, curve: &Curve) -> Vec<[f64; 2]> {
        let foot = self.y(curve).domain[0];
        let spot = |(i, point): (usize, &Point)| match point.mean {
            _ if self.is_distribution() => [point.mean.unwrap_or(f64::NAN), 0.0],
            mean if self.control.is_number() => [self.control.number(&point.value), mean.unwrap_or(foot)],
            mean => [i as f64, mean.unwrap_or(foot)],
        };
        curve.points.iter().enumerate().map(spot).collect()
    }

    /// "Dead experts: mean of 20 seeds", over the frame.
    fn title(&self) -> String {
        let (measured, unit) = self.measured();
        let unit = if unit.is_empty() { String::new() } else { format!(" ({unit})") };
        let mut words = measured.chars();
        let first = words.next().map(char::to_uppercase);
        let measured: String = first.into_iter().flatten().chain(words).collect();
        let seeds = match &self.run.seeds {
            Some(seeds) if !self.run.asked.counts() => format!(", mean of {} seeds", seeds.as_slice().len()),
            Some(seeds) => format!(", of {}", seeds.as_slice().len()),
            None => String::new(),
        };
        let step = group_thousands(&self.run.at.to_string());
        format!("{measured}{unit}{seeds}, at step {step}")
    }

    pub(super) fn y(&self, curve: &Curve) -> Axis {
        let (_, unit) = self.measured();
        let ends = if self.run.asked.counts() { [0.0, 1.0] } else { ends(&all(curve)) };
        Axis::linear("", ends).unit(unit).grid()
    }

    fn line(&self, curve: &Curve, here: &Here) -> Panel {
        let x = |value: &Value| self.control.number(value);
        // Of a curve that grows, all the room is there from the beginning.
        let domain = [x(&self.values[0]), x(&self.values[self.values.len() - 1])];
        let axis = match self.control.kind {
            Kind::Logarithmic { .. } | Kind::Doubling { .. } if domain[0] > 0.0 => {
                Axis::logarithmic(self.control.label, domain)
            }
            _ => Axis::linear(self.control.label, domain),
        };
        let mut panel = Panel::new("sweep", self.title(), axis.unit(self.control.unit), self.y(curve));
        let band: Vec<[f64; 3]> = curve
            .points
            .iter()
            .filter_map(|p| p.interval.map(|[low, high]| [x(&p.value), low, high]))
            .collect();
        if self.seeds() > 1 && !self.run.asked.counts() {
            panel = panel.mark("seeds", "each seed", self.threads(curve));
        }
        if !band.is_empty() {
            let label = if self.run.asked.counts() { "95 % interval" } else { INTERVAL };
            panel = panel.mark("interval", label, Shape::Area { points: band, tone: Tone::Accent });
        }
        let mean: Vec<[f64; 2]> =
            curve.points.iter().map(|p| [x(&p.value), p.mean.unwrap_or(f64::NAN)]).collect();
        let dots = mean.iter().map(|at| dot(*at, Tone::Accent)).collect();
        let label = if self.seeds() > 1 && !self.run.asked.counts() { "mean" } else { "" };
        panel = panel
            .mark("mean", label, Shape::Line { points: mean, tone: Tone::Accent, stroke: Stroke::Thick })
            .mark("places", "", Shape::Dots { dots, radius: 3.0 });
        let own = x(&here.value);
        if (domain[0]..=domain[1]).contains(&own) {
            let rule = Shape::Rule { at: At::X(own), tone: Tone::Muted, stroke: Stroke::Dashed };
            panel = panel.mark(here.word, here.word, rule);
        }
        panel
    }

    /// One polyline for each seed, in one mark: what is no number parts them.
    fn threads(&self, curve: &Curve) -> Shape {
        let mut points = Vec::new();
        for seed in 0..self.seeds() {
            for point in &curve.points {
                let y = point.each.get(seed).and_then(|(_, number)| *number).unwrap_or(f64::NAN);
                points.push([self.control.number(&point.value), y]);
            }
            points.push([f64::NAN, f64::NAN]);
        }
        Shape::Line { points, tone: Tone::Muted, stroke: Stroke::Ghost }
    }

    /// A column for each choice: its seeds as dots beside each other, and the mean as a bar across.
    fn columns(&self, curve: &Curve, here: &Here) -> Panel {
        let named = |value: &Value| {
            let spoken = self.control.shown(value);
            if *value == here.value { format!("{spoken} ({})", here.word) } else { spoken }
        };
        let x = Axis::categories(self.control.label, self.values.iter().map(named));
        let mut panel = Panel::new("sweep", self.title(), x, self.y(curve));
        let (mut tiles, mut means, mut dots) = (Vec::new(), Vec::new(), Vec::new());
        for (i, point) in curve.points.iter().enumerate() {
            let at = i as f64;
            if let Some([low, high]) = point.interval {
                let corners = [at - 0.3, low, at + 0.3, high];
                tiles.push(Tile { corners, tone: Tone::Accent, fill: Fill::Tint, text: String::new() });
            }
            if let Some(mean) = point.mean {
                means.extend([[at - 0.3, mean], [at + 0.3, mean], [f64::NAN, f64::NAN]]);
            }
            let last = point.each.len().max(2) - 1;
            for (n, (_, number)) in point.each.iter().enumerate() {
                let aside = if point.each.len() == 1 { 0.0 } else { n as f64 / last as f64 - 0.5 };
                dots.extend(number.map(|y| dot([at + 0.5 * aside, y], Tone::Muted)));
            }
        }
        if !tiles.is_empty() {
            let label = if self.run.asked.counts() { "95 % interval" } else { INTERVAL };
            panel = panel.mark("interval", label, Shape::Boxes { boxes: tiles });
        }
        if !self.run.asked.counts() {
            let label = if self.seeds() > 1 { "each seed" } else { "" };
            panel = panel.mark("seeds", label, Shape::Dots { dots, radius: 2.5 });
        }
        panel.mark("mean", "", Shape::Line { points: means, tone: Tone::Accent, stroke: Stroke::Thick })
    }

    /// How many seeds have which reading.
    fn distribution(&self, curve: &Curve, here: &Here) -> Panel {
        let (measured, unit) = self.measured();
        let numbers = all(curve);
        let bars = histogram(&numbers);
        let most = bars.iter().map(|b| b.to).fold(0.0, f64::max);
        let edge = |b: Option<&Bar>, side: f64| b.map_or(side, |b| b.at + side * b.width * 0.6);
        let domain = [edge(bars.first(), -1.0), edge(bars.last(), 1.0)];
        let title = format!("{}: {} seeds", self.title(), numbers.len());
        let x = Axis::linear(measured, domain).unit(unit);
        let y = Axis::linear("seeds", [0.0, round_up(most, 1.0)]).grid();
        let mut panel =
            Panel::new("sweep", title, x, y).mark("seeds", "", Shape::Bars { bars, horizontal: false });
        let rule = |x: f64, tone, stroke| Shape::Rule { at: At::X(x), tone, stroke };
        if !numbers.is_empty() {
            let mean = numerics::statistics::mean(&numbers);
            panel = panel.mark("mean", "mean", rule(mean, Tone::Ink, Stroke::Solid));
        }
        let own = curve.points.iter().find(|p| p.value == here.value).and_then(|p| p.mean);
        if let Some(own) = own {
            let label = format!("{SEED} {}", self.control.written(&here.value));
            panel = panel.mark(here.word, label, rule(own, Tone::Muted, Stroke::Dashed));
        }
        panel
    }

    /// What is drawn, in words.
    fn alternative(&self, curve: &Curve) -> String {
        let title = self.title();
        if self.is_distribution() {
            let mut numbers = all(curve);
            numbers.sort_by(f64::total_cmp);
            let (Some(least), Some(most)) = (numbers.first(), numbers.last()) else {
                return format!("{title}: no seed has a number.");
            };
            let mean = numerics::statistics::mean(&numbers);
            return format!(
                "{title}, as a histogram: from {} to {}, mean {}, {} seeds.",
                shown(*least),
                shown(*most),
                shown(mean),
                numbers.len()
            );
        }
        let told: Vec<String> = curve
            .points
            .iter()
            .map(|p| {
                let mean = p.mean.map_or_else(|| "no number".to_owned(), shown);
                format!("{mean} at {}", self.control.shown(&p.value))
            })
            .collect();
        if told.is_empty() {
            return format!("{title}, against {}: no point yet.", self.control.label);
        }
        // A long curve is told by its ends and its middle.
        let told = match told.as_slice() {
            [first, .., last] if told.len() > 8 => {
                format!("{first}, {}, {last}", told[told.len() / 2])
            }
            all => all.join(", "),
        };
        format!("{title}, against {}: {told}.", self.control.label)
    }
}

fn dot(at: [f64; 2], tone: Tone) -> Dot {
    Dot { at, tone, glyph: Glyph::Circle, filled: true }
}

/// Every number of a curve.
fn all(curve: &Curve) -> Vec<f64> {
    curve.points.iter().flat_map(|p| p.each.iter().filter_map(|(_, number)| *number)).collect()
}

/// Round ends of a scale for these numbers; it begins at 0 where that costs little.
fn ends(numbers: &[f64]) -> [f64; 2] {
    let least = numbers.iter().copied().fold(f64::INFINITY, f64::min);
    let most = numbers.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if !(least.is_finite() && most.is_finite()) {
        return [0.0, 1.0];
    }
    let least = if least > 0.0 && least < 0.6 * most { 0.0 } else { least };
    let most = if most < 0.0 && most > 0.6 * least { 0.0 } else { most };
    let span = (most - least).max(1e-9 * most.abs()).max(1e-12);
    // Through text, so that the ends are as round as they look.
    let step = number(&format!("{:.0e}", round_up(span / 5.0, 0.0))).unwrap_or(span);
    let [low, high] = [(least / step + 1e-9).floor() * step, (most / step - 1e-9).ceil() * step];
    if high > low { [low, high] } else { [low, low + step] }
}

/// Bars over whole numbers, or over bins of equal width.
fn histogram(numbers: &[f64]) -> Vec<Bar> {
    let least = numbers.iter().copied().fold(f64::INFINITY, f64::min);
    let most = numbers.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if !(least.is_finite() && most.is_finite()) {
        return Vec::new();
    }
    let whole = numbers.iter().all(|x| x.fract() == 0.0) && most - least < WHOLE;
    let (width, bins) = if whole {
        (1.0, (most - least) as usize + 1)
    } else {
        (((most - least) / BINS as f64).max(1e-12), BINS)
    };
    let middle = if whole { 0.0 } else { 0.5 };
    let mut counts = vec![0_usize; bins];
    for x in numbers {
        counts[(((x - least) / width + 1e-9) as usize).min(bins - 1)] += 1;
    }
    let bar = |(i, count): (usize, &usize)| {
        let at = least + (i as f64 + middle) * width;
        let text = if *count == 0 { String::new() } else { count.to_string() };
        Bar::new(at, 0.9 * width, *count as f64, Tone::Accent).text(text)
    };
    counts.iter().enumerate().map(bar).collect()
}
