//! Choices between typed values: what an option means to the simulation stands where it is offered.
//!
//! ```
//! use tinkerable::lab::{Choice, Control, Values};
//!
//! static CODE: Choice<bool, 2> = Choice::new("code", "Code", [("rate", "rate", false), ("latency", "latency", true)]);
//! static CONTROLS: [Control; 1] = [CODE.control().help("How a number becomes spikes.")];
//! assert!(CODE.of(&Values::with(&CONTROLS, &[("code", "latency")])));
//! ```

use super::control::{Control, Value};
use super::values::Values;

/// A control with `N` options, each with its id, its label and its meaning. What is read is a
/// meaning and not an id, so that no option can be forgotten where it is used.
#[derive(Debug)]
pub struct Choice<T: 'static, const N: usize> {
    id: &'static str,
    label: &'static str,
    names: [(&'static str, &'static str); N],
    meanings: [T; N],
}

impl<T: Copy, const N: usize> Choice<T, N> {
    /// Of options `(id, label, meaning)`; the first is the default.
    #[must_use]
    pub const fn new(
        id: &'static str,
        label: &'static str,
        options: [(&'static str, &'static str, T); N],
    ) -> Self {
        let (mut names, mut meanings) = ([("", ""); N], [options[0].2; N]);
        let mut i = 0;
        while i < N {
            names[i] = (options[i].0, options[i].1);
            meanings[i] = options[i].2;
            i += 1;
        }
        Self { id, label, names, meanings }
    }

    /// The control that a reader sees.
    #[must_use]
    pub const fn control(&'static self) -> Control {
        Control::choice(self.id, self.label, &self.names)
    }

    /// What the chosen option means.
    ///
    /// # Panics
    /// If these are values of other controls: a mistake of the program.
    #[must_use]
    pub fn of(&self, values: &Values) -> T {
        match values.get(self.id) {
            Some(&Value::Choice(option)) if option < N => self.meanings[option],
            _ => panic!("the schema has no choice {}", self.id),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    static SIZE: Choice<u32, 3> =
        Choice::new("size", "Size", [("s", "small", 1), ("m", "middling", 10), ("l", "large", 100)]);
    static CONTROLS: [Control; 2] = [SIZE.control().default_option(1), Control::toggle("on", "On", true)];

    #[test]
    fn every_option_is_read_as_what_it_means() {
        assert_eq!(SIZE.of(&Values::defaults(&CONTROLS)), 10);
        for (id, meaning) in [("s", 1), ("m", 10), ("l", 100)] {
            assert_eq!(SIZE.of(&Values::with(&CONTROLS, &[("size", id)])), meaning);
        }
        assert_eq!(CONTROLS[0].shown(&CONTROLS[0].parse("l").unwrap().0), "large");
    }

    #[test]
    #[should_panic(expected = "no choice size")]
    fn values_of_other_controls_are_a_mistake() {
        let _ = SIZE.of(&Values::defaults(&CONTROLS[1..]));
    }
}
