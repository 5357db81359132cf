use super::*;
use crate::lab::Runner;

#[test]
fn lora_stops_at_its_floor_and_the_merge_changes_nothing() {
    let run = Runner::after(&SPEC, &[], 1500);
    let (loss, floor) = (run.number("loss_lora").unwrap(), run.number("floor").unwrap());
    assert!((loss / floor - 1.0).abs() < 0.03, "{loss} {floor}");
    assert!(run.number("loss_full").unwrap() < 1e-3);
    assert!(run.number("merge_max_diff").unwrap() < 1e-12);
    assert_eq!(run.number("params_trained"), Some(256.0));
    assert_eq!(run.number("loss_dora"), None);
}

#[test]
fn rank_seven_misses_what_rank_eight_reaches() {
    let left =
        |rank| Runner::after(&SPEC, &[("rank", rank), ("full", "off")], 1500).number("loss_share").unwrap();
    assert!(left("7") > 1.3 && left("8") < 1.08, "{} {}", left("7"), left("8"));
}

#[test]
fn a_four_bit_base_is_repaired_by_the_full_change_and_not_by_a_low_rank() {
    let run = Runner::after(&SPEC, &[("quantise_base", "on")], 1500);
    assert!(run.number("loss_full").unwrap() < 1e-3);
    assert!(run.number("loss_lora").unwrap() > run.number("floor").unwrap());
}

#[test]
fn what_runs_away_is_stopped_and_said() {
    let run = Runner::after(&SPEC, &[("full", "off"), ("lora", "off")], 10);
    assert_eq!(run.step(), 0);
    assert!(run.simulation().notes()[0].contains("switch one"));
    let cell = Runner::opening(&SPEC).simulation().describe("residual", 33).unwrap();
    assert!(cell.starts_with("output 1, input 1"), "{cell}");
}
