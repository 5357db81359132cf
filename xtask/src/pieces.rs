//! The program of a release, cut into pieces: main, which every page loads, one for each topic, and
//! those that come when they are asked for.
//!
//! All come from one link, so they fit each other or are not there; each is named after its content,
//! and the names of the others stand in main's script.

use std::collections::BTreeMap;
use std::env;
use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::thread;

use wasm_split_cli_support::{Options, transform};

use crate::Outcome;
use crate::imports::shortened;
use crate::shell::{command, locate, root, run, target};
use crate::topic;
use crate::wire::wired;

/// What the linker must leave in the program, so that it can be cut.
pub const LINKED: (&str, &str) =
    ("CARGO_TARGET_WASM32_UNKNOWN_UNKNOWN_RUSTFLAGS", "-Clink-arg=--emit-relocs");

/// The cargo feature that marks where.
pub const FEATURE: [&str; 2] = ["--features", "split"];

/// Whether what Trunk has built can be cut.
pub fn is_marked() -> bool {
    env::var(LINKED.0).is_ok_and(|flags| flags.contains(LINKED.1))
}

/// What wasm-opt does to the WebAssembly of a release.
const SMALLEST: [&str; 3] = ["-Oz", "--strip-debug", "--strip-producers"];

/// Features that the compiler uses and every browser has: of what was cut, the tools find no list.
const FEATURES: [&str; 9] = [
    "--enable-bulk-memory",
    "--enable-bulk-memory-opt",
    "--enable-call-indirect-overlong",
    "--enable-multivalue",
    "--enable-mutable-globals",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-sign-ext",
    "--enable-simd",
];

/// What comes together imports the one memory several times, until that is set right.
const SEVERAL_MEMORIES: &str = "--enable-multimemory";

/// What main imports the loaders from.
const LOADERS: &str = "./__wasm_split.js";

/// In the folder where the site is put together, main and pieces take the place of the whole program
/// that Trunk put there.
pub fn cut(staging: &Path) -> Outcome {
    let linked = target().join("wasm32-unknown-unknown/release/site.wasm");
    let work = target().join("pieces");
    // What an earlier build left must not get into this one.
    let _ = fs::remove_dir_all(&work);
    let program = read(&linked)?;
    let mut options = Options::new(&program);
    let main = work.join("main.wasm");
    (options.output_dir, options.main_out_path, options.link_name) = (&work, &main, LOADERS);
    let cut = transform(options).map_err(|error| format!("The program could not be cut: {error:#}."))?;
    run(
        command("wasm-bindgen")
            .args(["--target", "web", "--no-typescript", "--keep-lld-exports", "--out-name", "site"])
            .arg("--out-dir")
            .arg(&work)
            .arg(&main),
        "wasm-bindgen does not take the program.",
    )?;
    let bound = work.join("site_bg.wasm");
    // Files by piece, in the order of their names.
    let mut pieces: BTreeMap<String, Vec<String>> = cut.prefetch_map.into_iter().collect();
    let mut files = gather(&work, &mut pieces)?;
    // The largest first, which another core then need not wait for: the list is taken from its end.
    files.push(bound);
    shrink(files)?;
    place(staging, &work, pieces)
}

fn read(file: &Path) -> Outcome<Vec<u8>> {
    fs::read(file).map_err(|error| format!("{}: {error}.", file.display()))
}

fn write(file: &Path, content: impl AsRef<[u8]>) -> Outcome {
    fs::write(file, content).map_err(|error| format!("{}: {error}.", file.display()))
}

/// What several pieces need is cut into a file for each combination of them. If there is a tool for it,
/// each of those pieces takes a copy of it in: it is little, and all of it constant, so that it does no
/// harm where two pieces that have come bring the same. Main, which every page loads, stays without.
/// Answers with the files that are left.
fn gather(work: &Path, pieces: &mut BTreeMap<String, Vec<String>>) -> Outcome<Vec<PathBuf>> {
    if ["wasm-merge", "wasm-dis", "wasm-as"].iter().all(|tool| locate(tool).is_some()) {
        for files in pieces.values_mut() {
            let Some((piece, shared)) = files.split_last().filter(|(_, shared)| !shared.is_empty()) else {
                continue;
            };
            let (file, whole) = (work.join(format!("{piece}.wasm")), work.join("whole.wasm"));
            let mut merge = command("wasm-merge");
            for name in [piece].into_iter().chain(shared) {
                merge.arg(work.join(format!("{name}.wasm"))).arg(name);
            }
            let wrong = "binaryen does not take the pieces; it wants version 116 or newer.";
            run(merge.args(FEATURES).arg(SEVERAL_MEMORIES).args(["-g", "--output"]).arg(&whole), wrong)?;
            let text = work.join("whole.wat");
            run(
                command("wasm-dis")
                    .args(FEATURES)
                    .arg(SEVERAL_MEMORIES)
                    .arg(&whole)
                    .arg("--output")
                    .arg(&text),
                wrong,
            )?;
            write(&text, wired(&String::from_utf8_lossy(&read(&text)?)))?;
            run(command("wasm-as").args(FEATURES).arg(&text).arg("--output").arg(&file), wrong)?;
            *files = vec![piece.clone()];
        }
    }
    let mut left: Vec<&String> = pieces.values().flatten().collect();
    left.sort();
    left.dedup();
    Ok(left.into_iter().map(|file| work.join(format!("{file}.wasm"))).collect())
}

/// Runs wasm-opt over WebAssembly, if there is a wasm-opt.
pub fn shrink(files: Vec<PathBuf>) -> Outcome {
    if locate("wasm-opt").is_none() {
        return Ok(());
    }
    let queue = Mutex::new(files);
    let next = || queue.lock().ok()?.pop();
    let work = || {
        while let Some(file) = next() {
            let smaller = file.with_extension("opt");
            run(
                command("wasm-opt").args(SMALLEST).args(FEATURES).arg(&file).arg("--output").arg(&smaller),
                "wasm-opt does not take the WebAssembly; it wants version 116 or newer.",
            )?;
            fs::rename(&smaller, &file).map_err(|error| format!("{}: {error}.", file.display()))?;
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

/// Puts main and pieces into the site, each named after its content, and tells Trunk's page the names.
fn place(staging: &Path, work: &Path, mut pieces: BTreeMap<String, Vec<String>>) -> Outcome {
    let topics: Vec<String> = topic::slugs(&root());
    let mut named: BTreeMap<String, String> = BTreeMap::new();
    for file in pieces.values_mut().flatten() {
        if !named.contains_key(file) {
            let content = read(&work.join(format!("{file}.wasm")))?;
            let piece = file.strip_prefix("split_").unwrap_or(file).replace('_', "-");
            let kind = if topics.contains(&piece) { "topic-" } else { "" };
            let name = format!("site-{kind}{piece}-{}.wasm", digest([&content]));
            write(&staging.join(&name), content)?;
            named.insert(file.clone(), name);
        }
        file.clone_from(&named[file]);
    }
    let script = String::from_utf8_lossy(&read(&work.join("site.js"))?).into_owned();
    let (script, main) = shortened(&with_loaders(&script, &pieces)?, &read(&work.join("site_bg.wasm"))?)?;
    let own = format!("site-{}", digest([script.as_bytes(), &main]));

    let index = staging.join("index.html");
    let page = String::from_utf8_lossy(&read(&index)?).into_owned();
    let (_, before) = page.split_once("./site-").ok_or("Trunk's page loads no program site.")?;
    let whole = format!("site-{}", before.split(['.', '_', '"', '\'']).next().unwrap_or_default());
    for end in [".js", "_bg.wasm"] {
        let _ = fs::remove_file(staging.join(format!("{whole}{end}")));
    }
    write(&staging.join(format!("{own}.js")), script.replace("site_bg.wasm", &format!("{own}_bg.wasm")))?;
    write(&staging.join(format!("{own}_bg.wasm")), main)?;
    let links: String = named.values().map(|name| NAMED.replace("{file}", name)).collect();
    let page = page.replace(&whole, &own).replacen("</head>", &format!("{links}</head>"), 1);
    write(&index, page)
}

/// Names a piece to `tinkerable site`, which has each page fetch those early that it needs at once.
const NAMED: &str = "<link rel=\"preload\" href=\"./{file}\" as=\"fetch\">\n";

fn digest<const N: usize>(parts: [impl AsRef<[u8]>; N]) -> String {
    let mut content = DefaultHasher::new();
    for part in parts {
        part.as_ref().hash(&mut content);
    }
    format!("{:016x}", content.finish())
}

/// Main's script with what fetches the pieces, in place of a module beside it.
fn with_loaders(script: &str, pieces: &BTreeMap<String, Vec<String>>) -> Outcome<String> {
    // One import for each loader, all of the same.
    let quoted = format!("from \"{LOADERS}\"");
    let is_import = |line: &&str| line.starts_with("import * as ") && line.contains(&quoted);
    let names = script.lines().filter(is_import).filter_map(|line| line.split_whitespace().nth(3));
    let names = names.collect::<Vec<_>>().join(" = loaders, ");
    if names.is_empty() {
        return Err("wasm-bindgen's script imports no loaders.".to_owned());
    }
    let entries: Vec<String> = pieces
        .iter()
        .map(|(piece, files)| {
            let files: Vec<String> = files.iter().map(|file| format!("\"{file}\"")).collect();
            format!("__wasm_split_load_{piece}: load([{}])", files.join(", "))
        })
        .collect();
    let rest: Vec<&str> = script.lines().filter(|line| !is_import(line)).collect();
    let loaders = LOADER.replace("{names}", &names).replace("{loaders}", &entries.join(",\n  "));
    Ok(format!("{loaders}{}\n", rest.join("\n")))
}

const LOADER: &str = include_str!("pieces.js");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_script_of_main_gets_the_loaders_in_place_of_an_import() {
        let import = |n: u8| format!("import * as import{n} from \"./__wasm_split.js\"\n");
        let script = &format!("{}{}let wasm;\n", import(1), import(2));
        let pieces = BTreeMap::from([("a_b".to_owned(), vec!["site-topic-a-b-1.wasm".to_owned()])]);
        let more = with_loaders(script, &pieces).expect("the import is found");
        assert!(more.contains("const import1 = loaders, import2 = loaders;"), "{more}");
        assert!(more.contains("__wasm_split_load_a_b: load([\"site-topic-a-b-1.wasm\"])"), "{more}");
        assert!(!more.contains("import *") && more.ends_with("let wasm;\n"), "{more}");
        assert!(with_loaders("let wasm;\n", &pieces).is_err());
    }
}
