use super::*;
use crate::lab::Runner;

#[test]
fn the_exact_share_is_what_tries_come_to() {
    let run = Runner::after(&SPEC, &[("skill", "2"), ("puzzles", "600"), ("strategy", "best_of_n")], 600);
    let exact = run.number("exact_single").unwrap();
    assert!((exact - 0.175).abs() < 0.02, "{exact}");
    assert!((run.number("acc_bon").unwrap() - 0.9147).abs() < 0.04);
    assert_eq!(run.number("acc_beam"), None);
}

#[test]
fn more_calls_extend_the_tries_and_shuffle_nothing() {
    let [few, many] =
        [["budget", "15"], ["budget", "54"]].map(|[id, n]| Runner::after(&SPEC, &[(id, n)], 100));
    assert_eq!(few.number("acc_single"), many.number("acc_single"));
    assert_eq!(few.number("acc_beam"), many.number("acc_beam"));
    assert!(few.number("acc_bon").unwrap() < many.number("acc_bon").unwrap());
}

#[test]
fn a_better_policy_needs_a_better_judge() {
    let lead = |skill, noise| {
        let run = Runner::after(&SPEC, &[("skill", skill), ("prm_noise", noise)], 200);
        run.number("acc_beam").unwrap() - run.number("acc_bon").unwrap()
    };
    assert!(lead("1", "1") > 0.0, "{}", lead("1", "1"));
    assert!(lead("2", "1") < 0.0, "{}", lead("2", "1"));
    assert!(lead("1", "4") < -0.05, "{}", lead("1", "4"));
}

#[test]
fn a_hand_without_an_answer_is_said_to_have_none() {
    let run = Runner::after(&SPEC, &[("hand", "1111")], 10);
    assert_eq!(run.step(), 0);
    assert!(run.simulation().notes()[0].starts_with("No solution exists"));
    assert!(!run.simulation().figure().alternative.is_empty());
    let classic = Runner::after(&SPEC, &[("hand", "3388"), ("skill", "3")], 100);
    assert!(classic.number("acc_beam").unwrap() > 0.5);
}

#[test]
fn what_stands_in_the_tree_can_be_read() {
    let run = Runner::opening(&SPEC);
    let words = run.simulation().describe("moves_1", 0).unwrap();
    assert!(words.contains("judge") && (words.contains("24") || words.contains("dead end")), "{words}");
}

#[test]
fn a_judge_that_is_charged_costs_calls_and_changes_nothing_else() {
    let [free, once, thrice] =
        ["0", "1", "3"].map(|n| Runner::after(&SPEC, &[("judge_calls", n), ("strategy", "beam")], 100));
    assert_eq!(free.number("acc_beam"), thrice.number("acc_beam"));
    let [free, once, thrice] = [free, once, thrice].map(|run| run.number("calls_beam").unwrap());
    assert!((thrice - free - 3.0 * (once - free)).abs() < 1e-9);
    assert!((once - 78.0).abs() < 2.0 && (thrice - 126.0).abs() < 6.0, "{free} {once} {thrice}");
}
