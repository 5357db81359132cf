//! The first version of a topic: small, and complete enough to pass every test at once.

use std::fs;

use std::path::Path;
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use crate::Outcome;
use crate::shell::{answer, command, root, run, target};

/// Writes `src/topics/<slug>/` and the page's program, and adds the topic to the two lists.
pub fn create(slug: &str) -> Outcome {
    create_in(&root(), slug)
}

/// The tests that a topic must pass at once, over a copy of the project with a fresh one in it.
pub fn on_trial(slug: &str) -> Outcome<Command> {
    let copy = target().join("new-topic");
    let sources = copy.join("project");
    // What an earlier trial left would be a topic that is there already.
    let _ = fs::remove_dir_all(&sources);
    let listed = answer(command("git").args(["ls-files", "--cached", "--others", "--exclude-standard"]))
        .ok_or("git does not list the project's files: is this a clone?")?;
    for name in listed.lines() {
        let (from, to) = (root().join(name), sources.join(name));
        // A file that was deleted and not committed is listed still.
        if from.is_file() {
            let copied =
                fs::create_dir_all(to.parent().unwrap_or(&sources)).and_then(|()| fs::copy(&from, &to));
            copied.map_err(|e| format!("{name} could not be copied: {e}."))?;
        }
    }
    create_in(&sources, slug)?;
    let mut tests = command("cargo");
    tests
        .args(["test", "--quiet", "--no-fail-fast"])
        .args(["--test", "topics", "--test", "articles", "--test", "site"])
        .current_dir(&sources)
        .env("CARGO_TARGET_DIR", copy.join("target"));
    Ok(tests)
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
    let index = root.join("index.html");
    let built = fs::read_to_string(&index).map_err(|e| format!("index.html is not readable: {e}."))?;
    let built = with_program(&built, slug)?;

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
    let program = root.join(format!("src/bin/page-{slug}.rs"));
    fs::write(&program, fill(PROGRAM).replace("{module}", &slug.replace('-', "_")))
        .map_err(|e| format!("{} could not be written: {e}.", program.display()))?;
    fs::write(&index, built).map_err(|e| format!("index.html could not be written: {e}."))?;
    fs::write(&list, text).map_err(|e| format!("{} could not be written: {e}.", list.display()))?;

    // The list may have grown too long for its line. Without rustfmt it works all the same.
    let _ = run(command("cargo").args(["fmt", "--package", "tinkerable"]).current_dir(root), "");

    println!(
        "The topic {slug} is there, with a random walk for a simulation and an article about it:\n\
         \n  src/topics/{slug}/mod.rs       slug, title, question, list of simulations\
         \n  src/topics/{slug}/walk.rs      the simulation: controls, readouts, step, figure\
         \n  src/topics/{slug}/article.md   the text\
         \n  src/bin/page-{slug}.rs         its page's program, which index.html has Trunk build\
         \n\ncargo test topics   checks it, cargo xtask serve shows it at http://127.0.0.1:8080/{slug}/"
    );
    Ok(())
}

/// The list of topics with one more at its end.
fn listed(text: &str, slug: &str) -> Outcome<String> {
    let lost = |what: &str| {
        format!("src/topics/mod.rs has no {what} any more; add the topic there by hand, as the others are.")
    };
    let module = slug.replace('-', "_");
    let declaration = if module == slug {
        format!("pub mod {module};\n")
    } else {
        format!("#[path = \"{slug}/mod.rs\"]\npub mod {module};\n")
    };
    let list = text.find("\npub static ALL").ok_or_else(|| lost("list ALL"))?;
    // Declarations end before the list's own comment.
    let declarations =
        text[..list].rfind("\npub mod ").and_then(|at| Some(at + 1 + text[at + 1..].find('\n')? + 1));
    let at = declarations.ok_or_else(|| lost("module of a topic"))?;
    let end = list + text[list..].find("];").ok_or_else(|| lost("end of the list ALL"))?;
    let before = text[at..end].trim_end();
    let comma = if before.ends_with(',') || before.ends_with('[') { "" } else { "," };
    let several_lines = text[list + 1..end].contains('\n');
    let entry = if several_lines {
        format!("{comma}\n    &{module}::TOPIC,\n")
    } else {
        format!("{comma} &{module}::TOPIC")
    };
    Ok(format!("{}{declaration}{before}{entry}{}", &text[..at], &text[end..]))
}

/// Trunk's page with one more program, after the others.
fn with_program(index: &str, slug: &str) -> Outcome<String> {
    let last = index.rfind("data-bin=\"page-").map(|at| index[..at].rfind('\n').map_or(0, |end| end + 1));
    let (start, length) = last
        .and_then(|at| Some((at, index[at..].find('\n')? + 1)))
        .ok_or_else(|| "index.html builds no program of a page any more; add the line by hand.".to_owned())?;
    let line = &index[start..start + length];
    let (_, rest) = line.split_once("data-bin=\"").unwrap_or_default();
    let other = rest.split('"').next().unwrap_or_default();
    let added = line.replace(other, &format!("page-{slug}"));
    Ok(format!("{}{added}{}", &index[..start + length], &index[start + length..]))
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
const PROGRAM: &str = "//! The program of the page `/{slug}/`.\n\nfn main() {\n    tinkerable::start(&tinkerable::topics::{module}::TOPIC);\n}\n";
const ARTICLE: &str = include_str!("../topic/article.md.txt");
const SIMULATION: &str = include_str!("../topic/walk.rs.txt");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_topic_is_added_at_the_end_of_the_list() {
        let text = "use x;\n\n#[path = \"a-b/mod.rs\"]\npub mod a_b;\n\n/// Every topic.\n\
                    pub static ALL: &[&Topic] = &[&a_b::TOPIC];\n\npub struct Topic;\n";
        let more = listed(text, "c-d").expect("the list is found");
        assert!(
            more.contains("pub mod a_b;\n#[path = \"c-d/mod.rs\"]\npub mod c_d;\n\n/// Every topic."),
            "{more}"
        );
        assert!(more.contains("&[&a_b::TOPIC, &c_d::TOPIC];"), "{more}");
        let more = listed(
            &more.replace("&[&a_b::TOPIC, &c_d::TOPIC]", "&[\n    &a_b::TOPIC,\n    &c_d::TOPIC,\n]"),
            "e",
        )
        .expect("the list is found");
        assert!(more.contains("pub mod c_d;\npub mod e;\n"), "{more}");
        assert!(more.contains("&[\n    &a_b::TOPIC,\n    &c_d::TOPIC,\n    &e::TOPIC,\n];"), "{more}");
    }

    #[test]
    fn a_program_is_built_after_the_others() {
        let line = |slug: &str| {
            format!("<link data-trunk data-type=\"worker\" data-bin=\"page-{slug}\" data-wasm-opt=\"0\">\n")
        };
        let more =
            with_program(&format!("<head>\n{}</head>\n", line("a-b")), "c-d").expect("a line to follow");
        assert_eq!(more, format!("<head>\n{}{}</head>\n", line("a-b"), line("c-d")));
        assert!(with_program("<head></head>", "c-d").is_err());
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
