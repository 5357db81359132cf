//! Our toys beside PyTorch's, in one run: `cargo xtask peers`.

use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;
use std::process::Stdio;

use crate::Outcome;
use crate::browser;
use crate::pieces;
use crate::shell::{announce, command, root, run, target, tools};
use crate::tools as fetched;

/// Toys as our program and as PyTorch's name them.
const TOYS: [(&str, &str); 7] = [
    ("mixture-of-experts/moe-train", "moe-train"),
    ("neuromorphic-computing/snn-train", "snn-train"),
    ("mechanistic-interpretability/sae", "sae"),
    ("efficient-fine-tuning/lora-live", "lora-live"),
    ("state-space-models/selective", "selective"),
    ("neurons", "neurons"),
    ("attention", "attention"),
];

/// Pairs of a product and a sum in one step of the attention toy: two products of 128 by 32 by 128, and
/// twenty for each of the 128 by 128 exponentials.
const ATTENTION_PAIRS: f64 = (2 * 128 * 32 * 128 + 20 * 128 * 128) as f64;

/// Speeds by name: `name <tab> speed [<tab> speed]`.
type Speeds = BTreeMap<String, Vec<f64>>;

/// Prints a Markdown table of all toys. `quick` leaves PyTorch out.
pub fn peers(quick: bool) -> Outcome {
    let chrome = browser::find()?.chrome;
    fetched::prepare()?;
    announce("Our toys for the browser");
    let page = page()?;
    announce("Our toys natively");
    let mut native = command("cargo");
    let native =
        answered(native.args(["run", "--quiet", "--profile", "bench", "--bin", "toys"]), "The native toys")?;
    announce("Our toys in the browser (8 seconds)");
    let mut chromium = command(&chrome.to_string_lossy());
    let chromium = chromium.args(["--headless", "--no-sandbox", "--disable-gpu", "--dump-dom"]).arg(&page);
    let wasm = answered(chromium, "The browser")?;
    let torch = if quick { Speeds::new() } else { torch()? };

    println!("\n| toy | native | browser | ratio | PyTorch eager | compiled | browser to eager |");
    println!("|---|--:|--:|--:|--:|--:|--:|");
    for (ours, theirs) in TOYS {
        let of = |speeds: &Speeds, name, i| speeds.get(name).and_then(|s: &Vec<f64>| s.get(i)).copied();
        let (native, wasm) = (of(&native, ours, 0), of(&wasm, ours, 0));
        let (eager, compiled) = (of(&torch, theirs, 0), of(&torch, theirs, 1));
        let over = |a: Option<f64>, b: Option<f64>| a.zip(b).map(|(a, b)| a / b);
        let [native_said, wasm_said, eager_said, compiled_said] = [native, wasm, eager, compiled].map(whole);
        println!(
            "| `{theirs}` | {native_said} | {wasm_said} | {} | {eager_said} | {compiled_said} | {} |",
            share(over(wasm, native), 2),
            share(over(wasm, eager), 1),
        );
    }
    for (where_, speeds) in [("natively", &native), ("in the browser", &wasm)] {
        if let (Some([steps]), Some([pairs])) =
            (speeds.get("attention").map(Vec::as_slice), speeds.get("arithmetic").map(Vec::as_slice))
        {
            println!(
                "\nAttention {where_}: {:.2} of the {:.2} billion pairs of a product and a sum a second that 128 bits reach here.",
                steps * ATTENTION_PAIRS / pairs,
                pairs / 1e9
            );
        }
    }
    Ok(())
}

/// A page that runs the toys as it loads and leaves their speeds as its text.
fn page() -> Outcome<PathBuf> {
    let folder = target().join("peers");
    run(
        command("cargo").args([
            "build",
            "--quiet",
            "--release",
            "--target",
            "wasm32-unknown-unknown",
            "--bin",
            "toys",
        ]),
        "The toys could not be compiled for the browser.",
    )?;
    let program = target().join("wasm32-unknown-unknown").join("release").join("toys.wasm");
    run(
        command("wasm-bindgen")
            .args(["--target", "no-modules", "--no-typescript", "--out-dir"])
            .arg(&folder)
            .arg(program),
        "wasm-bindgen does not take the toys.",
    )?;
    let wasm = folder.join("toys_bg.wasm");
    pieces::shrink(vec![wasm.clone()])?;
    let fail = |error| format!("{}: {error}.", folder.display());
    let script = fs::read_to_string(folder.join("toys.js")).map_err(fail)?;
    let bytes = fs::read(wasm).map_err(fail)?;
    let page = folder.join("toys.html");
    let text = format!(
        "<pre></pre><script>{script}\nwasm_bindgen.initSync({{ module: new Uint8Array({bytes:?}) }});\n\
         document.querySelector('pre').textContent =\n\
         wasm_bindgen.toys().map((toy) => `${{toy}}\\t${{wasm_bindgen.steps(toy)}}\\n`).join('');</script>\n"
    );
    fs::write(&page, text).map_err(fail)?;
    Ok(page)
}

/// The speeds that PyTorch reaches, in an environment of its own.
fn torch() -> Outcome<Speeds> {
    let folder = tools().join("peers");
    let python = || command(&fetched::python_of(&folder).to_string_lossy());
    let wanted = root().join("benches").join("peers").join("requirements.txt");
    if !fetched::python_of(&folder).is_file() {
        announce("Fetching PyTorch (pip, 3 GB, minutes)");
        run(command("python3").args(["-m", "venv"]).arg(&folder), "Python 3.11 or newer has to be there.")?;
    }
    run(
        python().args(["-m", "pip", "install", "--quiet", "--requirement"]).arg(wanted),
        "pip could not fetch PyTorch. Is there a network?",
    )?;
    announce("PyTorch's toys, eager and compiled (2 to 5 minutes)");
    let toys = root().join("benches").join("peers").join("peer.py");
    answered(python().arg(toys), "PyTorch's toys")
}

/// What a program prints as lines of a name and speeds; anything else is passed over.
fn answered(program: &mut std::process::Command, what: &str) -> Outcome<Speeds> {
    let output = program.stderr(Stdio::inherit()).output().map_err(|e| format!("{what}: {e}."))?;
    if !output.status.success() {
        return Err(format!("{what} broke off; what is wrong stands above."));
    }
    Ok(read(&String::from_utf8_lossy(&output.stdout)))
}

fn read(text: &str) -> Speeds {
    let line = |line: &str| {
        // In a page the first stands behind a tag.
        let line = line.rsplit_once("<pre>").map_or(line, |(_, text)| text);
        let (name, rest) = line.split_once('\t')?;
        let speeds = rest.split('\t').map(|s| s.trim().parse().ok()).collect::<Option<Vec<f64>>>()?;
        Some((name.to_owned(), speeds))
    };
    text.lines().filter_map(line).collect()
}

fn whole(speed: Option<f64>) -> String {
    speed.map_or_else(|| "–".to_owned(), |s| format!("{s:.0}"))
}

fn share(of: Option<f64>, digits: usize) -> String {
    of.map_or_else(|| "–".to_owned(), |s| format!("{s:.digits$}"))
}

#[cfg(test)]
mod tests {
    use super::read;

    #[test]
    fn speeds_are_read_out_of_a_page_and_out_of_lines() {
        let page = "<html><head></head><body><pre>a/b\t12.5\nneurons\t3\n</pre><script>let x\t= 1;</script>";
        let speeds = read(page);
        assert_eq!((&speeds["a/b"], &speeds["neurons"], speeds.len()), (&vec![12.5], &vec![3.0], 2));
        assert_eq!(read("sae\t1\t2\nwarning: no line\n")["sae"], [1.0, 2.0]);
    }
}
