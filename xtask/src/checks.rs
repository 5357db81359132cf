//! Everything that must hold, and the measurements.

use std::env;
use std::io::{BufRead, BufReader};
use std::process::{Command, Output, Stdio};
use std::thread;
use std::time::Instant;

use crate::Outcome;
use crate::browser::{self, Browser};
use crate::fonts;
use crate::shell::{announce, command, root, run, target};
use crate::site::{self, NATIVE};
use crate::tools;
use crate::topic;

/// How many tests passed and failed so far, over all runners.
#[derive(Default)]
struct Tally {
    passed: u64,
    failed: u64,
    /// The checks that did not hold, to be named at the end.
    broken: Vec<String>,
    /// The stages so far, and the seconds that each took.
    took: Vec<(String, u64)>,
}

/// Runs every check, the later ones too when an earlier one fails, and ends with one line that sums
/// them up.
pub fn test() -> Outcome {
    let mut tally = Tally::default();
    let outcome = every_check(&mut tally);
    if let Err(sentence) = &outcome {
        println!("\n{sentence}");
        tally.failed += 1;
    }
    for check in &tally.broken {
        println!("Did not hold: {check}");
    }
    for (stage, seconds) in &tally.took {
        println!("{seconds:>5} s  {stage}");
    }
    println!("{} passed, {} failed", tally.passed, tally.failed);
    if tally.failed == 0 { Ok(()) } else { Err(String::new()) }
}

fn every_check(tally: &mut Tally) -> Outcome {
    // First, so that a machine that lacks something says so before the long work.
    let begun = Instant::now();
    let browser = browser::find()?;
    let packages = tools::packages_for_tests()?;
    let readers = tools::readers();
    fonts::find()?;
    tools::target_wasm32()?;
    tally.took("Tools", begun);

    // Most of a release is one core's work, which the other has the checks for; the tools that only it needs
    // are compiled there, too.
    announce("The site is built beside the checks; what that says stands after them");
    let site = thread::spawn(|| {
        let begun = Instant::now();
        (beside(), begun.elapsed())
    });

    tally.check("Format", command("cargo").args(["fmt", "--all", "--check"]));
    // Modules that a macro declares are not found by cargo fmt.
    tally.check(
        "Format, topics",
        command("rustfmt").args(["--check", "--edition", "2024"]).args(topic::modules(&root())),
    );
    tally.check(
        "Lints, native (the first time 2 to 3 minutes)",
        command("cargo")
            .args(["clippy", "--quiet", "--workspace", "--all-targets", "--features", "tinkerable/site"])
            .args(["--", "-D", "warnings"]),
    );
    tally.check(
        "Lints, WebAssembly (the first time 1 minute)",
        command("cargo").args(["clippy", "--quiet", "--package", "tinkerable", "--lib", "--bins"]).args([
            "--target",
            "wasm32-unknown-unknown",
            "--",
            "-D",
            "warnings",
        ]),
    );
    let mut native = command("cargo");
    native
        .args(["test", "--quiet", "--no-fail-fast", "--workspace", "--exclude", "browser-tests"])
        .args(["--features", "tinkerable/site"])
        .env("TINKERABLE_TSC", packages.join(".bin").join(if cfg!(windows) { "tsc.cmd" } else { "tsc" }));
    if let Some(python) = readers {
        native.env("TINKERABLE_PYTHON", python);
    }
    tally.tests("Native tests (the first time 10 minutes)", &mut native);
    let begun = Instant::now();
    let fresh = "A topic fresh from new-topic (4 minutes)";
    if let Err(sentence) = topic::on_trial("trial-topic", |tests| tally.tests(fresh, tests)) {
        println!("{sentence}");
        tally.failed += 1;
        tally.broken.push(fresh.to_owned());
    }
    tally.took("The trial topic, its writing included", begun);
    let begun = Instant::now();
    let (built, took) = site.join().map_err(|_| "The building of the site broke off.".to_owned())?;
    let built = built.map_err(|e| format!("The site was not built: {e}."))?;
    print!("{}{}", String::from_utf8_lossy(&built.stdout), String::from_utf8_lossy(&built.stderr));
    tally.took.push(("The site, beside the others".to_owned(), took.as_secs()));
    tally.took("The wait for the site", begun);
    if !built.status.success() {
        return Err("There is no site to be looked at in a browser.".to_owned());
    }
    let mut suite = browser_program(&browser, "browser")?;
    suite.env("TINKERABLE_PACKAGES", packages);
    tally.tests("The site in a browser (about 25 minutes)", &mut suite);
    Ok(())
}

/// Builds the site in a process of its own, whose words are kept until it has ended.
fn beside() -> std::io::Result<Output> {
    Command::new(env::current_exe()?).arg("build").stdin(Stdio::null()).output()
}

/// Prints speeds, frame times and sizes of the release site.
pub fn measure() -> Outcome {
    let browser = browser::find()?;
    let lighthouse = tools::lighthouse()?;
    site::build(&[])?;
    announce("Speed of every simulation, natively (the first time 2 minutes)");
    let mut speed = command("cargo");
    speed.args(["bench", "--quiet", "--bench", "speed"]).stderr(Stdio::inherit());
    let output = speed.output().map_err(|e| format!("cargo did not start: {e}."))?;
    if !output.status.success() {
        return Err("The native speeds could not be measured; what is wrong stands above.".to_owned());
    }
    let native = target().join("speed.tsv");
    std::fs::write(&native, &output.stdout)
        .map_err(|e| format!("{} is not writable: {e}.", native.display()))?;
    announce("Speeds, frame times, sizes and Lighthouse in the browser (about 20 minutes)");
    run(
        browser_program(&browser, "measure")?
            .env("TINKERABLE_SPEEDS", native)
            .env("TINKERABLE_LIGHTHOUSE", lighthouse),
        "The measurement broke off; what is wrong stands above.",
    )
}

/// A program of `tests/browser`, told where everything is.
fn browser_program(browser: &Browser, name: &str) -> Outcome<Command> {
    // The page and this binary must agree; `draw` has just built it, so this takes no time.
    run(
        command("cargo").args(["build", "--quiet"]).args(NATIVE),
        "The command line could not be built; what is wrong stands above.",
    )?;
    let mut program = command("cargo");
    program
        .args(["run", "--quiet", "--package", "browser-tests", "--bin", name])
        .env("CHROME", &browser.chrome)
        .env("CHROMEDRIVER", &browser.driver)
        .env("TINKERABLE_DIST", root().join("dist"))
        .env("TINKERABLE_FONTS", fonts::find()?)
        .env("TINKERABLE", target().join("debug").join(format!("tinkerable{}", env::consts::EXE_SUFFIX)));
    Ok(program)
}

impl Tally {
    /// A check without tests of its own: it counts only when it fails.
    fn check(&mut self, what: &str, command: &mut Command) {
        announce(what);
        let begun = Instant::now();
        if run(command, "").is_err() {
            self.failed += 1;
            self.broken.push(what.to_owned());
        }
        self.took(what, begun);
    }

    /// Notes how long a stage took.
    fn took(&mut self, what: &str, begun: Instant) {
        self.took.push((what.to_owned(), begun.elapsed().as_secs()));
    }

    /// A runner that prints `test result:` lines, shown as they come and summed up.
    fn tests(&mut self, what: &str, command: &mut Command) {
        announce(what);
        let begun = Instant::now();
        let before = self.failed;
        let succeeded = command.stdout(Stdio::piped()).spawn().is_ok_and(|mut child| {
            let output = child.stdout.take().map(BufReader::new);
            for line in output.into_iter().flat_map(BufRead::lines).map_while(Result::ok) {
                println!("{line}");
                self.add(&line);
            }
            child.wait().is_ok_and(|status| status.success())
        });
        if !succeeded {
            self.broken.push(what.to_owned());
            // It broke off before it could count: a compile error, a crash.
            self.failed = self.failed.max(before + 1);
        }
        self.took(what, begun);
    }

    /// `test result: ok. 12 passed; 0 failed; ...`
    fn add(&mut self, line: &str) {
        let Some(counts) = line.trim_start().strip_prefix("test result:") else { return };
        let words: Vec<&str> = counts.split_whitespace().collect();
        for pair in words.windows(2) {
            let Ok(n) = pair[0].parse::<u64>() else { continue };
            match pair[1].trim_end_matches([';', ',', '.']) {
                "passed" => self.passed += n,
                "failed" => self.failed += n,
                _ => {}
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Tally;

    #[test]
    fn results_of_all_runners_are_summed() {
        let mut tally = Tally::default();
        tally.add("running 3 tests");
        tally.add(
            "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.02s",
        );
        tally.add("test result: FAILED. 7 passed; 2 failed");
        assert_eq!((tally.passed, tally.failed), (10, 2));
    }
}
