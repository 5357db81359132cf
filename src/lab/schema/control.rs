//! Controls: one typed schema behind every slider, number in the prose, address and flag.
//!
//! A control knows its legal values. [`Control::parse`] is the only way in from text, and
//! [`Control::snap`] the only way in from a number, so an illegal value cannot reach a model.

use super::drawing::{self, Drawing, Ink, Inks};
use super::entry::number;
use super::table::Table;
use super::text::{self, Alphabet, Fault, Reader, Text};
use super::unit;
use crate::lab::page_text;
use std::sync::Arc;

/// One adjustable value of a simulation.
#[derive(Clone, Copy, Debug)]
pub struct Control {
    /// Name in addresses, on the command line and in the form; `[a-z][a-z0-9_]*`.
    pub id: &'static str,
    /// What a reader sees, in sentence case.
    pub label: &'static str,
    /// Unit shown behind the value, or empty.
    pub unit: &'static str,
    /// Type, range, step and default.
    pub kind: Kind,
    /// One or two sentences: what it does, and what to expect.
    pub help: &'static str,
    /// Whether a change applies to the running model; otherwise it restarts the simulation.
    pub live: bool,
    /// Whether it stands behind "More controls" where room is short.
    pub secondary: bool,
    /// What it hangs on: where one of these does not hold, it has no say, and no place.
    pub hangs_on: [Option<Place>; 2],
    /// Whether it stands there all the same, and is given a say as soon as it is set: a sheet to draw on.
    pub invites: bool,
}

/// Where a control has a say, by the value of another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    /// The other: a choice, a toggle or a number.
    pub other: &'static str,
    pub beside: Beside,
}

/// The values of another control beside which one has a say.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Beside {
    /// These options of a choice, or this side of a toggle.
    Only(&'static [&'static str]),
    /// All options but these.
    Unless(&'static [&'static str]),
    /// More than the least of a number: of nothing there is nothing to set.
    AboveLeast,
}

/// Most characters of a table: a few hundred rows. Above `address::LONGEST_TEXT`, by which data of a reader are known.
const LONGEST_TABLE: usize = 12_000;

/// The type of a control with its range, step and default.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Kind {
    /// A whole number; `min`, `min + step`, ...
    Integer { min: i64, max: i64, step: i64, default: i64 },
    /// A power of two between `min` and `max`, which are powers of two themselves.
    Doubling { min: i64, max: i64, default: i64 },
    /// A real number on the grid `min + k * step`.
    Real { min: f64, max: f64, step: f64, default: f64 },
    /// A positive number on a logarithmic slider, kept to `digits` significant digits, and whole
    /// where `whole` says so.
    Logarithmic { min: f64, max: f64, default: f64, digits: u8, whole: bool },
    /// One of a few named options; `default` is an index.
    Choice { options: &'static [(&'static str, &'static str)], default: usize },
    /// On or off.
    Toggle { default: bool },
    /// The seed of the random streams: any number of 32 bits, as a student's is.
    Seed { default: i64 },
    /// What a reader types.
    Text(Text),
    /// What a reader draws.
    Drawing(Drawing),
}

/// A legal value of a control.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    Integer(i64),
    Real(f64),
    /// Index of the option.
    Choice(usize),
    Toggle(bool),
    Text(Arc<str>),
    /// A level for each cell, row by row.
    Drawing(Arc<[u8]>),
}

/// Why a text was refused or changed, in a sentence for the reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refusal {
    pub sentence: String,
}

/// The largest seed; small enough to be said aloud.
pub const LARGEST_SEED: i64 = u32::MAX as i64;

/// The largest on its track, and the last where somebody asks for all.
const LAST_SEED: f64 = 999.0;

impl Place {
    /// Whether a value of the other is one beside which the control has a say.
    #[must_use]
    pub fn holds(&self, other: &Control, value: &Value) -> bool {
        match self.beside {
            Beside::Only(options) => options.contains(&&*other.written(value)),
            Beside::Unless(options) => !options.contains(&&*other.written(value)),
            Beside::AboveLeast => other.number(value) > other.range()[0],
        }
    }

    /// A value of the other beside which the control has a say: the first option, or little of a number.
    #[must_use]
    pub fn first(&self, other: &Control) -> Option<Value> {
        let little = other.is_number().then(|| other.at_position(0.1));
        little.into_iter().chain(other.corners()).find(|value| self.holds(other, value))
    }
}

impl Control {
    const fn new(id: &'static str, label: &'static str, kind: Kind) -> Self {
        Self {
            id,
            label,
            unit: "",
            kind,
            help: "",
            live: false,
            secondary: false,
            hangs_on: [None; 2],
            invites: false,
        }
    }

    /// A whole number in `min..=max`.
    #[must_use]
    pub const fn integer(id: &'static str, label: &'static str, min: i64, max: i64, default: i64) -> Self {
        Self::new(id, label, Kind::Integer { min, max, step: 1, default })
    }

    /// A power of two in `min..=max`.
    #[must_use]
    pub const fn doubling(id: &'static str, label: &'static str, min: i64, max: i64, default: i64) -> Self {
        Self::new(id, label, Kind::Doubling { min, max, default })
    }

    /// A real number in `min..=max` on a grid of `step`.
    #[must_use]
    pub const fn real(
        id: &'static str,
        label: &'static str,
        [min, max]: [f64; 2],
        step: f64,
        default: f64,
    ) -> Self {
        Self::new(id, label, Kind::Real { min, max, step, default })
    }

    /// A positive real number on a logarithmic slider, kept to three significant digits.
    #[must_use]
    pub const fn logarithmic(
        id: &'static str,
        label: &'static str,
        [min, max]: [f64; 2],
        default: f64,
    ) -> Self {
        Self::new(id, label, Kind::Logarithmic { min, max, default, digits: 3, whole: false })
    }

    /// A positive whole number on a logarithmic slider; every whole number can be typed.
    #[must_use]
    pub const fn logarithmic_whole(
        id: &'static str,
        label: &'static str,
        [min, max]: [f64; 2],
        default: f64,
    ) -> Self {
        Self::new(id, label, Kind::Logarithmic { min, max, default, digits: 15, whole: true })
    }

    /// One of `(id, label)` options; the first is the default.
    #[must_use]
    pub const fn choice(
        id: &'static str,
        label: &'static str,
        options: &'static [(&'static str, &'static str)],
    ) -> Self {
        Self::new(id, label, Kind::Choice { options, default: 0 })
    }

    /// On or off.
    #[must_use]
    pub const fn toggle(id: &'static str, label: &'static str, default: bool) -> Self {
        Self::new(id, label, Kind::Toggle { default })
    }

    /// The seed, under its stable name.
    #[must_use]
    pub const fn seed(default: i64) -> Self {
        Self::new("seed", "Seed", Kind::Seed { default })
            .help("Fixes every random draw: the same seed and values give the same run, bit for bit.")
    }

    /// One line of up to `longest` characters, any that have a shape; [`Control::alphabet`],
    /// [`Control::lines`] and [`Control::reader`] say otherwise.
    #[must_use]
    pub const fn text(id: &'static str, label: &'static str, longest: usize, default: &'static str) -> Self {
        Self::new(id, label, Kind::Text(Text::new(longest, default)))
    }

    /// A table of the reader's own in place of what a simulation draws; empty at first. `reader` is the
    /// table's [check](Table::check): the schema itself names it nowhere, so that only pages with tables have it.
    #[must_use]
    pub const fn table(id: &'static str, label: &'static str, table: &'static Table, reader: Reader) -> Self {
        let text = Text {
            lines: table.rows[1] + 50,
            alphabet: Alphabet::TABLE,
            reader,
            table: Some(table),
            ..Text::new(LONGEST_TABLE, "")
        };
        Self::new(id, label, Kind::Text(text))
    }

    /// A blank sheet of `[columns, rows]` cells, each with one of so many shades, blank and full
    /// included; [`Control::inks`] gives it colours, [`Control::drawn`] another default.
    #[must_use]
    pub const fn drawing(id: &'static str, label: &'static str, size: [usize; 2], shades: u8) -> Self {
        Self::new(id, label, Kind::Drawing(Drawing::new(size, Inks::Grey(shades))))
    }

    /// With only these characters, for a text.
    #[must_use]
    pub const fn alphabet(mut self, alphabet: Alphabet) -> Self {
        if let Kind::Text(text) = self.kind {
            self.kind = Kind::Text(Text { alphabet, ..text });
        }
        self
    }

    /// On up to so many lines, for a text.
    #[must_use]
    pub const fn lines(mut self, lines: usize) -> Self {
        if let Kind::Text(text) = self.kind {
            self.kind = Kind::Text(Text { lines, ..text });
        }
        self
    }

    /// Only what this reads, for a text: a simulation is built with nothing else.
    #[must_use]
    pub const fn reader(mut self, reader: Reader) -> Self {
        if let Kind::Text(text) = self.kind {
            self.kind = Kind::Text(Text { reader, ..text });
        }
        self
    }

    /// With colours in place of shades, for a drawing; the first is the paper's.
    #[must_use]
    pub const fn inks(mut self, inks: &'static [Ink]) -> Self {
        if let Kind::Drawing(Drawing { columns, rows, default, least, .. }) = self.kind {
            let blank = Drawing::new([columns, rows], Inks::Named(inks));
            self.kind = Kind::Drawing(Drawing { default, least, ..blank });
        }
        self
    }

    /// With a drawing, as its text, on a fresh page.
    #[must_use]
    pub const fn drawn(mut self, default: &'static str) -> Self {
        if let Kind::Drawing(drawing) = self.kind {
            self.kind = Kind::Drawing(Drawing { default, ..drawing });
        }
        self
    }

    /// With ink in at least so many cells of a drawing.
    #[must_use]
    pub const fn inked(mut self, least: usize) -> Self {
        if let Kind::Drawing(drawing) = self.kind {
            self.kind = Kind::Drawing(Drawing { least, ..drawing });
        }
        self
    }

    /// With a step other than one, for a whole number.
    #[must_use]
    pub const fn step(mut self, step: i64) -> Self {
        if let Kind::Integer { min, max, default, .. } = self.kind {
            self.kind = Kind::Integer { min, max, step, default };
        }
        self
    }

    /// With another default option than the first, for a choice.
    #[must_use]
    pub const fn default_option(mut self, index: usize) -> Self {
        if let Kind::Choice { options, .. } = self.kind {
            self.kind = Kind::Choice { options, default: index };
        }
        self
    }

    #[must_use]
    pub const fn unit(mut self, unit: &'static str) -> Self {
        self.unit = unit;
        self
    }

    #[must_use]
    pub const fn help(mut self, help: &'static str) -> Self {
        self.help = page_text(help);
        self
    }

    /// A change applies to the running model (through `Simulation::set`) and does not restart it.
    #[must_use]
    pub const fn live(mut self) -> Self {
        self.live = true;
        self
    }

    /// Stands behind "More controls".
    #[must_use]
    pub const fn secondary(mut self) -> Self {
        self.secondary = true;
        self
    }

    /// Stands beside these options of a choice only, where they are the only ones under which it has a say.
    #[must_use]
    pub const fn only(self, choice: &'static str, options: &'static [&'static str]) -> Self {
        self.hanging(Place { other: choice, beside: Beside::Only(options) })
    }

    /// Stands beside all options of a choice but these, under which it has no say.
    #[must_use]
    pub const fn unless(self, choice: &'static str, options: &'static [&'static str]) -> Self {
        self.hanging(Place { other: choice, beside: Beside::Unless(options) })
    }

    /// Stands where there is more than the least of a number, at which it has no say: what is guessed ahead is
    /// accepted or not, where nothing is guessed nothing is.
    #[must_use]
    pub const fn above_least(self, number: &'static str) -> Self {
        self.hanging(Place { other: number, beside: Beside::AboveLeast })
    }

    const fn hanging(mut self, place: Place) -> Self {
        match self.hangs_on {
            [None, _] => self.hangs_on[0] = Some(place),
            [_, None] => self.hangs_on[1] = Some(place),
            _ => panic!("a control hangs on two others at most"),
        }
        self
    }

    /// Stands where it has no say, too: whoever sets it gives it one.
    #[must_use]
    pub const fn invites(mut self) -> Self {
        self.invites = true;
        self
    }

    /// Where alone it has a say.
    pub fn places(&self) -> impl Iterator<Item = Place> {
        self.hangs_on.into_iter().flatten()
    }

    /// The value that a fresh simulation has.
    #[must_use]
    pub fn default(&self) -> Value {
        match self.kind {
            Kind::Integer { default, .. } | Kind::Doubling { default, .. } | Kind::Seed { default } => {
                Value::Integer(default)
            }
            Kind::Real { default, .. } | Kind::Logarithmic { default, .. } => Value::Real(default),
            Kind::Choice { default, .. } => Value::Choice(default),
            Kind::Toggle { default } => Value::Toggle(default),
            Kind::Text(text) => Value::Text(text.default.into()),
            // A default that cannot be read is a mistake of the program: a test over all topics finds it.
            Kind::Drawing(drawing) => {
                Value::Drawing(drawing.read(drawing.default).unwrap_or_default().into())
            }
        }
    }

    /// Range as numbers: options count from 0, a toggle is 0 or 1, of a text the characters and of a
    /// drawing the cells with ink are counted.
    #[must_use]
    pub fn range(&self) -> [f64; 2] {
        match self.kind {
            Kind::Integer { min, max, .. } | Kind::Doubling { min, max, .. } => [min as f64, max as f64],
            Kind::Seed { .. } => [0.0, LARGEST_SEED as f64],
            Kind::Real { min, max, .. } | Kind::Logarithmic { min, max, .. } => [min, max],
            Kind::Choice { options, .. } => [0.0, options.len().saturating_sub(1) as f64],
            Kind::Toggle { .. } => [0.0, 1.0],
            Kind::Text(text) => [0.0, text.longest as f64],
            Kind::Drawing(drawing) => [drawing.least as f64, drawing.cells() as f64],
        }
    }

    /// Name of the type, as `tinkerable list --json` gives it.
    #[must_use]
    pub fn type_name(&self) -> &'static str {
        match self.kind {
            Kind::Integer { .. } => "integer",
            Kind::Doubling { .. } => "doubling",
            Kind::Real { .. } => "real",
            Kind::Logarithmic { .. } => "logarithmic",
            Kind::Choice { .. } => "choice",
            Kind::Toggle { .. } => "toggle",
            Kind::Seed { .. } => "seed",
            Kind::Text(_) => "text",
            Kind::Drawing(_) => "drawing",
        }
    }

    /// The nearest legal value to a finite number; not-a-number gives the default, and so does every
    /// number to a text or a drawing.
    #[must_use]
    pub fn snap(&self, x: f64) -> Value {
        if x.is_nan() {
            return self.default();
        }
        let [min, max] = self.range();
        let x = x.clamp(min, max);
        match self.kind {
            Kind::Integer { min, max, step, .. } => {
                let steps = ((x - min as f64) / step as f64).round() as i64;
                Value::Integer((min + steps * step).clamp(min, max))
            }
            Kind::Doubling { min, max, .. } => {
                let mut best = min;
                let mut power = min;
                while power <= max {
                    if (power as f64 - x).abs() < (best as f64 - x).abs() {
                        best = power;
                    }
                    power *= 2;
                }
                Value::Integer(best)
            }
            Kind::Seed { .. } => Value::Integer(x.round() as i64),
            Kind::Real { min, max, step, .. } => {
                let steps = ((x - min) / step).round();
                Value::Real(
                    to_decimals(min + steps * step, decimals(step).max(decimals(min))).clamp(min, max),
                )
            }
            Kind::Logarithmic { min, max, digits, whole, .. } => {
                let kept = if whole { x.round() } else { to_significant(x, digits) };
                Value::Real(kept.clamp(min, max))
            }
            Kind::Choice { .. } => Value::Choice(x.round() as usize),
            Kind::Toggle { .. } => Value::Toggle(x >= 0.5),
            Kind::Text(_) | Kind::Drawing(_) => self.default(),
        }
    }

    /// The nearest legal value to another value; a text or a drawing that is not legal has none.
    #[must_use]
    pub fn admit(&self, value: Value) -> Option<Value> {
        match (self.kind, value) {
            (Kind::Text(text), Value::Text(typed)) => {
                text.read(&typed).ok().map(|typed| Value::Text(typed.into()))
            }
            (Kind::Drawing(drawing), Value::Drawing(cells)) => {
                let legal = cells.len() == drawing.cells()
                    && cells.iter().all(|level| usize::from(*level) < drawing.levels())
                    && drawing.check(&cells).is_ok();
                legal.then_some(Value::Drawing(cells))
            }
            (Kind::Text(_) | Kind::Drawing(_), _) | (_, Value::Text(_) | Value::Drawing(_)) => None,
            (_, value) => Some(self.snap(self.number(&value))),
        }
    }

    /// Values at the edges of what is legal: those that a simulation has to stand.
    #[must_use]
    pub fn corners(&self) -> Vec<Value> {
        match self.kind {
            Kind::Choice { options, .. } => (0..options.len()).map(Value::Choice).collect(),
            Kind::Text(text) => text.corners().into_iter().map(|text| Value::Text(text.into())).collect(),
            Kind::Drawing(drawing) => {
                drawing.corners().into_iter().map(|cells| Value::Drawing(cells.into())).collect()
            }
            _ => self.range().map(|end| self.snap(end)).into(),
        }
    }

    /// Where and why a text cannot be read; of a number, a choice and a toggle only [`Control::parse`]
    /// tells.
    #[must_use]
    pub fn fault(&self, text: &str) -> Option<Fault> {
        match self.kind {
            Kind::Text(schema) => schema.read(text).err(),
            Kind::Drawing(drawing) => drawing.read(text).err(),
            _ => None,
        }
    }

    /// Reads a value from text. A number outside the range or off the grid is snapped and the
    /// second part says so; what is no value at all is refused, and the sentence says what would
    /// be right.
    ///
    /// # Errors
    /// Text that is not a finite number, not an option, not on or off.
    pub fn parse(&self, text: &str) -> Result<(Value, Option<Refusal>), Refusal> {
        let shown = shorten(text);
        match self.kind {
            Kind::Choice { options, .. } => options
                .iter()
                .position(|(id, _)| *id == text)
                .map(|i| (Value::Choice(i), None))
                .ok_or_else(|| self.refuse(&shown)),
            Kind::Toggle { .. } => match text {
                "on" | "true" | "1" => Ok((Value::Toggle(true), None)),
                "off" | "false" | "0" => Ok((Value::Toggle(false), None)),
                _ => Err(self.refuse(&shown)),
            },
            Kind::Text(schema) => schema
                .read(text)
                .map(|typed| (Value::Text(typed.into()), None))
                .map_err(|fault| self.refuse_at(&schema.place(text, fault.at), &fault)),
            Kind::Drawing(drawing) => drawing
                .read(text)
                .map(|cells| (Value::Drawing(cells.into()), None))
                .map_err(|fault| self.refuse_at(&Drawing::place(text, fault.at), &fault)),
            _ => {
                let number = number(text.trim()).ok_or_else(|| self.refuse(&shown))?;
                let value = self.snap(number);
                // Of a seed every digit counts.
                let slack =
                    if matches!(self.kind, Kind::Seed { .. }) { 0.0 } else { 1e-9 * number.abs().max(1e-9) };
                let snapped = (self.number(&value) - number).abs() > slack;
                let note = snapped.then(|| Refusal {
                    sentence: format!(
                        "{} cannot be {shown}; {} is used ({}).",
                        self.label,
                        self.written(&value),
                        self.legal()
                    ),
                });
                Ok((value, note))
            }
        }
    }

    fn refuse(&self, shown: &str) -> Refusal {
        Refusal {
            sentence: format!("“{shown}” is no value for {}: it takes {}.", self.label, self.legal())
        }
    }

    fn refuse_at(&self, place: &str, fault: &Fault) -> Refusal {
        Refusal { sentence: format!("{}, {place}: {}", self.label, fault.sentence) }
    }

    /// What would be right, in words.
    #[must_use]
    pub fn legal(&self) -> String {
        let unit = if self.unit.is_empty() { String::new() } else { format!(" {}", self.unit) };
        match self.kind {
            Kind::Integer { min, max, step: 1, .. } => format!("a whole number from {min} to {max}{unit}"),
            Kind::Integer { min, max, step, .. } => {
                format!("a whole number from {min} to {max}{unit} in steps of {step}")
            }
            Kind::Doubling { min, max, .. } => format!("a power of two from {min} to {max}{unit}"),
            Kind::Seed { .. } => format!("a whole number from 0 to {LARGEST_SEED}"),
            Kind::Real { min, max, step, .. } => {
                format!("a number from {min} to {max}{unit} in steps of {step}")
            }
            Kind::Logarithmic { min, max, whole, .. } => {
                let noun = if whole { "a whole number" } else { "a number" };
                format!("{noun} from {min} to {max}{unit}")
            }
            Kind::Choice { options, .. } => {
                let ids: Vec<&str> = options.iter().map(|(id, _)| *id).collect();
                format!("one of {}", ids.join(", "))
            }
            Kind::Toggle { .. } => "on or off".to_owned(),
            Kind::Text(text) => text.legal(),
            Kind::Drawing(drawing) => drawing.legal(),
        }
    }

    /// A value as text that [`Control::parse`] reads back to the same value.
    #[must_use]
    pub fn written(&self, value: &Value) -> String {
        match (self.kind, value) {
            (Kind::Choice { options, .. }, Value::Choice(i)) => options[*i].0.to_owned(),
            (Kind::Drawing(drawing), Value::Drawing(cells)) => drawing.text(cells),
            (_, Value::Toggle(on)) => if *on { "on" } else { "off" }.to_owned(),
            (_, Value::Integer(n)) => n.to_string(),
            (_, Value::Real(x)) => x.to_string(),
            (_, Value::Choice(i)) => i.to_string(),
            (_, Value::Text(text)) => text.to_string(),
            (_, Value::Drawing(cells)) => drawing::shown(cells),
        }
    }

    /// The same for a line of a file or a terminal: text in quotes.
    #[must_use]
    pub fn on_a_line(&self, value: &Value) -> String {
        match value {
            Value::Text(text) => text::quoted(text),
            _ => self.written(value),
        }
    }

    /// A value for a reader with its unit: "1 expert", "16 experts".
    #[must_use]
    pub fn with_unit(&self, value: &Value) -> String {
        let shown = self.shown(value);
        format!("{shown} {}", unit::behind(&shown, self.unit)).trim_end().to_owned()
    }

    /// A value for a reader: option labels in words, thousands in groups.
    #[must_use]
    pub fn shown(&self, value: &Value) -> String {
        match (self.kind, value) {
            (Kind::Choice { options, .. }, Value::Choice(i)) => options[*i].1.to_owned(),
            // A seed is a name: nobody groups the digits of a student's number.
            (Kind::Seed { .. }, _) => self.written(value),
            (_, Value::Integer(n)) if n.abs() >= 10_000 => group_thousands(&n.to_string()),
            (_, Value::Real(x)) if *x >= 10_000.0 && x.fract() == 0.0 => group_thousands(&x.to_string()),
            (_, Value::Text(text)) => text::shown(text),
            (_, Value::Drawing(cells)) => drawing::shown(cells),
            _ => self.written(value),
        }
    }

    /// A value as a number: the index of an option, 0 or 1 for a toggle, the characters of a text, the
    /// cells with ink of a drawing.
    #[must_use]
    pub fn number(&self, value: &Value) -> f64 {
        match value {
            Value::Integer(n) => *n as f64,
            Value::Real(x) => *x,
            Value::Choice(i) => *i as f64,
            Value::Toggle(on) => f64::from(u8::from(*on)),
            Value::Text(text) => text.chars().count() as f64,
            Value::Drawing(cells) => drawing::inked(cells) as f64,
        }
    }

    /// Where a value stands on its track, 0 to 1; logarithmic where the slider is.
    #[must_use]
    pub fn position(&self, value: &Value) -> f64 {
        let [min, max] = self.track();
        if max <= min {
            return 0.0;
        }
        let x = self.number(value);
        if self.is_logarithmic() {
            libm::log(x / min) / libm::log(max / min)
        } else {
            ((x - min) / (max - min)).min(1.0)
        }
    }

    /// The ends of the track: those of the range, but for seeds, of which a track has the first thousand.
    #[must_use]
    pub fn track(&self) -> [f64; 2] {
        match self.kind {
            Kind::Seed { .. } => [0.0, LAST_SEED],
            _ => self.range(),
        }
    }

    /// The value at a place on the track, 0 to 1.
    #[must_use]
    pub fn at_position(&self, position: f64) -> Value {
        let [min, max] = self.track();
        let p = position.clamp(0.0, 1.0);
        if self.is_logarithmic() {
            let x = min * libm::exp(p * libm::log(max / min));
            // A track has a few hundred places: two digits are all that it can mean.
            self.snap(if (min..=max).contains(&to_significant(x, 2)) { to_significant(x, 2) } else { x })
        } else {
            self.snap(min + p * (max - min))
        }
    }

    /// The value `steps` key presses away. A press moves one step of the grid; `fine` moves the
    /// smallest legal step, and on a logarithmic track a tenth of a press.
    #[must_use]
    pub fn moved(&self, value: &Value, steps: f64, fine: bool) -> Value {
        let x = self.number(value);
        match self.kind {
            Kind::Doubling { .. } => {
                let factor = if steps < 0.0 { 0.5 } else { 2.0 };
                let mut moved = x;
                for _ in 0..steps.abs().round() as u32 {
                    moved *= factor;
                }
                self.snap(moved)
            }
            Kind::Logarithmic { whole, min, max, .. } => {
                let presses_a_decade = if fine { 100.0 } else { 10.0 };
                let target = x * libm::exp(steps / presses_a_decade * core::f64::consts::LN_10);
                let kept = to_significant(target, if fine { 3 } else { 2 });
                let mut next = if whole { kept.round() } else { kept };
                if (next - x).abs() < 1e-12 * x.abs() {
                    next = if whole { x + steps.signum() } else { target };
                }
                self.snap(next.clamp(min, max))
            }
            Kind::Real { min, max, step, .. } => {
                // A long grid moves by about a hundredth of its range, and by one step with Shift.
                let span = ((max - min) / step / 100.0).round().max(1.0);
                self.snap(x + steps * step * if fine { 1.0 } else { span })
            }
            Kind::Integer { min, max, step, .. } => {
                let span = ((max - min) as f64 / step as f64 / 100.0).round().max(1.0);
                self.snap(x + steps * step as f64 * if fine { 1.0 } else { span })
            }
            Kind::Seed { .. } | Kind::Choice { .. } | Kind::Toggle { .. } => self.snap(x + steps.round()),
            Kind::Text(_) | Kind::Drawing(_) => value.clone(),
        }
    }

    /// True for tracks that run by factors.
    #[must_use]
    pub fn is_logarithmic(&self) -> bool {
        matches!(self.kind, Kind::Logarithmic { .. } | Kind::Doubling { .. })
    }

    /// True where a track and a number field make sense.
    #[must_use]
    pub fn is_number(&self) -> bool {
        !matches!(self.kind, Kind::Choice { .. } | Kind::Toggle { .. }) && !self.is_free()
    }

    /// True for what a reader types or draws freely, without a track or a list.
    #[must_use]
    pub fn is_free(&self) -> bool {
        matches!(self.kind, Kind::Text(_) | Kind::Drawing(_))
    }
}

/// Text from outside, cut to a length that fits a sentence.
#[must_use]
pub fn shorten(text: &str) -> String {
    let mut out: String = text.chars().filter(|c| !c.is_control()).take(24).collect();
    if text.chars().count() > 24 {
        out.push('…');
    }
    out
}

/// `1234567` as `1,234,567`.
#[must_use]
pub fn group_thousands(digits: &str) -> String {
    let (sign, digits) = digits.strip_prefix('-').map_or(("", digits), |d| ("-", d));
    let (whole, fraction) = digits.split_once('.').map_or((digits, None), |(w, f)| (w, Some(f)));
    let mut out = String::from(sign);
    for (i, c) in whole.chars().enumerate() {
        if i > 0 && (whole.len() - i).is_multiple_of(3) {
            out.push(',');
        }
        out.push(c);
    }
    if let Some(f) = fraction {
        out.push('.');
        out.push_str(f);
    }
    out
}

/// How many decimals a step like 0.05 has.
fn decimals(step: f64) -> usize {
    let text = step.to_string();
    text.split_once('.').map_or(0, |(_, f)| f.len())
}

/// Rounded to decimals through text, so that 3 * 0.1 is 0.3 on every machine.
fn to_decimals(x: f64, decimals: usize) -> f64 {
    number(&format!("{x:.decimals$}")).unwrap_or(x)
}

/// Rounded to significant digits through text.
fn to_significant(x: f64, digits: u8) -> f64 {
    let after = usize::from(digits.max(1)) - 1;
    number(&format!("{x:.after$e}")).unwrap_or(x)
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXPERTS: Control = Control::integer("n_experts", "Experts", 1, 128, 8);
    const ALPHA: Control = Control::logarithmic("alpha", "Aux weight α", [0.001, 3.0], 0.1);
    const SKEW: Control = Control::real("skew", "Skew", [0.0, 2.0], 0.1, 0.3);
    const MODE: Control = Control::choice("mode", "Mode", &[("a", "First"), ("b", "Second")]);
    const DIM: Control = Control::doubling("d", "Head dimension", 4, 64, 16);
    const CONTEXT: Control =
        Control::logarithmic_whole("context", "Context", [1024.0, 1_048_576.0], 131_072.0);

    #[test]
    fn numbers_snap_to_the_grid_and_say_so() {
        assert_eq!(EXPERTS.parse("16"), Ok((Value::Integer(16), None)));
        let (value, note) = EXPERTS.parse("300").unwrap();
        assert_eq!(value, Value::Integer(128));
        assert_eq!(
            note.unwrap().sentence,
            "Experts cannot be 300; 128 is used (a whole number from 1 to 128)."
        );
        assert_eq!(SKEW.snap(0.30000000000000004), Value::Real(0.3));
        assert_eq!(DIM.snap(20.0), Value::Integer(16));
        assert_eq!(CONTEXT.parse("131073").unwrap().0, Value::Real(131_073.0));
    }

    #[test]
    fn what_is_no_value_is_refused_with_what_would_be_right() {
        for bad in ["NaN", "inf", "1e309", "", "<b>x</b>", "eight"] {
            let refusal = EXPERTS.parse(bad).unwrap_err();
            assert!(refusal.sentence.contains("a whole number from 1 to 128"), "{}", refusal.sentence);
        }
        assert_eq!(MODE.parse("c").unwrap_err().sentence, "“c” is no value for Mode: it takes one of a, b.");
    }

    #[test]
    fn text_reads_back_to_the_same_value() {
        for (control, x) in [(EXPERTS, 5.0), (ALPHA, 0.037), (SKEW, 1.3), (DIM, 64.0), (CONTEXT, 5000.0)] {
            let value = control.snap(x);
            assert_eq!(control.parse(&control.written(&value)), Ok((value, None)));
        }
    }

    #[test]
    fn key_presses_always_move_until_the_end() {
        for control in [EXPERTS, ALPHA, SKEW, DIM, CONTEXT] {
            for fine in [false, true] {
                let [min, max] = control.range();
                let mut value = control.snap(min);
                let mut presses = 0;
                while control.number(&value) < max {
                    let next = control.moved(&value, 1.0, fine);
                    assert!(control.number(&next) > control.number(&value), "{} stuck", control.id);
                    value = next;
                    presses += 1;
                    assert!(presses < 2000);
                }
            }
        }
    }

    #[test]
    fn positions_and_values_agree() {
        for control in [EXPERTS, SKEW, DIM] {
            let value = control.snap(control.range()[1] / 2.0);
            assert_eq!(control.at_position(control.position(&value)), value);
        }
        assert!((ALPHA.position(&ALPHA.snap(0.001))).abs() < 1e-12);
    }

    #[test]
    fn seeds_have_32_bits_and_a_track_for_the_first_thousand() {
        const SEED: Control = Control::seed(1);
        let student = SEED.parse("20231234").expect("a seed").0;
        assert_eq!((&student, SEED.shown(&student)), (&Value::Integer(20_231_234), "20231234".to_owned()));
        assert!(SEED.parse("4294967295").is_ok_and(|(_, note)| note.is_none()));
        assert!(SEED.parse("4294967296").is_ok_and(|(_, note)| note.is_some()));
        assert_eq!((SEED.position(&student), SEED.at_position(1.0)), (1.0, Value::Integer(999)));
        assert_eq!(SEED.moved(&student, 1.0, false), Value::Integer(20_231_235));
    }

    #[test]
    fn thousands_are_grouped() {
        assert_eq!(group_thousands("46702792704"), "46,702,792,704");
        assert_eq!(group_thousands("-1234.5"), "-1,234.5");
        assert_eq!(group_thousands("12"), "12");
    }
}
