//! Scales: from data to pixels and back, and where the ticks stand.

use crate::lab::figure::{Axis, Scale, Ticks};
use crate::lab::schema::readout::format_number;

/// A scale laid onto a stretch of pixels.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Projection {
    scale: Scale,
    /// Ends in the scale's own terms: logarithms on a logarithmic scale.
    from: f64,
    to: f64,
    /// Pixels at the two ends.
    start: f64,
    end: f64,
}

impl Projection {
    /// An empty or illegal domain is widened to one that can be drawn.
    pub fn new(axis: &Axis, start: f64, end: f64) -> Self {
        let [mut from, mut to] = axis
            .domain
            .map(|x| if axis.scale == Scale::Logarithmic { libm::log10(x.max(1e-300)) } else { x });
        if !from.is_finite() || !to.is_finite() {
            (from, to) = (0.0, 1.0);
        }
        if (to - from).abs() < 1e-12 {
            to = from + 1.0;
        }
        Self { scale: axis.scale, from, to, start, end }
    }

    /// The pixel of a value; `None` where the scale has no place for it.
    #[must_use]
    pub fn pixel(&self, x: f64) -> Option<f64> {
        let place = match self.scale {
            Scale::Linear => x,
            Scale::Logarithmic if x > 0.0 => libm::log10(x),
            Scale::Logarithmic => return None,
        };
        let p = self.start + (place - self.from) / (self.to - self.from) * (self.end - self.start);
        p.is_finite().then_some(p)
    }

    /// The value at a pixel.
    #[must_use]
    pub fn value(&self, pixel: f64) -> f64 {
        let place = self.from + (pixel - self.start) / (self.end - self.start) * (self.to - self.from);
        match self.scale {
            Scale::Linear => place,
            Scale::Logarithmic => libm::pow(10.0, place),
        }
    }

    /// The pixel of a value, moved to the nearest end where it lies outside.
    #[must_use]
    pub fn clamped(&self, x: f64) -> f64 {
        let (low, high) = self.ends();
        self.pixel(x).unwrap_or(self.start).clamp(low, high)
    }

    /// The lowest and the highest pixel.
    #[must_use]
    pub fn ends(&self) -> (f64, f64) {
        (self.start.min(self.end), self.start.max(self.end))
    }

    /// Length in pixels.
    #[must_use]
    pub fn length(&self) -> f64 {
        (self.end - self.start).abs()
    }

    /// Pixels for one unit of a linear scale.
    #[must_use]
    pub fn unit_length(&self) -> f64 {
        self.length() / (self.to - self.from).abs()
    }

    /// Whether a pixel lies on the scale, with a hair of tolerance.
    #[must_use]
    pub fn contains(&self, pixel: f64) -> bool {
        let (low, high) = self.ends();
        (low - 0.5..=high + 0.5).contains(&pixel)
    }
}

/// The ticks of an axis as `(value, label)`, about one for every `spacing` px of `length`.
pub fn ticks(axis: &Axis, length: f64, spacing: f64) -> Vec<(f64, String)> {
    match &axis.ticks {
        Ticks::Hidden => Vec::new(),
        Ticks::At(list) => list.clone(),
        Ticks::Auto => {
            let [a, b] = axis.domain;
            let (low, high) = (a.min(b), a.max(b));
            if !(low.is_finite() && high.is_finite()) || high <= low {
                return Vec::new();
            }
            let most = (length / spacing).floor().max(1.0);
            match axis.scale {
                Scale::Linear => linear(low, high, most),
                Scale::Logarithmic => logarithmic(low.max(1e-300), high, most),
            }
        }
    }
}

fn linear(low: f64, high: f64, most: f64) -> Vec<(f64, String)> {
    let rough = (high - low) / most;
    let power = libm::pow(10.0, libm::floor(libm::log10(rough)));
    let step =
        [1.0, 2.0, 5.0, 10.0].into_iter().map(|f| f * power).find(|s| *s >= rough * 0.999).unwrap_or(rough);
    let decimals = (-libm::floor(libm::log10(step * 1.000_001))).clamp(0.0, 9.0) as usize;
    let first = (low / step - 1e-9).ceil() as i64;
    let last = (high / step + 1e-9).floor() as i64;
    (first..=last.min(first + 50))
        .map(|i| {
            let x = i as f64 * step;
            (x, short(x, decimals))
        })
        .collect()
}

fn logarithmic(low: f64, high: f64, most: f64) -> Vec<(f64, String)> {
    let first = libm::floor(libm::log10(low) + 1e-9) as i32;
    let last = libm::ceil(libm::log10(high) - 1e-9) as i32;
    let decades = f64::from((last - first).max(1));
    let factors: &[f64] = if decades * 3.0 <= most { &[1.0, 2.0, 5.0] } else { &[1.0] };
    let every = (decades / most).ceil().max(1.0) as i32;
    let mut out = Vec::new();
    for exponent in first..=last {
        if exponent.rem_euclid(every) != 0 {
            continue;
        }
        for factor in factors {
            let x = factor * libm::pow(10.0, f64::from(exponent));
            if x >= low * 0.999_999 && x <= high * 1.000_001 {
                let decimals = usize::try_from(-exponent).unwrap_or(0);
                out.push((x, short(x, decimals)));
            }
        }
    }
    out
}

/// A tick's number: `10k`, `2M`, `0.05`, `10⁻⁵`.
fn short(x: f64, decimals: usize) -> String {
    let magnitude = x.abs();
    for (unit, suffix) in [(1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k")] {
        if magnitude >= unit && magnitude >= 10_000.0 {
            let scaled = x / unit;
            let places = if (scaled - scaled.round()).abs() < 1e-6 { 0 } else { 1 };
            return format!("{}{suffix}", format_number(scaled, places));
        }
    }
    if magnitude > 0.0 && magnitude < 0.000_95 {
        let exponent = libm::floor(libm::log10(magnitude) + 1e-9);
        let mantissa = magnitude / libm::pow(10.0, exponent);
        let raised: String = (-exponent).to_string().chars().map(superscript).collect();
        let lead = if (mantissa - 1.0).abs() < 1e-6 { String::new() } else { format!("{mantissa:.0}·") };
        return format!("{}{lead}10⁻{raised}", if x < 0.0 { "−" } else { "" });
    }
    format_number(x, decimals)
}

fn superscript(digit: char) -> char {
    match digit {
        '1' => '¹',
        '2' => '²',
        '3' => '³',
        '4'..='9' => char::from_u32(0x2070 + (digit as u32 - '0' as u32)).unwrap_or(digit),
        _ => '⁰',
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pixels_and_values_are_inverse() {
        for axis in [Axis::linear("", [2.0, -3.0]), Axis::logarithmic("", [0.01, 1e4])] {
            let p = Projection::new(&axis, 40.0, 640.0);
            for x in [0.5, 1.0, 1.7] {
                assert!((p.value(p.pixel(x).unwrap()) - x).abs() < 1e-9);
            }
        }
        let p = Projection::new(&Axis::logarithmic("", [1.0, 10.0]), 0.0, 1.0);
        assert_eq!(p.pixel(0.0), None);
        assert_eq!(p.pixel(f64::NAN), None);
    }

    #[test]
    fn ticks_are_round_and_fit() {
        let labels = |axis: &Axis| ticks(axis, 300.0, 60.0).into_iter().map(|t| t.1).collect::<Vec<_>>();
        assert_eq!(labels(&Axis::linear("", [0.0, 1.0])), ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
        assert_eq!(labels(&Axis::linear("", [0.0, 60_000.0])), ["0", "20k", "40k", "60k"]);
        assert_eq!(
            labels(&Axis::logarithmic("", [1e-5, 1.0])),
            ["10⁻⁵", "10⁻⁴", "0.001", "0.01", "0.1", "1"]
        );
        assert!(ticks(&Axis::linear("", [f64::NAN, 1.0]), 300.0, 60.0).is_empty());
    }
}
