use super::*;
use crate::lab::Runner;

#[test]
fn cuts_do_what_the_page_says() {
    let lead = |changes: &[(&str, &str)]| Runner::after(&SPEC, changes, 0).number("logit_diff").unwrap();
    assert!((lead(&[]) - 3.884).abs() < 0.005);
    assert!((lead(&[("ablate_mover", "zero")]) - 3.913).abs() < 0.005);
    assert!((lead(&[("ablate_duplicate", "zero")]) + 0.957).abs() < 0.005);
    assert!(lead(&[("ablate_mover", "zero"), ("ablate_backup", "zero")]).abs() < 0.005);
    assert!((lead(&[("subject", "mary")]) - lead(&[])).abs() < 1e-3);
}

#[test]
fn each_task_has_its_own_readouts() {
    let run = Runner::after(&SPEC, &[("task", "induction"), ("ablate_mover", "zero")], 0);
    assert_eq!((run.number("accuracy"), run.number("logit_diff")), (Some(1.0), None));
    assert_eq!(run.number("ablated"), Some(0.0), "a cut in the other task does not count");
    assert!(run.number("attn_correct").unwrap() > 0.98);
    let told = run.simulation().describe("head_2", 0);
    assert!(told.is_some_and(|t| t.contains(" looks at ")));
}
