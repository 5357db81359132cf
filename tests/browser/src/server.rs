//! A host for static files: the site at its root, the same site under [`SUB_PATH`], and other
//! people's programs under [`PACKAGES`]. The site is served as a host does that reads its `_headers`.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread;
use std::time::Duration;

/// Where the site stands a second time: a project page of a host, say.
pub const SUB_PATH: &str = "/deep/er/";

/// Where the packages of the npm registry stand that tests put around the site.
pub const PACKAGES: &str = "/packages/";

/// A page of somebody else, empty, for tests to fill.
pub const NOBODY: &str = "packages/nobody.html";

/// The same, of a host that is cross-origin isolated.
pub const ISOLATED: &str = "packages/isolated.html";

/// The folders that are served.
struct Folders {
    site: PathBuf,
    packages: Option<PathBuf>,
}

/// A host that runs.
pub struct Host {
    /// `http://127.0.0.1:<port>`.
    pub origin: String,
    down: Arc<AtomicBool>,
    slow: Arc<Slow>,
    packed: Arc<Packed>,
}

/// What comes late, as over a slow network.
#[derive(Default)]
struct Slow {
    fonts: AtomicBool,
    /// What follows this in a page.
    after: Mutex<Option<String>>,
}

impl Slow {
    /// Where a page that has the mark is cut in two.
    fn cut(&self, kind: &str, body: &[u8]) -> Option<usize> {
        let after = self.after.lock().ok()?;
        let mark = after.as_ref().filter(|_| kind.starts_with("text/html"))?;
        Some(std::str::from_utf8(body).ok()?.find(mark.as_str())? + mark.len())
    }
}

/// How late things come where they come late: when a page has been painted for long.
const LATE: Duration = Duration::from_millis(1500);

/// Files as they are sent to who takes brotli, once somebody has asked for that.
#[derive(Default)]
struct Packed {
    wanted: AtomicBool,
    files: Mutex<HashMap<PathBuf, Vec<u8>>>,
}

impl Packed {
    /// A file packed, if it becomes smaller by that.
    fn of(&self, file: &Path, headers: &str) -> Option<Vec<u8>> {
        let takes_brotli = headers
            .lines()
            .filter_map(|line| line.split_once(':'))
            .any(|(name, value)| name.eq_ignore_ascii_case("accept-encoding") && value.contains("br"));
        let smaller = !matches!(file.extension()?.to_str()?, "woff2" | "png");
        if !(takes_brotli && smaller && self.wanted.load(Ordering::Relaxed)) {
            return None;
        }
        let mut files = self.files.lock().ok()?;
        if !files.contains_key(file) {
            files.insert(file.to_owned(), brotli(&fs::read(file).ok()?).ok()?);
        }
        files.get(file).cloned()
    }
}

/// Bytes packed as well as brotli can.
///
/// # Errors
/// None that memory does not give.
pub fn brotli(bytes: &[u8]) -> std::io::Result<Vec<u8>> {
    let mut packed = brotli::CompressorWriter::new(Vec::new(), 4096, 11, 22);
    packed.write_all(bytes)?;
    Ok(packed.into_inner())
}

impl Host {
    /// From now on files are sent with brotli to who takes it, as hosts do. Tests do without: it
    /// takes time and changes nothing for them.
    pub fn pack(&self) {
        self.packed.wanted.store(true, Ordering::Relaxed);
    }

    /// Fonts come late from now on, as they do over a slow network.
    pub fn set_fonts_late(&self, late: bool) {
        self.slow.fonts.store(late, Ordering::Relaxed);
    }

    /// What follows a mark in a page comes late from now on.
    pub fn set_late_after(&self, mark: Option<&str>) {
        if let Ok(mut after) = self.slow.after.lock() {
            *after = mark.map(str::to_owned);
        }
    }

    /// While it is down, the host hangs up on everybody.
    pub fn set_down(&self, down: bool) {
        self.down.store(down, Ordering::Relaxed);
    }
}

/// Serves the site, and packages where there are any, on a free port until the program ends.
///
/// # Errors
/// If there is no free port.
pub fn start(site: PathBuf, packages: Option<PathBuf>) -> std::io::Result<Host> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let origin = format!("http://{}", listener.local_addr()?);
    let folders = Arc::new(Folders { site, packages });
    let (down, slow, packed) =
        (Arc::<AtomicBool>::default(), Arc::<Slow>::default(), Arc::<Packed>::default());
    let (hangs_up, packs, slows) = (Arc::clone(&down), Arc::clone(&packed), Arc::clone(&slow));
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let (folders, packed, slow) = (Arc::clone(&folders), Arc::clone(&packs), Arc::clone(&slows));
            let hangs_up = Arc::clone(&hangs_up);
            // A browser that goes away in the middle is no failure of the server.
            thread::spawn(move || answer(&folders, &packed, &slow, &hangs_up, stream).ok());
        }
    });
    Ok(Host { origin, down, slow, packed })
}

fn answer(
    folders: &Folders,
    packed: &Packed,
    slow: &Slow,
    hangs_up: &AtomicBool,
    mut stream: TcpStream,
) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let request = lines.next().unwrap_or_else(|| Ok(String::new()))?;
    // Browsers connect ahead, and ask when the host may be down already.
    if hangs_up.load(Ordering::Relaxed) {
        return Ok(());
    }
    let mut asked = String::new();
    while let Some(header) = lines.next().transpose()?.filter(|header| !header.is_empty()) {
        asked.push_str(&header);
        asked.push('\n');
    }
    let target = request.split(' ').nth(1).unwrap_or("/");
    let path = target.split(['?', '#']).next().unwrap_or("/");

    if path.ends_with(".woff2") && slow.fonts.load(Ordering::Relaxed) {
        thread::sleep(LATE);
    }
    let found = find(folders, path);
    let of_the_site = inner(path).map_or_else(Vec::new, |inner| of_the_site(&folders.site, inner));
    let mut headers = String::new();
    for (name, value) in of_the_site {
        let _ = write!(headers, "{name}: {value}\r\n");
    }
    let (status, kind, body) = match found {
        Found::File(file) => {
            let body = packed.of(&file, &asked);
            if body.is_some() {
                headers.push_str("Content-Encoding: br\r\n");
            }
            ("200 OK", media_type(&file), body.map_or_else(|| fs::read(&file), Ok)?)
        }
        Found::Folder(place) => {
            let _ = write!(headers, "Location: {place}\r\n");
            ("301 Moved Permanently", "text/plain", Vec::new())
        }
        Found::Nothing if path.ends_with(ISOLATED) => {
            headers.push_str(
                "Cross-Origin-Opener-Policy: same-origin\r\nCross-Origin-Embedder-Policy: require-corp\r\n",
            );
            ("200 OK", "text/html; charset=utf-8", Vec::new())
        }
        Found::Nothing if path.ends_with(NOBODY) => ("200 OK", "text/html; charset=utf-8", Vec::new()),
        // The site's own page for wrong addresses, as hosts answer with it.
        Found::Nothing => {
            let page = fs::read(folders.site.join("404.html")).unwrap_or_default();
            ("404 Not Found", "text/html; charset=utf-8", page)
        }
    };
    if !headers.contains("Cache-Control") {
        headers.push_str("Cache-Control: no-store\r\n");
    }
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n{headers}Connection: close\r\n\r\n",
        body.len()
    )?;
    let (first, rest) = body.split_at(slow.cut(kind, &body).unwrap_or(0));
    if !first.is_empty() {
        stream.write_all(first)?;
        stream.flush()?;
        thread::sleep(LATE);
    }
    stream.write_all(rest)
}

/// The path from the root of the site, of an address in it.
fn inner(path: &str) -> Option<&str> {
    if path.starts_with(PACKAGES) {
        None
    } else {
        path.strip_prefix(SUB_PATH).or_else(|| path.strip_prefix('/'))
    }
}

/// What `_headers` says of a path: `/*` and such lines, each followed by indented headers.
fn of_the_site(site: &Path, path: &str) -> Vec<(String, String)> {
    let text = fs::read_to_string(site.join("_headers")).unwrap_or_default();
    let mut matches = false;
    let mut found = Vec::new();
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        if let Some(pattern) = line.strip_prefix('/') {
            matches = pattern.strip_suffix('*').map_or(path == pattern, |start| path.starts_with(start));
        } else if let Some((name, value)) = line.trim().split_once(": ").filter(|_| matches) {
            found.push((name.to_owned(), value.to_owned()));
        }
    }
    found
}

enum Found {
    File(PathBuf),
    /// A folder asked for without its slash: where it is.
    Folder(String),
    Nothing,
}

fn find(folders: &Folders, path: &str) -> Found {
    let (folder, inner) = match path.strip_prefix(PACKAGES).zip(folders.packages.as_ref()) {
        Some((inner, packages)) => (packages, Some(inner)),
        None => (&folders.site, inner(path)),
    };
    let Some(inner) = inner.filter(|p| !p.split('/').any(|part| part == "..")) else { return Found::Nothing };
    let file = folder.join(inner);
    if !file.is_dir() {
        return if file.is_file() { Found::File(file) } else { Found::Nothing };
    }
    if path.ends_with('/') { Found::File(file.join("index.html")) } else { Found::Folder(format!("{path}/")) }
}

fn media_type(file: &Path) -> &'static str {
    match file.extension().and_then(|e| e.to_str()).unwrap_or("") {
        "html" => "text/html; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "wasm" => "application/wasm",
        "json" => "application/json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "woff2" => "font/woff2",
        "txt" | "md" => "text/plain; charset=utf-8",
        "xml" => "application/xml",
        "webmanifest" => "application/manifest+json",
        _ => "application/octet-stream",
    }
}
