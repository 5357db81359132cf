//! Values whose bound is another control's value: what is used instead of what was asked for, and the
//! sentence that says so, in one place.

/// A value within its bound.
#[derive(Clone, Debug, PartialEq)]
pub struct Bounded<T> {
    pub value: T,
    note: Option<String>,
}

impl<T: Copy + PartialOrd> Bounded<T> {
    /// `asked`, or `most` where that is less; `why` makes a sentence of what was asked for.
    #[must_use]
    pub fn at_most(asked: T, most: T, why: impl FnOnce(T) -> String) -> Self {
        Self::instead(asked, if asked > most { most } else { asked }, why)
    }

    /// `used` in place of `asked`, for bounds of another kind.
    #[must_use]
    pub fn instead(asked: T, used: T, why: impl FnOnce(T) -> String) -> Self {
        Self { value: used, note: (used != asked).then(|| why(asked)) }
    }

    /// The sentence, where another value is used than was asked for.
    #[must_use]
    pub fn note(&self) -> Option<String> {
        self.note.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_beyond_its_bound_is_replaced_and_said() {
        let k = Bounded::at_most(9, 4, |k| format!("There are no {k} experts; 4 are used."));
        assert_eq!((k.value, k.note()), (4, Some("There are no 9 experts; 4 are used.".to_owned())));
    }

    #[test]
    fn within_the_bound_nothing_is_said() {
        for asked in [0, 4] {
            let k = Bounded::at_most(asked, 4, |_| unreachable!());
            assert_eq!((k.value, k.note()), (asked, None));
        }
    }
}
