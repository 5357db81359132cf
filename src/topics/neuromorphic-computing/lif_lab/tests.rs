use super::*;
use crate::lab::Runner;
use crate::lab::figure::Shape;

#[test]
fn the_steady_preset_fires_every_seven_steps_as_the_formula_says() {
    let runner = Runner::after(&SPEC, &[("current", "0.2"), ("reset", "zero")], 150);
    assert_eq!(runner.number("isi"), Some(7.0));
    assert_eq!(runner.number("rate_theory"), Some(1.0 / 7.0));
    assert!((runner.number("rate").unwrap() - 1.0 / 7.0).abs() < 0.011);
}

#[test]
fn below_the_rheobase_there_is_no_interval_and_a_note_says_why() {
    let runner = Runner::after(&SPEC, &[("current", "0.1")], 200);
    assert_eq!(runner.number("isi"), None);
    assert_eq!(runner.number("rate"), Some(0.0));
    assert!(runner.simulation().notes()[0].contains("rheobase"));
}

#[test]
fn an_integrator_is_named_and_held() {
    let runner = Runner::after(&SPEC, &[("beta", "1"), ("reset", "none"), ("current", "1.5")], 300);
    assert!(runner.simulation().notes()[0].contains("integrator"));
    assert_eq!(runner.number("rate"), Some(1.0));
    assert!(Runner::after(&SPEC, &[("beta", "0")], 5).simulation().notes()[0].contains("no memory"));
}

#[test]
fn a_change_while_it_runs_starts_the_count_afresh() {
    let mut runner = Runner::after(&SPEC, &[], 100);
    let mut values = runner.values().clone();
    values.set_text("current", "0.3").unwrap();
    values.set_text("reset", "zero").unwrap();
    assert!(!runner.set_values(values));
    assert_eq!(runner.number("isi"), None);
    runner.advance(30);
    assert_eq!(runner.number("isi"), Some(4.0));
}

#[test]
fn random_kicks_have_the_mean_that_is_set() {
    let mut stream = Stream::new(1, "kicks");
    let total: u32 = (0..20_000).map(|_| poisson(1.2, &mut stream)).sum();
    assert!((f64::from(total) / 20_000.0 - 1.2).abs() < 0.03);
    assert_eq!(poisson(0.0, &mut stream), 0);
}

#[test]
fn the_opening_figure_shows_a_membrane_that_crosses_its_threshold() {
    let figure = Runner::opening(&SPEC).simulation().figure();
    let trace = &figure.rows[0][0];
    let Shape::Line { points, .. } = &trace.marks[1].shape else { panic!("no membrane") };
    assert_eq!(points.len(), 90);
    assert!(points.iter().any(|p| p[1] > 1.0) && points.iter().any(|p| p[1] < 0.3));
    let Shape::Spikes { spikes, .. } = &trace.marks[3].shape else { panic!("no spikes") };
    assert!(spikes.len() > 8);
}
