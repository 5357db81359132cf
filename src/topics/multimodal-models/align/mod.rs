//! `align`: pictures with captions, pictures with sounds, and a third pair that nobody shows.

mod figure;
mod spec;
#[cfg(test)]
mod tests;

pub use spec::SPEC;

use crate::lab::figure::series::Series;
use crate::lab::schema::readout::format_number;
use crate::lab::{Figure, Named, Simulation, Values, reading};
use crate::models::three_senses::{CONCEPTS, Hub, Senses, Setting, Test};
use crate::numerics::elementary::ln;

/// Steps from one test to the next.
const TEST_EVERY: u64 = 4;

pub(super) struct Align {
    setting: Setting,
    senses: Senses,
    steps: u64,
    test: Test,
    /// Image → text, image → audio, audio → text, per cent.
    found: Series<3>,
    loss: Series<1>,
    /// Something is no number any more: the last picture stays.
    broken: bool,
}

impl Align {
    fn new(values: &Values) -> Self {
        let setting = Setting {
            batch: values.integer("batch_n"),
            temperature: values.real("tau"),
            learn_temperature: values.toggle("learn_tau"),
            dim: values.integer("dim"),
            deviation: values.real("noise"),
            shift: values.integer("shift"),
            wrong: values.real("wrong_pairs"),
            hub: spec::HUB.of(values),
        };
        let senses = Senses::new(setting, values.seed());
        let test = senses.test();
        let mut this = Self {
            setting,
            senses,
            steps: 0,
            test,
            found: Series::every(TEST_EVERY),
            loss: Series::every(1),
            broken: false,
        };
        this.keep();
        this
    }

    fn found_now(&self) -> [f64; 3] {
        let Test { image_text, image_audio, audio_text, .. } = self.test;
        [image_text, image_audio, audio_text].map(|share| 100.0 * share)
    }

    fn keep(&mut self) {
        self.found.push(self.steps, self.found_now());
    }

    /// Pairs of senses that are shown.
    fn pairs(&self) -> f64 {
        match self.setting.hub {
            Hub::Image => 2.0,
            Hub::All => 3.0,
            Hub::Text => 1.0,
        }
    }

    /// What whoever guesses loses: ln N for each pair of senses.
    fn blind(&self) -> f64 {
        self.pairs() * ln(self.setting.batch as f64)
    }
}

impl Simulation for Align {
    fn step(&mut self) {
        if !self.senses.step() {
            self.broken = true;
            return;
        }
        self.steps += 1;
        self.loss.push(self.steps, [self.senses.loss.unwrap_or(f64::NAN)]);
        if self.steps.is_multiple_of(TEST_EVERY) {
            self.test = self.senses.test();
            self.keep();
        }
    }

    fn readings(&self) -> Vec<Named> {
        let [image_text, image_audio, audio_text] = self.found_now();
        vec![
            reading("loss", self.senses.loss),
            reading("acc_it", image_text),
            reading("acc_ia", image_audio),
            reading("acc_at", audio_text),
            reading("lead", audio_text - image_text),
            reading("scale", self.senses.scale()),
            reading("gap", self.test.gap),
        ]
    }

    fn figure(&self) -> Figure {
        figure::draw(self)
    }

    fn describe(&self, mark: &str, index: usize) -> Option<String> {
        let cosine = self.test.cosines.as_slice().get(index).filter(|_| mark == "cosines")?;
        let (picture, caption) = (figure::name(index / CONCEPTS), figure::name(index % CONCEPTS));
        Some(format!("picture of a {picture}, caption “{caption}”: cosine {}", format_number(*cosine, 2)))
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if self.broken {
            notes.push("The loss is no number any more: this is the last picture before that.".to_owned());
        }
        match self.setting.batch {
            2 => notes.push(
                "Two in a batch is too easy: a guess is right half the time, and fine differences teach \
                 nothing."
                    .to_owned(),
            ),
            32 => notes.push(
                "Each concept is in the batch twice, and nothing tells the two apart: the loss of a pair of \
                 senses cannot fall below ln 2 = 0.693."
                    .to_owned(),
            ),
            _ => {}
        }
        if self.setting.hub == Hub::Text {
            notes.push("No pair has a sound in it: the encoder of sounds stays as it began.".to_owned());
        }
        notes
    }

    fn finished(&self) -> bool {
        self.broken
    }
}
