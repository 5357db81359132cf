use super::*;
use crate::lab::Runner;

#[test]
fn the_opening_shows_streams_under_way() {
    let opening = Runner::opening(&SPEC);
    assert!(!opening.finished());
    assert_eq!(opening.number("kib_per_token").unwrap(), 320.0);
    assert!((opening.number("cache_gb").unwrap() - 42.95).abs() < 0.01);
    assert!((opening.number("tokens_per_s").unwrap() - 72.8).abs() < 0.1);
    let figure = opening.simulation().figure();
    assert_eq!(figure.panels().count(), 2);
    assert!(figure.alternative.contains("42.9 GB"), "{}", figure.alternative);
}

#[test]
fn presets_give_what_they_say() {
    let at = |id: &str| Runner::preset(&SPEC, id, 0);
    assert!(at("with-mha").number("headroom").unwrap() < 0.0);
    assert_eq!(at("with-mha").number("tokens_per_s").unwrap(), 0.0);
    assert_eq!(at("with-mqa").number("kib_per_token").unwrap(), 40.0);
    assert_eq!(at("llama-3-8b").number("kib_per_token").unwrap(), 128.0);
    assert_eq!(at("gpt-3-175b").number("kib_per_token").unwrap() * 1024.0, 4_718_592.0);
}

#[test]
fn the_challenge_has_several_solutions() {
    let solved = |pairs: &[(&str, &str)]| Runner::solves(&SPEC, &CHALLENGES[0], pairs);
    assert!(solved(&[("context", "1000000"), ("kv_heads", "4")]));
    assert!(!solved(&[("context", "1000000")]));
}

#[test]
fn the_bet_is_won_by_the_middle() {
    assert_eq!(Runner::bet(&SPEC).outcome(), Some("Between 2 and 6 times"));
}

#[test]
fn what_is_wrong_is_told() {
    let notes = |pairs: &[(&str, &str)]| Runner::after(&SPEC, pairs, 3).simulation().notes().join(" ");
    assert!(notes(&[]).is_empty());
    assert!(notes(&[("kv_heads", "7")]).contains("4 are used"));
    assert!(notes(&[("weights", "400")]).contains("weights alone"));
    assert!(notes(&[("kv_heads", "64")]).contains("full at"));
}

#[test]
fn streams_stop_at_the_context_or_at_full_memory() {
    let mut runner = Runner::after(&SPEC, &[("kv_heads", "64")], 0);
    runner.advance(100_000);
    assert!(runner.finished() && runner.step() < 1_000, "{}", runner.step());
    let corner = Runner::after(&SPEC, &[("weights", "2000"), ("memory", "24")], 5);
    assert!(corner.finished());
}
