//! Readouts: the named numbers that a simulation answers with.

use super::control::group_thousands;
use super::entry::number;
use super::unit;
use crate::lab::page_text;

/// A number that a simulation reports, with all that is needed to show and to say it.
#[derive(Clone, Copy, Debug)]
pub struct Readout {
    /// Name in the page (`data-readout`), in articles and in the answers of the command line.
    pub id: &'static str,
    /// What a reader sees.
    pub label: &'static str,
    /// Unit behind the number, or empty.
    pub unit: &'static str,
    /// Digits after the point; large and tiny numbers switch to significant digits.
    pub decimals: usize,
    /// The unit as it is said aloud, where the sign is not a word ("times its fair share").
    pub spoken_unit: &'static str,
    /// What it means, in a sentence.
    pub help: &'static str,
    /// How it follows from controls and other readouts, as `lab::why::formula` reads it; or empty.
    pub formula: &'static str,
    /// Where no formula gives it: over what it is measured or counted, or what it is worked out from, in a
    /// sentence ("Mean of the last 200 batches."); or empty.
    pub basis: &'static str,
}

/// Terms that several formulas share, as macros for `concat!`: each has a name and its pieces.
macro_rules! terms {
    ($($name:ident = $($piece:expr),+;)+) => { $(
        macro_rules! $name { () => { concat!($($piece),+) } }
    )+ };
}
pub(crate) use terms;

/// What a readout says at this moment.
#[derive(Clone, Debug, PartialEq)]
pub enum Reading {
    Number(f64),
    /// A word where no number would be true ("∞ (silent network)").
    Text(String),
    /// Not defined at this moment; shown as a dash.
    Absent,
}

impl Readout {
    #[must_use]
    pub const fn new(id: &'static str, label: &'static str, decimals: usize) -> Self {
        Self { id, label, unit: "", decimals, spoken_unit: "", help: "", formula: "", basis: "" }
    }

    /// How it follows from controls, other readouts and constants, of which each has the name that it is
    /// declared under: `"gpus * hours * kw * pue / 1e3"`.
    #[must_use]
    pub const fn formula(mut self, formula: &'static str) -> Self {
        self.formula = page_text(formula);
        self
    }

    /// Over what it is measured or counted, or what it is worked out from, in a sentence. Every readout has
    /// this or a formula.
    #[must_use]
    pub const fn basis(mut self, basis: &'static str) -> Self {
        self.basis = page_text(basis);
        self
    }

    /// What it means, and over what it is measured.
    #[must_use]
    pub fn meaning(&self) -> String {
        [self.help, self.basis].map(str::trim).join(" ").trim().to_owned()
    }

    #[must_use]
    pub const fn unit(mut self, unit: &'static str) -> Self {
        self.unit = unit;
        self.spoken_unit = unit;
        self
    }

    #[must_use]
    pub const fn spoken(mut self, spoken_unit: &'static str) -> Self {
        self.spoken_unit = spoken_unit;
        self
    }

    #[must_use]
    pub const fn help(mut self, help: &'static str) -> Self {
        self.help = page_text(help);
        self
    }

    /// The reading with its unit, as the page shows it.
    #[must_use]
    pub fn shown(&self, reading: &Reading) -> String {
        match reading {
            Reading::Number(x) if self.unit.is_empty() => format_number(*x, self.decimals),
            Reading::Number(x) if self.unit == "%" || self.unit == "×" => {
                format!("{}\u{202f}{}", format_number(*x, self.decimals), self.unit)
            }
            Reading::Number(x) => {
                let number = format_number(*x, self.decimals);
                format!("{number}\u{a0}{}", unit::behind(&number, self.unit))
            }
            Reading::Text(t) => t.clone(),
            Reading::Absent => "–".to_owned(),
        }
    }

    /// The same for a narrow column, where a long unit goes to the next line and is not cut.
    #[must_use]
    pub fn shown_in_column(&self, reading: &Reading) -> String {
        self.shown(reading).replace('\u{a0}', " ")
    }

    /// The reading as a screen reader should say it.
    #[must_use]
    pub fn said(&self, reading: &Reading) -> String {
        match reading {
            Reading::Number(x) if self.spoken_unit == "%" => {
                format!("{} percent", format_number(*x, self.decimals))
            }
            Reading::Number(x) if self.spoken_unit == "×" => {
                format!("{} times", format_number(*x, self.decimals))
            }
            Reading::Number(x) => {
                let number = format_number(*x, self.decimals);
                format!("{number} {}", unit::behind(&number, self.spoken_unit)).trim_end().to_owned()
            }
            Reading::Text(t) => t.clone(),
            Reading::Absent => "not defined".to_owned(),
        }
    }
}

/// A reading under the name of its readout.
#[derive(Clone, Debug, PartialEq)]
pub struct Named {
    /// The readout's id.
    pub id: &'static str,
    pub reading: Reading,
}

/// What the readout `id` says.
#[must_use]
pub fn reading(id: &'static str, says: impl Into<Reading>) -> Named {
    Named { id, reading: says.into() }
}

/// What all readouts say before there is anything to measure.
#[must_use]
pub fn absent(readouts: &[Readout]) -> Vec<Named> {
    readouts.iter().map(|readout| reading(readout.id, Reading::Absent)).collect()
}

impl Reading {
    /// The number, where there is one.
    #[must_use]
    pub fn number(&self) -> Option<f64> {
        match self {
            Self::Number(x) => Some(*x),
            _ => None,
        }
    }

    /// The exact value as text: the shortest digits that read back to the same bits.
    #[must_use]
    pub fn exact(&self) -> String {
        match self {
            Self::Number(x) => x.to_string(),
            Self::Text(t) => t.clone(),
            Self::Absent => String::new(),
        }
    }
}

impl From<f64> for Reading {
    /// Infinities and not-a-number have no digits to show: they become words.
    fn from(x: f64) -> Self {
        if x.is_finite() {
            Self::Number(x)
        } else if x == f64::INFINITY {
            Self::Text("∞".to_owned())
        } else if x == f64::NEG_INFINITY {
            Self::Text("−∞".to_owned())
        } else {
            Self::Absent
        }
    }
}

impl From<usize> for Reading {
    fn from(n: usize) -> Self {
        Self::Number(n as f64)
    }
}

impl From<Option<f64>> for Reading {
    fn from(x: Option<f64>) -> Self {
        x.map_or(Self::Absent, Self::from)
    }
}

/// A number for a reader: fixed decimals in the middle range, grouped thousands above, two decimals for
/// what fewer would round to nothing, three significant digits with a power of ten for the tiny. The
/// minus sign is a minus sign.
#[must_use]
pub fn format_number(x: f64, decimals: usize) -> String {
    let magnitude = x.abs();
    let text = if x == 0.0 {
        format!("{:.decimals$}", 0.0)
    } else if magnitude >= 1e15 {
        scientific(x)
    } else if magnitude < 0.5 * pow10(-(decimals as i32)) {
        if magnitude >= 0.01 { format!("{x:.2}") } else { scientific(x) }
    } else if magnitude >= 10_000.0 {
        group_thousands(&format!("{x:.decimals$}"))
    } else {
        format!("{x:.decimals$}")
    };
    text.replace('-', "−")
}

/// The same without the zeros at its end.
#[must_use]
pub fn format_trimmed(x: f64, most: usize) -> String {
    let text = format_number(x, most);
    if text.contains('.') { text.trim_end_matches('0').trim_end_matches('.').to_owned() } else { text }
}

/// 10 to a small whole power: exact up to the 22nd.
fn pow10(n: i32) -> f64 {
    number(&format!("1e{n}")).unwrap_or(0.0)
}

/// `1.23×10⁻⁷`.
fn scientific(x: f64) -> String {
    let text = format!("{x:.2e}");
    let Some((mantissa, exponent)) = text.split_once('e') else { return text };
    format!("{mantissa}×10{}", superscript(exponent))
}

/// Digits, raised.
#[must_use]
pub fn superscript(digits: &str) -> String {
    digits
        .chars()
        .map(|c| match c {
            '-' => '⁻',
            '0' => '⁰',
            '1' => '¹',
            '2' => '²',
            '3' => '³',
            '4' => '⁴',
            '5' => '⁵',
            '6' => '⁶',
            '7' => '⁷',
            '8' => '⁸',
            _ => '⁹',
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_for_readers() {
        assert_eq!(format_number(0.5, 2), "0.50");
        assert_eq!(format_number(-1.0, 1), "−1.0");
        assert_eq!(format_number(46_702_792_704.0, 0), "46,702,792,704");
        assert_eq!(format_number(2.5e-7, 2), "2.50×10⁻⁷");
        assert_eq!(format_number(0.292, 0), "0.29");
        assert_eq!(format_number(-0.04, 1), "−0.04");
        assert_eq!(format_number(0.0, 3), "0.000");
    }

    #[test]
    fn a_meaning_says_over_what_it_is_measured() {
        const R: Readout = Readout::new("loss", "Loss", 1);
        assert_eq!(R.help("Of the net.").basis("On 64 points.").meaning(), "Of the net. On 64 points.");
        assert_eq!([R.help("Of it.").meaning(), R.basis("On all.").meaning()], ["Of it.", "On all."]);
    }

    #[test]
    fn units_are_shown_and_said() {
        const R: Readout = Readout::new("dropped", "Dropped", 1).unit("%");
        assert_eq!(R.shown(&Reading::Number(12.0)), "12.0\u{202f}%");
        assert_eq!(R.said(&Reading::Number(12.0)), "12.0 percent");
        assert_eq!(R.shown(&Reading::from(f64::NAN)), "–");
        assert_eq!(R.shown(&Reading::from(f64::INFINITY)), "∞");
    }
}
