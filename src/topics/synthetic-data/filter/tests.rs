use super::SPEC;
use crate::lab::Runner;

fn number(runner: &Runner, id: &str) -> f64 {
    runner.number(id).unwrap()
}

#[test]
fn a_part_beats_the_whole_with_every_seed_and_mostly_by_two_points() {
    let gains = (1..=40).map(|seed| {
        let runner = Runner::after(&SPEC, &[("keep", "0.7"), ("seed", &seed.to_string())], 0);
        number(&runner, "acc_student") - number(&runner, "acc_all")
    });
    let gains: Vec<f64> = gains.collect();
    assert!(gains.iter().all(|gain| *gain > 1.0), "{gains:?}");
    assert!(gains.iter().filter(|gain| **gain > 2.0).count() >= 36, "{gains:?}");
}

#[test]
fn fewer_than_seven_points_vote_with_what_there_is() {
    let runner = Runner::after(&SPEC, &[("keep", "0.01"), ("n", "200")], 0);
    assert!((number(&runner, "kept") - 2.0).abs() < 1e-9);
    assert!(runner.simulation().notes()[0].contains("Only 2 points"));
}

#[test]
fn the_share_moves_without_a_new_lesson() {
    let mut runner = Runner::opening(&SPEC);
    let all = number(&runner, "acc_all");
    assert!((number(&runner, "acc_student") - all).abs() < 1e-12);
    let values = crate::lab::Values::with(SPEC.controls, &[("keep", "0.5")]);
    runner.set_values(values);
    assert!((number(&runner, "kept") - 1000.0).abs() < 1e-9);
    assert!((number(&runner, "acc_all") - all).abs() < 1e-12);
}
