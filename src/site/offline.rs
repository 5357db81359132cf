//! What lets a browser keep the site: the worker that answers without a network, the manifest that
//! makes it installable, and its icons.

use super::File;
use super::headers::name;
use super::page::SITE;
use crate::lab::figure::palette;
use serde_json::json;

/// Where the worker stands, from the root of the site: there, so that all of the site is its own.
pub const PATH: &str = "sw.js";

/// Icons by their path, and their side in px.
pub const ICONS: [(&str, u32); 3] = [("icons/180.png", 180), ("icons/192.png", 192), ("icons/512.png", 512)];

/// Has the browser keep the site, on pages that are not framed: late, since what is on the page comes
/// first. Where the reader saves data it is asked for first, at the end of the page.
pub const KEEP: &str = "\
<script>
if (window === top && navigator.serviceWorker) {
  const keep = () => navigator.serviceWorker.register(`${document.documentElement.dataset.root}sw.js`);
  const whole = ({ installing, waiting, active }) => new Promise((done, fail) => {
    const worker = installing ?? waiting ?? active;
    const look = () => worker.state === \"redundant\" ? fail() : worker.state !== \"installing\" && done();
    worker.onstatechange = look;
    look();
  });
  const offer = async () => {
    if (await navigator.serviceWorker.getRegistration()) return;
    const [all, button, says] = [\"p\", \"button\", \"span\"].map((name) => document.createElement(name));
    button.type = \"button\";
    button.textContent = \"Keep all pages on this device\";
    says.setAttribute(\"role\", \"status\");
    says.textContent = \"Some megabytes, which it does not fetch by itself since you save data; then all works without a network.\";
    all.dataset.keep = \"\";
    all.append(button, \" \", says);
    document.querySelector(\"footer\")?.append(all);
    button.onclick = async () => {
      button.disabled = true;
      says.textContent = \"Fetching all pages.\";
      const kept = await keep().then(whole).then(() => true, () => false);
      button.hidden = kept;
      button.disabled = false;
      says.textContent = kept
        ? \"All pages are kept: they open without a network.\"
        : \"Not all pages could be fetched, so none are kept. Try again when the connection is better.\";
    };
  };
  addEventListener(\"load\", navigator.connection?.saveData ? offer : () => setTimeout(() => keep().catch(() => {}), 3000));
}
</script>
";

/// The worker, with the files that it keeps and the digests that tell versions apart filled in.
#[must_use]
pub fn worker(files: &[(String, String)]) -> String {
    let list: serde_json::Map<_, _> =
        files.iter().map(|(path, digest)| (address(path).to_owned(), json!(digest))).collect();
    let list = json!(list).to_string();
    include_str!("offline.js").replace("{version}", &name(&list)).replace("{files}", &list)
}

/// How readers ask for a file: for a folder, and not for the page in it.
fn address(path: &str) -> &str {
    path.strip_suffix("index.html").unwrap_or(path)
}

/// Whether a file is read without a network. What is for other programs is not: pictures of links,
/// answers about embedding, addresses for engines and hosts.
#[must_use]
pub fn is_kept(path: &str) -> bool {
    const FOR_OTHERS: [&str; 5] = [PATH, crate::site::headers::PATH, "robots.txt", "sitemap.xml", "feed.xml"];
    !FOR_OTHERS.contains(&path) && !path.ends_with("/card.png") && !path.ends_with("/oembed.json")
}

/// `manifest.webmanifest`: its addresses are relative to itself, so it holds under any path.
#[must_use]
pub fn manifest() -> File {
    let icons: Vec<_> = ICONS
        .iter()
        .map(|(path, side)| json!({ "src": path, "sizes": format!("{side}x{side}"), "type": "image/png", "purpose": "any maskable" }))
        .collect();
    let manifest = json!({
        "name": format!("{SITE}: explorable explanations of emerging AI research"),
        "short_name": SITE,
        "start_url": "./",
        "scope": "./",
        "display": "minimal-ui",
        "background_color": paper(false),
        "theme_color": paper(false),
        "icons": icons,
    });
    File { path: "manifest.webmanifest".to_owned(), text: format!("{manifest:#}\n") }
}

/// What a page's head says of it.
#[must_use]
pub fn links(root: &str) -> String {
    format!(
        "<link rel=\"manifest\" href=\"{root}manifest.webmanifest\">\n\
         <link rel=\"apple-touch-icon\" href=\"{root}{}\">\n\
         <meta name=\"theme-color\" media=\"(prefers-color-scheme: light)\" content=\"{}\">\n\
         <meta name=\"theme-color\" media=\"(prefers-color-scheme: dark)\" content=\"{}\">\n",
        ICONS[0].0,
        paper(false),
        paper(true)
    )
}

/// The icon: a slider on paper, inside the circle that systems may cut out.
#[must_use]
pub fn icon(side: u32) -> String {
    let paper = paper(false);
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{side}\" height=\"{side}\" viewBox=\"0 0 16 16\">\
         <rect width=\"16\" height=\"16\" fill=\"{paper}\"/>\
         <path d=\"M3.5 8h9\" stroke=\"#5a626b\" stroke-width=\"1.4\" stroke-linecap=\"round\"/>\
         <circle cx=\"9.2\" cy=\"8\" r=\"2.7\" fill=\"#b3401c\"/></svg>"
    )
}

fn paper(dark: bool) -> String {
    let [red, green, blue] = palette::paper(dark);
    format!("#{red:02x}{green:02x}{blue:02x}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_content_is_another_version() {
        let files = |digest: &str| vec![("guide/index.html".to_owned(), digest.to_owned())];
        let [a, b] = ["x", "y"].map(|digest| worker(&files(digest)));
        assert!(a.contains(r#"{"guide/":"x"}"#), "{a}");
        let version = |text: &str| text.lines().find(|line| line.contains("VERSION =")).map(str::to_owned);
        assert!(version(&a).is_some() && version(&a) != version(&b));
        assert!(!a.contains("{version}") && !a.contains("{files}"));
    }

    #[test]
    fn what_readers_open_is_kept() {
        for path in ["index.html", "404.html", "site-a1_bg.wasm", "fonts/a.woff2", "embed/a/b/index.html"] {
            assert!(is_kept(path), "{path}");
        }
        for path in ["sw.js", "_headers", "embed/a/b/card.png", "embed/a/b/oembed.json", "robots.txt"] {
            assert!(!is_kept(path), "{path}");
        }
    }
}
