//! A table as CSV: a header, then rows, as RFC 4180 has it, and nothing that a reader has to be told to
//! skip. What a spreadsheet, pandas or R assume by themselves is right for it.

/// Columns that are named apart, and their rows.
#[derive(Clone, Debug, Default)]
pub struct Table {
    names: Vec<String>,
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A further column: `id`, with its unit behind it where it has one. A name that is taken is told
    /// apart.
    pub fn column(&mut self, id: &str, unit: &str) {
        let mut name = if unit.is_empty() { id.to_owned() } else { format!("{id} ({unit})") };
        while self.names.contains(&name) {
            name.push_str(" as set");
        }
        self.names.push(name);
    }

    /// A further row; fields that it lacks at its end are empty.
    pub fn row(&mut self, mut fields: Vec<String>) {
        fields.resize(self.names.len(), String::new());
        self.rows.push(fields);
    }

    /// The file. Spreadsheets take a file without a mark for one of their system's own code page, so
    /// text beyond ASCII has the mark of UTF-8 before it, which the others skip.
    #[must_use]
    pub fn csv(&self) -> String {
        let mut out = String::new();
        for fields in std::iter::once(&self.names).chain(&self.rows) {
            let line: Vec<String> = fields.iter().map(|text| field(text)).collect();
            out.push_str(&line.join(","));
            out.push('\n');
        }
        if out.is_ascii() { out } else { format!("\u{feff}{out}") }
    }
}

/// A field: in quotes where it has to be.
fn field(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", text.replace('"', "\"\""))
    } else {
        text.to_owned()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_line_has_as_many_fields_and_names_are_told_apart() {
        let mut table = Table::default();
        table.column("rate", "Hz");
        table.column("step", "");
        table.column("step", "");
        table.row(vec!["1.5".to_owned(), "a,\"b\"".to_owned()]);
        assert_eq!(table.csv(), "rate (Hz),step,step as set\n1.5,\"a,\"\"b\"\"\",\n");
    }

    #[test]
    fn what_is_beyond_ascii_is_marked() {
        let mut table = Table::default();
        table.column("tau", "µs");
        assert_eq!(table.csv(), "\u{feff}tau (µs)\n");
    }
}
