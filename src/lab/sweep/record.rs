//! A sweep as CSV and as JSON.

use std::fmt::Write as _;

use super::{Curve, Sweep};
use crate::lab::record::field;
use crate::lab::text::quoted;

impl Sweep {
    /// A table with a line for each value. Lines that begin with `#` say what was run; `name` is
    /// `<slug>/<simulation>`.
    #[must_use]
    pub fn csv(&self, curve: &Curve, name: &str) -> String {
        let (measured, unit) = self.measured();
        let unit = if unit.is_empty() { String::new() } else { format!(" ({unit})") };
        let mut out = format!("# simulation: {name}\n# sweep: {self}\n");
        let _ = writeln!(out, "# step: {}", self.run.at);
        let _ = writeln!(out, "# mean: {measured}{unit}; low, high: its 95 % interval");
        for (control, value) in self.run.values.iter().filter(|(c, _)| c.id != self.control.id) {
            let _ = writeln!(out, "# {} = {}", control.id, control.written(value));
        }
        let _ = write!(out, "{},mean,low,high", self.control.id);
        for (seed, _) in curve.points.first().map(|p| p.each.as_slice()).unwrap_or_default() {
            if let Some(seed) = seed {
                let _ = write!(out, ",seed {seed}");
            }
        }
        out.push('\n');
        for point in &curve.points {
            out.push_str(&field(&self.control.written(&point.value)));
            let [low, high] = point.interval.map_or([None, None], |ends| ends.map(Some));
            for number in [point.mean, low, high] {
                let _ = write!(out, ",{}", exact(number, ""));
            }
            for (_, number) in point.each.iter().filter(|(seed, _)| seed.is_some()) {
                let _ = write!(out, ",{}", exact(*number, ""));
            }
            out.push('\n');
        }
        out
    }

    /// The same as JSON: numbers with the digits that read back to the same bits, or null.
    #[must_use]
    pub fn json(&self, curve: &Curve, name: &str) -> String {
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
            ("control", quoted(self.control.id)),
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
