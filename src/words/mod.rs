//! Words and days, for everything that knows no simulation.

pub mod days;
pub mod nearest;
pub mod search;
pub mod table;
