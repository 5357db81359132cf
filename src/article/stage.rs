//! The simulations of a topic as a reader meets them: each placed once, at its opening moment.

use super::block::{Block, BlockKind, Inline, Part, Role, plain, walk_blocks};
use super::problem::Problem;
use crate::lab::address::{self, Moment};
use crate::lab::figure::{Panel, Shape, Tone};
use crate::lab::{Control, Preset, Runner, Spec, Value, Values};
use crate::topics::Topic;

/// The simulations of a topic at their opening moments.
pub struct Stage {
    runners: Vec<Runner>,
    marks: Vec<Vec<(&'static str, Option<Tone>)>>,
}

impl Stage {
    /// Runs each simulation of the topic once, and looks at where the article places them.
    #[must_use]
    pub fn set(topic: &Topic, blocks: &[Block], problems: &mut Vec<Problem>) -> Self {
        let mut placed: Vec<(usize, &'static Spec)> = Vec::new();
        walk_blocks(blocks, &mut |block| {
            let BlockKind::Placement(placement) = &block.kind else { return };
            let mut problem = |sentence: String| problems.push(Problem::new(block.line, sentence));
            let Some(spec) = topic.simulation(&placement.simulation) else {
                problem(no_simulation(topic, &placement.simulation));
                return;
            };
            if let Some((line, _)) = placed.iter().find(|(_, other)| other.id == spec.id) {
                problem(format!("The simulation “{}” stands already on line {line}.", spec.id));
                return;
            }
            placed.push((block.line, spec));
            let (moments, refusals) = address::decode(&[spec], &placement.query, &[]);
            let sound = refusals.is_empty();
            refusals.into_iter().for_each(|refusal| problem(refusal.sentence));
            // An address leaves out what equals the default, so a page has no other way to open.
            if sound && moments.iter().any(|m| m.values != spec.defaults() || m.at.is_some()) {
                problem(format!(
                    "“{}” opens at its defaults and its own opening step: change these, or link to a preset.",
                    spec.id
                ));
            }
        });
        let runners: Vec<Runner> = topic.simulations.iter().map(|spec| Runner::opening(spec)).collect();
        let marks = runners.iter().map(marks).collect();
        Self { runners, marks }
    }

    /// A simulation at its opening moment.
    #[must_use]
    pub fn runner(&self, simulation: &str) -> Option<&Runner> {
        self.runners.iter().find(|r| r.spec().id == simulation)
    }

    /// All of them, in the topic's order.
    #[must_use]
    pub fn runners(&self) -> &[Runner] {
        &self.runners
    }

    /// The value of a control at the opening moment, as an address has it.
    #[must_use]
    pub fn value(&self, simulation: &str, control: &str) -> Option<String> {
        self.runners.iter().find(|r| r.spec().id == simulation)?.values().written(control)
    }

    /// What a part stands for.
    ///
    /// # Errors
    /// A sentence, if there is no such thing, or if the words do not fit.
    pub fn resolve(&self, topic: &Topic, part: &Part) -> Result<Resolved, String> {
        let index = topic.simulations.iter().position(|s| s.id == part.simulation);
        let Some(index) = index else { return Err(no_simulation(topic, &part.simulation)) };
        let runner = &self.runners[index];
        let spec = runner.spec();
        let known = |ids: Vec<&str>| {
            format!(
                "“{}” has no {} “{}”: it has {}.",
                spec.id,
                part.role.word(),
                part.id,
                if ids.is_empty() { "none".to_owned() } else { ids.join(", ") }
            )
        };
        match part.role {
            Role::Control => {
                let i = runner.values().position(&part.id);
                let i = i.ok_or_else(|| known(spec.controls.iter().map(|c| c.id).collect()))?;
                let (control, value) = (&spec.controls[i], runner.values().at(i).clone());
                let [before, shown, after] = around_value(control, &value, &part.content)?;
                Ok(Resolved::Control { control, value, before, shown, after })
            }
            Role::Readout => {
                let i = spec.readout(&part.id);
                let i = i.ok_or_else(|| known(spec.readouts.iter().map(|r| r.id).collect()))?;
                Ok(Resolved::Readout { shown: spec.readouts[i].shown(&runner.readings()[i]) })
            }
            Role::Mark => {
                let marks = &self.marks[index];
                let found = marks.iter().find(|(id, _)| *id == part.id);
                let (_, tone) = found.ok_or_else(|| known(marks.iter().map(|(id, _)| *id).collect()))?;
                Ok(Resolved::Mark { tone: *tone })
            }
            Role::Preset => {
                let preset = spec
                    .preset(&part.id)
                    .ok_or_else(|| known(spec.presets.iter().map(|p| p.id).collect()))?;
                let moment = Moment::of(Values::with(spec.controls, preset.values), None);
                let address = format!("?{}#sim-{}", address::encode(spec, &moment, true), spec.id);
                Ok(Resolved::Preset { preset, address })
            }
        }
    }
}

/// What a part of a sentence stands for.
pub enum Resolved {
    /// The words before the value, the value as the page shows it, and the words after it.
    Control {
        control: &'static Control,
        value: Value,
        before: String,
        shown: String,
        after: String,
    },
    Readout {
        shown: String,
    },
    Mark {
        tone: Option<Tone>,
    },
    Preset {
        preset: &'static Preset,
        /// Of the page with the preset's values, where no program answers the click.
        address: String,
    },
}

fn no_simulation(topic: &Topic, id: &str) -> String {
    let ids: Vec<&str> = topic.simulations.iter().map(|s| s.id).collect();
    format!("There is no simulation “{id}” in this topic: it has {}.", ids.join(", "))
}

/// The marks in the figure with their tones, each name once.
fn marks(runner: &Runner) -> Vec<(&'static str, Option<Tone>)> {
    let figure = runner.simulation().figure();
    let mut marks: Vec<(&'static str, Option<Tone>)> = Vec::new();
    for mark in figure.panels().flat_map(|p: &Panel| &p.marks) {
        if !marks.iter().any(|(id, _)| *id == mark.id) {
            marks.push((mark.id, tone(&mark.shape)));
        }
    }
    marks
}

/// The tone of a shape that has one and the same all over.
fn tone(shape: &Shape) -> Option<Tone> {
    let one = |mut tones: Box<dyn Iterator<Item = Tone> + '_>| {
        let first = tones.next()?;
        tones.all(|t| t == first).then_some(first)
    };
    match shape {
        Shape::Line { tone, .. }
        | Shape::Area { tone, .. }
        | Shape::Spikes { tone, .. }
        | Shape::Rule { tone, .. }
        | Shape::Span { tone, .. }
        | Shape::Words { tone, .. }
        | Shape::Handle { tone, .. } => Some(*tone),
        Shape::Dots { dots, .. } => one(Box::new(dots.iter().map(|d| d.tone))),
        Shape::Bars { bars, .. } => one(Box::new(bars.iter().map(|b| b.tone))),
        Shape::Boxes { boxes } => one(Box::new(boxes.iter().map(|b| b.tone))),
        Shape::Links { links } => one(Box::new(links.iter().map(|l| l.tone))),
        Shape::Cells { .. } => None,
    }
}

/// The words of a control's link, cut before and after the control's value.
fn around_value(control: &Control, value: &Value, content: &[Inline]) -> Result<[String; 3], String> {
    let text = plain(content);
    let shown = control.shown(value);
    find_value(&text, &shown)
        .or_else(|| find_value(&text.to_lowercase(), &shown.to_lowercase()).filter(|_| !control.is_number()))
        .and_then(|at| {
            let end = at + shown.len();
            Some([text.get(..at)?.to_owned(), text.get(at..end)?.to_owned(), text.get(end..)?.to_owned()])
        })
        .ok_or_else(|| {
            format!("The words “{text}” of the link to {} do not contain its value, “{shown}”.", control.id)
        })
}

/// Where `value` stands in `text`, not as a part of a longer number or word.
fn find_value(text: &str, value: &str) -> Option<usize> {
    text.match_indices(value).map(|(at, _)| at).find(|at| {
        let mut before = text[..*at].chars().rev();
        let mut after = text[at + value.len()..].chars();
        let (before, before_that) = (before.next(), before.next());
        let (after, after_that) = (after.next(), after.next());
        let digit = |c: Option<char>| c.is_some_and(|c| c.is_ascii_digit());
        let point = |c: Option<char>| matches!(c, Some('.' | ','));
        let joined_before = digit(before) || point(before) && digit(before_that);
        let joined_after = digit(after) || point(after) && digit(after_that);
        let inside_word = value.starts_with(char::is_alphabetic)
            && (before.is_some_and(char::is_alphanumeric) || after.is_some_and(char::is_alphanumeric));
        !joined_before && !joined_after && !inside_word
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_value_is_found_as_a_whole_number() {
        assert_eq!(find_value("12 of 2 experts", "2"), Some(6));
        assert_eq!(find_value("0.25 or 2.5", "2"), None);
        assert_eq!(find_value("the top 2.", "2"), Some(8));
        assert_eq!(find_value("1,024 tokens", "1,024"), Some(0));
        assert_eq!(find_value("uphill, up", "up"), Some(8));
    }
}
