//! The picture of `fit`: losses and the law through them as far as the target, and the recipe with its
//! band, on the same budgets.

use super::super::{FOUND, MINE, TRUTH, short};
use super::{Laboratory, rival};
use crate::lab::Figure;
use crate::lab::figure::{Anchor, At, Axis, Dot, Glyph, Panel, Stroke, Tone};
use crate::lab::schema::readout::format_number;
use crate::models::loss_surface::Surface;
use crate::numerics::elementary::{log10, pow};

/// Losses that the left panel shows of made runs, and where its lines are.
const LOSSES: [f64; 2] = [1.4, 4.0];
const LINES: [f64; 5] = [1.5, 2.0, 2.5, 3.0, 4.0];

/// Where lines may be for a reader's own runs.
const ANY_LINES: [f64; 13] = [0.03, 0.1, 0.2, 0.5, 1.0, 1.5, 2.0, 3.0, 4.0, 6.0, 8.0, 12.0, 20.0];

/// What knows no form.
const RIVAL: Tone = Tone::Series(2);

/// Tokens per parameter that the right panel shows.
const RATIOS: [f64; 2] = [1.0, 1000.0];

pub fn draw(lab: &Laboratory) -> Figure {
    Figure::row(vec![losses(lab), recipe(lab)], alternative(lab))
}

/// Budgets from the cheapest run to a little beyond the target.
fn budgets(lab: &Laboratory) -> impl Iterator<Item = f64> + use<> {
    let (from, to) = (log10(lab.shown[0]), log10(lab.shown[1]) + 0.3);
    (0..=48).map(move |i| pow(10.0, from + (to - from) * f64::from(i) / 48.0))
}

fn axis(lab: &Laboratory) -> Axis {
    let [first, last] = [log10(lab.shown[0]), log10(lab.shown[1]) + 0.3];
    let decades = last - first;
    let step = if decades < 5.31 { 1 } else { (decades / 4.2).round().max(2.0) as usize };
    let ticks = (first.ceil() as i32..=30)
        .step_by(step)
        .map(|p| (pow(10.0, f64::from(p)), format!("10{}", raised(p))));
    Axis::logarithmic("operations C", [0.8 * lab.shown[0], pow(10.0, last)])
        .ticks(ticks.filter(|(at, _)| *at < pow(10.0, last)))
}

/// A power of two digits, raised.
fn raised(power: i32) -> String {
    let digits = ['⁰', '¹', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹'];
    [power / 10, power % 10].into_iter().map(|d| digits[d as usize]).collect()
}

/// A quantity of the laws over all budgets: the truth, the fitted law, and the band of resampled ones.
fn over_budgets(
    lab: &Laboratory,
    panel: Panel,
    ends: [f64; 2],
    of: impl Fn(&Surface, f64) -> f64 + Copy,
) -> Panel {
    let clip = |x: f64| x.clamp(ends[0], ends[1]);
    let band: Vec<[f64; 3]> = budgets(lab)
        .filter_map(|c| lab.band(|law| of(law, c)).map(|[low, high]| [c, clip(low), clip(high)]))
        .collect();
    let within = |law: &Surface| -> Vec<[f64; 2]> {
        budgets(lab).map(|c| [c, of(law, c)]).filter(|p| p[1] >= ends[0] && p[1] <= ends[1]).collect()
    };
    let law = lab.law.map(|law| within(&law.surface())).unwrap_or_default();
    panel
        .rule("target", "", At::X(lab.target), TRUTH, Stroke::Thin)
        .area("band", band, FOUND)
        .line("truth", "", lab.truth.as_ref().map(within).unwrap_or_default(), TRUTH, Stroke::Dashed)
        .line("law", "", law, FOUND, Stroke::Thick)
}

/// Losses that the left panel shows, and where its lines are.
fn scale(lab: &Laboratory) -> ([f64; 2], Vec<f64>) {
    if lab.own.is_empty() {
        return (LOSSES, LINES.to_vec());
    }
    let losses = || lab.own.iter().map(|run| run.loss);
    let ends = [0.5 * losses().fold(f64::MAX, f64::min), 1.15 * losses().fold(0.0, f64::max)];
    (ends, ANY_LINES.into_iter().filter(|line| (ends[0]..=ends[1]).contains(line)).collect())
}

fn losses(lab: &Laboratory) -> Panel {
    let (ends, lines) = scale(lab);
    let best = lab.truth.as_ref().map(|truth| truth.loss(truth.best(lab.target)));
    let forecast = lab.advice().map(|(surface, plan)| surface.loss(plan));
    let title = match (forecast, best) {
        (Some(loss), Some(best)) => {
            format!("Loss: forecast {}, truth {}", format_number(loss, 3), format_number(best, 3))
        }
        (Some(loss), None) => format!("Loss: forecast {}", format_number(loss, 3)),
        (None, _) => "Loss: no law yet".to_owned(),
    };
    let ticks = lines.into_iter().map(|l| (l, format_number(l, 1)));
    let y = Axis::logarithmic("loss", ends).unit("nats").ticks(ticks).grid();
    let panel = Panel::new("losses", title, axis(lab), y).height(300.0);
    let panel = without_form(lab, panel);
    let panel = over_budgets(lab, panel, ends, |law, c| law.loss(law.best(c)));
    let runs =
        lab.runs.iter().map(|run| Dot::new([run.plan.compute(), run.loss.min(ends[1])], MINE, Glyph::Circle));
    let panel = panel.dots("runs", "", runs, if lab.runs.len() > 100 { 1.6 } else { 2.6 });
    marks(lab, panel, ends, forecast, best)
}

/// The rival's forecast over all budgets and its band; nothing where none was asked for.
fn without_form(lab: &Laboratory, panel: Panel) -> Panel {
    let Some(process) = &lab.rival else { return panel };
    let says: Vec<_> = budgets(lab).map(|c| (c, process.forecast(rival::plan(c)))).collect();
    let ([least, most], _) = scale(lab);
    let band = says.iter().map(|(c, forecast)| {
        let [low, high] = forecast.band().map(|loss| loss.clamp(least, most));
        [*c, low, high]
    });
    let middle = says.iter().map(|(c, forecast)| [*c, forecast.loss()]);
    panel
        .area("rival-band", band, RIVAL)
        .line("rival", "", middle.filter(|p| p[1] >= least && p[1] <= most), RIVAL, Stroke::Thick)
        .words(
            "name-rival",
            [1.6 * lab.shown[0], 1.6 * least / LOSSES[0]],
            "a Gaussian process, its band",
            Anchor::Start,
            RIVAL,
        )
}

fn recipe(lab: &Laboratory) -> Panel {
    let truth = lab.truth.as_ref().map(|truth| truth.best(lab.target).tokens_per_parameter());
    let ours = lab.advice().map(|(_, plan)| plan.tokens_per_parameter());
    let title = match (ours, truth) {
        (Some(ratio), Some(truth)) => {
            format!("Tokens per parameter: {}, truth {}", format_number(ratio, 1), format_number(truth, 1))
        }
        (Some(ratio), None) => format!("Tokens per parameter: {}", format_number(ratio, 1)),
        (None, _) => "Tokens per parameter: no law yet".to_owned(),
    };
    let ticks = [1.0, 3.0, 10.0, 30.0, 100.0, 300.0, 1000.0].map(|r| (r, format_number(r, 0)));
    let y = Axis::logarithmic("tokens per parameter", RATIOS).ticks(ticks).grid();
    let panel = Panel::new("recipe", title, axis(lab), y).height(300.0);
    let panel = over_budgets(lab, panel, RATIOS, |law, c| law.best(c).tokens_per_parameter());
    let mut panel = marks(lab, panel, RATIOS, ours, truth);
    if lab.law.is_some() {
        // What the colours say.
        for mark in &mut panel.marks {
            match mark.id {
                "forecast" => mark.label = "the fitted law and its band".to_owned(),
                "truth-there" => mark.label = "the truth".to_owned(),
                _ => {}
            }
        }
    }
    panel
}

/// Forecast and truth at the target.
fn marks(lab: &Laboratory, panel: Panel, ends: [f64; 2], ours: Option<f64>, truth: Option<f64>) -> Panel {
    let ours = ours.map(|x| Dot::new([lab.target, x.clamp(ends[0], ends[1])], FOUND, Glyph::Circle));
    let truth = truth.map(|x| Dot::new([lab.target, x], TRUTH, Glyph::Diamond).hollow());
    panel.dots("truth-there", "", truth, 6.0).dots("forecast", "", ours, 5.0)
}

pub fn describe(lab: &Laboratory, mark: &str, index: usize) -> Option<String> {
    match mark {
        "runs" => lab.runs.get(index).map(|run| {
            format!(
                "run {}: {} parameters, {} tokens, loss {} nats",
                index + 1,
                short(run.plan.n),
                short(run.plan.d),
                format_number(run.loss, 3)
            )
        }),
        "truth" => Some("the best plan for each budget, in truth".to_owned()),
        "law" => Some("the best plan for each budget, by the fitted law".to_owned()),
        "band" => Some("four fifths of the laws that were fitted to resampled runs".to_owned()),
        "rival" => lab.rival.as_ref().map(|process| {
            format!(
                "what a Gaussian process with a length scale of {} decades forecasts, at 20 tokens per parameter",
                format_number(process.length(), 1)
            )
        }),
        "rival-band" => Some("four fifths of what the Gaussian process believes of the loss".to_owned()),
        "target" => Some(format!("the target: {} operations", format_number(lab.target, 0))),
        _ => None,
    }
}

fn alternative(lab: &Laboratory) -> String {
    let runs = format!("{} of {} models are trained", lab.runs.len(), lab.asked);
    let Some((surface, plan)) = lab.advice() else { return format!("{runs}; no law is fitted yet.") };
    let band = match lab.band(|law| law.best(lab.target).tokens_per_parameter()) {
        Some([low, high]) => {
            format!(", with a band from {} to {}", format_number(low, 1), format_number(high, 1))
        }
        None => String::new(),
    };
    let [in_loss, in_ratio] = match &lab.truth {
        Some(truth) => {
            let best = truth.best(lab.target);
            [
                format!(" where {} is the best in truth,", format_number(truth.loss(best), 3)),
                format!(", where {} are best", format_number(best.tokens_per_parameter(), 1)),
            ]
        }
        None => [String::new(), String::new()],
    };
    let rival = match lab.rival_forecast() {
        Some(forecast) => {
            let [low, high] = forecast.band();
            format!(
                " A Gaussian process forecasts {} nats, with a band from {} to {}.",
                format_number(forecast.loss(), 3),
                format_number(low, 3),
                format_number(high, 3)
            )
        }
        None => String::new(),
    };
    format!(
        "{runs}. At the target the law forecasts a loss of {} nats{in_loss} and advises \
         {} tokens per parameter{band}{in_ratio}.{rival}",
        format_number(surface.loss(plan), 3),
        format_number(plan.tokens_per_parameter(), 1),
    )
}
