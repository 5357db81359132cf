//! The picture, the transport under it, the readouts, and what the model has to say.

use super::extras;
use crate::lab::figure::scene::compose;
use crate::lab::figure::svg;
use crate::lab::run::narration;
use crate::lab::schema::unit::several;
use crate::lab::share::film;
use crate::lab::{Pace, Reading, Readout, Runner};
use crate::web::words;
use leptos::prelude::*;

pub fn stage(opening: &Runner) -> impl IntoView + use<> {
    let spec = opening.spec();
    let figure = opening.simulation().figure();
    let drawings = svg::at_widths(&figure);
    view! {
        <div class="sim-stage">
            <div class="figures">
                <div class="figure-now">
                    <p class="run-name" data-now-name hidden=true>"Now"</p>
                    <div class="figure" inner_html=drawings></div>
                </div>
                <div class="figure-kept" data-kept hidden=true>
                    <p class="run-name" data-kept-name></p>
                    <div class="figure" data-kept-figure></div>
                </div>
            </div>
            <div class="difference" data-difference hidden=true>
                {extras::luck(spec, "difference".to_owned(), false)}
                <p class="run-name">"What they differ in: dashed lines are the kept run, bars go from its end to where they end now"</p>
                <div class="figure" data-difference-figure></div>
            </div>
            {transport(spec.pace, opening.step())}
            {(!spec.presets.is_empty()).then(|| extras::presets(spec.presets))}
            {readouts(spec.readouts, opening.readings())}
            <div class="why" data-why-panel role="region" aria-label="Why?" tabindex="-1" hidden=true></div>
            {messages(opening.simulation().notes())}
        </div>
    }
}

fn transport(pace: Pace, step: u64) -> impl IntoView {
    view! {
        <div class="transport" role="group" aria-label="Run">
            {(!pace.is_still()).then(|| run(pace.unit, step))}
            <button
                type="button"
                data-action="keep"
                aria-pressed="false"
                title="Keep this run, change something, and see both with the same seed"
            >
                "Compare"
            </button>
            <button
                type="button"
                data-action="share"
                aria-expanded="false"
                title="Copy a link to exactly this moment, or take it along as a file"
            >
                "Share"
            </button>
        </div>
        {share_panel(pace)}
    }
}

/// The picture of a glimpse: as high at every width, so one drawing is enough.
pub fn first_panel(opening: &Runner) -> impl IntoView + use<> {
    let [_, (width, _)] = svg::WIDTHS;
    let drawing = svg::inline(&compose(&opening.simulation().figure().first_panel(), width), "");
    view! { <div class="figure" inner_html=drawing></div> }
}

/// What starts and stops a run.
pub fn play() -> impl IntoView {
    view! {
        <button type="button" class="play" data-action="play" aria-label=words::play(false)>
            <span class="icon" data-play="icon" aria-hidden="true"></span>
            <span class="text" data-play="text" aria-hidden="true">{words::play(false)}</span>
        </button>
    }
}

/// What moves a run. A still simulation has none of it.
fn run(unit: &'static str, step: u64) -> impl IntoView {
    view! {
        {play()}
        <button type="button" data-action="step" title=format!("One {unit}")>"Step"</button>
        <button type="button" data-action="reset" title="Back to the start">"Reset"</button>
        <label class="speed">
            <span class="visually-hidden">"Speed"</span>
            <select data-action="speed">
                <option value="0.25">"¼×"</option>
                <option value="1" selected=true>"1×"</option>
                <option value="4">"4×"</option>
                <option value="16">"16×"</option>
            </select>
        </label>
        <p class="clock">
            <span class="clock-unit">{unit}</span>
            " "
            <span class="clock-step" data-clock="step">{words::clock(step)}</span>
            <span class="clock-rate" data-clock="rate" title="Steps a second that this machine reaches"></span>
        </p>
    }
}

fn share_panel(pace: Pace) -> impl IntoView {
    view! {
        <div class="share-panel" data-share-panel hidden=true>
            <label class="share-row">
                <span>"Link to this moment"</span>
                <input type="text" class="share-link" data-share-link readonly=true />
            </label>
            <div class="share-row" role="group" aria-label="Save the figure">
                <span>"Figure"</span>
                {themes("Colours of the saved figure")}
                {save("svg", "SVG")} {save("1", "PNG")} {save("2", "PNG 2×")} {save("4", "PNG 4×")}
            </div>
            {(!pace.is_still()).then(|| film(&pace))}
            {talk()}
            {making()}
            <div class="share-row" role="group" aria-label="Save the numbers">
                <span>"Numbers"</span>
                {save("csv", "CSV")}
                {save("json", "JSON")}
            </div>
            <div class="share-row" role="group" aria-label="Take the simulation along">
                <span>"All of it"</span>
                {save("html", "Save as one HTML file")}
                <a data-elsewhere role="link" aria-disabled="true">"Page, slide or QR code"</a>
            </div>
            <p class="save-state" data-save-state role="status"></p>
        </div>
    }
}

fn save(kind: &'static str, word: &'static str) -> impl IntoView {
    view! { <button type="button" data-save=kind>{word}</button> }
}

fn themes(label: &'static str) -> impl IntoView {
    view! {
        <select data-save-theme aria-label=label>
            <option value="light" selected=true>"light"</option>
            <option value="dark">"dark"</option>
        </select>
    }
}

/// Widths in px of the films that a page makes.
const FILM_WIDTHS: [u64; 3] = [480, film::WIDTH, 1280];

/// What makes a film of the steps that come. What stands still has none.
fn film(pace: &Pace) -> impl IntoView + use<> {
    view! {
        <div class="share-row" role="group" aria-label="Save a film of the next steps">
            <span>"Film"</span>
            <label class="film-steps">
                "next "
                <input
                    type="text"
                    inputmode="numeric"
                    autocomplete="off"
                    data-film-steps
                    value=film::usual_steps(pace)
                />
                " "
                {several(pace.unit)}
            </label>
            {themes("Colours of the film")}
            <select data-film-width aria-label="Width of the film">
                {widths()}
            </select>
            {save("gif", "GIF")}
            {save("mp4", "MP4")}
        </div>
    }
}

fn widths() -> impl IntoView {
    FILM_WIDTHS.map(|width| {
        view! { <option value=width selected=width == film::WIDTH>{format!("{width} px")}</option> }
    })
}

/// What makes slides and a film of the talk. Shown where the page has one.
fn talk() -> impl IntoView {
    view! {
        <div class="share-row" role="group" aria-label="Save the steps of the talk" data-of-talk hidden=true>
            <span>"The talk’s steps"</span>
            {themes("Colours of the talk’s files")}
            {save("pptx", "Slides (.pptx)")}
            <select data-talk-width aria-label="Width of the talk’s film">
                {widths()}
            </select>
            {save("talk", "GIF")}
            {save("talk-mp4", "MP4")}
        </div>
    }
}

/// How far a file is that takes a while, and what gives it up.
fn making() -> impl IntoView {
    view! {
        <div class="share-row" data-making hidden=true>
            <progress aria-label="How much of the file is made" value="0" max="1"></progress>
            <p class="making-says" data-making-says></p>
            {save("cancel", "Cancel")}
        </div>
    }
}

/// An `output` would say each of its ten changes a second, were it not told to be quiet.
fn readouts(readouts: &'static [Readout], readings: &[Reading]) -> impl IntoView + use<> {
    let rows: Vec<_> = readouts
        .iter()
        .zip(readings)
        .map(|(readout, reading)| {
            view! {
                <div class="readout" title=readout.meaning()>
                    <dt>{readout.label}</dt>
                    <dd>
                        {answering(readout, reading)}
                        <span class="kept-reading" data-kept-reading=readout.id></span>
                        <span class="kept-reading" data-luck-reading=readout.id></span>
                    </dd>
                </div>
            }
        })
        .collect();
    view! { <dl class="readouts">{rows}</dl> }
}

/// A reading that says why it stands where it stands when it is asked. The browser reads its
/// formula from here: the program has it not.
fn answering(readout: &'static Readout, reading: &Reading) -> impl IntoView + use<> {
    let formula = (!readout.formula.is_empty()).then_some(readout.formula);
    view! {
        <button
            type="button"
            class="reading"
            data-why=readout.id
            data-formula=formula
            aria-expanded="false"
        >
            <output
                data-readout=readout.id
                data-value=reading.exact()
                aria-live="off"
                aria-label=narration::named(readout, reading)
            >
                {readout.shown_in_column(reading)}
            </output>
            <span class="visually-hidden">" Why?"</span>
        </button>
    }
}

fn messages(notes: Vec<String>) -> impl IntoView {
    let notes: Vec<_> = notes.into_iter().map(|sentence| view! { <p class="note">{sentence}</p> }).collect();
    view! { <div class="messages" data-messages role="status">{notes}</div> }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_readout_can_be_asked_why_and_has_its_formula_with_it() {
        const READOUTS: &[Readout] =
            &[Readout::new("cost", "Cost", 1).formula("a * b"), Readout::new("loss", "Loss", 2)];
        let html = readouts(READOUTS, &[Reading::Number(3.0), Reading::Absent]).to_html();
        for part in ["data-why=\"cost\" data-formula=\"a * b\" aria", "data-why=\"loss\" aria"] {
            assert!(html.contains(part), "{part}: {html}");
        }
    }

    #[test]
    fn what_stands_still_offers_no_step() {
        let moves = |pace| transport(pace, 0).to_html();
        for action in ["play", "step", "reset", "speed"] {
            let button = format!("data-action=\"{action}\"");
            assert!(moves(Pace::new(10.0, 0, "step")).contains(&button), "{action}");
            assert!(!moves(Pace::still()).contains(&button), "{action}");
        }
        assert!(moves(Pace::still()).contains("data-action=\"keep\""));
    }

    #[test]
    fn a_film_is_offered_of_what_has_steps_and_lasts_five_seconds() {
        let html = transport(Pace::new(60.0, 0, "training step"), 0).to_html();
        assert!(html.contains("data-save=\"gif\"") && html.contains("data-save=\"cancel\""), "{html}");
        assert!(html.contains("data-film-steps value=\"300\"") && html.contains("training steps"), "{html}");
        for width in FILM_WIDTHS {
            assert!(html.contains(&format!("<option value=\"{width}\"")), "{html}");
        }
        let still = transport(Pace::still(), 0).to_html();
        assert!(!still.contains("data-film") && !still.contains("data-save=\"gif\""), "{still}");
        // The talk goes over other simulations, too.
        for kind in ["svg", "pptx", "talk", "cancel"] {
            assert!(still.contains(&format!("data-save=\"{kind}\"")), "{kind}");
        }
    }
}
