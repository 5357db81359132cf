//! What there is to look at: the pages of the site, and the schema that the command line lists.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value as Json;

use crate::{Failure, Outcome, setting};

/// A simulation as `tinkerable list --json` tells it.
#[derive(Clone, Debug)]
pub struct Simulation {
    pub slug: String,
    pub id: String,
    pub title: String,
    pub summary: String,
    /// The step at which the defaults show what the article promises.
    pub promised: u64,
    pub controls: Vec<Json>,
    /// Presets as `control=value` lists.
    pub presets: Vec<Vec<(String, String)>>,
}

impl Simulation {
    /// `<slug>/<id>`.
    #[must_use]
    pub fn address(&self) -> String {
        format!("{}/{}", self.slug, self.id)
    }

    /// Selector of its root element.
    #[must_use]
    pub fn root(&self) -> String {
        format!("[data-sim=\"{}\"]", self.address())
    }

    #[must_use]
    pub fn has_seed(&self) -> bool {
        self.controls.iter().any(|c| c["type"] == "seed")
    }

    /// Ids of the controls that have a number field and a track, and a say beside the defaults of the others;
    /// the seed is none of them.
    #[must_use]
    pub fn numbers(&self) -> Vec<&str> {
        self.controls
            .iter()
            .filter(|c| matches!(c["type"].as_str(), Some("integer" | "doubling" | "real" | "logarithmic")))
            .filter(|c| self.has_say(c))
            .filter_map(|c| c["id"].as_str())
            .collect()
    }

    /// Whether a control stands in the page beside the defaults of the others.
    #[must_use]
    pub fn has_say(&self, control: &Json) -> bool {
        let other = |place: &Json| self.controls.iter().find(|c| c["id"] == place["control"]);
        let is_default = |place: &Json| {
            let options = place["options"].as_array();
            other(place).zip(options).is_some_and(|(c, o)| o.contains(&c["default"]))
        };
        let is_above =
            |place: &Json| other(place).is_some_and(|c| c["default"].as_f64() > c["range"][0].as_f64());
        let holds = |condition: &str, test: &dyn Fn(&Json) -> bool| {
            control[condition].is_null() || test(&control[condition])
        };
        control["invites"] == true
            || holds("only", &is_default)
                && holds("unless", &|place| !is_default(place))
                && holds("above_least", &is_above)
    }

    /// The page with this simulation at these values, at a step if there is one.
    #[must_use]
    pub fn page(&self, values: &[(String, String)], at: Option<u64>) -> String {
        let at = at.map(|step| ("at".to_owned(), step.to_string()));
        let query: Vec<String> =
            values.iter().chain(&at).map(|(name, value)| format!("{}.{name}={value}", self.id)).collect();
        let mark = if query.is_empty() { "" } else { "?" };
        format!("{}/{mark}{}", self.slug, query.join("&"))
    }

    /// The page where this simulation stands alone, at its defaults and a step: it opens sooner.
    #[must_use]
    pub fn alone(&self, at: u64) -> String {
        format!("embed/{}/?at={at}", self.address())
    }

    /// `tinkerable standalone` with these words behind the address: one HTML file.
    ///
    /// # Errors
    /// If the command line refuses.
    pub fn standalone(&self, words: &[&str]) -> Outcome<String> {
        let mut arguments = vec!["standalone".to_owned(), self.address()];
        arguments.extend(["--site".to_owned(), setting("TINKERABLE_DIST")?]);
        arguments.extend(words.iter().map(|w| (*w).to_owned()));
        Ok(String::from_utf8_lossy(&tinkerable_text(&arguments)?).into_owned())
    }

    /// What the command line prints for these words.
    ///
    /// # Errors
    /// If it refuses.
    pub fn terminal(&self, words: &[String]) -> Outcome<String> {
        Ok(String::from_utf8_lossy(&tinkerable_text(words)?).into_owned())
    }

    /// `tinkerable run` with these values: the answer as JSON.
    ///
    /// # Errors
    /// If the command line refuses.
    pub fn run(&self, values: &[(String, String)], steps: u64) -> Outcome<Json> {
        let mut arguments = vec!["run".to_owned(), self.address()];
        arguments.extend(values.iter().map(|(name, value)| format!("{name}={value}")));
        arguments.extend(["--steps".to_owned(), steps.to_string(), "--json".to_owned()]);
        tinkerable(&arguments)
    }

    /// Whether it has all of its answer at once, as a ledger has: it makes no step then.
    ///
    /// # Errors
    /// If the command line refuses.
    pub fn is_still(&self) -> Outcome<bool> {
        Ok(self.run(&[], 1)?["step"] == 0)
    }
}

/// Every simulation, in the order of the menu.
///
/// # Errors
/// If the command line does not answer.
pub fn simulations() -> Outcome<Vec<Simulation>> {
    let listed = tinkerable(&["list".to_owned(), "--json".to_owned()])?;
    let text = |json: &Json| json.as_str().unwrap_or_default().to_owned();
    let mut all = Vec::new();
    for topic in listed["topics"].as_array().into_iter().flatten() {
        for simulation in topic["simulations"].as_array().into_iter().flatten() {
            let presets = simulation["presets"].as_array().into_iter().flatten().map(|preset| {
                let values = preset["values"].as_object().into_iter().flatten();
                values.map(|(id, value)| (id.clone(), text(value))).collect()
            });
            all.push(Simulation {
                slug: text(&topic["slug"]),
                id: text(&simulation["id"]),
                title: text(&simulation["title"]),
                summary: text(&simulation["summary"]),
                promised: simulation["promised"].as_u64().unwrap_or(0),
                controls: simulation["controls"].as_array().cloned().unwrap_or_default(),
                presets: presets.collect(),
            });
        }
    }
    Ok(all)
}

/// Slugs of all topics, in the order of the menu.
#[must_use]
pub fn slugs(simulations: &[Simulation]) -> Vec<String> {
    let mut slugs: Vec<String> = simulations.iter().map(|s| s.slug.clone()).collect();
    slugs.dedup();
    slugs
}

fn tinkerable(arguments: &[String]) -> Outcome<Json> {
    Ok(serde_json::from_slice(&tinkerable_text(arguments)?)?)
}

fn tinkerable_text(arguments: &[String]) -> Outcome<Vec<u8>> {
    let output = Command::new(setting("TINKERABLE")?).args(arguments).output()?;
    if !output.status.success() {
        let words = String::from_utf8_lossy(&output.stderr);
        return Err(Failure(format!("tinkerable {}: {}", arguments.join(" "), words.trim())));
    }
    Ok(output.stdout)
}

/// Every page of the site as its path without the first slash: "", "attention/", ...
///
/// # Errors
/// If the folder is not readable.
pub fn pages(dist: &Path) -> Outcome<Vec<String>> {
    let mut found = Vec::new();
    collect(dist, "", &mut found)?;
    found.sort();
    Ok(found)
}

fn collect(folder: &Path, path: &str, found: &mut Vec<String>) -> Outcome {
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        // Trunk's own folder starts with a dot.
        if name.starts_with('.') {
            continue;
        }
        if entry.path().is_dir() {
            collect(&entry.path(), &format!("{path}{name}/"), found)?;
        } else if name == "index.html" {
            found.push(path.to_owned());
        }
    }
    Ok(())
}
