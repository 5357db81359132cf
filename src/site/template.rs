//! What Trunk made: the head of its page, with the program's script and files under their hashed
//! names.

/// The head of Trunk's page.
pub struct Template {
    /// What every page has.
    head: String,
    /// The name of the program, `site-<digest>`: of `<name>.js` and `<name>_bg.wasm`.
    program: String,
    /// Files of the program's pieces, `site-<piece>-<digest>.wasm`; none while the site is worked on.
    pieces: Vec<String>,
}

/// How a page loads the program: all parts at once, when its top has been painted, so that words and
/// figures come first. Who needs it sooner, or has to try again, calls `program()`. The script is the
/// same on every page, so that one digest allows it everywhere.
const LOAD: &str = "\
<script type=\"module\" data-program=\"./{name}\" data-pieces=\"{pieces}\">
const { painted, able } = window.firstScreen;
const named = document.querySelector(\"[data-program]\").dataset;
// The page that is reached in place before the program is there may stand in another folder.
const program = new URL(named.program, location).href;
window.pieces = new Map();
// Fetches pieces ahead, each once; the program takes them. What did not come is asked for again when it is needed.
const brought = new Set();
window.bring = (pieces, priority) => {
  const wanted = pieces.split(\" \").filter((piece) => piece && !brought.has(piece));
  return Promise.allSettled(wanted.map((piece) => {
    brought.add(piece);
    const early = fetch(new URL(piece, program), { priority })
      .then((answer) => answer.ok ? answer : Promise.reject(new Error(`${piece} has status ${answer.status}`)));
    window.pieces.set(piece, early);
    early.catch(() => window.pieces.delete(piece) && brought.delete(piece));
    return early;
  }));
};
const load = async () => {
  await painted;
  // What cannot run is not begun.
  if (!able) throw new Error(\"This browser has no WebAssembly with vectors.\");
  window.bring(named.pieces);
  const wasm = fetch(`${program}_bg.wasm`);
  const script = import(`${program}.js`);
  const bindings = await script.finally(() => wasm.catch(() => {}));
  await bindings.default({ module_or_path: wasm });
  still(false);
  return window.wasmBindings = bindings;
};
// Without the program the figures stand still. The page says so, and nothing on it looks alive.
const still = (on) => {
  const page = document.documentElement;
  if (on === \"still\" in page.dataset) return;
  page.toggleAttribute(\"data-still\", on);
  for (const field of document.querySelectorAll(\".sim :is(button, input, select, textarea):not([data-save])\")) {
    field.disabled = on;
    field.removeAttribute(\"aria-busy\");
  }
  for (const number of document.querySelectorAll(\".scrub[tabindex]\")) number.tabIndex = on ? -1 : 0;
  for (const said of document.querySelectorAll(\"[data-still-says]\")) said.remove();
  for (const place of on ? document.querySelectorAll(\"main [data-messages]\") : []) {
    const said = document.createElement(\"p\");
    said.className = \"message\";
    said.setAttribute(\"role\", \"status\");
    said.dataset.stillSays = \"\";
    said.textContent = typeof WebAssembly === \"undefined\"
      ? \"This browser runs no WebAssembly (Lockdown Mode turns it off), so this figure stands still: it shows how the simulation opens.\"
      : !able ? \"This browser has no WebAssembly with vectors (SIMD), which Chrome has had since version 91, Firefox since 89 \" +
        \"and Safari since 16.4, so this figure stands still: it shows how the simulation opens.\"
      : \"The program of this page could not be loaded, so this figure stands still: it shows how the simulation opens. \" +
        \"Check the connection, and whether a filter holds back .wasm files; then load the page again.\";
    place.append(said);
  }
};
let loading;
window.program = () => loading ??= load().catch((error) => {
  loading = undefined;
  still(true);
  throw error;
});
const begin = () => window.program().catch((error) => console.warn(String(error)));
// A page that takes the place of one that stood still tries again, and says so if it fails, too.
addEventListener(\"tinkerable-arrive\", () => { if (!window.wasmBindings) begin(); });
await begin();
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
        let (mut name, mut pieces) = (None, Vec::new());
        while let Some(piece) = program(&head) {
            // A name stands behind `./` wherever WebAssembly is spoken of.
            let file =
                head[piece.clone()].split_once(".wasm").and_then(|(before, _)| before.rsplit_once("./"));
            if let Some((_, file)) = file {
                match file.strip_suffix("_bg") {
                    Some(program) => name = Some(program.to_owned()),
                    None => pieces.push(format!("{file}.wasm")),
                }
            }
            head.replace_range(piece, "");
        }
        let program =
            name.ok_or("The template loads no program: index.html has Trunk build src/bin/site.rs.")?;
        let lines: Vec<&str> = head.lines().filter(|line| !line.trim().is_empty()).collect();
        Ok(Self { head: lines.join("\n"), program, pieces })
    }

    /// The head for a page from which `root` leads to the root of the site, and which needs these pieces
    /// of the program at once: they come together with main.
    #[must_use]
    pub fn head(&self, root: &str, needs: &[String]) -> String {
        let pieces: Vec<&str> = needs.iter().filter_map(|piece| self.piece(piece)).collect();
        let load = LOAD.replace("{name}", &self.program).replace("{pieces}", &pieces.join(" "));
        rooted(&format!("{}\n{load}", self.head), root)
    }

    /// The file of a piece.
    fn piece(&self, piece: &str) -> Option<&str> {
        let digest = |file: &str| {
            let digest = file.strip_prefix("site-")?.strip_prefix(piece)?.strip_prefix('-')?;
            digest.strip_suffix(".wasm")?.chars().all(|c| c.is_ascii_hexdigit()).then_some(())
        };
        self.pieces.iter().map(String::as_str).find(|file| digest(file).is_some())
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
<link rel="preload" href="./site-topic-sample-3c4d.wasm" as="fetch">
<link rel="preload" href="./site-topic-sample-b-5e6f.wasm" as="fetch">
</head>
<body><main id="page"></main></body>
</html>
"#;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn references_lead_to_the_root() {
        let head = Template::read(SAMPLE).map(|t| t.head("../", &[])).unwrap_or_default();
        for piece in ["\"../fonts/fonts.css\"", "data-program=\"../site-1a2b\""] {
            assert!(head.contains(piece), "{piece} in {head}");
        }
        assert!(!head.contains("\"./") && !head.contains("<title>") && !head.contains("viewport"));
        assert_eq!(rooted("src: url(./a.woff2)", "../"), "src: url(../a.woff2)");
    }

    #[test]
    fn a_page_loads_the_program_once_and_by_its_own_script() {
        let head = Template::read(SAMPLE).unwrap().head("./", &[]);
        assert_eq!(head.matches("site-1a2b").count(), 1, "{head}");
        assert_eq!(head.matches("<script type=\"module\"").count(), 1, "{head}");
        assert!(!head.contains("preload"), "{head}");
        assert!(head.contains("data-pieces=\"\"") && !head.contains("3c4d"), "{head}");
    }

    #[test]
    fn a_page_names_the_pieces_that_it_needs_at_once() {
        let needs = ["topic-sample", "topic-missing"].map(str::to_owned);
        let head = Template::read(SAMPLE).unwrap().head("../", &needs);
        assert!(head.contains("data-pieces=\"site-topic-sample-3c4d.wasm\""), "{head}");
    }

    #[test]
    fn only_a_fresh_page_of_trunk_is_a_template() {
        assert!(Template::read("").is_err());
        assert!(Template::read("<head></head>").is_err());
        assert!(Template::read(&SAMPLE.replace("<html", "<html data-root=\"./\"")).is_err());
    }
}
