//! What Trunk made: the head of its page, with the program's script and files under their hashed
//! names.

/// The head of Trunk's page.
pub struct Template {
    /// What every page has.
    head: String,
    /// The name of the program, `site-<digest>`: of `<name>.js` and `<name>_bg.wasm`.
    program: String,
}

/// How a page loads the program: both parts at once, when its top has been painted, so that words and
/// figures come first. Who needs it sooner, or has to try again, calls `program()`. The script is the
/// same on every page, so that one digest allows it everywhere.
const LOAD: &str = "\
<script type=\"module\" data-program=\"./{name}\">
const { painted } = window.firstScreen;
// The page that is reached in place before the program is there may stand in another folder.
const program = new URL(document.querySelector(\"[data-program]\").dataset.program, location).href;
const load = async () => {
  await painted;
  const wasm = fetch(`${program}_bg.wasm`);
  const script = import(`${program}.js`);
  const bindings = await script.finally(() => wasm.catch(() => {}));
  await bindings.default({ module_or_path: wasm });
  return window.wasmBindings = bindings;
};
let loading;
window.program = () => loading ??= load().catch((error) => {
  loading = undefined;
  throw error;
});
await window.program();
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
        let mut head = inner.trim().to_owned();
        for (start, end) in [
            ("<title>", "</title>"),
            ("<meta charset", ">"),
            ("<meta name=\"viewport\"", ">"),
            ("<meta name=\"description\"", ">"),
        ] {
            remove(&mut head, start, end);
        }
        let mut name = None;
        while let Some(piece) = program(&head) {
            // The name stands behind `./` wherever its WebAssembly is spoken of.
            let named =
                head[piece.clone()].split_once("_bg.wasm").and_then(|(before, _)| before.rsplit_once("./"));
            name = name.or(named.map(|(_, name)| name.to_owned()));
            head.replace_range(piece, "");
        }
        let program =
            name.ok_or("The template loads no program: index.html has Trunk build src/bin/site.rs.")?;
        let lines: Vec<&str> = head.lines().filter(|line| !line.trim().is_empty()).collect();
        Ok(Self { head: lines.join("\n"), program })
    }

    /// The head for a page from which `root` leads to the root of the site.
    #[must_use]
    pub fn head(&self, root: &str) -> String {
        rooted(&format!("{}\n{}", self.head, LOAD.replace("{name}", &self.program)), root)
    }
}

/// The first piece of a head that loads the program: a script or a link that refers to it.
fn program(head: &str) -> Option<std::ops::Range<usize>> {
    [("<script type=\"module\">", "</script>"), ("<link ", ">")]
        .into_iter()
        .filter_map(|(start, end)| {
            head.match_indices(start)
                .map(|(at, _)| at..at + head[at..].find(end).map_or(0, |length| length + end.len()))
                .find(|piece| head[piece.clone()].contains("./site-"))
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
import init, * as bindings from './site-1a2b.js';
const wasm = await init({ module_or_path: './site-1a2b_bg.wasm' });
</script>
<link rel="modulepreload" href="./site-1a2b.js" crossorigin="anonymous"><link rel="preload" href="./site-1a2b_bg.wasm" as="fetch">
</head>
<body><main id="page"></main></body>
</html>
"#;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_lead_to_the_root() {
        let head = Template::read(SAMPLE).map(|t| t.head("../")).unwrap_or_default();
        for piece in ["\"../fonts/fonts.css\"", "data-program=\"../site-1a2b\""] {
            assert!(head.contains(piece), "{piece} in {head}");
        }
        assert!(!head.contains("\"./") && !head.contains("<title>") && !head.contains("viewport"));
        assert_eq!(rooted("src: url(./a.woff2)", "../"), "src: url(../a.woff2)");
    }

    #[test]
    fn a_page_loads_the_program_once_and_by_its_own_script() {
        let head = Template::read(SAMPLE).unwrap().head("./");
        assert_eq!(head.matches("site-1a2b").count(), 1, "{head}");
        assert_eq!(head.matches("<script type=\"module\"").count(), 1, "{head}");
        assert!(!head.contains("preload"), "{head}");
    }

    #[test]
    fn only_a_fresh_page_of_trunk_is_a_template() {
        assert!(Template::read("").is_err());
        assert!(Template::read("<head></head>").is_err());
        assert!(Template::read(&SAMPLE.replace("<html", "<html data-root=\"./\"")).is_err());
    }
}
