//! The picture of `seeds`: one experiment, all p-values, and power against the number of seeds; where a test
//! set is fixed, the intervals of the last step beside it.

use super::super::{A, B, FOUND};
use super::{BATCH, BINS, ENOUGH, Lab, WIDEST};
use crate::lab::figure::{Anchor, At, Axis, Bar, Dot, Figure, GAP, Glyph, Panel, Stroke, Tone, round_up};
use crate::lab::schema::readout::format_number;
use crate::models::significance::{Comparison, Test, mean_against_zero};

/// Most pairs that are joined by a line.
const PAIRS: usize = 30;

/// Where the mean of a method stands, to the side of its dots.
const ASIDE: [f64; 2] = [-0.42, 0.42];

/// How many intervals hold the true gain, where the questions have moved them.
const COVERAGE: Tone = Tone::Series(3);

pub fn draw(lab: &Lab) -> Figure {
    let below = if lab.moved() { vec![intervals(lab), power(lab)] } else { vec![power(lab)] };
    Figure::new(vec![vec![scores(lab), p_values(lab)], below], alternative(lab))
}

/// Where the dot of seed `i` of a method stands.
fn place(method: usize, i: usize, n: usize) -> f64 {
    method as f64 + 0.5 * (i as f64 / (n as f64 - 1.0) - 0.5)
}

fn scores(lab: &Lab) -> Panel {
    let of = if lab.own.is_some() { "Your scores" } else { "One experiment" };
    let title = match lab.shown() {
        None => of.to_owned(),
        Some(e) => match e.p {
            None => "Identical runs, no test".to_owned(),
            Some(p) if p < lab.design.alpha => format!("{of}: found, p = {}", format_number(p, 3)),
            Some(p) => format!("{of}: missed, p = {}", format_number(p, 3)),
        },
    };
    let sampled = lab.design.sampling_variances();
    let reach = 3.2 * (lab.design.spread * lab.design.spread + sampled[0].max(sampled[1])).sqrt();
    let truths = lab.design.means();
    let mut ends = [truths[0] - reach, truths[1] + reach];
    if let Some(own) = &lab.own {
        let all = || own.scores.iter().flatten().copied();
        let [low, high] = [all().fold(f64::INFINITY, f64::min), all().fold(f64::NEG_INFINITY, f64::max)];
        let more = (0.2 * (high - low)).max(0.5);
        ends = [low - more, high + more];
    }
    let y = Axis::linear("score", ends).unit("points");
    let x = Axis::linear("", [-0.7, 1.7]).ticks([(0.0, "A"), (1.0, "B")]);
    // The truth, as a short level for each method.
    let levels = (0..2).flat_map(|m| [[m as f64 - 0.3, truths[m]], [m as f64 + 0.3, truths[m]], GAP]);
    let truth = |panel: Panel| panel.line("truth", "", levels, Tone::Muted, Stroke::Dashed);
    let mut panel = Panel::new("scores", title, x, y).height(232.0).weight(0.85);
    let Some(experiment) = lab.shown() else { return truth(panel) };
    let [a, b] = &experiment.scores;
    let n = a.len();
    if lab.design.test != Test::Welch && n <= PAIRS {
        let points = (0..n).flat_map(|i| [[place(0, i, n), a[i]], [place(1, i, n), b[i]], GAP]);
        panel = panel.line("pairs", "", points, Tone::Muted, Stroke::Ghost);
    }
    // Of the reader's own scores nobody knows the truth.
    if lab.own.is_none() {
        panel = truth(panel);
    }
    let radius = if n > 30 { 2.2 } else { 3.6 };
    for (m, id, tone, glyph) in [(0, "a", A, Glyph::Circle), (1, "b", B, Glyph::Square)] {
        let scores = &experiment.scores[m];
        let dots =
            scores.iter().enumerate().map(|(i, score)| Dot::new([place(m, i, n), *score], tone, glyph));
        panel = panel.dots(id, "", dots, radius);
    }
    for (m, ids, tone) in [(0, ["mean_a", "interval_a"], A), (1, ["mean_b", "interval_b"], B)] {
        let Some(mean) = mean_against_zero(&experiment.scores[m]) else { continue };
        let at = m as f64 + ASIDE[m];
        let [low, high] = mean.interval();
        panel = panel.line(ids[1], "", [[at, low], [at, high]], tone, Stroke::Solid);
        panel = panel.dots(ids[0], "", [Dot::new([at, mean.difference], tone, Glyph::Diamond)], 5.0);
    }
    panel
}

fn p_values(lab: &Lab) -> Panel {
    let alpha = lab.design.alpha;
    let all = lab.done.max(1) as f64;
    let width = 1.0 / BINS as f64;
    let bars: Vec<Bar> = lab
        .bins
        .iter()
        .enumerate()
        .map(|(i, count)| {
            // A bar across the level counts as what most of it is.
            let middle = (i as f64 + 0.5) * width;
            Bar::new(
                middle,
                0.86 * width,
                *count as f64 / all,
                if middle < alpha { FOUND } else { Tone::Muted },
            )
        })
        .collect();
    let top = bars.iter().map(|b| b.to).fold(0.0, f64::max);
    let x = Axis::linear("p-value", [0.0, 1.0]);
    // Room for the level's name above the bars, of which none is higher than all.
    let y = Axis::linear("share of experiments", [0.0, round_up(1.15 * top, 0.1).min(1.15)]).grid();
    let title = format!("p-values of {} experiments", format_number(lab.done as f64, 0));
    Panel::new("p", title, x, y)
        .height(232.0)
        .weight(1.15)
        .rule("flat", "", At::Y(width), Tone::Ink, Stroke::Dashed)
        .bars("p_values", bars)
        .rule("alpha", format!("α = {alpha}"), At::X(alpha), FOUND, Stroke::Solid)
}

/// The intervals of the last step, one below the other, and the gain that each should hold.
fn intervals(lab: &Lab) -> Panel {
    let truth = lab.design.gain;
    let (held, missed): (Vec<_>, Vec<_>) =
        lab.batch.iter().enumerate().partition(|(_, gain)| gain.covers(truth));
    let title = if lab.batch.is_empty() {
        "95 % intervals of B − A".to_owned()
    } else {
        format!("{} of {} intervals hold δ", held.len(), lab.batch.len())
    };
    // Three deviations of what the intervals stand around, and room for their halves.
    let reach = 3.0 * lab.design.mean_deviation(lab.n) + 4.0 * lab.design.spread / (lab.n as f64).sqrt();
    let x = Axis::linear("B − A", [truth - reach, truth + reach]).unit("points");
    let y = Axis::linear("experiment", [0.0, BATCH as f64 + 1.0]);
    let lines = |some: &[(usize, &Comparison)]| -> Vec<[f64; 2]> {
        some.iter()
            .flat_map(|(i, gain)| {
                let [low, high] = gain.interval();
                let row = *i as f64 + 1.0;
                [[low, row], [high, row], GAP]
            })
            .collect()
    };
    Panel::new("intervals", title, x, y)
        .height(212.0)
        .rule("true_gain", "δ", At::X(truth), Tone::Ink, Stroke::Dashed)
        .line("held", "holds δ", lines(&held), Tone::Muted, Stroke::Solid)
        .line("missed", "misses it", lines(&missed), Tone::Bad, Stroke::Solid)
}

fn power(lab: &Lab) -> Panel {
    let now = format!("Power {} at n = {}", format_number(lab.power(), 2), lab.n);
    let title = match lab.needed {
        Some(n) => format!("{now}; 0.80 takes {}", format_number(n as f64, 0)),
        None => format!("{now}; nothing to find"),
    };
    let ticks = [2, 3, 5, 10, 20, 50, 100].map(|n| (f64::from(n), n.to_string()));
    let x = Axis::logarithmic("seeds n for each method", [2.0, WIDEST as f64 * 1.05]).ticks(ticks);
    let shares = [0.0, 0.2, 0.4, 0.6, ENOUGH, 1.0].map(|p| (p, format_number(p, 1)));
    let y = Axis::linear("chance to find it", [0.0, 1.05]).ticks(shares);
    let curve: Vec<[f64; 2]> = lab.powers.iter().enumerate().map(|(i, p)| [(i + 2) as f64, *p]).collect();
    let n = lab.n as f64;
    let mut panel = Panel::new("power", title, x, y)
        .height(212.0)
        .rule("enough", "", At::Y(ENOUGH), Tone::Muted, Stroke::Dashed)
        .rule("n", "", At::X(n), Tone::Muted, Stroke::Thin)
        .line("curve", "", curve, Tone::Ink, Stroke::Thick)
        .dots("now", "", [Dot::new([n, lab.power()], Tone::Ink, Glyph::Circle)], 5.0);
    if lab.moved() {
        let curve = lab.coverages.iter().enumerate().map(|(i, share)| [(i + 2) as f64, *share]);
        panel = panel.line("coverage", "intervals that hold δ", curve, COVERAGE, Stroke::Solid);
    }
    if let Some(simulated) = lab.simulated() {
        panel = panel.dots("simulated", "", [Dot::new([n, simulated], FOUND, Glyph::Diamond).hollow()], 5.0);
    }
    if let Some(needed) = lab.needed.filter(|n| *n <= WIDEST) {
        let at = [needed as f64, ENOUGH];
        let right = needed < 40;
        panel = panel.dots("needed", "", [Dot::new(at, Tone::Ink, Glyph::Triangle)], 4.5).words(
            "needed_words",
            [if right { at[0] * 1.06 } else { at[0] / 1.06 }, if right { 0.7 } else { 0.9 }],
            format!("{needed} seeds"),
            if right { Anchor::Start } else { Anchor::End },
            Tone::Ink,
        );
    }
    panel
}

pub fn describe(lab: &Lab, mark: &str, index: usize) -> Option<String> {
    let points = |x: f64| format!("{} points", format_number(x, 2));
    let experiment = lab.shown();
    match mark {
        "a" | "b" => {
            let score = experiment?.scores[usize::from(mark == "b")].get(index)?;
            Some(format!("{}, seed {}: {}", mark.to_uppercase(), index + 1, points(*score)))
        }
        "mean_a" | "mean_b" | "interval_a" | "interval_b" => {
            let method = usize::from(mark.ends_with('b'));
            let mean = mean_against_zero(&experiment?.scores[method])?;
            let [low, high] = mean.interval();
            Some(format!(
                "mean of {}: {}, 95 % interval {} to {}",
                ["A", "B"][method],
                points(mean.difference),
                format_number(low, 2),
                format_number(high, 2)
            ))
        }
        "pairs" => Some("the two runs under one seed, joined".to_owned()),
        "held" => Some("95 % intervals of the last step that hold the true gain".to_owned()),
        "missed" => Some("95 % intervals of the last step that miss the true gain".to_owned()),
        "true_gain" => Some(format!("the true gain: {}", points(lab.design.gain))),
        "coverage" => Some("share of the 95 % intervals that hold the true gain, by the formula".to_owned()),
        "truth" => {
            let [a, b] = lab.design.means();
            Some(format!("the true scores: A {}, B {}", points(a), points(b)))
        }
        "p_values" => {
            let count = lab.bins.get(index)?;
            let width = 1.0 / BINS as f64;
            let (low, high) = (index as f64 * width, (index + 1) as f64 * width);
            Some(format!(
                "p from {} to {}: {count} of {} experiments",
                format_number(low, 2),
                format_number(high, 2),
                lab.done
            ))
        }
        "flat" => Some("what each bar would be if there were no difference: 0.05".to_owned()),
        "now" => Some(format!("power by the formula at n = {}: {}", lab.n, format_number(lab.power(), 3))),
        "simulated" => Some(format!("share found, simulated: {}", format_number(lab.simulated()?, 3))),
        "needed" => Some(format!("a power of {ENOUGH} takes {} seeds for each method", lab.needed?)),
        _ => None,
    }
}

fn alternative(lab: &Lab) -> String {
    let Some(simulated) = lab.simulated() else {
        return format!(
            "No experiment has been made yet; with {} seeds for each method the power is {}.",
            lab.n,
            format_number(lab.power(), 2)
        );
    };
    let needed = match lab.needed {
        Some(n) => format!("a power of 0.8 takes {} seeds", format_number(n as f64, 0)),
        None => "there is nothing to find".to_owned(),
    };
    let first = lab.bins[0] as f64 / lab.done as f64;
    let moved = if lab.moved() {
        format!(
            " All runs answer the same questions, and {} % of the 95 % intervals hold the true gain.",
            format_number(100.0 * lab.held as f64 / lab.judged.max(1) as f64, 0)
        )
    } else {
        String::new()
    };
    format!(
        "Of {} experiments with {} seeds for each method, in batches of {BATCH}, {} % found a difference; {} \
         % have a p-value below 0.05. By the formula the power is {}, and {needed}.{moved}",
        format_number(lab.done as f64, 0),
        lab.n,
        format_number(100.0 * simulated, 0),
        format_number(100.0 * first, 0),
        format_number(lab.power(), 2),
    )
}
