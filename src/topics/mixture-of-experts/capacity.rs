//! `moe-capacity`: tokens, buffers of a fixed size, and what does not fit.

use super::buffers::{Batch, Mode, Rules};
use crate::lab::condition::Clause;
use crate::lab::control::Control;
use crate::lab::readout::{Reading, Readout};
use crate::lab::simulation::{Challenge, Pace, Preset, Simulation, Spec};
use crate::lab::{Figure, Values, page_text};
use crate::numerics::random::Stream;

pub static SPEC: Spec = Spec {
    id: "moe-capacity",
    title: "Buffers that overflow",
    summary: page_text(
        "Each expert has a buffer for one batch. Tokens arrive one by one and queue in red where it is \
         full. Try other sizes, and other ways to choose.",
    ),
    controls: CONTROLS,
    readouts: READOUTS,
    presets: PRESETS,
    challenges: CHALLENGES,
    prediction: None,
    pace: Pace::new(16.0, ARRIVAL, "moment"),
    build: |values| Box::new(Capacity::new(values)),
};

/// Steps in which a batch arrives, whatever its size.
const ARRIVAL: u64 = 64;
/// Steps for which the finished batch stays in view.
const HOLD: u64 = 24;

const CONTROLS: &[Control] = &[
    Control::choice(
        "mode",
        "Who chooses",
        &[
            ("token", "Token: top-k"),
            ("expert", "Expert choice"),
            ("dropless", "Top-k, dropless"),
            ("top-p", "Token: top-p"),
        ],
    )
    .help("Tokens choose their k best experts; or experts their best tokens; or tokens choose and buffers grow as needed; or tokens take experts until their probabilities reach p."),
    Control::real("cf", "Capacity factor", [0.25, 4.0], 0.05, 1.25)
        .help("Slots of each buffer over the fair share. Not used without a limit (dropless)."),
    Control::integer("tokens", "Tokens", 16, 512, 64).help("Tokens in a batch."),
    Control::integer("n_experts", "Experts", 2, 128, 8).help("Experts that share the batch, each with a buffer of its own."),
    Control::integer("top_k", "Experts per token", 1, 8, 1)
        .help("Experts that each token asks for; with expert choice, how many it has on average at capacity factor 1. Not used by top-p."),
    Control::real("skew", "Skew s", [0.0, 2.0], 0.1, 1.0)
        .help("How uneven the demand is: the first choice falls on expert e with a frequency that goes as e to the power −s (Zipf's law)."),
    Control::real("p", "Probability p", [0.1, 0.99], 0.01, 0.6)
        .help("Top-p only: a token takes the fewest experts whose probabilities reach p together."),
    Control::seed(1),
];

const READOUTS: &[Readout] = &[
    Readout::new("dropped", "Dropped", 1)
        .unit("%")
        .help("Choices that found a full buffer, as a share of all choices; mean over the finished batches."),
    Readout::new("empty", "Empty slots", 1).unit("%").help(
        "Slots that were computed for nothing, as a share of all slots; mean over the finished batches.",
    ),
    Readout::new("unserved", "Unserved tokens", 1).unit("%").help(
        "Tokens that no expert worked on: they pass by on the residual path; mean over the finished batches.",
    ),
    Readout::new("mean_experts", "Experts per token", 2)
        .help("Experts that worked on a token, on average over the finished batches."),
    Readout::new("busiest", "Longest queue", 2).unit("×").spoken("times the fair share").help(
        "Choices for the most wanted expert over the fair share. Without a limit, everyone waits for it.",
    ),
];

const PRESETS: &[Preset] = &[
    Preset {
        id: "switch",
        label: "Switch 1.25",
        look: page_text(
            "A quarter of headroom is little against Zipf's law: the first experts overflow while the last \
             stay half empty.",
        ),
        values: &[],
    },
    Preset {
        id: "tight",
        label: "Tight",
        look: page_text(
            "Exactly the fair share: every token beyond it is lost, and as many slots stay empty.",
        ),
        values: &[("cf", "1")],
    },
    Preset {
        id: "roomy",
        label: "Roomy",
        look: page_text("Twice the fair share drops fewer tokens and wastes more than half of the slots."),
        values: &[("cf", "2")],
    },
    Preset {
        id: "expert-choice",
        label: "Expert choice",
        look: page_text("Every buffer is full by design; look for tokens that nobody picked."),
        values: &[("mode", "expert"), ("cf", "2")],
    },
    Preset {
        id: "dynamic",
        label: "Dynamic top-p",
        look: page_text(
            "Easy tokens take one expert, doubtful ones several: the digits in the lower strip differ.",
        ),
        values: &[("mode", "top-p"), ("cf", "2")],
    },
];

const CHALLENGES: &[Challenge] = &[Challenge {
    id: "nobody-dropped",
    title: "Nobody dropped, little wasted",
    task: page_text(
        "With Zipf's skew of 1, drop at most 1 % of the choices, leave at most 1 % of the tokens unserved \
         and at most 5 % of the slots empty.",
    ),
    solved: &[
        Clause::equals("skew", 1.0),
        Clause::at_most("dropped", 1.0),
        Clause::at_most("unserved", 1.0),
        Clause::at_most("empty", 5.0),
    ],
    solution: &[("mode", "expert"), ("cf", "2")],
    solution_steps: 440,
}];

/// Sums over the finished batches, in per cent where the readout is.
#[derive(Default)]
struct Totals {
    batches: usize,
    sums: [f64; 5],
}

/// The running simulation.
pub struct Capacity {
    rules: Rules,
    asked_top_k: usize,
    data: Stream,
    batch: Batch,
    /// Steps since the batch began to arrive.
    phase: u64,
    number: usize,
    totals: Totals,
    /// Slots that the picture has room for; it never shrinks during a run.
    extent: usize,
}

impl Capacity {
    fn new(values: &Values) -> Self {
        let experts = values.integer("n_experts");
        let asked_top_k = values.integer("top_k");
        let rules = Rules {
            mode: match values.choice("mode") {
                "expert" => Mode::Expert,
                "dropless" => Mode::Dropless,
                "top-p" => Mode::TopP(values.real("p")),
                _ => Mode::Token,
            },
            tokens: values.integer("tokens"),
            experts,
            top_k: asked_top_k.min(experts),
            skew: values.real("skew"),
            factor: values.real("cf"),
        };
        let mut data = Stream::new(values.seed(), "data");
        let batch = Batch::draw(&rules, &mut data);
        let extent = batch.extent();
        Self { rules, asked_top_k, data, batch, phase: 0, number: 1, totals: Totals::default(), extent }
    }
}

impl Simulation for Capacity {
    fn step(&mut self) {
        self.phase += 1;
        if self.phase == ARRIVAL {
            self.totals.batches += 1;
            for (sum, x) in self.totals.sums.iter_mut().zip(self.batch.summary()) {
                *sum += x;
            }
        } else if self.phase > ARRIVAL + HOLD {
            self.phase = 0;
            self.number += 1;
            self.batch = Batch::draw(&self.rules, &mut self.data);
            self.extent = self.extent.max(self.batch.extent());
        }
    }

    fn readings(&self) -> Vec<Reading> {
        match self.totals.batches {
            0 => vec![Reading::Absent; READOUTS.len()],
            n => self.totals.sums.iter().map(|sum| (sum / n as f64).into()).collect(),
        }
    }

    fn figure(&self) -> Figure {
        let progress = self.phase.min(ARRIVAL) as f64 / ARRIVAL as f64;
        super::capacity_figure::draw(&self.rules, &self.batch, progress, self.number, self.extent)
    }

    fn notes(&self) -> Vec<String> {
        let Rules { mode, tokens, experts, top_k, factor, .. } = self.rules;
        let mut notes = Vec::new();
        let uses_k = !matches!(mode, Mode::TopP(_));
        if uses_k && self.asked_top_k > experts {
            notes.push(format!(
                "A token cannot have {} of {experts} experts: using k = {experts} (dense).",
                self.asked_top_k
            ));
        }
        if uses_k && mode != Mode::Dropless && factor * ((tokens * top_k) as f64) < experts as f64 {
            notes.push("The capacity would be less than one slot: one slot per expert is used.".to_owned());
        }
        if mode == Mode::Expert && factor * top_k as f64 > experts as f64 {
            notes.push(
                "No buffer needs more slots than there are tokens: every expert takes all of them."
                    .to_owned(),
            );
        }
        notes
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::Runner;

    fn read(runner: &Runner, id: &str) -> f64 {
        runner.moment().number(id).unwrap_or(f64::NAN)
    }

    #[test]
    fn the_opening_figure_shows_a_finished_batch() {
        let runner = Runner::opening(&SPEC);
        let figure = runner.simulation().figure();
        assert!(figure.alternative.contains("64 of 64 tokens"), "{}", figure.alternative);
        assert!(read(&runner, "dropped") > 5.0);
    }

    #[test]
    fn the_challenge_is_solved_by_expert_choice_and_not_by_the_defaults() {
        let challenge = &CHALLENGES[0];
        let holds = |runner: &Runner| challenge.solved.iter().all(|c| c.holds(&runner.moment()));
        assert!(holds(&Runner::after(&SPEC, challenge.solution, challenge.solution_steps)));
        for pairs in [&[][..], &[("cf", "1")], &[("cf", "4")]] {
            assert!(!holds(&Runner::after(&SPEC, pairs, challenge.solution_steps)), "{pairs:?}");
        }
    }

    #[test]
    fn large_batches_drop_what_the_closed_form_says() {
        // 23.94 % in the limit; batches of 512 come near.
        let runner = Runner::after(&SPEC, &[("tokens", "512")], 88 * 80);
        assert!((read(&runner, "dropped") - 23.94).abs() < 1.0, "{}", read(&runner, "dropped"));
    }

    #[test]
    fn dropless_serves_everyone_and_waits_for_the_busiest() {
        let runner = Runner::after(&SPEC, &[("mode", "dropless")], 88 * 10);
        assert_eq!([read(&runner, "dropped"), read(&runner, "unserved"), read(&runner, "empty")], [0.0; 3]);
        assert!(read(&runner, "busiest") > 2.0);
    }

    #[test]
    fn what_cannot_be_is_said() {
        for (pairs, words) in [
            (&[("n_experts", "2"), ("top_k", "3")][..], "using k = 2"),
            (&[("n_experts", "128"), ("tokens", "16"), ("cf", "0.25")], "one slot per expert"),
            (&[("mode", "expert"), ("n_experts", "2"), ("cf", "4")], "takes all of them"),
        ] {
            let notes = Runner::after(&SPEC, pairs, 1).simulation().notes().join(" ");
            assert!(notes.contains(words), "{pairs:?}: {notes}");
        }
    }

    #[test]
    fn corners_stay_finite_and_their_figures_small() {
        for mode in ["token", "expert", "dropless", "top-p"] {
            for tokens in ["16", "512"] {
                for n in ["2", "128"] {
                    for k in ["1", "8"] {
                        for cf in ["0.25", "4"] {
                            for (skew, p) in [("0", "0.1"), ("2", "0.99")] {
                                let runner = Runner::after(
                                    &SPEC,
                                    &[
                                        ("mode", mode),
                                        ("tokens", tokens),
                                        ("n_experts", n),
                                        ("top_k", k),
                                        ("cf", cf),
                                        ("skew", skew),
                                        ("p", p),
                                    ],
                                    100,
                                );
                                assert!(
                                    runner.readings().iter().all(|r| r.number().is_some_and(f64::is_finite))
                                );
                                let figure = runner.simulation().figure();
                                let shapes: usize = figure
                                    .panels()
                                    .flat_map(|p| &p.marks)
                                    .map(|m| match &m.shape {
                                        crate::lab::figure::Shape::Boxes { boxes } => boxes.len(),
                                        crate::lab::figure::Shape::Bars { bars, .. } => bars.len(),
                                        _ => 1,
                                    })
                                    .sum();
                                assert!(shapes < 1500, "{shapes}");
                            }
                        }
                    }
                }
            }
        }
    }
}
