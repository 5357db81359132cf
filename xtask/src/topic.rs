//! The first version of a topic: small, and complete enough to pass every test at once.

use std::env;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::Outcome;
use crate::shell::{answer, command, root, target};

/// Writes `src/topics/<slug>/`, and its line into the list of topics.
pub fn create(slug: &str) -> Outcome {
    create_in(&root(), slug)
}

/// Runs the tests that a topic must pass at once, over a copy of the project with a fresh one in it.
pub fn on_trial(slug: &str, run: impl FnOnce(&mut Command)) -> Outcome {
    // Not below cargo's folder: there cargo would hold the copy's files for those of the packages that both
    // share, and miss what is changed in the project later.
    let sources = env::temp_dir().join(format!("tinkerable-trial-{}", std::process::id()));
    let tests = tests_of_a_copy(slug, &sources).map(|mut tests| run(&mut tests));
    let _ = fs::remove_dir_all(&sources);
    tests
}

fn tests_of_a_copy(slug: &str, sources: &Path) -> Outcome<Command> {
    let listed = answer(command("git").args(["ls-files", "--cached", "--others", "--exclude-standard"]))
        .ok_or("git does not list the project's files: is this a clone?")?;
    for name in listed.lines() {
        let (from, to) = (root().join(name), sources.join(name));
        // A file that was deleted and not committed is listed still.
        if from.is_file() {
            let copied =
                fs::create_dir_all(to.parent().unwrap_or(sources)).and_then(|()| copy_as_old(&from, &to));
            copied.map_err(|e| format!("{name} could not be copied: {e}."))?;
        }
    }
    create_in(sources, slug)?;
    let mut tests = command("cargo");
    // In cargo's own folder of the project: what both need is compiled, and their runs are made, once.
    // Whatever else is compiled there differs only in the folder that its sources are in.
    tests
        .args(["test", "--quiet", "--no-fail-fast", "--workspace", "--exclude", "browser-tests"])
        .args(["--exclude", "xtask", "--features", "tinkerable/site"])
        .args(["--test", "topics", "--test", "articles", "--test", "site"])
        .current_dir(sources)
        .env("CARGO_TARGET_DIR", target())
        // The others have just been tried.
        .env("TINKERABLE_TOPIC", slug);
    Ok(tests)
}

/// Copies a file with the time of its last change: what is as old as before is not compiled again.
fn copy_as_old(from: &Path, to: &Path) -> io::Result<()> {
    fs::copy(from, to)?;
    let changed = fs::metadata(from)?.modified()?;
    fs::File::options().write(true).open(to)?.set_modified(changed)
}

/// The file of each topic that names its others.
pub fn modules(root: &Path) -> Vec<PathBuf> {
    let topics = root.join("src/topics");
    slugs(root).into_iter().map(|slug| topics.join(slug).join("mod.rs")).collect()
}

/// Every topic, by its folder.
pub fn slugs(root: &Path) -> Vec<String> {
    let entries = fs::read_dir(root.join("src/topics")).into_iter().flatten().flatten();
    let folders = entries.filter(|entry| entry.path().join("mod.rs").is_file());
    folders.filter_map(|folder| folder.file_name().into_string().ok()).collect()
}

fn create_in(root: &Path, slug: &str) -> Outcome {
    let well_formed = slug.starts_with(|c: char| c.is_ascii_lowercase())
        && slug.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
        && !slug.ends_with('-')
        && !slug.contains("--");
    if !well_formed {
        return Err(format!(
            "“{slug}” cannot be an address: use small letters, digits and single hyphens, and begin with a \
             letter (state-space-models, say)."
        ));
    }
    let topics = root.join("src/topics");
    let folder = topics.join(slug);
    if folder.exists() {
        return Err(format!("There is a topic {slug} already, in {}.", folder.display()));
    }
    let list = topics.join("mod.rs");
    let text = fs::read_to_string(&list).map_err(|e| format!("{} is not readable: {e}.", list.display()))?;
    let text = listed(&text, slug)?;

    let today = today();
    let fill = |template: &str| {
        template.replace("{slug}", slug).replace("{title}", &title(slug)).replace("{today}", &today)
    };
    let write = |name: &str, text: &str| {
        fs::write(folder.join(name), text).map_err(|e| format!("{name} could not be written: {e}."))
    };
    fs::create_dir(&folder).map_err(|e| format!("{} could not be made: {e}.", folder.display()))?;
    write("mod.rs", &fill(MODULE))?;
    write("article.md", &fill(ARTICLE))?;
    write("walk.rs", &fill(SIMULATION))?;
    fs::write(&list, text).map_err(|e| format!("{} could not be written: {e}.", list.display()))?;

    println!(
        "The topic {slug} is there, with a random walk for a simulation and an article about it:\n\
         \n  src/topics/{slug}/mod.rs       slug, title, question, list of simulations\
         \n  src/topics/{slug}/walk.rs      the simulation: controls, readouts, step, figure\
         \n  src/topics/{slug}/article.md   the text\
         \n\ncargo test topics   checks it, cargo xtask serve shows it at http://127.0.0.1:8080/{slug}/"
    );
    Ok(())
}

/// The list of topics with one more at its end.
fn listed(text: &str, slug: &str) -> Outcome<String> {
    let lost = || "src/topics/mod.rs has no list topics! any more; add the topic there by hand.".to_owned();
    let list = text.find("\ntopics! {\n").ok_or_else(lost)?;
    let end = list + text[list..].find("\n}\n").ok_or_else(lost)? + 1;
    let module = slug.replace('-', "_");
    Ok(format!("{}    {module} in \"{slug}/mod.rs\",\n{}", &text[..end], &text[end..]))
}

/// `state-space-models` as `State space models`.
fn title(slug: &str) -> String {
    let words = slug.replace('-', " ");
    let mut letters = words.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}

/// The day that it is in Greenwich, as ISO 8601 writes it.
fn today() -> String {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    day(seconds / 86_400)
}

/// The day that comes so many days after 1970-01-01. (Howard Hinnant, *chrono-compatible low-level
/// date algorithms*: civil from days.)
fn day(days: u64) -> String {
    // Years that begin in March have their leap day at the end.
    let days = days + 719_468;
    let (era, day_of_era) = (days / 146_097, days % 146_097);
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month_from_march + 2) / 5 + 1;
    let month = if month_from_march < 10 { month_from_march + 3 } else { month_from_march - 9 };
    let year = year_of_era + era * 400 + u64::from(month <= 2);
    format!("{year}-{month:02}-{day:02}")
}

const MODULE: &str = include_str!("../topic/mod.rs.txt");
const ARTICLE: &str = include_str!("../topic/article.md.txt");
const SIMULATION: &str = include_str!("../topic/walk.rs.txt");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_is_added_at_the_end_of_the_list() {
        let text =
            "macro_rules! topics {}\n\ntopics! {\n    a_b in \"a-b/mod.rs\",\n}\n\npub struct Topic {\n}\n";
        let more = listed(text, "c-d").expect("the list is found");
        let list =
            "topics! {\n    a_b in \"a-b/mod.rs\",\n    c_d in \"c-d/mod.rs\",\n}\n\npub struct Topic {\n}\n";
        assert!(more.ends_with(list), "{more}");
        assert!(listed("pub mod a_b;\n", "c-d").is_err());
    }

    #[test]
    fn days_are_named_as_the_calendar_has_them() {
        for (days, named) in
            [(0, "1970-01-01"), (11_016, "2000-02-29"), (11_017, "2000-03-01"), (20_780, "2026-11-23")]
        {
            assert_eq!(day(days), named);
        }
    }

    #[test]
    fn a_slug_becomes_a_title() {
        assert_eq!(title("state-space-models"), "State space models");
    }
}
