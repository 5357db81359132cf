//! What a simulation is as HTML: picture and readouts on the one side, controls on the other.
//!
//! Drawn natively only. What changes while it lives carries a data attribute, by which
//! `web::bind` finds it: the file of the same name there has the behaviour.

mod controls;
mod drawing;
mod extras;
mod stage;

use crate::lab::Runner;
use crate::lab::figure::svg::escape;
use crate::lab::run::narration;
use crate::topics::Topic;
use leptos::prelude::*;

/// The static HTML of a simulation at its opening moment, root element included.
#[must_use]
pub fn widget_html(topic: &Topic, opening: &Runner) -> String {
    let spec = opening.spec();
    let inner = view! {
        {summary(opening)}
        <div class="sim-body">
            {stage::stage(opening)}
            <div class="sim-panel">
                {spec.prediction.as_ref().map(|bet| extras::prediction(spec, bet))} {controls::controls(spec)}
            </div>
            <div class="sim-extras">{extras::challenges(opening)} {extras::depend(spec)}</div>
        </div>
        <p class="spoken visually-hidden" data-spoken aria-live="polite"></p>
    }
    .to_html();
    whole(topic, opening, "class=\"sim\"", &inner)
}

/// A simulation at first sight, for the root of the site: the first panel of its figure, a few of its
/// controls, what stops it, and the way to its topic.
#[must_use]
pub fn glimpse_html(topic: &Topic, opening: &Runner, shown: &[&str]) -> String {
    let inner = view! {
        {summary(opening)}
        <div class="glimpse-body">
            {stage::first_panel(opening)}
            <div class="glimpse-panel">
                {controls::some(opening.spec(), shown)}
                <div class="transport" role="group" aria-label="Run">
                    {stage::play()} <a href=format!("./{}", topic.path())>{topic.title}</a>
                </div>
            </div>
        </div>
        <div class="messages" data-messages role="status"></div>
        <p class="spoken visually-hidden" data-spoken aria-live="polite"></p>
    }
    .to_html();
    whole(topic, opening, "class=\"sim\" data-glimpse", &inner)
}

fn summary(opening: &Runner) -> impl IntoView + use<> {
    let spec = opening.spec();
    view! {
        <div class="sim-summary visually-hidden">
            <p>{spec.summary}</p>
            <p data-now>{narration::now(spec.readouts, opening.readings(), opening.step())}</p>
        </div>
    }
}

/// The root element around all that.
fn whole(topic: &Topic, opening: &Runner, kind: &str, inner: &str) -> String {
    let spec = opening.spec();
    format!(
        "<section {kind} data-sim=\"{}\" data-step=\"{}\" data-state=\"paused\" aria-label=\"{}\">{inner}</section>",
        topic.address(spec),
        opening.step(),
        escape(spec.title),
    )
}
