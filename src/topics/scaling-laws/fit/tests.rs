use super::*;
use crate::lab::Runner;

#[test]
fn a_careful_laboratory_knows_the_loss_and_hardly_the_recipe() {
    let mut ratios = Vec::new();
    for seed in 1..=20 {
        let run = Runner::after(&SPEC, &[("seed", &seed.to_string())], 85);
        let number = |id| run.number(id).unwrap();
        assert!(number("error") < 5.0, "seed {seed}");
        assert!(number("regret") < 1e-3, "seed {seed}");
        assert!(number("ratio_lo") < number("ratio_pred") && number("ratio_pred") < number("ratio_hi"));
        ratios.push(number("ratio_pred"));
        assert!(run.finished());
    }
    ratios.sort_by(f64::total_cmp);
    assert!(ratios[17] / ratios[2] > 1.3, "{ratios:?}");
}

#[test]
fn without_luck_the_band_has_no_width() {
    let run = Runner::after(&SPEC, &[("noise", "0")], 85);
    let number = |id| run.number(id).unwrap();
    assert!((number("ratio_lo") - 18.4).abs() < 0.05 && (number("ratio_hi") - 18.4).abs() < 0.05);
    assert!(number("error") < 0.01 && number("regret") < 1e-6);
}

#[test]
fn what_goes_wrong_is_said() {
    let said =
        |pairs: &[(&str, &str)], steps| Runner::after(&SPEC, pairs, steps).simulation().notes().join(" ");
    assert!(said(&[], 3).contains("no law yet"));
    assert!(said(&[], 85).is_empty(), "{}", said(&[], 85));
}

#[test]
fn without_a_form_it_knows_what_lies_among_its_runs_and_says_that_it_knows_no_more() {
    let mut held = 0;
    for seed in 1..=6 {
        let at = |target: &str| {
            Runner::after(
                &SPEC,
                &[("seed", &seed.to_string()), ("rival", "matern"), ("log_target", target)],
                60,
            )
        };
        let (near, far) = (at("20"), at("23.76"));
        let number = |run: &Runner, id| run.number(id).unwrap();
        let width = |run: &Runner| number(run, "rival_hi") - number(run, "rival_lo");
        assert!(number(&near, "rival_error") < 1.0 && width(&near) < 0.05, "seed {seed}");
        assert!(width(&far) > 10.0 * width(&near), "seed {seed}");
        held += u32::from(number(&far, "rival_sigmas") <= 1.2816);
    }
    assert!(held >= 5, "{held} of 6 bands hold the truth");
}

/// A search that had gone on from where few runs look like luck alone had bands of 40 deviations' error.
#[test]
fn a_line_has_no_floor_and_knows_how_little_it_knows() {
    for seed in 1..=6 {
        let run = Runner::after(&SPEC, &[("seed", &seed.to_string()), ("rival", "line")], 60);
        let number = |id| run.number(id).unwrap();
        assert!(number("rival_sigmas") < 5.0 && number("rival_error") > 5.0, "seed {seed}");
    }
}

#[test]
fn the_rival_changes_nothing_but_its_own_readouts() {
    let [alone, beside] =
        [&[][..], &[("rival", "smooth")]].map(|pairs| Runner::after(&SPEC, pairs, 70).readings().to_vec());
    let rivals = SPEC.readouts.iter().map(|readout| readout.id.starts_with("rival"));
    for ((a, b), rivals) in alone.iter().zip(&beside).zip(rivals) {
        assert_eq!(a == b, !rivals, "{a:?} and {b:?}");
    }
}

#[test]
fn a_rival_that_stops_reading_says_so() {
    let pairs = [("rival", "line"), ("runs", "105")];
    let run = Runner::after(&SPEC, &pairs, 105);
    assert!(run.simulation().notes().join(" ").contains("the first 100 runs only"));
}

#[test]
fn twenty_tokens_a_parameter_are_as_good_as_the_best() {
    for power in [20.0, 22.0, 23.76, 26.0] {
        let compute = pow(10.0, power);
        assert!(REFIT.loss(rival::plan(compute)) - REFIT.loss(REFIT.best(compute)) < 3e-4, "10^{power}");
    }
}
