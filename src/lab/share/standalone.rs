//! One file that is a simulation: the page for frames with its program, its style and its font
//! inside. It runs from a disk with the network off, and in `srcdoc`.

use crate::lab::address::{Moment, encode};
use crate::lab::figure::svg::{at_widths, escape};
use crate::lab::run::runner::Runner;

/// Starts the program out of the file: base64 of gzip, which any browser since 2023 unpacks.
const START: &str = "
const unpack = (text) => {
  const packed = Uint8Array.from(atob(text), (c) => c.charCodeAt(0));
  return new Response(new Blob([packed]).stream().pipeThrough(new DecompressionStream(\"gzip\"))).arrayBuffer();
};
window.pieces = new Map(Object.entries({pieces}).map(([file, text]) => [file, { arrayBuffer: () => unpack(text) }]));
await __wbg_init({ module_or_path: await unpack(\"{program}\") });
";

/// Pieces of the program that a simulation alone never asks for, unless its page names them: other
/// topics, the search, the form, the speaker's view, slides, videos, questions, and what is drawn in
/// articles.
pub const ELSEWHERE: [&str; 10] = [
    "site-topic-",
    "site-search-",
    "site-form-",
    "site-guess-",
    "site-plain-",
    "site-free-",
    "site-lesson-",
    "site-slides-",
    "site-speaker-",
    "site-video-",
];

/// The way from the page for frames to the root of the site.
const ROOT: &str = "../../../";

/// What goes into the file.
#[derive(Clone, Copy)]
pub struct Parts<'a> {
    /// The page for frames, as the site's build wrote it, [with its fonts](with_fonts).
    pub page: &'a str,
    /// The program's JavaScript.
    pub script: &'a str,
    /// Base64 of its gzipped WebAssembly.
    pub program: &'a str,
    /// The same of each of its [`pieces`], by file: a JSON object.
    pub pieces: &'a str,
}

/// The name of the program that a page loads: of `<name>.js` and `<name>_bg.wasm`.
///
/// # Errors
/// A sentence, if the page is not one that the site's build wrote.
pub fn program(page: &str) -> Result<&str, String> {
    let rest = page.split_once(&format!("data-program=\"{ROOT}")).map(|(_, rest)| rest);
    rest.and_then(|rest| rest.split_once('"')).map(|(name, _)| name).ok_or_else(strange)
}

/// The files of those pieces of the program, of which its script knows all, that a page for frames may
/// ask for.
#[must_use]
pub fn pieces<'a>(page: &str, script: &'a str) -> Vec<&'a str> {
    let named = script.split('"').filter(|text| text.starts_with("site-") && text.ends_with(".wasm"));
    let asked =
        named.filter(|file| page.contains(file) || !ELSEWHERE.iter().any(|kind| file.starts_with(kind)));
    asked.filter(|file| !file.ends_with("_bg.wasm")).collect()
}

fn strange() -> String {
    "This is no page for frames as cargo xtask build writes them.".to_owned()
}

/// Puts everything into the page for frames: it opens at `moment`, whose figure is that of `runner`.
///
/// # Errors
/// A sentence, if the page is not one that the site's build wrote.
pub fn standalone(parts: Parts<'_>, runner: &Runner, moment: &Moment) -> Result<String, String> {
    const FIGURE: &str = "<div class=\"figure\">";
    let Parts { page, script, program, pieces } = parts;
    let (head, rest) = page.split_once("</head>").ok_or_else(strange)?;
    let (before, rest) = rest.split_once(FIGURE).ok_or_else(strange)?;
    let (_, after) = rest.split_once("</div>").ok_or_else(strange)?;
    let query = encode(runner.spec(), moment, false);

    let mut out = String::with_capacity(page.len() + script.len() + program.len());
    // What leads outside: early fetches, the canonical address, the program. A style sheet is not packed here:
    // it goes without indents, comments in lines of their own, and line breaks that separate nothing.
    let (mut inside_program, mut inside_style) = (false, false);
    for line in head.lines() {
        inside_program |= line.starts_with("<script type=\"module\"");
        inside_style = line.contains("<style") || inside_style && !line.contains("</style>");
        let line = if inside_style { line.trim_start() } else { line };
        let said = inside_style && line.starts_with("/*") && line.ends_with("*/");
        if !(inside_program || said || line.is_empty() || line.contains(&format!("href=\"{ROOT}"))) {
            out.push_str(line);
            if !(inside_style && line.ends_with([';', '{', '}', ','])) {
                out.push('\n');
            }
        }
        inside_program &= line != "</script>";
    }
    let out_of_the_file = format!("(location.search || {:?})", format!("?{query}"));
    out = out.replace("location.search", &out_of_the_file);
    out = out.replacen("<html ", &format!("<html data-moment=\"{}\" ", escape(&query)), 1);
    out.push_str("<script type=\"module\">\n");
    // A script ends where its text says so.
    out.push_str(&script.replace("</script", "<\\/script"));
    out.push_str(&START.replace("{program}", program).replace("{pieces}", pieces));
    out.push_str("</script>\n</head>");
    out.push_str(before);
    out.push_str(FIGURE);
    let figure = runner.simulation().figure();
    out.push_str(&at_widths(&figure));
    out.push_str("</div>");
    out.push_str(after);
    Ok(out)
}

/// A page or a sheet with the fonts inside that it refers to: `font` gives base64 of a file in `fonts/`.
///
/// # Errors
/// Those of `font`.
pub fn with_fonts<E>(text: &str, font: impl Fn(&str) -> Result<String, E>) -> Result<String, E> {
    let mut pieces = text.split("url(\"");
    let mut out = pieces.next().unwrap_or("").to_owned();
    for piece in pieces {
        match piece.split_once("\")").filter(|(path, _)| path.ends_with(".woff2")) {
            Some((path, rest)) => {
                let file = path.rsplit('/').next().unwrap_or(path);
                out.push_str(&format!("url(data:font/woff2;base64,{}){rest}", font(file)?));
            }
            None => out.push_str(&format!("url(\"{piece}")),
        }
    }
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::SPEC;

    const PAGE: &str = "<!DOCTYPE html>\n<html lang=\"en\" data-root=\"../../../\">\n<head>\n<script>\nask(location.search)\n</script>\n\
        <style>\n/* Where it stands. */\n@font-face { src: url(\"../../../fonts/a.woff2\"); }\nmain {}</style>\n\n\
        <script type=\"module\" data-program=\"../../../site-a1\">\nawait import(program());\n</script>\n</head>\n<body>\n\
        <main id=\"page\" class=\"embed\">\n<section class=\"sim\"><div class=\"figure\">old</div></section></main>\n</body>\n</html>\n";

    const PARTS: Parts<'_> = Parts {
        page: PAGE,
        script: "const x = '</script>'; export { x }",
        program: "AGFzbQ==",
        pieces: "{\"site-topic-a-1.wasm\":\"AGFzbQ==\"}",
    };

    #[test]
    fn the_pieces_are_those_that_a_simulation_alone_may_ask_for() {
        let script = "load([\"site-topic-a-1.wasm\"]); load([\"site-topic-b-2.wasm\"]); load([\"site-save-3.wasm\"]); \
                      load([\"site-search-4.wasm\"]); x(\"site-5_bg.wasm\")";
        let page = "<script data-pieces=\"site-topic-a-1.wasm\">";
        assert_eq!(pieces(page, script), ["site-topic-a-1.wasm", "site-save-3.wasm"]);
    }

    #[test]
    fn nothing_leads_outside_and_the_moment_is_inside() {
        let runner = Runner::after(&SPEC, &[("stride", "2")], 4);
        let moment = |at| Moment::of(runner.values().clone(), at);
        let asked = |file: &str| {
            assert_eq!(file, "a.woff2");
            Ok::<_, ()>("Zm9udA==".to_owned())
        };
        let page = with_fonts(PAGE, asked).unwrap();
        let file = standalone(Parts { page: &page, ..PARTS }, &runner, &moment(Some(4))).unwrap();
        assert!(
            !file.contains("../../../page") && !file.contains("href=") && !file.contains("woff2\")"),
            "{file}"
        );
        for piece in [
            "The count has reached 8.",
            "data-moment=\"stride=2&amp;at=4\"",
            "(location.search || \"?stride=2&at=4\")",
            "src: url(data:font/woff2;base64,Zm9udA==); }",
            "module_or_path: await unpack(\"AGFzbQ==\")",
            "{\"site-topic-a-1.wasm\":\"AGFzbQ==\"}",
            "'<\\/script>'",
        ] {
            assert!(file.contains(piece), "{piece} in {file}");
        }
        assert!(!file.contains("old") && !file.contains("Where it stands"));
        assert_eq!(file.matches("</script>").count(), 2);
        assert!(standalone(PARTS, &runner, &moment(None)).unwrap().contains("data-moment=\"stride=2\""));
    }

    #[test]
    fn another_page_is_refused() {
        assert_eq!(program(PAGE), Ok("site-a1"));
        let runner = Runner::after(&SPEC, &[], 0);
        assert!(program("<p>").unwrap_err().contains("cargo xtask build"));
        let moment = Moment::of(SPEC.defaults(), None);
        assert!(standalone(Parts { page: "<p>", ..PARTS }, &runner, &moment).is_err());
    }
}
