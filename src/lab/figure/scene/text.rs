//! Numbers and words in a drawing: how long they are, and how they are written.

/// Size of the type in figures, px. Nothing is smaller.
pub const SIZE: f64 = 12.0;

/// An estimate of a text's width in px at [`SIZE`], from the widths of a sans serif's letters. A
/// drawing is laid out without a browser, so it cannot measure; the estimate errs on the wide side.
pub fn width(text: &str) -> f64 {
    text.chars()
        .map(|c| match c {
            'i' | 'j' | 'l' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | '\u{202f}' => 0.29,
            'f' | 't' | 'r' | ' ' | '(' | ')' | '-' | '\u{a0}' | 'I' | '·' => 0.37,
            'm' | 'M' | 'W' | '%' | '@' => 0.92,
            'w' => 0.82,
            '0'..='9' | '+' | '=' | '×' | '≤' | '≥' | '−' => 0.64,
            'A'..='Z' | '→' | '←' => 0.71,
            _ => 0.59,
        })
        .sum::<f64>()
        * SIZE
}

/// A coordinate with at most two decimals, as short as possible.
pub fn number(x: f64) -> String {
    let mut out = String::with_capacity(8);
    push(&mut out, x, 100.0);
    out
}

/// A coordinate with one decimal.
pub fn place(x: f64) -> String {
    let mut out = String::with_capacity(8);
    coordinate(&mut out, x);
    out
}

/// Appends a coordinate with one decimal: a tenth of a pixel is all that can be seen, and short
/// paths are quick to parse.
pub fn coordinate(out: &mut String, x: f64) {
    push(out, x, 10.0);
}

fn push(out: &mut String, x: f64, unit: f64) {
    use core::fmt::Write;
    let scaled = (x * unit).round();
    if !scaled.is_finite() || scaled.abs() > 1e12 {
        out.push('0');
        return;
    }
    let whole = scaled as i64;
    let unit = unit as i64;
    if whole < 0 {
        out.push('-');
    }
    let (before, after) = (whole.abs() / unit, whole.abs() % unit);
    // Writing to a String cannot fail.
    let _ = write!(out, "{before}");
    if after > 0 {
        if unit == 10 {
            let _ = write!(out, ".{after}");
        } else if after % 10 == 0 {
            let _ = write!(out, ".{}", after / 10);
        } else {
            let _ = write!(out, ".{after:02}");
        }
    }
}

/// `text`, cut with an ellipsis where it is wider than `room` px.
pub fn fit(text: &str, room: f64) -> String {
    if width(text) <= room {
        return text.to_owned();
    }
    let mut kept = String::new();
    for c in text.chars() {
        kept.push(c);
        if width(&kept) + 8.0 > room {
            kept.pop();
            break;
        }
    }
    let kept = kept.trim_end();
    if kept.is_empty() { String::new() } else { format!("{kept}…") }
}

/// `text` in at most two lines of `room` px, broken between words; the second is cut with an ellipsis where
/// even two are too few.
pub fn two_lines(text: &str, room: f64) -> Vec<String> {
    let breaks = text.char_indices().filter(|(_, c)| *c == ' ').map(|(i, _)| i);
    let first = breaks.rev().find(|i| width(&text[..*i]) <= room);
    match first.filter(|_| width(&grown(text)) > room) {
        Some(i) => vec![text[..i].to_owned(), fit(&text[i + 1..], room)],
        None => vec![fit(text, room)],
    }
}

/// A heading whose numbers have four digits at the least: one that counts up while a figure runs does not
/// break into two lines on its way.
fn grown(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for part in text.split_inclusive(|c: char| !c.is_ascii_digit()) {
        let digits = part.bytes().take_while(u8::is_ascii_digit).count();
        let missing = if digits > 0 { 4_usize.saturating_sub(digits) } else { 0 };
        out.extend(std::iter::repeat_n('0', missing));
        out.push_str(part);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short() {
        assert_eq!(number(12.0), "12");
        assert_eq!(number(12.345), "12.35");
        assert_eq!(number(-0.5), "-0.5");
        assert_eq!(number(0.05), "0.05");
        assert_eq!(number(f64::NAN), "0");
        let mut out = String::new();
        coordinate(&mut out, 2.74);
        assert_eq!(out, "2.7");
    }

    #[test]
    fn long_words_are_cut() {
        assert_eq!(fit("short", 100.0), "short");
        assert!(fit("a rather long sentence", 60.0).ends_with('…'));
        assert_eq!(fit("x", 1.0), "");
    }

    #[test]
    fn a_heading_is_broken_between_words_and_cut_only_after_two_lines() {
        assert_eq!(two_lines("short", 100.0), ["short"]);
        assert_eq!(two_lines("what came next before", 100.0), ["what came next", "before"]);
        let counting = |n: u64| two_lines(&format!("Known after {n} questions"), 150.0).len();
        assert_eq!([1, 99, 1999].map(counting), [counting(1999); 3]);
        let cut = two_lines("a rather long sentence that goes on", 100.0);
        assert!(cut.len() == 2 && cut[1].ends_with('…'), "{cut:?}");
    }
}
