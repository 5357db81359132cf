//! Files in the hands of other programs: pandas, a drawer of SVG without custom properties, a terminal.
//!
//! `TINKERABLE_PYTHON` names a Python that has `pandas`, `cairosvg` and `pypandoc_binary` (`python3` if it is not set). A
//! test whose reader is not there says so, and passes.

use std::path::PathBuf;
use std::process::{Command, Output};

use tinkerable::lab::figure::palette;
use tinkerable::lab::share::snippet::Embed;

const BINARY: &str = env!("CARGO_BIN_EXE_tinkerable");

/// What a script prints that is given arguments; nothing, and a note, where a module is not there.
fn python(module: &str, script: &str, arguments: &[&str]) -> Option<String> {
    let program = std::env::var("TINKERABLE_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let found = Command::new(&program).args(["-c", &format!("import {module}")]).output();
    if !found.is_ok_and(|output| output.status.success()) {
        eprintln!("Skipped: {program} has no {module}.");
        return None;
    }
    let output = Command::new(&program).args(["-c", script]).args(arguments).output().expect("Python runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

fn written(name: &str, arguments: &[&str]) -> (PathBuf, Output) {
    let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
    let output =
        Command::new(BINARY).args(arguments).arg("--out").arg(&path).output().expect("the binary runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    (path, output)
}

#[test]
fn pandas_reads_every_recorded_run_with_its_defaults() {
    const READ: &str = "
import sys, pandas
for path in sys.argv[1:]:
    table = pandas.read_csv(path)
    assert len(table) == 51, (path, len(table))
    assert table.columns[0] == 'step' and table['step'].iloc[-1] == 50, (path, table.columns)
    assert table['address'][0].startswith('https://example.org/embed/'), path
    assert table['address'][0].endswith('at=50'), path
    assert not any(name.startswith('Unnamed') for name in table.columns), (path, table.columns)
    assert pandas.api.types.is_numeric_dtype(table['step'])
print(pandas.read_csv(sys.argv[1]).columns.tolist())";
    let mut files = Vec::new();
    for (slug, simulation) in [
        ("neuromorphic-computing", "lif-lab"),
        ("attention", "kv-cache"),
        ("state-space-models", "two-views"),
    ] {
        let address = format!("{slug}/{simulation}");
        let url = "https://example.org";
        let asked = ["run", &address, "--steps", "50", "--url", url];
        files.push(written(&format!("pandas-{simulation}.csv"), &asked).0.to_string_lossy().into_owned());
    }
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    if let Some(columns) = python("pandas", READ, &files) {
        assert!(columns.contains("'step'") && columns.contains("'address'"), "{columns}");
    }
}

#[test]
fn a_sweep_is_read_with_defaults_too() {
    const READ: &str = "
import sys, pandas
table = pandas.read_csv(sys.argv[1])
print(len(table), table['mean'].notna().all(), table['sweep'][0])";
    let name = "attention/kv-cache?kv_heads=1..8&at=5#cache_gb";
    let (file, _) = written("pandas-sweep.csv", &["sweep", name]);
    if let Some(said) = python("pandas", READ, &[&file.to_string_lossy()]) {
        assert!(said.contains(" True kv-cache?kv_heads="), "{said}");
    }
}

#[test]
fn a_program_without_style_sheets_draws_the_colours() {
    const DRAW: &str = "
import io, sys, cairosvg
from PIL import Image
for path in sys.argv[1:]:
    png = cairosvg.svg2png(url=path)
    image = Image.open(io.BytesIO(png)).convert('RGBA')
    colours = image.getcolors(1 << 24)
    count, most = max(colours)
    print(*most, len([c for n, c in colours if max(c[:3]) - min(c[:3]) > 60]) > 0)";
    let mut files = Vec::new();
    let mut right = Vec::new();
    for theme in ["light", "dark", "auto"] {
        let asked = ["figure", "attention/positions", "--theme", theme];
        files.push(written(&format!("cairo-{theme}.svg"), &asked).0.to_string_lossy().into_owned());
        let [red, green, blue] = palette::paper(theme == "dark");
        right.push(format!("{red} {green} {blue} 255 True"));
    }
    let files: Vec<&str> = files.iter().map(String::as_str).collect();
    if let Some(said) = python("cairosvg", DRAW, &files) {
        assert_eq!(said.lines().collect::<Vec<_>>(), right);
    }
}

#[test]
fn a_terminal_is_given_no_picture() {
    const ASK: &str = "
import os, pty, sys
output = []
def read(fd):
    data = os.read(fd, 65536)
    output.append(data)
    return data
status = pty.spawn(sys.argv[1:], read)
print(os.waitstatus_to_exitcode(status), b''.join(output).decode().strip())";
    let asked = [BINARY, "figure", "attention/positions", "--png", "1"];
    if let Some(said) = python("pty", ASK, &asked) {
        assert!(said.contains("\n2 A picture") && said.contains("--out figure.png"), "{said:.300}");
    }
}

#[test]
fn pandoc_keeps_the_address_of_a_frame_that_quarto_is_given() {
    const CONVERT: &str = "
import sys, pypandoc
print(pypandoc.convert_text(sys.argv[1], 'html', format='markdown', extra_args=['--standalone', '--embed-resources', '--metadata=title:Talk']))";
    let embed = Embed {
        site: "https://tinkerable.invalid/".to_owned(),
        figure: "attention/positions".to_owned(),
        title: "Positions".to_owned(),
        settings: vec![("positions.seed".to_owned(), "5".to_owned())],
        width: 960,
        height: 600,
    };
    // The same words in R Markdown, MyST and Quarto: a block of raw HTML.
    let words = embed.snippet("quarto");
    if let Some(page) = python("pypandoc", CONVERT, &[&words]) {
        assert!(
            page.contains("https://tinkerable.invalid/embed/attention/positions/?positions.seed=5"),
            "{page}"
        );
        assert!(!page.contains("data:text/html"), "{page}");
    }
}
