use super::SPEC;
use crate::lab::Runner;
use crate::numerics::statistics::mean;

fn over_seeds(pairs: &[(&str, &str)], steps: u64, id: &str) -> Vec<f64> {
    Runner::over_seeds(&SPEC, pairs, 1..=20, steps, id)
}

/// Known result: one point is read exactly; several are not.
#[test]
fn one_point_is_read_exactly_and_a_batch_is_not() {
    assert!(over_seeds(&[], 0, "leak_err").iter().all(|off| *off < 1e-10));
    assert!(over_seeds(&[("batch", "2")], 0, "leak_err").iter().all(|off| *off > 0.01));
}

/// Known result: noise alone leaves the server what it could read before.
#[test]
fn noise_that_the_server_adds_hides_nothing_from_it() {
    assert!(over_seeds(&[("defence", "dp"), ("z", "30")], 0, "leak_err").iter().all(|off| *off < 1e-10));
    assert!(mean(&over_seeds(&[("defence", "secagg")], 0, "leak_err")) > 0.2);
}

/// Known result: masks cancel bit for bit, and without one client nothing is learned.
#[test]
fn masks_cancel_unless_one_is_missing() {
    let run = Runner::preset(&SPEC, "masked", 50);
    assert_eq!(run.number("sum_exact"), Some(116.0));
    let plain = Runner::after(&SPEC, &[], 50).number("test_acc").unwrap();
    assert!((run.number("test_acc").unwrap() - plain).abs() < 0.02);
    let missing = Runner::preset(&SPEC, "dropout", 50);
    assert!(missing.number("sum_exact").unwrap() <= 1.0);
    assert_eq!(missing.number("test_acc"), Runner::after(&SPEC, &[], 0).number("test_acc"));
    assert!(missing.simulation().notes().join(" ").contains("did not answer"));
}

/// Known result: the price of fifty rounds, simple and exact.
#[test]
fn fifty_rounds_have_the_known_epsilon() {
    let run = Runner::preset(&SPEC, "dp-small", 50);
    assert!((run.number("epsilon").unwrap() - 3.643).abs() < 1e-3);
    assert!((run.number("epsilon_exact").unwrap() - 2.943).abs() < 1e-3);
}

/// Known result: accuracy by the noise in the mean, over twenty seeds.
#[test]
fn accuracy_falls_with_the_noise_in_the_mean() {
    let at = |z: &str, crowd: &str| {
        mean(&over_seeds(&[("defence", "dp"), ("z", z), ("crowd", crowd)], 50, "test_acc"))
    };
    for (z, crowd, wanted) in [("10", "10", 0.955), ("2", "1", 0.929), ("3", "1", 0.888), ("10", "1", 0.537)]
    {
        let found = at(z, crowd);
        assert!((found - wanted).abs() < 0.03, "{z} {crowd}: {found}");
    }
}

#[test]
fn without_noise_there_is_no_number_for_epsilon() {
    let run = Runner::after(&SPEC, &[("defence", "dp"), ("z", "0")], 5);
    assert_eq!([run.number("epsilon"), run.number("epsilon_exact")], [None, None]);
    assert!(run.simulation().notes().join(" ").contains("infinite"));
}

#[test]
fn a_number_of_a_strip_says_what_it_is() {
    let run = Runner::opening(&SPEC);
    assert!(
        run.simulation().describe("own-update", 3).unwrap().starts_with("number 4 of client 1's update: ")
    );
}
