//! Points, scores or a sequence of a reader's own, as a table: a row a line, numbers between commas, semicolons
//! or tabs, as spreadsheets copy and save them. It takes the place of data that a simulation draws itself.
//!
//! A head of names may stand over the numbers; with one, columns may stand in any order, and others between
//! them are left alone. What cannot be read is answered with its place.

use super::control::shorten;
use super::entry;
use super::text::Fault;

/// What the rows of a table are.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Table {
    pub columns: &'static [Column],
    /// The fewest rows and the most.
    pub rows: [usize; 2],
    /// Whether the first column only rises, as moments do.
    pub rising: bool,
    /// Whether a number of the first column stands in one row only, as the name of a pair does.
    pub named: bool,
}

/// A column of numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Column {
    /// As its head has it: a word in small letters.
    pub name: &'static str,
    /// The least number and the largest.
    pub range: [f64; 2],
    /// Whether only whole numbers are meant, as for the number of a class.
    pub whole: bool,
}

impl Column {
    #[must_use]
    pub const fn real(name: &'static str, range: [f64; 2]) -> Self {
        Self { name, range, whole: false }
    }

    #[must_use]
    pub const fn whole(name: &'static str, range: [f64; 2]) -> Self {
        Self { name, range, whole: true }
    }
}

/// A cell with its place: characters before it in the whole text.
struct Cell<'a> {
    at: usize,
    text: &'a str,
}

impl Table {
    /// A table of these columns with between so many rows.
    #[must_use]
    pub const fn new(columns: &'static [Column], rows: [usize; 2]) -> Self {
        Self { columns, rows, rising: false, named: false }
    }

    /// Whose first column rises from row to row.
    #[must_use]
    pub const fn rising(self) -> Self {
        Self { rising: true, ..self }
    }

    /// Whose first column names the row.
    #[must_use]
    pub const fn named(self) -> Self {
        Self { named: true, ..self }
    }

    /// The rows of a text; none of a text without any: then the simulation draws its own.
    ///
    /// # Errors
    /// The first thing that is wrong, with its place.
    ///
    /// # Panics
    /// If the table has not N columns.
    pub fn read<const N: usize>(&self, text: &str) -> Result<Vec<[f64; N]>, Fault> {
        assert_eq!(N, self.columns.len(), "a row is read with its columns");
        let mut rows = Vec::new();
        self.walk(text, |row| {
            rows.extend(<[f64; N]>::try_from(row));
            None
        })?;
        Ok(rows)
    }

    /// The rows of a text that has some and can be read.
    #[must_use]
    pub fn own<const N: usize>(&self, text: &str) -> Option<Vec<[f64; N]>> {
        self.read(text).ok().filter(|rows| !rows.is_empty())
    }

    /// Whether a text can be read.
    ///
    /// # Errors
    /// The first thing that is wrong, with its place.
    pub fn check(&self, text: &str) -> Result<(), Fault> {
        self.walk(text, |_| None)
    }

    /// The same, where rows have a rule of their own: `refuse` says what is wrong with one, if anything is.
    ///
    /// # Errors
    /// The first thing that is wrong, with its place.
    pub fn check_rows(&self, text: &str, refuse: impl FnMut(&[f64]) -> Option<String>) -> Result<(), Fault> {
        self.walk(text, refuse)
    }

    fn walk(&self, text: &str, mut take: impl FnMut(&[f64]) -> Option<String>) -> Result<(), Fault> {
        let [fewest, most] = self.rows;
        let separator = separator(text);
        let mut order: Option<Vec<usize>> = None;
        let (mut count, mut at, mut before) = (0, 0, None);
        let mut names: Vec<f64> = Vec::new();
        let mut row = vec![0.0; self.columns.len()];
        for line in text.split('\n') {
            let start = at;
            at += line.chars().count() + 1;
            if line.trim().is_empty() {
                continue;
            }
            let cells = cells(line, separator, start);
            if order.is_none() {
                let names = cells.iter().all(|cell| number(cell.text, separator).is_none());
                order = Some(if names { self.order(&cells)? } else { (0..self.columns.len()).collect() });
                if names {
                    continue;
                }
            }
            let order = order.as_deref().unwrap_or_default();
            let widest = order.iter().max().map_or(0, |last| last + 1);
            // Without a head nothing says which columns are meant.
            let strange = order.iter().copied().eq(0..self.columns.len()) && cells.len() > widest;
            if cells.len() < widest || strange {
                let sentence = format!(
                    "this row has {} where {widest} are needed. {}",
                    several(cells.len()),
                    self.legal()
                );
                return Err(Fault { at: start, sentence });
            }
            for ((slot, column), place) in row.iter_mut().zip(self.columns).zip(order) {
                *slot = column.read(&cells[*place], separator)?;
            }
            if self.rising {
                if before.is_some_and(|before| row[0] <= before) {
                    let name = self.columns[0].name;
                    let sentence = format!(
                        "{name} does not rise here: rows stand in the order of {name}, each later than the one before."
                    );
                    return Err(Fault { at: cells[order[0]].at, sentence });
                }
                before = Some(row[0]);
            }
            if self.named {
                let cell = &cells[order[0]];
                if names.contains(&row[0]) {
                    let name = self.columns[0].name;
                    let sentence =
                        format!("{name} {} is there already: each {name} has one row.", shorten(cell.text));
                    return Err(Fault { at: cell.at, sentence });
                }
                names.push(row[0]);
            }
            count += 1;
            if count > most {
                let sentence = format!("there are more than {most} rows. {}", self.legal());
                return Err(Fault { at: start, sentence });
            }
            if let Some(sentence) = take(&row) {
                return Err(Fault { at: start, sentence });
            }
        }
        if count < fewest && !text.trim().is_empty() {
            let sentence =
                format!("the table ends after {count} of at least {fewest} rows. {}", self.legal());
            return Err(Fault::at_end(text, sentence));
        }
        Ok(())
    }

    /// Where the columns stand under a head.
    fn order(&self, head: &[Cell]) -> Result<Vec<usize>, Fault> {
        let place =
            |column: &Column| head.iter().position(|cell| cell.text.eq_ignore_ascii_case(column.name));
        let named: Vec<Option<usize>> = self.columns.iter().map(place).collect();
        if let Some(all) = named.iter().copied().collect::<Option<Vec<usize>>>() {
            return Ok(all);
        }
        // A head in words of its own over as many columns: they are taken in their order.
        if named.iter().all(Option::is_none) && head.len() == self.columns.len() {
            return Ok((0..self.columns.len()).collect());
        }
        let missing = self.columns.iter().zip(&named).find(|(_, place)| place.is_none());
        let missing = missing.map_or("", |(column, _)| column.name);
        let at = head.first().map_or(0, |cell| cell.at);
        Err(Fault { at, sentence: format!("no column of this head is named {missing}. {}", self.legal()) })
    }

    /// The head of a table: `x,y,class`.
    #[must_use]
    pub fn head(&self) -> String {
        self.columns.iter().map(|column| column.name).collect::<Vec<_>>().join(",")
    }

    /// What would be right, in a sentence.
    #[must_use]
    pub fn legal(&self) -> String {
        let columns: Vec<String> = self.columns.iter().map(Column::legal).collect();
        let [fewest, most] = self.rows;
        let first = match (self.rising, self.named) {
            (true, _) => "; the first column rises",
            (_, true) => "; no two rows begin alike",
            _ => "",
        };
        format!("It takes {fewest} to {most} rows of {}{first}.", columns.join(", "))
    }

    /// Tables at the edges of what is legal.
    #[must_use]
    pub fn corners(&self) -> Vec<String> {
        let table = |rows: usize, cell: &dyn Fn(usize, &Column) -> f64| {
            let mut out = self.head();
            for row in 0..rows {
                let cells = self.columns.iter().enumerate().map(|(i, column)| {
                    let x = match i {
                        0 if self.named => column.range[0] + row as f64,
                        0 if self.rising => row as f64,
                        _ => cell(row, column),
                    };
                    if column.whole { x.round() } else { x }.to_string()
                });
                out.push('\n');
                out.push_str(&cells.collect::<Vec<_>>().join(","));
            }
            out
        };
        let [fewest, most] = self.rows;
        let least = |_: usize, column: &Column| column.range[0];
        let both = |row: usize, column: &Column| column.range[row % 2];
        let between = |row: usize, column: &Column| {
            let [low, high] = column.range;
            low + (high - low) * ((row * 7 % 11) as f64 / 10.0)
        };
        vec![table(fewest, &least), table(fewest, &both), table(most, &both), table(most, &between)]
    }
}

impl Column {
    fn read(&self, cell: &Cell, separator: char) -> Result<f64, Fault> {
        let wrong = |why: &str| {
            let sentence = format!("“{}” {why}: {} is meant.", shorten(cell.text), self.legal());
            Err(Fault { at: cell.at, sentence })
        };
        match number(cell.text, separator) {
            None if cell.text.is_empty() => wrong("is empty"),
            None => wrong("is no number"),
            Some(x) if self.whole && x.fract() != 0.0 => wrong("is not whole"),
            Some(x) if !(self.range[0]..=self.range[1]).contains(&x) => wrong("is out of range"),
            Some(x) => Ok(x),
        }
    }

    fn legal(&self) -> String {
        let whole = if self.whole { "whole, " } else { "" };
        format!("{} ({whole}{} to {})", self.name, short(self.range[0]), short(self.range[1]))
    }
}

/// A bound as people write it.
fn short(x: f64) -> String {
    let (mut digits, mut power) = (x, 0);
    // The standard library's own writer of powers would come into every page.
    while x.abs() >= 1e6 && digits % 10.0 == 0.0 {
        (digits, power) = (digits / 10.0, power + 1);
    }
    if power > 0 { format!("{digits}e{power}") } else { x.to_string() }
}

fn several(cells: usize) -> String {
    if cells == 1 { "1 number".to_owned() } else { format!("{cells} numbers") }
}

/// What stands between the cells: a tab where there is one, else a semicolon, else a comma.
fn separator(text: &str) -> char {
    ['\t', ';'].into_iter().find(|c| text.contains(*c)).unwrap_or(',')
}

/// The cells of a line, without the spaces and the quotes around them.
fn cells(line: &str, separator: char, start: usize) -> Vec<Cell<'_>> {
    let mut at = start;
    let cell = |part: &str| {
        let bare = part.trim_start();
        let place = at + part.chars().count() - bare.chars().count();
        at += part.chars().count() + 1;
        place
    };
    let places: Vec<usize> = line.split(separator).map(cell).collect();
    let quoted = |part: &'_ str| -> bool { part.len() > 1 && part.starts_with('"') && part.ends_with('"') };
    let mut cells: Vec<Cell> = Vec::with_capacity(places.len());
    for (part, at) in line.split(separator).zip(places) {
        let part = part.trim().trim_start_matches('\u{feff}');
        cells.push(if quoted(part) {
            Cell { at: at + 1, text: part[1..part.len() - 1].trim() }
        } else {
            Cell { at, text: part }
        });
    }
    cells
}

/// A number; a comma is a point where columns are not cut at commas.
fn number(text: &str, separator: char) -> Option<f64> {
    let text = text.replace('−', "-");
    entry::number(&if separator == ',' { text } else { text.replacen(',', ".", 1) })
}

#[cfg(test)]
mod tests {
    use super::*;

    const POINTS: Table = Table::new(
        &[
            Column::real("x", [-10.0, 10.0]),
            Column::real("y", [-10.0, 10.0]),
            Column::whole("class", [0.0, 1.0]),
        ],
        [2, 4],
    );
    const MOMENTS: Table =
        Table::new(&[Column::real("t", [0.0, 1e9]), Column::real("y", [-1.0, 1.0])], [2, 9]).rising();

    const PAIRS: Table =
        Table::new(&[Column::whole("seed", [0.0, 1e9]), Column::real("y", [-1.0, 1.0])], [2, 9]).named();

    fn refused(table: &Table, text: &str) -> (usize, String) {
        let fault = table.check(text).unwrap_err();
        (fault.at, fault.sentence)
    }

    #[test]
    fn a_comma_is_a_point_where_it_cuts_no_columns() {
        assert_eq!(
            [number("1,5", ';'), number("1,5", ','), number("−4e-1", ',')],
            [Some(1.5), None, Some(-0.4)]
        );
    }

    #[test]
    fn tables_of_every_program_are_read() {
        let rows = vec![[1.0, 2.0, 0.0], [-0.5, 3.25, 1.0]];
        for text in [
            "1,2,0\n-0.5,3.25,1",
            "x,y,class\n1,2,0\n-0.5,3.25,1\n",
            "\u{feff}\"x\";\"y\";\"class\"\n1;2;0\n-0,5;3,25;1",
            "x\ty\tclass\n1\t2\t0\n\n-0.5\t3.25\t1",
            "id,class,note,y,x\n7,0,a,2,1\n8,1,b,3.25,-0.5",
            "left,right,kind\n 1 , 2 , 0 \n-0.5,3.25,1",
        ] {
            assert_eq!(POINTS.read::<3>(text).ok(), Some(rows.clone()), "{text}");
        }
        assert_eq!(POINTS.read::<3>(" \n").ok(), Some(Vec::new()), "nothing is no table");
    }

    #[test]
    fn what_cannot_be_read_is_named_with_its_place() {
        assert_eq!(
            refused(&POINTS, "1,2,0\n1,two,1"),
            (8, "“two” is no number: y (-10 to 10) is meant.".to_owned())
        );
        assert_eq!(refused(&POINTS, "1,2,0\n1,,1").1, "“” is empty: y (-10 to 10) is meant.");
        assert_eq!(refused(&POINTS, "1,2,0.5").1, "“0.5” is not whole: class (whole, 0 to 1) is meant.");
        assert_eq!(refused(&POINTS, "1,2,0\n1, 99,1").0, 9);
        let (at, sentence) = refused(&POINTS, "1,2,0\n1,2");
        assert_eq!(
            (
                at,
                sentence.starts_with("this row has 2 numbers where 3 are needed. It takes 2 to 4 rows of x")
            ),
            (6, true)
        );
        assert!(refused(&POINTS, "1,2,0,4").1.starts_with("this row has 4 numbers"));
        assert!(refused(&POINTS, "1,2,0").1.starts_with("the table ends after 1 of at least 2 rows."));
        assert!(refused(&POINTS, &"1,2,0\n".repeat(5)).1.starts_with("there are more than 4 rows."));
        assert!(refused(&POINTS, "x,why,class\n1,2,0").1.starts_with("no column of this head is named y."));
        assert_eq!(refused(&MOMENTS, "0,1\n2,1\n2,0").0, 8);
        assert!(refused(&MOMENTS, "0,1\n2,1\n1,0").1.starts_with("t does not rise here"));
        let twice = "seed 7 is there already: each seed has one row.".to_owned();
        assert_eq!(refused(&PAIRS, "y,seed\n1,7\n0,8\n0.5,7"), (19, twice));
    }

    #[test]
    fn corners_are_legal() {
        for table in [POINTS, MOMENTS, PAIRS] {
            for corner in table.corners() {
                assert_eq!(table.check(&corner), Ok(()), "{corner}");
            }
        }
    }
}
