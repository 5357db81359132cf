//! `collapse`: each model learns from the samples of the one before, in many runs side by side.

mod figure;
mod own;
mod spec;
#[cfg(test)]
mod tests;

pub use spec::SPEC;

use crate::lab::figure::series::Series;
use crate::lab::{Bounded, Figure, Named, Reading, Simulation, Values, reading};
use crate::models::recursive_fit::{NormalChain, Rules, Source, WordChain, cumulative, sameness, zipf};
use crate::models::sampling::Warp;
use crate::numerics::random::Stream;
use crate::numerics::statistics::mean;
use own::Own;
use spec::{ESTIMATOR, MODE, WORLD};
use std::sync::Arc;

/// V, where the words are made up.
const WORDS: usize = 100;
/// Generations that are made: far beyond what the figures speak of.
const LAST: u64 = 500;
/// Runs whose line is drawn.
const DRAWN: usize = 24;
/// Words that all runs together may write in a generation, so that one takes a few milliseconds.
const MOST_WORDS: usize = 64_000;
/// A variance below this is as good as none.
const DEAD: f64 = 1e-6;

/// What is handed on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum World {
    Normal,
    Words,
}

/// The runs, side by side. The first is the one that the left panel shows.
enum Runs {
    Normal(Vec<NormalChain>),
    Words(Vec<WordChain>),
}

struct Collapse {
    rules: Rules,
    /// A text of the reader's own, which the words and their true frequencies are of.
    own: Option<Own>,
    /// Numbers of the reader's own, in the place of the bell curve.
    numbers: Option<Arc<[f64]>>,
    /// Between a model of words and what it writes.
    warp: Warp,
    count: Bounded<usize>,
    runs: Runs,
    /// The first run's samples of this generation.
    samples: Vec<f64>,
    /// The words' true frequencies, and those summed up.
    truth: Vec<f64>,
    ends: Vec<f64>,
    generation: u64,
    /// Of all runs: median, 5th and 95th percentile, mean.
    history: Series<4>,
    /// F, mean of all runs.
    same: Series<1>,
    /// The runs that are drawn.
    lines: Series<DRAWN>,
    /// Lowest 5th percentile there has been: the axis never shrinks during a run.
    lowest: f64,
}

impl Collapse {
    fn new(values: &Values) -> Self {
        let rules = Rules {
            samples: values.integer("n"),
            source: MODE.of(values)(values),
            estimator: ESTIMATOR.of(values),
        };
        let warp = Warp::PLAIN
            .with_temperature(values.real("temperature"))
            .and_then(|warp| warp.with_top_p(values.real("top_p")))
            .expect("the controls' ranges are the warp's");
        let world = WORLD.of(values);
        let own = if world == World::Words { Own::new(values.text("own")) } else { None };
        let numbers = own::numbers(values.text("numbers")).filter(|_| world == World::Normal);
        let truth = own.as_ref().map_or_else(|| zipf(WORDS), Own::frequencies);
        let most = if world == World::Words { MOST_WORDS / rules.samples } else { usize::MAX };
        let count = Bounded::at_most(values.integer("chains"), most, |asked| {
            format!(
                "{asked} runs of {} words would take too long for a picture that moves: {most} are made.",
                rules.samples
            )
        });
        let streams = (0..count.value).map(|i| Stream::new(values.seed(), &format!("run {i}")));
        let runs = match world {
            World::Normal => Runs::Normal(
                streams
                    .map(|noise| match &numbers {
                        Some(numbers) => NormalChain::of(numbers.clone(), noise),
                        None => NormalChain::new(noise),
                    })
                    .collect(),
            ),
            World::Words => Runs::Words(streams.map(|noise| WordChain::new(truth.len(), noise)).collect()),
        };
        let mut this = Self {
            rules,
            own,
            numbers,
            warp,
            count,
            runs,
            samples: Vec::new(),
            ends: cumulative(&truth),
            truth,
            generation: 0,
            history: Series::every(1),
            same: Series::every(1),
            lines: Series::every(1),
            lowest: 1.0,
        };
        this.record();
        this
    }

    /// What the right panel shows of each run: its variance, or its words.
    fn levels(&self) -> Vec<f64> {
        match &self.runs {
            Runs::Normal(runs) => runs.iter().map(|run| run.variance).collect(),
            Runs::Words(runs) => runs.iter().map(|run| run.alive() as f64).collect(),
        }
    }

    fn sameness(&self) -> Option<f64> {
        let Runs::Words(runs) = &self.runs else { return None };
        let each = runs.iter().map(|run| sameness(&run.frequencies().unwrap_or_else(|| self.truth.clone())));
        Some(mean(&each.collect::<Vec<_>>()))
    }

    fn record(&mut self) {
        let levels = self.levels();
        self.lines
            .push(self.generation, core::array::from_fn(|i| levels.get(i).copied().unwrap_or(f64::INFINITY)));
        if let Some(same) = self.sameness() {
            self.same.push(self.generation, [same]);
        }
        let mut sorted = levels;
        sorted.sort_by(f64::total_cmp);
        let low = quantile(&sorted, 0.05);
        self.lowest = self.lowest.min(low);
        self.history
            .push(self.generation, [quantile(&sorted, 0.5), low, quantile(&sorted, 0.95), mean(&sorted)]);
    }

    /// Words that the first run knows and does not write.
    fn cut(&self) -> Option<usize> {
        let Runs::Words(runs) = &self.runs else { return None };
        let writes = runs[0].writes(&self.warp)?;
        Some(runs[0].alive() - writes.iter().filter(|p| **p > 0.0).count())
    }

    fn dead(&self) -> usize {
        let end = if matches!(self.runs, Runs::Normal(_)) { DEAD } else { 1.5 };
        self.levels().iter().filter(|level| **level < end).count()
    }
}

/// The share `q` of sorted numbers is at most this, between two neighbours in proportion.
fn quantile(sorted: &[f64], q: f64) -> f64 {
    let place = q * (sorted.len() - 1) as f64;
    let (below, above) = (sorted[place as usize], sorted[place.ceil() as usize]);
    below + (above - below) * place.fract()
}

impl Simulation for Collapse {
    fn step(&mut self) {
        let Self { runs, rules, warp, samples, ends, .. } = self;
        match runs {
            Runs::Normal(runs) => {
                for (i, run) in runs.iter_mut().enumerate() {
                    if i == 0 { run.step_by_samples(rules, samples) } else { run.step(rules) }
                }
            }
            Runs::Words(runs) => {
                runs.iter_mut().for_each(|run| run.step(rules.samples, rules.source, warp, ends));
            }
        }
        self.generation += 1;
        self.record();
    }

    fn readings(&self) -> Vec<Named> {
        let mut levels = self.levels();
        levels.sort_by(f64::total_cmp);
        let above = levels.iter().filter(|level| **level > 1.0).count();
        let (mut normal, mut words) = ([const { Reading::Absent }; 4], [const { Reading::Absent }; 2]);
        match &self.runs {
            Runs::Normal(runs) => {
                let squares: Vec<f64> = runs.iter().map(|run| run.mean * run.mean).collect();
                let share = 100.0 * above as f64 / runs.len() as f64;
                normal = [mean(&levels), quantile(&levels, 0.5), mean(&squares), share].map(Reading::from);
            }
            Runs::Words(_) => words = [Reading::from(mean(&levels)), Reading::from(self.sameness())],
        }
        let [var_mean, var_median, mu_ms, above] = normal;
        let [alive_words, simpson] = words;
        vec![
            reading("generation", self.generation as usize),
            reading("var_median", var_median),
            reading("var_mean", var_mean),
            reading("above", above),
            reading("mu_ms", mu_ms),
            reading("alive_words", alive_words),
            reading("simpson", simpson),
            reading("dead_chains", self.dead()),
        ]
    }

    fn figure(&self) -> Figure {
        figure::draw(self)
    }

    fn describe(&self, mark: &str, index: usize) -> Option<String> {
        figure::describe(self, mark, index)
    }

    fn notes(&self) -> Vec<String> {
        let mut notes: Vec<String> = self.count.note().into_iter().collect();
        if self.numbers.is_some() {
            notes.push(
                "The numbers are yours, scaled to mean 0 and variance 1; real samples are drawn from them with \
                 replacement. A mean and a variance are all that is handed on: a tail or a second hump of yours is \
                 gone with the first fit."
                    .to_owned(),
            );
        }
        if let (Some(own), Runs::Words(runs)) = (&self.own, &self.runs) {
            notes.extend(own.notes(&runs[0]));
        }
        if let (Source::Mix(share), Runs::Normal(_)) = (self.rules.source, &self.runs) {
            let (real, n) = (self.rules.real(), self.rules.samples);
            if real == 0 {
                notes.push(format!(
                    "{} of {n} samples is less than half a sample: none is real, and this is Replace.",
                    percent(share)
                ));
            } else if (real as f64 - share * n as f64).abs() > 1e-9 {
                notes.push(format!("{} of {n} samples: {real} of them are real.", percent(share)));
            }
        }
        if let Some(cut) = self.cut().filter(|cut| *cut > 0) {
            // Elsewhere real words or the pool still have them.
            let lost =
                if self.rules.source == Source::Replace { " The next model cannot know them." } else { "" };
            notes.push(format!(
                "Of the words that the run drawn here knows, top-p cuts {cut} from what it writes.{lost}"
            ));
        }
        if let Runs::Normal(runs) = &self.runs
            && runs[0].variance < DEAD
        {
            notes.push("The run drawn here has lost its variance: all its samples are one point.".to_owned());
        }
        notes
    }

    fn finished(&self) -> bool {
        self.generation >= LAST
    }
}

fn percent(share: f64) -> String {
    format!("{:.0} %", 100.0 * share)
}
