//! What a reader's keys and typed numbers mean to a control.

use super::control::{Control, Value};

/// The value that a key press leads to: arrows, Shift+arrows (`fine`), Page Up and Down, Home and
/// End. `None` for keys that mean something else.
#[must_use]
pub fn after_key(control: &Control, value: Value, key: &str, fine: bool) -> Option<Value> {
    let [min, max] = control.range();
    Some(match key {
        "ArrowUp" | "ArrowRight" => control.moved(value, 1.0, fine),
        "ArrowDown" | "ArrowLeft" => control.moved(value, -1.0, fine),
        "PageUp" => control.moved(value, 10.0, false),
        "PageDown" => control.moved(value, -10.0, false),
        "Home" => control.snap(min),
        "End" => control.snap(max),
        _ => return None,
    })
}

/// What a reader types, without the commas that we write ourselves, and with a plain minus.
#[must_use]
pub fn plain(text: &str) -> String {
    let text = text.trim().replace('−', "-");
    let grouped = text.split(',').skip(1).all(|part| part.len() >= 3);
    if grouped { text.replace(',', "") } else { text.replace(',', ".") }
}

#[cfg(test)]
mod tests {
    use super::*;

    const K: Control = Control::integer("k", "K", 1, 16, 2);

    #[test]
    fn keys_move_a_value_and_leave_the_others_alone() {
        let at = |key: &str| after_key(&K, Value::Integer(4), key, false);
        assert_eq!(at("ArrowUp"), Some(Value::Integer(5)));
        assert_eq!(at("ArrowLeft"), Some(Value::Integer(3)));
        assert_eq!(at("Home"), Some(Value::Integer(1)));
        assert_eq!(at("End"), Some(Value::Integer(16)));
        assert_eq!(at("PageUp"), Some(Value::Integer(14)));
        assert_eq!(at("Tab"), None);
    }

    #[test]
    fn typed_numbers_may_have_commas() {
        assert_eq!(plain("131,072"), "131072");
        assert_eq!(plain("0,5"), "0.5");
        assert_eq!(plain(" −2 "), "-2");
    }
}
