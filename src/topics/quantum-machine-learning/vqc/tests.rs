use super::{SPEC, along, waves};
use crate::lab::Runner;
use crate::numerics::statistics::mean;

/// A readout of twenty seeds after a hundred updates.
fn over_seeds(pairs: &[(&str, &str)], id: &str) -> Vec<f64> {
    Runner::over_seeds(&SPEC, pairs, 1..=20, 100, id)
}

#[test]
fn the_sines_are_ahead_of_the_circuit() {
    let (circuit, sines) = (over_seeds(&[], "test_acc"), over_seeds(&[], "rival_acc"));
    assert!(circuit.iter().zip(&sines).filter(|(c, s)| c < s).count() >= 18, "{circuit:?} {sines:?}");
}

/// Published, as a proof of convergence (Sweke et al.): single readings suffice to train.
#[test]
fn one_reading_for_each_mean_is_enough() {
    let [exact, single] = ["0", "1"].map(|shots| over_seeds(&[("shots", shots)], "test_acc"));
    assert!((mean(&exact) - mean(&single)).abs() < 0.05, "{exact:?} {single:?}");
    assert!(single.iter().filter(|x| **x >= 0.8).count() >= 17, "{single:?}");
}

#[test]
fn one_qubit_draws_a_disc_and_two_untangled_ones_do_not() {
    let one = over_seeds(&[("qubits", "1"), ("layers", "5")], "test_acc");
    let apart = over_seeds(&[("entangle", "off")], "test_acc");
    assert!(mean(&one) > mean(&apart) + 0.08, "{one:?} {apart:?}");
}

#[test]
fn a_circuit_that_does_not_train_stays_as_it_was() {
    let run = Runner::after(&SPEC, &[("train", "off")], 40);
    assert_eq!(run.number("updates"), Some(0.0));
    assert_eq!(run.number("test_acc"), Runner::after(&SPEC, &[], 0).number("test_acc"));
}

#[test]
fn waves_end_where_the_encodings_do() {
    // Two layers of two qubits read x₀ twice; a third wave would be a fault.
    let values = crate::lab::Values::with(SPEC.controls, &[("layers", "2")]);
    let live = super::Live::new(&values);
    let sizes = waves(&live.slice());
    assert!(sizes[3..].iter().all(|size| *size < 1e-12) && sizes[1] > 1e-3, "{sizes:?}");
    assert_eq!(along().count(), super::SLICE);
}

#[test]
fn what_cannot_be_entangled_is_said() {
    let notes = |pairs: &[(&str, &str)]| Runner::after(&SPEC, pairs, 1).simulation().notes().join(" ");
    assert!(notes(&[("qubits", "1")]).contains("no neighbour"));
    assert!(notes(&[("entangle", "off")]).contains("input 0 alone"));
    assert!(notes(&[("lr", "0.5")]).contains("swing"));
    assert!(notes(&[]).is_empty());
}

#[test]
fn a_cell_says_where_it_is() {
    let said = Runner::opening(&SPEC).simulation().describe("circuit", 0).unwrap();
    assert!(said.starts_with("inputs −0.96 and −0.96: f ="), "{said}");
}
