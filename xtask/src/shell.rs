//! Running other programs, and saying so.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use crate::Outcome;

/// The project's top folder.
pub fn root() -> PathBuf {
    // Cargo says so when it runs a program; two checkouts may share one target folder.
    let own = env::var("CARGO_MANIFEST_DIR").unwrap_or_else(|_| env!("CARGO_MANIFEST_DIR").to_owned());
    Path::new(&own).parent().expect("xtask lies in the project").to_owned()
}

/// Cargo's target folder.
pub fn target() -> PathBuf {
    let chosen = env::var_os("CARGO_TARGET_DIR").map_or_else(|| PathBuf::from("target"), PathBuf::from);
    root().join(chosen)
}

/// Where this project keeps tools that it may not install for the whole machine.
pub fn tools() -> PathBuf {
    target().join("tools")
}

/// Says what begins, and how long it takes where that is worth knowing.
pub fn announce(what: &str) {
    println!("\x1b[1m{what}\x1b[0m");
}

/// A command in the project's top folder that finds this project's own tools first.
pub fn command(program: &str) -> Command {
    let mut command = Command::new(locate(program).unwrap_or_else(|| PathBuf::from(program)));
    command.current_dir(root()).env("PATH", path());
    // What a person reads are sentences; Trunk would add a page of addresses to them.
    command.env("RUST_BACKTRACE", "0");
    // Set by the `cargo run` that started xtask; they would leak into what other packages compile.
    for name in ["CARGO_MANIFEST_DIR", "CARGO_PKG_NAME", "CARGO_PKG_VERSION", "CARGO_MANIFEST_PATH"] {
        command.env_remove(name);
    }
    command
}

/// PATH, with this project's own tools in front.
pub fn path() -> OsString {
    let own = [tools().join("bin"), tools().join("node_modules").join(".bin")];
    let theirs = env::var_os("PATH").unwrap_or_default();
    env::join_paths(own.into_iter().chain(env::split_paths(&theirs))).unwrap_or(theirs)
}

/// The full name of a program, if it can be found.
pub fn locate(program: &str) -> Option<PathBuf> {
    let endings: &[&str] = if cfg!(windows) { &["exe", "cmd", "bat"] } else { &[""] };
    env::split_paths(&path())
        .flat_map(|folder| {
            endings.iter().map(move |ending| {
                let file = folder.join(program);
                if ending.is_empty() { file } else { file.with_extension(ending) }
            })
        })
        .find(|file| file.is_file())
}

/// Runs a command to its end; `otherwise` is the sentence for when it fails.
pub fn run(command: &mut Command, otherwise: &str) -> Outcome {
    match command.status() {
        Ok(status) if status.success() => Ok(()),
        Ok(_) => Err(otherwise.to_owned()),
        Err(error) => {
            Err(format!("{otherwise} ({} did not start: {error}.)", command.get_program().to_string_lossy()))
        }
    }
}

/// Standard output of a command that succeeds, or nothing.
pub fn answer(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).stderr(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Every file below a folder.
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = fs::read_dir(folder) else { return Vec::new() };
    let (folders, mut found): (Vec<PathBuf>, Vec<PathBuf>) =
        entries.flatten().map(|entry| entry.path()).partition(|path| path.is_dir());
    found.extend(folders.iter().flat_map(|inner| files(inner)));
    found
}
