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
