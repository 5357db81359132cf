//! An answer as a table for a terminal, and as JSON.

use super::{Neighbour, Reasons, Way, Why};
use crate::lab::schema::text::quoted;
use crate::lab::share::record::{document, in_json, value_in_json};

/// Steps of the history that a terminal shows.
const SHOWN: usize = 8;

impl Why {
    /// Columns for a reader: the readout, its formula, its last steps, what controls and seeds do to it.
    #[must_use]
    pub fn table(&self, reasons: &Reasons, name: &str) -> String {
        let readout = self.asked();
        let mut out = format!("{name} {} at step {}\n", readout.id, reasons.step);
        let values: Vec<String> =
            self.values.iter().map(|(c, v)| format!("{}={}", c.id, c.on_a_line(v))).collect();
        out.push_str(&format!("{}\n\n{}\n", values.join(" "), self.sentences(reasons).join(" ")));
        if let Some([words, numbers]) = self.equation(reasons) {
            out.push_str(&format!("\n{} = {words}\n{0} = {numbers}\n", readout.label));
        }
        if !self.help.is_empty() {
            out.push_str(&format!("\n{}: {}\n", readout.label, self.help));
        }
        if reasons.history.len() > 1 {
            let from = reasons.history.len().saturating_sub(SHOWN);
            let last = reasons.history[from..].iter();
            let rows = last.map(|(step, reading)| vec![step.to_string(), reading.exact()]);
            out.push('\n');
            out.push_str(&aligned(&["step", readout.id], &rows.collect::<Vec<_>>()));
        }
        if !reasons.effects.is_empty() {
            let rows = reasons.effects.iter().map(|effect| {
                let Neighbour { control, value, way } = &effect.neighbour;
                vec![
                    format!("{}={}", control.id, control.written(value)),
                    way.word().to_owned(),
                    effect.reading.exact(),
                    self.difference(effect, &reasons.reading),
                ]
            });
            out.push('\n');
            out.push_str(&aligned(
                &["one step away", "", readout.id, "difference"],
                &rows.collect::<Vec<_>>(),
            ));
        }
        if !reasons.seeds.is_empty() {
            let rows = reasons.seeds.iter().map(|(seed, reading)| vec![seed.to_string(), reading.exact()]);
            out.push('\n');
            out.push_str(&aligned(&["other seed", readout.id], &rows.collect::<Vec<_>>()));
            if let Some(spread) = reasons.spread() {
                out.push_str(&format!(
                    "least {}, most {}, mean {}, standard deviation {}\n",
                    spread.least, spread.most, spread.mean, spread.deviation
                ));
            }
        }
        out
    }

    /// The same as JSON: numbers with the digits that read back to the same bits, words as text, null where
    /// nothing is defined. `name` is `<slug>/<simulation>`, `source` the address of the moment.
    #[must_use]
    pub fn json(&self, reasons: &Reasons, name: &str, source: &str) -> String {
        let readout = self.asked();
        let list = |items: Vec<String>| {
            if items.is_empty() { "[]".to_owned() } else { format!("[\n    {}\n  ]", items.join(",\n    ")) }
        };
        let history = reasons.history.iter();
        let history = history.map(|(step, reading)| format!("[{step}, {}]", in_json(reading)));
        let effects = reasons.effects.iter().map(|effect| {
            let Neighbour { control, value: there, way } = &effect.neighbour;
            format!(
                "{{ \"control\": {}, \"value\": {}, \"way\": {}, \"reading\": {}, \"difference\": {} }}",
                quoted(control.id),
                value_in_json(control, there),
                quoted(way.word()),
                in_json(&effect.reading),
                number(effect.difference)
            )
        });
        let each = reasons.seeds.iter();
        let each =
            each.map(|(seed, reading)| format!("{{ \"seed\": {seed}, \"reading\": {} }}", in_json(reading)));
        let spread = reasons.spread();
        let spread = |of: fn(super::Spread) -> f64| number(spread.map(of));
        let seeds = format!(
            "{{ \"least\": {}, \"most\": {}, \"mean\": {}, \"deviation\": {}, \"each\": [{}] }}",
            spread(|s| s.least),
            spread(|s| s.most),
            spread(|s| s.mean),
            spread(|s| s.deviation),
            each.collect::<Vec<_>>().join(", ")
        );
        let formula = reasons.formula.as_ref().map_or_else(
            || "null".to_owned(),
            |written| {
                format!(
                    "{{ \"words\": {}, \"numbers\": {}, \"value\": {} }}",
                    quoted(&written.sentence()),
                    quoted(&written.numbers),
                    number(written.value)
                )
            },
        );
        let fields = [
            ("simulation", quoted(name)),
            ("address", quoted(source)),
            ("readout", quoted(readout.id)),
            ("unit", quoted(readout.unit)),
            ("step", reasons.step.to_string()),
            ("reading", in_json(&reasons.reading)),
            ("words", quoted(&self.sentences(reasons).join(" "))),
            ("formula", formula),
            ("means", quoted(&self.help)),
            ("history", list(history.collect())),
            ("neighbours", list(effects.collect())),
            ("seeds", seeds),
        ];
        document(&fields)
    }
}

impl Way {
    /// "up", "down"; "other" of options and switches.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Down => "down",
            Self::Up => "up",
            Self::Other => "other",
        }
    }
}

fn number(x: Option<f64>) -> String {
    x.map_or_else(|| "null".to_owned(), |x| x.to_string())
}

/// Rows under a head, each column as wide as its widest cell; numbers to the right.
fn aligned(head: &[&str], rows: &[Vec<String>]) -> String {
    let width = |column: usize| {
        let cells = rows.iter().map(|row| row[column].chars().count());
        cells.chain([head[column].chars().count()]).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..head.len()).map(width).collect();
    let line = |cells: Vec<&str>| {
        let cells = cells.iter().zip(&widths).map(|(cell, width)| format!("{cell:<width$}"));
        format!("{}\n", cells.collect::<Vec<_>>().join("  ").trim_end())
    };
    let mut out = line(head.to_vec());
    for row in rows {
        out.push_str(&line(row.iter().map(String::as_str).collect()));
    }
    out
}
