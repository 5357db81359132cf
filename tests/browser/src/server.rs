//! A host for static files: the site at its root, the same site under [`SUB_PATH`], and other
//! people's programs under [`PACKAGES`].

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::thread;

/// Where the site stands a second time: a project page of a host, say.
pub const SUB_PATH: &str = "/deep/er/";

/// Where the packages of the npm registry stand that tests put around the site.
pub const PACKAGES: &str = "/packages/";

/// The folders that are served.
struct Folders {
    site: PathBuf,
    packages: Option<PathBuf>,
}

/// Serves the site, and packages where there are any, on a free port until the program ends; the
/// answer is `http://127.0.0.1:<port>`.
///
/// # Errors
/// If there is no free port.
pub fn start(site: PathBuf, packages: Option<PathBuf>) -> std::io::Result<String> {
    let listener = TcpListener::bind(("127.0.0.1", 0))?;
    let origin = format!("http://{}", listener.local_addr()?);
    let folders = Arc::new(Folders { site, packages });
    thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            let folders = Arc::clone(&folders);
            // A browser that goes away in the middle is no failure of the server.
            thread::spawn(move || answer(&folders, stream).ok());
        }
    });
    Ok(origin)
}

fn answer(folders: &Folders, mut stream: TcpStream) -> std::io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?).lines();
    let request = lines.next().unwrap_or_else(|| Ok(String::new()))?;
    while lines.next().transpose()?.is_some_and(|header| !header.is_empty()) {}
    let target = request.split(' ').nth(1).unwrap_or("/");
    let path = target.split(['?', '#']).next().unwrap_or("/");

    let (status, kind, body, place) = match find(folders, path) {
        Found::File(file) => match fs::read(&file) {
            Ok(body) => ("200 OK", media_type(&file), body, None),
            Err(_) => ("404 Not Found", "text/plain", b"Not found".to_vec(), None),
        },
        Found::Folder(place) => ("301 Moved Permanently", "text/plain", Vec::new(), Some(place)),
        Found::Nothing => ("404 Not Found", "text/plain", b"Not found".to_vec(), None),
    };
    let place = place.map_or_else(String::new, |place| format!("Location: {place}\r\n"));
    write!(
        stream,
        "HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {}\r\n{place}\
         Access-Control-Allow-Origin: *\r\nCache-Control: no-store\r\nConnection: close\r\n\r\n",
        body.len()
    )?;
    stream.write_all(&body)
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
        None => (&folders.site, path.strip_prefix(SUB_PATH).or_else(|| path.strip_prefix('/'))),
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
        _ => "application/octet-stream",
    }
}
