//! Files in the hands of other programs: pandas, a drawer of SVG without custom properties, a terminal.
//!
//! `TINKERABLE_PYTHON` names a Python that has `pandas`, `cairosvg`, `pypandoc_binary` and `python-pptx` (`python3` if it
//! is not set), `TINKERABLE_TSC` the compiler of TypeScript (`tsc`); `cargo xtask test` sees to both. LibreOffice is
//! `soffice`. A test whose reader is not there says so, and passes.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tinkerable::lab::figure::palette;
use tinkerable::lab::share::snippet::Embed;

const BINARY: &str = env!("CARGO_BIN_EXE_tinkerable");

/// Says that a test did not run. What `eprintln!` says in a test that passes nobody sees.
fn skipped(why: &str) {
    let _ = std::io::stderr().write_all(format!("Skipped: {why}\n").as_bytes());
}

/// What a script prints that is given arguments; nothing, and a note, where a module is not there.
fn python(module: &str, script: &str, arguments: &[&str]) -> Option<String> {
    let program = std::env::var("TINKERABLE_PYTHON").unwrap_or_else(|_| "python3".to_owned());
    let found = Command::new(&program).args(["-c", &format!("import {module}")]).output();
    if !found.is_ok_and(|output| output.status.success()) {
        skipped(&format!("{program} has no {module}."));
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
assert '&depend=kv-cache%3Fkv_heads%3D' in table['address'][0], table['address'][0]
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
fn pandoc_keeps_the_address_of_every_frame_that_it_is_given() {
    const CONVERT: &str = "
import os, sys, tempfile, pypandoc
# An address that it goes to in vain is a warning.
asked = ['--standalone', '--embed-resources', '--fail-if-warnings', '--metadata=title:Talk']
# The slides alone: the files of reveal.js would be asked of the network.
slides = os.path.join(tempfile.mkdtemp(), 'slides.html')
open(slides, 'w').write('$body$')
if sys.argv[2] == 'revealjs':
    asked += ['--template', slides]
print(pypandoc.convert_text(sys.argv[1], sys.argv[2], format='markdown', extra_args=asked))";
    let embed = Embed {
        site: "https://tinkerable.invalid/".to_owned(),
        figure: "attention/positions".to_owned(),
        title: "Positions".to_owned(),
        settings: vec![("positions.seed".to_owned(), "5".to_owned())],
        width: 960,
        height: 600,
        needs: 0,
    };
    for way in ["iframe", "reveal", "quarto", "quarto-page", "rmarkdown"] {
        let words = embed.snippet(way);
        // What only a deck loads stands in no page.
        let only_decks = words.contains("data-src=");
        for form in ["html5", "revealjs"].into_iter().filter(|form| *form == "revealjs" || !only_decks) {
            let Some(page) = python("pypandoc", CONVERT, &[&words, form]) else { return };
            let address = "src=\"https://tinkerable.invalid/embed/attention/positions/?positions.seed=5";
            assert!(page.contains(address), "{way} as {form}: {page}");
            assert!(!page.contains("data:text/html") && !page.contains("srcdoc"), "{way} as {form}: {page}");
        }
    }
}

/// A page's own script, as somebody writes it who has the element's types.
const SCRIPT: &str = "
import type { Key, TinkerableAttributes, TinkerableFigure } from './tinkerable-embed';

const figure: TinkerableFigure = document.createElement('tinkerable-figure');
const found = document.querySelector('tinkerable-figure');
figure.figure = 'attention/positions';
figure.play = false;
figure.play();
figure.set({ n_features: 8, theme: null });
figure.addEventListener('key', ({ detail }) => {
  const told: Key = detail;
  found?.send('key', { code: told.code, keyCode: told.keyCode + 1, shift: !told.shiftKey });
});
figure.addEventListener('change', ({ detail }) => detail.values.n_features.length);
figure.addEventListener('reasons', ({ detail }) => detail.neighbours.map(({ control }) => control.length));
figure.addEventListener('click', () => undefined);
export const attributes: TinkerableAttributes = { figure: 'a/b', n_features: 8, onchange: (e) => e.detail.step.toFixed() };
// @ts-expect-error There is no such theme.
figure.theme = 'pink';
// @ts-expect-error Whether it runs is no colour.
figure.play = 'red';
";

#[test]
fn typescript_reads_the_types_of_the_element() {
    let program = std::env::var("TINKERABLE_TSC").unwrap_or_else(|_| "tsc".to_owned());
    if !Command::new(&program).arg("--version").output().is_ok_and(|output| output.status.success()) {
        return skipped(&format!("{program} (TypeScript) is not there."));
    }
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("types");
    std::fs::create_dir_all(&folder).expect("a folder");
    let types = include_str!("../assets/tinkerable-embed.d.ts");
    std::fs::write(folder.join("tinkerable-embed.d.ts"), types).expect("a file");
    std::fs::write(folder.join("page.ts"), SCRIPT).expect("a file");
    let asked = ["--noEmit", "--strict", "--lib", "es2022,dom", "page.ts"];
    let output = Command::new(&program).args(asked).current_dir(&folder).output().expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn python_pptx_reads_the_slides_of_a_talk() {
    const READ: &str = "
import sys
from pptx import Presentation
from pptx.enum.shapes import PP_PLACEHOLDER
deck = Presentation(sys.argv[1])
assert deck.core_properties.author == 'Tinkerable' and 'CC BY 4.0' in deck.core_properties.comments
cover, *steps = deck.slides
print(cover.shapes.title.text)
for slide in steps:
    picture, = [s for s in slide.placeholders if s.placeholder_format.type == PP_PLACEHOLDER.PICTURE]
    wide, high = picture.image.size
    assert abs(picture.width / picture.height * high / wide - 1) < 0.01, (picture.width, picture.height, wide, high)
    assert 0 <= picture.left and picture.left + picture.width <= deck.slide_width
    assert slide.shapes.title.top + slide.shapes.title.height <= picture.top, 'the title is over the picture'
    assert picture.top + picture.height <= deck.slide_height
    assert picture._element.nvPicPr.cNvPr.get('descr')
    links = {picture.click_action.hyperlink.address}
    for shape in slide.placeholders:
        if shape.has_text_frame:
            links |= {run.hyperlink.address for p in shape.text_frame.paragraphs for run in p.runs if run.hyperlink.address}
    link, = links
    assert link.startswith('https://example.org/embed/attention/'), link
    note = slide.notes_slide.notes_text_frame.text if slide.has_notes_slide else ''
    print(slide.shapes.title.text, '|', note)";
    if python("pptx", "", &[]).is_none() {
        return;
    }
    let asked = ["slides", "attention", "--url", "https://example.org"];
    let (file, _) = written("pptx-attention.pptx", &asked);
    let topic = tinkerable::topics::topic("attention").expect("a topic");
    let (title, steps) = tinkerable::article::talk(topic);
    if let Some(said) = python("pptx", READ, &[&file.to_string_lossy()]) {
        let told = steps.iter().map(|step| format!("{} | {}", step.sentence, step.note).trim().to_owned());
        let told: Vec<String> = [title].into_iter().chain(told).collect();
        assert_eq!(said.lines().map(str::trim).collect::<Vec<_>>(), told);
    }
}

#[test]
fn libreoffice_renders_the_slides_of_a_talk() {
    if Command::new("soffice").arg("--version").output().is_err() {
        skipped("soffice (LibreOffice) is not there.");
        return;
    }
    let (file, output) = written("office-attention.pptx", &["slides", "attention", "--theme", "dark"]);
    assert!(String::from_utf8_lossy(&output.stderr).contains("--url"), "what leads nowhere is told");
    let folder = file.with_extension("");
    // A profile of its own: beside an Impress that is open it would only hand the file over to that.
    let profile = format!("-env:UserInstallation=file://{}", folder.join("profile").display());
    let asked = [&*profile, "--headless", "--convert-to", "pdf", "--outdir"];
    let output = Command::new("soffice").args(asked).arg(&folder).arg(&file).output().expect("it runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let pdf = std::fs::read(folder.join("office-attention.pdf")).expect("a PDF");
    // A page for each slide: `/Type /Page`, not `/Pages`.
    let pages = |mark: &[u8]| {
        pdf.windows(mark.len() + 1).filter(|w| w.starts_with(mark) && w[mark.len()] != b's').count()
    };
    let topic = tinkerable::topics::topic("attention").expect("a topic");
    let (_, steps) = tinkerable::article::talk(topic);
    assert_eq!(pages(b"/Type/Page") + pages(b"/Type /Page"), steps.len() + 1);
}
