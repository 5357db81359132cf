//! The site: Trunk compiles the page to WebAssembly, then its hook comes back to [`draw`].

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::thread;

use crate::Outcome;
use crate::shell::{announce, command, files, locate, root, run};
use crate::tools;

/// How the command line is compiled for drawing: as for the tests, so that one build serves both.
pub const NATIVE: [&str; 6] = ["--profile", "test", "--features", "site", "--bin", "tinkerable"];

/// What wasm-opt does to the WebAssembly of a release.
const SMALLEST: [&str; 4] = ["-Oz", "--converge", "--strip-debug", "--strip-producers"];

/// Writes the site for release into `dist/`.
pub fn build(for_trunk: &[&str]) -> Outcome {
    tools::prepare()?;
    announce("Building the site (the first time 3 to 6 minutes on two cores, then about one)");
    run(
        command("trunk").args(["build", "--release"]).args(for_trunk).env_remove("NO_COLOR"),
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

/// Trunk's hook: in the folder where the site is put together, shrinks the WebAssembly of a release
/// and has the command line draw every page.
pub fn draw() -> Outcome {
    let staging = env::var_os("TRUNK_STAGING_DIR").map(PathBuf::from).ok_or_else(|| {
        "This chore is for Trunk, which says where the pages go: call cargo xtask build.".to_owned()
    })?;
    let release = env::var("TRUNK_PROFILE").as_deref() == Ok("release");
    if release {
        shrink(&staging)?;
    }
    // While the site is worked on, a browser that keeps it would show what was.
    let offline: &[&str] = if release { &["--offline"] } else { &[] };
    run(
        command("cargo").args(["run", "--quiet"]).args(NATIVE).args(["--", "site"]).args(offline),
        "The pages could not be drawn; what is wrong stands above.",
    )
}

/// Runs wasm-opt over the WebAssembly in a folder, if there is a wasm-opt.
fn shrink(folder: &Path) -> Outcome {
    if locate("wasm-opt").is_none() {
        return Ok(());
    }
    let programs = files(folder).into_iter().filter(|f| f.extension().is_some_and(|e| e == "wasm"));
    let queue = Mutex::new(programs.collect::<Vec<_>>());
    let next = || queue.lock().ok()?.pop();
    let work = || {
        while let Some(file) = next() {
            shrink_one(&file)?;
        }
        Ok(())
    };
    // npm's wasm-opt works on one core only.
    let cores = thread::available_parallelism().map_or(1, usize::from);
    thread::scope(|scope| {
        let workers: Vec<_> = (0..cores).map(|_| scope.spawn(work)).collect();
        let mut done = workers.into_iter().map(thread::ScopedJoinHandle::join);
        done.try_for_each(|end| end.unwrap_or_else(|_| Err("wasm-opt could not be run.".to_owned())))
    })
}

fn shrink_one(file: &Path) -> Outcome {
    let smaller = file.with_extension("opt");
    run(
        command("wasm-opt").args(SMALLEST).arg(file).arg("--output").arg(&smaller),
        "wasm-opt does not take the WebAssembly; it wants version 116 or newer.",
    )?;
    fs::rename(&smaller, file).map_err(|error| format!("{}: {error}.", file.display()))
}

/// "12 pages, 0.9 MB in 24 files".
fn weigh(folder: &Path) -> String {
    let all = files(folder);
    let bytes: u64 = all.iter().filter_map(|file| fs::metadata(file).ok()).map(|meta| meta.len()).sum();
    let pages = all.iter().filter(|file| file.extension().is_some_and(|e| e == "html")).count();
    format!("{pages} pages, {:.1} MB in {} files", bytes as f64 / 1e6, all.len())
}
