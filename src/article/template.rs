//! What Trunk made: the head of its page, with the program's script and files under their hashed
//! names.

/// The head of Trunk's page.
pub struct Template {
    head: String,
}

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
        let lines: Vec<&str> = head.lines().filter(|line| !line.trim().is_empty()).collect();
        Ok(Self { head: lines.join("\n") })
    }

    /// The head for a page from which `root` leads to the root of the site.
    #[must_use]
    pub fn head(&self, root: &str) -> String {
        let mut head = rooted(&self.head, root);
        head.push('\n');
        head
    }
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

fn between<'a>(text: &'a str, start: &str, end: &str) -> Option<&'a str> {
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
import init, * as bindings from './page-1a2b.js';
const wasm = await init({ module_or_path: './page-1a2b_bg.wasm' });
</script>
<link rel="modulepreload" href="./page-1a2b.js" crossorigin="anonymous">
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
        for piece in ["href=\"../fonts/fonts.css\"", "from '../page-1a2b.js'", "'../page-1a2b_bg.wasm'"] {
            assert!(head.contains(piece), "{piece} in {head}");
        }
        assert!(!head.contains("\"./") && !head.contains("<title>") && !head.contains("viewport"));
        assert_eq!(rooted("src: url(./a.woff2)", "../"), "src: url(../a.woff2)");
    }

    #[test]
    fn only_a_fresh_page_of_trunk_is_a_template() {
        assert!(Template::read("").is_err());
        assert!(Template::read("<head></head>").is_err());
        assert!(Template::read(&SAMPLE.replace("<html", "<html data-root=\"./\"")).is_err());
    }
}
