//! Conditions that a machine checks: what solves a challenge, what a prediction turns out to be.
//!
//! A condition is a list of clauses that must all hold, so that the page can tick off each one.

use super::control::Value;
use super::readout::Reading;
use super::values::Values;

/// One comparison of a control, a readout, or `step` (the steps made so far) with a bound.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Clause {
    pub quantity: Quantity,
    pub relation: Relation,
    pub bound: Bound,
}

/// What is compared. Names are ids of controls or readouts, or `step`.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Quantity {
    Of(&'static str),
    Difference(&'static str, &'static str),
    /// |a - b|.
    Distance(&'static str, &'static str),
}

#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Bound {
    Number(f64),
    /// The id of an option of a choice, or `on` / `off`.
    Option(&'static str),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Relation {
    AtMost,
    AtLeast,
    Below,
    Above,
    Is,
    IsNot,
}

/// The control or the readout with this id, or `step`.
#[must_use]
pub const fn of(id: &'static str) -> Quantity {
    Quantity::Of(id)
}

/// The first minus the second.
#[must_use]
pub const fn difference(a: &'static str, b: &'static str) -> Quantity {
    Quantity::Difference(a, b)
}

/// How far the two are apart.
#[must_use]
pub const fn distance(a: &'static str, b: &'static str) -> Quantity {
    Quantity::Distance(a, b)
}

/// What is asked of a quantity: `of("loss").below(0.5)`, `of("mode").is("tiled")`.
impl Quantity {
    const fn compared(self, relation: Relation, bound: f64) -> Clause {
        Clause { quantity: self, relation, bound: Bound::Number(bound) }
    }

    #[must_use]
    pub const fn at_most(self, bound: f64) -> Clause {
        self.compared(Relation::AtMost, bound)
    }

    #[must_use]
    pub const fn at_least(self, bound: f64) -> Clause {
        self.compared(Relation::AtLeast, bound)
    }

    #[must_use]
    pub const fn below(self, bound: f64) -> Clause {
        self.compared(Relation::Below, bound)
    }

    #[must_use]
    pub const fn above(self, bound: f64) -> Clause {
        self.compared(Relation::Above, bound)
    }

    #[must_use]
    pub const fn equals(self, bound: f64) -> Clause {
        self.compared(Relation::Is, bound)
    }

    /// A choice stands at an option, or a toggle at `on` / `off`.
    #[must_use]
    pub const fn is(self, option: &'static str) -> Clause {
        Clause { quantity: self, relation: Relation::Is, bound: Bound::Option(option) }
    }

    #[must_use]
    pub const fn is_not(self, option: &'static str) -> Clause {
        Clause { quantity: self, relation: Relation::IsNot, bound: Bound::Option(option) }
    }

    /// What it is now.
    #[must_use]
    pub fn number(&self, facts: &Facts) -> Option<f64> {
        match *self {
            Self::Of(id) => facts.number(id),
            Self::Difference(a, b) => Some(facts.number(a)? - facts.number(b)?),
            Self::Distance(a, b) => Some((facts.number(a)? - facts.number(b)?).abs()),
        }
    }

    /// The ids it speaks of.
    #[must_use]
    pub fn ids(&self) -> Vec<&'static str> {
        match *self {
            Self::Of(id) => vec![id],
            Self::Difference(a, b) | Self::Distance(a, b) => vec![a, b],
        }
    }
}

impl Clause {
    /// Whether it holds for these values and readings after `step` steps. A reading that is no
    /// number meets no bound.
    #[must_use]
    pub fn holds(&self, facts: &Facts) -> bool {
        match self.bound {
            Bound::Option(option) => {
                let Quantity::Of(id) = self.quantity else { return false };
                let Some(is) = facts.option(id) else { return false };
                (is == option) == (self.relation == Relation::Is)
            }
            Bound::Number(bound) => {
                self.quantity.number(facts).is_some_and(|x| self.relation.holds(x, bound))
            }
        }
    }
}

/// All that a condition may look at.
pub struct Facts<'a> {
    pub values: &'a Values,
    pub readouts: &'static [crate::lab::Readout],
    pub readings: &'a [Reading],
    /// Steps made so far.
    pub step: u64,
}

impl Facts<'_> {
    /// A control or a readout by its id, or `step`. A readout wins where both have the name.
    #[must_use]
    pub fn number(&self, id: &str) -> Option<f64> {
        if id == "step" {
            return Some(self.step as f64);
        }
        if let Some(i) = self.readouts.iter().position(|r| r.id == id) {
            return self.readings.get(i).and_then(Reading::number);
        }
        let i = self.values.position(id)?;
        Some(self.values.controls()[i].number(self.values.at(i)))
    }

    fn option(&self, id: &str) -> Option<&'static str> {
        match self.values.get(id)? {
            Value::Toggle(on) => Some(if *on { "on" } else { "off" }),
            Value::Choice(_) => Some(self.values.choice(id)),
            _ => None,
        }
    }
}

/// Relations as they are typed; the longer ones first.
const TYPED: [(&str, Relation); 9] = [
    ("<=", Relation::AtMost),
    (">=", Relation::AtLeast),
    ("!=", Relation::IsNot),
    ("≤", Relation::AtMost),
    ("≥", Relation::AtLeast),
    ("≠", Relation::IsNot),
    ("<", Relation::Below),
    (">", Relation::Above),
    ("=", Relation::Is),
];

impl Relation {
    /// A condition as it is typed, `dead<=2`, cut at its sign; `None` where there is none.
    #[must_use]
    pub fn cut(text: &str) -> Option<(&str, Self, &str)> {
        let (quantity, rest) = text.split_at(text.find(['<', '>', '=', '!', '≤', '≥', '≠'])?);
        let (relation, bound) = TYPED.iter().find_map(|(sign, r)| Some((*r, rest.strip_prefix(sign)?)))?;
        Some((quantity, relation, bound))
    }

    /// The sign as it is typed.
    #[must_use]
    pub fn typed(self) -> &'static str {
        TYPED.iter().find(|(_, r)| *r == self).map_or("=", |(text, _)| text)
    }

    /// Whether it holds between two numbers; equal are those that differ by rounding.
    #[must_use]
    pub fn holds(self, x: f64, bound: f64) -> bool {
        match self {
            Self::AtMost => x <= bound,
            Self::AtLeast => x >= bound,
            Self::Below => x < bound,
            Self::Above => x > bound,
            Self::Is => (x - bound).abs() <= 1e-9 * bound.abs().max(1.0),
            Self::IsNot => (x - bound).abs() > 1e-9 * bound.abs().max(1.0),
        }
    }

    /// What holds where it does not.
    #[must_use]
    pub fn opposite(self) -> Self {
        match self {
            Self::AtMost => Self::Above,
            Self::AtLeast => Self::Below,
            Self::Below => Self::AtLeast,
            Self::Above => Self::AtMost,
            Self::Is => Self::IsNot,
            Self::IsNot => Self::Is,
        }
    }

    /// In words, as they stand before the bound.
    #[must_use]
    pub fn words(self) -> &'static str {
        match self {
            Self::AtMost => "at most",
            Self::AtLeast => "at least",
            Self::Below => "below",
            Self::Above => "above",
            Self::Is => "is",
            Self::IsNot => "is not",
        }
    }

    /// The sign a reader sees.
    #[must_use]
    pub fn sign(self) -> &'static str {
        match self {
            Self::AtMost => "≤",
            Self::AtLeast => "≥",
            Self::Below => "<",
            Self::Above => ">",
            Self::Is => "=",
            Self::IsNot => "≠",
        }
    }
}
