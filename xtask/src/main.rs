//! The project's chores: `cargo xtask help` lists them.

mod browser;
mod checks;
mod fonts;
mod imports;
mod peers;
mod pieces;
mod shell;
mod site;
mod tools;
mod topic;
mod wire;

use std::process::ExitCode;

/// What went wrong, as one or more sentences for a person.
type Outcome<T = ()> = Result<T, String>;

const HELP: &str = "\
cargo xtask <chore>

  serve             build the site, serve it on http://127.0.0.1:8080/ and rebuild on every change
  build             write the site for release into dist/
  test              check everything: format, lints, native tests, the site, and it in a browser
  measure           print speeds, frame times and sizes as Markdown tables
  peers             print steps a second of seven toys, ours and PyTorch's (fetches 3 GB); -- quick: ours
  new-topic <slug>  write the first version of a topic into src/topics/<slug>/
  help              print this

The first run fetches what is missing: the WebAssembly target, Trunk and wasm-bindgen, a browser
for the tests. Behind `--`, arguments of serve and build go to Trunk: cargo xtask serve -- --open";

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let outcome = match words.as_slice() {
        ["serve", rest @ ..] => site::serve(after_dashes(rest)),
        ["build", rest @ ..] => site::build(after_dashes(rest)),
        ["test"] => checks::test(),
        ["measure"] => checks::measure(),
        ["peers"] => peers::peers(false),
        ["peers", "--", "quick"] => peers::peers(true),
        ["new-topic", slug] => topic::create(slug),
        ["new-topic"] => Err("Say how the topic is called: cargo xtask new-topic state-space-models".into()),
        // Trunk's post_build hook.
        ["draw"] => site::draw(),
        [] | ["help" | "--help" | "-h"] => {
            println!("{HELP}");
            Ok(())
        }
        other => Err(format!("There is no chore “{}”.\n\n{HELP}", other.join(" "))),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(sentence) => {
            if !sentence.is_empty() {
                eprintln!("\n{sentence}");
            }
            ExitCode::FAILURE
        }
    }
}

fn after_dashes<'a>(arguments: &'a [&'a str]) -> &'a [&'a str] {
    match arguments {
        ["--", rest @ ..] => rest,
        all => all,
    }
}
