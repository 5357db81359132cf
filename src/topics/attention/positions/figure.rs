//! The picture of the needle: attention against distance, and its share as keys are read.

use super::Positions;
use crate::lab::figure::{Anchor, At, Axis, Dot, Figure, Glyph, Panel, Stroke, Tone};
use crate::lab::schema::readout::format_number;
use crate::models::needle::{Scheme, share};
use crate::numerics::elementary::{exp, log_sum_exp, log10, pow};

const NEEDLE: Tone = Tone::Accent;
const OTHERS: Tone = Tone::Muted;
const NONE: Tone = Tone::Series(7);
const ROPE: Tone = Tone::Series(3);
const ALIBI: Tone = Tone::Series(5);

const CURVES: [&str; 16] = [
    "head_1", "head_2", "head_3", "head_4", "head_5", "head_6", "head_7", "head_8", "head_9", "head_10",
    "head_11", "head_12", "head_13", "head_14", "head_15", "head_16",
];

pub fn draw(sim: &Positions) -> Figure {
    Figure::row(vec![weights(sim), reading(sim)], alternative(sim))
}

/// A curve of the needle's attention over the distance, cut where it leaves the picture.
fn curve(sim: &Positions, logit: impl Fn(usize, usize) -> f64, others: f64) -> Vec<[f64; 2]> {
    sim.probes().enumerate().map(|(i, d)| [d as f64, share(logit(i, d), others).max(1e-300)]).collect()
}

/// From the least to the most that the needle would get around each distance: the fast pairs turn
/// within a few tokens, faster than the picture can follow.
fn rope_band(sim: &Positions, others: f64) -> Vec<[f64; 3]> {
    let weight = |rho: f64| share(sim.margin * rho, others);
    sim.probes()
        .zip(&sim.agreements)
        .map(|(d, [low, _, high])| [d as f64, weight(*low), weight(*high)])
        .collect()
}

fn weights(sim: &Positions) -> Panel {
    let n = sim.n as f64;
    let title = match sim.haystack.scheme() {
        Scheme::Alibi { .. } => "Attention by distance, for each head",
        _ => "Attention by distance",
    };
    // A thousandth of an even share is off the picture.
    let faintest = pow(10.0, -3.0 - log10(n).floor());
    let others = sim.log_sum();
    let mut panel = Panel::new(
        "weights",
        title,
        Axis::logarithmic("distance from the query", [1.0, n]).unit("tokens"),
        Axis::logarithmic("attention", [faintest, 1.0]).grid(),
    )
    .height(330.0)
    .weight(1.35);
    let norm = log_sum_exp(&[others, sim.needle_logit(sim.needle.value)]);
    let dots = sim.haystack.kept().iter().map(|(distance, logit)| {
        Dot::new([*distance as f64, exp(logit - norm)], OTHERS, Glyph::Circle).hollow()
    });
    panel = panel.dots("others", "", dots, 2.2);
    let words = if sim.haystack.read() == 0 { "no other key read yet" } else { "○ other keys" };
    panel =
        panel.words("others_label", [pow(n, 0.02), pow(10.0, 0.4) * faintest], words, Anchor::Start, OTHERS);
    match sim.haystack.scheme() {
        Scheme::None => {
            panel = panel.line(
                "none",
                "no positions",
                curve(sim, |_, _| sim.margin, others),
                NONE,
                Stroke::Thick,
            );
        }
        Scheme::Rope(_) => {
            let plain = Scheme::None.expected_log_sum(sim.sigma, 0, sim.n);
            panel = panel
                .line("none", "no positions", curve(sim, |_, _| sim.margin, plain), NONE, Stroke::Ghost)
                .area("rope_swing", rope_band(sim, others), ROPE)
                .line(
                    "rope",
                    "RoPE",
                    curve(sim, |i, _| sim.margin * sim.agreements[i][1], others),
                    ROPE,
                    Stroke::Solid,
                );
        }
        Scheme::Alibi { .. } => {
            for (h, slope) in sim.slopes().iter().enumerate() {
                let scheme = Scheme::Alibi { slope: *slope };
                let chosen = h + 1 == sim.head.value;
                let others = if chosen { others } else { scheme.expected_log_sum(sim.sigma, 0, sim.n) };
                let points = curve(sim, |_, d| scheme.logit(sim.margin, d), others);
                let name = format!("head {}", h + 1);
                // The name stands half-way down the curve, or at its end where it does not fall.
                let fallen = points.iter().copied().find(|[_, y]| *y < faintest.sqrt()).filter(|_| chosen);
                let label = if chosen && fallen.is_none() { name.clone() } else { String::new() };
                let stroke = if chosen { Stroke::Thick } else { Stroke::Ghost };
                panel = panel.line(CURVES[h], label, points, ALIBI, stroke);
                if let Some([x, y]) = fallen {
                    let left = x > pow(n, 0.85);
                    panel = panel.words(
                        "head_name",
                        [x * if left { 0.85 } else { 1.18 }, y],
                        name,
                        if left { Anchor::End } else { Anchor::Start },
                        ALIBI,
                    );
                }
            }
        }
    }
    let weight = sim.needle_weight();
    let at = [sim.needle.value as f64, weight.max(1.5 * faintest)];
    let right = sim.needle.value as f64 > n.sqrt();
    let text = if weight >= faintest {
        format!("needle: {}", format_number(weight, 3))
    } else {
        "needle: off the picture".to_owned()
    };
    panel = panel.rule("needle_place", "", At::X(at[0]), NEEDLE, Stroke::Ghost);
    panel.handle("needle", at, [Some("needle_dist"), None], NEEDLE).words(
        "needle_label",
        [at[0] * if right { 0.82 } else { 1.22 }, if weight < 0.03 { 0.15 } else { 0.3 * weight }],
        text,
        if right { Anchor::End } else { Anchor::Start },
        NEEDLE,
    )
}

/// The needle's share among the keys read so far, as the haystack grows.
fn reading(sim: &Positions) -> Panel {
    let logit = sim.needle_logit(sim.needle.value);
    let shares = |course: &[[f64; 2]]| -> Vec<[f64; 2]> {
        course.iter().map(|[read, sum]| [*read, share(logit, *sum)]).collect()
    };
    let first = sim.expected_course[0][0];
    let mut panel = Panel::new(
        "reading",
        "The needle’s share so far",
        Axis::logarithmic("other keys read", [first, sim.n as f64]),
        Axis::linear("share of the attention", [0.0, 1.0]).grid(),
    )
    .height(330.0)
    .rule("half", "half", At::Y(0.5), Tone::Muted, Stroke::Dashed);
    panel = panel.line("expected", "expected", shares(&sim.expected_course), Tone::Muted, Stroke::Ghost);
    let drawn = shares(&sim.course);
    let last = drawn.last().copied();
    panel = panel.line("share", "", drawn, NEEDLE, Stroke::Solid);
    match last {
        Some(at) => panel.dots("share_now", "", [Dot::new(at, NEEDLE, Glyph::Diamond)], 4.5),
        None => panel.words(
            "share_now",
            [(first * sim.n as f64).sqrt(), 0.94],
            "no key read yet",
            Anchor::Middle,
            Tone::Muted,
        ),
    }
}

fn alternative(sim: &Positions) -> String {
    let scheme = match sim.haystack.scheme() {
        Scheme::None => "Without positions".to_owned(),
        Scheme::Rope(_) => "Under RoPE".to_owned(),
        Scheme::Alibi { .. } => format!("Under ALiBi, head {} of {}", sim.head.value, sim.heads),
    };
    format!(
        "{scheme}, a needle {} tokens back with margin {} holds {} of the attention among {} keys, of which \
         {} have been read.",
        format_number(sim.needle.value as f64, 0),
        format_number(sim.margin, 1),
        format_number(sim.needle_weight(), 4),
        format_number(sim.n as f64, 0),
        format_number(sim.haystack.read() as f64, 0),
    )
}
