//! A run as a value: what was run, for how long, and what is read off it.
//!
//! One text names it, in an article, an address and the terminal alike:
//!
//! ```text
//! moe-train?balance=bias&at=1000&seeds=1..40#mean:dead
//! moe-train?balance=aux&alpha=3&kept=balance:aux,alpha:0.1&at=1600#change:loss
//! moe-train?at=1000&seeds=1..40#count:dead>=1,dead<=2
//! ```
//!
//! The simulation; the values that differ from the defaults, as an address has them; the step (the
//! opening one, where none is named); the seeds, if there are several. Behind `#` stands the readout,
//! before it how several seeds are summed up. `kept` is a second run to compare with, as in an address.
//!
//! Nothing here makes a run: [`Run::jobs`] says which readings are needed, [`Run::answer`] takes them.

pub mod batch;
pub mod compare;
pub mod inspect;
pub mod luck;
pub mod measured;
pub mod narration;
pub mod pair;
pub mod question;
pub mod runner;
pub mod speed;
pub mod sweep;

use std::fmt;

use crate::lab::address::{AT, FURTHEST_STEP, KEPT, Moment, encode_kept, pairs, read_kept};
use crate::lab::schema::condition::Relation;
use crate::lab::schema::control::{group_thousands, shorten};
use crate::lab::schema::entry::number;
use crate::lab::schema::readout::Reading;
use crate::lab::schema::values::SEED;
use crate::lab::schema::values::Values;
use crate::lab::simulation::Spec;
use crate::words::nearest::perhaps;
use numerics::statistics::{mean, standard_deviation};

/// The name of several seeds, which no control may have.
pub const SEEDS: &str = "seeds";

/// Most seeds of a run.
pub const MOST_SEEDS: usize = 1000;

/// A run, or the same run with several seeds, and what is read off it.
#[derive(Clone, Debug)]
pub struct Run {
    pub spec: &'static Spec,
    /// Without regard to `seeds`: those take the place of the seed in here.
    pub values: Values,
    /// A second run with the same seed, step for step, that this one is compared with.
    pub kept: Option<Values>,
    pub seeds: Option<Seeds>,
    pub at: u64,
    pub asked: Asked,
}

/// What is read off a run.
#[derive(Clone, Debug, PartialEq)]
pub struct Asked {
    /// How several seeds are summed up.
    pub summary: Option<Summary>,
    /// One measure, or all the conditions that must hold for a seed to be counted.
    pub clauses: Vec<Clause>,
}

/// A measure, with the bound that it is held against where seeds are counted.
#[derive(Clone, Debug, PartialEq)]
pub struct Clause {
    pub comparison: Option<Comparison>,
    /// Position of the readout.
    pub readout: usize,
    pub bound: Option<(Relation, f64)>,
}

/// How a run is held against the second one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Comparison {
    /// This run's reading less the other's.
    Difference,
    /// This run's reading over the other's.
    Ratio,
    /// The difference as a share of the other's reading.
    Change,
}

/// How the readings of several seeds become one number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Summary {
    Mean,
    Median,
    /// Standard deviation between the seeds.
    Deviation,
    Least,
    Most,
    /// The least and the most: two numbers.
    Range,
    /// Seeds for which the conditions hold.
    Count,
    /// The same as a share of all seeds.
    Share,
}

/// Several seeds, in rising order.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Seeds(Vec<u64>);

/// The readings of one seed at one step.
#[derive(Clone, Debug, PartialEq)]
pub struct Job {
    pub spec: &'static Spec,
    pub values: Values,
    pub at: u64,
}

/// What a run says.
#[derive(Clone, Debug, PartialEq)]
pub struct Answer {
    /// The number; for a range the least and the most.
    pub numbers: Vec<f64>,
    /// Each seed with its number; 1 and 0 where seeds are counted. No seed where there is none.
    pub each: Vec<(Option<u64>, f64)>,
}

impl PartialEq for Spec {
    /// Specs are static tables: the table itself is its identity.
    fn eq(&self, other: &Self) -> bool {
        std::ptr::eq(self, other)
    }
}

impl fmt::Debug for Spec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.id)
    }
}

impl Run {
    /// Reads a run's name. `specs` are the simulations that it may name; with one alone the name may
    /// leave it out.
    ///
    /// # Errors
    /// A sentence on what is wrong, and what would be right.
    pub fn parse(text: &str, specs: &[&'static Spec]) -> Result<Self, String> {
        let parts = Parts::of(text, specs)?;
        let run = parts.run()?;
        run.check()?;
        Ok(run)
    }

    /// Refuses what does not fit together.
    pub(super) fn check(&self) -> Result<(), String> {
        let Self { spec, seeds, asked, kept, .. } = self;
        let many = seeds.is_some();
        let counted = asked.counts();
        if many && asked.summary.is_none() {
            return Err(format!(
                "Several seeds are summed up by {}: write, say, #mean:{}.",
                Summary::names(),
                spec.readouts[asked.clauses[0].readout].id
            ));
        }
        if let Some(summary) = asked.summary.filter(|_| !many) {
            return Err(format!(
                "“{}” sums up several seeds: name them, as in {SEEDS}=1..40.",
                summary.word()
            ));
        }
        if counted && asked.clauses.iter().any(|c| c.bound.is_none()) {
            return Err("Seeds are counted for which something holds: write a condition, as in \
                        #count:loss<0.1."
                .to_owned());
        }
        if !counted && (asked.clauses.len() > 1 || asked.clauses.iter().any(|c| c.bound.is_some())) {
            return Err("A condition is counted over seeds: write #count: or #share: before it.".to_owned());
        }
        let compared = asked.clauses.iter().any(|c| c.comparison.is_some());
        if compared && kept.is_none() {
            return Err(format!(
                "A comparison has a second run: name its values, as in {KEPT}=top_k:2, or {KEPT}=defaults."
            ));
        }
        if !compared && kept.is_some() {
            return Err(format!(
                "Nothing is compared with the second run of “{KEPT}”: write one of {} before the readout.",
                Comparison::names()
            ));
        }
        Ok(())
    }

    /// The readings that are needed: seed by seed, the run itself and then the one it is compared with.
    #[must_use]
    pub fn jobs(&self) -> Vec<Job> {
        let mut jobs = Vec::new();
        for seed in self.each_seed() {
            for values in std::iter::once(&self.values).chain(&self.kept) {
                let values = with_seed(values.clone(), seed);
                jobs.push(Job { spec: self.spec, values, at: self.at });
            }
        }
        jobs
    }

    /// The seeds that are named, or one `None`: the seed of the values.
    fn each_seed(&self) -> Vec<Option<u64>> {
        match &self.seeds {
            Some(seeds) => seeds.0.iter().copied().map(Some).collect(),
            None => vec![None],
        }
    }

    /// The answer, from the readings of [`Run::jobs`] in their order.
    ///
    /// # Errors
    /// A sentence, where a readout has no number.
    pub fn answer(&self, readings: &[Vec<Reading>]) -> Result<Answer, String> {
        let each = self.each(readings).into_iter().map(|(seed, number)| Ok((seed, number?)));
        let each: Vec<(Option<u64>, f64)> = each.collect::<Result<_, String>>()?;
        let numbers: Vec<f64> = each.iter().map(|(_, x)| *x).collect();
        Ok(Answer { numbers: self.asked.summary.map_or(numbers.clone(), |s| s.of(&numbers)), each })
    }

    /// Each seed with its number, or with why it has none.
    #[must_use]
    pub fn each(&self, readings: &[Vec<Reading>]) -> Vec<(Option<u64>, Result<f64, String>)> {
        let width = 1 + usize::from(self.kept.is_some());
        let seeds = self.each_seed().into_iter();
        seeds.zip(readings.chunks(width)).map(|(seed, pair)| (seed, self.number(seed, pair))).collect()
    }

    fn number(&self, seed: Option<u64>, pair: &[Vec<Reading>]) -> Result<f64, String> {
        if self.asked.counts() {
            // As everywhere, what is no number meets no bound.
            let holds = self.asked.clauses.iter().all(|clause| {
                let measured = clause.measured(pair);
                clause.bound.is_some_and(|(relation, bound)| measured.is_ok_and(|x| relation.holds(x, bound)))
            });
            return Ok(f64::from(u8::from(holds)));
        }
        self.asked.clauses[0].measured(pair).map_err(|said| {
            let readout = self.spec.readouts[self.asked.clauses[0].readout].id;
            let seed = seed.map(|seed| format!(" with seed {seed}")).unwrap_or_default();
            format!(
                "{} has no number for “{readout}” at step {}{seed}: it says “{said}”.",
                self.spec.id, self.at
            )
        })
    }

    /// The moment that shows the run: of several seeds the one whose number is nearest to the answer.
    #[must_use]
    pub fn moment(&self, answer: &Answer) -> Moment {
        let wanted = answer.numbers.last().copied().unwrap_or_default();
        let wanted = if self.asked.counts() { 1.0 } else { wanted };
        let mut nearest: Option<(f64, Option<u64>)> = None;
        for (seed, number) in &answer.each {
            let distance = (number - wanted).abs();
            if nearest.is_none_or(|(least, _)| distance < least) {
                nearest = Some((distance, *seed));
            }
        }
        let seed = nearest.and_then(|(_, seed)| seed);
        Moment {
            values: with_seed(self.values.clone(), seed),
            at: Some(self.at),
            kept: self.kept.clone().map(|kept| with_seed(kept, seed)),
        }
    }

    /// What was run and read, in words.
    #[must_use]
    pub fn words(&self) -> String {
        let mut out = self.asked.words(self.spec, self.seeds.as_ref());
        let step = group_thousands(&self.at.to_string());
        out.push_str(&format!(", at step {step}"));
        let defaults = self.spec.defaults();
        let named = |values: &Values| -> Vec<String> {
            let own = values.iter().filter(|(c, v)| Some(*v) != defaults.get(c.id));
            own.map(|(c, v)| format!("{} {}", c.label, c.shown(v))).collect()
        };
        let changed = named(&self.values);
        out.push_str(if changed.is_empty() { ", with the defaults" } else { ", with " });
        out.push_str(&changed.join(", "));
        if let Some(kept) = &self.kept {
            let changed = named(&with_seed(kept.clone(), defaults.get(SEED).map(|_| defaults.seed())));
            out.push_str(", against ");
            out.push_str(&if changed.is_empty() { "the defaults".to_owned() } else { changed.join(", ") });
        }
        out
    }
}

/// The values on another seed, if there is one.
pub(super) fn with_seed(mut values: Values, seed: Option<u64>) -> Values {
    if let Some(seed) = seed {
        values.set(SEED, crate::lab::Value::Integer(i64::try_from(seed).unwrap_or(i64::MAX)));
    }
    values
}

impl fmt::Display for Run {
    /// The canonical name, which [`Run::parse`] reads back to the same run.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", self.spec.id, query(self, None))?;
        write!(f, "#{}", self.asked.text(self.spec))
    }
}

/// The query of a run's name with its `?`; `swept` is a control with what it runs over.
pub(super) fn query(run: &Run, swept: Option<(&str, &str)>) -> String {
    let mut parts: Vec<String> = Vec::new();
    for (control, value) in run.values.iter() {
        match swept {
            Some((id, range)) if id == control.id => parts.push(format!("{id}={range}")),
            _ if *value != control.default() => {
                parts.push(format!("{}={}", control.id, told(&control.written(value))));
            }
            _ => {}
        }
    }
    parts.extend(run.kept.as_ref().map(|kept| format!("{KEPT}={}", told(&encode_kept(kept)))));
    if run.at != run.spec.pace.opening {
        parts.push(format!("{AT}={}", run.at));
    }
    parts.extend(run.seeds.as_ref().map(|seeds| format!("{SEEDS}={seeds}")));
    if parts.is_empty() { String::new() } else { format!("?{}", parts.join("&")) }
}

/// A text as a name has it: what would end it, or could not stand in a link, is written in percent.
#[must_use]
pub fn told(text: &str) -> String {
    let mut out = String::new();
    for byte in text.bytes() {
        match byte {
            b' ' => out.push('+'),
            b'%' | b'&' | b'#' | b'?' | b'+' | b'(' | b')' | b'<' | b'>' | b'\\' | 0..=31 | 127.. => {
                out.push_str(&format!("%{byte:02X}"));
            }
            byte => out.push(char::from(byte)),
        }
    }
    out
}

/// A run's name, taken apart.
pub(super) struct Parts {
    pub spec: &'static Spec,
    pub pairs: Vec<(String, String)>,
    pub asked: Asked,
}

impl Parts {
    pub fn of(text: &str, specs: &[&'static Spec]) -> Result<Self, String> {
        let (rest, fragment) = text.split_once('#').unwrap_or((text, ""));
        let (id, query) = rest.split_once('?').unwrap_or((rest, ""));
        let spec = spec_of(id, specs)?;
        Ok(Self { spec, pairs: pairs(query), asked: Asked::parse(fragment, spec)? })
    }

    pub fn run(self) -> Result<Run, String> {
        let Self { spec, pairs, asked } = self;
        let mut run =
            Run { spec, values: spec.defaults(), kept: None, seeds: None, at: spec.pace.opening, asked };
        for (name, text) in &pairs {
            match name.as_str() {
                AT => run.at = step_of(text)?,
                KEPT => {
                    let mut refusals = Vec::new();
                    run.kept = Some(read_kept(spec, text, &mut refusals));
                    if let Some(refusal) = refusals.into_iter().next() {
                        return Err(refusal.sentence);
                    }
                }
                SEEDS => run.seeds = Some(seeds_of(spec, text)?),
                _ => set(spec, &mut run.values, name, text, &[AT, KEPT, SEEDS])?,
            }
        }
        if run.seeds.is_some() && pairs.iter().any(|(name, _)| name == SEED) {
            return Err(format!("“{SEED}” and “{SEEDS}” are two answers to one question: leave one out."));
        }
        Ok(run)
    }
}

/// The simulation of this name; with one alone the name may be empty.
fn spec_of(id: &str, specs: &[&'static Spec]) -> Result<&'static Spec, String> {
    match specs {
        [one] if id.is_empty() => Ok(one),
        _ => specs
            .iter()
            .find(|s| s.id == id)
            .copied()
            .ok_or_else(|| unknown("simulation", id, &specs.iter().map(|s| s.id).collect::<Vec<_>>())),
    }
}

/// A step as `at` has it.
///
/// # Errors
/// A sentence on what would be one.
pub fn step_of(text: &str) -> Result<u64, String> {
    let step = text.parse().ok().filter(|step| *step <= FURTHEST_STEP);
    step.ok_or_else(|| {
        format!("“{}” is no step: “{AT}” takes a whole number from 0 to {FURTHEST_STEP}.", shorten(text))
    })
}

/// Sets a control to exactly this value. `others` are names that may stand beside controls.
fn set(
    spec: &'static Spec,
    values: &mut Values,
    name: &str,
    text: &str,
    others: &[&str],
) -> Result<(), String> {
    if values.position(name).is_none() {
        let mut names: Vec<&str> = spec.controls.iter().map(|c| c.id).collect();
        names.extend(others);
        return Err(unknown("control", name, &names));
    }
    match values.set_text(name, text) {
        Ok(None) => Ok(()),
        Ok(Some(refusal)) | Err(refusal) => Err(refusal.sentence),
    }
}

fn seeds_of(spec: &'static Spec, text: &str) -> Result<Seeds, String> {
    if spec.defaults().position(SEED).is_none() {
        return Err(format!("{} has no seed: leave “{SEEDS}” out.", spec.id));
    }
    Seeds::parse(text)
}

/// The position of a readout.
///
/// # Errors
/// A sentence with the readouts that there are.
pub fn readout_of(spec: &Spec, id: &str) -> Result<usize, String> {
    spec.readout(id)
        .ok_or_else(|| unknown("readout", id, &spec.readouts.iter().map(|r| r.id).collect::<Vec<_>>()))
}

/// "There is no readout “ded”, perhaps dead is meant: the readouts are loss, dead."
pub(super) fn unknown(kind: &str, asked: &str, names: &[&str]) -> String {
    let meant = perhaps(asked, names.iter().copied());
    format!("There is no {kind} “{}”{meant}: the {kind}s are {}.", shorten(asked), names.join(", "))
}

impl Asked {
    fn parse(fragment: &str, spec: &'static Spec) -> Result<Self, String> {
        if fragment.is_empty() {
            let ids: Vec<&str> = spec.readouts.iter().map(|r| r.id).collect();
            return Err(format!(
                "A run's name ends with what is read off it, as in #{}: the readouts are {}.",
                ids.first().unwrap_or(&"loss"),
                ids.join(", ")
            ));
        }
        let begun = fragment.split_once(':').and_then(|(word, rest)| Some((Summary::named(word)?, rest)));
        let (summary, rest) = begun.map_or((None, fragment), |(summary, rest)| (Some(summary), rest));
        let clauses = rest.split(',').map(|text| Clause::parse(text, spec)).collect::<Result<_, _>>()?;
        Ok(Self { summary, clauses })
    }

    /// Whether seeds are counted for which something holds.
    #[must_use]
    pub fn counts(&self) -> bool {
        matches!(self.summary, Some(Summary::Count | Summary::Share))
    }

    /// Whether the number is one of the readout's own unit, and no count, share or ratio.
    #[must_use]
    pub fn has_unit(&self) -> bool {
        let relative = |c: &Clause| matches!(c.comparison, Some(Comparison::Ratio | Comparison::Change));
        !self.counts() && !self.clauses.iter().any(relative)
    }

    /// As the name of a run has it, behind `#`.
    #[must_use]
    pub fn text(&self, spec: &Spec) -> String {
        let clauses: Vec<String> = self.clauses.iter().map(|c| c.text(spec)).collect();
        let summary = self.summary.map(|s| format!("{}:", s.word())).unwrap_or_default();
        format!("{summary}{}", clauses.join(","))
    }

    /// "Loss, mean of seeds 1 to 40".
    #[must_use]
    pub fn words(&self, spec: &Spec, seeds: Option<&Seeds>) -> String {
        let clauses: Vec<String> = self.clauses.iter().map(|c| c.words(spec)).collect();
        let clauses = clauses.join(" and ");
        match (self.summary, seeds) {
            (Some(summary), Some(seeds)) => format!("{clauses}, {} of {}", summary.words(), seeds.words()),
            _ => clauses,
        }
    }
}

impl Clause {
    fn parse(text: &str, spec: &'static Spec) -> Result<Self, String> {
        let (measure, bound) = match Relation::cut(text) {
            None => (text, None),
            Some((measure, relation, bound)) => (measure, Some((relation, bound_of(bound)?))),
        };
        let (comparison, id) = match measure.split_once(':') {
            None => (None, measure),
            Some((word, id)) => {
                let comparison = Comparison::ALL.into_iter().find(|c| c.word() == word);
                let comparison = comparison.ok_or_else(|| {
                    format!(
                        "“{}” is no way to read a run: seeds are summed up by {}, and two runs are \
                         compared by {}.",
                        shorten(word),
                        Summary::names(),
                        Comparison::names()
                    )
                })?;
                (Some(comparison), id)
            }
        };
        Ok(Self { comparison, readout: readout_of(spec, id)?, bound })
    }

    /// The number of a run and the one it is compared with, or what stands in its place.
    fn measured(&self, pair: &[Vec<Reading>]) -> Result<f64, String> {
        let number = |readings: Option<&Vec<Reading>>| match readings.and_then(|r| r.get(self.readout)) {
            Some(Reading::Number(x)) => Ok(*x),
            Some(Reading::Text(text)) => Err(text.clone()),
            _ => Err("–".to_owned()),
        };
        let x = number(pair.first())?;
        let Some(comparison) = self.comparison else { return Ok(x) };
        let other = number(pair.get(1))?;
        let compared = match comparison {
            Comparison::Difference => x - other,
            Comparison::Ratio => x / other,
            Comparison::Change => (x - other) / other,
        };
        if compared.is_finite() { Ok(compared) } else { Err("∞".to_owned()) }
    }

    fn text(&self, spec: &Spec) -> String {
        let comparison = self.comparison.map(|c| format!("{}:", c.word())).unwrap_or_default();
        let bound = self.bound.map(|(relation, bound)| format!("{}{bound}", relation.typed()));
        format!("{comparison}{}{}", spec.readouts[self.readout].id, bound.unwrap_or_default())
    }

    pub(super) fn words(&self, spec: &Spec) -> String {
        let comparison = self.comparison.map(|c| format!(", {}", c.word())).unwrap_or_default();
        let bound = self.bound.map(|(relation, bound)| format!(" {} {bound}", relation.sign()));
        format!("{}{comparison}{}", spec.readouts[self.readout].label, bound.unwrap_or_default())
    }
}

/// The number that something is held against.
fn bound_of(text: &str) -> Result<f64, String> {
    number(text).ok_or_else(|| {
        format!("“{}” is no bound: write one of <, <=, >, >=, =, != and a number.", shorten(text))
    })
}

impl Comparison {
    const ALL: [Self; 3] = [Self::Difference, Self::Ratio, Self::Change];

    fn names() -> String {
        Self::ALL.map(Self::word).join(", ")
    }

    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Difference => "difference",
            Self::Ratio => "ratio",
            Self::Change => "change",
        }
    }
}

impl Summary {
    const ALL: [Self; 8] = [
        Self::Mean,
        Self::Median,
        Self::Deviation,
        Self::Least,
        Self::Most,
        Self::Range,
        Self::Count,
        Self::Share,
    ];

    fn names() -> String {
        Self::ALL.map(Self::word).join(", ")
    }

    fn named(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|s| s.word() == word)
    }

    fn word(self) -> &'static str {
        match self {
            Self::Mean => "mean",
            Self::Median => "median",
            Self::Deviation => "sd",
            Self::Least => "min",
            Self::Most => "max",
            Self::Range => "range",
            Self::Count => "count",
            Self::Share => "share",
        }
    }

    fn words(self) -> &'static str {
        match self {
            Self::Deviation => "standard deviation",
            Self::Least => "least",
            Self::Most => "most",
            other => other.word(),
        }
    }

    /// The number, or the two, of at least one.
    fn of(self, numbers: &[f64]) -> Vec<f64> {
        let mut sorted = numbers.to_vec();
        sorted.sort_by(f64::total_cmp);
        let [least, most] = [sorted[0], sorted[sorted.len() - 1]];
        match self {
            Self::Mean | Self::Share => vec![mean(numbers)],
            Self::Median => {
                let half = sorted.len() / 2;
                let pair = if sorted.len() % 2 == 1 { [half, half] } else { [half - 1, half] };
                vec![0.5 * (sorted[pair[0]] + sorted[pair[1]])]
            }
            Self::Deviation => {
                let n = numbers.len() as f64;
                vec![standard_deviation(numbers) * (n / (n - 1.0)).sqrt()]
            }
            Self::Least => vec![least],
            Self::Most => vec![most],
            Self::Range => vec![least, most],
            Self::Count => vec![numbers.iter().sum()],
        }
    }
}

impl Seeds {
    /// The seeds 1 to `n`.
    #[must_use]
    pub fn first(n: u64) -> Self {
        Self((1..=n).collect())
    }

    /// Reads `1..40`, `1..4,11,12`.
    ///
    /// # Errors
    /// A sentence on what would be right.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong = || {
            format!(
                "“{}” names no seeds: write a range or a list of at least two, as in 1..40 or 1..4,11; at most \
                 {MOST_SEEDS}.",
                shorten(text)
            )
        };
        let mut seeds = Vec::new();
        for part in text.split(',') {
            let (first, last) = part.split_once("..").unwrap_or((part, part));
            let ends = first.parse::<u64>().ok().zip(last.parse::<u64>().ok());
            let legal = |n: u64| n <= crate::lab::schema::control::LARGEST_SEED as u64;
            let (first, last) = ends.filter(|(a, b)| a <= b && legal(*b)).ok_or_else(wrong)?;
            if last - first >= MOST_SEEDS as u64 {
                return Err(wrong());
            }
            seeds.extend(first..=last);
        }
        seeds.sort_unstable();
        seeds.dedup();
        if (2..=MOST_SEEDS).contains(&seeds.len()) { Ok(Self(seeds)) } else { Err(wrong()) }
    }

    #[must_use]
    pub fn as_slice(&self) -> &[u64] {
        &self.0
    }

    /// Runs of neighbours, as their first and last.
    fn ranges(&self) -> Vec<(u64, u64)> {
        let mut ranges: Vec<(u64, u64)> = Vec::new();
        for seed in &self.0 {
            match ranges.last_mut() {
                Some((_, last)) if *last + 1 == *seed => *last = *seed,
                _ => ranges.push((*seed, *seed)),
            }
        }
        ranges
    }

    /// "seeds 1 to 40".
    #[must_use]
    pub fn words(&self) -> String {
        let ranges = self.ranges().into_iter();
        let ranges = ranges.map(|(a, b)| if a == b { a.to_string() } else { format!("{a} to {b}") });
        format!("seeds {}", ranges.collect::<Vec<_>>().join(", "))
    }
}

impl fmt::Display for Seeds {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let ranges = self.ranges().into_iter();
        let ranges = ranges.map(|(a, b)| if a == b { a.to_string() } else { format!("{a}..{b}") });
        f.write_str(&ranges.collect::<Vec<_>>().join(","))
    }
}

#[cfg(test)]
mod tests;
