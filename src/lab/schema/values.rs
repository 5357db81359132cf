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

    /// Whether a control has a say: its choice, if it stands beside options of one, has such an option.
    #[must_use]
    pub fn counts(&self, control: &Control) -> bool {
        let has = |choice: &str, option: &str| self.written(choice).as_deref() == Some(option);
        match control.place {
            None => true,
            Some(Place::Only { choice, option }) => has(choice, option),
            Some(Place::Unless { choice, option }) => !has(choice, option),
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
        Control::integer("one", "One", 0, 9, 1).only("mode", "a"),
        Control::integer("others", "Others", 0, 9, 1).unless("mode", "a"),
    ];

    #[test]
    fn a_control_has_a_say_beside_its_options() {
        for (mode, says) in
            [("a", [true, true, false]), ("b", [true, false, true]), ("c", [true, false, true])]
        {
            let values = Values::with(CONTROLS, &[("mode", mode)]);
            assert_eq!(CONTROLS.iter().map(|c| values.counts(c)).collect::<Vec<_>>(), says, "{mode}");
        }
    }
}
