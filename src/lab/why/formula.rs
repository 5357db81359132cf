//! Formulas of readouts: read from what is declared beside the readout, evaluated, and written with names
//! and with the numbers of a moment.
//!
//! ```text
//! gpus * hours * kw * pue / 1e3
//! 2 * layers * divisor(heads, kv_heads) * head_dim * kv_bytes / 1024
//! if(method = full, 16'bytes a parameter', 6) * total
//! pick(model, 32, 80, layers) * (heads * head_dim)'width of all heads' ^ 2
//! ```
//!
//! Names are those of controls and readouts, or `step`; where both have one, the readout is meant, but in its
//! own formula. A constant may have a name behind it, and so may what stands in parentheses: then its name and
//! its value are written, and behind the formula what it is. There are `+ - * / ^` and parentheses, functions
//! ([`Function`]), and `if(condition, then, else)`, where the condition is an option of a choice or a switch
//! (`method = full`, `audio = on`) or compares two expressions with `< <= > >= =`; `pick(choice, a, b, ...)` has
//! one expression for each option of a choice, in their order; `sum(i, 1, n, ...)` adds up, and
//! `product(i, 1, n, ...)` multiplies, an expression in which a name stands for each whole number from one to
//! another. A choice stands for the
//! number that its option's name begins with as far as it is one, and for its place among the options otherwise.

use crate::lab::Spec;
use crate::lab::schema::condition::{Facts, Relation};
use crate::lab::schema::control::{Control, Kind, Value, group_thousands, shorten};
use crate::lab::schema::entry::number;
use crate::lab::schema::readout::{Reading, format_number, format_trimmed, superscript};
use crate::numerics::elementary::{exp, ln, log2, pow, powi};

/// A formula of a readout of a simulation.
#[derive(Clone, Debug, PartialEq)]
pub struct Formula {
    spec: &'static Spec,
    node: Node,
}

/// A formula at a moment.
#[derive(Clone, Debug, PartialEq)]
pub struct Written {
    /// With the names that the page has: "Accelerators × Hours of training".
    pub words: String,
    /// What the names of its parts stand for: "near = Stride".
    pub terms: Vec<String>,
    /// What makes the cases hold that are written: "Order Upwards".
    pub cases: Vec<String>,
    /// With the numbers of the moment: "25,000 × 2,280".
    pub numbers: String,
    /// What it comes to, where that is a number.
    pub value: Option<f64>,
}

#[derive(Clone, Debug, PartialEq)]
enum Node {
    /// With its text, and a name if it has one.
    Constant(f64, String, String),
    Control(usize),
    Readout(usize),
    Step,
    Negative(Box<Node>),
    Binary(Sign, Box<[Node; 2]>),
    Call(Function, Vec<Node>),
    /// What stands in parentheses with a name behind it.
    Named(Box<Node>, String),
    /// For each option of a choice.
    Pick(usize, Vec<Node>),
    /// Plus or times; a name, from where, to where, and what is added up or multiplied.
    Series(Sign, String, Box<[Node; 3]>),
    /// A name of a series that stands around it, by how many are outside of that.
    Index(usize, String),
    If(Condition, Box<[Node; 2]>),
}

#[derive(Clone, Debug, PartialEq)]
enum Condition {
    /// A choice or a switch that stands so.
    Stands(usize, Value),
    Compare(Box<[Node; 2]>, Relation),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Sign {
    Plus,
    Minus,
    Times,
    Over,
    Power,
}

impl Sign {
    /// What binds more has more.
    fn rank(self) -> u8 {
        match self {
            Self::Plus | Self::Minus => 1,
            Self::Times | Self::Over => 2,
            Self::Power => 4,
        }
    }

    fn shown(self) -> &'static str {
        match self {
            Self::Plus => " + ",
            Self::Minus => " − ",
            Self::Times => " × ",
            Self::Over => " / ",
            Self::Power => "^",
        }
    }
}

/// How strongly a leading minus binds: more than a product, less than a power.
const NEGATIVE: u8 = 3;
/// What needs no parentheses anywhere.
const WHOLE: u8 = 5;

/// What a formula may call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    Least,
    Most,
    Root,
    Exponential,
    NaturalLogarithm,
    BinaryLogarithm,
    Magnitude,
    Down,
    Up,
    Nearest,
    /// The largest divisor of the first that is at most the second, and at least 1.
    Divisor,
}

impl Function {
    /// Name, and how many arguments it takes: none for any number of them.
    const ALL: [(Self, &'static str, usize); 11] = [
        (Self::Least, "min", 0),
        (Self::Most, "max", 0),
        (Self::Root, "sqrt", 1),
        (Self::Exponential, "exp", 1),
        (Self::NaturalLogarithm, "ln", 1),
        (Self::BinaryLogarithm, "log2", 1),
        (Self::Magnitude, "abs", 1),
        (Self::Down, "floor", 1),
        (Self::Up, "ceil", 1),
        (Self::Nearest, "round", 1),
        (Self::Divisor, "divisor", 2),
    ];

    /// As the page writes it; what is called with is told apart by semicolons, for numbers have commas.
    fn written(self, x: &[String]) -> String {
        let all = x.join("; ");
        match self {
            Self::Least => format!("min({all})"),
            Self::Most => format!("max({all})"),
            Self::Root => format!("√({all})"),
            Self::Exponential => format!("exp({all})"),
            Self::NaturalLogarithm => format!("ln({all})"),
            Self::BinaryLogarithm => format!("log₂({all})"),
            Self::Magnitude => format!("|{all}|"),
            Self::Down => format!("⌊{all}⌋"),
            Self::Up => format!("⌈{all}⌉"),
            Self::Nearest => format!("round({all})"),
            Self::Divisor => format!("(largest divisor of {} up to {})", x[0], x[1]),
        }
    }

    fn of(self, x: &[f64]) -> f64 {
        match self {
            Self::Least => x.iter().copied().fold(f64::INFINITY, f64::min),
            Self::Most => x.iter().copied().fold(f64::NEG_INFINITY, f64::max),
            Self::Root => x[0].sqrt(),
            Self::Exponential => exp(x[0]),
            Self::NaturalLogarithm => ln(x[0]),
            Self::BinaryLogarithm => log2(x[0]),
            Self::Magnitude => x[0].abs(),
            Self::Down => x[0].floor(),
            Self::Up => x[0].ceil(),
            Self::Nearest => x[0].round(),
            Self::Divisor => {
                let (whole, most) = (x[0].max(1.0) as u64, x[1].max(1.0) as u64);
                let most = most.min(whole);
                (1..=most).rev().find(|d| whole.is_multiple_of(*d)).unwrap_or(1) as f64
            }
        }
    }
}

impl Formula {
    /// Reads the formula of a readout.
    ///
    /// # Errors
    /// A sentence on what is wrong, and what would be right.
    pub fn parse(spec: &'static Spec, readout: usize, text: &str) -> Result<Self, String> {
        let mut reader = Reader { spec, own: readout, rest: text, depth: 0, series: Vec::new() };
        let node = reader.sum()?;
        reader.space();
        if reader.rest.is_empty() {
            Ok(Self { spec, node })
        } else {
            Err(format!("“{}” follows where the formula should end.", shorten(reader.rest)))
        }
    }

    /// The readouts that it speaks of, by their places.
    #[must_use]
    pub fn readouts(&self) -> Vec<usize> {
        let mut found = Vec::new();
        self.node.readouts(&mut found);
        found
    }

    /// What it comes to at a moment; `None` where something in it has no number there.
    #[must_use]
    pub fn value(&self, facts: &Facts) -> Option<f64> {
        self.node.value(self.spec, facts).filter(|x| x.is_finite())
    }

    /// It, written with names and with the numbers of a moment. Of a case only what holds then is written, and
    /// behind it why.
    #[must_use]
    pub fn written(&self, facts: &Facts) -> Written {
        let mut pen =
            Pen { spec: self.spec, facts, names: true, cases: Vec::new(), terms: Vec::new(), told: 0 };
        let words = pen.write(&self.node, 0);
        // What a term is may speak of terms that nothing before it did.
        let mut terms = Vec::new();
        while let Some((name, node)) = pen.terms.get(pen.told).copied() {
            pen.told += 1;
            terms.push(format!("{name} = {}", pen.write(node, 0)));
        }
        let cases = std::mem::take(&mut pen.cases);
        pen.names = false;
        Written { words, terms, cases, numbers: pen.write(&self.node, 0), value: self.value(facts) }
    }
}

impl Written {
    /// The words on one line: "2 × near, where near = Stride; far = 8, for Order Upwards".
    #[must_use]
    pub fn sentence(&self) -> String {
        let of = |begins: &str, parts: &[String], between: &str| {
            if parts.is_empty() { String::new() } else { format!(", {begins} {}", parts.join(between)) }
        };
        format!("{}{}{}", self.words, of("where", &self.terms, "; "), of("for", &self.cases, " and "))
    }
}

impl Node {
    fn value(&self, spec: &'static Spec, facts: &Facts) -> Option<f64> {
        self.within(spec, facts, &mut Vec::new())
    }

    /// With the numbers that the names of the series around it stand for.
    fn within(&self, spec: &'static Spec, facts: &Facts, around: &mut Vec<f64>) -> Option<f64> {
        Some(match self {
            Self::Constant(x, ..) => *x,
            Self::Control(i) => option_number(&spec.controls[*i], facts.values.at(*i)),
            Self::Readout(i) => facts.readings.get(*i)?.number()?,
            Self::Step => facts.step as f64,
            Self::Negative(x) => -x.within(spec, facts, around)?,
            Self::Binary(sign, sides) => {
                let [a, b] = [sides[0].within(spec, facts, around)?, sides[1].within(spec, facts, around)?];
                match sign {
                    Sign::Plus => a + b,
                    Sign::Minus => a - b,
                    Sign::Times => a * b,
                    Sign::Over => a / b,
                    Sign::Power if b.fract() == 0.0 && (0.0..=1e6).contains(&b) => powi(a, b as u32),
                    Sign::Power => pow(a, b),
                }
            }
            Self::Call(function, x) => {
                let x: Vec<f64> = x.iter().map(|x| x.within(spec, facts, around)).collect::<Option<_>>()?;
                function.of(&x)
            }
            Self::Named(x, _) => x.within(spec, facts, around)?,
            Self::Index(i, _) => *around.get(*i)?,
            Self::Series(sign, _, x) => {
                let [from, to] = [x[0].within(spec, facts, around)?, x[1].within(spec, facts, around)?];
                let is_sum = *sign == Sign::Plus;
                let mut total = if is_sum { 0.0 } else { 1.0 };
                for k in 0..=(to - from).clamp(-1.0, LONGEST) as i64 {
                    around.push(from + k as f64);
                    let each = x[2].within(spec, facts, around)?;
                    total = if is_sum { total + each } else { total * each };
                    around.pop();
                }
                total
            }
            Self::Pick(i, cases) => cases.get(option_of(facts, *i))?.within(spec, facts, around)?,
            Self::If(condition, cases) => {
                let holds = condition.holds_within(spec, facts, around)?;
                cases[usize::from(!holds)].within(spec, facts, around)?
            }
        })
    }

    fn rank(&self) -> u8 {
        match self {
            Self::Binary(sign, _) => sign.rank(),
            Self::Negative(_) => NEGATIVE,
            Self::Series(..) => Sign::Times.rank(),
            _ => WHOLE,
        }
    }

    fn readouts(&self, found: &mut Vec<usize>) {
        match self {
            Self::Readout(i) => found.push(*i),
            Self::Constant(..) | Self::Control(_) | Self::Step | Self::Index(..) => {}
            Self::Series(_, _, x) => x.iter().for_each(|x| x.readouts(found)),
            Self::Negative(x) | Self::Named(x, _) => x.readouts(found),
            Self::Binary(_, sides) => sides.iter().for_each(|x| x.readouts(found)),
            Self::Call(_, x) | Self::Pick(_, x) => x.iter().for_each(|x| x.readouts(found)),
            Self::If(condition, cases) => {
                if let Condition::Compare(sides, _) = condition {
                    sides.iter().for_each(|x| x.readouts(found));
                }
                cases.iter().for_each(|x| x.readouts(found));
            }
        }
    }
}

impl Condition {
    fn holds(&self, spec: &'static Spec, facts: &Facts) -> Option<bool> {
        self.holds_within(spec, facts, &mut Vec::new())
    }

    fn holds_within(&self, spec: &'static Spec, facts: &Facts, around: &mut Vec<f64>) -> Option<bool> {
        match self {
            Self::Stands(control, value) => Some(facts.values.at(*control) == value),
            Self::Compare(sides, relation) => {
                let [a, b] = [sides[0].within(spec, facts, around)?, sides[1].within(spec, facts, around)?];
                Some(relation.holds(a, b))
            }
        }
    }
}

/// The place of the option that a choice stands at.
fn option_of(facts: &Facts, control: usize) -> usize {
    if let Value::Choice(i) = facts.values.at(control) { *i } else { 0 }
}

/// A control's value as a number; of a choice, the number that its option is named by, if it is.
fn option_number(control: &Control, value: &Value) -> f64 {
    let named = match (control.kind, value) {
        (Kind::Choice { options, .. }, Value::Choice(i)) => number(options[*i].0),
        _ => None,
    };
    named.unwrap_or_else(|| control.number(value))
}

/// Writes a formula.
struct Pen<'a> {
    spec: &'static Spec,
    facts: &'a Facts<'a>,
    /// Names, or else numbers.
    names: bool,
    /// What made a case hold, in words.
    cases: Vec<String>,
    /// Names that were written, with what they stand for, and how many of them are told.
    terms: Vec<(&'a str, &'a Node)>,
    told: usize,
}

impl<'a> Pen<'a> {
    /// In parentheses where it binds less than `least`.
    fn write(&mut self, node: &'a Node, least: u8) -> String {
        let spec = self.spec;
        let text = match node {
            Node::Constant(_, _, name) if self.names && !name.is_empty() => name.clone(),
            Node::Constant(_, text, _) => constant(text),
            Node::Control(i) if self.names => spec.controls[*i].label.to_owned(),
            Node::Control(i) => {
                let (control, value) = (&spec.controls[*i], self.facts.values.at(*i));
                match control.kind {
                    Kind::Choice { .. } => option_number(control, value).to_string(),
                    _ => control.shown(value).replace('-', "−"),
                }
            }
            Node::Readout(i) if self.names => spec.readouts[*i].label.to_owned(),
            Node::Readout(i) => {
                let x = self.facts.readings.get(*i).and_then(Reading::number);
                x.map_or_else(|| "–".to_owned(), |x| format_number(x, spec.readouts[*i].decimals))
            }
            Node::Step if self.names => "step".to_owned(),
            Node::Step => self.facts.step.to_string(),
            Node::Negative(x) => format!("−{}", self.write(x, NEGATIVE)),
            Node::Binary(Sign::Power, sides) => {
                let base = self.whole(&sides[0]);
                match &sides[1] {
                    Node::Constant(_, text, _) if text.bytes().all(|b| b.is_ascii_digit()) => {
                        format!("{base}{}", superscript(text))
                    }
                    power => format!("{base}^{}", self.whole(power)),
                }
            }
            Node::Binary(sign, sides) => {
                let rank = sign.rank();
                let left = self.write(&sides[0], rank);
                // a − (b − c) and a / (b × c) keep their parentheses.
                let strict = matches!(sign, Sign::Minus | Sign::Over);
                let right = self.write(&sides[1], rank + u8::from(strict));
                format!("{left}{}{right}", sign.shown())
            }
            Node::Call(function, x) => {
                let x: Vec<String> = x.iter().map(|x| self.write(x, 0)).collect();
                function.written(&x)
            }
            Node::Named(x, name) if self.names => {
                if self.terms.iter().all(|(known, _)| known != name) {
                    self.terms.push((name, x));
                }
                name.clone()
            }
            Node::Named(x, _) => x.value(spec, self.facts).map_or_else(|| "–".to_owned(), rounded),
            Node::Index(_, name) => name.clone(),
            Node::Series(sign, name, x) => {
                let [from, to] = [self.write(&x[0], 0), self.write(&x[1], 0)];
                let sign = if *sign == Sign::Plus { "Σ" } else { "Π" };
                format!("{sign}[{name} = {from} to {to}] ({})", self.write(&x[2], 0))
            }
            Node::Pick(i, cases) => {
                self.holds(|own| own.stands(*i));
                return self.write(&cases[option_of(self.facts, *i).min(cases.len() - 1)], least);
            }
            Node::If(condition, cases) => {
                let holds = condition.holds(spec, self.facts).unwrap_or(true);
                self.holds(|own| own.case(condition, holds));
                return self.write(&cases[usize::from(!holds)], least);
            }
        };
        if node.rank() < least { format!("({text})") } else { text }
    }

    /// As a base or a power: a name of several words in parentheses, too.
    fn whole(&mut self, node: &'a Node) -> String {
        let text = self.write(node, WHOLE);
        let is_name =
            matches!(node, Node::Constant(..) | Node::Control(_) | Node::Readout(_) | Node::Named(..));
        if is_name && text.contains(' ') { format!("({text})") } else { text }
    }

    /// Notes why a case holds, where names are written.
    fn holds(&mut self, case: impl FnOnce(&mut Self) -> String) {
        if self.names {
            let case = case(self);
            if !self.cases.contains(&case) {
                self.cases.push(case);
            }
        }
    }

    /// "Method LoRA".
    fn stands(&self, control: usize) -> String {
        let value = self.facts.values.at(control);
        let control = &self.spec.controls[control];
        match value {
            Value::Toggle(on) => format!("{} {}", control.label, if *on { "on" } else { "off" }),
            value => format!("{} {}", control.label, control.shown(value)),
        }
    }

    /// The same; or "Experts > 1".
    fn case(&mut self, condition: &'a Condition, holds: bool) -> String {
        match condition {
            Condition::Stands(i, _) => self.stands(*i),
            Condition::Compare(sides, relation) => {
                let relation = if holds { *relation } else { relation.opposite() };
                let [a, b] = [self.write(&sides[0], 0), self.write(&sides[1], 0)];
                format!("{a} {} {b}", relation.sign())
            }
        }
    }
}

/// Four digits that count, or all of a whole number.
fn rounded(x: f64) -> String {
    if x.fract() == 0.0 || x.abs() >= 1e4 {
        return format_number(x, 0);
    }
    let behind = [1e3, 1e2, 1e1, 1.0, 1e-1, 1e-2].iter().position(|bound| x.abs() >= *bound);
    format_trimmed(x, behind.unwrap_or(6))
}

/// "10⁹" for "1e9", "3.6×10⁶" for "3.6e6", "10,000" for "10000".
fn constant(text: &str) -> String {
    let Some((mantissa, exponent)) = text.split_once('e') else {
        let is_long = text.len() > 4 && text.bytes().all(|b| b.is_ascii_digit());
        return if is_long { group_thousands(text) } else { text.to_owned() };
    };
    let power = format!("10{}", superscript(exponent));
    if mantissa == "1" { power } else { format!("{mantissa}×{power}") }
}

/// Reads a formula from its text.
struct Reader<'a> {
    spec: &'static Spec,
    /// The readout whose formula it is.
    own: usize,
    rest: &'a str,
    /// Parentheses that are open.
    depth: u32,
    /// Names of the series that are open.
    series: Vec<&'a str>,
}

/// Most parentheses in one another.
const DEEPEST: u32 = 40;

/// Most terms of a series.
const LONGEST: f64 = 10_000.0;

impl<'a> Reader<'a> {
    fn space(&mut self) {
        self.rest = self.rest.trim_start();
    }

    fn take(&mut self, sign: &str) -> bool {
        self.space();
        let taken = self.rest.strip_prefix(sign);
        self.rest = taken.unwrap_or(self.rest);
        taken.is_some()
    }

    fn need(&mut self, sign: &str) -> Result<(), String> {
        if self.take(sign) {
            return Ok(());
        }
        let stands =
            if self.rest.is_empty() { "its end".to_owned() } else { format!("“{}”", shorten(self.rest)) };
        Err(format!("“{sign}” is missing before {stands}."))
    }

    /// The longest begin of which every character is one of these.
    fn while_in(&mut self, legal: impl Fn(char) -> bool) -> &'a str {
        self.space();
        let end = self.rest.find(|c| !legal(c)).unwrap_or(self.rest.len());
        let (taken, rest) = self.rest.split_at(end);
        self.rest = rest;
        taken
    }

    fn sum(&mut self) -> Result<Node, String> {
        self.chain([("+", Sign::Plus), ("-", Sign::Minus)], Self::product)
    }

    fn product(&mut self) -> Result<Node, String> {
        self.chain([("*", Sign::Times), ("/", Sign::Over)], Self::signed)
    }

    fn chain(
        &mut self,
        signs: [(&str, Sign); 2],
        part: fn(&mut Self) -> Result<Node, String>,
    ) -> Result<Node, String> {
        let mut node = part(self)?;
        loop {
            let Some((_, sign)) = signs.into_iter().find(|(text, _)| self.take(text)) else {
                return Ok(node);
            };
            node = Node::Binary(sign, Box::new([node, part(self)?]));
        }
    }

    fn signed(&mut self) -> Result<Node, String> {
        if self.take("-") {
            return self.deeper(|own| Ok(Node::Negative(Box::new(own.signed()?))));
        }
        let base = self.single()?;
        if self.take("^") {
            let power = self.deeper(Self::signed)?;
            return Ok(Node::Binary(Sign::Power, Box::new([base, power])));
        }
        Ok(base)
    }

    fn deeper<T>(&mut self, read: impl FnOnce(&mut Self) -> Result<T, String>) -> Result<T, String> {
        if self.depth == DEEPEST {
            return Err(format!("A formula has at most {DEEPEST} parentheses in one another."));
        }
        self.depth += 1;
        let read = read(self);
        self.depth -= 1;
        read
    }

    fn single(&mut self) -> Result<Node, String> {
        if self.take("(") {
            let inner = self.deeper(Self::sum)?;
            self.need(")")?;
            let name = self.name("what stands in parentheses")?;
            return Ok(match name {
                Some(name) => Node::Named(Box::new(inner), name.to_owned()),
                None => inner,
            });
        }
        self.space();
        if self.rest.starts_with(|c: char| c.is_ascii_digit() || c == '.') {
            return self.constant();
        }
        let name = self.while_in(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        if name.is_empty() {
            let stands = if self.rest.is_empty() { "nothing" } else { self.rest };
            return Err(format!("A number, a name or “(” is needed where {} stands.", shorten(stands)));
        }
        if self.take("(") {
            return self.deeper(|own| own.call(name));
        }
        self.named(name)
    }

    fn constant(&mut self) -> Result<Node, String> {
        let digits = self.while_in(|c| c.is_ascii_digit() || c == '.');
        let mut text = digits.to_owned();
        if let Some(rest) = self.rest.strip_prefix('e') {
            let (sign, rest) = rest.strip_prefix('-').map_or(("", rest), |rest| ("-", rest));
            let end = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
            text = format!("{digits}e{sign}{}", &rest[..end]);
            self.rest = &rest[end..];
        }
        let x = number(&text).ok_or_else(|| format!("“{}” is no number.", shorten(&text)))?;
        let name = self.name(&text)?.unwrap_or_default();
        Ok(Node::Constant(x, text, name.to_owned()))
    }

    /// The name behind something, if it has one.
    fn name(&mut self, of: &str) -> Result<Option<&'a str>, String> {
        let Some(rest) = self.rest.strip_prefix('\'') else { return Ok(None) };
        let end = rest.find('\'').ok_or_else(|| format!("The name of {of} has no second “'”."))?;
        self.rest = &rest[end + 1..];
        Ok(Some(&rest[..end]))
    }

    fn call(&mut self, name: &str) -> Result<Node, String> {
        if name == "if" {
            let condition = self.condition()?;
            self.need(",")?;
            let then = self.sum()?;
            self.need(",")?;
            let other = self.sum()?;
            self.need(")")?;
            return Ok(Node::If(condition, Box::new([then, other])));
        }
        if name == "pick" {
            return self.pick();
        }
        if let Some((_, sign)) =
            [("sum", Sign::Plus), ("product", Sign::Times)].iter().find(|(known, _)| name == *known)
        {
            return self.series(*sign);
        }
        let known = Function::ALL.iter().find(|(_, known, _)| *known == name);
        let (function, _, takes) = known.ok_or_else(|| {
            let names = Function::ALL.map(|(_, name, _)| name);
            format!(
                "There is no function “{}”: there are if, pick, sum, product, {}.",
                shorten(name),
                names.join(", ")
            )
        })?;
        let mut given = vec![self.sum()?];
        while self.take(",") {
            given.push(self.sum()?);
        }
        self.need(")")?;
        if *takes > 0 && given.len() != *takes {
            return Err(format!("“{name}” takes {takes}, and {} are given.", given.len()));
        }
        Ok(Node::Call(*function, given))
    }

    fn series(&mut self, sign: Sign) -> Result<Node, String> {
        let name = self.while_in(|c| c.is_ascii_lowercase());
        if name.is_empty() {
            return Err(
                "A sum or a product begins with a name of small letters: sum(i, 1, n, ...).".to_owned()
            );
        }
        self.need(",")?;
        let from = self.sum()?;
        self.need(",")?;
        let to = self.sum()?;
        self.need(",")?;
        self.series.push(name);
        let each = self.sum();
        self.series.pop();
        let each = each?;
        self.need(")")?;
        Ok(Node::Series(sign, name.to_owned(), Box::new([from, to, each])))
    }

    fn pick(&mut self) -> Result<Node, String> {
        let name = self.while_in(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        let control = self.spec.controls.iter().position(|c| c.id == name);
        let choice = control.and_then(|i| match self.spec.controls[i].kind {
            Kind::Choice { options, .. } => Some((i, options.len())),
            _ => None,
        });
        let Some((i, options)) = choice else {
            return Err(format!("“{}” is no choice: “pick” begins with one.", shorten(name)));
        };
        let mut cases = Vec::new();
        while self.take(",") {
            cases.push(self.sum()?);
        }
        self.need(")")?;
        if cases.len() == options {
            Ok(Node::Pick(i, cases))
        } else {
            Err(format!("“{name}” has {options} options, and there are {} cases.", cases.len()))
        }
    }

    fn condition(&mut self) -> Result<Condition, String> {
        let before = self.rest;
        let name = self.while_in(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_');
        let control = self.spec.controls.iter().position(|c| c.id == name);
        let words =
            |i: &usize| matches!(self.spec.controls[*i].kind, Kind::Choice { .. } | Kind::Toggle { .. });
        if let Some(i) = control.filter(words)
            && self.take("=")
        {
            let option = self.while_in(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '.' | '_'));
            let (value, _) = self.spec.controls[i].parse(option).map_err(|refusal| refusal.sentence)?;
            return Ok(Condition::Stands(i, value));
        }
        self.rest = before;
        let left = self.sum()?;
        let signs = [
            ("<=", Relation::AtMost),
            (">=", Relation::AtLeast),
            ("<", Relation::Below),
            (">", Relation::Above),
            ("=", Relation::Is),
        ];
        let Some((_, relation)) = signs.into_iter().find(|(text, _)| self.take(text)) else {
            return Err(
                "A condition compares: write an option (choice = option), or <, <=, >, >=, = between two \
                        expressions."
                    .to_owned(),
            );
        };
        Ok(Condition::Compare(Box::new([left, self.sum()?]), relation))
    }

    fn named(&self, name: &str) -> Result<Node, String> {
        if let Some(i) = self.series.iter().rposition(|known| *known == name) {
            return Ok(Node::Index(i, name.to_owned()));
        }
        let (spec, own) = (self.spec, self.own);
        let readout = spec.readout(name).filter(|i| *i != own);
        if let Some(i) = readout {
            return Ok(Node::Readout(i));
        }
        if let Some(i) = spec.controls.iter().position(|c| c.id == name) {
            return Ok(Node::Control(i));
        }
        if name == "step" {
            return Ok(Node::Step);
        }
        let readouts = spec.readouts.iter().enumerate().filter(|(i, _)| *i != own).map(|(_, r)| r.id);
        let names: Vec<&str> = spec.controls.iter().map(|c| c.id).chain(readouts).chain(["step"]).collect();
        Err(format!("“{}” is no term of a formula here: there are {}.", shorten(name), names.join(", ")))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::Runner;
    use crate::sample::SPEC;

    fn at(pairs: &[(&str, &str)], text: &str) -> Written {
        let run = Runner::after(&SPEC, pairs, 4);
        Formula::parse(&SPEC, 0, text).expect("a formula").written(&run.facts())
    }

    fn value(text: &str) -> Option<f64> {
        at(&[], text).value
    }

    #[test]
    fn signs_bind_as_in_a_textbook() {
        for (text, expected) in [
            ("1 + 2 * 3", 7.0),
            ("(1 + 2) * 3", 9.0),
            ("2 * 3 ^ 2", 18.0),
            ("-2 ^ 2", -4.0),
            ("2 ^ 3 ^ 2", 512.0),
            ("8 - 4 - 2", 2.0),
            ("8 / 4 / 2", 1.0),
            ("2 ^ -1", 0.5),
            ("1.5e3 - 1e-1", 1499.9),
            ("stride * step", 12.0),
            ("mean * step", 12.0),
            ("min(stride, 2, 5) + max(1, 2)", 4.0),
            ("sqrt(16) + log2(8) + ceil(1.2) + floor(1.8) + round(2.5)", 13.0),
            ("divisor(64, 7) + divisor(7, 64)", 11.0),
            ("if(order = up, 1, 2) + if(loud = on, 10, 20)", 21.0),
            ("if(stride < 3, 1, if(stride >= 3, 5, 0))", 5.0),
            (
                "sum(i, 1, stride, i ^ 2) + sum(i, 2, 1, i) + sum(i, 1, 2, sum(k, i, 2, if(k > i, k, 0)))",
                16.0,
            ),
            ("product(i, 1, 4, i) + product(i, 1, 0, i)", 25.0),
            ("pick(order, 7, 8) * (stride + 1)'next' ^ 2", 112.0),
        ] {
            let got = value(text).unwrap_or(f64::NAN);
            assert!((got - expected).abs() < 1e-12, "{text}: {got}");
        }
        assert_eq!(value("1 / 0"), None, "an infinity is no number");
    }

    #[test]
    fn it_is_written_with_names_and_with_numbers() {
        let both = |text: &str| {
            let written = at(&[], text);
            [written.sentence(), written.numbers]
        };
        assert_eq!(both("stride * step / 1e3"), ["Stride × step / 10³", "3 × 4 / 10³"]);
        assert_eq!(
            both("2'units a stride' * (stride + mean) ^ 2 / 3.6e6"),
            ["units a stride × (Stride + Mean stride)² / 3.6×10⁶", "2 × (3 + 3.00)² / 3.6×10⁶"]
        );
        assert_eq!(
            both("max(1, round(stride / 2)) ^ 2 * divisor(stride, 2) + ceil(1.5) - floor(1.5) + abs(-2)"),
            [
                "max(1; round(Stride / 2))² × (largest divisor of Stride up to 2) + ⌈1.5⌉ − ⌊1.5⌋ + |−2|",
                "max(1; round(3 / 2))² × (largest divisor of 3 up to 2) + ⌈1.5⌉ − ⌊1.5⌋ + |−2|"
            ]
        );
        assert_eq!(both("mean ^ 2")[0], "(Mean stride)²");
        assert_eq!(both("1024 + 10000")[1], "1024 + 10,000");
        assert_eq!(both("8 - (stride - 1)")[1], "8 − (3 − 1)");
        assert_eq!(both("8 / (stride * 2) * (1 * 2)")[1], "8 / (3 × 2) × 1 × 2");
        assert_eq!(both("-(stride + 1)")[1], "−(3 + 1)");
        assert_eq!(
            both("if(order = up, stride, -stride) + if(stride > 5, 1, 2)"),
            ["Stride + 2, for Order Upwards and Stride ≤ 5", "3 + 2"]
        );
        assert_eq!(
            both(
                "2 * (pick(order, stride, 1) / 8 + (stride * 1000)'far')'the whole way' ^ 2 - (stride)'near'"
            ),
            [
                "2 × (the whole way)² − near, where the whole way = Stride / 8 + far; near = Stride; \
                 far = Stride × 1000, for Order Upwards",
                "2 × 3000² − 3"
            ]
        );
        assert_eq!(both("2 * sum(i, 0, stride, i + 1)")[1], "2 × Σ[i = 0 to 3] (i + 1)");
        assert_eq!(both("product(i, 1, stride, i)")[0], "Π[i = 1 to Stride] (i)");
        assert_eq!(both("(2 / 3)'part' * (1 / 1024)'bit'")[1], "0.6667 × 0.000977");
        assert_eq!(at(&[("loud", "on")], "if(loud = on, 1, 2)").sentence(), "1, for Loud on");
    }

    #[test]
    fn what_is_no_formula_says_what_would_be_one() {
        for (text, word) in [
            ("", "A number, a name"),
            ("stride +", "A number, a name"),
            ("stride stride", "follows"),
            ("(stride", "“)” is missing"),
            ("total * 2", "no term"),
            ("strid", "stride, order"),
            ("cube(2)", "min, max"),
            ("divisor(2)", "takes 2"),
            ("if(order = left, 1, 2)", "up, down"),
            ("if(stride, 1, 2)", "compares"),
            ("2'of", "second"),
            ("(2)'of", "second"),
            ("sum(1, 2, 3, 4)", "begins with a name"),
            ("sum(i, 1, 2, j)", "no term"),
            ("pick(stride, 1, 2)", "no choice"),
            ("pick(order, 1)", "2 options"),
            ("1.2.3", "no number"),
        ] {
            let said = Formula::parse(&SPEC, 0, text).map(|_| ()).unwrap_err();
            assert!(said.contains(word), "{text}: {said}");
        }
        let deep = format!("{}1{}", "(".repeat(100), ")".repeat(100));
        assert!(Formula::parse(&SPEC, 0, &deep).is_err_and(|said| said.contains("parentheses")));
        assert!(Formula::parse(&SPEC, 0, &"-".repeat(100)).is_err());
    }

    #[test]
    fn it_knows_the_readouts_that_it_speaks_of() {
        let formula = Formula::parse(&SPEC, 0, "if(mean > 1, mean, 2) + min(mean, 1)").expect("a formula");
        assert_eq!(formula.readouts(), [1, 1, 1]);
    }
}
