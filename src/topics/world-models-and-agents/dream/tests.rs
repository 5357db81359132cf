use super::*;
use crate::lab::Runner;

#[test]
fn damping_repairs_the_dream_on_the_page() {
    let [photographic, steady] = ["photographic", "steady"].map(|id| Runner::preset(&SPEC, id, 60));
    let number = |runner: &Runner, id| runner.number(id).unwrap();
    assert!(number(&photographic, "onestep") < number(&steady, "onestep"));
    assert!(number(&photographic, "err10") > 1.5 * number(&steady, "err10"));
}

#[test]
fn a_ridge_set_while_it_runs_gives_the_weights_of_a_fresh_run() {
    let mut moved = Runner::after(&SPEC, &[], 60);
    moved.set_values(Values::with(SPEC.controls, &[("ridge", "1e-4")]));
    let fresh = Runner::after(&SPEC, &[("ridge", "1e-4")], 60);
    for id in ["onestep", "err10", "err20", "clamped"] {
        let (a, b) = (moved.number(id).unwrap(), fresh.number(id).unwrap());
        assert!((a - b).abs() < 1e-12, "{id}: {a} {b}");
    }
}

#[test]
fn more_knobs_than_data_are_said() {
    let runner = Runner::preset(&SPEC, "little-data", 10);
    assert!(runner.simulation().notes().iter().any(|note| note.starts_with("More knobs than data")));
}
