//! One file that is a simulation: the page for frames with its program, its style and its font
//! inside. It runs from a disk with the network off, and in `srcdoc`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use flate2::Compression;
use flate2::write::GzEncoder;
use std::io::Write as _;

/// Starts the program out of the file: base64 of gzip, which any browser since 2023 unpacks.
const START: &str = "
const packed = Uint8Array.from(atob(\"{wasm}\"), (c) => c.charCodeAt(0));
const unpacked = new Blob([packed]).stream().pipeThrough(new DecompressionStream(\"gzip\"));
await __wbg_init({ module_or_path: await new Response(unpacked).arrayBuffer() });
";

/// A file that the page needs, from its path below the root of the site.
pub type Read<'a> = &'a dyn Fn(&str) -> Result<Vec<u8>, String>;

/// Puts everything into the page for frames. `page` is its HTML, `widget` the simulation drawn at
/// its moment, `query` that moment as an address has it.
///
/// # Errors
/// A sentence, if the page is not one that the site's build wrote, or if a file is missing.
pub fn standalone(page: &str, widget: &str, query: &str, read: Read<'_>) -> Result<String, String> {
    let strange = || "This is no page for frames as cargo xtask build writes them.".to_owned();
    let (head, rest) = page.split_once("</head>").ok_or_else(strange)?;
    let (before, _) = rest.split_once("<section class=\"sim\"").ok_or_else(strange)?;
    let (_, after) = rest.rsplit_once("</main>").ok_or_else(strange)?;

    let program =
        head.split_once("from '../../../").and_then(|(_, p)| p.split_once(".js'")).ok_or_else(strange)?.0;
    let script = text(read(&format!("{program}.js"))?)?;
    let mut packer = GzEncoder::new(Vec::new(), Compression::best());
    let wasm = read(&format!("{program}_bg.wasm"))?;
    let packed = packer.write_all(&wasm).and_then(|()| packer.finish()).map_err(|e| e.to_string())?;
    let start = START.replace("{wasm}", &STANDARD.encode(packed));

    let mut out = String::with_capacity(page.len() + script.len() + start.len());
    // What leads outside: early fetches, the sheet of fonts, the canonical address, the program.
    let mut inside_program = false;
    for line in head.lines() {
        inside_program |= line == "<script type=\"module\">";
        if !(inside_program || line.contains("href=\"../../../")) {
            out.push_str(line);
            out.push('\n');
        }
        inside_program &= line != "</script>";
    }
    let out_of_the_file = format!("(location.search || {:?})", format!("?{query}"));
    out = out.replace("location.search", &out_of_the_file);
    out = out.replacen("<html ", &format!("<html data-moment=\"{}\" ", crate::lab::svg::escape(query)), 1);
    out.push_str("<style>\n");
    out.push_str(&fonts(&text(read("fonts/fonts.css")?)?, read)?);
    out.push_str("</style>\n<script type=\"module\">\n");
    // A script ends where its text says so.
    out.push_str(&script.replace("</script", "<\\/script"));
    out.push_str(&start);
    out.push_str("</script>\n</head>");
    out.push_str(before);
    out.push_str(widget);
    out.push_str("</main>");
    out.push_str(after);
    Ok(out)
}

/// The faces that figures use, with their files inside.
fn fonts(sheet: &str, read: Read<'_>) -> Result<String, String> {
    let mut out = String::new();
    for face in sheet.split("@font-face").skip(1).filter(|face| face.contains("\"Tinkerable Sans")) {
        let mut face = face.split_inclusive('}').next().unwrap_or("").to_owned();
        if let Some((_, name)) = face.split_once("url(\"")
            && let Some((name, _)) = name.split_once('"')
        {
            let data = STANDARD.encode(read(&format!("fonts/{name}"))?);
            face = face.replace(&format!("url(\"{name}\")"), &format!("url(data:font/woff2;base64,{data})"));
        }
        out.push_str("@font-face");
        out.push_str(&face);
        out.push('\n');
    }
    Ok(out)
}

fn text(bytes: Vec<u8>) -> Result<String, String> {
    String::from_utf8(bytes).map_err(|_| "A file of the site is no text where it should be.".to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "<!DOCTYPE html>\n<html lang=\"en\" data-root=\"../../../\">\n<head>\n<script>\nask(location.search)\n</script>\n\
        <link rel=\"stylesheet\" href=\"../../../fonts/fonts.css\">\n<script type=\"module\">\n\
        import init from '../../../page-a-1.js';\nawait init();\n</script>\n</head>\n<body>\n\
        <main id=\"page\" class=\"embed\">\n<section class=\"sim\">old</section></main>\n</body>\n</html>\n";

    fn files(path: &str) -> Result<Vec<u8>, String> {
        match path {
            "page-a-1.js" => Ok(b"const x = '</script>'; export { x }".to_vec()),
            "page-a-1_bg.wasm" => Ok(b"\0asm".to_vec()),
            "fonts/fonts.css" => Ok(b"@font-face { font-family: \"Tinkerable Serif\"; src: url(\"serif\") } @font-face { font-family: \"Tinkerable Sans\"; src: url(\"sans\") }".to_vec()),
            "fonts/sans" => Ok(b"font".to_vec()),
            other => Err(format!("{other} is missing")),
        }
    }

    #[test]
    fn nothing_leads_outside_and_the_moment_is_inside() {
        let file = standalone(PAGE, "<section class=\"sim\">new</section>", "k=2&at=4", &files).unwrap();
        assert!(
            !file.contains("../../../page") && !file.contains("href=") && !file.contains("url(\"sans"),
            "{file}"
        );
        for piece in [
            "new</section>",
            "data-moment=\"k=2&amp;at=4\"",
            "(location.search || \"?k=2&at=4\")",
            "base64,Zm9udA==",
            "'<\\/script>'",
        ] {
            assert!(file.contains(piece), "{piece} in {file}");
        }
        assert!(!file.contains("old</section>") && !file.contains("Serif"));
        assert_eq!(file.matches("</script>").count(), 2);
    }

    #[test]
    fn what_is_missing_is_named() {
        assert!(standalone("<p>", "", "", &files).unwrap_err().contains("cargo xtask build"));
        let missing = standalone(&PAGE.replace("page-a-1", "page-b-1"), "", "", &files).unwrap_err();
        assert!(missing.contains("page-b-1.js"), "{missing}");
    }
}
