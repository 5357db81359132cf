//! `circuit`: attention heads that pass notes to each other, and what happens when one is cut out.

mod figure;
#[cfg(test)]
mod tests;

use crate::lab::{
    Answer, Challenge, Choice, Control, Figure, Named, Pace, Prediction, Preset, Reading, Readout,
    Simulation, Spec, Values, of, reading,
};
use crate::models::circuits::{Ablation, Constants, Pass, indirect_object, induction};
use crate::numerics::statistics::mean;

/// One choice for each head, in the order of the layers: two of induction, four of the other.
static HEADS: [Choice<Ablation, 3>; 6] = [
    head("ablate_previous", "Previous token"),
    head("ablate_induction", "Induction head"),
    head("ablate_duplicate", "Duplicate token"),
    head("ablate_inhibition", "S-inhibition"),
    head("ablate_mover", "Name mover"),
    head("ablate_backup", "Backup mover"),
];

const fn head(id: &'static str, label: &'static str) -> Choice<Ablation, 3> {
    Choice::new(
        id,
        label,
        [
            ("off", "Intact", Ablation::Intact),
            ("zero", "Zero", Ablation::Zero),
            ("mean", "Mean", Ablation::Mean),
        ],
    )
}

static INDUCTION: Choice<bool, 2> =
    Choice::new("task", "Task", [("ioi", "Indirect object", false), ("induction", "Induction", true)]);

static NAMES: Choice<[&str; 2], 2> = Choice::new(
    "subject",
    "Name that comes twice",
    [("john", "John", ["Mary", "John"]), ("mary", "Mary", ["John", "Mary"])],
);

pub static SPEC: Spec = Spec::new(
    "circuit",
    "A circuit and its understudy",
    "Mary and John went to the store, John gave a drink to: whom? Four attention heads find out. Each line \
     is a head looking at a word. Cut heads out, one or several, and see who wins.",
    Pace::still(),
    |values| Box::new(Circuit::new(values)),
)
.controls(&[
    INDUCTION.control().live().help("Whose name comes next; or what came after this word before."),
    Control::real("beta", "Sharpness β", [0.0, 16.0], 0.5, 8.0)
        .live()
        .help("All attention scores are multiplied by it; at 0 every head looks everywhere alike."),
    NAMES.control().only("task", &["ioi"]).live().help("Who gives the drink. The other one should get it."),
    HEADS[2].control().only("task", &["ioi"]).live().help(
        "Layer 1: flags words that have come before. Zero: it writes nothing. Mean: it writes its average \
         everywhere.",
    ),
    HEADS[3]
        .control()
        .only("task", &["ioi"])
        .live()
        .help("Layer 2: reads the flagged name and notes that it is not the one."),
    HEADS[4]
        .control()
        .only("task", &["ioi"])
        .live()
        .help("Layer 3: copies a name that is not inhibited to the output."),
    HEADS[5]
        .control()
        .only("task", &["ioi"])
        .live()
        .help("Layer 4: the same, as far as the mover has left the output empty."),
    HEADS[0]
        .control()
        .only("task", &["induction"])
        .live()
        .secondary()
        .help("Induction, layer 1: each word learns which word stands before it."),
    HEADS[1]
        .control()
        .only("task", &["induction"])
        .live()
        .secondary()
        .help("Induction, layer 2: looks for a word that stood after one like this."),
    Control::real("sink", "Score of the start", [0.0, 1.0], 0.05, 0.5)
        .live()
        .secondary()
        .only("task", &["ioi"])
        .help(
            "Where a head looks that finds nothing: a match scores 1, and the first place of all this much.",
        ),
    Control::real("inhibition", "Weight of “not him”", [0.0, 4.0], 0.1, 2.0)
        .unless("ablate_inhibition", &["zero"])
        .live()
        .secondary()
        .only("task", &["ioi"])
        .help("What a name loses of its score of 1 for a full look of the S-inhibition head."),
    Control::real("damping", "Damping of the backup", [0.0, 1.0], 0.05, 1.0)
        .unless("ablate_mover", &["zero"])
        .live()
        .secondary()
        .only("task", &["ioi"])
        .help("How far what the mover has written keeps the backup quiet: at 1 wholly, at 0 not at all."),
])
.readouts(&[
    Readout::new("logit_diff", "Logit difference", 3)
        .help("Logit of the right name minus logit of the name that came twice.")
        .basis("Exact, at the last word of the sentence."),
    Readout::new("p_io", "Right name", 3)
        .help("Probability of the name that came once.")
        .basis("Exact, at the last word of the sentence."),
    Readout::new("p_s", "Wrong name", 3)
        .help("Probability of the name that came twice.")
        .basis("Exact, at the last word of the sentence."),
    Readout::new("attn_nm_io", "Mover looks at it", 3)
        .help("Attention of the name mover to the right name.")
        .basis("Exact, at the last word of the sentence."),
    Readout::new("attn_backup_io", "Backup looks at it", 3)
        .help("Attention of the backup mover to the right name.")
        .basis("Exact, at the last word of the sentence."),
    Readout::new("accuracy", "Induction is right", 2)
        .help("Share of the repetition whose next word is predicted; a tie is wrong.")
        .basis("At eight words, each asked for the next."),
    Readout::new("attn_correct", "Attention to the match", 3)
        .help("Attention of the induction head to the right word, averaged over the repetition.")
        .basis("Exact, over eight words."),
    Readout::new("ablated", "Heads cut out", 0)
        .help("Of the task on show.")
        .basis("Counted over the heads of the task."),
])
.presets(&[
    Preset::new("intact", "Intact").look("Mary, by [3.9](run:#logit_diff)."),
    Preset::new("no-duplicate", "No duplicate head")
        .look("Nobody knows that John came twice: the wrong name wins, for it stands there twice.")
        .with(&[("ablate_duplicate", "zero")]),
    Preset::new("no-inhibition", "No S-inhibition")
        .look("It is known and not passed on.")
        .with(&[("ablate_inhibition", "zero")]),
    Preset::new("no-mover", "Name mover out")
        .look("The head that writes the answer is gone, and the answer stays.")
        .with(&[("ablate_mover", "zero")]),
    Preset::new("no-movers", "Both movers out")
        .look("Now nobody writes a name.")
        .with(&[("ablate_mover", "zero"), ("ablate_backup", "zero")]),
    Preset::new("induction", "Induction")
        .look("Eight words, twice: the second time each is followed by what followed it before.")
        .with(&[("task", "induction")]),
])
.challenges(&[Challenge::new(
    "break-it",
    "Break it with one cut",
    "Cut out exactly one head so that the wrong name wins clearly: logit difference below −0.5, at a \
     sharpness of at least 4.",
    &[
        of("task").is("ioi"),
        of("ablated").equals(1.0),
        of("logit_diff").below(-0.5),
        of("beta").at_least(4.0),
    ],
)
.solution(&[("ablate_inhibition", "zero")], 0)])
.prediction(
    Prediction::new(
        "The name mover is the head that copies the answer to the output; intact, Mary leads by \
         [3.88](run:#logit_diff). What does the lead become when it is cut out?",
        of("logit_diff"),
        &[
            Answer::at_most("Much smaller, or 0", 3.0),
            Answer::below("John leads", -0.5),
            Answer::beyond("Hardly different"),
        ],
        "A second mover does the same wherever the first leaves the output empty. It was silent before, so \
         cutting the first one out shows nothing of what it does. We built it to repair all of the \
         loss: [3.91](run:?ablate_mover=zero#logit_diff).",
    )
    .with(&[("ablate_mover", "zero")]),
);

/// The task on show and its forward pass; the other task's figures have their own readouts.
struct Circuit {
    induction: bool,
    pass: Pass,
    /// Right name and wrong name.
    names: [&'static str; 2],
}

impl Circuit {
    fn new(values: &Values) -> Self {
        let [previous, matching, duplicate, inhibition, mover, backup] =
            HEADS.each_ref().map(|head| head.of(values));
        let (on, beta, names) = (INDUCTION.of(values), values.real("beta"), NAMES.of(values));
        let pass = if on {
            induction(beta, [previous, matching])
        } else {
            let constants = Constants {
                sink: values.real("sink"),
                inhibition: values.real("inhibition"),
                damping: values.real("damping"),
            };
            indirect_object(names[1], beta, constants, [duplicate, inhibition, mover, backup])
        };
        Self { induction: on, pass, names }
    }

    fn end(&self) -> usize {
        self.pass.words.len() - 1
    }

    /// Probabilities of the right and of the wrong name.
    fn chances(&self) -> [f64; 2] {
        let all = self.pass.probabilities(self.end());
        self.names.map(|name| self.pass.token(name).map_or(0.0, |t| all[t]))
    }

    fn lead(&self) -> f64 {
        let row = self.pass.logits.row(self.end());
        let [right, wrong] = self.names.map(|name| self.pass.token(name).map_or(0.0, |t| row[t]));
        right - wrong
    }

    /// Attention of the last word to the right name, in a layer.
    fn looks(&self, layer: usize) -> f64 {
        let place = self.pass.words.iter().position(|w| *w == self.names[0]);
        place.map_or(0.0, |k| self.pass.heads[layer].attention[(self.end(), k)])
    }

    /// Attention of the induction head to the right word, for each word of the repetition.
    fn matches(&self) -> Vec<f64> {
        self.pass.right_keys().into_iter().map(|(q, k)| self.pass.heads[1].attention[(q, k)]).collect()
    }
}

impl Simulation for Circuit {
    fn set(&mut self, values: &Values) {
        *self = Self::new(values);
    }

    fn readings(&self) -> Vec<Named> {
        let cut = self.pass.heads.iter().filter(|h| h.ablation != Ablation::Intact).count();
        let of = |induction: bool, number: &dyn Fn() -> f64| {
            if self.induction == induction { Reading::from(number()) } else { Reading::Absent }
        };
        let [right, wrong] = self.chances();
        vec![
            reading("logit_diff", of(false, &|| self.lead())),
            reading("p_io", of(false, &|| right)),
            reading("p_s", of(false, &|| wrong)),
            reading("attn_nm_io", of(false, &|| self.looks(2))),
            reading("attn_backup_io", of(false, &|| self.looks(3))),
            reading("accuracy", of(true, &|| self.pass.accuracy())),
            reading("attn_correct", of(true, &|| mean(&self.matches()))),
            reading("ablated", cut),
        ]
    }

    fn figure(&self) -> Figure {
        figure::draw(self)
    }

    fn describe(&self, mark: &str, index: usize) -> Option<String> {
        figure::describe(self, mark, index)
    }
}
