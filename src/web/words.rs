//! The words that change while a simulation lives: the views write them first, the browser again
//! whenever they differ.

use crate::lab::run::luck::SEEDS;
use crate::lab::schema::control::group_thousands;
use crate::lab::schema::drawing::{self, Drawing};
use crate::lab::schema::unit::counted;
use crate::lab::{Control, Prediction, Value};

/// Places on a control's track.
pub const TRACK: f64 = 1000.0;

/// Kinds of files that may hold a table, or texts.
#[cfg(not(target_arch = "wasm32"))]
pub const TABLES: &str = ".csv,.tsv,.txt,text/csv,text/tab-separated-values,text/plain";

/// What stands under a field for a table of the reader's own.
#[cfg(not(target_arch = "wasm32"))]
pub const OWN_DATA: &str = "Your data stay on this device.";

/// What a link leaves out, said where it is made.
pub fn left_out(characters: usize) -> String {
    format!(
        "The link is without your data: {} characters are too many for an address. They stay on this device; \
         one HTML file has them inside.",
        group_thousands(&characters.to_string())
    )
}

/// What stands under the presets before one is chosen.
pub const NO_PRESET: &str = "Pick a setting to see what to look at.";

/// The button that asks whether a difference is luck.
pub fn luck(running: bool) -> String {
    if running { "Stop".to_owned() } else { format!("Is it luck? Try {SEEDS} seeds") }
}

/// The button that starts and stops a run.
pub fn play(playing: bool) -> &'static str {
    if playing { "Pause" } else { "Play" }
}

/// The steps made so far.
pub fn clock(step: u64) -> String {
    group_thousands(&step.to_string())
}

/// Time that has passed, in ms, as a clock shows it: 7:05, and 1:07:05 from an hour on.
pub fn passed(time: f64) -> String {
    let seconds = (time.max(0.0) / 1000.0) as u64;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 { format!("{hours}:{minutes:02}:{seconds:02}") } else { format!("{minutes}:{seconds:02}") }
}

/// A control's value with its unit.
pub fn with_unit(control: &Control, value: &Value) -> String {
    format!("{} {}", control.shown(value), control.unit).trim_end().to_owned()
}

/// Where a value stands on its track.
pub fn place(control: &Control, value: &Value) -> String {
    (control.position(value) * TRACK).round().to_string()
}

/// What a drawing shows, for those who do not see it.
pub fn sheet(control: &Control, cells: &[u8]) -> String {
    format!("{}: {}", control.label, drawing::shown(cells))
}

/// What stands in a cell of a drawing, counted from the upper left.
pub fn cell(drawing: &Drawing, cells: &[u8], [x, y]: [usize; 2]) -> String {
    let level = cells[y * drawing.columns + x];
    format!("Row {}, column {}: {}", y + 1, x + 1, drawing.ink_name(level))
}

/// What a brush paints with.
pub fn ink(drawing: &Drawing, level: u8) -> String {
    if level == 0 { "eraser".to_owned() } else { drawing.ink_name(level) }
}

/// How many challenges are solved.
pub fn challenges(solved: u32, all: usize) -> String {
    format!("Challenges: {solved} of {all} solved")
}

/// What stands behind a clause, for those who do not see its tick.
pub fn clause(holds: bool) -> &'static str {
    if holds { " (holds)" } else { " (not yet)" }
}

/// What is said where a run has stopped for a bet.
pub const ASKS: &str = "The run has stopped here, before it shows the answer. Place your bet, or press Play.";

/// What became of a bet on `bet`, when the run showed `outcome` to be right; `left` steps are
/// still to be made, and `because` says why it went as it did.
pub fn verdict(
    prediction: &Prediction,
    (bet, outcome): (Option<usize>, Option<usize>),
    (left, unit): (u64, &str),
    because: &str,
) -> String {
    match (bet, outcome) {
        (None, _) => "Place your bet, then the run decides.".to_owned(),
        (Some(_), None) => format!("Running: decided in {}.", counted(left, unit)),
        (Some(bet), Some(right)) if bet == right => format!("You had it right. {because}"),
        (Some(_), Some(right)) => {
            format!("It turned out: {}. {because}", prediction.answers[right].label)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clock_shows_minutes_and_hours_when_there_are_any() {
        let shown = [0.0, 999.0, 65_000.0, 3_599_999.0, 3_600_000.0, 4_025_000.0, -5.0].map(passed);
        assert_eq!(shown, ["0:00", "0:00", "1:05", "59:59", "1:00:00", "1:07:05", "0:00"]);
    }
}
