//! `energy-ledger`: what a training run took and what answers take, by where the line is drawn.

use crate::lab::figure::charts::{self, Entry};
use crate::lab::figure::{Axis, Figure, Panel, Tone};
use crate::lab::schema::readout::{format_number, format_trimmed};
use crate::lab::{
    Answer, Challenge, Control, Named, Pace, Prediction, Preset, Reading, Readout, Simulation, Spec, Values,
    of, reading,
};
use crate::models::power_ledger::{Training, days_until_even, grams, joules_per_thousand, watt_hours};

/// What has been published or claimed about training, in MWh.
const RUNS: [(&str, f64); 5] = [
    ("goal for 2030", 1000.0),
    ("GPT-3", 1287.0),
    ("DeepSeek-V3", 1951.6),
    ("Llama 3.1 405B", 21_588.0),
    ("GPT-4, as claimed", 25_000.0),
];

/// And about 1,000 tokens, in Wh.
const ANSWERS: [(&str, f64); 4] = [
    ("Llama 8B, shared", 0.033),
    ("goal for 2030", 0.1),
    ("LLaMA 65B, 2023", 1.0),
    ("today, as claimed", 10.0),
];

/// More days than this are not told one by one.
const CENTURY: f64 = 36_525.0;

pub static SPEC: Spec = Spec::new(
    "energy-ledger",
    "What is counted?",
    "Machines, hours and power give the energy of a training run; power and speed give that of an answer. Set what is \
     counted: accelerators alone, whole servers, or the building.",
    Pace::still(),
    |values| Box::new(Ledger::new(values)),
)
.controls(&[
    Control::logarithmic_whole("gpus", "Accelerators", [1.0, 100_000.0], 25_000.0).live().help("That train at the same time."),
    Control::logarithmic_whole("hours", "Hours of training", [1.0, 10_000.0], 2280.0).unit("h").live().help("Of each of them. 2,280 are 95 days."),
    Control::real("kw", "Power of each", [0.1, 2.0], 0.0025, 0.4)
        .unit("kW")
        .live()
        .help("0.4 is an A100 alone; 0.8125 its eighth of a server of 6.5 kW."),
    Control::real("pue", "PUE", [1.0, 2.0], 0.01, 1.0).live().help("Energy of the building over that of its computers; 1 leaves the building out."),
    Control::real("grid", "Grid", [0.0, 1000.0], 10.0, 400.0).unit("g/kWh").live().help("Grams of CO₂ equivalent for a kilowatt-hour.").secondary(),
    Control::logarithmic("serve_kw", "Power of serving", [0.3, 15.0], 10.0).unit("kW").live().help("Of the machine that answers."),
    Control::logarithmic_whole("tok_s", "Its speed", [10.0, 50_000.0], 5000.0).unit("tokens/s").live().help("To all readers together."),
    Control::logarithmic("tokens_day", "Billion tokens a day", [0.001, 10_000.0], 100.0).live().help("That all such machines make.").secondary(),
])
.readouts(&[
    Readout::new("mwh", "Training", 1).unit("MWh")
        .formula("gpus * hours * kw * pue / 1e3")
        .help("Accelerators × hours × power × PUE."),
    Readout::new("tonnes", "CO₂e", 0).formula("mwh * grid / 1e3").unit("t").help("Of training."),
    Readout::new("wh_per_1k", "1,000 tokens", 3).unit("Wh")
        .formula("1e3'tokens' * serve_kw * 1e3 * pue / tok_s / 3600'seconds an hour'")
        .help("Power × PUE over speed."),
    Readout::new("j_per_token", "A token", 3).unit("J")
        .formula("1e3 * serve_kw * pue / tok_s")
        .help("The same for one token."),
    Readout::new("g_per_1k", "1,000 tokens weigh", 3).unit("g")
        .formula("wh_per_1k / 1e3 * grid")
        .help("Grams of CO₂ equivalent."),
    Readout::new("days", "Days until serving overtakes", 0)
        .formula("mwh * 1e6 / (wh_per_1k * tokens_day * 1e6)")
        .help("Until all answers have taken as much as training."),
])
.presets(&[
    Preset::new("leak", "GPT-4 leak, GPUs only").look("25,000 A100s for 95 days: the chips alone, at full power."),
    Preset::new("leak-all", "GPT-4 leak, servers and building")
        .look("The same leak with 100 days, whole servers, and a PUE of 1.18. How far has the bar moved?")
        .with(&[("hours", "2400"), ("kw", "0.8125"), ("pue", "1.18")]),
    Preset::new("gpt-3", "GPT-3")
        .look("[1,289 MWh](run:?gpus=10000&hours=355&kw=0.33&pue=1.1#mwh), near what was published: 10,000 V100s at 330 W \
             each, and a PUE of 1.1.")
        .with(&[("gpus", "10000"), ("hours", "355"), ("kw", "0.33"), ("pue", "1.1")]),
    Preset::new("llama", "Llama 3.1 405B")
        .look("30.84 million hours of H100s at 700 W, drawn as 10,000 of them. Hosts and building are not counted.")
        .with(&[("gpus", "10000"), ("hours", "3084"), ("kw", "0.7")]),
    Preset::new("deepseek", "DeepSeek-V3")
        .look("2.788 million hours of H800s, drawn as 1,000; 700 W are an assumption of ours.")
        .with(&[("gpus", "1000"), ("hours", "2788"), ("kw", "0.7")]),
])
.challenges(&[Challenge::new(
    "goal",
    "Hit 2030",
    "Answer for 0.1 Wh per 1,000 tokens with a machine of at least 10 kW.",
    &[of("serve_kw").at_least(10.0), of("wh_per_1k").at_most(0.1)],
)
.solution(&[("tok_s", "32000")], 0)])
.prediction(
    Prediction::new(
        "A leak gives 25,000 GPUs and 90 to 100 days. With 95 days and 400 W each, training took \
         [22,800 MWh](run:#mwh). Count 100 days, the servers around the GPUs, and the building around the servers. How \
         much is it now?",
        of("mwh"),
        &[
            Answer::below("Up to a quarter more", 28_500.0),
            Answer::below("Up to twice as much", 45_600.0),
            Answer::beyond("More than twice as much"),
        ],
        "[57,525 MWh](run:?hours=2400&kw=0.8125&pue=1.18#mwh), from the same leak. A number of energy without its \
         boundary says little.",
    )
    .with(&[("hours", "2400"), ("kw", "0.8125"), ("pue", "1.18")]),
);

struct Ledger {
    training: Training,
    grid: f64,
    /// For 1,000 tokens, in J.
    joules: f64,
    tokens_day: f64,
}

impl Ledger {
    fn new(values: &Values) -> Self {
        let pue = values.real("pue");
        Self {
            training: Training {
                accelerators: values.real("gpus"),
                hours: values.real("hours"),
                kilowatts: values.real("kw"),
                pue,
            },
            grid: values.real("grid"),
            joules: joules_per_thousand(1e3 * values.real("serve_kw"), pue, values.real("tok_s")),
            tokens_day: 1e9 * values.real("tokens_day"),
        }
    }

    fn days(&self) -> Reading {
        match days_until_even(self.training.megawatt_hours(), watt_hours(self.joules), self.tokens_day) {
            Some(days) if days <= CENTURY => Reading::from(days),
            _ => Reading::Text("> 100 years".to_owned()),
        }
    }
}

/// Bars of what is known, with the reader's own on top.
fn bars(id: &'static str, title: &str, x: Axis, own: f64, known: &[(&str, f64)], decimals: usize) -> Panel {
    let text = |amount: f64| format_trimmed(amount, if amount >= 100.0 { 0 } else { decimals });
    let own = Entry { name: "yours".to_owned(), amount: own, text: text(own), tone: Tone::Accent };
    let known = known.iter().map(|(name, amount)| Entry {
        name: (*name).to_owned(),
        amount: *amount,
        text: text(*amount),
        tone: if name.contains("goal") { Tone::Good } else { Tone::Muted },
    });
    charts::ledger(id, title, x, std::iter::once(own).chain(known).collect()).height(270.0)
}

impl Simulation for Ledger {
    fn set(&mut self, values: &Values) {
        *self = Self::new(values);
    }

    fn readings(&self) -> Vec<Named> {
        vec![
            reading("mwh", self.training.megawatt_hours()),
            reading("tonnes", self.training.tonnes(self.grid)),
            reading("wh_per_1k", watt_hours(self.joules)),
            reading("j_per_token", self.joules / 1e3),
            reading("g_per_1k", grams(self.joules, self.grid)),
            reading("days", self.days()),
        ]
    }

    fn figure(&self) -> Figure {
        let (mwh, wh) = (self.training.megawatt_hours(), watt_hours(self.joules));
        let training = Axis::logarithmic("training", [100.0, 1e7]).unit("MWh").ticks([
            (100.0, "100"),
            (1e4, "10,000"),
            (1e6, "10⁶"),
        ]);
        let serving = Axis::logarithmic("1,000 tokens", [0.01, 1e3]).unit("Wh").ticks([
            (0.01, "0.01"),
            (0.1, "0.1"),
            (1.0, "1"),
            (10.0, "10"),
            (100.0, "100"),
        ]);
        let alternative = format!(
            "Training takes {} MWh with what is counted; GPT-3 took 1,287. 1,000 tokens take {} Wh; the claim is 10, \
             the goal 0.1.",
            format_number(mwh, 0),
            format_number(wh, 3)
        );
        Figure::row(
            vec![
                bars("runs", "Training", training, mwh, &RUNS, 1),
                bars("answers", "Answering", serving, wh, &ANSWERS, 3),
            ],
            alternative,
        )
    }

    fn notes(&self) -> Vec<String> {
        let mut notes = Vec::new();
        if self.training.megawatt_hours() < 100.0 {
            notes.push("The bar of training begins at 100 MWh; yours is below.".to_owned());
        }
        if watt_hours(self.joules) < 0.01 {
            notes.push("The bar of answers begins at 0.01 Wh; yours is below.".to_owned());
        }
        notes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::Runner;

    fn preset(id: &str) -> f64 {
        Runner::preset(&SPEC, id, 0).number("mwh").unwrap()
    }

    /// Known result: anchors, exactly.
    #[test]
    fn anchors_are_exact() {
        for (id, mwh) in
            [("leak", 22_800.0), ("leak-all", 57_525.0), ("llama", 21_588.0), ("deepseek", 1951.6)]
        {
            assert!((preset(id) - mwh).abs() < 1e-6, "{id}: {}", preset(id));
        }
        assert!((preset("gpt-3") / 1287.0 - 1.0).abs() < 0.005);
    }

    #[test]
    fn serving_overtakes_training_or_takes_centuries() {
        let default = Runner::after(&SPEC, &[], 0);
        assert!((default.number("wh_per_1k").unwrap() - 0.5556).abs() < 1e-4);
        assert!((default.number("days").unwrap() - 410.4).abs() < 0.01);
        let quiet = Runner::after(&SPEC, &[("tokens_day", "1")], 0);
        assert_eq!(quiet.number("days"), None, "41,040 days are more than a century");
    }
}
