//! What a simulation declares and answers, with nothing that draws, runs or shares it.
//!
//! [`control`]s with their [`values`], conditions over them, readouts with their [`unit`]s, and the
//! [`simulation`] that holds them together; [`entry`] reads what a reader types.

pub mod bounded;
pub mod choice;
pub mod condition;
pub mod control;
pub mod drawing;
pub mod entry;
pub mod readout;
pub mod table;
pub mod text;
pub mod unit;
pub mod values;
