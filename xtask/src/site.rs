//! The site: Trunk compiles the page to WebAssembly, then its hook comes back to [`draw`].

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use crate::Outcome;
use crate::pieces;
use crate::shell::{announce, command, files, root, run};
use crate::tools;

/// How the command line is compiled for drawing: as for the tests, so that one build serves both.
pub const NATIVE: [&str; 6] = ["--profile", "test", "--features", "site", "--bin", "tinkerable"];

/// Writes the site for release into `dist/`.
pub fn build(for_trunk: &[&str]) -> Outcome {
    tools::prepare()?;
    announce("Building the site (the first time 4 to 8 minutes on two cores, then about one)");
    run(
        command("trunk")
            .args(["build", "--release"])
            .args(pieces::FEATURE)
            .args(for_trunk)
            .env_remove("NO_COLOR")
            .env(pieces::LINKED.0, pieces::LINKED.1),
        "The site could not be built; what is wrong stands above.",
    )?;
    let dist = root().join("dist");
    println!("The site is in {}: {}.", dist.display(), weigh(&dist));
    Ok(())
}

/// Serves the site and builds it again on every change.
pub fn serve(for_trunk: &[&str]) -> Outcome {
    tools::prepare()?;
    announce("Building and serving the site (the first time 2 to 4 minutes on two cores, then seconds)");
    run(
        command("trunk").arg("serve").args(for_trunk).env_remove("NO_COLOR"),
        "The site is no longer served; if that was not your wish, the reason stands above.",
    )
}

/// Trunk's hook: in the folder where the site is put together, cuts and shrinks the WebAssembly of a
/// release and has the command line draw every page.
pub fn draw() -> Outcome {
    let staging = env::var_os("TRUNK_STAGING_DIR").map(PathBuf::from).ok_or_else(|| {
        "This chore is for Trunk, which says where the pages go: call cargo xtask build.".to_owned()
    })?;
    let release = env::var("TRUNK_PROFILE").as_deref() == Ok("release");
    if pieces::is_marked() {
        pieces::cut(&staging)?;
    }
    // While the site is worked on, a browser that keeps it would show what was.
    let offline: &[&str] = if release { &["--offline"] } else { &[] };
    run(
        command("cargo").args(["run", "--quiet"]).args(NATIVE).args(["--", "site"]).args(offline),
        "The pages could not be drawn; what is wrong stands above.",
    )
}

/// "12 pages, 0.9 MB in 24 files".
fn weigh(folder: &Path) -> String {
    let all = files(folder);
    let bytes: u64 = all.iter().filter_map(|file| fs::metadata(file).ok()).map(|meta| meta.len()).sum();
    let pages = all.iter().filter(|file| file.extension().is_some_and(|e| e == "html")).count();
    format!("{pages} pages, {:.1} MB in {} files", bytes as f64 / 1e6, all.len())
}
