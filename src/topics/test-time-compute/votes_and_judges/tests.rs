use super::*;
use crate::lab::Runner;

#[test]
fn scattered_errors_lose_to_the_vote() {
    let run = Runner::after(&SPEC, &[("n", "33")], 500);
    assert!((run.number("p1").unwrap() - 0.408).abs() < 0.02);
    assert!((run.number("acc_vote").unwrap() - 0.987).abs() < 0.02);
    assert!(run.number("any").unwrap() > 0.99);
}

#[test]
fn a_perfect_judge_of_steps_picks_clean_chains() {
    let run = Runner::after(&SPEC, &[("prm_noise", "0"), ("orm_noise", "0")], 500);
    assert!(run.number("clean_prm").unwrap() > 0.99);
    assert!((run.number("clean_orm").unwrap() - 0.88).abs() < 0.04);
    assert!((run.number("acc_orm").unwrap() - run.number("any").unwrap()).abs() < 1e-12);
}

#[test]
fn another_number_of_chains_moves_no_luck() {
    let [few, many] = ["5", "65"].map(|n| Runner::after(&SPEC, &[("n", n)], 50));
    assert_eq!(few.number("p1"), many.number("p1"));
    assert!(Runner::after(&SPEC, &[("n", "4")], 0).simulation().notes()[0].contains("first wins"));
}
