use super::SPEC;
use crate::lab::Runner;
use crate::numerics::statistics::mean;

fn robust(pairs: &[(&str, &str)], seeds: u64, steps: u64) -> Vec<f64> {
    Runner::over_seeds(&SPEC, pairs, 1..=seeds, steps, "robust")
}

/// Known result: noise of a size leaves a network right that the worst change of that size turns round.
#[test]
fn the_worst_case_is_not_bad_luck() {
    let lot = robust(&[], 4, 600);
    let worst = robust(&[("method", "pgd")], 4, 600);
    let once = robust(&[("method", "fgsm")], 4, 600);
    assert!(lot.iter().all(|x| *x > 0.94) && worst.iter().all(|x| *x < 0.1), "{lot:?} {worst:?}");
    assert!(mean(&once) < 0.2 && mean(&once) >= mean(&worst), "{once:?}");
}

#[test]
fn the_picture_moves_by_no_more_than_it_may() {
    for method in ["random", "fgsm", "pgd"] {
        let run = Runner::after(&SPEC, &[("method", method), ("eps", "0.1")], 50);
        let moved = run.number("linf").unwrap();
        assert!(moved > 0.05 && moved <= 0.1 + 1e-7, "{method}: {moved}");
    }
    let none = Runner::after(&SPEC, &[("method", "none")], 50);
    assert_eq!((none.number("linf"), none.number("robust")), (Some(0.0), none.number("clean")));
}

#[test]
fn a_size_of_zero_and_a_drawing_are_said() {
    let notes = |pairs: &[(&str, &str)]| Runner::after(&SPEC, pairs, 100).simulation().notes().join(" ");
    assert!(notes(&[("method", "pgd"), ("eps", "0")]).contains("no attack"));
    assert!(notes(&[("digit", "own")]).contains("Nobody says what you drew"));
    assert_eq!(notes(&[]), "");
    let blank = SPEC.controls.iter().find(|c| c.id == "draw").unwrap().parse("0").unwrap_err();
    assert!(blank.sentence.contains("draw something"), "{}", blank.sentence);
}

/// A change of a live control gives what a fresh run with it has.
#[test]
fn a_live_change_says_what_a_fresh_run_says() {
    let changed = [("method", "pgd"), ("eps", "0.2"), ("steps", "3"), ("digit", "8")];
    let fresh = Runner::after(&SPEC, &changed, 100);
    let mut live = Runner::after(&SPEC, &[("method", "fgsm")], 100);
    let _ = live.simulation().figure();
    live.set_values(fresh.values().clone());
    assert_eq!(live.readings(), fresh.readings());
    assert_eq!(live.simulation().figure(), fresh.simulation().figure());
}
