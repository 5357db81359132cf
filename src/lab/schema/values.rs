//! The values of a simulation's controls: always complete, always legal.

use super::control::{Control, Place, Refusal, Value};

/// The control that two runs which are compared have in common.
pub const SEED: &str = "seed";

/// One legal value for each control of a simulation.
#[derive(Clone, Debug, PartialEq)]
pub struct Values {
    controls: &'static [Control],
    values: Vec<Value>,
}

// Schemas are static tables; the table itself is identity enough.
impl PartialEq for Control {
    fn eq(&self, other: &Self) -> bool {
        self.id == other.id && self.kind == other.kind
    }
}

impl Values {
    /// Every control at its default.
    #[must_use]
    pub fn defaults(controls: &'static [Control]) -> Self {
        Self { controls, values: controls.iter().map(Control::default).collect() }
    }

    #[must_use]
    pub fn controls(&self) -> &'static [Control] {
        self.controls
    }

    /// Each control with its value.
    pub fn iter(&self) -> impl Iterator<Item = (&'static Control, &Value)> + '_ {
        self.controls.iter().zip(&self.values)
    }

    /// Position of a control in the schema.
    #[must_use]
    pub fn position(&self, id: &str) -> Option<usize> {
        self.controls.iter().position(|c| c.id == id)
    }

    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Value> {
        self.position(id).map(|i| &self.values[i])
    }

    /// Takes over the seed of a run that this one is compared with: both have the same luck.
    pub fn share_seed(&mut self, other: &Self) {
        if let Some(seed) = other.get(SEED) {
            self.set(SEED, seed.clone());
        }
    }

    /// The value at a position of the schema.
    #[must_use]
    pub fn at(&self, index: usize) -> &Value {
        &self.values[index]
    }

    /// Sets a value after snapping it to what is legal; what is not legal in any way changes nothing.
    ///
    /// # Panics
    /// If the schema has no such control: a mistake of the program, not of a reader.
    pub fn set(&mut self, id: &str, value: Value) {
        let index = self.index(id);
        if let Some(legal) = self.controls[index].admit(value) {
            self.values[index] = legal;
        }
    }

    /// Reads `text` into the control `id`; see [`Control::parse`].
    ///
    /// # Errors
    /// An unknown name, or a text that is no value of this control. Nothing changes then.
    pub fn set_text(&mut self, id: &str, text: &str) -> Result<Option<Refusal>, Refusal> {
        let Some(index) = self.position(id) else {
            let names: Vec<&str> = self.controls.iter().map(|c| c.id).collect();
            return Err(Refusal {
                sentence: format!(
                    "There is no control “{}” here: the controls are {}.",
                    crate::lab::schema::control::shorten(id),
                    names.join(", ")
                ),
            });
        };
        let (value, note) = self.controls[index].parse(text)?;
        self.values[index] = value;
        Ok(note)
    }

    /// The defaults, changed by `(id, text)` pairs of a preset or a solution.
    ///
    /// # Panics
    /// If a pair is not legal: the tests over the list of topics catch that.
    #[must_use]
    pub fn with(controls: &'static [Control], pairs: &[(&str, &str)]) -> Self {
        let mut values = Self::defaults(controls);
        for (id, text) in pairs {
            match values.set_text(id, text) {
                Ok(None) => {}
                Ok(Some(r)) | Err(r) => panic!("{id}={text}: {}", r.sentence),
            }
        }
        values
    }

    fn index(&self, id: &str) -> usize {
        self.position(id).unwrap_or_else(|| panic!("the schema has no control {id}"))
    }

    /// A whole number: of an integer, a doubling, a seed, or a whole logarithmic control.
    ///
    /// # Panics
    /// If the schema has no such control. So do the other typed getters.
    #[must_use]
    pub fn integer(&self, id: &str) -> usize {
        let i = self.index(id);
        self.controls[i].number(&self.values[i]).max(0.0) as usize
    }

    #[must_use]
    pub fn real(&self, id: &str) -> f64 {
        let i = self.index(id);
        self.controls[i].number(&self.values[i])
    }

    /// The id of the chosen option. What it means to a simulation, a [`crate::lab::Choice`] reads.
    #[must_use]
    pub(super) fn choice(&self, id: &str) -> &'static str {
        let i = self.index(id);
        match (self.controls[i].kind, &self.values[i]) {
            (crate::lab::Kind::Choice { options, .. }, Value::Choice(n)) => options[*n].0,
            _ => panic!("{id} is no choice"),
        }
    }

    #[must_use]
    pub fn toggle(&self, id: &str) -> bool {
        matches!(self.values[self.index(id)], Value::Toggle(true))
    }

    /// What was typed: a text that the control's reader has read.
    #[must_use]
    pub fn text(&self, id: &str) -> &str {
        match &self.values[self.index(id)] {
            Value::Text(text) => text,
            _ => panic!("{id} is no text"),
        }
    }

    /// What was drawn: a level for each cell, row by row.
    #[must_use]
    pub fn drawing(&self, id: &str) -> &[u8] {
        match &self.values[self.index(id)] {
            Value::Drawing(cells) => cells,
            _ => panic!("{id} is no drawing"),
        }
    }

    /// What was drawn: the share of full ink in each cell, row by row.
    #[must_use]
    pub fn shades(&self, id: &str) -> Vec<f64> {
        let i = self.index(id);
        match (self.controls[i].kind, &self.values[i]) {
            (crate::lab::Kind::Drawing(drawing), Value::Drawing(cells)) => drawing.shades(cells),
            _ => panic!("{id} is no drawing"),
        }
    }

    /// The seed of the random streams; 0 for a simulation without one.
    #[must_use]
    pub fn seed(&self) -> u64 {
        match self.get("seed") {
            Some(Value::Integer(n)) => n.unsigned_abs(),
            _ => 0,
        }
    }

    /// A value as addresses have it, if there is such a control.
    #[must_use]
    pub fn written(&self, id: &str) -> Option<String> {
        let at = self.position(id)?;
        Some(self.controls[at].written(&self.values[at]))
    }

    /// Whether a control has a say beside the values of the others that it hangs on.
    #[must_use]
    pub fn counts(&self, control: &Control) -> bool {
        self.places(control).all(|(place, at)| place.holds(&self.controls[at], &self.values[at]))
    }

    /// Where a control has a say, and the index of the control that each place is about.
    fn places(&self, control: &Control) -> impl Iterator<Item = (Place, usize)> {
        control.places().filter_map(|place| Some((place, self.position(place.other)?)))
    }

    /// Whether a control stands in the form.
    #[must_use]
    pub fn shows(&self, control: &Control) -> bool {
        control.invites || self.counts(control)
    }

    /// Gives a control a say: the others that it hangs on take the first value beside which it has one.
    pub fn give_say(&mut self, id: &str) {
        let Some(control) = self.controls.iter().find(|c| c.id == id) else { return };
        let mute: Vec<_> = self
            .places(control)
            .filter(|(place, at)| !place.holds(&self.controls[*at], &self.values[*at]))
            .collect();
        for (place, at) in mute {
            if let Some(value) = place.first(&self.controls[at]) {
                self.set(place.other, value);
            }
        }
    }

    /// The controls whose values differ between the two.
    pub fn changed<'a>(&'a self, other: &'a Self) -> impl Iterator<Item = &'static Control> + 'a {
        self.iter().zip(&other.values).filter(|((_, a), b)| a != b).map(|((c, _), _)| c)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static CONTROLS: &[Control] = &[
        Control::choice("mode", "Mode", &[("a", "A"), ("b", "B"), ("c", "C")]),
        Control::toggle("on", "On", true),
        Control::integer("two", "Two", 0, 9, 1).only("mode", &["a", "b"]),
        Control::integer("others", "Others", 0, 9, 1).unless("mode", &["a", "b"]),
        Control::integer("both", "Both", 0, 9, 1).only("mode", &["a"]).unless("on", &["off"]),
        Control::drawing("sheet", "Sheet", [2, 2], 2).only("mode", &["b"]).invites(),
        Control::integer("guests", "Guests", 1, 21, 1),
        Control::real("helping", "Helping", [0.0, 1.0], 0.1, 0.5).above_least("guests"),
    ];

    #[test]
    fn a_control_has_a_say_beside_its_options() {
        for (mode, on, says) in [
            ("a", "on", [true, false, true]),
            ("a", "off", [true, false, false]),
            ("b", "on", [true, false, false]),
            ("c", "on", [false, true, false]),
        ] {
            let values = Values::with(CONTROLS, &[("mode", mode), ("on", on)]);
            let counts: Vec<bool> = CONTROLS[2..5].iter().map(|c| values.counts(c)).collect();
            assert_eq!(counts, says, "{mode}, {on}");
            assert!(values.shows(&CONTROLS[5]), "{mode}, {on}");
        }
    }

    #[test]
    fn a_control_is_given_a_say_and_nothing_else_is_changed() {
        let given = |mode, on, id| {
            let mut values = Values::with(CONTROLS, &[("mode", mode), ("on", on)]);
            values.give_say(id);
            (values.written("mode").unwrap(), values.written("on").unwrap())
        };
        let pair = |mode: &str, on: &str| (mode.to_owned(), on.to_owned());
        assert_eq!(given("b", "off", "two"), pair("b", "off"));
        assert_eq!(given("c", "off", "two"), pair("a", "off"));
        assert_eq!(given("b", "off", "others"), pair("c", "off"));
        assert_eq!(given("c", "off", "both"), pair("a", "on"));
        assert_eq!(given("a", "off", "both"), pair("a", "on"));
        assert_eq!(given("a", "off", "sheet"), pair("b", "off"));
    }

    #[test]
    fn what_a_number_counts_has_a_say_above_its_least() {
        let helping = &CONTROLS[7];
        let mut values = Values::defaults(CONTROLS);
        assert!(!values.counts(helping));
        values.give_say(helping.id);
        assert!(values.counts(helping));
        assert_eq!(values.written("guests").as_deref(), Some("3"), "a tenth of the track");
        values.set("guests", Value::Integer(20));
        values.give_say(helping.id);
        assert_eq!(values.written("guests").as_deref(), Some("20"), "it had a say");
    }
}
