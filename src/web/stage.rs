//! The picture, the transport under it, the readouts, and what the model has to say.

use super::extras::Presets;
use super::session::Session;
use super::share::ShareButton;
use crate::lab::scene::compose;
use crate::lab::{Runner, svg};
use leptos::prelude::*;

/// Widths in px for which the static page has drawings.
const STATIC_WIDTHS: [(f64, &str); 2] = [(720.0, "wide"), (328.0, "narrow")];

#[component]
pub fn Stage(session: Session) -> impl IntoView {
    view! {
        <div class="sim-stage">
            <div class="figure" inner_html=static_figure(session)></div>
            <Transport session />
            <Presets session />
            <Readouts session />
            <Messages session />
        </div>
    }
}

/// The opening picture as SVG, for wide and for narrow columns. Only the native page draws it: in
/// the browser these drawings stand in the HTML already.
fn static_figure(session: Session) -> String {
    if cfg!(target_arch = "wasm32") {
        return String::new();
    }
    let figure = session.runner.with_value(|r: &Runner| r.simulation().figure());
    STATIC_WIDTHS.iter().map(|(width, class)| svg::inline(&compose(&figure, *width), class)).collect()
}

#[component]
fn Transport(session: Session) -> impl IntoView {
    let label = move || if session.playing.get() { "Pause" } else { "Play" };
    let unit = session.spec.pace.unit;
    view! {
        <div class="transport" role="group" aria-label="Run">
            <button type="button" class="play" data-action="play" aria-label=label on:click=move |_| session.toggle_play()>
                <span class="icon" class:playing=move || session.playing.get() aria-hidden="true"></span>
                <span class="text" aria-hidden="true">{label}</span>
            </button>
            <button type="button" data-action="step" title=format!("One {unit}") on:click=move |_| session.single_step()>
                "Step"
            </button>
            <button type="button" data-action="reset" title="Back to the start" on:click=move |_| session.reset()>
                "Reset"
            </button>
            <label class="speed">
                <span class="visually-hidden">"Speed"</span>
                <select
                    data-action="speed"
                    on:change=move |event| {
                        session.speed.set(event_target_value(&event).parse().unwrap_or(1.0));
                    }
                >
                    <option value="0.25">"¼×"</option>
                    <option value="1" selected=true>"1×"</option>
                    <option value="4">"4×"</option>
                    <option value="16">"16×"</option>
                </select>
            </label>
            <p class="clock">
                <span class="clock-unit">{unit}</span>
                " "
                <span class="clock-step">{move || crate::lab::control::group_thousands(&session.step.get().to_string())}</span>
                <span class="clock-rate" title="Steps a second that this machine reaches">
                    {move || {
                        let rate = session.rate.get();
                        if rate >= 1.0 && session.playing.get() { format!("{rate:.0}/s") } else { String::new() }
                    }}
                </span>
            </p>
            <ShareButton session />
        </div>
    }
}

#[component]
fn Readouts(session: Session) -> impl IntoView {
    let rows: Vec<_> = session
        .spec
        .readouts
        .iter()
        .enumerate()
        .map(|(i, readout)| {
            view! {
                <div class="readout" title=readout.help>
                    <dt>{readout.label}</dt>
                    <dd>
                        <output
                            data-readout=readout.id
                            data-value=move || session.reading(i).exact()
                            aria-label=move || format!("{}: {}", readout.label, readout.said(&session.reading(i)))
                        >
                            {move || readout.shown(&session.reading(i))}
                        </output>
                    </dd>
                </div>
            }
        })
        .collect();
    view! { <dl class="readouts">{rows}</dl> }
}

#[component]
fn Messages(session: Session) -> impl IntoView {
    view! {
        <div class="messages" role="status">
            <For each=move || session.messages.get() key=Clone::clone let:sentence>
                <p class="message">{sentence}</p>
            </For>
            <For each=move || session.notes.get() key=Clone::clone let:sentence>
                <p class="note">{sentence}</p>
            </For>
        </div>
    }
}
