//! The picture of `collapse`: one run at this moment, and all runs over time.

use super::{Collapse, DRAWN, LAST, Runs};
use crate::lab::Figure;
use crate::lab::figure::charts;
use crate::lab::figure::{At, Axis, Bar, Dot, GAP, Glyph, Panel, Stroke, Tone, round_up};
use crate::lab::schema::readout::format_number;
use crate::models::recursive_fit::{
    FLOOR, NormalChain, Source, WordChain, expected_sameness, resting_sameness, sameness,
};
use crate::numerics::student::normal_density;

/// Points of a run's line, whatever its length.
const POINTS: usize = 64;
/// Bars of the histogram.
const BINS: usize = 41;

pub fn draw(collapse: &Collapse) -> Figure {
    match &collapse.runs {
        Runs::Normal(runs) => normal(collapse, &runs[0]),
        Runs::Words(runs) => words(collapse, &runs[0]),
    }
}

fn normal(collapse: &Collapse, run: &NormalChain) -> Figure {
    let g = collapse.generation;
    let alternative = format!(
        "A histogram of one run's samples, and the variance of {} runs over {g} generations: the median run \
         stands at {}, the mean of all at {}; the truth is 1.",
        collapse.count.value,
        format_number(last(collapse, 0), 3),
        format_number(last(collapse, 3), 2),
    );
    Figure::row(vec![histogram(collapse, run), variances(collapse)], alternative)
}

fn last(collapse: &Collapse, column: usize) -> f64 {
    collapse.history.curve(column).last().map_or(1.0, |point| point[1])
}

/// The run's samples over the truth, and the curve that is fitted to them.
fn histogram(collapse: &Collapse, run: &NormalChain) -> Panel {
    let deviation = run.variance.sqrt();
    let reach = round_up(run.mean.abs() + 2.5 * deviation, 5.0);
    let width = 2.0 * reach / BINS as f64;
    let mut counts = [0usize; BINS];
    for x in &collapse.samples {
        let bin = ((x + reach) / width).floor();
        if (0.0..BINS as f64).contains(&bin) {
            counts[bin as usize] += 1;
        }
    }
    let n = collapse.samples.len().max(1) as f64;
    let highest = counts.iter().copied().max().unwrap_or(0) as f64 / n;
    // Few heights of the axis, so that it stands still while the samples move.
    let top = [0.3, 0.6].into_iter().find(|top| highest < *top).unwrap_or(1.05);
    let bars = counts.iter().enumerate().map(|(i, count)| {
        Bar::new(-reach + (i as f64 + 0.5) * width, 0.9 * width, *count as f64 / n, Tone::Series(0))
    });
    let curve = |mean: f64, deviation: f64| {
        // A spike is narrower than the grid: its own middle comes in.
        let grid = (0..=160).map(move |i| reach * (f64::from(i) / 80.0 - 1.0));
        let mut xs: Vec<f64> = grid.chain((-8..=8).map(|i| mean + f64::from(i) * 0.4 * deviation)).collect();
        xs.sort_by(f64::total_cmp);
        xs.into_iter()
            .filter(move |x| x.abs() <= reach)
            .map(move |x| [x, (width / deviation * normal_density((x - mean) / deviation)).min(top)])
    };
    // The truth, as high as the samples would be: the bell curve, or how the reader's numbers fall into the bars.
    let truth: Vec<[f64; 3]> = match &collapse.numbers {
        None => curve(0.0, 1.0).map(|[x, y]| [x, 0.0, y]).collect(),
        Some(numbers) => {
            let bin = |i: usize| [i, i + 1].map(|k| -reach + k as f64 * width);
            let share = |[low, high]: [f64; 2]| {
                let inside = numbers.iter().filter(|x| (low..high).contains(*x)).count();
                (inside as f64 / numbers.len() as f64).min(top)
            };
            (0..BINS).map(bin).flat_map(|ends| ends.map(|x| [x, 0.0, share(ends)])).collect()
        }
    };
    Panel::new(
        "now",
        format!("{} samples of one run", collapse.rules.samples),
        Axis::linear("Value", [-reach, reach]),
        Axis::linear("Share of the samples", [0.0, top]),
    )
    .height(300.0)
    .weight(0.8)
    .area("truth", truth, Tone::Muted)
    .bars("samples", bars)
    .line("fit", "", curve(run.mean, deviation), Tone::Accent, Stroke::Solid)
}

/// The bottom of a logarithmic axis that goes down in great steps.
fn bottom(lowest: f64) -> f64 {
    [1e-2, 1e-4, 1e-8, 1e-16, 1e-32, 1e-64, 1e-128].into_iter().find(|end| *end <= lowest).unwrap_or(FLOOR)
}

fn axis(collapse: &Collapse) -> Axis {
    charts::steps("Generation", collapse.generation.min(LAST), 50.0)
}

/// Every so many points, the last always among them.
fn thinned(points: Vec<[f64; 2]>) -> Vec<[f64; 2]> {
    let every = points.len().div_ceil(POINTS).max(1);
    let end = points.len().saturating_sub(1);
    let few = points.into_iter().enumerate().filter(|(i, _)| i % every == 0 || *i == end);
    few.map(|(_, point)| point).collect()
}

/// How many runs there are, in words.
fn many(collapse: &Collapse) -> String {
    if collapse.count.value == 1 { "1 run".to_owned() } else { format!("{} runs", collapse.count.value) }
}

/// The drawn runs as one line with gaps. What is off the scale is left out.
fn ghosts(collapse: &Collapse, [low, high]: [f64; 2]) -> Vec<[f64; 2]> {
    let inside = |p: [f64; 2]| if (low..=high).contains(&p[1]) { p } else { GAP };
    (0..DRAWN.min(collapse.count.value))
        .flat_map(|i| thinned(collapse.lines.curve(i)).into_iter().map(inside).chain([GAP]))
        .collect()
}

fn variances(collapse: &Collapse) -> Panel {
    let range = [bottom(collapse.lowest), 10.0];
    let g = collapse.generation;
    let clamp = |points: Vec<[f64; 2]>| {
        thinned(points).into_iter().map(move |[x, y]| [x, y.clamp(range[0], range[1])])
    };
    let band = thinned(collapse.history.curve(1)).into_iter().zip(thinned(collapse.history.curve(2)));
    let theory = |f: &dyn Fn(u64) -> f64| -> Vec<[f64; 2]> {
        (0..=32).map(|i| i * g / 32).map(|i| [i as f64, f(i).max(range[0])]).collect()
    };
    let mut panel = Panel::new(
        "runs",
        format!("Variance of {}", many(collapse)),
        axis(collapse),
        Axis::logarithmic("Fitted variance", range).grid(),
    )
    .height(300.0)
    .area(
        "spread",
        band.map(|([x, low], [_, high])| [x, low.clamp(range[0], range[1]), high.clamp(range[0], range[1])]),
        Tone::Series(0),
    )
    .line("lines", "", ghosts(collapse, range), Tone::Series(0), Stroke::Ghost);
    if collapse.rules.source == Source::Replace {
        panel = panel
            .line("expected", "", theory(&|i| collapse.rules.expected_variance(i)), Tone::Ink, Stroke::Dashed)
            .line("theory", "", theory(&|i| collapse.rules.typical_variance(i)), Tone::Ink, Stroke::Dashed);
    } else {
        panel = panel.rule("expected", "", At::Y(1.0), Tone::Ink, Stroke::Dashed);
    }
    panel.line("mean", "mean", clamp(collapse.history.curve(3)), Tone::Muted, Stroke::Thin).line(
        "median",
        "median",
        clamp(collapse.history.curve(0)),
        Tone::Accent,
        Stroke::Thick,
    )
}

fn words(collapse: &Collapse, run: &WordChain) -> Figure {
    let (g, all) = (collapse.generation, collapse.truth.len());
    let present = run.frequencies().unwrap_or_else(|| collapse.truth.clone());
    let alive = run.alive();
    let mut alternative = format!(
        "The frequencies of {all} words in one run, of which {alive} are left, and the words left in {} \
         runs over {g} generations: {} on average.",
        collapse.count.value,
        format_number(last(collapse, 3), 1),
    );
    if let Some(cut) = collapse.cut().filter(|cut| *cut > 0) {
        alternative.push_str(&format!(" Of those in the run, {cut} are cut and not written."));
    }
    let low = 0.0003;
    let bars = (0..all).map(|i| {
        let (height, tone) =
            if present[i] > 0.0 { (present[i], Tone::Series(0)) } else { (collapse.truth[i], Tone::Faint) };
        Bar::new(i as f64 + 1.0, 0.8, height.max(low), tone).starting_at(low)
    });
    let truth = collapse.truth.iter().enumerate().map(|(i, p)| [i as f64 + 1.0, *p]);
    let now = Panel::new(
        "now",
        format!("One run: {alive} of {all} words are left"),
        Axis::linear("Word, frequent ones first", [0.0, all as f64 + 1.0]),
        Axis::logarithmic("Frequency", [low, 1.0]),
    )
    .height(300.0)
    .weight(0.8)
    .bars("samples", bars);
    let now = written(collapse, run, now, &present, low).line("truth", "", truth, Tone::Ink, Stroke::Dashed);
    let left = Panel::new(
        "runs",
        format!("Words left in {}", many(collapse)),
        axis(collapse),
        Axis::linear("Words left", [0.0, all as f64]).grid(),
    )
    .height(300.0)
    .line("lines", "", ghosts(collapse, [0.0, all as f64]), Tone::Series(0), Stroke::Ghost)
    .line("mean", "mean", thinned(collapse.history.curve(3)), Tone::Accent, Stroke::Thick);
    Figure::new(vec![vec![now, left], vec![same(collapse)]], alternative)
}

/// Adds what the model will write where that is not what it has read: a mark at each word's new frequency,
/// and in red the words that are cut.
fn written(collapse: &Collapse, run: &WordChain, panel: Panel, present: &[f64], low: f64) -> Panel {
    if collapse.warp.is_plain() {
        return panel;
    }
    // The first text is real, and nothing is cut from it.
    let writes = run.writes(&collapse.warp).unwrap_or_else(|| collapse.truth.clone());
    let place = |i: usize| i as f64 + 1.0;
    let living = (0..writes.len()).filter(|i| writes[*i] > 0.0);
    let dots = living.map(|i| Dot::new([place(i), writes[i].max(low)], Tone::Ink, Glyph::Diamond));
    let panel = panel.dots("written", "as it writes", dots, 2.5);
    if !collapse.warp.filters() {
        return panel;
    }
    // Each word has a bar, of no height where it is written, so that the legend stands still.
    let cut = (0..writes.len()).map(|i| {
        let height = if writes[i] > 0.0 { low } else { present[i].max(low) };
        Bar::new(place(i), 0.8, height, Tone::Bad).starting_at(low)
    });
    panel.bars("cut", cut).labelled("cut")
}

/// The chance that two words are the same, over what population genetics expects of it.
fn same(collapse: &Collapse) -> Panel {
    let (g, n) = (collapse.generation, collapse.rules.samples);
    let truth = sameness(&collapse.truth);
    let panel = Panel::new(
        "same",
        "Chance that two words of a text are the same",
        axis(collapse),
        Axis::linear("Chance", [0.0, 1.0]).grid(),
    )
    .height(180.0)
    .line("same", "mean", thinned(collapse.same.curve(0)), Tone::Accent, Stroke::Thick);
    match collapse.rules.source {
        // What is expected of a model that writes as it has read.
        _ if !collapse.warp.is_plain() => {
            panel.rule("truth", "truth", At::Y(truth), Tone::Ink, Stroke::Dashed)
        }
        Source::Replace => {
            let line = (0..=32).map(|i| i * g / 32).map(|i| [i as f64, expected_sameness(truth, n, i)]);
            panel.line("expected", "", line, Tone::Ink, Stroke::Dashed)
        }
        Source::Mix(share) => {
            let rest = resting_sameness(truth, n, share);
            panel.rule("expected", "", At::Y(rest), Tone::Ink, Stroke::Dashed)
        }
        Source::Accumulate => panel,
    }
}

/// A word of the reader's own text by its name; of words that are made up there is none.
pub fn describe(collapse: &Collapse, mark: &str, index: usize) -> Option<String> {
    let (Some(own), Runs::Words(runs), "samples") = (&collapse.own, &collapse.runs, mark) else {
        return None;
    };
    let percent = |p: f64| format_number(100.0 * p, 1);
    let now = match runs[0].frequencies() {
        Some(present) if present[index] > 0.0 => format!("now {} %", percent(present[index])),
        Some(_) => "gone".to_owned(),
        None => "not read yet".to_owned(),
    };
    Some(format!("“{}”: {} % in your text, {now}", own.word(index)?, percent(*collapse.truth.get(index)?)))
}
