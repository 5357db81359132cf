use super::SPEC;
use crate::lab::Runner;
use crate::numerics::statistics::mean;

fn over_seeds(pairs: &[(&str, &str)], id: &str) -> Vec<f64> {
    Runner::over_seeds(&SPEC, pairs, 1..=40, 0, id)
}

const OWN: [(&str, &str); 3] = [("features", "own"), ("gamma", "3.14"), ("lambda", "0.1")];

/// Known result: with features of their own, entries halve with each qubit.
#[test]
fn overlaps_of_own_features_halve_with_each_qubit() {
    for (n, k) in [("2", 0.25), ("4", 0.0625), ("6", 0.0156), ("8", 0.0039)] {
        let found = mean(&over_seeds(&[&OWN[..], &[("qubits", n)]].concat(), "k_mean"));
        assert!((0.85..1.25).contains(&(found / k)), "{n}: {found}");
    }
}

#[test]
fn copies_shrink_slowly_and_more_of_them_are_better() {
    let at = |n: &str, id: &str| mean(&over_seeds(&[("qubits", n)], id));
    assert!(at("8", "k_mean") > 0.3);
    assert!(at("8", "test_acc") > at("4", "test_acc") && at("4", "test_acc") > at("2", "test_acc") + 0.05);
}

#[test]
fn a_ridge_does_what_ten_times_the_shots_do_not() {
    let at =
        |shots: &str, lambda: &str| mean(&over_seeds(&[("shots", shots), ("lambda", lambda)], "test_acc"));
    let [few, many, calm] = [at("100", "0.01"), at("1000", "0.01"), at("100", "1")];
    assert!(calm > few + 0.2 && calm > many + 0.2, "{few} {many} {calm}");
}

#[test]
fn what_tells_nothing_apart_is_said() {
    let run = Runner::after(&SPEC, &[("gamma", "0.2"), ("qubits", "2")], 0);
    assert!(run.simulation().notes().join(" ").contains("near 1"), "{:?}", run.number("k_mean"));
    let run = Runner::after(&SPEC, &[("features", "own")], 0);
    assert!(run.simulation().notes().join(" ").contains("further features are 0"));
}

#[test]
fn the_map_fills_row_by_row_and_is_finished() {
    let run = Runner::opening(&SPEC);
    assert!(run.simulation().finished());
    assert!(run.simulation().describe("gram", 1).unwrap().starts_with("points 0 and 1: overlap"));
}
