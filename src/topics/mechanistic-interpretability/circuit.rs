//! `circuit`: attention heads that pass notes to each other, and what happens when one is cut out.

use super::circuit_figure;
use crate::lab::simulation::Outcome;
use crate::lab::{
    Challenge, Clause, Control, Figure, Pace, Prediction, Preset, Reading, Readout, Simulation, Spec, Values,
    page_text,
};
use crate::models::circuits::{Ablation, Pass, indirect_object, induction};
use crate::numerics::statistics::mean;

const ABLATIONS: &[(&str, &str)] = &[("off", "Intact"), ("zero", "Zero"), ("mean", "Mean")];

/// One control for each head, in the order of the layers: two of induction, four of the other.
const HEADS: [&str; 6] = [
    "ablate_previous",
    "ablate_induction",
    "ablate_duplicate",
    "ablate_inhibition",
    "ablate_mover",
    "ablate_backup",
];

pub static SPEC: Spec = Spec {
    id: "circuit",
    title: "A circuit and its understudy",
    summary: page_text(
        "Mary and John went to the store, John gave a drink to: whom? Four attention heads find out. Each \
         line is a head looking at a word. Cut heads out, one or several, and see who wins.",
    ),
    controls: &[
        Control::choice("task", "Task", &[("ioi", "Indirect object"), ("induction", "Induction")])
            .live()
            .help("Whose name comes next; or what came after this word before."),
        Control::real("beta", "Sharpness β", [0.0, 16.0], 0.5, 8.0)
            .live()
            .help("All attention scores are multiplied by it; at 0 every head looks everywhere alike."),
        Control::choice("subject", "Name that comes twice", &[("john", "John"), ("mary", "Mary")])
            .live()
            .help("Who gives the drink. The other one should get it."),
        Control::choice("ablate_duplicate", "Duplicate token", ABLATIONS)
            .live()
            .help("Layer 1: flags words that have come before. Zero: it writes nothing. Mean: it writes its average everywhere."),
        Control::choice("ablate_inhibition", "S-inhibition", ABLATIONS)
            .live()
            .help("Layer 2: reads the flagged name and notes that it is not the one."),
        Control::choice("ablate_mover", "Name mover", ABLATIONS).live().help("Layer 3: copies a name that is not inhibited to the output."),
        Control::choice("ablate_backup", "Backup mover", ABLATIONS)
            .live()
            .help("Layer 4: the same, as far as the mover has left the output empty."),
        Control::choice("ablate_previous", "Previous token", ABLATIONS)
            .live()
            .secondary()
            .help("Induction, layer 1: each word learns which word stands before it."),
        Control::choice("ablate_induction", "Induction head", ABLATIONS)
            .live()
            .secondary()
            .help("Induction, layer 2: looks for a word that stood after one like this."),
    ],
    readouts: &[
        Readout::new("logit_diff", "Logit difference", 3).help("Logit of the right name minus logit of the name that came twice."),
        Readout::new("p_io", "Right name", 3).help("Probability of the name that came once."),
        Readout::new("p_s", "Wrong name", 3).help("Probability of the name that came twice."),
        Readout::new("attn_nm_io", "Mover looks at it", 3).help("Attention of the name mover to the right name."),
        Readout::new("attn_backup_io", "Backup looks at it", 3).help("Attention of the backup mover to the right name."),
        Readout::new("accuracy", "Induction is right", 2).help("Share of the repetition whose next word is predicted; a tie is wrong."),
        Readout::new("attn_correct", "Attention to the match", 3).help("Attention of the induction head to the right word, averaged over the repetition."),
        Readout::new("ablated", "Heads cut out", 0).help("Of the task on show."),
    ],
    presets: &[
        Preset { id: "intact", label: "Intact", look: page_text("Mary, by 3.9."), values: &[] },
        Preset {
            id: "no-duplicate",
            label: "No duplicate head",
            look: page_text("Nobody knows that John came twice: the wrong name wins, for it stands there twice."),
            values: &[("ablate_duplicate", "zero")],
        },
        Preset {
            id: "no-inhibition",
            label: "No S-inhibition",
            look: page_text("It is known and not passed on."),
            values: &[("ablate_inhibition", "zero")],
        },
        Preset {
            id: "no-mover",
            label: "Name mover out (backup wakes)",
            look: page_text("The head that writes the answer is gone, and the answer stays."),
            values: &[("ablate_mover", "zero")],
        },
        Preset {
            id: "no-movers",
            label: "Both movers out",
            look: page_text("Now nobody writes a name."),
            values: &[("ablate_mover", "zero"), ("ablate_backup", "zero")],
        },
        Preset {
            id: "induction",
            label: "Induction",
            look: page_text("Eight words, twice: the second time each is followed by what followed it before."),
            values: &[("task", "induction")],
        },
    ],
    challenges: &[Challenge {
        id: "break-it",
        title: "Break it with one cut",
        task: page_text("Cut out exactly one head so that the wrong name wins clearly: logit difference below −0.5, at a sharpness of at least 4."),
        solved: &[
            Clause::option_is("task", "ioi"),
            Clause::equals("ablated", 1.0),
            Clause::below("logit_diff", -0.5),
            Clause::at_least("beta", 4.0),
        ],
        solution: &[("ablate_inhibition", "zero")],
        solution_steps: 0,
    }],
    prediction: Some(Prediction {
        question: page_text(
            "The name mover is the head that copies the answer to the output; intact, Mary leads by 3.88. What does the lead become when it is cut out?",
        ),
        values: &[("ablate_mover", "zero")],
        settled_at: 0,
        options: &[
            Outcome { label: "About 0", holds: &[Clause::at_least("logit_diff", -0.5), Clause::at_most("logit_diff", 1.0)] },
            Outcome { label: "John leads", holds: &[Clause::below("logit_diff", -0.5)] },
            Outcome { label: "Hardly different", holds: &[Clause::above("logit_diff", 1.0)] },
        ],
        because: page_text(
            "A second mover does the same wherever the first leaves the output empty. It was silent before, \
             so cutting the first one out shows nothing of what it does.",
        ),
    }),
    pace: Pace::new(1.0, 0, "look"),
    build: |values| Box::new(Circuit::new(values)),
};

/// The task on show and its forward pass; the other task's figures have their own readouts.
pub struct Circuit {
    pub induction: bool,
    pub pass: Pass,
    /// Right name and wrong name.
    pub names: [&'static str; 2],
}

impl Circuit {
    fn new(values: &Values) -> Self {
        let cut = |id: &str| match values.choice(id) {
            "zero" => Ablation::Zero,
            "mean" => Ablation::Mean,
            _ => Ablation::Intact,
        };
        let [previous, matching, duplicate, inhibition, mover, backup] = HEADS.map(cut);
        let on = values.choice("task") == "induction";
        let beta = values.real("beta");
        let names = if values.choice("subject") == "john" { ["Mary", "John"] } else { ["John", "Mary"] };
        let pass = if on {
            induction(beta, [previous, matching])
        } else {
            indirect_object(names[1], beta, [duplicate, inhibition, mover, backup])
        };
        Self { induction: on, pass, names }
    }

    pub fn end(&self) -> usize {
        self.pass.words.len() - 1
    }

    /// Probabilities of the right and of the wrong name.
    pub fn chances(&self) -> [f64; 2] {
        let all = self.pass.probabilities(self.end());
        self.names.map(|name| self.pass.token(name).map_or(0.0, |t| all[t]))
    }

    pub fn lead(&self) -> f64 {
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
    pub fn matches(&self) -> Vec<f64> {
        self.pass.right_keys().into_iter().map(|(q, k)| self.pass.heads[1].attention[(q, k)]).collect()
    }
}

impl Simulation for Circuit {
    fn step(&mut self) {}

    fn set(&mut self, values: &Values) {
        *self = Self::new(values);
    }

    fn readings(&self) -> Vec<Reading> {
        let cut = self.pass.heads.iter().filter(|h| h.ablation != Ablation::Intact).count();
        let of = |induction: bool, number: &dyn Fn() -> f64| {
            if self.induction == induction { Reading::from(number()) } else { Reading::Absent }
        };
        let [right, wrong] = self.chances();
        vec![
            of(false, &|| self.lead()),
            of(false, &|| right),
            of(false, &|| wrong),
            of(false, &|| self.looks(2)),
            of(false, &|| self.looks(3)),
            of(true, &|| self.pass.accuracy()),
            of(true, &|| mean(&self.matches())),
            cut.into(),
        ]
    }

    fn figure(&self) -> Figure {
        circuit_figure::draw(self)
    }

    fn describe(&self, mark: &str, index: usize) -> Option<String> {
        circuit_figure::describe(self, mark, index)
    }

    fn finished(&self) -> bool {
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::Runner;

    #[test]
    fn cuts_do_what_the_page_says() {
        let lead = |changes: &[(&str, &str)]| Runner::after(&SPEC, changes, 0).number("logit_diff").unwrap();
        assert!((lead(&[]) - 3.884).abs() < 0.005);
        assert!((lead(&[("ablate_mover", "zero")]) - 3.913).abs() < 0.005);
        assert!((lead(&[("ablate_duplicate", "zero")]) + 0.957).abs() < 0.005);
        assert!(lead(&[("ablate_mover", "zero"), ("ablate_backup", "zero")]).abs() < 0.005);
        assert!((lead(&[("subject", "mary")]) - lead(&[])).abs() < 1e-3);
    }

    #[test]
    fn each_task_has_its_own_readouts() {
        let run = Runner::after(&SPEC, &[("task", "induction"), ("ablate_mover", "zero")], 0);
        assert_eq!((run.number("accuracy"), run.number("logit_diff")), (Some(1.0), None));
        assert_eq!(run.number("ablated"), Some(0.0), "a cut in the other task does not count");
        assert!(run.number("attn_correct").unwrap() > 0.98);
        let told = run.simulation().describe("head_2", 0);
        assert!(told.is_some_and(|t| t.contains(" looks at ")));
    }
}
