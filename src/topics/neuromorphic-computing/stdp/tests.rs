use super::*;
use crate::lab::Runner;
use crate::lab::figure::Shape;

#[test]
fn the_first_spike_moves_forward_within_100_cycles() {
    for seed in ["1", "2", "3", "4"] {
        let before = Runner::after(&SPEC, &[("seed", seed)], 1).number("first_spike").unwrap();
        let after = Runner::after(&SPEC, &[("seed", seed)], 100);
        let first = after.number("first_spike").unwrap();
        assert!(first < before - 2.0, "seed {seed}: {before} to {first}");
        assert!(after.number("w_early") > after.number("w_late"));
    }
}

#[test]
fn without_potentiation_the_weights_are_frozen_and_a_note_says_so() {
    let start = Runner::after(&SPEC, &[("a_plus", "0")], 0);
    let later = Runner::after(&SPEC, &[("a_plus", "0")], 50);
    assert_eq!(start.number("w_early"), later.number("w_early"));
    assert!(later.simulation().notes()[0].contains("frozen"));
}

#[test]
fn with_heavy_loss_late_weights_end_lower_than_with_heavy_gain() {
    let (gain, loss) =
        (Runner::after(&SPEC, &[("ratio", "0.5")], 200), Runner::after(&SPEC, &[("ratio", "2")], 200));
    assert!(gain.number("w_late") > loss.number("w_late"));
}

#[test]
fn with_heavy_jitter_early_and_late_synapses_end_alike() {
    let noisy = Runner::after(&SPEC, &[("jitter", "10")], 300);
    assert!((noisy.number("w_early").unwrap() - noisy.number("w_late").unwrap()).abs() < 0.1);
}

#[test]
fn a_fresh_run_says_in_words_that_nothing_has_happened() {
    assert!(
        Runner::after(&SPEC, &[], 0).simulation().figure().alternative.contains("nothing has been heard")
    );
}

#[test]
fn the_opening_figure_has_inputs_an_answer_and_a_curve() {
    let figure = Runner::opening(&SPEC).simulation().figure();
    let marks: Vec<&str> = figure.rows[0][0].marks.iter().map(|m| m.id).collect();
    assert_eq!(marks, ["first_spike", "input_spikes", "output_spikes"]);
    let firsts = figure.rows[1][1].marks.iter().find(|m| m.id == "firsts").unwrap();
    let Shape::Line { points, .. } = &firsts.shape else { panic!("no curve") };
    assert_eq!(points.len(), 30);
}

#[test]
fn weight_without_order_brings_the_first_spike_forward_too() {
    let frozen = Runner::after(&SPEC, &[("a_plus", "0")], 30);
    assert_eq!(frozen.number("first_spike"), frozen.number("first_frozen"));
    for seed in ["1", "2", "3", "4", "5"] {
        let run = Runner::after(&SPEC, &[("seed", seed), ("scale", "2")], 400);
        let heavy = run.number("first_frozen").unwrap();
        let light = Runner::after(&SPEC, &[("seed", seed)], 400).number("first_frozen").unwrap();
        assert!(heavy < light - 2.0, "seed {seed}: {heavy} {light}");
        // The learner is as early with less weight than it began with.
        assert!(run.number("first_spike").unwrap() < light - 2.0 && run.number("weight").unwrap() < 1.0);
    }
}
