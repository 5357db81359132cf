//! `snn-train`: a spiking network learns three spiral arms while the page watches its spikes.

use super::snn_run::SnnTrain;
use crate::lab::condition::Clause;
use crate::lab::simulation::Outcome;
use crate::lab::{Challenge, Control, Pace, Prediction, Preset, Readout, Spec, page_text};

pub static SPEC: Spec = Spec {
    id: "snn-train",
    title: "Train a network that only clicks",
    summary: page_text(
        "A spiking network learns to tell three spiral arms apart. Watch its spikes, its map of the square \
         and its energy bill, and change how numbers become spikes.",
    ),
    controls: &[
        Control::choice("coding", "Code", &[("rate", "rate"), ("latency", "latency")]).help(
            "How a number becomes spikes. Rate: the larger, the more often. Latency: one spike, the larger \
             the earlier.",
        ),
        Control::integer("t_steps", "Window", 4, 60, 25).unit("steps").help(
            "How many time steps the network may look at one point. Longer windows cost more spikes under \
             the rate code.",
        ),
        Control::real("beta", "Leak β", [0.0, 1.0], 0.01, 0.9)
            .help("Share of the membrane that is left after one step: 0 forgets at once, 1 never."),
        Control::real("alpha", "Surrogate sharpness α", [0.5, 20.0], 0.5, 2.0).live().help(
            "How narrow the stand-in for the spike's gradient is around the threshold: the sharper, the \
             fewer neurons get one. Applies to the running network.",
        ),
        Control::integer("hidden", "Hidden neurons", 4, 64, 32)
            .step(4)
            .help("Spiking neurons between the 16 inputs and the 3 readouts."),
        Control::logarithmic("lr", "Learning rate", [1e-4, 0.1], 0.01)
            .live()
            .secondary()
            .help("Size of an Adam step. Applies to the running network."),
        Control::toggle("train", "Train", true)
            .live()
            .secondary()
            .help("Off: the weights stand still and the network only answers."),
        Control::seed(1).secondary(),
    ],
    readouts: &[
        Readout::new("test_acc", "Test accuracy", 3)
            .help("Share of 300 fresh points that the network gets right, measured every five updates."),
        Readout::new("loss", "Loss", 3)
            .unit("nats")
            .help("Cross-entropy of the training batches, averaged over the last ten updates."),
        Readout::new("spikes_per_inf", "Spikes per inference", 1)
            .help("Input and hidden spikes for one point, averaged over the test points."),
        Readout::new("synops", "SynOps", 0)
            .help("Spikes delivered to synapses for one point: each is one addition."),
        Readout::new("macs", "MACs, dense rival", 0)
            .help("Multiply-accumulates of a dense network of the same shape: one a synapse."),
        Readout::new("energy_ratio", "Energy saved, synapses only", 2)
            .unit("×")
            .spoken("times less energy than the dense network")
            .help("MACs at 4.6 pJ over SynOps at 0.9 pJ. Below 1 the spiking network takes more."),
        Readout::new("energy_ratio_full", "Energy saved, with state updates", 2)
            .unit("×")
            .spoken("times less energy than the dense network")
            .help("The same, with 4.6 pJ charged for each neuron's update at each step."),
    ],
    presets: &[
        Preset {
            id: "snntorch",
            label: "snnTorch defaults",
            look: page_text(
                "Rate code, 25 steps, β = 0.9: it learns fast, and takes more operations than a dense \
                 network.",
            ),
            values: &[],
        },
        Preset {
            id: "first-spike",
            label: "First spike",
            look: page_text(
                "One spike an input within 10 steps: the raster empties and the SynOps bar drops below the \
                 MACs.",
            ),
            values: &[("coding", "latency"), ("t_steps", "10")],
        },
        Preset {
            id: "long-count",
            label: "Long count",
            look: page_text("Counting for 50 steps buys little accuracy and doubles the bill."),
            values: &[("t_steps", "50")],
        },
        Preset {
            id: "no-memory",
            label: "No memory",
            look: page_text(
                "β = 0: a hidden neuron fires only if spikes coincide within one step. It learns more \
                 slowly, and in the end fires more.",
            ),
            values: &[("beta", "0")],
        },
        Preset {
            id: "too-sharp",
            label: "Too sharp",
            look: page_text(
                "α = 20: only neurons at the threshold get a gradient to speak of. Expect a disaster, and \
                 watch the accuracy hardly care.",
            ),
            values: &[("alpha", "20")],
        },
    ],
    challenges: &[Challenge {
        id: "frugal",
        title: "Right and frugal",
        task: page_text(
            "Reach a test accuracy of 0.95 while the synapses take at least 5 times less energy than the \
             dense network's.",
        ),
        solved: &[Clause::at_least("test_acc", 0.95), Clause::at_least("energy_ratio", 5.0)],
        solution: &[("coding", "latency"), ("t_steps", "10")],
        solution_steps: 300,
    }],
    prediction: Some(Prediction {
        question: page_text(
            "With the rate code a trained network spends about 2,300 SynOps on a point. Switch the code to \
             latency and keep the window of 25 steps. After 200 updates, the SynOps …",
        ),
        values: &[("coding", "latency")],
        settled_at: 200,
        options: &[
            Outcome { label: "go up", holds: &[Clause::at_least("synops", RATE_CODE_SYNOPS)] },
            Outcome {
                label: "fall, but less than 4×",
                holds: &[
                    Clause::below("synops", RATE_CODE_SYNOPS),
                    Clause::above("synops", RATE_CODE_SYNOPS / 4.0),
                ],
            },
            Outcome {
                label: "fall 4× or more", holds: &[Clause::at_most("synops", RATE_CODE_SYNOPS / 4.0)]
            },
        ],
        because: page_text(
            "An input that used to spike up to a dozen times now spikes once, and the weak ones not at \
             all. Fewer arrivals also make the hidden neurons fire less.",
        ),
    }),
    pace: Pace::new(20.0, 15, "training update").promised(50),
    build: |values| Box::new(SnnTrain::new(values)),
};

/// SynOps of the default network after 200 updates, which the bet is about; a test holds it to
/// the run.
const RATE_CODE_SYNOPS: f64 = 2300.0;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lab::{Reading, Runner};

    #[test]
    fn the_rate_code_learns_within_50_updates_and_spends_what_the_bet_says() {
        let mut runner = Runner::after(&SPEC, &[], 50);
        assert!(runner.number("test_acc").unwrap() >= 0.95);
        runner.advance(150);
        assert!((runner.number("synops").unwrap() / RATE_CODE_SYNOPS - 1.0).abs() < 0.05);
        assert!((1.2..1.5).contains(&runner.number("energy_ratio").unwrap()));
        assert!((0.4..0.5).contains(&runner.number("energy_ratio_full").unwrap()));
    }

    #[test]
    fn a_bet_on_the_latency_code_has_one_answer() {
        let bet = SPEC.prediction.unwrap();
        let runner = Runner::after(&SPEC, bet.values, bet.settled_at);
        let right: Vec<&str> = bet
            .options
            .iter()
            .filter(|o| o.holds.iter().all(|c| c.holds(&runner.moment())))
            .map(|o| o.label)
            .collect();
        assert_eq!(right, ["fall 4× or more"]);
    }

    #[test]
    fn the_frugal_challenge_is_open_at_the_defaults_and_solved_by_its_solution() {
        let challenge = &SPEC.challenges[0];
        let solved = |runner: &Runner| challenge.solved.iter().all(|c| c.holds(&runner.moment()));
        assert!(solved(&Runner::after(&SPEC, challenge.solution, challenge.solution_steps)));
        assert!(!solved(&Runner::after(&SPEC, &[], challenge.solution_steps)));
    }

    #[test]
    fn equal_values_give_equal_bits() {
        let (a, b) = (Runner::after(&SPEC, &[("seed", "7")], 20), Runner::after(&SPEC, &[("seed", "7")], 20));
        assert_eq!(a.readings(), b.readings());
        assert_ne!(a.readings(), Runner::after(&SPEC, &[("seed", "8")], 20).readings());
    }

    #[test]
    fn without_training_the_weights_stand_still() {
        let (start, later) =
            (Runner::after(&SPEC, &[("train", "off")], 0), Runner::after(&SPEC, &[("train", "off")], 10));
        assert_eq!(start.number("test_acc").unwrap(), later.number("test_acc").unwrap());
        assert_eq!(later.readings()[SPEC.readout("loss").unwrap()], Reading::Absent);
    }

    #[test]
    fn notes_name_a_missing_leak_a_missing_memory_and_colliding_latencies() {
        let first = |pairs| Runner::after(&SPEC, pairs, 0).simulation().notes()[0].clone();
        assert!(first(&[("beta", "1")]).contains("nothing leaks"));
        assert!(first(&[("beta", "0")]).contains("no memory"));
        assert!(first(&[("coding", "latency"), ("t_steps", "4")]).contains("3 different latencies"));
    }

    #[test]
    fn the_worst_corner_stays_finite() {
        for coding in ["rate", "latency"] {
            for (steps, hidden) in [("60", "64"), ("4", "4")] {
                for (beta, lr) in [("1", "0.1"), ("0", "0.0001")] {
                    let runner = Runner::after(
                        &SPEC,
                        &[
                            ("coding", coding),
                            ("t_steps", steps),
                            ("hidden", hidden),
                            ("beta", beta),
                            ("lr", lr),
                        ],
                        40,
                    );
                    assert!(!runner.finished());
                    assert!(runner.number("loss").unwrap().is_finite());
                }
            }
        }
    }
}
