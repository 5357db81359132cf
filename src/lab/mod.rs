//! What a simulation is, for everything else in the house.
//!
//! A simulation declares [`control`]s, presets, challenges and predictions in a [`Spec`]; it is
//! built from [`Values`]; it steps; it answers with readings and a [`figure`]. Address, prose,
//! slider, slide, command line, static page and tests are each written once, over these types.
//!
//! Nothing here knows a browser.

pub mod address;
pub mod figure;
pub mod run;
pub mod schema;
pub mod share;
pub mod simulation;
pub mod why;

pub use figure::Figure;
pub use run::pair::Pair;
pub use run::runner::Runner;
pub use schema::bounded::Bounded;
pub use schema::choice::Choice;
pub use schema::condition::{Clause, Quantity, Relation, of};
pub use schema::control::{Control, Kind, Refusal, Value};
pub use schema::readout::{Named, Reading, Readout, reading};
pub use schema::values::Values;
pub use simulation::{Answer, Challenge, Pace, Prediction, Preset, Simulation, Spec};

/// A text that only the static HTML shows: kept natively, where pages are drawn, and empty in
/// WebAssembly. The browser has it on the page already, and reads it there where it needs it.
#[must_use]
pub const fn page_text(text: &'static str) -> &'static str {
    if cfg!(target_arch = "wasm32") { "" } else { text }
}
