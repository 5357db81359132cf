//! What Trunk made: the head of its page, with the program's script and files under their hashed
//! names.

/// The head of Trunk's page.
pub struct Template {
    /// What every page has.
    head: String,
    /// Names of the programs: `page-<slug>-<digest>`, `plain-<digest>`, for `<name>.js` and
    /// `<name>_bg.wasm`.
    programs: Vec<String>,
}

/// How a page loads its program: both parts at once, when its top has been painted, so that words and
/// figures come first. The script is the same on every page, so that one digest allows it everywhere.
const LOAD: &str = "\
<script type=\"module\" data-program=\"./{name}\">
const { painted, whole } = window.firstScreen;
await painted;
const { program } = document.querySelector(\"[data-program]\").dataset;
const wasm = fetch(new URL(`${program}_bg.wasm`, location));
const script = import(new URL(`${program}.js`, location));
await whole;
const bindings = await script;
await bindings.default({ module_or_path: wasm });
window.wasmBindings = bindings;
</script>
";

impl Template {
    /// Takes the head out of Trunk's `index.html`, without what each page has for itself.
    ///
    /// # Errors
    /// A sentence, if the text is not such a page.
    pub fn read(page: &str) -> Result<Self, String> {
        if page.contains("data-root=") {
            return Err(
                "This page is drawn already: the template is the index.html that Trunk writes.".to_owned()
            );
        }
        let inner = between(page, "<head>", "</head>")
            .ok_or("The template has no <head>: it is the index.html that Trunk writes.")?;
        if !inner.contains(".wasm") {
            return Err("The template loads no program: it is the index.html that Trunk writes.".to_owned());
        }
        let mut head = inner.trim().to_owned();
        for (start, end) in [
            ("<title>", "</title>"),
            ("<meta charset", ">"),
            ("<meta name=\"viewport\"", ">"),
            ("<meta name=\"description\"", ">"),
        ] {
            remove(&mut head, start, end);
        }
        let mut programs = Vec::new();
        while let Some(piece) = program(&head) {
            // A name stands behind `./` wherever its WebAssembly is spoken of.
            let names = head[piece.clone()].split("_bg.wasm").filter_map(|before| before.rsplit_once("./"));
            programs.extend(names.map(|(_, name)| name.to_owned()).filter(|name| is_program(name)));
            head.replace_range(piece, "");
        }
        programs.sort();
        programs.dedup();
        let lines: Vec<&str> = head.lines().filter(|line| !line.trim().is_empty()).collect();
        Ok(Self { head: lines.join("\n"), programs })
    }

    /// The head for a page from which `root` leads to the root of the site, with the program of the
    /// topic `slug` and no other; with that of plain pages where there is no topic.
    ///
    /// # Errors
    /// A sentence, if Trunk built no program for the topic.
    pub fn head(&self, root: &str, slug: Option<&str>) -> Result<String, String> {
        let program = slug.map_or("plain".to_owned(), |slug| format!("page-{slug}"));
        let load = LOAD.replace("{name}", self.program(&program)?);
        Ok(rooted(&format!("{}\n{load}", self.head), root))
    }

    /// The name, with its digest, of the program that is built from `src/bin/<program>.rs`.
    ///
    /// # Errors
    /// A sentence, if Trunk built none.
    pub fn program(&self, program: &str) -> Result<&str, String> {
        let digest = |name: &str| {
            let digest = name.strip_prefix(program)?.strip_prefix('-')?;
            digest.chars().all(|c| c.is_ascii_hexdigit()).then_some(())
        };
        self.programs.iter().map(String::as_str).find(|name| digest(name).is_some()).ok_or_else(|| {
            format!(
                "Trunk built no program {program}: a page has one in src/bin/{program}.rs and a line in index.html."
            )
        })
    }
}

fn is_program(name: &str) -> bool {
    name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
}

/// The first piece of a head that loads a program: a script or a link that refers to one.
fn program(head: &str) -> Option<std::ops::Range<usize>> {
    [("<script type=\"module\">", "</script>"), ("<link ", ">")]
        .into_iter()
        .filter_map(|(start, end)| {
            head.match_indices(start)
                .map(|(at, _)| at..at + head[at..].find(end).map_or(0, |length| length + end.len()))
                .find(|piece| ["./page-", "./plain-"].iter().any(|name| head[piece.clone()].contains(name)))
        })
        .min_by_key(|piece| piece.start)
}

/// References to files of the site, which begin with `./`, as they read from another folder.
#[must_use]
pub fn rooted(text: &str, root: &str) -> String {
    let mut out = text.to_owned();
    for before in ["\"", "'", "(", "="] {
        out = out.replace(&format!("{before}./"), &format!("{before}{root}"));
    }
    out
}

/// What stands between two pieces of a text, for the first time.
pub fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
    let (_, rest) = text.split_once(start)?;
    Some(rest.split_once(end)?.0)
}

fn remove(text: &mut String, start: &str, end: &str) {
    if let Some(from) = text.find(start)
        && let Some(length) = text[from..].find(end)
    {
        text.replace_range(from..from + length + end.len(), "");
    }
}

#[cfg(test)]
pub const SAMPLE: &str = r#"<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tinkerable</title>
<link rel="stylesheet" href="./fonts/fonts.css">
<script type="module">
import init, * as bindings from './page-sample-1a2b.js';
const wasm = await init({ module_or_path: './page-sample-1a2b_bg.wasm' });
</script>
<script type="module">
import init, * as bindings from './page-other-3c4d.js';
const wasm = await init({ module_or_path: './page-other-3c4d_bg.wasm' });
</script>
<link rel="modulepreload" href="./page-sample-1a2b.js" crossorigin="anonymous"><link rel="modulepreload" href="./page-other-3c4d.js">
<link rel="preload" href="./plain-5e6f_bg.wasm" as="fetch"><link rel="modulepreload" href="./plain-5e6f.js">
</head>
<body><main id="page"></main></body>
</html>
"#;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_lead_to_the_root() {
        let head = Template::read(SAMPLE).and_then(|t| t.head("../", Some("sample"))).unwrap_or_default();
        for piece in ["\"../fonts/fonts.css\"", "data-program=\"../page-sample-1a2b\""] {
            assert!(head.contains(piece), "{piece} in {head}");
        }
        assert!(!head.contains("\"./") && !head.contains("<title>") && !head.contains("viewport"));
        assert_eq!(rooted("src: url(./a.woff2)", "../"), "src: url(../a.woff2)");
    }

    #[test]
    fn a_page_loads_the_program_of_its_topic_and_no_other() {
        let template = Template::read(SAMPLE).unwrap();
        let head = template.head("../", Some("other")).unwrap();
        assert_eq!(head.matches("page-other-3c4d").count(), 1, "{head}");
        assert!(!head.contains("page-sample") && !head.contains("plain-"), "{head}");
        let head = template.head("./", None).unwrap();
        assert!(head.contains("plain-5e6f") && !head.contains("page-"), "{head}");
        assert!(template.head("../", Some("missing")).unwrap_err().contains("page-missing.rs"));
    }

    #[test]
    fn only_a_fresh_page_of_trunk_is_a_template() {
        assert!(Template::read("").is_err());
        assert!(Template::read("<head></head>").is_err());
        assert!(Template::read(&SAMPLE.replace("<html", "<html data-root=\"./\"")).is_err());
    }
}
