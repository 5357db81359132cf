//! The names by which main's script gives main what it imports: long ones with digests, of which each page would
//! carry every letter twice. Here they become short; and the script goes without indents and remarks.

use std::collections::HashMap;

use crate::Outcome;

/// The module that main imports from its own script.
const SCRIPT: &[u8] = b"./site_bg.js";

/// The section of a WebAssembly module that lists imports.
const IMPORTS: u8 = 2;

const STRANGE: &str = "The program that wasm-bindgen wrote could not be read.";

/// The script and the program, in which the same imports have short names.
///
/// # Errors
/// A sentence, if the program is no WebAssembly module, or the script lacks something that it imports.
pub fn shortened(script: &str, program: &[u8]) -> Outcome<(String, Vec<u8>)> {
    let mut short = HashMap::new();
    let program = renamed(program, &mut short).ok_or(STRANGE)?;
    let mut out = String::with_capacity(script.len());
    let mut found = 0;
    let mut remark = false;
    for line in script.lines().map(str::trim) {
        let said = remark || line.starts_with("/*");
        remark = said && !line.ends_with("*/");
        if said || line.is_empty() || line.starts_with("//") {
            continue;
        }
        match line.split_once(": ").and_then(|(name, rest)| Some((short.get(name)?, rest))) {
            Some((name, rest)) => {
                found += 1;
                out.push_str(&format!("{name}: {rest}"));
            }
            None => out.push_str(line),
        }
        out.push('\n');
    }
    if found == short.len() {
        Ok((out, program))
    } else {
        Err(format!("wasm-bindgen's script has {found} of {} things that the program imports.", short.len()))
    }
}

/// The program with its imports from the script renamed, which `short` is told; `None` if it is no module.
fn renamed(program: &[u8], short: &mut HashMap<String, String>) -> Option<Vec<u8>> {
    let (header, mut rest) = program.split_at_checked(8)?;
    let mut out = header.to_vec();
    while let Some((&id, after)) = rest.split_first() {
        let mut reader = Reader(after);
        let size = reader.number()?;
        let section = reader.bytes(size)?;
        rest = reader.0;
        let section = if id == IMPORTS { imports(section, short)? } else { section.to_vec() };
        out.push(id);
        put(&mut out, section.len());
        out.extend(section);
    }
    Some(out)
}

fn imports(section: &[u8], short: &mut HashMap<String, String>) -> Option<Vec<u8>> {
    let mut reader = Reader(section);
    let mut out = Vec::with_capacity(section.len());
    let count = reader.number()?;
    put(&mut out, count);
    for _ in 0..count {
        let module = reader.name()?;
        let field = reader.name()?;
        put_name(&mut out, module);
        if module == SCRIPT {
            let next = format!("i{}", short.len());
            let name = short.entry(String::from_utf8(field.to_vec()).ok()?).or_insert(next);
            put_name(&mut out, name.as_bytes());
        } else {
            put_name(&mut out, field);
        }
        let before = reader.0;
        reader.description()?;
        out.extend(&before[..before.len() - reader.0.len()]);
    }
    Some(out)
}

/// What is left to read of a section.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn byte(&mut self) -> Option<u8> {
        let (&byte, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(byte)
    }

    fn bytes(&mut self, count: usize) -> Option<&'a [u8]> {
        let (bytes, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(bytes)
    }

    /// An unsigned number in LEB128.
    fn number(&mut self) -> Option<usize> {
        let mut number = 0;
        for shift in (0..35).step_by(7) {
            let byte = self.byte()?;
            number |= usize::from(byte & 0x7f) << shift;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    fn name(&mut self) -> Option<&'a [u8]> {
        let length = self.number()?;
        self.bytes(length)
    }

    fn limits(&mut self) -> Option<()> {
        let has_most = self.byte()? & 1 == 1;
        self.number()?;
        has_most.then(|| self.number()).is_none_or(|most| most.is_some()).then_some(())
    }

    /// What kind of thing is imported.
    fn description(&mut self) -> Option<()> {
        match self.byte()? {
            // A function of a type.
            0 => self.number().map(|_| ()),
            // A table of references, a memory, a global of a type that changes or not.
            1 => self.byte().and_then(|_| self.limits()),
            2 => self.limits(),
            3 => self.bytes(2).map(|_| ()),
            _ => None,
        }
    }
}

fn put(out: &mut Vec<u8>, mut number: usize) {
    while number >= 0x80 {
        out.push((number & 0x7f) as u8 | 0x80);
        number >>= 7;
    }
    out.push(number as u8);
}

fn put_name(out: &mut Vec<u8>, name: &[u8]) {
    put(out, name.len());
    out.extend(name);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A module that imports a function of the script, a memory of another module, and the function once more.
    fn module() -> Vec<u8> {
        let mut section = Vec::new();
        put(&mut section, 3);
        for (module, field, description) in [
            ("./site_bg.js", "__wbg_call_0123456789abcdef", &[0, 5][..]),
            ("env", "memory", &[2, 1, 0x90, 1, 0xa0, 1]),
            ("./site_bg.js", "__wbg_call_0123456789abcdef", &[0, 6]),
        ] {
            put_name(&mut section, module.as_bytes());
            put_name(&mut section, field.as_bytes());
            section.extend(description);
        }
        let mut out = b"\0asm\x01\0\0\0\x01\x01\0".to_vec();
        out.push(IMPORTS);
        put(&mut out, section.len());
        out.extend(section);
        out.extend([3, 1, 0]);
        out
    }

    const SCRIPT: &str = "/**\n * A remark.\n */\nconst import0 = {\n    __proto__: null,\n    // Another.\n    \
                          __wbg_call_0123456789abcdef: function(a) { return a; },\n};\n";

    #[test]
    fn script_and_program_agree_on_short_names() {
        let (script, program) = shortened(SCRIPT, &module()).expect("both fit");
        assert_eq!(script, "const import0 = {\n__proto__: null,\ni0: function(a) { return a; },\n};\n");
        let text = String::from_utf8_lossy(&program);
        assert!(!text.contains("__wbg_call") && text.matches("i0").count() == 2, "{text}");
        assert!(text.contains("memory") && program.ends_with(&[3, 1, 0]), "{program:?}");
        // What was long is shorter by its letters, and nothing else has changed.
        assert_eq!(module().len() - program.len(), 2 * ("__wbg_call_0123456789abcdef".len() - 2));
    }

    #[test]
    fn what_does_not_fit_together_is_told() {
        let told = shortened("const import0 = {};\n", &module()).expect_err("the script lacks it");
        assert!(told.contains("0 of 1"), "{told}");
        assert!(shortened(SCRIPT, b"\0asm").is_err() && shortened(SCRIPT, &module()[..30]).is_err());
    }
}
