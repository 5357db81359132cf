//! The sheet of a drawing: its cells, the inks to draw with, and what else can be done to it.

use crate::lab::Control;
use crate::lab::schema::drawing::{Drawing, Inks};
use crate::web::words;
use leptos::prelude::*;

/// What the keys do on the sheet, for those who do not see it.
const KEYS: &str = "Arrow keys move over the cells, Home and End along a row. Space paints a cell, or blanks one that \
                    has the ink already; Delete blanks it. Digits choose the ink, plus and minus change it. \
                    Control Z takes the last stroke back. A picture can be pasted.";

pub fn drawing(control: &'static Control, drawing: Drawing, id: String) -> impl IntoView {
    let cells = drawing.read(drawing.default).unwrap_or_default();
    let inks: Vec<_> = drawing.picks().into_iter().map(|level| ink(&drawing, level, &id)).collect();
    let (keys, says) = (format!("{id}-keys"), format!("{id}-says"));
    let invert = matches!(drawing.inks, Inks::Grey(_)).then(|| act("invert", "Invert"));
    view! {
        <div class="drawing" data-drawing=control.id>
            <div
                class="sheet"
                data-sheet
                role="img"
                aria-label=words::sheet(control, &cells)
                aria-describedby=keys.clone()
                inner_html=sheet(&drawing, &cells)
            ></div>
            <p class="visually-hidden" id=keys>{KEYS}</p>
            <div class="picks">
                <div class="inks" role="radiogroup" aria-label=format!("Ink for {}", control.label)>
                    {inks}
                </div>
                <p class="cell" data-cell aria-live="polite"></p>
            </div>
            <div class="acts" role="group" aria-label=control.label>
                {act("undo", "Undo")} {act("clear", "Clear")} {invert}
                <label class="act">
                    "Picture" <input type="file" class="visually-hidden" accept="image/*" data-picture />
                </label>
            </div>
            <p class="says" id=says.clone() role="status" data-says></p>
            <details class="as-text">
                <summary>"As text"</summary>
                <input
                    type="text"
                    class="typed"
                    id=id
                    name=control.id
                    value=drawing.text(&cells)
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                    aria-label=format!("{} as text", control.label)
                    aria-describedby=says
                />
            </details>
        </div>
    }
}

/// The cells as one picture: a path for each ink, the lines between cells, and the frame of the cell
/// where the keys are.
fn sheet(drawing: &Drawing, cells: &[u8]) -> String {
    let (columns, rows) = (drawing.columns, drawing.rows);
    let mut out = format!("<svg viewBox=\"0 0 {columns} {rows}\" aria-hidden=\"true\">");
    if let Inks::Named([paper, ..]) = drawing.inks {
        out.push_str(&format!(
            "<rect width=\"{columns}\" height=\"{rows}\" fill=\"{}\"/>",
            hex(paper.colour)
        ));
    }
    for (outline, level) in drawing.outlines(cells).iter().zip(1..) {
        out.push_str(&format!("<path data-level=\"{level}\" d=\"{outline}\" {}/>", paint(drawing, level)));
    }
    let lines: String = (1..columns).map(|x| format!("M{x} 0v{rows}")).collect();
    let lines = (1..rows).fold(lines, |lines, y| format!("{lines}M0 {y}h{columns}"));
    out.push_str(&format!("<path class=\"grid\" d=\"{lines}\"/>"));
    out.push_str("<rect class=\"cursor\" data-cursor width=\"1\" height=\"1\"/></svg>");
    out
}

/// The attributes that fill something with an ink.
fn paint(drawing: &Drawing, level: u8) -> String {
    match drawing.inks {
        Inks::Grey(levels) => {
            format!("fill-opacity=\"{:.3}\"", f64::from(level) / f64::from(levels - 1))
        }
        Inks::Named(inks) => format!("fill=\"{}\"", hex(inks[usize::from(level)].colour)),
    }
}

fn hex([red, green, blue]: [u8; 3]) -> String {
    format!("#{red:02x}{green:02x}{blue:02x}")
}

/// A swatch to draw with.
fn ink(drawing: &Drawing, level: u8, id: &str) -> impl IntoView + use<> {
    let name = words::ink(drawing, level);
    // The eraser has no colour: the style sheet crosses it out.
    let filled = |level| {
        format!(
            "<svg viewBox=\"0 0 1 1\" aria-hidden=\"true\"><path d=\"M0 0h1v1h-1z\" {}/></svg>",
            paint(drawing, level)
        )
    };
    let swatch = if level == 0 { String::new() } else { filled(level) };
    let title = name.clone();
    let drawing_now = drawing.brush() == level;
    view! {
        <label class="ink" title=title>
            <input
                type="radio"
                class="visually-hidden"
                name=format!("{id}-ink")
                value=level
                checked=drawing_now
                aria-label=name
            />
            <span class="swatch" data-eraser=(level == 0).then_some("") inner_html=swatch></span>
        </label>
    }
}

fn act(name: &'static str, word: &'static str) -> impl IntoView {
    view! { <button type="button" class="act" data-act=name>{word}</button> }
}
