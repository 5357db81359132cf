//! The tools beside Rust: found where their version is right, fetched where not.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use crate::Outcome;
use crate::shell::{announce, answer, command, locate, root, run, tools};

/// The last Trunk that builds with Rust 1.95.
const TRUNK: &str = "0.21.14";
/// wasm-opt comes with npm's binaryen.
const BINARYEN: &str = "132.0.0";

/// What the browser tests put around the site, and what reads its types: npm packages, pinned. Decks are of two
/// versions; the frameworks are those that the guide to embeds has examples for.
const FOR_TESTS: [(&str, &str); 8] = [
    ("reveal.js", "6.0.1"),
    ("reveal5", "npm:reveal.js@5.2.1"),
    ("axe-core", "4.14.1"),
    ("typescript", "7.0.2"),
    ("react", "19.3.1"),
    ("react-dom", "19.3.1"),
    ("vue", "3.5.45"),
    ("svelte", "5.57.3"),
];

/// Programs that read what the site writes, from PyPI.
const FOR_READING: [&str; 4] =
    ["pandas==3.1.1", "CairoSVG==2.9.1", "pypandoc_binary==1.17", "python-pptx==1.0.2"];

/// How long they may take to come.
const PATIENCE: Duration = Duration::from_secs(60);

/// What judges the pages. The last that runs with Node.js 20.
const FOR_MEASURING: [(&str, &str); 1] = [("lighthouse", "12.8.2")];

/// Sees to everything that building the site needs. The second time it takes no time.
pub fn prepare() -> Outcome {
    target_wasm32()?;
    let bindgen = wasm_bindgen_version()?;
    cargo_tool("wasm-bindgen-cli", "wasm-bindgen", &bindgen, &LIGHTLY, "2 to 3 minutes")?;
    cargo_tool("trunk", "trunk", TRUNK, &HARDLY, "3 to 5 minutes")?;
    binaryen();
    Ok(())
}

/// The WebAssembly target of the Rust compiler.
pub fn target_wasm32() -> Outcome {
    const TARGET: &str = "wasm32-unknown-unknown";
    let installed = answer(command("rustc").args(["--print", "target-libdir", "--target", TARGET]))
        .is_some_and(|folder| fs::exists(folder).unwrap_or(false));
    if installed {
        return Ok(());
    }
    announce("Adding the WebAssembly target to the Rust toolchain (20 MB, seconds)");
    run(
        command("rustup").args(["target", "add", TARGET]),
        "The target wasm32-unknown-unknown is missing, and rustup could not add it. Is there a network? \
         Without rustup, install your distribution's package for this target.",
    )
}

/// The version of wasm-bindgen that the page is compiled with: the tool must be the same.
fn wasm_bindgen_version() -> Outcome<String> {
    let lock = fs::read_to_string(root().join("Cargo.lock"))
        .map_err(|e| format!("Cargo.lock is not readable: {e}."))?;
    lock.split("[[package]]")
        .find(|package| package.contains("name = \"wasm-bindgen\"\n"))
        .and_then(|package| package.split("version = \"").nth(1)?.split('"').next())
        .map(str::to_owned)
        .ok_or_else(|| "Cargo.lock names no wasm-bindgen.".to_owned())
}

/// Whether this very version of a tool is there, and whether any version is.
fn look(program: &str, version: &str) -> (bool, bool) {
    let found = locate(program).and_then(|_| answer(command(program).arg("--version")));
    (found.as_deref() == Some(&format!("{program} {version}")), found.is_some())
}

/// How a tool is built that works through a program of some megabytes.
const LIGHTLY: [&str; 2] = ["--config", "profile.release.opt-level=1"];

/// How one is built that waits for others most of its life, and itself only takes digests: in half of the time.
const HARDLY: [&str; 5] = [
    "--locked",
    "--config",
    "profile.release.opt-level=0",
    "--config",
    "profile.release.package.sha2.opt-level=3",
];

/// Fetches a tool from crates.io unless this very version is there.
fn cargo_tool(package: &str, program: &str, version: &str, how: &[&str], time: &str) -> Outcome {
    let (right, another) = look(program, version);
    if right {
        return Ok(());
    }
    // Another version may be what another project needs: ours then goes into the target folder.
    let own = if another { vec!["--root".into(), tools().into_os_string()] } else { Vec::new() };
    let wanted = format!("{package}@{version}");

    if locate("cargo-binstall").is_some() {
        announce(&format!("Fetching {program} {version}, already built"));
        let fetched = run(
            command("cargo")
                .args(["binstall", "--no-confirm", "--disable-strategies", "compile", &wanted])
                .args(&own),
            "",
        );
        if fetched.is_ok() && look(program, version).0 {
            return Ok(());
        }
    }

    announce(&format!("Building {program} {version} from crates.io (once; {time} on two cores)"));
    let build = tools().join("build");
    let mut install = command("cargo");
    install
        // What they would fetch for themselves is here: they need no TLS, which is half of what there is to compile.
        .args(["install", "--quiet", "--no-default-features", &wanted])
        .args(how)
        .args(&own)
        .env("CARGO_TARGET_DIR", &build)
        .env("CARGO_PROFILE_RELEASE_LTO", "false")
        .env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16")
        .env("CARGO_PROFILE_RELEASE_STRIP", "true");
    run(
        &mut install,
        &format!(
            "{program} {version} could not be built. If crates.io cannot be reached, put that version of \
             {program} on your PATH and try again."
        ),
    )?;
    // A gigabyte that nothing needs any more; that it stays would be no failure.
    let _ = fs::remove_dir_all(&build);
    if look(program, version).0 {
        return Ok(());
    }
    Err(format!(
        "{program} {version} was installed, but the one that is found is another: is cargo's bin folder on \
         your PATH?"
    ))
}

/// wasm-opt, where it can be had; the site works without.
fn binaryen() {
    if locate("wasm-opt").is_some() {
        return;
    }
    let larger = "so the WebAssembly will be about a tenth larger; all else is the same.";
    if locate("npm").is_none() {
        println!("There is neither wasm-opt nor npm to fetch it with, {larger}");
        return;
    }
    announce(&format!("Fetching wasm-opt (npm's binaryen {BINARYEN}, 30 MB, seconds)"));
    let fetched = npm(&tools(), &[format!("binaryen@{BINARYEN}")]);
    if fetched.is_err() || locate("wasm-opt").is_none() {
        println!("npm could not fetch wasm-opt, {larger}");
    }
}

/// Installs packages from the npm registry below a folder.
fn npm(folder: &Path, packages: &[String]) -> Outcome {
    run(
        command("npm")
            .args(["install", "--silent", "--no-audit", "--no-fund", "--no-save", "--prefix"])
            .arg(folder)
            .args(packages),
        "",
    )
}

/// The folder with the npm packages that the browser tests use.
pub fn packages_for_tests() -> Outcome<PathBuf> {
    packages("tests", &FOR_TESTS, "The browser tests need")
}

/// A Python that has the readers of the site's files, in an environment of its own; none where there is no
/// Python or no network, whose tests are skipped by name then.
pub fn readers() -> Option<PathBuf> {
    // Somebody's own, who has said so.
    if env::var_os("TINKERABLE_PYTHON").is_some() {
        return None;
    }
    let folder = tools().join("readers");
    let (python, list) = (python_of(&folder), folder.join("packages.txt"));
    let wanted = FOR_READING.join("\n");
    if fs::read_to_string(&list).is_ok_and(|there| there == wanted) {
        return Some(python);
    }
    announce(
        "Fetching pandas, CairoSVG, pandoc and python-pptx for the readers' tests (pip, 400 MB, half a minute)",
    );
    answer(command("python3").args(["-m", "venv"]).arg(&folder))?;
    let mut pip = command(&python.to_string_lossy());
    pip.args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
        "--timeout",
        "5",
        "--retries",
        "0",
    ]);
    pip.args(["--only-binary", ":all:"]).args(FOR_READING);
    if within(&mut pip, PATIENCE) {
        fs::write(list, wanted).ok()?;
        return Some(python);
    }
    println!("They could not be fetched: the tests that need them are skipped.");
    None
}

/// The Python of an environment in this folder.
pub fn python_of(folder: &Path) -> PathBuf {
    folder.join(if cfg!(windows) { "Scripts" } else { "bin" }).join("python")
}

/// Whether a command ends well in time; it is ended where it does not.
fn within(command: &mut Command, time: Duration) -> bool {
    let begun = Instant::now();
    let Ok(mut child) = command.stdin(Stdio::null()).spawn() else { return false };
    while begun.elapsed() < time {
        match child.try_wait() {
            Ok(Some(status)) => return status.success(),
            Ok(None) => thread::sleep(Duration::from_millis(100)),
            Err(_) => break,
        }
    }
    let _ = child.kill();
    let _ = child.wait();
    false
}

/// Lighthouse, for the measurements.
pub fn lighthouse() -> Outcome<PathBuf> {
    let modules = packages("measure", &FOR_MEASURING, "The measurements need")?;
    Ok(modules.join("lighthouse").join("cli").join("index.js"))
}

/// npm packages in a folder of their own: npm takes away what it was not asked for.
fn packages(folder: &str, wanted: &[(&str, &str)], who: &str) -> Outcome<PathBuf> {
    let folder = tools().join(folder);
    let modules = folder.join("node_modules");
    let has = |(name, version): &(&str, &str)| {
        let described = fs::read_to_string(modules.join(name).join("package.json"));
        // One that goes by another name is named with its own: npm:name@version.
        let version = version.rsplit('@').next().unwrap_or(version);
        described.is_ok_and(|text| text.contains(&format!("\"version\": \"{version}\"")))
    };
    if wanted.iter().all(has) {
        return Ok(modules);
    }
    let names: Vec<String> = wanted.iter().map(|(name, version)| format!("{name}@{version}")).collect();
    let needed = format!("{who} {} from the npm registry", names.join(" and "));
    if locate("npm").is_none() {
        return Err(format!("{needed}, and there is no npm: install Node.js (https://nodejs.org)."));
    }
    announce(&format!("Fetching {} (npm, seconds)", names.join(" and ")));
    fs::create_dir_all(&folder).map_err(|e| format!("{}: {e}.", folder.display()))?;
    npm(&folder, &names)
        .map_err(|_| format!("{needed}, and npm could not fetch them. Is there a network?"))?;
    Ok(modules)
}
