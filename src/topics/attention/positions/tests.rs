use super::*;
use crate::lab::Runner;

#[test]
fn the_opening_shows_a_haystack_half_read() {
    let opening = Runner::opening(&SPEC);
    assert!((30.0..50.0).contains(&opening.number("read").unwrap()));
    assert!((0.0..1.0).contains(&opening.number("needle_weight").unwrap()));
    let figure = opening.simulation().figure();
    assert_eq!(figure.panels().count(), 2);
    assert!(figure.alternative.contains("1000 tokens back"), "{}", figure.alternative);
}

#[test]
fn the_bet_is_won_by_an_eighth() {
    assert_eq!(Runner::bet(&SPEC).outcome(), Some("About an eighth"));
    let short = Runner::after(&SPEC, &[("scheme", "none")], SLICES as u64);
    assert!((short.number("needle_weight").unwrap() - 0.77).abs() < 0.01, "{:?}", short.readings());
}

#[test]
fn the_challenge_needs_the_right_margin() {
    let less = &[("scheme", "none"), ("n", "100000"), ("margin", "11.8")];
    assert!(!Runner::solves(&SPEC, &CHALLENGES[0], less));
}

#[test]
fn a_shift_moves_nothing_and_restarts_nothing() {
    let mut runner = Runner::after(&SPEC, &[], 20);
    let before = runner.number("needle_weight").unwrap();
    assert!(!runner.set_values(Values::with(CONTROLS, &[("shift", "100000")])));
    assert_eq!(runner.number("needle_weight"), Some(before));
    assert!(runner.number("shift_err").unwrap() < 1e-6);
}

#[test]
fn live_values_give_what_a_fresh_run_gives() {
    let mut runner = Runner::after(&SPEC, &[], 30);
    let values = Values::with(CONTROLS, &[("margin", "4"), ("shift", "500")]);
    runner.set_values(values);
    let fresh = Runner::after(&SPEC, &[("margin", "4"), ("shift", "500")], 30);
    assert_eq!(runner.readings(), fresh.readings());
    assert_eq!(runner.simulation().figure(), fresh.simulation().figure());
}

#[test]
fn what_is_wrong_is_told() {
    let notes = |pairs: &[(&str, &str)]| Runner::after(&SPEC, pairs, 3).simulation().notes().join(" ");
    assert!(notes(&[]).is_empty());
    assert!(notes(&[("n", "500")]).contains("499 is used"));
    assert!(notes(&[("scheme", "alibi"), ("heads", "4")]).contains("head 4"));
}

#[test]
fn a_million_keys_stay_finite_under_every_scheme() {
    for scheme in ["none", "rope", "alibi"] {
        let pairs = [("scheme", scheme), ("n", "1048576"), ("sigma", "3"), ("margin", "25"), ("d", "128")];
        let mut runner = Runner::after(&SPEC, &pairs, 2);
        let first = runner.simulation().figure();
        runner.advance(SLICES as u64);
        assert!(runner.finished());
        assert!(runner.readings().iter().all(|r| r.number().is_none_or(f64::is_finite)));
        assert_eq!(first.panels().count(), 2);
    }
}
