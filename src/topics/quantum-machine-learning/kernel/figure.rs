//! The picture of `kernel`: what overlaps and a Gaussian say of the plane, all overlaps, and how they are
//! spread.

use super::super::{QUANTUM, SIDE, map};
use super::{EDGE, Overlaps};
use crate::lab::Figure;
use crate::lab::figure::{At, Axis, Bar, Panel, Ramp, Tone, level, round_up};
use crate::lab::schema::readout::format_number;
use crate::numerics::statistics::mean;

const LOWER: f64 = 200.0;

/// Bars of the histogram.
const BINS: usize = 20;

pub(super) fn draw(overlaps: &Overlaps) -> Figure {
    // Rows that are not reached yet stay empty.
    let mut values = overlaps.map.clone();
    values.resize(SIDE * SIDE, f64::NAN);
    let maps = vec![
        map("overlaps", format!("Overlaps of {} qubits", overlaps.qubits), EDGE, &values, &overlaps.train),
        map("gaussian", "Gaussian kernel", EDGE, &overlaps.gaussian_map, &overlaps.train),
    ];
    Figure::new(vec![maps, vec![gram(overlaps), histogram(overlaps)]], alternative(overlaps))
}

fn gram(overlaps: &Overlaps) -> Panel {
    let cells = overlaps.machine.gram.as_slice().iter().map(|k| level(*k)).collect();
    let count = overlaps.train.len();
    let end = count as f64;
    // Those of one kind stand first.
    let first = overlaps.train.iter().filter(|(_, y)| *y > 0.0).count() as f64;
    let half = [(first / 2.0, "circles"), ((first + end) / 2.0, "triangles")];
    let x = Axis::linear("", [0.0, end]).ticks(half);
    let y = Axis::linear("", [end, 0.0]).ticks(half);
    Panel::new("matrix", "Overlap of every pair", x, y).height(LOWER).square().cells(
        "gram",
        [0.0, 0.0, end, end],
        [count, count],
        cells,
        Ramp::Sequential,
    )
}

fn histogram(overlaps: &Overlaps) -> Panel {
    let mut counts = [0usize; BINS];
    for k in &overlaps.pairs {
        counts[((k * BINS as f64) as usize).min(BINS - 1)] += 1;
    }
    let all = overlaps.pairs.len() as f64;
    let most = counts.iter().copied().max().unwrap_or(0) as f64 / all;
    let width = 1.0 / BINS as f64;
    let bars = counts
        .iter()
        .enumerate()
        .map(|(bin, count)| Bar::new((bin as f64 + 0.5) * width, 0.9 * width, *count as f64 / all, QUANTUM));
    let middle = mean(&overlaps.pairs);
    let x = Axis::linear("overlap K", [0.0, 1.0]);
    let y = Axis::linear("share of pairs", [0.0, round_up(most, 0.2)]).grid();
    let title = match overlaps.shots {
        0 => "How overlaps are spread".to_owned(),
        1 => "As read in 1 shot; band: its noise".to_owned(),
        shots => format!("As read in {} shots; band: their noise", format_number(f64::from(shots), 0)),
    };
    let mut panel = Panel::new("spread", title, x, y).height(LOWER);
    if overlaps.shots > 0 {
        let noise = (middle * (1.0 - middle) / f64::from(overlaps.shots)).max(0.0).sqrt();
        panel = panel.span("noise", At::X((middle - noise).max(0.0)), (middle + noise).min(1.0), Tone::Muted);
    }
    panel.bars("pairs", bars)
}

fn alternative(overlaps: &Overlaps) -> String {
    format!(
        "With {} qubits the overlaps of {} pairs are {} on average; {} of new points are right, and {} with a \
         Gaussian kernel.",
        overlaps.qubits,
        overlaps.pairs.len(),
        format_number(mean(&overlaps.pairs), 3),
        format_number(overlaps.right, 2),
        format_number(overlaps.gaussian_right, 2)
    )
}
