//! Wiring inside a piece of the program that was put together of several: what each of them imports is
//! imported once, and what it calls through the table, because the function stood in another, is called
//! directly where the function is its own now. A call in an inner loop must not take the long way.

use std::collections::HashMap;

/// A module as text, as `wasm-dis` writes it, wired.
pub fn wired(text: &str) -> String {
    let text = once_imported(text);
    let slots = slots(&text);
    let lines: Vec<&str> = text.lines().collect();
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(line) = lines.get(at) {
        let target = shim(&lines[at..]).and_then(|(length, slot)| Some((length, slots.get(&slot)?)));
        if let Some((length, function)) = target {
            out.push_str(&format!("  (call {function}\n"));
            for argument in &lines[at + 1..at + length - 2] {
                out.push_str(argument);
                out.push('\n');
            }
            out.push_str("  )\n");
            at += length;
        } else {
            out.push_str(line);
            out.push('\n');
            at += 1;
        }
    }
    out
}

/// Where lines begin with the call of a function in the table with the parameters as they came: how many
/// lines that takes, and the place in the table.
fn shim(lines: &[&str]) -> Option<(usize, u32)> {
    if !lines.first()?.starts_with("  (call_indirect ") {
        return None;
    }
    let arguments = lines[1..].iter().take_while(|line| line.starts_with("   (local.get ")).count();
    let slot = lines.get(arguments + 1)?.strip_prefix("   (i32.const ")?.strip_suffix(')')?.parse().ok()?;
    (*lines.get(arguments + 2)? == "  )").then_some((arguments + 3, slot))
}

/// The functions that the module puts into the table, by their place.
fn slots(text: &str) -> HashMap<u32, String> {
    let mut found = HashMap::new();
    for line in text.lines().filter(|line| line.starts_with(" (elem ")) {
        let Some((_, rest)) = line.split_once("(i32.const ") else { continue };
        let Some((start, functions)) = rest.split_once(')') else { continue };
        let Ok(start) = start.parse::<u32>() else { continue };
        let functions = names(functions).map(|range| functions[range].to_owned());
        found.extend((start..).zip(functions));
    }
    found
}

/// A module in which nothing is imported twice.
fn once_imported(text: &str) -> String {
    let mut first: HashMap<String, String> = HashMap::new();
    let mut same: HashMap<String, String> = HashMap::new();
    let mut kept = String::with_capacity(text.len());
    for line in text.lines() {
        let own = line.starts_with(" (import ").then(|| names(line).next()).flatten();
        if let Some(own) = own {
            let (what, name) = (line[..own.start].to_owned(), line[own].to_owned());
            if let Some(before) = first.get(&what) {
                same.insert(name, before.clone());
                continue;
            }
            first.insert(what, name);
        }
        kept.push_str(line);
        kept.push('\n');
    }
    let mut out = String::with_capacity(kept.len());
    let mut done = 0;
    for range in names(&kept) {
        if let Some(before) = same.get(&kept[range.clone()]) {
            out.push_str(&kept[done..range.start]);
            out.push_str(before);
            done = range.end;
        }
    }
    out.push_str(&kept[done..]);
    out
}

/// Where names stand: `$name`, or `$"any name"`. What is in quotes otherwise is data, whatever it looks like.
fn names(text: &str) -> impl Iterator<Item = std::ops::Range<usize>> + '_ {
    let mut from = 0;
    std::iter::from_fn(move || {
        loop {
            let start = from + text[from..].find(['$', '"'])?;
            let rest = &text[start + 1..];
            if text[start..].starts_with('"') {
                from = start + 1 + quoted(rest);
                continue;
            }
            let length = match rest.strip_prefix('"') {
                Some(name) => 1 + quoted(name),
                None => rest.find(|c: char| c.is_whitespace() || c == ')' || c == '"').unwrap_or(rest.len()),
            };
            from = start + 1 + length;
            return Some(start..from);
        }
    })
}

/// How long a text is up to the quote that ends it, which is counted.
fn quoted(text: &str) -> usize {
    let mut escaped = false;
    let end = text.bytes().position(|byte| {
        let ends = byte == b'"' && !escaped;
        escaped = byte == b'\\' && !escaped;
        ends
    });
    end.map_or(text.len(), |end| end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    const PIECE: &str = r#"(module
 (import "m" "memory" (memory $mimport$0 19))
 (import "m" "memory" (memory $mimport$1 19))
 (data $0 (memory $mimport$0) (i32.const 5) "a$\")$\22 $mimport$1 and $")
 (data $1 (memory $mimport$1) (i32.const 9) "$")
 (elem $0 (table $t) (i32.const 7) func $a $"b c")
 (func $"b shim" (param $0 i32) (result i32)
  (call_indirect $t (type $1)
   (local.get $0)
   (i32.const 8)
  )
 )
 (func $elsewhere (param $0 i32)
  (call_indirect $t (type $1)
   (local.get $0)
   (i32.const 9)
  )
 )
 (func $"b c" (param $0 i32) (result i32)
  (i32.load $mimport$1
   (local.get $0)
  )
 )
)
"#;

    #[test]
    fn a_function_of_the_piece_is_called_directly_and_others_through_the_table() {
        let text = wired(PIECE);
        assert!(text.contains("(result i32)\n  (call $\"b c\"\n   (local.get $0)\n  )\n )"), "{text}");
        assert_eq!(text.matches("call_indirect").count(), 1, "{text}");
    }

    #[test]
    fn nothing_is_imported_twice() {
        let text = wired(PIECE);
        assert!(text.contains("(i32.load $mimport$0\n"), "{text}");
        assert_eq!(text.matches("(import").count(), 1);
    }

    #[test]
    fn data_stay_whatever_they_look_like() {
        let text = wired(PIECE);
        let data = PIECE.lines().find(|line| line.starts_with(" (data $0")).unwrap();
        assert!(text.contains(data), "{text}");
        assert!(text.contains("(data $1 (memory $mimport$0) (i32.const 9) \"$\")"), "{text}");
    }
}
