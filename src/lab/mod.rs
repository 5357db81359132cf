//! What a simulation is, for everything else in the house.
//!
//! A simulation declares [`control`]s, presets, challenges and predictions in a [`Spec`]; it is
//! built from [`Values`]; it steps; it answers with readings and a [`figure`]. Address, prose,
//! slider, slide, command line, static page and tests are each written once, over these types.
//!
//! Nothing here knows a browser.

pub mod address;
pub mod batch;
pub mod bounded;
pub mod charts;
pub mod choice;
pub mod compare;
pub mod condition;
pub mod control;
pub mod days;
pub mod drawing;
pub mod embed;
pub mod entry;
pub mod figure;
pub mod inspect;
pub mod luck;
pub mod measured;
pub mod message;
pub mod narration;
pub mod nearest;
pub mod pair;
pub mod palette;
pub mod picture;
pub mod readout;
pub mod record;
pub mod run;
pub mod runner;
pub mod scene;
pub mod search;
pub mod series;
pub mod simulation;
pub mod snippet;
pub mod speed;
pub mod standalone;
pub mod svg;
pub mod sweep;
pub mod table;
pub mod text;
pub mod unit;
pub mod values;

pub use bounded::Bounded;
pub use choice::Choice;
pub use condition::{Clause, Quantity, Relation, of};
pub use control::{Control, Kind, Refusal, Value};
pub use figure::Figure;
pub use pair::Pair;
pub use readout::{Named, Reading, Readout, reading};
pub use runner::Runner;
pub use simulation::{Answer, Challenge, Pace, Prediction, Preset, Simulation, Spec};
pub use values::Values;

/// A text that only the static HTML shows: kept natively, where pages are drawn, and empty in
/// WebAssembly. The browser has it on the page already, and reads it there where it needs it.
#[must_use]
pub const fn page_text(text: &'static str) -> &'static str {
    if cfg!(target_arch = "wasm32") { "" } else { text }
}
