//! `_headers`: what a host that reads this file (Cloudflare Pages, Netlify) says with each answer.
//!
//! The policy allows a page its own files and the inline scripts and styles that the build wrote into
//! it, each by its digest, and nothing else.

use std::collections::BTreeSet;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

use super::File;

/// Where the file stands, from the root of the site.
pub const PATH: &str = "_headers";

/// Files whose names change with their content, the program's: a browser keeps them for good.
const HASHED: &str = "/site-*";

/// What the policy says beside the digests. Who may show a page in a frame is not limited: that is
/// what the pages under `embed/` are for. Firefox takes a file that is saved out of a frame for a frame (`blob:`).
const POLICY: &str = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-src 'self' blob:; \
                      manifest-src 'self'; worker-src 'self'";

/// The text of the file for a site of these pages, at this address if it is known.
#[must_use]
pub fn headers(files: &[File], url: &str) -> String {
    let policy = policy(files, url);
    let mut out = format!(
        "# Written by the build, from the pages that it belongs to.\n/*\n  Content-Security-Policy: {policy}\n  \
         X-Content-Type-Options: nosniff\n  Referrer-Policy: strict-origin-when-cross-origin\n  \
         Access-Control-Allow-Origin: *\n  Cross-Origin-Resource-Policy: cross-origin\n  \
         Cross-Origin-Embedder-Policy: require-corp\n"
    );
    out.push_str(&format!("{HASHED}\n  Cache-Control: public, max-age=31536000, immutable\n"));
    out
}

/// The Content-Security-Policy that all pages live under. In a frame without an origin of its own Safari takes
/// nothing for `'self'`: so the site's origin is named beside it, where the build knows it.
#[must_use]
pub fn policy(files: &[File], url: &str) -> String {
    let mut allowed = [("script", BTreeSet::new()), ("style", BTreeSet::new())];
    for page in files.iter().filter(|file| file.path.ends_with(".html")) {
        for (element, digests) in &mut allowed {
            digests.extend(inline(&page.text, element).into_iter().map(digest));
        }
    }
    let list = |digests: &BTreeSet<String>| -> String {
        digests.iter().map(|digest| format!(" 'sha256-{digest}'")).collect()
    };
    let [(_, scripts), (_, styles)] = &allowed;
    let own = origin(url).map_or("'self'".to_owned(), |origin| format!("'self' {origin}"));
    format!(
        "{POLICY}; connect-src {own}; font-src {own} data:; img-src {own} data: blob:; \
         script-src {own} 'wasm-unsafe-eval'{}; style-src {own}{}",
        list(scripts),
        list(styles)
    )
}

/// Scheme and host of an address.
fn origin(url: &str) -> Option<&str> {
    let host = url.find("://")? + 3;
    Some(&url[..url[host..].find('/').map_or(url.len(), |path| host + path)])
}

/// Base64 of the SHA-256 of a text.
#[must_use]
pub fn digest(text: impl AsRef<[u8]>) -> String {
    STANDARD.encode(Sha256::digest(text))
}

/// A short name for a text, of letters and digits: another text has another.
#[must_use]
pub fn name(text: &str) -> String {
    digest(text).chars().filter(char::is_ascii_alphanumeric).take(12).collect()
}

/// What stands inside the elements of this name that have their text with them.
fn inline<'a>(page: &'a str, element: &str) -> Vec<&'a str> {
    let (start, end) = (format!("<{element}"), format!("</{element}>"));
    let inside = |rest: &'a str| {
        let (tag, text) = rest.split_once('>')?;
        let own = (tag.is_empty() || tag.starts_with(' ')) && !tag.contains(" src=");
        own.then(|| Some(text.split_once(&*end)?.0)).flatten()
    };
    page.split(&*start).skip(1).filter_map(inside).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(text: &str) -> File {
        File { path: "a/index.html".to_owned(), text: text.to_owned() }
    }

    #[test]
    fn what_is_inline_is_allowed_by_its_digest_and_nothing_else() {
        let pages = [page(
            "<style>\na{}</style><script type=\"module\" src=\"a.js\"></script><script>\nalert('Hello, world.');</script>\
             <scripture>b</scripture>",
        )];
        let policy = policy(&pages, "");
        // printf "\nalert('Hello, world.');" | openssl dgst -sha256 -binary | base64
        assert!(
            policy.contains(
                "script-src 'self' 'wasm-unsafe-eval' 'sha256-DT1gYH4Wzekkb2Qfap7W8YdldPyiIaOFtX5SCHmHh8s='; "
            ),
            "{policy}"
        );
        assert!(
            policy.ends_with("style-src 'self' 'sha256-Wos276ClB3DtmPV7ggY3FkrD5vJJA1QcT7vVWXT1dNk='"),
            "{policy}"
        );
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"));
    }

    #[test]
    fn the_origin_stands_beside_self_where_it_is_known() {
        let policy = policy(&[page("<script>a</script>")], "https://example.org/t/");
        for directive in ["connect-src", "script-src", "img-src", "style-src"] {
            assert!(policy.contains(&format!("{directive} 'self' https://example.org")), "{policy}");
        }
        assert!(!policy.contains("example.org/t"), "{policy}");
    }

    #[test]
    fn the_same_script_on_many_pages_is_named_once() {
        let pages = [page("<script>a</script>"), page("<script>a</script><script>b</script>")];
        assert_eq!(policy(&pages, "").matches("sha256-").count(), 2);
    }

    #[test]
    fn hashed_files_are_kept_for_good_and_pages_are_not() {
        let text = headers(&[page("<p></p>")], "");
        let (all, hashed) = text.split_once("/site-*\n").unwrap();
        assert!(!all.contains("Cache-Control") && hashed.contains("immutable"), "{text}");
        assert!(text.lines().all(|line| line.len() < 2000), "Cloudflare takes no longer line");
    }
}
