//! What a reader's keys and typed numbers mean to a control, and how numbers are read from text.

use super::control::{Control, Value};

/// The value that a key press leads to: arrows, Shift+arrows (`fine`), Page Up and Down, Home and
/// End. `None` for keys that mean something else.
#[must_use]
pub fn after_key(control: &Control, value: &Value, key: &str, fine: bool) -> Option<Value> {
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

/// Reads a finite decimal number as `str::parse` does: to the same bits wherever the digits fit into
/// 53 bits and the exponent lies within ±22 (Clinger 1990, the fast path), else to a few units in
/// the last place, which no control keeps.
///
/// The standard library's reader would bring a table of 10 KB into the page.
#[must_use]
pub fn number(text: &str) -> Option<f64> {
    let (negative, text) = match text.strip_prefix(['+', '-']) {
        Some(rest) => (text.starts_with('-'), rest),
        None => (false, text),
    };
    let (digits, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let mut exponent: i32 = exponent.parse().ok()?;
    let (mut whole, mut any, mut fraction) = (0_u64, false, false);
    for c in digits.chars() {
        match c.to_digit(10) {
            Some(digit) => {
                any = true;
                let kept = whole < 10_u64.pow(17);
                if kept {
                    whole = whole * 10 + u64::from(digit);
                }
                exponent = exponent.saturating_add(i32::from(!kept) - i32::from(fraction));
            }
            None if c == '.' && !fraction => fraction = true,
            None => return None,
        }
    }
    let mut x = whole as f64;
    // Beyond these, every number is zero or infinite.
    let mut left = exponent.clamp(-400, 400);
    while left != 0 {
        let powers = left.clamp(-22, 22);
        let factor = (0..powers.abs()).fold(1.0, |power, _| power * 10.0);
        x = if powers < 0 { x / factor } else { x * factor };
        left -= powers;
    }
    (any && x.is_finite()).then_some(if negative { -x } else { x })
}

#[cfg(test)]
mod tests {
    use super::*;

    const K: Control = Control::integer("k", "K", 1, 16, 2);

    #[test]
    fn keys_move_a_value_and_leave_the_others_alone() {
        let at = |key: &str| after_key(&K, &Value::Integer(4), key, false);
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

    #[test]
    fn numbers_are_read_as_the_standard_library_reads_them() {
        for text in ["0", "-0.5", "+7", ".5", "5.", "1e3", "1E-3", "3e-4", "0.1", "131072", "2.5e+2", "1e22"]
        {
            assert_eq!(number(text), text.parse().ok(), "{text}");
        }
        for text in ["", ".", "-", "e5", "1e", "1e1.5", "1.2.3", "0x10", "1_000", " 1", "inf", "NaN", "1e999"]
        {
            assert_eq!(number(text), None, "{text}");
        }
        for k in 0..2000_u64 {
            let text = format!("{}e{}", k * 7_919_777_333 + k, k as i64 % 39 - 22);
            assert_eq!(number(&text), text.parse().ok(), "{text}");
            let text = format!("{:.6}", k as f64 * 0.123_457);
            assert_eq!(number(&text), text.parse().ok(), "{text}");
        }
        let long: f64 = number("3.14159265358979323846264338327950288").unwrap_or_default();
        assert!((long - core::f64::consts::PI).abs() < 1e-15);
    }
}
