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

#[test]
fn each_direction_that_fits_in_is_learned_as_its_column_and_its_row() {
    let matches = |rank, direction| {
        let changes = [("rank", rank), ("direction", direction), ("full", "off")];
        Runner::after(&SPEC, &changes, 1200).number("direction_match")
    };
    assert!(matches("4", "1").unwrap() > 0.98 && matches("4", "4").unwrap() > 0.9);
    assert_eq!(matches("4", "5"), None, "a product of rank 4 has no fifth direction");
    let run = Runner::after(&SPEC, &[("full", "off"), ("direction", "1")], 600);
    let told = |mark| run.simulation().describe(mark, 3).unwrap();
    assert!(told("learned_row").starts_with("row of the direction, input 3: "), "{}", told("learned_row"));
    // The product is what it says: every entry the column's times the row's, times the size.
    let number = |mark| told(mark).rsplit(": ").next().unwrap().replace('−', "-").parse::<f64>().unwrap();
    let first = run.simulation().describe("needed_column", 0).unwrap();
    let column: f64 = first.rsplit(": ").next().unwrap().replace('−', "-").parse().unwrap();
    assert!((number("change") - 3.0 * column * number("needed_row")).abs() < 0.01);
    assert_eq!(run.simulation().describe("change", 0).unwrap().split(':').next(), Some("output 0, input 0"));
    assert!(
        Runner::opening(&SPEC).simulation().describe("needed_row", 0).is_none(),
        "all are drawn together"
    );
}
