//! `travel`: what a round sends, in the clear and under masks.

use crate::lab::figure::charts::{Entry, ledger};
use crate::lab::figure::{Axis, Figure, Tone};
use crate::lab::schema::readout::format_number;
use crate::lab::{Choice, Control, Named, Pace, Preset, Readout, Simulation, Spec, Values, reading};
use crate::models::federated::SIZE;
use crate::models::traffic::{CONVOLUTIONS, TWO_LAYERS, bytes, masked_bits};

static MODEL: Choice<u64, 3> = Choice::new(
    "model",
    "Model",
    [
        ("spiral", "spiral, 116 numbers", SIZE as u64),
        ("2nn", "digits, two layers", TWO_LAYERS),
        ("cnn", "digits, convolutions", CONVOLUTIONS),
    ],
);

pub static SPEC: Spec = Spec::new(
    "travel",
    "What travels",
    "Each round sends the model to every client that takes part, and something of the same size back. Under masks \
     what comes back has to be wider. Change the model, and see what the number of clients does to a masked number.",
    Pace::still(),
    |values| Box::new(Travel::new(values)),
)
.controls(&[
    MODEL.control().help("The model of this page, or the two that federated averaging was first shown on."),
    Control::logarithmic_whole("clients", "Clients a round K", [1.0, 16_384.0], 10.0)
        .help("How many take part in a round."),
    Control::doubling("bits", "Bits a number b", 8, 32, 32).help("Of each number, both ways."),
    Control::logarithmic_whole("rounds", "Rounds T", [1.0, 10_000.0], 50.0).help("How often the model goes out and back."),
])
.readouts(&[
    Readout::new("parameters", "Numbers", 0).help("Weights and biases of the model.")
        .formula("pick(model, 116, 199210, 1663370)"),
    Readout::new("round_mb", "A round, in all", 3).formula("2'out and back' * clients * parameters * bits / 8 / 1e6")
        .unit("MB")
        .help("Out and back, of all clients that take part, without masks; in 10⁶ bytes."),
    Readout::new("masked_bits", "A masked number", 0).formula("bits + ceil(log2(clients))")
        .unit("bits")
        .help("It has to hold the sum of all: b + log₂ K bits, rounded up."),
    Readout::new("expansion", "Masks widen it by", 3).formula("masked_bits / bits").unit("×").help("A masked number against one in the clear."),
    Readout::new("total_mb", "All rounds", 1).formula("rounds * round_mb").unit("MB").help("Of all clients, without masks."),
])
.presets(&[
    Preset::new("toy", "This page").look("Three kilobytes for three clients, nine for ten."),
    Preset::new("digits", "Digits")
        .look("A network for handwritten digits: [133 MB](run:?model=cnn#round_mb) a round for ten clients.")
        .with(&[("model", "cnn")]),
    Preset::new("crowd", "A thousand phones")
        .look("Numbers of 16 bits, and room for a sum of 1,024 of them.")
        .with(&[("model", "cnn"), ("clients", "1024"), ("bits", "16")]),
]);

struct Travel {
    numbers: f64,
    clients: f64,
    bits: f64,
    rounds: f64,
}

impl Travel {
    fn new(values: &Values) -> Self {
        Self {
            numbers: MODEL.of(values) as f64,
            clients: values.real("clients"),
            bits: values.integer("bits") as f64,
            rounds: values.real("rounds"),
        }
    }

    /// Bytes one way of one client, then of a round both ways, in the clear and with masks on the way back.
    fn sent(&self) -> [f64; 3] {
        let own = bytes(self.numbers, self.bits);
        let masked = bytes(self.numbers, masked_bits(self.bits, self.clients));
        [own, 2.0 * own * self.clients, (own + masked) * self.clients]
    }
}

/// Bytes in words.
fn words(bytes: f64) -> String {
    const UNITS: [(&str, f64); 4] = [("TB", 1e12), ("GB", 1e9), ("MB", 1e6), ("KB", 1e3)];
    match UNITS.iter().find(|(_, size)| bytes >= *size) {
        Some((unit, size)) => {
            let amount = bytes / size;
            format!("{} {unit}", format_number(amount, if amount < 10.0 { 1 } else { 0 }))
        }
        None => format!("{} B", format_number(bytes, 0)),
    }
}

impl Simulation for Travel {
    fn readings(&self) -> Vec<Named> {
        let masked = masked_bits(self.bits, self.clients);
        let [_, round, _] = self.sent();
        vec![
            reading("parameters", self.numbers),
            reading("round_mb", round / 1e6),
            reading("masked_bits", masked),
            reading("expansion", masked / self.bits),
            reading("total_mb", self.rounds * round / 1e6),
        ]
    }

    fn figure(&self) -> Figure {
        let [own, round, masked] = self.sent();
        let rows = [
            ("model, one way", own, Tone::Muted),
            ("a round", round, Tone::Series(0)),
            ("masked round", masked, Tone::Accent),
            ("all rounds", self.rounds * round, Tone::Series(0)),
            ("all, masked", self.rounds * masked, Tone::Accent),
        ];
        let entries = rows.map(|(name, amount, tone)| Entry {
            name: name.to_owned(),
            amount,
            text: words(amount),
            tone,
        });
        let x = Axis::logarithmic("bytes", [10.0, 1e17]).ticks([
            (1e3, "KB"),
            (1e6, "MB"),
            (1e9, "GB"),
            (1e12, "TB"),
        ]);
        let alternative = format!(
            "A model of {} numbers: a round of {} clients sends {}, with masks {}; {} rounds send {}.",
            format_number(self.numbers, 0),
            format_number(self.clients, 0),
            words(round),
            words(masked),
            format_number(self.rounds, 0),
            words(self.rounds * round)
        );
        Figure::row(vec![ledger("sent", "What is sent", x, entries.to_vec()).height(250.0)], alternative)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::Runner;

    /// Published: masks widen numbers of 16 bits 1.73 times for 1,024 users, 1.98 times for 16,384 (with keys
    /// and shares, which are left out here).
    #[test]
    fn masks_cost_about_what_was_published() {
        for (clients, published) in [("1024", 1.73), ("16384", 1.98)] {
            let run = Runner::after(&SPEC, &[("bits", "16"), ("clients", clients)], 0);
            let ours = run.number("expansion").unwrap();
            assert!((ours / published - 1.0).abs() < 0.07 && ours < published, "{clients}: {ours}");
        }
    }

    /// Known result: a round of ten with the network for digits.
    #[test]
    fn a_round_of_the_digits_network_is_133_megabytes() {
        let run = Runner::preset(&SPEC, "digits", 0);
        assert_eq!(run.number("parameters"), Some(1_663_370.0));
        assert!((run.number("round_mb").unwrap() - 133.07).abs() < 0.01);
    }

    #[test]
    fn bytes_have_words() {
        let said = [464.0, 9280.0, 133.07e6, 4.2e12].map(words);
        assert_eq!(said, ["464 B", "9.3 KB", "133 MB", "4.2 TB"]);
    }
}
