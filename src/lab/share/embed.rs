//! A simulation alone in a frame: what its address asks for beyond the simulation's own values.
//!
//! `?theme=dark&background=transparent&controls=k,seed&play=0&scale=1.5`. A script in the page's
//! head applies theme, background, controls and scale before the first paint; here is what they may
//! be, and what is said where they are not.

use crate::lab::schema::control::{Refusal, shorten};
use crate::lab::schema::entry::number;
use crate::lab::simulation::Spec;

/// Those that a message may change while it runs: how it looks.
pub const LOOK: [&str; 4] = ["theme", "background", "controls", "scale"];

/// The smallest and the largest scale.
pub const SCALES: [f64; 2] = [0.5, 4.0];

/// What the program has to do; the rest is done before it comes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Wish {
    /// Whether to run at once; as the page usually does, where nothing is said.
    pub play: Option<bool>,
}

/// Reads the query of an embed: the wish, and a sentence for each part that cannot be.
#[must_use]
pub fn read(spec: &Spec, query: &str) -> (Wish, Vec<Refusal>) {
    let mut wish = Wish::default();
    let mut refusals = Vec::new();
    for (name, text) in form_urlencoded::parse(query.trim_start_matches('?').as_bytes()) {
        let mut refuse = |legal: &str| {
            refusals.push(Refusal {
                sentence: format!("“{}” is no {name}: it takes {legal}.", shorten(&text)),
            });
        };
        match &*name {
            "theme" if !["light", "dark", "auto"].contains(&&*text) => refuse("light, dark or auto"),
            "background" if !["paper", "transparent"].contains(&&*text) => refuse("paper or transparent"),
            "scale" if !number(&text).is_some_and(|s| (SCALES[0]..=SCALES[1]).contains(&s)) => {
                refuse("a number from 0.5 to 4");
            }
            "play" => match &*text {
                "1" => wish.play = Some(true),
                "0" => wish.play = Some(false),
                _ => refuse("0 or 1"),
            },
            "controls" if !["all", "none"].contains(&&*text) => {
                for id in text.split(',').filter(|id| !spec.controls.iter().any(|c| c.id == *id)) {
                    let ids: Vec<&str> = spec.controls.iter().map(|c| c.id).collect();
                    refusals.push(Refusal {
                        sentence: format!(
                            "There is no control “{}” to show: controls takes all, none, or some of {}.",
                            shorten(id),
                            ids.join(", ")
                        ),
                    });
                }
            }
            _ => {}
        }
    }
    (wish, refusals)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sample::SPEC;

    #[test]
    fn what_is_right_is_taken_and_said_nothing_about() {
        let query = "?theme=dark&background=transparent&controls=none&play=0&scale=1.5&unrelated=1";
        assert_eq!(read(&SPEC, query), (Wish { play: Some(false) }, Vec::new()));
        assert_eq!(read(&SPEC, ""), (Wish { play: None }, Vec::new()));
        let listed = format!("controls={}", SPEC.controls[0].id);
        assert_eq!(read(&SPEC, &listed).1, Vec::new());
    }

    #[test]
    fn what_is_wrong_is_named_with_what_would_be_right() {
        let query = "theme=pink&background=&controls=all,zzz&play=yes&scale=9";
        let (wish, refusals) = read(&SPEC, query);
        assert_eq!(wish, Wish::default());
        let said: Vec<String> = refusals.into_iter().map(|r| r.sentence).collect();
        assert_eq!(said.len(), 6, "{said:?}");
        assert!(said[0].contains("“pink”") && said[0].contains("light, dark or auto"));
        assert!(said[3].contains("“zzz”") && said[3].contains(SPEC.controls[0].id));
    }
}
