use super::*;
use crate::lab::Runner;

#[test]
fn the_opening_shows_the_watched_row_on_its_way() {
    let opening = Runner::opening(&SPEC);
    let course = opening.readings();
    assert_eq!(course.len(), READOUTS.len());
    assert!(!opening.finished());
    assert!(opening.number("row_err").unwrap() > 1e-3);
    assert!(opening.number("max_err").unwrap() < 1e-6);
    assert_eq!(opening.number("tiles_skipped"), Some(12.0));
    let figure = opening.simulation().figure();
    assert_eq!(figure.panels().count(), 5);
    assert!(figure.alternative.contains("row 60"), "{}", figure.alternative);
}

#[test]
fn the_bet_is_won_by_wrong() {
    assert_eq!(Runner::bet(&SPEC).outcome(), Some("Wrong: off by more than 0.01"));
}

#[test]
fn the_challenge_leaves_some_room() {
    for challenge in CHALLENGES {
        let runner = Runner::after(&SPEC, challenge.solution, challenge.solution_steps);
        assert!((runner.number("traffic_ratio").unwrap() - 1.0 / 6.0).abs() < 1e-12);
    }
    // Half the block is not enough.
    let half = Runner::after(&SPEC, &[("n", "128"), ("causal", "off"), ("br", "32")], 100);
    assert!((half.number("traffic_ratio").unwrap() - 0.278).abs() < 1e-3);
}

#[test]
fn what_is_wrong_is_told() {
    let notes = |pairs: &[(&str, &str)]| Runner::after(&SPEC, pairs, 200).simulation().notes().join(" ");
    assert!(notes(&[]).is_empty());
    assert!(notes(&[("n", "8")]).contains("query block of 16"));
    assert!(notes(&[("n", "8")]).contains("no row 60"));
    assert!(notes(&[("mode", "naive"), ("precision", "fp16"), ("scale", "16")]).contains("no number"));
    assert!(notes(&[("br", "1"), ("bc", "1")]).contains("moves more"));
}

#[test]
fn the_worst_corner_is_quick_and_finite() {
    let corner = &[("n", "128"), ("d", "64"), ("br", "1"), ("bc", "1"), ("causal", "off"), ("scale", "64")];
    for mode in ["naive", "safe", "tiled"] {
        for precision in ["f32", "fp16"] {
            let mut pairs = corner.to_vec();
            pairs.extend([("mode", mode), ("precision", precision), ("speed", "240")]);
            let runner = Runner::after(&SPEC, &pairs, 200);
            assert!(runner.finished());
            assert!(runner.readings().iter().all(|r| r.number().is_none_or(f64::is_finite)));
        }
    }
}

#[test]
fn the_watched_row_can_change_without_a_restart() {
    let mut runner = Runner::after(&SPEC, &[], 10);
    assert!(!runner.set_values(Values::with(CONTROLS, &[("row", "3")])));
    assert_eq!(runner.step(), 10);
    assert!(runner.number("row_err").unwrap() < 1e-6);
}

#[test]
fn the_ledger_of_the_watched_row_adds_up() {
    let run = Runner::after(&SPEC, &[("bc", "16")], 20);
    let figure = run.simulation().figure();
    let crate::lab::figure::Shape::Boxes { boxes } = &figure.rows[2][0].marks[1].shape else {
        panic!("boxes")
    };
    assert_eq!(boxes.len(), 4 * 6, "row 60 meets its 61 keys in four tiles");
    assert_eq!((boxes[0].text.as_str(), boxes[2].text.as_str()), ("0–15", "–"));
    assert_eq!(boxes[18].text, "48–60");
    let said = run.simulation().describe("ledger", 8).unwrap();
    assert!(said.starts_with("after keys 16–31: "), "{said}");
    assert!(run.simulation().describe("ledger", 24).is_none());
    let none = Runner::after(&SPEC, &[], 0).simulation().figure();
    assert_eq!(none.rows[2][0].marks.len(), 2, "the columns, and that nothing has come");
    // Forty tiles: the last four stand.
    let many = Runner::after(&SPEC, &[("br", "1"), ("bc", "1"), ("speed", "240")], 20).simulation().figure();
    let crate::lab::figure::Shape::Boxes { boxes } = &many.rows[2][0].marks[1].shape else { panic!("boxes") };
    assert_eq!((boxes.len(), boxes[18].text.as_str()), (24, "60"));
}
