//! Drawings: small grids of cells, each with a shade of grey or one of a few inks.
//!
//! As text, in addresses, files and the terminal, a drawing is its rows from top to bottom with a point
//! between them, a digit for each cell (0 is blank; after 9 come a, b, …). Zeros at the end of a row and
//! blank rows at the end are left out, so that each drawing has one text: `0f.0f` is a short stroke in
//! the upper left corner. A wholly blank drawing is `0`. Whoever types may break the line instead of
//! writing the point, and may write all zeros.

use super::control::shorten;
use super::text::Fault;

/// What a drawing control takes.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Drawing {
    pub columns: usize,
    pub rows: usize,
    pub inks: Inks,
    /// The drawing of a fresh page, as text.
    pub default: &'static str,
    /// Fewest cells that are not blank.
    pub least: usize,
}

/// What a cell may be; 0 is always the blank one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Inks {
    /// So many shades, blank and full included.
    Grey(u8),
    /// Colours with names. The first is that of the paper.
    Named(&'static [Ink]),
}

/// A colour with its name.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ink {
    pub name: &'static str,
    /// Red, green, blue.
    pub colour: [u8; 3],
}

/// Most inks: as many as there are digits.
const MOST_INKS: usize = 36;

impl Drawing {
    /// A blank sheet.
    ///
    /// # Panics
    /// When the program is compiled: without cells, with more than 4,096, or with too few or too many
    /// inks.
    pub(super) const fn new([columns, rows]: [usize; 2], inks: Inks) -> Self {
        assert!(columns > 0 && rows > 0 && columns * rows <= 4096, "a drawing has 1 to 4,096 cells");
        let drawing = Self { columns, rows, inks, default: "0", least: 0 };
        assert!(drawing.levels() >= 2 && drawing.levels() <= MOST_INKS, "a drawing has 2 to 36 inks");
        drawing
    }

    /// How many different cells there are.
    #[must_use]
    pub const fn levels(&self) -> usize {
        match self.inks {
            Inks::Grey(levels) => levels as usize,
            Inks::Named(inks) => inks.len(),
        }
    }

    #[must_use]
    pub const fn cells(&self) -> usize {
        self.columns * self.rows
    }

    /// Reads a drawing's text: a level for each cell, row by row.
    ///
    /// # Errors
    /// The first thing that is wrong in it.
    pub fn read(&self, text: &str) -> Result<Vec<u8>, Fault> {
        let mut cells = vec![0; self.cells()];
        let (mut row, mut column) = (0, 0);
        for (at, c) in text.trim_end().chars().enumerate() {
            let fault = |sentence: String| Err(Fault { at, sentence });
            match c {
                '\r' => {}
                '.' | '\n' => (row, column) = (row + 1, 0),
                _ if row >= self.rows => return fault(format!("there are more than {} rows.", self.rows)),
                _ if column >= self.columns => {
                    return fault(format!("the row has more than {} cells.", self.columns));
                }
                c => match c.to_digit(36).map(|level| level as u8) {
                    Some(level) if usize::from(level) < self.levels() => {
                        cells[row * self.columns + column] = level;
                        column += 1;
                    }
                    _ => {
                        let shown = shorten(&c.to_string());
                        return fault(format!("“{shown}” is none of {}.", self.digits()));
                    }
                },
            }
        }
        self.check(&cells)?;
        Ok(cells)
    }

    /// Whether a grid is a drawing that can be used.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn check(&self, cells: &[u8]) -> Result<(), Fault> {
        let inked = inked(cells);
        if inked < self.least {
            let least = if self.least == 1 { "one cell".to_owned() } else { format!("{} cells", self.least) };
            let sentence = format!("draw something: at least {least} of {}, not {inked}.", self.cells());
            return Err(Fault { at: 0, sentence });
        }
        Ok(())
    }

    /// A place in a drawing's text as a reader counts: "row 2, cell 5".
    #[must_use]
    pub fn place(text: &str, at: usize) -> String {
        let (mut row, mut cell) = (1, 1);
        for c in text.chars().take(at) {
            match c {
                '.' | '\n' => (row, cell) = (row + 1, 1),
                '\r' => {}
                _ => cell += 1,
            }
        }
        format!("row {row}, cell {cell}")
    }

    /// The one text of a drawing.
    #[must_use]
    pub fn text(&self, cells: &[u8]) -> String {
        let mut out = String::new();
        for (i, row) in cells.chunks(self.columns).enumerate() {
            if i > 0 {
                out.push('.');
            }
            let end = row.iter().rposition(|level| *level > 0).map_or(0, |last| last + 1);
            out.extend(row[..end].iter().map(|level| digit(*level)));
        }
        out.truncate(out.trim_end_matches('.').len());
        if out.is_empty() { "0".to_owned() } else { out }
    }

    /// The outlines of the cells of each ink, from the first that is not blank: a path for each, in units
    /// of a cell.
    #[must_use]
    pub fn outlines(&self, cells: &[u8]) -> Vec<String> {
        let mut paths = vec![String::new(); self.levels() - 1];
        for (y, row) in cells.chunks(self.columns).enumerate() {
            let mut x = 0;
            for run in row.chunk_by(|a, b| a == b) {
                if let Some(path) = usize::from(run[0]).checked_sub(1).and_then(|ink| paths.get_mut(ink)) {
                    let width = run.len();
                    path.push_str(&format!("M{x} {y}h{width}v1h-{width}z"));
                }
                x += run.len();
            }
        }
        paths
    }

    /// Drawings at the edges of what is legal: the default, blank, full, every other cell, one cell in
    /// the first and in the last corner.
    #[must_use]
    pub fn corners(&self) -> Vec<Vec<u8>> {
        let full = (self.levels() - 1) as u8;
        let each = |ink: &dyn Fn(usize) -> bool| -> Vec<u8> {
            (0..self.cells()).map(|cell| if ink(cell) { full } else { 0 }).collect()
        };
        let last = self.cells() - 1;
        let mut all = vec![
            each(&|_| false),
            each(&|_| true),
            each(&|cell| (cell / self.columns + cell % self.columns).is_multiple_of(2)),
            each(&|cell| cell == 0),
            each(&|cell| cell == last),
            (0..self.cells()).map(|cell| (cell % self.levels()) as u8).collect(),
        ];
        all.extend(self.read(self.default));
        all.retain(|cells| self.check(cells).is_ok());
        all
    }

    /// What would be right, in words.
    #[must_use]
    pub fn legal(&self) -> String {
        let least = match self.least {
            0 => String::new(),
            least => format!(", {least} of them not blank"),
        };
        format!(
            "a drawing of {} × {} cells{least}: its rows with a point between them, a digit for each cell, {}; \
             zeros at the end may be left out",
            self.columns,
            self.rows,
            self.digits()
        )
    }

    /// The digits of the inks: "0 (blank) to f (full)".
    fn digits(&self) -> String {
        match self.inks {
            Inks::Grey(levels) => format!("0 (blank) to {} (full)", digit(levels - 1)),
            Inks::Named(inks) => {
                let names =
                    inks.iter().zip(0..).map(|(ink, level)| format!("{} ({})", digit(level), ink.name));
                names.collect::<Vec<_>>().join(", ")
            }
        }
    }

    /// The levels that a reader can pick at once: every colour, or a few shades, and the blank one last.
    #[must_use]
    pub fn picks(&self) -> Vec<u8> {
        let full = (self.levels() - 1) as u8;
        match self.inks {
            Inks::Named(_) => (1..=full).chain([0]).collect(),
            Inks::Grey(_) => {
                let mut picks: Vec<u8> = [full, (2 * full).div_ceil(3), full.div_ceil(3), 0].into();
                picks.dedup();
                picks
            }
        }
    }

    /// The level that draws on a fresh page: the first that can be picked.
    #[must_use]
    pub fn brush(&self) -> u8 {
        self.picks()[0]
    }

    /// What a level is called.
    #[must_use]
    pub fn ink_name(&self, level: u8) -> String {
        match self.inks {
            Inks::Grey(_) if level == 0 => "blank".to_owned(),
            Inks::Grey(levels) if level + 1 == levels => "full".to_owned(),
            Inks::Grey(levels) => format!("{level} of {}", levels - 1),
            Inks::Named(inks) => inks[usize::from(level)].name.to_owned(),
        }
    }

    /// A picture as a drawing: as large as it fits, in the middle. `rgba` has four bytes for each pixel,
    /// row by row. In shades the paper is what the picture has at its edge, and the ink what differs most
    /// from that; in colours each cell takes the ink that is nearest.
    #[must_use]
    pub fn scaled(&self, width: usize, rgba: &[u8]) -> Vec<u8> {
        let height = (rgba.len() / 4).checked_div(width).unwrap_or(0);
        if height == 0 {
            return vec![0; self.cells()];
        }
        let side = (width as f64 / self.columns as f64).max(height as f64 / self.rows as f64);
        // The pixels of a cell along one direction; none where the picture has no part in it.
        let span = |cell: usize, cells: usize, pixels: usize| {
            let margin = (cells as f64 * side - pixels as f64) / 2.0;
            let edge = |at: usize| (at as f64 * side - margin).clamp(0.0, pixels as f64);
            edge(cell).floor() as usize..edge(cell + 1).ceil() as usize
        };
        let pixel = |x: usize, y: usize| on_white(&rgba[(y * width + x) * 4..]);
        let colours: Vec<Option<[f64; 3]>> = (0..self.cells())
            .map(|cell| {
                let (xs, ys) = (
                    span(cell % self.columns, self.columns, width),
                    span(cell / self.columns, self.rows, height),
                );
                mean(ys.flat_map(|y| xs.clone().map(move |x| (x, y))).map(|(x, y)| pixel(x, y)))
            })
            .collect();
        match self.inks {
            Inks::Named(inks) => {
                colours.iter().map(|colour| colour.map_or(0, |colour| nearest(inks, colour))).collect()
            }
            Inks::Grey(levels) => {
                let rim = (0..width).flat_map(|x| [(x, 0), (x, height - 1)]);
                let rim = rim.chain((0..height).flat_map(|y| [(0, y), (width - 1, y)]));
                let paper = mean(rim.map(|(x, y)| pixel(x, y))).map_or(1.0, lightness);
                let apart: Vec<f64> =
                    colours.iter().map(|c| c.map_or(0.0, |colour| lightness(colour) - paper)).collect();
                let most =
                    apart.iter().fold(0.0, |most: f64, x| if x.abs() > most.abs() { *x } else { most });
                // What is hardly there is the grain of the paper.
                let full = if most.abs() < 0.05 { f64::INFINITY } else { most };
                let level = |x: &f64| ((x / full).max(0.0) * f64::from(levels - 1)).round() as u8;
                apart.iter().map(level).collect()
            }
        }
    }

    /// The cells with ink as shares of the full one, row by row.
    #[must_use]
    pub fn shades(&self, cells: &[u8]) -> Vec<f64> {
        let full = (self.levels() - 1) as f64;
        cells.iter().map(|level| f64::from(*level) / full).collect()
    }
}

/// The cells of a stroke from one cell to another, both included; each touches the next.
#[must_use]
pub fn stroke([x, y]: [usize; 2], [to_x, to_y]: [usize; 2]) -> Vec<[usize; 2]> {
    let steps = x.abs_diff(to_x).max(y.abs_diff(to_y));
    let along = |from: usize, to: usize, step: usize| {
        // Rounded to the nearest cell, in whole numbers.
        (2 * (from * (steps - step) + to * step) + steps) / (2 * steps.max(1))
    };
    (0..=steps)
        .map(|step| if steps == 0 { [x, y] } else { [along(x, to_x, step), along(y, to_y, step)] })
        .collect()
}

/// A pixel as it looks on white paper: red, green, blue, 0 to 255.
fn on_white(pixel: &[u8]) -> [f64; 3] {
    let alpha = f64::from(pixel[3]) / 255.0;
    [0, 1, 2].map(|i| f64::from(pixel[i]) * alpha + 255.0 * (1.0 - alpha))
}

fn mean(colours: impl Iterator<Item = [f64; 3]>) -> Option<[f64; 3]> {
    let (mut sum, mut count) = ([0.0; 3], 0.0);
    for colour in colours {
        (0..3).for_each(|i| sum[i] += colour[i]);
        count += 1.0;
    }
    (count > 0.0).then(|| sum.map(|x| x / count))
}

/// Rec. 709 luma, 0 to 1.
fn lightness([red, green, blue]: [f64; 3]) -> f64 {
    (0.2126 * red + 0.7152 * green + 0.0722 * blue) / 255.0
}

fn nearest(inks: &[Ink], colour: [f64; 3]) -> u8 {
    let distance = |ink: &Ink| {
        let apart = [0, 1, 2].map(|i| colour[i] - f64::from(ink.colour[i]));
        apart.iter().map(|x| x * x).sum::<f64>()
    };
    let best = inks.iter().zip(0..).min_by(|(a, _), (b, _)| distance(a).total_cmp(&distance(b)));
    best.map_or(0, |(_, level)| level)
}

/// How many cells are not blank.
#[must_use]
pub fn inked(cells: &[u8]) -> usize {
    cells.iter().filter(|level| **level > 0).count()
}

/// A drawing for a sentence.
#[must_use]
pub fn shown(cells: &[u8]) -> String {
    format!("{} of {} cells drawn", inked(cells), cells.len())
}

fn digit(level: u8) -> char {
    char::from_digit(u32::from(level), MOST_INKS as u32).unwrap_or('0')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const DIGIT: Drawing = Drawing::new([8, 8], Inks::Grey(16));
    const FLAG: Drawing = Drawing::new(
        [3, 2],
        Inks::Named(&[
            Ink { name: "paper", colour: [255; 3] },
            Ink { name: "red", colour: [213, 0, 0] },
            Ink { name: "blue", colour: [0, 0, 213] },
        ]),
    );

    #[test]
    fn a_drawing_has_one_text() {
        let mut cells = vec![0; 64];
        assert_eq!(DIGIT.text(&cells), "0");
        (cells[1], cells[9], cells[34]) = (15, 8, 1);
        assert_eq!(DIGIT.text(&cells), "0f.08...001");
        for text in ["0f.08...001", "0F000000.08.0..001.", "0f\r\n08\n\n\n001\n"] {
            assert_eq!(DIGIT.read(text).as_ref(), Ok(&cells), "{text}");
        }
        assert_eq!(DIGIT.read("").map(|cells| inked(&cells)), Ok(0));
    }

    #[test]
    fn what_is_wrong_is_named_with_its_place() {
        let said = |drawing: &Drawing, text: &str| {
            let fault = drawing.read(text).unwrap_err();
            format!("{}: {}", Drawing::place(text, fault.at), fault.sentence)
        };
        assert_eq!(said(&DIGIT, "00.0x"), "row 2, cell 2: “x” is none of 0 (blank) to f (full).");
        assert_eq!(said(&DIGIT, "000000000"), "row 1, cell 9: the row has more than 8 cells.");
        assert_eq!(said(&FLAG, "1.2.1"), "row 3, cell 1: there are more than 2 rows.");
        assert_eq!(said(&FLAG, "13"), "row 1, cell 2: “3” is none of 0 (paper), 1 (red), 2 (blue).");
        let inked = Drawing { least: 2, ..DIGIT };
        assert!(said(&inked, "00f").contains("draw something: at least 2 cells of 64, not 1."));
    }

    #[test]
    fn inks_have_names_and_shades() {
        assert_eq!([0, 7, 15].map(|level| DIGIT.ink_name(level)), ["blank", "7 of 15", "full"]);
        assert_eq!(FLAG.ink_name(2), "blue");
        // The full shade draws, or the first colour; the blank one is picked last.
        assert_eq!([DIGIT.brush(), FLAG.brush()], [15, 1]);
        assert_eq!([DIGIT.picks().last(), FLAG.picks().last()], [Some(&0); 2]);
        assert_eq!(DIGIT.shades(&[0, 3, 15]), [0.0, 0.2, 1.0]);
    }

    #[test]
    fn cells_of_one_ink_are_one_path() {
        assert_eq!(FLAG.outlines(&[1, 1, 2, 0, 1, 0]), ["M0 0h2v1h-2zM1 1h1v1h-1z", "M2 0h1v1h-1z"]);
    }

    #[test]
    fn a_stroke_has_no_gaps() {
        assert_eq!(stroke([2, 2], [2, 2]), [[2, 2]]);
        assert_eq!(stroke([0, 0], [4, 2]), [[0, 0], [1, 1], [2, 1], [3, 2], [4, 2]]);
        for (from, to) in [([7, 0], [0, 3]), ([3, 7], [2, 0]), ([0, 5], [7, 5])] {
            let cells = stroke(from, to);
            assert_eq!((cells.first(), cells.last()), (Some(&from), Some(&to)));
            assert!(
                cells.windows(2).all(|w| w[0][0].abs_diff(w[1][0]) <= 1 && w[0][1].abs_diff(w[1][1]) <= 1)
            );
        }
    }

    /// A picture of so many pixels, each from its place.
    fn picture(width: usize, height: usize, pixel: impl Fn(usize, usize) -> [u8; 4]) -> Vec<u8> {
        (0..width * height).flat_map(|i| pixel(i % width, i / width)).collect()
    }

    #[test]
    fn a_picture_is_scaled_to_the_cells() {
        const TWO: Drawing = Drawing::new([4, 4], Inks::Grey(2));
        // A bar of two cells, dark on light, light on dark, faint, and as a hole in what is not opaque.
        let inside = |x: usize, y: usize| (10..20).contains(&x) && (10..30).contains(&y);
        let looks: [[[u8; 4]; 2]; 4] = [
            [[255, 255, 255, 255], [0, 0, 0, 255]],
            [[0, 0, 0, 255], [255, 255, 255, 255]],
            [[200, 200, 190, 255], [120, 110, 120, 255]],
            [[0, 0, 0, 0], [0, 0, 0, 255]],
        ];
        for [paper, ink] in looks {
            let rgba = picture(40, 40, |x, y| if inside(x, y) { ink } else { paper });
            assert_eq!(TWO.text(&TWO.scaled(40, &rgba)), ".01.01", "{ink:?} on {paper:?}");
        }
        // A wide one stands in the middle; a small one is enlarged; a blank one stays blank.
        let wide = picture(40, 20, |x, _| if x < 10 { [0, 0, 0, 255] } else { [255; 4] });
        assert_eq!(TWO.text(&TWO.scaled(40, &wide)), ".1.1");
        assert_eq!(TWO.text(&TWO.scaled(1, &[0, 0, 0, 255])), "0");
        assert_eq!(TWO.text(&TWO.scaled(7, &picture(7, 3, |_, _| [90; 4]))), "0");
        assert_eq!(TWO.scaled(0, &[]), [0; 16]);
    }

    #[test]
    fn a_picture_takes_the_nearest_inks() {
        let rgba = picture(30, 20, |x, y| match (x / 10, y / 10) {
            (0, 0) => [240, 20, 30, 255],
            (2, 1) => [10, 30, 120, 255],
            _ => [250, 250, 240, 255],
        });
        assert_eq!(FLAG.text(&FLAG.scaled(30, &rgba)), "1.002");
    }

    proptest! {
        #[test]
        fn every_drawing_reads_back(cells in proptest::collection::vec(0u8..16, 64)) {
            prop_assert_eq!(DIGIT.read(&DIGIT.text(&cells)), Ok(cells));
        }

        #[test]
        fn no_text_panics(text in "[0-9a-z.\\n ]{0,90}|\\PC{0,40}") {
            if let Ok(cells) = DIGIT.read(&text) {
                prop_assert_eq!(DIGIT.read(&DIGIT.text(&cells)), Ok(cells));
            }
        }
    }
}
