//! A sweep as CSV and as JSON.

use super::{Curve, Sweep};
use crate::lab::Control;
use crate::lab::schema::text::quoted;
use crate::lab::schema::values::SEED;
use crate::words::table::Table;

impl Sweep {
    /// A table with a row for each value: what was measured there, over all seeds and with each, and what
    /// was run. The name of the sweep, and `source`, the address of the simulation, are in the first row.
    #[must_use]
    pub fn csv(&self, curve: &Curve, source: &str) -> String {
        let (measured, unit) = self.measured();
        let measured = if unit.is_empty() { measured } else { format!("{measured} ({unit})") };
        let seeds: Vec<u64> = curve
            .points
            .first()
            .into_iter()
            .flat_map(|p| p.each.iter().filter_map(|(seed, _)| *seed))
            .collect();
        let others = || {
            let seeded = !seeds.is_empty();
            let shown = move |c: &Control| !(c.is_free() || seeded && c.id == SEED);
            self.run.values.iter().filter(move |(c, _)| c.id != self.control.id && shown(c))
        };
        let mut table = Table::default();
        table.column(self.control.id, self.control.unit);
        for name in ["mean", "low", "high"] {
            table.column(name, "");
        }
        for seed in &seeds {
            table.column(&format!("seed {seed}"), "");
        }
        for name in ["measured", "step"] {
            table.column(name, "");
        }
        for (control, _) in others() {
            table.column(control.id, control.unit);
        }
        for name in ["sweep", "address"] {
            table.column(name, "");
        }
        let mut named = vec![self.to_string(), source.to_owned()];
        for point in &curve.points {
            let [low, high] = point.interval.map_or([None, None], |ends| ends.map(Some));
            let mut fields = vec![self.control.written(&point.value)];
            fields.extend([point.mean, low, high].map(|number| exact(number, "")));
            let each = point.each.iter().filter(|(seed, _)| seed.is_some());
            fields.extend(each.map(|(_, number)| exact(*number, "")));
            fields.extend([measured.clone(), self.run.at.to_string()]);
            fields.extend(others().map(|(control, value)| control.written(value)));
            fields.append(&mut named);
            table.row(fields);
        }
        table.csv()
    }

    /// The same as JSON: numbers with the digits that read back to the same bits, or null. `name` is
    /// `<slug>/<simulation>`.
    #[must_use]
    pub fn json(&self, curve: &Curve, name: &str, source: &str) -> String {
        let (measured, unit) = self.measured();
        let points: Vec<String> = curve
            .points
            .iter()
            .map(|point| {
                let each: Vec<String> = point
                    .each
                    .iter()
                    .map(|(seed, number)| {
                        let seed = seed.map_or_else(|| "null".to_owned(), |seed| seed.to_string());
                        format!("{{ \"seed\": {seed}, \"value\": {} }}", exact(*number, "null"))
                    })
                    .collect();
                let interval = point
                    .interval
                    .map_or_else(|| "null".to_owned(), |[low, high]| format!("[{low}, {high}]"));
                format!(
                    "{{ \"{}\": {}, \"mean\": {}, \"interval\": {interval}, \"each\": [{}] }}",
                    self.control.id,
                    self.json_value(&self.control.written(&point.value)),
                    exact(point.mean, "null"),
                    each.join(", ")
                )
            })
            .collect();
        let fields = [
            ("simulation", quoted(name)),
            ("sweep", quoted(&self.to_string())),
            ("address", quoted(source)),
            ("control", quoted(self.control.id)),
            ("control_unit", quoted(self.control.unit)),
            ("measured", quoted(&measured)),
            ("unit", quoted(unit)),
            ("step", self.run.at.to_string()),
            ("points", format!("[\n    {}\n  ]", points.join(",\n    "))),
        ];
        let fields = fields.map(|(name, value)| format!("  {}: {value}", quoted(name)));
        format!("{{\n{}\n}}\n", fields.join(",\n"))
    }

    /// A value of the swept control: numbers as numbers, choices and switches as words.
    fn json_value(&self, text: &str) -> String {
        if self.control.is_number() { text.to_owned() } else { quoted(text) }
    }
}

fn exact(number: Option<f64>, none: &str) -> String {
    number.map_or_else(|| none.to_owned(), |x| x.to_string())
}
