//! A simulation in the page: picture and readouts on the one side, controls on the other.

use super::controls::Controls;
use super::extras::{Challenges, PredictionCard};
use super::session::Session;
use super::stage::Stage;
use leptos::prelude::*;

/// Everything inside a simulation's root element. Drawn natively for the static page, and again
/// in the browser over the very same HTML.
#[component]
pub fn Widget(session: Session) -> impl IntoView {
    view! {
        <p class="sim-summary visually-hidden">{session.spec.summary}</p>
        <div class="sim-body">
            <Stage session />
            <div class="sim-panel">
                <PredictionCard session />
                <Controls session />
            </div>
            <div class="sim-extras">
                <Challenges session />
            </div>
        </div>
        <p class="spoken visually-hidden" aria-live="polite">{move || session.spoken.get()}</p>
    }
}

/// The static HTML of a simulation at its opening moment, root element included.
#[cfg(not(target_arch = "wasm32"))]
#[must_use]
pub fn widget_html(topic: &'static crate::topics::Topic, spec: &'static crate::lab::Spec) -> String {
    use crate::lab::svg::escape;
    let owner = Owner::new();
    let inner = owner.with(|| {
        let session = Session::new(spec, crate::lab::Runner::opening(spec));
        view! { <Widget session /> }.to_html()
    });
    format!(
        "<section class=\"sim\" data-sim=\"{}/{}\" data-step=\"{}\" data-state=\"paused\" aria-label=\"{}\">{inner}</section>",
        topic.slug,
        spec.id,
        spec.pace.opening,
        escape(spec.title),
    )
}
