//! How a readout came to stand where it stands, as a small picture.

use super::{Reasons, Why};
use crate::lab::figure::charts::steps;
use crate::lab::figure::{Axis, Dot, Figure, Glyph, Panel, Stroke, Tone};

/// Height of the picture, px.
const HEIGHT: f64 = 130.0;

impl Why {
    /// The readings on the way; none where there is no way, or no number on it.
    #[must_use]
    pub fn figure(&self, reasons: &Reasons) -> Option<Figure> {
        let numbers: Vec<[f64; 2]> = reasons
            .history
            .iter()
            .filter_map(|(step, reading)| Some([*step as f64, reading.number()?]))
            .collect();
        let last = *numbers.last().filter(|_| numbers.len() > 1)?;
        let low = numbers.iter().map(|[_, y]| *y).fold(f64::INFINITY, f64::min);
        let high = numbers.iter().map(|[_, y]| *y).fold(f64::NEG_INFINITY, f64::max);
        let room = if high > low { 0.08 * (high - low) } else { 0.1 * high.abs().max(1.0) };
        let readout = self.asked();
        let y = Axis::linear("", [low - room, high + room]).unit(readout.unit).grid();
        let panel = Panel::new("history", readout.label, steps("step", reasons.step, 1.0), y)
            .height(HEIGHT)
            .line("readings", "", numbers, Tone::Accent, Stroke::Solid)
            .dots("now", "", [Dot::new(last, Tone::Accent, Glyph::Circle)], 4.0);
        Some(Figure::new(vec![vec![panel]], self.sentences(reasons).join(" ")))
    }
}
