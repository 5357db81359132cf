use super::*;
use crate::lab::Runner;
use crate::lab::figure::Shape;

fn end(pairs: &[(&str, &str)]) -> Runner {
    Runner::after(&SPEC, pairs, 500)
}

#[test]
fn a_check_that_sees_slips_beats_the_vote_of_its_length() {
    let run = end(&[]);
    let (long, vote) = (run.number("acc_long").unwrap(), run.number("acc_vote").unwrap());
    assert!(long > vote + 0.15, "{long} {vote}");
}

#[test]
fn second_thoughts_break_more_than_they_mend_and_a_blind_check_neither() {
    for look in ["each", "end"] {
        let blind = [("look", look), ("hit", "0.3"), ("alarm", "0.3")];
        let anew = end(&blind);
        let moved = anew.number("acc_long").unwrap() - anew.number("acc_draft").unwrap();
        assert!(moved.abs() < 0.07, "{look}: {moved}");
        let otherwise = end(&[&blind[..], &[("rewrite", "otherwise")]].concat());
        let (mended, broken) = (otherwise.number("mended").unwrap(), otherwise.number("broken").unwrap());
        assert!(broken > mended + 0.08, "{look}: {mended} {broken}");
        assert!(anew.simulation().notes()[0].contains("blind"));
    }
}

#[test]
fn a_chain_that_never_goes_back_is_a_single_short_one() {
    let run = end(&[("most", "0")]);
    assert_eq!(run.number("acc_long"), run.number("acc_draft"));
    assert_eq!((run.number("length"), run.number("chains")), (Some(8.0), Some(1.0)));
    assert_eq!(run.number("acc_vote"), run.number("acc_draft"));
}

#[test]
fn the_curve_goes_through_the_chosen_point_and_the_longest_chain_has_a_vote_of_its_length() {
    let run = end(&[("most", "16"), ("look", "end"), ("hit", "1"), ("alarm", "1"), ("charge", "1")]);
    let (chains, length) = (run.number("chains").unwrap(), run.number("length").unwrap());
    assert!(length <= (MOST * STEPS) as f64 && chains <= MOST as f64, "{length} {chains}");
    let figure = run.simulation().figure();
    let line = figure.rows[0][2].marks.iter().find(|m| m.id == "long").unwrap();
    let Shape::Line { points, .. } = &line.shape else { panic!("a line") };
    let end = points.last().unwrap();
    assert!((end[0] - length).abs() < 1e-3, "{end:?} {length}");
    let share = run.number("acc_long").unwrap();
    assert!((end[1] - share).abs() < 1e-6);
}

#[test]
fn what_was_written_can_be_read() {
    let run = Runner::opening(&SPEC);
    let words = run.simulation().describe("steps", 0).unwrap();
    assert!(words.starts_with("step 1, written after going back 0 times"), "{words}");
    assert!(run.simulation().describe("fates", 1).unwrap().starts_with("mended"));
}
