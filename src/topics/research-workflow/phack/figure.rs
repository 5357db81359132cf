//! The picture of `phack`: how p wanders in one experiment, and the share of false discoveries.

use super::super::FOUND;
use super::{ALPHA, Expected, Hunt, df};
use crate::lab::figure::charts::{self, Curve};
use crate::lab::figure::{At, Axis, Dot, Figure, GAP, Glyph, Panel, Stroke, Tone, round_up};
use crate::lab::schema::readout::format_number;
use crate::models::significance::FIRST_LOOK;
use crate::numerics::student::two_sided;

const HEIGHT: f64 = 320.0;

/// Least p that is drawn.
const FLOOR: f64 = 1e-3;

pub fn draw(hunt: &Hunt) -> Figure {
    Figure::row(vec![wandering(hunt), share(hunt)], alternative(hunt))
}

/// p of a metric after each seed, as `[seeds, p]`.
fn path(hunt: &Hunt, metric: usize) -> Vec<[f64; 2]> {
    let ts = hunt.last.paths.get(metric).map_or(&[][..], Vec::as_slice);
    let p = |(i, t): (usize, &f64)| [(i + FIRST_LOOK) as f64, two_sided(*t, df(i + FIRST_LOOK))];
    ts.iter().enumerate().map(p).collect()
}

fn wandering(hunt: &Hunt) -> Panel {
    // The scale is fixed by the level, so that it stands still.
    let mut floor = FLOOR;
    while floor > hunt.level / 5.0 {
        floor /= 10.0;
    }
    let kept = |points: Vec<[f64; 2]>| points.into_iter().map(|[n, p]| [n, p.max(floor)]).collect::<Vec<_>>();
    let paths: Vec<Vec<[f64; 2]>> = (0..hunt.metrics).map(|m| kept(path(hunt, m))).collect();
    let title = match (hunt.done, hunt.last.found) {
        (0, _) => "One experiment".to_owned(),
        (_, None) => "One experiment: no discovery".to_owned(),
        (_, Some(_)) if hunt.metrics == 1 => "One experiment: a “discovery”".to_owned(),
        (_, Some(metric)) => format!("One experiment: a “discovery”, metric {}", metric + 1),
    };
    let x = Axis::linear("seeds so far", [FIRST_LOOK as f64 - 0.2, hunt.n as f64 + 0.3])
        .ticks(seed_ticks(hunt.n));
    let y = Axis::logarithmic("p-value", [floor, 1.3]);
    let all = paths.iter().flat_map(|p| p.iter().copied().chain([GAP]));
    let counted: Vec<Dot> =
        paths.iter().filter_map(|p| p.last()).map(|at| Dot::new(*at, Tone::Muted, Glyph::Circle)).collect();
    let strongest = hunt.last.found.and_then(|m| paths.get(m)).cloned().unwrap_or_default();
    let winner: Vec<Dot> =
        strongest.last().map(|at| Dot::new(*at, FOUND, Glyph::Diamond)).into_iter().collect();
    Panel::new("wandering", title, x, y)
        .height(HEIGHT)
        .span("below", At::Y(floor), hunt.level, FOUND)
        .rule("level", "", At::Y(hunt.level), FOUND, Stroke::Dashed)
        .line("paths", "", all, Tone::Ink, Stroke::Ghost)
        .dots("counted", "", counted, 3.2)
        .line("strongest", "", strongest, FOUND, Stroke::Solid)
        .dots("discovery", "", winner, 5.5)
}

fn seed_ticks(n: usize) -> Vec<(f64, String)> {
    let step = if n <= 12 {
        1
    } else if n <= 25 {
        2
    } else {
        5
    };
    (FIRST_LOOK..=n).filter(|i| i.is_multiple_of(step)).map(|i| (i as f64, i.to_string())).collect()
}

fn share(hunt: &Hunt) -> Panel {
    let measured = hunt.share();
    let expected = if let Expected::Share(share) = hunt.expected { Some(share) } else { None };
    // Without a formula anything can come.
    let reach = match hunt.expected {
        Expected::Share(share) => 1.4 * share,
        Expected::AtMost(share) => 1.4 * share,
        Expected::Unknown => 1.0,
    };
    let top = round_up(reach, 0.1).min(1.0);
    let y = Axis::linear("share with a “discovery”", [0.0, top]);
    let end = round_up(hunt.done as f64, 500.0);
    let level = |share: f64| vec![[0.0, share], [end, share]];
    let mut curves = vec![Curve::new("alpha", "α = 0.05", level(ALPHA), Tone::Muted).stroke(Stroke::Dashed)];
    if let Some(share) = expected.filter(|share| (share - ALPHA).abs() > 0.002) {
        curves.push(Curve::new("expected", "expected", level(share), Tone::Ink).stroke(Stroke::Dashed));
    }
    if measured.is_some() {
        curves.push(Curve::new("share", "found", hunt.history.curve(0), FOUND).stroke(Stroke::Thick));
    }
    let title = format!("Of {} experiments", format_number(hunt.done as f64, 0));
    charts::training("share", title, "experiments", 500.0, y, curves).height(HEIGHT).weight(1.1)
}

pub fn describe(hunt: &Hunt, mark: &str, index: usize) -> Option<String> {
    match mark {
        "counted" => {
            let [n, p] = *path(hunt, index).last()?;
            let name = format!("metric {}", index + 1);
            Some(format!("{name} after {n} seeds: p = {}", format_number(p, 3)))
        }
        "discovery" | "strongest" => {
            let [n, p] = *path(hunt, hunt.last.found?).last()?;
            Some(format!("reported as a discovery after {n} seeds: p = {}", format_number(p, 4)))
        }
        "level" => Some(format!("the level of a single test: p < {}", format_number(hunt.level, 4))),
        "expected" => match hunt.expected {
            Expected::Share(share) => Some(format!("expected share: {}", format_number(share, 3))),
            _ => None,
        },
        _ => None,
    }
}

fn alternative(hunt: &Hunt) -> String {
    let Some(share) = hunt.share() else {
        return "No experiment has been made yet. A and B are equal.".to_owned();
    };
    let expected = match hunt.expected {
        Expected::Share(share) => format!("{} % are expected", format_number(100.0 * share, 1)),
        Expected::AtMost(share) => format!("at most {} % are expected", format_number(100.0 * share, 0)),
        Expected::Unknown => "no formula says how many to expect".to_owned(),
    };
    let last =
        if hunt.last.found.is_some() { "The last one reports" } else { "The last one does not report" };
    format!(
        "A and B are equal, and {} % of {} experiments report a difference; {expected}. {last} one.",
        format_number(100.0 * share, 1),
        format_number(hunt.done as f64, 0),
    )
}
