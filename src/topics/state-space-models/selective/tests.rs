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

/// Values that rise and fall, one in seven marked.
fn own_sequence() -> String {
    (0..210).fold("mark;value".to_owned(), |text, i| {
        format!("{text}\n{};{}", u8::from(i % 7 == 3), (i * 37 % 101) * 5 + 200)
    })
}

#[test]
fn a_sequence_of_the_readers_own_is_remembered() {
    let text = own_sequence();
    let run = Runner::after(&SPEC, &[("own", &text)], 400);
    let [chosen, fixed] = ["loss_sel", "loss_fixed"].map(|id| run.number(id).unwrap());
    assert!(chosen < fixed / 10.0, "{chosen} {fixed}");
    assert_eq!(["lti_floor", "ratio"].map(|id| run.number(id)), [None; 2]);
    assert!(run.simulation().notes()[0].starts_with("The sequence is yours"));
    assert!(!run.simulation().figure().alternative.contains("no fixed filter"));
    let mut values = SPEC.defaults();
    let none: String = (0..60).map(|i| format!("{i},0\n")).collect();
    let sentence = values.set_text("own", &none).unwrap_err().sentence;
    assert!(sentence.contains("no row has the mark 1"), "{sentence}");
    let sentence = values.set_text("own", "value,mark\n1,0\n2,3").unwrap_err().sentence;
    assert!(sentence.contains("line 3, column 3"), "{sentence}");
}
