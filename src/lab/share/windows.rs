//! A talk in two windows: what each tells the other, and which of two changes holds.
//!
//! A letter is a frame's own `readouts` ([`super::message`]) with where the talk stands beside. Each says all
//! of it, so that a lost one is made good by the next, and each change is a version of its own: what came from
//! the other window is known to both and is never sent back.

use crate::lab::schema::values::Values;

/// How a talk stands in a window.
#[derive(Clone, Debug, PartialEq)]
pub struct Standing {
    /// The step of the talk, counted from 0; none where it is over.
    pub at: Option<usize>,
    pub dark: bool,
    /// The figure of that step.
    pub figure: Option<Figure>,
}

/// How the figure of a step stands.
#[derive(Clone, Debug, PartialEq)]
pub struct Figure {
    pub values: Values,
    /// The kept run, as an address has it.
    pub kept: Option<String>,
    pub playing: bool,
    /// The step of the run that it stands at or is on its way to.
    pub step: u64,
    /// How many times its normal pace it runs.
    pub speed: f64,
}

/// Which change a window knows as the last: how many there were, and who made it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Version {
    pub count: u64,
    pub writer: String,
}

impl Version {
    /// Of two changes at the same time the same one holds in both windows.
    #[must_use]
    pub fn beats(&self, other: &Self) -> bool {
        self.count > other.count || self.count == other.count && self.writer < other.writer
    }
}

/// One of the windows, as far as it has told and heard.
#[derive(Clone, Debug)]
pub struct Side {
    own: String,
    version: Version,
    /// What both windows know.
    agreed: Option<Standing>,
    /// The step of a run that goes on, when it was last looked at.
    seen: u64,
}

impl Side {
    /// A window by its name; of two changes at the same time that of the first name holds.
    #[must_use]
    pub fn new(own: String) -> Self {
        Self { version: Version { count: 0, writer: own.clone() }, own, agreed: None, seen: 0 }
    }

    #[must_use]
    pub fn version(&self) -> &Version {
        &self.version
    }

    /// Takes for known how the window stands, which is no change: it has just been opened.
    pub fn settle(&mut self, now: Standing) {
        self.seen = 0;
        self.agreed = Some(now);
    }

    /// Whether it stands anywhere: it has been opened at a step, or was told where.
    #[must_use]
    pub fn is_settled(&self) -> bool {
        self.agreed.is_some()
    }

    /// Whether the window, which stands so now, has news for the other; and then, whether its run has begun
    /// again. While a run goes on its steps are no news: each window makes them.
    pub fn look(&mut self, now: &Standing) -> Option<bool> {
        // Before it stands anywhere a window has nothing to tell.
        let agreed = self.agreed.as_ref()?;
        let steps = now.figure.as_ref().filter(|f| f.playing).map(|f| f.step);
        let again = steps.is_some_and(|step| step < self.seen);
        self.seen = steps.unwrap_or(0);
        if is_known(now, agreed) && !again {
            return None;
        }
        self.agreed = Some(now.clone());
        self.version = Version { count: self.version.count + 1, writer: self.own.clone() };
        Some(again)
    }

    /// Takes the other window's letter; whether this one has to stand as it says.
    pub fn hear(&mut self, version: Version, theirs: &Standing) -> bool {
        let holds = version.beats(&self.version);
        if holds {
            self.version = version;
            self.settle(theirs.clone());
        }
        holds
    }
}

/// Whether a window stands as both know, but for the steps of a run that goes on.
fn is_known(now: &Standing, agreed: &Standing) -> bool {
    let figures = match (&now.figure, &agreed.figure) {
        (Some(now), Some(agreed)) if now.playing && agreed.playing => {
            *now == Figure { step: now.step, ..agreed.clone() }
        }
        (now, agreed) => now == agreed,
    };
    figures && now.at == agreed.at && now.dark == agreed.dark
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::{Pair, Runner};
    use crate::sample::SPEC;
    use proptest::prelude::*;
    use std::collections::VecDeque;

    /// A window without a browser.
    struct Window {
        pair: Pair,
        side: Side,
        at: usize,
        sent: u32,
    }

    type Letter = (Version, Standing, bool);

    impl Window {
        fn new(name: &str) -> Self {
            let pair = Pair::new(Runner::opening(&SPEC));
            let mut own = Self { pair, side: Side::new(name.to_owned()), at: 0, sent: 0 };
            own.side.settle(own.standing());
            own
        }

        fn standing(&self) -> Standing {
            let run = self.pair.run();
            let figure = Figure {
                values: run.values().clone(),
                kept: None,
                playing: self.pair.playing(),
                step: self.pair.heading(),
                speed: 1.0,
            };
            Standing { at: Some(self.at), dark: false, figure: Some(figure) }
        }

        fn look(&mut self, to: &mut VecDeque<Letter>) {
            let now = self.standing();
            if let Some(again) = self.side.look(&now) {
                self.sent += 1;
                to.push_back((self.side.version().clone(), now, again));
            }
        }

        fn hear(&mut self, (version, theirs, again): Letter) {
            if self.side.hear(version, &theirs)
                && let Some(figure) = theirs.figure
            {
                self.at = theirs.at.unwrap_or(0);
                self.pair.set_values(figure.values);
                self.pair.join(figure.step, figure.playing, again);
            }
        }

        /// What a hand does, or a frame.
        fn act(&mut self, act: u8, amount: u64) {
            match act {
                0 => self.pair.play(),
                1 => self.pair.pause(),
                2 => self.pair.step(amount),
                3 => self.pair.restart(),
                4 => self.at += 1,
                5 | 6 => {
                    let mut values = self.pair.run().values().clone();
                    let control = if act == 5 { "stride" } else { "seed" };
                    values.set_text(control, &amount.to_string()).unwrap();
                    self.pair.set_values(values);
                }
                _ => {
                    self.pair.advance(100.0 * amount as f64, true, || false);
                }
            }
        }
    }

    /// The next letter comes to a window, which may have something to say to it.
    fn deliver(windows: &mut [Window; 2], ways: &mut [VecDeque<Letter>; 2], to: usize) {
        if let Some(letter) = ways[to].pop_front() {
            windows[to].hear(letter);
            windows[to].look(&mut ways[1 - to]);
        }
    }

    proptest! {
        #[test]
        fn two_windows_come_to_stand_alike_and_fall_silent(
            acts in proptest::collection::vec((any::<bool>(), 0..9u8, 1..9u64, 0..3usize), 1..60),
        ) {
            let mut windows = [Window::new("audience"), Window::new("speaker")];
            let mut ways = [VecDeque::new(), VecDeque::new()];
            for (speaks, act, amount, heard) in acts {
                let own = usize::from(speaks);
                windows[own].act(act, amount);
                let to = &mut ways[1 - own];
                windows[own].look(to);
                // Letters come when they come, in their order.
                for way in [0, 1] {
                    if heard > way {
                        deliver(&mut windows, &mut ways, way);
                    }
                }
            }
            let under_way = ways.iter().map(VecDeque::len).sum::<usize>() as u32;
            let before: u32 = windows.iter().map(|w| w.sent).sum();
            for window in [0, 1] {
                windows[window].act(1, 1);
                windows[window].look(&mut ways[1 - window]);
            }
            let mut rounds = 0;
            while ways.iter().any(|way| !way.is_empty()) {
                rounds += 1;
                prop_assert!(rounds < 500, "they do not fall silent");
                for way in [0, 1] {
                    deliver(&mut windows, &mut ways, way);
                }
            }
            let said = windows.iter().map(|w| w.sent).sum::<u32>() - before;
            prop_assert!(said <= 8 + under_way, "{said} letters to say where they stopped");
            let [audience, speaker] = windows;
            prop_assert_eq!(audience.standing(), speaker.standing());
            prop_assert_eq!(audience.side.version().count, speaker.side.version().count);
            let readings = |mut window: Window| {
                while window.pair.seeking() {
                    window.pair.advance(100.0, true, || false);
                }
                window.pair.run().readings().to_vec()
            };
            prop_assert_eq!(readings(audience), readings(speaker));
        }
    }

    #[test]
    fn what_was_heard_is_not_sent_back_and_of_two_at_once_one_holds() {
        let [mut audience, mut speaker] = [Window::new("audience"), Window::new("speaker")];
        let [mut to_audience, mut to_speaker] = [VecDeque::new(), VecDeque::new()];
        speaker.act(5, 4);
        speaker.look(&mut to_audience);
        audience.hear(to_audience.pop_front().unwrap());
        audience.look(&mut to_speaker);
        assert!(to_speaker.is_empty() && audience.pair.run().values().integer("stride") == 4);
        // Both turn at once: that of the audience holds in both.
        speaker.act(6, 9);
        audience.act(6, 5);
        speaker.look(&mut to_audience);
        audience.look(&mut to_speaker);
        audience.hear(to_audience.pop_front().unwrap());
        speaker.hear(to_speaker.pop_front().unwrap());
        assert_eq!([&audience, &speaker].map(|w| w.pair.run().values().seed()), [5, 5]);
    }
}
