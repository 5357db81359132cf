//! What a reader's keys and typed numbers mean to a control, and how numbers are read from text.

use super::control::{Control, Kind, Value};

/// The value that a key press leads to: arrows, Shift+arrows (`fine`), Page Up and Down, Home and
/// End. `None` for keys that mean something else.
#[must_use]
pub fn after_key(control: &Control, value: &Value, key: &str, fine: bool) -> Option<Value> {
    let [min, max] = control.track();
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

/// What a reader types, as a number that [`Control::parse`] reads: a plain minus, a point before the
/// decimals, nothing between thousands. A comma is either; where both would be legal, and the field did
/// not write it itself, the reader is asked. A point is that of decimals, as fields write it; where only
/// whole numbers are legal, it is read as a comma is.
///
/// # Errors
/// A question that names both.
pub fn read(control: &Control, text: &str) -> Result<String, String> {
    let text: String = text
        .trim()
        .chars()
        .filter(|c| !matches!(c, ' ' | '\u{a0}' | '\u{202f}' | '\'' | '’' | '_'))
        .map(|c| if c == '−' { '-' } else { c })
        .collect();
    let digits = text.trim_start_matches(['-', '+']);
    let groups = |separator: char| {
        let mut parts = digits.split(separator);
        let first = parts.next().unwrap_or("");
        let whole = |part: &str| part.bytes().all(|b| b.is_ascii_digit());
        (1..=3).contains(&first.len())
            && first.bytes().all(|b| b.is_ascii_digit())
            && !first.starts_with('0')
            && parts.all(|part| part.len() == 3 && whole(part))
    };
    let (commas, points) = (digits.matches(',').count(), digits.matches('.').count());
    match (commas, points) {
        (0, 1) if groups('.') && is_whole(control) => either(control, &text, '.'),
        (0, 0 | 1) => Ok(text),
        // 1.234.567 and 1.234,5: points between thousands.
        (0 | 1, 1..) if commas == 0 || digits.rfind('.') < digits.find(',') => {
            Ok(text.replace('.', "").replace(',', "."))
        }
        (1, 0) if groups(',') => either(control, &text, ','),
        (1, 0) => Ok(text.replace(',', ".")),
        _ => Ok(text.replace(',', "")),
    }
}

/// Whether only whole numbers are legal.
fn is_whole(control: &Control) -> bool {
    match control.kind {
        Kind::Integer { .. } | Kind::Doubling { .. } | Kind::Seed { .. } => true,
        Kind::Logarithmic { whole, .. } => whole,
        _ => false,
    }
}

/// Reads `1,234`, which is either 1234 or 1.234: as the one that is legal, if only one is.
fn either(control: &Control, text: &str, separator: char) -> Result<String, String> {
    let [grouped, decimal] = [text.replace(separator, ""), text.replace(separator, ".")];
    let legal = |text: &str| control.parse(text).is_ok_and(|(_, note)| note.is_none());
    match (legal(&grouped), legal(&decimal)) {
        (true, true) => Err(format!(
            "“{text}” can be {grouped} or {decimal}: write {} as the one that you mean.",
            control.label
        )),
        (false, true) => Ok(decimal),
        // A whole number that is out of range is told so as it was meant.
        (true, false) => Ok(grouped),
        (false, false) => {
            let [min, max] = control.range();
            let inside = |text: &str| number(text).is_some_and(|x| (min..=max).contains(&x));
            Ok(if inside(&decimal) && !inside(&grouped) { decimal } else { grouped })
        }
    }
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
    fn typed_numbers_may_have_commas_and_points_as_in_any_country() {
        let tokens = Control::logarithmic_whole("n", "Tokens", [1000.0, 1_000_000.0], 131_072.0);
        let rate = Control::logarithmic("rate", "Rate", [1e-4, 0.1], 0.01);
        let level = Control::real("alpha", "Level", [0.0, 0.1], 0.005, 0.05);
        let wide = Control::real("x", "Width", [0.0, 10_000.0], 0.001, 1.0);
        let narrow = Control::real("y", "Height", [0.0, 5.0], 0.001, 1.0);
        for (control, typed, read_as) in [
            (&tokens, "131,072", "131072"),
            (&tokens, "131.072", "131072"),
            (&tokens, "8.192", "8192"),
            (&tokens, "131.072,0", "131072.0"),
            (&tokens, "131 072", "131072"),
            (&tokens, "1,000,000", "1000000"),
            (&tokens, "1.000.000", "1000000"),
            (&rate, "0,001", "0.001"),
            (&level, "0,025", "0.025"),
            (&level, "0,05", "0.05"),
            (&level, " −2 ", "-2"),
            (&K, "16", "16"),
            (&K, "1.234", "1.234"),
            // What a field writes itself is what it reads.
            (&wide, "1.234", "1.234"),
            (&narrow, "1.234", "1.234"),
        ] {
            assert_eq!(read(control, typed).as_deref(), Ok(read_as), "{typed}");
        }
    }

    #[test]
    fn what_can_be_read_in_two_ways_is_asked_about() {
        let wide = Control::real("x", "Width", [0.0, 10_000.0], 0.001, 1.0);
        let asked = read(&wide, "1,234").expect_err("a question");
        assert!(asked.contains("1234") && asked.contains("1.234") && asked.contains("Width"), "{asked}");
        let many = Control::integer("n", "Neurons", 1, 5000, 100);
        let asked = read(&many, "2.000").expect_err("a question");
        assert!(asked.contains("2000 or 2.000"), "{asked}");
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
