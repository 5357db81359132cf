//! A sweep: how a readout depends on a control, over seeds.
//!
//! It is a family of runs, and its name is the name of a run in which one control has several values:
//!
//! ```text
//! moe-train?n_experts=2..16&at=1000&seeds=1..20#dead
//! moe-train?balance=..&at=1000&seeds=1..20#share:dead>=1
//! moe-train?seed=1..200&at=1000#dead
//! ```
//!
//! `a..b` is every value of a short grid and 13 places of a long one, `a..b:n` is `n` places along the
//! control's track, `..` is all of it, and `a,b,c` is a list. Nothing here makes a run: [`Sweep::jobs`]
//! says which readings are needed, [`Sweep::curve`] takes them.

use std::fmt;

use crate::lab::address::{AT, KEPT};
use crate::lab::run::{Answer, Asked, Clause, Job, MOST_SEEDS, Parts, Run, SEEDS, Seeds, Summary, query};
use crate::lab::schema::control::{Control, Kind, shorten};
use crate::lab::schema::readout::format_number;
use crate::lab::schema::values::SEED;
use crate::lab::{Reading, Spec, Value, Values};
use numerics::statistics::{mean, standard_deviation};
use numerics::student;

mod figure;
mod guess;
mod making;
mod record;

pub use figure::Here;
pub use guess::Guess;
pub use making::Making;

/// Most places of a sweep, and places of one that does not say how many.
pub const MOST_PLACES: usize = 200;
const PLACES: usize = 13;

/// A grid of at most so many values is swept whole.
const SHORT: usize = 25;

/// A family of runs that differ in one control.
#[derive(Clone, Debug)]
pub struct Sweep {
    /// What all have in common; the swept control stands at its default.
    pub run: Run,
    pub control: &'static Control,
    pub values: Vec<Value>,
    /// The values as the name has them.
    range: String,
}

/// What a sweep says.
#[derive(Clone, Debug, PartialEq)]
pub struct Curve {
    pub points: Vec<Point>,
}

/// The runs with one value of the control.
#[derive(Clone, Debug, PartialEq)]
pub struct Point {
    pub value: Value,
    /// Each seed with its number, where it has one. Without seeds there is one.
    pub each: Vec<(Option<u64>, Option<f64>)>,
    /// The mean of those that have a number, and the interval in which the mean of all seeds lies
    /// with 95 % confidence: none for fewer than two.
    pub mean: Option<f64>,
    pub interval: Option<[f64; 2]>,
}

impl Sweep {
    /// Reads a sweep's name; see [`Run::parse`].
    ///
    /// # Errors
    /// A sentence on what is wrong, and what would be right.
    pub fn parse(text: &str, specs: &[&'static Spec]) -> Result<Self, String> {
        let mut parts = Parts::of(text, specs)?;
        let spec = parts.spec;
        // What is typed or drawn may have dots in it and is one value.
        let is_free = |name: &str| spec.controls.iter().any(|c| c.id == name && c.is_free());
        let several = |(name, text): &(String, String)| {
            ![AT, KEPT, SEEDS].contains(&name.as_str()) && is_range(text) && !is_free(name)
        };
        let swept: Vec<usize> = (0..parts.pairs.len()).filter(|i| several(&parts.pairs[*i])).collect();
        let [swept] = swept[..] else {
            let ids: Vec<&str> = spec.controls.iter().map(|c| c.id).collect();
            return Err(format!(
                "A sweep has one control with several values, as in {}=..: the controls are {}.",
                ids.first().unwrap_or(&SEED),
                ids.join(", ")
            ));
        };
        let (name, range) = parts.pairs.remove(swept);
        let control = spec.controls.iter().find(|c| c.id == name).ok_or_else(|| {
            crate::lab::run::unknown(
                "control",
                &name,
                &spec.controls.iter().map(|c| c.id).collect::<Vec<_>>(),
            )
        })?;
        Self::of(parts.run()?, control, &range)
    }

    /// A sweep of one control over the values that a range names.
    ///
    /// # Errors
    /// A sentence on what is wrong, and what would be right.
    pub fn of(run: Run, control: &'static Control, range: &str) -> Result<Self, String> {
        if control.is_free() {
            return Err(format!("{} is typed or drawn: it has no order to be swept in.", control.label));
        }
        if control.id == SEED && run.seeds.is_some() {
            return Err(format!("A sweep over {SEED} has its seeds already: leave “{SEEDS}” out."));
        }
        if !run.values.counts(control) {
            let mut said = run.values.clone();
            said.give_say(control.id);
            let others =
                said.changed(&run.values).filter_map(|c| Some(format!("{}={}", c.id, said.written(c.id)?)));
            return Err(format!(
                "{} has no say there, and every value would give the same: it has one beside {}.",
                control.label,
                others.collect::<Vec<_>>().join(" and ")
            ));
        }
        let summary = run.asked.summary;
        if !matches!(summary, None | Some(Summary::Share)) {
            return Err("A sweep draws the mean of its seeds and each of them: write the readout alone, \
                        or #share: and a condition."
                .to_owned());
        }
        if summary.is_some() && run.seeds.is_none() {
            return Err(format!("A share is one of several seeds: name them, as in {SEEDS}=1..20."));
        }
        // One seed alone obeys the rules of a run; over several, a sweep sums up by itself.
        let mut one = run.clone();
        one.asked.summary = one.asked.summary.or(run.seeds.as_ref().map(|_| Summary::Mean));
        one.check()?;
        Ok(Self { run, control, values: places(control, range)?, range: range.to_owned() })
    }

    /// How a readout depends on a control around the values that a simulation has, beside which it is given a say:
    /// over all that the control can be, and over the seeds from 1 on, or the one that it has if one will do.
    ///
    /// # Errors
    /// A sentence on what is wrong, and what would be right.
    pub fn around(
        spec: &'static Spec,
        values: &Values,
        [control, readout]: [usize; 2],
        seeds: u64,
        at: u64,
    ) -> Result<Self, String> {
        let control = &spec.controls[control];
        let has_seed = values.position(SEED).is_some();
        let swept_seed = control.id == SEED;
        let mut values = values.clone();
        values.set(control.id, control.default());
        values.give_say(control.id);
        let several = has_seed && !swept_seed && seeds > 1;
        if let Some(seed) = spec.controls.iter().find(|c| several && c.id == SEED) {
            values.set(SEED, seed.default());
        }
        let clause = Clause { comparison: None, readout, bound: None };
        let asked = Asked { summary: None, clauses: vec![clause] };
        let seeds = seeds.min(MOST_SEEDS as u64);
        let run = Run { spec, values, kept: None, seeds: several.then(|| Seeds::first(seeds)), at, asked };
        Self::of(run, control, &if swept_seed { format!("1..{}", seeds.max(2)) } else { "..".to_owned() })
    }

    /// The runs with one value of the control.
    fn at(&self, value: &Value) -> Run {
        let mut run = self.run.clone();
        run.values.set(self.control.id, value.clone());
        if let Some(kept) = run.kept.as_mut().filter(|_| self.control.id == SEED) {
            kept.set(SEED, value.clone());
        }
        run
    }

    /// The readings that are needed, place by place.
    #[must_use]
    pub fn jobs(&self) -> Vec<Job> {
        self.values.iter().flat_map(|value| self.at(value).jobs()).collect()
    }

    /// Readings of one place.
    fn width(&self) -> usize {
        self.seeds() * (1 + usize::from(self.run.kept.is_some()))
    }

    /// The curve, from the readings of [`Sweep::jobs`] in their order. Where the last are still missing,
    /// it ends with the last place that has all of its own.
    #[must_use]
    pub fn curve(&self, readings: &[Vec<Reading>]) -> Curve {
        let places = self.values.iter().zip(readings.chunks_exact(self.width()));
        let points = places.map(|(value, readings)| {
            let each = self.at(value).each(readings).into_iter();
            self.point(value, each.map(|(seed, number)| (seed, number.ok())).collect())
        });
        Curve { points: points.collect() }
    }

    fn point(&self, value: &Value, each: Vec<(Option<u64>, Option<f64>)>) -> Point {
        let numbers: Vec<f64> = each.iter().filter_map(|(_, number)| *number).collect();
        Point {
            value: value.clone(),
            mean: (!numbers.is_empty()).then(|| mean(&numbers)),
            interval: if self.run.asked.counts() { share(&numbers) } else { interval(&numbers) },
            each,
        }
    }

    /// The values of the runs, where those that the sweep gives them itself are the ones of `now`.
    #[must_use]
    pub fn beside(&self, now: &Values) -> Values {
        let mut values = self.run.values.clone();
        let own = [Some(self.control.id), self.run.seeds.as_ref().map(|_| SEED)];
        for id in own.into_iter().flatten() {
            if let Some(value) = now.get(id) {
                values.set(id, value.clone());
            }
        }
        values
    }

    /// Whether the runs differ in their seed: a distribution, and no curve.
    #[must_use]
    pub fn is_distribution(&self) -> bool {
        self.control.id == SEED
    }

    /// The moment that shows one place, with the first seed.
    #[must_use]
    pub fn moment(&self, value: &Value) -> crate::lab::address::Moment {
        let run = self.at(value);
        let seed = run.seeds.as_ref().map(|seeds| seeds.as_slice()[0]);
        run.moment(&Answer { numbers: Vec::new(), each: vec![(seed, 0.0)] })
    }
}

impl fmt::Display for Sweep {
    /// The canonical name, which [`Sweep::parse`] reads back to the same sweep.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let query = query(&self.run, Some((self.control.id, &self.range)));
        write!(f, "{}{query}#{}", self.run.spec.id, self.run.asked.text(self.run.spec))
    }
}

/// Whether a text names several values: 0.5 does not, 0..5 and 0,5 do.
fn is_range(text: &str) -> bool {
    text.contains("..") || text.contains(',')
}

/// The interval in which the mean lies with 95 % confidence, by Student's t.
fn interval(numbers: &[f64]) -> Option<[f64; 2]> {
    if numbers.len() < 2 {
        return None;
    }
    let n = numbers.len() as f64;
    let error = standard_deviation(numbers) / (n - 1.0).sqrt();
    let half = student::critical(0.05, n - 1.0) * error;
    Some([mean(numbers) - half, mean(numbers) + half])
}

/// The same for a share of ones among zeros (Wilson 1927).
fn share(numbers: &[f64]) -> Option<[f64; 2]> {
    const Z: f64 = 1.959_963_984_540_054;
    if numbers.is_empty() {
        return None;
    }
    let (n, p) = (numbers.len() as f64, mean(numbers));
    let middle = (p + Z * Z / (2.0 * n)) / (1.0 + Z * Z / n);
    let half = Z / (1.0 + Z * Z / n) * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
    Some([(middle - half).max(0.0), (middle + half).min(1.0)])
}

/// The values that a range names.
fn places(control: &'static Control, range: &str) -> Result<Vec<Value>, String> {
    let wrong = || {
        format!(
            "“{}” names no values of {}: write a..b, a..b:n with n from 2 to {MOST_PLACES}, .. for all, or a list \
             a,b,c; it takes {}.",
            shorten(range),
            control.label,
            control.legal()
        )
    };
    let read = |text: &str| match control.parse(text) {
        Ok((value, None)) => Ok(value),
        Ok((_, Some(refusal))) | Err(refusal) => Err(refusal.sentence),
    };
    let Some((first, rest)) = range.split_once("..") else {
        let values: Vec<Value> = range.split(',').map(read).collect::<Result<_, _>>()?;
        return if (2..=MOST_PLACES).contains(&values.len()) { Ok(distinct(values)) } else { Err(wrong()) };
    };
    let (last, many) = rest.split_once(':').map_or((rest, None), |(last, many)| (last, Some(many)));
    let [least, most] = control.track().map(|end| control.snap(end));
    let first = if first.is_empty() { least } else { read(first)? };
    let last = if last.is_empty() { most } else { read(last)? };
    let many = match many {
        None => None,
        Some(many) => Some(many.parse().ok().filter(|n| (2..=MOST_PLACES).contains(n)).ok_or_else(wrong)?),
    };
    if control.number(&first) >= control.number(&last) {
        return Err(wrong());
    }
    let whole = grid(control, &first, &last);
    match (many, whole) {
        (None, Some(values)) => Ok(values),
        (many, _) => Ok(along(control, &first, &last, many.unwrap_or(PLACES))),
    }
}

/// Every value from one to another, where they are few; seeds are few enough always.
fn grid(control: &'static Control, first: &Value, last: &Value) -> Option<Vec<Value>> {
    let [from, to] = [first, last].map(|value| control.number(value));
    let next = |x: f64| match control.kind {
        Kind::Integer { step, .. } => x + step as f64,
        Kind::Doubling { .. } => 2.0 * x,
        Kind::Real { step, .. } => x + step,
        Kind::Seed { .. } | Kind::Choice { .. } | Kind::Toggle { .. } => x + 1.0,
        Kind::Logarithmic { .. } | Kind::Text(_) | Kind::Drawing(_) => f64::INFINITY,
    };
    let most = if matches!(control.kind, Kind::Seed { .. }) { 1000 } else { SHORT };
    let mut values = Vec::new();
    let mut x = from;
    while x <= to * (1.0 + 1e-12) + 1e-12 {
        if values.len() == most {
            return None;
        }
        values.push(control.snap(x));
        x = next(x);
    }
    (!control.is_logarithmic() || matches!(control.kind, Kind::Doubling { .. })).then(|| distinct(values))
}

/// Places evenly along the track.
fn along(control: &'static Control, first: &Value, last: &Value, many: usize) -> Vec<Value> {
    let [from, to] = [first, last].map(|value| control.position(value));
    let place = |i: usize| match i {
        0 => first.clone(),
        i if i + 1 == many => last.clone(),
        i => control.at_position(from + (to - from) * i as f64 / (many - 1) as f64),
    };
    distinct((0..many).map(place).collect())
}

fn distinct(mut values: Vec<Value>) -> Vec<Value> {
    let mut seen: Vec<Value> = Vec::new();
    values.retain(|value| {
        let new = !seen.contains(value);
        seen.push(value.clone());
        new
    });
    values
}

impl Sweep {
    /// Runs at each place.
    #[must_use]
    pub fn seeds(&self) -> usize {
        self.run.seeds.as_ref().map_or(1, |seeds| seeds.as_slice().len())
    }

    /// What is measured, with its unit where it has one.
    #[must_use]
    pub fn measured(&self) -> (String, &'static str) {
        let asked = &self.run.asked;
        let readout = &self.run.spec.readouts[asked.clauses[0].readout];
        if asked.counts() {
            let words: Vec<String> = asked.clauses.iter().map(|c| c.words(self.run.spec)).collect();
            return (format!("share of seeds: {}", words.join(" and ")), "");
        }
        let comparison = asked.clauses[0].comparison.map(|c| format!(", {}", c.word())).unwrap_or_default();
        let unit = if asked.has_unit() { readout.unit } else { "" };
        (format!("{}{comparison}", readout.label), unit)
    }

    /// "Experts 8".
    fn place(&self, value: &Value) -> String {
        let Control { label, unit, .. } = self.control;
        format!("{label} {} {unit}", self.control.shown(value)).trim_end().to_owned()
    }

    /// One place in words: "Experts 8: Dead experts 2.3, 95 % interval 1.9 to 2.7".
    #[must_use]
    pub fn says(&self, point: &Point) -> String {
        let (measured, unit) = self.measured();
        let unit = if unit.is_empty() { String::new() } else { format!(" {unit}") };
        let mean = point.mean.map_or_else(|| "no number".to_owned(), |x| format!("{}{unit}", shown(x)));
        let interval = point.interval.map(|ends| ends.map(shown));
        let interval = interval.map(|[low, high]| format!(", 95 % interval {low} to {high}"));
        format!("{}: {measured} {mean}{}", self.place(&point.value), interval.unwrap_or_default())
    }
}

/// A number with three digits.
fn shown(x: f64) -> String {
    let decimals = match x.abs() {
        x if x >= 100.0 || x == x.round() => 0,
        x if x >= 10.0 => 1,
        x if x >= 1.0 => 2,
        _ => 3,
    };
    format_number(x, decimals)
}

#[cfg(test)]
mod tests;
