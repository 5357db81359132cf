//! Tells the native build what each topic's runs depend on: a digest of the sources that compute
//! them. Runs that articles name are kept between builds for as long as it stays the same.

use std::env;
use std::fs;
use std::hash::{DefaultHasher, Hasher as _};
use std::io;
use std::path::{Path, PathBuf};

/// What every run depends on.
const COMMON: [&str; 4] = ["Cargo.lock", "src/numerics", "src/parsing", "src/models"];

/// What a simulation is built from in the lab: how it is drawn, said and looked up changes no reading.
/// A test holds this against what topics use.
const LAB: [&str; 8] = [
    "figure/charts.rs",
    "figure/mod.rs",
    "figure/series.rs",
    "mod.rs",
    "run/runner.rs",
    "run/speed.rs",
    "schema",
    "simulation.rs",
];

const TOPICS: &str = "src/topics";

fn main() -> io::Result<()> {
    println!("cargo::rerun-if-changed=build.rs");
    // Runs are made natively; the page's programs have no use for it.
    if env::var("CARGO_CFG_TARGET_ARCH").as_deref() == Ok("wasm32") {
        return Ok(());
    }
    let mut digests = Vec::new();
    for folder in fs::read_dir(TOPICS)? {
        let folder = folder?.path();
        if !folder.is_dir() {
            continue;
        }
        let mut digest = DefaultHasher::new();
        let lab = LAB.iter().map(|name| PathBuf::from(format!("src/lab/{name}")));
        for root in COMMON.iter().map(PathBuf::from).chain(lab).chain([folder.clone()]) {
            for file in sources(&root)? {
                println!("cargo::rerun-if-changed={}", file.display());
                digest.write(file.to_string_lossy().as_bytes());
                digest.write(&fs::read(&file)?);
            }
        }
        let slug = folder.file_name().unwrap_or_default().to_string_lossy().into_owned();
        digests.push(format!("{slug}={:016x}", digest.finish()));
    }
    digests.sort();
    println!("cargo::rustc-env=TINKERABLE_SOURCES={}", digests.join(" "));
    Ok(())
}

/// The Rust files below a folder, or the file itself, in a fixed order.
fn sources(root: &Path) -> io::Result<Vec<PathBuf>> {
    if root.is_file() {
        return Ok(vec![root.to_owned()]);
    }
    let mut found = Vec::new();
    for entry in fs::read_dir(root)? {
        let path = entry?.path();
        if path.is_dir() {
            found.extend(sources(&path)?);
        } else if path.extension().is_some_and(|e| e == "rs") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}
