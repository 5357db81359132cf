//! The names by which main's script gives main what it imports: long ones with digests, of which each page would
//! carry every letter twice. Here they become short; and the script goes without indents and remarks.

use std::collections::HashMap;

use wasm_encoder::reencode::{Reencode as _, RoundtripReencoder};
use wasm_encoder::{ImportSection, Module, RawSection};
use wasmparser::{Parser, Payload};

use crate::Outcome;

/// The module that main imports from its own script.
const SCRIPT: &str = "./site_bg.js";

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
    let mut module = Module::new();
    for payload in Parser::new(0).parse_all(program) {
        let payload = payload.ok()?;
        if let Payload::ImportSection(imports) = payload {
            let mut section = ImportSection::new();
            for import in imports.into_imports() {
                let import = import.ok()?;
                let kind = RoundtripReencoder.entity_type(import.ty).ok()?;
                let next = format!("i{}", short.len());
                let name = match import.module {
                    SCRIPT => short.entry(import.name.to_owned()).or_insert(next),
                    _ => import.name,
                };
                section.import(import.module, name, kind);
            }
            module.section(&section);
        } else if let Some((id, range)) = payload.as_section() {
            let data = program.get(usize::try_from(range.start).ok()?..usize::try_from(range.end).ok()?)?;
            module.section(&RawSection { id, data });
        }
    }
    Some(module.finish())
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasm_encoder::{EntityType, MemoryType, TypeSection};

    /// A module that imports a function of the script, a memory of another module, and the function once more.
    fn module() -> Vec<u8> {
        let mut types = TypeSection::new();
        types.ty().function([], []);
        let mut imports = ImportSection::new();
        let memory = MemoryType {
            minimum: 144,
            maximum: Some(160),
            memory64: false,
            shared: false,
            page_size_log2: None,
        };
        imports.import("./site_bg.js", "__wbg_call_0123456789abcdef", EntityType::Function(0));
        imports.import("env", "memory", memory);
        imports.import("./site_bg.js", "__wbg_call_0123456789abcdef", EntityType::Function(0));
        let mut module = Module::new();
        module.section(&types).section(&imports).section(&RawSection { id: 3, data: &[0] });
        module.finish()
    }

    const WRITTEN: &str = "/**\n * A remark.\n */\nconst import0 = {\n    __proto__: null,\n    // Another.\n    \
                          __wbg_call_0123456789abcdef: function(a) { return a; },\n};\n";

    #[test]
    fn script_and_program_agree_on_short_names() {
        let (script, program) = shortened(WRITTEN, &module()).expect("both fit");
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
        assert!(shortened(WRITTEN, b"\0asm").is_err() && shortened(WRITTEN, &module()[..30]).is_err());
    }
}
