//! Tinkerable: explorable explanations of emerging AI research.
//!
//! The arrows between the rooms run one way: [`numerics`] ← [`models`] ← [`topics`] → [`lab`],
//! then the page, the articles, the site around them and the command line on top; within the lab from
//! schema over figure and run to what is shared. A test holds them to it; ARCHITECTURE.md has the plan.

#[cfg(not(target_arch = "wasm32"))]
pub mod article;
#[cfg(not(target_arch = "wasm32"))]
pub mod cli;
#[cfg(not(target_arch = "wasm32"))]
pub mod guide;
pub mod lab;
/// The mechanisms as the papers define them: `src/models/`.
pub use models;
/// Numbers that come out the same on every machine: `src/numerics/`.
pub use numerics;
#[cfg(target_arch = "wasm32")]
mod pieces;
#[cfg(test)]
mod sample;
#[cfg(not(target_arch = "wasm32"))]
pub mod site;
pub mod topics;
#[cfg(any(target_arch = "wasm32", feature = "site"))]
pub mod web;
pub mod words;

/// Brings the page to life that stands here: what the program `src/bin/site.rs` does.
#[cfg(target_arch = "wasm32")]
pub use web::start;

/// The program of the pages compiles natively too, and says there what it is for.
#[cfg(not(target_arch = "wasm32"))]
pub fn start() {
    eprintln!(
        "This is the program of the pages. `cargo xtask serve` builds it for the browser and serves it."
    );
    std::process::exit(2);
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use crate::article::files;

    /// From the bottom to the top: each may name those before it. Page and article do not name each other.
    const ROOMS: [&str; 14] = [
        "words",
        "lab::schema",
        "lab::figure",
        "lab::simulation",
        "lab::address",
        "lab::run",
        "lab::share",
        "lab::why",
        "topics",
        "web",
        "guide",
        "article",
        "site",
        "cli",
    ];

    /// What the lab gives out at its top from a room that is not the lowest.
    const GIVEN: [(&str, &str); 4] = [
        ("lab::Runner", "lab::run"),
        ("lab::Pair", "lab::run"),
        ("lab::Simulation", "lab::simulation"),
        ("lab::Spec", "lab::simulation"),
    ];

    #[test]
    fn arrows_between_the_rooms_run_one_way() {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
        for (own, room) in ROOMS.iter().enumerate() {
            let place = root.join(room.replace("::", "/"));
            let files = if place.is_dir() { files(&place) } else { vec![place.with_extension("rs")] };
            let mut seen = 0;
            for file in files.into_iter().filter(|f| !f.ends_with("tests.rs")) {
                seen += 1;
                let text = fs::read_to_string(&file).unwrap_or_default();
                // What a test needs is no arrow of the house.
                let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
                let later = ROOMS[own + 1..].iter().map(|r| (*r, *r));
                let given = GIVEN.into_iter().filter(|(_, from)| ROOMS[own + 1..].contains(from));
                for (named, from) in later.chain(given) {
                    let found = code
                        .split(&format!("crate::{named}"))
                        .skip(1)
                        .any(|rest| !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_'));
                    assert!(!found, "{} names {named}, of {from}, which is above it", file.display());
                }
            }
            assert!(seen > 0, "{room}");
        }
    }
}
