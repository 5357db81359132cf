use super::*;
use crate::lab::Runner;

#[test]
fn choosing_beats_every_fixed_rhythm() {
    let run = Runner::after(&SPEC, &[], 400);
    assert!(run.number("ratio").unwrap() < 0.05, "{:?}", run.number("ratio"));
    assert!((run.number("loss_fixed").unwrap() / run.number("lti_floor").unwrap() - 1.0).abs() < 0.1);
    let off = Runner::after(&SPEC, &[("selective", "off")], 400);
    assert!(off.number("ratio").unwrap() > 0.9);
}

#[test]
fn where_all_is_marked_there_is_no_ratio() {
    let run = Runner::after(&SPEC, &[("p", "1")], 400);
    assert_eq!((run.number("lti_floor"), run.number("ratio")), (Some(0.0), None));
    assert!(run.number("loss_fixed").unwrap() < 0.01);
}

#[test]
fn memory_outlasts_training_and_then_shows_nothing() {
    let left = |gap, steps| Runner::after(&SPEC, &[("gap", gap)], steps).number("retention").unwrap();
    assert!(left("1000", 2000) > 0.8);
    assert_eq!(left("100000", 0), 0.0);
}

#[test]
fn a_large_rate_is_survived_or_said() {
    let run = Runner::after(&SPEC, &[("lr", "0.3")], 3000);
    assert!(run.number("loss_sel").unwrap().is_finite());
    let told = |mark, index| run.simulation().describe(mark, index).unwrap();
    assert!(told("values", 3).contains("value"), "{}", told("values", 3));
    assert_eq!(told("chosen", 3), told("values", 3));
    // A gate is drawn by two points: both speak of the same token.
    let last = 2 * SHOWN - 1;
    assert_eq!(told("gate_chosen", last - 1), told("gate_chosen", last));
    assert!(run.simulation().describe("gate_chosen", last + 1).is_none());
}
