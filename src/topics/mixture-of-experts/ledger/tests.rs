use super::*;
use crate::lab::Runner;

fn read(runner: &Runner, id: &str) -> f64 {
    runner.facts().number(id).unwrap_or(f64::NAN)
}

#[test]
fn the_defaults_are_mixtral() {
    let runner = Runner::opening(&SPEC);
    assert_eq!(read(&runner, "total"), 46.702_792_704);
    assert_eq!(read(&runner, "active"), 12.879_925_248);
    assert!((read(&runner, "read") - 2.0 * 12.879_925_248).abs() < 1e-9);
    let figure = runner.simulation().figure();
    assert!(figure.alternative.contains("46.7 billion"), "{}", figure.alternative);
}

#[test]
fn presets_have_the_sizes_that_their_names_promise() {
    for (id, total, active) in [
        ("mixtral-8x22b", 140.62, 39.15),
        ("qwen3-30b-a3b", 30.53, 3.35),
        ("olmoe", 6.92, 1.28),
        ("mistral-7b", 7.24, 7.24),
    ] {
        let runner = Runner::preset(&SPEC, id, 0);
        assert!((read(&runner, "total") - total).abs() < 0.011, "{id}: {}", read(&runner, "total"));
        assert!((read(&runner, "active") - active).abs() < 0.011, "{id}: {}", read(&runner, "active"));
    }
}

#[test]
fn seventeen_is_the_smallest_batch_that_solves_the_challenge() {
    assert!(read(&Runner::after(&SPEC, &[("batch", "16")], 0), "touched") < 99.0);
}

#[test]
fn random_runs_follow_the_curve() {
    let runs = 200;
    let mut touched = 0.0;
    for seed in 0..runs {
        let mut runner = Runner::after(&SPEC, &[("seed", &seed.to_string())], 0);
        runner.advance(3);
        let figure = runner.simulation().figure();
        let dots = figure.panels().flat_map(|p| &p.marks).find(|m| m.id == "run");
        let Some(crate::lab::figure::Shape::Dots { dots, .. }) = dots.map(|m| &m.shape) else {
            panic!("the run is drawn");
        };
        assert_eq!(dots[0].at, [1.0, 25.0]);
        touched += dots[3].at[1] / f64::from(runs);
    }
    assert!((touched - 68.36).abs() < 3.0, "{touched}");
}

#[test]
fn a_run_ends() {
    let mut runner = Runner::after(&SPEC, &[], 0);
    assert_eq!(runner.advance(5000), 1023);
    assert!(runner.finished());
}

#[test]
fn what_cannot_be_is_said() {
    for (pairs, words) in [
        (&[("n_experts", "4"), ("top_k", "9")][..], "using k = 4"),
        (&[("n_experts", "1"), ("top_k", "1")], "without a router"),
        (&[("heads", "4")], "4 are counted"),
    ] {
        let notes = Runner::after(&SPEC, pairs, 0).simulation().notes().join(" ");
        assert!(notes.contains(words), "{pairs:?}: {notes}");
    }
}

#[test]
fn corners_stay_finite() {
    let ends: Vec<Values> = [0.0, 1.0]
        .into_iter()
        .map(|end| {
            let mut values = Values::defaults(CONTROLS);
            for control in CONTROLS {
                values.set(control.id, control.at_position(end));
            }
            values
        })
        .collect();
    for values in ends {
        let runner = Runner::new(&SPEC, values);
        assert!(runner.readings().iter().all(|r| r.number().is_some_and(f64::is_finite)));
        assert!(!runner.simulation().figure().alternative.contains("NaN"));
    }
}
